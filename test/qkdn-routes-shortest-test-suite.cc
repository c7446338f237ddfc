/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-routes-fixture.h"

#include "ns3/qkdn-demand-table.h"
#include "ns3/qkdn-k-shortest-routes.h"
#include "ns3/qkdn-network-view.h"
#include "ns3/qkdn-route-planner.h"
#include "ns3/qkdn-widest-route.h"
#include "ns3/test.h"

using namespace ns3;
using namespace ns3::qkdn;
using namespace ns3::qkdn::routes_test;

/**
 * @ingroup qkdn-resilience-tests
 * @brief All routes of small random graphs in order, also with few hops or without a KM.
 */
class YenTest : public TestCase
{
  public:
    YenTest()
        : TestCase("k shortest routes against all routes")
    {
    }

  private:
    void DoRun() override
    {
        auto random = CreateObject<UniformRandomVariable>();
        random->SetStream(11);
        std::size_t compared = 0;
        for (uint32_t round = 0; round < 60; ++round)
        {
            // small costs make many routes of equal cost
            const uint32_t maxCost = round % 2 == 0 ? 2 : 50;
            const RouteGraph graph = MakeRandomGraph({6, 0.6, maxCost}, random);
            const AllRoutes all(graph, KmId(1), KmId(6));
            RouteFilter limited;
            limited.maxHops = 1 + round % 4;
            RouteFilter without;
            without.excludedKms = {KmId(3)};
            for (const RouteFilter& filter : {RouteFilter(), limited, without})
            {
                std::vector<FoundRoute> expected;
                for (const FoundRoute& route : all.Get())
                {
                    const auto hops = HopsOf(route.kms);
                    if (hops.size() <= filter.maxHops &&
                        std::all_of(hops.begin(), hops.end(), [&filter](const KmHop& hop) {
                            return filter.Allows(hop);
                        }))
                    {
                        expected.push_back(route);
                    }
                }
                const auto found =
                    KShortestRoutes::Find(graph, KmId(1), KmId(6), filter, expected.size() + 3);
                NS_TEST_ASSERT_MSG_EQ(Text(found), Text(expected), "all routes in order");
                const auto few = KShortestRoutes::Find(graph, KmId(1), KmId(6), filter, 2);
                expected.resize(std::min<std::size_t>(2, expected.size()));
                NS_TEST_ASSERT_MSG_EQ(Text(few), Text(expected), "the first of them");
                compared += found.size();
            }
        }
        NS_TEST_EXPECT_MSG_GT(compared, 1000, "enough routes were compared");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Routes that can be counted by hand, and requests that lead nowhere.
 */
class KnownRoutesTest : public TestCase
{
  public:
    KnownRoutesTest()
        : TestCase("a square with a diagonal")
    {
    }

  private:
    void DoRun() override
    {
        RouteGraph graph;
        graph.SetHop(KmHop(KmId(1), KmId(2)), 1);
        graph.SetHop(KmHop(KmId(2), KmId(4)), 1);
        graph.SetHop(KmHop(KmId(1), KmId(3)), 2);
        graph.SetHop(KmHop(KmId(3), KmId(4)), 2);
        graph.SetHop(KmHop(KmId(2), KmId(3)), 3);
        NS_TEST_EXPECT_MSG_EQ(Text(KShortestRoutes::Find(graph, KmId(1), KmId(4), {}, 9)),
                              "1-2-4=2 1-3-4=4 1-2-3-4=6 1-3-2-4=6",
                              "four routes, that of smaller numbers first");
        NS_TEST_EXPECT_MSG_EQ(KShortestRoutes::Find(graph, KmId(1), KmId(1), {}, 9).size(),
                              0,
                              "to itself");
        NS_TEST_EXPECT_MSG_EQ(KShortestRoutes::Find(graph, KmId(1), KmId(9), {}, 9).size(),
                              0,
                              "to an unknown KM");
        const HopCapacity capacity = [](const KmHop& hop) { return hop.low == KmId(1) ? 5 : 7; };
        const auto widest = FindWidestRoute(graph, KmId(1), KmId(4), {}, capacity);
        NS_TEST_ASSERT_MSG_EQ(widest.has_value(), true, "a route");
        NS_TEST_EXPECT_MSG_EQ(widest->bottleneck, 5, "the first hop is narrow");
        NS_TEST_EXPECT_MSG_EQ(Text(widest->route.kms), "1-2-4", "the cheapest of those");
        const HopCapacity none = [](const KmHop&) { return 0; };
        NS_TEST_EXPECT_MSG_EQ(FindWidestRoute(graph, KmId(1), KmId(4), {}, none).has_value(),
                              false,
                              "nothing to give");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Widest routes of small random graphs.
 */
class WidestTest : public TestCase
{
  public:
    WidestTest()
        : TestCase("widest route against all routes")
    {
    }

  private:
    void DoRun() override
    {
        auto random = CreateObject<UniformRandomVariable>();
        random->SetStream(12);
        uint32_t routes = 0;
        for (uint32_t round = 0; round < 150; ++round)
        {
            const RouteGraph graph = MakeRandomGraph({7, 0.4, 4}, random);
            std::map<KmHop, uint64_t> capacities;
            for (const auto& hop : graph.GetHops({}))
            {
                capacities[hop.first] = random->GetInteger(0, 6);
            }
            RouteFilter filter;
            filter.maxHops = round % 3 == 0 ? 3 : 6;
            std::optional<WideRoute> best;
            const AllRoutes all(graph, KmId(1), KmId(7));
            for (const FoundRoute& route : all.Get())
            {
                const auto hops = HopsOf(route.kms);
                uint64_t least = 1000;
                for (const KmHop& hop : hops)
                {
                    least = std::min(least, capacities[hop]);
                }
                // routes come by cost and KM numbers
                if (hops.size() <= filter.maxHops && least > (best ? best->bottleneck : 0))
                {
                    best = WideRoute{route, least};
                }
            }
            const auto found =
                FindWidestRoute(graph, KmId(1), KmId(7), filter, [&capacities](const KmHop& hop) {
                    return capacities[hop];
                });
            NS_TEST_ASSERT_MSG_EQ(found.has_value(), best.has_value(), "a route exists");
            if (best)
            {
                ++routes;
                NS_TEST_ASSERT_MSG_EQ(found->bottleneck, best->bottleneck, "its bottleneck");
                NS_TEST_ASSERT_MSG_EQ(Text({found->route}), Text({best->route}), "its KMs");
            }
        }
        NS_TEST_EXPECT_MSG_GT(routes, 75, "enough routes were compared");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A controller that compares routes by the levels of pools follows each report.
 */
class PoolCostTest : public TestCase
{
  public:
    PoolCostTest()
        : TestCase("routes by pool level")
    {
    }

  private:
    /// A link as an end reports it.
    static CkLinkState State(uint32_t link, uint32_t neighbour, uint64_t poolBits)
    {
        CkLinkState state;
        state.link = LinkId(link);
        state.neighbour = KmId(neighbour);
        state.neighbourAlive = true;
        state.status = LINK_ACTIVE;
        state.keyRateBps = 1000;
        state.poolBits = poolBits;
        return state;
    }

    void DoRun() override
    {
        // two ways from 1 to 4: over 2, and over 3
        NetworkView view;
        view.Register({KmId(1), {State(12, 2, 4000), State(13, 3, 5000)}}, Time(0));
        view.Register({KmId(2), {State(12, 1, 4000), State(24, 4, 5000)}}, Time(0));
        view.Register({KmId(3), {State(13, 1, 5000), State(34, 4, 5000)}}, Time(0));
        view.Register({KmId(4), {State(24, 2, 5000), State(34, 3, 5000)}}, Time(0));
        const DemandTable demand;
        RoutePlanner planner(view, demand);
        for (uint32_t km = 1; km <= 4; ++km)
        {
            planner.SetReady(KmId(km), true);
        }
        const RouteNeeds needs{KmId(1), KmId(4), 600, {}, {}};
        NS_TEST_EXPECT_MSG_EQ(Text(planner.PlanWorking(needs)->working), "1-2-4", "by hops");
        planner.SetCost(ROUTE_COST_POOL);
        NS_TEST_EXPECT_MSG_EQ(Text(planner.PlanWorking(needs)->working), "1-3-4", "fuller pools");
        view.Report(KmId(3), State(34, 4, 1000), Seconds(1));
        NS_TEST_EXPECT_MSG_EQ(Text(planner.PlanWorking(needs)->working), "1-2-4", "used up");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Cheapest routes one after the other, and widest routes.
 */
class QkdnRoutesShortestTestSuite : public TestSuite
{
  public:
    QkdnRoutesShortestTestSuite()
        : TestSuite("qkdn-routes-shortest", Type::UNIT)
    {
        AddTestCase(new YenTest);
        AddTestCase(new KnownRoutesTest);
        AddTestCase(new WidestTest);
        AddTestCase(new PoolCostTest);
    }
};

static QkdnRoutesShortestTestSuite g_qkdnRoutesShortestTestSuite;
