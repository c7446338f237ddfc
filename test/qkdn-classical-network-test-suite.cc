/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-field-scenario.h"

#include "ns3/qkdn-scenario-builder.h"
#include "ns3/simulator.h"
#include "ns3/test.h"

#include <cmath>
#include <fstream>
#include <string>

using namespace ns3;
using namespace ns3::qkdn;

/**
 * @ingroup qkdn-resilience-tests
 * @brief Where classical links run.
 */
class ClassicalNetworkTest : public TestCase
{
  public:
    ClassicalNetworkTest()
        : TestCase("Classical links run in the same fibres, in their own, or out of band")
    {
    }

  private:
    /// Whether key is made on the cut link's neighbours, and sessions are told, during two cuts.
    ExperimentResults Run(const std::string& network)
    {
        const ExperimentResults results =
            RunField(Square(R"("classical": {"network": ")" + network + R"("}, "faults": [
                {"at_s": 20, "type": "fibre-cut", "target": "DA", "repair_after_s": 30},
                {"at_s": 20, "type": "fibre-cut", "target": "AC", "repair_after_s": 30},
                {"at_s": 20, "type": "classical-link-failure", "target": ")" +
                            std::string(network == "own-fibres" ? "AB-classical" : "AB") +
                            R"(", "repair_after_s": 30}])"));
        NS_TEST_EXPECT_MSG_EQ(results.conservation.IsSound(), true, "keys");
        return results;
    }

    void DoRun() override
    {
        // A is cut off from the classical network, though QKD link ab has light
        const ExperimentResults same = Run("same-fibres");
        NS_TEST_EXPECT_MSG_GT(same.sessions.at(0).longestOutage, Seconds(20), "cut off");
        const ExperimentResults own = Run("own-fibres");
        NS_TEST_EXPECT_MSG_EQ(own.sessions.at(0).supplied,
                              own.sessions.at(0).requested,
                              "the classical fibres DA and AC are whole");
        NS_TEST_EXPECT_MSG_NE(ErrorOf(Square(R"("classical": {"network": "own-fibres"}, "faults": [
            {"at_s": 20, "type": "classical-link-failure", "target": "AB"}])"))
                                  .find("no classical link runs in fibre \"AB\""),
                              std::string::npos,
                              "it runs in AB-classical");

        const Scenario ownFibres =
            ScenarioReader::ReadString(Square(R"("classical": {"network": "own-fibres"}, "faults": [
                {"at_s": 20, "type": "risk-group-cut", "target": "duct"}])"),
                                       "field");
        NS_TEST_ASSERT_MSG_EQ(ownFibres.fibres.size(), 12, "two each");
        {
            ScenarioBuilder builder(ownFibres, "field");
            Simulator::Stop(Seconds(30));
            Simulator::Run();
            NS_TEST_EXPECT_MSG_EQ(builder.GetFibre("AB-classical")->IsCut(), true, "same duct");
            NS_TEST_EXPECT_MSG_EQ(builder.GetClassicalLink("AB-classical")->IsUp(), false, "down");
            NS_TEST_EXPECT_MSG_EQ(builder.GetFibre("AC-classical")->IsCut(), false, "another");
        }
        Simulator::Destroy();

        const ExperimentResults band =
            RunField(Square(R"("classical": {"network": "out-of-band", "out_of_band_delay_s": 0.02},
                "faults": [
                {"at_s": 20, "type": "fibre-cut", "target": "AB", "repair_after_s": 30},
                {"at_s": 21, "type": "fibre-cut", "target": "AC", "repair_after_s": 30},
                {"at_s": 40, "type": "fibre-cut", "target": "CM", "repair_after_s": 10}])"));
        NS_TEST_EXPECT_MSG_EQ(band.conservation.IsSound(), true, "keys");
        const RecoveryResult& recovery = band.recoveries.at(0);
        NS_TEST_EXPECT_MSG_EQ(recovery.outcome, RECOVERY_RECOVERED, "over D");
        // from the KM to the controller, and no cut is in the way
        NS_TEST_EXPECT_MSG_EQ_TOL(
            (*recovery.markers.notified - *recovery.markers.detected).GetSeconds(),
            0.02,
            0.001,
            "one way");
        NS_TEST_EXPECT_MSG_EQ(band.sessions.at(0).supplied,
                              band.sessions.at(0).requested,
                              "no key is lost");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Long rows of a topology.
 */
class SpanTest : public TestCase
{
  public:
    SpanTest()
        : TestCase("germany50 becomes spans of at most 80 km")
    {
    }

  private:
    void DoRun() override
    {
        const std::string topologies = std::string(QKDN_SOURCE_DIR) + "/examples/topologies/";
        const Scenario scenario = ScenarioReader::ReadString(
            R"({"name": "g", "simulation": {"duration_s": 1}, "topology_file": ")" + topologies +
                R"(sndlib-germany50.csv", "topology_defaults": {"max_span_km": 80,
                "protocol": {"type": "measured", "rate_bps": 1000}}})",
            "field");
        std::ifstream file(topologies + "sndlib-germany50.csv");
        std::size_t spans = 0;
        std::size_t rows = 0;
        double lengthKm = 0.0;
        for (std::string line; std::getline(file, line);)
        {
            const auto comma = line.rfind(',');
            if (line.front() != '#' && line.rfind("a,b,", 0) != 0)
            {
                const double km = std::stod(line.substr(comma + 1));
                spans += static_cast<std::size_t>(std::ceil(km / 80.0));
                lengthKm += km;
                ++rows;
            }
        }
        NS_TEST_EXPECT_MSG_EQ(rows, 88, "rows");
        NS_TEST_EXPECT_MSG_EQ(scenario.fibres.size(), spans, "fibres");
        NS_TEST_EXPECT_MSG_EQ(scenario.qkdLinks.size(), spans, "QKD links");
        NS_TEST_EXPECT_MSG_EQ(scenario.nodes.size(), 50 + spans - rows, "trusted nodes between");
        double sumKm = 0.0;
        for (const ScenarioFibre& fibre : scenario.fibres)
        {
            NS_TEST_EXPECT_MSG_LT_OR_EQ(fibre.lengthKm, 80.0, fibre.id);
            sumKm += fibre.lengthKm;
        }
        NS_TEST_EXPECT_MSG_EQ_TOL(sumKm, lengthKm, 1e-6, "nothing is lost");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of the ways in which classical links run.
 */
class QkdnClassicalNetworkTestSuite : public TestSuite
{
  public:
    QkdnClassicalNetworkTestSuite()
        : TestSuite("qkdn-classical-network", Type::SYSTEM)
    {
        AddTestCase(new ClassicalNetworkTest);
        AddTestCase(new SpanTest);
    }
};

static QkdnClassicalNetworkTestSuite g_qkdnClassicalNetworkTestSuite; //!< registers the suite
