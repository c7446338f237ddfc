/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-stream-connection.h"

#include "qkdn-tcp-socket.h"

#include "ns3/log.h"
#include "ns3/nstime.h"
#include "ns3/packet.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnStreamConnection");

namespace
{

/// Time that the peer has to close its side of a connection that this side has closed.
constexpr int64_t LINGER_MS = 1000;

/// Bytes at the beginning of the queue that were sent and stay there at most.
constexpr std::size_t COMPACT_BYTES = 1048576;

} // namespace

StreamConnection::StreamConnection(uint32_t number, Ptr<Socket> socket, const Callbacks& callbacks)
    : m_number(number),
      m_socket(socket),
      m_callbacks(callbacks)
{
    UintegerValue size;
    m_socket->GetAttribute("SndBufSize", size);
    m_sendBuffer = static_cast<uint32_t>(size.Get());
    m_socket->SetConnectCallback(MakeCallback(&StreamConnection::HandleConnected, this),
                                 MakeCallback(&StreamConnection::HandleGone, this));
    m_socket->SetCloseCallbacks(MakeCallback(&StreamConnection::HandleGone, this),
                                MakeCallback(&StreamConnection::HandleGone, this));
    m_socket->SetSendCallback(MakeCallback(&StreamConnection::HandleSend, this));
    m_socket->SetRecvCallback(MakeCallback(&StreamConnection::HandleReceive, this));
}

StreamConnection::~StreamConnection()
{
    Close();
}

void
StreamConnection::Send(const std::string& bytes)
{
    m_queue += bytes;
    Flush();
}

uint64_t
StreamConnection::GetSentBytes() const
{
    return m_taken + m_queue.size() - m_offset;
}

void
StreamConnection::Flush()
{
    if (!m_socket)
    {
        return;
    }
    const auto count = static_cast<uint32_t>(
        std::min<std::size_t>(m_queue.size() - m_offset, m_socket->GetTxAvailable()));
    if (count == 0)
    {
        return;
    }
    const auto* data = reinterpret_cast<const uint8_t*>(m_queue.data()) + m_offset;
    if (m_socket->Send(Create<Packet>(data, count)) < 0)
    {
        NS_LOG_LOGIC("connection " << m_number << " takes no data: " << m_socket->GetErrno());
        return;
    }
    m_taken += count;
    m_offset += count;
    if (m_offset == m_queue.size() || m_offset > COMPACT_BYTES)
    {
        m_queue.erase(0, m_offset);
        m_offset = 0;
    }
}

void
StreamConnection::SetReading(bool reading)
{
    if (reading && !m_reading && m_socket)
    {
        Simulator::ScheduleNow(&StreamConnection::Read, Ptr<StreamConnection>(this));
    }
    m_reading = reading;
}

void
StreamConnection::Read()
{
    // ns-3's receive buffer copies what it has gathered for each segment it joins to it
    constexpr uint32_t chunk = 16384;
    const Ptr<StreamConnection> self(this); // the owner may let go of it in the callback
    while (m_socket && m_reading)
    {
        const Ptr<Packet> piece = m_socket->Recv(chunk, 0);
        if (!piece || piece->GetSize() == 0)
        {
            return;
        }
        std::string bytes(piece->GetSize(), '\0');
        piece->CopyData(reinterpret_cast<uint8_t*>(bytes.data()), piece->GetSize());
        m_callbacks.data(m_number, bytes);
    }
}

void
StreamConnection::Finish()
{
    m_finishing = true;
    m_reading = false;
    FinishIfDone();
}

void
StreamConnection::FinishIfDone()
{
    if (!m_finishing || !m_socket || m_acknowledged < GetSentBytes())
    {
        return;
    }
    const Ptr<StreamConnection> self(this); // the owner lets go of it in the callback
    const Ptr<Socket> socket = m_socket;
    m_socket = nullptr;
    socket->SetCloseCallbacks(MakeNullCallback<void, Ptr<Socket>>(),
                              MakeNullCallback<void, Ptr<Socket>>());
    socket->SetSendCallback(MakeNullCallback<void, Ptr<Socket>, uint32_t>());
    socket->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
    socket->Close();
    Simulator::Schedule(MilliSeconds(LINGER_MS), &ResetTcpSocket, socket);
    m_callbacks.closed(m_number);
}

void
StreamConnection::Close()
{
    if (m_socket)
    {
        ResetTcpSocket(m_socket);
        m_socket = nullptr;
    }
}

void
StreamConnection::HandleConnected(Ptr<Socket> /* socket */)
{
    m_callbacks.connected(m_number);
}

void
StreamConnection::HandleGone(Ptr<Socket> /* socket */)
{
    NS_LOG_FUNCTION(this << m_number);
    const Ptr<StreamConnection> self(this); // the owner lets go of it in the callback
    Close();
    m_callbacks.closed(m_number);
}

void
StreamConnection::HandleSend(Ptr<Socket> socket, uint32_t /* available */)
{
    const Ptr<StreamConnection> self(this); // the owner may let go of it in a callback
    const uint64_t buffered = m_sendBuffer - std::min(m_sendBuffer, socket->GetTxAvailable());
    const uint64_t acknowledged = m_taken - std::min(m_taken, buffered);
    if (acknowledged > m_acknowledged)
    {
        m_acknowledged = acknowledged;
        if (!m_callbacks.acknowledged.IsNull())
        {
            m_callbacks.acknowledged(m_number, acknowledged);
        }
    }
    Flush();
    FinishIfDone();
}

void
StreamConnection::HandleReceive(Ptr<Socket> /* socket */)
{
    Read();
}

} // namespace qkdn
} // namespace ns3
