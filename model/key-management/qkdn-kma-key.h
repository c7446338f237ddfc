/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KMA_KEY_H
#define QKDN_KMA_KEY_H

#include "ns3/qkdn-ids.h"
#include "ns3/qkdn-key-bit-map.h"
#include "ns3/qkdn-key-material.h"

#include <cstdint>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief KMA-key taken out of a pool: which bits, and the bits.
 */
struct KmaKey
{
    std::vector<KeyRange> ranges; //!< where the bits come from, in the order of the material
    KeyMaterial material;         //!< the bits
};

/**
 * @ingroup qkdn-resilience
 * @brief What one end holds of one QKD-key, as it says in an agreement.
 */
struct HoldingEntry
{
    KeyId key;                 //!< the QKD-key
    bool unconfirmed{false};   //!< all of it, and not yet known to be at both ends
    std::vector<BitSpan> own;  //!< free bits that the speaker may allocate
    std::vector<BitSpan> peer; //!< free bits that the other end may allocate
    uint32_t bits{0};          //!< length of the key if it is unconfirmed
};

/**
 * @ingroup qkdn-resilience
 * @brief What an agreement changed at one end.
 */
struct AgreementResult
{
    uint64_t keptBits{0};             //!< bits that both ends hold and may use again
    uint64_t destroyedBits{0};        //!< bits that only this end held
    std::vector<KeyId> confirmedKeys; //!< QKD-keys that became usable by the agreement
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KMA_KEY_H */
