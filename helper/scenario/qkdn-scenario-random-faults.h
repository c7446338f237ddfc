/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_RANDOM_FAULTS_H
#define QKDN_SCENARIO_RANDOM_FAULTS_H

#include "ns3/nstime.h"
#include "ns3/qkdn-repair-crews.h"
#include "ns3/qkdn-time-distribution.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

enum class ScenarioFaultType;
enum class ScenarioCurve;

/**
 * @ingroup qkdn-resilience
 * @brief An element of "fault_processes": components that fail at random and are repaired.
 */
struct ScenarioFaultProcess
{
    ScenarioFaultType type{};         //!< "type" of the faults
    std::vector<std::string> targets; //!< "targets": ids as of faults; empty for all
    std::optional<double> meanUpS;    //!< "mtbf_s" or "mtbf_h", s; none if it is by length

    /// "fit_per_km", or from "cuts_per_year_per_1000_miles" or "cuts_per_year_per_1000_km"
    double fitPerKm{0.0};

    /// "distribution" and "weibull_shape" of up times; the mean is not used
    TimeDistribution up;

    /// "mttr_s" or "mttr_h", "repair_distribution" and "repair_weibull_shape" or
    /// "repair_lognormal_sigma" of work times
    TimeDistribution repair;

    Time start;               //!< "start_s": from when on they fail
    uint32_t maxFaults{0};    //!< "max_faults" of each component; 0: no limit
    double acceleration{1.0}; //!< "acceleration": up times are that many times shorter
    double loadBps{0.0};      //!< "load_bps" of classical-congestion
    double addedQber{0.0};    //!< "added_qber" of eavesdropping
    std::string curveFile;    //!< "curve_file" of qber-drift
    ScenarioCurve curve{};    //!< "curve" of qber-drift
    bool wiretap{true};       //!< "wiretap" of node-compromise
};

/**
 * @ingroup qkdn-resilience
 * @brief Object "repair": crews that repair.
 */
struct ScenarioRepair
{
    uint32_t crews{1};                                   //!< "crews"
    RepairCrews::RepairPolicy policy{RepairCrews::FIFO}; //!< "policy"
    Time travel;                                         //!< "travel_s" from order to arrival
    RepairCrews::RepairDispatch dispatch{
        RepairCrews::IMMEDIATE}; //!< "dispatch": "manager" is by order
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_RANDOM_FAULTS_H */
