/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-manager-client.h"

#include "ns3/log.h"

#include <utility>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnManagerClient");
NS_OBJECT_ENSURE_REGISTERED(ManagerClient);

TypeId
ManagerClient::GetTypeId()
{
    static TypeId tid = TypeId("ns3::qkdn::ManagerClient")
                            .SetParent<Object>()
                            .SetGroupName("QkdnResilience")
                            .AddConstructor<ManagerClient>();
    return tid;
}

ManagerClient::ManagerClient()
    : m_endpoint(CreateObject<SupervisedEndpoint>())
{
    NS_LOG_FUNCTION(this);
}

ManagerClient::~ManagerClient()
{
    NS_LOG_FUNCTION(this);
}

void
ManagerClient::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_endpoint->Dispose();
    m_up = nullptr;
    m_receive = nullptr;
    Object::DoDispose();
}

void
ManagerClient::SetAddresses(const Address& local, const Address& manager)
{
    m_local = local;
    m_manager = manager;
}

void
ManagerClient::SetFunctions(UpFunction up, ReceiveFunction receive)
{
    m_up = std::move(up);
    m_receive = std::move(receive);
}

void
ManagerClient::Start(Ptr<Node> node)
{
    if (m_local.IsInvalid())
    {
        return;
    }
    if (!m_peer.IsValid())
    {
        m_endpoint->SetNode(node);
        GetEndpoint()->SetReceiveCallback(MakeCallback(&ManagerClient::Receive, this));
        GetEndpoint()->SetPeerCallback(MakeCallback(&ManagerClient::PeerConnected, this));
        m_peer = m_endpoint->AddPeer(m_manager);
    }
    m_running = true;
    m_endpoint->Listen(m_local);
}

void
ManagerClient::Stop()
{
    m_kept.clear();
    if (m_running)
    {
        m_running = false;
        m_endpoint->Stop();
    }
}

void
ManagerClient::Send(uint16_t type, Ptr<Packet> body, IncidentId incident)
{
    const Ptr<MessageEndpoint> endpoint = GetEndpoint();
    if (m_running && endpoint->IsUp(m_peer) && !endpoint->Send(m_peer, type, body, incident))
    {
        // the manager lags behind so far that the next connection has to bring all
        NS_LOG_WARN("message of type " << type << " to the manager was refused");
        endpoint->Abandon(m_peer);
    }
}

void
ManagerClient::SendOperation(const McOperation& operation, IncidentId incident)
{
    if (m_running)
    {
        m_kept.emplace_back(operation, incident);
        SendKept();
    }
}

void
ManagerClient::SendKept()
{
    while (!m_kept.empty() && GetEndpoint()->Send(m_peer,
                                                  MC_OPERATION,
                                                  m_kept.front().first.ToPacket(),
                                                  m_kept.front().second))
    {
        m_kept.pop_front();
    }
}

Ptr<MessageEndpoint>
ManagerClient::GetEndpoint() const
{
    return m_endpoint->GetEndpoint();
}

Ptr<HelloAgent>
ManagerClient::GetHelloAgent() const
{
    return m_endpoint->GetHelloAgent();
}

void
ManagerClient::PeerConnected(PeerId peer, bool up)
{
    NS_LOG_FUNCTION(this << peer << up);
    if (up)
    {
        m_up();
        SendKept();
    }
}

void
ManagerClient::Receive(PeerId /* peer */,
                       uint16_t type,
                       Ptr<Packet> body,
                       IncidentId /* incident */)
{
    m_receive(type, body);
}

} // namespace qkdn
} // namespace ns3
