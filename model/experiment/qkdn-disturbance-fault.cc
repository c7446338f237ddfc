/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-disturbance-fault.h"

#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/qkdn-compat.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <iterator>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnDisturbanceFault");
NS_OBJECT_ENSURE_REGISTERED(DisturbanceFault);
NS_OBJECT_ENSURE_REGISTERED(EavesdroppingFault);
NS_OBJECT_ENSURE_REGISTERED(QberDriftFault);

TypeId
DisturbanceFault::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::DisturbanceFault").SetParent<Fault>().SetGroupName("QkdnResilience");
    return tid;
}

void
DisturbanceFault::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_span = nullptr;
    m_channel = nullptr;
    Fault::DoDispose();
}

void
DisturbanceFault::SetSpan(Ptr<FibreSpan> span, double position)
{
    m_span = span;
    m_position = position;
}

void
DisturbanceFault::SetChannel(Ptr<QuantumChannel> channel)
{
    m_channel = channel;
}

void
DisturbanceFault::Disturb(double addedError)
{
    NS_LOG_FUNCTION(this << addedError);
    if (m_span)
    {
        m_span->Disturb(GetId(), addedError, m_position);
    }
    if (m_channel)
    {
        m_channel->Disturb(GetId(), addedError);
    }
}

TypeId
EavesdroppingFault::GetTypeId()
{
    static TypeId tid = TypeId("ns3::qkdn::EavesdroppingFault")
                            .SetParent<DisturbanceFault>()
                            .SetGroupName("QkdnResilience")
                            .AddConstructor<EavesdroppingFault>()
                            .AddAttribute("AddedQber",
                                          "What is added to the error probability of bits.",
                                          DoubleValue(0.25),
                                          MakeDoubleAccessor(&EavesdroppingFault::m_addedQber),
                                          MakeDoubleChecker<double>(0.0, 0.5));
    return tid;
}

std::string
EavesdroppingFault::GetKind() const
{
    return "eavesdropping";
}

FaultParameters
EavesdroppingFault::GetParameters() const
{
    FaultParameters parameters;
    parameters.addedQber = m_addedQber;
    return parameters;
}

void
EavesdroppingFault::Strike()
{
    Disturb(m_addedQber);
}

void
EavesdroppingFault::Repair()
{
    Disturb(0.0);
}

TypeId
QberDriftFault::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::QberDriftFault")
            .SetParent<DisturbanceFault>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<QberDriftFault>()
            .AddAttribute("Interpolation",
                          "What is between two points of the curve.",
                          EnumValue(LINEAR),
                          qkdn::MakeEnumAccessor<Interpolation>(&QberDriftFault::m_interpolation),
                          MakeEnumChecker(STEP, "step", LINEAR, "linear"))
            .AddAttribute("StepTime",
                          "Time between two changes along a straight line.",
                          TimeValue(MilliSeconds(100)),
                          MakeTimeAccessor(&QberDriftFault::m_stepTime),
                          MakeTimeChecker(MicroSeconds(1)));
    return tid;
}

void
QberDriftFault::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_next.Cancel();
    DisturbanceFault::DoDispose();
}

void
QberDriftFault::SetCurve(const QberCurve& curve, const std::string& file)
{
    m_curve = curve;
    m_file = file;
}

std::string
QberDriftFault::GetKind() const
{
    return "qber-drift";
}

FaultParameters
QberDriftFault::GetParameters() const
{
    FaultParameters parameters;
    parameters.curveFile = m_file;
    parameters.curve = m_interpolation == STEP ? "step" : "linear";
    return parameters;
}

void
QberDriftFault::Strike()
{
    m_next.Cancel();
    m_struck = Simulator::Now();
    Follow();
}

void
QberDriftFault::Repair()
{
    m_next.Cancel();
    Disturb(0.0);
}

void
QberDriftFault::Follow()
{
    const Time now = Simulator::Now() - m_struck;
    Disturb(m_interpolation == STEP ? m_curve.GetStep(now) : m_curve.GetLinear(now));
    const Time next = GetNext(now);
    if (next < Time::Max())
    {
        m_next = Simulator::Schedule(next - now, &QberDriftFault::Follow, this);
    }
}

Time
QberDriftFault::GetNext(Time now) const
{
    const auto& points = m_curve.GetPoints();
    const auto point = std::upper_bound(
        points.begin(),
        points.end(),
        now,
        [](Time at, const QberCurve::Point& candidate) { return at < candidate.at; });
    if (point == points.end())
    {
        return Time::Max();
    }
    if (m_interpolation == STEP || point == points.begin())
    {
        return point->at;
    }
    // a level stretch needs no steps
    const double before = std::prev(point)->qber;
    return point->qber == before ? point->at : std::min(point->at, now + m_stepTime);
}

} // namespace qkdn
} // namespace ns3
