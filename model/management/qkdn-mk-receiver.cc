/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-mk-receiver.h"

#include "ns3/abort.h"
#include "ns3/log.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnMkReceiver");
NS_OBJECT_ENSURE_REGISTERED(MkReceiver);

TypeId
MkReceiver::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::MkReceiver")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<MkReceiver>()
            .AddAttribute("PolicyRetry",
                          "Time after which a policy is sent again to a KM that has not "
                          "acknowledged it.",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&MkReceiver::m_retry),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddTraceSource("Policy",
                            "The policy is sent to a KM, or acknowledged by one.",
                            MakeTraceSourceAccessor(&MkReceiver::m_policyTrace),
                            "ns3::qkdn::MkReceiver::PolicyCallback")
            .AddTraceSource("PolicyRefused",
                            "A KM does not follow a policy, as it has a newer one.",
                            MakeTraceSourceAccessor(&MkReceiver::m_refusedTrace),
                            "ns3::qkdn::MkReceiver::RefusedCallback")
            .AddTraceSource("BadMessage",
                            "A message was malformed or out of place.",
                            MakeTraceSourceAccessor(&MkReceiver::m_badMessageTrace),
                            "ns3::qkdn::MkReceiver::BadMessageCallback");
    return tid;
}

MkReceiver::MkReceiver()
    : m_endpoint(CreateObject<SupervisedEndpoint>())
{
    m_push.SetSendFunction([this](PeerId peer) { return SendPolicy(peer); });
}

MkReceiver::~MkReceiver() = default;

void
MkReceiver::DoDispose()
{
    m_push.Stop();
    m_endpoint->Dispose();
    Object::DoDispose();
}

void
MkReceiver::SetIdentity(const Address& local)
{
    m_local = local;
}

void
MkReceiver::AddKeyManager(KmId km, const Address& remote)
{
    NS_ABORT_MSG_IF(!m_byPeer.empty(), "KM " << km << " comes after the start of the manager");
    NS_ABORT_MSG_UNLESS(km.IsValid() && m_kms.emplace(km, remote).second,
                        "the manager manages KM " << km << " already");
}

void
MkReceiver::SetPolicy(const MkPolicy& policy)
{
    NS_LOG_FUNCTION(this << policy.number);
    m_policy = policy;
    m_push.SetRetry(m_retry);
    m_push.SetNewest(policy.number);
}

const MkPolicy&
MkReceiver::GetPolicy() const
{
    return m_policy;
}

void
MkReceiver::Start(Ptr<Node> node)
{
    if (m_kms.empty())
    {
        return;
    }
    if (m_byPeer.empty())
    {
        m_endpoint->SetNode(node);
        GetEndpoint()->SetReceiveCallback(MakeCallback(&MkReceiver::ReceiveMessage, this));
        GetEndpoint()->SetPeerCallback(MakeCallback(&MkReceiver::PeerConnected, this));
        for (const auto& [km, remote] : m_kms)
        {
            m_byPeer[m_endpoint->AddPeer(remote)] = km;
        }
    }
    m_push.SetRetry(m_retry);
    m_endpoint->Listen(m_local);
}

void
MkReceiver::Stop()
{
    m_endpoint->Stop();
    m_push.Stop();
}

bool
MkReceiver::HasAccepted(KmId km) const
{
    const auto found = std::find_if(m_byPeer.begin(), m_byPeer.end(), [km](const auto& entry) {
        return entry.second == km;
    });
    return found != m_byPeer.end() && m_push.HasAccepted(found->first);
}

Ptr<MessageEndpoint>
MkReceiver::GetEndpoint() const
{
    return m_endpoint->GetEndpoint();
}

Ptr<HelloAgent>
MkReceiver::GetHelloAgent() const
{
    return m_endpoint->GetHelloAgent();
}

bool
MkReceiver::SendPolicy(PeerId peer)
{
    const bool sent = GetEndpoint()->IsUp(peer) &&
                      GetEndpoint()->Send(peer, MK_POLICY, m_policy.ToPacket(), IncidentId());
    if (sent)
    {
        m_policyTrace(m_byPeer.at(peer), m_policy, false);
    }
    return sent;
}

void
MkReceiver::PeerConnected(PeerId peer, bool up)
{
    NS_LOG_FUNCTION(this << m_byPeer.at(peer) << up);
    if (!up)
    {
        m_push.SetGone(peer);
    }
}

void
MkReceiver::ReceiveMessage(PeerId peer, uint16_t type, Ptr<Packet> body, IncidentId /* incident */)
{
    NS_LOG_FUNCTION(this << m_byPeer.at(peer) << type << body->GetSize());
    if (!Dispatch(peer, type, body))
    {
        NS_LOG_WARN("message of type " << type << " from KM " << m_byPeer.at(peer)
                                       << " changed nothing");
        m_badMessageTrace(m_byPeer.at(peer), type);
    }
}

bool
MkReceiver::Dispatch(PeerId peer, uint16_t type, Ptr<const Packet> body)
{
    const KmId km = m_byPeer.at(peer);
    if (type == MK_REGISTER)
    {
        const auto message = MkRegister::FromPacket(body);
        if (!message || message->km != km)
        {
            return false;
        }
        m_push.SetReady(peer);
        return true;
    }
    const auto message = type == MK_ACKNOWLEDGE ? MkAcknowledge::FromPacket(body) : std::nullopt;
    if (!message)
    {
        return false;
    }
    if (!message->done)
    {
        if (!m_push.Refuse(peer, message->number))
        {
            return false;
        }
        NS_LOG_WARN("KM " << km << " has a newer policy than " << message->number);
        m_refusedTrace(km, message->number);
        return true;
    }
    const bool had = m_push.HasAccepted(peer);
    if (!m_push.Accept(peer, message->number))
    {
        return false;
    }
    if (!had && m_push.HasAccepted(peer))
    {
        m_policyTrace(km, m_policy, true);
    }
    return true;
}

} // namespace qkdn
} // namespace ns3
