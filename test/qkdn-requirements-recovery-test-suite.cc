/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-requirement-story.h"

using namespace ns3;
using namespace ns3::qkdn;

/**
 * @ingroup qkdn-resilience-tests
 * @brief R-C1 and R-C2.
 */
class RecoveryRequirementTest : public RequirementTest
{
  public:
    RecoveryRequirementTest()
        : RequirementTest("Control: recovery routes, several and in time (R-C1, R-C2)")
    {
    }

  private:
    void DoRun() override
    {
        const auto good = REQUIREMENT_SATISFIED;
        const auto bad = REQUIREMENT_NOT_FOLLOWED;
        const auto none = REQUIREMENT_NOT_EXERCISED;
        Story one;
        one.RestoreB(20, 21).At(30).Event(B_WORKING, ROUTE_EVENT_CLEAR);
        Story other = one;
        other.At(31).Event(B_WORKING, ROUTE_EVENT_SWITCHED);
        other.Install(C_RECOVERY).Event(C_RECOVERY, ROUTE_EVENT_SWITCHED);
        Expect(one, "R-C1", REQUIREMENT_NOT_USED, "one");
        Expect(other, "R-C1", REQUIREMENT_NOT_USED, "one after the other");
        Story two = one;
        two.At(31).Install(C_RECOVERY).Event(C_RECOVERY, ROUTE_EVENT_SWITCHED);
        Expect(two, "R-C1", REQUIREMENT_USED, "two at once");
        NS_TEST_ASSERT_MSG_EQ(two.Check("R-C1").evidence.size(), 2, "both switches");
        Story gone = one;
        gone.At(31).Release(B_RECOVERY).Install(C_RECOVERY);
        gone.Event(C_RECOVERY, ROUTE_EVENT_SWITCHED);
        Expect(gone, "R-C1", REQUIREMENT_NOT_USED, "the first was released");
        Expect(Story().SetUpA(), "R-C1", none, "no recovery route");
        Story restarted = one;
        restarted.At(31).Process(KmId(1), false).At(32).Process(KmId(1), true);
        restarted.Install(C_RECOVERY).Event(C_RECOVERY, ROUTE_EVENT_SWITCHED);
        Expect(restarted, "R-C1", REQUIREMENT_NOT_USED, "the KM of the first has crashed");
        restarted.At(33).Use(B_RECOVERY);
        Expect(restarted, "R-C1", REQUIREMENT_USED, "and uses it again");

        Expect(one, "R-C2", good, "no interruption");
        Story quick = one;
        Expect(quick.Interrupt(B, 19.9, 21.5), "R-C2", good, "1.1 of 2 s");
        Story slow;
        slow.RestoreB(20, 23).Interrupt(B, 20.5, 24);
        Expect(slow, "R-C2", bad, "2.5 of 2 s");
        Story bridged;
        bridged.RestoreB(20, 40).Interrupt(B, 39, 41);
        Expect(bridged, "R-C2", good, "keys bridged the search");
        Story earlier = one;
        Expect(earlier.Interrupt(B, 5, 10), "R-C2", good, "another interruption, long before");
        Story never;
        never.SetUpB().At(20).Event(B_WORKING, ROUTE_EVENT_SIGNAL_FAIL);
        Expect(never, "R-C2", none, "nothing was found, and nobody missed it");
        never.Interrupt(B, 21, 60);
        Expect(never, "R-C2", bad, "nothing was found");
        Expect(never, "R-C2", none, "toleration time is not over", 22.5);
        never.At(22).Event(B_WORKING, ROUTE_EVENT_CLEAR);
        Expect(never, "R-C2", none, "clear before");
        Story protection;
        protection.SetUpA().At(20).Event(A_WORKING, ROUTE_EVENT_SIGNAL_FAIL).Interrupt(A, 20, 60);
        Expect(protection, "R-C2", none, "no session of class restoration");
        CheckPartial();
        CheckEscalation();
    }

    /// Recovery routes that give a part of the key rate.
    void CheckPartial()
    {
        Story whole;
        whole.Choose(B_RECOVERY, 1000, 1000).RestoreB(20, 21).Interrupt(B, 25, 28);
        Expect(whole, "R-C2", REQUIREMENT_SATISFIED, "all keys, and another interruption");
        Story part;
        part.Choose(B_RECOVERY, 1000, 500).RestoreB(20, 21).Interrupt(B, 20.5, 21.5);
        Expect(part, "R-C2", REQUIREMENT_SATISFIED, "half of the keys, 1 of 2 s");
        part.Interrupt(B, 25, 28);
        Expect(part, "R-C2", REQUIREMENT_NOT_FOLLOWED, "half of the keys, 3 of 2 s");
        part.At(24).Choose(B_RECOVERY, 1000, 1000).Complete(B_RECOVERY);
        Expect(part, "R-C2", REQUIREMENT_SATISFIED, "all of them before");
    }

    /// Session A loses both routes.
    void CheckEscalation()
    {
        const auto good = REQUIREMENT_SATISFIED;
        const auto bad = REQUIREMENT_NOT_FOLLOWED;
        const auto none = REQUIREMENT_NOT_EXERCISED;
        for (const bool escalates : {true, false})
        {
            Story story;
            if (escalates)
            {
                story.Escalate();
            }
            story.SetUpA().At(20).Event(A_WORKING, ROUTE_EVENT_SIGNAL_FAIL).Interrupt(A, 20, 24);
            story.At(24).Event(A_PROTECTION, ROUTE_EVENT_SWITCHED);
            Expect(story, "R-C2", none, "the protection route is good");
            story.At(30).Event(A_PROTECTION, ROUTE_EVENT_SIGNAL_FAIL).Interrupt(A, 30.5, 34);
            Expect(story, "R-C2", escalates ? bad : none, "both have failed");
            if (!escalates)
            {
                return;
            }
            Story quick = story;
            quick.At(32).Install(A_RECOVERY).Complete(A_RECOVERY);
            Expect(quick, "R-C2", good, "1.5 of 2 s");
            story.At(33).Install(A_RECOVERY).Complete(A_RECOVERY);
            Expect(story, "R-C2", bad, "2.5 of 2 s");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief G-M0b and G-M1.
 */
class ManagementRequirementTest : public RequirementTest
{
  public:
    ManagementRequirementTest()
        : RequirementTest("Management: supply is watched, resilience managed (G-M0b, G-M1)")
    {
    }

  private:
    void DoRun() override
    {
        const auto good = REQUIREMENT_SATISFIED;
        const auto none = REQUIREMENT_NOT_EXERCISED;
        const auto violated = REQUIREMENT_VIOLATED;
        Story blind;
        blind.SetUpB().State(B, MC_SUPPLY_NORMAL).Interrupt(B, 20, 22);
        Expect(blind, "G-M0b", violated, "not seen");
        Expect(blind, "G-M0b", none, "time is left", 24.9);
        Story idle = blind;
        idle.At(20.2).State(B, MC_SUPPLY_FAILED);
        Expect(idle, "G-M0b", violated, "seen, not answered");
        Story answered = idle;
        answered.At(21).Act(MC_OPERATION_RESTORATION, B_WORKING, B_RECOVERY);
        Expect(answered, "G-M0b", good, "seen and answered");
        NS_TEST_ASSERT_MSG_EQ(answered.Check("G-M0b").evidence.size(), 2, "state and action");
        Story vain = idle;
        vain.At(21).Act(MC_OPERATION_RESTORATION_FAILED, B_WORKING, KeyRoute());
        Expect(vain, "G-M0b", violated, "searched in vain");
        vain.At(22).Act(MC_OPERATION_RESTORATION, B_WORKING, B_RECOVERY);
        Expect(vain, "G-M0b", good, "found at last");
        Story late = idle;
        late.At(28).Act(MC_OPERATION_RESTORATION, B_WORKING, B_RECOVERY);
        Expect(late, "G-M0b", violated, "answered when it was over");
        Story foreign = idle;
        foreign.At(21).Act(MC_OPERATION_RESTORATION, C_WORKING, C_RECOVERY);
        Expect(foreign, "G-M0b", violated, "another session is helped");
        Story early;
        early.SetUpB().At(10).State(B, MC_SUPPLY_FAILED);
        early.At(10.5).Act(MC_OPERATION_RESTORATION, B_WORKING, B_RECOVERY);
        early.Interrupt(B, 20, 22);
        Expect(early, "G-M0b", good, "keys bridged a failure that was seen and answered before");
        early.At(15).State(B, MC_SUPPLY_RECOVERED);
        Expect(early, "G-M0b", violated, "but that failure was over");
        Expect(Story().At(10).Install(B_WORKING).Interrupt(B, 0, 10.1),
               "G-M0b",
               none,
               "set-up of the session");
        Expect(Story(true, false).SetUpB().Interrupt(B, 20, 22), "G-M0b", none, "no manager");

        Story pushed;
        pushed.SetUpA().At(1).Install(E_ROUTE).Interrupt(EXTRA, 20, 60);
        pushed.At(20).State(EXTRA, MC_SUPPLY_PREEMPTED);
        Expect(pushed, "G-M0b", violated, "a pre-emption that is not in the log");
        pushed.Act(MC_OPERATION_PREEMPTION, E_ROUTE, KeyRoute());
        Expect(pushed, "G-M0b", none, "pre-empted to the end");
        Expect(pushed, "G-M0b", violated, "interrupted and never resumed", 70);
        pushed.At(59).Act(MC_OPERATION_RESUMPTION, E_ROUTE, E_ROUTE);
        Expect(pushed, "G-M0b", good, "resumed", 70);
        NS_TEST_ASSERT_MSG_EQ(pushed.Check("G-M0b", 70).evidence.size(),
                              3,
                              "state, pre-emption, resumption");

        Story managed;
        managed.Policy(false).RestoreB(20, 21);
        Story unmanaged = managed;
        managed.Policy(true).Act(MC_OPERATION_RESTORATION, B_WORKING, B_RECOVERY);
        Expect(managed, "G-M1", good, "status, policy and action");
        NS_TEST_ASSERT_MSG_EQ(managed.Check("G-M1").evidence.size(), 3, "each of them");
        Expect(unmanaged, "G-M1", REQUIREMENT_NOT_FOLLOWED, "policy not accepted, no action");
        unmanaged.Policy(true);
        Expect(unmanaged, "G-M1", REQUIREMENT_NOT_FOLLOWED, "no action");
        Expect(unmanaged, "G-M1", none, "time is left", 25);
        Expect(Story().SetUpA().Policy(true), "G-M1", none, "no recovery");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief R-M1.
 */
class RecordRequirementTest : public RequirementTest
{
  public:
    RecordRequirementTest()
        : RequirementTest("Management: recoveries and routes are recorded (R-M1)")
    {
    }

  private:
    void DoRun() override
    {
        const auto good = REQUIREMENT_SATISFIED;
        const auto none = REQUIREMENT_NOT_EXERCISED;
        const auto violated = REQUIREMENT_VIOLATED;
        Story whole;
        whole.RestoreB(20, 21).Act(MC_OPERATION_RESTORATION, B_WORKING, B_RECOVERY);
        Expect(whole, "R-M1", good, "record and table");
        Expect(Story().SetUpA(), "R-M1", none, "no recovery, and the table is right");
        Story silent;
        silent.RestoreB(20, 21).State(B, MC_SUPPLY_RECOVERED);
        Expect(silent, "R-M1", violated, "no record");
        Expect(silent, "R-M1", none, "time is left", 25.5);
        Story switched;
        switched.SetUpA().At(20).Event(A_WORKING, ROUTE_EVENT_SIGNAL_FAIL);
        switched.At(21).Event(A_PROTECTION, ROUTE_EVENT_SWITCHED);
        switched.Table(A_WORKING, MC_ROUTE_FAILED).Table(A_PROTECTION, MC_ROUTE_ACTIVE);
        Expect(switched, "R-M1", violated, "no record of a protection switch");
        switched.Act(MC_OPERATION_PROTECTION_SWITCH, A_WORKING, A_PROTECTION);
        Expect(switched, "R-M1", good, "and a record");

        Story stale = whole;
        stale.At(30).Event(B_WORKING, ROUTE_EVENT_CLEAR);
        Expect(stale, "R-M1", good, "clear, and its message may be under way", 34);
        Expect(stale, "R-M1", violated, "clear, and failed in the table");
        Expect(stale.Table(B_WORKING, MC_ROUTE_STANDBY), "R-M1", good, "on standby");
        stale.At(40).Event(B_WORKING, ROUTE_EVENT_SIGNAL_FAIL);
        Expect(stale, "R-M1", violated, "failed, and on standby in the table");
        Expect(Story(stale).Process(KmId(1), false), "R-M1", good, "a crashed KM says nothing");
        Story idle = whole;
        idle.At(22).Table(B_RECOVERY, MC_ROUTE_STANDBY);
        Expect(idle, "R-M1", violated, "in use, and on standby in the table");
        Story left = whole;
        left.At(30).Event(B_WORKING, ROUTE_EVENT_CLEAR);
        left.At(31).Event(B_WORKING, ROUTE_EVENT_SWITCHED).Table(B_WORKING, MC_ROUTE_ACTIVE);
        Expect(left, "R-M1", violated, "not in use any more, and active in the table");
        Expect(left.Table(B_RECOVERY, MC_ROUTE_STANDBY), "R-M1", good, "on standby");

        Story unknown = whole;
        unknown.At(30).Install(C_RECOVERY);
        Expect(unknown, "R-M1", violated, "a route that is not in the table");
        Expect(unknown, "R-M1", good, "its message may be under way", 34);
        unknown.Table(C_RECOVERY, MC_ROUTE_FAILED);
        Expect(unknown, "R-M1", good, "and it comes");
        unknown.At(40).Release(C_RECOVERY);
        Expect(unknown, "R-M1", violated, "a route that is gone and in the table");
        Expect(unknown, "R-M1", good, "its message may be under way", 44);
        unknown.Table(C_RECOVERY, MC_ROUTE_RELEASED);
        Expect(unknown, "R-M1", good, "and it comes");

        Story partial = whole;
        partial.At(30).Install(C_RECOVERY, true, 1);
        Expect(partial, "R-M1", good, "not installed everywhere yet");
        partial.Table(C_RECOVERY, MC_ROUTE_RELEASED);
        Expect(partial, "R-M1", violated, "released, and some KMs have it");
        Story phantom = whole;
        phantom.At(30).Table(C_RECOVERY, MC_ROUTE_STANDBY);
        Expect(phantom, "R-M1", violated, "a route that nobody ever had");
        KeyRoute detour = C_RECOVERY;
        detour.kms = {KmId(2), KmId(4), KmId(1)};
        phantom.Install(detour);
        Expect(phantom, "R-M1", violated, "a route over other KMs");
        phantom.At(31).Table(detour, MC_ROUTE_STANDBY);
        Expect(phantom, "R-M1", good, "the same");
        Story other;
        other.At(1).Install(B_WORKING);
        Expect(other, "R-M1", violated, "a wrong table without any recovery");
        ExpectTakenBack();
    }

    /// A reversion that is taken back at once makes no recovery.
    void ExpectTakenBack()
    {
        Story story;
        story.SetUpA().At(20).Event(A_WORKING, ROUTE_EVENT_SIGNAL_FAIL);
        story.At(21).Event(A_PROTECTION, ROUTE_EVENT_SWITCHED);
        story.Act(MC_OPERATION_PROTECTION_SWITCH, A_WORKING, A_PROTECTION);
        story.Table(A_WORKING, MC_ROUTE_FAILED).Table(A_PROTECTION, MC_ROUTE_ACTIVE);
        Story back = story;
        back.At(30).Event(A_WORKING, ROUTE_EVENT_REVERT);
        Story away = back;
        back.EventThen(A_PROTECTION, ROUTE_EVENT_SWITCH).At(30.5);
        back.Event(A_PROTECTION, ROUTE_EVENT_SWITCHED);
        Expect(back, "R-M1", REQUIREMENT_SATISFIED, "taken back at the same moment");
        away.At(30.1).Event(A_PROTECTION, ROUTE_EVENT_SWITCH).At(30.5);
        away.Event(A_PROTECTION, ROUTE_EVENT_SWITCHED);
        Expect(away, "R-M1", REQUIREMENT_VIOLATED, "it was away");
        Story done = story;
        done.At(30).Event(A_WORKING, ROUTE_EVENT_REVERT).Event(A_WORKING, ROUTE_EVENT_SWITCHED);
        done.Event(A_PROTECTION, ROUTE_EVENT_SWITCH).Event(A_PROTECTION, ROUTE_EVENT_SWITCHED);
        Expect(done, "R-M1", REQUIREMENT_VIOLATED, "the reversion was over");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of the requirements on recovery and management.
 */
class QkdnRequirementsRecoveryTestSuite : public TestSuite
{
  public:
    QkdnRequirementsRecoveryTestSuite()
        : TestSuite("qkdn-requirements-recovery", Type::UNIT)
    {
        AddTestCase(new RecoveryRequirementTest);
        AddTestCase(new ManagementRequirementTest);
        AddTestCase(new RecordRequirementTest);
    }
};

static QkdnRequirementsRecoveryTestSuite
    g_qkdnRequirementsRecoveryTestSuite; //!< registers the suite
