/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_CONTROL_SECTIONS_H
#define QKDN_SCENARIO_CONTROL_SECTIONS_H

// Private to this folder: it includes nlohmann-json and is not among the module's headers.

#include "qkdn-scenario-object.h"
#include "qkdn-scenario.h"

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Read controllers, routing and the manager.
 * @param object the scenario file
 * @param scenario what it says; these parts are filled in
 */
void ReadScenarioControl(const ScenarioObject& object, Scenario& scenario);

/**
 * @ingroup qkdn-resilience
 * @brief Read what key managers may do.
 * @param object the object "km_policy"
 * @return what it says
 */
ScenarioKmPolicy ReadScenarioKmPolicy(const ScenarioObject& object);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_CONTROL_SECTIONS_H */
