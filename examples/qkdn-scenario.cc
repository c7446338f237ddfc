/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Runs a scenario file and writes its results.
//
// qkdn-scenario --scenario=examples/scenarios/one-link.json --output=results/one-link
//
// Exit code: 0 the run went through, 1 it failed, 2 the command line or the scenario is wrong.

#include "ns3/command-line.h"
#include "ns3/qkdn-argument-checker.h"
#include "ns3/qkdn-report-error.h"
#include "ns3/qkdn-results-writer.h"
#include "ns3/qkdn-scenario-error.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/qkdn-scenario-runner.h"
#include "ns3/qkdn-summary-writer.h"
#include "ns3/qkdn-text-report.h"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// The command line.
struct Options
{
    std::string scenario;                    //!< scenario file
    std::string output;                      //!< folder for results
    std::string format{"text"};              //!< of the report on stdout
    std::string resilienceClass;             //!< for all sessions, empty for the file's
    std::vector<ScenarioOverride> overrides; //!< values that replace those of the file
    std::vector<std::string> files;          //!< the files to write, empty for all
    bool pcap{false};                        //!< capture packets
    bool quiet{false};                       //!< no progress
};

/// Read the value of --files.
std::vector<std::string>
ParseFiles(const std::string& text)
{
    const std::vector<std::string> known = ResultsWriter::GetDataFiles();
    std::vector<std::string> files;
    std::istringstream is(text);
    for (std::string name; std::getline(is, name, ',');)
    {
        if (std::find(known.begin(), known.end(), name) == known.end())
        {
            std::string list;
            for (const std::string& file : known)
            {
                list += (list.empty() ? "" : ", ") + file;
            }
            throw ScenarioError("--files",
                                "",
                                Excerpt(name) + " is no file of a run" + DidYouMean(name, known),
                                "give some of " + list);
        }
        files.push_back(name);
    }
    return files;
}

/// Read the command line. CommandLine keeps only the last of several --set arguments: they are
/// taken out before.
void
ParseOptions(int argc, char* argv[], Options& options)
{
    const ArgumentChecker checker({"scenario", "output", "format", "class", "seed", "run", "files"},
                                  {"pcap", "quiet"});
    const std::string set = "--set=";
    std::vector<std::string> rest;
    for (int i = 0; i < argc; ++i)
    {
        const std::string argument = argv[i];
        if (argument.compare(0, set.size(), set) == 0)
        {
            options.overrides.push_back(ScenarioReader::ParseOverride(argument.substr(set.size())));
        }
        else
        {
            if (i > 0)
            {
                checker.Check(argument);
            }
            rest.push_back(argument);
        }
    }
    std::string seed;
    std::string run;
    std::string files;
    std::string ignored;
    CommandLine cmd(__FILE__);
    cmd.Usage("Runs a scenario file (JSON) of the qkdn-resilience module: a QKD network, its "
              "sessions and faults. Reports on standard output and writes results, plots and an "
              "HTML report to a folder.");
    cmd.AddValue("scenario", "scenario file", options.scenario);
    cmd.AddValue("output", "folder for the results (default: results/NAME)", options.output);
    cmd.AddValue("format", "report on standard output: text or json", options.format);
    cmd.AddValue("set",
                 "replace a value of the file, repeatable: --set=/sessions/0/deadline_s=0.5",
                 ignored);
    cmd.AddValue(
        "class",
        "resilience class of all sessions: unprotected, route-1:1, restoration (also "
        "restoration/multi-path, restoration/time-window), multi-path, route-1+1, secret-sharing "
        "or route-shared (default: the file's)",
        options.resilienceClass);
    cmd.AddValue("seed", "seed of the random streams (default: the file's)", seed);
    cmd.AddValue("run", "run number of the random streams (default: the file's)", run);
    cmd.AddValue("files",
                 "write these files only, without plots and report.html, for example "
                 "summary.json,faults.csv (default: all)",
                 files);
    cmd.AddValue("pcap", "capture the packets of all classical links", options.pcap);
    cmd.AddValue("quiet", "no progress on standard error", options.quiet);
    cmd.Parse(rest);
    if (options.scenario.empty())
    {
        throw ScenarioError("--scenario", "", "is missing", "give --scenario=FILE");
    }
    if (options.format != "text" && options.format != "json")
    {
        throw ScenarioError("--format",
                            "",
                            Excerpt(options.format) + " is no format",
                            "give text or json");
    }
    options.files = ParseFiles(files);
    if (!seed.empty())
    {
        options.overrides.push_back(ScenarioOverride{"/simulation/seed", seed});
    }
    if (!run.empty())
    {
        options.overrides.push_back(ScenarioOverride{"/simulation/run", run});
    }
}

/// Read the scenario with all that the command line replaces.
Scenario
ReadScenario(const Options& options)
{
    Scenario scenario = ScenarioReader::ReadFile(options.scenario, options.overrides);
    if (!options.resilienceClass.empty())
    {
        ScenarioReader::SetClass(scenario, options.resilienceClass, options.scenario);
    }
    return scenario;
}

int
RunScenario(const Options& options)
{
    const Scenario scenario = ReadScenario(options);
    const std::string output = options.output.empty() ? "results/" + scenario.name : options.output;
    ScenarioRunner runner;
    runner.SetProgress(options.quiet ? nullptr : &std::cerr);
    // before the run, which may be long
    std::error_code error;
    std::filesystem::create_directories(output, error);
    if (error || !std::filesystem::is_directory(output))
    {
        throw ReportError(output,
                          (error ? error.message() : "is no folder") + "; give another --output");
    }
    if (options.pcap)
    {
        runner.SetPcap((std::filesystem::path(output) / scenario.name).string());
    }
    const ExperimentResults results = runner.Run(scenario, options.scenario);
    if (options.files.empty())
    {
        ResultsWriter().WriteAll(results, output, std::cerr);
    }
    else
    {
        ResultsWriter().WriteSome(results, options.files, output);
    }
    if (options.format == "json")
    {
        SummaryWriter().Write(results, std::cout);
    }
    else
    {
        // without all files there is no report to point at
        TextReport().Write(results, options.files.empty() ? output : "", std::cout);
    }
    const bool sound = results.conservation.IsSound();
    if (!sound)
    {
        std::cerr << "qkdn-scenario: the key books of this run are not sound, see " << output
                  << "/summary.json" << std::endl;
    }
    return sound ? 0 : 1;
}

} // namespace

int
main(int argc, char* argv[])
{
    try
    {
        Options options;
        ParseOptions(argc, argv, options);
        return RunScenario(options);
    }
    catch (const ScenarioError& error)
    {
        std::cerr << error.what() << std::endl;
        return 2;
    }
    catch (const ReportError& error)
    {
        std::cerr << "qkdn-scenario: " << error.what() << std::endl;
        return 1;
    }
}
