/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_FINGERPRINT_H
#define QKDN_SCENARIO_FINGERPRINT_H

#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A fingerprint of what is in a scenario file and in the files that it names (keys that end
 * in "_file", and "fault_trace"): a UUID of their contents (RFC 4122, version 5).
 * @param path the scenario file
 * @param sets changes, each as the value of option --set; files that they name count, too
 * @return the UUID
 * @throw ScenarioError if the scenario cannot be read
 */
std::string FingerprintScenario(const std::string& path, const std::vector<std::string>& sets);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_FINGERPRINT_H */
