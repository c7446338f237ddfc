/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-cv-qkd-protocol.h"

#include "qkdn-block-statistics.h"

#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/qkdn-compat.h"
#include "ns3/qkdn-units.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnCvQkdProtocol");

NS_OBJECT_ENSURE_REGISTERED(CvQkdProtocol);

namespace
{

/// Transmittance below which K drowns in rounding errors.
constexpr double LEAST_TRANSMITTANCE = 1e-10;

/// Excess noise over QBER of the same attack: 2 over 25 %.
constexpr double NOISE_PER_QBER = 8.0;

/// Speed of light in vacuum, m/s.
constexpr double LIGHT_SPEED_M_PER_S = 299792458.0;

/**
 * @brief The entropy of a thermal state.
 * @param x symplectic eigenvalue; rounding may have brought it below 1
 * @return G(x) = (x+1)/2 log2((x+1)/2) - (x-1)/2 log2((x-1)/2), 0 or more
 */
double
ThermalEntropy(double x)
{
    const double high = (x + 1.0) / 2.0;
    const double low = (x - 1.0) / 2.0;
    return low > 0.0 ? high * std::log2(high) - low * std::log2(low) : 0.0;
}

/**
 * @brief The larger root of y^2 - sum y + product = 0, and from it both eigenvalues.
 * @param sum sum of the squares of the eigenvalues
 * @param rootOfProduct product of the eigenvalues
 * @param [out] large the larger eigenvalue
 * @param [out] small the smaller one, which the difference would give with fewer digits
 */
void
SplitEigenvalues(double sum, double rootOfProduct, double& large, double& small)
{
    const double square = sum * sum - 4.0 * rootOfProduct * rootOfProduct;
    large = std::sqrt((sum + std::sqrt(std::max(0.0, square))) / 2.0);
    small = rootOfProduct / large;
}

} // namespace

TypeId
CvQkdProtocol::GetTypeId()
{
    using This = CvQkdProtocol;
    static TypeId tid =
        TypeId("ns3::qkdn::CvQkdProtocol")
            .SetParent<QkdProtocol>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<CvQkdProtocol>()
            .AddAttribute("Detection",
                          "What the receiver measures of a symbol: one quadrature "
                          "(homodyne) or both (heterodyne).",
                          EnumValue(CV_HOMODYNE),
                          MakeEnumAccessor<CvDetection>(&This::m_detection),
                          MakeEnumChecker(CV_HOMODYNE, "homodyne", CV_HETERODYNE, "heterodyne"))
            .AddAttribute("ModulationVariance",
                          "Variance V_A of the modulation, shot-noise units, above 0.",
                          DoubleValue(4.0),
                          MakeDoubleAccessor(&This::m_modulationVariance),
                          MakeDoubleChecker<double>())
            .AddAttribute("ExcessNoise",
                          "Excess noise xi at the input of the channel without noise of "
                          "other light, shot-noise units, 0 or more.",
                          DoubleValue(0.01),
                          MakeDoubleAccessor(&This::m_excessNoise),
                          MakeDoubleChecker<double>())
            .AddAttribute("DetectorEfficiency",
                          "Efficiency eta of the receiver, above 0 and up to 1.",
                          DoubleValue(0.6),
                          MakeDoubleAccessor(&This::m_detectorEfficiency),
                          MakeDoubleChecker<double>())
            .AddAttribute("ElectronicNoise",
                          "Electronic noise v_el of the detector, shot-noise units, 0 or "
                          "more.",
                          DoubleValue(0.01),
                          MakeDoubleAccessor(&This::m_electronicNoise),
                          MakeDoubleChecker<double>())
            .AddAttribute("ReconciliationEfficiency",
                          "Share beta of the mutual information that reconciliation "
                          "extracts, above 0 and up to 1.",
                          DoubleValue(0.95),
                          MakeDoubleAccessor(&This::m_reconciliationEfficiency),
                          MakeDoubleChecker<double>())
            .AddAttribute("EstimationFraction",
                          "Share of the symbols that is disclosed to estimate the channel, "
                          "0 or more and below 1. 0 is the asymptotic formula, which "
                          "neglects it.",
                          DoubleValue(0.0),
                          MakeDoubleAccessor(&This::m_estimationFraction),
                          MakeDoubleChecker<double>())
            .AddAttribute("WavelengthNm",
                          "Wavelength of the signal, nm, above 0. Only noise photons of "
                          "classical light in the same fibre depend on it.",
                          DoubleValue(1550.0),
                          MakeDoubleAccessor(&This::m_wavelengthNm),
                          MakeDoubleChecker<double>())
            .AddAttribute("SymbolRate",
                          "Symbols per second, Hz, above 0.",
                          DoubleValue(1e6),
                          MakeDoubleAccessor(&This::m_symbolRateHz),
                          MakeDoubleChecker<double>())
            .AddAttribute("BlockSymbols",
                          "Symbols that are distilled together.",
                          UintegerValue(1000000),
                          MakeUintegerAccessor(&This::m_blockSymbols),
                          MakeUintegerChecker<uint32_t>(1));
    return tid;
}

CvQkdProtocol::CvQkdProtocol()
{
    NS_LOG_FUNCTION(this);
}

CvQkdProtocol::~CvQkdProtocol()
{
    NS_LOG_FUNCTION(this);
}

std::vector<std::string>
CvQkdProtocol::GetPresetNames() const
{
    return {"gg02"};
}

std::string
CvQkdProtocol::SetPreset(const std::string& name)
{
    NS_LOG_FUNCTION(this << name);
    if (name != "gg02")
    {
        return NoSuchPreset(name);
    }
    m_detection = CV_HOMODYNE;
    m_modulationVariance = 4.0;
    m_excessNoise = 0.01;
    m_detectorEfficiency = 0.6;
    m_electronicNoise = 0.01;
    m_reconciliationEfficiency = 0.95;
    m_estimationFraction = 0.0;
    m_symbolRateHz = 1e6;
    return "";
}

std::string
CvQkdProtocol::Validate() const
{
    if (!(m_modulationVariance > 0.0 && m_modulationVariance <= 1e9))
    {
        return OutOfRange("ModulationVariance", m_modulationVariance, "above 0 and up to 1e9");
    }
    if (!(m_excessNoise >= 0.0 && std::isfinite(m_excessNoise)))
    {
        return OutOfRange("ExcessNoise", m_excessNoise, "0 or more");
    }
    if (!(m_detectorEfficiency > 0.0 && m_detectorEfficiency <= 1.0))
    {
        return OutOfRange("DetectorEfficiency", m_detectorEfficiency, "above 0 and up to 1");
    }
    if (!(m_electronicNoise >= 0.0 && std::isfinite(m_electronicNoise)))
    {
        return OutOfRange("ElectronicNoise", m_electronicNoise, "0 or more");
    }
    if (!(m_reconciliationEfficiency > 0.0 && m_reconciliationEfficiency <= 1.0))
    {
        return OutOfRange("ReconciliationEfficiency",
                          m_reconciliationEfficiency,
                          "above 0 and up to 1");
    }
    if (!(m_estimationFraction >= 0.0 && m_estimationFraction < 1.0))
    {
        return OutOfRange("EstimationFraction", m_estimationFraction, "0 or more and below 1");
    }
    if (!(m_wavelengthNm > 0.0 && std::isfinite(m_wavelengthNm)))
    {
        return OutOfRange("WavelengthNm", m_wavelengthNm, "above 0 nm");
    }
    if (!(m_symbolRateHz > 0.0))
    {
        return OutOfRange("SymbolRate", m_symbolRateHz, "above 0 Hz");
    }
    return "";
}

double
CvQkdProtocol::BoundHolevo(CvQkdEstimate& estimate) const
{
    const double v = m_modulationVariance + 1.0;
    const double t = estimate.transmittance;
    const double chi = estimate.chiDetector;
    // T (V + chi_line) is the variance at the output of the channel
    const double output = t * (v + estimate.chiLine);
    const double total = t * (v + estimate.chiTotal);
    const double a = v * v * (1.0 - 2.0 * t) + 2.0 * t + output * output;
    const double rootB = t * (v * estimate.chiLine + 1.0);
    SplitEigenvalues(a, rootB, estimate.lambda1, estimate.lambda2);
    if (m_detection == CV_HOMODYNE)
    {
        const double c = (v * rootB + output + a * chi) / total;
        const double d = rootB * (v + rootB * chi) / total;
        SplitEigenvalues(c, std::sqrt(d), estimate.lambda3, estimate.lambda4);
    }
    else
    {
        const double c = (a * chi * chi + rootB * rootB + 1.0 + 2.0 * chi * (v * rootB + output) +
                          2.0 * t * (v * v - 1.0)) /
                         (total * total);
        SplitEigenvalues(c, (v + rootB * chi) / total, estimate.lambda3, estimate.lambda4);
    }
    return ThermalEntropy(estimate.lambda1) + ThermalEntropy(estimate.lambda2) -
           ThermalEntropy(estimate.lambda3) - ThermalEntropy(estimate.lambda4);
}

CvQkdEstimate
CvQkdProtocol::Evaluate(double transmittance, double excessNoise) const
{
    CvQkdEstimate estimate;
    estimate.transmittance = transmittance;
    estimate.excessNoise = excessNoise;
    if (transmittance < LEAST_TRANSMITTANCE)
    {
        return estimate;
    }
    const double eta = m_detectorEfficiency;
    estimate.chiLine = 1.0 / transmittance - 1.0 + excessNoise;
    estimate.chiDetector = m_detection == CV_HOMODYNE
                               ? (1.0 + m_electronicNoise) / eta - 1.0
                               : (1.0 + (1.0 - eta) + 2.0 * m_electronicNoise) / eta;
    estimate.chiTotal = estimate.chiLine + estimate.chiDetector / transmittance;
    const double quadratures = m_detection == CV_HOMODYNE ? 0.5 : 1.0;
    estimate.iAb =
        quadratures * std::log1p(m_modulationVariance / (1.0 + estimate.chiTotal)) / std::log(2.0);
    estimate.chiBe = BoundHolevo(estimate);
    estimate.k = m_reconciliationEfficiency * estimate.iAb - estimate.chiBe;
    return estimate;
}

CvQkdEstimate
CvQkdProtocol::GetEstimate(const QuantumLinkBudget& budget) const
{
    CheckUsable(budget);
    const double transmittance = TransmittanceFromDb(budget.lossDb);
    const double wavelengthM = m_wavelengthNm * 1e-9;
    const double hzPerNm = LIGHT_SPEED_M_PER_S / (wavelengthM * wavelengthM) * 1e-9;
    const double photons =
        budget.noiseClickProbability + budget.noisePhotonRatePerNmHz / (2.0 * hzPerNm);
    double excessNoise = m_excessNoise + NOISE_PER_QBER * budget.addedError;
    if (transmittance >= LEAST_TRANSMITTANCE)
    {
        excessNoise += 2.0 * photons / transmittance;
    }
    return Evaluate(transmittance, excessNoise);
}

QkdRatePoint
CvQkdProtocol::GetRate(const QuantumLinkBudget& budget) const
{
    const CvQkdEstimate estimate = GetEstimate(budget);
    QkdRatePoint point;
    point.bitPerPulse = std::max(0.0, (1.0 - m_estimationFraction) * estimate.k);
    point.rateBps = point.bitPerPulse * m_symbolRateHz;
    point.hasKey = point.rateBps > 0.0;
    point.qber = std::min(0.5, estimate.excessNoise / NOISE_PER_QBER);
    point.detectionRateHz = m_symbolRateHz;
    point.siftedRateHz = m_symbolRateHz;
    return point;
}

QkdBlockPlan
CvQkdProtocol::PlanBlock(const QuantumLinkBudget& budget) const
{
    return PlanFor(GetEstimate(budget));
}

QkdBlockPlan
CvQkdProtocol::DrawBlock(const QuantumLinkBudget& budget, BlockStatistics& statistics) const
{
    const CvQkdEstimate truth = GetEstimate(budget);
    if (truth.transmittance < LEAST_TRANSMITTANCE)
    {
        return PlanFor(truth);
    }
    const double symbols =
        m_estimationFraction > 0.0 ? m_estimationFraction * m_blockSymbols : m_blockSymbols;
    // a heterodyne receiver has two samples of a symbol, each of half the light
    const bool homodyne = m_detection == CV_HOMODYNE;
    const double samples = homodyne ? symbols : 2.0 * symbols;
    const double slope = truth.transmittance * m_detectorEfficiency * (homodyne ? 1.0 : 0.5);
    const double variance = 1.0 + m_electronicNoise + slope * truth.excessNoise;
    const auto drawn = static_cast<double>(statistics.Poisson(samples / 2.0));
    const double observed = variance * drawn / (samples / 2.0);
    const double excessNoise = truth.excessNoise + (observed - variance) / slope;
    return PlanFor(Evaluate(truth.transmittance, std::max(0.0, excessNoise)));
}

QkdBlockPlan
CvQkdProtocol::PlanFor(const CvQkdEstimate& estimate) const
{
    QkdBlockPlan plan;
    plan.qber = std::min(0.5, estimate.excessNoise / NOISE_PER_QBER);
    const double durationS = m_blockSymbols / m_symbolRateHz;
    if (!FitsBlock(durationS, m_blockSymbols))
    {
        NS_LOG_LOGIC("a block would take " << durationS << " s");
        return plan;
    }
    plan.duration = Seconds(durationS);
    plan.pulses = m_blockSymbols;
    plan.detections = m_blockSymbols;
    // multidimensional reconciliation: codes with as many bits a symbol as hold what both share
    const double coded = m_reconciliationEfficiency * estimate.iAb;
    const double bitsPerSymbol = std::max(1.0, std::ceil(coded));
    plan.siftedBits = static_cast<uint64_t>(m_blockSymbols * bitsPerSymbol);
    plan.estimationBits = static_cast<uint64_t>(
        std::ceil(m_estimationFraction * static_cast<double>(plan.siftedBits)));
    const double symbols =
        static_cast<double>(plan.siftedBits - plan.estimationBits) / bitsPerSymbol;
    plan.leakedBits = static_cast<uint64_t>(std::ceil((bitsPerSymbol - coded) * symbols));
    plan.finalKeyBits = static_cast<uint32_t>(std::max(0.0, estimate.k) * symbols);
    plan.hasKey = plan.finalKeyBits > 0;
    return plan;
}

} // namespace qkdn
} // namespace ns3
