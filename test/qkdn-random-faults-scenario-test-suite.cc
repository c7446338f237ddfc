/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-failure-rate.h"
#include "ns3/qkdn-fault-trace-reader.h"
#include "ns3/qkdn-scenario-fault-processes.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/test.h"

#include <fstream>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// A network with something of each kind that can fail.
Scenario
ReadWith(const std::string& more)
{
    return ScenarioReader::ReadString(R"({"name": "net", "simulation": {"duration_s": 100},
        "nodes": [{"id": "A"}, {"id": "B"}, {"id": "C"}],
        "fibres": [{"id": "f", "a": "A", "b": "B", "length_km": 10, "risk_groups": ["duct"]},
                   {"id": "dark", "a": "A", "b": "B", "length_km": 80, "classical": false},
                   {"id": "g", "a": "B", "b": "C", "length_km": 5}],
        "qkd_links": [{"id": "q", "tx": "A", "rx": "B", "fibres": ["f"],
                       "protocol": {"type": "decoy-bb84"}},
                      {"id": "t", "tx": "A", "rx": "B", "fibres": ["dark"],
                       "protocol": {"type": "twin-field"}}],
        "optical_switches": [{"id": "unused", "node": "A"}],
        "controllers": [{"id": "C1", "node": "C"}]
        )" + more + "}",
                                      "net.json");
}

/// An element of fault_processes.
std::string
Process(const std::string& keys)
{
    return R"(, "fault_processes": [{)" + keys + "}]";
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief What fault processes of a scenario mean.
 */
class FaultProcessSectionTest : public TestCase
{
  public:
    FaultProcessSectionTest()
        : TestCase("Fault processes: all targets, times by length, distributions")
    {
    }

  private:
    /// The components of a process with targets "all".
    static std::string All(const std::string& type, const std::string& more = "")
    {
        const Scenario scenario = ReadWith(
            Process(R"("targets": "all", "mtbf_s": 9, "mttr_s": 1, "type": ")" + type + "\"") +
            more);
        std::string ids;
        for (const auto& fault : FindProcessComponents(scenario, scenario.faultProcesses.at(0)))
        {
            ids += fault.target + (fault.moduleEnd == ScenarioModuleEnd::RX ? "/rx " : " ");
        }
        return ids;
    }

    /// Mean up time of the first component, h.
    static double HoursOf(const std::string& keys)
    {
        const Scenario scenario =
            ReadWith(Process(keys + R"(, "type": "fibre-cut", "targets": ["f"], "mttr_h": 12)"));
        const ScenarioFaultProcess& process = scenario.faultProcesses.at(0);
        const auto components = FindProcessComponents(scenario, process);
        return GetProcessMeanUpS(scenario, process, components.at(0)) / 3600;
    }

    void DoRun() override
    {
        NS_TEST_ASSERT_MSG_EQ(All("fibre-cut"), "f dark g ", "all fibres");
        NS_TEST_ASSERT_MSG_EQ(All("classical-link-failure"), "f g ", "those with classical links");
        NS_TEST_ASSERT_MSG_EQ(All("module-failure"), "q q/rx t t/rx ", "both modules");
        NS_TEST_ASSERT_MSG_EQ(All("km-crash"), "A B ", "C has no QKD link");
        NS_TEST_ASSERT_MSG_EQ(All("node-power"), "A B C ", "all nodes");
        NS_TEST_ASSERT_MSG_EQ(All("controller-crash"), "C1 ", "controller");
        NS_TEST_ASSERT_MSG_EQ(All("station-failure"), "t ", "only twin-field has one");
        NS_TEST_ASSERT_MSG_EQ_TOL(HoursOf(R"("cuts_per_year_per_1000_miles": 4.39)"),
                                  321135.61,
                                  0.1,
                                  "golden");
        NS_TEST_ASSERT_MSG_EQ_TOL(HoursOf(R"("fit_per_km": 311.395)"), 321135.61, 0.1, "FIT");
        NS_TEST_ASSERT_MSG_EQ_TOL(HoursOf(R"("cuts_per_year_per_1000_km": 3.33)"),
                                  8760 * 1000 / 33.3,
                                  1e-6,
                                  "by kilometres");
        NS_TEST_ASSERT_MSG_EQ_TOL(HoursOf(R"("mtbf_h": 7)"), 7, 1e-12, "hours");
        const Scenario scenario = ReadWith(
            Process(R"("type": "module-failure", "targets": ["q/tx", "t/rx"], "mtbf_h": 50000,
                       "distribution": "weibull", "weibull_shape": 1.5, "mttr_h": 24,
                       "repair_distribution": "lognormal", "repair_lognormal_sigma": 0.7,
                       "start_s": 5, "max_faults": 3, "acceleration": 1e6)"));
        const ScenarioFaultProcess& process = scenario.faultProcesses.at(0);
        NS_TEST_ASSERT_MSG_EQ(process.up.kind, TIME_WEIBULL, "distribution");
        NS_TEST_ASSERT_MSG_EQ(process.up.shape, 1.5, "shape");
        NS_TEST_ASSERT_MSG_EQ(process.repair.kind, TIME_LOGNORMAL, "distribution");
        NS_TEST_ASSERT_MSG_EQ(process.repair.shape, 0.7, "shape");
        NS_TEST_ASSERT_MSG_EQ(process.repair.meanS, 24 * 3600, "mean");
        NS_TEST_ASSERT_MSG_EQ(process.start, Seconds(5), "start");
        NS_TEST_ASSERT_MSG_EQ(process.maxFaults, 3, "limit");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Bad fault processes and crews.
 */
class FaultProcessErrorsTest : public TestCase
{
  public:
    FaultProcessErrorsTest()
        : TestCase("Bad fault processes, crews and traces are refused with place and mend")
    {
    }

  private:
    /// Check that something is refused.
    void Refuse(const std::string& more, const std::string& place, const std::string& words)
    {
        try
        {
            ReadWith(more);
            NS_TEST_EXPECT_MSG_EQ(true, false, "accepted: " << more);
        }
        catch (const ScenarioError& error)
        {
            const std::string what = error.what();
            NS_TEST_EXPECT_MSG_EQ(error.GetPlace(), place, what);
            NS_TEST_EXPECT_MSG_EQ((what.find(words) != std::string::npos), true, what);
            NS_TEST_EXPECT_MSG_EQ(what.find('\n'), std::string::npos, "one line");
            NS_TEST_EXPECT_MSG_EQ((what.find("; ") != std::string::npos), true, "a mend: " << what);
        }
    }

    /// Check that a process is refused.
    void RefuseProcess(const std::string& keys, const std::string& key, const std::string& words)
    {
        Refuse(Process(keys), "/fault_processes/0/" + key, words);
    }

    /// Check that a trace is refused.
    void RefuseTrace(const std::string& text, const std::string& place, const std::string& words)
    {
        const std::string file = CreateTempDirFilename("trace.csv");
        std::ofstream(file) << text;
        try
        {
            ReadFaultTrace(file);
            NS_TEST_EXPECT_MSG_EQ(true, false, "accepted: " << text);
        }
        catch (const ScenarioError& error)
        {
            const std::string what = error.what();
            NS_TEST_EXPECT_MSG_EQ(what.substr(0, file.size()), file, "names the file");
            NS_TEST_EXPECT_MSG_EQ(error.GetPlace(), place, what);
            NS_TEST_EXPECT_MSG_EQ((what.find(words) != std::string::npos), true, what);
        }
    }

    /// Bad processes.
    void CheckProcesses()
    {
        const std::string cut = R"("type": "fibre-cut", "targets": ["f"], )";
        RefuseProcess(R"("type": "disaster")", "type", "is not known; give \"fibre-cut\"");
        RefuseProcess(R"("type": "fibre-cut")", "targets", "missing");
        RefuseProcess(R"("type": "fibre-cut", "targets": [])", "targets", "the array is empty");
        RefuseProcess(R"("type": "module-failure", "targets": ["q"])", "targets", "no module");
        RefuseProcess(R"("type": "manager-crash", "targets": "all")", "targets", "remove it");
        RefuseProcess(R"("type": "manager-crash", "mtbf_s": 1, "mttr_s": 1)",
                      "type",
                      "there is no manager");
        RefuseProcess(cut + R"("mttr_s": 1)", "mtbf_s", "give rates, mtbf_s or mtbf_h");
        RefuseProcess(cut + R"("mtbf_s": 1, "fit_per_km": 1)", "fit_per_km", "remove one");
        RefuseProcess(R"("type": "node-power", "targets": ["A"], "fit_per_km": 1)",
                      "fit_per_km",
                      "only fibres fail by length; give mtbf_s");
        RefuseProcess(cut + R"("mtbf_s": 0)", "mtbf_s", "give a time from");
        RefuseProcess(cut + R"("mtbf_s": 1)", "mttr_s", "give mttr_s or mttr_h");
        RefuseProcess(cut + R"("mtbf_s": 1, "mttr_s": 1, "mttr_h": 1)", "mttr_h", "remove one");
        RefuseProcess(cut + R"("mtbf_s": 1, "mttr_s": 1, "distribution": "lognormal")",
                      "distribution",
                      "is not known");
        RefuseProcess(cut + R"("mtbf_s": 1, "mttr_s": 1, "distribution": "weibull")",
                      "weibull_shape",
                      "missing; give a shape");
        RefuseProcess(cut + R"("mtbf_s": 1, "mttr_s": 1, "weibull_shape": 2)",
                      "weibull_shape",
                      "only distribution \"weibull\" has it; remove it");
        RefuseProcess(cut + R"("mtbf_s": 1, "mttr_s": 1, "repair_lognormal_sigma": 2)",
                      "repair_lognormal_sigma",
                      "only distribution \"lognormal\" has it");
        const std::string times = R"(, "mtbf_s": 1, "mttr_s": 1)";
        RefuseProcess(R"("type": "fibre-cut", "targets": ["f", "h"])" + times,
                      "targets/1",
                      "there is no fibre \"h\"");
        RefuseProcess(R"("type": "classical-link-failure", "targets": ["dark"])" + times,
                      "targets/0",
                      "no classical link");
        RefuseProcess(R"("type": "optical-switch-failure", "targets": "all")" + times,
                      "targets",
                      "there is nothing that could have");
        RefuseProcess(R"("type": "fibre-cut", "targets": ["f", "f"])" + times,
                      "targets",
                      "\"f\" fails by /fault_processes/0 already");
        RefuseProcess(R"("type": "fibre-cut", "targets": "all", "start_s": 100)" + times,
                      "start_s",
                      "not before the end");
        RefuseProcess(R"("type": "fibre-cut", "targets": "all", "acceleration": 1e4)" + times,
                      "acceleration",
                      "would be 0.0001 s; give less");
        Refuse(R"(, "fault_processes": [
                   {"type": "fibre-cut", "targets": ["f"], "mtbf_s": 1, "mttr_s": 1},
                   {"type": "fibre-cut", "targets": "all", "mtbf_s": 1, "mttr_s": 1}])",
               "/fault_processes/1/targets",
               "\"f\" fails by /fault_processes/0 already");
    }

    /// Bad crews.
    void CheckCrews()
    {
        Refuse(R"(, "repair": {})", "/repair/crews", "missing");
        Refuse(R"(, "repair": {"crews": 0})", "/repair/crews", "from 1");
        Refuse(R"(, "repair": {"crews": 1, "policy": "lifo"})", "/repair/policy", "is not known");
        Refuse(R"(, "repair": {"crews": 1, "dispatch": "manager"})",
               "/repair/dispatch",
               "there is none; add /manager");
        Refuse(R"(, "faults": [{"at_s": 1, "type": "fibre-cut", "target": "f",
                                "repair_work_s": 1}])",
               "/faults/0/repair_work_s",
               "add /repair");
        Refuse(R"(, "repair": {"crews": 1}, "faults": [{"at_s": 1, "type": "fibre-cut",
                   "target": "f", "repair_work_s": 1, "repair_after_s": 1}])",
               "/faults/0/repair_work_s",
               "remove one");
        Refuse(R"(, "repair": {"crews": 1}, "faults": [{"at_s": 1, "type": "node-compromise",
                   "target": "A", "repair_work_s": 1}])",
               "/faults/0/repair_work_s",
               "no crew repairs");
        Refuse(Process(R"("type": "fibre-cut", "targets": ["f"], "mtbf_s": 1, "mttr_s": 1)") +
                   R"(, "fault_trace": "x.csv")",
               "/fault_trace",
               "remove one of them");
    }

    /// Bad traces.
    void CheckTraces()
    {
        const std::string header = "at_s,type,target\n";
        RefuseTrace("", "", "there is nothing in it");
        RefuseTrace("at_s,type\n", "line 1", "\"target\" is missing");
        RefuseTrace("at_s,type,target,repair_s\n", "line 1", "no column \"repair_s\"");
        RefuseTrace("at_s,type,target,at_s\n", "line 1", "twice");
        RefuseTrace(header + "1\n", "line 2", "1 fields for 3 columns");
        RefuseTrace(header + "1,fibre-cut,f,0.5\n", "line 2", "4 fields for 3 columns");
        RefuseTrace(header + "1e3,fibre-cut,f\n", "line 2", "up to nine decimals");
        RefuseTrace(header + "-1,fibre-cut,f\n", "line 2", "at_s is \"-1\"");
        RefuseTrace(header + "1.0000000001,fibre-cut,f\n", "line 2", "up to nine decimals");
        RefuseTrace(header + "1000000000.1,fibre-cut,f\n", "line 2", "from 0 to 1e9");
        RefuseTrace(header + "1,fiber-cut,f\n", "line 2", "did you mean \"fibre-cut\"");
        RefuseTrace(header + "1,fibre-cut,\n", "line 2", "give the id");
        RefuseTrace(header + "1,module-failure,q\n", "line 2", "with /tx or /rx");
        RefuseTrace(header + "1,eavesdropping,q\n", "line 2", "needs added_qber");
        RefuseTrace("at_s,type,target,position\n1,km-crash,A,0.5\n", "line 2", "has no position");
        RefuseTrace("at_s,type,target,position\n1,fibre-cut,f,2\n", "line 2", "from 0");
        RefuseTrace("at_s,type,target,repair_after_s\n1,fibre-cut,f,0\n", "line 2", "above 0 s");
        RefuseTrace("at_s,type,target,id\n1,fibre-cut,f,x\n2,fibre-cut,f,x\n", "line 3", "line 2");
        RefuseTrace("at_s,type,target,wiretap\n1,node-compromise,A,yes\n", "line 2", "true, false");
        const std::string file = CreateTempDirFilename("trace.csv");
        const std::string use = R"(, "fault_trace": ")" + file + "\"";
        Refuse(R"(, "fault_trace": "missing.csv")", "", "missing.csv: the file");
        std::ofstream(file) << header << "# a comment\n12.5,fibre-cut,f\n";
        const Scenario scenario = ReadWith(use);
        NS_TEST_ASSERT_MSG_EQ(scenario.faults.at(0).at, MilliSeconds(12500), "time");
        NS_TEST_ASSERT_MSG_EQ(scenario.faults.at(0).id, "trace-3", "id by line");
        NS_TEST_ASSERT_MSG_EQ(scenario.faults.at(0).repairAfter.has_value(), false, "no repair");
        std::ofstream(file) << header << "1,fibre-cut,h\n";
        Refuse(use, file + " line 2", "there is no fibre \"h\"");
        std::ofstream(file) << header << "100,fibre-cut,f\n";
        Refuse(use, file + " line 2", "not before the end of the run");
        std::ofstream(file) << "at_s,type,target,id\n1,fibre-cut,f,x\n";
        Refuse(use + R"(, "faults": [{"id": "x", "at_s": 1, "type": "fibre-cut", "target": "f"}])",
               file + " line 2",
               "\"x\" is the id of an earlier one");
    }

    void DoRun() override
    {
        CheckProcesses();
        CheckCrews();
        CheckTraces();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of random faults in scenario files.
 */
class QkdnRandomFaultsScenarioTestSuite : public TestSuite
{
  public:
    QkdnRandomFaultsScenarioTestSuite()
        : TestSuite("qkdn-random-faults-scenario", Type::UNIT)
    {
        AddTestCase(new FaultProcessSectionTest);
        AddTestCase(new FaultProcessErrorsTest);
    }
};

static QkdnRandomFaultsScenarioTestSuite
    g_qkdnRandomFaultsScenarioTestSuite; //!< registers the suite
