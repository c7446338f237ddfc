/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-results.h"

#include "ns3/abort.h"

#include <algorithm>
#include <numeric>

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
    if (m.holdOffOver && m.notified && *m.notified < *m.holdOffOver)
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

} // namespace

std::optional<Time>
RequestResult::GetDelay() const
{
    return handedOver ? std::optional<Time>(*handedOver - issued) : std::nullopt;
}

Time
Interruption::GetDuration() const
{
    return end - start;
}

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
    const Time last = Differences(CriticalPath(*this), fault, stages.stage);
    if (firstKeyUsable)
    {
        stages.total = last - fault;
        // Only then is there a stage that the parts can add up to.
        Differences(ResumptionPath(*this), ResumptionStart(*this), stages.part);
    }
    return stages;
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

KeyBook
KeyBook::FromLedger(const KeyLedger& ledger)
{
    KeyBook book;
    book.initial = ledger.GetInitial();
    book.generated = ledger.GetGenerated();
    for (std::size_t use = 0; use < book.bits.size(); ++use)
    {
        book.bits[use] = ledger.Get(static_cast<KeyUse>(use));
    }
    return book;
}

void
KeyBook::Add(const KeyBook& other)
{
    initial += other.initial;
    generated += other.generated;
    for (std::size_t use = 0; use < bits.size(); ++use)
    {
        bits[use] += other.bits[use];
    }
}

bool
KeyBook::Balances() const
{
    return initial + generated == std::accumulate(bits.begin(), bits.end(), uint64_t{0});
}

bool
ReserveBook::Balances() const
{
    return initial + withheld == spent + stored;
}

bool
KmaLinkBooks::Balances() const
{
    return common.Balances() &&
           std::all_of(ends.begin(),
                       ends.end(),
                       [](const EndBook& end) { return end.book.Balances(); }) &&
           std::all_of(reserves.begin(), reserves.end(), [](const ReserveBook& reserve) {
               return reserve.Balances();
           });
}

void
KsaFigures::Add(const KsaFigures& other)
{
    created += other.created;
    supplied += other.supplied;
    stored += other.stored;
    inFlight += other.inFlight;
    voided += other.voided;
    expired += other.expired;
    destroyed += other.destroyed;
}

bool
KsaFigures::Balances() const
{
    return created == supplied + stored + inFlight + voided + expired + destroyed;
}

KeyBook
ConservationResult::GetKmaTotal() const
{
    KeyBook total;
    for (const auto& link : kma)
    {
        total.Add(link.common);
    }
    return total;
}

KsaFigures
ConservationResult::GetKsaTotal() const
{
    KsaFigures total;
    for (const auto& session : ksa)
    {
        total.Add(session);
    }
    return total;
}

bool
ConservationResult::IsSound() const
{
    return Balances() && violations.empty();
}

bool
ConservationResult::Balances() const
{
    return std::all_of(kma.begin(),
                       kma.end(),
                       [](const KmaLinkBooks& link) { return link.Balances(); }) &&
           std::all_of(ksa.begin(), ksa.end(), [](const KsaFigures& book) {
               return book.Balances();
           });
}

std::string
FaultResult::Describe() const
{
    return target.empty() ? type : type + " " + target;
}

} // namespace qkdn
} // namespace ns3
