/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_TOPOLOGY_H
#define QKDN_SCENARIO_TOPOLOGY_H

// Private to this folder: it includes nlohmann-json and is not among the module's headers.

#include "qkdn-scenario-object.h"
#include "qkdn-scenario.h"

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Add what the topology file of a scenario says: a node for each name, and for each row a
 * fibre and a QKD link, or several with trusted nodes in between if the row is longer than a span
 * may be.
 *
 * A node, fibre or QKD link that the scenario itself has stays in place of one of the same id.
 *
 * @param object the object that the scenario file is, with "topology_file" or without
 * @param [in,out] scenario its own nodes, fibres and QKD links; the others are appended
 * @throw ScenarioError if the file or "topology_defaults" cannot be used
 */
void ReadScenarioTopology(const ScenarioObject& object, Scenario& scenario);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_TOPOLOGY_H */
