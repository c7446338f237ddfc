/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-restoration-network.h"

#include "ns3/qkdn-csv-writer.h"

#include <algorithm>
#include <sstream>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// A fault of the network that is repaired.
std::string
MakeFault(const std::string& id, double at, const std::string& type, const std::string& target)
{
    return R"({"id": ")" + id + R"(", "at_s": )" + std::to_string(at) + R"(, "type": ")" + type +
           R"(", "target": ")" + target + R"(", "repair_after_s": 6})";
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief One failure of each kind, and what the manager makes of their alarms.
 */
class CorrelationRunTest : public RestorationTest
{
  public:
    CorrelationRunTest()
        : RestorationTest("Fibre, module, risk group, node and key manager are named")
    {
    }

  private:
    void DoRun() override
    {
        Overrides changes;
        changes.push_back({"/fibres/3/risk_groups", R"(["duct"])"});
        changes.push_back({"/fibres/4/risk_groups", R"(["duct"])"});
        // longer than hellos of 1 s take to be missed three times
        changes.push_back({"/manager/correlation_window_s", "5"});
        changes.push_back({"/faults",
                           "[" + MakeFault("cut", 6, "fibre-cut", "f-AD") + "," +
                               MakeFault("module", 14, "module-failure", "AB/tx") + "," +
                               MakeFault("duct-1", 22, "fibre-cut", "f-AC") + "," +
                               MakeFault("duct-2", 22.01, "fibre-cut", "f-CD") + "," +
                               MakeFault("power", 30, "node-power", "B") + "," +
                               MakeFault("crash", 39, "km-crash", "C") + "]"});
        const ExperimentResults results = RunNetwork(changes);
        std::string causes;
        std::string faults;
        for (const CauseResult& cause : results.causes)
        {
            causes += cause.kind + " " + cause.component + " " + cause.state + ", ";
            for (const std::string& fault : cause.faults)
            {
                faults += fault + " ";
            }
            NS_TEST_EXPECT_MSG_GT(cause.alarms, 0, "it explains something");
        }
        NS_TEST_EXPECT_MSG_EQ(causes,
                              "fibre f-AD cleared, module-pair AB cleared, risk-group duct "
                              "cleared, node B cleared, key-manager C cleared, ",
                              "causes");
        NS_TEST_EXPECT_MSG_EQ(faults, "cut module duct-1 duct-2 power crash ", "named");
        NS_TEST_ASSERT_MSG_EQ(results.causes.empty(), false, "causes");
        CheckTimes(results);
        CheckTable(results);
        CheckOrders(results);
    }

    /// The first alarm comes with the fault, and the decision after the window.
    void CheckTimes(const ExperimentResults& results)
    {
        const CauseResult& first = results.causes.front();
        NS_TEST_EXPECT_MSG_GT(first.opened, Seconds(11), "window");
        NS_TEST_EXPECT_MSG_LT(first.opened, Seconds(11.2), "after the first alarm");
        NS_TEST_ASSERT_MSG_EQ(first.closed.has_value(), true, "over");
        NS_TEST_EXPECT_MSG_GT(*first.closed, Seconds(12), "after the repair");
        NS_TEST_EXPECT_MSG_EQ(first.incident.empty(), false, "incident");
    }

    /// The table has a row for each.
    void CheckTable(const ExperimentResults& results)
    {
        std::ostringstream table;
        CsvWriter().WriteCauses(results, table);
        const std::string text = table.str();
        NS_TEST_EXPECT_MSG_EQ(std::count(text.begin(), text.end(), '\n'),
                              static_cast<long>(results.causes.size()) + 1,
                              "rows");
        NS_TEST_EXPECT_MSG_EQ((text.find("\n1,fibre,f-AD,") != std::string::npos), true, text);
        NS_TEST_EXPECT_MSG_EQ((text.find(",cleared,,yes,duct-1;duct-2\n") != std::string::npos),
                              true,
                              text);
    }

    /// A repair is ordered for each.
    void CheckOrders(const ExperimentResults& results)
    {
        std::string ordered;
        for (const EventResult& event : results.eventLog)
        {
            if (event.kind == "repair-order")
            {
                ordered += event.detail.at(1).second + "/" + event.detail.at(2).second + " ";
            }
        }
        // session S has a route over AD, then over A-B-D
        NS_TEST_EXPECT_MSG_EQ(ordered, "f-AD/1 AB/0 duct/0 B/0 C/0 ", "orders and sessions");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A QKD link and a fibre have one name.
 */
class CorrelationNamesTest : public RestorationTest
{
  public:
    CorrelationNamesTest()
        : RestorationTest("A cut of a fibre is no failure of modules with its name")
    {
    }

  private:
    void DoRun() override
    {
        Overrides changes;
        changes.push_back({"/qkd_links/1/id", "f-AD"});
        changes.push_back({"/faults",
                           R"([{"id": "cut", "at_s": 6, "type": "fibre-cut", "target": "f-AD"},)" +
                               MakeFault("module", 14, "module-failure", "f-AD/tx") + "]"});
        std::string causes;
        for (const CauseResult& cause : RunNetwork(changes).causes)
        {
            causes += cause.kind + " " + cause.component + ":";
            for (const std::string& fault : cause.faults)
            {
                causes += " " + fault;
            }
            causes += ", ";
        }
        NS_TEST_EXPECT_MSG_EQ(causes, "fibre f-AD: cut, module-pair f-AD: module, ", "named");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A node fails while there is no controller.
 */
class CorrelationRestartTest : public RestorationTest
{
  public:
    CorrelationRestartTest()
        : RestorationTest("A node that failed while the controller was down is named")
    {
    }

  private:
    void DoRun() override
    {
        Overrides changes;
        changes.push_back({"/manager/correlation_window_s", "5"});
        changes.push_back({"/faults",
                           "[" + MakeFault("controller", 6, "controller-crash", "C1") + "," +
                               R"({"id": "power", "at_s": 8, "type": "node-power", "target": "B",
                                   "repair_after_s": 20}])"});
        const ExperimentResults results = RunNetwork(changes);
        std::string causes;
        for (const CauseResult& cause : results.causes)
        {
            causes += cause.kind + " " + cause.component + " " + cause.state + ", ";
        }
        NS_TEST_EXPECT_MSG_EQ(causes, "node B cleared, ", "causes");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Suite of the correlation of alarms in whole networks.
 */
class FaultCorrelationRunTestSuite : public TestSuite
{
  public:
    FaultCorrelationRunTestSuite()
        : TestSuite("qkdn-fault-correlation-run", Type::SYSTEM)
    {
        AddTestCase(new CorrelationRunTest);
        AddTestCase(new CorrelationNamesTest);
        AddTestCase(new CorrelationRestartTest);
    }
};

/// Registers the suite.
static FaultCorrelationRunTestSuite g_faultCorrelationRunTestSuite;
