/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-decoy-bb84-finite-protocol.h"

#include "qkdn-finite-key-optimiser.h"
#include "qkdn-finite-key-sample.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/qkdn-compat.h"
#include "ns3/qkdn-units.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnDecoyBb84FiniteProtocol");

NS_OBJECT_ENSURE_REGISTERED(DecoyBb84FiniteProtocol);

namespace
{

/// Settings that are remembered.
constexpr std::size_t MAX_FOUND = 256;

} // namespace

TypeId
DecoyBb84FiniteProtocol::GetTypeId()
{
    using This = DecoyBb84FiniteProtocol;
    static TypeId tid =
        TypeId("ns3::qkdn::DecoyBb84FiniteProtocol")
            .SetParent<PhotonCountingProtocol>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<DecoyBb84FiniteProtocol>()
            .AddAttribute("Optimise",
                          "Search KeyBasisProbability, SignalProbability, DecoyProbability, "
                          "SignalIntensity and DecoyIntensity with the most key per pulse; if not, "
                          "use the attributes.",
                          BooleanValue(true),
                          MakeBooleanAccessor(&This::m_optimise),
                          MakeBooleanChecker())
            .AddAttribute("KeyBasisProbability",
                          "Probability q_x of basis X, that of the key, at either end, above "
                          "0 and below 1.",
                          DoubleValue(0.86),
                          MakeDoubleAccessor(&This::m_keyBasisProbability),
                          MakeDoubleChecker<double>())
            .AddAttribute("SignalProbability",
                          "Probability p_1 of a pulse of SignalIntensity. The three "
                          "probabilities are above 0 and add up to 1.",
                          DoubleValue(0.37),
                          MakeDoubleAccessor(&This::m_signalProbability),
                          MakeDoubleChecker<double>())
            .AddAttribute("DecoyProbability",
                          "Probability p_2 of a pulse of DecoyIntensity.",
                          DoubleValue(0.45),
                          MakeDoubleAccessor(&This::m_decoyProbability),
                          MakeDoubleChecker<double>())
            .AddAttribute("SecondDecoyProbability",
                          "Probability p_3 of a pulse of SecondDecoyIntensity.",
                          DoubleValue(0.18),
                          MakeDoubleAccessor(&This::m_secondDecoyProbability),
                          MakeDoubleChecker<double>())
            .AddAttribute("SignalIntensity",
                          "Mean photon number mu_1 of a pulse, above mu_2 + mu_3, up to 10.",
                          DoubleValue(0.43),
                          MakeDoubleAccessor(&This::m_signalIntensity),
                          MakeDoubleChecker<double>())
            .AddAttribute("DecoyIntensity",
                          "Mean photon number mu_2 of a pulse, above mu_3.",
                          DoubleValue(0.23),
                          MakeDoubleAccessor(&This::m_decoyIntensity),
                          MakeDoubleChecker<double>())
            .AddAttribute("SecondDecoyIntensity",
                          "Mean photon number mu_3 of a pulse, 0 or more; it is not "
                          "optimised.",
                          DoubleValue(2e-4),
                          MakeDoubleAccessor(&This::m_secondDecoyIntensity),
                          MakeDoubleChecker<double>())
            .AddAttribute("DetectorEfficiency",
                          "Transmittance eta_Bob of the receiver with the efficiency of its "
                          "detectors, above 0 and up to 1.",
                          DoubleValue(0.1),
                          MakeDoubleAccessor(&This::m_detectorEfficiency),
                          MakeDoubleChecker<double>())
            .AddAttribute("DarkCountProbability",
                          "Dark counts p_dc of each of the two detectors per gate, 0 to 0.5.",
                          DoubleValue(6e-7),
                          MakeDoubleAccessor(&This::m_darkCountProbability),
                          MakeDoubleChecker<double>())
            .AddAttribute("AfterpulseProbability",
                          "Probability p_ap that a detection causes another click, 0 or more "
                          "and below 1.",
                          DoubleValue(0.04),
                          MakeDoubleAccessor(&This::m_afterpulseProbability),
                          MakeDoubleChecker<double>())
            .AddAttribute("MisalignmentError",
                          "Probability e_mis that a photon clicks in the wrong detector, 0 to "
                          "0.5.",
                          DoubleValue(0.005),
                          MakeDoubleAccessor(&This::m_misalignmentError),
                          MakeDoubleChecker<double>())
            .AddAttribute("ErrorCorrectionEfficiency",
                          "Bits disclosed by error correction over the Shannon limit, f_EC, 1 "
                          "to 100.",
                          DoubleValue(1.16),
                          MakeDoubleAccessor(&This::m_errorCorrectionFactor),
                          MakeDoubleChecker<double>())
            .AddAttribute("Secrecy",
                          "fixed: eps_sec is SecrecyEpsilon; per-bit: it is SecrecyPerBit times "
                          "the length of the key.",
                          EnumValue(SECRECY_PER_BIT),
                          MakeEnumAccessor<FiniteKeySecrecy>(&This::m_secrecyMode),
                          MakeEnumChecker(SECRECY_FIXED, "fixed", SECRECY_PER_BIT, "per-bit"))
            .AddAttribute("SecrecyEpsilon",
                          "Probability eps_sec that the key of a block is not secret, above 0 "
                          "and below 1.",
                          DoubleValue(1e-9),
                          MakeDoubleAccessor(&This::m_secrecy),
                          MakeDoubleChecker<double>())
            .AddAttribute("SecrecyPerBit",
                          "eps_sec over the length of the key, kappa, above 0 and below "
                          "1e-10.",
                          DoubleValue(1e-15),
                          MakeDoubleAccessor(&This::m_secrecyPerBit),
                          MakeDoubleChecker<double>())
            .AddAttribute("CorrectnessEpsilon",
                          "Probability eps_cor that the keys of both ends differ, above 0 and "
                          "below 1.",
                          DoubleValue(1e-15),
                          MakeDoubleAccessor(&This::m_correctness),
                          MakeDoubleChecker<double>())
            .AddAttribute("PulseRate",
                          "Pulses per second, Hz, above 0.",
                          DoubleValue(1e9),
                          MakeDoubleAccessor(&This::m_pulseRateHz),
                          MakeDoubleChecker<double>())
            .AddAttribute("BlockSiftedBits",
                          "Detections n_X in basis X that are distilled together, 100 or more.",
                          UintegerValue(10000000),
                          MakeUintegerAccessor(&This::m_blockSiftedBits),
                          MakeUintegerChecker<uint32_t>());
    return tid;
}

DecoyBb84FiniteProtocol::DecoyBb84FiniteProtocol()
{
    NS_LOG_FUNCTION(this);
}

DecoyBb84FiniteProtocol::~DecoyBb84FiniteProtocol()
{
    NS_LOG_FUNCTION(this);
}

std::vector<std::string>
DecoyBb84FiniteProtocol::GetPresetNames() const
{
    return {"lim2014"};
}

std::string
DecoyBb84FiniteProtocol::SetPreset(const std::string& name)
{
    NS_LOG_FUNCTION(this << name);
    if (name != "lim2014")
    {
        return NoSuchPreset(name);
    }
    m_optimise = true;
    m_secondDecoyIntensity = 2e-4;
    m_detectorEfficiency = 0.1;
    m_darkCountProbability = 6e-7;
    m_afterpulseProbability = 0.04;
    m_misalignmentError = 0.005;
    m_errorCorrectionFactor = 1.16;
    m_secrecyMode = SECRECY_PER_BIT;
    m_secrecyPerBit = 1e-15;
    m_correctness = 1e-15;
    return "";
}

std::string
DecoyBb84FiniteProtocol::ValidateSetting() const
{
    if (!(m_secondDecoyIntensity >= 0.0 && m_secondDecoyIntensity < 1.0))
    {
        return OutOfRange("SecondDecoyIntensity", m_secondDecoyIntensity, "0 or more and below 1");
    }
    if (m_optimise)
    {
        return "";
    }
    if (!(m_keyBasisProbability > 0.0 && m_keyBasisProbability < 1.0))
    {
        return OutOfRange("KeyBasisProbability", m_keyBasisProbability, "above 0 and below 1");
    }
    const std::array<std::pair<const char*, double>, 3> probabilities = {
        {{"SignalProbability", m_signalProbability},
         {"DecoyProbability", m_decoyProbability},
         {"SecondDecoyProbability", m_secondDecoyProbability}}};
    for (const auto& [name, value] : probabilities)
    {
        if (!(value > 0.0 && value < 1.0))
        {
            return OutOfRange(name, value, "above 0 and below 1");
        }
    }
    const double sum = m_signalProbability + m_decoyProbability + m_secondDecoyProbability;
    if (!(std::fabs(sum - 1.0) < 1e-9))
    {
        return OutOfRange("SignalProbability + DecoyProbability + SecondDecoyProbability",
                          sum,
                          "1");
    }
    if (!(m_signalIntensity > 0.0 && m_signalIntensity <= 10.0))
    {
        return OutOfRange("SignalIntensity", m_signalIntensity, "above 0 and up to 10");
    }
    if (!(m_decoyIntensity > m_secondDecoyIntensity))
    {
        return OutOfRange("DecoyIntensity",
                          m_decoyIntensity,
                          "above SecondDecoyIntensity = " + std::to_string(m_secondDecoyIntensity));
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
DecoyBb84FiniteProtocol::ValidateDetectors() const
{
    if (!(m_detectorEfficiency > 0.0 && m_detectorEfficiency <= 1.0))
    {
        return OutOfRange("DetectorEfficiency", m_detectorEfficiency, "above 0 and up to 1");
    }
    if (!(m_darkCountProbability >= 0.0 && m_darkCountProbability <= 0.5))
    {
        return OutOfRange("DarkCountProbability", m_darkCountProbability, "from 0 to 0.5");
    }
    if (!(m_afterpulseProbability >= 0.0 && m_afterpulseProbability < 1.0))
    {
        return OutOfRange("AfterpulseProbability", m_afterpulseProbability, "0 or more, below 1");
    }
    if (!(m_misalignmentError >= 0.0 && m_misalignmentError <= 0.5))
    {
        return OutOfRange("MisalignmentError", m_misalignmentError, "from 0 to 0.5");
    }
    return ValidateReceiver();
}

std::string
DecoyBb84FiniteProtocol::Validate() const
{
    if (!(m_errorCorrectionFactor >= 1.0 && m_errorCorrectionFactor <= 100.0))
    {
        return OutOfRange("ErrorCorrectionEfficiency", m_errorCorrectionFactor, "from 1 to 100");
    }
    if (!(m_secrecy > 0.0 && m_secrecy < 1.0))
    {
        return OutOfRange("SecrecyEpsilon", m_secrecy, "above 0 and below 1");
    }
    if (!(m_secrecyPerBit > 0.0 && m_secrecyPerBit < 1e-10))
    {
        return OutOfRange("SecrecyPerBit", m_secrecyPerBit, "above 0 and below 1e-10");
    }
    if (!(m_correctness > 0.0 && m_correctness < 1.0))
    {
        return OutOfRange("CorrectnessEpsilon", m_correctness, "above 0 and below 1");
    }
    if (!(m_pulseRateHz > 0.0))
    {
        return OutOfRange("PulseRate", m_pulseRateHz, "above 0 Hz");
    }
    if (m_blockSiftedBits < 100)
    {
        return OutOfRange("BlockSiftedBits", m_blockSiftedBits, "100 or more");
    }
    const std::string detectors = ValidateDetectors();
    return detectors.empty() ? ValidateSetting() : detectors;
}

DecoyBb84FiniteProtocol::Clicks
DecoyBb84FiniteProtocol::GetClicks(const QuantumLinkBudget& budget, double intensity) const
{
    const double eta = TransmittanceFromDb(budget.lossDb) * m_detectorEfficiency;
    const double noise = GetNoiseClickProbability(budget, m_detectorEfficiency);
    // p_dc with 1 - 2 p_dc -> (1 - 2 p_dc)(1 - noise)
    const double dark = m_darkCountProbability + (0.5 - m_darkCountProbability) * noise;
    const double misaligned = std::min(0.5, m_misalignmentError + budget.addedError);
    // expm1 keeps the digits at high loss
    const double signal = -std::expm1(-eta * intensity);
    const double detection = 2.0 * dark + (1.0 - 2.0 * dark) * signal; // D_k
    Clicks clicks;
    clicks.detection = std::min(1.0, detection * (1.0 + m_afterpulseProbability));
    clicks.error = std::min(0.5 * clicks.detection,
                            dark + misaligned * signal + m_afterpulseProbability * detection / 2.0);
    return clicks;
}

DecoyBb84FiniteEstimate
DecoyBb84FiniteProtocol::Evaluate(const QuantumLinkBudget& budget,
                                  const FiniteKeySetting& setting,
                                  double secrecy) const
{
    DecoyBb84FiniteEstimate estimate;
    estimate.setting = setting;
    estimate.security = {secrecy > 0.0 ? secrecy : m_secrecy,
                         m_correctness,
                         m_errorCorrectionFactor};
    std::array<Clicks, 3> clicks;
    double errors = 0.0;
    for (std::size_t k = 0; k < clicks.size(); ++k)
    {
        clicks[k] = GetClicks(budget, setting.intensity[k]);
        estimate.gain += setting.probability[k] * clicks[k].detection;
        errors += setting.probability[k] * clicks[k].error;
    }
    const double share = setting.keyBasis * setting.keyBasis * estimate.gain;
    if (!(share > 0.0))
    {
        estimate.pulses = std::numeric_limits<double>::infinity();
        return estimate;
    }
    estimate.pulses = m_blockSiftedBits / share;
    estimate.counts.errorX = errors / estimate.gain;
    const double pulsesX = estimate.pulses * setting.keyBasis * setting.keyBasis;
    const double pulsesZ = estimate.pulses * (1.0 - setting.keyBasis) * (1.0 - setting.keyBasis);
    for (std::size_t k = 0; k < clicks.size(); ++k)
    {
        estimate.counts.nX[k] = pulsesX * setting.probability[k] * clicks[k].detection;
        estimate.counts.nZ[k] = pulsesZ * setting.probability[k] * clicks[k].detection;
        estimate.counts.mZ[k] = pulsesZ * setting.probability[k] * clicks[k].error;
    }
    estimate.bounds =
        m_secrecyMode == SECRECY_FIXED || secrecy > 0.0
            ? ComputeFiniteKey(setting, estimate.counts, estimate.security)
            : ComputeFiniteKeyPerBit(setting, estimate.counts, estimate.security, m_secrecyPerBit);
    estimate.r = estimate.bounds.keyBits / estimate.pulses;
    return estimate;
}

FiniteKeySetting
DecoyBb84FiniteProtocol::Optimise(const QuantumLinkBudget& budget) const
{
    const auto evaluate = [this, &budget](const FiniteKeySetting& setting, double secrecy) {
        const DecoyBb84FiniteEstimate estimate = Evaluate(budget, setting, secrecy);
        return FiniteKeyTrial{estimate.r, estimate.bounds.keyBits};
    };
    const double perBit = m_secrecyMode == SECRECY_PER_BIT ? m_secrecyPerBit : 0.0;
    // a tenth of the block as a first guess of the length of the key
    const double secrecy =
        perBit > 0.0 ? std::min(1.0, perBit * 0.1 * m_blockSiftedBits) : m_secrecy;
    return OptimiseFiniteKey(evaluate, m_secondDecoyIntensity, secrecy, perBit);
}

FiniteKeySetting
DecoyBb84FiniteProtocol::GetSetting(const QuantumLinkBudget& budget) const
{
    if (!m_optimise)
    {
        FiniteKeySetting setting;
        setting.keyBasis = m_keyBasisProbability;
        setting.probability = {m_signalProbability, m_decoyProbability, m_secondDecoyProbability};
        setting.intensity = {m_signalIntensity, m_decoyIntensity, m_secondDecoyIntensity};
        return setting;
    }
    QuantumLinkBudget design = budget;
    design.addedError = 0.0;
    const std::vector<double> key = {design.lossDb,
                                     GetNoiseClickProbability(design, m_detectorEfficiency),
                                     m_secondDecoyIntensity,
                                     m_detectorEfficiency,
                                     m_darkCountProbability,
                                     m_afterpulseProbability,
                                     m_misalignmentError,
                                     m_errorCorrectionFactor,
                                     static_cast<double>(m_secrecyMode),
                                     m_secrecy,
                                     m_secrecyPerBit,
                                     m_correctness,
                                     static_cast<double>(m_blockSiftedBits)};
    const auto it = m_found.find(key);
    if (it != m_found.end())
    {
        return it->second;
    }
    if (m_found.size() >= MAX_FOUND)
    {
        m_found.clear();
    }
    const FiniteKeySetting setting = Optimise(design);
    NS_LOG_LOGIC("best setting at " << design.lossDb << " dB: q_x " << setting.keyBasis << ", p_1 "
                                    << setting.probability[0] << ", p_2 " << setting.probability[1]
                                    << ", mu_1 " << setting.intensity[0] << ", mu_2 "
                                    << setting.intensity[1]);
    m_found[key] = setting;
    return setting;
}

DecoyBb84FiniteEstimate
DecoyBb84FiniteProtocol::GetEstimate(const QuantumLinkBudget& budget) const
{
    CheckUsable(budget);
    DecoyBb84FiniteEstimate estimate = Evaluate(budget, GetSetting(budget), 0.0);
    estimate.r = std::max(0.0, estimate.r);
    return estimate;
}

QkdRatePoint
DecoyBb84FiniteProtocol::GetRate(const QuantumLinkBudget& budget) const
{
    const DecoyBb84FiniteEstimate estimate = GetEstimate(budget);
    const FiniteKeySetting& setting = estimate.setting;
    QkdRatePoint point;
    point.qber = estimate.counts.errorX;
    point.detectionRateHz = estimate.gain * m_pulseRateHz;
    point.siftedRateHz =
        point.detectionRateHz *
        (setting.keyBasis * setting.keyBasis + (1.0 - setting.keyBasis) * (1.0 - setting.keyBasis));
    point.bitPerPulse = std::floor(std::max(0.0, estimate.bounds.keyBits)) / estimate.pulses;
    point.rateBps = point.bitPerPulse * m_pulseRateHz;
    point.hasKey = point.rateBps > 0.0;
    return point;
}

QkdBlockPlan
DecoyBb84FiniteProtocol::PlanBlock(const QuantumLinkBudget& budget) const
{
    const DecoyBb84FiniteEstimate estimate = GetEstimate(budget);
    QkdBlockPlan plan;
    plan.qber = estimate.counts.errorX;
    const double pulses = std::ceil(estimate.pulses);
    const double durationS = pulses / m_pulseRateHz;
    if (!FitsBlock(durationS, pulses))
    {
        NS_LOG_LOGIC("a block would take " << durationS << " s");
        return plan;
    }
    const auto& nZ = estimate.counts.nZ;
    plan.duration = Seconds(durationS);
    plan.pulses = static_cast<uint64_t>(pulses);
    plan.detections = static_cast<uint64_t>(std::round(estimate.pulses * estimate.gain));
    plan.estimationBits = static_cast<uint64_t>(std::round(nZ[0] + nZ[1] + nZ[2]));
    plan.siftedBits = m_blockSiftedBits + plan.estimationBits;
    plan.detections = std::max(plan.detections, plan.siftedBits);
    plan.leakedBits = static_cast<uint64_t>(std::ceil(estimate.bounds.leaked));
    plan.finalKeyBits = static_cast<uint32_t>(std::max(0.0, estimate.bounds.keyBits));
    plan.hasKey = plan.finalKeyBits > 0;
    return plan;
}

QkdBlockPlan
DecoyBb84FiniteProtocol::DrawBlock(const QuantumLinkBudget& budget,
                                   BlockStatistics& statistics) const
{
    QkdBlockPlan block = PlanBlock(budget);
    if (block.pulses == 0)
    {
        return block;
    }
    const DecoyBb84FiniteEstimate expected = GetEstimate(budget);
    const FiniteKeySample sample = DrawFiniteKeySample(block.pulses,
                                                       expected.gain,
                                                       expected.setting.keyBasis,
                                                       expected.counts,
                                                       statistics);
    block.detections = sample.detections;
    block.estimationBits = sample.detectionsZ;
    block.siftedBits = sample.detectionsX + sample.detectionsZ;
    block.errors = sample.errorsZ;
    // without a sample nothing is known
    block.qber = sample.detectionsZ > 0 ? std::min(0.5,
                                                   static_cast<double>(sample.errorsZ) /
                                                       static_cast<double>(sample.detectionsZ))
                                        : 0.5;
    const FiniteKeyBounds bounds =
        ComputeFiniteKey(expected.setting, sample.counts, expected.security);
    block.leakedBits = static_cast<uint64_t>(std::ceil(bounds.leaked));
    block.finalKeyBits = static_cast<uint32_t>(std::max(0.0, bounds.keyBits));
    block.hasKey = block.finalKeyBits > 0;
    return block;
}

} // namespace qkdn
} // namespace ns3
