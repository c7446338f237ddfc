/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The part of LinkRestoration that takes what agents say.

#include "qkdn-link-restoration.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnLinkRestorationMessages");

void
LinkRestoration::PeerConnected(PeerId peer, bool up)
{
    NS_LOG_FUNCTION(this << up);
    for (auto& [id, group] : m_groups)
    {
        const auto end = up ? std::nullopt : FindEnd(group, peer);
        if (end)
        {
            // commands wait, and go out again when it registers
            group.pool.Forget(*end);
            if (group.phase == PHASE_STARTING)
            {
                // whether it generates is not seen now
                group.timer.Cancel();
            }
        }
    }
}

std::optional<uint8_t>
LinkRestoration::FindEnd(const Group& group, PeerId peer) const
{
    const auto found = std::find(group.peers.begin(), group.peers.end(), peer);
    return found == group.peers.end()
               ? std::nullopt
               : std::optional<uint8_t>(static_cast<uint8_t>(found - group.peers.begin()));
}

void
LinkRestoration::Receive(PeerId peer, uint16_t type, Ptr<Packet> body, IncidentId incident)
{
    bool good = false;
    if (type == CQ_REGISTRATION)
    {
        const auto message = CqRegistration::FromPacket(body);
        good = message && Register(peer, *message);
    }
    else if (type == CQ_STATUS)
    {
        const auto message = CqStatus::FromPacket(body);
        good = message && HandleStatus(peer, *message, incident);
    }
    else if (type == CQ_ACKNOWLEDGEMENT)
    {
        const auto message = CqAcknowledgement::FromPacket(body);
        good = message && HandleAnswer(peer, *message);
    }
    if (!good)
    {
        NS_LOG_WARN("Cq message of type " << type << " changes nothing");
        m_rejectedTrace(type, body->GetSize());
    }
}

bool
LinkRestoration::Register(PeerId peer, const CqRegistration& message)
{
    const auto known = m_groups.find(message.group);
    if (known != m_groups.end())
    {
        const PeerId before = known->second.peers.at(message.end);
        if ((before.IsValid() && before != peer) || known->second.peers[1 - message.end] == peer)
        {
            return false;
        }
    }
    Group& group = m_groups[message.group];
    if (!group.pool.Register(message))
    {
        return false;
    }
    group.name = message.name;
    group.peers[message.end] = peer;
    group.working.resize(message.working.size());
    return true;
}

bool
LinkRestoration::HandleStatus(PeerId peer, const CqStatus& message, IncidentId incident)
{
    const auto found = m_groups.find(message.group);
    const auto end = found == m_groups.end() ? std::nullopt : FindEnd(found->second, peer);
    if (!end)
    {
        return false;
    }
    Group& group = found->second;
    const bool wasKnown = group.pool.IsKnown();
    std::set<uint32_t> failed;
    for (uint32_t i = 0; wasKnown && i < message.report.protection.size(); ++i)
    {
        if (i < group.pool.GetDescription().protection.size() && group.pool.HasFailed({true, i}))
        {
            failed.insert(i);
        }
    }
    if (!group.pool.Report(*end, message.report))
    {
        return false;
    }
    for (uint32_t i = 0; group.pool.IsKnown() && i < group.working.size(); ++i)
    {
        const auto selected = group.pool.GetSelected(i);
        if (selected && selected->protection && group.pool.IsUp(i, *selected))
        {
            group.working[i].tried.erase(selected->index);
        }
    }
    for (Working& working : group.working)
    {
        for (const uint32_t spare : failed)
        {
            if (!group.pool.HasFailed({true, spare}))
            {
                working.tried.erase(spare);
            }
        }
        if (!working.informed)
        {
            working.incident = incident;
        }
    }
    if (!wasKnown && group.pool.IsKnown() && group.phase == PHASE_COMMANDING)
    {
        SendCommands(message.group);
    }
    CheckStarted(message.group);
    Review(message.group);
    return true;
}

bool
LinkRestoration::HandleAnswer(PeerId peer, const CqAcknowledgement& message)
{
    const auto found = m_groups.find(message.group);
    const auto end = found == m_groups.end() ? std::nullopt : FindEnd(found->second, peer);
    if (!end || message.number > found->second.number)
    {
        return false;
    }
    Group& group = found->second;
    if (group.phase != PHASE_COMMANDING || message.number < group.number || group.done[*end])
    {
        // a repeated command is answered more than once
        return true;
    }
    if (!message.done)
    {
        Fail(message.group, RESTORATION_REFUSED, message.reason);
        return true;
    }
    group.done[*end] = true;
    group.pool.SetSelected(*end, group.index, group.target);
    if (group.done[1 - *end])
    {
        group.repeat.Cancel();
        group.timer.Cancel();
        group.phase = group.target.protection ? PHASE_STARTING : PHASE_IDLE;
        m_stepTrace(group.name,
                    group.index,
                    group.target,
                    RESTORATION_ACKNOWLEDGED,
                    "",
                    group.working[group.index].incident);
        CheckStarted(message.group);
        Review(message.group);
    }
    return true;
}

} // namespace qkdn
} // namespace ns3
