/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-rate-histogram.h"

#include "qkdn-report-format.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace qkdn
{

namespace
{

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

} // namespace

double
RateHistogram::ChooseWidth(double endS, double intervals, double events, double leastEvents)
{
    const double share = std::max(1.0 / intervals, leastEvents / events);
    return std::min(RoundUp(endS * share), endS);
}

RateHistogram::RateHistogram(double endS, double widthS)
    : m_endS(endS),
      m_widthS(widthS),
      m_counts(static_cast<std::size_t>(std::ceil(endS / widthS)), 0)
{
}

void
RateHistogram::Add(Time time)
{
    const double index = std::floor(SecondsOf(time) / m_widthS);
    m_counts[std::min(static_cast<std::size_t>(index), m_counts.size() - 1)]++;
}

const std::vector<uint64_t>&
RateHistogram::GetCounts() const
{
    return m_counts;
}

StepCurve
RateHistogram::GetRate() const
{
    StepCurve curve;
    for (std::size_t i = 0; i < m_counts.size(); ++i)
    {
        const double fromS = static_cast<double>(i) * m_widthS;
        const double toS = std::min(fromS + m_widthS, m_endS);
        curve.push_back({fromS, static_cast<double>(m_counts[i]) / (toS - fromS)});
    }
    curve.push_back({m_endS, curve.back().y});
    return curve;
}

} // namespace qkdn
} // namespace ns3
