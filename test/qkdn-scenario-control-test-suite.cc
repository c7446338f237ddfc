/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-chain.h"
#include "qkdn-scenario-error-test.h"

#include "ns3/qkdn-decoy-bb84-protocol.h"
#include "ns3/qkdn-scenario-builder.h"
#include "ns3/string.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// Folder of the scenario files.
const std::string SCENARIOS = std::string(QKDN_SOURCE_DIR) + "/examples/scenarios/";

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Bad values of the keys of control, management and resilience.
 */
class ScenarioControlErrorTest : public ScenarioErrorTest
{
  public:
    ScenarioControlErrorTest()
        : ScenarioErrorTest("Each bad value of control and resilience names its place and the mend")
    {
    }

  private:
    /// One change that makes CHAIN bad.
    struct Case
    {
        const char* pointer; //!< what to change
        const char* value;   //!< to what
        const char* place;   //!< place of the error
        const char* words;   //!< part of the message
    };

    /// Types, names and numbers.
    void CheckValues()
    {
        const std::vector<Case> cases{
            {"/controllers/0/nodes", "A", "/controllers/0/nodes", "did you mean \"node\"?"},
            {"/controllers/0", "{\"id\": \"x\"}", "/controllers/0/node", "missing; give the id"},
            {"/controllers", "{}", "/controllers", "an object has the wrong type; give an array"},
            {"/controllers/0/id", "a/b", "/controllers/0/id", "contains \"/\""},
            {"/controllers/0/decision_s", "-1", "/controllers/0/decision_s", "-1 is negative"},
            {"/controllers/0/settle_s", "\"1\"", "/controllers/0/settle_s", "\"1\" is a string"},
            {"/controllers/0/admission", "rates", "/controllers/0/admission", "\"rate\""},
            {"/controllers/0/disjoint", "nodes", "/controllers/0/disjoint", "\"node\""},
            {"/controllers/0/cost", "lenght", "/controllers/0/cost", "\"length\""},
            {"/controllers/0/bridging_s", "0", "/controllers/0/bridging_s", "zero"},
            {"/manager", "[]", "/manager", "an array stands where an object should"},
            {"/manager", "{}", "/manager/node", "missing; give the id"},
            {"/manager/policy", "7", "/manager/policy", "7 stands where an object should"},
            {"/manager/policy",
             "{\"may_restor\": 1}",
             "/manager/policy/may_restor",
             "did you mean \"may_restore\"?"},
            {"/manager/policy",
             "{\"may_preempt\": 1}",
             "/manager/policy/may_preempt",
             "give true or false"},
            {"/manager/policy",
             "{\"max_hops\": 0}",
             "/manager/policy/max_hops",
             "0 is zero; give a whole number of hops from 1 to 64"},
            {"/key_management/relay_batch", "0", "/key_management/relay_batch", "is zero"},
            {"/key_management/relay_window", "1.5", "/key_management/relay_window", "no whole"},
            {"/sessions/0/resilience/class",
             "route-1:2",
             "/sessions/0/resilience/class",
             "\"route-1:2\" is not known (did you mean \"route-1:1\"?); give"},
            {"/sessions/0/resilience/trigger",
             "link-dawn",
             "/sessions/0/resilience/trigger",
             "did you mean \"link-down\"?"},
            {"/sessions/0/resilience/hold_off_s",
             "automatic",
             "/sessions/0/resilience/hold_off_s",
             "\"automatic\" is not known; give a time from 0 s to 1e9 s, or \"auto\""},
            {"/sessions/0/resilience/hold_off_s",
             "-0.1",
             "/sessions/0/resilience/hold_off_s",
             "-0.1 is negative"},
            {"/sessions/0/resilience/wtr_s", "auto", "/sessions/0/resilience/wtr_s", "a string"},
            {"/sessions/0/resilience/revertive", "0", "/sessions/0/resilience/revertive", "give"},
            {"/sessions/0/resilience/extra_traffic",
             "\"yes\"",
             "/sessions/0/resilience/extra_traffic",
             "\"yes\" is a string; give true or false"},
            {"/sessions/0/resilience/preemption",
             "soft",
             "/sessions/0/resilience/preemption",
             "give \"strict\" or \"residual\""},
            {"/sessions/0/resilience/protection_reserve_bit",
             "0.5",
             "/sessions/0/resilience/protection_reserve_bit",
             "no whole number"},
            {"/sessions/0/resilience/restoration",
             "multi-path",
             "/sessions/0/resilience/restoration",
             "only restoration has it, and route-1:1 with escalation; remove it"},
            {"/sessions/0/resilience/escalation",
             "restoration",
             "/sessions/0/resilience/escalation",
             "only route-1:1 has it; remove it"},
            {"/sessions/0/resilience/time_window_s",
             "5",
             "/sessions/0/resilience/time_window_s",
             "only restoration \"time-window\" has it; remove it"},
            {"/sessions/0/resilience",
             R"({"class": "restoration", "restoration": "time-window"})",
             "/sessions/0/resilience/restoration",
             "\"time-window\" needs a window; add time_window_s"},
            {"/sessions/0/resilience",
             R"({"class": "restoration", "restoration": "two-path"})",
             "/sessions/0/resilience/restoration",
             "give \"one-path\", \"multi-path\" or \"time-window\""},
            {"/sessions/0/resilience",
             R"({"class": "restoration", "restoration": "time-window", "time_window_s": 0})",
             "/sessions/0/resilience/time_window_s",
             "0"},
            {"/sessions/0/resilience",
             R"({"class": "route-1:1", "extra_traffic": true, "escalation": "restoration"})",
             "/sessions/0/resilience/escalation",
             "is extra traffic, which gives way to others"},
            {"/sessions/0/ksa_pool/high_keys", "-1", "/sessions/0/ksa_pool/high_keys", "negative"},
            {"/sessions/0/ksa_pool", "3", "/sessions/0/ksa_pool", "should"},
            {"/faults/0", "{\"at_s\": 1, \"type\": \"node-power\"}", "/faults/0/target", "missing"},
            {"/faults/0/type", "node_power", "/faults/0/type", "did you mean \"node-power\"?"}};
        for (const auto& c : cases)
        {
            Expect(CHAIN, {{c.pointer, c.value}}, c.place, c.words);
        }
    }

    /// References and values that do not fit each other.
    void CheckRelations()
    {
        const std::vector<Case> cases{
            {"/controllers/0/node", "NOCC", "/controllers/0/node", "did you mean \"NOC\"?"},
            {"/controllers/0/node",
             "island",
             "/controllers/0/node",
             "no classical links join \"island\" and \"A\", whose key manager"},
            {"/fibres/1/classical", "false", "/qkd_links/1/fibres", "no classical links join"},
            {"/fibres/2/classical", "false", "/controllers/0/node", "add a fibre with a classical"},
            {"/controllers",
             R"([{"id": "C1", "node": "A"}, {"id": "C2", "node": "NOC"}, {"id": "C3", "node": "A"}])",
             "/controllers/2",
             "one that stands by, at most; remove it"},
            {"/controllers/-",
             R"({"id": "C2", "node": "NOC"})",
             "/controllers/1/node",
             "at the same node, and would fail with it; give another"},
            {"/controllers/-",
             R"({"id": "C1", "node": "A"})",
             "/controllers/1/id",
             "\"C1\" is the id of an earlier one"},
            {"/manager/node", "X", "/manager/node", "no node \"X\""},
            {"/manager/node", "island", "/manager/node", "where controller \"C1\" is"},
            {"/controllers", "[]", "/manager", "add one to /controllers, or remove the manager"},
            {"/sessions/0/slave",
             "NOC",
             "/sessions/0/slave",
             "node \"NOC\" has no QKD link, hence no key manager; add a QKD link"},
            {"/sessions/0/master", "island", "/sessions/0/master", "has no QKD link"},
            {"/sessions/0/resilience/protection_reserve_bit",
             "100000001",
             "/sessions/0/resilience/protection_reserve_bit",
             "a pool of 100000000 bits never holds more than 100000001; give less, or raise"},
            {"/sessions/0/ksa_pool",
             R"({"low_keys": 3, "high_keys": 2})",
             "/sessions/0/ksa_pool/low_keys",
             "3 is above high_keys, 2; give no more"},
            {"/faults/0/type", "node-power", "/faults/0/target", "no node \"f1\""},
            {"/faults/0/type", "controller-crash", "/faults/0/target", "no controller \"f1\""},
            {"/faults/0/type", "manager-crash", "/faults/0/target", "only one manager"}};
        for (const auto& c : cases)
        {
            Expect(CHAIN, {{c.pointer, c.value}}, c.place, c.words);
        }
        Expect(CHAIN,
               {{"/controllers/0/report_max_age_s", "5"}, {"/controllers/0/report_refresh_s", "5"}},
               "/controllers/0/report_max_age_s",
               "are not repeated before 5 s; give more than report_refresh_s");
        Expect(CHAIN,
               {{"/sessions/0/min_rate_keys_per_s", "1000"}},
               "/sessions/0/min_rate_keys_per_s",
               "give at most rate_keys_per_s");
        Expect(CHAIN,
               {{"/faults/0/type", "km-crash"}, {"/faults/0/target", "NOC"}},
               "/faults/0/target",
               "node \"NOC\" has no QKD link, hence no key manager; give a node at a QKD link");
        const std::string far =
            R"({"id": "g", "tx": "island", "rx": "NOC", "fibres": ["g"],
                "protocol": {"type": "measured", "rate_bps": 1}})";
        Expect(CHAIN,
               {{"/fibres/-", R"({"id": "g", "a": "island", "b": "NOC", "length_km": 1})"},
                {"/qkd_links/-", far},
                {"/sessions/0/slave", "island"}},
               "/sessions/0/slave",
               "session \"S\": no chain of QKD links leads from \"A\" to \"island\"");
    }

    /// What needs a controller.
    void CheckWithout()
    {
        const std::string text = WithoutControl();
        ScenarioReader::ReadString(text, "good.json");
        Expect(text,
               {{"/sessions/0/slave", "C"}},
               "/sessions/0/slave",
               "session \"S\": no QKD link joins \"A\" and \"C\", and key relay over several hops "
               "needs a controller; add one to /controllers");
        for (const std::string name : {"route-1:1", "restoration", "secret-sharing"})
        {
            Expect(text,
                   {{"/sessions/0/resilience/class", name}},
                   "/sessions/0/resilience/class",
                   name + " of session \"S\" needs a controller; add one to /controllers");
        }
        Expect(text,
               {{"/sessions/0/resilience/extra_traffic", "true"}},
               "/sessions/0/resilience/extra_traffic",
               "session \"S\" needs a controller");
        const std::string linkState = R"({"provider": "link-state"})";
        Expect(text,
               {{"/routing", linkState},
                {"/sessions/0/resilience",
                 R"({"class": "restoration", "restoration": "multi-path"})"}},
               "/sessions/0/resilience/restoration",
               "session \"S\" needs a controller that restores it");
        Expect(
            text,
            {{"/routing", linkState},
             {"/sessions/0/resilience", R"({"class": "route-1:1", "escalation": "restoration"})"}},
            "/sessions/0/resilience/escalation",
            "add one to /controllers, or give \"none\"");
        Expect(text,
               {{"/faults/0", R"({"at_s": 1, "type": "manager-crash"})"}},
               "/faults/0/type",
               "there is no manager to crash; add /manager");
    }

    void DoRun() override
    {
        ScenarioReader::ReadString(CHAIN, "good.json");
        ScenarioReader::ReadString(CHAIN, "good.json", {{"/sessions/0/slave", "C"}});
        CheckValues();
        CheckRelations();
        CheckWithout();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What the keys say, and what sessions make of it.
 */
class ScenarioPolicyTest : public TestCase
{
  public:
    ScenarioPolicyTest()
        : TestCase("Resilience, pool and demand of a session become its policy")
    {
    }

  private:
    /**
     * @brief The policy of the session of CHAIN.
     * @param overrides changes
     * @return the policy
     */
    static SessionPolicy Read(const std::vector<ScenarioOverride>& overrides)
    {
        const Scenario scenario = ScenarioReader::ReadString(CHAIN, "good.json", overrides);
        return ScenarioBuilder::MakePolicy(scenario.sessions.at(0));
    }

    void DoRun() override
    {
        const SessionPolicy plain = Read({});
        NS_TEST_ASSERT_MSG_EQ(plain.resilienceClass, CLASS_UNPROTECTED, "class");
        NS_TEST_ASSERT_MSG_EQ(plain.demandBps, 256, "one key of 256 bit a second");
        NS_TEST_ASSERT_MSG_EQ(plain.toleration, Time::Max(), "not said");
        NS_TEST_ASSERT_MSG_EQ(plain.trigger, TRIGGER_LINK_DOWN, "default");
        NS_TEST_ASSERT_MSG_EQ(plain.holdOff, Time(0), "default");
        NS_TEST_ASSERT_MSG_EQ(plain.holdOffAuto, false, "default");
        NS_TEST_ASSERT_MSG_EQ(plain.wtr, Seconds(300), "default");
        NS_TEST_ASSERT_MSG_EQ(plain.revertive, true, "default");
        NS_TEST_ASSERT_MSG_EQ(plain.poolHighKeys, 0, "on demand");

        const SessionPolicy full = Read({{"/sessions/0/resilience", R"({"class": "route-1:1",
              "trigger": "pool-low", "hold_off_s": 0.25, "wtr_s": 7, "revertive": false,
              "protection_reserve_bit": 4096, "preemption": "residual"})"},
                                         {"/sessions/0/ksa_pool", R"({"low_keys": 5,
              "high_keys": 9})"},
                                         {"/sessions/0/key_size_bit", "128"},
                                         {"/sessions/0/rate_keys_per_s", "0.3"},
                                         {"/sessions/0/min_rate_keys_per_s", "0.2"},
                                         {"/sessions/0/toleration_s", "2"},
                                         {"/sessions/0/priority", "6"}});
        NS_TEST_ASSERT_MSG_EQ(full.resilienceClass, CLASS_ROUTE_1_1, "class");
        NS_TEST_ASSERT_MSG_EQ(full.extraTraffic, false, "default");
        NS_TEST_ASSERT_MSG_EQ(full.demandBps, 39, "38.4 bit/s, rounded up");
        NS_TEST_ASSERT_MSG_EQ(full.minDemandBps, 26, "25.6 bit/s, rounded up");
        NS_TEST_ASSERT_MSG_EQ(full.trigger, TRIGGER_POOL_LOW, "trigger");
        NS_TEST_ASSERT_MSG_EQ(full.holdOff, MilliSeconds(250), "hold-off");
        NS_TEST_ASSERT_MSG_EQ(full.wtr, Seconds(7), "wait to restore");
        NS_TEST_ASSERT_MSG_EQ(full.revertive, false, "stays");
        NS_TEST_ASSERT_MSG_EQ(full.protectionReserveBits, 4096, "reserve");
        NS_TEST_ASSERT_MSG_EQ(full.preemption, PREEMPTION_RESIDUAL, "preemption");
        NS_TEST_ASSERT_MSG_EQ(full.poolLowKeys, 5, "low");
        NS_TEST_ASSERT_MSG_EQ(full.poolHighKeys, 9, "high");
        NS_TEST_ASSERT_MSG_EQ(full.toleration, Seconds(2), "toleration");
        NS_TEST_ASSERT_MSG_EQ(full.priority, 6, "priority");

        const SessionPolicy split = Read({{"/sessions/0/resilience", R"({"class": "route-1:1",
              "escalation": "restoration", "restoration": "time-window", "time_window_s": 7.5})"}});
        NS_TEST_ASSERT_MSG_EQ(split.escalation, ESCALATION_RESTORATION, "escalation");
        NS_TEST_ASSERT_MSG_EQ(split.restoration, RESTORATION_TIME_WINDOW, "restoration");
        NS_TEST_ASSERT_MSG_EQ(split.window, MilliSeconds(7500), "window");
        NS_TEST_ASSERT_MSG_EQ(split.IsRestored(), true, "by its escalation");
        NS_TEST_ASSERT_MSG_EQ(plain.IsRestored(), false, "unprotected");
        NS_TEST_ASSERT_MSG_EQ(full.IsRestored(), false, "without escalation");

        const SessionPolicy rest =
            Read({{"/sessions/0/resilience", R"({"class": "restoration", "hold_off_s": "auto",
                   "extra_traffic": true, "trigger": "supply-interrupted"})"}});
        NS_TEST_ASSERT_MSG_EQ(rest.resilienceClass, CLASS_RESTORATION, "class");
        NS_TEST_ASSERT_MSG_EQ(rest.holdOffAuto, true, "auto");
        NS_TEST_ASSERT_MSG_EQ(rest.holdOff, Time(0), "no number");
        NS_TEST_ASSERT_MSG_EQ(rest.extraTraffic, true, "extra traffic");
        NS_TEST_ASSERT_MSG_EQ(rest.trigger, TRIGGER_SUPPLY_INTERRUPTED, "trigger");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief One class for all sessions.
 */
class ScenarioSetClassTest : public ScenarioErrorTest
{
  public:
    ScenarioSetClassTest()
        : ScenarioErrorTest("A class for all sessions leaves the rest, and is checked")
    {
    }

  private:
    /**
     * @brief Expect that a class is refused.
     * @param text the scenario
     * @param name the class
     * @param source the source that the error names
     * @param place the place that it names
     * @param words part of the message
     */
    void ExpectRefused(const std::string& text,
                       const std::string& name,
                       const std::string& source,
                       const std::string& place,
                       const std::string& words)
    {
        Scenario scenario = ScenarioReader::ReadString(text, "good.json");
        try
        {
            ScenarioReader::SetClass(scenario, name, "good.json");
            NS_TEST_EXPECT_MSG_EQ(true, false, name << " was accepted");
        }
        catch (const ScenarioError& error)
        {
            CheckError(error, source, place, words);
        }
    }

    void DoRun() override
    {
        const std::string more = R"({"id": "T", "master": "C", "slave": "A", "rate_keys_per_s": 1,
            "resilience": {"class": "unprotected", "extra_traffic": true, "wtr_s": 9}})";
        Scenario scenario = ScenarioReader::ReadString(CHAIN, "good.json", {{"/sessions/-", more}});
        ScenarioReader::SetClass(scenario, "restoration", "good.json");
        for (const auto& session : scenario.sessions)
        {
            NS_TEST_ASSERT_MSG_EQ(session.resilience.resilienceClass,
                                  CLASS_RESTORATION,
                                  session.id);
        }
        NS_TEST_ASSERT_MSG_EQ(scenario.sessions[1].resilience.extraTraffic, true, "stays");
        NS_TEST_ASSERT_MSG_EQ(scenario.sessions[1].resilience.wtr, Seconds(9), "stays");
        ScenarioReader::SetClass(scenario, "route-1:1", "good.json");
        NS_TEST_ASSERT_MSG_EQ(scenario.sessions[0].resilience.resilienceClass,
                              CLASS_ROUTE_1_1,
                              "again");
        ScenarioReader::SetClass(scenario, "unprotected", "good.json");
        NS_TEST_ASSERT_MSG_EQ(scenario.sessions[1].resilience.resilienceClass,
                              CLASS_UNPROTECTED,
                              "class");
        NS_TEST_ASSERT_MSG_EQ(scenario.sessions[1].resilience.extraTraffic,
                              false,
                              "no protection routes, no extra traffic");
        CheckRestoration(scenario);
        ExpectRefused(CHAIN, "heroic", "--class", "", "heroic is no resilience class; give one of");
        ExpectRefused(CHAIN, "route-1:2", "--class", "", "(did you mean \"route-1:1\"?)");
        ExpectRefused(CHAIN, "", "--class", "", "unprotected, route-1:1, restoration");
        ExpectRefused(WithoutControl(),
                      "route-1:1",
                      "good.json",
                      "/sessions/0/resilience/class",
                      "needs a controller; add one to /controllers");
    }

    /**
     * @brief Check classes with a kind of restoration.
     * @param scenario a scenario
     */
    void CheckRestoration(Scenario& scenario)
    {
        ScenarioResilience& resilience = scenario.sessions[0].resilience;
        ScenarioReader::SetClass(scenario, "restoration/time-window", "good.json");
        NS_TEST_ASSERT_MSG_EQ(resilience.restoration, RESTORATION_TIME_WINDOW, "kind");
        NS_TEST_ASSERT_MSG_EQ(resilience.timeWindow, Seconds(10), "default window");
        resilience.timeWindow = Seconds(4);
        ScenarioReader::SetClass(scenario, "restoration/time-window", "good.json");
        NS_TEST_ASSERT_MSG_EQ(resilience.timeWindow, Seconds(4), "its own window");
        ScenarioReader::SetClass(scenario, "restoration", "good.json");
        NS_TEST_ASSERT_MSG_EQ(resilience.restoration, RESTORATION_TIME_WINDOW, "stays");
        ScenarioReader::SetClass(scenario, "restoration/multi-path", "good.json");
        NS_TEST_ASSERT_MSG_EQ(resilience.restoration, RESTORATION_MULTI_PATH, "another kind");
        NS_TEST_ASSERT_MSG_EQ(resilience.timeWindow, Seconds(0), "without a window");
        ExpectRefused(CHAIN,
                      "restoration/multipath",
                      "--class",
                      "",
                      "multipath is no kind of restoration (did you mean \"multi-path\"?)");
        ExpectRefused(CHAIN,
                      "route-1:1/multi-path",
                      "--class",
                      "",
                      "has a kind of restoration; leave it out");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The scenario files with a controller.
 */
class ScenarioRelayFilesTest : public TestCase
{
  public:
    ScenarioRelayFilesTest()
        : TestCase("The examples of Appendix I have their topology, and demand that fits narrowly")
    {
    }

  private:
    /**
     * @brief Key that a link delivers beyond what authenticates its distillation.
     * @param scenario the scenario
     * @param link id of the link
     * @return bit/s
     */
    static double NetRate(const Scenario& scenario, const std::string& link)
    {
        const auto found = std::find_if(scenario.qkdLinks.begin(),
                                        scenario.qkdLinks.end(),
                                        [&link](const auto& l) { return l.id == link; });
        QuantumLinkBudget budget;
        for (const auto& fibre : scenario.fibres)
        {
            if (fibre.id == found->fibres.at(0))
            {
                budget.lengthKm = fibre.lengthKm;
                budget.lossDb = fibre.lengthKm * fibre.attenuationDbPerKm;
            }
        }
        Ptr<DecoyBb84Protocol> protocol = CreateObject<DecoyBb84Protocol>();
        NS_ABORT_MSG_UNLESS(protocol->SetPreset(found->protocol.preset).empty(), "no such preset");
        for (const auto& [name, value] : found->protocol.attributes)
        {
            protocol->SetAttribute(name, StringValue(value));
        }
        const QkdBlockPlan block = protocol->PlanBlock(budget);
        return (block.finalKeyBits - 2.0 * 96) / block.duration.GetSeconds();
    }

    /**
     * @brief Key that a session takes from each hop, if each key is relayed alone and those of a
     * second are notified together.
     * @param session the session
     * @return bit/s
     */
    static double Demand(const ScenarioSession& session)
    {
        // a tag for each message and for its answer
        return session.rateKeysPerS * (session.keySizeBit + 2 * 96) + 2 * 96;
    }

    /**
     * @brief Check what both examples have in common.
     * @param s the scenario
     */
    void CheckCommon(const Scenario& s)
    {
        NS_TEST_ASSERT_MSG_EQ(Contains(s.description, "Y.QKDN-rsrq"), true, s.name << ": source");
        std::map<std::string, std::string> ends;
        for (const auto& link : s.qkdLinks)
        {
            ends[link.id] = link.tx + link.rx;
            NS_TEST_ASSERT_MSG_EQ((link.initialState == ScenarioInitialState::RUNNING),
                                  true,
                                  link.id << " runs");
        }
        const std::map<std::string, std::string> expected{{"12", "12"},
                                                          {"13", "13"},
                                                          {"24", "24"},
                                                          {"34", "34"}};
        NS_TEST_ASSERT_MSG_EQ((ends == expected), true, s.name << ": links of the figure");
        for (const auto& fibre : s.fibres)
        {
            NS_TEST_ASSERT_MSG_EQ(fibre.id, "f" + fibre.a + fibre.b, "the link's fibre");
            NS_TEST_ASSERT_MSG_GT_OR_EQ(fibre.lengthKm, 20, fibre.id);
            NS_TEST_ASSERT_MSG_LT_OR_EQ(fibre.lengthKm, 80, fibre.id);
        }
        const ScenarioFault& cut = s.faults.at(0);
        NS_TEST_ASSERT_MSG_EQ(s.faults.size(), 1, "one fault");
        NS_TEST_ASSERT_MSG_EQ(cut.target, "f12", "the cut");
        const ScenarioSession& session = s.sessions.at(0);
        const ScenarioQkdLink& link = s.qkdLinks.at(0);
        NS_TEST_ASSERT_MSG_EQ(link.id, "12", "the link that is cut");
        const Time reverted = cut.at + *cut.repairAfter + link.resync + session.resilience.wtr;
        NS_TEST_ASSERT_MSG_GT(s.simulation.duration, reverted + Seconds(20), "outlasts reversion");
        // the least that a key costs is itself
        const double bridge =
            s.keyManagement.capacityBit / (session.rateKeysPerS * (session.keySizeBit + 2 * 96));
        NS_TEST_ASSERT_MSG_LT(bridge, cut.repairAfter->GetSeconds() / 2, "full pools run out");
    }

    /// Example 1.2: protection.
    void CheckProtection()
    {
        const auto s = ScenarioReader::ReadFile(SCENARIOS + "itu-example-1-2.json");
        CheckCommon(s);
        const ScenarioSession& a = s.sessions.at(0);
        const ScenarioSession& b = s.sessions.at(1);
        NS_TEST_ASSERT_MSG_EQ(a.master + a.slave + b.master + b.slave, "1414", "ends");
        NS_TEST_ASSERT_MSG_EQ(a.resilience.resilienceClass, CLASS_ROUTE_1_1, "A");
        NS_TEST_ASSERT_MSG_EQ(b.resilience.extraTraffic, true, "B");
        NS_TEST_ASSERT_MSG_GT(a.priority, b.priority, "A goes first");
        for (const std::string link : {"12", "24", "13", "34"})
        {
            NS_TEST_ASSERT_MSG_LT(Demand(a), NetRate(s, link), link << " carries A");
            NS_TEST_ASSERT_MSG_LT(Demand(b), NetRate(s, link), link << " carries B");
        }
        NS_TEST_ASSERT_MSG_GT(Demand(a), 0.9 * NetRate(s, "12"), "little to spare");
        NS_TEST_ASSERT_MSG_GT(Demand(a), 0.9 * NetRate(s, "34"), "little to spare");
        NS_TEST_ASSERT_MSG_GT(Demand(a) + Demand(b), 1.5 * NetRate(s, "34"), "B has to stop");
        const uint64_t bits =
            ScenarioBuilder::MakePolicy(a).demandBps + ScenarioBuilder::MakePolicy(b).demandBps;
        NS_TEST_ASSERT_MSG_GT(bits, 1.1 * NetRate(s, "12"), "unprotected, they take two routes");
    }

    /// Example 2.1: recovery.
    void CheckRecovery()
    {
        const auto s = ScenarioReader::ReadFile(SCENARIOS + "itu-example-2-1.json");
        CheckCommon(s);
        const ScenarioSession& a = s.sessions.at(0);
        NS_TEST_ASSERT_MSG_EQ(a.master + a.slave, "12", "ends");
        NS_TEST_ASSERT_MSG_EQ(a.resilience.resilienceClass, CLASS_RESTORATION, "class");
        NS_TEST_ASSERT_MSG_EQ(a.toleration.has_value(), true, "toleration time");
        for (const std::string link : {"12", "24", "13", "34"})
        {
            NS_TEST_ASSERT_MSG_LT(Demand(a), NetRate(s, link), link << " carries A");
        }
        NS_TEST_ASSERT_MSG_GT(Demand(a), 0.9 * NetRate(s, "34"), "little to spare");
    }

    /// ring-of-4.json
    void CheckRing()
    {
        const auto s = ScenarioReader::ReadFile(SCENARIOS + "ring-of-4.json");
        NS_TEST_ASSERT_MSG_EQ(s.qkdLinks.size(), 4, "a ring");
        const ScenarioSession& a = s.sessions.at(0);
        NS_TEST_ASSERT_MSG_EQ(a.master + a.slave, "02", "across it");
        NS_TEST_ASSERT_MSG_EQ(a.resilience.resilienceClass, CLASS_ROUTE_1_1, "class");
        NS_TEST_ASSERT_MSG_EQ(s.faults.at(0).target, "01", "on the shorter list of links");
        NS_TEST_ASSERT_MSG_EQ(s.faults.at(0).repairAfter.has_value(), false, "for good");
        const auto& protocol = s.qkdLinks.at(0).protocol;
        NS_TEST_ASSERT_MSG_LT(Demand(a),
                              protocol.rateBps * (protocol.blockKeyBit - 2 * 96) /
                                  protocol.blockKeyBit,
                              "the links carry it");
    }

    void DoRun() override
    {
        CheckProtection();
        CheckRecovery();
        CheckRing();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of controllers, manager and resilience in scenarios.
 */
class QkdnScenarioControlTestSuite : public TestSuite
{
  public:
    QkdnScenarioControlTestSuite()
        : TestSuite("qkdn-scenario-control", Type::UNIT)
    {
        AddTestCase(new ScenarioControlErrorTest);
        AddTestCase(new ScenarioPolicyTest);
        AddTestCase(new ScenarioSetClassTest);
        AddTestCase(new ScenarioRelayFilesTest);
    }
};

static QkdnScenarioControlTestSuite g_qkdnScenarioControlTestSuite; //!< registers the suite
