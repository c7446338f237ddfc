/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/abort.h"
#include "ns3/double.h"
#include "ns3/enum.h"
#include "ns3/object-factory.h"
#include "ns3/qkdn-decoy-bb84-protocol.h"
#include "ns3/qkdn-quantum-channel.h"
#include "ns3/qkdn-raman-noise.h"
#include "ns3/qkdn-units.h"
#include "ns3/test.h"

#include <cmath>
#include <string>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

constexpr double POWER_W = 1e-3;       //!< 0 dBm
constexpr double RHO = 2e-9;           //!< Raman coefficient, 1/(km nm)
constexpr double BANDWIDTH_NM = 0.1;   //!< of the golden values
constexpr double WAVELENGTH_NM = 1550; //!< of the golden values

/**
 * @brief A fibre with classical light.
 * @param lengthKm its length, km
 * @param fromA light launched at end A, W
 * @param fromB light launched at end B, W
 * @return the fibre
 */
Ptr<FibreSpan>
MakeLitSpan(double lengthKm, double fromA, double fromB)
{
    return CreateObjectWithAttributes<FibreSpan>("LengthKm",
                                                 DoubleValue(lengthKm),
                                                 "ClassicalPowerAToB",
                                                 DoubleValue(fromA),
                                                 "ClassicalPowerBToA",
                                                 DoubleValue(fromB));
}

/**
 * @brief A quantum channel over one fibre.
 * @param span the fibre
 * @return what it does to light
 */
QuantumLinkBudget
BudgetOver(Ptr<FibreSpan> span)
{
    FibrePath path;
    path.AddSpan(span);
    Ptr<QuantumChannel> channel = CreateObject<QuantumChannel>();
    channel->SetPath(path);
    const QuantumLinkBudget budget = channel->GetBudget();
    channel->Dispose();
    return budget;
}

/// Binary entropy.
double
H2(double x)
{
    return -x * std::log2(x) - (1.0 - x) * std::log2(1.0 - x);
}

/**
 * @brief Key of decoy BB84 with infinite decoys and the GYS parameters (Ma et al., Phys. Rev. A 72,
 * 012326 (2005), equations 10 and 11 and the GLLP rate), with Raman noise of light of the same
 * power in both directions: written again here from the formulas alone.
 * @param lengthKm length of fibre at 0.2 dB/km
 * @param powerW launched power, W
 * @return bit per pulse, negative beyond the cut-off
 */
double
KeyByFormula(double lengthKm, double powerW)
{
    const double a = 0.2 * std::log(10.0) / 10.0;
    const double scattered =
        powerW * RHO *
        (std::exp(-a * lengthKm) * lengthKm + (1.0 - std::exp(-2.0 * a * lengthKm)) / (2.0 * a));
    const double photonJ = 6.62607015e-34 * 299792458.0 / 1550e-9;
    const double p = scattered / photonJ * 0.1 * 1e-9 * 0.045;
    const double y0 = 1.0 - (1.0 - 1.7e-6) * std::exp(-p);
    const double mu = 0.48;
    const double eta = 0.045 * std::pow(10.0, -0.02 * lengthKm);
    const double q = y0 + 1.0 - std::exp(-eta * mu);
    const double e = (0.5 * y0 + 0.033 * (1.0 - std::exp(-eta * mu))) / q;
    const double y1 = y0 + eta;
    const double e1 = (0.5 * y0 + 0.033 * eta) / y1;
    return 0.5 * (-q * 1.22 * H2(e) + y1 * mu * std::exp(-mu) * (1.0 - H2(e1)));
}

/**
 * @brief The protocol of KeyByFormula().
 * @return the protocol
 */
Ptr<DecoyBb84Protocol>
MakeGys()
{
    Ptr<DecoyBb84Protocol> protocol = CreateObject<DecoyBb84Protocol>();
    const std::string problem = protocol->SetPreset("gys");
    NS_ABORT_MSG_UNLESS(problem.empty(), problem);
    protocol->SetAttribute("Estimation", EnumValue(DECOY_INFINITE));
    return protocol;
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief The two formulas against golden values, computed from the formulas of Eraerds et al., New
 * J. Phys. 12, 063027 (2010): 0 dBm, 0.2 dB/km, 2e-9 per km and nm, 0.1 nm, 1550 nm.
 */
class RamanFormulaTest : public TestCase
{
  public:
    RamanFormulaTest()
        : TestCase("Forward and backward noise have their golden values")
    {
    }

  private:
    void DoRun() override
    {
        struct Golden
        {
            double lengthKm;   //!< length, km
            double forwardW;   //!< W
            double forwardHz;  //!< photon/s
            double backwardW;  //!< W
            double backwardHz; //!< photon/s
        };

        const Golden golden[] = {{10.0, 1.261915e-12, 9.84657e6, 1.306994e-12, 1.019832e7},
                                 {25.0, 1.581139e-12, 1.233744e7, 1.954325e-12, 1.524937e7},
                                 {100.0, 2.0e-13, 1.560576e6, 2.171255e-12, 1.694205e7}};
        for (const Golden& g : golden)
        {
            const double forward =
                BANDWIDTH_NM * RamanNoise::GetForwardWPerNm(POWER_W, 0.2, g.lengthKm, RHO);
            const double backward =
                BANDWIDTH_NM * RamanNoise::GetBackwardWPerNm(POWER_W, 0.2, g.lengthKm, RHO);
            NS_TEST_EXPECT_MSG_EQ_TOL(forward, g.forwardW, 1e-6 * g.forwardW, "forward W");
            NS_TEST_EXPECT_MSG_EQ_TOL(backward, g.backwardW, 1e-6 * g.backwardW, "backward W");
            NS_TEST_EXPECT_MSG_EQ_TOL(RamanNoise::GetPhotonRateHz(forward, WAVELENGTH_NM),
                                      g.forwardHz,
                                      1e-6 * g.forwardHz,
                                      "forward photon/s");
            NS_TEST_EXPECT_MSG_EQ_TOL(RamanNoise::GetPhotonRateHz(backward, WAVELENGTH_NM),
                                      g.backwardHz,
                                      1e-6 * g.backwardHz,
                                      "backward photon/s");
        }
        NS_TEST_EXPECT_MSG_EQ_TOL(RamanNoise::GetForwardWPerNm(1e-4, 0.2, 10.0, RHO),
                                  0.1 * RamanNoise::GetForwardWPerNm(1e-3, 0.2, 10.0, RHO),
                                  1e-24,
                                  "10 dB less");
        NS_TEST_EXPECT_MSG_EQ_TOL(RamanNoise::GetBackwardWPerNm(1e-3, 0.0, 10.0, RHO),
                                  1e-3 * 10.0 * RHO,
                                  1e-20,
                                  "no attenuation");
        // forward noise peaks at 1/a, backward noise saturates
        const double peakKm = 21.7147;
        const double peak = RamanNoise::GetForwardWPerNm(1e-3, 0.2, peakKm, RHO);
        for (const double km : {peakKm - 0.5, peakKm + 0.5})
        {
            NS_TEST_EXPECT_MSG_LT(RamanNoise::GetForwardWPerNm(1e-3, 0.2, km, RHO), peak, km);
        }
        NS_TEST_EXPECT_MSG_EQ_TOL(RamanNoise::GetBackwardWPerNm(1e-3, 0.2, 1e4, RHO),
                                  1e-3 * RHO * peakKm / 2.0,
                                  1e-5 * 1e-3 * RHO * peakKm / 2.0,
                                  "saturation, to the digits of the length above");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Paths of several spans, reversed spans, both directions of the quantum signal.
 */
class RamanPathTest : public TestCase
{
  public:
    RamanPathTest()
        : TestCase("Noise of an earlier span is attenuated by the later ones; directions count")
    {
    }

  private:
    void DoRun() override
    {
        const double forward =
            RamanNoise::GetPhotonRateHz(RamanNoise::GetForwardWPerNm(POWER_W, 0.2, 10.0, RHO),
                                        WAVELENGTH_NM);
        const double backward =
            RamanNoise::GetPhotonRateHz(RamanNoise::GetBackwardWPerNm(POWER_W, 0.2, 10.0, RHO),
                                        WAVELENGTH_NM);
        const auto rate = [](const FibrePath& path, bool toEndB) {
            return RamanNoise::GetPhotonRatePerNmHz(path, toEndB, WAVELENGTH_NM);
        };
        FibrePath one;
        one.AddSpan(MakeLitSpan(10.0, POWER_W, 0.0));
        NS_TEST_EXPECT_MSG_EQ_TOL(rate(one, true), forward, 1.0, "light with the signal");
        NS_TEST_EXPECT_MSG_EQ_TOL(rate(one, false), backward, 1.0, "light against it");
        FibrePath reversed;
        reversed.AddSpan(MakeLitSpan(10.0, POWER_W, 0.0), true);
        NS_TEST_EXPECT_MSG_EQ_TOL(rate(reversed, true), backward, 1.0, "the span is turned");
        FibrePath two;
        two.AddSpan(MakeLitSpan(10.0, POWER_W, POWER_W));
        Ptr<FibreSpan> last = MakeLitSpan(20.0, 0.0, 0.0);
        last->SetAttribute("ExtraLossDb", DoubleValue(1.5));
        two.AddSpan(last);
        NS_TEST_EXPECT_MSG_EQ_TOL(rate(two, true),
                                  (forward + backward) * std::pow(10.0, -0.55),
                                  1.0,
                                  "5.5 dB after it");
        NS_TEST_EXPECT_MSG_EQ_TOL(rate(two, false), forward + backward, 1.0, "nothing after it");
        NS_TEST_EXPECT_MSG_EQ(rate(FibrePath(), true), 0.0, "no fibre, no noise");
        const QuantumLinkBudget dark = BudgetOver(MakeLitSpan(10.0, 0.0, 0.0));
        NS_TEST_EXPECT_MSG_EQ(dark.noisePhotonRatePerNmHz, 0.0, "no light, no noise");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief From the launched power to the key rate: 0 dBm over 10 km.
 */
class RamanKeyRateTest : public TestCase
{
  public:
    RamanKeyRateTest()
        : TestCase("0 dBm over 10 km lowers the key rate as the formulas say")
    {
    }

  private:
    void DoRun() override
    {
        const Ptr<DecoyBb84Protocol> protocol = MakeGys();
        for (const double power : {0.0, 1e-5, 1e-4, POWER_W})
        {
            const QuantumLinkBudget budget = BudgetOver(MakeLitSpan(10.0, power, power));
            const double expected = KeyByFormula(10.0, power);
            NS_TEST_ASSERT_MSG_GT(expected, 0.0, "there is key");
            NS_TEST_EXPECT_MSG_EQ_TOL(protocol->GetRate(budget).bitPerPulse,
                                      expected,
                                      1e-3 * expected,
                                      power << " W");
        }
        const double with = protocol->GetRate(BudgetOver(MakeLitSpan(10.0, 1e-3, 1e-3))).rateBps;
        const double without = protocol->GetRate(BudgetOver(MakeLitSpan(10.0, 0.0, 0.0))).rateBps;
        NS_TEST_EXPECT_MSG_EQ_TOL(with / without, 0.1198, 1e-4, "it matters");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The launched power at which the key vanishes.
 */
class RamanVanishingPowerTest : public TestCase
{
  public:
    RamanVanishingPowerTest()
        : TestCase("At 50 km the key vanishes at the launched power of the formulas")
    {
    }

  private:
    void DoRun() override
    {
        const Ptr<DecoyBb84Protocol> protocol = MakeGys();
        const auto hasKey = [&protocol](double dbm) {
            const double power = WattFromDbm(dbm);
            return protocol->GetRate(BudgetOver(MakeLitSpan(50.0, power, power))).hasKey;
        };
        double low = -60.0;
        double high = 20.0;
        double formulaLow = low;
        double formulaHigh = high;
        NS_TEST_ASSERT_MSG_EQ(hasKey(low), true, "little light");
        NS_TEST_ASSERT_MSG_EQ(hasKey(high), false, "much light");
        for (int i = 0; i < 50; ++i)
        {
            const double middle = 0.5 * (low + high);
            (hasKey(middle) ? low : high) = middle;
            const double other = 0.5 * (formulaLow + formulaHigh);
            (KeyByFormula(50.0, WattFromDbm(other)) > 0.0 ? formulaLow : formulaHigh) = other;
        }
        NS_TEST_EXPECT_MSG_EQ_TOL(low, formulaLow, 1e-3, "dBm");
        NS_TEST_EXPECT_MSG_EQ_TOL(low, VANISHING_DBM, 0.01, "dBm, as documented");
    }

    static constexpr double VANISHING_DBM = -8.349; //!< as the documentation says
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Noise of classical light in the same fibre.
 */
class QkdnRamanNoiseTestSuite : public TestSuite
{
  public:
    QkdnRamanNoiseTestSuite()
        : TestSuite("qkdn-raman-noise", Type::UNIT)
    {
        AddTestCase(new RamanFormulaTest);
        AddTestCase(new RamanPathTest);
        AddTestCase(new RamanKeyRateTest);
        AddTestCase(new RamanVanishingPowerTest);
    }
};

static QkdnRamanNoiseTestSuite g_qkdnRamanNoiseTestSuite; //!< registers the suite
