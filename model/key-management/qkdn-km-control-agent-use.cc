/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The part of KmControlAgent that makes sessions use their routes: one, or recovery routes
// together, as policy allows.

#include "qkdn-km-control-agent.h"

#include "ns3/log.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnKmControlAgentUse");

bool
KmControlAgent::UseRoutes(const CkSessionRoutes& routes, IncidentId incident, std::string& reason)
{
    NS_LOG_FUNCTION(this << m_parts.self << routes.session << routes.working);
    const auto session = m_sessions.find(routes.session);
    const bool several = m_routeSets.Has(routes.session);
    if (session == m_sessions.end() && !several)
    {
        reason = "the session has no master application here";
        return false;
    }
    if (!several)
    {
        const bool done = UseOneRoute(session->second, routes, incident, reason);
        TellAfterCrash(routes.session);
        return done;
    }
    std::vector<RouteId> all = {routes.working};
    all.insert(all.end(), routes.further.begin(), routes.further.end());
    all.erase(std::remove(all.begin(), all.end(), RouteId()), all.end());
    if (!AreInstalled(all, reason))
    {
        return false;
    }
    m_routeSets.SetRoutes(routes.session, all, incident);
    TellAfterCrash(routes.session);
    return true;
}

void
KmControlAgent::TellAfterCrash(SessionId id)
{
    const auto single = m_sessions.find(id);
    const RouteId selected =
        single == m_sessions.end() ? RouteId() : single->second.selector->GetSelected();
    const bool isServed = single == m_sessions.end() || selected.IsValid();
    if (!isServed || m_toTell.erase(id) == 0)
    {
        return;
    }
    if (single == m_sessions.end())
    {
        const KeySession& session = m_routeSets.GetDescription(id);
        for (const RouteId route : m_routeSets.GetGood(id))
        {
            Tell(session, route, ROUTE_EVENT_CLEAR);
        }
        return;
    }
    const Session& session = single->second;
    for (const RouteId route : session.selector->GetGood())
    {
        Tell(session.description, route, ROUTE_EVENT_CLEAR);
    }
    if (HasProtectionRoute(session.description.policy.resilienceClass))
    {
        Tell(session.description, selected, ROUTE_EVENT_SWITCHED);
    }
    if (session.description.policy.extraTraffic)
    {
        Tell(session.description,
             selected,
             session.stopped ? ROUTE_EVENT_PREEMPTED : ROUTE_EVENT_RESUMED);
    }
}

void
KmControlAgent::Tell(const KeySession& session, RouteId route, RouteEventKind kind)
{
    if (m_provider == m_client || GetControllerGroup())
    {
        m_provider->ReportRouteEvent(
            CkRouteEvent{session.id, route, kind, session.policy.trigger, KmId()},
            IncidentId());
    }
}

bool
KmControlAgent::AreInstalled(const std::vector<RouteId>& routes, std::string& reason) const
{
    for (const RouteId route : routes)
    {
        if (route.IsValid() && !m_parts.routes->Find(route))
        {
            reason = "route " + std::to_string(route.value) + " is not installed";
            return false;
        }
    }
    return true;
}

bool
KmControlAgent::UseOneRoute(Session& session,
                            const CkSessionRoutes& routes,
                            IncidentId incident,
                            std::string& reason)
{
    std::vector<RouteId> all = {routes.working, routes.protection, routes.recovery};
    all.insert(all.end(), routes.further.begin(), routes.further.end());
    if (!AreInstalled(all, reason))
    {
        return false;
    }
    if (!routes.further.empty() &&
        (!session.description.policy.MaySplitRecovery() || !routes.recovery.IsValid()))
    {
        reason = "the session uses one route at a time";
        return false;
    }
    std::vector<RouteId> failed;
    for (const RouteId route : session.used)
    {
        if (session.selector->IsInSignalFail(route))
        {
            failed.push_back(route);
        }
    }
    session.beside = routes.further;
    session.weights.clear();
    for (std::size_t i = 0; i < routes.ratesBps.size(); ++i)
    {
        const RouteId route = i == 0 ? routes.recovery : routes.further.at(i - 1);
        session.weights[route] = std::max<uint64_t>(1, routes.ratesBps[i]);
    }
    session.selector->SetRoutes(routes.working,
                                routes.protection,
                                routes.recovery,
                                incident,
                                routes.refusal == "pre-empted",
                                session.beside);
    ReviewTogether(session, incident);
    for (const RouteId route : failed)
    {
        if (std::find(session.used.begin(), session.used.end(), route) == session.used.end())
        {
            Abandon(route, incident);
        }
    }
    return true;
}

void
KmControlAgent::ApplyPolicy(const MkPolicy& policy)
{
    NS_LOG_FUNCTION(this << m_parts.self << policy.number);
    m_policy = policy;
    m_parts.gate->SetPolicy(policy.mayCarryExtra, policy.reserveBits);
    for (auto& entry : m_sessions)
    {
        entry.second.selector->SetAutonomy(policy.maySwitch);
    }
    ReviewExtraTraffic(IncidentId());
}

std::vector<RouteId>
KmControlAgent::GetTogether(const Session& session) const
{
    const KeyRoute* selected = m_parts.routes->Find(session.selector->GetSelected());
    if (!selected || selected->role != ROUTE_RECOVERY || session.stopped ||
        !session.description.policy.MaySplitRecovery())
    {
        return {};
    }
    std::vector<RouteId> all = {selected->id};
    all.insert(all.end(), session.beside.begin(), session.beside.end());
    std::vector<RouteId> good = all;
    good.erase(std::remove_if(
                   good.begin(),
                   good.end(),
                   [&session](RouteId route) { return session.selector->IsInSignalFail(route); }),
               good.end());
    return good.empty() ? all : good;
}

void
KmControlAgent::Apply(Session& session)
{
    const SessionId id = session.description.id;
    session.used = GetTogether(session);
    if (session.description.policy.MaySplitRecovery())
    {
        std::vector<NumberedRoute> together;
        for (const RouteId route : session.used)
        {
            const auto weight = session.weights.find(route);
            together.push_back(NumberedRoute{static_cast<uint8_t>(together.size() + 1),
                                             *m_parts.routes->Find(route),
                                             weight == session.weights.end() ? 1 : weight->second});
        }
        m_parts.shareMaker->UseRoutes(id, together);
    }
    const KeyRoute* route = m_parts.routes->Find(
        session.used.empty() ? session.selector->GetSelected() : session.used.front());
    m_parts.UseRoute(id, route && !session.stopped ? *route : KeyRoute());
}

void
KmControlAgent::ReviewTogether(Session& session, IncidentId incident)
{
    const std::vector<RouteId> before = session.used;
    if (GetTogether(session) == before)
    {
        return;
    }
    Apply(session);
    for (const RouteId route : before)
    {
        if (session.selector->IsInSignalFail(route))
        {
            Abandon(route, incident);
        }
    }
}

void
KmControlAgent::Abandon(RouteId route, IncidentId incident)
{
    m_parts.relayMaker->Abandon(route, incident);
    m_parts.exchange->Abandon(route, incident);
}

} // namespace qkdn
} // namespace ns3
