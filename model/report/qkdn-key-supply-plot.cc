/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-plot-style.h"
#include "qkdn-plots.h"
#include "qkdn-report-format.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace ns3
{
namespace qkdn
{

namespace
{

/// Counts of events in equal intervals of time from 0 to the end of a run.
class RateHistogram
{
  public:
    /**
     * @brief Constructor
     * @param endS end of the run, seconds, above 0
     * @param widthS width of an interval, seconds, above 0
     */
    RateHistogram(double endS, double widthS)
        : m_endS(endS),
          m_widthS(widthS),
          m_counts(static_cast<std::size_t>(std::ceil(endS / widthS)), 0)
    {
    }

    /**
     * @brief Count an event.
     * @param time when
     */
    void Add(Time time)
    {
        const double index = std::floor(SecondsOf(time) / m_widthS);
        m_counts[std::min(static_cast<std::size_t>(index), m_counts.size() - 1)]++;
    }

    /**
     * @brief The rate over time.
     * @param unit unit of the time axis
     * @return the curve, in 1/s
     */
    StepCurve GetRate(const TimeUnit& unit) const
    {
        StepCurve curve;
        for (std::size_t i = 0; i < m_counts.size(); ++i)
        {
            const double fromS = static_cast<double>(i) * m_widthS;
            const double toS = std::min(fromS + m_widthS, m_endS);
            curve.push_back(
                {fromS / unit.seconds, static_cast<double>(m_counts[i]) / (toS - fromS)});
        }
        curve.push_back({m_endS / unit.seconds, curve.back().y});
        return curve;
    }

  private:
    double m_endS;                  //!< end of the run, seconds
    double m_widthS;                //!< width of an interval, seconds
    std::vector<uint64_t> m_counts; //!< events by interval
};

/**
 * @brief The next 1, 2 or 5 times a power of ten.
 * @param value a number above 0
 * @return the round number, not below it
 */
double
RoundUp(double value)
{
    const double decade = std::pow(10.0, std::floor(std::log10(value)));
    for (const double step : {1.0, 2.0, 5.0})
    {
        // the factor bears the rounding of log10 and pow
        if (step * decade >= value * (1.0 - 1e-9))
        {
            return step * decade;
        }
    }
    return 10.0 * decade;
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
    const double widthS =
        std::min(RoundUp(endS * std::max(1.0 / 150.0, 10.0 / requestsPerCurve)), endS);
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
    double highest = single || sum ? Highest(asked.GetRate(unit)) : 0.0;
    std::size_t index = 0;
    for (const auto& [id, histogram] : handedOver)
    {
        const StepCurve curve = histogram.GetRate(unit);
        highest = std::max(highest, Highest(curve));
        const std::string title = sum ? "handed over, all sessions" : "handed over, session " + id;
        PlotStyle::AddSteps(title, index++, curve, plot);
    }
    if (single || sum)
    {
        PlotStyle::AddReference("requested", asked.GetRate(unit), plot);
    }
    plot.SetLegend("time (" + unit.name + ")", "keys per second (1/s)");
    PlotStyle::AddLevelAxis(results, highest, plot);
    return plot;
}

} // namespace qkdn
} // namespace ns3
