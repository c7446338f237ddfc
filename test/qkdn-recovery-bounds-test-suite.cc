/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Figures where something begins or ends in the middle of something else: sessions that start late
// or stop early, a warm-up that ends during an outage, the crash of the KM whose routes they are.

#include "qkdn-scenario-ways.h"

#include "ns3/qkdn-scenario-reader.h"
#include "ns3/qkdn-scenario-runner.h"
#include "ns3/test.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// What differs from one run to the next.
struct Given
{
    std::string resilience{"unprotected"}; //!< class of session S
    std::string faults;                    //!< elements of "faults"
    uint32_t startS{3};                    //!< start of S, s
    uint32_t stopS{100};                   //!< stop of S, s
    std::string simulation;                //!< more keys of "simulation", with a comma before
    std::string slave{"4"};                //!< slave of S
    double deadlineS{1};                   //!< deadline of S, s
    double lifetimeS{2};                   //!< for how long S asks for a key, s
    uint32_t poolBit{9000};                //!< in each pool at first
};

/**
 * @brief The ring 1-2-4-3-1 with session S from node 1, 2 keys a second.
 * @param given the rest
 * @return the results after 100 s
 */
ExperimentResults
RunRing(const Given& given)
{
    const ScenarioWays ways =
        MakeScenarioWays({"12", "24", "13", "34"},
                         10,
                         R"("initial_state": "running", "start_up_s": 0.5, "resync_s": 0.5,
           "protocol": {"type": "measured", "rate_bps": 4000}, "initial_pool_bit": )" +
                             std::to_string(given.poolBit));
    const std::string text =
        R"({"name": "ring", "simulation": {"duration_s": 100, "distillation": "ideal")" +
        given.simulation + R"(}, "key_management": {"capacity_bit": )" +
        std::to_string(given.poolBit + 3000) + R"(},
            "nodes": [{"id": "1"}, {"id": "2"}, {"id": "3"}, {"id": "4"}, {"id": "Y"}],
            "fibres": [)" +
        ways.fibres + R"(, {"id": "y", "a": "Y", "b": "4", "length_km": 10}], "qkd_links": [)" +
        ways.links + R"(], "controllers": [{"id": "C", "node": "Y"}], "manager": {"node": "Y"},
            "sessions": [{"id": "S", "master": "1", "slave": ")" +
        given.slave + R"(", "rate_keys_per_s": 2, "toleration_s": 3,
                          "request_lifetime_s": )" +
        std::to_string(given.lifetimeS) + R"(, "deadline_s": )" + std::to_string(given.deadlineS) +
        R"(, "resilience": {"class": ")" + given.resilience + R"("}, "start_s": )" +
        std::to_string(given.startS) + R"(, "stop_s": )" + std::to_string(given.stopS) +
        R"(}], "faults": [)" + given.faults + "]}";
    return ScenarioRunner().Run(ScenarioReader::ReadString(text, "ring"), "ring");
}

/**
 * @ingroup qkdn-resilience-tests
 * @brief The crash of the master's KM, and a cut later.
 */
class MasterCrashTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param resilience class of the session
     * @param fault what stops the KM
     */
    MasterCrashTest(const std::string& resilience, const std::string& fault)
        : TestCase("The KM of the master stops, " + resilience + ", " + fault),
          m_resilience(resilience),
          m_fault(fault)
    {
    }

  private:
    void DoRun() override
    {
        Given given;
        given.resilience = m_resilience;
        given.faults = MakeScenarioFault(20, m_fault, "1", 4) + ", " +
                       MakeScenarioFault(60, "fibre-cut", "f12", 10);
        const ExperimentResults results = RunRing(given);
        NS_TEST_ASSERT_MSG_EQ(results.recoveries.size(), 2, "an episode for each");
        const RecoveryResult& crash = results.recoveries.front();
        NS_TEST_EXPECT_MSG_EQ(crash.outcome, RECOVERY_REPAIRED, "by its restart");
        NS_TEST_EXPECT_MSG_EQ(crash.alsoFaults.size(), 0, "the cut is none of it");
        NS_TEST_ASSERT_MSG_EQ(crash.markers.firstKeyUsable.has_value(), true, "over");
        NS_TEST_ASSERT_MSG_EQ(crash.markers.detected.has_value(), true, "noticed");
        const double lasted = (*crash.markers.firstKeyUsable - crash.markers.fault).GetSeconds();
        NS_TEST_EXPECT_MSG_GT(lasted, 4, "how long it lasted");
        NS_TEST_EXPECT_MSG_LT(lasted, 8, "how long it lasted");
        NS_TEST_EXPECT_MSG_EQ(results.recoveries.back().markers.fault, Seconds(60), "the cut");
    }

    std::string m_resilience; //!< class of the session
    std::string m_fault;      //!< kind of fault
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A warm-up changes what is measured, not how an episode is judged.
 */
class WarmUpTest : public TestCase
{
  public:
    WarmUpTest()
        : TestCase("An outage that goes on when the warm-up ends")
    {
    }

  private:
    void DoRun() override
    {
        for (const std::string supply : {"keys", "flow"})
        {
            Time outage;
            for (const std::string warmUpS : {"0", "58", "70"})
            {
                Given given;
                given.resilience = "restoration";
                given.faults = MakeScenarioFault(20, "fibre-cut", "f12", 40) + ", " +
                               MakeScenarioFault(20.1, "fibre-cut", "f13", 40);
                given.simulation =
                    R"(, "warm_up_s": )" + warmUpS + R"(, "supply": ")" + supply + "\"";
                const ExperimentResults results = RunRing(given);
                NS_TEST_ASSERT_MSG_EQ(results.recoveries.size(), 1, supply << ", " << warmUpS);
                const RecoveryResult& episode = results.recoveries.front();
                outage = warmUpS == "0" ? episode.outage : outage;
                NS_TEST_EXPECT_MSG_GT(episode.outage, Seconds(20), "supply was interrupted");
                NS_TEST_EXPECT_MSG_EQ(episode.outage, outage, "with a warm-up of " << warmUpS);
            }
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A session that does not ask for keys has no failures.
 */
class AskingTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param slave slave of the session: 4 over a route, 2 beside the master
     */
    explicit AskingTest(const std::string& slave)
        : TestCase("Sessions that start after a fault or stop before it, slave " + slave),
          m_slave(slave)
    {
    }

  private:
    void DoRun() override
    {
        const std::vector<std::pair<uint32_t, uint32_t>> times{{50, 100}, {3, 20}, {3, 100}};
        for (const auto& [startS, stopS] : times)
        {
            Given given;
            given.slave = m_slave;
            given.startS = startS;
            given.stopS = stopS;
            given.faults = MakeScenarioFault(20, "fibre-cut", "f12", 20);
            const ExperimentResults results = RunRing(given);
            const std::size_t expected = startS < 20 && stopS > 20 ? 1 : 0;
            NS_TEST_EXPECT_MSG_EQ(results.recoveries.size(), expected, startS << " to " << stopS);
            NS_TEST_EXPECT_MSG_EQ(results.sessions.front().interruptions.size(),
                                  expected,
                                  "interruptions, " << startS << " to " << stopS);
        }
    }

    std::string m_slave; //!< slave of the session
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A session that stops while its supply is interrupted.
 */
class StopTest : public TestCase
{
  public:
    StopTest()
        : TestCase("An interruption ends when its session stops")
    {
    }

  private:
    void DoRun() override
    {
        for (const std::string supply : {"keys", "flow"})
        {
            Given given;
            given.stopS = 50;
            given.faults = MakeScenarioFault(20, "fibre-cut", "f12", 60);
            given.simulation = R"(, "supply": ")" + supply + "\"";
            const SessionResult session = RunRing(given).sessions.front();
            NS_TEST_ASSERT_MSG_EQ(session.interruptions.size(), 1, supply);
            NS_TEST_EXPECT_MSG_LT(session.interruptions.front().start, Seconds(40), supply);
            NS_TEST_EXPECT_MSG_GT_OR_EQ(session.interruptions.front().end, Seconds(50), supply);
            NS_TEST_EXPECT_MSG_LT_OR_EQ(session.interruptions.front().end, Seconds(51), supply);
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Requests of the warm-up do not count in flow mode, either.
 */
class LateInWarmUpTest : public TestCase
{
  public:
    LateInWarmUpTest()
        : TestCase("Late requests of the measured time in flow mode")
    {
    }

  private:
    void DoRun() override
    {
        Given given;
        given.slave = "2";
        given.poolBit = 30000;
        given.lifetimeS = 60;
        given.faults = MakeScenarioFault(20, "km-crash", "2", 20);
        given.simulation = R"(, "supply": "flow", "warm_up_s": 35)";
        const SessionResult session = RunRing(given).sessions.front();
        // issued from 35 s on, and 1 s before supply goes on soon after 40 s
        NS_TEST_EXPECT_MSG_GT(session.late, 5, "late");
        NS_TEST_EXPECT_MSG_LT(session.late, 13, "late");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A session over several routes has an episode when a route fails that it uses.
 */
class LeftRouteTest : public TestCase
{
  public:
    LeftRouteTest()
        : TestCase("A further fault of a route that a session does without")
    {
    }

  private:
    void DoRun() override
    {
        for (const std::string resilience : {"multi-path", "route-1+1"})
        {
            Given given;
            given.resilience = resilience;
            given.faults = MakeScenarioFault(20, "fibre-cut", "f12", 40) + ", " +
                           MakeScenarioFault(30, "fibre-cut", "f24", 5) + ", " +
                           MakeScenarioFault(45, "fibre-cut", "f13", 30);
            const ExperimentResults results = RunRing(given);
            std::string faults;
            for (const RecoveryResult& episode : results.recoveries)
            {
                faults +=
                    std::to_string(static_cast<int>(episode.markers.fault.GetSeconds())) + " ";
            }
            NS_TEST_EXPECT_MSG_EQ(faults, "20 45 ", resilience);
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A session whose keys all come too late for its application.
 */
class NothingSuppliedTest : public TestCase
{
  public:
    NothingSuppliedTest()
        : TestCase("What a key cost is not said of a session that got none")
    {
    }

  private:
    void DoRun() override
    {
        Given given;
        // no key comes as soon, and an application that has given up takes none
        given.deadlineS = 0.0001;
        given.lifetimeS = 0.0002;
        const SessionResult session = RunRing(given).sessions.front();
        NS_TEST_ASSERT_MSG_EQ(session.supplied, 0, "keys in time");
        NS_TEST_EXPECT_MSG_EQ(session.keyOverhead.has_value(), false, "overhead");
        NS_TEST_EXPECT_MSG_EQ(session.exposure.relaysPerKey.has_value(), false, "relays");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Beginnings and ends.
 */
class QkdnRecoveryBoundsTestSuite : public TestSuite
{
  public:
    QkdnRecoveryBoundsTestSuite()
        : TestSuite("qkdn-recovery-bounds", Type::SYSTEM)
    {
        for (const std::string resilience :
             {"unprotected", "route-1:1", "restoration", "multi-path", "route-1+1"})
        {
            AddTestCase(new MasterCrashTest(resilience, "km-crash"));
            AddTestCase(new MasterCrashTest(resilience, "node-power"));
        }
        AddTestCase(new WarmUpTest);
        AddTestCase(new AskingTest("4"));
        AddTestCase(new AskingTest("2"));
        AddTestCase(new StopTest);
        AddTestCase(new LateInWarmUpTest);
        AddTestCase(new LeftRouteTest);
        AddTestCase(new NothingSuppliedTest);
    }
};

QkdnRecoveryBoundsTestSuite g_qkdnRecoveryBoundsTestSuite; //!< registers the suite

} // namespace
