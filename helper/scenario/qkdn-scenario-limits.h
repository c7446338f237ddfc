/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_LIMITS_H
#define QKDN_SCENARIO_LIMITS_H

#include "qkdn-scenario.h"

#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Check that messages can carry the names of a scenario, and that a computer can bear its
 * run: each value may be in its range, and all together ask for more than memory holds. Part of
 * CheckScenario().
 *
 * - 255 risk groups and 255 fibres of a QKD link, with names of as many bytes: their numbers and
 *   lengths are bytes of messages.
 * - "max_requests" of all sessions in the run, unless supply is a flow: each takes about half a
 *   kilobyte of the books and 40 us.
 * - "max_load_packets" of all classical congestion: each takes 4 us.
 *
 * @param scenario the scenario
 * @param source name of the file, for error messages
 * @throw ScenarioError at the first thing that is too much
 */
void CheckScenarioLimits(const Scenario& scenario, const std::string& source);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_LIMITS_H */
