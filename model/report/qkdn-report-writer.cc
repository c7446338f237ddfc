/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-report-writer.h"

#include "qkdn-html-page.h"
#include "qkdn-page-data.h"
#include "qkdn-report-format.h"
#include "qkdn-report-tables.h"
#include "qkdn-text-report.h"

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief What was run, and the result.
 * @param results the results
 * @param os where to
 */
void
WriteHead(const ExperimentResults& results, std::ostream& os)
{
    if (!results.description.empty())
    {
        os << "<p class=\"description\">" << EscapeHtml(results.description) << "</p>\n";
    }
    os << "<p class=\"verdict\">" << EscapeHtml(TextReport::Verdict(results)) << "</p>\n"
       << (results.conservation.Balances()
               ? "<p class=\"good\">The key books balance.</p>\n"
               : "<p class=\"bad\">The key books do not balance.</p>\n");
    for (const auto& violation : results.conservation.violations)
    {
        os << "<p class=\"bad\">Key rule broken: " << EscapeHtml(violation) << "</p>\n";
    }
    for (const std::string& offence : TextReport::GetOffences(results))
    {
        os << "<p class=\"bad\">" << EscapeHtml(offence) << "</p>\n";
    }
    os << "<p class=\"run\">" << EscapeHtml(FormatSecondsForPeople(results.simulated))
       << " simulated, of which the first " << EscapeHtml(FormatSecondsForPeople(results.warmUp))
       << " are not measured; seed " << std::to_string(results.seed) << ", run "
       << std::to_string(results.run) << "; ns-3 " << EscapeHtml(results.ns3Version) << "; "
       << FormatCount(results.events) << " events, " << FormatCount(results.packets) << " packets, "
       << FormatCount(results.network.controlMessages) << " control messages with "
       << FormatCount(results.network.controlBytes) << " bytes.</p>\n";
}

/**
 * @brief Make the ids of a figure different from those of the other figures of the page.
 *
 * All files of gnuplot name their canvas, point symbols and filters alike.
 *
 * @param svg the figure
 * @param number number of the figure
 * @return the figure with the number in those ids and in what refers to them
 */
std::string
MakeIdsUnique(std::string svg, std::size_t number)
{
    const std::string mark = "fig" + std::to_string(number) + "_";
    for (const std::string attribute :
         {"id=\"gnuplot_canvas", "id='gp", "href='#gp", "id='textbox", "id='greybox"})
    {
        const std::size_t name = attribute.find_last_of("\"'#") + 1;
        for (std::size_t at = svg.find(attribute); at != std::string::npos;
             at = svg.find(attribute, at + attribute.size()))
        {
            svg.insert(at + name, mark);
        }
    }
    return svg;
}

/**
 * @brief The plots.
 * @param plots contents of the SVG files
 * @param os where to
 */
void
WritePlots(const std::vector<std::string>& plots, std::ostream& os)
{
    for (std::size_t i = 0; i < plots.size(); ++i)
    {
        // inside HTML there is no XML declaration and no document type
        const std::size_t start = plots[i].find("<svg");
        if (start != std::string::npos)
        {
            os << "<figure>\n" << MakeIdsUnique(plots[i].substr(start), i + 1) << "</figure>\n";
        }
    }
}

} // namespace

void
ReportWriter::Write(const ExperimentResults& results,
                    const std::vector<std::string>& plots,
                    std::ostream& os) const
{
    HtmlPage page("report.html");
    page.SetPart("title", [&results](std::ostream& o) { o << EscapeHtml(results.scenario); });
    page.SetPart("head", [&results](std::ostream& o) { WriteHead(results, o); });
    page.SetPart("plots", [&plots](std::ostream& o) { WritePlots(plots, o); });
    page.SetPart("tables", [&results](std::ostream& o) { ReportTables().WriteAll(results, o); });
    page.SetPart("data", [&results](std::ostream& o) { PageDataWriter().Write(results, o); });
    page.Write(os);
}

} // namespace qkdn
} // namespace ns3
