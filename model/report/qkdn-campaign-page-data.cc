/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-campaign-page-data.h"

#include "qkdn-campaign-writer.h"
#include "qkdn-html-page.h"
#include "qkdn-page-sections.h"
#include "qkdn-report-format.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <sstream>
#include <utility>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief Read JSON, but for the values of a name.
 * @param text the JSON
 * @param name the name that is left out, wherever it is
 * @return the rest
 */
PageJson
ParseWithout(const std::string& text, const std::string& name)
{
    return PageJson::parse(text, [&name](int, PageJson::parse_event_t event, PageJson& parsed) {
        return event != PageJson::parse_event_t::key || parsed != name;
    });
}

/**
 * @brief Choose some of many evenly.
 * @param count how many there are
 * @param most how many are kept at most, above 0
 * @return their numbers
 */
std::vector<std::size_t>
ChooseEvenly(std::size_t count, std::size_t most)
{
    const std::size_t kept = std::min(count, most);
    std::vector<std::size_t> chosen;
    chosen.reserve(kept);
    for (std::size_t i = 0; i < kept; ++i)
    {
        chosen.push_back(i * count / kept);
    }
    return chosen;
}

/**
 * @brief The values of a metric.
 * @param series the variant
 * @param chosen which runs
 * @param metric the metric
 * @return one value for each run, null where it has none
 */
PageJson
ValuesOf(const CampaignSeries& series, const std::vector<std::size_t>& chosen, RunMetric metric)
{
    PageJson values = PageJson::array();
    for (const std::size_t i : chosen)
    {
        const std::optional<double>& value = series.runs.at(i).values[metric];
        values.push_back(value ? PageJson(*value) : PageJson(nullptr));
    }
    return values;
}

/**
 * @brief Add the runs as lists of values.
 * @param results the runs
 * @param [in,out] json the data: gets "shown", and "values" of each class
 * @param [in,out] notes gets a sentence if runs are left out
 */
void
AddRuns(const CampaignResults& results, PageJson& json, PageNotes& notes)
{
    const std::size_t all = results.series.front().runs.size();
    const std::size_t most =
        std::max<std::size_t>(1, CampaignPageData::MAX_POINTS / results.series.size());
    const std::vector<std::size_t> chosen = ChooseEvenly(all, most);
    if (chosen.size() < all)
    {
        notes.push_back("Of " + std::to_string(all) + " runs of each class " +
                        std::to_string(chosen.size()) +
                        ", evenly chosen, have a point; means, intervals and quantiles are those "
                        "of all.");
    }
    PageJson& shown = json["shown"];
    shown = {{"scenario", PageJson::array()}, {"run", PageJson::array()}};
    for (const std::size_t i : chosen)
    {
        const RunFigures& run = results.series.front().runs[i];
        shown["scenario"].push_back(run.scenario);
        shown["run"].push_back(run.run);
    }
    for (std::size_t k = 0; k < results.series.size(); ++k)
    {
        for (std::size_t i = 0; i < RUN_METRIC_COUNT; ++i)
        {
            const auto metric = static_cast<RunMetric>(i);
            json["classes"][k]["values"][DescribeRunMetric(metric).name] =
                ValuesOf(results.series[k], chosen, metric);
        }
    }
}

/**
 * @brief The sessions by their availability under the class that serves them worst.
 * @param classes "classes" of campaign.json
 * @return their ids, the least available first, those without a measure last
 */
std::vector<std::string>
SessionsByAvailability(const PageJson& classes)
{
    std::map<std::string, double> lowest;
    for (const PageJson& entry : classes)
    {
        for (const PageJson& session : entry.at("sessions"))
        {
            const PageJson& availability = session.at("availability");
            const double mean =
                availability.is_null() ? 2.0 : availability.at("mean").get<double>();
            double& known = lowest.emplace(session.at("id").get<std::string>(), mean).first->second;
            known = std::min(known, mean);
        }
    }
    std::vector<std::string> ids;
    ids.reserve(lowest.size());
    for (const auto& entry : lowest)
    {
        ids.push_back(entry.first);
    }
    std::stable_sort(ids.begin(), ids.end(), [&lowest](const auto& a, const auto& b) {
        return lowest[a] < lowest[b];
    });
    return ids;
}

/**
 * @brief Keep the sessions that are available least.
 * @param [in,out] json the data
 * @param [in,out] notes gets a sentence if sessions are left out
 */
void
ThinSessions(PageJson& json, PageNotes& notes)
{
    const std::vector<std::string> ids = SessionsByAvailability(json["classes"]);
    if (ids.size() <= CampaignPageData::MAX_SESSIONS)
    {
        return;
    }
    const std::set<std::string> kept(ids.begin(), ids.begin() + CampaignPageData::MAX_SESSIONS);
    for (PageJson& entry : json["classes"])
    {
        PageJson sessions = PageJson::array();
        for (PageJson& session : entry["sessions"])
        {
            if (kept.count(session.at("id").get<std::string>()) > 0)
            {
                sessions.push_back(std::move(session));
            }
        }
        entry["sessions"] = std::move(sessions);
    }
    notes.push_back("Of " + std::to_string(ids.size()) + " sessions the " +
                    std::to_string(kept.size()) + " that are available least can be chosen.");
}

/**
 * @brief The failures that interrupt most.
 * @param matrix the matrix
 * @return their rows, in order
 */
std::vector<std::size_t>
ChooseFailures(const RestorabilityMatrix& matrix)
{
    std::vector<std::size_t> rows(matrix.failures.size());
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    std::vector<double> sums(rows.size(), 0.0);
    for (const std::size_t i : rows)
    {
        for (std::size_t k = 0; k < matrix.series.size(); ++k)
        {
            sums[i] += matrix.GetCell(i, k).interruptedS;
        }
    }
    std::stable_sort(rows.begin(), rows.end(), [&sums](std::size_t a, std::size_t b) {
        return sums[a] > sums[b];
    });
    rows.resize(std::min(rows.size(), CampaignPageData::MAX_FAILURES));
    std::sort(rows.begin(), rows.end());
    return rows;
}

/**
 * @brief Some elements of a list.
 * @param list the list
 * @param chosen their numbers
 * @return these elements
 */
PageJson
Select(const PageJson& list, const std::vector<std::size_t>& chosen)
{
    PageJson some = PageJson::array();
    for (const std::size_t i : chosen)
    {
        some.push_back(list.at(i));
    }
    return some;
}

/**
 * @brief Write data so that they can stand in HTML.
 * @param json the data
 * @param os where to
 */
void
WritePageData(const PageJson& json, std::ostream& os)
{
    os << HtmlPage::EscapeJson(json.dump(-1, ' ', false, PageJson::error_handler_t::replace));
}

} // namespace

void
CampaignPageData::Write(const CampaignResults& results, std::ostream& os) const
{
    std::ostringstream text;
    CampaignWriter().WriteJson(results, text);
    PageJson json = ParseWithout(text.str(), "runs");
    PageNotes notes;
    AddRuns(results, json, notes);
    ThinSessions(json, notes);
    json["notes"] = notes;
    WritePageData(json, os);
}

void
CampaignPageData::Write(const RestorabilityMatrix& matrix, std::ostream& os) const
{
    std::ostringstream text;
    RestorabilityWriter().WriteJson(matrix, text);
    PageJson json = PageJson::parse(text.str());
    PageNotes notes;
    const std::vector<std::size_t> chosen = ChooseFailures(matrix);
    if (chosen.size() < matrix.failures.size())
    {
        notes.push_back("Of " + std::to_string(matrix.failures.size()) + " failures the " +
                        std::to_string(chosen.size()) +
                        " that interrupt most are in the matrix; sums are those of all.");
    }
    json["failures"] = Select(json["failures"], chosen);
    for (PageJson& entry : json["classes"])
    {
        entry["cells"] = Select(entry["cells"], chosen);
    }
    json["notes"] = notes;
    WritePageData(json, os);
}

} // namespace qkdn
} // namespace ns3
