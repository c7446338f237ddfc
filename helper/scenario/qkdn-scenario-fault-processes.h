/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_FAULT_PROCESSES_H
#define QKDN_SCENARIO_FAULT_PROCESSES_H

#include "qkdn-scenario.h"

#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The components of an element of "fault_processes".
 * @param scenario the scenario
 * @param process the element
 * @return a fault of each component, without id and times
 */
std::vector<ScenarioFault> FindProcessComponents(const Scenario& scenario,
                                                 const ScenarioFaultProcess& process);

/**
 * @ingroup qkdn-resilience
 * @brief The mean up time of a component, without acceleration.
 * @param scenario the scenario
 * @param process the element of "fault_processes"
 * @param fault a fault of the component
 * @return s
 */
double GetProcessMeanUpS(const Scenario& scenario,
                         const ScenarioFaultProcess& process,
                         const ScenarioFault& fault);

/**
 * @ingroup qkdn-resilience
 * @brief Check the components that fail at random and the repair crews of a scenario.
 * @param scenario the scenario, whose other parts are consistent
 * @param source name of the file
 * @throw ScenarioError for the first inconsistency
 */
void CheckScenarioRandomFaults(const Scenario& scenario, const std::string& source);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_FAULT_PROCESSES_H */
