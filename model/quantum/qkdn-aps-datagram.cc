/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-aps-datagram.h"

#include "ns3/qkdn-byte-codec.h"

namespace ns3
{
namespace qkdn
{

namespace
{

constexpr uint8_t NO_PROTECTION = 255; //!< no protection entity

} // namespace

Ptr<Packet>
ApsDatagram::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(VERSION, 1);
    writer.WriteUint(group.value, 4);
    writer.WriteUint(working, 1);
    writer.WriteUint(message.request, 1);
    writer.WriteUint(message.faultPath, 1);
    writer.WriteUint(message.dataPath, 1);
    writer.WriteUint(protection.value_or(NO_PROTECTION), 1);
    writer.WriteUint(failedProtection, 4);
    writer.WriteUint(message.incident.node, 4);
    writer.WriteUint(message.incident.counter, 4);
    return writer.ToPacket();
}

std::optional<ApsDatagram>
ApsDatagram::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, BYTES + 1);
    ApsDatagram datagram;
    const bool known = reader.ReadUint(1) == VERSION;
    datagram.group = GroupId(reader.ReadUint32());
    datagram.working = static_cast<uint8_t>(reader.ReadUint(1));
    datagram.message.request = static_cast<ApsRequest>(reader.ReadUint(1));
    datagram.message.faultPath = static_cast<uint8_t>(reader.ReadUint(1));
    datagram.message.dataPath = static_cast<uint8_t>(reader.ReadUint(1));
    const auto protection = static_cast<uint8_t>(reader.ReadUint(1));
    if (protection != NO_PROTECTION)
    {
        datagram.protection = protection;
    }
    datagram.failedProtection = reader.ReadUint32();
    datagram.message.incident.node = reader.ReadUint32();
    datagram.message.incident.counter = reader.ReadUint32();
    return reader.Complete(datagram,
                           known && datagram.group.IsValid() && datagram.message.IsValid());
}

} // namespace qkdn
} // namespace ns3
