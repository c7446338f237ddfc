/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-plot-style.h"
#include "qkdn-plots.h"
#include "qkdn-pool-curve.h"
#include "qkdn-report-format.h"

#include <algorithm>
#include <set>

namespace ns3
{
namespace qkdn
{

namespace
{

/// A unit for amounts of key.
struct BitUnit
{
    double bits;      //!< its size
    const char* name; //!< its symbol
};

/**
 * @brief The unit that suits the highest level.
 * @param highest the level in bits
 * @return bit, kbit, Mbit or Gbit
 */
BitUnit
UnitFor(uint64_t highest)
{
    if (highest >= 2000000000)
    {
        return {1e9, "Gbit"};
    }
    if (highest >= 2000000)
    {
        return {1e6, "Mbit"};
    }
    return highest >= 2000 ? BitUnit{1e3, "kbit"} : BitUnit{1.0, "bit"};
}

/**
 * @brief The reserve levels of the pools that are drawn.
 * @param results the results
 * @param drawn the pools
 * @return levels in bits, each once
 */
std::set<uint64_t>
ReserveLevels(const ExperimentResults& results, const std::vector<PoolCurve>& drawn)
{
    std::set<uint64_t> levels;
    for (const auto& pool : results.pools)
    {
        const bool shown = std::any_of(drawn.begin(), drawn.end(), [&pool](const auto& curve) {
            return curve.link == pool.link;
        });
        if (shown && pool.reserveBit > 0)
        {
            levels.insert(pool.reserveBit);
        }
    }
    return levels;
}

} // namespace

std::optional<Gnuplot>
MakePoolPlot(const ExperimentResults& results)
{
    if (results.poolSamples.empty())
    {
        return std::nullopt;
    }
    const TimeUnit unit = TimeUnit::For(results.simulated);
    std::vector<PoolCurve> pools = FollowPools(results);
    const std::size_t all = pools.size();
    std::string title = results.scenario + ": key pools";
    if (all > PlotStyle::MAX_CURVES)
    {
        KeepLowest(pools, PlotStyle::MAX_CURVES);
        title +=
            " (the " + std::to_string(pools.size()) + " lowest of " + std::to_string(all) + ")";
    }
    const std::set<uint64_t> reserves = ReserveLevels(results, pools);
    double highest = reserves.empty() ? 1.0 : static_cast<double>(*reserves.rbegin());
    for (const auto& pool : pools)
    {
        for (const auto& point : pool.curve)
        {
            highest = std::max(highest, point.y);
        }
    }
    const BitUnit bit = UnitFor(static_cast<uint64_t>(highest));
    Gnuplot plot = PlotStyle::StartPlot("pools", title, 420);
    PlotStyle::AddTimeAxis(results, unit, plot);
    for (std::size_t i = 0; i < pools.size(); ++i)
    {
        for (auto& point : pools[i].curve)
        {
            point.x /= unit.seconds;
            point.y /= bit.bits;
        }
        PlotStyle::AddSteps("QKD link " + pools[i].link, i, pools[i].curve, plot);
    }
    for (const uint64_t level : reserves)
    {
        const double y = static_cast<double>(level) / bit.bits;
        PlotStyle::AddReference("reserve " + FormatNumber(y, 4) + " " + bit.name,
                                {{0.0, y}, {unit.Of(results.simulated), y}},
                                plot);
    }
    plot.SetLegend("time (" + unit.name + ")", std::string("level of KMA pool (") + bit.name + ")");
    PlotStyle::AddLevelAxis(results, highest / bit.bits, plot);
    return plot;
}

} // namespace qkdn
} // namespace ns3
