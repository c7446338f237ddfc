/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-demand-table.h"
#include "ns3/qkdn-network-view.h"
#include "ns3/qkdn-route-computation.h"
#include "ns3/qkdn-route-planner.h"
#include "ns3/random-variable-stream.h"
#include "ns3/test.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

using Kms = std::vector<KmId>;

/// KMs by number.
Kms
Route(const std::vector<uint32_t>& numbers)
{
    Kms kms;
    for (const uint32_t number : numbers)
    {
        kms.emplace_back(number);
    }
    return kms;
}

/// KMs as text.
std::string
Text(const Kms& kms)
{
    std::string text;
    for (const KmId km : kms)
    {
        text += (text.empty() ? "" : "-") + std::to_string(km.value);
    }
    return text;
}

/// A graph of hops with costs.
RouteGraph
Graph(const std::vector<std::tuple<uint32_t, uint32_t, uint64_t>>& hops)
{
    RouteGraph graph;
    for (const auto& [a, b, cost] : hops)
    {
        graph.SetHop(KmHop(KmId(a), KmId(b)), cost);
    }
    return graph;
}

/**
 * @ingroup qkdn-resilience-tests
 * @brief Minimum-sum pairs where the shortest route is a trap, and where no two KMs are apart.
 */
class DisjointRoutesTest : public TestCase
{
  public:
    DisjointRoutesTest()
        : TestCase("minimum-sum disjoint routes")
    {
    }

  private:
    void DoRun() override
    {
        // S = 1, A = 2, B = 3, T = 4: the classical trap, total 8
        const RouteGraph trap = Graph({{1, 2, 1}, {2, 3, 1}, {3, 4, 1}, {1, 3, 3}, {2, 4, 3}});
        NS_TEST_EXPECT_MSG_EQ(Text(trap.FindRoute(KmId(1), KmId(4), {})->kms), "1-2-3-4", "short");
        const auto pair = trap.FindDisjointRoutes(KmId(1), KmId(4), {});
        NS_TEST_ASSERT_MSG_EQ(pair.has_value(), true, "there is a pair");
        NS_TEST_EXPECT_MSG_EQ(Text(pair->first.kms), "1-2-4", "smaller KM numbers first");
        NS_TEST_EXPECT_MSG_EQ(Text(pair->second.kms), "1-3-4", "the other");
        NS_TEST_EXPECT_MSG_EQ(pair->first.cost + pair->second.cost, 8, "golden total");
        NS_TEST_EXPECT_MSG_EQ(pair->nodeDisjoint, true, "no KM in common");

        // two squares that meet in KM 3
        const RouteGraph bow = Graph({{1, 2, 1},
                                      {2, 3, 1},
                                      {1, 4, 1},
                                      {4, 3, 1},
                                      {3, 5, 1},
                                      {5, 7, 1},
                                      {3, 6, 1},
                                      {6, 7, 1}});
        const auto shared = bow.FindDisjointRoutes(KmId(1), KmId(7), {});
        NS_TEST_ASSERT_MSG_EQ(shared.has_value(), true, "disjoint hops exist");
        NS_TEST_EXPECT_MSG_EQ(shared->nodeDisjoint, false, "but KM 3 is on both");
        NS_TEST_EXPECT_MSG_EQ(shared->first.cost + shared->second.cost, 8, "all eight hops");

        const RouteGraph line = Graph({{1, 2, 1}, {2, 3, 1}});
        NS_TEST_EXPECT_MSG_EQ(line.FindDisjointRoutes(KmId(1), KmId(3), {}).has_value(),
                              false,
                              "a line has one route");
        NS_TEST_EXPECT_MSG_EQ(trap.FindDisjointRoutes(KmId(1), KmId(1), {}).has_value(),
                              false,
                              "from a KM to itself");
        NS_TEST_EXPECT_MSG_EQ(trap.FindDisjointRoutes(KmId(1), KmId(9), {}).has_value(),
                              false,
                              "to an unknown KM");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Ties, filters, long routes, limits.
 */
class FindRouteTest : public TestCase
{
  public:
    FindRouteTest()
        : TestCase("cheapest routes under filters")
    {
    }

  private:
    void DoRun() override
    {
        const RouteGraph ring = Graph({{1, 2, 1}, {2, 4, 1}, {4, 3, 1}, {3, 1, 1}});
        NS_TEST_EXPECT_MSG_EQ(Text(ring.FindRoute(KmId(1), KmId(4), {})->kms), "1-2-4", "tie");
        NS_TEST_EXPECT_MSG_EQ(Text(ring.FindRoute(KmId(4), KmId(1), {})->kms), "4-2-1", "tie");
        RouteFilter filter;
        filter.excludedHops = {KmHop(KmId(4), KmId(2))};
        NS_TEST_EXPECT_MSG_EQ(Text(ring.FindRoute(KmId(1), KmId(4), filter)->kms), "1-3-4", "hop");
        filter.excludedKms = {KmId(3)};
        NS_TEST_EXPECT_MSG_EQ(ring.FindRoute(KmId(1), KmId(4), filter).has_value(), false, "none");
        NS_TEST_EXPECT_MSG_EQ(ring.FindRoute(KmId(1), KmId(1), {}).has_value(), false, "itself");
        NS_TEST_EXPECT_MSG_EQ(ring.FindRoute(KmId(1), KmId(7), {}).has_value(), false, "unknown");
        NS_TEST_EXPECT_MSG_EQ(ring.GetCost(Route({1, 2, 4, 3})), 3, "three hops");

        RouteFilter room;
        room.accepts = [](const KmHop& hop) { return !(hop == KmHop(KmId(1), KmId(2))); };
        NS_TEST_EXPECT_MSG_EQ(Text(ring.FindRoute(KmId(1), KmId(4), room)->kms), "1-3-4", "room");

        // seven cheap hops, two dear ones
        RouteGraph longRing = Graph({{1, 2, 9}, {2, 8, 9}});
        for (uint32_t i = 3; i < 8; ++i)
        {
            longRing.SetHop(KmHop(KmId(i), KmId(i + 1)), 1);
        }
        longRing.SetHop(KmHop(KmId(1), KmId(3)), 1);
        NS_TEST_EXPECT_MSG_EQ(Text(longRing.FindRoute(KmId(1), KmId(8), {})->kms),
                              "1-3-4-5-6-7-8",
                              "cheapest");
        RouteFilter limit;
        limit.maxHops = 3;
        NS_TEST_EXPECT_MSG_EQ(Text(longRing.FindRoute(KmId(1), KmId(8), limit)->kms),
                              "1-2-8",
                              "short enough");
        NS_TEST_EXPECT_MSG_EQ(longRing.FindRoute(KmId(1), KmId(8), limit)->cost, 18, "its cost");
        NS_TEST_EXPECT_MSG_EQ(longRing.FindDisjointRoutes(KmId(1), KmId(8), limit).has_value(),
                              false,
                              "one of the pair is too long");
        limit.maxHops = 1;
        NS_TEST_EXPECT_MSG_EQ(longRing.FindRoute(KmId(1), KmId(8), limit).has_value(),
                              false,
                              "none is short enough");
        NS_TEST_EXPECT_MSG_EQ(HopCost(ROUTE_COST_HOPS, {5, 5, 5.0}), 1, "a hop is a hop");
        const auto cost = [](RouteCost by, uint64_t bps, uint64_t bits, double km) {
            return HopCost(by, {bps, bits, km});
        };
        NS_TEST_EXPECT_MSG_EQ(cost(ROUTE_COST_RATE, 1000, 7, 7.0), 1000000000, "1 ms in ps");
        NS_TEST_EXPECT_MSG_EQ(cost(ROUTE_COST_RATE, 0, 7, 7.0), 1000000000000, "as 1 bit/s");
        NS_TEST_EXPECT_MSG_EQ(cost(ROUTE_COST_POOL, 7, 4000, 7.0), 250000000, "1/4000 of it");
        NS_TEST_EXPECT_MSG_EQ(cost(ROUTE_COST_POOL, 7, 0, 7.0), 1000000000000, "as 1 bit");
        NS_TEST_EXPECT_MSG_EQ(cost(ROUTE_COST_LENGTH, 7, 7, 61.63), 61630000, "in mm");
        NS_TEST_EXPECT_MSG_EQ(cost(ROUTE_COST_LENGTH, 7, 7, 0.0), 1, "never 0");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Small random graphs: the same as trying all routes.
 */
class BruteForceTest : public TestCase
{
  public:
    BruteForceTest()
        : TestCase("as good as trying all routes")
    {
    }

  private:
    static constexpr uint32_t KMS = 7; //!< KMs of a graph

    /// All simple routes from the last KM of a route to KM 7.
    void Extend(Kms route, std::vector<std::pair<Kms, uint64_t>>& all, uint64_t cost)
    {
        if (route.back() == KmId(KMS))
        {
            all.emplace_back(route, cost);
            return;
        }
        for (uint32_t next = 1; next <= KMS; ++next)
        {
            const uint64_t hop = m_cost[route.back().value][next];
            if (hop > 0 && std::find(route.begin(), route.end(), KmId(next)) == route.end())
            {
                Kms longer = route;
                longer.emplace_back(next);
                Extend(longer, all, cost + hop);
            }
        }
    }

    /// Whether two routes have no hop, or also no KM, in common.
    static bool IsDisjoint(const Kms& a, const Kms& b, bool kms)
    {
        const auto hops = HopsOf(b);
        for (const KmHop& hop : HopsOf(a))
        {
            if (std::find(hops.begin(), hops.end(), hop) != hops.end())
            {
                return false;
            }
        }
        return !kms || std::none_of(a.begin() + 1, a.end() - 1, [&b](KmId km) {
            return std::find(b.begin() + 1, b.end() - 1, km) != b.end() - 1;
        });
    }

    /// The cheapest pair, if there is one.
    static std::optional<uint64_t> BestPair(const std::vector<std::pair<Kms, uint64_t>>& all,
                                            bool kms)
    {
        std::optional<uint64_t> best;
        for (std::size_t i = 0; i < all.size(); ++i)
        {
            for (std::size_t j = i + 1; j < all.size(); ++j)
            {
                const uint64_t sum = all[i].second + all[j].second;
                if ((!best || sum < *best) && IsDisjoint(all[i].first, all[j].first, kms))
                {
                    best = sum;
                }
            }
        }
        return best;
    }

    void DoRun() override
    {
        auto random = CreateObject<UniformRandomVariable>();
        random->SetStream(1);
        uint32_t pairs = 0;
        uint32_t sharing = 0;
        for (uint32_t round = 0; round < 300; ++round)
        {
            RouteGraph graph;
            for (uint32_t a = 1; a <= KMS; ++a)
            {
                for (uint32_t b = a + 1; b <= KMS; ++b)
                {
                    const bool there = random->GetValue(0.0, 1.0) < 0.4;
                    m_cost[a][b] = m_cost[b][a] = there ? random->GetInteger(1, 4) : 0;
                    if (there)
                    {
                        graph.SetHop(KmHop(KmId(a), KmId(b)), m_cost[a][b]);
                    }
                }
            }
            std::vector<std::pair<Kms, uint64_t>> all;
            Extend({KmId(1)}, all, 0);
            const auto route = graph.FindRoute(KmId(1), KmId(KMS), {});
            NS_TEST_ASSERT_MSG_EQ(route.has_value(), !all.empty(), "a route exists");
            if (route)
            {
                const auto best = std::min_element(all.begin(), all.end(), [](auto& x, auto& y) {
                    return std::tie(x.second, x.first) < std::tie(y.second, y.first);
                });
                NS_TEST_ASSERT_MSG_EQ(Text(route->kms), Text(best->first), "cheapest, first");
                NS_TEST_ASSERT_MSG_EQ(route->cost, best->second, "its cost");
            }
            auto best = BestPair(all, true);
            const bool apart = best.has_value();
            best = apart ? best : BestPair(all, false);
            const auto pair = graph.FindDisjointRoutes(KmId(1), KmId(KMS), {});
            NS_TEST_ASSERT_MSG_EQ(pair.has_value(), best.has_value(), "a pair exists");
            if (pair)
            {
                ++pairs;
                sharing += apart ? 0 : 1;
                NS_TEST_ASSERT_MSG_EQ(pair->first.cost + pair->second.cost, *best, "sum");
                NS_TEST_ASSERT_MSG_EQ(pair->nodeDisjoint, apart, "KMs in common");
                NS_TEST_ASSERT_MSG_EQ(IsDisjoint(pair->first.kms, pair->second.kms, apart),
                                      true,
                                      "disjoint");
            }
        }
        NS_TEST_EXPECT_MSG_GT(pairs, 100, "enough pairs were compared");
        NS_TEST_EXPECT_MSG_GT(sharing, 0, "also some that share a KM");
    }

    uint64_t m_cost[KMS + 1][KMS + 1]{}; //!< cost of each hop, 0 for none
};

/// A link as an end reports it.
CkLinkState
State(uint32_t link, uint32_t neighbour, LinkStatus status = LINK_ACTIVE, uint64_t rate = 1000)
{
    CkLinkState state;
    state.link = LinkId(link);
    state.neighbour = KmId(neighbour);
    state.neighbourAlive = true;
    state.status = status;
    state.keyRateBps = rate;
    state.poolBits = 5000;
    return state;
}

/**
 * @ingroup qkdn-resilience-tests
 * @brief What KMs say makes the view, and what they cannot say does not.
 */
class NetworkViewTest : public TestCase
{
  public:
    NetworkViewTest()
        : TestCase("network view")
    {
    }

  private:
    void DoRun() override
    {
        NetworkView view;
        const KmHop hop(KmId(2), KmId(1));
        NS_TEST_EXPECT_MSG_EQ(view.Report(KmId(1), State(12, 2), Time(0)).has_value(),
                              false,
                              "not registered");
        auto change = view.Register({KmId(1), {State(12, 2), State(13, 2)}}, Seconds(1));
        NS_TEST_ASSERT_MSG_EQ(change.has_value(), true, "possible");
        NS_TEST_EXPECT_MSG_EQ(change->links.size(), 2, "two links");
        NS_TEST_EXPECT_MSG_EQ(change->hops.size(), 0, "one end is not enough");
        change = view.Register({KmId(2), {State(12, 1), State(13, 1, LINK_PASSIVE)}}, Seconds(2));
        NS_TEST_EXPECT_MSG_EQ(change->hops.size(), 1, "usable now");
        NS_TEST_EXPECT_MSG_EQ(change->hasGain, true, "which routes can use");
        NS_TEST_EXPECT_MSG_EQ(view.IsUsable(hop), true, "by one of two links");
        NS_TEST_EXPECT_MSG_EQ(view.GetKeyRateBps(hop), 1000, "of that link");
        view.Report(KmId(2), State(13, 1), Seconds(3));
        NS_TEST_EXPECT_MSG_EQ(view.GetKeyRateBps(hop), 2000, "of both");

        auto state = State(12, 1, LINK_PASSIVE);
        state.poolBits = 70;
        change = view.Report(KmId(2), state, Seconds(4));
        NS_TEST_EXPECT_MSG_EQ(change->hops.size(), 1, "it has less");
        NS_TEST_EXPECT_MSG_EQ(change->hasGain, false, "which is of no use to any route");
        NS_TEST_EXPECT_MSG_EQ(view.GetKeyRateBps(hop), 1000, "of the other");
        NS_TEST_EXPECT_MSG_EQ(view.GetPoolBits(hop), 70, "newest report of the lower end");
        NS_TEST_EXPECT_MSG_EQ(view.GetLinkStatus(LinkId(12)).status, LINK_PASSIVE, "worse end");
        NS_TEST_EXPECT_MSG_EQ(*view.GetReportTime(LinkId(12), KmId(2)), Seconds(4), "last report");

        state.poolLow = true;
        uint64_t version = view.GetVersion();
        change = view.Report(KmId(2), state, Seconds(4));
        NS_TEST_EXPECT_MSG_EQ(change->hops.count(hop), 1, "a low pool changes the hop");
        NS_TEST_EXPECT_MSG_GT(view.GetVersion(), version, "a new version");
        NS_TEST_EXPECT_MSG_EQ(view.GetLowHops().count(hop), 1, "one end says so");
        NS_TEST_EXPECT_MSG_EQ(view.IsUsable(hop), true, "and can be used as before");
        state.poolLow = false;
        view.Report(KmId(2), state, Seconds(4));
        NS_TEST_EXPECT_MSG_EQ(view.GetLowHops().count(hop), 0, "no more");

        auto dead = State(13, 2);
        dead.neighbourAlive = false;
        version = view.GetVersion();
        change = view.Report(KmId(1), dead, Seconds(5));
        NS_TEST_EXPECT_MSG_EQ(change->hops.count(hop), 1, "it changes the hop");
        NS_TEST_EXPECT_MSG_EQ(view.IsUsable(hop), false, "the neighbour is dead");
        NS_TEST_EXPECT_MSG_GT(view.GetVersion(), version, "a new version");
        NS_TEST_EXPECT_MSG_EQ(view.Report(KmId(1), dead, Seconds(6))->links.size(), 0, "no news");

        NS_TEST_EXPECT_MSG_EQ(view.Report(KmId(2), State(12, 3), Seconds(7)).has_value(),
                              false,
                              "the link has other ends");
        NS_TEST_EXPECT_MSG_EQ(view.Report(KmId(2), State(14, 2), Seconds(7)).has_value(),
                              false,
                              "no neighbour of itself");
        NS_TEST_EXPECT_MSG_EQ(
            view.Register({KmId(3), {State(33, 1), State(33, 1)}}, Seconds(7)).has_value(),
            false,
            "one link twice");
        NS_TEST_EXPECT_MSG_EQ(view.IsRegistered(KmId(3)), false, "it changed nothing");

        NS_TEST_EXPECT_MSG_EQ(
            view.Register({KmId(3), {}, {{LinkId(33), 1, {}}}}, Seconds(7)).has_value(),
            false,
            "a link of others is described");
        NS_TEST_EXPECT_MSG_EQ(
            view.Register({KmId(3), {State(33, 4)}, {{LinkId(33), 1, {}}, {LinkId(33), 1, {}}}},
                          Seconds(7))
                .has_value(),
            false,
            "one link is described twice");
        const CkRegistration described{KmId(1),
                                       {State(12, 2), State(13, 2)},
                                       {{LinkId(12), 900, {"a"}}, {LinkId(13), 700, {"b"}}}};
        change = view.Register(described, Seconds(7));
        NS_TEST_EXPECT_MSG_EQ(change->hops.count(hop), 1, "described");
        NS_TEST_EXPECT_MSG_EQ(view.GetLengthM(hop), 700, "the shorter link");
        NS_TEST_EXPECT_MSG_EQ((view.GetRiskGroups(hop) == std::set<std::string>{"a", "b"}),
                              true,
                              "risks of both links");
        version = view.GetVersion();
        view.Register(described, Seconds(7));
        NS_TEST_EXPECT_MSG_EQ(view.GetVersion(), version, "no news");

        view.Register({KmId(1), {State(13, 2)}}, Seconds(8));
        NS_TEST_EXPECT_MSG_EQ(view.GetLengthM(hop), 0, "not described any more");
        NS_TEST_EXPECT_MSG_EQ(view.GetReportTime(LinkId(12), KmId(1)).has_value(),
                              false,
                              "a registration replaces what was said");
        NS_TEST_EXPECT_MSG_EQ(view.IsUsable(hop), true, "the other link is whole again");
        view.Clear();
        NS_TEST_EXPECT_MSG_EQ(view.GetHops().size() + view.GetLinks().size(), 0, "forgotten");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Routes where key rate is scarce.
 */
class RoutePlannerTest : public TestCase
{
  public:
    RoutePlannerTest()
        : TestCase("room on hops")
    {
    }

  private:
    void DoRun() override
    {
        // the ring 1-2-4-3-1
        NetworkView view;
        view.Register({KmId(1), {State(12, 2), State(13, 3)}}, Time(0));
        view.Register({KmId(2), {State(12, 1), State(24, 4)}}, Time(0));
        view.Register({KmId(3), {State(13, 1), State(34, 4)}}, Time(0));
        view.Register({KmId(4), {State(24, 2), State(34, 3)}}, Time(0));
        DemandTable demand;
        RoutePlanner planner(view, demand);
        RouteNeeds needs{KmId(1), KmId(4), 600, {}, {}};
        NS_TEST_EXPECT_MSG_EQ(planner.PlanWorking(needs).has_value(), false, "no KM is ready");
        for (uint32_t km = 1; km <= 4; ++km)
        {
            planner.SetReady(KmId(km), true);
        }
        const auto pair = planner.PlanProtected(needs);
        NS_TEST_EXPECT_MSG_EQ(Text(pair->working) + " " + Text(pair->protection),
                              "1-2-4 1-3-4",
                              "the two sides of the ring");

        const KeyRoute first{RouteId(1), SessionId(1), ROUTE_WORKING, Route({1, 2, 4}), 0};
        demand.Add(first, 600);
        NS_TEST_EXPECT_MSG_EQ(Text(planner.PlanWorking(needs)->working), "1-3-4", "it has room");
        const KeyRoute spare{RouteId(2), SessionId(1), ROUTE_PROTECTION, Route({1, 3, 4}), 0};
        demand.Add(spare, 600);
        NS_TEST_EXPECT_MSG_EQ(Text(planner.PlanWorking(needs)->working), "1-2-4", "no room at all");
        const auto extra =
            planner.PlanExtra(needs,
                              {{KmHop(KmId(1), KmId(3)), 50}, {KmHop(KmId(3), KmId(4)), 70}});
        NS_TEST_EXPECT_MSG_EQ(Text(extra->working), "1-3-4", "over the protection route");
        NS_TEST_EXPECT_MSG_EQ(extra->floorBits, 70, "the larger reserve");

        // recovery: session 1 stops for it, session 3 on the other side need not
        const KeyRoute other{RouteId(3), SessionId(3), ROUTE_WORKING, Route({3, 4}), 0};
        demand.Remove(spare, 600);
        demand.Add(other, 600);
        needs.avoidedHops = {KmHop(KmId(1), KmId(3))};
        const auto plan =
            planner.PlanRecovery(needs,
                                 {},
                                 {{SessionId(3), {{other, 600}}}, {SessionId(1), {{first, 600}}}});
        NS_TEST_EXPECT_MSG_EQ(Text(plan->routes.at(0).kms), "1-2-4", "avoids the failed hop");
        NS_TEST_ASSERT_MSG_EQ(plan->suspend.size(), 1, "one has to stop");
        NS_TEST_EXPECT_MSG_EQ(plan->suspend[0], SessionId(1), "that on the route");
        NS_TEST_EXPECT_MSG_EQ(planner.PlanRecovery(needs, {{first, 600}}, {})->suspend.size(),
                              0,
                              "its own route takes no room");
        NS_TEST_EXPECT_MSG_EQ(demand.GetUsed(KmHop(KmId(4), KmId(3)), ROUTE_EXTRA), 600, "used");
        NS_TEST_EXPECT_MSG_EQ(Text(planner.PlanProtection(needs, Route({1, 2, 4}))), "", "none");
    }
};

/// The suite.
class RouteComputationTestSuite : public TestSuite
{
  public:
    RouteComputationTestSuite()
        : TestSuite("qkdn-route-computation", Type::UNIT)
    {
        AddTestCase(new DisjointRoutesTest);
        AddTestCase(new FindRouteTest);
        AddTestCase(new BruteForceTest);
        AddTestCase(new NetworkViewTest);
        AddTestCase(new RoutePlannerTest);
    }
};

RouteComputationTestSuite g_routeComputationTestSuite; //!< the suite

} // namespace
