/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-protocol-fixture.h"

#include "ns3/double.h"
#include "ns3/enum.h"
#include "ns3/qkdn-block-statistics.h"
#include "ns3/qkdn-cv-qkd-protocol.h"
#include "ns3/qkdn-key-rate-math.h"
#include "ns3/qkdn-units.h"

#include <array>
#include <cmath>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/**
 * @brief CV-QKD with the parameters of the golden values.
 * @param detection homodyne or heterodyne
 * @return the protocol
 */
Ptr<CvQkdProtocol>
MakeCv(CvDetection detection)
{
    auto protocol = CreateObject<CvQkdProtocol>();
    protocol->SetAttribute("Detection", EnumValue(detection));
    return protocol;
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief CV-QKD against golden values: formulas of Lodewyck et al. (2007) and Fossier et al.
 * (2009), V_A 4, xi 0.01, eta 0.6, v_el 0.01, beta 0.95, 0.2 dB/km, computed independently of this
 * code.
 */
class CvQkdGoldenTest : public ProtocolTestCase
{
  public:
    CvQkdGoldenTest()
        : ProtocolTestCase("CV-QKD gives the golden values and the analytic limits")
    {
    }

  private:
    void DoRun() override
    {
        const std::vector<std::array<double, 3>> golden = {{0, 0.74876026, 0.94873857},
                                                           {10, 0.25339116, 0.27275007},
                                                           {50, 0.02286612, 0.02275072},
                                                           {100, 0.00196695, 0.00196461}};
        auto homodyne = MakeCv(CV_HOMODYNE);
        auto heterodyne = MakeCv(CV_HETERODYNE);
        for (const auto& [lengthKm, hom, het] : golden)
        {
            const std::string at = " at " + std::to_string(lengthKm) + " km";
            NS_TEST_EXPECT_MSG_EQ_TOL(homodyne->GetEstimate(Fibre(lengthKm)).k, hom, 6e-9, at);
            NS_TEST_EXPECT_MSG_EQ_TOL(heterodyne->GetEstimate(Fibre(lengthKm)).k, het, 6e-9, at);
            NS_TEST_EXPECT_MSG_EQ_TOL(homodyne->GetRate(Fibre(lengthKm)).rateBps,
                                      1e6 * hom,
                                      6e-3,
                                      "1 MHz" << at);
        }
        CvQkdEstimate e = homodyne->GetEstimate(Fibre(50));
        NS_TEST_EXPECT_MSG_EQ_TOL(e.iAb, 0.15370417, 6e-9, "I_AB, homodyne");
        NS_TEST_EXPECT_MSG_EQ_TOL(e.chiBe, 0.12315284, 6e-9, "chi_BE, homodyne");
        NS_TEST_EXPECT_MSG_EQ_TOL(e.lambda1, 4.600071, 6e-7, "lambda_1");
        NS_TEST_EXPECT_MSG_EQ_TOL(e.lambda2, 1.001071, 6e-7, "lambda_2");
        NS_TEST_EXPECT_MSG_EQ_TOL(e.lambda3, 4.240747, 6e-7, "lambda_3");
        NS_TEST_EXPECT_MSG_EQ_TOL(e.lambda4, 1.000417, 6e-7, "lambda_4");
        e = heterodyne->GetEstimate(Fibre(50));
        NS_TEST_EXPECT_MSG_EQ_TOL(e.iAb, 0.16192199, 6e-9, "I_AB, heterodyne");
        NS_TEST_EXPECT_MSG_EQ_TOL(e.chiBe, 0.13107517, 6e-9, "chi_BE, heterodyne");
        NS_TEST_EXPECT_MSG_EQ_TOL(e.lambda3, 4.217961, 6e-7, "lambda_3, heterodyne");
        NS_TEST_EXPECT_MSG_EQ_TOL(e.lambda4, 1.000417, 6e-7, "lambda_4, heterodyne");
        CheckLimits();
        CheckNoise();
        CheckBlock();
        CheckDraws(CV_HOMODYNE);
        CheckDraws(CV_HETERODYNE);
    }

    /**
     * @brief Blocks whose excess noise is estimated.
     * @param detection homodyne or heterodyne
     */
    void CheckDraws(CvDetection detection)
    {
        auto protocol = MakeCv(detection);
        protocol->SetAttribute("ExcessNoise", DoubleValue(0.1));
        const QuantumLinkBudget budget = Fibre(10);
        const int blocks = 400;
        double mean = 0.0;
        double squares = 0.0;
        for (int i = 0; i < blocks; ++i)
        {
            BlockStatistics statistics(42, i);
            const QkdBlockPlan block = protocol->DrawBlock(budget, statistics);
            NS_TEST_EXPECT_MSG_EQ(block.siftedBits, 1000000, "each symbol is measured");
            const double xi = 8.0 * block.qber;
            mean += xi / blocks;
            squares += (xi - 0.1) * (xi - 0.1) / blocks;
        }
        // sqrt(2/m) (1 + v_el + g xi) / g; g = eta T, half of it and twice the samples if
        // heterodyne
        const bool homodyne = detection == CV_HOMODYNE;
        const double g = 0.6 * TransmittanceFromDb(2.0) * (homodyne ? 1.0 : 0.5);
        const double sigma = std::sqrt((homodyne ? 2.0 : 1.0) / 1e6) * (1.01 + 0.1 * g) / g;
        NS_TEST_EXPECT_MSG_EQ_TOL(mean, 0.1, 5.0 * sigma / 20.0, "mean of xi");
        NS_TEST_EXPECT_MSG_EQ_TOL(std::sqrt(squares), sigma, 0.18 * sigma, "its deviation");
        QuantumLinkBudget attacked = budget;
        attacked.addedError = 0.25;
        BlockStatistics statistics(1, 1);
        NS_TEST_EXPECT_MSG_EQ(protocol->DrawBlock(attacked, statistics).hasKey, false, "attacked");
        NS_TEST_EXPECT_MSG_EQ(protocol->DrawBlock(Loss(200), statistics).hasKey, false, "200 dB");
    }

    /// A perfect detector, no excess noise, perfect reconciliation, unlimited modulation.
    void CheckLimits()
    {
        for (const CvDetection detection : {CV_HOMODYNE, CV_HETERODYNE})
        {
            auto ideal = MakeCv(detection);
            ideal->SetAttribute("ModulationVariance", DoubleValue(1e6));
            ideal->SetAttribute("ExcessNoise", DoubleValue(0.0));
            ideal->SetAttribute("DetectorEfficiency", DoubleValue(1.0));
            ideal->SetAttribute("ElectronicNoise", DoubleValue(0.0));
            ideal->SetAttribute("ReconciliationEfficiency", DoubleValue(1.0));
            const std::vector<std::array<double, 3>> limits = {
                {0.5, 0.5, 0.557304},
                {0.1, 0.5 * std::log2(1.0 / 0.9), 0.0773358}};
            for (const auto& [t, hom, het] : limits)
            {
                NS_TEST_EXPECT_MSG_EQ_TOL(ideal->GetEstimate(Loss(-10.0 * std::log10(t))).k,
                                          (detection == CV_HOMODYNE ? hom : het),
                                          2e-6,
                                          "limit at T = " << t);
            }
        }
    }

    /// Noise and error that the link adds.
    void CheckNoise()
    {
        auto protocol = MakeCv(CV_HOMODYNE);
        QuantumLinkBudget budget = Fibre(25);
        // 2 c / (1550 nm)^2 per nm: 2.495671e11 modes a second, both polarisations
        budget.noisePhotonRatePerNmHz = 2.495671041e8;
        const double t = TransmittanceFromDb(5.0);
        NS_TEST_EXPECT_MSG_EQ_TOL(protocol->GetEstimate(budget).excessNoise,
                                  0.01 + 2e-3 / t,
                                  1e-9,
                                  "1e-3 photons a mode");
        NS_TEST_EXPECT_MSG_LT(protocol->GetRate(budget).rateBps,
                              protocol->GetRate(Fibre(25)).rateBps,
                              "noise takes key");
        budget = Fibre(25);
        budget.addedError = 0.25;
        NS_TEST_EXPECT_MSG_EQ_TOL(protocol->GetEstimate(budget).excessNoise,
                                  2.01,
                                  1e-12,
                                  "intercept and resend");
        NS_TEST_EXPECT_MSG_EQ_TOL(protocol->GetRate(budget).qber, 2.01 / 8.0, 1e-12, "as QBER");
        NS_TEST_EXPECT_MSG_EQ(protocol->GetRate(budget).hasKey, false, "no key is left of it");
        NS_TEST_EXPECT_MSG_EQ(protocol->GetRate(Loss(101)).hasKey, false, "below all digits");
        NS_TEST_EXPECT_MSG_EQ(protocol->GetRate(Loss(1e6)).hasKey, false, "no light");
        NS_TEST_EXPECT_MSG_EQ_TOL(protocol->GetReachKm(0.2), 500.0, 1e-4, "100 dB");
        protocol->SetAttribute("ExcessNoise", DoubleValue(0.06));
        const double reach = protocol->GetReachKm(0.2);
        NS_TEST_EXPECT_MSG_EQ_TOL(protocol->GetEstimate(Fibre(reach)).k, 0.0, 1e-9, "K ends");
        NS_TEST_EXPECT_MSG_EQ_TOL(reach, 117.2, 0.05, "noise ends it before");
    }

    /// A block and its bits.
    void CheckBlock()
    {
        auto protocol = MakeCv(CV_HOMODYNE);
        protocol->SetAttribute("EstimationFraction", DoubleValue(0.5));
        const QkdBlockPlan plan = protocol->PlanBlock(Fibre(50));
        NS_TEST_EXPECT_MSG_EQ(plan.duration, Seconds(1), "1e6 symbols at 1 MHz");
        NS_TEST_EXPECT_MSG_EQ(plan.estimationBits, 500000, "half of them are disclosed");
        NS_TEST_EXPECT_MSG_EQ(plan.finalKeyBits, 11433, "0.02286612 x 500000, rounded down");
        // codes of one bit a symbol: 1 - 0.95 x 0.15370417 are disclosed
        NS_TEST_EXPECT_MSG_EQ(plan.leakedBits, 426991, "0.8539810 x 500000, rounded up");
        NS_TEST_EXPECT_MSG_EQ_TOL(protocol->GetRate(Fibre(50)).rateBps, 11433.06, 0.01, "rate");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Parameters out of range.
 */
class CvQkdParameterTest : public ProtocolTestCase
{
  public:
    CvQkdParameterTest()
        : ProtocolTestCase("CV-QKD refuses bad parameters")
    {
    }

  private:
    void DoRun() override
    {
        auto protocol = CreateObject<CvQkdProtocol>();
        CheckPresets(protocol);
        Refuse(protocol, "ModulationVariance", 0.0, " 0,");
        Refuse(protocol, "ExcessNoise", -0.01, "-0.01");
        Refuse(protocol, "DetectorEfficiency", 0.0, " 0,");
        Refuse(protocol, "DetectorEfficiency", 1.01, "1.01");
        Refuse(protocol, "ElectronicNoise", -1.0, "-1");
        Refuse(protocol, "ReconciliationEfficiency", 1.1, "1.1");
        Refuse(protocol, "EstimationFraction", 1.0, " 1,");
        Refuse(protocol, "WavelengthNm", 0.0, " 0,");
        Refuse(protocol, "SymbolRate", 0.0, " 0,");
        NS_TEST_EXPECT_MSG_EQ(protocol->NeedsStation(), false, "both ends alone");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of CV-QKD.
 */
class QkdnCvQkdTestSuite : public TestSuite
{
  public:
    QkdnCvQkdTestSuite()
        : TestSuite("qkdn-cv-qkd", Type::UNIT)
    {
        AddTestCase(new CvQkdGoldenTest);
        AddTestCase(new CvQkdParameterTest);
    }
};

static QkdnCvQkdTestSuite g_qkdnCvQkdTestSuite; //!< registers the suite
