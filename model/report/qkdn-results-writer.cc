/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-results-writer.h"

#include "qkdn-csv-writer.h"
#include "qkdn-event-log-writer.h"
#include "qkdn-fault-csv-writer.h"
#include "qkdn-output-file.h"
#include "qkdn-report-writer.h"
#include "qkdn-requirements-writer.h"
#include "qkdn-summary-writer.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief Make a directory and what is missing above it.
 * @param directory the directory
 */
void
MakeDirectory(const std::string& directory)
{
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    if (error)
    {
        throw ReportError(directory, error.message());
    }
}

/**
 * @brief Read the figures among some files.
 * @param directory where they are
 * @param files names of files
 * @return contents of those that are SVG
 */
std::vector<std::string>
ReadFigures(const std::filesystem::path& directory, const std::vector<std::string>& files)
{
    std::vector<std::string> figures;
    for (const auto& name : files)
    {
        const std::filesystem::path file = directory / name;
        if (file.extension() != ".svg")
        {
            continue;
        }
        std::ifstream is(file, std::ios::binary);
        if (!is)
        {
            throw ReportError(file.string(), "cannot be read");
        }
        figures.emplace_back(std::istreambuf_iterator<char>(is), std::istreambuf_iterator<char>());
    }
    return figures;
}

} // namespace

ResultsWriter::ResultsWriter(const std::string& gnuplot)
    : m_plots(gnuplot)
{
}

std::vector<std::string>
ResultsWriter::WriteAll(const ExperimentResults& results,
                        const std::string& directory,
                        std::ostream& warnings) const
{
    MakeDirectory(directory);
    const std::filesystem::path root(directory);
    std::vector<std::string> written;
    const auto write = [&root, &written](const std::string& name,
                                         const std::function<void(std::ostream&)>& content) {
        WriteOutputFile((root / name).string(), content);
        written.push_back(name);
    };
    const CsvWriter csv;
    write("summary.json", [&](std::ostream& os) { SummaryWriter().Write(results, os); });
    write("recoveries.csv", [&](std::ostream& os) { csv.WriteRecoveries(results, os); });
    write("key-supply.csv", [&](std::ostream& os) { csv.WriteKeySupply(results, os); });
    write("pools.csv", [&](std::ostream& os) { csv.WritePools(results, os); });
    write("route-use.csv", [&](std::ostream& os) { csv.WriteRouteUses(results, os); });
    write("charging.csv", [&](std::ostream& os) { csv.WriteCharging(results, os); });
    const FaultCsvWriter faults;
    write("faults.csv", [&](std::ostream& os) { faults.WriteFaults(results, os); });
    write("repairs.csv", [&](std::ostream& os) { faults.WriteRepairs(results, os); });
    write("key-flow.csv", [&](std::ostream& os) { csv.WriteKeyFlow(results, os); });
    write("causes.csv", [&](std::ostream& os) { csv.WriteCauses(results, os); });
    write("events.jsonl", [&](std::ostream& os) { EventLogWriter().Write(results, os); });
    write("requirements.json", [&](std::ostream& os) { RequirementsWriter().Write(results, os); });
    const std::vector<std::string> plots = m_plots.Write(results, directory, warnings);
    written.insert(written.end(), plots.begin(), plots.end());
    const std::vector<std::string> figures = ReadFigures(root, plots);
    write("report.html", [&](std::ostream& os) { ReportWriter().Write(results, figures, os); });
    return written;
}

} // namespace qkdn
} // namespace ns3
