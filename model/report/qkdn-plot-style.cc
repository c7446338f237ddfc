/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-plot-style.h"

#include "qkdn-report-format.h"

#include <algorithm>
#include <array>
#include <vector>

namespace ns3
{
namespace qkdn
{

namespace
{

constexpr std::size_t MAX_MARKED_FAULTS = 200; //!< more would only make a grey area
constexpr std::size_t MAX_NAMED_FAULTS = 6;    //!< more names would overlap
constexpr std::size_t MAX_NAMED_SWITCHES = 4;  //!< more names would overlap
constexpr std::size_t MAX_LEGEND = 34;         //!< characters of a text of the legend
constexpr std::size_t MAX_TITLE = 90;          //!< characters of a title
constexpr std::size_t NAME_ROWS = 3;           //!< rows of names
constexpr double NAME_HEIGHT = 0.08;           //!< height of a row, share of the plot

/**
 * @brief A shaded box over the height of the plot.
 * @param from left side
 * @param to right side
 * @param colour colour with its opacity
 * @return the command
 */
std::string
Box(double from, double to, const std::string& colour)
{
    return "set object rectangle from " + FormatNumber(from) + ", graph 0 to " + FormatNumber(to) +
           ", graph 1 behind fillcolor rgb " + colour + " noborder";
}

/**
 * @brief Mark a fault.
 * @param fault the fault
 * @param row row of its name from the top
 * @param named whether its name is shown
 * @param simulated end of the run
 * @param unit unit of the axis
 * @return the commands
 */
std::string
FaultMark(const FaultResult& fault, std::size_t row, bool named, Time simulated, TimeUnit unit)
{
    const double from = unit.Of(fault.start);
    const double to = unit.Of(fault.end ? std::min(*fault.end, simulated) : simulated);
    std::string commands = Box(from, to, "\"#D55E00\" fillstyle transparent solid 0.13");
    // A short fault would not be seen without the lines.
    for (const double x : {from, to})
    {
        commands += "\nset arrow from " + FormatNumber(x) + ", graph 0 to " + FormatNumber(x) +
                    ", graph 1 nohead back linecolor rgb \"#D55E00\" linewidth 1 dashtype 3";
    }
    if (named)
    {
        const bool hasRoom = from < 0.65 * unit.Of(simulated);
        commands += "\nset label \"" + EscapeGnuplot(Shorten(fault.Describe(), MAX_LEGEND)) +
                    "\" at " + FormatNumber(from) + ", graph " +
                    FormatNumber(0.95 - NAME_HEIGHT * static_cast<double>(row)) +
                    (hasRoom ? " left offset 0.5,0" : " right offset -0.5,0") +
                    " front textcolor rgb \"#9C4400\"";
    }
    return commands;
}

/**
 * @brief Copy a curve into a dataset of ns-3.
 * @param curve the curve
 * @param [in,out] dataset the dataset
 */
void
Fill(const StepCurve& curve, Gnuplot2dDataset& dataset)
{
    dataset.SetStyle(Gnuplot2dDataset::STEPS);
    for (const auto& point : ThinSteps(curve, PlotStyle::MAX_POINTS))
    {
        dataset.Add(point.x, point.y);
    }
}

/// A mark of a switch at the time axis.
struct SwitchMark
{
    Time at;            //!< when
    std::string colour; //!< its colour
    std::string text;   //!< its name
};

} // namespace

TimeUnit
TimeUnit::For(Time simulated)
{
    if (simulated > Hours(72))
    {
        return {86400.0, "d"};
    }
    return simulated > Hours(3) ? TimeUnit{3600.0, "h"} : TimeUnit{1.0, "s"};
}

double
TimeUnit::Of(Time time) const
{
    return SecondsOf(time) / seconds;
}

std::string
PlotStyle::Colour(std::size_t index)
{
    static const std::array<const char*, 8> palette =
        {"#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#000000"};
    return palette[index % palette.size()];
}

Gnuplot
PlotStyle::StartPlot(const std::string& name, const std::string& title, uint32_t heightPx)
{
    // ids in an SVG file begin with the name: unlike names let several be put into one page
    std::string identifier = name;
    std::replace(identifier.begin(), identifier.end(), '-', '_');
    Gnuplot plot(name + ".svg", EscapeGnuplot(Shorten(title, MAX_TITLE)));
    plot.SetTerminal("svg size 900," + std::to_string(heightPx) + " fixed name \"" + identifier +
                     "\" font \"Helvetica,15\" noenhanced butt background rgb \"white\"");
    plot.SetExtra(
        "set encoding utf8\n"
        "set border 3 linecolor rgb \"#404040\"\n"
        "set tics nomirror out\n"
        "set grid linecolor rgb \"#DDDDDD\" linewidth 0.5 dashtype 1\n"
        "set title font \",17\"\n"
        "set key outside bottom center horizontal maxcols 3 reverse Left samplen 2.5 height 0.5");
    return plot;
}

void
PlotStyle::AddTimeAxis(const ExperimentResults& results, const TimeUnit& unit, Gnuplot& plot)
{
    const double end = unit.Of(results.simulated);
    plot.AppendExtra("set xrange [0:" + FormatNumber(end > 0.0 ? end : 1.0) + "]");
    if (results.warmUp.IsStrictlyPositive())
    {
        plot.AppendExtra(Box(0.0, unit.Of(results.warmUp), "\"#EEEEEE\" fillstyle solid 1.0"));
        plot.AppendExtra("set label \"warm-up\" at 0, graph 0.05 left offset 0.5,0 front "
                         "textcolor rgb \"#606060\"");
    }
    const std::size_t count = std::min(results.faults.size(), MAX_MARKED_FAULTS);
    for (std::size_t i = 0; i < count; ++i)
    {
        plot.AppendExtra(FaultMark(results.faults[i],
                                   i % NAME_ROWS,
                                   results.faults.size() <= MAX_NAMED_FAULTS,
                                   results.simulated,
                                   unit));
    }
}

void
PlotStyle::AddSwitchMarks(const ExperimentResults& results, const TimeUnit& unit, Gnuplot& plot)
{
    std::vector<SwitchMark> marks;
    for (const auto& recovery : results.recoveries)
    {
        // a session that waited for the repair was not switched
        if (!recovery.routeAfter.empty() && recovery.routeAfter != recovery.routeBefore &&
            recovery.markers.operated)
        {
            marks.push_back(
                {*recovery.markers.operated,
                 "#006C4C",
                 recovery.sessionOrGroup + " switched to " + FormatRoute(recovery.routeAfter)});
        }
        if (recovery.revertedAt)
        {
            marks.push_back(
                {*recovery.revertedAt, "#004B78", recovery.sessionOrGroup + " reverted"});
        }
    }
    // more names than these would lie on one another
    const bool named = marks.size() <= MAX_NAMED_SWITCHES;
    marks.resize(std::min(marks.size(), MAX_MARKED_FAULTS));
    // names of two marks have half a row between them, of more a row, since any of them may meet
    const double rowHeight = marks.size() > 2 ? NAME_HEIGHT : NAME_HEIGHT / 2;
    for (std::size_t i = 0; i < marks.size(); ++i)
    {
        const SwitchMark& mark = marks[i];
        const std::string x = FormatNumber(unit.Of(mark.at));
        const std::size_t row = named ? std::max<std::size_t>(marks.size(), 2) - 1 - i : 0;
        const double height = 0.03 + rowHeight * static_cast<double>(row);
        plot.AppendExtra("set arrow from " + x + ", graph 0 to " + x + ", graph " +
                         FormatNumber(std::max(0.1, height)) + " backhead front linecolor rgb \"" +
                         mark.colour + "\" linewidth 1.5");
        if (named)
        {
            const bool isEarly = unit.Of(mark.at) < 0.65 * unit.Of(results.simulated);
            plot.AppendExtra("set label \"" + EscapeGnuplot(Shorten(mark.text, MAX_LEGEND)) +
                             "\" at " + x + ", graph " + FormatNumber(height) +
                             (isEarly ? " left offset 0.5,0" : " right offset -0.5,0") +
                             " front textcolor rgb \"" + mark.colour + "\"");
        }
    }
}

void
PlotStyle::AddLevelAxis(const ExperimentResults& results, double highest, Gnuplot& plot)
{
    const std::size_t named = results.faults.size() <= MAX_NAMED_FAULTS ? results.faults.size() : 0;
    const double names = NAME_HEIGHT * static_cast<double>(std::min(named, NAME_ROWS));
    const double top = highest > 0.0 ? highest / (0.95 - names) : 1.0;
    plot.AppendExtra("set yrange [0:" + FormatNumber(top) + "]");
}

void
PlotStyle::AddSteps(const std::string& title,
                    std::size_t index,
                    const StepCurve& curve,
                    Gnuplot& plot)
{
    // Later curves are thinner, so that those of equal course do not hide each other.
    const double width = index == 0 ? 3.5 : (index == 1 ? 2.2 : 1.6);
    Gnuplot2dDataset dataset(EscapeGnuplot(Shorten(title, MAX_LEGEND)));
    dataset.SetExtra("linewidth " + FormatNumber(width) + " linecolor rgb \"" + Colour(index) +
                     "\" dashtype " + std::to_string(1 + index / 2));
    Fill(curve, dataset);
    plot.AddDataset(dataset);
}

void
PlotStyle::AddReference(const std::string& title, const StepCurve& curve, Gnuplot& plot)
{
    Gnuplot2dDataset dataset(EscapeGnuplot(Shorten(title, MAX_LEGEND)));
    dataset.SetExtra("linewidth 1.8 linecolor rgb \"#606060\" dashtype 2");
    Fill(curve, dataset);
    plot.AddDataset(dataset);
}

} // namespace qkdn
} // namespace ns3
