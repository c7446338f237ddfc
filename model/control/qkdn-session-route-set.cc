/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The part of SessionControl that keeps the routes of sessions complete which use several at once.

#include "qkdn-session-control.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnSessionRouteSet");

namespace
{

/// Time after which routes are announced again to a KM that refused them, s.
constexpr double REFUSED_ANNOUNCEMENT_WAIT_S = 1.0;

} // namespace

std::vector<RouteId>
SessionControl::GetFailedOfSet(const ControlledSession& session) const
{
    std::vector<RouteId> routes = session.GetBaseRoutes();
    routes.erase(std::remove_if(routes.begin(),
                                routes.end(),
                                [this](RouteId route) { return !IsFailed(route); }),
                 routes.end());
    return routes;
}

RouteId
SessionControl::FindFailedOfSet(const ControlledSession& session) const
{
    const std::vector<RouteId> failed = GetFailedOfSet(session);
    return failed.empty() ? RouteId() : failed.front();
}

bool
SessionControl::IsSetIncomplete(const ControlledSession& session) const
{
    return session.GetBaseRoutes().size() < session.request.policy.shareCount ||
           FindFailedOfSet(session).IsValid();
}

bool
SessionControl::HasSetFailed(const ControlledSession& session) const
{
    const std::vector<RouteId> routes = session.GetBaseRoutes();
    const auto good = std::count_if(routes.begin(), routes.end(), [this](RouteId route) {
        return !IsFailed(route);
    });
    return static_cast<uint64_t>(good) < session.request.policy.shareThreshold;
}

void
SessionControl::ReconsiderSet(ControlledSession& session, IncidentId incident)
{
    if (!IsSetIncomplete(session))
    {
        if (session.step != STEP_NONE)
        {
            EndSearch(session);
        }
        return;
    }
    // a search in vain is worth another one when what it had to keep off fails, too
    const std::vector<RouteId> failed = GetFailedOfSet(session);
    const bool isNews = std::any_of(failed.begin(), failed.end(), [&session](RouteId route) {
        return session.failedInVain.find(route) == session.failedInVain.end();
    });
    if (session.step != STEP_NONE && !(session.step == STEP_SEARCHING && isNews))
    {
        return;
    }
    session.incident = incident;
    session.searchFailed = false;
    session.exceeded = false;
    session.step = STEP_HOLD_OFF;
    if (!failed.empty())
    {
        Inform(session);
    }
    After(session, session.request.policy.holdOff, &SessionControl::ScheduleDecision);
}

std::vector<KmId>
SessionControl::PlanFurtherOfSet(const ControlledSession& session)
{
    RouteNeeds needs = NeedsOf(session);
    std::vector<std::vector<KmId>> others;
    for (const RouteId id : session.GetBaseRoutes())
    {
        const ControlledRoute& route = m_routes.at(id);
        if (!route.failed)
        {
            others.push_back(route.route.kms);
        }
        else if (route.promised)
        {
            needs.left.push_back({route.route, route.demandBps});
        }
    }
    return m_sessionPlanner.PlanFurther(session.request.policy, needs, others);
}

void
SessionControl::DecideSet(ControlledSession& session)
{
    if (!IsSetIncomplete(session))
    {
        EndSearch(session);
        return;
    }
    const bool abandoned = m_policy.abandonOnToleration && !IsTolerated(session);
    const std::vector<KmId> kms =
        m_policy.mayRestore && !abandoned ? PlanFurtherOfSet(session) : std::vector<KmId>();
    const RouteId failed = FindFailedOfSet(session);
    if (kms.empty())
    {
        session.step = STEP_SEARCHING;
        const std::vector<RouteId> inVain = GetFailedOfSet(session);
        session.failedInVain = std::set<RouteId>(inVain.begin(), inVain.end());
        m_waiting.insert(session.request.session);
        if (failed.IsValid() && m_policy.mayRestore && !std::exchange(session.searchFailed, true))
        {
            Report(MC_OPERATION_RESTORATION_FAILED, session, failed, RouteId());
        }
        return;
    }
    m_waiting.erase(session.request.session);
    session.step = STEP_INSTALLING;
    session.candidate = AddRoute(session, ROUTE_WORKING, kms, 0);
    m_observer.SessionDecision(session.request.session,
                               failed,
                               session.candidate,
                               session.incident);
    InstallRoute(session, session.candidate);
}

void
SessionControl::SetCandidateInstalled(ControlledSession& session, RouteId candidate)
{
    // the new route takes the place, and the number of the shares, of the one that has failed
    session.replaced = FindFailedOfSet(session);
    if (session.replaced == session.working)
    {
        session.working = candidate;
        session.active = candidate;
    }
    else if (session.replaced.IsValid())
    {
        std::replace(session.further.begin(), session.further.end(), session.replaced, candidate);
    }
    else if (session.GetBaseRoutes().size() < session.request.policy.shareCount)
    {
        session.further.push_back(candidate);
    }
    else
    {
        // what it was to replace is good again meanwhile
        session.step = STEP_NONE;
        DropRoute(candidate, session.incident);
        Update(session, session.incident);
        return;
    }
    session.step = STEP_ANNOUNCING;
    Announce(session);
    Update(session, session.incident);
}

void
SessionControl::SetCompleted(ControlledSession& session)
{
    session.step = STEP_NONE;
    RouteId added = session.working;
    for (const RouteId route : session.GetBaseRoutes())
    {
        added = std::max(added, route);
    }
    m_observer.SessionCompleted(session.request.session, added, session.incident);
    if (session.replaced.IsValid())
    {
        Report(MC_OPERATION_RESTORATION, session, session.replaced, added);
    }
    DropRoute(session.replaced, session.incident);
    Reconsider(session, session.incident);
}

void
SessionControl::SetRefused(ControlledSession& session)
{
    // its KM goes on as before, so that the route that is replaced stays until it takes the new one
    After(session,
          m_decisionTime + Seconds(REFUSED_ANNOUNCEMENT_WAIT_S),
          &SessionControl::Announce);
}

} // namespace qkdn
} // namespace ns3
