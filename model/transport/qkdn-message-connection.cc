/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-message-connection.h"

#include "qkdn-tcp-socket.h"

#include "ns3/log.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnMessageConnection");

MessageConnection::MessageConnection(uint32_t number,
                                     Ptr<Socket> socket,
                                     uint32_t maxFrameBytes,
                                     uint64_t maxQueueBytes,
                                     const Callbacks& callbacks)
    : m_number(number),
      m_socket(socket),
      m_assembler(maxFrameBytes),
      m_maxQueueBytes(maxQueueBytes),
      m_callbacks(callbacks)
{
    m_socket->SetConnectCallback(MakeCallback(&MessageConnection::HandleConnected, this),
                                 MakeCallback(&MessageConnection::HandleGone, this));
    m_socket->SetCloseCallbacks(MakeCallback(&MessageConnection::HandleGone, this),
                                MakeCallback(&MessageConnection::HandleGone, this));
    m_socket->SetSendCallback(MakeCallback(&MessageConnection::HandleSend, this));
    m_socket->SetRecvCallback(MakeCallback(&MessageConnection::HandleReceive, this));
}

MessageConnection::~MessageConnection()
{
    Close();
}

bool
MessageConnection::Send(uint16_t type, Ptr<const Packet> body, IncidentId incident)
{
    NS_LOG_FUNCTION(this << m_number << type << body->GetSize());
    const uint32_t frameBytes = FrameHeader::SIZE + body->GetSize();
    if (!m_socket || m_queuedBytes + frameBytes > m_maxQueueBytes)
    {
        return false;
    }
    // The header in front of the body in one Packet keeps virtual payload virtual.
    Ptr<Packet> frame = body->Copy();
    frame->AddHeader(FrameHeader(type, body->GetSize(), incident));
    m_queue.push_back({type, frameBytes, frame});
    m_queuedBytes += frameBytes;
    Flush();
    return true;
}

void
MessageConnection::Flush()
{
    while (m_socket && !m_queue.empty())
    {
        QueuedFrame& front = m_queue.front();
        const uint32_t size = front.rest->GetSize();
        const uint32_t count = std::min(size, m_socket->GetTxAvailable());
        if (count == 0)
        {
            return;
        }
        const int taken =
            m_socket->Send(count == size ? front.rest : front.rest->CreateFragment(0, count));
        if (taken < 0)
        {
            NS_LOG_LOGIC("connection " << m_number << " takes no data: " << m_socket->GetErrno());
            return;
        }
        m_queuedBytes -= count;
        if (count == size)
        {
            m_queue.pop_front();
        }
        else
        {
            front.rest->RemoveAtStart(count);
        }
    }
}

void
MessageConnection::Close()
{
    NS_LOG_FUNCTION(this << m_number);
    if (!m_socket)
    {
        return;
    }
    ResetTcpSocket(m_socket);
    m_socket = nullptr;
    m_queuedBytes = 0;
    std::deque<QueuedFrame> unsent;
    unsent.swap(m_queue);
    for (const auto& frame : unsent)
    {
        m_callbacks.dropped("connection-lost", frame.type, frame.frameBytes);
    }
}

void
MessageConnection::HandleConnected(Ptr<Socket> /* socket */)
{
    m_callbacks.connected(m_number);
}

void
MessageConnection::HandleGone(Ptr<Socket> /* socket */)
{
    NS_LOG_FUNCTION(this << m_number);
    const Ptr<MessageConnection> self(this); // the owner lets go of it in the callback
    Close();
    m_callbacks.closed(m_number);
}

void
MessageConnection::HandleSend(Ptr<Socket> /* socket */, uint32_t /* available */)
{
    Flush();
}

void
MessageConnection::HandleReceive(Ptr<Socket> socket)
{
    // ns-3's receive buffer copies what it has gathered for each segment it joins to it
    constexpr uint32_t chunk = 16384;
    const Ptr<MessageConnection> self(this); // the owner may let go of it in a callback
    while (m_socket)
    {
        Ptr<Packet> piece = socket->Recv(chunk, 0);
        if (!piece || piece->GetSize() == 0)
        {
            return;
        }
        m_assembler.Append(piece);
        DeliverFrames();
    }
}

void
MessageConnection::DeliverFrames()
{
    while (m_socket)
    {
        FrameHeader header;
        Ptr<Packet> body;
        switch (m_assembler.Next(header, body))
        {
        case FrameAssembler::FRAME:
            m_callbacks.frame(m_number, header, body);
            break;
        case FrameAssembler::NEED_MORE:
            return;
        case FrameAssembler::MALFORMED:
            m_callbacks.dropped("malformed-frame", header.GetType(), FrameHeader::SIZE);
            HandleGone(m_socket);
            return;
        case FrameAssembler::OVERSIZED:
            m_callbacks.dropped("oversized-frame", header.GetType(), FrameHeader::SIZE);
            HandleGone(m_socket);
            return;
        }
    }
}

} // namespace qkdn
} // namespace ns3
