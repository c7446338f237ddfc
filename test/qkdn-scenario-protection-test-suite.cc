/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-scenario-builder.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/simulator.h"
#include "ns3/test.h"

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

using namespace ns3;
using namespace ns3::qkdn;
using nlohmann::json;

namespace
{

/**
 * @brief A scenario file among the examples.
 * @param name its name
 * @return the JSON
 */
json
ReadExample(const std::string& name)
{
    std::ifstream file(std::string(QKDN_SOURCE_DIR) + "/examples/scenarios/" + name + ".json");
    return json::parse(file);
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Protection groups that make no sense.
 */
class ScenarioProtectionErrorTest : public TestCase
{
  public:
    ScenarioProtectionErrorTest()
        : TestCase("Protection groups that make no sense are refused at their place")
    {
    }

  private:
    /**
     * @brief Groups that need a controller and have it not, or have what it cannot do.
     * @param commands commands of operators
     */
    void RefuseRestoration(const json& commands)
    {
        const std::string g = "/protection_groups/0";
        json r = ReadExample("link-restoration");
        Refuse(r, g + "/signal_degrade", true, g + "/signal_degrade", "acts on failures only");
        Refuse(r, "/commands", commands, "/commands/0/group", "obeys its controller only");
        Refuse(r,
               g + "/protection/1",
               r["protection_groups"][0]["protection"][0],
               g + "/protection/1/modules_of",
               "have other fibres already");
        json alone = r;
        alone.erase("controllers");
        Refuse(alone, g + "/wtr_s", 1, g + "/class", "needs a controller");
    }

    /**
     * @brief Change an example and expect an error.
     * @param scenario the example
     * @param place what is changed
     * @param value to what
     * @param where place of the error
     * @param words part of the message
     */
    void Refuse(json scenario,
                const std::string& place,
                const json& value,
                const std::string& where,
                const std::string& words)
    {
        scenario[json::json_pointer(place)] = value;
        std::string what = "accepted";
        std::string at;
        try
        {
            const Scenario read = ScenarioReader::ReadString(scenario.dump(), "bad.json");
            const ScenarioBuilder builder(read, "bad.json");
        }
        catch (const ScenarioError& error)
        {
            what = error.what();
            at = error.GetPlace();
        }
        Simulator::Destroy();
        NS_TEST_EXPECT_MSG_EQ(at, where, place << ": " << what);
        NS_TEST_EXPECT_MSG_EQ((what.find(words) != std::string::npos), true, what);
    }

    void DoRun() override
    {
        const json a = ReadExample("itu-example-1-1");
        const json b = ReadExample("itu-example-1-1-spare-pair");
        const std::string g = "/protection_groups/0";
        Refuse(b, g + "/working", json::array(), g + "/working", "do not fit class link-1:1");
        Refuse(b, g + "/working/0", "21", g + "/working/0", "there is no QKD link \"21\"");
        Refuse(b, g + "/protection/0", "12", g + "/protection/0", "is in group \"g12\" already");
        Refuse(b, g + "/protection", json::array(), g + "/protection", "0 protection entities");
        Refuse(a, g + "/class", "link-1+1", g + "/protection/0", "cannot serve class link-1+1");
        Refuse(a,
               g + "/protection/0/switches/0",
               "s2",
               g + "/protection/0/switches/0",
               "is at \"2\" and not at \"1\"");
        Refuse(a,
               g + "/protection/0/switches",
               {"s1"},
               g + "/protection/0/switches",
               "do not make two ends");
        Refuse(a,
               g + "/protection/0/fibres",
               {"f13"},
               g + "/protection/0/fibres",
               "not at the receiver");
        Refuse(a, g + "/protection/0", 7, g + "/protection/0", "neither a string nor an object");
        Refuse(a, "/optical_switches/0/node", "9", "/optical_switches/0/node", "no node \"9\"");
        Refuse(a, "/optical_switches/1/id", "s1", "/optical_switches/1/id", "an earlier one");
        Refuse(a, "/nodes/0/site", "split", g + "/working/0", "which is split");
        Refuse(a,
               g + "/protection/0/station_km",
               5,
               g + "/protection/0/station_km",
               "has no central station");
        json stations = a;
        stations["qkd_links"][0]["protocol"] = {{"type", "bbm92"}};
        Refuse(stations,
               g + "/protection/0/station_km",
               22.5,
               g + "/protection/0/station_km",
               "beyond the fibres of 22");
        Refuse(b, "/qkd_links/1/tx_boundary", "yard", g + "/protection", "G-Q2");
        const json command = {{{"at_s", 5}, {"group", "g12"}, {"command", "lockout"}}};
        json c = b;
        c["commands"] = command;
        Refuse(c, "/commands/0/at_s", 500, "/commands/0/at_s", "not before the end");
        Refuse(c, "/commands/0/group", "g1", "/commands/0/group", "did you mean \"g12\"?");
        Refuse(c, "/commands/0/working", "12p", "/commands/0/working", "no working QKD link");
        Refuse(c, "/commands/0/node", "3", "/commands/0/node", "at no end of group");
        Refuse(c, "/commands/0/session", "A", "/commands/0", "names a \"group\" and a \"session\"");
        c["commands"][0].erase("group");
        Refuse(c, "/commands/0/at_s", 6, "/commands/0", "names neither");
        RefuseRestoration(command);
        json s = ReadExample("itu-example-1-2");
        s["commands"] = {{{"at_s", 5}, {"session", "A"}, {"command", "lockout"}}};
        Refuse(s, "/commands/0/session", "C", "/commands/0/session", "there is no session \"C\"");
        Refuse(s,
               "/commands/0/session",
               "B",
               "/commands/0/session",
               "no routes that a key manager");
        Refuse(s, "/commands/0/command", "freeze", "/commands/0/command", "groups only");
        Refuse(s, "/commands/0/node", "1", "/commands/0/node", "groups only");
        s["commands"] = json::parse(R"([{"at_s": 5, "km_policy": {}}])");
        Refuse(s, "/commands/0/command", "lockout", "/commands/0", "for all key managers");
        Refuse(s, "/commands/0/km_policy/zzz", 1, "/commands/0/km_policy/zzz", "unknown key");
        s.erase("manager");
        Refuse(s, "/commands/0/at_s", 6, "/commands/0/km_policy", "there is none");
        s["commands"] = json::parse(R"([{"at_s": 5}])");
        Refuse(s, "/commands/0/at_s", 6, "/commands/0", "has neither a \"command\"");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Example 1.2 with an operator.
 */
class SessionCommandRunTest : public TestCase
{
  public:
    SessionCommandRunTest()
        : TestCase("An operator moves a session, locks protection out in a failure, and clears")
    {
    }

  private:
    void DoRun() override
    {
        json scenario = ReadExample("itu-example-1-2");
        const auto command = [&scenario](double at, const std::string& text) {
            scenario["commands"].push_back({{"at_s", at}, {"session", "A"}, {"command", text}});
        };
        command(20, "forced-switch");
        command(30, "clear");
        command(35, "manual-switch");
        command(40, "clear");
        command(50, "lockout");
        command(80, "clear");
        command(130, "clear");
        command(131, "manual-switch-to-working");
        const Scenario read = ScenarioReader::ReadString(scenario.dump(), "itu-example-1-2");
        {
            const ScenarioBuilder builder(read, "itu-example-1-2");
            const Ptr<KmControlAgent> agent = builder.GetKeyManager("1")->GetControlAgent();
            const std::map<double, std::string> expected = {{19, "normal"},
                                                            {21, "forced"},
                                                            {31, "normal"},
                                                            {36, "manual"},
                                                            {41, "normal"},
                                                            {51, "locked-out"},
                                                            {61, "unavailable"},
                                                            {81, "protecting"},
                                                            {129, "wait-to-restore"},
                                                            {130.5, "normal"},
                                                            {132, "manual"}};
            for (const auto& [at, state] : expected)
            {
                Simulator::Stop(Seconds(at) - Simulator::Now());
                Simulator::Run();
                NS_TEST_EXPECT_MSG_EQ(
                    RouteSelector::GetStateName(agent->GetSelector(SessionId(1))->GetState()),
                    state,
                    "at " << at << " s");
            }
            builder.GetKeyManager("1")->Crash();
            NS_TEST_EXPECT_MSG_EQ(agent->Command(SessionId(1), REQUEST_CLEAR, ENTITY_WORKING),
                                  COMMAND_REJECTED_STATE,
                                  "nobody is there");
        }
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The examples run, and the manager learns everything by messages.
 */
class ScenarioProtectionRunTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param name the example
     * @param sameModules whether it is the form with optical switches
     */
    ScenarioProtectionRunTest(const std::string& name, bool sameModules)
        : TestCase("Example " + name + " switches, reverts, and the manager has the match-up"),
          m_name(name),
          m_sameModules(sameModules)
    {
    }

  private:
    /**
     * @brief The manager has entered a report.
     * @param status the report
     */
    void Reported(const GroupStatus& status, IncidentId)
    {
        ++m_reports[{status.end, status.state}];
    }

    void DoRun() override
    {
        json scenario = ReadExample(m_name);
        scenario["commands"] = {{{"at_s", 100}, {"group", "g12"}, {"command", "lockout"}}};
        const Scenario read = ScenarioReader::ReadString(scenario.dump(), m_name);
        {
            const ScenarioBuilder builder(read, m_name);
            const Ptr<QkdnManager> manager = builder.GetManager();
            manager->TraceConnectWithoutContext(
                "ProtectionGroup",
                MakeCallback(&ScenarioProtectionRunTest::Reported, this));
            CheckReports(builder);
            Simulator::Stop(Seconds(10));
            Simulator::Run();
            CheckMatchUps(manager, false);
            Simulator::Stop(Seconds(30));
            Simulator::Run();
            CheckMatchUps(manager, true);
            Simulator::Stop(Seconds(79));
            Simulator::Run();
            CheckMatchUps(manager, false);
            for (uint8_t end = 0; end < 2; ++end)
            {
                NS_TEST_EXPECT_MSG_GT((m_reports[{end, GROUP_PROTECTED}]), 1, "before and after");
                NS_TEST_EXPECT_MSG_EQ((m_reports[{end, GROUP_SWITCHED}]), 1, "meanwhile");
                NS_TEST_EXPECT_MSG_EQ((m_reports[{end, GROUP_UNPROTECTED}] > 0),
                                      true,
                                      "locked out");
            }
            std::string actions;
            for (const auto& action : manager->GetOperationsLog().GetGroupActions())
            {
                actions += std::string(McOperationName(action.kind)) + " " +
                           action.from.ToString() + " " + action.to.ToString() + ";";
            }
            NS_TEST_EXPECT_MSG_EQ(actions,
                                  "protection-switch W0 P0;reversion P0 W0;",
                                  "each once in the log");
            NS_TEST_EXPECT_MSG_EQ((builder.GetLinkProtectionAgent("3") == nullptr),
                                  true,
                                  "no group ends there");
            CheckRequirements(builder.GetMonitor()->Collect(Seconds(0)));
        }
        Simulator::Destroy();
    }

    /**
     * @brief Check what the run says of spares.
     * @param results of the run
     */
    void CheckRequirements(const ExperimentResults& results)
    {
        const std::string modules = m_sameModules ? "not-exercised" : "satisfied";
        const std::map<std::string, std::string> expected = {{"G-Q1", "satisfied"},
                                                             {"G-Q4", "satisfied"},
                                                             {"P-Q2", modules}};
        std::size_t found = 0;
        for (const RequirementResult& requirement : results.requirements)
        {
            const auto status = expected.find(requirement.id);
            if (status != expected.end())
            {
                ++found;
                NS_TEST_EXPECT_MSG_EQ(std::string(RequirementStatusName(requirement.status)),
                                      status->second,
                                      requirement.id << ": " << requirement.reason);
            }
        }
        NS_TEST_EXPECT_MSG_EQ(found, expected.size(), "requirements");
        NS_TEST_EXPECT_MSG_EQ(results.network.spareLinks, 1, "a spare fibre or pair");
        NS_TEST_EXPECT_MSG_EQ(results.network.spareModules, (m_sameModules ? 0 : 2), "its modules");
    }

    /**
     * @brief Check the reports of requirements.
     * @param builder the builder
     */
    void CheckReports(const ScenarioBuilder& builder)
    {
        const auto& reports = builder.GetProtectionGroupReports();
        NS_TEST_ASSERT_MSG_EQ(reports.size(), 4, "one entity, four requirements");
        for (const ProtectionGroupReport& report : reports)
        {
            NS_TEST_EXPECT_MSG_EQ(report.satisfied, true, report.requirement << report.figures);
            NS_TEST_EXPECT_MSG_EQ(report.group, "g12", "group");
        }
    }

    /**
     * @brief Check what the manager has.
     * @param manager the manager
     * @param inUse whether protection is in use
     */
    void CheckMatchUps(Ptr<QkdnManager> manager, bool inUse)
    {
        const auto rows = manager->GetProtectionRecords().GetMatchUps();
        NS_TEST_ASSERT_MSG_EQ(rows.size(), 2, "one for each end");
        for (const ProtectionMatchUp& row : rows)
        {
            NS_TEST_EXPECT_MSG_EQ(row.working, LinkId(1), "working link");
            NS_TEST_EXPECT_MSG_EQ(row.protection, LinkId(m_sameModules ? 1 : 2), "protection");
            NS_TEST_EXPECT_MSG_EQ(row.sameModules, m_sameModules, "modules");
            NS_TEST_EXPECT_MSG_EQ(row.inUse, inUse, "in use");
        }
    }

    std::string m_name;                                           //!< the example
    bool m_sameModules;                                           //!< with optical switches
    std::map<std::pair<uint8_t, GroupState>, uint32_t> m_reports; //!< reports by end and state
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of protection groups in scenario files.
 */
class QkdnScenarioProtectionTestSuite : public TestSuite
{
  public:
    QkdnScenarioProtectionTestSuite()
        : TestSuite("qkdn-scenario-protection", Type::SYSTEM)
    {
        AddTestCase(new ScenarioProtectionErrorTest);
        AddTestCase(new SessionCommandRunTest);
        AddTestCase(new ScenarioProtectionRunTest("itu-example-1-1", true));
        AddTestCase(new ScenarioProtectionRunTest("itu-example-1-1-spare-pair", false));
    }
};

static QkdnScenarioProtectionTestSuite g_qkdnScenarioProtectionTestSuite; //!< registers the suite
