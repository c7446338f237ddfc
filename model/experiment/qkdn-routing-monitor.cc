/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-routing-monitor.h"

#include "ns3/qkdn-link-state-route-provider.h"
#include "ns3/simulator.h"

namespace ns3
{
namespace qkdn
{

RoutingMonitor::RoutingMonitor(EventLog& log, RouteRecoveryTracker& tracker)
    : m_log(log),
      m_tracker(tracker)
{
}

void
RoutingMonitor::AddKeyManager(Ptr<KeyManager> km, const std::string& name)
{
    m_kms[km->GetKmId()] = name;
    const auto provider =
        DynamicCast<LinkStateRouteProvider>(km->GetControlAgent()->GetRouteProvider());
    if (!provider)
    {
        return;
    }
    const std::string entity = "km/" + name;
    provider->TraceConnect("Informed", entity, MakeCallback(&RoutingMonitor::Informed, this));
    provider->TraceConnect("Decision", entity, MakeCallback(&RoutingMonitor::Decided, this));
    provider->TraceConnect("Completed", entity, MakeCallback(&RoutingMonitor::Completed, this));
    provider->TraceConnectWithoutContext("Advertisement",
                                         MakeCallback(&RoutingMonitor::Advertised, this));
}

void
RoutingMonitor::AddSession(SessionId session, const std::string& name)
{
    m_sessions[session] = name;
}

void
RoutingMonitor::Informed(std::string entity, SessionId session, IncidentId incident)
{
    m_log.Add("routing-informed", entity, incident, {{"session", m_sessions[session]}});
    m_tracker.ControllerInformed(Simulator::Now(), session, incident);
}

void
RoutingMonitor::Decided(std::string entity,
                        SessionId session,
                        RouteId from,
                        RouteId to,
                        IncidentId incident)
{
    m_log.Add("routing-decision",
              entity,
              incident,
              {{"session", m_sessions[session]},
               {"from", EventLog::RouteText(from)},
               {"to", EventLog::RouteText(to)}});
    m_tracker.ControllerDecided(Simulator::Now(), session, to, incident);
}

void
RoutingMonitor::Completed(std::string entity, SessionId session, RouteId route, IncidentId incident)
{
    m_log.Add("routing-completed",
              entity,
              incident,
              {{"session", m_sessions[session]}, {"route", EventLog::RouteText(route)}});
    m_tracker.ControllerCompleted(Simulator::Now(), session, route, incident);
}

void
RoutingMonitor::Advertised(KmId km, KmId origin, uint64_t sequence, LinkStateFate fate)
{
    if (fate == LINK_STATE_INSTALLED || fate == LINK_STATE_DUPLICATE || fate == LINK_STATE_STALE)
    {
        return;
    }
    m_log.Add("advertisement",
              "km/" + m_kms[km],
              IncidentId(),
              {{"origin", m_kms[origin]},
               {"sequence", std::to_string(sequence)},
               {"fate", LinkStateFateName(fate)}});
}

} // namespace qkdn
} // namespace ns3
