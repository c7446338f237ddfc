/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_CHECKER_H
#define QKDN_SCENARIO_CHECKER_H

#include "qkdn-scenario.h"

#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Check the parts of a scenario against each other: ids, references, paths of QKD links,
 * nodes without a classical path between them, times that do not fit into the run.
 *
 * ScenarioReader has done so for what it returns; a program that makes or changes a scenario by
 * hand calls it itself. The range of each single number is checked by the reader only.
 *
 * @param scenario the scenario
 * @param source name of the file, for error messages
 * @throw ScenarioError at the first thing that is wrong
 */
void CheckScenario(const Scenario& scenario, const std::string& source);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_CHECKER_H */
