/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-protocol-fixture.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/enum.h"
#include "ns3/qkdn-attribute-text.h"
#include "ns3/qkdn-bbm92-protocol.h"
#include "ns3/qkdn-cv-qkd-protocol.h"
#include "ns3/qkdn-decoy-bb84-finite-protocol.h"
#include "ns3/qkdn-decoy-bb84-protocol.h"
#include "ns3/qkdn-key-rate-math.h"
#include "ns3/qkdn-qkd-protocol-helper.h"
#include "ns3/qkdn-random-stream.h"
#include "ns3/qkdn-twin-field-protocol.h"
#include "ns3/qkdn-units.h"
#include "ns3/random-variable-stream.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

/**
 * @ingroup qkdn-resilience-tests
 * @brief What holds for every protocol with any parameters: defined figures, no more key than the
 * repeaterless bound (twin-field: than the bound with one repeater), less with more loss, noise or
 * error, no bit of a block used twice. Decoy-state BB84 has such a test of its own.
 */
class KeyRateBoundTest : public ProtocolTestCase
{
  public:
    KeyRateBoundTest()
        : ProtocolTestCase("Protocols keep their bounds for random parameters")
    {
    }

  private:
    /**
     * @brief A number whose logarithm is uniform.
     * @param low lowest
     * @param high highest
     * @return the number
     */
    double Log(double low, double high)
    {
        return std::exp(m_uniform->GetValue(std::log(low), std::log(high)));
    }

    /// @return finite-key BB84 with any setting
    Ptr<QkdProtocol> DrawFinite();
    /// @return CV-QKD with any parameters
    Ptr<QkdProtocol> DrawCv();
    /// @return BBM92 with any parameters
    Ptr<QkdProtocol> DrawBbm92();
    /// @return twin-field QKD with any parameters
    Ptr<QkdProtocol> DrawTwinField();

    /**
     * @brief Check one protocol over the whole range of loss.
     * @param protocol the protocol
     * @param repeater whether it may have as much key as with a repeater
     * @param trial number for messages
     * @return how many of the points had a key
     */
    int Check(Ptr<QkdProtocol> protocol, bool repeater, int trial);

    void DoRun() override
    {
        m_uniform = CreateObject<UniformRandomVariable>();
        m_uniform->SetStream(RandomStreamNumber("qkdn-key-rate-bounds", "parameters"));
        std::vector<int> keys(4, 0);
        for (int trial = 0; trial < 100; ++trial)
        {
            keys[0] += Check(DrawFinite(), false, trial);
            keys[1] += Check(DrawCv(), false, trial);
            keys[2] += Check(DrawBbm92(), false, trial);
            keys[3] += Check(DrawTwinField(), true, trial);
        }
        for (const int count : keys)
        {
            NS_TEST_EXPECT_MSG_GT(count, 50, "the properties were tested on links with a key");
        }
    }

    Ptr<UniformRandomVariable> m_uniform; //!< where parameters come from
};

Ptr<QkdProtocol>
KeyRateBoundTest::DrawFinite()
{
    auto protocol = CreateObject<DecoyBb84FiniteProtocol>();
    const double mu3 = Log(1e-5, 0.05);
    const double mu2 = mu3 + Log(0.02, 0.3);
    const double p1 = m_uniform->GetValue(0.05, 0.7);
    const double p2 = (1.0 - p1) * m_uniform->GetValue(0.3, 0.9);
    protocol->SetAttribute("Optimise", BooleanValue(false));
    protocol->SetAttribute("Secrecy", StringValue("fixed"));
    protocol->SetAttribute("BlockSiftedBits", UintegerValue(static_cast<uint64_t>(Log(1e4, 1e9))));
    protocol->SetAttribute("KeyBasisProbability", DoubleValue(m_uniform->GetValue(0.3, 0.95)));
    protocol->SetAttribute("SignalProbability", DoubleValue(p1));
    protocol->SetAttribute("DecoyProbability", DoubleValue(p2));
    protocol->SetAttribute("SecondDecoyProbability", DoubleValue(1.0 - p1 - p2));
    protocol->SetAttribute("SignalIntensity", DoubleValue(mu2 + mu3 + Log(0.05, 0.8)));
    protocol->SetAttribute("DecoyIntensity", DoubleValue(mu2));
    protocol->SetAttribute("SecondDecoyIntensity", DoubleValue(mu3));
    protocol->SetAttribute("DetectorEfficiency", DoubleValue(Log(0.01, 1.0)));
    protocol->SetAttribute("DarkCountProbability", DoubleValue(Log(1e-9, 1e-2)));
    protocol->SetAttribute("AfterpulseProbability", DoubleValue(m_uniform->GetValue(0.0, 0.1)));
    protocol->SetAttribute("MisalignmentError", DoubleValue(m_uniform->GetValue(0.0, 0.05)));
    return protocol;
}

Ptr<QkdProtocol>
KeyRateBoundTest::DrawCv()
{
    auto protocol = CreateObject<CvQkdProtocol>();
    protocol->SetAttribute(
        "Detection",
        EnumValue(m_uniform->GetInteger(0, 1) == 0 ? CV_HOMODYNE : CV_HETERODYNE));
    protocol->SetAttribute("ModulationVariance", DoubleValue(Log(0.1, 1000.0)));
    protocol->SetAttribute("ExcessNoise", DoubleValue(Log(1e-6, 0.3)));
    protocol->SetAttribute("DetectorEfficiency", DoubleValue(m_uniform->GetValue(0.1, 1.0)));
    protocol->SetAttribute("ElectronicNoise", DoubleValue(m_uniform->GetValue(0.0, 0.5)));
    protocol->SetAttribute("ReconciliationEfficiency", DoubleValue(m_uniform->GetValue(0.8, 1.0)));
    protocol->SetAttribute("EstimationFraction", DoubleValue(m_uniform->GetValue(0.0, 0.6)));
    return protocol;
}

Ptr<QkdProtocol>
KeyRateBoundTest::DrawBbm92()
{
    auto protocol = CreateObject<Bbm92Protocol>();
    protocol->SetAttribute("Optimise", BooleanValue(m_uniform->GetInteger(0, 1) == 0));
    protocol->SetAttribute("MeanPairNumber", DoubleValue(Log(1e-4, 1.0)));
    protocol->SetAttribute("DetectorEfficiency", DoubleValue(Log(0.01, 1.0)));
    protocol->SetAttribute("DarkCountProbability", DoubleValue(Log(1e-9, 1e-2)));
    protocol->SetAttribute("MisalignmentError", DoubleValue(m_uniform->GetValue(0.0, 0.08)));
    protocol->SetAttribute("ErrorCorrectionEfficiency", DoubleValue(m_uniform->GetValue(1.0, 1.5)));
    protocol->SetAttribute("SiftingFactor", DoubleValue(m_uniform->GetValue(0.5, 1.0)));
    protocol->SetAttribute("EstimationFraction", DoubleValue(m_uniform->GetValue(0.0, 0.3)));
    return protocol;
}

Ptr<QkdProtocol>
KeyRateBoundTest::DrawTwinField()
{
    auto protocol = CreateObject<TwinFieldProtocol>();
    protocol->SetAttribute("Optimise", BooleanValue(m_uniform->GetInteger(0, 1) == 0));
    protocol->SetAttribute("SignalIntensity", DoubleValue(Log(1e-3, 1.0)));
    protocol->SetAttribute("DetectorEfficiency", DoubleValue(Log(0.05, 1.0)));
    protocol->SetAttribute("DarkCountProbability", DoubleValue(Log(1e-10, 1e-3)));
    protocol->SetAttribute("MisalignmentError", DoubleValue(m_uniform->GetValue(0.0, 0.05)));
    protocol->SetAttribute("PhaseMismatch", DoubleValue(m_uniform->GetValue(0.0, 0.1)));
    protocol->SetAttribute("ErrorCorrectionEfficiency", DoubleValue(m_uniform->GetValue(1.0, 1.5)));
    protocol->SetAttribute("SiftingFactor", DoubleValue(m_uniform->GetValue(0.25, 1.0)));
    return protocol;
}

int
KeyRateBoundTest::Check(Ptr<QkdProtocol> protocol, bool repeater, int trial)
{
    const std::string name = protocol->GetInstanceTypeId().GetName();
    NS_TEST_EXPECT_MSG_EQ(protocol->Validate(), "", "parameters of trial " << trial);
    int keys = 0;
    double last = std::numeric_limits<double>::infinity();
    for (double lossDb : {0.0, 0.5, 2.0, 5.0, 10.0, 20.0, 35.0, 60.0, 95.0, 200.0, 1e6})
    {
        const QuantumLinkBudget budget = Loss(lossDb);
        const QkdRatePoint point = protocol->GetRate(budget);
        const double eta = TransmittanceFromDb(lossDb);
        const double bound = RepeaterlessBound(repeater ? std::sqrt(eta) : eta);
        const std::string at = " of " + name + " in trial " + std::to_string(trial) + " at " +
                               std::to_string(lossDb) + " dB";
        NS_TEST_EXPECT_MSG_EQ(point.hasKey, (point.rateBps > 0.0), "key and rate agree" << at);
        NS_TEST_EXPECT_MSG_EQ((point.bitPerPulse >= 0.0 && point.bitPerPulse <= bound),
                              true,
                              "bound" << at);
        NS_TEST_EXPECT_MSG_EQ((point.bitPerPulse <= last * (1.0 + 1e-6)),
                              true,
                              "less key with more loss" << at);
        NS_TEST_EXPECT_MSG_EQ((point.qber >= 0.0 && point.qber <= 0.5), true, "QBER" << at);
        NS_TEST_EXPECT_MSG_EQ(std::isfinite(point.detectionRateHz), true, "detections" << at);
        last = point.bitPerPulse;
        keys += point.hasKey ? 1 : 0;

        QuantumLinkBudget worse = budget;
        worse.noisePhotonRatePerNmHz = 1e7;
        const double noisy = protocol->GetRate(worse).rateBps;
        NS_TEST_EXPECT_MSG_EQ((noisy <= point.rateBps), true, "noise takes key" << at);
        worse.addedError = 0.01;
        NS_TEST_EXPECT_MSG_EQ((protocol->GetRate(worse).rateBps <= noisy * (1.0 + 1e-9)),
                              true,
                              "error takes key" << at);
        worse.addedError = 1.0;
        worse.noiseClickProbability = 1.0;
        NS_TEST_EXPECT_MSG_EQ(protocol->GetRate(worse).hasKey, false, "the worst link" << at);

        const QkdBlockPlan plan = protocol->PlanBlock(budget);
        NS_TEST_EXPECT_MSG_EQ(
            (!plan.hasKey ||
             plan.finalKeyBits + plan.leakedBits + plan.estimationBits <= plan.siftedBits),
            true,
            "no bit of a block is used twice" << at);
        NS_TEST_EXPECT_MSG_EQ((plan.detections <= plan.pulses), true, "detections" << at);
        NS_TEST_EXPECT_MSG_EQ((!plan.hasKey || plan.duration.IsStrictlyPositive()),
                              true,
                              "a block takes time" << at);
    }
    return keys;
}

/**
 * @ingroup qkdn-resilience-tests
 * @brief Raman noise: photon rates computed independently of this code (forward and backward, 0 dBm
 * over fibre of 0.2 dB/km, 2e-9 per km and nm) and what they do to decoy-state BB84.
 */
class NoisePhotonTest : public ProtocolTestCase
{
  public:
    NoisePhotonTest()
        : ProtocolTestCase("Noise photons become clicks and take key")
    {
    }

  private:
    void DoRun() override
    {
        auto protocol = CreateObject<DecoyBb84Protocol>();
        NS_TEST_ASSERT_MSG_EQ(protocol->SetPreset("gys"), "", "the parameters");
        protocol->SetAttribute("Estimation", StringValue("infinite"));
        protocol->SetAttribute("ClickModel", StringValue("union"));
        // photons per second in 0.1 nm, both directions, over 10 km
        const double photons = 9.84657e6 + 1.019832e7;
        QuantumLinkBudget budget = Fibre(10);
        budget.noisePhotonRatePerNmHz = photons / 0.1;
        const double clicks = photons * 1e-9 * 0.045;
        const double y0 = 1.0 - (1.0 - 1.7e-6) * std::exp(-clicks);
        const DecoyBb84Estimate e = protocol->GetEstimate(budget);
        Near(e.y0, y0, 1e-9, "Y0 -> 1 - (1 - Y0) exp(-p)");

        // the rate by the formulas, written out
        const double eta = std::pow(10.0, -0.2) * 0.045;
        const double mu = 0.48;
        const double gain = y0 + (1.0 - y0) * (1.0 - std::exp(-eta * mu));
        const double error = (0.5 * y0 + 0.033 * (1.0 - y0) * (1.0 - std::exp(-eta * mu))) / gain;
        const double y1 = y0 + (1.0 - y0) * eta;
        const double e1 = (0.5 * y0 + 0.033 * (1.0 - y0) * eta) / y1;
        const double r = 0.5 * (y1 * mu * std::exp(-mu) * (1.0 - BinaryEntropy(e1)) -
                                gain * 1.22 * BinaryEntropy(error));
        Near(protocol->GetRate(budget).bitPerPulse, r, 1e-9, "rate with noise");
        NS_TEST_EXPECT_MSG_LT(r, 0.93 * protocol->GetRate(Fibre(10)).bitPerPulse, "it takes key");

        protocol->SetAttribute("FilterBandwidthNm", DoubleValue(0.2));
        protocol->SetAttribute("GateDurationS", DoubleValue(0.5e-9));
        Near(protocol->GetEstimate(budget).y0, y0, 1e-9, "twice the filter, half the gate");
        budget.noisePhotonRatePerNmHz = 1e20;
        Near(protocol->GetEstimate(budget).y0, 1.0, 1e-9, "daylight");
        NS_TEST_EXPECT_MSG_EQ(protocol->GetRate(budget).hasKey, false, "daylight");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Protocols by name.
 */
class ProtocolHelperTest : public ProtocolTestCase
{
  public:
    ProtocolHelperTest()
        : ProtocolTestCase("Protocols are made by name, and say which attributes they lack")
    {
    }

  private:
    void DoRun() override
    {
        NS_TEST_ASSERT_MSG_EQ(QkdProtocolHelper::GetNames().size(), 6, "protocols");
        for (const std::string& name : QkdProtocolHelper::GetNames())
        {
            const auto protocol = QkdProtocolHelper::Create(name);
            NS_TEST_EXPECT_MSG_EQ(protocol->Validate(), "", name << " with its defaults");
            NS_TEST_EXPECT_MSG_EQ(protocol->GetRate(Fibre(10)).hasKey, true, name << ", 10 km");
            NS_TEST_EXPECT_MSG_EQ(protocol->PlanBlock(Fibre(10)).hasKey, true, name << ", 10 km");
            NS_TEST_EXPECT_MSG_EQ(QkdProtocolHelper::GetPresetNames(name).size(),
                                  (name == "measured" ? 0U : 1U),
                                  name << ", presets");
        }
        const auto protocol = QkdProtocolHelper::Create("bbm92");
        NS_TEST_EXPECT_MSG_EQ(SetAttributeText(*protocol, "PulseRate", "5e6"), "", "");
        DoubleValue rate;
        protocol->GetAttribute("PulseRate", rate);
        NS_TEST_EXPECT_MSG_EQ(rate.Get(), 5e6, "it was set");
        const std::string unknown = SetAttributeText(*protocol, "Colour", "red");
        NS_TEST_EXPECT_MSG_EQ(unknown.find("give an attribute of ns3::qkdn::Bbm92Protocol: "),
                              0,
                              unknown);
        NS_TEST_EXPECT_MSG_NE(unknown.find("PulseRate"), std::string::npos, "it lists them");
        const auto refused = [](const Ptr<QkdProtocol>& p, const char* name, const char* value) {
            return SetAttributeText(*p, name, value);
        };
        for (const char* value : {"fast", "5e6 Hz", "", "5,5"})
        {
            const std::string mend = refused(protocol, "PulseRate", value);
            NS_TEST_EXPECT_MSG_NE(mend.find("PulseRate accepts"), std::string::npos, value << mend);
        }
        for (const char* value : {"0", "-5", "1.5", "many", "1e20"})
        {
            const std::string mend = refused(protocol, "BlockSiftedBits", value);
            NS_TEST_EXPECT_MSG_NE(mend.find("BlockSiftedBits"), std::string::npos, value << mend);
        }
        NS_TEST_EXPECT_MSG_EQ(refused(protocol, "BlockSiftedBits", "1e5"), "", "a whole number");
        NS_TEST_EXPECT_MSG_EQ(refused(protocol, "Optimise", "false"), "", "a truth value");
        NS_TEST_EXPECT_MSG_NE(refused(protocol, "Optimise", "perhaps"), "", "no truth value");
        const auto cv = QkdProtocolHelper::Create("cv-qkd");
        NS_TEST_EXPECT_MSG_EQ(refused(cv, "Detection", "heterodyne"), "", "a name");
        NS_TEST_EXPECT_MSG_NE(refused(cv, "Detection", "by-eye"), "", "no name");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of what holds for all QKD protocols.
 */
class QkdnKeyRateBoundsTestSuite : public TestSuite
{
  public:
    QkdnKeyRateBoundsTestSuite()
        : TestSuite("qkdn-key-rate-bounds", Type::UNIT)
    {
        AddTestCase(new KeyRateBoundTest);
        AddTestCase(new NoisePhotonTest);
        AddTestCase(new ProtocolHelperTest);
    }
};

static QkdnKeyRateBoundsTestSuite g_qkdnKeyRateBoundsTestSuite; //!< registers the suite
