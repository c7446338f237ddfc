/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// What happens to a FlowSupply: which links and sessions it concerns.

#include "qkdn-flow-supply.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnFlowSupplyEvents");

void
FlowSupply::Touch()
{
    if (m_update.IsExpired())
    {
        m_update = Simulator::ScheduleNow(&FlowSupply::Update, this);
    }
}

void
FlowSupply::TouchLinks()
{
    m_linksConcerned = true;
    Touch();
}

void
FlowSupply::TouchSession(SessionId id)
{
    const auto found = m_sessions.find(id);
    if (found != m_sessions.end())
    {
        found->second.concerned = true;
        Touch();
    }
}

void
FlowSupply::TouchUsers(uint32_t pool)
{
    for (const SessionId id : m_pools[pool].users)
    {
        m_sessions.at(id).concerned = true;
    }
    Touch();
}

void
FlowSupply::KeyFlowed(LinkId id, uint64_t bits, Time block, uint64_t due)
{
    Link& link = m_links.at(id);
    m_network.Advance(Simulator::Now());
    link.source = FlowSource{bits, block};
    if (link.open)
    {
        m_network.Bring(link.number, due);
        m_network.SetSource(link.number, link.source);
    }
    m_ratesConcerned = true;
    TouchUsers(link.pool);
    TouchLinks();
}

void
FlowSupply::NodesChanged(uint32_t pair)
{
    for (uint32_t i = 0; i < m_pools.size(); ++i)
    {
        if (m_pools[i].nodes == pair)
        {
            TouchUsers(i);
        }
    }
    TouchLinks();
}

void
FlowSupply::NeighbourChanged(KmId km, KmId neighbour, const std::string&, IncidentId)
{
    const auto pool = m_poolOf.find({km, neighbour});
    if (pool != m_poolOf.end())
    {
        TouchUsers(pool->second);
    }
}

void
FlowSupply::ProcessChanged(KmId km, bool)
{
    for (uint32_t i = 0; i < m_pools.size(); ++i)
    {
        const auto& kms = m_pools[i].kms;
        if (kms[0]->GetKmId() == km || kms[1]->GetKmId() == km)
        {
            TouchUsers(i);
        }
    }
    for (auto& [id, session] : m_sessions)
    {
        if (session.description.session.masterKm == km)
        {
            TouchSession(id);
        }
    }
    TouchLinks();
}

void
FlowSupply::RouteUsed(SessionId session, RouteId)
{
    TouchSession(session);
}

void
FlowSupply::RouteHappened(KmId,
                          SessionId session,
                          RouteId,
                          RouteEventKind,
                          ResilienceTrigger,
                          IncidentId)
{
    TouchSession(session);
}

void
FlowSupply::ModuleChanged(LinkId link,
                          QkdModule::Role,
                          QkdModule::State,
                          QkdModule::State,
                          IncidentId)
{
    TouchUsers(m_links.at(link).pool);
}

void
FlowSupply::RouteDecided(SessionId session, RouteId, RouteId, IncidentId)
{
    TouchSession(session);
}

void
FlowSupply::CommandsCompleted(SessionId session, RouteId, IncidentId)
{
    TouchSession(session);
}

void
FlowSupply::FaultChanged(Ptr<const Fault>, bool)
{
    for (auto& entry : m_sessions)
    {
        entry.second.concerned = true;
    }
    TouchLinks();
}

} // namespace qkdn
} // namespace ns3
