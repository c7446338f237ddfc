/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-plot-style.h"
#include "qkdn-plots.h"
#include "qkdn-recovery-bar.h"
#include "qkdn-report-format.h"

#include <algorithm>
#include <vector>

namespace ns3
{
namespace qkdn
{

namespace
{

constexpr std::size_t MAX_BARS = 20;   //!< bars that fit into a figure
constexpr std::size_t MAX_LABEL = 36;  //!< characters of a label beside a bar
constexpr double BAR_HALF_WIDTH = 0.3; //!< half the width of a bar, in rows

/**
 * @brief What stands beside a bar.
 * @param bar the bar
 * @param results the results
 * @return session or group, and the fault
 */
std::string
LabelOf(const RecoveryBar& bar, const ExperimentResults& results)
{
    return Shorten(bar.recovery->sessionOrGroup + ": " + bar.DescribeFault(results), MAX_LABEL);
}

/**
 * @brief What stands behind the end of a bar.
 * @param bar the bar
 * @return its length, or what is missing
 */
std::string
EndLabelOf(const RecoveryBar& bar)
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
DrawBar(const RecoveryBar& bar, std::size_t row, const std::string& label, Gnuplot& plot)
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
                             " front fillcolor rgb \"" + RecoveryBar::ColourOf(i) +
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
AddLegend(std::size_t piece, const std::vector<RecoveryBar>& bars, Gnuplot& plot)
{
    std::string name = RecoveryBar::NameOf(piece);
    if (bars.size() == 1)
    {
        name += " " + FormatNumber(SecondsOf(bars.front().pieces[piece]), 6) + " s";
    }
    Gnuplot2dFunction legend(name, "NaN");
    legend.SetExtra("with boxes fillstyle solid 1.0 noborder linecolor rgb \"" +
                    RecoveryBar::ColourOf(piece) + "\"");
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
    const std::vector<RecoveryBar> bars = ChooseRecoveryBars(results, MAX_BARS);
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
    for (std::size_t i = 0; i < RecoveryBar::PIECE_COUNT; ++i)
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
