/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Relays into a hop that has failed or is dry: what they take of the hops before it, and when the
// route is used again.

#include "qkdn-key-relay-test-network.h"
#include "qkdn-scenario-ways.h"

#include "ns3/qkdn-key-ledger.h"
#include "ns3/qkdn-kx-relay-messages.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/qkdn-scenario-runner.h"
#include "ns3/qkdn-session-policy.h"
#include "ns3/simulator.h"
#include "ns3/test.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

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
 * @brief Extra traffic comes from beside a protection route, into a hop of it.
 */
class PreemptionEndTest : public TestCase
{
  public:
    PreemptionEndTest()
        : TestCase("Who was refused for a protection route is told at once when that is left")
    {
    }

  private:
    void DoRun() override
    {
        // working 1-4-3, protection 1-2-3, extra traffic 5-2-3
        KeyRelayTestNetwork net(5, {{1, 2}, {2, 3}, {1, 4}, {4, 3}, {5, 2}}, 1000000);
        SessionPolicy secured;
        secured.resilienceClass = CLASS_ROUTE_1_1;
        secured.wtr = Seconds(3);
        net.AddSession(1, 1, 3, secured);
        SessionPolicy extra;
        extra.extraTraffic = true;
        net.AddSession(2, 5, 3, extra);
        Simulator::Schedule(Seconds(1), [&net] {
            net.Install(1, 1, {1, 4, 3});
            net.Install(2, 1, {1, 2, 3}, ROUTE_PROTECTION);
            net.Install(3, 2, {5, 2, 3}, ROUTE_EXTRA);
            net.UseRoutes(1, 1, 2);
            net.UseRoutes(2, 3);
        });
        Simulator::Schedule(Seconds(3), [&net] { net.SetLink(4, LINK_PASSIVE); });
        Simulator::Schedule(Seconds(6), [&net] { net.SetLink(4, LINK_ACTIVE); });
        for (Time at = Seconds(2); at < Seconds(12); at += MilliSeconds(20))
        {
            Simulator::Schedule(at, [&net] { net.Ask(2); });
        }
        Simulator::Stop(Seconds(13));
        Simulator::Run();
        uint32_t refused = 0;
        Time again = Time::Max();
        for (const KeyRelayTestNetwork::Record& record : net.Records())
        {
            const bool ok = record.container.status == KEY_SUPPLY_OK;
            const bool before = record.asked <= Seconds(3);
            NS_TEST_EXPECT_MSG_EQ((!before || ok), true, "asked at " << record.asked);
            refused += ok ? 0 : 1;
            again = ok && !before ? std::min(again, record.answered) : again;
        }
        NS_TEST_EXPECT_MSG_GT(refused, 290, "six seconds of 50 requests each");
        NS_TEST_EXPECT_MSG_GT(again, Seconds(9), "not before the session has reverted");
        NS_TEST_EXPECT_MSG_LT(again, Seconds(9.05), "the next request but one at the latest");
        NS_TEST_EXPECT_MSG_EQ(net.GetProblem(), "", "books");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A session has two routes, and a hop of one of them gains far less key than its half.
 */
class DryRouteTest : public TestCase
{
  public:
    DryRouteTest()
        : TestCase("Over two routes, the one with key carries the session, the dry one what it can")
    {
    }

  private:
    void DoRun() override
    {
        const ScenarioWays rich =
            MakeScenarioWays({"AB", "BD", "AC"},
                             25,
                             R"("initial_state": "running", "initial_pool_bit": 40000,
                                "protocol": {"type": "measured", "rate_bps": 4000})");
        const ScenarioWays dry =
            MakeScenarioWays({"CD"},
                             25,
                             R"("initial_state": "running", "initial_pool_bit": 20000,
                                "protocol": {"type": "measured", "rate_bps": 200})");
        const std::string text =
            R"({"name": "two-routes", "simulation": {"duration_s": 400}, "nodes": [{"id": "A"},
                {"id": "B"}, {"id": "C"}, {"id": "D"}], "fibres": [)" +
            rich.fibres + ", " + dry.fibres + R"(], "qkd_links": [)" + rich.links + ", " +
            dry.links +
            R"(], "classical": {"network": "out-of-band", "out_of_band_delay_s": 0.002},
                "controllers": [{"id": "K", "node": "B"}],
                "sessions": [{"id": "S", "master": "A", "slave": "D", "rate_keys_per_s": 6,
                              "resilience": {"class": "multi-path", "shares": 2}}]})";
        const ExperimentResults results =
            ScenarioRunner().Run(ScenarioReader::ReadString(text, "two-routes"), "two-routes");
        const SessionResult& session = results.sessions.at(0);
        NS_TEST_EXPECT_MSG_EQ(session.lost, 0, "none is lost");
        NS_TEST_EXPECT_MSG_LT(session.late, 3, "nor late, but for the start");
        const KmaLinkBooks& before = results.conservation.kma.at(2);
        const KmaLinkBooks& thin = results.conservation.kma.at(3);
        NS_TEST_ASSERT_MSG_EQ(before.link + thin.link, "ACCD", "links");
        NS_TEST_EXPECT_MSG_GT(thin.common.bits[KEY_RELAY_WORKING], 40000, "what it can");
        NS_TEST_EXPECT_MSG_LT(before.common.bits[KEY_WASTED],
                              256 * 2 * 400,
                              "a key or two in a second are tried in vain");
        NS_TEST_EXPECT_MSG_EQ(results.conservation.violations.size(), 0, "books");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Back-off of key relays.
 */
class QkdnRelayBackOffTestSuite : public TestSuite
{
  public:
    QkdnRelayBackOffTestSuite()
        : TestSuite("qkdn-relay-back-off", Type::SYSTEM)
    {
        AddTestCase(new DryHopTest("fibre-cut", 0));
        AddTestCase(new DryHopTest("fibre-cut", 40));
        AddTestCase(new DryHopTest("km-crash", 0));
        AddTestCase(new DryHopTest("km-crash", 40));
        AddTestCase(new TurnRoundTest);
        AddTestCase(new BackOffTest);
        AddTestCase(new RefusedTurnsTest);
        AddTestCase(new PreemptionEndTest);
        AddTestCase(new DryRouteTest);
    }
};

QkdnRelayBackOffTestSuite g_qkdnRelayBackOffTestSuite; //!< registers the suite

} // namespace
