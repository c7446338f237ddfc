/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_REQUIREMENT_CATALOGUE_H
#define QKDN_REQUIREMENT_CATALOGUE_H

#include "qkdn-requirement-result.h"

#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief All requirements of the draft Recommendation Y.QKDN-rsrq (July 2023 output), none of
 * them exercised.
 *
 * The labels of the draft carry leftovers of change tracking, so the ids are our own: G general
 * (clause 7), P protection (clause 8), R recovery (clause 9); then the layer: Q quantum, K key
 * management, C control, M management. The texts are a summary in our words.
 *
 * @return the requirements in the order of the draft
 */
std::vector<RequirementResult> GetRequirementCatalogue();

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_REQUIREMENT_CATALOGUE_H */
