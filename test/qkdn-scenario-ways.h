/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_WAYS_H
#define QKDN_SCENARIO_WAYS_H

#include <cstdint>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/// The ways between the nodes of a scenario, as elements of arrays in its file.
struct ScenarioWays
{
    std::string fibres; //!< of "fibres"
    std::string links;  //!< of "qkd_links"
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A fibre and a QKD link between each two nodes.
 * @param names name of each link: its two nodes, a character each; its fibre has an f before it
 * @param lengthKm length of the fibres, km
 * @param properties further properties of the QKD links
 * @return both
 */
inline ScenarioWays
MakeScenarioWays(const std::vector<std::string>& names,
                 uint32_t lengthKm,
                 const std::string& properties)
{
    ScenarioWays ways;
    for (const std::string& name : names)
    {
        const std::string separator = ways.links.empty() ? "" : ", ";
        const std::string a(1, name[0]);
        const std::string b(1, name[1]);
        ways.fibres += separator + R"({"id": "f)" + name + R"(", "a": ")" + a + R"(", "b": ")" + b +
                       R"(", "length_km": )" + std::to_string(lengthKm) + "}";
        ways.links += separator + R"({"id": ")" + name + R"(", "tx": ")" + a + R"(", "rx": ")" + b +
                      R"(", "fibres": ["f)" + name + R"("], )" + properties + "}";
    }
    return ways;
}

/**
 * @ingroup qkdn-resilience-tests
 * @brief A fault, as an element of "faults".
 * @param atS when it strikes, s
 * @param type its type
 * @param target what it hits
 * @param repairAfterS after what it is repaired, s; 0 for never
 * @return the text
 */
inline std::string
MakeScenarioFault(double atS,
                  const std::string& type,
                  const std::string& target,
                  double repairAfterS = 0)
{
    return R"({"type": ")" + type + R"(", "target": ")" + target + R"(", "at_s": )" +
           std::to_string(atS) +
           (repairAfterS > 0 ? R"(, "repair_after_s": )" + std::to_string(repairAfterS) : "") + "}";
}

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_WAYS_H */
