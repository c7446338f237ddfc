/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-block-statistics.h"

#include "ns3/abort.h"
#include "ns3/qkdn-philox.h"

#include <array>
#include <cmath>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

namespace ns3
{
namespace qkdn
{

namespace
{

/// Numbers that GSL's samplers, which count with 32 bits, take as they are.
constexpr uint64_t DIRECT = 1000000000;

/// Highest count: whole numbers up to here are exact as double.
constexpr double MOST = 9007199254740992.0;

/// Sets the draws of a block apart from its key bits, which come from the same seed.
constexpr uint64_t STATISTICS_KEY = 0x5bd1e995c2b2ae35;

} // namespace

/// A generator in the form that GSL wants.
class BlockStatistics::Source
{
  public:
    /**
     * @brief Draw from a random stream.
     * @param stream the stream
     */
    explicit Source(Ptr<UniformRandomVariable> stream)
        : Source()
    {
        m_stream = stream;
    }

    /**
     * @brief Draw from a counter-based generator.
     * @param seed its key
     * @param block upper half of its counter
     */
    Source(uint64_t seed, uint64_t block)
        : Source()
    {
        const uint64_t key = seed ^ STATISTICS_KEY;
        m_key = {static_cast<uint32_t>(key), static_cast<uint32_t>(key >> 32)};
        m_counter = {0, 0, static_cast<uint32_t>(block), static_cast<uint32_t>(block >> 32)};
    }

    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;

    /**
     * @brief The generator.
     * @return what GSL's samplers take
     */
    const gsl_rng* Get() const
    {
        return &m_generator;
    }

  private:
    Source()
        : m_generator{&TYPE, this}
    {
    }

    /// 32 random bits.
    uint32_t Next()
    {
        if (m_stream)
        {
            return m_stream->GetInteger(0, 0xffffffff);
        }
        if (m_used == m_words.size())
        {
            m_words = Philox4x32(m_counter, m_key);
            ++m_counter[0];
            m_used = 0;
        }
        return m_words[m_used++];
    }

    /// @cond
    static void SetSeed(void*, unsigned long)
    {
        // the seed is that of the stream
    }

    static unsigned long GetWord(void* state)
    {
        return static_cast<Source*>(state)->Next();
    }

    static double GetDouble(void* state)
    {
        return static_cast<Source*>(state)->Next() / 4294967296.0;
    }

    /// @endcond

    static const gsl_rng_type TYPE; //!< how GSL draws

    gsl_rng m_generator;                 //!< the generator as GSL sees it
    Ptr<UniformRandomVariable> m_stream; //!< null: counter-based
    std::array<uint32_t, 2> m_key{};     //!< key of the counter-based generator
    std::array<uint32_t, 4> m_counter{}; //!< its counter
    std::array<uint32_t, 4> m_words{};   //!< words drawn from it
    std::size_t m_used{4};               //!< those of them that are used up
};

const gsl_rng_type BlockStatistics::Source::TYPE =
    {"ns-3", 0xffffffff, 0, 0, &Source::SetSeed, &Source::GetWord, &Source::GetDouble};

BlockStatistics::BlockStatistics(Ptr<UniformRandomVariable> stream)
    : m_source(std::make_unique<Source>(stream))
{
}

BlockStatistics::BlockStatistics(uint64_t seed, uint64_t block)
    : m_source(std::make_unique<Source>(seed, block))
{
}

BlockStatistics::~BlockStatistics() = default;

uint64_t
BlockStatistics::Binomial(uint64_t trials, double probability)
{
    NS_ABORT_MSG_UNLESS(probability >= 0.0 && probability <= 1.0,
                        "the probability of a binomial number is " << probability
                                                                   << ", it has to be from 0 to 1");
    uint64_t successes = 0;
    // the order statistic of the middle one of n uniform numbers is a beta number: it tells
    // how many of them are below p, but for the half of them on the other side of it
    while (trials > DIRECT)
    {
        const uint64_t middle = trials / 2 + 1;
        const uint64_t above = trials - middle + 1;
        const double value =
            gsl_ran_beta(m_source->Get(), static_cast<double>(middle), static_cast<double>(above));
        if (value >= probability)
        {
            trials = middle - 1;
            probability /= value;
        }
        else
        {
            successes += middle;
            trials = above - 1;
            probability = (probability - value) / (1.0 - value);
        }
    }
    return successes +
           gsl_ran_binomial(m_source->Get(), probability, static_cast<unsigned int>(trials));
}

uint64_t
BlockStatistics::Poisson(double mean)
{
    NS_ABORT_MSG_UNLESS(mean >= 0.0 && mean <= MOST,
                        "the mean of a Poisson number is " << mean << ", it has to be 0 or more");
    uint64_t events = 0;
    // the m-th event of a Poisson process comes at a gamma-distributed time
    while (mean > static_cast<double>(DIRECT))
    {
        const double number = std::floor(0.875 * mean);
        const double time = gsl_ran_gamma(m_source->Get(), number, 1.0);
        if (time >= mean)
        {
            return events + Binomial(static_cast<uint64_t>(number) - 1, mean / time);
        }
        events += static_cast<uint64_t>(number);
        mean -= time;
    }
    return events + gsl_ran_poisson(m_source->Get(), mean);
}

} // namespace qkdn
} // namespace ns3
