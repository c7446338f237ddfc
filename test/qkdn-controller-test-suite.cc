/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-controller-test-network.h"

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief Example 1.2: a session with its protection route, set up in advance (G-C0), and extra
 * traffic over that route.
 */
class ControllerSetUpTest : public ControllerTest
{
  public:
    ControllerSetUpTest()
        : ControllerTest("working, protection and extra routes of the ring")
    {
    }

  private:
    void DoRun() override
    {
        CkSessionRequest& extra = AddSession(1, 4, CLASS_UNPROTECTED);
        extra.policy.extraTraffic = true;
        extra.policy.priority = 0;
        AddSession(2, 4, CLASS_ROUTE_1_1).policy.protectionReserveBits = 50000;
        AddSession(3, 9, CLASS_UNPROTECTED);
        RunUntil(5);
        // the session with the higher priority goes first although its number is higher
        ExpectText(TakeKm(1),
                   "install r1 working 124; install r2 protection 134; "
                   "routes s3 - - - no route; install r3 extra 134 floor 50000; "
                   "routes s2 r1 r2 -; routes s1 r3 - -",
                   "master");
        ExpectText(TakeKm(2), "install r1 working 124", "on the working route");
        ExpectText(TakeKm(3),
                   "install r2 protection 134; install r3 extra 134 floor 50000",
                   "on the protection route");
        NS_TEST_EXPECT_MSG_EQ(m_badMessages, 0, "all is well");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_supply[SessionId(2)], MC_SUPPLY_NORMAL, "served");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_supply[SessionId(3)], MC_SUPPLY_WAITING, "no KM 9");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_routes[RouteId(FIRST_ROUTE + 1)],
                              MC_ROUTE_ACTIVE,
                              "in use");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_routes[RouteId(FIRST_ROUTE + 2)],
                              MC_ROUTE_STANDBY,
                              "pre-set");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_links.size(), 4, "all links");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The master's KM switches on its own; the controller keeps the books.
 */
class ControllerProtectionTest : public ControllerTest
{
  public:
    ControllerProtectionTest()
        : ControllerTest("events of a protected session")
    {
    }

  private:
    void DoRun() override
    {
        AddSession(1, 4, CLASS_ROUTE_1_1).policy.toleration = MilliSeconds(500);
        CkSessionRequest& extra = AddSession(2, 4, CLASS_UNPROTECTED);
        extra.policy.extraTraffic = true;
        extra.policy.priority = 0;
        RunUntil(5);
        Forget();
        ScriptedKm& km = *m_kms[1];
        km.Event(1, 0, ROUTE_EVENT_SUPPLY_INTERRUPTED, INCIDENT);
        km.Event(1, 1, ROUTE_EVENT_SIGNAL_FAIL, INCIDENT, 1);
        RunUntil(5.1);
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_supply[SessionId(1)], MC_SUPPLY_INTERRUPTED, "no key");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_routes[RouteId(FIRST_ROUTE + 1)],
                              MC_ROUTE_FAILED,
                              "failed");
        km.Event(1, 2, ROUTE_EVENT_SWITCH, INCIDENT);
        km.Event(2, 3, ROUTE_EVENT_PREEMPTED, INCIDENT);
        km.Event(1, 2, ROUTE_EVENT_SWITCHED, INCIDENT);
        km.Event(1, 2, ROUTE_EVENT_SUPPLY_RESUMED, INCIDENT);
        RunUntil(5.2);
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_supply[SessionId(1)], MC_SUPPLY_PROTECTED, "served");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_supply[SessionId(2)], MC_SUPPLY_PREEMPTED, "extra");
        NS_TEST_ASSERT_MSG_EQ(m_manager->m_operations.size(), 2, "two operations");
        const McOperation& done = m_manager->m_operations[1];
        NS_TEST_EXPECT_MSG_EQ(done.kind, MC_OPERATION_PROTECTION_SWITCH, "the switch");
        NS_TEST_EXPECT_MSG_LT(done.informed, done.decided, "informed before it was decided");
        NS_TEST_EXPECT_MSG_EQ((done.completed >= done.decided), true, "completed after");
        NS_TEST_EXPECT_MSG_EQ(done.withinToleration, true, "within half a second");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_operationIncidents[1].ToString(),
                              INCIDENT.ToString(),
                              "the failure");

        km.Event(1, 1, ROUTE_EVENT_CLEAR, INCIDENT);
        km.Event(1, 1, ROUTE_EVENT_WTR, INCIDENT);
        km.Event(1, 1, ROUTE_EVENT_REVERT, INCIDENT);
        km.Event(1, 1, ROUTE_EVENT_SWITCHED, INCIDENT);
        km.Event(1, 1, ROUTE_EVENT_SWITCHED, INCIDENT); // repeated after a connection was lost
        km.Event(2, 3, ROUTE_EVENT_RESUMED, INCIDENT);
        Take(*m_manager);
        RunUntil(5.3);
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_operations.size(), 4, "two more");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_operations[2].kind, MC_OPERATION_REVERSION, "back");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_operations[3].kind, MC_OPERATION_RESUMPTION, "on");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_supply[SessionId(1)], MC_SUPPLY_NORMAL, "as before");
        ExpectText(TakeKm(1) + TakeKm(2) + TakeKm(3), "", "no command at all");
        NS_TEST_EXPECT_MSG_EQ(m_badMessages, 0, "all is well");

        // a switch that comes too late
        km.Event(1, 0, ROUTE_EVENT_SUPPLY_INTERRUPTED, INCIDENT);
        km.Event(1, 1, ROUTE_EVENT_SIGNAL_FAIL, INCIDENT, 1);
        RunUntil(6);
        km.Event(1, 2, ROUTE_EVENT_SWITCHED, INCIDENT);
        RunUntil(6.1);
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_operations.back().withinToleration, false, "late");
        ExpectTurn(km);
    }

    /// On its way back to the working route the session turns round before all KMs know.
    void ExpectTurn(ScriptedKm& km)
    {
        const std::size_t before = m_manager->m_operations.size();
        km.Event(1, 1, ROUTE_EVENT_CLEAR, INCIDENT);
        km.Event(1, 1, ROUTE_EVENT_REVERT, INCIDENT);
        RunUntil(6.2);
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_operations.size(), before, "not back yet");
        km.Event(1, 1, ROUTE_EVENT_SIGNAL_FAIL, INCIDENT, 1);
        km.Event(1, 2, ROUTE_EVENT_SWITCH, INCIDENT);
        km.Event(1, 2, ROUTE_EVENT_SWITCHED, INCIDENT);
        km.Event(1, 2, ROUTE_EVENT_SWITCHED, INCIDENT); // repeated
        RunUntil(6.3);
        NS_TEST_ASSERT_MSG_EQ(m_manager->m_operations.size(), before + 1, "a second switch");
        const McOperation& turn = m_manager->m_operations.back();
        NS_TEST_EXPECT_MSG_EQ(turn.kind, MC_OPERATION_PROTECTION_SWITCH, "of this kind");
        NS_TEST_EXPECT_MSG_EQ(turn.from, RouteId(FIRST_ROUTE + 1), "from the working route");
        NS_TEST_EXPECT_MSG_EQ(turn.to, RouteId(FIRST_ROUTE + 2), "to the protection route");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_routes[RouteId(FIRST_ROUTE + 2)],
                              MC_ROUTE_ACTIVE,
                              "still in use");
        ExpectNoTurn(km);
        ExpectTurnToWorking(km);
        NS_TEST_EXPECT_MSG_EQ(m_badMessages, 0, "all is well");
    }

    /// A switch of which no more is heard is none: the KM may have crashed.
    void ExpectNoTurn(ScriptedKm& km)
    {
        const std::size_t before = m_manager->m_operations.size();
        km.Event(1, 1, ROUTE_EVENT_CLEAR, INCIDENT);
        km.Event(1, 1, ROUTE_EVENT_REVERT, INCIDENT);
        km.Event(1, 2, ROUTE_EVENT_SWITCHED, INCIDENT);
        km.Event(1, 2, ROUTE_EVENT_SWITCH, INCIDENT);
        km.Event(1, 2, ROUTE_EVENT_SWITCHED, INCIDENT);
        RunUntil(6.4);
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_operations.size(), before, "it did not turn");
    }

    /// On its way to the protection route the session turns round.
    void ExpectTurnToWorking(ScriptedKm& km)
    {
        km.Event(1, 1, ROUTE_EVENT_REVERT, INCIDENT);
        km.Event(1, 1, ROUTE_EVENT_SWITCHED, INCIDENT);
        RunUntil(6.5);
        const std::size_t before = m_manager->m_operations.size();
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_operations.back().kind, MC_OPERATION_REVERSION, "back");
        km.Event(1, 1, ROUTE_EVENT_SIGNAL_FAIL, INCIDENT, 1);
        km.Event(1, 2, ROUTE_EVENT_SWITCH, INCIDENT);
        km.Event(1, 1, ROUTE_EVENT_CLEAR, INCIDENT);
        km.Event(1, 1, ROUTE_EVENT_REVERT, INCIDENT);
        km.Event(1, 1, ROUTE_EVENT_SWITCHED, INCIDENT);
        RunUntil(6.6);
        NS_TEST_ASSERT_MSG_EQ(m_manager->m_operations.size(), before + 1, "a turn");
        const McOperation& turn = m_manager->m_operations.back();
        NS_TEST_EXPECT_MSG_EQ(turn.kind, MC_OPERATION_REVERSION, "of this kind");
        NS_TEST_EXPECT_MSG_EQ(turn.from, RouteId(FIRST_ROUTE + 2), "from the protection route");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_routes[RouteId(FIRST_ROUTE + 1)],
                              MC_ROUTE_ACTIVE,
                              "in use");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A session gets a route before its KM has acknowledged that there was none.
 */
class ControllerLateRouteTest : public ControllerTest
{
  public:
    ControllerLateRouteTest()
        : ControllerTest("route that appears while a refusal is under way")
    {
    }

  private:
    void DoRun() override
    {
        AddSession(1, 2, CLASS_UNPROTECTED);
        for (auto& [id, link] : m_kms[1]->m_links)
        {
            link.status = LINK_OFF;
            link.poolBits = 0;
        }
        m_kms[1]->m_answer = ScriptedKm::IGNORE;
        RunUntil(3);
        ExpectText(TakeKm(1).substr(0, 24), "routes s1 - - - no route", "refused");
        m_kms[1]->m_answer = ScriptedKm::ACKNOWLEDGE;
        m_kms[2]->m_answer = ScriptedKm::IGNORE;
        m_kms[1]->m_links.at(LinkId(12)).poolBits = 100000;
        SetLink(12, LINK_ACTIVE);
        RunUntil(6);
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_supply[SessionId(1)], MC_SUPPLY_WAITING, "not yet");
        ExpectText(TakeKm(1), "install r1 working 12", "no refusal any more");
        m_kms[2]->m_answer = ScriptedKm::ACKNOWLEDGE;
        RunUntil(9);
        ExpectText(TakeKm(1), "routes s1 r1 - -", "once all have installed it");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_supply[SessionId(1)], MC_SUPPLY_NORMAL, "served");
        NS_TEST_EXPECT_MSG_EQ(m_badMessages, 0, "all is well");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Without a disjoint route a session has its working route alone, until there is one.
 */
class ControllerLateProtectionTest : public ControllerTest
{
  public:
    ControllerLateProtectionTest()
        : ControllerTest("protection route that appears later")
    {
    }

  private:
    void DoRun() override
    {
        AddSession(1, 4, CLASS_ROUTE_1_1);
        m_kms[3]->m_links.at(LinkId(34)).status = LINK_PENDING;
        RunUntil(5);
        ExpectText(TakeKm(1), "install r1 working 124; routes s1 r1 - -", "alone");
        m_kms[3]->Report(34, LINK_ACTIVE);
        RunUntil(6);
        ExpectText(TakeKm(1), "install r2 protection 134; routes s1 r1 r2 -", "pair");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_routes[RouteId(FIRST_ROUTE + 2)],
                              MC_ROUTE_STANDBY,
                              "pre-set");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Example 2.1: recovery over 1-3-4-2 and the way back.
 */
class ControllerRestorationTest : public ControllerTest
{
  public:
    explicit ControllerRestorationTest(bool together)
        : ControllerTest(std::string("restoration and reversion") +
                         (together ? ", controller beside a KM" : "")),
          m_together(together)
    {
    }

  private:
    uint32_t NodeOfFirst() const override
    {
        return m_together ? 0 : 1;
    }

    void DoRun() override
    {
        AddSession(1, 2, CLASS_RESTORATION);
        RunUntil(10);
        ExpectText(TakeKm(1), "install r1 working 12; routes s1 r1 - -", "set-up");
        Forget();
        SetLink(12, LINK_PASSIVE, INCIDENT);
        RunUntil(19.9);
        ExpectText(TakeKm(1), "install r2 recovery 1342; routes s1 r1 - r2", "master");
        ExpectText(TakeKm(3), "install r2 recovery 1342", "relay");
        NS_TEST_EXPECT_MSG_EQ(m_kms[3]->m_incident.ToString(),
                              INCIDENT.ToString(),
                              "commands carry the failure");
        NS_TEST_EXPECT_MSG_EQ(m_marks, "informed s1; decision r1 r2; completed r2", "stages");
        NS_TEST_EXPECT_MSG_EQ(m_markIncident.ToString(), INCIDENT.ToString(), "of the failure");
        NS_TEST_EXPECT_MSG_EQ(m_markTimes[1] - m_markTimes[0], MilliSeconds(10), "DecisionTime");
        NS_TEST_EXPECT_MSG_LT(m_markTimes[2], Seconds(10.05), "in time");
        NS_TEST_ASSERT_MSG_EQ(m_manager->m_operations.size(), 1, "one operation");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_operations[0].kind, MC_OPERATION_RESTORATION, "it");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_operations[0].completed, m_markTimes[2], "its time");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_operationIncidents[0].ToString(),
                              INCIDENT.ToString(),
                              "the failure");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_supply[SessionId(1)], MC_SUPPLY_RECOVERED, "served");

        // a repair that does not last restarts the wait
        qkdn::At(20, [this]() { SetLink(12, LINK_ACTIVE); });
        qkdn::At(22, [this]() { SetLink(12, LINK_PASSIVE); });
        qkdn::At(30, [this]() { SetLink(12, LINK_ACTIVE); });
        RunUntil(34.9);
        ExpectText(TakeKm(1), "", "still waiting to restore");
        RunUntil(36);
        ExpectText(TakeKm(1), "routes s1 r1 - -; release r2", "reversion, release");
        ExpectText(TakeKm(4), "install r2 recovery 1342; release r2", "also at relays");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_operations.back().kind, MC_OPERATION_REVERSION, "back");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_supply[SessionId(1)], MC_SUPPLY_NORMAL, "as before");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_routes[RouteId(FIRST_ROUTE + 2)],
                              MC_ROUTE_RELEASED,
                              "gone");
        NS_TEST_EXPECT_MSG_EQ(
            m_controller->GetDemand().Get(KmHop(KmId(1), KmId(3)), ROUTE_RECOVERY),
            0,
            "no key rate is promised to it");
        NS_TEST_EXPECT_MSG_EQ(m_badMessages, 0, "all is well");
    }

    bool m_together; //!< whether the controller is on the node of KM 1
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A failure that goes by itself within the hold-off time changes nothing.
 */
class ControllerHoldOffTest : public ControllerTest
{
  public:
    ControllerHoldOffTest()
        : ControllerTest("hold-off at the controller and at the KM")
    {
    }

  private:
    void DoRun() override
    {
        AddSession(1, 2, CLASS_RESTORATION).policy.holdOff = Seconds(2);
        CkSessionRequest& low = AddSession(2, 4, CLASS_RESTORATION);
        low.policy.holdOff = Seconds(2);
        low.policy.trigger = TRIGGER_POOL_LOW;
        RunUntil(10);
        Forget();
        SetLink(12, LINK_PASSIVE, INCIDENT);
        RunUntil(11.9);
        SetLink(12, LINK_ACTIVE);
        RunUntil(15);
        ExpectText(TakeKm(1) + TakeKm(3), "", "it went by itself");
        NS_TEST_EXPECT_MSG_EQ(m_marks, "informed s1", "no decision");

        // the KM holds off, and names the hop that ran low: 2-4 of 1-2-4
        m_marks.clear();
        m_kms[1]->Event(2, 2, ROUTE_EVENT_SIGNAL_FAIL, INCIDENT, 2, TRIGGER_POOL_LOW);
        RunUntil(17);
        ExpectText(TakeKm(1), "", "it waits for the KM");
        m_kms[1]->Event(2, 2, ROUTE_EVENT_HOLD_OFF_OVER, INCIDENT, 2, TRIGGER_POOL_LOW);
        RunUntil(18);
        ExpectText(TakeKm(1), "install r3 recovery 134; routes s2 r2 - r3", "it acts");
        NS_TEST_EXPECT_MSG_EQ(m_marks, "informed s2; decision r2 r3; completed r3", "stages");
        m_kms[1]->Event(2, 2, ROUTE_EVENT_CLEAR, INCIDENT);
        RunUntil(24);
        ExpectText(TakeKm(1), "routes s2 r2 - -; release r3", "and goes back");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A recovery route does not go over a hop that runs out of key, too.
 */
class ControllerLowPoolTest : public ControllerTest
{
  public:
    ControllerLowPoolTest()
        : ControllerTest("recovery avoids hops whose pool is low, if pools matter to the session")
    {
    }

  private:
    void DoRun() override
    {
        CkSessionRequest& low = AddSession(1, 4, CLASS_RESTORATION);
        low.policy.trigger = TRIGGER_POOL_LOW;
        AddSession(2, 4, CLASS_RESTORATION);
        RunUntil(10);
        Forget();
        m_kms[1]->ReportLow(13, true);
        RunUntil(11);
        m_kms[1]->Event(1, 1, ROUTE_EVENT_SIGNAL_FAIL, INCIDENT, 2, TRIGGER_POOL_LOW);
        RunUntil(12);
        ExpectText(TakeKm(1), "", "1-3 is low, too");
        NS_TEST_EXPECT_MSG_EQ(m_marks, "informed s1; decision r1 -", "no route");
        m_marks.clear();
        SetLink(24, LINK_PASSIVE, INCIDENT);
        RunUntil(13);
        ExpectText(TakeKm(1), "install r3 recovery 134; routes s2 r2 - r3", "link-down: over it");
        m_kms[1]->ReportLow(13, false);
        RunUntil(14);
        ExpectText(TakeKm(1), "install r4 recovery 134; routes s1 r1 - r4", "1-3 has recovered");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of the controller where the network keeps up.
 */
class QkdnControllerTestSuite : public TestSuite
{
  public:
    QkdnControllerTestSuite()
        : TestSuite("qkdn-controller", Type::UNIT)
    {
        AddTestCase(new ControllerSetUpTest);
        AddTestCase(new ControllerProtectionTest);
        AddTestCase(new ControllerLateRouteTest);
        AddTestCase(new ControllerLateProtectionTest);
        AddTestCase(new ControllerRestorationTest(false));
        AddTestCase(new ControllerRestorationTest(true));
        AddTestCase(new ControllerHoldOffTest);
        AddTestCase(new ControllerLowPoolTest);
    }
};

QkdnControllerTestSuite g_qkdnControllerTestSuite; //!< registers the suite

} // namespace
