/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_RATE_HISTOGRAM_H
#define QKDN_RATE_HISTOGRAM_H

#include "qkdn-step-curve.h"

#include "ns3/nstime.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Counts of events in equal intervals of time from 0 to the end of a run.
 */
class RateHistogram
{
  public:
    /**
     * @brief A round width of intervals: 1, 2 or 5 times a power of ten, or the whole run.
     * @param endS end of the run, seconds, above 0
     * @param intervals about the largest number of intervals
     * @param events events in the run
     * @param leastEvents about the least number of events in an interval
     * @return the width, seconds
     */
    static double ChooseWidth(double endS, double intervals, double events, double leastEvents);

    /**
     * @brief Constructor
     * @param endS end of the run, seconds, above 0
     * @param widthS width of an interval, seconds, above 0
     */
    RateHistogram(double endS, double widthS);

    /**
     * @brief Count an event.
     * @param time when
     */
    void Add(Time time);

    /**
     * @brief The counts.
     * @return events by interval
     */
    const std::vector<uint64_t>& GetCounts() const;

    /**
     * @brief The rate over time.
     * @return the curve, in 1/s over seconds
     */
    StepCurve GetRate() const;

  private:
    double m_endS;                  //!< end of the run, seconds
    double m_widthS;                //!< width of an interval, seconds
    std::vector<uint64_t> m_counts; //!< events by interval
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_RATE_HISTOGRAM_H */
