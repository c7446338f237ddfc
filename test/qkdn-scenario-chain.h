/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_CHAIN_H
#define QKDN_SCENARIO_CHAIN_H

#include <string>

namespace ns3
{
namespace qkdn
{

/// A chain of three QKD nodes, with a classical node NOC beside it, and an island. Whatever is
/// wrong below is a few steps away from it.
constexpr const char* CHAIN = R"({
  "name": "chain",
  "simulation": {"duration_s": 100},
  "nodes": [{"id": "A"}, {"id": "B"}, {"id": "C"}, {"id": "NOC"}, {"id": "island"}],
  "fibres": [{"id": "f1", "a": "A", "b": "B", "length_km": 25},
             {"id": "f2", "a": "B", "b": "C", "length_km": 33},
             {"id": "f3", "a": "NOC", "b": "B", "length_km": 22}],
  "qkd_links": [{"id": "l1", "tx": "A", "rx": "B", "fibres": ["f1"], "initial_pool_bit": 9000,
                 "protocol": {"type": "measured", "rate_bps": 4000}},
                {"id": "l2", "tx": "B", "rx": "C", "fibres": ["f2"],
                 "protocol": {"type": "measured", "rate_bps": 4000}}],
  "key_management": {},
  "controllers": [{"id": "C1", "node": "NOC"}],
  "manager": {"node": "NOC"},
  "sessions": [{"id": "S", "master": "A", "slave": "B", "rate_keys_per_s": 1,
                "resilience": {"class": "unprotected"}, "ksa_pool": {}}],
  "faults": [{"at_s": 10, "type": "fibre-cut", "target": "f1"}]
})";

/**
 * @ingroup qkdn-resilience-tests
 * @brief CHAIN without controller and manager.
 * @return the text
 */
inline std::string
WithoutControl()
{
    std::string text = CHAIN;
    const auto from = text.find("  \"controllers\"");
    text.erase(from, text.find("  \"sessions\"") - from);
    return text;
}

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_CHAIN_H */
