/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-ways.h"

#include "ns3/qkdn-route-computation.h"
#include "ns3/qkdn-scenario-builder.h"
#include "ns3/qkdn-scenario-error.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/qkdn-scenario-runner.h"
#include "ns3/random-variable-stream.h"
#include "ns3/test.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

using Overrides = std::vector<ScenarioOverride>;

/// The example with some values changed.
Scenario
ReadExample(const Overrides& overrides)
{
    const std::string file =
        std::string(QKDN_SOURCE_DIR) + "/examples/scenarios/secret-sharing.json";
    return ScenarioReader::ReadFile(file, overrides);
}

/// A run of it.
ExperimentResults
RunExample(const Overrides& overrides)
{
    return ScenarioRunner().Run(ReadExample(overrides), "secret-sharing");
}

std::string
Join(const std::vector<std::string>& names)
{
    std::string text;
    for (const std::string& name : names)
    {
        text += (text.empty() ? "" : "-") + name;
    }
    return text;
}

/// Key bits booked for one use, all links together.
uint64_t
Booked(const ExperimentResults& results, KeyUse use)
{
    return results.conservation.GetKmaTotal().bits[use];
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Disjoint routes of least cost against all that there are.
 */
class RouteTupleRunTest : public TestCase
{
  public:
    RouteTupleRunTest()
        : TestCase("Three disjoint routes have the smallest sum of all such")
    {
    }

  private:
    using Costs = std::vector<std::vector<uint64_t>>; //!< cost of each hop, 0 for none
    using Way = std::vector<uint32_t>;                //!< nodes of a route

    void DoRun() override
    {
        const auto random = CreateObject<UniformRandomVariable>();
        random->SetStream(41);
        uint32_t found = 0;
        for (uint32_t trial = 0; trial < 60; ++trial)
        {
            found += Check(trial, *random) ? 1 : 0;
        }
        NS_TEST_EXPECT_MSG_GT(found, 10, "there are such routes");
        NS_TEST_EXPECT_MSG_LT(found, 60, "not always");
        CheckLimits();
    }

    /// One random graph; whether it has three disjoint routes.
    bool Check(uint32_t trial, UniformRandomVariable& random)
    {
        constexpr uint32_t nodes = 7;
        Costs costs(nodes, std::vector<uint64_t>(nodes, 0));
        RouteGraph graph;
        for (uint32_t i = 0; i < nodes; ++i)
        {
            for (uint32_t j = i + 1; j < nodes; ++j)
            {
                if (random.GetValue(0, 1) < 0.55)
                {
                    costs[i][j] = costs[j][i] = random.GetInteger(1, 9);
                    graph.SetHop(KmHop(KmId(i + 1), KmId(j + 1)), costs[i][j]);
                }
            }
        }
        const auto tuple = graph.FindDisjointTuple(KmId(1), KmId(nodes), {}, 3, 3);
        const auto best = FindLeast(costs);
        const bool nodeDisjoint = tuple && tuple->nodeDisjoint;
        NS_TEST_EXPECT_MSG_EQ(nodeDisjoint, best.has_value(), "graph " << trial);
        if (!nodeDisjoint || !best)
        {
            return false;
        }
        uint64_t sum = 0;
        std::set<KmId> inner;
        std::size_t count = 0;
        for (const FoundRoute& route : tuple->routes)
        {
            sum += route.cost;
            NS_TEST_EXPECT_MSG_EQ(route.cost, graph.GetCost(route.kms), "its cost");
            inner.insert(route.kms.begin() + 1, route.kms.end() - 1);
            count += route.kms.size() - 2;
        }
        NS_TEST_EXPECT_MSG_EQ(tuple->routes.size(), 3, "three");
        NS_TEST_EXPECT_MSG_EQ(inner.size(), count, "disjoint");
        NS_TEST_EXPECT_MSG_EQ(sum, *best, "least sum in graph " << trial);
        return true;
    }

    /// The smallest sum of three routes without a common node, by trying all.
    static std::optional<uint64_t> FindLeast(const Costs& costs)
    {
        std::vector<std::pair<uint64_t, uint32_t>> ways; // cost, mask of inner nodes
        const auto last = static_cast<uint32_t>(costs.size() - 1);
        std::function<void(uint32_t, uint64_t, uint32_t)> walk =
            [&](uint32_t at, uint64_t cost, uint32_t mask) {
                for (uint32_t next = 1; next < costs.size(); ++next)
                {
                    if (costs[at][next] == 0 || (mask >> next & 1U) != 0)
                    {
                        continue;
                    }
                    if (next == last)
                    {
                        ways.emplace_back(cost + costs[at][next], mask);
                        continue;
                    }
                    walk(next, cost + costs[at][next], mask | 1U << next);
                }
            };
        walk(0, 0, 0);
        std::optional<uint64_t> least;
        for (std::size_t i = 0; i < ways.size(); ++i)
        {
            for (std::size_t j = i + 1; j < ways.size(); ++j)
            {
                if ((ways[i].second & ways[j].second) != 0)
                {
                    continue;
                }
                for (std::size_t k = j + 1; k < ways.size(); ++k)
                {
                    if ((ways[k].second & (ways[i].second | ways[j].second)) == 0)
                    {
                        const uint64_t sum = ways[i].first + ways[j].first + ways[k].first;
                        least = std::min(least.value_or(sum), sum);
                    }
                }
            }
        }
        return least;
    }

    /// Fewer routes than wanted, routes over a common node, and too few.
    void CheckLimits()
    {
        // 1-2-4-5 and 1-3-4-6-7... : a bottleneck at 4 that two routes without a common hop share
        RouteGraph graph;
        for (const auto& [a, b] : std::vector<std::pair<uint32_t, uint32_t>>{{1, 2},
                                                                             {2, 4},
                                                                             {1, 3},
                                                                             {3, 4},
                                                                             {4, 5},
                                                                             {5, 7},
                                                                             {4, 6},
                                                                             {6, 7}})
        {
            graph.SetHop(KmHop(KmId(a), KmId(b)), 1);
        }
        const auto shared = graph.FindDisjointTuple(KmId(1), KmId(7), {}, 3, 2);
        NS_TEST_ASSERT_MSG_EQ(shared.has_value(), true, "two");
        NS_TEST_EXPECT_MSG_EQ(shared->routes.size(), 2, "as many as there are");
        NS_TEST_EXPECT_MSG_EQ(shared->nodeDisjoint, false, "with a common KM");
        NS_TEST_EXPECT_MSG_EQ(graph.FindDisjointTuple(KmId(1), KmId(7), {}, 3, 3).has_value(),
                              false,
                              "no three");
        RouteFilter longest;
        longest.maxHops = 3;
        NS_TEST_EXPECT_MSG_EQ(graph.FindDisjointTuple(KmId(1), KmId(7), longest, 2, 2).has_value(),
                              false,
                              "too long");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The example: a cut that is not felt.
 */
class SharingExampleTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param name what is changed
     * @param overrides the changes
     * @param hops hops of a key's relays before the cut
     * @param hopsCut the same while it lasts
     */
    SharingExampleTest(const std::string& name,
                       const Overrides& overrides,
                       double hops,
                       double hopsCut)
        : TestCase("A cut of one of three routes interrupts nothing: " + name),
          m_overrides(overrides),
          m_hops(hops),
          m_hopsCut(hopsCut)
    {
    }

  private:
    void DoRun() override
    {
        const ExperimentResults results = RunExample(m_overrides);
        NS_TEST_ASSERT_MSG_EQ(results.conservation.IsSound(), true, "books");
        const SessionResult& a = results.sessions.at(0);
        NS_TEST_EXPECT_MSG_EQ(a.requested, 220, "four a second for 55 s");
        NS_TEST_EXPECT_MSG_EQ(a.supplied, a.requested, "all keys");
        NS_TEST_EXPECT_MSG_EQ(a.late, 0, "in time");
        NS_TEST_EXPECT_MSG_EQ(a.interruptions.size(), 0, "no interruption");
        // 88 of 220 keys are made in the 22 s from the cut until the modules are aligned again
        const double expected = (132 * m_hops + 88 * m_hopsCut) / 220;
        NS_TEST_EXPECT_MSG_EQ_TOL(*a.keyOverhead, expected, 0.05, "hops for each bit");
        const uint64_t relayed = Booked(results, KEY_RELAY_WORKING);
        const auto spent = static_cast<double>(relayed + Booked(results, KEY_WASTED));
        NS_TEST_EXPECT_MSG_EQ_TOL(spent, expected * 256 * 220, 0.02 * spent, "book");
        NS_TEST_EXPECT_MSG_EQ(Booked(results, KEY_RELAY_PROTECTION), 0, "all routes are working");
        NS_TEST_EXPECT_MSG_EQ(results.conservation.GetKsaTotal().created,
                              uint64_t{256} * 220,
                              "a key counts once");
        CheckRecovery(results);
        for (const RequirementResult& requirement : results.requirements)
        {
            NS_TEST_EXPECT_MSG_EQ((requirement.status == REQUIREMENT_VIOLATED ||
                                   requirement.status == REQUIREMENT_NOT_FOLLOWED),
                                  false,
                                  requirement.id);
            if (requirement.id == "G-C1")
            {
                NS_TEST_EXPECT_MSG_EQ(requirement.status,
                                      REQUIREMENT_SATISFIED,
                                      requirement.id << ": " << requirement.reason);
            }
        }
    }

    /// There is one record, of the route that was left.
    void CheckRecovery(const ExperimentResults& results)
    {
        NS_TEST_ASSERT_MSG_EQ(results.recoveries.size(), 1, "one record");
        const RecoveryResult& recovery = results.recoveries.front();
        NS_TEST_EXPECT_MSG_EQ(Join(recovery.routeBefore), "1-2-5", "route that failed");
        NS_TEST_EXPECT_MSG_EQ(Join(recovery.routeAfter), "1-3-5", "first of the others");
        NS_TEST_EXPECT_MSG_EQ(recovery.outcome, RECOVERY_RECOVERED, "outcome");
        NS_TEST_EXPECT_MSG_EQ(recovery.outage.IsZero(), true, "no outage");
        NS_TEST_EXPECT_MSG_EQ(recovery.markers.FindDisorder(), "", "markers");
    }

    Overrides m_overrides; //!< changes
    double m_hops;         //!< hops of a key's relays before the cut
    double m_hopsCut;      //!< the same while it lasts
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief All shares are needed: the controller replaces the route that failed.
 */
class ReplacedRouteTest : public TestCase
{
  public:
    ReplacedRouteTest()
        : TestCase("A route that fails is replaced by another disjoint one, which stays")
    {
    }

  private:
    void DoRun() override
    {
        const ExperimentResults results = RunExample({{"/sessions/0/resilience/shares", "2"}});
        NS_TEST_ASSERT_MSG_EQ(results.conservation.IsSound(), true, "books");
        const SessionResult& a = results.sessions.at(0);
        NS_TEST_EXPECT_MSG_EQ(a.supplied, a.requested, "all keys");
        NS_TEST_ASSERT_MSG_EQ(results.recoveries.size(), 1, "one record");
        const RecoveryResult& recovery = results.recoveries.front();
        NS_TEST_EXPECT_MSG_EQ(Join(recovery.routeBefore), "1-2-5", "route that failed");
        NS_TEST_EXPECT_MSG_EQ(Join(recovery.routeAfter), "1-4-6-5", "the one in its place");
        NS_TEST_EXPECT_MSG_EQ(recovery.outcome, RECOVERY_RECOVERED, "outcome");
        NS_TEST_EXPECT_MSG_LT(*recovery.markers.operated - recovery.markers.fault,
                              Seconds(1),
                              "at once");
        // 15 s over 1-2-5 and 1-3-5, 40 s over 1-4-6-5 and 1-3-5 also after the repair
        NS_TEST_EXPECT_MSG_EQ_TOL(*a.keyOverhead, (15 * 4 + 40 * 5) / 55.0, 0.05, "it stays");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A session that needs more disjoint routes than there are.
 */
class TooFewRoutesTest : public TestCase
{
  public:
    TooFewRoutesTest()
        : TestCase("A session whose keys need four routes is refused where there are three")
    {
    }

  private:
    void DoRun() override
    {
        const ExperimentResults results = RunExample({{"/sessions/0/resilience/shares", "5"},
                                                      {"/sessions/0/resilience/threshold", "4"},
                                                      {"/simulation/duration_s", "20"},
                                                      {"/faults", "[]"}});
        NS_TEST_EXPECT_MSG_EQ(results.sessions.at(0).supplied, 0, "no key");
        NS_TEST_EXPECT_MSG_EQ(results.conservation.GetKsaTotal().created, 0, "none was made");
        const ExperimentResults fewer = RunExample({{"/sessions/0/resilience/shares", "5"},
                                                    {"/sessions/0/resilience/threshold", "3"},
                                                    {"/simulation/duration_s", "20"},
                                                    {"/faults", "[]"}});
        const SessionResult& a = fewer.sessions.at(0);
        NS_TEST_EXPECT_MSG_EQ(a.supplied, a.requested, "three shares of five are enough");
        NS_TEST_EXPECT_MSG_EQ(*a.keyOverhead, 7.0, "and no more are sent");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The last route of a session fails, which a new one could not have a hop in common with.
 */
class LastRouteTest : public TestCase
{
  public:
    LastRouteTest()
        : TestCase("When the last route fails, a route that it stood in the way of is found")
    {
    }

  private:
    void DoRun() override
    {
        // beside 1-2-4 and 1-3-4 there is 1-5-3-4
        const std::string network = R"({
          "name": "last", "simulation": {"duration_s": 50}, "key_management": {"capacity_bit": 10000},
          "nodes": [{"id": "1"}, {"id": "2"}, {"id": "3"}, {"id": "4"}, {"id": "5"}],
          "fibres": [FIBRES],
          "qkd_links": [LINKS],
          "controllers": [{"id": "C", "node": "3"}],
          "sessions": [{"id": "S", "master": "1", "slave": "4", "rate_keys_per_s": 4,
                        "start_s": 3, "toleration_s": 5, "deadline_s": 1,
                        "resilience": {"class": "CLASS"}}],
          "faults": [{"at_s": 10, "type": "fibre-cut", "target": "f12"},
                     {"at_s": 20, "type": "fibre-cut", "target": "f13"}]})";
        const ScenarioWays ways =
            MakeScenarioWays({"12", "24", "13", "34", "15", "53"},
                             10,
                             R"("initial_state": "running", "initial_pool_bit": 9000, )"
                             R"("protocol": {"type": "measured", "rate_bps": 20000})");
        for (const std::string name : {"route-1+1", "multi-path"})
        {
            std::string text = network;
            text.replace(text.find("FIBRES"), 6, ways.fibres);
            text.replace(text.find("LINKS"), 5, ways.links);
            text.replace(text.find("CLASS"), 5, name);
            const Scenario scenario = ScenarioReader::ReadString(text, "last");
            const ExperimentResults results = ScenarioRunner().Run(scenario, "last");
            NS_TEST_ASSERT_MSG_EQ(results.requests.empty(), false, name);
            const auto late = std::count_if(
                results.requests.begin(),
                results.requests.end(),
                [](const RequestResult& request) { return request.outcome != REQUEST_ON_TIME; });
            NS_TEST_EXPECT_MSG_EQ(late, 0, name << ": keys after the second cut, too");
            NS_TEST_EXPECT_MSG_EQ(Join(results.routeUses.back().kms), "1-5-3-4", name);
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Keys of scenario files for sessions with several routes.
 */
class SharingScenarioTest : public TestCase
{
  public:
    SharingScenarioTest()
        : TestCase("shares and threshold of scenario files")
    {
    }

  private:
    /// Policy of the session of the example with some values changed.
    static SessionPolicy Policy(const Overrides& overrides)
    {
        return ScenarioBuilder::MakePolicy(ReadExample(overrides).sessions.at(0));
    }

    /// Shares and threshold of a policy.
    void Expect(const Overrides& overrides, uint32_t shares, uint32_t threshold)
    {
        const SessionPolicy policy = Policy(overrides);
        NS_TEST_EXPECT_MSG_EQ(policy.shareCount, shares, "shares");
        NS_TEST_EXPECT_MSG_EQ(policy.shareThreshold, threshold, "threshold");
    }

    /// One change that makes the example bad.
    void ExpectError(const std::string& key, const std::string& value, const std::string& words)
    {
        std::string message;
        try
        {
            ReadExample({{"/sessions/0/resilience" + key, value}});
        }
        catch (const ScenarioError& error)
        {
            message = error.what();
        }
        NS_TEST_EXPECT_MSG_NE(message.find(words), std::string::npos, message);
    }

    void DoRun() override
    {
        Expect({}, 3, 2);
        const std::string place = "/sessions/0/resilience";
        Expect({{place, R"({"class": "secret-sharing"})"}}, 3, 2);
        Expect({{place, R"({"class": "secret-sharing", "shares": 5, "threshold": 5})"}}, 5, 5);
        Expect({{place, R"({"class": "route-1+1"})"}}, 2, 1);
        Expect({{place, R"({"class": "multi-path"})"}}, 2, 1);
        Expect({{place, R"({"class": "multi-path", "shares": 4})"}}, 4, 1);
        Expect({{place, R"({"class": "unprotected"})"}}, 1, 1);
        ExpectError("/threshold", "4", "4 shares of 3 cannot be had; give no more than shares");
        ExpectError("/threshold", "0", "give a whole number of shares from 1 to 16");
        ExpectError("/shares", "1", "give a whole number of shares from 2 to 16");
        ExpectError("/shares", "17", "give a whole number of shares from 2 to 16");
        ExpectError("/share", "2", "did you mean \"shares\"?");
        ExpectError("/extra_traffic", "true", "uses several routes at once");
        ExpectError("", R"({"class": "route-1+1", "shares": 3})", "only secret-sharing and multi");
        ExpectError("", R"({"class": "multi-path", "threshold": 1})", "only secret-sharing has");
        Scenario scenario = ReadExample({{place, R"({"class": "multi-path", "shares": 3})"}});
        ScenarioReader::SetClass(scenario, "unprotected", "");
        NS_TEST_EXPECT_MSG_EQ(ScenarioBuilder::MakePolicy(scenario.sessions.at(0)).shareCount,
                              1,
                              "another class takes no notice of shares");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of runs with keys over several routes.
 */
class QkdnSeveralRoutesRunTestSuite : public TestSuite
{
  public:
    QkdnSeveralRoutesRunTestSuite()
        : TestSuite("qkdn-several-routes-run", Type::SYSTEM)
    {
        AddTestCase(new RouteTupleRunTest);
        AddTestCase(new SharingScenarioTest);
        AddTestCase(new SharingExampleTest("two of three shares", {}, 7, 5));
        AddTestCase(new SharingExampleTest("three copies",
                                           {{"/sessions/0/resilience/threshold", "1"}},
                                           7,
                                           5));
        AddTestCase(new ReplacedRouteTest);
        AddTestCase(new TooFewRoutesTest);
        AddTestCase(new LastRouteTest);
    }
};

static QkdnSeveralRoutesRunTestSuite g_qkdnSeveralRoutesRunTestSuite; //!< registers the suite
