/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The part of QkdModule that stands by and is activated.

#include "qkdn-qkd-module.h"
#include "qkdn-quantum-channel.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnQkdModuleStandby");

bool
QkdModule::UsesClassicalChannel() const
{
    return m_distillation->NeedsClassicalChannel() || !m_syncLight || m_signalMessages ||
           m_standby || m_peer.IsValid();
}

void
QkdModule::StartInStandby()
{
    NS_LOG_FUNCTION(this);
    const auto channel = DynamicCast<QuantumChannel>(m_device->GetChannel());
    m_standby = true;
    m_remoteStandby = m_initialState == START_STANDBY;
    if (m_syncLight)
    {
        // a spare that a switch does not lead to is dark from the beginning, which is no failure
        m_detector.Start(channel->IsComplete(), IsSignalPresent(), channel->GetDelay());
    }
    StartClassicalChannel();
    if (m_initialState == START_OFF)
    {
        SetState(INITIALISING, IncidentId());
        WarmUp();
    }
    else
    {
        SetState(STANDBY, IncidentId());
    }
    UpdateState();
}

void
QkdModule::WarmUp()
{
    m_warming = true;
    m_cold = true;
    if (!m_syncLight)
    {
        m_detector.Stop();
    }
    if (m_initialised.IsExpired())
    {
        m_initialised = Simulator::Schedule(m_startUp, &QkdModule::Initialised, this);
    }
}

void
QkdModule::Standby(IncidentId incident)
{
    NS_LOG_FUNCTION(this << incident.ToString());
    if (m_standby)
    {
        return;
    }
    m_standby = true;
    if (m_state == OFF || m_state == FAILED)
    {
        return;
    }
    if (incident.IsValid())
    {
        m_incident = incident;
    }
    if (!m_syncLight)
    {
        m_detector.Stop();
    }
    if (!m_peer.IsValid())
    {
        StartClassicalChannel();
    }
    if (m_state == INITIALISING && m_cold)
    {
        WarmUp();
        UpdateEmission();
    }
    else
    {
        SetProbing(false);
        SetState(STANDBY, m_incident);
    }
    SendSignalState();
    UpdateState();
}

void
QkdModule::Activate(IncidentId incident)
{
    NS_LOG_FUNCTION(this << incident.ToString());
    if (!m_standby)
    {
        return;
    }
    m_standby = false;
    if (m_state == OFF || m_state == FAILED)
    {
        return;
    }
    if (incident.IsValid())
    {
        m_incident = incident;
    }
    if (!m_syncLight)
    {
        m_detector.Start(m_role == TRANSMITTER, IsSignalPresent(), Time());
    }
    if (m_warming)
    {
        UpdateEmission();
    }
    else
    {
        // with synchronisation light a module knows already that there is none
        SetState(m_syncLight && !m_detector.IsGood() ? ABORTED : INITIALISING, m_incident);
    }
    SendSignalState();
    UpdateState();
}

bool
QkdModule::IsSignalGood() const
{
    return m_detector.IsGood() || (m_standby && !m_syncLight);
}

void
QkdModule::WaitForPeer()
{
    m_initialised.Cancel();
    if (m_state != INITIALISING)
    {
        SetProbing(false);
        SetState(INITIALISING, m_incident);
    }
    NotifyStatus();
}

bool
QkdModule::HasPathChanged() const
{
    const ReceivedLight& received = m_device->GetReceivedLight();
    const bool sees =
        m_role == TRANSMITTER ? m_emitting && received.light.sync : received.light.epoch != 0;
    return sees && (received.budget.lengthKm != m_pathBudget.lengthKm ||
                    received.budget.lossDb != m_pathBudget.lossDb);
}

void
QkdModule::PathChanged()
{
    NS_LOG_FUNCTION(this);
    if (m_role == TRANSMITTER)
    {
        UpdateEmission();
    }
    else if (!m_syncLight)
    {
        // only the receiver sees it; the transmitter has to be told
        m_detector.Start(false, IsSignalPresent(), Time());
        SignalDeclared(false);
    }
}

LinkCause
QkdModule::GetStandbyCause() const
{
    if (!IsSignalGood())
    {
        return CAUSE_LOSS_OF_LIGHT;
    }
    if (!m_classicalAlive)
    {
        return CAUSE_CLASSICAL_CHANNEL;
    }
    return m_remoteGood ? CAUSE_STANDBY : CAUSE_PEER;
}

void
QkdModule::AddStatusListener(LinkStatusListener* listener)
{
    m_listeners.push_back(listener);
}

} // namespace qkdn
} // namespace ns3
