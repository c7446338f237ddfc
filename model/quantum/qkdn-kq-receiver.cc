/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-kq-receiver.h"

#include "qkdn-kq-messages.h"

#include "ns3/boolean.h"
#include "ns3/log.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnKqReceiver");
NS_OBJECT_ENSURE_REGISTERED(KqReceiver);

TypeId
KqReceiver::GetTypeId()
{
    static TypeId tid = TypeId("ns3::qkdn::KqReceiver")
                            .SetParent<Object>()
                            .SetGroupName("QkdnResilience")
                            .AddConstructor<KqReceiver>()
                            .AddTraceSource("Rejected",
                                            "A message is not understood; it changes nothing.",
                                            MakeTraceSourceAccessor(&KqReceiver::m_rejectedTrace),
                                            "ns3::qkdn::KqReceiver::RejectedCallback");
    return tid;
}

KqReceiver::KqReceiver()
    : m_endpoint(CreateObject<MessageEndpoint>()),
      m_hello(CreateObject<HelloAgent>())
{
    NS_LOG_FUNCTION(this);
    // the modules of the node open the connections
    m_endpoint->SetAttribute("AcceptUnknownPeers", BooleanValue(true));
}

void
KqReceiver::DoDispose()
{
    m_endpoint->Dispose();
    m_hello->Dispose();
    m_consumer = nullptr;
    Object::DoDispose();
}

void
KqReceiver::Start(Ptr<Node> node, const Address& local, QkdKeyConsumer* consumer)
{
    NS_LOG_FUNCTION(this << node);
    m_consumer = consumer;
    m_endpoint->SetNode(node);
    m_endpoint->SetReceiveCallback(MakeCallback(&KqReceiver::Receive, this));
    m_endpoint->SetPeerCallback(MakeCallback(&KqReceiver::PeerConnected, this));
    m_endpoint->Listen(local);
    m_hello->SetNode(node);
    m_hello->Listen(local);
}

void
KqReceiver::Stop()
{
    NS_LOG_FUNCTION(this);
    m_endpoint->Stop();
    m_hello->Stop();
}

void
KqReceiver::PeerConnected(PeerId peer, bool up)
{
    if (up)
    {
        m_hello->AddPeer(m_endpoint->GetPeerAddress(peer));
    }
}

Ptr<MessageEndpoint>
KqReceiver::GetEndpoint() const
{
    return m_endpoint;
}

void
KqReceiver::Receive(PeerId peer, uint16_t type, Ptr<Packet> body, IncidentId incident)
{
    if (type == KQ_KEY)
    {
        if (const auto message = KqKey::FromPacket(body))
        {
            m_endpoint->Send(peer, KQ_KEY_ACK, KqKeyAck{message->key.id}.ToPacket());
            const KeyId& id = message->key.id;
            if (m_blocks[{peer, id.link}].Insert(id.block))
            {
                m_consumer->AcceptQkdKey(message->key);
            }
            return;
        }
    }
    else if (type == KQ_LINK_STATUS)
    {
        if (const auto message = KqLinkStatus::FromPacket(body))
        {
            m_consumer->NotifyLinkStatus(message->link, message->status, incident, message->alarm);
            return;
        }
    }
    NS_LOG_WARN("Kq message of type " << type << " not understood");
    m_rejectedTrace(type, body->GetSize());
}

} // namespace qkdn
} // namespace ns3
