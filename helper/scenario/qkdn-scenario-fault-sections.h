/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_FAULT_SECTIONS_H
#define QKDN_SCENARIO_FAULT_SECTIONS_H

// Private to this folder: it includes nlohmann-json and is not among the module's headers.

#include "qkdn-scenario-object.h"
#include "qkdn-scenario.h"

#include <optional>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Read section "faults". An element that strikes again and again, and a disaster, become
 * several faults.
 * @param object the object that the file is
 * @param [in,out] scenario where they go, with all that can fail; throws ScenarioError
 */
void ReadScenarioFaults(const ScenarioObject& object, Scenario& scenario);

/**
 * @ingroup qkdn-resilience
 * @brief Read what only some types of faults have.
 * @tparam T ScenarioFault or ScenarioFaultProcess
 * @param object the object
 * @param [in,out] fault where it goes, with its type; throws ScenarioError
 */
template <typename T>
void ReadScenarioFaultParameters(const ScenarioObject& object, T& fault);

/**
 * @ingroup qkdn-resilience
 * @brief Read how long repairs take: "mttr_s" or "mttr_h" with its distribution.
 * @param object the object
 * @param meanS mean if it says none, s
 * @return the distribution; throws ScenarioError
 */
TimeDistribution ReadScenarioRepairTime(const ScenarioObject& object,
                                        const std::optional<double>& meanS = std::nullopt);

/**
 * @ingroup qkdn-resilience
 * @brief Read a parameter that one kind of distribution has.
 * @param object the object
 * @param key key of the parameter
 * @param kind the kind
 * @param [in,out] distribution the distribution with its kind; throws ScenarioError
 */
void ReadScenarioShape(const ScenarioObject& object,
                       const std::string& key,
                       TimeDistributionKind kind,
                       TimeDistribution& distribution);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_FAULT_SECTIONS_H */
