/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Sessions that wait for a route, or for a protection route, while something happens that helps
// them: at a moment at which they cannot react, or without a hop becoming usable.

#include "qkdn-scenario-ways.h"

#include "ns3/qkdn-scenario-reader.h"
#include "ns3/qkdn-scenario-runner.h"
#include "ns3/test.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// A network and what happens in it.
struct Case
{
    std::string nodes;              //!< names of nodes, a character each
    std::vector<std::string> links; //!< QKD links: two nodes each
    std::string sessions;           //!< elements of "sessions"
    std::string faults;             //!< elements of "faults"
    uint32_t durationS{60};         //!< simulated time, s
    std::string controller{"3"};    //!< its node, or X for one that is far from all
    uint32_t rateBps{20000};        //!< of each QKD link, bit/s
    uint32_t poolBit{9000};         //!< in each pool at first
    std::string controllerKeys{};   //!< more keys of the controller
    std::string managerKeys{};      //!< more keys of the manager
};

/// The session S from node 1 to another one, of four keys a second.
std::string
MakeSession(const std::string& slave, const std::string& resilience, uint32_t startS = 3)
{
    return R"({"id": "S", "master": "1", "slave": ")" + slave +
           R"(", "rate_keys_per_s": 4, "start_s": )" + std::to_string(startS) +
           R"(, "toleration_s": 5, "deadline_s": 1, "resilience": )" + resilience + "}";
}

/**
 * @brief A module that fails.
 * @param atS when, s
 * @param link its QKD link, of which it is the transmitter
 * @param repairAfterS after what it is repaired, s; 0 for never
 * @return an element of "faults"
 */
std::string
Module(double atS, const std::string& link, double repairAfterS = 0)
{
    return MakeScenarioFault(atS, "module-failure", link + "/tx", repairAfterS);
}

/// Session S from 1 to 2 has to stop for T from 4 to 2 when both go over 3.
Case
MakePreemption(const std::string& resilienceOfS, const std::string& faults)
{
    Case given;
    given.nodes = "1234";
    given.links = {"12", "13", "32", "42", "43"};
    given.sessions = R"({"id": "S", "master": "1", "slave": "2", "rate_keys_per_s": 10,
                         "priority": 0, "resilience": )" +
                     resilienceOfS + R"(}, {"id": "T", "master": "4", "slave": "2",
                         "rate_keys_per_s": 10, "priority": 5,
                         "resilience": {"class": "restoration", "wtr_s": 3}})";
    given.faults = faults;
    given.rateBps = 4000;
    given.poolBit = 20000;
    given.managerKeys = R"(, "policy": {"may_preempt": true})";
    return given;
}

/// The file of a case.
std::string
MakeFile(const Case& given)
{
    const ScenarioWays ways = MakeScenarioWays(
        given.links,
        10,
        R"("initial_state": "running", "initial_pool_bit": )" + std::to_string(given.poolBit) +
            R"(, "start_up_s": 0.5, "resync_s": 0.5, "protocol": {"type": "measured", "rate_bps": )" +
            std::to_string(given.rateBps) + "}");
    std::string nodes;
    std::string farFibres;
    for (const char name : given.nodes)
    {
        nodes += R"({"id": ")" + std::string(1, name) + R"("}, )";
        farFibres += R"(, {"id": "x)" + std::string(1, name) + R"(", "a": "X", "b": ")" +
                     std::string(1, name) + R"(", "length_km": 5000})";
    }
    const bool isFar = given.controller == "X";
    nodes += isFar ? R"({"id": "X"})" : R"({"id": "Y"})";
    if (!isFar)
    {
        farFibres = R"(, {"id": "y1", "a": "Y", "b": "1", "length_km": 10})";
    }
    return R"({"name": "waiting", "simulation": {"distillation": "ideal", "duration_s": )" +
           std::to_string(given.durationS) +
           R"(}, "key_management": {"kx_authentication": "computational", "capacity_bit": )" +
           std::to_string(given.poolBit + 1000) + "}," + R"("nodes": [)" + nodes +
           R"(], "fibres": [)" + ways.fibres + farFibres + R"(], "qkd_links": [)" + ways.links +
           R"(], "controllers": [{"id": "C", "node": ")" + given.controller + "\"" +
           given.controllerKeys + R"(}], "manager": {"node": ")" + given.controller + "\"" +
           given.managerKeys + R"(}, "sessions": [)" + given.sessions + R"(], "faults": [)" +
           given.faults + "]}";
}

/// A run of a case.
ExperimentResults
RunCase(const Case& given)
{
    return ScenarioRunner().Run(ScenarioReader::ReadString(MakeFile(given), "waiting"), "waiting");
}

/// Requests for keys of session S from a time on that were not answered in time.
int64_t
CountLate(const ExperimentResults& results, double fromS)
{
    return std::count_if(results.requests.begin(),
                         results.requests.end(),
                         [fromS](const RequestResult& request) {
                             return request.session == "S" &&
                                    (request.outcome == REQUEST_LATE ||
                                     request.outcome == REQUEST_LOST) &&
                                    request.issued.GetSeconds() >= fromS;
                         });
}

/**
 * @ingroup qkdn-resilience-tests
 * @brief Keys are supplied although routes failed at an awkward moment.
 */
class SuppliedTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param name what is tested
     * @param given the case
     * @param fromS from when on all keys are in time, s
     */
    SuppliedTest(const std::string& name, const Case& given, double fromS)
        : TestCase(name),
          m_case(given),
          m_fromS(fromS)
    {
    }

  private:
    void DoRun() override
    {
        const ExperimentResults results = RunCase(m_case);
        NS_TEST_ASSERT_MSG_GT(results.requests.size(), 50, "requests");
        NS_TEST_EXPECT_MSG_EQ(CountLate(results, m_fromS), 0, "keys are in time");
    }

    Case m_case;    //!< the case
    double m_fromS; //!< from when on all is well, s
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A session is served as a controller reports it, at the end of a run.
 */
class StatusTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param name what is tested
     * @param given the case
     * @param session a session
     * @param key a detail of its last status
     * @param value what it is to be
     */
    StatusTest(const std::string& name,
               const Case& given,
               const std::string& session,
               const std::string& key,
               const std::string& value)
        : TestCase(name),
          m_case(given),
          m_session(session),
          m_key(key),
          m_value(value)
    {
    }

  private:
    void DoRun() override
    {
        const ExperimentResults results = RunCase(m_case);
        std::string last = "nothing";
        for (const EventResult& event : results.eventLog)
        {
            if (event.kind == "session-status" && Find(event, "session") == m_session)
            {
                last = Find(event, m_key);
            }
        }
        NS_TEST_EXPECT_MSG_EQ(last, m_value, m_key << " of session " << m_session);
    }

    /// A detail of an event, empty if it has none of that name.
    static std::string Find(const EventResult& event, const std::string& key)
    {
        const auto found = std::find_if(event.detail.begin(),
                                        event.detail.end(),
                                        [&key](const auto& item) { return item.first == key; });
        return found == event.detail.end() ? std::string() : found->second;
    }

    Case m_case;           //!< the case
    std::string m_session; //!< the session
    std::string m_key;     //!< what of it
    std::string m_value;   //!< what it is to be
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Operations of a session are reported once, with the routes that it used.
 */
class OperationsTest : public TestCase
{
  public:
    OperationsTest()
        : TestCase("A session that had to stop goes on over the route that its key manager says")
    {
    }

  private:
    void DoRun() override
    {
        Case given = MakePreemption(R"({"class": "route-1:1", "wtr_s": 3})",
                                    Module(10, "12", 20) + ", " + Module(20, "42", 20) + ", " +
                                        Module(70, "12", 10));
        given.durationS = 100;
        std::string operations;
        for (const EventResult& event : RunCase(given).eventLog)
        {
            if (event.kind == "operation" && event.entity == "controller/C" &&
                event.detail.at(1).second == "S")
            {
                operations += event.detail.at(0).second + " ";
            }
        }
        NS_TEST_EXPECT_MSG_EQ(operations,
                              "protection-switch pre-emption resumption protection-switch "
                              "reversion ",
                              "operations of S");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A session that was restored and had to stop goes on when a route of its own is good.
 */
class ResumptionTest : public TestCase
{
  public:
    ResumptionTest()
        : TestCase("A restored session that had to stop is not restored over what it had to leave")
    {
    }

  private:
    void DoRun() override
    {
        const Case given = MakePreemption(R"({"class": "restoration", "wtr_s": 3})",
                                          Module(10, "12", 30) + ", " + Module(30, "42", 20));
        double resumedS = 0;
        for (const EventResult& event : RunCase(given).eventLog)
        {
            if (event.kind == "operation" && event.entity == "controller/C" &&
                event.detail.at(0).second == "resumption")
            {
                resumedS = event.time.GetSeconds();
            }
        }
        // its working route is repaired at 40 s and generates 0.5 s later; T is back at 53.5 s
        NS_TEST_EXPECT_MSG_GT(resumedS, 40.5, "when S goes on");
        NS_TEST_EXPECT_MSG_LT(resumedS, 41, "when S goes on");
    }
};

/// Routes 1-2, 1-3-2 and 1-4-5-2 with a controller that is far away; the latter two appear one
/// after the other.
Case
MakeLateProtection(const std::string& resilience, const std::string& faults)
{
    Case given;
    given.nodes = "12345";
    given.links = {"12", "13", "32", "14", "45", "52"};
    given.sessions = MakeSession("2", resilience, 6);
    given.faults = Module(0.2, "13", 9.8) + ", " + Module(0.2, "14", 9.82) + ", " + faults;
    given.controller = "X";
    return given;
}

/**
 * @ingroup qkdn-resilience-tests
 * @brief Sessions that wait.
 */
class WaitingSessionsTestSuite : public TestSuite
{
  public:
    WaitingSessionsTestSuite();

  private:
    /// Sessions over several routes.
    void AddSets();
    /// Sessions that lack a protection route.
    void AddProtection();
    /// Sessions that are restored.
    void AddRestoration();
};

WaitingSessionsTestSuite::WaitingSessionsTestSuite()
    : TestSuite("qkdn-waiting-sessions", Type::SYSTEM)
{
    AddSets();
    AddProtection();
    AddRestoration();
    AddTestCase(new OperationsTest());
    AddTestCase(new ResumptionTest());
}

void
WaitingSessionsTestSuite::AddSets()
{
    for (const std::string name : {"multi-path", "route-1+1"})
    {
        Case crash;
        crash.nodes = "123456";
        crash.links = {"12", "24", "13", "36", "64", "35", "54"};
        crash.sessions = MakeSession("4", R"({"class": ")" + name + "\"}");
        crash.faults = Module(10, "12") + ", " + MakeScenarioFault(20, "km-crash", "5");
        AddTestCase(new SuppliedTest(name + ": a key manager of the last route crashes", crash, 0));
        crash.faults = Module(10, "12") + ", " + MakeScenarioFault(20, "km-crash", "6");
        AddTestCase(new SuppliedTest(name + ": another key manager crashes", crash, 0));
    }

    Case full;
    full.nodes = "12345";
    full.links = {"12", "24", "13", "34", "15", "52"};
    full.sessions = R"({"id": "S", "master": "1", "slave": "4", "rate_keys_per_s": 10,
                        "start_s": 3, "deadline_s": 1, "resilience": {"class": "multi-path"}})";
    full.faults = Module(10, "12") + ", " + Module(20, "13");
    full.rateBps = 4000;
    full.poolBit = 20000;
    full.controllerKeys = R"(, "admission": "rate")";
    AddTestCase(new SuppliedTest("A failed route leaves its key rate to the next one", full, 0));

    Case longWay;
    longWay.nodes = "1234567";
    longWay.links = {"12", "24", "13", "34", "15", "56", "67", "74"};
    longWay.sessions =
        MakeSession("4", R"({"class": "secret-sharing", "shares": 3, "threshold": 2})", 6);
    longWay.managerKeys = R"(, "policy": {"max_hops": 3})";
    AddTestCase(
        new SuppliedTest("Two short routes are taken where the third is too long", longWay, 0));
}

void
WaitingSessionsTestSuite::AddProtection()
{
    for (const double repairedS : {0.55, 0.62, 0.68, 0.75})
    {
        Case late;
        late.nodes = "123";
        late.links = {"12", "13", "32"};
        late.sessions = MakeSession("2", R"({"class": "route-1:1", "wtr_s": 3})");
        late.faults = Module(0.1, "13", repairedS - 0.1) + ", " + Module(20, "12");
        late.durationS = 40;
        late.controller = "X";
        AddTestCase(new SuppliedTest("A protection route appears " + std::to_string(repairedS) +
                                         " s after the start",
                                     late,
                                     0));
    }

    Case wait;
    wait.nodes = "1234";
    wait.links = {"12", "23", "14", "42", "43"};
    wait.sessions = MakeSession("3",
                                R"({"class": "route-1:1", "escalation": "restoration",
                                    "wtr_s": 10})");
    wait.faults = Module(0.2, "43", 24.8) + ", " + Module(10, "12", 10) + ", " + Module(60, "12");
    wait.durationS = 80;
    AddTestCase(new StatusTest("A protection route appears while the session waits to restore",
                               wait,
                               "S",
                               "supply",
                               "protected"));

    for (const std::string escalation : {"none", "restoration"})
    {
        AddTestCase(new SuppliedTest(
            "A key manager of a protection route crashes, escalation " + escalation,
            MakeLateProtection(R"({"class": "route-1:1", "wtr_s": 3,
                                                    "escalation": ")" +
                                   escalation + "\"}",
                               MakeScenarioFault(10.53, "km-crash", "3") + ", " + Module(40, "12")),
            0));
    }
    AddTestCase(new StatusTest(
        "Both routes fail while the second one is announced",
        [] {
            Case both = MakeLateProtection(R"({"class": "route-1:1", "escalation": "restoration"})",
                                           Module(10.57, "12") + ", " + Module(10.57, "32"));
            both.durationS = 12;
            return both;
        }(),
        "S",
        "supply",
        "recovered"));

    Case extra;
    extra.nodes = "123";
    extra.links = {"12", "13", "32"};
    extra.sessions = MakeSession("2", R"({"class": "route-1:1"})") +
                     R"(, {"id": "E", "master": "1", "slave": "2", "rate_keys_per_s": 4,
                          "resilience": {"class": "route-1:1", "extra_traffic": true}})";
    extra.faults = R"({"type": "controller-crash", "target": "C", "at_s": 10,
                       "repair_after_s": 2})";
    extra.durationS = 30;
    AddTestCase(new StatusTest("Extra traffic has no protection route after a crash, either",
                               extra,
                               "E",
                               "protection",
                               ""));
}

void
WaitingSessionsTestSuite::AddRestoration()
{
    Case repaired;
    repaired.nodes = "123456";
    repaired.links = {"12", "23", "34", "15", "56", "64", "26"};
    repaired.sessions = MakeSession("4",
                                    R"({"class": "route-1:1", "escalation": "restoration",
                                        "wtr_s": 3})");
    repaired.faults = Module(10, "15") + ", " + Module(20, "12", 20) + ", " + Module(30, "34");
    AddTestCase(new SuppliedTest("A hop is good again while another one of the route is not",
                                 repaired,
                                 41));

    Case back;
    back.nodes = "123";
    back.links = {"12", "13", "32"};
    back.sessions = MakeSession("2",
                                R"({"class": "route-1:1", "escalation": "restoration",
                                    "wtr_s": 3})");
    back.faults = Module(0.2, "13", 19.8) + ", " + Module(10, "12", 20);
    back.durationS = 40;
    AddTestCase(new StatusTest("The working route is good again while a protection route is set up",
                               back,
                               "S",
                               "supply",
                               "normal"));

    for (const std::string trigger : {"pool-low", "supply-interrupted"})
    {
        Case stopped =
            MakePreemption(R"({"class": "restoration", "wtr_s": 3, "trigger": ")" + trigger + "\"}",
                           Module(10, "13", 30) + ", " + Module(30, "42", 20));
        stopped.links = {"13", "32", "42", "43"};
        if (trigger == "pool-low")
        {
            stopped.nodes = "12345";
            stopped.links.insert(stopped.links.end(), {"15", "52"});
        }
        stopped.durationS = 80;
        AddTestCase(
            new StatusTest("A route that was repaired while its session had to stop, " + trigger,
                           stopped,
                           "S",
                           "supply",
                           "normal"));
    }
}

/// Registers the suite.
WaitingSessionsTestSuite g_waitingSessionsTestSuite;

} // namespace
