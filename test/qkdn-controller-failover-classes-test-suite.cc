/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-failover-fixture.h"
#include "qkdn-restoration-network.h"

#include <optional>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// How far the switch of a session to its protection route is.
enum SwitchProgress
{
    PROGRESS_UNDETECTED, //!< its master's KM knows of no failure
    PROGRESS_DETECTED,   //!< it knows, and has not switched
    PROGRESS_ONE_END,    //!< it has switched, and the KMs on the route have not all acknowledged
    PROGRESS_COMPLETE    //!< all have
};

/// An instant in a switch.
struct SwitchInstant
{
    double afterCutMs;       //!< when controllers crash
    SwitchProgress progress; //!< how far the switch is then
};

/// A crash of a controller, as an override.
ScenarioOverride
Crash(const std::string& controller, double atS)
{
    return {"/faults/-",
            R"({"id": "crash-)" + controller + R"(", "type": "controller-crash", "target": ")" +
                controller + R"(", "at_s": )" + std::to_string(atS) + "}"};
}

/// The network of the tests of restoration, which has three ways from A to D.
class ThreeWays : public RestorationTest
{
  public:
    using RestorationTest::CUT_S;
    using RestorationTest::GetRates;
    using RestorationTest::GetText;
};

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Controllers are killed while a session moves to its protection route.
 */
class CrashDuringSwitchTest : public FailoverTest
{
  public:
    CrashDuringSwitchTest()
        : FailoverTest("A switch to a pre-set route completes whenever controllers are killed")
    {
    }

  private:
    /**
     * @brief One run.
     * @param instant when the first controller crashes
     * @param both whether the other one does, too
     */
    void RunOne(const SwitchInstant& instant, bool both)
    {
        const std::string what = std::string(both ? "both crash " : "crash ") +
                                 std::to_string(instant.afterCutMs) + " ms after the cut";
        const double crash = 10 + instant.afterCutMs / 1000;
        std::vector<ScenarioOverride> changes = {{"/sessions/0/resilience/class", "route-1:1"},
                                                 {"/sessions/0/resilience/hold_off_s", "0.01"},
                                                 {"/faults/1/at_s", std::to_string(crash)},
                                                 {"/faults/1/repair_after_s", "100"}};
        if (both)
        {
            changes.push_back(Crash("C2", crash));
        }
        m_progress = PROGRESS_UNDETECTED;
        Build(ReadFailoverScenario(QKDN_SOURCE_DIR, changes));
        const auto agent = m_builder->GetKeyManager("1")->GetControlAgent();
        agent->TraceConnectWithoutContext("RouteEvent",
                                          MakeCallback(&CrashDuringSwitchTest::Event, this));
        RunUntil(crash);
        NS_TEST_EXPECT_MSG_EQ(m_progress, instant.progress, what << ": how far");
        const auto sent = m_commands;
        RunUntil(30);
        NS_TEST_EXPECT_MSG_EQ(m_progress, PROGRESS_COMPLETE, what << ": switched");
        ExpectInstalledOnce(what, {"1-2", "1-3-4-2"});
        NS_TEST_EXPECT_MSG_EQ(m_decided.size(), 0, what << ": no controller restored anything");
        NS_TEST_ASSERT_MSG_EQ(m_held.size(), 2, what << ": none was released");
        NS_TEST_EXPECT_MSG_EQ(agent->GetSelector(SessionId(1))->GetSelected(),
                              m_held.rbegin()->first,
                              what << ": in use");
        const ExperimentResults results = m_builder->GetMonitor()->Collect(Time(0));
        NS_TEST_ASSERT_MSG_EQ(results.recoveries.size(), 1, what << ": one recovery");
        NS_TEST_EXPECT_MSG_EQ(results.recoveries[0].outcome, RECOVERY_RECOVERED, what);
        NS_TEST_EXPECT_MSG_EQ(results.recoveries[0].outage, Time(0), what << ": no interruption");
        if (both)
        {
            NS_TEST_EXPECT_MSG_EQ((m_commands == sent), true, what << ": no command afterwards");
            NS_TEST_EXPECT_MSG_EQ(m_roles.size(), 1, what << ": nobody takes over");
        }
        else
        {
            ExpectTakeover(what);
            ExpectCommands(what);
            ExpectTable(what);
            ExpectSatisfied(what, results, {"R-M1", "P-K1", "P-C1"});
        }
        End();
    }

    /// Something happens to a route of the session.
    void Event(KmId /* km */,
               SessionId /* session */,
               RouteId /* route */,
               RouteEventKind kind,
               ResilienceTrigger /* trigger */,
               IncidentId /* incident */)
    {
        switch (kind)
        {
        case ROUTE_EVENT_SIGNAL_FAIL:
            m_progress = PROGRESS_DETECTED;
            break;
        case ROUTE_EVENT_SWITCH:
            m_progress = PROGRESS_ONE_END;
            break;
        case ROUTE_EVENT_SWITCHED:
            m_progress = PROGRESS_COMPLETE;
            break;
        default:
            break;
        }
    }

    void DoRun() override
    {
        const std::vector<SwitchInstant> instants = {{1, PROGRESS_UNDETECTED},
                                                     {4.9, PROGRESS_UNDETECTED},
                                                     {5.2, PROGRESS_DETECTED},
                                                     {14.9, PROGRESS_DETECTED},
                                                     {15.1, PROGRESS_ONE_END},
                                                     {15.3, PROGRESS_ONE_END},
                                                     {40, PROGRESS_COMPLETE}};
        for (const SwitchInstant& instant : instants)
        {
            RunOne(instant, false);
            RunOne(instant, true);
        }
    }

    SwitchProgress m_progress{PROGRESS_UNDETECTED}; //!< how far the switch is
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The active controller is killed at each stage of a recovery over two routes at once.
 */
class MultiPathFailoverTest : public FailoverTest
{
  public:
    MultiPathFailoverTest()
        : FailoverTest("A controller that is killed in a recovery over two routes is replaced")
    {
    }

  private:
    void DoRun() override
    {
        for (const double ms : {1.0, 8.0, 15.2, 15.5, 15.8, 16.2, 17.5, 40.0})
        {
            const std::string what = "crash " + std::to_string(ms) + " ms after the cut";
            std::vector<ScenarioOverride> changes = ThreeWays::GetRates(1300, 20000);
            changes.push_back({"/controllers/-", R"({"id": "C2", "node": "B"})"});
            changes.push_back({"/sessions/0/resilience/restoration", "multi-path"});
            changes.push_back({"/sessions/0/toleration_s", "8"});
            changes.push_back(Crash("C1", ThreeWays::CUT_S + ms / 1000));
            Build(ScenarioReader::ReadString(ThreeWays::GetText(), "three-ways", changes));
            RunUntil(ThreeWays::CUT_S + 18);
            ExpectInstalledOnce(what, {"1-4", "1-2-4", "1-3-4"});
            NS_TEST_EXPECT_MSG_EQ(m_held.size(), 3, what << ": none was released");
            NS_TEST_EXPECT_MSG_EQ(m_decided.size(), 2, what << ": over two routes");
            ExpectTakeover(what);
            ExpectCommands(what);
            ExpectTable(what);
            const ExperimentResults results = m_builder->GetMonitor()->Collect(Time(0));
            ExpectSatisfied(what, results, {"R-M1", "R-C2"});
            NS_TEST_ASSERT_MSG_EQ(results.recoveries.size(), 1, what << ": one recovery");
            const RecoveryResult& recovery = results.recoveries[0];
            NS_TEST_EXPECT_MSG_EQ(recovery.outcome, RECOVERY_RECOVERED, what);
            NS_TEST_EXPECT_MSG_EQ(recovery.recoveryRoutes, 2, what << ": routes in use");
            NS_TEST_EXPECT_MSG_EQ(recovery.recoveredBps.value_or(0), 2048, what << ": all of it");
            End();
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The active controller is killed while it replaces one of several routes that a session
 * uses at once.
 */
class SeveralRoutesFailoverTest : public FailoverTest
{
  public:
    SeveralRoutesFailoverTest()
        : FailoverTest(
              "A controller that is killed while it replaces one of two routes is replaced")
    {
    }

  private:
    void DoRun() override
    {
        for (const double ms : {1.0, 8.0, 15.2, 15.5, 15.8, 16.2, 17.5, 40.0})
        {
            const std::string what = "crash " + std::to_string(ms) + " ms after the cut";
            Build(ScenarioReader::ReadFile(
                std::string(QKDN_SOURCE_DIR) + "/examples/scenarios/secret-sharing.json",
                {{"/simulation/duration_s", "30"},
                 {"/sessions/0/resilience", R"({"class": "multi-path", "shares": 2})"},
                 {"/controllers", R"([{"id": "C1", "node": "3"}, {"id": "C2", "node": "6"}])"},
                 {"/faults/0/at_s", "10"},
                 {"/faults/0/repair_after_s", "100"},
                 Crash("C1", 10 + ms / 1000)}));
            RunUntil(30);
            ExpectInstalledOnce(what, {"1-2-5", "1-3-5", "1-4-6-5"});
            ExpectTakeover(what);
            ExpectCommands(what);
            ExpectTable(what);
            NS_TEST_EXPECT_MSG_EQ(m_held.size(), 2, what << ": the failed route was released");
            const ExperimentResults results = m_builder->GetMonitor()->Collect(Time(0));
            ExpectSatisfied(what, results, {"R-M1", "G-C0"});
            NS_TEST_ASSERT_MSG_EQ(results.recoveries.size(), 1, what << ": one recovery");
            NS_TEST_EXPECT_MSG_EQ(results.recoveries[0].outcome, RECOVERY_RECOVERED, what);
            NS_TEST_EXPECT_MSG_EQ(results.recoveries[0].outage, Time(0), what << ": all the time");
            End();
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The active controller is killed while it installs a protection route that there was none
 * of when the session began.
 */
class LateProtectionFailoverTest : public FailoverTest
{
  public:
    LateProtectionFailoverTest()
        : FailoverTest("A controller that is killed while it adds a protection route is replaced")
    {
    }

  private:
    /// The example with fibre f34 cut until 12 s, and one more fault unless it is none.
    static Scenario MakeScenario(const std::optional<ScenarioOverride>& fault)
    {
        std::vector<ScenarioOverride> changes = {{"/sessions/0/resilience/class", "route-1:1"},
                                                 {"/faults", "[]"},
                                                 {"/faults/-",
                                                  R"({"id": "cut", "type": "fibre-cut",
                                                      "target": "f34", "at_s": 0,
                                                      "repair_after_s": 12})"}};
        if (fault)
        {
            changes.push_back(*fault);
        }
        changes.insert(changes.begin(), {"/simulation/duration_s", "30"});
        return ScenarioReader::ReadFile(std::string(QKDN_SOURCE_DIR) +
                                            "/examples/scenarios/controller-failover.json",
                                        changes);
    }

    /// When a key manager first installs the protection route.
    void Installed(KmId /* km */, const KeyRoute& route, bool installed)
    {
        if (installed && route.role == ROUTE_PROTECTION && m_first.IsZero())
        {
            m_first = Simulator::Now();
        }
    }

    void DoRun() override
    {
        Build(MakeScenario(std::nullopt));
        for (const char* node : {"1", "2", "3", "4"})
        {
            m_builder->GetKeyManager(node)->GetControlAgent()->TraceConnectWithoutContext(
                "Route",
                MakeCallback(&LateProtectionFailoverTest::Installed, this));
        }
        RunUntil(30);
        End();
        NS_TEST_ASSERT_MSG_GT(m_first, Seconds(12), "after the repair");
        for (const double ms : {-5.0, 0.0, 0.1, 0.3, 0.6, 1.0, 5.0})
        {
            const std::string what = "crash " + std::to_string(ms) + " ms after the first one";
            Build(MakeScenario(Crash("C1", m_first.GetSeconds() + ms / 1000)));
            RunUntil(30);
            ExpectInstalledOnce(what, {"1-2", "1-3-4-2"});
            NS_TEST_EXPECT_MSG_EQ(m_held.size(), 2, what << ": none was released");
            ExpectTakeover(what);
            ExpectTable(what);
            End();
        }
    }

    Time m_first; //!< the first installation, in a run without a crash
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The active controller is killed while a session gets its first routes, which the other one
 * may not have heard of.
 */
class FirstSetUpFailoverTest : public FailoverTest
{
  public:
    FirstSetUpFailoverTest()
        : FailoverTest("Routes that nobody has heard of are released, in the manager's table too")
    {
    }

  private:
    void DoRun() override
    {
        std::size_t unheard = 0;
        for (const double ms : {0.5, 1.5, 2.3, 2.5, 2.7, 4.0, 6.0, 20.0, 100.0})
        {
            unheard += RunOne(ms) ? 1 : 0;
        }
        NS_TEST_EXPECT_MSG_GT(unheard, 0, "routes of a controller that nobody had heard of");
    }

    /**
     * @brief One run.
     * @param afterOpening when the first controller crashes, ms after it opens for sessions
     * @return whether routes of it were known to the manager and had to be released
     */
    bool RunOne(double afterOpening)
    {
        const std::string what = "crash after " + std::to_string(afterOpening) + " ms";
        Build(ReadFailoverScenario(QKDN_SOURCE_DIR,
                                   {{"/sessions/0/resilience/class", "route-1:1"},
                                    {"/faults/0/target", "f34"},
                                    {"/faults/0/at_s", "1"},
                                    {"/faults/1/at_s", std::to_string(1 + afterOpening / 1000)},
                                    {"/faults/1/repair_after_s", "100"}}));
        RunUntil(30);
        ExpectTakeover(what);
        ExpectTable(what);
        NS_TEST_EXPECT_MSG_EQ(m_held.empty(), false, what << ": the session has a route");
        for (const RequirementResult& result :
             m_builder->GetMonitor()->Collect(Time(0)).requirements)
        {
            NS_TEST_EXPECT_MSG_EQ((result.id == "R-M1" && result.status == REQUIREMENT_VIOLATED),
                                  false,
                                  what << ": " << result.reason);
        }
        bool unheard = false;
        for (const auto& [id, route] : m_builder->GetManager()->GetInventory().GetRoutes())
        {
            unheard = unheard || route.status.state == MC_ROUTE_RELEASED;
        }
        End();
        return unheard;
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of controllers that fail while sessions of several classes are recovered.
 */
class QkdnControllerFailoverClassesTestSuite : public TestSuite
{
  public:
    QkdnControllerFailoverClassesTestSuite()
        : TestSuite("qkdn-controller-failover-classes", Type::SYSTEM)
    {
        AddTestCase(new CrashDuringSwitchTest);
        AddTestCase(new MultiPathFailoverTest);
        AddTestCase(new SeveralRoutesFailoverTest);
        AddTestCase(new LateProtectionFailoverTest);
        AddTestCase(new FirstSetUpFailoverTest);
    }
};

/// registers the suite
static QkdnControllerFailoverClassesTestSuite g_qkdnControllerFailoverClassesTestSuite;
