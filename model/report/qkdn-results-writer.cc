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

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

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

/// Writes a file of a run.
using DataWriter = void (*)(const ExperimentResults& results, std::ostream& os);

/**
 * @brief The tables and JSON files.
 * @return name and writer of each
 */
const std::vector<std::pair<const char*, DataWriter>>&
DataFiles()
{
    using Results = const ExperimentResults&;
    static const std::vector<std::pair<const char*, DataWriter>> files = {
        {"summary.json", [](Results r, std::ostream& os) { SummaryWriter().Write(r, os); }},
        {"recoveries.csv", [](Results r, std::ostream& os) { CsvWriter().WriteRecoveries(r, os); }},
        {"key-supply.csv", [](Results r, std::ostream& os) { CsvWriter().WriteKeySupply(r, os); }},
        {"pools.csv", [](Results r, std::ostream& os) { CsvWriter().WritePools(r, os); }},
        {"route-use.csv", [](Results r, std::ostream& os) { CsvWriter().WriteRouteUses(r, os); }},
        {"charging.csv", [](Results r, std::ostream& os) { CsvWriter().WriteCharging(r, os); }},
        {"faults.csv", [](Results r, std::ostream& os) { FaultCsvWriter().WriteFaults(r, os); }},
        {"repairs.csv", [](Results r, std::ostream& os) { FaultCsvWriter().WriteRepairs(r, os); }},
        {"key-flow.csv", [](Results r, std::ostream& os) { CsvWriter().WriteKeyFlow(r, os); }},
        {"causes.csv", [](Results r, std::ostream& os) { CsvWriter().WriteCauses(r, os); }},
        {"events.jsonl", [](Results r, std::ostream& os) { EventLogWriter().Write(r, os); }},
        {"requirements.json",
         [](Results r, std::ostream& os) { RequirementsWriter().Write(r, os); }},
    };
    return files;
}

/**
 * @brief Write a file of a run.
 * @param results the results
 * @param writer writes it
 * @param file its path
 */
void
WriteData(const ExperimentResults& results, DataWriter writer, const std::filesystem::path& file)
{
    WriteOutputFile(file.string(), [&](std::ostream& os) { writer(results, os); });
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
    for (const auto& [name, writer] : DataFiles())
    {
        WriteData(results, writer, root / name);
        written.emplace_back(name);
    }
    const std::vector<std::string> plots = m_plots.Write(results, directory, warnings);
    written.insert(written.end(), plots.begin(), plots.end());
    const std::vector<std::string> figures = ReadFigures(root, plots);
    WriteOutputFile((root / "report.html").string(),
                    [&](std::ostream& os) { ReportWriter().Write(results, figures, os); });
    written.emplace_back("report.html");
    return written;
}

void
ResultsWriter::WriteSome(const ExperimentResults& results,
                         const std::vector<std::string>& names,
                         const std::string& directory) const
{
    MakeDirectory(directory);
    for (const auto& [name, writer] : DataFiles())
    {
        if (std::find(names.begin(), names.end(), name) != names.end())
        {
            WriteData(results, writer, std::filesystem::path(directory) / name);
        }
    }
}

std::vector<std::string>
ResultsWriter::GetDataFiles()
{
    std::vector<std::string> names;
    for (const auto& file : DataFiles())
    {
        names.emplace_back(file.first);
    }
    return names;
}

} // namespace qkdn
} // namespace ns3
