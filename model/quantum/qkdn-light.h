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

    /// @cond
    bool operator==(const Light& o) const
    {
        return sync == o.sync && quantum == o.quantum && epoch == o.epoch && seed == o.seed;
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
