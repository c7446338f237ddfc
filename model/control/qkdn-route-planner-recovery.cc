/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The part of RoutePlanner that plans routes after a failure.

#include "qkdn-multi-path-split.h"
#include "qkdn-route-planner.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ns3
{
namespace qkdn
{

namespace
{

/// Recovery routes of a session at once, at most.
constexpr std::size_t MOST_RECOVERY_ROUTES = 8;

/// Key rates up to this are counted one by one by a split.
constexpr uint64_t MAX_SPLIT_BPS = 1ULL << 53;

/// Whether a hop is one of a candidate's.
bool
Uses(const SuspensionCandidate& candidate, const KmHop& hop)
{
    return std::any_of(candidate.routes.begin(), candidate.routes.end(), [&](const auto& entry) {
        const std::vector<KmHop> hops = HopsOf(entry.route.kms);
        return std::find(hops.begin(), hops.end(), hop) != hops.end();
    });
}

/// Take back what a candidate was promised.
void
TakeBack(DemandTable& demand, const SuspensionCandidate& candidate)
{
    for (const PromisedRoute& entry : candidate.routes)
    {
        demand.Remove(entry.route, entry.bps);
    }
}

/// What all candidates together leave.
DemandTable
TakeBackAll(DemandTable demand, const std::vector<SuspensionCandidate>& candidates)
{
    for (const SuspensionCandidate& candidate : candidates)
    {
        TakeBack(demand, candidate);
    }
    return demand;
}

} // namespace

std::optional<RecoveryPlan>
RoutePlanner::PlanRecovery(const RouteNeeds& needs,
                           const std::vector<PromisedRoute>& own,
                           const std::vector<SuspensionCandidate>& candidates,
                           const RecoveryScheme& scheme)
{
    DemandTable others = m_demand.Branch();
    for (const PromisedRoute& entry : own)
    {
        others.Remove(entry.route, entry.bps);
    }
    if (scheme.mode != RESTORATION_ONE_PATH)
    {
        const auto plan = PlanSplit(needs, others, candidates, scheme);
        if (plan)
        {
            return plan;
        }
    }
    return PlanOneRoute(needs, others, candidates);
}

uint64_t
RoutePlanner::GetRecoveredBps(const RecoveryPlan& plan,
                              const std::vector<PromisedRoute>& own,
                              const std::vector<SuspensionCandidate>& candidates,
                              const RecoveryScheme& scheme) const
{
    DemandTable demand = m_demand.Branch();
    for (const PromisedRoute& entry : own)
    {
        demand.Remove(entry.route, entry.bps);
    }
    for (const SuspensionCandidate& candidate : candidates)
    {
        if (std::find(plan.suspend.begin(), plan.suspend.end(), candidate.session) !=
            plan.suspend.end())
        {
            TakeBack(demand, candidate);
        }
    }
    uint64_t recoveredBps = 0;
    for (const PlannedRoute& route : plan.routes)
    {
        uint64_t freeBps = route.bps;
        for (const KmHop& hop : HopsOf(route.kms))
        {
            freeBps = std::min(freeBps, GetFreeBps(hop, demand, scheme));
        }
        recoveredBps += freeBps;
        // routes may have hops in common
        demand.Add(KeyRoute{RouteId(), SessionId(), ROUTE_RECOVERY, route.kms, 0}, freeBps);
    }
    return recoveredBps;
}

std::optional<RecoveryPlan>
RoutePlanner::PlanOneRoute(const RouteNeeds& needs,
                           const DemandTable& others,
                           const std::vector<SuspensionCandidate>& candidates)
{
    const RouteGraph& graph = GetGraph();
    auto found =
        graph.FindRoute(needs.from, needs.to, MakeRoomFilter(needs, ROUTE_RECOVERY, others));
    if (found)
    {
        return RecoveryPlan{{{found->kms, needs.demandBps}}, {}, needs.demandBps};
    }
    const DemandTable stronger = TakeBackAll(others, candidates);
    if (!candidates.empty())
    {
        const RouteFilter filter = MakeRoomFilter(needs, ROUTE_RECOVERY, stronger);
        found = graph.FindRoute(needs.from, needs.to, filter);
    }
    if (!found)
    {
        found = graph.FindRoute(needs.from, needs.to, MakeFilter(needs));
    }
    if (!found)
    {
        return std::nullopt;
    }
    // nobody stops for more than the weakest hop can give
    const RecoveryScheme onePath;
    uint64_t recoveredBps = needs.demandBps;
    for (const KmHop& hop : HopsOf(found->kms))
    {
        recoveredBps = std::min(recoveredBps, GetFreeBps(hop, stronger, onePath));
    }
    DemandTable left = others;
    const auto suspend = ChooseSuspended({{found->kms, recoveredBps}}, onePath, left, candidates);
    return RecoveryPlan{{{found->kms, needs.demandBps}}, suspend, recoveredBps};
}

std::optional<RecoveryPlan>
RoutePlanner::PlanSplit(const RouteNeeds& needs,
                        const DemandTable& others,
                        const std::vector<SuspensionCandidate>& candidates,
                        const RecoveryScheme& scheme)
{
    const RecoveryScheme ratesOnly{RESTORATION_MULTI_PATH, Time(0), {}};
    const bool hasWindow = scheme.mode == RESTORATION_TIME_WINDOW;
    const DemandTable stronger = TakeBackAll(others, candidates);
    RecoveryPlan best;
    for (const bool stop : {false, true})
    {
        for (const RecoveryScheme* tried : {&ratesOnly, &scheme})
        {
            if ((stop && candidates.empty()) || (tried == &scheme && !hasWindow) ||
                (!best.routes.empty() && best.recoveredBps >= needs.demandBps))
            {
                continue;
            }
            RecoveryPlan plan = Split(needs, stop ? stronger : others, *tried);
            if (plan.recoveredBps <= best.recoveredBps && !best.routes.empty())
            {
                continue;
            }
            DemandTable left = others;
            if (stop)
            {
                plan.suspend = ChooseSuspended(plan.routes, *tried, left, candidates);
            }
            best = std::move(plan);
        }
    }
    const bool useful = !best.routes.empty() && (best.recoveredBps > 0 || needs.demandBps == 0);
    return useful ? std::optional<RecoveryPlan>(best) : std::nullopt;
}

RecoveryPlan
RoutePlanner::Split(const RouteNeeds& needs,
                    const DemandTable& demand,
                    const RecoveryScheme& scheme)
{
    const RouteGraph& graph = GetGraph();
    RouteFilter roomy = MakeFilter(needs);
    const auto accepts = roomy.accepts;
    roomy.accepts = [&](const KmHop& hop) {
        return accepts(hop) && GetFreeBps(hop, demand, scheme) >= needs.demandBps;
    };
    if (const auto alone = graph.FindRoute(needs.from, needs.to, roomy))
    {
        return RecoveryPlan{{{alone->kms, needs.demandBps}}, {}, needs.demandBps};
    }
    const uint64_t wanted = std::min(needs.demandBps, MAX_SPLIT_BPS);
    const MultiPathSplit split = SplitOverRoutes(
        graph,
        needs.from,
        needs.to,
        MakeFilter(needs),
        [&](const KmHop& hop) { return std::min(wanted, GetFreeBps(hop, demand, scheme)); },
        wanted,
        MOST_RECOVERY_ROUTES);
    RecoveryPlan plan;
    for (const RouteShare& share : split.shares)
    {
        plan.routes.push_back({share.route.kms, share.units});
        plan.recoveredBps += share.units;
    }
    return plan;
}

uint64_t
RoutePlanner::GetFreeBps(const KmHop& hop,
                         const DemandTable& demand,
                         const RecoveryScheme& scheme) const
{
    uint64_t offered = GetCapacity(hop);
    if (scheme.mode == RESTORATION_TIME_WINDOW)
    {
        const auto reserve = scheme.reserves.find(hop);
        const uint64_t kept = reserve == scheme.reserves.end() ? 0 : reserve->second;
        const uint64_t pool = m_view.GetPoolBits(hop);
        const double spare = pool > kept ? static_cast<double>(pool - kept) : 0.0;
        const double bps = std::floor(spare / scheme.window.GetSeconds());
        const double most = std::min(bps, static_cast<double>(MAX_SPLIT_BPS));
        offered = std::max(offered, m_view.GetKeyRateBps(hop) + static_cast<uint64_t>(most));
    }
    const uint64_t used = demand.GetUsed(hop, ROUTE_RECOVERY);
    return offered > used ? offered - used : 0;
}

std::vector<SessionId>
RoutePlanner::ChooseSuspended(const std::vector<PlannedRoute>& routes,
                              const RecoveryScheme& scheme,
                              DemandTable& demand,
                              const std::vector<SuspensionCandidate>& candidates) const
{
    std::map<KmHop, uint64_t> needed;
    for (const PlannedRoute& route : routes)
    {
        for (const KmHop& hop : HopsOf(route.kms))
        {
            needed[hop] += route.bps;
        }
    }
    std::set<SessionId> chosen;
    std::vector<SessionId> order;
    for (const PlannedRoute& route : routes)
    {
        for (const KmHop& hop : HopsOf(route.kms))
        {
            for (const SuspensionCandidate& candidate : candidates)
            {
                if (GetFreeBps(hop, demand, scheme) >= needed.at(hop))
                {
                    break;
                }
                if (Uses(candidate, hop) && chosen.insert(candidate.session).second)
                {
                    TakeBack(demand, candidate);
                    order.push_back(candidate.session);
                }
            }
        }
    }
    return order;
}

} // namespace qkdn
} // namespace ns3
