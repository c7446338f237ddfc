/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-sample-statistics.h"

#include <algorithm>
#include <cmath>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_statistics_double.h>

namespace ns3
{
namespace qkdn
{

std::optional<double>
SampleStatistics::GetHalfWidth() const
{
    return interval ? std::optional<double>((interval->high - interval->low) / 2) : std::nullopt;
}

SampleStatistics
DescribeSample(const std::vector<double>& values, double confidence)
{
    SampleStatistics statistics;
    statistics.count = values.size();
    statistics.mean = gsl_stats_mean(values.data(), 1, values.size());
    statistics.minimum = *std::min_element(values.begin(), values.end());
    statistics.maximum = *std::max_element(values.begin(), values.end());
    statistics.median = SampleQuantile(values, 0.5);
    if (values.size() > 1)
    {
        const auto count = static_cast<double>(values.size());
        const double deviation = gsl_stats_sd_m(values.data(), 1, values.size(), statistics.mean);
        const double t = gsl_cdf_tdist_Pinv((1 + confidence) / 2, count - 1);
        const double half = t * deviation / std::sqrt(count);
        statistics.standardDeviation = deviation;
        statistics.interval = ConfidenceInterval{statistics.mean - half, statistics.mean + half};
    }
    return statistics;
}

double
SampleQuantile(std::vector<double> values, double fraction)
{
    std::sort(values.begin(), values.end());
    return gsl_stats_quantile_from_sorted_data(values.data(), 1, values.size(), fraction);
}

ConfidenceInterval
WilsonInterval(uint64_t successes, uint64_t trials, double confidence)
{
    const double z = gsl_cdf_ugaussian_Pinv((1 + confidence) / 2);
    const auto n = static_cast<double>(trials);
    const double p = static_cast<double>(successes) / n;
    const double centre = 2 * n * p + z * z;
    const double spread = z * std::sqrt(z * z + 4 * n * p * (1 - p));
    const double scale = 2 * (n + z * z);
    // rounding must not leave a limit on the wrong side of 0, of 1 or of p
    return {successes == 0 ? 0.0 : (centre - spread) / scale,
            successes == trials ? 1.0 : (centre + spread) / scale};
}

ConfidenceInterval
ClopperPearsonInterval(uint64_t successes, uint64_t trials, double confidence)
{
    const double tail = (1 - confidence) / 2;
    const auto x = static_cast<double>(successes);
    const auto n = static_cast<double>(trials);
    return {successes == 0 ? 0.0 : gsl_cdf_beta_Pinv(tail, x, n - x + 1),
            ClopperPearsonUpper(successes, trials, 1 - tail)};
}

double
ClopperPearsonUpper(uint64_t successes, uint64_t trials, double confidence)
{
    const auto x = static_cast<double>(successes);
    const auto n = static_cast<double>(trials);
    return successes == trials ? 1.0 : gsl_cdf_beta_Pinv(confidence, x + 1, n - x);
}

double
PoissonRateUpper(uint64_t events, double exposure, double confidence)
{
    const double freedom = 2 * (static_cast<double>(events) + 1);
    return gsl_cdf_chisq_Pinv(confidence, freedom) / 2 / exposure;
}

std::optional<double>
Nines(double availability)
{
    return availability < 1.0 ? std::optional<double>(-std::log10(1 - availability)) : std::nullopt;
}

} // namespace qkdn
} // namespace ns3
