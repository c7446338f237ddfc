/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-error-test.h"

#include "ns3/qkdn-scenario-checker.h"

#include <fstream>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// Folder of the scenario files.
const std::string SCENARIOS = std::string(QKDN_SOURCE_DIR) + "/examples/scenarios/";

/// A scenario that every bad input below is one step away from.
const char* const GOOD = R"({
  "name": "good",
  "simulation": {"duration_s": 100},
  "nodes": [{"id": "ERD"}, {"id": "BRT"}, {"id": "SIE"}, {"id": "GUD"}],
  "fibres": [{"id": "f1", "a": "ERD", "b": "BRT", "length_km": 25},
             {"id": "f2", "a": "SIE", "b": "BRT", "length_km": 33},
             {"id": "f3", "a": "SIE", "b": "GUD", "length_km": 22, "classical": false}],
  "classical": {},
  "qkd_links": [{"id": "l1", "tx": "ERD", "rx": "BRT", "fibres": ["f1"],
                 "protocol": {"type": "measured", "rate_bps": 1000}},
                {"id": "l2", "tx": "ERD", "rx": "SIE", "fibres": ["f1", "f2"],
                 "protocol": {"type": "decoy-bb84", "set": {}}}],
  "key_management": {},
  "sessions": [{"id": "A", "master": "ERD", "slave": "BRT", "rate_keys_per_s": 1}],
  "faults": [{"at_s": 10, "type": "fibre-cut", "target": "f1"}]
})";

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Values that are wrong in themselves or beside others.
 */
class ScenarioBadValueTest : public ScenarioErrorTest
{
  public:
    ScenarioBadValueTest()
        : ScenarioErrorTest("Each bad value gives one line with its place and the mend")
    {
    }

  private:
    /// One change that makes GOOD bad.
    struct Case
    {
        const char* pointer; //!< what to change
        const char* value;   //!< to what
        const char* place;   //!< place of the error
        const char* words;   //!< part of the message
    };

    /// Unknown keys, types and numbers.
    void CheckValues()
    {
        const std::vector<Case> cases{
            {"/qkd_links/0/fibrez", "[]", "/qkd_links/0/fibrez", "did you mean \"fibres\"?"},
            {"/repeaters", "[]", "/repeaters", "unknown key; remove it; known here"},
            {"/nodes/0/~1a~0", "1", "/nodes/0/~1a~0", "unknown key"},
            {"/simulation", "{}", "/simulation/duration_s", "missing; give a time above 0 s"},
            {"/qkd_links/0/protocol", "{\"rate_bps\": 1}", "/qkd_links/0/protocol/type", "missing"},
            {"/nodes", "[]", "/nodes", "the array is empty"},
            {"/nodes", "{}", "/nodes", "an object has the wrong type; give an array"},
            {"/nodes/0", "ERD", "/nodes/0", "\"ERD\" stands where an object should"},
            {"/simulation", "[]", "/simulation", "an array stands where an object should"},
            {"/nodes/0/id", "true", "/nodes/0/id", "true is a boolean; give an id"},
            // a number that replaces a name is a name
            {"/nodes/0/id", "1", "/fibres/0/a", "there is no node \"ERD\""},
            {"/nodes/0/id", "", "/nodes/0/id", "has 0 characters"},
            {"/nodes/0/id", "a/b", "/nodes/0/id", "contains \"/\""},
            {"/nodes/0/id", "\"a\\nb\"", "/nodes/0/id", "\"a\\nb\" contains"},
            {"/nodes/0/x_km", "null", "/nodes/0/x_km", "null has the wrong type"},
            {"/nodes/0/site", "splitt", "/nodes/0/site", "did you mean \"split\"?"},
            {"/fibres/0/classical", "1", "/fibres/0/classical", "1 is a number; give true"},
            {"/fibres/0/length_km", "\"25\"", "/fibres/0/length_km", "\"25\" is a string"},
            {"/fibres/0/length_km", "NaN", "/fibres/0/length_km", "\"NaN\" is a string"},
            {"/fibres/0/length_km",
             "-3",
             "/fibres/0/length_km",
             "-3 is negative; give a length of 0 km or more"},
            {"/fibres/0/length_km", "1e300", "/fibres/0/length_km", "1e+300 is too large"},
            {"/fibres/0/length_km", "1e999", "/fibres/0/length_km", "1e999 is too large for a"},
            {"/fibres/0/risk_groups", "[1]", "/fibres/0/risk_groups/0", "1 is no string"},
            {"/simulation/duration_s", "0", "/simulation/duration_s", "0 is zero"},
            {"/simulation/duration_s", "-1", "/simulation/duration_s", "is negative"},
            {"/simulation/seed", "0", "/simulation/seed", "0 is zero"},
            {"/simulation/seed", "4294967296", "/simulation/seed", "is too large"},
            {"/simulation/run", "1.5", "/simulation/run", "1.5 is no whole number"},
            {"/simulation/run", "99999999999999999999999", "/simulation/run", "is too large"},
            {"/qkd_links/0/protocol/type", "measure", "/qkd_links/0/protocol/type", "did you mean"},
            {"/qkd_links/0/protocol/rate_bps", "0", "/qkd_links/0/protocol/rate_bps", "is zero"},
            {"/qkd_links/0/protocol/qber", "0.6", "/qkd_links/0/protocol/qber", "is too large"},
            {"/qkd_links/0/protocol", "[]", "/qkd_links/0/protocol", "should"},
            {"/qkd_links/1/protocol/preset", "GYS", "/qkd_links/1/protocol/preset", "not known"},
            {"/qkd_links/1/protocol/set/Rate", "null", "/qkd_links/1/protocol/set/Rate", "neither"},
            {"/qkd_links/1/protocol/type", "twin-feild", "/qkd_links/1/protocol/type", "did you"},
            {"/qkd_links/1/protocol",
             R"({"type": "twin-field", "preset": "gys"})",
             "/qkd_links/1/protocol/preset",
             "\"gys\" is not known; give \"curty2019\""},
            {"/qkd_links/0/protocol",
             R"({"type": "measured"})",
             "/qkd_links/0/protocol/rate_bps",
             "missing; give a rate above 0"},
            {"/qkd_links/0/protocol",
             R"({"type": "measured", "law": "trace"})",
             "/qkd_links/0/protocol/trace_file",
             "missing; give a file"},
            {"/qkd_links/0/protocol/trace_file",
             "x.csv",
             "/qkd_links/0/protocol/rate_bps",
             "is not used with a trace"},
            {"/qkd_links/0/protocol",
             R"({"type": "measured", "law": "constant", "trace_file": "x"})",
             "/qkd_links/0/protocol/trace_file",
             "is not used with this law"},
            {"/qkd_links/0/protocol/law", "lossy", "/qkd_links/0/protocol/law", "not known"},
            {"/qkd_links/1/protocol/rate_bps", "1", "/qkd_links/1/protocol/rate_bps", "unknown"},
            {"/sessions/0/rate_keys_per_s", "0", "/sessions/0/rate_keys_per_s", "0 is zero"},
            {"/sessions/0/rate_keys_per_s", "-1", "/sessions/0/rate_keys_per_s", "negative"},
            {"/sessions/0/key_size_bit", "0", "/sessions/0/key_size_bit", "0 is zero"},
            {"/sessions/0/key_size_bit", "1000008", "/sessions/0/key_size_bit", "too large"},
            {"/sessions/0/resilience", "{}", "/sessions/0/resilience/class", "missing"},
            {"/faults/0/at_s", "-1", "/faults/0/at_s", "-1 is negative"},
            {"/faults/0/position", "1.1", "/faults/0/position", "1.1 is too large"},
            {"/faults/0/position", "-0.1", "/faults/0/position", "-0.1 is negative"},
            {"/faults/0/type", "fiber-cut", "/faults/0/type", "did you mean \"fibre-cut\"?"}};
        for (const auto& c : cases)
        {
            Expect(GOOD, {{c.pointer, c.value}}, c.place, c.words);
        }
    }

    /// References and values that do not fit each other.
    void CheckRelations()
    {
        const std::vector<Case> cases{
            {"/fibres/0/a", "ERDD", "/fibres/0/a", "no node \"ERDD\" (did you mean \"ERD\"?)"},
            {"/fibres/0/b", "ERD", "/fibres/0/b", "both ends are at \"ERD\""},
            {"/qkd_links/0/tx", "X", "/qkd_links/0/tx", "no node \"X\""},
            {"/qkd_links/0/rx", "ERD", "/qkd_links/0/rx", "both at \"ERD\""},
            {"/qkd_links/0/fibres", "[]", "/qkd_links/0/fibres", "has no fibre"},
            {"/qkd_links/0/fibres/0", "f9", "/qkd_links/0/fibres/0", "no fibre \"f9\""},
            {"/qkd_links/0/fibres/0", "f2", "/qkd_links/0/fibres/0", "does not touch \"ERD\""},
            {"/qkd_links/0/fibres/-", "f2", "/qkd_links/0/fibres", "end at \"SIE\""},
            {"/qkd_links/1/fibres/-", "f1", "/qkd_links/1/fibres/2", "\"f1\" twice"},
            {"/fibres/1/classical", "false", "/qkd_links/1/fibres", "no classical links join"},
            {"/qkd_links/0/classical_channel",
             "own",
             "/qkd_links/0/classical_channel",
             "\"ERD\" have no ns-3 node of their own; set \"site\" of the node to \"split\""},
            {"/qkd_links/0/initial_pool_bit",
             "200000000",
             "/qkd_links/0/initial_pool_bit",
             "200000000 bits do not go into a pool of 100000000"},
            {"/qkd_links",
             R"([{"id": "a", "tx": "ERD", "rx": "BRT", "fibres": ["f1"],
                  "initial_pool_bit": 60000000,
                  "protocol": {"type": "measured", "rate_bps": 1000}},
                 {"id": "b", "tx": "BRT", "rx": "ERD", "fibres": ["f1"],
                  "initial_pool_bit": 60000000,
                  "protocol": {"type": "measured", "rate_bps": 1000}}])",
             "/qkd_links/0/initial_pool_bit",
             "120000000 bits do not go into a pool of 100000000"},
            {"/nodes/1/id", "ERD", "/nodes/1/id", "\"ERD\" is the id of an earlier one"},
            {"/fibres/1/id", "f1", "/fibres/1/id", "\"f1\" is the id of an earlier one"},
            {"/qkd_links/1/id", "l1", "/qkd_links/1/id", "\"l1\" is the id of an earlier one"},
            {"/sessions/-",
             R"({"id": "A", "master": "ERD", "slave": "BRT", "rate_keys_per_s": 1})",
             "/sessions/1/id",
             "\"A\" is the id of an earlier one"},
            {"/sessions/0/master", "X", "/sessions/0/master", "no node \"X\""},
            {"/sessions/0/slave", "ERD", "/sessions/0/slave", "both at \"ERD\""},
            {"/sessions/0/slave", "GUD", "/sessions/0/slave", "has no QKD link, hence no key"},
            {"/sessions/0/key_size_bit", "100", "/sessions/0/key_size_bit", "multiple of 8"},
            {"/key_management/capacity_bit", "2000", "/sessions/0/key_size_bit", "never come out"},
            {"/key_management",
             R"({"pool_low_bit": 5000, "pool_high_bit": 4999})",
             "/key_management/pool_high_bit",
             "is below pool_low_bit"},
            {"/key_management/pool_low_bit",
             "100000000",
             "/key_management/pool_high_bit",
             "is never that full"},
            {"/key_management/reserve_bit",
             "100000000",
             "/key_management/reserve_bit",
             "leaves nothing of a pool"},
            {"/simulation/warm_up_s", "100", "/simulation/warm_up_s", "100 s leaves nothing"},
            {"/sessions/0/start_s", "100", "/sessions/0/start_s", "100 s is not before the end"},
            {"/sessions/0/stop_s", "100.5", "/sessions/0/stop_s", "100.5 s is after the end"},
            {"/sessions/0/stop_s", "0", "/sessions/0/stop_s", "not after the start"},
            {"/faults/0/at_s", "100", "/faults/0/at_s", "100 s is not before the end of the run"},
            {"/faults/0/target", "l1", "/faults/0/target", "no fibre \"l1\" (did you mean"},
            {"/faults/0/type", "km-crash", "/faults/0/target", "no node \"f1\""},
            {"/faults/0/type", "module-failure", "/faults/0/target", "names no module"}};
        for (const auto& c : cases)
        {
            Expect(GOOD, {{c.pointer, c.value}}, c.place, c.words);
        }
        const std::string again = R"({"at_s": 11, "type": "km-crash", "target": "ERD"})";
        Expect(GOOD,
               {{"/faults/0/id", "fault-2"}, {"/faults/-", again}},
               "/faults/1/id",
               "\"fault-2\" is the id of an earlier one");
        Expect(GOOD,
               {{"/faults/0/type", "classical-link-failure"}, {"/faults/0/target", "f3"}},
               "/faults/0/target",
               "no classical link runs in fibre \"f3\"");
        Expect(GOOD,
               {{"/faults/0/type", "module-failure"}, {"/faults/0/target", "l7/rx"}},
               "/faults/0/target",
               "no QKD link \"l7\"");
        Expect(GOOD,
               {{"/faults/0/type", "km-crash"},
                {"/faults/0/target", "ERD"},
                {"/faults/0/position", "0.5"}},
               "/faults/0/position",
               "only a fibre-cut or risk-group-cut has a position; remove it");
    }

    /// Central stations and optical switches, and their faults.
    void CheckOptics()
    {
        const ScenarioOverride station{"/qkd_links/1/protocol", R"({"type": "twin-field"})"};
        const std::string place = "/qkd_links/1/station_km";
        Expect(GOOD,
               {{"/qkd_links/0/station_km", "5"}},
               "/qkd_links/0/station_km",
               "protocol measured has no central station; remove it");
        Expect(GOOD, {station, {place, "-1"}}, place, "-1 is negative");
        Expect(GOOD, {station, {place, "\"5\""}}, place, "\"5\" is a string");
        Expect(GOOD, {station, {place, "58.1"}}, place, "is beyond the fibres of 58");
        const ScenarioOverride failed{"/faults/0/type", "station-failure"};
        Expect(GOOD, {failed}, "/faults/0/target", "no QKD link \"f1\"");
        Expect(GOOD,
               {failed, {"/faults/0/target", "l2"}},
               "/faults/0/target",
               "\"l2\" has no central station: protocol decoy-bb84 needs none");
        Expect(GOOD,
               {station, failed, {"/faults/0/target", "l2"}, {"/faults/0/position", "0.5"}},
               "/faults/0/position",
               "only a fibre-cut or risk-group-cut has a position");
        const ScenarioOverride broken{"/faults/0/type", "optical-switch-failure"};
        Expect(GOOD, {broken}, "/faults/0/target", "no optical switch \"f1\"");
        Expect(GOOD,
               {broken,
                {"/faults/0/target", "s"},
                {"/optical_switches", R"([{"id": "s", "node": "ERD"}])"}},
               "/faults/0/target",
               "no light passes optical switch \"s\"");
        const Scenario good =
            ScenarioReader::ReadString(GOOD, "good.json", {station, {place, "58"}});
        NS_TEST_EXPECT_MSG_EQ_TOL(*good.qkdLinks[1].stationKm, 58.0, 1e-9, "at the receiver");
    }

    void DoRun() override
    {
        ScenarioReader::ReadString(GOOD, "good.json");
        CheckValues();
        CheckRelations();
        CheckOptics();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Texts and files that are no scenario at all.
 */
class ScenarioBadTextTest : public ScenarioErrorTest
{
  public:
    ScenarioBadTextTest()
        : ScenarioErrorTest("What is not a JSON object, or not strictly one, is refused")
    {
    }

  private:
    /**
     * @brief Read a file that cannot be read.
     * @param path its path
     * @param words a part of the message
     */
    void ExpectFile(const std::string& path, const std::string& words)
    {
        try
        {
            ScenarioReader::ReadFile(path);
        }
        catch (const ScenarioError& error)
        {
            CheckError(error, path, "", words);
            return;
        }
        NS_TEST_EXPECT_MSG_EQ(true, false, path << " was accepted");
    }

    void DoRun() override
    {
        Expect("{\n  \"name\": \"x\",\n  }", {}, "line 3, column 3", "unexpected '}'");
        Expect("{\"name\": \"x\"", {}, "line 1, column 13", "unexpected end of input");
        Expect("{} {}", {}, "line 1, column 4", "unexpected '{'");
        Expect("{\n\"a\":\n\nNaN}", {}, "line 4, column 1", "invalid literal");
        Expect("{\"a\": \"\x80"
               "\"}",
               {},
               "line 1, column 8",
               "UTF-8");
        Expect("\n\n# a comment", {}, "line 3, column 1", "invalid literal");
        Expect("", {}, "", "the file is empty");
        Expect(" \n\t ", {}, "", "the file is empty");
        Expect("[]", {}, "the top level", "an array stands where an object should");
        Expect("3", {}, "the top level", "3 stands where an object should");
        Expect("null", {}, "the top level", "null stands where an object should");
        Expect("{\"a\": [0, {\"b\": 1, \"c\": 2, \"b\": 3}]}", {}, "/a/1/b", "appears twice");
        Expect("{\"a\": [0, 1e400]}", {}, "/a/1", "1e400 is too large for a number");
        Expect(std::string(100000, '['), {}, Repeat("/0", 32), "nested more than 32 deep");
        Expect("{\"" + std::string(5000, 'k') + "\": 1}",
               {},
               "/" + std::string(60, 'k') + "...",
               "unknown key");
        ExpectFile(SCENARIOS + "no-such-file.json", "there is no such file");
        ExpectFile(SCENARIOS, "this is a directory");
        const std::string empty = CreateTempDirFilename("empty.json");
        std::ofstream(empty).close();
        ExpectFile(empty, "the file is empty");
    }

    /**
     * @brief A text many times over.
     * @param text the text
     * @param times how often
     * @return the repetition
     */
    static std::string Repeat(const std::string& text, int times)
    {
        std::string result;
        for (int i = 0; i < times; ++i)
        {
            result += text;
        }
        return result;
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Overrides.
 */
class ScenarioOverrideTest : public ScenarioErrorTest
{
  public:
    ScenarioOverrideTest()
        : ScenarioErrorTest("Overrides replace, add and append, and lead nowhere with an error")
    {
    }

  private:
    void DoRun() override
    {
        const auto option = ScenarioReader::ParseOverride("/sessions/0/toleration_s=0.01");
        const auto scenario = ScenarioReader::ReadString(
            GOOD,
            "good.json",
            {option,
             {"/name", "a=b c"},
             {"/nodes/3/id", "\"7\""},
             {"/fibres/2/b", "\"7\""},
             {"/qkd_links/1/protocol/set/Estimation", "infinite-decoy"},
             {"/faults/-", R"({"at_s": 20, "type": "module-failure", "target": "l1/rx"})"},
             {"/faults/1/repair_after_s", "1.001"},
             {"/sessions/0/deadline_s", "1e-9"},
             {"/sessions/0/request_lifetime_s", "1e9"},
             {"/simulation/run", "1"},
             {"/simulation/run", "5"}});
        NS_TEST_ASSERT_MSG_EQ(scenario.sessions[0].toleration.value(), MilliSeconds(10), "added");
        NS_TEST_ASSERT_MSG_EQ(scenario.name, "a=b c", "not JSON, hence a string");
        NS_TEST_ASSERT_MSG_EQ(scenario.nodes[3].id, "7", "a string in quotes");
        NS_TEST_ASSERT_MSG_EQ(scenario.qkdLinks[1].protocol.attributes.at("Estimation"),
                              "infinite-decoy",
                              "an attribute");
        NS_TEST_ASSERT_MSG_EQ(scenario.faults.size(), 2, "appended");
        NS_TEST_ASSERT_MSG_EQ(scenario.faults[1].id, "fault-2", "generated");
        NS_TEST_ASSERT_MSG_EQ(scenario.faults[1].target, "l1", "the QKD link of the module");
        NS_TEST_ASSERT_MSG_EQ((scenario.faults[1].moduleEnd == ScenarioModuleEnd::RX), true, "rx");
        NS_TEST_ASSERT_MSG_EQ(scenario.faults[1].repairAfter.value(),
                              MilliSeconds(1001),
                              "exact, though 1.001 is no double");
        NS_TEST_ASSERT_MSG_EQ(scenario.sessions[0].deadline, NanoSeconds(1), "shortest time");
        NS_TEST_ASSERT_MSG_EQ(scenario.sessions[0].requestLifetime,
                              NanoSeconds(1000000000000000000),
                              "longest time");
        NS_TEST_ASSERT_MSG_EQ(scenario.simulation.run, 5, "the last one holds");

        Expect(GOOD, {{"/nodes/9/id", "x"}}, "/nodes/9/id", "/nodes has 4 elements");
        Expect(GOOD, {{"/nodes/4", "{}"}}, "/nodes/4", "append with \"-\"");
        Expect(GOOD, {{"/nodes/01/id", "x"}}, "/nodes/01/id", "/nodes has 4 elements");
        Expect(GOOD, {{"/nodes/-/id", "x"}}, "/nodes/-/id", "/nodes has 4 elements");
        Expect(GOOD, {{"/a/b", "1"}}, "/a/b", "do not exist; set a place in the top level first");
        Expect(GOOD, {{"/name/x", "1"}}, "/name/x", "/name is a string and holds nothing");
        Expect(GOOD, {{"/name/x/y", "1"}}, "/name/x/y", "/name is a string and holds nothing");
        Expect(GOOD, {{"", "{}"}}, "", "\"\" is no place in the file");
        Expect(GOOD, {{"name", "x"}}, "", "\"name\" is no place in the file");
        Expect(GOOD, {{"/na~me", "x"}}, "/na~me", "\"~\" stands alone");
        Expect(GOOD, {{"/simulation", "{\"seed\": 1, \"seed\": 2}"}}, "/simulation/seed", "twice");
        Expect(GOOD,
               {{"/name",
                 "\xff"
                 "/"}},
               "/name",
               "contains \"/\"");
        for (const std::string bad : {"", "x", "x=/1", "/a/b"})
        {
            try
            {
                ScenarioReader::ParseOverride(bad);
                NS_TEST_EXPECT_MSG_EQ(true, false, bad << " was accepted");
            }
            catch (const ScenarioError& error)
            {
                CheckError(error, "--set", "", "has not the form place=value");
            }
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The scenario files of the module.
 */
class ScenarioFilesTest : public TestCase
{
  public:
    ScenarioFilesTest()
        : TestCase("The scenario files of the module say what their sources say")
    {
    }

  private:
    /// one-link.json
    void CheckOneLink()
    {
        const auto s = ScenarioReader::ReadFile(SCENARIOS + "one-link.json");
        NS_TEST_ASSERT_MSG_EQ(s.name, "one-link", "name");
        NS_TEST_ASSERT_MSG_EQ(Contains(s.description, "11, 075001 (2009)"), true, "source");
        NS_TEST_ASSERT_MSG_EQ(s.simulation.duration, Seconds(240), "duration");
        NS_TEST_ASSERT_MSG_EQ(s.nodes.size(), 2, "nodes");
        NS_TEST_ASSERT_MSG_EQ(s.nodes[0].id + s.nodes[1].id, "ERDBRT", "nodes");
        NS_TEST_ASSERT_MSG_EQ(s.fibres.size(), 2, "fibres");
        NS_TEST_ASSERT_MSG_EQ_TOL(s.fibres[0].lengthKm * s.fibres[0].attenuationDbPerKm,
                                  5.75,
                                  1e-12,
                                  "loss, Peev et al., section 3.1");
        NS_TEST_ASSERT_MSG_EQ(s.fibres[1].lengthKm, 33, "the other way");
        NS_TEST_ASSERT_MSG_EQ((s.fibres[0].classical && s.fibres[1].classical), true, "classical");
        NS_TEST_ASSERT_MSG_EQ(s.qkdLinks.size(), 1, "no QKD link on the other way");
        const auto& link = s.qkdLinks[0];
        NS_TEST_ASSERT_MSG_EQ((link.protocol.type == ScenarioProtocolType::MEASURED), true, "type");
        NS_TEST_ASSERT_MSG_EQ(link.protocol.rateBps, 1000, "rate, Peev et al., section 3.1");
        NS_TEST_ASSERT_MSG_EQ(link.protocol.blockKeyBit, 1024, "block");
        NS_TEST_ASSERT_MSG_EQ(link.initialPoolBit, 20000, "pool");
        NS_TEST_ASSERT_MSG_EQ((link.initialState == ScenarioInitialState::RUNNING), true, "runs");
        NS_TEST_ASSERT_MSG_EQ(link.resync, Seconds(5), "resync");
        NS_TEST_ASSERT_MSG_EQ(link.startUp, Seconds(60), "default");
        NS_TEST_ASSERT_MSG_EQ(s.sessions.size(), 1, "sessions");
        NS_TEST_ASSERT_MSG_EQ(s.sessions[0].keySizeBit, 256, "key size");
        NS_TEST_ASSERT_MSG_EQ(s.sessions[0].rateKeysPerS, 1.5, "rate");
        NS_TEST_ASSERT_MSG_EQ(s.sessions[0].deadline, Seconds(1), "deadline");
        NS_TEST_ASSERT_MSG_EQ(s.sessions[0].requestLifetime, Seconds(2), "twice the deadline");
        NS_TEST_ASSERT_MSG_EQ(s.sessions[0].stop, Seconds(240), "the end of the run");
        NS_TEST_ASSERT_MSG_EQ(s.sessions[0].toleration.value(), Seconds(5), "toleration");
        NS_TEST_ASSERT_MSG_EQ(s.faults.size(), 1, "faults");
        NS_TEST_ASSERT_MSG_EQ(s.faults[0].id, "fault-1", "generated");
        NS_TEST_ASSERT_MSG_EQ(s.faults[0].target, "ERD-BRT", "target");
        NS_TEST_ASSERT_MSG_EQ(s.faults[0].at, Seconds(60), "time");
        NS_TEST_ASSERT_MSG_EQ(s.faults[0].position, 0.5, "in the middle");
        NS_TEST_ASSERT_MSG_EQ(s.faults[0].repairAfter.value(), Seconds(60), "repair");
        // 256 bit a key, 96 bit of authentication in each direction; 192 bit a block
        const double demand = s.sessions[0].rateKeysPerS * (256 + 2 * 96);
        NS_TEST_ASSERT_MSG_LT(demand, 1000.0 * (1024 - 192) / 1024, "the link carries the session");
        NS_TEST_ASSERT_MSG_LT((20000 - s.keyManagement.reserveBit) / demand, 60, "pool runs out");
    }

    /// cambridge-link.json
    void CheckCambridge()
    {
        const auto s = ScenarioReader::ReadFile(SCENARIOS + "cambridge-link.json");
        NS_TEST_ASSERT_MSG_EQ(Contains(s.description, "5, 101 (2019)"), true, "source");
        // losses of the three fibres: Dynes et al., Results
        const double losses[] = {3.9, 4.2, 2.5};
        for (std::size_t i = 0; i < 3; ++i)
        {
            const auto& fibre = s.fibres.at(i);
            NS_TEST_ASSERT_MSG_EQ_TOL(fibre.lengthKm * fibre.attenuationDbPerKm + fibre.extraLossDb,
                                      losses[i],
                                      1e-9,
                                      "loss of " << fibre.id);
        }
        NS_TEST_ASSERT_MSG_EQ(s.fibres[0].lengthKm, 10.6, "length");
        NS_TEST_ASSERT_MSG_EQ(s.qkdLinks.at(0).protocol.rateBps, 2.58e6, "rate");
        NS_TEST_ASSERT_MSG_EQ(s.qkdLinks[0].protocol.blockKeyBit, 262144, "block");
        NS_TEST_ASSERT_MSG_EQ(s.sessions.at(0).rateKeysPerS, 200, "demand");
        NS_TEST_ASSERT_MSG_EQ(s.faults.at(0).target, "CAPE-TREL", "cut");
    }

    /// gys-50km.json
    void CheckGys()
    {
        const auto s = ScenarioReader::ReadFile(SCENARIOS + "gys-50km.json");
        NS_TEST_ASSERT_MSG_EQ(Contains(s.description, "84, 3762 (2004)"), true, "source");
        NS_TEST_ASSERT_MSG_EQ(s.fibres.at(0).lengthKm, 50, "length");
        NS_TEST_ASSERT_MSG_EQ(s.fibres[0].attenuationDbPerKm, 0.21, "attenuation");
        const auto& protocol = s.qkdLinks.at(0).protocol;
        NS_TEST_ASSERT_MSG_EQ((protocol.type == ScenarioProtocolType::DECOY_BB84), true, "type");
        NS_TEST_ASSERT_MSG_EQ(protocol.preset, "gys", "preset");
        NS_TEST_ASSERT_MSG_EQ(protocol.attributes.empty(), true, "nothing beside the preset");
        NS_TEST_ASSERT_MSG_LT(s.sessions.at(0).rateKeysPerS * (256 + 2 * 96), 400, "demand fits");
        NS_TEST_ASSERT_MSG_EQ(s.faults.at(0).target, "A-B", "cut");
    }

    void DoRun() override
    {
        CheckOneLink();
        CheckCambridge();
        CheckGys();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief CheckScenario() on a scenario that a program has changed.
 */
class ScenarioCheckerTest : public TestCase
{
  public:
    ScenarioCheckerTest()
        : TestCase("A scenario changed by a program is checked as one of a file")
    {
    }

  private:
    void DoRun() override
    {
        Scenario scenario = ScenarioReader::ReadString(GOOD, "good.json");
        CheckScenario(scenario, "program");
        scenario.faults[0].target = "f8";
        try
        {
            CheckScenario(scenario, "program");
            NS_TEST_EXPECT_MSG_EQ(true, false, "accepted");
        }
        catch (const ScenarioError& error)
        {
            NS_TEST_ASSERT_MSG_EQ(std::string(error.what()),
                                  "program: /faults/0/target: there is no fibre \"f8\" (did you "
                                  "mean \"f1\"?); give the id of a fibre",
                                  "the whole line");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of the scenario reader.
 */
class QkdnScenarioTestSuite : public TestSuite
{
  public:
    QkdnScenarioTestSuite()
        : TestSuite("qkdn-scenario", Type::UNIT)
    {
        AddTestCase(new ScenarioBadValueTest);
        AddTestCase(new ScenarioBadTextTest);
        AddTestCase(new ScenarioOverrideTest);
        AddTestCase(new ScenarioFilesTest);
        AddTestCase(new ScenarioCheckerTest);
    }
};

static QkdnScenarioTestSuite g_qkdnScenarioTestSuite; //!< registers the suite
