/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// What a page shows of the event log.

#include "qkdn-page-data.h"
#include "qkdn-page-sections.h"
#include "qkdn-report-format.h"

#include <array>
#include <map>
#include <set>

namespace ns3
{
namespace qkdn
{

namespace
{

/// How much an entry of the event log matters to a reader: 0 most.
constexpr std::size_t WEIGHTS = 3;

/**
 * @brief How much entries of a kind matter.
 * @param event an entry
 * @return 0: what failed, switched and came back; 1: how it came to that; 2: the rest
 */
std::size_t
WeightOf(const EventResult& event)
{
    static const std::set<std::string> first = {"fault",
                                                "repair",
                                                "group-operation",
                                                "restoration-decision",
                                                "controller-completed",
                                                "routing-completed",
                                                "recovery-chosen",
                                                "controller-process",
                                                "manager-process",
                                                "km-process",
                                                "group-process",
                                                "cause",
                                                "crew-dispatched",
                                                "crew-arrived",
                                                "crew-repaired",
                                                "crew-found-nothing",
                                                "route-command",
                                                "group-command"};
    static const std::set<std::string> second = {"module-state",
                                                 "incident",
                                                 "link-status",
                                                 "km-neighbour",
                                                 "group-signal",
                                                 "group-hold-off-over",
                                                 "group-decision",
                                                 "group-status",
                                                 "group-protocol",
                                                 "restoration-step",
                                                 "controller-decision",
                                                 "controller-role",
                                                 "routing-decision",
                                                 "operation",
                                                 "alarm",
                                                 "repair-order",
                                                 "repair-withdrawal",
                                                 "repair-queued",
                                                 "session-rate",
                                                 "supply-warning",
                                                 "km-policy",
                                                 "policy"};
    if (event.kind == "route-event")
    {
        for (const auto& [key, value] : event.detail)
        {
            if (key == "event")
            {
                const bool isSwitch = value == "switched" || value == "preempted" ||
                                      value == "resumed" || value == "supply-interrupted" ||
                                      value == "supply-resumed";
                return isSwitch ? 0 : 1;
            }
        }
    }
    return first.count(event.kind) > 0 ? 0 : second.count(event.kind) > 0 ? 1 : 2;
}

/// KMs of routes, by the number that the event log has.
using RouteNames = std::map<std::string, std::string>;

/**
 * @brief The routes of a run.
 * @param results the results
 * @return their KMs
 */
RouteNames
NameRoutes(const ExperimentResults& results)
{
    const std::string prefix = "route/";
    RouteNames names;
    for (const EventResult& event : results.eventLog)
    {
        if (event.kind == "route" && event.entity.compare(0, prefix.size(), prefix) == 0)
        {
            for (const auto& [key, value] : event.detail)
            {
                if (key == "kms")
                {
                    names[event.entity.substr(prefix.size())] = value;
                }
            }
        }
    }
    return names;
}

/**
 * @brief Further facts of an entry.
 * @param event the entry
 * @param routes names of routes, which say more than their numbers
 * @return in words
 */
std::string
DetailOf(const EventResult& event, const RouteNames& routes)
{
    static const std::set<std::string> ofRoutes = {"route", "routes", "from", "to"};
    std::string text;
    for (const auto& [key, value] : event.detail)
    {
        if (!value.empty())
        {
            std::string name = key;
            std::replace(name.begin(), name.end(), '_', ' ');
            const auto route = routes.find(value);
            const bool isRoute = ofRoutes.count(key) > 0 && route != routes.end();
            text += (text.empty() ? "" : ", ") + name + " " + (isRoute ? route->second : value);
        }
    }
    return text;
}

/// Which entries stay.
struct ChosenEvents
{
    /// Of each weight, one entry of so many stays; 0: none.
    std::array<std::size_t, WEIGHTS> oneOf{};
};

/**
 * @brief Choose entries: those that matter more first, evenly among those that matter alike.
 * @param weights entries by weight
 * @return which stay
 */
ChosenEvents
ChooseEvents(const std::array<std::size_t, WEIGHTS>& weights)
{
    ChosenEvents chosen;
    std::size_t left = PageDataWriter::MAX_EVENTS;
    for (std::size_t weight = 0; weight < WEIGHTS; ++weight)
    {
        if (left > 0 && weights[weight] > 0)
        {
            chosen.oneOf[weight] = (weights[weight] + left - 1) / left;
            left -= weights[weight] / chosen.oneOf[weight];
            left = chosen.oneOf[weight] > 1 ? 0 : left;
        }
    }
    return chosen;
}

} // namespace

PageJson
MakeEventSection(const ExperimentResults& results, PageNotes& notes)
{
    std::array<std::size_t, WEIGHTS> weights{};
    for (const EventResult& event : results.eventLog)
    {
        ++weights[WeightOf(event)];
    }
    const RouteNames routes = NameRoutes(results);
    const ChosenEvents chosen = ChooseEvents(weights);
    PageJson json;
    json["kinds"] = PageJson::array();
    json["list"] = PageJson::array();
    std::map<std::string, std::size_t> kinds;
    std::array<std::size_t, WEIGHTS> seen{};
    for (const EventResult& event : results.eventLog)
    {
        const std::size_t weight = WeightOf(event);
        const std::size_t number = seen[weight]++;
        if (chosen.oneOf[weight] == 0 || number % chosen.oneOf[weight] > 0)
        {
            continue;
        }
        const auto [kind, isNew] = kinds.emplace(event.kind, kinds.size());
        if (isNew)
        {
            json["kinds"].push_back(event.kind);
        }
        json["list"].push_back({event.id,
                                SecondsOf(event.time),
                                kind->second,
                                weight,
                                event.entity,
                                event.incident,
                                DetailOf(event, routes)});
    }
    if (json["list"].size() < results.eventLog.size())
    {
        notes.push_back("Of " + std::to_string(results.eventLog.size()) + " events " +
                        std::to_string(json["list"].size()) +
                        " are listed, those about failures, switching and repairs first; "
                        "events.jsonl has all.");
    }
    return json;
}

} // namespace qkdn
} // namespace ns3
