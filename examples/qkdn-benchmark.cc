/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Measures what the module costs, and how much of that is ns-3's own work for the packets.
//
// Each run has a process of its own, so that CPU time and memory are those of the run alone. After
// a network or key relay, the bytes that it sent are sent again over bare sockets, without any key
// management: the floor.
//
// qkdn-benchmark --keys=1000000 --hops=2 --batch=64,1
// qkdn-benchmark --workload=routes --nodes=10000 --links=40000
// qkdn-benchmark --workload=pools --keys=1000000
// qkdn-benchmark --workload=tcp --hops=3
// qkdn-benchmark --workload=network --topology=grid --n=64 --dist=4 --fidelity=per-block
// qkdn-benchmark --workload=large
// qkdn-benchmark --workload=flow --n=1000 --links=4000 --sessions=400
// qkdn-benchmark --workload=W --topology=ring --n=64 --dist=1
//
// Exit code: 0 all keys were equal at both ends, or all routes right, 1 they were not, 2 the
// command line is wrong.

#include "qkdn-benchmark-options.h"
#include "qkdn-benchmark-run.h"

#include "ns3/qkdn-scenario-error.h"

#include <iostream>
#include <stdexcept>

using namespace ns3::qkdn;

namespace
{

/// Measure what the command line says; gives whether all keys or routes were right.
bool
MeasureWorkload(const benchmark::Options& options)
{
    if (options.workload == "relay")
    {
        return benchmark::MeasureRelay(options.relay);
    }
    if (options.workload == "pools")
    {
        return benchmark::MeasurePools(options.pools);
    }
    if (options.workload == "tcp")
    {
        return benchmark::MeasureTcp(options.tcp);
    }
    return options.workload == "routes" ? benchmark::MeasureRoutes(options.routes)
                                        : benchmark::MeasureNetwork(options.network);
}

} // namespace

int
main(int argc, char* argv[])
{
    try
    {
        return MeasureWorkload(benchmark::ParseOptions(argc, argv)) ? 0 : 1;
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
