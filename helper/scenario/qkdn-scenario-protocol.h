/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_PROTOCOL_H
#define QKDN_SCENARIO_PROTOCOL_H

#include "qkdn-scenario.h"

#include "ns3/qkdn-qkd-protocol.h"

#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The name of a QKD protocol in a scenario file.
 * @param type the protocol
 * @return for example "decoy-bb84"; empty for others, which have the name of their ns-3 type
 */
std::string GetScenarioProtocolName(ScenarioProtocolType type);

/**
 * @ingroup qkdn-resilience
 * @brief The name of the QKD protocol of a link.
 * @param protocol what the scenario says
 * @return for example "decoy-bb84", or the ns-3 type of one that has no such name
 */
std::string GetScenarioProtocolName(const ScenarioProtocol& protocol);

/**
 * @ingroup qkdn-resilience
 * @brief Whether a QKD protocol needs a central station between the two modules.
 * @param protocol what the scenario says
 * @return true if so
 */
bool NeedsStation(const ScenarioProtocol& protocol);

/**
 * @ingroup qkdn-resilience
 * @brief Make the QKD protocol of a link. Throws ScenarioError if its preset or an attribute cannot
 * be set or the attributes contradict each other.
 * @param protocol what the scenario says
 * @param source name of the scenario file; the file of a trace is looked for beside it
 * @param place JSON pointer of the object "protocol"
 * @return the protocol
 */
Ptr<QkdProtocol> MakeScenarioProtocol(const ScenarioProtocol& protocol,
                                      const std::string& source,
                                      const std::string& place);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_PROTOCOL_H */
