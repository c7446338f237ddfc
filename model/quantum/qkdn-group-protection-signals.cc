/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The part of GroupProtection that learns: conditions of entities, messages of the other end; and
// that says how the group is.

#include "qkdn-group-protection.h"
#include "qkdn-line-monitor.h"

#include "ns3/log.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnGroupProtectionSignals");

void
GroupProtection::LinkStatusChanged(LinkId link,
                                   LinkStatus status,
                                   LinkCause cause,
                                   IncidentId incident)
{
    m_links[link] = status;
    m_causes[link] = status == LINK_PASSIVE ? incident : IncidentId();
    for (const ProtectionEntity entity : GetEntities())
    {
        const EntityEnd& end = GetEnd(entity);
        // what modules find out concerns the fibre that they are on
        if (end.link != link || (end.monitor && !IsInUse(entity)))
        {
            continue;
        }
        EntityWatch& watch = GetWatch(entity);
        EntityCondition condition = watch.GetCondition(EntityWatch::SOURCE_LINK);
        switch (status)
        {
        case LINK_ACTIVE:
            condition = m_config.signalDegrade && cause == CAUSE_QBER_WARNING
                            ? ENTITY_SIGNAL_DEGRADE
                            : ENTITY_GOOD;
            break;
        case LINK_PENDING:
            // starting, or resynchronising: nothing new about the signal
            if (cause == CAUSE_STANDBY)
            {
                condition = ENTITY_GOOD;
            }
            else if (cause != CAUSE_NONE && cause != CAUSE_QBER_WARNING && !end.monitor)
            {
                condition = ENTITY_SIGNAL_FAIL;
            }
            break;
        case LINK_PASSIVE:
        case LINK_OFF:
            // a line is watched for light by its monitor, and for errors by nobody else
            if (!end.monitor || cause == CAUSE_QBER_ABORT)
            {
                condition = ENTITY_SIGNAL_FAIL;
            }
            break;
        }
        watch.Set(EntityWatch::SOURCE_LINK, condition, LinkCauseName(cause), incident);
    }
    Rearrange();
}

void
GroupProtection::OnLine(GroupProtection* group, ProtectionEntity entity, bool good)
{
    group->LineChanged(entity, good);
}

void
GroupProtection::LineChanged(ProtectionEntity entity, bool good)
{
    IncidentId incident;
    if (!good)
    {
        // the module on this line has seen the same a moment ago
        const auto cause = m_causes.find(GetEnd(entity).link);
        incident = IsInUse(entity) && cause != m_causes.end() && cause->second.IsValid()
                       ? cause->second
                       : m_observer->NewIncident();
    }
    GetWatch(entity).Set(EntityWatch::SOURCE_LINE,
                         good ? ENTITY_GOOD : ENTITY_SIGNAL_FAIL,
                         good ? "light on the line" : "no light on the line",
                         incident);
}

void
GroupProtection::OnCondition(GroupProtection* group,
                             ProtectionEntity entity,
                             EntityCondition condition,
                             const std::string& cause,
                             IncidentId incident)
{
    group->ConditionChanged(entity, condition, cause, incident);
}

void
GroupProtection::ConditionChanged(ProtectionEntity entity,
                                  EntityCondition condition,
                                  const std::string& cause,
                                  IncidentId incident)
{
    NS_LOG_INFO("group " << m_config.name << ", end " << +m_config.end << ": " << entity << " "
                         << EntityConditionName(condition) << " (" << cause << ")");
    m_observer->SignalChanged(m_config, entity, condition, cause, incident);
    if (entity.protection || IsCommanded())
    {
        return;
    }
    Working& working = m_working[entity.index];
    if (condition == ENTITY_GOOD)
    {
        working.informed = working.informed && working.remoteFailed;
    }
    else
    {
        Inform(entity.index, incident);
    }
}

void
GroupProtection::Inform(uint32_t index, IncidentId incident)
{
    Working& working = m_working[index];
    if (!working.informed)
    {
        working.informed = true;
        m_observer->Informed(m_config, index, incident);
    }
}

void
GroupProtection::OnReport(GroupProtection* group,
                          ProtectionEntity entity,
                          bool begins,
                          IncidentId incident)
{
    group->ConditionReported(entity, begins, incident);
}

void
GroupProtection::ConditionReported(ProtectionEntity entity, bool begins, IncidentId incident)
{
    if (begins)
    {
        m_incident = incident;
        m_observer->HoldOffOver(m_config, entity, incident);
    }
    if (!entity.protection && !IsCommanded())
    {
        TellWorking(entity.index);
    }
    Rearrange();
}

void
GroupProtection::TellWorking(uint32_t index)
{
    Working& working = m_working[index];
    const EntityCondition now = working.watch->GetReported();
    const EntityCondition before = working.told;
    if (!m_running || m_frozen || now == before)
    {
        return;
    }
    working.told = now;
    const IncidentId incident = working.watch->GetIncident();
    const auto tell = [&working, incident](SwitchRequest request) {
        working.machine->Local(request, ENTITY_WORKING, incident);
    };
    // what begins goes first, so that the defect never seems to be over in between
    if (now == ENTITY_SIGNAL_FAIL)
    {
        tell(REQUEST_SIGNAL_FAIL);
    }
    if (now == ENTITY_SIGNAL_DEGRADE)
    {
        tell(REQUEST_SIGNAL_DEGRADE);
    }
    if (before == ENTITY_SIGNAL_FAIL)
    {
        tell(REQUEST_SIGNAL_FAIL_CLEAR);
    }
    if (before == ENTITY_SIGNAL_DEGRADE)
    {
        tell(REQUEST_SIGNAL_DEGRADE_CLEAR);
    }
}

bool
GroupProtection::Receive(const ApsDatagram& datagram)
{
    if (datagram.group != m_config.id || datagram.working >= m_working.size() ||
        (datagram.protection && *datagram.protection >= m_protection.size()) ||
        m_config.groupClass == GROUP_LINK_1_PLUS_1 || IsCommanded())
    {
        return false;
    }
    if (!m_running || m_frozen)
    {
        return true;
    }
    const uint32_t index = datagram.working;
    // one rearrangement for all that the datagram changes
    const bool arranging = m_arranging;
    m_arranging = true;
    NoteRemote(index, datagram);
    ApsMessage message = datagram.message;
    if (IsContention(index, message))
    {
        message.request = APS_NO_REQUEST;
    }
    m_working[index].machine->Remote(message);
    FollowRemote(index, datagram);
    m_arranging = arranging;
    Rearrange();
    return true;
}

void
GroupProtection::NoteRemote(uint32_t index, const ApsDatagram& datagram)
{
    for (uint32_t p = 0; p < m_protection.size(); ++p)
    {
        m_protection[p].remoteFailed = ((datagram.failedProtection >> p) & 1U) != 0;
    }
    Working& working = m_working[index];
    const ApsMessage& message = datagram.message;
    working.proposed = datagram.protection;
    working.remoteFailed =
        (message.request == APS_SIGNAL_FAIL || message.request == APS_SIGNAL_DEGRADE) &&
        message.faultPath == 1;
    if (message.incident.IsValid())
    {
        m_incident = message.incident;
    }
    if (working.remoteFailed)
    {
        Inform(index, message.incident);
    }
    else if (working.watch->GetCondition() == ENTITY_GOOD)
    {
        working.informed = false;
    }
    // the choice of end 0 stands: whoever has the entity here gives it up
    const bool claimed = m_config.end == 1 && message.dataPath == 1 && datagram.protection;
    if (claimed)
    {
        const auto holder = GetHolder(*datagram.protection);
        if (holder && *holder != index)
        {
            Working& loser = m_working[*holder];
            loser.held.reset();
            if (loser.operation)
            {
                loser.operation->Cancel();
            }
        }
    }
}

bool
GroupProtection::IsContention(uint32_t index, const ApsMessage& message) const
{
    if (m_config.end != 0 || m_working.size() == 1 || message.request != APS_SIGNAL_FAIL ||
        message.faultPath != 0)
    {
        return false;
    }
    for (uint32_t p = 0; p < m_protection.size(); ++p)
    {
        if (Fits(index, p) && IsUsable(p))
        {
            return true;
        }
    }
    return false;
}

void
GroupProtection::FollowRemote(uint32_t index, const ApsDatagram& datagram)
{
    const Working& working = m_working[index];
    if (m_config.end == 1 && datagram.message.dataPath == 1 && datagram.protection &&
        working.held && *working.held != *datagram.protection && IsUsable(*datagram.protection))
    {
        Give(index, *datagram.protection);
        Operate(index);
    }
}

ApsDatagram
GroupProtection::MakeDatagram(uint32_t index, const ApsMessage& message) const
{
    ApsDatagram datagram;
    datagram.group = m_config.id;
    datagram.working = static_cast<uint8_t>(index);
    datagram.message = message;
    if (m_working[index].held)
    {
        datagram.protection = static_cast<uint8_t>(*m_working[index].held);
    }
    datagram.failedProtection = GetFailedMask();
    return datagram;
}

void
GroupProtection::OnSend(GroupProtection* group, uint32_t index, const ApsMessage& message)
{
    group->SendCalled(index, message);
}

void
GroupProtection::SendCalled(uint32_t index, const ApsMessage& message)
{
    // 1+1 unidirectional: each end decides alone
    if (m_frozen || m_config.groupClass == GROUP_LINK_1_PLUS_1)
    {
        return;
    }
    const ApsDatagram datagram = MakeDatagram(index, message);
    m_working[index].sent = datagram;
    m_observer->SendAps(m_config.name, datagram);
}

void
GroupProtection::SendAgain()
{
    for (uint32_t i = 0; i < m_working.size(); ++i)
    {
        const auto sent = m_working[i].sent;
        if (sent)
        {
            const ApsDatagram now = MakeDatagram(i, sent->message);
            if (now.protection != sent->protection ||
                now.failedProtection != sent->failedProtection)
            {
                SendCalled(i, sent->message);
            }
        }
    }
}

uint32_t
GroupProtection::GetFailedMask() const
{
    uint32_t mask = 0;
    for (uint32_t p = 0; p < m_protection.size(); ++p)
    {
        if (m_protection[p].watch->GetReported() == ENTITY_SIGNAL_FAIL)
        {
            mask |= 1U << p;
        }
    }
    return mask;
}

std::string
GroupProtection::FindReason(uint32_t index) const
{
    const SwitchState state = m_working[index].machine->GetState();
    if (m_frozen)
    {
        return "frozen";
    }
    if (state == SWITCH_UA_LO_L || state == SWITCH_UA_LO_R)
    {
        return "lockout of protection";
    }
    if (Choose(index, GetPriority(SWITCH_PF_W_L)))
    {
        return state == SWITCH_UA_P_R ? "the other end has no protection" : "";
    }
    std::string reason;
    for (uint32_t p = 0; p < m_protection.size(); ++p)
    {
        const std::string name = ProtectionEntity{true, p}.ToString();
        const std::string obstacle = m_switches.FindObstacle(m_config.protection[p].switches);
        const auto holder = GetHolder(p);
        reason += reason.empty() ? "" : ", ";
        if (!obstacle.empty())
        {
            reason += "optical switch " + obstacle + " has failed";
        }
        else if (!IsUsable(p))
        {
            reason += name + " has failed";
        }
        else if (holder)
        {
            reason += name + " is in use by " + ProtectionEntity{false, *holder}.ToString();
        }
    }
    return reason;
}

WorkingStatus
GroupProtection::DescribeWorking(uint32_t index) const
{
    const Working& working = m_working[index];
    WorkingStatus status;
    status.link = m_config.working[index].link;
    status.selected = GetSelected(index);
    if (working.held && IsUsable(*working.held))
    {
        status.state = GROUP_SWITCHED;
        return status;
    }
    status.reason = working.held ? status.selected.ToString() + " has failed" : FindReason(index);
    if (working.watch->GetReported() == ENTITY_SIGNAL_FAIL || working.remoteFailed || working.held)
    {
        status.state = GROUP_FAILED;
    }
    else
    {
        status.state = status.reason.empty() ? GROUP_PROTECTED : GROUP_UNPROTECTED;
    }
    return status;
}

void
GroupProtection::UpdateStatus()
{
    GroupStatus status = m_status;
    status.state = GROUP_PROTECTED;
    status.reason.clear();
    status.working.clear();
    status.protection.clear();
    for (uint32_t i = 0; i < m_working.size(); ++i)
    {
        status.working.push_back(DescribeWorking(i));
        const WorkingStatus& working = status.working.back();
        if (working.state > status.state)
        {
            status.state = working.state;
            status.reason = working.reason;
        }
    }
    for (uint32_t p = 0; p < m_protection.size(); ++p)
    {
        ProtectionStatus protection;
        protection.link = m_config.protection[p].link;
        protection.sameModules = m_config.protection[p].monitor != nullptr;
        protection.condition = m_protection[p].watch->GetReported();
        protection.usedBy = GetHolder(p);
        status.protection.push_back(protection);
    }
    if (!(status == m_status))
    {
        m_status = status;
        m_observer->StatusChanged(m_config, status, m_incident);
    }
}

} // namespace qkdn
} // namespace ns3
