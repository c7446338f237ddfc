/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-decoy-bb84-protocol.h"

#include "qkdn-key-rate-math.h"

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

NS_LOG_COMPONENT_DEFINE("QkdnDecoyBb84Protocol");

NS_OBJECT_ENSURE_REGISTERED(DecoyBb84Protocol);

TypeId
DecoyBb84Protocol::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::DecoyBb84Protocol")
            .SetParent<PhotonCountingProtocol>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<DecoyBb84Protocol>()
            .AddAttribute("Estimation",
                          "How yield and error of single photons are estimated.",
                          EnumValue(DECOY_VACUUM_WEAK),
                          MakeEnumAccessor<DecoyEstimation>(&DecoyBb84Protocol::m_estimation),
                          MakeEnumChecker(DECOY_INFINITE,
                                          "infinite",
                                          DECOY_VACUUM_WEAK,
                                          "vacuum-weak",
                                          DECOY_TWO,
                                          "two-decoys"))
            .AddAttribute("ClickModel",
                          "How clicks of signal and background add up: first-order as published "
                          "(weak background only), or the union of both.",
                          EnumValue(CLICK_UNION),
                          MakeEnumAccessor<ClickModel>(&DecoyBb84Protocol::m_clickModel),
                          MakeEnumChecker(CLICK_FIRST_ORDER, "first-order", CLICK_UNION, "union"))
            .AddAttribute("SignalIntensity",
                          "Mean photon number mu of a signal pulse, above 0 and up to 10.",
                          DoubleValue(0.48),
                          MakeDoubleAccessor(&DecoyBb84Protocol::m_signalIntensity),
                          MakeDoubleChecker<double>())
            .AddAttribute("DecoyIntensity",
                          "Mean photon number nu (nu1 of two decoys) of a weak decoy pulse, above "
                          "0 and below SignalIntensity. Not used with infinite decoys.",
                          DoubleValue(0.05),
                          MakeDoubleAccessor(&DecoyBb84Protocol::m_decoyIntensity),
                          MakeDoubleChecker<double>())
            .AddAttribute("SecondDecoyIntensity",
                          "Mean photon number nu2 of the second decoy pulse, 0 or more, below "
                          "DecoyIntensity and with it below SignalIntensity. Used with two decoys.",
                          DoubleValue(0.0),
                          MakeDoubleAccessor(&DecoyBb84Protocol::m_secondDecoyIntensity),
                          MakeDoubleChecker<double>())
            .AddAttribute("DetectorEfficiency",
                          "Transmittance eta_Bob of the receiver with the efficiency of its "
                          "detectors, above 0 and up to 1.",
                          DoubleValue(0.045),
                          MakeDoubleAccessor(&DecoyBb84Protocol::m_detectorEfficiency),
                          MakeDoubleChecker<double>())
            .AddAttribute("DarkCountProbability",
                          "Background clicks Y0 per gate, without noise of other channels, 0 to 1.",
                          DoubleValue(1.7e-6),
                          MakeDoubleAccessor(&DecoyBb84Protocol::m_darkCountProbability),
                          MakeDoubleChecker<double>())
            .AddAttribute("MisalignmentError",
                          "Probability e_d that a photon clicks in the wrong detector, 0 to 0.5.",
                          DoubleValue(0.033),
                          MakeDoubleAccessor(&DecoyBb84Protocol::m_misalignmentError),
                          MakeDoubleChecker<double>())
            .AddAttribute("BackgroundError",
                          "Error probability e0 of a background click, 0 to 1; 0.5 if random.",
                          DoubleValue(0.5),
                          MakeDoubleAccessor(&DecoyBb84Protocol::m_backgroundError),
                          MakeDoubleChecker<double>())
            .AddAttribute("ErrorCorrectionEfficiency",
                          "Bits disclosed by error correction over the Shannon limit, f, 1 to 100.",
                          DoubleValue(1.22),
                          MakeDoubleAccessor(&DecoyBb84Protocol::m_errorCorrectionFactor),
                          MakeDoubleChecker<double>())
            .AddAttribute("SiftingFactor",
                          "Share q of the detections that survive sifting, above 0 and up to 1; "
                          "0.5 with bases of equal probability.",
                          DoubleValue(0.5),
                          MakeDoubleAccessor(&DecoyBb84Protocol::m_siftingFactor),
                          MakeDoubleChecker<double>())
            .AddAttribute("EstimationFraction",
                          "Share of the sifted bits that is disclosed to estimate the error, 0 or "
                          "more and below 1. 0 is the asymptotic formula, which neglects it.",
                          DoubleValue(0.0),
                          MakeDoubleAccessor(&DecoyBb84Protocol::m_estimationFraction),
                          MakeDoubleChecker<double>())
            .AddAttribute("PulseRate",
                          "Pulses per second, Hz, above 0.",
                          DoubleValue(2e6),
                          MakeDoubleAccessor(&DecoyBb84Protocol::m_pulseRateHz),
                          MakeDoubleChecker<double>())
            .AddAttribute("BlockSiftedBits",
                          "Sifted bits that are distilled together.",
                          UintegerValue(10000),
                          MakeUintegerAccessor(&DecoyBb84Protocol::m_blockSiftedBits),
                          MakeUintegerChecker<uint32_t>(1));
    return tid;
}

DecoyBb84Protocol::DecoyBb84Protocol()
{
    NS_LOG_FUNCTION(this);
}

DecoyBb84Protocol::~DecoyBb84Protocol()
{
    NS_LOG_FUNCTION(this);
}

std::vector<std::string>
DecoyBb84Protocol::GetPresetNames() const
{
    return {"gys"};
}

std::string
DecoyBb84Protocol::SetPreset(const std::string& name)
{
    NS_LOG_FUNCTION(this << name);
    if (name != "gys")
    {
        return NoSuchPreset(name);
    }
    m_estimation = DECOY_VACUUM_WEAK;
    m_clickModel = CLICK_FIRST_ORDER;
    m_signalIntensity = 0.48;
    m_decoyIntensity = 0.05;
    m_secondDecoyIntensity = 0.0;
    m_detectorEfficiency = 0.045;
    m_darkCountProbability = 1.7e-6;
    m_misalignmentError = 0.033;
    m_backgroundError = 0.5;
    m_errorCorrectionFactor = 1.22;
    m_siftingFactor = 0.5;
    m_estimationFraction = 0.0;
    m_pulseRateHz = 2e6;
    return "";
}

std::string
DecoyBb84Protocol::ValidateIntensities() const
{
    if (!(m_signalIntensity > 0.0 && m_signalIntensity <= 10.0))
    {
        return OutOfRange("SignalIntensity", m_signalIntensity, "above 0 and up to 10");
    }
    if (m_estimation == DECOY_INFINITE)
    {
        return "";
    }
    if (!(m_decoyIntensity > 0.0 && m_decoyIntensity < m_signalIntensity))
    {
        return OutOfRange("DecoyIntensity",
                          m_decoyIntensity,
                          "above 0 and below SignalIntensity = " +
                              std::to_string(m_signalIntensity));
    }
    if (m_estimation == DECOY_VACUUM_WEAK)
    {
        return "";
    }
    if (!(m_secondDecoyIntensity >= 0.0 && m_secondDecoyIntensity < m_decoyIntensity))
    {
        return OutOfRange("SecondDecoyIntensity",
                          m_secondDecoyIntensity,
                          "0 or more and below DecoyIntensity = " +
                              std::to_string(m_decoyIntensity));
    }
    if (!(m_decoyIntensity + m_secondDecoyIntensity < m_signalIntensity))
    {
        return OutOfRange("DecoyIntensity + SecondDecoyIntensity",
                          m_decoyIntensity + m_secondDecoyIntensity,
                          "below SignalIntensity = " + std::to_string(m_signalIntensity));
    }
    return "";
}

std::string
DecoyBb84Protocol::Validate() const
{
    if (!(m_detectorEfficiency > 0.0 && m_detectorEfficiency <= 1.0))
    {
        return OutOfRange("DetectorEfficiency", m_detectorEfficiency, "above 0 and up to 1");
    }
    if (!(m_darkCountProbability >= 0.0 && m_darkCountProbability <= 1.0))
    {
        return OutOfRange("DarkCountProbability", m_darkCountProbability, "from 0 to 1");
    }
    if (!(m_misalignmentError >= 0.0 && m_misalignmentError <= 0.5))
    {
        return OutOfRange("MisalignmentError", m_misalignmentError, "from 0 to 0.5");
    }
    if (!(m_backgroundError >= 0.0 && m_backgroundError <= 1.0))
    {
        return OutOfRange("BackgroundError", m_backgroundError, "from 0 to 1");
    }
    const std::string distillation = ValidateDistillation(GetDistillation());
    if (!distillation.empty())
    {
        return distillation;
    }
    const std::string receiver = ValidateReceiver();
    return receiver.empty() ? ValidateIntensities() : receiver;
}

double
DecoyBb84Protocol::Clicks::Gain(double intensity) const
{
    // expm1 keeps the digits at high loss; to first order the sum can exceed 1
    return std::min(1.0, y0 - signal * std::expm1(-eta * intensity));
}

double
DecoyBb84Protocol::Clicks::ErrorGain(double intensity) const
{
    return background - error * signal * std::expm1(-eta * intensity);
}

void
DecoyBb84Protocol::BoundSinglePhotons(const Clicks& clicks, DecoyBb84Estimate& estimate) const
{
    // equations (34) and (37) are the case nu2 = 0 of the bounds for two decoys
    const double mu = m_signalIntensity;
    const double nu1 = m_decoyIntensity;
    const double nu2 = (m_estimation == DECOY_TWO) ? m_secondDecoyIntensity : 0.0;
    const double weighted1 = clicks.Gain(nu1) * std::exp(nu1);
    const double weighted2 = clicks.Gain(nu2) * std::exp(nu2);
    const double y0 = std::max(0.0, (nu1 * weighted2 - nu2 * weighted1) / (nu1 - nu2));
    const double rest = (nu1 * nu1 - nu2 * nu2) / (mu * mu) * (estimate.qMu * std::exp(mu) - y0);
    const double y1 = mu / ((nu1 - nu2) * (mu - nu1 - nu2)) * (weighted1 - weighted2 - rest);
    if (!(y1 > 0.0))
    {
        estimate.y1 = 0.0;
        estimate.e1 = 0.5;
        return;
    }
    estimate.y1 = std::min(1.0, y1);
    const double errors =
        clicks.ErrorGain(nu1) * std::exp(nu1) - clicks.ErrorGain(nu2) * std::exp(nu2);
    estimate.e1 = std::clamp(errors / ((nu1 - nu2) * estimate.y1), 0.0, 0.5);
}

DecoyBb84Estimate
DecoyBb84Protocol::Evaluate(const QuantumLinkBudget& budget) const
{
    CheckUsable(budget);
    DecoyBb84Estimate estimate;
    estimate.eta = TransmittanceFromDb(budget.lossDb) * m_detectorEfficiency;
    // 1 - (1-Y0)(1-p) without losing the digits of small probabilities
    estimate.y0 = m_darkCountProbability + GetNoiseClickProbability(budget, m_detectorEfficiency) *
                                               (1.0 - m_darkCountProbability);

    Clicks clicks;
    clicks.y0 = estimate.y0;
    clicks.background = m_backgroundError * estimate.y0;
    clicks.signal = (m_clickModel == CLICK_UNION) ? 1.0 - estimate.y0 : 1.0;
    clicks.error = std::min(0.5, m_misalignmentError + budget.addedError);
    clicks.eta = estimate.eta;

    estimate.qMu = clicks.Gain(m_signalIntensity);
    if (!(estimate.qMu > 0.0))
    {
        return estimate;
    }
    estimate.eMu = std::min(1.0, clicks.ErrorGain(m_signalIntensity) / estimate.qMu);
    if (m_estimation == DECOY_INFINITE)
    {
        estimate.y1 = std::min(1.0, clicks.y0 + clicks.signal * clicks.eta);
        estimate.e1 = std::clamp((clicks.background + clicks.error * clicks.signal * clicks.eta) /
                                     estimate.y1,
                                 0.0,
                                 0.5);
    }
    else
    {
        BoundSinglePhotons(clicks, estimate);
    }
    estimate.q1 = estimate.y1 * m_signalIntensity * std::exp(-m_signalIntensity);
    const double leaked =
        estimate.qMu * m_errorCorrectionFactor * BinaryEntropy(std::min(0.5, estimate.eMu));
    estimate.r = m_siftingFactor * (1.0 - m_estimationFraction) *
                 (estimate.q1 * (1.0 - BinaryEntropy(estimate.e1)) - leaked);
    return estimate;
}

DecoyBb84Estimate
DecoyBb84Protocol::GetEstimate(const QuantumLinkBudget& budget) const
{
    DecoyBb84Estimate estimate = Evaluate(budget);
    estimate.r = std::max(0.0, estimate.r);
    return estimate;
}

QkdRatePoint
DecoyBb84Protocol::GetRate(const QuantumLinkBudget& budget) const
{
    const DecoyBb84Estimate estimate = GetEstimate(budget);
    return PointOf(GetDistillation(), estimate.qMu, estimate.eMu, estimate.r);
}

QkdBlockPlan
DecoyBb84Protocol::PlanBlock(const QuantumLinkBudget& budget) const
{
    const DecoyBb84Estimate estimate = GetEstimate(budget);
    return PlanSifted(GetDistillation(), estimate.qMu, estimate.eMu, estimate.r);
}

PhotonCountingProtocol::SiftedBlock
DecoyBb84Protocol::GetDistillation() const
{
    return {m_blockSiftedBits,
            m_siftingFactor,
            m_estimationFraction,
            m_errorCorrectionFactor,
            m_pulseRateHz};
}

void
DecoyBb84Protocol::FinishBlock(const QuantumLinkBudget& budget,
                               const QkdBlockPlan&,
                               QkdBlockPlan& block) const
{
    const DecoyBb84Estimate estimate = GetEstimate(budget);
    const auto corrected = static_cast<double>(block.siftedBits - block.estimationBits);
    const double leaked = m_errorCorrectionFactor * BinaryEntropy(block.qber) * corrected;
    const double single =
        estimate.q1 / estimate.qMu * (1.0 - BinaryEntropy(estimate.e1)) * corrected;
    block.leakedBits = static_cast<uint64_t>(std::ceil(leaked));
    block.finalKeyBits = static_cast<uint32_t>(std::max(0.0, single - leaked));
    block.hasKey = block.finalKeyBits > 0;
}

double
DecoyBb84Protocol::GetOptimalIntensity() const
{
    const double entropy = BinaryEntropy(m_misalignmentError);
    const auto excess = [this, entropy](double mu) {
        return (1.0 - mu) * std::exp(-mu) * (1.0 - entropy) - m_errorCorrectionFactor * entropy;
    };
    return excess(0.0) > 0.0 ? FindRoot(excess, 0.0, 1.0) : 0.0;
}

} // namespace qkdn
} // namespace ns3
