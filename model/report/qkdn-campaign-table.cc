/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-campaign-table.h"

#include "qkdn-report-format.h"

#include <algorithm>
#include <iomanip>
#include <locale>
#include <sstream>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief A number with a fixed number of decimals.
 * @param number the number
 * @param decimals the decimals
 * @return its text
 */
std::string
FixedNumber(double number, int decimals)
{
    std::ostringstream os;
    os.imbue(std::locale::classic());
    os << std::fixed << std::setprecision(decimals) << number;
    return os.str();
}

/**
 * @brief Mean and half width.
 * @param statistics the statistics, if any
 * @param decimals decimals of both
 * @return for example "1.20 +- 0.03"
 */
std::string
MeanCell(const std::optional<SampleStatistics>& statistics, int decimals)
{
    if (!statistics)
    {
        return "-";
    }
    const auto half = statistics->GetHalfWidth();
    return FixedNumber(statistics->mean, decimals) +
           (half ? " +- " + FixedNumber(*half, decimals) : std::string());
}

/**
 * @brief The heading of a row.
 * @param description the metric
 * @return its label and unit
 */
std::string
RowHeading(const RunMetricDescription& description)
{
    const std::string unit = description.unit;
    return description.label + (unit == "1" ? std::string() : " (" + unit + ")");
}

/**
 * @brief Limits in brackets.
 * @param low lower limit
 * @param high upper limit, infinite if there is none
 * @param digits significant digits
 * @return for example " [0.9, 0.99]"
 */
std::string
Limits(const std::optional<double>& low, const std::optional<double>& high, int digits)
{
    return " [" + (low ? FormatNumber(*low, digits) : "-") + ", " +
           (high ? FormatNumber(*high, digits) : "inf") + "]";
}

/**
 * @brief What is known of the availability of a variant.
 * @param availability its statistics
 * @param confidence of the intervals
 * @return a sentence
 */
std::string
DescribeForPeople(const AvailabilityStatistics& availability, double confidence)
{
    const std::string percent = FormatNumber(confidence * 100, 4) + " %";
    if (availability.bound)
    {
        const NoOutageBound& bound = *availability.bound;
        return "no interruption in " + std::to_string(availability.sample.count) +
               " runs: at most " + FormatNumber(bound.outageRunUpper * 100, 3) +
               " % of runs have one, availability at least " +
               FormatNumber(bound.availabilityLower, 4) + " (" +
               (bound.nines ? FormatNumber(*bound.nines, 3) : "inf") + " nines; " + percent +
               ", one-sided)";
    }
    std::string text = FormatNumber(availability.sample.mean, 9);
    if (availability.interval)
    {
        text += Limits(availability.interval->low, availability.interval->high, 9);
    }
    text += ", " + (availability.nines ? FormatNumber(*availability.nines, 3) : "inf") + " nines";
    if (availability.interval)
    {
        text += Limits(availability.ninesLow, availability.ninesHigh, 3) + " (" + percent + ")";
    }
    return text;
}

/**
 * @brief A proportion for people.
 * @param proportion the proportion
 * @return for example "3 of 20 [0.0524, 0.36]"
 */
std::string
DescribeForPeople(const ProportionStatistics& proportion)
{
    return std::to_string(proportion.count) + " of " + std::to_string(proportion.trials) +
           (proportion.interval ? Limits(proportion.interval->low, proportion.interval->high, 3)
                                : std::string());
}

/**
 * @brief Write the means of all variants.
 * @param results the runs
 * @param os where to
 */
void
WriteMeans(const CampaignResults& results, std::ostream& os)
{
    std::vector<std::vector<std::string>> rows(1, {"mean of a run"});
    for (const CampaignSeries& series : results.series)
    {
        rows.front().push_back(series.variant.name);
    }
    for (std::size_t i = 0; i < RUN_METRIC_COUNT; ++i)
    {
        const auto metric = static_cast<RunMetric>(i);
        const RunMetricDescription& description = DescribeRunMetric(metric);
        std::vector<std::string> row(1, RowHeading(description));
        for (const CampaignSeries& series : results.series)
        {
            row.push_back(
                MeanCell(DescribeMetric(series, metric, results.confidence), description.decimals));
        }
        rows.push_back(row);
    }
    WriteTextTable(rows, os);
}

/**
 * @brief Write the differences from the first variant.
 * @param results the runs, of two variants at least
 * @param os where to
 */
void
WriteDifferences(const CampaignResults& results, std::ostream& os)
{
    const CampaignSeries& base = results.series.front();
    std::vector<std::vector<std::string>> rows(1, {"minus " + base.variant.name});
    for (std::size_t k = 1; k < results.series.size(); ++k)
    {
        rows.front().push_back(results.series[k].variant.name);
    }
    for (std::size_t i = 0; i < RUN_METRIC_COUNT; ++i)
    {
        const auto metric = static_cast<RunMetric>(i);
        const RunMetricDescription& description = DescribeRunMetric(metric);
        std::vector<std::string> row(1, RowHeading(description));
        for (std::size_t k = 1; k < results.series.size(); ++k)
        {
            row.push_back(
                MeanCell(DescribeDifference(results.series[k], base, metric, results.confidence),
                         description.decimals));
        }
        rows.push_back(row);
    }
    WriteTextTable(rows, os);
}

} // namespace

void
WriteTextTable(const std::vector<std::vector<std::string>>& rows, std::ostream& os)
{
    std::vector<std::size_t> widths(rows.front().size(), 0);
    for (const auto& row : rows)
    {
        for (std::size_t i = 0; i < row.size(); ++i)
        {
            widths[i] = std::max(widths[i], row[i].size());
        }
    }
    for (const auto& row : rows)
    {
        std::string line = row.front() + std::string(widths.front() - row.front().size(), ' ');
        for (std::size_t i = 1; i < row.size(); ++i)
        {
            line += std::string(2 + widths[i] - row[i].size(), ' ') + row[i];
        }
        os << line.substr(0, line.find_last_not_of(' ') + 1) << "\n";
    }
}

void
CampaignTable::Write(const CampaignResults& results,
                     const std::string& directory,
                     std::ostream& os) const
{
    const std::size_t runs = results.series.front().runs.size();
    std::string names;
    for (const std::string& scenario : results.scenarios)
    {
        names += (names.empty() ? "" : ", ") + scenario;
    }
    const std::size_t classes = results.series.size();
    os << names << ": " << classes << (classes == 1 ? " class, " : " classes, ") << runs
       << (runs == 1 ? " run" : " runs") << (classes == 1 ? "" : " each")
       << (results.stopped ? " (stop rule met)" : "") << ", "
       << FormatNumber(results.confidence * 100, 4) << " % confidence\n\n";
    WriteMeans(results, os);
    os << "\nAvailability\n";
    for (const CampaignSeries& series : results.series)
    {
        const auto availability = DescribeAvailability(series, results.confidence);
        os << "  " << series.variant.name << ": "
           << (availability ? DescribeForPeople(*availability, results.confidence)
                            : "nothing was measured")
           << "\n";
    }
    os << "Episodes recovered in time, and runs with an interruption (Wilson intervals)\n";
    for (const CampaignSeries& series : results.series)
    {
        os << "  " << series.variant.name << ": "
           << DescribeForPeople(DescribeRecovered(series, results.confidence)) << "; "
           << DescribeForPeople(DescribeOutageRuns(series, results.confidence)) << "\n";
    }
    if (results.series.size() > 1)
    {
        os << "\nDifferences, run by run\n";
        WriteDifferences(results, os);
    }
    os << "\nFiles: " << directory << "\n";
}

} // namespace qkdn
} // namespace ns3
