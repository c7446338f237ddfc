/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The part of SessionControl that admits sessions by key rate, and grants some less than they ask.

#include "qkdn-session-control.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <functional>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnSessionAdmission");

namespace
{

/// Why a session has no route.
const char* const NO_ROUTE = "no route";

/// Why a session that needs several routes has none.
const char* const TOO_FEW_ROUTES = "too few disjoint routes";

/// Why a session is not admitted although there are routes.
const char* const TOO_LITTLE_KEY = "too little free key rate";

/**
 * @brief The largest number for which something holds that holds for all smaller ones.
 * @param good a number for which it holds
 * @param bad a larger number for which it does not
 * @param holds whether it holds
 * @return the number
 */
uint64_t
FindLargest(uint64_t good, uint64_t bad, const std::function<bool(uint64_t)>& holds)
{
    while (bad - good > 1)
    {
        const uint64_t middle = good + (bad - good) / 2;
        (holds(middle) ? good : bad) = middle;
    }
    return good;
}

} // namespace

std::optional<RoutePlan>
SessionControl::Admit(ControlledSession& session)
{
    const SessionPolicy& policy = session.request.policy;
    auto plan = PlanFirst(session, policy.demandBps);
    session.grantedBps = plan ? policy.demandBps : 0;
    if (plan || !m_planner.IsStrict() || policy.minDemandBps == 0 ||
        policy.minDemandBps >= policy.demandBps)
    {
        return plan;
    }
    plan = PlanFirst(session, policy.minDemandBps);
    if (plan)
    {
        session.grantedBps = FindLargest(policy.minDemandBps, policy.demandBps, [&](uint64_t bps) {
            return PlanFirst(session, bps).has_value();
        });
        plan = PlanFirst(session, session.grantedBps);
    }
    return plan;
}

std::string
SessionControl::RefusalOf(const ControlledSession& session)
{
    // a session that asks for nothing finds room on every hop
    if (m_planner.IsStrict() && PlanFirst(session, 0))
    {
        return TOO_LITTLE_KEY;
    }
    return session.request.policy.shareThreshold > 1 ? TOO_FEW_ROUTES : NO_ROUTE;
}

bool
SessionControl::HasRoomFor(const ControlledSession& session, uint64_t bps) const
{
    DemandTable demand = m_demand.Branch();
    std::vector<const ControlledRoute*> routes;
    for (const RouteId id : session.GetAllRoutes())
    {
        const auto route = m_routes.find(id);
        if (route != m_routes.end() && route->second.promised)
        {
            routes.push_back(&route->second);
            demand.Remove(route->second.route, route->second.demandBps);
        }
    }
    for (const ControlledRoute* route : routes)
    {
        const bool isShared = !route->sharedRisks.empty() && !route->isTaken;
        const std::set<NetworkRisk>* shared = isShared ? &route->sharedRisks : nullptr;
        if (!m_planner.HasRoomFor(route->route, bps, shared, demand))
        {
            return false;
        }
        if (isShared)
        {
            demand.AddShared(route->route, route->sharedRisks, bps);
        }
        else
        {
            demand.Add(route->route, bps);
        }
    }
    return true;
}

void
SessionControl::RoomAppeared()
{
    if (m_planner.IsStrict() && m_watching && m_roomReview.IsExpired())
    {
        m_roomReview = Simulator::ScheduleNow(&SessionControl::ReviewRoom, this);
    }
}

void
SessionControl::ReviewRoom()
{
    Retry();
    for (const SessionId id : InOrder(GetSessions()))
    {
        RaiseRate(m_sessions.at(id));
    }
}

void
SessionControl::RaiseRate(ControlledSession& session)
{
    const uint64_t asked = session.request.policy.demandBps;
    if (!session.HasReducedRate() || !session.announced || session.step != STEP_NONE ||
        session.suspendedBy.IsValid() || !session.furtherRecovery.empty() ||
        !HasRoomFor(session, session.grantedBps + 1))
    {
        return;
    }
    const auto fits = [&](uint64_t bps) { return HasRoomFor(session, bps); };
    const uint64_t granted = fits(asked) ? asked : FindLargest(session.grantedBps + 1, asked, fits);
    session.grantedBps = granted;
    for (const RouteId id : session.GetAllRoutes())
    {
        ControlledRoute& route = m_routes.at(id);
        const bool isPromised = route.promised;
        if (isPromised)
        {
            route.promised = false;
            m_demand.Remove(route.route, route.demandBps);
        }
        route.demandBps = granted;
        SetPromised(id, isPromised);
    }
    TellRate(session);
    Update(session, session.incident);
}

void
SessionControl::TellRate(ControlledSession& session)
{
    m_sender.Cancel(session.rateCommand);
    CkSessionRate message;
    message.session = session.request.session;
    message.grantedBps = session.grantedBps;
    const SessionId id = message.session;
    NS_LOG_INFO("session " << id << " is granted " << session.grantedBps << " bit/s");
    m_observer.SessionRateGranted(id, session.request.policy.demandBps, session.grantedBps);
    session.rateCommand = m_sender.Send(
        session.request.masterKm,
        CK_SESSION_RATE,
        IncidentId(),
        [&message](uint32_t number) {
            message.command = number;
            return message.ToPacket();
        },
        [id](bool done, const std::string& reason) {
            if (!done)
            {
                NS_LOG_WARN("the KM refuses the key rate of session " << id << ": " << reason);
            }
        });
}

} // namespace qkdn
} // namespace ns3
