/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-video-plot.h"

#include "ns3/gnuplot.h"
#include "ns3/qkdn-gnuplot-runner.h"
#include "ns3/qkdn-output-file.h"
#include "ns3/qkdn-plot-style.h"
#include "ns3/qkdn-report-format.h"

#include <algorithm>
#include <functional>
#include <iostream>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// One of the four panels of the plot.
struct Panel
{
    std::string axis;                                //!< text at the axis
    std::string extra;                               //!< further commands
    std::function<bool(const VideoSample&)> has;     //!< whether a sample has a value
    std::function<double(const VideoSample&)> value; //!< the value
};

/// Draw a panel.
Gnuplot
DrawPanel(const Panel& panel, const std::vector<VideoResult>& results, const VideoOptions& options)
{
    Gnuplot plot;
    plot.SetLegend("", panel.axis);
    const std::string cut = FormatNumber(options.cutS);
    const std::string repair = FormatNumber(options.repairS);
    plot.SetExtra("unset object\nset object rectangle from " + cut + ", graph 0 to " + repair +
                  ", graph 1 behind fillcolor rgb \"#D55E00\" fillstyle transparent solid 0.13 "
                  "noborder\nset xrange [0:" +
                  FormatNumber(options.durationS) + "]\n" + panel.extra);
    for (std::size_t i = 0; i < results.size(); ++i)
    {
        Gnuplot2dDataset curve(EscapeGnuplot(results[i].name));
        curve.SetStyle(Gnuplot2dDataset::LINES);
        // later curves are thinner, so that those of equal course do not hide each other
        curve.SetExtra("linewidth " +
                       FormatNumber(std::max(1.0, 5.5 - 0.9 * static_cast<double>(i))) +
                       " linecolor rgb \"" + PlotStyle::Colour(i) + "\" dashtype " +
                       std::to_string(1 + i / 4));
        for (const VideoSample& sample : results[i].samples)
        {
            if (panel.has(sample))
            {
                curve.Add(sample.timeS, panel.value(sample));
            }
            else
            {
                curve.AddEmptyLine();
            }
        }
        plot.AddDataset(curve);
    }
    return plot;
}

/// The four panels from top to bottom.
std::vector<Panel>
MakePanels()
{
    const auto hasSent = [](const VideoSample& sample) { return sample.sent > 0; };
    return {
        {"goodput (kbit/s)",
         "set key off\nset format x \"\"\nset yrange [0:*]",
         hasSent,
         [](const VideoSample& sample) { return sample.goodputBps / 1e3; }},
        {"delay (ms)",
         "set logscale y\nset yrange [0.1:*]",
         [](const VideoSample& sample) { return sample.received > 0; },
         [](const VideoSample& sample) { return sample.delayS * 1e3; }},
        {"loss (%)",
         "unset logscale y\nset yrange [0:105]",
         hasSent,
         [](const VideoSample& sample) { return sample.GetLoss() * 100; }},
        {"lowest pool (kbit)",
         "set yrange [0:*]\nset format x \"%g\"\nset xlabel \"time (s), shaded while the fibre is "
         "cut\"\nset key at screen 0.55, 0.01 bottom center horizontal maxcols 3 reverse Left "
         "samplen 3",
         [](const VideoSample&) { return true; },
         [](const VideoSample& sample) { return sample.lowestPoolBit / 1e3; }}};
}

} // namespace

void
WriteVideoPlot(const std::vector<VideoResult>& results,
               const VideoOptions& options,
               const std::string& folder,
               const std::string& name)
{
    GnuplotCollection plots(name + ".svg");
    plots.SetTerminal("svg size 900,1000 fixed name \"video_over_otp\" font \"Helvetica,15\" "
                      "noenhanced butt background rgb \"white\"");
    for (const Panel& panel : MakePanels())
    {
        plots.AddPlot(DrawPanel(panel, results, options));
    }
    Gnuplot& first = plots.GetPlot(0);
    first.AppendExtra("set multiplot layout 4,1 margins screen 0.155,0.97,0.13,0.95 spacing screen "
                      "0,0.03 title \"Video in a secured tunnel (" +
                      options.mode + "), by resilience class of its keys\" font \",17\"");
    first.AppendExtra("set border 3 linecolor rgb \"#404040\"\nset tics nomirror out\n"
                      "set grid linecolor rgb \"#DDDDDD\" linewidth 0.5 dashtype 1");
    WriteOutputFile(folder + "/" + name + ".plt",
                    [&plots](std::ostream& os) { plots.GenerateOutput(os); });
    const std::string problem = GnuplotRunner("gnuplot").Run(folder, name + ".plt");
    if (!problem.empty())
    {
        std::cerr << "warning: " << name << ".svg was not drawn (" << problem << ")\n";
    }
}
