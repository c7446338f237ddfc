/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-recovery-result.h"

#include "ns3/abort.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

namespace
{

/// A marker with the name of what ends at it.
struct NamedMarker
{
    const char* name;         //!< stage or part that ends here
    std::size_t index;        //!< number of the stage or part
    std::optional<Time> time; //!< the instant
};

/**
 * @brief The markers t1 to t7 along the critical path.
 * @param m the markers
 * @return in order; notification comes before hold-off if it was so
 */
std::vector<NamedMarker>
CriticalPath(const RecoveryMarkers& m)
{
    const std::array<std::optional<Time>, STAGE_COUNT> times = {m.detected,
                                                                m.holdOffOver,
                                                                m.notified,
                                                                m.decided,
                                                                m.repaired,
                                                                m.operated,
                                                                m.running,
                                                                m.firstKeyUsable};
    std::vector<NamedMarker> path;
    for (std::size_t i = 0; i < times.size(); ++i)
    {
        path.push_back({RecoveryStageName(static_cast<RecoveryStage>(i)), i, times[i]});
    }
    if (m.holdOffOver && m.notified && *m.notified <= *m.holdOffOver)
    {
        std::swap(path[STAGE_HOLD_OFF], path[STAGE_NOTIFICATION]);
    }
    return path;
}

/**
 * @brief The markers within the stage "key resumption".
 * @param m the markers
 * @return in order
 */
std::vector<NamedMarker>
ResumptionPath(const RecoveryMarkers& m)
{
    const std::array<std::optional<Time>, RESUMPTION_COUNT> times = {m.blockFilled,
                                                                     m.distilled,
                                                                     m.confirmed,
                                                                     m.firstKeyUsable};
    std::vector<NamedMarker> path;
    for (std::size_t i = 0; i < times.size(); ++i)
    {
        path.push_back({ResumptionPartName(static_cast<ResumptionPart>(i)), i, times[i]});
    }
    return path;
}

/**
 * @brief Look for a marker before its predecessor.
 * @param path the markers
 * @param previousName name of the marker before them
 * @param previous that marker
 * @return empty, or which two are not in order
 */
std::string
FindDisorderIn(const std::vector<NamedMarker>& path, std::string previousName, Time previous)
{
    for (const auto& marker : path)
    {
        if (!marker.time)
        {
            continue;
        }
        if (*marker.time < previous)
        {
            return std::string("the end of ") + marker.name + " is before " + previousName;
        }
        previous = *marker.time;
        previousName = std::string("the end of ") + marker.name;
    }
    return {};
}

/**
 * @brief Differences of consecutive markers.
 * @param path the markers
 * @param previous the instant before them
 * @param [out] lengths by index; 0 where the marker is not set
 * @return the last marker that is set, or the instant before them
 */
template <std::size_t N>
Time
Differences(const std::vector<NamedMarker>& path, Time previous, std::array<Time, N>& lengths)
{
    for (const auto& marker : path)
    {
        if (marker.time)
        {
            lengths.at(marker.index) = *marker.time - previous;
            previous = *marker.time;
        }
    }
    return previous;
}

/**
 * @brief Where the stage "key resumption" begins.
 * @param m the markers
 * @return the last marker before it that is set
 */
Time
ResumptionStart(const RecoveryMarkers& m)
{
    auto path = CriticalPath(m);
    path.pop_back();
    std::array<Time, STAGE_COUNT> unused;
    return Differences(path, m.fault, unused);
}

/**
 * @brief Number of hops.
 * @param route KMs
 * @return one less than KMs, none without a route
 */
std::optional<uint64_t>
HopsOf(const std::vector<std::string>& route)
{
    return route.empty() ? std::nullopt : std::optional<uint64_t>(route.size() - 1);
}

} // namespace

const char*
RecoveryStageName(RecoveryStage stage)
{
    static const std::array<const char*, STAGE_COUNT> names = {"detection",
                                                               "hold_off",
                                                               "notification",
                                                               "decision",
                                                               "repair_wait",
                                                               "operation",
                                                               "resync",
                                                               "key_resumption"};
    return names.at(stage);
}

const char*
ResumptionPartName(ResumptionPart part)
{
    static const std::array<const char*, RESUMPTION_COUNT> names = {"block_fill",
                                                                    "distillation",
                                                                    "confirmation",
                                                                    "delivery"};
    return names.at(part);
}

std::string
RecoveryMarkers::FindDisorder() const
{
    const std::string disorder = FindDisorderIn(CriticalPath(*this), "the fault", fault);
    return disorder.empty() ? FindDisorderIn(ResumptionPath(*this),
                                             "the start of key_resumption",
                                             ResumptionStart(*this))
                            : disorder;
}

RecoveryStages
RecoveryMarkers::ComputeStages() const
{
    const std::string disorder = FindDisorder();
    NS_ABORT_MSG_UNLESS(disorder.empty(), "recovery markers out of order: " << disorder);
    RecoveryStages stages;
    const std::vector<NamedMarker> path = CriticalPath(*this);
    std::transform(path.begin(), path.end(), stages.order.begin(), [](const auto& marker) {
        return static_cast<RecoveryStage>(marker.index);
    });
    const Time last = Differences(path, fault, stages.stage);
    if (firstKeyUsable)
    {
        stages.total = last - fault;
        // Only then is there a stage that the parts can add up to.
        Differences(ResumptionPath(*this), ResumptionStart(*this), stages.part);
    }
    return stages;
}

void
RecoveryMarkers::PutInOrder()
{
    const auto delay = [](std::optional<Time>& marker, Time previous) {
        marker = marker ? std::max(*marker, previous) : marker;
        return marker.value_or(previous);
    };
    Time previous = delay(detected, fault);
    // these two in the order in which they came
    previous = std::max(delay(holdOffOver, previous), delay(notified, previous));
    for (std::optional<Time>* marker : {&decided,
                                        &repaired,
                                        &operated,
                                        &running,
                                        &blockFilled,
                                        &distilled,
                                        &confirmed,
                                        &firstKeyUsable})
    {
        previous = delay(*marker, previous);
    }
}

const char*
RecoveryOutcomeName(RecoveryOutcome outcome)
{
    static const std::array<const char*, 4> names = {"recovered",
                                                     "toleration-exceeded",
                                                     "not-recovered",
                                                     "repaired"};
    return names.at(outcome);
}

bool
RecoveryResult::IsDetected() const
{
    return markers.detected.has_value();
}

std::optional<uint64_t>
RecoveryResult::GetHopsBefore() const
{
    return HopsOf(routeBefore);
}

std::optional<uint64_t>
RecoveryResult::GetHopsAfter() const
{
    return HopsOf(routeAfter);
}

RecoveryRatios
ComputeRecoveryRatios(const std::vector<RecoveryResult>& recoveries, uint64_t generatedBits)
{
    const auto ratio = [](uint64_t part, uint64_t whole) {
        return whole == 0
                   ? std::nullopt
                   : std::optional<double>(static_cast<double>(part) / static_cast<double>(whole));
    };
    uint64_t recovered = 0;
    uint64_t demandBps = 0;
    uint64_t recoveredBps = 0;
    uint64_t extraBits = 0;
    for (const RecoveryResult& one : recoveries)
    {
        recovered +=
            one.outcome == RECOVERY_RECOVERED || one.outcome == RECOVERY_TOLERATION_EXCEEDED ? 1
                                                                                             : 0;
        demandBps += one.demandBps.value_or(0);
        recoveredBps += one.recoveredBps.value_or(0);
        extraBits += one.extraKeyBits;
    }
    RecoveryRatios ratios;
    ratios.services = ratio(recovered, recoveries.size());
    ratios.keyRate = ratio(recoveredBps, demandBps);
    ratios.keyConsumption = ratio(extraBits, generatedBits);
    return ratios;
}

} // namespace qkdn
} // namespace ns3
