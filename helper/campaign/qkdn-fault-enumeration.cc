/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-fault-enumeration.h"

#include "ns3/qkdn-report-format.h"
#include "ns3/qkdn-scenario-error.h"
#include "ns3/qkdn-scenario-fault-names.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

namespace ns3
{
namespace qkdn
{

namespace
{

/// From the warm-up and the start of all sessions to the failure, if nothing else is asked for.
constexpr int64_t SETTLED_S = 10;

/**
 * @brief The fibres that QKD links run over.
 * @param scenario the scenario
 * @return their ids, in the order of the scenario
 */
std::vector<std::string>
FibresOfQkdLinks(const Scenario& scenario)
{
    std::vector<std::string> fibres;
    for (const ScenarioFibre& fibre : scenario.fibres)
    {
        const bool isUsed =
            std::any_of(scenario.qkdLinks.begin(),
                        scenario.qkdLinks.end(),
                        [&fibre](const ScenarioQkdLink& link) {
                            return std::find(link.fibres.begin(), link.fibres.end(), fibre.id) !=
                                   link.fibres.end();
                        });
        if (isUsed)
        {
            fibres.push_back(fibre.id);
        }
    }
    return fibres;
}

/**
 * @brief Cuts of fibres at once.
 * @param name name of the failure
 * @param fibres the fibres
 * @return the failure
 */
EnumeratedFailure
CutOf(const std::string& name, const std::vector<std::string>& fibres)
{
    return {name, GetScenarioFaultTypeName(ScenarioFaultType::FIBRE_CUT), fibres, {}};
}

/**
 * @brief Single or double cuts.
 * @param scenario the scenario
 * @param isDouble two at once
 * @return the failures
 */
std::vector<EnumeratedFailure>
EnumerateCuts(const Scenario& scenario, bool isDouble)
{
    const std::vector<std::string> fibres = FibresOfQkdLinks(scenario);
    std::vector<EnumeratedFailure> failures;
    for (std::size_t i = 0; i < fibres.size(); ++i)
    {
        if (!isDouble)
        {
            failures.push_back(CutOf(fibres[i], {fibres[i]}));
        }
        for (std::size_t k = i + 1; isDouble && k < fibres.size(); ++k)
        {
            failures.push_back(CutOf(fibres[i] + " + " + fibres[k], {fibres[i], fibres[k]}));
        }
    }
    return failures;
}

/**
 * @brief Losses of power.
 * @param scenario the scenario
 * @return the failures
 */
std::vector<EnumeratedFailure>
EnumerateNodes(const Scenario& scenario)
{
    std::vector<EnumeratedFailure> failures;
    for (const ScenarioNode& node : scenario.nodes)
    {
        EnumeratedFailure failure{node.id,
                                  GetScenarioFaultTypeName(ScenarioFaultType::NODE_POWER),
                                  {node.id},
                                  {}};
        for (const ScenarioSession& session : scenario.sessions)
        {
            const std::vector<std::string> ends = {session.master,
                                                   session.slave,
                                                   session.GetApplicationNode(true),
                                                   session.GetApplicationNode(false)};
            if (std::find(ends.begin(), ends.end(), node.id) != ends.end())
            {
                failure.endsThere.push_back(session.id);
            }
        }
        failures.push_back(failure);
    }
    return failures;
}

/**
 * @brief Cuts of risk groups.
 * @param scenario the scenario
 * @return the failures
 */
std::vector<EnumeratedFailure>
EnumerateRiskGroups(const Scenario& scenario)
{
    std::map<std::string, std::vector<std::string>> groups;
    for (const ScenarioFibre& fibre : scenario.fibres)
    {
        for (const std::string& group : fibre.riskGroups)
        {
            groups[group].push_back(fibre.id);
        }
    }
    std::vector<EnumeratedFailure> failures;
    failures.reserve(groups.size());
    for (const auto& [group, fibres] : groups)
    {
        failures.push_back(CutOf(group, fibres));
    }
    return failures;
}

} // namespace

std::vector<std::pair<const char*, FailureKind>>
FailureKindNames()
{
    return {{"single-link", FAILURES_SINGLE_LINK},
            {"double-link", FAILURES_DOUBLE_LINK},
            {"single-node", FAILURES_SINGLE_NODE},
            {"srlg", FAILURES_RISK_GROUP}};
}

std::string
FailureKindName(FailureKind kind)
{
    for (const auto& [name, value] : FailureKindNames())
    {
        if (value == kind)
        {
            return name;
        }
    }
    return "none";
}

Time
FailureTimes::GetFaultAt(const Scenario& scenario) const
{
    if (faultAt)
    {
        return *faultAt;
    }
    Time latest = scenario.simulation.warmUp;
    for (const ScenarioSession& session : scenario.sessions)
    {
        latest = std::max(latest, session.start);
    }
    return latest + Seconds(SETTLED_S);
}

std::vector<EnumeratedFailure>
EnumerateFailures(const Scenario& scenario, FailureKind kind, const std::string& source)
{
    std::vector<EnumeratedFailure> failures;
    switch (kind)
    {
    case FAILURES_SINGLE_LINK:
    case FAILURES_DOUBLE_LINK:
        failures = EnumerateCuts(scenario, kind == FAILURES_DOUBLE_LINK);
        break;
    case FAILURES_SINGLE_NODE:
        failures = EnumerateNodes(scenario);
        break;
    case FAILURES_RISK_GROUP:
        failures = EnumerateRiskGroups(scenario);
        break;
    case FAILURES_NONE:
        break;
    }
    if (failures.empty())
    {
        const bool isGroup = kind == FAILURES_RISK_GROUP;
        throw ScenarioError(source,
                            isGroup ? "/fibres" : "/qkd_links",
                            isGroup ? "no fibre has a risk group to enumerate"
                                    : "there are too few QKD links to enumerate their failures",
                            isGroup ? "add risk_groups, or give another --enumerate"
                                    : "give another --enumerate");
    }
    return failures;
}

std::vector<std::string>
FailureSets(const EnumeratedFailure& failure, const Scenario& scenario, const FailureTimes& times)
{
    const Time at = times.GetFaultAt(scenario);
    nlohmann::ordered_json faults = nlohmann::ordered_json::array();
    for (const std::string& target : failure.targets)
    {
        nlohmann::ordered_json fault{{"at_s", SecondsOf(at)},
                                     {"type", failure.type},
                                     {"target", target}};
        if (times.repairAfter)
        {
            fault["repair_after_s"] = SecondsOf(*times.repairAfter);
        }
        faults.push_back(fault);
    }
    std::vector<std::string> sets = {"/simulation/duration_s=" + FormatSeconds(at + times.horizon),
                                     "/faults=" + faults.dump()};
    if (!scenario.faultProcesses.empty())
    {
        sets.emplace_back("/fault_processes=[]");
    }
    return sets;
}

} // namespace qkdn
} // namespace ns3
