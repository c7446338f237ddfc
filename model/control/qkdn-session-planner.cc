/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-session-planner.h"

#include "ns3/abort.h"
#include "ns3/log.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnSessionPlanner");

SessionPlanner::SessionPlanner(RoutePlanner& planner)
    : m_planner(planner)
{
}

bool
SessionPlanner::CanPlan(const SessionPolicy& policy)
{
    if (policy.scheme.empty())
    {
        return true;
    }
    const ObjectOfText<ResilienceScheme> made = ResilienceScheme::Make(policy.scheme);
    NS_LOG_DEBUG("scheme " << policy.scheme << ": " << made.problem);
    return made.object && made.object->GetMechanism() == policy.resilienceClass;
}

Ptr<ResilienceScheme>
SessionPlanner::Find(const SessionPolicy& policy)
{
    if (policy.scheme.empty())
    {
        return nullptr;
    }
    Ptr<ResilienceScheme>& scheme = m_schemes[policy.scheme];
    if (!scheme)
    {
        scheme = ResilienceScheme::Make(policy.scheme).object;
    }
    return scheme;
}

void
SessionPlanner::Forget()
{
    m_schemes.clear();
}

bool
SessionPlanner::IsUsable(const SessionPolicy& policy,
                         const RouteNeeds& needs,
                         const std::vector<KmId>& kms) const
{
    const std::string problem = m_planner.FindRouteFault(needs, kms);
    NS_ABORT_MSG_UNLESS(problem.empty(),
                        "resilience scheme " << policy.scheme << ", route from KM " << needs.from
                                             << " to KM " << needs.to << ": " << problem);
    return kms.size() - 1 <= m_planner.GetMaxHops();
}

std::optional<RoutePlan>
SessionPlanner::PlanRoutes(const SessionPolicy& policy, const RouteNeeds& needs)
{
    const Ptr<ResilienceScheme> scheme = Find(policy);
    if (!scheme)
    {
        return PlanRoutesOfClass(policy, needs, m_planner);
    }
    const std::optional<RoutePlan> plan = scheme->PlanRoutes(policy, needs, m_planner);
    if (!plan)
    {
        return plan;
    }
    const char* const mechanism = ResilienceClassName(policy.resilienceClass);
    NS_ABORT_MSG_UNLESS(plan->protection.empty() || HasProtectionRoute(policy.resilienceClass),
                        "resilience scheme " << policy.scheme << ": mechanism " << mechanism
                                             << " has no protection route");
    NS_ABORT_MSG_UNLESS(plan->further.size() < policy.shareCount,
                        "resilience scheme " << policy.scheme << ": " << plan->further.size() + 1
                                             << " routes at once, at most " << policy.shareCount
                                             << " with mechanism " << mechanism);
    std::vector<std::vector<KmId>> routes = plan->further;
    routes.push_back(plan->working);
    if (!plan->protection.empty())
    {
        routes.push_back(plan->protection);
    }
    const bool usable = std::all_of(routes.begin(), routes.end(), [&](const auto& kms) {
        return IsUsable(policy, needs, kms);
    });
    return usable && plan->further.size() + 1 >= policy.shareThreshold ? plan : std::nullopt;
}

std::vector<KmId>
SessionPlanner::PlanFurther(const SessionPolicy& policy,
                            const RouteNeeds& needs,
                            const std::vector<std::vector<KmId>>& others)
{
    const Ptr<ResilienceScheme> scheme = Find(policy);
    if (!scheme)
    {
        return PlanFurtherOfClass(policy, needs, others, m_planner);
    }
    const std::vector<KmId> kms = scheme->PlanFurther(policy, needs, others, m_planner);
    return !kms.empty() && IsUsable(policy, needs, kms) ? kms : std::vector<KmId>();
}

std::optional<RecoveryPlan>
SessionPlanner::PlanRecovery(const SessionPolicy& policy, const RecoveryRequest& request)
{
    const Ptr<ResilienceScheme> scheme = Find(policy);
    if (!scheme)
    {
        return m_planner.PlanRecovery(request.needs,
                                      request.own,
                                      request.candidates,
                                      request.scheme);
    }
    std::optional<RecoveryPlan> plan = scheme->PlanRecovery(policy, request, m_planner);
    if (!plan)
    {
        return plan;
    }
    NS_ABORT_MSG_UNLESS(plan->routes.size() == 1 ||
                            (policy.MaySplitRecovery() && !plan->routes.empty()),
                        "resilience scheme " << policy.scheme << ": " << plan->routes.size()
                                             << " recovery routes with restoration "
                                             << RestorationModeName(policy.restoration));
    for (const SessionId suspended : plan->suspend)
    {
        NS_ABORT_MSG_UNLESS(std::any_of(request.candidates.begin(),
                                        request.candidates.end(),
                                        [suspended](const SuspensionCandidate& candidate) {
                                            return candidate.session == suspended;
                                        }),
                            "resilience scheme " << policy.scheme << ": session " << suspended
                                                 << " may not be stopped");
    }
    const bool usable =
        std::all_of(plan->routes.begin(), plan->routes.end(), [&](const PlannedRoute& route) {
            return IsUsable(policy, request.needs, route.kms);
        });
    if (!usable)
    {
        return std::nullopt;
    }
    plan->recoveredBps =
        m_planner.GetRecoveredBps(*plan, request.own, request.candidates, request.scheme);
    return plan;
}

std::optional<RoutePlan>
SessionPlanner::PlanRoutesOfClass(const SessionPolicy& policy,
                                  const RouteNeeds& needs,
                                  RoutePlanner& planner)
{
    switch (policy.resilienceClass)
    {
    case CLASS_ROUTE_SHARED:
        return planner.PlanShared(needs);
    case CLASS_ROUTE_1_1:
        return planner.PlanProtected(needs);
    default:
        return UsesSeveralRoutes(policy.resilienceClass)
                   ? planner.PlanSeveral(needs, policy.shareCount, policy.shareThreshold)
                   : planner.PlanWorking(needs);
    }
}

std::vector<KmId>
SessionPlanner::PlanFurtherOfClass(const SessionPolicy& policy,
                                   const RouteNeeds& needs,
                                   const std::vector<std::vector<KmId>>& others,
                                   RoutePlanner& planner)
{
    if (UsesSeveralRoutes(policy.resilienceClass))
    {
        return planner.PlanFurther(needs, others);
    }
    return policy.resilienceClass == CLASS_ROUTE_SHARED
               ? planner.PlanSharedProtection(needs, others.front())
               : planner.PlanProtection(needs, others.front());
}

} // namespace qkdn
} // namespace ns3
