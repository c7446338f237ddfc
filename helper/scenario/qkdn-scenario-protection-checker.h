/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_PROTECTION_CHECKER_H
#define QKDN_SCENARIO_PROTECTION_CHECKER_H

#include "qkdn-scenario.h"

#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Check optical switches, protection groups and commands. Part of CheckScenario(), which
 * has checked nodes, fibres and QKD links before and checks the fibres of "modules_of" itself.
 * @param scenario the scenario
 * @param source name of the file, for error messages
 * @throw ScenarioError at the first thing that is wrong
 */
void CheckScenarioProtection(const Scenario& scenario, const std::string& source);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_PROTECTION_CHECKER_H */
