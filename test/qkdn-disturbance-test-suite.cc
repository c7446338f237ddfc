/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-quantum-eye.h"
#include "qkdn-scenario-chain.h"
#include "qkdn-scenario-error-test.h"

#include "ns3/double.h"
#include "ns3/enum.h"
#include "ns3/qkdn-budget-average.h"
#include "ns3/qkdn-disturbance-fault.h"
#include "ns3/qkdn-manager.h"
#include "ns3/qkdn-scenario-builder.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/test.h"

#include <array>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// Notes the added error that one end sees.
class ErrorEye
{
  public:
    /// See light.
    void See(const ReceivedLight& light)
    {
        m_seen.emplace_back(Simulator::Now(), light.budget.addedError);
    }

    std::vector<std::pair<Time, double>> m_seen; //!< when, and the added error
};

/// A channel of two spans, 10 km and 20 km, the second one reversed, lit in both directions.
class DisturbedChannel
{
  public:
    DisturbedChannel()
        : m_channel(CreateObject<QuantumChannel>())
    {
        for (const double km : {10.0, 20.0})
        {
            m_spans.push_back(CreateObjectWithAttributes<FibreSpan>("LengthKm", DoubleValue(km)));
        }
        FibrePath path;
        path.AddSpan(m_spans[0]);
        path.AddSpan(m_spans[1], true);
        m_channel->SetPath(path);
        for (ErrorEye& eye : m_eyes)
        {
            Ptr<QuantumNetDevice> device = CreateObject<QuantumNetDevice>();
            m_channel->Attach(device);
            device->SetLightCallback(MakeCallback(&ErrorEye::See, &eye));
            m_devices.push_back(device);
        }
        for (const auto& device : m_devices)
        {
            device->Emit(LightOf(1));
        }
    }

    ~DisturbedChannel()
    {
        Simulator::Destroy();
        m_channel->Dispose();
    }

    Ptr<QuantumChannel> m_channel;                //!< the channel
    std::vector<Ptr<FibreSpan>> m_spans;          //!< its spans
    std::array<ErrorEye, 2> m_eyes;               //!< its ends
    std::vector<Ptr<QuantumNetDevice>> m_devices; //!< its devices
};

/// CHAIN with its fault replaced.
std::string
ChainWith(const std::string& fault)
{
    std::string text = CHAIN;
    const std::string old = R"({"at_s": 10, "type": "fibre-cut", "target": "f1"})";
    return text.replace(text.find(old), old.size(), fault);
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief A disturbance travels like an edge of light.
 */
class DisturbanceEdgeTest : public TestCase
{
  public:
    DisturbanceEdgeTest()
        : TestCase("Added errors arrive after the rest of the way, at both ends")
    {
    }

  private:
    void DoRun() override
    {
        DisturbedChannel c;
        // in the second span, 5 km from its end A, which is at the far end of the path
        Simulator::Schedule(Seconds(1), [&c] { c.m_spans[1]->Disturb("eve", 0.1, 0.25); });
        Simulator::Schedule(Seconds(2), [&c] { c.m_channel->Disturb("drift", 0.3); });
        Simulator::Schedule(Seconds(3), [&c] { c.m_spans[0]->Disturb("other", 0.25, 0.0); });
        Simulator::Schedule(Seconds(4), [&c] { c.m_spans[1]->Disturb("eve", 0.0, 0.25); });
        Simulator::Schedule(Seconds(5), [&c] { c.m_channel->Disturb("drift", 0.0); });
        Simulator::Stop(Seconds(6));
        Simulator::Run();
        const Time near = MicroSeconds(49) + NanoSeconds(73500); // 10 km + 15 km to the first end
        const Time far = NanoSeconds(24500);                     // 5 km to the second end
        const Time whole = MicroSeconds(147);                    // 30 km
        const std::vector<std::pair<Time, double>> second = {{whole, 0.0},
                                                             {Seconds(1) + far, 0.1},
                                                             {Seconds(2) + whole, 0.4},
                                                             {Seconds(3) + whole, 0.5},
                                                             {Seconds(5) + whole, 0.25}};
        Check(c.m_eyes[1], second, "second end");
        const std::vector<std::pair<Time, double>> first = {{whole, 0.0},
                                                            {Seconds(1) + near, 0.1},
                                                            {Seconds(2), 0.4},
                                                            {Seconds(3), 0.5},
                                                            {Seconds(5), 0.25}};
        Check(c.m_eyes[0], first, "first end");
        NS_TEST_ASSERT_MSG_EQ(c.m_channel->GetBudget().addedError, 0.25, "what is there now");
    }

    /// Compare what an end saw; 0.55 is cut to 0.5 and is still 0.5 when 0.1 of it is gone.
    void Check(const ErrorEye& eye,
               const std::vector<std::pair<Time, double>>& expected,
               const std::string& end)
    {
        NS_TEST_ASSERT_MSG_EQ(eye.m_seen.size(), expected.size(), end);
        for (std::size_t i = 0; i < expected.size(); ++i)
        {
            NS_TEST_EXPECT_MSG_EQ(eye.m_seen[i].first, expected[i].first, end << " edge " << i);
            NS_TEST_EXPECT_MSG_EQ_TOL(eye.m_seen[i].second,
                                      expected[i].second,
                                      1e-12,
                                      end << " edge " << i);
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Averages over the time of a block.
 */
class BudgetAverageTest : public TestCase
{
  public:
    BudgetAverageTest()
        : TestCase("A block went through the average of what changed while it was filled")
    {
    }

  private:
    void DoRun() override
    {
        QuantumLinkBudget quiet;
        quiet.lossDb = 10.0;
        quiet.addedError = 0.01;
        quiet.noisePhotonRatePerNmHz = 1e6;
        QuantumLinkBudget loud = quiet;
        loud.addedError = 0.21;
        loud.noisePhotonRatePerNmHz = 3e6;
        BudgetAverage average;
        average.Begin(Seconds(10), quiet);
        NS_TEST_EXPECT_MSG_EQ(average.HasChanged(), false, "no change");
        NS_TEST_EXPECT_MSG_EQ(average.Get(Seconds(13)).addedError, 0.01, "exactly");
        average.Change(Seconds(13), loud);
        NS_TEST_EXPECT_MSG_EQ_TOL(average.Get(Seconds(14)).addedError, 0.06, 1e-12, "3 to 1");
        NS_TEST_EXPECT_MSG_EQ_TOL(average.Get(Seconds(14)).noisePhotonRatePerNmHz,
                                  1.5e6,
                                  1e-3,
                                  "3 to 1");
        average.Begin(Seconds(14));
        NS_TEST_EXPECT_MSG_EQ(average.Get(Seconds(15)).addedError, 0.21, "the next block");
        NS_TEST_EXPECT_MSG_EQ(average.GetNewest().lossDb, 10.0, "the rest");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A drift fault follows its curve.
 */
class DriftFaultTest : public TestCase
{
  public:
    DriftFaultTest()
        : TestCase("A drift follows its curve in steps or straight lines, until it is repaired")
    {
    }

  private:
    /// The added errors at some times, with a fault at 1 s that is repaired at 6 s.
    std::vector<double> Follow(QberDriftFault::Interpolation interpolation)
    {
        DisturbedChannel c;
        QberCurve curve;
        curve.Add(Seconds(1), 0.10);
        curve.Add(Seconds(2), 0.20);
        curve.Add(Seconds(4), 0.20);
        Ptr<QberDriftFault> fault = CreateObject<QberDriftFault>();
        fault->SetNames("drift", "f");
        fault->SetAttribute("Interpolation", EnumValue(interpolation));
        fault->SetCurve(curve);
        fault->SetSpan(c.m_spans[0], 0.5);
        NS_TEST_EXPECT_MSG_EQ(fault->GetKind(), "qber-drift", "kind");
        Simulator::Schedule(Seconds(1), &QberDriftFault::Strike, fault);
        Simulator::Schedule(Seconds(6), &QberDriftFault::Repair, fault);
        std::vector<double> seen;
        for (const double at : {0.5, 1.5, 2.05, 2.55, 3.5, 5.9, 6.5})
        {
            Simulator::Stop(Seconds(at) - Simulator::Now());
            Simulator::Run();
            seen.push_back(c.m_channel->GetBudget().addedError);
        }
        m_edges = c.m_eyes[1].m_seen.size();
        fault->Dispose();
        return seen;
    }

    std::size_t m_edges{0}; //!< changes that the second end saw

    void DoRun() override
    {
        const std::vector<double> step = Follow(QberDriftFault::STEP);
        const std::vector<double> steps{0.0, 0.0, 0.1, 0.1, 0.2, 0.2, 0.0};
        const std::size_t stepEdges = m_edges;
        const std::vector<double> linear = Follow(QberDriftFault::LINEAR);
        const std::vector<double> lines{0.0, 0.0, 0.1, 0.15, 0.2, 0.2, 0.0};
        for (std::size_t i = 0; i < steps.size(); ++i)
        {
            NS_TEST_EXPECT_MSG_EQ_TOL(step[i], steps[i], 1e-12, "step " << i);
            NS_TEST_EXPECT_MSG_EQ_TOL(linear[i], lines[i], 1e-9, "linear " << i);
        }
        NS_TEST_EXPECT_MSG_EQ(stepEdges, 4, "light, 10 %, 20 %, none");
        NS_TEST_EXPECT_MSG_EQ(m_edges, 13, "light, 10 % and ten steps to 20 %, none");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief An eavesdropper in a whole scenario: who is told what.
 */
class EavesdroppingScenarioTest : public TestCase
{
  public:
    EavesdroppingScenarioTest()
        : TestCase("An eavesdropper raises alarms at controller and manager, and they end after it")
    {
    }

  private:
    std::vector<std::string> m_raised; //!< alarms of the controller

    /// An alarm of the controller.
    void Raised(const McAlarm& alarm, IncidentId incident)
    {
        m_raised.push_back(std::to_string(alarm.km.value) + " " + LinkCauseName(alarm.alarm.cause));
        NS_TEST_EXPECT_MSG_EQ(incident.IsValid(), true, "the incident is known");
    }

    void DoRun() override
    {
        std::string text = ChainWith(R"({"at_s": 40.1, "type": "eavesdropping", "target": "f1",
                                         "added_qber": 0.1, "repair_after_s": 20})");
        const std::string state = "\"qkd_links\": [{\"id\": \"l1\",";
        text.replace(text.find(state), state.size(), state + "\"initial_state\": \"running\",");
        const Scenario scenario = ScenarioReader::ReadString(text, "chain");
        const ScenarioBuilder builder(scenario, "chain");
        builder.GetController("C1")->TraceConnectWithoutContext(
            "Alarm",
            MakeCallback(&EavesdroppingScenarioTest::Raised, this));
        Simulator::Stop(Seconds(100));
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(m_raised.size(), 4, "raised and cleared at both ends");
        std::vector<LoggedAlarm> raised;
        for (const LoggedAlarm& entry : builder.GetManager()->GetOperationsLog().GetAlarms())
        {
            NS_TEST_EXPECT_MSG_EQ(entry.alarm.link, LinkId(1), "the link");
            if (entry.alarm.alarm.cause == CAUSE_QBER_ABORT)
            {
                raised.push_back(entry);
                NS_TEST_EXPECT_MSG_GT(entry.alarm.alarm.qber.value_or(0.0), 0.11, "estimate");
                NS_TEST_EXPECT_MSG_EQ(entry.alarm.status, LINK_PASSIVE, "status");
                NS_TEST_EXPECT_MSG_GT(entry.entered, Seconds(40), "not by magic");
                NS_TEST_EXPECT_MSG_LT(entry.entered, Seconds(42), "soon");
            }
            else
            {
                NS_TEST_EXPECT_MSG_EQ(entry.alarm.alarm.cause, CAUSE_NONE, "cleared");
                NS_TEST_EXPECT_MSG_GT(entry.entered, Seconds(60), "after it ends");
            }
        }
        NS_TEST_EXPECT_MSG_EQ(raised.size(), 2, "both ends");
        NS_TEST_EXPECT_MSG_EQ(builder.GetManager()->GetOperationsLog().GetAlarms().size(),
                              4,
                              "raised and cleared");
        NS_TEST_EXPECT_MSG_EQ(builder.GetQkdLink("l1").receiver->GetState(),
                              QkdModule::RUNNING,
                              "it came back");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Curves that cannot be read.
 */
class DriftScenarioTest : public TestCase
{
  public:
    DriftScenarioTest()
        : TestCase("The curve of a drift is read from beside the scenario file; errors name it")
    {
    }

  private:
    void DoRun() override
    {
        const std::string fault =
            R"({"at_s": 10, "type": "qber-drift", "target": "l1", "curve_file": "drift.csv"})";
        const std::string file = CreateTempDirFilename("scenario.json");
        const Scenario scenario = ScenarioReader::ReadString(ChainWith(fault), file);
        std::string what;
        std::string place;
        try
        {
            const ScenarioBuilder builder(scenario, file);
        }
        catch (const ScenarioError& error)
        {
            what = error.what();
            place = error.GetPlace();
        }
        Simulator::Destroy();
        NS_TEST_EXPECT_MSG_EQ(place, "/faults/0/curve_file", what);
        NS_TEST_EXPECT_MSG_NE(what.find("cannot be read"), std::string::npos, what);
        std::ofstream(CreateTempDirFilename("drift.csv")) << "time_s,added_qber\n0,0.2\n";
        const ScenarioBuilder builder(scenario, file);
        Simulator::Stop(Seconds(11));
        Simulator::Run();
        NS_TEST_EXPECT_MSG_EQ(builder.GetQkdLink("l1").channel->GetBudget().addedError,
                              0.2,
                              "it drifts");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What the scenario reader refuses.
 */
class DisturbanceErrorTest : public ScenarioErrorTest
{
  public:
    DisturbanceErrorTest()
        : ScenarioErrorTest("Bad disturbances, thresholds and powers are refused with place and "
                            "mend")
    {
    }

  private:
    /// Refuse CHAIN with another fault.
    void Refuse(const std::string& fault, const std::string& key, const std::string& words)
    {
        Expect(ChainWith(fault), {}, "/faults/0/" + key, words);
    }

    /// Refuse CHAIN with a further key of its first QKD link or fibre.
    void RefuseKey(const std::string& object,
                   const std::string& keys,
                   const std::string& place,
                   const std::string& words)
    {
        std::string text = CHAIN;
        const std::string begin = "{\"id\": \"" + object + "\",";
        text.replace(text.find(begin), begin.size(), begin + keys + ",");
        Expect(text, {}, place, words);
    }

    void DoRun() override
    {
        Refuse(R"({"at_s": 1, "type": "eavesdropping", "target": "l1"})", "added_qber", "missing");
        Refuse(R"({"at_s": 1, "type": "eavesdropping", "target": "l1", "added_qber": 0})",
               "added_qber",
               "give a ratio above 0 and up to 0.5");
        Refuse(R"({"at_s": 1, "type": "eavesdropping", "target": "A", "added_qber": 0.1})",
               "target",
               "there is no QKD link or fibre \"A\"");
        Refuse(R"({"at_s": 1, "type": "fibre-cut", "target": "f1", "added_qber": 0.1})",
               "added_qber",
               "only eavesdropping has it; remove it");
        Refuse(R"({"at_s": 1, "type": "qber-drift", "target": "l1"})", "curve_file", "missing");
        Refuse(R"({"at_s": 1, "type": "eavesdropping", "target": "l1", "added_qber": 0.1,
                   "curve": "step"})",
               "curve",
               "only a qber-drift has it; remove it");
        Refuse(R"({"at_s": 1, "type": "eavesdropping", "target": "l1", "added_qber": 0.1,
                   "curve_file": "x.csv"})",
               "curve_file",
               "only a qber-drift has it; remove it");
        std::string ideal =
            ChainWith(R"({"at_s": 1, "type": "eavesdropping", "target": "l1", "added_qber": 0.1})");
        const std::string duration = "\"duration_s\": 100";
        ideal.replace(ideal.find(duration),
                      duration.size(),
                      duration + ", \"distillation\": \"ideal\"");
        Expect(ideal, {}, "/faults/0/type", "set /simulation/distillation to \"per-block\"");
        RefuseKey("l1", R"("qber_warning": 0.12)", "/qkd_links/0/qber_warning", "qber_abort");
        RefuseKey("l1",
                  R"("qber_warning_clear": 0.09)",
                  "/qkd_links/0/qber_warning_clear",
                  "is above qber_warning");
        RefuseKey("l1", R"("qber_clear": 0.12)", "/qkd_links/0/qber_clear", "is above qber_abort");
        RefuseKey("l1", R"("timing": "tepid")", "/qkd_links/0/timing", "is not known");
        RefuseKey("f1",
                  R"("classical_power_dbm": 0, "classical_power_b_to_a_dbm": -3)",
                  "/fibres/0/classical_power_b_to_a_dbm",
                  "remove one");
        RefuseKey("f1",
                  R"("classical_power_dbm": 41)",
                  "/fibres/0/classical_power_dbm",
                  "is too large");
        const Scenario scenario = ScenarioReader::ReadString(CHAIN, "chain");
        NS_TEST_EXPECT_MSG_EQ(scenario.qkdLinks[0].qberClear, 0.08, "default");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Disturbances of quantum signals: eavesdroppers and drift.
 */
class QkdnDisturbanceTestSuite : public TestSuite
{
  public:
    QkdnDisturbanceTestSuite()
        : TestSuite("qkdn-disturbance", Type::UNIT)
    {
        AddTestCase(new DisturbanceEdgeTest);
        AddTestCase(new BudgetAverageTest);
        AddTestCase(new DriftFaultTest);
        AddTestCase(new EavesdroppingScenarioTest);
        AddTestCase(new DriftScenarioTest);
        AddTestCase(new DisturbanceErrorTest);
    }
};

static QkdnDisturbanceTestSuite g_qkdnDisturbanceTestSuite; //!< registers the suite
