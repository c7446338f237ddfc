/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-builder.h"
#include "qkdn-scenario-fault-names.h"
#include "qkdn-scenario-fault-processes.h"

#include "ns3/double.h"
#include "ns3/enum.h"
#include "ns3/uinteger.h"

namespace ns3
{
namespace qkdn
{

void
ScenarioBuilder::BuildRepairCrews()
{
    if (!m_scenario.repair)
    {
        return;
    }
    const ScenarioRepair& repair = *m_scenario.repair;
    m_repairCrews = CreateObject<RepairCrews>();
    m_repairCrews->SetAttribute("Crews", UintegerValue(repair.crews));
    m_repairCrews->SetAttribute("Policy", EnumValue(repair.policy));
    m_repairCrews->SetAttribute("TravelTime", TimeValue(repair.travel));
    m_repairCrews->SetAttribute("Dispatch", EnumValue(repair.dispatch));
    m_repairCrews->SetInjector(m_injector);
    m_repairCrews->SetLoadSource([this](const std::string& fault) { return GetRepairLoad(fault); });
    m_monitor->GetRepairMonitor().AddCrews(m_repairCrews);
    if (repair.dispatch == RepairCrews::BY_ORDER)
    {
        m_manager->TraceConnectWithoutContext("RepairOrdered",
                                              MakeCallback(&RepairCrews::Request, m_repairCrews));
        m_manager->TraceConnectWithoutContext("RepairWithdrawn",
                                              MakeCallback(&RepairCrews::Withdraw, m_repairCrews));
    }
}

RepairCrews::Load
ScenarioBuilder::GetRepairLoad(const std::string& fault) const
{
    RepairCrews::Load load;
    for (const SessionId id : m_monitor->GetConcernedSessions(fault))
    {
        const ScenarioSession& session = m_scenario.sessions[id.value - 1];
        ++load.sessions;
        load.keyRateBps += session.keySizeBit * session.rateKeysPerS;
    }
    return load;
}

void
ScenarioBuilder::BuildFaultProcesses()
{
    for (const ScenarioFaultProcess& description : m_scenario.faultProcesses)
    {
        for (const ScenarioFault& component : FindProcessComponents(m_scenario, description))
        {
            TimeDistribution up = description.up;
            up.meanS = GetProcessMeanUpS(m_scenario, description, component);
            Ptr<FaultProcess> process = CreateObject<FaultProcess>();
            process->SetAttribute("Start", TimeValue(description.start));
            process->SetAttribute("MaxFaults", UintegerValue(description.maxFaults));
            process->SetAttribute("Acceleration", DoubleValue(description.acceleration));
            process->SetComponent(GetScenarioFaultTypeName(component.type),
                                  GetScenarioFaultTarget(component));
            process->SetTimes(up, description.repair);
            process->SetSource(
                [this, component](uint32_t number) { return MakeRandomFault(component, number); });
            process->SetInjector(m_injector);
            process->SetCrews(BreaksComponent(component.type) ? m_repairCrews : nullptr);
            process->Begin();
            m_monitor->GetRepairMonitor().AddProcess(process);
            m_faultProcesses.push_back(process);
        }
    }
}

Ptr<Fault>
ScenarioBuilder::MakeRandomFault(const ScenarioFault& component, uint32_t number)
{
    ScenarioFault description = component;
    // ids in the scenario have no slash, so that these are different
    description.id = GetScenarioFaultTypeName(component.type) + "/" +
                     GetScenarioFaultTarget(component) + "/" + std::to_string(number);
    const Ptr<Fault> fault = MakeFault(description);
    WatchFault(description);
    m_monitor->GetGroupMonitor().SetFaultEntities(description.id, FindBrokenEntities(description));
    return fault;
}

} // namespace qkdn
} // namespace ns3
