/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-quantum-channel.h"

#include "qkdn-quantum-net-device.h"

#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/nstime.h"
#include "ns3/qkdn-units.h"
#include "ns3/simulator.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnQuantumChannel");
NS_OBJECT_ENSURE_REGISTERED(QuantumChannel);

TypeId
QuantumChannel::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::QuantumChannel")
            .SetParent<Channel>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<QuantumChannel>()
            .AddAttribute("Delay",
                          "Propagation delay from end to end; follows from the fibre.",
                          TypeId::ATTR_GET,
                          TimeValue(),
                          MakeTimeAccessor(&QuantumChannel::GetDelay),
                          MakeTimeChecker())
            .AddAttribute("ExtraLossDb",
                          "Loss of filters and connectors outside the fibre spans, dB.",
                          DoubleValue(0.0),
                          MakeDoubleAccessor(&QuantumChannel::m_extraLossDb),
                          MakeDoubleChecker<double>(0.0))
            .AddTraceSource("Light",
                            "The light that an end sees changes.",
                            MakeTraceSourceAccessor(&QuantumChannel::m_lightTrace),
                            "ns3::qkdn::QuantumChannel::LightCallback");
    return tid;
}

QuantumChannel::QuantumChannel()
{
    NS_LOG_FUNCTION(this);
}

QuantumChannel::~QuantumChannel()
{
    NS_LOG_FUNCTION(this);
}

void
QuantumChannel::DoDispose()
{
    NS_LOG_FUNCTION(this);
    for (std::size_t i = 0; i < m_path.GetNSpans(); ++i)
    {
        m_path.GetSpan(i)->TraceDisconnectWithoutContext(
            "StateChange",
            MakeCallback(&QuantumChannel::SpanChanged, this));
    }
    m_path = FibrePath();
    m_devices = {};
    Channel::DoDispose();
}

void
QuantumChannel::SetPath(const FibrePath& path)
{
    NS_LOG_FUNCTION(this);
    m_path = path;
    m_delay = path.GetDelay();
    m_restDelays.resize(path.GetNSpans());
    for (std::size_t i = 0; i < path.GetNSpans(); ++i)
    {
        if (path.GetSpan(i)->IsCut())
        {
            m_restDelays[i] = {GetRestDelay(i, 0), GetRestDelay(i, 1)};
            ++m_directions[0].cuts;
            ++m_directions[1].cuts;
        }
        path.GetSpan(i)->TraceConnectWithoutContext(
            "StateChange",
            MakeCallback(&QuantumChannel::SpanChanged, this));
    }
}

void
QuantumChannel::Attach(Ptr<QuantumNetDevice> device)
{
    NS_LOG_FUNCTION(this << device);
    NS_ABORT_MSG_IF(m_attached == m_devices.size(), "a quantum channel has two ends");
    m_devices[m_attached] = device;
    device->SetChannel(this, static_cast<uint32_t>(m_attached));
    ++m_attached;
}

QuantumLinkBudget
QuantumChannel::GetBudget() const
{
    QuantumLinkBudget budget;
    budget.lengthKm = m_path.GetLengthKm();
    budget.lossDb = m_path.GetLossDb() + m_extraLossDb;
    return budget;
}

bool
QuantumChannel::IsComplete() const
{
    return m_path.IsIntact();
}

Time
QuantumChannel::GetDelay() const
{
    return m_delay;
}

std::size_t
QuantumChannel::GetNDevices() const
{
    return m_attached;
}

Ptr<NetDevice>
QuantumChannel::GetDevice(std::size_t i) const
{
    return m_devices.at(i);
}

void
QuantumChannel::Emit(uint32_t end, const Light& light)
{
    NS_LOG_FUNCTION(this << end << light.sync << light.quantum << light.epoch);
    Simulator::Schedule(m_delay,
                        &QuantumChannel::EmissionArrives,
                        Ptr<QuantumChannel>(this),
                        end,
                        light);
}

Time
QuantumChannel::GetRestDelay(std::size_t section, uint32_t end) const
{
    const Ptr<const FibreSpan> span = m_path.GetSpan(section);
    const double position = span->GetCutPosition();
    const bool toSpanEndB = (end == 1) != m_path.IsReversed(section);
    Time delay = FibreDelay((toSpanEndB ? 1.0 - position : position) * span->GetLengthKm());
    const std::size_t first = end == 1 ? section + 1 : 0;
    const std::size_t last = end == 1 ? m_path.GetNSpans() : section;
    for (std::size_t i = first; i < last; ++i)
    {
        delay += m_path.GetSpan(i)->GetDelay();
    }
    return delay;
}

void
QuantumChannel::SpanChanged(Ptr<const FibreSpan> span, bool cut)
{
    NS_LOG_FUNCTION(this << span << cut);
    for (std::size_t i = 0; i < m_path.GetNSpans(); ++i)
    {
        if (m_path.GetSpan(i) != span)
        {
            continue;
        }
        for (uint32_t end = 0; end < 2; ++end)
        {
            if (cut)
            {
                m_restDelays[i][end] = GetRestDelay(i, end);
            }
            Simulator::Schedule(m_restDelays[i][end],
                                &QuantumChannel::CutArrives,
                                Ptr<QuantumChannel>(this),
                                1 - end,
                                cut);
        }
    }
}

void
QuantumChannel::EmissionArrives(uint32_t from, Light light)
{
    m_directions[from].emitted = light;
    Update(from);
}

void
QuantumChannel::CutArrives(uint32_t from, bool cut)
{
    uint32_t& cuts = m_directions[from].cuts;
    cuts = cut ? cuts + 1 : cuts - 1;
    Update(from);
}

void
QuantumChannel::Update(uint32_t from)
{
    const uint32_t end = 1 - from;
    Direction& direction = m_directions[from];
    const Light light = direction.cuts == 0 ? direction.emitted : Light();
    if (direction.received == light)
    {
        return;
    }
    direction.received = light;
    m_lightTrace(this, end, light);
    if (m_devices[end])
    {
        m_devices[end]->ReceiveLight(ReceivedLight{light, GetBudget()});
    }
}

} // namespace qkdn
} // namespace ns3
