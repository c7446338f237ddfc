/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The part of PacketsDistillation that the transmitter does.

#include "qkdn-packets-distillation.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnPacketsDistillationTransmitter");

bool
PacketsDistillation::HandleQuestion(const StepRequest& request, uint64_t bytes)
{
    NS_LOG_FUNCTION(this << request.key.ToString() << request.sequence << bytes);
    const uint64_t number = request.key.block;
    auto found = m_answered.find(number);
    const bool known = found != m_answered.end();
    const StepRequest& figures =
        known && request.step != STEP_ESTIMATION ? found->second.figures : request;
    if (bytes != GetQuestionBytes(request, figures))
    {
        return false;
    }
    if (known && request.sequence == found->second.last.sequence &&
        request.step == found->second.last.step)
    {
        SendAnswer(found->second);
        return true;
    }
    if (!known && (request.sequence != 1 || request.step != STEP_SIFTING || number <= m_newest ||
                   !m_emissions.FindSeed(number)))
    {
        Refuse(request, "no raw data at the transmitter");
        return true;
    }
    if (!known)
    {
        m_newest = number;
        found = m_answered.emplace(number, Answered()).first;
        found->second.last.key = request.key;
    }
    else if (!IsNext(found->second, request))
    {
        Refuse(request, "out of order");
        return true;
    }
    if (request.authenticated && !m_reserve.Spend(GetTagCost()))
    {
        m_answered.erase(found);
        Refuse(request, "authentication key exhausted");
        return true;
    }
    const StepAnswer answer = Decide(found->second, request);
    found->second.answer = answer;
    SendAnswer(found->second);
    while (m_answered.size() > 4 * std::size_t{m_maxPending})
    {
        Forget(m_answered.begin()->first);
    }
    return true;
}

bool
PacketsDistillation::IsNext(const Answered& block, const StepRequest& request) const
{
    if (block.ended || request.sequence != block.last.sequence + 1)
    {
        return false;
    }
    const DistillationStep last = block.last.step;
    const bool repeats = last == STEP_SIFTING || last == STEP_CORRECTION;
    if (request.step != last + 1 && !(repeats && request.step == last))
    {
        return false;
    }
    if (request.step == STEP_CORRECTION)
    {
        return request.count <= block.figures.leakedBits - block.asked;
    }
    if (request.step == STEP_VERIFICATION)
    {
        return block.asked == block.figures.leakedBits;
    }
    const bool authentic = m_authentication == AUTHENTICATE_BLOCK || block.authentic;
    return request.step != STEP_AMPLIFICATION || (request.authenticated && authentic);
}

StepAnswer
PacketsDistillation::Decide(Answered& block, const StepRequest& request)
{
    block.last = request;
    block.authentic &= request.authenticated;
    StepAnswer answer;
    answer.key = request.key;
    answer.sequence = request.sequence;
    answer.step = request.step;
    switch (request.step)
    {
    case STEP_ESTIMATION:
        block.figures = request;
        if (request.probe || request.estimationBits > 0)
        {
            answer.verdict = Measure(block, request.probe);
        }
        break;
    case STEP_CORRECTION:
        block.asked += request.count;
        break;
    case STEP_VERIFICATION:
        if (request.probe || block.figures.estimationBits == 0)
        {
            answer.verdict = Measure(block, request.probe);
        }
        break;
    case STEP_AMPLIFICATION:
        Amplify(block, answer);
        break;
    default:
        break;
    }
    return answer;
}

StepVerdict
PacketsDistillation::Measure(Answered& block, bool probe)
{
    if (!block.estimated)
    {
        block.estimated = true;
        NotifyEstimate(block.figures.key, block.figures.qber);
    }
    if (!probe && !IsProbing())
    {
        return STEP_DONE;
    }
    block.ended = true;
    m_blockDroppedTrace(m_link, block.figures.key, "measured only");
    return STEP_MEASURED;
}

void
PacketsDistillation::Amplify(Answered& block, StepAnswer& answer)
{
    const StepRequest figures = block.figures;
    const uint64_t missing = std::max(block.last.count, m_reserve.GetMissing());
    answer.withheldBits = static_cast<uint32_t>(std::min<uint64_t>(missing, figures.finalKeyBits));
    m_reserve.Withhold(answer.withheldBits);
    block.ended = true;
    const auto seed = m_emissions.FindSeed(figures.key.block);
    const uint64_t bits = figures.siftedBits - figures.estimationBits;
    block.work = Simulator::Schedule(Occupy(bits, m_amplificationBps, m_amplifierFree),
                                     &PacketsDistillation::DeliverBlock,
                                     this,
                                     figures,
                                     *seed,
                                     answer.withheldBits);
}

void
PacketsDistillation::Refuse(const StepRequest& request, const std::string& reason)
{
    m_blockDroppedTrace(m_link, request.key, reason);
    StepAnswer answer;
    answer.key = request.key;
    answer.sequence = request.sequence;
    answer.step = request.step;
    answer.verdict = STEP_REFUSED;
    // an answer that cannot be sent now is asked for again
    m_send(GetStepType(STEP_ANSWER, answer.step), answer.ToPacket(0));
}

void
PacketsDistillation::SendAnswer(Answered& block)
{
    const StepAnswer& answer = block.answer;
    uint64_t bytes = GetAnswerBytes(block.last, block.figures, answer.verdict);
    block.answerSent = SendParts(StepNotice{answer.key, answer.sequence, 0}, bytes) &&
                       m_send(GetStepType(STEP_ANSWER, answer.step), answer.ToPacket(bytes));
    if (!block.answerSent)
    {
        RetryLater();
    }
}

void
PacketsDistillation::Forget(uint64_t number)
{
    const auto found = m_answered.find(number);
    if (found == m_answered.end())
    {
        return;
    }
    if (!found->second.ended)
    {
        m_blockDroppedTrace(m_link, found->second.last.key, "given up by the receiver");
    }
    // a key that is being made is still delivered
    m_answered.erase(found);
}

} // namespace qkdn
} // namespace ns3
