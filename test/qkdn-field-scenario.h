/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_FIELD_SCENARIO_H
#define QKDN_FIELD_SCENARIO_H

#include "ns3/qkdn-scenario-error.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/qkdn-scenario-runner.h"

#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief A square with one diagonal, a controller at a split node, and a session across.
 * @param more further keys
 * @return the scenario as JSON
 */
inline std::string
Square(const std::string& more)
{
    const auto link = [](const std::string& id, const std::string& a, const std::string& b) {
        return R"({"id": ")" + id + R"(", "tx": ")" + a + R"(", "rx": ")" + b +
               R"(", "fibres": [")" + a + b + R"("], "initial_state": "running",
                "protocol": {"type": "measured", "rate_bps": 4000},
                "initial_pool_bit": 3000, "resync_s": 1, "start_up_s": 1})";
    };
    return R"({"name": "square", "simulation": {"duration_s": 60},
        "nodes": [{"id": "A"}, {"id": "B", "x_km": 20}, {"id": "C", "x_km": 20, "y_km": 20},
                  {"id": "D", "y_km": 20}, {"id": "M", "x_km": 100, "y_km": 100, "site": "split"}],
        "fibres": [{"id": "AB", "a": "A", "b": "B", "length_km": 20, "risk_groups": ["duct"]},
                   {"id": "BC", "a": "B", "b": "C", "length_km": 20},
                   {"id": "CD", "a": "C", "b": "D", "length_km": 20},
                   {"id": "DA", "a": "D", "b": "A", "length_km": 20, "risk_groups": ["duct"]},
                   {"id": "AC", "a": "A", "b": "C", "length_km": 30},
                   {"id": "CM", "a": "C", "b": "M", "length_km": 30}],
        "qkd_links": [)" +
           link("ab", "A", "B") + "," + link("bc", "B", "C") + "," + link("cd", "C", "D") + "," +
           link("da", "D", "A") + R"(],
        "controllers": [{"id": "C1", "node": "M"}],
        "sessions": [{"id": "s", "master": "A", "slave": "C", "rate_keys_per_s": 2, "start_s": 5,
                      "resilience": {"class": "restoration"}}], )" +
           more + "}";
}

/**
 * @ingroup qkdn-resilience-tests
 * @brief Run a scenario.
 * @param text the scenario as JSON
 * @param source what errors call it
 * @return the results
 */
inline ExperimentResults
RunField(const std::string& text, const std::string& source = "field")
{
    return ScenarioRunner().Run(ScenarioReader::ReadString(text, source), source);
}

/**
 * @ingroup qkdn-resilience-tests
 * @brief What the reader says against a scenario.
 * @param text the scenario as JSON
 * @return the error, empty if there is none
 */
inline std::string
ErrorOf(const std::string& text)
{
    try
    {
        ScenarioReader::ReadString(text, "field");
    }
    catch (const ScenarioError& error)
    {
        return error.what();
    }
    return "";
}

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_FIELD_SCENARIO_H */
