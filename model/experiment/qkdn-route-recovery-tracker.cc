/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-route-recovery-tracker.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

void
RouteRecoveryTracker::AddSession(const RoutedSession& session)
{
    m_sessions[session.id].description = session;
}

void
RouteRecoveryTracker::AddLink(LinkId link, KmId a, KmId b)
{
    m_routes.AddLink(link, a, b);
}

bool
RouteRecoveryTracker::HasRoute(SessionId session) const
{
    const auto found = m_sessions.find(session);
    return found != m_sessions.end() && found->second.hadRoute;
}

RouteRecoveryTracker::Episode*
RouteRecoveryTracker::Current(Session& session)
{
    return session.episodes.empty() || session.episodes.back().closed ? nullptr
                                                                      : &session.episodes.back();
}

template <typename Predicate>
RouteId
RouteRecoveryTracker::FindUsed(const Session& session, Predicate holds)
{
    for (const RouteId route : {session.target, session.selected})
    {
        if (route.IsValid() && holds(route))
        {
            return route;
        }
    }
    return RouteId();
}

// ---- faults

void
RouteRecoveryTracker::FaultStruck(Time now,
                                  const std::string& fault,
                                  const FaultTarget& target,
                                  const std::vector<KmPair>& hops)
{
    const ActiveFault& active = m_faults[fault] = ActiveFault{now, target, hops};
    for (auto& [id, session] : m_sessions)
    {
        const RouteId hit =
            FindUsed(session, [&](RouteId route) { return m_routes.IsHit(route, target); });
        if (hit.IsValid())
        {
            Affect(fault, active, hit, session);
        }
    }
}

void
RouteRecoveryTracker::Affect(const std::string& id,
                             const ActiveFault& fault,
                             RouteId route,
                             Session& session)
{
    Episode* episode = Current(session);
    if (!episode)
    {
        session.episodes.emplace_back();
        episode = &session.episodes.back();
        episode->fault = id;
        episode->before = route;
        episode->markers.fault = fault.since;
    }
    else if (!episode->open.insert(id).second)
    {
        return;
    }
    else
    {
        episode->also.push_back(id);
        // what came after an earlier repair or switch was undone
        episode->markers.repaired.reset();
        episode->markers.running.reset();
        if (route != episode->before)
        {
            episode->markers.operated.reset();
            episode->keyEarly = false;
        }
    }
    episode->open.insert(id);
}

void
RouteRecoveryTracker::AdoptPossibleFaults(RouteId route, Session& session)
{
    for (const auto& [id, fault] : m_faults)
    {
        const bool known =
            std::any_of(session.episodes.begin(),
                        session.episodes.end(),
                        [id = id](const Episode& episode) { return episode.open.count(id) > 0; });
        if (!known && m_routes.UsesHop(route, fault.hops))
        {
            Affect(id, fault, route, session);
        }
    }
}

void
RouteRecoveryTracker::FaultRepaired(Time now, const std::string& fault)
{
    m_faults.erase(fault);
    for (auto& [id, session] : m_sessions)
    {
        for (Episode& episode : session.episodes)
        {
            if (episode.open.erase(fault) > 0)
            {
                episode.lastRepair = now;
            }
        }
        CheckRepaired(now, session);
    }
}

bool
RouteRecoveryTracker::IsBroken(const Session& session, const Episode& episode) const
{
    return std::any_of(episode.open.begin(), episode.open.end(), [&](const std::string& id) {
        const ActiveFault& fault = m_faults.at(id);
        // packets of another route may have found another way
        return m_routes.IsHit(session.selected, fault.target) ||
               (session.selected == episode.before &&
                m_routes.UsesHop(session.selected, fault.hops));
    });
}

void
RouteRecoveryTracker::CheckRepaired(Time now, Session& session)
{
    Episode* episode = Current(session);
    if (!episode || session.selected != episode->before || IsBroken(session, *episode))
    {
        return;
    }
    RecoveryMarkers& markers = episode->markers;
    if (!markers.repaired)
    {
        markers.repaired = episode->lastRepair;
    }
    if (!markers.running && m_routes.IsGenerating(session.selected))
    {
        markers.running = now;
    }
}

void
RouteRecoveryTracker::ModuleChanged(Time now, LinkId link, uint32_t end, bool generating)
{
    m_routes.ModuleChanged(link, end, generating);
    for (auto& [id, session] : m_sessions)
    {
        Episode* episode = Current(session);
        if (!episode || !m_routes.UsesLink(session.selected, link))
        {
            continue;
        }
        if (!m_routes.IsGenerating(session.selected))
        {
            // a module may stop after the repair, when it notices the fault
            episode->markers.running.reset();
        }
        CheckRepaired(now, session);
    }
}

// ---- detection and notification

void
RouteRecoveryTracker::NoteIncident(Time now, RouteId route, IncidentId incident, Session& session)
{
    AdoptPossibleFaults(route, session);
    Episode* episode = Current(session);
    if (!episode || (episode->markers.repaired && episode->markers.detected))
    {
        return;
    }
    if (incident.IsValid())
    {
        episode->incidents.insert(incident);
    }
    episode->markers.detected = episode->markers.detected.value_or(now);
}

template <typename Predicate>
void
RouteRecoveryTracker::Detected(Time now, IncidentId incident, Predicate concerns)
{
    for (auto& [id, session] : m_sessions)
    {
        const RouteId route = FindUsed(session, concerns);
        if (route.IsValid())
        {
            NoteIncident(now, route, incident, session);
            CheckRepaired(now, session);
        }
        else if (!session.episodes.empty() && !session.episodes.back().open.empty() &&
                 concerns(session.episodes.back().before))
        {
            // the other end of what failed notices it when the session has already left
            session.episodes.back().incidents.insert(incident);
        }
    }
}

void
RouteRecoveryTracker::LinkIncident(Time now, LinkId link, IncidentId incident)
{
    Detected(now, incident, [this, link](RouteId route) { return m_routes.UsesLink(route, link); });
}

void
RouteRecoveryTracker::NeighbourIncident(Time now, KmId km, KmId neighbour, IncidentId incident)
{
    const std::vector<KmPair> hop = {RouteInventory::MakePair(km, neighbour)};
    Detected(now, incident, [this, &hop](RouteId route) { return m_routes.UsesHop(route, hop); });
}

void
RouteRecoveryTracker::Inform(Time now, Episode& episode)
{
    episode.markers.detected = episode.markers.detected.value_or(now);
    episode.markers.notified = episode.markers.notified.value_or(now);
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
    if (episode && found->second.description.policy.resilienceClass == CLASS_RESTORATION)
    {
        Inform(now, *episode);
    }
}

// ---- routes

void
RouteRecoveryTracker::RouteChanged(KmId km, const KeyRoute& route, bool installed)
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
    if (gone || !session.selected.IsValid())
    {
        session.selected = session.normal.empty() ? RouteId() : *session.normal.begin();
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
    const bool used = session.selected == route || session.target == route;
    const SessionPolicy& policy = session.description.policy;
    const bool kmDecides = policy.resilienceClass != CLASS_RESTORATION;
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
        if (used && kmHoldsOff && Current(session) && !Current(session)->markers.decided)
        {
            Current(session)->markers.holdOffOver = now;
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
    const bool decides = policy.resilienceClass == CLASS_RESTORATION;
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
    const bool decides = session.description.policy.resilienceClass == CLASS_RESTORATION;
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
    bool back = false;
    for (Episode& episode : session.episodes)
    {
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
        episode->markers.decided = now;
        episode->markers.operated.reset();
    }
    episode->after = route == episode->before ? RouteId() : route;
    episode->keyEarly = false;
    for (const auto& [id, fault] : m_faults)
    {
        if (m_routes.IsHit(route, fault.target))
        {
            Affect(id, fault, route, session);
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
    if (acknowledged)
    {
        episode->markers.operated = now;
    }
    CheckRepaired(now, session);
    if (acknowledged && episode->keyEarly)
    {
        CheckClosed(now, session);
    }
}

// ---- keys

void
RouteRecoveryTracker::KeyCreated(Time now, SessionId id, RouteId route)
{
    const auto found = m_sessions.find(id);
    if (found == m_sessions.end() || !route.IsValid())
    {
        return;
    }
    Session& session = found->second;
    if (route != session.selected && route != session.target)
    {
        Select(now, route, false, session);
    }
}

void
RouteRecoveryTracker::KeyConfirmed(Time now, SessionId id, RouteId route, uint64_t bits)
{
    const auto found = m_sessions.find(id);
    if (found == m_sessions.end() || !route.IsValid())
    {
        return;
    }
    Session& session = found->second;
    CountExtraBits(route, bits, session);
    Episode* episode = Current(session);
    if (!episode)
    {
        if (route == session.target)
        {
            Select(now, route, false, session);
        }
        return;
    }
    if (route == session.target || (route == session.selected && route != episode->before))
    {
        episode->keyEarly = true;
    }
    if (route == session.selected)
    {
        CheckClosed(now, session);
    }
}

void
RouteRecoveryTracker::CountExtraBits(RouteId route, uint64_t bits, Session& session)
{
    const auto episode = std::find_if(session.episodes.rbegin(),
                                      session.episodes.rend(),
                                      [route](const Episode& candidate) {
                                          return candidate.after == route && !candidate.reverted;
                                      });
    if (episode == session.episodes.rend())
    {
        return;
    }
    const uint64_t before = m_routes.GetHops(episode->before).size();
    const uint64_t after = m_routes.GetHops(route).size();
    episode->extraBits += bits * (std::max(before, after) - before);
}

void
RouteRecoveryTracker::CheckClosed(Time now, Session& session)
{
    Episode* episode = Current(session);
    if (!episode || IsBroken(session, *episode))
    {
        return;
    }
    const RecoveryMarkers& markers = episode->markers;
    const bool byRepair = session.selected == episode->before;
    if (byRepair ? !markers.repaired || !markers.running : !markers.operated)
    {
        return;
    }
    episode->markers.firstKeyUsable = now;
    episode->after = session.selected;
    episode->closed = true;
    Settle(byRepair, episode->markers);
}

void
RouteRecoveryTracker::Settle(bool byRepair, RecoveryMarkers& markers)
{
    if (!byRepair)
    {
        markers.repaired.reset();
        markers.running = markers.operated;
    }
    else if (markers.repaired)
    {
        if (markers.decided && *markers.decided > *markers.repaired)
        {
            // the decision to return, which the repair brought about
            markers.decided.reset();
        }
        markers.operated =
            std::max(markers.operated.value_or(*markers.repaired), *markers.repaired);
    }
    markers.PutInOrder();
}

// ---- pre-emption

void
RouteRecoveryTracker::Preempted(Time now, SessionId session, RouteId route, IncidentId incident)
{
    m_preemptions.Stop(now, session, FindPreemptor(session, route, incident));
}

void
RouteRecoveryTracker::Resumed(Time now, SessionId session)
{
    m_preemptions.GoOn(now, session);
}

std::string
RouteRecoveryTracker::FindPreemptor(SessionId stopped, RouteId route, IncidentId incident) const
{
    const std::vector<KmPair> hops = m_routes.GetHops(route);
    std::string likely;
    for (const auto& [id, session] : m_sessions)
    {
        if (id == stopped)
        {
            continue;
        }
        for (const Episode& episode : session.episodes)
        {
            if (episode.incidents.count(incident) == 0 || !episode.after.IsValid())
            {
                continue;
            }
            if (m_routes.UsesHop(episode.after, hops))
            {
                return session.description.name;
            }
            likely = likely.empty() ? session.description.name : likely;
        }
    }
    return likely;
}

// ---- results

std::vector<TrackedRecovery>
RouteRecoveryTracker::GetResults() const
{
    std::vector<TrackedRecovery> results;
    for (const auto& [id, session] : m_sessions)
    {
        const SessionPolicy& policy = session.description.policy;
        for (const Episode& episode : session.episodes)
        {
            const bool byRepair = !episode.after.IsValid() || episode.after == episode.before;
            TrackedRecovery tracked;
            tracked.session = id;
            tracked.incidents = episode.incidents;
            tracked.before = m_routes.GetKms(episode.before);
            RecoveryResult& result = tracked.result;
            result.fault = episode.fault;
            result.alsoFaults = episode.also;
            result.sessionOrGroup = session.description.name;
            result.mechanism = ResilienceClassName(policy.resilienceClass);
            result.trigger = ResilienceTriggerName(policy.trigger);
            result.markers = episode.markers;
            Settle(byRepair, result.markers);
            result.extraKeyBits = episode.extraBits;
            result.revertedAt = episode.reverted;
            if (episode.closed)
            {
                tracked.after = m_routes.GetKms(episode.after);
                result.outcome = byRepair ? RECOVERY_REPAIRED : RECOVERY_RECOVERED;
            }
            results.push_back(std::move(tracked));
        }
    }
    return results;
}

std::set<std::string>
RouteRecoveryTracker::GetFaults(SessionId id) const
{
    std::set<std::string> faults;
    const auto found = m_sessions.find(id);
    if (found != m_sessions.end())
    {
        for (const Episode& episode : found->second.episodes)
        {
            faults.insert(episode.fault);
            faults.insert(episode.also.begin(), episode.also.end());
        }
    }
    return faults;
}

std::vector<Preemption>
RouteRecoveryTracker::GetPreemptions(SessionId session) const
{
    return m_preemptions.Get(session);
}

} // namespace qkdn
} // namespace ns3
