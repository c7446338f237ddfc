/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-kx-messages.h"

namespace ns3
{
namespace qkdn
{

namespace
{

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
        span.firstBit = reader.ReadUint32();
        span.bits = reader.ReadUint32();
        spans.push_back(span);
    }
    return spans;
}

} // namespace

void
KxTag::Write(ByteWriter& writer) const
{
    writer.WriteRanges(ranges);
    writer.WriteUint(tag.size(), 1);
    writer.WriteBytes(tag);
}

KxTag
KxTag::Read(ByteReader& reader)
{
    KxTag tag;
    tag.ranges = reader.ReadRanges();
    tag.tag = reader.ReadBytes(static_cast<uint32_t>(reader.ReadUint(1)));
    return tag;
}

Ptr<Packet>
KxKeyStored::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(decidesSplit ? 1 : 0, 1);
    writer.WriteUint(demandBps, 4);
    writer.WriteUint(keys.size(), 4);
    for (const KxStoredKey& stored : keys)
    {
        writer.WriteKeyId(stored.key);
        writer.WriteUint(stored.bits, 4);
        writer.WriteUint(stored.lowBits, 4);
    }
    return writer.ToPacket();
}

std::optional<KxKeyStored>
KxKeyStored::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    KxKeyStored message;
    message.decidesSplit = reader.ReadUint(1) != 0;
    message.demandBps = reader.ReadUint32();
    const uint64_t count = reader.ReadUint(4);
    for (uint64_t i = 0; i < count && reader.IsGood(); ++i)
    {
        KxStoredKey stored;
        stored.key = reader.ReadKeyId();
        stored.bits = reader.ReadUint32();
        stored.lowBits = reader.ReadUint32();
        message.keys.push_back(stored);
    }
    return reader.Complete(std::move(message));
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
    return reader.Complete(message);
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
    message.request = reader.ReadUint32();
    message.bits = reader.ReadUint(8);
    message.demandBps = reader.ReadUint32();
    return reader.Complete(message);
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
    message.request = reader.ReadUint32();
    message.ranges = reader.ReadRanges();
    return reader.Complete(message);
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
    writer.WriteKsaKeyIds(ksaKeys);
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
        holding.bits = reader.ReadUint32();
        holding.own = ReadSpans(reader);
        holding.peer = ReadSpans(reader);
        message.holdings.push_back(std::move(holding));
    }
    message.ksaKeys = reader.ReadKsaKeyIds();
    return reader.Complete(std::move(message));
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
    message.link = LinkId(reader.ReadUint32());
    const uint64_t status = reader.ReadUint(1);
    if (status > LINK_OFF)
    {
        return std::nullopt;
    }
    message.status = static_cast<LinkStatus>(status);
    return reader.Complete(message);
}

Ptr<Packet>
KxSupplyNotification::ToPacket() const
{
    ByteWriter writer;
    tag.Write(writer);
    writer.WriteRanges(responseTagRanges);
    writer.WriteUint(keys.size(), 2);
    for (const KxNotifiedKey& notified : keys)
    {
        writer.WriteKsaKeyId(notified.key);
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
    message.tag = KxTag::Read(reader);
    message.responseTagRanges = reader.ReadRanges();
    const uint64_t count = reader.ReadUint(2);
    for (uint64_t i = 0; i < count && reader.IsGood(); ++i)
    {
        KxNotifiedKey notified;
        notified.key = reader.ReadKsaKeyId();
        notified.pooled = reader.ReadUint(1) != 0;
        notified.ranges = reader.ReadRanges();
        message.keys.push_back(std::move(notified));
    }
    return reader.Complete(std::move(message));
}

Ptr<Packet>
KxSupplyResponse::ToPacket() const
{
    ByteWriter writer;
    tag.Write(writer);
    writer.WriteUint(results.size(), 2);
    for (const KxNotifiedResult& result : results)
    {
        writer.WriteKsaKeyId(result.key);
        writer.WriteUint(result.accepted ? 1 : 0, 1);
    }
    return writer.ToPacket();
}

std::optional<KxSupplyResponse>
KxSupplyResponse::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    KxSupplyResponse message;
    message.tag = KxTag::Read(reader);
    const uint64_t count = reader.ReadUint(2);
    for (uint64_t i = 0; i < count && reader.IsGood(); ++i)
    {
        KxNotifiedResult result;
        result.key = reader.ReadKsaKeyId();
        result.accepted = reader.ReadUint(1) != 0;
        message.results.push_back(result);
    }
    return reader.Complete(std::move(message));
}

Ptr<Packet>
KxKeyVoid::ToPacket() const
{
    ByteWriter writer;
    writer.WriteKsaKeyIds(keys);
    return writer.ToPacket();
}

std::optional<KxKeyVoid>
KxKeyVoid::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    KxKeyVoid message;
    message.keys = reader.ReadKsaKeyIds();
    return reader.Complete(std::move(message));
}

} // namespace qkdn
} // namespace ns3
