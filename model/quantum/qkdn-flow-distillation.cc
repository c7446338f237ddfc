/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-flow-distillation.h"

#include "ns3/log.h"
#include "ns3/qkdn-wide-integer.h"
#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnFlowDistillation");
NS_OBJECT_ENSURE_REGISTERED(FlowDistillation);

TypeId
FlowDistillation::GetTypeId()
{
    static TypeId tid = TypeId("ns3::qkdn::FlowDistillation")
                            .SetParent<Distillation>()
                            .SetGroupName("QkdnResilience")
                            .AddConstructor<FlowDistillation>()
                            .AddTraceSource("Flow",
                                            "Key begins or ceases to flow, or flows faster or "
                                            "slower.",
                                            MakeTraceSourceAccessor(&FlowDistillation::m_flowTrace),
                                            "ns3::qkdn::FlowDistillation::FlowCallback");
    return tid;
}

FlowDistillation::FlowDistillation()
{
    NS_LOG_FUNCTION(this);
}

FlowDistillation::~FlowDistillation()
{
    m_filled.Cancel();
}

void
FlowDistillation::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_filled.Cancel();
    if (m_model)
    {
        m_model->Dispose();
        m_model = nullptr;
    }
    Distillation::DoDispose();
}

void
FlowDistillation::SetModel(Ptr<Distillation> model)
{
    m_model = model;
    m_reserve.SetInitial(model->GetReserve().GetInitial());
}

void
FlowDistillation::SetProbing(bool probing)
{
    NS_LOG_FUNCTION(this << probing);
    Distillation::SetProbing(probing);
    if (probing)
    {
        StopFlow();
    }
    else if (m_detecting)
    {
        Begin();
    }
}

void
FlowDistillation::EmissionStarted(uint32_t, uint64_t, const QuantumLinkBudget&, Time)
{
    // the receiver knows the rate
}

void
FlowDistillation::EmissionStopped()
{
    // the receiver sees it
}

void
FlowDistillation::DetectionStarted(const ReceivedLight& light, Time)
{
    NS_LOG_FUNCTION(this << light.light.epoch);
    m_epoch = light.light.epoch;
    m_number = 0;
    m_detecting = true;
    m_budget.Begin(Simulator::Now(), light.budget);
    Begin();
}

void
FlowDistillation::ChannelChanged(const ReceivedLight& light)
{
    NS_LOG_FUNCTION(this << light.budget.addedError);
    const bool first = !m_budget.HasChanged();
    const Time begun = m_since + m_plan.duration * CountBlocks();
    if (first && m_plan.duration.IsStrictlyPositive())
    {
        // the average counts from the beginning of the block in work
        const QuantumLinkBudget before = m_budget.GetNewest();
        m_budget.Begin(begun, before);
    }
    m_budget.Change(Simulator::Now(), light.budget);
    if (!m_plan.duration.IsStrictlyPositive())
    {
        // the block in work could not be filled at all
        Begin();
        return;
    }
    if (first)
    {
        m_filled.Cancel();
        m_filled = Simulator::Schedule(begun + m_plan.duration - Simulator::Now(),
                                       &FlowDistillation::MixedBlock,
                                       this);
    }
}

void
FlowDistillation::DetectionStopped()
{
    m_filled.Cancel();
    StopFlow();
    m_detecting = false;
}

void
FlowDistillation::Reset()
{
    m_filled.Cancel();
    StopFlow();
    m_detecting = false;
}

void
FlowDistillation::PeerUp()
{
    // nothing is ever outstanding
}

bool
FlowDistillation::Receive(uint16_t, Ptr<Packet>)
{
    return false;
}

bool
FlowDistillation::NeedsClassicalChannel() const
{
    return m_model->NeedsClassicalChannel();
}

DistillationForecast
FlowDistillation::Forecast(const QkdBlockPlan& plan) const
{
    return m_model->Forecast(plan);
}

uint64_t
FlowDistillation::GetNetBits(const QkdBlockPlan& plan) const
{
    return plan.hasKey ? static_cast<uint64_t>(std::max(Forecast(plan).netKeyBits, 0.0)) : 0;
}

int64_t
FlowDistillation::CountBlocks() const
{
    return m_plan.duration.IsStrictlyPositive()
               ? (Simulator::Now() - m_since).GetTimeStep() / m_plan.duration.GetTimeStep()
               : 0;
}

void
FlowDistillation::Begin()
{
    m_filled.Cancel();
    StopFlow();
    m_since = Simulator::Now();
    m_budget.Begin(m_since, m_budget.GetNewest());
    m_plan = m_protocol->PlanBlock(m_budget.GetNewest());
    m_bits = GetNetBits(m_plan);
    if (m_plan.duration.IsStrictlyPositive())
    {
        m_filled = Simulator::Schedule(m_plan.duration, &FlowDistillation::FirstBlock, this);
    }
}

bool
FlowDistillation::Estimate(const QkdBlockPlan& plan)
{
    const KeyId id{m_link, MakeBlock(m_epoch, ++m_number)};
    m_blockFilledTrace(m_link, id, plan.qber);
    NotifyEstimate(id, plan.qber);
    if (!plan.hasKey || IsProbing())
    {
        m_blockDroppedTrace(m_link, id, plan.hasKey ? "measured only" : "no secret key");
        return false;
    }
    return true;
}

void
FlowDistillation::FirstBlock()
{
    NS_LOG_FUNCTION(this);
    if (Estimate(m_plan) && m_bits > 0)
    {
        m_flowing = true;
        m_flowTrace(m_link, m_bits, m_plan.duration, 0);
    }
}

void
FlowDistillation::MixedBlock()
{
    NS_LOG_FUNCTION(this);
    StopFlow();
    const QkdBlockPlan mixed = m_protocol->PlanBlock(m_budget.Get(Simulator::Now()));
    if (Estimate(mixed))
    {
        m_flowTrace(m_link, 0, Time(0), GetNetBits(mixed));
    }
    if (m_detecting && m_filled.IsExpired())
    {
        Begin();
    }
}

void
FlowDistillation::StopFlow()
{
    if (!m_flowing)
    {
        return;
    }
    const uint64_t due = GetDueBits();
    m_flowing = false;
    const uint64_t tags = Forecast(m_plan).tagBits * static_cast<uint64_t>(CountBlocks());
    m_reserve.Withhold(tags);
    m_reserve.Spend(tags);
    m_flowTrace(m_link, 0, Time(0), due);
}

uint64_t
FlowDistillation::GetDueBits() const
{
    if (!m_flowing)
    {
        return 0;
    }
    // what has flowed began with the end of the first block
    const int64_t passed = (Simulator::Now() - m_since - m_plan.duration).GetTimeStep();
    const auto flowed =
        static_cast<uint64_t>(Int128{m_bits} * passed / m_plan.duration.GetTimeStep());
    return m_bits * static_cast<uint64_t>(CountBlocks()) - flowed;
}

} // namespace qkdn
} // namespace ns3
