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
    for (Direction& direction : m_directions)
    {
        for (Arrival& arrival : direction.arrivals)
        {
            arrival.event.Cancel();
        }
    }
    m_devices = {};
    Channel::DoDispose();
}

void
QuantumChannel::SetPath(const FibrePath& path)
{
    NS_LOG_FUNCTION(this);
    m_path = path;
    m_delay = path.GetDelay();
    m_restDelay = {m_delay, m_delay};
    m_complete = path.IsIntact();
    for (std::size_t i = 0; i < path.GetNSpans(); ++i)
    {
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
    return m_complete;
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
    const Time now = Simulator::Now();
    std::deque<Emission>& emissions = m_directions.at(end).emissions;
    emissions.push_back(Emission{now, light});
    while (emissions.size() > 1 && emissions[1].since + m_delay < now)
    {
        emissions.pop_front();
    }
    if (m_complete)
    {
        ScheduleArrival(end, now + m_delay, light);
    }
}

void
QuantumChannel::SpanChanged(Ptr<const FibreSpan> span, bool cut)
{
    NS_LOG_FUNCTION(this << span << cut);
    const bool complete = m_path.IsIntact();
    if (complete == m_complete)
    {
        return;
    }
    m_complete = complete;
    if (!complete)
    {
        m_restDelay = {m_path.DelayFromCut(true), m_path.DelayFromCut(false)};
    }
    for (uint32_t from = 0; from < m_directions.size(); ++from)
    {
        complete ? Relight(from) : Darken(from);
    }
}

void
QuantumChannel::Darken(uint32_t from)
{
    const Time last = Simulator::Now() + m_restDelay[from];
    std::deque<Arrival>& arrivals = m_directions[from].arrivals;
    while (!arrivals.empty() && arrivals.back().at > last)
    {
        arrivals.back().event.Cancel();
        arrivals.pop_back();
    }
    ScheduleArrival(from, last, Light());
}

void
QuantumChannel::Relight(uint32_t from)
{
    // the light at the cut left the emitter this long ago
    const Time now = Simulator::Now();
    const Time atCut = now - (m_delay - m_restDelay[from]);
    Light waiting;
    for (const Emission& emission : m_directions[from].emissions)
    {
        if (emission.since <= atCut)
        {
            waiting = emission.light;
        }
    }
    ScheduleArrival(from, now + m_restDelay[from], waiting);
    for (const Emission& emission : m_directions[from].emissions)
    {
        if (emission.since > atCut)
        {
            ScheduleArrival(from, emission.since + m_delay, emission.light);
        }
    }
}

void
QuantumChannel::ScheduleArrival(uint32_t from, Time at, const Light& light)
{
    std::deque<Arrival>& arrivals = m_directions[from].arrivals;
    while (!arrivals.empty() && arrivals.front().event.IsExpired())
    {
        arrivals.pop_front();
    }
    const EventId event =
        Simulator::Schedule(at - Simulator::Now(), &QuantumChannel::Arrive, this, from, light);
    arrivals.push_back(Arrival{at, event});
}

void
QuantumChannel::Arrive(uint32_t from, Light light)
{
    const uint32_t end = 1 - from;
    Direction& direction = m_directions[from];
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
