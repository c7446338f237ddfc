/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-kma-pool-state.h"

#include "ns3/abort.h"

namespace ns3
{
namespace qkdn
{

const char*
KmaPoolStateName(KmaPoolState state)
{
    switch (state)
    {
    case KMA_POOL_READY:
        return "ready";
    case KMA_POOL_WARNING:
        return "warning";
    case KMA_POOL_CHARGING:
        return "charging";
    case KMA_POOL_EMPTY:
        return "empty";
    }
    return "unknown";
}

KmaPoolStateMachine::KmaPoolStateMachine(uint64_t lowBits, uint64_t highBits)
    : m_lowBits(lowBits),
      m_highBits(highBits),
      m_state(lowBits > 0 ? KMA_POOL_EMPTY : KMA_POOL_READY)
{
    NS_ABORT_MSG_IF(highBits < lowBits,
                    "the high threshold of a pool of KMA-key is "
                        << highBits << " bits, below the low threshold of " << lowBits);
}

bool
KmaPoolStateMachine::Update(uint64_t spendableBits)
{
    const KmaPoolState before = m_state;
    if (m_lowBits == 0)
    {
        return false;
    }
    if (spendableBits == 0)
    {
        m_state = KMA_POOL_EMPTY;
    }
    else if (spendableBits >= m_highBits)
    {
        m_state = KMA_POOL_READY;
    }
    else if (m_state == KMA_POOL_EMPTY)
    {
        m_state = KMA_POOL_CHARGING;
    }
    else if (m_state == KMA_POOL_READY && spendableBits < m_lowBits)
    {
        m_state = KMA_POOL_WARNING;
    }
    return m_state != before;
}

KmaPoolState
KmaPoolStateMachine::GetState() const
{
    return m_state;
}

} // namespace qkdn
} // namespace ns3
