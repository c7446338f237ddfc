/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// What a page draws charts from.

#include "qkdn-page-data.h"
#include "qkdn-page-sections.h"
#include "qkdn-pool-curve.h"
#include "qkdn-rate-histogram.h"
#include "qkdn-recovery-bar.h"
#include "qkdn-report-format.h"

#include <map>
#include <utility>

namespace ns3
{
namespace qkdn
{

namespace
{

constexpr double SUPPLY_INTERVALS = 200.0; //!< intervals of a curve of supply, about
constexpr double LEAST_REQUESTS = 4.0;     //!< requests of a session in one of them, about
constexpr std::size_t LEAST_POINTS = 60;   //!< points of the curve of a pool, at least

/**
 * @brief The sessions to show: if they are too many, those with the longest outages.
 * @param results the results
 * @param [in,out] notes what is left out
 * @return in the order of the results
 */
std::vector<SessionResult>
ChooseSessions(const ExperimentResults& results, PageNotes& notes)
{
    std::vector<SessionResult> sessions = results.sessions;
    const std::size_t all = sessions.size();
    PageNotes ignored;
    KeepLongest(
        sessions,
        PageDataWriter::MAX_SESSIONS,
        "sessions",
        [](const SessionResult& session) { return session.longestOutage; },
        ignored);
    if (sessions.size() < all)
    {
        notes.push_back("Of " + std::to_string(all) +
                        " sessions key supply over time is shown of " +
                        std::to_string(sessions.size()) + ", those with the longest outages.");
    }
    return sessions;
}

/**
 * @brief Interruptions of a session.
 * @param session the session
 * @param [in,out] notes what is left out
 * @return from, to and cause of each
 */
PageJson
ListInterruptions(const SessionResult& session, PageNotes& notes)
{
    std::vector<Interruption> interruptions = session.interruptions;
    KeepLongest(
        interruptions,
        PageDataWriter::MAX_INTERVALS / PageDataWriter::MAX_SESSIONS * 10,
        "interruptions of session " + session.id,
        [](const Interruption& interruption) { return interruption.GetDuration(); },
        notes);
    PageJson list = PageJson::array();
    for (const Interruption& interruption : interruptions)
    {
        list.push_back({{"from", SecondsOf(interruption.start)},
                        {"to", SecondsOf(interruption.end)},
                        {"cause", interruption.cause}});
    }
    return list;
}

} // namespace

PageJson
MakeSupplySection(const ExperimentResults& results, PageNotes& notes)
{
    PageJson json;
    json["width_s"] = nullptr;
    json["sessions"] = PageJson::array();
    json["steady"] = results.supply == "flow";
    if (results.supply == "flow")
    {
        notes.push_back(
            "Flow mode has no single requests: a session gets all that it asks for, or it "
            "is interrupted.");
    }
    const std::vector<SessionResult> sessions = ChooseSessions(results, notes);
    const double endS = SecondsOf(results.simulated);
    const bool isCounted = !results.requests.empty() && !sessions.empty() && endS > 0.0;
    const double requests = static_cast<double>(results.requests.size()) /
                            static_cast<double>(std::max<std::size_t>(results.sessions.size(), 1));
    const double widthS =
        isCounted ? RateHistogram::ChooseWidth(endS, SUPPLY_INTERVALS, requests, LEAST_REQUESTS)
                  : std::max(endS, 1.0);
    std::map<std::string, std::pair<RateHistogram, RateHistogram>> counts;
    for (const SessionResult& session : sessions)
    {
        counts.emplace(session.id,
                       std::make_pair(RateHistogram(endS, widthS), RateHistogram(endS, widthS)));
    }
    for (const RequestResult& request : results.requests)
    {
        const auto found = counts.find(request.session);
        if (found == counts.end())
        {
            continue;
        }
        found->second.first.Add(request.issued);
        if (request.handedOver)
        {
            found->second.second.Add(*request.handedOver);
        }
    }
    for (const SessionResult& session : sessions)
    {
        PageJson one{{"id", session.id}, {"class", session.resilienceClass}};
        if (isCounted)
        {
            one["requested"] = counts.at(session.id).first.GetCounts();
            one["supplied"] = counts.at(session.id).second.GetCounts();
        }
        one["interruptions"] = ListInterruptions(session, notes);
        json["sessions"].push_back(one);
    }
    if (isCounted)
    {
        json["width_s"] = widthS;
    }
    return json;
}

PageJson
MakePoolSection(const ExperimentResults& results, PageNotes& notes)
{
    std::vector<PoolCurve> pools = FollowPools(results);
    const std::size_t all = pools.size();
    KeepLowest(pools, PageDataWriter::MAX_POOLS);
    if (pools.size() < all)
    {
        notes.push_back("Of " + std::to_string(all) + " key pools the " +
                        std::to_string(pools.size()) + " that fell lowest are shown.");
    }
    std::map<std::string, uint64_t> reserves;
    for (const PoolDescription& pool : results.pools)
    {
        reserves[pool.link] = pool.reserveBit;
    }
    const std::size_t most =
        std::max(LEAST_POINTS,
                 std::min(PageDataWriter::MAX_POOL_POINTS / std::max<std::size_t>(pools.size(), 1),
                          std::size_t{1500}));
    bool isThinned = false;
    PageJson json = PageJson::array();
    for (const PoolCurve& pool : pools)
    {
        const StepCurve curve = ThinSteps(pool.curve, most);
        isThinned = isThinned || pool.curve.size() > most;
        PageJson times = PageJson::array();
        PageJson levels = PageJson::array();
        for (const CurvePoint& point : curve)
        {
            times.push_back(point.x);
            levels.push_back(static_cast<uint64_t>(point.y));
        }
        json.push_back({{"link", pool.link},
                        {"reserve", reserves[pool.link]},
                        {"time", times},
                        {"bits", levels}});
    }
    if (isThinned)
    {
        notes.push_back(
            "Curves of key pools keep their extremes and leave out points between them; "
            "pools.csv has all.");
    }
    return json;
}

PageJson
MakeRecoverySection(const ExperimentResults& results, PageNotes& notes)
{
    const std::vector<RecoveryBar> bars =
        ChooseRecoveryBars(results, PageDataWriter::MAX_RECOVERIES);
    if (bars.size() < results.recoveries.size())
    {
        notes.push_back("Of " + std::to_string(results.recoveries.size()) + " recoveries the " +
                        std::to_string(bars.size()) +
                        " longest have a bar; recoveries.csv has all.");
    }
    PageJson json;
    json["stages"] = PageJson::array();
    for (std::size_t i = 0; i < RecoveryBar::PIECE_COUNT; ++i)
    {
        json["stages"].push_back(RecoveryBar::NameOf(i));
    }
    json["bars"] = PageJson::array();
    for (const RecoveryBar& bar : bars)
    {
        PageJson pieces = PageJson::array();
        for (const std::size_t piece : bar.order)
        {
            if (bar.pieces[piece].IsStrictlyPositive())
            {
                pieces.push_back({piece, SecondsOf(bar.pieces[piece])});
            }
        }
        const RecoveryResult& recovery = *bar.recovery;
        json["bars"].push_back(
            {{"name", recovery.sessionOrGroup},
             {"fault", bar.DescribeFault(results)},
             {"mechanism", recovery.mechanism},
             {"outcome", RecoveryOutcomeName(recovery.outcome)},
             {"detected", recovery.IsDetected()},
             {"at", SecondsOf(recovery.markers.fault)},
             {"total", bar.total ? PageJson(SecondsOf(*bar.total)) : PageJson(nullptr)},
             {"pieces", pieces}});
    }
    return json;
}

} // namespace qkdn
} // namespace ns3
