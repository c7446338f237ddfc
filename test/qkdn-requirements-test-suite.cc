/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-requirement-catalogue.h"
#include "ns3/qkdn-requirement-checker.h"
#include "ns3/test.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

const SessionId A{1};     //!< session of class route-1:1
const SessionId B{2};     //!< session of class restoration
const SessionId C{3};     //!< session of class restoration
const SessionId EXTRA{4}; //!< extra traffic

const IncidentId INCIDENT{1, 1}; //!< a failure

const KeyRoute A_WORKING{RouteId(11), A, ROUTE_WORKING, {KmId(1), KmId(2), KmId(4)}, 0};
const KeyRoute A_PROTECTION{RouteId(12), A, ROUTE_PROTECTION, {KmId(1), KmId(3), KmId(4)}, 0};
const KeyRoute B_WORKING{RouteId(21), B, ROUTE_WORKING, {KmId(1), KmId(2)}, 0};
const KeyRoute B_RECOVERY{RouteId(22), B, ROUTE_RECOVERY, {KmId(1), KmId(3), KmId(2)}, 0};
const KeyRoute C_WORKING{RouteId(31), C, ROUTE_WORKING, {KmId(2), KmId(1)}, 0};
const KeyRoute C_RECOVERY{RouteId(32), C, ROUTE_RECOVERY, {KmId(2), KmId(3), KmId(1)}, 0};
const KeyRoute E_ROUTE{RouteId(41), EXTRA, ROUTE_EXTRA, {KmId(1), KmId(3)}, 100};

/// The settling time of the checker.
constexpr double SETTLING_S = 5;

/**
 * @brief Tells a checker what happens. Each event has a number and is younger than the one before.
 */
class Story
{
  public:
    /**
     * @brief Constructor
     * @param hasController whether there is a controller
     * @param hasManager whether there is a manager
     */
    explicit Story(bool hasController = true, bool hasManager = true)
        : m_checker(Seconds(SETTLING_S))
    {
        if (hasController)
        {
            m_checker.AddController();
        }
        if (hasManager)
        {
            m_checker.AddManager();
        }
        AddSession(A, "A", CLASS_ROUTE_1_1, false, KmId(1));
        AddSession(B, "B", CLASS_RESTORATION, false, KmId(1));
        AddSession(C, "C", CLASS_RESTORATION, false, KmId(2));
        AddSession(EXTRA, "E", CLASS_UNPROTECTED, true, KmId(1));
    }

    /// Go to a time, in s.
    Story& At(double seconds)
    {
        m_now = Seconds(seconds);
        return *this;
    }

    /// All KMs of a route but some install or release it.
    Story& Install(const KeyRoute& route, bool installed = true, std::size_t leaveOut = 0)
    {
        for (std::size_t i = 0; i + leaveOut < route.kms.size(); ++i)
        {
            m_checker.RouteChanged(Next(), route.kms[i], route, installed);
        }
        return *this;
    }

    /// Release a route.
    Story& Release(const KeyRoute& route)
    {
        return Install(route, false);
    }

    /// An event of a route.
    Story& Event(const KeyRoute& route, RouteEventKind kind)
    {
        m_checker.RouteEvent(Next(), route.session, route.id, kind);
        return *this;
    }

    /// A KM crashes or starts again.
    Story& Process(KmId km, bool running)
    {
        m_checker.ProcessChanged(Next(), km, running);
        return *this;
    }

    /// A controller has all acknowledgements.
    Story& Complete(const KeyRoute& route)
    {
        m_checker.ControllerCompleted(Next(), route.session, route.id);
        return *this;
    }

    /// An action that a controller reports, and the manager gets if it should.
    Story& Act(McOperationKind kind,
               const KeyRoute& from,
               const KeyRoute& to,
               bool logged = true,
               IncidentId incident = INCIDENT)
    {
        McOperation operation;
        operation.kind = kind;
        operation.session = from.session;
        operation.from = from.id;
        operation.to = to.id;
        m_checker.ControllerOperation(Next(), operation, incident);
        if (logged)
        {
            m_checker.ManagerOperation(Next(), operation);
        }
        return *this;
    }

    /// A route in the manager's table.
    Story& Table(const KeyRoute& route, McRouteState state)
    {
        m_checker.ManagerRouteStatus(Next(), McRouteStatus{route, state});
        return *this;
    }

    /// A session in the manager's records.
    Story& State(SessionId session, McSupplyState state)
    {
        McSessionStatus status;
        status.session = session;
        status.state = state;
        status.protection = A_PROTECTION.id;
        status.recovery = B_RECOVERY.id;
        m_checker.ManagerSessionStatus(Next(), status);
        return *this;
    }

    /// A policy is sent or accepted.
    Story& Policy(bool accepted)
    {
        m_checker.ManagerPolicy(Next(), accepted);
        return *this;
    }

    /// A fault strikes.
    Story& Fault(const std::vector<SessionId>& sessions)
    {
        m_checker.FaultStruck(Next(), "F1", sessions);
        return *this;
    }

    /// Key supply was interrupted, times in s.
    Story& Interrupt(SessionId session, double start, double end)
    {
        m_checker.SupplyInterrupted(session, Seconds(start), Seconds(end));
        return *this;
    }

    /// Routes of session A, in the KMs and in the manager's table.
    Story& SetUpA()
    {
        At(1).Install(A_WORKING).Install(A_PROTECTION);
        return Table(A_WORKING, MC_ROUTE_ACTIVE).Table(A_PROTECTION, MC_ROUTE_STANDBY);
    }

    /// The route of session B, in the KMs and in the manager's table.
    Story& SetUpB()
    {
        return At(1).Install(B_WORKING).Table(B_WORKING, MC_ROUTE_ACTIVE);
    }

    /// Session B loses its route and is moved to its recovery route.
    Story& RestoreB(double fails, double restored)
    {
        SetUpB().At(fails).Fault({B}).Event(B_WORKING, ROUTE_EVENT_SIGNAL_FAIL);
        At(restored).Install(B_RECOVERY).Event(B_RECOVERY, ROUTE_EVENT_SWITCHED);
        return Complete(B_RECOVERY).Table(B_RECOVERY, MC_ROUTE_ACTIVE);
    }

    /**
     * @brief The result for one requirement.
     * @param id its id
     * @param end end of the run, in s
     * @return the result
     */
    RequirementResult Check(const std::string& id, double end = 60) const
    {
        for (const RequirementResult& result : m_checker.Check(Seconds(end)))
        {
            if (result.id == id)
            {
                return result;
            }
        }
        return RequirementResult();
    }

    /**
     * @brief Number of the newest event.
     * @return the number
     */
    uint64_t GetLastEvent() const
    {
        return m_events;
    }

    RequirementChecker m_checker; //!< the checker

  private:
    /// @cond
    Sighting Next()
    {
        m_now += NanoSeconds(1);
        return Sighting{m_now, ++m_events};
    }

    void AddSession(SessionId id,
                    const std::string& name,
                    ResilienceClass resilienceClass,
                    bool extra,
                    KmId master)
    {
        KeySession session;
        session.id = id;
        session.name = name;
        session.masterKm = master;
        session.policy.resilienceClass = resilienceClass;
        session.policy.extraTraffic = extra;
        session.policy.toleration = Seconds(2);
        session.policy.holdOff = Seconds(1);
        m_checker.AddSession(session);
    }

    /// @endcond

    Time m_now;           //!< now
    uint64_t m_events{0}; //!< events so far
};

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Base of tests of predicates.
 */
class RequirementTest : public TestCase
{
  protected:
    using TestCase::TestCase;

    /**
     * @brief Expect a result.
     * @param story what happened
     * @param id id of the requirement
     * @param status the status
     * @param what which case it is
     * @param end end of the run, in s
     */
    void Expect(const Story& story,
                const std::string& id,
                RequirementStatus status,
                const std::string& what,
                double end = 60)
    {
        const RequirementResult result = story.Check(id, end);
        NS_TEST_EXPECT_MSG_EQ(result.id, id, "there is such a requirement");
        NS_TEST_EXPECT_MSG_EQ(std::string(RequirementStatusName(result.status)),
                              RequirementStatusName(status),
                              id << ", " << what << ": " << result.reason);
        NS_TEST_EXPECT_MSG_EQ(result.reason.empty(), false, id << " has a reason");
        NS_TEST_EXPECT_MSG_EQ(std::is_sorted(result.evidence.begin(), result.evidence.end()),
                              true,
                              id << ", " << what << ": evidence in order");
        for (const uint64_t event : result.evidence)
        {
            NS_TEST_EXPECT_MSG_EQ((event > 0 && event <= story.GetLastEvent()),
                                  true,
                                  id << ", " << what << ": evidence is an event");
        }
        if (status == REQUIREMENT_NOT_EXERCISED)
        {
            NS_TEST_EXPECT_MSG_EQ(result.evidence.empty(), true, id << ": evidence of nothing");
        }
    }
};

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
                   result.id == "G-K1"   ? REQUIREMENT_SATISFIED
                   : result.id == "R-C1" ? REQUIREMENT_NOT_USED
                                         : REQUIREMENT_NOT_EXERCISED,
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
        ExpectBoth(failing, none, none, "time is left", 25.9);
        ExpectBoth(failing, bad, bad, "hold-off and settling time are over", 26.1);
        Story cleared = failing;
        ExpectBoth(cleared.At(20.9).Event(A_WORKING, ROUTE_EVENT_CLEAR),
                   none,
                   none,
                   "clear before the end of hold-off");
        Story slow = failing;
        ExpectBoth(slow.At(40).Event(A_WORKING, ROUTE_EVENT_CLEAR), bad, bad, "clear much later");
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
        Story failed;
        failed.SetUpB().At(20).Event(B_WORKING, ROUTE_EVENT_SIGNAL_FAIL);
        Expect(failed, "G-C3", bad, "left alone");
        failed.At(21).Act(MC_OPERATION_RESTORATION_FAILED, B_WORKING, KeyRoute());
        Expect(failed, "G-C3", bad, "tried in vain");
        failed.Act(MC_OPERATION_PREEMPTION, C_WORKING, KeyRoute(), true, IncidentId());
        Expect(failed, "G-C3", bad, "pre-empted for no failure");
        failed.Act(MC_OPERATION_PREEMPTION, C_WORKING, KeyRoute());
        Expect(failed, "G-C3", good, "pre-empted");
        Story own;
        own.SetUpA().At(20).Event(A_WORKING, ROUTE_EVENT_SIGNAL_FAIL);
        own.Event(A_PROTECTION, ROUTE_EVENT_SWITCHED).Event(E_ROUTE, ROUTE_EVENT_PREEMPTED);
        own.Act(MC_OPERATION_PROTECTION_SWITCH, A_WORKING, A_PROTECTION);
        own.Act(MC_OPERATION_PREEMPTION, E_ROUTE, KeyRoute());
        own.Act(MC_OPERATION_REVERSION, A_PROTECTION, A_WORKING);
        Expect(own, "G-C3", none, "KMs did it all on their own");
        own.Act(MC_OPERATION_RESUMPTION, E_ROUTE, E_ROUTE);
        Expect(own, "G-C3", good, "resumed by the controller");
        Story home;
        home.RestoreB(20, 21).Act(MC_OPERATION_REVERSION, B_RECOVERY, B_WORKING);
        Expect(home, "G-C3", good, "moved back from a recovery route");

        Expect(moved, "G-C4", good, "the log has it");
        Story silent;
        silent.RestoreB(20, 21).Act(MC_OPERATION_RESTORATION, B_WORKING, B_RECOVERY, false);
        Expect(silent, "G-C4", bad, "reported and never arrived");
        Expect(silent, "G-C4", none, "time is left", 25.5);
        silent.At(30).State(B, MC_SUPPLY_RECOVERED);
        Expect(silent, "G-C4", good, "the session's status has it");
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
        Expect(switched, "R-M1", violated, "no record of a protection switch");
        switched.Act(MC_OPERATION_PROTECTION_SWITCH, A_WORKING, A_PROTECTION);
        Expect(switched, "R-M1", good, "and a record");

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
 * @brief The suite of the requirements.
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
        AddTestCase(new RecoveryRequirementTest);
        AddTestCase(new ManagementRequirementTest);
        AddTestCase(new RecordRequirementTest);
        AddTestCase(new RequirementVerdictTest);
    }
};

static QkdnRequirementsTestSuite g_qkdnRequirementsTestSuite; //!< registers the suite
