/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The part of SessionControl that keeps the books of protection routes which share key rate.

#include "qkdn-session-control.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnSessionSharing");

void
SessionControl::SetTaken(ControlledSession& session)
{
    const auto protection = m_routes.find(session.protection);
    if (protection == m_routes.end() || protection->second.sharedRisks.empty())
    {
        return;
    }
    const bool isPromised = protection->second.promised;
    SetPromised(session.protection, false);
    protection->second.isTaken = session.active == session.protection;
    SetPromised(session.protection, isPromised);
    ReviewSpare();
}

void
SessionControl::ReviewSpareLater()
{
    if (!m_sharing.empty() && m_watching && m_spareReview.IsExpired())
    {
        m_spareReview = Simulator::ScheduleNow(&SessionControl::ReviewSpare, this);
    }
}

void
SessionControl::ReviewSpare()
{
    if (!m_watching)
    {
        return;
    }
    for (const SessionId id : InOrder(m_sharing))
    {
        ControlledSession& session = m_sessions.at(id);
        if (!session.announced)
        {
            continue;
        }
        session.spareTaken = IsSpareTaken(session);
        const bool canTell = (session.step == STEP_NONE || session.step == STEP_PROTECTING) &&
                             !session.suspendedBy.IsValid();
        if (session.spareTaken != session.toldSpareTaken && canTell)
        {
            NS_LOG_INFO("session " << id
                                   << (session.spareTaken ? ": others use its spare key rate"
                                                          : ": has its spare key rate"));
            session.step = STEP_PROTECTING;
            Announce(session);
        }
        Update(session, session.incident);
    }
}

bool
SessionControl::IsSpareTaken(const ControlledSession& session) const
{
    const auto own = m_routes.find(session.protection);
    if (own == m_routes.end() || own->second.isTaken || !own->second.promised)
    {
        return false;
    }
    const std::vector<KmHop> hops = HopsOf(own->second.route.kms);
    return std::any_of(hops.begin(), hops.end(), [&](const KmHop& hop) {
        const std::set<RouteId>& routes = m_routesOfHop.at(hop);
        const bool othersTook = std::any_of(routes.begin(), routes.end(), [this](RouteId route) {
            return m_routes.at(route).isTaken;
        });
        return othersTook &&
               m_demand.GetUsedAfterFailure(hop, session.protection) > m_planner.GetCapacity(hop);
    });
}

} // namespace qkdn
} // namespace ns3
