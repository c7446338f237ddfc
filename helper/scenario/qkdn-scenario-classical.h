/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_CLASSICAL_H
#define QKDN_SCENARIO_CLASSICAL_H

// Private to this folder: it includes nlohmann-json and is not among the module's headers.

#include "qkdn-scenario-object.h"
#include "qkdn-scenario.h"

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Read object "classical", and lay out its network: with own fibres each fibre with a
 * classical link gets a second one beside it, "<id>-classical" with the same length, attenuation
 * and risk groups, to which the classical link moves; out of band no fibre has a classical link.
 * @param object the object that the file is
 * @param [in,out] scenario where it goes, with all its fibres; throws ScenarioError
 */
void ReadScenarioClassical(const ScenarioObject& object, Scenario& scenario);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_CLASSICAL_H */
