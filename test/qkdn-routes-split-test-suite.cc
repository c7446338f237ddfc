/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-routes-fixture.h"

#include "ns3/qkdn-multi-path-split.h"
#include "ns3/test.h"

using namespace ns3;
using namespace ns3::qkdn;
using namespace ns3::qkdn::routes_test;

namespace
{

/// What hops have to give.
using Capacities = std::map<KmHop, uint64_t>;

/// Shares as text.
std::string
Text(const MultiPathSplit& split)
{
    std::string text;
    for (const RouteShare& share : split.shares)
    {
        text += (text.empty() ? "" : " ") + routes_test::Text(share.route.kms) + ":" +
                std::to_string(share.units);
    }
    return text;
}

/// The capacities as a function.
HopCapacity
Giving(const Capacities& capacities)
{
    return [&capacities](const KmHop& hop) { return capacities.at(hop); };
}

/// What the shares leave of the capacities; none if it is too little.
std::optional<Capacities>
LeftBy(const MultiPathSplit& split, Capacities capacities)
{
    for (const RouteShare& share : split.shares)
    {
        for (const KmHop& hop : HopsOf(share.route.kms))
        {
            if (capacities.at(hop) < share.units)
            {
                return std::nullopt;
            }
            capacities.at(hop) -= share.units;
        }
    }
    return capacities;
}

/// The narrowest cut between the first and the last KM, by trying all.
uint64_t
FindNarrowestCut(const Capacities& capacities, uint32_t kms)
{
    uint64_t narrowest = 1000000;
    for (uint32_t side = 0; side < (1U << kms); ++side)
    {
        const auto isOnSide = [side](KmId km) { return (side >> (km.value - 1)) % 2 == 1; };
        if (!isOnSide(KmId(1)) || isOnSide(KmId(kms)))
        {
            continue;
        }
        uint64_t width = 0;
        for (const auto& [hop, capacity] : capacities)
        {
            width += isOnSide(hop.low) != isOnSide(hop.high) ? capacity : 0;
        }
        narrowest = std::min(narrowest, width);
    }
    return narrowest;
}

/**
 * @brief Whether moving units around a circle would cost less: then a flow is not the cheapest.
 *
 * The rounds of Bellman and Ford do not come to an end exactly if there is such a circle.
 */
bool
HasCheaperCircle(const RouteGraph& graph, const MultiPathSplit& split, const Capacities& capacities)
{
    std::map<std::pair<KmId, KmId>, int64_t> flow;
    for (const RouteShare& share : split.shares)
    {
        for (std::size_t i = 1; i < share.route.kms.size(); ++i)
        {
            const auto units = static_cast<int64_t>(share.units);
            flow[{share.route.kms[i - 1], share.route.kms[i]}] += units;
            flow[{share.route.kms[i], share.route.kms[i - 1]}] -= units;
        }
    }
    std::map<KmId, int64_t> distance;
    bool changed = true;
    for (std::size_t round = 0; changed && round < 20; ++round)
    {
        changed = false;
        for (const auto& [hop, cost] : graph.GetHops({}))
        {
            for (const auto& [a, b] : {std::pair(hop.low, hop.high), {hop.high, hop.low}})
            {
                // taking back costs less, going on costs more
                const int64_t back = flow[{b, a}];
                const auto signedCost = static_cast<int64_t>(cost);
                const int64_t step = back > 0 ? -signedCost : signedCost;
                const bool room = back > 0 || -back < static_cast<int64_t>(capacities.at(hop));
                if (room && distance[a] + step < distance[b])
                {
                    distance[b] = distance[a] + step;
                    changed = true;
                }
            }
        }
    }
    return changed;
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Splits that can be worked out by hand.
 */
class KnownSplitTest : public TestCase
{
  public:
    KnownSplitTest()
        : TestCase("three routes of different cost")
    {
    }

  private:
    void DoRun() override
    {
        // over KM 2: 5 at cost 2; over KM 3: 7 at cost 4; over KMs 4 and 5: 2 at cost 3
        RouteGraph graph;
        Capacities capacities;
        for (const auto& [a, b, cost, capacity] : {std::tuple(1, 2, 1, 5),
                                                   {2, 6, 1, 9},
                                                   {1, 3, 2, 8},
                                                   {3, 6, 2, 7},
                                                   {1, 4, 1, 2},
                                                   {4, 5, 1, 2},
                                                   {5, 6, 1, 2}})
        {
            const KmHop hop{KmId(a), KmId(b)};
            graph.SetHop(hop, cost);
            capacities[hop] = capacity;
        }
        const auto split = [&](uint64_t units, std::size_t most, const RouteFilter& filter) {
            return SplitOverRoutes(graph,
                                   KmId(1),
                                   KmId(6),
                                   filter,
                                   Giving(capacities),
                                   units,
                                   most);
        };
        NS_TEST_EXPECT_MSG_EQ(Text(split(4, 9, {})), "1-2-6:4", "one is enough");
        NS_TEST_EXPECT_MSG_EQ(Text(split(6, 9, {})), "1-2-6:5 1-4-5-6:1", "the next is longer");
        NS_TEST_EXPECT_MSG_EQ(Text(split(10, 9, {})), "1-2-6:5 1-3-6:3 1-4-5-6:2", "all three");
        NS_TEST_EXPECT_MSG_EQ_TOL(split(10, 9, {}).GetCost(), 28.0, 1e-9, "5*2 + 3*4 + 2*3");
        NS_TEST_EXPECT_MSG_EQ(split(10, 9, {}).exact, true, "sure");
        NS_TEST_EXPECT_MSG_EQ(split(100, 9, {}).units, 14, "all there is");
        NS_TEST_EXPECT_MSG_EQ(Text(split(10, 2, {})), "1-3-6:7 1-2-6:3", "the two widest");
        NS_TEST_EXPECT_MSG_EQ(split(10, 2, {}).exact, false, "not sure");
        RouteFilter limit;
        limit.maxHops = 2;
        NS_TEST_EXPECT_MSG_EQ(split(100, 9, limit).units, 12, "without the long route");
        NS_TEST_EXPECT_MSG_EQ(split(0, 9, {}).shares.size(), 0, "no demand");
        capacities[KmHop(KmId(1), KmId(2))] = 0;
        RouteFilter without;
        without.excludedKms = {KmId(3), KmId(5)};
        NS_TEST_EXPECT_MSG_EQ(split(3, 9, without).units, 0, "no room");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief As much as the narrowest cut lets through, at the least cost.
 */
class RandomSplitTest : public TestCase
{
  public:
    RandomSplitTest()
        : TestCase("splits against all cuts")
    {
    }

  private:
    static constexpr uint32_t KMS = 7; //!< KMs of a graph

    void DoRun() override
    {
        auto random = CreateObject<UniformRandomVariable>();
        random->SetStream(17);
        uint32_t several = 0;
        uint32_t limited = 0;
        for (uint32_t round = 0; round < 150; ++round)
        {
            const RouteGraph graph = MakeRandomGraph({KMS, 0.6, 9}, random);
            Capacities capacities;
            for (const auto& hop : graph.GetHops({}))
            {
                capacities[hop.first] = random->GetInteger(0, 12);
            }
            const uint64_t cut = FindNarrowestCut(capacities, KMS);
            for (const uint64_t units : {uint64_t{5}, uint64_t{1000}})
            {
                const auto split =
                    SplitOverRoutes(graph, KmId(1), KmId(KMS), {}, Giving(capacities), units, 100);
                NS_TEST_ASSERT_MSG_EQ(split.exact, true, "any number of routes");
                NS_TEST_ASSERT_MSG_EQ(split.units, std::min(units, cut), Text(split));
                NS_TEST_ASSERT_MSG_EQ(LeftBy(split, capacities).has_value(), true, "fits");
                NS_TEST_ASSERT_MSG_EQ(HasCheaperCircle(graph, split, capacities),
                                      false,
                                      "least cost of " << Text(split));
                several += split.shares.size() > 1 ? 1 : 0;
                const auto few =
                    SplitOverRoutes(graph, KmId(1), KmId(KMS), {}, Giving(capacities), units, 2);
                NS_TEST_ASSERT_MSG_LT_OR_EQ(few.shares.size(), 2, "two at most");
                NS_TEST_ASSERT_MSG_LT_OR_EQ(few.units, split.units, "no more than possible");
                NS_TEST_ASSERT_MSG_EQ(LeftBy(few, capacities).has_value(), true, "fits too");
                NS_TEST_ASSERT_MSG_EQ(few.exact, (split.shares.size() <= 2), "it says so");
                NS_TEST_ASSERT_MSG_EQ((few.units > 0), (split.units > 0), "the best it can");
                limited += few.exact ? 0 : 1;
            }
        }
        NS_TEST_EXPECT_MSG_GT(several, 100, "several routes were needed");
        NS_TEST_EXPECT_MSG_GT(limited, 50, "and often more than two");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Demands that are split over routes.
 */
class QkdnRoutesSplitTestSuite : public TestSuite
{
  public:
    QkdnRoutesSplitTestSuite()
        : TestSuite("qkdn-routes-split", Type::UNIT)
    {
        AddTestCase(new KnownSplitTest);
        AddTestCase(new RandomSplitTest);
    }
};

static QkdnRoutesSplitTestSuite g_qkdnRoutesSplitTestSuite;
