/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-fault-target.h"

#include "qkdn-scenario-parts.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief Whether a fault stops a QKD link.
 * @param fault the fault
 * @param link the link
 * @return true if so
 */
bool
Stops(const ScenarioFault& fault, const ScenarioQkdLink& link)
{
    switch (fault.type)
    {
    case ScenarioFaultType::FIBRE_CUT:
        return std::find(link.fibres.begin(), link.fibres.end(), fault.target) != link.fibres.end();
    case ScenarioFaultType::EAVESDROPPING:
    case ScenarioFaultType::QBER_DRIFT:
        return link.id == fault.target ||
               std::find(link.fibres.begin(), link.fibres.end(), fault.target) != link.fibres.end();
    case ScenarioFaultType::MODULE_FAILURE:
        return link.id == fault.target;
    case ScenarioFaultType::NODE_POWER:
        return link.tx == fault.target || link.rx == fault.target;
    default:
        return false;
    }
}

} // namespace

FaultTarget
FindFaultTarget(const Scenario& scenario, const ScenarioFault& fault)
{
    const bool stopsNode =
        fault.type == ScenarioFaultType::KM_CRASH || fault.type == ScenarioFaultType::NODE_POWER;
    const bool hasKeyManager = ScenarioParts::OfQkdLinks(scenario).Has(fault.target);
    FaultTarget target;
    uint32_t number = 0;
    for (const ScenarioQkdLink& link : scenario.qkdLinks)
    {
        const LinkId id(++number);
        if (Stops(fault, link))
        {
            target.links.push_back(id);
        }
    }
    number = 0;
    for (const ScenarioNode& node : scenario.nodes)
    {
        const KmId id(++number);
        if (stopsNode && hasKeyManager && node.id == fault.target)
        {
            target.kms.push_back(id);
        }
    }
    return target;
}

} // namespace qkdn
} // namespace ns3
