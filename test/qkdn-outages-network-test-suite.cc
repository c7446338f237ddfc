/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Cases in which QKDNetSim v2 or 3.1.2 crashes, hangs, or never supplies again, beyond one link.

#include "qkdn-key-lives.h"

#include "ns3/qkdn-scenario-builder.h"
#include "ns3/qkdn-scenario-error.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/qkdn-scenario-runner.h"
#include "ns3/simulator.h"
#include "ns3/test.h"

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/**
 * @brief Nodes n0, n1 ... in a chain or a ring, with a QKD link on a fibre of 20 km between
 * neighbours, and a controller at n1.
 * @param nodes number of nodes
 * @param ring whether the last one is joined to the first
 * @param rateBps key rate of each link, bit/s
 * @param poolBit key in each pool at the beginning
 * @param durationS length of the run, s
 * @param sections further sections, with their keys
 * @return text of a scenario
 */
std::string
MakeNetwork(uint32_t nodes,
            bool ring,
            uint32_t rateBps,
            uint32_t poolBit,
            double durationS,
            const std::string& sections)
{
    std::ostringstream places;
    std::ostringstream fibres;
    std::ostringstream links;
    for (uint32_t i = 0; i < nodes; ++i)
    {
        places << (i > 0 ? ", " : "") << R"({"id": "n)" << i << R"("})";
    }
    const uint32_t count = ring ? nodes : nodes - 1;
    for (uint32_t i = 0; i < count; ++i)
    {
        const char* comma = i > 0 ? ", " : "";
        const uint32_t next = (i + 1) % nodes;
        fibres << comma << R"({"id": "f)" << i << R"(", "a": "n)" << i << R"(", "b": "n)" << next
               << R"(", "length_km": 20})";
        links << comma << R"({"id": "l)" << i << R"(", "tx": "n)" << i << R"(", "rx": "n)" << next
              << R"(", "fibres": ["f)" << i
              << R"("], "protocol": {"type": "measured", "rate_bps": )" << rateBps
              << R"(, "block_key_bit": 2000}, "initial_pool_bit": )" << poolBit
              << R"(, "initial_state": "running", "resync_s": 1, "start_up_s": 1})";
    }
    std::ostringstream json;
    json << R"({"name": "network", "simulation": {"duration_s": )" << durationS
         << R"(}, "nodes": [)" << places.str() << R"(], "fibres": [)" << fibres.str()
         << R"(], "qkd_links": [)" << links.str()
         << R"(], "controllers": [{"id": "C", "node": "n1"}], )" << sections << "}";
    return json.str();
}

/**
 * @brief A session.
 * @param id its id
 * @param master node of the master
 * @param slave node of the slave
 * @param keyBit size of a key
 * @param rate keys per second
 * @param more further keys of the session, with a comma before
 * @return its object in a scenario
 */
std::string
MakeSession(const std::string& id,
            const std::string& master,
            const std::string& slave,
            uint32_t keyBit,
            double rate,
            const std::string& more = "")
{
    std::ostringstream json;
    json << R"({"id": ")" << id << R"(", "master": ")" << master << R"(", "slave": ")" << slave
         << R"(", "key_size_bit": )" << keyBit << R"(, "rate_keys_per_s": )" << rate
         << R"(, "start_s": 3, "deadline_s": 0.5, "retry_s": 0.09)" << more << "}";
    return json.str();
}

/**
 * @brief What went against the rules of keys.
 * @param results results of a run
 * @return the first violation, empty for none
 */
std::string
FindUnsound(const ExperimentResults& results)
{
    if (!results.conservation.violations.empty())
    {
        return results.conservation.violations.front();
    }
    return results.conservation.Balances() ? "" : "books do not balance";
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief More is asked for than links generate.
 */
class DemandAboveSupplyTest : public TestCase
{
  public:
    DemandAboveSupplyTest()
        : TestCase("Demand above supply, one hop and relayed: supply goes on at the rate of the "
                   "links")
    {
    }

  private:
    void DoRun() override
    {
        const std::string sessions =
            R"("key_management": {"kx_authentication": "none", "relay_batch": 1}, "sessions": [)" +
            MakeSession("direct", "n0", "n1", 256, 20) + ", " +
            MakeSession("r1", "n1", "n3", 256, 10) + ", " + MakeSession("r2", "n3", "n1", 256, 10) +
            ", " + MakeSession("r3", "n1", "n3", 256, 10) + ", " +
            MakeSession("r4", "n3", "n1", 256, 10) + "]";
        const Scenario scenario =
            ScenarioReader::ReadString(MakeNetwork(4, false, 2000, 0, 63, sessions), "overload");
        const ExperimentResults results = ScenarioRunner().Run(scenario, "overload");
        NS_TEST_ASSERT_MSG_EQ(FindUnsound(results), "", "keys");
        double relayed = 0.0;
        for (const SessionResult& session : results.sessions)
        {
            (session.id == "direct" ? m_direct : relayed) += static_cast<double>(session.supplied);
        }
        // a block of 2000 bits each second, of which 192 are for its tags
        const double most = 63.0 * (2000 - 192) / 256;
        NS_TEST_EXPECT_MSG_GT(m_direct, 0.9 * most, "over one hop");
        NS_TEST_EXPECT_MSG_LT(m_direct, most, "no more than there is");
        NS_TEST_EXPECT_MSG_GT(relayed, 0.4 * most, "over two hops, some fail at the second");
        NS_TEST_EXPECT_MSG_LT(relayed, most, "no more than there is");
        const bool late =
            std::any_of(results.requests.begin(),
                        results.requests.end(),
                        [](const RequestResult& request) {
                            return request.session != "direct" && request.handedOver > Seconds(60);
                        });
        NS_TEST_EXPECT_MSG_EQ(late, true, "to the end");
    }

    double m_direct{0.0}; //!< keys over one hop
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Keys of all sizes.
 */
class OddSizesTest : public TestCase
{
  public:
    OddSizesTest()
        : TestCase("Relay of keys that fit neither blocks nor words, over 3 and over 8 hops")
    {
    }

  private:
    void DoRun() override
    {
        Check(4, false, "n3");
        Check(16, true, "n8");
    }

    /**
     * @brief Relay from the first node.
     * @param nodes number of nodes
     * @param ring whether they are in a ring
     * @param slave the node at the end
     */
    void Check(uint32_t nodes, bool ring, const std::string& slave)
    {
        std::string sessions;
        for (const uint32_t bits : {8U, 72U, 1000U, 2008U, 12344U, 99992U})
        {
            sessions += (sessions.empty() ? "" : ", ") +
                        MakeSession("s" + std::to_string(bits), "n0", slave, bits, 0.2);
        }
        const Scenario scenario = ScenarioReader::ReadString(
            MakeNetwork(nodes, ring, 20000, 1200000, 23, R"("sessions": [)" + sessions + "]"),
            "sizes");
        const ExperimentResults results = ScenarioRunner().Run(scenario, "sizes");
        NS_TEST_ASSERT_MSG_EQ(FindUnsound(results), "", "keys");
        for (const SessionResult& session : results.sessions)
        {
            NS_TEST_EXPECT_MSG_EQ(session.requested, 4, session.id);
            NS_TEST_EXPECT_MSG_EQ(session.supplied, 4, session.id);
            NS_TEST_EXPECT_MSG_EQ(session.late, 0, session.id);
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A session to a node that cannot be reached.
 */
class UnreachableTest : public TestCase
{
  public:
    UnreachableTest()
        : TestCase("A destination that cannot be reached stops nobody else, and is served when it "
                   "can be")
    {
    }

  private:
    void DoRun() override
    {
        const std::string sections =
            R"("sessions": [)" + MakeSession("far", "n0", "n3", 256, 2) + ", " +
            MakeSession("near", "n0", "n2", 256, 2) + ", " +
            MakeSession("beside", "n2", "n3", 256, 2) +
            R"(], "faults": [{"at_s": 0, "type": "fibre-cut", "target": "f2",
                              "repair_after_s": 40}])";
        const Scenario scenario =
            ScenarioReader::ReadString(MakeNetwork(4, false, 20000, 20000, 60, sections),
                                       "unreachable");
        const ExperimentResults results = ScenarioRunner().Run(scenario, "unreachable");
        NS_TEST_ASSERT_MSG_EQ(FindUnsound(results), "", "keys");
        for (const SessionResult& session : results.sessions)
        {
            if (session.id == "near")
            {
                NS_TEST_EXPECT_MSG_EQ(session.lost, 0, "near is served");
                NS_TEST_EXPECT_MSG_EQ(session.late, 0, "near is served at once");
                continue;
            }
            NS_TEST_EXPECT_MSG_GT(session.lost, 60, session.id << ": none while it is cut");
            NS_TEST_EXPECT_MSG_LT(session.interruptions.back().end,
                                  Seconds(48),
                                  session.id << ": served after the repair");
            NS_TEST_EXPECT_MSG_GT(session.supplied, 20, session.id << ": and so on");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Rates, sizes and numbers of 0.
 */
class ZerosTest : public TestCase
{
  public:
    ZerosTest()
        : TestCase("Rates and sizes of 0 are refused before the run, with their place")
    {
    }

  private:
    void DoRun() override
    {
        const std::string text = MakeNetwork(3,
                                             false,
                                             20000,
                                             20000,
                                             10,
                                             R"("key_management": {}, "sessions": [)" +
                                                 MakeSession("s", "n0", "n2", 256, 2) + "]");
        for (const std::string place : {"/qkd_links/0/protocol/rate_bps",
                                        "/qkd_links/0/protocol/block_key_bit",
                                        "/sessions/0/rate_keys_per_s",
                                        "/sessions/0/key_size_bit",
                                        "/key_management/relay_batch",
                                        "/key_management/relay_window",
                                        "/key_management/capacity_bit",
                                        "/simulation/duration_s"})
        {
            std::string error;
            try
            {
                ScenarioReader::ReadString(text, "zeros", {{place, "0"}});
            }
            catch (const ScenarioError& caught)
            {
                error = caught.what();
            }
            NS_TEST_EXPECT_MSG_NE(error.find(place), std::string::npos, place << ": " << error);
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A crash in the middle of a thousand relays.
 */
class ManyRelaysTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param crashed the node whose key manager crashes
     * @param survive whether pools survive
     */
    ManyRelaysTest(const std::string& crashed, bool survive)
        : TestCase("KM " + crashed + " crashes with 1000 relays under way, pools " +
                   (survive ? "survive" : "are lost")),
          m_crashed(crashed),
          m_survive(survive)
    {
    }

  private:
    void DoRun() override
    {
        // at 2 Mbit/s a thousand relays take a second
        const std::string sections =
            std::string(R"("classical": {"rate_bps": 2000000},
                "key_management": {"relay_batch": 1, "relay_window": 1024, "ksa_key_ttl_s": 5,
                                   "pools_survive_crash": )") +
            (m_survive ? "true" : "false") + R"(}, "sessions": [)" +
            MakeSession("s",
                        "n0",
                        "n3",
                        256,
                        0.5,
                        R"(, "ksa_pool": {"low_keys": 1000, "high_keys": 1000}, "stop_s": 30)") +
            "]";
        {
            const Scenario scenario =
                ScenarioReader::ReadString(MakeNetwork(4, false, 100000, 4000000, 40, sections),
                                           "relays");
            const ScenarioBuilder builder(scenario, "relays");
            KeyLives lives;
            for (const auto& node : scenario.nodes)
            {
                lives.Watch(builder.GetKeyManager(node.id));
            }
            m_builder = &builder;
            m_lives = &lives;
            Simulator::Schedule(Seconds(1), &ManyRelaysTest::CrashWhenFull, this);
            Simulator::Stop(scenario.simulation.duration);
            Simulator::Run();
            NS_TEST_EXPECT_MSG_EQ(m_hasCrashed, true, "there were so many");
            NS_TEST_EXPECT_MSG_GT(lives.CountFailed(), 100, "relays failed");
            NS_TEST_EXPECT_MSG_EQ(lives.CountOpen(), 0, "all are decided");
            NS_TEST_EXPECT_MSG_EQ(lives.FindProblem(), "", "both ends hold the same");
            const auto source = builder.GetKeyManager("n0")->GetMasterAgent();
            NS_TEST_EXPECT_MSG_EQ(lives.GetHeld().size(),
                                  source->GetPooledKeys(SessionId(1)),
                                  "both ends hold the same");
            NS_TEST_EXPECT_MSG_GT(lives.GetHeld().size(), 900, "the pool is full again");
            const ExperimentResults results = builder.GetMonitor()->Collect(Time(0));
            NS_TEST_EXPECT_MSG_EQ(FindUnsound(results), "", "keys");
            const KeyBook kma = results.conservation.GetKmaTotal();
            NS_TEST_EXPECT_MSG_EQ(kma.bits[KEY_ONE_SIDED], 0, "one-sided");
            NS_TEST_EXPECT_MSG_GT(kma.bits[KEY_WASTED] + kma.bits[KEY_DESTROYED],
                                  100 * 256,
                                  "bits in doubt are booked");
            const SessionResult& session = results.sessions.front();
            NS_TEST_EXPECT_MSG_LT(session.longestOutage, Seconds(15), "supply is back");
            m_builder = nullptr;
            m_lives = nullptr;
        }
        Simulator::Destroy();
    }

    /// Crash for 5 s as soon as a thousand relays are under way.
    void CrashWhenFull()
    {
        const Ptr<KeyManager> km = m_builder->GetKeyManager(m_crashed);
        if (m_lives->CountOpen() >= 1000)
        {
            m_hasCrashed = true;
            km->Crash();
            Simulator::Schedule(Seconds(5), &KeyManager::Restart, km);
            return;
        }
        if (Simulator::Now() < Seconds(20))
        {
            Simulator::Schedule(MilliSeconds(1), &ManyRelaysTest::CrashWhenFull, this);
        }
    }

    std::string m_crashed;                     //!< the node whose key manager crashes
    bool m_survive;                            //!< whether pools survive
    const ScenarioBuilder* m_builder{nullptr}; //!< the simulation
    const KeyLives* m_lives{nullptr};          //!< its keys
    bool m_hasCrashed{false};                  //!< the crash came
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A key manager that sends hellos and answers nothing.
 */
class SilentKeyManagerTest : public TestCase
{
  public:
    SilentKeyManagerTest()
        : TestCase("A key manager that never answers holds up its own sessions only")
    {
    }

  private:
    /// Hear a message and do nothing.
    void Ignore(PeerId, uint16_t, Ptr<Packet>, IncidentId)
    {
        ++m_ignored;
    }

    void DoRun() override
    {
        ExperimentResults results;
        {
            const std::string sessions = R"("sessions": [)" +
                                         MakeSession("silent", "n0", "n1", 256, 4) + ", " +
                                         MakeSession("other", "n0", "n3", 256, 4) + ", " +
                                         MakeSession("relayed", "n0", "n2", 256, 4) + "]";
            // ring of 4: n0 reaches n2 over n1 or over n3
            const Scenario scenario =
                ScenarioReader::ReadString(MakeNetwork(4, true, 20000, 40000, 40, sessions),
                                           "silent",
                                           {{"/controllers/0/node", "n3"}});
            const ScenarioBuilder builder(scenario, "silent");
            const auto endpoint = builder.GetKeyManager("n1")->GetEndpoint();
            Simulator::Schedule(Seconds(10),
                                &MessageEndpoint::SetReceiveCallback,
                                endpoint,
                                MakeCallback(&SilentKeyManagerTest::Ignore, this));
            Simulator::Stop(scenario.simulation.duration);
            Simulator::Run();
            results = builder.GetMonitor()->Collect(Time(0));
        }
        Simulator::Destroy();
        NS_TEST_EXPECT_MSG_GT(m_ignored, 20, "it was asked");
        NS_TEST_EXPECT_MSG_EQ(results.conservation.Balances(), true, "books balance");
        for (const SessionResult& session : results.sessions)
        {
            NS_TEST_EXPECT_MSG_LT(session.open, 10, session.id << ": requests end");
            if (session.id == "silent")
            {
                NS_TEST_EXPECT_MSG_GT(session.lost, 100, "no key from the silent one");
            }
            if (session.id == "other")
            {
                NS_TEST_EXPECT_MSG_EQ(session.late + session.lost, 0, "others are not held up");
                NS_TEST_EXPECT_MSG_LT(session.kkrd->maxS, 0.01, "at all");
            }
        }
    }

    uint32_t m_ignored{0}; //!< messages that nobody answers
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of outages of networks.
 */
class QkdnOutagesNetworkTestSuite : public TestSuite
{
  public:
    QkdnOutagesNetworkTestSuite()
        : TestSuite("qkdn-outages-network", Type::SYSTEM)
    {
        AddTestCase(new DemandAboveSupplyTest);
        AddTestCase(new OddSizesTest);
        AddTestCase(new UnreachableTest);
        AddTestCase(new ZerosTest);
        for (const std::string crashed : {"n0", "n1", "n2", "n3"})
        {
            AddTestCase(new ManyRelaysTest(crashed, true));
            AddTestCase(new ManyRelaysTest(crashed, false));
        }
        AddTestCase(new SilentKeyManagerTest);
    }
};

static QkdnOutagesNetworkTestSuite g_qkdnOutagesNetworkTestSuite; //!< registers the suite
