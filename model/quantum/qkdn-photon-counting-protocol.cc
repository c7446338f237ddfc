/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-photon-counting-protocol.h"

#include "qkdn-key-rate-math.h"

#include "ns3/double.h"
#include "ns3/log.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnPhotonCountingProtocol");

NS_OBJECT_ENSURE_REGISTERED(PhotonCountingProtocol);

TypeId
PhotonCountingProtocol::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::PhotonCountingProtocol")
            .SetParent<QkdProtocol>()
            .SetGroupName("QkdnResilience")
            .AddAttribute("FilterBandwidthNm",
                          "Optical bandwidth of the filter before the detectors, nm, above 0. Only "
                          "noise photons of classical light in the same fibre depend on it.",
                          DoubleValue(0.1),
                          MakeDoubleAccessor(&PhotonCountingProtocol::m_filterBandwidthNm),
                          MakeDoubleChecker<double>())
            .AddAttribute("GateDurationS",
                          "Time for which the detectors are open at each pulse, s, above 0. Only "
                          "noise photons of classical light in the same fibre depend on it.",
                          DoubleValue(1e-9),
                          MakeDoubleAccessor(&PhotonCountingProtocol::m_gateDurationS),
                          MakeDoubleChecker<double>());
    return tid;
}

std::string
PhotonCountingProtocol::ValidateReceiver() const
{
    if (!(m_filterBandwidthNm > 0.0 && std::isfinite(m_filterBandwidthNm)))
    {
        return OutOfRange("FilterBandwidthNm", m_filterBandwidthNm, "above 0 nm");
    }
    if (!(m_gateDurationS > 0.0 && std::isfinite(m_gateDurationS)))
    {
        return OutOfRange("GateDurationS", m_gateDurationS, "above 0 s");
    }
    return "";
}

std::string
PhotonCountingProtocol::ValidateDistillation(const SiftedBlock& block) const
{
    if (!(block.correctionFactor >= 1.0 && block.correctionFactor <= 100.0))
    {
        return OutOfRange("ErrorCorrectionEfficiency", block.correctionFactor, "from 1 to 100");
    }
    if (!(block.siftingFactor > 0.0 && block.siftingFactor <= 1.0))
    {
        return OutOfRange("SiftingFactor", block.siftingFactor, "above 0 and up to 1");
    }
    if (!(block.estimationFraction >= 0.0 && block.estimationFraction < 1.0))
    {
        return OutOfRange("EstimationFraction", block.estimationFraction, "0 or more and below 1");
    }
    if (!(block.pulseRateHz > 0.0))
    {
        return OutOfRange("PulseRate", block.pulseRateHz, "above 0 Hz");
    }
    return "";
}

QkdRatePoint
PhotonCountingProtocol::PointOf(const SiftedBlock& block,
                                double gain,
                                double qber,
                                double bitPerPulse)
{
    QkdRatePoint point;
    point.bitPerPulse = std::max(0.0, bitPerPulse);
    point.rateBps = point.bitPerPulse * block.pulseRateHz;
    point.hasKey = point.rateBps > 0.0;
    point.qber = qber;
    point.detectionRateHz = gain * block.pulseRateHz;
    point.siftedRateHz = block.siftingFactor * point.detectionRateHz;
    return point;
}

QkdBlockPlan
PhotonCountingProtocol::PlanSifted(const SiftedBlock& block,
                                   double gain,
                                   double qber,
                                   double bitPerPulse)
{
    QkdBlockPlan plan;
    plan.qber = qber;
    if (!(gain > 0.0))
    {
        return plan;
    }
    const double pulses = std::ceil(block.siftedBits / (block.siftingFactor * gain));
    const double durationS = pulses / block.pulseRateHz;
    if (!FitsBlock(durationS, pulses))
    {
        NS_LOG_LOGIC("a block would take " << durationS << " s");
        return plan;
    }
    plan.duration = Seconds(durationS);
    plan.pulses = static_cast<uint64_t>(pulses);
    plan.detections = static_cast<uint64_t>(std::round(pulses * gain));
    plan.siftedBits = block.siftedBits;
    plan.estimationBits =
        static_cast<uint64_t>(std::ceil(block.estimationFraction * block.siftedBits));
    const auto corrected = static_cast<double>(plan.siftedBits - plan.estimationBits);
    plan.leakedBits = static_cast<uint64_t>(
        std::ceil(block.correctionFactor * BinaryEntropy(std::min(0.5, qber)) * corrected));
    plan.finalKeyBits = static_cast<uint32_t>(std::max(0.0, pulses * bitPerPulse));
    plan.hasKey = plan.finalKeyBits > 0;
    return plan;
}

double
PhotonCountingProtocol::GetNoiseClickProbability(const QuantumLinkBudget& budget,
                                                 double efficiency) const
{
    const double clicks =
        budget.noisePhotonRatePerNmHz * m_filterBandwidthNm * m_gateDurationS * efficiency;
    // 1 - (1-p) exp(-clicks) without losing the digits of small probabilities
    return budget.noiseClickProbability -
           (1.0 - budget.noiseClickProbability) * std::expm1(-clicks);
}

double
PhotonCountingProtocol::AddNoise(double dark, double noise, unsigned int detectors)
{
    return dark - (1.0 - dark) * std::expm1(std::log1p(-noise) / detectors);
}

double
PhotonCountingProtocol::GetStationLossDb(const QuantumLinkBudget& budget)
{
    // a sum of losses up to the second end may be rounded to more than the whole
    return budget.hasStation ? std::min(budget.stationLossDb, budget.lossDb) : budget.lossDb / 2.0;
}

} // namespace qkdn
} // namespace ns3
