/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CHAOS_FAULTS_H
#define QKDN_CHAOS_FAULTS_H

#include "qkdn-chaos-draw.h"
#include "qkdn-chaos-network.h"

#include <nlohmann/json.hpp>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief When things go wrong in a random scenario.
 */
struct ChaosTimes
{
    double first;      //!< no fault and no command before, s
    double calm;       //!< all is repaired and all commands are cleared, s
    std::string curve; //!< file with the curve of a drift, "time_s,added_qber"
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Draw faults of all kinds, components that fail at random, repair crews, and commands of
 * operators. Some random repairs may take longer than until the calm, and some scenarios have a
 * fault that is never repaired.
 * @param draw the draws
 * @param network the network
 * @param times when
 * @param json the scenario with its sessions, to which they are added
 */
void DrawChaosFaults(ChaosDraw& draw,
                     const ChaosNetwork& network,
                     const ChaosTimes& times,
                     nlohmann::json& json);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CHAOS_FAULTS_H */
