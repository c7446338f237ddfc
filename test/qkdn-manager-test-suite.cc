/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-manager-fixture.h"

#include "ns3/uinteger.h"

#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// @brief The numbers of policies.
std::string
Numbers(const std::vector<McPolicy>& policies)
{
    std::string numbers;
    for (const McPolicy& policy : policies)
    {
        numbers += std::to_string(policy.number) + " ";
    }
    return numbers;
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief What controllers report is in the records, wherever they are.
 */
class ManagerRecordsTest : public ManagerTest
{
  public:
    /**
     * @brief Constructor
     * @param node node of the controller
     */
    explicit ManagerRecordsTest(uint32_t node)
        : ManagerTest(node == 0 ? "Records of a controller on the manager's node"
                                : "Records of a controller on another node"),
          m_node(node)
    {
    }

  private:
    void DoRun() override
    {
        AddController(m_node);
        const McLinkStatus link{LinkId(5), KmId(1), KmId(2), LINK_ACTIVE, 1000, 5000};
        for (const double at : {2.0, 2.5})
        {
            At(at, [this, link] {
                NS_TEST_EXPECT_MSG_EQ(Controller().Send(MC_LINK_STATUS, link.ToPacket()),
                                      true,
                                      "connected");
                Controller().SendRoute(WORKING, ROUTE_WORKING, MC_ROUTE_ACTIVE);
                Controller().SendRoute(PROTECTION, ROUTE_PROTECTION, MC_ROUTE_STANDBY);
                Controller().SendSession(MC_SUPPLY_NORMAL);
            });
        }
        At(3, [this, link] {
            McLinkStatus changed = link;
            changed.status = LINK_PASSIVE;
            Controller().Send(MC_LINK_STATUS, changed.ToPacket(), INCIDENT);
        });
        RunUntil(4);
        NS_TEST_ASSERT_MSG_EQ(m_links.size(), 2, "new and changed, not the repetition");
        NS_TEST_ASSERT_MSG_EQ(m_routes.size(), 2, "two routes");
        NS_TEST_ASSERT_MSG_EQ(m_sessions.size(), 1, "a session");
        NS_TEST_ASSERT_MSG_EQ(m_refused.empty(), true, "good messages");
        NS_TEST_ASSERT_MSG_EQ(m_states.substr(m_states.size() - 6), "1 up, ", m_states);
        const Inventory& inventory = m_manager->GetInventory();
        const InventoryLink& known = inventory.GetLinks().at(LinkId(5));
        NS_TEST_ASSERT_MSG_EQ(known.status.status, LINK_PASSIVE, "status");
        NS_TEST_ASSERT_MSG_EQ(known.status.keyRateBps, 1000, "rate");
        NS_TEST_ASSERT_MSG_EQ((known.updated >= Seconds(3)), true, "when");
        const auto rows = inventory.GetMatchUps();
        NS_TEST_ASSERT_MSG_EQ(rows.size(), 1, "a row");
        NS_TEST_ASSERT_MSG_EQ(rows[0].session, SESSION, "session");
        NS_TEST_ASSERT_MSG_EQ(rows[0].resilienceClass, CLASS_ROUTE_1_1, "class");
        NS_TEST_ASSERT_MSG_EQ(rows[0].working, WORKING, "working");
        NS_TEST_ASSERT_MSG_EQ(rows[0].protection, PROTECTION, "protection");
        NS_TEST_ASSERT_MSG_EQ(rows[0].extra.IsValid(), false, "no extra traffic");
        NS_TEST_ASSERT_MSG_EQ(rows[0].recovery.IsValid(), false, "no recovery");
        const InventoryRoute& route = inventory.GetRoutes().at(PROTECTION);
        NS_TEST_ASSERT_MSG_EQ(route.status.state, MC_ROUTE_STANDBY, "standby");
        NS_TEST_ASSERT_MSG_EQ(route.status.route.kms.size(), 2, "its KMs");
    }

    uint32_t m_node; //!< node of the controller
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Actions that a controller tells of (G-C4) are logged once and update the status of routes
 * (R-M1).
 */
class ManagerOperationsTest : public ManagerTest
{
  public:
    ManagerOperationsTest()
        : ManagerTest("Actions are logged once and update the status of routes")
    {
    }

  private:
    /// Status of a route in the records.
    McRouteState StateOf(RouteId route) const
    {
        return m_manager->GetInventory().GetRoutes().at(route).status.state;
    }

    void DoRun() override
    {
        AddController(1);
        At(2, [this] {
            Controller().SendRoute(WORKING, ROUTE_WORKING, MC_ROUTE_ACTIVE);
            Controller().SendRoute(PROTECTION, ROUTE_PROTECTION, MC_ROUTE_STANDBY);
        });
        At(2.1, [this] {
            Controller().SendOperation(MC_OPERATION_PROTECTION_SWITCH, WORKING, PROTECTION);
            Controller().SendOperation(MC_OPERATION_PROTECTION_SWITCH, WORKING, PROTECTION);
        });
        RunUntil(3);
        NS_TEST_ASSERT_MSG_EQ(m_operations.size(), 1, "a repetition is no second action");
        NS_TEST_ASSERT_MSG_EQ((m_incidents.at(0) == INCIDENT), true, "its incident");
        NS_TEST_ASSERT_MSG_EQ(StateOf(WORKING), MC_ROUTE_FAILED, "left because it failed");
        NS_TEST_ASSERT_MSG_EQ(StateOf(PROTECTION), MC_ROUTE_ACTIVE, "in use");
        NS_TEST_ASSERT_MSG_EQ(m_routes.size(), 4, "two reports, two changes");
        At(3.5, [this] {
            Controller().SendRoute(WORKING, ROUTE_WORKING, MC_ROUTE_STANDBY);
            Controller().SendOperation(MC_OPERATION_REVERSION, PROTECTION, WORKING, Seconds(3));
        });
        RunUntil(3.6);
        NS_TEST_ASSERT_MSG_EQ(StateOf(WORKING), MC_ROUTE_STANDBY, "its status is newer");
        At(3.7, [this] { Controller().SendRoute(PROTECTION, ROUTE_PROTECTION, MC_ROUTE_ACTIVE); });
        At(3.8,
           [this] { Controller().SendOperation(MC_OPERATION_REVERSION, PROTECTION, WORKING); });
        RunUntil(4);
        NS_TEST_ASSERT_MSG_EQ(StateOf(WORKING), MC_ROUTE_ACTIVE, "in use again");
        NS_TEST_ASSERT_MSG_EQ(StateOf(PROTECTION), MC_ROUTE_STANDBY, "on standby again");
        At(4.5, [this] {
            Controller().SendRoute(PROTECTION, ROUTE_PROTECTION, MC_ROUTE_RELEASED);
            Controller().SendRoute(WORKING, ROUTE_WORKING, MC_ROUTE_STANDBY);
            Controller().SendOperation(MC_OPERATION_RESTORATION, WORKING, PROTECTION);
            Controller().SendOperation(MC_OPERATION_RESTORATION, RouteId(9), RouteId(10));
        });
        RunUntil(5);
        NS_TEST_ASSERT_MSG_EQ(StateOf(PROTECTION), MC_ROUTE_RELEASED, "not brought back");
        NS_TEST_ASSERT_MSG_EQ(StateOf(WORKING), MC_ROUTE_STANDBY, "was not in use");
        NS_TEST_ASSERT_MSG_EQ(m_manager->GetInventory().GetRoutes().size(), 2, "none made up");
        const OperationsLog& log = m_manager->GetOperationsLog();
        NS_TEST_ASSERT_MSG_EQ(log.GetEntries().size(), 5, "all actions");
        NS_TEST_ASSERT_MSG_EQ(log.GetEntriesOf(SESSION).size(), 5, "of the session");
        NS_TEST_ASSERT_MSG_EQ(log.GetEntriesOf(SessionId(2)).empty(), true, "of another");
        const LoggedOperation& entry = log.GetEntries().at(0);
        NS_TEST_ASSERT_MSG_EQ(entry.controller, 1, "who reported it");
        NS_TEST_ASSERT_MSG_EQ((entry.incident == INCIDENT), true, "the failure");
        NS_TEST_ASSERT_MSG_EQ(entry.operation.informed, Seconds(1), "its times");
        NS_TEST_ASSERT_MSG_EQ((entry.entered > Seconds(2)), true, "when it was entered");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Key supply is monitored.
 */
class ManagerSupplyTest : public ManagerTest
{
  public:
    ManagerSupplyTest()
        : ManagerTest("Interruptions of key supply are counted and timed")
    {
    }

  private:
    void DoRun() override
    {
        AddController(1);
        double at = 2;
        for (const McSupplyState state : {MC_SUPPLY_WAITING,
                                          MC_SUPPLY_NORMAL,
                                          MC_SUPPLY_FAILED,
                                          MC_SUPPLY_INTERRUPTED,
                                          MC_SUPPLY_PROTECTED,
                                          MC_SUPPLY_NORMAL,
                                          MC_SUPPLY_PREEMPTED})
        {
            At(at, [this, state] { Controller().SendSession(state); });
            at += 1;
        }
        RunUntil(10);
        const Inventory& inventory = m_manager->GetInventory();
        const InventorySession& session = inventory.GetSessions().at(SESSION);
        NS_TEST_ASSERT_MSG_EQ(m_sessions.size(), 7, "seven states");
        NS_TEST_ASSERT_MSG_EQ(session.interruptions, 2, "failed and interrupted are one");
        NS_TEST_ASSERT_MSG_EQ_TOL(session.interrupted.GetSeconds(), 2.0, 1e-3, "of the first");
        NS_TEST_ASSERT_MSG_EQ_TOL(session.since.GetSeconds(), 8.0, 2e-3, "the second began");
        const Time all = inventory.GetInterruptedTime(SESSION, Simulator::Now());
        NS_TEST_ASSERT_MSG_EQ_TOL(all.GetSeconds(), 4.0, 2e-3, "both");
        NS_TEST_ASSERT_MSG_EQ(inventory.GetInterruptedTime(SessionId(2), Simulator::Now()),
                              Time(0),
                              "nothing is known");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Warnings that pools are low.
 */
class ManagerPoolWarningTest : public ManagerTest
{
  public:
    ManagerPoolWarningTest()
        : ManagerTest("Pools that run low are warned of once, until they are well above again")
    {
    }

  private:
    /// A warning begins or ends.
    void Warned(const McLinkStatus& status, const std::string& name, bool low)
    {
        m_warnings +=
            (low ? "low " : "clear ") + name + " " + std::to_string(status.poolBits) + ";";
    }

    /// The controller reports a link.
    void Report(double at, uint32_t link, uint64_t bits, bool known = true)
    {
        McLinkStatus status;
        status.link = LinkId(link);
        status.a = KmId(1);
        status.b = KmId(2);
        status.poolBits = bits;
        status.aReports = known;
        At(at, [this, status] { Controller().Send(MC_LINK_STATUS, status.ToPacket()); });
    }

    void DoRun() override
    {
        AddController(1);
        m_manager->SetAttribute("PoolWarning", UintegerValue(1000));
        m_manager->SetAttribute("PoolWarningMargin", DoubleValue(0.2));
        m_manager->TraceConnectWithoutContext("SupplyWarning",
                                              MakeCallback(&ManagerPoolWarningTest::Warned, this));
        Report(2, 1, 1000);       // not below
        Report(2.1, 2, 0, false); // nobody says so
        Report(3, 1, 999);
        Report(4, 1, 500);  // is known
        Report(5, 1, 1199); // within the margin
        Report(6, 1, 900);
        Report(7, 1, 1200);
        Report(7.1, 2, 5); // low from the first report on
        Report(8, 1, 10);
        At(9, [this] { m_manager->SetAttribute("PoolWarning", UintegerValue(0)); });
        Report(10, 2, 5000);
        Report(10, 3, 0); // off
        RunUntil(11);
        NS_TEST_EXPECT_MSG_EQ(m_warnings,
                              "low 1 999;clear 1 1200;low 2 5;low 1 10;",
                              "crossings of the threshold");
    }

    std::string m_warnings; //!< trace SupplyWarning
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A route of extra traffic has a column of its own.
 */
class ManagerExtraTest : public ManagerTest
{
  public:
    ManagerExtraTest()
        : ManagerTest("Extra traffic and recovery routes in the match-up table")
    {
    }

  private:
    void DoRun() override
    {
        AddController(1);
        At(2, [this] {
            Controller().SendRoute(WORKING, ROUTE_EXTRA, MC_ROUTE_ACTIVE);
            Controller().Send(MC_SESSION_STATUS,
                              McSessionStatus{SESSION,
                                              CLASS_RESTORATION,
                                              WORKING,
                                              RouteId(),
                                              RouteId(77),
                                              MC_SUPPLY_RECOVERED}
                                  .ToPacket());
        });
        RunUntil(3);
        const auto rows = m_manager->GetInventory().GetMatchUps();
        NS_TEST_ASSERT_MSG_EQ(rows.size(), 1, "a row");
        NS_TEST_ASSERT_MSG_EQ(rows[0].extra, WORKING, "extra");
        NS_TEST_ASSERT_MSG_EQ(rows[0].working.IsValid(), false, "working");
        NS_TEST_ASSERT_MSG_EQ(rows[0].recovery, RouteId(77), "recovery");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Policies are pushed until they are accepted, and after each reconnection (G-M1).
 */
class ManagerPolicyTest : public ManagerTest
{
  public:
    ManagerPolicyTest()
        : ManagerTest("Policies are pushed until accepted, and after each reconnection")
    {
    }

  private:
    void DoRun() override
    {
        AddController(1);
        AddController(1);
        Controller().m_accepts = false;
        McPolicy policy;
        policy.number = 3;
        policy.maxHops = 4;
        policy.mayPreempt = false;
        m_manager->SetPolicy(policy);
        At(5, [this] { Controller().m_accepts = true; });
        RunUntil(10);
        ScriptedController& other = *m_controllers[1];
        NS_TEST_ASSERT_MSG_EQ(Numbers(other.m_policies), "3 ", "accepted at once, sent once");
        const std::size_t pushes = Controller().m_policies.size();
        NS_TEST_ASSERT_MSG_GT(pushes, 3, "repeated while it was not accepted");
        NS_TEST_ASSERT_MSG_LT(pushes, 8, "and no longer");
        NS_TEST_ASSERT_MSG_EQ(Controller().m_policies[0].maxHops, 4, "as it was set");
        NS_TEST_ASSERT_MSG_EQ(Controller().m_policies[0].mayPreempt, false, "as it was set");
        NS_TEST_ASSERT_MSG_EQ(m_manager->HasAccepted(1), true, "first");
        NS_TEST_ASSERT_MSG_EQ(m_manager->HasAccepted(2), true, "second");
        NS_TEST_ASSERT_MSG_EQ(m_manager->HasAccepted(3), false, "there is none");
        NS_TEST_ASSERT_MSG_NE(m_policies.find("sent 3, "), std::string::npos, m_policies);
        NS_TEST_ASSERT_MSG_NE(m_policies.find("accepted 3, "), std::string::npos, m_policies);

        Controller().Stop();
        RunUntil(15);
        NS_TEST_ASSERT_MSG_EQ(m_manager->HasAccepted(1), false, "it may have forgotten");
        Controller().Start();
        RunUntil(20);
        NS_TEST_ASSERT_MSG_EQ(Controller().m_policies.size(), pushes + 1, "again, once");
        NS_TEST_ASSERT_MSG_EQ(m_manager->HasAccepted(1), true, "again");
        NS_TEST_ASSERT_MSG_EQ(other.m_policies.size(), 1, "not to the other");

        m_policies.clear();
        policy.number = 4;
        m_manager->SetPolicy(policy);
        NS_TEST_ASSERT_MSG_EQ(m_manager->HasAccepted(2), false, "not yet");
        RunUntil(25);
        NS_TEST_ASSERT_MSG_EQ(m_policies,
                              "sent 4, sent 4, accepted 4, accepted 4, ",
                              "a new policy, to both");
        NS_TEST_ASSERT_MSG_EQ(Numbers(other.m_policies), "3 4 ", "a new policy");
        NS_TEST_ASSERT_MSG_EQ(m_refused.empty(), true, "good messages");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Bad messages are traced and change nothing.
 */
class ManagerHostileTest : public ManagerTest
{
  public:
    ManagerHostileTest()
        : ManagerTest("Bad messages are traced and change nothing")
    {
    }

  private:
    /**
     * @brief Send a message that is to be refused.
     * @param type its type
     * @param body its body
     */
    void SendBad(uint16_t type, Ptr<Packet> body)
    {
        m_expected.push_back(type);
        NS_TEST_EXPECT_MSG_EQ(Controller().Send(type, body), true, "connected");
    }

    /// Send what the manager should refuse.
    void SendAllBad()
    {
        const KeyRoute route{RouteId(1), SESSION, ROUTE_WORKING, {KmId(1), KmId(2)}, 0};
        KeyRoute nameless = route;
        nameless.id = RouteId();
        KeyRoute useless = route;
        useless.session = SessionId();
        SendBad(MC_ROUTE_STATUS, McRouteStatus{nameless, MC_ROUTE_ACTIVE}.ToPacket());
        SendBad(MC_ROUTE_STATUS, McRouteStatus{useless, MC_ROUTE_ACTIVE}.ToPacket());
        SendBad(MC_ROUTE_STATUS, Create<Packet>(3));
        SendBad(MC_LINK_STATUS,
                McLinkStatus{LinkId(), KmId(1), KmId(2), LINK_ACTIVE, 0, 0}.ToPacket());
        SendBad(MC_LINK_STATUS,
                McLinkStatus{LinkId(1), KmId(), KmId(2), LINK_ACTIVE, 0, 0}.ToPacket());
        McSessionStatus session{SESSION,
                                CLASS_ROUTE_1_1,
                                RouteId(1),
                                RouteId(1),
                                RouteId(),
                                MC_SUPPLY_NORMAL};
        SendBad(MC_SESSION_STATUS, session.ToPacket());
        session.protection = RouteId();
        session.session = SessionId();
        SendBad(MC_SESSION_STATUS, session.ToPacket());
        SendBad(MC_OPERATION, McOperation().ToPacket());
        SendBad(MC_OPERATION, Create<Packet>(500));
        SendBad(MC_POLICY_ACCEPTED, McPolicyAccepted{8}.ToPacket());
        SendBad(MC_POLICY_ACCEPTED, McPolicyAccepted{0}.ToPacket());
        SendBad(MC_POLICY, McPolicy{1, true, true, true, 1}.ToPacket());
        SendBad(0x7777, Create<Packet>(0));
    }

    void DoRun() override
    {
        AddController(1);
        Controller().m_accepts = false;
        At(2, [this] { SendBad(MC_POLICY_ACCEPTED, McPolicyAccepted{7}.ToPacket()); });
        At(3, [this] { m_manager->SetPolicy(McPolicy{7, true, true, false, 3}); });
        At(4, [this] { SendAllBad(); });
        // an old policy is out of date, not out of place
        At(5, [this] { Controller().Send(MC_POLICY_ACCEPTED, McPolicyAccepted{6}.ToPacket()); });
        RunUntil(6);
        NS_TEST_ASSERT_MSG_EQ(m_refused.size(), m_expected.size(), "each of them");
        NS_TEST_ASSERT_MSG_EQ((m_refused == m_expected), true, "in order");
        NS_TEST_ASSERT_MSG_EQ(m_manager->GetInventory().GetLinks().empty(), true, "no link");
        NS_TEST_ASSERT_MSG_EQ(m_manager->GetInventory().GetRoutes().empty(), true, "no route");
        NS_TEST_ASSERT_MSG_EQ(m_manager->GetInventory().GetSessions().empty(), true, "no session");
        NS_TEST_ASSERT_MSG_EQ(m_manager->GetOperationsLog().GetEntries().empty(), true, "no log");
        NS_TEST_ASSERT_MSG_EQ(m_manager->HasAccepted(1), false, "not accepted");
        NS_TEST_ASSERT_MSG_EQ(m_states, "1 alive, 1 up, ", "the connection lasts");
    }

    std::vector<uint16_t> m_expected; //!< types of bad messages
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Crashes with several causes, and a network that falls silent.
 */
class ManagerFailureTest : public ManagerTest
{
  public:
    ManagerFailureTest()
        : ManagerTest("Records survive crashes; connections come back after them and after cuts")
    {
    }

  private:
    void DoRun() override
    {
        AddController(1);
        m_manager->SetPolicy(McPolicy{1, true, true, false, 3});
        m_manager->Crash();
        At(3, [this] {
            NS_TEST_EXPECT_MSG_EQ(m_states, "", "crashed before the start");
            m_manager->Restart();
        });
        At(7, [this] { Controller().SendSession(MC_SUPPLY_NORMAL); });
        At(8, [this] {
            m_manager->Crash();
            m_manager->Crash();
        });
        At(10, [this] { m_manager->Restart(); });
        At(13, [this] {
            NS_TEST_EXPECT_MSG_EQ(m_manager->IsRunning(), false, "one cause is left");
            NS_TEST_EXPECT_MSG_EQ(m_manager->HasAccepted(1), false, "nobody is connected");
            NS_TEST_EXPECT_MSG_EQ(Controller().SendSession(MC_SUPPLY_FAILED), false, "nobody");
            m_manager->Restart();
        });
        RunUntil(17);
        NS_TEST_ASSERT_MSG_EQ(m_processes, "down up down up ", "crashes");
        NS_TEST_ASSERT_MSG_EQ(m_manager->IsRunning(), true, "runs");
        NS_TEST_ASSERT_MSG_EQ(m_manager->GetInventory().GetSessions().at(SESSION).status.state,
                              MC_SUPPLY_NORMAL,
                              "records survive");
        NS_TEST_ASSERT_MSG_EQ(Numbers(Controller().m_policies), "1 1 ", "pushed again");
        NS_TEST_ASSERT_MSG_EQ(m_manager->HasAccepted(1), true, "and accepted");

        m_states.clear();
        m_span->Cut();
        At(27, [this] {
            NS_TEST_EXPECT_MSG_EQ(m_states, "1 dead, 1 down, ", "hellos end");
            m_span->Repair();
        });
        RunUntil(32);
        NS_TEST_ASSERT_MSG_EQ(m_states, "1 dead, 1 down, 1 alive, 1 up, ", "and come back");
        NS_TEST_ASSERT_MSG_EQ(Numbers(Controller().m_policies), "1 1 1 ", "pushed again");
        m_manager->SetStopTime(Seconds(33));
        NS_TEST_ASSERT_MSG_EQ(Controller().SendSession(MC_SUPPLY_PROTECTED), true, "connected");
        RunUntil(34);
        NS_TEST_ASSERT_MSG_EQ(m_sessions.size(), 2, "a new state");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of the manager.
 */
class QkdnManagerTestSuite : public TestSuite
{
  public:
    QkdnManagerTestSuite()
        : TestSuite("qkdn-manager", Type::UNIT)
    {
        AddTestCase(new ManagerRecordsTest(1));
        AddTestCase(new ManagerRecordsTest(0));
        AddTestCase(new ManagerOperationsTest);
        AddTestCase(new ManagerSupplyTest);
        AddTestCase(new ManagerPoolWarningTest);
        AddTestCase(new ManagerExtraTest);
        AddTestCase(new ManagerPolicyTest);
        AddTestCase(new ManagerHostileTest);
        AddTestCase(new ManagerFailureTest);
    }
};

static QkdnManagerTestSuite g_qkdnManagerTestSuite; //!< registers the suite
