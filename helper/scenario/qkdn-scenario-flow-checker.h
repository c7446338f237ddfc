/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_FLOW_CHECKER_H
#define QKDN_SCENARIO_FLOW_CHECKER_H

#include "qkdn-scenario.h"

#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Check that a scenario asks nothing of flow mode that this leaves out.
 * @param scenario the scenario; one of key mode passes
 * @param source name of the file
 * @throw ScenarioError for the first thing that is left out
 */
void CheckScenarioFlow(const Scenario& scenario, const std::string& source);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_FLOW_CHECKER_H */
