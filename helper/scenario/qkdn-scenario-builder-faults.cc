/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-builder.h"
#include "qkdn-scenario-error.h"
#include "qkdn-scenario-fault-target.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/enum.h"
#include "ns3/qkdn-classical-fault.h"
#include "ns3/qkdn-disturbance-fault.h"
#include "ns3/qkdn-node-compromise.h"
#include "ns3/qkdn-optical-fault.h"
#include "ns3/qkdn-process-fault.h"
#include "ns3/qkdn-random-stream.h"
#include "ns3/qkdn-risk-group-cut.h"

#include <algorithm>
#include <filesystem>

namespace ns3
{
namespace qkdn
{

void
ScenarioBuilder::BuildFaults()
{
    m_monitor->AddFaultInjector(m_injector);
    for (const ScenarioFault& description : m_scenario.faults)
    {
        if (m_partition && !m_partition->Strikes(description))
        {
            continue;
        }
        const Ptr<Fault> fault = MakeFault(description);
        WatchFault(description);
        if (description.repairWork)
        {
            m_repairCrews->Plan(fault, description.at, *description.repairWork);
        }
        else
        {
            PlanFault(fault, description);
        }
    }
}

void
ScenarioBuilder::InjectFault(Ptr<Fault> fault, const ScenarioFault& like)
{
    fault->SetNames(like.id, like.target);
    fault->SetPlaces(FindFaultPlaces(m_scenario, like));
    WatchFault(like);
    PlanFault(fault, like);
}

void
ScenarioBuilder::PlanFault(Ptr<Fault> fault, const ScenarioFault& description)
{
    Time repairAfter = description.repairAfter.value_or(Time::Max());
    if (description.repairTime)
    {
        const Ptr<RandomVariableStream> draw = description.repairTime->MakeVariable();
        draw->SetStream(RandomStreamNumber("fault/" + description.id, "repair-time"));
        repairAfter = TimeFromDraw(draw->GetValue());
    }
    if (repairAfter == Time::Max())
    {
        m_injector->Plan(fault, description.at);
    }
    else
    {
        m_injector->Plan(fault, description.at, repairAfter);
    }
}

void
ScenarioBuilder::WatchFault(const ScenarioFault& fault)
{
    m_monitor->SetFaultScope(fault.id, FindScope(fault));
    const FaultTarget target = FindFaultTarget(m_scenario, fault);
    m_monitor->SetFaultTarget(fault.id, target.links, target.kms);
    for (const ScenarioPath& broken : FindFaultPaths(m_scenario, fault))
    {
        PathFault path;
        path.channel = m_qkdLinks.at(m_scenario.qkdLinks[broken.link.value - 1].id).channel;
        path.path = broken.path;
        path.link = broken.link;
        uint32_t number = 0;
        for (const ScenarioSession& session : m_scenario.sessions)
        {
            const SessionId id(++number);
            if (Serves(broken.link, session))
            {
                path.sessions.push_back(id);
            }
        }
        m_monitor->AddFaultPath(fault.id, path);
    }
    for (const Ptr<ClassicalLink>& link : FindClassicalLinks(fault))
    {
        m_monitor->SetFaultLink(fault.id, link, m_plant.GetTopology());
    }
}

Ptr<Fault>
ScenarioBuilder::MakeFault(const ScenarioFault& description) const
{
    std::string target = description.target;
    Ptr<Fault> fault;
    switch (description.type)
    {
    case ScenarioFaultType::FIBRE_CUT: {
        Ptr<FibreCut> cut = CreateObject<FibreCut>();
        cut->SetSpan(m_fibres.at(description.target), description.position);
        fault = cut;
        break;
    }
    case ScenarioFaultType::RISK_GROUP_CUT: {
        Ptr<RiskGroupCut> cut = CreateObject<RiskGroupCut>();
        cut->SetPosition(description.position);
        for (const std::string& fibre : FindRiskGroup(m_scenario, description.target))
        {
            cut->AddSpan(m_fibres.at(fibre));
        }
        fault = cut;
        break;
    }
    case ScenarioFaultType::CLASSICAL_CONGESTION: {
        Ptr<ClassicalCongestion> congestion =
            CreateObjectWithAttributes<ClassicalCongestion>("LoadBps",
                                                            DoubleValue(description.loadBps));
        congestion->SetLink(m_classicalLinks.at(description.target));
        fault = congestion;
        break;
    }
    case ScenarioFaultType::CONTROLLER_PARTITION: {
        Ptr<ControllerPartition> partition = CreateObject<ControllerPartition>();
        for (const Ptr<ClassicalLink>& link : FindControllerLinks(description.target))
        {
            partition->AddLink(link);
        }
        fault = partition;
        break;
    }
    case ScenarioFaultType::CLASSICAL_LINK_FAILURE: {
        Ptr<ClassicalLinkFailure> failure = CreateObject<ClassicalLinkFailure>();
        failure->SetLink(m_classicalLinks.at(description.target));
        fault = failure;
        break;
    }
    case ScenarioFaultType::MODULE_FAILURE: {
        const bool tx = description.moduleEnd == ScenarioModuleEnd::TX;
        const QkdLink& link = m_qkdLinks.at(description.target);
        Ptr<ModuleFailure> failure = CreateObject<ModuleFailure>();
        failure->SetModule(tx ? link.transmitter : link.receiver);
        target += tx ? "/tx" : "/rx";
        fault = failure;
        break;
    }
    case ScenarioFaultType::KM_CRASH: {
        Ptr<KeyManagerCrash> crash = CreateObject<KeyManagerCrash>();
        crash->SetKeyManager(m_sites.at(description.target).km);
        fault = crash;
        break;
    }
    case ScenarioFaultType::NODE_POWER:
        fault = MakeNodePowerFault(description.target);
        break;
    case ScenarioFaultType::CONTROLLER_CRASH: {
        Ptr<ControllerCrashFault> crash = CreateObject<ControllerCrashFault>();
        crash->SetProcess(MakeFaultableProcess(m_controllers.at(description.target).controller));
        fault = crash;
        break;
    }
    case ScenarioFaultType::OPTICAL_SWITCH_FAILURE: {
        Ptr<OpticalSwitchFailure> failure = CreateObject<OpticalSwitchFailure>();
        failure->SetSwitch(m_opticalSwitches.at(description.target));
        fault = failure;
        break;
    }
    case ScenarioFaultType::STATION_FAILURE: {
        Ptr<StationFailure> failure = CreateObject<StationFailure>();
        failure->SetStation(m_qkdLinks.at(description.target).channel->GetPath(0).GetStation());
        fault = failure;
        break;
    }
    case ScenarioFaultType::EAVESDROPPING: {
        Ptr<EavesdroppingFault> eavesdropper =
            CreateObjectWithAttributes<EavesdroppingFault>("AddedQber",
                                                           DoubleValue(description.addedQber));
        SetDisturbed(eavesdropper, description.target);
        fault = eavesdropper;
        break;
    }
    case ScenarioFaultType::QBER_DRIFT:
        fault = MakeDrift(description);
        break;
    case ScenarioFaultType::NODE_COMPROMISE: {
        Ptr<NodeCompromise> compromise =
            CreateObjectWithAttributes<NodeCompromise>("Wiretap",
                                                       BooleanValue(description.wiretap));
        compromise->SetKeyManager(m_sites.at(description.target).km);
        fault = compromise;
        break;
    }
    case ScenarioFaultType::MANAGER_CRASH: {
        Ptr<ManagerCrashFault> crash = CreateObject<ManagerCrashFault>();
        crash->SetProcess(MakeFaultableProcess(m_manager));
        target = "manager";
        fault = crash;
        break;
    }
    }
    fault->SetNames(description.id, target);
    fault->SetPlaces(FindFaultPlaces(m_scenario, description));
    return fault;
}

void
ScenarioBuilder::SetDisturbed(Ptr<DisturbanceFault> fault, const std::string& target) const
{
    const auto fibre = m_fibres.find(target);
    if (fibre != m_fibres.end())
    {
        fault->SetSpan(fibre->second, 0.5);
    }
    else
    {
        fault->SetChannel(m_qkdLinks.at(target).channel);
    }
}

Ptr<Fault>
ScenarioBuilder::MakeDrift(const ScenarioFault& description) const
{
    const std::filesystem::path file =
        std::filesystem::path(m_source).parent_path() / description.curveFile;
    std::string problem;
    const QberCurve curve = QberCurve::FromCsv(file.string(), problem);
    if (!problem.empty())
    {
        const auto place = std::find_if(
            m_scenario.faults.begin(),
            m_scenario.faults.end(),
            [&description](const ScenarioFault& fault) { return fault.id == description.id; });
        throw ScenarioError(m_source,
                            description.origin.empty()
                                ? "/faults/" + std::to_string(place - m_scenario.faults.begin()) +
                                      "/curve_file"
                                : description.origin,
                            file.string() + ": " + problem,
                            "give a CSV file with the columns time_s and added_qber");
    }
    Ptr<QberDriftFault> drift = CreateObject<QberDriftFault>();
    drift->SetAttribute("Interpolation",
                        EnumValue(description.curve == ScenarioCurve::STEP
                                      ? QberDriftFault::STEP
                                      : QberDriftFault::LINEAR));
    drift->SetCurve(curve, description.curveFile);
    SetDisturbed(drift, description.target);
    return drift;
}

Ptr<Fault>
ScenarioBuilder::MakeNodePowerFault(const std::string& node) const
{
    const Site& site = m_sites.at(node);
    Ptr<NodePowerFault> fault = CreateObject<NodePowerFault>();
    for (const Ptr<ClassicalLink>& link : FindClassicalLinks(site))
    {
        fault->AddLink(link);
    }
    if (m_partition && !m_partition->IsLocal(node))
    {
        return fault;
    }
    for (const ScenarioQkdLink& link : m_scenario.qkdLinks)
    {
        const QkdLink& made = m_qkdLinks.at(link.id);
        if (link.tx == node)
        {
            fault->AddModule(made.transmitter);
        }
        if (link.rx == node)
        {
            fault->AddModule(made.receiver);
        }
    }
    if (site.km)
    {
        fault->AddProcess(MakeFaultableProcess(site.km));
    }
    for (const ScenarioController& controller : m_scenario.controllers)
    {
        if (controller.node == node)
        {
            fault->AddProcess(MakeFaultableProcess(m_controllers.at(controller.id).controller));
        }
    }
    if (m_scenario.manager && m_scenario.manager->node == node)
    {
        fault->AddProcess(MakeFaultableProcess(m_manager));
    }
    if (const Ptr<LinkProtectionAgent> agent = GetLinkProtectionAgent(node))
    {
        fault->AddProcess(MakeFaultableProcess(agent));
    }
    return fault;
}

std::vector<Ptr<ClassicalLink>>
ScenarioBuilder::FindClassicalLinks(const Site& site) const
{
    std::vector<Ptr<ClassicalLink>> links;
    for (const Ptr<ClassicalLink>& link : m_plant.GetTopology()->GetLinks())
    {
        if (site.nodes.Contains(link->GetDevice(false)->GetNode()->GetId()) ||
            site.nodes.Contains(link->GetDevice(true)->GetNode()->GetId()))
        {
            links.push_back(link);
        }
    }
    return links;
}

std::vector<Ptr<ClassicalLink>>
ScenarioBuilder::FindControllerLinks(const std::string& controller) const
{
    // the ns-3 node is that of the controller alone: CheckScenario() has seen to it
    const Ptr<Node> node = m_controllers.at(controller).controller->GetNode();
    std::vector<Ptr<ClassicalLink>> links;
    for (const Ptr<ClassicalLink>& link : m_plant.GetTopology()->GetLinks())
    {
        if (link->GetDevice(false)->GetNode() == node || link->GetDevice(true)->GetNode() == node)
        {
            links.push_back(link);
        }
    }
    return links;
}

std::vector<Ptr<ClassicalLink>>
ScenarioBuilder::FindClassicalLinks(const ScenarioFault& fault) const
{
    std::vector<std::string> fibres;
    switch (fault.type)
    {
    case ScenarioFaultType::FIBRE_CUT:
    case ScenarioFaultType::CLASSICAL_LINK_FAILURE:
    case ScenarioFaultType::CLASSICAL_CONGESTION:
        fibres.push_back(fault.target);
        break;
    case ScenarioFaultType::RISK_GROUP_CUT:
        fibres = FindRiskGroup(m_scenario, fault.target);
        break;
    case ScenarioFaultType::CONTROLLER_PARTITION:
        return FindControllerLinks(fault.target);
    case ScenarioFaultType::NODE_POWER:
        return FindClassicalLinks(m_sites.at(fault.target));
    default:
        break;
    }
    std::vector<Ptr<ClassicalLink>> links;
    for (const std::string& fibre : fibres)
    {
        if (const Ptr<ClassicalLink> link = GetClassicalLink(fibre))
        {
            links.push_back(link);
        }
    }
    return links;
}

bool
ScenarioBuilder::Serves(LinkId link, const ScenarioSession& session) const
{
    const ScenarioQkdLink& description = m_scenario.qkdLinks[link.value - 1];
    return std::minmax(description.tx, description.rx) ==
           std::minmax(session.master, session.slave);
}

std::vector<SessionId>
ScenarioBuilder::FindScope(const ScenarioFault& fault) const
{
    const bool stopsNode =
        fault.type == ScenarioFaultType::KM_CRASH || fault.type == ScenarioFaultType::NODE_POWER;
    const std::vector<LinkId> links = FindFaultTarget(m_scenario, fault).links;
    std::vector<SessionId> scope;
    uint32_t number = 0;
    for (const ScenarioSession& session : m_scenario.sessions)
    {
        const SessionId id(++number);
        const bool ends =
            stopsNode && (session.master == fault.target || session.slave == fault.target);
        if (ends || std::any_of(links.begin(), links.end(), [this, &session](LinkId link) {
                return Serves(link, session);
            }))
        {
            scope.push_back(id);
        }
    }
    return scope;
}

} // namespace qkdn
} // namespace ns3
