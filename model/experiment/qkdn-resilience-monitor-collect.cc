/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// What ResilienceMonitor makes of its records at the end of a run.

#include "qkdn-resilience-monitor.h"
#include "qkdn-session-metrics.h"

#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

ExperimentResults
ResilienceMonitor::Collect(Time warmUp) const
{
    ExperimentResults results;
    results.simulated = Simulator::Now();
    results.warmUp = warmUp;
    results.events = Simulator::GetEventCount();
    results.packets = m_packets;
    results.faults = m_faults;
    results.eventLog = m_log.GetEntries();
    results.poolSamples = m_samples;
    results.network.controlMessages = m_traffic.messages;
    results.network.controlBytes = m_traffic.bytes;
    results.conservation.violations = GetViolations();
    for (const auto& [id, link] : m_links)
    {
        PoolDescription description;
        description.link = link.name;
        description.reserveBit = link.reserveBits;
        results.pools.push_back(description);
    }
    CollectSessions(results, warmUp);
    CollectRecoveries(results);
    CollectBooks(results);
    return results;
}

void
ResilienceMonitor::CollectSessions(ExperimentResults& results, Time warmUp) const
{
    Time aftermath;
    for (const RecoveryResult& recovery : m_tracker.GetResults())
    {
        if (recovery.markers.firstKeyUsable && recovery.markers.repaired)
        {
            aftermath =
                std::max(aftermath, *recovery.markers.firstKeyUsable - *recovery.markers.repaired);
        }
    }
    for (const auto& [id, session] : m_sessions)
    {
        const RequestLog& log = *m_requests.at(id);
        std::vector<RequestResult> requests;
        for (const RequestRecord& record : log.GetRecords())
        {
            RequestResult request;
            request.session = session.session.name;
            request.sequence = record.sequence;
            request.issued = record.issued;
            request.attempts = record.attempts;
            if (record.outcome == REQUEST_ON_TIME || record.outcome == REQUEST_LATE)
            {
                request.handedOver = record.handedOver;
                request.keyBits = uint64_t{session.session.keySizeBit} * record.keys.size();
                request.erroneous = record.deliveryFailed;
            }
            requests.push_back(request);
        }
        SessionMeasurement measurement;
        measurement.session = session.session.name;
        measurement.resilienceClass = session.resilienceClass;
        measurement.warmUp = warmUp;
        measurement.end = results.simulated;
        measurement.deadline = session.deadline;
        measurement.toleration = session.toleration;
        results.sessions.push_back(
            ComputeSessionMetrics(measurement, requests, CauseFromFaults(FaultsOf(id), aftermath)));
        results.requests.insert(results.requests.end(), requests.begin(), requests.end());
    }
}

std::vector<FaultResult>
ResilienceMonitor::FaultsOf(SessionId session) const
{
    const auto concerns = [session](const auto& scopes, const std::string& fault) {
        const auto found = scopes.find(fault);
        return found != scopes.end() &&
               std::find(found->second.begin(), found->second.end(), session) !=
                   found->second.end();
    };
    std::vector<FaultResult> faults;
    for (const FaultResult& fault : m_faults)
    {
        if (concerns(m_scopes, fault.id) || concerns(m_possibleScopes, fault.id))
        {
            faults.push_back(fault);
        }
    }
    return faults;
}

void
ResilienceMonitor::CollectRecoveries(ExperimentResults& results) const
{
    results.recoveries = m_tracker.GetResults();
    for (std::size_t i = 0; i < results.recoveries.size(); ++i)
    {
        RecoveryResult& recovery = results.recoveries[i];
        for (const IncidentId& incident : m_tracker.GetIncidents(i))
        {
            const auto traffic = m_trafficByIncident.find(incident);
            if (traffic != m_trafficByIncident.end())
            {
                recovery.controlMessages += traffic->second.messages;
                recovery.controlBytes += traffic->second.bytes;
            }
            const auto wasted = m_wastedByIncident.find(incident);
            if (wasted != m_wastedByIncident.end())
            {
                recovery.wastedBits += wasted->second;
            }
        }
        const Time end = recovery.markers.firstKeyUsable.value_or(results.simulated);
        for (const SessionResult& session : results.sessions)
        {
            if (session.id != recovery.sessionOrGroup)
            {
                continue;
            }
            for (const Interruption& interruption : session.interruptions)
            {
                if (interruption.start <= end && interruption.end > recovery.markers.fault)
                {
                    recovery.outage += interruption.GetDuration();
                }
            }
        }
    }
}

void
ResilienceMonitor::CollectBooks(ExperimentResults& results) const
{
    for (const auto& [id, link] : m_links)
    {
        KmaLinkBooks books;
        books.link = link.name;
        books.common = KeyBook::FromLedger(m_kmaBook.GetLink(id));
        for (uint32_t end = 0; end < 2; ++end)
        {
            const KmId holder = link.kms[end];
            EndBook own;
            own.km = KmName(holder);
            own.book =
                KeyBook::FromLedger(m_kms.at(holder)->GetPool(link.kms[1 - end])->GetLedger(id));
            books.ends.push_back(own);
            const AuthenticationReserve& reserve =
                link.modules[end]->GetDistillation()->GetReserve();
            ReserveBook reserveBook;
            reserveBook.module = link.name + (end == 0 ? "/tx" : "/rx");
            reserveBook.initial = reserve.GetInitial();
            reserveBook.withheld = reserve.GetWithheld();
            reserveBook.spent = reserve.GetSpent();
            reserveBook.stored = reserve.GetStored();
            books.reserves.push_back(reserveBook);
        }
        results.conservation.kma.push_back(books);
    }
    for (const auto& [id, session] : m_sessions)
    {
        const KsaLedger ledger = m_ksaBook.GetSession(id);
        KsaFigures figures;
        figures.session = session.session.name;
        figures.created = ledger.createdBits;
        figures.supplied = ledger.bits[KSA_SUPPLIED];
        figures.stored = ledger.bits[KSA_STORED];
        figures.inFlight = ledger.bits[KSA_IN_FLIGHT];
        figures.voided = ledger.bits[KSA_VOIDED];
        figures.expired = ledger.bits[KSA_EXPIRED];
        figures.destroyed = ledger.bits[KSA_DESTROYED];
        results.conservation.ksa.push_back(figures);
    }
}

} // namespace qkdn
} // namespace ns3
