/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-restoration-network.h"

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// A fault of the network.
std::string
MakeCut(const std::string& id, double at, const std::string& fibre, double repairAfter)
{
    return R"({"id": ")" + id + R"(", "at_s": )" + std::to_string(at) +
           R"(, "type": "fibre-cut", "target": ")" + fibre + R"(", "repair_after_s": )" +
           std::to_string(repairAfter) + "}";
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Runs with a protected session: working route A-D, protection A-B-D, and a way over C.
 */
class EscalationTest : public RestorationTest
{
  public:
    using RestorationTest::RestorationTest;

  protected:
    /// The session's class and what is done beyond it.
    static Overrides GetClass(const std::string& escalation, const std::string& more = "")
    {
        Overrides changes = GetRates(4000, 4000);
        changes.push_back({"/sessions/0/resilience",
                           R"({"class": "route-1:1", "wtr_s": 3, "escalation": ")" + escalation +
                               "\"" + more + "}"});
        return changes;
    }

    /// Requests that were not served on time.
    static uint32_t CountMissed(const ExperimentResults& results)
    {
        uint32_t missed = 0;
        for (const RequestResult& request : results.requests)
        {
            missed += request.outcome == REQUEST_ON_TIME ? 0 : 1;
        }
        return missed;
    }

    std::size_t GetRoutesExpected() const override
    {
        return 2;
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The working and the protection route fail, one after the other.
 */
class DoubleFailureTest : public EscalationTest
{
  public:
    DoubleFailureTest()
        : EscalationTest("Both routes fail: restored by the controller, and reverted")
    {
    }

  private:
    /// A run in which the protection route fails later, over both of its possible ways.
    ExperimentResults RunDouble(const std::string& escalation, const std::string& fibre)
    {
        Overrides changes = GetClass(escalation);
        changes.push_back({"/faults/-", MakeCut("second", CUT_S + 6, fibre, 8)});
        const ExperimentResults results = RunNetwork(changes);
        CheckHonest(results, escalation + " " + fibre);
        CheckServedAtEnd(results, escalation + " " + fibre);
        return results;
    }

    /// The episode that a fault has begun.
    const RecoveryResult& Find(const ExperimentResults& results, const std::string& fault)
    {
        for (const RecoveryResult& recovery : results.recoveries)
        {
            if (recovery.fault == fault)
            {
                return recovery;
            }
        }
        NS_TEST_EXPECT_MSG_EQ(fault, "", "no episode of this fault");
        return results.recoveries.front();
    }

    void DoRun() override
    {
        // routes are found by hops, then by number: the protection route goes over B
        const ExperimentResults left = RunDouble("none", "f-AB");
        NS_TEST_EXPECT_MSG_EQ(m_chosen, 0, "nobody restores it");
        const ExperimentResults restored = RunDouble("restoration", "f-AB");
        NS_TEST_ASSERT_MSG_EQ(m_chosen, 1, "restored once");
        NS_TEST_EXPECT_MSG_EQ(restored.recoveries.size(), 2, "two episodes");
        const RecoveryResult& first = Find(restored, "cut");
        NS_TEST_EXPECT_MSG_EQ(first.mechanism, "route-1:1", "first by its own class");
        NS_TEST_EXPECT_MSG_EQ(first.recoveredBps.has_value(), false, "which counts no rate");
        const RecoveryResult& second = Find(restored, "second");
        NS_TEST_EXPECT_MSG_EQ(second.mechanism, "restoration", "then by the controller");
        NS_TEST_EXPECT_MSG_EQ(second.outcome, RECOVERY_RECOVERED, "recovered");
        NS_TEST_EXPECT_MSG_EQ(second.recoveredBps.value_or(0), DEMAND_BPS, "in full");
        NS_TEST_EXPECT_MSG_EQ(second.routeBefore.size(), 3, "from the protection route");
        NS_TEST_EXPECT_MSG_EQ((second.routeAfter == std::vector<std::string>{"A", "C", "D"}),
                              true,
                              "over C");
        NS_TEST_EXPECT_MSG_EQ((second.markers.decided >= second.markers.notified), true, "t4");
        NS_TEST_EXPECT_MSG_EQ(second.revertedAt.has_value(), true, "and back");
        NS_TEST_EXPECT_MSG_LT(
            (second.markers.firstKeyUsable.value_or(Time::Max()) - second.markers.fault)
                .GetSeconds(),
            2,
            "within 2 s");
        NS_TEST_EXPECT_MSG_GT(CountMissed(left), 20, "without escalation it waits");
        NS_TEST_EXPECT_MSG_LT(CountMissed(restored), 12, "with it, a moment");
        RunTogether();
        RunSeveral();
    }

    /// Both fail at the same moment; the working route is repaired last.
    void RunTogether()
    {
        Overrides changes = GetClass("restoration");
        changes.push_back({"/faults/-", MakeCut("second", CUT_S, "f-BD", 30)});
        const ExperimentResults results = RunNetwork(changes);
        CheckHonest(results, "together");
        CheckServedAtEnd(results, "together");
        NS_TEST_EXPECT_MSG_GT(m_chosen, 0, "restored");
        NS_TEST_EXPECT_MSG_LT(CountMissed(results), 16, "after both have failed");
    }

    /// Escalation with several recovery routes: the way over C alone is not enough.
    void RunSeveral()
    {
        Overrides changes = GetClass("restoration", R"(, "restoration": "multi-path")");
        const Overrides rates = GetRates(1300, 20000);
        changes.insert(changes.end(), rates.begin(), rates.end());
        changes.push_back({"/nodes/-", R"({"id": "E"})"});
        for (const std::string ends : {"AE", "ED"})
        {
            const std::string a(1, ends[0]);
            const std::string b(1, ends[1]);
            changes.push_back({"/fibres/-",
                               R"({"id": "f-)" + ends + R"(", "a": ")" + a + R"(", "b": ")" + b +
                                   R"(", "length_km": 20})"});
            changes.push_back({"/qkd_links/-",
                               R"({"id": ")" + ends + R"(", "tx": ")" + a + R"(", "rx": ")" + b +
                                   R"(", "fibres": ["f-)" + ends +
                                   R"("], "initial_pool_bit": 20000, "initial_state": "running",
                                   "protocol": {"type": "measured", "rate_bps": 1300}})"});
        }
        changes.push_back({"/faults/-", MakeCut("second", CUT_S + 6, "f-AB", 8)});
        const ExperimentResults results = RunNetwork(changes);
        CheckHonest(results, "several");
        CheckServedAtEnd(results, "several");
        NS_TEST_EXPECT_MSG_EQ(GetChosen().routes.size(), 2, "over C and E");
        NS_TEST_EXPECT_MSG_EQ(GetChosen().recoveredBps, DEMAND_BPS, "in full");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief An operator moves a restored session to its protection route for a while.
 */
class CommandWhileRestoredTest : public EscalationTest
{
  public:
    CommandWhileRestoredTest()
        : EscalationTest("A session goes back to its recovery route when a command is cleared")
    {
    }

  private:
    void DoRun() override
    {
        // the protection route is back at 26 s, when the wait to restore begins
        Overrides changes = GetClass("restoration");
        changes.push_back({"/sessions/0/resilience/wtr_s", "12"});
        changes.push_back({"/faults/-", MakeCut("second", CUT_S + 6, "f-AB", 8)});
        changes.push_back({"/commands",
                           R"([{"at_s": 30, "session": "S", "command": "manual-switch"},
                                         {"at_s": 33, "session": "S", "command": "clear"}])"});
        const ExperimentResults results = RunNetwork(changes);
        CheckHonest(results, "command");
        CheckServedAtEnd(results, "command");
        std::string moves;
        for (const EventResult& event : results.eventLog)
        {
            if (event.kind == "operation" && event.entity == "manager" && event.time > Seconds(29))
            {
                moves += event.detail.at(0).second + " ";
            }
        }
        NS_TEST_EXPECT_MSG_EQ(moves,
                              "protection-switch protection-switch reversion ",
                              "to protection, back to recovery, and to working in the end");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The protection route fails at any moment of the switch to it.
 */
class FailureDuringSwitchTest : public EscalationTest
{
  public:
    FailureDuringSwitchTest()
        : EscalationTest("A second cut at any moment of a switch")
    {
    }

  private:
    void DoRun() override
    {
        for (const char* escalation : {"none", "restoration"})
        {
            for (uint32_t step = 0; step < 10; step += *escalation == 'r' ? 1 : 4)
            {
                const double at = CUT_S + 0.004 * step * step;
                Overrides changes = GetClass(escalation);
                changes.push_back({"/faults/-", MakeCut("second", at, "f-BD", 12)});
                const ExperimentResults results = RunNetwork(changes);
                const std::string what =
                    std::string(escalation) + ", second cut at " + std::to_string(at) + " s";
                CheckHonest(results, what);
                CheckServedAtEnd(results, what);
                NS_TEST_EXPECT_MSG_EQ((m_chosen > 0), (*escalation == 'r'), what);
            }
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A fibre goes down and up faster than hold-off and wait-to-restore.
 */
class FlappingTest : public EscalationTest
{
  public:
    FlappingTest()
        : EscalationTest("A fibre flaps faster than hold-off, and than wait-to-restore")
    {
    }

  private:
    /// Actions of a run in which a fibre is down for a time every 1.3 s.
    uint32_t CountActions(const std::string& resilience, double down, const std::string& what)
    {
        Overrides changes = {{"/sessions/0/resilience", resilience},
                             {"/qkd_links/0/resync_s", "0.05"}};
        changes.push_back({"/faults/0", MakeCut("flap-0", CUT_S, "f-AD", down)});
        for (int flap = 1; flap < 9; ++flap)
        {
            changes.push_back(
                {"/faults/-",
                 MakeCut("flap-" + std::to_string(flap), CUT_S + 1.3 * flap, "f-AD", down)});
        }
        const ExperimentResults results = RunNetwork(changes);
        CheckHonest(results, what);
        m_expected = resilience.find("route-1:1") != std::string::npos ? 2 : 1;
        CheckServedAtEnd(results, what);
        uint32_t actions = 0;
        for (const EventResult& event : results.eventLog)
        {
            actions += event.entity == "manager" && event.kind == "operation" ? 1 : 0;
        }
        return actions;
    }

    void DoRun() override
    {
        for (const std::string resilience :
             {R"({"class": "route-1:1", "escalation": "restoration")",
              R"({"class": "restoration")",
              R"({"class": "restoration", "restoration": "multi-path")"})
        {
            NS_TEST_EXPECT_MSG_EQ(
                CountActions(resilience + R"(, "wtr_s": 3, "hold_off_s": 0.8})", 0.2, resilience),
                0,
                resilience << ": nothing is done in the hold-off");
            NS_TEST_EXPECT_MSG_EQ(CountActions(resilience + R"(, "wtr_s": 5})", 0.5, resilience),
                                  2,
                                  resilience << ": once away and once back");
        }
    }

    std::size_t GetRoutesExpected() const override
    {
        return m_expected;
    }

    std::size_t m_expected{1}; //!< routes at the end
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of runs with double failures and escalation.
 */
class QkdnEscalationRunTestSuite : public TestSuite
{
  public:
    QkdnEscalationRunTestSuite()
        : TestSuite("qkdn-escalation-run", Type::SYSTEM)
    {
        AddTestCase(new DoubleFailureTest);
        AddTestCase(new CommandWhileRestoredTest);
        AddTestCase(new FailureDuringSwitchTest);
        AddTestCase(new FlappingTest);
    }
};

static QkdnEscalationRunTestSuite g_qkdnEscalationRunTestSuite; //!< registers the suite
