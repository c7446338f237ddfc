/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-manager.h"
#include "ns3/qkdn-scenario-builder.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/simulator.h"
#include "ns3/test.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;
using nlohmann::json;

namespace
{

/// Three QKD nodes in a ring, two QKD links between the first two of them, and nodes of their own
/// for the controller and the manager.
constexpr const char* RING = R"({
  "name": "ring",
  "simulation": {"duration_s": 45},
  "nodes": [{"id": "1"}, {"id": "2"}, {"id": "3"}, {"id": "NOC"}, {"id": "NMS"}],
  "fibres": [{"id": "f12", "a": "1", "b": "2", "length_km": 25},
             {"id": "g12", "a": "1", "b": "2", "length_km": 26},
             {"id": "f13", "a": "1", "b": "3", "length_km": 27},
             {"id": "f32", "a": "3", "b": "2", "length_km": 28},
             {"id": "fc", "a": "NOC", "b": "1", "length_km": 22},
             {"id": "fm", "a": "NMS", "b": "1", "length_km": 23}],
  "classical": {"network": "own-fibres"},
  "qkd_links": [{"id": "q12", "tx": "1", "rx": "2", "fibres": ["f12"], "initial_pool_bit": 8000,
                 "initial_state": "running",
                 "protocol": {"type": "measured", "rate_bps": 4000}},
                {"id": "q13", "tx": "1", "rx": "3", "fibres": ["f13"], "initial_pool_bit": 8000,
                 "initial_state": "running",
                 "protocol": {"type": "measured", "rate_bps": 4000}},
                {"id": "q32", "tx": "3", "rx": "2", "fibres": ["f32"], "initial_pool_bit": 8000,
                 "initial_state": "running",
                 "protocol": {"type": "measured", "rate_bps": 4000}}],
  "key_management": {"capacity_bit": 8000},
  "controllers": [{"id": "C1", "node": "NOC"}],
  "manager": {"node": "NMS"},
  "sessions": [{"id": "S", "master": "1", "slave": "2", "rate_keys_per_s": 8,
                "start_s": 3, "toleration_s": 5}],
  "faults": []
})";

/**
 * @brief The ring with a session of a class.
 * @param resilience class and policy
 * @return the scenario
 */
json
Ring(const json& resilience)
{
    json ring = json::parse(RING);
    ring["sessions"][0]["resilience"] = resilience;
    return ring;
}

/**
 * @brief A fault.
 * @param type its type
 * @param target what breaks, empty for the only one there is
 * @param atS when, s
 * @param repairAfterS for how long, s
 * @return its description
 */
json
Break(const std::string& type, const std::string& target, double atS, double repairAfterS)
{
    json fault = {{"type", type}, {"at_s", atS}, {"repair_after_s", repairAfterS}};
    if (!target.empty())
    {
        fault["target"] = target;
    }
    return fault;
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Base of tests of what the manager has in its records after outages.
 */
class ManagerOutageTest : public TestCase
{
  protected:
    using TestCase::TestCase;

    /**
     * @brief Run a scenario and judge R-M1.
     * @param scenario the scenario
     * @param faults what breaks
     * @param expected status of R-M1
     * @return the actions in the manager's log: those of sessions, then those of groups
     */
    std::vector<std::string> Run(json scenario,
                                 const std::vector<json>& faults,
                                 RequirementStatus expected = REQUIREMENT_SATISFIED)
    {
        scenario["faults"] = faults;
        std::vector<std::string> actions;
        const Scenario read = ScenarioReader::ReadString(scenario.dump(), GetName());
        {
            const ScenarioBuilder builder(read, GetName());
            Simulator::Stop(read.simulation.duration);
            Simulator::Run();
            const ExperimentResults results = builder.GetMonitor()->Collect(Time());
            const auto found = std::find_if(
                results.requirements.begin(),
                results.requirements.end(),
                [](const RequirementResult& requirement) { return requirement.id == "R-M1"; });
            NS_TEST_EXPECT_MSG_EQ(RequirementStatusName(found->status),
                                  std::string(RequirementStatusName(expected)),
                                  found->reason);
            const OperationsLog& log = builder.GetManager()->GetOperationsLog();
            for (const LoggedOperation& entry : log.GetEntries())
            {
                actions.emplace_back(McOperationName(entry.operation.kind));
            }
            for (const LoggedGroupAction& action : log.GetGroupActions())
            {
                actions.push_back(action.from.ToString() + "-" + action.to.ToString());
            }
            for (const auto& [id, route] : builder.GetManager()->GetInventory().GetRoutes())
            {
                m_states[id.value & 0xfffff] = route.status.state;
            }
        }
        Simulator::Destroy();
        return actions;
    }

    /**
     * @brief Compare actions.
     * @param actions the actions
     * @param expected their names, each with a blank behind
     */
    void ExpectActions(const std::vector<std::string>& actions, const std::string& expected)
    {
        std::string names;
        for (const std::string& action : actions)
        {
            names += action + " ";
        }
        NS_TEST_EXPECT_MSG_EQ(names, expected, "actions in the log");
    }

    std::map<uint32_t, McRouteState> m_states; //!< routes in the table, by number at C1
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief An action that comes late does not change what is newer.
 */
class LateOperationTest : public ManagerOutageTest
{
  public:
    LateOperationTest()
        : ManagerOutageTest("A failure that is over when the manager hears of it is over")
    {
    }

  private:
    void DoRun() override
    {
        json scenario = Ring({{"class", "restoration"}, {"trigger", "link-down"}});
        scenario["qkd_links"].erase(2);
        ExpectActions(Run(scenario,
                          {Break("manager-crash", "", 10, 25), Break("fibre-cut", "f12", 12, 3)},
                          REQUIREMENT_NOT_EXERCISED),
                      "restoration-failed ");
        NS_TEST_EXPECT_MSG_EQ((m_states[1] == MC_ROUTE_ACTIVE), true, "it is good, and in use");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What was not told yet outlives a controller.
 */
class KeptOperationTest : public ManagerOutageTest
{
  public:
    KeptOperationTest()
        : ManagerOutageTest("A controller that crashes tells afterwards what it did before")
    {
    }

  private:
    void DoRun() override
    {
        const json scenario = Ring({{"class", "restoration"}, {"trigger", "link-down"}});
        const json cut = Break("fibre-cut", "f12", 12, 100);
        ExpectActions(
            Run(scenario,
                {Break("manager-crash", "", 10, 20), cut, Break("controller-crash", "C1", 20, 5)}),
            "restoration ");
        // the manager is gone, and nobody has noticed yet
        ExpectActions(Run(scenario, {Break("node-power", "NMS", 11.99, 10), cut}), "restoration ");
        ExpectActions(
            Run(scenario, {Break("manager-crash", "", 10, 100), cut}, REQUIREMENT_VIOLATED),
            "");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A controller that has started again is told what has failed.
 */
class RepeatedFailureTest : public ManagerOutageTest
{
  public:
    RepeatedFailureTest()
        : ManagerOutageTest("A controller that starts again hears of failures from before")
    {
    }

  private:
    void DoRun() override
    {
        const std::vector<json> faults = {Break("fibre-cut", "f12", 10, 100),
                                          Break("controller-crash", "C1", 20, 2)};
        ExpectActions(Run(Ring({{"class", "route-1:1"}, {"wtr_s", 1}}), faults),
                      "protection-switch ");
        NS_TEST_EXPECT_MSG_EQ((m_states[1] == MC_ROUTE_FAILED), true, "the working route");
        NS_TEST_EXPECT_MSG_EQ((m_states[2] == MC_ROUTE_ACTIVE), true, "the protection route");
        Run(Ring({{"class", "restoration"}, {"trigger", "supply-interrupted"}, {"wtr_s", 1}}),
            faults);
        NS_TEST_EXPECT_MSG_EQ((m_states[1] == MC_ROUTE_FAILED), true, "it must not return there");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A controller that has started again restores what fails meanwhile.
 */
class FailureDuringCrashTest : public ManagerOutageTest
{
  public:
    FailureDuringCrashTest()
        : ManagerOutageTest("A controller that starts again restores after a hold-off long over")
    {
    }

  private:
    void DoRun() override
    {
        json scenario = Ring({{"class", "restoration"},
                              {"trigger", "supply-interrupted"},
                              {"hold_off_s", 0.5},
                              {"wtr_s", 1}});
        scenario["sessions"][0]["rate_keys_per_s"] = 4;
        ExpectActions(
            Run(scenario,
                {Break("fibre-cut", "f12", 10, 100), Break("controller-crash", "C1", 9, 20)}),
            "restoration ");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A key manager that has started again uses the working route.
 */
class SelectionAfterCrashTest : public ManagerOutageTest
{
  public:
    SelectionAfterCrashTest()
        : ManagerOutageTest("A key manager that starts again tells which route it uses")
    {
    }

  private:
    void DoRun() override
    {
        const json scenario = Ring({{"class", "route-1:1"}, {"wtr_s", 100}});
        const json cut = Break("fibre-cut", "f12", 10, 5);
        const json crash = Break("km-crash", "1", 20, 2);
        ExpectActions(Run(scenario, {cut, crash}), "protection-switch reversion ");
        NS_TEST_EXPECT_MSG_EQ((m_states[1] == MC_ROUTE_ACTIVE), true, "the working route");
        NS_TEST_EXPECT_MSG_EQ((m_states[2] == MC_ROUTE_STANDBY), true, "the protection route");
        ExpectActions(Run(scenario, {cut, crash, Break("fibre-cut", "f12", 30, 5)}),
                      "protection-switch reversion protection-switch ");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What the master's key manager takes for failed is so in the manager's table.
 */
class LowPoolRouteTest : public ManagerOutageTest
{
  public:
    LowPoolRouteTest()
        : ManagerOutageTest("A route that its key manager leaves out has failed in the table")
    {
    }

  private:
    void DoRun() override
    {
        json scenario = Ring({{"class", "multi-path"}, {"trigger", "pool-low"}});
        scenario["key_management"] = {{"pool_low_bit", 15000}, {"pool_high_bit", 18000}};
        scenario["qkd_links"][0]["initial_pool_bit"] = 1000;
        scenario["qkd_links"][0]["protocol"]["rate_bps"] = 10;
        scenario["sessions"][0]["rate_keys_per_s"] = 1;
        Run(scenario, {}, REQUIREMENT_NOT_EXERCISED);
        const auto failed = std::count_if(m_states.begin(), m_states.end(), [](const auto& route) {
            return route.second == MC_ROUTE_FAILED;
        });
        NS_TEST_EXPECT_MSG_EQ(failed, 1, "the route over the low pool");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Actions of protection groups while the manager is out of reach.
 */
class KeptGroupActionTest : public ManagerOutageTest
{
  public:
    KeptGroupActionTest()
        : ManagerOutageTest("Ends of a group tell afterwards what they switched")
    {
    }

  private:
    void DoRun() override
    {
        json scenario = Ring({{"class", "unprotected"}});
        scenario["qkd_links"].push_back({{"id", "p12"},
                                         {"tx", "1"},
                                         {"rx", "2"},
                                         {"fibres", {"g12"}},
                                         {"protocol", {{"type", "measured"}, {"rate_bps", 4000}}}});
        scenario["protection_groups"] = {{{"id", "g"},
                                          {"class", "link-1:1"},
                                          {"working", {"q12"}},
                                          {"protection", {"p12"}},
                                          {"wtr_s", 1}}};
        const json cut = Break("fibre-cut", "f12", 12, 5);
        const json down = Break("manager-crash", "", 10, 20);
        ExpectActions(Run(scenario, {down, cut}), "W0-P0 P0-W0 ");
        ExpectActions(Run(scenario, {Break("node-power", "NMS", 11.99, 10), cut}), "W0-P0 P0-W0 ");
        ExpectActions(Run(scenario, {down, cut, Break("fibre-cut", "f12", 38, 30)}),
                      "W0-P0 P0-W0 W0-P0 ");
        ExpectActions(Run(scenario, {Break("manager-crash", "", 10, 1), cut}), "W0-P0 P0-W0 ");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite.
 */
class ManagerOutageTestSuite : public TestSuite
{
  public:
    ManagerOutageTestSuite()
        : TestSuite("qkdn-manager-outage", Type::SYSTEM)
    {
        AddTestCase(new LateOperationTest);
        AddTestCase(new KeptOperationTest);
        AddTestCase(new RepeatedFailureTest);
        AddTestCase(new FailureDuringCrashTest);
        AddTestCase(new SelectionAfterCrashTest);
        AddTestCase(new LowPoolRouteTest);
        AddTestCase(new KeptGroupActionTest);
    }
};

static ManagerOutageTestSuite g_managerOutageTestSuite; //!< registers the suite
