/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The part of KeyManager that deals with QKD links: their keys and their status.

#include "qkdn-key-manager.h"
#include "qkdn-kx-messages.h"

#include "ns3/log.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnKeyManagerLinks");

namespace
{

/// Longest QKD link that can be told, km.
constexpr double MAX_LINK_KM = 4.0e6;

/// Most risk groups or fibres of a link, and bytes of the name of one.
constexpr std::size_t MAX_NAMES = 255;

/**
 * @brief Whether a name can be told.
 * @param name the name
 * @return true if so
 */
bool
IsName(const std::string& name)
{
    return !name.empty() && name.size() <= MAX_NAMES;
}

} // namespace

void
KeyManager::AddLink(LinkId link, KmId neighbour)
{
    NS_ABORT_MSG_IF(m_neighbours.find(neighbour) == m_neighbours.end(),
                    "QKD link " << link << ": KM " << neighbour << " is no neighbour of KM "
                                << m_id);
    m_links.Add(link, neighbour);
}

void
KeyManager::DescribeLink(LinkId link, double lengthKm, const std::set<std::string>& riskGroups)
{
    NS_ABORT_MSG_UNLESS(m_links.GetNeighbour(link).IsValid(),
                        "QKD link " << link << " is none of KM " << m_id);
    NS_ABORT_MSG_UNLESS(lengthKm >= 0 && lengthKm <= MAX_LINK_KM,
                        "QKD link " << link << ": " << lengthKm << " km is no length");
    const bool named = std::all_of(riskGroups.begin(), riskGroups.end(), IsName);
    NS_ABORT_MSG_UNLESS(named && riskGroups.size() <= MAX_NAMES,
                        "QKD link " << link << ": at most " << MAX_NAMES
                                    << " risk groups with names of as many bytes can be told");
    CkLinkDescription description;
    description.link = link;
    description.lengthM = static_cast<uint32_t>(std::llround(lengthKm * 1000));
    description.riskGroups = riskGroups;
    m_control->Describe(description);
}

void
KeyManager::NameLink(LinkId link, const std::string& name, const std::vector<std::string>& fibres)
{
    const CkLinkDescription* known = m_control->GetDescription(link);
    NS_ABORT_MSG_UNLESS(known, "QKD link " << link << " of KM " << m_id << " is not described");
    const bool named = IsName(name) && std::all_of(fibres.begin(), fibres.end(), IsName);
    NS_ABORT_MSG_UNLESS(named && fibres.size() <= MAX_NAMES,
                        "QKD link " << link << ": at most " << MAX_NAMES
                                    << " fibres with names of as many bytes can be told");
    CkLinkDescription description = *known;
    description.name = name;
    description.fibres = fibres;
    m_control->Describe(description);
}

void
KeyManager::SetNodeName(const std::string& name)
{
    NS_ABORT_MSG_UNLESS(name.size() <= MAX_NAMES,
                        "KM " << m_id << ": the name of its node has more than " << MAX_NAMES
                              << " bytes");
    m_control->SetNodeName(name);
}

void
KeyManager::SetLinkRate(LinkId link, uint64_t bps)
{
    m_links.SetRate(link, bps);
}

CkLinkState
KeyManager::GetLinkState(LinkId link) const
{
    CkLinkState state;
    state.link = link;
    state.neighbour = m_links.GetNeighbour(link);
    state.neighbourAlive = IsAgreed(state.neighbour);
    const auto status = m_links.GetStatus(link).value_or(KmLinkTable::Status());
    state.status = status.status;
    state.alarm = status.alarm;
    state.keyRateBps = m_links.GetRate(link);
    const Ptr<KmaPool> pool = m_pools.at(state.neighbour).pool;
    state.poolBits = pool->GetOwnBits() + pool->GetPeerBits();
    state.poolLow = m_control->GetSupervisor()->IsLow(state.neighbour);
    return state;
}

std::vector<CkLinkState>
KeyManager::GetLinkStates() const
{
    std::vector<CkLinkState> states;
    for (const LinkId link : m_links.GetLinks())
    {
        states.push_back(GetLinkState(link));
    }
    return states;
}

void
KeyManager::PoolLevelChanged(KmId, KmId neighbour, uint64_t)
{
    m_control->GetSupervisor()->PoolChanged(neighbour);
    ReportLinks(neighbour, IncidentId());
}

void
KeyManager::PoolGained(KmId neighbour)
{
    m_relayAgent->ReviewRefused(neighbour);
}

void
KeyManager::ReviewHop(KmId neighbour, IncidentId incident)
{
    const bool usable = m_links.Generates(neighbour) && IsAgreed(neighbour);
    m_control->HopChanged(neighbour, usable, incident);
    m_relayAgent->ReviewRefused(neighbour);
}

void
KeyManager::ReportLinks(KmId neighbour, IncidentId incident)
{
    for (const LinkId link : m_links.GetLinksTo(neighbour))
    {
        m_control->LinkChanged(GetLinkState(link), incident);
    }
}

void
KeyManager::SendLinkStatus(LinkId link, KmId neighbour)
{
    const auto status = m_links.GetStatus(link);
    if (status && IsAgreed(neighbour))
    {
        SendKx(neighbour,
               KX_LINK_STATUS,
               KxLinkStatus{link, status->status}.ToPacket(),
               status->incident);
    }
}

bool
KeyManager::HandleLinkStatus(KmId id, Ptr<Packet> body, IncidentId incident)
{
    const auto message = KxLinkStatus::FromPacket(body);
    if (!message || m_links.GetNeighbour(message->link) != id)
    {
        return false;
    }
    m_links.SetRemoteStatus(message->link, {message->status, incident, LinkAlarm()});
    m_linkStatusTrace(m_id, message->link, message->status, false, incident);
    ReviewHop(id, incident);
    return true;
}

void
KeyManager::AcceptQkdKey(const QkdKey& key)
{
    const KmId neighbour = m_links.GetNeighbour(key.id.link);
    if (!neighbour.IsValid())
    {
        NS_LOG_WARN("KM " << m_id << ": key of QKD link " << key.id.link << ", which is not its");
        return;
    }
    if (m_running)
    {
        m_control->GetSupervisor()->NoteGenerated(neighbour, key.material.GetBits());
        m_pools.at(neighbour).synchroniser->AcceptQkdKey(key);
    }
}

void
KeyManager::NotifyLinkStatus(LinkId link,
                             LinkStatus status,
                             IncidentId incident,
                             const LinkAlarm& alarm)
{
    const KmId neighbour = m_links.GetNeighbour(link);
    if (!neighbour.IsValid())
    {
        return;
    }
    const auto before = m_links.GetStatus(link);
    // a process that starts reads the status of the modules beside it
    m_links.SetStatus(link, {status, incident, alarm});
    if (!m_running)
    {
        return;
    }
    if (before && before->status == status)
    {
        // another cause of the same status concerns the controller only
        m_control->LinkChanged(GetLinkState(link), incident);
        return;
    }
    m_linkStatusTrace(m_id, link, status, true, incident);
    SendLinkStatus(link, neighbour);
    ReviewHop(neighbour, incident);
    m_control->LinkChanged(GetLinkState(link), incident);
}

} // namespace qkdn
} // namespace ns3
