/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-protection-switch.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/qkdn-compat.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnProtectionSwitch");

NS_OBJECT_ENSURE_REGISTERED(ProtectionSwitch);

TypeId
ProtectionSwitch::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::ProtectionSwitch")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<ProtectionSwitch>()
            .AddAttribute("Revertive",
                          "Whether traffic returns to the working entity when it is good again.",
                          BooleanValue(true),
                          MakeBooleanAccessor(&ProtectionSwitch::m_revertive),
                          MakeBooleanChecker())
            .AddAttribute("WaitToRestore",
                          "How long the working entity has to be good before traffic returns "
                          "(RFC 7347, 7.4: 5 to 12 min).",
                          TimeValue(Minutes(5)),
                          MakeTimeAccessor(&ProtectionSwitch::m_waitToRestore),
                          MakeTimeChecker(Seconds(0)))
            .AddAttribute(
                "HoldOff",
                "Time from a defect until it counts (RFC 7347, 7.3: 0 to 10 s).",
                TimeValue(Seconds(0)),
                MakeTimeAccessor(&ProtectionSwitch::SetHoldOff, &ProtectionSwitch::GetHoldOff),
                MakeTimeChecker(Seconds(0)))
            .AddAttribute("TableVersion",
                          "Which state tables apply.",
                          EnumValue(TABLE_RFC8234),
                          MakeEnumAccessor<SwitchTableVersion>(&ProtectionSwitch::m_tableVersion),
                          MakeEnumChecker(TABLE_RFC8234, "rfc8234", TABLE_RFC7271, "rfc7271"))
            .AddAttribute("Bidirectional",
                          "Whether both ends select the same entity. If not, each end acts upon "
                          "local inputs only: 1+1 unidirectional (RFC 7271, 11.3).",
                          BooleanValue(true),
                          MakeBooleanAccessor(&ProtectionSwitch::m_bidirectional),
                          MakeBooleanChecker())
            .AddAttribute("PermanentBridge",
                          "Whether normal traffic is always sent over both entities (1+1); so it "
                          "is in any case with unidirectional switching.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&ProtectionSwitch::m_permanentBridge),
                          MakeBooleanChecker())
            .AddAttribute("ResolveMismatch",
                          "Whether to leave a state that the other end does not agree with, when "
                          "that is a failure of protocol; RFC 7271 reports it only.",
                          BooleanValue(true),
                          MakeBooleanAccessor(&ProtectionSwitch::m_resolveMismatch),
                          MakeBooleanChecker())
            .AddAttribute("FastMessages",
                          "Number of messages in quick succession after a change.",
                          UintegerValue(3),
                          MakeUintegerAccessor(&ProtectionSwitch::m_fastMessages),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("FastInterval",
                          "Time between messages after a change.",
                          TimeValue(MicroSeconds(3300)),
                          MakeTimeAccessor(&ProtectionSwitch::m_fastInterval),
                          MakeTimeChecker(NanoSeconds(1)))
            .AddAttribute("SlowInterval",
                          "Time between messages without changes.",
                          TimeValue(Seconds(5)),
                          MakeTimeAccessor(&ProtectionSwitch::m_slowInterval),
                          MakeTimeChecker(NanoSeconds(1)))
            .AddAttribute("MismatchTime",
                          "How long sent and received Path may differ before it is a failure of "
                          "protocol. More than the time for a message and its answer.",
                          TimeValue(MilliSeconds(50)),
                          MakeTimeAccessor(&ProtectionSwitch::m_mismatchTime),
                          MakeTimeChecker(NanoSeconds(1)))
            .AddAttribute("SilenceIntervals",
                          "No message for so many times SlowInterval is a failure of protocol.",
                          DoubleValue(3.5),
                          MakeDoubleAccessor(&ProtectionSwitch::m_silenceIntervals),
                          MakeDoubleChecker<double>(1.0))
            .AddTraceSource("StateChange",
                            "The state has changed.",
                            MakeTraceSourceAccessor(&ProtectionSwitch::m_stateTrace),
                            "ns3::qkdn::ProtectionSwitch::StateChangeCallback")
            .AddTraceSource("Selection",
                            "Another entity is to be selected.",
                            MakeTraceSourceAccessor(&ProtectionSwitch::m_selectionTrace),
                            "ns3::qkdn::ProtectionSwitch::SelectionCallback")
            .AddTraceSource("RequestChange",
                            "What is said to the other end has changed.",
                            MakeTraceSourceAccessor(&ProtectionSwitch::m_requestTrace),
                            "ns3::qkdn::ProtectionSwitch::MessageCallback")
            .AddTraceSource("Received",
                            "A message of the other end has arrived.",
                            MakeTraceSourceAccessor(&ProtectionSwitch::m_receivedTrace),
                            "ns3::qkdn::ProtectionSwitch::MessageCallback")
            .AddTraceSource("Invalid",
                            "A message was dropped because its fields are not those of RFC 7271.",
                            MakeTraceSourceAccessor(&ProtectionSwitch::m_invalidTrace),
                            "ns3::qkdn::ProtectionSwitch::MessageCallback")
            .AddTraceSource("Defect",
                            "A defect counts from now on, or counts no longer.",
                            MakeTraceSourceAccessor(&ProtectionSwitch::m_defectTrace),
                            "ns3::qkdn::ProtectionSwitch::DefectCallback")
            .AddTraceSource("HoldOffOver",
                            "Hold-off of an entity is over, or was not needed.",
                            MakeTraceSourceAccessor(&ProtectionSwitch::m_holdOffTrace),
                            "ns3::qkdn::ProtectionSwitch::HoldOffCallback")
            .AddTraceSource("WaitToRestoreTimer",
                            "The WTR timer of this end runs, or runs no longer.",
                            MakeTraceSourceAccessor(&ProtectionSwitch::m_wtrTrace),
                            "ns3::qkdn::ProtectionSwitch::WaitToRestoreCallback")
            .AddTraceSource("CommandResult",
                            "What has become of an operator command.",
                            MakeTraceSourceAccessor(&ProtectionSwitch::m_commandTrace),
                            "ns3::qkdn::ProtectionSwitch::CommandResultCallback")
            .AddTraceSource("ProtocolFailure",
                            "A failure of protocol is there, or is over.",
                            MakeTraceSourceAccessor(&ProtectionSwitch::m_failureTrace),
                            "ns3::qkdn::ProtectionSwitch::ProtocolFailureCallback");
    return tid;
}

ProtectionSwitch::ProtectionSwitch()
{
    m_defects.SetCallbacks(MakeCallback(&ProtectionSwitch::ReportDefect, this),
                           MakeCallback(&ProtectionSwitch::ReportHoldOff, this));
}

ProtectionSwitch::~ProtectionSwitch() = default;

void
ProtectionSwitch::DoDispose()
{
    Stop();
    m_select = SelectCallback();
    m_transmitter.SetSend(SendCallback());
    Object::DoDispose();
}

void
ProtectionSwitch::SetHoldOff(Time duration)
{
    m_defects.SetHoldOff(duration);
}

Time
ProtectionSwitch::GetHoldOff() const
{
    return m_defects.GetHoldOff();
}

void
ProtectionSwitch::SetSelectCallback(SelectCallback select)
{
    m_select = select;
}

void
ProtectionSwitch::SetSendCallback(SendCallback send)
{
    m_transmitter.SetSend(send);
}

void
ProtectionSwitch::Start(Entity remembered)
{
    NS_LOG_FUNCTION(this << EntityName(remembered));
    NS_ABORT_MSG_IF(m_started, "a protection switch is started twice");
    m_defects.Expire();
    m_transmitter.SetSchedule(m_fastMessages, m_fastInterval, m_slowInterval);
    m_selected = remembered;
    m_toldSelected = remembered;
    m_received = ApsMessage();

    // RFC 8234, 4.1
    SwitchStep step;
    const SwitchRequests::Request defect = m_requests.GetDefect(!m_bidirectional);
    if (defect.IsActive())
    {
        step = LookUpLocal(GetConditions(), SWITCH_N, defect.input);
    }
    else if (remembered == ENTITY_PROTECTION)
    {
        step.next = m_revertive ? SWITCH_WTR : SWITCH_DNR;
        step.message = m_revertive ? SEND_NO_REQUEST : SEND_OF_STATE;
        step.startWtr = m_revertive && !m_bidirectional; // nobody else would end it
    }
    m_wtrIncident = defect.incident;
    m_started = true;
    m_toldMessage = ApsMessage{APS_NO_REQUEST, 1, 0, {}}; // what nobody ever says
    WatchSilence();
    Enter(step, defect.incident);
    Announce();
}

void
ProtectionSwitch::Stop()
{
    NS_LOG_FUNCTION(this);
    m_started = false;
    m_transmitter.Stop();
    m_defects.Reset();
    m_requests.Reset();
    m_wtr.Cancel();
    m_mismatch.Cancel();
    m_silence.Cancel();
    m_heard = false;
    m_recovered = false;
    m_degradeToProtection = false;
    m_failures.fill(false);
}

bool
ProtectionSwitch::IsStarted() const
{
    return m_started;
}

SwitchState
ProtectionSwitch::GetState() const
{
    return m_state;
}

Entity
ProtectionSwitch::GetSelected() const
{
    return m_selected;
}

bool
ProtectionSwitch::IsBridged(Entity entity) const
{
    return m_permanentBridge || !m_bidirectional || entity == m_selected;
}

const ApsMessage&
ProtectionSwitch::GetMessage() const
{
    return m_message;
}

const ApsMessage&
ProtectionSwitch::GetLastReceived() const
{
    return m_received;
}

bool
ProtectionSwitch::HasDefect(Entity entity, SwitchDefect defect) const
{
    return m_requests.HasDefect(entity, defect);
}

bool
ProtectionSwitch::IsHeldOff(Entity entity) const
{
    return m_defects.IsHeldOff(entity);
}

bool
ProtectionSwitch::IsWaitingToRestore() const
{
    return !m_wtr.IsExpired();
}

bool
ProtectionSwitch::HasCommand() const
{
    return m_requests.GetCommand().IsActive();
}

bool
ProtectionSwitch::HasProtocolFailure(ProtocolFailure failure) const
{
    return m_failures.at(failure);
}

void
ProtectionSwitch::Local(SwitchRequest request, Entity entity, IncidentId incident)
{
    NS_LOG_FUNCTION(this << SwitchRequestName(request) << EntityName(entity)
                         << incident.ToString());
    switch (request)
    {
    case REQUEST_SIGNAL_FAIL:
        m_defects.Set(entity, DEFECT_FAIL, true, incident);
        break;
    case REQUEST_SIGNAL_FAIL_CLEAR:
        m_defects.Set(entity, DEFECT_FAIL, false, incident);
        break;
    case REQUEST_SIGNAL_DEGRADE:
        m_defects.Set(entity, DEFECT_DEGRADE, true, incident);
        break;
    case REQUEST_SIGNAL_DEGRADE_CLEAR:
        m_defects.Set(entity, DEFECT_DEGRADE, false, incident);
        break;
    case REQUEST_CLEAR:
        Clear(incident);
        break;
    default:
        Command(request, entity, incident);
    }
}

void
ProtectionSwitch::Remote(const ApsMessage& message)
{
    NS_LOG_FUNCTION(this << message.ToString());
    if (!m_started)
    {
        return;
    }
    if (!message.IsValid())
    {
        m_invalidTrace(message);
        return;
    }
    const bool first = !m_heard;
    m_heard = true;
    m_received = message;
    WatchSilence();
    m_receivedTrace(message);
    SetProtocolFailure(PROTOCOL_NO_MESSAGE, false);
    if (!m_bidirectional)
    {
        return;
    }
    if (message.request != APS_SIGNAL_DEGRADE)
    {
        m_degradeToProtection = false;
    }
    if (first && message.request == APS_EXERCISE && !FindTop().local)
    {
        // RFC 8234, 4.1: bridge and selector as the other end has them
        m_selected = message.dataPath == 0 ? ENTITY_WORKING : ENTITY_PROTECTION;
        SwitchStep step;
        step.next = SWITCH_E_R;
        Enter(step, message.incident);
        Announce();
        return;
    }
    Evaluate();
    if (m_failures[PROTOCOL_MISMATCH])
    {
        ResolveMismatch();
    }
}

void
ProtectionSwitch::CheckMatch()
{
    if (!m_started || !m_bidirectional || !m_heard || m_toldMessage.dataPath == m_received.dataPath)
    {
        m_mismatch.Cancel();
        SetProtocolFailure(PROTOCOL_MISMATCH, false);
    }
    else if (m_mismatch.IsExpired() && !m_failures[PROTOCOL_MISMATCH])
    {
        m_mismatch = Simulator::Schedule(m_mismatchTime, &ProtectionSwitch::ReportMismatch, this);
    }
}

void
ProtectionSwitch::ReportMismatch()
{
    SetProtocolFailure(PROTOCOL_MISMATCH, true);
    ResolveMismatch();
}

void
ProtectionSwitch::WatchSilence()
{
    m_silence.Cancel();
    if (m_bidirectional)
    {
        m_silence = Simulator::Schedule(m_slowInterval * m_silenceIntervals,
                                        &ProtectionSwitch::ReportSilence,
                                        this);
    }
}

void
ProtectionSwitch::ReportSilence()
{
    if (m_requests.HasDefect(ENTITY_PROTECTION, DEFECT_FAIL))
    {
        WatchSilence(); // RFC 7347, 8.1: no wonder
        return;
    }
    SetProtocolFailure(PROTOCOL_NO_MESSAGE, true);
}

void
ProtectionSwitch::SetProtocolFailure(ProtocolFailure failure, bool present)
{
    if (m_failures.at(failure) != present)
    {
        NS_LOG_INFO("failure of protocol " << ProtocolFailureName(failure) << ' ' << present);
        m_failures.at(failure) = present;
        m_failureTrace(failure, present, m_received.incident);
    }
}

} // namespace qkdn
} // namespace ns3
