/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_SESSION_CHECKER_H
#define QKDN_SCENARIO_SESSION_CHECKER_H

#include "qkdn-scenario-parts.h"
#include "qkdn-scenario.h"

#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Check a session against the QKD links, the controllers, the pools and the run. Part of
 * CheckScenario(), which has found both of its nodes before.
 * @param scenario the scenario
 * @param session the session
 * @param qkdParts the parts that QKD links join
 * @param source name of the file, for error messages
 * @param place JSON pointer to the session
 * @throw ScenarioError at the first thing that is wrong
 */
void CheckScenarioSession(const Scenario& scenario,
                          const ScenarioSession& session,
                          const ScenarioParts& qkdParts,
                          const std::string& source,
                          const std::string& place);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_SESSION_CHECKER_H */
