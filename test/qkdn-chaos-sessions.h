/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CHAOS_SESSIONS_H
#define QKDN_CHAOS_SESSIONS_H

#include "qkdn-chaos-draw.h"
#include "qkdn-chaos-network.h"

#include <nlohmann/json.hpp>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief Draw sessions of all classes.
 * @param draw the draws
 * @param network the network
 * @param stopS last instant of requests, s
 * @param json the scenario, to which they are added
 */
void DrawChaosSessions(ChaosDraw& draw,
                       const ChaosNetwork& network,
                       double stopS,
                       nlohmann::json& json);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CHAOS_SESSIONS_H */
