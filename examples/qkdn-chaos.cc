/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Runs random networks with random sessions, faults and commands, and checks what must always hold.
//
// qkdn-chaos --first=0 --runs=1000
// qkdn-chaos --first=17 --runs=1        the run of one number again
// qkdn-chaos --first=17 --print         its scenario, for qkdn-scenario
//
// Exit code: 0 all runs went well, 1 some failed, 2 the command line is wrong.

#include "../test/qkdn-chaos-scenario.h"
#include "qkdn-chaos-process.h"

#include "ns3/command-line.h"
#include "ns3/qkdn-argument-checker.h"
#include "ns3/qkdn-scenario-error.h"

#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// The command line.
struct Options
{
    uint32_t first{0};                   //!< number of the first run
    uint32_t runs{100};                  //!< how many
    uint32_t checks{10};                 //!< random instants of a run at which books are checked
    uint32_t repeatEvery{10};            //!< every so many runs one is done twice, 0 for none
    uint32_t cpuLimit{120};              //!< of one run, s
    std::string folder{"results/chaos"}; //!< for scenarios of runs that fail
    bool print{false};                   //!< print the scenario of the first number, run nothing
    bool quiet{false};                   //!< no progress
};

/// Read the command line.
Options
ParseOptions(int argc, char* argv[])
{
    const ArgumentChecker checker(
        {"first", "runs", "checks", "repeat-every", "cpu-limit", "folder"},
        {"print", "quiet"});
    for (int i = 1; i < argc; ++i)
    {
        checker.Check(argv[i]);
    }
    Options options;
    CommandLine cmd(__FILE__);
    cmd.Usage("Runs random scenarios of the qkdn-resilience module, each by a number and in a "
              "process of its own: random networks, sessions of all classes, protection groups, "
              "faults of all kinds and commands. Checks that key books balance, that no key is "
              "used twice, and much else that must always hold, at random instants and at the "
              "end. A run that fails is reported with its number, and its scenario is kept.");
    cmd.AddValue("first", "number of the first run", options.first);
    cmd.AddValue("runs", "how many runs", options.runs);
    cmd.AddValue("checks",
                 "random instants of each run at which books are checked",
                 options.checks);
    cmd.AddValue("repeat-every",
                 "every so many runs one is done twice, and has to give the same results; 0: none",
                 options.repeatEvery);
    cmd.AddValue("cpu-limit", "CPU time that a run may take, s", options.cpuLimit);
    cmd.AddValue("folder", "where the scenarios of runs that fail are kept", options.folder);
    cmd.AddValue("print", "print the scenario of the first number, run nothing", options.print);
    cmd.AddValue("quiet", "no progress on standard error", options.quiet);
    cmd.Parse(argc, argv);
    if (options.runs == 0 || options.runs > UINT32_MAX - options.first)
    {
        throw ScenarioError("--runs",
                            "",
                            std::to_string(options.runs) + " runs from " +
                                std::to_string(options.first) + " on cannot be",
                            "give at least 1, and numbers below 2^32");
    }
    if (options.cpuLimit == 0)
    {
        throw ScenarioError("--cpu-limit", "", "0 s are not enough", "give at least 1");
    }
    return options;
}

/// Make the folder, with what scenarios refer to.
void
PrepareFolder(const std::string& folder)
{
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error)
    {
        throw std::runtime_error(folder + ": " + error.message());
    }
    ChaosScenario::WriteCurve(folder);
}

/// Report a run that failed, and keep its scenario.
void
ReportFailure(const ChaosScenario& drawn, const ChaosOutcome& outcome, const std::string& folder)
{
    const std::string name = "chaos-" + std::to_string(drawn.GetNumber()) + ".json";
    const std::string file = (std::filesystem::path(folder) / name).string();
    std::ofstream os(file);
    os << drawn.GetText();
    if (!os.flush())
    {
        throw std::runtime_error(file + " cannot be written");
    }
    std::cout << "run " << drawn.GetNumber() << " failed, its scenario is in " << file << "\n";
    for (const std::string& problem : outcome.problems)
    {
        std::cout << "  " << problem << "\n";
    }
}

/// Add counts to others.
void
AddCounts(ChaosCounts& to, const ChaosCounts& from)
{
    for (const auto& [what, count] : from)
    {
        to[what] += count;
    }
}

/// Print counts, one a line.
void
PrintCounts(const std::string& heading, const ChaosCounts& counts)
{
    std::cout << heading << ":\n";
    for (const auto& [what, count] : counts)
    {
        std::cout << "  " << what << ": " << count << "\n";
    }
}

/// Do all runs.
int
RunAll(const Options& options)
{
    ChaosCounts drawn;
    ChaosCounts happened;
    uint32_t failed = 0;
    for (uint32_t i = 0; i < options.runs; ++i)
    {
        const ChaosScenario scenario(options.first + i, options.folder);
        const bool twice = options.repeatEvery > 0 && i % options.repeatEvery == 0;
        const ChaosOutcome outcome = chaos::RunAlone(
            [&scenario, &options, twice]() { return RunChaos(scenario, options.checks, twice); },
            options.cpuLimit);
        AddCounts(drawn, scenario.GetCounts());
        AddCounts(happened, outcome.counts);
        if (!outcome.problems.empty())
        {
            ++failed;
            ReportFailure(scenario, outcome, options.folder);
        }
        if (!options.quiet && (i + 1) % 10 == 0)
        {
            std::cerr << i + 1 << " of " << options.runs << " runs, " << failed << " failed"
                      << std::endl;
        }
    }
    PrintCounts("drawn", drawn);
    PrintCounts("happened", happened);
    std::cout << options.runs << " runs from " << options.first << " on, " << happened["faults"]
              << " faults, " << failed << " failed" << std::endl;
    return failed > 0 ? 1 : 0;
}

} // namespace

int
main(int argc, char* argv[])
{
    try
    {
        const Options options = ParseOptions(argc, argv);
        PrepareFolder(options.folder);
        if (options.print)
        {
            std::cout << ChaosScenario(options.first, options.folder).GetText();
            return 0;
        }
        return RunAll(options);
    }
    catch (const ScenarioError& error)
    {
        std::cerr << error.what() << std::endl;
        return 2;
    }
    catch (const std::exception& error)
    {
        std::cerr << "qkdn-chaos: " << error.what() << std::endl;
        return 1;
    }
}
