/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_ONE_LINK_TEST_NETWORK_H
#define QKDN_ONE_LINK_TEST_NETWORK_H

#include <string>

namespace ns3
{
namespace qkdn
{

/// A QKD link of SmallScenario().
constexpr const char* LINK = R"({"id": "L", "tx": "A", "rx": "B", "fibres": ["f"],
    "protocol": {"type": "measured", "rate_bps": 4000}, "initial_pool_bit": 5000,
    "initial_state": "running", "resync_s": 1})";

/**
 * @ingroup qkdn-resilience-tests
 * @brief A link of 25 km whose one fibre carries everything, with some values to fill in.
 * @param nodes array of the nodes A, B and C
 * @param links array of the QKD links
 * @param more further members, each after a comma
 * @return the scenario
 */
inline std::string
SmallScenario(const std::string& nodes, const std::string& links, const std::string& more)
{
    return R"({"name": "small", "simulation": {"duration_s": 60}, "nodes": )" + nodes +
           R"(, "fibres": [{"id": "f", "a": "A", "b": "B", "length_km": 25},
                           {"id": "g", "a": "A", "b": "C", "length_km": 10}],
               "qkd_links": )" +
           links +
           R"(, "sessions": [{"id": "S", "master": "A", "slave": "B", "rate_keys_per_s": 3,
                              "arrival": "poisson", "deadline_s": 0.5}])" +
           more + "}";
}

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_ONE_LINK_TEST_NETWORK_H */
