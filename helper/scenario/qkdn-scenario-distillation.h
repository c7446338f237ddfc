/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_DISTILLATION_H
#define QKDN_SCENARIO_DISTILLATION_H

#include "qkdn-scenario.h"

#include "ns3/qkdn-qkd-link-helper.h"

#include <cstdint>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief How much of the distillation of a QKD link is simulated.
 * @param scenario the scenario
 * @param link the link
 * @return what the link says, or else the simulation
 */
ScenarioFidelity GetScenarioFidelity(const Scenario& scenario, const ScenarioQkdLink& link);

/**
 * @ingroup qkdn-resilience
 * @brief Choose the distillation of a QKD link and its attributes: those of the simulation, if the
 * link has the same fidelity, and then its own.
 *
 * Throws ScenarioError if an attribute does not exist, has no such value or is a key of the
 * scenario.
 *
 * @param scenario the scenario
 * @param index number of the link, from 0
 * @param source name of the scenario file
 * @param helper what makes the link
 */
void SetScenarioDistillation(const Scenario& scenario,
                             uint32_t index,
                             const std::string& source,
                             QkdLinkHelper& helper);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_DISTILLATION_H */
