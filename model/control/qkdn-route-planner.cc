/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-route-planner.h"

#include "ns3/log.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnRoutePlanner");

RoutePlanner::RoutePlanner(const NetworkView& view, const DemandTable& demand)
    : m_view(view),
      m_demand(demand)
{
}

void
RoutePlanner::SetCost(RouteCost cost)
{
    m_cost = cost;
    m_graphValid = false;
}

void
RoutePlanner::SetMaxHops(uint32_t maxHops)
{
    m_maxHops = maxHops;
}

void
RoutePlanner::SetReady(KmId km, bool ready)
{
    if (ready)
    {
        m_ready.insert(km);
    }
    else
    {
        m_ready.erase(km);
    }
}

std::optional<RoutePlan>
RoutePlanner::PlanWorking(const RouteNeeds& needs)
{
    RoutePlan plan;
    plan.working = FindBest(needs, ROUTE_WORKING, MakeFilter(needs));
    return plan.working.empty() ? std::nullopt : std::optional<RoutePlan>(plan);
}

std::optional<RoutePlan>
RoutePlanner::PlanProtected(const RouteNeeds& needs)
{
    const RouteGraph& graph = GetGraph();
    const auto roomy = graph.FindDisjointRoutes(needs.from,
                                                needs.to,
                                                MakeRoomFilter(needs, ROUTE_WORKING, m_demand));
    auto pair = roomy;
    if (!roomy || !roomy->nodeDisjoint)
    {
        const auto any = graph.FindDisjointRoutes(needs.from, needs.to, MakeFilter(needs));
        if (any && (!roomy || any->nodeDisjoint))
        {
            pair = any;
        }
    }
    if (!pair)
    {
        return PlanWorking(needs);
    }
    if (!pair->nodeDisjoint)
    {
        NS_LOG_INFO("KMs " << needs.from << " and " << needs.to
                           << ": working and protection route share a KM");
    }
    RoutePlan plan;
    plan.working = pair->first.kms;
    plan.protection = pair->second.kms;
    return plan;
}

std::optional<RoutePlan>
RoutePlanner::PlanSeveral(const RouteNeeds& needs, std::size_t most, std::size_t least)
{
    const RouteGraph& graph = GetGraph();
    const std::size_t several = std::max<std::size_t>(least, 2);
    const auto find = [&](const RouteFilter& filter) {
        return graph.FindDisjointTuple(needs.from, needs.to, filter, most, several);
    };
    const auto rank = [](const std::optional<DisjointTuple>& tuple) {
        return tuple ? std::make_pair(tuple->nodeDisjoint, tuple->routes.size())
                     : std::make_pair(false, std::size_t{0});
    };
    auto tuple = find(MakeRoomFilter(needs, ROUTE_WORKING, m_demand));
    const auto any = find(MakeFilter(needs));
    if (rank(any) > rank(tuple))
    {
        tuple = any;
    }
    if (!tuple)
    {
        return least > 1 ? std::nullopt : PlanWorking(needs);
    }
    RoutePlan plan;
    plan.working = tuple->routes.front().kms;
    for (auto route = tuple->routes.begin() + 1; route != tuple->routes.end(); ++route)
    {
        plan.further.push_back(route->kms);
    }
    return plan;
}

std::vector<KmId>
RoutePlanner::FindBeside(const RouteNeeds& needs,
                         RouteRole role,
                         const std::vector<std::vector<KmId>>& others)
{
    RouteFilter linkDisjoint = MakeFilter(needs);
    RouteFilter nodeDisjoint = linkDisjoint;
    for (const std::vector<KmId>& other : others)
    {
        for (const KmHop& hop : HopsOf(other))
        {
            linkDisjoint.excludedHops.insert(hop);
            nodeDisjoint.excludedHops.insert(hop);
        }
        nodeDisjoint.excludedKms.insert(other.begin() + 1, other.end() - 1);
    }
    const std::vector<KmId> kms = FindBest(needs, role, nodeDisjoint);
    return kms.empty() ? FindBest(needs, role, linkDisjoint) : kms;
}

std::vector<KmId>
RoutePlanner::PlanFurther(const RouteNeeds& needs, const std::vector<std::vector<KmId>>& others)
{
    return FindBeside(needs, ROUTE_WORKING, others);
}

std::vector<KmId>
RoutePlanner::PlanProtection(const RouteNeeds& needs, const std::vector<KmId>& working)
{
    return FindBeside(needs, ROUTE_PROTECTION, {working});
}

std::optional<RoutePlan>
RoutePlanner::PlanExtra(const RouteNeeds& needs, const std::map<KmHop, uint64_t>& reserves)
{
    RouteFilter filter = MakeFilter(needs);
    const auto accepts = filter.accepts;
    filter.accepts = [&reserves, accepts](const KmHop& hop) {
        return reserves.find(hop) != reserves.end() && accepts(hop);
    };
    RoutePlan plan;
    plan.working = FindBest(needs, ROUTE_EXTRA, filter);
    if (plan.working.empty())
    {
        plan.working = FindBest(needs, ROUTE_EXTRA, MakeFilter(needs));
    }
    for (const KmHop& hop : HopsOf(plan.working))
    {
        const auto reserve = reserves.find(hop);
        plan.floorBits = std::max(plan.floorBits, reserve == reserves.end() ? 0 : reserve->second);
    }
    return plan.working.empty() ? std::nullopt : std::optional<RoutePlan>(plan);
}

const RouteGraph&
RoutePlanner::GetGraph()
{
    // levels of pools change with every report
    if (!m_graphValid || m_graphVersion != m_view.GetVersion() || m_cost == ROUTE_COST_POOL)
    {
        m_graph = RouteGraph();
        for (const KmHop& hop : m_view.GetHops())
        {
            if (m_view.IsUsable(hop))
            {
                m_graph.SetHop(
                    hop,
                    HopCost(m_cost, {m_view.GetKeyRateBps(hop), m_view.GetPoolBits(hop), 0.0}));
            }
        }
        m_graphVersion = m_view.GetVersion();
        m_graphValid = true;
    }
    return m_graph;
}

RouteFilter
RoutePlanner::MakeFilter(const RouteNeeds& needs) const
{
    RouteFilter filter;
    filter.excludedHops = needs.avoidedHops;
    filter.excludedKms = needs.avoidedKms;
    filter.maxHops = m_maxHops;
    filter.accepts = [this](const KmHop& hop) {
        return m_ready.find(hop.low) != m_ready.end() && m_ready.find(hop.high) != m_ready.end();
    };
    return filter;
}

bool
RoutePlanner::HasRoom(const KmHop& hop,
                      uint64_t bps,
                      RouteRole role,
                      const DemandTable& demand) const
{
    return m_view.GetKeyRateBps(hop) >= demand.GetUsed(hop, role) + bps;
}

RouteFilter
RoutePlanner::MakeRoomFilter(const RouteNeeds& needs,
                             RouteRole role,
                             const DemandTable& demand) const
{
    RouteFilter filter = MakeFilter(needs);
    const auto accepts = filter.accepts;
    const uint64_t bps = needs.demandBps;
    filter.accepts = [this, accepts, bps, role, &demand](const KmHop& hop) {
        return accepts(hop) && HasRoom(hop, bps, role, demand);
    };
    return filter;
}

std::vector<KmId>
RoutePlanner::FindBest(const RouteNeeds& needs, RouteRole role, RouteFilter filter)
{
    const RouteGraph& graph = GetGraph();
    const auto accepts = filter.accepts;
    RouteFilter roomy = filter;
    roomy.accepts = [&](const KmHop& hop) {
        return accepts(hop) && HasRoom(hop, needs.demandBps, role, m_demand);
    };
    auto found = graph.FindRoute(needs.from, needs.to, roomy);
    if (!found)
    {
        found = graph.FindRoute(needs.from, needs.to, filter);
    }
    return found ? found->kms : std::vector<KmId>();
}

} // namespace qkdn
} // namespace ns3
