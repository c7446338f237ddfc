/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_RANDOM_FAULT_KEYS_H
#define QKDN_SCENARIO_RANDOM_FAULT_KEYS_H

// Private to this folder.

#include "qkdn-scenario-keys.h"

#include <vector>

namespace ns3
{
namespace qkdn
{

namespace scenario_key
{

/// Shortest mean time, s: shorter ones would stop a run at its first instant.
constexpr double LEAST_MEAN_S = 1e-3;

/// Seconds of an hour.
constexpr double HOUR_S = 3600.0;

} // namespace scenario_key

/**
 * @ingroup qkdn-resilience
 * @brief The keys of faults, of components that fail at random, and of repair crews.
 * @return the tables
 */
std::vector<ScenarioKeyTable> GetRandomFaultTables();

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_RANDOM_FAULT_KEYS_H */
