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

} // namespace qkdn
} // namespace ns3
