/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_TIME_DISTRIBUTION_H
#define QKDN_TIME_DISTRIBUTION_H

#include "ns3/nstime.h"
#include "ns3/random-variable-stream.h"

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief How times to failure or to repair are distributed.
 */
enum TimeDistributionKind
{
    TIME_EXPONENTIAL,   //!< exponential: a constant rate
    TIME_WEIBULL,       //!< Weibull: early failures (shape below 1), or wear (above 1)
    TIME_DETERMINISTIC, //!< always the mean
    TIME_LOGNORMAL      //!< the logarithm is normal
};

/**
 * @ingroup qkdn-resilience
 * @brief Name of a kind of distribution.
 * @param kind the kind
 * @return for example "exponential"
 */
const char* TimeDistributionName(TimeDistributionKind kind);

/**
 * @ingroup qkdn-resilience
 * @brief A distribution of times by its mean.
 */
struct TimeDistribution
{
    TimeDistributionKind kind{TIME_EXPONENTIAL}; //!< its kind
    double meanS{1.0};                           //!< its mean, s, above 0
    /// shape of a Weibull distribution, standard deviation of the logarithm of a lognormal one,
    /// above 0; of no meaning for the others
    double shape{1.0};

    /**
     * @brief Its variance.
     * @return s^2
     */
    double GetVariance() const;

    /**
     * @brief A random variable that has it.
     * @return a new one, which gives seconds
     */
    Ptr<RandomVariableStream> MakeVariable() const;
};

/**
 * @ingroup qkdn-resilience
 * @brief A time that was drawn.
 * @param seconds what was drawn, s
 * @return at least 1 ns; Time::Max() if it is longer than any run can be (4e9 s)
 */
Time TimeFromDraw(double seconds);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_TIME_DISTRIBUTION_H */
