/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-relay-test-network.h"

#include "ns3/qkdn-route-set.h"
#include "ns3/test.h"

#include <functional>
#include <set>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// Links of key managers 1 to 5: between 1 and 5 there are three ways of two hops and one of one.
const std::vector<KeyRelayTestNetwork::Edge> EDGES =
    {{1, 2}, {2, 5}, {1, 3}, {3, 5}, {1, 4}, {4, 5}, {1, 5}};

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

/// A policy with several routes.
SessionPolicy
Several(ResilienceClass resilienceClass, uint32_t shares, uint32_t threshold)
{
    SessionPolicy policy;
    policy.resilienceClass = resilienceClass;
    policy.shareCount = shares;
    policy.shareThreshold = threshold;
    return policy;
}

/// Give session 1 routes, as the controller would.
void
UseSeveral(KeyRelayTestNetwork& net, const std::vector<std::vector<uint32_t>>& ways)
{
    CkSessionRoutes routes;
    routes.session = SessionId(1);
    for (uint32_t i = 0; i < ways.size(); ++i)
    {
        const std::string refused = net.Install(i + 1, 1, ways[i]);
        NS_ABORT_MSG_IF(!refused.empty(), refused);
        if (i == 0)
        {
            routes.working = RouteId(1);
        }
        else
        {
            routes.further.emplace_back(i + 1);
        }
    }
    std::string reason;
    const bool used = net.Km(1)->GetControlAgent()->UseRoutes(routes, IncidentId(), reason);
    NS_ABORT_MSG_IF(!used, reason);
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief What keys over several routes cost.
 */
class SeveralRoutesCostTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param policy class, shares and threshold
     * @param ways the routes
     * @param relayHops hops of all relays of a key
     */
    SeveralRoutesCostTest(const SessionPolicy& policy,
                          const std::vector<std::vector<uint32_t>>& ways,
                          uint32_t relayHops)
        : TestCase(std::string(ResilienceClassName(policy.resilienceClass)) + " " +
                   std::to_string(policy.shareThreshold) + " of " +
                   std::to_string(policy.shareCount) + " over " + std::to_string(ways.size()) +
                   " routes costs " + std::to_string(relayHops) + " times the key"),
          m_policy(policy),
          m_ways(ways),
          m_hops(relayHops)
    {
    }

  private:
    void DoRun() override
    {
        constexpr uint64_t initial = 100000;
        constexpr uint32_t requests = 10;
        KeyRelayTestNetwork net(5, EDGES, initial);
        net.AddSession(1, 1, 5, m_policy);
        At(1, [&net, this] { UseSeveral(net, m_ways); });
        for (uint32_t i = 0; i < requests; ++i)
        {
            At(2 + 0.1 * i, [&net] { net.Ask(1); });
        }
        RunUntil(8);
        NS_TEST_ASSERT_MSG_EQ(net.CountServed(), requests, "all keys, equal at both ends");
        NS_TEST_ASSERT_MSG_EQ(net.GetProblem(), "", "books");
        const KeyLedger book = net.Kma().GetTotal();
        NS_TEST_EXPECT_MSG_EQ(book.Get(KEY_RELAY_WORKING),
                              uint64_t{m_hops} * 256 * requests,
                              "hops of the relays times the key");
        // each relay is answered hop by hop; the first route carries notifications of supply
        const std::size_t firstHops = m_ways.front().size() - 1;
        const uint64_t notified = net.CountMessages(KX_RELAYED_RESPONSE);
        NS_TEST_EXPECT_MSG_EQ(notified % firstHops, 0, "notifications over the first route");
        NS_TEST_EXPECT_MSG_EQ(net.CountMessages(KX_KEY_RELAY), m_hops * requests, "relays");
        NS_TEST_EXPECT_MSG_EQ(book.Get(KEY_AUTHENTICATION),
                              2 * 96 * (uint64_t{m_hops} * requests + notified),
                              "a tag a direction, hop and batch");
        NS_TEST_EXPECT_MSG_EQ(book.Get(KEY_STORED) + book.Get(KEY_RELAY_WORKING) +
                                  book.Get(KEY_AUTHENTICATION),
                              EDGES.size() * initial,
                              "nothing else");
        const KsaLedger keys = net.Ksa().GetTotal();
        NS_TEST_EXPECT_MSG_EQ(keys.keys[KSA_SUPPLIED], requests, "a key counts once");
        NS_TEST_EXPECT_MSG_EQ(keys.createdKeys, requests, "and no other was made");
        NS_TEST_EXPECT_MSG_EQ(net.Km(5)->GetSlaveAgent()->CountPartialKeys(), 0, "no share left");
        NS_TEST_EXPECT_MSG_EQ(net.CountBadMessages(), 0, "all understood");
        std::set<std::vector<uint8_t>> different;
        for (const auto& record : net.Records())
        {
            different.insert(record.container.keys.at(0).material.ToBytes());
        }
        NS_TEST_EXPECT_MSG_EQ(different.size(), requests, "no key twice");
        Simulator::Destroy();
    }

    SessionPolicy m_policy;                    //!< class, shares and threshold
    std::vector<std::vector<uint32_t>> m_ways; //!< the routes
    uint32_t m_hops;                           //!< hops of all relays of a key
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A route fails for good while keys are asked for.
 */
class SeveralRoutesFailureTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param policy class, shares and threshold
     * @param ways the routes
     * @param survives whether supply goes on
     */
    SeveralRoutesFailureTest(const SessionPolicy& policy,
                             const std::vector<std::vector<uint32_t>>& ways,
                             bool survives)
        : TestCase(std::string(ResilienceClassName(policy.resilienceClass)) + " " +
                   std::to_string(policy.shareThreshold) + " of " +
                   std::to_string(policy.shareCount) +
                   (survives ? " goes on without a route" : " stops when a route has no key left")),
          m_policy(policy),
          m_ways(ways),
          m_survives(survives)
    {
    }

  private:
    void DoRun() override
    {
        // after authentication and reserve for some ten keys a link
        KeyRelayTestNetwork net(5, EDGES, 16000);
        net.AddSession(1, 1, 5, m_policy);
        At(1, [&net, this] { UseSeveral(net, m_ways); });
        At(4, [&net] { net.SetLink(1, LINK_PASSIVE); });
        constexpr uint32_t requests = 60;
        for (uint32_t i = 0; i < requests; ++i)
        {
            At(2 + 0.2 * i, [&net] { net.Ask(1); });
        }
        // all links but the first one go on to generate
        for (uint32_t i = 0; i < 24; ++i)
        {
            At(2.1 + 0.5 * i, [&net] {
                for (uint32_t link = 1; link <= EDGES.size(); ++link)
                {
                    if (link > 1 || Simulator::Now() < Seconds(4))
                    {
                        net.Deliver(link, 2560);
                    }
                }
            });
        }
        RunUntil(30);
        NS_TEST_EXPECT_MSG_EQ(net.GetProblem(), "", "books");
        const KsaLedger keys = net.Ksa().GetTotal();
        if (m_survives)
        {
            NS_TEST_EXPECT_MSG_EQ(net.CountServed(), requests, "all keys");
            NS_TEST_EXPECT_MSG_EQ(
                net.Km(1)->GetControlAgent()->GetRouteSets().GetUsed(SessionId(1)).size(),
                m_ways.size() - 1,
                "the route that failed is not used");
            const auto& events = net.RouteEvents();
            NS_TEST_ASSERT_MSG_EQ(events.size(), 3, "fails, and is left");
            NS_TEST_EXPECT_MSG_EQ(+events[0].kind, +ROUTE_EVENT_SIGNAL_FAIL, "fails");
            NS_TEST_EXPECT_MSG_EQ(+events[2].kind, +ROUTE_EVENT_SWITCHED, "is left");
            NS_TEST_EXPECT_MSG_EQ((events[2].at == events[0].at), true, "at once");
            NS_TEST_EXPECT_MSG_EQ(events[2].route.value, 2, "for the next one");
        }
        else
        {
            NS_TEST_EXPECT_MSG_LT(net.CountServed(), requests, "its pool runs dry");
            NS_TEST_EXPECT_MSG_GT(net.CountServed(), 15, "after it has served for a while");
            const auto& last = net.Records().back();
            NS_TEST_EXPECT_MSG_EQ(last.container.status, KEY_SUPPLY_UNAVAILABLE, "no key");
        }
        NS_TEST_EXPECT_MSG_EQ(keys.keys[KSA_SUPPLIED], net.CountServed(), "supplied");
        NS_TEST_EXPECT_MSG_EQ(keys.keys[KSA_IN_FLIGHT], 0, "nothing in flight");
        NS_TEST_EXPECT_MSG_EQ(net.Km(5)->GetSlaveAgent()->CountPartialKeys(), 0, "no share left");
        Simulator::Destroy();
    }

    SessionPolicy m_policy;                    //!< class, shares and threshold
    std::vector<std::vector<uint32_t>> m_ways; //!< the routes
    bool m_survives;                           //!< whether supply goes on
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A share does not arrive: what did arrive of its key must go.
 */
class LostShareTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param crash whether the slave's KM crashes with all it has meanwhile
     */
    explicit LostShareTest(bool crash)
        : TestCase(std::string("A share of two is lost") +
                   (crash ? ", and the slave's key manager with the other" : "")),
          m_crash(crash)
    {
    }

  private:
    void DoRun() override
    {
        KeyManagerHelper helper;
        helper.SetAttribute("PoolsSurviveCrash", BooleanValue(false));
        // without the link between its ends nothing else tells the slave's KM
        KeyRelayTestNetwork net(3 + 2, {{1, 2}, {2, 5}, {1, 3}, {3, 5}}, 100000, helper);
        net.AddSession(1, 1, 5, Several(CLASS_SECRET_SHARING, 2, 2));
        At(1, [&net] { UseSeveral(net, {{1, 2, 5}, {1, 3, 5}}); });
        At(2, [&net] { net.Ask(1); });
        const Ptr<KsaSlaveAgent> slave = net.Km(5)->GetSlaveAgent();
        // key manager 3 is cut off, and with it the relay: nobody notices for some time
        At(3, [&net] {
            net.Span(3)->Cut();
            net.Span(4)->Cut();
            net.Ask(1);
        });
        At(3.1, [this, slave] {
            NS_TEST_EXPECT_MSG_EQ(slave->CountPartialKeys(), 1, "one share is there");
        });
        if (m_crash)
        {
            At(3.2, [&net] { net.Km(5)->Crash(); });
            At(3.3, [this, slave] { NS_TEST_EXPECT_MSG_EQ(slave->CountPartialKeys(), 0, "lost"); });
            At(5, [&net] { net.Km(5)->Restart(); });
            // the controller installs again what a process that starts does not know
            At(6, [&net] { UseSeveral(net, {{1, 2, 5}, {1, 3, 5}}); });
        }
        At(8, [&net] {
            net.Span(3)->Repair();
            net.Span(4)->Repair();
        });
        At(15, [&net] {
            for (uint32_t link = 1; link <= 4; ++link)
            {
                net.Deliver(link, 20000);
            }
        });
        At(20, [&net] { net.Ask(1); });
        RunUntil(25);
        NS_TEST_EXPECT_MSG_EQ(net.GetProblem(), "", "books");
        NS_TEST_EXPECT_MSG_EQ(slave->CountPartialKeys(), 0, "no share left");
        NS_TEST_EXPECT_MSG_EQ(net.CountServed(), 2, "the other keys");
        const KsaLedger keys = net.Ksa().GetTotal();
        NS_TEST_EXPECT_MSG_EQ(keys.keys[KSA_VOIDED], 1, "the one key is void");
        NS_TEST_EXPECT_MSG_EQ(keys.keys[KSA_IN_FLIGHT], 0, "nothing in flight");
        Simulator::Destroy();
    }

    bool m_crash; //!< whether the slave's KM crashes
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Pools of KSA-keys that come in shares.
 */
class SharedPoolTest : public TestCase
{
  public:
    SharedPoolTest()
        : TestCase("A pool of KSA-keys fills with shared keys and serves while routes are down")
    {
    }

  private:
    void DoRun() override
    {
        KeyRelayTestNetwork net(5, EDGES, 100000);
        SessionPolicy policy = Several(CLASS_SECRET_SHARING, 2, 2);
        policy.poolLowKeys = 4;
        policy.poolHighKeys = 12;
        net.AddSession(1, 1, 5, policy);
        At(1, [&net] { UseSeveral(net, {{1, 5}, {1, 3, 5}}); });
        At(3, [this, &net] {
            NS_TEST_EXPECT_MSG_EQ(net.Km(1)->GetMasterAgent()->GetPooledKeys(SessionId(1)),
                                  12,
                                  "full");
            NS_TEST_EXPECT_MSG_EQ(net.Ksa().GetTotal().keys[KSA_STORED], 12, "at both ends");
            NS_TEST_EXPECT_MSG_EQ(net.Kma().GetTotal().Get(KEY_DIRECT_SUPPLY), 0, "all relayed");
            // no route at all
            UseSeveral(net, {});
        });
        At(4, [&net] { net.Ask(1, 5); });
        At(5, [&net] { UseSeveral(net, {{1, 5}, {1, 3, 5}}); });
        RunUntil(10);
        NS_TEST_EXPECT_MSG_EQ(net.CountServed(), 1, "out of the pool");
        NS_TEST_EXPECT_MSG_EQ(net.GetProblem(), "", "books");
        NS_TEST_EXPECT_MSG_EQ(net.Ksa().GetTotal().keys[KSA_SUPPLIED], 5, "five keys");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Shares that no honest key manager sends.
 */
class WrongShareTest : public TestCase
{
  public:
    WrongShareTest()
        : TestCase("Shares that are wrong are refused and change nothing")
    {
    }

  private:
    void DoRun() override
    {
        KeyRelayTestNetwork net(5, EDGES, 100000);
        net.AddSession(1, 1, 5, Several(CLASS_SECRET_SHARING, 3, 2));
        At(1, [this, &net] {
            UseSeveral(net, {{1, 2, 5}, {1, 3, 5}, {1, 4, 5}});
            const Ptr<KsaSlaveAgent> slave = net.Km(5)->GetSlaveAgent();
            const KeyRoute route{RouteId(1), SessionId(1), ROUTE_WORKING, {KmId(1), KmId(5)}, 0};
            const KsaKeyId id{SessionId(1), 1};
            const auto bits = KeyMaterial::FromBytes({1, 2});
            const auto more = KeyMaterial::FromBytes({1, 2, 3});
            NS_TEST_EXPECT_MSG_EQ(slave->HoldRelayed(route, {{id, 1, bits}}), true, "a share");
            const std::vector<std::vector<KeyToRelay>> wrong{
                {{id, 0, bits}},
                {{id, 4, bits}},
                {{id, 1, bits}},
                {{id, 2, more}},
                {{KsaKeyId{SessionId(1), 2}, 1, bits}, {KsaKeyId{SessionId(1), 2}, 2, bits}},
                {{KsaKeyId{SessionId(1), 2}, 1, bits}, {id, 1, bits}},
                {{KsaKeyId{SessionId(9), 1}, 1, bits}}};
            for (const auto& keys : wrong)
            {
                NS_TEST_EXPECT_MSG_EQ(slave->HoldRelayed(route, keys), false, "refused");
                NS_TEST_EXPECT_MSG_EQ(slave->CountPartialKeys(), 1, "and not kept");
            }
            KeyRoute foreign = route;
            foreign.kms.front() = KmId(2);
            NS_TEST_EXPECT_MSG_EQ(slave->HoldRelayed(foreign, {{id, 2, bits}}),
                                  false,
                                  "from another key manager than the master's");
            slave->Void({id}, IncidentId());
            NS_TEST_EXPECT_MSG_EQ(slave->CountPartialKeys(), 0, "void");
            NS_TEST_EXPECT_MSG_EQ(slave->HoldRelayed(route,
                                                     {
                                                         {id, 2, bits},
                                                     }),
                                  true,
                                  "late");
            NS_TEST_EXPECT_MSG_EQ(slave->CountPartialKeys(), 0, "of no use");
        });
        RunUntil(2);
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Which routes of a set can be used.
 */
class RouteSetTest : public TestCase
{
  public:
    RouteSetTest()
        : TestCase("A set uses the routes that have not failed, or all if these are too few")
    {
    }

  private:
    void DoRun() override
    {
        const RouteId a(1);
        const RouteId b(2);
        const RouteId c(3);
        using Routes = std::vector<RouteId>;
        RouteSet set(TRIGGER_POOL_LOW, 2);
        const RouteFailureCause low{TRIGGER_POOL_LOW, KmId(1), IncidentId()};
        const RouteFailureCause down{TRIGGER_LINK_DOWN, KmId(2), IncidentId()};
        NS_TEST_EXPECT_MSG_EQ(set.Fail(b, low), true, "known before it is in the set");
        set.SetRoutes({a, b, c});
        NS_TEST_EXPECT_MSG_EQ((set.GetUsed() == Routes{a, c}), true, "without b");
        NS_TEST_EXPECT_MSG_EQ(set.Fail(b, low), false, "no news");
        NS_TEST_EXPECT_MSG_EQ(set.Fail(a, down), false, "another trigger");
        NS_TEST_EXPECT_MSG_EQ(set.Fail(a, low), true, "now");
        NS_TEST_EXPECT_MSG_EQ(set.Suffices(), false, "one of two");
        NS_TEST_EXPECT_MSG_EQ((set.GetUsed() == Routes{a, b, c}), true, "all");
        NS_TEST_EXPECT_MSG_EQ(set.Clear(a, TRIGGER_POOL_LOW, KmId(1)), false, "its link is down");
        NS_TEST_EXPECT_MSG_EQ(set.HasFailed(a), true, "still");
        NS_TEST_EXPECT_MSG_EQ(set.Clear(a, TRIGGER_LINK_DOWN, KmId(2)), true, "now it is good");
        NS_TEST_EXPECT_MSG_EQ((set.GetUsed() == Routes{a, c}), true, "a and c");
        set.SetRoutes({});
        NS_TEST_EXPECT_MSG_EQ(set.GetUsed().empty(), true, "suspended");
        set.SetRoutes({a, b});
        NS_TEST_EXPECT_MSG_EQ(set.HasFailed(b), true, "and not forgotten");
        set.SetRoutes({a, c});
        NS_TEST_EXPECT_MSG_EQ(set.HasFailed(b), false, "replaced");
        ExpectReleased();
    }

    /// A route that was released does not count until it is there again.
    void ExpectReleased()
    {
        const RouteId a(1);
        const RouteId b(2);
        const RouteId c(3);
        using Routes = std::vector<RouteId>;
        RouteSet set(TRIGGER_POOL_LOW, 2);
        set.SetRoutes({a, b, c});
        set.Forget(a);
        NS_TEST_EXPECT_MSG_EQ((set.GetUsed() == Routes{b, c}), true, "without a");
        NS_TEST_EXPECT_MSG_EQ(set.Suffices(), true, "two of two");
        set.Fail(b, RouteFailureCause{TRIGGER_POOL_LOW, KmId(1), IncidentId()});
        NS_TEST_EXPECT_MSG_EQ(set.Suffices(), false, "one of two");
        NS_TEST_EXPECT_MSG_EQ((set.GetUsed() == Routes{b, c}), true, "b may still hold key");
        NS_TEST_EXPECT_MSG_EQ(set.RouteInstalled(a), true, "back");
        NS_TEST_EXPECT_MSG_EQ(set.RouteInstalled(a), false, "no news");
        NS_TEST_EXPECT_MSG_EQ((set.GetUsed() == Routes{a, c}), true, "without b");
        set.Forget(b);
        set.RouteInstalled(b);
        NS_TEST_EXPECT_MSG_EQ(set.HasFailed(b), false, "its failure is forgotten");
        NS_TEST_EXPECT_MSG_EQ((set.GetGood() == Routes{a, b, c}), true, "all");
        set.Forget(a);
        set.SetRoutes({a, c});
        NS_TEST_EXPECT_MSG_EQ((set.GetUsed() == Routes{a, c}), true, "named again");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of keys over several routes.
 */
class QkdnSeveralRoutesTestSuite : public TestSuite
{
  public:
    QkdnSeveralRoutesTestSuite()
        : TestSuite("qkdn-several-routes", Type::UNIT)
    {
        using Ways = std::vector<std::vector<uint32_t>>;
        const Ways three{{1, 2, 5}, {1, 3, 5}, {1, 4, 5}};
        const Ways two{{1, 2, 5}, {1, 3, 5}};
        const Ways direct{{1, 5}, {1, 2, 5}, {1, 3, 5}};
        AddTestCase(new RouteSetTest);
        AddTestCase(new SeveralRoutesCostTest(Several(CLASS_SECRET_SHARING, 3, 2), three, 6));
        AddTestCase(new SeveralRoutesCostTest(Several(CLASS_SECRET_SHARING, 3, 2), direct, 5));
        AddTestCase(new SeveralRoutesCostTest(Several(CLASS_SECRET_SHARING, 3, 2), two, 4));
        AddTestCase(new SeveralRoutesCostTest(Several(CLASS_SECRET_SHARING, 2, 2), two, 4));
        AddTestCase(new SeveralRoutesCostTest(Several(CLASS_SECRET_SHARING, 3, 3), three, 6));
        AddTestCase(new SeveralRoutesCostTest(Several(CLASS_ROUTE_1_PLUS_1, 2, 1), two, 4));
        AddTestCase(new SeveralRoutesCostTest(Several(CLASS_MULTI_PATH, 3, 1), three, 2));
        AddTestCase(new SeveralRoutesFailureTest(Several(CLASS_SECRET_SHARING, 3, 2), three, true));
        AddTestCase(new SeveralRoutesFailureTest(Several(CLASS_ROUTE_1_PLUS_1, 2, 1), two, true));
        AddTestCase(new SeveralRoutesFailureTest(Several(CLASS_MULTI_PATH, 2, 1), two, true));
        AddTestCase(new SeveralRoutesFailureTest(Several(CLASS_SECRET_SHARING, 2, 2), two, false));
        AddTestCase(new LostShareTest(false));
        AddTestCase(new LostShareTest(true));
        AddTestCase(new SharedPoolTest);
        AddTestCase(new WrongShareTest);
    }
};

static QkdnSeveralRoutesTestSuite g_qkdnSeveralRoutesTestSuite; //!< registers the suite
