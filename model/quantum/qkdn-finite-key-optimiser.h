/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_FINITE_KEY_OPTIMISER_H
#define QKDN_FINITE_KEY_OPTIMISER_H

#include "qkdn-finite-key.h"

#include <functional>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What a setting gives.
 */
struct FiniteKeyTrial
{
    double rate{0.0};    //!< secret bits per pulse; negative if the bounds leave less than nothing
    double keyBits{0.0}; //!< secret bits of a block, as rate
};

/**
 * @ingroup qkdn-resilience
 * @brief The setting with the most key per pulse: the best of some local maxima that the method of
 * Nelder and Mead climbs from fixed starts.
 * @param evaluate what a setting gives with some eps_sec
 * @param mu3 intensity of the second decoy, which is not varied, photons per pulse
 * @param secrecy eps_sec, of a first guess of the length of the key if it depends on that
 * @param secrecyPerBit eps_sec over length of the key; 0 if it does not depend on that
 * @return the setting
 */
FiniteKeySetting OptimiseFiniteKey(
    const std::function<FiniteKeyTrial(const FiniteKeySetting& setting, double secrecy)>& evaluate,
    double mu3,
    double secrecy,
    double secrecyPerBit);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_FINITE_KEY_OPTIMISER_H */
