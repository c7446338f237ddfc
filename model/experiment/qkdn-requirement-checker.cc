/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-requirement-checker.h"

#include "qkdn-requirement-catalogue.h"

#include "ns3/abort.h"

#include <iomanip>
#include <sstream>
#include <utility>

namespace ns3
{
namespace qkdn
{

namespace
{

/// Cases that a reason names before it counts the rest.
constexpr std::size_t MAX_CASES = 3;

std::string
JoinCases(const std::vector<std::string>& cases)
{
    std::string text;
    for (std::size_t i = 0; i < cases.size() && i < MAX_CASES; ++i)
    {
        text += (i == 0 ? "" : "; ") + cases[i];
    }
    return cases.size() > MAX_CASES
               ? text + "; and " + std::to_string(cases.size() - MAX_CASES) + " more"
               : text;
}

RequirementStatus
StatusOf(RequirementLevel level, bool good)
{
    switch (level)
    {
    case LEVEL_REQUIRED:
        return good ? REQUIREMENT_SATISFIED : REQUIREMENT_VIOLATED;
    case LEVEL_RECOMMENDED:
        return good ? REQUIREMENT_SATISFIED : REQUIREMENT_NOT_FOLLOWED;
    case LEVEL_OPTIONAL:
        return good ? REQUIREMENT_USED : REQUIREMENT_NOT_USED;
    }
    return REQUIREMENT_NOT_EXERCISED;
}

} // namespace

RequirementChecker::RequirementChecker(Time settling)
    : m_settling(settling),
      m_protection(settling),
      m_charging(settling),
      m_routes(settling)
{
}

void
RequirementChecker::AddController()
{
    m_hasController = true;
}

void
RequirementChecker::AddManager()
{
    m_hasManager = true;
    m_protection.AddManager();
}

ProtectionRequirements&
RequirementChecker::GetProtection()
{
    return m_protection;
}

ChargingRequirements&
RequirementChecker::GetCharging()
{
    return m_charging;
}

void
RequirementChecker::AddSession(const KeySession& session)
{
    m_sessions[session.id] = session;
    m_routes.AddSession(session);
}

void
RequirementChecker::RouteChanged(const Sighting& at, KmId km, const KeyRoute& route, bool installed)
{
    m_routes.RouteChanged(at, km, route, installed);
}

void
RequirementChecker::RouteFixed(const Sighting& at, SessionId session, bool fixed)
{
    m_routes.RouteFixed(at, session, fixed);
}

void
RequirementChecker::RouteEvent(const Sighting& at,
                               SessionId session,
                               RouteId route,
                               RouteEventKind kind)
{
    m_routes.RouteEvent(at, session, route, kind);
}

void
RequirementChecker::RouteUsed(const Sighting& at, SessionId session, RouteId route)
{
    m_routes.RouteUsed(at, session, route);
}

void
RequirementChecker::ProcessChanged(const Sighting& at, KmId km, bool running)
{
    m_routes.ProcessChanged(at, km, running);
}

void
RequirementChecker::ControllerCompleted(const Sighting& at, SessionId session, RouteId route)
{
    m_completions.push_back({at, session, route});
}

void
RequirementChecker::RecoveryChosen(const SessionRecovery& recovery)
{
    m_routes.RecoveryChosen(recovery.session, recovery.routes);
    if (recovery.recoveredBps < recovery.demandBps)
    {
        m_partial.insert(recovery.routes.begin(), recovery.routes.end());
        return;
    }
    for (const RouteId route : recovery.routes)
    {
        m_partial.erase(route);
    }
}

void
RequirementChecker::ControllerOperation(const Sighting& at,
                                        const McOperation& operation,
                                        IncidentId incident)
{
    SeenOperation seen{at, operation, false};
    const auto from = m_routes.GetRoutes().find(operation.from);
    const auto session = m_sessions.find(operation.session);
    switch (operation.kind)
    {
    case MC_OPERATION_RESTORATION:
        // a controller that has started again knows that the route fails, and not since when
        seen.relevant = incident.IsValid() || m_routes.HasFailed(operation.session, operation.from);
        break;
    case MC_OPERATION_REVERSION:
        // there is no recovery route without a failure
        seen.relevant =
            from != m_routes.GetRoutes().end() && from->second.route.role == ROUTE_RECOVERY;
        break;
    case MC_OPERATION_PREEMPTION:
    case MC_OPERATION_RESUMPTION:
        seen.relevant = incident.IsValid() && session != m_sessions.end() &&
                        !session->second.policy.extraTraffic;
        break;
    case MC_OPERATION_PROTECTION_SWITCH:
    case MC_OPERATION_RESTORATION_FAILED:
        break;
    }
    const OperationKey key(seen.relevant,
                           operation.kind,
                           operation.session,
                           operation.from,
                           operation.to,
                           operation.informed,
                           operation.decided,
                           operation.completed);
    if (m_reportedKeys.insert(key).second)
    {
        m_reported.push_back(seen);
    }
}

void
RequirementChecker::ManagerOperation(const Sighting& at, const McOperation& operation)
{
    m_logged.push_back({at, operation, false});
}

void
RequirementChecker::ManagerRouteStatus(const Sighting& at, const McRouteStatus& status)
{
    m_table[status.route.id] = TableRoute{at, status};
    ManagerLinkStatus(at);
}

void
RequirementChecker::ManagerSessionStatus(const Sighting& at, const McSessionStatus& status)
{
    m_states[status.session].push_back({at, status});
    ManagerLinkStatus(at);
}

void
RequirementChecker::ManagerLinkStatus(const Sighting& at)
{
    if (!m_firstStatus)
    {
        m_firstStatus = at;
    }
}

void
RequirementChecker::ManagerPolicy(const Sighting& at, bool accepted)
{
    if (accepted && !m_firstAccepted)
    {
        m_firstAccepted = at;
    }
}

void
RequirementChecker::KmPolicy(const Sighting& at,
                             const std::string& km,
                             uint32_t number,
                             bool accepted)
{
    PolicyOfKm& policy = m_kmPolicies[km];
    if (policy.number != number)
    {
        policy = PolicyOfKm{number, at};
    }
    if (accepted && !policy.accepted)
    {
        policy.accepted = at;
    }
}

void
RequirementChecker::FaultStruck(const Sighting& at,
                                const std::string& fault,
                                const std::vector<SessionId>& sessions)
{
    m_protection.FaultStruck(at);
    SeenFault seen{fault, at, sessions, {}};
    for (const SessionId session : sessions)
    {
        if (const auto protection = m_routes.GetProtection(session))
        {
            seen.protections.emplace_hint(seen.protections.end(), session, *protection);
        }
    }
    m_faults.push_back(std::move(seen));
}

void
RequirementChecker::SetConcerned(const std::map<std::string, std::set<SessionId>>& sessions)
{
    m_concerned = sessions;
}

void
RequirementChecker::SupplyInterrupted(SessionId session, Time start, Time end)
{
    m_interruptions[session].push_back({start, end});
}

RequirementChecker::Predicate
RequirementChecker::FindPredicate(const std::string& id)
{
    static const std::map<std::string, Predicate> PREDICATES = {
        {"G-K1", &RequirementChecker::CheckGK1},
        {"P-K1", &RequirementChecker::CheckPK1},
        {"G-C0", &RequirementChecker::CheckGC0},
        {"G-C1", &RequirementChecker::CheckGC1},
        {"G-C2", &RequirementChecker::CheckGC2},
        {"G-C3", &RequirementChecker::CheckGC3},
        {"G-C4", &RequirementChecker::CheckGC4},
        {"P-C1", &RequirementChecker::CheckPC1},
        {"G-M0b", &RequirementChecker::CheckGM0b},
        {"G-M1", &RequirementChecker::CheckGM1},
        {"R-C1", &RequirementChecker::CheckRC1},
        {"R-C2", &RequirementChecker::CheckRC2},
        {"R-M1", &RequirementChecker::CheckRM1},
    };
    const auto found = PREDICATES.find(id);
    NS_ABORT_MSG_IF(found == PREDICATES.end(), "nothing judges requirement " << id);
    return found->second;
}

RequirementChecker::Finding
RequirementChecker::FindOut(const std::string& id, Time end) const
{
    if (ProtectionRequirements::Covers(id))
    {
        return m_protection.Check(id, end);
    }
    return (this->*FindPredicate(id))(end);
}

RequirementChecker::Finding
RequirementChecker::CheckGC2(Time end) const
{
    return m_charging.Check(end, [this](SessionId session) { return NameOf(session); });
}

std::vector<RequirementResult>
RequirementChecker::Check(Time end) const
{
    std::vector<RequirementResult> requirements = GetRequirementCatalogue();
    for (RequirementResult& requirement : requirements)
    {
        const Finding finding = FindOut(requirement.id, end);
        requirement.evidence.assign(finding.evidence.begin(), finding.evidence.end());
        if (!finding.bad.empty())
        {
            requirement.status = StatusOf(requirement.level, false);
            requirement.reason = JoinCases(finding.bad);
        }
        else if (finding.good > 0)
        {
            requirement.status = StatusOf(requirement.level, true);
            requirement.reason = finding.met + ": " + std::to_string(finding.good) + " of " +
                                 std::to_string(finding.good);
        }
        else
        {
            requirement.reason = finding.idle;
        }
    }
    return requirements;
}

bool
RequirementChecker::IsSettled(Time since, Time end) const
{
    return since <= end && end - since >= m_settling;
}

std::string
RequirementChecker::AtTime(Time time)
{
    std::ostringstream os;
    os << std::setprecision(15) << time.GetSeconds() << " s";
    return os.str();
}

std::string
RequirementChecker::NameOf(RouteId route)
{
    return "route " + std::to_string(route.value);
}

std::string
RequirementChecker::NameOf(SessionId session) const
{
    const auto found = m_sessions.find(session);
    return "session " +
           (found == m_sessions.end() ? std::to_string(session.value) : found->second.name);
}

} // namespace qkdn
} // namespace ns3
