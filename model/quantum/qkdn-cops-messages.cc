/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-cops-messages.h"

#include "ns3/qkdn-byte-codec.h"

namespace ns3
{
namespace qkdn
{

Ptr<Packet>
CopsSelect::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(request, 4);
    writer.WriteUint(sw, 4);
    writer.WriteUint(port, 4);
    return writer.ToPacket();
}

std::optional<CopsSelect>
CopsSelect::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet);
    CopsSelect message;
    message.request = reader.ReadUint32();
    message.sw = reader.ReadUint32();
    message.port = reader.ReadUint32();
    return reader.Complete(message);
}

Ptr<Packet>
CopsOutcome::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(request, 4);
    writer.WriteUint(success ? 1 : 0, 1);
    return writer.ToPacket();
}

std::optional<CopsOutcome>
CopsOutcome::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet);
    CopsOutcome message;
    message.request = reader.ReadUint32();
    message.success = reader.ReadUint(1) != 0;
    return reader.Complete(message);
}

Ptr<Packet>
CopsAlarm::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(sw, 4);
    writer.WriteUint(failed ? 1 : 0, 1);
    return writer.ToPacket();
}

std::optional<CopsAlarm>
CopsAlarm::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet);
    CopsAlarm message;
    message.sw = reader.ReadUint32();
    message.failed = reader.ReadUint(1) != 0;
    return reader.Complete(message);
}

} // namespace qkdn
} // namespace ns3
