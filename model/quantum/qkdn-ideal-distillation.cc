/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-ideal-distillation.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

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
    Start(epoch, seed, budget, Simulator::Now() + delay);
}

void
IdealDistillation::EmissionStopped()
{
    m_filled.Cancel();
}

void
IdealDistillation::DetectionStarted(const ReceivedLight& light, Time since)
{
    Start(light.light.epoch, light.light.seed, light.budget, since);
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
}

void
IdealDistillation::Reset()
{
    m_filled.Cancel();
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
IdealDistillation::Start(uint32_t epoch,
                         uint64_t seed,
                         const QuantumLinkBudget& budget,
                         Time origin)
{
    NS_LOG_FUNCTION(this << epoch << origin);
    m_filled.Cancel();
    m_plan = m_protocol->PlanBlock(budget);
    if (!m_plan.duration.IsStrictlyPositive())
    {
        return;
    }
    m_budget = budget;
    m_epoch = epoch;
    m_seed = seed;
    m_origin = origin;
    const Time passed = Simulator::Now() - origin;
    const int64_t missed = passed.IsStrictlyPositive()
                               ? (passed.GetTimeStep() + m_plan.duration.GetTimeStep() - 1) /
                                     m_plan.duration.GetTimeStep()
                               : 0;
    m_number = static_cast<uint32_t>(missed) + 1;
    m_filled =
        Simulator::Schedule(m_origin + m_plan.duration * int64_t{m_number} - Simulator::Now(),
                            &IdealDistillation::BlockFilled,
                            this);
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
    const uint64_t seed = m_seed;
    const bool keyWanted = !IsProbing();
    ++m_number;
    m_filled = Simulator::Schedule(m_plan.duration, &IdealDistillation::BlockFilled, this);
    m_blockFilledTrace(m_link, id, block.qber);
    NotifyEstimate(id, block.qber);
    if (!block.hasKey || !keyWanted || IsProbing())
    {
        m_blockDroppedTrace(m_link, id, block.hasKey ? "measured only" : "no secret key");
        return;
    }
    QkdKey key;
    key.id = id;
    key.generated = Simulator::Now();
    key.qber = block.qber;
    key.material = KeyMaterial::FromGenerator(seed, id.block, 0, block.finalKeyBits);
    Deliver(key);
}

} // namespace qkdn
} // namespace ns3
