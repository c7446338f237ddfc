/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-mq-receiver.h"

#include "ns3/log.h"
#include "ns3/qkdn-mq-messages.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnMqReceiver");
NS_OBJECT_ENSURE_REGISTERED(MqReceiver);

TypeId
MqReceiver::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::MqReceiver")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<MqReceiver>()
            .AddTraceSource("MessageRejected",
                            "A message was malformed or of an unknown type; it changes nothing.",
                            MakeTraceSourceAccessor(&MqReceiver::m_rejectedTrace),
                            "ns3::qkdn::MqReceiver::RejectedCallback");
    return tid;
}

MqReceiver::MqReceiver()
    : m_endpoint(CreateObject<SupervisedEndpoint>())
{
}

MqReceiver::~MqReceiver() = default;

void
MqReceiver::DoDispose()
{
    m_endpoint->Dispose();
    m_status = StatusCallback();
    Object::DoDispose();
}

void
MqReceiver::SetIdentity(const Address& local)
{
    m_local = local;
}

void
MqReceiver::AddAgent(const Address& remote)
{
    NS_ABORT_MSG_IF(m_prepared, "an agent comes after the start of the manager");
    m_agents.push_back(remote);
}

void
MqReceiver::SetStatusCallback(StatusCallback callback)
{
    m_status = callback;
}

void
MqReceiver::Start(Ptr<Node> node)
{
    NS_LOG_FUNCTION(this << node->GetId());
    if (m_agents.empty())
    {
        return;
    }
    if (!m_prepared)
    {
        m_prepared = true;
        m_endpoint->SetNode(node);
        GetEndpoint()->SetReceiveCallback(MakeCallback(&MqReceiver::ReceiveMessage, this));
        for (const Address& agent : m_agents)
        {
            m_endpoint->AddPeer(agent);
        }
    }
    m_endpoint->Listen(m_local);
}

void
MqReceiver::Stop()
{
    m_endpoint->Stop();
}

Ptr<MessageEndpoint>
MqReceiver::GetEndpoint() const
{
    return m_endpoint->GetEndpoint();
}

Ptr<HelloAgent>
MqReceiver::GetHelloAgent() const
{
    return m_endpoint->GetHelloAgent();
}

void
MqReceiver::ReceiveMessage(PeerId peer, uint16_t type, Ptr<Packet> body, IncidentId incident)
{
    NS_LOG_FUNCTION(this << peer << type << body->GetSize());
    const auto message = type == MQ_GROUP_STATUS ? MqGroupStatus::FromPacket(body) : std::nullopt;
    if (!message)
    {
        NS_LOG_WARN("message of type " << type << " on Mq changed nothing");
        m_rejectedTrace(type, body->GetSize());
        return;
    }
    uint32_t& newest = m_newest[{message->status.group, message->status.end}];
    if (message->number < newest)
    {
        NS_LOG_LOGIC("group " << message->status.name << ": an old report is repeated");
        return;
    }
    newest = message->number;
    if (!m_status.IsNull())
    {
        m_status(message->status, incident);
    }
}

} // namespace qkdn
} // namespace ns3
