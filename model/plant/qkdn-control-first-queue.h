/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CONTROL_FIRST_QUEUE_H
#define QKDN_CONTROL_FIRST_QUEUE_H

#include "ns3/drop-tail-queue.h"
#include "ns3/packet.h"

#include <cstddef>
#include <utility>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Queue of a point-to-point device that sends network control traffic first.
 *
 * Packets of class selector CS6 or CS7 (RFC 2474; RFC 4594 gives CS6 to network control, such as
 * the hellos of routing protocols) leave before all others, in their order. If the queue is full
 * they take the place of the last packet of the others. For all others it is a drop-tail queue.
 *
 * Its packets have a PPP header in front of that of IPv4.
 */
class ControlFirstQueue : public DropTailQueue<Packet>
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    ControlFirstQueue();
    ~ControlFirstQueue() override;

    /**
     * @brief Place a packet: one of network control behind the others of its kind, and before all
     * the rest.
     * @param packet the packet
     * @return false if the queue is full
     */
    bool Enqueue(Ptr<Packet> packet) override;

    /**
     * @brief Take the first packet, to send it.
     * @return the packet, null if there is none
     */
    Ptr<Packet> Dequeue() override;

    /**
     * @brief Take the first packet, to drop it.
     * @return the packet, null if there is none
     */
    Ptr<Packet> Remove() override;

  private:
    /// @cond
    // where the packets are: from ns-3.36 on in a container, before that between iterators
    template <typename B>
    static auto GetPlaces(const ControlFirstQueue& queue, int)
        -> decltype(std::make_pair(queue.B::GetContainer().begin(), queue.B::GetContainer().end()))
    {
        return std::make_pair(queue.B::GetContainer().begin(), queue.B::GetContainer().end());
    }

    template <typename B>
    static auto GetPlaces(const ControlFirstQueue& queue, long)
        -> decltype(std::make_pair(queue.B::begin(), queue.B::end()))
    {
        return std::make_pair(queue.B::begin(), queue.B::end());
    }

    /// @endcond

    /// Note that the first packet has left.
    void FirstLeft();

    std::size_t m_control{0}; //!< network control packets, which are the first ones
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CONTROL_FIRST_QUEUE_H */
