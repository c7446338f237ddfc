/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-requirement-checker.h"

#include "ns3/qkdn-inventory.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

namespace
{

bool
IsRecovery(const McOperation& operation)
{
    return operation.kind == MC_OPERATION_PROTECTION_SWITCH ||
           operation.kind == MC_OPERATION_RESTORATION;
}

} // namespace

std::vector<ObservedRecovery>
RequirementChecker::GetRecoveries() const
{
    std::vector<ObservedRecovery> recoveries = m_routes.GetRecoveries();
    std::vector<bool> matched(recoveries.size(), false);
    const std::size_t byKms = recoveries.size();
    for (const SeenOperation& seen : m_reported)
    {
        if (!IsRecovery(seen.operation))
        {
            continue;
        }
        std::size_t i = 0;
        while (i < byKms && (matched[i] || recoveries[i].session != seen.operation.session ||
                             recoveries[i].to != seen.operation.to))
        {
            ++i;
        }
        if (i < byKms)
        {
            matched[i] = true;
        }
        else
        {
            recoveries.push_back({seen.operation.session, seen.operation.to, seen.at});
        }
    }
    return recoveries;
}

const RequirementChecker::SeenOperation*
RequirementChecker::FindRecord(const ObservedRecovery& recovery, std::set<std::size_t>& used) const
{
    for (std::size_t i = 0; i < m_logged.size(); ++i)
    {
        const McOperation& operation = m_logged[i].operation;
        if (IsRecovery(operation) && operation.session == recovery.session &&
            operation.to == recovery.to && used.insert(i).second)
        {
            return &m_logged[i];
        }
    }
    return nullptr;
}

const RequirementChecker::SeenStatus*
RequirementChecker::FindStatus(const ObservedRecovery& recovery,
                               std::set<const SeenStatus*>& used) const
{
    const auto states = m_states.find(recovery.session);
    if (states == m_states.end())
    {
        return nullptr;
    }
    for (const SeenStatus& seen : states->second)
    {
        const McSessionStatus& status = seen.status;
        if (seen.at.time + m_settling >= recovery.at.time &&
            seen.at.time <= recovery.at.time + m_settling &&
            ((status.state == MC_SUPPLY_PROTECTED && status.protection == recovery.to) ||
             (status.state == MC_SUPPLY_RECOVERED && status.recovery == recovery.to)) &&
            used.insert(&seen).second)
        {
            return &seen;
        }
    }
    return nullptr;
}

RequirementChecker::Finding
RequirementChecker::CheckGC4(Time end) const
{
    Finding finding;
    finding.met = "recoveries of which a report reached the manager";
    finding.idle = !m_hasController ? "there was no controller"
                   : m_hasManager   ? "there was no recovery"
                                    : "there was no manager";
    if (!m_hasController || !m_hasManager)
    {
        return finding;
    }
    std::set<std::size_t> used;
    std::set<const SeenStatus*> usedStatuses;
    for (const ObservedRecovery& recovery : GetRecoveries())
    {
        const SeenOperation* record = FindRecord(recovery, used);
        const SeenStatus* status = record ? nullptr : FindStatus(recovery, usedStatuses);
        const uint64_t report = record ? record->at.event : status ? status->at.event : 0;
        if (record || status || IsSettled(recovery.at.time, end))
        {
            finding.Add(record || status,
                        "the manager was not told that " + NameOf(recovery.session) +
                            " went over to " + NameOf(recovery.to) + " at " +
                            AtTime(recovery.at.time),
                        {recovery.at.event, report});
        }
    }
    m_protection.CheckActions(end, true, finding);
    return finding;
}

const RequirementChecker::SeenStatus*
RequirementChecker::FindInterrupted(SessionId session, const SeenInterruption& interruption) const
{
    const auto states = m_states.find(session);
    for (std::size_t i = 0; states != m_states.end() && i < states->second.size(); ++i)
    {
        const SeenStatus& status = states->second[i];
        const bool lasted =
            i + 1 == states->second.size() || states->second[i + 1].at.time >= interruption.start;
        if (IsSupplyInterrupted(status.status.state) && lasted &&
            status.at.time <= interruption.end + m_settling)
        {
            return &status;
        }
    }
    return nullptr;
}

const RequirementChecker::SeenOperation*
RequirementChecker::FindAction(SessionId session, Time since, Time until, bool preemption) const
{
    const auto action =
        std::find_if(m_logged.begin(), m_logged.end(), [&](const SeenOperation& logged) {
            return logged.operation.session == session && logged.at.time >= since &&
                   logged.at.time <= until &&
                   logged.operation.kind != MC_OPERATION_RESTORATION_FAILED &&
                   (logged.operation.kind == MC_OPERATION_PREEMPTION) == preemption;
        });
    return action == m_logged.end() ? nullptr : &*action;
}

void
RequirementChecker::CheckResponse(SessionId session,
                                  const SeenInterruption& interruption,
                                  Time end,
                                  Finding& finding) const
{
    const SeenStatus* seen = FindInterrupted(session, interruption);
    if (!seen)
    {
        finding.Add(false,
                    "the manager did not see the interruption of " + NameOf(session) + " at " +
                        AtTime(interruption.start),
                    {});
        return;
    }
    const Time until = interruption.end + m_settling;
    const Time since = Min(seen->at.time, interruption.start);
    const SeenOperation* action = FindAction(session, since, until, false);
    // the record of a pre-emption may have come just before the state that it led to
    const SeenOperation* preemption = seen->status.state == MC_SUPPLY_PREEMPTED
                                          ? FindAction(session, since - m_settling, until, true)
                                          : nullptr;
    if (!action && preemption && interruption.end >= end)
    {
        finding.idle = "key supply was interrupted to the end, for the sake of another session";
        return;
    }
    finding.Add(
        action,
        "nothing was done about the interruption of " + NameOf(session) + " at " +
            AtTime(interruption.start),
        {seen->at.event, preemption ? preemption->at.event : 0, action ? action->at.event : 0});
}

RequirementChecker::Finding
RequirementChecker::CheckGM0b(Time end) const
{
    Finding finding;
    finding.met = "interruptions of key supply that the manager saw and that were answered";
    finding.idle = m_hasManager ? "key supply was not interrupted" : "there was no manager";
    if (!m_hasManager)
    {
        return finding;
    }
    for (const auto& [session, interruptions] : m_interruptions)
    {
        Time ready = Time::Max();
        for (const auto& route : m_routes.GetGivenRoutes(session))
        {
            ready = Min(ready, route.second.time);
        }
        for (const SeenInterruption& interruption : interruptions)
        {
            if (interruption.start >= ready && IsSettled(interruption.start, end))
            {
                CheckResponse(session, interruption, end, finding);
            }
        }
    }
    return finding;
}

RequirementChecker::Finding
RequirementChecker::CheckGM1(Time end) const
{
    Finding finding;
    finding.met = "kinds of messages seen";
    finding.idle = m_hasManager ? "there was no recovery" : "there was no manager";
    const auto recoveries = GetRecoveries();
    const bool exercised =
        m_hasManager &&
        std::any_of(recoveries.begin(), recoveries.end(), [&](const ObservedRecovery& recovery) {
            return IsSettled(recovery.at.time, end) || !m_logged.empty();
        });
    if (!exercised)
    {
        return finding;
    }
    const auto look = [&finding](const std::optional<Sighting>& first, const std::string& what) {
        finding.Add(first.has_value(), "no " + what, {first ? first->event : 0});
    };
    look(m_firstStatus, "status reached the manager");
    look(m_firstAccepted, "policy of the manager was accepted");
    for (const auto& [km, policy] : m_kmPolicies)
    {
        if (policy.accepted || IsSettled(policy.sent.time, end))
        {
            look(policy.accepted, "policy of the manager was accepted by key manager " + km);
        }
    }
    look(m_logged.empty() ? std::nullopt : std::optional<Sighting>(m_logged.front().at),
         "action reached the manager");
    return finding;
}

void
RequirementChecker::CompareRoutes(Time end, Finding& finding) const
{
    const auto report = [&finding](RouteId route, const std::string& what, uint64_t event) {
        finding.Add(false, NameOf(route) + " " + what, {event});
    };
    for (const auto& [id, observed] : m_routes.GetRoutes())
    {
        const auto entry = m_table.find(id);
        const bool known = entry != m_table.end();
        const bool released = known && entry->second.status.state == MC_ROUTE_RELEASED;
        const uint64_t event = observed.changed.event;
        if (!IsSettled(observed.changed.time, end))
        {
            continue;
        }
        if (observed.complete && !known)
        {
            report(id, "is installed and not in the manager's table", event);
        }
        else if (!observed.holders.empty() && released)
        {
            report(id, "is installed and released in the manager's table", event);
        }
        else if (observed.holders.empty() && known && !released)
        {
            report(id, "is not installed any more but so in the manager's table", event);
        }
        else if (observed.complete && known &&
                 (entry->second.status.route.kms != observed.route.kms ||
                  entry->second.status.route.role != observed.route.role))
        {
            report(id, "is another one in the manager's table", event);
        }
        else if (observed.complete && known)
        {
            const std::string wrong = CompareStatus(observed, entry->second.status.state, end);
            if (!wrong.empty())
            {
                report(id, wrong, entry->second.at.event);
            }
        }
    }
    for (const auto& [id, entry] : m_table)
    {
        if (m_routes.GetRoutes().count(id) == 0 && entry.status.state != MC_ROUTE_RELEASED &&
            IsSettled(entry.at.time, end))
        {
            report(id, "is in the manager's table and was never installed", entry.at.event);
        }
    }
}

std::string
RequirementChecker::CompareStatus(const ObservedRoute& observed, McRouteState state, Time end) const
{
    const RouteWord word = m_routes.GetLastWord(observed.route.session, observed.route.id);
    if (word.failed && IsSettled(word.failed->since, end) &&
        word.failed->value != (state == MC_ROUTE_FAILED))
    {
        return word.failed->value ? "has failed and is not said to in the manager's table"
                                  : "has not failed any more but so in the manager's table";
    }
    if (word.used && IsSettled(word.used->since, end) &&
        ((word.used->value && state == MC_ROUTE_STANDBY) ||
         (!word.used->value && state == MC_ROUTE_ACTIVE)))
    {
        return word.used->value ? "is in use and on standby in the manager's table"
                                : "is not in use and active in the manager's table";
    }
    return "";
}

RequirementChecker::Finding
RequirementChecker::CheckRM1(Time end) const
{
    Finding finding;
    finding.met = "recoveries recorded, and the table of routes equals the KMs";
    finding.idle = m_hasManager ? "there was no recovery" : "there was no manager";
    if (!m_hasManager)
    {
        return finding;
    }
    std::set<std::size_t> used;
    for (const ObservedRecovery& recovery : GetRecoveries())
    {
        const SeenOperation* record = FindRecord(recovery, used);
        if (record || IsSettled(recovery.at.time, end))
        {
            finding.Add(record != nullptr,
                        "no record that " + NameOf(recovery.session) + " went over to " +
                            NameOf(recovery.to) + " at " + AtTime(recovery.at.time),
                        {recovery.at.event, record ? record->at.event : 0});
        }
    }
    m_protection.CheckActions(end, false, finding);
    CompareRoutes(end, finding);
    return finding;
}

} // namespace qkdn
} // namespace ns3
