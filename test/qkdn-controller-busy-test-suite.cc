/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// What reaches the controller while it waits for an answer, and what it still has to say when it
// crashes.

#include "qkdn-controller-test-network.h"

#include "ns3/enum.h"
#include "ns3/qkdn-route-planner.h"

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief The hold-off time of a recovery route ends at the KM before the KM has acknowledged the
 * route.
 */
class HoldOffEndsEarlyTest : public ControllerTest
{
  public:
    HoldOffEndsEarlyTest()
        : ControllerTest("a hold-off time ends while the route is announced")
    {
    }

  private:
    void DoRun() override
    {
        CkSessionRequest& session = AddSession(1, 4, CLASS_RESTORATION);
        session.policy.trigger = TRIGGER_POOL_LOW;
        session.policy.holdOff = MilliSeconds(100);
        RunUntil(10);
        Forget();
        ScriptedKm& km = *m_kms[1];
        km.Event(1, 1, ROUTE_EVENT_SIGNAL_FAIL, INCIDENT, 2, TRIGGER_POOL_LOW);
        km.Event(1, 1, ROUTE_EVENT_HOLD_OFF_OVER, INCIDENT, 2, TRIGGER_POOL_LOW);
        m_kms[4]->m_answer = ScriptedKm::IGNORE;
        RunUntil(10.5);
        ExpectText(TakeKm(1), "install r2 recovery 134", "on its way");
        km.m_answer = ScriptedKm::IGNORE;
        m_kms[4]->m_answer = ScriptedKm::ACKNOWLEDGE;
        RunUntil(11.5);
        ExpectText(TakeKm(1), "routes s1 r1 - r2", "told, not acknowledged");
        km.Event(1, 2, ROUTE_EVENT_SIGNAL_FAIL, INCIDENT, 3, TRIGGER_POOL_LOW);
        km.Event(1, 2, ROUTE_EVENT_HOLD_OFF_OVER, INCIDENT, 3, TRIGGER_POOL_LOW);
        RunUntil(11.9);
        ExpectText(m_marks, "informed s1; decision r1 r2", "it waits for the KM");
        km.m_answer = ScriptedKm::ACKNOWLEDGE;
        RunUntil(13);
        ExpectText(m_marks,
                   "informed s1; decision r1 r2; completed r2; informed s1; decision r2 -",
                   "then it searches at once, in vain");
        km.Event(1, 2, ROUTE_EVENT_CLEAR, INCIDENT);
        RunUntil(14);
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_supply[SessionId(1)], MC_SUPPLY_RECOVERED, "served");
        NS_TEST_EXPECT_MSG_EQ(m_badMessages, 0, "all is well");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A crash in the middle of a set-up takes the KMs from the controller one by one: what it
 * concludes from that is told to nobody.
 */
class CrashDuringSetUpTest : public ControllerTest
{
  public:
    CrashDuringSetUpTest()
        : ControllerTest("a crash in the middle of a set-up")
    {
    }

  private:
    void DoRun() override
    {
        m_controller->SetAttribute("Admission", EnumValue(ADMISSION_RATE));
        AddSession(1, 4, CLASS_UNPROTECTED).policy.demandBps = 500;
        m_kms[4]->m_answer = ScriptedKm::IGNORE;
        RunUntil(5);
        ExpectText(TakeKm(1), "install r1 working 124", "on its way");
        m_controller->Crash();
        m_kms[4]->m_answer = ScriptedKm::ACKNOWLEDGE;
        RunUntil(6);
        m_controller->Restart();
        RunUntil(15);
        ExpectText(TakeKm(1),
                   "release r1; install r2 working 124; routes s1 r2 - -",
                   "set up again");
        NS_TEST_EXPECT_MSG_EQ(m_badMessages, 0, "all is well");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A session has all that it asks for, but the controller crashed before its KM knew.
 */
class RaisedRateTest : public ControllerTest
{
  public:
    RaisedRateTest()
        : ControllerTest("a raised key rate that no KM was told before a crash")
    {
    }

  private:
    void DoRun() override
    {
        m_controller->SetAttribute("Admission", EnumValue(ADMISSION_RATE));
        // hop 13 alone leads to 3 with up to one hop: 1000 bit/s
        m_kms[1]->m_links.at(LinkId(12)).keyRateBps = 100;
        CkSessionRequest& modest = AddSession(1, 3, CLASS_UNPROTECTED);
        modest.policy.demandBps = 1500;
        modest.policy.minDemandBps = 200;
        RunUntil(5);
        ExpectText(TakeKm(1), "install r1 working 13; routes s1 r1 - -; rate s1 1000", "less");
        SetKeyRate(13, 5000);
        SetLink(13, LINK_ACTIVE);
        // after the reports, before what follows from them
        qkdn::At(5.0005, [this]() { SetCut(1, true); });
        RunUntil(5.5);
        ExpectText(TakeKm(1), "", "cut off");
        const KmHop hop(KmId(1), KmId(3));
        NS_TEST_EXPECT_MSG_EQ(m_controller->GetDemand().Get(hop, ROUTE_WORKING), 1500, "raised");
        m_controller->Crash();
        RunUntil(6);
        SetCut(1, false);
        m_controller->Restart();
        RunUntil(20);
        ExpectText(TakeKm(1), "install r1 working 13; routes s1 r1 - -; rate s1 1500", "all");
        NS_TEST_EXPECT_MSG_EQ(m_badMessages, 0, "all is well");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of the controller where messages cross.
 */
class QkdnControllerBusyTestSuite : public TestSuite
{
  public:
    QkdnControllerBusyTestSuite()
        : TestSuite("qkdn-controller-busy", Type::UNIT)
    {
        AddTestCase(new HoldOffEndsEarlyTest);
        AddTestCase(new CrashDuringSetUpTest);
        AddTestCase(new RaisedRateTest);
    }
};

QkdnControllerBusyTestSuite g_qkdnControllerBusyTestSuite; //!< registers the suite

} // namespace
