/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Runs a scenario file by several processes, with the module mpi of ns-3: each simulates the QKD
// nodes whose "rank" is its own, and writes their results. All figures of sessions, recoveries and
// books are those of a run by one process.
//
// mpirun -np 2 qkdn-distributed --scenario=examples/scenarios/two-domains.json --output=results/two
//
// Exit code: 0 the run went through, 1 it failed, 2 the command line or the scenario is wrong.

#include "ns3/command-line.h"
#include "ns3/global-value.h"
#include "ns3/mpi-interface.h"
#include "ns3/qkdn-results-writer.h"
#include "ns3/qkdn-scenario-builder.h"
#include "ns3/qkdn-scenario-error.h"
#include "ns3/qkdn-scenario-partition.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/qkdn-text-report.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"
#include "ns3/string.h"

#include <array>
#include <iostream>
#include <numeric>
#include <string>
#include <vector>

// not the bindings for C++, which the standard has no more
#define OMPI_SKIP_MPICXX 1
#define MPICH_SKIP_MPICXX 1
#include <mpi.h>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// The command line.
struct Options
{
    std::string scenario;                      //!< scenario file
    std::string output{"results/distributed"}; //!< folder for results
    bool nullMessage{false};                   //!< null messages instead of granted time windows
};

/// Messages that a failure caused at one rank, as they are exchanged.
using IncidentRow = std::array<uint64_t, 4>;

/**
 * @brief Tell each other how many messages each failure has caused.
 * @param [in,out] traffic the count of this rank
 */
void
ExchangeTraffic(ControlTraffic& traffic)
{
    std::vector<IncidentRow> mine;
    for (const auto& [incident, figures] : traffic.GetIncidents())
    {
        mine.push_back({incident.node, incident.counter, figures.messages, figures.bytes});
    }
    const int size = static_cast<int>(MpiInterface::GetSize());
    const int numbers = static_cast<int>(mine.size() * std::tuple_size<IncidentRow>::value);
    std::vector<int> counts(size);
    MPI_Allgather(&numbers, 1, MPI_INT, counts.data(), 1, MPI_INT, MPI_COMM_WORLD);
    std::vector<int> begins(size);
    std::partial_sum(counts.begin(), counts.end() - 1, begins.begin() + 1);
    std::vector<IncidentRow> all((begins.back() + counts.back()) /
                                 std::tuple_size<IncidentRow>::value);
    MPI_Allgatherv(mine.data(),
                   numbers,
                   MPI_UINT64_T,
                   all.data(),
                   counts.data(),
                   begins.data(),
                   MPI_UINT64_T,
                   MPI_COMM_WORLD);
    const std::size_t first =
        begins[MpiInterface::GetSystemId()] / std::tuple_size<IncidentRow>::value;
    for (std::size_t i = 0; i < all.size(); ++i)
    {
        if (i < first || i >= first + mine.size())
        {
            traffic.AddOfOtherRank(
                {static_cast<uint32_t>(all[i][0]), static_cast<uint32_t>(all[i][1])},
                {all[i][2], all[i][3]});
        }
    }
}

/**
 * @brief Print the reports one after the other, and what all ranks have done together.
 * @param results what this rank has measured
 * @param folder where its files are
 */
void
Report(const ExperimentResults& results, const std::string& folder)
{
    const uint32_t rank = MpiInterface::GetSystemId();
    for (uint32_t turn = 0; turn < MpiInterface::GetSize(); ++turn)
    {
        MPI_Barrier(MPI_COMM_WORLD);
        if (turn == rank)
        {
            std::cout << "Rank " << rank << ":\n";
            TextReport().Write(results, folder, std::cout);
            std::cout << std::flush;
        }
    }
    const std::array<uint64_t, 2> mine{results.packets, results.events};
    std::array<uint64_t, 2> all{};
    MPI_Reduce(mine.data(), all.data(), 2, MPI_UINT64_T, MPI_SUM, 0, MPI_COMM_WORLD);
    if (rank == 0)
    {
        std::cout << "All ranks: " << all[0] << " packets, " << all[1] << " events\n";
    }
}

/**
 * @brief Run what this rank simulates.
 * @param options the command line
 */
void
Run(const Options& options)
{
    const uint32_t rank = MpiInterface::GetSystemId();
    const Scenario scenario = ScenarioReader::ReadFile(options.scenario);
    ScenarioPartition::Check(scenario, options.scenario, MpiInterface::GetSize());
    const ScenarioPartition partition(scenario, rank);
    RngSeedManager::SetSeed(scenario.simulation.seed);
    RngSeedManager::SetRun(scenario.simulation.run);
    const ScenarioBuilder builder(scenario, options.scenario, partition);
    Simulator::Stop(scenario.simulation.duration);
    Simulator::Run();
    const Ptr<ResilienceMonitor> monitor = builder.GetMonitor();
    ExchangeTraffic(monitor->GetControlTraffic());
    ExperimentResults results = monitor->Collect(scenario.simulation.warmUp);
    results.scenario = scenario.name;
    results.description = scenario.description;
    results.seed = scenario.simulation.seed;
    results.run = scenario.simulation.run;
    partition.KeepLocal(results);
    const std::string folder = options.output + "/rank-" + std::to_string(rank);
    ResultsWriter().WriteAll(results, folder, std::cerr);
    Report(results, folder);
}

} // namespace

int
main(int argc, char* argv[])
{
    Options options;
    CommandLine cmd(__FILE__);
    cmd.Usage(
        "Runs a scenario by several processes: mpirun -np 2 qkdn-distributed --scenario=FILE. "
        "Each simulates the nodes whose rank is its own.");
    cmd.AddValue("scenario", "scenario file", options.scenario);
    cmd.AddValue("output", "folder for the results, one folder a rank", options.output);
    cmd.AddValue("null-message",
                 "synchronise by null messages instead of granted time windows",
                 options.nullMessage);
    cmd.Parse(argc, argv);
    GlobalValue::Bind("SimulatorImplementationType",
                      StringValue(options.nullMessage ? "ns3::NullMessageSimulatorImpl"
                                                      : "ns3::DistributedSimulatorImpl"));
    MpiInterface::Enable(&argc, &argv);
    int status = 1;
    try
    {
        if (options.scenario.empty())
        {
            throw ScenarioError("--scenario", "", "is missing", "give --scenario=FILE");
        }
        Run(options);
        status = 0;
    }
    catch (const ScenarioError& error)
    {
        status = 2;
        if (MpiInterface::GetSystemId() == 0)
        {
            std::cerr << error.what() << std::endl;
        }
    }
    catch (const std::exception& error)
    {
        // the others would wait for this one for ever
        std::cerr << "rank " << MpiInterface::GetSystemId() << ": " << error.what() << std::endl;
        MPI_Abort(MPI_COMM_WORLD, 1);
    }
    Simulator::Destroy();
    MpiInterface::Disable();
    return status;
}
