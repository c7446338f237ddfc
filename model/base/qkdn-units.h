/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_UNITS_H
#define QKDN_UNITS_H

#include "ns3/nstime.h"

#include <cmath>

namespace ns3
{
namespace qkdn
{

/// Propagation delay of light in optical fibre, in seconds per kilometre (group index 1.47).
constexpr double FIBRE_DELAY_S_PER_KM = 4.9e-6;

/**
 * @ingroup qkdn-resilience
 * @brief The propagation delay of a length of fibre.
 * @param lengthKm length in km
 * @return the delay, rounded to the resolution of Time
 */
inline Time
FibreDelay(double lengthKm)
{
    return Seconds(lengthKm * FIBRE_DELAY_S_PER_KM);
}

/**
 * @ingroup qkdn-resilience
 * @brief The share of power that is left after a loss.
 * @param lossDb loss in dB
 * @return transmittance between 0 and 1
 */
inline double
TransmittanceFromDb(double lossDb)
{
    return std::pow(10.0, -lossDb / 10.0);
}

/**
 * @ingroup qkdn-resilience
 * @brief A power on the scale on which 0 dBm is 1 mW.
 * @param dbm power in dBm
 * @return power in W
 */
inline double
WattFromDbm(double dbm)
{
    return 1e-3 * std::pow(10.0, dbm / 10.0);
}

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_UNITS_H */
