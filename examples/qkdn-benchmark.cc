/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Measures what key relay costs, and how much of that is ns-3's own work for the packets; or what
// searches for routes cost.
//
// Key relay: KSA-keys are relayed over a line of key managers from a master to a slave application,
// which compare what they get. Then the same packets are sent again over bare sockets, without any
// key management: the floor. Each run has a process of its own, so that CPU time and memory are
// those of the run alone.
//
// qkdn-benchmark --keys=1000000 --hops=2 --batch=64,1
//
// Routes: shortest routes and disjoint pairs on a random graph, beside Boost's Dijkstra.
//
// qkdn-benchmark --case=routes --nodes=10000 --links=40000
//
// Exit code: 0 all keys were equal at both ends, or all routes right, 1 they were not, 2 the
// command line is wrong.

#include "qkdn-benchmark-relay.h"
#include "qkdn-benchmark-routes.h"

#include "ns3/command-line.h"
#include "ns3/qkdn-argument-checker.h"
#include "ns3/qkdn-scenario-error.h"

#include <algorithm>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// The command line.
struct Options
{
    std::string name{"relay"};       //!< what is measured
    benchmark::RelayOptions relay;   //!< if it is key relay
    benchmark::RoutesOptions routes; //!< if it is searches for routes
};

/// Read the numbers of a list.
std::vector<uint32_t>
ParseBatches(const std::string& text)
{
    std::vector<uint32_t> batches;
    std::istringstream list(text);
    std::string item;
    while (std::getline(list, item, ','))
    {
        const bool digits =
            !item.empty() && item.size() <= 4 &&
            std::all_of(item.begin(), item.end(), [](char c) { return c >= '0' && c <= '9'; });
        const int value = digits ? std::stoi(item) : 0;
        if (value < 1 || value > 4096)
        {
            throw ScenarioError("--batch",
                                "",
                                Excerpt(item) + " is no number of keys",
                                "give numbers from 1 to 4096, as in 64,1");
        }
        batches.push_back(static_cast<uint32_t>(value));
    }
    return batches;
}

/// Throw if there is no such graph.
void
CheckGraph(const benchmark::RoutesOptions& graph)
{
    const uint64_t nodes = graph.nodes;
    if (nodes < 3 || nodes > 1000000)
    {
        throw ScenarioError("--nodes",
                            "",
                            std::to_string(nodes) + " is no size of a graph",
                            "give 3 to 1000000");
    }
    // far fewer than pairs of nodes, so that random ones are soon found
    const uint64_t most = std::max(nodes, nodes * (nodes - 1) / 4);
    if (graph.links < nodes || graph.links > most)
    {
        throw ScenarioError("--links",
                            "",
                            std::to_string(graph.links) + " is none that it accepts",
                            "give " + std::to_string(nodes) + " to " + std::to_string(most));
    }
    if (graph.pairs < 1 || graph.pairs > 10000)
    {
        throw ScenarioError("--pairs",
                            "",
                            std::to_string(graph.pairs) + " is none that it accepts",
                            "give 1 to 10000");
    }
}

/// Read the command line.
Options
ParseOptions(int argc, char* argv[])
{
    const ArgumentChecker checker(
        {"case", "keys", "hops", "batch", "nodes", "links", "pairs", "format"},
        {"quiet"});
    for (int i = 1; i < argc; ++i)
    {
        checker.Check(argv[i]);
    }
    Options options;
    std::string batches = "64,1";
    CommandLine cmd(__FILE__);
    cmd.Usage("Measures key relay over a line of key managers (CPU time, events, memory, and the "
              "ratio to the same packets over bare sockets), or searches for routes on a random "
              "graph (CPU time, beside Dijkstra's method of Boost on the same graph).");
    cmd.AddValue("case", "what is measured: relay or routes", options.name);
    cmd.AddValue("keys", "relay: keys of 256 bit to be relayed", options.relay.keys);
    cmd.AddValue("hops", "relay: hops of the route, at least 2", options.relay.hops);
    cmd.AddValue("batch", "relay: keys to a relay at most; a list gives one run each", batches);
    cmd.AddValue("nodes", "routes: nodes of the random graph", options.routes.nodes);
    cmd.AddValue("links", "routes: its links", options.routes.links);
    cmd.AddValue("pairs", "routes: pairs of nodes", options.routes.pairs);
    cmd.AddValue("format", "figures on standard output: text or json", options.relay.format);
    cmd.AddValue("quiet", "no progress on standard error", options.relay.quiet);
    cmd.Parse(argc, argv);
    if (options.relay.keys == 0)
    {
        throw ScenarioError("--keys", "", "no keys cannot be measured", "give 1 or more");
    }
    if (options.relay.hops < 2 || options.relay.hops > 100)
    {
        throw ScenarioError("--hops",
                            "",
                            std::to_string(options.relay.hops) + " is no length of a relay",
                            "give 2 to 100");
    }
    if (options.relay.format != "text" && options.relay.format != "json")
    {
        throw ScenarioError("--format",
                            "",
                            Excerpt(options.relay.format) + " is no format",
                            "give text or json");
    }
    if (options.name != "relay" && options.name != "routes")
    {
        throw ScenarioError("--case",
                            "",
                            Excerpt(options.name) + " is no case",
                            "give relay or routes");
    }
    CheckGraph(options.routes);
    options.relay.batches = ParseBatches(batches);
    options.routes.format = options.relay.format;
    return options;
}

} // namespace

int
main(int argc, char* argv[])
{
    try
    {
        const Options options = ParseOptions(argc, argv);
        const bool right = options.name == "routes" ? benchmark::MeasureRoutes(options.routes)
                                                    : benchmark::MeasureRelay(options.relay);
        return right ? 0 : 1;
    }
    catch (const ScenarioError& error)
    {
        std::cerr << error.what() << std::endl;
        return 2;
    }
    catch (const std::exception& error)
    {
        std::cerr << "qkdn-benchmark: " << error.what() << std::endl;
        return 1;
    }
}
