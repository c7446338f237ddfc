/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SAMPLE_STATISTICS_H
#define QKDN_SAMPLE_STATISTICS_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A confidence interval.
 */
struct ConfidenceInterval
{
    double low{0.0};  //!< lower limit
    double high{0.0}; //!< upper limit
};

/**
 * @ingroup qkdn-resilience
 * @brief What a sample of independent values says of their mean.
 */
struct SampleStatistics
{
    std::size_t count{0};                       //!< number of values
    double mean{0.0};                           //!< their mean
    std::optional<double> standardDeviation;    //!< with n - 1; none for one value
    std::optional<ConfidenceInterval> interval; //!< of the mean, by Student's t; none for one value
    double minimum{0.0};                        //!< smallest value
    double median{0.0};                         //!< quantile 1/2
    double maximum{0.0};                        //!< largest value

    /**
     * @brief Half the width of the interval.
     * @return the half width, none without an interval
     */
    std::optional<double> GetHalfWidth() const;
};

/**
 * @ingroup qkdn-resilience
 * @brief Describe a sample. The interval is mean +- t s / sqrt(n), t the quantile
 * (1 + confidence) / 2 of Student's t with n - 1 degrees of freedom (gsl_cdf_tdist_Pinv).
 * @param values at least one finite value
 * @param confidence confidence of the interval, between 0 and 1
 * @return the statistics
 */
SampleStatistics DescribeSample(const std::vector<double>& values, double confidence);

/**
 * @ingroup qkdn-resilience
 * @brief A quantile of a sample, between two values interpolated as
 * gsl_stats_quantile_from_sorted_data does.
 * @param values at least one value, in any order
 * @param fraction which quantile, 0 to 1
 * @return the quantile
 */
double SampleQuantile(std::vector<double> values, double fraction);

/**
 * @ingroup qkdn-resilience
 * @brief The score interval of a proportion (E. B. Wilson, J. Am. Stat. Assoc. 22, 209, 1927;
 * method 3 of R. G. Newcombe, Statistics in Medicine 17, 857, 1998).
 * @param successes how often it happened
 * @param trials of how many independent trials, above 0
 * @param confidence confidence of the interval, between 0 and 1
 * @return the interval
 */
ConfidenceInterval WilsonInterval(uint64_t successes, uint64_t trials, double confidence);

/**
 * @ingroup qkdn-resilience
 * @brief The exact interval of a proportion (C. J. Clopper and E. S. Pearson, Biometrika 26, 404,
 * 1934; method 5 of Newcombe), by quantiles of the beta distribution.
 * @param successes how often it happened
 * @param trials of how many independent trials, above 0
 * @param confidence confidence of the interval, between 0 and 1
 * @return the interval
 */
ConfidenceInterval ClopperPearsonInterval(uint64_t successes, uint64_t trials, double confidence);

/**
 * @ingroup qkdn-resilience
 * @brief The exact one-sided upper bound of a proportion. With no success in n trials it is
 * 1 - (1 - confidence)^(1/n), about 3/n at 95 % (the rule of three: J. A. Hanley and
 * A. Lippman-Hand, JAMA 249, 1743, 1983).
 * @param successes how often it happened
 * @param trials of how many independent trials, above 0
 * @param confidence confidence of the bound, between 0 and 1
 * @return the bound
 */
double ClopperPearsonUpper(uint64_t successes, uint64_t trials, double confidence);

/**
 * @ingroup qkdn-resilience
 * @brief The exact one-sided upper bound of the rate of a Poisson process (F. Garwood, Biometrika
 * 28, 437, 1936), by quantiles of the chi-squared distribution.
 * @param events how many were seen
 * @param exposure in what time (s), above 0
 * @param confidence confidence of the bound, between 0 and 1
 * @return the bound, 1/s
 */
double PoissonRateUpper(uint64_t events, double exposure, double confidence);

/**
 * @ingroup qkdn-resilience
 * @brief The number of nines of an availability.
 * @param availability 0 to 1
 * @return -log10(1 - availability), none for 1
 */
std::optional<double> Nines(double availability);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SAMPLE_STATISTICS_H */
