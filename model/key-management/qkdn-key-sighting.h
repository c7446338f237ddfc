/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KEY_SIGHTING_H
#define QKDN_KEY_SIGHTING_H

#include "qkdn-kx-relay-messages.h"

#include "ns3/qkdn-ids.h"
#include "ns3/qkdn-key-bit-map.h"

#include <cstdint>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What a key manager learns of KSA-keys that are relayed through it, as traces tell it.
 */
struct KeySighting
{
    KmId km;                        //!< the key manager
    RouteId route;                  //!< route of the relay
    uint64_t number{0};             //!< number of the relay at the source of the route
    KmId next;                      //!< key manager that it goes on to, none at the end
    bool clear{true};               //!< the keys themselves; false: only the pad that hides them
    std::vector<KxRelayedKey> keys; //!< the keys, or shares of keys
    std::vector<KeyRange> pad;      //!< KMA-key bits that hide them on the way to next, in order
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KEY_SIGHTING_H */
