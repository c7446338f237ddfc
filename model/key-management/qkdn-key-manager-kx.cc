/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The part of KeyManager that deals with neighbours: their messages, and whether they are there.

#include "qkdn-key-manager.h"
#include "qkdn-key-stream-agent.h"
#include "qkdn-kx-messages.h"
#include "qkdn-kx-routing-messages.h"

#include "ns3/log.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnKeyManagerKx");

bool
KeyManager::SendKx(KmId peer, uint16_t type, Ptr<Packet> body, IncidentId incident)
{
    return m_running && m_endpoint->Send(m_neighbours.at(peer).peer, type, body, incident);
}

void
KeyManager::RelayEnded(const KeyRoute& route,
                       const std::vector<KeyToRelay>& keys,
                       const KxReturn& answer,
                       IncidentId incident)
{
    m_relayMaker->RelayEnded(route, keys, answer, incident);
}

bool
KeyManager::HoldRelayed(const KeyRoute& route, const std::vector<KeyToRelay>& keys)
{
    return m_slaveAgent->HoldRelayed(route, keys);
}

void
KeyManager::VoidRelayed(const std::vector<KsaKeyId>& keys, IncidentId incident)
{
    m_slaveAgent->Void(keys, incident);
}

void
KeyManager::RelayPossible(const KeyRoute& route)
{
    m_control->GetSupervisor()->SupplyPossible(route);
}

void
KeyManager::PeerConnected(PeerId peer, bool up)
{
    const KmId id = m_byPeer.at(peer);
    NS_LOG_FUNCTION(this << m_id << id << up);
    Neighbour& neighbour = m_neighbours.at(id);
    m_neighbourTrace(m_id, id, up ? "up" : "down", neighbour.incident);
    if (up)
    {
        m_pools.at(id).synchroniser->PeerUp(m_slaveAgent->GetHeld(id));
        return;
    }
    const bool wasAgreed = IsAgreed(id);
    m_links.ForgetRemoteStatus(id);
    m_pools.at(id).synchroniser->PeerDown();
    m_exchange->PeerDown(id, neighbour.incident);
    m_directMaker->PeerDown(id, neighbour.incident);
    if (m_running && wasAgreed)
    {
        const IncidentId incident =
            neighbour.incident.IsValid() ? neighbour.incident : m_incidents.Next();
        ReviewHop(id, incident);
        ReportLinks(id, incident);
    }
}

void
KeyManager::PeerAlive(HelloPeerId peer, bool alive)
{
    const KmId id = m_byHello.at(peer);
    NS_LOG_FUNCTION(this << m_id << id << alive);
    Neighbour& neighbour = m_neighbours.at(id);
    if (alive)
    {
        m_neighbourTrace(m_id, id, "alive", neighbour.incident);
        neighbour.incident = IncidentId();
        m_endpoint->Reconnect(neighbour.peer);
        return;
    }
    neighbour.incident = m_incidents.Next();
    m_neighbourTrace(m_id, id, "dead", neighbour.incident);
    m_endpoint->Abandon(neighbour.peer);
}

void
KeyManager::ReceiveMessage(PeerId peer, uint16_t type, Ptr<Packet> body, IncidentId incident)
{
    const KmId id = m_byPeer.at(peer);
    NS_LOG_FUNCTION(this << m_id << id << type << body->GetSize());
    if (!Dispatch(id, type, body, incident))
    {
        NS_LOG_WARN("KM " << m_id << ": message of type " << type << " from KM " << id
                          << " changed nothing");
        m_badMessageTrace(m_id, id, type);
    }
}

void
KeyManager::ReceiveDirect(KmId id, uint16_t type, Ptr<Packet> body, IncidentId /* incident */)
{
    if (type != KX_MASKED_KEYS || !m_relayAgent->HandleMasked(id, body))
    {
        NS_LOG_WARN("KM " << m_id << ": direct message of type " << type << " from KM " << id
                          << " changed nothing");
        m_badMessageTrace(m_id, id, type);
    }
}

bool
KeyManager::Dispatch(KmId id, uint16_t type, Ptr<Packet> body, IncidentId incident)
{
    if (type >= KX_KEY_STORED && type <= KX_AGREEMENT)
    {
        return m_pools.at(id).synchroniser->Receive(type, body);
    }
    return m_pools.at(id).synchroniser->IsAgreed() && DispatchAgreed(id, type, body, incident);
}

bool
KeyManager::DispatchAgreed(KmId id, uint16_t type, Ptr<Packet> body, IncidentId incident)
{
    if (IsRoutingMessage(type))
    {
        return m_control->HandleMessage(id, type, body, incident);
    }
    switch (type)
    {
    case KX_SUPPLY_NOTIFICATION:
        return m_slaveAgent->HandleNotification(id, body);
    case KX_SUPPLY_RESPONSE:
        return m_directMaker->HandleResponse(id, body);
    case KX_KEY_VOID:
        return m_slaveAgent->HandleVoid(id, body);
    case KX_LINK_STATUS:
        return HandleLinkStatus(id, body, incident);
    case KX_KEY_RELAY:
    case KX_RELAYED_NOTIFICATION:
    case KX_STREAM_SYNC:
        return m_exchange->HandleForward(id, type, body, incident);
    case KX_RELAY_COMPLETION:
    case KX_RELAY_FAILURE:
    case KX_RELAYED_RESPONSE:
    case KX_STREAM_STATE:
        return m_exchange->HandleReturn(id, type, body, incident);
    case KX_STREAM_ASK:
        return m_streams->HandleAsk(id, body, incident);
    case KX_RELAY_VOID:
    case KX_RELAY_VOIDED:
        return m_relayAgent->HandleVoid(id, type, body, incident);
    case KX_ROUTE_SWITCH:
    case KX_ROUTE_SWITCHED:
    case KX_ROUTE_STATUS:
        return m_control->HandleMessage(id, type, body, incident);
    default:
        return false;
    }
}

void
KeyManager::Agreed(KmId neighbour, const std::vector<KsaKeyId>& heldKsaKeys)
{
    m_neighbourTrace(m_id, neighbour, "agreed", m_neighbours.at(neighbour).incident);
    const std::vector<KsaKeyId> unknown = m_masterAgent->Compare(neighbour, heldKsaKeys);
    if (!unknown.empty())
    {
        SendKx(neighbour, KX_KEY_VOID, KxKeyVoid{unknown}.ToPacket(), IncidentId());
    }
    for (const LinkId link : m_links.GetLinksTo(neighbour))
    {
        SendLinkStatus(link, neighbour);
    }
    ReviewHop(neighbour, IncidentId());
    m_control->PeerUp(neighbour);
    m_streams->PeerUp();
    ReportLinks(neighbour, IncidentId());
}

} // namespace qkdn
} // namespace ns3
