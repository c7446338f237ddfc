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

#include <cstdint>
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
 * @brief A KM crashes while requests wait for relays that it has begun.
 */
class LastWordsTest : public TestCase
{
  public:
    LastWordsTest()
        : TestCase("A key manager that crashes says nothing of what fails with it")
    {
    }

  private:
    void DoRun() override
    {
        KeyRelayTestNetwork net(3, {{1, 2}, {2, 3}}, 100000);
        net.AddSession(1, 1, 3);
        Simulator::Schedule(Seconds(1), [&net] {
            net.Install(1, 1, {1, 2, 3});
            net.UseRoutes(1, 1);
        });
        Simulator::Schedule(Seconds(2), [&net] { net.Ask(1); });
        const Time crash = Seconds(2) + MicroSeconds(200);
        Simulator::Schedule(crash, [&net] { net.Km(1)->Crash(); });
        Simulator::Stop(Seconds(3));
        Simulator::Run();
        NS_TEST_ASSERT_MSG_GT(net.CountMessages(KX_KEY_RELAY), 0, "the relay had begun");
        NS_TEST_ASSERT_MSG_EQ(net.Records().size(), 1, "one request");
        const KeyRelayTestNetwork::Record& request = net.Records().front();
        NS_TEST_EXPECT_MSG_EQ(request.container.status, KEY_SUPPLY_UNAVAILABLE, "no key");
        for (const KeyRelayTestNetwork::RouteRecord& event : net.RouteEvents())
        {
            NS_TEST_EXPECT_MSG_NE(event.kind, ROUTE_EVENT_SUPPLY_INTERRUPTED, "at " << event.at);
        }
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
        AddTestCase(new EndCrashTest);
        AddTestCase(new LastWordsTest);
        AddTestCase(new VoidStoreTest);
    }
};

QkdnRelayOutageTestSuite g_qkdnRelayOutageTestSuite; //!< registers the suite

} // namespace
