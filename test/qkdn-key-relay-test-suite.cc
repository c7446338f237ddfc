/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-relay-test-network.h"

#include "ns3/qkdn-compat.h"
#include "ns3/random-variable-stream.h"
#include "ns3/string.h"
#include "ns3/test.h"
#include "ns3/uinteger.h"

#include <functional>
#include <set>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

void
At(double seconds, std::function<void()> what)
{
    Simulator::Schedule(Seconds(seconds) - Simulator::Now(), [what] { what(); });
}

void
RunUntil(double seconds)
{
    Simulator::Stop(Seconds(seconds) - Simulator::Now());
    Simulator::Run();
}

/// Edges of a line of key managers 1, 2, ...
std::vector<KeyRelayTestNetwork::Edge>
Line(uint32_t count)
{
    std::vector<KeyRelayTestNetwork::Edge> edges;
    for (uint32_t i = 1; i < count; ++i)
    {
        edges.emplace_back(i, i + 1);
    }
    return edges;
}

/// Edges of a ring.
std::vector<KeyRelayTestNetwork::Edge>
Ring(uint32_t count)
{
    auto edges = Line(count);
    edges.emplace_back(count, 1);
    return edges;
}

/// The numbers from 1.
std::vector<uint32_t>
Numbers(uint32_t count)
{
    std::vector<uint32_t> numbers;
    for (uint32_t i = 1; i <= count; ++i)
    {
        numbers.push_back(i);
    }
    return numbers;
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Keys over h hops: equal at both ends, for h|S| bits and the stated tags.
 */
class RelayCostTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param hops hops of the route
     */
    explicit RelayCostTest(uint32_t hops)
        : TestCase("A relay over " + std::to_string(hops) + " hops costs as many times the key"),
          m_hops(hops)
    {
    }

  private:
    void DoRun() override
    {
        constexpr uint64_t initial = 100000;
        KeyRelayTestNetwork net(m_hops + 1, Line(m_hops + 1), initial);
        net.AddSession(1, 1, m_hops + 1);
        At(1, [&net, this] {
            NS_TEST_EXPECT_MSG_EQ(net.Install(1, 1, Numbers(m_hops + 1)), "", "installed");
            NS_TEST_EXPECT_MSG_EQ(net.UseRoutes(1, 1), "", "used");
        });
        // one of ten keys, then nine of one and one of an odd size
        At(2, [&net] { net.Ask(1, 10); });
        for (int i = 0; i < 9; ++i)
        {
            At(3 + 0.1 * i, [&net] { net.Ask(1); });
        }
        At(5, [&net] { net.Ask(1, 1, 1000); });
        RunUntil(10);
        NS_TEST_ASSERT_MSG_EQ(net.CountServed(), 11, "all keys at both applications");
        NS_TEST_ASSERT_MSG_EQ(net.GetProblem(), "", "books");
        const KeyLedger book = net.Kma().GetTotal();
        const uint64_t keyBits = 19 * 256 + 1000;
        NS_TEST_ASSERT_MSG_EQ(book.Get(KEY_RELAY_WORKING), m_hops * keyBits, "h|S|");
        // 11 relays, and notifications of supply: at 3 s (of 2 s), and one a second until 6 s
        const uint64_t notifications = net.CountMessages(KX_RELAYED_RESPONSE) / m_hops;
        NS_TEST_ASSERT_MSG_EQ(notifications, 3, "notifications of what was supplied");
        NS_TEST_ASSERT_MSG_EQ(book.Get(KEY_AUTHENTICATION),
                              m_hops * 2 * 96 * (11 + notifications),
                              "a tag a direction, hop and batch");
        NS_TEST_ASSERT_MSG_EQ(book.Get(KEY_STORED) + book.Get(KEY_RELAY_WORKING) +
                                  book.Get(KEY_AUTHENTICATION),
                              m_hops * initial,
                              "nothing else");
        NS_TEST_ASSERT_MSG_EQ(net.CountMessages(KX_KEY_RELAY), 11 * m_hops, "relays");
        NS_TEST_ASSERT_MSG_EQ(net.CountMessages(KX_RELAY_COMPLETION), 11 * m_hops, "completions");
        NS_TEST_ASSERT_MSG_EQ(net.CountMessages(KX_RELAY_FAILURE), 0, "no failure");
        const KsaLedger keys = net.Ksa().GetTotal();
        NS_TEST_ASSERT_MSG_EQ(keys.keys[KSA_SUPPLIED], 20, "supplied");
        NS_TEST_ASSERT_MSG_EQ(keys.createdKeys, 20, "and no other was made");
        NS_TEST_ASSERT_MSG_EQ(net.CountBadMessages(), 0, "all understood");
        std::set<std::vector<uint8_t>> different;
        for (const auto& record : net.Records())
        {
            for (const SuppliedKey& key : record.container.keys)
            {
                different.insert(key.material.ToBytes());
            }
        }
        NS_TEST_ASSERT_MSG_EQ(different.size(), 20, "no key twice");
        Simulator::Destroy();
    }

    uint32_t m_hops; //!< hops of the route
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A pool of KSA-keys is filled in advance and bridges an outage.
 */
class KsaPoolTest : public TestCase
{
  public:
    KsaPoolTest()
        : TestCase("A session's pool is filled between its marks and serves without a route")
    {
    }

  private:
    void DoRun() override
    {
        KeyRelayTestNetwork net(3, Line(3), 200000);
        SessionPolicy policy;
        policy.poolLowKeys = 50;
        policy.poolHighKeys = 100;
        net.AddSession(1, 1, 3, policy);
        const Ptr<KsaMasterAgent> agent = net.Km(1)->GetMasterAgent();
        At(1, [&net] {
            net.Install(1, 1, {1, 2, 3});
            net.UseRoutes(1, 1);
        });
        RunUntil(2);
        NS_TEST_ASSERT_MSG_EQ(agent->GetPooledKeys(SessionId(1)), 100, "filled up to the mark");
        NS_TEST_ASSERT_MSG_EQ(net.CountMessages(KX_KEY_RELAY), 2 * 2, "in two batches");
        net.Ask(1, 50);
        RunUntil(3);
        NS_TEST_ASSERT_MSG_EQ(agent->GetPooledKeys(SessionId(1)), 50, "not yet below the mark");
        net.Ask(1, 1);
        RunUntil(4);
        NS_TEST_ASSERT_MSG_EQ(agent->GetPooledKeys(SessionId(1)), 100, "filled again");

        // what is in the pool is served while the KM on the way is dead
        net.Km(2)->Crash();
        RunUntil(10);
        net.Ask(1, 100);
        RunUntil(10.5);
        NS_TEST_ASSERT_MSG_EQ(net.CountServed(), 3, "out of the pool");
        NS_TEST_ASSERT_MSG_EQ(net.Records().back().answered, Seconds(10), "at once");
        net.Ask(1);
        RunUntil(11);
        NS_TEST_ASSERT_MSG_EQ(net.Records().back().container.status,
                              KEY_SUPPLY_UNAVAILABLE,
                              "then there is no more");
        net.Km(2)->Restart();
        At(16, [&net] {
            // the KM that starts again knows no routes
            net.Install(1, 1, {1, 2, 3});
        });
        RunUntil(20);
        NS_TEST_ASSERT_MSG_EQ(agent->GetPooledKeys(SessionId(1)), 100, "filled after the outage");
        NS_TEST_ASSERT_MSG_EQ(net.GetProblem(), "", "books");
        RunUntil(200);
        const KsaLedger keys = net.Ksa().GetTotal();
        NS_TEST_ASSERT_MSG_EQ(keys.keys[KSA_STORED], 100, "keys in the pool do not expire");
        NS_TEST_ASSERT_MSG_EQ(keys.keys[KSA_EXPIRED], 0, "nor did others");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What goes wrong on the way is told to the source and wasted everywhere.
 */
class RelayFailureTest : public TestCase
{
  public:
    RelayFailureTest()
        : TestCase("Scarcity, unknown routes and bad routes give errors; pads are wasted")
    {
    }

  private:
    void DoRun() override
    {
        KeyRelayTestNetwork net(4, Ring(4), 10000);
        net.AddSession(1, 1, 3);
        net.AddSession(2, 1, 3);
        At(0.5, [&net] { net.Ask(1); });
        At(1, [&net, this] {
            NS_TEST_EXPECT_MSG_EQ(net.Install(1, 1, {1, 2, 3}), "", "installed");
            net.UseRoutes(1, 1);
            NS_TEST_EXPECT_MSG_NE(net.Install(7, 1, {1, 3}), "", "not neighbours");
            NS_TEST_EXPECT_MSG_NE(net.UseRoutes(1, 9), "", "not installed");
            NS_TEST_EXPECT_MSG_EQ(net.Install(2, 2, {1, 4, 3}), "", "installed");
            net.UseRoutes(2, 2);
            std::string reason;
            net.Km(4)->GetControlAgent()->ReleaseRoute(RouteId(2), reason);
        });
        // key of hop 2-3 is used up: its pool holds less than that of hop 1-2
        At(2, [&net] {
            const Ptr<KmaPool> pool = net.Km(2)->GetPool(KmId(3));
            pool->Take(static_cast<uint32_t>(pool->GetAvailableBits(KEY_RELAY_WORKING)),
                       KEY_WASTED);
        });
        At(3, [&net] { net.Ask(1); });
        At(4, [&net] { net.Ask(2); });
        At(5, [&net] { net.Ask(1, 1, 100); });
        At(5, [&net] { net.Ask(1, 1, 0x7ffffff8); });
        RunUntil(10);
        NS_TEST_ASSERT_MSG_EQ(net.Records()[0].container.status, KEY_SUPPLY_UNAVAILABLE, "early");
        NS_TEST_ASSERT_MSG_EQ(net.Records()[1].container.error.message,
                              KxFailureName(KX_FAILURE_NO_KEY),
                              "no key at the second hop");
        NS_TEST_ASSERT_MSG_EQ(net.Records()[2].container.error.message,
                              KxFailureName(KX_FAILURE_ROUTE_UNKNOWN),
                              "not installed at KM 4");
        NS_TEST_ASSERT_MSG_EQ(net.Records()[3].container.status, KEY_SUPPLY_BAD_REQUEST, "odd");
        NS_TEST_ASSERT_MSG_EQ(net.Records()[4].container.status, KEY_SUPPLY_BAD_REQUEST, "large");
        const KeyLedger first = net.Kma().GetLink(LinkId(1));
        NS_TEST_ASSERT_MSG_EQ(first.Get(KEY_RELAY_WORKING), 0, "nothing was relayed");
        NS_TEST_ASSERT_MSG_EQ(first.Get(KEY_WASTED), 256, "the pad of the first hop");
        NS_TEST_ASSERT_MSG_EQ(net.Kma().GetLink(LinkId(4)).Get(KEY_WASTED), 256, "likewise");
        NS_TEST_ASSERT_MSG_EQ(net.Ksa().GetTotal().keys[KSA_VOIDED], 2, "both keys are void");
        NS_TEST_ASSERT_MSG_EQ(net.Km(3)->GetSlaveAgent()->GetHeld(KmId(1)).size(), 0, "no holder");
        NS_TEST_ASSERT_MSG_EQ(net.GetProblem(), "", "books");
        // the share of the other end was asked for meanwhile
        net.Ask(1);
        RunUntil(20);
        NS_TEST_ASSERT_MSG_EQ(net.CountServed(), 1, "key of the other end's share");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A route is released while keys wait for relays before them.
 */
class RelayReleaseTest : public TestCase
{
  public:
    RelayReleaseTest()
        : TestCase("Keys that wait for a relay fail when their route is released")
    {
    }

  private:
    void DoRun() override
    {
        KeyRelayTestNetwork net(3, Line(3), 30000000);
        net.Km(1)->GetRelayKeyMaker()->SetAttribute("RelayBatch", UintegerValue(1));
        net.Km(1)->GetRelayKeyMaker()->SetAttribute("RelayWindow", UintegerValue(2));
        net.AddSession(1, 1, 3);
        At(1, [&net] {
            net.Install(1, 1, {1, 2, 3});
            net.UseRoutes(1, 1);
        });
        At(2, [&net] { net.Ask(1, 5); });
        // an answer takes 0.49 ms by light alone: two relays are on their way, three keys wait
        At(2.0001, [&net] {
            std::string reason;
            net.Km(1)->GetControlAgent()->ReleaseRoute(RouteId(1), reason);
        });
        RunUntil(20);
        const KsaLedger books = net.Ksa().GetTotal();
        NS_TEST_ASSERT_MSG_EQ(books.keys[KSA_VOIDED], 5, "none is on its way");
        NS_TEST_ASSERT_MSG_EQ(net.GetProblem(), "", "books");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A fibre is cut, or a KM crashes, while relays are on their way.
 */
class RelayInterruptionTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param seed what the times are drawn with
     * @param destination whether keys are relayed to the destination, not hop by hop
     */
    explicit RelayInterruptionTest(uint32_t seed, bool destination)
        : TestCase("Relays interrupted half-way are void at every holder, draw " +
                   std::to_string(seed) + (destination ? ", destination" : ", hop by hop")),
          m_seed(seed),
          m_destination(destination)
    {
    }

  private:
    void DoRun() override
    {
        KeyRelayTestNetwork net(5, Ring(5), 30000000);
        if (m_destination)
        {
            net.RelayToDestination({{1, 4}});
        }
        for (uint32_t km = 1; m_destination && km <= 5; ++km)
        {
            // tags of direct messages would be relay bits, too
            net.Km(km)->GetAuthenticator()->SetAttribute("KxAuthentication", StringValue("none"));
        }
        SessionPolicy policy;
        policy.poolLowKeys = 20;
        policy.poolHighKeys = 40;
        net.AddSession(1, 1, 4, policy);
        net.AddSession(2, 4, 1);
        At(1, [&net] {
            net.Install(1, 1, {1, 2, 3, 4});
            net.UseRoutes(1, 1);
            net.Install(2, 2, {4, 3, 2, 1});
            net.UseRoutes(2, 2);
        });
        Ptr<UniformRandomVariable> draw = CreateObject<UniformRandomVariable>();
        draw->SetStream(4000 + m_seed);
        // a request a millisecond or so: some relay is always on its way
        for (double at = 2; at < 40; at += draw->GetValue(0.001, 0.01))
        {
            At(at, [&net] { net.Ask(1); });
            At(at + 0.0005, [&net] { net.Ask(2, 3); });
        }
        bool crashed = false;
        for (int i = 0; i < 3; ++i)
        {
            const double at = 5 + 10 * i + draw->GetValue(0, 1);
            const double length = draw->GetValue(0, 4);
            const uint32_t link = draw->GetInteger(1, 3);
            if (draw->GetInteger(0, 1) == 0)
            {
                At(at, [&net, link] {
                    net.Span(link)->Cut(0.3);
                    net.SetLink(link, LINK_PASSIVE);
                });
                At(at + length, [&net, link] {
                    net.Span(link)->Repair();
                    net.SetLink(link, LINK_ACTIVE);
                });
            }
            else
            {
                const uint32_t km = 1 + link;
                crashed = true;
                At(at, [&net, km] { net.Km(km)->Crash(); });
                At(at + length, [&net, km] {
                    net.Km(km)->Restart();
                    net.Install(1, 1, {1, 2, 3, 4});
                    net.Install(2, 2, {4, 3, 2, 1});
                    net.UseRoutes(1, 1);
                    net.UseRoutes(2, 2);
                });
            }
        }
        At(45, [&net] { net.Ask(1); });
        At(45, [&net] { net.Ask(2); });
        RunUntil(130);
        NS_TEST_ASSERT_MSG_EQ(net.GetProblem(), "", "books at every event");
        const std::size_t count = net.Records().size();
        for (std::size_t i = 0; i < count; ++i)
        {
            NS_TEST_ASSERT_MSG_EQ(net.Records()[i].answers, 1, "an answer, request " << i);
        }
        for (std::size_t i = count - 2; i < count; ++i)
        {
            NS_TEST_ASSERT_MSG_EQ(net.Records()[i].claimed.keys.size(),
                                  net.Records()[i].container.keys.size(),
                                  "supply is back");
            NS_TEST_ASSERT_MSG_EQ(net.Records()[i].container.status, KEY_SUPPLY_OK, "supplied");
        }
        const KsaLedger keys = net.Ksa().GetTotal();
        // what a short cut holds up comes through after it, or another way
        NS_TEST_ASSERT_MSG_EQ((keys.keys[KSA_VOIDED] > 0 || !crashed), true, "some interrupted");
        NS_TEST_ASSERT_MSG_EQ(keys.keys[KSA_IN_FLIGHT], 0, "nothing is left on its way");
        NS_TEST_ASSERT_MSG_LT_OR_EQ(keys.keys[KSA_STORED], 41, "nor at one end: just the pool");
        NS_TEST_ASSERT_MSG_EQ(net.Km(4)->GetSlaveAgent()->GetHeld(KmId(1)).size(),
                              net.Km(1)->GetMasterAgent()->GetPooledKeys(SessionId(1)),
                              "void keys are void at every holder");
        NS_TEST_ASSERT_MSG_EQ(net.Km(1)->GetSlaveAgent()->GetHeld(KmId(4)).size(),
                              net.Km(4)->GetMasterAgent()->GetPooledKeys(SessionId(2)),
                              "likewise");
        const KeyLedger book = net.Kma().GetTotal();
        NS_TEST_ASSERT_MSG_EQ(book.Get(KEY_ONE_SIDED) + book.Get(KEY_IN_FLIGHT), 0, "mirrored");
        const uint64_t relayed = (keys.bits[KSA_SUPPLIED] + keys.bits[KSA_STORED] +
                                  keys.bits[KSA_EXPIRED] + keys.bits[KSA_DESTROYED]) *
                                 3;
        NS_TEST_ASSERT_MSG_EQ(book.Get(KEY_RELAY_WORKING), relayed, "three times what was relayed");
        Simulator::Destroy();
    }

    uint32_t m_seed;    //!< what the times are drawn with
    bool m_destination; //!< the scheme
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of key relay.
 */
class QkdnKeyRelayTestSuite : public TestSuite
{
  public:
    QkdnKeyRelayTestSuite()
        : TestSuite("qkdn-key-relay", Type::SYSTEM)
    {
        for (uint32_t hops : {2U, 3U, 8U})
        {
            AddTestCase(new RelayCostTest(hops));
        }
        AddTestCase(new KsaPoolTest);
        AddTestCase(new RelayReleaseTest);
        AddTestCase(new RelayFailureTest);
        for (uint32_t seed : {1U, 4U, 9U})
        {
            AddTestCase(new RelayInterruptionTest(seed, false));
        }
        for (uint32_t seed : {2U, 7U})
        {
            AddTestCase(new RelayInterruptionTest(seed, true));
        }
        for (uint32_t seed : {3U, 7U, 10U})
        {
            AddTestCase(new RelayInterruptionTest(seed, false), TEST_EXTENSIVE);
        }
        AddTestCase(new RelayInterruptionTest(3, true), TEST_EXTENSIVE);
    }
};

static QkdnKeyRelayTestSuite g_qkdnKeyRelayTestSuite; //!< registers the suite
