/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// What an outage of a key manager on a key relay route costs: keys that nobody gets, keys in pools
// of sessions, and messages.

#include "qkdn-key-relay-test-network.h"
#include "qkdn-scenario-ways.h"

#include "ns3/qkdn-key-ledger.h"
#include "ns3/qkdn-kx-channel.h"
#include "ns3/qkdn-kx-relay-messages.h"
#include "ns3/qkdn-relay-void-store.h"
#include "ns3/qkdn-route-table.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/qkdn-scenario-runner.h"
#include "ns3/simulator.h"
#include "ns3/test.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/**
 * @brief A chain A-B-C with a session from A to C that has a pool, and a KM that crashes for a
 * while.
 * @param km the KM
 * @param crashS when it crashes, s
 * @param durationS simulated time, s
 * @param highKeys size of the pool of the session, keys
 * @return the results
 */
ExperimentResults
RunChain(const std::string& km, double crashS, uint32_t durationS, uint32_t highKeys)
{
    const ScenarioWays ways =
        MakeScenarioWays({"AB", "BC"},
                         25,
                         R"("initial_state": "running", "initial_pool_bit": 4000000, "resync_s": 5,
           "protocol": {"type": "measured", "rate_bps": 4000})");
    const std::string text =
        R"({"name": "chain", "simulation": {"duration_s": )" + std::to_string(durationS) +
        R"(}, "key_management": {"capacity_bit": 5000000},
            "classical": {"network": "out-of-band", "out_of_band_delay_s": 0.05},
            "nodes": [{"id": "A"}, {"id": "B"}, {"id": "C"}],
            "fibres": [)" +
        ways.fibres + R"(], "qkd_links": [)" + ways.links +
        R"(], "controllers": [{"id": "K", "node": "B"}],
            "sessions": [{"id": "S", "master": "A", "slave": "C", "rate_keys_per_s": 4,
                          "resilience": {"class": "unprotected"}, "ksa_pool": {"low_keys": )" +
        std::to_string(highKeys / 2) + R"(, "high_keys": )" + std::to_string(highKeys) +
        R"(}}], "faults": [)" + MakeScenarioFault(crashS, "km-crash", km, 1) + "]}";
    return ScenarioRunner().Run(ScenarioReader::ReadString(text, "chain"), "chain");
}

/**
 * @ingroup qkdn-resilience-tests
 * @brief A KM that crashes while it fills the pool of a session does not spend its own key pools on
 * what it had planned.
 */
class SourceCrashTest : public TestCase
{
  public:
    SourceCrashTest()
        : TestCase("The source of relays crashes and keeps its pools")
    {
    }

  private:
    void DoRun() override
    {
        const ExperimentResults results = RunChain("A", 3, 20, 10000);
        const KmaLinkBooks& books = results.conservation.kma.front();
        NS_TEST_ASSERT_MSG_EQ(books.link, "AB", "link");
        const auto& bits = books.common.bits;
        NS_TEST_EXPECT_MSG_GT(bits[KEY_RELAY_WORKING], 100000, "the pool was being filled");
        // relays that were on the way: a window of them
        NS_TEST_EXPECT_MSG_LT(bits[KEY_WASTED] + bits[KEY_DESTROYED],
                              400000,
                              "what was planned is not spent");
        NS_TEST_EXPECT_MSG_EQ(results.conservation.violations.size(), 0, "books");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The answer to a key supply notification is lost; the keys of which it told are fetched
 * before it is sent again.
 */
class RepeatedNotificationTest : public TestCase
{
  public:
    RepeatedNotificationTest()
        : TestCase("A key supply notification that is sent again voids no keys")
    {
    }

  private:
    void DoRun() override
    {
        for (uint32_t i = 0; i < 20; ++i)
        {
            const ExperimentResults results = RunChain("B", 20 + 0.05 * i, 30, 100);
            const KsaFigures& keys = results.conservation.ksa.front();
            NS_TEST_EXPECT_MSG_GT(keys.stored, 50 * 256, "the pool is full again, run " << i);
            // single keys may have been on their way
            NS_TEST_EXPECT_MSG_LT(keys.voided, 16 * 256, "the pool was kept, run " << i);
            NS_TEST_EXPECT_MSG_EQ(results.conservation.violations.size(), 0, "books");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Relays that cannot pass the last hop take little key of the hop before, which another
 * session needs.
 */
class DryHopTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param fault what happens to the last hop
     * @param poolKeys size of the pool of the session that suffers, keys; 0 for none
     */
    DryHopTest(const std::string& fault, uint32_t poolKeys)
        : TestCase("A hop fails by " + fault + "; pool of " + std::to_string(poolKeys) + " keys"),
          m_fault(fault),
          m_poolKeys(poolKeys)
    {
    }

  private:
    void DoRun() override
    {
        const ScenarioWays ways = MakeScenarioWays(
            {"AB", "BC"},
            25,
            R"("initial_state": "running", "initial_pool_bit": 20000, "resync_s": 5,
               "protocol": {"type": "measured", "rate_bps": 4000})");
        const std::string pool =
            m_poolKeys == 0 ? ""
                            : R"(, "ksa_pool": {"low_keys": )" + std::to_string(m_poolKeys / 2) +
                                  R"(, "high_keys": )" + std::to_string(m_poolKeys) + "}";
        const std::string text =
            R"({"name": "chain", "simulation": {"duration_s": 340}, "nodes": [{"id": "A"},
                {"id": "B"}, {"id": "C"}], "fibres": [)" +
            ways.fibres + R"(], "qkd_links": [)" + ways.links +
            R"(], "classical": {"network": "out-of-band", "out_of_band_delay_s": 0.002},
                "controllers": [{"id": "K", "node": "B"}],
                "sessions": [{"id": "far", "master": "A", "slave": "C", "rate_keys_per_s": 2,
                              "resilience": {"class": "unprotected"})" +
            pool + R"(}, {"id": "near", "master": "A", "slave": "B", "rate_keys_per_s": 4,
                          "resilience": {"class": "unprotected"}}], "faults": [)" +
            MakeScenarioFault(20, m_fault, m_fault == "km-crash" ? "C" : "fBC", 260) + "]}";
        const ExperimentResults results =
            ScenarioRunner().Run(ScenarioReader::ReadString(text, "chain"), "chain");
        const SessionResult& far = results.sessions.at(0);
        const SessionResult& near = results.sessions.at(1);
        NS_TEST_EXPECT_MSG_GT(far.lost, 200, "the outage is felt");
        NS_TEST_EXPECT_MSG_LT(far.interruptions.back().end.GetSeconds(),
                              290,
                              "and ends soon after the repair");
        NS_TEST_EXPECT_MSG_EQ(near.lost, 0, "only by those who need the hop");
        const KmaLinkBooks& books = results.conservation.kma.front();
        NS_TEST_ASSERT_MSG_EQ(books.link, "AB", "link");
        const uint64_t wasted = books.common.bits[KEY_WASTED];
        NS_TEST_EXPECT_MSG_GT(wasted, 256 * 50, "the hop is tried again and again");
        // a key in a second, and what the filling of the pool asks too much of a new block
        NS_TEST_EXPECT_MSG_LT(wasted, 256 * (m_poolKeys == 0 ? 300 : 450), "with little key");
        NS_TEST_EXPECT_MSG_EQ(results.conservation.violations.size(), 0, "books");
    }

    std::string m_fault; //!< what happens to the last hop
    uint32_t m_poolKeys; //!< size of the pool
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Demand turns round on a long chain: the shares of the ends in a pool have to follow.
 */
class TurnRoundTest : public TestCase
{
  public:
    TurnRoundTest()
        : TestCase("A refusal for want of share costs little at 0.4 s from end to end and back")
    {
    }

  private:
    void DoRun() override
    {
        const ScenarioWays ways =
            MakeScenarioWays({"AB", "BC"},
                             25,
                             R"("initial_state": "running", "initial_pool_bit": 50000,
               "protocol": {"type": "measured", "rate_bps": 40000})");
        const std::string text =
            R"({"name": "turn", "simulation": {"duration_s": 70},
                "key_management": {"capacity_bit": 60000},
                "classical": {"network": "out-of-band", "out_of_band_delay_s": 0.1},
                "nodes": [{"id": "A"}, {"id": "B"}, {"id": "C"}], "fibres": [)" +
            ways.fibres + R"(], "qkd_links": [)" + ways.links +
            R"(], "controllers": [{"id": "K", "node": "B"}],
                "sessions": [{"id": "back", "master": "C", "slave": "A", "rate_keys_per_s": 30,
                              "stop_s": 30, "resilience": {"class": "unprotected"}},
                             {"id": "forth", "master": "A", "slave": "C", "rate_keys_per_s": 30,
                              "start_s": 31, "resilience": {"class": "unprotected"}}]})";
        const ExperimentResults results =
            ScenarioRunner().Run(ScenarioReader::ReadString(text, "turn"), "turn");
        const SessionResult& forth = results.sessions.at(1);
        NS_TEST_EXPECT_MSG_GT(forth.requested, 1000, "asked for");
        NS_TEST_EXPECT_MSG_LT(forth.lost + forth.late, 100, "two or three seconds of 39");
        NS_TEST_EXPECT_MSG_EQ(results.conservation.violations.size(), 0, "books");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The end of a route crashes while the pool of a session is filled.
 */
class EndCrashTest : public TestCase
{
  public:
    EndCrashTest()
        : TestCase("The end of relays crashes: what was planned is not relayed in vain")
    {
    }

  private:
    void DoRun() override
    {
        const ExperimentResults results = RunChain("C", 3, 4, 10000);
        const KmaLinkBooks& books = results.conservation.kma.front();
        NS_TEST_ASSERT_MSG_EQ(books.link, "AB", "link");
        const auto& bits = books.common.bits;
        NS_TEST_EXPECT_MSG_GT(bits[KEY_RELAY_WORKING], 100000, "the pool was being filled");
        NS_TEST_EXPECT_MSG_GT(bits[KEY_WASTED], 0, "relays were on the way");
        NS_TEST_EXPECT_MSG_LT(bits[KEY_WASTED], 400000, "a window of them");
        NS_TEST_EXPECT_MSG_EQ(results.conservation.violations.size(), 0, "books");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief When a route is tried that fails further on.
 */
class BackOffTest : public TestCase
{
  public:
    BackOffTest()
        : TestCase("A route that fails further on rests, is tried with one key, and is used again")
    {
    }

  private:
    /// The session asks for keys, every 50 ms, once each.
    void AskFor(KeyRelayTestNetwork& net, double seconds)
    {
        for (double t = 0; t < seconds; t += 0.05)
        {
            Simulator::Schedule(Seconds(t), [&net] { net.Ask(1); });
        }
        Simulator::Stop(Seconds(seconds));
        Simulator::Run();
    }

    void DoRun() override
    {
        // the first hop has key for all, the second one for none
        KeyRelayTestNetwork net(3, {{1, 2}, {2, 3}}, 0);
        net.AddSession(1, 1, 3);
        Simulator::Schedule(Seconds(1), [&net] {
            net.Deliver(1, 100000);
            net.Install(1, 1, {1, 2, 3});
            net.UseRoutes(1, 1);
        });
        Simulator::Stop(Seconds(3));
        Simulator::Run();
        AskFor(net, 4.9);
        // at 0, 0.1, 0.3, 0.7, 1.5, 2.5, 3.5 and 4.5 s, and up to 50 ms later each
        const uint64_t tried = net.CountMessages(KX_KEY_RELAY);
        NS_TEST_EXPECT_MSG_EQ(net.CountServed(), 0, "no key");
        NS_TEST_EXPECT_MSG_EQ((tried == 7 || tried == 8), true, "tried: " << tried);
        NS_TEST_EXPECT_MSG_EQ(net.Kma().GetTotal().Get(KEY_WASTED), tried * 256, "one key each");
        // the hop has key again, which is told: the next try succeeds, and the others after it
        const uint64_t told = net.CountMessages(KX_ROUTE_STATUS);
        net.Deliver(2, 100000);
        AskFor(net, 3);
        NS_TEST_EXPECT_MSG_EQ(net.CountMessages(KX_ROUTE_STATUS), told + 1, "told");
        NS_TEST_EXPECT_MSG_GT(net.CountServed(), 57, "all but one or two");
        NS_TEST_EXPECT_MSG_EQ(net.Records().back().container.status, KEY_SUPPLY_OK, "the last");
        NS_TEST_EXPECT_MSG_EQ(net.Kma().GetTotal().Get(KEY_WASTED), tried * 256, "no more waste");
        NS_TEST_EXPECT_MSG_EQ(net.GetProblem(), "", "books");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Several routes wait for key of one hop, which comes in small pieces.
 */
class RefusedTurnsTest : public TestCase
{
  public:
    RefusedTurnsTest()
        : TestCase("Routes that a dry hop refused are tried in turn as it gains key")
    {
    }

  private:
    void DoRun() override
    {
        constexpr uint32_t SESSIONS = 3;
        KeyRelayTestNetwork net(3, {{1, 2}, {2, 3}}, 0);
        for (uint32_t id = 1; id <= SESSIONS; ++id)
        {
            net.AddSession(id, 1, 3);
        }
        Simulator::Schedule(Seconds(1), [&net] {
            net.Deliver(1, 100000);
            for (uint32_t id = 1; id <= SESSIONS; ++id)
            {
                net.Install(id, id, {1, 2, 3});
                net.UseRoutes(id, id);
            }
        });
        // 150 keys per second are asked for, and from 4 s on the last hop gains 40, tags included
        for (int step = 0; step < 300; ++step)
        {
            Simulator::Schedule(Seconds(2) + step * MilliSeconds(20), [&net, step] {
                for (uint32_t id = 1; id <= SESSIONS; ++id)
                {
                    net.Ask(id);
                }
                if (step >= 100 && step % 5 == 0)
                {
                    net.Deliver(2, 4 * 256);
                }
            });
        }
        Simulator::Stop(Seconds(9));
        Simulator::Run();
        std::map<SessionId, uint32_t> served;
        for (const KeyRelayTestNetwork::Record& record : net.Records())
        {
            served[record.session] += record.container.status == KEY_SUPPLY_OK ? 1 : 0;
        }
        const auto isLess = [](const auto& a, const auto& b) { return a.second < b.second; };
        const auto [least, most] = std::minmax_element(served.begin(), served.end(), isLess);
        NS_TEST_EXPECT_MSG_GT(least->second, 20, "session " << least->first);
        NS_TEST_EXPECT_MSG_GT(3 * least->second,
                              2 * most->second,
                              "session " << least->first << " beside " << most->first);
        NS_TEST_EXPECT_MSG_GT(net.CountMessages(KX_ROUTE_STATUS), 60, "told as keys come");
        NS_TEST_EXPECT_MSG_EQ(net.CountBadMessages(), 0, "of use to the KM before");
        NS_TEST_EXPECT_MSG_EQ(net.GetProblem(), "", "books");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The end of a route does not answer for long, then it does.
 */
class VoidStoreTest : public TestCase, public KxChannel
{
  public:
    VoidStoreTest()
        : TestCase("What is void is told again in messages of limited size until all is known")
    {
    }

    bool SendKx(KmId peer, uint16_t type, Ptr<Packet> body, IncidentId /* incident */) override
    {
        const auto message = KxRelayVoid::FromPacket(body);
        NS_TEST_EXPECT_MSG_EQ((peer == KmId(2) && type == KX_RELAY_VOID && message), true, "void");
        m_sent.push_back(message.value_or(KxRelayVoid()));
        return true;
    }

  private:
    static constexpr uint32_t COUNT = 1300; //!< relays that are void

    void DoRun() override
    {
        RouteTable routes;
        routes.Configure(KmId(1));
        const KeyRoute route{RouteId(1),
                             SessionId(1),
                             ROUTE_WORKING,
                             {KmId(1), KmId(2), KmId(3)},
                             0};
        NS_TEST_ASSERT_MSG_EQ(routes.Install(route), "", "route");
        RelayVoidStore store;
        store.Configure(this, &routes);
        store.SetInterval(Seconds(1));
        for (uint32_t number = 1; number <= COUNT; ++number)
        {
            store.AddRelay(route, number, {KsaKeyId{SessionId(1), number}}, IncidentId());
        }
        NS_TEST_EXPECT_MSG_EQ(m_sent.size(), COUNT, "each is told at once");
        m_sent.clear();
        Simulator::Stop(Seconds(10.5));
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(m_sent.size(), 10, "one message a second");
        for (const KxRelayVoid& message : m_sent)
        {
            NS_TEST_EXPECT_MSG_LT(message.numbers.size() + message.keys.size(), 1100, "limited");
            NS_TEST_EXPECT_MSG_EQ(message.numbers.front(), 1, "the oldest");
        }

        // from now on the end answers
        std::set<uint64_t> told;
        for (std::size_t i = 9; i < m_sent.size(); ++i)
        {
            const KxRelayVoid message = m_sent[i];
            told.insert(message.numbers.begin(), message.numbers.end());
            NS_TEST_ASSERT_MSG_LT(i, 20, "comes to its end");
            store.Acknowledge(message);
        }
        NS_TEST_EXPECT_MSG_EQ(told.size(), COUNT, "all is told, one message after the other");
        NS_TEST_EXPECT_MSG_EQ(store.GetOldest(route.id), 0, "nothing is left");
        NS_TEST_EXPECT_MSG_EQ(store.Take(route.id).size(), 0, "nor a key");
        m_sent.clear();
        Simulator::Stop(Seconds(10));
        Simulator::Run();
        NS_TEST_EXPECT_MSG_EQ(m_sent.size(), 0, "silence");
        Simulator::Destroy();
    }

    std::vector<KxRelayVoid> m_sent; //!< what was sent
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Outages on key relay routes.
 */
class QkdnRelayOutageTestSuite : public TestSuite
{
  public:
    QkdnRelayOutageTestSuite()
        : TestSuite("qkdn-relay-outage", Type::SYSTEM)
    {
        AddTestCase(new SourceCrashTest);
        AddTestCase(new RepeatedNotificationTest);
        AddTestCase(new DryHopTest("fibre-cut", 0));
        AddTestCase(new DryHopTest("fibre-cut", 40));
        AddTestCase(new DryHopTest("km-crash", 0));
        AddTestCase(new DryHopTest("km-crash", 40));
        AddTestCase(new TurnRoundTest);
        AddTestCase(new EndCrashTest);
        AddTestCase(new BackOffTest);
        AddTestCase(new RefusedTurnsTest);
        AddTestCase(new VoidStoreTest);
    }
};

QkdnRelayOutageTestSuite g_qkdnRelayOutageTestSuite; //!< registers the suite

} // namespace
