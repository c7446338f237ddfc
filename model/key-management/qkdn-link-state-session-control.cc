/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-link-state-session-control.h"

#include "ns3/abort.h"
#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <string>
#include <utility>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnLinkStateSessionControl");

LinkStateSessionControl::~LinkStateSessionControl()
{
    Stop();
}

void
LinkStateSessionControl::Configure(const RouteProviderPlace& place,
                                   const LinkStateFlooding* flooding,
                                   RouteSignaller* signaller,
                                   LinkStateObserver* observer)
{
    m_place = place;
    m_flooding = flooding;
    m_signaller = signaller;
    m_observer = observer;
}

void
LinkStateSessionControl::Start(const Policy& policy)
{
    m_policy = policy;
    m_running = true;
    ReviewLater();
}

void
LinkStateSessionControl::Stop()
{
    m_running = false;
    m_review.Cancel();
    m_routes.clear();
    for (auto& [id, session] : m_sessions)
    {
        session.decision.Cancel();
        session.restore.Cancel();
        session.retry.Cancel();
        const KeySession description = session.description;
        session = LinkStateSession();
        session.description = description;
    }
}

void
LinkStateSessionControl::AddSession(const KeySession& session)
{
    m_sessions[session.id].description = session;
    ReviewLater();
}

void
LinkStateSessionControl::NetworkChanged()
{
    ReviewLater();
}

void
LinkStateSessionControl::ReviewLater()
{
    if (m_running && m_review.IsExpired())
    {
        m_review = Simulator::ScheduleNow(&LinkStateSessionControl::ReviewAll, this);
    }
}

void
LinkStateSessionControl::ReviewAll()
{
    for (auto& [id, session] : m_sessions)
    {
        Review(session);
    }
}

void
LinkStateSessionControl::ReviewOne(SessionId id)
{
    Review(m_sessions.at(id));
}

void
LinkStateSessionControl::RetryAfter(LinkStateSession& session, Time delay)
{
    if (session.retry.IsExpired() || Simulator::GetDelayLeft(session.retry) > delay)
    {
        session.retry.Cancel();
        session.retry = Simulator::Schedule(delay,
                                            &LinkStateSessionControl::ReviewOne,
                                            this,
                                            session.description.id);
    }
}

void
LinkStateSessionControl::RetryAvoided(LinkStateSession& session)
{
    for (const auto& [hop, until] : session.avoided)
    {
        RetryAfter(session, until - Simulator::Now());
    }
}

bool
LinkStateSessionControl::IsFailed(RouteId route) const
{
    const auto found = m_routes.find(route);
    return found != m_routes.end() && found->second.failed;
}

bool
LinkStateSessionControl::IsInstalled(RouteId route) const
{
    const auto found = m_routes.find(route);
    return found != m_routes.end() && found->second.installed;
}

RouteId
LinkStateSessionControl::GetPrimary(const LinkStateSession& session)
{
    return session.recovery.IsValid() ? session.recovery : session.working;
}

void
LinkStateSessionControl::Review(LinkStateSession& session)
{
    if (!session.working.IsValid())
    {
        Place(session);
        return;
    }
    if (!IsInstalled(session.working))
    {
        return;
    }
    const ResilienceClass resilienceClass = session.description.policy.resilienceClass;
    if (resilienceClass == CLASS_RESTORATION)
    {
        ReviewRestoration(session);
    }
    else if (resilienceClass == CLASS_ROUTE_1_1 && !session.protection.IsValid())
    {
        Protect(session);
    }
}

// ---- routes

RouteId
LinkStateSessionControl::AddRoute(const LinkStateSession& session,
                                  RouteRole role,
                                  const std::vector<KmId>& kms)
{
    LinkStateRoute added;
    added.route.id = m_signaller->NextRoute();
    added.route.session = session.description.id;
    added.route.role = role;
    added.route.kms = kms;
    m_routes[added.route.id] = added;
    m_signaller->SetUp(added.route, session.description.policy.demandBps, session.incident);
    return added.route.id;
}

void
LinkStateSessionControl::DropRoute(RouteId& route, IncidentId incident)
{
    const RouteId dropped = std::exchange(route, RouteId());
    if (dropped.IsValid())
    {
        m_routes.erase(dropped);
        m_signaller->TearDown(dropped, incident);
    }
}

void
LinkStateSessionControl::SetUpDone(const KxRouteSetUpAnswer& answer, IncidentId)
{
    const auto found = m_routes.find(answer.route);
    if (found == m_routes.end())
    {
        return;
    }
    LinkStateSession& session = m_sessions.at(found->second.route.session);
    if (answer.failure != KX_FAILURE_NONE)
    {
        SetUpFailed(session, answer);
        return;
    }
    found->second.installed = true;
    if (answer.route == session.candidate)
    {
        session.candidate = RouteId();
        session.replaced = std::exchange(session.recovery, answer.route);
    }
    if (IsInstalled(session.working))
    {
        Announce(session);
    }
}

void
LinkStateSessionControl::SetUpFailed(LinkStateSession& session, const KxRouteSetUpAnswer& answer)
{
    NS_LOG_INFO("KM " << m_place.self << ": route " << answer.route << " cannot be set up: "
                      << KxFailureName(answer.failure) << ", at KM " << answer.failedAt);
    const std::vector<KmId>& kms = m_routes.at(answer.route).route.kms;
    const auto at = std::find(kms.begin(), kms.end(), answer.failedAt);
    const Time until = Simulator::Now() + m_policy.retry;
    if (at != kms.end() && at + 1 != kms.end())
    {
        session.avoided[KmHop(*at, *(at + 1))] = until;
    }
    if (at != kms.end() && at != kms.begin() && answer.failure != KX_FAILURE_NEIGHBOUR)
    {
        // the KM itself takes no route
        session.avoided[KmHop(*(at - 1), *at)] = until;
    }
    m_routes.erase(answer.route);
    if (answer.route == session.working)
    {
        session.working = RouteId();
        DropRoute(session.protection, session.incident);
    }
    session.protection = answer.route == session.protection ? RouteId() : session.protection;
    session.candidate = answer.route == session.candidate ? RouteId() : session.candidate;
    RetryAfter(session, answer.failedAt.IsValid() ? Time(0) : m_policy.retry);
}

void
LinkStateSessionControl::Announce(LinkStateSession& session)
{
    CkSessionRoutes routes;
    routes.session = session.description.id;
    routes.working = session.working;
    routes.protection = IsInstalled(session.protection) ? session.protection : RouteId();
    routes.recovery = session.recovery;
    session.announced = true;
    std::string reason;
    const bool done = m_place.user->UseRoutes(routes, session.incident, reason);
    NS_ABORT_MSG_UNLESS(done,
                        "KM " << m_place.self << " refuses its own routes of session "
                              << session.description.id << ": " << reason);
    ReviewLater();
}

LinkStateNeeds
LinkStateSessionControl::NeedsOf(LinkStateSession& session) const
{
    LinkStateNeeds needs;
    needs.from = session.description.masterKm;
    needs.to = session.description.slaveKm;
    needs.demandBps = session.description.policy.demandBps;
    for (auto hop = session.avoided.begin(); hop != session.avoided.end();)
    {
        const bool isOver = hop->second <= Simulator::Now();
        hop = isOver ? session.avoided.erase(hop) : std::next(hop);
    }
    for (const auto& [hop, until] : session.avoided)
    {
        needs.avoidedHops.insert(hop);
    }
    for (const auto& [id, route] : m_routes)
    {
        if (route.route.session == session.description.id)
        {
            const std::vector<KmHop> hops = HopsOf(route.route.kms);
            needs.ownHops.insert(hops.begin(), hops.end());
        }
    }
    return needs;
}

void
LinkStateSessionControl::Place(LinkStateSession& session)
{
    const Time wait = m_flooding->GetNewestOrigin() + m_policy.settle - Simulator::Now();
    if (wait.IsStrictlyPositive())
    {
        RetryAfter(session, wait);
        return;
    }
    const LinkStatePlanner planner(m_flooding->GetDatabase(), m_policy.cost, m_policy.maxHops);
    const LinkStateNeeds needs = NeedsOf(session);
    if (session.description.policy.resilienceClass == CLASS_ROUTE_1_1)
    {
        const auto pair = planner.FindPair(needs);
        if (pair)
        {
            session.working = AddRoute(session, ROUTE_WORKING, pair->first);
            session.protection = AddRoute(session, ROUTE_PROTECTION, pair->second);
            return;
        }
    }
    const std::vector<KmId> kms = planner.Find(needs);
    if (kms.empty())
    {
        RetryAvoided(session);
        return;
    }
    session.working = AddRoute(session, ROUTE_WORKING, kms);
}

void
LinkStateSessionControl::Protect(LinkStateSession& session)
{
    const LinkStatePlanner planner(m_flooding->GetDatabase(), m_policy.cost, m_policy.maxHops);
    const std::vector<KmId> kms =
        planner.FindProtection(NeedsOf(session), m_routes.at(session.working).route.kms);
    if (kms.empty())
    {
        RetryAvoided(session);
        return;
    }
    session.protection = AddRoute(session, ROUTE_PROTECTION, kms);
}

} // namespace qkdn
} // namespace ns3
