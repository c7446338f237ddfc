/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "qkdn-scenario-error-test.h"

#include "ns3/qkdn-scenario-reader.h"
#include "ns3/qkdn-scenario-runner.h"
#include "ns3/test.h"

#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// A scenario that is all in its topology file.
const std::string BARE = R"({"name": "t", "simulation": {"duration_s": 10},
  "topology_file": "t.csv"})";

/// Find an element by its id; the test fails by an exception if there is none.
template <typename T>
const T&
FindElement(const std::vector<T>& list, const std::string& id)
{
    for (const T& element : list)
    {
        if (element.id == id)
        {
            return element;
        }
    }
    throw std::out_of_range(id);
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Base of tests with a topology file beside the scenario.
 */
class ScenarioTopologyTest : public ScenarioErrorTest
{
  protected:
    using ScenarioErrorTest::ScenarioErrorTest;

    /**
     * @brief Write the topology file.
     * @param text what is in it
     */
    void Write(const std::string& text)
    {
        m_topology = CreateTempDirFilename("t.csv");
        m_source = CreateTempDirFilename("s.json");
        std::ofstream(m_topology) << text;
    }

    /**
     * @brief Read a scenario beside the topology file.
     * @param text the scenario
     * @param overrides changes
     * @return the scenario
     */
    Scenario Read(const std::string& text,
                  const std::vector<ScenarioOverride>& overrides = {}) const
    {
        return ScenarioReader::ReadString(text, m_source, overrides);
    }

    /**
     * @brief Read a scenario that is wrong.
     * @param overrides changes of BARE
     * @param source the file that the error names
     * @param place the place that it names
     * @param words a part of the message
     */
    void Refuse(const std::vector<ScenarioOverride>& overrides,
                const std::string& source,
                const std::string& place,
                const std::string& words)
    {
        try
        {
            Read(BARE, overrides);
        }
        catch (const ScenarioError& error)
        {
            CheckError(error, source, place, words);
            return;
        }
        NS_TEST_EXPECT_MSG_EQ(true, false, "accepted: " << words);
    }

    std::string m_topology; //!< path of the topology file
    std::string m_source;   //!< path of the scenario
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What rows become.
 */
class ScenarioTopologyRowsTest : public ScenarioTopologyTest
{
  public:
    ScenarioTopologyRowsTest()
        : ScenarioTopologyTest("Rows become nodes, fibres and QKD links")
    {
    }

  private:
    void DoRun() override
    {
        Write("a,b,length_km,loss_db,skr_bps,risk_groups\n"
              "X,Y,50,12.5,,bridge;duct\n"
              "X,Y,60,,2000,\n"
              "Y,X,70,,,\n"
              "Y,Z,80,20,300,\n");
        const Scenario s =
            Read(BARE,
                 {{"/topology_defaults",
                   R"({"attenuation_db_per_km": 0.3, "extra_loss_db": 1, "initial_pool_bit": 4096,
                       "timing": "cold", "protocol": {"type": "cv-qkd"}})"}});
        NS_TEST_ASSERT_MSG_EQ(s.nodes.size(), 3, "nodes");
        NS_TEST_EXPECT_MSG_EQ(s.nodes[2].id, "Z", "in the order of the file");
        NS_TEST_ASSERT_MSG_EQ(s.fibres.size(), 4, "fibres");
        const ScenarioFibre& first = FindElement(s.fibres, "X-Y");
        NS_TEST_EXPECT_MSG_EQ(first.a + first.b, "XY", "ends");
        NS_TEST_EXPECT_MSG_EQ_TOL(first.attenuationDbPerKm, 0.25, 1e-12, "loss over length");
        NS_TEST_EXPECT_MSG_EQ(first.extraLossDb, 0.0, "the loss is all of it");
        NS_TEST_ASSERT_MSG_EQ(first.riskGroups.size(), 2, "groups");
        NS_TEST_EXPECT_MSG_EQ(first.riskGroups[1], "duct", "second group");
        const ScenarioFibre& second = FindElement(s.fibres, "X-Y-2");
        NS_TEST_EXPECT_MSG_EQ(second.attenuationDbPerKm, 0.3, "default");
        NS_TEST_EXPECT_MSG_EQ(second.extraLossDb, 1.0, "default");
        NS_TEST_EXPECT_MSG_EQ(FindElement(s.fibres, "Y-X").lengthKm, 70.0, "the other way round");

        const ScenarioQkdLink& link = FindElement(s.qkdLinks, "X-Y-qkd");
        NS_TEST_EXPECT_MSG_EQ(link.tx + link.rx, "XY", "a transmits");
        NS_TEST_EXPECT_MSG_EQ(link.txBoundary + link.rxBoundary, "XY", "boundaries");
        NS_TEST_ASSERT_MSG_EQ(link.fibres.size(), 1, "one fibre");
        NS_TEST_EXPECT_MSG_EQ(link.fibres[0], "X-Y", "that of the row");
        NS_TEST_EXPECT_MSG_EQ((link.protocol.type == ScenarioProtocolType::CV_QKD), true, "rate");
        NS_TEST_EXPECT_MSG_EQ(link.initialPoolBit, 4096, "pool");
        NS_TEST_EXPECT_MSG_EQ(link.resync, Seconds(300), "timing");
        const ScenarioProtocol& measured = FindElement(s.qkdLinks, "X-Y-2-qkd").protocol;
        NS_TEST_EXPECT_MSG_EQ((measured.type == ScenarioProtocolType::MEASURED), true, "skr_bps");
        NS_TEST_EXPECT_MSG_EQ(measured.rateBps, 2000.0, "skr_bps");
        NS_TEST_EXPECT_MSG_EQ(measured.blockKeyBit, 1024, "nothing said about blocks");

        const Scenario blocks =
            Read(BARE,
                 {{"/topology_defaults",
                   R"({"protocol": {"type": "measured", "rate_bps": 7, "block_key_bit": 512}})"}});
        const ScenarioProtocol& block = FindElement(blocks.qkdLinks, "Y-Z-qkd").protocol;
        NS_TEST_EXPECT_MSG_EQ(block.rateBps, 300.0, "the row's rate");
        NS_TEST_EXPECT_MSG_EQ(block.blockKeyBit, 512, "the default's blocks");
        NS_TEST_EXPECT_MSG_EQ(FindElement(blocks.qkdLinks, "Y-X-qkd").protocol.rateBps,
                              7.0,
                              "none");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Long rows and trusted nodes.
 */
class ScenarioTopologySpansTest : public ScenarioTopologyTest
{
  public:
    ScenarioTopologySpansTest()
        : ScenarioTopologyTest("Long rows are cut into equal spans with trusted nodes")
    {
    }

  private:
    void DoRun() override
    {
        Write("a,b,length_km,loss_db,skr_bps,risk_groups\n"
              "X,Y,200,50,,river\n"
              "Y,Z,160,,,\n"
              "X,Z,500,,10,\n");
        const Scenario s = Read(
            BARE,
            {{"/topology_defaults", R"({"max_span_km": 80, "protocol": {"type": "decoy-bb84"}})"}});
        // 200 km are three spans, 160 km two; a link with a measured rate is not cut
        NS_TEST_EXPECT_MSG_EQ(s.nodes.size(), 3 + 2 + 1, "nodes");
        NS_TEST_ASSERT_MSG_EQ(s.fibres.size(), 3 + 2 + 1, "fibres");
        NS_TEST_ASSERT_MSG_EQ(s.qkdLinks.size(), 3 + 2 + 1, "QKD links");
        std::string at = "X";
        for (const std::string& id :
             {std::string("X-Y.1"), std::string("X-Y.2"), std::string("X-Y.3")})
        {
            const ScenarioFibre& fibre = FindElement(s.fibres, id);
            NS_TEST_EXPECT_MSG_EQ(fibre.a, at, id << " begins where the last one ends");
            NS_TEST_EXPECT_MSG_EQ_TOL(fibre.lengthKm, 200.0 / 3, 1e-9, id);
            NS_TEST_EXPECT_MSG_EQ_TOL(fibre.attenuationDbPerKm, 0.25, 1e-12, id);
            NS_TEST_EXPECT_MSG_EQ(fibre.riskGroups.at(0), "river", id);
            const ScenarioQkdLink& link = FindElement(s.qkdLinks, id + "-qkd");
            NS_TEST_EXPECT_MSG_EQ(link.tx + link.rx, fibre.a + fibre.b, id);
            at = fibre.b;
        }
        NS_TEST_EXPECT_MSG_EQ(at, "Y", "the last span leads there");
        NS_TEST_EXPECT_MSG_EQ(FindElement(s.fibres, "Y-Z.2").lengthKm, 80.0, "exactly two");
        NS_TEST_EXPECT_MSG_EQ(FindElement(s.fibres, "X-Z").lengthKm, 500.0, "measured");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The scenario's own lists go first.
 */
class ScenarioTopologyOwnTest : public ScenarioTopologyTest
{
  public:
    ScenarioTopologyOwnTest()
        : ScenarioTopologyTest(
              "The scenario's own objects are added or stand in place of the file's")
    {
    }

  private:
    void DoRun() override
    {
        Write("a,b,length_km,skr_bps\nX,Y,50,100\nY,Z,50,100\n");
        const Scenario s =
            Read(BARE,
                 {{"/nodes", R"([{"id": "Y", "x_km": 7}, {"id": "W"}])"},
                  {"/topology_defaults", R"({"classical": false})"},
                  {"/fibres", R"([{"id": "X-Y", "a": "X", "b": "Y", "length_km": 9},
                             {"id": "packets", "a": "Y", "b": "Z", "length_km": 60},
                             {"id": "way", "a": "X", "b": "W", "length_km": 1}])"},
                  {"/qkd_links", R"([{"id": "Y-Z-qkd", "tx": "Z", "rx": "Y", "fibres": ["Y-Z"],
                                 "protocol": {"type": "measured", "rate_bps": 5}}])"},
                  {"/faults", R"([{"at_s": 1, "type": "fibre-cut", "target": "Y-Z"}])"}});
        NS_TEST_ASSERT_MSG_EQ(s.nodes.size(), 4, "Y is one node");
        NS_TEST_EXPECT_MSG_EQ(FindElement(s.nodes, "Y").xKm, 7.0, "the scenario's");
        NS_TEST_EXPECT_MSG_EQ(s.fibres.size(), 4, "X-Y is one fibre");
        NS_TEST_EXPECT_MSG_EQ(FindElement(s.fibres, "X-Y").classical, true, "the scenario's");
        NS_TEST_EXPECT_MSG_EQ(FindElement(s.fibres, "Y-Z").classical, false, "the file's");
        NS_TEST_EXPECT_MSG_EQ(FindElement(s.fibres, "X-Y").lengthKm, 9.0, "the scenario's");
        NS_TEST_EXPECT_MSG_EQ(FindElement(s.qkdLinks, "X-Y-qkd").protocol.rateBps,
                              100.0,
                              "the file's");
        NS_TEST_EXPECT_MSG_EQ(s.qkdLinks.size(), 2, "Y-Z-qkd is one QKD link");
        NS_TEST_EXPECT_MSG_EQ(FindElement(s.qkdLinks, "Y-Z-qkd").tx, "Z", "the scenario's");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What cannot be used is said with file and line.
 */
class ScenarioTopologyErrorsTest : public ScenarioTopologyTest
{
  public:
    ScenarioTopologyErrorsTest()
        : ScenarioTopologyTest("Errors name the topology file and the line, or the key")
    {
    }

  private:
    /**
     * @brief Try a topology file that is wrong.
     * @param row its third line
     * @param words a part of the message
     * @param line the line that is named
     * @param defaults "topology_defaults"
     */
    void RefuseRow(const std::string& row,
                   const std::string& words,
                   const std::string& line = "line 3",
                   const std::string& defaults = R"({"protocol": {"type": "decoy-bb84"}})")
    {
        Write("a,b,length_km,loss_db\nX,Y,5,\n" + row + "\n");
        Refuse({{"/topology_defaults", defaults}}, m_topology, line, words);
    }

    void DoRun() override
    {
        RefuseRow("X,Y/Z,5,", "\"Y/Z\" cannot be an id");
        RefuseRow("X," + std::string(63, 'y') + ",5,", "cannot be an id");
        RefuseRow("X,Z,30000,", "length_km is above 20000");
        RefuseRow("X,Z,0.1,900", "loss_db is more than 1000 dB/km");
        RefuseRow("X,Y-2,5,\nX,Y,5,\nX-Y,2,5,", "there is another link \"X-Y-2\"", "line 4");
        RefuseRow("X-Y.1,Z,30,",
                  "there is another node \"X-Y.1\"",
                  "line 2",
                  R"({"max_span_km": 2.5, "protocol": {"type": "decoy-bb84"}})");
        RefuseRow("X,Z,5000,",
                  "has more than 1000 spans",
                  "line 3",
                  R"({"max_span_km": 4, "protocol": {"type": "decoy-bb84"}})");
        Write("a,b,length_km\nX,Y,5\n");
        Refuse({}, m_topology, "line 2", "neither a key rate nor a protocol");
        Refuse({{"/topology_defaults", R"({"protocol": {"type": "decoy-bb84"}, "sky": 1})"}},
               m_source,
               "/topology_defaults/sky",
               "unknown key");
        Refuse({{"/topology_defaults", R"({"protocol": {"type": "decoy-bb84"},
                                           "initial_pool_bit": 1000000000})"}},
               m_source,
               m_topology + " line 2/initial_pool_bit",
               "");
        Refuse({{"/topology_file", "nowhere.csv"}},
               CreateTempDirFilename("nowhere.csv"),
               "",
               "cannot be read");
        Write("a,b,length_km\nX,Y,far\n");
        Refuse({}, m_topology, "line 2", "length_km is \"far\"");
        Expect(R"({"name": "t", "simulation": {"duration_s": 1}, "nodes": [{"id": "A"}],
                   "topology_defaults": {}})",
               {},
               "/topology_defaults",
               "there is no topology file");
        Expect(R"({"name": "t", "simulation": {"duration_s": 1}})", {}, "/nodes", "missing");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A run on a topology of an example.
 */
class ScenarioTopologyRunTest : public TestCase
{
  public:
    ScenarioTopologyRunTest()
        : TestCase("germany50 with trusted nodes: all sessions of the example get keys")
    {
    }

  private:
    void DoRun() override
    {
        const std::string path =
            std::string(QKDN_SOURCE_DIR) + "/examples/scenarios/germany50-classes.json";
        const Scenario scenario = ScenarioReader::ReadFile(path);
        double lengthKm = 0.0;
        for (const ScenarioFibre& fibre : scenario.fibres)
        {
            lengthKm += fibre.lengthKm;
            NS_TEST_EXPECT_MSG_LT(fibre.lengthKm, 100.0 + 1e-9, fibre.id << " is a span");
        }
        NS_TEST_EXPECT_MSG_EQ_TOL(lengthKm, 88 * 100.7, 88 * 0.051, "all of the network");
        NS_TEST_EXPECT_MSG_EQ(scenario.faults.size(), 30, "cuts");
        NS_TEST_EXPECT_MSG_EQ(scenario.sessions.size(), 50, "sessions");
        // as many trusted nodes as additional spans
        NS_TEST_EXPECT_MSG_EQ(scenario.nodes.size() - 50, scenario.fibres.size() - 88, "nodes");

        const ExperimentResults results = ScenarioRunner().Run(
            ScenarioReader::ReadFile(path, {{"/simulation/duration_s", "7"}, {"/faults", "[]"}}),
            path);
        NS_TEST_EXPECT_MSG_EQ(results.conservation.IsSound(), true, "keys");
        for (const SessionResult& session : results.sessions)
        {
            NS_TEST_EXPECT_MSG_EQ(session.supplied, 2, session.id << " at 5 s and 6 s");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of topology files in scenarios.
 */
class QkdnScenarioTopologyTestSuite : public TestSuite
{
  public:
    QkdnScenarioTopologyTestSuite()
        : TestSuite("qkdn-scenario-topology", Type::SYSTEM)
    {
        AddTestCase(new ScenarioTopologyRowsTest);
        AddTestCase(new ScenarioTopologySpansTest);
        AddTestCase(new ScenarioTopologyOwnTest);
        AddTestCase(new ScenarioTopologyErrorsTest);
        AddTestCase(new ScenarioTopologyRunTest);
    }
};

static QkdnScenarioTopologyTestSuite g_qkdnScenarioTopologyTestSuite; //!< registers the suite
