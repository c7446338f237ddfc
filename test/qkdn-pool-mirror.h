/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_POOL_MIRROR_H
#define QKDN_POOL_MIRROR_H

#include "ns3/qkdn-kma-pool.h"

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief Whether the two ends of a KMA pool are alike, messages under way apart.
 * @param a an end
 * @param b the other end
 * @return true if the share of each is what the other takes for it, and as much is not confirmed
 */
inline bool
AreMirrorImages(const KmaPool& a, const KmaPool& b)
{
    return a.GetOwnBits() == b.GetPeerBits() && a.GetPeerBits() == b.GetOwnBits() &&
           a.GetUnconfirmedBits() == b.GetUnconfirmedBits();
}

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_POOL_MIRROR_H */
