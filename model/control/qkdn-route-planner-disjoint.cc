/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The part of RoutePlanner that chooses routes which are to fail separately.

#include "qkdn-risk-disjoint-routes.h"
#include "qkdn-route-planner.h"

#include "ns3/log.h"

#include <algorithm>
#include <iterator>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnRoutePlannerDisjoint");

namespace
{

/// Ranks of disjoint routes by what they have in common.
constexpr int RANK_HOPS_ONLY = 1;        //!< KMs, and risk groups
constexpr int RANK_NODES = 2;            //!< risk groups
constexpr int RANK_GROUPS = 3;           //!< KMs
constexpr int RANK_NODES_AND_GROUPS = 4; //!< nothing

/// The KMs of routes that were found.
std::vector<std::vector<KmId>>
KmsOf(const std::vector<FoundRoute>& routes)
{
    std::vector<std::vector<KmId>> kms;
    std::transform(routes.begin(),
                   routes.end(),
                   std::back_inserter(kms),
                   [](const FoundRoute& route) { return route.kms; });
    return kms;
}

} // namespace

RoutePlanner::RankedRoutes
RoutePlanner::FindRiskDisjoint(const RouteNeeds& needs,
                               const RouteFilter& filter,
                               std::size_t most,
                               std::size_t least)
{
    for (const bool nodeDisjoint : {true, false})
    {
        RiskDisjointRoutes search(GetGraph(), nodeDisjoint);
        for (std::size_t count = most; count >= least; --count)
        {
            const RiskDisjointTuple tuple = search.Find(needs.from, needs.to, filter, count);
            if (!tuple.routes.empty())
            {
                return {nodeDisjoint ? RANK_NODES_AND_GROUPS : RANK_GROUPS, KmsOf(tuple.routes)};
            }
        }
    }
    return {};
}

RoutePlanner::RankedRoutes
RoutePlanner::FindDisjoint(const RouteNeeds& needs,
                           const RouteFilter& filter,
                           std::size_t most,
                           std::size_t least)
{
    const RouteGraph& graph = GetGraph();
    if (m_disjointness == ROUTE_DISJOINT_SRLG)
    {
        const RankedRoutes found = FindRiskDisjoint(needs, filter, most, least);
        if (found.rank > 0)
        {
            return found;
        }
    }
    if (m_disjointness == ROUTE_DISJOINT_LINK)
    {
        for (std::size_t count = most; count >= least; --count)
        {
            const auto found = graph.FindCheapestTuple(needs.from, needs.to, filter, count, false);
            const bool isShort = std::all_of(found.begin(), found.end(), [&](const auto& route) {
                return route.kms.size() <= filter.maxHops + 1;
            });
            if (found.size() >= least && isShort)
            {
                return {RANK_HOPS_ONLY, KmsOf(found)};
            }
            count = std::max(std::min(count, found.size()), least);
        }
    }
    const auto tuple = graph.FindDisjointTuple(needs.from, needs.to, filter, most, least);
    return tuple ? RankedRoutes{tuple->nodeDisjoint ? RANK_NODES : RANK_HOPS_ONLY,
                                KmsOf(tuple->routes)}
                 : RankedRoutes();
}

std::optional<RoutePlan>
RoutePlanner::PlanProtected(const RouteNeeds& needs)
{
    const int best = m_disjointness == ROUTE_DISJOINT_LINK   ? RANK_HOPS_ONLY
                     : m_disjointness == ROUTE_DISJOINT_NODE ? RANK_NODES
                                                             : RANK_NODES_AND_GROUPS;
    RankedRoutes pair = FindDisjoint(needs, MakeRoomFilter(needs, ROUTE_WORKING, m_demand), 2, 2);
    if (pair.rank < best && !IsStrict())
    {
        const RankedRoutes any = FindDisjoint(needs, MakeFilter(needs), 2, 2);
        pair = any.rank > pair.rank ? any : pair;
    }
    if (pair.rank == 0)
    {
        return PlanWorking(needs);
    }
    RoutePlan plan;
    plan.working = pair.routes[0];
    plan.protection = pair.routes[1];
    return plan;
}

std::optional<RoutePlan>
RoutePlanner::PlanShared(const RouteNeeds& needs)
{
    auto plan = PlanWorking(needs);
    if (!plan)
    {
        return plan;
    }
    plan->protection = PlanSharedProtection(needs, plan->working);
    if (!plan->protection.empty())
    {
        return plan;
    }
    const RankedRoutes pair = FindDisjoint(needs, MakeFilter(needs), 2, 2);
    if (pair.rank == 0)
    {
        return plan;
    }
    for (const std::size_t first : {0, 1})
    {
        const std::vector<KmId>& working = pair.routes[first];
        const std::vector<KmId>& protection = pair.routes[1 - first];
        const std::set<NetworkRisk> risks = GetRisks(working);
        KeyRoute route;
        route.kms = working;
        const bool hasRoom = HasRoomFor(route, needs.demandBps, nullptr, m_demand);
        route.kms = protection;
        if (!IsStrict() || (hasRoom && HasRoomFor(route, needs.demandBps, &risks, m_demand)))
        {
            plan->working = working;
            plan->protection = protection;
            break;
        }
    }
    return plan;
}

std::vector<KmId>
RoutePlanner::PlanSharedProtection(const RouteNeeds& needs, const std::vector<KmId>& working)
{
    const std::set<NetworkRisk> risks = GetRisks(working);
    const RoomFunction room = [&](const KmHop& hop) {
        return GetCapacity(hop) >= m_demand.GetUsedWithShared(hop, risks, needs.demandBps);
    };
    return FindBeside(needs, room, {working});
}

std::optional<RoutePlan>
RoutePlanner::PlanSeveral(const RouteNeeds& needs, std::size_t most, std::size_t least)
{
    const std::size_t several = std::max<std::size_t>(least, 2);
    const auto value = [](const RankedRoutes& routes) {
        return std::make_pair(routes.rank, routes.routes.size());
    };
    RankedRoutes best =
        FindDisjoint(needs, MakeRoomFilter(needs, ROUTE_WORKING, m_demand), most, several);
    const RankedRoutes any =
        IsStrict() ? RankedRoutes() : FindDisjoint(needs, MakeFilter(needs), most, several);
    if (value(any) > value(best))
    {
        best = any;
    }
    if (best.rank == 0)
    {
        return least > 1 ? std::nullopt : PlanWorking(needs);
    }
    RoutePlan plan;
    plan.working = best.routes.front();
    plan.further.assign(best.routes.begin() + 1, best.routes.end());
    return plan;
}

std::vector<KmId>
RoutePlanner::FindBeside(const RouteNeeds& needs,
                         const RoomFunction& room,
                         const std::vector<std::vector<KmId>>& others)
{
    RouteFilter linkDisjoint = MakeFilter(needs);
    std::set<KmId> kms;
    for (const std::vector<KmId>& other : others)
    {
        for (const KmHop& hop : HopsOf(other))
        {
            linkDisjoint.excludedHops.insert(hop);
        }
        kms.insert(other.begin() + 1, other.end() - 1);
    }
    RouteFilter nodeDisjoint = linkDisjoint;
    nodeDisjoint.excludedKms.insert(kms.begin(), kms.end());
    std::vector<RouteFilter> filters;
    if (m_disjointness == ROUTE_DISJOINT_SRLG)
    {
        filters = {nodeDisjoint, linkDisjoint};
        for (RouteFilter& filter : filters)
        {
            for (const KmHop& hop : m_view.GetHops())
            {
                const bool isEndangered =
                    std::any_of(others.begin(), others.end(), [&](const auto& other) {
                        return ShareRiskGroup({hop.low, hop.high}, other);
                    });
                if (isEndangered)
                {
                    filter.excludedHops.insert(hop);
                }
            }
        }
    }
    if (m_disjointness != ROUTE_DISJOINT_LINK)
    {
        filters.push_back(nodeDisjoint);
    }
    filters.push_back(linkDisjoint);
    std::vector<KmId> found;
    for (auto filter = filters.begin(); filter != filters.end() && found.empty(); ++filter)
    {
        found = FindBest(needs, room, *filter);
    }
    return found;
}

std::vector<KmId>
RoutePlanner::PlanFurther(const RouteNeeds& needs, const std::vector<std::vector<KmId>>& others)
{
    DemandTable demand = m_demand.Branch();
    for (const PromisedRoute& entry : needs.left)
    {
        demand.Remove(entry.route, entry.bps);
    }
    const RoomFunction room = [&](const KmHop& hop) {
        return HasRoom(hop, needs.demandBps, ROUTE_WORKING, demand);
    };
    return FindBeside(needs, room, others);
}

std::vector<KmId>
RoutePlanner::PlanProtection(const RouteNeeds& needs, const std::vector<KmId>& working)
{
    const RoomFunction room = [&](const KmHop& hop) {
        return HasRoom(hop, needs.demandBps, ROUTE_PROTECTION, m_demand);
    };
    return FindBeside(needs, room, {working});
}

std::set<NetworkRisk>
RoutePlanner::GetRisks(const std::vector<KmId>& kms) const
{
    std::set<NetworkRisk> risks;
    for (const KmHop& hop : HopsOf(kms))
    {
        risks.insert({NetworkRisk::HOP, hop.low, hop.high, {}});
        for (const std::string& group : m_view.GetRiskGroups(hop))
        {
            risks.insert({NetworkRisk::GROUP, KmId(), KmId(), group});
        }
    }
    for (auto km = kms.begin() + 1; km != kms.end() && km + 1 != kms.end(); ++km)
    {
        risks.insert({NetworkRisk::KM, *km, KmId(), {}});
    }
    return risks;
}

bool
RoutePlanner::ShareRiskGroup(const std::vector<KmId>& a, const std::vector<KmId>& b) const
{
    const std::set<NetworkRisk> risks = GetRisks(a);
    const std::set<NetworkRisk> others = GetRisks(b);
    return std::any_of(risks.begin(), risks.end(), [&others](const NetworkRisk& risk) {
        return risk.kind == NetworkRisk::GROUP && others.find(risk) != others.end();
    });
}

} // namespace qkdn
} // namespace ns3
