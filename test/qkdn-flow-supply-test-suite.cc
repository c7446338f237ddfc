/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-flow-network.h"
#include "ns3/random-variable-stream.h"
#include "ns3/test.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// A source of some bit/s, in blocks of a second.
FlowSource
BitsPerSecond(uint64_t bps)
{
    return FlowSource{bps, Seconds(1)};
}

/// A demand of some bit/s.
FlowDemand
Demand(uint64_t bps, uint32_t priority = 0, bool extra = false)
{
    FlowDemand demand;
    demand.rate = static_cast<FlowRate>(bps) * FLOW_BIT_PER_SECOND;
    demand.priority = priority;
    demand.extra = extra;
    return demand;
}

/// A route over some pools, without tags.
FlowPath
Over(const std::vector<uint32_t>& pools, uint64_t floorBits = 0)
{
    FlowPath route;
    route.pools = pools;
    route.floorBits = floorBits;
    return route;
}

/// A rate in bit/s.
double
Bps(FlowRate rate)
{
    return static_cast<double>(rate) / static_cast<double>(FLOW_BIT_PER_SECOND);
}

/**
 * @brief Let a network flow from crossing to crossing.
 * @param network the network
 * @param now the time now
 * @param end when to stop
 * @return the crossings
 */
std::vector<Time>
FlowUntil(FlowNetwork& network, Time now, Time end)
{
    std::vector<Time> crossings;
    network.Advance(now);
    network.Allocate();
    for (auto next = network.NextCrossing(); next && *next < end; next = network.NextCrossing())
    {
        network.Advance(*next);
        network.Allocate();
        crossings.push_back(*next);
    }
    network.Advance(end);
    return crossings;
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief One QKD link whose pool one session uses.
 */
class FlowOneLinkTest : public TestCase
{
  public:
    FlowOneLinkTest()
        : TestCase("One link: demand below, at and above its rate, and a pool that is full")
    {
    }

  private:
    void DoRun() override
    {
        TestBelow();
        TestAbove();
        TestReserve();
        TestFull();
        TestManyFull();
    }

    /// Pools that are full stay so, and nothing happens, however the rates of flows interleave.
    void TestManyFull()
    {
        constexpr uint32_t POOLS = 40;
        constexpr uint64_t CAPACITY = 100000;
        FlowNetwork network;
        for (uint32_t i = 0; i < POOLS; ++i)
        {
            network.AddPool(CAPACITY, 0);
            network.SetSource(network.AddLink(i, CAPACITY - 1 - i % 2), BitsPerSecond(6000 + i));
        }
        for (uint32_t i = 0; i < POOLS; ++i)
        {
            const uint32_t second = (i + 1) % POOLS;
            network.SetDemand(network.AddSession(),
                              Demand(251 + 7 * i),
                              {Over({i, second, (i + 2) % POOLS})});
        }
        std::size_t crossings = 0;
        network.Allocate();
        for (auto next = network.NextCrossing(); next && *next < Hours(1) && crossings < 10000;
             next = network.NextCrossing())
        {
            network.Advance(*next);
            network.Allocate();
            ++crossings;
        }
        NS_TEST_EXPECT_MSG_LT(crossings, 2 * POOLS, "no event for each bit");
        network.Advance(Hours(1));
        for (uint32_t i = 0; i < POOLS; ++i)
        {
            NS_TEST_EXPECT_MSG_EQ(network.GetLevel(i), CAPACITY, "full");
        }
    }

    /// The pool fills with the difference.
    void TestBelow()
    {
        FlowNetwork network;
        const uint32_t pool = network.AddPool(1000000, 0);
        const uint32_t link = network.AddLink(pool, 500);
        const uint32_t session = network.AddSession();
        network.SetSource(link, BitsPerSecond(1000));
        network.SetDemand(session, Demand(400), {Over({pool})});
        FlowUntil(network, Time(0), Seconds(100));
        NS_TEST_EXPECT_MSG_EQ(network.IsMet(session), true, "met");
        NS_TEST_EXPECT_MSG_EQ(network.GetSupplied(session), 40000, "supplied");
        NS_TEST_EXPECT_MSG_EQ(network.GetLevel(pool), 500 + 60000, "level");
        NS_TEST_EXPECT_MSG_EQ(network.GetBook(link).Balances(), true, "book");
        NS_TEST_EXPECT_MSG_EQ(network.GetBook(link).Get(KEY_RELAY_WORKING), 40000, "booked");
    }

    /// What there is lasts level / (demand - rate), then the session gets the rate.
    void TestAbove()
    {
        FlowNetwork network;
        const uint32_t pool = network.AddPool(1000000, 0);
        const uint32_t link = network.AddLink(pool, 6000);
        const uint32_t session = network.AddSession();
        network.SetSource(link, BitsPerSecond(1000));
        network.SetDemand(session, Demand(1500), {Over({pool})});
        network.Allocate();
        NS_TEST_EXPECT_MSG_EQ(network.IsMet(session), true, "met while the pool lasts");
        NS_TEST_ASSERT_MSG_EQ(network.NextCrossing().has_value(), true, "the pool runs out");
        NS_TEST_EXPECT_MSG_EQ(*network.NextCrossing(), Seconds(12), "when it is empty");
        FlowUntil(network, Time(0), Seconds(112));
        NS_TEST_EXPECT_MSG_EQ(network.IsMet(session), false, "not met");
        NS_TEST_EXPECT_MSG_EQ_TOL(Bps(network.GetRate(session)), 1000.0, 1e-6, "gets the rate");
        NS_TEST_EXPECT_MSG_EQ_TOL(static_cast<double>(network.GetSupplied(session)),
                                  6000.0 + 112 * 1000,
                                  6.0,
                                  "all that there was");
    }

    /// Only tags may take what is reserved; what comes goes there first.
    void TestReserve()
    {
        FlowNetwork network;
        const uint32_t pool = network.AddPool(1000000, 2000);
        const uint32_t link = network.AddLink(pool, 0);
        const uint32_t session = network.AddSession();
        network.SetSource(link, BitsPerSecond(1000));
        network.SetDemand(session, Demand(1500), {Over({pool})});
        const std::vector<Time> crossings = FlowUntil(network, Time(0), Seconds(10));
        NS_TEST_EXPECT_MSG_EQ_TOL(static_cast<double>(network.GetSupplied(session)),
                                  8000.0,
                                  8.0,
                                  "what is above the reserve");
        NS_TEST_EXPECT_MSG_EQ_TOL(static_cast<double>(network.GetLevel(pool)),
                                  2000.0,
                                  8.0,
                                  "the reserve is there");
        NS_TEST_EXPECT_MSG_LT(crossings.size(), 20U, "few crossings");
    }

    /// A full pool takes what leaves it.
    void TestFull()
    {
        FlowNetwork network;
        const uint32_t pool = network.AddPool(5000, 0);
        const uint32_t link = network.AddLink(pool, 0);
        const uint32_t session = network.AddSession();
        network.SetSource(link, BitsPerSecond(1000));
        network.SetDemand(session, Demand(600), {Over({pool})});
        FlowUntil(network, Time(0), Seconds(1000));
        NS_TEST_EXPECT_MSG_EQ(network.GetLevel(pool), 5000, "full");
        NS_TEST_EXPECT_MSG_EQ(network.GetSupplied(session), 600000, "supplied");
        NS_TEST_EXPECT_MSG_EQ(network.GetBook(link).GetGenerated(), 605000, "what it took");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Pools bridge an outage.
 */
class FlowBridgingTest : public TestCase
{
  public:
    FlowBridgingTest()
        : TestCase("A pool bridges an outage: without key for outage less level by demand")
    {
    }

  private:
    void DoRun() override
    {
        for (const uint64_t level : {0, 700, 5000, 9999, 10000, 20000})
        {
            for (const uint64_t tag : {0, 96})
            {
                TestOutage(level, tag);
            }
        }
    }

    /// An outage of 20 s with a demand of 500 bit/s of key over two hops.
    void TestOutage(uint64_t level, uint64_t tag)
    {
        FlowNetwork network;
        const uint32_t first = network.AddPool(1000000, 0);
        const uint32_t second = network.AddPool(1000000, 0);
        network.AddLink(first, level);
        const uint32_t link = network.AddLink(second, 1000000);
        const uint32_t session = network.AddSession();
        FlowPath route = Over({first, second});
        route.tagBits = tag;
        route.tagKeyBits = 256;
        network.SetDemand(session, Demand(500), {route});
        network.SetSource(link, BitsPerSecond(500));
        network.Allocate();
        Time without;
        bool met = network.IsMet(session);
        Time since;
        for (Time now; now < Seconds(20);)
        {
            const Time next = network.NextCrossing().value_or(Seconds(20));
            now = std::min(next, Seconds(20));
            without += met ? Time(0) : now - since;
            since = now;
            network.Advance(now);
            network.Allocate();
            met = network.IsMet(session);
        }
        const double cost = 500.0 * (1.0 + static_cast<double>(tag) / 256);
        const double expected = std::max(0.0, 20.0 - static_cast<double>(level) / cost);
        // a flow ends up to a bit for itself and one for its tags before the last one
        NS_TEST_EXPECT_MSG_EQ_TOL(without.GetSeconds(),
                                  expected,
                                  4.0 / cost + 1e-9,
                                  level << " bits, tags of " << tag);
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What is too little is shared.
 */
class FlowSharingTest : public TestCase
{
  public:
    FlowSharingTest()
        : TestCase("An empty pool: by priority, then equally, extra traffic last; several routes")
    {
    }

  private:
    void DoRun() override
    {
        TestEqually();
        TestByPriority();
        TestExtra();
        TestMaxMin();
        TestShares();
        TestUnusedShares();
        TestSplit();
    }

    /// An empty pool with a link of 900 bit/s.
    uint32_t AddEmpty(FlowNetwork& network, uint64_t bps, uint64_t initial = 0)
    {
        const uint32_t pool = network.AddPool(1000000, 0);
        network.SetSource(network.AddLink(pool, initial), BitsPerSecond(bps));
        return pool;
    }

    /// Who asks for less than its part gets it, the others share the rest.
    void TestEqually()
    {
        FlowNetwork network;
        const uint32_t pool = AddEmpty(network, 900);
        for (const uint64_t bps : {100, 1000, 2000})
        {
            network.SetDemand(network.AddSession(), Demand(bps), {Over({pool})});
        }
        network.Allocate();
        NS_TEST_EXPECT_MSG_EQ_TOL(Bps(network.GetRate(0)), 100.0, 1e-6, "small demand");
        NS_TEST_EXPECT_MSG_EQ_TOL(Bps(network.GetRate(1)), 400.0, 1e-6, "equal part");
        NS_TEST_EXPECT_MSG_EQ_TOL(Bps(network.GetRate(2)), 400.0, 1e-6, "equal part");
        NS_TEST_EXPECT_MSG_EQ(network.IsMet(0), true, "met");
        NS_TEST_EXPECT_MSG_EQ(network.IsMet(1), false, "not met");
        NS_TEST_EXPECT_MSG_EQ_TOL(Bps(network.GetMissingRate(pool)), 2200.0, 1e-6, "missing");
    }

    /// A higher priority has all that it asks for.
    void TestByPriority()
    {
        FlowNetwork network;
        const uint32_t pool = AddEmpty(network, 900);
        network.SetDemand(network.AddSession(), Demand(500, 1), {Over({pool})});
        network.SetDemand(network.AddSession(), Demand(500, 3), {Over({pool})});
        network.SetDemand(network.AddSession(), Demand(500, 2), {Over({pool})});
        network.Allocate();
        NS_TEST_EXPECT_MSG_EQ_TOL(Bps(network.GetRate(0)), 0.0, 1e-6, "lowest");
        NS_TEST_EXPECT_MSG_EQ_TOL(Bps(network.GetRate(1)), 500.0, 1e-6, "highest");
        NS_TEST_EXPECT_MSG_EQ_TOL(Bps(network.GetRate(2)), 400.0, 1e-6, "middle");
    }

    /// Extra traffic leaves its floor, and gets what others leave at it.
    void TestExtra()
    {
        FlowNetwork network;
        const uint32_t pool = AddEmpty(network, 900, 6000);
        const uint32_t usual = network.AddSession();
        const uint32_t extra = network.AddSession();
        network.SetDemand(usual, Demand(500), {Over({pool})});
        network.SetDemand(extra, Demand(600, 9, true), {Over({pool}, 5000)});
        network.Allocate();
        NS_TEST_EXPECT_MSG_EQ_TOL(Bps(network.GetRate(extra)), 600.0, 1e-6, "above the floor");
        NS_TEST_EXPECT_MSG_EQ(*network.NextCrossing(), Seconds(5), "1000 bits at 200 bit/s");
        FlowUntil(network, Time(0), Seconds(50));
        NS_TEST_EXPECT_MSG_EQ_TOL(Bps(network.GetRate(extra)), 400.0, 1e-6, "at the floor");
        NS_TEST_EXPECT_MSG_EQ_TOL(Bps(network.GetRate(usual)), 500.0, 1e-6, "as before");
        NS_TEST_EXPECT_MSG_EQ_TOL(static_cast<double>(network.GetLevel(pool)),
                                  5000.0,
                                  12.0,
                                  "the floor holds");
    }

    /// Max-min fairness where routes cross: the classical line of three links.
    void TestMaxMin()
    {
        FlowNetwork network;
        const uint32_t one = AddEmpty(network, 900);
        const uint32_t two = AddEmpty(network, 300);
        network.SetDemand(network.AddSession(), Demand(5000), {Over({one, two})});
        network.SetDemand(network.AddSession(), Demand(5000), {Over({one})});
        network.SetDemand(network.AddSession(), Demand(5000), {Over({two})});
        network.Allocate();
        NS_TEST_EXPECT_MSG_EQ_TOL(Bps(network.GetRate(0)), 150.0, 1e-6, "over both");
        NS_TEST_EXPECT_MSG_EQ_TOL(Bps(network.GetRate(1)), 750.0, 1e-6, "over the wide one");
        NS_TEST_EXPECT_MSG_EQ_TOL(Bps(network.GetRate(2)), 150.0, 1e-6, "over the narrow one");
    }

    /// Routes of 100, 250 and 800 bit/s, each over an empty pool.
    std::vector<FlowPath> AddThreeRoutes(FlowNetwork& network)
    {
        std::vector<FlowPath> routes;
        for (const uint64_t bps : {100, 250, 800})
        {
            routes.push_back(Over({AddEmpty(network, bps)}));
        }
        return routes;
    }

    /// A demand for keys of which two shares are needed.
    static FlowDemand TwoShares(double bps)
    {
        FlowDemand demand = Demand(bps);
        demand.shares = true;
        demand.threshold = 2;
        return demand;
    }

    /// Two of three shares make a key: the second widest route decides.
    void TestShares()
    {
        FlowNetwork network;
        const std::vector<FlowPath> routes = AddThreeRoutes(network);
        const FlowDemand demand = TwoShares(500);
        const uint32_t session = network.AddSession();
        network.SetDemand(session, demand, routes);
        network.Allocate();
        NS_TEST_EXPECT_MSG_EQ_TOL(Bps(network.GetRate(session)), 250.0, 1e-6, "second of three");
        NS_TEST_EXPECT_MSG_EQ_TOL(Bps(network.GetRouteRate(session, 0)), 100.0, 1e-6, "narrow");
        NS_TEST_EXPECT_MSG_EQ_TOL(Bps(network.GetRouteRate(session, 2)), 250.0, 1e-6, "wide");
        network.SetDemand(session, demand, {routes[2]});
        network.Allocate();
        NS_TEST_EXPECT_MSG_EQ(network.GetRate(session), 0, "one share is no key");
    }

    /// A share that the others do not keep up with leaves its key to other sessions.
    void TestUnusedShares()
    {
        FlowNetwork network;
        const std::vector<FlowPath> routes = AddThreeRoutes(network);
        const FlowDemand demand = TwoShares(500);
        network.SetDemand(network.AddSession(), demand, routes);
        network.SetDemand(network.AddSession(), Demand(700), {routes[2]});
        network.Allocate();
        NS_TEST_EXPECT_MSG_EQ_TOL(Bps(network.GetRate(0)), 250.0, 1e-6, "second of three");
        NS_TEST_EXPECT_MSG_EQ_TOL(Bps(network.GetRate(1)), 550.0, 1e-6, "all that is left of 800");
    }

    /// What one route cannot carry goes over the others.
    void TestSplit()
    {
        FlowNetwork network;
        const uint32_t session = network.AddSession();
        const std::vector<FlowPath> routes = {Over({AddEmpty(network, 100)}),
                                              Over({AddEmpty(network, 900)})};
        network.SetDemand(session, Demand(800), routes);
        network.Allocate();
        NS_TEST_EXPECT_MSG_EQ_TOL(Bps(network.GetRate(session)), 800.0, 1e-3, "all");
        NS_TEST_EXPECT_MSG_EQ_TOL(Bps(network.GetRouteRate(session, 0)), 100.0, 1e-3, "narrow");
        NS_TEST_EXPECT_MSG_EQ_TOL(Bps(network.GetRouteRate(session, 1)), 700.0, 1e-3, "wide");
        network.SetDemand(session, Demand(1200), routes);
        network.Allocate();
        NS_TEST_EXPECT_MSG_EQ_TOL(Bps(network.GetRate(session)), 1000.0, 1e-3, "both are full");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Random networks for simulated years: all bits are accounted for.
 */
class FlowConservationTest : public TestCase
{
  public:
    FlowConservationTest()
        : TestCase("Random networks for a year: books balance to the bit, levels keep their limits")
    {
    }

  private:
    void DoRun() override
    {
        for (uint32_t number = 1; number <= 20; ++number)
        {
            TestNetwork(number);
        }
    }

    /// A ring of pools with sessions around it that change at random.
    void TestNetwork(uint32_t number)
    {
        const auto random = CreateObject<UniformRandomVariable>();
        random->SetStream(7000 + static_cast<int64_t>(number));
        FlowNetwork network;
        const uint32_t pools = random->GetInteger(2, 8);
        for (uint32_t i = 0; i < pools; ++i)
        {
            network.AddLink(network.AddPool(random->GetInteger(100, 100000), 50),
                            random->GetInteger(0, 100));
        }
        const uint32_t sessions = random->GetInteger(1, 6);
        for (uint32_t i = 0; i < sessions; ++i)
        {
            network.AddSession();
        }
        std::size_t crossings = 0;
        for (int month = 0; month < 12; ++month)
        {
            for (uint32_t i = 0; i < pools; ++i)
            {
                const uint64_t bits = random->GetInteger(0, 3) == 0 ? 0 : 3000;
                const Time block = bits == 0 ? Time(0) : Seconds(random->GetValue(0.3, 30));
                network.SetSource(i, FlowSource{bits, block});
            }
            for (uint32_t i = 0; i < sessions; ++i)
            {
                Change(*random, network, pools, i);
            }
            network.Allocate();
            network.Catch(0, random->GetInteger(0, 1000));
            const Time begin = Seconds(2628000.0 * month);
            crossings += FlowUntil(network, begin, Seconds(2628000.0 * (month + 1))).size();
            Check(network, number, pools, sessions);
        }
        NS_TEST_EXPECT_MSG_LT(crossings, 2000U, "network " << number << " goes on in big steps");
    }

    /// Give a session another demand and another way around the ring.
    static void Change(UniformRandomVariable& random,
                       FlowNetwork& network,
                       uint32_t pools,
                       uint32_t session)
    {
        const uint32_t first = random.GetInteger(0, pools - 1);
        const uint32_t hops = random.GetInteger(1, pools - 1);
        FlowPath there;
        FlowPath back;
        for (uint32_t i = 0; i < pools; ++i)
        {
            (i < hops ? there : back).pools.push_back((first + i) % pools);
        }
        const bool extra = random.GetInteger(0, 3) == 0;
        const uint64_t floor = extra ? random.GetInteger(0, 200) : 0;
        for (FlowPath* route : {&there, &back})
        {
            route->tagBits = random.GetInteger(0, 1) * 192;
            route->tagKeyBits = 256;
            route->floorBits = floor;
        }
        FlowDemand demand = Demand(random.GetInteger(0, 3000), random.GetInteger(0, 2));
        demand.extra = extra;
        demand.shares = random.GetInteger(0, 2) == 0;
        const bool both = random.GetInteger(0, 1) == 1;
        network.SetDemand(session,
                          demand,
                          both ? std::vector<FlowPath>{there, back} : std::vector<FlowPath>{there});
    }

    /// All that links have brought is somewhere.
    void Check(const FlowNetwork& network, uint32_t number, uint32_t pools, uint32_t sessions)
    {
        uint64_t relayed = 0;
        for (uint32_t i = 0; i < pools; ++i)
        {
            const KeyLedger& book = network.GetBook(i);
            relayed += book.Get(KEY_RELAY_WORKING);
            NS_TEST_EXPECT_MSG_EQ(book.Balances(), true, "book of network " << number);
            NS_TEST_EXPECT_MSG_EQ(book.Get(KEY_STORED), network.GetLevel(i), "stored is there");
            NS_TEST_EXPECT_MSG_LT(network.GetLevel(i), 100001U, "capacity");
        }
        uint64_t spent = 0;
        for (uint32_t i = 0; i < sessions; ++i)
        {
            spent += network.GetSpent(i);
        }
        NS_TEST_EXPECT_MSG_EQ(relayed, spent, "what pools gave is what sessions used");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief More demand than key for a week, in shares, so that pools take turns in limiting.
 */
class FlowOverloadTest : public TestCase
{
  public:
    FlowOverloadTest()
        : TestCase("Overload for a week: all key is used, in few events")
    {
    }

  private:
    static constexpr uint32_t POOLS = 9;      //!< in a ring
    static constexpr uint32_t SESSIONS = 12;  //!< around it
    static constexpr int64_t WEEK_S = 604800; //!< a week

    void DoRun() override
    {
        FlowNetwork network;
        uint64_t inBps = 0;
        for (uint32_t i = 0; i < POOLS; ++i)
        {
            const uint64_t bps = 700 + 130 * ((7 * i) % POOLS);
            inBps += bps;
            network.SetSource(network.AddLink(network.AddPool(100000, 50), 100),
                              BitsPerSecond(bps));
        }
        for (uint32_t i = 0; i < SESSIONS; ++i)
        {
            AddShared(network, i);
        }
        network.Allocate();
        // some pool gives what it has gathered every half minute; without a time in which pools
        // gather there are 58,000 events
        const std::size_t most = WEEK_S / 30;
        std::size_t crossings = 0;
        for (auto next = network.NextCrossing();
             next && *next < Seconds(WEEK_S) && crossings <= most;
             next = network.NextCrossing())
        {
            network.Advance(*next);
            network.Allocate();
            ++crossings;
        }
        NS_TEST_ASSERT_MSG_LT(crossings, most, "events");
        network.Advance(Seconds(WEEK_S));
        uint64_t spent = 0;
        for (uint32_t i = 0; i < SESSIONS; ++i)
        {
            spent += network.GetSpent(i);
        }
        // tags take three bits for four of key; where pools are full the rest of the ring is empty
        NS_TEST_EXPECT_MSG_GT(spent * 7 / 4, inBps * WEEK_S * 2 / 3, "most of the key");
    }

    /// Two shares of each key, one around each side of the ring.
    static void AddShared(FlowNetwork& network, uint32_t number)
    {
        FlowPath there;
        FlowPath back;
        for (uint32_t hop = 0; hop < POOLS; ++hop)
        {
            (hop < 2 + number % 5 ? there : back).pools.push_back((5 * number + hop) % POOLS);
        }
        for (FlowPath* route : {&there, &back})
        {
            route->tagBits = 192;
            route->tagKeyBits = 256;
        }
        FlowDemand demand = Demand(400);
        demand.shares = true;
        demand.threshold = number % 3 == 0 ? 1 : 2;
        network.SetDemand(network.AddSession(), demand, {there, back});
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Test suite of key as a fluid.
 */
class QkdnFlowSupplyTestSuite : public TestSuite
{
  public:
    QkdnFlowSupplyTestSuite()
        : TestSuite("qkdn-flow-supply", Type::UNIT)
    {
        AddTestCase(new FlowOneLinkTest);
        AddTestCase(new FlowBridgingTest);
        AddTestCase(new FlowSharingTest);
        AddTestCase(new FlowConservationTest);
        AddTestCase(new FlowOverloadTest);
    }
};

static QkdnFlowSupplyTestSuite g_qkdnFlowSupplyTestSuite; //!< registers the suite
