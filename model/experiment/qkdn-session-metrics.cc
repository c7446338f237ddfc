/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-session-metrics.h"

#include <algorithm>
#include <gsl/gsl_statistics_double.h>
#include <utility>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief All times without key supply, before clipping.
 * @param requests the requests of a session, outcome set
 * @param measurement its deadline and its end
 * @return disjoint, in order of time, without causes
 */
std::vector<Interruption>
FindInterruptions(const std::vector<RequestResult>& requests, const SessionMeasurement& measurement)
{
    std::vector<Time> handOvers;
    std::vector<Time> failedIssues;
    for (const auto& request : requests)
    {
        if (request.handedOver)
        {
            handOvers.push_back(*request.handedOver);
        }
        if (request.outcome == REQUEST_LATE || request.outcome == REQUEST_LOST)
        {
            failedIssues.push_back(request.issued);
        }
    }
    std::sort(handOvers.begin(), handOvers.end());
    std::sort(failedIssues.begin(), failedIssues.end());
    Time end = measurement.end;
    if (!failedIssues.empty() && measurement.stop < end &&
        end - failedIssues.back() > measurement.deadline)
    {
        // nobody waits any more
        end = std::max(measurement.stop, failedIssues.back() + measurement.deadline);
    }
    std::vector<Interruption> found;
    for (const Time& issued : failedIssues)
    {
        // Issue times ascend and so do the ends, hence an overlap has the same end.
        if (!found.empty() && issued < found.back().end)
        {
            continue;
        }
        const auto next = std::upper_bound(handOvers.begin(), handOvers.end(), issued);
        found.push_back({issued, next == handOvers.end() ? end : std::min(*next, end), ""});
    }
    return found;
}

/**
 * @brief Put the statistics of the response delay into a result.
 * @param delaysS delays in seconds, in any order
 * @param [in,out] result the result
 */
void
AddDelayStatistics(std::vector<double> delaysS, SessionResult& result)
{
    if (delaysS.empty())
    {
        return;
    }
    std::sort(delaysS.begin(), delaysS.end());
    const auto quantile = [&delaysS](double f) {
        return gsl_stats_quantile_from_sorted_data(delaysS.data(), 1, delaysS.size(), f);
    };
    DelayStatistics statistics;
    statistics.meanS = gsl_stats_mean(delaysS.data(), 1, delaysS.size());
    statistics.p50S = quantile(0.5);
    statistics.p99S = quantile(0.99);
    statistics.maxS = delaysS.back();
    result.kkrd = statistics;
    result.kkrdvS = quantile(0.999) - delaysS.front();
}

/**
 * @brief Count the requests of the measured time, and what follows from them.
 * @param measurement what it is measured against
 * @param requests the requests, outcome set
 * @param [in,out] result the result
 */
void
AddCounts(const SessionMeasurement& measurement,
          const std::vector<RequestResult>& requests,
          SessionResult& result)
{
    std::vector<double> delaysS;
    uint64_t erroneous = 0;
    uint64_t suppliedBits = 0;
    for (const auto& request : requests)
    {
        if (request.issued < measurement.warmUp || request.issued > measurement.end)
        {
            continue;
        }
        ++result.requested;
        result.late += request.outcome == REQUEST_LATE ? 1 : 0;
        result.lost += request.outcome == REQUEST_LOST ? 1 : 0;
        result.open += request.outcome == REQUEST_OPEN ? 1 : 0;
        if (request.outcome == REQUEST_ON_TIME || request.outcome == REQUEST_LATE)
        {
            ++result.supplied;
            erroneous += request.erroneous ? 1 : 0;
            suppliedBits += request.keyBits;
            delaysS.push_back(static_cast<double>(request.GetDelay()->GetNanoSeconds()) / 1e9);
        }
    }
    AddDelayStatistics(std::move(delaysS), result);
    if (result.supplied > 0)
    {
        result.kkder = static_cast<double>(erroneous) / static_cast<double>(result.supplied);
    }
    if (result.requested > 0)
    {
        result.kkdlr = static_cast<double>(result.lost) / static_cast<double>(result.requested);
    }
    const Time measured = measurement.end - measurement.warmUp;
    if (measured.IsStrictlyPositive())
    {
        result.throughputBps = static_cast<double>(suppliedBits) /
                               (static_cast<double>(measured.GetNanoSeconds()) / 1e9);
    }
}

} // namespace

void
AddInterruptions(const SessionMeasurement& measurement,
                 const std::vector<Interruption>& all,
                 const InterruptionCause& cause,
                 SessionResult& result)
{
    Time interrupted;
    for (const auto& whole : all)
    {
        const Time missed = whole.start + std::min(measurement.deadline, whole.GetDuration());
        const Interruption clipped{std::max(whole.start, measurement.warmUp),
                                   std::min(whole.end, measurement.end),
                                   cause(whole.start, missed)};
        const Time duration = clipped.GetDuration();
        if (!duration.IsStrictlyPositive())
        {
            continue;
        }
        interrupted += duration;
        result.longestOutage = std::max(result.longestOutage, duration);
        result.tolerationViolations += duration > measurement.toleration ? 1 : 0;
        result.interruptions.push_back(clipped);
    }
    const Time measured = measurement.end - measurement.warmUp;
    if (measured.IsStrictlyPositive())
    {
        result.availability = 1.0 - static_cast<double>(interrupted.GetTimeStep()) /
                                        static_cast<double>(measured.GetTimeStep());
    }
}

RequestOutcome
ClassifyRequest(const RequestResult& request, Time deadline, Time end)
{
    // written as differences: a deadline of Time::Max() must not overflow
    if (request.handedOver && *request.handedOver <= end)
    {
        return *request.handedOver - request.issued <= deadline ? REQUEST_ON_TIME : REQUEST_LATE;
    }
    return end - request.issued <= deadline ? REQUEST_OPEN : REQUEST_LOST;
}

SessionResult
ComputeSessionMetrics(const SessionMeasurement& measurement,
                      std::vector<RequestResult>& requests,
                      const InterruptionCause& cause)
{
    for (auto& request : requests)
    {
        request.outcome = ClassifyRequest(request, measurement.deadline, measurement.end);
    }
    SessionResult result;
    result.id = measurement.session;
    result.resilienceClass = measurement.resilienceClass;
    result.deadline = measurement.deadline;
    result.toleration = measurement.toleration;
    AddCounts(measurement, requests, result);
    AddInterruptions(measurement, FindInterruptions(requests, measurement), cause, result);
    return result;
}

InterruptionCause
CauseFromFaults(std::vector<FaultResult> faults, std::map<std::string, Time> aftermaths)
{
    std::stable_sort(faults.begin(), faults.end(), [](const auto& a, const auto& b) {
        return a.start < b.start;
    });
    const auto isFelt = [aftermaths = std::move(aftermaths)](const FaultResult& fault, Time at) {
        const auto aftermath = aftermaths.find(fault.id);
        return aftermath != aftermaths.end() && at - *fault.end <= aftermath->second;
    };
    return [faults = std::move(faults), isFelt](Time start, Time missed) {
        // ranks: 1 came before the deadline, 2 was repaired but can be felt, 3 lasted
        const FaultResult* found = nullptr;
        int best = 0;
        for (const auto& fault : faults)
        {
            int rank = 0;
            if (fault.start > start)
            {
                rank = fault.start <= missed && best == 0 ? 1 : 0;
            }
            else if (!fault.end || *fault.end > start)
            {
                rank = 3;
            }
            else if (isFelt(fault, start))
            {
                rank = 2;
            }
            if (rank > 0 && rank >= best)
            {
                found = &fault;
                best = rank;
            }
        }
        return found ? found->Describe() + " (" + found->id + ")"
                     : std::string("key supply below demand");
    };
}

void
JudgeRecovery(const SessionResult& session, Time end, RecoveryResult& recovery)
{
    const Time until = recovery.markers.firstKeyUsable.value_or(end);
    for (const Interruption& interruption : session.interruptions)
    {
        if (interruption.start > until || interruption.end <= recovery.markers.fault)
        {
            continue;
        }
        recovery.outage += interruption.GetDuration();
        // written as differences: a toleration of Time::Max() must not overflow
        const bool late = recovery.markers.operated &&
                          *recovery.markers.operated - interruption.start > session.toleration;
        if (recovery.outcome == RECOVERY_RECOVERED &&
            (late || interruption.GetDuration() > session.toleration))
        {
            recovery.outcome = RECOVERY_TOLERATION_EXCEEDED;
        }
    }
}

} // namespace qkdn
} // namespace ns3
