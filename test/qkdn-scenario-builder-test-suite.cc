/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-chain.h"

#include "ns3/qkdn-scenario-builder.h"
#include "ns3/qkdn-scenario-error.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/test.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

/**
 * @ingroup qkdn-resilience-tests
 * @brief Where the builder puts key managers, controllers and the manager.
 */
class ScenarioPlacesTest : public TestCase
{
  public:
    ScenarioPlacesTest()
        : TestCase("Key managers are at QKD nodes only; controller and manager are where they are "
                   "said to be")
    {
    }

  private:
    /// Single site: one ns-3 node for a node.
    void CheckSingle()
    {
        const Scenario scenario = ScenarioReader::ReadString(CHAIN, "chain");
        const ScenarioBuilder builder(scenario, "chain");
        for (const std::string id : {"A", "B", "C"})
        {
            NS_TEST_ASSERT_MSG_NE(builder.GetKeyManager(id), nullptr, id);
        }
        NS_TEST_ASSERT_MSG_EQ(builder.GetKeyManager("C")->GetKmId(), KmId(3), "place in the list");
        NS_TEST_ASSERT_MSG_EQ(builder.GetKeyManager("NOC"), nullptr, "a classical node");
        NS_TEST_ASSERT_MSG_EQ(builder.GetKeyManager("island"), nullptr, "a classical node");
        const Ptr<Node> host = builder.GetController("C1")->GetNode();
        NS_TEST_ASSERT_MSG_EQ(builder.GetManager()->GetNode(), host, "both at NOC");
        NS_TEST_ASSERT_MSG_EQ(host->GetNApplications(), 2, "and nothing else");
        // loopback and the fibre
        NS_TEST_ASSERT_MSG_EQ(host->GetNDevices(), 2, "one classical link, no quantum device");
    }

    /// Split site: ns-3 nodes of their own.
    void CheckSplit()
    {
        const Scenario scenario = ScenarioReader::ReadString(
            CHAIN,
            "chain",
            {{"/nodes/1/site", "split"}, {"/controllers/0/node", "B"}, {"/manager/node", "B"}});
        const ScenarioBuilder builder(scenario, "chain");
        std::set<Ptr<Node>> nodes{builder.GetKeyManager("B")->GetNode(),
                                  builder.GetController("C1")->GetNode(),
                                  builder.GetManager()->GetNode(),
                                  builder.GetQkdLink("l1").receiver->GetNode(),
                                  builder.GetQkdLink("l2").transmitter->GetNode()};
        NS_TEST_ASSERT_MSG_EQ(nodes.size(), 5, "a node for each");
    }

    /// Beside a key manager, and no manager at all.
    void CheckTogether()
    {
        const Scenario scenario =
            ScenarioReader::ReadString(CHAIN,
                                       "chain",
                                       {{"/controllers/0/node", "B"}, {"/manager/node", "A"}});
        {
            const ScenarioBuilder builder(scenario, "chain");
            NS_TEST_ASSERT_MSG_EQ(builder.GetController("C1")->GetNode(),
                                  builder.GetKeyManager("B")->GetNode(),
                                  "at B");
            NS_TEST_ASSERT_MSG_EQ(builder.GetManager()->GetNode(),
                                  builder.GetKeyManager("A")->GetNode(),
                                  "at A");
        }
        Simulator::Destroy();
        const Scenario none = ScenarioReader::ReadString(WithoutControl(), "chain");
        const ScenarioBuilder builder(none, "chain");
        NS_TEST_ASSERT_MSG_EQ(builder.GetManager(), nullptr, "none");
    }

    void DoRun() override
    {
        CheckSingle();
        Simulator::Destroy();
        CheckSplit();
        Simulator::Destroy();
        CheckTogether();
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief How the blocks of a scenario are distilled.
 */
class ScenarioDistillationTest : public TestCase
{
  public:
    ScenarioDistillationTest()
        : TestCase("Links distil as the scenario says, and their blocks fluctuate if it says so")
    {
    }

  private:
    void DoRun() override
    {
        const std::map<std::string, std::string> kinds{
            {"per-block", "ns3::qkdn::PerBlockDistillation"},
            {"packets", "ns3::qkdn::PacketsDistillation"},
            {"ideal", "ns3::qkdn::IdealDistillation"}};
        for (const auto& [kind, type] : kinds)
        {
            for (const std::string wanted : {"auto", "expected", "drawn"})
            {
                const Scenario scenario = ScenarioReader::ReadString(
                    CHAIN,
                    "chain",
                    {{"/simulation/distillation", kind}, {"/simulation/block_statistics", wanted}});
                const ScenarioBuilder builder(scenario, "chain");
                const auto distillation = builder.GetQkdLink("l1").receiver->GetDistillation();
                NS_TEST_ASSERT_MSG_EQ(distillation->GetInstanceTypeId().GetName(), type, kind);
                StringValue value;
                distillation->GetAttribute("Statistics", value);
                NS_TEST_ASSERT_MSG_EQ(value.Get(), wanted, kind);
                Simulator::Destroy();
            }
        }
        for (const std::string key : {"distillation", "block_statistics"})
        {
            std::string place;
            try
            {
                ScenarioReader::ReadString(CHAIN, "chain", {{"/simulation/" + key, "magic"}});
            }
            catch (const ScenarioError& error)
            {
                place = error.what();
            }
            NS_TEST_ASSERT_MSG_NE(place.find("/simulation/" + key), std::string::npos, place);
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Where the modules of a QKD link exchange messages.
 */
class ScenarioClassicalChannelTest : public TestCase
{
  public:
    ScenarioClassicalChannelTest()
        : TestCase("A QKD link with a classical channel of its own does not need the network")
    {
    }

  private:
    /**
     * @brief Run CHAIN with split nodes.
     * @param channel classical channel of l1
     * @param fault type of the fault of fibre f1, which is there from 30 s on
     * @return how many keys the transmitter of l1 delivered from 35 s to 60 s
     */
    static uint32_t CountKeys(const std::string& channel, const std::string& fault)
    {
        const Scenario scenario = ScenarioReader::ReadString(
            WithoutControl(),
            "chain",
            {{"/nodes/0/site", "split"},
             {"/nodes/1/site", "split"},
             {"/qkd_links/0/start_up_s", "1"},
             {"/qkd_links/0/classical_channel", channel},
             {"/faults/0", R"({"at_s": 30, "target": "f1", "type": ")" + fault + R"("})"}});
        uint32_t keys = 0;
        {
            const ScenarioBuilder builder(scenario, "chain");
            builder.GetQkdLink("l1").transmitter->TraceConnectWithoutContext(
                "KeyDelivered",
                Callback<void, LinkId, QkdModule::Role, const QkdKey&>(
                    [&keys](LinkId, QkdModule::Role, const QkdKey&) {
                        keys += Simulator::Now() > Seconds(35) ? 1 : 0;
                    }));
            Simulator::Stop(Seconds(60));
            Simulator::Run();
        }
        Simulator::Destroy();
        return keys;
    }

    void DoRun() override
    {
        // 4 kbit/s in blocks of 1,024 bits
        NS_TEST_EXPECT_MSG_GT(CountKeys("own", "classical-link-failure"), 90, "goes on");
        NS_TEST_EXPECT_MSG_EQ(CountKeys("network", "classical-link-failure"), 0, "stalls");
        NS_TEST_EXPECT_MSG_EQ(CountKeys("own", "fibre-cut"), 0, "in the same fibre");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Faults of nodes and processes.
 */
class ScenarioProcessFaultsTest : public TestCase
{
  public:
    ScenarioProcessFaultsTest()
        : TestCase(
              "A loss of power stops all at its node and nothing else; crashes stop one process")
    {
    }

  private:
    /**
     * @brief What works in a simulation of CHAIN.
     * @param builder the simulation
     * @return names of what works, in alphabetical order, each followed by a space
     */
    static std::string FindWorking(const ScenarioBuilder& builder)
    {
        std::set<std::string> working;
        const auto note = [&working](const std::string& name, bool works) {
            if (works)
            {
                working.insert(name);
            }
        };
        note("C1", builder.GetController("C1")->IsRunning());
        note("manager", builder.GetManager()->IsRunning());
        for (const std::string node : {"A", "B", "C"})
        {
            note(node, builder.GetKeyManager(node)->IsRunning());
        }
        for (const std::string fibre : {"f1", "f2", "f3"})
        {
            note(fibre, builder.GetClassicalLink(fibre)->IsUp());
        }
        for (const std::string link : {"l1", "l2"})
        {
            const QkdLink& modules = builder.GetQkdLink(link);
            note(link + "tx", modules.transmitter->GetState() != QkdModule::FAILED);
            note(link + "rx", modules.receiver->GetState() != QkdModule::FAILED);
        }
        std::string text;
        for (const auto& name : working)
        {
            text += name + " ";
        }
        return text;
    }

    /**
     * @brief Let something fail at 10 s, for 10 s, and look what works.
     * @param type type of the fault
     * @param target its target, with the key; may be empty
     * @param expected what works during the fault
     * @param overrides changes of CHAIN
     */
    void Check(const std::string& type,
               const std::string& target,
               const std::string& expected,
               std::vector<ScenarioOverride> overrides = {})
    {
        overrides.push_back(
            {"/faults/0",
             R"({"at_s": 10, "repair_after_s": 10, "type": ")" + type + "\"" + target + "}"});
        const Scenario scenario = ScenarioReader::ReadString(CHAIN, "chain", overrides);
        {
            const ScenarioBuilder builder(scenario, "chain");
            const std::string all = "A B C C1 f1 f2 f3 l1rx l1tx l2rx l2tx manager ";
            for (const double at : {9.9, 10.1, 20.1})
            {
                Simulator::Schedule(Seconds(at), [&, at]() {
                    NS_TEST_EXPECT_MSG_EQ(FindWorking(builder),
                                          (at > 10 && at < 20 ? expected : all),
                                          type << target << " at " << at);
                });
            }
            Simulator::Stop(Seconds(21));
            Simulator::Run();
        }
        Simulator::Destroy();
    }

    void DoRun() override
    {
        Check("controller-crash",
              R"(, "target": "C1")",
              "A B C f1 f2 f3 l1rx l1tx l2rx l2tx manager ");
        Check("manager-crash", "", "A B C C1 f1 f2 f3 l1rx l1tx l2rx l2tx ");
        Check("node-compromise",
              R"(, "target": "B")",
              "A B C C1 f1 f2 f3 l1rx l1tx l2rx l2tx manager ");
        Check("node-power", R"(, "target": "NOC")", "A B C f1 f2 l1rx l1tx l2rx l2tx ");
        Check("node-power", R"(, "target": "B")", "A C C1 l1tx l2rx manager ");
        Check("node-power",
              R"(, "target": "C")",
              "A B f1 f3 l1rx l1tx l2tx ",
              {{"/nodes/2/site", "split"}, {"/controllers/0/node", "C"}, {"/manager/node", "C"}});
        Check("node-power",
              R"(, "target": "island")",
              "A B C C1 f1 f2 f3 l1rx l1tx l2rx l2tx manager ");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Addresses and ports of the reference points.
 */
class ScenarioReferencePointsTest : public TestCase
{
  public:
    ScenarioReferencePointsTest()
        : TestCase(
              "The manager's policy reaches the controller, also on one node and in split sites")
    {
    }

  private:
    /**
     * @brief Run CHAIN for some seconds.
     * @param overrides changes
     * @param what name for messages
     */
    void Check(const std::vector<ScenarioOverride>& overrides, const std::string& what)
    {
        const Scenario scenario = ScenarioReader::ReadString(CHAIN, "chain", overrides);
        {
            const ScenarioBuilder builder(scenario, "chain");
            Simulator::Stop(Seconds(5));
            Simulator::Run();
            NS_TEST_EXPECT_MSG_EQ(builder.GetController("C1")->GetNumber(), 1, what);
            NS_TEST_EXPECT_MSG_EQ(builder.GetManager()->HasAccepted(1), true, what);
        }
        Simulator::Destroy();
    }

    void DoRun() override
    {
        Check({}, "both at a classical node");
        Check({{"/controllers/0/node", "A"}, {"/manager/node", "C"}}, "beside key managers");
        Check({{"/controllers/0/node", "B"}, {"/manager/node", "B"}, {"/nodes/1/site", "split"}},
              "in a split site");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Times of hellos.
 */
class ScenarioHelloTest : public TestCase
{
  public:
    ScenarioHelloTest()
        : TestCase("Hellos of all reference points come as often as the scenario says")
    {
    }

  private:
    /**
     * @brief Expect the times of the scenario.
     * @param agent who sends hellos
     * @param what name for messages
     */
    void Check(Ptr<HelloAgent> agent, const std::string& what)
    {
        NS_TEST_EXPECT_MSG_EQ(agent->GetInterval(), Seconds(5), what);
        UintegerValue multiplier;
        agent->GetAttribute("Multiplier", multiplier);
        NS_TEST_EXPECT_MSG_EQ(multiplier.Get(), 4, what);
    }

    void DoRun() override
    {
        const Scenario scenario = ScenarioReader::ReadString(
            CHAIN,
            "chain",
            {{"/key_management", R"({"hello_interval_s": 5, "hello_multiplier": 4})"},
             {"/controllers/-", R"({"id": "C2", "node": "B"})"}});
        {
            const ScenarioBuilder builder(scenario, "chain");
            const Ptr<KeyManager> km = builder.GetKeyManager("A");
            Check(km->GetHelloAgent(), "Kx");
            Check(km->GetDirectChannel()->GetHelloAgent(), "Kx to the end of a route");
            for (const Ptr<ControllerClient>& client :
                 km->GetControlAgent()->GetControllerGroup()->GetClients())
            {
                Check(client->GetHelloAgent(), "Ck at a key manager");
            }
            for (const std::string id : {"C1", "C2"})
            {
                const Ptr<QkdnController> controller = builder.GetController(id);
                Check(controller->GetHelloAgent(), "Ck");
                Check(controller->GetManagerHelloAgent(), "Mc");
                Check(controller->GetRedundancy()->GetHelloAgent(), "Cx");
            }
            Check(builder.GetManager()->GetHelloAgent(), "Mc at the manager");
        }
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What key managers tell controllers.
 */
class ScenarioControlTrafficTest : public TestCase
{
  public:
    ScenarioControlTrafficTest()
        : TestCase("What key managers tell both controllers counts among control messages")
    {
    }

  private:
    /// A message was sent on Ck.
    void Sent(const Address&, const Address&, uint16_t, uint32_t, IncidentId)
    {
        ++m_sent;
    }

    /**
     * @brief Run CHAIN with two controllers for some seconds.
     * @param refresh seconds between reports of links
     * @return control messages of the run, and those that key managers sent on Ck
     */
    std::pair<uint64_t, uint64_t> Run(const std::string& refresh)
    {
        m_sent = 0;
        uint64_t all = 0;
        const std::string standby = R"({"id": "C2", "node": "B"})";
        const Scenario scenario =
            ScenarioReader::ReadString(CHAIN,
                                       "chain",
                                       {{"/controllers/-", standby},
                                        {"/controllers/0/report_refresh_s", refresh},
                                        {"/controllers/1/report_refresh_s", refresh}});
        {
            const ScenarioBuilder builder(scenario, "chain");
            for (const std::string id : {"A", "B", "C"})
            {
                const auto agent = builder.GetKeyManager(id)->GetControlAgent();
                for (const auto& client : agent->GetControllerGroup()->GetClients())
                {
                    client->GetEndpoint()->TraceConnectWithoutContext(
                        "Sent",
                        MakeCallback(&ScenarioControlTrafficTest::Sent, this));
                }
            }
            Simulator::Stop(Seconds(9));
            Simulator::Run();
            all = builder.GetMonitor()->Collect(Time(0)).network.controlMessages;
        }
        Simulator::Destroy();
        return {all, m_sent};
    }

    void DoRun() override
    {
        const auto seldom = Run("0");
        const auto often = Run("1");
        NS_TEST_ASSERT_MSG_GT(often.second, seldom.second + 40, "four link ends, two controllers");
        NS_TEST_ASSERT_MSG_EQ(often.first - seldom.first,
                              often.second - seldom.second,
                              "each of the reports counts");
    }

    uint64_t m_sent{0}; //!< messages on Ck
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of what is built from scenarios.
 */
class QkdnScenarioBuilderTestSuite : public TestSuite
{
  public:
    QkdnScenarioBuilderTestSuite()
        : TestSuite("qkdn-scenario-builder", Type::UNIT)
    {
        AddTestCase(new ScenarioPlacesTest);
        AddTestCase(new ScenarioDistillationTest);
        AddTestCase(new ScenarioClassicalChannelTest);
        AddTestCase(new ScenarioProcessFaultsTest);
        AddTestCase(new ScenarioReferencePointsTest);
        AddTestCase(new ScenarioHelloTest);
        AddTestCase(new ScenarioControlTrafficTest);
    }
};

static QkdnScenarioBuilderTestSuite g_qkdnScenarioBuilderTestSuite; //!< registers the suite
