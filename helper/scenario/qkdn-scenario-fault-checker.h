/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_FAULT_CHECKER_H
#define QKDN_SCENARIO_FAULT_CHECKER_H

#include "qkdn-scenario-parts.h"
#include "qkdn-scenario.h"

#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Check the faults of a scenario against the rest of it.
 * @param scenario the scenario, whose nodes, fibres and QKD links are consistent
 * @param source name of the file
 * @throw ScenarioError for the first inconsistency
 */
void CheckScenarioFaults(const Scenario& scenario, const std::string& source);

/**
 * @ingroup qkdn-resilience
 * @brief Check that there is what a fault breaks.
 * @param scenario the scenario
 * @param fault the fault
 * @param qkdParts the parts that QKD links join
 * @param source name of the file
 * @param place where the fault is
 * @param targetPlace where its target is
 * @throw ScenarioError if there is not
 */
void CheckScenarioFaultTarget(const Scenario& scenario,
                              const ScenarioFault& fault,
                              const ScenarioParts& qkdParts,
                              const std::string& source,
                              const std::string& place,
                              const std::string& targetPlace);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_FAULT_CHECKER_H */
