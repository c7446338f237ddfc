/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_DISTILLATION_TRAFFIC_H
#define QKDN_DISTILLATION_TRAFFIC_H

#include "qkdn-qkd-protocol.h"

#include <cstdint>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What the transmitter sends so that both ends use the same hash for privacy amplification.
 */
enum AmplificationSeed
{
    SEED_GENERATOR, //!< the seed of a pseudo-random generator
    SEED_TOEPLITZ   //!< the whole Toeplitz matrix: its first row and column
};

/**
 * @ingroup qkdn-resilience
 * @brief The choices that shape the messages of distillation, besides the block itself.
 */
struct DistillationParameters
{
    uint32_t tagBits{96};                   //!< authentication tag, one a block and direction
    uint32_t verificationHashBits{50};      //!< 50 bits: errors stay unseen with 1e-15
    AmplificationSeed seed{SEED_GENERATOR}; //!< how the hash is agreed on
    uint32_t generatorSeedBits{256};        //!< length of the seed of a generator
    uint32_t timeTagBits{32}; //!< position of a detection where pulses are not modelled
    uint32_t intensities{3};  //!< intensities of the transmitter; 1: there are no labels
};

/**
 * @ingroup qkdn-resilience
 * @brief How many bytes the two ends of a QKD link tell each other to distil one block.
 *
 * The receiver reports what it detected, the transmitter corrects the errors one-way (LDPC code)
 * and leads verification and privacy amplification. Each part is rounded up to bytes. All sizes
 * follow from the block; framing, IP and TCP come on top. A block without key ends after parameter
 * estimation, so that nothing of the later steps is sent.
 *
 * The steps are those of Fung, Ma and Chau, "Practical issues in quantum-key-distribution
 * postprocessing", Physical Review A 81, 012318 (2010).
 */
struct DistillationTraffic
{
    /// What the receiver tells: which pulses it detected and in which basis. A detection with
    /// probability Q takes about log2(1/Q) bits for its position (entropy of the gaps; Shannon)
    /// and 1 for the basis.
    uint64_t detectionBytes{0};
    /// The sifted bits that the receiver discloses to estimate the error, 1 bit each.
    uint64_t receiverEstimationBytes{0};
    /// Tag over all that the receiver has said (Wegman and Carter, Journal of Computer and System
    /// Sciences 22, 265 (1981)).
    uint64_t receiverTagBytes{0};

    /// Whether the bases match, 1 bit a detection (Bennett and Brassard 1984).
    uint64_t basisBytes{0};
    /// Which intensity each detected pulse had, log2(intensities) bits a detection (decoy states:
    /// Lo, Ma and Chen, Physical Review Letters 94, 230504 (2005)).
    uint64_t intensityBytes{0};
    /// The sifted bits that the transmitter discloses to estimate the error, 1 bit each.
    uint64_t transmitterEstimationBytes{0};
    /// Syndrome of the error-correcting code, f h2(Q) bits a corrected bit (one-way
    /// reconciliation: Elkouss, Leverrier, Alleaume and Boutros, ISIT 2009).
    uint64_t syndromeBytes{0};
    /// Hash of the corrected bits.
    uint64_t verificationBytes{0};
    /// Seed of privacy amplification: that of a generator, or n + l - 1 bits for a Toeplitz matrix
    /// from n corrected to l secret bits (Krawczyk, CRYPTO '94).
    uint64_t seedBytes{0};
    /// Tag over all that the transmitter has said.
    uint64_t transmitterTagBytes{0};

    /**
     * @brief The messages of one block.
     * @param plan the block
     * @param parameters the choices
     * @return the sizes
     */
    static DistillationTraffic FromBlock(
        const QkdBlockPlan& plan,
        const DistillationParameters& parameters = DistillationParameters());

    /**
     * @brief All that the receiver sends for the block.
     * @return bytes
     */
    uint64_t GetReceiverBytes() const;

    /**
     * @brief All that the transmitter sends for the block.
     * @return bytes
     */
    uint64_t GetTransmitterBytes() const;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_DISTILLATION_TRAFFIC_H */
