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
 * @brief The search goes on until the network offers a route, or the first one is whole again.
 */
class ControllerNoRouteTest : public ControllerTest
{
  public:
    ControllerNoRouteTest()
        : ControllerTest("no route after a failure")
    {
    }

  private:
    void DoRun() override
    {
        AddSession(1, 2, CLASS_RESTORATION);
        RunUntil(10);
        Forget();
        SetLink(34, LINK_PASSIVE);
        SetLink(12, LINK_PASSIVE, INCIDENT);
        RunUntil(11);
        ExpectText(TakeKm(1), "", "nothing to be done");
        NS_TEST_EXPECT_MSG_EQ(m_marks, "informed s1; decision r1 -", "it found none");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_supply[SessionId(1)], MC_SUPPLY_FAILED, "failed");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_operations[0].kind,
                              MC_OPERATION_RESTORATION_FAILED,
                              "the manager knows");
        SetLink(24, LINK_PASSIVE);
        RunUntil(12);
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_operations.size(), 1, "it is said once");
        SetLink(24, LINK_ACTIVE);
        SetLink(34, LINK_ACTIVE);
        RunUntil(13);
        ExpectText(TakeKm(1), "install r2 recovery 1342; routes s1 r1 - r2", "found");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_operations[1].kind, MC_OPERATION_RESTORATION, "done");

        // the recovery route fails, too; then the working route is repaired: no wait
        SetLink(34, LINK_PASSIVE, INCIDENT);
        RunUntil(14);
        ExpectText(TakeKm(1), "", "no third route");
        SetLink(12, LINK_ACTIVE);
        RunUntil(15);
        ExpectText(TakeKm(1), "routes s1 r1 - -; release r2", "back at once");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_supply[SessionId(1)], MC_SUPPLY_NORMAL, "served");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A session of lower priority stops for a recovery route and goes on after it (G-C3).
 */
class ControllerSuspensionTest : public ControllerTest
{
  public:
    ControllerSuspensionTest()
        : ControllerTest("suspension by priority")
    {
    }

  private:
    void DoRun() override
    {
        CkSessionRequest& high = AddSession(1, 2, CLASS_RESTORATION);
        high.policy.priority = 5;
        high.policy.demandBps = 700;
        CkSessionRequest& low = AddSession(2, 3, CLASS_UNPROTECTED);
        low.policy.demandBps = 300;
        CkSessionRequest& lower = AddSession(3, 3, CLASS_UNPROTECTED);
        lower.policy.priority = 0;
        lower.policy.demandBps = 600;
        RunUntil(10);
        ExpectText(TakeKm(1),
                   "install r1 working 12; install r2 working 13; "
                   "install r3 working 13; routes s1 r1 - -; routes s2 r2 - -; "
                   "routes s3 r3 - -",
                   "in order of priority");
        SetLink(12, LINK_PASSIVE, INCIDENT);
        RunUntil(11);
        // 300 + 700 fit into 1000 bit/s: the session with priority 0 is enough
        ExpectText(TakeKm(1),
                   "routes s3 - - - pre-empted; install r4 recovery 1342; "
                   "routes s1 r1 - r4",
                   "it stops");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_supply[SessionId(3)], MC_SUPPLY_PREEMPTED, "stopped");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_supply[SessionId(2)], MC_SUPPLY_NORMAL, "goes on");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_operations[0].kind, MC_OPERATION_PREEMPTION, "said");
        NS_TEST_EXPECT_MSG_EQ(
            m_controller->GetDemand().GetUsed(KmHop(KmId(1), KmId(3)), ROUTE_WORKING),
            1000,
            "all key rate is promised");
        SetLink(12, LINK_ACTIVE);
        RunUntil(20);
        ExpectText(TakeKm(1), "routes s1 r1 - -; release r4; routes s3 r3 - -", "it goes on");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_operations.back().kind, MC_OPERATION_RESUMPTION, "said");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_supply[SessionId(3)], MC_SUPPLY_NORMAL, "served");

        // not if the policy forbids it
        McPolicy policy;
        policy.number = 2;
        policy.mayPreempt = false;
        m_manager->Send(MC_POLICY, policy.ToPacket());
        SetLink(12, LINK_PASSIVE, INCIDENT);
        RunUntil(21);
        ExpectText(TakeKm(1),
                   "install r5 recovery 1342; routes s1 r1 - r5",
                   "the best route regardless");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Policies of the manager.
 */
class ControllerPolicyTest : public ControllerTest
{
  public:
    ControllerPolicyTest()
        : ControllerTest("policies")
    {
    }

  private:
    /// Send a policy.
    void SetPolicy(uint32_t number, bool mayRestore, uint32_t maxHops)
    {
        McPolicy policy;
        policy.number = number;
        policy.mayRestore = mayRestore;
        policy.maxHops = maxHops;
        m_manager->Send(MC_POLICY, policy.ToPacket());
    }

    void DoRun() override
    {
        AddSession(1, 2, CLASS_RESTORATION);
        RunUntil(10);
        Forget();
        SetPolicy(4, false, 16);
        SetPolicy(3, true, 16);
        SetPolicy(5, true, 0);
        RunUntil(11);
        NS_TEST_ASSERT_MSG_EQ(m_manager->m_accepted.size(), 1, "one is in force");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_accepted[0], 4, "the newest that is possible");
        NS_TEST_EXPECT_MSG_EQ(m_badMessages, 2, "one is old, one is not possible");
        SetLink(12, LINK_PASSIVE, INCIDENT);
        RunUntil(12);
        ExpectText(TakeKm(1), "", "no restoration");
        SetPolicy(5, true, 2);
        RunUntil(13);
        ExpectText(TakeKm(1), "", "three hops are too many");
        SetPolicy(6, true, 3);
        RunUntil(14);
        ExpectText(TakeKm(1), "install r2 recovery 1342; routes s1 r1 - r2", "allowed");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Commands reach KMs that miss them, do not answer, or refuse.
 */
class ControllerCommandTest : public ControllerTest
{
  public:
    ControllerCommandTest()
        : ControllerTest("commands are repeated")
    {
    }

  private:
    void DoRun() override
    {
        AddSession(1, 4, CLASS_UNPROTECTED);
        m_kms[2]->m_answer = ScriptedKm::IGNORE;
        RunUntil(6.5);
        const std::vector<uint32_t> numbers = m_kms[2]->m_numbers;
        NS_TEST_ASSERT_MSG_GT(numbers.size(), 3, "repeated each second");
        NS_TEST_EXPECT_MSG_EQ(numbers.front(), numbers.back(), "with the same number");
        ExpectText(TakeKm(1), "install r1 working 124", "not announced yet");
        m_kms[2]->m_answer = ScriptedKm::ACKNOWLEDGE;
        RunUntil(8);
        ExpectText(TakeKm(1), "routes s1 r1 - -", "now it is");

        // cut off: commands wait, and come when the KM has registered again
        Forget();
        SetCut(1, true);
        RunUntil(20);
        m_kms[2]->Report(24, LINK_PASSIVE);
        RunUntil(21);
        SetCut(1, false);
        RunUntil(26);
        ExpectText(TakeKm(1),
                   "install r1 working 124; routes s1 r1 - -",
                   "its routes and sessions are told again");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_supply[SessionId(1)], MC_SUPPLY_FAILED, "unprotected");
        NS_TEST_EXPECT_MSG_EQ(m_badMessages, 0, "all is well");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A KM that refuses a route, or is lost while it is installed, is avoided.
 */
class ControllerRefusalTest : public ControllerTest
{
  public:
    ControllerRefusalTest()
        : ControllerTest("a KM refuses a route")
    {
    }

  private:
    void DoRun() override
    {
        AddSession(1, 4, CLASS_UNPROTECTED);
        AddSession(2, 2, CLASS_RESTORATION);
        m_kms[2]->m_answer = ScriptedKm::REFUSE;
        RunUntil(5);
        ExpectText(TakeKm(3), "install r3 working 134", "over the other side");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_supply[SessionId(1)], MC_SUPPLY_NORMAL, "served");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_supply[SessionId(2)], MC_SUPPLY_WAITING, "its end");
        m_kms[2]->m_answer = ScriptedKm::ACKNOWLEDGE;
        m_kms[2]->Stop();
        qkdn::At(6, [this]() { m_kms[2]->Start(); });
        RunUntil(10);
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_supply[SessionId(2)], MC_SUPPLY_NORMAL, "tried again");

        // the recovery route is lost while it is installed, and found again
        Forget();
        m_kms[3]->m_answer = ScriptedKm::IGNORE;
        SetLink(12, LINK_PASSIVE, INCIDENT);
        RunUntil(10.5);
        m_kms[3]->Stop();
        RunUntil(11.5);
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_operations.back().kind,
                              MC_OPERATION_RESTORATION_FAILED,
                              "no other route");
        m_kms[3]->m_answer = ScriptedKm::ACKNOWLEDGE;
        m_kms[3]->Start();
        RunUntil(15);
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_supply[SessionId(2)], MC_SUPPLY_RECOVERED, "found");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Messages that are malformed or out of place change nothing.
 */
class ControllerBadMessageTest : public ControllerTest
{
  public:
    ControllerBadMessageTest()
        : ControllerTest("bad messages")
    {
    }

  private:
    void DoRun() override
    {
        AddSession(1, 4, CLASS_ROUTE_1_1);
        RunUntil(5);
        Forget();
        Take(*m_manager);
        ScriptedKm& km = *m_kms[2];
        for (const uint16_t type : {0x0401, 0x0402, 0x0403, 0x0404, 0x0405, 0x0411, 0x7777})
        {
            km.Send(type, Create<Packet>(3));
        }
        km.Send(CK_REGISTRATION, CkRegistration{KmId(3), {}}.ToPacket());
        CkLinkState state = km.m_links.at(LinkId(24));
        state.neighbour = KmId(3);
        km.Send(CK_LINK_REPORT, CkLinkReport{state}.ToPacket());
        km.Request(m_kms[1]->m_sessions[0]);                   // not its session
        km.Request({SessionId(1), KmId(2), KmId(4), 256, {}}); // other ends
        km.Request({SessionId(5), KmId(2), KmId(2), 256, {}}); // with itself
        km.Event(1, 1, ROUTE_EVENT_SWITCHED);                  // not its session
        m_kms[1]->Event(1, 9, ROUTE_EVENT_SIGNAL_FAIL);        // no such route
        m_kms[1]->Event(8, 1, ROUTE_EVENT_SIGNAL_FAIL);        // no such session
        km.Send(CK_ACKNOWLEDGEMENT, CkAcknowledgement{999, true, ""}.ToPacket());
        m_manager->Send(MC_POLICY, Create<Packet>(2));
        m_manager->Send(MC_LINK_STATUS, Create<Packet>(2));
        RunUntil(6);
        NS_TEST_EXPECT_MSG_EQ(m_badMessages, 18, "all are counted");
        ExpectText(TakeKm(1) + TakeKm(2) + TakeKm(3) + TakeKm(4), "", "no command");
        ExpectText(Take(*m_manager), "", "nothing to report");
        km.Report(24, LINK_PASSIVE);
        RunUntil(7);
        ExpectText(Take(*m_manager), "link", "it still works");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Sessions and routes outlive a crash; what happened meanwhile is caught up with.
 */
class ControllerCrashTest : public ControllerTest
{
  public:
    ControllerCrashTest()
        : ControllerTest("crash and restart")
    {
    }

  private:
    void DoRun() override
    {
        AddSession(1, 2, CLASS_RESTORATION);
        AddSession(2, 4, CLASS_ROUTE_1_1);
        RunUntil(10);
        Forget();
        m_controller->Crash();
        m_controller->Crash();
        RunUntil(12);
        m_kms[1]->m_links.at(LinkId(12)).status = LINK_PASSIVE;
        m_kms[2]->m_links.at(LinkId(12)).status = LINK_PASSIVE;
        m_controller->Restart();
        NS_TEST_EXPECT_MSG_EQ(m_controller->IsRunning(), false, "one of two causes is left");
        RunUntil(15);
        ExpectText(TakeKm(1) + TakeKm(2), "", "it does not run");
        Take(*m_manager);
        m_controller->Restart();
        RunUntil(25);
        ExpectText(TakeKm(1),
                   "install r1 working 12; install r2 working 124; "
                   "install r3 protection 134; routes s1 r1 - -; routes s2 r2 r3 -; "
                   "install r4 recovery 1342; routes s1 r1 - r4",
                   "the same routes again, then the restoration");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_supply[SessionId(1)], MC_SUPPLY_RECOVERED, "caught up");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_supply[SessionId(2)], MC_SUPPLY_NORMAL, "as before");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_links.size(), 4, "all links again");

        // a crash in the middle of a restoration
        SetLink(12, LINK_ACTIVE);
        RunUntil(35);
        Forget();
        m_kms[4]->m_answer = ScriptedKm::IGNORE;
        SetLink(12, LINK_PASSIVE, INCIDENT);
        RunUntil(35.5);
        m_controller->Crash();
        m_kms[4]->m_answer = ScriptedKm::ACKNOWLEDGE;
        RunUntil(36);
        TakeKm(3);
        m_controller->Restart();
        RunUntil(45);
        ExpectText(TakeKm(3),
                   "install r3 protection 134; release r5; install r6 recovery 1342",
                   "what was under way is given up");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_supply[SessionId(1)], MC_SUPPLY_RECOVERED, "done");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The manager misses an operation and is told when it is back.
 */
class ControllerManagerLostTest : public ControllerTest
{
  public:
    ControllerManagerLostTest()
        : ControllerTest("a manager that was away")
    {
    }

  private:
    void DoRun() override
    {
        AddSession(1, 2, CLASS_RESTORATION);
        RunUntil(10);
        m_manager->Stop();
        RunUntil(15);
        SetLink(12, LINK_PASSIVE, INCIDENT);
        RunUntil(16);
        Take(*m_manager);
        m_manager->Start();
        RunUntil(20);
        ExpectText(Take(*m_manager),
                   "restoration s1 r1 r2; "
                   "km; km; km; km; about link; link; about link; link; about link; link; "
                   "about link; link; route; route; session; "
                   "routes",
                   "the operation, and everything again");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_operationIncidents[0].ToString(),
                              INCIDENT.ToString(),
                              "with its failure");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_supply[SessionId(1)], MC_SUPPLY_RECOVERED, "as it is");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of the controller where peers fail.
 */
class QkdnControllerFailureTestSuite : public TestSuite
{
  public:
    QkdnControllerFailureTestSuite()
        : TestSuite("qkdn-controller-failure", Type::UNIT)
    {
        AddTestCase(new ControllerNoRouteTest);
        AddTestCase(new ControllerSuspensionTest);
        AddTestCase(new ControllerPolicyTest);
        AddTestCase(new ControllerCommandTest);
        AddTestCase(new ControllerRefusalTest);
        AddTestCase(new ControllerBadMessageTest);
        AddTestCase(new ControllerCrashTest);
        AddTestCase(new ControllerManagerLostTest);
    }
};

QkdnControllerFailureTestSuite g_qkdnControllerFailureTestSuite; //!< registers the suite

} // namespace
