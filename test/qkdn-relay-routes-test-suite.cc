/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-joined-names.h"

#include "ns3/qkdn-resilience-monitor.h"
#include "ns3/qkdn-scenario-builder.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/qkdn-scenario-runner.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"
#include "ns3/test.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

using Overrides = std::vector<ScenarioOverride>;

const std::string SCENARIOS = std::string(QKDN_SOURCE_DIR) + "/examples/scenarios/";

/// A run of an example with some values changed.
ExperimentResults
RunExample(const std::string& name, const Overrides& overrides, const std::string& className = "")
{
    Scenario scenario = ScenarioReader::ReadFile(SCENARIOS + name + ".json", overrides);
    if (!className.empty())
    {
        ScenarioReader::SetClass(scenario, className, name);
    }
    return ScenarioRunner().Run(scenario, name);
}

const SessionResult&
SessionOf(const ExperimentResults& results, const std::string& id)
{
    const auto found = std::find_if(results.sessions.begin(),
                                    results.sessions.end(),
                                    [&id](const SessionResult& s) { return s.id == id; });
    return *found;
}

/// The first recovery of a session; an empty one if there is none.
RecoveryResult
RecoveryOf(const ExperimentResults& results, const std::string& id)
{
    for (const RecoveryResult& recovery : results.recoveries)
    {
        if (recovery.sessionOrGroup == id)
        {
            return recovery;
        }
    }
    return RecoveryResult();
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Example 1.2 of Appendix I: protection of KSA-key supply.
 */
class ProtectionExampleTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param name what fails
     * @param overrides how to make it fail
     */
    ProtectionExampleTest(const std::string& name, const Overrides& overrides)
        : TestCase("Example 1.2: A goes over to 1-3-4 and back, B makes way; " + name),
          m_overrides(overrides)
    {
    }

  private:
    void DoRun() override
    {
        const ExperimentResults results = RunExample("itu-example-1-2", m_overrides);
        NS_TEST_ASSERT_MSG_EQ(results.conservation.IsSound(), true, "books");
        const RecoveryResult recovery = RecoveryOf(results, "A");
        NS_TEST_ASSERT_MSG_EQ(Join(recovery.routeBefore), "1-2-4", "working route");
        NS_TEST_ASSERT_MSG_EQ(Join(recovery.routeAfter), "1-3-4", "protection route");
        NS_TEST_ASSERT_MSG_EQ(recovery.mechanism, "route-1:1", "mechanism");
        NS_TEST_ASSERT_MSG_EQ(recovery.outcome, RECOVERY_RECOVERED, "outcome");
        NS_TEST_ASSERT_MSG_EQ(recovery.markers.FindDisorder(), "", "markers");
        NS_TEST_ASSERT_MSG_LT(*recovery.markers.firstKeyUsable - recovery.markers.fault,
                              MilliSeconds(20),
                              "loss of light, a message, an acknowledgement");
        NS_TEST_ASSERT_MSG_EQ(recovery.revertedAt.has_value(), true, "it came back");
        const Time repaired = *results.faults.at(0).end;
        NS_TEST_ASSERT_MSG_GT_OR_EQ(*recovery.revertedAt, repaired + Seconds(20), "after WTR");
        const SessionResult& a = SessionOf(results, "A");
        NS_TEST_ASSERT_MSG_EQ(a.supplied, a.requested, "A got all its keys");
        NS_TEST_ASSERT_MSG_EQ(a.interruptions.size(), 0, "without an interruption");
        const SessionResult& b = SessionOf(results, "B");
        NS_TEST_ASSERT_MSG_EQ(b.interruptions.size(), 1, "B was stopped once");
        NS_TEST_ASSERT_MSG_EQ(b.interruptions[0].cause, "pre-empted by A", "for A");
        NS_TEST_ASSERT_MSG_LT(b.interruptions[0].start,
                              recovery.markers.fault + Seconds(1),
                              "then");
        NS_TEST_ASSERT_MSG_GT(b.interruptions[0].end, *recovery.revertedAt, "until A was back");
        NS_TEST_ASSERT_MSG_LT(b.interruptions[0].end,
                              *recovery.revertedAt + Seconds(1),
                              "no longer");
        const KeyBook book = results.conservation.GetKmaTotal();
        NS_TEST_ASSERT_MSG_GT(book.bits[KEY_RELAY_WORKING], 0, "A before and after");
        NS_TEST_ASSERT_MSG_GT(book.bits[KEY_RELAY_PROTECTION], 0, "A meanwhile");
        NS_TEST_ASSERT_MSG_GT(book.bits[KEY_RELAY_EXTRA], 0, "B");
    }

    Overrides m_overrides; //!< how to make it fail
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Triggers, hold-off and reversion in example 1.2.
 */
class TriggerTest : public TestCase
{
  public:
    TriggerTest()
        : TestCase("Example 1.2: triggers, hold-off and reversion decide when A switches")
    {
    }

  private:
    /**
     * @brief Run the example with another policy of A.
     * @param key key of its resilience
     * @param value its value
     * @return the recovery of A, which has had all its keys
     */
    RecoveryResult RunWith(const std::string& key, const std::string& value)
    {
        const ExperimentResults results =
            RunExample("itu-example-1-2", {{"/sessions/0/resilience/" + key, value}});
        const SessionResult& a = SessionOf(results, "A");
        NS_TEST_EXPECT_MSG_EQ(a.supplied, a.requested, key << " " << value);
        NS_TEST_EXPECT_MSG_EQ(results.conservation.IsSound(), true, key << " " << value);
        const RecoveryResult recovery = RecoveryOf(results, "A");
        NS_TEST_EXPECT_MSG_EQ(recovery.outcome, RECOVERY_RECOVERED, key << " " << value);
        NS_TEST_EXPECT_MSG_EQ(recovery.markers.FindDisorder(), "", key << " " << value);
        return recovery;
    }

    void DoRun() override
    {
        const Time soon = MilliSeconds(20);
        const RecoveryMarkers held = RunWith("hold_off_s", "2").markers;
        NS_TEST_ASSERT_MSG_EQ(*held.holdOffOver - *held.notified, Seconds(2), "hold-off");
        NS_TEST_ASSERT_MSG_LT(*held.operated - *held.holdOffOver, soon, "and then");

        // the pool of link 12, full at the cut, feeds A for some fifteen seconds
        const RecoveryMarkers automatic = RunWith("hold_off_s", "auto").markers;
        NS_TEST_ASSERT_MSG_GT(*automatic.operated - automatic.fault, Seconds(12), "late");
        NS_TEST_ASSERT_MSG_LT(*automatic.operated - automatic.fault, Seconds(17), "in time");

        // five seconds before it is empty, by the attribute's default
        const RecoveryMarkers low = RunWith("trigger", "pool-low").markers;
        NS_TEST_ASSERT_MSG_GT(*automatic.operated - *low.operated, Seconds(3), "before that");
        NS_TEST_ASSERT_MSG_GT(*low.operated - low.fault, Seconds(5), "with key left");

        const RecoveryMarkers empty = RunWith("trigger", "supply-interrupted").markers;
        NS_TEST_ASSERT_MSG_GT(*empty.operated - empty.fault, Seconds(5), "when a key is missing");

        NS_TEST_ASSERT_MSG_EQ(RunWith("revertive", "false").revertedAt.has_value(),
                              false,
                              "stays on the protection route");
        const RecoveryResult quick = RunWith("wtr_s", "0");
        const RecoveryResult slow = RunWith("wtr_s", "20");
        NS_TEST_ASSERT_MSG_EQ_TOL(*slow.revertedAt - *quick.revertedAt,
                                  Seconds(20),
                                  MilliSeconds(1),
                                  "wait to restore");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The longest outage by class, over the same cut.
 */
class ClassOrderTest : public TestCase
{
  public:
    ClassOrderTest()
        : TestCase("Example 1.2: longest outage unprotected > restoration > route-1:1")
    {
    }

  private:
    /**
     * @brief Longest outage of A.
     * @param className class of all sessions
     * @param pool pool of KSA-keys of A
     * @return the outage
     */
    static Time Longest(const std::string& className, const std::string& pool)
    {
        // a key that comes later than 2 ms after it was asked for is late, so that the outages
        // show that end within a second
        const Overrides overrides = {{"/sessions/0/deadline_s", "0.002"},
                                     {"/sessions/0/request_lifetime_s", "100"},
                                     {"/sessions/0/ksa_pool", pool}};
        return SessionOf(RunExample("itu-example-1-2", overrides, className), "A").longestOutage;
    }

    void DoRun() override
    {
        const std::string none = R"({"low_keys": 0, "high_keys": 0})";
        const Time unprotected = Longest("unprotected", none);
        const Time restoration = Longest("restoration", none);
        const Time protection = Longest("route-1:1", none);
        NS_TEST_ASSERT_MSG_GT(unprotected, Seconds(30), "from the end of the pools to the repair");
        NS_TEST_ASSERT_MSG_LT(restoration, MilliSeconds(100), "a search");
        NS_TEST_ASSERT_MSG_GT(unprotected, restoration, "order");
        NS_TEST_ASSERT_MSG_GT(restoration, protection, "order");
        NS_TEST_ASSERT_MSG_GT(protection, MilliSeconds(5), "loss of light at least");
        // a controller decides within 10 ms, and tells three KMs and one again
        NS_TEST_ASSERT_MSG_GT(restoration - protection, MilliSeconds(10), "decision");
        const std::string some = R"({"low_keys": 8, "high_keys": 16})";
        const Time buffered[] = {Longest("unprotected", some),
                                 Longest("restoration", some),
                                 Longest("route-1:1", some)};
        NS_TEST_ASSERT_MSG_GT_OR_EQ(buffered[0], buffered[1], "order with buffers");
        NS_TEST_ASSERT_MSG_GT_OR_EQ(buffered[1], buffered[2], "order with buffers");
        NS_TEST_ASSERT_MSG_GT(unprotected, buffered[0], "buffers help");
        NS_TEST_ASSERT_MSG_EQ(buffered[1], Time(0), "and bridge what is short");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Example 2.1 of Appendix I: recovery.
 */
class RecoveryExampleTest : public TestCase
{
  public:
    RecoveryExampleTest()
        : TestCase("Example 2.1: route 1-3-4-2 is found, installed and used, and costs three times "
                   "the key")
    {
    }

  private:
    void DoRun() override
    {
        const ExperimentResults results = RunExample("itu-example-2-1", {});
        NS_TEST_ASSERT_MSG_EQ(results.conservation.IsSound(), true, "books");
        const RecoveryResult recovery = RecoveryOf(results, "A");
        NS_TEST_ASSERT_MSG_EQ(recovery.mechanism, "restoration", "mechanism");
        NS_TEST_ASSERT_MSG_EQ(Join(recovery.routeBefore), "1-2", "direct");
        NS_TEST_ASSERT_MSG_EQ(Join(recovery.routeAfter), "1-3-4-2", "the way round");
        NS_TEST_ASSERT_MSG_EQ(recovery.outcome, RECOVERY_RECOVERED, "outcome");
        const RecoveryMarkers& markers = recovery.markers;
        NS_TEST_ASSERT_MSG_EQ(markers.FindDisorder(), "", "markers");
        NS_TEST_ASSERT_MSG_EQ(*markers.decided - *markers.notified, MilliSeconds(10), "decision");
        NS_TEST_ASSERT_MSG_LT(*markers.operated - markers.fault,
                              SessionOf(results, "A").toleration,
                              "within the toleration time");
        NS_TEST_ASSERT_MSG_EQ(SessionOf(results, "A").interruptions.size(), 0, "bridged");
        NS_TEST_ASSERT_MSG_EQ(*recovery.GetHopsBefore(), 1, "|S|");
        NS_TEST_ASSERT_MSG_EQ(*recovery.GetHopsAfter(), 3, "3|S|");
        // two further hops for each key of 512 bits that was made over the recovery route
        const uint64_t relayed = results.conservation.GetKmaTotal().bits[KEY_RELAY_PROTECTION];
        NS_TEST_ASSERT_MSG_EQ(relayed % (3 * 512), 0, "three times each key");
        NS_TEST_ASSERT_MSG_EQ(recovery.extraKeyBits, relayed / 3 * 2, "and that is what it says");

        // the search takes longer than A bears, and nothing bridges it
        const Overrides tight = {{"/sessions/0/toleration_s", "0.01"},
                                 {"/sessions/0/deadline_s", "0.05"}};
        const ExperimentResults late = RunExample("itu-example-2-1", tight);
        NS_TEST_ASSERT_MSG_EQ(RecoveryOf(late, "A").outcome,
                              RECOVERY_TOLERATION_EXCEEDED,
                              "too late");
        NS_TEST_ASSERT_MSG_EQ(SessionOf(late, "A").tolerationViolations, 1, "an interruption");

        // the same cut with keys in the session's pool
        Overrides bridged = tight;
        bridged.push_back({"/sessions/0/ksa_pool", R"({"low_keys": 5, "high_keys": 10})"});
        const ExperimentResults bridge = RunExample("itu-example-2-1", bridged);
        NS_TEST_ASSERT_MSG_EQ(RecoveryOf(bridge, "A").outcome, RECOVERY_RECOVERED, "in time");
        NS_TEST_ASSERT_MSG_EQ(SessionOf(bridge, "A").interruptions.size(), 0, "no interruption");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The workload on which a peer misses 627 of 1,475 requests.
 */
class RingTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param className class of the session
     */
    explicit RingTest(const std::string& className)
        : TestCase("Ring of 4, a QKD link stops for good: no request is missed with " + className),
          m_class(className)
    {
    }

  private:
    void DoRun() override
    {
        const ExperimentResults results = RunExample("ring-of-4", {}, m_class);
        NS_TEST_ASSERT_MSG_EQ(results.conservation.IsSound(), true, "books");
        const SessionResult& session = results.sessions.at(0);
        NS_TEST_ASSERT_MSG_EQ(session.requested, 1475, "requests");
        NS_TEST_ASSERT_MSG_EQ(session.supplied, 1475, "supplied");
        NS_TEST_ASSERT_MSG_EQ(session.late, 0, "in time");
        NS_TEST_ASSERT_MSG_EQ(Join(RecoveryOf(results, "A").routeAfter), "0-3-2", "other side");
    }

    std::string m_class; //!< class of the session
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A ring of 16 with a session across it, and one to where no route goes.
 */
class LongRouteTest : public TestCase
{
  public:
    LongRouteTest()
        : TestCase("A route of 8 hops on a ring of 16; a destination without a route gives errors")
    {
    }

  private:
    /// The scenario.
    static std::string Ring(uint32_t count)
    {
        std::string nodes;
        std::string fibres;
        std::string links;
        for (uint32_t i = 0; i < count; ++i)
        {
            const std::string a = "n" + std::to_string(i);
            const std::string b = "n" + std::to_string((i + 1) % count);
            const std::string id = std::to_string(i);
            nodes += R"({"id": ")" + a + R"("}, )";
            fibres += R"({"id": "f)" + id + R"(", "a": ")" + a + R"(", "b": ")" + b +
                      R"(", "length_km": 20}, )";
            links += R"({"id": "l)" + id + R"(", "tx": ")" + a + R"(", "rx": ")" + b +
                     R"(", "fibres": ["f)" + id +
                     R"("], "protocol": {"type": "measured", "rate_bps": 8000},
                        "initial_pool_bit": 20000, "initial_state": "running"}, )";
        }
        // an island: the QKD link to the ring does not start up in time
        nodes += R"({"id": "x"}, {"id": "y"})";
        fibres += R"({"id": "fx", "a": "n0", "b": "x", "length_km": 20},
                     {"id": "fy", "a": "x", "b": "y", "length_km": 20})";
        links += R"({"id": "lx", "tx": "n0", "rx": "x", "fibres": ["fx"], "start_up_s": 1000,
                     "protocol": {"type": "measured", "rate_bps": 8000}},
                    {"id": "ly", "tx": "x", "rx": "y", "fibres": ["fy"],
                     "protocol": {"type": "measured", "rate_bps": 8000},
                     "initial_pool_bit": 20000, "initial_state": "running"})";
        return R"({"name": "ring", "simulation": {"duration_s": 60}, "nodes": [)" + nodes +
               R"(], "fibres": [)" + fibres + R"(], "qkd_links": [)" + links +
               R"(], "controllers": [{"id": "C", "node": "n3"}], "sessions": [
                  {"id": "far", "master": "n0", "slave": "n8", "rate_keys_per_s": 2, "start_s": 5,
                   "resilience": {"class": "route-1:1", "wtr_s": 5}},
                  {"id": "island", "master": "n1", "slave": "y", "rate_keys_per_s": 2,
                   "start_s": 5}],
                  "faults": [{"at_s": 20, "type": "fibre-cut", "target": "f6",
                              "repair_after_s": 10}]})";
    }

    void DoRun() override
    {
        const ExperimentResults results =
            ScenarioRunner().Run(ScenarioReader::ReadString(Ring(16), "ring"), "ring");
        NS_TEST_ASSERT_MSG_EQ(results.conservation.IsSound(), true, "books");
        const SessionResult& far = SessionOf(results, "far");
        NS_TEST_ASSERT_MSG_EQ(far.supplied, far.requested, "all supplied");
        NS_TEST_ASSERT_MSG_EQ(far.interruptions.size(), 0, "in time");
        NS_TEST_ASSERT_MSG_EQ_TOL(*far.keyOverhead, 8.0, 1e-12, "8|S|");
        const RecoveryResult recovery = RecoveryOf(results, "far");
        NS_TEST_ASSERT_MSG_EQ(*recovery.GetHopsBefore(), 8, "half the ring");
        NS_TEST_ASSERT_MSG_EQ(*recovery.GetHopsAfter(), 8, "the other half");
        NS_TEST_ASSERT_MSG_EQ(recovery.revertedAt.has_value(), true, "and back");
        const SessionResult& island = SessionOf(results, "island");
        NS_TEST_ASSERT_MSG_EQ(island.supplied, 0, "no route, no key");
        NS_TEST_ASSERT_MSG_GT(island.lost, 100, "and an error for each request");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Example 1.2 with the controller on a node of its own, behind a classical fibre.
 */
class ControllerDistanceTest : public TestCase
{
  public:
    ControllerDistanceTest()
        : TestCase("500 km to the controller cost 2.450 ms each way; without it 1:1 still works")
    {
    }

  private:
    /// When things happened in one run.
    struct Times
    {
        Time detected;         //!< a module noticed the loss of light
        Time informed;         //!< the controller knew
        Time decided;          //!< it had decided
        Time installed;        //!< the last KM had the recovery route
        Time completed;        //!< the last acknowledgement had come
        std::string route;     //!< the recovery route
        uint64_t supplied{0};  //!< keys of A
        uint64_t requested{0}; //!< requests of A
    };

    /// @cond
    void Incident(LinkId, QkdModule::Role, const std::string&, IncidentId)
    {
        if (m_times.detected.IsZero())
        {
            m_times.detected = Simulator::Now();
        }
    }

    void Informed(SessionId, IncidentId)
    {
        if (m_times.informed.IsZero())
        {
            m_times.informed = Simulator::Now();
        }
    }

    void Decision(SessionId, RouteId, RouteId, IncidentId)
    {
        if (m_times.decided.IsZero())
        {
            m_times.decided = Simulator::Now();
        }
    }

    void Completed(SessionId, RouteId, IncidentId)
    {
        if (m_times.completed.IsZero())
        {
            m_times.completed = Simulator::Now();
        }
    }

    void Route(KmId, const KeyRoute& route, bool installed)
    {
        if (installed && route.role == ROUTE_RECOVERY && m_times.completed.IsZero())
        {
            m_times.installed = Simulator::Now();
            m_times.route.clear();
            for (const KmId km : route.kms)
            {
                m_times.route += std::to_string(km.value);
            }
        }
    }

    /// @endcond

    /**
     * @brief Run example 1.2 with one session.
     * @param className its class
     * @param lengthKm fibre from node 3 to the controller
     * @param more further changes
     * @return when things happened
     */
    Times RunWith(const std::string& className, double lengthKm, const Overrides& more)
    {
        Overrides overrides = {
            {"/nodes/-", R"({"id": "c"})"},
            {"/fibres/-",
             R"({"id": "f3c", "a": "3", "b": "c", "length_km": )" + std::to_string(lengthKm) + "}"},
            {"/controllers/0/node", "c"},
            {"/manager/node", "c"},
            {"/simulation/duration_s", "100"},
            {"/sessions/0/resilience/class", className},
            // the cut falls between two requests and between two hellos: connections are idle
            {"/faults/0/at_s", "60.1"},
            {"/sessions/1/stop_s", "50"}};
        overrides.insert(overrides.end(), more.begin(), more.end());
        const Scenario scenario =
            ScenarioReader::ReadFile(SCENARIOS + "itu-example-1-2.json", overrides);
        m_times = Times();
        RngSeedManager::SetSeed(scenario.simulation.seed);
        RngSeedManager::SetRun(scenario.simulation.run);
        const ScenarioBuilder builder(scenario, "example");
        using Self = ControllerDistanceTest;
        const Ptr<QkdnController> controller = builder.GetController("C");
        controller->TraceConnectWithoutContext("Informed", MakeCallback(&Self::Informed, this));
        controller->TraceConnectWithoutContext("Decision", MakeCallback(&Self::Decision, this));
        controller->TraceConnectWithoutContext("Completed", MakeCallback(&Self::Completed, this));
        for (const std::string node : {"1", "2", "3", "4"})
        {
            builder.GetKeyManager(node)->GetControlAgent()->TraceConnectWithoutContext(
                "Route",
                MakeCallback(&Self::Route, this));
        }
        const QkdLink& link = builder.GetQkdLink("12");
        for (const auto& module : {link.transmitter, link.receiver})
        {
            module->TraceConnectWithoutContext("Incident", MakeCallback(&Self::Incident, this));
        }
        Simulator::Stop(scenario.simulation.duration);
        Simulator::Run();
        const ExperimentResults results = builder.GetMonitor()->Collect(Time(0));
        m_times.supplied = results.sessions.at(0).supplied;
        m_times.requested = results.sessions.at(0).requested;
        NS_TEST_EXPECT_MSG_EQ(results.conservation.IsSound(), true, "books");
        Simulator::Destroy();
        return m_times;
    }

    void DoRun() override
    {
        const Times near = RunWith("restoration", 1, {});
        const Times far = RunWith("restoration", 501, {});
        const Time added = MicroSeconds(2450);
        NS_TEST_ASSERT_MSG_EQ_TOL(far.informed - far.detected,
                                  near.informed - near.detected + added,
                                  MicroSeconds(1),
                                  "notification");
        NS_TEST_ASSERT_MSG_EQ(far.decided - far.informed, near.decided - near.informed, "decision");
        NS_TEST_ASSERT_MSG_EQ_TOL(far.installed - far.decided,
                                  near.installed - near.decided + added,
                                  MicroSeconds(1),
                                  "installation");
        // installation and its acknowledgement, the selection and its acknowledgement
        NS_TEST_ASSERT_MSG_EQ_TOL(far.completed - far.decided,
                                  near.completed - near.decided + added * 4,
                                  MicroSeconds(1),
                                  "the last acknowledgement");
        NS_TEST_ASSERT_MSG_EQ(near.route, "134", "the only route");
        NS_TEST_ASSERT_MSG_EQ(far.route, near.route, "the same decision");
        NS_TEST_ASSERT_MSG_EQ(far.supplied, far.requested, "all supplied");

        // nobody can reach the controller from before the cut on
        const Overrides lonely = {
            {"/faults/-", R"({"at_s": 55, "type": "fibre-cut", "target": "f3c"})"}};
        const Times restoration = RunWith("restoration", 1, lonely);
        NS_TEST_ASSERT_MSG_EQ(restoration.installed, Time(0), "no restoration");
        NS_TEST_ASSERT_MSG_LT(restoration.supplied, restoration.requested, "A runs out of key");
        const Times protection = RunWith("route-1:1", 1, lonely);
        NS_TEST_ASSERT_MSG_EQ(protection.informed, Time(0), "the controller knows nothing");
        NS_TEST_ASSERT_MSG_EQ(protection.supplied, protection.requested, "A goes on");
    }

    Times m_times; //!< of the run
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of key supply over relay routes that fail.
 */
class QkdnRelayRoutesTestSuite : public TestSuite
{
  public:
    QkdnRelayRoutesTestSuite()
        : TestSuite("qkdn-relay-routes", Type::SYSTEM)
    {
        AddTestCase(new ProtectionExampleTest("fibre 1-2 is cut", {}));
        AddTestCase(new ProtectionExampleTest("fibre 2-4 is cut", {{"/faults/0/target", "f24"}}));
        Overrides power = {{"/faults/0/type", "node-power"}, {"/faults/0/target", "2"}};
        for (int link = 0; link < 4; ++link)
        {
            power.push_back({"/qkd_links/" + std::to_string(link) + "/start_up_s", "10"});
        }
        AddTestCase(new ProtectionExampleTest("node 2 loses power", power));
        AddTestCase(new TriggerTest);
        AddTestCase(new ClassOrderTest);
        AddTestCase(new RecoveryExampleTest);
        AddTestCase(new RingTest("route-1:1"));
        AddTestCase(new RingTest("route-shared"));
        AddTestCase(new RingTest("restoration"));
        AddTestCase(new LongRouteTest);
        AddTestCase(new ControllerDistanceTest);
    }
};

static QkdnRelayRoutesTestSuite g_qkdnRelayRoutesTestSuite; //!< registers the suite
