/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_FAULT_TARGET_H
#define QKDN_SCENARIO_FAULT_TARGET_H

#include "qkdn-scenario.h"

#include "ns3/qkdn-route-inventory.h"

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What a fault of a scenario stops: QKD links and key managers have the numbers of their
 * places in the scenario, from 1.
 * @param scenario the scenario
 * @param fault the fault
 * @return the QKD links and key managers
 */
FaultTarget FindFaultTarget(const Scenario& scenario, const ScenarioFault& fault);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_FAULT_TARGET_H */
