/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_LINK_SECTIONS_H
#define QKDN_SCENARIO_LINK_SECTIONS_H

// Private to this folder: it includes nlohmann-json and is not among the module's headers.

#include "qkdn-scenario-object.h"
#include "qkdn-scenario.h"

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Read how blocks are distilled.
 * @param holder object that may have the key "distillation"
 * @return what it says
 * @throw ScenarioError if it is not as described
 */
ScenarioDistillation ReadScenarioDistillation(const ScenarioObject& holder);

/**
 * @ingroup qkdn-resilience
 * @brief Read what QKD links have in common with "topology_defaults": the protocol, and how the
 * modules behave.
 * @param object the object
 * @param [in,out] link where it goes; what the object does not say stays
 * @throw ScenarioError if it is not as described
 */
void ReadScenarioQkdLinkSettings(const ScenarioObject& object, ScenarioQkdLink& link);

/**
 * @ingroup qkdn-resilience
 * @brief Read a QKD link.
 * @param object the object
 * @return what it says
 * @throw ScenarioError if it is not as described
 */
ScenarioQkdLink ReadScenarioQkdLink(const ScenarioObject& object);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_LINK_SECTIONS_H */
