/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-link-state-test-network.h"
#include "qkdn-test-schedule.h"

#include "ns3/qkdn-kx-routing-messages.h"
#include "ns3/random-variable-stream.h"
#include "ns3/test.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

using Edges = std::vector<LinkStateTestNetwork::Edge>;
using Numbers = std::vector<uint32_t>;

/// Example 1.2 of the draft: routes 1-2-4 and 1-3-4.
const Edges SQUARE{{1, 2}, {2, 4}, {1, 3}, {3, 4}};

/// Propagation over 25 km of fibre.
constexpr double HOP_S = 25 * 4.9e-6;

/// A packet of a few hundred bytes on a link of 1 Gbit/s, in and out.
constexpr double PACKET_S = 5e-6;

/// All key managers.
Numbers
All(uint32_t count)
{
    Numbers numbers(count);
    std::iota(numbers.begin(), numbers.end(), 1);
    return numbers;
}

/// A connected graph: a tree, and some further edges.
Edges
RandomGraph(uint32_t count, uint32_t further, Ptr<UniformRandomVariable> draw)
{
    std::set<LinkStateTestNetwork::Edge> edges;
    for (uint32_t i = 2; i <= count; ++i)
    {
        edges.emplace(draw->GetInteger(1, i - 1), i);
    }
    while (edges.size() < count - 1 + further)
    {
        const uint32_t a = draw->GetInteger(1, count);
        const uint32_t b = draw->GetInteger(1, count);
        if (a != b)
        {
            edges.emplace(std::min(a, b), std::max(a, b));
        }
    }
    return {edges.begin(), edges.end()};
}

/// A policy of class restoration.
SessionPolicy
Restoration(Time wtr)
{
    SessionPolicy policy;
    policy.resilienceClass = CLASS_RESTORATION;
    policy.demandBps = 1000;
    policy.wtr = wtr;
    return policy;
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief All know all, and routes are shortest, on a random graph.
 */
class LinkStateConvergenceTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param seed what the graph is drawn with
     */
    explicit LinkStateConvergenceTest(uint32_t seed)
        : TestCase("All databases are alike soon after each change, graph " + std::to_string(seed)),
          m_seed(seed)
    {
    }

  private:
    static constexpr uint32_t COUNT = 9; //!< key managers

    void DoRun() override
    {
        const Ptr<UniformRandomVariable> draw = CreateObject<UniformRandomVariable>();
        draw->SetStream(4000 + m_seed);
        const Edges edges = RandomGraph(COUNT, 5, draw);
        LinkStateTestNetwork net(COUNT, edges);
        std::vector<std::pair<uint32_t, uint32_t>> sessions;
        for (uint32_t id = 1; id <= 6; ++id)
        {
            const uint32_t master = draw->GetInteger(1, COUNT);
            const uint32_t slave = 1 + (master + draw->GetInteger(0, COUNT - 2)) % COUNT;
            sessions.emplace_back(master, slave);
            net.AddSession(id, master, slave, Restoration(Time::Max()));
        }
        RunUntil(3.5);
        NS_TEST_EXPECT_MSG_EQ(net.CheckDatabases(All(COUNT), COUNT), "", "at the start");
        NS_TEST_EXPECT_MSG_EQ(net.CheckHops(1), "", "at the start");
        CheckRoutes(net, sessions);
        // longest way of news in this graph, and longest route there and back with the search
        const double flooded = COUNT * (HOP_S + PACKET_S);
        const double restored = 3 * COUNT * (HOP_S + PACKET_S) + 2 * 0.01;
        double now = 4;
        for (uint32_t change = 0; change < 4; ++change)
        {
            const auto link = static_cast<uint32_t>(draw->GetInteger(1, edges.size()));
            for (const bool up : {false, true})
            {
                At(now, [&net, link, up] { net.SetUp(link, up); });
                RunUntil(now + flooded);
                for (uint32_t km = 1; km <= COUNT; ++km)
                {
                    NS_TEST_EXPECT_MSG_EQ(net.CheckHops(km), "", "KM " << km << " at " << now);
                }
                // a session that returns at once tears a route down, and rates change along it
                RunUntil(now + 2 * flooded);
                NS_TEST_EXPECT_MSG_EQ(net.CheckDatabases(All(COUNT), COUNT), "", "at " << now);
                RunUntil(now + restored);
                if (!up)
                {
                    CheckRestored(net, sessions, edges.at(link - 1));
                }
                now += 1.5;
            }
        }
        RunUntil(now);
        NS_TEST_EXPECT_MSG_EQ(net.GetProblem(), "", "books");
        NS_TEST_EXPECT_MSG_EQ(net.CountBadMessages(), 0, "bad messages");
        NS_TEST_EXPECT_MSG_EQ(net.CheckHolders(), "", "routes");
        Simulator::Destroy();
    }

    /// Each session has a shortest route.
    void CheckRoutes(const LinkStateTestNetwork& net,
                     const std::vector<std::pair<uint32_t, uint32_t>>& sessions)
    {
        for (uint32_t id = 1; id <= sessions.size(); ++id)
        {
            const auto& [master, slave] = sessions[id - 1];
            const Numbers route = net.RouteOf(master, id);
            NS_TEST_ASSERT_MSG_EQ(route.empty(), false, "session " << id << " has a route");
            NS_TEST_EXPECT_MSG_EQ(route.size() - 1, net.CountHops(master, slave), "session " << id);
        }
    }

    /// No session whose ends are joined uses a hop that has failed.
    void CheckRestored(const LinkStateTestNetwork& net,
                       const std::vector<std::pair<uint32_t, uint32_t>>& sessions,
                       const LinkStateTestNetwork::Edge& failed)
    {
        for (uint32_t id = 1; id <= sessions.size(); ++id)
        {
            const auto& [master, slave] = sessions[id - 1];
            const Numbers route = net.RouteOf(master, id);
            for (std::size_t i = 1; i < route.size() && net.CountHops(master, slave) > 0; ++i)
            {
                const auto hop = std::minmax(route[i - 1], route[i]);
                NS_TEST_EXPECT_MSG_EQ((hop.first == failed.first && hop.second == failed.second),
                                      false,
                                      "session " << id << " uses hop " << hop.first << "-"
                                                 << hop.second);
            }
        }
    }

    uint32_t m_seed; //!< what the graph is drawn with
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The time that a restoration takes.
 */
class LinkStateRestorationTest : public TestCase
{
  public:
    LinkStateRestorationTest()
        : TestCase(
              "Restoration takes notification, search and set-up, and the route is returned to")
    {
    }

  private:
    /// When something happened to a route of the session, for the last time.
    static Time LastOf(const LinkStateTestNetwork& net, RouteEventKind kind)
    {
        Time last;
        for (const auto& record : net.RouteEvents())
        {
            last = record.kind == kind ? record.at : last;
        }
        return last;
    }

    void DoRun() override
    {
        LinkStateTestNetwork net(4, SQUARE);
        net.AddSession(1, 1, 4, Restoration(Seconds(4)));
        RunUntil(10);
        NS_TEST_ASSERT_MSG_EQ((net.RouteOf(1, 1) == Numbers{1, 2, 4}), true, "working route");
        NS_TEST_EXPECT_MSG_EQ(net.HeldRoutes().size(), 1, "one route");
        At(10, [&net] { net.SetUp(2, false); });
        RunUntil(11);
        NS_TEST_EXPECT_MSG_EQ((net.RouteOf(1, 1) == Numbers{1, 3, 4}), true, "recovery route");
        // status over hop 2-1, then the set-up over 1-3-4 and back
        const Time least = Seconds(10 + 5 * HOP_S) + MilliSeconds(10);
        const Time most = least + Seconds(5 * PACKET_S);
        const Time switched = LastOf(net, ROUTE_EVENT_SWITCHED);
        NS_TEST_EXPECT_MSG_GT_OR_EQ(switched, least, "not before that is possible");
        NS_TEST_EXPECT_MSG_LT_OR_EQ(switched, most, "and no later");
        At(15, [&net] { net.SetUp(2, true); });
        RunUntil(20);
        NS_TEST_EXPECT_MSG_EQ((net.RouteOf(1, 1) == Numbers{1, 2, 4}), true, "returned");
        const Time reverted = LastOf(net, ROUTE_EVENT_REVERT);
        // KM 2 needs the word of KM 4 that the link generates, and tells KM 1
        NS_TEST_EXPECT_MSG_GT_OR_EQ(reverted, Seconds(19 + 2 * HOP_S), "wait to restore");
        NS_TEST_EXPECT_MSG_LT_OR_EQ(reverted,
                                    Seconds(19 + 2 * (HOP_S + PACKET_S)),
                                    "and no longer");
        NS_TEST_EXPECT_MSG_EQ(net.HeldRoutes().size(), 1, "the other one is torn down");
        NS_TEST_EXPECT_MSG_EQ(net.CheckHolders(), "", "at all its KMs");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A hop that is thought to be well and is not.
 */
class LinkStateRefusalTest : public TestCase
{
  public:
    LinkStateRefusalTest()
        : TestCase("A set-up that finds a dead hop is refused, and another way is tried")
    {
    }

  private:
    void DoRun() override
    {
        LinkStateRoutingHelper routing;
        routing.SetAttribute("MinInterval", TimeValue(Seconds(1)));
        LinkStateTestNetwork net(
            8,
            {{1, 2}, {2, 5}, {5, 4}, {1, 3}, {3, 5}, {1, 6}, {6, 7}, {7, 8}, {8, 4}},
            routing);
        net.AddSession(1, 1, 4, Restoration(Time::Max()));
        const uint32_t unnoticed = net.Link(3, 5);
        At(8, [&net, unnoticed] { net.SetUp(unnoticed, false); });
        At(8.5, [&net, unnoticed] { net.SetUp(unnoticed, true); });
        // KMs 3 and 5 have just said that their hop is well, and must wait until 10 s
        At(9.5, [&net, unnoticed] {
            net.SetUp(net.Link(2, 5), false);
            net.SetUp(unnoticed, false);
        });
        RunUntil(9.4);
        NS_TEST_ASSERT_MSG_EQ((net.RouteOf(1, 1) == Numbers{1, 2, 5, 4}), true, "working route");
        RunUntil(9.505);
        NS_TEST_EXPECT_MSG_EQ(net.Database(1).IsUsable(KmHop(KmId(3), KmId(5))),
                              true,
                              "as thought");
        NS_TEST_EXPECT_MSG_EQ(net.CountMessages(KX_ROUTE_SET_UP_ANSWER), 3, "one route so far");
        RunUntil(9.6);
        NS_TEST_EXPECT_MSG_EQ((net.RouteOf(1, 1) == Numbers{1, 6, 7, 8, 4}), true, "third way");
        NS_TEST_EXPECT_MSG_EQ(net.CountMessages(KX_ROUTE_SET_UP_ANSWER), 3 + 1 + 4, "refused once");
        NS_TEST_EXPECT_MSG_EQ(net.CheckHolders(), "", "nothing is left of the second one");
        NS_TEST_EXPECT_MSG_EQ(net.HeldRoutes().size(), 2, "working and recovery route");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A network that falls apart and grows together again.
 */
class LinkStatePartitionTest : public TestCase
{
  public:
    LinkStatePartitionTest()
        : TestCase("Parts of a network go their own ways, and learn from each other afterwards")
    {
    }

  private:
    void DoRun() override
    {
        LinkStateTestNetwork net(6, {{1, 2}, {2, 3}, {1, 3}, {3, 4}, {4, 5}, {5, 6}, {4, 6}});
        net.AddSession(1, 1, 6, Restoration(Seconds(1)));
        const uint32_t bridge = net.Link(3, 4);
        At(5, [&net, bridge] {
            net.Span(bridge)->Cut();
            net.SetUp(bridge, false);
        });
        At(10, [&net] {
            net.SetUp(net.Link(1, 2), false);
            net.SetUp(net.Link(5, 6), false);
        });
        RunUntil(12);
        NS_TEST_EXPECT_MSG_EQ(net.CheckDatabases({1, 2, 3}, 6), "", "one part");
        NS_TEST_EXPECT_MSG_EQ(net.CheckDatabases({4, 5, 6}, 6), "", "the other part");
        NS_TEST_EXPECT_MSG_NE(net.CheckDatabases(All(6), 6), "", "they differ");
        NS_TEST_EXPECT_MSG_EQ(net.Database(1).IsUsable(KmHop(KmId(5), KmId(6))), true, "unheard");
        At(15, [&net, bridge] {
            net.Span(bridge)->Repair();
            net.SetUp(bridge, true);
        });
        // connections are tried every second, and pools are agreed
        RunUntil(18);
        NS_TEST_EXPECT_MSG_EQ(net.CheckDatabases(All(6), 6), "", "one network");
        NS_TEST_EXPECT_MSG_EQ(net.CheckHops(1), "", "as it is");
        NS_TEST_EXPECT_MSG_EQ((net.RouteOf(1, 1) == Numbers{1, 3, 4, 6}), true, "it is shortest");
        At(19, [&net] { net.Ask(1); });
        RunUntil(21);
        NS_TEST_EXPECT_MSG_EQ(net.CountServed(), 1, "it serves");
        NS_TEST_EXPECT_MSG_EQ(net.GetProblem(), "", "books");
        NS_TEST_EXPECT_MSG_EQ(net.CheckHolders(), "", "routes");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A key manager on a route crashes and starts again.
 */
class LinkStateCrashTest : public TestCase
{
  public:
    LinkStateCrashTest()
        : TestCase("A KM that starts again outdoes what it said, and gets its routes back")
    {
    }

  private:
    void DoRun() override
    {
        LinkStateTestNetwork net(4, SQUARE);
        net.AddSession(1, 1, 4, Restoration(Seconds(2)));
        SessionPolicy protection;
        protection.resilienceClass = CLASS_ROUTE_1_1;
        protection.wtr = Seconds(2);
        net.AddSession(2, 4, 1, protection);
        At(6, [&net] { net.SetUp(1, false); });
        At(7, [&net] { net.SetUp(1, true); });
        RunUntil(10);
        NS_TEST_ASSERT_MSG_EQ((net.RouteOf(1, 1) == Numbers{1, 2, 4}), true, "restoration");
        NS_TEST_ASSERT_MSG_EQ((net.RouteOf(4, 2) == Numbers{4, 2, 1}), true, "protection");
        const uint64_t said = net.Database(1).Find(KmId(2), Simulator::Now())->header.sequence;
        NS_TEST_EXPECT_MSG_GT(said, 2, "some issues");
        At(10, [&net] { net.Km(2)->Crash(); });
        // hellos: 3 s and at most one interval
        RunUntil(14.1);
        NS_TEST_EXPECT_MSG_EQ((net.RouteOf(1, 1) == Numbers{1, 3, 4}), true, "restored");
        NS_TEST_EXPECT_MSG_EQ((net.RouteOf(4, 2) == Numbers{4, 3, 1}), true, "protected");
        At(15, [&net] { net.Ask(1); });
        At(16, [&net] { net.Km(2)->Restart(); });
        RunUntil(24);
        NS_TEST_EXPECT_MSG_EQ(net.CheckDatabases(All(4), 4), "", "all know all again");
        NS_TEST_EXPECT_MSG_GT(net.Database(1).Find(KmId(2), Simulator::Now())->header.sequence,
                              said,
                              "outdone");
        NS_TEST_EXPECT_MSG_EQ(net.Fates(LINK_STATE_OUTDONE).size(), 1, "once");
        NS_TEST_EXPECT_MSG_EQ((net.RouteOf(1, 1) == Numbers{1, 2, 4}), true, "returned");
        NS_TEST_EXPECT_MSG_EQ((net.RouteOf(4, 2) == Numbers{4, 2, 1}), true, "returned");
        NS_TEST_EXPECT_MSG_EQ(net.CheckHolders(), "", "it has its routes again");
        At(25, [&net] {
            net.Ask(1);
            net.Ask(2);
        });
        RunUntil(27);
        NS_TEST_EXPECT_MSG_EQ(net.CountServed(), 3, "they serve");
        NS_TEST_EXPECT_MSG_EQ(net.GetProblem(), "", "books");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What nobody repeats goes away.
 */
class LinkStateSoftStateTest : public TestCase
{
  public:
    LinkStateSoftStateTest()
        : TestCase("Routes and advertisements of a KM that is gone for good end by age")
    {
    }

  private:
    void DoRun() override
    {
        LinkStateRoutingHelper routing;
        routing.SetAttribute("RefreshInterval", TimeValue(Seconds(4)));
        routing.SetAttribute("MaxAge", TimeValue(Seconds(9)));
        routing.SetAttribute("RouteLifetime", TimeValue(Seconds(6)));
        LinkStateTestNetwork net(4, SQUARE, routing);
        net.AddSession(1, 1, 4, Restoration(Seconds(2)));
        RunUntil(11.9);
        NS_TEST_EXPECT_MSG_EQ(net.HeldRoutes().size(), 1, "a route outlives its lifetime");
        NS_TEST_EXPECT_MSG_EQ(net.CheckHolders(), "", "at all its KMs");
        // set up at about 1.6 s, told again every 2 s, over two hops there and back
        NS_TEST_EXPECT_MSG_EQ(net.CountMessages(KX_ROUTE_SET_UP), 2 * 6, "messages");
        NS_TEST_EXPECT_MSG_EQ(net.CountMessages(KX_ROUTE_SET_UP_ANSWER), 2 * 6, "answers");
        At(12, [&net] { net.Km(1)->Crash(); });
        // issued for the last time at about 8.1 s, and the route told at about 11.6 s
        RunUntil(17);
        NS_TEST_EXPECT_MSG_EQ(net.CheckDatabases({2, 3, 4}, 4), "", "still known");
        NS_TEST_EXPECT_MSG_EQ(net.HeldRoutes().size(), 1, "its route is still held");
        RunUntil(17.7);
        NS_TEST_EXPECT_MSG_EQ(net.HeldRoutes().size(), 0, "its route is released");
        RunUntil(22);
        NS_TEST_EXPECT_MSG_EQ(net.CheckDatabases({2, 3, 4}, 3), "", "forgotten");
        LinkStateTestNetwork::Fate last{};
        for (const auto& fate : net.Fates(LINK_STATE_ORIGINATED))
        {
            last = fate.origin == KmId(1) ? fate : last;
        }
        const auto expired = net.Fates(LINK_STATE_EXPIRED);
        NS_TEST_ASSERT_MSG_EQ(expired.empty(), false, "it got too old");
        NS_TEST_EXPECT_MSG_EQ(expired.front().origin, KmId(1), "its advertisement");
        NS_TEST_EXPECT_MSG_EQ(expired.front().sequence, last.sequence, "the last one");
        NS_TEST_EXPECT_MSG_GT_OR_EQ(expired.front().at, last.at + Seconds(9), "at that age");
        NS_TEST_EXPECT_MSG_LT_OR_EQ(expired.front().at,
                                    last.at + Seconds(9 + HOP_S + PACKET_S),
                                    "and at once");
        At(23, [&net] { net.Km(1)->Restart(); });
        RunUntil(30);
        NS_TEST_EXPECT_MSG_EQ(net.CheckDatabases(All(4), 4), "", "it is back");
        NS_TEST_EXPECT_MSG_EQ((net.RouteOf(1, 1) == Numbers{1, 2, 4}), true, "with its session");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of link-state routing.
 */
class LinkStateTestSuite : public TestSuite
{
  public:
    LinkStateTestSuite()
        : TestSuite("qkdn-link-state", Type::SYSTEM)
    {
        for (const uint32_t seed : {1U, 2U, 3U})
        {
            AddTestCase(new LinkStateConvergenceTest(seed));
        }
        AddTestCase(new LinkStateRestorationTest);
        AddTestCase(new LinkStateRefusalTest);
        AddTestCase(new LinkStatePartitionTest);
        AddTestCase(new LinkStateCrashTest);
        AddTestCase(new LinkStateSoftStateTest);
    }
};

static LinkStateTestSuite g_linkStateTestSuite; //!< registers the suite
