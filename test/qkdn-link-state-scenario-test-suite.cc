/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-joined-names.h"

#include "ns3/qkdn-scenario-error.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/qkdn-scenario-runner.h"
#include "ns3/test.h"

#include <algorithm>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

const std::string EXAMPLE =
    std::string(QKDN_SOURCE_DIR) + "/examples/scenarios/itu-example-1-2-link-state.json";

/// A run of the example under a class.
ExperimentResults
RunClass(const std::string& className)
{
    Scenario scenario = ScenarioReader::ReadFile(EXAMPLE,
                                                 {{"/faults/0/at_s", "20"},
                                                  {"/faults/0/repair_after_s", "30"},
                                                  {"/sessions/0/resilience/wtr_s", "5"},
                                                  {"/simulation/duration_s", "65"}});
    ScenarioReader::SetClass(scenario, className, EXAMPLE);
    return ScenarioRunner().Run(scenario, EXAMPLE);
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Example 1.2 without a controller.
 */
class LinkStateExampleTest : public TestCase
{
  public:
    LinkStateExampleTest()
        : TestCase("Example 1.2 without a controller gives recoveries, costs and books")
    {
    }

  private:
    /// What is so under each class.
    const RecoveryResult& CheckCommon(const ExperimentResults& results, const std::string& name)
    {
        NS_TEST_EXPECT_MSG_EQ(results.conservation.IsSound(), true, name << ": books");
        NS_TEST_EXPECT_MSG_EQ(results.recoveries.size(), 1, name << ": one episode");
        const RecoveryResult& recovery = results.recoveries.at(0);
        NS_TEST_EXPECT_MSG_EQ(recovery.mechanism, name, "mechanism");
        NS_TEST_EXPECT_MSG_EQ(Join(recovery.routeBefore), "1-2-4", name);
        NS_TEST_EXPECT_MSG_EQ(recovery.markers.FindDisorder(), "", name << ": markers");
        NS_TEST_EXPECT_MSG_GT(recovery.controlMessages, 0, name << ": news is counted");
        for (const RequirementResult& requirement : results.requirements)
        {
            if (requirement.id.find("-C") != std::string::npos ||
                requirement.id.find("-M") != std::string::npos)
            {
                NS_TEST_EXPECT_MSG_EQ(requirement.status,
                                      REQUIREMENT_NOT_EXERCISED,
                                      name << ": " << requirement.id
                                           << " is for controllers and managers");
            }
        }
        return recovery;
    }

    void CheckRestoration()
    {
        const ExperimentResults results = RunClass("restoration");
        const RecoveryResult& recovery = CheckCommon(results, "restoration");
        const RecoveryMarkers& markers = recovery.markers;
        NS_TEST_EXPECT_MSG_EQ(Join(recovery.routeAfter), "1-3-4", "recovery route");
        NS_TEST_EXPECT_MSG_EQ(recovery.outcome, RECOVERY_RECOVERED, "outcome");
        const bool complete = markers.notified && markers.decided && markers.operated;
        NS_TEST_ASSERT_MSG_EQ(complete, true, "all stages");
        NS_TEST_EXPECT_MSG_EQ(*markers.decided - *markers.notified, MilliSeconds(10), "the search");
        // set-up over 30 and 40 km and back, at 4.9 us/km
        const Time fibre = MicroSeconds(686);
        const Time operation = *markers.operated - *markers.decided;
        NS_TEST_EXPECT_MSG_GT_OR_EQ(operation, fibre, "set-up and answer");
        NS_TEST_EXPECT_MSG_LT_OR_EQ(operation, fibre + MicroSeconds(30), "nothing else");
        NS_TEST_EXPECT_MSG_EQ(recovery.revertedAt.has_value(), true, "it came back");
        NS_TEST_EXPECT_MSG_EQ(results.sessions.at(0).interruptions.size(), 0, "bridged");
    }

    void CheckProtection()
    {
        const ExperimentResults results = RunClass("route-1:1");
        const RecoveryResult& recovery = CheckCommon(results, "route-1:1");
        NS_TEST_EXPECT_MSG_EQ(Join(recovery.routeAfter), "1-3-4", "protection route");
        NS_TEST_EXPECT_MSG_EQ(recovery.outcome, RECOVERY_RECOVERED, "outcome");
        NS_TEST_EXPECT_MSG_LT(*recovery.markers.firstKeyUsable - recovery.markers.fault,
                              MilliSeconds(20),
                              "nothing to search or to set up");
        NS_TEST_EXPECT_MSG_EQ(results.sessions.at(0).interruptions.size(), 0, "bridged");
    }

    void CheckUnprotected()
    {
        const ExperimentResults results = RunClass("unprotected");
        const RecoveryResult& recovery = CheckCommon(results, "unprotected");
        NS_TEST_EXPECT_MSG_EQ(recovery.outcome, RECOVERY_REPAIRED, "outcome");
        NS_TEST_EXPECT_MSG_GT(results.sessions.at(0).longestOutage, Seconds(10), "pools run out");
    }

    void DoRun() override
    {
        CheckRestoration();
        CheckProtection();
        CheckUnprotected();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What is wrong with routing is said before the run.
 */
class LinkStateScenarioErrorTest : public TestCase
{
  public:
    LinkStateScenarioErrorTest()
        : TestCase("What link-state routing cannot do is refused with the mend")
    {
    }

  private:
    /**
     * @brief Change the example and read it.
     * @param pointer what to change
     * @param value to what
     * @param place place of the error
     * @param words part of the message
     */
    void Expect(const std::string& pointer,
                const std::string& value,
                const std::string& place,
                const std::string& words)
    {
        std::string message;
        try
        {
            ScenarioReader::ReadFile(EXAMPLE, {{pointer, value}});
        }
        catch (const ScenarioError& error)
        {
            message = error.what();
        }
        NS_TEST_EXPECT_MSG_NE(message.find(place), std::string::npos, message << ": " << place);
        NS_TEST_EXPECT_MSG_NE(message.find(words), std::string::npos, message << ": " << words);
    }

    void DoRun() override
    {
        Expect("/controllers",
               R"([{"id": "C", "node": "3"}])",
               "/routing/provider",
               "have no controller; remove /controllers");
        Expect("/manager", R"({"node": "3"})", "/manager", "there is none");
        Expect("/routing/provider",
               "\"controller\"",
               "/sessions/0/slave",
               "needs a controller; add one");
        Expect("/routing/provider", "\"ospf\"", "/routing/provider", "link-state");
        Expect("/routing/max_age_s", "60", "/routing/max_age_s", "give more than refresh_s");
        Expect("/routing/refresh", "60", "/routing/refresh", "did you mean");
        Expect("/sessions/0/resilience/extra_traffic",
               "true",
               "/sessions/0/resilience/extra_traffic",
               "needs a controller");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of link-state routing in scenarios.
 */
class LinkStateScenarioTestSuite : public TestSuite
{
  public:
    LinkStateScenarioTestSuite()
        : TestSuite("qkdn-link-state-scenario", Type::SYSTEM)
    {
        AddTestCase(new LinkStateScenarioErrorTest);
        AddTestCase(new LinkStateExampleTest);
    }
};

static LinkStateScenarioTestSuite g_linkStateScenarioTestSuite; //!< registers the suite
