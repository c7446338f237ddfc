/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_RANDOM_FAULT_SECTIONS_H
#define QKDN_SCENARIO_RANDOM_FAULT_SECTIONS_H

// Private to this folder: it includes nlohmann-json and is not among the module's headers.

#include "qkdn-scenario-object.h"
#include "qkdn-scenario.h"

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Read the sections "fault_processes", "repair" and "fault_trace".
 * @param object the object that the file is
 * @param [in,out] scenario where they go, with its "faults"; throws ScenarioError
 */
void ReadScenarioRandomFaults(const ScenarioObject& object, Scenario& scenario);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_RANDOM_FAULT_SECTIONS_H */
