/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-distillation-step-messages.h"

#include "ns3/qkdn-byte-codec.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

namespace
{

/// counts of a block at most: whole numbers up to here are exact as double
constexpr uint64_t MAX_STEP_COUNT = uint64_t{1} << 53;

/// Flags of a request.
enum Flag : uint8_t
{
    FLAG_AUTHENTICATED = 1, //!< the exchange carries tags
    FLAG_PROBE = 2          //!< the block is only measured
};

/// Whether a number is that of a step.
bool
IsStep(uint64_t step)
{
    return step >= STEP_SIFTING && step <= STEP_AMPLIFICATION;
}

} // namespace

Ptr<Packet>
StepRequest::ToPacket(uint64_t payloadBytes) const
{
    ByteWriter writer;
    writer.WriteKeyId(key);
    writer.WriteUint(sequence, 4);
    writer.WriteUint(step, 1);
    writer.WriteUint((authenticated ? FLAG_AUTHENTICATED : 0) | (probe ? FLAG_PROBE : 0), 1);
    writer.WriteUint(count, 8);
    writer.WriteUint(extra, 8);
    if (step == STEP_ESTIMATION)
    {
        writer.WriteTime(generated);
        writer.WriteUint(finalKeyBits, 4);
        writer.WriteUint(siftedBits, 8);
        writer.WriteUint(leakedBits, 8);
        writer.WriteUint(estimationBits, 8);
        writer.WriteRatio(qber);
    }
    return writer.ToPacket(static_cast<uint32_t>(payloadBytes));
}

std::optional<StepRequest>
StepRequest::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, FIELD_BYTES + FIGURE_BYTES);
    StepRequest message;
    message.key = reader.ReadKeyId();
    message.sequence = reader.ReadUint32();
    const uint64_t step = reader.ReadUint(1);
    const uint64_t flags = reader.ReadUint(1);
    message.count = reader.ReadUint(8);
    message.extra = reader.ReadUint(8);
    if (!IsStep(step) || flags > (FLAG_AUTHENTICATED | FLAG_PROBE))
    {
        return std::nullopt;
    }
    message.step = static_cast<DistillationStep>(step);
    message.authenticated = (flags & FLAG_AUTHENTICATED) != 0;
    message.probe = (flags & FLAG_PROBE) != 0;
    if (message.step == STEP_ESTIMATION)
    {
        message.generated = reader.ReadTime();
        message.finalKeyBits = reader.ReadUint32();
        message.siftedBits = reader.ReadUint(8);
        message.leakedBits = reader.ReadUint(8);
        message.estimationBits = reader.ReadUint(8);
        message.qber = reader.ReadRatio();
    }
    const bool good = reader.IsGood() && message.IsPossible();
    return good ? std::optional<StepRequest>(message) : std::nullopt;
}

uint32_t
StepRequest::GetFieldBytes() const
{
    return FIELD_BYTES + (step == STEP_ESTIMATION ? FIGURE_BYTES : 0);
}

bool
StepRequest::IsPossible() const
{
    const uint64_t most = std::max({count, extra, siftedBits, leakedBits, estimationBits});
    if (most > MAX_STEP_COUNT || qber > 0.5)
    {
        return false;
    }
    if (step == STEP_SIFTING)
    {
        return extra == 0 || count <= extra;
    }
    return estimationBits <= siftedBits && finalKeyBits <= siftedBits &&
           (step != STEP_ESTIMATION || (finalKeyBits == 0) == probe);
}

Ptr<Packet>
StepAnswer::ToPacket(uint64_t payloadBytes) const
{
    ByteWriter writer;
    writer.WriteKeyId(key);
    writer.WriteUint(sequence, 4);
    writer.WriteUint(step, 1);
    writer.WriteUint(verdict, 1);
    writer.WriteUint(withheldBits, 4);
    return writer.ToPacket(static_cast<uint32_t>(payloadBytes));
}

std::optional<StepAnswer>
StepAnswer::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, FIELD_BYTES);
    StepAnswer message;
    message.key = reader.ReadKeyId();
    message.sequence = reader.ReadUint32();
    const uint64_t step = reader.ReadUint(1);
    const uint64_t verdict = reader.ReadUint(1);
    message.withheldBits = reader.ReadUint32();
    if (!reader.IsGood() || !IsStep(step) || verdict > STEP_MEASURED)
    {
        return std::nullopt;
    }
    message.step = static_cast<DistillationStep>(step);
    message.verdict = static_cast<StepVerdict>(verdict);
    return message;
}

Ptr<Packet>
StepNotice::ToPacket(uint64_t payloadBytes) const
{
    ByteWriter writer;
    writer.WriteKeyId(key);
    writer.WriteUint(sequence, 4);
    writer.WriteUint(part, 4);
    return writer.ToPacket(static_cast<uint32_t>(payloadBytes));
}

std::optional<StepNotice>
StepNotice::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, FIELD_BYTES);
    StepNotice message;
    message.key = reader.ReadKeyId();
    message.sequence = reader.ReadUint32();
    message.part = reader.ReadUint32();
    return reader.IsGood() ? std::optional<StepNotice>(message) : std::nullopt;
}

} // namespace qkdn
} // namespace ns3
