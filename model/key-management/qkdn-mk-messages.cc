/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-mk-messages.h"

#include "ns3/qkdn-byte-codec.h"

namespace ns3
{
namespace qkdn
{

namespace
{

/// Flags of a policy.
constexpr uint64_t MAY_SWITCH = 1;
constexpr uint64_t MAY_CARRY_EXTRA = 2;

} // namespace

Ptr<Packet>
MkRegister::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(km.value, 4);
    writer.WriteUint(policy, 4);
    return writer.ToPacket();
}

std::optional<MkRegister>
MkRegister::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    MkRegister message;
    message.km = KmId(reader.ReadUint32());
    message.policy = reader.ReadUint32();
    return reader.Complete(message, message.km.IsValid());
}

Ptr<Packet>
MkPolicy::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(number, 4);
    writer.WriteUint((maySwitch ? MAY_SWITCH : 0) + (mayCarryExtra ? MAY_CARRY_EXTRA : 0), 1);
    writer.WriteUint(reserveBits, 8);
    return writer.ToPacket();
}

std::optional<MkPolicy>
MkPolicy::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    MkPolicy message;
    message.number = reader.ReadUint32();
    const uint64_t flags = reader.ReadUint(1);
    message.maySwitch = (flags & MAY_SWITCH) != 0;
    message.mayCarryExtra = (flags & MAY_CARRY_EXTRA) != 0;
    message.reserveBits = reader.ReadUint(8);
    return reader.Complete(message, message.number > 0 && flags <= MAY_SWITCH + MAY_CARRY_EXTRA);
}

Ptr<Packet>
MkAcknowledge::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(number, 4);
    writer.WriteUint(done ? 1 : 0, 1);
    return writer.ToPacket();
}

std::optional<MkAcknowledge>
MkAcknowledge::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    MkAcknowledge message;
    message.number = reader.ReadUint32();
    const uint64_t done = reader.ReadUint(1);
    message.done = done == 1;
    return reader.Complete(message, done <= 1);
}

} // namespace qkdn
} // namespace ns3
