/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-aps-transmitter.h"

#include "ns3/simulator.h"

namespace ns3
{
namespace qkdn
{

ApsTransmitter::~ApsTransmitter()
{
    Stop();
}

void
ApsTransmitter::SetSend(SendCallback send)
{
    m_send = send;
}

void
ApsTransmitter::SetSchedule(uint32_t fastMessages, Time fastInterval, Time slowInterval)
{
    m_fastMessages = fastMessages;
    m_fastInterval = fastInterval;
    m_slowInterval = slowInterval;
}

void
ApsTransmitter::Say(const ApsMessage& message)
{
    Stop();
    m_message = message;
    m_sent = 0;
    Send();
}

void
ApsTransmitter::Stop()
{
    m_next.Cancel();
}

void
ApsTransmitter::Send()
{
    ++m_sent;
    m_next = Simulator::Schedule(m_sent < m_fastMessages ? m_fastInterval : m_slowInterval,
                                 &ApsTransmitter::Send,
                                 this);
    if (!m_send.IsNull())
    {
        m_send(m_message);
    }
}

} // namespace qkdn
} // namespace ns3
