/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-pool-curve.h"

#include "qkdn-report-format.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace qkdn
{

std::vector<PoolCurve>
FollowPools(const ExperimentResults& results)
{
    std::map<std::string, PoolCurve> pools;
    for (const auto& sample : results.poolSamples)
    {
        PoolCurve& pool = pools[sample.link];
        pool.link = sample.link;
        pool.ends[sample.km] = sample.storedBit;
        uint64_t level = sample.storedBit;
        for (const auto& [km, stored] : pool.ends)
        {
            level = std::min(level, stored);
        }
        pool.lowest = std::min(pool.lowest, level);
        const double x = SecondsOf(sample.time);
        if (!pool.curve.empty() && pool.curve.back().x == x)
        {
            pool.curve.pop_back(); // both ends change at one instant: one step
        }
        pool.curve.push_back({x, static_cast<double>(level)});
    }
    std::vector<PoolCurve> curves;
    for (auto& [link, pool] : pools)
    {
        pool.curve.push_back({SecondsOf(results.simulated), pool.curve.back().y});
        curves.push_back(std::move(pool));
    }
    return curves;
}

void
KeepLowest(std::vector<PoolCurve>& pools, std::size_t most)
{
    if (pools.size() > most)
    {
        std::stable_sort(pools.begin(), pools.end(), [](const auto& a, const auto& b) {
            return a.lowest < b.lowest;
        });
        pools.resize(most);
    }
}

} // namespace qkdn
} // namespace ns3
