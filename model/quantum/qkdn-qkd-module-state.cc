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
    m_classicalAlive = true;
    m_cold = true;
    m_detector.Start(!m_syncLight && m_role == TRANSMITTER, IsSignalPresent(), Time());
    if (m_distillation->NeedsClassicalChannel() || !m_syncLight)
    {
        StartClassicalChannel();
    }
    SetState(INITIALISING, IncidentId());
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
    }
    if (m_state == FAILED || m_state == OFF)
    {
        return;
    }
    m_detector.SetPresent(IsSignalPresent());
    UpdateDetection();
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
    if (!good)
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
    const bool good = m_detector.IsGood() && m_remoteGood;
    // a module that waits for its first light goes on waiting
    const bool waiting =
        m_state == INITIALISING && !m_detector.IsGood() && m_initialised.IsExpired();
    if (!good && !waiting && m_state != ABORTED)
    {
        SetState(ABORTED, m_incident);
    }
    else if (good && m_state == ABORTED)
    {
        SetState(INITIALISING, m_incident);
    }
    if (good && m_state == INITIALISING && m_initialised.IsExpired())
    {
        m_initialised =
            Simulator::Schedule(m_cold ? m_startUp : m_resync, &QkdModule::Initialised, this);
    }
    NotifyStatus();
}

void
QkdModule::Initialised()
{
    m_cold = false;
    SetState(GeneratingState(), m_incident);
    if (m_classicalAlive)
    {
        m_incident = IncidentId();
    }
}

QkdModule::State
QkdModule::GeneratingState() const
{
    const auto channel = DynamicCast<QuantumChannel>(m_device->GetChannel());
    return m_protocol->GetRate(channel->GetBudget()).qber >= m_qberWarning ? DEGRADED : RUNNING;
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
    m_stateTrace(m_link, m_role, from, state, incident);
    UpdateEmission();
    UpdateDetection();
    NotifyStatus();
}

void
QkdModule::UpdateEmission()
{
    Light light;
    light.sync = m_syncLight && m_state != OFF && m_state != FAILED;
    if (m_role == TRANSMITTER)
    {
        if (m_emitting)
        {
            m_distillation->EmissionStopped();
        }
        m_emitting = IsGenerating();
        if (m_emitting)
        {
            StartEmission(light);
        }
        // without synchronisation light the receiver can only see pulses come back
        light.quantum = m_emitting || (!m_syncLight && m_state != OFF && m_state != FAILED);
    }
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
    m_distillation->EmissionStarted(light.epoch,
                                    light.seed,
                                    channel->GetBudget(),
                                    channel->GetDelay());
}

void
QkdModule::UpdateDetection()
{
    if (m_role != RECEIVER)
    {
        return;
    }
    const ReceivedLight& light = m_device->GetReceivedLight();
    const bool detect = IsGenerating() && light.light.epoch != 0;
    if (m_detecting)
    {
        m_distillation->DetectionStopped();
    }
    m_detecting = detect;
    if (detect)
    {
        m_distillation->DetectionStarted(light, m_seenSince);
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
    if (status != m_status || cause != m_cause)
    {
        m_status = status;
        m_cause = cause;
        m_consumer->NotifyLinkStatus(m_link, status, m_incident, LinkAlarm(cause));
    }
}

LinkCause
QkdModule::GetCause() const
{
    if (m_state == ABORTED)
    {
        return m_detector.IsGood() ? CAUSE_PEER : CAUSE_LOSS_OF_LIGHT;
    }
    if (!m_classicalAlive)
    {
        return CAUSE_CLASSICAL_CHANNEL;
    }
    return m_state == DEGRADED ? CAUSE_QBER_WARNING : CAUSE_NONE;
}

} // namespace qkdn
} // namespace ns3
