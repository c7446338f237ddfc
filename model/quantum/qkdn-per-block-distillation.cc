/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-per-block-distillation.h"

#include "ns3/log.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnPerBlockDistillation");
NS_OBJECT_ENSURE_REGISTERED(PerBlockDistillation);

namespace
{

/// Make a block one that is only measured; then its bits may all be disclosed.
void
MakeProbe(DistillationRequest& request)
{
    request.finalKeyBits = 0;
    request.reserveMissingBits = 0;
    if (request.estimationBits == 0)
    {
        request.estimationBits = request.siftedBits;
    }
}

} // namespace

TypeId
PerBlockDistillation::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::PerBlockDistillation")
            .SetParent<Distillation>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<PerBlockDistillation>()
            .AddAttribute("TagBits",
                          "Length of an authentication tag, bit; one per direction and block.",
                          UintegerValue(96),
                          MakeUintegerAccessor(&PerBlockDistillation::m_tagBits),
                          MakeUintegerChecker<uint32_t>(0, 1024))
            .AddAttribute("MaxPendingBlocks",
                          "Full blocks that wait for the classical channel; further ones are "
                          "dropped.",
                          UintegerValue(16),
                          MakeUintegerAccessor(&PerBlockDistillation::m_maxPending),
                          MakeUintegerChecker<uint32_t>(1, 1024));
    return tid;
}

PerBlockDistillation::~PerBlockDistillation()
{
    m_filled.Cancel();
}

void
PerBlockDistillation::DoDispose()
{
    m_filled.Cancel();
    Distillation::DoDispose();
}

DistillationTraffic
PerBlockDistillation::TrafficOf(const DistillationRequest& request) const
{
    QkdBlockPlan plan;
    plan.hasKey = request.finalKeyBits > 0;
    plan.pulses = request.pulses;
    plan.detections = request.detections;
    plan.siftedBits = request.siftedBits;
    plan.estimationBits = request.estimationBits;
    plan.leakedBits = request.leakedBits;
    plan.finalKeyBits = request.finalKeyBits;
    plan.qber = request.qber;
    DistillationParameters parameters;
    parameters.tagBits = plan.hasKey ? m_tagBits : 0;
    return DistillationTraffic::FromBlock(plan, parameters);
}

bool
PerBlockDistillation::NeedsClassicalChannel() const
{
    return true;
}

DistillationForecast
PerBlockDistillation::Forecast(const QkdBlockPlan& plan) const
{
    const uint64_t tags = 2 * uint64_t{m_tagBits};
    return {tags, static_cast<double>(plan.finalKeyBits) - static_cast<double>(tags)};
}

void
PerBlockDistillation::EmissionStarted(uint32_t epoch, uint64_t seed, const QuantumLinkBudget&, Time)
{
    NS_LOG_FUNCTION(this << epoch);
    m_emissions.Add(epoch, seed);
}

void
PerBlockDistillation::EmissionStopped()
{
    // blocks that the receiver filled before can still be asked for
}

void
PerBlockDistillation::DetectionStarted(const ReceivedLight& light, Time)
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
PerBlockDistillation::ChannelChanged(const ReceivedLight& light)
{
    NS_LOG_FUNCTION(this << light.budget.addedError);
    m_budget.Change(Simulator::Now(), light.budget);
    if (m_filled.IsExpired())
    {
        // the block in work could not be filled at all
        m_budget.Begin(Simulator::Now());
        StartBlock();
    }
}

void
PerBlockDistillation::DetectionStopped()
{
    m_filled.Cancel();
}

void
PerBlockDistillation::Reset()
{
    NS_LOG_FUNCTION(this);
    m_filled.Cancel();
    for (const PendingBlock& block : m_pending)
    {
        m_blockDroppedTrace(m_link, block.request.key, "module failed");
    }
    m_pending.clear();
    m_emissions.Clear();
    m_answers.clear();
}

void
PerBlockDistillation::StartBlock()
{
    m_filled.Cancel();
    // for each block anew: a recorded rate changes with time
    m_plan = m_protocol->PlanBlock(m_budget.GetNewest());
    m_observed = IsDrawn() ? Observe(m_budget.GetNewest()) : m_plan;
    if (m_plan.duration.IsStrictlyPositive())
    {
        m_filled = Simulator::Schedule(m_plan.duration, &PerBlockDistillation::BlockFilled, this);
    }
}

QkdBlockPlan
PerBlockDistillation::Observe(const QuantumLinkBudget& budget) const
{
    if (!IsDrawn())
    {
        return m_protocol->PlanBlock(budget);
    }
    BlockStatistics statistics(m_draws);
    return m_protocol->DrawBlock(budget, statistics);
}

void
PerBlockDistillation::BlockFilled()
{
    NS_LOG_FUNCTION(this);
    ++m_number;
    const QkdBlockPlan observed =
        m_budget.HasChanged() ? Observe(m_budget.Get(Simulator::Now())) : m_observed;
    m_budget.Begin(Simulator::Now());
    PendingBlock block;
    block.seed = m_seed;
    block.request.key = KeyId{m_link, MakeBlock(m_epoch, m_number)};
    block.request.generated = Simulator::Now();
    block.request.finalKeyBits = observed.finalKeyBits;
    block.request.detections = observed.detections;
    block.request.siftedBits = observed.siftedBits;
    block.request.leakedBits = observed.leakedBits;
    block.request.estimationBits = observed.estimationBits;
    block.request.pulses = observed.pulses;
    block.request.qber = observed.qber;
    if (!observed.hasKey || observed.finalKeyBits < 2 * m_tagBits)
    {
        // less key than tags would use up the authentication key, and nothing else fills that
        MakeProbe(block.request);
    }
    StartBlock();
    m_blockFilledTrace(m_link, block.request.key, observed.qber);
    if (m_pending.size() >= m_maxPending)
    {
        m_blockDroppedTrace(m_link, block.request.key, "classical channel stalled");
        return;
    }
    m_pending.push_back(std::move(block));
    SendPending();
}

void
PerBlockDistillation::SendPending()
{
    bool waiting = false;
    for (auto block = m_pending.begin(); block != m_pending.end();)
    {
        if (IsProbing() && !block->paid)
        {
            MakeProbe(block->request);
        }
        if (!block->IsProbe() && !block->paid && !CanPay(waiting))
        {
            if (waiting)
            {
                return; // the answer brings new bits
            }
            m_blockDroppedTrace(m_link, block->request.key, "authentication key exhausted");
            block = m_pending.erase(block);
            continue;
        }
        if (!block->sent && !Send(*block))
        {
            return;
        }
        if (m_trying)
        {
            return;
        }
        waiting = true;
        ++block;
    }
}

bool
PerBlockDistillation::CanPay(bool waiting) const
{
    const uint64_t kept = waiting ? m_reserve.GetInitial() / 2 : 0;
    return m_reserve.GetStored() >= kept + 2 * m_tagBits;
}

bool
PerBlockDistillation::Send(PendingBlock& block)
{
    const bool pays = !block.paid && !block.IsProbe();
    if (pays)
    {
        uint64_t present = m_reserve.GetStored() - 2 * m_tagBits;
        for (const PendingBlock& other : m_pending)
        {
            present += other.paid ? other.request.reserveMissingBits : 0;
        }
        const uint64_t full = m_reserve.GetInitial();
        block.request.reserveMissingBits = static_cast<uint32_t>(full - std::min(full, present));
    }
    const uint64_t bytes = TrafficOf(block.request).GetReceiverBytes();
    block.sent = m_send(block.IsProbe() ? DISTILLATION_PROBE : DISTILLATION_REQUEST,
                        block.request.ToPacket(bytes));
    if (block.sent && pays)
    {
        block.paid = m_reserve.Spend(2 * m_tagBits);
    }
    return block.sent;
}

void
PerBlockDistillation::PeerUp()
{
    for (PendingBlock& block : m_pending)
    {
        block.sent = false;
    }
    m_trying = true;
    SendPending();
}

bool
PerBlockDistillation::Receive(uint16_t type, Ptr<Packet> body)
{
    if (type == DISTILLATION_REQUEST || type == DISTILLATION_PROBE)
    {
        const auto request = DistillationRequest::FromPacket(body);
        if (!request || request->key.link != m_link ||
            (request->finalKeyBits == 0) != (type == DISTILLATION_PROBE))
        {
            return false;
        }
        const uint64_t bytes = TrafficOf(*request).GetReceiverBytes();
        if (body->GetSize() != std::max<uint64_t>(bytes, DistillationRequest::FIELD_BYTES))
        {
            return false;
        }
        HandleRequest(*request);
        return true;
    }
    if (type == DISTILLATION_RESPONSE)
    {
        const auto response = DistillationResponse::FromPacket(body);
        if (!response || response->key.link != m_link)
        {
            return false;
        }
        return HandleResponse(*response, body->GetSize());
    }
    return false;
}

void
PerBlockDistillation::HandleRequest(const DistillationRequest& request)
{
    NS_LOG_FUNCTION(this << request.key.ToString());
    DistillationResponse answer;
    const auto known = m_answers.find(request.key.block);
    if (request.finalKeyBits == 0)
    {
        answer = Measure(request);
    }
    else
    {
        answer = known == m_answers.end() ? Decide(request) : known->second;
    }
    const bool disclosed = answer.accepted || answer.measured;
    const uint64_t bytes = disclosed ? TrafficOf(request).GetTransmitterBytes() : 0;
    // an answer that cannot be sent now is asked for again
    m_send(DISTILLATION_RESPONSE, answer.ToPacket(bytes));
}

DistillationResponse
PerBlockDistillation::Decide(const DistillationRequest& request)
{
    DistillationResponse response;
    response.key = request.key;
    const auto seed = m_emissions.FindSeed(request.key.block);
    if (!seed || request.key.block <= m_lastAnswered)
    {
        m_blockDroppedTrace(m_link, request.key, "no raw data at the transmitter");
        return response;
    }
    if (!m_reserve.Spend(2 * m_tagBits))
    {
        m_blockDroppedTrace(m_link, request.key, "authentication key exhausted");
        return response;
    }
    m_lastAnswered = request.key.block;
    NotifyEstimate(request.key, request.qber);
    if (IsProbing())
    {
        m_blockDroppedTrace(m_link, request.key, "measured only");
        response.measured = true;
        KeepAnswer(response);
        return response;
    }
    const uint64_t missing = std::max<uint64_t>(request.reserveMissingBits, m_reserve.GetMissing());
    response.accepted = true;
    response.withheldBits =
        static_cast<uint32_t>(std::min<uint64_t>(missing, request.finalKeyBits));
    KeepAnswer(response);
    DeliverBlock(request, *seed, response.withheldBits);
    return response;
}

void
PerBlockDistillation::KeepAnswer(const DistillationResponse& response)
{
    // refusals are not kept: they change nothing
    m_answers[response.key.block] = response;
    while (m_answers.size() > 4 * std::size_t{m_maxPending})
    {
        m_answers.erase(m_answers.begin());
    }
}

DistillationResponse
PerBlockDistillation::Measure(const DistillationRequest& probe)
{
    DistillationResponse response;
    response.key = probe.key;
    response.measured = m_emissions.FindSeed(probe.key.block).has_value();
    if (!response.measured)
    {
        m_blockDroppedTrace(m_link, probe.key, "no raw data at the transmitter");
    }
    else if (probe.key.block > m_lastMeasured)
    {
        m_lastMeasured = probe.key.block;
        m_blockDroppedTrace(m_link, probe.key, "measured only");
        NotifyEstimate(probe.key, probe.qber);
    }
    return response;
}

bool
PerBlockDistillation::HandleResponse(const DistillationResponse& response, uint64_t bytes)
{
    NS_LOG_FUNCTION(this << response.key.ToString() << response.accepted);
    const auto block =
        std::find_if(m_pending.begin(), m_pending.end(), [&response](const PendingBlock& b) {
            return b.sent && b.request.key == response.key;
        });
    if (block == m_pending.end())
    {
        return true;
    }
    const bool disclosed = response.accepted || response.measured;
    const uint64_t payload = disclosed ? TrafficOf(block->request).GetTransmitterBytes() : 0;
    if (bytes != std::max<uint64_t>(payload, DistillationResponse::FIELD_BYTES) ||
        (response.accepted && block->IsProbe()))
    {
        return false;
    }
    const PendingBlock done = *block;
    m_pending.erase(block);
    m_trying = false;
    if (disclosed)
    {
        NotifyEstimate(response.key, done.request.qber);
    }
    if (response.accepted && !IsProbing())
    {
        DeliverBlock(done.request,
                     done.seed,
                     std::min(response.withheldBits, done.request.finalKeyBits));
    }
    else if (disclosed)
    {
        m_blockDroppedTrace(m_link, response.key, "measured only");
    }
    else
    {
        m_blockDroppedTrace(m_link, response.key, "refused by the transmitter");
        DropUnsent(EmissionStore::EpochOf(response.key.block));
    }
    SendPending();
    return true;
}

void
PerBlockDistillation::DropUnsent(uint32_t epoch)
{
    for (auto block = m_pending.begin(); block != m_pending.end();)
    {
        if (block->paid || EmissionStore::EpochOf(block->request.key.block) > epoch)
        {
            ++block;
            continue;
        }
        m_blockDroppedTrace(m_link, block->request.key, "refused by the transmitter");
        block = m_pending.erase(block);
    }
}

void
PerBlockDistillation::DeliverBlock(const DistillationRequest& request,
                                   uint64_t seed,
                                   uint32_t withheldBits)
{
    m_reserve.Withhold(withheldBits);
    const uint32_t bits = request.finalKeyBits - withheldBits;
    if (bits == 0)
    {
        return;
    }
    QkdKey key;
    key.id = request.key;
    key.generated = request.generated;
    key.qber = request.qber;
    key.material = KeyMaterial::FromGenerator(seed, request.key.block, withheldBits, bits);
    Deliver(key);
}

} // namespace qkdn
} // namespace ns3
