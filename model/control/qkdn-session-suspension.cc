/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-session-control.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnSessionSuspension");

void
SessionControl::Suspend(ControlledSession& session, ControlledSession& by)
{
    const SessionId id = session.request.session;
    NS_LOG_FUNCTION(this << id << by.request.session);
    session.timer.Cancel();
    m_waiting.erase(id);
    session.incident = by.incident;
    session.informed = by.informed;
    session.decided = Simulator::Now();
    session.stoppedOn = session.active;
    session.ownSwitch = OwnSwitch();
    DropCandidates(session);
    DropReplaced(session);
    const bool restored = session.recovery.IsValid();
    DropRoute(session.recovery, by.incident);
    DropRoutes(session.furtherRecovery, by.incident);
    if (restored || session.request.policy.resilienceClass == CLASS_RESTORATION)
    {
        session.active = session.working;
    }
    for (const RouteId route : session.GetBaseRoutes())
    {
        SetPromised(route, false);
    }
    session.suspendedBy = by.request.session;
    by.suspends.insert(id);
    // what had to stop for this one now waits for the one that stops both
    for (const SessionId other : std::exchange(session.suspends, {}))
    {
        m_sessions.at(other).suspendedBy = by.request.session;
        by.suspends.insert(other);
    }
    session.step = STEP_SUSPENDING;
    Announce(session);
    Update(session, session.incident);
}

void
SessionControl::SuspensionCompleted(ControlledSession& session)
{
    session.step = STEP_NONE;
    Report(MC_OPERATION_PREEMPTION, session, session.stoppedOn, RouteId());
}

void
SessionControl::ResumeFreed(ControlledSession& by)
{
    std::set<KmHop> needed;
    std::vector<RouteId> kept = by.GetRecoveryRoutes();
    const std::vector<RouteId> candidates = by.GetCandidates();
    kept.insert(kept.end(), candidates.begin(), candidates.end());
    for (const RouteId id : kept)
    {
        const auto route = m_routes.find(id);
        if (route != m_routes.end())
        {
            const std::vector<KmHop> hops = HopsOf(route->second.route.kms);
            needed.insert(hops.begin(), hops.end());
        }
    }
    for (const SessionId id : InOrder(by.suspends))
    {
        ControlledSession& session = m_sessions.at(id);
        bool conflict = false;
        for (const RouteId own : session.GetBaseRoutes())
        {
            const auto route = m_routes.find(own);
            const std::vector<KmHop> hops =
                route == m_routes.end() ? std::vector<KmHop>() : HopsOf(route->second.route.kms);
            conflict = conflict || std::any_of(hops.begin(), hops.end(), [&](const KmHop& hop) {
                           return needed.find(hop) != needed.end();
                       });
        }
        if (!conflict)
        {
            by.suspends.erase(id);
            Resume(session, by.incident);
        }
    }
}

void
SessionControl::Resume(ControlledSession& session, IncidentId incident)
{
    NS_LOG_FUNCTION(this << session.request.session);
    session.suspendedBy = SessionId();
    session.incident = incident;
    session.informed = Simulator::Now();
    session.decided = Simulator::Now();
    for (const RouteId route : session.GetBaseRoutes())
    {
        SetPromised(route, true);
    }
    session.step = STEP_RESUMING;
    Announce(session);
    Update(session, incident);
}

void
SessionControl::ResumptionCompleted(ControlledSession& session)
{
    session.step = STEP_NONE;
    Report(MC_OPERATION_RESUMPTION, session, RouteId(), session.active);
    ReviewSpare();
    if (HasProtectionRoute(session.request.policy.resilienceClass) && !session.protection.IsValid())
    {
        m_waiting.insert(session.request.session);
    }
    Reconsider(session, session.incident);
}

} // namespace qkdn
} // namespace ns3
