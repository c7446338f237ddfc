/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_FLOW_ARITHMETIC_H
#define QKDN_FLOW_ARITHMETIC_H

#include "qkdn-flow-network.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace ns3
{
namespace qkdn
{

/// A rate that is short by no more than this has been rounded.
constexpr FlowRate FLOW_ROUNDING = 1000;

/**
 * @ingroup qkdn-resilience
 * @brief What all of the largest amounts reach.
 * @tparam T type of the amounts
 * @param amounts the amounts
 * @param count how many of them; 0 is taken for 1
 * @return the smallest of the largest ones, 0 if there are not so many
 */
template <typename T>
T
ReachedBy(std::vector<T> amounts, uint32_t count)
{
    const std::size_t needed = std::max<uint32_t>(count, 1);
    std::sort(amounts.begin(), amounts.end(), std::greater<>());
    return amounts.size() < needed ? 0 : amounts[needed - 1];
}

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_FLOW_ARITHMETIC_H */
