/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-twin-field-protocol.h"

#include "qkdn-key-rate-math.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/qkdn-units.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnTwinFieldProtocol");

NS_OBJECT_ENSURE_REGISTERED(TwinFieldProtocol);

namespace
{

constexpr double PI = 3.14159265358979323846;

/// Photon numbers whose yields are used.
constexpr int PHOTONS = 25;

/// Highest mean photon number of a pulse: far above what gives a key.
constexpr double MAX_INTENSITY = 10.0;

/// Photon numbers beyond which a coherent state of that intensity has no amplitude.
constexpr int ALL_PHOTONS = 160;

/**
 * @brief The amplitudes of a coherent state.
 * @param photons mean photon number
 * @return c_n for n below ALL_PHOTONS
 */
std::vector<double>
Amplitudes(double photons)
{
    std::vector<double> c(ALL_PHOTONS);
    c[0] = std::exp(-photons / 2.0);
    for (int n = 1; n < ALL_PHOTONS; ++n)
    {
        c[n] = c[n - 1] * std::sqrt(photons / n);
    }
    return c;
}

/**
 * @brief The sum of every other amplitude.
 * @param c the amplitudes
 * @param parity 0 for even and 1 for odd photon numbers
 * @param end the first photon number that is left out
 * @return the sum
 */
double
SumOf(const std::vector<double>& c, int parity, int end)
{
    double sum = 0.0;
    for (int n = parity; n < end; n += 2)
    {
        sum += c[n];
    }
    return sum;
}

/**
 * @brief The probability that one given detector sees photons and the other none, without dark
 * counts.
 *
 * That a detector stays dark is the normally ordered exponential of minus its photon number, which
 * for photon number states at both inputs is the sum over k of C(m,k) C(n,k) (1-etaA/2)^(m-k)
 * (1-etaB/2)^(n-k) (etaA etaB cos^2(theta) / 4)^k; that both stay dark, (1-etaA)^m (1-etaB)^n.
 *
 * @param m photons of the first end
 * @param n photons of the second end
 * @param etaA transmittance from the first end
 * @param etaB transmittance from the second end
 * @param polarisation cos(theta)
 * @return the probability
 */
double
OneSided(int m, int n, double etaA, double etaB, double polarisation)
{
    const double none = std::pow(1.0 - etaA, m) * std::pow(1.0 - etaB, n);
    const double apart = std::pow(1.0 - etaA / 2.0, m) * std::pow(1.0 - etaB / 2.0, n);
    double sum = apart - none;
    if (etaA < 0.5 && etaB < 0.5)
    {
        // the difference without losing the digits of a small transmittance
        sum = none * std::expm1(m * (std::log1p(-etaA / 2.0) - std::log1p(-etaA)) +
                                n * (std::log1p(-etaB / 2.0) - std::log1p(-etaB)));
    }
    const double exchange =
        etaA * etaB * polarisation * polarisation / (4.0 * (1.0 - etaA / 2.0) * (1.0 - etaB / 2.0));
    double term = apart;
    for (int k = 1; k <= std::min(m, n); ++k)
    {
        term *= exchange * (m - k + 1) * (n - k + 1) / (static_cast<double>(k) * k);
        sum += term;
    }
    return std::clamp(sum, 0.0, 1.0);
}

} // namespace

TypeId
TwinFieldProtocol::GetTypeId()
{
    using This = TwinFieldProtocol;
    static TypeId tid =
        TypeId("ns3::qkdn::TwinFieldProtocol")
            .SetParent<PhotonCountingProtocol>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<TwinFieldProtocol>()
            .AddAttribute("Optimise",
                          "Search the intensity with the most key per pulse; if not, use "
                          "SignalIntensity.",
                          BooleanValue(true),
                          MakeBooleanAccessor(&This::m_optimise),
                          MakeBooleanChecker())
            .AddAttribute("SignalIntensity",
                          "Mean photon number of a signal pulse, above 0 and up to 2; if "
                          "the station is not in the middle, the geometric mean of both "
                          "ends.",
                          DoubleValue(0.02),
                          MakeDoubleAccessor(&This::m_signalIntensity),
                          MakeDoubleChecker<double>())
            .AddAttribute("DetectorEfficiency",
                          "Transmittance of the station with the efficiency of its "
                          "detectors, above 0 and up to 1.",
                          DoubleValue(1.0),
                          MakeDoubleAccessor(&This::m_detectorEfficiency),
                          MakeDoubleChecker<double>())
            .AddAttribute("DarkCountProbability",
                          "Dark counts p_d of each of the two detectors per gate, 0 or more "
                          "and below 1.",
                          DoubleValue(1e-8),
                          MakeDoubleAccessor(&This::m_darkCountProbability),
                          MakeDoubleChecker<double>())
            .AddAttribute("MisalignmentError",
                          "Probability e_d that a photon leaves by the wrong output as "
                          "polarisations differ, 0 to 0.5.",
                          DoubleValue(0.02),
                          MakeDoubleAccessor(&This::m_misalignmentError),
                          MakeDoubleChecker<double>())
            .AddAttribute("PhaseMismatch",
                          "Phase between the pulses of both ends over pi, 0 to 0.5.",
                          DoubleValue(0.0),
                          MakeDoubleAccessor(&This::m_phaseMismatch),
                          MakeDoubleChecker<double>())
            .AddAttribute("ErrorCorrectionEfficiency",
                          "Bits disclosed by error correction over the Shannon limit, f, 1 "
                          "to 100.",
                          DoubleValue(1.16),
                          MakeDoubleAccessor(&This::m_errorCorrectionFactor),
                          MakeDoubleChecker<double>())
            .AddAttribute("SiftingFactor",
                          "Share of the detections for which both ends had chosen basis X, "
                          "above 0 and up to 1; with long keys almost all.",
                          DoubleValue(1.0),
                          MakeDoubleAccessor(&This::m_siftingFactor),
                          MakeDoubleChecker<double>())
            .AddAttribute("EstimationFraction",
                          "Share of the sifted bits that is disclosed to estimate the "
                          "error, 0 or more and below 1. 0 is the asymptotic formula, which "
                          "neglects it.",
                          DoubleValue(0.0),
                          MakeDoubleAccessor(&This::m_estimationFraction),
                          MakeDoubleChecker<double>())
            .AddAttribute("PulseRate",
                          "Pulses of either end per second, Hz, above 0.",
                          DoubleValue(1e9),
                          MakeDoubleAccessor(&This::m_pulseRateHz),
                          MakeDoubleChecker<double>())
            .AddAttribute("BlockSiftedBits",
                          "Sifted bits that are distilled together.",
                          UintegerValue(100000),
                          MakeUintegerAccessor(&This::m_blockSiftedBits),
                          MakeUintegerChecker<uint32_t>(1));
    return tid;
}

TwinFieldProtocol::TwinFieldProtocol()
{
    NS_LOG_FUNCTION(this);
}

TwinFieldProtocol::~TwinFieldProtocol()
{
    NS_LOG_FUNCTION(this);
}

std::vector<std::string>
TwinFieldProtocol::GetPresetNames() const
{
    return {"curty2019"};
}

std::string
TwinFieldProtocol::SetPreset(const std::string& name)
{
    NS_LOG_FUNCTION(this << name);
    if (name != "curty2019")
    {
        return NoSuchPreset(name);
    }
    m_optimise = true;
    m_detectorEfficiency = 1.0;
    m_darkCountProbability = 1e-8;
    m_misalignmentError = 0.02;
    m_phaseMismatch = 0.0;
    m_errorCorrectionFactor = 1.16;
    m_siftingFactor = 1.0;
    m_estimationFraction = 0.0;
    return "";
}

bool
TwinFieldProtocol::NeedsStation() const
{
    return true;
}

std::string
TwinFieldProtocol::Validate() const
{
    if (!(m_signalIntensity > 0.0 && m_signalIntensity <= 2.0))
    {
        return OutOfRange("SignalIntensity", m_signalIntensity, "above 0 and up to 2");
    }
    if (!(m_detectorEfficiency > 0.0 && m_detectorEfficiency <= 1.0))
    {
        return OutOfRange("DetectorEfficiency", m_detectorEfficiency, "above 0 and up to 1");
    }
    if (!(m_darkCountProbability >= 0.0 && m_darkCountProbability < 1.0))
    {
        return OutOfRange("DarkCountProbability", m_darkCountProbability, "0 or more and below 1");
    }
    if (!(m_misalignmentError >= 0.0 && m_misalignmentError <= 0.5))
    {
        return OutOfRange("MisalignmentError", m_misalignmentError, "from 0 to 0.5");
    }
    if (!(m_phaseMismatch >= 0.0 && m_phaseMismatch <= 0.5))
    {
        return OutOfRange("PhaseMismatch", m_phaseMismatch, "from 0 to 0.5");
    }
    const std::string distillation = ValidateDistillation(GetDistillation());
    return distillation.empty() ? ValidateReceiver() : distillation;
}

PhotonCountingProtocol::SiftedBlock
TwinFieldProtocol::GetDistillation() const
{
    return {m_blockSiftedBits,
            m_siftingFactor,
            m_estimationFraction,
            m_errorCorrectionFactor,
            m_pulseRateHz};
}

TwinFieldProtocol::Station
TwinFieldProtocol::GetStation(const QuantumLinkBudget& budget) const
{
    Station station;
    const double stationDb = GetStationLossDb(budget);
    station.etaA = TransmittanceFromDb(stationDb) * m_detectorEfficiency;
    station.etaB = TransmittanceFromDb(budget.lossDb - stationDb) * m_detectorEfficiency;
    station.dark =
        AddNoise(m_darkCountProbability, GetNoiseClickProbability(budget, m_detectorEfficiency), 2);
    station.polarisation =
        (1.0 - 2.0 * m_misalignmentError) * (1.0 - 2.0 * std::min(0.5, budget.addedError));
    station.visibility = station.polarisation * std::cos(PI * m_phaseMismatch);
    station.rootYields.resize(PHOTONS * PHOTONS);
    for (int m = 0; m < PHOTONS; ++m)
    {
        for (int n = m % 2; n < PHOTONS; n += 2)
        {
            const double none = std::pow(1.0 - station.etaA, m) * std::pow(1.0 - station.etaB, n);
            const double seen = OneSided(m, n, station.etaA, station.etaB, station.polarisation);
            station.rootYields[m * PHOTONS + n] =
                std::sqrt((1.0 - station.dark) * (seen + station.dark * none));
        }
    }
    return station;
}

TwinFieldEstimate
TwinFieldProtocol::Evaluate(const Station& station, double intensity) const
{
    TwinFieldEstimate estimate;
    estimate.etaA = station.etaA;
    estimate.etaB = station.etaB;
    const double balance = std::sqrt(station.etaB / station.etaA);
    if (!(balance > 0.0 && std::isfinite(balance)))
    {
        return estimate;
    }
    estimate.alphaA2 = intensity * balance;
    estimate.alphaB2 = intensity / balance;
    if (!(std::max(estimate.alphaA2, estimate.alphaB2) <= MAX_INTENSITY))
    {
        estimate.r = -1.0;
        return estimate;
    }
    // both pulses arrive with the same intensity gamma: gamma (1 +- Omega) at the two detectors
    const double gamma = station.etaA * estimate.alphaA2;
    const double bright = gamma * (1.0 + station.visibility);
    const double faint = gamma * (1.0 - station.visibility);
    const double none = std::exp(-2.0 * gamma);
    const double right =
        (1.0 - station.dark) * (-std::exp(-faint) * std::expm1(-bright) + station.dark * none);
    const double wrong =
        (1.0 - station.dark) * (-std::exp(-bright) * std::expm1(-faint) + station.dark * none);
    estimate.pX = 0.5 * (right + wrong);
    if (!(estimate.pX > 0.0))
    {
        return estimate;
    }
    estimate.eX = std::min(0.5, wrong / (right + wrong));
    const std::vector<double> a = Amplitudes(estimate.alphaA2);
    const std::vector<double> b = Amplitudes(estimate.alphaB2);
    double phaseErrors = 0.0;
    for (int parity = 0; parity < 2; ++parity)
    {
        // photon numbers without a yield: as if they always made the detector click
        double sum = SumOf(a, parity, ALL_PHOTONS) * SumOf(b, parity, ALL_PHOTONS) -
                     SumOf(a, parity, PHOTONS) * SumOf(b, parity, PHOTONS);
        sum = std::max(0.0, sum);
        for (int m = parity; m < PHOTONS; m += 2)
        {
            for (int n = parity; n < PHOTONS; n += 2)
            {
                sum += a[m] * b[n] * station.rootYields[m * PHOTONS + n];
            }
        }
        phaseErrors += sum * sum;
    }
    estimate.eZ = std::min(0.5, phaseErrors / estimate.pX);
    estimate.r =
        2.0 * m_siftingFactor * (1.0 - m_estimationFraction) * estimate.pX *
        (1.0 - m_errorCorrectionFactor * BinaryEntropy(estimate.eX) - BinaryEntropy(estimate.eZ));
    return estimate;
}

TwinFieldEstimate
TwinFieldProtocol::GetEstimate(const QuantumLinkBudget& budget) const
{
    CheckUsable(budget);
    double intensity = m_signalIntensity;
    if (m_optimise)
    {
        QuantumLinkBudget design = budget;
        design.addedError = 0.0;
        const Station station = GetStation(design);
        const auto rate = [this, &station](double x) { return Evaluate(station, std::exp(x)).r; };
        intensity = std::exp(FindMaximum(rate, std::log(1e-6), std::log(2.0)));
    }
    return Evaluate(GetStation(budget), intensity);
}

QkdRatePoint
TwinFieldProtocol::GetRate(const QuantumLinkBudget& budget) const
{
    const TwinFieldEstimate estimate = GetEstimate(budget);
    return PointOf(GetDistillation(), 2.0 * estimate.pX, estimate.eX, estimate.r);
}

QkdBlockPlan
TwinFieldProtocol::PlanBlock(const QuantumLinkBudget& budget) const
{
    const TwinFieldEstimate estimate = GetEstimate(budget);
    return PlanSifted(GetDistillation(), 2.0 * estimate.pX, estimate.eX, estimate.r);
}

} // namespace qkdn
} // namespace ns3
