/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-kq-sender.h"

#include "qkdn-kq-messages.h"

#include "ns3/log.h"
#include "ns3/uinteger.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnKqSender");
NS_OBJECT_ENSURE_REGISTERED(KqSender);

TypeId
KqSender::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::KqSender")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<KqSender>()
            .AddAttribute("MaxWaitingKeys",
                          "QKD-keys that wait for the key manager at most; then the oldest is "
                          "dropped.",
                          UintegerValue(1024),
                          MakeUintegerAccessor(&KqSender::m_maxKeys),
                          MakeUintegerChecker<uint32_t>(1))
            .AddTraceSource("Dropped",
                            "A QKD-key is given up because too many wait.",
                            MakeTraceSourceAccessor(&KqSender::m_droppedTrace),
                            "ns3::qkdn::KqSender::DroppedCallback")
            .AddTraceSource("Rejected",
                            "A message is not understood; it changes nothing.",
                            MakeTraceSourceAccessor(&KqSender::m_rejectedTrace),
                            "ns3::qkdn::KqSender::RejectedCallback");
    return tid;
}

KqSender::KqSender()
    : m_endpoint(CreateObject<MessageEndpoint>()),
      m_hello(CreateObject<HelloAgent>())
{
    NS_LOG_FUNCTION(this);
}

void
KqSender::DoDispose()
{
    m_endpoint->Dispose();
    m_hello->Dispose();
    m_waiting.clear();
    Object::DoDispose();
}

void
KqSender::Start(Ptr<Node> node, const Address& local, const Address& keyManager)
{
    NS_LOG_FUNCTION(this << node);
    m_endpoint->SetNode(node);
    m_endpoint->SetReceiveCallback(MakeCallback(&KqSender::Receive, this));
    m_endpoint->SetPeerCallback(MakeCallback(&KqSender::PeerConnected, this));
    m_endpoint->Listen(local);
    m_peer = m_endpoint->AddPeer(keyManager, CONNECT_ACTIVE);
    m_hello->SetNode(node);
    m_hello->SetPeerCallback(MakeCallback(&KqSender::PeerAlive, this));
    m_hello->AddPeer(keyManager);
    m_hello->Listen(local);
}

void
KqSender::PeerAlive(HelloPeerId, bool alive)
{
    NS_LOG_FUNCTION(this << alive);
    alive ? m_endpoint->Reconnect(m_peer) : m_endpoint->Abandon(m_peer);
}

void
KqSender::Send(uint16_t type, Ptr<Packet> body, IncidentId incident)
{
    // what cannot be sent now is sent after the next connection
    if (m_endpoint->IsUp(m_peer))
    {
        m_endpoint->Send(m_peer, type, body, incident);
    }
}

Ptr<MessageEndpoint>
KqSender::GetEndpoint() const
{
    return m_endpoint;
}

void
KqSender::AcceptQkdKey(const QkdKey& key)
{
    NS_LOG_FUNCTION(this << key.id.ToString());
    m_waiting.push_back(key);
    if (m_waiting.size() > m_maxKeys)
    {
        m_droppedTrace(m_waiting.front());
        m_waiting.pop_front();
    }
    Send(KQ_KEY, KqKey{key}.ToPacket());
}

void
KqSender::NotifyLinkStatus(LinkId link,
                           LinkStatus status,
                           IncidentId incident,
                           const LinkAlarm& alarm)
{
    NS_LOG_FUNCTION(this << link << LinkStatusName(status) << LinkCauseName(alarm.cause));
    m_status[link] = Status{status, incident, alarm};
    Send(KQ_LINK_STATUS, KqLinkStatus{link, status, alarm}.ToPacket(), incident);
}

void
KqSender::PeerConnected(PeerId, bool up)
{
    if (!up)
    {
        return;
    }
    for (const auto& [link, status] : m_status)
    {
        Send(KQ_LINK_STATUS,
             KqLinkStatus{link, status.status, status.alarm}.ToPacket(),
             status.incident);
    }
    for (const QkdKey& key : m_waiting)
    {
        Send(KQ_KEY, KqKey{key}.ToPacket());
    }
}

void
KqSender::Receive(PeerId, uint16_t type, Ptr<Packet> body, IncidentId)
{
    const auto ack = type == KQ_KEY_ACK ? KqKeyAck::FromPacket(body) : std::nullopt;
    if (!ack)
    {
        NS_LOG_WARN("Kq message of type " << type << " not understood");
        m_rejectedTrace(type, body->GetSize());
        return;
    }
    m_waiting.erase(std::remove_if(m_waiting.begin(),
                                   m_waiting.end(),
                                   [&ack](const QkdKey& key) { return key.id == ack->key; }),
                    m_waiting.end());
}

} // namespace qkdn
} // namespace ns3
