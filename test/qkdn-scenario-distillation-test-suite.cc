/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/double.h"
#include "ns3/qkdn-results.h"
#include "ns3/qkdn-scenario-builder.h"
#include "ns3/qkdn-scenario-error.h"
#include "ns3/qkdn-scenario-protocol.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/qkdn-scenario-runner.h"
#include "ns3/string.h"
#include "ns3/test.h"

#include <cmath>
#include <string>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// Two links of 25 km; the first one has an object "distillation" and more keys put in.
const char* const LINKS = R"({"name": "links",
 "simulation": {"duration_s": DURATION, "block_statistics": "drawn", "distillation": COMMON},
 "nodes": [{"id": "A"}, {"id": "B"}, {"id": "C"}],
 "fibres": [{"id": "f", "a": "A", "b": "B", "length_km": 25},
            {"id": "g", "a": "B", "b": "C", "length_km": 25}],
 "qkd_links": [{"id": "L", "tx": "A", "rx": "B", "fibres": ["f"], "initial_state": "running",
                "protocol": PROTOCOL, "distillation": OWN, "authentication_reserve_bit": RESERVE},
               {"id": "M", "tx": "B", "rx": "C", "fibres": ["g"], "initial_state": "running",
                "protocol": {"type": "measured", "rate_bps": 1000}}],
 "controllers": [{"id": "K", "node": "C"}]})";

/// What is put into LINKS.
struct Choice
{
    std::string common{"\"packets\""}; //!< "distillation" of the simulation
    std::string own{"{}"};             //!< "distillation" of the link
    /// "protocol" of the link
    std::string protocol{R"({"type": "measured", "rate_bps": 100000, "block_key_bit": 10000})"};
    std::string reserve{"1920"}; //!< "authentication_reserve_bit" of the link
    std::string duration{"10"};  //!< "duration_s"
};

/**
 * @brief The scenario of a choice.
 * @param choice the choice
 * @return the scenario
 */
Scenario
Read(const Choice& choice)
{
    std::string text = LINKS;
    const auto put = [&text](const std::string& mark, const std::string& value) {
        text.replace(text.find(mark), mark.size(), value);
    };
    put("COMMON", choice.common);
    put("OWN", choice.own);
    put("PROTOCOL", choice.protocol);
    put("RESERVE", choice.reserve);
    put("DURATION", choice.duration);
    return ScenarioReader::ReadString(text, "links.json");
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief The object "distillation".
 */
class ScenarioDistillationObjectTest : public TestCase
{
  public:
    ScenarioDistillationObjectTest()
        : TestCase("Attributes of distillation hold for all links or one, and wrong ones are named")
    {
    }

  private:
    /**
     * @brief An attribute of the distillation of a link.
     * @param builder the network
     * @param link id of the link
     * @param name the attribute, or "class"
     * @return its value
     */
    static std::string Get(const ScenarioBuilder& builder,
                           const std::string& link,
                           const std::string& name)
    {
        const auto distillation = builder.GetQkdLink(link).receiver->GetDistillation();
        if (name == "class")
        {
            return distillation->GetInstanceTypeId().GetName().substr(11);
        }
        StringValue value;
        distillation->GetAttribute(name, value);
        return value.Get();
    }

    /**
     * @brief A choice has to be refused.
     * @param choice the choice
     * @param place place of the error
     * @param words part of the message
     */
    void Refuse(const Choice& choice, const std::string& place, const std::string& words)
    {
        std::string what = "no error";
        try
        {
            const ScenarioBuilder builder(Read(choice), "links.json");
        }
        catch (const ScenarioError& error)
        {
            what = error.what();
            NS_TEST_EXPECT_MSG_EQ(error.GetPlace(), place, what);
        }
        NS_TEST_EXPECT_MSG_NE(what.find(words), std::string::npos, words << " in: " << what);
        Simulator::Destroy();
    }

    void CheckAttributes()
    {
        Choice choice;
        choice.common = R"({"fidelity": "packets", "set": {"ErrorCorrection": "cascade",
            "RawBufferBits": 5e9, "CorrectionThroughput": 1234567.125, "SiftingInterval": "0.1s"}})";
        choice.own = R"({"set": {"ErrorCorrection": "ldpc", "TagBits": 128}})";
        {
            const ScenarioBuilder builder(Read(choice), "links.json");
            NS_TEST_EXPECT_MSG_EQ(Get(builder, "M", "class"), "PacketsDistillation", "class");
            NS_TEST_EXPECT_MSG_EQ(Get(builder, "L", "class"), "PacketsDistillation", "class");
            NS_TEST_EXPECT_MSG_EQ(Get(builder, "M", "ErrorCorrection"), "cascade", "all links");
            NS_TEST_EXPECT_MSG_EQ(Get(builder, "L", "ErrorCorrection"), "ldpc", "own value");
            NS_TEST_EXPECT_MSG_EQ(Get(builder, "M", "TagBits"), "96", "default");
            NS_TEST_EXPECT_MSG_EQ(Get(builder, "L", "TagBits"), "128", "own value");
            NS_TEST_EXPECT_MSG_EQ(Get(builder, "L", "RawBufferBits"), "5000000000", "number");
            DoubleValue exact;
            builder.GetQkdLink("L").transmitter->GetDistillation()->GetAttribute(
                "CorrectionThroughput",
                exact);
            NS_TEST_EXPECT_MSG_EQ(exact.Get(), 1234567.125, "all digits");
        }
        Simulator::Destroy();
        // of another class nothing is taken over
        choice.own = "\"per-block\"";
        {
            const ScenarioBuilder builder(Read(choice), "links.json");
            NS_TEST_EXPECT_MSG_EQ(Get(builder, "M", "class"), "PacketsDistillation", "class");
            NS_TEST_EXPECT_MSG_EQ(Get(builder, "L", "class"), "PerBlockDistillation", "class");
            NS_TEST_EXPECT_MSG_EQ(Get(builder, "L", "TagBits"), "96", "default");
        }
        Simulator::Destroy();
    }

    void CheckRefusals()
    {
        Choice choice;
        choice.own = R"({"set": {"Colour": 1}})";
        Refuse(choice,
               "/qkd_links/0/distillation/set/Colour",
               "give an attribute of ns3::qkdn::PacketsDistillation");
        choice.own = R"({"set": {"ErrorCorrection": "magic"}})";
        Refuse(choice, "/qkd_links/0/distillation/set/ErrorCorrection", "ldpc|cascade");
        choice.own = R"({"fidelity": "per-block", "set": {"ErrorCorrection": "ldpc"}})";
        Refuse(choice,
               "/qkd_links/0/distillation/set/ErrorCorrection",
               "give an attribute of ns3::qkdn::PerBlockDistillation");
        choice.own = R"({"set": {"AuthenticationReserve": 5000}})";
        Refuse(choice,
               "/qkd_links/0/distillation/set/AuthenticationReserve",
               "remove it and give authentication_reserve_bit of the QKD link");
        choice.own = "7";
        Refuse(choice, "/qkd_links/0/distillation", "neither a string nor an object");
        choice.own = R"({"fidelity": "perfect"})";
        Refuse(choice, "/qkd_links/0/distillation/fidelity", "\"perfect\" is not known; give");
        choice = Choice();
        choice.common = R"({"fidelity": "packets", "set": {"TagBits": -1}})";
        Refuse(choice, "/simulation/distillation/set/TagBits", "give a value that");
        choice.common = R"({"set": {"Statistics": "drawn"}})";
        Refuse(choice,
               "/simulation/distillation/set/Statistics",
               "remove it and give /simulation/block_statistics");
        // four exchanges besides sifting, which one is enough for in 0.1 s
        choice = Choice();
        choice.own = R"({"set": {"Authentication": "per-message"}})";
        choice.reserve = "959";
        Refuse(choice, "/qkd_links/0/authentication_reserve_bit", "give 960 or more");
        choice.own = R"({"set": {"TagBits": 64}})";
        choice.reserve = "127";
        Refuse(choice, "/qkd_links/0/authentication_reserve_bit", "give 128 or more");
        choice.own = R"({"fidelity": "ideal"})";
        choice.reserve = "0";
        const ScenarioBuilder builder(Read(choice), "links.json");
        NS_TEST_EXPECT_MSG_EQ(Get(builder, "L", "class"), "IdealDistillation", "class");
    }

    void DoRun() override
    {
        CheckAttributes();
        CheckRefusals();
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The net key rate.
 */
class ScenarioNetKeyRateTest : public TestCase
{
  public:
    ScenarioNetKeyRateTest()
        : TestCase("The net key rate that is planned with is the one that a link has in the end")
    {
    }

  private:
    /**
     * @brief The net key rate of the link.
     * @param choice the choice
     * @param [out] block duration of a block, s
     * @return what the controller knows, bit/s
     */
    static double Predict(const Choice& choice, double& block)
    {
        const ScenarioBuilder builder(Read(choice), "links.json");
        const QkdLink& link = builder.GetQkdLink("L");
        block = MakeScenarioProtocol(Read(choice).qkdLinks.at(0).protocol, "links.json", "")
                    ->PlanBlock(link.channel->GetBudget())
                    .duration.GetSeconds();
        Simulator::Stop(Seconds(2));
        Simulator::Run();
        const NetworkView& view = builder.GetController("K")->GetView();
        const uint64_t rate = view.GetKeyRateBps(KmHop(KmId(1), KmId(2)));
        Simulator::Destroy();
        return static_cast<double>(rate);
    }

    /**
     * @brief Compare the net key of a block with its formula, and the run of a link with both.
     * @param own "distillation" of the link
     * @param net what a block leaves, bit
     * @param blocks how many blocks
     * @param tolerance relative deviation of their mean that is allowed
     */
    void Compare(const std::string& own, double net, uint32_t blocks, double tolerance)
    {
        Choice choice;
        choice.protocol = PROTOCOL;
        choice.reserve = "100000";
        choice.own = own;
        double block = 0.0;
        const double rate = Predict(choice, block);
        NS_TEST_EXPECT_MSG_EQ_TOL(rate * block, net, 4.0, own);
        // half a block for the last exchanges
        choice.duration = std::to_string(block * (blocks + 0.5));
        const ExperimentResults results = ScenarioRunner().Run(Read(choice), "links.json");
        const auto generated = static_cast<double>(results.conservation.kma.at(0).common.generated);
        NS_TEST_EXPECT_MSG_EQ_TOL(generated / (block * blocks) / rate,
                                  1.0,
                                  tolerance,
                                  own << ": " << generated / (block * blocks) << " bit/s, " << rate
                                      << " expected");
    }

    void DoRun() override
    {
        Compare(R"({"fidelity": "ideal"})", 40000, 40, 0.01);
        Compare(R"({"fidelity": "per-block"})", 40000 - 192, 40, 0.01);
        Compare(R"({"set": {"TagBits": 128}})", 40000 - 256, 40, 0.01);
        Compare(R"({"set": {"Authentication": "per-message"}})", 40000 - 5 * 192, 40, 0.01);
        // n (1 - h2 - 1.5 h2) = 40000 with n sifted bits, of which Cascade discloses fewer
        const double h2 = -0.05 * std::log2(0.05) - 0.95 * std::log2(0.95);
        const double cascade = 40000.0 * (1.0 - 2.185 * h2) / (1.0 - 2.5 * h2);
        Compare(R"({"set": {"ErrorCorrection": "cascade"}})", cascade - 192, 40, 0.01);
        // 41 exchanges of Cascade and four others
        Compare(R"({"set": {"ErrorCorrection": "cascade", "Authentication": "per-message"}})",
                cascade - 45 * 192,
                40,
                0.01);
        // four messages of sifting while a block fills
        Compare(R"({"set": {"SiftingInterval": "30ms", "Authentication": "per-message"}})",
                40000 - 8 * 192,
                40,
                0.01);
        // half of the blocks, give or take four standard deviations
        Compare(R"({"set": {"LdpcFailureProbability": 0.5, "Authentication": "per-message"}})",
                0.5 * (40000 - 192) - 4 * 192,
                200,
                4.0 / std::sqrt(200.0));

        Choice choice;
        choice.own = R"({"set": {"ErrorCorrection": "cascade", "Authentication": "per-message"}})";
        choice.protocol = R"({"type": "measured", "rate_bps": 8000, "block_key_bit": 8000,
            "qber": 0.05})";
        choice.reserve = "100000";
        std::string message;
        try
        {
            double block = 0.0;
            Predict(choice, block);
        }
        catch (const ScenarioError& error)
        {
            message = error.what();
        }
        NS_TEST_EXPECT_MSG_NE(message.find("/qkd_links/0/protocol: QKD link L keeps no key"),
                              std::string::npos,
                              "tags take all: " << message);
    }

    /// Blocks of 0.1 s, with an efficiency far from Cascade's, so that it matters who corrects.
    static constexpr const char* PROTOCOL = R"({"type": "measured", "rate_bps": 400000,
        "block_key_bit": 40000, "qber": 0.05, "set": {"ErrorCorrectionEfficiency": 1.5}})";
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of distillation in scenario files.
 */
class QkdnScenarioDistillationTestSuite : public TestSuite
{
  public:
    QkdnScenarioDistillationTestSuite()
        : TestSuite("qkdn-scenario-distillation", Type::UNIT)
    {
        AddTestCase(new ScenarioDistillationObjectTest);
        AddTestCase(new ScenarioNetKeyRateTest);
    }
};

static QkdnScenarioDistillationTestSuite g_qkdnScenarioDistillationTestSuite; //!< registers it
