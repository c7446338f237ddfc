/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// What ResilienceMonitor notes of key relay routes at key managers.

#include "qkdn-resilience-monitor.h"

#include "ns3/simulator.h"

namespace ns3
{
namespace qkdn
{

void
ResilienceMonitor::WatchRoutes(Ptr<KeyManager> km)
{
    const Ptr<KmControlAgent> agent = km->GetControlAgent();
    agent->TraceConnectWithoutContext("Route",
                                      MakeCallback(&ResilienceMonitor::RouteChanged, this));
    agent->TraceConnectWithoutContext("RouteEvent",
                                      MakeCallback(&ResilienceMonitor::RouteEventSeen, this));
    agent->TraceConnectWithoutContext("Command",
                                      MakeCallback(&ResilienceMonitor::RouteCommandSeen, this));
}

std::vector<std::string>
ResilienceMonitor::KmNames(const std::vector<KmId>& kms) const
{
    std::vector<std::string> names;
    names.reserve(kms.size());
    for (const KmId km : kms)
    {
        names.push_back(KmName(km));
    }
    return names;
}

std::string
ResilienceMonitor::SessionName(SessionId session) const
{
    const auto found = m_sessions.find(session);
    return found == m_sessions.end() ? std::to_string(session.value) : found->second.session.name;
}

void
ResilienceMonitor::RouteChanged(KmId km, const KeyRoute& route, bool installed)
{
    std::string kms;
    for (const std::string& name : KmNames(route.kms))
    {
        kms += (kms.empty() ? "" : "-") + name;
    }
    const uint64_t event = m_log.Add("route",
                                     "route/" + std::to_string(route.id.value),
                                     IncidentId(),
                                     {{"km", KmName(km)},
                                      {"session", SessionName(route.session)},
                                      {"role", RouteRoleName(route.role)},
                                      {"kms", kms},
                                      {"state", installed ? "installed" : "released"}});
    m_routeUses.AddRoute(route);
    m_routeTracker.RouteChanged(Simulator::Now(), km, route, installed);
    m_spare.RouteChanged(route, installed);
    m_checker.RouteChanged(SeenNow(event), km, route, installed);
    if (!installed)
    {
        m_exposure.NotifyRouteRemoved(km, route.id);
    }
}

void
ResilienceMonitor::KeysSeen(const KeySighting& sighting)
{
    const bool isEnd = !sighting.next.IsValid();
    for (std::size_t i = 0; isEnd && i < sighting.keys.size(); ++i)
    {
        m_routeUses.AddKey(Simulator::Now(), sighting.route, m_routeUseGap);
    }
}

void
ResilienceMonitor::CollectRouteUses(ExperimentResults& results) const
{
    for (const RouteUse& use : m_routeUses.GetUses())
    {
        results.routeUses.push_back(RouteUseResult{SessionName(use.session),
                                                   KmNames(use.route.kms),
                                                   RouteRoleName(use.route.role),
                                                   use.from,
                                                   use.to,
                                                   use.keys});
    }
}

void
ResilienceMonitor::RouteEventSeen(KmId km,
                                  SessionId session,
                                  RouteId route,
                                  RouteEventKind kind,
                                  ResilienceTrigger trigger,
                                  IncidentId incident)
{
    EventLog::Detail detail = {{"km", KmName(km)},
                               {"route", std::to_string(route.value)},
                               {"event", RouteEventName(kind)}};
    if (kind == ROUTE_EVENT_SIGNAL_FAIL)
    {
        detail.emplace_back("trigger", ResilienceTriggerName(trigger));
    }
    const uint64_t event =
        m_log.Add("route-event", "session/" + SessionName(session), incident, detail);
    m_routeTracker.RouteEvent(Simulator::Now(), session, route, kind, incident);
    m_checker.RouteEvent(SeenNow(event), session, route, kind);
}

void
ResilienceMonitor::RouteCommandSeen(SessionId session,
                                    SwitchRequest command,
                                    Entity entity,
                                    CommandResult result)
{
    EventLog::Detail detail = {{"command", SwitchRequestName(command)},
                               {"result", CommandResultName(result)}};
    if (command == REQUEST_MANUAL_SWITCH)
    {
        detail.emplace_back("to", entity == ENTITY_WORKING ? "working" : "protection");
    }
    const uint64_t event =
        m_log.Add("route-command", "session/" + SessionName(session), IncidentId(), detail);
    const bool accepted = result == COMMAND_ACCEPTED;
    const bool ended = result == COMMAND_CLEARED || result == COMMAND_OVERRIDDEN_LOCAL;
    if ((command == REQUEST_LOCKOUT || command == REQUEST_FORCED_SWITCH) && (accepted || ended))
    {
        m_checker.RouteFixed(SeenNow(event), session, accepted);
    }
}

} // namespace qkdn
} // namespace ns3
