/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_SECTIONS_H
#define QKDN_SCENARIO_SECTIONS_H

// Private to this folder: it includes nlohmann-json and is not among the module's headers.

#include "qkdn-scenario-object.h"
#include "qkdn-scenario.h"

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Read all sections of a scenario file: nodes, fibres, QKD links, sessions and so on.
 *
 * Each section is checked by itself, not against the others.
 *
 * @param object the object that the file is
 * @return what it says
 * @throw ScenarioError if a section is not as described
 */
Scenario ReadScenarioSections(const ScenarioObject& object);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_SECTIONS_H */
