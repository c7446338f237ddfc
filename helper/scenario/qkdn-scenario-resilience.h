/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_RESILIENCE_H
#define QKDN_SCENARIO_RESILIENCE_H

// Private to this folder: it includes nlohmann-json and is not among the module's headers.

#include "qkdn-scenario-object.h"
#include "qkdn-scenario.h"

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The names of the resilience classes in scenario files.
 * @return names and classes
 */
ScenarioObject::Names<ResilienceClass> ScenarioClassNames();

/**
 * @ingroup qkdn-resilience
 * @brief The names of the kinds of restoration in scenario files.
 * @return names and kinds
 */
ScenarioObject::Names<RestorationMode> ScenarioRestorationNames();

/**
 * @ingroup qkdn-resilience
 * @brief Read object "resilience" of a session.
 * @param object the object
 * @return what it says
 * @throw ScenarioError if it is not as described
 */
ScenarioResilience ReadScenarioResilience(const ScenarioObject& object);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_RESILIENCE_H */
