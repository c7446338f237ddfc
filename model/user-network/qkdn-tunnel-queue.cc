/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-tunnel-queue.h"

#include "ns3/drop-tail-queue.h"
#include "ns3/log.h"
#include "ns3/simulator.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnTunnelQueue");

TunnelQueue::TunnelQueue(DropCallback dropped)
    : m_dropped(dropped),
      m_queue(CreateObject<DropTailQueue<Packet>>())
{
}

TunnelQueue::~TunnelQueue()
{
    m_expiry.Cancel();
}

Ptr<Queue<Packet>>
TunnelQueue::GetQueue() const
{
    return m_queue;
}

void
TunnelQueue::SetMaxDelay(Time delay)
{
    m_maxDelay = delay;
}

Time
TunnelQueue::GetMaxDelay() const
{
    return m_maxDelay;
}

uint32_t
TunnelQueue::GetLength() const
{
    return static_cast<uint32_t>(m_since.size());
}

bool
TunnelQueue::Add(Ptr<Packet> packet)
{
    NS_LOG_FUNCTION(this << packet);
    if (!m_queue->Enqueue(packet))
    {
        m_dropped(packet, TUNNEL_QUEUE_FULL);
        return false;
    }
    m_since.push_back(Simulator::Now());
    ScheduleExpiry();
    return true;
}

Ptr<Packet>
TunnelQueue::CopyOldest() const
{
    return m_queue->Peek()->Copy();
}

Time
TunnelQueue::RemoveOldest()
{
    const Time waited = Simulator::Now() - m_since.front();
    m_since.pop_front();
    m_queue->Dequeue();
    return waited;
}

void
TunnelQueue::Clear()
{
    m_expiry.Cancel();
    while (!m_since.empty())
    {
        DropOldest(TUNNEL_STOPPED);
    }
}

void
TunnelQueue::ScheduleExpiry()
{
    if (!m_since.empty() && m_maxDelay.IsStrictlyPositive() && m_expiry.IsExpired())
    {
        m_expiry = Simulator::Schedule(m_since.front() + m_maxDelay - Simulator::Now(),
                                       &TunnelQueue::Expire,
                                       this);
    }
}

void
TunnelQueue::Expire()
{
    while (!m_since.empty() && m_since.front() + m_maxDelay <= Simulator::Now())
    {
        DropOldest(TUNNEL_QUEUE_TIME);
    }
    ScheduleExpiry();
}

void
TunnelQueue::DropOldest(TunnelDropReason reason)
{
    m_since.pop_front();
    m_dropped(m_queue->Dequeue(), reason);
}

} // namespace qkdn
} // namespace ns3
