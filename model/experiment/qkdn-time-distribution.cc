/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-time-distribution.h"

#include "ns3/double.h"
#include "ns3/object-factory.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace qkdn
{

namespace
{

/// Longest time that is told from "never", s: two of them fit into a Time.
constexpr double LONGEST_S = 4e9;

} // namespace

const char*
TimeDistributionName(TimeDistributionKind kind)
{
    static const char* const names[] = {"exponential", "weibull", "deterministic", "lognormal"};
    return names[kind];
}

double
TimeDistribution::GetVariance() const
{
    switch (kind)
    {
    case TIME_EXPONENTIAL:
        return meanS * meanS;
    case TIME_WEIBULL: {
        const double first = std::tgamma(1.0 + 1.0 / shape);
        return meanS * meanS * (std::tgamma(1.0 + 2.0 / shape) / (first * first) - 1.0);
    }
    case TIME_DETERMINISTIC:
        return 0.0;
    case TIME_LOGNORMAL:
        return meanS * meanS * std::expm1(shape * shape);
    }
    return 0.0;
}

Ptr<RandomVariableStream>
TimeDistribution::MakeVariable() const
{
    switch (kind)
    {
    case TIME_EXPONENTIAL:
        return CreateObjectWithAttributes<ExponentialRandomVariable>("Mean", DoubleValue(meanS));
    case TIME_WEIBULL:
        return CreateObjectWithAttributes<WeibullRandomVariable>(
            "Scale",
            DoubleValue(meanS / std::tgamma(1.0 + 1.0 / shape)),
            "Shape",
            DoubleValue(shape));
    case TIME_DETERMINISTIC:
        return CreateObjectWithAttributes<ConstantRandomVariable>("Constant", DoubleValue(meanS));
    case TIME_LOGNORMAL:
        return CreateObjectWithAttributes<LogNormalRandomVariable>(
            "Mu",
            DoubleValue(std::log(meanS) - shape * shape / 2.0),
            "Sigma",
            DoubleValue(shape));
    }
    return nullptr;
}

Time
TimeFromDraw(double seconds)
{
    // written so that "not a number" is never
    if (!(seconds <= LONGEST_S))
    {
        return Time::Max();
    }
    return NanoSeconds(std::max<int64_t>(1, std::llround(seconds * 1e9)));
}

} // namespace qkdn
} // namespace ns3
