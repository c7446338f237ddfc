/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-fault-processes.h"

#include "qkdn-scenario-error.h"
#include "qkdn-scenario-fault-checker.h"
#include "qkdn-scenario-fault-names.h"
#include "qkdn-scenario-find.h"
#include "qkdn-scenario-random-fault-keys.h"

#include "ns3/qkdn-failure-rate.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief The targets that faults of a type can have, as results have them.
 * @param scenario the scenario
 * @param type the type
 * @return the ids of all objects of the kind that such faults break, in the order of their list
 */
std::vector<std::string>
FindCandidates(const Scenario& scenario, ScenarioFaultType type)
{
    std::vector<std::string> ids;
    const auto add = [&ids](const auto& list) {
        for (const auto& element : list)
        {
            ids.push_back(element.id);
        }
    };
    switch (type)
    {
    case ScenarioFaultType::FIBRE_CUT:
    case ScenarioFaultType::CLASSICAL_LINK_FAILURE:
    case ScenarioFaultType::CLASSICAL_CONGESTION:
        add(scenario.fibres);
        break;
    case ScenarioFaultType::RISK_GROUP_CUT: {
        std::set<std::string> groups;
        for (const ScenarioFibre& fibre : scenario.fibres)
        {
            groups.insert(fibre.riskGroups.begin(), fibre.riskGroups.end());
        }
        ids.assign(groups.begin(), groups.end());
        break;
    }
    case ScenarioFaultType::MODULE_FAILURE:
        for (const ScenarioQkdLink& link : scenario.qkdLinks)
        {
            ids.push_back(link.id + "/tx");
            ids.push_back(link.id + "/rx");
        }
        break;
    case ScenarioFaultType::STATION_FAILURE:
    case ScenarioFaultType::EAVESDROPPING:
    case ScenarioFaultType::QBER_DRIFT:
        add(scenario.qkdLinks);
        break;
    case ScenarioFaultType::KM_CRASH:
    case ScenarioFaultType::NODE_POWER:
    case ScenarioFaultType::NODE_COMPROMISE:
        add(scenario.nodes);
        break;
    case ScenarioFaultType::CONTROLLER_CRASH:
    case ScenarioFaultType::CONTROLLER_PARTITION:
        add(scenario.controllers);
        break;
    case ScenarioFaultType::OPTICAL_SWITCH_FAILURE:
        add(scenario.opticalSwitches);
        break;
    case ScenarioFaultType::MANAGER_CRASH:
        ids.emplace_back();
        break;
    }
    return ids;
}

/**
 * @brief Whether a component can fail: whether the scenario could have this fault.
 * @param scenario the scenario
 * @param fault the fault
 * @param qkdParts the parts that QKD links join
 * @return true if so
 */
bool
CanFail(const Scenario& scenario, const ScenarioFault& fault, const ScenarioParts& qkdParts)
{
    try
    {
        CheckScenarioFaultTarget(scenario, fault, qkdParts, "", "", "");
    }
    catch (const ScenarioError&)
    {
        return false;
    }
    return true;
}

/**
 * @brief Check one element of "fault_processes".
 * @param scenario the scenario
 * @param process the element
 * @param components its components
 * @param source name of the file
 * @param place its JSON pointer
 */
void
CheckProcess(const Scenario& scenario,
             const ScenarioFaultProcess& process,
             const std::vector<ScenarioFault>& components,
             const std::string& source,
             const std::string& place)
{
    if (process.start >= scenario.simulation.duration)
    {
        throw ScenarioError(source,
                            place + "/start_s",
                            TimeText(process.start) + " is not before the end of the run at " +
                                TimeText(scenario.simulation.duration),
                            "give an earlier time, or raise /simulation/duration_s");
    }
    if (components.empty())
    {
        throw ScenarioError(source,
                            place + "/targets",
                            "there is nothing that could have a fault of type " +
                                QuoteId(GetScenarioFaultTypeName(process.type)),
                            "add what is to fail, or remove it");
    }
    const ScenarioParts qkdParts = ScenarioParts::OfQkdLinks(scenario);
    for (std::size_t i = 0; i < components.size(); ++i)
    {
        const std::string at =
            place + "/targets" + (process.targets.empty() ? "" : "/" + std::to_string(i));
        CheckScenarioFaultTarget(scenario, components[i], qkdParts, source, place, at);
        const double meanS = GetProcessMeanUpS(scenario, process, components[i]);
        if (!std::isfinite(meanS))
        {
            throw ScenarioError(source,
                                at,
                                "fibre " + QuoteId(components[i].target) +
                                    " has no length and so never fails",
                                "leave it out, or give it a length_km");
        }
        if (meanS / process.acceleration < scenario_key::LEAST_MEAN_S)
        {
            std::ostringstream problem;
            problem << "the mean up time of " << QuoteId(GetScenarioFaultTarget(components[i]))
                    << " would be " << meanS / process.acceleration << " s";
            throw ScenarioError(source,
                                place + "/acceleration",
                                problem.str(),
                                "give less, so that it is 1e-3 s at least");
        }
    }
}

} // namespace

std::vector<ScenarioFault>
FindProcessComponents(const Scenario& scenario, const ScenarioFaultProcess& process)
{
    const bool all = process.targets.empty();
    const ScenarioParts qkdParts = ScenarioParts::OfQkdLinks(scenario);
    std::vector<ScenarioFault> components;
    for (const std::string& target : all ? FindCandidates(scenario, process.type) : process.targets)
    {
        ScenarioFault fault;
        fault.type = process.type;
        fault.loadBps = process.loadBps;
        fault.addedQber = process.addedQber;
        fault.curveFile = process.curveFile;
        fault.curve = process.curve;
        fault.wiretap = process.wiretap;
        SetScenarioFaultTarget(target, fault);
        if (all && CanFail(scenario, fault, qkdParts) &&
            !std::isfinite(GetProcessMeanUpS(scenario, process, fault)))
        {
            continue; // no length, no failures
        }
        // that there is no manager is an error, as with an id that does not exist
        if (!all || process.type == ScenarioFaultType::MANAGER_CRASH ||
            CanFail(scenario, fault, qkdParts))
        {
            components.push_back(fault);
        }
    }
    return components;
}

double
GetProcessMeanUpS(const Scenario& scenario,
                  const ScenarioFaultProcess& process,
                  const ScenarioFault& fault)
{
    if (process.meanUpS)
    {
        return *process.meanUpS;
    }
    const auto fibre =
        std::find_if(scenario.fibres.begin(), scenario.fibres.end(), [&fault](const auto& element) {
            return element.id == fault.target;
        });
    return MeanUpTimeHoursFromFit(process.fitPerKm, fibre->lengthKm) * scenario_key::HOUR_S;
}

void
CheckScenarioRandomFaults(const Scenario& scenario, const std::string& source)
{
    std::map<std::pair<ScenarioFaultType, std::string>, std::string> places;
    for (std::size_t i = 0; i < scenario.faultProcesses.size(); ++i)
    {
        const std::string place = "/fault_processes/" + std::to_string(i);
        const ScenarioFaultProcess& process = scenario.faultProcesses[i];
        const std::vector<ScenarioFault> components = FindProcessComponents(scenario, process);
        CheckProcess(scenario, process, components, source, place);
        for (const ScenarioFault& fault : components)
        {
            const std::string target = GetScenarioFaultTarget(fault);
            const auto [first, isNew] = places.emplace(std::make_pair(fault.type, target), place);
            if (!isNew)
            {
                throw ScenarioError(source,
                                    place + "/targets",
                                    QuoteId(target) + " fails by " + first->second + " already",
                                    "name each component once");
            }
        }
    }
    if (scenario.repair && scenario.repair->dispatch == RepairCrews::BY_ORDER && !scenario.manager)
    {
        throw ScenarioError(source,
                            "/repair/dispatch",
                            "the manager orders repairs, and there is none",
                            "add /manager, or give \"immediate\"");
    }
}

} // namespace qkdn
} // namespace ns3
