/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_LINK_STATE_SESSION_CONTROL_H
#define QKDN_LINK_STATE_SESSION_CONTROL_H

#include "qkdn-link-state-flooding.h"
#include "qkdn-link-state-planner.h"
#include "qkdn-link-state-session.h"
#include "qkdn-route-provider.h"
#include "qkdn-route-signaller.h"

#include <map>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Told of what is done for sessions of class restoration.
 */
class LinkStateObserver
{
  public:
    virtual ~LinkStateObserver() = default;

    /**
     * @brief The route of a session has failed.
     * @param session the session
     * @param incident the failure
     */
    virtual void SessionInformed(SessionId session, IncidentId incident) = 0;

    /**
     * @brief It is decided which route a session shall use.
     * @param session the session
     * @param from route before
     * @param to route after, or none if there is none
     * @param incident the failure
     */
    virtual void SessionDecision(SessionId session,
                                 RouteId from,
                                 RouteId to,
                                 IncidentId incident) = 0;

    /**
     * @brief A decision is carried out: the route is set up and in use.
     * @param session the session
     * @param route the route
     * @param incident the failure
     */
    virtual void SessionCompleted(SessionId session, RouteId route, IncidentId incident) = 0;
};

/**
 * @ingroup qkdn-resilience
 * @brief Decides at the KM of the master which routes its sessions have: finds them over the
 * link-state database and has them set up.
 *
 * A session gets its first route when no KM has become known for the settling time. One of class
 * route-1:1 gets two disjoint routes, or one, and the other when there is one; RouteSelector
 * chooses between them. One of class restoration gets a new route when that in use has failed and
 * hold-off is over (RouteSelector says so), and returns to its working route when that has been
 * clear for the time of wait to restore, or at once if the recovery route fails, too. If no route
 * is found the search goes on with the next change of the network. A hop at which a set-up failed
 * is avoided for the retry time, so that the next try takes another way.
 */
class LinkStateSessionControl
{
  public:
    /// How routes are found.
    struct Policy
    {
        RouteCost cost{ROUTE_COST_HOPS}; //!< what routes are compared by
        uint32_t maxHops{1};             //!< longest route, hops
        Time settle;                     //!< from the newest KM to the first route
        Time decision;                   //!< time that a search after a failure takes
        Time retry;                      //!< time for which a hop is avoided, and between tries
        bool abandonOnToleration{false}; //!< no search after an interruption that was too long
    };

    LinkStateSessionControl() = default;
    ~LinkStateSessionControl();
    LinkStateSessionControl(const LinkStateSessionControl&) = delete;
    LinkStateSessionControl& operator=(const LinkStateSessionControl&) = delete;

    /**
     * @brief Set where it works.
     * @param place the KM
     * @param flooding has the database
     * @param signaller sets routes up
     * @param observer told of what is done
     */
    void Configure(const RouteProviderPlace& place,
                   const LinkStateFlooding* flooding,
                   RouteSignaller* signaller,
                   LinkStateObserver* observer);

    /**
     * @brief The process starts.
     * @param policy how routes are found
     */
    void Start(const Policy& policy);

    /// The process ends: sessions are kept, what was done for them is forgotten.
    void Stop();

    /**
     * @brief Add a session whose master is here.
     * @param session the session
     */
    void AddSession(const KeySession& session);

    /// The database has changed.
    void NetworkChanged();

    /**
     * @brief Something has happened to a route.
     * @param event the event
     * @param incident the failure behind it, or none
     */
    void RouteEvent(const CkRouteEvent& event, IncidentId incident);

    /**
     * @brief A route is installed at all its KMs, or cannot be.
     * @param answer the answer
     * @param incident the failure behind it, or none
     */
    void SetUpDone(const KxRouteSetUpAnswer& answer, IncidentId incident);

  private:
    /// Look at all sessions in an event of its own.
    void ReviewLater();

    /// Look at all sessions.
    void ReviewAll();

    /**
     * @brief Do what is to be done for a session now.
     * @param session the session
     */
    void Review(LinkStateSession& session);

    /**
     * @brief Look at a session again after a time.
     * @param session the session
     * @param delay the time
     */
    void RetryAfter(LinkStateSession& session, Time delay);

    /**
     * @brief A search was in vain: look again when a hop need not be avoided any more.
     * @param session the session
     */
    void RetryAvoided(LinkStateSession& session);

    /// @cond
    void ReviewOne(SessionId session);
    void Place(LinkStateSession& session);
    void Protect(LinkStateSession& session);
    void ReviewRestoration(LinkStateSession& session);
    void RouteInUseFailed(LinkStateSession& session);
    void RouteInUseClear(LinkStateSession& session);
    void Decide(SessionId session);
    void Restore(SessionId session);
    /// @endcond

    /**
     * @brief A search for a recovery route was in vain.
     * @param session the session
     */
    void SearchFailed(LinkStateSession& session);

    /**
     * @brief Return to the working route.
     * @param session the session
     */
    void Revert(LinkStateSession& session);

    /**
     * @brief Tell the KM which routes a session has.
     * @param session the session
     */
    void Announce(LinkStateSession& session);

    /**
     * @brief Set up a new route.
     * @param session its session
     * @param role what it is for
     * @param kms its KMs
     * @return its number
     */
    RouteId AddRoute(const LinkStateSession& session, RouteRole role, const std::vector<KmId>& kms);

    /**
     * @brief Tear a route down.
     * @param [in,out] route its number, none afterwards
     * @param incident the failure behind it, or none
     */
    void DropRoute(RouteId& route, IncidentId incident);

    /**
     * @brief A route could not be set up.
     * @param session its session
     * @param answer why
     */
    void SetUpFailed(LinkStateSession& session, const KxRouteSetUpAnswer& answer);

    /**
     * @brief What a session needs of a new route.
     * @param session the session
     * @return its needs
     */
    LinkStateNeeds NeedsOf(LinkStateSession& session) const;

    /**
     * @brief Add what a recovery route must avoid.
     * @param session its session
     * @param [in,out] needs what it needs
     */
    void AvoidFailed(const LinkStateSession& session, LinkStateNeeds& needs) const;

    /**
     * @brief The route that a session uses unless it protects itself.
     * @param session the session
     * @return its recovery route, or its working one
     */
    static RouteId GetPrimary(const LinkStateSession& session);

    /**
     * @brief Whether a route is in signal fail.
     * @param route its number
     * @return true if so
     */
    bool IsFailed(RouteId route) const;

    /**
     * @brief Whether a route is installed at all its KMs.
     * @param route its number
     * @return true if so
     */
    bool IsInstalled(RouteId route) const;

    RouteProviderPlace m_place;                       //!< the KM
    const LinkStateFlooding* m_flooding{nullptr};     //!< has the database
    RouteSignaller* m_signaller{nullptr};             //!< sets routes up
    LinkStateObserver* m_observer{nullptr};           //!< told of what is done
    Policy m_policy;                                  //!< how routes are found
    bool m_running{false};                            //!< the process runs
    std::map<SessionId, LinkStateSession> m_sessions; //!< sessions
    std::map<RouteId, LinkStateRoute> m_routes;       //!< their routes
    EventId m_review;                                 //!< next ReviewAll()
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_LINK_STATE_SESSION_CONTROL_H */
