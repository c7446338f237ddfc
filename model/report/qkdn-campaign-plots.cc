/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-campaign-plots.h"

#include "qkdn-plot-style.h"
#include "qkdn-report-format.h"

#include <algorithm>
#include <functional>

namespace ns3
{
namespace qkdn
{

namespace
{

constexpr uint32_t PLOT_HEIGHT_PX = 480;    //!< height of a plot with a column for each variant
constexpr std::size_t MAX_TIC_NAME = 24;    //!< characters of a name on an axis
constexpr std::size_t MAX_NAMED_ROWS = 200; //!< rows of a map that can be named
constexpr std::size_t MAX_WIDE_ROWS = 60;   //!< rows with names in the usual size
constexpr uint32_t MAP_MARGIN_PX = 180;     //!< height of a map beside its rows
constexpr uint32_t MAP_TOP_PX = 60;         //!< part of it that is above
constexpr uint32_t WIDE_ROW_PX = 18;        //!< height of a row
constexpr uint32_t NARROW_ROW_PX = 11;      //!< height of a row where there are many

/**
 * @brief An axis with the names of the variants.
 * @param series the variants
 * @param [in,out] plot the plot
 */
void
AddVariantAxis(const std::vector<CampaignSeries>& series, Gnuplot& plot)
{
    std::string tics = "set xtics scale 0 (";
    for (std::size_t k = 0; k < series.size(); ++k)
    {
        tics += (k > 0 ? ", \"" : "\"") +
                EscapeGnuplot(Shorten(series[k].variant.name, MAX_TIC_NAME)) + "\" " +
                std::to_string(k);
    }
    plot.AppendExtra(tics + ")" + (series.size() > 4 ? " rotate by -30" : ""));
    plot.AppendExtra("set xrange [-0.6:" + FormatNumber(static_cast<double>(series.size()) - 0.4) +
                     "]");
}

/**
 * @brief Draw an interval over a column.
 * @param column the column
 * @param low lower limit
 * @param high upper limit; none: the interval is open and ends in an arrow
 * @param [in,out] plot the plot
 */
void
DrawInterval(std::size_t column, double low, const std::optional<double>& high, Gnuplot& plot)
{
    const std::string x = std::to_string(column);
    plot.AppendExtra("set arrow from " + x + ", " + FormatNumber(low) + " to " + x + ", " +
                     (high ? FormatNumber(*high) + " heads size graph 0.012,90"
                           : std::string("graph 1 head size graph 0.015,25")) +
                     " front linecolor rgb \"" + PlotStyle::Colour(0) + "\" linewidth 2");
}

/**
 * @brief A dataset of points.
 * @param title for the legend
 * @param look size, type and colour of the points
 * @return the dataset
 */
Gnuplot2dDataset
PointsWith(const std::string& title, const std::string& look)
{
    Gnuplot2dDataset dataset(title);
    dataset.SetStyle(Gnuplot2dDataset::POINTS);
    dataset.SetExtra(look);
    return dataset;
}

/**
 * @brief A plot of a metric.
 * @param results the runs
 * @param metric the metric
 * @return the plot, none if no variant has the metric
 */
std::optional<NamedPlot>
MakeMetricPlot(const CampaignResults& results, RunMetric metric)
{
    const RunMetricDescription& description = DescribeRunMetric(metric);
    std::string name = std::string("campaign-") + description.name;
    std::replace(name.begin(), name.end(), '_', '-');
    Gnuplot plot = PlotStyle::StartPlot(name,
                                        results.scenarios.front() + ": " + description.label,
                                        PLOT_HEIGHT_PX);
    const std::string unit = description.unit;
    plot.SetLegend("", description.label + (unit == "1" ? std::string() : " (" + unit + ")"));
    AddVariantAxis(results.series, plot);
    Gnuplot2dDataset runs =
        PointsWith("a run", "pointtype 7 pointsize 0.35 linecolor rgb \"#A0A0A0\"");
    Gnuplot2dDataset means =
        PointsWith("mean and " + FormatNumber(results.confidence * 100, 4) + " % interval",
                   "pointtype 7 pointsize 0.9 linecolor rgb \"" + PlotStyle::Colour(0) + "\"");
    bool any = false;
    double highest = 0.0;
    for (std::size_t k = 0; k < results.series.size(); ++k)
    {
        const auto statistics = DescribeMetric(results.series[k], metric, results.confidence);
        if (!statistics)
        {
            continue;
        }
        any = true;
        highest = std::max(highest, statistics->maximum);
        means.Add(static_cast<double>(k), statistics->mean);
        if (statistics->interval)
        {
            highest = std::max(highest, statistics->interval->high);
            // no metric that is shown is negative, which Student's t does not know
            DrawInterval(k,
                         std::max(0.0, statistics->interval->low),
                         statistics->interval->high,
                         plot);
        }
        for (const RunFigures& run : results.series[k].runs)
        {
            if (run.values[metric])
            {
                runs.Add(static_cast<double>(k) + 0.2, *run.values[metric]);
            }
        }
    }
    if (!any)
    {
        return std::nullopt;
    }
    plot.AppendExtra("set yrange [0:" + FormatNumber(highest > 0.0 ? highest * 1.08 : 1.0) + "]");
    plot.AddDataset(runs);
    plot.AddDataset(means);
    return NamedPlot{name, plot};
}

/**
 * @brief A plot of availability in nines.
 * @param results the runs
 * @return the plot, none if there is nothing to show
 */
std::optional<NamedPlot>
MakeNinesPlot(const CampaignResults& results)
{
    Gnuplot plot = PlotStyle::StartPlot("campaign-availability",
                                        results.scenarios.front() + ": availability",
                                        PLOT_HEIGHT_PX);
    plot.SetLegend("", "-log10(1 - availability) (nines)");
    AddVariantAxis(results.series, plot);
    Gnuplot2dDataset means = PointsWith(
        "mean and " + FormatNumber(results.confidence * 100, 4) + " % interval (arrow: up to 1)",
        "pointtype 7 pointsize 0.9 linecolor rgb \"" + PlotStyle::Colour(0) + "\"");
    Gnuplot2dDataset bounds =
        PointsWith("lower bound, no interruption was seen",
                   "pointtype 9 pointsize 1.1 linecolor rgb \"" + PlotStyle::Colour(5) + "\"");
    std::size_t shownMeans = 0;
    std::size_t shownBounds = 0;
    for (std::size_t k = 0; k < results.series.size(); ++k)
    {
        const auto availability = DescribeAvailability(results.series[k], results.confidence);
        if (!availability)
        {
            continue;
        }
        if (availability->bound && availability->bound->nines)
        {
            bounds.Add(static_cast<double>(k), *availability->bound->nines);
            ++shownBounds;
        }
        else if (availability->nines)
        {
            means.Add(static_cast<double>(k), *availability->nines);
            ++shownMeans;
            if (availability->ninesLow)
            {
                DrawInterval(k, *availability->ninesLow, availability->ninesHigh, plot);
            }
        }
    }
    if (shownMeans + shownBounds == 0)
    {
        return std::nullopt;
    }
    plot.AppendExtra("set yrange [0:*]");
    if (shownMeans > 0)
    {
        plot.AddDataset(means);
    }
    if (shownBounds > 0)
    {
        plot.AddDataset(bounds);
    }
    return NamedPlot{"campaign-availability", plot};
}

constexpr double NONE_HIT = -0.05; //!< in place of a share of no sessions: white

/// What the colours of a map say of a cell.
using CellValue = std::function<double(const RestorabilityCell&)>;

/**
 * @brief A figure by failure and variant.
 * @param matrix the matrix
 * @param value the figure
 * @return the dataset; gnuplot draws images of 2 x 2 points and more only, so that it has a row and
 * a column too many
 */
Gnuplot3dDataset
MakeMapDataset(const RestorabilityMatrix& matrix, const CellValue& value)
{
    Gnuplot3dDataset map;
    // as pixels of an image they would be blurred where it is enlarged
    map.SetStyle("with image pixels");
    for (std::size_t i = 0; i <= matrix.failures.size(); ++i)
    {
        for (std::size_t k = 0; k <= matrix.series.size(); ++k)
        {
            const bool isCell = i < matrix.failures.size() && k < matrix.series.size();
            map.Add(static_cast<double>(k),
                    static_cast<double>(i),
                    isCell ? value(matrix.GetCell(i, k)) : 0.0);
        }
        map.AddEmptyLine();
    }
    return map;
}

/**
 * @brief A map of the failures and variants, without its colours.
 * @param matrix the matrix
 * @param name name of its files
 * @param title its title
 * @return the plot
 */
Gnuplot
StartMap(const RestorabilityMatrix& matrix, const std::string& name, const std::string& title)
{
    const std::size_t rows = matrix.failures.size();
    const bool named = rows <= MAX_NAMED_ROWS;
    const bool narrow = rows > MAX_WIDE_ROWS;
    const uint32_t rowPx = narrow ? NARROW_ROW_PX : WIDE_ROW_PX;
    const auto shownRows = static_cast<uint32_t>(std::min(rows, MAX_NAMED_ROWS));
    const uint32_t height = MAP_MARGIN_PX + rowPx * shownRows;
    Gnuplot plot = PlotStyle::StartPlot(name, matrix.scenario + ": " + title, height);
    AddVariantAxis(matrix.series, plot);
    // gnuplot leaves no room for names beside a map, and much above it
    plot.AppendExtra("set lmargin at screen 0.22\nset rmargin at screen 0.84\n"
                     "set tmargin at screen " +
                     FormatNumber(1.0 - static_cast<double>(MAP_TOP_PX) / height) +
                     "\nset bmargin at screen " +
                     FormatNumber(static_cast<double>(MAP_MARGIN_PX - MAP_TOP_PX) / height));
    plot.SetLegend("", named ? "" : "failure, in the order of restorability.csv");
    std::string tics = "set ytics right scale 0 (";
    for (std::size_t i = 0; named && i < rows; ++i)
    {
        tics += (i > 0 ? ", \"" : "\"") +
                EscapeGnuplot(Shorten(matrix.failures[i].name, MAX_TIC_NAME)) + "\" " +
                std::to_string(i);
    }
    if (named)
    {
        plot.AppendExtra(tics + ")" + (narrow ? " font \",9\"" : ""));
    }
    const double columns = static_cast<double>(matrix.series.size());
    plot.AppendExtra("set xrange [-0.5:" + FormatNumber(columns - 0.5) + "]\nset yrange [" +
                     FormatNumber(static_cast<double>(rows) - 0.5) +
                     ":-0.5]\nset view map\nset size noratio\nunset key\nunset grid");
    return plot;
}

/**
 * @brief The map of the sessions that are recovered.
 * @param matrix the matrix
 * @return the plot
 */
Gnuplot
MakeRecoveredMap(const RestorabilityMatrix& matrix)
{
    Gnuplot plot = StartMap(matrix,
                            "restorability",
                            "sessions recovered in time, of those that a failure hits");
    const std::string none = FormatNumber(NONE_HIT);
    plot.AppendExtra("set cbrange [" + none + ":1]\nset cbtics (\"none hit\" " + none +
                     ", 0, 0.2, 0.4, 0.6, 0.8, 1)\nset palette defined (" + none +
                     " \"#FFFFFF\", -0.001 \"#FFFFFF\", 0 \"#990000\", 0.5 \"#FC8D59\", "
                     "0.99 \"#FEE8C8\", 1 \"#4393C3\")");
    plot.AddDataset(MakeMapDataset(matrix, [](const RestorabilityCell& cell) {
        return cell.hit == 0 ? NONE_HIT
                             : static_cast<double>(cell.recovered) / static_cast<double>(cell.hit);
    }));
    return plot;
}

/**
 * @brief The map of interrupted time.
 * @param matrix the matrix
 * @return the plot
 */
Gnuplot
MakeInterruptedMap(const RestorabilityMatrix& matrix)
{
    double highest = 0.0;
    for (std::size_t i = 0; i < matrix.failures.size(); ++i)
    {
        for (std::size_t k = 0; k < matrix.series.size(); ++k)
        {
            highest = std::max(highest, matrix.GetCell(i, k).interruptedS);
        }
    }
    Gnuplot plot =
        StartMap(matrix, "restorability-interrupted", "interrupted time of all sessions (s)");
    plot.AppendExtra("set cbrange [0:" + FormatNumber(highest > 0.0 ? highest : 1.0) +
                     "]\n"
                     "set palette defined (0 \"#F7F7F7\", 0.001 \"#FEE8C8\", 0.5 \"#FC8D59\", "
                     "1 \"#990000\")");
    plot.AddDataset(
        MakeMapDataset(matrix, [](const RestorabilityCell& cell) { return cell.interruptedS; }));
    return plot;
}

} // namespace

std::vector<NamedPlot>
MakeCampaignPlots(const CampaignResults& results)
{
    std::vector<NamedPlot> plots;
    if (auto nines = MakeNinesPlot(results))
    {
        plots.push_back(*nines);
    }
    for (const RunMetric metric : {METRIC_OUTAGE, METRIC_LOST, METRIC_RECOVERY_TIME, METRIC_SPENT})
    {
        if (auto plot = MakeMetricPlot(results, metric))
        {
            plots.push_back(*plot);
        }
    }
    return plots;
}

std::vector<NamedPlot>
MakeRestorabilityPlots(const RestorabilityMatrix& matrix)
{
    return {{"restorability", MakeRecoveredMap(matrix)},
            {"restorability-interrupted", MakeInterruptedMap(matrix)}};
}

} // namespace qkdn
} // namespace ns3
