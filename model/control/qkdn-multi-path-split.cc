/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-multi-path-split.h"

#include "ns3/abort.h"
#include "ns3/qkdn-route-flow.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace ns3
{
namespace qkdn
{

namespace
{

/// Numbers of units that floating-point numbers still count one by one.
constexpr uint64_t MAX_UNITS = 1ULL << 53;

/// Sort the shares and add them up.
MultiPathSplit
MakeSplit(std::vector<RouteShare> shares, bool exact)
{
    std::sort(shares.begin(), shares.end(), [](const RouteShare& a, const RouteShare& b) {
        return std::tie(b.units, a.route.cost, a.route.kms) <
               std::tie(a.units, b.route.cost, b.route.kms);
    });
    MultiPathSplit split;
    split.exact = exact;
    split.shares = std::move(shares);
    for (const RouteShare& share : split.shares)
    {
        split.units += share.units;
    }
    return split;
}

/// The routes of a flow of least cost.
std::vector<RouteShare>
FindFlow(const RouteGraph& graph,
         KmId from,
         KmId to,
         const RouteFilter& filter,
         const HopCapacity& capacity,
         uint64_t units)
{
    std::vector<FlowHop> hops;
    bool hasFrom = false;
    bool hasTo = false;
    for (const auto& [hop, cost] : graph.GetHops(filter))
    {
        const uint64_t value = capacity(hop);
        NS_ABORT_MSG_IF(value > MAX_UNITS, "the capacity of a hop cannot be " << value);
        if (value > 0)
        {
            hops.push_back({hop, cost, static_cast<int64_t>(value)});
            hasFrom = hasFrom || hop.low == from || hop.high == from;
            hasTo = hasTo || hop.low == to || hop.high == to;
        }
    }
    std::vector<RouteShare> shares;
    if (!hasFrom || !hasTo || from == to || units == 0)
    {
        return shares;
    }
    for (const FlowRoute& route :
         FindCheapestFlow(hops, from, to, false, static_cast<int64_t>(units)))
    {
        shares.push_back(
            {{route.kms, graph.GetCost(route.kms)}, static_cast<uint64_t>(route.units)});
    }
    return shares;
}

/// The widest routes one after the other.
std::vector<RouteShare>
TakeWidest(const RouteGraph& graph,
           KmId from,
           KmId to,
           const RouteFilter& filter,
           const HopCapacity& capacity,
           uint64_t units,
           std::size_t mostRoutes)
{
    std::map<KmHop, uint64_t> used;
    const HopCapacity left = [&used, &capacity](const KmHop& hop) {
        const auto taken = used.find(hop);
        return capacity(hop) - (taken == used.end() ? 0 : taken->second);
    };
    std::vector<RouteShare> shares;
    while (units > 0 && shares.size() < mostRoutes)
    {
        const auto widest = FindWidestRoute(graph, from, to, filter, left);
        if (!widest)
        {
            break;
        }
        const RouteShare share{widest->route, std::min(units, widest->bottleneck)};
        units -= share.units;
        for (const KmHop& hop : HopsOf(share.route.kms))
        {
            used[hop] += share.units;
        }
        shares.push_back(share);
    }
    return shares;
}

} // namespace

double
MultiPathSplit::GetCost() const
{
    double cost = 0.0;
    for (const RouteShare& share : shares)
    {
        cost += static_cast<double>(share.route.cost) * static_cast<double>(share.units);
    }
    return cost;
}

MultiPathSplit
SplitOverRoutes(const RouteGraph& graph,
                KmId from,
                KmId to,
                const RouteFilter& filter,
                const HopCapacity& capacity,
                uint64_t units,
                std::size_t mostRoutes)
{
    NS_ABORT_MSG_IF(units > MAX_UNITS, "a demand cannot be " << units);
    std::vector<RouteShare> shares = FindFlow(graph, from, to, filter, capacity, units);
    const auto tooLong = [&filter](const RouteShare& share) {
        return share.route.kms.size() - 1 > filter.maxHops;
    };
    if (shares.size() <= mostRoutes && std::none_of(shares.begin(), shares.end(), tooLong))
    {
        return MakeSplit(std::move(shares), true);
    }
    shares.erase(std::remove_if(shares.begin(), shares.end(), tooLong), shares.end());
    MultiPathSplit flow = MakeSplit(std::move(shares), false);
    flow.shares.resize(std::min(flow.shares.size(), mostRoutes));
    flow = MakeSplit(std::move(flow.shares), false);
    MultiPathSplit widest =
        MakeSplit(TakeWidest(graph, from, to, filter, capacity, units, mostRoutes), false);
    const bool flowIsBetter = flow.units > widest.units ||
                              (flow.units == widest.units && flow.GetCost() <= widest.GetCost());
    return flowIsBetter ? flow : widest;
}

} // namespace qkdn
} // namespace ns3
