/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-resilience-scheme.h"

#include "qkdn-session-planner.h"

namespace ns3
{
namespace qkdn
{

NS_OBJECT_ENSURE_REGISTERED(ResilienceScheme);

TypeId
ResilienceScheme::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::ResilienceScheme").SetParent<Object>().SetGroupName("QkdnResilience");
    return tid;
}

ObjectOfText<ResilienceScheme>
ResilienceScheme::Make(const std::string& text)
{
    if (text.size() > MAX_TEXT)
    {
        return {nullptr,
                "the text of a resilience scheme has " + std::to_string(text.size()) +
                    " characters",
                "give at most " + std::to_string(MAX_TEXT)};
    }
    return MakeObjectOfText<ResilienceScheme>(text);
}

std::optional<RoutePlan>
ResilienceScheme::PlanRoutes(const SessionPolicy& policy,
                             const RouteNeeds& needs,
                             RoutePlanner& planner)
{
    return SessionPlanner::PlanRoutesOfClass(policy, needs, planner);
}

std::vector<KmId>
ResilienceScheme::PlanFurther(const SessionPolicy& policy,
                              const RouteNeeds& needs,
                              const std::vector<std::vector<KmId>>& others,
                              RoutePlanner& planner)
{
    return SessionPlanner::PlanFurtherOfClass(policy, needs, others, planner);
}

std::optional<RecoveryPlan>
ResilienceScheme::PlanRecovery(const SessionPolicy&,
                               const RecoveryRequest& request,
                               RoutePlanner& planner)
{
    return planner.PlanRecovery(request.needs, request.own, request.candidates, request.scheme);
}

} // namespace qkdn
} // namespace ns3
