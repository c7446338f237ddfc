/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-new-blocks.h"

namespace ns3
{
namespace qkdn
{

void
NewBlocks::Fill(Time now, const KeyId& key)
{
    m_blocks[key].filled = now;
}

void
NewBlocks::Deliver(Time now, const KeyId& key)
{
    const auto block = m_blocks.find(key);
    if (block != m_blocks.end() && ++block->second.delivered == 2)
    {
        block->second.distilled = now;
    }
}

bool
NewBlocks::Confirm(Time now, const KeyId& key, RecoveryMarkers& markers)
{
    const auto block = m_blocks.find(key);
    if (block == m_blocks.end() || ++block->second.confirmed < 2)
    {
        return false;
    }
    markers.blockFilled = block->second.filled;
    markers.distilled = block->second.distilled;
    markers.confirmed = now;
    m_blocks.clear();
    return true;
}

void
NewBlocks::Clear()
{
    m_blocks.clear();
}

} // namespace qkdn
} // namespace ns3
