/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-requirement-story.h"

#include "ns3/qkdn-requirement-catalogue.h"

#include <map>
#include <set>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

/**
 * @ingroup qkdn-resilience-tests
 * @brief All requirements are there.
 */
class RequirementCatalogueTest : public RequirementTest
{
  public:
    RequirementCatalogueTest()
        : RequirementTest("Each requirement has an entry, exercised or not")
    {
    }

  private:
    void DoRun() override
    {
        const std::map<std::string, std::string> expected = {
            {"G-Q1", "7.1 recommended"}, {"G-Q2", "7.1 required"},    {"G-Q3", "7.1 recommended"},
            {"G-Q4", "7.1 recommended"}, {"G-K1", "7.2 recommended"}, {"G-C0", "7.3 recommended"},
            {"G-C1", "7.3 recommended"}, {"G-C2", "7.3 recommended"}, {"G-C3", "7.3 recommended"},
            {"G-C4", "7.3 recommended"}, {"G-M0a", "7.4 required"},   {"G-M0b", "7.4 required"},
            {"G-M1", "7.4 recommended"}, {"P-Q1", "8.1 recommended"}, {"P-Q2", "8.1 recommended"},
            {"P-Q3", "8.1 recommended"}, {"P-K1", "8.2 recommended"}, {"P-C1", "8.3 recommended"},
            {"P-M1", "8.4 required"},    {"P-M2", "8.4 required"},    {"R-C1", "9.3 optional"},
            {"R-C2", "9.3 recommended"}, {"R-M1", "9.4 required"}};
        const auto results = Story().m_checker.Check(Seconds(60));
        NS_TEST_ASSERT_MSG_EQ(results.size(), expected.size(), "all of them");
        std::set<std::string> seen;
        for (const RequirementResult& result : results)
        {
            NS_TEST_ASSERT_MSG_EQ(expected.count(result.id), 1, result.id);
            NS_TEST_ASSERT_MSG_EQ(result.clause + " " + RequirementLevelName(result.level),
                                  expected.at(result.id),
                                  result.id);
            NS_TEST_ASSERT_MSG_EQ(result.oldWording,
                                  (result.id == "G-M0a" || result.id == "G-M0b"),
                                  result.id);
            NS_TEST_ASSERT_MSG_EQ(result.text.empty(), false, result.id);
            seen.insert(result.id);
            Expect(Story(), result.id, REQUIREMENT_NOT_EXERCISED, "nothing happens");
            Expect(Story(false, false).SetUpA().RestoreB(20, 20.1).At(20).Fault({A}),
                   result.id,
                   result.id == "G-K1" ? REQUIREMENT_SATISFIED : REQUIREMENT_NOT_EXERCISED,
                   "neither controller nor manager");
        }
        NS_TEST_ASSERT_MSG_EQ(seen.size(), expected.size(), "each of them once");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief G-K1 and P-K1.
 */
class SwitchRequirementTest : public RequirementTest
{
  public:
    SwitchRequirementTest()
        : RequirementTest("Key management: KMs switch when they can (G-K1, P-K1)")
    {
    }

  private:
    /**
     * @brief Expect results for both.
     * @param story what happened
     * @param general status of G-K1
     * @param protection status of P-K1
     * @param what which case it is
     * @param end end of the run, in s
     */
    void ExpectBoth(const Story& story,
                    RequirementStatus general,
                    RequirementStatus protection,
                    const std::string& what,
                    double end = 60)
    {
        Expect(story, "G-K1", general, what, end);
        Expect(story, "P-K1", protection, what, end);
    }

    void DoRun() override
    {
        const auto good = REQUIREMENT_SATISFIED;
        const auto bad = REQUIREMENT_NOT_FOLLOWED;
        const auto none = REQUIREMENT_NOT_EXERCISED;
        Story failing;
        failing.SetUpA().At(20).Event(A_WORKING, ROUTE_EVENT_SIGNAL_FAIL);

        Story switched = failing;
        switched.At(21).Event(A_PROTECTION, ROUTE_EVENT_SWITCH);
        ExpectBoth(switched, bad, bad, "decided and never carried out");
        switched.At(21.1).Event(A_PROTECTION, ROUTE_EVENT_SWITCHED);
        ExpectBoth(switched, good, good, "switched");
        const auto evidence = switched.Check("P-K1").evidence;
        NS_TEST_ASSERT_MSG_EQ(evidence.size(), 3, "installed, failed, switched");
        NS_TEST_ASSERT_MSG_EQ(evidence[0], 6, "the last KM of the protection route");
        NS_TEST_ASSERT_MSG_EQ(evidence[2], switched.GetLastEvent(), "the switch");

        ExpectBoth(failing, bad, bad, "nothing is done");
        Story tardy = failing;
        ExpectBoth(tardy.At(26.1).Event(A_PROTECTION, ROUTE_EVENT_SWITCHED),
                   bad,
                   bad,
                   "switched when hold-off and settling time were over");
        Story justInTime = failing;
        ExpectBoth(justInTime.At(25.9).Event(A_PROTECTION, ROUTE_EVENT_SWITCHED),
                   good,
                   good,
                   "switched just before");
        ExpectBoth(failing, none, none, "time is left", 25.9);
        ExpectBoth(failing, bad, bad, "hold-off and settling time are over", 26.1);
        Story cleared = failing;
        ExpectBoth(cleared.At(20.9).Event(A_WORKING, ROUTE_EVENT_CLEAR),
                   none,
                   none,
                   "clear before the end of hold-off");
        Story slow = failing;
        ExpectBoth(slow.At(40).Event(A_WORKING, ROUTE_EVENT_CLEAR), bad, bad, "clear much later");
        Story locked = failing;
        locked.At(20.5).Fix(A_WORKING, true);
        ExpectBoth(locked, none, none, "an operator locks protection out");
        ExpectBoth(locked.At(40).Fix(A_WORKING, false), bad, bad, "and clears that");
        Story late = failing;
        late.At(20.5).Event(A_WORKING, ROUTE_EVENT_HOLD_OFF_OVER);
        ExpectBoth(late, bad, bad, "hold-off over earlier", 25.6);

        Story unavailable;
        unavailable.At(1).Install(A_WORKING).Install(A_PROTECTION, true, 1);
        unavailable.At(20).Event(A_WORKING, ROUTE_EVENT_SIGNAL_FAIL);
        ExpectBoth(unavailable, none, none, "not installed at the last KM");
        Story both = failing;
        both.At(20.5).Event(A_PROTECTION, ROUTE_EVENT_SIGNAL_FAIL);
        ExpectBoth(both, none, none, "the protection route fails too");
        both.At(40).Event(A_PROTECTION, ROUTE_EVENT_CLEAR);
        ExpectBoth(both, none, none, "and is clear again", 44);
        ExpectBoth(both, bad, bad, "and nothing is done");
        Story standby;
        standby.SetUpA().At(20).Event(A_PROTECTION, ROUTE_EVENT_SIGNAL_FAIL);
        ExpectBoth(standby, none, none, "a route fails that is not in use");
        Story crashed = failing;
        crashed.At(21.5).Process(KmId(1), false);
        ExpectBoth(crashed, none, none, "the KM that should switch has crashed");

        Story suspended = failing;
        suspended.At(21.5).Event(A_WORKING, ROUTE_EVENT_PREEMPTED);
        suspended.At(40).Event(A_WORKING, ROUTE_EVENT_RESUMED);
        ExpectBoth(suspended, none, none, "suspended before it had to switch");

        Story restarted = switched;
        restarted.At(30).Process(KmId(1), false).At(31).Process(KmId(1), true);
        Story forgetful = restarted;
        Story unsure = restarted;
        unsure.At(32).Use(A_PROTECTION).At(33).Event(A_PROTECTION, ROUTE_EVENT_SIGNAL_FAIL);
        ExpectBoth(unsure, good, good, "nobody has said that the working route is good again");
        restarted.At(32).Event(A_WORKING, ROUTE_EVENT_CLEAR).Use(A_PROTECTION);
        restarted.At(33).Event(A_PROTECTION, ROUTE_EVENT_SIGNAL_FAIL);
        ExpectBoth(restarted, bad, good, "fails on the route that it uses since its restart");
        forgetful.At(32).Use(A_WORKING).At(33).Event(A_PROTECTION, ROUTE_EVENT_SIGNAL_FAIL);
        ExpectBoth(forgetful, good, good, "a route that it does not use since its restart");

        Story back = switched;
        back.At(30)
            .Event(A_WORKING, ROUTE_EVENT_CLEAR)
            .Event(A_PROTECTION, ROUTE_EVENT_SIGNAL_FAIL);
        ExpectBoth(back, bad, good, "the working route would be available");
        back.At(31).Event(A_WORKING, ROUTE_EVENT_REVERT);
        ExpectBoth(back, good, good, "and is used");

        ExpectBoth(Story().RestoreB(20, 30), good, none, "a recovery route is no protection route");
        Story unused;
        unused.SetUpB().At(20).Event(B_WORKING, ROUTE_EVENT_SIGNAL_FAIL);
        ExpectBoth(unused, none, none, "no other route");
        unused.At(30).Install(B_RECOVERY);
        ExpectBoth(unused, none, none, "time is left", 34.9);
        ExpectBoth(unused, bad, none, "the recovery route is not used");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief G-C0, P-C1 and G-C1.
 */
class PresetRequirementTest : public RequirementTest
{
  public:
    PresetRequirementTest()
        : RequirementTest("Control: protection routes are set up before faults (G-C0, P-C1, G-C1)")
    {
    }

  private:
    void DoRun() override
    {
        const auto good = REQUIREMENT_SATISFIED;
        const auto bad = REQUIREMENT_NOT_FOLLOWED;
        const auto none = REQUIREMENT_NOT_EXERCISED;
        Story ready;
        ready.SetUpA().At(20).Fault({A});
        Story late;
        late.At(1).Install(A_WORKING).Install(A_PROTECTION, true, 1);
        late.At(20).Fault({A}).At(21).Install(A_PROTECTION);
        for (const std::string id : {"G-C0", "P-C1"})
        {
            Expect(ready, id, good, "installed before");
            Expect(late, id, bad, "installed at the last KM after the fault");
            Expect(Story().SetUpA(), id, none, "no fault");
            Expect(Story().SetUpA().At(20).Fault({}), id, none, "a fault that concerns nobody");
            Expect(Story().SetUpA().At(20).Fault({EXTRA}), id, none, "extra traffic");
            Expect(Story().RestoreB(20, 21), id, bad, "a session without");
            Story spared;
            spared.RestoreB(20, 21);
            Expect(spared.Effect({B}), id, bad, "an effect on this session");
            Expect(spared.Effect({A}), id, none, "no effect on this session");
            Expect(spared.Effect({B}, "F2"), id, none, "an effect of another fault");
        }
        Story interrupted = ready;
        interrupted.Interrupt(A, 20.1, 20.3);
        Expect(interrupted, "G-C0", good, "interrupted all the same");
        Expect(interrupted, "P-C1", bad, "interrupted all the same");
        Story before = ready;
        Expect(before.Interrupt(A, 1, 2), "P-C1", good, "interrupted before the fault");
        Expect(before.Interrupt(B, 20.1, 20.3), "P-C1", good, "interruption of another session");
        NS_TEST_ASSERT_MSG_EQ(ready.Check("G-C0").evidence.size(), 2, "fault and route");

        Expect(Story().SetUpA(), "G-C1", good, "two routes");
        Expect(Story().At(1).Install(A_WORKING), "G-C1", bad, "one route for class route-1:1");
        Expect(Story().SetUpB(), "G-C1", none, "one route, and it does not fail");
        Expect(Story().RestoreB(20, 21), "G-C1", good, "a recovery route");
        Story lost;
        lost.SetUpB().At(20).Event(B_WORKING, ROUTE_EVENT_SIGNAL_FAIL);
        Expect(lost, "G-C1", bad, "one route, and it fails");
        Expect(lost, "G-C1", none, "time is left", 25.5);
        KeyRoute again = B_WORKING;
        again.id = RouteId(23);
        Story same = lost;
        Expect(same.At(22).Install(again), "G-C1", bad, "the same route under another number");
        lost.At(20.5).Event(B_WORKING, ROUTE_EVENT_CLEAR);
        Expect(lost, "G-C1", none, "clear before the end of hold-off");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief G-C3 and G-C4.
 */
class ControlRequirementTest : public RequirementTest
{
  public:
    ControlRequirementTest()
        : RequirementTest("Control: sessions are controlled and reported (G-C3, G-C4)")
    {
    }

  private:
    void DoRun() override
    {
        const auto good = REQUIREMENT_SATISFIED;
        const auto bad = REQUIREMENT_NOT_FOLLOWED;
        const auto none = REQUIREMENT_NOT_EXERCISED;
        Story moved;
        moved.RestoreB(20, 21).Act(MC_OPERATION_RESTORATION, B_WORKING, B_RECOVERY);
        Expect(moved, "G-C3", good, "moved");
        const std::string once = moved.Check("G-C3").reason;
        Story repeated = moved;
        repeated.Act(MC_OPERATION_RESTORATION, B_WORKING, B_RECOVERY);
        NS_TEST_ASSERT_MSG_EQ(repeated.Check("G-C3").reason, once, "a report is repeated");
        Story failed;
        failed.SetUpB().At(20).Event(B_WORKING, ROUTE_EVENT_SIGNAL_FAIL);
        Expect(failed, "G-C3", bad, "left alone");
        failed.At(21).Act(MC_OPERATION_RESTORATION_FAILED, B_WORKING, KeyRoute());
        Expect(failed, "G-C3", bad, "tried in vain");
        failed.Act(MC_OPERATION_PREEMPTION, C_WORKING, KeyRoute(), true, IncidentId());
        Expect(failed, "G-C3", bad, "pre-empted for no failure");
        failed.Act(MC_OPERATION_PREEMPTION, C_WORKING, KeyRoute());
        Expect(failed, "G-C3", good, "pre-empted");
        Story unnamed = Story().SetUpB().At(20).Event(B_WORKING, ROUTE_EVENT_SIGNAL_FAIL).At(21);
        Story calm = Story().SetUpB().At(21);
        for (Story* story : {&unnamed, &calm})
        {
            story->Act(MC_OPERATION_RESTORATION, B_WORKING, B_RECOVERY, true, IncidentId());
        }
        Expect(unnamed, "G-C3", good, "moved, and the controller does not know the failure's id");
        Expect(calm, "G-C3", none, "moved for no failure");
        Story stopped;
        stopped.At(1).Install(E_ROUTE).At(20).Event(E_ROUTE, ROUTE_EVENT_SIGNAL_FAIL);
        Expect(stopped, "G-C3", none, "extra traffic left alone");
        Story own;
        own.SetUpA().At(20).Event(A_WORKING, ROUTE_EVENT_SIGNAL_FAIL);
        own.Event(A_PROTECTION, ROUTE_EVENT_SWITCHED).Event(E_ROUTE, ROUTE_EVENT_PREEMPTED);
        own.Act(MC_OPERATION_PROTECTION_SWITCH, A_WORKING, A_PROTECTION);
        own.Act(MC_OPERATION_PREEMPTION, E_ROUTE, KeyRoute());
        own.Act(MC_OPERATION_REVERSION, A_PROTECTION, A_WORKING);
        own.Act(MC_OPERATION_RESUMPTION, E_ROUTE, E_ROUTE);
        Expect(own, "G-C3", none, "KMs did it all on their own");
        own.Act(MC_OPERATION_RESUMPTION, C_WORKING, C_WORKING);
        Expect(own, "G-C3", good, "resumed by the controller");
        Story home;
        home.RestoreB(20, 21);
        home.Act(MC_OPERATION_REVERSION, B_RECOVERY, B_WORKING, true, IncidentId());
        Expect(home, "G-C3", good, "moved back from a recovery route");

        Expect(moved, "G-C4", good, "the log has it");
        Story silent;
        silent.RestoreB(20, 21).Act(MC_OPERATION_RESTORATION, B_WORKING, B_RECOVERY, false);
        Expect(silent, "G-C4", bad, "reported and never arrived");
        Expect(silent, "G-C4", none, "time is left", 25.5);
        Story tardy = silent;
        silent.At(25.9).State(B, MC_SUPPLY_RECOVERED);
        Expect(silent, "G-C4", good, "the session's status has it");
        tardy.At(26.1).State(B, MC_SUPPLY_RECOVERED);
        Expect(tardy, "G-C4", bad, "when the settling time was over");
        Story again;
        again.RestoreB(20, 21).At(22).State(B, MC_SUPPLY_RECOVERED);
        again.At(23).Event(B_WORKING, ROUTE_EVENT_CLEAR).Event(B_WORKING, ROUTE_EVENT_SWITCHED);
        again.At(23.5).Event(B_WORKING, ROUTE_EVENT_SIGNAL_FAIL);
        again.At(24).Event(B_RECOVERY, ROUTE_EVENT_SWITCHED);
        Expect(again, "G-C4", bad, "one status for two recoveries");
        Expect(again.State(B, MC_SUPPLY_RECOVERED), "G-C4", good, "one for each");
        Story unsaid;
        unsaid.RestoreB(20, 21);
        Expect(unsaid, "G-C4", bad, "only the KM tells of it");
        Story twice = moved;
        twice.At(30).Event(B_WORKING, ROUTE_EVENT_CLEAR).Event(B_WORKING, ROUTE_EVENT_SWITCHED);
        twice.At(40).Event(B_WORKING, ROUTE_EVENT_SIGNAL_FAIL);
        twice.At(42).Event(B_RECOVERY, ROUTE_EVENT_SWITCHED);
        Expect(twice, "G-C4", bad, "one report for two recoveries");
        Expect(Story(true, false).RestoreB(20, 21), "G-C4", none, "no manager");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The verdict.
 */
class RequirementVerdictTest : public TestCase
{
  public:
    RequirementVerdictTest()
        : TestCase("The verdict counts, with and without the old wording")
    {
    }

  private:
    void DoRun() override
    {
        std::vector<RequirementResult> results = GetRequirementCatalogue();
        RequirementVerdict verdict = JudgeRequirements(results, true);
        NS_TEST_ASSERT_MSG_EQ(verdict.conformant, true, "nothing was violated");
        NS_TEST_ASSERT_MSG_EQ(verdict.requiredNotExercised, 6, "required");
        NS_TEST_ASSERT_MSG_EQ(verdict.recommendedNotExercised, 16, "recommended");
        NS_TEST_ASSERT_MSG_EQ(verdict.optionalNotExercised, 1, "optional");
        const auto set = [&results](const std::string& id, RequirementStatus status) {
            for (RequirementResult& result : results)
            {
                result.status = result.id == id ? status : result.status;
            }
        };
        set("G-M0b", REQUIREMENT_VIOLATED);
        set("R-M1", REQUIREMENT_SATISFIED);
        set("G-C0", REQUIREMENT_SATISFIED);
        set("P-C1", REQUIREMENT_NOT_FOLLOWED);
        set("R-C1", REQUIREMENT_USED);
        verdict = JudgeRequirements(results, true);
        NS_TEST_ASSERT_MSG_EQ(verdict.conformant, false, "with the old wording");
        NS_TEST_ASSERT_MSG_EQ(verdict.requiredViolated, 1, "violated");
        NS_TEST_ASSERT_MSG_EQ(verdict.requiredSatisfied, 1, "satisfied");
        NS_TEST_ASSERT_MSG_EQ(verdict.requiredNotExercised, 4, "the rest");
        NS_TEST_ASSERT_MSG_EQ(verdict.recommendedSatisfied, 1, "satisfied");
        NS_TEST_ASSERT_MSG_EQ(verdict.recommendedNotFollowed, 1, "not followed");
        NS_TEST_ASSERT_MSG_EQ(verdict.optionalUsed, 1, "used");
        verdict = JudgeRequirements(results, false);
        NS_TEST_ASSERT_MSG_EQ(verdict.conformant, true, "without the old wording");
        NS_TEST_ASSERT_MSG_EQ(verdict.requiredViolated, 0, "not counted");
        NS_TEST_ASSERT_MSG_EQ(verdict.requiredNotExercised, 3, "not counted");
        set("R-C1", REQUIREMENT_NOT_USED);
        NS_TEST_ASSERT_MSG_EQ(JudgeRequirements(results, false).optionalNotUsed, 1, "not used");
        set("R-M1", REQUIREMENT_VIOLATED);
        NS_TEST_ASSERT_MSG_EQ(JudgeRequirements(results, false).conformant, false, "violated");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of the requirements on key management and control.
 */
class QkdnRequirementsTestSuite : public TestSuite
{
  public:
    QkdnRequirementsTestSuite()
        : TestSuite("qkdn-requirements", Type::UNIT)
    {
        AddTestCase(new RequirementCatalogueTest);
        AddTestCase(new SwitchRequirementTest);
        AddTestCase(new PresetRequirementTest);
        AddTestCase(new ControlRequirementTest);
        AddTestCase(new RequirementVerdictTest);
    }
};

static QkdnRequirementsTestSuite g_qkdnRequirementsTestSuite; //!< registers the suite
