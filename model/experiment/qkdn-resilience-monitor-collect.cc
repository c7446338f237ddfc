/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// What ResilienceMonitor makes of its records at the end of a run.

#include "qkdn-disturbance-fault.h"
#include "qkdn-flow-supply.h"
#include "qkdn-resilience-monitor.h"
#include "qkdn-session-metrics.h"

#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <set>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief What a session is measured against.
 * @param session the session
 * @param warmUp start of the measured time
 * @param end end of the run
 * @return the same for the measurement
 */
SessionMeasurement
MakeMeasurement(const MonitoredSession& session, Time warmUp, Time end)
{
    SessionMeasurement measurement;
    measurement.session = session.session.name;
    measurement.resilienceClass = session.session.policy.GetName();
    measurement.warmUp = warmUp;
    measurement.end = end;
    measurement.deadline = session.deadline;
    measurement.toleration = session.toleration;
    measurement.stop = session.stop;
    return measurement;
}

} // namespace

ExperimentResults
ResilienceMonitor::Collect(Time warmUp) const
{
    ExperimentResults results;
    if (m_flow)
    {
        m_flow->Finish();
        results.supply = "flow";
    }
    results.ns3Version = QKDN_NS3_VERSION;
    results.seed = RngSeedManager::GetSeed();
    results.run = RngSeedManager::GetRun();
    results.simulated = Simulator::Now();
    results.warmUp = warmUp;
    results.events = Simulator::GetEventCount();
    results.packets = m_packets;
    results.faults = m_faults;
    results.eventLog = m_log.GetEntries();
    results.poolSamples = GetSamples(results.simulated);
    results.network.controlMessages = m_traffic.GetTotal().messages;
    results.network.controlBytes = m_traffic.GetTotal().bytes;
    results.conservation.violations = GetViolations();
    for (const auto& [id, link] : m_links)
    {
        PoolDescription description;
        description.link = link.name;
        description.reserveBit = link.reserveBits;
        results.pools.push_back(description);
    }
    CollectSessions(results, warmUp);
    results.network.spareKeyRateBps = GetSpareKeyRate(results.sessions);
    results.network.spareLinks = m_groups.GetSpareLinkCount();
    results.network.spareModules = m_groups.GetSpareModuleCount();
    m_charging.Collect(results);
    m_repairs.Collect(results);
    m_management.Collect(results);
    CollectBooks(results);
    // failures of the warm-up are judged, too, and requirements hold there
    const std::map<SessionId, SessionResult> whole = MeasureWholeRun(results.simulated);
    CollectRecoveries(whole, results);
    CollectRequirements(whole, results);
    CollectRouteUses(results);
    return results;
}

std::vector<RequestResult>
ResilienceMonitor::GetRequests(const MonitoredSession& session) const
{
    std::vector<RequestResult> requests;
    if (m_flow)
    {
        return requests;
    }
    for (const RequestRecord& record : m_requests.at(session.session.id)->GetRecords())
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
    return requests;
}

void
ResilienceMonitor::CollectSessions(ExperimentResults& results, Time warmUp) const
{
    const std::vector<TrackedRecovery> recoveries = GetTrackedRecoveries();
    for (const auto& [id, session] : m_sessions)
    {
        std::vector<RequestResult> requests = GetRequests(session);
        const SessionMeasurement measurement = MakeMeasurement(session, warmUp, results.simulated);
        const InterruptionCause cause =
            CauseFromPreemptions(m_routeTracker.GetPreemptions(id),
                                 CauseFromFaults(FaultsOf(id), AftermathsOf(id, recoveries)));
        if (m_flow)
        {
            results.sessions.push_back(GetFlowResult(session, measurement, cause));
            continue;
        }
        results.sessions.push_back(ComputeSessionMetrics(measurement, requests, cause));
        if (results.sessions.back().supplied > 0)
        {
            results.sessions.back().keyOverhead = GetKeyOverhead(id, warmUp);
        }
        CollectExposure(id, results.sessions.back());
        results.network.exposedBits += results.sessions.back().exposure.exposedBits;
        results.requests.insert(results.requests.end(), requests.begin(), requests.end());
    }
}

double
ResilienceMonitor::GetSpareKeyRate(const std::vector<SessionResult>& sessions) const
{
    std::vector<RouteDemand> demands;
    auto result = sessions.begin();
    for (const auto& [id, session] : m_sessions) // the order of the results
    {
        RouteDemand demand;
        demand.session = id;
        demand.rateBps = (result++)->throughputBps.value_or(0.0);
        demand.needed = session.session.policy.shareThreshold;
        demand.isShared = session.session.policy.resilienceClass == CLASS_ROUTE_SHARED;
        demands.push_back(demand);
    }
    return m_spare.Compute(demands);
}

void
ResilienceMonitor::CollectExposure(SessionId id, SessionResult& result) const
{
    const ExposureFigures figures = m_exposure.GetSession(id);
    ExposureResult& exposure = result.exposure;
    exposure.exposedKeys = figures.exposedKeys;
    exposure.exposedBits = figures.exposedBits;
    exposure.exposedStoredKeys = figures.exposedStoredKeys;
    std::set<KmId> relays;
    uint64_t sightings = 0;
    for (const auto& [kms, keys] : figures.byRelays)
    {
        relays.insert(kms.begin(), kms.end());
        sightings += keys * kms.size();
    }
    exposure.trustedRelays = KmNames({relays.begin(), relays.end()});
    if (figures.suppliedKeys > 0 && result.supplied > 0)
    {
        exposure.relaysPerKey =
            static_cast<double>(sightings) / static_cast<double>(figures.suppliedKeys);
    }
}

std::optional<double>
ResilienceMonitor::GetKeyOverhead(SessionId session, Time warmUp) const
{
    const auto costs = m_keyCosts.find(session);
    if (costs == m_keyCosts.end())
    {
        return std::nullopt;
    }
    uint64_t supplied = 0;
    uint64_t spent = 0;
    for (const KeyCost& cost : costs->second)
    {
        if (cost.at >= warmUp)
        {
            supplied += cost.bits;
            spent += uint64_t{cost.bits} * cost.hops;
        }
    }
    return supplied > 0
               ? std::optional<double>(static_cast<double>(spent) / static_cast<double>(supplied))
               : std::nullopt;
}

std::vector<FaultResult>
ResilienceMonitor::FaultsOf(SessionId session) const
{
    const std::set<std::string> ofRoutes = m_routeTracker.GetFaults(session);
    std::vector<FaultResult> faults;
    for (const FaultResult& fault : m_faults)
    {
        const std::vector<SessionId>& concerned = m_concerned.at(fault.id);
        const auto possible = m_possible.find(fault.id);
        if (ofRoutes.count(fault.id) > 0 ||
            (possible != m_possible.end() && possible->second.count(session) > 0) ||
            std::find(concerned.begin(), concerned.end(), session) != concerned.end())
        {
            faults.push_back(fault);
        }
    }
    return faults;
}

std::map<std::string, Time>
ResilienceMonitor::AftermathsOf(SessionId session, const std::vector<TrackedRecovery>& recoveries)
{
    std::map<std::string, Time> own;
    std::map<std::string, Time> others;
    for (const TrackedRecovery& tracked : recoveries)
    {
        const RecoveryMarkers& markers = tracked.result.markers;
        if (markers.firstKeyUsable && markers.repaired)
        {
            std::map<std::string, Time>& all = tracked.session == session ? own : others;
            const Time felt = *markers.firstKeyUsable - *markers.repaired;
            std::vector<std::string> faults = tracked.result.alsoFaults;
            faults.push_back(tracked.result.fault);
            for (const std::string& fault : faults)
            {
                all[fault] = std::max(all[fault], felt);
            }
        }
    }
    // those that the session has no episode of are felt like others feel them
    own.insert(others.begin(), others.end());
    return own;
}

std::vector<TrackedRecovery>
ResilienceMonitor::GetTrackedRecoveries() const
{
    std::vector<TrackedRecovery> all = m_tracker.GetResults();
    const std::vector<TrackedRecovery> ofRoutes = m_routeTracker.GetResults();
    all.insert(all.end(), ofRoutes.begin(), ofRoutes.end());
    const auto broke = [this](const std::string& fault) {
        return !DynamicCast<const DisturbanceFault>(m_struck.at(fault));
    };
    all.erase(std::remove_if(all.begin(),
                             all.end(),
                             [&broke](const TrackedRecovery& tracked) {
                                 const RecoveryResult& result = tracked.result;
                                 return !result.markers.detected && !broke(result.fault) &&
                                        std::none_of(result.alsoFaults.begin(),
                                                     result.alsoFaults.end(),
                                                     broke);
                             }),
              all.end());
    std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
        return a.session != b.session ? a.session < b.session
                                      : a.result.markers.fault < b.result.markers.fault;
    });
    return all;
}

std::map<SessionId, SessionResult>
ResilienceMonitor::MeasureWholeRun(Time end) const
{
    std::map<SessionId, SessionResult> sessions;
    for (const auto& [id, session] : m_sessions)
    {
        const SessionMeasurement measurement = MakeMeasurement(session, Time(0), end);
        std::vector<RequestResult> requests = GetRequests(session);
        const InterruptionCause none = CauseFromFaults({}, {});
        sessions[id] = m_flow ? GetFlowResult(session, measurement, none)
                              : ComputeSessionMetrics(measurement, requests, none);
    }
    return sessions;
}

void
ResilienceMonitor::CollectRecoveries(const std::map<SessionId, SessionResult>& sessions,
                                     ExperimentResults& results) const
{
    for (const TrackedRecovery& tracked : GetTrackedRecoveries())
    {
        RecoveryResult recovery = tracked.result;
        recovery.routeBefore = KmNames(tracked.before);
        recovery.routeAfter = KmNames(tracked.after);
        AddCosts(tracked.incidents, recovery);
        JudgeRecovery(sessions.at(tracked.session), results.simulated, recovery);
        results.recoveries.push_back(recovery);
    }
    results.network.recovery =
        ComputeRecoveryRatios(results.recoveries, results.conservation.GetKmaTotal().generated);
    for (const TrackedGroupRecovery& tracked : m_groups.GetTracker().GetResults())
    {
        RecoveryResult recovery = tracked.result;
        AddCosts(tracked.incidents, recovery);
        results.recoveries.push_back(recovery);
    }
}

void
ResilienceMonitor::AddCosts(const std::set<IncidentId>& incidents, RecoveryResult& recovery) const
{
    for (const IncidentId& incident : incidents)
    {
        recovery.incidents.push_back(incident.ToString());
        const ControlTraffic::Figures traffic = m_traffic.GetOf(incident);
        recovery.controlMessages += traffic.messages;
        recovery.controlBytes += traffic.bytes;
        const auto wasted = m_wastedByIncident.find(incident);
        if (wasted != m_wastedByIncident.end())
        {
            recovery.wastedBits += wasted->second;
        }
    }
}

void
ResilienceMonitor::CollectRequirements(const std::map<SessionId, SessionResult>& sessions,
                                       ExperimentResults& results) const
{
    RequirementChecker checker = m_checker;
    std::map<std::string, std::set<SessionId>> concerned;
    for (const TrackedRecovery& tracked : GetTrackedRecoveries())
    {
        concerned[tracked.result.fault].insert(tracked.session);
        for (const std::string& fault : tracked.result.alsoFaults)
        {
            concerned[fault].insert(tracked.session);
        }
    }
    checker.SetConcerned(concerned);
    for (const auto& [id, supply] : sessions)
    {
        for (const Interruption& interruption : supply.interruptions)
        {
            checker.SupplyInterrupted(id, interruption.start, interruption.end);
        }
    }
    results.requirements = checker.Check(results.simulated);
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
        if (m_flow)
        {
            CollectFlowBooks(id, books);
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
        if (m_flow)
        {
            figures.created = figures.supplied = m_flow->GetFigures(id).allBits;
        }
        results.conservation.ksa.push_back(figures);
    }
}

} // namespace qkdn
} // namespace ns3
