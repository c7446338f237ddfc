/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Restoration of QKD links while the controller or the way to it fails; escalation to routes.

#include "qkdn-link-restoration-network.h"

#include "ns3/config.h"
#include "ns3/qkdn-manager.h"

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief The controller crashes before, during and after a restoration.
 */
class RestoringControllerCrashTest : public LinkRestorationTest
{
  public:
    RestoringControllerCrashTest()
        : LinkRestorationTest("The controller crashes")
    {
    }

  private:
    void DoRun() override
    {
        // for good: nobody restores, while a group that switches by itself does not mind
        const ScenarioOverride crash = AddFault("crash", 6, "controller-crash", "C1", 100);
        const RecoveryResult dead = Find(RunNetwork({crash}, "dead"), "g/w0", "cut");
        NS_TEST_EXPECT_MSG_EQ(dead.outcome, RECOVERY_REPAIRED, "by the repair");
        NS_TEST_EXPECT_MSG_EQ(m_steps.size(), 0, "no decision");
        const Overrides switching = {crash,
                                     {"/protection_groups/0",
                                      R"({"id": "g", "class": "link-m:n", "working": ["w0", "w1"],
                 "protection": ["p0", "p1"], "wtr_s": 3})"}};
        const RecoveryResult contrast = Find(RunNetwork(switching, "link-m:n"), "g/w0", "cut");
        NS_TEST_EXPECT_MSG_EQ(contrast.outcome, RECOVERY_RECOVERED, "by the ends");
        // for 3 s, at any moment
        for (const double at : {-0.5, 0.008, 0.0164, 0.0175, 0.04, 0.5, 2.0})
        {
            const std::string what = "crash at " + std::to_string(at);
            const ExperimentResults results =
                RunNetwork({UsePool("[" + GetSpareFibre() + "]"),
                            AddFault("crash", CUT_S + at, "controller-crash", "C1", 3)},
                           what);
            const RecoveryResult record = Find(results, "g/w0", "cut");
            NS_TEST_EXPECT_MSG_EQ(record.outcome, RECOVERY_RECOVERED, what << ": outcome");
            NS_TEST_EXPECT_MSG_EQ(record.revertedAt.has_value(), true, what << ": reverted");
            for (const uint32_t end : {0, 1})
            {
                NS_TEST_EXPECT_MSG_EQ(m_status[end].state, GROUP_PROTECTED, what << ": at the end");
            }
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The way from the controller to one node is cut for 2 s at any moment of a restoration.
 */
class ControlLinkCutTest : public LinkRestorationTest
{
  public:
    ControlLinkCutTest()
        : LinkRestorationTest("The way to the controller is cut")
    {
    }

  private:
    void DoRun() override
    {
        for (const double at : {0.0, 0.0155, 0.0163, 0.0174, 0.03})
        {
            const std::string what = "cut at " + std::to_string(at);
            const ExperimentResults results =
                RunNetwork({AddFault("way", CUT_S + at, "fibre-cut", "f-N1", 2)}, what);
            NS_TEST_EXPECT_MSG_EQ(GetStory(),
                                  "W0>P1:acknowledged W0>P1:started W0>W0:acknowledged",
                                  what << ": nothing twice");
            const RecoveryResult record = Find(results, "g/w0", "cut");
            NS_TEST_EXPECT_MSG_EQ(record.outcome, RECOVERY_RECOVERED, what << ": outcome");
            NS_TEST_EXPECT_MSG_EQ(m_begun.size(), 4, what << ": two commands, two ends");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The way to a node is cut for longer than a spare entity may need to start.
 */
class LongControlLinkCutTest : public LinkRestorationTest
{
  public:
    LongControlLinkCutTest()
        : LinkRestorationTest("The way to the controller is cut for long")
    {
    }

  private:
    void DoRun() override
    {
        // before the command comes, and while the spare entity starts, which is the only one
        for (const double at : {0.01512, 0.0155, 0.5})
        {
            const std::string what = "cut at " + std::to_string(at);
            const ExperimentResults results = RunNetwork(
                {UsePool(R"(["p1"])"), AddFault("way", CUT_S + at, "fibre-cut", "f-N1", 6)},
                what);
            NS_TEST_EXPECT_MSG_EQ(GetStory(),
                                  "W0>P0:acknowledged W0>P0:started W0>W0:acknowledged",
                                  what << ": it is kept");
            const RecoveryResult record = Find(results, "g/w0", "cut");
            NS_TEST_EXPECT_MSG_EQ(record.outcome, RECOVERY_RECOVERED, what << ": outcome");
            NS_TEST_EXPECT_MSG_GT(record.revertedAt.value_or(Time()),
                                  Seconds(REPAIR_S + WTR_S),
                                  what << ": reverted after the repair");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief An answer does not come while an end cannot be reached for longer than OperationTimeout.
 */
class UnansweredCutTest : public LinkRestorationTest
{
  public:
    UnansweredCutTest()
        : LinkRestorationTest("No answer comes because the way is cut")
    {
    }

  private:
    void DoRun() override
    {
        Config::SetDefault("ns3::qkdn::LinkRestoration::OperationTimeout", TimeValue(Seconds(5)));
        // the optical switches move when it is cut
        const ExperimentResults results =
            RunNetwork({UsePool("[" + GetSpareFibre() + "]"),
                        AddFault("way", CUT_S + 0.02, "fibre-cut", "f-N1", 7)},
                       "unanswered");
        Config::SetDefault("ns3::qkdn::LinkRestoration::OperationTimeout", TimeValue(Seconds(10)));
        NS_TEST_EXPECT_MSG_EQ(GetStory(),
                              "W0>P0:unanswered W0>W0:acknowledged",
                              "the spare fibre is kept until the repair");
        const RecoveryResult record = Find(results, "g/w0", "cut");
        NS_TEST_EXPECT_MSG_EQ(record.outcome, RECOVERY_RECOVERED, "outcome");
        NS_TEST_EXPECT_MSG_GT(m_steps.back().at, Seconds(REPAIR_S + WTR_S), "reverted then");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A spare entity begins to generate when it has just been given up.
 */
class LateStartTest : public LinkRestorationTest
{
  public:
    LateStartTest()
        : LinkRestorationTest("A spare entity that starts just late is kept")
    {
    }

  private:
    void DoRun() override
    {
        const ScenarioOverride pool = UsePool(R"(["p1"])");
        RunNetwork({pool}, "in time");
        NS_TEST_ASSERT_MSG_EQ(GetStory(),
                              "W0>P0:acknowledged W0>P0:started W0>W0:acknowledged",
                              "in time");
        // decided, acknowledged, started; it is late by half the time of a decision
        const Time start = m_steps[2].at - m_steps[1].at - MilliSeconds(5);
        RunNetwork(
            {pool, {"/protection_groups/0/start_timeout_s", std::to_string(start.GetSeconds())}},
            "late");
        NS_TEST_EXPECT_MSG_EQ(GetStory(),
                              "W0>P0:acknowledged W0>P0:not-started W0>W0:acknowledged",
                              "late");
        NS_TEST_EXPECT_MSG_GT(m_steps.back().at, Seconds(REPAIR_S + WTR_S), "it is kept");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The controller crashes while a spare entity starts that never will.
 */
class UnattendedStartTest : public LinkRestorationTest
{
  public:
    UnattendedStartTest()
        : LinkRestorationTest("A start that the controller has not begun is supervised")
    {
    }

  private:
    void DoRun() override
    {
        const Overrides standby = {
            {"/nodes/-", R"({"id": "M"})"},
            {"/fibres/-", R"({"id": "f-M1", "a": "M", "b": "1", "length_km": 12})"},
            {"/fibres/-", R"({"id": "f-M2", "a": "M", "b": "2", "length_km": 12})"},
            {"/controllers/-", R"({"id": "C2", "node": "M"})"}};
        for (const bool takeover : {false, true})
        {
            const std::string what = takeover ? "takeover" : "restart";
            Overrides changes = takeover ? standby : Overrides();
            // P1 is shorter, and needs longer than the run
            changes.push_back({"/qkd_links/3/resync_s", "30"});
            changes.push_back({"/protection_groups/0/start_timeout_s", "2"});
            changes.push_back({"/faults/0/repair_after_s", "15"});
            changes.push_back(
                AddFault("crash", CUT_S + 0.5, "controller-crash", "C1", takeover ? 100 : 2));
            const ExperimentResults results = RunNetwork(changes, what);
            NS_TEST_EXPECT_MSG_EQ(GetStory(),
                                  "W0>P1:acknowledged W0>P1:not-started W0>P0:acknowledged "
                                  "W0>P0:started",
                                  what << ": the other one");
            NS_TEST_EXPECT_MSG_EQ(m_steps.back().controller,
                                  std::string(takeover ? "C2" : "C1"),
                                  what << ": by whom");
            const RecoveryResult record = Find(results, "g/w0", "cut");
            NS_TEST_EXPECT_MSG_EQ(record.outcome, RECOVERY_RECOVERED, what << ": outcome");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The policy of the manager forbids restoration, from the start or while it is under way.
 */
class ForbiddenRestorationTest : public LinkRestorationTest
{
  public:
    ForbiddenRestorationTest()
        : LinkRestorationTest("Restoration of links under policies")
    {
    }

  private:
    /// A policy comes at some time after the cut.
    ExperimentResults RunPolicy(double after, bool mayRestore, const Overrides& changes)
    {
        m_policyAt = Seconds(CUT_S + after);
        m_mayRestore = mayRestore;
        return RunNetwork(changes, "policy " + std::to_string(after));
    }

    void Prepare(ScenarioBuilder& builder) override
    {
        if (m_policyAt.IsZero())
        {
            return;
        }
        McPolicy policy;
        policy.number = 2;
        policy.mayRestore = m_mayRestore;
        Simulator::Schedule(m_policyAt, &QkdnManager::SetPolicy, builder.GetManager(), policy);
    }

    void DoRun() override
    {
        const ScenarioOverride forbidden{"/manager/policy", R"({"may_restore": false})"};
        const ExperimentResults never = RunNetwork({forbidden}, "forbidden");
        NS_TEST_EXPECT_MSG_EQ(m_steps.size(), 0, "no decision");
        NS_TEST_EXPECT_MSG_EQ(m_informed.size(), 1, "though it is known");
        NS_TEST_EXPECT_MSG_EQ(Find(never, "g/w0", "cut").outcome, RECOVERY_REPAIRED, "repair");
        const ExperimentResults later = RunPolicy(2, true, {forbidden});
        const RecoveryResult allowed = Find(later, "g/w0", "cut");
        NS_TEST_EXPECT_MSG_EQ(allowed.outcome, RECOVERY_RECOVERED, "allowed later");
        NS_TEST_EXPECT_MSG_GT(allowed.markers.decided.value_or(Time()), m_policyAt, "then");
        // before the decision, and while the spare entity starts
        RunPolicy(0.01, false, {});
        NS_TEST_EXPECT_MSG_EQ(m_steps.size(), 0, "forbidden in time");
        RunPolicy(0.5, false, {});
        NS_TEST_EXPECT_MSG_EQ(GetStory(),
                              "W0>P1:acknowledged W0>P1:started W0>W0:acknowledged",
                              "what is under way goes on, and is undone after the repair");
        // what fails then is not replaced
        RunPolicy(0.5, false, {AddFault("spare", CUT_S + 3, "fibre-cut", "f-p1", 100)});
        NS_TEST_EXPECT_MSG_EQ(GetStory(),
                              "W0>P1:acknowledged W0>P1:started W0>W0:acknowledged",
                              "no second restoration");
        NS_TEST_EXPECT_MSG_GT(m_steps.back().at, Seconds(REPAIR_S), "back when it is good");
    }

    Time m_policyAt;         //!< the manager has another policy, or never
    bool m_mayRestore{true}; //!< what it says
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A standby controller knows what agents say, and takes over.
 */
class RestoringStandbyTest : public LinkRestorationTest
{
  public:
    RestoringStandbyTest()
        : LinkRestorationTest("The standby controller restores")
    {
    }

  private:
    void DoRun() override
    {
        const Overrides two = {
            {"/nodes/-", R"({"id": "M"})"},
            {"/fibres/-", R"({"id": "f-M1", "a": "M", "b": "1", "length_km": 12})"},
            {"/fibres/-", R"({"id": "f-M2", "a": "M", "b": "2", "length_km": 12})"},
            {"/controllers/-", R"({"id": "C2", "node": "M"})"}};
        RunNetwork(two, "both live");
        NS_TEST_ASSERT_MSG_EQ(m_steps.size(), 5, "two decisions");
        for (const Step& step : m_steps)
        {
            NS_TEST_EXPECT_MSG_EQ(step.controller, "C1", "the active one alone");
        }
        for (const double at : {-1.0, 0.0173})
        {
            Overrides changes = two;
            changes.push_back(AddFault("crash", CUT_S + at, "controller-crash", "C1", 100));
            const ExperimentResults results = RunNetwork(changes, "the first one crashes");
            NS_TEST_ASSERT_MSG_EQ(m_steps.empty(), false, "decisions");
            NS_TEST_EXPECT_MSG_EQ(m_steps.back().controller, "C2", "the other one");
            const RecoveryResult record = Find(results, "g/w0", "cut");
            NS_TEST_EXPECT_MSG_EQ(record.outcome, RECOVERY_RECOVERED, "outcome");
            NS_TEST_EXPECT_MSG_EQ(record.revertedAt.has_value(), true, "it also reverts");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A session over the link waits for the quantum layer before it takes another route.
 */
class RestorationEscalationTest : public LinkRestorationTest
{
  public:
    RestorationEscalationTest()
        : LinkRestorationTest("Escalation from restored links to routes")
    {
    }

  private:
    /// What brought the session back, if the spare pairs work or not.
    std::string GetMechanism(bool spares)
    {
        Overrides changes = {
            UsePool(R"(["p1"])"),
            {"/qkd_links/1",
             R"({"id": "w1", "tx": "1", "rx": "N", "fibres": ["f-N1"], "initial_pool_bit": 9000,
                 "initial_state": "running", "resync_s": 1,
                 "protocol": {"type": "measured", "rate_bps": 4000, "block_key_bit": 800}})"},
            {"/qkd_links/2",
             R"({"id": "p0", "tx": "N", "rx": "2", "fibres": ["f-N2"], "initial_pool_bit": 9000,
                 "initial_state": "running", "resync_s": 1,
                 "protocol": {"type": "measured", "rate_bps": 4000, "block_key_bit": 800}})"},
            {"/protection_groups/0/working", R"(["w0"])"},
            {"/sessions/0/resilience", R"({"class": "route-1:1", "hold_off_s": 3, "wtr_s": 2})"}};
        if (!spares)
        {
            changes.push_back(AddFault("spare", 6, "fibre-cut", "f-p1", 100));
        }
        const ExperimentResults results = RunNetwork(changes, "escalation");
        // the cut of the spare pair's fibre comes first
        return Find(results, "S", spares ? "cut" : "spare").mechanism;
    }

    void DoRun() override
    {
        NS_TEST_EXPECT_MSG_EQ(GetMechanism(true), "link-restoration", "the lower layer first");
        NS_TEST_EXPECT_MSG_EQ(GetMechanism(false), "route-1:1", "then the route");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What a node without power does not see of a spare fibre: its repair, or the end of its
 * hold-off.
 */
class UnpoweredEndTest : public LinkRestorationTest
{
  public:
    UnpoweredEndTest()
        : LinkRestorationTest("A node has no power while a spare fibre changes")
    {
    }

  private:
    /**
     * @brief The states of W0 at both ends when the run is over.
     * @param repair time to the repair of the spare fibre, s
     * @param off when node 1 loses power, s
     * @param power for how long, s
     * @return text such as "protected protected"
     */
    std::string GetStates(double repair, double off, double power)
    {
        const std::string what = "power off at " + std::to_string(off);
        RunNetwork({UsePool("[" + GetSpareFibre() + "]"),
                    {"/protection_groups/0/working", R"(["w0"])"},
                    {"/protection_groups/0/hold_off_s", "1"},
                    {"/faults/0/target", R"("f-s")"},
                    {"/faults/0/repair_after_s", std::to_string(repair)},
                    AddFault("power", off, "node-power", "1", power)},
                   what);
        return GroupStateName(m_status.at(0).working.at(0).state) + std::string(" ") +
               GroupStateName(m_status.at(1).working.at(0).state);
    }

    void DoRun() override
    {
        NS_TEST_EXPECT_MSG_EQ(GetStates(5, CUT_S + 3, 4), "protected protected", "repaired");
        NS_TEST_EXPECT_MSG_EQ(GetStates(100, CUT_S + 3, 4),
                              "unprotected unprotected",
                              "still cut when the power is back");
        NS_TEST_EXPECT_MSG_EQ(GetStates(100, CUT_S + 0.5, 0.1),
                              "unprotected unprotected",
                              "without power within the hold-off");
        NS_TEST_EXPECT_MSG_EQ(GetStates(100, CUT_S - 2, 4),
                              "unprotected unprotected",
                              "cut without power");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite.
 */
class LinkRestorationFailureTestSuite : public TestSuite
{
  public:
    LinkRestorationFailureTestSuite()
        : TestSuite("qkdn-link-restoration-failure", Type::SYSTEM)
    {
        AddTestCase(new RestoringControllerCrashTest);
        AddTestCase(new ControlLinkCutTest);
        AddTestCase(new LongControlLinkCutTest);
        AddTestCase(new UnansweredCutTest);
        AddTestCase(new LateStartTest);
        AddTestCase(new UnattendedStartTest);
        AddTestCase(new ForbiddenRestorationTest);
        AddTestCase(new RestoringStandbyTest);
        AddTestCase(new RestorationEscalationTest);
        AddTestCase(new UnpoweredEndTest);
    }
};

static LinkRestorationFailureTestSuite g_linkRestorationFailure; //!< registers the suite

} // namespace qkdn
} // namespace ns3
