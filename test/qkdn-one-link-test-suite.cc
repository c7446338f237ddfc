/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-one-link-test-network.h"

#include "ns3/qkdn-results-writer.h"
#include "ns3/qkdn-scenario-builder.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/qkdn-scenario-runner.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"
#include "ns3/test.h"

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// Path of a scenario of the module.
std::string
ScenarioPath(const std::string& name)
{
    return std::string(QKDN_SOURCE_DIR) + "/examples/scenarios/" + name + ".json";
}

const char* const NODES = R"([{"id": "A"}, {"id": "B"}, {"id": "C"}])";

const char* const IDLE_LINK = R"({"id": "K", "tx": "C", "rx": "A", "fibres": ["g"],
    "protocol": {"type": "measured", "rate_bps": 3000}, "initial_pool_bit": 700,
    "initial_state": "running"})";

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief The scenario one-link: supply from the pools, interruption, and every stage of the
 * recovery as the figures of the scenario say.
 */
class OneLinkStagesTest : public TestCase
{
  public:
    OneLinkStagesTest()
        : TestCase("one-link: pools bridge, run empty, and every stage of the recovery adds up")
    {
    }

  private:
    void DoRun() override
    {
        const Scenario scenario = ScenarioReader::ReadFile(ScenarioPath("one-link"));
        const ExperimentResults results = ScenarioRunner().Run(scenario, "one-link");
        const Time cut = scenario.faults.at(0).at;
        const Time repair = cut + *scenario.faults.at(0).repairAfter;
        const SessionResult& session = results.sessions.at(0);
        NS_TEST_ASSERT_MSG_EQ(session.interruptions.size(), 1, "one interruption");
        const Interruption interruption = session.interruptions.at(0);
        NS_TEST_ASSERT_MSG_GT(interruption.start,
                              cut + Seconds(30),
                              "the pools bridge more than half a minute");
        NS_TEST_ASSERT_MSG_LT(interruption.start, repair, "they run empty before the repair");
        NS_TEST_ASSERT_MSG_GT(interruption.end, repair, "supply needs the repair");
        NS_TEST_ASSERT_MSG_EQ(session.requested,
                              session.supplied + session.lost + session.open,
                              "each request ends in one way");
        NS_TEST_ASSERT_MSG_EQ(results.conservation.violations.size(), 0, "keys are sound");
        NS_TEST_ASSERT_MSG_EQ(results.conservation.Balances(), true, "books balance");
        CheckStages(scenario, results, interruption);
        CheckLog(results);
    }

    /**
     * @brief Compare the stages with what the scenario says.
     * @param scenario the scenario
     * @param results its results
     * @param interruption the interruption of supply
     */
    void CheckStages(const Scenario& scenario,
                     const ExperimentResults& results,
                     const Interruption& interruption)
    {
        NS_TEST_ASSERT_MSG_EQ(results.recoveries.size(), 1, "one episode");
        const RecoveryResult& recovery = results.recoveries.at(0);
        NS_TEST_ASSERT_MSG_EQ(recovery.markers.FindDisorder(), "", "markers in order");
        NS_TEST_ASSERT_MSG_EQ(recovery.outcome, RECOVERY_REPAIRED, "repaired");
        const RecoveryStages stages = recovery.markers.ComputeStages();
        Time sum;
        for (const Time& stage : stages.stage)
        {
            sum += stage;
        }
        NS_TEST_ASSERT_MSG_EQ(sum, *stages.total, "stages add up");
        Time parts;
        for (const Time& part : stages.part)
        {
            NS_TEST_ASSERT_MSG_GT(part, Time(0), "each part of key resumption took time");
            parts += part;
        }
        NS_TEST_ASSERT_MSG_EQ(parts, stages.stage[STAGE_KEY_RESUMPTION], "parts add up");
        // half of 25 km at 4.9 us/km, then the persistence of the detector
        const Time rest = NanoSeconds(61250);
        const ScenarioQkdLink& link = scenario.qkdLinks.at(0);
        NS_TEST_ASSERT_MSG_EQ(stages.stage[STAGE_DETECTION], rest + link.lossOfLight, "t1 - t0");
        NS_TEST_ASSERT_MSG_EQ(*recovery.markers.repaired,
                              scenario.faults.at(0).at + *scenario.faults.at(0).repairAfter,
                              "t4'");
        // light comes back after the rest of the way, persists, and each module hears from the
        // other one that it sees light too: one more propagation over 25 km and a short message
        const Time resync = stages.stage[STAGE_RESYNC];
        const Time known = link.resync + link.lossOfLight + rest;
        NS_TEST_ASSERT_MSG_GT(resync, known + NanoSeconds(122500), "t6 - t5 with one message");
        NS_TEST_ASSERT_MSG_LT(resync, known + MilliSeconds(1), "t6 - t5 with one message");
        // 1024 bit at 1 kbit/s from when the pulses arrive at the far end of 25 km
        NS_TEST_ASSERT_MSG_EQ(stages.part[RESUMPTION_BLOCK_FILL],
                              MilliSeconds(1024) + NanoSeconds(122500),
                              "a block at the measured rate");
        NS_TEST_ASSERT_MSG_GT(stages.part[RESUMPTION_DISTILLATION],
                              NanoSeconds(2 * 122500),
                              "distillation is a round trip at least");
        NS_TEST_ASSERT_MSG_LT(stages.part[RESUMPTION_DISTILLATION],
                              MilliSeconds(250),
                              "distillation is a few messages");
        NS_TEST_ASSERT_MSG_EQ(recovery.outage, interruption.GetDuration(), "outage as measured");
        NS_TEST_ASSERT_MSG_EQ(*recovery.markers.firstKeyUsable,
                              interruption.end,
                              "the first key ends the interruption");
    }

    /**
     * @brief Look for the status of the link in the event log.
     * @param results the results
     */
    void CheckLog(const ExperimentResults& results)
    {
        std::vector<std::string> statuses;
        for (const EventResult& event : results.eventLog)
        {
            if (event.kind == "link-status" && event.detail.at(0).second == "ERD" &&
                event.detail.at(1).second == "local")
            {
                statuses.push_back(event.detail.at(2).second);
                NS_TEST_ASSERT_MSG_EQ((event.incident.empty() || event.time > Seconds(60)),
                                      true,
                                      "no incident before the fault");
            }
        }
        const std::vector<std::string> expected = {"ACTIVE", "PASSIVE", "PENDING", "ACTIVE"};
        NS_TEST_ASSERT_MSG_EQ((statuses == expected), true, "status as ETSI GS QKD 015 names it");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The other shipped scenarios run, are interrupted by their cut, and recover.
 */
class ShippedScenariosTest : public TestCase
{
  public:
    ShippedScenariosTest()
        : TestCase("cambridge-link and gys-50km run through a cut and back")
    {
    }

  private:
    void DoRun() override
    {
        // the short Cambridge run keeps all rates and makes the cut and the pools shorter
        const std::map<std::string, std::vector<ScenarioOverride>> scenarios = {
            {"cambridge-link",
             {{"/simulation/duration_s", "40"},
              {"/key_management/capacity_bit", "600000"},
              {"/qkd_links/0/initial_pool_bit", "300000"},
              {"/faults/0/at_s", "5"},
              {"/faults/0/repair_after_s", "12"}}},
            {"gys-50km", {}}};
        for (const auto& [name, overrides] : scenarios)
        {
            const Scenario scenario = ScenarioReader::ReadFile(ScenarioPath(name), overrides);
            const ExperimentResults results = ScenarioRunner().Run(scenario, name);
            NS_TEST_ASSERT_MSG_EQ(results.conservation.violations.size(),
                                  0,
                                  name << ": keys are sound");
            NS_TEST_ASSERT_MSG_EQ(results.conservation.Balances(), true, name << ": books");
            NS_TEST_ASSERT_MSG_EQ(results.recoveries.size(), 1, name << ": one episode");
            NS_TEST_ASSERT_MSG_EQ(results.recoveries.at(0).outcome,
                                  RECOVERY_REPAIRED,
                                  name << ": repaired");
            const auto& interruptions = results.sessions.at(0).interruptions;
            NS_TEST_ASSERT_MSG_EQ(interruptions.empty(), false, name << ": pools run empty");
            const Time repair = scenario.faults.at(0).at + *scenario.faults.at(0).repairAfter;
            NS_TEST_ASSERT_MSG_GT(interruptions.back().end, repair, name << ": repair helps");
            NS_TEST_ASSERT_MSG_EQ(results.sessions.at(0).open, 0, name << ": no request is left");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Two runs of one seed write identical files, another seed does not.
 */
class RepeatableFilesTest : public TestCase
{
  public:
    RepeatableFilesTest()
        : TestCase("Two runs of one seed write identical files apart from wall_s")
    {
    }

  private:
    /**
     * @brief Run and write.
     * @param seed seed of the run
     * @param folder where results go
     * @return content of each file by name, without the line of wall_s
     */
    std::map<std::string, std::string> Run(uint32_t seed, const std::string& folder)
    {
        Scenario scenario = ScenarioReader::ReadString(
            SmallScenario(NODES,
                          std::string("[") + LINK + "]",
                          R"(, "faults": [{"at_s": 20, "type": "fibre-cut", "target": "f",
                                           "repair_after_s": 15}])"),
            "small");
        scenario.simulation.seed = seed;
        const ExperimentResults results = ScenarioRunner().Run(scenario, "small");
        const std::string directory = CreateTempDirFilename(folder);
        std::ostringstream warnings;
        ResultsWriter().WriteAll(results, directory, warnings);
        std::map<std::string, std::string> files;
        for (const auto& entry : std::filesystem::directory_iterator(directory))
        {
            std::ifstream in(entry.path());
            std::string text;
            for (std::string line; std::getline(in, line);)
            {
                if (line.find("\"wall_s\"") == std::string::npos)
                {
                    text += line + "\n";
                }
            }
            files[entry.path().filename().string()] = text;
        }
        return files;
    }

    void DoRun() override
    {
        const auto first = Run(7, "first");
        const auto second = Run(7, "second");
        const auto other = Run(8, "other");
        NS_TEST_ASSERT_MSG_GT(first.size(), 5, "files were written");
        NS_TEST_ASSERT_MSG_EQ(first.size(), second.size(), "the same files");
        for (const auto& [name, text] : first)
        {
            NS_TEST_ASSERT_MSG_EQ((text == second.at(name)), true, name << " differs");
        }
        NS_TEST_ASSERT_MSG_EQ((first.at("key-supply.csv") == other.at("key-supply.csv")),
                              false,
                              "another seed draws other arrivals");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What a session sees: who got which key when.
 */
class BothEndsRecorder
{
  public:
    /**
     * @brief Watch the applications of a session.
     * @param builder the simulation
     * @param session the session
     */
    BothEndsRecorder(const ScenarioBuilder& builder, const std::string& session)
    {
        const auto pair = builder.GetApplications(session);
        for (const auto& application : {pair.first, pair.second})
        {
            application->TraceConnectWithoutContext("KeyHandedOver",
                                                    MakeCallback(&BothEndsRecorder::Add, this));
        }
    }

    /// Bytes by UUID at master and slave.
    std::map<std::string, std::vector<uint8_t>> master;
    std::map<std::string, std::vector<uint8_t>> slave; //!< the same at the slave
    std::vector<std::string> timeline;                 //!< one text for each key

  private:
    /**
     * @brief A key was handed over.
     * @param who to whom
     * @param sequence number of the request
     * @param key the key
     */
    void Add(const ApplicationIdentity& who, uint64_t sequence, const SuppliedKey& key)
    {
        auto& side = who.role == APPLICATION_MASTER ? master : slave;
        side[key.keyId] = key.material.ToBytes();
        std::ostringstream text;
        text << Simulator::Now().GetNanoSeconds() << " " << who.sae << " " << sequence << " "
             << key.keyId;
        timeline.push_back(text.str());
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A second, idle link changes neither key bits nor draws of the first.
 */
class IdleLinkTest : public TestCase
{
  public:
    IdleLinkTest()
        : TestCase("A second, idle link changes no draw of the first")
    {
    }

  private:
    /**
     * @brief Run.
     * @param links the QKD links
     * @param [out] bytes keys at the master
     * @return issue times of the requests
     */
    std::vector<Time> Run(const std::string& links,
                          std::map<std::string, std::vector<uint8_t>>& bytes)
    {
        const Scenario scenario =
            ScenarioReader::ReadString(SmallScenario(NODES, links, ""), "small");
        RngSeedManager::SetSeed(3);
        RngSeedManager::SetRun(2);
        std::vector<Time> issued;
        {
            const ScenarioBuilder builder(scenario, "small");
            const BothEndsRecorder recorder(builder, "S");
            Simulator::Stop(scenario.simulation.duration);
            Simulator::Run();
            bytes = recorder.master;
            for (const auto& record :
                 builder.GetMonitor()->GetRequestLog(SessionId(1)).GetRecords())
            {
                issued.push_back(record.issued);
            }
        }
        Simulator::Destroy();
        return issued;
    }

    void DoRun() override
    {
        std::map<std::string, std::vector<uint8_t>> alone;
        std::map<std::string, std::vector<uint8_t>> accompanied;
        const auto first = Run(std::string("[") + LINK + "]", alone);
        const auto second = Run(std::string("[") + LINK + "," + IDLE_LINK + "]", accompanied);
        NS_TEST_ASSERT_MSG_GT(alone.size(), 100, "keys were supplied");
        NS_TEST_ASSERT_MSG_EQ((first == second), true, "the same arrivals");
        NS_TEST_ASSERT_MSG_EQ((alone == accompanied), true, "the same key bits");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Keys equal at both ends and books that balance at every event of a run with a cut, a
 * module failure and a crash.
 */
class BooksAtEveryEventTest : public TestCase
{
  public:
    BooksAtEveryEventTest()
        : TestCase("Both books balance at every event; keys are equal at both ends")
    {
    }

  private:
    /// Check all books now.
    void Check()
    {
        const KmaBook& kma = m_monitor->GetKmaBook();
        const KsaBook& ksa = m_monitor->GetKsaBook();
        ++m_checks;
        NS_TEST_ASSERT_MSG_EQ(kma.Balances(), true, "KMA book");
        NS_TEST_ASSERT_MSG_EQ(ksa.Balances(), true, "KSA book");
        for (const auto& pool : m_pools)
        {
            NS_TEST_ASSERT_MSG_EQ(pool->GetLedger().Balances(), true, "an end's own book");
            NS_TEST_ASSERT_MSG_EQ(pool->GetLedger().Get(KEY_STORED),
                                  pool->GetStoredBits(),
                                  "an end's book and what it holds");
        }
    }

    /// Sinks of the pools' traces.
    void Added(KmId, KmId, const QkdKey&, bool)
    {
        Check();
    }

    /// @cond
    void Moved(KmId, KmId, KeyRange, KeyUse, KeyUse, IncidentId)
    {
        Check();
    }

    void Event(const KsaKeyEvent&)
    {
        Check();
    }

    /// @endcond

    void DoRun() override
    {
        const Scenario scenario =
            ScenarioReader::ReadString(SmallScenario(NODES,
                                                     std::string("[") + LINK + "]",
                                                     R"(, "faults": [
                {"at_s": 10, "type": "fibre-cut", "target": "f", "repair_after_s": 6},
                {"at_s": 22.0003, "type": "km-crash", "target": "B", "repair_after_s": 3},
                {"at_s": 31, "type": "module-failure", "target": "L/rx", "repair_after_s": 2},
                {"at_s": 40, "type": "km-crash", "target": "A", "repair_after_s": 1},
                {"at_s": 45, "type": "classical-link-failure", "target": "f",
                 "repair_after_s": 4}])"),
                                       "small");
        RngSeedManager::SetSeed(1);
        RngSeedManager::SetRun(1);
        {
            const ScenarioBuilder builder(scenario, "small");
            m_monitor = builder.GetMonitor();
            const Ptr<KeyManager> a = builder.GetKeyManager("A");
            const Ptr<KeyManager> b = builder.GetKeyManager("B");
            m_pools = {a->GetPool(b->GetKmId()), b->GetPool(a->GetKmId())};
            for (const auto& pool : m_pools)
            {
                pool->TraceConnectWithoutContext("KeyAdded",
                                                 MakeCallback(&BooksAtEveryEventTest::Added, this));
                pool->TraceConnectWithoutContext("KeyMoved",
                                                 MakeCallback(&BooksAtEveryEventTest::Moved, this));
            }
            for (const auto& km : {a, b})
            {
                km->GetMasterAgent()->TraceConnectWithoutContext(
                    "KeyEvent",
                    MakeCallback(&BooksAtEveryEventTest::Event, this));
                km->GetSlaveAgent()->TraceConnectWithoutContext(
                    "KeyEvent",
                    MakeCallback(&BooksAtEveryEventTest::Event, this));
            }
            const BothEndsRecorder recorder(builder, "S");
            Simulator::Stop(scenario.simulation.duration);
            Simulator::Run();
            NS_TEST_ASSERT_MSG_GT(m_checks, 500, "the books were looked at");
            NS_TEST_ASSERT_MSG_EQ(m_monitor->GetViolations().size(), 0, "no rule was broken");
            NS_TEST_ASSERT_MSG_GT(recorder.slave.size(), 50, "keys were supplied");
            for (const auto& [uuid, bytes] : recorder.slave)
            {
                const auto there = recorder.master.find(uuid);
                NS_TEST_ASSERT_MSG_EQ((there != recorder.master.end()),
                                      true,
                                      "the slave has no key that the master has not");
                NS_TEST_ASSERT_MSG_EQ((bytes == there->second), true, "equal bytes of " << uuid);
            }
            std::set<std::vector<uint8_t>> different;
            for (const auto& [uuid, bytes] : recorder.master)
            {
                different.insert(bytes);
            }
            NS_TEST_ASSERT_MSG_EQ(different.size(),
                                  recorder.master.size(),
                                  "no two keys have the same bits");
            const KeyLedger common = m_monitor->GetKmaBook().GetTotal();
            NS_TEST_ASSERT_MSG_EQ(common.Get(KEY_ONE_SIDED), 0, "both ends have agreed");
            const KsaLedger keys = m_monitor->GetKsaBook().GetTotal();
            NS_TEST_ASSERT_MSG_EQ(common.Get(KEY_DIRECT_SUPPLY),
                                  keys.createdBits - keys.bits[KSA_VOIDED],
                                  "KSA-keys that are not void are made of what was taken for them");
            NS_TEST_ASSERT_MSG_EQ(m_pools[0]->GetStoredBits(),
                                  m_pools[1]->GetStoredBits(),
                                  "both ends hold the same");
            m_pools.clear();
            m_monitor = nullptr;
        }
        Simulator::Destroy();
    }

    Ptr<ResilienceMonitor> m_monitor;  //!< holds the books
    std::vector<Ptr<KmaPool>> m_pools; //!< both ends
    uint64_t m_checks{0};              //!< how often the books were looked at
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of whole scenarios.
 */
class QkdnOneLinkTestSuite : public TestSuite
{
  public:
    QkdnOneLinkTestSuite()
        : TestSuite("qkdn-one-link", Type::SYSTEM)
    {
        AddTestCase(new OneLinkStagesTest);
        AddTestCase(new ShippedScenariosTest);
        AddTestCase(new RepeatableFilesTest);
        AddTestCase(new IdleLinkTest);
        AddTestCase(new BooksAtEveryEventTest);
    }
};

static QkdnOneLinkTestSuite g_qkdnOneLinkTestSuite; //!< registers the suite
