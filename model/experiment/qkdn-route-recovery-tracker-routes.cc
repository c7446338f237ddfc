/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// What RouteRecoveryTracker makes of routes: events at the master's KM, commands of the controller.

#include "qkdn-route-recovery-tracker.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

std::vector<RouteId>
RouteRecoveryTracker::GetTogether(const Session& session, RouteId first)
{
    const auto chosen = session.chosen.find(first);
    return chosen == session.chosen.end() ? std::vector<RouteId>{first} : chosen->second.routes;
}

RouteId
RouteRecoveryTracker::GetFirst(const Session& session, RouteId route)
{
    for (const RouteId first : {session.target, session.selected})
    {
        const std::vector<RouteId> together = GetTogether(session, first);
        if (std::find(together.begin(), together.end(), route) != together.end())
        {
            return first;
        }
    }
    return route;
}

bool
RouteRecoveryTracker::IsRestored(const Session& session)
{
    return session.description.policy.IsRestored();
}

void
RouteRecoveryTracker::RecoveryChosen(const SessionRecovery& recovery)
{
    const auto found = m_sessions.find(recovery.session);
    if (found != m_sessions.end() && !recovery.routes.empty())
    {
        found->second.chosen[recovery.routes.front()] = recovery;
    }
}

void
RouteRecoveryTracker::ControllerInformed(Time now, SessionId id, IncidentId incident)
{
    const auto found = m_sessions.find(id);
    if (found == m_sessions.end())
    {
        return;
    }
    NoteIncident(now, found->second.selected, incident, found->second);
    Episode* episode = Current(found->second);
    if (episode && IsRestored(found->second))
    {
        Inform(now, *episode);
        if (found->second.description.policy.resilienceClass != CLASS_RESTORATION)
        {
            // the master's KM has done all that it could, and knew before
            episode->markers.notified = now;
        }
    }
}

void
RouteRecoveryTracker::RouteChanged(Time now, KmId km, const KeyRoute& route, bool installed)
{
    m_routes.AddRoute(route);
    const auto found = m_sessions.find(route.session);
    if (found == m_sessions.end() || found->second.description.masterKm != km)
    {
        return;
    }
    Session& session = found->second;
    if (!installed)
    {
        session.normal.erase(route.id);
    }
    else if (route.role == ROUTE_WORKING || route.role == ROUTE_EXTRA)
    {
        session.normal.insert(route.id);
        session.hadRoute = true;
    }
    const bool gone = !installed && session.selected == route.id;
    const bool hadNone = !session.selected.IsValid();
    if (gone || hadNone)
    {
        session.selected = session.normal.empty() ? RouteId() : *session.normal.begin();
        if (hadNone && session.selected.IsValid())
        {
            TakeNewRoute(now, session);
        }
        // the crash of a KM may be repaired before it has its routes again
        CheckRepaired(now, session);
    }
}

void
RouteRecoveryTracker::TakeNewRoute(Time now, Session& session) const
{
    Episode* episode = Current(session);
    if (!episode || session.selected == episode->before)
    {
        return;
    }
    if (m_routes.GetHops(session.selected) == m_routes.GetHops(episode->before))
    {
        // the same way under the number that its KM gave it after its crash
        episode->before = session.selected;
    }
    else
    {
        episode->markers.operated = episode->markers.operated.value_or(now);
    }
}

void
RouteRecoveryTracker::RouteEvent(Time now,
                                 SessionId id,
                                 RouteId route,
                                 RouteEventKind kind,
                                 IncidentId incident)
{
    const auto found = m_sessions.find(id);
    if (found == m_sessions.end())
    {
        return;
    }
    Session& session = found->second;
    const bool used = IsUsed(session, route);
    const SessionPolicy& policy = session.description.policy;
    const bool kmDecides = policy.resilienceClass != CLASS_RESTORATION &&
                           !(session.commanded.IsValid() && session.commanded == route);
    // how long the controller holds off by itself is known unless it depends on buffered key
    const bool kmHoldsOff = kmDecides || policy.trigger != TRIGGER_LINK_DOWN || policy.holdOffAuto;
    switch (kind)
    {
    case ROUTE_EVENT_SIGNAL_FAIL:
        if (used)
        {
            NoteIncident(now, route, incident, session);
            if (Current(session) && kmDecides)
            {
                Inform(now, *Current(session));
            }
        }
        break;
    case ROUTE_EVENT_HOLD_OFF_OVER:
        if (used && kmHoldsOff && Current(session))
        {
            Episode& episode = *Current(session);
            (episode.markers.decided ? episode.heldOff : episode.markers.holdOffOver) = now;
        }
        break;
    case ROUTE_EVENT_SWITCH:
    case ROUTE_EVENT_REVERT:
        Aim(now, route, kmDecides, session);
        break;
    case ROUTE_EVENT_SWITCHED:
        Select(now, route, kmDecides, session);
        break;
    case ROUTE_EVENT_PREEMPTED:
        Preempted(now, id, route, incident);
        break;
    case ROUTE_EVENT_RESUMED:
        Resumed(now, id);
        break;
    case ROUTE_EVENT_CLEAR:
    case ROUTE_EVENT_WTR:
    case ROUTE_EVENT_SUPPLY_INTERRUPTED:
    case ROUTE_EVENT_SUPPLY_RESUMED:
        break;
    }
}

void
RouteRecoveryTracker::ControllerDecided(Time now, SessionId id, RouteId to, IncidentId incident)
{
    const auto found = m_sessions.find(id);
    if (found == m_sessions.end())
    {
        return;
    }
    Session& session = found->second;
    const SessionPolicy& policy = session.description.policy;
    if (UsesSeveralRoutes(policy.resilienceClass))
    {
        // the controller makes a set of routes complete again; its KM decides what is used of it
        return;
    }
    const bool decides = IsRestored(session);
    session.commanded = decides ? to : RouteId();
    Episode* episode = Current(session);
    if (episode && decides)
    {
        if (incident.IsValid())
        {
            episode->incidents.insert(incident);
        }
        RecoveryMarkers& markers = episode->markers;
        if (policy.trigger == TRIGGER_LINK_DOWN && policy.holdOff.IsStrictlyPositive() &&
            markers.notified && !markers.holdOffOver)
        {
            // with this trigger the controller itself holds off
            markers.holdOffOver = std::min(*markers.notified + policy.holdOff, now);
        }
    }
    if (!episode && session.chosen.count(to) > 0 && session.chosen.count(session.selected) > 0)
    {
        // more for a session that is restored in part: it goes on as it is until that is complete
        return;
    }
    if (to.IsValid())
    {
        Aim(now, to, decides, session);
    }
}

void
RouteRecoveryTracker::ControllerCompleted(Time now,
                                          SessionId id,
                                          RouteId route,
                                          IncidentId incident)
{
    const auto found = m_sessions.find(id);
    if (found == m_sessions.end() || !route.IsValid())
    {
        return;
    }
    Session& session = found->second;
    const bool decides = IsRestored(session);
    session.commanded = RouteId();
    const auto chosen = session.chosen.find(route);
    if (chosen != session.chosen.end() && !session.episodes.empty() &&
        !session.episodes.back().reverted)
    {
        session.episodes.back().restored.insert(route);
        session.episodes.back().recovery = chosen->second;
    }
    if (Current(session) && decides && incident.IsValid())
    {
        Current(session)->incidents.insert(incident);
    }
    if (decides || !session.selected.IsValid())
    {
        Select(now, route, decides, session);
    }
}

void
RouteRecoveryTracker::Aim(Time now, RouteId route, bool decides, Session& session)
{
    const ResilienceClass resilience = session.description.policy.resilienceClass;
    bool back = false;
    for (Episode& episode : session.episodes)
    {
        if (resilience == CLASS_MULTI_PATH)
        {
            break; // its keys tell which routes it uses
        }
        if (episode.closed && !episode.reverted && episode.after != episode.before)
        {
            // whoever leaves the route of one episode leaves those of later ones too
            back = back || episode.before == route;
            episode.reverted = back ? std::optional<Time>(now) : std::nullopt;
        }
    }
    session.target = route == session.selected ? RouteId() : route;
    Episode* episode = Current(session);
    if (!episode)
    {
        return;
    }
    if (decides)
    {
        if (route != episode->before && !episode->replacedBy.empty() && episode->heldOff)
        {
            // the quantum layer had decided before, and was too late or in vain
            episode->markers.holdOffOver = episode->heldOff;
        }
        episode->markers.decided = now;
        episode->markers.operated.reset();
    }
    episode->after = RouteId();
    if (route != episode->before &&
        !(UsesSeveralRoutes(resilience) && !IsBroken(session, *episode)))
    {
        episode->after = route;
    }
    episode->keyEarly = false;
    for (const auto& [id, fault] : m_faults)
    {
        for (const RouteId aimed : GetTogether(session, route))
        {
            if (m_routes.IsHit(aimed, fault.target))
            {
                Affect(id, fault, aimed, session);
            }
        }
    }
    CheckRepaired(now, session);
}

void
RouteRecoveryTracker::Select(Time now, RouteId route, bool acknowledged, Session& session)
{
    session.selected = route;
    session.target = RouteId();
    Episode* episode = Current(session);
    if (!episode)
    {
        return;
    }
    const bool isRepaired =
        UsesSeveralRoutes(session.description.policy.resilienceClass) && !episode->after.IsValid();
    if (acknowledged && !isRepaired)
    {
        episode->markers.operated = now;
    }
    CheckRepaired(now, session);
    if (acknowledged && episode->keyEarly)
    {
        CheckClosed(now, session);
    }
}

} // namespace qkdn
} // namespace ns3
