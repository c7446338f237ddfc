/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-session-control.h"

#include "ns3/log.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnSessionControl");

namespace
{

/// No session asks for more key, bit/s; sums of demands stay far from overflow.
constexpr uint64_t MAX_DEMAND_BPS = 1000000000000000;

} // namespace

SessionControl::SessionControl(const NetworkView& view,
                               CommandSender& sender,
                               SessionObserver& observer)
    : m_view(view),
      m_sender(sender),
      m_observer(observer),
      m_installer(sender),
      m_planner(view, m_demand)
{
}

SessionControl::~SessionControl()
{
    m_improvement.Cancel();
    m_roomReview.Cancel();
    m_spareReview.Cancel();
    for (auto& session : m_sessions)
    {
        session.second.timer.Cancel();
    }
}

void
SessionControl::SetFirstRoute(uint32_t first)
{
    m_firstRoute = first;
    m_lastRoute = first;
}

void
SessionControl::SetDecisionTime(Time time)
{
    m_decisionTime = time;
}

void
SessionControl::SetCost(RouteCost cost)
{
    m_planner.SetCost(cost);
}

void
SessionControl::SetDisjointness(RouteDisjointness disjointness)
{
    m_planner.SetDisjointness(disjointness);
}

void
SessionControl::SetAdmission(AdmissionMode mode, Time bridging)
{
    m_planner.SetAdmission(mode, bridging);
}

void
SessionControl::SetPolicy(const McPolicy& policy)
{
    NS_LOG_FUNCTION(this << policy.number);
    m_policy = policy;
    m_planner.SetMaxHops(policy.maxHops);
    Retry();
}

void
SessionControl::Open()
{
    NS_LOG_FUNCTION(this);
    m_open = true;
    const bool first = !std::exchange(m_watching, true);
    if (first)
    {
        for (auto& route : m_routes)
        {
            CheckRoute(route.second);
        }
    }
    for (const SessionId id : InOrder(GetSessions()))
    {
        ControlledSession& session = m_sessions.at(id);
        if (!session.working.IsValid())
        {
            Place(session);
        }
        else if (first)
        {
            Reconsider(session, session.incident);
            GoOnAfterHoldOff(session);
            ResumeFreed(session);
            Update(session, session.incident);
        }
    }
    ReviewSpare();
}

void
SessionControl::Close()
{
    m_open = false;
}

bool
SessionControl::HandleRequest(KmId from, const CkSessionRequest& request)
{
    NS_LOG_FUNCTION(this << from << request.session);
    if (!IsPossible(from, request))
    {
        return false;
    }
    const auto [found, isNew] = m_sessions.emplace(request.session, ControlledSession());
    ControlledSession& session = found->second;
    if (!isNew && (session.request.masterKm != request.masterKm ||
                   session.request.slaveKm != request.slaveKm))
    {
        return false;
    }
    const uint64_t askedBps = session.request.policy.demandBps;
    session.request = request;
    if (session.working.IsValid())
    {
        // its routes were chosen for the demand that it had then
        session.request.policy.demandBps = askedBps;
    }
    if (session.announced || !session.refusal.empty())
    {
        // its KM may have forgotten; what is under way is repeated by itself
        if (!m_sender.IsPending(session.announcement))
        {
            Announce(session);
        }
        if (session.grantedBps > 0 && session.request.policy.minDemandBps > 0)
        {
            // also if it has all now: a crash may have lost that
            TellRate(session);
        }
    }
    else if (m_open && !session.working.IsValid())
    {
        Place(session);
    }
    return true;
}

void
SessionControl::Retry()
{
    ++m_gains;
    for (const SessionId id : InOrder(m_waiting))
    {
        ControlledSession& session = m_sessions.at(id);
        if (!session.working.IsValid())
        {
            if (m_open)
            {
                Place(session);
            }
        }
        else if (session.step == STEP_SEARCHING)
        {
            ScheduleDecision(session);
        }
        else if (session.step == STEP_NONE && IsImprovable(session))
        {
            ScheduleImprovement(session);
        }
        else if (session.step == STEP_NONE && !session.suspendedBy.IsValid() &&
                 LacksProtection(session))
        {
            ProtectLater(session);
        }
    }
}

void
SessionControl::KmReady(KmId km)
{
    m_planner.SetReady(km, true);
    for (auto& session : m_sessions)
    {
        session.second.refusedBy.erase(km);
    }
    m_installer.Reinstall(km, {});
}

void
SessionControl::KmLost(KmId km)
{
    m_planner.SetReady(km, false);
    const auto isOn = [this, km](RouteId id) {
        const auto route = m_routes.find(id);
        return route != m_routes.end() && !m_installer.IsInstalled(id) &&
               std::find(route->second.route.kms.begin(), route->second.route.kms.end(), km) !=
                   route->second.route.kms.end();
    };
    for (const SessionId id : InOrder(GetSessions()))
    {
        ControlledSession& session = m_sessions.at(id);
        const std::vector<RouteId> routes = session.GetBaseRoutes();
        if (session.step == STEP_SET_UP && std::any_of(routes.begin(), routes.end(), isOn))
        {
            PlaceAgain(session);
            continue;
        }
        const std::vector<RouteId> candidates = session.GetCandidates();
        if (session.step == STEP_INSTALLING &&
            std::any_of(candidates.begin(), candidates.end(), isOn))
        {
            CandidateLost(session);
        }
    }
}

void
SessionControl::Crash()
{
    NS_LOG_FUNCTION(this);
    m_open = false;
    m_watching = false;
    m_roomReview.Cancel();
    m_spareReview.Cancel();
    m_sessionPlanner.Forget();
    m_installer.ForgetCommands();
    m_waiting.clear();
    for (auto& entry : m_sessions)
    {
        entry.second.incident = IncidentId();
        entry.second.windowEnd = Time(0);
        ForgetSteps(entry.second);
    }
    m_improvement.Cancel();
    for (auto& [id, route] : m_routes)
    {
        route.failed = false;
        route.saidFailed = false;
        route.heldOff = false;
        route.failedHops.clear();
        route.reported.reset();
    }
}

void
SessionControl::ForgetSteps(ControlledSession& session)
{
    session.timer.Cancel();
    DropCandidates(session);
    DropReplaced(session);
    if (!session.announced)
    {
        Unplace(session);
        m_waiting.insert(session.request.session);
    }
    else
    {
        if (session.request.policy.resilienceClass == CLASS_RESTORATION)
        {
            session.active = session.recovery.IsValid() ? session.recovery : session.working;
        }
        LeaveReleased(session);
        WaitForMore(session);
    }
    session.step = STEP_NONE;
    session.ownSwitch = OwnSwitch();
    m_sender.Cancel(session.announcement);
    m_sender.Cancel(session.rateCommand);
    session.announcement = 0;
    session.rateCommand = 0;
    session.searchFailed = false;
    session.soughtAt = 0;
    session.preempted = false;
    session.interrupted = false;
    session.exceeded = false;
    session.refusedBy.clear();
    session.refusal.clear();
    session.reported.reset();
}

const DemandTable&
SessionControl::GetDemand() const
{
    return m_demand;
}

std::vector<SessionId>
SessionControl::InOrder(const std::set<SessionId>& sessions) const
{
    std::vector<SessionId> order(sessions.begin(), sessions.end());
    std::stable_sort(order.begin(), order.end(), [this](SessionId a, SessionId b) {
        return m_sessions.at(a).request.policy.priority > m_sessions.at(b).request.policy.priority;
    });
    return order;
}

std::set<SessionId>
SessionControl::GetSessions() const
{
    std::set<SessionId> ids;
    for (const auto& session : m_sessions)
    {
        ids.insert(ids.end(), session.first);
    }
    return ids;
}

bool
SessionControl::IsPossible(KmId from, const CkSessionRequest& request)
{
    return request.session.IsValid() && request.masterKm == from && request.slaveKm.IsValid() &&
           request.slaveKm != from && request.policy.demandBps <= MAX_DEMAND_BPS &&
           !(request.policy.extraTraffic && UsesSeveralRoutes(request.policy.resilienceClass)) &&
           SessionPlanner::CanPlan(request.policy);
}

} // namespace qkdn
} // namespace ns3
