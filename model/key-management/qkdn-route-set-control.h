/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_ROUTE_SET_CONTROL_H
#define QKDN_ROUTE_SET_CONTROL_H

#include "qkdn-ck-messages.h"
#include "qkdn-key-session.h"
#include "qkdn-km-parts.h"
#include "qkdn-route-set.h"

#include "ns3/callback.h"
#include "ns3/event-id.h"

#include <map>
#include <set>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Which routes are used by the sessions of a KM whose KSA-keys go over several at once.
 *
 * A route that fails is left out as long as the others are enough for a key, and used again as soon
 * as it is good. What is on its way over it is given up. The first good route carries
 * notifications and voids. Each time the session goes on without a route that has failed, or has
 * enough routes again, that is told as a switch to the first route in use; nobody has to
 * acknowledge it. Decisions are taken in an event at the same simulated time, so that failures of
 * one moment are seen together.
 */
class RouteSetControl
{
  public:
    /// What happens: session, route, event, trigger, KM before the failed hop, incident.
    using EventCallback =
        Callback<void, SessionId, RouteId, RouteEventKind, ResilienceTrigger, KmId, IncidentId>;

    RouteSetControl() = default;
    ~RouteSetControl();
    RouteSetControl(const RouteSetControl&) = delete;
    RouteSetControl& operator=(const RouteSetControl&) = delete;

    /**
     * @brief Set where it works.
     * @param parts the parts of the key manager
     * @param event told of events
     */
    void Configure(const KmParts& parts, EventCallback event);

    /// Forget all, parts and sessions too.
    void Dispose();

    /**
     * @brief Add a session whose master application is here.
     * @param session the session
     */
    void AddSession(const KeySession& session);

    /**
     * @brief Whether a session is one of these.
     * @param session the session
     * @return true if so
     */
    bool Has(SessionId session) const;

    /**
     * @brief The routes of a session, as the controller says. Safe to repeat.
     * @param session the session
     * @param routes the routes, installed; none if it has none or is suspended
     * @param incident the failure behind it, or none
     */
    void SetRoutes(SessionId session, const std::vector<RouteId>& routes, IncidentId incident);

    /**
     * @brief A condition of a route is there or gone.
     * @param session the session
     * @param route the route
     * @param status the condition
     * @param incident the failure behind it, or none
     */
    void StatusChanged(SessionId session,
                       RouteId route,
                       const KxRouteStatus& status,
                       IncidentId incident);

    /**
     * @brief A route is over.
     * @param session the session
     * @param route the route
     */
    void ForgetRoute(SessionId session, RouteId route);

    /**
     * @brief A route is there.
     * @param session the session
     * @param route the route
     */
    void RouteInstalled(SessionId session, RouteId route);

    /// The process ends: forget routes and conditions.
    void Reset();

    /**
     * @brief The routes that a session uses.
     * @param session the session
     * @return the routes, in the order of their shares
     */
    std::vector<RouteId> GetUsed(SessionId session) const;

    /**
     * @brief The routes of a session that have not failed.
     * @param session the session
     * @return the routes, in the order of their shares
     */
    std::vector<RouteId> GetGood(SessionId session) const;

    /**
     * @brief The description of a session.
     * @param session the session
     * @return as it was added
     */
    const KeySession& GetDescription(SessionId session) const;

    /**
     * @brief All sessions.
     * @return their numbers
     */
    std::set<SessionId> GetSessions() const;

  private:
    /// A session.
    struct Session
    {
        KeySession description;    //!< the session
        RouteSet set;              //!< its routes
        std::vector<RouteId> used; //!< those that it uses
        bool sufficed{true};       //!< they were enough when this was looked at last
        EventId decision;          //!< looks at them again
        IncidentId incident;       //!< the failure behind that, or none
    };

    /**
     * @brief Use the routes that can be used now.
     * @param session the session
     * @param incident the failure behind it; if none, that of the review that was scheduled
     */
    void Review(SessionId session, IncidentId incident);

    /**
     * @brief Use the routes that can be used when all that happens now is known.
     * @param session the session
     * @param incident the failure behind it, or none
     */
    void ScheduleReview(SessionId session, IncidentId incident);

    /**
     * @brief Make the session use its routes.
     * @param session the session
     */
    void Apply(const Session& session);

    KmParts m_parts;                         //!< parts of the KM
    EventCallback m_event;                   //!< told of events
    std::map<SessionId, Session> m_sessions; //!< sessions
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_ROUTE_SET_CONTROL_H */
