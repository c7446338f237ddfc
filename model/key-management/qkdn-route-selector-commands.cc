/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The part of RouteSelector that follows operators.

#include "qkdn-route-selector.h"

#include "ns3/log.h"

#include <utility>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnRouteSelectorCommands");

bool
RouteSelector::ChoosesItself() const
{
    return HasProtectionRoute(m_session.policy.resilienceClass);
}

void
RouteSelector::SetAutonomy(bool mayProtect)
{
    NS_LOG_FUNCTION(this << mayProtect);
    if (std::exchange(m_mayProtect, mayProtect) != mayProtect)
    {
        ScheduleDecision();
    }
}

CommandResult
RouteSelector::Command(SwitchRequest command, Entity entity)
{
    NS_LOG_FUNCTION(this << SwitchRequestName(command) << +entity);
    const CommandInEffect wanted = {command, entity};
    CommandResult result = COMMAND_ACCEPTED;
    const bool isPossible = command == REQUEST_CLEAR || command == REQUEST_LOCKOUT ||
                            command == REQUEST_FORCED_SWITCH || command == REQUEST_MANUAL_SWITCH;
    if (!isPossible || !ChoosesItself() || !m_selected.IsValid())
    {
        result = COMMAND_REJECTED_STATE;
    }
    else if (command == REQUEST_CLEAR)
    {
        result = ClearCommand();
    }
    else if (IsOutranked(wanted))
    {
        result = COMMAND_REJECTED_LOCAL;
    }
    else
    {
        EndCommand(COMMAND_OVERRIDDEN_LOCAL);
        m_command = wanted;
        ScheduleDecision();
    }
    m_commandTrace(m_session.id, command, entity, result);
    return result;
}

bool
RouteSelector::IsOutranked(const CommandInEffect& command) const
{
    switch (command.request)
    {
    case REQUEST_LOCKOUT:
        return false;
    case REQUEST_FORCED_SWITCH:
        return (m_command && m_command->request == REQUEST_LOCKOUT) || !IsFree(m_protection);
    default:
        return m_command || !IsFree(m_protection) || !IsFree(GetPrimary());
    }
}

void
RouteSelector::OverrideCommand()
{
    if (!m_command || m_command->request == REQUEST_LOCKOUT)
    {
        return;
    }
    const bool protectionFails = !m_protection.IsValid() || m_routes.at(m_protection).heldOff ||
                                 m_routes.at(m_protection).over;
    const bool workingFails = m_routes.at(GetPrimary()).heldOff;
    if (protectionFails || (workingFails && m_command->request == REQUEST_MANUAL_SWITCH))
    {
        EndCommand(COMMAND_OVERRIDDEN_LOCAL);
    }
}

void
RouteSelector::FollowCommand()
{
    StopWaiting();
    const bool toProtection =
        m_command->request == REQUEST_FORCED_SWITCH ||
        (m_command->request == REQUEST_MANUAL_SWITCH && m_command->entity == ENTITY_PROTECTION);
    const RouteId wanted = toProtection ? m_protection : GetPrimary();
    if (m_selected != wanted)
    {
        Select(wanted, ROUTE_EVENT_SWITCH, RouteFailureCause());
    }
}

CommandResult
RouteSelector::ClearCommand()
{
    const bool reverts =
        m_selected == m_protection && IsFree(GetPrimary()) && m_session.policy.revertive;
    if (m_command)
    {
        EndCommand(COMMAND_CLEARED);
    }
    else if (!m_waiting)
    {
        return COMMAND_REJECTED_NOTHING;
    }
    if (reverts)
    {
        // without wait to restore: the operator has waited
        Select(GetPrimary(), ROUTE_EVENT_REVERT, m_left);
    }
    ScheduleDecision();
    return COMMAND_ACCEPTED;
}

void
RouteSelector::EndCommand(CommandResult result)
{
    if (m_command)
    {
        const CommandInEffect ended = *m_command;
        m_command.reset();
        m_commandTrace(m_session.id, ended.request, ended.entity, result);
    }
}

} // namespace qkdn
} // namespace ns3
