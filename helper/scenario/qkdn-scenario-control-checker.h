/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_CONTROL_CHECKER_H
#define QKDN_SCENARIO_CONTROL_CHECKER_H

#include "qkdn-scenario-parts.h"
#include "qkdn-scenario.h"

#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Check the controllers, the manager and routing. Part of CheckScenario().
 * @param scenario the scenario
 * @param classicalParts the parts that classical links join
 * @param qkdParts the parts that QKD links join
 * @param source name of the file, for error messages
 * @throw ScenarioError at the first thing that is wrong
 */
void CheckScenarioControl(const Scenario& scenario,
                          const ScenarioParts& classicalParts,
                          const ScenarioParts& qkdParts,
                          const std::string& source);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_CONTROL_CHECKER_H */
