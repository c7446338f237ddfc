/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-random-fault-sections.h"

#include "qkdn-fault-trace-reader.h"
#include "qkdn-scenario-error.h"
#include "qkdn-scenario-fault-names.h"
#include "qkdn-scenario-random-fault-keys.h"

#include "ns3/qkdn-failure-rate.h"

#include <filesystem>
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
 * @brief Names of the types of faults that components have of themselves.
 * @return name and type of each
 */
std::vector<std::pair<const char*, ScenarioFaultType>>
ComponentFaultNames()
{
    std::vector<std::pair<const char*, ScenarioFaultType>> names;
    for (const auto& name : ScenarioFaultTypeNames())
    {
        if (BreaksComponent(name.second))
        {
            names.push_back(name);
        }
    }
    return names;
}

/**
 * @brief Read which components fail.
 * @param object the object
 * @param process where they go, with its type
 */
void
ReadTargets(const ScenarioObject& object, ScenarioFaultProcess& process)
{
    object.ReadTextsOrWord("targets", "all", process.targets);
    const bool isManager = process.type == ScenarioFaultType::MANAGER_CRASH;
    if (isManager && object.Has("targets"))
    {
        object.Fail("targets", "there is only one manager to crash", "remove it");
    }
    if (!isManager && !object.Has("targets"))
    {
        object.Fail("targets", "missing");
    }
    for (const std::string& target : process.targets)
    {
        ScenarioFault fault;
        fault.type = process.type;
        if (!SetScenarioFaultTarget(target, fault))
        {
            object.Fail("targets", ScenarioObject::Describe(target) + " names no module");
        }
    }
}

/**
 * @brief Read how often components fail.
 * @param object the object
 * @param process where it goes, with its type
 */
void
ReadUpTime(const ScenarioObject& object, ScenarioFaultProcess& process)
{
    struct Form
    {
        const char* key; //!< the key
        bool perKm;      //!< a rate by length
        double factor;   //!< of seconds, or of FIT/km
    };

    const double fitPerCut = FitPerKmFromCutsPerYear(1.0);
    const std::vector<Form> forms{
        {"mtbf_s", false, 1.0},
        {"mtbf_h", false, scenario_key::HOUR_S},
        {"fit_per_km", true, 1.0},
        {"cuts_per_year_per_1000_miles", true, fitPerCut / KM_PER_MILE},
        {"cuts_per_year_per_1000_km", true, fitPerCut},
    };
    const char* given = nullptr;
    for (const Form& form : forms)
    {
        std::optional<double> value;
        object.Read(form.key, value);
        if (!value)
        {
            continue;
        }
        if (given)
        {
            object.Fail(form.key,
                        "/" + std::string(given) + " says how often they fail, too",
                        "remove one of them");
        }
        given = form.key;
        if (!form.perKm)
        {
            process.meanUpS = *value * form.factor;
        }
        else if (process.type == ScenarioFaultType::FIBRE_CUT)
        {
            process.fitPerKm = *value * form.factor;
        }
        else
        {
            object.Fail(form.key, "only fibres fail by length", "give mtbf_s or mtbf_h");
        }
    }
    if (!given)
    {
        object.Fail("mtbf_s",
                    "it is not said how often they fail",
                    "give mtbf_s or mtbf_h, or for fibre-cut fit_per_km, "
                    "cuts_per_year_per_1000_miles or cuts_per_year_per_1000_km");
    }
}

/**
 * @brief Read a parameter that one kind of distribution has.
 * @param object the object
 * @param key key of the parameter
 * @param kind the kind
 * @param [in,out] distribution the distribution with its kind
 */
void
ReadShape(const ScenarioObject& object,
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

/**
 * @brief Read how long repairs take.
 * @param object the object
 * @param process where it goes
 */
void
ReadRepairTime(const ScenarioObject& object, ScenarioFaultProcess& process)
{
    std::optional<double> seconds;
    std::optional<double> hours;
    object.Read("mttr_s", seconds);
    object.Read("mttr_h", hours);
    if (seconds && hours)
    {
        object.Fail("mttr_h", "mttr_s says how long repairs take, too", "remove one of them");
    }
    if (!seconds && !hours)
    {
        object.Fail("mttr_s", "it is not said how long repairs take", "give mttr_s or mttr_h");
    }
    process.repair.meanS = seconds ? *seconds : *hours * scenario_key::HOUR_S;
    object.Read<TimeDistributionKind>("repair_distribution",
                                      {{"exponential", TIME_EXPONENTIAL},
                                       {"weibull", TIME_WEIBULL},
                                       {"deterministic", TIME_DETERMINISTIC},
                                       {"lognormal", TIME_LOGNORMAL}},
                                      process.repair.kind);
    ReadShape(object, "repair_weibull_shape", TIME_WEIBULL, process.repair);
    ReadShape(object, "repair_lognormal_sigma", TIME_LOGNORMAL, process.repair);
}

/**
 * @brief Read an element of "fault_processes".
 * @param object the object
 * @return what it says
 */
ScenarioFaultProcess
ReadProcess(const ScenarioObject& object)
{
    ScenarioFaultProcess process;
    object.Read<ScenarioFaultType>("type", ComponentFaultNames(), process.type);
    ReadTargets(object, process);
    ReadUpTime(object, process);
    object.Read<TimeDistributionKind>("distribution",
                                      {{"exponential", TIME_EXPONENTIAL},
                                       {"weibull", TIME_WEIBULL},
                                       {"deterministic", TIME_DETERMINISTIC}},
                                      process.up.kind);
    ReadShape(object, "weibull_shape", TIME_WEIBULL, process.up);
    ReadRepairTime(object, process);
    object.Read("start_s", process.start);
    object.Read("max_faults", process.maxFaults);
    object.Read("acceleration", process.acceleration);
    return process;
}

/**
 * @brief Read object "repair".
 * @param object the object
 * @return what it says
 */
ScenarioRepair
ReadRepair(const ScenarioObject& object)
{
    ScenarioRepair repair;
    object.Read("crews", repair.crews);
    object.Read<RepairCrews::RepairPolicy>("policy",
                                           {{"fifo", RepairCrews::FIFO},
                                            {"most-sessions", RepairCrews::MOST_SESSIONS},
                                            {"largest-rate", RepairCrews::LARGEST_RATE}},
                                           repair.policy);
    object.Read("travel_s", repair.travel);
    object.Read<RepairCrews::RepairDispatch>(
        "dispatch",
        {{"immediate", RepairCrews::IMMEDIATE}, {"manager", RepairCrews::BY_ORDER}},
        repair.dispatch);
    return repair;
}

} // namespace

void
ReadScenarioRandomFaults(const ScenarioObject& object, Scenario& scenario)
{
    for (const auto& process : object.GetObjects("fault_processes", "fault_process"))
    {
        scenario.faultProcesses.push_back(ReadProcess(process));
    }
    if (object.Has("repair"))
    {
        scenario.repair = ReadRepair(object.GetObject("repair", "repair"));
    }
    if (!object.Has("fault_trace"))
    {
        return;
    }
    std::string file;
    object.Read("fault_trace", file);
    if (!scenario.faultProcesses.empty())
    {
        object.Fail("fault_trace",
                    "the faults of a trace come in place of those of /fault_processes",
                    "remove one of them");
    }
    // an absolute path stays as it is
    const auto folder = std::filesystem::path(object.GetSource()).parent_path();
    const std::vector<ScenarioFault> faults = ReadFaultTrace((folder / file).string());
    scenario.faults.insert(scenario.faults.end(), faults.begin(), faults.end());
}

} // namespace qkdn
} // namespace ns3
