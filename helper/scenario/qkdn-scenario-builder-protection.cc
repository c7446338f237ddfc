/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The part of ScenarioBuilder that makes optical switches, protection groups and commands.

#include "qkdn-scenario-builder.h"
#include "qkdn-scenario-error.h"
#include "qkdn-scenario-fault-target.h"
#include "qkdn-scenario-protocol.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/qkdn-controller-helper.h"
#include "ns3/qkdn-manager-helper.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

void
ScenarioBuilder::BuildOpticalSwitches()
{
    for (const ScenarioOpticalSwitch& description : m_scenario.opticalSwitches)
    {
        m_opticalSwitches[description.id] =
            CreateObjectWithAttributes<OpticalSwitch>("Name",
                                                      StringValue(description.id),
                                                      "Ports",
                                                      UintegerValue(description.ports),
                                                      "SwitchingTime",
                                                      TimeValue(description.switching),
                                                      "LossDb",
                                                      DoubleValue(description.lossDb),
                                                      "Coverage",
                                                      DoubleValue(description.coverage),
                                                      "FailDark",
                                                      BooleanValue(description.failDark));
    }
}

const ScenarioQkdLink&
ScenarioBuilder::FindLink(const std::string& id) const
{
    return *std::find_if(m_scenario.qkdLinks.begin(),
                         m_scenario.qkdLinks.end(),
                         [&id](const ScenarioQkdLink& link) { return link.id == id; });
}

std::vector<QuantumPath>
ScenarioBuilder::MakePaths(const ScenarioQkdLink& link) const
{
    std::vector<QuantumPath> paths;
    std::vector<SwitchPosition> positions;
    for (const ScenarioProtectionGroup& group : m_scenario.protectionGroups)
    {
        for (const ScenarioProtectionEntity& entity : group.protection)
        {
            if (!entity.sameModules || entity.link != link.id)
            {
                continue;
            }
            const Ptr<OpticalSwitch> tx = m_opticalSwitches.at(entity.switches.at(0));
            const Ptr<OpticalSwitch> rx = m_opticalSwitches.at(entity.switches.at(1));
            positions = {{tx, WORKING_PORT, SwitchPosition::FIRST_END},
                         {rx, WORKING_PORT, SwitchPosition::SECOND_END}};
            ScenarioQkdLink other = link;
            other.fibres = entity.fibres;
            other.stationKm = entity.stationKm;
            paths.push_back(MakeQuantumPath(other,
                                            {{tx, PROTECTION_PORT, SwitchPosition::FIRST_END},
                                             {rx, PROTECTION_PORT, SwitchPosition::SECOND_END}},
                                            link.id + "/" + group.id));
        }
    }
    paths.insert(paths.begin(), MakeQuantumPath(link, positions, link.id));
    return paths;
}

QuantumPath
ScenarioBuilder::MakeQuantumPath(const ScenarioQkdLink& link,
                                 const std::vector<SwitchPosition>& switches,
                                 const std::string& station) const
{
    QuantumPath path(MakePath(link), switches);
    if (NeedsStation(link.protocol))
    {
        path.SetStation(CreateObjectWithAttributes<CentralStation>("Name", StringValue(station)),
                        link.stationKm.value_or(path.GetFibre().GetLengthKm() / 2));
    }
    return path;
}

bool
ScenarioBuilder::StandsBy(const ScenarioQkdLink& link) const
{
    for (const ScenarioProtectionGroup& group : m_scenario.protectionGroups)
    {
        for (const ScenarioProtectionEntity& entity : group.protection)
        {
            if (!entity.sameModules && entity.link == link.id)
            {
                return group.groupClass != GROUP_LINK_1_PLUS_1;
            }
        }
    }
    return false;
}

ProtectionMember
ScenarioBuilder::MakeMember(const ScenarioProtectionGroup& group,
                            const ScenarioProtectionEntity& entity,
                            bool protection) const
{
    const auto position =
        std::find_if(m_scenario.qkdLinks.begin(),
                     m_scenario.qkdLinks.end(),
                     [&entity](const ScenarioQkdLink& link) { return link.id == entity.link; });
    ProtectionMember member;
    member.name = entity.link + (entity.sameModules ? " over " + entity.fibres.front() : "");
    member.link = LinkId(static_cast<uint32_t>(position - m_scenario.qkdLinks.begin()) + 1);
    member.modules = m_qkdLinks.at(entity.link);
    member.turned = position->tx != FindLink(group.working.front()).tx;
    if (!entity.sameModules)
    {
        return member;
    }
    const std::size_t tx = member.turned ? 1 : 0;
    const uint32_t port = protection ? PROTECTION_PORT : WORKING_PORT;
    for (std::size_t i = 0; i < 2; ++i)
    {
        const std::string& name = entity.switches.at(i);
        member.switches.at(i == 0 ? tx : 1 - tx) = {
            {name, PeekPointer(m_opticalSwitches.at(name)), port}};
    }
    const QuantumPath& path = member.modules.channel->GetPath(protection ? 1 : 0);
    member.line = QuantumPath(path.GetFibre());
    if (path.GetStation())
    {
        member.line.SetStation(path.GetStation(), path.GetStationKm());
    }
    return member;
}

ProtectionCandidate
ScenarioBuilder::MakeCandidate(const ScenarioProtectionGroup& group,
                               const ScenarioProtectionEntity& entity) const
{
    const ScenarioQkdLink& link = FindLink(entity.link);
    const QkdLink& made = m_qkdLinks.at(entity.link);
    const uint32_t path = entity.sameModules ? 1 : 0;
    ProtectionCandidate candidate;
    candidate.name = entity.sameModules ? "modules of " + entity.link : entity.link;
    candidate.boundaries = {link.txBoundary, link.rxBoundary};
    if (link.tx != FindLink(group.working.front()).tx)
    {
        std::swap(candidate.boundaries[0], candidate.boundaries[1]);
    }
    candidate.protocol = m_protocols.at(entity.link);
    candidate.path = made.channel->GetPath(path).GetFibre();
    candidate.keyRateBps =
        static_cast<double>(GetNetKeyRateBps(entity.link, made.channel->GetPathBudget(path)));
    return candidate;
}

void
ScenarioBuilder::CheckGroup(const ScenarioProtectionGroup& group, const std::string& place)
{
    std::vector<ProtectionCandidate> working;
    std::vector<ProtectionCandidate> protection;
    for (const std::string& link : group.working)
    {
        working.push_back(MakeCandidate(group, {link, false, {}, {}, {}}));
    }
    for (const ScenarioProtectionEntity& entity : group.protection)
    {
        protection.push_back(MakeCandidate(group, entity));
    }
    const auto reports = CheckProtectionGroup(group.id, working, protection, group.minRateRatio);
    for (const ProtectionGroupReport& report : reports)
    {
        if (!report.satisfied && report.requirement == "G-Q2" &&
            group.enforcement == ScenarioEnforcement::ERROR)
        {
            throw ScenarioError(m_source,
                                place + "/protection",
                                report.entity +
                                    " is not in the cryptographic boundary of what it " +
                                    "protects, which G-Q2 requires: " + report.figures,
                                "give modules in the same boundary, or set \"enforcement\" to "
                                "\"report\"");
        }
    }
    m_groupReports.insert(m_groupReports.end(), reports.begin(), reports.end());
    if (group.groupClass == GROUP_LINK_1_PLUS_1)
    {
        // both pairs together count as the smaller one: what is left when the other fails
        const double smaller = std::min(working.front().keyRateBps, protection.front().keyRateBps);
        for (const std::string& id : {group.working.front(), group.protection.front().link})
        {
            const LinkId link = m_qkdLinks.at(id).transmitter->GetLinkId();
            const auto share = static_cast<uint64_t>(smaller / 2);
            m_sites.at(FindLink(id).tx).km->SetLinkRate(link, share);
            m_sites.at(FindLink(id).rx).km->SetLinkRate(link, share);
        }
    }
}

const LinkProtectionHelper::Place&
ScenarioBuilder::GetAgentPlace(const std::string& node)
{
    const auto found = m_agents.find(node);
    if (found != m_agents.end())
    {
        return found->second;
    }
    const Site& site = m_sites.at(node);
    const Ipv4Address address = PlantHelper::GetServiceAddress(site.router);
    const LinkProtectionHelper::Place place = LinkProtectionHelper().Install(site.router, address);
    if (m_manager)
    {
        const Ipv4Address manager = PlantHelper::GetServiceAddress(m_manager->GetNode());
        QkdnManagerHelper().ConnectAgent(m_manager, manager, place.agent, address);
        SetHellos(place.agent->GetManagerHelloAgent());
    }
    return m_agents[node] = place;
}

void
ScenarioBuilder::BuildProtection()
{
    uint32_t number = 0;
    for (const ScenarioProtectionGroup& description : m_scenario.protectionGroups)
    {
        CheckGroup(description, "/protection_groups/" + std::to_string(number));
        GroupEnd group;
        group.id = GroupId(++number);
        group.name = description.id;
        group.groupClass = description.groupClass;
        group.holdOff = description.holdOff;
        group.waitToRestore = description.wtr;
        group.revertive = description.revertive;
        group.signalDegrade = description.signalDegrade;
        group.startTimeout = description.startTimeout;
        std::vector<ProtectionMember> working;
        for (const std::string& link : description.working)
        {
            ScenarioProtectionEntity entity{link, false, {}, {}, {}};
            for (const ScenarioProtectionEntity& other : description.protection)
            {
                if (other.sameModules && other.link == link)
                {
                    entity = other;
                }
            }
            working.push_back(MakeMember(description, entity, false));
        }
        std::vector<ProtectionMember> protection;
        for (const ScenarioProtectionEntity& entity : description.protection)
        {
            protection.push_back(MakeMember(description, entity, true));
        }
        const ScenarioQkdLink& first = FindLink(description.working.front());
        LinkProtectionHelper().Connect(group,
                                       working,
                                       protection,
                                       GetAgentPlace(first.tx),
                                       GetAgentPlace(first.rx),
                                       first.lossOfLight);
        if (group.groupClass == GROUP_LINK_RESTORATION)
        {
            m_commandedNodes.insert({first.tx, first.rx});
        }
    }
    ConnectRestoration();
    BuildCommands();
}

void
ScenarioBuilder::ConnectRestoration()
{
    for (const std::string& node : m_commandedNodes)
    {
        const LinkProtectionHelper::Place& place = m_agents.at(node);
        for (const ScenarioController& description : m_scenario.controllers)
        {
            const ControllerPlace& controller = m_controllers.at(description.id);
            QkdnControllerHelper::ConnectAgent(controller.controller, controller.address, place);
        }
        SetHellos(place.agent->GetRestorationClient()->GetHelloAgent());
        m_monitor->AddControlEndpoint(place.agent->GetRestorationClient()->GetEndpoint());
    }
    for (const ScenarioController& description : m_scenario.controllers)
    {
        const ControllerPlace& controller = m_controllers.at(description.id);
        const Ptr<LinkRestoration> restoration = controller.controller->GetLinkRestoration();
        SetHellos(restoration->GetHelloAgent());
        m_monitor->AddControlEndpoint(restoration->GetEndpoint());
        m_monitor->GetGroupMonitor().AddRestoration(restoration, description.id);
    }
}

void
ScenarioBuilder::BuildCommands()
{
    for (const ScenarioCommand& command : m_scenario.commands)
    {
        if (command.kmPolicy)
        {
            continue; // the manager's
        }
        if (!command.session.empty())
        {
            BuildSessionCommand(command);
            continue;
        }
        const auto group = std::find_if(
            m_scenario.protectionGroups.begin(),
            m_scenario.protectionGroups.end(),
            [&command](const ScenarioProtectionGroup& g) { return g.id == command.group; });
        const std::string node =
            command.node.empty() ? FindLink(group->working.front()).tx : command.node;
        const Ptr<LinkProtectionAgent> agent = m_agents.at(node).agent;
        if (command.working.empty())
        {
            Simulator::Schedule(command.at,
                                &LinkProtectionAgent::CommandAll,
                                agent,
                                command.group,
                                command.command);
            continue;
        }
        const auto working =
            std::find(group->working.begin(), group->working.end(), command.working);
        Simulator::Schedule(command.at,
                            &LinkProtectionAgent::Command,
                            agent,
                            command.group,
                            static_cast<uint32_t>(working - group->working.begin()),
                            command.command);
    }
}

void
ScenarioBuilder::BuildSessionCommand(const ScenarioCommand& command)
{
    SwitchRequest request = REQUEST_MANUAL_SWITCH;
    switch (command.command)
    {
    case GROUP_COMMAND_LOCKOUT:
        request = REQUEST_LOCKOUT;
        break;
    case GROUP_COMMAND_FORCED_SWITCH:
        request = REQUEST_FORCED_SWITCH;
        break;
    case GROUP_COMMAND_CLEAR:
        request = REQUEST_CLEAR;
        break;
    default:
        break;
    }
    const auto session =
        std::find_if(m_scenario.sessions.begin(),
                     m_scenario.sessions.end(),
                     [&command](const ScenarioSession& s) { return s.id == command.session; });
    // sessions are numbered in their order
    const auto number = static_cast<uint32_t>(session - m_scenario.sessions.begin()) + 1;
    Simulator::Schedule(command.at,
                        &KmControlAgent::Command,
                        m_sites.at(session->master).km->GetControlAgent(),
                        SessionId(number),
                        request,
                        command.command == GROUP_COMMAND_MANUAL_SWITCH ? ENTITY_PROTECTION
                                                                       : ENTITY_WORKING);
}

void
ScenarioBuilder::WatchProtection()
{
    GroupMonitor& monitor = m_monitor->GetGroupMonitor();
    for (const ScenarioProtectionGroup& description : m_scenario.protectionGroups)
    {
        TrackedGroup group;
        group.name = description.id;
        group.mechanism = GroupClassName(description.groupClass);
        group.trigger = ResilienceTriggerName(TRIGGER_LINK_DOWN);
        group.permanentBridge = description.groupClass == GROUP_LINK_1_PLUS_1;
        group.commanded = description.groupClass == GROUP_LINK_RESTORATION;
        group.workingIds = description.working;
        for (const std::string& link : description.working)
        {
            group.working.push_back(m_qkdLinks.at(link).transmitter->GetLinkId());
        }
        for (const ScenarioProtectionEntity& entity : description.protection)
        {
            group.protection.push_back(m_qkdLinks.at(entity.link).transmitter->GetLinkId());
        }
        monitor.AddGroup(group);
    }
    for (const auto& [node, place] : m_agents)
    {
        monitor.AddAgent(place.agent, node);
        if (m_manager)
        {
            m_monitor->AddControlEndpoint(place.agent->GetManagerEndpoint());
        }
    }
    for (const ProtectionGroupReport& report : m_groupReports)
    {
        m_monitor->AddProtectionReport(report);
    }
    for (const ScenarioFault& fault : m_scenario.faults)
    {
        monitor.SetFaultEntities(fault.id, FindBrokenEntities(fault));
    }
}

bool
ScenarioBuilder::Breaks(const ScenarioFault& fault, const ScenarioProtectionEntity& entity) const
{
    // an eavesdropper may be too weak to stop a link
    const bool weak = fault.type == ScenarioFaultType::EAVESDROPPING &&
                      fault.addedQber < FindLink(entity.link).qberAbort;
    if (weak || fault.type == ScenarioFaultType::QBER_DRIFT)
    {
        return false;
    }
    const LinkId link = m_qkdLinks.at(entity.link).transmitter->GetLinkId();
    const std::vector<LinkId> stopped = FindFaultTarget(m_scenario, fault).links;
    const std::vector<ScenarioPath> paths = FindFaultPaths(m_scenario, fault);
    const uint32_t path = entity.sameModules ? 1 : 0;
    return std::find(stopped.begin(), stopped.end(), link) != stopped.end() ||
           std::any_of(paths.begin(), paths.end(), [link, path](const ScenarioPath& broken) {
               return broken.link == link && broken.path == path;
           });
}

std::map<std::string, std::vector<ProtectionEntity>>
ScenarioBuilder::FindBrokenEntities(const ScenarioFault& fault) const
{
    std::map<std::string, std::vector<ProtectionEntity>> broken;
    for (const ScenarioProtectionGroup& group : m_scenario.protectionGroups)
    {
        for (uint32_t i = 0; i < group.working.size(); ++i)
        {
            if (Breaks(fault, ScenarioProtectionEntity{group.working[i], false, {}, {}, {}}))
            {
                broken[group.id].push_back(ProtectionEntity{false, i});
            }
        }
        for (uint32_t i = 0; i < group.protection.size(); ++i)
        {
            if (Breaks(fault, group.protection[i]))
            {
                broken[group.id].push_back(ProtectionEntity{true, i});
            }
        }
    }
    return broken;
}

Ptr<LinkProtectionAgent>
ScenarioBuilder::GetLinkProtectionAgent(const std::string& node) const
{
    const auto found = m_agents.find(node);
    return found == m_agents.end() ? nullptr : found->second.agent;
}

Ptr<OpticalSwitch>
ScenarioBuilder::GetOpticalSwitch(const std::string& id) const
{
    return m_opticalSwitches.at(id);
}

const std::vector<ProtectionGroupReport>&
ScenarioBuilder::GetProtectionGroupReports() const
{
    return m_groupReports;
}

} // namespace qkdn
} // namespace ns3
