/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-plot-writer.h"

#include "qkdn-output-file.h"
#include "qkdn-plots.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace ns3
{
namespace qkdn
{

namespace
{

constexpr int DATA_DIGITS = 12; //!< digits of the data in a plot file

/**
 * @brief Remove a file that may be there.
 * @param file the file
 */
void
Remove(const std::filesystem::path& file)
{
    std::error_code error;
    std::filesystem::remove(file, error);
    if (error)
    {
        throw ReportError(file.string(), error.message());
    }
}

/**
 * @brief Whether an SVG file is complete (gnuplot may not notice a full disk).
 * @param file the file
 * @return true if it ends as it should
 */
bool
IsCompleteSvg(const std::filesystem::path& file)
{
    std::ifstream is(file, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(is)), std::istreambuf_iterator<char>());
    return text.find("</svg>") != std::string::npos;
}

} // namespace

PlotWriter::PlotWriter(const std::string& gnuplot)
    : m_gnuplot(gnuplot)
{
}

std::vector<std::string>
PlotWriter::Write(const ExperimentResults& results,
                  const std::string& directory,
                  std::ostream& warnings) const
{
    std::vector<std::pair<std::string, std::optional<Gnuplot>>> plots;
    plots.emplace_back("key-supply", MakeKeySupplyPlot(results));
    plots.emplace_back("pools", MakePoolPlot(results));
    plots.emplace_back("recovery-stages", MakeRecoveryPlot(results));
    std::vector<std::string> written;
    for (auto& [name, plot] : plots)
    {
        for (const char* type : {".plt", ".svg"})
        {
            Remove(std::filesystem::path(directory) / (name + type));
        }
        if (plot)
        {
            for (const std::string& file : WritePlot(*plot, directory, name, warnings))
            {
                written.push_back(file);
            }
        }
    }
    return written;
}

std::vector<std::string>
PlotWriter::WritePlot(const Gnuplot& plot,
                      const std::string& directory,
                      const std::string& name,
                      std::ostream& warnings) const
{
    const std::filesystem::path source = std::filesystem::path(directory) / (name + ".plt");
    const std::filesystem::path figure = std::filesystem::path(directory) / (name + ".svg");
    Remove(figure);
    WriteOutputFile(source.string(), [&plot](std::ostream& os) {
        os.precision(DATA_DIGITS);
        Gnuplot(plot).GenerateOutput(os); // which is not const
    });
    std::string problem = m_gnuplot.Run(directory, name + ".plt");
    if (problem.empty() && !IsCompleteSvg(figure))
    {
        problem = figure.string() + " is incomplete";
    }
    if (problem.empty())
    {
        return {name + ".plt", name + ".svg"};
    }
    Remove(figure);
    warnings << "warning: " << name << ".svg was not drawn (" << problem << "); with gnuplot "
             << "installed, \"gnuplot " << name << ".plt\" in " << directory << " draws it\n";
    return {name + ".plt"};
}

} // namespace qkdn
} // namespace ns3
