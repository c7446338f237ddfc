/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// What a user adds from outside: what is wrong with it is said in one line, and what it does is
// done and recorded. The programs of examples/extending are tests, too.

#include "qkdn-scenario-error-test.h"

#include "ns3/qkdn-attribute-text.h"
#include "ns3/qkdn-ck-messages.h"
#include "ns3/qkdn-controller-helper.h"
#include "ns3/qkdn-measured-rate-protocol.h"
#include "ns3/qkdn-qkd-protocol-helper.h"
#include "ns3/qkdn-resilience-scheme.h"
#include "ns3/qkdn-scenario-builder.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/qkdn-scenario-runner.h"
#include "ns3/qkdn-session-planner.h"
#include "ns3/simulator.h"
#include "ns3/test.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// Four key managers; from A to D over B, over C, or over E and F. A fibre of the first is cut.
const char* const SCENARIO = R"({"name": "extension", "simulation": {"duration_s": 30},
 "nodes": [{"id": "A"}, {"id": "B"}, {"id": "C"}, {"id": "D"}, {"id": "E"}, {"id": "F"}],
 "fibres": [{"id": "AB", "a": "A", "b": "B", "length_km": 10},
            {"id": "BD", "a": "B", "b": "D", "length_km": 10},
            {"id": "AC", "a": "A", "b": "C", "length_km": 20},
            {"id": "CD", "a": "C", "b": "D", "length_km": 20},
            {"id": "AE", "a": "A", "b": "E", "length_km": 20},
            {"id": "EF", "a": "E", "b": "F", "length_km": 20},
            {"id": "FD", "a": "F", "b": "D", "length_km": 20}],
 "qkd_links": [
  {"id": "AB", "tx": "A", "rx": "B", "fibres": ["AB"], "initial_state": "running",
   "protocol": {"type": "measured", "rate_bps": 9000}},
  {"id": "BD", "tx": "B", "rx": "D", "fibres": ["BD"], "initial_state": "running",
   "protocol": {"type": "measured", "rate_bps": 9000}},
  {"id": "AC", "tx": "A", "rx": "C", "fibres": ["AC"], "initial_state": "running",
   "protocol": {"type": "measured", "rate_bps": 9000}},
  {"id": "CD", "tx": "C", "rx": "D", "fibres": ["CD"], "initial_state": "running",
   "protocol": {"type": "measured", "rate_bps": 9000}},
  {"id": "AE", "tx": "A", "rx": "E", "fibres": ["AE"], "initial_state": "running",
   "protocol": {"type": "measured", "rate_bps": 9000}},
  {"id": "EF", "tx": "E", "rx": "F", "fibres": ["EF"], "initial_state": "running",
   "protocol": {"type": "measured", "rate_bps": 9000}},
  {"id": "FD", "tx": "F", "rx": "D", "fibres": ["FD"], "initial_state": "running",
   "protocol": {"type": "measured", "rate_bps": 9000}}],
 "controllers": [{"id": "C1", "node": "E", "cost": "length"}],
 "sessions": [{"id": "S", "master": "A", "slave": "D", "rate_keys_per_s": 4, "start_s": 4,
               "toleration_s": 1, "resilience": {"class": "unprotected"}}],
 "faults": [{"id": "cut", "at_s": 15, "type": "fibre-cut", "target": "AB"}]})";

const char* const CLASS = "/sessions/0/resilience/class";

/// A protection route that keeps off a key manager, and the working route of the module.
class KeepOffScheme : public ResilienceScheme
{
  public:
    static TypeId GetTypeId()
    {
        static TypeId tid = TypeId("ns3::qkdn::KeepOffScheme")
                                .SetParent<ResilienceScheme>()
                                .AddConstructor<KeepOffScheme>()
                                .AddAttribute("Km",
                                              "Number of the key manager.",
                                              UintegerValue(0),
                                              MakeUintegerAccessor(&KeepOffScheme::m_km),
                                              MakeUintegerChecker<uint32_t>(0, 99));
        return tid;
    }

    ResilienceClass GetMechanism() const override
    {
        return CLASS_ROUTE_1_1;
    }

    std::optional<RoutePlan> PlanRoutes(const SessionPolicy& policy,
                                        const RouteNeeds& needs,
                                        RoutePlanner& planner) override
    {
        std::optional<RoutePlan> plan = planner.PlanWorking(needs);
        if (plan)
        {
            plan->protection = PlanFurther(policy, needs, {plan->working}, planner);
        }
        return plan;
    }

    std::vector<KmId> PlanFurther(const SessionPolicy& policy,
                                  const RouteNeeds& needs,
                                  const std::vector<std::vector<KmId>>& others,
                                  RoutePlanner& planner) override
    {
        RouteNeeds apart = needs;
        apart.avoidedKms.insert(KmId(m_km));
        return ResilienceScheme::PlanFurther(policy, apart, others, planner);
    }

  private:
    uint32_t m_km{0}; //!< attribute Km
};

NS_OBJECT_ENSURE_REGISTERED(KeepOffScheme);

/// A fibre that is cut at its end, with something to say about it.
class FrayedFibre : public Fault
{
  public:
    static TypeId GetTypeId()
    {
        static TypeId tid =
            TypeId("ns3::qkdn::FrayedFibre").SetParent<Fault>().AddConstructor<FrayedFibre>();
        return tid;
    }

    void SetSpan(Ptr<FibreSpan> span)
    {
        m_span = span;
    }

    std::string GetKind() const override
    {
        return "frayed-fibre";
    }

    FaultParameters GetParameters() const override
    {
        FaultParameters parameters;
        parameters.others = {{"animal", "rat"}};
        return parameters;
    }

    void Strike() override
    {
        m_span->Cut(1.0);
    }

    void Repair() override
    {
        m_span->Repair();
    }

  private:
    Ptr<FibreSpan> m_span; //!< the fibre
};

NS_OBJECT_ENSURE_REGISTERED(FrayedFibre);

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Names and attributes that are wrong.
 */
class ExtensionErrorTest : public ScenarioErrorTest
{
  public:
    ExtensionErrorTest()
        : ScenarioErrorTest("What is wrong with an extension is said in one line")
    {
    }

  private:
    /**
     * @brief A class that has to be refused.
     * @param name text of the class
     * @param words a part of the message
     */
    void RefuseClass(const std::string& name, const std::string& words)
    {
        Expect(SCENARIO, {{CLASS, name}}, CLASS, words);
        Scenario scenario = ScenarioReader::ReadString(SCENARIO, "good.json");
        try
        {
            ScenarioReader::SetClass(scenario, name, "good.json");
        }
        catch (const ScenarioError& error)
        {
            CheckError(error, "--class", "", words);
            return;
        }
        NS_TEST_EXPECT_MSG_EQ(true, false, "accepted: --class " << name);
    }

    void DoRun() override
    {
        const std::string protocol = "/qkd_links/0/protocol";
        const auto refuse =
            [&](const std::string& json, const std::string& place, const std::string& words) {
                Expect(SCENARIO, {{protocol, json}}, protocol + place, words);
            };
        refuse(R"({"type": "ns3::Nothing"})",
               "/type",
               "no type is called \"ns3::Nothing\"; register it in the program "
               "(NS_OBJECT_ENSURE_REGISTERED), or give ns3::qkdn::Bbm92Protocol, ");
        refuse(R"({"type": "ns3::Node"})", "/type", "is not derived from ns3::qkdn::QkdProtocol");
        refuse(R"({"type": "ns3::qkdn::PhotonCountingProtocol"})", "/type", "has no constructor");
        refuse(R"({"type": "ns3::qkdn::CvQkdProtocol[Colour=1]"})",
               "/type",
               "\"Colour=1\" cannot be set; give an attribute of ns3::qkdn::CvQkdProtocol");
        refuse(R"({"type": "ns3::qkdn::CvQkdProtocol[Detection=homodyne"})",
               "/type",
               "\"]\" is missing at the end; give attributes as ");
        refuse(R"({"type": "ns3::qkdn::CvQkdProtocol[Detection]"})", "/type", "has no \"=\"; ");
        refuse(R"({"type": "ns3::qkdn::CvQkdProtocol", "preset": "gys"})",
               "/preset",
               "\"gys\" is not known; ");
        refuse(R"({"type": "ns3::qkdn::CvQkdProtocol", "rate_bps": 1})",
               "/rate_bps",
               "unknown key; ");

        RefuseClass("ns3::Nothing", "no type is called \"ns3::Nothing\"; register it");
        RefuseClass("ns3::qkdn::CvQkdProtocol",
                    "is not derived from ns3::qkdn::ResilienceScheme; derive it, or give "
                    "ns3::qkdn::KeepOffScheme");
        RefuseClass("ns3::qkdn::KeepOffScheme[Km=100]",
                    "\"Km=100\" cannot be set; give a value that ns3::qkdn::KeepOffScheme::Km");
        RefuseClass("ns3::" + std::string(251, 'x'), "has 256 characters; give at most 255");
        const ScenarioOverride scheme{CLASS, "ns3::qkdn::KeepOffScheme"};
        Expect(SCENARIO,
               {scheme, {"/controllers", "[]"}, {"/sessions/0/slave", "B"}},
               CLASS,
               "needs a controller");
        Expect(SCENARIO,
               {scheme, {"/sessions/0/resilience/extra_traffic", "true"}},
               "/sessions/0/resilience/extra_traffic",
               "not what its class plans");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A protocol by its type.
 */
class ExtensionProtocolTest : public TestCase
{
  public:
    ExtensionProtocolTest()
        : TestCase("A protocol can be had by the name of its ns-3 type")
    {
    }

  private:
    /**
     * @brief Run the scenario.
     * @param protocol the protocol of the first link
     * @return bits generated
     */
    static uint64_t Run(const std::string& protocol)
    {
        const Scenario scenario = ScenarioReader::ReadString(SCENARIO,
                                                             "good.json",
                                                             {{"/qkd_links/0/protocol", protocol},
                                                              {"/faults", "[]"},
                                                              {"/simulation/duration_s", "10"}});
        return ScenarioRunner().Run(scenario, "good.json").conservation.GetKmaTotal().generated;
    }

    void DoRun() override
    {
        const Ptr<QkdProtocol> made =
            QkdProtocolHelper::Create("ns3::qkdn::MeasuredRateProtocol[Rate=700|Qber=0.03]");
        NS_TEST_ASSERT_MSG_NE(DynamicCast<MeasuredRateProtocol>(made), nullptr, "its class");
        NS_TEST_EXPECT_MSG_EQ(made->GetRate(QuantumLinkBudget()).rateBps, 700, "its attribute");
        NS_TEST_EXPECT_MSG_EQ(Run(R"({"type": "ns3::qkdn::DecoyBb84Protocol", "preset": "gys"})"),
                              Run(R"({"type": "decoy-bb84", "preset": "gys"})"),
                              "the same protocol by both names");
        NS_TEST_EXPECT_MSG_GT(
            Run(R"({"type": "ns3::qkdn::Bbm92Protocol", "set": {"PulseRate": 1e7}})"),
            0,
            "a protocol that needs a station has one");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A scheme in messages and at a controller.
 */
class ExtensionSchemeMessageTest : public TestCase
{
  public:
    ExtensionSchemeMessageTest()
        : TestCase("A scheme is a part of the request of its session")
    {
    }

  private:
    void DoRun() override
    {
        CkSessionRequest request{};
        request.session = SessionId(1);
        const uint32_t size = request.ToPacket()->GetSize();
        const std::string text = "ns3::qkdn::KeepOffScheme[Km=3]";
        QkdnControllerHelper::SetScheme(request.policy, text);
        NS_TEST_EXPECT_MSG_EQ(request.policy.resilienceClass, CLASS_ROUTE_1_1, "mechanism");
        NS_TEST_EXPECT_MSG_EQ(request.policy.GetName(), text, "name");
        const Ptr<Packet> packet = request.ToPacket();
        NS_TEST_EXPECT_MSG_EQ(packet->GetSize(), size + 1 + text.size(), "bytes");
        const auto read = CkSessionRequest::FromPacket(packet);
        NS_TEST_ASSERT_MSG_EQ(read.has_value(), true, "is read");
        NS_TEST_EXPECT_MSG_EQ(read->policy.scheme, text, "scheme");
        NS_TEST_EXPECT_MSG_EQ(
            CkSessionRequest::FromPacket(packet->CreateFragment(0, size + 1)).has_value(),
            false,
            "a part of a scheme");

        SessionPolicy policy = read->policy;
        NS_TEST_EXPECT_MSG_EQ(SessionPlanner::CanPlan(policy), true, "as it is");
        policy.resilienceClass = CLASS_RESTORATION;
        NS_TEST_EXPECT_MSG_EQ(SessionPlanner::CanPlan(policy), false, "another mechanism");
        policy = read->policy;
        policy.scheme = "ns3::Nothing";
        NS_TEST_EXPECT_MSG_EQ(SessionPlanner::CanPlan(policy), false, "nobody knows it");
        policy.scheme.clear();
        NS_TEST_EXPECT_MSG_EQ(SessionPlanner::CanPlan(policy), true, "no scheme");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What schemes plan is done.
 */
class ExtensionSchemeRunTest : public TestCase
{
  public:
    ExtensionSchemeRunTest()
        : TestCase("A scheme chooses the protection route, and results have its name")
    {
    }

  private:
    /**
     * @brief Run the scenario, and check its one recovery.
     * @param name class of the session
     * @param after the route after it
     */
    void Run(const std::string& name, const std::vector<std::string>& after)
    {
        Scenario scenario = ScenarioReader::ReadString(SCENARIO, "good.json");
        ScenarioReader::SetClass(scenario, name, "good.json");
        const ExperimentResults results = ScenarioRunner().Run(scenario, "good.json");
        NS_TEST_EXPECT_MSG_EQ(results.sessions.at(0).resilienceClass, name, "class");
        NS_TEST_ASSERT_MSG_EQ(results.recoveries.size(), 1, name);
        const RecoveryResult& recovery = results.recoveries.front();
        NS_TEST_EXPECT_MSG_EQ(recovery.mechanism, name, "mechanism");
        NS_TEST_EXPECT_MSG_EQ(recovery.outcome, RECOVERY_RECOVERED, name);
        NS_TEST_EXPECT_MSG_EQ((recovery.routeBefore == std::vector<std::string>{"A", "B", "D"}),
                              true,
                              name << " before");
        NS_TEST_EXPECT_MSG_EQ((recovery.routeAfter == after), true, name << " after");
    }

    void DoRun() override
    {
        Run("route-1:1", {"A", "C", "D"});
        Run("ns3::qkdn::KeepOffScheme", {"A", "C", "D"});
        Run("ns3::qkdn::KeepOffScheme[Km=3]", {"A", "E", "F", "D"});
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A fault of a kind of one's own has the records of others.
 */
class ExtensionFaultTest : public TestCase
{
  public:
    ExtensionFaultTest()
        : TestCase("A fault of one's own kind is recorded and recovered from as others are")
    {
    }

  private:
    void DoRun() override
    {
        const Scenario scenario =
            ScenarioReader::ReadString(SCENARIO,
                                       "good.json",
                                       {{"/faults", "[]"}, {CLASS, "restoration"}});
        {
            ScenarioBuilder builder(scenario, "good.json");
            Ptr<FrayedFibre> fault = CreateObject<FrayedFibre>();
            fault->SetSpan(builder.GetFibre("AB"));
            ScenarioFault like;
            like.id = "fray";
            like.type = ScenarioFaultType::FIBRE_CUT;
            like.target = "AB";
            like.at = Seconds(15);
            like.repairAfter = Seconds(5);
            builder.InjectFault(fault, like);
            Simulator::Stop(scenario.simulation.duration);
            Simulator::Run();
            Check(builder.GetMonitor()->Collect(Time(0)));
        }
        Simulator::Destroy();
    }

    /**
     * @brief Check what was recorded.
     * @param results the results
     */
    void Check(const ExperimentResults& results)
    {
        NS_TEST_ASSERT_MSG_EQ(results.faults.size(), 1, "faults");
        NS_TEST_EXPECT_MSG_EQ(results.faults[0].type, "frayed-fibre", "kind");
        NS_TEST_EXPECT_MSG_EQ(results.faults[0].start, Seconds(15), "start");
        NS_TEST_EXPECT_MSG_EQ(*results.faults[0].end, Seconds(20), "end");
        const auto event = std::find_if(results.eventLog.begin(),
                                        results.eventLog.end(),
                                        [](const auto& entry) { return entry.kind == "fault"; });
        NS_TEST_ASSERT_MSG_EQ((event != results.eventLog.end()), true, "there is an event");
        NS_TEST_ASSERT_MSG_EQ(event->detail.size(), 3, "its facts");
        NS_TEST_EXPECT_MSG_EQ(event->detail[0].second, "frayed-fibre", "kind");
        NS_TEST_EXPECT_MSG_EQ(event->detail[2].second, "rat", "what it says itself");
        NS_TEST_ASSERT_MSG_EQ(results.recoveries.size(), 1, "recoveries");
        NS_TEST_EXPECT_MSG_EQ(results.recoveries[0].fault, "fray", "cause");
        NS_TEST_EXPECT_MSG_EQ(results.recoveries[0].outcome, RECOVERY_RECOVERED, "outcome");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of extensions.
 */
class QkdnExtensionTestSuite : public TestSuite
{
  public:
    QkdnExtensionTestSuite()
        : TestSuite("qkdn-extension", Type::UNIT)
    {
        AddTestCase(new ExtensionErrorTest);
        AddTestCase(new ExtensionProtocolTest);
        AddTestCase(new ExtensionSchemeMessageTest);
        AddTestCase(new ExtensionSchemeRunTest);
        AddTestCase(new ExtensionFaultTest);
    }
};

static QkdnExtensionTestSuite g_qkdnExtensionTestSuite; //!< registers the suite
