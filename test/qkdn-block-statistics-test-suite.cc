/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/double.h"
#include "ns3/enum.h"
#include "ns3/object-factory.h"
#include "ns3/qkdn-block-statistics.h"
#include "ns3/qkdn-decoy-bb84-protocol.h"
#include "ns3/qkdn-key-material.h"
#include "ns3/qkdn-measured-rate-protocol.h"
#include "ns3/test.h"
#include "ns3/uinteger.h"

#include <cmath>
#include <functional>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <map>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// Draws a number.
using Draw = std::function<uint64_t()>;

/// Probability of a number.
using Density = std::function<double(uint32_t)>;

/**
 * @brief A stream of its own.
 * @param number its number
 * @return the stream
 */
Ptr<UniformRandomVariable>
MakeStream(int64_t number)
{
    Ptr<UniformRandomVariable> stream = CreateObject<UniformRandomVariable>();
    stream->SetStream(number);
    return stream;
}

/**
 * @brief Chi-square test of drawn numbers against their density.
 * @param draw draws a number
 * @param density its probabilities
 * @return probability of a fit that is not better, if the density is right
 */
double
ChiSquare(const Draw& draw, const Density& density)
{
    constexpr uint32_t DRAWS = 20000;
    std::map<uint64_t, uint32_t> counts;
    uint64_t highest = 0;
    for (uint32_t i = 0; i < DRAWS; ++i)
    {
        const uint64_t value = draw();
        ++counts[value];
        highest = std::max(highest, value);
    }
    double statistic = 0.0;
    double expected = 0.0;
    double expectedTotal = 0.0;
    double observed = 0.0;
    uint32_t bins = 0;
    for (uint32_t value = 0; value <= highest; ++value)
    {
        expected += DRAWS * density(value);
        observed += counts.count(value) > 0 ? counts.at(value) : 0;
        const bool rest = DRAWS - expectedTotal - expected < 10.0;
        if (expected >= 10.0 && !rest)
        {
            statistic += (observed - expected) * (observed - expected) / expected;
            expectedTotal += expected;
            expected = 0.0;
            observed = 0.0;
            ++bins;
        }
    }
    // all higher numbers together
    expected = DRAWS - expectedTotal;
    statistic += (observed - expected) * (observed - expected) / expected;
    return gsl_cdf_chisq_Q(statistic, bins);
}

/// Mean and variance of numbers.
struct Moments
{
    double mean{0.0};     //!< mean
    double variance{0.0}; //!< variance
};

/**
 * @brief Mean and variance of drawn numbers.
 * @param draw draws a number
 * @param draws how many
 * @return mean and variance
 */
Moments
GetMoments(const std::function<double()>& draw, uint32_t draws)
{
    Moments moments;
    double squares = 0.0;
    for (uint32_t i = 1; i <= draws; ++i)
    {
        const double value = draw();
        const double step = value - moments.mean;
        moments.mean += step / i;
        squares += step * (value - moments.mean);
    }
    moments.variance = squares / (draws - 1);
    return moments;
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief The samplers against the densities of GSL.
 */
class BlockStatisticsDistributionTest : public TestCase
{
  public:
    BlockStatisticsDistributionTest()
        : TestCase("Numbers follow the binomial and the Poisson distribution")
    {
    }

  private:
    void TestSmall()
    {
        int64_t number = 100;
        for (bool own : {false, true})
        {
            for (const auto& [n, p] :
                 std::map<uint32_t, double>{{1, 0.3}, {12, 0.5}, {400, 0.02}, {5000, 0.11}})
            {
                BlockStatistics stream(MakeStream(++number));
                BlockStatistics counter(17, static_cast<uint64_t>(number));
                BlockStatistics& s = own ? counter : stream;
                const double fit =
                    ChiSquare([&, n = n, p = p] { return s.Binomial(n, p); },
                              [n = n, p = p](uint32_t k) { return gsl_ran_binomial_pdf(k, p, n); });
                NS_TEST_ASSERT_MSG_GT(fit, 1e-3, "binomial " << n << " " << p);
            }
            for (double mean : {0.2, 3.0, 40.0, 900.0})
            {
                BlockStatistics stream(MakeStream(++number));
                BlockStatistics counter(17, static_cast<uint64_t>(number));
                BlockStatistics& s = own ? counter : stream;
                const double fit =
                    ChiSquare([&] { return s.Poisson(mean); },
                              [mean](uint32_t k) { return gsl_ran_poisson_pdf(k, mean); });
                NS_TEST_ASSERT_MSG_GT(fit, 1e-3, "Poisson " << mean);
            }
        }
    }

    /// The same test finds numbers that are a little off.
    void TestPower()
    {
        BlockStatistics s(MakeStream(300));
        const double fit = ChiSquare([&] { return s.Binomial(400, 0.021); },
                                     [](uint32_t k) { return gsl_ran_binomial_pdf(k, 0.02, 400); });
        NS_TEST_ASSERT_MSG_LT(fit, 1e-3, "another probability is found out");
    }

    /// Trials beyond 32 bits: a block of 5 s at 1 GHz and more.
    void TestLarge()
    {
        constexpr uint32_t DRAWS = 4000;
        BlockStatistics s(MakeStream(301));
        for (const auto& [n, p] : std::map<uint64_t, double>{{5191256010, 1.9e-3},
                                                             {5191256011, 0.5},
                                                             {4503599627370496, 1e-12},
                                                             {4503599627370497, 0.999}})
        {
            const Moments m =
                GetMoments([&, n = n, p = p] { return static_cast<double>(s.Binomial(n, p)); },
                           DRAWS);
            const double mean = static_cast<double>(n) * p;
            const double variance = mean * (1.0 - p);
            NS_TEST_ASSERT_MSG_EQ_TOL(m.mean, mean, 4.0 * std::sqrt(variance / DRAWS), n);
            NS_TEST_ASSERT_MSG_EQ_TOL(m.variance / variance, 1.0, 4.0 * std::sqrt(2.0 / DRAWS), n);
        }
        for (double mean : {3e9, 1e14})
        {
            const Moments m =
                GetMoments([&] { return static_cast<double>(s.Poisson(mean)); }, DRAWS);
            NS_TEST_ASSERT_MSG_EQ_TOL(m.mean, mean, 4.0 * std::sqrt(mean / DRAWS), mean);
            NS_TEST_ASSERT_MSG_EQ_TOL(m.variance / mean, 1.0, 4.0 * std::sqrt(2.0 / DRAWS), mean);
        }
        // few successes among many trials: the exact distribution is that of Poisson to 1e-12
        const double fit = ChiSquare([&] { return s.Binomial(8000000000000, 5e-13); },
                                     [](uint32_t k) { return gsl_ran_poisson_pdf(k, 4.0); });
        NS_TEST_ASSERT_MSG_GT(fit, 1e-3, "rare successes");
    }

    void TestEdges()
    {
        BlockStatistics s(MakeStream(302));
        NS_TEST_ASSERT_MSG_EQ(s.Binomial(0, 0.5), 0, "no trial");
        NS_TEST_ASSERT_MSG_EQ(s.Binomial(7000000000, 0.0), 0, "never");
        NS_TEST_ASSERT_MSG_EQ(s.Binomial(7000000000, 1.0), 7000000000, "always");
        NS_TEST_ASSERT_MSG_EQ(s.Binomial(70, 1.0), 70, "always");
        NS_TEST_ASSERT_MSG_EQ(s.Poisson(0.0), 0, "nothing");
    }

    /// Same stream or block, same numbers.
    void TestRepetition()
    {
        BlockStatistics a(MakeStream(303));
        BlockStatistics b(MakeStream(303));
        BlockStatistics c(MakeStream(304));
        BlockStatistics d(1, 9);
        BlockStatistics e(1, 9);
        BlockStatistics f(1, 10);
        BlockStatistics g(2, 9);
        uint32_t differ = 0;
        for (uint32_t i = 0; i < 20; ++i)
        {
            const uint64_t x = a.Binomial(1000000, 0.5);
            const uint64_t y = d.Binomial(1000000, 0.5);
            NS_TEST_ASSERT_MSG_EQ(b.Binomial(1000000, 0.5), x, "same stream");
            NS_TEST_ASSERT_MSG_EQ(e.Binomial(1000000, 0.5), y, "same block");
            differ += c.Binomial(1000000, 0.5) != x ? 1 : 0;
            differ += f.Binomial(1000000, 0.5) != y ? 1 : 0;
            differ += g.Binomial(1000000, 0.5) != y ? 1 : 0;
        }
        NS_TEST_ASSERT_MSG_GT(differ, 50, "others differ");
    }

    void DoRun() override
    {
        TestSmall();
        TestPower();
        TestLarge();
        TestEdges();
        TestRepetition();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Blocks as they are observed.
 */
class BlockStatisticsBlockTest : public TestCase
{
  public:
    BlockStatisticsBlockTest()
        : TestCase("Drawn blocks fluctuate around the plan as their distributions say")
    {
    }

  private:
    /**
     * @brief Draw blocks and compare them with the plan.
     * @param protocol the protocol
     * @param lossDb loss of the link, dB
     */
    void TestProtocol(Ptr<QkdProtocol> protocol, double lossDb)
    {
        constexpr uint32_t BLOCKS = 4000;
        QuantumLinkBudget budget;
        budget.lossDb = lossDb;
        const QkdBlockPlan plan = protocol->PlanBlock(budget);
        NS_TEST_ASSERT_MSG_EQ(plan.hasKey, true, "the plan has a key");
        BlockStatistics s(MakeStream(400));
        QkdBlockPlan block;
        double detections = 0.0;
        double finalBits = 0.0;
        const auto draw = [&] {
            block = protocol->DrawBlock(budget, s);
            NS_TEST_EXPECT_MSG_EQ(block.duration, plan.duration, "duration");
            NS_TEST_EXPECT_MSG_EQ(block.pulses, plan.pulses, "pulses");
            NS_TEST_EXPECT_MSG_EQ((block.detections >= block.siftedBits), true, "sifting");
            NS_TEST_EXPECT_MSG_EQ((block.siftedBits >= block.estimationBits), true, "sample");
            NS_TEST_EXPECT_MSG_EQ((block.finalKeyBits <= block.siftedBits), true, "key");
            detections += static_cast<double>(block.detections) / BLOCKS;
            finalBits += block.finalKeyBits / double{BLOCKS};
            return block.qber;
        };
        const Moments qber = GetMoments(draw, BLOCKS);
        const auto sample =
            static_cast<double>(plan.estimationBits > 0 ? plan.estimationBits : plan.siftedBits);
        const double variance = plan.qber * (1.0 - plan.qber) / sample;
        NS_TEST_ASSERT_MSG_EQ_TOL(qber.mean,
                                  plan.qber,
                                  4.0 * std::sqrt(variance / BLOCKS),
                                  "the estimate is unbiased");
        // the sample's own size fluctuates too: 1/n of a binomial n
        NS_TEST_ASSERT_MSG_EQ_TOL(qber.variance / variance, 1.0, 0.1, "variance of the estimate");
        const auto planned = static_cast<double>(plan.detections);
        NS_TEST_ASSERT_MSG_EQ_TOL(detections,
                                  planned,
                                  4.0 * std::sqrt(planned / BLOCKS),
                                  "detections");
        // h2 is concave: estimates that fluctuate cost less on average than their mean
        NS_TEST_ASSERT_MSG_EQ_TOL(finalBits / plan.finalKeyBits, 1.0, 0.01, "final bits");
    }

    void DoRun() override
    {
        TestProtocol(
            CreateObjectWithAttributes<MeasuredRateProtocol>("BlockKeyBits", UintegerValue(10000)),
            0.0);
        TestProtocol(CreateObjectWithAttributes<MeasuredRateProtocol>("PulseRate",
                                                                      DoubleValue(0.0),
                                                                      "BlockKeyBits",
                                                                      UintegerValue(10000)),
                     0.0);
        for (DecoyEstimation estimation : {DECOY_INFINITE, DECOY_VACUUM_WEAK})
        {
            for (double fraction : {0.0, 0.25})
            {
                TestProtocol(CreateObjectWithAttributes<DecoyBb84Protocol>("Estimation",
                                                                           EnumValue(estimation),
                                                                           "EstimationFraction",
                                                                           DoubleValue(fraction),
                                                                           "BlockSiftedBits",
                                                                           UintegerValue(20000)),
                             8.0);
            }
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What an observed block leaves of the key.
 */
class BlockStatisticsEavesdropperTest : public TestCase
{
  public:
    BlockStatisticsEavesdropperTest()
        : TestCase("A block with too many errors has an estimate and no key")
    {
    }

  private:
    void DoRun() override
    {
        QuantumLinkBudget budget;
        budget.lossDb = 8.0;
        budget.addedError = 0.2;
        for (const Ptr<QkdProtocol>& protocol :
             {Ptr<QkdProtocol>(CreateObject<MeasuredRateProtocol>()),
              Ptr<QkdProtocol>(CreateObject<DecoyBb84Protocol>())})
        {
            BlockStatistics s(MakeStream(500));
            const QkdBlockPlan block = protocol->DrawBlock(budget, s);
            NS_TEST_ASSERT_MSG_GT(block.duration, Time(0), "it fills");
            NS_TEST_ASSERT_MSG_EQ_TOL(block.qber, 0.22, 0.04, "it is measured");
            NS_TEST_ASSERT_MSG_GT(block.errors, 0, "errors are found");
            NS_TEST_ASSERT_MSG_EQ(block.hasKey, false, "no key");
            NS_TEST_ASSERT_MSG_EQ(block.finalKeyBits, 0, "no key");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of the statistics of blocks.
 */
class QkdnBlockStatisticsTestSuite : public TestSuite
{
  public:
    QkdnBlockStatisticsTestSuite()
        : TestSuite("qkdn-block-statistics", Type::UNIT)
    {
        AddTestCase(new BlockStatisticsDistributionTest);
        AddTestCase(new BlockStatisticsBlockTest);
        AddTestCase(new BlockStatisticsEavesdropperTest);
    }
};

static QkdnBlockStatisticsTestSuite g_qkdnBlockStatisticsTestSuite; //!< registers the suite
