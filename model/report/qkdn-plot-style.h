/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_PLOT_STYLE_H
#define QKDN_PLOT_STYLE_H

#include "qkdn-step-curve.h"

#include "ns3/gnuplot.h"
#include "ns3/nstime.h"
#include "ns3/qkdn-results.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The unit of a time axis.
 */
struct TimeUnit
{
    double seconds{1.0};   //!< length of the unit
    std::string name{"s"}; //!< its symbol

    /**
     * @brief The unit that suits a run.
     * @param simulated the length of the run
     * @return s, h or d
     */
    static TimeUnit For(Time simulated);

    /**
     * @brief A time in this unit.
     * @param time the time
     * @return the number
     */
    double Of(Time time) const;
};

/**
 * @ingroup qkdn-resilience
 * @brief The look that all plots share.
 */
class PlotStyle
{
  public:
    static constexpr std::size_t MAX_CURVES = 8;    //!< curves that can be told apart
    static constexpr std::size_t MAX_POINTS = 2000; //!< points of a curve

    /**
     * @brief A colour of the palette of Okabe and Ito ("Color Universal Design", 2008), which
     * colour-blind readers can tell apart.
     * @param index any number
     * @return for example "#0072B2"
     */
    static std::string Colour(std::size_t index);

    /**
     * @brief An empty plot.
     * @param name name of the plot; its files are name.plt and name.svg
     * @param title title
     * @param heightPx height in pixels; the width is 900
     * @return the plot
     */
    static Gnuplot StartPlot(const std::string& name, const std::string& title, uint32_t heightPx);

    /**
     * @brief A time axis over the whole run, with the warm-up and the faults marked.
     * @param results the results
     * @param unit unit of the axis
     * @param [in,out] plot the plot
     */
    static void AddTimeAxis(const ExperimentResults& results, const TimeUnit& unit, Gnuplot& plot);

    /**
     * @brief Mark the instants at which sessions were switched to other routes and back.
     * @param results the results
     * @param unit unit of the time axis
     * @param [in,out] plot the plot
     */
    static void AddSwitchMarks(const ExperimentResults& results,
                               const TimeUnit& unit,
                               Gnuplot& plot);

    /**
     * @brief An axis of levels from 0, with room above for the names of the faults.
     * @param results the results
     * @param highest highest level of a curve
     * @param [in,out] plot the plot
     */
    static void AddLevelAxis(const ExperimentResults& results, double highest, Gnuplot& plot);

    /**
     * @brief Add a step curve, thinned out.
     * @param title its text in the legend
     * @param index number of the curve: colour, width and dashes
     * @param curve the curve, not empty
     * @param [in,out] plot the plot
     */
    static void AddSteps(const std::string& title,
                         std::size_t index,
                         const StepCurve& curve,
                         Gnuplot& plot);

    /**
     * @brief Add a line that is a reference and no measurement: grey and dashed.
     * @param title its text in the legend
     * @param curve the curve, not empty
     * @param [in,out] plot the plot
     */
    static void AddReference(const std::string& title, const StepCurve& curve, Gnuplot& plot);
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_PLOT_STYLE_H */
