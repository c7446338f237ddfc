/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-builder.h"

#include <algorithm>

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
        const Ptr<Fault> fault = MakeFault(description);
        m_monitor->SetFaultScope(description.id, FindScope(description));
        const bool ofFibre = description.type == ScenarioFaultType::FIBRE_CUT ||
                             description.type == ScenarioFaultType::CLASSICAL_LINK_FAILURE;
        const auto link = m_classicalLinks.find(ofFibre ? description.target : std::string());
        if (link != m_classicalLinks.end())
        {
            m_monitor->SetFaultLink(description.id, link->second, m_plant.GetTopology());
        }
        if (description.repairAfter)
        {
            m_injector->Plan(fault, description.at, *description.repairAfter);
        }
        else
        {
            m_injector->Plan(fault, description.at);
        }
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
        Ptr<ControllerCrash> crash = CreateObject<ControllerCrash>();
        crash->SetController(m_controllers.at(description.target).controller);
        fault = crash;
        break;
    }
    case ScenarioFaultType::MANAGER_CRASH: {
        Ptr<ManagerCrash> crash = CreateObject<ManagerCrash>();
        crash->SetManager(m_manager);
        target = "manager";
        fault = crash;
        break;
    }
    }
    fault->SetNames(description.id, target);
    return fault;
}

bool
ScenarioBuilder::UsesFibre(const ScenarioSession& session, const std::string& fibre) const
{
    return std::any_of(
        m_scenario.qkdLinks.begin(),
        m_scenario.qkdLinks.end(),
        [&session, &fibre](const ScenarioQkdLink& link) {
            return std::minmax(link.tx, link.rx) == std::minmax(session.master, session.slave) &&
                   std::find(link.fibres.begin(), link.fibres.end(), fibre) != link.fibres.end();
        });
}

std::vector<SessionId>
ScenarioBuilder::FindScope(const ScenarioFault& fault) const
{
    // with a controller any session may be relayed over any link
    const bool relayed = !m_scenario.controllers.empty();
    std::vector<SessionId> scope;
    uint32_t number = 0;
    for (const ScenarioSession& session : m_scenario.sessions)
    {
        const SessionId id(++number);
        bool concerned = false;
        switch (fault.type)
        {
        case ScenarioFaultType::FIBRE_CUT:
            concerned = UsesFibre(session, fault.target);
            break;
        case ScenarioFaultType::CLASSICAL_LINK_FAILURE:
            // it depends on the way that packets take when it strikes
            break;
        case ScenarioFaultType::MODULE_FAILURE:
            for (const ScenarioQkdLink& link : m_scenario.qkdLinks)
            {
                concerned = concerned || (link.id == fault.target &&
                                          std::minmax(link.tx, link.rx) ==
                                              std::minmax(session.master, session.slave));
            }
            break;
        case ScenarioFaultType::CONTROLLER_CRASH:
        case ScenarioFaultType::MANAGER_CRASH:
            break;
        case ScenarioFaultType::KM_CRASH:
        case ScenarioFaultType::NODE_POWER:
            concerned = session.master == fault.target || session.slave == fault.target;
            break;
        }
        if (concerned || relayed)
        {
            scope.push_back(id);
        }
    }
    return scope;
}

} // namespace qkdn
} // namespace ns3
