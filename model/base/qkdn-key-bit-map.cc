/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-bit-map.h"

#include "ns3/abort.h"

#include <algorithm>
#include <array>

namespace ns3
{
namespace qkdn
{

KeyBitMap::KeyBitMap(uint32_t bits, uint16_t label)
    : m_starts{Start{0, label}},
      m_bits(bits)
{
    NS_ABORT_MSG_IF(bits == 0, "a block of key has at least one bit");
}

uint32_t
KeyBitMap::GetBits() const
{
    return m_bits;
}

std::size_t
KeyBitMap::GetRuns() const
{
    return m_starts.size();
}

bool
KeyBitMap::IsInside(BitSpan span) const
{
    return span.bits > 0 && span.firstBit < m_bits && span.bits <= m_bits - span.firstBit;
}

std::size_t
KeyBitMap::IndexOf(uint32_t bit) const
{
    const auto next =
        std::upper_bound(m_starts.begin(),
                         m_starts.end(),
                         bit,
                         [](uint32_t value, const Start& start) { return value < start.firstBit; });
    return static_cast<std::size_t>(next - m_starts.begin()) - 1;
}

uint32_t
KeyBitMap::EndOf(std::size_t index) const
{
    return index + 1 < m_starts.size() ? m_starts[index + 1].firstBit : m_bits;
}

void
KeyBitMap::Assign(BitSpan span, uint16_t label)
{
    NS_ABORT_MSG_IF(!IsInside(span),
                    span.bits << " bits from " << span.firstBit << " are not inside a block of "
                              << m_bits);
    const uint32_t end = span.firstBit + span.bits;
    const std::size_t first = IndexOf(span.firstBit);
    const std::size_t last = IndexOf(end - 1);
    // the starts in [from, to) give way to those in `fresh`
    const std::size_t from = m_starts[first].firstBit < span.firstBit ? first + 1 : first;
    std::size_t to = last + 1;
    std::array<Start, 2> fresh{};
    std::size_t count = 0;
    if (from == 0 || m_starts[from - 1].label != label)
    {
        fresh[count++] = Start{span.firstBit, label};
    }
    if (end < EndOf(last))
    {
        if (m_starts[last].label != label)
        {
            fresh[count++] = Start{end, m_starts[last].label};
        }
    }
    else if (to < m_starts.size() && m_starts[to].label == label)
    {
        ++to;
    }
    const std::size_t reused = std::min(count, to - from);
    const auto begin = m_starts.begin() + static_cast<std::ptrdiff_t>(from);
    const auto rest = std::copy_n(fresh.begin(), reused, begin);
    if (reused < count)
    {
        m_starts.insert(rest,
                        fresh.begin() + static_cast<std::ptrdiff_t>(reused),
                        fresh.begin() + static_cast<std::ptrdiff_t>(count));
    }
    else
    {
        m_starts.erase(rest, m_starts.begin() + static_cast<std::ptrdiff_t>(to));
    }
}

bool
KeyBitMap::IsAll(BitSpan span, uint16_t label) const
{
    if (!IsInside(span))
    {
        return false;
    }
    const std::size_t index = IndexOf(span.firstBit);
    return m_starts[index].label == label && span.firstBit + span.bits <= EndOf(index);
}

std::vector<KeyBitMap::Run>
KeyBitMap::GetRuns(BitSpan span) const
{
    NS_ABORT_MSG_IF(!IsInside(span),
                    span.bits << " bits from " << span.firstBit << " are not inside a block of "
                              << m_bits);
    std::vector<Run> runs;
    const uint32_t end = span.firstBit + span.bits;
    std::size_t index = IndexOf(span.firstBit);
    for (uint32_t bit = span.firstBit; bit < end; ++index)
    {
        const uint32_t runEnd = std::min(end, EndOf(index));
        runs.push_back(Run{BitSpan{bit, runEnd - bit}, m_starts[index].label});
        bit = runEnd;
    }
    return runs;
}

std::vector<BitSpan>
KeyBitMap::Find(uint16_t label) const
{
    std::vector<BitSpan> spans;
    for (std::size_t i = 0; i < m_starts.size(); ++i)
    {
        if (m_starts[i].label == label)
        {
            spans.push_back(BitSpan{m_starts[i].firstBit, EndOf(i) - m_starts[i].firstBit});
        }
    }
    return spans;
}

std::optional<BitSpan>
KeyBitMap::FindFirst(uint16_t label, uint32_t fromBit) const
{
    for (std::size_t i = IndexOf(fromBit); i < m_starts.size(); ++i)
    {
        if (m_starts[i].label == label)
        {
            const uint32_t firstBit = std::max(fromBit, m_starts[i].firstBit);
            return BitSpan{firstBit, EndOf(i) - firstBit};
        }
    }
    return std::nullopt;
}

std::optional<BitSpan>
KeyBitMap::FindLast(uint16_t label) const
{
    for (std::size_t i = m_starts.size(); i-- > 0;)
    {
        if (m_starts[i].label == label)
        {
            return BitSpan{m_starts[i].firstBit, EndOf(i) - m_starts[i].firstBit};
        }
    }
    return std::nullopt;
}

} // namespace qkdn
} // namespace ns3
