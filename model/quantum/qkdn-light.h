/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_LIGHT_H
#define QKDN_LIGHT_H

#include "ns3/qkdn-qkd-protocol.h"

#include <cstdint>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What a receiver detects, as the transmitter learns it where the modules exchange no
 * messages of distillation.
 *
 * It goes back over the quantum channel as an edge of light does, in the place of the messages
 * that sifting needs: it takes the time of light, and does not pass where light does not.
 */
struct DetectionMark
{
    uint32_t epoch{0};      //!< number of the emission that is detected; 0 for none
    uint32_t firstBlock{0}; //!< first block that is detected from its beginning
    double addedError{0.0}; //!< added error probability that its blocks have

    /// @cond
    bool operator==(const DetectionMark& o) const
    {
        return epoch == o.epoch && firstBlock == o.firstBlock && addedError == o.addedError;
    }

    /// @endcond
};

/**
 * @ingroup qkdn-resilience
 * @brief The light that one end of a quantum channel emits from one instant on.
 *
 * Light crosses a channel as edges, never pulse by pulse: a change of this state travels to the
 * other end. `epoch` and `seed` stand for the random bits that the transmitter encodes into its
 * pulses; whoever receives the pulses can distil the same bits.
 */
struct Light
{
    bool sync{false};    //!< bright synchronisation light that shares the fibre
    bool quantum{false}; //!< pulses of the QKD protocol
    uint32_t epoch{0};   //!< number of the emission, from 1; 0 for calibration or no pulses
    uint64_t seed{0};    //!< what the pulses of this emission encode
    DetectionMark mark;  //!< receiver: what it detects; none if messages tell it

    /// @cond
    bool operator==(const Light& o) const
    {
        return sync == o.sync && quantum == o.quantum && epoch == o.epoch && seed == o.seed &&
               mark == o.mark;
    }

    /// @endcond
};

/**
 * @ingroup qkdn-resilience
 * @brief Light as it arrives, with what the channel did to it.
 */
struct ReceivedLight
{
    Light light;              //!< what was emitted
    QuantumLinkBudget budget; //!< what it went through
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_LIGHT_H */
