/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-fault-sections.h"

#include "qkdn-scenario-disaster.h"
#include "qkdn-scenario-error.h"
#include "qkdn-scenario-fault-names.h"
#include "qkdn-scenario-random-fault-keys.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief Check that a key is there if, and only if, the type of a fault has it.
 * @param object the object
 * @param key the key
 * @param type the type
 * @param owner the only type that has it, and needs it
 * @param name what such a fault is called
 */
void
CheckOwnKey(const ScenarioObject& object,
            const std::string& key,
            ScenarioFaultType type,
            ScenarioFaultType owner,
            const std::string& name)
{
    if (type == owner && !object.Has(key))
    {
        object.Fail(key, "missing");
    }
    if (type != owner && object.Has(key))
    {
        object.Fail(key, "only " + name + " has it", "remove it");
    }
}

/**
 * @brief Check what a fault that waits for a repair crew has.
 * @param object the object
 * @param fault the fault
 */
void
CheckRepairTimes(const ScenarioObject& object, const ScenarioFault& fault)
{
    if (fault.repairTime && (fault.repairAfter || fault.repairWork))
    {
        object.Fail(object.Has("mttr_s") ? "mttr_s" : "mttr_h",
                    std::string(fault.repairAfter ? "repair_after_s" : "repair_work_s") +
                        " says how long the repair takes",
                    "remove one of them");
    }
    if (!fault.repairWork)
    {
        return;
    }
    if (fault.repairAfter)
    {
        object.Fail("repair_work_s",
                    "repair_after_s says when the fault is repaired",
                    "remove one of them");
    }
    if (!BreaksComponent(fault.type))
    {
        object.Fail("repair_work_s",
                    "no crew repairs a fault of type \"" + GetScenarioFaultTypeName(fault.type) +
                        "\"",
                    "give repair_after_s instead");
    }
}

/**
 * @brief Read when a fault strikes and how it is repaired.
 * @param object the object
 * @param number its number in the list, from 1
 * @return the fault, without type and target
 */
ScenarioFault
ReadTimes(const ScenarioObject& object, std::size_t number)
{
    ScenarioFault fault;
    fault.id = "fault-" + std::to_string(number);
    object.ReadId("id", fault.id);
    object.Read("at_s", fault.at);
    object.Read("repair_after_s", fault.repairAfter);
    object.Read("repair_work_s", fault.repairWork);
    for (const char* key : {"mttr_s",
                            "mttr_h",
                            "repair_distribution",
                            "repair_weibull_shape",
                            "repair_lognormal_sigma"})
    {
        if (object.Has(key) && !fault.repairTime)
        {
            fault.repairTime = ReadScenarioRepairTime(object);
        }
    }
    return fault;
}

/**
 * @brief Read where a disaster strikes.
 * @param object the object
 * @return centre and radius
 */
ScenarioDisaster
ReadCircle(const ScenarioObject& object)
{
    ScenarioDisaster disaster;
    object.Read("x_km", disaster.xKm);
    object.Read("y_km", disaster.yKm);
    object.Read("radius_km", disaster.radiusKm);
    return disaster;
}

/**
 * @brief Read a disaster.
 * @param object the object
 * @param scenario what can fail
 * @param model when it strikes, and how what it breaks is repaired
 * @return what it breaks
 */
std::vector<ScenarioFault>
ReadDisaster(const ScenarioObject& object, const Scenario& scenario, const ScenarioFault& model)
{
    for (const char* key : {"target",
                            "position",
                            "load_bps",
                            "added_qber",
                            "curve_file",
                            "curve",
                            "wiretap",
                            "repeat",
                            "period_s"})
    {
        if (object.Has(key))
        {
            object.Fail(key, "a disaster has none", "remove it");
        }
    }
    for (const char* key : {"x_km", "y_km", "radius_km"})
    {
        if (!object.Has(key))
        {
            object.Fail(key, "missing");
        }
    }
    CheckRepairTimes(object, model);
    const bool apart = std::any_of(scenario.nodes.begin(),
                                   scenario.nodes.end(),
                                   [&scenario](const ScenarioNode& node) {
                                       return node.xKm != scenario.nodes.front().xKm ||
                                              node.yKm != scenario.nodes.front().yKm;
                                   });
    if (!apart)
    {
        object.Fail("type",
                    "all nodes are at the same place",
                    "give x_km and y_km of the nodes, or list what fails");
    }
    std::vector<ScenarioFault> faults = ExpandScenarioDisaster(scenario, ReadCircle(object), model);
    if (faults.empty())
    {
        object.Fail("radius_km",
                    "no node and no fibre is so near to the centre",
                    "give more, or another centre");
    }
    return faults;
}

/**
 * @brief Read how often a fault strikes.
 * @param object the object
 * @param fault its first time
 * @return all its times
 */
std::vector<ScenarioFault>
ReadRepetition(const ScenarioObject& object, const ScenarioFault& fault)
{
    uint32_t times = 1;
    std::optional<Time> period;
    object.Read("repeat", times);
    object.Read("period_s", period);
    if (object.Has("repeat") != period.has_value())
    {
        object.Fail(period ? "repeat" : "period_s", "missing");
    }
    if (!period)
    {
        return {fault};
    }
    if (!fault.repairAfter || *fault.repairAfter >= *period)
    {
        object.Fail("period_s",
                    "the fault is not over when it strikes again",
                    "give a repair_after_s below it");
    }
    const double last = fault.at.GetSeconds() + (times - 1) * period->GetSeconds();
    if (last > scenario_key::MAX_S)
    {
        object.Fail("repeat",
                    "the last of " + std::to_string(times) + " times is after the longest run",
                    "give less, or a shorter period_s");
    }
    std::vector<ScenarioFault> faults;
    for (uint32_t i = 0; i < times; ++i)
    {
        faults.push_back(fault);
        faults.back().id += "/" + std::to_string(i + 1);
        faults.back().at += *period * static_cast<int64_t>(i);
    }
    return faults;
}

/**
 * @brief Read what a fault breaks, and where.
 * @param object the object
 * @param [in,out] fault where it goes, with its type
 */
void
ReadPlace(const ScenarioObject& object, ScenarioFault& fault)
{
    const bool hasTarget = fault.type != ScenarioFaultType::MANAGER_CRASH;
    if (hasTarget && !object.Has("target"))
    {
        object.Fail("target", "missing");
    }
    if (!hasTarget && object.Has("target"))
    {
        object.Fail("target", "there is only one manager to crash", "remove it");
    }
    std::string target;
    object.Read("target", target);
    if (!SetScenarioFaultTarget(target, fault))
    {
        object.Fail("target", ScenarioObject::Describe(target) + " names no module");
    }
    if (object.Has("position") && fault.type != ScenarioFaultType::FIBRE_CUT &&
        fault.type != ScenarioFaultType::RISK_GROUP_CUT)
    {
        object.Fail("position", "only a fibre-cut or risk-group-cut has a position", "remove it");
    }
    object.Read("position", fault.position);
}

/**
 * @brief Read an element of "faults".
 * @param object the object
 * @param scenario what can fail
 * @param number its number in the list, from 1
 * @return the faults that it says
 */
std::vector<ScenarioFault>
ReadElement(const ScenarioObject& object, const Scenario& scenario, std::size_t number)
{
    // a disaster is no type of its own: it becomes faults of nodes and fibres
    using Type = std::optional<ScenarioFaultType>;
    std::vector<std::pair<const char*, Type>> names;
    for (const auto& [name, type] : ScenarioFaultTypeNames())
    {
        names.emplace_back(name, type);
    }
    names.emplace_back("disaster", std::nullopt);
    Type type;
    object.Read<Type>("type", names, type);
    ScenarioFault fault = ReadTimes(object, number);
    if (!type)
    {
        return ReadDisaster(object, scenario, fault);
    }
    fault.type = *type;
    ReadCircle(object); // its numbers are checked before its place
    for (const char* key : {"x_km", "y_km", "radius_km"})
    {
        if (object.Has(key))
        {
            object.Fail(key, "only a disaster has it", "remove it");
        }
    }
    ReadPlace(object, fault);
    CheckRepairTimes(object, fault);
    ReadScenarioFaultParameters(object, fault);
    return ReadRepetition(object, fault);
}

} // namespace

template <typename T>
void
ReadScenarioFaultParameters(const ScenarioObject& object, T& fault)
{
    object.Read("load_bps", fault.loadBps);
    object.Read("added_qber", fault.addedQber);
    object.Read("curve_file", fault.curveFile);
    object.Read<ScenarioCurve>("curve",
                               {{"linear", ScenarioCurve::LINEAR}, {"step", ScenarioCurve::STEP}},
                               fault.curve);
    object.Read("wiretap", fault.wiretap);
    CheckOwnKey(object,
                "load_bps",
                fault.type,
                ScenarioFaultType::CLASSICAL_CONGESTION,
                "classical-congestion");
    CheckOwnKey(object,
                "added_qber",
                fault.type,
                ScenarioFaultType::EAVESDROPPING,
                "eavesdropping");
    CheckOwnKey(object, "curve_file", fault.type, ScenarioFaultType::QBER_DRIFT, "a qber-drift");
    if (fault.type != ScenarioFaultType::QBER_DRIFT && object.Has("curve"))
    {
        object.Fail("curve", "only a qber-drift has it", "remove it");
    }
    if (fault.type != ScenarioFaultType::NODE_COMPROMISE && object.Has("wiretap"))
    {
        object.Fail("wiretap", "only a node-compromise has it", "remove it");
    }
}

template void ReadScenarioFaultParameters(const ScenarioObject& object, ScenarioFault& fault);
template void ReadScenarioFaultParameters(const ScenarioObject& object,
                                          ScenarioFaultProcess& fault);

void
ReadScenarioShape(const ScenarioObject& object,
                  const std::string& key,
                  TimeDistributionKind kind,
                  TimeDistribution& distribution)
{
    std::optional<double> shape;
    object.Read(key, shape);
    const bool needed = distribution.kind == kind;
    if (needed && !shape)
    {
        object.Fail(key, "missing");
    }
    if (!needed && shape)
    {
        object.Fail(key,
                    "only distribution \"" + std::string(TimeDistributionName(kind)) + "\" has it",
                    "remove it, or give this distribution");
    }
    distribution.shape = shape.value_or(distribution.shape);
}

TimeDistribution
ReadScenarioRepairTime(const ScenarioObject& object, const std::optional<double>& meanS)
{
    std::optional<double> seconds;
    std::optional<double> hours;
    object.Read("mttr_s", seconds);
    object.Read("mttr_h", hours);
    if (seconds && hours)
    {
        object.Fail("mttr_h", "mttr_s says how long repairs take, too", "remove one of them");
    }
    TimeDistribution repair;
    object.Read<TimeDistributionKind>("repair_distribution",
                                      {{"exponential", TIME_EXPONENTIAL},
                                       {"weibull", TIME_WEIBULL},
                                       {"deterministic", TIME_DETERMINISTIC},
                                       {"lognormal", TIME_LOGNORMAL}},
                                      repair.kind);
    ReadScenarioShape(object, "repair_weibull_shape", TIME_WEIBULL, repair);
    ReadScenarioShape(object, "repair_lognormal_sigma", TIME_LOGNORMAL, repair);
    if (!seconds && !hours && !meanS)
    {
        object.Fail("mttr_s", "it is not said how long repairs take", "give mttr_s or mttr_h");
    }
    repair.meanS = seconds ? *seconds : hours ? *hours * scenario_key::HOUR_S : *meanS;
    return repair;
}

void
ReadScenarioFaults(const ScenarioObject& object, Scenario& scenario)
{
    std::size_t number = 0;
    for (const auto& element : object.GetObjects("faults", "fault"))
    {
        ++number;
        std::vector<ScenarioFault> faults = ReadElement(element, scenario, number);
        const bool moved = faults.size() > 1 || scenario.faults.size() + 1 != number;
        for (ScenarioFault& fault : faults)
        {
            fault.origin = moved ? "/faults/" + std::to_string(number - 1) : "";
            scenario.faults.push_back(fault);
        }
    }
}

} // namespace qkdn
} // namespace ns3
