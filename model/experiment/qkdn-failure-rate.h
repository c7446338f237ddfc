/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_FAILURE_RATE_H
#define QKDN_FAILURE_RATE_H

#include <optional>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/// Hours in a year of 365 days, in which rates of cable cuts are given.
constexpr double HOURS_PER_YEAR = 8760.0;

/// Length of an international mile, km.
constexpr double KM_PER_MILE = 1.609344;

/**
 * @ingroup qkdn-resilience
 * @brief The mean up time of a fibre by its failures in 1e9 hours and km (FIT/km).
 * @param fitPerKm failures per 1e9 h and km, above 0
 * @param lengthKm length of the fibre, km, above 0
 * @return mean time from the end of a repair to the next failure, h
 */
double MeanUpTimeHoursFromFit(double fitPerKm, double lengthKm);

/**
 * @ingroup qkdn-resilience
 * @brief The failures of a cable in FIT/km by its cuts in a year of 8760 h and 1000 km.
 * @param cuts cuts per year and 1000 km
 * @return failures per 1e9 h and km
 */
double FitPerKmFromCutsPerYear(double cuts);

/**
 * @ingroup qkdn-resilience
 * @brief How often components of a kind fail, and how long repairs take.
 */
struct FailureRatePreset
{
    std::string name;               //!< its name
    std::optional<double> fitPerKm; //!< failures per 1e9 h and km, if by length
    std::optional<double> mtbfH;    //!< mean up time, h, if not by length
    double mttrH{0.0};              //!< mean work time of a repair, h
};

/**
 * @ingroup qkdn-resilience
 * @brief Rates that are in use, for when there are no better ones; their sources are in the
 * documentation.
 * @return the presets
 */
const std::vector<FailureRatePreset>& GetFailureRatePresets();

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_FAILURE_RATE_H */
