/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-protection-switch-table.h"
#include "ns3/qkdn-switch-requests.h"
#include "ns3/test.h"

#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

using Row = std::vector<std::string>;

/**
 * @brief Take a text apart.
 * @param text the text
 * @param separator what is between its parts
 * @return the parts
 */
Row
Split(const std::string& text, char separator)
{
    Row parts;
    std::istringstream stream(text);
    for (std::string part; std::getline(stream, part, separator);)
    {
        parts.push_back(part);
    }
    return parts;
}

/**
 * @brief Read a file of test data.
 * @param name its name
 * @return its rows, the header first; comments are left out
 */
std::vector<Row>
ReadData(const std::string& name)
{
    std::ifstream file(std::string(QKDN_SOURCE_DIR) + "/test/data/" + name);
    std::vector<Row> rows;
    for (std::string line; std::getline(file, line);)
    {
        if (!line.empty() && line[0] != '#')
        {
            rows.push_back(Split(line, ','));
        }
    }
    return rows;
}

/**
 * @brief Find a state by its name.
 * @param name the name as in RFC 7271
 * @return the state, SWITCH_STATES if there is none
 */
SwitchState
StateNamed(const std::string& name)
{
    int i = 0;
    while (i < SWITCH_STATES && name != SwitchStateName(static_cast<SwitchState>(i)))
    {
        ++i;
    }
    return static_cast<SwitchState>(i);
}

/**
 * @brief Find a local input by its name.
 * @param name the name as in RFC 7271
 * @return the input, SWITCH_INPUTS if there is none
 */
SwitchInput
InputNamed(const std::string& name)
{
    int i = 0;
    while (i < SWITCH_INPUTS && name != SwitchInputName(static_cast<SwitchInput>(i)))
    {
        ++i;
    }
    return static_cast<SwitchInput>(i);
}

/**
 * @brief Find a remote message by its name.
 * @param name the name as in RFC 7271
 * @return the message, SWITCH_MESSAGES if there is none
 */
SwitchMessage
MessageNamed(const std::string& name)
{
    int i = 0;
    while (i < SWITCH_MESSAGES && name != SwitchMessageName(static_cast<SwitchMessage>(i)))
    {
        ++i;
    }
    return static_cast<SwitchMessage>(i);
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Table 11.1 of RFC 7271 against the typed one: 252 cells.
 */
class SwitchLocalTableTest : public TestCase
{
  public:
    SwitchLocalTableTest()
        : TestCase("RFC 7271, 11.1: state transition by local inputs")
    {
    }

  private:
    void DoRun() override
    {
        const std::vector<Row> rows = ReadData("rfc7271-local.csv");
        NS_TEST_ASSERT_MSG_EQ(rows.size(), SWITCH_STATES + 1U, "rows with the header");
        std::set<std::pair<SwitchState, SwitchInput>> seen;
        for (std::size_t r = 1; r < rows.size(); ++r)
        {
            NS_TEST_ASSERT_MSG_EQ(rows[r].size(), rows[0].size(), "cells of row " << r);
            const SwitchState state = StateNamed(rows[r][0]);
            NS_TEST_ASSERT_MSG_LT(state, SWITCH_STATES, "state " << rows[r][0]);
            for (std::size_t c = 1; c < rows[r].size(); ++c)
            {
                const SwitchInput input = InputNamed(rows[0][c]);
                NS_TEST_ASSERT_MSG_LT(input, SWITCH_INPUTS, "input " << rows[0][c]);
                seen.emplace(state, input);
                NS_TEST_EXPECT_MSG_EQ(LocalCell(state, input).ToString(),
                                      rows[r][c],
                                      rows[r][0] << " and " << rows[0][c]);
            }
        }
        NS_TEST_EXPECT_MSG_EQ(seen.size(), 252, "cells");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Table 11.2 of RFC 7271 against the typed one: 273 cells, and what RFC 8234 changes.
 */
class SwitchRemoteTableTest : public TestCase
{
  public:
    SwitchRemoteTableTest()
        : TestCase("RFC 7271, 11.2: state transition by remote messages; RFC 8234")
    {
    }

  private:
    void DoRun() override
    {
        std::map<std::pair<std::string, std::string>, std::string> changed;
        const std::vector<Row> changes = ReadData("rfc8234-remote-changes.csv");
        NS_TEST_ASSERT_MSG_EQ(changes.size(), 5, "four changes and the header");
        for (std::size_t r = 1; r < changes.size(); ++r)
        {
            NS_TEST_ASSERT_MSG_EQ(changes[r].size(), 4, "columns of changes");
            changed[{changes[r][0], changes[r][1]}] = changes[r][3];
            NS_TEST_EXPECT_MSG_EQ(
                RemoteCell(TABLE_RFC7271, StateNamed(changes[r][0]), MessageNamed(changes[r][1]))
                    .ToString(),
                changes[r][2],
                "what " << changes[r][0] << " and " << changes[r][1] << " was");
        }

        const std::vector<Row> rows = ReadData("rfc7271-remote.csv");
        NS_TEST_ASSERT_MSG_EQ(rows.size(), SWITCH_STATES + 1U, "rows with the header");
        std::set<std::pair<SwitchState, SwitchMessage>> seen;
        for (std::size_t r = 1; r < rows.size(); ++r)
        {
            NS_TEST_ASSERT_MSG_EQ(rows[r].size(), rows[0].size(), "cells of row " << r);
            const SwitchState state = StateNamed(rows[r][0]);
            NS_TEST_ASSERT_MSG_LT(state, SWITCH_STATES, "state " << rows[r][0]);
            for (std::size_t c = 1; c < rows[r].size(); ++c)
            {
                const SwitchMessage message = MessageNamed(rows[0][c]);
                NS_TEST_ASSERT_MSG_LT(message, SWITCH_MESSAGES, "message " << rows[0][c]);
                seen.emplace(state, message);
                NS_TEST_EXPECT_MSG_EQ(RemoteCell(TABLE_RFC7271, state, message).ToString(),
                                      rows[r][c],
                                      "RFC 7271, " << rows[r][0] << " and " << rows[0][c]);
                const auto change = changed.find({rows[r][0], rows[0][c]});
                NS_TEST_EXPECT_MSG_EQ(RemoteCell(TABLE_RFC8234, state, message).ToString(),
                                      (change == changed.end() ? rows[r][c] : change->second),
                                      "RFC 8234, " << rows[r][0] << " and " << rows[0][c]);
            }
        }
        NS_TEST_EXPECT_MSG_EQ(seen.size(), 273, "cells");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Each case of the 13 footnotes, wherever a cell has it.
 */
class SwitchFootnotesTest : public TestCase
{
  public:
    SwitchFootnotesTest()
        : TestCase("RFC 7271, 11: footnotes")
    {
    }

  private:
    /// A row of the file: one case of a footnote.
    struct Case
    {
        Row tokens;        //!< conditions that have to hold
        std::string next;  //!< next state
        std::string send;  //!< message
        std::string timer; //!< WTR timer
    };

    void DoRun() override
    {
        const std::vector<Row> rows = ReadData("rfc7271-footnotes.csv");
        NS_TEST_ASSERT_MSG_GT(rows.size(), 13, "footnotes");
        for (std::size_t r = 1; r < rows.size(); ++r)
        {
            NS_TEST_ASSERT_MSG_EQ(rows[r].size(), 5, "columns of footnotes");
            m_cases[rows[r][0]].push_back(
                {Split(rows[r][1], '+'), rows[r][2], rows[r][3], rows[r][4]});
        }
        NS_TEST_EXPECT_MSG_EQ(m_cases.size(), 13, "footnotes");

        // every combination of the conditions
        for (int bits = 0; bits < 128; ++bits)
        {
            SwitchConditions conditions;
            conditions.bidirectional = bits & 1;
            conditions.revertive = bits & 2;
            conditions.requestsLeft = bits & 4;
            conditions.recovered = bits & 8;
            conditions.wtrRunning = bits & 16;
            conditions.selected = bits & 32 ? ENTITY_PROTECTION : ENTITY_WORKING;
            conditions.dataPath = bits & 64 ? 1 : 0;
            CheckAll(conditions);
        }
        for (const auto& [footnote, cases] : m_cases)
        {
            for (std::size_t i = 0; i < cases.size(); ++i)
            {
                NS_TEST_EXPECT_MSG_EQ(m_used.count({footnote, i}), 1, footnote << ", case " << i);
            }
        }
    }

    /**
     * @brief Look up all cells with footnotes.
     * @param conditions what the footnotes depend on
     */
    void CheckAll(SwitchConditions conditions)
    {
        for (const auto version : {TABLE_RFC7271, TABLE_RFC8234})
        {
            conditions.version = version;
            for (int s = 0; s < SWITCH_STATES; ++s)
            {
                const auto state = static_cast<SwitchState>(s);
                for (int i = 0; i < SWITCH_INPUTS; ++i)
                {
                    const auto input = static_cast<SwitchInput>(i);
                    Check(conditions,
                          state,
                          LocalCell(state, input),
                          LookUpLocal(conditions, state, input));
                }
                for (int i = 0; i < SWITCH_MESSAGES; ++i)
                {
                    const auto message = static_cast<SwitchMessage>(i);
                    Check(conditions,
                          state,
                          RemoteCell(version, state, message),
                          LookUpRemote(conditions, state, message));
                }
            }
        }
    }

    /**
     * @brief Whether a condition holds.
     * @param token the condition as it is written in the file
     * @param conditions what there is
     * @return true if so
     */
    bool Holds(const std::string& token, const SwitchConditions& conditions)
    {
        const std::map<std::string, bool> values = {
            {"always", true},
            {"active", conditions.requestsLeft},
            {"idle", !conditions.requestsLeft},
            {"both_nr", !conditions.requestsLeft},
            {"not_both_nr", conditions.requestsLeft},
            {"revertive", conditions.revertive},
            {"nonrevertive", !conditions.revertive},
            {"bidirectional", conditions.bidirectional},
            {"unidirectional", !conditions.bidirectional},
            {"own_path0", conditions.selected == ENTITY_WORKING},
            {"own_path1", conditions.selected == ENTITY_PROTECTION},
            {"received_path0", conditions.dataPath == 0},
            {"received_path1", conditions.dataPath == 1},
            {"wtr_running", conditions.wtrRunning},
            {"wtr_stopped", !conditions.wtrRunning},
        };
        const auto value = values.find(token);
        NS_TEST_EXPECT_MSG_EQ((value != values.end()), true, "condition " << token);
        return value != values.end() && value->second;
    }

    /**
     * @brief Check what a cell is resolved to.
     * @param conditions what footnotes depend on
     * @param state row of the cell
     * @param cell the cell
     * @param step what it is resolved to
     */
    void Check(const SwitchConditions& conditions,
               SwitchState state,
               const SwitchCell& cell,
               const SwitchStep& step)
    {
        if (!cell.footnote)
        {
            NS_TEST_EXPECT_MSG_EQ(step.ignored, cell.IsIgnore(), "cell " << cell.ToString());
            NS_TEST_EXPECT_MSG_EQ(step.next, (step.ignored ? state : cell.next), "next state");
            NS_TEST_EXPECT_MSG_EQ((step.reevaluate || step.startWtr || step.stopWtr),
                                  false,
                                  "effects without a footnote");
            return;
        }
        const std::string footnote = cell.ToString();
        std::size_t matches = 0;
        const std::vector<Case>& cases = m_cases[footnote];
        for (std::size_t i = 0; i < cases.size(); ++i)
        {
            bool holds = true;
            for (const std::string& token : cases[i].tokens)
            {
                holds = holds && Holds(token, conditions);
            }
            if (holds)
            {
                ++matches;
                m_used.insert({footnote, i});
                CheckCase(state, footnote, cases[i], step);
            }
        }
        NS_TEST_EXPECT_MSG_EQ(matches, 1, "cases of " << footnote << " that apply");
    }

    /**
     * @brief Check the resolution of a footnote.
     * @param state row of the cell
     * @param footnote the footnote
     * @param expected the case of it that applies
     * @param step what was made of it
     */
    void CheckCase(SwitchState state,
                   const std::string& footnote,
                   const Case& expected,
                   const SwitchStep& step)
    {
        const std::string what = footnote + " in " + SwitchStateName(state);
        const std::string prefix = "reevaluate:";
        if (expected.next.compare(0, prefix.size(), prefix) == 0)
        {
            NS_TEST_EXPECT_MSG_EQ(step.reevaluate, true, what);
            NS_TEST_EXPECT_MSG_EQ(SwitchStateName(step.next),
                                  expected.next.substr(prefix.size()),
                                  what);
            return;
        }
        if (expected.next == "i")
        {
            NS_TEST_EXPECT_MSG_EQ(step.ignored, true, what);
            return;
        }
        NS_TEST_EXPECT_MSG_EQ(step.ignored, false, what);
        NS_TEST_EXPECT_MSG_EQ(SwitchStateName(step.next), expected.next, what);
        NS_TEST_EXPECT_MSG_EQ((step.startWtr && expected.timer != "start" && footnote != "(11)"),
                              false,
                              what << ": starts the timer");
        NS_TEST_EXPECT_MSG_EQ((!step.startWtr && expected.timer == "start"),
                              false,
                              what << ": does not start the timer");
        NS_TEST_EXPECT_MSG_EQ((!step.stopWtr && expected.timer == "stop"),
                              false,
                              what << ": does not stop the timer");
        CheckMessage(state, what, expected, step);
    }

    /**
     * @brief Check the message that a footnote asks for.
     * @param state row of the cell
     * @param what what is looked at
     * @param expected the case that applies
     * @param step what was made of it
     */
    void CheckMessage(SwitchState state,
                      const std::string& what,
                      const Case& expected,
                      const SwitchStep& step)
    {
        if (expected.send == "current")
        {
            NS_TEST_EXPECT_MSG_EQ(step.message, SEND_CURRENT, what);
        }
        else if (expected.send == "NR:0:1")
        {
            NS_TEST_EXPECT_MSG_EQ(step.message, SEND_NO_REQUEST, what);
        }
        else if (expected.send != "-")
        {
            // (7) and (8): the message of the next state, with the defect behind the present one
            NS_TEST_EXPECT_MSG_EQ(step.message, SEND_OF_STATE, what);
            SwitchRequests::Request defect;
            defect.input = state == SWITCH_UA_DP_L ? INPUT_SD_P : INPUT_SD_W;
            const ApsMessage message =
                MessageOfState(step.next, SelectedIn(step.next, ENTITY_WORKING), defect, {});
            const Row parts = Split(expected.send, ':');
            NS_TEST_EXPECT_MSG_EQ(message.ToString(),
                                  parts.at(0) + "(" + parts.at(1) + "," + parts.at(2) + ")",
                                  what);
        }
    }

    std::map<std::string, std::vector<Case>> m_cases;     //!< by footnote
    std::set<std::pair<std::string, std::size_t>> m_used; //!< cases that have applied
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The list of messages of clause 11, and what a received message is.
 */
class SwitchStateMessagesTest : public TestCase
{
  public:
    SwitchStateMessagesTest()
        : TestCase("RFC 7271, 11: the message of each state")
    {
    }

  private:
    void DoRun() override
    {
        const std::map<std::string, std::string> fixed = {{"N", "NR(0,0)"},
                                                          {"UA:LO:L", "LO(0,0)"},
                                                          {"UA:P:L", "SF(0,0)"},
                                                          {"UA:DP:L", "SD(0,0)"},
                                                          {"PF:W:L", "SF(1,1)"},
                                                          {"PF:DW:L", "SD(1,1)"},
                                                          {"SA:F:L", "FS(1,1)"},
                                                          {"SA:MW:L", "MS(0,0)"},
                                                          {"SA:MP:L", "MS(1,1)"},
                                                          {"SA:MW:R", "NR(0,0)"},
                                                          {"SA:MP:R", "NR(0,1)"},
                                                          {"WTR", "WTR(0,1)"},
                                                          {"DNR", "DNR(0,1)"}};
        for (const auto& [name, message] : fixed)
        {
            CheckMessage(name, ENTITY_WORKING, {}, message);
        }
        CheckMessage("E::L", ENTITY_WORKING, {}, "EXER(0,0)");
        CheckMessage("E::L", ENTITY_PROTECTION, {}, "EXER(0,1)");
        CheckMessage("E::R", ENTITY_WORKING, {}, "RR(0,0)");
        CheckMessage("E::R", ENTITY_PROTECTION, {}, "RR(0,1)");

        const std::map<SwitchInput, std::string> defects = {{SWITCH_INPUTS, "NR(0"},
                                                            {INPUT_SF_P, "SF(0"},
                                                            {INPUT_SF_W, "SF(1"},
                                                            {INPUT_SD_P, "SD(0"},
                                                            {INPUT_SD_W, "SD(1"}};
        for (const auto& [input, begin] : defects)
        {
            SwitchRequests::Request defect;
            defect.input = input;
            for (const char* name : {"UA:LO:R", "UA:P:R", "UA:DP:R"})
            {
                CheckMessage(name, ENTITY_PROTECTION, defect, begin + ",0)");
            }
            for (const char* name : {"PF:W:R", "PF:DW:R", "SA:F:R"})
            {
                CheckMessage(name, ENTITY_WORKING, defect, begin + ",1)");
            }
        }

        const std::map<std::string, ApsMessage> columns = {{"LO", {APS_LOCKOUT, 0, 0, {}}},
                                                           {"SF-P", {APS_SIGNAL_FAIL, 0, 0, {}}},
                                                           {"SF-W", {APS_SIGNAL_FAIL, 1, 1, {}}},
                                                           {"FS", {APS_FORCED_SWITCH, 1, 1, {}}},
                                                           {"SD-P", {APS_SIGNAL_DEGRADE, 0, 1, {}}},
                                                           {"SD-W", {APS_SIGNAL_DEGRADE, 1, 0, {}}},
                                                           {"MS-W", {APS_MANUAL_SWITCH, 0, 0, {}}},
                                                           {"MS-P", {APS_MANUAL_SWITCH, 1, 1, {}}},
                                                           {"WTR", {APS_WAIT_TO_RESTORE, 0, 1, {}}},
                                                           {"EXER", {APS_EXERCISE, 0, 0, {}}},
                                                           {"RR", {APS_REVERSE_REQUEST, 0, 0, {}}},
                                                           {"DNR", {APS_DO_NOT_REVERT, 0, 1, {}}},
                                                           {"NR", {APS_NO_REQUEST, 0, 1, {}}}};
        NS_TEST_EXPECT_MSG_EQ(columns.size(), +SWITCH_MESSAGES, "columns");
        for (const auto& [name, message] : columns)
        {
            NS_TEST_EXPECT_MSG_EQ(message.IsValid(), true, name);
            NS_TEST_EXPECT_MSG_EQ(SwitchMessageName(ClassifyMessage(message)), name, "column");
        }
        NS_TEST_EXPECT_MSG_EQ((ApsMessage{APS_MANUAL_SWITCH, 0, 1, {}}.IsValid()),
                              false,
                              "MS(0,1)");
        NS_TEST_EXPECT_MSG_EQ((ApsMessage{APS_NO_REQUEST, 0, 2, {}}.IsValid()), false, "Path 2");
        NS_TEST_EXPECT_MSG_EQ((ApsMessage{static_cast<ApsRequest>(6), 0, 0, {}}.IsValid()),
                              false,
                              "request 6");
    }

    /**
     * @brief Check the message of a state.
     * @param name the state
     * @param before what was selected before
     * @param defect the highest local defect
     * @param expected the message
     */
    void CheckMessage(const std::string& name,
                      Entity before,
                      const SwitchRequests::Request& defect,
                      const std::string& expected)
    {
        const SwitchState state = StateNamed(name);
        const Entity selected = SelectedIn(state, before);
        const ApsMessage message = MessageOfState(state, selected, defect, {});
        NS_TEST_EXPECT_MSG_EQ(message.ToString(), expected, name);
        NS_TEST_EXPECT_MSG_EQ(+message.dataPath, +selected, name << ": Path");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The order of requests of RFC 7271, 10.2.
 */
class SwitchPrioritiesTest : public TestCase
{
  public:
    SwitchPrioritiesTest()
        : TestCase("RFC 7271, 10.2: priorities")
    {
    }

  private:
    void DoRun() override
    {
        // l: a local input, r: a remote message; highest first, equal ones joined by =
        const Row order = {"l OC",        "l LO",        "r LO",        "l SFDc",      "l SF-P",
                           "r SF-P",      "l FS",        "r FS",        "l SF-W",      "r SF-W",
                           "l SD-P=SD-W", "r SD-P=SD-W", "l MS-W=MS-P", "r MS-W=MS-P", "l WTRExp",
                           "r WTR",       "l EXER",      "r EXER",      "r RR",        "r DNR",
                           "r NR"};
        int above = RankOf(INPUT_OC) + 1;
        std::size_t ranked = 0;
        for (const std::string& entry : order)
        {
            std::set<int> ranks;
            for (const std::string& name : Split(entry.substr(2), '='))
            {
                ++ranked;
                ranks.insert(entry[0] == 'l' ? RankOf(InputNamed(name))
                                             : RankOf(MessageNamed(name)));
            }
            NS_TEST_EXPECT_MSG_EQ(ranks.size(), 1, entry);
            NS_TEST_EXPECT_MSG_LT(*ranks.begin(), above, entry);
            above = *ranks.begin();
        }
        constexpr int INPUTS = SWITCH_INPUTS;
        NS_TEST_EXPECT_MSG_EQ(ranked, INPUTS + SWITCH_MESSAGES, "all inputs and messages");
        NS_TEST_EXPECT_MSG_LT(NO_REQUEST_RANK, above, "a remote NR goes before a local one");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of the tables of RFC 7271.
 */
class QkdnProtectionSwitchTablesTestSuite : public TestSuite
{
  public:
    QkdnProtectionSwitchTablesTestSuite()
        : TestSuite("qkdn-protection-switch-tables", Type::UNIT)
    {
        AddTestCase(new SwitchLocalTableTest);
        AddTestCase(new SwitchRemoteTableTest);
        AddTestCase(new SwitchFootnotesTest);
        AddTestCase(new SwitchStateMessagesTest);
        AddTestCase(new SwitchPrioritiesTest);
    }
};

static QkdnProtectionSwitchTablesTestSuite
    g_qkdnProtectionSwitchTablesTestSuite; //!< registers the suite
