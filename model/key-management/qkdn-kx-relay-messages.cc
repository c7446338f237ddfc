/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-kx-relay-messages.h"

#include "ns3/qkdn-byte-codec.h"

namespace ns3
{
namespace qkdn
{

namespace
{

void
WriteBody(ByteWriter& writer, const std::vector<uint8_t>& bytes)
{
    writer.WriteUint(bytes.size(), 4);
    writer.WriteBytes(bytes);
}

std::vector<uint8_t>
ReadBody(ByteReader& reader)
{
    return reader.ReadBytes(reader.ReadUint32());
}

} // namespace

const char*
KxFailureName(KxFailure failure)
{
    switch (failure)
    {
    case KX_FAILURE_NONE:
        return "no failure";
    case KX_FAILURE_ROUTE_UNKNOWN:
        return "the route is not installed on the way";
    case KX_FAILURE_NEIGHBOUR:
        return "a key manager on the way is not reachable";
    case KX_FAILURE_NO_KEY:
        return "not enough key on the way";
    case KX_FAILURE_PREEMPTED:
        return "pre-empted";
    case KX_FAILURE_NOT_AUTHENTIC:
        return "a message was not authentic";
    case KX_FAILURE_REFUSED:
        return "the key manager of the slave application did not take the key";
    case KX_FAILURE_TIMEOUT:
        return "the key manager of the slave application did not confirm";
    case KX_FAILURE_ABANDONED:
        return "the route was given up";
    }
    return "unknown";
}

Ptr<Packet>
KxForward::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(route.value, 4);
    writer.WriteUint(number, 8);
    tag.Write(writer);
    writer.WriteRanges(responseTagRanges);
    WriteBody(writer, body);
    return writer.ToPacket();
}

std::optional<KxForward>
KxForward::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    KxForward message;
    message.route = RouteId(reader.ReadUint32());
    message.number = reader.ReadUint(8);
    message.tag = KxTag::Read(reader);
    message.responseTagRanges = reader.ReadRanges();
    message.body = ReadBody(reader);
    return reader.Complete(std::move(message));
}

Ptr<Packet>
KxReturn::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(route.value, 4);
    writer.WriteUint(number, 8);
    tag.Write(writer);
    writer.WriteUint(failure, 1);
    writer.WriteUint(failedAt.value, 4);
    WriteBody(writer, body);
    return writer.ToPacket();
}

std::optional<KxReturn>
KxReturn::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    KxReturn message;
    message.route = RouteId(reader.ReadUint32());
    message.number = reader.ReadUint(8);
    message.tag = KxTag::Read(reader);
    const uint64_t failure = reader.ReadUint(1);
    message.failedAt = KmId(reader.ReadUint32());
    message.body = ReadBody(reader);
    if (failure > KX_FAILURE_ABANDONED)
    {
        return std::nullopt;
    }
    message.failure = static_cast<KxFailure>(failure);
    return reader.Complete(std::move(message));
}

std::vector<uint8_t>
KxKeyRelay::ToBytes() const
{
    ByteWriter writer;
    writer.WriteUint(oldestOpen, 8);
    writer.WriteUint(scheme, 1);
    writer.WriteUint(keys.size(), 4);
    for (const KxRelayedKey& key : keys)
    {
        writer.WriteKsaKeyId(key.key);
        writer.WriteUint(key.share, 1);
        writer.WriteUint(key.bits, 4);
    }
    writer.WriteRanges(pad);
    WriteBody(writer, cipher);
    return writer.GetBytes();
}

std::optional<KxKeyRelay>
KxKeyRelay::FromBytes(const std::vector<uint8_t>& bytes)
{
    ByteReader reader(bytes);
    KxKeyRelay message;
    message.oldestOpen = reader.ReadUint(8);
    const uint64_t scheme = reader.ReadUint(1);
    const uint64_t count = reader.ReadUint(4);
    uint64_t bits = 0;
    bool good = scheme <= KX_SCHEME_DESTINATION;
    for (uint64_t i = 0; i < count && reader.IsGood(); ++i)
    {
        KxRelayedKey key;
        key.key = reader.ReadKsaKeyId();
        key.share = static_cast<uint8_t>(reader.ReadUint(1));
        key.bits = reader.ReadUint32();
        good = good && key.bits > 0 && key.bits % 8 == 0;
        bits += key.bits;
        message.keys.push_back(key);
    }
    message.pad = reader.ReadRanges();
    message.cipher = ReadBody(reader);
    const uint64_t padBits = CountBits(message.pad);
    good = good && !message.keys.empty() && padBits == 8 * message.cipher.size() &&
           (bits == padBits || (bits < padBits && scheme == KX_SCHEME_DESTINATION));
    message.scheme = good ? static_cast<KxRelayScheme>(scheme) : KX_SCHEME_HOP_BY_HOP;
    return reader.Complete(std::move(message), good);
}

Ptr<Packet>
KxMaskedKeys::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(route.value, 4);
    writer.WriteUint(number, 8);
    WriteBody(writer, tag);
    WriteBody(writer, cipher);
    return writer.ToPacket();
}

std::optional<KxMaskedKeys>
KxMaskedKeys::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    KxMaskedKeys message;
    message.route = RouteId(reader.ReadUint32());
    message.number = reader.ReadUint(8);
    message.tag = ReadBody(reader);
    message.cipher = ReadBody(reader);
    return reader.Complete(std::move(message));
}

std::vector<uint8_t>
KxKeyResults::ToBytes() const
{
    ByteWriter writer;
    writer.WriteUint(results.size(), 4);
    for (const KxNotifiedResult& result : results)
    {
        writer.WriteKsaKeyId(result.key);
        writer.WriteUint(result.accepted ? 1 : 0, 1);
    }
    return writer.GetBytes();
}

std::optional<KxKeyResults>
KxKeyResults::FromBytes(const std::vector<uint8_t>& bytes)
{
    ByteReader reader(bytes);
    KxKeyResults message;
    const uint64_t count = reader.ReadUint(4);
    for (uint64_t i = 0; i < count && reader.IsGood(); ++i)
    {
        KxNotifiedResult result;
        result.key = reader.ReadKsaKeyId();
        result.accepted = reader.ReadUint(1) != 0;
        message.results.push_back(result);
    }
    return reader.Complete(std::move(message));
}

std::vector<uint8_t>
KxSuppliedKeys::ToBytes() const
{
    ByteWriter writer;
    writer.WriteKsaKeyIds(keys);
    return writer.GetBytes();
}

std::optional<KxSuppliedKeys>
KxSuppliedKeys::FromBytes(const std::vector<uint8_t>& bytes)
{
    ByteReader reader(bytes);
    KxSuppliedKeys message;
    message.keys = reader.ReadKsaKeyIds();
    return reader.Complete(std::move(message));
}

Ptr<Packet>
KxRelayVoid::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(route.value, 4);
    writer.WriteUint(numbers.size(), 4);
    for (const uint64_t number : numbers)
    {
        writer.WriteUint(number, 8);
    }
    writer.WriteKsaKeyIds(keys);
    return writer.ToPacket();
}

std::optional<KxRelayVoid>
KxRelayVoid::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    KxRelayVoid message;
    message.route = RouteId(reader.ReadUint32());
    const uint64_t numbers = reader.ReadUint(4);
    for (uint64_t i = 0; i < numbers && reader.IsGood(); ++i)
    {
        message.numbers.push_back(reader.ReadUint(8));
    }
    message.keys = reader.ReadKsaKeyIds();
    return reader.Complete(std::move(message));
}

Ptr<Packet>
KxRouteSwitch::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(route.value, 4);
    writer.WriteUint(number, 4);
    writer.WriteUint(active ? 1 : 0, 1);
    writer.WriteUint(preemption, 1);
    return writer.ToPacket();
}

std::optional<KxRouteSwitch>
KxRouteSwitch::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    KxRouteSwitch message;
    message.route = RouteId(reader.ReadUint32());
    message.number = reader.ReadUint32();
    message.active = reader.ReadUint(1) != 0;
    const uint64_t preemption = reader.ReadUint(1);
    if (preemption > PREEMPTION_RESIDUAL)
    {
        return std::nullopt;
    }
    message.preemption = static_cast<PreemptionMode>(preemption);
    return reader.Complete(message);
}

Ptr<Packet>
KxRouteStatus::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(route.value, 4);
    writer.WriteUint(hop.value, 4);
    writer.WriteUint(condition, 1);
    writer.WriteUint(failed ? 1 : 0, 1);
    writer.WriteTime(holdOver);
    return writer.ToPacket();
}

std::optional<KxRouteStatus>
KxRouteStatus::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    KxRouteStatus message;
    message.route = RouteId(reader.ReadUint32());
    message.hop = KmId(reader.ReadUint32());
    const uint64_t condition = reader.ReadUint(1);
    message.failed = reader.ReadUint(1) != 0;
    message.holdOver = reader.ReadTime();
    const bool isKnown = condition <= TRIGGER_POOL_LOW ||
                         (condition == TRIGGER_SUPPLY_INTERRUPTED && !message.failed);
    if (!isKnown)
    {
        return std::nullopt;
    }
    message.condition = static_cast<ResilienceTrigger>(condition);
    return reader.Complete(message);
}

} // namespace qkdn
} // namespace ns3
