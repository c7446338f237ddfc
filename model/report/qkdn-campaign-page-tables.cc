/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-campaign-page-tables.h"

#include "qkdn-html-table.h"
#include "qkdn-report-format.h"

#include <algorithm>
#include <initializer_list>

namespace ns3
{
namespace qkdn
{

namespace
{

constexpr int FIGURE_DIGITS = 6;       //!< significant digits of figures
constexpr int AVAILABILITY_DIGITS = 9; //!< of availabilities

using TableRow = std::vector<std::string>;

/// The metrics in the table of runs.
const std::initializer_list<RunMetric> RUN_COLUMNS = {METRIC_AVAILABILITY,
                                                      METRIC_INTERRUPTIONS,
                                                      METRIC_OUTAGE,
                                                      METRIC_LONGEST_OUTAGE,
                                                      METRIC_LOST,
                                                      METRIC_FAULTS,
                                                      METRIC_EPISODES,
                                                      METRIC_RECOVERED,
                                                      METRIC_RECOVERY_TIME,
                                                      METRIC_SPENT};

/**
 * @brief A figure that may be missing.
 * @param value the figure
 * @param digits significant digits
 * @return its text, or a dash
 */
std::string
FigureCell(const std::optional<double>& value, int digits = FIGURE_DIGITS)
{
    return value ? FormatNumber(*value, digits) : "-";
}

/**
 * @brief Add both limits of an interval.
 * @param interval the interval, if there is one
 * @param digits significant digits
 * @param [in,out] row the row
 */
void
AddLimitCells(const std::optional<ConfidenceInterval>& interval, int digits, TableRow& row)
{
    row.push_back(interval ? FormatNumber(interval->low, digits) : "-");
    row.push_back(interval ? FormatNumber(interval->high, digits) : "-");
}

/**
 * @brief The changes that make a variant.
 * @param variant the variant
 * @return its changes, or a dash
 */
std::string
ChangesText(const CampaignVariant& variant)
{
    std::string text;
    for (const std::string& change : variant.sets)
    {
        text += (text.empty() ? "" : "; ") + change;
    }
    return text.empty() ? "-" : text;
}

/**
 * @brief The class of a variant.
 * @param variant the variant
 * @return its class
 */
std::string
ClassText(const CampaignVariant& variant)
{
    return variant.resilienceClass.empty() ? "as in the scenario" : variant.resilienceClass;
}

/**
 * @brief Add an availability.
 * @param availability its statistics, if any
 * @param [in,out] row gets seven cells
 */
void
AddAvailabilityCells(const std::optional<AvailabilityStatistics>& availability, TableRow& row)
{
    if (!availability)
    {
        row.insert(row.end(), 7, "-");
        return;
    }
    row.push_back(FormatNumber(availability->sample.mean, AVAILABILITY_DIGITS));
    AddLimitCells(availability->interval, AVAILABILITY_DIGITS, row);
    row.push_back(FigureCell(availability->nines, 4));
    row.push_back(FigureCell(availability->ninesLow, 4));
    row.push_back(FigureCell(availability->ninesHigh, 4));
    row.push_back(availability->bound
                      ? FormatNumber(availability->bound->availabilityLower, FIGURE_DIGITS)
                      : "-");
}

/**
 * @brief Write the availability of all sessions together.
 * @param results the runs
 * @param os where to
 */
void
WriteClasses(const CampaignResults& results, std::ostream& os)
{
    HtmlTable table("Classes and their availability",
                    {"class",
                     "resilience class",
                     "changes",
                     "availability",
                     "low",
                     "high",
                     "nines",
                     "nines low",
                     "nines high",
                     "at least (no interruption seen)"});
    table.SetSource("campaign.json");
    for (const CampaignSeries& series : results.series)
    {
        TableRow row = {series.variant.name,
                        ClassText(series.variant),
                        ChangesText(series.variant)};
        AddAvailabilityCells(DescribeAvailability(series, results.confidence), row);
        table.AddRow(row);
    }
    table.Write("There is none.", os);
}

/**
 * @brief Add a proportion.
 * @param proportion the proportion
 * @param [in,out] row gets five cells
 */
void
AddProportionCells(const ProportionStatistics& proportion, TableRow& row)
{
    row.push_back(std::to_string(proportion.count));
    row.push_back(std::to_string(proportion.trials));
    row.push_back(proportion.trials > 0 ? FormatNumber(static_cast<double>(proportion.count) /
                                                           static_cast<double>(proportion.trials),
                                                       FIGURE_DIGITS)
                                        : "-");
    AddLimitCells(proportion.interval, FIGURE_DIGITS, row);
}

/**
 * @brief Write proportions and quantiles.
 * @param results the runs
 * @param os where to
 */
void
WriteShares(const CampaignResults& results, std::ostream& os)
{
    HtmlTable shares("Shares", {"class", "what", "count", "of", "share", "low", "high"});
    HtmlTable times("Quantiles of times (s)",
                    {"class", "time", "count", "median", "90 %", "95 %", "99 %", "longest"});
    shares.SetSource("campaign.json");
    times.SetSource("campaign.json");
    for (const CampaignSeries& series : results.series)
    {
        const std::string& name = series.variant.name;
        TableRow recovered = {name, "failure episodes recovered in time"};
        AddProportionCells(DescribeRecovered(series, results.confidence), recovered);
        shares.AddRow(recovered);
        TableRow interrupted = {name, "runs with an interruption"};
        AddProportionCells(DescribeOutageRuns(series, results.confidence), interrupted);
        shares.AddRow(interrupted);
        for (const bool isRecovery : {true, false})
        {
            const auto quantiles =
                isRecovery ? DescribeRecoveryTimes(series) : DescribeInterruptions(series);
            TableRow row = {name, isRecovery ? "from fault to first key" : "interruption"};
            if (quantiles)
            {
                row.push_back(std::to_string(quantiles->count));
                for (const double value : {quantiles->p50,
                                           quantiles->p90,
                                           quantiles->p95,
                                           quantiles->p99,
                                           quantiles->maximum})
                {
                    row.push_back(FormatNumber(value, FIGURE_DIGITS));
                }
            }
            else
            {
                row.push_back("0");
                row.insert(row.end(), 5, "-");
            }
            times.AddRow(row);
        }
    }
    shares.Write("There is none.", os);
    times.Write("There is none.", os);
}

/**
 * @brief Add a row with statistics.
 * @param metric the metric
 * @param name the variant
 * @param statistics its statistics, if any
 * @param [in,out] table the table
 */
void
AddStatisticsRow(RunMetric metric,
                 const std::string& name,
                 const std::optional<SampleStatistics>& statistics,
                 HtmlTable& table)
{
    const RunMetricDescription& description = DescribeRunMetric(metric);
    const std::string unit = description.unit;
    TableRow row = {description.label, unit == "1" ? "-" : unit, name};
    if (statistics)
    {
        row.push_back(std::to_string(statistics->count));
        row.push_back(FormatNumber(statistics->mean, FIGURE_DIGITS));
        AddLimitCells(statistics->interval, FIGURE_DIGITS, row);
        row.push_back(FigureCell(statistics->standardDeviation));
        row.push_back(FormatNumber(statistics->minimum, FIGURE_DIGITS));
        row.push_back(FormatNumber(statistics->median, FIGURE_DIGITS));
        row.push_back(FormatNumber(statistics->maximum, FIGURE_DIGITS));
    }
    else
    {
        row.push_back("0");
        row.insert(row.end(), 7, "-");
    }
    table.AddRow(row);
}

/**
 * @brief Write the statistics of all metrics.
 * @param results the runs
 * @param base the variant that is taken off, null for none
 * @param os where to
 */
void
WriteStatisticsTable(const CampaignResults& results, const CampaignSeries* base, std::ostream& os)
{
    HtmlTable table(base ? "Differences from " + base->variant.name + ", run by run"
                         : "Statistics of runs",
                    {"metric",
                     "unit",
                     "class",
                     "runs",
                     "mean",
                     "low",
                     "high",
                     "standard deviation",
                     "minimum",
                     "median",
                     "maximum"});
    table.SetSource("statistics.csv");
    if (results.series.size() > (base ? 2 : 1))
    {
        table.SetFilter(2);
    }
    for (std::size_t i = 0; i < RUN_METRIC_COUNT; ++i)
    {
        const auto metric = static_cast<RunMetric>(i);
        for (const CampaignSeries& series : results.series)
        {
            if (&series != base)
            {
                AddStatisticsRow(metric,
                                 series.variant.name,
                                 base
                                     ? DescribeDifference(series, *base, metric, results.confidence)
                                     : DescribeMetric(series, metric, results.confidence),
                                 table);
            }
        }
    }
    table.Write("There is none.", os);
}

/**
 * @brief Write the availability of each session.
 * @param results the runs
 * @param os where to
 */
void
WriteSessionTable(const CampaignResults& results, std::ostream& os)
{
    HtmlTable table("Availability of sessions",
                    {"session",
                     "class",
                     "availability",
                     "low",
                     "high",
                     "nines",
                     "nines low",
                     "nines high",
                     "at least (no interruption seen)"});
    table.SetSource("campaign.json");
    if (results.series.size() > 1)
    {
        table.SetFilter(1);
    }
    // more would not be shown
    const std::vector<RunSession>& sessions = results.series.front().runs.front().sessions;
    const std::size_t described = HtmlTable::MAX_ROWS / results.series.size() + 1;
    for (std::size_t i = 0; i < sessions.size(); ++i)
    {
        for (const CampaignSeries& series : results.series)
        {
            TableRow row = {sessions[i].id, series.variant.name};
            AddAvailabilityCells(
                i < described
                    ? DescribeSessionAvailability(series, sessions[i].id, results.confidence)
                    : std::nullopt,
                row);
            table.AddRow(row);
        }
    }
    table.Write("There is none.", os);
}

/**
 * @brief Write the runs, those of a number side by side.
 * @param results the runs
 * @param os where to
 */
void
WriteRunTable(const CampaignResults& results, std::ostream& os)
{
    TableRow columns = {"scenario", "run", "class"};
    for (const RunMetric metric : RUN_COLUMNS)
    {
        const RunMetricDescription& description = DescribeRunMetric(metric);
        const std::string unit = description.unit;
        columns.push_back(description.label + (unit == "1" ? std::string() : " (" + unit + ")"));
    }
    HtmlTable table("Runs", columns);
    table.SetSource("campaign.csv");
    if (results.series.size() > 1)
    {
        table.SetFilter(2);
    }
    for (std::size_t i = 0; i < results.series.front().runs.size(); ++i)
    {
        for (const CampaignSeries& series : results.series)
        {
            const RunFigures& run = series.runs.at(i);
            TableRow row = {run.scenario, std::to_string(run.run), series.variant.name};
            for (const RunMetric metric : RUN_COLUMNS)
            {
                row.push_back(FigureCell(run.values[metric]));
            }
            table.AddRow(row);
        }
    }
    table.Write("There is none.", os);
}

/**
 * @brief Add what became of sessions.
 * @param cell the figures
 * @param [in,out] row gets six cells
 */
void
AddCells(const RestorabilityCell& cell, TableRow& row)
{
    for (const std::size_t count : {cell.hit, cell.recovered, cell.late, cell.notRecovered})
    {
        row.push_back(std::to_string(count));
    }
    row.push_back(FormatNumber(cell.interruptedS, FIGURE_DIGITS));
    row.push_back(FormatNumber(cell.longestS, FIGURE_DIGITS));
}

/**
 * @brief Write the sums of a matrix.
 * @param matrix the matrix
 * @param os where to
 */
void
WriteSums(const RestorabilityMatrix& matrix, std::ostream& os)
{
    HtmlTable table("Sums over all failures",
                    {"class",
                     "resilience class",
                     "changes",
                     "sessions hit",
                     "recovered in time",
                     "late",
                     "not recovered",
                     "interrupted (s)",
                     "longest (s)",
                     "restorability"});
    table.SetSource("campaign.json");
    for (std::size_t k = 0; k < matrix.series.size(); ++k)
    {
        const CampaignVariant& variant = matrix.series[k].variant;
        const RestorabilityCell total = matrix.GetTotal(k);
        TableRow row = {variant.name, ClassText(variant), ChangesText(variant)};
        AddCells(total, row);
        row.push_back(total.hit > 0 ? FormatNumber(static_cast<double>(total.recovered) /
                                                       static_cast<double>(total.hit),
                                                   FIGURE_DIGITS)
                                    : "-");
        table.AddRow(row);
    }
    table.Write("There is none.", os);
}

/**
 * @brief Write the cells of a matrix.
 * @param matrix the matrix
 * @param os where to
 */
void
WriteCells(const RestorabilityMatrix& matrix, std::ostream& os)
{
    HtmlTable table("Failures",
                    {"failure",
                     "type",
                     "class",
                     "sessions that end there",
                     "sessions hit",
                     "recovered in time",
                     "late",
                     "not recovered",
                     "interrupted (s)",
                     "longest (s)"});
    table.SetSource("restorability.csv");
    if (matrix.series.size() > 1)
    {
        table.SetFilter(2);
    }
    for (std::size_t i = 0; i < matrix.failures.size(); ++i)
    {
        for (std::size_t k = 0; k < matrix.series.size(); ++k)
        {
            const EnumeratedFailure& failure = matrix.failures[i];
            TableRow row = {failure.name,
                            failure.type,
                            matrix.series[k].variant.name,
                            std::to_string(failure.endsThere.size())};
            AddCells(matrix.GetCell(i, k), row);
            table.AddRow(row);
        }
    }
    table.Write("There is none.", os);
}

} // namespace

void
CampaignPageTables::WriteAll(const CampaignResults& results, std::ostream& os) const
{
    WriteClasses(results, os);
    WriteShares(results, os);
    WriteStatisticsTable(results, nullptr, os);
    if (results.series.size() > 1)
    {
        WriteStatisticsTable(results, &results.series.front(), os);
    }
    WriteSessionTable(results, os);
    WriteRunTable(results, os);
}

void
CampaignPageTables::WriteAll(const RestorabilityMatrix& matrix, std::ostream& os) const
{
    WriteSums(matrix, os);
    WriteCells(matrix, os);
}

} // namespace qkdn
} // namespace ns3
