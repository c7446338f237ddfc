/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-switch-client.h"

#include "qkdn-cops-messages.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnSwitchClient");
NS_OBJECT_ENSURE_REGISTERED(SwitchClient);

SwitchClient::RemoteSwitch::RemoteSwitch(SwitchClient* client, uint32_t number)
    : m_client(client),
      m_number(number)
{
}

void
SwitchClient::RemoteSwitch::Select(uint32_t port, DoneCallback done, IncidentId incident)
{
    m_client->Select(m_number, port, done, incident);
}

void
SwitchClient::RemoteSwitch::SetAlarmCallback(AlarmCallback alarm)
{
    m_alarm = alarm;
}

void
SwitchClient::RemoteSwitch::Alarm(bool failed)
{
    if (!m_alarm.IsNull())
    {
        m_alarm(failed);
    }
}

TypeId
SwitchClient::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::SwitchClient")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<SwitchClient>()
            .AddAttribute("Timeout",
                          "Time without answer after which a request counts as failed.",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&SwitchClient::m_timeout),
                          MakeTimeChecker(MicroSeconds(1)))
            .AddTraceSource("Rejected",
                            "A message is not understood; it changes nothing.",
                            MakeTraceSourceAccessor(&SwitchClient::m_rejectedTrace),
                            "ns3::qkdn::SwitchClient::RejectedCallback");
    return tid;
}

SwitchClient::SwitchClient()
    : m_endpoint(CreateObject<SupervisedEndpoint>())
{
    NS_LOG_FUNCTION(this);
}

SwitchClient::~SwitchClient()
{
    NS_LOG_FUNCTION(this);
}

void
SwitchClient::DoDispose()
{
    NS_LOG_FUNCTION(this);
    for (auto& entry : m_requests)
    {
        entry.second.timeout.Cancel();
    }
    m_requests.clear();
    for (const auto& entry : m_switches)
    {
        entry.second->SetAlarmCallback(SwitchControl::AlarmCallback());
    }
    m_endpoint->Dispose();
    Object::DoDispose();
}

void
SwitchClient::Start(Ptr<Node> node, const Address& local, const Address& server)
{
    NS_LOG_FUNCTION(this << node);
    m_endpoint->SetNode(node);
    GetEndpoint()->SetReceiveCallback(MakeCallback(&SwitchClient::Receive, this));
    GetEndpoint()->SetPeerCallback(MakeCallback(&SwitchClient::PeerConnected, this));
    m_endpoint->Listen(local);
    m_peer = m_endpoint->AddPeer(server);
}

SwitchControl*
SwitchClient::GetSwitch(uint32_t number)
{
    std::unique_ptr<RemoteSwitch>& sw = m_switches[number];
    if (!sw)
    {
        sw = std::make_unique<RemoteSwitch>(this, number);
    }
    return sw.get();
}

Ptr<MessageEndpoint>
SwitchClient::GetEndpoint() const
{
    return m_endpoint->GetEndpoint();
}

void
SwitchClient::Select(uint32_t sw,
                     uint32_t port,
                     SwitchControl::DoneCallback done,
                     IncidentId incident)
{
    NS_LOG_FUNCTION(this << sw << port << incident.ToString());
    const uint32_t number = ++m_lastRequest;
    const EventId timeout =
        Simulator::Schedule(m_timeout, &SwitchClient::Answer, this, number, false);
    const Request request{sw, port, done, incident, timeout};
    m_requests[number] = request;
    Send(number, request);
}

void
SwitchClient::Send(uint32_t number, const Request& request)
{
    if (GetEndpoint()->IsUp(m_peer))
    {
        GetEndpoint()->Send(m_peer,
                            COPS_SELECT,
                            CopsSelect{number, request.sw, request.port}.ToPacket(),
                            request.incident);
    }
}

void
SwitchClient::PeerConnected(PeerId, bool up)
{
    NS_LOG_FUNCTION(this << up);
    for (auto entry = m_requests.begin(); up && entry != m_requests.end(); ++entry)
    {
        Send(entry->first, entry->second);
    }
}

void
SwitchClient::Answer(uint32_t number, bool success)
{
    const auto entry = m_requests.find(number);
    if (entry == m_requests.end())
    {
        return;
    }
    NS_LOG_FUNCTION(this << number << success);
    Request request = entry->second;
    m_requests.erase(entry);
    request.timeout.Cancel();
    if (!request.done.IsNull())
    {
        request.done(success);
    }
}

void
SwitchClient::Receive(PeerId, uint16_t type, Ptr<Packet> body, IncidentId)
{
    if (type == COPS_OUTCOME)
    {
        if (const auto outcome = CopsOutcome::FromPacket(body))
        {
            Answer(outcome->request, outcome->success);
            return;
        }
    }
    const auto alarm = type == COPS_ALARM ? CopsAlarm::FromPacket(body) : std::nullopt;
    const auto sw = alarm ? m_switches.find(alarm->sw) : m_switches.end();
    if (sw == m_switches.end())
    {
        NS_LOG_WARN("Cops message of type " << type << " not understood");
        m_rejectedTrace(type, body->GetSize());
        return;
    }
    sw->second->Alarm(alarm->failed);
}

} // namespace qkdn
} // namespace ns3
