/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-step-curve.h"

#include "ns3/abort.h"

#include <algorithm>
#include <array>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief Drop the points that keep the ordinate of their predecessor, but for the last one.
 * @param curve the curve
 * @return the curve without them
 */
StepCurve
DropRepeats(const StepCurve& curve)
{
    StepCurve kept;
    for (std::size_t i = 0; i < curve.size(); ++i)
    {
        if (i == 0 || i + 1 == curve.size() || curve[i].y != kept.back().y)
        {
            kept.push_back(curve[i]);
        }
    }
    return kept;
}

/**
 * @brief Append the first, lowest, highest and last point of a range, each once and in order.
 * @param first the first point
 * @param last one past the last point, not equal to first
 * @param [in,out] out where to
 */
void
AppendExtremes(StepCurve::const_iterator first, StepCurve::const_iterator last, StepCurve& out)
{
    const auto extremes =
        std::minmax_element(first, last, [](const auto& a, const auto& b) { return a.y < b.y; });
    std::array<StepCurve::const_iterator, 4> chosen = {first,
                                                       extremes.first,
                                                       extremes.second,
                                                       last - 1};
    std::sort(chosen.begin(), chosen.end());
    const auto end = std::unique(chosen.begin(), chosen.end());
    std::for_each(chosen.begin(), end, [&out](auto point) { out.push_back(*point); });
}

} // namespace

StepCurve
ThinSteps(const StepCurve& curve, std::size_t maxPoints)
{
    NS_ABORT_MSG_IF(maxPoints < 4, "a curve cannot be thinned out to " << maxPoints << " points");
    const StepCurve steps = DropRepeats(curve);
    if (steps.size() <= maxPoints)
    {
        return steps;
    }
    const std::size_t bins = maxPoints / 4;
    const double start = steps.front().x;
    const double width = (steps.back().x - start) / static_cast<double>(bins);
    StepCurve thin;
    auto first = steps.begin();
    for (std::size_t bin = 1; bin <= bins && first != steps.end(); ++bin)
    {
        const double limit = start + width * static_cast<double>(bin);
        const auto last =
            bin == bins
                ? steps.end()
                : std::find_if(first, steps.end(), [limit](const auto& p) { return p.x >= limit; });
        if (last != first)
        {
            AppendExtremes(first, last, thin);
        }
        first = last;
    }
    return thin;
}

} // namespace qkdn
} // namespace ns3
