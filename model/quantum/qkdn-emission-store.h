/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_EMISSION_STORE_H
#define QKDN_EMISSION_STORE_H

#include <cstdint>
#include <map>
#include <optional>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The raw data that a transmitter keeps: the seeds of its last emissions.
 */
class EmissionStore
{
  public:
    /**
     * @brief Keep an emission.
     * @param epoch its number, more than those before
     * @param seed what its pulses encode
     */
    void Add(uint32_t epoch, uint64_t seed)
    {
        m_seeds[epoch] = seed;
        while (m_seeds.size() > KEPT)
        {
            m_seeds.erase(m_seeds.begin());
        }
    }

    /// All is lost.
    void Clear()
    {
        m_seeds.clear();
    }

    /**
     * @brief The seed of the emission that a block belongs to.
     * @param block number of the block
     * @return nothing if its raw data is gone
     */
    std::optional<uint64_t> FindSeed(uint64_t block) const
    {
        const auto found = m_seeds.find(EpochOf(block));
        return found == m_seeds.end() ? std::nullopt : std::optional<uint64_t>(found->second);
    }

    /**
     * @brief The emission of a block.
     * @param block number of the block
     * @return number of the emission
     */
    static uint32_t EpochOf(uint64_t block)
    {
        return static_cast<uint32_t>(block >> 32);
    }

  private:
    static constexpr std::size_t KEPT = 64; //!< emissions that are kept

    std::map<uint32_t, uint64_t> m_seeds; //!< seeds by emission
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_EMISSION_STORE_H */
