/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-ck-role-messages.h"

#include "ns3/qkdn-byte-codec.h"

#include <utility>

namespace ns3
{
namespace qkdn
{

Ptr<Packet>
ControllerTerm::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(term, 4);
    writer.WriteUint(number, 4);
    return writer.ToPacket();
}

std::optional<ControllerTerm>
ControllerTerm::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    ControllerTerm message;
    message.term = reader.ReadUint32();
    message.number = reader.ReadUint32();
    return reader.Complete(message, message.term > 0 && message.number > 0);
}

Ptr<Packet>
CkRouteList::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(routes.size(), 4);
    for (const RouteId route : routes)
    {
        writer.WriteUint(route.value, 4);
    }
    return writer.ToPacket();
}

std::optional<CkRouteList>
CkRouteList::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    CkRouteList message;
    const uint64_t count = reader.ReadUint(4);
    for (uint64_t i = 0; i < count && reader.IsGood(); ++i)
    {
        message.routes.emplace_back(reader.ReadUint32());
    }
    return reader.Complete(std::move(message));
}

} // namespace qkdn
} // namespace ns3
