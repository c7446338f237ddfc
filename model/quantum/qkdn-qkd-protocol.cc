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
QkdProtocol::OutOfRange(const std::string& attribute, double value, const std::string& range) const
{
    std::ostringstream text;
    text << GetInstanceTypeId().GetName() << ": " << attribute << " is " << value
         << ", it has to be " << range;
    return text.str();
}

} // namespace qkdn
} // namespace ns3
