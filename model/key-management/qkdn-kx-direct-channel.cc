/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-kx-direct-channel.h"

#include "ns3/log.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnKxDirectChannel");
NS_OBJECT_ENSURE_REGISTERED(KxDirectChannel);

TypeId
KxDirectChannel::GetTypeId()
{
    static TypeId tid = TypeId("ns3::qkdn::KxDirectChannel")
                            .SetParent<Object>()
                            .SetGroupName("QkdnResilience")
                            .AddConstructor<KxDirectChannel>();
    return tid;
}

KxDirectChannel::KxDirectChannel()
    : m_endpoint(CreateObject<SupervisedEndpoint>())
{
    NS_LOG_FUNCTION(this);
}

KxDirectChannel::~KxDirectChannel()
{
    NS_LOG_FUNCTION(this);
}

void
KxDirectChannel::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_receive = ReceiveCallback();
    m_endpoint->Dispose();
    Object::DoDispose();
}

void
KxDirectChannel::Configure(Ptr<Node> node, ReceiveCallback receive)
{
    m_receive = receive;
    m_endpoint->SetNode(node);
    m_endpoint->GetEndpoint()->SetReceiveCallback(
        MakeCallback(&KxDirectChannel::ReceiveMessage, this));
}

void
KxDirectChannel::AddPeer(KmId km, const Address& local, const Address& remote)
{
    NS_LOG_FUNCTION(this << km << remote);
    m_local = local;
    m_addresses[km] = remote;
}

void
KxDirectChannel::Start()
{
    NS_LOG_FUNCTION(this);
    if (m_addresses.empty())
    {
        return;
    }
    m_running = true;
    m_endpoint->Listen(m_local);
    for (const auto& [km, address] : m_addresses)
    {
        if (m_peers.find(km) == m_peers.end())
        {
            const PeerId peer = m_endpoint->AddPeer(address);
            m_peers[km] = peer;
            m_byPeer[peer] = km;
        }
    }
}

void
KxDirectChannel::Stop()
{
    NS_LOG_FUNCTION(this);
    if (m_running)
    {
        m_endpoint->Stop();
    }
    m_running = false;
}

bool
KxDirectChannel::IsUp(KmId km) const
{
    const auto peer = m_peers.find(km);
    return m_running && peer != m_peers.end() && m_endpoint->GetEndpoint()->IsUp(peer->second);
}

bool
KxDirectChannel::Send(KmId km, uint16_t type, Ptr<Packet> body, IncidentId incident)
{
    return IsUp(km) && m_endpoint->GetEndpoint()->Send(m_peers.at(km), type, body, incident);
}

Ptr<MessageEndpoint>
KxDirectChannel::GetEndpoint() const
{
    return m_endpoint->GetEndpoint();
}

Ptr<HelloAgent>
KxDirectChannel::GetHelloAgent() const
{
    return m_endpoint->GetHelloAgent();
}

void
KxDirectChannel::ReceiveMessage(PeerId peer, uint16_t type, Ptr<Packet> body, IncidentId incident)
{
    const KmId km = m_byPeer.at(peer);
    NS_LOG_FUNCTION(this << km << type);
    m_receive(km, type, body, incident);
}

} // namespace qkdn
} // namespace ns3
