/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-recovery-tracker.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

void
RecoveryTracker::AddSession(const TrackedSession& session)
{
    m_sessions[session.id].description = session;
}

bool
RecoveryTracker::HasSession(SessionId session) const
{
    return m_sessions.find(session) != m_sessions.end();
}

bool
RecoveryTracker::Uses(const Session& session, LinkId link)
{
    const std::vector<LinkId>& links = session.description.links;
    return std::find(links.begin(), links.end(), link) != links.end();
}

bool
RecoveryTracker::IsBetween(const Session& session, KmId a, KmId b)
{
    const KmId master = session.description.masterKm;
    const KmId slave = session.description.slaveKm;
    return (a == master && b == slave) || (a == slave && b == master);
}

void
RecoveryTracker::Begin(Time since, const std::string& fault, Session& session) const
{
    session.current = std::make_unique<Episode>();
    session.current->fault = fault;
    session.current->open.insert(fault);
    session.current->markers.fault = since;
    session.current->modulesStopped = !IsGenerating(session);
}

void
RecoveryTracker::Extend(const std::string& fault, Episode& episode)
{
    episode.also.push_back(fault);
    episode.open.insert(fault);
    // what came after an earlier repair was undone
    episode.mechanism.clear();
    episode.markers.repaired.reset();
    episode.markers.operated.reset();
    episode.markers.running.reset();
    episode.markers.blockFilled.reset();
    episode.markers.distilled.reset();
    episode.markers.confirmed.reset();
    episode.blocks.Clear();
}

void
RecoveryTracker::FaultStruck(Time now,
                             const std::string& fault,
                             const std::vector<SessionId>& sessions)
{
    for (const SessionId id : sessions)
    {
        Session& session = m_sessions.at(id);
        if (session.current)
        {
            Extend(fault, *session.current);
        }
        else
        {
            Begin(now, fault, session);
        }
    }
}

void
RecoveryTracker::PossibleFaultStruck(Time now,
                                     const std::string& fault,
                                     const std::vector<SessionId>& sessions)
{
    m_possible.push_back(PossibleFault{fault, now, sessions});
}

void
RecoveryTracker::AdoptPossibleFaults(SessionId id, Session& session)
{
    for (const PossibleFault& fault : m_possible)
    {
        if (std::find(fault.sessions.begin(), fault.sessions.end(), id) == fault.sessions.end())
        {
            continue;
        }
        if (!session.current)
        {
            Begin(fault.since, fault.id, session);
        }
        else if (session.current->fault != fault.id &&
                 session.current->open.find(fault.id) == session.current->open.end())
        {
            Extend(fault.id, *session.current);
        }
    }
}

void
RecoveryTracker::FaultRepaired(Time now, const std::string& fault)
{
    m_possible.erase(
        std::remove_if(m_possible.begin(),
                       m_possible.end(),
                       [&fault](const PossibleFault& possible) { return possible.id == fault; }),
        m_possible.end());
    for (auto& [id, session] : m_sessions)
    {
        if (!session.current || session.current->open.erase(fault) == 0 ||
            !session.current->open.empty())
        {
            continue;
        }
        if (session.current->mechanism.empty())
        {
            session.current->markers.repaired = now;
            session.current->markers.operated = now;
            CheckRunning(now, session);
        }
    }
}

void
RecoveryTracker::LinkProtected(Time now, Time decided, LinkId link, const std::string& mechanism)
{
    for (auto& [id, session] : m_sessions)
    {
        // what brings back key that has come back already is the reversion, or of another failure
        if (!session.current || !Uses(session, link) || session.current->markers.repaired ||
            session.current->markers.confirmed)
        {
            continue;
        }
        RecoveryMarkers& markers = session.current->markers;
        session.current->mechanism = mechanism;
        markers.notified = markers.notified.value_or(decided);
        markers.decided = std::max(decided, *markers.notified);
        markers.operated = now;
        markers.running.reset();
        CheckRunning(now, session);
    }
}

void
RecoveryTracker::NoteIncident(Time now, IncidentId incident, Session& session)
{
    RecoveryMarkers& markers = session.current->markers;
    if (markers.repaired && markers.detected)
    {
        return;
    }
    session.current->incidents.insert(incident);
    if (markers.detected)
    {
        return;
    }
    markers.detected = now;
    markers.holdOffOver = now;
    if (markers.repaired)
    {
        // detection outlasted a short fault: each marker is at or after the one before
        markers.repaired = now;
        markers.operated = now;
        markers.running.reset();
    }
}

void
RecoveryTracker::LinkIncident(Time now, LinkId link, IncidentId incident)
{
    for (auto& [id, session] : m_sessions)
    {
        if (!Uses(session, link))
        {
            continue;
        }
        AdoptPossibleFaults(id, session);
        if (session.current)
        {
            NoteIncident(now, incident, session);
            CheckRunning(now, session);
        }
    }
}

void
RecoveryTracker::NeighbourIncident(Time now, KmId km, KmId neighbour, IncidentId incident)
{
    for (auto& [id, session] : m_sessions)
    {
        if (!IsBetween(session, km, neighbour))
        {
            continue;
        }
        AdoptPossibleFaults(id, session);
        if (session.current)
        {
            NoteIncident(now, incident, session);
            Inform(now, session, km);
            CheckRunning(now, session);
        }
    }
}

void
RecoveryTracker::LinkReported(Time now, KmId km, LinkId link)
{
    for (auto& [id, session] : m_sessions)
    {
        if (session.current && Uses(session, link))
        {
            Inform(now, session, km);
        }
    }
}

void
RecoveryTracker::Inform(Time now, Session& session, KmId km)
{
    RecoveryMarkers& markers = session.current->markers;
    const KmId master = session.description.masterKm;
    // while the master's KM does not run, the slave's KM is all there is to decide
    const bool decides = km == master || m_stopped.find(master) != m_stopped.end();
    if (decides && markers.detected && !markers.notified &&
        (!markers.repaired || *markers.repaired == now))
    {
        markers.notified = now;
        // an unprotected session waits for the repair as soon as the failure is known
        markers.decided = now;
    }
}

bool
RecoveryTracker::IsGenerating(const Session& session) const
{
    return std::any_of(session.description.links.begin(),
                       session.description.links.end(),
                       [this](LinkId link) {
                           const auto found = m_generating.find(link);
                           return found != m_generating.end() && found->second[0] &&
                                  found->second[1];
                       });
}

bool
RecoveryTracker::HasAgreed(const Session& session) const
{
    const KmId master = session.description.masterKm;
    const KmId slave = session.description.slaveKm;
    return m_agreed.find({master, slave}) != m_agreed.end() &&
           m_agreed.find({slave, master}) != m_agreed.end();
}

void
RecoveryTracker::CheckRunning(Time now, Session& session)
{
    RecoveryMarkers& markers = session.current->markers;
    if (!markers.operated || markers.running || !IsGenerating(session))
    {
        return;
    }
    markers.running = now;
    if (!session.current->modulesStopped && HasAgreed(session))
    {
        markers.confirmed = now;
    }
}

void
RecoveryTracker::ModuleChanged(Time now, LinkId link, uint32_t end, bool generating)
{
    m_generating[link].at(end) = generating;
    for (auto& [id, session] : m_sessions)
    {
        if (!session.current || !Uses(session, link))
        {
            continue;
        }
        if (!IsGenerating(session))
        {
            session.current->modulesStopped = true;
            // a module that stops after the repair, before it had noticed the fault, runs again
            // later
            session.current->markers.running.reset();
            session.current->markers.blockFilled.reset();
            session.current->markers.distilled.reset();
            session.current->markers.confirmed.reset();
            session.current->blocks.Clear();
        }
        CheckRunning(now, session);
    }
}

void
RecoveryTracker::BlockFilled(Time now, const KeyId& key)
{
    for (auto& [id, session] : m_sessions)
    {
        if (session.current && session.current->markers.running &&
            !session.current->markers.confirmed && Uses(session, key.link))
        {
            session.current->blocks.Fill(now, key);
        }
    }
}

void
RecoveryTracker::KeyDelivered(Time now, const KeyId& key)
{
    for (auto& [id, session] : m_sessions)
    {
        if (session.current)
        {
            session.current->blocks.Deliver(now, key);
        }
    }
}

void
RecoveryTracker::KeyConfirmed(Time now, const KeyId& key)
{
    for (auto& [id, session] : m_sessions)
    {
        if (session.current && !session.current->markers.confirmed)
        {
            session.current->blocks.Confirm(now, key, session.current->markers);
        }
    }
}

void
RecoveryTracker::NeighbourChanged(Time now, KmId km, KmId neighbour, bool agreed)
{
    if (agreed)
    {
        m_agreed.insert({km, neighbour});
    }
    else
    {
        m_agreed.erase({km, neighbour});
    }
    for (auto& [id, session] : m_sessions)
    {
        if (!session.current || session.current->modulesStopped ||
            !session.current->markers.running)
        {
            continue;
        }
        std::optional<Time>& confirmed = session.current->markers.confirmed;
        if (!HasAgreed(session))
        {
            confirmed.reset();
        }
        else if (!confirmed)
        {
            confirmed = now;
        }
    }
}

void
RecoveryTracker::ProcessChanged(KmId km, bool running)
{
    if (running)
    {
        m_stopped.erase(km);
        return;
    }
    m_stopped.insert(km);
    for (auto pair = m_agreed.begin(); pair != m_agreed.end();)
    {
        pair = pair->first == km ? m_agreed.erase(pair) : std::next(pair);
    }
}

void
RecoveryTracker::KeySupplied(Time now, SessionId id)
{
    const auto found = m_sessions.find(id);
    if (found == m_sessions.end() || !found->second.current)
    {
        return;
    }
    Session& session = found->second;
    if (session.current->markers.confirmed)
    {
        session.current->markers.firstKeyUsable = now;
        session.finished.push_back(std::move(*session.current));
        session.current.reset();
    }
}

std::vector<TrackedRecovery>
RecoveryTracker::GetResults() const
{
    std::vector<TrackedRecovery> results;
    for (const auto& [id, session] : m_sessions)
    {
        std::vector<Episode> episodes = session.finished;
        if (session.current)
        {
            episodes.push_back(*session.current);
        }
        for (const Episode& episode : episodes)
        {
            TrackedRecovery tracked;
            tracked.session = id;
            tracked.incidents = episode.incidents;
            tracked.before = {session.description.masterKm, session.description.slaveKm};
            RecoveryResult& result = tracked.result;
            result.fault = episode.fault;
            result.alsoFaults = episode.also;
            result.sessionOrGroup = session.description.name;
            result.mechanism = episode.mechanism.empty() ? "unprotected" : episode.mechanism;
            result.trigger = "link-down";
            result.markers = episode.markers;
            if (episode.markers.firstKeyUsable)
            {
                result.outcome = episode.mechanism.empty() ? RECOVERY_REPAIRED : RECOVERY_RECOVERED;
                tracked.after = tracked.before;
            }
            results.push_back(std::move(tracked));
        }
    }
    return results;
}

} // namespace qkdn
} // namespace ns3
