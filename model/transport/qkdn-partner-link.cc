/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-partner-link.h"

#include "ns3/log.h"

#include <utility>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnPartnerLink");
NS_OBJECT_ENSURE_REGISTERED(PartnerLink);

TypeId
PartnerLink::GetTypeId()
{
    static TypeId tid = TypeId("ns3::qkdn::PartnerLink")
                            .SetParent<Object>()
                            .SetGroupName("QkdnResilience")
                            .AddConstructor<PartnerLink>();
    return tid;
}

PartnerLink::PartnerLink()
    : m_endpoint(CreateObject<SupervisedEndpoint>())
{
    NS_LOG_FUNCTION(this);
}

PartnerLink::~PartnerLink()
{
    NS_LOG_FUNCTION(this);
}

void
PartnerLink::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_endpoint->Dispose();
    m_up = nullptr;
    m_receive = nullptr;
    Object::DoDispose();
}

void
PartnerLink::SetAddresses(const Address& local, const Address& partner)
{
    m_local = local;
    m_remote = partner;
}

void
PartnerLink::SetFunctions(UpFunction up, ReceiveFunction receive)
{
    m_up = std::move(up);
    m_receive = std::move(receive);
}

void
PartnerLink::Start(Ptr<Node> node)
{
    if (m_local.IsInvalid())
    {
        return;
    }
    if (!m_peer.IsValid())
    {
        m_endpoint->SetNode(node);
        GetEndpoint()->SetReceiveCallback(MakeCallback(&PartnerLink::Receive, this));
        GetEndpoint()->SetPeerCallback(MakeCallback(&PartnerLink::PeerConnected, this));
        m_peer = m_endpoint->AddPeer(m_remote);
    }
    m_running = true;
    m_endpoint->Listen(m_local);
}

void
PartnerLink::Stop()
{
    if (m_running)
    {
        m_running = false;
        m_endpoint->Stop();
    }
}

void
PartnerLink::Send(uint16_t type, Ptr<Packet> body, IncidentId incident)
{
    const Ptr<MessageEndpoint> endpoint = GetEndpoint();
    if (IsUp() && !endpoint->Send(m_peer, type, body, incident))
    {
        // the partner lags behind so far that the next connection has to bring all
        NS_LOG_WARN("message of type " << type << " was refused");
        endpoint->Abandon(m_peer);
    }
}

Ptr<MessageEndpoint>
PartnerLink::GetEndpoint() const
{
    return m_endpoint->GetEndpoint();
}

Ptr<HelloAgent>
PartnerLink::GetHelloAgent() const
{
    return m_endpoint->GetHelloAgent();
}

bool
PartnerLink::IsUp() const
{
    return m_running && GetEndpoint()->IsUp(m_peer);
}

bool
PartnerLink::IsRunning() const
{
    return m_running;
}

PeerId
PartnerLink::GetPartner() const
{
    return m_peer;
}

void
PartnerLink::PeerConnected(PeerId peer, bool up)
{
    NS_LOG_FUNCTION(this << peer << up);
    if (up)
    {
        m_up();
    }
}

void
PartnerLink::Receive(PeerId /* peer */, uint16_t type, Ptr<Packet> body, IncidentId /* incident */)
{
    m_receive(type, body);
}

} // namespace qkdn
} // namespace ns3
