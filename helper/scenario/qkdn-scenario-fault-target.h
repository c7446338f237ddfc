/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_FAULT_TARGET_H
#define QKDN_SCENARIO_FAULT_TARGET_H

#include "qkdn-scenario.h"

#include "ns3/qkdn-route-inventory.h"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A way for light between the modules of a QKD link of a scenario.
 */
struct ScenarioPath
{
    LinkId link;      //!< the QKD link: its place in the scenario, from 1
    uint32_t path{0}; //!< 0 for its own fibres, from 1 for those of "modules_of" in their order
};

/**
 * @ingroup qkdn-resilience
 * @brief The fibres that share a risk.
 * @param scenario the scenario
 * @param group name of the risk group
 * @return their ids in the order of the list, none if there is no such group
 */
std::vector<std::string> FindRiskGroup(const Scenario& scenario, const std::string& group);

/**
 * @ingroup qkdn-resilience
 * @brief What a fault of a scenario stops whatever way light takes: QKD links and key managers have
 * the numbers of their places in the scenario, from 1.
 * @param scenario the scenario
 * @param fault the fault
 * @return the QKD links and key managers
 */
FaultTarget FindFaultTarget(const Scenario& scenario, const ScenarioFault& fault);

/**
 * @ingroup qkdn-resilience
 * @brief The ways for light that a fault of a scenario breaks or disturbs. It stops a QKD link
 * while light takes one of them.
 * @param scenario the scenario
 * @param fault the fault
 * @return the ways, in the order of the QKD links
 */
std::vector<ScenarioPath> FindFaultPaths(const Scenario& scenario, const ScenarioFault& fault);

/**
 * @ingroup qkdn-resilience
 * @brief Where a repair crew finds a fault besides its target: at the QKD link and in the node of a
 * module, in the risk groups of a fibre, at the fibres of a risk group, in the node of a process or
 * optical switch.
 * @param scenario the scenario
 * @param fault the fault
 * @return names of components
 */
std::set<std::string> FindFaultPlaces(const Scenario& scenario, const ScenarioFault& fault);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_FAULT_TARGET_H */
