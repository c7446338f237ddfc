/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_DEMAND_METER_H
#define QKDN_DEMAND_METER_H

#include "ns3/nstime.h"

#include <cmath>
#include <cstdint>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Demand for key bits, averaged over the recent past with exponential forgetting.
 */
class DemandMeter
{
  public:
    /**
     * @brief Set how fast it forgets.
     * @param timeConstant time after which a demand counts 1/e, more than 0
     */
    void SetTimeConstant(Time timeConstant)
    {
        m_timeConstant = timeConstant;
    }

    /**
     * @brief Note a demand.
     * @param now the time
     * @param bits number of bits asked for
     */
    void Note(Time now, uint64_t bits)
    {
        m_bits = Decayed(now) + static_cast<double>(bits);
        m_last = now;
    }

    /**
     * @brief The demand.
     * @param now the time
     * @return bit/s
     */
    double GetBps(Time now) const
    {
        return Decayed(now) / m_timeConstant.GetSeconds();
    }

  private:
    /**
     * @brief What still counts.
     * @param now the time
     * @return bits
     */
    double Decayed(Time now) const
    {
        return m_bits * std::exp(-((now - m_last).GetSeconds() / m_timeConstant.GetSeconds()));
    }

    Time m_timeConstant{Seconds(10)}; //!< memory
    Time m_last;                      //!< last demand
    double m_bits{0.0};               //!< bits that counted then
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_DEMAND_METER_H */
