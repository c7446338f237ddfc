/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-benchmark-options.h"

#include "ns3/command-line.h"
#include "ns3/qkdn-argument-checker.h"
#include "ns3/qkdn-scenario-error.h"

#include <algorithm>
#include <sstream>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace benchmark
{

namespace
{

/// Most sites of a network.
constexpr uint32_t MAX_SITES = 100000;
/// Most hops of a line.
constexpr uint32_t MAX_HOPS = 100;

/// Workload W: what a peer module was measured with.
NetworkOptions
PresetW()
{
    NetworkOptions network;
    network.linkBps = 100000;
    network.blockBits = 8192;
    network.delayS = 0.002;
    network.rateBps = 50000000;
    network.isSplit = true;
    network.hasPayload = true;
    network.ak = "http";
    network.fidelity = "packets";
    return network;
}

/// A large random network with cuts.
NetworkOptions
PresetRandom(uint32_t sites, uint32_t links, uint32_t sessions)
{
    NetworkOptions network;
    network.topology = "random";
    network.sites = sites;
    network.links = links;
    network.sessions = sessions;
    network.distance = 4;
    network.helloS = 5;
    network.faults = 100;
    network.resilience = "restoration";
    network.hasFloor = false;
    return network;
}

/// A network of 1,000 nodes for an hour.
NetworkOptions
PresetLarge()
{
    NetworkOptions network = PresetRandom(1000, 4000, 10000);
    // 8 KiB every ten minutes, of a block each minute on each link whose distillation is no matter
    network.fidelity = "ideal";
    network.keyBits = 65536;
    network.keysPerSecond = 1.0 / 600;
    network.blockBits = 1000000;
    network.linkBps = 1000000.0 / 60;
    network.poolBits = 10000000;
    network.durationS = 3600;
    return network;
}

/// A random network as large as that of a published fluid model (DistriQKDSim), as a flow.
NetworkOptions
PresetFlow()
{
    NetworkOptions network = PresetRandom(10001, 37861, 4000);
    network.supply = "flow";
    network.keysPerSecond = 1;
    network.poolBits = 1000000;
    network.durationS = 3880;
    return network;
}

/// What a workload is unless the other options say otherwise.
Options
MakePreset(const std::string& workload)
{
    Options options;
    options.workload = workload;
    if (workload == "W")
    {
        options.network = PresetW();
    }
    else if (workload == "large")
    {
        options.network = PresetLarge();
    }
    else if (workload == "flow")
    {
        options.network = PresetFlow();
    }
    options.network.name = workload;
    return options;
}

/// The value of an option.
std::string
FindValue(const std::vector<std::string>& arguments,
          const std::string& name,
          const std::string& otherwise)
{
    const std::string begin = "--" + name + "=";
    for (const std::string& argument : arguments)
    {
        if (argument.compare(0, begin.size(), begin) == 0)
        {
            return argument.substr(begin.size());
        }
    }
    return otherwise;
}

/// Throw if a value is none of those that there are.
void
CheckChoice(const std::string& option,
            const std::string& value,
            const std::vector<std::string>& choices)
{
    if (std::find(choices.begin(), choices.end(), value) != choices.end())
    {
        return;
    }
    std::string all = choices.front();
    for (std::size_t i = 1; i < choices.size(); ++i)
    {
        all += (i + 1 == choices.size() ? " or " : ", ") + choices[i];
    }
    throw ScenarioError("--" + option, "", Excerpt(value) + " is no " + option, "give " + all);
}

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

/// Throw if there are no such pools.
void
CheckPools(const PoolsOptions& pools)
{
    if (pools.keys < 1 || pools.keys > 100000000)
    {
        throw ScenarioError("--keys",
                            "",
                            std::to_string(pools.keys) + " is none that pools accept",
                            "give 1 to 100000000");
    }
    if (pools.keyBits < 1 || pools.blockBits % pools.keyBits != 0)
    {
        throw ScenarioError("--key-bits",
                            "",
                            std::to_string(pools.keyBits) + " bit do not divide blocks of " +
                                std::to_string(pools.blockBits) + " bit",
                            "give a power of two up to that");
    }
}

/// Throw if there is no such network. Values of its sessions are left to the scenario reader.
void
CheckNetwork(const NetworkOptions& network)
{
    CheckChoice("topology", network.topology, {"ring", "grid", "random"});
    CheckChoice("fidelity", network.fidelity, {"packets", "per-block", "ideal"});
    CheckChoice("supply", network.supply, {"keys", "flow"});
    CheckChoice("ak", network.ak, {"in-process", "http", "stream"});
    if (network.sites < 3 || network.sites > MAX_SITES)
    {
        throw ScenarioError("--n",
                            "",
                            std::to_string(network.sites) + " is no size of a network",
                            "give 3 to " + std::to_string(MAX_SITES));
    }
    if (network.distance < 1)
    {
        throw ScenarioError("--dist", "", "0 is no distance", "give 1 or more QKD links");
    }
    if (network.isSplit && network.ak != "http")
    {
        throw ScenarioError("--ak",
                            "",
                            "applications of this workload are on nodes of their own",
                            "give http, or another workload");
    }
}

/// Throw if a line is too short or too long, or there is nothing to send over it.
void
CheckLine(const std::string& line,
          uint32_t hops,
          uint32_t least,
          const std::string& things,
          uint64_t count)
{
    if (count == 0)
    {
        throw ScenarioError("--keys", "", "no " + things + " cannot be measured", "give 1 or more");
    }
    if (hops < least || hops > MAX_HOPS)
    {
        throw ScenarioError("--hops",
                            "",
                            std::to_string(hops) + " is no length of a " + line,
                            "give " + std::to_string(least) + " to " + std::to_string(MAX_HOPS));
    }
}

/// Add the options of networks.
void
AddNetworkOptions(CommandLine& cmd, NetworkOptions& network)
{
    cmd.AddValue("topology", "network: ring, grid or random", network.topology);
    cmd.AddValue("n", "network: QKD nodes; a square number for a grid", network.sites);
    cmd.AddValue("dist",
                 "network: QKD links between the ends of a session, or as many as there are",
                 network.distance);
    cmd.AddValue("sessions", "network: sessions; 0: one for each QKD link", network.sessions);
    cmd.AddValue("rate",
                 "network: keys that a session asks for in a second",
                 network.keysPerSecond);
    cmd.AddValue("key-bits", "network, pools: size of a key", network.keyBits);
    cmd.AddValue("fidelity",
                 "network: of distillation: packets, per-block or ideal",
                 network.fidelity);
    cmd.AddValue("supply", "network: keys or flow (amounts)", network.supply);
    cmd.AddValue("ak",
                 "network: how applications get keys: in-process, http or stream",
                 network.ak);
    cmd.AddValue("class", "network: resilience class of the sessions", network.resilience);
    cmd.AddValue("faults",
                 "network: fibres that are cut, one after the other; each is repaired",
                 network.faults);
    cmd.AddValue("duration", "network: simulated time, s", network.durationS);
    cmd.AddValue("write", "network: also write its scenario to this file", network.file);
    cmd.AddValue("floor",
                 "network: whether its packets are sent again over bare sockets, for comparison; "
                 "not with faults",
                 network.hasFloor);
}

} // namespace

Options
ParseOptions(int argc, char* argv[])
{
    const ArgumentChecker checker({"workload", "keys",     "hops",     "batch", "nodes", "links",
                                   "pairs",    "format",   "topology", "n",     "dist",  "sessions",
                                   "rate",     "key-bits", "fidelity", "ak",    "class", "faults",
                                   "duration", "write",    "supply"},
                                  {"quiet", "floor"});
    const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
    for (const std::string& argument : arguments)
    {
        checker.Check(argument);
    }
    Options options = MakePreset(FindValue(arguments, "workload", "relay"));
    CheckChoice("workload",
                options.workload,
                {"relay", "routes", "pools", "tcp", "network", "W", "large", "flow"});
    std::string batches = "64,1";
    uint32_t links = options.workload == "routes" ? options.routes.links : options.network.links;
    uint64_t keys = options.workload == "pools" ? options.pools.keys
                    : options.workload == "tcp" ? options.tcp.requests
                                                : options.relay.keys;
    uint32_t hops = options.workload == "tcp" ? options.tcp.hops : options.relay.hops;
    CommandLine cmd("qkdn-benchmark.cc");
    cmd.Usage("Measures CPU time, events, packets and memory of a workload, beside its floor: the "
              "same bytes sent over bare sockets in the same network.\n\n"
              "relay: key relay over a line of key managers, as fast as it goes. routes: searches "
              "for routes on a random graph, beside Dijkstra's method of Boost. pools: memory and "
              "CPU time of keys in both ends of a KMA pool. tcp: requests and answers over TCP of "
              "ns-3 alone, the yardstick of a machine. network: sessions in a network. W: a "
              "network like that with all components on nodes of their own, "
              "every message of distillation, and keys over HTTP. large: an hour of 1,000 nodes, "
              "4,000 QKD links and 10,000 sessions with 100 cuts. flow: 10,001 nodes, 37,861 QKD "
              "links and 4,000 sessions in flow mode, with 100 cuts.");
    cmd.AddValue("workload",
                 "what is measured: relay, routes, pools, tcp, network, W, large or flow",
                 options.workload);
    cmd.AddValue("keys",
                 "relay, pools: keys of 256 bit, in pools of --key-bits; tcp: requests",
                 keys);
    cmd.AddValue("hops", "relay, tcp: hops of the route, for relay at least 2", hops);
    cmd.AddValue("batch", "relay: keys to a relay at most; a list gives one run each", batches);
    cmd.AddValue("nodes", "routes: nodes of the random graph", options.routes.nodes);
    cmd.AddValue("links", "routes, random network: links", links);
    cmd.AddValue("pairs", "routes: pairs of nodes", options.routes.pairs);
    AddNetworkOptions(cmd, options.network);
    cmd.AddValue("format", "figures on standard output: text or json", options.relay.format);
    cmd.AddValue("quiet", "no progress on standard error", options.relay.quiet);
    cmd.Parse(argc, argv);
    options.relay.keys = keys;
    options.pools.keys = keys;
    options.pools.keyBits = options.network.keyBits;
    options.pools.quiet = options.relay.quiet;
    options.pools.format = options.relay.format;
    options.routes.links = links;
    options.network.links = links;
    options.tcp.requests = keys;
    options.tcp.hops = hops;
    options.tcp.format = options.relay.format;
    if (options.workload == "tcp")
    {
        CheckLine("line", hops, 1, "requests", keys);
    }
    else
    {
        options.relay.hops = hops;
        CheckLine("relay", hops, 2, "keys", keys);
    }
    CheckChoice("format", options.relay.format, {"text", "json"});
    options.relay.batches = ParseBatches(batches);
    options.routes.format = options.relay.format;
    options.network.format = options.relay.format;
    options.network.quiet = options.relay.quiet;
    if (options.workload == "routes")
    {
        CheckGraph(options.routes);
    }
    else if (options.workload == "pools")
    {
        CheckPools(options.pools);
    }
    else if (options.workload != "relay" && options.workload != "tcp")
    {
        CheckNetwork(options.network);
    }
    return options;
}

} // namespace benchmark
