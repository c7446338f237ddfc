/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-fault-process.h"

#include "qkdn-repair-crews.h"

#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/qkdn-random-stream.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnFaultProcess");
NS_OBJECT_ENSURE_REGISTERED(FaultProcess);

TypeId
FaultProcess::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::FaultProcess")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<FaultProcess>()
            .AddAttribute("Start",
                          "From when on the component can fail.",
                          TimeValue(Time(0)),
                          MakeTimeAccessor(&FaultProcess::m_start),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("MaxFaults",
                          "After that many failures the component fails no more; 0: no limit.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&FaultProcess::m_maxFaults),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("Acceleration",
                          "Up times are divided by it, so that rare failures happen in short runs.",
                          DoubleValue(1.0),
                          MakeDoubleAccessor(&FaultProcess::m_acceleration),
                          MakeDoubleChecker<double>(std::numeric_limits<double>::min()));
    return tid;
}

FaultProcess::FaultProcess()
{
    NS_LOG_FUNCTION(this);
}

FaultProcess::~FaultProcess()
{
    NS_LOG_FUNCTION(this);
}

void
FaultProcess::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_event.Cancel();
    m_source = nullptr;
    m_injector = nullptr;
    m_crews = nullptr;
    m_fault = nullptr;
    m_upDraw = nullptr;
    m_repairDraw = nullptr;
    Object::DoDispose();
}

void
FaultProcess::SetComponent(const std::string& kind, const std::string& target)
{
    m_kind = kind;
    m_target = target;
}

void
FaultProcess::SetTimes(const TimeDistribution& up, const TimeDistribution& repair)
{
    NS_LOG_FUNCTION(this << up.meanS << repair.meanS);
    m_up = up;
    m_repair = repair;
    m_upDraw = up.MakeVariable();
    m_repairDraw = repair.MakeVariable();
    const std::string name = "fault-process/" + m_kind + "/" + m_target;
    m_upDraw->SetStream(RandomStreamNumber(name, "up-time"));
    m_repairDraw->SetStream(RandomStreamNumber(name, "repair-time"));
}

void
FaultProcess::SetSource(FaultSource source)
{
    m_source = std::move(source);
}

void
FaultProcess::SetInjector(Ptr<FaultInjector> injector)
{
    m_injector = injector;
}

void
FaultProcess::SetCrews(Ptr<RepairCrews> crews)
{
    m_crews = crews;
}

int64_t
FaultProcess::AssignStreams(int64_t stream)
{
    m_upDraw->SetStream(stream);
    m_repairDraw->SetStream(stream + 1);
    return 2;
}

void
FaultProcess::Begin()
{
    NS_LOG_FUNCTION(this);
    PlanFailure(m_start);
}

void
FaultProcess::PlanFailure(Time from)
{
    if (m_maxFaults > 0 && m_faults >= m_maxFaults)
    {
        return;
    }
    // what is drawn does not depend on the acceleration
    const Time up = TimeFromDraw(m_upDraw->GetValue() / m_acceleration);
    if (up != Time::Max())
    {
        m_event = Simulator::Schedule(from + up, &FaultProcess::Fail, this);
    }
}

void
FaultProcess::Fail()
{
    ++m_faults;
    m_since = Simulator::Now();
    m_fault = m_source(m_faults);
    NS_LOG_INFO(m_kind << " " << m_target << " fails for time " << m_faults);
    const Time work = TimeFromDraw(m_repairDraw->GetValue());
    m_injector->Strike(m_fault);
    if (m_crews)
    {
        m_crews->Await(m_fault, work, MakeCallback(&FaultProcess::Repaired, this));
    }
    else if (work != Time::Max())
    {
        m_event = Simulator::Schedule(work, &FaultProcess::EndRepair, this);
    }
}

void
FaultProcess::EndRepair()
{
    m_injector->Repair(m_fault);
    Repaired();
}

void
FaultProcess::Repaired()
{
    m_fault = nullptr;
    m_down += Simulator::Now() - m_since;
    PlanFailure(Time(0));
}

FaultProcessResult
FaultProcess::GetResult() const
{
    const Time now = Simulator::Now();
    FaultProcessResult result;
    result.type = m_kind;
    result.target = m_target;
    result.up = m_up;
    result.repair = m_repair;
    result.acceleration = m_acceleration;
    result.start = m_start;
    result.faults = m_faults;
    result.downTime = m_down + (m_fault ? now - m_since : Time(0));
    result.upTime = std::max(now - m_start, Time(0)) - result.downTime;
    return result;
}

} // namespace qkdn
} // namespace ns3
