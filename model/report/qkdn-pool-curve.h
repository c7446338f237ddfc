/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_POOL_CURVE_H
#define QKDN_POOL_CURVE_H

#include "qkdn-step-curve.h"

#include "ns3/qkdn-results.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The level of a KMA pool over time: the lower of its two ends, because a key counts when
 * both hold it.
 */
struct PoolCurve
{
    std::string link;                     //!< id of the QKD link
    std::map<std::string, uint64_t> ends; //!< latest level by end, bits
    StepCurve curve;                      //!< level (bits) over time (s), up to the end of the run
    uint64_t lowest{UINT64_MAX};          //!< lowest level of the curve, bits
};

/**
 * @ingroup qkdn-resilience
 * @brief Follow the levels of all pools.
 * @param results the results
 * @return a curve for each pool, in the order of their ids
 */
std::vector<PoolCurve> FollowPools(const ExperimentResults& results);

/**
 * @ingroup qkdn-resilience
 * @brief Choose the pools that fell lowest.
 * @param [in,out] pools the pools; those that stay come lowest first if there were more
 * @param most largest number of pools
 */
void KeepLowest(std::vector<PoolCurve>& pools, std::size_t most);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_POOL_CURVE_H */
