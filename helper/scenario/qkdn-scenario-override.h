/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_OVERRIDE_H
#define QKDN_SCENARIO_OVERRIDE_H

// Private to this folder: it includes nlohmann-json and is not among the module's headers.

#include "qkdn-scenario-reader.h"

#include <nlohmann/json.hpp>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Replace or add one value.
 * @param root the whole value, changed
 * @param change what to set where
 * @param source name of the file, for error messages
 * @throw ScenarioError if the pointer leads nowhere
 */
void ApplyScenarioOverride(nlohmann::json& root,
                           const ScenarioOverride& change,
                           const std::string& source);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_OVERRIDE_H */
