/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-benchmark-routes.h"

#include "ns3/double.h"
#include "ns3/qkdn-risk-disjoint-routes.h"
#include "ns3/qkdn-route-computation.h"
#include "ns3/random-variable-stream.h"

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/dijkstra_shortest_paths.hpp>
#include <ctime>
#include <functional>
#include <iomanip>
#include <iostream>
#include <set>
#include <utility>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace benchmark
{

namespace
{

/// Largest cost of a hop.
constexpr uint32_t MAX_COST = 1000;

using Hops = std::vector<std::pair<KmHop, uint64_t>>;
using BoostGraph = boost::adjacency_list<boost::vecS,
                                         boost::vecS,
                                         boost::undirectedS,
                                         boost::no_property,
                                         boost::property<boost::edge_weight_t, uint64_t>>;

/// CPU time of this process, s.
double
CpuSeconds()
{
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

/// A random graph: a circle through all nodes, so that there are disjoint pairs, and random links.
Hops
MakeHops(const RoutesOptions& options, const Ptr<UniformRandomVariable>& random)
{
    std::set<KmHop> hops;
    for (uint32_t i = 1; i <= options.nodes; ++i)
    {
        hops.insert(KmHop(KmId(i), KmId(i % options.nodes + 1)));
    }
    while (hops.size() < options.links)
    {
        const KmId a(random->GetInteger(1, options.nodes));
        const KmId b(random->GetInteger(1, options.nodes));
        if (a != b)
        {
            hops.insert(KmHop(a, b));
        }
    }
    Hops costed;
    for (const KmHop& hop : hops)
    {
        costed.emplace_back(hop, random->GetInteger(1, MAX_COST));
    }
    return costed;
}

/// A search that is measured.
struct Search
{
    std::string name;                                        //!< its name
    std::function<std::vector<FoundRoute>(KmId, KmId)> find; //!< the routes
    std::vector<double> cpuMs{};                             //!< CPU time of each, ms
};

/// The sum of the costs of some routes.
uint64_t
SumOf(const std::vector<FoundRoute>& routes)
{
    uint64_t sum = 0;
    for (const FoundRoute& route : routes)
    {
        sum += route.cost;
    }
    return sum;
}

/// The middle one of some numbers.
double
MedianOf(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

/// Print the figures.
void
Print(const RoutesOptions& options, const std::vector<Search>& searches, uint32_t good)
{
    const bool json = options.format == "json";
    if (json)
    {
        std::cout << "{\"nodes\": " << options.nodes << ", \"links\": " << options.links
                  << ", \"pairs\": " << options.pairs << ", \"good_pairs\": " << good;
    }
    else
    {
        std::cout << options.pairs << " pairs of " << options.nodes << " nodes with "
                  << options.links << " links: " << good << " with right routes\n"
                  << std::left << std::setw(24) << "CPU time of a search" << std::right
                  << std::setw(14) << "median ms" << std::setw(14) << "longest ms"
                  << "\n";
    }
    for (const Search& search : searches)
    {
        const double median = MedianOf(search.cpuMs);
        const double longest = *std::max_element(search.cpuMs.begin(), search.cpuMs.end());
        if (json)
        {
            std::cout << ", \"" << search.name << "_median_ms\": " << median << ", \""
                      << search.name << "_longest_ms\": " << longest;
        }
        else
        {
            std::cout << std::left << std::setw(24) << search.name << std::right << std::fixed
                      << std::setprecision(3) << std::setw(14) << median << std::setw(14) << longest
                      << "\n";
        }
    }
    std::cout << (json ? "}\n" : "") << std::flush;
}

} // namespace

bool
MeasureRoutes(const RoutesOptions& options)
{
    const auto random = CreateObject<UniformRandomVariable>();
    random->SetStream(1);
    const Hops hops = MakeHops(options, random);
    RouteGraph graph;
    BoostGraph boostGraph(options.nodes);
    for (const auto& [hop, cost] : hops)
    {
        graph.SetHop(hop, cost);
        boost::add_edge(hop.low.value - 1, hop.high.value - 1, cost, boostGraph);
    }
    std::vector<uint64_t> distance(options.nodes);
    // the graph of Boost is built beforehand, so this is the search alone
    const auto dijkstra = [&](KmId from, KmId to) {
        boost::dijkstra_shortest_paths(boostGraph,
                                       from.value - 1,
                                       boost::distance_map(distance.data()));
        return std::vector<FoundRoute>{{{from, to}, distance[to.value - 1]}};
    };
    const auto shortest = [&](KmId from, KmId to) {
        return std::vector<FoundRoute>{*graph.FindRoute(from, to, {})};
    };
    const auto pair = [&graph](bool kms) {
        return [&graph, kms](KmId from, KmId to) {
            return graph.FindCheapestTuple(from, to, {}, 2, kms);
        };
    };
    std::vector<Search> searches = {{"boost_dijkstra", dijkstra},
                                    {"shortest", shortest},
                                    {"link_disjoint_pair", pair(false)},
                                    {"node_disjoint_pair", pair(true)}};
    uint32_t good = 0;
    for (uint32_t i = 0; i < options.pairs; ++i)
    {
        const uint32_t a = random->GetInteger(1, options.nodes);
        const uint32_t b = 1 + (a - 1 + random->GetInteger(1, options.nodes - 1)) % options.nodes;
        std::vector<std::vector<FoundRoute>> found;
        for (Search& search : searches)
        {
            const double before = CpuSeconds();
            found.push_back(search.find(KmId(a), KmId(b)));
            search.cpuMs.push_back(1e3 * (CpuSeconds() - before));
        }
        const bool right = SumOf(found[1]) == SumOf(found[0]) && found[2].size() == 2 &&
                           found[3].size() == 2 && 2 * SumOf(found[1]) <= SumOf(found[2]) &&
                           SumOf(found[2]) <= SumOf(found[3]) &&
                           RiskDisjointRoutes(graph, false).AreDisjoint(found[2]) &&
                           RiskDisjointRoutes(graph, true).AreDisjoint(found[3]);
        good += right ? 1 : 0;
    }
    Print(options, searches, good);
    return good == options.pairs;
}

} // namespace benchmark
