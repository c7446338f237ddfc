/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_MAP_H
#define QKDN_SCENARIO_MAP_H

#include "qkdn-scenario.h"

#include "ns3/qkdn-network-map.h"

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The network of a scenario as results describe it.
 * @param scenario the scenario
 * @return nodes, fibres, QKD links, protection groups and ends of sessions, in its order
 */
NetworkMap MakeNetworkMap(const Scenario& scenario);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_MAP_H */
