/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-control-first-queue.h"

#include <array>
#include <cstdint>
#include <iterator>

namespace ns3
{
namespace qkdn
{

NS_OBJECT_ENSURE_REGISTERED(ControlFirstQueue);

namespace
{

/// Whether a packet in front of a link is network control traffic.
bool
IsControl(Ptr<const Packet> packet)
{
    // PPP: protocol, 2 bytes (0x0021 is IPv4); IPv4: version, differentiated services
    std::array<uint8_t, 4> start{};
    packet->CopyData(start.data(), start.size());
    const bool isIpv4 = start[0] == 0x00 && start[1] == 0x21;
    const uint8_t precedence = start[3] >> 5;
    return isIpv4 && precedence >= 6;
}

} // namespace

TypeId
ControlFirstQueue::GetTypeId()
{
    static TypeId tid = TypeId("ns3::qkdn::ControlFirstQueue")
                            .SetParent<DropTailQueue<Packet>>()
                            .SetGroupName("QkdnResilience")
                            .AddConstructor<ControlFirstQueue>();
    return tid;
}

ControlFirstQueue::ControlFirstQueue() = default;

ControlFirstQueue::~ControlFirstQueue() = default;

bool
ControlFirstQueue::Enqueue(Ptr<Packet> packet)
{
    if (!IsControl(packet))
    {
        return DropTailQueue<Packet>::Enqueue(packet);
    }
    if (GetCurrentSize() + packet > GetMaxSize() && GetNPackets() > m_control)
    {
        Queue<Packet>::DoRemove(std::prev(GetPlaces<Queue<Packet>>(*this, 0).second));
    }
    const auto place =
        std::next(GetPlaces<Queue<Packet>>(*this, 0).first, static_cast<std::ptrdiff_t>(m_control));
    const bool taken = Queue<Packet>::DoEnqueue(place, packet);
    m_control += taken ? 1 : 0;
    return taken;
}

Ptr<Packet>
ControlFirstQueue::Dequeue()
{
    FirstLeft();
    return DropTailQueue<Packet>::Dequeue();
}

Ptr<Packet>
ControlFirstQueue::Remove()
{
    FirstLeft();
    return DropTailQueue<Packet>::Remove();
}

void
ControlFirstQueue::FirstLeft()
{
    m_control -= m_control > 0 ? 1 : 0;
}

} // namespace qkdn
} // namespace ns3
