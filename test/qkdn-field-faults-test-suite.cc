/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-field-scenario.h"

#include "ns3/qkdn-fault-csv-writer.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/test.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// faults.csv of a run.
std::string
FieldFaultsCsv(const ExperimentResults& results)
{
    std::ostringstream os;
    FaultCsvWriter().WriteFaults(results, os);
    return os.str();
}

/// Faults of a scenario as "id at target".
std::string
ListFaults(const std::string& faults)
{
    const Scenario scenario =
        ScenarioReader::ReadString(Square(R"("faults": [)" + faults + "]"), "field");
    std::ostringstream os;
    for (const ScenarioFault& fault : scenario.faults)
    {
        os << fault.id << " " << fault.at.GetSeconds() << "\n";
    }
    return os.str();
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief What a disaster strikes.
 */
class DisasterTest : public TestCase
{
  public:
    DisasterTest()
        : TestCase("A disaster strikes nodes and fibres within its circle, each for itself")
    {
    }

  private:
    void DoRun() override
    {
        const std::string circle = R"({"id": "flood", "at_s": 10, "type": "disaster", "x_km": )";
        NS_TEST_EXPECT_MSG_EQ(ListFaults(circle + R"(10, "y_km": 1, "radius_km": 1})"),
                              "flood/fibre-cut/AB 10\n",
                              "a fibre on its straight line");
        NS_TEST_EXPECT_MSG_EQ(ListFaults(circle + R"(20, "y_km": 0, "radius_km": 0})"),
                              "flood/node-power/B 10\nflood/fibre-cut/AB 10\nflood/fibre-cut/BC "
                              "10\n",
                              "a node and the ends of its fibres");
        // 10 sqrt(2) from all corners, on the diagonal, 10 from the sides
        NS_TEST_EXPECT_MSG_EQ(ListFaults(circle + R"(10, "y_km": 10, "radius_km": 9.9})"),
                              "flood/fibre-cut/AC 10\n",
                              "nothing else is near");
        const std::string whole = circle + R"(9, "y_km": 9, "radius_km": 14})";
        NS_TEST_EXPECT_MSG_EQ(ListFaults(whole),
                              "flood/node-power/A 10\nflood/fibre-cut/AB 10\nflood/fibre-cut/BC "
                              "10\nflood/fibre-cut/CD 10\nflood/fibre-cut/DA 10\n"
                              "flood/fibre-cut/AC 10\n",
                              "one corner and all sides");
        const Scenario scenario = ScenarioReader::ReadString(
            Square(R"("faults": [)" + circle + R"(5, "y_km": -1, "radius_km": 2}])"),
            "field");
        NS_TEST_EXPECT_MSG_EQ(scenario.faults.at(0).position, 0.25, "nearest to the centre");

        const std::string errors =
            ErrorOf(Square(R"("faults": [)" + circle + R"(500, "y_km": 0, "radius_km": 1}])"));
        NS_TEST_EXPECT_MSG_EQ(errors,
                              "field: /faults/0/radius_km: no node and no fibre is so near to the "
                              "centre; give more, or another centre",
                              "it strikes nothing");
        NS_TEST_EXPECT_MSG_NE(
            ErrorOf(Square(R"("faults": [{"at_s": 1, "type": "disaster", "x_km": 0}])"))
                .find("/faults/0/y_km: missing"),
            std::string::npos,
            "where");

        // each component has its own repair time, which follows from names alone
        const ExperimentResults results = RunField(
            Square(R"("faults": [)" + circle + R"(20, "y_km": 0, "radius_km": 1, "mttr_s": 8}])"));
        NS_TEST_ASSERT_MSG_EQ(results.conservation.IsSound(), true, "keys");
        NS_TEST_ASSERT_MSG_EQ(results.faults.size(), 3, "a node and two fibres");
        std::vector<Time> ends;
        for (const FaultResult& fault : results.faults)
        {
            NS_TEST_ASSERT_MSG_EQ(fault.end.has_value(), true, "repaired");
            ends.push_back(*fault.end);
        }
        std::sort(ends.begin(), ends.end());
        NS_TEST_EXPECT_MSG_EQ((std::unique(ends.begin(), ends.end()) == ends.end()),
                              true,
                              "each after its own time");
        // over the other side of the square
        NS_TEST_EXPECT_MSG_EQ(results.recoveries.at(0).outcome, RECOVERY_RECOVERED, "restored");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A fault that comes again and again.
 */
class RepeatedFaultTest : public TestCase
{
  public:
    RepeatedFaultTest()
        : TestCase("A fault that is repeated comes again and again")
    {
    }

  private:
    void DoRun() override
    {
        NS_TEST_EXPECT_MSG_EQ(
            ListFaults(R"({"id": "wind", "at_s": 10, "type": "fibre-cut", "target": "AB",
                           "repair_after_s": 2, "repeat": 3, "period_s": 5},
                          {"at_s": 1, "type": "km-crash", "target": "B"})"),
            "wind/1 10\nwind/2 15\nwind/3 20\nfault-2 1\n",
            "three times");
        const std::string begin = R"("faults": [{"at_s": 10, "type": "fibre-cut", "target": "AB",)";
        NS_TEST_EXPECT_MSG_EQ(ErrorOf(Square(begin + R"("repeat": 2}])")),
                              "field: /faults/0/period_s: missing; give a time above "
                              "repair_after_s",
                              "how often");
        NS_TEST_EXPECT_MSG_EQ(
            ErrorOf(Square(begin + R"("repair_after_s": 5, "repeat": 2, "period_s": 5}])")),
            "field: /faults/0/period_s: the fault is not over when it strikes again; give a "
            "repair_after_s below it",
            "it ends before");
        NS_TEST_EXPECT_MSG_EQ(
            ErrorOf(Square(begin + R"("repair_after_s": 1, "repeat": 20, "period_s": 5}])")),
            "field: /faults/0: 60 s is not before the end of the run at 60 s; give an earlier "
            "time, "
            "or raise /simulation/duration_s",
            "the last one, too");
        const ExperimentResults results =
            RunField(Square(begin + R"("repair_after_s": 2, "repeat": 4, "period_s": 6}])"));
        NS_TEST_EXPECT_MSG_EQ(results.conservation.IsSound(), true, "keys");
        NS_TEST_EXPECT_MSG_EQ(results.faults.size(), 4, "faults of the run");
        NS_TEST_EXPECT_MSG_EQ(*results.faults.back().end, Seconds(30), "the last repair");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief All fibres of a duct.
 */
class RiskGroupCutTest : public TestCase
{
  public:
    RiskGroupCutTest()
        : TestCase("A cut risk group takes all its fibres, and a crew mends it as one")
    {
    }

  private:
    void DoRun() override
    {
        NS_TEST_EXPECT_MSG_NE(
            ErrorOf(Square(R"("faults": [{"at_s": 1, "type": "risk-group-cut", "target": "AB"}])"))
                .find("/faults/0/target: no fibre is in risk group \"AB\""),
            std::string::npos,
            "no such group");
        const ExperimentResults results =
            RunField(Square(R"("repair": {"crews": 1, "travel_s": 1}, "faults": [
                {"at_s": 20, "type": "risk-group-cut", "target": "duct", "position": 0.25,
                 "repair_work_s": 9}])"));
        NS_TEST_ASSERT_MSG_EQ(results.conservation.IsSound(), true, "keys");
        NS_TEST_EXPECT_MSG_EQ(*results.faults.at(0).end, Seconds(30), "travel and work");
        NS_TEST_EXPECT_MSG_EQ(*results.faults.at(0).parameters.position, 0.25, "where");
        // A has no other QKD link: nothing restores
        const RecoveryResult& recovery = results.recoveries.at(0);
        NS_TEST_EXPECT_MSG_EQ(recovery.outcome, RECOVERY_REPAIRED, "repaired");
        NS_TEST_EXPECT_MSG_GT(*recovery.markers.firstKeyUsable, Seconds(31), "then it goes on");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A classical link full of packets of others.
 */
class CongestionTest : public TestCase
{
  public:
    CongestionTest()
        : TestCase("Packets of others delay keys as long as they come")
    {
    }

  private:
    /// Keys that are not on time, of requests in a time.
    static std::pair<uint64_t, uint64_t> Count(const ExperimentResults& results, Time from, Time to)
    {
        uint64_t onTime = 0;
        uint64_t others = 0;
        for (const RequestResult& request : results.requests)
        {
            if (request.issued >= from && request.issued < to)
            {
                const bool good = request.outcome == REQUEST_ON_TIME;
                (good ? onTime : others) += 1;
            }
        }
        return {onTime, others};
    }

    void DoRun() override
    {
        const std::string slow = R"("classical": {"rate_bps": 2000000}, "faults": [
            {"at_s": 20, "type": "classical-congestion", "target": "AB", "repair_after_s": 15,
             "load_bps": )";
        const ExperimentResults light = RunField(Square(slow + "100000}]"));
        NS_TEST_EXPECT_MSG_EQ(light.conservation.IsSound(), true, "keys");
        NS_TEST_EXPECT_MSG_EQ(Count(light, Seconds(5), Seconds(60)).second, 0, "there is room");
        const ExperimentResults heavy = RunField(Square(slow + "4000000}]"));
        NS_TEST_EXPECT_MSG_EQ(heavy.conservation.IsSound(), true, "keys");
        NS_TEST_EXPECT_MSG_EQ(Count(heavy, Seconds(5), Seconds(20)).second, 0, "before");
        NS_TEST_EXPECT_MSG_GT(Count(heavy, Seconds(21), Seconds(35)).second, 0, "meanwhile");
        NS_TEST_EXPECT_MSG_EQ(*heavy.faults.at(0).parameters.loadBps, 4000000, "its load");
        NS_TEST_EXPECT_MSG_GT(heavy.packets, light.packets, "real packets");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A controller that nobody can reach.
 */
class UnreachableControllerTest : public TestCase
{
  public:
    UnreachableControllerTest()
        : TestCase("A controller that nobody reaches restores nothing until it is back")
    {
    }

  private:
    void DoRun() override
    {
        const std::string cut = R"("faults": [{"at_s": 25, "type": "fibre-cut", "target": "AB"})";
        const ExperimentResults plain = RunField(Square(cut + "]"));
        const ExperimentResults alone =
            RunField(Square(cut + R"(, {"at_s": 20, "type": "controller-partition", "target": "C1",
                       "repair_after_s": 20}])"));
        NS_TEST_ASSERT_MSG_EQ(alone.conservation.IsSound(), true, "keys");
        const RecoveryMarkers& fast = plain.recoveries.at(0).markers;
        const RecoveryMarkers& slow = alone.recoveries.at(0).markers;
        NS_TEST_ASSERT_MSG_EQ(fast.operated.has_value() && slow.operated.has_value(), true, "both");
        NS_TEST_EXPECT_MSG_LT(*fast.operated, Seconds(26), "at once");
        NS_TEST_EXPECT_MSG_GT(*slow.operated, Seconds(40), "when it is back");
        std::string single =
            Square(R"("faults": [{"at_s": 20, "type": "controller-partition", "target": "C1"}])");
        const std::string split = ", \"site\": \"split\"";
        single.erase(single.find(split), split.size());
        NS_TEST_EXPECT_MSG_NE(
            ErrorOf(single).find("controller \"C1\" shares its links with all of node \"M\""),
            std::string::npos,
            "at a node that is not split");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief All kinds at random, and again from their trace.
 */
class FieldTraceTest : public TestCase
{
  public:
    FieldTraceTest()
        : TestCase("Faults of the new kinds happen at random and give the same run from a trace")
    {
    }

  private:
    /// Events by kind, but for those of repair crews, whom a trace does without.
    static std::map<std::string, int> CountEvents(const ExperimentResults& results)
    {
        std::map<std::string, int> kinds;
        for (const EventResult& event : results.eventLog)
        {
            const bool crews =
                event.kind.rfind("repair-", 0) == 0 || event.kind.rfind("crew-", 0) == 0;
            kinds[event.kind] += crews ? 0 : 1;
        }
        return kinds;
    }

    void DoRun() override
    {
        std::ofstream(CreateTempDirFilename("drift.csv")) << "time_s,added_qber\n0,0.01\n1,0.02\n";
        const std::string source = CreateTempDirFilename("scenario.json");
        const ExperimentResults random = RunField(
            Square(R"("classical": {"rate_bps": 1000000}, "repair": {"crews": 1}, "faults": [
                {"id": "flood", "at_s": 30, "type": "disaster", "x_km": 20, "y_km": 0,
                 "radius_km": 1, "mttr_s": 5, "repair_distribution": "lognormal",
                 "repair_lognormal_sigma": 0.5},
                {"at_s": 40, "type": "risk-group-cut", "target": "duct", "position": 0.3,
                 "repair_work_s": 3}],
              "fault_processes": [
                {"type": "risk-group-cut", "targets": "all", "mtbf_s": 30, "mttr_s": 3},
                {"type": "eavesdropping", "targets": ["bc"], "mtbf_s": 20, "mttr_s": 4,
                 "added_qber": 0.2},
                {"type": "qber-drift", "targets": ["CD"], "mtbf_s": 20, "mttr_s": 4,
                 "curve_file": "drift.csv", "curve": "step"},
                {"type": "classical-congestion", "targets": ["CD"], "mtbf_s": 5, "mttr_s": 2,
                 "load_bps": 250000.5},
                {"type": "node-compromise", "targets": ["D"], "mtbf_s": 20, "mttr_s": 4,
                 "wiretap": false},
                {"type": "controller-partition", "targets": "all", "mtbf_s": 20, "mttr_s": 4}])"),
            source);
        NS_TEST_ASSERT_MSG_EQ(random.conservation.IsSound(), true, "keys");
        std::map<std::string, int> kinds;
        for (const FaultResult& fault : random.faults)
        {
            ++kinds[fault.type];
        }
        for (const char* kind : {"risk-group-cut",
                                 "eavesdropping",
                                 "qber-drift",
                                 "classical-congestion",
                                 "node-compromise",
                                 "controller-partition",
                                 "node-power",
                                 "fibre-cut"})
        {
            NS_TEST_EXPECT_MSG_GT(kinds[kind], 0, kind);
        }
        std::ofstream(CreateTempDirFilename("faults.csv")) << FieldFaultsCsv(random);
        const ExperimentResults again =
            RunField(Square(R"("classical": {"rate_bps": 1000000}, "fault_trace": "faults.csv")"),
                     source);
        NS_TEST_EXPECT_MSG_EQ(FieldFaultsCsv(again), FieldFaultsCsv(random), "the same faults");
        NS_TEST_EXPECT_MSG_EQ(again.packets, random.packets, "the same packets");
        std::map<std::string, int> replayed = CountEvents(again);
        for (const auto& [kind, count] : CountEvents(random))
        {
            NS_TEST_EXPECT_MSG_EQ(replayed[kind], count, "events " << kind);
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Known rates.
 */
class RatePresetTest : public TestCase
{
  public:
    RatePresetTest()
        : TestCase("Known rates are used where nothing else is said")
    {
    }

  private:
    /// The first process of a scenario.
    static ScenarioFaultProcess Read(const std::string& process)
    {
        return ScenarioReader::ReadString(Square(R"("fault_processes": [{)" + process + "}]"),
                                          "field")
            .faultProcesses.at(0);
    }

    void DoRun() override
    {
        const std::string cable = R"("type": "fibre-cut", "targets": "all", "rates": )";
        const ScenarioFaultProcess buried = Read(cable + "\"buried-cable\"");
        NS_TEST_EXPECT_MSG_EQ_TOL(buried.fitPerKm, 311.395, 5e-4, "To and Neusy");
        NS_TEST_EXPECT_MSG_EQ(buried.repair.meanS, 12 * 3600, "12 h");
        NS_TEST_EXPECT_MSG_EQ_TOL(Read(cable + "\"buried-cable-verbrugge\"").fitPerKm,
                                  380.2,
                                  0.05,
                                  "Verbrugge");
        NS_TEST_EXPECT_MSG_EQ_TOL(Read(cable + "\"aerial-cable\"").fitPerKm, 5714, 0.5, "aerial");
        NS_TEST_EXPECT_MSG_EQ(Read(cable + "\"submarine-cable\"").repair.meanS, 540 * 3600, "sea");
        const std::string module = R"("type": "module-failure", "targets": "all", "rates": )";
        const ScenarioFaultProcess modules = Read(module + "\"qkd-module\"");
        NS_TEST_EXPECT_MSG_EQ(*modules.meanUpS, 5e4 * 3600, "an assumption");
        NS_TEST_EXPECT_MSG_EQ(modules.repair.meanS, 24 * 3600, "an assumption");
        const ScenarioFaultProcess other = Read(
            module + R"("qkd-module", "mttr_s": 7, "mtbf_s": 9, "repair_distribution": "weibull",
                        "repair_weibull_shape": 2)");
        NS_TEST_EXPECT_MSG_EQ(*other.meanUpS, 9, "what is said counts");
        NS_TEST_EXPECT_MSG_EQ(other.repair.meanS, 7, "what is said counts");
        NS_TEST_EXPECT_MSG_EQ(other.repair.kind, TIME_WEIBULL, "what is said counts");
        NS_TEST_EXPECT_MSG_NE(
            ErrorOf(Square(R"("fault_processes": [{)" + module + R"("aerial-cable"}])"))
                .find("/fault_processes/0/rates: only fibres fail by length"),
            std::string::npos,
            "modules have no length");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of faults as in the field.
 */
class QkdnFieldFaultsTestSuite : public TestSuite
{
  public:
    QkdnFieldFaultsTestSuite()
        : TestSuite("qkdn-field-faults", Type::SYSTEM)
    {
        AddTestCase(new DisasterTest);
        AddTestCase(new RepeatedFaultTest);
        AddTestCase(new RiskGroupCutTest);
        AddTestCase(new CongestionTest);
        AddTestCase(new UnreachableControllerTest);
        AddTestCase(new FieldTraceTest);
        AddTestCase(new RatePresetTest);
    }
};

static QkdnFieldFaultsTestSuite g_qkdnFieldFaultsTestSuite; //!< registers the suite
