/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/abort.h"
#include "ns3/double.h"
#include "ns3/enum.h"
#include "ns3/qkdn-decoy-bb84-protocol.h"
#include "ns3/string.h"
#include "ns3/test.h"
#include "ns3/uinteger.h"

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

/// Attenuation of the fibre of Gobby, Yuan and Shields (2004), dB/km.
const double GYS_DB_PER_KM = 0.21;

/**
 * @brief Decoy-state BB84 with the parameters of Gobby, Yuan and Shields (2004).
 * @param estimation how single photons are estimated
 * @return the protocol
 */
Ptr<DecoyBb84Protocol>
MakeGys(DecoyEstimation estimation)
{
    auto protocol = CreateObject<DecoyBb84Protocol>();
    NS_ABORT_UNLESS(protocol->SetPreset("gys").empty());
    protocol->SetAttribute("Estimation", EnumValue(estimation));
    return protocol;
}

/**
 * @brief A link of fibre alone.
 * @param lengthKm its length
 * @param dbPerKm its attenuation
 * @return the budget
 */
QuantumLinkBudget
Fibre(double lengthKm, double dbPerKm = GYS_DB_PER_KM)
{
    QuantumLinkBudget budget;
    budget.lengthKm = lengthKm;
    budget.lossDb = lengthKm * dbPerKm;
    return budget;
}

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
 * @brief Decoy-state BB84 against golden values: formulas of Ma, Qi, Zhao and Lo (2005), parameters
 * of Gobby, Yuan and Shields (2004), computed independently of this code.
 */
class DecoyBb84GoldenTest : public TestCase
{
  public:
    DecoyBb84GoldenTest()
        : TestCase("Decoy-state BB84 gives the golden values of the GYS experiment")
    {
    }

  private:
    /// One distance of the table.
    struct Row
    {
        double lengthKm; //!< length
        double eta;      //!< transmittance
        double qMu;      //!< gain
        double eMu;      //!< QBER
        double y1;       //!< infinite decoys: yield
        double e1;       //!< infinite decoys: error
        double r;        //!< infinite decoys: key
        double y1Weak;   //!< vacuum and weak decoy: yield
        double e1Weak;   //!< vacuum and weak decoy: error
        double rWeak;    //!< vacuum and weak decoy: key
    };

    /**
     * @brief Compare with a value that is printed with seven digits.
     * @param value what came out
     * @param golden what it should be
     * @param what name of the value
     */
    void Check(double value, double golden, const std::string& what)
    {
        NS_TEST_EXPECT_MSG_EQ_TOL(value, golden, 1e-6 * golden, what);
    }

    /// The table of golden values.
    void CheckTable();
    /// Two decoys of different intensity.
    void CheckTwoDecoys();
    /// Noise and error that the link adds.
    void CheckNoise();

    void DoRun() override
    {
        CheckTable();
        CheckTwoDecoys();
        CheckNoise();
    }
};

void
DecoyBb84GoldenTest::CheckTable()
{
    // mu = 0.48, nu = 0.05, f = 1.22, q = 1/2, clicks to first order
    // clang-format off
    const std::vector<Row> table = {
        {0, 4.500000e-02, 2.137009e-02, 3.303715e-02, 4.500170e-02, 3.301764e-02, 2.554588e-03,
         4.438483e-02, 3.515287e-02, 2.414245e-03},
        {20, 1.710852e-02, 8.180164e-03, 3.309705e-02, 1.711022e-02, 3.304640e-02, 9.624524e-04,
         1.686837e-02, 3.522248e-02, 9.077677e-04},
        {40, 6.504479e-03, 3.118981e-03, 3.325454e-02, 6.506179e-03, 3.312202e-02, 3.630771e-04,
         6.413148e-03, 3.531619e-02, 3.420894e-04},
        {50, 4.010629e-03, 1.924950e-03, 3.341243e-02, 4.012329e-03, 3.319787e-02, 2.225961e-04,
         3.954807e-03, 3.539849e-02, 2.096250e-04},
        {100, 3.574477e-04, 1.732602e-04, 3.758213e-02, 3.591477e-04, 3.521051e-02, 1.718444e-05,
         3.539934e-04, 3.749238e-02, 1.602005e-05},
        {120, 1.358978e-04, 6.692883e-05, 4.486185e-02, 1.375978e-04, 3.876971e-02, 4.814562e-06,
         1.356329e-04, 4.118583e-02, 4.368615e-06},
        {140, 5.166691e-05, 2.649981e-05, 6.295870e-02, 5.336691e-05, 4.787626e-02, 2.464667e-07,
         5.261496e-05, 5.063259e-02, 7.377906e-08}};
    // clang-format on
    auto infinite = MakeGys(DECOY_INFINITE);
    auto weak = MakeGys(DECOY_VACUUM_WEAK);
    for (const Row& row : table)
    {
        const std::string at = " at " + std::to_string(row.lengthKm) + " km";
        const DecoyBb84Estimate limit = infinite->GetEstimate(Fibre(row.lengthKm));
        Check(limit.eta, row.eta, "eta" + at);
        Check(limit.qMu, row.qMu, "Q_mu" + at);
        Check(limit.eMu, row.eMu, "E_mu" + at);
        Check(limit.y1, row.y1, "Y_1" + at);
        Check(limit.e1, row.e1, "e_1" + at);
        Check(limit.r, row.r, "R" + at);
        const DecoyBb84Estimate bound = weak->GetEstimate(Fibre(row.lengthKm));
        Check(bound.y1, row.y1Weak, "Y_1, vacuum and weak," + at);
        Check(bound.e1, row.e1Weak, "e_1, vacuum and weak," + at);
        Check(bound.r, row.rWeak, "R, vacuum and weak," + at);

        const QkdRatePoint point = weak->GetRate(Fibre(row.lengthKm));
        NS_TEST_EXPECT_MSG_EQ(point.hasKey, true, "key" + at);
        Check(point.bitPerPulse, row.rWeak, "bit per pulse" + at);
        Check(point.rateBps, 2e6 * row.rWeak, "rate at 2 MHz" + at);
        Check(point.qber, row.eMu, "QBER" + at);
        Check(point.detectionRateHz, 2e6 * row.qMu, "detections" + at);
        Check(point.siftedRateHz, 1e6 * row.qMu, "sifted bits" + at);
    }
    const DecoyBb84Estimate point = infinite->GetEstimate(Fibre(0));
    NS_TEST_EXPECT_MSG_EQ_TOL(point.q1, 1.3367e-2, 1e-6, "published Q_1 at 0 km");
    NS_TEST_EXPECT_MSG_EQ_TOL(point.r, 2.555e-3, 5e-7, "published R at 0 km");
}

void
DecoyBb84GoldenTest::CheckTwoDecoys()
{
    // computed with 40 digits from the bounds for two decoys: nu1 = 0.1, nu2 = 0.02
    auto protocol = MakeGys(DECOY_TWO);
    protocol->SetAttribute("DecoyIntensity", DoubleValue(0.1));
    protocol->SetAttribute("SecondDecoyIntensity", DoubleValue(0.02));
    DecoyBb84Estimate estimate = protocol->GetEstimate(Fibre(50));
    NS_TEST_EXPECT_MSG_EQ_TOL(estimate.y1, 3.86416113812e-3, 1e-13, "Y_1 at 50 km");
    NS_TEST_EXPECT_MSG_EQ_TOL(estimate.e1, 3.88050997958e-2, 1e-12, "e_1 at 50 km");
    NS_TEST_EXPECT_MSG_EQ_TOL(estimate.r, 1.89950661278e-4, 1e-14, "R at 50 km");
    estimate = protocol->GetEstimate(Fibre(100));
    NS_TEST_EXPECT_MSG_EQ_TOL(estimate.y1, 3.4544803248e-4, 1e-13, "Y_1 at 100 km");
    NS_TEST_EXPECT_MSG_EQ_TOL(estimate.e1, 4.10754647279e-2, 1e-11, "e_1 at 100 km");
    NS_TEST_EXPECT_MSG_EQ_TOL(estimate.r, 1.41958526034e-5, 1e-14, "R at 100 km");

    // a second decoy without light is the vacuum
    protocol->SetAttribute("DecoyIntensity", DoubleValue(0.05));
    protocol->SetAttribute("SecondDecoyIntensity", DoubleValue(0.0));
    NS_TEST_EXPECT_MSG_EQ_TOL(protocol->GetEstimate(Fibre(50)).r, 2.096250e-4, 2e-10, "vacuum");
}

void
DecoyBb84GoldenTest::CheckNoise()
{
    // computed with 40 digits: infinite decoys, union of clicks, noise 1e-4 at 20 km
    auto protocol = MakeGys(DECOY_INFINITE);
    protocol->SetAttribute("ClickModel", EnumValue(CLICK_UNION));
    QuantumLinkBudget budget = Fibre(20);
    budget.noiseClickProbability = 1e-4;
    const DecoyBb84Estimate estimate = protocol->GetEstimate(budget);
    NS_TEST_EXPECT_MSG_EQ_TOL(estimate.y0, 1.0169983e-4, 1e-16, "Y0 with noise");
    NS_TEST_EXPECT_MSG_EQ_TOL(estimate.qMu, 0.008279331935746, 1e-14, "Q_mu");
    NS_TEST_EXPECT_MSG_EQ_TOL(estimate.eMu, 0.03873643151145, 1e-13, "E_mu");
    NS_TEST_EXPECT_MSG_EQ_TOL(estimate.y1, 0.01720848273056, 1e-14, "Y_1");
    NS_TEST_EXPECT_MSG_EQ_TOL(estimate.e1, 0.03575990750339, 1e-13, "e_1");
    NS_TEST_EXPECT_MSG_EQ_TOL(estimate.r, 7.927141425083e-4, 1e-14, "R");

    // error that the link adds is misalignment
    auto misaligned = MakeGys(DECOY_VACUUM_WEAK);
    misaligned->SetAttribute("MisalignmentError", DoubleValue(0.053));
    budget = Fibre(20);
    budget.addedError = 0.02;
    NS_TEST_EXPECT_MSG_EQ_TOL(MakeGys(DECOY_VACUUM_WEAK)->GetRate(budget).rateBps,
                              misaligned->GetRate(Fibre(20)).rateBps,
                              1e-9,
                              "added error");
    budget.addedError = 0.25;
    NS_TEST_EXPECT_MSG_EQ(MakeGys(DECOY_VACUUM_WEAK)->GetRate(budget).hasKey,
                          false,
                          "an eavesdropper who measures and resends all");
}

/**
 * @ingroup qkdn-resilience-tests
 * @brief Cut-off distances and the best intensity with the GYS parameters; Ma et al. (2005) print
 * 142 km, 141 km and 0.48.
 */
class DecoyBb84ReachTest : public TestCase
{
  public:
    DecoyBb84ReachTest()
        : TestCase("Decoy-state BB84 ends at the known distances")
    {
    }

  private:
    void DoRun() override
    {
        auto protocol = MakeGys(DECOY_INFINITE);
        NS_TEST_ASSERT_MSG_EQ_TOL(protocol->GetOptimalIntensity(), 0.47892, 5e-6, "best mu");
        NS_TEST_ASSERT_MSG_EQ_TOL(protocol->GetReachKm(GYS_DB_PER_KM), 142.01, 0.006, "infinite");

        // the best intensity at each distance has the largest of all cut-off distances
        double longest = 0.0;
        for (double mu = 0.3; mu < 0.7; mu += 0.005)
        {
            protocol->SetAttribute("SignalIntensity", DoubleValue(mu));
            longest = std::max(longest, protocol->GetReachKm(GYS_DB_PER_KM));
        }
        NS_TEST_ASSERT_MSG_EQ_TOL(longest, 142.21, 0.01, "infinite, best mu");

        protocol->SetAttribute("SignalIntensity", DoubleValue(0.48));
        protocol->SetAttribute("ErrorCorrectionEfficiency", DoubleValue(1.0));
        NS_TEST_ASSERT_MSG_EQ_TOL(protocol->GetReachKm(GYS_DB_PER_KM), 150.11, 0.006, "f = 1");

        auto weak = MakeGys(DECOY_VACUUM_WEAK);
        const std::vector<std::array<double, 2>> cutOffs = {{0.01, 141.74},
                                                            {0.05, 140.62},
                                                            {0.12, 138.46},
                                                            {0.20, 135.63}};
        for (const auto& [nu, km] : cutOffs)
        {
            weak->SetAttribute("DecoyIntensity", DoubleValue(nu));
            const double reach = weak->GetReachKm(GYS_DB_PER_KM);
            NS_TEST_ASSERT_MSG_EQ_TOL(reach, km, 0.006, "vacuum and weak decoy " << nu);
            NS_TEST_ASSERT_MSG_EQ(weak->GetRate(Fibre(reach - 0.001)).hasKey, true, "before it");
            NS_TEST_ASSERT_MSG_EQ(weak->GetRate(Fibre(reach + 0.001)).hasKey, false, "after it");
        }

        // components take their loss off the reach
        weak = MakeGys(DECOY_VACUUM_WEAK);
        NS_TEST_ASSERT_MSG_EQ_TOL(weak->GetReachKm(GYS_DB_PER_KM, Loss(2.1)),
                                  weak->GetReachKm(GYS_DB_PER_KM) - 10.0,
                                  1e-6,
                                  "2.1 dB of components");
        NS_TEST_ASSERT_MSG_EQ(weak->GetReachKm(GYS_DB_PER_KM, Loss(60)), 0.0, "no key at 0 km");
        weak->SetAttribute("DarkCountProbability", DoubleValue(0.0));
        NS_TEST_ASSERT_MSG_EQ(std::isinf(weak->GetReachKm(GYS_DB_PER_KM)), true, "no background");
        weak->SetAttribute("MisalignmentError", DoubleValue(0.2));
        NS_TEST_ASSERT_MSG_EQ(weak->GetOptimalIntensity(), 0.0, "no intensity gives a key");
        weak->SetAttribute("MisalignmentError", DoubleValue(0.0));
        NS_TEST_ASSERT_MSG_EQ_TOL(weak->GetOptimalIntensity(), 1.0, 1e-9, "perfect alignment");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Blocks of decoy-state BB84, against numbers computed with 40 digits.
 */
class DecoyBb84BlockTest : public TestCase
{
  public:
    DecoyBb84BlockTest()
        : TestCase("Decoy-state BB84 plans blocks of sifted bits")
    {
    }

  private:
    void DoRun() override
    {
        auto protocol = MakeGys(DECOY_VACUUM_WEAK);
        QkdBlockPlan plan = protocol->PlanBlock(Fibre(0));
        NS_TEST_ASSERT_MSG_EQ(plan.hasKey, true, "0 km");
        NS_TEST_ASSERT_MSG_EQ(plan.pulses, 935888, "ceil(10000 / (Q/2))");
        NS_TEST_ASSERT_MSG_EQ(plan.duration, NanoSeconds(467944000), "pulses at 2 MHz");
        NS_TEST_ASSERT_MSG_EQ(plan.detections, 20000, "pulses Q");
        NS_TEST_ASSERT_MSG_EQ(plan.siftedBits, 10000, "the block");
        NS_TEST_ASSERT_MSG_EQ(plan.estimationBits, 0, "asymptotic");
        NS_TEST_ASSERT_MSG_EQ(plan.leakedBits, 2555, "ceil(f h2(E) 10000)");
        NS_TEST_ASSERT_MSG_EQ(plan.finalKeyBits, 2259, "floor(pulses R)");
        NS_TEST_ASSERT_MSG_EQ_TOL(plan.qber, 3.303715e-2, 1e-8, "E");

        plan = protocol->PlanBlock(Fibre(50));
        NS_TEST_ASSERT_MSG_EQ(plan.pulses, 10389880, "pulses at 50 km");
        NS_TEST_ASSERT_MSG_EQ(plan.duration, NanoSeconds(5194940000), "duration at 50 km");
        NS_TEST_ASSERT_MSG_EQ(plan.leakedBits, 2577, "leak at 50 km");
        NS_TEST_ASSERT_MSG_EQ(plan.finalKeyBits, 2177, "key at 50 km");

        protocol->SetAttribute("EstimationFraction", DoubleValue(0.1));
        plan = protocol->PlanBlock(Fibre(50));
        NS_TEST_ASSERT_MSG_EQ(plan.estimationBits, 1000, "a tenth is disclosed");
        NS_TEST_ASSERT_MSG_EQ(plan.leakedBits, 2320, "ceil(f h2(E) 9000)");
        NS_TEST_ASSERT_MSG_EQ(plan.finalKeyBits, 1960, "nine tenths of the key");
        protocol->SetAttribute("EstimationFraction", DoubleValue(0.0));

        plan = protocol->PlanBlock(Fibre(160));
        NS_TEST_ASSERT_MSG_EQ(plan.hasKey, false, "beyond the cut-off");
        NS_TEST_ASSERT_MSG_EQ(plan.finalKeyBits, 0, "beyond the cut-off");
        NS_TEST_ASSERT_MSG_GT(plan.duration, Seconds(100), "the block can be filled all the same");
        NS_TEST_ASSERT_MSG_GT(plan.qber, 0.09, "and its QBER says why");

        // 1e6 dB without background: no click for ever
        protocol->SetAttribute("DarkCountProbability", DoubleValue(0.0));
        plan = protocol->PlanBlock(Loss(1e6));
        NS_TEST_ASSERT_MSG_EQ(plan.duration, Time(0), "nothing is detected");
        // 400 dB: one click in 1e42 pulses has a key, but no simulated time is long enough
        NS_TEST_ASSERT_MSG_EQ(protocol->GetRate(Loss(400)).hasKey, true, "a rate of 1e-36 bit/s");
        plan = protocol->PlanBlock(Loss(400));
        NS_TEST_ASSERT_MSG_EQ(plan.hasKey, false, "400 dB");
        NS_TEST_ASSERT_MSG_EQ(plan.pulses, 0, "400 dB");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Bad attributes get a sentence with their name and value; regimes without key give none.
 */
class DecoyBb84InvalidTest : public TestCase
{
  public:
    DecoyBb84InvalidTest()
        : TestCase("Decoy-state BB84 names bad attributes and gives no key where there is none")
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
        auto protocol = MakeGys(DECOY_TWO);
        protocol->SetAttribute("SecondDecoyIntensity", DoubleValue(0.01));
        NS_TEST_EXPECT_MSG_EQ(protocol->Validate(), "", "good before " << attribute);
        protocol->SetAttribute(attribute, DoubleValue(value));
        const std::string message = protocol->Validate();
        NS_TEST_EXPECT_MSG_NE(message.find(attribute), std::string::npos, "name in: " << message);
        NS_TEST_EXPECT_MSG_NE(message.find(text), std::string::npos, text << " in: " << message);
    }

    /// Regimes without key, and strange ones at 0 dB.
    void CheckNoKey();

    void DoRun() override
    {
        Refuse("SignalIntensity", 0.0, " 0,");
        Refuse("SignalIntensity", 11.0, "11");
        Refuse("DecoyIntensity", 0.48, "0.48");
        Refuse("DecoyIntensity", 0.0, " 0,");
        Refuse("DecoyIntensity", 0.475, "0.485");
        Refuse("SecondDecoyIntensity", 0.05, "0.05");
        Refuse("SecondDecoyIntensity", -0.01, "-0.01");
        Refuse("DetectorEfficiency", 0.0, " 0,");
        Refuse("DetectorEfficiency", 1.5, "1.5");
        Refuse("DarkCountProbability", -0.1, "-0.1");
        Refuse("DarkCountProbability", 1.1, "1.1");
        Refuse("MisalignmentError", 0.6, "0.6");
        Refuse("BackgroundError", 1.01, "1.01");
        Refuse("ErrorCorrectionEfficiency", 0.99, "0.99");
        Refuse("SiftingFactor", 0.0, " 0,");
        Refuse("SiftingFactor", 1.2, "1.2");
        Refuse("EstimationFraction", 1.0, " 1,");
        Refuse("PulseRate", 0.0, " 0,");
        auto protocol = CreateObject<DecoyBb84Protocol>();
        NS_TEST_EXPECT_MSG_EQ(
            protocol->SetAttributeFailSafe("PulseRate",
                                           DoubleValue(std::numeric_limits<double>::quiet_NaN())),
            false,
            "not a number");
        NS_TEST_EXPECT_MSG_EQ(protocol->SetAttributeFailSafe("BlockSiftedBits", UintegerValue(0)),
                              false,
                              "an empty block");
        NS_TEST_EXPECT_MSG_NE(protocol->SetPreset("bb85").find("bb85"),
                              std::string::npos,
                              "an unknown preset is named");
        for (const std::string& name : protocol->GetPresetNames())
        {
            NS_TEST_EXPECT_MSG_EQ(protocol->SetPreset(name), "", "preset " << name);
            NS_TEST_EXPECT_MSG_EQ(protocol->Validate(), "", "preset " << name);
        }
        // decoys are not looked at where there are infinitely many
        protocol->SetAttribute("Estimation", StringValue("infinite"));
        protocol->SetAttribute("DecoyIntensity", DoubleValue(2.0));
        NS_TEST_EXPECT_MSG_EQ(protocol->Validate(), "", "infinite decoys");
        CheckNoKey();
    }
};

void
DecoyBb84InvalidTest::CheckNoKey()
{
    for (DecoyEstimation estimation : {DECOY_INFINITE, DECOY_VACUUM_WEAK, DECOY_TWO})
    {
        auto protocol = MakeGys(estimation);
        for (double y0 : {0.0, 1.7e-6, 0.5, 1.0})
        {
            protocol->SetAttribute("DarkCountProbability", DoubleValue(y0));
            for (ClickModel model : {CLICK_FIRST_ORDER, CLICK_UNION})
            {
                protocol->SetAttribute("ClickModel", EnumValue(model));
                for (double noise : {0.0, 0.3, 1.0})
                {
                    QuantumLinkBudget budget = Loss(1e6);
                    budget.noiseClickProbability = noise;
                    const QkdRatePoint point = protocol->GetRate(budget);
                    NS_TEST_EXPECT_MSG_EQ(point.hasKey, false, "1e6 dB");
                    NS_TEST_EXPECT_MSG_EQ(point.rateBps, 0.0, "1e6 dB");
                    NS_TEST_EXPECT_MSG_EQ((point.qber >= 0.0 && point.qber <= 0.5), true, "QBER");
                    NS_TEST_EXPECT_MSG_EQ(protocol->PlanBlock(budget).hasKey, false, "1e6 dB");
                    budget.lossDb = 0.0;
                    const DecoyBb84Estimate estimate = protocol->GetEstimate(budget);
                    NS_TEST_EXPECT_MSG_EQ((estimate.qMu >= 0.0 && estimate.qMu <= 1.0),
                                          true,
                                          "gain at 0 dB with noise " << noise);
                    NS_TEST_EXPECT_MSG_EQ((estimate.r > 0.0),
                                          (noise == 0.0 && y0 < 0.1),
                                          "key at 0 dB with noise " << noise << ", Y0 " << y0);
                }
            }
        }
    }
}

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of decoy-state BB84.
 */
class QkdnDecoyBb84TestSuite : public TestSuite
{
  public:
    QkdnDecoyBb84TestSuite()
        : TestSuite("qkdn-decoy-bb84", Type::UNIT)
    {
        AddTestCase(new DecoyBb84GoldenTest);
        AddTestCase(new DecoyBb84ReachTest);
        AddTestCase(new DecoyBb84BlockTest);
        AddTestCase(new DecoyBb84InvalidTest);
    }
};

static QkdnDecoyBb84TestSuite g_qkdnDecoyBb84TestSuite; //!< registers the suite
