/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KMA_FLOW_H
#define QKDN_KMA_FLOW_H

#include <cstdint>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What is in both ends of a pool of KMA-key in flow mode, where key is an amount and has no
 * bits: KmaPool::SetFlow().
 */
class KmaFlow
{
  public:
    virtual ~KmaFlow() = default;

    /**
     * @brief What the pool holds now.
     * @return bit
     */
    virtual uint64_t GetLevelBits() const = 0;

    /**
     * @brief What sessions want of the pool, whether they get it or not, less what QKD links bring.
     * @return bit/s, below 0 if the pool fills
     */
    virtual double GetMissingBps() const = 0;

    /// A key manager has deleted its end.
    virtual void DestroyAll() = 0;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KMA_FLOW_H */
