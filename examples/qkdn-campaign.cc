/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Runs a scenario many times, with several resilience classes on the same failures, and says what
// they come to: means, confidence intervals, availability in nines, differences.
//
// qkdn-campaign --scenario=examples/scenarios/campaign.json --classes=unprotected,route-1:1
//     --runs=20 --jobs=2 --output=results/campaign
//
// Exit code: 0 it went through, 1 a run failed, 2 the command line or the scenario is wrong.

#include "ns3/qkdn-campaign.h"

#include "ns3/command-line.h"
#include "ns3/qkdn-argument-checker.h"
#include "ns3/qkdn-campaign-arguments.h"
#include "ns3/qkdn-job-runner.h"
#include "ns3/qkdn-report-error.h"
#include "ns3/qkdn-scenario-error.h"

#include <exception>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// Take an option that can be repeated out of the command line, of which CommandLine keeps only
/// the last.
bool
TakeRepeated(const std::string& argument,
             const std::string& option,
             std::vector<std::string>& values)
{
    if (argument.compare(0, option.size(), option) != 0)
    {
        return false;
    }
    values.push_back(argument.substr(option.size()));
    return true;
}

/// Declare the options that say what is run.
void
AddPlanOptions(CommandLine& cmd, CampaignArguments& arguments, std::string& ignored)
{
    cmd.AddValue("scenario", "scenario file, or several: F1,F2,...", arguments.scenarios);
    cmd.AddValue(
        "classes",
        "resilience classes of all sessions, as qkdn-scenario --class takes them: C1,C2,... "
        "(default: the sessions as the file has them)",
        arguments.classes);
    cmd.AddValue("variant",
                 "something else to compare, repeatable: NAME;CHANGE;..., each change as for --set "
                 "or class=C; for example 'link-1:1;/protection_groups/0/class=link-1:1'",
                 ignored);
    cmd.AddValue("set", "replace a value of the file in all runs, repeatable", ignored);
    cmd.AddValue("seed", "seed of the random streams (default: the file's)", arguments.seed);
    cmd.AddValue("runs", "runs of each class, at most (default 10)", arguments.runs);
    cmd.AddValue(
        "stop-width",
        "end when the half width of the interval of --stop-metric is at most this share of "
        "its mean in each class",
        arguments.stopWidth);
    cmd.AddValue("stop-metric", "a metric (default outage_s)", arguments.stopMetric);
    cmd.AddValue("min-runs",
                 "runs before the first look at it (default 10)",
                 arguments.minimumRuns);
    cmd.AddValue("batch-runs", "runs from one look to the next (default 5)", arguments.batchRuns);
    cmd.AddValue("confidence", "confidence of all intervals (default 0.95)", arguments.confidence);
    cmd.AddValue("allow-other-faults",
                 "go on if classes have not the same faults",
                 arguments.allowOtherFaults);
    cmd.AddValue("enumerate",
                 "all failures of a kind, a run for each, in place of --runs: single-link, "
                 "double-link, single-node or srlg",
                 arguments.enumerate);
    cmd.AddValue("fault-at-s",
                 "when they strike (default: 10 s after the warm-up and the start of all sessions)",
                 arguments.faultAt);
    cmd.AddValue("horizon-s", "how long they are watched (default 60)", arguments.horizon);
    cmd.AddValue("repair-after-s",
                 "when they are repaired (default: never)",
                 arguments.repairAfter);
}

/// Declare the options that say how it is run.
void
AddExecutionOptions(CommandLine& cmd, CampaignArguments& arguments)
{
    cmd.AddValue("output", "folder for the results (default: results/campaign)", arguments.output);
    cmd.AddValue("jobs", "processes at a time; more than one needs GNU parallel", arguments.jobs);
    cmd.AddValue("sshlogin",
                 "machines, as GNU parallel takes them; all files at the same place on each",
                 arguments.sshLogin);
    cmd.AddValue("only-runs",
                 "FIRST:LAST: make these replications and report nothing, for one of several tasks",
                 arguments.onlyRuns);
    cmd.AddValue("keep",
                 "further files of each run that are kept, for example events.jsonl,pools.csv",
                 arguments.keep);
    cmd.AddValue("program", "qkdn-scenario (default: that beside this program)", arguments.program);
    cmd.AddValue("format", "report on standard output: text or json", arguments.format);
    cmd.AddValue("quiet", "no progress on standard error", arguments.quiet);
}

/// Read the command line.
CampaignArguments
ParseArguments(int argc, char* argv[])
{
    const ArgumentChecker checker(
        {"scenario",       "classes",    "seed",       "runs",      "stop-width", "stop-metric",
         "min-runs",       "batch-runs", "confidence", "enumerate", "fault-at-s", "horizon-s",
         "repair-after-s", "output",     "jobs",       "sshlogin",  "only-runs",  "keep",
         "program",        "format",     "set",        "variant"},
        {"allow-other-faults", "quiet"});
    CampaignArguments arguments;
    std::vector<std::string> rest;
    for (int i = 0; i < argc; ++i)
    {
        const std::string argument = argv[i];
        if (TakeRepeated(argument, "--set=", arguments.sets) ||
            TakeRepeated(argument, "--variant=", arguments.variants))
        {
            continue;
        }
        if (i > 0)
        {
            checker.Check(argument);
        }
        rest.push_back(argument);
    }
    std::string ignored;
    CommandLine cmd(__FILE__);
    cmd.Usage("Runs a scenario of the qkdn-resilience module many times, with several resilience "
              "classes on the same failures, and reports means with confidence intervals, "
              "availability and differences. Goes on where an earlier call was interrupted.");
    AddPlanOptions(cmd, arguments, ignored);
    AddExecutionOptions(cmd, arguments);
    cmd.Parse(rest);
    return arguments;
}

/// qkdn-scenario beside this program; ns-3 adds its version and build profile to both names.
std::string
FindScenarioProgram(const std::string& given)
{
    if (!given.empty())
    {
        return std::filesystem::absolute(given).string();
    }
    const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe");
    std::string name = self.filename().string();
    const std::string own = "qkdn-campaign";
    const std::size_t at = name.find(own);
    if (at != std::string::npos)
    {
        name.replace(at, own.size(), "qkdn-scenario");
    }
    return (self.parent_path() / name).string();
}

int
RunCampaign(const CampaignArguments& arguments)
{
    CampaignOptions options = ReadCampaignArguments(arguments);
    options.output = options.output.empty() ? "results/campaign" : options.output;
    options.program = FindScenarioProgram(arguments.program);
    if (!std::filesystem::exists(options.program))
    {
        throw ScenarioError("--program",
                            "",
                            options.program + " is not there",
                            "build qkdn-scenario, or give its path");
    }
    if ((options.jobs > 1 || !options.sshLogin.empty()) && !JobRunner::HasGnuParallel())
    {
        if (!options.sshLogin.empty())
        {
            throw ScenarioError("--sshlogin",
                                "",
                                "needs GNU parallel",
                                "install the package parallel, or leave it out");
        }
        std::cerr << "qkdn-campaign: without GNU parallel (package parallel) one process at a time"
                  << std::endl;
        options.jobs = 1;
    }
    Campaign campaign(options, arguments.quiet ? nullptr : &std::cerr);
    campaign.Run();
    campaign.Report(arguments.format, std::cout, std::cerr);
    return 0;
}

} // namespace

int
main(int argc, char* argv[])
{
    try
    {
        return RunCampaign(ParseArguments(argc, argv));
    }
    catch (const ScenarioError& error)
    {
        std::cerr << error.what() << std::endl;
        return 2;
    }
    catch (const std::exception& error)
    {
        std::cerr << "qkdn-campaign: " << error.what() << std::endl;
        return 1;
    }
}
