/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-plot-style.h"
#include "qkdn-plots.h"
#include "qkdn-rate-histogram.h"
#include "qkdn-report-format.h"

#include <algorithm>
#include <map>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief A rate over time in the unit of the time axis.
 * @param histogram the events
 * @param unit unit of the time axis
 * @return the curve, in 1/s
 */
StepCurve
RateOver(const RateHistogram& histogram, const TimeUnit& unit)
{
    StepCurve curve = histogram.GetRate();
    for (CurvePoint& point : curve)
    {
        point.x /= unit.seconds;
    }
    return curve;
}

/**
 * @brief The highest point of a curve.
 * @param curve the curve, not empty
 * @return its ordinate
 */
double
Highest(const StepCurve& curve)
{
    return std::max_element(curve.begin(),
                            curve.end(),
                            [](const auto& a, const auto& b) { return a.y < b.y; })
        ->y;
}

} // namespace

std::optional<Gnuplot>
MakeKeySupplyPlot(const ExperimentResults& results)
{
    if (results.requests.empty() || !results.simulated.IsStrictlyPositive())
    {
        return std::nullopt;
    }
    const double endS = SecondsOf(results.simulated);
    const bool single = results.sessions.size() == 1;
    const bool sum = !single && results.sessions.size() > PlotStyle::MAX_CURVES;
    // at least about ten requests of a session in an interval, and at most 150 intervals
    const double requestsPerCurve =
        static_cast<double>(results.requests.size()) /
        static_cast<double>(sum ? 1 : std::max<std::size_t>(results.sessions.size(), 1));
    const double widthS = RateHistogram::ChooseWidth(endS, 150.0, requestsPerCurve, 10.0);
    RateHistogram asked(endS, widthS);
    std::map<std::string, RateHistogram> handedOver;
    for (const auto& session : results.sessions)
    {
        handedOver.emplace(sum ? "" : session.id, RateHistogram(endS, widthS));
    }
    for (const auto& request : results.requests)
    {
        asked.Add(request.issued);
        const auto found = handedOver.find(sum ? "" : request.session);
        if (request.handedOver && found != handedOver.end())
        {
            found->second.Add(*request.handedOver);
        }
    }
    const TimeUnit unit = TimeUnit::For(results.simulated);
    Gnuplot plot = PlotStyle::StartPlot("key-supply", results.scenario + ": key supply", 420);
    PlotStyle::AddTimeAxis(results, unit, plot);
    PlotStyle::AddSwitchMarks(results, unit, plot);
    double highest = single || sum ? Highest(RateOver(asked, unit)) : 0.0;
    std::size_t index = 0;
    for (const auto& [id, histogram] : handedOver)
    {
        const StepCurve curve = RateOver(histogram, unit);
        highest = std::max(highest, Highest(curve));
        const std::string title = sum ? "handed over, all sessions" : "handed over, session " + id;
        PlotStyle::AddSteps(title, index++, curve, plot);
    }
    if (single || sum)
    {
        PlotStyle::AddReference("requested", RateOver(asked, unit), plot);
    }
    plot.SetLegend("time (" + unit.name + ")", "keys per second (1/s)");
    PlotStyle::AddLevelAxis(results, highest, plot);
    return plot;
}

} // namespace qkdn
} // namespace ns3
