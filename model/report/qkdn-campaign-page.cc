/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-campaign-page.h"

#include "qkdn-campaign-page-data.h"
#include "qkdn-campaign-page-tables.h"
#include "qkdn-html-page.h"
#include "qkdn-report-format.h"

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief A number of things.
 * @param count how many
 * @param one what one is called
 * @param many what several are called
 * @return for example "2 runs"
 */
std::string
CountText(std::size_t count, const std::string& one, const std::string& many)
{
    return FormatCount(count) + " " + (count == 1 ? one : many);
}

/**
 * @brief A probability for people.
 * @param share the probability
 * @return for example "95 %"
 */
std::string
PercentText(double share)
{
    return FormatNumber(share * 100, 4) + " %";
}

/**
 * @brief Write a paragraph.
 * @param look its CSS class
 * @param text the text, not escaped
 * @param os where to
 */
void
WriteParagraph(const std::string& look, const std::string& text, std::ostream& os)
{
    os << "<p class=\"" << look << "\">" << EscapeHtml(text) << "</p>\n";
}

/**
 * @brief Write what all runs have in common.
 * @param run one of them
 * @param os where to
 */
void
WriteDescription(const RunFigures& run, std::ostream& os)
{
    if (!run.description.empty())
    {
        WriteParagraph("description", run.description, os);
    }
}

/**
 * @brief The names of the scenarios.
 * @param results the campaign
 * @return the names with commas between them
 */
std::string
ScenarioNames(const CampaignResults& results)
{
    std::string names;
    for (const std::string& name : results.scenarios)
    {
        names += (names.empty() ? "" : ", ") + name;
    }
    return names;
}

/**
 * @brief When the campaign was to end, and whether it did.
 * @param results the campaign, with a stop rule
 * @return a sentence
 */
std::string
StopRuleText(const CampaignResults& results)
{
    const CampaignStopRule& rule = *results.stopRule;
    return "Stop rule: the half width of the " + PercentText(results.confidence) + " interval of " +
           DescribeRunMetric(rule.metric).label + " is at most " + PercentText(rule.relativeWidth) +
           " of the mean in each class; looked at from " +
           CountText(rule.minimumRuns, "run", "runs") + " on, every " +
           CountText(rule.batchRuns, "run", "runs") + " of each scenario. " +
           (results.stopped ? "It was met." : "It was not met.");
}

/**
 * @brief Write what was compared, and how.
 * @param results the campaign
 * @param os where to
 */
void
WriteCampaignHead(const CampaignResults& results, std::ostream& os)
{
    const std::vector<RunFigures>& runs = results.series.front().runs;
    WriteDescription(runs.front(), os);
    std::string counts = CountText(results.series.size(), "class", "classes") + ", " +
                         CountText(runs.size(), "run", "runs") +
                         (results.series.size() > 1 ? " of each" : "");
    if (results.scenarios.size() > 1)
    {
        counts += " over " + CountText(results.scenarios.size(), "scenario", "scenarios");
    }
    WriteParagraph("verdict", counts + "; " + PercentText(results.confidence) + " confidence", os);
    if (results.series.size() > 1)
    {
        results.haveSameFaults
            ? WriteParagraph("good",
                             "Runs of the same number have the same faults under all classes.",
                             os)
            : WriteParagraph("bad",
                             "Runs of the same number have not the same faults under all classes: "
                             "differences have the effect of the faults in them.",
                             os);
    }
    if (results.stopRule)
    {
        WriteParagraph("run", StopRuleText(results), os);
    }
    WriteParagraph(
        "run",
        FormatNumber(runs.front().measuredS, 12) + " s of the first run are measured; at most " +
            CountText(results.plannedRuns, "run", "runs") + " of each scenario and class; seed " +
            std::to_string(runs.front().seed) + "; ns-3 " + runs.front().ns3Version + ".",
        os);
}

/**
 * @brief Write what was enumerated.
 * @param matrix the matrix
 * @param os where to
 */
void
WriteCampaignHead(const RestorabilityMatrix& matrix, std::ostream& os)
{
    const RunFigures& first = matrix.series.front().runs.front();
    WriteDescription(first, os);
    WriteParagraph("verdict",
                   CountText(matrix.failures.size(), "failure", "failures") + " (" + matrix.kind +
                       ") under " + CountText(matrix.series.size(), "class", "classes"),
                   os);
    WriteParagraph("run",
                   "Each failure strikes a run of its own at " + FormatNumber(matrix.faultAtS, 6) +
                       " s, is watched for " + FormatNumber(matrix.horizonS, 6) + " s and " +
                       (matrix.repairAfterS
                            ? "is repaired after " + FormatNumber(*matrix.repairAfterS, 6) + " s"
                            : std::string("is not repaired")) +
                       "; sessions with an end in what has failed do not count; seed " +
                       std::to_string(first.seed) + ", run " + std::to_string(first.run) +
                       "; ns-3 " + first.ns3Version + ".",
                   os);
}

/**
 * @brief Write a page.
 * @tparam Results what it is about
 * @param name name of the template
 * @param title title of the page
 * @param results what it is about
 * @param os where to
 */
template <typename Results>
void
WriteCampaignPage(const std::string& name,
                  const std::string& title,
                  const Results& results,
                  std::ostream& os)
{
    HtmlPage page(name);
    page.SetPart("title", [&title](std::ostream& o) { o << EscapeHtml(title); });
    page.SetPart("head", [&results](std::ostream& o) { WriteCampaignHead(results, o); });
    page.SetPart("tables",
                 [&results](std::ostream& o) { CampaignPageTables().WriteAll(results, o); });
    page.SetPart("data", [&results](std::ostream& o) { CampaignPageData().Write(results, o); });
    page.Write(os);
}

} // namespace

void
CampaignPageWriter::Write(const CampaignResults& results, std::ostream& os) const
{
    WriteCampaignPage("campaign.html", "Campaign: " + ScenarioNames(results), results, os);
}

void
CampaignPageWriter::Write(const RestorabilityMatrix& matrix, std::ostream& os) const
{
    WriteCampaignPage("restorability.html", "Restorability: " + matrix.scenario, matrix, os);
}

} // namespace qkdn
} // namespace ns3
