/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The part of PacketsDistillation that the receiver does.

#include "qkdn-packets-distillation.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnPacketsDistillationReceiver");

void
PacketsDistillation::DetectionStarted(const ReceivedLight& light, Time)
{
    NS_LOG_FUNCTION(this << light.light.epoch);
    if (light.light.epoch != m_epoch)
    {
        m_epoch = light.light.epoch;
        m_number = 0;
    }
    m_seed = light.light.seed;
    m_budget.Begin(Simulator::Now(), light.budget);
    StartBlock();
}

void
PacketsDistillation::ChannelChanged(const ReceivedLight& light)
{
    NS_LOG_FUNCTION(this << light.budget.addedError);
    m_budget.Change(Simulator::Now(), light.budget);
    if (m_filled.IsExpired())
    {
        // the block in work could not be filled at all
        StartBlock();
    }
}

void
PacketsDistillation::ObserveAnew(QkdBlockPlan& observed) const
{
    const QuantumLinkBudget budget = m_budget.Get(Simulator::Now());
    BlockStatistics statistics(m_draws);
    QkdBlockPlan changed =
        IsDrawn() ? m_protocol->DrawBlock(budget, statistics) : m_protocol->PlanBlock(budget);
    // what was detected has been told already
    changed.pulses = observed.pulses;
    changed.detections = observed.detections;
    changed.siftedBits = observed.siftedBits;
    changed.estimationBits = observed.estimationBits;
    observed = changed;
}

void
PacketsDistillation::DetectionStopped()
{
    m_filled.Cancel();
    m_siftingDue.Cancel();
    const auto block = m_blocks.find(MakeBlock(m_epoch, m_number));
    if (block != m_blocks.end() && !block->second.filled)
    {
        if (block->second.request.sequence > 0)
        {
            m_send(DISTILLATION_ABANDON, StepNotice{block->second.key, 0, 0}.ToPacket(0));
        }
        m_blocks.erase(block);
    }
}

void
PacketsDistillation::StartBlock()
{
    m_filled.Cancel();
    m_siftingDue.Cancel();
    // for each block anew: a recorded rate changes with time
    m_budget.Begin(Simulator::Now());
    m_plan = m_protocol->PlanBlock(m_budget.GetNewest());
    if (!m_plan.duration.IsStrictlyPositive())
    {
        return;
    }
    ++m_number;
    Block block;
    block.key = KeyId{m_link, MakeBlock(m_epoch, m_number)};
    block.seed = m_seed;
    block.begun = Simulator::Now();
    block.observed = m_plan;
    if (IsDrawn())
    {
        BlockStatistics statistics(m_draws);
        block.observed = m_protocol->DrawBlock(m_budget.GetNewest(), statistics);
    }
    block.loss = FindLoss(block);
    m_filled = Simulator::Schedule(m_plan.duration, &PacketsDistillation::BlockFilled, this);
    if (m_siftingInterval < m_plan.duration)
    {
        m_siftingDue =
            Simulator::Schedule(m_siftingInterval, &PacketsDistillation::SiftingDue, this);
    }
    m_blocks.emplace(block.key.block, std::move(block));
}

uint64_t
PacketsDistillation::GetRawBits(const Block& block)
{
    // position, basis and value of each detection
    return 8 * DistillationTraffic::FromBlock(block.observed).detectionBytes +
           block.observed.detections;
}

std::string
PacketsDistillation::FindLoss(const Block& block) const
{
    if (m_blocks.size() >= m_maxPending)
    {
        return "classical channel stalled";
    }
    uint64_t bits = GetRawBits(block);
    for (const auto& entry : m_blocks)
    {
        bits += GetRawBits(entry.second);
    }
    return bits > m_rawBufferBits ? "raw data buffer full" : "";
}

void
PacketsDistillation::SiftingDue()
{
    m_siftingDue = Simulator::Schedule(m_siftingInterval, &PacketsDistillation::SiftingDue, this);
    Block& block = m_blocks.at(MakeBlock(m_epoch, m_number));
    if (block.loss.empty() && !block.outstanding)
    {
        Sift(block);
    }
}

void
PacketsDistillation::BlockFilled()
{
    NS_LOG_FUNCTION(this);
    const uint64_t number = MakeBlock(m_epoch, m_number);
    Block& block = m_blocks.at(number);
    if (m_budget.HasChanged())
    {
        ObserveAnew(block.observed);
    }
    block.filled = true;
    block.figures.generated = Simulator::Now();
    const KeyId key = block.key;
    const double qber = block.observed.qber;
    const std::string loss = block.loss;
    if (!loss.empty())
    {
        m_blocks.erase(number);
    }
    StartBlock();
    m_blockFilledTrace(m_link, key, qber);
    if (!loss.empty())
    {
        m_blockDroppedTrace(m_link, key, loss);
        return;
    }
    const auto found = m_blocks.find(number);
    if (found != m_blocks.end() && !found->second.outstanding)
    {
        Sift(found->second);
    }
}

void
PacketsDistillation::Sift(Block& block)
{
    const QkdBlockPlan& observed = block.observed;
    double share = 1.0;
    if (!block.filled)
    {
        share = (Simulator::Now() - block.begun).GetSeconds() / m_plan.duration.GetSeconds();
    }
    const auto detections =
        block.filled ? observed.detections
                     : static_cast<uint64_t>(share * static_cast<double>(observed.detections));
    const auto pulses = block.filled
                            ? observed.pulses
                            : static_cast<uint64_t>(share * static_cast<double>(observed.pulses));
    StepRequest request;
    request.step = STEP_SIFTING;
    request.count = detections - block.told;
    request.extra = pulses - block.toldPulses;
    if (observed.pulses > 0)
    {
        request.extra = std::max(request.extra, request.count);
    }
    if (request.count == 0 && !block.filled)
    {
        return;
    }
    block.told = detections;
    block.toldPulses = std::max(block.toldPulses, pulses);
    Ask(block, request);
}

void
PacketsDistillation::Estimate(Block& block)
{
    const QkdBlockPlan& observed = block.observed;
    block.correction = PlanCorrection(observed);
    const uint32_t left = GetSecretBits(observed, block.correction);
    StepRequest request = block.figures;
    request.step = STEP_ESTIMATION;
    request.probe = IsProbing() || !observed.hasKey || left == 0;
    request.finalKeyBits = request.probe ? 0 : left;
    request.siftedBits = observed.siftedBits;
    request.leakedBits = request.probe ? 0 : block.correction.leakedBits;
    // of a block without key all bits may be disclosed
    request.estimationBits = request.probe && observed.estimationBits == 0
                                 ? observed.siftedBits
                                 : observed.estimationBits;
    request.qber = observed.qber;
    Ask(block, request);
}

void
PacketsDistillation::Correct(Block& block)
{
    const CorrectionPlan& plan = block.correction;
    ++block.rounds;
    const auto share = [&block, &plan](uint64_t total) {
        return static_cast<uint64_t>(static_cast<double>(total) * block.rounds / plan.exchanges);
    };
    const bool last = block.rounds == plan.exchanges;
    const uint64_t asked = last ? plan.leakedBits : share(plan.leakedBits);
    const uint64_t address = last ? plan.addressBits : share(plan.addressBits);
    StepRequest request;
    request.step = STEP_CORRECTION;
    request.count = asked - block.asked;
    request.extra = address - block.askedAddress;
    block.asked = asked;
    block.askedAddress = address;
    Ask(block, request);
}

void
PacketsDistillation::Ask(Block& block, StepRequest request)
{
    request.key = block.key;
    request.sequence = block.request.sequence + 1;
    request.authenticated =
        !IsProbing() && !request.probe &&
        (m_authentication == AUTHENTICATE_MESSAGE || request.step == STEP_AMPLIFICATION);
    block.request = request;
    if (request.step == STEP_ESTIMATION)
    {
        block.figures = request;
    }
    block.outstanding = true;
    block.sent = false;
    block.paid = false;
    SendQuestion(block);
}

bool
PacketsDistillation::IsReserveComing() const
{
    return std::any_of(m_blocks.begin(), m_blocks.end(), [](const auto& entry) {
        const Block& block = entry.second;
        return block.outstanding && block.paid && block.request.step == STEP_AMPLIFICATION;
    });
}

uint64_t
PacketsDistillation::GetMissingBits() const
{
    uint64_t present = m_reserve.GetStored() - GetTagCost();
    for (const auto& entry : m_blocks)
    {
        const Block& block = entry.second;
        const bool brings =
            block.outstanding && block.paid && block.request.step == STEP_AMPLIFICATION;
        present += brings ? block.request.count : 0;
    }
    return m_reserve.GetInitial() - std::min(m_reserve.GetInitial(), present);
}

void
PacketsDistillation::SendQuestion(Block& block)
{
    const bool pays = block.request.authenticated && !block.paid;
    if (pays && m_reserve.GetStored() < GetTagCost())
    {
        if (!IsReserveComing())
        {
            Drop(block.key.block, "authentication key exhausted", true);
        }
        return;
    }
    if (pays && block.request.step == STEP_AMPLIFICATION)
    {
        block.request.count = GetMissingBits();
    }
    uint64_t bytes = GetQuestionBytes(block.request, block.figures);
    block.sent =
        SendParts(StepNotice{block.key, block.request.sequence, 0}, bytes) &&
        m_send(GetStepType(STEP_REQUEST, block.request.step), block.request.ToPacket(bytes));
    if (!block.sent)
    {
        RetryLater();
    }
    else if (pays)
    {
        block.paid = m_reserve.Spend(GetTagCost());
    }
}

void
PacketsDistillation::SendQuestions()
{
    std::vector<uint64_t> numbers;
    for (const auto& [number, block] : m_blocks)
    {
        if (block.outstanding && !block.sent)
        {
            numbers.push_back(number);
        }
    }
    for (const uint64_t number : numbers)
    {
        const auto block = m_blocks.find(number);
        if (block != m_blocks.end())
        {
            SendQuestion(block->second);
        }
    }
}

bool
PacketsDistillation::HandleAnswer(const StepAnswer& answer, uint64_t bytes)
{
    const auto found = m_blocks.find(answer.key.block);
    if (found == m_blocks.end() || !found->second.outstanding || !found->second.sent ||
        found->second.request.sequence != answer.sequence)
    {
        return true;
    }
    Block& block = found->second;
    if (answer.step != block.request.step ||
        bytes != GetAnswerBytes(block.request, block.figures, answer.verdict))
    {
        return false;
    }
    block.outstanding = false;
    if (answer.verdict == STEP_REFUSED)
    {
        Drop(answer.key.block, "refused by the transmitter", false);
    }
    else if (answer.verdict == STEP_MEASURED)
    {
        const KeyId key = block.key;
        const double qber = block.figures.qber;
        const bool news = !block.estimated;
        Drop(key.block, "measured only", false);
        if (news)
        {
            NotifyEstimate(key, qber);
        }
    }
    else
    {
        StepDone(block, answer);
    }
    SendQuestions();
    return true;
}

void
PacketsDistillation::StepDone(Block& block, const StepAnswer& answer)
{
    const uint64_t number = block.key.block;
    const bool lastSifting = block.filled && block.told == block.observed.detections;
    const bool lastCorrection = block.rounds == block.correction.exchanges;
    switch (answer.step)
    {
    case STEP_SIFTING:
        if (lastSifting)
        {
            m_stepTrace(m_link, block.key, STEP_SIFTING);
            Estimate(block);
        }
        else if (block.filled)
        {
            Sift(block);
        }
        break;
    case STEP_ESTIMATION:
        m_stepTrace(m_link, block.key, STEP_ESTIMATION);
        if (block.figures.estimationBits == 0 || TellEstimate(number))
        {
            Correct(block);
        }
        break;
    case STEP_CORRECTION:
        if (lastCorrection)
        {
            const uint64_t bits = block.observed.siftedBits - block.observed.estimationBits;
            block.work = Simulator::Schedule(Occupy(bits, m_correctionBps, m_correctorFree),
                                             &PacketsDistillation::Corrected,
                                             this,
                                             number);
        }
        else
        {
            Correct(block);
        }
        break;
    case STEP_VERIFICATION:
        m_stepTrace(m_link, block.key, STEP_VERIFICATION);
        if (IsDrawn() && block.correction.failureProbability > 0.0 &&
            m_draws->GetValue(0.0, 1.0) < block.correction.failureProbability)
        {
            Drop(number, "errors are left", true);
            break;
        }
        {
            StepRequest request;
            request.step = STEP_AMPLIFICATION;
            Ask(block, request);
        }
        break;
    case STEP_AMPLIFICATION:
        const uint32_t withheld = std::min(answer.withheldBits, block.figures.finalKeyBits);
        m_reserve.Withhold(withheld);
        const uint64_t bits = block.observed.siftedBits - block.observed.estimationBits;
        block.work = Simulator::Schedule(Occupy(bits, m_amplificationBps, m_amplifierFree),
                                         &PacketsDistillation::Amplified,
                                         this,
                                         number,
                                         withheld);
        break;
    }
}

void
PacketsDistillation::Corrected(uint64_t number)
{
    Block& block = m_blocks.at(number);
    m_stepTrace(m_link, block.key, STEP_CORRECTION);
    if (block.figures.estimationBits == 0)
    {
        block.estimated = true;
        NotifyEstimate(block.key, block.figures.qber);
    }
    const auto found = m_blocks.find(number);
    if (found == m_blocks.end())
    {
        return;
    }
    StepRequest request;
    request.step = STEP_VERIFICATION;
    // the transmitter has to learn the estimate too
    request.probe = IsProbing();
    Ask(found->second, request);
}

bool
PacketsDistillation::TellEstimate(uint64_t number)
{
    Block& block = m_blocks.at(number);
    block.estimated = true;
    NotifyEstimate(block.key, block.figures.qber);
    if (m_blocks.count(number) == 0)
    {
        return false;
    }
    if (IsProbing())
    {
        Drop(number, "measured only", true);
        return false;
    }
    return true;
}

void
PacketsDistillation::Amplified(uint64_t number, uint32_t withheldBits)
{
    const StepRequest figures = m_blocks.at(number).figures;
    const uint64_t seed = m_blocks.at(number).seed;
    m_stepTrace(m_link, figures.key, STEP_AMPLIFICATION);
    m_blocks.erase(number);
    DeliverBlock(figures, seed, withheldBits);
}

void
PacketsDistillation::Drop(uint64_t number, const std::string& reason, bool tell)
{
    const auto found = m_blocks.find(number);
    const KeyId key = found->second.key;
    if (found->second.filled)
    {
        m_blocks.erase(found);
        m_blockDroppedTrace(m_link, key, reason);
    }
    else
    {
        // it goes on filling, to no purpose
        found->second.loss = reason;
        found->second.outstanding = false;
    }
    if (tell)
    {
        m_send(DISTILLATION_ABANDON, StepNotice{key, 0, 0}.ToPacket(0));
    }
}

} // namespace qkdn
} // namespace ns3
