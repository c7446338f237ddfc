/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-optical-switch.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/qkdn-random-stream.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <utility>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnOpticalSwitch");
NS_OBJECT_ENSURE_REGISTERED(OpticalSwitch);

TypeId
OpticalSwitch::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::OpticalSwitch")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<OpticalSwitch>()
            .AddAttribute("Name",
                          "Name of the switch, unique in a scenario.",
                          StringValue(""),
                          MakeStringAccessor(&OpticalSwitch::m_name),
                          MakeStringChecker())
            .AddAttribute("Ports",
                          "Number of ports besides the common one.",
                          UintegerValue(2),
                          MakeUintegerAccessor(&OpticalSwitch::m_nPorts),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("InitialPort",
                          "Port where the switch stands at first, from 1.",
                          TypeId::ATTR_SET | TypeId::ATTR_CONSTRUCT,
                          UintegerValue(1),
                          MakeUintegerAccessor(&OpticalSwitch::m_port),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("SwitchingTime",
                          "Time of a switching, during which all ports are dark. MEMS and piezo "
                          "switches take 10 to 50 ms.",
                          TimeValue(MilliSeconds(20)),
                          MakeTimeAccessor(&OpticalSwitch::m_switchingTime),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("LossDb",
                          "Insertion loss, dB. MEMS and piezo switches have 0.5 to 1.5 dB.",
                          DoubleValue(1.0),
                          MakeDoubleAccessor(&OpticalSwitch::m_lossDb),
                          MakeDoubleChecker<double>(0.0))
            .AddAttribute("Coverage",
                          "Probability that a switching works; one that does not leaves the switch "
                          "where it was.",
                          DoubleValue(1.0),
                          MakeDoubleAccessor(&OpticalSwitch::m_coverage),
                          MakeDoubleChecker<double>(0.0, 1.0))
            .AddAttribute("FailDark",
                          "Whether a broken switch passes no light, instead of being stuck at its "
                          "port.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&OpticalSwitch::m_failDark),
                          MakeBooleanChecker())
            .AddAttribute("Supervised",
                          "Whether the switch finds out that it is broken, or repaired, and tells "
                          "its control. Otherwise that is learned from a switching that fails.",
                          BooleanValue(true),
                          MakeBooleanAccessor(&OpticalSwitch::m_supervised),
                          MakeBooleanChecker())
            .AddTraceSource("LitPort",
                            "Light passes at another port, or at none.",
                            MakeTraceSourceAccessor(&OpticalSwitch::m_litTrace),
                            "ns3::qkdn::OpticalSwitch::LitPortCallback")
            .AddTraceSource("Request",
                            "The switch is told to stand at a port.",
                            MakeTraceSourceAccessor(&OpticalSwitch::m_requestTrace),
                            "ns3::qkdn::OpticalSwitch::RequestCallback")
            .AddTraceSource("Outcome",
                            "The outcome of a request is known.",
                            MakeTraceSourceAccessor(&OpticalSwitch::m_outcomeTrace),
                            "ns3::qkdn::OpticalSwitch::OutcomeCallback")
            .AddTraceSource("Failure",
                            "The switch breaks or is repaired.",
                            MakeTraceSourceAccessor(&OpticalSwitch::m_failureTrace),
                            "ns3::qkdn::OpticalSwitch::FailureCallback");
    return tid;
}

OpticalSwitch::OpticalSwitch()
    : m_draw(CreateObject<UniformRandomVariable>())
{
    NS_LOG_FUNCTION(this);
}

OpticalSwitch::~OpticalSwitch()
{
    NS_LOG_FUNCTION(this);
    m_moved.Cancel();
}

void
OpticalSwitch::NotifyConstructionCompleted()
{
    Object::NotifyConstructionCompleted();
    NS_ABORT_MSG_IF(m_port > m_nPorts,
                    "optical switch " << m_name << ": InitialPort is " << m_port
                                      << ", must be from 1 to Ports, " << m_nPorts);
    m_draw->SetStream(RandomStreamNumber("optical-switch/" + m_name, "coverage"));
    m_lit = m_port;
}

void
OpticalSwitch::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_moved.Cancel();
    m_waiting.clear();
    m_alarm = AlarmCallback();
    Object::DoDispose();
}

void
OpticalSwitch::Select(uint32_t port, DoneCallback done, IncidentId incident)
{
    NS_LOG_FUNCTION(this << m_name << port << incident.ToString());
    m_requestTrace(this, port, incident);
    const Request request{port, done, incident};
    if (port == 0 || port > m_nPorts)
    {
        NS_LOG_WARN("optical switch " << m_name << ": there is no port " << port);
        Simulator::ScheduleNow(&OpticalSwitch::Answer, Ptr<OpticalSwitch>(this), request, false);
    }
    else if (m_failures > 0)
    {
        // read back after the time that a movement takes, it has not moved
        Simulator::Schedule(m_switchingTime,
                            &OpticalSwitch::Answer,
                            Ptr<OpticalSwitch>(this),
                            request,
                            false);
    }
    else if (m_waiting.empty() && port == m_port)
    {
        Simulator::ScheduleNow(&OpticalSwitch::Answer, Ptr<OpticalSwitch>(this), request, true);
    }
    else if (!m_waiting.empty() && port == m_waiting.front().port)
    {
        m_waiting.push_back(request);
    }
    else
    {
        Move(request);
    }
}

void
OpticalSwitch::Move(const Request& request)
{
    m_moved.Cancel();
    for (const Request& superseded : m_waiting)
    {
        Simulator::ScheduleNow(&OpticalSwitch::Answer, Ptr<OpticalSwitch>(this), superseded, false);
    }
    m_waiting = {request};
    m_works = m_draw->GetValue(0.0, 1.0) < m_coverage;
    m_moved = Simulator::Schedule(m_switchingTime, &OpticalSwitch::Moved, this);
    UpdateLight();
}

void
OpticalSwitch::Moved()
{
    NS_LOG_FUNCTION(this << m_name << m_works);
    const std::vector<Request> waiting = std::move(m_waiting);
    m_waiting.clear();
    const bool success = m_works;
    if (success)
    {
        m_port = waiting.front().port;
    }
    UpdateLight();
    for (const Request& request : waiting)
    {
        Answer(request, success);
    }
}

void
OpticalSwitch::Answer(Request request, bool success)
{
    NS_LOG_FUNCTION(this << m_name << request.port << success);
    m_outcomeTrace(this, request.port, success, request.incident);
    if (!request.done.IsNull())
    {
        request.done(success);
    }
}

void
OpticalSwitch::SetAlarmCallback(AlarmCallback alarm)
{
    m_alarm = alarm;
}

void
OpticalSwitch::Alarm(bool failed)
{
    if (m_supervised && !m_alarm.IsNull())
    {
        m_alarm(failed);
    }
}

void
OpticalSwitch::Fail()
{
    NS_LOG_FUNCTION(this << m_name);
    ++m_failures;
    if (m_failures > 1)
    {
        return;
    }
    // the movement that goes on reaches no port, which shows at its end
    m_stranded = !m_waiting.empty();
    m_works = false;
    m_failureTrace(this, true);
    UpdateLight();
    Alarm(true);
}

void
OpticalSwitch::Repair()
{
    NS_LOG_FUNCTION(this << m_name);
    NS_ABORT_MSG_IF(m_failures == 0, "optical switch " << m_name << ": repaired but not broken");
    --m_failures;
    if (m_failures > 0)
    {
        return;
    }
    m_stranded = false;
    m_failureTrace(this, false);
    UpdateLight();
    Alarm(false);
}

bool
OpticalSwitch::IsFailed() const
{
    return m_failures > 0;
}

void
OpticalSwitch::UpdateLight()
{
    const bool dark = !m_waiting.empty() || m_stranded || (m_failures > 0 && m_failDark);
    const uint32_t lit = dark ? 0 : m_port;
    if (lit != m_lit)
    {
        m_lit = lit;
        m_litTrace(this, lit);
    }
}

uint32_t
OpticalSwitch::GetLitPort() const
{
    return m_lit;
}

uint32_t
OpticalSwitch::GetPort() const
{
    return m_port;
}

uint32_t
OpticalSwitch::GetNPorts() const
{
    return m_nPorts;
}

double
OpticalSwitch::GetLossDb() const
{
    return m_lossDb;
}

Time
OpticalSwitch::GetSwitchingTime() const
{
    return m_switchingTime;
}

std::string
OpticalSwitch::GetName() const
{
    return m_name;
}

int64_t
OpticalSwitch::AssignStreams(int64_t stream)
{
    m_draw->SetStream(stream);
    return 1;
}

} // namespace qkdn
} // namespace ns3
