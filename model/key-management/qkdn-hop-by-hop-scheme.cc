/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-hop-by-hop-scheme.h"

namespace ns3
{
namespace qkdn
{

uint32_t
HopByHopScheme::GetExtraBits() const
{
    return 0;
}

KxFailure
HopByHopScheme::Check(const KeyRoute& /* route */) const
{
    return KX_FAILURE_NONE;
}

bool
HopByHopScheme::ShowsKeys() const
{
    return true;
}

std::vector<uint8_t>
HopByHopScheme::Wrap(const std::vector<uint8_t>& keys, const KeyMaterial& pad) const
{
    std::vector<uint8_t> cipher = keys;
    pad.XorInto(cipher);
    return cipher;
}

void
HopByHopScheme::Began(const KeyRoute& /* route */,
                      uint64_t /* number */,
                      const std::vector<uint8_t>& /* keys */,
                      const KeyMaterial& /* pad */)
{
    // everything goes along the route
}

std::optional<std::vector<uint8_t>>
HopByHopScheme::Unwrap(RouteId /* route */, uint64_t /* number */, const std::vector<uint8_t>& text)
{
    return text;
}

void
HopByHopScheme::Forget(RouteId /* route */, uint64_t /* number */)
{
    // nothing is kept
}

void
HopByHopScheme::ForgetBefore(RouteId /* route */, uint64_t /* oldestOpen */)
{
    // nothing is kept
}

void
HopByHopScheme::ForgetRoute(RouteId /* route */)
{
    // nothing is kept
}

} // namespace qkdn
} // namespace ns3
