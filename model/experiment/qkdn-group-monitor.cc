/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-group-monitor.h"

#include "ns3/simulator.h"

#include <algorithm>
#include <set>

namespace ns3
{
namespace qkdn
{

GroupMonitor::GroupMonitor(EventLog& log,
                           ProtectionRequirements& requirements,
                           RecoveryTracker& sessions,
                           RouteRecoveryTracker& routes,
                           ControlTraffic& traffic)
    : m_log(log),
      m_requirements(requirements),
      m_sessions(sessions),
      m_routes(routes),
      m_traffic(traffic)
{
}

void
GroupMonitor::AddGroup(const TrackedGroup& group)
{
    m_groups[group.name] = group;
    m_tracker.AddGroup(group);
}

uint32_t
GroupMonitor::GetSpareLinkCount() const
{
    std::size_t count = 0;
    for (const auto& [name, group] : m_groups)
    {
        count += group.protection.size();
    }
    return static_cast<uint32_t>(count);
}

uint32_t
GroupMonitor::GetSpareModuleCount() const
{
    std::set<LinkId> spare;
    for (const auto& [name, group] : m_groups)
    {
        spare.insert(group.protection.begin(), group.protection.end());
        for (const LinkId link : group.working)
        {
            spare.erase(link);
        }
    }
    return static_cast<uint32_t>(2 * spare.size());
}

void
GroupMonitor::AddAgent(Ptr<LinkProtectionAgent> agent, const std::string& node)
{
    using Self = GroupMonitor;
    agent->TraceConnectWithoutContext("Signal", MakeCallback(&Self::SignalChanged, this));
    agent->TraceConnectWithoutContext("HoldOffOver", MakeCallback(&Self::HoldOffOver, this));
    agent->TraceConnectWithoutContext("Informed", MakeCallback(&Self::Informed, this));
    agent->TraceConnectWithoutContext("Decided", MakeCallback(&Self::Decided, this));
    agent->TraceConnectWithoutContext("Operated", MakeCallback(&Self::Operated, this));
    agent->TraceConnectWithoutContext("GroupStatus", MakeCallback(&Self::StatusChanged, this));
    agent->TraceConnectWithoutContext("Command", MakeCallback(&Self::CommandChanged, this));
    agent->TraceConnectWithoutContext("Protocol", MakeCallback(&Self::ProtocolFailed, this));
    agent->TraceConnectWithoutContext("ApsSent", MakeCallback(&Self::ApsSent, this));
    agent->TraceConnect("Process", node, MakeCallback(&Self::ProcessChanged, this));
    agent->GetRestorationClient()->TraceConnectWithoutContext(
        "Command",
        MakeCallback(&Self::CommandReceived, this));
    for (const std::string& group : agent->GetGroups())
    {
        const bool first = agent->GetGroup(group)->GetConfig().end == 0;
        agent->GetManagerEndpoint()->TraceConnect(
            "PeerState",
            group,
            first ? MakeCallback(&Self::TransmitterConnected, this)
                  : MakeCallback(&Self::ReceiverConnected, this));
    }
}

void
GroupMonitor::TransmitterConnected(std::string group, const Address&, const Address&, bool up)
{
    m_requirements.EndConnected(Sighting{Simulator::Now(), 0}, group, 0, up);
}

void
GroupMonitor::ReceiverConnected(std::string group, const Address&, const Address&, bool up)
{
    m_requirements.EndConnected(Sighting{Simulator::Now(), 0}, group, 1, up);
}

void
GroupMonitor::AddRestoration(Ptr<LinkRestoration> restoration, const std::string& controller)
{
    using Self = GroupMonitor;
    restoration->TraceConnect("Informed",
                              controller,
                              MakeCallback(&Self::ControllerInformed, this));
    restoration->TraceConnect("Decided", controller, MakeCallback(&Self::ControllerDecided, this));
    restoration->TraceConnect("Step", controller, MakeCallback(&Self::ControllerStep, this));
}

void
GroupMonitor::AddManager(Ptr<QkdnManager> manager)
{
    manager->TraceConnectWithoutContext("ProtectionGroup",
                                        MakeCallback(&GroupMonitor::ManagerEntered, this));
    manager->TraceConnectWithoutContext("GroupAction",
                                        MakeCallback(&GroupMonitor::ManagerLogged, this));
}

void
GroupMonitor::SetFaultEntities(const std::string& fault,
                               const std::map<std::string, std::vector<ProtectionEntity>>& entities)
{
    m_faultEntities[fault] = entities;
}

void
GroupMonitor::FaultStruck(Time now, const std::string& fault)
{
    const auto entities = m_faultEntities.find(fault);
    if (entities != m_faultEntities.end())
    {
        m_tracker.FaultStruck(now, fault, entities->second);
    }
}

void
GroupMonitor::FaultRepaired(Time now, const std::string& fault)
{
    m_tracker.FaultRepaired(now, fault);
}

void
GroupMonitor::LinkIncident(Time now, LinkId link, IncidentId incident)
{
    m_tracker.LinkIncident(now, link, incident);
    for (const auto& [name, group] : m_groups)
    {
        const auto isLink = [link](LinkId other) { return other == link; };
        if (group.permanentBridge &&
            (std::any_of(group.working.begin(), group.working.end(), isLink) ||
             std::any_of(group.protection.begin(), group.protection.end(), isLink)))
        {
            // nothing has to be switched: the other entity goes on
            LinkProtected(now, now, link, group.mechanism);
        }
    }
}

void
GroupMonitor::LinkProtected(Time now, Time decided, LinkId link, const std::string& mechanism)
{
    m_sessions.LinkProtected(now, decided, link, mechanism);
    m_routes.LinkProtected(now, decided, link, mechanism);
}

GroupRecoveryTracker&
GroupMonitor::GetTracker()
{
    return m_tracker;
}

const GroupRecoveryTracker&
GroupMonitor::GetTracker() const
{
    return m_tracker;
}

std::string
GroupMonitor::EntityOf(const std::string& group, uint32_t end)
{
    return "group/" + group + "/" + std::to_string(end);
}

void
GroupMonitor::SignalChanged(const std::string& group,
                            uint32_t end,
                            ProtectionEntity entity,
                            EntityCondition condition,
                            const std::string& cause,
                            IncidentId incident)
{
    m_log.Add("group-signal",
              EntityOf(group, end),
              incident,
              {{"member", entity.ToString()},
               {"condition", EntityConditionName(condition)},
               {"cause", cause}});
}

void
GroupMonitor::HoldOffOver(const std::string& group,
                          uint32_t end,
                          ProtectionEntity entity,
                          IncidentId incident)
{
    m_log.Add("group-hold-off-over",
              EntityOf(group, end),
              incident,
              {{"member", entity.ToString()}});
    if (!entity.protection)
    {
        m_tracker.HoldOffOver(Simulator::Now(), group, entity.index);
    }
}

void
GroupMonitor::Informed(const std::string& group,
                       uint32_t end,
                       uint32_t working,
                       IncidentId incident)
{
    m_log.Add("group-informed",
              EntityOf(group, end),
              incident,
              {{"member", ProtectionEntity{false, working}.ToString()}});
    m_tracker.Informed(Simulator::Now(), group, working, end);
}

void
GroupMonitor::Decided(const std::string& group,
                      uint32_t end,
                      uint32_t working,
                      ProtectionEntity selected,
                      IncidentId incident)
{
    m_log.Add("group-decision",
              EntityOf(group, end),
              incident,
              {{"member", ProtectionEntity{false, working}.ToString()},
               {"selected", selected.ToString()}});
    const auto found = m_groups.find(group);
    if (found == m_groups.end() || !found->second.commanded)
    {
        m_decided[{group, working}] = Simulator::Now();
    }
    m_tracker.Decided(Simulator::Now(), group, working, end, selected);
}

void
GroupMonitor::Operated(const std::string& group,
                       uint32_t end,
                       uint32_t working,
                       ProtectionEntity selected,
                       bool done,
                       IncidentId incident)
{
    const Time now = Simulator::Now();
    const uint64_t event = m_log.Add("group-operation",
                                     EntityOf(group, end),
                                     incident,
                                     {{"member", ProtectionEntity{false, working}.ToString()},
                                      {"selected", selected.ToString()},
                                      {"result", done ? "done" : "failed"}});
    if (selected.protection)
    {
        m_requirements.ProtectionUsed(Sighting{now, event}, group);
    }
    if (done && incident.IsValid())
    {
        m_requirements.GroupOperated(Sighting{now, event}, group, end, working, selected);
    }
    if (m_tracker.Operated(now, group, working, end, done))
    {
        Switched(now, group, working);
    }
}

void
GroupMonitor::Switched(Time now, const std::string& group, uint32_t working)
{
    const auto found = m_groups.find(group);
    if (found != m_groups.end())
    {
        LinkProtected(now,
                      m_decided[{group, working}],
                      found->second.working.at(working),
                      found->second.mechanism);
    }
}

void
GroupMonitor::CommandReceived(const std::string& group,
                              uint32_t end,
                              const CqSelect& command,
                              const std::string& result)
{
    m_log.Add("restoration-command",
              EntityOf(group, end),
              IncidentId(),
              {{"number", std::to_string(command.number)},
               {"member", ProtectionEntity{false, command.working}.ToString()},
               {"selected", command.selected.ToString()},
               {"result", result}});
}

void
GroupMonitor::ControllerInformed(std::string controller,
                                 const std::string& group,
                                 uint32_t working,
                                 IncidentId incident)
{
    m_log.Add("restoration-informed",
              "controller/" + controller,
              incident,
              {{"group", group}, {"member", ProtectionEntity{false, working}.ToString()}});
    m_tracker.ControllerInformed(Simulator::Now(), group, working);
}

void
GroupMonitor::ControllerDecided(std::string controller,
                                const std::string& group,
                                uint32_t working,
                                ProtectionEntity selected,
                                IncidentId incident)
{
    m_log.Add("restoration-decision",
              "controller/" + controller,
              incident,
              {{"group", group},
               {"member", ProtectionEntity{false, working}.ToString()},
               {"selected", selected.ToString()}});
    m_decided[{group, working}] = Simulator::Now();
    m_tracker.ControllerDecided(Simulator::Now(), group, working);
}

void
GroupMonitor::ControllerStep(std::string controller,
                             const std::string& group,
                             uint32_t working,
                             ProtectionEntity selected,
                             RestorationStep step,
                             const std::string& reason,
                             IncidentId incident)
{
    EventLog::Detail detail = {{"group", group},
                               {"member", ProtectionEntity{false, working}.ToString()},
                               {"selected", selected.ToString()},
                               {"result", RestorationStepName(step)}};
    if (!reason.empty())
    {
        detail.emplace_back("reason", reason);
    }
    m_log.Add("restoration-step", "controller/" + controller, incident, detail);
    const Time now = Simulator::Now();
    if (step == RESTORATION_ACKNOWLEDGED && m_tracker.Acknowledged(now, group, working, selected))
    {
        Switched(now, group, working);
    }
}

void
GroupMonitor::StatusChanged(const GroupStatus& status, IncidentId incident)
{
    std::string selected;
    for (const WorkingStatus& working : status.working)
    {
        selected += (selected.empty() ? "" : " ") + working.selected.ToString();
    }
    EventLog::Detail detail = {{"state", GroupStateName(status.state)}, {"selected", selected}};
    if (!status.reason.empty())
    {
        detail.emplace_back("reason", status.reason);
    }
    const uint64_t event =
        m_log.Add("group-status", EntityOf(status.name, status.end), incident, detail);
    m_requirements.GroupChanged(Sighting{Simulator::Now(), event}, status);
}

void
GroupMonitor::ManagerEntered(const GroupStatus& status, IncidentId incident)
{
    const uint64_t event = m_log.Add("group-record",
                                     "manager",
                                     incident,
                                     {{"group", status.name},
                                      {"end", std::to_string(status.end)},
                                      {"state", GroupStateName(status.state)}});
    m_requirements.ManagerEntered(Sighting{Simulator::Now(), event}, status);
}

void
GroupMonitor::ManagerLogged(const LoggedGroupAction& action)
{
    const uint64_t event =
        m_log.Add("group-action",
                  "manager",
                  action.incident,
                  {{"kind", McOperationName(action.kind)},
                   {"group", action.name},
                   {"end", std::to_string(action.end)},
                   {"member", ProtectionEntity{false, action.working}.ToString()},
                   {"from", action.from.ToString()},
                   {"to", action.to.ToString()}});
    m_requirements.ActionLogged(Sighting{Simulator::Now(), event}, action);
}

void
GroupMonitor::CommandChanged(const std::string& group,
                             uint32_t end,
                             uint32_t working,
                             const std::string& command,
                             const std::string& result,
                             IncidentId incident)
{
    m_log.Add("group-command",
              EntityOf(group, end),
              incident,
              {{"member", ProtectionEntity{false, working}.ToString()},
               {"command", command},
               {"result", result}});
}

void
GroupMonitor::ProtocolFailed(const std::string& group,
                             uint32_t end,
                             uint32_t working,
                             bool failed,
                             const std::string& reason)
{
    m_log.Add("group-protocol",
              EntityOf(group, end),
              IncidentId(),
              {{"member", ProtectionEntity{false, working}.ToString()},
               {"state", failed ? "failed" : "clear"},
               {"reason", reason}});
}

void
GroupMonitor::ApsSent(const std::string&, uint32_t, const ApsDatagram& datagram)
{
    m_traffic.Add(ApsDatagram::BYTES, datagram.message.incident);
}

void
GroupMonitor::ProcessChanged(std::string node, bool running)
{
    m_log.Add("group-process",
              "agent/" + node,
              IncidentId(),
              {{"state", running ? "running" : "crashed"}});
}

} // namespace qkdn
} // namespace ns3
