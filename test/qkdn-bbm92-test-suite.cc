/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-protocol-fixture.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/qkdn-bbm92-protocol.h"
#include "ns3/qkdn-block-statistics.h"
#include "ns3/qkdn-key-rate-math.h"

#include <algorithm>
#include <cmath>
#include <string>

using namespace ns3;
using namespace ns3::qkdn;

/**
 * @ingroup qkdn-resilience-tests
 * @brief BBM92 against a golden value: formulas of Ma, Fung and Lo (2007), both arms of 5 dB,
 * computed independently of this code, and against the formulas as they are printed.
 */
class Bbm92GoldenTest : public ProtocolTestCase
{
  public:
    Bbm92GoldenTest()
        : ProtocolTestCase("BBM92 gives the golden values, wherever its source is")
    {
    }

  private:
    /**
     * @brief Q_lambda as it is printed.
     * @param a transmittance to the first end
     * @param b transmittance to the second end
     * @param lambda half the mean number of pairs
     * @param y0 background of either end
     * @return coincidences per pulse
     */
    static double PrintedGain(double a, double b, double lambda, double y0)
    {
        const double dark = 1.0 - y0;
        return 1.0 - dark / std::pow(1.0 + a * lambda, 2) - dark / std::pow(1.0 + b * lambda, 2) +
               dark * dark / std::pow(1.0 + a * lambda + b * lambda - a * b * lambda, 2);
    }

    void DoRun() override
    {
        auto protocol = CreateObject<Bbm92Protocol>();
        NS_TEST_ASSERT_MSG_EQ(protocol->SetPreset("ma2007"), "", "the parameters");
        protocol->SetAttribute("Optimise", BooleanValue(false));
        const Bbm92Estimate golden = protocol->GetEstimate(Loss(10));
        Near(golden.q, 2.3871908e-4, 1e-7, "Q");
        Near(golden.e, 5.5522850e-2, 1e-7, "E");
        Near(golden.r, 3.7372714e-5, 1e-7, "R");

        QuantumLinkBudget budget = Loss(10);
        budget.hasStation = true;
        budget.stationLossDb = 5;
        NS_TEST_EXPECT_MSG_EQ(protocol->GetEstimate(budget).r, golden.r, "station in the middle");
        budget.stationLossDb = 2;
        const Bbm92Estimate near = protocol->GetEstimate(budget);
        Near(near.q, PrintedGain(near.etaA, near.etaB, 0.05, 6.02e-6), 1e-9, "Q, 2 and 8 dB");
        budget.stationLossDb = 8;
        Near(protocol->GetEstimate(budget).r, near.r, 1e-12, "Q, 8 and 2 dB");
        budget.stationLossDb = 0;
        Near(protocol->GetEstimate(budget).etaA, 0.145, 1e-12, "source at the first end");

        CheckOptimum(protocol);
        CheckNoise(protocol);
        const QkdBlockPlan plan = protocol->PlanBlock(Loss(10));
        const Bbm92Estimate e = protocol->GetEstimate(Loss(10));
        NS_TEST_EXPECT_MSG_EQ(plan.siftedBits, 10000, "the block");
        NS_TEST_EXPECT_MSG_EQ(plan.pulses, std::ceil(20000.0 / e.q), "q = 1/2");
        NS_TEST_EXPECT_MSG_EQ(plan.finalKeyBits, std::floor(plan.pulses * e.r), "pulses R");
        CheckDraws(protocol);
    }

    /**
     * @brief Blocks whose counts are drawn.
     * @param protocol the protocol
     */
    void CheckDraws(Ptr<Bbm92Protocol> protocol)
    {
        const QkdBlockPlan plan = protocol->PlanBlock(Loss(10));
        double sifted = 0.0;
        for (int i = 0; i < 100; ++i)
        {
            BlockStatistics statistics(7, i);
            const QkdBlockPlan block = protocol->DrawBlock(Loss(10), statistics);
            sifted += static_cast<double>(block.siftedBits) / 100.0;
            // 1 - (1 + f) h2 of the observed ratio
            const double share = 1.0 - 2.22 * BinaryEntropy(block.qber);
            NS_TEST_EXPECT_MSG_EQ(block.finalKeyBits,
                                  std::floor(std::max(0.0, block.siftedBits * share)),
                                  "key of an observed block");
            NS_TEST_EXPECT_MSG_EQ(block.duration, plan.duration, "as planned");
        }
        NS_TEST_EXPECT_MSG_EQ_TOL(sifted, 1e4, 50.0, "five standard deviations of the mean");
    }

    /**
     * @brief The best number of pairs.
     * @param protocol the protocol
     */
    void CheckOptimum(Ptr<Bbm92Protocol> protocol)
    {
        protocol->SetAttribute("Optimise", BooleanValue(true));
        for (const double lossDb : {10.0, 30.0, 50.0, 60.0})
        {
            const Bbm92Estimate best = protocol->GetEstimate(Loss(lossDb));
            auto other = CreateObject<Bbm92Protocol>();
            other->SetAttribute("Optimise", BooleanValue(false));
            for (const double factor : {0.5, 0.9, 0.99, 1.01, 1.1, 2.0})
            {
                other->SetAttribute("MeanPairNumber", DoubleValue(2.0 * best.lambda * factor));
                NS_TEST_EXPECT_MSG_LT(other->GetEstimate(Loss(lossDb)).r,
                                      best.r,
                                      factor << " times the best pairs at " << lossDb << " dB");
            }
        }
        const double reachDb = protocol->GetReachKm(1.0);
        NS_TEST_EXPECT_MSG_EQ_TOL(reachDb, 61.6, 0.1, "loss at which the key ends");
        QuantumLinkBudget station;
        station.hasStation = true;
        NS_TEST_EXPECT_MSG_EQ_TOL(protocol->GetReachKm(1.0, station), reachDb, 1e-6, "station");
    }

    /**
     * @brief Noise and error that the link adds.
     * @param protocol the protocol, optimised
     */
    void CheckNoise(Ptr<Bbm92Protocol> protocol)
    {
        QuantumLinkBudget noisy = Loss(10);
        // clicks per gate of each receiver: 1e6 x 0.1 nm x 1 ns x 0.145
        noisy.noisePhotonRatePerNmHz = 1e6;
        auto darker = CreateObject<Bbm92Protocol>();
        darker->SetAttribute("DarkCountProbability",
                             DoubleValue(1.0 - (1.0 - 6.02e-6) * std::exp(-1.45e-5)));
        Near(protocol->GetRate(noisy).rateBps, darker->GetRate(Loss(10)).rateBps, 1e-9, "noise");
        QuantumLinkBudget drift = Loss(10);
        drift.addedError = 0.02;
        const Bbm92Estimate before = protocol->GetEstimate(Loss(10));
        const Bbm92Estimate during = protocol->GetEstimate(drift);
        NS_TEST_EXPECT_MSG_EQ(during.lambda, before.lambda, "the source is not adapted to a drift");
        NS_TEST_EXPECT_MSG_LT(during.r, before.r, "error takes key");
        drift.addedError = 0.25;
        NS_TEST_EXPECT_MSG_EQ(protocol->GetRate(drift).hasKey, false, "intercept and resend");
        NS_TEST_EXPECT_MSG_EQ(protocol->GetRate(Loss(1e6)).hasKey, false, "no light");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Parameters out of range.
 */
class Bbm92ParameterTest : public ProtocolTestCase
{
  public:
    Bbm92ParameterTest()
        : ProtocolTestCase("BBM92 refuses bad parameters")
    {
    }

  private:
    void DoRun() override
    {
        auto protocol = CreateObject<Bbm92Protocol>();
        CheckPresets(protocol);
        NS_TEST_EXPECT_MSG_EQ(protocol->NeedsStation(), true, "the source");
        Refuse(protocol, "MeanPairNumber", 0.0, " 0,");
        Refuse(protocol, "DetectorEfficiency", 0.0, " 0,");
        Refuse(protocol, "DarkCountProbability", 1.1, "1.1");
        Refuse(protocol, "MisalignmentError", -0.1, "-0.1");
        Refuse(protocol, "ErrorCorrectionEfficiency", 0.9, "0.9");
        Refuse(protocol, "SiftingFactor", 0.0, " 0,");
        Refuse(protocol, "EstimationFraction", 1.0, " 1,");
        Refuse(protocol, "PulseRate", 0.0, " 0,");
        Refuse(protocol, "FilterBandwidthNm", -1.0, "-1");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of BBM92.
 */
class QkdnBbm92TestSuite : public TestSuite
{
  public:
    QkdnBbm92TestSuite()
        : TestSuite("qkdn-bbm92", Type::UNIT)
    {
        AddTestCase(new Bbm92GoldenTest);
        AddTestCase(new Bbm92ParameterTest);
    }
};

static QkdnBbm92TestSuite g_qkdnBbm92TestSuite; //!< registers the suite
