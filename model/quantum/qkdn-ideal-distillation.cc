/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-ideal-distillation.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnIdealDistillation");
NS_OBJECT_ENSURE_REGISTERED(IdealDistillation);

TypeId
IdealDistillation::GetTypeId()
{
    static TypeId tid = TypeId("ns3::qkdn::IdealDistillation")
                            .SetParent<Distillation>()
                            .SetGroupName("QkdnResilience")
                            .AddConstructor<IdealDistillation>();
    return tid;
}

IdealDistillation::~IdealDistillation()
{
    m_filled.Cancel();
}

void
IdealDistillation::DoDispose()
{
    m_filled.Cancel();
    Distillation::DoDispose();
}

void
IdealDistillation::EmissionStarted(uint32_t epoch,
                                   uint64_t seed,
                                   const QuantumLinkBudget& budget,
                                   Time delay)
{
    SetEmission(epoch, seed, budget, Simulator::Now() + delay);
    m_number = 1;
}

void
IdealDistillation::EmissionStopped()
{
    m_filled.Cancel();
    m_epoch = 0;
}

void
IdealDistillation::DetectionStarted(const ReceivedLight& light, Time since)
{
    SetEmission(light.light.epoch, light.light.seed, light.budget, since);
    if (Plan())
    {
        m_number = CountBegun() + 1;
        m_mark = DetectionMark{m_epoch, m_number, light.budget.addedError};
        Await();
    }
}

void
IdealDistillation::ChannelChanged(const ReceivedLight&)
{
    NS_ABORT_MSG("QKD link " << m_link
                             << ": with ideal distillation the modules exchange no messages, and "
                                "so cannot find errors that are added; use PerBlockDistillation");
}

void
IdealDistillation::DetectionStopped()
{
    m_filled.Cancel();
    m_mark = DetectionMark();
}

DetectionMark
IdealDistillation::GetMark() const
{
    return m_mark;
}

void
IdealDistillation::PeerDetects(const DetectionMark& mark)
{
    NS_LOG_FUNCTION(this << mark.epoch << mark.firstBlock << mark.addedError);
    const bool detected = mark.epoch != 0 && mark.epoch == m_epoch;
    if (!detected && !m_filled.IsExpired())
    {
        // the block in work is lost at the receiver
        m_number = std::max(m_number, CountBegun() + 1);
    }
    m_filled.Cancel();
    if (!detected)
    {
        return;
    }
    m_budget.addedError = mark.addedError;
    if (Plan())
    {
        m_number = std::max(m_number, mark.firstBlock);
        Await();
    }
}

void
IdealDistillation::Reset()
{
    m_filled.Cancel();
    m_mark = DetectionMark();
    m_epoch = 0;
}

void
IdealDistillation::PeerUp()
{
    // nothing is ever outstanding
}

bool
IdealDistillation::Receive(uint16_t, Ptr<Packet>)
{
    return false;
}

bool
IdealDistillation::NeedsClassicalChannel() const
{
    return false;
}

DistillationForecast
IdealDistillation::Forecast(const QkdBlockPlan& plan) const
{
    return {0, static_cast<double>(plan.finalKeyBits)};
}

void
IdealDistillation::SetEmission(uint32_t epoch,
                               uint64_t seed,
                               const QuantumLinkBudget& budget,
                               Time origin)
{
    NS_LOG_FUNCTION(this << epoch << origin);
    m_filled.Cancel();
    m_epoch = epoch;
    m_seed = seed;
    m_budget = budget;
    m_origin = origin;
    m_mark = DetectionMark();
}

bool
IdealDistillation::Plan()
{
    m_plan = m_protocol->PlanBlock(m_budget);
    return m_plan.duration.IsStrictlyPositive();
}

uint32_t
IdealDistillation::CountBegun() const
{
    const int64_t passed = (Simulator::Now() - m_origin).GetTimeStep();
    const int64_t duration = m_plan.duration.GetTimeStep();
    return passed > 0 ? static_cast<uint32_t>((passed + duration - 1) / duration) : 0;
}

Time
IdealDistillation::GetEnd() const
{
    return m_origin + m_plan.duration * int64_t{m_number};
}

void
IdealDistillation::Await()
{
    const Time rest = GetEnd() - Simulator::Now();
    m_filled = Simulator::Schedule(std::max(rest, Time(0)), &IdealDistillation::BlockFilled, this);
}

void
IdealDistillation::BlockFilled()
{
    const KeyId id{m_link, MakeBlock(m_epoch, m_number)};
    QkdBlockPlan block = m_plan;
    if (IsDrawn())
    {
        BlockStatistics statistics(m_seed, id.block);
        block = m_protocol->DrawBlock(m_budget, statistics);
    }
    const Time full = GetEnd();
    const uint64_t seed = m_seed;
    const bool keyWanted = !IsProbing();
    ++m_number;
    Await();
    m_blockFilledTrace(m_link, id, block.qber);
    NotifyEstimate(id, block.qber);
    if (!block.hasKey || !keyWanted || IsProbing())
    {
        m_blockDroppedTrace(m_link, id, block.hasKey ? "measured only" : "no secret key");
        return;
    }
    QkdKey key;
    key.id = id;
    key.generated = full;
    key.qber = block.qber;
    key.material = KeyMaterial::FromGenerator(seed, id.block, 0, block.finalKeyBits);
    Deliver(key);
}

} // namespace qkdn
} // namespace ns3
