/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-map.h"

#include "qkdn-scenario-parts.h"

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief What is at a node besides its key manager.
 * @param scenario the scenario
 * @param node id of the node
 * @return the functions, with their ids
 */
std::vector<std::string>
FunctionsAt(const Scenario& scenario, const std::string& node)
{
    std::vector<std::string> functions;
    for (const ScenarioController& controller : scenario.controllers)
    {
        if (controller.node == node)
        {
            functions.push_back("controller " + controller.id);
        }
    }
    if (scenario.manager && scenario.manager->node == node)
    {
        functions.emplace_back("manager");
    }
    for (const ScenarioOpticalSwitch& opticalSwitch : scenario.opticalSwitches)
    {
        if (opticalSwitch.node == node)
        {
            functions.push_back("optical switch " + opticalSwitch.id);
        }
    }
    return functions;
}

/**
 * @brief A protection group.
 * @param description the group of the scenario
 * @return the group of the map
 */
MapGroup
MakeGroup(const ScenarioProtectionGroup& description)
{
    MapGroup group{description.id, GroupClassName(description.groupClass), description.working, {}};
    uint32_t index = 0;
    for (const ScenarioProtectionEntity& entity : description.protection)
    {
        group.protection.push_back(MapSpare{ProtectionEntity{true, index++}.ToString(),
                                            entity.link,
                                            entity.sameModules,
                                            entity.fibres});
    }
    return group;
}

} // namespace

NetworkMap
MakeNetworkMap(const Scenario& scenario)
{
    NetworkMap map;
    const ScenarioParts parts = ScenarioParts::OfQkdLinks(scenario);
    for (const ScenarioNode& node : scenario.nodes)
    {
        map.nodes.push_back(MapNode{node.id,
                                    node.xKm,
                                    node.yKm,
                                    parts.Has(node.id),
                                    FunctionsAt(scenario, node.id)});
    }
    for (const ScenarioFibre& fibre : scenario.fibres)
    {
        map.fibres.push_back(
            MapFibre{fibre.id, fibre.a, fibre.b, fibre.lengthKm, fibre.riskGroups});
    }
    for (const ScenarioQkdLink& link : scenario.qkdLinks)
    {
        map.links.push_back(MapLink{link.id, link.tx, link.rx, link.fibres});
    }
    for (const ScenarioProtectionGroup& group : scenario.protectionGroups)
    {
        map.groups.push_back(MakeGroup(group));
    }
    for (const ScenarioSession& session : scenario.sessions)
    {
        map.sessions.push_back(MapSession{session.id, session.master, session.slave});
    }
    return map;
}

} // namespace qkdn
} // namespace ns3
