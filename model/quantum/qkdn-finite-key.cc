/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-finite-key.h"

#include "qkdn-key-rate-math.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace qkdn
{

namespace
{

/// Counts of an intensity, scaled to all pulses and widened by their statistical fluctuation.
struct Interval
{
    std::array<double, 3> low;  //!< n-_k
    std::array<double, 3> high; //!< n+_k
};

/**
 * @brief Where the scaled counts are but for the failure probability (Hoeffding's inequality).
 * @param setting probabilities and intensities
 * @param counts the counts
 * @param secrecy eps_sec
 * @return e^k / p_k (counts_k -+ sqrt(n/2 ln(21 / eps_sec)))
 */
Interval
Widen(const FiniteKeySetting& setting, const std::array<double, 3>& counts, double secrecy)
{
    const double total = counts[0] + counts[1] + counts[2];
    const double delta = std::sqrt(total / 2.0 * std::log(21.0 / secrecy));
    Interval interval{};
    for (std::size_t k = 0; k < counts.size(); ++k)
    {
        const double scale = std::exp(setting.intensity[k]) / setting.probability[k];
        interval.low[k] = scale * (counts[k] - delta);
        interval.high[k] = scale * (counts[k] + delta);
    }
    return interval;
}

/**
 * @brief The probability that a pulse of any intensity has n photons.
 * @param setting probabilities and intensities
 * @param photons n, 0 or 1
 * @return tau_n
 */
double
PhotonProbability(const FiniteKeySetting& setting, int photons)
{
    double sum = 0.0;
    for (std::size_t k = 0; k < setting.intensity.size(); ++k)
    {
        sum += setting.probability[k] * std::exp(-setting.intensity[k]) *
               (photons == 0 ? 1.0 : setting.intensity[k]);
    }
    return sum;
}

/**
 * @brief Lower bounds of vacuum and single-photon events, equations (2) and (3).
 * @param setting probabilities and intensities
 * @param counts the counts of a basis
 * @param secrecy eps_sec
 * @param bounds tau_0 and tau_1
 * @param [out] vacuum s_0
 * @param [out] single s_1
 */
void
BoundEvents(const FiniteKeySetting& setting,
            const std::array<double, 3>& counts,
            double secrecy,
            const FiniteKeyBounds& bounds,
            double& vacuum,
            double& single)
{
    const auto& [mu1, mu2, mu3] = setting.intensity;
    const Interval n = Widen(setting, counts, secrecy);
    vacuum = std::max(0.0, bounds.tau0 * (mu2 * n.low[2] - mu3 * n.high[1]) / (mu2 - mu3));
    const double rest = (mu2 * mu2 - mu3 * mu3) / (mu1 * mu1) * (n.high[0] - vacuum / bounds.tau0);
    const double total = counts[0] + counts[1] + counts[2];
    vacuum = std::min(vacuum, total);
    single = std::clamp(bounds.tau1 * mu1 * (n.low[1] - n.high[2] - rest) /
                            (mu1 * (mu2 - mu3) - mu2 * mu2 + mu3 * mu3),
                        0.0,
                        total - vacuum);
}

/**
 * @brief What random sampling adds to an error ratio, below equation (5).
 * @param secrecy a, eps_sec
 * @param ratio b, error ratio of the sample, above 0 and below 1
 * @param sample c, size of the sample
 * @param rest d, size of the rest
 * @return gamma(a, b, c, d)
 */
double
SamplingGap(double secrecy, double ratio, double sample, double rest)
{
    const double sum = (sample + rest) / (sample * rest);
    const double spread = (1.0 - ratio) * ratio;
    const double odds = 21.0 / secrecy;
    return std::sqrt(sum * spread / std::log(2.0) * std::log2(sum / spread * odds * odds));
}

} // namespace

FiniteKeyBounds
ComputeFiniteKey(const FiniteKeySetting& setting,
                 const FiniteKeyCounts& counts,
                 const FiniteKeySecurity& security)
{
    FiniteKeyBounds bounds;
    bounds.tau0 = PhotonProbability(setting, 0);
    bounds.tau1 = PhotonProbability(setting, 1);
    BoundEvents(setting, counts.nX, security.secrecy, bounds, bounds.sX0, bounds.sX1);
    BoundEvents(setting, counts.nZ, security.secrecy, bounds, bounds.sZ0, bounds.sZ1);
    const Interval m = Widen(setting, counts.mZ, security.secrecy);
    bounds.vZ1 = std::max(0.0,
                          bounds.tau1 * (m.high[1] - m.low[2]) /
                              (setting.intensity[1] - setting.intensity[2]));
    if (bounds.sX1 > 0.0 && bounds.sZ1 > 0.0 && bounds.vZ1 < 0.5 * bounds.sZ1)
    {
        const double ratio = bounds.vZ1 / bounds.sZ1;
        const double gap =
            ratio > 0.0 ? SamplingGap(security.secrecy, ratio, bounds.sZ1, bounds.sX1) : 0.0;
        bounds.phaseX = std::min(0.5, ratio + gap);
    }
    const double nX = counts.nX[0] + counts.nX[1] + counts.nX[2];
    bounds.leaked = security.correctionFactor * nX * BinaryEntropy(std::min(0.5, counts.errorX));
    bounds.keyBits = bounds.sX0 + bounds.sX1 * (1.0 - BinaryEntropy(bounds.phaseX)) -
                     bounds.leaked - 6.0 * std::log2(21.0 / security.secrecy) -
                     std::log2(2.0 / security.correctness);
    return bounds;
}

FiniteKeyBounds
ComputeFiniteKeyPerBit(const FiniteKeySetting& setting,
                       const FiniteKeyCounts& counts,
                       FiniteKeySecurity& security,
                       double kappa)
{
    // the length grows slowly with eps_sec, so the lengths fall towards the solution
    double bits = std::max(1.0, counts.nX[0] + counts.nX[1] + counts.nX[2]);
    FiniteKeyBounds bounds;
    for (int i = 0; i < 100; ++i)
    {
        security.secrecy = std::min(1.0, kappa * bits);
        bounds = ComputeFiniteKey(setting, counts, security);
        if (bounds.keyBits < 1.0 || bits - bounds.keyBits < 1e-10 * bits)
        {
            break;
        }
        bits = bounds.keyBits;
    }
    return bounds;
}

} // namespace qkdn
} // namespace ns3
