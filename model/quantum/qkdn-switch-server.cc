/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-switch-server.h"

#include "qkdn-cops-messages.h"

#include "ns3/log.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnSwitchServer");
NS_OBJECT_ENSURE_REGISTERED(SwitchServer);

namespace
{

/// outcomes that are kept for requests that come again
constexpr std::size_t KEPT_OUTCOMES = 64;

} // namespace

TypeId
SwitchServer::GetTypeId()
{
    static TypeId tid = TypeId("ns3::qkdn::SwitchServer")
                            .SetParent<Object>()
                            .SetGroupName("QkdnResilience")
                            .AddConstructor<SwitchServer>()
                            .AddTraceSource("Rejected",
                                            "A message is not understood; it changes nothing.",
                                            MakeTraceSourceAccessor(&SwitchServer::m_rejectedTrace),
                                            "ns3::qkdn::SwitchServer::RejectedCallback");
    return tid;
}

SwitchServer::SwitchServer()
    : m_endpoint(CreateObject<SupervisedEndpoint>())
{
    NS_LOG_FUNCTION(this);
}

SwitchServer::~SwitchServer()
{
    NS_LOG_FUNCTION(this);
}

void
SwitchServer::DoDispose()
{
    NS_LOG_FUNCTION(this);
    for (const auto& entry : m_switches)
    {
        entry.second->SetAlarmCallback(OpticalSwitch::AlarmCallback());
    }
    m_switches.clear();
    m_endpoint->Dispose();
    Object::DoDispose();
}

void
SwitchServer::AddSwitch(uint32_t number, Ptr<OpticalSwitch> sw)
{
    m_switches[number] = sw;
    sw->SetAlarmCallback(MakeBoundCallback(&SwitchServer::Alarm, this, number));
}

void
SwitchServer::Start(Ptr<Node> node, const Address& local, const Address& client)
{
    NS_LOG_FUNCTION(this << node);
    m_endpoint->SetNode(node);
    GetEndpoint()->SetReceiveCallback(MakeCallback(&SwitchServer::Receive, this));
    GetEndpoint()->SetPeerCallback(MakeCallback(&SwitchServer::PeerConnected, this));
    m_endpoint->Listen(local);
    m_peer = m_endpoint->AddPeer(client);
}

Ptr<MessageEndpoint>
SwitchServer::GetEndpoint() const
{
    return m_endpoint->GetEndpoint();
}

void
SwitchServer::PeerConnected(PeerId, bool up)
{
    // also what happened while the client was away
    for (auto alarm = m_alarms.begin(); up && alarm != m_alarms.end(); ++alarm)
    {
        Alarm(this, alarm->first, alarm->second);
    }
}

void
SwitchServer::Receive(PeerId peer, uint16_t type, Ptr<Packet> body, IncidentId incident)
{
    const auto message = type == COPS_SELECT ? CopsSelect::FromPacket(body) : std::nullopt;
    const auto sw = message ? m_switches.find(message->sw) : m_switches.end();
    if (sw == m_switches.end() || peer != m_peer)
    {
        NS_LOG_WARN("Cops message of type " << type << " not understood");
        m_rejectedTrace(type, body->GetSize());
        return;
    }
    const auto known = m_outcomes.find(message->request);
    if (known != m_outcomes.end())
    {
        GetEndpoint()->Send(m_peer,
                            COPS_OUTCOME,
                            CopsOutcome{known->first, known->second}.ToPacket(),
                            incident);
    }
    else if (m_running.insert(message->request).second)
    {
        sw->second->Select(
            message->port,
            MakeBoundCallback(&SwitchServer::Done, Ptr<SwitchServer>(this), message->request),
            incident);
    }
}

void
SwitchServer::Done(Ptr<SwitchServer> server, uint32_t request, bool success)
{
    server->m_running.erase(request);
    server->m_outcomes[request] = success;
    if (server->m_outcomes.size() > KEPT_OUTCOMES)
    {
        server->m_outcomes.erase(server->m_outcomes.begin());
    }
    server->GetEndpoint()->Send(server->m_peer,
                                COPS_OUTCOME,
                                CopsOutcome{request, success}.ToPacket());
}

void
SwitchServer::Alarm(SwitchServer* server, uint32_t number, bool failed)
{
    server->m_alarms[number] = failed;
    server->GetEndpoint()->Send(server->m_peer, COPS_ALARM, CopsAlarm{number, failed}.ToPacket());
}

} // namespace qkdn
} // namespace ns3
