/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_RESILIENCE_SCHEME_H
#define QKDN_RESILIENCE_SCHEME_H

#include "qkdn-route-planner.h"

#include "ns3/object.h"
#include "ns3/qkdn-object-text.h"
#include "ns3/qkdn-session-policy.h"

#include <optional>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What a session needs after a failure.
 */
struct RecoveryRequest
{
    RouteNeeds needs;               //!< what recovery routes have to be, with the hops that failed
    std::vector<PromisedRoute> own; //!< routes that the session has and will not use meanwhile
    /// sessions of lower priority that may be stopped, those to be stopped first in front
    std::vector<SuspensionCandidate> candidates;
    RecoveryScheme scheme; //!< how the session's policy says that it is restored
};

/**
 * @ingroup qkdn-resilience
 * @brief A resilience class of a user's own: which routes are prepared for a session, and which
 * take their place after a failure.
 *
 * A controller asks it, knowing what messages have told it; what it plans is installed and
 * announced by messages, as for every class. How key managers use the routes is the mechanism, one
 * of the classes of SessionPolicy: a protection route that the master's key manager switches to by
 * itself, several routes at once, or recovery routes that the controller searches after the
 * failure. What is not overridden is done as for that class.
 *
 * A controller has one object for all sessions of the same text (SessionPolicy::scheme), and none
 * any more after a crash; a standby controller has its own.
 */
class ResilienceScheme : public Object
{
  public:
    /// Longest text of a scheme: it goes in a message of the session.
    static constexpr std::size_t MAX_TEXT = 255;

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @brief Make the scheme of sessions.
     * @param text name of its type, with attributes if there are any (MakeObjectOfText())
     * @return the scheme, or what is wrong
     */
    static ObjectOfText<ResilienceScheme> Make(const std::string& text);

    /**
     * @brief How key managers use its routes.
     * @return the class of which it is a kind, always the same
     */
    virtual ResilienceClass GetMechanism() const = 0;

    /**
     * @brief The first routes of a session. Called with lower key rates, too, to find out how
     * much a session can be granted.
     * @param policy the session's policy
     * @param needs what it needs
     * @param planner finds routes, and knows the network
     * @return the plan; none if there is no route, or too few
     */
    virtual std::optional<RoutePlan> PlanRoutes(const SessionPolicy& policy,
                                                const RouteNeeds& needs,
                                                RoutePlanner& planner);

    /**
     * @brief A route that a session misses: a protection route, or one in place of one of several
     * that has failed.
     * @param policy the session's policy
     * @param needs what it needs
     * @param others the KMs of each route that it has and that has not failed
     * @param planner finds routes, and knows the network
     * @return its KMs, empty if there is none
     */
    virtual std::vector<KmId> PlanFurther(const SessionPolicy& policy,
                                          const RouteNeeds& needs,
                                          const std::vector<std::vector<KmId>>& others,
                                          RoutePlanner& planner);

    /**
     * @brief Recovery routes after a failure: with mechanism "restoration", and "route-1:1" if
     * its policy escalates. Several at once only if the policy's restoration is not "one-path".
     * What they recover of the demand is computed from their key rates.
     * @param policy the session's policy
     * @param request what is needed
     * @param planner finds routes, and knows the network
     * @return the plan, none if there is no route
     */
    virtual std::optional<RecoveryPlan> PlanRecovery(const SessionPolicy& policy,
                                                     const RecoveryRequest& request,
                                                     RoutePlanner& planner);
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_RESILIENCE_SCHEME_H */
