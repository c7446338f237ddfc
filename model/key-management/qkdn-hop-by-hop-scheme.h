/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_HOP_BY_HOP_SCHEME_H
#define QKDN_HOP_BY_HOP_SCHEME_H

#include "qkdn-relay-scheme.h"

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Hop-by-hop relay (ITU-T Y.3803 figures 5 and 6): each hop carries the keys under its own
 * one-time pad, and each KM on the way has them in clear.
 */
class HopByHopScheme : public RelayScheme
{
  public:
    // from RelayScheme
    uint32_t GetExtraBits() const override;
    KxFailure Check(const KeyRoute& route) const override;
    bool ShowsKeys() const override;
    std::vector<uint8_t> Wrap(const std::vector<uint8_t>& keys,
                              const KeyMaterial& pad) const override;
    void Began(const KeyRoute& route,
               uint64_t number,
               const std::vector<uint8_t>& keys,
               const KeyMaterial& pad) override;
    std::optional<std::vector<uint8_t>> Unwrap(RouteId route,
                                               uint64_t number,
                                               const std::vector<uint8_t>& text) override;
    void Forget(RouteId route, uint64_t number) override;
    void ForgetBefore(RouteId route, uint64_t oldestOpen) override;
    void ForgetRoute(RouteId route) override;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_HOP_BY_HOP_SCHEME_H */
