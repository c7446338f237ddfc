/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-kx-messages.h"

#include "ns3/qkdn-byte-codec.h"

namespace ns3
{
namespace qkdn
{

namespace
{

/// Message if it was read to its exact end.
template <typename Message>
std::optional<Message>
Complete(const ByteReader& reader, Message message)
{
    return reader.IsAtEnd() ? std::optional<Message>(std::move(message)) : std::nullopt;
}

void
WriteSpans(ByteWriter& writer, const std::vector<BitSpan>& spans)
{
    writer.WriteUint(spans.size(), 4);
    for (const BitSpan& span : spans)
    {
        writer.WriteUint(span.firstBit, 4);
        writer.WriteUint(span.bits, 4);
    }
}

std::vector<BitSpan>
ReadSpans(ByteReader& reader)
{
    std::vector<BitSpan> spans;
    const uint64_t count = reader.ReadUint(4);
    for (uint64_t i = 0; i < count && reader.IsGood(); ++i)
    {
        BitSpan span;
        span.firstBit = static_cast<uint32_t>(reader.ReadUint(4));
        span.bits = static_cast<uint32_t>(reader.ReadUint(4));
        spans.push_back(span);
    }
    return spans;
}

void
WriteKsaKey(ByteWriter& writer, const KsaKeyId& key)
{
    writer.WriteUint(key.session.value, 4);
    writer.WriteUint(key.sequence, 8);
}

KsaKeyId
ReadKsaKey(ByteReader& reader)
{
    KsaKeyId key;
    key.session = SessionId(static_cast<uint32_t>(reader.ReadUint(4)));
    key.sequence = reader.ReadUint(8);
    return key;
}

void
WriteKsaKeys(ByteWriter& writer, const std::vector<KsaKeyId>& keys)
{
    writer.WriteUint(keys.size(), 4);
    for (const KsaKeyId& key : keys)
    {
        WriteKsaKey(writer, key);
    }
}

std::vector<KsaKeyId>
ReadKsaKeys(ByteReader& reader)
{
    std::vector<KsaKeyId> keys;
    const uint64_t count = reader.ReadUint(4);
    for (uint64_t i = 0; i < count && reader.IsGood(); ++i)
    {
        keys.push_back(ReadKsaKey(reader));
    }
    return keys;
}

void
WriteTag(ByteWriter& writer, const KxTag& tag)
{
    writer.WriteRanges(tag.ranges);
    writer.WriteUint(tag.tag.size(), 1);
    writer.WriteBytes(tag.tag);
}

KxTag
ReadTag(ByteReader& reader)
{
    KxTag tag;
    tag.ranges = reader.ReadRanges();
    const auto size = static_cast<uint32_t>(reader.ReadUint(1));
    tag.tag = reader.ReadBytes(size);
    return tag;
}

} // namespace

Ptr<Packet>
KxKeyStored::ToPacket() const
{
    ByteWriter writer;
    writer.WriteKeyId(key);
    writer.WriteUint(bits, 4);
    writer.WriteUint(decidesSplit ? 1 : 0, 1);
    writer.WriteUint(lowBits, 4);
    writer.WriteUint(demandBps, 4);
    return writer.ToPacket();
}

std::optional<KxKeyStored>
KxKeyStored::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    KxKeyStored message;
    message.key = reader.ReadKeyId();
    message.bits = static_cast<uint32_t>(reader.ReadUint(4));
    message.decidesSplit = reader.ReadUint(1) != 0;
    message.lowBits = static_cast<uint32_t>(reader.ReadUint(4));
    message.demandBps = static_cast<uint32_t>(reader.ReadUint(4));
    return Complete(reader, message);
}

Ptr<Packet>
KxKeyRefused::ToPacket() const
{
    ByteWriter writer;
    writer.WriteKeyId(key);
    return writer.ToPacket();
}

std::optional<KxKeyRefused>
KxKeyRefused::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    KxKeyRefused message;
    message.key = reader.ReadKeyId();
    return Complete(reader, message);
}

Ptr<Packet>
KxShareRequest::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(request, 4);
    writer.WriteUint(bits, 8);
    writer.WriteUint(demandBps, 4);
    return writer.ToPacket();
}

std::optional<KxShareRequest>
KxShareRequest::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    KxShareRequest message;
    message.request = static_cast<uint32_t>(reader.ReadUint(4));
    message.bits = reader.ReadUint(8);
    message.demandBps = static_cast<uint32_t>(reader.ReadUint(4));
    return Complete(reader, message);
}

Ptr<Packet>
KxShareGrant::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(request, 4);
    writer.WriteRanges(ranges);
    return writer.ToPacket();
}

std::optional<KxShareGrant>
KxShareGrant::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    KxShareGrant message;
    message.request = static_cast<uint32_t>(reader.ReadUint(4));
    message.ranges = reader.ReadRanges();
    return Complete(reader, message);
}

Ptr<Packet>
KxAgreement::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(holdings.size(), 4);
    for (const HoldingEntry& holding : holdings)
    {
        writer.WriteKeyId(holding.key);
        writer.WriteUint(holding.unconfirmed ? 1 : 0, 1);
        writer.WriteUint(holding.bits, 4);
        WriteSpans(writer, holding.own);
        WriteSpans(writer, holding.peer);
    }
    WriteKsaKeys(writer, ksaKeys);
    return writer.ToPacket();
}

std::optional<KxAgreement>
KxAgreement::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    KxAgreement message;
    const uint64_t count = reader.ReadUint(4);
    for (uint64_t i = 0; i < count && reader.IsGood(); ++i)
    {
        HoldingEntry holding;
        holding.key = reader.ReadKeyId();
        holding.unconfirmed = reader.ReadUint(1) != 0;
        holding.bits = static_cast<uint32_t>(reader.ReadUint(4));
        holding.own = ReadSpans(reader);
        holding.peer = ReadSpans(reader);
        message.holdings.push_back(std::move(holding));
    }
    message.ksaKeys = ReadKsaKeys(reader);
    return Complete(reader, std::move(message));
}

Ptr<Packet>
KxLinkStatus::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(link.value, 4);
    writer.WriteUint(status, 1);
    return writer.ToPacket();
}

std::optional<KxLinkStatus>
KxLinkStatus::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    KxLinkStatus message;
    message.link = LinkId(static_cast<uint32_t>(reader.ReadUint(4)));
    const uint64_t status = reader.ReadUint(1);
    if (status > LINK_OFF)
    {
        return std::nullopt;
    }
    message.status = static_cast<LinkStatus>(status);
    return Complete(reader, message);
}

Ptr<Packet>
KxSupplyNotification::ToPacket() const
{
    ByteWriter writer;
    WriteTag(writer, tag);
    writer.WriteRanges(responseTagRanges);
    writer.WriteUint(keys.size(), 2);
    for (const KxNotifiedKey& notified : keys)
    {
        WriteKsaKey(writer, notified.key);
        writer.WriteUint(notified.pooled ? 1 : 0, 1);
        writer.WriteRanges(notified.ranges);
    }
    return writer.ToPacket();
}

std::optional<KxSupplyNotification>
KxSupplyNotification::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    KxSupplyNotification message;
    message.tag = ReadTag(reader);
    message.responseTagRanges = reader.ReadRanges();
    const uint64_t count = reader.ReadUint(2);
    for (uint64_t i = 0; i < count && reader.IsGood(); ++i)
    {
        KxNotifiedKey notified;
        notified.key = ReadKsaKey(reader);
        notified.pooled = reader.ReadUint(1) != 0;
        notified.ranges = reader.ReadRanges();
        message.keys.push_back(std::move(notified));
    }
    return Complete(reader, std::move(message));
}

Ptr<Packet>
KxSupplyResponse::ToPacket() const
{
    ByteWriter writer;
    WriteTag(writer, tag);
    writer.WriteUint(results.size(), 2);
    for (const KxNotifiedResult& result : results)
    {
        WriteKsaKey(writer, result.key);
        writer.WriteUint(result.accepted ? 1 : 0, 1);
    }
    return writer.ToPacket();
}

std::optional<KxSupplyResponse>
KxSupplyResponse::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    KxSupplyResponse message;
    message.tag = ReadTag(reader);
    const uint64_t count = reader.ReadUint(2);
    for (uint64_t i = 0; i < count && reader.IsGood(); ++i)
    {
        KxNotifiedResult result;
        result.key = ReadKsaKey(reader);
        result.accepted = reader.ReadUint(1) != 0;
        message.results.push_back(result);
    }
    return Complete(reader, std::move(message));
}

Ptr<Packet>
KxKeyVoid::ToPacket() const
{
    ByteWriter writer;
    WriteKsaKeys(writer, keys);
    return writer.ToPacket();
}

std::optional<KxKeyVoid>
KxKeyVoid::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    KxKeyVoid message;
    message.keys = ReadKsaKeys(reader);
    return Complete(reader, std::move(message));
}

} // namespace qkdn
} // namespace ns3
