/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-group-protection.h"

#include "qkdn-line-monitor.h"

#include "ns3/boolean.h"
#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnGroupProtection");

GroupProtection::GroupProtection(const GroupEnd& config, GroupObserver* observer)
    : m_config(config),
      m_observer(observer)
{
    CheckConfig();
    m_status.group = config.id;
    m_status.name = config.name;
    m_status.groupClass = config.groupClass;
    m_status.end = config.end;
    m_working.resize(config.working.size());
    m_protection.resize(config.protection.size());
    for (uint32_t i = 0; i < m_working.size(); ++i)
    {
        MakeWorking(i);
    }
    for (uint32_t i = 0; i < m_protection.size(); ++i)
    {
        MakeProtection(i);
    }
}

GroupProtection::~GroupProtection()
{
    for (Working& working : m_working)
    {
        working.machine->Dispose();
    }
}

void
GroupProtection::CheckConfig() const
{
    const std::size_t n = m_config.working.size();
    const std::size_t m = m_config.protection.size();
    const GroupClass groupClass = m_config.groupClass;
    const bool single = groupClass == GROUP_LINK_1_PLUS_1 || groupClass == GROUP_LINK_1_1;
    NS_ABORT_MSG_IF(!m_config.id.IsValid() || n == 0 || m == 0 || n > 32 || m > 32 ||
                        (single && (n != 1 || m != 1)) || (groupClass == GROUP_LINK_1_N && m != 1),
                    "protection group " << m_config.name << " of class "
                                        << GroupClassName(groupClass) << " cannot have " << n
                                        << " working and " << m << " protection entities");
    for (const ProtectionEntity entity : GetEntities())
    {
        const EntityEnd& end = GetEnd(entity);
        NS_ABORT_MSG_IF(!end.link.IsValid() || (!end.module && !end.monitor),
                        "protection group " << m_config.name << ": entity " << entity
                                            << " has no link, or neither module nor monitor");
    }
}

void
GroupProtection::MakeWorking(uint32_t index)
{
    Working& working = m_working[index];
    const ProtectionEntity entity{false, index};
    const bool duplicated = m_config.groupClass == GROUP_LINK_1_PLUS_1;
    working.machine =
        CreateObjectWithAttributes<ProtectionSwitch>("Revertive",
                                                     BooleanValue(m_config.revertive),
                                                     "WaitToRestore",
                                                     TimeValue(m_config.waitToRestore),
                                                     "HoldOff",
                                                     TimeValue(Time(0)),
                                                     "Bidirectional",
                                                     BooleanValue(!duplicated),
                                                     "PermanentBridge",
                                                     BooleanValue(duplicated));
    working.watch = std::make_unique<EntityWatch>(
        m_config.holdOff,
        MakeBoundCallback(&GroupProtection::OnCondition, this, entity),
        MakeBoundCallback(&GroupProtection::OnReport, this, entity));
    working.machine->SetSelectCallback(MakeBoundCallback(&GroupProtection::OnSelect, this, index));
    working.machine->SetSendCallback(MakeBoundCallback(&GroupProtection::OnSend, this, index));
    working.machine->TraceConnectWithoutContext(
        "CommandResult",
        MakeBoundCallback(&GroupProtection::OnCommand, this, index));
    working.machine->TraceConnectWithoutContext(
        "ProtocolFailure",
        MakeBoundCallback(&GroupProtection::OnProtocol, this, index));
    WatchSwitches(m_config.working[index]);
    for (const SwitchPort& port : m_config.working[index].switches)
    {
        m_switches.Reached(port);
    }
}

void
GroupProtection::MakeProtection(uint32_t index)
{
    const ProtectionEntity entity{true, index};
    m_protection[index].watch = std::make_unique<EntityWatch>(
        m_config.holdOff,
        MakeBoundCallback(&GroupProtection::OnCondition, this, entity),
        MakeBoundCallback(&GroupProtection::OnReport, this, entity));
    WatchSwitches(m_config.protection[index]);
}

void
GroupProtection::WatchSwitches(const EntityEnd& entity)
{
    for (const SwitchPort& port : entity.switches)
    {
        port.sw->SetAlarmCallback(MakeBoundCallback(&GroupProtection::OnAlarm, this, port.name));
    }
}

void
GroupProtection::Start()
{
    NS_LOG_FUNCTION(this << m_config.name);
    m_running = true;
    for (const ProtectionEntity entity : GetEntities())
    {
        const Ptr<LineMonitor> monitor = GetEnd(entity).monitor;
        GetWatch(entity).Start();
        if (monitor)
        {
            monitor->SetStateCallback(MakeBoundCallback(&GroupProtection::OnLine, this, entity));
            monitor->Start(GetWatch(entity).GetCondition(EntityWatch::SOURCE_LINE) == ENTITY_GOOD);
        }
    }
    for (Working& working : m_working)
    {
        if (!IsCommanded())
        {
            working.machine->Start(working.onProtection ? ENTITY_PROTECTION : ENTITY_WORKING);
        }
    }
    for (uint32_t i = 0; i < m_working.size(); ++i)
    {
        TellWorking(i);
    }
    Rearrange();
}

void
GroupProtection::Stop()
{
    NS_LOG_FUNCTION(this << m_config.name);
    m_running = false;
    m_frozen = false;
    for (Working& working : m_working)
    {
        working.machine->Stop();
        working.watch->Stop();
        working.told = ENTITY_GOOD;
        working.noProtection = false;
        working.degradedProtection = false;
        if (working.operation)
        {
            working.operation->Cancel();
        }
    }
    for (Protection& protection : m_protection)
    {
        protection.watch->Stop();
        protection.remoteFailed = false;
    }
    for (const ProtectionEntity entity : GetEntities())
    {
        if (GetEnd(entity).monitor)
        {
            GetEnd(entity).monitor->Stop();
        }
    }
    for (auto& retry : m_retries)
    {
        retry.second.Cancel();
    }
}

const GroupEnd&
GroupProtection::GetConfig() const
{
    return m_config;
}

const GroupStatus&
GroupProtection::GetStatus() const
{
    return m_status;
}

Ptr<ProtectionSwitch>
GroupProtection::GetSwitch(uint32_t working) const
{
    return m_working.at(working).machine;
}

ProtectionEntity
GroupProtection::GetSelected(uint32_t working) const
{
    const Working& entity = m_working.at(working);
    return entity.held ? ProtectionEntity{true, *entity.held} : ProtectionEntity{false, working};
}

std::vector<ProtectionEntity>
GroupProtection::GetEntities() const
{
    std::vector<ProtectionEntity> entities;
    for (uint32_t i = 0; i < m_config.working.size(); ++i)
    {
        entities.push_back({false, i});
    }
    for (uint32_t i = 0; i < m_config.protection.size(); ++i)
    {
        entities.push_back({true, i});
    }
    return entities;
}

EntityWatch&
GroupProtection::GetWatch(ProtectionEntity entity)
{
    return entity.protection ? *m_protection[entity.index].watch : *m_working[entity.index].watch;
}

const EntityEnd&
GroupProtection::GetEnd(ProtectionEntity entity) const
{
    return entity.protection ? m_config.protection[entity.index] : m_config.working[entity.index];
}

std::string
GroupProtection::Command(GroupCommand command, uint32_t index)
{
    NS_LOG_FUNCTION(this << m_config.name << GroupCommandName(command) << index);
    NS_ABORT_MSG_IF(index >= m_working.size(),
                    "protection group " << m_config.name << " has no working entity " << index);
    Working& working = m_working[index];
    const bool frozen = m_frozen;
    working.result.clear();
    switch (command)
    {
    case GROUP_COMMAND_LOCKOUT:
    case GROUP_COMMAND_FORCED_SWITCH:
    case GROUP_COMMAND_MANUAL_SWITCH:
    case GROUP_COMMAND_MANUAL_SWITCH_TO_WORKING:
    case GROUP_COMMAND_EXERCISE:
    case GROUP_COMMAND_CLEAR:
        if (m_running && !frozen && !IsCommanded())
        {
            Request(command, index);
        }
        break;
    case GROUP_COMMAND_FREEZE:
        m_frozen = m_frozen || (m_running && !IsCommanded());
        working.result = frozen || !m_frozen ? "rejected-state" : "accepted";
        break;
    case GROUP_COMMAND_CLEAR_FREEZE:
        m_frozen = false;
        working.result = frozen ? "accepted" : "rejected-nothing";
        break;
    }
    if (working.result.empty())
    {
        working.result = frozen ? "rejected-frozen" : "rejected-state";
    }
    m_observer->CommandChanged(m_config,
                               index,
                               GroupCommandName(command),
                               working.result,
                               IncidentId());
    if (command == GROUP_COMMAND_CLEAR_FREEZE && frozen)
    {
        for (uint32_t i = 0; i < m_working.size(); ++i)
        {
            TellWorking(i);
        }
    }
    Rearrange();
    return working.result;
}

void
GroupProtection::Request(GroupCommand command, uint32_t index)
{
    const Ptr<ProtectionSwitch> machine = m_working[index].machine;
    const IncidentId none;
    m_commanding = true;
    switch (command)
    {
    case GROUP_COMMAND_LOCKOUT:
        machine->Local(REQUEST_LOCKOUT, ENTITY_WORKING, none);
        break;
    case GROUP_COMMAND_FORCED_SWITCH:
        machine->Local(REQUEST_FORCED_SWITCH, ENTITY_PROTECTION, none);
        break;
    case GROUP_COMMAND_MANUAL_SWITCH:
        machine->Local(REQUEST_MANUAL_SWITCH, ENTITY_PROTECTION, none);
        break;
    case GROUP_COMMAND_MANUAL_SWITCH_TO_WORKING:
        machine->Local(REQUEST_MANUAL_SWITCH, ENTITY_WORKING, none);
        break;
    case GROUP_COMMAND_EXERCISE:
        machine->Local(REQUEST_EXERCISE, ENTITY_WORKING, none);
        break;
    default:
        machine->Local(REQUEST_CLEAR, ENTITY_WORKING, none);
        break;
    }
    m_commanding = false;
}

void
GroupProtection::OnCommand(GroupProtection* group,
                           uint32_t index,
                           SwitchRequest request,
                           Entity entity,
                           CommandResult result,
                           IncidentId incident)
{
    Working& working = group->m_working[index];
    const bool answer = result == COMMAND_ACCEPTED || result == COMMAND_REJECTED_LOCAL ||
                        result == COMMAND_REJECTED_REMOTE || result == COMMAND_REJECTED_NOTHING ||
                        result == COMMAND_REJECTED_STATE;
    if (group->m_commanding && answer && working.result.empty())
    {
        working.result = CommandResultName(result);
        return;
    }
    std::string name = SwitchRequestName(request);
    if (request == REQUEST_MANUAL_SWITCH && entity == ENTITY_WORKING)
    {
        name = GroupCommandName(GROUP_COMMAND_MANUAL_SWITCH_TO_WORKING);
    }
    group->m_observer->CommandChanged(group->m_config,
                                      index,
                                      name,
                                      CommandResultName(result),
                                      incident);
}

void
GroupProtection::OnProtocol(GroupProtection* group,
                            uint32_t index,
                            ProtocolFailure failure,
                            bool present,
                            IncidentId)
{
    group->m_observer->ProtocolFailed(group->m_config,
                                      index,
                                      present,
                                      ProtocolFailureName(failure));
}

} // namespace qkdn
} // namespace ns3
