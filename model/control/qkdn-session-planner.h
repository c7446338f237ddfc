/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SESSION_PLANNER_H
#define QKDN_SESSION_PLANNER_H

#include "qkdn-resilience-scheme.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Plans the routes of sessions by their class, or asks the resilience scheme of those that
 * have one of a user's own.
 *
 * What a scheme plans is checked: the program ends with a message if key managers could not do
 * it, as the scheme is wrong then.
 */
class SessionPlanner
{
  public:
    /**
     * @brief Constructor
     * @param planner finds routes; must live longer
     */
    explicit SessionPlanner(RoutePlanner& planner);

    /**
     * @brief Whether the routes of a session can be planned.
     * @param policy its policy
     * @return false if its scheme cannot be made, or its class is not the scheme's mechanism
     */
    static bool CanPlan(const SessionPolicy& policy);

    /**
     * @brief The first routes of a session that is no extra traffic.
     * @param policy its policy
     * @param needs what it needs
     * @return the plan, none if there is no route
     */
    std::optional<RoutePlan> PlanRoutes(const SessionPolicy& policy, const RouteNeeds& needs);

    /**
     * @brief A route that a session misses.
     * @param policy its policy
     * @param needs what it needs
     * @param others the KMs of each route that it has
     * @return its KMs, empty if there is none
     */
    std::vector<KmId> PlanFurther(const SessionPolicy& policy,
                                  const RouteNeeds& needs,
                                  const std::vector<std::vector<KmId>>& others);

    /**
     * @brief Recovery routes after a failure.
     * @param policy the session's policy
     * @param request what is needed
     * @return the plan, none if there is no route
     */
    std::optional<RecoveryPlan> PlanRecovery(const SessionPolicy& policy,
                                             const RecoveryRequest& request);

    /// Forget the schemes: the process has crashed.
    void Forget();

    /**
     * @brief The first routes of a session as its class says.
     * @param policy its policy
     * @param needs what it needs
     * @param planner finds routes
     * @return the plan, none if there is no route
     */
    static std::optional<RoutePlan> PlanRoutesOfClass(const SessionPolicy& policy,
                                                      const RouteNeeds& needs,
                                                      RoutePlanner& planner);

    /**
     * @brief A route that a session misses, as its class says.
     * @param policy its policy
     * @param needs what it needs
     * @param others the KMs of each route that it has, at least one
     * @param planner finds routes
     * @return its KMs, empty if there is none
     */
    static std::vector<KmId> PlanFurtherOfClass(const SessionPolicy& policy,
                                                const RouteNeeds& needs,
                                                const std::vector<std::vector<KmId>>& others,
                                                RoutePlanner& planner);

  private:
    /**
     * @brief The scheme of a session.
     * @param policy its policy
     * @return the scheme, null if it has none
     */
    Ptr<ResilienceScheme> Find(const SessionPolicy& policy);

    /**
     * @brief Whether a route that a scheme has planned can be used. Ends the program if the scheme
     * is wrong.
     * @param policy the session's policy
     * @param needs what it needs
     * @param kms the KMs of the route
     * @return false if the route is too long
     */
    bool IsUsable(const SessionPolicy& policy,
                  const RouteNeeds& needs,
                  const std::vector<KmId>& kms) const;

    RoutePlanner& m_planner;                                //!< finds routes
    std::map<std::string, Ptr<ResilienceScheme>> m_schemes; //!< schemes by their text
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SESSION_PLANNER_H */
