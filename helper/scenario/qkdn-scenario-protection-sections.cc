/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-protection-sections.h"

#include "qkdn-scenario-control-sections.h"

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief Read an optical switch.
 * @param object the object
 * @return what it says
 */
ScenarioOpticalSwitch
ReadOpticalSwitch(const ScenarioObject& object)
{
    ScenarioOpticalSwitch result;
    object.ReadId("id", result.id);
    object.Read("node", result.node);
    object.Read("ports", result.ports);
    object.Read("switching_s", result.switching);
    object.Read("loss_db", result.lossDb);
    object.Read("coverage", result.coverage);
    object.Read("fail_dark", result.failDark);
    return result;
}

/**
 * @brief Read the protection entities of a group.
 * @param object the group
 * @return what it says
 */
std::vector<ScenarioProtectionEntity>
ReadProtectionEntities(const ScenarioObject& object)
{
    std::vector<ScenarioProtectionEntity> entities;
    for (const auto& element : object.GetTextsOrObjects("protection", "modules_of"))
    {
        ScenarioProtectionEntity entity;
        if (const auto* link = std::get_if<std::string>(&element))
        {
            entity.link = *link;
        }
        else
        {
            const auto& modules = std::get<ScenarioObject>(element);
            entity.sameModules = true;
            modules.Read("modules_of", entity.link);
            modules.Read("fibres", entity.fibres);
            modules.Read("switches", entity.switches);
            modules.Read("station_km", entity.stationKm);
        }
        entities.push_back(entity);
    }
    return entities;
}

/**
 * @brief Read a protection group.
 * @param object the object
 * @return what it says
 */
ScenarioProtectionGroup
ReadProtectionGroup(const ScenarioObject& object)
{
    ScenarioProtectionGroup group;
    object.ReadId("id", group.id);
    ScenarioObject::Names<GroupClass> classes;
    for (const GroupClass value : {GROUP_LINK_1_PLUS_1,
                                   GROUP_LINK_1_1,
                                   GROUP_LINK_1_N,
                                   GROUP_LINK_M_N,
                                   GROUP_LINK_RESTORATION})
    {
        classes.emplace_back(GroupClassName(value), value);
    }
    object.Read("class", classes, group.groupClass);
    object.Read("working", group.working);
    group.protection = ReadProtectionEntities(object);
    object.Read("hold_off_s", group.holdOff);
    object.Read("wtr_s", group.wtr);
    object.Read("revertive", group.revertive);
    object.Read("start_timeout_s", group.startTimeout);
    ResilienceTrigger trigger = TRIGGER_LINK_DOWN;
    object.Read<ResilienceTrigger>("trigger", {{ResilienceTriggerName(trigger), trigger}}, trigger);
    object.Read("signal_degrade", group.signalDegrade);
    object.Read("min_rate_ratio", group.minRateRatio);
    object.Read<ScenarioEnforcement>(
        "enforcement",
        {{"error", ScenarioEnforcement::ERROR}, {"report", ScenarioEnforcement::REPORT}},
        group.enforcement);
    return group;
}

/**
 * @brief Read a command.
 * @param object the object
 * @return what it says
 */
ScenarioCommand
ReadCommand(const ScenarioObject& object)
{
    ScenarioCommand command;
    object.Read("at_s", command.at);
    object.Read("group", command.group);
    object.Read("session", command.session);
    ScenarioObject::Names<GroupCommand> names;
    for (const GroupCommand value : {GROUP_COMMAND_LOCKOUT,
                                     GROUP_COMMAND_FORCED_SWITCH,
                                     GROUP_COMMAND_MANUAL_SWITCH,
                                     GROUP_COMMAND_MANUAL_SWITCH_TO_WORKING,
                                     GROUP_COMMAND_EXERCISE,
                                     GROUP_COMMAND_CLEAR,
                                     GROUP_COMMAND_FREEZE,
                                     GROUP_COMMAND_CLEAR_FREEZE})
    {
        names.emplace_back(GroupCommandName(value), value);
    }
    command.isGiven = object.Has("command");
    object.Read("command", names, command.command);
    object.Read("working", command.working);
    object.Read("node", command.node);
    if (object.Has("km_policy"))
    {
        command.kmPolicy = ReadScenarioKmPolicy(object.GetObject("km_policy", "km_policy"));
    }
    return command;
}

} // namespace

void
ReadScenarioProtection(const ScenarioObject& object, Scenario& scenario)
{
    for (const auto& element : object.GetObjects("optical_switches", "optical_switch"))
    {
        scenario.opticalSwitches.push_back(ReadOpticalSwitch(element));
    }
    for (const auto& element : object.GetObjects("protection_groups", "protection_group"))
    {
        scenario.protectionGroups.push_back(ReadProtectionGroup(element));
    }
    for (const auto& element : object.GetObjects("commands", "command"))
    {
        scenario.commands.push_back(ReadCommand(element));
    }
}

} // namespace qkdn
} // namespace ns3
