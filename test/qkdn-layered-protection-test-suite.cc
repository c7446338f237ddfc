/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// A protection group in the quantum layer below a session with a protection route and escalation.

#include "ns3/qkdn-scenario-builder.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/qkdn-scenario-runner.h"
#include "ns3/test.h"

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// Key rate of each QKD link, bit/s, and key in its pool at the beginning, bit.
struct Supply
{
    uint32_t rateBps{4000}; //!< key rate
    uint32_t poolBit{8000}; //!< pool
};

/**
 * @brief A QKD link.
 * @param ends its nodes, for example "12"
 * @param supply its key
 * @return its object
 */
std::string
MakeLink(const std::string& ends, const Supply& supply)
{
    std::ostringstream json;
    json << R"({"id": ")" << ends << R"(", "tx": ")" << ends[0] << R"(", "rx": ")" << ends[1]
         << R"(", "fibres": ["f)" << ends << R"("], "protocol": {"type": "measured", "rate_bps": )"
         << supply.rateBps << R"(, "block_key_bit": 1024}, "initial_pool_bit": )" << supply.poolBit
         << R"(, "initial_state": "running", "resync_s": 0.5})";
    return json.str();
}

/**
 * @brief Session A from 1 to 2 over QKD link 12, whose modules may go over to fibre f12p (group g);
 * ways round over 3 and 4.
 * @param faults objects of faults
 * @param supply key of QKD links
 * @param overrides further values to replace
 * @return the scenario
 */
Scenario
MakeScenario(const std::string& faults,
             const Supply& supply,
             const std::vector<ScenarioOverride>& overrides)
{
    std::ostringstream json;
    json << R"({"name": "layers", "simulation": {"duration_s": 38},
        "nodes": [{"id": "1"}, {"id": "2"}, {"id": "3"}, {"id": "4"}],
        "fibres": [
          {"id": "f12", "a": "1", "b": "2", "length_km": 20, "classical": false},
          {"id": "f12p", "a": "1", "b": "2", "length_km": 22, "classical": false})";
    const std::vector<std::string> sides = {"13", "32", "14", "42"};
    for (const std::string& side : sides)
    {
        json << R"(, {"id": "f)" << side << R"(", "a": ")" << side[0] << R"(", "b": ")" << side[1]
             << R"(", "length_km": 18})";
    }
    json << R"(], "qkd_links": [)" << MakeLink("12", supply);
    for (const std::string& side : sides)
    {
        json << ", " << MakeLink(side, supply);
    }
    json << R"(], "optical_switches": [
          {"id": "s1", "node": "1", "switching_s": 0.02, "loss_db": 1},
          {"id": "s2", "node": "2", "switching_s": 0.02, "loss_db": 1}],
        "protection_groups": [
          {"id": "g", "class": "link-1:1", "working": ["12"], "wtr_s": 4,
           "protection": [{"modules_of": "12", "fibres": ["f12p"], "switches": ["s1", "s2"]}]}],
        "controllers": [{"id": "C", "node": "3"}], "manager": {"node": "3"},
        "sessions": [
          {"id": "A", "master": "1", "slave": "2", "key_size_bit": 256, "rate_keys_per_s": 5,
           "start_s": 5, "deadline_s": 0.5, "toleration_s": 5,
           "resilience": {"class": "route-1:1", "wtr_s": 4, "hold_off_s": 2,
                          "escalation": "restoration"}}],
        "faults": [)"
         << faults << "]}";
    return ScenarioReader::ReadString(json.str(), "layers.json", overrides);
}

/// A cut of a fibre.
std::string
Cut(const std::string& id, const std::string& fibre, double at, double repairAfter)
{
    std::ostringstream json;
    json << R"({"id": ")" << id << R"(", "type": "fibre-cut", "target": ")" << fibre
         << R"(", "at_s": )" << at << R"(, "repair_after_s": )" << repairAfter << "}";
    return json.str();
}

/// A command to the group.
std::string
Command(const std::string& command, double at)
{
    std::ostringstream json;
    json << R"({"group": "g", "command": ")" << command << R"(", "at_s": )" << at << "}";
    return json.str();
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Base of runs with protection in several layers.
 */
class LayeredRunTest : public TestCase
{
  protected:
    using TestCase::TestCase;

    /**
     * @brief Run, and expect sound books.
     * @param faults objects of faults
     * @param overrides further values to replace
     * @param supply key of QKD links
     */
    void Run(const std::string& faults,
             const std::vector<ScenarioOverride>& overrides = {},
             const Supply& supply = {})
    {
        m_results = ScenarioRunner().Run(MakeScenario(faults, supply, overrides), "layers.json");
        NS_TEST_EXPECT_MSG_EQ(m_results.conservation.IsSound(), true, faults << ": books");
    }

    /// Decisions of the first end of the group, for example "15005:P0 29005:W0", times in ms.
    std::string GetDecisions() const
    {
        std::string decisions;
        for (const EventResult& event : m_results.eventLog)
        {
            if (event.kind == "group-decision" && event.entity == "group/g/0")
            {
                decisions += (decisions.empty() ? "" : " ") +
                             std::to_string(event.time.GetMilliSeconds()) + ":" +
                             event.detail.back().second;
            }
        }
        return decisions;
    }

    /// Results of commands, for example "lockout=accepted".
    std::string GetCommands() const
    {
        std::string commands;
        for (const EventResult& event : m_results.eventLog)
        {
            if (event.kind == "group-command")
            {
                commands += (commands.empty() ? "" : " ") + event.detail[1].second + "=" +
                            event.detail[2].second;
            }
        }
        return commands;
    }

    /// Protection and recovery actions of routes that the manager has entered, in order.
    std::string GetOperations() const
    {
        std::string operations;
        for (const EventResult& event : m_results.eventLog)
        {
            if (event.kind == "operation" && event.entity == "manager")
            {
                operations += (operations.empty() ? "" : " ") + event.detail.front().second;
            }
        }
        return operations;
    }

    /**
     * @brief The episodes of the session or the group.
     * @param name "A" or "g"
     * @return for example "cut link-1:1 recovered", one a line
     */
    std::string GetEpisodes(const std::string& name) const
    {
        std::string episodes;
        for (const RecoveryResult& recovery : m_results.recoveries)
        {
            if (recovery.sessionOrGroup == name)
            {
                episodes += (episodes.empty() ? "" : "\n") + recovery.fault + " " +
                            recovery.mechanism + " " + RecoveryOutcomeName(recovery.outcome);
            }
        }
        return episodes;
    }

    /// The only episode of the session or the group.
    const RecoveryResult& GetEpisode(const std::string& name) const
    {
        return *std::find_if(m_results.recoveries.begin(),
                             m_results.recoveries.end(),
                             [&name](const RecoveryResult& r) { return r.sessionOrGroup == name; });
    }

    /// Expect that all requests were served on time.
    void ExpectServed(const std::string& what)
    {
        const SessionResult& session = m_results.sessions.at(0);
        NS_TEST_EXPECT_MSG_EQ(session.supplied, session.requested, what << ": supplied");
        NS_TEST_EXPECT_MSG_EQ(session.interruptions.size(), 0, what << ": no interruption");
    }

    ExperimentResults m_results; //!< of the run
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Who is faster: the hold-off of the session against the switch of the group.
 */
class LayersHoldOffTest : public LayeredRunTest
{
  public:
    LayersHoldOffTest()
        : LayeredRunTest(
              "Hold-off, a number or auto, decides whether the group or the route switches")
    {
    }

  private:
    void DoRun() override
    {
        const std::string cut = Cut("cut", "f12", 15, 10);
        const std::string place = "/sessions/0/resilience/hold_off_s";
        for (const std::string holdOff : {"2", "\"auto\""})
        {
            Run(cut, {{place, holdOff}});
            NS_TEST_EXPECT_MSG_EQ(GetOperations(), "", holdOff << ": no route switches");
            NS_TEST_EXPECT_MSG_EQ(GetEpisodes("A"), "cut link-1:1 recovered", holdOff);
            NS_TEST_EXPECT_MSG_EQ(GetEpisodes("g"), "cut link-1:1 recovered", holdOff);
            NS_TEST_EXPECT_MSG_EQ(GetDecisions(), "15005:P0 29005:W0", "there and back");
            ExpectServed(holdOff);
        }
        // a pool of 600 bits with less key than is asked for does not last until the group is ready
        const Supply little{1500, 600};
        Run(cut, {{place, "\"auto\""}}, little);
        NS_TEST_EXPECT_MSG_EQ(GetEpisodes("A"), "cut route-1:1 recovered", "it does not wait");
        NS_TEST_EXPECT_MSG_EQ(GetEpisode("A").markers.ComputeStages().stage[STAGE_HOLD_OFF],
                              Time(0),
                              "no hold-off without key");
        NS_TEST_EXPECT_MSG_EQ(GetOperations(),
                              "protection-switch reversion protection-switch reversion",
                              "the route, and again while the group reverts");
        for (const std::string holdOff : {"0", "0.3"})
        {
            Run(cut, {{place, holdOff}});
            NS_TEST_EXPECT_MSG_EQ(GetEpisodes("A"), "cut route-1:1 recovered", "too short");
            NS_TEST_EXPECT_MSG_EQ(GetEpisodes("g"), "cut link-1:1 recovered", "all the same");
            ExpectServed(holdOff);
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A fibre that flaps within wait-to-restore, and slower than that.
 */
class LayersFlappingTest : public LayeredRunTest
{
  public:
    LayersFlappingTest()
        : LayeredRunTest("A working fibre that flaps: wait-to-restore begins anew with each cut")
    {
    }

  private:
    /// Four cuts.
    static std::string Flap(double period, double down)
    {
        std::string faults;
        for (int i = 0; i < 4; ++i)
        {
            faults += (i > 0 ? ", " : "") +
                      Cut("flap-" + std::to_string(i), "f12", 12 + period * i, down);
        }
        return faults;
    }

    void DoRun() override
    {
        Run(Flap(2, 0.8));
        NS_TEST_EXPECT_MSG_EQ(GetDecisions(),
                              "12005:P0 22805:W0",
                              "4 s after the last repair, not before");
        NS_TEST_EXPECT_MSG_EQ(GetEpisodes("g"), "flap-0 link-1:1 recovered", "one episode");
        NS_TEST_EXPECT_MSG_EQ(GetEpisodes("A"), "flap-0 link-1:1 recovered", "one episode");
        NS_TEST_EXPECT_MSG_EQ(GetEpisode("g").revertedAt.value_or(Time(0)).GetMilliSeconds(),
                              22825,
                              "reverted once");
        NS_TEST_EXPECT_MSG_EQ(GetOperations(), "", "no route switches");
        ExpectServed("flapping");
        Run(Flap(6, 0.8));
        NS_TEST_EXPECT_MSG_EQ(GetDecisions(),
                              "12005:P0 16805:W0 18005:P0 22805:W0 24005:P0 28805:W0 30005:P0 "
                              "34805:W0",
                              "there and back each time");
        NS_TEST_EXPECT_MSG_EQ(std::count_if(m_results.recoveries.begin(),
                                            m_results.recoveries.end(),
                                            [](const RecoveryResult& recovery) {
                                                return recovery.outcome == RECOVERY_RECOVERED &&
                                                       recovery.mechanism == "link-1:1";
                                            }),
                              8,
                              "four episodes of the group, four of the session");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Optical switches that do not switch.
 */
class LayersStuckSwitchTest : public LayeredRunTest
{
  public:
    LayersStuckSwitchTest()
        : LayeredRunTest("With an optical switch that is stuck the protection route takes over")
    {
    }

  private:
    /// Expect that the route has recovered the session, and the repair the group.
    void ExpectRoute(const std::string& what, const std::string& decisions)
    {
        NS_TEST_EXPECT_MSG_EQ(GetDecisions(), decisions, what);
        NS_TEST_EXPECT_MSG_EQ(GetEpisodes("A"), "cut route-1:1 recovered", what);
        NS_TEST_EXPECT_MSG_EQ(GetEpisodes("g"), "cut link-1:1 repaired", what);
        NS_TEST_EXPECT_MSG_EQ(GetOperations(), "protection-switch reversion", what);
        const RecoveryStages stages = GetEpisode("A").markers.ComputeStages();
        NS_TEST_EXPECT_MSG_EQ(stages.stage[STAGE_HOLD_OFF], Seconds(2), what << ": hold-off");
        ExpectServed(what);
    }

    void DoRun() override
    {
        const std::string cut = Cut("cut", "f12", 15, 10);
        Run(R"({"id": "stuck", "type": "optical-switch-failure", "target": "s1", "at_s": 10}, )" +
            cut);
        ExpectRoute("stuck and known", "");
        Run(cut, {{"/optical_switches/1/coverage", "0"}});
        ExpectRoute("it does not reach its port", "15005:P0 15025:W0");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Commands of operators while fibres are cut (RFC 7271: LO before SF-P, FS and SF).
 */
class LayersCommandTest : public LayeredRunTest
{
  public:
    LayersCommandTest()
        : LayeredRunTest("Lockout and forced switch while a fibre of a group is cut")
    {
    }

  private:
    void DoRun() override
    {
        const std::string cut = Cut("cut", "f12", 15, 12);
        Run(cut, {{"/commands", "[" + Command("lockout", 10) + "]"}});
        NS_TEST_EXPECT_MSG_EQ(GetDecisions(), "", "locked out: it stays where it is");
        NS_TEST_EXPECT_MSG_EQ(GetEpisodes("A"), "cut route-1:1 recovered", "by the route");
        NS_TEST_EXPECT_MSG_EQ(GetEpisodes("g"), "cut link-1:1 repaired", "by the repair");
        ExpectServed("lockout before the cut");

        Run(cut, {{"/commands", "[" + Command("lockout", 18) + "," + Command("clear", 22) + "]"}});
        NS_TEST_EXPECT_MSG_EQ(GetDecisions(),
                              "15005:P0 18000:W0 22000:P0 31005:W0",
                              "the lockout takes it back to the cut fibre, and is cleared");
        NS_TEST_EXPECT_MSG_EQ(GetCommands(),
                              "lockout=accepted lockout=cleared clear=accepted",
                              "commands");
        NS_TEST_EXPECT_MSG_EQ(GetOperations(),
                              "protection-switch reversion",
                              "meanwhile the route");
        NS_TEST_EXPECT_MSG_EQ(GetEpisodes("g"), "cut link-1:1 recovered", "one failure");
        ExpectServed("lockout during the cut");

        Run(Cut("cut", "f12p", 15, 6),
            {{"/commands", "[" + Command("forced-switch", 10) + "," + Command("clear", 25) + "]"}});
        NS_TEST_EXPECT_MSG_EQ(GetDecisions(),
                              "10000:P0 15005:W0",
                              "a failure of the protection fibre is stronger");
        NS_TEST_EXPECT_MSG_EQ(GetCommands(),
                              "forced-switch=accepted forced-switch=overridden-local "
                              "clear=rejected-nothing-to-clear",
                              "and the command is gone");
        NS_TEST_EXPECT_MSG_EQ(GetEpisodes("g"), "cut link-1:1 recovered", "on the working fibre");
        ExpectServed("forced switch");

        Run(Cut("cut", "f12", 15, 6), {{"/commands", "[" + Command("forced-switch", 10) + "]"}});
        NS_TEST_EXPECT_MSG_EQ(GetDecisions(), "10000:P0", "it stays without wait-to-restore");
        NS_TEST_EXPECT_MSG_EQ(m_results.recoveries.size(), 0, "nothing in use has failed");
        ExpectServed("a cut of the fibre that is not in use");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The group, then the protection route, then the controller.
 */
class LayersEscalationTest : public LayeredRunTest
{
  public:
    LayersEscalationTest()
        : LayeredRunTest("Link protection, route protection and restoration, each after the other")
    {
    }

  private:
    void DoRun() override
    {
        const std::string faults = Cut("first", "f12", 10, 12) + ", " +
                                   Cut("second", "f12p", 13, 9) + ", " + Cut("third", "f13", 17, 5);
        Run(faults);
        NS_TEST_EXPECT_MSG_EQ(GetDecisions(), "10005:P0 13005:W0", "there and back");
        NS_TEST_EXPECT_MSG_EQ(GetEpisodes("A"),
                              "first link-1:1 recovered\nsecond route-1:1 recovered\n"
                              "third restoration recovered",
                              "one layer after the other");
        NS_TEST_EXPECT_MSG_EQ(GetEpisodes("g"),
                              "first link-1:1 recovered\nsecond link-1:1 repaired",
                              "a return to the cut fibre is no recovery");
        NS_TEST_EXPECT_MSG_EQ(GetOperations(),
                              "protection-switch restoration reversion",
                              "and back to the working route");
        ExpectServed("three stages");
        for (const RecoveryResult& recovery : m_results.recoveries)
        {
            NS_TEST_EXPECT_MSG_EQ(recovery.markers.FindDisorder(), "", recovery.fault);
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of protection in several layers.
 */
class QkdnLayeredProtectionTestSuite : public TestSuite
{
  public:
    QkdnLayeredProtectionTestSuite()
        : TestSuite("qkdn-layered-protection", Type::SYSTEM)
    {
        AddTestCase(new LayersHoldOffTest);
        AddTestCase(new LayersFlappingTest);
        AddTestCase(new LayersStuckSwitchTest);
        AddTestCase(new LayersCommandTest);
        AddTestCase(new LayersEscalationTest);
    }
};

static QkdnLayeredProtectionTestSuite g_qkdnLayeredProtectionTestSuite; //!< registers the suite
