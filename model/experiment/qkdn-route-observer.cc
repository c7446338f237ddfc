/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-route-observer.h"

#include <algorithm>
#include <tuple>

namespace ns3
{
namespace qkdn
{

namespace
{

bool
IsSameRoute(const KeyRoute& a, const KeyRoute& b)
{
    return std::tie(a.id, a.session, a.role, a.kms) == std::tie(b.id, b.session, b.role, b.kms);
}

bool
IsBase(const KeyRoute& route)
{
    return route.role == ROUTE_WORKING || route.role == ROUTE_EXTRA;
}

} // namespace

RouteObserver::RouteObserver(Time settling)
    : m_settling(settling)
{
}

void
RouteObserver::AddSession(const KeySession& session)
{
    m_sessions[session.id].session = session;
}

void
RouteObserver::RouteChanged(const Sighting& at, KmId km, const KeyRoute& route, bool installed)
{
    ObservedRoute& observed = m_routes[route.id];
    if (!IsSameRoute(observed.route, route))
    {
        // a controller that lost its memory may use a number again
        observed = ObservedRoute();
        observed.route = route;
    }
    const bool news =
        installed ? observed.holders.insert(km).second : observed.holders.erase(km) > 0;
    if (!news)
    {
        return;
    }
    observed.changed = at;
    const bool complete = std::all_of(route.kms.begin(), route.kms.end(), [&](KmId on) {
        return observed.holders.count(on) > 0;
    });
    const auto session = m_sessions.find(route.session);
    if (complete && !observed.complete)
    {
        observed.complete = at;
        if (session != m_sessions.end())
        {
            session->second.given.emplace(route.id, at);
        }
    }
    else if (!complete)
    {
        observed.complete.reset();
    }
    if (session == m_sessions.end())
    {
        return;
    }
    if (installed && IsBase(route))
    {
        session->second.base = route.id;
    }
    if (observed.holders.empty())
    {
        Gone(at, observed);
    }
    Reassess(at, route.session, session->second);
}

void
RouteObserver::Gone(const Sighting& at, const ObservedRoute& observed)
{
    Session& session = m_sessions.at(observed.route.session);
    const RouteId route = observed.route.id;
    Clear(at, session, route);
    if (session.base == route)
    {
        session.base = RouteId();
    }
    if (session.chosen == route)
    {
        session.chosen = RouteId();
    }
}

void
RouteObserver::RouteEvent(const Sighting& at, SessionId id, RouteId route, RouteEventKind kind)
{
    const auto found = m_sessions.find(id);
    if (found == m_sessions.end())
    {
        return;
    }
    Session& session = found->second;
    NoteWord(at.time, route, kind, session);
    session.doubtful.erase(route);
    switch (kind)
    {
    case ROUTE_EVENT_SIGNAL_FAIL:
        Fail(at, id, session, route);
        break;
    case ROUTE_EVENT_CLEAR:
        Clear(at, session, route);
        break;
    case ROUTE_EVENT_HOLD_OFF_OVER:
    case ROUTE_EVENT_SUPPLY_INTERRUPTED:
        EndHoldOff(at, session, route);
        break;
    case ROUTE_EVENT_SWITCHED:
        Use(at, id, session, route);
        session.left = RouteId();
        break;
    case ROUTE_EVENT_REVERT:
        session.left = GetRouteInUse(session);
        Use(at, id, session, route);
        break;
    case ROUTE_EVENT_SWITCH:
        TakeBackRevert(at.time, session, route);
        break;
    case ROUTE_EVENT_PREEMPTED:
        // a session without routes hears no more of them, neither that they are clear again
        ClearAll(at, session);
        break;
    case ROUTE_EVENT_WTR:
    case ROUTE_EVENT_RESUMED:
    case ROUTE_EVENT_SUPPLY_RESUMED:
        break;
    }
    Reassess(at, id, session);
}

void
RouteObserver::NoteWord(Time now, RouteId route, RouteEventKind kind, Session& session) const
{
    switch (kind)
    {
    case ROUTE_EVENT_SIGNAL_FAIL:
    case ROUTE_EVENT_CLEAR:
        session.words[route].failed = RouteWord::Fact{kind == ROUTE_EVENT_SIGNAL_FAIL, now};
        break;
    case ROUTE_EVENT_SWITCHED:
        if (UsesSeveralRoutes(session.session.policy.resilienceClass))
        {
            // it uses other routes as well
            break;
        }
        for (auto& [other, word] : session.words)
        {
            word.used = RouteWord::Fact{false, now};
        }
        session.words[route].used = RouteWord::Fact{true, now};
        for (const RouteId other : GetTogether(session, route))
        {
            session.words[other].used = RouteWord::Fact{true, now};
        }
        break;
    case ROUTE_EVENT_PREEMPTED:
        session.words.clear();
        break;
    default:
        break;
    }
}

void
RouteObserver::RouteUsed(const Sighting& at, SessionId id, RouteId route)
{
    const auto found = m_sessions.find(id);
    if (found == m_sessions.end() || !found->second.restarted || !route.IsValid())
    {
        return;
    }
    Session& session = found->second;
    session.restarted = false;
    if (route != GetRouteInUse(session))
    {
        session.chosen = route;
        session.chosenAt = at;
        CountRecoveriesInUse();
        Reassess(at, id, session);
    }
}

void
RouteObserver::RouteFixed(const Sighting& at, SessionId session, bool fixed)
{
    const auto found = m_sessions.find(session);
    if (found != m_sessions.end())
    {
        found->second.fixed = fixed;
        Reassess(at, session, found->second);
    }
}

void
RouteObserver::ProcessChanged(const Sighting& at, KmId km, bool running)
{
    if (running)
    {
        return;
    }
    for (auto& entry : m_sessions)
    {
        Session& session = entry.second;
        if (session.session.masterKm != km)
        {
            continue;
        }
        for (const auto& failed : session.failed)
        {
            session.doubtful.insert(failed.first);
        }
        ClearAll(at, session);
        // from now on nobody is there who could switch
        if (session.duty)
        {
            CloseDuty(at.time, session);
        }
        session.chosen = RouteId();
        session.words.clear();
        session.restarted = true;
        session.fixed = false;
    }
}

RouteId
RouteObserver::GetRouteInUse(const Session& session) const
{
    return session.chosen.IsValid() ? session.chosen : session.base;
}

bool
RouteObserver::HasRole(RouteId route, RouteRole role) const
{
    const auto found = m_routes.find(route);
    return found != m_routes.end() && found->second.route.role == role;
}

void
RouteObserver::Fail(const Sighting& at, SessionId id, Session& session, RouteId route)
{
    if (!session.failed.emplace(route, m_failures.size()).second)
    {
        return;
    }
    const SessionPolicy& policy = session.session.policy;
    ObservedFailure failure;
    failure.session = id;
    failure.route = route;
    failure.inUse = IsInUse(session, route);
    failure.failed = at;
    failure.holdOffOver = policy.holdOffAuto ? Time::Max() : at.time + policy.holdOff;
    m_failures.push_back(failure);
}

void
RouteObserver::Clear(const Sighting& at, Session& session, RouteId route)
{
    const auto failed = session.failed.find(route);
    if (failed != session.failed.end())
    {
        m_failures[failed->second].ended = at.time;
        session.failed.erase(failed);
    }
}

void
RouteObserver::ClearAll(const Sighting& at, Session& session)
{
    while (!session.failed.empty())
    {
        Clear(at, session, session.failed.begin()->first);
    }
}

void
RouteObserver::EndHoldOff(const Sighting& at, Session& session, RouteId route)
{
    const auto failed = session.failed.find(route);
    if (failed == session.failed.end())
    {
        return;
    }
    Time& over = m_failures[failed->second].holdOffOver;
    over = Min(over, at.time);
    if (session.duty && session.duty->failed == route)
    {
        session.duty->since = Min(session.duty->since, at.time);
    }
}

void
RouteObserver::Use(const Sighting& at, SessionId id, Session& session, RouteId route)
{
    const RouteId before = GetRouteInUse(session);
    session.restarted = false;
    if (session.duty && route != session.duty->failed)
    {
        const bool inTime =
            at.time <= session.duty->since || at.time - session.duty->since <= m_settling;
        session.duty->done = inTime;
        session.duty->doneToProtection = inTime && HasRole(route, ROUTE_PROTECTION);
        session.duty->evidence.push_back(at.event);
        m_duties.push_back(*session.duty);
        session.duty.reset();
    }
    if (route == before)
    {
        return;
    }
    session.chosen = route;
    session.chosenAt = at;
    if (HasRole(route, ROUTE_PROTECTION) || HasRole(route, ROUTE_RECOVERY))
    {
        m_recoveries.push_back({id, route, at});
    }
    CountRecoveriesInUse();
}

void
RouteObserver::TakeBackRevert(Time now, Session& session, RouteId route)
{
    // no KM has acknowledged it, and the session has not been away
    if (route.IsValid() && session.left == route && session.chosenAt.time == now)
    {
        session.chosen = route;
        CountRecoveriesInUse();
    }
}

const ObservedRoute*
RouteObserver::FindAlternative(SessionId id, const Session& session) const
{
    const RouteId inUse = GetRouteInUse(session);
    const bool away = inUse != session.base;
    const ObservedRoute* best = nullptr;
    for (const auto& given : session.given)
    {
        const ObservedRoute& observed = m_routes.at(given.first);
        if (!observed.complete || observed.route.session != id || IsInUse(session, given.first) ||
            session.failed.count(given.first) > 0 || session.doubtful.count(given.first) > 0 ||
            (IsBase(observed.route) && !away))
        {
            continue;
        }
        if (!best || observed.route.role == ROUTE_PROTECTION)
        {
            best = &observed;
        }
    }
    return best;
}

void
RouteObserver::Reassess(const Sighting& at, SessionId id, Session& session)
{
    if (UsesSeveralRoutes(session.session.policy.resilienceClass))
    {
        // it uses all its routes, and has none to leave
        return;
    }
    const RouteId inUse = GetRouteInUse(session);
    const auto failed = session.failed.find(inUse);
    const ObservedRoute* alternative =
        failed == session.failed.end() || session.fixed ? nullptr : FindAlternative(id, session);
    if (session.duty && (!alternative || session.duty->failed != inUse))
    {
        CloseDuty(at.time, session);
    }
    if (!alternative)
    {
        return;
    }
    if (!session.duty)
    {
        const ObservedFailure& failure = m_failures[failed->second];
        session.duty = SwitchDuty();
        session.duty->session = id;
        session.duty->failed = inUse;
        session.duty->since = Max(at.time, failure.holdOffOver);
        session.duty->evidence = {failure.failed.event, alternative->complete->event};
    }
    session.duty->alternative = alternative->route.id;
    session.duty->toProtection = alternative->route.role == ROUTE_PROTECTION;
}

void
RouteObserver::CloseDuty(Time now, Session& session)
{
    if (session.duty->since <= now && now - session.duty->since >= m_settling)
    {
        m_duties.push_back(*session.duty);
    }
    session.duty.reset();
}

const std::map<RouteId, ObservedRoute>&
RouteObserver::GetRoutes() const
{
    return m_routes;
}

std::vector<const ObservedRoute*>
RouteObserver::GetCompleteRoutes(const Session& session) const
{
    std::vector<const ObservedRoute*> complete;
    for (const auto& given : session.given)
    {
        const ObservedRoute& observed = m_routes.at(given.first);
        if (observed.complete && observed.route.session == session.session.id)
        {
            complete.push_back(&observed);
        }
    }
    return complete;
}

std::optional<Sighting>
RouteObserver::GetSpareOfSet(const Session& session) const
{
    std::vector<Sighting> given;
    for (const ObservedRoute* observed : GetCompleteRoutes(session))
    {
        if (IsBase(observed->route))
        {
            given.push_back(*observed->complete);
        }
    }
    std::sort(given.begin(), given.end(), [](const Sighting& a, const Sighting& b) {
        return a.time < b.time;
    });
    const std::size_t needed = session.session.policy.shareThreshold;
    return given.size() > needed ? std::optional<Sighting>(given[needed]) : std::nullopt;
}

std::optional<Sighting>
RouteObserver::GetProtection(SessionId session) const
{
    const auto found = m_sessions.find(session);
    if (found == m_sessions.end())
    {
        return std::nullopt;
    }
    if (UsesSeveralRoutes(found->second.session.policy.resilienceClass))
    {
        return GetSpareOfSet(found->second);
    }
    for (const ObservedRoute* observed : GetCompleteRoutes(found->second))
    {
        if (observed->route.role == ROUTE_PROTECTION)
        {
            return observed->complete;
        }
    }
    return std::nullopt;
}

std::map<RouteId, Sighting>
RouteObserver::GetGivenRoutes(SessionId session) const
{
    const auto found = m_sessions.find(session);
    return found == m_sessions.end() ? std::map<RouteId, Sighting>() : found->second.given;
}

bool
RouteObserver::HasFailed(SessionId session, RouteId route) const
{
    const auto found = m_sessions.find(session);
    return found != m_sessions.end() && found->second.failed.count(route) > 0;
}

RouteWord
RouteObserver::GetLastWord(SessionId session, RouteId route) const
{
    const auto found = m_sessions.find(session);
    if (found == m_sessions.end() || found->second.words.count(route) == 0)
    {
        return RouteWord();
    }
    return found->second.words.at(route);
}

const std::vector<ObservedFailure>&
RouteObserver::GetFailures() const
{
    return m_failures;
}

const std::vector<ObservedRecovery>&
RouteObserver::GetRecoveries() const
{
    return m_recoveries;
}

std::vector<SwitchDuty>
RouteObserver::GetDuties(Time end) const
{
    std::vector<SwitchDuty> duties = m_duties;
    for (const auto& entry : m_sessions)
    {
        const auto& duty = entry.second.duty;
        if (duty && duty->since <= end && end - duty->since >= m_settling)
        {
            duties.push_back(*duty);
        }
    }
    return duties;
}

const std::vector<Sighting>&
RouteObserver::GetMostRecoveriesInUse() const
{
    return m_mostRecoveries;
}

} // namespace qkdn
} // namespace ns3
