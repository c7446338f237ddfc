/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-fault-target.h"

#include "qkdn-scenario-parts.h"

#include <algorithm>
#include <iterator>
#include <string>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief Whether a list has a name.
 * @param names the list
 * @param name the name
 * @return true if so
 */
bool
Contains(const std::vector<std::string>& names, const std::string& name)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

/**
 * @brief Whether a fault stops a QKD link whatever way light takes.
 * @param fault the fault
 * @param link the link
 * @return true if so
 */
bool
Stops(const ScenarioFault& fault, const ScenarioQkdLink& link)
{
    switch (fault.type)
    {
    case ScenarioFaultType::EAVESDROPPING:
    case ScenarioFaultType::QBER_DRIFT:
    case ScenarioFaultType::MODULE_FAILURE:
        return link.id == fault.target;
    case ScenarioFaultType::NODE_POWER:
        return link.tx == fault.target || link.rx == fault.target;
    default:
        return false;
    }
}

/**
 * @brief Whether a switch that breaks passes no light.
 * @param scenario the scenario
 * @param id the optical switch
 * @return true if so, false if it is stuck at its port
 */
bool
FailsDark(const Scenario& scenario, const std::string& id)
{
    return std::any_of(
        scenario.opticalSwitches.begin(),
        scenario.opticalSwitches.end(),
        [&id](const ScenarioOpticalSwitch& sw) { return sw.id == id && sw.failDark; });
}

/**
 * @brief The entities that have the modules of a QKD link.
 * @param scenario the scenario
 * @param link the QKD link
 * @return the entities in their order
 */
std::vector<ScenarioProtectionEntity>
FindSharers(const Scenario& scenario, const ScenarioQkdLink& link)
{
    std::vector<ScenarioProtectionEntity> sharers;
    for (const ScenarioProtectionGroup& group : scenario.protectionGroups)
    {
        std::copy_if(group.protection.begin(),
                     group.protection.end(),
                     std::back_inserter(sharers),
                     [&link](const ScenarioProtectionEntity& entity) {
                         return entity.sameModules && entity.link == link.id;
                     });
    }
    return sharers;
}

/**
 * @brief Whether a fault breaks or disturbs a way for light.
 * @param scenario the scenario
 * @param fault the fault
 * @param fibres fibres of the way
 * @param switches optical switches that the way passes
 * @return true if so
 */
bool
Breaks(const Scenario& scenario,
       const ScenarioFault& fault,
       const std::vector<std::string>& fibres,
       const std::vector<std::string>& switches)
{
    switch (fault.type)
    {
    case ScenarioFaultType::FIBRE_CUT:
    case ScenarioFaultType::EAVESDROPPING:
    case ScenarioFaultType::QBER_DRIFT:
        return Contains(fibres, fault.target);
    case ScenarioFaultType::RISK_GROUP_CUT: {
        const std::vector<std::string> cut = FindRiskGroup(scenario, fault.target);
        return std::any_of(cut.begin(), cut.end(), [&fibres](const std::string& fibre) {
            return Contains(fibres, fibre);
        });
    }
    case ScenarioFaultType::OPTICAL_SWITCH_FAILURE:
        return FailsDark(scenario, fault.target) && Contains(switches, fault.target);
    default:
        return false;
    }
}

} // namespace

std::vector<std::string>
FindRiskGroup(const Scenario& scenario, const std::string& group)
{
    std::vector<std::string> fibres;
    for (const ScenarioFibre& fibre : scenario.fibres)
    {
        if (Contains(fibre.riskGroups, group))
        {
            fibres.push_back(fibre.id);
        }
    }
    return fibres;
}

FaultTarget
FindFaultTarget(const Scenario& scenario, const ScenarioFault& fault)
{
    const bool stopsNode =
        fault.type == ScenarioFaultType::KM_CRASH || fault.type == ScenarioFaultType::NODE_POWER;
    const bool stopsKeyManager = stopsNode && ScenarioParts::OfQkdLinks(scenario).Has(fault.target);
    FaultTarget target;
    uint32_t number = 0;
    for (const ScenarioQkdLink& link : scenario.qkdLinks)
    {
        const LinkId id(++number);
        if (Stops(fault, link))
        {
            target.links.push_back(id);
        }
    }
    number = 0;
    for (const ScenarioNode& node : scenario.nodes)
    {
        const KmId id(++number);
        if (stopsKeyManager && node.id == fault.target)
        {
            target.kms.push_back(id);
        }
    }
    return target;
}

std::vector<ScenarioPath>
FindFaultPaths(const Scenario& scenario, const ScenarioFault& fault)
{
    std::vector<ScenarioPath> paths;
    uint32_t number = 0;
    for (const ScenarioQkdLink& link : scenario.qkdLinks)
    {
        const LinkId id(++number);
        const auto sharers = FindSharers(scenario, link);
        std::vector<std::string> switches;
        for (const ScenarioProtectionEntity& entity : sharers)
        {
            switches.insert(switches.end(), entity.switches.begin(), entity.switches.end());
        }
        const bool station =
            fault.type == ScenarioFaultType::STATION_FAILURE && link.id == fault.target;
        if (station || Breaks(scenario, fault, link.fibres, switches))
        {
            paths.push_back({id, 0});
        }
        for (uint32_t i = 0; i < sharers.size(); ++i)
        {
            if (Breaks(scenario, fault, sharers[i].fibres, sharers[i].switches))
            {
                paths.push_back({id, i + 1});
            }
        }
    }
    return paths;
}

std::set<std::string>
FindFaultPlaces(const Scenario& scenario, const ScenarioFault& fault)
{
    const auto find = [&fault](const auto& list) {
        return *std::find_if(list.begin(), list.end(), [&fault](const auto& element) {
            return element.id == fault.target;
        });
    };
    switch (fault.type)
    {
    case ScenarioFaultType::FIBRE_CUT: {
        const std::vector<std::string> groups = find(scenario.fibres).riskGroups;
        return {groups.begin(), groups.end()};
    }
    case ScenarioFaultType::RISK_GROUP_CUT: {
        const std::vector<std::string> fibres = FindRiskGroup(scenario, fault.target);
        return {fibres.begin(), fibres.end()};
    }
    case ScenarioFaultType::MODULE_FAILURE: {
        const ScenarioQkdLink link = find(scenario.qkdLinks);
        return {link.id, fault.moduleEnd == ScenarioModuleEnd::TX ? link.tx : link.rx};
    }
    case ScenarioFaultType::CONTROLLER_CRASH:
    case ScenarioFaultType::CONTROLLER_PARTITION:
        return {find(scenario.controllers).node};
    case ScenarioFaultType::OPTICAL_SWITCH_FAILURE:
        return {find(scenario.opticalSwitches).node};
    case ScenarioFaultType::MANAGER_CRASH:
        return {scenario.manager->node};
    default:
        return {};
    }
}

} // namespace qkdn
} // namespace ns3
