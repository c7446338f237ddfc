/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/double.h"
#include "ns3/enum.h"
#include "ns3/qkdn-decoy-bb84-protocol.h"
#include "ns3/qkdn-distillation-traffic.h"
#include "ns3/qkdn-key-rate-math.h"
#include "ns3/qkdn-measured-rate-protocol.h"
#include "ns3/qkdn-random-stream.h"
#include "ns3/qkdn-units.h"
#include "ns3/random-variable-stream.h"
#include "ns3/string.h"
#include "ns3/test.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/**
 * @brief A link of some loss.
 * @param lossDb the loss
 * @return the budget
 */
QuantumLinkBudget
Loss(double lossDb)
{
    QuantumLinkBudget budget;
    budget.lossDb = lossDb;
    return budget;
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief The functions that key rates are made of.
 */
class KeyRateMathTest : public TestCase
{
  public:
    KeyRateMathTest()
        : TestCase("Binary entropy, repeaterless bound and roots have their known values")
    {
    }

  private:
    void DoRun() override
    {
        NS_TEST_ASSERT_MSG_EQ(BinaryEntropy(0.0), 0.0, "limit at 0");
        NS_TEST_ASSERT_MSG_EQ(BinaryEntropy(1.0), 0.0, "limit at 1");
        NS_TEST_ASSERT_MSG_EQ(BinaryEntropy(-1e-17), 0.0, "rounding below 0");
        NS_TEST_ASSERT_MSG_EQ(BinaryEntropy(0.5), 1.0, "a fair coin");
        NS_TEST_ASSERT_MSG_EQ_TOL(BinaryEntropy(0.25), 0.8112781244591328, 1e-15, "by hand");
        NS_TEST_ASSERT_MSG_EQ_TOL(BinaryEntropy(0.9), BinaryEntropy(0.1), 1e-15, "symmetry");

        // -log2(1 - 10^(-loss/10)), Pirandola et al. (2017)
        const std::vector<std::array<double, 2>> bounds = {{1, 2.2815843},
                                                           {3, 1.0034297},
                                                           {10, 0.15200309},
                                                           {20, 0.01449957},
                                                           {30, 1.4434169e-3},
                                                           {40, 1.4427672e-4},
                                                           {50, 1.4427023e-5}};
        for (const auto& [lossDb, bound] : bounds)
        {
            NS_TEST_ASSERT_MSG_EQ_TOL(RepeaterlessBound(TransmittanceFromDb(lossDb)),
                                      bound,
                                      1e-7 * bound + 1e-9 * bound * lossDb,
                                      "bound at " << lossDb << " dB");
        }
        NS_TEST_ASSERT_MSG_EQ(std::isinf(RepeaterlessBound(1.0)), true, "a channel without loss");

        // where single-photon BB84, 1 - h2(Q) - f h2(Q), ends
        const std::vector<std::array<double, 2>> ends = {{1.00, 0.110028},
                                                         {1.10, 0.10228},
                                                         {1.16, 0.09811},
                                                         {1.22, 0.09424}};
        for (const auto& [f, qber] : ends)
        {
            const double factor = 1.0 + f;
            const auto share = [factor](double q) { return 1.0 - factor * BinaryEntropy(q); };
            NS_TEST_ASSERT_MSG_EQ_TOL(FindRoot(share, 0.0, 0.5), qber, 1e-5, "with f = " << f);
        }
        NS_TEST_ASSERT_MSG_EQ_TOL(FindRoot([](double x) { return x; }, 0.0, 1.0),
                                  0.0,
                                  1e-9,
                                  "a root at the end of the interval");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What holds for any parameters: no more key than the repeaterless bound, less key with
 * more loss, noise or error, bounds on the right side of the true values, defined figures.
 */
class DecoyBb84PropertyTest : public TestCase
{
  public:
    DecoyBb84PropertyTest()
        : TestCase("Decoy-state BB84 keeps its bounds for random parameters")
    {
    }

  private:
    /**
     * @brief Draw the parameters of a protocol.
     * @param uniform where the draws come from
     * @return a protocol that can run
     */
    static Ptr<DecoyBb84Protocol> Draw(Ptr<UniformRandomVariable> uniform);

    /**
     * @brief Check one protocol over the whole range of loss.
     * @param protocol the protocol
     * @param trial number for messages
     * @return how many of the points had a key
     */
    int CheckLosses(Ptr<DecoyBb84Protocol> protocol, int trial);

    void DoRun() override
    {
        auto uniform = CreateObject<UniformRandomVariable>();
        uniform->SetStream(RandomStreamNumber("qkdn-qkd-protocol-test", "parameters"));
        int keys = 0;
        for (int trial = 0; trial < 500; ++trial)
        {
            keys += CheckLosses(Draw(uniform), trial);
        }
        NS_TEST_ASSERT_MSG_GT(keys, 1000, "the properties were tested on links with a key");
    }
};

Ptr<DecoyBb84Protocol>
DecoyBb84PropertyTest::Draw(Ptr<UniformRandomVariable> uniform)
{
    auto protocol = CreateObject<DecoyBb84Protocol>();
    const double mu = uniform->GetValue(0.01, 1.0);
    const double nu1 = mu * uniform->GetValue(0.05, 0.6);
    const double nu2 = std::min(nu1, mu - nu1) * uniform->GetValue(0.0, 0.9);
    const std::array<const char*, 3> estimations = {"infinite", "vacuum-weak", "two-decoys"};
    protocol->SetAttribute("Estimation", StringValue(estimations[uniform->GetInteger(0, 2)]));
    protocol->SetAttribute("SignalIntensity", DoubleValue(mu));
    protocol->SetAttribute("DecoyIntensity", DoubleValue(nu1));
    protocol->SetAttribute("SecondDecoyIntensity", DoubleValue(nu2));
    protocol->SetAttribute("DetectorEfficiency", DoubleValue(uniform->GetValue(0.01, 1.0)));
    protocol->SetAttribute("DarkCountProbability",
                           DoubleValue(std::pow(10.0, uniform->GetValue(-9.0, -1.0))));
    protocol->SetAttribute("MisalignmentError", DoubleValue(uniform->GetValue(0.0, 0.08)));
    protocol->SetAttribute("ErrorCorrectionEfficiency", DoubleValue(uniform->GetValue(1.0, 1.5)));
    protocol->SetAttribute("SiftingFactor", DoubleValue(uniform->GetValue(0.5, 1.0)));
    protocol->SetAttribute("EstimationFraction", DoubleValue(uniform->GetValue(0.0, 0.3)));
    return protocol;
}

int
DecoyBb84PropertyTest::CheckLosses(Ptr<DecoyBb84Protocol> protocol, int trial)
{
    NS_TEST_EXPECT_MSG_EQ(protocol->Validate(), "", "parameters of trial " << trial);
    int keys = 0;
    double last = std::numeric_limits<double>::infinity();
    for (double lossDb : {0.0, 0.5, 2.0, 5.0, 10.0, 20.0, 35.0, 60.0, 200.0, 1e6})
    {
        const QuantumLinkBudget budget = Loss(lossDb);
        const QkdRatePoint point = protocol->GetRate(budget);
        const double bound = RepeaterlessBound(TransmittanceFromDb(lossDb));
        const std::string at =
            " in trial " + std::to_string(trial) + " at " + std::to_string(lossDb) + " dB";
        NS_TEST_EXPECT_MSG_EQ(point.hasKey, (point.rateBps > 0.0), "key and rate agree" << at);
        NS_TEST_EXPECT_MSG_EQ((point.bitPerPulse >= 0.0 && point.bitPerPulse <= bound),
                              true,
                              "repeaterless bound" << at);
        NS_TEST_EXPECT_MSG_EQ((point.bitPerPulse < last || point.bitPerPulse == 0.0),
                              true,
                              "less key with more loss" << at);
        NS_TEST_EXPECT_MSG_EQ((point.qber >= 0.0 && point.qber <= 0.5), true, "QBER" << at);
        last = point.bitPerPulse;
        keys += point.hasKey ? 1 : 0;

        QuantumLinkBudget worse = budget;
        worse.noiseClickProbability = 1e-5;
        const double noisy = protocol->GetRate(worse).rateBps;
        NS_TEST_EXPECT_MSG_EQ((noisy <= point.rateBps), true, "noise takes key" << at);
        worse.addedError = 0.01;
        NS_TEST_EXPECT_MSG_EQ((protocol->GetRate(worse).rateBps <= noisy),
                              true,
                              "error takes key" << at);

        const QkdBlockPlan plan = protocol->PlanBlock(budget);
        NS_TEST_EXPECT_MSG_EQ(
            (!plan.hasKey ||
             plan.finalKeyBits + plan.leakedBits + plan.estimationBits <= plan.siftedBits),
            true,
            "no bit of a block is used twice" << at);
        NS_TEST_EXPECT_MSG_EQ((plan.detections <= plan.pulses), true, "detections" << at);

        // with the true values in the place of the bounds there is at least as much key
        StringValue estimation;
        protocol->GetAttribute("Estimation", estimation);
        const DecoyBb84Estimate estimate = protocol->GetEstimate(budget);
        protocol->SetAttribute("Estimation", EnumValue(DECOY_INFINITE));
        const DecoyBb84Estimate truth = protocol->GetEstimate(budget);
        protocol->SetAttribute("Estimation", estimation);
        NS_TEST_EXPECT_MSG_EQ((estimate.y1 <= truth.y1 * (1.0 + 1e-9)), true, "Y_1" << at);
        NS_TEST_EXPECT_MSG_EQ((estimate.e1 >= truth.e1 * (1.0 - 1e-6)), true, "e_1" << at);
    }
    return keys;
}

/**
 * @ingroup qkdn-resilience-tests
 * @brief Links known by a measured rate.
 */
class MeasuredRateTest : public TestCase
{
  public:
    MeasuredRateTest()
        : TestCase("A measured rate, its loss law and its blocks")
    {
    }

  private:
    /**
     * @brief A protocol with one attribute changed has to be refused.
     * @param attribute name of the attribute
     * @param value its value
     * @param text what the message has to contain besides the name
     */
    void Refuse(const std::string& attribute, double value, const std::string& text)
    {
        auto protocol = CreateObject<MeasuredRateProtocol>();
        NS_TEST_EXPECT_MSG_EQ(protocol->Validate(), "", "the defaults");
        protocol->SetAttribute(attribute, DoubleValue(value));
        const std::string message = protocol->Validate();
        NS_TEST_EXPECT_MSG_NE(message.find(attribute), std::string::npos, "name in: " << message);
        NS_TEST_EXPECT_MSG_NE(message.find(text), std::string::npos, text << " in: " << message);
    }

    /// A published loss law.
    void CheckLossLaw();

    void DoRun() override
    {
        auto protocol = CreateObject<MeasuredRateProtocol>();
        protocol->SetAttribute("Rate", DoubleValue(2048.0));
        const QkdRatePoint point = protocol->GetRate(Loss(17.0));
        NS_TEST_ASSERT_MSG_EQ(point.rateBps, 2048.0, "constant");
        NS_TEST_ASSERT_MSG_EQ(point.bitPerPulse, 0.0, "pulses are not modelled");
        NS_TEST_ASSERT_MSG_EQ(point.qber, 0.02, "QBER");
        NS_TEST_ASSERT_MSG_EQ_TOL(point.siftedRateHz, 2048.0 / 0.69448842811, 1e-6, "share");
        NS_TEST_ASSERT_MSG_EQ_TOL(point.detectionRateHz, 2 * point.siftedRateHz, 1e-9, "q = 1/2");

        // Q = 2 %, f = 1.16: share 0.694488, so 1475 sifted bits, of which 242.005 are disclosed
        QkdBlockPlan plan = protocol->PlanBlock(Loss(17.0));
        NS_TEST_ASSERT_MSG_EQ(plan.hasKey, true, "key");
        NS_TEST_ASSERT_MSG_EQ(plan.duration, MilliSeconds(500), "1024 bits at 2048 bit/s");
        NS_TEST_ASSERT_MSG_EQ(plan.finalKeyBits, 1024, "the block");
        NS_TEST_ASSERT_MSG_EQ(plan.siftedBits, 1475, "ceil(1024 / share)");
        NS_TEST_ASSERT_MSG_EQ(plan.detections, 2950, "q = 1/2");
        NS_TEST_ASSERT_MSG_EQ(plan.leakedBits, 243, "ceil(f h2(Q) 1475)");
        NS_TEST_ASSERT_MSG_EQ(plan.pulses, 500000000, "500 ms at 1 GHz");
        protocol->SetAttribute("PulseRate", DoubleValue(1000.0));
        NS_TEST_ASSERT_MSG_EQ(protocol->PlanBlock(Loss(17.0)).pulses,
                              2950,
                              "no fewer pulses than detections");
        protocol->SetAttribute("PulseRate", DoubleValue(0.0));
        NS_TEST_ASSERT_MSG_EQ(protocol->PlanBlock(Loss(17.0)).pulses, 0, "not modelled");

        // 3 % more error: share 0.549156 of the former, in the same time
        QuantumLinkBudget drift = Loss(17.0);
        drift.addedError = 0.03;
        plan = protocol->PlanBlock(drift);
        NS_TEST_ASSERT_MSG_EQ(plan.finalKeyBits, 562, "floor(1024 x 0.549156)");
        NS_TEST_ASSERT_MSG_EQ(plan.duration, MilliSeconds(500), "detections go on");
        NS_TEST_ASSERT_MSG_EQ_TOL(protocol->GetRate(drift).rateBps, 1124.67174, 1e-5, "rate");
        drift.addedError = 0.1;
        NS_TEST_ASSERT_MSG_EQ(protocol->GetRate(drift).hasKey, false, "12 % is too much");
        NS_TEST_ASSERT_MSG_EQ(protocol->PlanBlock(drift).hasKey, false, "12 % is too much");

        Refuse("Rate", 0.0, " 0,");
        Refuse("Rate", -5.0, "-5");
        Refuse("Qber", 0.11, "0.11");
        Refuse("Qber", -0.01, "-0.01");
        Refuse("ErrorCorrectionEfficiency", 0.5, "0.5");
        Refuse("SiftingFactor", 0.0, " 0,");
        CheckLossLaw();
    }
};

void
MeasuredRateTest::CheckLossLaw()
{
    // R = 17,094,000 x 10^(-loss/10) bit/s and its two figures: doi 10.1109/MNET.2025.3540705 and
    // its data in the public repository alemorenop/qkdnetsim-testbed
    auto protocol = CreateObject<MeasuredRateProtocol>();
    protocol->SetAttribute("Law", StringValue("loss-law"));
    protocol->SetAttribute("Rate", DoubleValue(17094000.0));
    NS_TEST_ASSERT_MSG_EQ_TOL(protocol->GetRate(Loss(23.03)).rateBps, 85083, 0.5, "23.03 dB");
    NS_TEST_ASSERT_MSG_EQ_TOL(protocol->GetRate(Loss(20.5445)).rateBps, 150797, 0.5, "20.5445 dB");
    NS_TEST_ASSERT_MSG_EQ(protocol->GetRate(Loss(0)).rateBps, 17094000.0, "0 dB");
    NS_TEST_ASSERT_MSG_EQ_TOL(protocol->PlanBlock(Loss(20.0)).duration.GetSeconds(),
                              1024 / 170940.0,
                              1e-9,
                              "block at 20 dB");
    NS_TEST_ASSERT_MSG_EQ(protocol->GetRate(Loss(1e6)).hasKey, false, "1e6 dB");
    NS_TEST_ASSERT_MSG_EQ(protocol->PlanBlock(Loss(1e6)).hasKey, false, "1e6 dB");
    NS_TEST_ASSERT_MSG_EQ(protocol->PlanBlock(Loss(300)).hasKey, false, "a block of 1e26 s");
}

/**
 * @ingroup qkdn-resilience-tests
 * @brief Sizes of distillation messages against numbers computed by hand.
 */
class DistillationTrafficTest : public TestCase
{
  public:
    DistillationTrafficTest()
        : TestCase("Distillation messages have the sizes that follow from the block")
    {
    }

  private:
    void DoRun() override
    {
        QkdBlockPlan plan;
        plan.hasKey = true;
        plan.pulses = 1 << 20;
        plan.detections = 1 << 14;
        plan.siftedBits = 8192;
        plan.estimationBits = 100;
        plan.leakedBits = 1601;
        plan.finalKeyBits = 3997;
        DistillationTraffic traffic = DistillationTraffic::FromBlock(plan);
        NS_TEST_ASSERT_MSG_EQ(traffic.detectionBytes, 14336, "16384 x (6 + 1) bits");
        NS_TEST_ASSERT_MSG_EQ(traffic.receiverEstimationBytes, 13, "100 bits");
        NS_TEST_ASSERT_MSG_EQ(traffic.receiverTagBytes, 12, "96 bits");
        NS_TEST_ASSERT_MSG_EQ(traffic.basisBytes, 2048, "16384 bits");
        NS_TEST_ASSERT_MSG_EQ(traffic.intensityBytes, 3247, "16384 x log2(3) = 25968.03 bits");
        NS_TEST_ASSERT_MSG_EQ(traffic.transmitterEstimationBytes, 13, "100 bits");
        NS_TEST_ASSERT_MSG_EQ(traffic.syndromeBytes, 201, "1601 bits");
        NS_TEST_ASSERT_MSG_EQ(traffic.verificationBytes, 7, "50 bits");
        NS_TEST_ASSERT_MSG_EQ(traffic.seedBytes, 32, "256 bits");
        NS_TEST_ASSERT_MSG_EQ(traffic.transmitterTagBytes, 12, "96 bits");
        NS_TEST_ASSERT_MSG_EQ(traffic.GetReceiverBytes(), 14361, "sum");
        NS_TEST_ASSERT_MSG_EQ(traffic.GetTransmitterBytes(), 5560, "sum");

        DistillationParameters parameters;
        parameters.seed = SEED_TOEPLITZ;
        parameters.tagBits = 130;
        parameters.intensities = 1;
        traffic = DistillationTraffic::FromBlock(plan, parameters);
        NS_TEST_ASSERT_MSG_EQ(traffic.seedBytes, 1511, "8092 + 3997 - 1 bits");
        NS_TEST_ASSERT_MSG_EQ(traffic.receiverTagBytes, 17, "130 bits");
        NS_TEST_ASSERT_MSG_EQ(traffic.intensityBytes, 0, "no labels");

        // a block without key ends after parameter estimation
        plan.hasKey = false;
        traffic = DistillationTraffic::FromBlock(plan);
        NS_TEST_ASSERT_MSG_EQ(traffic.GetReceiverBytes(), 14361, "as before");
        NS_TEST_ASSERT_MSG_EQ(traffic.GetTransmitterBytes(), 2048 + 3247 + 13 + 12, "no more");

        // time tags where pulses are not modelled
        plan.pulses = 0;
        plan.detections = 1000;
        NS_TEST_ASSERT_MSG_EQ(DistillationTraffic::FromBlock(plan).detectionBytes,
                              4125,
                              "1000 x (32 + 1) bits");
        NS_TEST_ASSERT_MSG_EQ(DistillationTraffic::FromBlock(QkdBlockPlan()).GetReceiverBytes(),
                              12,
                              "the tag of an empty block");

        // a block of the default protocol: 20000 detections of 935888 pulses take 5.54826 + 1 bits
        // each
        const auto block = CreateObject<DecoyBb84Protocol>()->PlanBlock(Loss(0));
        traffic = DistillationTraffic::FromBlock(block);
        NS_TEST_ASSERT_MSG_EQ(traffic.detectionBytes, 16371, "0 km");
        NS_TEST_ASSERT_MSG_EQ(traffic.syndromeBytes, 320, "2555 bits");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of QKD protocols and distillation sizes.
 */
class QkdnQkdProtocolTestSuite : public TestSuite
{
  public:
    QkdnQkdProtocolTestSuite()
        : TestSuite("qkdn-qkd-protocol", Type::UNIT)
    {
        AddTestCase(new KeyRateMathTest);
        AddTestCase(new DecoyBb84PropertyTest);
        AddTestCase(new MeasuredRateTest);
        AddTestCase(new DistillationTrafficTest);
    }
};

static QkdnQkdProtocolTestSuite g_qkdnQkdProtocolTestSuite; //!< registers the suite
