/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_TUNNEL_QUEUE_H
#define QKDN_TUNNEL_QUEUE_H

#include "qkdn-secure-tunnel-header.h"

#include "ns3/callback.h"
#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/packet.h"
#include "ns3/queue-size.h"
#include "ns3/queue.h"

#include <cstdint>
#include <deque>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Packets that wait for key at the sending end of a secured tunnel: first in, first out,
 * within a size and, if it is limited, a time.
 */
class TunnelQueue
{
  public:
    /// Takes a packet that was dropped, and why.
    using DropCallback = Callback<void, Ptr<const Packet>, TunnelDropReason>;

    /**
     * @brief Constructor
     * @param dropped told of a packet that is dropped
     */
    explicit TunnelQueue(DropCallback dropped);

    ~TunnelQueue();
    TunnelQueue(const TunnelQueue&) = delete;
    TunnelQueue& operator=(const TunnelQueue&) = delete;

    /**
     * @brief Where the packets are, with its attribute MaxSize.
     * @return the queue, which only this may change
     */
    Ptr<Queue<Packet>> GetQueue() const;

    /**
     * @brief Set how long a packet may wait, before the first one comes.
     * @param delay the time after which it is dropped, 0 for no limit
     */
    void SetMaxDelay(Time delay);

    /**
     * @brief How long a packet may wait.
     * @return the time after which it is dropped, 0 for no limit
     */
    Time GetMaxDelay() const;

    /**
     * @brief Packets that wait.
     * @return their number
     */
    uint32_t GetLength() const;

    /**
     * @brief Let a packet wait, or drop it if there is no room.
     * @param packet the packet
     * @return whether it waits
     */
    bool Add(Ptr<Packet> packet);

    /**
     * @brief The packet that has waited longest; there has to be one.
     * @return a copy of it
     */
    Ptr<Packet> CopyOldest() const;

    /**
     * @brief Take out the packet that has waited longest; there has to be one.
     * @return how long it waited
     */
    Time RemoveOldest();

    /// Drop all of them, because the tunnel stops.
    void Clear();

  private:
    /// Drop what has waited for too long.
    void Expire();

    /// See that Expire() is called when the oldest packet has waited for too long.
    void ScheduleExpiry();

    /**
     * @brief Drop the packet that has waited longest.
     * @param reason why
     */
    void DropOldest(TunnelDropReason reason);

    DropCallback m_dropped;     //!< told of drops
    Ptr<Queue<Packet>> m_queue; //!< the packets
    std::deque<Time> m_since;   //!< when they came, in the same order
    Time m_maxDelay;            //!< how long a packet may wait, 0: no limit
    EventId m_expiry;           //!< next Expire()
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_TUNNEL_QUEUE_H */
