/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-session-control.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnSessionRecovery");

namespace
{

/// Keys in pools never last longer than this for the hold-off, s: a hundred years.
constexpr double MAX_HOLD_OVER_S = 3.15e9;

} // namespace

void
SessionControl::After(ControlledSession& session,
                      Time delay,
                      void (SessionControl::*what)(ControlledSession&))
{
    const SessionId id = session.request.session;
    session.timer.Cancel();
    session.timer = Simulator::Schedule(delay, [this, id, what]() {
        ControlledSession& due = m_sessions.at(id);
        (this->*what)(due);
        Update(due, due.incident);
    });
}

void
SessionControl::Reconsider(ControlledSession& session, IncidentId incident)
{
    if ((!session.request.policy.IsRestored() && !session.HasRouteSet()) || !session.announced ||
        session.suspendedBy.IsValid() || !m_watching)
    {
        return;
    }
    if (session.step == STEP_INSTALLING)
    {
        const std::vector<RouteId> candidates = session.GetCandidates();
        if (std::any_of(candidates.begin(), candidates.end(), [this](RouteId id) {
                return HasUnusableHop(m_routes.at(id).route);
            }))
        {
            CandidateLost(session);
        }
        else if (AreInstalled(candidates))
        {
            CandidateInstalled(session);
        }
        return;
    }
    if (session.step != STEP_NONE && session.step != STEP_HOLD_OFF &&
        session.step != STEP_DECIDING && session.step != STEP_SEARCHING &&
        session.step != STEP_WAIT_TO_RESTORE && session.step != STEP_IMPROVING)
    {
        return;
    }
    if (session.HasRouteSet())
    {
        ReconsiderSet(session, incident);
    }
    else if (HasServiceFailed(session))
    {
        RouteInUseFailed(session, incident);
    }
    else
    {
        RouteInUseClear(session);
    }
}

void
SessionControl::RouteInUseFailed(ControlledSession& session, IncidentId incident)
{
    const bool waits = session.step == STEP_NONE || session.step == STEP_WAIT_TO_RESTORE ||
                       session.step == STEP_IMPROVING;
    if (session.recovery.IsValid() && IsBaseClear(session))
    {
        if (waits)
        {
            session.incident = incident;
            session.informed = Simulator::Now();
        }
        EndSearch(session);
        Revert(session);
        return;
    }
    if (!waits)
    {
        return;
    }
    session.timer.Cancel();
    session.incident = incident;
    session.searchFailed = false;
    session.exceeded = false;
    session.step = STEP_HOLD_OFF;
    const SessionPolicy& policy = session.request.policy;
    const bool heldOffByKm =
        policy.trigger != TRIGGER_LINK_DOWN && (policy.holdOffAuto || !policy.holdOff.IsZero());
    if (heldOffByKm)
    {
        // its end may have come while the session was busy
        GoOnAfterHoldOff(session);
        return;
    }
    Inform(session);
    const Time holdOff = policy.trigger == TRIGGER_LINK_DOWN ? GetHoldOff(session) : Time(0);
    if (holdOff.IsZero())
    {
        ScheduleDecision(session);
    }
    else
    {
        After(session, holdOff, &SessionControl::ScheduleDecision);
    }
}

void
SessionControl::RouteInUseClear(ControlledSession& session)
{
    if (session.step == STEP_HOLD_OFF || session.step == STEP_DECIDING ||
        session.step == STEP_SEARCHING)
    {
        EndSearch(session);
    }
    if (!session.recovery.IsValid())
    {
        SeekProtection(session);
        return;
    }
    const bool clear = IsBaseClear(session);
    if ((session.step == STEP_WAIT_TO_RESTORE && !clear) ||
        (session.step == STEP_IMPROVING && clear))
    {
        session.timer.Cancel();
        session.step = STEP_NONE;
    }
    if (session.step == STEP_NONE && clear && session.request.policy.revertive)
    {
        WaitToRestore(session);
    }
}

void
SessionControl::Inform(ControlledSession& session)
{
    session.informed = Simulator::Now();
    session.windowEnd = session.informed + session.request.policy.window;
    m_observer.SessionInformed(session.request.session, session.incident);
}

Time
SessionControl::GetHoldOff(const ControlledSession& session) const
{
    const SessionPolicy& policy = session.request.policy;
    if (!policy.holdOffAuto)
    {
        return policy.holdOff;
    }
    uint64_t bits = std::numeric_limits<uint64_t>::max();
    for (const KmHop& hop : HopsOf(m_routes.at(session.active).route.kms))
    {
        if (!m_view.IsUsable(hop))
        {
            bits = std::min(bits, m_view.GetPoolBits(hop));
        }
    }
    if (policy.demandBps == 0 || bits == std::numeric_limits<uint64_t>::max())
    {
        return Time(0);
    }
    const double seconds = static_cast<double>(bits) / static_cast<double>(policy.demandBps);
    return Max(Time(0), Seconds(std::min(seconds, MAX_HOLD_OVER_S)) - m_decisionTime);
}

void
SessionControl::HoldOffOver(ControlledSession& session)
{
    Inform(session);
    ScheduleDecision(session);
}

void
SessionControl::GoOnAfterHoldOff(ControlledSession& session)
{
    std::vector<RouteId> inUse = session.GetRecoveryRoutes();
    inUse.push_back(session.active);
    const bool isOver = std::any_of(inUse.begin(), inUse.end(), [this](RouteId id) {
        const auto route = m_routes.find(id);
        return route != m_routes.end() && route->second.failed && route->second.heldOff;
    });
    if (session.step == STEP_HOLD_OFF && session.request.policy.trigger != TRIGGER_LINK_DOWN &&
        isOver)
    {
        HoldOffOver(session);
    }
}

void
SessionControl::ScheduleDecision(ControlledSession& session)
{
    session.step = STEP_DECIDING;
    After(session, m_decisionTime, &SessionControl::Decide);
}

void
SessionControl::Decide(ControlledSession& session)
{
    NS_LOG_FUNCTION(this << session.request.session);
    session.decided = Simulator::Now();
    if (session.HasRouteSet())
    {
        DecideSet(session);
        return;
    }
    const bool abandoned = m_policy.abandonOnToleration && !IsTolerated(session);
    if (!m_policy.mayRestore || abandoned)
    {
        SearchFailed(session);
        return;
    }
    const auto plan = PlanRecovery(session);
    if (!plan)
    {
        SearchFailed(session);
        return;
    }
    m_waiting.erase(session.request.session);
    InstallRecovery(session, *plan);
}

void
SessionControl::SearchFailed(ControlledSession& session)
{
    session.step = STEP_SEARCHING;
    m_waiting.insert(session.request.session);
    if (m_policy.mayRestore && !std::exchange(session.searchFailed, true))
    {
        m_observer.SessionDecision(session.request.session,
                                   session.active,
                                   RouteId(),
                                   session.incident);
        Report(MC_OPERATION_RESTORATION_FAILED, session, session.active, RouteId());
    }
    ResumeFreed(session);
}

std::set<KmHop>
SessionControl::GetFailedHops(const ControlledSession& session) const
{
    std::set<KmHop> low;
    if (session.request.policy.trigger != TRIGGER_LINK_DOWN)
    {
        // a hop that runs out of key fails such a session at once
        low = m_view.GetLowHops();
    }
    std::set<KmHop> failed = low;
    std::vector<RouteId> known = session.GetBaseRoutes();
    const std::vector<RouteId> recovery = session.GetRecoveryRoutes();
    known.insert(known.end(), recovery.begin(), recovery.end());
    for (const RouteId id : known)
    {
        const auto route = m_routes.find(id);
        if (route == m_routes.end() || !route->second.failed)
        {
            continue;
        }
        const std::vector<KmHop> hops = HopsOf(route->second.route.kms);
        const bool isExplained = std::any_of(hops.begin(), hops.end(), [&](const KmHop& hop) {
            return !m_view.IsUsable(hop) || low.find(hop) != low.end();
        });
        if (isExplained)
        {
            // what its KM named first may be good again while another hop is not
            continue;
        }
        const std::set<KmHop>& named = route->second.failedHops;
        failed.insert(named.begin(), named.end());
        if (named.empty())
        {
            // it has failed, nobody knows where
            failed.insert(hops.begin(), hops.end());
        }
    }
    return failed;
}

std::vector<SuspensionCandidate>
SessionControl::GetSuspensionCandidates(const ControlledSession& session) const
{
    std::set<SessionId> weaker;
    for (const auto& [id, other] : m_sessions)
    {
        if (m_policy.mayPreempt &&
            other.request.policy.priority < session.request.policy.priority && other.announced &&
            !other.suspendedBy.IsValid())
        {
            weaker.insert(weaker.end(), id);
        }
    }
    std::vector<SessionId> order = InOrder(weaker);
    std::reverse(order.begin(), order.end());
    std::vector<SuspensionCandidate> candidates;
    candidates.reserve(order.size());
    for (const SessionId id : order)
    {
        candidates.push_back({id, GetPromised(m_sessions.at(id))});
    }
    return candidates;
}

std::vector<PromisedRoute>
SessionControl::GetPromised(const ControlledSession& session) const
{
    std::vector<PromisedRoute> routes;
    for (const RouteId id : session.GetAllRoutes())
    {
        const auto route = m_routes.find(id);
        if (route != m_routes.end() && route->second.promised)
        {
            routes.push_back({route->second.route, route->second.demandBps});
        }
    }
    return routes;
}

void
SessionControl::RecoveryCompleted(ControlledSession& session, RouteId to, McOperationKind kind)
{
    session.step = STEP_NONE;
    session.recoveredBps = kind == MC_OPERATION_RESTORATION ? session.candidateBps : 0;
    const RouteId from = std::exchange(session.active, to);
    session.ownSwitch = OwnSwitch();
    m_observer.SessionCompleted(session.request.session, session.active, session.incident);
    Report(kind, session, from, session.active);
    DropReplaced(session);
    ResumeFreed(session);
    WaitForMore(session);
    Rest(session);
}

void
SessionControl::Rest(ControlledSession& session)
{
    Reconsider(session, session.incident);
    SeekProtection(session);
}

void
SessionControl::WaitToRestore(ControlledSession& session)
{
    session.informed = Simulator::Now();
    session.step = STEP_WAIT_TO_RESTORE;
    After(session, session.request.policy.wtr, &SessionControl::Revert);
}

void
SessionControl::Revert(ControlledSession& session)
{
    session.step = STEP_REVERTING;
    session.decided = Simulator::Now();
    m_observer.SessionDecision(session.request.session,
                               session.active,
                               GetBaseTarget(session),
                               session.incident);
    ReplaceRecovery(session);
    Announce(session);
}

void
SessionControl::EndSearch(ControlledSession& session)
{
    session.timer.Cancel();
    session.step = STEP_NONE;
    m_waiting.erase(session.request.session);
    ResumeFreed(session);
    WaitForMore(session);
}

void
SessionControl::AnnouncementRefused(ControlledSession& session)
{
    switch (session.step)
    {
    case STEP_SET_UP:
        Unplace(session);
        m_waiting.insert(session.request.session);
        break;
    case STEP_ANNOUNCING:
        if (session.HasRouteSet())
        {
            SetRefused(session);
            break;
        }
        DropRoute(session.recovery, session.incident);
        DropRoutes(session.furtherRecovery, session.incident);
        KeepReplaced(session);
        if (HasServiceFailed(session))
        {
            SearchFailed(session);
        }
        else
        {
            session.step = STEP_NONE;
            ResumeFreed(session);
            WaitForMore(session);
            Rest(session);
        }
        break;
    case STEP_REVERTING:
        // try again after another wait
        KeepReplaced(session);
        WaitToRestore(session);
        break;
    case STEP_PROTECTING:
    case STEP_SUSPENDING:
    case STEP_RESUMING:
        session.step = STEP_NONE;
        break;
    default: // nothing waits for it
        break;
    }
}

} // namespace qkdn
} // namespace ns3
