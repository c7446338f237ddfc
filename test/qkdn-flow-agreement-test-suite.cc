/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-compat.h"
#include "ns3/qkdn-scenario-builder.h"
#include "ns3/qkdn-scenario-error.h"
#include "ns3/qkdn-scenario-protocol.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/qkdn-scenario-runner.h"
#include "ns3/random-variable-stream.h"
#include "ns3/simulator.h"
#include "ns3/test.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// Where the scenarios are.
const std::string SCENARIOS = std::string(QKDN_SOURCE_DIR) + "/examples/scenarios/";

/// What both modes may differ by.
struct Tolerance
{
    double timeS;  //!< begin and end of an interruption: a request interval and a block, s
    uint64_t bits; //!< of a use, beside 1 %: what is under way or still to come at the end, bit
};

/**
 * @brief Draws small networks: a ring with a chord, sessions, and a fault with a repair.
 *
 * Links carry all sessions at once, so that only what a fault stops is too little; sessions of
 * neighbours only are unprotected, because in key mode others waste key on relays that fail further
 * on, which flow mode leaves out.
 */
class SmallNetwork
{
  public:
    /**
     * @brief Constructor
     * @param number number of the network
     */
    explicit SmallNetwork(uint32_t number)
        : m_random(CreateObject<UniformRandomVariable>())
    {
        m_random->SetStream(17000 + static_cast<int64_t>(number));
        m_nodes = m_random->GetInteger(4, 6);
        m_json["name"] = "network-" + std::to_string(number);
        m_json["simulation"] = {{"duration_s", 95}, {"seed", 1 + number}};
        for (uint32_t i = 0; i < m_nodes; ++i)
        {
            m_json["nodes"].push_back({{"id", NodeName(i)}});
        }
        for (uint32_t i = 0; i < m_nodes; ++i)
        {
            AddLink(i, (i + 1) % m_nodes);
        }
        AddLink(0, 2);
        m_json["controllers"] = nlohmann::json::array({{{"id", "C"}, {"node", NodeName(1)}}});
        m_json["key_management"] = {{"capacity_bit", m_random->GetInteger(9000, 24000)}};
        const uint32_t sessions = m_random->GetInteger(1, 3);
        for (uint32_t i = 0; i < sessions; ++i)
        {
            AddSession(i);
        }
        AddFault();
    }

    /**
     * @brief The scenario.
     * @return text of a scenario file
     */
    std::string GetText() const
    {
        return m_json.dump(2);
    }

  private:
    /// Id of a node.
    static std::string NodeName(uint32_t node)
    {
        return "n" + std::to_string(node);
    }

    /// A fibre with a QKD link.
    void AddLink(uint32_t a, uint32_t b)
    {
        const std::string id = NodeName(a) + NodeName(b);
        m_links.push_back(id);
        m_json["fibres"].push_back({{"id", "f-" + id},
                                    {"a", NodeName(a)},
                                    {"b", NodeName(b)},
                                    {"length_km", m_random->GetValue(5, 60)}});
        m_json["qkd_links"].push_back({{"id", id},
                                       {"tx", NodeName(a)},
                                       {"rx", NodeName(b)},
                                       {"fibres", nlohmann::json::array({"f-" + id})},
                                       {"protocol",
                                        {{"type", "measured"},
                                         {"rate_bps", m_random->GetValue(8000, 10000)},
                                         {"block_key_bit", 2048}}},
                                       {"initial_pool_bit", m_random->GetInteger(3000, 9000)},
                                       {"initial_state", "running"},
                                       {"resync_s", m_random->GetValue(0.5, 6)}});
    }

    /// A pair of applications.
    void AddSession(uint32_t number)
    {
        const std::vector<std::string> classes{"unprotected", "route-1:1", "restoration"};
        const std::string name = classes[m_random->GetInteger(0, 2)];
        const uint32_t first = m_random->GetInteger(0, m_nodes - 1);
        const uint32_t hops = name == "unprotected" ? 1 : m_random->GetInteger(1, 2);
        m_firstLink = number == 0 ? first : m_firstLink;
        m_json["sessions"].push_back(
            {{"id", "s" + std::to_string(number)},
             {"master", NodeName(first)},
             {"slave", NodeName((first + hops) % m_nodes)},
             {"rate_keys_per_s", m_random->GetValue(1.5, 2.5)},
             {"start_s", 5 + m_random->GetValue(0, 1)},
             {"resilience", {{"class", name}, {"wtr_s", m_random->GetValue(2, 10)}}}});
    }

    /// A fibre is cut, or a module fails.
    void AddFault()
    {
        // the first hop of the first session, or any link
        const auto any = m_random->GetInteger(0, static_cast<uint32_t>(m_links.size()) - 1);
        const std::string link = m_links[m_random->GetInteger(0, 3) > 0 ? m_firstLink : any];
        const bool cut = m_random->GetInteger(0, 2) > 0;
        m_json["faults"] =
            nlohmann::json::array({{{"at_s", m_random->GetValue(30, 50)},
                                    {"type", cut ? "fibre-cut" : "module-failure"},
                                    {"target", cut ? "f-" + link : link + "/rx"},
                                    {"repair_after_s", m_random->GetValue(20, 35)}}});
    }

    Ptr<UniformRandomVariable> m_random; //!< all draws
    uint32_t m_nodes{0};                 //!< nodes in the ring
    nlohmann::json m_json;               //!< the scenario
    std::vector<std::string> m_links;    //!< ids of QKD links
    uint32_t m_firstLink{0};             //!< first hop of the first session
};

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief One scenario in both modes.
 */
class FlowAgreementTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param name what it is
     */
    explicit FlowAgreementTest(const std::string& name)
        : TestCase("Key mode and flow mode agree: " + name)
    {
    }

  protected:
    /**
     * @brief Run a scenario in both modes and compare.
     * @param scenario the scenario
     */
    void Compare(Scenario scenario)
    {
        Tolerance tolerance{0.0, 0};
        for (const ScenarioSession& session : scenario.sessions)
        {
            tolerance.timeS = std::max(tolerance.timeS, 1.0 / session.rateKeysPerS);
            // a request for each hop at the end, and one for each hop of the other route
            tolerance.bits += 10 * (uint64_t{session.keySizeBit} + 400);
        }
        const ExperimentResults keys = ScenarioRunner().Run(scenario, scenario.name);
        scenario.simulation.supply = ScenarioSupply::FLOW;
        const ExperimentResults flow = ScenarioRunner().Run(scenario, scenario.name);
        tolerance.timeS += GetLongestBlockS(scenario);
        NS_TEST_EXPECT_MSG_EQ(keys.supply, "keys", "mode");
        NS_TEST_EXPECT_MSG_EQ(flow.supply, "flow", "mode");
        NS_TEST_EXPECT_MSG_EQ(flow.conservation.IsSound(), true, "books of flow mode");
        NS_TEST_EXPECT_MSG_EQ(flow.requests.empty(), true, "nobody asks");
        NS_TEST_ASSERT_MSG_EQ(flow.sessions.size(), keys.sessions.size(), "sessions");
        for (std::size_t i = 0; i < keys.sessions.size(); ++i)
        {
            CompareSession(keys.sessions[i], flow.sessions[i], tolerance);
        }
        CompareUses(keys.conservation.GetKmaTotal(), flow.conservation.GetKmaTotal(), tolerance);
        CompareRoutes(CountByRoute(keys), CountByRoute(flow));
        NS_TEST_ASSERT_MSG_EQ(flow.recoveries.size(), keys.recoveries.size(), "recoveries");
        for (std::size_t i = 0; i < keys.recoveries.size(); ++i)
        {
            const auto expected = static_cast<double>(keys.recoveries[i].extraKeyBits);
            NS_TEST_EXPECT_MSG_EQ_TOL(static_cast<double>(flow.recoveries[i].extraKeyBits),
                                      expected,
                                      0.02 * expected + static_cast<double>(tolerance.bits),
                                      "further key of the longer route");
        }
        NS_TEST_EXPECT_MSG_LT(flow.packets, keys.packets, "fewer packets");
    }

  private:
    /**
     * @brief How long blocks take, and how long one lasts: a full pool of key mode, which takes
     * whole blocks only, can hold one less.
     * @param scenario the scenario
     * @return the longest time, s
     */
    static double GetLongestBlockS(const Scenario& scenario)
    {
        double longest = 0.0;
        double leastBps = std::numeric_limits<double>::max();
        for (const ScenarioSession& session : scenario.sessions)
        {
            // a key and the tags of one exchange
            leastBps = std::min(leastBps, session.rateKeysPerS * (session.keySizeBit + 192));
        }
        {
            const ScenarioBuilder builder(scenario, scenario.name);
            for (const ScenarioQkdLink& link : scenario.qkdLinks)
            {
                const auto protocol = MakeScenarioProtocol(link.protocol, scenario.name, link.id);
                const auto channel = builder.GetQkdLink(link.id).channel;
                for (uint32_t path = 0; path < channel->GetNPaths(); ++path)
                {
                    const auto plan = protocol->PlanBlock(channel->GetPathBudget(path));
                    const double lastsS = static_cast<double>(plan.finalKeyBits) / leastBps;
                    longest = std::max({longest, plan.duration.GetSeconds(), lastsS});
                }
            }
        }
        Simulator::Destroy();
        return longest;
    }

    /**
     * @brief Whether an interruption has its like.
     * @param one the interruption
     * @param others interruptions of the other mode
     * @param toleranceS what begin and end may differ by, s
     * @return true if so, or if it is short
     */
    static bool HasLike(const Interruption& one,
                        const std::vector<Interruption>& others,
                        double toleranceS)
    {
        // Time::GetSeconds() of a negative time shifts a negative value, in ns-3 3.37
        const auto isLike = [&](const Interruption& other) {
            return std::abs(one.start.GetSeconds() - other.start.GetSeconds()) <= toleranceS &&
                   std::abs(one.end.GetSeconds() - other.end.GetSeconds()) <= toleranceS;
        };
        return one.GetDuration().GetSeconds() <= toleranceS ||
               std::any_of(others.begin(), others.end(), isLike);
    }

    /**
     * @brief Compare key supply of a session.
     * @param keys in key mode
     * @param flow in flow mode
     * @param tolerance what they may differ by
     */
    void CompareSession(const SessionResult& keys,
                        const SessionResult& flow,
                        const Tolerance& tolerance)
    {
        for (const Interruption& one : keys.interruptions)
        {
            NS_TEST_EXPECT_MSG_EQ(HasLike(one, flow.interruptions, tolerance.timeS),
                                  true,
                                  keys.id << " is interrupted in key mode only from "
                                          << one.start.GetSeconds() << " s to "
                                          << one.end.GetSeconds() << " s");
        }
        for (const Interruption& one : flow.interruptions)
        {
            NS_TEST_EXPECT_MSG_EQ(HasLike(one, keys.interruptions, tolerance.timeS),
                                  true,
                                  keys.id << " is interrupted in flow mode only from "
                                          << one.start.GetSeconds() << " s to "
                                          << one.end.GetSeconds() << " s");
        }
        NS_TEST_EXPECT_MSG_EQ_TOL(static_cast<double>(flow.requested),
                                  static_cast<double>(keys.requested),
                                  1.0,
                                  keys.id << ": keys asked for");
        NS_TEST_EXPECT_MSG_EQ_TOL(static_cast<double>(flow.supplied),
                                  static_cast<double>(keys.supplied),
                                  0.01 * static_cast<double>(keys.supplied) + 3.0,
                                  keys.id << ": keys supplied");
        NS_TEST_EXPECT_MSG_EQ(flow.requested,
                              flow.supplied + flow.lost + flow.open,
                              keys.id << ": every request ends in one way");
    }

    /// Keys by session and route.
    using KeysByRoute = std::map<std::pair<std::string, std::vector<std::string>>, double>;

    /**
     * @brief Count the keys that came over each route.
     * @param results the results
     * @return keys by session and route
     */
    static KeysByRoute CountByRoute(const ExperimentResults& results)
    {
        KeysByRoute keys;
        for (const RouteUseResult& use : results.routeUses)
        {
            keys[{use.session, use.kms}] += static_cast<double>(use.keys);
        }
        return keys;
    }

    /**
     * @brief Compare over which routes keys came.
     * @param keys in key mode
     * @param flow in flow mode
     */
    void CompareRoutes(const KeysByRoute& keys, const KeysByRoute& flow)
    {
        NS_TEST_EXPECT_MSG_GT(flow.size(), 0, "routes in use");
        for (const auto& [route, count] : keys)
        {
            const auto found = flow.find(route);
            const double others = found == flow.end() ? 0.0 : found->second;
            NS_TEST_EXPECT_MSG_EQ_TOL(others,
                                      count,
                                      0.01 * count + 10.0,
                                      "keys of " << route.first << " over " << route.second.size()
                                                 << " key managers");
        }
    }

    /**
     * @brief Compare what key was used for.
     * @param keys in key mode
     * @param flow in flow mode
     * @param tolerance what they may differ by
     */
    void CompareUses(const KeyBook& keys, const KeyBook& flow, const Tolerance& tolerance)
    {
        for (const KeyUse use : {KEY_RELAY_WORKING,
                                 KEY_RELAY_PROTECTION,
                                 KEY_RELAY_EXTRA,
                                 KEY_DIRECT_SUPPLY,
                                 KEY_AUTHENTICATION})
        {
            const auto expected = static_cast<double>(keys.bits[use]);
            NS_TEST_EXPECT_MSG_EQ_TOL(static_cast<double>(flow.bits[use]),
                                      expected,
                                      0.01 * expected + static_cast<double>(tolerance.bits),
                                      KeyUseName(use));
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief An example of Appendix I in both modes.
 */
class FlowExampleTest : public FlowAgreementTest
{
  public:
    /**
     * @brief Constructor
     * @param example name of its file
     */
    explicit FlowExampleTest(const std::string& example)
        : FlowAgreementTest(example),
          m_example(example)
    {
    }

  private:
    void DoRun() override
    {
        Compare(ScenarioReader::ReadFile(SCENARIOS + m_example + ".json"));
    }

    std::string m_example; //!< name of its file
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A small random network in both modes.
 */
class FlowRandomNetworkTest : public FlowAgreementTest
{
  public:
    /**
     * @brief Constructor
     * @param number number of the network
     */
    explicit FlowRandomNetworkTest(uint32_t number)
        : FlowAgreementTest("random network " + std::to_string(number)),
          m_number(number)
    {
    }

  private:
    void DoRun() override
    {
        Compare(ScenarioReader::ReadString(SmallNetwork(m_number).GetText(),
                                           "network " + std::to_string(m_number)));
    }

    uint32_t m_number; //!< number of the network
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Scenarios that ask for something that flow mode leaves out.
 */
class FlowRefusalTest : public TestCase
{
  public:
    FlowRefusalTest()
        : TestCase("What flow mode leaves out is refused with its place and two mends")
    {
    }

  private:
    void DoRun() override
    {
        const std::vector<std::pair<ScenarioOverride, std::string>> left{
            {{"/simulation/block_statistics", "drawn"}, "/simulation/block_statistics"},
            {{"/key_management/key_lifetime_s", "60"}, "/key_management/key_lifetime_s"},
            {{"/key_management/relay_scheme", "destination"}, "/key_management/relay_scheme"},
            {{"/controllers/0/report_refresh_s", "10"}, "/controllers/0/report_refresh_s"},
            {{"/sessions/0/arrival", "poisson"}, "/sessions/0/arrival"},
            {{"/sessions/0/ksa_pool", R"({"low_keys": 1, "high_keys": 4})"},
             "/sessions/0/ksa_pool/high_keys"},
            {{"/sessions/0/ak", "stream"}, "/sessions/0/ak"}};
        const std::string text = SmallNetwork(1).GetText();
        const ScenarioOverride flow{"/simulation/supply", "flow"};
        ScenarioReader::ReadString(text, "good", {flow});
        for (const auto& [change, place] : left)
        {
            ScenarioReader::ReadString(text, "key mode", {change});
            std::string found;
            std::string message;
            try
            {
                ScenarioReader::ReadString(text, "flow mode", {flow, change});
            }
            catch (const ScenarioError& error)
            {
                found = error.GetPlace();
                message = error.what();
            }
            NS_TEST_EXPECT_MSG_EQ(found, place, message);
            NS_TEST_EXPECT_MSG_NE(message.find("/simulation/supply"),
                                  std::string::npos,
                                  "the other mend");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Test suite of key mode and flow mode together.
 */
class QkdnFlowAgreementTestSuite : public TestSuite
{
  public:
    QkdnFlowAgreementTestSuite()
        : TestSuite("qkdn-flow-agreement", Type::SYSTEM)
    {
        AddTestCase(new FlowRefusalTest);
        for (const char* example : {"itu-example-1-1", "itu-example-1-2", "itu-example-2-1"})
        {
            AddTestCase(new FlowExampleTest(example));
        }
        for (uint32_t number = 1; number <= 20; ++number)
        {
            AddTestCase(new FlowRandomNetworkTest(number));
        }
    }
};

static QkdnFlowAgreementTestSuite g_qkdnFlowAgreementTestSuite; //!< registers the suite
