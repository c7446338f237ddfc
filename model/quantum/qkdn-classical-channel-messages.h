/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CLASSICAL_CHANNEL_MESSAGES_H
#define QKDN_CLASSICAL_CHANNEL_MESSAGES_H

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
 * @brief Message types of the classical channel between two QKD modules.
 */
enum ClassicalChannelMessageType : uint16_t
{
    DISTILLATION_REQUEST = 0x0101,  //!< receiver to transmitter: a block, all its payload
    DISTILLATION_RESPONSE = 0x0102, //!< transmitter to receiver: its answer
    MODULE_SIGNAL = 0x0103,         //!< signal and readiness of the sender
    DISTILLATION_PROBE = 0x0104     //!< as a request, of a block that is only measured
};

/**
 * @ingroup qkdn-resilience
 * @brief What the receiver sends for a block: sifting, parameter estimation and the lengths that
 * follow. The payload is present by size alone, behind these fields.
 */
struct DistillationRequest
{
    static constexpr uint32_t FIELD_BYTES = 72; //!< bytes of the fields

    KeyId key;                      //!< the block
    Time generated;                 //!< when its last pulse was detected
    uint32_t finalKeyBits{0};       //!< secret bits after privacy amplification; 0 of a probe
    uint32_t reserveMissingBits{0}; //!< bits the receiver's authentication reserve lacks
    uint64_t detections{0};         //!< detections
    uint64_t siftedBits{0};         //!< bits after sifting
    uint64_t leakedBits{0};         //!< bits disclosed by error correction
    uint64_t estimationBits{0};     //!< bits disclosed for parameter estimation
    uint64_t pulses{0};             //!< pulses of the block, 0 if not modelled
    double qber{0.0};               //!< quantum bit error ratio

    /**
     * @brief The message as a packet.
     * @param payloadBytes all bytes that the step carries; the packet is never shorter than
     * its fields
     * @return the packet
     */
    Ptr<Packet> ToPacket(uint64_t payloadBytes) const;

    /**
     * @brief Read a message.
     * @param packet the packet
     * @return nothing if it is malformed or describes no possible block
     */
    static std::optional<DistillationRequest> FromPacket(Ptr<const Packet> packet);

  private:
    /**
     * @brief Whether a block can be like that.
     * @return false for figures that contradict each other or no block reaches
     */
    bool IsPossible() const;
};

/// What the transmitter answers.
struct DistillationResponse
{
    static constexpr uint32_t FIELD_BYTES = 17; //!< bytes of the fields

    KeyId key;            //!< the block
    bool accepted{false}; //!< true: the transmitter has the key
    /// true, if not accepted: the error ratio is known at both ends, but no key is made; false: the
    /// transmitter has no data of the block, or no key for a tag
    bool measured{false};
    uint32_t withheldBits{0}; //!< first bits of the block that both reserves keep

    /// @cond
    Ptr<Packet> ToPacket(uint64_t payloadBytes) const;
    static std::optional<DistillationResponse> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// How the sender is, one octet of flags: good signal 1, standing by 2, too many errors 4.
struct ModuleSignal
{
    bool good{false};      //!< no signal fail at the sender
    bool standby{false};   //!< the sender stands by: it neither sends nor detects pulses
    bool erroneous{false}; //!< the error ratio that it estimates is too high for a key

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<ModuleSignal> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CLASSICAL_CHANNEL_MESSAGES_H */
