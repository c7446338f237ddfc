/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-finite-key-sample.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief Which intensities detections came from.
 * @param total detections
 * @param expected expected counts, whose ratios are the probabilities
 * @param statistics what draws
 * @return counts
 */
std::array<double, 3>
DrawIntensities(uint64_t total, const std::array<double, 3>& expected, BlockStatistics& statistics)
{
    std::array<double, 3> counts{};
    double rest = expected[0] + expected[1] + expected[2];
    for (std::size_t k = 0; k < counts.size(); ++k)
    {
        const double share = rest > 0.0 ? std::min(1.0, expected[k] / rest) : 0.0;
        const uint64_t count = k + 1 < counts.size() ? statistics.Binomial(total, share) : total;
        counts[k] = static_cast<double>(count);
        total -= count;
        rest -= expected[k];
    }
    return counts;
}

} // namespace

FiniteKeySample
DrawFiniteKeySample(uint64_t pulses,
                    double gain,
                    double keyBasis,
                    const FiniteKeyCounts& expected,
                    BlockStatistics& statistics)
{
    const double shareX = keyBasis * keyBasis;
    const double shareZ = (1.0 - keyBasis) * (1.0 - keyBasis);
    FiniteKeySample sample;
    sample.detections = statistics.Binomial(pulses, std::min(1.0, gain));
    sample.detectionsX = statistics.Binomial(sample.detections, shareX);
    sample.detectionsZ = statistics.Binomial(sample.detections - sample.detectionsX,
                                             std::min(1.0, shareZ / (1.0 - shareX)));
    sample.counts.nX = DrawIntensities(sample.detectionsX, expected.nX, statistics);
    sample.counts.nZ = DrawIntensities(sample.detectionsZ, expected.nZ, statistics);
    for (std::size_t k = 0; k < expected.nZ.size(); ++k)
    {
        const double ratio =
            expected.nZ[k] > 0.0 ? std::min(1.0, expected.mZ[k] / expected.nZ[k]) : 0.0;
        const uint64_t wrong =
            statistics.Binomial(static_cast<uint64_t>(sample.counts.nZ[k]), ratio);
        sample.counts.mZ[k] = static_cast<double>(wrong);
        sample.errorsZ += wrong;
    }
    const uint64_t errorsX =
        statistics.Binomial(sample.detectionsX, std::min(1.0, expected.errorX));
    sample.counts.errorX = sample.detectionsX > 0 ? static_cast<double>(errorsX) /
                                                        static_cast<double>(sample.detectionsX)
                                                  : 0.5;
    return sample;
}

} // namespace qkdn
} // namespace ns3
