/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-failover-fixture.h"

using namespace ns3;
using namespace ns3::qkdn;

/**
 * @ingroup qkdn-resilience-tests
 * @brief Base of tests of recoveries of the example's session.
 */
class OneRouteFailoverTest : public FailoverTest
{
  protected:
    using FailoverTest::FailoverTest;

    /**
     * @brief Expect that the session is served over the recovery route, that nothing was
     * installed twice, and that the manager knows all.
     * @param what which case it is
     */
    void ExpectRecovered(const std::string& what)
    {
        ExpectInstalledOnce(what, {"1-2", "1-3-4-2"});
        ExpectTable(what);
        NS_TEST_ASSERT_MSG_EQ(m_held.size(), 2, what << ": none was released");
        NS_TEST_EXPECT_MSG_EQ(m_decided.size(), 1, what << ": decided");
        const auto agent = m_builder->GetKeyManager("1")->GetControlAgent();
        NS_TEST_EXPECT_MSG_EQ(agent->GetSelector(SessionId(1))->GetSelected(),
                              m_held.rbegin()->first,
                              what << ": in use");
        const ExperimentResults results = m_builder->GetMonitor()->Collect(Time(0));
        ExpectSatisfied(what, results, {"R-M1", "R-C2"});
        NS_TEST_ASSERT_MSG_EQ(results.recoveries.size(), 1, what << ": one recovery");
        NS_TEST_EXPECT_MSG_EQ(results.recoveries[0].outcome, RECOVERY_RECOVERED, what);
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The active controller is killed at each stage of a recovery.
 */
class TakeoverSweepTest : public OneRouteFailoverTest
{
  public:
    TakeoverSweepTest()
        : OneRouteFailoverTest("A controller that is killed at any stage of a recovery is replaced")
    {
    }

  private:
    void DoRun() override
    {
        // detected after 5 ms, known 0.1 ms later, decided 10 ms later, installed and announced
        // within the next 2 ms
        for (const double ms :
             {-3000.0, 1.0, 5.05, 8.0, 14.9, 15.3, 15.6, 15.9, 16.2, 16.6, 17.5, 40.0})
        {
            const double crash = 10 + ms / 1000;
            const std::string what = "crash " + std::to_string(ms) + " ms after the cut";
            Build(ReadFailoverScenario(
                QKDN_SOURCE_DIR,
                {{"/faults/1/at_s", std::to_string(crash)}, {"/faults/1/repair_after_s", "100"}}));
            RunUntil(30);
            ExpectRecovered(what);
            ExpectCommands(what);
            ExpectTakeover(what);
            End();
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The first controller comes back, and takes over again when the second one fails.
 */
class FailbackTest : public OneRouteFailoverTest
{
  public:
    FailbackTest()
        : OneRouteFailoverTest(
              "A controller that is back stands by, and takes over in a higher term")
    {
    }

  private:
    void DoRun() override
    {
        Build(ReadFailoverScenario(
            QKDN_SOURCE_DIR,
            {{"/faults/1/at_s", "6"},
             {"/faults/1/repair_after_s", "2"},
             {"/faults/-",
              R"({"id": "crash-C2", "type": "controller-crash", "target": "C2", "at_s": 10.0155})"}}));
        const auto role = [this](const std::string& id) {
            const auto redundancy = m_builder->GetController(id)->GetRedundancy();
            return std::to_string(redundancy->GetTerm().term) +
                   (redundancy->IsActive() ? " active" : " standby");
        };
        RunUntil(5.9);
        NS_TEST_EXPECT_MSG_EQ(role("C1"), "1 active", "at first");
        NS_TEST_EXPECT_MSG_EQ(role("C2"), "1 standby", "at first");
        RunUntil(7);
        NS_TEST_EXPECT_MSG_EQ(role("C2"), "2 active", "after the crash");
        RunUntil(9.9);
        NS_TEST_EXPECT_MSG_EQ(role("C1"), "2 standby", "back");
        NS_TEST_EXPECT_MSG_EQ(role("C2"), "2 active", "still");
        const auto group = m_builder->GetKeyManager("1")->GetControlAgent()->GetControllerGroup();
        NS_TEST_EXPECT_MSG_EQ(group->GetTerm().number, 2, "KMs obey the second one");
        RunUntil(30);
        NS_TEST_EXPECT_MSG_EQ(role("C1"), "3 active", "again");
        NS_TEST_EXPECT_MSG_EQ(group->GetTerm().number, 1, "KMs obey the first one");
        ExpectRecovered("after two takeovers");
        End();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The two controllers do not reach each other, but all KMs: the first one is superseded.
 */
class SupersededTest : public OneRouteFailoverTest
{
  public:
    SupersededTest()
        : OneRouteFailoverTest("Of two active controllers the one with the lower term stands by")
    {
    }

  private:
    void DoRun() override
    {
        Build(ReadFailoverScenario(QKDN_SOURCE_DIR,
                                   {{"/faults/1/at_s", "29"}, {"/controllers/1/takeover_s", "0"}}));
        // the standby loses Cx for a moment and takes over although the other one lives
        RunUntil(7);
        const auto second = m_builder->GetController("C2")->GetRedundancy();
        const auto first = m_builder->GetController("C1")->GetRedundancy();
        second->GetEndpoint()->Abandon(PeerId(1));
        RunUntil(9.9);
        NS_TEST_EXPECT_MSG_EQ(second->IsActive(), true, "took over");
        NS_TEST_EXPECT_MSG_EQ(first->IsActive(), false, "superseded");
        RunUntil(28);
        ExpectRecovered("after a needless takeover");
        End();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The node of the second controller is cut off for a while.
 */
class ControllerPartitionTest : public OneRouteFailoverTest
{
  public:
    ControllerPartitionTest()
        : OneRouteFailoverTest(
              "In a partition KMs obey whom they reach, and the higher term after it")
    {
    }

  private:
    void DoRun() override
    {
        Build(ReadFailoverScenario(
            QKDN_SOURCE_DIR,
            {{"/simulation/duration_s", "45"},
             {"/faults/0/at_s", "30"},
             {"/faults/1/at_s", "44"},
             {"/faults/-",
              R"({"id": "p1", "type": "fibre-cut", "target": "f34", "at_s": 8, "repair_after_s": 8})"},
             {"/faults/-",
              R"({"id": "p2", "type": "fibre-cut", "target": "f24", "at_s": 8, "repair_after_s": 8})"}}));
        const auto obeyed = [this](const std::string& node) {
            const auto agent = m_builder->GetKeyManager(node)->GetControlAgent();
            return agent->GetControllerGroup()->GetTerm().number;
        };
        const auto isActive = [this](const std::string& id) {
            return m_builder->GetController(id)->GetRedundancy()->IsActive();
        };
        RunUntil(15);
        NS_TEST_EXPECT_MSG_EQ(isActive("C1"), true, "on its side");
        NS_TEST_EXPECT_MSG_EQ(isActive("C2"), true, "on the other side");
        NS_TEST_EXPECT_MSG_EQ(obeyed("1"), 1, "KM 1 reaches C1 only");
        NS_TEST_EXPECT_MSG_EQ(obeyed("4"), 2, "KM 4 reaches C2 only");
        RunUntil(29);
        NS_TEST_EXPECT_MSG_EQ(isActive("C1"), false, "superseded");
        NS_TEST_EXPECT_MSG_EQ(isActive("C2"), true, "in the higher term");
        for (const char* node : {"1", "2", "3", "4"})
        {
            NS_TEST_EXPECT_MSG_EQ(obeyed(node), 2, "KM " << node << " after the partition");
        }
        RunUntil(44);
        ExpectRecovered("after the partition");
        End();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A key manager forgets its routes while it reaches the standby controller only.
 */
class ForgottenRouteTest : public OneRouteFailoverTest
{
  public:
    ForgottenRouteTest()
        : OneRouteFailoverTest("A key manager restarts before the standby controller takes over")
    {
    }

  private:
    /**
     * @brief A crash.
     * @param type its type
     * @param target who crashes
     * @param at when, s
     * @param after for how long, s
     * @return the change
     */
    static ScenarioOverride Crash(const std::string& type,
                                  const std::string& target,
                                  double at,
                                  double after)
    {
        return {"/faults/-",
                R"({"id": "crash-)" + target + R"(", "type": ")" + type + R"(", "target": ")" +
                    target + R"(", "at_s": )" + std::to_string(at) + R"(, "repair_after_s": )" +
                    std::to_string(after) + "}"};
    }

    void DoRun() override
    {
        // C2 is active from the first crash on, and C1 again after the second one
        Build(ReadFailoverScenario(QKDN_SOURCE_DIR,
                                   {{"/faults/0/at_s", "29"},
                                    {"/faults/1/at_s", "6"},
                                    {"/faults/1/repair_after_s", "2"},
                                    {"/controllers/0/takeover_s", "3"},
                                    Crash("controller-crash", "C2", 14.1, 100),
                                    Crash("km-crash", "2", 14, 0.5)}));
        const auto isActive = [this]() {
            return m_builder->GetController("C1")->GetRedundancy()->IsActive();
        };
        RunUntil(14.7);
        NS_TEST_EXPECT_MSG_EQ(isActive(), false, "not yet");
        NS_TEST_ASSERT_MSG_EQ(m_held.size(), 1, "one route");
        NS_TEST_EXPECT_MSG_EQ(m_held.begin()->second.size(), 1, "forgotten at one end");
        RunUntil(28);
        NS_TEST_EXPECT_MSG_EQ(isActive(), true, "took over");
        NS_TEST_EXPECT_MSG_EQ(m_held.begin()->second.size(), 2, "installed again");
        End();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Sessions with pre-set protection need no controller.
 */
class NoControllerTest : public FailoverTest
{
  public:
    NoControllerTest()
        : FailoverTest("With both controllers gone a session still moves to its protection route")
    {
    }

  private:
    void DoRun() override
    {
        Build(ReadFailoverScenario(
            QKDN_SOURCE_DIR,
            {{"/sessions/0/resilience/class", "route-1:1"},
             {"/faults/1/at_s", "7"},
             {"/faults/1/repair_after_s", "100"},
             {"/faults/-",
              R"({"id": "crash-C2", "type": "controller-crash", "target": "C2", "at_s": 8})"}}));
        RunUntil(30);
        const ExperimentResults results = m_builder->GetMonitor()->Collect(Time(0));
        NS_TEST_ASSERT_MSG_EQ(results.recoveries.size(), 1, "one recovery");
        NS_TEST_EXPECT_MSG_EQ(results.recoveries[0].outcome, RECOVERY_RECOVERED, "by its KM");
        NS_TEST_EXPECT_MSG_EQ(results.recoveries[0].outage, Time(0), "no interruption");
        End();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Messages of Cx and those of Ck about roles.
 */
class RoleMessagesTest : public TestCase
{
  public:
    RoleMessagesTest()
        : TestCase("Messages about roles and sessions are read as they were written")
    {
    }

  private:
    void DoRun() override
    {
        CxSession session;
        session.request.session = SessionId(3);
        session.request.masterKm = KmId(1);
        session.request.slaveKm = KmId(4);
        session.request.keySizeBit = 256;
        session.working = RouteId(7);
        session.recovery = session.active = RouteId(9);
        session.candidate = RouteId(11);
        session.further = {RouteId(12), RouteId(13)};
        session.furtherCandidates = {RouteId(14)};
        session.candidateBps = 77;
        session.announced = true;
        session.suspends = {SessionId(5)};
        session.step = STEP_INSTALLING;
        session.informed = Seconds(3);
        session.routes = {
            {KeyRoute{RouteId(7), SessionId(3), ROUTE_WORKING, {KmId(1), KmId(4)}, 0},
             1000,
             true,
             true},
            {KeyRoute{RouteId(11), SessionId(3), ROUTE_RECOVERY, {KmId(1), KmId(2), KmId(4)}, 5},
             1000,
             true,
             false}};
        const Ptr<Packet> packet = session.ToPacket();
        const auto read = CxSession::FromPacket(packet);
        NS_TEST_ASSERT_MSG_EQ(read.has_value(), true, "understood");
        NS_TEST_EXPECT_MSG_EQ(read->candidate, session.candidate, "candidate");
        NS_TEST_EXPECT_MSG_EQ(read->further.size(), 2, "further routes");
        NS_TEST_EXPECT_MSG_EQ(read->furtherCandidates.size(), 1, "further candidates");
        NS_TEST_EXPECT_MSG_EQ(read->candidateBps, 77, "their rate");
        NS_TEST_EXPECT_MSG_EQ(read->suspends.count(SessionId(5)), 1, "stopped session");
        NS_TEST_ASSERT_MSG_EQ(read->routes.size(), 2, "routes");
        NS_TEST_EXPECT_MSG_EQ(read->routes[1].route.kms.size(), 3, "KMs");
        NS_TEST_EXPECT_MSG_EQ(read->routes[1].installed, false, "not yet");
        for (uint32_t size = 0; size < packet->GetSize(); ++size)
        {
            NS_TEST_EXPECT_MSG_EQ(
                CxSession::FromPacket(packet->CreateFragment(0, size)).has_value(),
                false,
                "cut to " << size << " bytes");
        }
        CxRole role;
        role.term = ControllerTerm{4, 2};
        role.active = true;
        NS_TEST_EXPECT_MSG_EQ(CxRole::FromPacket(role.ToPacket())->term.term, 4, "term");
        NS_TEST_EXPECT_MSG_EQ(CxRole::FromPacket(Create<Packet>(9)).has_value(), false, "zeros");
        const CkRouteList list{{RouteId(4), RouteId(6)}};
        NS_TEST_EXPECT_MSG_EQ(CkRouteList::FromPacket(list.ToPacket())->routes.size(), 2, "list");
        NS_TEST_EXPECT_MSG_EQ((ControllerTerm{2, 5}.Outranks(ControllerTerm{1, 1})), true, "term");
        NS_TEST_EXPECT_MSG_EQ((ControllerTerm{2, 5}.Outranks(ControllerTerm{2, 1})),
                              false,
                              "number");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of controllers that take turns.
 */
class QkdnControllerFailoverTestSuite : public TestSuite
{
  public:
    QkdnControllerFailoverTestSuite()
        : TestSuite("qkdn-controller-failover", Type::SYSTEM)
    {
        AddTestCase(new RoleMessagesTest);
        AddTestCase(new TakeoverSweepTest);
        AddTestCase(new FailbackTest);
        AddTestCase(new SupersededTest);
        AddTestCase(new ControllerPartitionTest);
        AddTestCase(new ForgottenRouteTest);
        AddTestCase(new NoControllerTest);
    }
};

static QkdnControllerFailoverTestSuite g_qkdnControllerFailoverTestSuite; //!< registers the suite
