/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-qkd-protocol.h"

#include "qkdn-block-statistics.h"
#include "qkdn-key-rate-math.h"

#include "ns3/abort.h"
#include "ns3/log.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnQkdProtocol");

NS_OBJECT_ENSURE_REGISTERED(QkdProtocol);

TypeId
QkdProtocol::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::QkdProtocol").SetParent<Object>().SetGroupName("QkdnResilience");
    return tid;
}

std::vector<std::string>
QkdProtocol::GetPresetNames() const
{
    return {};
}

std::string
QkdProtocol::SetPreset(const std::string& name)
{
    NS_LOG_FUNCTION(this << name);
    return NoSuchPreset(name);
}

bool
QkdProtocol::NeedsStation() const
{
    return false;
}

double
QkdProtocol::GetReachKm(double attenuationDbPerKm, const QuantumLinkBudget& fixed) const
{
    NS_ABORT_MSG_UNLESS(attenuationDbPerKm > 0.0,
                        "the attenuation of a fibre is " << attenuationDbPerKm
                                                         << " dB/km, it has to be above 0");
    const auto hasKeyAt = [&](double lengthKm) {
        QuantumLinkBudget budget = fixed;
        budget.lengthKm += lengthKm;
        budget.lossDb += lengthKm * attenuationDbPerKm;
        if (budget.hasStation)
        {
            budget.stationLossDb += lengthKm * attenuationDbPerKm / 2.0;
        }
        return GetRate(budget).hasKey;
    };
    if (!hasKeyAt(0.0))
    {
        return 0.0;
    }
    // far beyond it the transmittance would leave the range of double
    const double highestLossDb = 2000.0;
    const double longestKm = std::max(0.0, highestLossDb - fixed.lossDb) / attenuationDbPerKm;
    double low = 0.0;
    double high = std::min(1.0, longestKm);
    while (hasKeyAt(high))
    {
        if (high >= longestKm)
        {
            return std::numeric_limits<double>::infinity();
        }
        low = high;
        high = std::min(2.0 * high, longestKm);
    }
    // bisection: the rate itself cannot be used, as it is 0 everywhere beyond the end
    while (high - low > 1e-8 * high)
    {
        const double middle = 0.5 * (low + high);
        (hasKeyAt(middle) ? low : high) = middle;
    }
    return 0.5 * (low + high);
}

void
QkdProtocol::CheckUsable(const QuantumLinkBudget& budget) const
{
    const std::string error = Validate();
    NS_ABORT_MSG_UNLESS(error.empty(), error);
    // written so that "not a number" fails
    NS_ABORT_MSG_UNLESS(budget.lossDb >= 0.0,
                        "the loss of a quantum link is " << budget.lossDb
                                                         << " dB, it has to be 0 or more");
    NS_ABORT_MSG_UNLESS(budget.noiseClickProbability >= 0.0 && budget.noiseClickProbability <= 1.0,
                        "the noise click probability of a quantum link is "
                            << budget.noiseClickProbability << ", it has to be from 0 to 1");
    NS_ABORT_MSG_UNLESS(budget.addedError >= 0.0 && budget.addedError <= 1.0,
                        "the added error of a quantum link is " << budget.addedError
                                                                << ", it has to be from 0 to 1");
    NS_ABORT_MSG_UNLESS(budget.noisePhotonRatePerNmHz >= 0.0,
                        "the noise photon rate of a quantum link is "
                            << budget.noisePhotonRatePerNmHz
                            << " per second and nm, it has to be 0 or more");
    NS_ABORT_MSG_UNLESS(
        !budget.hasStation ||
            (budget.stationLossDb >= 0.0 && budget.stationLossDb <= budget.lossDb * (1.0 + 1e-9)),
        "the loss from the first end of a quantum link to its station is "
            << budget.stationLossDb << " dB, it has to be from 0 to " << budget.lossDb);
}

QkdBlockPlan
QkdProtocol::DrawBlock(const QuantumLinkBudget& budget, BlockStatistics& statistics) const
{
    const QkdBlockPlan plan = PlanBlock(budget);
    QkdBlockPlan block = plan;
    if (plan.detections == 0 || plan.siftedBits == 0)
    {
        return block;
    }
    const auto detections = static_cast<double>(plan.detections);
    const auto sifted = static_cast<double>(plan.siftedBits);
    block.detections =
        plan.pulses > 0
            ? statistics.Binomial(plan.pulses, detections / static_cast<double>(plan.pulses))
            : statistics.Poisson(detections);
    block.siftedBits = statistics.Binomial(block.detections, std::min(1.0, sifted / detections));
    block.estimationBits = static_cast<uint64_t>(std::round(
        static_cast<double>(plan.estimationBits) / sifted * static_cast<double>(block.siftedBits)));
    const uint64_t sample = plan.estimationBits > 0 ? block.estimationBits : block.siftedBits;
    block.errors = statistics.Binomial(sample, plan.qber);
    // without a sample nothing is known
    block.qber =
        sample == 0
            ? 0.5
            : std::min(0.5, static_cast<double>(block.errors) / static_cast<double>(sample));
    FinishBlock(budget, plan, block);
    return block;
}

void
QkdProtocol::FinishBlock(const QuantumLinkBudget&,
                         const QkdBlockPlan& plan,
                         QkdBlockPlan& block) const
{
    const auto planned = static_cast<double>(plan.siftedBits - plan.estimationBits);
    const auto corrected = static_cast<double>(block.siftedBits - block.estimationBits);
    const double limit = BinaryEntropy(plan.qber) * planned;
    const double factor = limit > 0.0 ? static_cast<double>(plan.leakedBits) / limit : 1.0;
    const double leaked = std::ceil(factor * BinaryEntropy(block.qber) * corrected);
    const double secret = static_cast<double>(plan.finalKeyBits + plan.leakedBits) *
                          (planned > 0.0 ? corrected / planned : 0.0);
    block.leakedBits = static_cast<uint64_t>(leaked);
    block.finalKeyBits = plan.hasKey ? static_cast<uint32_t>(std::max(0.0, secret - leaked)) : 0;
    block.hasKey = block.finalKeyBits > 0;
}

bool
QkdProtocol::FitsBlock(double durationS, double count)
{
    return durationS < Time::Max().GetSeconds() / 2.0 && count < 9.0e18;
}

std::string
QkdProtocol::NoSuchPreset(const std::string& name) const
{
    std::ostringstream text;
    text << GetInstanceTypeId().GetName() << ": no preset is named \"" << name << "\"; there is";
    const std::vector<std::string> names = GetPresetNames();
    text << (names.empty() ? " none" : ":");
    for (const std::string& known : names)
    {
        text << (&known == &names.front() ? " " : ", ") << known;
    }
    return text.str();
}

std::string
QkdProtocol::OutOfRange(const std::string& attribute, double value, const std::string& range) const
{
    std::ostringstream text;
    text << GetInstanceTypeId().GetName() << ": " << attribute << " is " << value
         << ", it has to be " << range;
    return text.str();
}

} // namespace qkdn
} // namespace ns3
