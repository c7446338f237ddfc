/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KEY_BIT_MAP_H
#define QKDN_KEY_BIT_MAP_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Consecutive bits of one block.
 */
struct BitSpan
{
    uint32_t firstBit{0}; //!< first bit
    uint32_t bits{0};     //!< number of bits

    /// @cond
    bool operator==(const BitSpan& o) const
    {
        return firstBit == o.firstBit && bits == o.bits;
    }

    /// @endcond
};

/**
 * @ingroup qkdn-resilience
 * @brief A label for each bit of a block, kept as runs of equal labels.
 *
 * A sorted vector of 8 bytes a run: a block is spent from its front and its spent runs merge,
 * so that there are few runs; boost::icl::interval_map needs a tree node of 48 bytes for each.
 * Finding a bit takes O(log runs), changing a label at worst O(runs).
 */
class KeyBitMap
{
  public:
    /// Bits of one label; its neighbours have other labels unless the question cut it.
    struct Run
    {
        BitSpan span;      //!< the bits
        uint16_t label{0}; //!< their label
    };

    /**
     * @brief Constructor
     * @param bits number of bits, at least 1
     * @param label the label of all bits
     */
    KeyBitMap(uint32_t bits, uint16_t label);

    /**
     * @brief Number of bits.
     * @return the number
     */
    uint32_t GetBits() const;

    /**
     * @brief Number of runs: the memory.
     * @return the number
     */
    std::size_t GetRuns() const;

    /**
     * @brief Whether a span lies inside the block and has at least one bit.
     * @param span any span, also a hostile one
     * @return true if so
     */
    bool IsInside(BitSpan span) const;

    /**
     * @brief Give bits a label.
     * @param span bits inside the block
     * @param label the label
     */
    void Assign(BitSpan span, uint16_t label);

    /**
     * @brief Whether all bits of a span have a label.
     * @param span any span
     * @param label the label
     * @return false also for a span that is empty or not inside the block
     */
    bool IsAll(BitSpan span, uint16_t label) const;

    /**
     * @brief The runs of a part of the block.
     * @param span bits inside the block
     * @return the runs in order, cut to the span
     */
    std::vector<Run> GetRuns(BitSpan span) const;

    /**
     * @brief All stretches of bits with a label.
     * @param label the label
     * @return the stretches in order
     */
    std::vector<BitSpan> Find(uint16_t label) const;

    /**
     * @brief The first stretch of bits with a label.
     * @param label the label
     * @param fromBit where the search begins; below the number of bits
     * @return the stretch, not reaching below fromBit, or nothing
     */
    std::optional<BitSpan> FindFirst(uint16_t label, uint32_t fromBit) const;

    /**
     * @brief The last stretch of bits with a label.
     * @param label the label
     * @return the stretch or nothing
     */
    std::optional<BitSpan> FindLast(uint16_t label) const;

  private:
    /// Where a run begins; it ends where the next one begins.
    struct Start
    {
        uint32_t firstBit; //!< first bit
        uint16_t label;    //!< label
    };

    /**
     * @brief The run that a bit is in.
     * @param bit the bit, below the number of bits
     * @return its index
     */
    std::size_t IndexOf(uint32_t bit) const;

    /**
     * @brief Where a run ends.
     * @param index its index
     * @return one past its last bit
     */
    uint32_t EndOf(std::size_t index) const;

    std::vector<Start> m_starts; //!< in order, the first at bit 0, neighbours of unequal labels
    uint32_t m_bits;             //!< number of bits
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KEY_BIT_MAP_H */
