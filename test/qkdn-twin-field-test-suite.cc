/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-protocol-fixture.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/qkdn-key-rate-math.h"
#include "ns3/qkdn-twin-field-protocol.h"
#include "ns3/qkdn-units.h"

#include <array>
#include <cmath>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

/**
 * @ingroup qkdn-resilience-tests
 * @brief Twin-field QKD against values computed independently of this code from the printed
 * formulas of Curty, Azuma and Lo (2019), with the five-fold sum for the yields in the place of the
 * short form that is used here.
 */
class TwinFieldGoldenTest : public ProtocolTestCase
{
  public:
    TwinFieldGoldenTest()
        : ProtocolTestCase("Twin-field QKD gives the values of the published formulas")
    {
    }

  private:
    /// A point.
    struct Row
    {
        double lossDb;   //!< of both arms
        double dark;     //!< p_d
        double mismatch; //!< phase over pi
        double pX;       //!< p_XX
        double eX;       //!< bit error
        double eZ;       //!< phase error
        double r;        //!< key, negative: none
    };

    void DoRun() override
    {
        // misalignment 2 %, |alpha|^2 = 0.04, f = 1.16
        const std::vector<Row> rows = {
            {20, 1e-8, 0, 0.00398342776, 0.0199260202, 0.11257536, 0.00261930736},
            {50, 1e-8, 0, 0.000126484477, 0.0200355599, 0.124527797, 7.42362919e-05},
            {80, 1e-8, 0, 4.00998325e-06, 0.0211969278, 0.148929802, 1.77271466e-06},
            {20, 1e-7, 0.05, 0.00398333698, 0.0258257924, 0.114382983, 0.00228099474},
            {50, 1e-7, 0.05, 0.000126574262, 0.0262810324, 0.135490942, 5.67679431e-05},
            {80, 1e-7, 0.05, 4.09998198e-06, 0.0374726408, 0.223185269, -2.7401125e-07}};
        auto protocol = CreateObject<TwinFieldProtocol>();
        protocol->SetAttribute("Optimise", BooleanValue(false));
        protocol->SetAttribute("SignalIntensity", DoubleValue(0.04));
        for (const Row& row : rows)
        {
            protocol->SetAttribute("DarkCountProbability", DoubleValue(row.dark));
            protocol->SetAttribute("PhaseMismatch", DoubleValue(row.mismatch));
            const TwinFieldEstimate e = protocol->GetEstimate(Loss(row.lossDb));
            const std::string at = " at " + std::to_string(row.lossDb) + " dB";
            Near(e.alphaA2, 0.04, 1e-12, "intensity" + at);
            Near(e.pX, row.pX, 1e-8, "p_XX" + at);
            Near(e.eX, row.eX, 1e-8, "e_X" + at);
            Near(e.eZ, row.eZ, 1e-7, "e_Z" + at);
            Near(e.r, row.r, 1e-6, "R" + at);
            const QkdRatePoint point = protocol->GetRate(Loss(row.lossDb));
            NS_TEST_EXPECT_MSG_EQ(point.hasKey, (row.r > 0.0), "key" << at);
            NS_TEST_EXPECT_MSG_EQ_TOL(point.rateBps, 1e9 * std::max(0.0, e.r), 1e-6, "1 GHz" << at);
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What twin-field QKD is for: more key than without a repeater, less than with one.
 */
class TwinFieldBoundTest : public ProtocolTestCase
{
  public:
    TwinFieldBoundTest()
        : ProtocolTestCase("Twin-field QKD beats the repeaterless bound, not that of a repeater")
    {
    }

  private:
    void DoRun() override
    {
        auto protocol = CreateObject<TwinFieldProtocol>();
        NS_TEST_ASSERT_MSG_EQ(protocol->SetPreset("curty2019"), "", "the parameters");
        for (double lossDb = 0.0; lossDb <= 120.0; lossDb += 2.5)
        {
            const double r = protocol->GetRate(Loss(lossDb)).bitPerPulse;
            const double eta = TransmittanceFromDb(lossDb);
            NS_TEST_EXPECT_MSG_LT(r, RepeaterlessBound(std::sqrt(eta)), "at " << lossDb << " dB");
            NS_TEST_EXPECT_MSG_EQ((r > RepeaterlessBound(eta)),
                                  (lossDb > 35.0 && lossDb <= 100.0),
                                  "at " << lossDb << " dB");
        }
        const double crossing = FindRoot(
            [protocol](double lossDb) {
                return protocol->GetRate(Loss(lossDb)).bitPerPulse -
                       RepeaterlessBound(TransmittanceFromDb(lossDb));
            },
            20.0,
            60.0);
        NS_TEST_EXPECT_MSG_EQ_TOL(crossing, 35.4, 0.05, "where it beats the bound");
        NS_TEST_EXPECT_MSG_EQ_TOL(protocol->GetReachKm(1.0), 100.8, 0.05, "where it ends");

        // a quarter of the key for each 12 dB: the square root of the transmittance
        const double ratio =
            protocol->GetRate(Loss(40)).bitPerPulse / protocol->GetRate(Loss(52)).bitPerPulse;
        NS_TEST_EXPECT_MSG_EQ_TOL(ratio, std::pow(10.0, 0.6), 0.15, "square root scaling");
        CheckStation(protocol);
        CheckNoise(protocol);
    }

    /**
     * @brief A station that is not in the middle.
     * @param protocol the protocol
     */
    void CheckStation(Ptr<TwinFieldProtocol> protocol)
    {
        QuantumLinkBudget budget = Loss(50);
        const double middle = protocol->GetEstimate(budget).r;
        budget.hasStation = true;
        budget.stationLossDb = 25;
        NS_TEST_EXPECT_MSG_EQ(protocol->GetEstimate(budget).r, middle, "in the middle");
        budget.stationLossDb = 20;
        const TwinFieldEstimate e = protocol->GetEstimate(budget);
        Near(e.etaA * e.alphaA2, e.etaB * e.alphaB2, 1e-12, "both pulses arrive alike");
        NS_TEST_EXPECT_MSG_LT(e.r, middle, "worse than in the middle");
        NS_TEST_EXPECT_MSG_GT(e.r, 0.2 * middle, "but not by much");
        budget.stationLossDb = 30;
        Near(protocol->GetEstimate(budget).r, e.r, 1e-9, "the ends can be swapped");
        budget.stationLossDb = 0;
        const QkdRatePoint end = protocol->GetRate(budget);
        NS_TEST_EXPECT_MSG_LT(end.bitPerPulse,
                              RepeaterlessBound(TransmittanceFromDb(50)),
                              "at one end there is no gain");
    }

    /**
     * @brief Noise and error that the link adds.
     * @param protocol the protocol
     */
    void CheckNoise(Ptr<TwinFieldProtocol> protocol)
    {
        QuantumLinkBudget noisy = Loss(50);
        noisy.noisePhotonRatePerNmHz = 1e3; // 1e-7 clicks per gate at two detectors
        auto darker = CreateObject<TwinFieldProtocol>();
        darker->SetAttribute("DarkCountProbability",
                             DoubleValue(1.0 - (1.0 - 1e-8) * std::exp(-5e-8)));
        Near(protocol->GetRate(noisy).rateBps, darker->GetRate(Loss(50)).rateBps, 1e-6, "noise");
        QuantumLinkBudget drift = Loss(50);
        drift.addedError = 0.02;
        const TwinFieldEstimate before = protocol->GetEstimate(Loss(50));
        const TwinFieldEstimate during = protocol->GetEstimate(drift);
        NS_TEST_EXPECT_MSG_EQ(during.alphaA2,
                              before.alphaA2,
                              "the light is not adapted to a drift");
        NS_TEST_EXPECT_MSG_EQ_TOL(during.eX, 0.0392, 2e-4, "0.02 + 0.02 - 2 x 0.02 x 0.02");
        NS_TEST_EXPECT_MSG_LT(during.r, before.r, "error takes key");
        drift.addedError = 0.25;
        NS_TEST_EXPECT_MSG_EQ(protocol->GetRate(drift).hasKey, false, "intercept and resend");
        NS_TEST_EXPECT_MSG_EQ(protocol->GetRate(Loss(1e6)).hasKey, false, "no light");
        const QkdBlockPlan plan = protocol->PlanBlock(Loss(50));
        NS_TEST_EXPECT_MSG_EQ(plan.siftedBits, 100000, "the block");
        NS_TEST_EXPECT_MSG_EQ(plan.pulses, std::ceil(1e5 / (2.0 * before.pX)), "2 p_XX");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Parameters out of range.
 */
class TwinFieldParameterTest : public ProtocolTestCase
{
  public:
    TwinFieldParameterTest()
        : ProtocolTestCase("Twin-field QKD refuses bad parameters")
    {
    }

  private:
    void DoRun() override
    {
        auto protocol = CreateObject<TwinFieldProtocol>();
        CheckPresets(protocol);
        NS_TEST_EXPECT_MSG_EQ(protocol->NeedsStation(), true, "beam splitter and detectors");
        Refuse(protocol, "SignalIntensity", 0.0, " 0,");
        Refuse(protocol, "DetectorEfficiency", -0.5, "-0.5");
        Refuse(protocol, "DarkCountProbability", 1.0, " 1,");
        Refuse(protocol, "MisalignmentError", 0.7, "0.7");
        Refuse(protocol, "PhaseMismatch", 0.6, "0.6");
        Refuse(protocol, "ErrorCorrectionEfficiency", 0.5, "0.5");
        Refuse(protocol, "SiftingFactor", 1.5, "1.5");
        Refuse(protocol, "EstimationFraction", -0.1, "-0.1");
        Refuse(protocol, "PulseRate", 0.0, " 0,");
        Refuse(protocol, "GateDurationS", 0.0, " 0,");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of twin-field QKD.
 */
class QkdnTwinFieldTestSuite : public TestSuite
{
  public:
    QkdnTwinFieldTestSuite()
        : TestSuite("qkdn-twin-field", Type::UNIT)
    {
        AddTestCase(new TwinFieldGoldenTest);
        AddTestCase(new TwinFieldBoundTest);
        AddTestCase(new TwinFieldParameterTest);
    }
};

static QkdnTwinFieldTestSuite g_qkdnTwinFieldTestSuite; //!< registers the suite
