/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_DISTILLATION_STEP_MESSAGES_H
#define QKDN_DISTILLATION_STEP_MESSAGES_H

#include "ns3/nstime.h"
#include "ns3/packet.h"
#include "ns3/qkdn-ids.h"

#include <optional>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The steps of distilling a block, in their order.
 */
enum DistillationStep : uint8_t
{
    STEP_SIFTING = 1,  //!< the receiver tells detections and bases, the transmitter which match
    STEP_ESTIMATION,   //!< both disclose the sample that the error ratio is estimated from
    STEP_CORRECTION,   //!< errors are corrected
    STEP_VERIFICATION, //!< a hash of the corrected bits
    STEP_AMPLIFICATION //!< seed of privacy amplification, and what is left of authentication
};

/**
 * @ingroup qkdn-resilience
 * @brief Message types of distillation step by step: 0x0110 + step for what the receiver sends,
 * 0x0120 + step for the transmitter's answer.
 */
enum DistillationStepMessageType : uint16_t
{
    STEP_REQUEST = 0x0110,        //!< receiver to transmitter, plus the step
    STEP_ANSWER = 0x0120,         //!< transmitter to receiver, plus the step
    DISTILLATION_PART = 0x0130,   //!< payload of a message that would be too long, ahead of it
    DISTILLATION_ABANDON = 0x0131 //!< receiver to transmitter: a block is given up
};

/**
 * @ingroup qkdn-resilience
 * @brief The type of the message of a step.
 * @param base STEP_REQUEST or STEP_ANSWER
 * @param step the step
 * @return the type
 */
inline uint16_t
GetStepType(DistillationStepMessageType base, DistillationStep step)
{
    return static_cast<uint16_t>(uint32_t{base} + uint32_t{step});
}

/**
 * @ingroup qkdn-resilience
 * @brief What the receiver sends in a step. The payload is present by size alone, behind these
 * fields; a tag counts as payload.
 */
struct StepRequest
{
    static constexpr uint32_t FIELD_BYTES = 34;  //!< bytes of the fields
    static constexpr uint32_t FIGURE_BYTES = 40; //!< bytes of the figures behind them

    KeyId key;                           //!< the block
    uint32_t sequence{0};                //!< number of the exchange in the block, from 1
    DistillationStep step{STEP_SIFTING}; //!< the step
    bool authenticated{false};           //!< both messages of the exchange carry tags
    bool probe{false};                   //!< the block is only measured
    /// sifting: detections told; correction: parities or syndrome bits asked for; amplification:
    /// bits that the receiver's reserve lacks
    uint64_t count{0};
    uint64_t extra{0}; //!< sifting: pulses, 0 if not modelled; correction: bits of the question

    // the figures: only of the estimation
    Time generated;             //!< when its last pulse was detected
    uint32_t finalKeyBits{0};   //!< secret bits after privacy amplification
    uint64_t siftedBits{0};     //!< bits after sifting
    uint64_t leakedBits{0};     //!< bits disclosed by error correction
    uint64_t estimationBits{0}; //!< bits disclosed for parameter estimation
    double qber{0.0};           //!< error ratio: the estimate

    /// @cond
    Ptr<Packet> ToPacket(uint64_t payloadBytes) const;
    static std::optional<StepRequest> FromPacket(Ptr<const Packet> packet);
    uint32_t GetFieldBytes() const;
    /// @endcond

  private:
    /// Whether a block can be like that.
    bool IsPossible() const;
};

/**
 * @ingroup qkdn-resilience
 * @brief What the transmitter says to a step.
 */
enum StepVerdict : uint8_t
{
    STEP_DONE,    //!< here is what the step takes
    STEP_REFUSED, //!< the transmitter has no data of the block, or no key for a tag
    STEP_MEASURED //!< the error ratio is known at both ends, no key is made
};

/**
 * @ingroup qkdn-resilience
 * @brief The transmitter's answer.
 */
struct StepAnswer
{
    static constexpr uint32_t FIELD_BYTES = 22; //!< bytes of the fields

    KeyId key;                           //!< the block
    uint32_t sequence{0};                //!< number of the exchange
    DistillationStep step{STEP_SIFTING}; //!< the step
    StepVerdict verdict{STEP_DONE};      //!< the verdict
    uint32_t withheldBits{0};            //!< amplification: first bits that both reserves keep

    /// @cond
    Ptr<Packet> ToPacket(uint64_t payloadBytes) const;
    static std::optional<StepAnswer> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/**
 * @ingroup qkdn-resilience
 * @brief A block that is given up, or (type DISTILLATION_PART) one that payload belongs to.
 */
struct StepNotice
{
    static constexpr uint32_t FIELD_BYTES = 20; //!< bytes of the fields

    KeyId key;            //!< the block
    uint32_t sequence{0}; //!< number of the exchange
    uint32_t part{0};     //!< number of the part, from 0

    /// @cond
    Ptr<Packet> ToPacket(uint64_t payloadBytes) const;
    static std::optional<StepNotice> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_DISTILLATION_STEP_MESSAGES_H */
