/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KMA_POOL_STATE_H
#define QKDN_KMA_POOL_STATE_H

#include <cstdint>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief How well a pool of KMA-key can serve, as stores of key in other simulators and products
 * tell it.
 */
enum KmaPoolState : uint8_t
{
    KMA_POOL_READY,    //!< enough key
    KMA_POOL_WARNING,  //!< below the low threshold, coming from ready
    KMA_POOL_CHARGING, //!< not up to the high threshold yet, coming from empty
    KMA_POOL_EMPTY     //!< nothing but the reserve for authentication
};

/**
 * @ingroup qkdn-resilience
 * @brief Name of a state.
 * @param state the state
 * @return for example "ready"
 */
const char* KmaPoolStateName(KmaPoolState state);

/**
 * @ingroup qkdn-resilience
 * @brief State of a pool from its level, with hysteresis: it stops to be ready below the low
 * threshold and is ready again at the high one.
 */
class KmaPoolStateMachine
{
  public:
    KmaPoolStateMachine() = default;

    /**
     * @brief Constructor; aborts if the high threshold is below the low one.
     * @param lowBits bits below which the pool is not ready any more; 0: it is always ready
     * @param highBits bits from which on it is ready again
     */
    KmaPoolStateMachine(uint64_t lowBits, uint64_t highBits);

    /**
     * @brief The level has changed.
     * @param spendableBits confirmed bits of both shares above the reserve
     * @return true if the state has changed
     */
    bool Update(uint64_t spendableBits);

    /**
     * @brief The state.
     * @return empty from the beginning, or ready if there is no low threshold
     */
    KmaPoolState GetState() const;

  private:
    uint64_t m_lowBits{0};                //!< low threshold
    uint64_t m_highBits{0};               //!< high threshold
    KmaPoolState m_state{KMA_POOL_READY}; //!< the state
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KMA_POOL_STATE_H */
