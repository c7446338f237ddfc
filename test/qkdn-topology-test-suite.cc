/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-scenario-error.h"
#include "ns3/qkdn-topology-graph.h"
#include "ns3/qkdn-topology-reader.h"
#include "ns3/test.h"

#include <sstream>
#include <string>
#include <tuple>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// Where the topologies are.
const std::string TOPOLOGIES = std::string(QKDN_SOURCE_DIR) + "/examples/topologies/";

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief The topologies that come along: nodes, links, mean lengths.
 */
class TopologyFilesTest : public TestCase
{
  public:
    TopologyFilesTest()
        : TestCase("topology files")
    {
    }

  private:
    void DoRun() override
    {
        // nodes, links and mean length as SNDlib and the other sources have them
        const std::vector<std::tuple<std::string, std::size_t, std::size_t, double>> files = {
            {"beijing-shanghai", 32, 135, 65.55},
            {"czqci", 6, 5, 94.0},
            {"hefei46", 46, 46, 10.0},
            {"nsfnet", 14, 22, 968.2},
            {"secoqc2008", 6, 8, 25.7},
            {"sndlib-cost266", 37, 57, 438.2},
            {"sndlib-geant", 22, 36, 1054.1},
            {"sndlib-germany50", 50, 88, 100.7},
            {"sndlib-janos-us", 26, 42, 600.8},
            {"sndlib-nobel-eu", 28, 41, 416.1},
            {"sndlib-nobel-germany", 17, 26, 143.4},
            {"sndlib-nobel-us", 14, 21, 1087.5},
            {"sndlib-polska", 12, 18, 188.1},
            {"swissquantum", 3, 3, 11.7},
            {"tokyo2011", 6, 6, 36.3}};
        for (const auto& [name, nodes, links, meanKm] : files)
        {
            const Topology topology = ReadTopologyFile(TOPOLOGIES + name + ".csv");
            NS_TEST_EXPECT_MSG_EQ(topology.nodes.size(), nodes, name << ": nodes");
            NS_TEST_EXPECT_MSG_EQ(topology.links.size(), links, name << ": links");
            double sum = 0.0;
            for (const TopologyLink& link : topology.links)
            {
                sum += link.lengthKm;
            }
            NS_TEST_EXPECT_MSG_EQ_TOL(sum / static_cast<double>(links), meanKm, 0.051, name);
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Columns in any order, parallel links, and what cannot be read.
 */
class TopologyReaderTest : public TestCase
{
  public:
    TopologyReaderTest()
        : TestCase("topology reader")
    {
    }

  private:
    static Topology Read(const std::string& text)
    {
        std::istringstream in(text);
        return ReadTopology(in, "t.csv");
    }

    void DoRun() override
    {
        const Topology topology = Read("# source\n"
                                       "risk_groups,b,a,length_km,system,skr_bps\n"
                                       "bridge;duct 7, Y ,X,61.63,BB84,1000.9\n"
                                       "\n"
                                       "bridge;mast,X,Y,70,BB84,500\n"
                                       ",Z,Y,5,BB84,\n");
        NS_TEST_ASSERT_MSG_EQ(topology.links.size(), 3, "three links");
        NS_TEST_EXPECT_MSG_EQ(topology.nodes.size(), 3, "three nodes");
        NS_TEST_EXPECT_MSG_EQ(topology.nodes[0], "X", "as links name them");
        const TopologyLink& link = topology.links[0];
        NS_TEST_EXPECT_MSG_EQ(link.b, "Y", "without blanks");
        NS_TEST_EXPECT_MSG_EQ(link.riskGroups.count("duct 7"), 1, "the second of two groups");
        NS_TEST_EXPECT_MSG_EQ(link.lossDb.has_value(), false, "no such column");
        NS_TEST_EXPECT_MSG_EQ_TOL(*link.keyRateBps, 1000.9, 1e-9, "rate");
        NS_TEST_EXPECT_MSG_EQ(topology.links[2].keyRateBps.has_value(), false, "left empty");
        NS_TEST_EXPECT_MSG_EQ(topology.links[2].line, 6, "its line");

        const TopologyGraph graph(topology, ROUTE_COST_LENGTH);
        const KmHop hop(graph.GetKm("Y", "--to"), graph.GetKm("X", "--from"));
        NS_TEST_EXPECT_MSG_EQ(graph.GetKeyRateBps(hop), 1500, "both links");
        NS_TEST_EXPECT_MSG_EQ(graph.GetGraph().GetCost({hop.low, hop.high}),
                              61630000,
                              "the shorter one");
        NS_TEST_EXPECT_MSG_EQ(graph.GetGraph().GetRiskGroups(hop).size(), 3, "of both");
        NS_TEST_EXPECT_MSG_EQ(graph.GetNames({hop.high, hop.low})[0], "Y", "names");
        for (const std::string& text : {std::string(),
                                        std::string("a,b,length_km\n"),
                                        std::string("a,b\nX,Y\n"),
                                        std::string("a,b,length_km\nX\n"),
                                        std::string("a,b,length_km\nX,Y,1,2\n"),
                                        std::string("a,b,length_km\nX,Y,far\n"),
                                        std::string("a,b,length_km\nX,Y,nan\n"),
                                        std::string("a,b,length_km\n,Y,1\n"),
                                        std::string("a,b,length_km,lossdb\nX,Y,1,2\n"),
                                        std::string("a,b,length_km,skr_bps\nX,Y,1,-2\n")})
        {
            bool refused = false;
            try
            {
                Read(text);
            }
            catch (const ScenarioError&)
            {
                refused = true;
            }
            NS_TEST_EXPECT_MSG_EQ(refused, true, text);
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Topology files.
 */
class QkdnTopologyTestSuite : public TestSuite
{
  public:
    QkdnTopologyTestSuite()
        : TestSuite("qkdn-topology", Type::UNIT)
    {
        AddTestCase(new TopologyFilesTest);
        AddTestCase(new TopologyReaderTest);
    }
};

static QkdnTopologyTestSuite g_qkdnTopologyTestSuite;
