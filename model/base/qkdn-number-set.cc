/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-number-set.h"

#include <iterator>

namespace ns3
{
namespace qkdn
{

bool
NumberSet::Insert(uint64_t number)
{
    auto next = m_stretches.upper_bound(number);
    auto previous = (next == m_stretches.begin()) ? m_stretches.end() : std::prev(next);
    if (previous != m_stretches.end() && number <= previous->second)
    {
        return false;
    }
    // no overflow: previous->second < number, and number < next->first
    const bool joinsPrevious = previous != m_stretches.end() && previous->second + 1 == number;
    const bool joinsNext = next != m_stretches.end() && number + 1 == next->first;
    const uint64_t last = joinsNext ? next->second : number;
    if (joinsNext)
    {
        m_stretches.erase(next);
    }
    if (joinsPrevious)
    {
        previous->second = last;
    }
    else
    {
        m_stretches.emplace(number, last);
    }
    return true;
}

bool
NumberSet::Contains(uint64_t number) const
{
    const auto next = m_stretches.upper_bound(number);
    return next != m_stretches.begin() && number <= std::prev(next)->second;
}

std::size_t
NumberSet::GetEntries() const
{
    return m_stretches.size();
}

} // namespace qkdn
} // namespace ns3
