/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CHAOS_CONTROL_H
#define QKDN_CHAOS_CONTROL_H

#include "qkdn-chaos-draw.h"
#include "qkdn-chaos-network.h"

#include <nlohmann/json.hpp>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief Draw how key managers work, the classical network, and who controls: controllers, manager
 * and charging, or link-state routing, or nobody.
 * @param draw the draws
 * @param network the network
 * @param json the scenario, to which it is added
 */
void DrawChaosControl(ChaosDraw& draw, const ChaosNetwork& network, nlohmann::json& json);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CHAOS_CONTROL_H */
