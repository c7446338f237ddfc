/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-fault-csv-writer.h"
#include "ns3/qkdn-fault-trace-reader.h"
#include "ns3/qkdn-repair-tables.h"
#include "ns3/qkdn-report-writer.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/qkdn-scenario-runner.h"
#include "ns3/qkdn-summary-writer.h"
#include "ns3/qkdn-text-report.h"
#include "ns3/test.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// A triangle with a controller, and a session from A to B.
std::string
Triangle(const std::string& more, const std::string& sessions = "")
{
    return R"({"name": "triangle", "simulation": {"duration_s": 60, "distillation": "ideal"},
        "nodes": [{"id": "A"}, {"id": "B"}, {"id": "C"}],
        "fibres": [{"id": "AB", "a": "A", "b": "B", "length_km": 20, "risk_groups": ["duct"]},
                   {"id": "BC", "a": "B", "b": "C", "length_km": 20},
                   {"id": "CA", "a": "C", "b": "A", "length_km": 20}],
        "qkd_links": [
            {"id": "ab", "tx": "A", "rx": "B", "fibres": ["AB"], "initial_state": "running",
             "protocol": {"type": "measured", "rate_bps": 2000}, "initial_pool_bit": 3000,
             "resync_s": 1, "start_up_s": 1},
            {"id": "bc", "tx": "B", "rx": "C", "fibres": ["BC"], "initial_state": "running",
             "protocol": {"type": "measured", "rate_bps": 2000}, "initial_pool_bit": 3000,
             "resync_s": 1, "start_up_s": 1},
            {"id": "ca", "tx": "C", "rx": "A", "fibres": ["CA"], "initial_state": "running",
             "protocol": {"type": "measured", "rate_bps": 2000}, "initial_pool_bit": 3000,
             "resync_s": 1, "start_up_s": 1}],
        "controllers": [{"id": "C1", "node": "C"}],
        "manager": {"node": "C"},
        "sessions": [{"id": "s", "master": "A", "slave": "B", "rate_keys_per_s": 2,
                      "resilience": {"class": "restoration"}})" +
           sessions + "], " + more + "}";
}

/// All fibres fail now and then.
const char* const CUTS = R"("fault_processes": [
    {"type": "fibre-cut", "targets": "all", "mtbf_s": 3000, "acceleration": 100, "mttr_s": 5,
     "repair_distribution": "lognormal", "repair_lognormal_sigma": 0.5},
    {"type": "module-failure", "targets": ["bc/rx"], "mtbf_s": 20, "mttr_s": 3, "max_faults": 2}])";

/// A scenario that lasts for another time.
std::string
Lasting(std::string text, const std::string& seconds)
{
    const std::string length = "\"duration_s\": ";
    return text.replace(text.find(length + "60"), length.size() + 2, length + seconds);
}

/// Run a scenario.
ExperimentResults
RunText(const std::string& text, const std::string& source = "random", const char* name = nullptr)
{
    Scenario scenario = ScenarioReader::ReadString(text, source);
    if (name)
    {
        ScenarioReader::SetClass(scenario, name, source);
    }
    return ScenarioRunner().Run(scenario, source);
}

/// faults.csv of a run.
std::string
FaultsCsv(const ExperimentResults& results)
{
    std::ostringstream os;
    FaultCsvWriter().WriteFaults(results, os);
    return os.str();
}

/// The event log as text.
std::vector<std::string>
LogOf(const ExperimentResults& results)
{
    std::vector<std::string> log;
    for (const EventResult& event : results.eventLog)
    {
        std::ostringstream os;
        os << event.id << ' ' << event.time << ' ' << event.kind << ' ' << event.entity << ' '
           << event.incident;
        for (const auto& [key, value] : event.detail)
        {
            os << ' ' << key << '=' << value;
        }
        log.push_back(os.str());
    }
    return log;
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Random faults in a run, and their replay.
 */
class RandomFaultsRunTest : public TestCase
{
  public:
    RandomFaultsRunTest()
        : TestCase("Random faults are in all results, and a trace of them gives the same run")
    {
    }

  private:
    /// The reports state the acceleration.
    void CheckReports(const ExperimentResults& results)
    {
        const std::string verdict = RepairTables::Verdict(results);
        NS_TEST_ASSERT_MSG_EQ(
            verdict,
            "4 components fail at random: " + std::to_string(results.faults.size()) +
                " faults; up times are shortened by a factor of 1 to 100 "
                "(acceleration): availability is that of this setting.",
            "verdict");
        std::ostringstream text;
        TextReport().Write(results, "", text);
        NS_TEST_ASSERT_MSG_NE(text.str().find(verdict), std::string::npos, "report as text");
        std::ostringstream page;
        ReportWriter().Write(results, {}, page);
        NS_TEST_ASSERT_MSG_NE(page.str().find(verdict), std::string::npos, "report.html");
        std::ostringstream summary;
        SummaryWriter().Write(results, summary);
        for (const char* words : {"\"mtbf_s\": 3000.0",
                                  "\"acceleration\": 100.0",
                                  "\"repair_distribution\": \"lognormal\""})
        {
            NS_TEST_ASSERT_MSG_NE(summary.str().find(words), std::string::npos, words);
        }
        NS_TEST_ASSERT_MSG_EQ(RepairTables::Verdict(ExperimentResults()), "", "nothing to state");
    }

    void DoRun() override
    {
        const ExperimentResults random = RunText(Triangle(CUTS));
        NS_TEST_ASSERT_MSG_EQ(random.faultProcesses.size(), 4, "three fibres and a module");
        NS_TEST_ASSERT_MSG_EQ(random.faultProcesses[0].target, "AB", "in their order");
        NS_TEST_ASSERT_MSG_EQ(random.faultProcesses[0].acceleration, 100, "stated");
        NS_TEST_ASSERT_MSG_EQ(random.faultProcesses[3].target, "bc/rx", "module");
        uint32_t faults = 0;
        for (const FaultProcessResult& process : random.faultProcesses)
        {
            faults += process.faults;
        }
        NS_TEST_ASSERT_MSG_EQ(faults, random.faults.size(), "each fault is listed");
        NS_TEST_ASSERT_MSG_EQ(random.faultProcesses[3].faults, 2, "max_faults");
        const auto cut =
            std::find_if(random.faults.begin(), random.faults.end(), [](const auto& fault) {
                return fault.id == "fibre-cut/AB/1";
            });
        NS_TEST_ASSERT_MSG_EQ((cut != random.faults.end()), true, "id of a fault");
        NS_TEST_ASSERT_MSG_EQ(cut->Describe(), "fibre-cut AB", "fault");
        NS_TEST_ASSERT_MSG_EQ(cut->parameters.position.value(), 0.5, "in the middle");
        const bool recovered =
            std::any_of(random.recoveries.begin(),
                        random.recoveries.end(),
                        [](const auto& recovery) { return recovery.fault == "fibre-cut/AB/1"; });
        NS_TEST_ASSERT_MSG_EQ(recovered, true, "a recovery from it");

        std::ofstream(CreateTempDirFilename("faults.csv")) << FaultsCsv(random);
        const std::string source = CreateTempDirFilename("scenario.json");
        const ExperimentResults again = RunText(Triangle(R"("fault_trace": "faults.csv")"), source);
        NS_TEST_ASSERT_MSG_EQ(FaultsCsv(again), FaultsCsv(random), "the same faults");
        NS_TEST_ASSERT_MSG_EQ((LogOf(again) == LogOf(random)), true, "the same events");
        NS_TEST_ASSERT_MSG_EQ(again.packets, random.packets, "the same packets");
        NS_TEST_ASSERT_MSG_EQ(again.recoveries.size(), random.recoveries.size(), "recoveries");
        NS_TEST_ASSERT_MSG_EQ(again.faultProcesses.empty(), true, "nothing fails at random");

        CheckReports(random);

        const std::string session = R"(, {"id": "t", "master": "B", "slave": "C",
            "rate_keys_per_s": 1, "resilience": {"class": "route-1:1"}})";
        for (const char* name : {"unprotected", "route-1:1"})
        {
            const ExperimentResults other = RunText(Triangle(CUTS, session), "other", name);
            NS_TEST_ASSERT_MSG_EQ(FaultsCsv(other), FaultsCsv(random), name);
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Faults of all types in a trace.
 */
class FaultTraceTypesTest : public TestCase
{
  public:
    FaultTraceTypesTest()
        : TestCase("A trace keeps all that faults have")
    {
    }

  private:
    void DoRun() override
    {
        std::ofstream(CreateTempDirFilename("drift.csv")) << "time_s,added_qber\n0,0.01\n1,0.02\n";
        const std::string source = CreateTempDirFilename("scenario.json");
        std::string text = Triangle(R"("faults": [
            {"at_s": 0.000000001, "type": "fibre-cut", "target": "AB", "position": 0.1,
             "repair_after_s": 0.123456789},
            {"at_s": 1, "type": "classical-link-failure", "target": "BC", "repair_after_s": 1},
            {"at_s": 1, "type": "module-failure", "target": "ab/rx"},
            {"at_s": 1, "type": "km-crash", "target": "B", "repair_after_s": 1},
            {"at_s": 1.5, "type": "node-power", "target": "B", "repair_after_s": 1},
            {"at_s": 2, "type": "controller-crash", "target": "C1", "repair_after_s": 1},
            {"at_s": 2, "type": "manager-crash", "repair_after_s": 1},
            {"id": "eve, \"the\" spy", "at_s": 2, "type": "eavesdropping", "target": "bc",
             "added_qber": 0.1, "repair_after_s": 0.5},
            {"at_s": 3, "type": "qber-drift", "target": "CA", "curve_file": "drift.csv",
             "curve": "step"},
            {"at_s": 3, "type": "node-compromise", "target": "C", "wiretap": false},
            {"at_s": 3, "type": "node-compromise", "target": "A"}])");
        text = Lasting(text, "5");
        text.replace(text.find("ideal"), 5, "per-block");
        const Scenario scenario = ScenarioReader::ReadString(text, source);
        const std::string csv = FaultsCsv(ScenarioRunner().Run(scenario, source));
        std::ofstream(CreateTempDirFilename("faults.csv")) << csv;
        const auto faults = ReadFaultTrace(CreateTempDirFilename("faults.csv"));
        NS_TEST_ASSERT_MSG_EQ(faults.size(), scenario.faults.size(), csv);
        for (std::size_t i = 0; i < faults.size(); ++i)
        {
            const ScenarioFault& a = faults[i];
            const ScenarioFault& b = scenario.faults[i];
            const bool same =
                std::tie(a.id, a.at, a.type, a.target, a.moduleEnd, a.position) ==
                    std::tie(b.id, b.at, b.type, b.target, b.moduleEnd, b.position) &&
                std::tie(a.repairAfter, a.addedQber, a.curveFile, a.curve, a.wiretap) ==
                    std::tie(b.repairAfter, b.addedQber, b.curveFile, b.curve, b.wiretap);
            NS_TEST_ASSERT_MSG_EQ(same, true, b.id << " in " << csv);
        }
        text = Triangle(R"("fault_trace": "faults.csv")");
        text = Lasting(text, "5");
        text.replace(text.find("ideal"), 5, "per-block");
        NS_TEST_ASSERT_MSG_EQ(FaultsCsv(RunText(text, source)), csv, "the same again");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Repair crews in a run.
 */
class RepairCrewsRunTest : public TestCase
{
  public:
    RepairCrewsRunTest()
        : TestCase("Crews repair faults of scenarios by policy, and results tell of it")
    {
    }

  private:
    /// Cuts at 10 s, 11 s and 12 s, and one crew that travels for 3 s.
    static std::string Text(const std::string& policy)
    {
        return Triangle(R"("faults": [
            {"id": "a", "at_s": 10, "type": "fibre-cut", "target": "CA", "repair_work_s": 4},
            {"id": "b", "at_s": 11, "type": "module-failure", "target": "bc/rx",
             "repair_work_s": 2},
            {"id": "c", "at_s": 12, "type": "fibre-cut", "target": "AB", "repair_work_s": 1},
            {"id": "d", "at_s": 13, "type": "fibre-cut", "target": "BC", "repair_after_s": 1}],
            "repair": {"crews": 1, "travel_s": 3, "policy": ")" +
                        policy + "\"}");
    }

    /// When a fault was repaired.
    static Time RepairOf(const ExperimentResults& results, const std::string& id)
    {
        const auto fault = std::find_if(results.faults.begin(),
                                        results.faults.end(),
                                        [&id](const auto& f) { return f.id == id; });
        return fault->end.value_or(Time(0));
    }

    void DoRun() override
    {
        const ExperimentResults fifo = RunText(Lasting(Text("fifo"), "27"));
        NS_TEST_ASSERT_MSG_EQ(RepairOf(fifo, "a"), Seconds(17), "3 s and 4 s");
        NS_TEST_ASSERT_MSG_EQ(RepairOf(fifo, "b"), Seconds(22), "3 s and 2 s");
        NS_TEST_ASSERT_MSG_EQ(RepairOf(fifo, "c"), Seconds(26), "3 s and 1 s");
        NS_TEST_ASSERT_MSG_EQ(RepairOf(fifo, "d"), Seconds(14), "waits for no crew");
        NS_TEST_ASSERT_MSG_EQ(fifo.repairs.size(), 3, "orders");
        NS_TEST_ASSERT_MSG_EQ(fifo.repairs[1].order.component, "bc/rx", "component");
        NS_TEST_ASSERT_MSG_EQ(fifo.repairs[1].order.sessions, 0, "no session there");
        NS_TEST_ASSERT_MSG_EQ(fifo.repairs[2].order.sessions, 1, "session s");
        NS_TEST_ASSERT_MSG_EQ(fifo.repairs[2].order.keyRateBps, 512, "2 keys of 256 bit");
        const ExperimentResults most = RunText(Lasting(Text("most-sessions"), "27"));
        NS_TEST_ASSERT_MSG_EQ(RepairOf(most, "a"), Seconds(17), "under way already");
        NS_TEST_ASSERT_MSG_EQ(RepairOf(most, "c"), Seconds(21), "a session waits");
        NS_TEST_ASSERT_MSG_EQ(RepairOf(most, "b"), Seconds(26), "none does");
        std::string kinds;
        for (const EventResult& event : fifo.eventLog)
        {
            if (event.entity == "crew/1" || event.kind == "repair-queued")
            {
                kinds += event.kind + " " + event.detail[0].second + ";";
            }
        }
        NS_TEST_ASSERT_MSG_EQ(kinds,
                              "repair-queued 1;crew-dispatched 1;repair-queued 2;repair-queued 3;"
                              "crew-arrived 1;crew-repaired 1;crew-dispatched 2;crew-arrived 2;"
                              "crew-repaired 2;crew-dispatched 3;crew-arrived 3;crew-repaired 3;",
                              "event log");
        std::ostringstream table;
        FaultCsvWriter().WriteRepairs(fifo, table);
        NS_TEST_ASSERT_MSG_EQ(
            table.str(),
            "order,component,ordered_s,dispatched_s,arrived_s,done_s,outcome,sessions,"
            "key_rate_bps,crew,faults\n"
            "1,CA,10.000000000,10.000000000,13.000000000,17.000000000,repaired,0,0,1,a\n"
            "2,bc/rx,11.000000000,17.000000000,20.000000000,22.000000000,repaired,0,0,1,b\n"
            "3,AB,12.000000000,22.000000000,25.000000000,26.000000000,repaired,1,512,1,c\n",
            "repairs.csv");
        const ExperimentResults random =
            RunText(Triangle(std::string(CUTS) + R"(, "repair": {"crews": 2, "travel_s": 1})"));
        NS_TEST_ASSERT_MSG_EQ(random.repairs.empty(), false, "crews repair random faults, too");
        for (const RepairRecord& repair : random.repairs)
        {
            NS_TEST_ASSERT_MSG_NE(repair.outcome, REPAIR_NOTHING_FOUND, "never in vain");
        }
        std::ofstream(CreateTempDirFilename("faults.csv")) << FaultsCsv(random);
        const ExperimentResults again = RunText(Triangle(R"("fault_trace": "faults.csv")"),
                                                CreateTempDirFilename("scenario.json"));
        NS_TEST_ASSERT_MSG_EQ(FaultsCsv(again), FaultsCsv(random), "the same repairs");
        NS_TEST_ASSERT_MSG_EQ(again.packets, random.packets, "and packets");
        NS_TEST_ASSERT_MSG_EQ(again.repairs.empty(), true, "without any crew");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of runs with random faults.
 */
class QkdnRandomFaultsRunTestSuite : public TestSuite
{
  public:
    QkdnRandomFaultsRunTestSuite()
        : TestSuite("qkdn-random-faults-run", Type::SYSTEM)
    {
        AddTestCase(new RandomFaultsRunTest);
        AddTestCase(new FaultTraceTypesTest);
        AddTestCase(new RepairCrewsRunTest);
    }
};

static QkdnRandomFaultsRunTestSuite g_qkdnRandomFaultsRunTestSuite; //!< registers the suite
