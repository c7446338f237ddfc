/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_FAULT_NAMES_H
#define QKDN_SCENARIO_FAULT_NAMES_H

#include "qkdn-scenario.h"

#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Names of the types of faults.
 * @return name and type of each
 */
std::vector<std::pair<const char*, ScenarioFaultType>> ScenarioFaultTypeNames();

/**
 * @ingroup qkdn-resilience
 * @brief Name of a type of fault, as in files and results.
 * @param type the type
 * @return for example "fibre-cut"
 */
std::string GetScenarioFaultTypeName(ScenarioFaultType type);

/**
 * @ingroup qkdn-resilience
 * @brief Whether a type of fault breaks a component, which repair crews can repair.
 * @param type the type
 * @return false if it disturbs, loads or spies
 */
bool BreaksComponent(ScenarioFaultType type);

/**
 * @ingroup qkdn-resilience
 * @brief Take apart the target of a fault as a file has it.
 * @param target target, for a module failure with "/tx" or "/rx"
 * @param [in,out] fault where it goes, with its type
 * @return false if the fault is a module failure and the target has no such end
 */
bool SetScenarioFaultTarget(const std::string& target, ScenarioFault& fault);

/**
 * @ingroup qkdn-resilience
 * @brief The target of a fault as results have it.
 * @param fault the fault
 * @return with "/tx" or "/rx" for a module failure; "manager" for the crash of the manager
 */
std::string GetScenarioFaultTarget(const ScenarioFault& fault);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_FAULT_NAMES_H */
