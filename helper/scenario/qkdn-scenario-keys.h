/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_KEYS_H
#define QKDN_SCENARIO_KEYS_H

#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A key that an object of a scenario file may have.
 */
struct ScenarioKey
{
    std::string name;             //!< the key, with its unit
    bool required;                //!< the object must have it
    std::string value;            //!< the value to give, in words: the mend of an error message
    double minimum{0.0};          //!< least number, if the value is one
    double maximum{0.0};          //!< largest number, if the value is one; otherwise 0
    bool exclusiveMinimum{false}; //!< the number must be above the minimum
};

/// What tables of keys have in common.
namespace scenario_key
{

constexpr bool REQUIRED = true;  //!< the object must have the key
constexpr bool OPTIONAL = false; //!< the key has a default
constexpr bool ABOVE = true;     //!< the number must be above the minimum

/// Longest time, s (31.7 years). Time counts nanoseconds in 64 bit: sums of a few such times do
/// not overflow.
constexpr double MAX_S = 1e9;

/// Shortest time that is not 0, s: the resolution of Time.
constexpr double MIN_S = 1e-9;

} // namespace scenario_key

/**
 * @ingroup qkdn-resilience
 * @brief The keys of one kind of object.
 */
struct ScenarioKeyTable
{
    std::string kind;              //!< name of the kind, as under $defs in the JSON schema
    std::vector<ScenarioKey> keys; //!< the keys
};

/**
 * @ingroup qkdn-resilience
 * @brief The keys of all kinds of objects of a scenario file.
 *
 * Kind "scenario" is the whole file; "decoy-bb84" and "measured" are the two forms of
 * "protocol" in a QKD link.
 *
 * @return the tables
 */
const std::vector<ScenarioKeyTable>& GetScenarioKeyTables();

/**
 * @ingroup qkdn-resilience
 * @brief The keys of one kind of object.
 * @param kind the kind; it must exist
 * @return the table
 */
const ScenarioKeyTable& GetScenarioKeys(const std::string& kind);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_KEYS_H */
