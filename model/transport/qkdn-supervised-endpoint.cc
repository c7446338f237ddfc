/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-supervised-endpoint.h"

#include "ns3/log.h"
#include "ns3/uinteger.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnSupervisedEndpoint");
NS_OBJECT_ENSURE_REGISTERED(SupervisedEndpoint);

TypeId
SupervisedEndpoint::GetTypeId()
{
    static TypeId tid = TypeId("ns3::qkdn::SupervisedEndpoint")
                            .SetParent<Object>()
                            .SetGroupName("QkdnResilience")
                            .AddConstructor<SupervisedEndpoint>();
    return tid;
}

SupervisedEndpoint::SupervisedEndpoint()
    : m_endpoint(CreateObject<MessageEndpoint>()),
      m_hello(CreateObject<HelloAgent>())
{
    NS_LOG_FUNCTION(this);
    // hellos decide when a connection is given up
    m_endpoint->SetAttribute("DataRetries", UintegerValue(WATCHED_DATA_RETRIES));
    m_hello->SetPeerCallback(MakeCallback(&SupervisedEndpoint::PeerAlive, this));
}

SupervisedEndpoint::~SupervisedEndpoint()
{
    NS_LOG_FUNCTION(this);
}

void
SupervisedEndpoint::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_alive = AliveCallback();
    m_endpoint->Dispose();
    m_hello->Dispose();
    Object::DoDispose();
}

void
SupervisedEndpoint::SetNode(Ptr<Node> node)
{
    m_endpoint->SetNode(node);
    m_hello->SetNode(node);
}

void
SupervisedEndpoint::SetAliveCallback(AliveCallback callback)
{
    m_alive = callback;
}

PeerId
SupervisedEndpoint::AddPeer(const Address& remote)
{
    NS_LOG_FUNCTION(this << remote);
    const PeerId peer = m_endpoint->AddPeer(remote);
    m_byHello[m_hello->AddPeer(remote)] = peer;
    return peer;
}

void
SupervisedEndpoint::Listen(const Address& local)
{
    NS_LOG_FUNCTION(this << local);
    m_endpoint->Listen(local);
    m_hello->Listen(local);
}

void
SupervisedEndpoint::Stop()
{
    NS_LOG_FUNCTION(this);
    m_endpoint->Stop();
    m_hello->Stop();
}

Ptr<MessageEndpoint>
SupervisedEndpoint::GetEndpoint() const
{
    return m_endpoint;
}

Ptr<HelloAgent>
SupervisedEndpoint::GetHelloAgent() const
{
    return m_hello;
}

void
SupervisedEndpoint::PeerAlive(HelloPeerId helloPeer, bool alive)
{
    const PeerId peer = m_byHello.at(helloPeer);
    NS_LOG_FUNCTION(this << peer << alive);
    if (!m_alive.IsNull())
    {
        m_alive(peer, alive);
    }
    if (alive)
    {
        m_endpoint->Reconnect(peer);
    }
    else
    {
        m_endpoint->Abandon(peer);
    }
}

} // namespace qkdn
} // namespace ns3
