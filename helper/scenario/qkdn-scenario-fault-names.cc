/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-fault-names.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

std::vector<std::pair<const char*, ScenarioFaultType>>
ScenarioFaultTypeNames()
{
    return {{"fibre-cut", ScenarioFaultType::FIBRE_CUT},
            {"risk-group-cut", ScenarioFaultType::RISK_GROUP_CUT},
            {"classical-link-failure", ScenarioFaultType::CLASSICAL_LINK_FAILURE},
            {"classical-congestion", ScenarioFaultType::CLASSICAL_CONGESTION},
            {"module-failure", ScenarioFaultType::MODULE_FAILURE},
            {"km-crash", ScenarioFaultType::KM_CRASH},
            {"node-power", ScenarioFaultType::NODE_POWER},
            {"controller-crash", ScenarioFaultType::CONTROLLER_CRASH},
            {"controller-partition", ScenarioFaultType::CONTROLLER_PARTITION},
            {"manager-crash", ScenarioFaultType::MANAGER_CRASH},
            {"optical-switch-failure", ScenarioFaultType::OPTICAL_SWITCH_FAILURE},
            {"station-failure", ScenarioFaultType::STATION_FAILURE},
            {"eavesdropping", ScenarioFaultType::EAVESDROPPING},
            {"qber-drift", ScenarioFaultType::QBER_DRIFT},
            {"node-compromise", ScenarioFaultType::NODE_COMPROMISE}};
}

std::string
GetScenarioFaultTypeName(ScenarioFaultType type)
{
    const auto names = ScenarioFaultTypeNames();
    return std::find_if(names.begin(),
                        names.end(),
                        [type](const auto& name) { return name.second == type; })
        ->first;
}

bool
BreaksComponent(ScenarioFaultType type)
{
    return type != ScenarioFaultType::EAVESDROPPING && type != ScenarioFaultType::QBER_DRIFT &&
           type != ScenarioFaultType::NODE_COMPROMISE &&
           type != ScenarioFaultType::CLASSICAL_CONGESTION;
}

bool
SetScenarioFaultTarget(const std::string& target, ScenarioFault& fault)
{
    fault.target = target;
    if (fault.type != ScenarioFaultType::MODULE_FAILURE)
    {
        return true;
    }
    const auto slash = target.rfind('/');
    const std::string end = slash == std::string::npos ? "" : target.substr(slash + 1);
    if (end != "tx" && end != "rx")
    {
        return false;
    }
    fault.moduleEnd = end == "tx" ? ScenarioModuleEnd::TX : ScenarioModuleEnd::RX;
    fault.target.erase(slash);
    return true;
}

std::string
GetScenarioFaultTarget(const ScenarioFault& fault)
{
    switch (fault.type)
    {
    case ScenarioFaultType::MODULE_FAILURE:
        return fault.target + (fault.moduleEnd == ScenarioModuleEnd::TX ? "/tx" : "/rx");
    case ScenarioFaultType::MANAGER_CRASH:
        return "manager";
    default:
        return fault.target;
    }
}

} // namespace qkdn
} // namespace ns3
