/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The part of RouteSelector that follows the controller: which routes the session has.

#include "qkdn-route-selector.h"

#include "ns3/abort.h"
#include "ns3/log.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnRouteSelectorRoutes");

void
RouteSelector::SetRoutes(RouteId working,
                         RouteId protection,
                         RouteId recovery,
                         IncidentId incident,
                         bool preempted,
                         const std::vector<RouteId>& beside)
{
    NS_LOG_FUNCTION(this << working << protection << recovery);
    NS_ABORT_MSG_UNLESS(m_session.id.IsValid(), "a route selector was used without a session");
    NS_ABORT_MSG_IF(protection.IsValid() && (protection == working || protection == recovery),
                    "session " << m_session.id << ": route " << protection
                               << " cannot protect itself");
    const std::vector<RouteId> before = GetMembers();
    const RouteId previousPrimary = GetPrimary();
    const RouteId previousRecovery = m_recovery;
    m_working = working;
    m_protection = protection;
    m_recovery = recovery;
    m_beside = beside;
    if (GetPrimary() != previousPrimary)
    {
        StopWaiting();
    }
    for (const RouteId route : GetMembers())
    {
        m_routes[route].over = false;
    }
    for (const RouteId route : GetMembers())
    {
        Reassess(route);
    }
    FollowRoutes(previousRecovery, incident, preempted);
    LeaveRoutes(before);
    ScheduleDecision();
}

void
RouteSelector::LeaveRoutes(const std::vector<RouteId>& before)
{
    const bool suspended = !GetPrimary().IsValid();
    for (const RouteId route : before)
    {
        if (IsMember(route))
        {
            continue;
        }
        RouteState& entity = m_routes.at(route);
        entity.holdOff.Cancel();
        entity.failed = entity.heldOff = false;
        if (!suspended)
        {
            m_routes.erase(route);
        }
    }
}

void
RouteSelector::FollowRoutes(RouteId previousRecovery, IncidentId incident, bool preempted)
{
    RouteFailureCause cause;
    cause.trigger = m_session.policy.trigger;
    cause.incident = incident;
    const RouteId primary = GetPrimary();
    const RouteId previous = m_selected;
    RouteId next = primary;
    // a recovery route that is new was chosen because the others had failed
    const bool isRestored = m_recovery.IsValid() && m_recovery != previousRecovery;
    if (primary.IsValid() && ChoosesItself() && m_protection.IsValid() && !isRestored)
    {
        const RouteState& entity = m_routes.at(primary);
        const bool lost = previous.IsValid() && !IsMember(previous);
        if (previous == m_protection ||
            (lost && entity.heldOff && !m_command && IsFree(m_protection)))
        {
            next = m_protection;
            cause = entity.cause;
        }
    }
    else if (isRestored && previous == m_protection && IsInSignalFail(previous))
    {
        cause = m_routes.at(previous).cause;
    }
    if (next == previous)
    {
        return;
    }
    if (!next.IsValid())
    {
        m_preempted = preempted;
        if (preempted)
        {
            Emit(previous, ROUTE_EVENT_PREEMPTED, cause);
        }
        Select(next, std::nullopt, cause);
        return;
    }
    std::optional<RouteEventKind> kind;
    if (previous.IsValid())
    {
        const bool back = previous == previousRecovery && next == m_working;
        kind = back ? ROUTE_EVENT_REVERT : ROUTE_EVENT_SWITCH;
    }
    else if (m_preempted)
    {
        kind = ROUTE_EVENT_RESUMED;
    }
    m_preempted = false;
    Select(next, kind, cause);
}

bool
RouteSelector::IsMember(RouteId route) const
{
    const std::vector<RouteId> members = GetMembers();
    return std::find(members.begin(), members.end(), route) != members.end();
}

std::vector<RouteId>
RouteSelector::GetMembers() const
{
    std::vector<RouteId> members;
    for (const RouteId route : {m_working, m_protection, m_recovery})
    {
        if (route.IsValid())
        {
            members.push_back(route);
        }
    }
    members.insert(members.end(), m_beside.begin(), m_beside.end());
    return members;
}

std::vector<RouteId>
RouteSelector::GetGood() const
{
    std::vector<RouteId> good;
    for (const RouteId route : GetMembers())
    {
        if (IsFree(route))
        {
            good.push_back(route);
        }
    }
    return good;
}

RouteId
RouteSelector::GetPrimary() const
{
    return m_recovery.IsValid() ? m_recovery : m_working;
}

} // namespace qkdn
} // namespace ns3
