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

#include "ns3/qkdn-resilience-scheme.h"

#include <string>

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
 * @brief Let a resilience scheme plan the routes of a session.
 * @param text the text of the scheme
 * @param [in,out] resilience of the session; its class becomes the scheme's mechanism
 * @return the scheme, or what is wrong; then nothing has changed
 */
ObjectOfText<ResilienceScheme> SetScenarioScheme(const std::string& text,
                                                 ScenarioResilience& resilience);

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
