/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-bbm92-protocol.h"

#include "qkdn-key-rate-math.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/qkdn-units.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnBbm92Protocol");

NS_OBJECT_ENSURE_REGISTERED(Bbm92Protocol);

TypeId
Bbm92Protocol::GetTypeId()
{
    using This = Bbm92Protocol;
    static TypeId tid =
        TypeId("ns3::qkdn::Bbm92Protocol")
            .SetParent<PhotonCountingProtocol>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<Bbm92Protocol>()
            .AddAttribute("Optimise",
                          "Search the mean number of pairs with the most key per pulse; if "
                          "not, use MeanPairNumber.",
                          BooleanValue(true),
                          MakeBooleanAccessor(&This::m_optimise),
                          MakeBooleanChecker())
            .AddAttribute("MeanPairNumber",
                          "Mean number of photon pairs of a pulse, 2 lambda, above 0 and up "
                          "to 10.",
                          DoubleValue(0.1),
                          MakeDoubleAccessor(&This::m_meanPairNumber),
                          MakeDoubleChecker<double>())
            .AddAttribute("DetectorEfficiency",
                          "Transmittance of the receiver of either end with the efficiency "
                          "of its detectors, above 0 and up to 1.",
                          DoubleValue(0.145),
                          MakeDoubleAccessor(&This::m_detectorEfficiency),
                          MakeDoubleChecker<double>())
            .AddAttribute("DarkCountProbability",
                          "Background clicks Y0 of either end per gate, without noise of "
                          "other channels, 0 to 1.",
                          DoubleValue(6.02e-6),
                          MakeDoubleAccessor(&This::m_darkCountProbability),
                          MakeDoubleChecker<double>())
            .AddAttribute("MisalignmentError",
                          "Probability e_d that a photon clicks in the wrong detector, 0 to "
                          "0.5.",
                          DoubleValue(0.015),
                          MakeDoubleAccessor(&This::m_misalignmentError),
                          MakeDoubleChecker<double>())
            .AddAttribute("ErrorCorrectionEfficiency",
                          "Bits disclosed by error correction over the Shannon limit, f, 1 "
                          "to 100.",
                          DoubleValue(1.22),
                          MakeDoubleAccessor(&This::m_errorCorrectionFactor),
                          MakeDoubleChecker<double>())
            .AddAttribute("SiftingFactor",
                          "Share q of the coincidences that survive sifting, above 0 and up "
                          "to 1; 0.5 with bases of equal probability.",
                          DoubleValue(0.5),
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
                          "Pulses of the source per second, Hz, above 0.",
                          DoubleValue(249e6),
                          MakeDoubleAccessor(&This::m_pulseRateHz),
                          MakeDoubleChecker<double>())
            .AddAttribute("BlockSiftedBits",
                          "Sifted bits that are distilled together.",
                          UintegerValue(10000),
                          MakeUintegerAccessor(&This::m_blockSiftedBits),
                          MakeUintegerChecker<uint32_t>(1));
    return tid;
}

Bbm92Protocol::Bbm92Protocol()
{
    NS_LOG_FUNCTION(this);
}

Bbm92Protocol::~Bbm92Protocol()
{
    NS_LOG_FUNCTION(this);
}

std::vector<std::string>
Bbm92Protocol::GetPresetNames() const
{
    return {"ma2007"};
}

std::string
Bbm92Protocol::SetPreset(const std::string& name)
{
    NS_LOG_FUNCTION(this << name);
    if (name != "ma2007")
    {
        return NoSuchPreset(name);
    }
    m_optimise = true;
    m_detectorEfficiency = 0.145;
    m_darkCountProbability = 6.02e-6;
    m_misalignmentError = 0.015;
    m_errorCorrectionFactor = 1.22;
    m_siftingFactor = 0.5;
    m_estimationFraction = 0.0;
    m_pulseRateHz = 249e6;
    return "";
}

bool
Bbm92Protocol::NeedsStation() const
{
    return true;
}

std::string
Bbm92Protocol::Validate() const
{
    if (!(m_meanPairNumber > 0.0 && m_meanPairNumber <= 10.0))
    {
        return OutOfRange("MeanPairNumber", m_meanPairNumber, "above 0 and up to 10");
    }
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
    const std::string distillation = ValidateDistillation(GetDistillation());
    return distillation.empty() ? ValidateReceiver() : distillation;
}

PhotonCountingProtocol::SiftedBlock
Bbm92Protocol::GetDistillation() const
{
    return {m_blockSiftedBits,
            m_siftingFactor,
            m_estimationFraction,
            m_errorCorrectionFactor,
            m_pulseRateHz};
}

Bbm92Estimate
Bbm92Protocol::Evaluate(const QuantumLinkBudget& budget, double lambda) const
{
    Bbm92Estimate estimate;
    estimate.lambda = lambda;
    const double stationDb = GetStationLossDb(budget);
    estimate.etaA = TransmittanceFromDb(stationDb) * m_detectorEfficiency;
    estimate.etaB = TransmittanceFromDb(budget.lossDb - stationDb) * m_detectorEfficiency;
    const double y0 =
        AddNoise(m_darkCountProbability, GetNoiseClickProbability(budget, m_detectorEfficiency), 1);
    const double a = estimate.etaA * lambda;
    const double b = estimate.etaB * lambda;
    // The published Q = 1 - (1-Y0)/(1+a)^2 - (1-Y0)/(1+b)^2 + (1-Y0)^2/(1+a+b-ab/lambda)^2 loses
    // all digits at high loss; this is the same, as a sum of what is positive.
    const double pair = estimate.etaA * estimate.etaB * lambda * (1.0 + lambda);
    const double apart = (1.0 + a) * (1.0 + b);
    const double together = apart - pair;
    const double clickA = (y0 + a * (2.0 + a)) / ((1.0 + a) * (1.0 + a));
    const double clickB = (y0 + b * (2.0 + b)) / ((1.0 + b) * (1.0 + b));
    estimate.q = clickA * clickB + (1.0 - y0) * (1.0 - y0) * pair * (apart + together) /
                                       (together * together * apart * apart);
    if (!(estimate.q > 0.0))
    {
        return estimate;
    }
    const double misaligned = std::min(0.5, m_misalignmentError + budget.addedError);
    const double errors = 0.5 * estimate.q - 2.0 * (0.5 - misaligned) * pair / (apart * together);
    estimate.e = std::clamp(errors / estimate.q, 0.0, 0.5);
    estimate.r = m_siftingFactor * (1.0 - m_estimationFraction) * estimate.q *
                 (1.0 - (1.0 + m_errorCorrectionFactor) * BinaryEntropy(estimate.e));
    return estimate;
}

Bbm92Estimate
Bbm92Protocol::GetEstimate(const QuantumLinkBudget& budget) const
{
    CheckUsable(budget);
    double lambda = m_meanPairNumber / 2.0;
    if (m_optimise)
    {
        QuantumLinkBudget design = budget;
        design.addedError = 0.0;
        const auto rate = [this, &design](double x) { return Evaluate(design, std::exp(x)).r; };
        lambda = std::exp(FindMaximum(rate, std::log(1e-6), std::log(5.0)));
    }
    return Evaluate(budget, lambda);
}

QkdRatePoint
Bbm92Protocol::GetRate(const QuantumLinkBudget& budget) const
{
    const Bbm92Estimate estimate = GetEstimate(budget);
    return PointOf(GetDistillation(), estimate.q, estimate.e, estimate.r);
}

QkdBlockPlan
Bbm92Protocol::PlanBlock(const QuantumLinkBudget& budget) const
{
    const Bbm92Estimate estimate = GetEstimate(budget);
    return PlanSifted(GetDistillation(), estimate.q, estimate.e, estimate.r);
}

void
Bbm92Protocol::FinishBlock(const QuantumLinkBudget&, const QkdBlockPlan&, QkdBlockPlan& block) const
{
    // bit and phase errors are both estimated by the error ratio
    const auto corrected = static_cast<double>(block.siftedBits - block.estimationBits);
    const double limit = BinaryEntropy(block.qber) * corrected;
    block.leakedBits = static_cast<uint64_t>(std::ceil(m_errorCorrectionFactor * limit));
    block.finalKeyBits =
        static_cast<uint32_t>(std::max(0.0, corrected - limit - m_errorCorrectionFactor * limit));
    block.hasKey = block.finalKeyBits > 0;
}

} // namespace qkdn
} // namespace ns3
