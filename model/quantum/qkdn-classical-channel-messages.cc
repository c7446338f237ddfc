/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-classical-channel-messages.h"

#include "ns3/qkdn-byte-codec.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

namespace
{

/// counts of a block at most: whole numbers up to here are exact as double
constexpr uint64_t MAX_COUNT = uint64_t{1} << 53;
/// flag of a ModuleSignal
constexpr uint64_t SIGNAL_GOOD = 1;
/// flag of a ModuleSignal
constexpr uint64_t SIGNAL_STANDBY = 2;
/// Bit of a sender that finds too many errors.
constexpr uint64_t SIGNAL_ERRONEOUS = 4;

/// The fields, filled up by size alone to all bytes that the step carries.
Ptr<Packet>
Fill(const ByteWriter& writer, uint64_t payloadBytes)
{
    const uint64_t fields = writer.GetSize();
    return writer.ToPacket(static_cast<uint32_t>(std::max(payloadBytes, fields) - fields));
}

} // namespace

Ptr<Packet>
DistillationRequest::ToPacket(uint64_t payloadBytes) const
{
    ByteWriter writer;
    writer.WriteKeyId(key);
    writer.WriteTime(generated);
    writer.WriteUint(finalKeyBits, 4);
    writer.WriteUint(reserveMissingBits, 4);
    writer.WriteUint(detections, 8);
    writer.WriteUint(siftedBits, 8);
    writer.WriteUint(leakedBits, 8);
    writer.WriteUint(estimationBits, 8);
    writer.WriteUint(pulses, 8);
    writer.WriteRatio(qber);
    return Fill(writer, payloadBytes);
}

std::optional<DistillationRequest>
DistillationRequest::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, DistillationRequest::FIELD_BYTES);
    DistillationRequest message;
    message.key = reader.ReadKeyId();
    message.generated = reader.ReadTime();
    message.finalKeyBits = reader.ReadUint32();
    message.reserveMissingBits = reader.ReadUint32();
    message.detections = reader.ReadUint(8);
    message.siftedBits = reader.ReadUint(8);
    message.leakedBits = reader.ReadUint(8);
    message.estimationBits = reader.ReadUint(8);
    message.pulses = reader.ReadUint(8);
    message.qber = reader.ReadRatio();
    const bool good = reader.IsGood() && message.IsPossible();
    return good ? std::optional<DistillationRequest>(message) : std::nullopt;
}

bool
DistillationRequest::IsPossible() const
{
    const uint64_t most = std::max({detections, siftedBits, leakedBits, estimationBits, pulses});
    return most <= MAX_COUNT && finalKeyBits <= siftedBits && estimationBits <= siftedBits &&
           (pulses == 0 || detections <= pulses) && qber <= 0.5;
}

Ptr<Packet>
DistillationResponse::ToPacket(uint64_t payloadBytes) const
{
    ByteWriter writer;
    writer.WriteKeyId(key);
    writer.WriteUint((accepted ? 1 : 0) | (measured ? 2 : 0), 1);
    writer.WriteUint(withheldBits, 4);
    return Fill(writer, payloadBytes);
}

std::optional<DistillationResponse>
DistillationResponse::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, DistillationResponse::FIELD_BYTES);
    DistillationResponse message;
    message.key = reader.ReadKeyId();
    const uint64_t verdict = reader.ReadUint(1);
    message.accepted = verdict == 1;
    message.measured = verdict == 2;
    message.withheldBits = reader.ReadUint32();
    return reader.IsGood() && verdict <= 2 ? std::optional<DistillationResponse>(message)
                                           : std::nullopt;
}

Ptr<Packet>
ModuleSignal::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint((good ? SIGNAL_GOOD : 0) | (standby ? SIGNAL_STANDBY : 0) |
                         (erroneous ? SIGNAL_ERRONEOUS : 0),
                     1);
    return writer.ToPacket();
}

std::optional<ModuleSignal>
ModuleSignal::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet);
    ModuleSignal message;
    const uint64_t flags = reader.ReadUint(1);
    if (flags > (SIGNAL_GOOD | SIGNAL_STANDBY | SIGNAL_ERRONEOUS))
    {
        return std::nullopt;
    }
    message.good = (flags & SIGNAL_GOOD) != 0;
    message.standby = (flags & SIGNAL_STANDBY) != 0;
    message.erroneous = (flags & SIGNAL_ERRONEOUS) != 0;
    return reader.Complete(message);
}

} // namespace qkdn
} // namespace ns3
