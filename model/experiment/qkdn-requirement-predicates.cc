/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-requirement-checker.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

// ---- key management layer

RequirementChecker::Finding
RequirementChecker::CheckGK1(Time end) const
{
    Finding finding;
    finding.met = "failures of the route in use with an available alternative that led to a switch";
    finding.idle = "no route in use failed for longer than hold-off while another was available";
    for (const SwitchDuty& duty : m_routes.GetDuties(end))
    {
        finding.Add(duty.done,
                    NameOf(duty.session) + " did not leave " + NameOf(duty.failed) + " for " +
                        NameOf(duty.alternative) + ", due at " + AtTime(duty.since),
                    duty.evidence);
    }
    return finding;
}

RequirementChecker::Finding
RequirementChecker::CheckPK1(Time end) const
{
    Finding finding;
    finding.met = "failures that led to a switch to the protection route";
    finding.idle =
        "no route in use failed for longer than hold-off while a protection route was available";
    for (const SwitchDuty& duty : m_routes.GetDuties(end))
    {
        if (duty.toProtection)
        {
            finding.Add(duty.doneToProtection,
                        NameOf(duty.session) + " did not leave " + NameOf(duty.failed) +
                            " for its protection " + NameOf(duty.alternative) + ", due at " +
                            AtTime(duty.since),
                        duty.evidence);
        }
    }
    return finding;
}

// ---- control layer

RequirementChecker::Finding
RequirementChecker::CheckFaultedSessions(bool seamless) const
{
    Finding finding;
    finding.idle = m_hasController ? "no fault concerned a session" : "there was no controller";
    for (const SeenFault& fault : m_faults)
    {
        for (const SessionId id : fault.sessions)
        {
            const auto session = m_sessions.find(id);
            if (!m_hasController || session == m_sessions.end() ||
                session->second.policy.extraTraffic || !HasConcerned(fault, id))
            {
                continue;
            }
            const auto protection = fault.protections.find(id);
            const bool hasProtection = protection != fault.protections.end();
            std::string what;
            if (!hasProtection)
            {
                what = NameOf(id) + " had no protection route when " + fault.id + " struck at " +
                       AtTime(fault.at.time);
            }
            else if (const auto hit = seamless ? FindInterruption(id, fault.at.time) : std::nullopt)
            {
                what = "key supply of " + NameOf(id) + " was interrupted at " + AtTime(hit->start) +
                       " in spite of its protection route (" + fault.id + ")";
            }
            finding.Add(what.empty(),
                        what,
                        {fault.at.event, hasProtection ? protection->second.event : 0});
        }
    }
    return finding;
}

bool
RequirementChecker::HasConcerned(const SeenFault& fault, SessionId session) const
{
    if (!m_concerned)
    {
        return true;
    }
    const auto sessions = m_concerned->find(fault.id);
    return sessions != m_concerned->end() && sessions->second.count(session) > 0;
}

std::optional<RequirementChecker::SeenInterruption>
RequirementChecker::FindInterruption(SessionId session, Time since) const
{
    const auto interruptions = m_interruptions.find(session);
    if (interruptions != m_interruptions.end())
    {
        for (const SeenInterruption& one : interruptions->second)
        {
            if (one.end > since)
            {
                return one;
            }
        }
    }
    return std::nullopt;
}

RequirementChecker::Finding
RequirementChecker::CheckGC0(Time /* end */) const
{
    Finding finding = CheckFaultedSessions(false);
    finding.met = "sessions concerned by a fault with a protection route installed before";
    return finding;
}

RequirementChecker::Finding
RequirementChecker::CheckPC1(Time /* end */) const
{
    Finding finding = CheckFaultedSessions(true);
    finding.met = "sessions concerned by a fault with a protection route installed before and no "
                  "interruption";
    return finding;
}

std::vector<ObservedFailure>
RequirementChecker::GetLastingFailures(Time end) const
{
    std::vector<ObservedFailure> lasting;
    for (const ObservedFailure& failure : m_routes.GetFailures())
    {
        if (failure.inUse && IsSettled(failure.holdOffOver, failure.ended.value_or(end)))
        {
            lasting.push_back(failure);
        }
    }
    return lasting;
}

RequirementChecker::Finding
RequirementChecker::CheckGC1(Time end) const
{
    Finding finding;
    finding.met = "sessions that were given more than one route";
    finding.idle =
        m_hasController ? "no session needed more than one route" : "there was no controller";
    if (!m_hasController)
    {
        return finding;
    }
    const std::vector<ObservedFailure> failures = GetLastingFailures(end);
    for (const auto& [id, session] : m_sessions)
    {
        const SessionId wanted = id;
        const auto routes = m_routes.GetGivenRoutes(id);
        const bool failed =
            std::any_of(failures.begin(), failures.end(), [wanted](const ObservedFailure& failure) {
                return failure.session == wanted;
            });
        if (session.policy.extraTraffic || routes.empty() ||
            (!HasProtectionRoute(session.policy.resilienceClass) && !failed))
        {
            continue;
        }
        std::vector<uint64_t> events;
        std::set<std::vector<KmId>> ways;
        for (const auto& [route, given] : routes)
        {
            events.push_back(given.event);
            ways.insert(m_routes.GetRoutes().at(route).route.kms);
        }
        finding.Add(ways.size() > 1, NameOf(id) + " was given one route only", events);
    }
    return finding;
}

RequirementChecker::Finding
RequirementChecker::CheckGC3(Time end) const
{
    Finding finding;
    finding.met = "sessions moved, pre-empted or resumed because of a failure";
    finding.idle =
        m_hasController ? "no failure called for control of sessions" : "there was no controller";
    for (const SeenOperation& seen : m_reported)
    {
        if (seen.relevant)
        {
            finding.Add(true, "", {seen.at.event});
        }
    }
    if (finding.good > 0 || !m_hasController)
    {
        return finding;
    }
    for (const ObservedFailure& failure : GetLastingFailures(end))
    {
        const auto session = m_sessions.find(failure.session);
        const SessionPolicy& policy = session->second.policy;
        // sessions of class route-1:1 and those over several routes are moved by their KMs, and
        // extra traffic gives way
        if (!HasProtectionRoute(policy.resilienceClass) &&
            !UsesSeveralRoutes(policy.resilienceClass) && !policy.extraTraffic)
        {
            finding.Add(false,
                        "nothing was done for " + NameOf(failure.session) + " when " +
                            NameOf(failure.route) + " failed at " + AtTime(failure.failed.time),
                        {failure.failed.event});
        }
    }
    return finding;
}

RequirementChecker::Finding
RequirementChecker::CheckRC1(Time /* end */) const
{
    Finding finding;
    finding.met = "recovery routes in use at once";
    finding.idle = m_hasController ? "no recovery route was in use" : "there was no controller";
    const std::vector<Sighting> most =
        m_hasController ? m_routes.GetMostRecoveriesInUse() : std::vector<Sighting>();
    std::vector<uint64_t> events;
    events.reserve(most.size());
    for (const Sighting& sighting : most)
    {
        events.push_back(sighting.event);
    }
    if (most.size() == 1)
    {
        finding.Add(false, "never more than one recovery route was in use at once", events);
    }
    else if (!most.empty())
    {
        finding.Add(true, "", events);
        finding.good = most.size();
    }
    return finding;
}

void
RequirementChecker::CheckSearch(const ObservedFailure& failure, Time end, Finding& finding) const
{
    const Time limit = Min(failure.ended.value_or(end), end);
    const SeenCompletion* completion = nullptr;
    const SeenCompletion* partial = nullptr;
    for (const SeenCompletion& seen : m_completions)
    {
        const auto route = m_routes.GetRoutes().find(seen.route);
        if (!completion && seen.session == failure.session && seen.at.time >= failure.failed.time &&
            seen.at.time <= limit && route != m_routes.GetRoutes().end() &&
            route->second.route.role == ROUTE_RECOVERY)
        {
            (m_partial.count(seen.route) > 0 ? partial : completion) = &seen;
        }
    }
    const Time until = completion ? completion->at.time : limit;
    const Time toleration = m_sessions.at(failure.session).policy.toleration;
    std::optional<Time> deadline;
    const auto interruptions = m_interruptions.find(failure.session);
    if (interruptions != m_interruptions.end() && toleration != Time::Max())
    {
        for (const SeenInterruption& one : interruptions->second)
        {
            const Time candidate = one.start + toleration;
            // with a part of the keys it may be over before
            if (one.end >= failure.failed.time && one.start <= until &&
                (!partial || candidate < one.end))
            {
                deadline = deadline ? Min(*deadline, candidate) : candidate;
            }
        }
    }
    const bool late = deadline && *deadline < until;
    if (completion || partial || late)
    {
        finding.Add(!late,
                    NameOf(failure.session) + " had " +
                        (partial ? "recovery routes for a part of its keys only"
                                 : "no recovery route in place") +
                        " when its toleration time was over at " + AtTime(deadline.value_or(until)),
                    {failure.failed.event,
                     partial ? partial->at.event : 0,
                     completion ? completion->at.event : 0});
    }
}

RequirementChecker::Finding
RequirementChecker::CheckRC2(Time end) const
{
    Finding finding;
    finding.met = "recovery routes that were in place within the toleration time";
    finding.idle = m_hasController ? "no recovery route was searched" : "there was no controller";
    if (!m_hasController)
    {
        return finding;
    }
    for (const ObservedFailure& failure : GetSearches())
    {
        CheckSearch(failure, end, finding);
    }
    return finding;
}

std::vector<ObservedFailure>
RequirementChecker::GetSearches() const
{
    std::vector<ObservedFailure> searches;
    for (const ObservedFailure& failure : m_routes.GetFailures())
    {
        const SessionPolicy& policy = m_sessions.at(failure.session).policy;
        if (policy.resilienceClass == CLASS_RESTORATION)
        {
            if (failure.inUse)
            {
                searches.push_back(failure);
            }
        }
        else if (policy.IsRestored())
        {
            if (const auto last = FindEscalation(failure))
            {
                searches.push_back(*last);
            }
        }
    }
    return searches;
}

std::optional<ObservedFailure>
RequirementChecker::FindEscalation(const ObservedFailure& failure) const
{
    std::set<RouteId> good;
    for (const auto& entry : m_routes.GetGivenRoutes(failure.session))
    {
        const RouteRole role = m_routes.GetRoutes().at(entry.first).route.role;
        if (role == ROUTE_WORKING || role == ROUTE_PROTECTION)
        {
            good.insert(entry.first);
        }
    }
    ObservedFailure last = failure;
    bool used = failure.inUse;
    good.erase(failure.route);
    for (const ObservedFailure& other : m_routes.GetFailures())
    {
        if (other.session == failure.session && other.failed.time <= failure.failed.time &&
            other.ended.value_or(Time::Max()) > failure.failed.time && good.erase(other.route) > 0)
        {
            used = used || other.inUse;
            last.ended = Min(last.ended.value_or(Time::Max()), other.ended.value_or(Time::Max()));
        }
    }
    return used && good.empty() ? std::optional<ObservedFailure>(last) : std::nullopt;
}

} // namespace qkdn
} // namespace ns3
