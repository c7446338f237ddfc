/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-route-recovery-tracker.h"

#include <algorithm>
#include <iterator>

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
    std::vector<RouteId> used = GetTogether(session, session.target);
    const std::vector<RouteId> selected = GetTogether(session, session.selected);
    used.insert(used.end(), selected.begin(), selected.end());
    if (UsesSeveralRoutes(session.description.policy.resilienceClass))
    {
        used.insert(used.end(), session.normal.begin(), session.normal.end());
    }
    for (const RouteId route : used)
    {
        if (route.IsValid() && holds(route))
        {
            return route;
        }
    }
    return RouteId();
}

bool
RouteRecoveryTracker::IsUsed(const Session& session, RouteId route)
{
    return FindUsed(session, [route](RouteId used) { return used == route; }).IsValid();
}

RouteId
RouteRecoveryTracker::GetDecisive(const Session& session, const Episode& episode)
{
    const std::vector<RouteId> together = GetTogether(session, session.selected);
    const bool several =
        UsesSeveralRoutes(session.description.policy.resilienceClass) ||
        std::find(together.begin(), together.end(), episode.before) != together.end();
    return several && !episode.after.IsValid() ? episode.before : session.selected;
}

// ---- faults

void
RouteRecoveryTracker::FaultStruck(Time now,
                                  const std::string& fault,
                                  const FaultTarget& target,
                                  const std::vector<KmPair>& hops)
{
    const ActiveFault& active = m_faults[fault] = ActiveFault{now, target, hops};
    for (auto& entry : m_sessions)
    {
        Session& session = entry.second;
        const RouteId hit = FindUsed(session, [&](RouteId route) {
            return m_routes.IsHit(route, target) && !IsLeft(session, route, fault);
        });
        if (hit.IsValid())
        {
            Affect(fault, active, hit, session);
        }
    }
}

std::set<SessionId>
RouteRecoveryTracker::GetUsersOf(const std::vector<KmPair>& hops) const
{
    std::set<SessionId> users;
    for (const auto& [id, session] : m_sessions)
    {
        const auto usesHop = [&](RouteId route) { return m_routes.UsesHop(route, hops); };
        if (FindUsed(session, usesHop).IsValid())
        {
            users.insert(id);
        }
    }
    return users;
}

bool
RouteRecoveryTracker::IsLeft(Session& session, RouteId route, const std::string& fault) const
{
    const Episode* episode = Current(session);
    const bool isWatched = episode && episode->before == route;
    return UsesSeveralRoutes(session.description.policy.resilienceClass) && !isWatched &&
           std::any_of(m_faults.begin(), m_faults.end(), [&](const auto& other) {
               return other.first != fault && m_routes.IsHit(route, other.second.target);
           });
}

void
RouteRecoveryTracker::Affect(const std::string& id,
                             const ActiveFault& fault,
                             RouteId route,
                             Session& session)
{
    Episode* episode = Current(session);
    const RoutedSession& asking = session.description;
    if (!episode && (fault.since < asking.start || fault.since >= asking.stop))
    {
        return;
    }
    if (!episode)
    {
        session.episodes.emplace_back();
        episode = &session.episodes.back();
        m_open.insert(session.description.id);
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
        for (const LinkId link : fault.target.links)
        {
            episode->replaced.erase(link);
        }
        if (episode->replaced.empty() && !episode->replacedBy.empty())
        {
            episode->replacedBy.clear();
            episode->markers.operated.reset();
        }
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
        if (!known && m_routes.UsesHop(route, fault.hops) && !IsLeft(session, route, id))
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

void
RouteRecoveryTracker::LinkProtected(Time now,
                                    Time decided,
                                    LinkId link,
                                    const std::string& mechanism)
{
    for (auto& [id, session] : m_sessions)
    {
        Episode* episode = Current(session);
        if (!episode || GetDecisive(session, *episode) != episode->before ||
            episode->markers.repaired || !m_routes.UsesLink(episode->before, link))
        {
            continue;
        }
        episode->replaced.insert(link);
        episode->replacedBy = mechanism;
        episode->heldOff.reset();
        episode->markers.decided = decided;
        episode->markers.operated = now;
        episode->markers.running.reset();
        CheckRepaired(now, session);
    }
}

bool
RouteRecoveryTracker::IsBroken(const Session& session, const Episode& episode) const
{
    return std::any_of(episode.open.begin(), episode.open.end(), [&](const std::string& id) {
        const ActiveFault& fault = m_faults.at(id);
        FaultTarget target = fault.target;
        const RouteId decisive = GetDecisive(session, episode);
        const bool wasHit = m_routes.IsHit(decisive, target);
        if (decisive == episode.before)
        {
            target.links.erase(std::remove_if(target.links.begin(),
                                              target.links.end(),
                                              [&episode](LinkId link) {
                                                  return episode.replaced.count(link) > 0;
                                              }),
                               target.links.end());
        }
        const bool isHit = m_routes.IsHit(decisive, target);
        // packets of another route, or of a hop with other links now, may have found another way
        const bool mayPass = decisive != episode.before || (wasHit && !isHit);
        return isHit || (!mayPass && m_routes.UsesHop(decisive, fault.hops));
    });
}

void
RouteRecoveryTracker::CheckRepaired(Time now, Session& session)
{
    Episode* episode = Current(session);
    if (!episode || GetDecisive(session, *episode) != episode->before ||
        IsBroken(session, *episode))
    {
        return;
    }
    RecoveryMarkers& markers = episode->markers;
    if (!markers.repaired && episode->replacedBy.empty())
    {
        markers.repaired = episode->lastRepair;
    }
    if (!markers.running && m_routes.IsGenerating(episode->before))
    {
        markers.running = now;
    }
}

void
RouteRecoveryTracker::ModuleChanged(Time now, LinkId link, uint32_t end, bool generating)
{
    m_routes.ModuleChanged(link, end, generating);
    for (auto id = m_open.begin(); id != m_open.end();)
    {
        Session& session = m_sessions.at(*id);
        Episode* episode = Current(session);
        id = episode ? std::next(id) : m_open.erase(id);
        if (!episode || !m_routes.UsesLink(GetDecisive(session, *episode), link))
        {
            continue;
        }
        const RouteId decisive = GetDecisive(session, *episode);
        if (!m_routes.IsGenerating(decisive))
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
        RouteId route = FindUsed(session, concerns);
        const Episode* episode = Current(session);
        if (!route.IsValid() && episode && !session.selected.IsValid() && concerns(episode->before))
        {
            // its KM has crashed and has no route
            route = episode->before;
        }
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
    if (!IsUsed(session, route))
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
    if (UsesSeveralRoutes(session.description.policy.resilienceClass))
    {
        // all its routes make its keys together, or take turns
        if (session.description.policy.resilienceClass == CLASS_MULTI_PATH)
        {
            NoteReturn(now, route, session);
        }
        CheckClosed(now, session);
        return;
    }
    CountExtraBits(now, route, bits, session);
    route = GetFirst(session, route);
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
RouteRecoveryTracker::NoteReturn(Time now, RouteId route, Session& session)
{
    for (Episode& episode : session.episodes)
    {
        if (episode.closed && !episode.reverted && episode.before == route &&
            episode.after != episode.before)
        {
            episode.reverted = now;
        }
    }
}

void
RouteRecoveryTracker::CountExtraBits(Time now, RouteId route, uint64_t bits, Session& session)
{
    const RouteId first = GetFirst(session, route);
    const auto episode =
        std::find_if(session.episodes.rbegin(),
                     session.episodes.rend(),
                     [now, first](const Episode& candidate) {
                         // flow mode tells of key that has flowed up to now after the reversion
                         return (candidate.after == first || candidate.restored.count(first) > 0) &&
                                candidate.reverted.value_or(now) == now;
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
    const bool stays = GetDecisive(session, *episode) == episode->before;
    const bool byRepair = stays && episode->replacedBy.empty();
    if ((stays && !markers.running) || (byRepair ? !markers.repaired : !markers.operated))
    {
        return;
    }
    episode->markers.firstKeyUsable = now;
    episode->after = stays ? episode->before : session.selected;
    episode->closed = true;
    Settle(*episode, byRepair, episode->markers);
}

void
RouteRecoveryTracker::Settle(const Episode& episode, bool byRepair, RecoveryMarkers& markers)
{
    const bool stays = !episode.after.IsValid() || episode.after == episode.before;
    if (stays && !episode.replacedBy.empty())
    {
        markers.repaired.reset();
    }
    else if (!byRepair)
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

} // namespace qkdn
} // namespace ns3
