/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-hello-agent.h"

#include "qkdn-hello-header.h"
#include "qkdn-hello-watch.h"

#include "ns3/abort.h"
#include "ns3/log.h"
#include "ns3/packet.h"
#include "ns3/simulator.h"
#include "ns3/trace-source-accessor.h"
#include "ns3/udp-socket-factory.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <limits>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnHelloAgent");

NS_OBJECT_ENSURE_REGISTERED(HelloAgent);

namespace
{

/// IPv4 service field of class selector CS6, which is for network control (RFC 4594): hellos must
/// not wait behind the data whose way they watch.
constexpr uint8_t NETWORK_CONTROL = 0xc0;

} // namespace

TypeId
HelloAgent::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::HelloAgent")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<HelloAgent>()
            .AddAttribute("Interval",
                          "Time between hellos to a peer",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&HelloAgent::m_interval),
                          MakeTimeChecker(MicroSeconds(1), Seconds(4294)))
            .AddAttribute("Multiplier",
                          "Number of intervals without a hello after which a peer is dead",
                          UintegerValue(3),
                          MakeUintegerAccessor(&HelloAgent::m_multiplier),
                          MakeUintegerChecker<uint8_t>(2))
            .AddAttribute("Phase",
                          "Time from the start to the first hello",
                          TimeValue(Time(0)),
                          MakeTimeAccessor(&HelloAgent::m_phase),
                          MakeTimeChecker(Time(0)))
            .AddTraceSource("Sent",
                            "A hello was sent",
                            MakeTraceSourceAccessor(&HelloAgent::m_sentTrace),
                            "ns3::qkdn::HelloAgent::HelloTracedCallback")
            .AddTraceSource("Received",
                            "A hello was received",
                            MakeTraceSourceAccessor(&HelloAgent::m_receivedTrace),
                            "ns3::qkdn::HelloAgent::HelloTracedCallback")
            .AddTraceSource("PeerState",
                            "A peer came alive or died",
                            MakeTraceSourceAccessor(&HelloAgent::m_peerStateTrace),
                            "ns3::qkdn::HelloAgent::PeerStateTracedCallback")
            .AddTraceSource("Dropped",
                            "A hello was bad, or could not be sent",
                            MakeTraceSourceAccessor(&HelloAgent::m_droppedTrace),
                            "ns3::qkdn::HelloAgent::DroppedTracedCallback");
    return tid;
}

HelloAgent::HelloAgent() = default;

HelloAgent::~HelloAgent() = default;

void
HelloAgent::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_peerChange = PeerCallback();
    m_peerStateTrace = decltype(m_peerStateTrace)();
    Stop();
    m_peers.clear();
    m_names.clear();
    m_node = nullptr;
    Object::DoDispose();
}

void
HelloAgent::SetNode(Ptr<Node> node)
{
    m_node = node;
}

void
HelloAgent::SetPeerCallback(PeerCallback callback)
{
    m_peerChange = callback;
}

void
HelloAgent::Listen(const Address& local)
{
    m_local = ToEndpointName(local);
    Start();
}

void
HelloAgent::Start()
{
    NS_LOG_FUNCTION(this);
    NS_ABORT_MSG_IF(m_local.second == 0, "a hello agent was started before Listen()");
    NS_ABORT_MSG_UNLESS(m_node && m_node->GetObject<UdpSocketFactory>(),
                        "a hello agent needs a node with an internet stack");
    if (m_socket || m_watch)
    {
        return;
    }
    m_watch = m_node->GetObject<HelloWatch>();
    if (m_watch)
    {
        m_watch->AgentStarted(this);
        for (const auto& entry : m_peers)
        {
            StartPeer(entry.first);
        }
        return;
    }
    m_socket = Socket::CreateSocket(m_node, UdpSocketFactory::GetTypeId());
    NS_ABORT_MSG_IF(m_socket->Bind(ToSocketAddress(m_local)) != 0,
                    "a hello agent cannot listen on " << Address(ToSocketAddress(m_local))
                                                      << ": in use");
    // from ns-3.47 on the service address of its own node needs it
    m_socket->SetAllowBroadcast(true);
    m_socket->SetRecvCallback(MakeCallback(&HelloAgent::HandleReceive, this));
    // 0 is for peers of which no hello has come
    m_starts = m_starts == std::numeric_limits<uint8_t>::max() ? 1 : m_starts + 1;
    for (const auto& entry : m_peers)
    {
        StartPeer(entry.first);
    }
}

void
HelloAgent::Stop()
{
    NS_LOG_FUNCTION(this);
    if (m_socket)
    {
        m_socket->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
        m_socket->Close();
        m_socket = nullptr;
    }
    if (m_watch)
    {
        m_watch->AgentStopped(this);
        m_watch = nullptr;
    }
    for (auto& entry : m_peers)
    {
        Peer& peer = entry.second;
        peer.detection.Cancel();
        peer.patience.Cancel();
        peer.nextHello.Cancel();
        const bool wasAlive = peer.state == ALIVE;
        peer.state = UNKNOWN;
        peer.heard = 0;
        peer.starts = 0;
        if (wasAlive)
        {
            m_peerStateTrace(ToSocketAddress(m_local), ToSocketAddress(peer.name), false);
        }
    }
}

HelloPeerId
HelloAgent::AddPeer(const Address& remote)
{
    NS_LOG_FUNCTION(this << remote);
    const EndpointName name = ToEndpointName(remote);
    const auto known = m_names.find(name);
    if (known != m_names.end())
    {
        return known->second;
    }
    const HelloPeerId id(static_cast<uint32_t>(m_peers.size()) + 1);
    m_names[name] = id;
    m_peers[id].name = name;
    if (m_socket || m_watch)
    {
        StartPeer(id);
    }
    return id;
}

const HelloAgent::Peer&
HelloAgent::GetPeer(HelloPeerId peer) const
{
    const auto it = m_peers.find(peer);
    NS_ABORT_MSG_IF(it == m_peers.end(), "a hello agent has no peer " << peer);
    return it->second;
}

bool
HelloAgent::IsAlive(HelloPeerId peer) const
{
    return GetPeer(peer).state == ALIVE;
}

void
HelloAgent::Declare(HelloPeerId peer, bool alive)
{
    NS_LOG_FUNCTION(this << peer << alive);
    NS_ABORT_MSG_UNLESS(m_watch, "a peer of a hello agent was declared that sends hellos");
    SetState(peer, alive ? ALIVE : DEAD);
}

EndpointName
HelloAgent::GetLocalName() const
{
    return m_local;
}

EndpointName
HelloAgent::GetPeerName(HelloPeerId peer) const
{
    return GetPeer(peer).name;
}

Time
HelloAgent::GetInterval() const
{
    return m_interval;
}

uint8_t
HelloAgent::GetMultiplier() const
{
    return m_multiplier;
}

Address
HelloAgent::GetPeerAddress(HelloPeerId peer) const
{
    return ToSocketAddress(GetPeer(peer).name);
}

uint64_t
HelloAgent::GetDropCount(const std::string& reason) const
{
    const auto it = m_drops.find(reason);
    return it == m_drops.end() ? 0 : it->second;
}

void
HelloAgent::StartPeer(HelloPeerId id)
{
    if (m_watch)
    {
        m_watch->PeerAdded(this, id);
        return;
    }
    Peer& peer = m_peers.at(id);
    peer.nextHello = Simulator::Schedule(m_phase, &HelloAgent::SendPeriodicHello, this, id);
    peer.patience = Simulator::Schedule(m_interval * static_cast<int64_t>(m_multiplier),
                                        &HelloAgent::HandlePatienceOver,
                                        this,
                                        id);
}

void
HelloAgent::SendPeriodicHello(HelloPeerId id)
{
    m_peers.at(id).nextHello =
        Simulator::Schedule(m_interval, &HelloAgent::SendPeriodicHello, this, id);
    SendHello(id);
}

void
HelloAgent::SendHello(HelloPeerId id)
{
    const Peer& peer = m_peers.at(id);
    // the clock keeps the numbers growing when the process restarts
    m_sequence = std::max(m_sequence + 1, static_cast<uint64_t>(Simulator::Now().GetNanoSeconds()));
    Ptr<Packet> packet = Create<Packet>();
    packet->AddHeader(HelloHeader(m_multiplier,
                                  static_cast<uint32_t>(m_interval.GetMicroSeconds()),
                                  m_sequence,
                                  peer.heard,
                                  m_starts,
                                  peer.losses));
    // not by SetIpTos(): SendTo() asks the destination's address instead
    SocketIpTosTag service;
    service.SetTos(NETWORK_CONTROL);
    packet->AddPacketTag(service);
    if (m_socket->SendTo(packet, 0, ToSocketAddress(peer.name)) < 0)
    {
        Drop("not-sent", HelloHeader::SIZE);
        return;
    }
    m_sentTrace(ToSocketAddress(m_local), ToSocketAddress(peer.name), HelloHeader::SIZE);
}

void
HelloAgent::HandleReceive(Ptr<Socket> socket)
{
    Address from;
    while (m_socket == socket)
    {
        Ptr<Packet> packet = socket->RecvFrom(from);
        if (!packet)
        {
            return;
        }
        const uint32_t bytes = packet->GetSize();
        HelloHeader hello;
        if (bytes == HelloHeader::SIZE)
        {
            packet->RemoveHeader(hello);
        }
        if (!hello.IsValid())
        {
            Drop("malformed", bytes);
            continue;
        }
        const auto known = m_names.find(ToEndpointName(from));
        if (known == m_names.end())
        {
            Drop("unknown-peer", bytes);
            continue;
        }
        m_receivedTrace(ToSocketAddress(m_local), from, bytes);
        HandleHello(known->second, hello);
    }
}

void
HelloAgent::HandleHello(HelloPeerId id, const HelloHeader& hello)
{
    Peer& peer = m_peers.at(id);
    // a hello that was overtaken must not bring back an old state
    if (hello.GetSequence() <= peer.heard)
    {
        Drop("stale", HelloHeader::SIZE);
        return;
    }
    if (peer.starts != 0 && peer.starts != hello.GetStarts())
    {
        peer.heard = 0;
        peer.state = UNKNOWN;
        SetState(id, DEAD);
    }
    else if (peer.itsLosses != hello.GetLosses() && peer.state == ALIVE)
    {
        // the silence that it noticed was too short for this end
        SetState(id, DEAD);
    }
    peer.starts = hello.GetStarts();
    peer.itsLosses = hello.GetLosses();
    const bool wasHeard = peer.heard != 0;
    peer.heard = hello.GetSequence();
    peer.detection.Cancel();
    peer.detection = Simulator::Schedule(MicroSeconds(hello.GetIntervalUs()) *
                                             static_cast<int64_t>(hello.GetMultiplier()),
                                         &HelloAgent::HandleSilence,
                                         this,
                                         id);
    if (!wasHeard)
    {
        SendHello(id);
    }
    if (hello.GetHeard() != 0)
    {
        SetState(id, ALIVE);
    }
    else if (peer.state == ALIVE)
    {
        SetState(id, DEAD);
    }
}

void
HelloAgent::HandleSilence(HelloPeerId id)
{
    Peer& peer = m_peers.at(id);
    peer.heard = 0;
    const bool wasAlive = peer.state == ALIVE;
    peer.losses += wasAlive ? 1 : 0;
    SendHello(id);
    if (wasAlive)
    {
        SetState(id, DEAD);
    }
}

void
HelloAgent::HandlePatienceOver(HelloPeerId id)
{
    if (m_peers.at(id).state == UNKNOWN)
    {
        SetState(id, DEAD);
    }
}

void
HelloAgent::SetState(HelloPeerId id, State state)
{
    Peer& peer = m_peers.at(id);
    if (peer.state == state)
    {
        return;
    }
    NS_LOG_LOGIC(ToSocketAddress(peer.name) << (state == ALIVE ? " is alive" : " is dead"));
    peer.state = state;
    m_peerStateTrace(ToSocketAddress(m_local), ToSocketAddress(peer.name), state == ALIVE);
    if (!m_peerChange.IsNull())
    {
        m_peerChange(id, state == ALIVE);
    }
}

void
HelloAgent::Drop(const std::string& reason, uint32_t bytes)
{
    NS_LOG_LOGIC("dropped a hello: " << reason);
    ++m_drops[reason];
    m_droppedTrace(reason, bytes);
}

} // namespace qkdn
} // namespace ns3
