/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-route-computation.h"

#include "qkdn-hop-graph.h"
#include "qkdn-route-flow.h"

#include "ns3/abort.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

namespace ns3
{
namespace qkdn
{

namespace
{

using Kms = std::vector<KmId>;
/// Hops in order with their costs.
using CostedHops = std::vector<std::pair<KmHop, uint64_t>>;

/// Costs above this could make sums overflow, or inexact where they are floating-point numbers.
constexpr uint64_t MAX_COST = 1ULL << 40;

/// Picoseconds in a second, and the parts of a pool that costs count.
constexpr uint64_t PARTS = 1000000000000;

/// The sum over the hops of a route.
uint64_t
SumOf(const CostedHops& hops, const Kms& kms)
{
    uint64_t sum = 0;
    for (const KmHop& hop : HopsOf(kms))
    {
        sum += std::lower_bound(hops.begin(), hops.end(), hop, [](const auto& a, const KmHop& b) {
                   return a.first < b;
               })->second;
    }
    return sum;
}

/// Up to some disjoint routes of least cost together, those with the smallest cost first.
std::vector<FoundRoute>
FindTuple(const CostedHops& hops, KmId from, KmId to, bool nodeDisjoint, std::size_t most)
{
    const auto isMet = [&hops](KmId km) {
        return std::any_of(hops.begin(), hops.end(), [km](const auto& hop) {
            return hop.first.low == km || hop.first.high == km;
        });
    };
    if (from == to || !isMet(from) || !isMet(to))
    {
        return {};
    }
    std::vector<FlowHop> flowHops;
    flowHops.reserve(hops.size());
    for (const auto& [hop, cost] : hops)
    {
        flowHops.push_back({hop, cost, 1});
    }
    std::vector<FoundRoute> routes;
    for (const FlowRoute& route :
         FindCheapestFlow(flowHops, from, to, nodeDisjoint, static_cast<int64_t>(most)))
    {
        routes.push_back(FoundRoute{route.kms, SumOf(hops, route.kms)});
    }
    std::sort(routes.begin(), routes.end(), [](const FoundRoute& a, const FoundRoute& b) {
        return std::tie(a.cost, a.kms) < std::tie(b.cost, b.kms);
    });
    return routes;
}

bool
IsWithin(const Kms& kms, std::size_t maxHops)
{
    return kms.size() - 1 <= maxHops;
}

/// The same hops, all at the cost of 1.
CostedHops
CountHops(CostedHops hops)
{
    for (auto& hop : hops)
    {
        hop.second = 1;
    }
    return hops;
}

/// The most disjoint routes, up to a number, none of which is too long: those of least cost
/// together or else with the fewest hops; none if they are fewer than a number.
std::vector<FoundRoute>
FindShortTuple(const CostedHops& hops,
               KmId from,
               KmId to,
               bool nodeDisjoint,
               std::size_t most,
               std::size_t least,
               std::size_t maxHops)
{
    std::size_t count = most;
    while (count > 0 && count >= least)
    {
        for (const bool byCost : {true, false})
        {
            std::vector<FoundRoute> routes =
                FindTuple(byCost ? hops : CountHops(hops), from, to, nodeDisjoint, count);
            if (routes.size() < least)
            {
                return {};
            }
            if (std::all_of(routes.begin(), routes.end(), [maxHops](const FoundRoute& route) {
                    return IsWithin(route.kms, maxHops);
                }))
            {
                for (FoundRoute& route : routes)
                {
                    route.cost = SumOf(hops, route.kms);
                }
                return routes;
            }
            count = std::min(count, routes.size());
        }
        --count;
    }
    return {};
}

} // namespace

uint64_t
HopCost(RouteCost cost, const HopFigures& figures)
{
    switch (cost)
    {
    case ROUTE_COST_RATE:
        return std::max<uint64_t>(1, PARTS / std::max<uint64_t>(1, figures.keyRateBps));
    case ROUTE_COST_POOL:
        return std::max<uint64_t>(1, PARTS / std::max<uint64_t>(1, figures.poolBits));
    case ROUTE_COST_LENGTH:
        return static_cast<uint64_t>(
            std::clamp(std::round(figures.lengthKm * 1e6), 1.0, static_cast<double>(MAX_COST)));
    case ROUTE_COST_HOPS:
        break;
    }
    return 1;
}

bool
RouteFilter::Allows(const KmHop& hop) const
{
    return excludedHops.find(hop) == excludedHops.end() &&
           excludedKms.find(hop.low) == excludedKms.end() &&
           excludedKms.find(hop.high) == excludedKms.end() && (!accepts || accepts(hop));
}

void
RouteGraph::SetHop(const KmHop& hop, uint64_t cost)
{
    NS_ABORT_MSG_IF(hop.low == hop.high, "a hop needs two KMs, not KM " << hop.low << " twice");
    NS_ABORT_MSG_IF(cost == 0 || cost > MAX_COST, "the cost of a hop cannot be " << cost);
    m_costs[hop] = cost;
    m_graph.reset();
}

void
RouteGraph::SetRiskGroups(const KmHop& hop, const std::set<std::string>& groups)
{
    NS_ABORT_MSG_IF(m_costs.find(hop) == m_costs.end(),
                    "KMs " << hop.low << " and " << hop.high << " are no hop");
    m_riskGroups[hop] = groups;
}

const std::set<std::string>&
RouteGraph::GetRiskGroups(const KmHop& hop) const
{
    static const std::set<std::string> none;
    const auto found = m_riskGroups.find(hop);
    return found == m_riskGroups.end() ? none : found->second;
}

std::vector<std::pair<KmHop, uint64_t>>
RouteGraph::GetHops(const RouteFilter& filter) const
{
    CostedHops hops;
    hops.reserve(m_costs.size());
    for (const auto& [hop, cost] : m_costs)
    {
        if (filter.Allows(hop))
        {
            hops.emplace_back(hop, cost);
        }
    }
    return hops;
}

std::optional<FoundRoute>
RouteGraph::FindRoute(KmId from, KmId to, const RouteFilter& filter) const
{
    if (!m_graph)
    {
        m_graph = std::make_shared<const HopGraph>(m_costs);
    }
    const Kms kms = m_graph->Find(from, to, filter);
    if (kms.empty())
    {
        return std::nullopt;
    }
    return FoundRoute{kms, GetCost(kms)};
}

std::vector<FoundRoute>
RouteGraph::FindCheapestTuple(KmId from,
                              KmId to,
                              const RouteFilter& filter,
                              std::size_t most,
                              bool nodeDisjoint) const
{
    return FindTuple(GetHops(filter), from, to, nodeDisjoint, most);
}

std::optional<DisjointRoutes>
RouteGraph::FindDisjointRoutes(KmId from, KmId to, const RouteFilter& filter) const
{
    const auto tuple = FindDisjointTuple(from, to, filter, 2, 2);
    if (!tuple)
    {
        return std::nullopt;
    }
    return DisjointRoutes{tuple->routes[0], tuple->routes[1], tuple->nodeDisjoint};
}

std::optional<DisjointTuple>
RouteGraph::FindDisjointTuple(KmId from,
                              KmId to,
                              const RouteFilter& filter,
                              std::size_t most,
                              std::size_t least) const
{
    const CostedHops hops = GetHops(filter);
    for (const bool nodeDisjoint : {true, false})
    {
        auto routes = FindShortTuple(hops, from, to, nodeDisjoint, most, least, filter.maxHops);
        if (!routes.empty())
        {
            return DisjointTuple{std::move(routes), nodeDisjoint};
        }
    }
    return std::nullopt;
}

uint64_t
RouteGraph::GetCost(const std::vector<KmId>& kms) const
{
    uint64_t sum = 0;
    for (const KmHop& hop : HopsOf(kms))
    {
        const auto found = m_costs.find(hop);
        NS_ABORT_MSG_IF(found == m_costs.end(),
                        "KMs " << hop.low << " and " << hop.high << " are no hop");
        sum += found->second;
    }
    return sum;
}

} // namespace qkdn
} // namespace ns3
