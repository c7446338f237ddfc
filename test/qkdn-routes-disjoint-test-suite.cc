/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-routes-fixture.h"

#include "ns3/qkdn-risk-disjoint-routes.h"
#include "ns3/test.h"

using namespace ns3;
using namespace ns3::qkdn;
using namespace ns3::qkdn::routes_test;

/**
 * @ingroup qkdn-resilience-tests
 * @brief The shortest route of the classical trap leaves no other.
 */
class TrapTest : public TestCase
{
  public:
    TrapTest()
        : TestCase("trap topology")
    {
    }

  private:
    void DoRun() override
    {
        // S = 1, A = 2, B = 3, T = 4
        RouteGraph trap;
        for (const auto& [a, b, cost] :
             {std::tuple(1, 2, 1), {2, 3, 1}, {3, 4, 1}, {1, 3, 3}, {2, 4, 3}})
        {
            trap.SetHop(KmHop(KmId(a), KmId(b)), cost);
        }
        const auto shortest = trap.FindRoute(KmId(1), KmId(4), {});
        NS_TEST_EXPECT_MSG_EQ(Text(shortest->kms), "1-2-3-4", "the trap");
        RouteFilter beside;
        const auto hops = HopsOf(shortest->kms);
        beside.excludedHops = {hops.begin(), hops.end()};
        NS_TEST_EXPECT_MSG_EQ(trap.FindRoute(KmId(1), KmId(4), beside).has_value(),
                              false,
                              "searching again without it finds nothing");
        const std::string pair = "1-2-4=4 1-3-4=4";
        NS_TEST_EXPECT_MSG_EQ(Text(trap.FindCheapestTuple(KmId(1), KmId(4), {}, 2, false)),
                              pair,
                              "hops");
        NS_TEST_EXPECT_MSG_EQ(Text(trap.FindCheapestTuple(KmId(1), KmId(4), {}, 2, true)),
                              pair,
                              "KMs");
        RiskDisjointRoutes search(trap);
        NS_TEST_EXPECT_MSG_EQ(Text(search.Find(KmId(1), KmId(4), {}, 2).routes), pair, "risks");
        // a bridge under S-A and B-T leaves S-B-A-T alone, and so no pair
        trap.SetRiskGroups(KmHop(KmId(1), KmId(2)), {"bridge"});
        trap.SetRiskGroups(KmHop(KmId(3), KmId(4)), {"bridge"});
        const auto none = search.Find(KmId(1), KmId(4), {}, 2);
        NS_TEST_EXPECT_MSG_EQ(none.routes.size(), 0, "one route would take both");
        NS_TEST_EXPECT_MSG_EQ(none.exact, true, "and that is sure");
        // with a way around there is one
        trap.SetHop(KmHop(KmId(1), KmId(5)), 20);
        trap.SetHop(KmHop(KmId(4), KmId(5)), 20);
        const auto around = search.Find(KmId(1), KmId(4), {}, 2);
        NS_TEST_EXPECT_MSG_EQ(Text(around.routes), "1-2-3-4=3 1-5-4=40", "both hops on one route");
        NS_TEST_EXPECT_MSG_EQ(around.exact, true, "and that is sure");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Pairs, triples and quadruples of small random graphs, without common hops or KMs: what
 * several routes of a session are allocated with (G-C1).
 */
class DisjointTupleTest : public TestCase
{
  public:
    DisjointTupleTest()
        : TestCase("disjoint routes against all routes")
    {
    }

  private:
    void DoRun() override
    {
        auto random = CreateObject<UniformRandomVariable>();
        random->SetStream(13);
        std::map<std::size_t, uint32_t> found;
        uint32_t missing = 0;
        for (uint32_t round = 0; round < 150; ++round)
        {
            const RouteGraph graph =
                MakeRandomGraph({6 + round % 2, round % 3 == 0 ? 0.7 : 0.4, 9}, random);
            const KmId from(round % 2 == 0 ? 1 : 6);
            const KmId to(round % 2 == 0 ? 6 : 1);
            const AllRoutes all(graph, from, to);
            for (const bool kms : {false, true})
            {
                for (std::size_t count = 1; count <= 4; ++count)
                {
                    const auto least = all.FindLeast(count, kms, false);
                    const auto routes = graph.FindCheapestTuple(from, to, {}, count, kms);
                    NS_TEST_ASSERT_MSG_EQ((routes.size() == count), least.has_value(), "existence");
                    NS_TEST_ASSERT_MSG_EQ(RiskDisjointRoutes(graph, kms).AreDisjoint(routes),
                                          true,
                                          Text(routes));
                    if (!least)
                    {
                        ++missing;
                        continue;
                    }
                    ++found[count];
                    NS_TEST_ASSERT_MSG_EQ(SumOf(routes), *least, "least cost");
                    for (const FoundRoute& route : routes)
                    {
                        NS_TEST_ASSERT_MSG_EQ(graph.GetCost(route.kms), route.cost, "its cost");
                    }
                }
            }
        }
        NS_TEST_EXPECT_MSG_GT(found[2], 150, "enough pairs");
        NS_TEST_EXPECT_MSG_GT(found[3], 50, "enough triples");
        NS_TEST_EXPECT_MSG_GT(found[4], 10, "enough quadruples");
        NS_TEST_EXPECT_MSG_GT(missing, 100, "also graphs without");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Pairs and triples without common risk groups, of small random graphs.
 */
class RiskDisjointTest : public TestCase
{
  public:
    RiskDisjointTest()
        : TestCase("risk-group-disjoint routes against all routes")
    {
    }

  private:
    void DoRun() override
    {
        auto random = CreateObject<UniformRandomVariable>();
        random->SetStream(14);
        uint32_t found = 0;
        uint32_t missing = 0;
        uint32_t searched = 0;
        for (uint32_t round = 0; round < 120; ++round)
        {
            GraphShape shape{6 + round % 2, 0.6, 9, 5, round % 3 == 0 ? 0.25 : 0.12};
            const RouteGraph graph = MakeRandomGraph(shape, random);
            const KmId from(round % 2 == 0 ? 1 : 6);
            const KmId to(round % 2 == 0 ? 6 : 1);
            const AllRoutes all(graph, from, to);
            for (const std::size_t count : {2, 3})
            {
                const bool kms = round % 4 == 1;
                const auto least = all.FindLeast(count, kms, true);
                RiskDisjointRoutes search(graph, kms);
                const auto tuple = search.Find(from, to, {}, count);
                NS_TEST_ASSERT_MSG_EQ(tuple.exact, true, "small enough");
                NS_TEST_ASSERT_MSG_EQ(tuple.routes.size(), (least ? count : 0), "existence");
                NS_TEST_ASSERT_MSG_EQ(search.AreDisjoint(tuple.routes), true, Text(tuple.routes));
                searched += tuple.steps > 0 ? 1 : 0;
                found += least ? 1 : 0;
                missing += least ? 0 : 1;
                RiskDisjointRoutes quick(graph, kms, 0);
                const auto guess = quick.Find(from, to, {}, count);
                NS_TEST_ASSERT_MSG_EQ(search.AreDisjoint(guess.routes), true, Text(guess.routes));
                if (least)
                {
                    NS_TEST_ASSERT_MSG_EQ(SumOf(tuple.routes), *least, "least cost");
                    const bool worse = guess.routes.empty() || SumOf(guess.routes) > *least;
                    NS_TEST_ASSERT_MSG_EQ(worse && guess.exact, false, "it says so");
                }
                else
                {
                    NS_TEST_ASSERT_MSG_EQ(guess.routes.size(), 0, "none exist");
                }
            }
        }
        NS_TEST_EXPECT_MSG_GT(found, 60, "enough were compared");
        NS_TEST_EXPECT_MSG_GT(missing, 20, "also graphs without");
        NS_TEST_EXPECT_MSG_GT(searched, 40, "the search was needed");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A limit of hops, searches that are given up, and graphs that are too large.
 */
class RiskLimitsTest : public TestCase
{
  public:
    RiskLimitsTest()
        : TestCase("limits of the search for risk-group-disjoint routes")
    {
    }

  private:
    /// A grid of KMs whose hops are in random groups of two.
    static RouteGraph MakeGrid(uint32_t side, int64_t stream)
    {
        auto random = CreateObject<UniformRandomVariable>();
        random->SetStream(stream);
        RouteGraph graph;
        for (uint32_t i = 0; i < side * side; ++i)
        {
            for (const uint32_t other : {i % side + 1 < side ? i + 1 : i, i + side})
            {
                if (other != i && other < side * side)
                {
                    const KmHop hop{KmId(i + 1), KmId(other + 1)};
                    graph.SetHop(hop, random->GetInteger(1, 20));
                    graph.SetRiskGroups(
                        hop,
                        {"g" + std::to_string(random->GetInteger(0, side * side - 1))});
                }
            }
        }
        return graph;
    }

    void DoRun() override
    {
        auto random = CreateObject<UniformRandomVariable>();
        random->SetStream(16);
        uint32_t limited = 0;
        for (uint32_t round = 0; round < 60; ++round)
        {
            const RouteGraph graph = MakeRandomGraph({6, 0.7, 30, 5, 0.12}, random);
            RouteFilter filter;
            filter.maxHops = 2 + round % 2;
            std::optional<uint64_t> least;
            std::vector<FoundRoute> within;
            const AllRoutes all(graph, KmId(1), KmId(6));
            for (const FoundRoute& route : all.Get())
            {
                if (route.kms.size() - 1 <= filter.maxHops)
                {
                    within.push_back(route);
                }
            }
            RiskDisjointRoutes search(graph);
            for (std::size_t i = 0; i < within.size(); ++i)
            {
                for (std::size_t j = 0; j < i; ++j)
                {
                    const uint64_t sum = within[i].cost + within[j].cost;
                    if ((!least || sum < *least) && search.AreDisjoint({within[i], within[j]}))
                    {
                        least = sum;
                    }
                }
            }
            const auto tuple = search.Find(KmId(1), KmId(6), filter, 2);
            NS_TEST_ASSERT_MSG_EQ(tuple.exact, true, "small enough");
            NS_TEST_ASSERT_MSG_EQ(!tuple.routes.empty(), least.has_value(), "existence");
            NS_TEST_ASSERT_MSG_EQ(SumOf(tuple.routes), least.value_or(0), "least cost");
            limited += least ? 1 : 0;
        }
        NS_TEST_EXPECT_MSG_GT(limited, 20, "enough were compared");

        uint32_t heuristicWorse = 0;
        for (int64_t stream = 20; stream < 30; ++stream)
        {
            const RouteGraph grid = MakeGrid(6, stream);
            RiskDisjointRoutes search(grid);
            const auto best = search.Find(KmId(1), KmId(36), {}, 2);
            NS_TEST_EXPECT_MSG_EQ(best.exact, true, "a grid of 6 x 6 is small enough");
            RiskDisjointRoutes quick(grid, false, 0);
            const auto guess = quick.Find(KmId(1), KmId(36), {}, 2);
            NS_TEST_EXPECT_MSG_EQ(search.AreDisjoint(guess.routes), true, "right");
            const bool worse = !best.routes.empty() &&
                               (guess.routes.empty() || SumOf(guess.routes) > SumOf(best.routes));
            heuristicWorse += worse ? 1 : 0;
            NS_TEST_EXPECT_MSG_EQ(worse && guess.exact, false, "it says so");
        }
        NS_TEST_EXPECT_MSG_GT(heuristicWorse, 0, "the search is worth it");

        const RouteGraph grid = MakeGrid(6, 20);
        RiskDisjointRoutes shortSearch(grid, false, 5);
        const auto givenUp = shortSearch.Find(KmId(1), KmId(36), {}, 2);
        NS_TEST_EXPECT_MSG_EQ(givenUp.exact, false, "given up");
        NS_TEST_EXPECT_MSG_EQ(givenUp.steps, 5, "after so many steps");
        RiskDisjointRoutes fullSearch(grid);
        const auto full = fullSearch.Find(KmId(1), KmId(36), {}, 2);
        NS_TEST_ASSERT_MSG_EQ(full.routes.size(), 2, "a pair");
        NS_TEST_EXPECT_MSG_EQ(givenUp.routes.empty() || SumOf(givenUp.routes) >= SumOf(full.routes),
                              true,
                              "the search does not do worse");

        const RouteGraph large = MakeGrid(24, 20);
        NS_TEST_ASSERT_MSG_GT(large.GetHops({}).size(), RiskDisjointRoutes::EXACT_HOPS, "large");
        RiskDisjointRoutes largeSearch(large);
        const auto guess = largeSearch.Find(KmId(1), KmId(24 * 24), {}, 2);
        NS_TEST_EXPECT_MSG_EQ(guess.exact, false, "a heuristic");
        NS_TEST_EXPECT_MSG_EQ(guess.steps, 0, "without a search");
        NS_TEST_EXPECT_MSG_EQ(largeSearch.AreDisjoint(guess.routes), true, "what it has is right");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Disjoint routes.
 */
class QkdnRoutesDisjointTestSuite : public TestSuite
{
  public:
    QkdnRoutesDisjointTestSuite()
        : TestSuite("qkdn-routes-disjoint", Type::UNIT)
    {
        AddTestCase(new TrapTest);
        AddTestCase(new DisjointTupleTest);
        AddTestCase(new RiskDisjointTest);
        AddTestCase(new RiskLimitsTest);
    }
};

static QkdnRoutesDisjointTestSuite g_qkdnRoutesDisjointTestSuite;
