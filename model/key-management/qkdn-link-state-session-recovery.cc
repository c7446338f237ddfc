/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The part of LinkStateSessionControl that reacts to failures of routes.

#include "qkdn-link-state-session-control.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnLinkStateSessionRecovery");

namespace
{

/// The hop of a route behind one of its KMs is named as failed.
void
NameFailedHop(LinkStateRoute& route, KmId before)
{
    const std::vector<KmId>& kms = route.route.kms;
    const auto found = std::find(kms.begin(), kms.end(), before);
    if (before.IsValid() && found != kms.end() && found + 1 != kms.end())
    {
        route.failedHops.insert(KmHop(*found, *(found + 1)));
    }
}

} // namespace

void
LinkStateSessionControl::RouteEvent(const CkRouteEvent& event, IncidentId incident)
{
    const auto found = m_sessions.find(event.session);
    const auto route = m_routes.find(event.route);
    if (found == m_sessions.end())
    {
        return;
    }
    LinkStateSession& session = found->second;
    const bool isKnown = route != m_routes.end();
    const bool restores = session.description.policy.resilienceClass == CLASS_RESTORATION;
    switch (event.kind)
    {
    case ROUTE_EVENT_SIGNAL_FAIL:
        if (isKnown)
        {
            route->second.failed = true;
            if (event.trigger != TRIGGER_SUPPLY_INTERRUPTED)
            {
                // where keys are missing on a route its source does not know
                NameFailedHop(route->second, event.failedHop);
            }
        }
        if (restores && event.route == GetPrimary(session))
        {
            session.incident = incident;
            session.searchFailed = false;
            m_observer->SessionInformed(event.session, incident);
        }
        break;
    case ROUTE_EVENT_HOLD_OFF_OVER:
        if (isKnown)
        {
            route->second.heldOff = true;
        }
        break;
    case ROUTE_EVENT_CLEAR:
        if (isKnown)
        {
            route->second.failed = route->second.heldOff = false;
            route->second.failedHops.clear();
        }
        break;
    case ROUTE_EVENT_SWITCHED:
        if (restores)
        {
            m_observer->SessionCompleted(event.session, event.route, incident);
        }
        break;
    case ROUTE_EVENT_SUPPLY_INTERRUPTED:
        session.interrupted = session.interrupted.value_or(Simulator::Now());
        break;
    case ROUTE_EVENT_SUPPLY_RESUMED:
        session.interrupted.reset();
        break;
    case ROUTE_EVENT_SWITCH:
    case ROUTE_EVENT_WTR:
    case ROUTE_EVENT_REVERT:
    case ROUTE_EVENT_PREEMPTED:
    case ROUTE_EVENT_RESUMED:
        break;
    }
    ReviewLater();
}

void
LinkStateSessionControl::ReviewRestoration(LinkStateSession& session)
{
    // what was announced is in use at once, as no protection route takes part
    DropRoute(session.replaced, session.incident);
    if (IsFailed(GetPrimary(session)))
    {
        RouteInUseFailed(session);
    }
    else
    {
        RouteInUseClear(session);
    }
}

void
LinkStateSessionControl::RouteInUseClear(LinkStateSession& session)
{
    session.decision.Cancel();
    const bool returns = session.recovery.IsValid() && !IsFailed(session.working) &&
                         session.description.policy.revertive;
    if (!returns)
    {
        session.restore.Cancel();
    }
    else if (session.restore.IsExpired())
    {
        const Time wtr = session.description.policy.wtr;
        if (wtr <= Time::Max() - Simulator::Now())
        {
            session.restore = Simulator::Schedule(wtr,
                                                  &LinkStateSessionControl::Restore,
                                                  this,
                                                  session.description.id);
        }
    }
}

void
LinkStateSessionControl::RouteInUseFailed(LinkStateSession& session)
{
    session.restore.Cancel();
    if (session.recovery.IsValid() && !IsFailed(session.working))
    {
        session.decision.Cancel();
        Revert(session);
        return;
    }
    if (m_routes.at(GetPrimary(session)).heldOff && !session.candidate.IsValid() &&
        session.decision.IsExpired())
    {
        session.decision = Simulator::Schedule(m_policy.decision,
                                               &LinkStateSessionControl::Decide,
                                               this,
                                               session.description.id);
    }
}

void
LinkStateSessionControl::Decide(SessionId id)
{
    LinkStateSession& session = m_sessions.at(id);
    const bool tooLate = session.interrupted && Simulator::Now() - *session.interrupted >
                                                    session.description.policy.toleration;
    if (m_policy.abandonOnToleration && tooLate)
    {
        SearchFailed(session);
        return;
    }
    LinkStateNeeds needs = NeedsOf(session);
    AvoidFailed(session, needs);
    const LinkStatePlanner planner(m_flooding->GetDatabase(), m_policy.cost, m_policy.maxHops);
    const std::vector<KmId> kms = planner.Find(needs);
    if (kms.empty())
    {
        SearchFailed(session);
        RetryAvoided(session);
        return;
    }
    session.candidate = AddRoute(session, ROUTE_RECOVERY, kms);
    m_observer->SessionDecision(id, GetPrimary(session), session.candidate, session.incident);
}

void
LinkStateSessionControl::SearchFailed(LinkStateSession& session)
{
    NS_LOG_INFO("session " << session.description.id << ": no route was found");
    if (!std::exchange(session.searchFailed, true))
    {
        m_observer->SessionDecision(session.description.id,
                                    GetPrimary(session),
                                    RouteId(),
                                    session.incident);
    }
}

void
LinkStateSessionControl::AvoidFailed(const LinkStateSession& session, LinkStateNeeds& needs) const
{
    const LinkStateDatabase& database = m_flooding->GetDatabase();
    if (session.description.policy.trigger != TRIGGER_LINK_DOWN)
    {
        // a hop that runs out of key fails such a session at once
        for (const KmHop& hop : database.GetHops())
        {
            if (database.IsLow(hop))
            {
                needs.avoidedHops.insert(hop);
            }
        }
    }
    for (const RouteId id : {session.working, session.recovery})
    {
        if (!IsFailed(id))
        {
            continue;
        }
        const LinkStateRoute& route = m_routes.at(id);
        const std::vector<KmHop> hops = HopsOf(route.route.kms);
        needs.avoidedHops.insert(route.failedHops.begin(), route.failedHops.end());
        const bool looksWell = std::all_of(hops.begin(), hops.end(), [&](const KmHop& hop) {
            return database.IsUsable(hop);
        });
        if (route.failedHops.empty() && looksWell)
        {
            // it has failed, nobody knows where
            needs.avoidedHops.insert(hops.begin(), hops.end());
        }
    }
}

void
LinkStateSessionControl::Restore(SessionId id)
{
    Revert(m_sessions.at(id));
}

void
LinkStateSessionControl::Revert(LinkStateSession& session)
{
    m_observer->SessionDecision(session.description.id,
                                session.recovery,
                                session.working,
                                session.incident);
    DropRoute(session.candidate, session.incident);
    session.replaced = std::exchange(session.recovery, RouteId());
    Announce(session);
}

} // namespace qkdn
} // namespace ns3
