/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_NEW_BLOCKS_H
#define QKDN_NEW_BLOCKS_H

#include "qkdn-recovery-result.h"

#include "ns3/nstime.h"
#include "ns3/qkdn-ids.h"

#include <cstdint>
#include <map>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The blocks that have been filled since the modules of a QKD link run again, until one of
 * them is confirmed in both KMA pools.
 */
class NewBlocks
{
  public:
    /**
     * @brief A block is full of detections.
     * @param now the time
     * @param key the block
     */
    void Fill(Time now, const KeyId& key);

    /**
     * @brief A module delivers the key of a block; blocks that were not filled here do not count.
     * @param now the time
     * @param key the block
     */
    void Deliver(Time now, const KeyId& key);

    /**
     * @brief One end confirms the key of a block.
     * @param now the time
     * @param key the block
     * @param [in,out] markers the instants of the block are noted if this was the second end
     * @return true if this was the second end; then all blocks are forgotten
     */
    bool Confirm(Time now, const KeyId& key, RecoveryMarkers& markers);

    /// Forget all blocks.
    void Clear();

  private:
    /// What is known of a block.
    struct Block
    {
        Time filled;           //!< full of detections
        uint32_t delivered{0}; //!< ends that have its key
        Time distilled;        //!< the second of them
        uint32_t confirmed{0}; //!< ends that have confirmed it
    };

    std::map<KeyId, Block> m_blocks; //!< blocks that are not confirmed at both ends
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_NEW_BLOCKS_H */
