/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The part of GroupProtection that gives protection entities to working ones, and switches.

#include "qkdn-group-protection.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnGroupProtectionSelection");

uint32_t
GroupProtection::GetPriority(SwitchState state)
{
    // codes of RFC 7347, figure 6
    switch (state)
    {
    case SWITCH_SA_F_L:
    case SWITCH_SA_F_R:
        return 13;
    case SWITCH_PF_W_L:
    case SWITCH_PF_W_R:
        return 11;
    case SWITCH_PF_DW_L:
    case SWITCH_PF_DW_R:
        return 9;
    case SWITCH_SA_MP_L:
    case SWITCH_SA_MP_R:
        return 7;
    case SWITCH_WTR:
        return 5;
    case SWITCH_E_L:
    case SWITCH_E_R:
        return 4;
    case SWITCH_DNR:
        return 1;
    default:
        return 0;
    }
}

bool
GroupProtection::IsUsable(uint32_t index) const
{
    const Protection& protection = m_protection[index];
    return protection.watch->GetReported() != ENTITY_SIGNAL_FAIL && !protection.remoteFailed;
}

std::optional<uint32_t>
GroupProtection::GetHolder(uint32_t protection) const
{
    for (uint32_t i = 0; i < m_working.size(); ++i)
    {
        if (m_working[i].held == protection)
        {
            return i;
        }
    }
    return std::nullopt;
}

bool
GroupProtection::IsInUse(ProtectionEntity entity) const
{
    return entity.protection ? GetHolder(entity.index).has_value()
                             : !m_working[entity.index].held.has_value();
}

std::optional<uint32_t>
GroupProtection::Choose(uint32_t index, uint32_t priority) const
{
    std::optional<uint32_t> best;
    uint32_t bestRank = 0;
    for (uint32_t p = 0; p < m_protection.size(); ++p)
    {
        const auto holder = GetHolder(p);
        const bool free = !holder || *holder == index;
        const uint32_t used = free ? 0 : GetPriority(m_working[*holder].machine->GetState());
        const bool kept = !free && (used >= priority || IsCommanded());
        if (!IsUsable(p) || kept || !Fits(index, p))
        {
            continue;
        }
        if (free && m_working[index].proposed == p)
        {
            return p;
        }
        const uint32_t rank = free ? 0 : used + 1;
        if (!best || rank < bestRank)
        {
            best = p;
            bestRank = rank;
        }
    }
    return best;
}

void
GroupProtection::Give(uint32_t index, uint32_t protection)
{
    const auto holder = GetHolder(protection);
    if (holder && *holder != index)
    {
        Working& loser = m_working[*holder];
        loser.held.reset();
        if (loser.operation)
        {
            loser.operation->Cancel();
        }
    }
    m_working[index].held = protection;
    m_protection[protection].bridged.reset();
}

void
GroupProtection::OnSelect(GroupProtection* group,
                          uint32_t index,
                          Entity entity,
                          IncidentId incident)
{
    group->SelectCalled(index, entity, incident);
}

void
GroupProtection::SelectCalled(uint32_t index, Entity entity, IncidentId incident)
{
    NS_LOG_FUNCTION(this << m_config.name << index << EntityName(entity));
    Working& working = m_working[index];
    working.onProtection = entity == ENTITY_PROTECTION;
    working.incident = incident;
    m_incident = incident;
    if (working.onProtection)
    {
        const auto chosen = Choose(index, GetPriority(working.machine->GetState()));
        if (!chosen)
        {
            // Rearrange() tells the protection switch
            working.held.reset();
            Rearrange();
            return;
        }
        Give(index, *chosen);
    }
    else
    {
        const SwitchState state = working.machine->GetState();
        Release(index, state == SWITCH_UA_LO_L || state == SWITCH_UA_LO_R);
    }
    Operate(index);
    Rearrange();
}

void
GroupProtection::Release(uint32_t index, bool lockedOut)
{
    Working& working = m_working[index];
    if (working.held && !lockedOut && IsUsable(*working.held) && !Generates({false, index}) &&
        working.watch->GetReported() == ENTITY_GOOD)
    {
        m_protection[*working.held].bridged = index;
    }
    working.held.reset();
}

void
GroupProtection::Rearrange()
{
    if (!m_running)
    {
        return;
    }
    if (m_arranging || m_commanding)
    {
        m_again = true;
        return;
    }
    m_arranging = true;
    do
    {
        m_again = false;
        for (uint32_t i = 0; i < m_working.size() && !m_frozen && !IsCommanded(); ++i)
        {
            m_again = RearrangeOne(i) || m_again;
        }
    } while (m_again);
    m_arranging = false;
    UpdateModules();
    UpdateStatus();
    SendAgain();
    UpdateReport();
}

bool
GroupProtection::RearrangeOne(uint32_t index)
{
    Working& working = m_working[index];
    if (working.held && !IsUsable(*working.held))
    {
        // another one, with no word from the protection switch
        const auto other = Choose(index, GetPriority(working.machine->GetState()));
        if (other)
        {
            Give(index, *other);
            Operate(index);
            return true;
        }
    }
    const uint32_t signalFail = GetPriority(SWITCH_PF_W_L);
    const bool lost = working.onProtection && (!working.held || !IsUsable(*working.held));
    const bool none = lost || (!working.held && !Choose(index, signalFail));
    bool changed = false;
    if (none != working.noProtection)
    {
        working.noProtection = none;
        changed = true;
        working.machine->Local(none ? REQUEST_SIGNAL_FAIL : REQUEST_SIGNAL_FAIL_CLEAR,
                               ENTITY_PROTECTION,
                               m_incident);
    }
    // what it would have counts like what it has: a degraded one that it gives up stays degraded
    const auto entity = working.held ? working.held : Choose(index, signalFail);
    const bool degraded = m_config.signalDegrade && entity &&
                          m_protection[*entity].watch->GetReported() == ENTITY_SIGNAL_DEGRADE;
    if (degraded != working.degradedProtection)
    {
        working.degradedProtection = degraded;
        changed = true;
        working.machine->Local(degraded ? REQUEST_SIGNAL_DEGRADE : REQUEST_SIGNAL_DEGRADE_CLEAR,
                               ENTITY_PROTECTION,
                               m_incident);
    }
    return changed;
}

void
GroupProtection::Operate(uint32_t index)
{
    Working& working = m_working[index];
    if (working.operation)
    {
        working.operation->Cancel();
    }
    const ProtectionEntity selected = GetSelected(index);
    m_observer->Decided(m_config, index, selected, working.incident);
    UpdateModules();
    working.operation =
        Create<GroupOperation>(GetEnd(selected).switches,
                               MakeBoundCallback(&GroupProtection::OnPort, this, index),
                               MakeBoundCallback(&GroupProtection::OnOperation, this, index));
    working.operation->Start(working.incident);
}

void
GroupProtection::OnPort(GroupProtection* group,
                        uint32_t index,
                        const SwitchPort& port,
                        bool reached)
{
    group->PortDone(index, port, reached);
}

void
GroupProtection::PortDone(uint32_t, const SwitchPort& port, bool reached)
{
    if (reached)
    {
        m_switches.Reached(port);
        return;
    }
    NS_LOG_INFO("group " << m_config.name << ": switch " << port.name << " did not reach port "
                         << port.port);
    m_switches.NotReached(port);
    EventId& retry = m_retries[port.name];
    retry.Cancel();
    retry =
        Simulator::Schedule(m_config.switchRetry, &GroupProtection::RetrySwitch, this, port.name);
}

void
GroupProtection::OnOperation(GroupProtection* group, uint32_t index, bool done)
{
    group->OperationDone(index, done);
}

void
GroupProtection::OperationDone(uint32_t index, bool done)
{
    const Working& working = m_working[index];
    m_observer->Operated(m_config, index, GetSelected(index), done, working.incident);
    if (!done)
    {
        ReviewSwitches();
    }
}

void
GroupProtection::OnAlarm(GroupProtection* group, std::string name, bool failed)
{
    group->SwitchAlarm(name, failed);
}

void
GroupProtection::SwitchAlarm(const std::string& name, bool failed)
{
    NS_LOG_FUNCTION(this << m_config.name << name << failed);
    m_switches.Alarm(name, failed);
    ReviewSwitches();
}

void
GroupProtection::RetrySwitch(std::string name)
{
    m_switches.Forget(name);
    ReviewSwitches();
}

void
GroupProtection::ReviewSwitches()
{
    if (!m_running)
    {
        return;
    }
    for (const ProtectionEntity entity : GetEntities())
    {
        const std::string obstacle = m_switches.FindObstacle(GetEnd(entity).switches);
        const EntityCondition condition = obstacle.empty() ? ENTITY_GOOD : ENTITY_SIGNAL_FAIL;
        EntityWatch& watch = GetWatch(entity);
        if (watch.GetCondition(EntityWatch::SOURCE_SWITCH) != condition)
        {
            const IncidentId incident = obstacle.empty() ? IncidentId() : m_observer->NewIncident();
            watch.Set(EntityWatch::SOURCE_SWITCH,
                      condition,
                      obstacle.empty() ? "optical switch well" : "optical switch " + obstacle,
                      incident);
        }
    }
}

bool
GroupProtection::Generates(ProtectionEntity entity) const
{
    const EntityEnd& end = GetEnd(entity);
    const auto status = m_links.find(end.link);
    // what shares modules with another entity has nothing to wait for
    return end.monitor || (status != m_links.end() && status->second == LINK_ACTIVE);
}

bool
GroupProtection::IsStandbyWanted(uint32_t index) const
{
    const Working& working = m_working[index];
    if (!working.held || !Generates({true, *working.held}))
    {
        return false;
    }
    switch (working.machine->GetState())
    {
    case SWITCH_SA_F_L:
    case SWITCH_SA_F_R:
    case SWITCH_SA_MP_L:
    case SWITCH_SA_MP_R:
    case SWITCH_DNR:
    case SWITCH_E_L:
    case SWITCH_E_R:
        return true;
    default:
        return false;
    }
}

void
GroupProtection::UpdateModules()
{
    if (m_config.groupClass == GROUP_LINK_1_PLUS_1)
    {
        return;
    }
    for (uint32_t p = 0; p < m_protection.size(); ++p)
    {
        Protection& protection = m_protection[p];
        const EntityEnd& end = m_config.protection[p];
        if (protection.bridged && Generates({false, *protection.bridged}))
        {
            protection.bridged.reset();
        }
        const bool active = GetHolder(p) || protection.bridged;
        if (active != protection.active && !end.monitor)
        {
            protection.active = active;
            const IncidentId incident = m_incident;
            active ? end.module->Activate(incident) : end.module->Standby(incident);
        }
    }
    for (uint32_t i = 0; i < m_working.size(); ++i)
    {
        const EntityEnd& end = m_config.working[i];
        const bool standby = IsStandbyWanted(i);
        if (standby != m_working[i].standby && !end.monitor)
        {
            m_working[i].standby = standby;
            const IncidentId incident = m_working[i].incident;
            standby ? end.module->Standby(incident) : end.module->Activate(incident);
        }
    }
}

} // namespace qkdn
} // namespace ns3
