/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_QBER_CURVE_H
#define QKDN_QBER_CURVE_H

#include "ns3/nstime.h"

#include <cstddef>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief An error ratio over time: points in order of time.
 */
class QberCurve
{
  public:
    /// A point of the curve.
    struct Point
    {
        Time at;          //!< time from the beginning of the curve
        double qber{0.0}; //!< error ratio from 0 to 0.5
    };

    /**
     * @brief Append a point.
     * @param at its time, not before 0 and later than that of the point before
     * @param qber its error ratio, 0 to 0.5
     * @return empty, or what is wrong, and then nothing was appended
     */
    std::string Add(Time at, double qber);

    /**
     * @brief Read a curve from a CSV file: columns time_s and added_qber, with or without these
     * names in the first line.
     * @param fileName name of the file
     * @param [out] problem empty, or what is wrong, with the line; then the curve has no points
     * @return the curve
     */
    static QberCurve FromCsv(const std::string& fileName, std::string& problem);

    /**
     * @brief Its points.
     * @return the points in order of time
     */
    const std::vector<Point>& GetPoints() const;

    /**
     * @brief The value of a step curve: that of the newest point.
     * @param at the time
     * @return error ratio, 0 before the first point
     */
    double GetStep(Time at) const;

    /**
     * @brief The value of a curve of straight lines between the points.
     * @param at the time
     * @return error ratio, 0 before the first point, constant after the last one
     */
    double GetLinear(Time at) const;

  private:
    /**
     * @brief The first point after a time.
     * @param at the time
     * @return its index, or the number of points
     */
    std::size_t FindAfter(Time at) const;

    std::vector<Point> m_points; //!< the points
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_QBER_CURVE_H */
