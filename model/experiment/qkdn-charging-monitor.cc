/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-charging-monitor.h"

#include "ns3/qkdn-controller.h"
#include "ns3/qkdn-manager.h"
#include "ns3/simulator.h"

namespace ns3
{
namespace qkdn
{

ChargingMonitor::ChargingMonitor(EventLog& log, ChargingRequirements& requirements)
    : m_log(log),
      m_requirements(requirements)
{
}

void
ChargingMonitor::AddKeyManager(Ptr<KeyManager> km)
{
    km->GetUsageMeter()->TraceConnectWithoutContext("Use",
                                                    MakeCallback(&ChargingMonitor::KeyUsed, this));
}

void
ChargingMonitor::AddController(Ptr<QkdnController> controller, const std::string& entity)
{
    controller->TraceConnect("ChargingRecord",
                             entity,
                             MakeCallback(&ChargingMonitor::RecordMade, this));
}

void
ChargingMonitor::AddManager(Ptr<QkdnManager> manager)
{
    manager->TraceConnect("ChargingRecord",
                          "manager",
                          MakeCallback(&ChargingMonitor::RecordMade, this));
}

void
ChargingMonitor::AddSession(const KeySession& session)
{
    m_sessions[session.id] = session.name;
    m_requirements.AddSession(session.id, session.policy.resilienceClass);
}

void
ChargingMonitor::SetTariff(const ChargingTariff& tariff, Time lag)
{
    m_requirements.SetTariff(tariff, lag);
}

std::string
ChargingMonitor::NameOf(SessionId session) const
{
    const auto found = m_sessions.find(session);
    return found == m_sessions.end() ? std::to_string(session.value) : found->second;
}

void
ChargingMonitor::KeyUsed(KmId, SessionId session, ChargedUse use, int64_t bits)
{
    m_requirements.UseMeasured(Simulator::Now(), session, use, bits);
}

void
ChargingMonitor::RecordMade(std::string entity, const ChargingRecord& record)
{
    EventLog::Detail detail{{"session", NameOf(record.session)},
                            {"class", ResilienceClassName(record.resilienceClass)},
                            {"total_micro", std::to_string(record.amounts.GetTotal())}};
    for (std::size_t use = 0; use < CHARGED_USE_COUNT; ++use)
    {
        detail.emplace_back(std::string(ChargedUseName(static_cast<ChargedUse>(use))) + "_bits",
                            std::to_string(record.service.bits[use]));
    }
    const uint64_t event = m_log.Add("charging-record", entity, IncidentId(), detail);
    if (entity != "manager")
    {
        m_requirements.RecordMade(Sighting{Simulator::Now(), event}, record);
    }
}

void
ChargingMonitor::Collect(ExperimentResults& results) const
{
    for (const auto& [session, made] : m_requirements.GetRecords())
    {
        const ChargingRecord& record = made.second;
        ChargeResult charge;
        charge.session = NameOf(session);
        charge.resilienceClass = ResilienceClassName(record.resilienceClass);
        charge.service = record.service;
        charge.amounts = record.amounts;
        results.charges.push_back(charge);
        for (SessionResult& result : results.sessions)
        {
            if (result.id == charge.session)
            {
                result.charge = record.amounts.GetTotal();
            }
        }
    }
}

} // namespace qkdn
} // namespace ns3
