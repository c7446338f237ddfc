/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_FAULT_PROCESS_RESULT_H
#define QKDN_FAULT_PROCESS_RESULT_H

#include "qkdn-time-distribution.h"

#include "ns3/nstime.h"

#include <cstdint>
#include <optional>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What became of a component that fails at random.
 */
struct FaultProcessResult
{
    std::string type;         //!< kind of its faults, for example "fibre-cut"
    std::string target;       //!< the component
    TimeDistribution up;      //!< up times, without acceleration
    TimeDistribution repair;  //!< work times of repairs
    double acceleration{1.0}; //!< up times were that many times shorter
    Time start;               //!< from when on it could fail
    uint32_t faults{0};       //!< failures
    Time upTime;              //!< how long it worked since then
    Time downTime;            //!< how long it did not

    /**
     * @brief The part of the time that it worked.
     * @return 0 to 1; none if there was no time
     */
    std::optional<double> GetAvailability() const
    {
        const Time all = upTime + downTime;
        if (all.IsZero())
        {
            return std::nullopt;
        }
        return static_cast<double>(upTime.GetTimeStep()) / static_cast<double>(all.GetTimeStep());
    }

    /**
     * @brief The availability that the means give if no repair waits: MTBF / (MTBF + MTTR), with
     * the accelerated MTBF.
     * @return 0 to 1
     */
    double GetExpectedAvailability() const
    {
        const double upS = up.meanS / acceleration;
        return upS / (upS + repair.meanS);
    }
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_FAULT_PROCESS_RESULT_H */
