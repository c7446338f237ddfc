/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_BLOCK_STATISTICS_H
#define QKDN_BLOCK_STATISTICS_H

#include "ns3/random-variable-stream.h"

#include <cstdint>
#include <memory>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Draws the counts of a block: detections, sifted bits, errors.
 *
 * The samplers are those of the GNU Scientific Library, exact for any mean; numbers beyond
 * their 32 bits are first brought into that range by exact steps. One draw costs the same
 * whether the block has ten bits or a billion.
 */
class BlockStatistics
{
  public:
    /**
     * @brief Draw from a random stream.
     * @param stream the stream
     */
    explicit BlockStatistics(Ptr<UniformRandomVariable> stream);

    /**
     * @brief Draw what belongs to one block: whoever knows seed and block gets the same numbers.
     *
     * They are independent of the key bits of the block.
     *
     * @param seed seed of the emission
     * @param block number of the block
     */
    BlockStatistics(uint64_t seed, uint64_t block);

    ~BlockStatistics();

    BlockStatistics(const BlockStatistics&) = delete;
    BlockStatistics& operator=(const BlockStatistics&) = delete;

    /**
     * @brief A binomial number: successes among independent trials.
     * @param trials number of trials, up to 2^53
     * @param probability probability of a success; aborts outside of 0 to 1
     * @return successes
     */
    uint64_t Binomial(uint64_t trials, double probability);

    /**
     * @brief A Poisson number.
     * @param mean its mean; aborts if it is negative or above 2^53
     * @return the number
     */
    uint64_t Poisson(double mean);

  private:
    class Source;

    std::unique_ptr<Source> m_source; //!< the generator that the samplers draw from
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_BLOCK_STATISTICS_H */
