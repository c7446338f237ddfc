/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_STEP_CURVE_H
#define QKDN_STEP_CURVE_H

#include <cstddef>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A point of a plot.
 */
struct CurvePoint
{
    double x{0.0}; //!< abscissa
    double y{0.0}; //!< ordinate

    /// @cond
    bool operator==(const CurvePoint& o) const
    {
        return x == o.x && y == o.y;
    }

    /// @endcond
};

/// A curve that keeps its ordinate until the next point; abscissas ascend.
using StepCurve = std::vector<CurvePoint>;

/**
 * @ingroup qkdn-resilience
 * @brief Thin out a step curve without changing how it looks.
 *
 * Points that change nothing go first. If that is not enough, the range of x is cut into equal
 * bins, and of each bin the first, lowest, highest and last point stay: with at least as many
 * bins as pixels the picture is the same (Jugel et al., "M4: a visualization-oriented time
 * series data aggregation", Proc. VLDB Endowment 7 (2014)).
 *
 * @param curve the curve
 * @param maxPoints largest number of points, at least 4
 * @return at most so many points of the curve, the first and the last one among them
 */
StepCurve ThinSteps(const StepCurve& curve, std::size_t maxPoints);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_STEP_CURVE_H */
