/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-sample-statistics.h"
#include "ns3/test.h"

#include <cmath>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

/**
 * @ingroup qkdn-resilience-tests
 * @brief Means and their intervals.
 */
class SampleMeanTest : public TestCase
{
  public:
    SampleMeanTest()
        : TestCase("Intervals of means follow Student's t")
    {
    }

  private:
    void DoRun() override
    {
        // Quantiles 0.975 and 0.95 of Student's t: NIST/SEMATECH e-Handbook of Statistical
        // Methods, table 1.3.6.7.2. Two values 1 apart: half width = t(1) / 2.
        const SampleStatistics two = DescribeSample({0, 1}, 0.95);
        NS_TEST_ASSERT_MSG_EQ_TOL(*two.GetHalfWidth(), 12.706 / 2, 5e-4, "1 degree of freedom");
        NS_TEST_ASSERT_MSG_EQ_TOL(*DescribeSample({0, 1}, 0.9).GetHalfWidth(),
                                  6.314 / 2,
                                  5e-4,
                                  "90 %");
        const SampleStatistics five = DescribeSample({5, 3, 1, 4, 2}, 0.95);
        NS_TEST_ASSERT_MSG_EQ(five.count, 5, "count");
        NS_TEST_ASSERT_MSG_EQ(five.mean, 3, "mean");
        NS_TEST_ASSERT_MSG_EQ(five.minimum, 1, "minimum");
        NS_TEST_ASSERT_MSG_EQ(five.median, 3, "median");
        NS_TEST_ASSERT_MSG_EQ(five.maximum, 5, "maximum");
        NS_TEST_ASSERT_MSG_EQ_TOL(*five.standardDeviation, std::sqrt(2.5), 1e-12, "with n - 1");
        const double half = 2.776 * std::sqrt(2.5 / 5);
        NS_TEST_ASSERT_MSG_EQ_TOL(five.interval->low, 3 - half, 5e-4, "4 degrees of freedom");
        NS_TEST_ASSERT_MSG_EQ_TOL(five.interval->high, 3 + half, 5e-4, "4 degrees of freedom");
        const SampleStatistics one = DescribeSample({7}, 0.95);
        NS_TEST_ASSERT_MSG_EQ(one.mean, 7, "one value has a mean");
        NS_TEST_ASSERT_MSG_EQ(one.interval.has_value(), false, "but no interval");
        NS_TEST_ASSERT_MSG_EQ(one.standardDeviation.has_value(), false, "and no deviation");
        NS_TEST_ASSERT_MSG_EQ(*DescribeSample({2, 2, 2}, 0.95).GetHalfWidth(), 0, "equal values");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Intervals of proportions.
 */
class ProportionTest : public TestCase
{
  public:
    ProportionTest()
        : TestCase("Intervals of proportions are those of Newcombe's examples")
    {
    }

  private:
    /// An example: successes, trials, and the limits by methods 3 and 5.
    struct Example
    {
        uint64_t successes;       //!< successes
        uint64_t trials;          //!< trials
        ConfidenceInterval score; //!< Wilson
        ConfidenceInterval exact; //!< Clopper and Pearson
    };

    void DoRun() override
    {
        // R. G. Newcombe, Two-sided confidence intervals for the single proportion, Statistics in
        // Medicine 17, 857-872, 1998, table I
        const std::vector<Example> examples = {{81, 263, {0.2553, 0.3662}, {0.2527, 0.3676}},
                                               {15, 148, {0.0624, 0.1605}, {0.0578, 0.1617}},
                                               {0, 20, {0.0, 0.1611}, {0.0, 0.1684}},
                                               {1, 29, {0.0061, 0.1718}, {0.0009, 0.1776}}};
        for (const Example& example : examples)
        {
            const auto score = WilsonInterval(example.successes, example.trials, 0.95);
            const auto exact = ClopperPearsonInterval(example.successes, example.trials, 0.95);
            NS_TEST_ASSERT_MSG_EQ_TOL(score.low, example.score.low, 5e-5, example.successes);
            NS_TEST_ASSERT_MSG_EQ_TOL(score.high, example.score.high, 5e-5, example.successes);
            NS_TEST_ASSERT_MSG_EQ_TOL(exact.low, example.exact.low, 5e-5, example.successes);
            NS_TEST_ASSERT_MSG_EQ_TOL(exact.high, example.exact.high, 5e-5, example.successes);
            const uint64_t failures = example.trials - example.successes;
            const auto mirrored = WilsonInterval(failures, example.trials, 0.95);
            NS_TEST_ASSERT_MSG_EQ_TOL(mirrored.low, 1 - score.high, 1e-12, "failures");
            NS_TEST_ASSERT_MSG_EQ_TOL(ClopperPearsonInterval(failures, example.trials, 0.95).low,
                                      1 - exact.high,
                                      1e-12,
                                      "failures");
        }
        NS_TEST_ASSERT_MSG_EQ(WilsonInterval(20, 20, 0.95).high, 1, "not above 1");
        NS_TEST_ASSERT_MSG_EQ(ClopperPearsonInterval(20, 20, 0.95).high, 1, "not above 1");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Bounds of what was not seen, quantiles and nines.
 */
class BoundTest : public TestCase
{
  public:
    BoundTest()
        : TestCase("Bounds of what was not seen, quantiles and nines")
    {
    }

  private:
    void DoRun() override
    {
        NS_TEST_ASSERT_MSG_EQ_TOL(ClopperPearsonUpper(0, 20, 0.95),
                                  1 - std::pow(0.05, 1.0 / 20),
                                  1e-12,
                                  "closed form");
        NS_TEST_ASSERT_MSG_EQ_TOL(ClopperPearsonUpper(0, 1000, 0.95) * 1000,
                                  3,
                                  0.01,
                                  "rule of three (Hanley and Lippman-Hand, JAMA 249, 1743, 1983)");
        NS_TEST_ASSERT_MSG_EQ(ClopperPearsonUpper(4, 4, 0.95), 1, "always");
        NS_TEST_ASSERT_MSG_EQ_TOL(PoissonRateUpper(0, 10, 0.95),
                                  -std::log(0.05) / 10,
                                  1e-12,
                                  "closed form");
        // F. Garwood, Biometrika 28, 437, 1936: limits of a mean of which 3 were seen
        NS_TEST_ASSERT_MSG_EQ_TOL(PoissonRateUpper(3, 1, 0.975), 8.767, 5e-4, "table");
        NS_TEST_ASSERT_MSG_EQ(SampleQuantile({4, 1, 3, 2}, 0.5), 2.5, "between two values");
        NS_TEST_ASSERT_MSG_EQ(SampleQuantile({4, 1, 3, 2}, 0.25), 1.75, "position (n - 1) f");
        NS_TEST_ASSERT_MSG_EQ(SampleQuantile({4, 1, 3, 2}, 1), 4, "maximum");
        NS_TEST_ASSERT_MSG_EQ_TOL(*Nines(0.999), 3, 1e-9, "three nines");
        NS_TEST_ASSERT_MSG_EQ(*Nines(0), 0, "none");
        NS_TEST_ASSERT_MSG_EQ(Nines(1).has_value(), false, "no number of nines");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Statistics of campaigns.
 */
class SampleStatisticsTestSuite : public TestSuite
{
  public:
    SampleStatisticsTestSuite()
        : TestSuite("qkdn-sample-statistics")
    {
        AddTestCase(new SampleMeanTest);
        AddTestCase(new ProportionTest);
        AddTestCase(new BoundTest);
    }
};

static SampleStatisticsTestSuite g_sampleStatisticsTestSuite; //!< the suite
