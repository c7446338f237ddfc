/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_NUMBER_SET_H
#define QKDN_NUMBER_SET_H

#include <cstddef>
#include <cstdint>
#include <map>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A set of numbers that are handed out in order, such as the blocks of a QKD link or the
 * keys of a session: consecutive numbers cost one entry together.
 */
class NumberSet
{
  public:
    /**
     * @brief Put a number in.
     * @param number the number
     * @return false if it was in already
     */
    bool Insert(uint64_t number);

    /**
     * @brief Whether a number is in the set.
     * @param number the number
     * @return true if so
     */
    bool Contains(uint64_t number) const;

    /**
     * @brief How many stretches of consecutive numbers the set consists of: its memory.
     * @return the number of entries
     */
    std::size_t GetEntries() const;

  private:
    std::map<uint64_t, uint64_t> m_stretches; //!< first number to last number, never adjacent
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_NUMBER_SET_H */
