/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-campaign.h"

#include "ns3/qkdn-campaign-page.h"
#include "ns3/qkdn-campaign-plots.h"
#include "ns3/qkdn-campaign-table.h"
#include "ns3/qkdn-campaign-writer.h"
#include "ns3/qkdn-output-file.h"
#include "ns3/qkdn-plot-writer.h"
#include "ns3/qkdn-restorability.h"
#include "ns3/qkdn-scenario-error.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>

namespace ns3
{
namespace qkdn
{

namespace
{

/// Reports of progress are at least this far apart.
constexpr std::chrono::seconds TELL_INTERVAL{2};

/**
 * @brief A span of real time for people.
 * @param seconds the span
 * @return for example "2 h 5 min"
 */
std::string
SpanText(double seconds)
{
    const auto whole = static_cast<uint64_t>(std::ceil(seconds));
    if (whole < 60)
    {
        return std::to_string(whole) + " s";
    }
    const uint64_t minutes = (whole + 59) / 60;
    return (minutes < 60 ? "" : std::to_string(minutes / 60) + " h ") +
           std::to_string(minutes % 60) + " min";
}

/**
 * @brief The content of a file that a run has written.
 * @param file the file
 * @return its bytes
 */
std::string
ReadRunFile(const std::filesystem::path& file)
{
    std::ifstream is(file, std::ios::binary);
    if (!is)
    {
        throw ReportError(file.string(),
                          "cannot be read; remove its folder, and the run is repeated");
    }
    return {std::istreambuf_iterator<char>(is), std::istreambuf_iterator<char>()};
}

} // namespace

Campaign::Campaign(const CampaignOptions& options, std::ostream* progress)
    : m_options(options),
      m_progress(progress),
      m_plan(options),
      m_folder(options.output)
{
    if (options.onlyRuns && options.onlyRuns->last > m_plan.GetReplications())
    {
        throw ScenarioError("--only-runs",
                            "",
                            "there are " + std::to_string(m_plan.GetReplications()) +
                                " replications",
                            "give numbers up to that");
    }
    m_results.scenarios = m_plan.GetScenarioNames();
    m_results.plannedRuns = options.runs;
    m_results.confidence = options.confidence;
    m_results.stopRule = options.stop;
    for (const CampaignVariant& variant : options.variants)
    {
        m_results.series.push_back({variant, {}});
    }
}

void
Campaign::Run()
{
    m_folder.Open(m_plan.GetIdentity());
    const std::size_t all = m_plan.GetReplications();
    m_toDo = all * m_options.variants.size();
    m_begin = std::chrono::steady_clock::now();
    if (m_options.onlyRuns)
    {
        m_toDo =
            (m_options.onlyRuns->last - m_options.onlyRuns->first + 1) * m_options.variants.size();
        Execute(m_options.onlyRuns->first - 1, m_options.onlyRuns->last);
        return;
    }
    const std::size_t scenarios = m_options.scenarios.size();
    std::size_t done = 0;
    while (done < all && !m_results.stopped)
    {
        std::size_t next = all;
        if (m_options.stop)
        {
            next = done == 0 ? m_options.stop->minimumRuns * scenarios
                             : done + m_options.stop->batchRuns * scenarios;
            next = std::min(next, all);
        }
        Execute(done, next);
        Gather(done, next);
        done = next;
        m_results.stopped = m_options.stop && MeetsStopRule(m_results);
    }
}

void
Campaign::Execute(std::size_t begin, std::size_t end)
{
    const std::vector<CampaignJob> jobs = m_plan.GetJobs(begin, end);
    std::vector<CampaignJob> missing;
    std::vector<std::string> commands;
    for (const CampaignJob& job : jobs)
    {
        if (!m_folder.IsComplete(job))
        {
            missing.push_back(job);
            commands.push_back(m_folder.MakeCommand(job, m_options.program, m_plan.GetFiles()));
        }
    }
    m_toDo -= jobs.size() - missing.size();
    if (missing.empty())
    {
        return;
    }
    const JobRunner runner(m_options.jobs, m_options.sshLogin);
    const std::string reason = runner.Run(commands, [this, &missing] { Watch(missing); });
    m_told = {};
    Watch(missing);
    if (!missing.empty())
    {
        Fail(missing, reason);
    }
}

void
Campaign::Watch(std::vector<CampaignJob>& missing)
{
    const auto now = std::chrono::steady_clock::now();
    if (now - m_told < TELL_INTERVAL)
    {
        return;
    }
    m_told = now;
    const auto isComplete = [this](const CampaignJob& job) { return m_folder.IsComplete(job); };
    const std::size_t before = missing.size();
    missing.erase(std::remove_if(missing.begin(), missing.end(), isComplete), missing.end());
    m_done += before - missing.size();
    m_toDo -= before - missing.size();
    if (!m_progress || before == missing.size())
    {
        return;
    }
    const double seconds = std::chrono::duration<double>(now - m_begin).count();
    *m_progress << m_done << " runs done, " << m_toDo << (m_options.stop ? " at most" : "")
                << " to do";
    if (m_toDo > 0)
    {
        *m_progress << ", about "
                    << SpanText(seconds / static_cast<double>(m_done) * static_cast<double>(m_toDo))
                    << " left";
    }
    *m_progress << std::endl;
}

void
Campaign::Fail(const std::vector<CampaignJob>& jobs, const std::string& reason) const
{
    // others were not begun, or not ended when no further ones were begun
    const auto found = std::find_if(jobs.begin(), jobs.end(), [this](const CampaignJob& job) {
        return m_folder.HasFailed(job);
    });
    const CampaignJob& job = found == jobs.end() ? jobs.front() : *found;
    std::string words = found == jobs.end() ? reason : m_folder.GetLastWords(job);
    words = words.empty() ? "it ended without a message" : words;
    std::string command = CampaignFolder::QuoteForShell(m_options.program);
    for (const std::string& argument : job.arguments)
    {
        command += " " + CampaignFolder::QuoteForShell(argument);
    }
    throw CampaignError(job.name + " failed: " + words + "; to repeat it: " + command);
}

void
Campaign::Gather(std::size_t begin, std::size_t end)
{
    for (std::size_t replication = begin; replication < end; ++replication)
    {
        const std::vector<CampaignJob> jobs = m_plan.GetJobs(replication, replication + 1);
        CompareFaults(jobs);
        for (const CampaignJob& job : jobs)
        {
            const std::filesystem::path file = m_folder.GetRunFolder(job) / "summary.json";
            m_results.series[job.variant].runs.push_back(RunFigures::ReadFile(file.string()));
        }
    }
}

void
Campaign::CompareFaults(const std::vector<CampaignJob>& jobs)
{
    const std::filesystem::path first = m_folder.GetRunFolder(jobs.front()) / "faults.csv";
    const std::string faults = ReadRunFile(first);
    for (const CampaignJob& job : jobs)
    {
        const std::filesystem::path file = m_folder.GetRunFolder(job) / "faults.csv";
        if (ReadRunFile(file) == faults)
        {
            continue;
        }
        if (!m_options.allowOtherFaults)
        {
            throw CampaignError(job.name + " has other faults than class " +
                                m_options.variants[jobs.front().variant].name + " (" +
                                file.string() +
                                "): repairs or faults depend on the class; let repairs take their "
                                "time without crews, give faults by fault_trace, or "
                                "--allow-other-faults");
        }
        m_results.haveSameFaults = false;
    }
}

RestorabilityMatrix
Campaign::MakeMatrix() const
{
    RestorabilityMatrix matrix = m_plan.GetEnumeration();
    matrix.series = m_results.series;
    return matrix;
}

void
Campaign::WriteReplications(std::ostream& warnings) const
{
    const std::filesystem::path folder(m_options.output);
    const CampaignWriter writer;
    WriteOutputFile((folder / "campaign.csv").string(),
                    [&](std::ostream& os) { writer.WriteRuns(m_results, os); });
    WriteOutputFile((folder / "sessions.csv").string(),
                    [&](std::ostream& os) { writer.WriteSessions(m_results, os); });
    WriteOutputFile((folder / "statistics.csv").string(),
                    [&](std::ostream& os) { writer.WriteStatistics(m_results, os); });
    WriteOutputFile((folder / "campaign.json").string(),
                    [&](std::ostream& os) { writer.WriteJson(m_results, os); });
    WriteOutputFile((folder / "report.html").string(),
                    [&](std::ostream& os) { CampaignPageWriter().Write(m_results, os); });
    for (const NamedPlot& plot : MakeCampaignPlots(m_results))
    {
        PlotWriter().WritePlot(plot.plot, m_options.output, plot.name, warnings);
    }
}

void
Campaign::Report(const std::string& format, std::ostream& os, std::ostream& warnings) const
{
    if (m_options.onlyRuns)
    {
        os << "runs " << m_options.onlyRuns->first << " to " << m_options.onlyRuns->last
           << " are in " << m_options.output
           << "; the same command without --only-runs gathers all\n";
        return;
    }
    const bool isJson = format == "json";
    if (m_options.enumerate == FAILURES_NONE)
    {
        WriteReplications(warnings);
        if (AreRunsEqual(m_results))
        {
            warnings << "qkdn-campaign: all runs of a class are equal, since nothing in the "
                        "scenario is random: the intervals say nothing; give random_faults, random "
                        "times of requests or --runs=1"
                     << std::endl;
        }
        isJson ? CampaignWriter().WriteJson(m_results, os)
               : CampaignTable().Write(m_results, m_options.output, os);
        return;
    }
    const RestorabilityMatrix matrix = MakeMatrix();
    const std::filesystem::path folder(m_options.output);
    const RestorabilityWriter writer;
    WriteOutputFile((folder / "restorability.csv").string(),
                    [&](std::ostream& file) { writer.WriteCsv(matrix, file); });
    WriteOutputFile((folder / "campaign.json").string(),
                    [&](std::ostream& file) { writer.WriteJson(matrix, file); });
    WriteOutputFile((folder / "report.html").string(),
                    [&](std::ostream& file) { CampaignPageWriter().Write(matrix, file); });
    for (const NamedPlot& plot : MakeRestorabilityPlots(matrix))
    {
        PlotWriter().WritePlot(plot.plot, m_options.output, plot.name, warnings);
    }
    isJson ? writer.WriteJson(matrix, os) : writer.WriteText(matrix, m_options.output, os);
}

} // namespace qkdn
} // namespace ns3
