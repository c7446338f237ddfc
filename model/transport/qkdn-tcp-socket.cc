/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-tcp-socket.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/nstime.h"
#include "ns3/simulator.h"
#include "ns3/tcp-rx-buffer.h"
#include "ns3/tcp-socket-factory.h"
#include "ns3/uinteger.h"

namespace ns3
{
namespace qkdn
{

Ptr<Socket>
CreateTcpSocket(Ptr<Node> node, uint32_t sendBufferBytes, uint32_t receiveBufferBytes)
{
    NS_ABORT_MSG_UNLESS(node && node->GetObject<TcpSocketFactory>(),
                        "a TCP socket needs a node with an internet stack");
    Ptr<Socket> socket = Socket::CreateSocket(node, TcpSocketFactory::GetTypeId());
    socket->SetAttribute("Timestamp", BooleanValue(false));
    socket->SetAttribute("SegmentSize", UintegerValue(1448));
    socket->SetAttribute("MinRto", TimeValue(MilliSeconds(200)));
    socket->SetAttribute("DelAckTimeout", TimeValue(MilliSeconds(40)));
    socket->SetAttribute("ConnTimeout", TimeValue(Seconds(1)));
    socket->SetAttribute("ConnCount", UintegerValue(1));
    socket->SetAttribute("TcpNoDelay", BooleanValue(true));
    socket->SetAttribute("SndBufSize", UintegerValue(sendBufferBytes));
    socket->SetAttribute("RcvBufSize", UintegerValue(receiveBufferBytes));
    return socket;
}

namespace
{

// Its last reference to the socket goes with the event.
void
Release(Ptr<Socket> /* socket */)
{
}

// ns-3's sockets have no abort call.
void
CloseWithReset(Ptr<Socket> socket)
{
    // A connection that was set up in this very moment has an event left that tells so: it
    // holds no reference and must not find another socket in the same place.
    Simulator::ScheduleNow(&Release, socket);
    // A socket that was bound but never connected frees its port only if it listened.
    if (socket->Listen() == 0)
    {
        socket->Close();
        return;
    }
    // A socket that is closed with unread data sends a RST instead of lingering.
    if (auto tcp = DynamicCast<TcpSocketBase>(socket))
    {
        TcpHeader unread;
        unread.SetSequenceNumber(tcp->GetRxBuffer()->NextRxSequence());
        tcp->GetRxBuffer()->Add(Create<Packet>(1), unread);
    }
    socket->Close();
}

// ns-3 plans to tell of a new connection by a call on the bare socket: if the answer to a SYN
// came in the instant of the reset, that call is still to come.
void
CloseAndKeep(Ptr<Socket> socket)
{
    CloseWithReset(socket);
    Simulator::ScheduleNow([socket]() {});
}

} // namespace

void
ResetTcpSocket(Ptr<Socket> socket)
{
    socket->SetConnectCallback(MakeNullCallback<void, Ptr<Socket>>(),
                               MakeNullCallback<void, Ptr<Socket>>());
    socket->SetCloseCallbacks(MakeNullCallback<void, Ptr<Socket>>(),
                              MakeNullCallback<void, Ptr<Socket>>());
    socket->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
                              MakeNullCallback<void, Ptr<Socket>, const Address&>());
    socket->SetSendCallback(MakeNullCallback<void, Ptr<Socket>, uint32_t>());
    socket->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
    Simulator::ScheduleNow(&CloseAndKeep, socket);
}

bool
TcpAcceptor::Listen(const Address& local, SocketFactory factory, AcceptCallback accept)
{
    m_local = local;
    m_factory = factory;
    m_accept = accept;
    return Open();
}

bool
TcpAcceptor::Open()
{
    Ptr<Socket> socket = m_factory();
    if (socket->Bind(m_local) != 0)
    {
        return false;
    }
    m_socket = socket;
    m_fresh = true;
    m_socket->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
                                MakeCallback(&TcpAcceptor::HandleAccept, Ptr<TcpAcceptor>(this)));
    m_socket->TraceConnectWithoutContext(
        "Rx",
        MakeCallback(&TcpAcceptor::HandleSegment, Ptr<TcpAcceptor>(this)));
    m_socket->Listen();
    return true;
}

void
TcpAcceptor::CloseSocket()
{
    m_socket->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
                                MakeNullCallback<void, Ptr<Socket>, const Address&>());
    m_socket->Close();
    m_socket = nullptr;
}

void
TcpAcceptor::Close()
{
    m_accept = AcceptCallback();
    m_factory = SocketFactory();
    if (m_socket)
    {
        CloseSocket();
    }
}

void
TcpAcceptor::HandleSegment(Ptr<const Packet> /* packet */,
                           const TcpHeader& header,
                           Ptr<const TcpSocketBase> socket)
{
    if (!m_fresh || !m_socket || PeekPointer(socket) != PeekPointer(m_socket))
    {
        return;
    }
    if ((header.GetFlags() & TcpHeader::SYN) != 0)
    {
        m_fresh = false;
        return;
    }
    Simulator::ScheduleNow(&TcpAcceptor::Renew, Ptr<TcpAcceptor>(this), m_socket);
}

void
TcpAcceptor::Renew(Ptr<Socket> spoilt)
{
    // over the loopback a SYN can follow in the same instant; its connection uses the address
    if (spoilt == m_socket && m_fresh)
    {
        CloseSocket();
        // The address is free: no connection came of a socket without a SYN.
        const bool open = Open();
        NS_ABORT_MSG_UNLESS(open, "cannot listen again on " << m_local);
    }
}

void
TcpAcceptor::HandleAccept(Ptr<Socket> socket, const Address& /* from */)
{
    if (m_accept.IsNull())
    {
        ResetTcpSocket(socket);
        return;
    }
    m_accept(socket);
}

} // namespace qkdn
} // namespace ns3
