/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-restoration-network.h"

#include <cmath>

using namespace ns3;
using namespace ns3::qkdn;

/**
 * @ingroup qkdn-resilience-tests
 * @brief The same failure under the three modes of restoration, with scarce key.
 */
class RestorationModesTest : public RestorationTest
{
  public:
    RestorationModesTest()
        : RestorationTest("OPRM recovers a part, MPRM all; or MPRM a part, and only TWRM all")
    {
    }

  private:
    /// What a mode makes of the failure.
    ExperimentResults RunMode(const std::string& mode, uint32_t spareBps, uint32_t poolBits)
    {
        Overrides changes = GetRates(spareBps, poolBits);
        changes.push_back({"/sessions/0/resilience/restoration", mode});
        if (mode == "time-window")
        {
            changes.push_back({"/sessions/0/resilience/time_window_s", "20"});
        }
        const ExperimentResults results = RunNetwork(changes);
        CheckHonest(results, mode);
        NS_TEST_EXPECT_MSG_EQ(results.recoveries.size(), 1, mode << ": one episode");
        return results;
    }

    /// Requests of the time without the working route that were served on time.
    static double GetServedShare(const ExperimentResults& results)
    {
        uint32_t all = 0;
        uint32_t served = 0;
        for (const RequestResult& request : results.requests)
        {
            if (request.issued > Seconds(CUT_S + 5) && request.issued < Seconds(REPAIR_S))
            {
                ++all;
                served += request.outcome == REQUEST_ON_TIME ? 1 : 0;
            }
        }
        return static_cast<double>(served) / all;
    }

    /// What was recovered and how; the ratio of the run is that of its only episode.
    void ExpectRecovered(const ExperimentResults& results,
                         uint64_t atLeastBps,
                         uint64_t atMostBps,
                         uint64_t routes,
                         const std::string& what)
    {
        const RecoveryResult& recovery = results.recoveries.at(0);
        NS_TEST_ASSERT_MSG_EQ(recovery.recoveredBps.has_value(), true, what);
        NS_TEST_EXPECT_MSG_EQ(
            (*recovery.recoveredBps >= atLeastBps && *recovery.recoveredBps <= atMostBps),
            true,
            what << ": " << *recovery.recoveredBps << " bit/s");
        NS_TEST_EXPECT_MSG_EQ(*recovery.demandBps, DEMAND_BPS, what << ": demand");
        NS_TEST_EXPECT_MSG_EQ(recovery.recoveryRoutes, routes, what << ": routes");
        NS_TEST_EXPECT_MSG_EQ(recovery.outcome, RECOVERY_RECOVERED, what << ": outcome");
        NS_TEST_EXPECT_MSG_EQ(recovery.revertedAt.has_value(), true, what << ": reverted");
        NS_TEST_EXPECT_MSG_EQ_TOL(results.network.recovery.keyRate.value(),
                                  static_cast<double>(*recovery.recoveredBps) / DEMAND_BPS,
                                  1e-12,
                                  what << ": ratio of key rate");
        NS_TEST_EXPECT_MSG_EQ(results.network.recovery.services.value(), 1.0, what << ": services");
        NS_TEST_EXPECT_MSG_GT(results.network.recovery.keyConsumption.value(), 0.0, what);
        NS_TEST_EXPECT_MSG_EQ(GetStatus(results, "R-C1"),
                              std::string(routes > 1 ? "used" : "not-used"),
                              what << ": R-C1");
    }

    void DoRun() override
    {
        // 1300 bit/s on each spare hop: one route carries a part of 2048 bit/s, two all of it
        const ExperimentResults one = RunMode("one-path", 1300, 4000);
        ExpectRecovered(one, 1100, 1300, 1, "one-path");
        const ExperimentResults several = RunMode("multi-path", 1300, 4000);
        ExpectRecovered(several, DEMAND_BPS, DEMAND_BPS, 2, "multi-path");
        NS_TEST_EXPECT_MSG_LT(GetServedShare(one), 0.75, "one route is not enough");
        NS_TEST_EXPECT_MSG_GT(GetServedShare(several), 0.97, "two are");

        // 800 bit/s: two routes carry a part, and all of it with what pools hold
        const ExperimentResults part = RunMode("multi-path", 800, 40000);
        ExpectRecovered(part, 1400, 1600, 2, "multi-path without enough");
        const ExperimentResults all = RunMode("time-window", 800, 40000);
        ExpectRecovered(all, DEMAND_BPS, DEMAND_BPS, 1, "time-window");
        NS_TEST_EXPECT_MSG_GT(GetServedShare(all), 0.97, "pools last for the window");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Keys go over recovery routes in proportion to what they were chosen for.
 */
class RecoverySharesTest : public RestorationTest
{
  public:
    RecoverySharesTest()
        : RestorationTest("Recovery routes carry keys in proportion to their key rates")
    {
    }

  private:
    void DoRun() override
    {
        Overrides changes = GetRates(1600, 60000);
        changes.push_back({"/sessions/0/resilience/restoration", "multi-path"});
        std::map<RouteId, uint32_t> keys;
        m_onKey = [&keys](RouteId route) { ++keys[route]; };
        const ExperimentResults results = RunNetwork(changes);
        CheckHonest(results, "shares");
        const SessionRecovery& chosen = GetChosen();
        NS_TEST_ASSERT_MSG_EQ(chosen.routes.size(), 2, "two routes");
        const double first = keys[chosen.routes[0]];
        const double second = keys[chosen.routes[1]];
        const double free = static_cast<double>(GetFreeBps());
        NS_TEST_EXPECT_MSG_EQ_TOL(first / (first + second),
                                  free / DEMAND_BPS,
                                  0.02,
                                  first << " and " << second << " keys");
        NS_TEST_EXPECT_MSG_GT(second, 20, "the other one is used too");
    }

    /// What the first route was promised.
    static uint64_t GetFreeBps()
    {
        return 1600;
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief One of two recovery routes fails too, at any moment of the first recovery.
 */
class FailureDuringRecoveryTest : public RestorationTest
{
  public:
    FailureDuringRecoveryTest()
        : RestorationTest("A second cut at any moment of a recovery over two routes")
    {
    }

  private:
    void DoRun() override
    {
        uint32_t newDecisions = 0;
        for (uint32_t step = 0; step < 10; ++step)
        {
            const double at = CUT_S + 0.03 * step;
            Overrides changes = GetRates(1300, 20000);
            changes.push_back({"/sessions/0/resilience/restoration", "multi-path"});
            changes.push_back({"/controllers/0/decision_s", "0.1"});
            changes.push_back({"/faults/-",
                               R"({"id": "second", "at_s": )" + std::to_string(at) +
                                   R"(, "type": "fibre-cut", "target": "f-AC",
                                      "repair_after_s": 15})"});
            const ExperimentResults results = RunNetwork(changes);
            const std::string what = "second cut at " + std::to_string(at) + " s";
            CheckHonest(results, what);
            CheckServedAtEnd(results, what);
            newDecisions += m_chosen > 1 ? 1 : 0;
        }
        NS_TEST_EXPECT_MSG_GT(newDecisions, 2, "routes that were lost are replaced");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A session that is restored in part is given more when there is more.
 */
class ImprovementTest : public RestorationTest
{
  public:
    ImprovementTest()
        : RestorationTest("Within its window a session that is restored in part is given more")
    {
    }

  private:
    void DoRun() override
    {
        for (const bool inTime : {true, false})
        {
            // the way over C is cut before, and good again within the window or after it
            Overrides changes = GetRates(1300, 2500);
            changes.push_back({"/sessions/0/resilience/restoration", "time-window"});
            changes.push_back({"/sessions/0/resilience/time_window_s", inTime ? "20" : "4"});
            changes.push_back({"/faults/-",
                               R"({"id": "before", "at_s": 5, "type": "fibre-cut",
                                   "target": "f-AC", "repair_after_s": 13})"});
            const ExperimentResults results = RunNetwork(changes);
            CheckHonest(results, "improvement");
            CheckServedAtEnd(results, "improvement");
            NS_TEST_EXPECT_MSG_EQ((m_chosen > 1), inTime, "a second decision");
            NS_TEST_ASSERT_MSG_EQ(results.recoveries.size(), 1, "one episode");
            const uint64_t bps = results.recoveries[0].recoveredBps.value_or(0);
            NS_TEST_EXPECT_MSG_EQ((bps == DEMAND_BPS), inTime, "recovered " << bps);
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The controller crashes while a session uses two recovery routes.
 */
class RestorationCrashTest : public RestorationTest
{
  public:
    RestorationCrashTest()
        : RestorationTest("A controller that starts again knows both recovery routes")
    {
    }

  private:
    void DoRun() override
    {
        for (const char* at : {"15", "12.005", "25"})
        {
            Overrides changes = GetRates(1300, 20000);
            changes.push_back({"/sessions/0/resilience/restoration", "multi-path"});
            changes.push_back({"/faults/-",
                               std::string(R"({"id": "crash", "at_s": )") + at +
                                   R"(, "type": "controller-crash", "target": "C1",
                                      "repair_after_s": 6})"});
            const ExperimentResults results = RunNetwork(changes);
            CheckHonest(results, at);
            CheckServedAtEnd(results, at);
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Both controllers drop old reports, key managers repeat theirs to both.
 */
class StandbyReportsTest : public RestorationTest
{
  public:
    StandbyReportsTest()
        : RestorationTest("A standby controller that takes over has reports that are not too old")
    {
    }

  private:
    void DoRun() override
    {
        // pools that are full and not used give nothing to report
        Overrides changes = GetRates(4000, 40000);
        changes.push_back({"/simulation/duration_s", "20"});
        changes.push_back({"/sessions/0/stop_s", "19"});
        changes.push_back({"/controllers/-", R"({"id": "C2", "node": "B"})"});
        for (const std::string controller : {"/controllers/0", "/controllers/1"})
        {
            changes.push_back({controller + "/report_max_age_s", "3"});
            changes.push_back({controller + "/report_refresh_s", "2"});
        }
        changes.push_back({"/faults/-",
                           R"({"id": "crash", "at_s": 7, "type": "controller-crash",
                               "target": "C1", "repair_after_s": 100})"});
        const ExperimentResults results = RunNetwork(changes);
        CheckHonest(results, "takeover");
        for (const EventResult& event : results.eventLog)
        {
            NS_TEST_EXPECT_MSG_EQ((event.kind == "reports-stale"),
                                  false,
                                  event.entity << " has old reports at " << event.time);
        }
        for (const RecoveryResult& recovery : results.recoveries)
        {
            if (recovery.fault == "cut")
            {
                NS_TEST_EXPECT_MSG_EQ(recovery.outcome, RECOVERY_RECOVERED, "another route");
                NS_TEST_EXPECT_MSG_EQ(recovery.markers.decided.has_value(), true, "decided");
                return;
            }
        }
        NS_TEST_EXPECT_MSG_EQ(results.recoveries.size(), 1, "a record of the cut");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Ratios of hand-made episodes.
 */
class RecoveryRatiosTest : public TestCase
{
  public:
    RecoveryRatiosTest()
        : TestCase("Ratios of episodes, and none where there is nothing to divide by")
    {
    }

  private:
    void DoRun() override
    {
        const RecoveryRatios none = ComputeRecoveryRatios({}, 0);
        NS_TEST_EXPECT_MSG_EQ(none.services.has_value(), false, "no episode");
        NS_TEST_EXPECT_MSG_EQ(none.keyRate.has_value(), false, "no demand");
        NS_TEST_EXPECT_MSG_EQ(none.keyConsumption.has_value(), false, "no key");
        std::vector<RecoveryResult> episodes(4);
        episodes[0].outcome = RECOVERY_RECOVERED;
        episodes[0].demandBps = 1000;
        episodes[0].recoveredBps = 600;
        episodes[0].extraKeyBits = 256;
        episodes[1].outcome = RECOVERY_TOLERATION_EXCEEDED;
        episodes[2].outcome = RECOVERY_REPAIRED;
        episodes[2].demandBps = 500;
        episodes[2].recoveredBps = 0;
        episodes[3].outcome = RECOVERY_NOT_RECOVERED;
        const RecoveryRatios ratios = ComputeRecoveryRatios(episodes, 1024);
        NS_TEST_EXPECT_MSG_EQ(ratios.services.value(), 0.5, "two of four");
        NS_TEST_EXPECT_MSG_EQ(ratios.keyRate.value(), 0.4, "600 of 1500");
        NS_TEST_EXPECT_MSG_EQ(ratios.keyConsumption.value(), 0.25, "256 of 1024");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of runs with restoration over several routes.
 */
class QkdnRestorationRunTestSuite : public TestSuite
{
  public:
    QkdnRestorationRunTestSuite()
        : TestSuite("qkdn-restoration-run", Type::SYSTEM)
    {
        AddTestCase(new RecoveryRatiosTest);
        AddTestCase(new RestorationModesTest);
        AddTestCase(new RecoverySharesTest);
        AddTestCase(new FailureDuringRecoveryTest);
        AddTestCase(new ImprovementTest);
        AddTestCase(new RestorationCrashTest);
        AddTestCase(new StandbyReportsTest);
    }
};

static QkdnRestorationRunTestSuite g_qkdnRestorationRunTestSuite; //!< registers the suite
