/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// What a page shows of the state of the network over time.

#include "qkdn-page-data.h"
#include "qkdn-page-sections.h"
#include "qkdn-report-format.h"

#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

namespace ns3
{
namespace qkdn
{

namespace
{

/// A time in which something was in one state.
struct StateInterval
{
    std::string subject; //!< what
    std::string member;  //!< part of it, may be empty
    std::string state;   //!< its state
    Time from;           //!< when it began
    Time to;             //!< when it ended, or the end of the run
};

/**
 * @brief How long an interval is.
 * @param interval the interval
 * @return its length
 */
Time
LengthOf(const StateInterval& interval)
{
    return interval.to - interval.from;
}

/// Makes intervals of a state out of its changes, without those of one ordinary state.
class StateFollower
{
  public:
    /**
     * @brief Constructor
     * @param ordinary the state that is not listed
     */
    explicit StateFollower(std::string ordinary)
        : m_ordinary(std::move(ordinary))
    {
    }

    /**
     * @brief A subject is in a state from now on.
     * @param now the time
     * @param subject what, and which part of it
     * @param state the state
     */
    void Change(Time now,
                const std::pair<std::string, std::string>& subject,
                const std::string& state)
    {
        auto& [known, since] = m_now[subject];
        if (known == state)
        {
            return;
        }
        Close(now, subject, known, since);
        known = state;
        since = now;
    }

    /**
     * @brief End all states.
     * @param end end of the run
     * @return all intervals in order of their beginning
     */
    std::vector<StateInterval> Finish(Time end)
    {
        for (const auto& [subject, state] : m_now)
        {
            Close(end, subject, state.first, state.second);
        }
        std::stable_sort(m_done.begin(), m_done.end(), [](const auto& a, const auto& b) {
            return a.from < b.from;
        });
        return m_done;
    }

  private:
    /// Note an interval that is over, unless it is of no interest.
    void Close(Time now,
               const std::pair<std::string, std::string>& subject,
               const std::string& state,
               Time since)
    {
        if (!state.empty() && state != m_ordinary && now > since)
        {
            m_done.push_back(StateInterval{subject.first, subject.second, state, since, now});
        }
    }

    std::string m_ordinary; //!< the state that is not listed
    /// state and when it began, by subject
    std::map<std::pair<std::string, std::string>, std::pair<std::string, Time>> m_now;
    std::vector<StateInterval> m_done; //!< intervals that are over
};

/**
 * @brief A fact of a log entry.
 * @param event the entry
 * @param name name of the fact
 * @return its value, empty if it has none
 */
std::string
FactOf(const EventResult& event, const std::string& name)
{
    for (const auto& [key, value] : event.detail)
    {
        if (key == name)
        {
            return value;
        }
    }
    return {};
}

/**
 * @brief Take an entity of the event log apart.
 * @param entity for example "module/12/tx"
 * @return what is between the first and the last slash, and what is behind it
 */
std::pair<std::string, std::string>
SplitEntity(const std::string& entity)
{
    const std::size_t first = entity.find('/');
    const std::size_t last = entity.rfind('/');
    if (first == std::string::npos || last == first)
    {
        return {};
    }
    return {entity.substr(first + 1, last - first - 1), entity.substr(last + 1)};
}

/**
 * @brief The state of a QKD link as those of its modules make it.
 * @param ends states by end
 * @return the one that keeps it most from generating
 */
std::string
WorstState(const std::map<std::string, std::string>& ends)
{
    for (const char* state : {"Failed", "Aborted", "Off", "Initialising", "Standby", "Degraded"})
    {
        for (const auto& entry : ends)
        {
            if (entry.second == state)
            {
                return state;
            }
        }
    }
    return "Running";
}

/**
 * @brief When QKD links did not run.
 * @param results the results
 * @return the intervals
 */
std::vector<StateInterval>
FollowLinks(const ExperimentResults& results)
{
    StateFollower follower("Running");
    std::map<std::string, std::map<std::string, std::string>> modules;
    for (const EventResult& event : results.eventLog)
    {
        if (event.kind == "module-state")
        {
            const auto [link, end] = SplitEntity(event.entity);
            modules[link][end] = FactOf(event, "to");
            follower.Change(event.time, {link, ""}, WorstState(modules[link]));
        }
    }
    return follower.Finish(results.simulated);
}

/**
 * @brief When protection entities of groups were selected.
 * @param results the results
 * @return the intervals; the subject is the group, the member the working entity
 */
std::vector<StateInterval>
FollowGroups(const ExperimentResults& results)
{
    StateFollower follower("");
    std::map<std::pair<std::string, std::string>, std::map<std::string, std::string>> selected;
    for (const EventResult& event : results.eventLog)
    {
        if (event.kind != "group-status")
        {
            continue;
        }
        const auto [group, end] = SplitEntity(event.entity);
        std::istringstream members(FactOf(event, "selected"));
        std::string member;
        for (std::size_t working = 0; members >> member; ++working)
        {
            const std::pair<std::string, std::string> subject{group, std::to_string(working)};
            auto& ends = selected[subject];
            ends[end] = member;
            std::string protection;
            for (const auto& entry : ends)
            {
                protection = entry.second.front() == 'P' ? entry.second : protection;
            }
            follower.Change(event.time, subject, protection);
        }
    }
    return follower.Finish(results.simulated);
}

/**
 * @brief A time that may be missing.
 * @param time the time
 * @return seconds, null if there is none
 */
PageJson
SecondsOrNull(const std::optional<Time>& time)
{
    return time ? PageJson(SecondsOf(*time)) : PageJson(nullptr);
}

/**
 * @brief The faults.
 * @param results the results
 * @param [in,out] notes what is left out
 * @return id, type, target, from, to (or null) and place along the fibre (or null) of each
 */
PageJson
ListFaults(const ExperimentResults& results, PageNotes& notes)
{
    std::vector<FaultResult> faults = results.faults;
    KeepLongest(
        faults,
        PageDataWriter::MAX_INTERVALS,
        "faults",
        [&results](const FaultResult& f) { return f.end.value_or(results.simulated) - f.start; },
        notes);
    PageJson list = PageJson::array();
    for (const FaultResult& fault : faults)
    {
        const auto& position = fault.parameters.position;
        list.push_back({{"id", fault.id},
                        {"type", fault.type},
                        {"target", fault.target},
                        {"from", SecondsOf(fault.start)},
                        {"to", SecondsOrNull(fault.end)},
                        {"position", position ? PageJson(*position) : PageJson(nullptr)}});
    }
    return list;
}

/**
 * @brief The routes in use.
 * @param results the results
 * @param [in,out] notes what is left out
 * @return session, role, KMs, from, to and number of keys of each
 */
PageJson
ListUses(const ExperimentResults& results, PageNotes& notes)
{
    std::vector<RouteUseResult> uses = results.routeUses;
    KeepLongest(
        uses,
        PageDataWriter::MAX_INTERVALS,
        "uses of routes",
        [](const RouteUseResult& use) { return use.to - use.from; },
        notes);
    PageJson list = PageJson::array();
    for (const RouteUseResult& use : uses)
    {
        list.push_back({{"session", use.session},
                        {"role", use.role},
                        {"kms", use.kms},
                        {"from", SecondsOf(use.from)},
                        {"to", SecondsOf(use.to)},
                        {"keys", use.keys}});
    }
    return list;
}

/**
 * @brief What repair crews did.
 * @param results the results
 * @param [in,out] notes what is left out
 * @return order, component, crew and instants of each
 */
PageJson
ListRepairs(const ExperimentResults& results, PageNotes& notes)
{
    std::vector<RepairRecord> repairs = results.repairs;
    KeepLongest(
        repairs,
        PageDataWriter::MAX_INTERVALS,
        "repair orders",
        [&results](const RepairRecord& repair) {
            return repair.done.value_or(results.simulated) - repair.order.ordered;
        },
        notes);
    PageJson list = PageJson::array();
    for (const RepairRecord& repair : repairs)
    {
        list.push_back({{"component", repair.order.component},
                        {"crew", repair.crew},
                        {"ordered", SecondsOf(repair.order.ordered)},
                        {"dispatched", SecondsOrNull(repair.dispatched)},
                        {"arrived", SecondsOrNull(repair.arrived)},
                        {"done", SecondsOrNull(repair.done)}});
    }
    return list;
}

} // namespace

PageJson
MakeStatusSection(const ExperimentResults& results, PageNotes& notes)
{
    PageJson json;
    json["faults"] = ListFaults(results, notes);
    std::vector<StateInterval> links = FollowLinks(results);
    KeepLongest(links,
                PageDataWriter::MAX_INTERVALS,
                "times in which a QKD link did not run",
                LengthOf,
                notes);
    json["links"] = PageJson::array();
    for (const StateInterval& interval : links)
    {
        json["links"].push_back({{"link", interval.subject},
                                 {"state", interval.state},
                                 {"from", SecondsOf(interval.from)},
                                 {"to", SecondsOf(interval.to)}});
    }
    std::vector<StateInterval> switched = FollowGroups(results);
    KeepLongest(switched,
                PageDataWriter::MAX_INTERVALS,
                "times in which a group used its protection",
                LengthOf,
                notes);
    json["switched"] = PageJson::array();
    for (const StateInterval& interval : switched)
    {
        json["switched"].push_back({{"group", interval.subject},
                                    {"working", std::stoul(interval.member)},
                                    {"member", interval.state},
                                    {"from", SecondsOf(interval.from)},
                                    {"to", SecondsOf(interval.to)}});
    }
    json["uses"] = ListUses(results, notes);
    json["repairs"] = ListRepairs(results, notes);
    return json;
}

} // namespace qkdn
} // namespace ns3
