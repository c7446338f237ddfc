/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-keys.h"

#include "qkdn-scenario-random-fault-keys.h"

#include "ns3/abort.h"
#include "ns3/qkdn-charging-tariff.h"

#include <algorithm>
#include <map>
#include <set>

namespace ns3
{
namespace qkdn
{

using namespace scenario_key;

namespace
{

constexpr double MAX_BIT = 1e15; //!< most bits in a pool
/// most bits in a pool at the start, which are there in blocks from the first moment
constexpr double MAX_INITIAL_BIT = 1e12;
constexpr double LEAST_RETRY_S = 1e-3; //!< shortest time between two requests for one key, s
constexpr double MAX_COUNT = 1e12;     //!< highest limit of what a run may ask for
constexpr double MAX_BPS = 1e13;       //!< highest bit rate, bit/s
constexpr double MAX_KM = 4e5;         //!< longest way of light, km: 20 of the longest fibres
// RngStream refuses larger seeds; MRG32k3a has 2^51 substreams, one a run.
constexpr double MAX_SEED = 4294944442;      //!< largest seed
constexpr double MAX_RUN = 2251799813685247; //!< largest run

/// What "type" of a protocol can be.
const char* const PROTOCOL_TYPES = "\"decoy-bb84\", \"decoy-bb84-finite\", \"cv-qkd\", \"bbm92\", "
                                   "\"twin-field\" or \"measured\", or the ns-3 type of another";
/// What "distillation" is.
const char* const DISTILLATION =
    "\"per-block\", \"packets\" or \"ideal\", or an object with \"fidelity\" and \"set\"";
/// What "set" of a protocol or of distillation is.
const char* const ATTRIBUTES =
    "an object of attribute names and their values, numbers, strings, true or false";

/// What "station_km" is.
const char* const STATION = "a length from 0 km (at tx) to that of the fibres (at rx)";

/**
 * @brief The tables of the file's frame.
 * @return the tables
 */
std::vector<ScenarioKeyTable>
FrameTables()
{
    return {
        {"scenario",
         {{"name", REQUIRED, "a name of 1 to 64 characters without \"/\", in quotes"},
          {"description", OPTIONAL, "a text in quotes"},
          {"simulation", REQUIRED, "an object with at least \"duration_s\""},
          {"nodes", OPTIONAL, "an array of at least one node, an object with an \"id\""},
          {"topology_file",
           OPTIONAL,
           "the name of a CSV file with a,b,length_km, in quotes; it adds to the lists"},
          {"topology_defaults", OPTIONAL, "an object that says what the rows do not"},
          {"fibres",
           OPTIONAL,
           "an array of fibres, objects with \"id\", \"a\", \"b\", \"length_km\""},
          {"classical", OPTIONAL, "an object that describes the classical network"},
          {"qkd_links",
           OPTIONAL,
           "an array of QKD links, objects with \"id\", \"tx\", \"rx\", \"fibres\", \"protocol\""},
          {"optical_switches",
           OPTIONAL,
           "an array of optical switches, objects with \"id\", \"node\""},
          {"protection_groups",
           OPTIONAL,
           "an array of protection groups, objects with \"id\", \"class\", \"working\", "
           "\"protection\""},
          {"key_management", OPTIONAL, "an object that describes the key managers"},
          {"controllers",
           OPTIONAL,
           "an array of two controllers at most, objects with \"id\" and \"node\""},
          {"routing", OPTIONAL, "an object that says who finds key relay routes"},
          {"manager", OPTIONAL, "an object with at least \"node\""},
          {"charging", OPTIONAL, "an object with at least \"tariffs\""},
          {"sessions",
           OPTIONAL,
           "an array of sessions, objects with \"id\", \"master\", \"slave\", \"rate_keys_per_s\""},
          {"faults", OPTIONAL, "an array of faults, objects with \"at_s\", \"type\", \"target\""},
          {"fault_trace",
           OPTIONAL,
           "the name of a CSV file of faults, such as faults.csv of a run, in quotes"},
          {"fault_processes",
           OPTIONAL,
           "an array of components that fail at random, objects with \"type\", \"targets\", times "
           "to failure and to repair"},
          {"repair", OPTIONAL, "an object with at least \"crews\""},
          {"commands",
           OPTIONAL,
           "an array of commands, objects with \"at_s\", \"command\" and \"group\" or "
           "\"session\", or with \"km_policy\""}}},
        {"simulation",
         {{"duration_s", REQUIRED, "a time above 0 s and up to 1e9 s", MIN_S, MAX_S},
          {"warm_up_s", OPTIONAL, "a time from 0 s to less than duration_s", 0, MAX_S},
          {"seed", OPTIONAL, "a whole number from 1 to 4294944442", 1, MAX_SEED},
          {"run", OPTIONAL, "a whole number from 1 to 2251799813685247", 1, MAX_RUN},
          {"distillation", OPTIONAL, DISTILLATION},
          {"block_statistics", OPTIONAL, "\"auto\", \"expected\" or \"drawn\""},
          {"supply", OPTIONAL, "\"keys\" or \"flow\""},
          {"max_requests", OPTIONAL, "a whole number from 1 to 1e12", 1, MAX_COUNT},
          {"max_load_packets", OPTIONAL, "a whole number from 1 to 1e12", 1, MAX_COUNT}}},
        {"classical",
         {{"rate_bps", OPTIONAL, "a whole number of bit/s from 1 to 1e13", 1, MAX_BPS},
          {"reconvergence_s", OPTIONAL, "a time from 0 s to 1e9 s", 0, MAX_S},
          {"site_rate_bps", OPTIONAL, "a whole number of bit/s from 1 to 1e13", 1, MAX_BPS},
          {"site_delay_s", OPTIONAL, "a time from 0 s to 1 s", 0, 1},
          {"network", OPTIONAL, "\"same-fibres\", \"own-fibres\" or \"out-of-band\""},
          {"out_of_band_delay_s", OPTIONAL, "a time from 0 s to 10 s", 0, 10}}}};
}

/**
 * @brief The tables of the plant and of the QKD links.
 * @return the tables
 */
std::vector<ScenarioKeyTable>
PlantTables()
{
    return {
        {"node",
         {{"id", REQUIRED, "an id of 1 to 64 characters without \"/\", in quotes"},
          {"x_km", OPTIONAL, "a position from -1e5 km to 1e5 km", -1e5, 1e5},
          {"y_km", OPTIONAL, "a position from -1e5 km to 1e5 km", -1e5, 1e5},
          {"site", OPTIONAL, "\"single\" or \"split\""},
          {"rank", OPTIONAL, "a whole number from 0 to 65535", 0, 65535}}},
        {"fibre",
         {{"id", REQUIRED, "an id of 1 to 64 characters without \"/\", in quotes"},
          {"a", REQUIRED, "the id of a node, in quotes"},
          {"b", REQUIRED, "the id of another node, in quotes"},
          {"length_km", REQUIRED, "a length of 0 km or more, up to 20000 km", 0, 20000},
          {"attenuation_db_per_km", OPTIONAL, "an attenuation from 0 dB/km to 1000 dB/km", 0, 1000},
          {"extra_loss_db", OPTIONAL, "a loss from 0 dB to 1000 dB", 0, 1000},
          {"risk_groups", OPTIONAL, "an array of names in quotes"},
          {"classical", OPTIONAL, "true or false"},
          {"classical_power_dbm", OPTIONAL, "a power from -200 dBm to 40 dBm", -200, 40},
          {"classical_power_a_to_b_dbm", OPTIONAL, "a power from -200 dBm to 40 dBm", -200, 40},
          {"classical_power_b_to_a_dbm", OPTIONAL, "a power from -200 dBm to 40 dBm", -200, 40},
          {"raman_per_km_nm", OPTIONAL, "a coefficient from 0 to 0.001 per km and nm", 0, 0.001}}},
        {"qkd_link",
         {{"id", REQUIRED, "an id of 1 to 64 characters without \"/\", in quotes"},
          {"tx", REQUIRED, "the id of the transmitter's node, in quotes"},
          {"rx", REQUIRED, "the id of the receiver's node, in quotes"},
          {"fibres", REQUIRED, "an array of ids of fibres that lead from tx to rx"},
          {"protocol",
           REQUIRED,
           "an object with \"type\": \"decoy-bb84\", \"decoy-bb84-finite\", \"cv-qkd\", \"bbm92\", "
           "\"twin-field\" or \"measured\""},
          {"station_km", OPTIONAL, STATION, 0, MAX_KM},
          {"initial_pool_bit",
           OPTIONAL,
           "a whole number of bits from 0 to 1e12",
           0,
           MAX_INITIAL_BIT},
          {"initial_state", OPTIONAL, "\"off\" or \"running\""},
          {"timing", OPTIONAL, "\"hhi-resync\", \"warm\" or \"cold\""},
          {"start_up_s", OPTIONAL, "a time from 0 s to 1e9 s", 0, MAX_S},
          {"resync_s", OPTIONAL, "a time from 0 s to 1e9 s", 0, MAX_S},
          {"qber_warning", OPTIONAL, "a ratio from 0 to 0.5", 0, 0.5},
          {"qber_warning_clear", OPTIONAL, "a ratio from 0 to qber_warning", 0, 0.5},
          {"qber_abort", OPTIONAL, "a ratio from 0 to 0.5", 0, 0.5},
          {"qber_clear", OPTIONAL, "a ratio from 0 to qber_abort", 0, 0.5},
          {"loss_of_light_s", OPTIONAL, "a time from 1e-6 s to 1e9 s", 1e-6, MAX_S},
          {"supervisory_light", OPTIONAL, "true or false"},
          {"classical_channel", OPTIONAL, "\"network\" or \"own\""},
          {"authentication_reserve_bit",
           OPTIONAL,
           "a whole number of bits from 0 to 1e15",
           0,
           MAX_BIT},
          {"distillation", OPTIONAL, DISTILLATION},
          {"tx_boundary", OPTIONAL, "the name of a cryptographic boundary, in quotes"},
          {"rx_boundary", OPTIONAL, "the name of a cryptographic boundary, in quotes"}}},
        {"distillation",
         {{"fidelity", OPTIONAL, "\"per-block\", \"packets\" or \"ideal\""},
          {"set", OPTIONAL, ATTRIBUTES}}},
        {"decoy-bb84",
         {{"type", REQUIRED, PROTOCOL_TYPES},
          {"preset", OPTIONAL, "\"gys\""},
          {"set", OPTIONAL, ATTRIBUTES}}},
        {"decoy-bb84-finite",
         {{"type", REQUIRED, PROTOCOL_TYPES},
          {"preset", OPTIONAL, "\"lim2014\""},
          {"set", OPTIONAL, ATTRIBUTES}}},
        {"cv-qkd",
         {{"type", REQUIRED, PROTOCOL_TYPES},
          {"preset", OPTIONAL, "\"gg02\""},
          {"set", OPTIONAL, ATTRIBUTES}}},
        {"bbm92",
         {{"type", REQUIRED, PROTOCOL_TYPES},
          {"preset", OPTIONAL, "\"ma2007\""},
          {"set", OPTIONAL, ATTRIBUTES}}},
        {"twin-field",
         {{"type", REQUIRED, PROTOCOL_TYPES},
          {"preset", OPTIONAL, "\"curty2019\""},
          {"set", OPTIONAL, ATTRIBUTES}}},
        {"other-protocol",
         {{"type", REQUIRED, PROTOCOL_TYPES},
          {"preset", OPTIONAL, "the name of a preset that the protocol has"},
          {"set", OPTIONAL, ATTRIBUTES}}},
        {"measured",
         {{"type", REQUIRED, PROTOCOL_TYPES},
          {"law", OPTIONAL, "\"constant\", \"loss-law\" or \"trace\""},
          {"rate_bps", OPTIONAL, "a rate above 0 bit/s and up to 1e13 bit/s", 0, MAX_BPS, ABOVE},
          {"trace_file", OPTIONAL, "a file with time_s,rate_bps,qber, in quotes"},
          {"set", OPTIONAL, ATTRIBUTES},
          {"qber", OPTIONAL, "a ratio from 0 to 0.5", 0, 0.5},
          {"block_key_bit", OPTIONAL, "a whole number of bits from 1 to 1e9", 1, 1e9}}}};
}

/**
 * @brief The tables of key management, control and management.
 * @return the tables
 */
std::vector<ScenarioKeyTable>
ControlTables()
{
    return {{"key_management",
             {{"hello_interval_s", OPTIONAL, "a time from 0.001 s to 3600 s", 1e-3, 3600},
              {"hello_multiplier", OPTIONAL, "a whole number from 2 to 255", 2, 255},
              {"reserve_bit", OPTIONAL, "a whole number of bits from 0 to 1e15", 0, MAX_BIT},
              {"capacity_bit", OPTIONAL, "a whole number of bits from 1 to 1e15", 1, MAX_BIT},
              {"pool_low_bit", OPTIONAL, "a whole number of bits from 0 to 1e15", 0, MAX_BIT},
              {"pool_high_bit", OPTIONAL, "a whole number of bits from 0 to 1e15", 0, MAX_BIT},
              {"key_lifetime_s", OPTIONAL, "a time from 0 s to 1e9 s", 0, MAX_S},
              {"pool_low_margin_s", OPTIONAL, "a time from 0.001 s to 1e9 s", 0.001, MAX_S},
              {"pool_recover_bit", OPTIONAL, "a whole number of bits from 0 to 1e15", 0, MAX_BIT},
              {"kx_authentication",
               OPTIONAL,
               "\"its-per-batch\", \"its-per-message\", \"computational\" or \"none\""},
              {"pools_survive_crash", OPTIONAL, "true or false"},
              {"request_timeout_s", OPTIONAL, "a time from 0.001 s to 1e9 s", 0.001, MAX_S},
              {"ksa_key_ttl_s", OPTIONAL, "a time from 0.001 s to 1e9 s", 0.001, MAX_S},
              {"relay_batch", OPTIONAL, "a whole number of keys from 1 to 1024", 1, 1024},
              {"relay_window", OPTIONAL, "a whole number of relays from 1 to 1024", 1, 1024},
              {"relay_scheme", OPTIONAL, "\"hop-by-hop\" or \"destination\""}}},
            {"controller",
             {{"id", REQUIRED, "an id of 1 to 64 characters without \"/\", in quotes"},
              {"node", REQUIRED, "the id of a node, in quotes"},
              {"decision_s", OPTIONAL, "a time from 0 s to 1e9 s", 0, MAX_S},
              {"settle_s", OPTIONAL, "a time from 0 s to 1e9 s", 0, MAX_S},
              {"takeover_s", OPTIONAL, "a time from 0 s to 1e9 s", 0, MAX_S},
              {"cost", OPTIONAL, "\"hops\", \"rate\", \"length\" or \"pool\""},
              {"disjoint", OPTIONAL, "\"link\", \"node\" or \"srlg\""},
              {"admission", OPTIONAL, "\"best-effort\", \"rate\" or \"rate-and-pool\""},
              {"bridging_s", OPTIONAL, "a time from 0.001 s to 1e9 s", 0.001, MAX_S},
              {"report_max_age_s", OPTIONAL, "a time from 0 s to 1e9 s", 0, MAX_S},
              {"report_refresh_s", OPTIONAL, "a time from 0 s to 1e9 s", 0, MAX_S}}},
            {"routing",
             {{"provider", OPTIONAL, "\"controller\" or \"link-state\""},
              {"refresh_s", OPTIONAL, "a time from 0.001 s to 1e9 s", 0.001, MAX_S},
              {"max_age_s", OPTIONAL, "a time above refresh_s and up to 1e9 s", 0.001, MAX_S},
              {"min_interval_s", OPTIONAL, "a time from 0 s to 3600 s", 0, 3600},
              {"settle_s", OPTIONAL, "a time from 0 s to 1e9 s", 0, MAX_S},
              {"decision_s", OPTIONAL, "a time from 0 s to 1e9 s", 0, MAX_S},
              {"route_lifetime_s", OPTIONAL, "a time from 0.003 s to 1e9 s", 0.003, MAX_S},
              {"cost", OPTIONAL, "\"hops\" or \"rate\""},
              {"max_hops", OPTIONAL, "a whole number of hops from 1 to 64", 1, 64},
              {"abandon_on_toleration", OPTIONAL, "true or false"}}},
            {"manager",
             {{"node", REQUIRED, "the id of a node, in quotes"},
              {"policy", OPTIONAL, "an object that says what controllers may do"},
              {"km_policy", OPTIONAL, "an object that says what key managers may do"},
              {"correlation_window_s", OPTIONAL, "a time from 0 s to 3600 s", 0, 3600},
              {"repair_delay_s", OPTIONAL, "a time from 0 s to 1e9 s", 0, MAX_S},
              {"reorder_after_s", OPTIONAL, "a time from 0 s to 1e9 s", 0, MAX_S},
              {"pool_warning_bit", OPTIONAL, "a whole number of bits to 1e15", 0, MAX_BIT}}},
            {"km_policy",
             {{"may_switch", OPTIONAL, "true or false"},
              {"extra_traffic", OPTIONAL, "true or false"},
              {"extra_reserve_bit", OPTIONAL, "a whole number of bits to 1e15", 0, MAX_BIT}}},
            {"policy",
             {{"may_restore", OPTIONAL, "true or false"},
              {"may_preempt", OPTIONAL, "true or false"},
              {"abandon_on_toleration", OPTIONAL, "true or false"},
              {"max_hops", OPTIONAL, "a whole number of hops from 1 to 64", 1, 64}}}};
}

/**
 * @brief The tables of charging.
 * @return the tables
 */
std::vector<ScenarioKeyTable>
ChargingTables()
{
    const char* const bit = "a whole number of micro-units from 0 to 1000000";
    const char* const second = "a whole number of micro-units from 0 to 1e9";
    return {{"charging",
             {{"report_interval_s", OPTIONAL, "a time from 0.1 s to 1e9 s", 0.1, MAX_S},
              {"tariffs", REQUIRED, "an array of tariffs, objects with at least \"class\""}}},
            {"tariff",
             {{"class",
               REQUIRED,
               "\"unprotected\", \"route-1:1\", \"restoration\", \"multi-path\", \"route-1+1\", "
               "\"secret-sharing\" or \"route-shared\""},
              {"base_micro_per_s", OPTIONAL, second, 0, MAX_PRICE_PER_S},
              {"supply_micro_per_bit", OPTIONAL, bit, 0, MAX_PRICE_PER_BIT},
              {"working_micro_per_bit", OPTIONAL, bit, 0, MAX_PRICE_PER_BIT},
              {"protection_micro_per_bit", OPTIONAL, bit, 0, MAX_PRICE_PER_BIT},
              {"extra_micro_per_bit", OPTIONAL, bit, 0, MAX_PRICE_PER_BIT},
              {"credit_micro_per_violation",
               OPTIONAL,
               "a whole number of micro-units from 0 to 1e12",
               0,
               MAX_CREDIT_PER_VIOLATION},
              {"credit_micro_per_s", OPTIONAL, second, 0, MAX_PRICE_PER_S}}}};
}

/**
 * @brief The tables of protection in the quantum layer.
 * @return the tables
 */
std::vector<ScenarioKeyTable>
ProtectionTables()
{
    return {{"optical_switch",
             {{"id", REQUIRED, "an id of 1 to 64 characters without \"/\", in quotes"},
              {"node", REQUIRED, "the id of a node, in quotes"},
              {"ports", OPTIONAL, "a whole number of ports from 2 to 1024", 2, 1024},
              {"switching_s", OPTIONAL, "a time from 0 s to 3600 s", 0, 3600},
              {"loss_db", OPTIONAL, "a loss from 0 dB to 100 dB", 0, 100},
              {"coverage", OPTIONAL, "a probability from 0 to 1", 0, 1},
              {"fail_dark", OPTIONAL, "true or false"}}},
            {"protection_group",
             {{"id", REQUIRED, "an id of 1 to 64 characters without \"/\", in quotes"},
              {"class",
               REQUIRED,
               "\"link-1+1\", \"link-1:1\", \"link-1:n\", \"link-m:n\" or "
               "\"link-restoration\""},
              {"working", REQUIRED, "an array of ids of QKD links"},
              {"protection",
               REQUIRED,
               "an array of ids of QKD links, or of objects with \"modules_of\", \"fibres\" and "
               "\"switches\""},
              {"hold_off_s", OPTIONAL, "a time from 0 s to 10 s", 0, 10},
              {"wtr_s", OPTIONAL, "a time from 0 s to 1e9 s", 0, MAX_S},
              {"revertive", OPTIONAL, "true or false"},
              {"start_timeout_s", OPTIONAL, "a time from 0.001 s to 1e9 s", 0.001, MAX_S},
              {"trigger", OPTIONAL, "\"link-down\""},
              {"signal_degrade", OPTIONAL, "true or false"},
              {"min_rate_ratio", OPTIONAL, "a ratio from 0 to 10", 0, 10},
              {"enforcement", OPTIONAL, "\"error\" or \"report\""}}},
            {"modules_of",
             {{"modules_of", REQUIRED, "the id of a working QKD link of the group, in quotes"},
              {"fibres", REQUIRED, "an array of ids of fibres that lead from tx to rx"},
              {"switches",
               REQUIRED,
               "an array of the ids of two optical switches, one at tx and one at rx"},
              {"station_km", OPTIONAL, STATION, 0, MAX_KM}}},
            {"command",
             {{"at_s", REQUIRED, "a time from 0 s to before the end of the run", 0, MAX_S},
              {"group", OPTIONAL, "the id of a protection group, in quotes"},
              {"session", OPTIONAL, "the id of a session of class \"route-1:1\", in quotes"},
              {"command",
               OPTIONAL,
               "\"lockout\", \"forced-switch\", \"manual-switch\", "
               "\"manual-switch-to-working\", \"exercise\", \"clear\", \"freeze\" or "
               "\"clear-freeze\""},
              {"working", OPTIONAL, "the id of a working QKD link of the group, in quotes"},
              {"node", OPTIONAL, "the id of a node at one end of the group, in quotes"},
              {"km_policy", OPTIONAL, "an object that says what key managers may do"}}}};
}

/**
 * @brief The tables of sessions.
 * @return the tables
 */
std::vector<ScenarioKeyTable>
UseTables()
{
    return {
        {"session",
         {{"id", REQUIRED, "an id of 1 to 64 characters without \"/\", in quotes"},
          {"master", REQUIRED, "the id of a node, in quotes"},
          {"slave", REQUIRED, "the id of another node, in quotes"},
          {"key_size_bit", OPTIONAL, "a multiple of 8 bits from 8 to 1000000", 8, 1e6},
          {"rate_keys_per_s",
           REQUIRED,
           "a rate above 0 and up to 1e6 keys per second",
           0,
           1e6,
           ABOVE},
          {"min_rate_keys_per_s",
           OPTIONAL,
           "a rate from 0 keys per second to rate_keys_per_s",
           0,
           1e6},
          {"arrival", OPTIONAL, "\"constant\" or \"poisson\""},
          {"start_s", OPTIONAL, "a time from 0 s to the end of the run", 0, MAX_S},
          {"stop_s", OPTIONAL, "a time after start_s, not after the end of the run", 0, MAX_S},
          {"deadline_s", OPTIONAL, "a time above 0 s and up to 1e9 s", MIN_S, MAX_S},
          {"request_lifetime_s", OPTIONAL, "a time above 0 s and up to 1e9 s", MIN_S, MAX_S},
          {"retry_s", OPTIONAL, "a time from 0.001 s to 1e9 s", LEAST_RETRY_S, MAX_S},
          {"toleration_s", OPTIONAL, "a time from 0 s to 1e9 s", 0, MAX_S},
          {"priority", OPTIONAL, "a whole number from 0 to 255", 0, 255},
          {"resilience", OPTIONAL, "an object with at least \"class\""},
          {"ksa_pool", OPTIONAL, "an object with \"low_keys\" and \"high_keys\""},
          {"ak", OPTIONAL, "\"in-process\", \"http\" or \"stream\""},
          {"master_application", OPTIONAL, "the id of a node, in quotes"},
          {"slave_application", OPTIONAL, "the id of another node, in quotes"}}},
        {"resilience",
         {{"class",
           REQUIRED,
           "\"unprotected\", \"route-1:1\", \"restoration\", \"multi-path\", \"route-1+1\", "
           "\"secret-sharing\" or \"route-shared\""},
          {"shares", OPTIONAL, "a whole number of shares from 2 to 16", 2, 16},
          {"threshold", OPTIONAL, "a whole number of shares from 1 to 16", 1, 16},
          {"extra_traffic", OPTIONAL, "true or false"},
          {"trigger", OPTIONAL, "\"link-down\", \"pool-low\" or \"supply-interrupted\""},
          {"hold_off_s", OPTIONAL, "a time from 0 s to 1e9 s, or \"auto\"", 0, MAX_S},
          {"wtr_s", OPTIONAL, "a time from 0 s to 1e9 s", 0, MAX_S},
          {"revertive", OPTIONAL, "true or false"},
          {"protection_reserve_bit", OPTIONAL, "a whole number of bits from 0 to 1e15", 0, MAX_BIT},
          {"preemption", OPTIONAL, "\"strict\" or \"residual\""},
          {"restoration", OPTIONAL, "\"one-path\", \"multi-path\" or \"time-window\""},
          {"time_window_s", OPTIONAL, "a time from 1e-3 s to 1e9 s", 1e-3, MAX_S},
          {"escalation", OPTIONAL, "\"none\" or \"restoration\""}}},
        {"ksa_pool",
         {{"low_keys", OPTIONAL, "a whole number of keys from 0 to 1e6", 0, 1e6},
          {"high_keys", OPTIONAL, "a whole number of keys from 0 to 1e6", 0, 1e6}}}};
}

/**
 * @brief The table of "topology_defaults": what fibres and QKD links have but their place.
 * @param plant the tables of the plant
 * @return the table
 */
ScenarioKeyTable
TopologyTable(const std::vector<ScenarioKeyTable>& plant)
{
    const std::map<std::string, std::set<std::string>> shared = {
        {"fibre", {"attenuation_db_per_km", "extra_loss_db", "classical"}},
        {"qkd_link",
         {"protocol",
          "initial_pool_bit",
          "initial_state",
          "timing",
          "start_up_s",
          "resync_s",
          "qber_warning",
          "qber_warning_clear",
          "qber_abort",
          "qber_clear",
          "loss_of_light_s",
          "supervisory_light",
          "authentication_reserve_bit",
          "distillation"}}};
    ScenarioKeyTable topology{
        "topology_defaults",
        {{"max_span_km", OPTIONAL, "a length above 0 km and up to 20000 km", 0, 20000, ABOVE}}};
    for (const ScenarioKeyTable& table : plant)
    {
        const auto keys = shared.find(table.kind);
        for (ScenarioKey key : table.keys)
        {
            if (keys != shared.end() && keys->second.count(key.name) > 0)
            {
                key.required = OPTIONAL;
                topology.keys.push_back(key);
            }
        }
    }
    return topology;
}

} // namespace

const std::vector<ScenarioKeyTable>&
GetScenarioKeyTables()
{
    static const std::vector<ScenarioKeyTable> tables = [] {
        std::vector<ScenarioKeyTable> all = FrameTables();
        for (const auto& part : {PlantTables(),
                                 ProtectionTables(),
                                 ControlTables(),
                                 ChargingTables(),
                                 UseTables(),
                                 GetRandomFaultTables()})
        {
            all.insert(all.end(), part.begin(), part.end());
        }
        all.push_back(TopologyTable(PlantTables()));
        return all;
    }();
    return tables;
}

const ScenarioKeyTable&
GetScenarioKeys(const std::string& kind)
{
    const auto& tables = GetScenarioKeyTables();
    const auto it = std::find_if(tables.begin(), tables.end(), [&kind](const auto& table) {
        return table.kind == kind;
    });
    NS_ABORT_MSG_IF(it == tables.end(), "no kind of object is called " << kind);
    return *it;
}

} // namespace qkdn
} // namespace ns3
