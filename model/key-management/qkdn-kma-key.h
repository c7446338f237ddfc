/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KMA_KEY_H
#define QKDN_KMA_KEY_H

#include "ns3/nstime.h"
#include "ns3/qkdn-ids.h"
#include "ns3/qkdn-key-bit-map.h"
#include "ns3/qkdn-key-ledger.h"
#include "ns3/qkdn-key-material.h"
#include "ns3/qkdn-qkd-key.h"

#include <cstdint>
#include <optional>
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
 * @brief What KMA-key bits are for at one end (key type).
 */
enum KmaKeyType : uint8_t
{
    KMA_KEY_OWN,         //!< free, this end allocates them
    KMA_KEY_PEER,        //!< free, the other end allocates them
    KMA_KEY_UNCONFIRMED, //!< free, not known to be at both ends
    KMA_KEY_SPENT        //!< used, expired or deleted
};

/**
 * @ingroup qkdn-resilience
 * @brief Metadata of a KMA-key (ITU-T Y.3803). A KMA-key is any range of bits of a QKD-key; the
 * range is its id inside the QKDN.
 */
struct KmaKeyMetadata
{
    KeyRange range;                //!< id: QKD link, block and bits
    KmId km;                       //!< the KM that holds it
    KmId matchingKm;               //!< the KM that it shares it with
    ModuleEnd module{MODULE_NONE}; //!< QKD module, with the link, that delivered it here
    Time generated;                //!< when the last pulse of its block was detected
    Time received;                 //!< when this KM got it from the module
    double qber{0.0};              //!< quantum bit error ratio of its block, 0 to 0.5
    KmaKeyType type{KMA_KEY_OWN};  //!< key type
    std::optional<KeyUse> use;     //!< what it was spent on, as long as that can change
};

/**
 * @ingroup qkdn-resilience
 * @brief Whether bits can be booked otherwise until they are settled.
 * @param use what they are booked as
 * @return true for relay and direct supply
 */
inline bool
IsOpenUse(KeyUse use)
{
    return use == KEY_RELAY_WORKING || use == KEY_RELAY_PROTECTION || use == KEY_RELAY_EXTRA ||
           use == KEY_DIRECT_SUPPLY;
}

/**
 * @ingroup qkdn-resilience
 * @brief Whether bits can be taken for a use.
 * @param use the use, also one that a hostile peer says
 * @return true for relay, direct supply, authentication and wasted
 */
inline bool
IsSpendingUse(KeyUse use)
{
    return IsOpenUse(use) || use == KEY_AUTHENTICATION || use == KEY_WASTED;
}

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
