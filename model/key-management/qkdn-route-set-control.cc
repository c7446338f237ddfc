/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-route-set-control.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnRouteSetControl");

RouteSetControl::~RouteSetControl()
{
    Dispose();
}

void
RouteSetControl::Configure(const KmParts& parts, EventCallback event)
{
    m_parts = parts;
    m_event = event;
}

void
RouteSetControl::Dispose()
{
    for (auto& session : m_sessions)
    {
        session.second.decision.Cancel();
    }
    m_sessions.clear();
    m_parts = KmParts();
    m_event = EventCallback();
}

void
RouteSetControl::AddSession(const KeySession& session)
{
    const SessionPolicy& policy = session.policy;
    m_parts.shareMaker->AddSession(session);
    m_sessions.emplace(session.id,
                       Session{session,
                               RouteSet(policy.trigger, policy.shareThreshold),
                               {},
                               true,
                               EventId(),
                               IncidentId()});
}

bool
RouteSetControl::Has(SessionId session) const
{
    return m_sessions.find(session) != m_sessions.end();
}

void
RouteSetControl::SetRoutes(SessionId id, const std::vector<RouteId>& routes, IncidentId incident)
{
    NS_LOG_FUNCTION(this << id << routes.size());
    m_sessions.at(id).set.SetRoutes(routes);
    Review(id, incident);
}

void
RouteSetControl::StatusChanged(SessionId id,
                               RouteId route,
                               const KxRouteStatus& status,
                               IncidentId incident)
{
    Session& session = m_sessions.at(id);
    const bool news =
        status.failed
            ? session.set.Fail(route, RouteFailureCause{status.condition, status.hop, incident})
            : session.set.Clear(route, status.condition, status.hop);
    if (!news || !session.set.Has(route))
    {
        return;
    }
    m_event(id,
            route,
            status.failed ? ROUTE_EVENT_SIGNAL_FAIL : ROUTE_EVENT_CLEAR,
            session.description.policy.trigger,
            status.hop,
            incident);
    ScheduleReview(id, incident);
}

void
RouteSetControl::ScheduleReview(SessionId id, IncidentId incident)
{
    Session& session = m_sessions.at(id);
    if (!session.incident.IsValid())
    {
        session.incident = incident;
    }
    if (session.decision.IsExpired())
    {
        session.decision = Simulator::ScheduleNow(&RouteSetControl::Review, this, id, IncidentId());
    }
}

void
RouteSetControl::Review(SessionId id, IncidentId incident)
{
    Session& session = m_sessions.at(id);
    session.decision.Cancel();
    const IncidentId scheduled = std::exchange(session.incident, IncidentId());
    incident = incident.IsValid() ? incident : scheduled;
    const std::vector<RouteId> before = session.used;
    session.used = session.set.GetUsed();
    const bool sufficed = session.sufficed;
    session.sufficed = session.set.Suffices() || session.set.GetRoutes().empty();
    if (session.used != before)
    {
        Apply(session);
    }
    bool left = false;
    for (const RouteId route : before)
    {
        if (session.set.HasFailed(route) &&
            std::find(session.used.begin(), session.used.end(), route) == session.used.end())
        {
            // what is on its way over a route that has failed is void
            left = true;
            m_parts.relayMaker->Abandon(route, incident);
            m_parts.exchange->Abandon(route, incident);
        }
    }
    if (!session.used.empty() && session.sufficed && (left || !sufficed))
    {
        for (const RouteEventKind kind : {ROUTE_EVENT_SWITCH, ROUTE_EVENT_SWITCHED})
        {
            m_event(id,
                    session.used.front(),
                    kind,
                    session.description.policy.trigger,
                    KmId(),
                    incident);
        }
    }
}

void
RouteSetControl::Apply(const Session& session)
{
    const SessionId id = session.description.id;
    const std::vector<RouteId>& all = session.set.GetRoutes();
    std::vector<NumberedRoute> routes;
    for (const RouteId route : session.used)
    {
        const auto place = std::find(all.begin(), all.end(), route) - all.begin();
        const KeyRoute* installed = m_parts.routes->Find(route);
        if (installed)
        {
            routes.push_back(NumberedRoute{static_cast<uint8_t>(place + 1), *installed});
        }
    }
    // the first one carries notifications and voids
    std::stable_partition(routes.begin(), routes.end(), [&session](const NumberedRoute& route) {
        return !session.set.HasFailed(route.route.id);
    });
    const KeyRoute first = routes.empty() ? KeyRoute() : routes.front().route;
    m_parts.shareMaker->UseRoutes(id, routes);
    m_parts.UseRoute(id, first);
}

void
RouteSetControl::ForgetRoute(SessionId session, RouteId route)
{
    m_sessions.at(session).set.Forget(route);
    ScheduleReview(session, IncidentId());
}

void
RouteSetControl::RouteInstalled(SessionId session, RouteId route)
{
    if (m_sessions.at(session).set.RouteInstalled(route))
    {
        ScheduleReview(session, IncidentId());
    }
}

void
RouteSetControl::Reset()
{
    for (auto& [id, session] : m_sessions)
    {
        session.decision.Cancel();
        session.set.Reset();
        session.used.clear();
        session.sufficed = true;
        session.incident = IncidentId();
        Apply(session);
    }
}

std::vector<RouteId>
RouteSetControl::GetUsed(SessionId session) const
{
    return m_sessions.at(session).used;
}

std::vector<RouteId>
RouteSetControl::GetGood(SessionId session) const
{
    return m_sessions.at(session).set.GetGood();
}

const KeySession&
RouteSetControl::GetDescription(SessionId session) const
{
    return m_sessions.at(session).description;
}

std::set<SessionId>
RouteSetControl::GetSessions() const
{
    std::set<SessionId> sessions;
    for (const auto& session : m_sessions)
    {
        sessions.insert(session.first);
    }
    return sessions;
}

} // namespace qkdn
} // namespace ns3
