/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-message-replay.h"

#include "ns3/abort.h"
#include "ns3/ipv4.h"
#include "ns3/log.h"
#include "ns3/node-list.h"
#include "ns3/simulator.h"
#include "ns3/udp-socket-factory.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnMessageReplay");
NS_OBJECT_ENSURE_REGISTERED(MessageReplay);

namespace
{

/// Size of the sockets' buffers: that of MessageEndpoint.
constexpr uint32_t BUFFER_BYTES = 1 << 20;

/// Port at which connections come in: none that sockets draw, nor one that the module uses.
constexpr uint16_t LISTENING_PORT = 1;

} // namespace

/// One end of a replayed connection: sends bytes without meaning, throws away what comes.
class ReplayStream : public SimpleRefCount<ReplayStream>
{
  public:
    /**
     * @brief Use a socket, once it is there.
     * @param socket the socket
     * @param connected whether the connection is set up
     */
    void Use(Ptr<Socket> socket, bool connected)
    {
        m_socket = socket;
        m_connected = connected;
        const Ptr<ReplayStream> self(this);
        m_socket->SetConnectCallback(MakeCallback(&ReplayStream::HandleConnected, self),
                                     MakeCallback(&ReplayStream::HandleGone, self));
        m_socket->SetCloseCallbacks(MakeCallback(&ReplayStream::HandleGone, self),
                                    MakeCallback(&ReplayStream::HandleGone, self));
        m_socket->SetSendCallback(MakeCallback(&ReplayStream::HandleSend, self));
        m_socket->SetRecvCallback(MakeCallback(&ReplayStream::HandleReceive, self));
        Flush();
    }

    /**
     * @brief Send bytes, now or as soon as TCP takes them.
     * @param bytes how many
     */
    void Send(uint32_t bytes)
    {
        m_waitingBytes += bytes;
        Flush();
    }

    /**
     * @brief Bytes that have come.
     * @return their number
     */
    uint64_t GetReceivedBytes() const
    {
        return m_receivedBytes;
    }

    /// Let go of the socket.
    void Close()
    {
        if (m_socket)
        {
            ResetTcpSocket(m_socket);
            m_socket = nullptr;
        }
    }

  private:
    /// Give the socket what it takes.
    void Flush()
    {
        while (m_connected && m_waitingBytes > 0)
        {
            const auto bytes = static_cast<uint32_t>(
                std::min<uint64_t>(m_waitingBytes, m_socket->GetTxAvailable()));
            if (bytes == 0 || m_socket->Send(Create<Packet>(bytes)) < 0)
            {
                return;
            }
            m_waitingBytes -= bytes;
        }
    }

    /**
     * @brief The connection is set up.
     * @param socket the socket
     */
    void HandleConnected(Ptr<Socket> /* socket */)
    {
        m_connected = true;
        Flush();
    }

    /**
     * @brief The connection is gone.
     * @param socket the socket
     */
    void HandleGone(Ptr<Socket> /* socket */)
    {
        NS_ABORT_MSG("a connection of a replay broke: only runs without failures can be replayed");
    }

    /**
     * @brief The socket takes more.
     * @param socket the socket
     * @param available free bytes of its buffer
     */
    void HandleSend(Ptr<Socket> /* socket */, uint32_t /* available */)
    {
        Flush();
    }

    /**
     * @brief Bytes have come.
     * @param socket the socket
     */
    void HandleReceive(Ptr<Socket> socket)
    {
        // as MessageConnection, whose pieces are small for the sake of ns-3's receive buffer
        constexpr uint32_t chunk = 16384;
        while (Ptr<Packet> piece = socket->Recv(chunk, 0))
        {
            if (piece->GetSize() == 0)
            {
                return;
            }
            m_receivedBytes += piece->GetSize();
        }
    }

    Ptr<Socket> m_socket;        //!< null before it is there
    bool m_connected{false};     //!< whether the connection is set up
    uint64_t m_waitingBytes{0};  //!< not yet taken by the socket
    uint64_t m_receivedBytes{0}; //!< bytes that have come
};

TypeId
MessageReplay::GetTypeId()
{
    static TypeId tid = TypeId("ns3::qkdn::MessageReplay")
                            .SetParent<Object>()
                            .SetGroupName("QkdnResilience")
                            .AddConstructor<MessageReplay>();
    return tid;
}

MessageReplay::MessageReplay()
{
    NS_LOG_FUNCTION(this);
}

MessageReplay::~MessageReplay()
{
    NS_LOG_FUNCTION(this);
}

void
MessageReplay::DoDispose()
{
    NS_LOG_FUNCTION(this);
    for (auto& [pair, connection] : m_connections)
    {
        connection.lower->Close();
        connection.higher->Close();
    }
    m_connections.clear();
    for (auto& [address, acceptor] : m_acceptors)
    {
        acceptor->Close();
    }
    m_acceptors.clear();
    for (auto& [name, socket] : m_datagrams)
    {
        socket->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
        socket->Close();
    }
    m_datagrams.clear();
    m_nodes.clear();
    m_reader.reset();
    Object::DoDispose();
}

void
MessageReplay::Start(std::istream& in)
{
    NS_LOG_FUNCTION(this);
    for (auto node = NodeList::Begin(); node != NodeList::End(); ++node)
    {
        const Ptr<Ipv4> ipv4 = (*node)->GetObject<Ipv4>();
        for (uint32_t i = 0; ipv4 && i < ipv4->GetNInterfaces(); ++i)
        {
            for (uint32_t j = 0; j < ipv4->GetNAddresses(i); ++j)
            {
                m_nodes[ipv4->GetAddress(i, j).GetLocal().Get()] = *node;
            }
        }
    }
    m_reader = std::make_unique<MessageTraceReader>(in);
    m_next = m_reader->Next();
    if (m_next)
    {
        Simulator::Schedule(m_next->at - Simulator::Now(), &MessageReplay::Proceed, this);
    }
}

void
MessageReplay::Proceed()
{
    while (m_reader && m_next && m_next->at <= Simulator::Now())
    {
        if (m_next->datagram)
        {
            SendDatagram(*m_next);
        }
        else
        {
            SendOnStream(*m_next);
        }
        ++m_sent;
        m_next = m_reader->Next();
    }
    if (m_reader && m_next)
    {
        Simulator::Schedule(m_next->at - Simulator::Now(), &MessageReplay::Proceed, this);
    }
}

Ptr<Node>
MessageReplay::FindNode(uint32_t address) const
{
    const auto node = m_nodes.find(address);
    NS_ABORT_MSG_IF(node == m_nodes.end(),
                    "no node has the address " << Ipv4Address(address) << " of a message trace");
    return node->second;
}

Ptr<Socket>
MessageReplay::GetDatagramSocket(const EndpointName& name)
{
    Ptr<Socket>& socket = m_datagrams[name];
    if (!socket)
    {
        socket = Socket::CreateSocket(FindNode(name.first), UdpSocketFactory::GetTypeId());
        NS_ABORT_MSG_IF(socket->Bind(ToSocketAddress(name)) != 0,
                        "a replay cannot use " << Ipv4Address(name.first) << ":" << name.second
                                               << ": something else does");
        socket->SetRecvCallback(MakeCallback(&MessageReplay::HandleDatagram, this));
    }
    return socket;
}

void
MessageReplay::SendDatagram(const SentMessage& message)
{
    GetDatagramSocket(message.to);
    GetDatagramSocket(message.from)
        ->SendTo(Create<Packet>(message.bytes), 0, ToSocketAddress(message.to));
}

void
MessageReplay::SendOnStream(const SentMessage& message)
{
    const bool fromLower = message.from < message.to;
    const Pair pair = fromLower ? Pair(message.from, message.to) : Pair(message.to, message.from);
    const auto found = m_connections.find(pair);
    const Connection connection = found == m_connections.end() ? Open(pair) : found->second;
    (fromLower ? connection.lower : connection.higher)->Send(message.bytes);
}

Ptr<Socket>
MessageReplay::MakeSocket(Ptr<Node> node)
{
    return CreateTcpSocket(node, BUFFER_BYTES, BUFFER_BYTES);
}

MessageReplay::Connection
MessageReplay::Open(const Pair& pair)
{
    NS_LOG_FUNCTION(this);
    const Ptr<Node> opener = FindNode(pair.first.first);
    const EndpointName listening = GetListeningName(pair.second.first);
    Connection connection{Create<ReplayStream>(), Create<ReplayStream>()};
    m_connections[pair] = connection;
    const Ptr<Socket> socket = MakeSocket(opener);
    socket->Bind(InetSocketAddress(Ipv4Address(pair.first.first), 0));
    Address local;
    socket->GetSockName(local);
    m_openers[Origin(opener->GetId(), InetSocketAddress::ConvertFrom(local).GetPort())] = pair;
    connection.lower->Use(socket, false);
    socket->Connect(ToSocketAddress(listening));
    return connection;
}

EndpointName
MessageReplay::GetListeningName(uint32_t address)
{
    const EndpointName name(address, LISTENING_PORT);
    Ptr<TcpAcceptor>& acceptor = m_acceptors[address];
    if (!acceptor)
    {
        acceptor = Create<TcpAcceptor>();
        const bool open =
            acceptor->Listen(ToSocketAddress(name),
                             MakeBoundCallback(&MessageReplay::MakeSocket, FindNode(address)),
                             MakeCallback(&MessageReplay::HandleAccept, this));
        NS_ABORT_MSG_UNLESS(open,
                            "a replay cannot listen on " << Ipv4Address(address) << ":"
                                                         << LISTENING_PORT
                                                         << ": something else does");
    }
    return name;
}

void
MessageReplay::HandleAccept(Ptr<Socket> socket)
{
    // the source address is that of an interface of the opener, as the route wants it
    Address from;
    socket->GetPeerName(from);
    const InetSocketAddress remote = InetSocketAddress::ConvertFrom(from);
    const Origin origin(FindNode(remote.GetIpv4().Get())->GetId(), remote.GetPort());
    m_connections.at(m_openers.at(origin)).higher->Use(socket, true);
}

void
MessageReplay::HandleDatagram(Ptr<Socket> socket)
{
    while (const Ptr<Packet> packet = socket->Recv())
    {
        m_receivedDatagramBytes += packet->GetSize();
    }
}

uint64_t
MessageReplay::GetSentMessages() const
{
    return m_sent;
}

uint64_t
MessageReplay::GetReceivedBytes() const
{
    uint64_t bytes = m_receivedDatagramBytes;
    for (const auto& [pair, connection] : m_connections)
    {
        bytes += connection.lower->GetReceivedBytes() + connection.higher->GetReceivedBytes();
    }
    return bytes;
}

} // namespace qkdn
} // namespace ns3
