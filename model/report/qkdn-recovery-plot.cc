/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-plot-style.h"
#include "qkdn-plots.h"
#include "qkdn-report-format.h"

#include <algorithm>
#include <array>
#include <optional>

namespace ns3
{
namespace qkdn
{

namespace
{

constexpr std::size_t MAX_BARS = 20;   //!< bars that fit into a figure
constexpr std::size_t MAX_LABEL = 36;  //!< characters of a label beside a bar
constexpr double BAR_HALF_WIDTH = 0.3; //!< half the width of a bar, in rows

/// Pieces of a bar: the stages before key resumption, then the parts of that.
constexpr std::size_t PIECE_COUNT = STAGE_KEY_RESUMPTION + RESUMPTION_COUNT;

/// A recovery and the pieces of its bar.
struct Bar
{
    const RecoveryResult* recovery;       //!< the recovery
    std::array<Time, PIECE_COUNT> pieces; //!< how long each took
    std::vector<std::size_t> order;       //!< pieces in the order in which they came
    std::optional<Time> total;            //!< fault to first usable key, if it came
    Time length;                          //!< sum of the pieces
};

/**
 * @brief The name of a piece.
 * @param piece the piece
 * @return for the legend
 */
std::string
PieceName(std::size_t piece)
{
    std::string name =
        piece < STAGE_KEY_RESUMPTION
            ? RecoveryStageName(static_cast<RecoveryStage>(piece))
            : ResumptionPartName(static_cast<ResumptionPart>(piece - STAGE_KEY_RESUMPTION));
    std::replace(name.begin(), name.end(), '_', ' ');
    return name;
}

/**
 * @brief The colour of a piece: waiting is grey, the rest can be told apart by colour-blind
 * readers.
 * @param piece the piece
 * @return the colour
 */
std::string
PieceColour(std::size_t piece)
{
    static const std::array<const char*, PIECE_COUNT> colours = {"#D55E00",
                                                                 "#CC79A7",
                                                                 "#F0E442",
                                                                 "#000000",
                                                                 "#BBBBBB",
                                                                 "#E69F00",
                                                                 "#56B4E9",
                                                                 "#0072B2",
                                                                 "#009E73",
                                                                 "#882255",
                                                                 "#332288"};
    return colours.at(piece);
}

/**
 * @brief The longest recoveries.
 * @param results the results
 * @return in the order of the results
 */
std::vector<Bar>
ChooseBars(const ExperimentResults& results)
{
    std::vector<Bar> bars;
    for (const auto& recovery : results.recoveries)
    {
        const RecoveryStages stages = recovery.markers.ComputeStages();
        Bar bar{&recovery, {}, {}, stages.total, Time()};
        for (const RecoveryStage stage : stages.order)
        {
            if (stage < STAGE_KEY_RESUMPTION)
            {
                bar.order.push_back(stage);
            }
        }
        for (std::size_t i = 0; i < PIECE_COUNT; ++i)
        {
            bar.pieces[i] =
                i < STAGE_KEY_RESUMPTION ? stages.stage[i] : stages.part[i - STAGE_KEY_RESUMPTION];
            bar.length += bar.pieces[i];
            if (i >= STAGE_KEY_RESUMPTION)
            {
                bar.order.push_back(i);
            }
        }
        bars.push_back(bar);
    }
    if (bars.size() > MAX_BARS)
    {
        std::stable_sort(bars.begin(), bars.end(), [](const auto& a, const auto& b) {
            return a.length > b.length;
        });
        bars.resize(MAX_BARS);
        std::sort(bars.begin(), bars.end(), [](const auto& a, const auto& b) {
            return a.recovery < b.recovery; // both point into one vector: its order
        });
    }
    return bars;
}

/**
 * @brief What stands beside a bar.
 * @param bar the bar
 * @param results the results
 * @return session or group, and the fault
 */
std::string
LabelOf(const Bar& bar, const ExperimentResults& results)
{
    const auto fault = std::find_if(results.faults.begin(),
                                    results.faults.end(),
                                    [&bar](const auto& f) { return f.id == bar.recovery->fault; });
    const std::string cause =
        fault == results.faults.end() ? bar.recovery->fault : fault->Describe();
    return Shorten(bar.recovery->sessionOrGroup + ": " + cause, MAX_LABEL);
}

/**
 * @brief What stands behind the end of a bar.
 * @param bar the bar
 * @return its length, or what is missing
 */
std::string
EndLabelOf(const Bar& bar)
{
    if (bar.total)
    {
        return FormatNumber(SecondsOf(*bar.total), 6) + " s";
    }
    return bar.recovery->IsDetected() ? "not recovered" : "not detected";
}

/**
 * @brief Draw a bar.
 * @param bar the bar
 * @param row its row
 * @param label what stands beside it
 * @param [in,out] plot the plot
 */
void
DrawBar(const Bar& bar, std::size_t row, const std::string& label, Gnuplot& plot)
{
    const double y = static_cast<double>(row);
    Time from;
    for (const std::size_t i : bar.order)
    {
        const Time to = from + bar.pieces[i];
        if (to > from)
        {
            plot.AppendExtra("set object rectangle from " + FormatSeconds(from) + ", " +
                             FormatNumber(y - BAR_HALF_WIDTH, 6) + " to " + FormatSeconds(to) +
                             ", " + FormatNumber(y + BAR_HALF_WIDTH, 6) +
                             " front fillcolor rgb \"" + PieceColour(i) +
                             "\" fillstyle solid 1.0 noborder");
        }
        from = to;
    }
    plot.AppendExtra("set label \"" + EscapeGnuplot(EndLabelOf(bar)) + "\" at " +
                     FormatSeconds(from) + ", " + FormatNumber(y, 6) + " left offset 0.7,0 front");
    plot.AppendExtra("set ytics add (\"" + EscapeGnuplot(label) + "\" " + FormatNumber(y, 6) + ")");
}

/**
 * @brief Add a piece to the legend; with a single bar its length is given too.
 * @param piece the piece
 * @param bars all bars
 * @param [in,out] plot the plot
 */
void
AddLegend(std::size_t piece, const std::vector<Bar>& bars, Gnuplot& plot)
{
    std::string name = PieceName(piece);
    if (bars.size() == 1)
    {
        name += " " + FormatNumber(SecondsOf(bars.front().pieces[piece]), 6) + " s";
    }
    Gnuplot2dFunction legend(name, "NaN");
    legend.SetExtra("with boxes fillstyle solid 1.0 noborder linecolor rgb \"" +
                    PieceColour(piece) + "\"");
    plot.AddDataset(legend);
}

} // namespace

std::optional<Gnuplot>
MakeRecoveryPlot(const ExperimentResults& results)
{
    if (results.recoveries.empty())
    {
        return std::nullopt;
    }
    const std::vector<Bar> bars = ChooseBars(results);
    std::string title = results.scenario + ": stages of recovery";
    if (bars.size() < results.recoveries.size())
    {
        title += " (the " + std::to_string(bars.size()) + " longest of " +
                 std::to_string(results.recoveries.size()) + ")";
    }
    Gnuplot plot = PlotStyle::StartPlot(
        "recovery-stages",
        title,
        240 + 50 * static_cast<uint32_t>(std::max<std::size_t>(bars.size(), 2)));
    plot.SetLegend("time since the fault (s)", "");
    plot.AppendExtra("set ytics scale 0 ()");
    Time longest;
    for (std::size_t row = 0; row < bars.size(); ++row)
    {
        longest = std::max(longest, bars[row].length);
        DrawBar(bars[row], row, LabelOf(bars[row], results), plot);
    }
    const double right = longest.IsStrictlyPositive() ? SecondsOf(longest) * 1.18 : 1.0;
    plot.AppendExtra("set xrange [0:" + FormatNumber(right, 12) + "]");
    // the first recovery at the top
    plot.AppendExtra("set yrange [" + FormatNumber(static_cast<double>(bars.size()) - 0.4, 6) +
                     ":-0.6]\nset grid noytics\nset samples 2");
    bool anyStage = false;
    for (std::size_t i = 0; i < PIECE_COUNT; ++i)
    {
        const bool happened = std::any_of(bars.begin(), bars.end(), [i](const auto& bar) {
            return bar.pieces[i].IsStrictlyPositive();
        });
        if (happened)
        {
            AddLegend(i, bars, plot);
            anyStage = true;
        }
    }
    if (!anyStage)
    {
        // gnuplot draws axes and labels only along with something
        plot.AddDataset(Gnuplot2dFunction("", "NaN"));
    }
    return plot;
}

} // namespace qkdn
} // namespace ns3
