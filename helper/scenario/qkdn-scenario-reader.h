/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_READER_H
#define QKDN_SCENARIO_READER_H

#include "qkdn-scenario-error.h"
#include "qkdn-scenario-keys.h"
#include "qkdn-scenario.h"

#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A value that replaces one of the file, as `--set=/sessions/0/toleration_s=0.01`.
 */
struct ScenarioOverride
{
    /// JSON pointer (RFC 6901) to the value. The object or array that holds it must exist; a
    /// key that does not exist is added, and "-" appends to an array.
    std::string pointer;

    /// The value as JSON; what is not JSON, and a number that replaces a string, is taken as a
    /// string.
    std::string value;
};

/**
 * @ingroup qkdn-resilience
 * @brief Reads a scenario file (JSON, described by doc/scenario.schema.json).
 *
 * Whatever is not exactly as described is an error: unknown keys, keys given twice, wrong
 * types, numbers out of range, references to nothing.
 */
class ScenarioReader
{
  public:
    /**
     * @brief Read a file.
     * @param path its path
     * @param overrides values to replace, in this order
     * @return the scenario, complete and consistent
     * @throw ScenarioError if it cannot be used
     */
    static Scenario ReadFile(const std::string& path,
                             const std::vector<ScenarioOverride>& overrides = {});

    /**
     * @brief Read a text.
     * @param text the JSON text
     * @param sourceName what error messages call it
     * @param overrides values to replace, in this order
     * @return the scenario, complete and consistent
     * @throw ScenarioError if it cannot be used
     */
    static Scenario ReadString(const std::string& text,
                               const std::string& sourceName,
                               const std::vector<ScenarioOverride>& overrides = {});

    /**
     * @brief Split the argument of an option --set.
     * @param text pointer, "=" and value
     * @return both parts
     * @throw ScenarioError if it has another form; the message names "--set" as its source
     */
    static ScenarioOverride ParseOverride(const std::string& text);

    /**
     * @brief Give all sessions a resilience class, as option --class does. With "unprotected"
     * none is extra traffic any more.
     * @param [in,out] scenario the scenario; what is changed is checked again
     * @param name name of the class; "restoration" may be followed by "/" and its kind, for
     * example "restoration/time-window" (a window of 10 s for sessions that have none)
     * @param sourceName what error messages call the scenario
     * @param option the option that gives the class
     * @throw ScenarioError if there is no such class (the message names the option as its source),
     * or if the scenario has not what it needs
     */
    static void SetClass(Scenario& scenario,
                         const std::string& name,
                         const std::string& sourceName,
                         const std::string& option = "--class");

    /**
     * @brief The keys that the reader accepts.
     * @return a table for each kind of object
     */
    static const std::vector<ScenarioKeyTable>& GetKeyTables();
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_READER_H */
