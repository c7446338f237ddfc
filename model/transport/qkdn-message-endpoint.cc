/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-message-endpoint.h"

#include "qkdn-hello-watch.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/log.h"
#include "ns3/simulator.h"
#include "ns3/trace-source-accessor.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <array>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnMessageEndpoint");

NS_OBJECT_ENSURE_REGISTERED(MessageEndpoint);

namespace
{

/// Bytes of the body of an introduction: IPv4 address and port, big-endian.
constexpr uint32_t INTRODUCTION_BYTES = 6;

/// From the end of a connection to the next attempt at least. The reset may come to the peer's
/// listening socket, which TcpAcceptor then exchanges: a SYN of the same instant, as over the
/// loopback, would still find the old one and fail an assertion of ns-3.
constexpr int64_t AFTER_RESET_NS = 1;

/// Retry intervals between two looks whether a connection is in vain; nothing is sent for that.
constexpr int64_t WATCHED_RETRIES = 60;

} // namespace

TypeId
MessageEndpoint::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::MessageEndpoint")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<MessageEndpoint>()
            .AddAttribute("AcceptUnknownPeers",
                          "Whether a peer that introduces itself and is not known becomes known",
                          BooleanValue(false),
                          MakeBooleanAccessor(&MessageEndpoint::m_acceptUnknown),
                          MakeBooleanChecker())
            .AddAttribute("RetryInterval",
                          "Time between the starts of two attempts to connect to a peer",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&MessageEndpoint::m_retryInterval),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("IntroductionTimeout",
                          "Time in which a connection has to be set up and the peer to introduce "
                          "itself",
                          TimeValue(Seconds(2)),
                          MakeTimeAccessor(&MessageEndpoint::m_introductionTimeout),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("SendBufferBytes",
                          "Size of the send buffer of each socket, bytes",
                          UintegerValue(1048576),
                          MakeUintegerAccessor(&MessageEndpoint::m_sendBuffer),
                          MakeUintegerChecker<uint32_t>(1448))
            .AddAttribute("ReceiveBufferBytes",
                          "Size of the receive buffer of each socket, bytes",
                          UintegerValue(1048576),
                          MakeUintegerAccessor(&MessageEndpoint::m_receiveBuffer),
                          MakeUintegerChecker<uint32_t>(1448))
            .AddAttribute("DataRetries",
                          "Retransmissions after which a connection is given up. Where hellos "
                          "watch the peer there should be many: a socket of ns-3 that has data to "
                          "acknowledge does not wait longer from one to the next.",
                          UintegerValue(6),
                          MakeUintegerAccessor(&MessageEndpoint::m_dataRetries),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("MaxQueueBytes",
                          "Most bytes for a peer that wait for its socket to take them, bytes",
                          UintegerValue(64 * 1048576),
                          MakeUintegerAccessor(&MessageEndpoint::m_maxQueueBytes),
                          MakeUintegerChecker<uint64_t>(64))
            .AddAttribute("MaxFrameBytes",
                          "Longest frame that is sent or taken, bytes with the frame header",
                          UintegerValue(16 * 1048576),
                          MakeUintegerAccessor(&MessageEndpoint::m_maxFrameBytes),
                          MakeUintegerChecker<uint32_t>(64))
            .AddTraceSource("Sent",
                            "A message was taken for sending",
                            MakeTraceSourceAccessor(&MessageEndpoint::m_sentTrace),
                            "ns3::qkdn::MessageEndpoint::MessageTracedCallback")
            .AddTraceSource("Received",
                            "A message has arrived",
                            MakeTraceSourceAccessor(&MessageEndpoint::m_receivedTrace),
                            "ns3::qkdn::MessageEndpoint::MessageTracedCallback")
            .AddTraceSource("PeerState",
                            "A peer went up or down",
                            MakeTraceSourceAccessor(&MessageEndpoint::m_peerStateTrace),
                            "ns3::qkdn::MessageEndpoint::PeerStateTracedCallback")
            .AddTraceSource("Dropped",
                            "A message was refused, lost with its connection, or bad",
                            MakeTraceSourceAccessor(&MessageEndpoint::m_droppedTrace),
                            "ns3::qkdn::MessageEndpoint::DroppedTracedCallback");
    return tid;
}

MessageEndpoint::MessageEndpoint() = default;

MessageEndpoint::~MessageEndpoint() = default;

void
MessageEndpoint::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_receive = ReceiveCallback();
    m_peerChange = PeerCallback();
    m_peerStateTrace = decltype(m_peerStateTrace)();
    m_droppedTrace = decltype(m_droppedTrace)();
    Stop();
    m_peers.clear();
    m_names.clear();
    m_node = nullptr;
    Object::DoDispose();
}

void
MessageEndpoint::SetNode(Ptr<Node> node)
{
    m_node = node;
}

void
MessageEndpoint::SetReceiveCallback(ReceiveCallback callback)
{
    m_receive = callback;
}

void
MessageEndpoint::SetPeerCallback(PeerCallback callback)
{
    m_peerChange = callback;
}

void
MessageEndpoint::Listen(const Address& local)
{
    NS_LOG_FUNCTION(this << local);
    const EndpointName name = ToEndpointName(local);
    NS_ABORT_MSG_IF(m_names.count(name) > 0,
                    "a message endpoint has its own address " << local << " as a peer");
    NS_ABORT_MSG_IF(m_running, "a message endpoint listens already and was to on " << local);
    m_local = name;
    if (m_everOpened)
    {
        Start();
        return;
    }
    m_running = true;
    NS_ABORT_MSG_UNLESS(Open(), "a message endpoint cannot listen on " << local << ": in use");
}

void
MessageEndpoint::Start()
{
    NS_LOG_FUNCTION(this);
    NS_ABORT_MSG_UNLESS(m_everOpened, "a message endpoint was started before Listen()");
    if (!m_running)
    {
        m_running = true;
        // an event, since the resets of Stop() are events that free the address
        m_openEvent = Simulator::ScheduleNow(&MessageEndpoint::OpenOrRetry, this);
    }
}

void
MessageEndpoint::OpenOrRetry()
{
    if (!Open())
    {
        NS_LOG_LOGIC("old connections keep " << ToSocketAddress(m_local) << " in use");
        m_openEvent = Simulator::Schedule(m_retryInterval, &MessageEndpoint::OpenOrRetry, this);
    }
}

Ptr<Socket>
MessageEndpoint::MakeSocket() const
{
    Ptr<Socket> socket = CreateTcpSocket(m_node, m_sendBuffer, m_receiveBuffer);
    socket->SetAttribute("DataRetries", UintegerValue(m_dataRetries));
    return socket;
}

bool
MessageEndpoint::Open()
{
    Ptr<TcpAcceptor> acceptor = Create<TcpAcceptor>();
    if (!acceptor->Listen(ToSocketAddress(m_local),
                          MakeCallback(&MessageEndpoint::MakeSocket, this),
                          MakeCallback(&MessageEndpoint::HandleAccept, this)))
    {
        return false;
    }
    m_everOpened = true;
    m_acceptor = acceptor;
    for (const auto& entry : m_peers)
    {
        ScheduleAttempt(entry.first, Time(0));
    }
    return true;
}

void
MessageEndpoint::Stop()
{
    NS_LOG_FUNCTION(this);
    m_running = false;
    m_openEvent.Cancel();
    if (m_acceptor)
    {
        m_acceptor->Close();
        m_acceptor = nullptr;
    }
    std::map<uint32_t, Link> links;
    links.swap(m_links);
    for (auto& entry : links)
    {
        entry.second.timeout.Cancel();
        entry.second.connection->Close();
    }
    for (auto& entry : m_peers)
    {
        Peer& peer = entry.second;
        peer.attemptEvent.Cancel();
        peer.nextAttempt = Time(0);
        peer.link = 0;
        if (peer.up)
        {
            peer.up = false;
            m_peerStateTrace(ToSocketAddress(m_local), ToSocketAddress(peer.name), false);
        }
    }
}

PeerId
MessageEndpoint::AddPeer(const Address& remote, ConnectRole role)
{
    NS_LOG_FUNCTION(this << remote << role);
    const EndpointName name = ToEndpointName(remote);
    NS_ABORT_MSG_IF(name == m_local,
                    "a message endpoint has its own address " << remote << " as a peer");
    auto known = m_names.find(name);
    if (known == m_names.end())
    {
        const PeerId id(static_cast<uint32_t>(m_peers.size()) + 1);
        known = m_names.emplace(name, id).first;
        m_peers[id].name = name;
    }
    m_peers[known->second].role = role;
    ScheduleAttempt(known->second, m_peers[known->second].nextAttempt);
    return known->second;
}

const MessageEndpoint::Peer&
MessageEndpoint::GetPeer(PeerId peer) const
{
    const auto it = m_peers.find(peer);
    NS_ABORT_MSG_IF(it == m_peers.end(), "a message endpoint has no peer " << peer);
    return it->second;
}

bool
MessageEndpoint::Opens(const Peer& peer) const
{
    return peer.role == CONNECT_ACTIVE || (peer.role == CONNECT_BY_ADDRESS && m_local < peer.name);
}

bool
MessageEndpoint::IsUp(PeerId peer) const
{
    return GetPeer(peer).up;
}

Address
MessageEndpoint::GetPeerAddress(PeerId peer) const
{
    return ToSocketAddress(GetPeer(peer).name);
}

uint64_t
MessageEndpoint::GetDropCount(const std::string& reason) const
{
    const auto it = m_drops.find(reason);
    return it == m_drops.end() ? 0 : it->second;
}

void
MessageEndpoint::ScheduleAttempt(PeerId id, Time earliest)
{
    Peer& peer = m_peers.at(id);
    peer.attemptEvent.Cancel();
    if (m_acceptor && peer.link == 0 && Opens(peer))
    {
        peer.attemptEvent = Simulator::Schedule(Max(earliest - Simulator::Now(), Time(0)),
                                                &MessageEndpoint::Attempt,
                                                this,
                                                id);
    }
}

void
MessageEndpoint::Attempt(PeerId id)
{
    Peer& peer = m_peers.at(id);
    const Ptr<HelloWatch> watch = m_node->GetObject<HelloWatch>();
    if (watch && watch->IsDown(m_local, peer.name))
    {
        // Reconnect() comes first, unless nobody has noticed
        peer.attemptEvent = Simulator::Schedule(m_retryInterval * WATCHED_RETRIES,
                                                &MessageEndpoint::Attempt,
                                                this,
                                                id);
        return;
    }
    NS_LOG_LOGIC("connecting to " << ToSocketAddress(peer.name));
    peer.nextAttempt = Simulator::Now() + m_retryInterval;
    Ptr<Socket> socket = MakeSocket();
    peer.link = AddLink(socket, id);
    m_links.at(peer.link).opener = true;
    if (socket->Bind(InetSocketAddress(Ipv4Address(m_local.first), 0)) != 0 ||
        socket->Connect(ToSocketAddress(peer.name)) != 0)
    {
        NS_LOG_LOGIC("no port or no route, error " << socket->GetErrno());
        CloseLink(peer.link);
    }
}

uint32_t
MessageEndpoint::AddLink(Ptr<Socket> socket, PeerId peer)
{
    const uint32_t number = ++m_lastLink;
    MessageConnection::Callbacks callbacks;
    callbacks.connected = MakeCallback(&MessageEndpoint::HandleConnected, this);
    callbacks.closed = MakeCallback(&MessageEndpoint::HandleClosed, this);
    callbacks.frame = MakeCallback(&MessageEndpoint::HandleFrame, this);
    callbacks.dropped = MakeCallback(&MessageEndpoint::Drop, this);
    Link& link = m_links[number];
    link.connection =
        Create<MessageConnection>(number, socket, m_maxFrameBytes, m_maxQueueBytes, callbacks);
    link.peer = peer;
    link.timeout = Simulator::Schedule(m_introductionTimeout,
                                       &MessageEndpoint::HandleIntroductionTimeout,
                                       this,
                                       number);
    return number;
}

void
MessageEndpoint::HandleAccept(Ptr<Socket> socket)
{
    AddLink(socket, PeerId());
}

void
MessageEndpoint::HandleConnected(uint32_t number)
{
    m_links.at(number).connected = true;
    SendIntroduction(number);
}

void
MessageEndpoint::HandleIntroductionTimeout(uint32_t number)
{
    Drop("no-introduction", FrameHeader::INTRODUCTION_TYPE, 0);
    CloseLink(number);
}

void
MessageEndpoint::SendIntroduction(uint32_t number)
{
    const uint32_t address = m_local.first;
    const uint16_t port = m_local.second;
    const std::array<uint8_t, INTRODUCTION_BYTES> bytes = {static_cast<uint8_t>(address >> 24),
                                                           static_cast<uint8_t>(address >> 16),
                                                           static_cast<uint8_t>(address >> 8),
                                                           static_cast<uint8_t>(address),
                                                           static_cast<uint8_t>(port >> 8),
                                                           static_cast<uint8_t>(port)};
    const Link& link = m_links.at(number);
    const Address remote = GetPeerAddress(link.peer);
    link.connection->Send(FrameHeader::INTRODUCTION_TYPE,
                          Create<Packet>(bytes.data(), INTRODUCTION_BYTES),
                          IncidentId());
    m_sentTrace(ToSocketAddress(m_local),
                remote,
                FrameHeader::INTRODUCTION_TYPE,
                FrameHeader::SIZE + INTRODUCTION_BYTES,
                IncidentId());
}

void
MessageEndpoint::HandleFrame(uint32_t number, const FrameHeader& header, Ptr<Packet> body)
{
    const auto it = m_links.find(number);
    NS_ABORT_MSG_IF(it == m_links.end(), "a frame came on connection " << number << ", closed");
    if (!it->second.introduced)
    {
        HandleIntroduction(number, header, body);
        return;
    }
    if (header.GetType() == FrameHeader::INTRODUCTION_TYPE)
    {
        Refuse(number, "malformed-frame", header);
        return;
    }
    const PeerId from = it->second.peer;
    m_receivedTrace(ToSocketAddress(m_local),
                    GetPeerAddress(from),
                    header.GetType(),
                    FrameHeader::SIZE + body->GetSize(),
                    header.GetIncident());
    if (!m_receive.IsNull())
    {
        m_receive(from, header.GetType(), body, header.GetIncident());
    }
}

void
MessageEndpoint::HandleIntroduction(uint32_t number, const FrameHeader& header, Ptr<Packet> body)
{
    if (header.GetType() != FrameHeader::INTRODUCTION_TYPE || body->GetSize() != INTRODUCTION_BYTES)
    {
        Refuse(number, "no-introduction", header);
        return;
    }
    std::array<uint8_t, INTRODUCTION_BYTES> bytes;
    body->CopyData(bytes.data(), INTRODUCTION_BYTES);
    const EndpointName name(static_cast<uint32_t>(bytes[0]) << 24 |
                                static_cast<uint32_t>(bytes[1]) << 16 |
                                static_cast<uint32_t>(bytes[2]) << 8 | bytes[3],
                            static_cast<uint16_t>(bytes[4] << 8 | bytes[5]));
    const bool opener = m_links.at(number).opener;
    PeerId id = m_links.at(number).peer;
    std::string refusal = "unknown-peer";
    if (opener ? GetPeer(id).name != name : !(id = Identify(name, refusal)).IsValid())
    {
        Refuse(number, refusal, header);
        return;
    }
    m_receivedTrace(ToSocketAddress(m_local),
                    ToSocketAddress(name),
                    header.GetType(),
                    FrameHeader::SIZE + INTRODUCTION_BYTES,
                    header.GetIncident());
    if (!opener && m_peers.at(id).link != 0)
    {
        CloseLink(m_peers.at(id).link);
    }
    const auto it = m_links.find(number);
    if (it == m_links.end())
    {
        return; // whoever was told that the old connection is gone stopped this endpoint
    }
    Link& link = it->second;
    link.timeout.Cancel();
    link.introduced = true;
    link.peer = id;
    m_peers.at(id).link = number;
    if (!opener)
    {
        SendIntroduction(number);
    }
    SetUp(id, true);
}

PeerId
MessageEndpoint::Identify(const EndpointName& name, std::string& refusal)
{
    const auto known = m_names.find(name);
    if (known == m_names.end())
    {
        const bool welcome = m_acceptUnknown && name != m_local;
        return welcome ? AddPeer(ToSocketAddress(name), CONNECT_PASSIVE) : PeerId();
    }
    if (Opens(m_peers.at(known->second)))
    {
        refusal = "role-conflict";
        return PeerId();
    }
    return known->second;
}

bool
MessageEndpoint::Send(PeerId to, uint16_t type, Ptr<Packet> body, IncidentId incident)
{
    NS_LOG_FUNCTION(this << to << type << body->GetSize());
    NS_ABORT_MSG_IF(type == FrameHeader::INTRODUCTION_TYPE, "message type 0 is an introduction");
    const Peer& peer = GetPeer(to);
    const uint64_t bytes = static_cast<uint64_t>(FrameHeader::SIZE) + body->GetSize();
    std::string refusal;
    if (!peer.up)
    {
        refusal = "peer-down";
    }
    else if (bytes > m_maxFrameBytes)
    {
        refusal = "too-large";
    }
    else if (!m_links.at(peer.link).connection->Send(type, body, incident))
    {
        refusal = "queue-full";
    }
    if (!refusal.empty())
    {
        Drop(refusal, type, static_cast<uint32_t>(bytes));
        return false;
    }
    m_sentTrace(ToSocketAddress(m_local),
                ToSocketAddress(peer.name),
                type,
                static_cast<uint32_t>(bytes),
                incident);
    return true;
}

void
MessageEndpoint::Abandon(PeerId peer)
{
    NS_LOG_FUNCTION(this << peer);
    const uint32_t number = GetPeer(peer).link;
    if (number != 0)
    {
        CloseLink(number);
    }
}

void
MessageEndpoint::Reconnect(PeerId peer)
{
    NS_LOG_FUNCTION(this << peer);
    const Peer& known = GetPeer(peer);
    if (!Opens(known) || (known.link != 0 && m_links.at(known.link).connected))
    {
        return;
    }
    Abandon(peer); // an attempt under way may have lost its first packet
    ScheduleAttempt(peer, Simulator::Now() + NanoSeconds(AFTER_RESET_NS));
}

void
MessageEndpoint::Refuse(uint32_t number, const std::string& reason, const FrameHeader& header)
{
    Drop(reason, header.GetType(), FrameHeader::SIZE + header.GetBodyLength());
    CloseLink(number);
}

void
MessageEndpoint::Drop(const std::string& reason, uint16_t type, uint32_t bytes)
{
    NS_LOG_LOGIC("dropped a frame of type " << type << ": " << reason);
    ++m_drops[reason];
    m_droppedTrace(reason, type, bytes);
}

void
MessageEndpoint::CloseLink(uint32_t number)
{
    const auto it = m_links.find(number);
    if (it != m_links.end())
    {
        const Ptr<MessageConnection> connection = it->second.connection;
        connection->Close();
        HandleClosed(number);
    }
}

void
MessageEndpoint::HandleClosed(uint32_t number)
{
    NS_LOG_FUNCTION(this << number);
    const auto it = m_links.find(number);
    if (it == m_links.end())
    {
        return; // closed by whoever was told of a frame that the connection dropped
    }
    const PeerId id = it->second.peer;
    it->second.timeout.Cancel();
    m_links.erase(it);
    if (id.IsValid() && m_peers.at(id).link == number)
    {
        m_peers.at(id).link = 0;
        ScheduleAttempt(
            id,
            Max(m_peers.at(id).nextAttempt, Simulator::Now() + NanoSeconds(AFTER_RESET_NS)));
        SetUp(id, false);
    }
}

void
MessageEndpoint::SetUp(PeerId id, bool up)
{
    Peer& peer = m_peers.at(id);
    if (peer.up == up)
    {
        return;
    }
    peer.up = up;
    m_peerStateTrace(ToSocketAddress(m_local), ToSocketAddress(peer.name), up);
    if (!m_peerChange.IsNull())
    {
        m_peerChange(id, up);
    }
}

} // namespace qkdn
} // namespace ns3
