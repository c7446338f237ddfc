/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The part of QkdModule that sees the signal and decides on the state.

#include "qkdn-qkd-module.h"
#include "qkdn-quantum-channel.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <cmath>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnQkdModuleState");

Time
QkdModule::GetLossPersistence() const
{
    if (m_syncLight || m_role == TRANSMITTER)
    {
        return m_lossOfLight;
    }
    // an intact link shows no detection in a window w with probability exp(-rate w)
    const auto channel = DynamicCast<QuantumChannel>(m_device->GetChannel());
    const double rateHz = m_protocol->GetRate(channel->GetBudget()).detectionRateHz;
    NS_ABORT_MSG_IF(!(rateHz > 0.0),
                    "QKD link " << m_linkName
                                << ": without synchronisation light and without detections a cut "
                                   "cannot be noticed");
    return Seconds(-std::log(m_falseAlarm) / rateHz);
}

void
QkdModule::Fail()
{
    NS_LOG_FUNCTION(this);
    ++m_failures;
    if (m_failures > 1 || m_state == OFF)
    {
        return;
    }
    m_detector.Stop();
    m_warming = false;
    m_endpoint->Stop();
    m_hello->Stop();
    SetState(FAILED, IncidentId());
    m_distillation->Reset();
}

void
QkdModule::Repair()
{
    NS_LOG_FUNCTION(this);
    NS_ABORT_MSG_IF(m_failures == 0,
                    "QKD link " << m_linkName << ": a module that works is repaired");
    --m_failures;
    if (m_failures > 0 || m_state != FAILED)
    {
        return;
    }
    m_incident = IncidentId();
    m_remoteGood = true;
    m_remoteClean = true;
    m_qber.Reset();
    m_classicalAlive = true;
    m_cold = true;
    m_detector.Start(!m_syncLight && m_role == TRANSMITTER, IsSignalPresent(), Time());
    if (UsesClassicalChannel())
    {
        StartClassicalChannel();
    }
    SetState(INITIALISING, IncidentId());
    if (m_standby)
    {
        WarmUp();
    }
    UpdateState();
}

void
QkdModule::LightChanged(const ReceivedLight& light)
{
    NS_LOG_FUNCTION(this << light.light.sync << light.light.quantum);
    const uint32_t epoch = light.light.epoch;
    if (epoch != 0 && epoch != m_seenEpoch)
    {
        m_seenEpoch = epoch;
        m_seenSince = Simulator::Now();
        m_pathBudget = light.budget;
    }
    if (m_state == FAILED || m_state == OFF)
    {
        return;
    }
    m_detector.SetPresent(IsSignalPresent());
    UpdateDetection(true);
    if (ExchangesPulses() && HasPathChanged())
    {
        PathChanged();
    }
    if (m_role == TRANSMITTER)
    {
        m_distillation->PeerDetects(light.light.mark);
    }
}

bool
QkdModule::IsSignalPresent() const
{
    const Light& light = m_device->GetReceivedLight().light;
    return m_syncLight ? light.sync : (m_role == TRANSMITTER || light.quantum);
}

void
QkdModule::SignalDeclared(bool good)
{
    NS_LOG_FUNCTION(this << good);
    // without synchronisation light a module that stands by is dark
    if (!good && (m_syncLight || !m_remoteStandby))
    {
        Detect("loss of light");
    }
    // the state decides what is told
    UpdateState();
    SendSignalState();
}

void
QkdModule::Detect(const std::string& cause)
{
    m_incident = m_incidents.Next();
    NS_LOG_INFO("QKD link " << m_linkName << ": " << cause << ", incident "
                            << m_incident.ToString());
    m_incidentTrace(m_link, m_role, cause, m_incident);
}

void
QkdModule::DetectErrors(const std::string& cause)
{
    if (!m_incident.IsValid())
    {
        Detect(cause);
        return;
    }
    NS_LOG_INFO("QKD link " << m_linkName << ": " << cause << ", of incident "
                            << m_incident.ToString());
    m_incidentTrace(m_link, m_role, cause, m_incident);
}

void
QkdModule::ForgetIncident()
{
    if (m_qber.GetLevel() == QberMonitor::GOOD && m_remoteClean)
    {
        m_incident = IncidentId();
    }
}

void
QkdModule::ForgetErrors()
{
    const ReceivedLight& received = m_device->GetReceivedLight();
    const bool other = received.light.sync && (received.budget.lengthKm != m_pathBudget.lengthKm ||
                                               received.budget.lossDb != m_pathBudget.lossDb);
    if (other && m_qber.GetLevel() != QberMonitor::GOOD)
    {
        NS_LOG_INFO("QKD link " << m_linkName << ": errors of another path are forgotten");
        m_qber.Reset();
        SendSignalState();
    }
}

void
QkdModule::EstimateKnown(const KeyId& block, double qber)
{
    NS_LOG_FUNCTION(this << block.ToString() << qber);
    if (m_state == FAILED || m_state == OFF)
    {
        return;
    }
    const QberMonitor::Level before = m_qber.GetLevel();
    const QberMonitor::Level level = m_qber.Update(qber);
    if (level == before)
    {
        return;
    }
    if (level == QberMonitor::ABORT)
    {
        DetectErrors("error ratio too high");
    }
    else if (before == QberMonitor::GOOD)
    {
        DetectErrors("error ratio high");
    }
    if (before != QberMonitor::ABORT)
    {
        UpdateState();
    }
    if (level == QberMonitor::ABORT || before == QberMonitor::ABORT)
    {
        // the rest not at once: who estimates is in the middle of the block
        m_errorsChanged.Cancel();
        m_errorsChanged = Simulator::ScheduleNow(&QkdModule::ErrorsChanged, this);
    }
    else if (m_state != ABORTED && m_classicalAlive)
    {
        ForgetIncident();
    }
}

void
QkdModule::ErrorsChanged()
{
    UpdateState();
    SendSignalState();
}

void
QkdModule::SetProbing(bool probing)
{
    if (m_probing != probing)
    {
        m_probing = probing;
        m_distillation->SetProbing(probing);
    }
}

bool
QkdModule::IsClean() const
{
    return m_qber.GetLevel() != QberMonitor::ABORT && m_remoteClean;
}

bool
QkdModule::ExchangesPulses() const
{
    return IsGenerating() || m_probing;
}

bool
QkdModule::IsGenerating() const
{
    return m_state == RUNNING || m_state == DEGRADED;
}

void
QkdModule::UpdateState()
{
    if (m_state == FAILED || m_state == OFF)
    {
        return;
    }
    if (m_standby || m_warming)
    {
        NotifyStatus();
        if (m_standby && m_status == LINK_PENDING)
        {
            m_incident = IncidentId();
        }
        return;
    }
    const bool good = m_detector.IsGood() && m_remoteGood;
    if (good && m_remoteStandby)
    {
        WaitForPeer();
        return;
    }
    // a module that waits for its first light goes on waiting
    const bool waiting =
        m_state == INITIALISING && !m_detector.IsGood() && m_initialised.IsExpired();
    // after a loss of signal it takes a resynchronisation until errors can be measured
    const bool probing = good && !IsClean() && ExchangesPulses();
    if ((probing || (!good && !waiting)) && m_state != ABORTED)
    {
        SetProbing(probing);
        SetState(ABORTED, m_incident);
    }
    else if (m_state == ABORTED && good && !probing)
    {
        SetState(INITIALISING, m_incident);
    }
    else if (m_probing && !probing)
    {
        SetProbing(false);
        UpdateEmission();
        UpdateDetection(false);
    }
    else if (IsGenerating() && m_state != GeneratingState())
    {
        SetState(GeneratingState(), m_incident);
    }
    if (good && m_state == INITIALISING && m_initialised.IsExpired())
    {
        ForgetErrors();
        m_initialised =
            Simulator::Schedule(m_cold ? m_startUp : m_resync, &QkdModule::Initialised, this);
    }
    NotifyStatus();
}

void
QkdModule::Initialised()
{
    m_cold = false;
    if (m_warming)
    {
        m_warming = false;
        SetState(m_standby ? STANDBY : INITIALISING, m_incident);
        UpdateState();
        return;
    }
    if (!IsClean())
    {
        // it aborted for errors before: only estimates can clear it
        SetProbing(true);
        SetState(ABORTED, m_incident);
        return;
    }
    SetState(GeneratingState(), m_incident);
    if (m_classicalAlive)
    {
        ForgetIncident();
    }
}

QkdModule::State
QkdModule::GeneratingState() const
{
    return m_qber.GetLevel() == QberMonitor::WARNING ? DEGRADED : RUNNING;
}

void
QkdModule::SetState(State state, IncidentId incident)
{
    NS_LOG_FUNCTION(this << StateName(m_state) << StateName(state));
    const State from = m_state;
    if (state != INITIALISING)
    {
        m_initialised.Cancel();
    }
    m_state = state;
    if (state != ABORTED)
    {
        SetProbing(false);
    }
    m_stateTrace(m_link, m_role, from, state, incident);
    UpdateEmission();
    UpdateDetection(false);
    NotifyStatus();
}

void
QkdModule::UpdateEmission()
{
    if (m_emitting && ExchangesPulses() && !HasPathChanged())
    {
        return; // the emission goes on
    }
    Light light;
    light.sync = m_syncLight && m_state != OFF && m_state != FAILED;
    if (m_role == TRANSMITTER)
    {
        if (m_emitting)
        {
            m_distillation->EmissionStopped();
        }
        m_emitting = ExchangesPulses();
        if (m_emitting)
        {
            StartEmission(light);
        }
        // without synchronisation light the receiver can only see pulses come back
        light.quantum =
            m_emitting || (!m_syncLight && !m_standby && m_state != OFF && m_state != FAILED);
    }
    light.mark = m_mark;
    m_device->Emit(light);
}

void
QkdModule::StartEmission(Light& light)
{
    const uint64_t high = m_seedDraw->GetInteger(0, 0xffffffff);
    const uint64_t low = m_seedDraw->GetInteger(0, 0xffffffff);
    ++m_epoch;
    light.epoch = m_epoch;
    light.seed = (high << 32) | low;
    const auto channel = DynamicCast<QuantumChannel>(m_device->GetChannel());
    m_pathBudget = channel->GetBudget();
    m_distillation->EmissionStarted(light.epoch, light.seed, m_pathBudget, channel->GetDelay());
}

void
QkdModule::UpdateDetection(bool changed)
{
    if (m_role != RECEIVER)
    {
        return;
    }
    const ReceivedLight& light = m_device->GetReceivedLight();
    const bool detect = ExchangesPulses() && light.light.epoch != 0 && !HasPathChanged();
    const bool same = detect && m_detecting && light.light.epoch == m_detectedEpoch;
    if (same)
    {
        if (changed)
        {
            m_distillation->ChannelChanged(light);
        }
        return;
    }
    if (m_detecting)
    {
        m_distillation->DetectionStopped();
    }
    m_detecting = detect;
    m_detectedEpoch = light.light.epoch;
    if (detect)
    {
        m_distillation->DetectionStarted(light, m_seenSince);
    }
    const DetectionMark mark = detect ? m_distillation->GetMark() : DetectionMark();
    if (!(mark == m_mark))
    {
        m_mark = mark;
        UpdateEmission();
    }
}

void
QkdModule::NotifyStatus()
{
    LinkStatus status = LINK_PENDING;
    if (m_state == OFF)
    {
        status = LINK_OFF;
    }
    else if (m_state == FAILED)
    {
        // a broken module tells nobody
        m_status = LINK_PASSIVE;
        m_cause = CAUSE_NONE;
        return;
    }
    else if (m_standby)
    {
        status = GetStandbyCause() == CAUSE_STANDBY ? LINK_PENDING : LINK_PASSIVE;
    }
    else if (m_state == ABORTED || !m_classicalAlive)
    {
        status = LINK_PASSIVE;
    }
    else if (IsGenerating())
    {
        status = LINK_ACTIVE;
    }
    LinkCause cause = GetCause();
    if (status == m_status && cause == CAUSE_PEER && m_cause != CAUSE_NONE)
    {
        // what this end saw itself says more
        cause = m_cause;
    }
    const bool errors = cause == CAUSE_QBER_WARNING || cause == CAUSE_QBER_ABORT;
    const std::optional<double> estimate = errors ? m_qber.GetEstimate() : std::nullopt;
    if (status != m_status || cause != m_cause)
    {
        m_status = status;
        m_cause = cause;
        const LinkAlarm alarm(cause, estimate);
        m_consumer->NotifyLinkStatus(m_link, status, m_incident, alarm);
        for (LinkStatusListener* listener : m_listeners)
        {
            listener->LinkStatusChanged(m_link, status, m_incident, alarm);
        }
    }
}

LinkCause
QkdModule::GetCause() const
{
    if (m_standby)
    {
        return GetStandbyCause();
    }
    if (m_state == ABORTED && !m_detector.IsGood())
    {
        return CAUSE_LOSS_OF_LIGHT;
    }
    if (m_state == ABORTED)
    {
        const bool errors = m_remoteGood && m_qber.GetLevel() == QberMonitor::ABORT;
        return errors ? CAUSE_QBER_ABORT : CAUSE_PEER;
    }
    if (!m_classicalAlive)
    {
        return CAUSE_CLASSICAL_CHANNEL;
    }
    if (m_state == INITIALISING && m_remoteStandby)
    {
        return CAUSE_STANDBY;
    }
    return m_state == DEGRADED ? CAUSE_QBER_WARNING : CAUSE_NONE;
}

} // namespace qkdn
} // namespace ns3
