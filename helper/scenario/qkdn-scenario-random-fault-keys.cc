/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-random-fault-keys.h"

namespace ns3
{
namespace qkdn
{

using namespace scenario_key;

namespace
{

constexpr double MAX_MEAN_S = 1e13;   //!< longest mean up time, s
constexpr double LEAST_MEAN_H = 1e-6; //!< shortest mean time, h
constexpr double MAX_MEAN_H = 1e10;   //!< longest mean up time, h
constexpr double MAX_RATE = 1e12;     //!< highest rate of failures
constexpr double MAX_REPEAT = 10000;  //!< most times that a fault strikes

} // namespace

std::vector<ScenarioKeyTable>
GetRandomFaultTables()
{
    return {{"fault",
             {{"id", OPTIONAL, "an id of 1 to 64 characters without \"/\", in quotes"},
              {"at_s", REQUIRED, "a time from 0 s to before the end of the run", 0, MAX_S},
              {"type",
               REQUIRED,
               "\"fibre-cut\", \"risk-group-cut\", \"classical-link-failure\", "
               "\"classical-congestion\", \"module-failure\", \"km-crash\", \"node-power\", "
               "\"controller-crash\", \"controller-partition\", \"manager-crash\", "
               "\"optical-switch-failure\", \"station-failure\", \"eavesdropping\", "
               "\"qber-drift\", \"node-compromise\" or \"disaster\""},
              {"target",
               OPTIONAL,
               "the id of a fibre, the name of a risk group, \"<id of a QKD link>/tx\" or \"/rx\" "
               "for a module, the id of a node for its power, its key manager or its compromise, "
               "the id of a controller or of an optical switch, the id of a QKD link whose central "
               "station fails, or the id of a QKD link or fibre that is disturbed"},
              {"position", OPTIONAL, "a position from 0 (end a) to 1 (end b)", 0, 1},
              {"load_bps", OPTIONAL, "a rate from 1 bit/s to 1e12 bit/s", 1, 1e12},
              {"added_qber", OPTIONAL, "a ratio above 0 and up to 0.5", 0, 0.5, ABOVE},
              {"curve_file", OPTIONAL, "the name of a CSV file, in quotes"},
              {"curve", OPTIONAL, "\"linear\" or \"step\""},
              {"wiretap", OPTIONAL, "true or false"},
              {"x_km", OPTIONAL, "a position from -1e5 km to 1e5 km", -1e5, 1e5},
              {"y_km", OPTIONAL, "a position from -1e5 km to 1e5 km", -1e5, 1e5},
              {"radius_km", OPTIONAL, "a radius from 0 km to 1e5 km", 0, 1e5},
              {"repeat", OPTIONAL, "a whole number of times from 2 to 10000", 2, MAX_REPEAT},
              {"period_s", OPTIONAL, "a time above repair_after_s", MIN_S, MAX_S},
              {"repair_after_s", OPTIONAL, "a time above 0 s and up to 1e9 s", MIN_S, MAX_S},
              {"repair_work_s", OPTIONAL, "a time above 0 s and up to 1e9 s", MIN_S, MAX_S},
              {"mttr_s", OPTIONAL, "a time from 1e-3 s to 1e9 s", LEAST_MEAN_S, MAX_S},
              {"mttr_h", OPTIONAL, "a time from 1e-6 h to 1e5 h", LEAST_MEAN_H, 1e5},
              {"repair_distribution",
               OPTIONAL,
               "\"exponential\", \"weibull\", \"deterministic\" or \"lognormal\""},
              {"repair_weibull_shape", OPTIONAL, "a shape from 0.1 to 100", 0.1, 100},
              {"repair_lognormal_sigma",
               OPTIONAL,
               "a standard deviation of the natural logarithm from 0.01 to 5",
               0.01,
               5}}},
            {"fault_process",
             {{"type",
               REQUIRED,
               "\"fibre-cut\", \"risk-group-cut\", \"classical-link-failure\", "
               "\"classical-congestion\", \"module-failure\", \"km-crash\", \"node-power\", "
               "\"controller-crash\", \"controller-partition\", \"manager-crash\", "
               "\"optical-switch-failure\", \"station-failure\", \"eavesdropping\", \"qber-drift\" "
               "or \"node-compromise\""},
              {"targets", OPTIONAL, "an array of ids as of targets of such faults, or \"all\""},
              {"load_bps", OPTIONAL, "a rate from 1 bit/s to 1e12 bit/s", 1, 1e12},
              {"added_qber", OPTIONAL, "a ratio above 0 and up to 0.5", 0, 0.5, ABOVE},
              {"curve_file", OPTIONAL, "the name of a CSV file, in quotes"},
              {"curve", OPTIONAL, "\"linear\" or \"step\""},
              {"wiretap", OPTIONAL, "true or false"},
              {"rates",
               OPTIONAL,
               "\"buried-cable\", \"buried-cable-verbrugge\", \"aerial-cable\", "
               "\"submarine-cable\", \"qkd-module\", \"optical-switch\" or \"classical-link\""},
              {"mtbf_s", OPTIONAL, "a time from 1e-3 s to 1e13 s", LEAST_MEAN_S, MAX_MEAN_S},
              {"mtbf_h", OPTIONAL, "a time from 1e-6 h to 1e10 h", LEAST_MEAN_H, MAX_MEAN_H},
              {"fit_per_km",
               OPTIONAL,
               "a rate above 0 and up to 1e12 failures per 1e9 h and km",
               0,
               MAX_RATE,
               ABOVE},
              {"cuts_per_year_per_1000_miles",
               OPTIONAL,
               "a rate above 0 and up to 1e12 cuts",
               0,
               MAX_RATE,
               ABOVE},
              {"cuts_per_year_per_1000_km",
               OPTIONAL,
               "a rate above 0 and up to 1e12 cuts",
               0,
               MAX_RATE,
               ABOVE},
              {"distribution", OPTIONAL, "\"exponential\", \"weibull\" or \"deterministic\""},
              {"weibull_shape", OPTIONAL, "a shape from 0.1 to 100", 0.1, 100},
              {"mttr_s", OPTIONAL, "a time from 1e-3 s to 1e9 s", LEAST_MEAN_S, MAX_S},
              {"mttr_h", OPTIONAL, "a time from 1e-6 h to 1e5 h", LEAST_MEAN_H, 1e5},
              {"repair_distribution",
               OPTIONAL,
               "\"exponential\", \"weibull\", \"deterministic\" or \"lognormal\""},
              {"repair_weibull_shape", OPTIONAL, "a shape from 0.1 to 100", 0.1, 100},
              {"repair_lognormal_sigma",
               OPTIONAL,
               "a standard deviation of the natural logarithm from 0.01 to 5",
               0.01,
               5},
              {"start_s", OPTIONAL, "a time from 0 s to before the end of the run", 0, MAX_S},
              {"max_faults", OPTIONAL, "a whole number of faults from 1 to 1e9", 1, 1e9},
              {"acceleration", OPTIONAL, "a factor from 1e-6 to 1e12", 1e-6, 1e12}}},
            {"repair",
             {{"crews", REQUIRED, "a whole number of crews from 1 to 1e6", 1, 1e6},
              {"policy", OPTIONAL, "\"fifo\", \"most-sessions\" or \"largest-rate\""},
              {"travel_s", OPTIONAL, "a time from 0 s to 1e9 s", 0, MAX_S},
              {"dispatch", OPTIONAL, "\"immediate\" or \"manager\""}}}};
}

} // namespace qkdn
} // namespace ns3
