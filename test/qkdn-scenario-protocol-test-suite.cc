/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-qkd-protocol-helper.h"
#include "ns3/qkdn-results.h"
#include "ns3/qkdn-scenario-error.h"
#include "ns3/qkdn-scenario-protocol.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/qkdn-scenario-runner.h"
#include "ns3/test.h"

#include <fstream>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// A link of 10 km whose protocol is put in.
const char* const LINK = R"({"name": "link", "simulation": {"duration_s": 30},
 "nodes": [{"id": "A"}, {"id": "B"}],
 "fibres": [{"id": "f", "a": "A", "b": "B", "length_km": 10}],
 "qkd_links": [{"id": "L", "tx": "A", "rx": "B", "fibres": ["f"], "initial_state": "running",
                "protocol": PROTOCOL}]})";

/**
 * @brief The scenario with a protocol.
 * @param protocol the object "protocol"
 * @return the text
 */
std::string
With(const std::string& protocol)
{
    std::string text = LINK;
    const std::string mark = "PROTOCOL";
    return text.replace(text.find(mark), mark.size(), protocol);
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Protocols of scenario files.
 */
class ScenarioProtocolTest : public TestCase
{
  public:
    ScenarioProtocolTest()
        : TestCase("Every protocol can be in a scenario, and says what is wrong with it")
    {
    }

  private:
    /**
     * @brief Run a scenario.
     * @param protocol the object "protocol"
     * @param source name of the file
     * @return bits generated, of both ends once
     */
    static uint64_t Run(const std::string& protocol, const std::string& source)
    {
        const Scenario scenario = ScenarioReader::ReadString(With(protocol), source);
        return ScenarioRunner().Run(scenario, source).conservation.GetKmaTotal().generated;
    }

    /**
     * @brief A protocol has to be refused.
     * @param protocol the object "protocol"
     * @param place place of the error below it
     * @param words part of the message
     */
    void Refuse(const std::string& protocol, const std::string& place, const std::string& words)
    {
        std::string what = "no error";
        try
        {
            Run(protocol, m_source);
        }
        catch (const ScenarioError& error)
        {
            what = error.what();
            NS_TEST_EXPECT_MSG_EQ(error.GetPlace(), "/qkd_links/0/protocol" + place, what);
        }
        NS_TEST_EXPECT_MSG_NE(what.find(words), std::string::npos, words << " in: " << what);
    }

    void DoRun() override
    {
        m_source = CreateTempDirFilename("scenario.json");
        std::ofstream(CreateTempDirFilename("field.csv"))
            << "time_s,rate_bps,qber\n0,2048,0.02\n10,0,0.3\n20,4096,0.03\n";
        for (const std::string& name : QkdProtocolHelper::GetNames())
        {
            ScenarioProtocol protocol;
            protocol.rateBps = 1000;
            for (int type = 0; GetScenarioProtocolName(protocol.type) != name; ++type)
            {
                protocol.type = static_cast<ScenarioProtocolType>(type);
            }
            const auto presets = QkdProtocolHelper::GetPresetNames(name);
            protocol.preset = presets.empty() ? "" : presets.front();
            const auto made = MakeScenarioProtocol(protocol, m_source, "/p");
            NS_TEST_EXPECT_MSG_EQ(made->Validate(), "", name);
        }
        NS_TEST_EXPECT_MSG_GT(Run(R"({"type": "cv-qkd", "preset": "gg02"})", m_source),
                              1000000,
                              "a run with CV-QKD");

        // 10 s at 2048 bit/s and 10 s at 4096 bit/s, less the block under way and two tags a block
        const uint64_t bits = Run(R"({"type": "measured", "trace_file": "field.csv"})", m_source);
        NS_TEST_EXPECT_MSG_LT(bits, 61440, "no more than the trace gives");
        NS_TEST_EXPECT_MSG_GT(bits, 61440 - 60 * 192 - 4 * 1024 - 1920, "and not much less");

        Refuse(R"({"type": "measured", "trace_file": "none.csv"})", "", "none.csv: cannot be read");
        Refuse(R"({"type": "bbm92", "set": {"PulseRate": "fast"}})", "/set/PulseRate", "fast");
        Refuse(R"({"type": "bbm92", "set": {"PulseRate": 0}})", "", "PulseRate is 0");
        Refuse(R"({"type": "cv-qkd", "set": {"Detection": "by-eye"}})", "/set/Detection", "by-eye");
        Refuse(R"({"type": "twin-field", "set": {"Colour": 1}})",
               "/set/Colour",
               "give an attribute of ns3::qkdn::TwinFieldProtocol");
        Refuse(R"({"type": "decoy-bb84", "set": {"DecoyIntensity": 0.5}})",
               "",
               "DecoyIntensity is");
        Refuse(
            R"({"type": "decoy-bb84-finite", "set": {"Optimise": false, "DecoyProbability": 0.5}})",
            "",
            "SecondDecoyProbability is 1.05, it has to be 1");
        Refuse(
            R"({"type": "decoy-bb84-finite", "set": {"Optimise": false, "SignalIntensity": 0.2}})",
            "",
            "DecoyIntensity + SecondDecoyIntensity is 0.2302");
        Scenario scenario =
            ScenarioReader::ReadString(With(R"({"type": "measured", "trace_file": "field.csv"})"),
                                       m_source);
        scenario.simulation.distillation.fidelity = ScenarioFidelity::IDEAL;
        std::string what = "no error";
        try
        {
            ScenarioRunner().Run(scenario, m_source);
        }
        catch (const ScenarioError& error)
        {
            what = error.what();
        }
        NS_TEST_EXPECT_MSG_NE(what.find("needs messages of distillation"), std::string::npos, what);
    }

    std::string m_source; //!< name of the scenario file
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of protocols in scenario files.
 */
class QkdnScenarioProtocolTestSuite : public TestSuite
{
  public:
    QkdnScenarioProtocolTestSuite()
        : TestSuite("qkdn-scenario-protocol", Type::UNIT)
    {
        AddTestCase(new ScenarioProtocolTest);
    }
};

static QkdnScenarioProtocolTestSuite g_qkdnScenarioProtocolTestSuite; //!< registers the suite
