/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-scenario-reader.h"
#include "ns3/qkdn-scenario-runner.h"
#include "ns3/test.h"

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// Size of the keys, bit.
constexpr uint32_t KEY_BITS = 256;

/// Name of a node.
std::string
NodeName(uint32_t number)
{
    return "n" + std::to_string(number);
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Keys in shares over all disjoint routes of a network in which each node is joined to each
 * other (Kiktenko et al., Entropy 26, 1102, 2024), some of whose nodes are compromised.
 */
class MeshSecrecyTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param nodes number of nodes
     * @param threshold shares that make a key, of as many as there are routes
     * @param compromised numbers of the compromised nodes; the session goes from 1 to 2
     * @param exposed whether the keys are exposed
     */
    MeshSecrecyTest(uint32_t nodes,
                    uint32_t threshold,
                    const std::vector<uint32_t>& compromised,
                    bool exposed)
        : TestCase(std::to_string(nodes) + " nodes, " + std::to_string(compromised.size()) +
                   " compromised, " + std::to_string(threshold) + " shares make a key"),
          m_nodes(nodes),
          m_threshold(threshold),
          m_compromised(compromised),
          m_exposed(exposed)
    {
    }

  private:
    /**
     * @brief The scenario.
     * @return text of a scenario file
     */
    std::string MakeScenario() const
    {
        nlohmann::json json;
        json["name"] = "mesh";
        json["simulation"] = {{"duration_s", 12}, {"distillation", "ideal"}};
        for (uint32_t a = 1; a <= m_nodes; ++a)
        {
            json["nodes"].push_back({{"id", NodeName(a)}});
            for (uint32_t b = a + 1; b <= m_nodes; ++b)
            {
                const std::string id = std::to_string(a) + "-" + std::to_string(b);
                json["fibres"].push_back(
                    {{"id", "f" + id}, {"a", NodeName(a)}, {"b", NodeName(b)}, {"length_km", 10}});
                json["qkd_links"].push_back(
                    {{"id", id},
                     {"tx", NodeName(a)},
                     {"rx", NodeName(b)},
                     {"fibres", nlohmann::json::array({"f" + id})},
                     {"initial_state", "running"},
                     {"initial_pool_bit", 100000},
                     {"protocol", {{"type", "measured"}, {"rate_bps", 5000}}}});
            }
        }
        json["controllers"].push_back({{"id", "C"}, {"node", NodeName(1)}, {"settle_s", 0.5}});
        json["sessions"].push_back(
            {{"id", "s"},
             {"master", NodeName(1)},
             {"slave", NodeName(2)},
             {"key_size_bit", KEY_BITS},
             {"rate_keys_per_s", 4},
             {"start_s", 3},
             {"stop_s", 10},
             {"resilience",
              {{"class", "secret-sharing"}, {"shares", m_nodes - 1}, {"threshold", m_threshold}}}});
        for (const uint32_t node : m_compromised)
        {
            json["faults"].push_back(
                {{"at_s", 2}, {"type", "node-compromise"}, {"target", NodeName(node)}});
        }
        return json.dump();
    }

    void DoRun() override
    {
        const ExperimentResults results =
            ScenarioRunner().Run(ScenarioReader::ReadString(MakeScenario(), "mesh"), "mesh");
        NS_TEST_ASSERT_MSG_EQ(results.conservation.IsSound(), true, "books");
        const SessionResult& session = results.sessions.at(0);
        NS_TEST_ASSERT_MSG_EQ(session.supplied, 28, "all keys of 7 s");
        NS_TEST_EXPECT_MSG_EQ(session.exposure.exposedKeys,
                              (m_exposed ? session.supplied : 0),
                              "exposed keys");
        // the direct route has one hop, each route over another node has two
        const uint64_t hops = 1 + 2 * (m_nodes - 2);
        NS_TEST_EXPECT_MSG_EQ(results.conservation.GetKmaTotal().bits[KEY_RELAY_WORKING],
                              hops * KEY_BITS * session.supplied,
                              "key bits are the sum of the hops");
    }

    uint32_t m_nodes;                    //!< number of nodes
    uint32_t m_threshold;                //!< shares that make a key
    std::vector<uint32_t> m_compromised; //!< compromised nodes
    bool m_exposed;                      //!< whether the keys are exposed
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Secrecy of keys over several routes in spite of compromised nodes.
 */
class QkdnMultiPathSecrecyTestSuite : public TestSuite
{
  public:
    QkdnMultiPathSecrecyTestSuite()
        : TestSuite("qkdn-multi-path-secrecy", Type::SYSTEM)
    {
        AddTestCase(new MeshSecrecyTest(6, 5, {3}, false));
        AddTestCase(new MeshSecrecyTest(10, 9, {7}, false));
        // all other nodes together still miss the share between the two ends
        AddTestCase(new MeshSecrecyTest(6, 5, {3, 4, 5, 6}, false));
        AddTestCase(new MeshSecrecyTest(6, 2, {4}, false));
        AddTestCase(new MeshSecrecyTest(6, 2, {4, 5}, true));
        AddTestCase(new MeshSecrecyTest(6, 5, {2}, true));
    }
};

static QkdnMultiPathSecrecyTestSuite g_qkdnMultiPathSecrecyTestSuite; //!< registers the suite
