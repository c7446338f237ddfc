/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-failure-rate.h"

namespace ns3
{
namespace qkdn
{

namespace
{

/// Hours in which failures in time (FIT) are counted.
constexpr double FIT_HOURS = 1e9;

/// Length of cable, km, for which cuts per year are given.
constexpr double CABLE_KM = 1000.0;

} // namespace

double
MeanUpTimeHoursFromFit(double fitPerKm, double lengthKm)
{
    return FIT_HOURS / (fitPerKm * lengthKm);
}

double
FitPerKmFromCutsPerYear(double cuts)
{
    return cuts * FIT_HOURS / (CABLE_KM * HOURS_PER_YEAR);
}

const std::vector<FailureRatePreset>&
GetFailureRatePresets()
{
    // cuts per year and 1000 miles in To and Neusy (1994), h km of a cable in Verbrugge et al.
    // (2005), and FIT of the transmitters and receivers at both ends of a link
    static const std::vector<FailureRatePreset> presets{
        {"buried-cable", FitPerKmFromCutsPerYear(4.39) / KM_PER_MILE, std::nullopt, 12.0},
        {"buried-cable-verbrugge", FIT_HOURS / 2.63e6, std::nullopt, 12.0},
        {"aerial-cable", FIT_HOURS / 1.75e5, std::nullopt, 6.0},
        {"submarine-cable", FIT_HOURS / 4.64e7, std::nullopt, 540.0},
        {"qkd-module", std::nullopt, 5e4, 24.0},
        {"optical-switch", std::nullopt, 1e5, 6.0},
        {"classical-link", std::nullopt, FIT_HOURS / (2 * (10867.0 + 4311.0)), 2.0},
    };
    return presets;
}

} // namespace qkdn
} // namespace ns3
