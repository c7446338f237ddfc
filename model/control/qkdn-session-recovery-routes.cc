/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The part of SessionControl that keeps the recovery routes of sessions: one or several at once,
// and more of them while a session is restored in part.

#include "qkdn-session-control.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnSessionRecoveryRoutes");

namespace
{

/// Routes are changed for at least this part of a session's demand, or for all that it misses:
/// pools report their levels often.
constexpr uint64_t SMALLEST_GAIN = 20;

} // namespace

// ---- state

bool
SessionControl::IsDown(const ControlledSession& session, RouteId id) const
{
    const SessionPolicy& policy = session.request.policy;
    const auto route = m_routes.find(id);
    if (route == m_routes.end())
    {
        return false;
    }
    // what a KM has said of the routes of class route-1:1 is lost in a crash of the controller
    const bool byView =
        policy.resilienceClass == CLASS_ROUTE_1_1 && policy.trigger == TRIGGER_LINK_DOWN;
    return route->second.failed || (byView && HasUnusableHop(route->second.route));
}

bool
SessionControl::HasServiceFailed(const ControlledSession& session) const
{
    if (session.recovery.IsValid())
    {
        const std::vector<RouteId> routes = session.GetRecoveryRoutes();
        return std::any_of(routes.begin(), routes.end(), [&](RouteId id) {
            return IsDown(session, id);
        });
    }
    return !IsBaseClear(session);
}

bool
SessionControl::IsBaseClear(const ControlledSession& session) const
{
    const std::vector<RouteId> routes = session.GetBaseRoutes();
    return std::any_of(routes.begin(), routes.end(), [&](RouteId id) {
        return !IsDown(session, id);
    });
}

RouteId
SessionControl::GetBaseTarget(const ControlledSession& session) const
{
    const bool stays = session.active == session.protection && !IsDown(session, session.protection);
    const bool needsProtection = session.protection.IsValid() &&
                                 (stays || IsDown(session, session.working)) &&
                                 !IsDown(session, session.protection);
    return needsProtection ? session.protection : session.working;
}

// ---- plans and candidates

std::optional<RecoveryPlan>
SessionControl::PlanRecovery(const ControlledSession& session)
{
    const SessionPolicy& policy = session.request.policy;
    RecoveryRequest request;
    request.needs = NeedsOf(session);
    request.needs.avoidedHops = GetFailedHops(session);
    request.needs.demandBps = m_routes.at(session.working).demandBps;
    request.own = GetPromised(session);
    request.candidates = GetSuspensionCandidates(session);
    request.scheme.mode = policy.restoration;
    request.scheme.window = policy.window;
    if (request.scheme.mode == RESTORATION_TIME_WINDOW)
    {
        request.scheme.reserves = GetReserves();
    }
    return m_sessionPlanner.PlanRecovery(policy, request);
}

void
SessionControl::InstallRecovery(ControlledSession& session, const RecoveryPlan& plan)
{
    for (const SessionId other : plan.suspend)
    {
        Suspend(m_sessions.at(other), session);
    }
    session.step = STEP_INSTALLING;
    session.candidateBps = plan.recoveredBps;
    for (const PlannedRoute& route : plan.routes)
    {
        const RouteId id = AddRoute(session, ROUTE_RECOVERY, route.kms, 0, route.bps);
        if (session.candidate.IsValid())
        {
            session.furtherCandidates.push_back(id);
        }
        else
        {
            session.candidate = id;
        }
    }
    SessionRecovery chosen;
    chosen.session = session.request.session;
    chosen.routes = session.GetCandidates();
    chosen.demandBps = m_routes.at(session.working).demandBps;
    chosen.recoveredBps = plan.recoveredBps;
    m_observer.SessionRecoveryChosen(chosen, session.incident);
    m_observer.SessionDecision(session.request.session,
                               session.active,
                               session.candidate,
                               session.incident);
    for (const RouteId id : chosen.routes)
    {
        InstallRoute(session, id);
    }
}

void
SessionControl::DropRoutes(std::vector<RouteId>& routes, IncidentId incident)
{
    for (RouteId id : std::exchange(routes, {}))
    {
        DropRoute(id, incident);
    }
}

void
SessionControl::DropCandidates(ControlledSession& session)
{
    DropRoute(session.candidate, session.incident);
    DropRoutes(session.furtherCandidates, session.incident);
}

void
SessionControl::DropReplaced(ControlledSession& session)
{
    DropRoute(session.replaced, session.incident);
    DropRoutes(session.furtherReplaced, session.incident);
}

void
SessionControl::ReplaceRecovery(ControlledSession& session)
{
    session.replaced = std::exchange(session.recovery, RouteId());
    session.furtherReplaced = std::exchange(session.furtherRecovery, {});
}

void
SessionControl::KeepReplaced(ControlledSession& session)
{
    session.recovery = std::exchange(session.replaced, RouteId());
    session.furtherRecovery = std::exchange(session.furtherReplaced, {});
}

void
SessionControl::CandidateInstalled(ControlledSession& session)
{
    const RouteId candidate = std::exchange(session.candidate, RouteId());
    if (session.HasRouteSet())
    {
        SetCandidateInstalled(session, candidate);
        return;
    }
    if (m_routes.at(candidate).route.role == ROUTE_PROTECTION)
    {
        session.protection = candidate;
        session.step = STEP_PROTECTING;
    }
    else
    {
        ReplaceRecovery(session);
        session.recovery = candidate;
        session.furtherRecovery = std::exchange(session.furtherCandidates, {});
        session.step = STEP_ANNOUNCING;
    }
    Announce(session);
    Update(session, session.incident);
}

void
SessionControl::CandidateLost(ControlledSession& session)
{
    const bool isProtection = m_routes.at(session.candidate).route.role == ROUTE_PROTECTION;
    DropCandidates(session);
    if (isProtection)
    {
        session.step = STEP_NONE;
        session.soughtAt = 0;
        m_waiting.insert(session.request.session);
        Rest(session);
    }
    else if (!session.HasRouteSet() && session.recovery.IsValid() && !HasServiceFailed(session))
    {
        // what was to come in addition does not; what it has stays
        session.step = STEP_NONE;
        ResumeFreed(session);
        WaitForMore(session);
        Rest(session);
    }
    else
    {
        ScheduleDecision(session);
    }
}

// ---- more routes for a session that is restored in part

bool
SessionControl::IsImprovable(const ControlledSession& session) const
{
    return session.request.policy.restoration == RESTORATION_TIME_WINDOW &&
           session.recovery.IsValid() && !session.suspendedBy.IsValid() &&
           session.recoveredBps < m_routes.at(session.working).demandBps &&
           Simulator::Now() < session.windowEnd;
}

void
SessionControl::WaitForMore(ControlledSession& session)
{
    if (IsImprovable(session) || LacksProtection(session))
    {
        m_waiting.insert(session.request.session);
    }
}

void
SessionControl::ImproveLater()
{
    const bool anybody = std::any_of(m_waiting.begin(), m_waiting.end(), [this](SessionId id) {
        const ControlledSession& session = m_sessions.at(id);
        return session.working.IsValid() && IsImprovable(session);
    });
    if (anybody && m_improvement.IsExpired())
    {
        m_improvement = Simulator::ScheduleNow(&SessionControl::ImproveAll, this);
    }
}

void
SessionControl::ImproveAll()
{
    for (const SessionId id : InOrder(m_waiting))
    {
        ControlledSession& session = m_sessions.at(id);
        if (session.working.IsValid() && session.step == STEP_NONE && IsImprovable(session))
        {
            ScheduleImprovement(session);
        }
    }
}

void
SessionControl::ScheduleImprovement(ControlledSession& session)
{
    session.step = STEP_IMPROVING;
    After(session, m_decisionTime, &SessionControl::Improve);
}

void
SessionControl::Improve(ControlledSession& session)
{
    NS_LOG_FUNCTION(this << session.request.session);
    session.step = STEP_NONE;
    if (!IsImprovable(session) || !m_policy.mayRestore)
    {
        return;
    }
    const uint64_t demand = m_routes.at(session.working).demandBps;
    const auto plan = PlanRecovery(session);
    if (!plan ||
        plan->recoveredBps < std::min(demand, session.recoveredBps + demand / SMALLEST_GAIN + 1))
    {
        return;
    }
    session.decided = Simulator::Now();
    m_waiting.erase(session.request.session);
    InstallRecovery(session, *plan);
}

} // namespace qkdn
} // namespace ns3
