/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-finite-key-optimiser.h"

#include "qkdn-key-rate-math.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace ns3
{
namespace qkdn
{

namespace
{

/// A key so short that the best setting does not depend on whether there is one.
constexpr double SHORT_KEY_BITS = 100.0;

/// Where the searches start: q_x, p_1, p_2, mu_1, mu_2, from small to large blocks.
constexpr std::array<std::array<double, 5>, 4> STARTS = {{{0.40, 0.05, 0.40, 0.48, 0.10},
                                                          {0.60, 0.10, 0.60, 0.45, 0.18},
                                                          {0.86, 0.37, 0.45, 0.42, 0.21},
                                                          {0.97, 0.75, 0.18, 0.48, 0.15}}};

/**
 * @brief The coordinates of a setting in which the search is not bounded.
 * @param start q_x, p_1, p_2, mu_1, mu_2
 * @param mu3 mu_3
 * @return log odds of q_x, of p_1 and p_2 against p_3, log of mu_2 - mu_3 and mu_1 - mu_2 - mu_3
 */
std::vector<double>
ToCoordinates(const std::array<double, 5>& start, double mu3)
{
    const auto& [basis, p1, p2, mu1, mu2] = start;
    const double p3 = 1.0 - p1 - p2;
    return {std::log(basis / (1.0 - basis)),
            std::log(p1 / p3),
            std::log(p2 / p3),
            std::log(std::max(0.01, mu2 - mu3)),
            std::log(std::max(0.01, mu1 - mu2 - mu3))};
}

/**
 * @brief The setting of some coordinates, whatever they are.
 * @param x as of ToCoordinates()
 * @param mu3 mu_3
 * @return the setting
 */
FiniteKeySetting
FromCoordinates(const std::vector<double>& x, double mu3)
{
    FiniteKeySetting setting;
    setting.keyBasis = 1.0 / (1.0 + std::exp(-x[0]));
    const double odds1 = std::exp(x[1]);
    const double odds2 = std::exp(x[2]);
    const double sum = 1.0 + odds1 + odds2;
    setting.probability = {odds1 / sum, odds2 / sum, 1.0 / sum};
    const double mu2 = mu3 + std::exp(x[3]);
    setting.intensity = {mu2 + mu3 + std::exp(x[4]), mu2, mu3};
    return setting;
}

/**
 * @brief Whether a setting could be built, and is one in which the bounds keep their digits.
 * @param setting the setting
 * @return true if so
 */
bool
IsPractical(const FiniteKeySetting& setting)
{
    const auto& [p1, p2, p3] = setting.probability;
    const auto& [mu1, mu2, mu3] = setting.intensity;
    return setting.keyBasis > 0.01 && setting.keyBasis < 0.9999 && p1 > 1e-4 && p2 > 1e-4 &&
           p3 > 1e-4 && mu1 < 2.0 && mu2 - mu3 > 0.005 && mu1 - mu2 - mu3 > 0.005;
}

} // namespace

FiniteKeySetting
OptimiseFiniteKey(
    const std::function<FiniteKeyTrial(const FiniteKeySetting& setting, double secrecy)>& evaluate,
    double mu3,
    double secrecy,
    double secrecyPerBit)
{
    // With eps_sec per bit the rate falls to nothing where the key gets short, so climb the smooth
    // hill of a fixed one, which then follows the key; the best setting depends on its logarithm.
    double fixed = secrecy;
    const auto rate = [&evaluate, &fixed, mu3](const std::vector<double>& x) {
        const FiniteKeySetting setting = FromCoordinates(x, mu3);
        return IsPractical(setting) ? evaluate(setting, fixed).rate
                                    : -std::numeric_limits<double>::infinity();
    };
    std::vector<double> best;
    for (const auto& start : STARTS)
    {
        const std::vector<double> found = ClimbSimplex(rate, ToCoordinates(start, mu3), 0.5, 1e-3);
        if (best.empty() || rate(found) > rate(best))
        {
            best = found;
        }
    }
    // a simplex can collapse beside the top: new ones around the best point climb the rest
    for (const double step : {0.3, 0.1, 0.03})
    {
        if (secrecyPerBit > 0.0)
        {
            const double bits = evaluate(FromCoordinates(best, mu3), fixed).keyBits;
            fixed = std::min(1.0, secrecyPerBit * std::max(SHORT_KEY_BITS, bits));
        }
        best = ClimbSimplex(rate, best, step, 1e-5);
    }
    return FromCoordinates(best, mu3);
}

} // namespace qkdn
} // namespace ns3
