/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-plot-style.h"
#include "qkdn-plots.h"
#include "qkdn-report-format.h"

#include <algorithm>
#include <map>
#include <set>

namespace ns3
{
namespace qkdn
{

namespace
{

/// The level of one pool over time.
struct PoolCurve
{
    std::string link;                     //!< id of the QKD link
    std::map<std::string, uint64_t> ends; //!< latest level by end
    StepCurve curve;                      //!< lower of the ends, bits
    uint64_t lowest{UINT64_MAX};          //!< lowest level of the curve, bits
};

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
 * @brief Follow the levels of all pools.
 * @param results the results
 * @param unit unit of the time axis
 * @return a curve for each pool, in the order of their ids
 */
std::vector<PoolCurve>
FollowPools(const ExperimentResults& results, const TimeUnit& unit)
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
        const double x = unit.Of(sample.time);
        if (!pool.curve.empty() && pool.curve.back().x == x)
        {
            pool.curve.pop_back(); // both ends change at one instant: one step
        }
        pool.curve.push_back({x, static_cast<double>(level)});
    }
    std::vector<PoolCurve> curves;
    for (auto& [link, pool] : pools)
    {
        pool.curve.push_back({unit.Of(results.simulated), pool.curve.back().y});
        curves.push_back(std::move(pool));
    }
    return curves;
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
    std::vector<PoolCurve> pools = FollowPools(results, unit);
    const std::size_t all = pools.size();
    std::string title = results.scenario + ": key pools";
    if (all > PlotStyle::MAX_CURVES)
    {
        std::stable_sort(pools.begin(), pools.end(), [](const auto& a, const auto& b) {
            return a.lowest < b.lowest;
        });
        pools.resize(PlotStyle::MAX_CURVES);
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
