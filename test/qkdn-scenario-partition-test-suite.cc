/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-scenario-builder.h"
#include "ns3/qkdn-scenario-error.h"
#include "ns3/qkdn-scenario-partition.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"
#include "ns3/test.h"

#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

constexpr const char* TWO_DOMAINS = QKDN_SOURCE_DIR "/examples/scenarios/two-domains.json";

/// The scenario of two domains, with some values changed.
Scenario
ReadDomains(const std::vector<ScenarioOverride>& overrides = {})
{
    return ScenarioReader::ReadFile(TWO_DOMAINS, overrides);
}

/// What is said against a partition, empty if nothing.
std::string
PartitionError(const std::vector<ScenarioOverride>& overrides, uint32_t ranks = 2)
{
    try
    {
        ScenarioPartition::Check(ReadDomains(overrides), "two", ranks);
    }
    catch (const ScenarioError& error)
    {
        return error.what();
    }
    return "";
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Partitions that cannot be simulated are refused, with place and mend.
 */
class PartitionErrorTest : public TestCase
{
  public:
    PartitionErrorTest()
        : TestCase("Partitions that do not work are refused")
    {
    }

  private:
    /**
     * @brief Expect an error.
     * @param overrides what is changed in the scenario
     * @param begin how the message begins after the name of the file
     * @param ranks number of ranks
     */
    void Expect(const std::vector<ScenarioOverride>& overrides,
                const std::string& begin,
                uint32_t ranks = 2)
    {
        NS_TEST_EXPECT_MSG_EQ(PartitionError(overrides, ranks).find("two: " + begin),
                              0,
                              begin << ": " << PartitionError(overrides, ranks));
    }

    void DoRun() override
    {
        NS_TEST_EXPECT_MSG_EQ(PartitionError({}), "", "the scenario works");
        Expect({}, "/nodes/4/rank: 1 is no rank of 1; give 0 to 0, or start more processes", 1);
        Expect({}, "/nodes: 1 of 3 ranks have no node; give nodes a rank", 3);
        Expect({{"/nodes/7/rank", "0"}}, "/qkd_links/6: joins nodes b3 and b4 of ranks 1 and 0");
        Expect({{"/controllers/0/node", "b1"}},
               "/sessions/1/resilience/class: with several ranks controller C of another rank");
        Expect({{"/sessions/2/resilience/escalation", "restoration"}},
               "/sessions/2/resilience/class: with several ranks controller C of another rank");
        Expect({{"/sessions/4/master_application", "a1"}}, "/sessions/4: joins nodes b4 and a1");
        Expect({{"/sessions/2/ak", "stream"}},
               "/sessions/2/ak: with several ranks there are no key");
        Expect({{"/simulation/supply", "flow"}, {"/sessions/4/ak", "in-process"}},
               "/simulation/supply: with several ranks there is no flow mode");
        Expect({{"/commands", R"([{"at_s": 5, "session": "A", "command": "lockout"}])"}},
               "/commands: with several ranks operators give no commands");
        Expect(
            {{"/faults/-",
              R"({"at_s": 9, "type": "classical-congestion", "target": "trunk-1", "load_bps": 1e6,
                     "repair_after_s": 1})"}},
            "/faults/5: joins nodes a3 and b1");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Faults strike where what they break is.
 */
class PartitionFaultTest : public TestCase
{
  public:
    PartitionFaultTest()
        : TestCase("Faults strike at the rank of what they break, those of fibres everywhere")
    {
    }

  private:
    void DoRun() override
    {
        const Scenario scenario = ReadDomains(
            {{"/faults/-", R"({"at_s": 70, "type": "module-failure", "target": "b1b2/tx"})"},
             {"/faults/-", R"({"at_s": 71, "type": "controller-crash", "target": "C"})"},
             {"/faults/-", R"({"at_s": 72, "type": "manager-crash"})"},
             {"/faults/-",
              R"({"at_s": 73, "type": "eavesdropping", "target": "fa1a2", "added_qber": 0.1})"}});
        // cut-a, cut-b, cut-trunk, crash-b4, power-a3, then those above
        const std::vector<bool> first{true, true, true, false, true, false, true, false, true};
        const std::vector<bool> second{true, true, true, true, true, true, false, true, false};
        NS_TEST_ASSERT_MSG_EQ(scenario.faults.size(), first.size(), "faults of the scenario");
        for (std::size_t i = 0; i < first.size(); ++i)
        {
            const ScenarioFault& fault = scenario.faults[i];
            NS_TEST_EXPECT_MSG_EQ(ScenarioPartition(scenario, 0).Strikes(fault),
                                  first[i],
                                  fault.id << " at rank 0");
            NS_TEST_EXPECT_MSG_EQ(ScenarioPartition(scenario, 1).Strikes(fault),
                                  second[i],
                                  fault.id << " at rank 1");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The part of one rank, whose other rank is not there: its own sessions are served, and
 * nothing of the other rank moves.
 */
class PartitionRunTest : public TestCase
{
  public:
    PartitionRunTest()
        : TestCase("A rank runs its own applications only")
    {
    }

  private:
    void DoRun() override
    {
        const Scenario scenario =
            ReadDomains({{"/simulation/duration_s", "20"}, {"/faults", "[]"}});
        const ScenarioPartition partition(scenario, 0);
        RngSeedManager::SetSeed(scenario.simulation.seed);
        RngSeedManager::SetRun(scenario.simulation.run);
        {
            const ScenarioBuilder builder(scenario, "two", partition);
            Simulator::Stop(scenario.simulation.duration);
            Simulator::Run();
            ExperimentResults results = builder.GetMonitor()->Collect(Time());
            NS_TEST_ASSERT_MSG_EQ(results.sessions.size(), 5, "all sessions are known");
            for (std::size_t i : {2, 3, 4})
            {
                NS_TEST_EXPECT_MSG_EQ(results.sessions[i].requested,
                                      0,
                                      results.sessions[i].id << " asks for no key here");
            }
            partition.KeepLocal(results);
            NS_TEST_ASSERT_MSG_EQ(results.sessions.size(), 2, "A and R");
            for (const SessionResult& session : results.sessions)
            {
                NS_TEST_EXPECT_MSG_GT(session.requested, 30, session.id << " asks for keys");
                NS_TEST_EXPECT_MSG_EQ(session.supplied, session.requested, session.id);
            }
            NS_TEST_EXPECT_MSG_EQ(results.conservation.kma.size(), 4, "links of the first domain");
            NS_TEST_EXPECT_MSG_EQ(results.conservation.ksa.size(), 2, "books of its sessions");
            NS_TEST_EXPECT_MSG_EQ(results.conservation.IsSound(), true, "books");
        }
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of scenarios for several processes.
 */
class QkdnScenarioPartitionTestSuite : public TestSuite
{
  public:
    QkdnScenarioPartitionTestSuite()
        : TestSuite("qkdn-scenario-partition", Type::SYSTEM)
    {
        AddTestCase(new PartitionErrorTest);
        AddTestCase(new PartitionFaultTest);
        AddTestCase(new PartitionRunTest);
    }
};

static QkdnScenarioPartitionTestSuite g_qkdnScenarioPartitionTestSuite; //!< registers the suite
