/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_FINITE_KEY_SAMPLE_H
#define QKDN_FINITE_KEY_SAMPLE_H

#include "qkdn-block-statistics.h"
#include "qkdn-finite-key.h"

#include <cstdint>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What is counted in one block.
 */
struct FiniteKeySample
{
    uint64_t detections{0};  //!< all of them
    uint64_t detectionsX{0}; //!< n_X, both ends in basis X
    uint64_t detectionsZ{0}; //!< n_Z, both ends in basis Z
    uint64_t errorsZ{0};     //!< m_Z, errors among the latter
    FiniteKeyCounts counts;  //!< the same by intensities
};

/**
 * @ingroup qkdn-resilience
 * @brief Draw what becomes of the pulses of a block: a multinomial number, as a chain of binomial
 * ones.
 * @param pulses pulses sent
 * @param gain detections per pulse
 * @param keyBasis q_x, probability of basis X at either end
 * @param expected expected counts; only their ratios matter
 * @param statistics what draws
 * @return the counts
 */
FiniteKeySample DrawFiniteKeySample(uint64_t pulses,
                                    double gain,
                                    double keyBasis,
                                    const FiniteKeyCounts& expected,
                                    BlockStatistics& statistics);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_FINITE_KEY_SAMPLE_H */
