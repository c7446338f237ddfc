/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The part of SessionControl that hands sessions from one controller to another.

#include "qkdn-session-control.h"

#include "ns3/log.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnSessionReplica");

CxSession
SessionControl::Export(SessionId id) const
{
    const ControlledSession& session = m_sessions.at(id);
    CxSession copy;
    copy.request = session.request;
    copy.working = session.working;
    copy.protection = session.protection;
    copy.recovery = session.recovery;
    copy.active = session.active;
    copy.candidate = session.candidate;
    copy.replaced = session.replaced;
    copy.further = session.further;
    copy.furtherRecovery = session.furtherRecovery;
    copy.furtherCandidates = session.furtherCandidates;
    copy.furtherReplaced = session.furtherReplaced;
    copy.candidateBps = session.candidateBps;
    copy.recoveredBps = session.recoveredBps;
    copy.grantedBps = session.grantedBps;
    copy.spareTaken = session.spareTaken;
    copy.toldSpareTaken = session.toldSpareTaken;
    copy.windowEnd = session.windowEnd;
    copy.announced = session.announced;
    copy.suspendedBy = session.suspendedBy;
    copy.suspends = session.suspends;
    copy.step = session.step;
    copy.informed = session.informed;
    copy.decided = session.decided;
    for (const RouteId route : session.GetAllRoutes())
    {
        const auto found = m_routes.find(route);
        if (found != m_routes.end())
        {
            copy.routes.push_back({found->second.route,
                                   found->second.demandBps,
                                   found->second.promised,
                                   m_installer.IsInstalled(route)});
        }
    }
    return copy;
}

IncidentId
SessionControl::GetIncident(SessionId id) const
{
    return m_sessions.at(id).incident;
}

void
SessionControl::Discard()
{
    NS_LOG_FUNCTION(this);
    m_open = false;
    m_watching = false;
    for (auto& session : m_sessions)
    {
        session.second.timer.Cancel();
        m_sender.Cancel(session.second.announcement);
        m_sender.Cancel(session.second.rateCommand);
    }
    for (const auto& route : m_routes)
    {
        SetPromised(route.first, false);
    }
    m_improvement.Cancel();
    m_roomReview.Cancel();
    m_spareReview.Cancel();
    m_installer.Clear();
    m_sessions.clear();
    m_routes.clear();
    m_routesOfHop.clear();
    m_waiting.clear();
    m_sharing.clear();
}

void
SessionControl::Restore(const CxSession& copy, IncidentId incident)
{
    NS_LOG_FUNCTION(this << copy.request.session);
    ControlledSession& session = m_sessions[copy.request.session];
    session.request = copy.request;
    session.working = copy.working;
    session.protection = copy.protection;
    session.recovery = copy.recovery;
    session.active = copy.active;
    session.candidate = copy.candidate;
    session.replaced = copy.replaced;
    session.further = copy.further;
    session.furtherRecovery = copy.furtherRecovery;
    session.furtherCandidates = copy.furtherCandidates;
    session.furtherReplaced = copy.furtherReplaced;
    session.candidateBps = copy.candidateBps;
    session.recoveredBps = copy.recoveredBps;
    session.grantedBps = copy.grantedBps;
    session.spareTaken = copy.spareTaken;
    session.toldSpareTaken = copy.toldSpareTaken;
    session.windowEnd = copy.windowEnd;
    session.announced = copy.announced;
    session.suspendedBy = copy.suspendedBy;
    session.suspends = copy.suspends;
    session.informed = copy.informed;
    session.decided = copy.decided;
    session.incident = incident;
    for (const CxRoute& route : copy.routes)
    {
        ControlledRoute& entry = m_routes[route.route.id];
        entry.route = route.route;
        entry.demandBps = route.demandBps;
        if (route.route.role == ROUTE_PROTECTION &&
            session.request.policy.resilienceClass == CLASS_ROUTE_SHARED)
        {
            m_sharing.insert(copy.request.session);
            entry.sharedRisks = m_planner.GetRisks(m_routes.at(session.working).route.kms);
            entry.isTaken = copy.active == copy.protection;
        }
        for (const KmHop& hop : HopsOf(route.route.kms))
        {
            m_routesOfHop[hop].insert(route.route.id);
        }
        SetPromised(route.route.id, route.promised);
        m_installer.Adopt(route.route, route.installed);
    }
    GoOn(session, copy.step);
}

void
SessionControl::GoOn(ControlledSession& session, SessionStep step)
{
    const std::vector<RouteId> candidates = session.GetCandidates();
    if (session.announced && step == STEP_INSTALLING && !candidates.empty())
    {
        session.step = STEP_INSTALLING;
        for (const RouteId route : candidates)
        {
            InstallRoute(session, route);
        }
    }
    else if (session.announced && (step == STEP_ANNOUNCING || step == STEP_REVERTING))
    {
        session.step = step;
        Announce(session);
    }
    else
    {
        ForgetSteps(session);
    }
}

void
SessionControl::RoutesListed(KmId km, const std::vector<RouteId>& routes)
{
    for (const RouteId id : routes)
    {
        if (m_routes.find(id) == m_routes.end())
        {
            NS_LOG_INFO("route " << id << " at KM " << km << " belongs to no session");
            m_installer.ReleaseAt(km, id);
        }
    }
    m_installer.Reinstall(km, std::set<RouteId>(routes.begin(), routes.end()));
}

} // namespace qkdn
} // namespace ns3
