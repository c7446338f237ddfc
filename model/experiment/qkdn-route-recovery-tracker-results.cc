/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The results of RouteRecoveryTracker, and which session stopped which.

#include "qkdn-route-recovery-tracker.h"

#include <utility>

namespace ns3
{
namespace qkdn
{

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

void
RouteRecoveryTracker::DescribeRestoration(const Session& session,
                                          const Episode& episode,
                                          RecoveryResult& result)
{
    const SessionPolicy& policy = session.description.policy;
    const bool restored = episode.restored.count(episode.after) > 0;
    if (policy.resilienceClass != CLASS_RESTORATION && !restored)
    {
        return;
    }
    if (restored && policy.scheme.empty())
    {
        result.mechanism = ResilienceClassName(CLASS_RESTORATION);
    }
    result.demandBps = restored ? episode.recovery.demandBps : policy.demandBps;
    result.recoveredBps = restored && episode.closed ? episode.recovery.recoveredBps : 0;
    result.recoveryRoutes = restored ? episode.recovery.routes.size() : 0;
}

std::vector<TrackedRecovery>
RouteRecoveryTracker::GetResults() const
{
    std::vector<TrackedRecovery> results;
    for (const auto& [id, session] : m_sessions)
    {
        const SessionPolicy& policy = session.description.policy;
        for (const Episode& episode : session.episodes)
        {
            const bool stays = !episode.after.IsValid() || episode.after == episode.before;
            const bool byRepair = stays && episode.replacedBy.empty();
            TrackedRecovery tracked;
            tracked.session = id;
            tracked.incidents = episode.incidents;
            tracked.before = m_routes.GetKms(episode.before);
            RecoveryResult& result = tracked.result;
            result.fault = episode.fault;
            result.alsoFaults = episode.also;
            result.sessionOrGroup = session.description.name;
            result.mechanism =
                stays && !episode.replacedBy.empty() ? episode.replacedBy : policy.GetName();
            result.trigger = ResilienceTriggerName(policy.trigger);
            result.markers = episode.markers;
            Settle(episode, byRepair, result.markers);
            result.extraKeyBits = episode.extraBits;
            DescribeRestoration(session, episode, result);
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
