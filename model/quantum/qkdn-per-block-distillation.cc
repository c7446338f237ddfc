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

/// Emissions whose raw data the transmitter keeps.
constexpr std::size_t KEPT_EPOCHS = 64;

/// The emission of a block.
uint32_t
EpochOf(const KeyId& key)
{
    return static_cast<uint32_t>(key.block >> 32);
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
    plan.hasKey = true;
    plan.pulses = request.pulses;
    plan.detections = request.detections;
    plan.siftedBits = request.siftedBits;
    plan.estimationBits = request.estimationBits;
    plan.leakedBits = request.leakedBits;
    plan.finalKeyBits = request.finalKeyBits;
    plan.qber = request.qber;
    DistillationParameters parameters;
    parameters.tagBits = m_tagBits;
    return DistillationTraffic::FromBlock(plan, parameters);
}

bool
PerBlockDistillation::NeedsClassicalChannel() const
{
    return true;
}

void
PerBlockDistillation::EmissionStarted(uint32_t epoch, uint64_t seed, const QuantumLinkBudget&, Time)
{
    NS_LOG_FUNCTION(this << epoch);
    m_epochs[epoch] = seed;
    while (m_epochs.size() > KEPT_EPOCHS)
    {
        m_epochs.erase(m_epochs.begin());
    }
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
    m_plan = m_protocol->PlanBlock(light.budget);
    StartBlock();
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
    m_epochs.clear();
    m_answers.clear();
}

void
PerBlockDistillation::StartBlock()
{
    m_filled.Cancel();
    if (m_plan.hasKey)
    {
        m_filled = Simulator::Schedule(m_plan.duration, &PerBlockDistillation::BlockFilled, this);
    }
}

void
PerBlockDistillation::BlockFilled()
{
    NS_LOG_FUNCTION(this);
    ++m_number;
    PendingBlock block;
    block.seed = m_seed;
    block.request.key = KeyId{m_link, MakeBlock(m_epoch, m_number)};
    block.request.generated = Simulator::Now();
    block.request.finalKeyBits = m_plan.finalKeyBits;
    block.request.detections = m_plan.detections;
    block.request.siftedBits = m_plan.siftedBits;
    block.request.leakedBits = m_plan.leakedBits;
    block.request.estimationBits = m_plan.estimationBits;
    block.request.pulses = m_plan.pulses;
    block.request.qber = m_plan.qber;
    StartBlock();
    m_blockFilledTrace(m_link, block.request.key, m_plan.qber);
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
        if (!block->paid && !CanPay(waiting))
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
        if (m_probing)
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
    if (!block.paid)
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
    block.sent = m_send(DISTILLATION_REQUEST, block.request.ToPacket(bytes));
    if (block.sent && !block.paid)
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
    m_probing = true;
    SendPending();
}

bool
PerBlockDistillation::Receive(uint16_t type, Ptr<Packet> body)
{
    if (type == DISTILLATION_REQUEST)
    {
        const auto request = DistillationRequest::FromPacket(body);
        if (!request || request->key.link != m_link)
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
    const auto known = m_answers.find(request.key.block);
    const DistillationResponse answer = known == m_answers.end() ? Decide(request) : known->second;
    const auto traffic = TrafficOf(request);
    const uint64_t bytes = answer.accepted ? traffic.GetTransmitterBytes() : 0;
    // an answer that cannot be sent now is asked for again
    m_send(DISTILLATION_RESPONSE, answer.ToPacket(bytes));
}

DistillationResponse
PerBlockDistillation::Decide(const DistillationRequest& request)
{
    DistillationResponse response;
    response.key = request.key;
    const auto epoch = m_epochs.find(EpochOf(request.key));
    if (epoch == m_epochs.end() || request.key.block <= m_lastAnswered)
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
    const uint64_t missing = std::max<uint64_t>(request.reserveMissingBits, m_reserve.GetMissing());
    response.accepted = true;
    response.withheldBits =
        static_cast<uint32_t>(std::min<uint64_t>(missing, request.finalKeyBits));
    // only what was accepted is kept: refusals change nothing
    m_answers[request.key.block] = response;
    while (m_answers.size() > 4 * std::size_t{m_maxPending})
    {
        m_answers.erase(m_answers.begin());
    }
    DeliverBlock(request, epoch->second, response.withheldBits);
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
    const uint64_t payload =
        response.accepted ? TrafficOf(block->request).GetTransmitterBytes() : 0;
    if (bytes != std::max<uint64_t>(payload, DistillationResponse::FIELD_BYTES))
    {
        return false;
    }
    const PendingBlock done = *block;
    m_pending.erase(block);
    m_probing = false;
    if (response.accepted)
    {
        DeliverBlock(done.request,
                     done.seed,
                     std::min(response.withheldBits, done.request.finalKeyBits));
    }
    else
    {
        m_blockDroppedTrace(m_link, response.key, "refused by the transmitter");
        DropUnsent(EpochOf(response.key));
    }
    SendPending();
    return true;
}

void
PerBlockDistillation::DropUnsent(uint32_t epoch)
{
    for (auto block = m_pending.begin(); block != m_pending.end();)
    {
        if (block->paid || EpochOf(block->request.key) > epoch)
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
