/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_PROTECTION_H
#define QKDN_SCENARIO_PROTECTION_H

#include "ns3/nstime.h"
#include "ns3/qkdn-protection-group.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief An element of "optical_switches": an optical switch at a node.
 */
struct ScenarioOpticalSwitch
{
    std::string id;                   //!< "id", unique among the switches
    std::string node;                 //!< "node" where it is
    uint32_t ports{2};                //!< "ports" besides the common one
    Time switching{MilliSeconds(20)}; //!< "switching_s": time of a switching
    double lossDb{1.0};               //!< "loss_db": insertion loss, dB
    double coverage{1.0};             //!< "coverage": probability that a switching works
    bool failDark{false};             //!< "fail_dark": dark when broken, not stuck
};

/**
 * @ingroup qkdn-resilience
 * @brief An element of "protection" of a group: a QKD link, or the modules of one on other fibres.
 */
struct ScenarioProtectionEntity
{
    std::string link;                  //!< the QKD link, or "modules_of"
    bool sameModules{false};           //!< it is "modules_of"
    std::vector<std::string> fibres;   //!< "fibres": a path from tx to rx, with modules_of
    std::vector<std::string> switches; //!< "switches" at tx and at rx, with modules_of
    /// "station_km" of its own central station, with modules_of; in the middle if absent
    std::optional<double> stationKm;
};

/**
 * @ingroup qkdn-resilience
 * @brief What happens to a group that does not meet what is required of it.
 */
enum class ScenarioEnforcement
{
    ERROR, //!< the run does not start
    REPORT //!< the run reports it
};

/**
 * @ingroup qkdn-resilience
 * @brief An element of "protection_groups": protection by switching in the quantum layer.
 */
struct ScenarioProtectionGroup
{
    std::string id;                                   //!< "id", unique among the groups
    GroupClass groupClass{GROUP_LINK_1_1};            //!< "class"
    std::vector<std::string> working;                 //!< "working": QKD links
    std::vector<ScenarioProtectionEntity> protection; //!< "protection"
    Time holdOff;                                     //!< "hold_off_s"
    Time wtr{Seconds(300)};                           //!< "wtr_s": wait to restore
    bool revertive{true};                             //!< "revertive"
    Time startTimeout{Seconds(60)}; //!< "start_timeout_s": longest start of a spare entity
    bool signalDegrade{false};      //!< "signal_degrade": a warning of error ratio switches, too
    double minRateRatio{0.9};       //!< "min_rate_ratio": least key rate of protection to working
    ScenarioEnforcement enforcement{ScenarioEnforcement::ERROR}; //!< "enforcement"
};

/**
 * @ingroup qkdn-resilience
 * @brief Object "km_policy" of the manager or of a command: what key managers may do.
 */
struct ScenarioKmPolicy
{
    bool maySwitch{true};    //!< "may_switch": go to protection routes by themselves
    bool extraTraffic{true}; //!< "extra_traffic": let it use key
    uint64_t reserveBit{0};  //!< "extra_reserve_bit": what it leaves in each pool, bits
};

/**
 * @ingroup qkdn-resilience
 * @brief An element of "commands": what an operator does.
 */
struct ScenarioCommand
{
    Time at;                                     //!< "at_s": before the end of the run
    std::string group;                           //!< "group", or empty
    std::string session;                         //!< "session", or empty
    bool isGiven{false};                         //!< whether there is a "command"
    GroupCommand command{GROUP_COMMAND_LOCKOUT}; //!< "command"
    std::string working;                         //!< "working": a QKD link; empty for all
    std::string node;                            //!< "node"; empty for that of the transmitter
    std::optional<ScenarioKmPolicy> kmPolicy;    //!< "km_policy" that the manager gives, if any
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_PROTECTION_H */
