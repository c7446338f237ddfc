/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-random-fault-sections.h"

#include "qkdn-fault-trace-reader.h"
#include "qkdn-scenario-error.h"
#include "qkdn-scenario-fault-names.h"
#include "qkdn-scenario-fault-sections.h"
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
 * @param preset rates to be used if nothing says it, null for none
 * @param process where it goes, with its type
 */
void
ReadUpTime(const ScenarioObject& object,
           const FailureRatePreset* preset,
           ScenarioFaultProcess& process)
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
    if (!given && !preset)
    {
        object.Fail("mtbf_s",
                    "it is not said how often they fail",
                    "give rates, mtbf_s or mtbf_h, or for fibre-cut fit_per_km, "
                    "cuts_per_year_per_1000_miles or cuts_per_year_per_1000_km");
    }
    if (!given)
    {
        process.fitPerKm = preset->fitPerKm.value_or(0.0);
        if (preset->mtbfH)
        {
            process.meanUpS = *preset->mtbfH * scenario_key::HOUR_S;
        }
    }
}

/**
 * @brief Read which known rates are to be used, and use those that nothing else says.
 * @param object the object
 * @param [in,out] process where they go, with its type
 */
void
ReadRates(const ScenarioObject& object, ScenarioFaultProcess& process)
{
    std::vector<std::pair<const char*, const FailureRatePreset*>> names;
    for (const FailureRatePreset& preset : GetFailureRatePresets())
    {
        names.emplace_back(preset.name.c_str(), &preset);
    }
    const FailureRatePreset* preset = nullptr;
    object.Read<const FailureRatePreset*>("rates", names, preset);
    if (preset && preset->fitPerKm && process.type != ScenarioFaultType::FIBRE_CUT)
    {
        object.Fail("rates", "only fibres fail by length", "give those of something else");
    }
    ReadUpTime(object, preset, process);
    process.repair = ReadScenarioRepairTime(
        object,
        preset ? std::optional<double>(preset->mttrH * scenario_key::HOUR_S) : std::nullopt);
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
    object.Read<ScenarioFaultType>("type", ScenarioFaultTypeNames(), process.type);
    ReadTargets(object, process);
    ReadScenarioFaultParameters(object, process);
    ReadRates(object, process);
    object.Read<TimeDistributionKind>("distribution",
                                      {{"exponential", TIME_EXPONENTIAL},
                                       {"weibull", TIME_WEIBULL},
                                       {"deterministic", TIME_DETERMINISTIC}},
                                      process.up.kind);
    ReadScenarioShape(object, "weibull_shape", TIME_WEIBULL, process.up);
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
