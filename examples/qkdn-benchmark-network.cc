/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-benchmark-network.h"

#include "ns3/qkdn-scenario-error.h"
#include "ns3/random-variable-stream.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;
using nlohmann::json;

namespace benchmark
{

namespace
{

/// Delay of a fibre, s/km.
constexpr double DELAY_S_PER_KM = 4.9e-6;
/// Start of the first session of a workload, s: routes are there.
constexpr double FIRST_REQUEST_S = 5;
/// Time until the controller admits sessions, s: all QKD links generate.
constexpr double SETTLE_S = 3;
/// Sessions that ask often start within this time, s, and others within the time between requests.
constexpr double STARTS_S = 1;
/// One of so many sites is joined to the node of the controller.
constexpr uint32_t CONTROL_SITES = 16;
/// The starts of so many sessions that ask often differ.
constexpr std::size_t STARTS = 100;

/// Two sites, the lower number first.
using Hop = std::pair<uint32_t, uint32_t>;

/// Neighbours of each site.
using Graph = std::vector<std::vector<uint32_t>>;

std::vector<Hop>
MakeRing(uint32_t sites)
{
    std::vector<Hop> hops;
    for (uint32_t i = 0; i < sites; ++i)
    {
        hops.emplace_back(i, (i + 1) % sites);
    }
    return hops;
}

std::vector<Hop>
MakeGrid(uint32_t sites)
{
    const auto side = static_cast<uint32_t>(std::lround(std::sqrt(sites)));
    if (side * side != sites)
    {
        throw ScenarioError("--n",
                            "",
                            "a grid of " + std::to_string(sites) + " nodes is no square",
                            "give a square number, as 16 or 64");
    }
    std::vector<Hop> hops;
    for (uint32_t i = 0; i < sites; ++i)
    {
        if ((i + 1) % side != 0)
        {
            hops.emplace_back(i, i + 1);
        }
        if (i + side < sites)
        {
            hops.emplace_back(i, i + side);
        }
    }
    return hops;
}

/// A circle through all sites, so that each has two ways to each other, and random links.
std::vector<Hop>
MakeRandom(uint32_t sites, uint32_t links)
{
    if (links < sites || links > sites * (sites - 1) / 4)
    {
        throw ScenarioError("--links",
                            "",
                            std::to_string(links) + " is no number of links for " +
                                std::to_string(sites) + " nodes",
                            "give at least as many as nodes, and at most half of all pairs");
    }
    const auto random = CreateObject<UniformRandomVariable>();
    random->SetStream(1);
    std::vector<Hop> hops = MakeRing(sites);
    std::set<Hop> known;
    for (const Hop& hop : hops)
    {
        known.insert(std::minmax(hop.first, hop.second));
    }
    while (hops.size() < links)
    {
        const uint32_t a = random->GetInteger(0, sites - 1);
        const uint32_t b = random->GetInteger(0, sites - 1);
        if (a != b && known.insert(std::minmax(a, b)).second)
        {
            hops.emplace_back(a, b);
        }
    }
    return hops;
}

std::vector<Hop>
MakeHops(const NetworkOptions& options)
{
    if (options.topology == "grid")
    {
        return MakeGrid(options.sites);
    }
    return options.topology == "random" ? MakeRandom(options.sites, options.links)
                                        : MakeRing(options.sites);
}

/// The sites at a distance, or as far away as there are any, in order of their numbers.
std::vector<uint32_t>
FindSites(const Graph& graph, uint32_t from, uint32_t distance)
{
    std::vector<bool> seen(graph.size());
    std::vector<uint32_t> reached{from};
    seen[from] = true;
    for (uint32_t i = 0; i < distance; ++i)
    {
        std::vector<uint32_t> next;
        for (const uint32_t site : reached)
        {
            for (const uint32_t neighbour : graph[site])
            {
                if (!seen[neighbour])
                {
                    seen[neighbour] = true;
                    next.push_back(neighbour);
                }
            }
        }
        if (next.empty())
        {
            break;
        }
        reached = std::move(next);
    }
    std::sort(reached.begin(), reached.end());
    return reached;
}

/// The ends of the sessions.
std::vector<Hop>
MakePairs(const NetworkOptions& options, const std::vector<Hop>& hops)
{
    Graph graph(options.sites);
    for (const auto& [a, b] : hops)
    {
        graph[a].push_back(b);
        graph[b].push_back(a);
    }
    const std::size_t count = options.sessions > 0 ? options.sessions : hops.size();
    std::vector<Hop> pairs;
    for (std::size_t i = 0; i < count; ++i)
    {
        const Hop& hop = hops[i % hops.size()];
        const std::vector<uint32_t> ends = FindSites(graph, hop.first, options.distance);
        // of several the one in the direction of the link, and another one in the next round
        const auto first = std::lower_bound(ends.begin(), ends.end(), hop.second);
        const std::size_t offset = static_cast<std::size_t>(first - ends.begin()) + i / hops.size();
        pairs.emplace_back(hop.first, ends[offset % ends.size()]);
    }
    return pairs;
}

std::string
Name(uint32_t site)
{
    return "n" + std::to_string(site);
}

/// A fibre with a classical link of the wanted delay.
json
MakeFibre(double delayS, const std::string& id, const std::string& a, const std::string& b)
{
    return {{"id", id}, {"a", a}, {"b", b}, {"length_km", delayS / DELAY_S_PER_KM}};
}

void
AddLinks(const NetworkOptions& options, const std::vector<Hop>& hops, json& scenario)
{
    for (std::size_t i = 0; i < hops.size(); ++i)
    {
        const std::string number = std::to_string(i);
        const std::string a = Name(hops[i].first);
        const std::string b = Name(hops[i].second);
        scenario["fibres"].push_back(MakeFibre(options.delayS, "f" + number, a, b));
        scenario["qkd_links"].push_back({{"id", "q" + number},
                                         {"classical_channel", options.isSplit ? "own" : "network"},
                                         {"tx", a},
                                         {"rx", b},
                                         {"fibres", {"f" + number}},
                                         {"start_up_s", 1},
                                         {"resync_s", 1},
                                         {"initial_pool_bit", options.poolBits},
                                         {"protocol",
                                          {{"type", "measured"},
                                           {"rate_bps", options.linkBps},
                                           {"block_key_bit", options.blockBits}}}});
    }
}

/// In a ring or grid the controller has a node of its own, joined to sites all over it, but not on
/// the way between sites that have sessions: otherwise most packets of a large one would be those
/// that go through half of it to the controller, if they come as far as that.
void
AddController(const NetworkOptions& options, json& scenario)
{
    std::string node = Name(0);
    if (options.topology != "random")
    {
        node = "control";
        scenario["nodes"].push_back({{"id", node}});
        const double delayS = options.delayS * std::max(CONTROL_SITES, options.distance);
        for (uint32_t i = 0; i < options.sites; i += CONTROL_SITES)
        {
            scenario["fibres"].push_back(MakeFibre(delayS, "f-control-" + Name(i), node, Name(i)));
        }
    }
    scenario["controllers"] = {{{"id", "C"}, {"node", node}, {"settle_s", SETTLE_S}}};
}

/// When a session of several begins to ask, s: not all at once.
double
StartOf(const NetworkOptions& options, std::size_t index, std::size_t count)
{
    const double interval = 1 / options.keysPerSecond;
    if (interval <= STARTS_S)
    {
        return FIRST_REQUEST_S +
               STARTS_S * static_cast<double>(index % STARTS) / static_cast<double>(STARTS);
    }
    const double within = std::min(interval, options.durationS - FIRST_REQUEST_S);
    return FIRST_REQUEST_S + within * static_cast<double>(index) / static_cast<double>(count);
}

void
AddSessions(const NetworkOptions& options, const std::vector<Hop>& hops, json& scenario)
{
    const std::vector<Hop> pairs = MakePairs(options, hops);
    for (std::size_t i = 0; i < pairs.size(); ++i)
    {
        const std::string number = std::to_string(i);
        json session = {{"id", "s" + number},
                        {"master", Name(pairs[i].first)},
                        {"slave", Name(pairs[i].second)},
                        {"key_size_bit", options.keyBits},
                        {"rate_keys_per_s", options.keysPerSecond},
                        {"start_s", StartOf(options, i, pairs.size())},
                        {"ak", options.ak},
                        {"resilience", {{"class", options.resilience}}}};
        if (options.isSplit)
        {
            for (const auto& [role, end] : {std::make_pair("master", pairs[i].first),
                                            std::make_pair("slave", pairs[i].second)})
            {
                const std::string node = role + number;
                scenario["nodes"].push_back({{"id", node}});
                scenario["fibres"].push_back(
                    MakeFibre(options.delayS, "f-" + node, node, Name(end)));
                session[std::string(role) + "_application"] = node;
            }
        }
        scenario["sessions"].push_back(session);
    }
}

/// Cuts one after the other, of fibres all over the network, each repaired before the end.
void
AddFaults(const NetworkOptions& options, std::size_t links, json& scenario)
{
    const double first = FIRST_REQUEST_S + STARTS_S;
    const double step = (options.durationS - first) / (options.faults + 1);
    for (uint32_t i = 0; i < options.faults; ++i)
    {
        scenario["faults"].push_back({{"type", "fibre-cut"},
                                      {"target", "f" + std::to_string(i * links / options.faults)},
                                      {"at_s", first + step * i},
                                      {"repair_after_s", step}});
    }
}

} // namespace

json
MakeNetworkScenario(const NetworkOptions& options)
{
    json scenario;
    scenario["name"] = options.name;
    scenario["simulation"] = {{"duration_s", options.durationS},
                              {"distillation", options.fidelity},
                              {"supply", options.supply}};
    scenario["classical"] = {{"rate_bps", options.rateBps},
                             {"site_rate_bps", options.rateBps},
                             {"site_delay_s", options.delayS}};
    scenario["key_management"] = {{"hello_interval_s", options.helloS}};
    for (uint32_t i = 0; i < options.sites; ++i)
    {
        json node = {{"id", Name(i)}};
        if (options.isSplit)
        {
            node["site"] = "split";
        }
        scenario["nodes"].push_back(node);
    }
    const std::vector<Hop> hops = MakeHops(options);
    AddLinks(options, hops, scenario);
    // sessions of neighbours need none
    if (options.distance > 1 || options.resilience != "unprotected")
    {
        AddController(options, scenario);
    }
    AddSessions(options, hops, scenario);
    AddFaults(options, hops.size(), scenario);
    return scenario;
}

} // namespace benchmark
