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
    LeaveReleased(session);
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
        // one that was restored would only be so again, over what it had to leave
        bool conflict = !kept.empty() && HaveAllUnusableHops(session.GetBaseRoutes());
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
SessionControl::ResumeIfFreed(const ControlledSession& session)
{
    const auto by = m_sessions.find(session.suspendedBy);
    if (by != m_sessions.end())
    {
        ResumeFreed(by->second);
    }
}

bool
SessionControl::HaveAllUnusableHops(const std::vector<RouteId>& routes) const
{
    return std::all_of(routes.begin(), routes.end(), [this](RouteId id) {
        const auto route = m_routes.find(id);
        return route == m_routes.end() || HasUnusableHop(route->second.route);
    });
}

void
SessionControl::Resume(ControlledSession& session, IncidentId incident)
{
    NS_LOG_FUNCTION(this << session.request.session);
    if (!IsWatchedByView(session))
    {
        // its KM has said nothing meanwhile, and says again what has failed
        for (const RouteId id : session.GetBaseRoutes())
        {
            ControlledRoute& route = m_routes.at(id);
            route.failed = false;
            route.saidFailed = false;
            route.heldOff = false;
            route.failedHops.clear();
        }
    }
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
    WaitForMore(session);
    Rest(session);
}

void
SessionControl::LeaveReleased(ControlledSession& session)
{
    if (m_routes.find(session.active) == m_routes.end())
    {
        session.active = session.recovery.IsValid() ? session.recovery : session.working;
    }
}

} // namespace qkdn
} // namespace ns3
