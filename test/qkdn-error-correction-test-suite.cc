/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-error-correction-model.h"
#include "ns3/test.h"

#include <cmath>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

/**
 * @ingroup qkdn-resilience-tests
 * @brief The model of error correction against the data it is made of.
 */
class ErrorCorrectionModelTest : public TestCase
{
  public:
    ErrorCorrectionModelTest()
        : TestCase("Cascade discloses and asks as in published runs")
    {
    }

  private:
    /// A published point.
    struct Point
    {
        double qber;       //!< error ratio
        double efficiency; //!< f
        double blocks;     //!< parities
        double messages;   //!< messages
        double frameError; //!< frame error rate
    };

    /// Simulation data of brunorijsman/cascade-cpp, algorithm "original", 10,000 bit.
    void TestTable()
    {
        const std::vector<Point> points{{0.01, 1.143, 923, 45.3, 3e-4},
                                        {0.02, 1.159, 1640, 45.5, 3e-4},
                                        {0.03, 1.174, 2281, 44.4, 0.0},
                                        {0.05, 1.185, 3393, 40.5, 0.0},
                                        {0.08, 1.217, 4895, 41.9, 0.0},
                                        {0.11, 1.242, 6190, 34.7, 0.0}};
        for (const Point& p : points)
        {
            const CascadeFigures f = ErrorCorrectionModel::GetCascadeFigures(p.qber);
            NS_TEST_ASSERT_MSG_EQ_TOL(f.efficiency, p.efficiency, 1e-9, p.qber);
            // both are means of runs whose error ratios scatter: 0.3 % apart at 11 %
            NS_TEST_ASSERT_MSG_EQ_TOL(f.parityBits / p.blocks, 1.0, 4e-3, p.qber);
            NS_TEST_ASSERT_MSG_EQ_TOL(f.messages, p.messages, 1e-9, p.qber);
            NS_TEST_ASSERT_MSG_EQ_TOL(f.frameErrorRate, p.frameError, 1e-9, p.qber);
        }
        const CascadeFigures between = ErrorCorrectionModel::GetCascadeFigures(0.04);
        NS_TEST_ASSERT_MSG_EQ_TOL(between.efficiency, 1.1795, 1e-9, "half-way");
        NS_TEST_ASSERT_MSG_EQ_TOL(between.messages, 42.45, 1e-9, "half-way");
        NS_TEST_ASSERT_MSG_EQ_TOL(ErrorCorrectionModel::GetCascadeFigures(0.004).efficiency,
                                  1.143,
                                  1e-9,
                                  "the nearer end");
        NS_TEST_ASSERT_MSG_EQ_TOL(ErrorCorrectionModel::GetCascadeFigures(0.2).efficiency,
                                  1.242,
                                  1e-9,
                                  "the nearer end");
    }

    void TestBlocks()
    {
        const CorrectionPlan one = ErrorCorrectionModel::PlanCascade(10000, 0.03, 81);
        const CorrectionPlan ten = ErrorCorrectionModel::PlanCascade(100000, 0.03, 81);
        NS_TEST_ASSERT_MSG_EQ(one.exchanges, 44, "messages");
        NS_TEST_ASSERT_MSG_EQ(ten.exchanges, 44, "frames are corrected in parallel");
        NS_TEST_ASSERT_MSG_EQ_TOL(static_cast<double>(ten.leakedBits),
                                  10.0 * static_cast<double>(one.leakedBits),
                                  10.0,
                                  "ten times as many parities");
        NS_TEST_ASSERT_MSG_EQ(ten.addressBits, ten.leakedBits * 81, "addresses");
        // the wire carries 7.7 bit per key bit at 1 % and 27.6 at 5 % (same data)
        for (const auto& [qber, bits] :
             std::vector<std::pair<double, double>>{{0.01, 7.7}, {0.05, 27.6}})
        {
            const CorrectionPlan plan = ErrorCorrectionModel::PlanCascade(10000, qber, 81);
            const auto wire = static_cast<double>(plan.addressBits + plan.leakedBits);
            NS_TEST_ASSERT_MSG_EQ_TOL(wire / 10000.0 / bits, 1.0, 0.02, qber);
        }
        const CorrectionPlan some = ErrorCorrectionModel::PlanCascade(1000000, 0.01, 81);
        NS_TEST_ASSERT_MSG_EQ_TOL(some.failureProbability,
                                  1.0 - std::pow(1.0 - 3e-4, 100.0),
                                  1e-12,
                                  "one of 100 frames");
        NS_TEST_ASSERT_MSG_EQ(ErrorCorrectionModel::PlanCascade(10000, 0.0, 81).leakedBits,
                              0,
                              "no errors");
        const CorrectionPlan way = ErrorCorrectionModel::PlanOneWay(1234, 0.25);
        NS_TEST_ASSERT_MSG_EQ(way.exchanges, 1, "one-way");
        NS_TEST_ASSERT_MSG_EQ(way.leakedBits, 1234, "syndrome");
        NS_TEST_ASSERT_MSG_EQ(way.failureProbability, 0.25, "failure");
    }

    void DoRun() override
    {
        TestTable();
        TestBlocks();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of error correction.
 */
class QkdnErrorCorrectionTestSuite : public TestSuite
{
  public:
    QkdnErrorCorrectionTestSuite()
        : TestSuite("qkdn-error-correction", Type::UNIT)
    {
        AddTestCase(new ErrorCorrectionModelTest);
    }
};

static QkdnErrorCorrectionTestSuite g_qkdnErrorCorrectionTestSuite; //!< registers the suite
