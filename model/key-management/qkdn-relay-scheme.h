/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_RELAY_SCHEME_H
#define QKDN_RELAY_SCHEME_H

#include "qkdn-key-route.h"
#include "qkdn-kx-relay-messages.h"

#include "ns3/qkdn-ids.h"
#include "ns3/qkdn-key-material.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief How keys are hidden on their way along a key relay route (ITU-T Y.3803).
 *
 * In every scheme a KM on the way XORs what it gets with the one-time pads of the hop before and
 * the hop after it. The schemes differ in what the source puts in and what the end makes of it.
 */
class RelayScheme
{
  public:
    virtual ~RelayScheme() = default;

    /**
     * @brief Bits of one-time pad that a relay costs on each hop, beside those of its keys.
     * @return number of bits, a multiple of 8
     */
    virtual uint32_t GetExtraBits() const = 0;

    /**
     * @brief Whether a relay could begin, as far as the scheme is concerned.
     * @param route its route, whose source is here
     * @return none, or why not
     */
    virtual KxFailure Check(const KeyRoute& route) const = 0;

    /**
     * @brief Whether KMs on the way have the keys in clear.
     * @return true if so, false if only pads
     */
    virtual bool ShowsKeys() const = 0;

    /**
     * @brief At the source: what goes along the route.
     * @param keys the keys, one after the other
     * @param pad one-time pad of the first hop
     * @return as many bytes as the pad
     */
    virtual std::vector<uint8_t> Wrap(const std::vector<uint8_t>& keys,
                                      const KeyMaterial& pad) const = 0;

    /**
     * @brief At the source: a relay is on its way along the route.
     * @param route its route
     * @param number its number
     * @param keys the keys, one after the other
     * @param pad one-time pad of the first hop
     */
    virtual void Began(const KeyRoute& route,
                       uint64_t number,
                       const std::vector<uint8_t>& keys,
                       const KeyMaterial& pad) = 0;

    /**
     * @brief At the end: the keys out of what has come along the route.
     * @param route its route
     * @param number its number
     * @param text what has come, without the pad of the last hop
     * @return the keys, one after the other, or nothing as long as something is missing
     */
    virtual std::optional<std::vector<uint8_t>> Unwrap(RouteId route,
                                                       uint64_t number,
                                                       const std::vector<uint8_t>& text) = 0;

    /**
     * @brief At the end: a relay is over.
     * @param route its route
     * @param number its number
     */
    virtual void Forget(RouteId route, uint64_t number) = 0;

    /**
     * @brief At the end: relays are final at their source.
     * @param route their route
     * @param oldestOpen those with lower numbers
     */
    virtual void ForgetBefore(RouteId route, uint64_t oldestOpen) = 0;

    /**
     * @brief At the end: a route is over.
     * @param route the route
     */
    virtual void ForgetRoute(RouteId route) = 0;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_RELAY_SCHEME_H */
