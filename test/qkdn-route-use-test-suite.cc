/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-route-use-log.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/qkdn-scenario-runner.h"
#include "ns3/test.h"

#include <set>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// Longest pause within a use.
const Time GAP = Seconds(2);

/**
 * @brief A route of session 1.
 * @param number its number
 * @param kms its KMs
 * @return the route
 */
KeyRoute
RouteOf(uint32_t number, const std::vector<KmId>& kms)
{
    return KeyRoute{RouteId(number), SessionId(1), ROUTE_WORKING, kms, 0};
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Uses of routes as keys tell them.
 */
class RouteUseLogTest : public TestCase
{
  public:
    RouteUseLogTest()
        : TestCase("A use of a route lasts from key to key, and a long pause ends it")
    {
    }

  private:
    void DoRun() override
    {
        RouteUseLog log;
        log.AddRoute(RouteOf(1, {KmId(1), KmId(2), KmId(4)}));
        log.AddRoute(RouteOf(2, {KmId(1), KmId(3), KmId(4)}));
        for (int64_t ms = 0; ms < 10000; ms += 100)
        {
            log.AddKey(MilliSeconds(ms), RouteId(1), GAP);
        }
        for (int64_t ms = 10000; ms < 20000; ms += 100)
        {
            log.AddKey(MilliSeconds(ms), RouteId(2), GAP);
        }
        log.AddKey(MilliSeconds(21800), RouteId(2), GAP);
        log.AddKey(MilliSeconds(24000), RouteId(1), GAP);
        log.AddKey(MilliSeconds(24000), RouteId(7), GAP);
        const std::vector<RouteUse> uses = log.GetUses();
        NS_TEST_ASSERT_MSG_EQ(uses.size(), 3, "there, over the other one, and back");
        const std::vector<std::vector<int64_t>> expected = {{1, 0, 9900, 100},
                                                            {2, 10000, 21800, 101},
                                                            {1, 24000, 24000, 1}};
        for (std::size_t i = 0; i < expected.size(); ++i)
        {
            const std::vector<int64_t> found = {uses[i].route.id.value,
                                                uses[i].from.GetMilliSeconds(),
                                                uses[i].to.GetMilliSeconds(),
                                                static_cast<int64_t>(uses[i].keys)};
            NS_TEST_ASSERT_MSG_EQ((found == expected[i]), true, "use " << i);
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Key that flows.
 */
class SteadyRouteUseTest : public TestCase
{
  public:
    SteadyRouteUseTest()
        : TestCase("Key that flows over a route is one use from its beginning to its end")
    {
    }

  private:
    void DoRun() override
    {
        RouteUseLog log;
        log.AddRoute(RouteOf(1, {KmId(1), KmId(2)}));
        log.AddFlow(Seconds(5), Seconds(1000), RouteId(1), 1990, GAP);
        log.AddFlow(Seconds(1000), Seconds(1000.2), RouteId(1), 0, GAP);
        log.AddFlow(Seconds(1000.2), Seconds(2000), RouteId(1), 2000, GAP);
        log.AddFlow(Seconds(2600), Seconds(3000), RouteId(1), 800, GAP);
        log.AddFlow(Seconds(2600), Seconds(3000), RouteId(9), 800, GAP);
        const std::vector<RouteUse> uses = log.GetUses();
        NS_TEST_ASSERT_MSG_EQ(uses.size(), 2, "divided by the outage");
        NS_TEST_ASSERT_MSG_EQ(uses[0].from, Seconds(5), "beginning");
        NS_TEST_ASSERT_MSG_EQ(uses[0].to, Seconds(2000), "end");
        NS_TEST_ASSERT_MSG_EQ(uses[0].keys, 3990, "keys");
        NS_TEST_ASSERT_MSG_EQ(uses[1].from, Seconds(2600), "after the outage");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A session with few keys.
 */
class RareKeysTest : public TestCase
{
  public:
    RareKeysTest()
        : TestCase("Rare keys are one use, and an outage still divides it")
    {
    }

  private:
    void DoRun() override
    {
        RouteUseLog log;
        log.AddRoute(RouteOf(1, {KmId(1), KmId(2)}));
        for (const int64_t s : {0, 10, 20, 30, 300, 310, 320})
        {
            log.AddKey(Seconds(s), RouteId(1), GAP);
        }
        const std::vector<RouteUse> uses = log.GetUses();
        // 320 s with 7 keys: 45 s on average, so that 180 s are no pause
        NS_TEST_ASSERT_MSG_EQ(uses.size(), 2, "divided by the outage only");
        NS_TEST_ASSERT_MSG_EQ(uses[0].to, Seconds(30), "last key before");
        NS_TEST_ASSERT_MSG_EQ(uses[0].keys, 4, "keys before");
        NS_TEST_ASSERT_MSG_EQ(uses[1].from, Seconds(300), "first key after");
        NS_TEST_ASSERT_MSG_EQ(uses[1].keys, 3, "keys after");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Routes in use in scenarios.
 */
class RouteUseRunTest : public TestCase
{
  public:
    RouteUseRunTest()
        : TestCase("A run tells over which routes keys came, shares and direct keys included")
    {
    }

  private:
    /**
     * @brief Run a scenario.
     * @param name its name
     * @return the results
     */
    static ExperimentResults RunScenario(const std::string& name)
    {
        const std::string file =
            std::string(QKDN_SOURCE_DIR) + "/examples/scenarios/" + name + ".json";
        return ScenarioRunner().Run(ScenarioReader::ReadFile(file), file);
    }

    /**
     * @brief The uses of a session.
     * @param results the results
     * @param session the session
     * @return its uses
     */
    static std::vector<RouteUseResult> UsesOf(const ExperimentResults& results,
                                              const std::string& session)
    {
        std::vector<RouteUseResult> uses;
        for (const RouteUseResult& use : results.routeUses)
        {
            if (use.session == session)
            {
                uses.push_back(use);
            }
        }
        return uses;
    }

    void DoRun() override
    {
        using Names = std::vector<std::string>;
        const ExperimentResults switched = RunScenario("itu-example-1-2");
        const auto ofA = UsesOf(switched, "A");
        NS_TEST_ASSERT_MSG_EQ(ofA.size(), 3, "working, protection, working");
        NS_TEST_ASSERT_MSG_EQ((ofA[0].kms == Names{"1", "2", "4"}), true, "working route");
        NS_TEST_ASSERT_MSG_EQ((ofA[1].kms == Names{"1", "3", "4"}), true, "protection route");
        NS_TEST_ASSERT_MSG_EQ((ofA[2].kms == ofA[0].kms), true, "reverted");
        NS_TEST_ASSERT_MSG_EQ(ofA[1].role, "protection", "role");
        NS_TEST_ASSERT_MSG_EQ((ofA[0].to < Seconds(61) && ofA[1].from > Seconds(60)),
                              true,
                              "switched when the fibre was cut");
        uint64_t keys = 0;
        for (const RouteUseResult& use : ofA)
        {
            keys += use.keys;
        }
        NS_TEST_ASSERT_MSG_EQ((keys >= switched.sessions[0].supplied), true, "every key counts");
        NS_TEST_ASSERT_MSG_EQ(switched.map.nodes.size(), 4, "the network is described");
        NS_TEST_ASSERT_MSG_EQ(switched.map.sessions.size(), 2, "with the ends of sessions");

        const ExperimentResults direct = RunScenario("one-link");
        NS_TEST_ASSERT_MSG_EQ(direct.routeUses.empty(), false, "keys of one hop");
        NS_TEST_ASSERT_MSG_EQ(direct.routeUses[0].kms.size(), 2, "over one hop");

        const ExperimentResults shared = RunScenario("secret-sharing");
        std::set<Names> routes;
        for (const RouteUseResult& use : shared.routeUses)
        {
            routes.insert(use.kms);
        }
        NS_TEST_ASSERT_MSG_EQ((routes.size() >= 3), true, "shares over several routes");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of routes in use.
 */
class QkdnRouteUseTestSuite : public TestSuite
{
  public:
    QkdnRouteUseTestSuite()
        : TestSuite("qkdn-route-use", Type::UNIT)
    {
        AddTestCase(new RouteUseLogTest);
        AddTestCase(new SteadyRouteUseTest);
        AddTestCase(new RareKeysTest);
        AddTestCase(new RouteUseRunTest);
    }
};

static QkdnRouteUseTestSuite g_qkdnRouteUseTestSuite; //!< registers the suite
