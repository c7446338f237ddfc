/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-kq-messages.h"

#include "ns3/qkdn-byte-codec.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

namespace
{

/// bytes of the metadata
constexpr uint32_t METADATA_BYTES = 4 + 8 + 8 + 4 + 4 + 1;
/// bytes of a place in the generator
constexpr uint32_t PLACE_BYTES = 8 + 8 + 4;

/// Bytes that hold a number of bits.
uint64_t
BytesFor(uint64_t bits)
{
    return (bits + 7) / 8;
}

} // namespace

Ptr<Packet>
KqKey::ToPacket() const
{
    ByteWriter writer;
    writer.WriteKeyId(key.id);
    writer.WriteTime(key.generated);
    writer.WriteRatio(key.qber);
    writer.WriteUint(key.material.GetBits(), 4);
    uint64_t seed = 0;
    uint64_t block = 0;
    uint32_t firstBit = 0;
    const bool generated = key.material.GetGenerator(seed, block, firstBit);
    // lowest bit: whether the place in the generator follows; above it: the module
    writer.WriteUint((uint64_t{key.module} << 1) | (generated ? 1 : 0), 1);
    if (!generated)
    {
        writer.WriteBytes(key.material.ToBytes());
        return writer.ToPacket();
    }
    writer.WriteUint(seed, 8);
    writer.WriteUint(block, 8);
    writer.WriteUint(firstBit, 4);
    const uint64_t payload = std::max<uint64_t>(BytesFor(key.material.GetBits()), PLACE_BYTES);
    return writer.ToPacket(static_cast<uint32_t>(payload - PLACE_BYTES));
}

std::optional<KqKey>
KqKey::FromPacket(Ptr<const Packet> packet)
{
    ByteReader head(packet, METADATA_BYTES + PLACE_BYTES);
    KqKey message;
    message.key.id = head.ReadKeyId();
    message.key.generated = head.ReadTime();
    message.key.qber = head.ReadRatio();
    const auto bits = static_cast<uint32_t>(head.ReadUint(4));
    const uint64_t source = head.ReadUint(1);
    const bool generated = (source & 1) != 0;
    const uint64_t payload = std::max<uint64_t>(BytesFor(bits), generated ? PLACE_BYTES : 0);
    if (!head.IsGood() || bits == 0 || packet->GetSize() != METADATA_BYTES + payload ||
        (source >> 1) > MODULE_RECEIVER)
    {
        return std::nullopt;
    }
    message.key.module = static_cast<ModuleEnd>(source >> 1);
    if (generated)
    {
        const uint64_t seed = head.ReadUint(8);
        const uint64_t block = head.ReadUint(8);
        const auto firstBit = static_cast<uint32_t>(head.ReadUint(4));
        message.key.material = KeyMaterial::FromGenerator(seed, block, firstBit, bits);
        return message;
    }
    ByteReader reader(packet, packet->GetSize());
    reader.ReadBytes(METADATA_BYTES);
    const std::vector<uint8_t> bytes = reader.ReadBytes(static_cast<uint32_t>(payload));
    message.key.material = KeyMaterial::FromBytes(bytes).Slice(0, bits);
    return message;
}

Ptr<Packet>
KqKeyAck::ToPacket() const
{
    ByteWriter writer;
    writer.WriteKeyId(key);
    return writer.ToPacket();
}

std::optional<KqKeyAck>
KqKeyAck::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet);
    KqKeyAck message;
    message.key = reader.ReadKeyId();
    return reader.Complete(message);
}

void
WriteLinkAlarm(ByteWriter& writer, const LinkAlarm& alarm)
{
    writer.WriteUint(alarm.cause, 1);
    writer.WriteUint(alarm.qber ? 1 : 0, 1);
    writer.WriteRatio(alarm.qber.value_or(0.0));
}

LinkAlarm
ReadLinkAlarm(ByteReader& reader, bool& good)
{
    const uint64_t cause = reader.ReadUint(1);
    const uint64_t known = reader.ReadUint(1);
    const double qber = reader.ReadRatio();
    // what is not known is written as 0
    good = good && cause <= CAUSE_STANDBY && (known == 1 || (known == 0 && qber == 0.0));
    return good ? LinkAlarm(static_cast<LinkCause>(cause),
                            known == 1 ? std::optional<double>(qber) : std::nullopt)
                : LinkAlarm();
}

Ptr<Packet>
KqModuleCommand::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(link.value, 4);
    writer.WriteUint(active ? 1 : 0, 1);
    return writer.ToPacket();
}

std::optional<KqModuleCommand>
KqModuleCommand::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet);
    KqModuleCommand message;
    message.link = LinkId(reader.ReadUint32());
    message.active = reader.ReadUint(1) != 0;
    return reader.Complete(message);
}

Ptr<Packet>
KqLinkStatus::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(link.value, 4);
    writer.WriteUint(status, 1);
    WriteLinkAlarm(writer, alarm);
    return writer.ToPacket();
}

std::optional<KqLinkStatus>
KqLinkStatus::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet);
    KqLinkStatus message;
    message.link = LinkId(reader.ReadUint32());
    const uint64_t status = reader.ReadUint(1);
    bool good = status <= LINK_OFF;
    message.status = good ? static_cast<LinkStatus>(status) : LINK_OFF;
    message.alarm = ReadLinkAlarm(reader, good);
    return reader.Complete(message, good);
}

} // namespace qkdn
} // namespace ns3
