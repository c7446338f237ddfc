/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// What ResilienceMonitor notes of controllers and the manager.

#include "qkdn-resilience-monitor.h"

#include "ns3/qkdn-controller.h"
#include "ns3/qkdn-manager.h"
#include "ns3/qkdn-mc-messages.h"
#include "ns3/simulator.h"

#include <utility>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief Routes in the event log.
 * @param routes the routes
 * @return their numbers, with spaces between them
 */
std::string
RoutesText(const std::vector<RouteId>& routes)
{
    std::string text;
    for (const RouteId route : routes)
    {
        text += (text.empty() ? "" : " ") + EventLog::RouteText(route);
    }
    return text;
}

/**
 * @brief A time in the event log.
 * @param time the time
 * @return seconds with nine decimals
 */
std::string
TimeText(Time time)
{
    std::string ns = std::to_string(time.GetNanoSeconds() % 1000000000);
    ns.insert(0, 9 - ns.size(), '0');
    return std::to_string(time.GetNanoSeconds() / 1000000000) + "." + ns;
}

} // namespace

void
ResilienceMonitor::AddController(Ptr<QkdnController> controller, const std::string& name)
{
    const std::string entity = "controller/" + name;
    controller->TraceConnect("Informed",
                             entity,
                             MakeCallback(&ResilienceMonitor::ControllerInformed, this));
    controller->TraceConnect("Decision",
                             entity,
                             MakeCallback(&ResilienceMonitor::ControllerDecided, this));
    controller->TraceConnect("Recovery",
                             entity,
                             MakeCallback(&ResilienceMonitor::RecoveryChosen, this));
    controller->TraceConnect("Completed",
                             entity,
                             MakeCallback(&ResilienceMonitor::ControllerCompleted, this));
    controller->TraceConnect("Operation",
                             entity,
                             MakeCallback(&ResilienceMonitor::OperationDone, this));
    controller->TraceConnect("Alarm", entity, MakeCallback(&ResilienceMonitor::AlarmRaised, this));
    controller->TraceConnect("Stale", entity, MakeCallback(&ResilienceMonitor::ReportsStale, this));
    controller->TraceConnect("KeyFlow",
                             entity,
                             MakeCallback(&ResilienceMonitor::KeyFlowChanged, this));
    controller->TraceConnect("SessionRate",
                             entity,
                             MakeCallback(&ResilienceMonitor::SessionRateGranted, this));
    controller->TraceConnect("Process",
                             entity,
                             MakeCallback(&ResilienceMonitor::ControllerProcessChanged, this));
    AddControlEndpoint(controller->GetEndpoint());
    AddControlEndpoint(controller->GetManagerEndpoint());
    AddControlEndpoint(controller->GetRedundancy()->GetEndpoint());
    controller->GetRedundancy()->TraceConnect(
        "Role",
        entity,
        MakeCallback(&ResilienceMonitor::ControllerRoleChanged, this));
    m_charging.AddController(controller, entity);
    m_checker.AddController();
}

void
ResilienceMonitor::ControllerRoleChanged(std::string controller,
                                         const ControllerTerm& term,
                                         bool active)
{
    m_log.Add("controller-role",
              controller,
              IncidentId(),
              {{"role", active ? "active" : "standby"}, {"term", std::to_string(term.term)}});
}

void
ResilienceMonitor::AddManager(Ptr<QkdnManager> manager)
{
    manager->TraceConnect("Operation",
                          "manager",
                          MakeCallback(&ResilienceMonitor::OperationDone, this));
    manager->TraceConnect("Alarm", "manager", MakeCallback(&ResilienceMonitor::AlarmRaised, this));
    manager->TraceConnectWithoutContext(
        "RouteStatus",
        MakeCallback(&ResilienceMonitor::RouteStatusReported, this));
    manager->TraceConnectWithoutContext(
        "SessionStatus",
        MakeCallback(&ResilienceMonitor::SessionStatusReported, this));
    manager->TraceConnectWithoutContext("LinkStatus",
                                        MakeCallback(&ResilienceMonitor::LinkStatusReported, this));
    manager->TraceConnectWithoutContext("Policy",
                                        MakeCallback(&ResilienceMonitor::PolicyChanged, this));
    manager->TraceConnectWithoutContext(
        "Process",
        MakeCallback(&ResilienceMonitor::ManagerProcessChanged, this));
    AddControlEndpoint(manager->GetEndpoint());
    m_checker.AddManager();
    m_groups.AddManager(manager);
    m_charging.AddManager(manager);
    m_management.AddManager(manager);
    AddControlEndpoint(manager->GetMkReceiver()->GetEndpoint());
}

void
ResilienceMonitor::ControllerInformed(std::string controller,
                                      SessionId session,
                                      IncidentId incident)
{
    m_log.Add("controller-informed", controller, incident, {{"session", SessionName(session)}});
    m_routeTracker.ControllerInformed(Simulator::Now(), session, incident);
}

void
ResilienceMonitor::ControllerDecided(std::string controller,
                                     SessionId session,
                                     RouteId from,
                                     RouteId to,
                                     IncidentId incident)
{
    m_log.Add("controller-decision",
              controller,
              incident,
              {{"session", SessionName(session)},
               {"from", EventLog::RouteText(from)},
               {"to", EventLog::RouteText(to)}});
    m_routeTracker.ControllerDecided(Simulator::Now(), session, to, incident);
}

void
ResilienceMonitor::RecoveryChosen(std::string controller,
                                  const SessionRecovery& recovery,
                                  IncidentId incident)
{
    m_log.Add("recovery-chosen",
              controller,
              incident,
              {{"session", SessionName(recovery.session)},
               {"routes", RoutesText(recovery.routes)},
               {"demand_bps", std::to_string(recovery.demandBps)},
               {"recovered_bps", std::to_string(recovery.recoveredBps)}});
    m_routeTracker.RecoveryChosen(recovery);
    m_checker.RecoveryChosen(recovery);
}

void
ResilienceMonitor::ControllerCompleted(std::string controller,
                                       SessionId session,
                                       RouteId route,
                                       IncidentId incident)
{
    const uint64_t event =
        m_log.Add("controller-completed",
                  controller,
                  incident,
                  {{"session", SessionName(session)}, {"route", EventLog::RouteText(route)}});
    m_routeTracker.ControllerCompleted(Simulator::Now(), session, route, incident);
    m_checker.ControllerCompleted(SeenNow(event), session, route);
}

void
ResilienceMonitor::ControllerProcessChanged(std::string controller, uint32_t, bool running)
{
    m_log.Add("controller-process",
              controller,
              IncidentId(),
              {{"state", running ? "running" : "crashed"}});
}

void
ResilienceMonitor::ManagerProcessChanged(bool running)
{
    m_log.Add("manager-process",
              "manager",
              IncidentId(),
              {{"state", running ? "running" : "crashed"}});
}

void
ResilienceMonitor::OperationDone(std::string entity,
                                 const McOperation& operation,
                                 IncidentId incident)
{
    const uint64_t event =
        m_log.Add("operation",
                  entity,
                  incident,
                  {{"operation", McOperationName(operation.kind)},
                   {"session", SessionName(operation.session)},
                   {"from", EventLog::RouteText(operation.from)},
                   {"to", EventLog::RouteText(operation.to)},
                   {"informed_s", TimeText(operation.informed)},
                   {"decided_s", TimeText(operation.decided)},
                   {"completed_s", TimeText(operation.completed)},
                   {"within_toleration", operation.withinToleration ? "yes" : "no"}});
    if (entity == "manager")
    {
        m_checker.ManagerOperation(SeenNow(event), operation);
        return;
    }
    m_checker.ControllerOperation(SeenNow(event), operation, incident);
    if (operation.kind == MC_OPERATION_PREEMPTION)
    {
        m_routeTracker.Preempted(Simulator::Now(), operation.session, operation.from, incident);
    }
    else if (operation.kind == MC_OPERATION_RESUMPTION)
    {
        m_routeTracker.Resumed(Simulator::Now(), operation.session);
    }
}

void
ResilienceMonitor::AlarmRaised(std::string entity, const McAlarm& alarm, IncidentId incident)
{
    const auto link = m_links.find(alarm.link);
    EventLog::Detail detail{
        {"link", link == m_links.end() ? std::to_string(alarm.link.value) : link->second.name},
        {"km", KmName(alarm.km)},
        {"cause", LinkCauseName(alarm.alarm.cause)},
        {"status", LinkStatusName(alarm.status)}};
    if (alarm.alarm.qber)
    {
        detail.emplace_back("qber", std::to_string(*alarm.alarm.qber));
    }
    m_log.Add("alarm", entity, incident, detail);
}

void
ResilienceMonitor::ReportsStale(std::string controller, KmId low, KmId high, bool stale)
{
    m_log.Add(stale ? "reports-stale" : "reports-fresh",
              controller,
              IncidentId(),
              {{"km", KmName(low)}, {"neighbour", KmName(high)}});
}

void
ResilienceMonitor::KeyFlowChanged(std::string controller, const KmHop& hop, const HopFlow& flow)
{
    m_log.Add("key-flow",
              controller,
              IncidentId(),
              {{"km", KmName(hop.low)},
               {"neighbour", KmName(hop.high)},
               {"working_bps", std::to_string(flow.working)},
               {"protection_bps", std::to_string(flow.protection)},
               {"shared_bps", std::to_string(flow.shared)},
               {"extra_bps", std::to_string(flow.extra)},
               {"recovery_bps", std::to_string(flow.recovery)}});
}

void
ResilienceMonitor::SessionRateGranted(std::string controller,
                                      SessionId session,
                                      uint64_t askedBps,
                                      uint64_t grantedBps)
{
    m_log.Add("session-rate",
              controller,
              IncidentId(),
              {{"session", SessionName(session)},
               {"asked_bps", std::to_string(askedBps)},
               {"granted_bps", std::to_string(grantedBps)}});
}

void
ResilienceMonitor::RouteStatusReported(const McRouteStatus& status)
{
    const uint64_t event = m_log.Add("route-status",
                                     "manager",
                                     IncidentId(),
                                     {{"route", EventLog::RouteText(status.route.id)},
                                      {"session", SessionName(status.route.session)},
                                      {"role", RouteRoleName(status.route.role)},
                                      {"status", McRouteStateName(status.state)}});
    m_checker.ManagerRouteStatus(SeenNow(event), status);
}

void
ResilienceMonitor::SessionStatusReported(const McSessionStatus& status)
{
    EventLog::Detail detail{{"session", SessionName(status.session)},
                            {"class", ResilienceClassName(status.resilienceClass)},
                            {"working", EventLog::RouteText(status.working)},
                            {"protection", EventLog::RouteText(status.protection)},
                            {"recovery", EventLog::RouteText(status.recovery)},
                            {"further_recovery", RoutesText(status.furtherRecovery)},
                            {"supply", McSupplyStateName(status.state)}};
    for (const auto& [isSet, note] : {std::make_pair(status.sharesRisk, "shares_risk"),
                                      std::make_pair(status.spareTaken, "spare_taken"),
                                      std::make_pair(status.rateReduced, "rate_reduced")})
    {
        if (isSet)
        {
            detail.emplace_back(note, "true");
        }
    }
    const uint64_t event = m_log.Add("session-status", "manager", IncidentId(), detail);
    m_checker.ManagerSessionStatus(SeenNow(event), status);
}

void
ResilienceMonitor::LinkStatusReported(const McLinkStatus& status)
{
    const auto link = m_links.find(status.link);
    const uint64_t event = m_log.Add(
        "link-inventory",
        "manager",
        IncidentId(),
        {{"link", link == m_links.end() ? std::to_string(status.link.value) : link->second.name},
         {"status", LinkStatusName(status.status)},
         {"key_rate_bps", std::to_string(status.keyRateBps)},
         {"pool_bits", std::to_string(status.poolBits)}});
    m_checker.ManagerLinkStatus(SeenNow(event));
}

void
ResilienceMonitor::PolicyChanged(const McPolicy& policy, bool accepted)
{
    const uint64_t event =
        m_log.Add("policy",
                  "manager",
                  IncidentId(),
                  {{"number", std::to_string(policy.number)},
                   {"state", accepted ? "accepted" : "sent"},
                   {"may_restore", policy.mayRestore ? "yes" : "no"},
                   {"may_preempt", policy.mayPreempt ? "yes" : "no"},
                   {"abandon_on_toleration", policy.abandonOnToleration ? "yes" : "no"},
                   {"max_hops", std::to_string(policy.maxHops)}});
    m_checker.ManagerPolicy(SeenNow(event), accepted);
}

} // namespace qkdn
} // namespace ns3
