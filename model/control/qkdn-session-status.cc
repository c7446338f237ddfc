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

NS_LOG_COMPONENT_DEFINE("QkdnSessionStatus");

bool
SessionControl::HandleRouteEvent(KmId from, const CkRouteEvent& event, IncidentId incident)
{
    NS_LOG_FUNCTION(this << from << event.session << event.route << RouteEventName(event.kind));
    const auto found = m_sessions.find(event.session);
    if (found == m_sessions.end() || found->second.request.masterKm != from)
    {
        return false;
    }
    ControlledSession& session = found->second;
    if (event.kind == ROUTE_EVENT_SUPPLY_INTERRUPTED || event.kind == ROUTE_EVENT_SUPPLY_RESUMED)
    {
        SetInterrupted(session, event.kind == ROUTE_EVENT_SUPPLY_INTERRUPTED, incident);
        return true;
    }
    const auto route = m_routes.find(event.route);
    if (route == m_routes.end())
    {
        // it may have been released while the message was under way
        return event.route.value > m_firstRoute && event.route.value <= m_lastRoute;
    }
    if (route->second.route.session != event.session)
    {
        return false;
    }
    HandleOwnRouteEvent(session, route->second, event, incident);
    return true;
}

void
SessionControl::HandleOwnRouteEvent(ControlledSession& session,
                                    ControlledRoute& route,
                                    const CkRouteEvent& event,
                                    IncidentId incident)
{
    switch (event.kind)
    {
    case ROUTE_EVENT_SIGNAL_FAIL:
        SignalFail(session, route, event, incident);
        break;
    case ROUTE_EVENT_CLEAR:
        SignalClear(session, route, incident);
        break;
    case ROUTE_EVENT_HOLD_OFF_OVER:
        route.heldOff = true;
        if (session.step == STEP_HOLD_OFF && IsHeldOffBy(session, event.route) &&
            session.request.policy.trigger != TRIGGER_LINK_DOWN)
        {
            HoldOffOver(session);
        }
        break;
    case ROUTE_EVENT_SWITCH:
    case ROUTE_EVENT_REVERT:
        if (HasProtectionRoute(session.request.policy.resilienceClass) && !IsCommanded(session))
        {
            session.decided = Simulator::Now();
            session.ownSwitch.Select(event.route, session.active);
        }
        break;
    case ROUTE_EVENT_SWITCHED:
        Switched(session, event.route, incident);
        break;
    case ROUTE_EVENT_PREEMPTED:
    case ROUTE_EVENT_RESUMED:
        SetPreempted(session, event, incident);
        break;
    default: // wait to restore begins: its end will be told
        break;
    }
}

void
SessionControl::SignalFail(ControlledSession& session,
                           ControlledRoute& route,
                           const CkRouteEvent& event,
                           IncidentId incident)
{
    const bool isRepeated = route.saidFailed && session.incident == incident;
    route.saidFailed = true;
    route.heldOff = false;
    if (IsWatchedByView(session))
    {
        UpdateRoute(session, route.route.id, incident);
        return;
    }
    const std::vector<KmId>& kms = route.route.kms;
    const auto before = std::find(kms.begin(), kms.end(), event.failedHop);
    if (event.failedHop.IsValid() && before != kms.end() && before + 1 != kms.end())
    {
        route.failedHops.insert(KmHop(*before, *(before + 1)));
    }
    route.failed = true;
    if (HasProtectionRoute(session.request.policy.resilienceClass) &&
        route.route.id == session.active && !IsRestoring(session) && !isRepeated)
    {
        session.incident = incident;
        session.informed = Simulator::Now();
        session.decided = Simulator::Now();
        session.exceeded = false;
    }
    Reconsider(session, incident);
    Update(session, incident);
}

void
SessionControl::SignalClear(ControlledSession& session, ControlledRoute& route, IncidentId incident)
{
    route.saidFailed = false;
    route.heldOff = false;
    if (IsWatchedByView(session))
    {
        UpdateRoute(session, route.route.id, incident);
        return;
    }
    route.failed = false;
    route.failedHops.clear();
    if (HasProtectionRoute(session.request.policy.resilienceClass) && !IsRestoring(session))
    {
        session.informed = Simulator::Now();
        session.decided = Simulator::Now();
    }
    Reconsider(session, incident);
    if (session.step == STEP_SEARCHING)
    {
        // hops of the route that were avoided may be used now
        ScheduleDecision(session);
    }
    Update(session, incident);
}

bool
SessionControl::IsHeldOffBy(const ControlledSession& session, RouteId route)
{
    const std::vector<RouteId> recovery = session.GetRecoveryRoutes();
    return route == session.active || HasProtectionRoute(session.request.policy.resilienceClass) ||
           std::find(recovery.begin(), recovery.end(), route) != recovery.end();
}

bool
SessionControl::IsCommanded(const ControlledSession& session)
{
    return session.step == STEP_ANNOUNCING || session.step == STEP_REVERTING;
}

bool
SessionControl::IsRestoring(const ControlledSession& session)
{
    return session.request.policy.IsRestored() &&
           (session.step != STEP_NONE || session.recovery.IsValid());
}

void
SessionControl::Switched(ControlledSession& session, RouteId route, IncidentId incident)
{
    // the end of a command may lead back to the recovery route
    const bool isOwn =
        route == session.working || route == session.protection || route == session.recovery;
    const RouteId left = session.ownSwitch.Complete();
    const bool hasTurned = route == session.active && m_routes.count(left) > 0;
    if (!HasProtectionRoute(session.request.policy.resilienceClass) || !session.active.IsValid() ||
        (route == session.active && !hasTurned) || !isOwn || IsCommanded(session))
    {
        return;
    }
    const RouteId from = hasTurned ? left : std::exchange(session.active, route);
    SetTaken(session);
    if (incident.IsValid())
    {
        session.incident = incident;
    }
    Report(route == session.working ? MC_OPERATION_REVERSION : MC_OPERATION_PROTECTION_SWITCH,
           session,
           from,
           route);
    Update(session, session.incident);
}

void
SessionControl::SetPreempted(ControlledSession& session,
                             const CkRouteEvent& event,
                             IncidentId incident)
{
    const bool preempted = event.kind == ROUTE_EVENT_PREEMPTED;
    if (session.preempted == preempted)
    {
        return;
    }
    session.preempted = preempted;
    if (!preempted && !session.recovery.IsValid() &&
        HasProtectionRoute(session.request.policy.resilienceClass) &&
        (event.route == session.working || event.route == session.protection))
    {
        session.active = event.route;
        SetTaken(session);
    }
    if (session.suspendedBy.IsValid() || session.step == STEP_RESUMING)
    {
        // the acknowledgement of the command says when it was carried out
        Update(session, session.incident);
        return;
    }
    session.informed = Simulator::Now();
    session.decided = Simulator::Now();
    if (incident.IsValid())
    {
        session.incident = incident;
    }
    Report(preempted ? MC_OPERATION_PREEMPTION : MC_OPERATION_RESUMPTION,
           session,
           preempted ? session.active : RouteId(),
           preempted ? RouteId() : session.active);
    Update(session, session.incident);
}

void
SessionControl::SetInterrupted(ControlledSession& session, bool interrupted, IncidentId incident)
{
    if (session.interrupted == interrupted)
    {
        return;
    }
    if (interrupted)
    {
        session.interruptedAt = Simulator::Now();
    }
    else
    {
        session.exceeded = !IsTolerated(session);
    }
    session.interrupted = interrupted;
    Update(session, incident.IsValid() ? incident : session.incident);
}

bool
SessionControl::IsTolerated(const ControlledSession& session) const
{
    return !session.exceeded && (!session.interrupted || Simulator::Now() - session.interruptedAt <=
                                                             session.request.policy.toleration);
}

void
SessionControl::HopChanged(const KmHop& hop, IncidentId incident)
{
    if (!m_watching)
    {
        return;
    }
    const auto routes = m_routesOfHop.find(hop);
    std::set<SessionId> affected;
    for (const RouteId id : routes == m_routesOfHop.end() ? std::set<RouteId>() : routes->second)
    {
        ControlledRoute& route = m_routes.at(id);
        CheckRoute(route);
        affected.insert(route.route.session);
    }
    for (const SessionId id : InOrder(affected))
    {
        ControlledSession& session = m_sessions.at(id);
        Reconsider(session, incident);
        ResumeIfFreed(session);
        Update(session, incident);
    }
    ReviewSpare();
}

void
SessionControl::CheckRoute(ControlledRoute& route)
{
    if (IsWatchedByView(m_sessions.at(route.route.session)))
    {
        route.failed = HasUnusableHop(route.route);
    }
}

bool
SessionControl::IsWatchedByView(const ControlledSession& session)
{
    const SessionPolicy& policy = session.request.policy;
    return policy.resilienceClass == CLASS_UNPROTECTED || session.HasRouteSet() ||
           (policy.resilienceClass == CLASS_RESTORATION && policy.trigger == TRIGGER_LINK_DOWN);
}

bool
SessionControl::HasUnusableHop(const KeyRoute& route) const
{
    const std::vector<KmHop> hops = HopsOf(route.kms);
    return std::any_of(hops.begin(), hops.end(), [this](const KmHop& hop) {
        return !m_view.IsUsable(hop);
    });
}

bool
SessionControl::IsFailed(RouteId id) const
{
    const auto route = m_routes.find(id);
    return route != m_routes.end() && route->second.failed;
}

bool
SessionControl::HaveActiveFailed(const ControlledSession& session) const
{
    const bool restored = session.recovery.IsValid() && session.active == session.recovery;
    const std::vector<RouteId> routes =
        restored ? session.GetRecoveryRoutes() : std::vector<RouteId>{session.active};
    return std::all_of(routes.begin(), routes.end(), [this](RouteId id) { return IsFailed(id); });
}

McSessionStatus
SessionControl::StatusOf(const ControlledSession& session) const
{
    McSessionStatus status;
    status.session = session.request.session;
    status.resilienceClass = session.request.policy.resilienceClass;
    status.working = session.working;
    status.protection = session.protection;
    status.recovery = session.recovery;
    status.furtherRecovery = session.furtherRecovery;
    status.spareTaken = session.spareTaken;
    status.rateReduced = session.HasReducedRate();
    status.promisedBps = session.GetDemandBps();
    const auto working = m_routes.find(session.working);
    const auto protection = m_routes.find(session.protection);
    status.sharesRisk =
        working != m_routes.end() && protection != m_routes.end() &&
        m_planner.ShareRiskGroup(working->second.route.kms, protection->second.route.kms);
    if (session.suspendedBy.IsValid() || session.preempted)
    {
        status.state = MC_SUPPLY_PREEMPTED;
    }
    else if (!session.announced)
    {
        status.state = MC_SUPPLY_WAITING;
    }
    else if (session.interrupted)
    {
        status.state = MC_SUPPLY_INTERRUPTED;
    }
    else if (session.HasRouteSet() ? HasSetFailed(session) : HaveActiveFailed(session))
    {
        status.state = MC_SUPPLY_FAILED;
    }
    else if (session.active == session.working)
    {
        status.state = MC_SUPPLY_NORMAL;
    }
    else
    {
        status.state =
            session.active == session.protection ? MC_SUPPLY_PROTECTED : MC_SUPPLY_RECOVERED;
    }
    return status;
}

McRouteState
SessionControl::StateOf(const ControlledSession& session, RouteId id) const
{
    const auto route = m_routes.find(id);
    if (route != m_routes.end() && (route->second.failed || route->second.saidFailed))
    {
        return MC_ROUTE_FAILED;
    }
    const std::vector<RouteId>& further =
        session.furtherRecovery.empty() || session.active != session.recovery
            ? session.further
            : session.furtherRecovery;
    const bool inUse =
        (id == session.active || std::find(further.begin(), further.end(), id) != further.end()) &&
        !session.suspendedBy.IsValid();
    return inUse && !session.preempted ? MC_ROUTE_ACTIVE : MC_ROUTE_STANDBY;
}

void
SessionControl::UpdateRoute(const ControlledSession& session, RouteId id, IncidentId incident)
{
    const auto found = m_routes.find(id);
    if (found == m_routes.end() || !m_installer.IsInstalled(id))
    {
        return;
    }
    const McRouteState state = StateOf(session, id);
    if (found->second.reported != state)
    {
        found->second.reported = state;
        m_observer.RouteStatusChanged({found->second.route, state}, incident);
    }
}

void
SessionControl::Update(ControlledSession& session, IncidentId incident)
{
    for (const RouteId id : session.GetAllRoutes())
    {
        UpdateRoute(session, id, incident);
    }
    m_observer.SessionChanged(session.request.session);
    const McSessionStatus status = StatusOf(session);
    const auto& last = session.reported;
    if (!last || last->resilienceClass != status.resilienceClass ||
        last->working != status.working || last->protection != status.protection ||
        last->recovery != status.recovery || last->furtherRecovery != status.furtherRecovery ||
        last->state != status.state || last->sharesRisk != status.sharesRisk ||
        last->spareTaken != status.spareTaken || last->rateReduced != status.rateReduced ||
        last->promisedBps != status.promisedBps)
    {
        session.reported = status;
        m_observer.SessionStatusChanged(status, incident);
    }
}

void
SessionControl::ReportAll()
{
    for (const auto& route : m_routes)
    {
        if (route.second.reported)
        {
            m_observer.RouteStatusChanged({route.second.route, *route.second.reported},
                                          IncidentId());
        }
    }
    for (const auto& session : m_sessions)
    {
        if (session.second.reported)
        {
            m_observer.SessionStatusChanged(*session.second.reported, IncidentId());
        }
    }
}

std::vector<RouteId>
SessionControl::GetReportedRoutes() const
{
    std::vector<RouteId> routes;
    for (const auto& [id, route] : m_routes)
    {
        // after a crash, or when another controller was active, it is yet to be reported
        if (route.reported || m_installer.IsInstalled(id))
        {
            routes.push_back(id);
        }
    }
    return routes;
}

void
SessionControl::Report(McOperationKind kind,
                       const ControlledSession& session,
                       RouteId from,
                       RouteId to)
{
    McOperation operation;
    operation.kind = kind;
    operation.session = session.request.session;
    operation.from = from;
    operation.to = to;
    operation.informed = session.informed;
    operation.decided = session.decided;
    operation.completed = Simulator::Now();
    operation.withinToleration = IsTolerated(session);
    if (kind == MC_OPERATION_RESTORATION && session.recovery.IsValid())
    {
        operation.demandBps = m_routes.at(session.working).demandBps;
        operation.recoveredBps = session.recoveredBps;
        operation.routes = static_cast<uint32_t>(session.GetRecoveryRoutes().size());
    }
    m_observer.SessionOperation(operation, session.incident);
}

} // namespace qkdn
} // namespace ns3
