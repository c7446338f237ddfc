/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-drift-trace.h"

#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/pointer.h"
#include "ns3/qkdn-random-stream.h"
#include "ns3/string.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnDriftTrace");
NS_OBJECT_ENSURE_REGISTERED(DriftTrace);

namespace
{

/// Part of a stretch after which the error ratio is at its best, or worst.
constexpr double EXTREME_AFTER = 0.1;

} // namespace

TypeId
DriftTrace::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::DriftTrace")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<DriftTrace>()
            .AddAttribute("RealignQber",
                          "Error ratio at which a realignment begins.",
                          DoubleValue(0.09),
                          MakeDoubleAccessor(&DriftTrace::m_realignQber),
                          MakeDoubleChecker<double>(0.0, 0.5))
            .AddAttribute("AlignedQber",
                          "Error ratio at which a realignment ends.",
                          DoubleValue(0.07),
                          MakeDoubleAccessor(&DriftTrace::m_alignedQber),
                          MakeDoubleChecker<double>(0.0, 0.5))
            .AddAttribute("BestQber",
                          "Lowest error ratio, soon after a realignment.",
                          DoubleValue(0.03),
                          MakeDoubleAccessor(&DriftTrace::m_bestQber),
                          MakeDoubleChecker<double>(0.0, 0.5))
            .AddAttribute("WorstQber",
                          "Highest error ratio, soon after a realignment begins.",
                          DoubleValue(0.12),
                          MakeDoubleAccessor(&DriftTrace::m_worstQber),
                          MakeDoubleChecker<double>(0.0, 0.5))
            .AddAttribute("UpTime",
                          "Time from the end of a realignment to the next one, s. The default has "
                          "the mean 57 min * 82 / 28.",
                          StringValue("ns3::ExponentialRandomVariable[Mean=10015.714285714286]"),
                          MakePointerAccessor(&DriftTrace::m_upTime),
                          MakePointerChecker<RandomVariableStream>())
            .AddAttribute("RealignTime",
                          "Time that a realignment takes, s. The default is triangular from "
                          "8 min 10 s to 1 h 22 min with the mean 57 min.",
                          StringValue("ns3::TriangularRandomVariable[Min=490|Max=4920|Mean=3420]"),
                          MakePointerAccessor(&DriftTrace::m_realignment),
                          MakePointerChecker<RandomVariableStream>());
    return tid;
}

DriftTrace::DriftTrace()
{
    NS_LOG_FUNCTION(this);
}

DriftTrace::~DriftTrace()
{
    NS_LOG_FUNCTION(this);
}

void
DriftTrace::SetName(const std::string& name)
{
    m_upTime->SetStream(RandomStreamNumber(name, "drift-up-time"));
    m_realignment->SetStream(RandomStreamNumber(name, "drift-realignment"));
}

int64_t
DriftTrace::AssignStreams(int64_t stream)
{
    m_upTime->SetStream(stream);
    m_realignment->SetStream(stream + 1);
    return 2;
}

void
DriftTrace::AddUpTime(QberCurve& curve, Time& at)
{
    const Time length = std::max(NanoSeconds(10), Seconds(m_upTime->GetValue()));
    curve.Add(at, m_alignedQber);
    curve.Add(at + length * int64x64_t(EXTREME_AFTER), m_bestQber);
    at += length;
}

void
DriftTrace::AddRealignment(QberCurve& curve, Time& at)
{
    const Time length = std::max(NanoSeconds(10), Seconds(m_realignment->GetValue()));
    curve.Add(at, m_realignQber);
    curve.Add(at + length * int64x64_t(EXTREME_AFTER), m_worstQber);
    at += length;
}

QberCurve
DriftTrace::Make(Time length)
{
    NS_LOG_FUNCTION(this << length);
    QberCurve curve;
    Time at;
    while (at <= length)
    {
        AddUpTime(curve, at);
        AddRealignment(curve, at);
    }
    curve.Add(at, m_alignedQber);
    return curve;
}

} // namespace qkdn
} // namespace ns3
