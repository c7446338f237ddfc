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

RouteId
SessionControl::FindFailedOfSet(const ControlledSession& session) const
{
    const std::vector<RouteId> routes = session.GetBaseRoutes();
    const auto failed = std::find_if(routes.begin(), routes.end(), [this](RouteId route) {
        return IsFailed(route);
    });
    return failed == routes.end() ? RouteId() : *failed;
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
    const bool isNews = incident.IsValid() && incident != session.incident;
    if (session.step != STEP_NONE && !(session.step == STEP_SEARCHING && isNews))
    {
        return;
    }
    session.incident = incident;
    session.searchFailed = false;
    session.exceeded = false;
    session.step = STEP_HOLD_OFF;
    if (FindFailedOfSet(session).IsValid())
    {
        Inform(session);
    }
    After(session, session.request.policy.holdOff, &SessionControl::ScheduleDecision);
}

void
SessionControl::DecideSet(ControlledSession& session)
{
    if (!IsSetIncomplete(session))
    {
        EndSearch(session);
        return;
    }
    const RouteId failed = FindFailedOfSet(session);
    std::vector<std::vector<KmId>> others;
    for (const RouteId route : session.GetBaseRoutes())
    {
        if (!IsFailed(route))
        {
            others.push_back(m_routes.at(route).route.kms);
        }
    }
    const std::vector<KmId> kms =
        m_policy.mayRestore
            ? m_sessionPlanner.PlanFurther(session.request.policy, NeedsOf(session), others)
            : std::vector<KmId>();
    if (kms.empty())
    {
        session.step = STEP_SEARCHING;
        m_waiting.insert(session.request.session);
        if (failed.IsValid() && !std::exchange(session.searchFailed, true) && m_policy.mayRestore)
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
