/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-protocol-fixture.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/qkdn-block-statistics.h"
#include "ns3/qkdn-decoy-bb84-finite-protocol.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <array>
#include <cmath>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// q_x, p_1, p_2, mu_1, mu_2.
using Setting = std::array<double, 5>;

/**
 * @brief The protocol of Lim et al. (2014), optimised.
 * @param blockBits detections in basis X of a block
 * @return the protocol
 */
Ptr<DecoyBb84FiniteProtocol>
MakeLim(uint32_t blockBits)
{
    auto protocol = CreateObject<DecoyBb84FiniteProtocol>();
    NS_ABORT_UNLESS(protocol->SetPreset("lim2014").empty());
    protocol->SetAttribute("BlockSiftedBits", UintegerValue(blockBits));
    return protocol;
}

/**
 * @brief The same without optimisation, and with eps_sec = 1e-9.
 * @param blockBits detections in basis X of a block
 * @param setting its parameters
 * @return the protocol
 */
Ptr<DecoyBb84FiniteProtocol>
MakeFixed(uint32_t blockBits, const Setting& setting)
{
    auto protocol = MakeLim(blockBits);
    protocol->SetAttribute("Optimise", BooleanValue(false));
    protocol->SetAttribute("Secrecy", StringValue("fixed"));
    protocol->SetAttribute("SecrecyEpsilon", DoubleValue(1e-9));
    protocol->SetAttribute("KeyBasisProbability", DoubleValue(setting[0]));
    protocol->SetAttribute("SignalProbability", DoubleValue(setting[1]));
    protocol->SetAttribute("DecoyProbability", DoubleValue(setting[2]));
    protocol->SetAttribute("SecondDecoyProbability", DoubleValue(1.0 - setting[1] - setting[2]));
    protocol->SetAttribute("SignalIntensity", DoubleValue(setting[3]));
    protocol->SetAttribute("DecoyIntensity", DoubleValue(setting[4]));
    return protocol;
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Finite keys against golden vectors: formulas and parameters of Lim et al. (2014), computed
 * independently of this code.
 */
class FiniteKeyGoldenTest : public ProtocolTestCase
{
  public:
    FiniteKeyGoldenTest()
        : ProtocolTestCase("Finite keys have the golden lengths and bounds")
    {
    }

  private:
    /// A vector of the reference.
    struct Vector
    {
        uint32_t blockBits; //!< n_X
        double lengthKm;    //!< L
        Setting setting;    //!< parameters
        double pulses;      //!< N
        double error;       //!< e_obs
        double tau0;        //!< tau_0
        double tau1;        //!< tau_1
        double nZ;          //!< n_Z
        double mZ;          //!< m_Z
        double sX1;         //!< s_X1
        double sZ1;         //!< s_Z1
        double vZ1;         //!< v_Z1
        double phase;       //!< phi_X
        double leaked;      //!< lambda_EC
        double keyBits;     //!< l
        double r;           //!< R
    };

    void DoRun() override
    {
        // clang-format off
        const std::vector<Vector> vectors = {
            {10000000, 0, {0.86, 0.37, 0.45, 0.43, 0.23}, 503722358, 0.024060597, 0.77819249,
             0.185766218, 265008.112, 6376.25339, 6617935.96, 150715.585, 7566.14786, 0.0553052794,
             1898564.67, 2677351.95, 5.31513424e-3},
            {10000000, 50, {0.86, 0.37, 0.45, 0.41, 0.22}, 5191256010, 0.0242665308, 0.786648055,
             0.180161097, 265008.112, 6430.82753, 6610940.29, 150208.552, 7604.58519, 0.0557592566,
             1911310.85, 2647499.1, 5.09992014e-4},
            {1000000, 50, {0.78, 0.20, 0.55, 0.43, 0.20}, 806859646, 0.024330058, 0.830353738,
             0.146054155, 79552.9257, 1935.5273, 669033.757, 45695.1956, 2433.89832, 0.0631534041,
             191523.678, 249890.682, 3.09707745e-4}};
        // clang-format on
        for (const Vector& v : vectors)
        {
            const auto protocol = MakeFixed(v.blockBits, v.setting);
            const DecoyBb84FiniteEstimate e = protocol->GetEstimate(Fibre(v.lengthKm));
            const auto& nZ = e.counts.nZ;
            const auto& mZ = e.counts.mZ;
            const std::string at = " of " + std::to_string(v.blockBits) + " bits at " +
                                   std::to_string(v.lengthKm) + " km";
            Near(e.pulses, v.pulses, 2e-9, "N" + at);
            Near(e.counts.errorX, v.error, 1e-8, "e_obs" + at);
            Near(e.bounds.tau0, v.tau0, 1e-8, "tau_0" + at);
            Near(e.bounds.tau1, v.tau1, 1e-8, "tau_1" + at);
            Near(nZ[0] + nZ[1] + nZ[2], v.nZ, 1e-8, "n_Z" + at);
            Near(mZ[0] + mZ[1] + mZ[2], v.mZ, 1e-8, "m_Z" + at);
            NS_TEST_EXPECT_MSG_EQ(e.bounds.sX0, 0.0, "s_X0 is clamped" << at);
            NS_TEST_EXPECT_MSG_EQ(e.bounds.sZ0, 0.0, "s_Z0 is clamped" << at);
            Near(e.bounds.sX1, v.sX1, 1e-8, "s_X1" + at);
            Near(e.bounds.sZ1, v.sZ1, 1e-8, "s_Z1" + at);
            Near(e.bounds.vZ1, v.vZ1, 1e-8, "v_Z1" + at);
            Near(e.bounds.phaseX, v.phase, 1e-8, "phi_X" + at);
            Near(e.bounds.leaked, v.leaked, 1e-8, "lambda_EC" + at);
            Near(e.bounds.keyBits, v.keyBits, 1e-8, "l" + at);
            Near(e.r, v.r, 1e-8, "R" + at);
        }
        CheckBlocks();
        // a careless choice of intensities gives no key, whatever the length
        for (const uint32_t blockBits : {1000000U, 10000000U})
        {
            for (const double lengthKm : {0.0, 50.0, 100.0})
            {
                auto careless = MakeFixed(blockBits, {0.9, 0.6, 0.3, 0.5, 0.1});
                NS_TEST_EXPECT_MSG_EQ(careless->GetRate(Fibre(lengthKm)).hasKey, false, "no key");
                const QkdBlockPlan plan = careless->PlanBlock(Fibre(lengthKm));
                NS_TEST_EXPECT_MSG_EQ(plan.hasKey, false, "no key");
                NS_TEST_EXPECT_MSG_EQ(plan.finalKeyBits, 0, "no key");
                NS_TEST_EXPECT_MSG_GT(plan.siftedBits,
                                      blockBits,
                                      "the block is filled for nothing");
            }
        }
    }

    /// The time to fill a block.
    void CheckBlocks()
    {
        auto protocol = MakeFixed(10000000, {0.86, 0.37, 0.45, 0.41, 0.22});
        const QkdBlockPlan plan = protocol->PlanBlock(Fibre(50));
        NS_TEST_EXPECT_MSG_EQ(plan.hasKey, true, "key");
        NS_TEST_EXPECT_MSG_EQ(plan.finalKeyBits, 2647499, "l, rounded down");
        NS_TEST_EXPECT_MSG_EQ(plan.leakedBits, 1911311, "lambda_EC, rounded up");
        NS_TEST_EXPECT_MSG_EQ(plan.estimationBits, 265008, "n_Z");
        NS_TEST_EXPECT_MSG_EQ(plan.siftedBits, 10265008, "n_X + n_Z");
        NS_TEST_EXPECT_MSG_EQ_TOL(plan.duration.GetSeconds(), 5.191256, 1e-6, "N at 1 GHz");
        const double rate = protocol->GetRate(Fibre(50)).rateBps;
        NS_TEST_EXPECT_MSG_EQ_TOL(rate, 2647499.0 / 5.191256, 1.0, "l / N at 1 GHz");
        protocol->SetAttribute("PulseRate", DoubleValue(1e8));
        NS_TEST_EXPECT_MSG_EQ_TOL(protocol->PlanBlock(Fibre(50)).duration.GetSeconds(),
                                  51.91256,
                                  1e-5,
                                  "N at 100 MHz");
        NS_TEST_EXPECT_MSG_EQ(protocol->PlanBlock(Loss(1e6)).hasKey, false, "dark counts only");
        protocol->SetAttribute("DarkCountProbability", DoubleValue(0.0));
        NS_TEST_EXPECT_MSG_EQ(protocol->PlanBlock(Loss(1e6)).pulses, 0, "it would never be full");
        NS_TEST_EXPECT_MSG_EQ(protocol->GetRate(Loss(1e6)).hasKey, false, "1e6 dB");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Optimised finite keys: the article's parameters, rates computed by an independent search
 * (good to about 1 %), and what the article says of its figures.
 */
class FiniteKeyOptimumTest : public ProtocolTestCase
{
  public:
    FiniteKeyOptimumTest()
        : ProtocolTestCase("Optimised finite keys have the known rates and ranges")
    {
    }

  private:
    void DoRun() override
    {
        const std::array<double, 10> lengthsKm = {0, 25, 50, 75, 100, 120, 135, 150, 160, 170};
        // clang-format off
        const std::vector<std::pair<uint32_t, std::array<double, 10>>> table = {
            {1000000000, {9.20e-3, 2.843e-3, 8.897e-4, 2.777e-4, 8.537e-5, 3.199e-5, 1.448e-5,
                          5.86e-6, 2.78e-6, 9.9e-7}},
            {10000000, {5.36e-3, 1.647e-3, 5.139e-4, 1.594e-4, 4.766e-5, 1.720e-5, 7.35e-6,
                        2.64e-6, 1.04e-6, 2.1e-7}},
            {1000000, {3.19e-3, 9.796e-4, 3.049e-4, 9.394e-5, 2.755e-5, 9.26e-6, 3.68e-6,
                       1.10e-6, 3.1e-7, 0}},
            {100000, {1.31e-3, 3.996e-4, 1.236e-4, 3.745e-5, 1.040e-5, 3.04e-6, 8.8e-7, 1.2e-7, 0,
                      0}},
            {10000, {2.08e-4, 6.29e-5, 1.883e-5, 5.15e-6, 9.9e-7, 7.7e-8, 0, 0, 0, 0}}};
        // clang-format on
        for (const auto& [blockBits, rates] : table)
        {
            const auto protocol = MakeLim(blockBits);
            for (std::size_t i = 0; i < rates.size(); ++i)
            {
                const double r = protocol->GetEstimate(Fibre(lengthsKm[i])).r;
                const std::string at = " of " + std::to_string(blockBits) + " bits at " +
                                       std::to_string(lengthsKm[i]) + " km";
                if (rates[i] > 0.0)
                {
                    // two digits are printed near the end of the range
                    Near(r, rates[i], rates[i] < 2e-6 ? 0.025 : 0.01, "R" + at);
                }
                else
                {
                    NS_TEST_EXPECT_MSG_LT(r, 1e-8, "almost no key" << at);
                }
            }
        }
        CheckArticle();
    }

    /// What Lim et al. (2014) say.
    void CheckArticle()
    {
        const double large = MakeLim(1000000000)->GetEstimate(Fibre(100)).r;
        const double small = MakeLim(10000000)->GetEstimate(Fibre(100)).r;
        NS_TEST_EXPECT_MSG_EQ_TOL(large / small, 1.79, 0.01, "ratio at 100 km, reference");
        NS_TEST_EXPECT_MSG_EQ_TOL(large / small, 1.75, 0.05, "ratio at 100 km, article");

        // The reference search finds keys up to about 129, 159, 169, 177 and 183 km (the article
        // says 135 km for the smallest block). This search goes up to 3.4 km farther, as it follows
        // short keys; that they are secure is the bound's to say, see FiniteKeyGoldenTest.
        const std::vector<std::array<double, 2>> ranges = {{1e4, 129},
                                                           {1e5, 159},
                                                           {1e6, 169},
                                                           {1e7, 177},
                                                           {1e9, 183}};
        for (const auto& [blockBits, km] : ranges)
        {
            const double reach = MakeLim(static_cast<uint32_t>(blockBits))->GetReachKm(0.2);
            NS_TEST_EXPECT_MSG_GT(reach, km - 1.0, "range of " << blockBits << " bits");
            NS_TEST_EXPECT_MSG_LT(reach, km + 3.5, "range of " << blockBits << " bits");
        }

        // an optimum is found once, and not moved by an attack or a drift
        const auto protocol = MakeLim(1000000);
        QuantumLinkBudget attacked = Fibre(50);
        attacked.addedError = 0.02;
        const auto before = protocol->GetEstimate(Fibre(50));
        const auto during = protocol->GetEstimate(attacked);
        NS_TEST_EXPECT_MSG_EQ(during.setting.intensity[0], before.setting.intensity[0], "mu_1");
        NS_TEST_EXPECT_MSG_EQ(during.setting.keyBasis, before.setting.keyBasis, "q_x");
        NS_TEST_EXPECT_MSG_LT(during.r, before.r, "error takes key");
        NS_TEST_EXPECT_MSG_EQ_TOL(during.counts.errorX, before.counts.errorX + 0.02, 1e-3, "QBER");
        attacked.addedError = 0.25;
        NS_TEST_EXPECT_MSG_EQ(protocol->GetRate(attacked).hasKey, false, "intercept and resend");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Blocks whose counts are drawn.
 */
class FiniteKeyDrawTest : public ProtocolTestCase
{
  public:
    FiniteKeyDrawTest()
        : ProtocolTestCase("Drawn blocks fluctuate around the expected one")
    {
    }

  private:
    void DoRun() override
    {
        const auto protocol = MakeFixed(1000000, {0.78, 0.20, 0.55, 0.43, 0.20});
        const QkdBlockPlan plan = protocol->PlanBlock(Fibre(50));
        const int blocks = 400;
        double nX = 0.0;
        double squares = 0.0;
        double errors = 0.0;
        double nZ = 0.0;
        double bits = 0.0;
        for (int i = 0; i < blocks; ++i)
        {
            BlockStatistics statistics(4711, i);
            const QkdBlockPlan block = protocol->DrawBlock(Fibre(50), statistics);
            NS_TEST_EXPECT_MSG_EQ(block.pulses, plan.pulses, "the light is as planned");
            NS_TEST_EXPECT_MSG_EQ(block.duration, plan.duration, "the time is as planned");
            NS_TEST_EXPECT_MSG_EQ_TOL(block.qber,
                                      double(block.errors) / block.estimationBits,
                                      1e-12,
                                      "the error ratio of what is disclosed");
            const double inX = double(block.siftedBits - block.estimationBits);
            nX += inX / blocks;
            squares += (inX - 1e6) * (inX - 1e6) / blocks;
            errors += double(block.errors);
            nZ += double(block.estimationBits);
            bits += double(block.finalKeyBits) / blocks;
        }
        // standard deviation of n_X: 1000; of the mean of 400: 50
        NS_TEST_EXPECT_MSG_EQ_TOL(nX, 1e6, 250.0, "mean of n_X within five standard deviations");
        NS_TEST_EXPECT_MSG_EQ_TOL(std::sqrt(squares), 1000.0, 180.0, "standard deviation of n_X");
        // 3.2e7 disclosed bits: standard deviation 2.7e-5
        NS_TEST_EXPECT_MSG_EQ_TOL(errors / nZ, plan.qber, 1.4e-4, "error ratio");
        NS_TEST_EXPECT_MSG_EQ_TOL(bits, double(plan.finalKeyBits), 2500.0, "key of 249890 bits");

        // the same seed and block give the same numbers
        BlockStatistics one(5, 6);
        BlockStatistics same(5, 6);
        NS_TEST_EXPECT_MSG_EQ(protocol->DrawBlock(Fibre(50), one).siftedBits,
                              protocol->DrawBlock(Fibre(50), same).siftedBits,
                              "same seed");
        BlockStatistics statistics(1, 1);
        auto careless = MakeFixed(1000000, {0.9, 0.6, 0.3, 0.5, 0.1});
        NS_TEST_EXPECT_MSG_EQ(careless->DrawBlock(Fibre(50), statistics).hasKey, false, "careless");
        QuantumLinkBudget attacked = Fibre(50);
        attacked.addedError = 0.25;
        const QkdBlockPlan tainted = protocol->DrawBlock(attacked, statistics);
        NS_TEST_EXPECT_MSG_EQ(tainted.hasKey, false, "intercept and resend");
        NS_TEST_EXPECT_MSG_GT(tainted.qber, 0.25, "and it shows");

        // near the end of the range some blocks are lucky and others are not
        const auto edge = MakeLim(10000);
        int keys = 0;
        for (int i = 0; i < 100; ++i)
        {
            BlockStatistics dice(3, i);
            keys += edge->DrawBlock(Fibre(127), dice).hasKey ? 1 : 0;
        }
        NS_TEST_EXPECT_MSG_GT(keys, 5, "lucky blocks");
        NS_TEST_EXPECT_MSG_LT(keys, 95, "unlucky blocks");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Parameters that contradict each other or are out of range.
 */
class FiniteKeyParameterTest : public ProtocolTestCase
{
  public:
    FiniteKeyParameterTest()
        : ProtocolTestCase("Finite-key BB84 refuses bad parameters")
    {
    }

  private:
    void DoRun() override
    {
        const auto protocol = MakeFixed(1000000, {0.78, 0.20, 0.55, 0.43, 0.20});
        CheckPresets(CreateObject<DecoyBb84FiniteProtocol>());
        Refuse(protocol, "KeyBasisProbability", 0.0, " 0,");
        Refuse(protocol, "KeyBasisProbability", 1.0, " 1,");
        Refuse(protocol, "SignalProbability", -0.1, "-0.1");
        Refuse(protocol, "DecoyProbability", 0.65, "1.1, it has to be 1"); // the sum
        Refuse(protocol, "SecondDecoyProbability", 0.0, " 0,");
        Refuse(protocol, "SignalIntensity", 0.2, "0.2002"); // mu_2 + mu_3 >= mu_1
        Refuse(protocol, "SignalIntensity", 11.0, "11");
        Refuse(protocol, "DecoyIntensity", 0.43, "0.4302");
        Refuse(protocol, "DecoyIntensity", 1e-4, "0.0001");
        Refuse(protocol, "SecondDecoyIntensity", -0.1, "-0.1");
        Refuse(protocol, "DetectorEfficiency", 0.0, " 0,");
        Refuse(protocol, "DetectorEfficiency", 1.5, "1.5");
        Refuse(protocol, "DarkCountProbability", -1e-6, "-1e-06");
        Refuse(protocol, "AfterpulseProbability", 1.0, " 1,");
        Refuse(protocol, "MisalignmentError", 0.6, "0.6");
        Refuse(protocol, "ErrorCorrectionEfficiency", 0.9, "0.9");
        Refuse(protocol, "SecrecyEpsilon", 0.0, " 0,");
        Refuse(protocol, "SecrecyPerBit", 1.0, " 1,");
        Refuse(protocol, "CorrectnessEpsilon", 2.0, " 2,");
        Refuse(protocol, "PulseRate", 0.0, " 0,");
        Refuse(protocol, "PulseRate", -1e9, "-1e+09");
        Refuse(protocol, "FilterBandwidthNm", 0.0, " 0,");
        Refuse(protocol, "GateDurationS", -1e-9, "-1e-09");
        protocol->SetAttribute("BlockSiftedBits", UintegerValue(10));
        NS_TEST_EXPECT_MSG_NE(protocol->Validate().find("BlockSiftedBits"),
                              std::string::npos,
                              "a block of 10 bits: " << protocol->Validate());
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of finite-key decoy-state BB84.
 */
class QkdnDecoyBb84FiniteTestSuite : public TestSuite
{
  public:
    QkdnDecoyBb84FiniteTestSuite()
        : TestSuite("qkdn-decoy-bb84-finite", Type::UNIT)
    {
        AddTestCase(new FiniteKeyGoldenTest);
        AddTestCase(new FiniteKeyOptimumTest);
        AddTestCase(new FiniteKeyDrawTest);
        AddTestCase(new FiniteKeyParameterTest);
    }
};

static QkdnDecoyBb84FiniteTestSuite g_qkdnDecoyBb84FiniteTestSuite; //!< registers the suite
