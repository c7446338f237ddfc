/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "ns3/qkdn-requirement-catalogue.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/qkdn-scenario-runner.h"
#include "ns3/test.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;
using nlohmann::json;

namespace
{

/// Where the repository is.
const std::string TOP = QKDN_SOURCE_DIR;

/// Statuses by requirement.
using Statuses = std::map<std::string, std::string>;

/**
 * @brief Read a file.
 * @param path its path in the repository
 * @return its text
 */
std::string
ReadText(const std::string& path)
{
    std::ifstream file(TOP + "/" + path);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/**
 * @brief Read the scenarios and counter-scenarios.
 * @return the object
 */
json
ReadCases()
{
    return json::parse(ReadText("test/data/requirement-counter-scenarios.json"));
}

/**
 * @brief Run a scenario.
 * @param name its name
 * @param overrides what is changed
 * @return what was measured
 */
ExperimentResults
RunWhole(const std::string& name, const std::vector<ScenarioOverride>& overrides = {})
{
    const std::string path = TOP + "/examples/scenarios/" + name + ".json";
    return ScenarioRunner().Run(ScenarioReader::ReadFile(path, overrides), path);
}

/**
 * @brief Run a scenario.
 * @param name its name
 * @param overrides what is changed
 * @return what the run says of the requirements, by id
 */
std::map<std::string, RequirementResult>
RunScenario(const std::string& name, const std::vector<ScenarioOverride>& overrides = {})
{
    const ExperimentResults results = RunWhole(name, overrides);
    std::map<std::string, RequirementResult> found;
    for (const RequirementResult& requirement : results.requirements)
    {
        found[requirement.id] = requirement;
    }
    return found;
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief The scenarios in which all requirements are met.
 */
class ConformanceTest : public TestCase
{
  public:
    ConformanceTest()
        : TestCase("Scenarios exercise and meet each requirement")
    {
    }

  private:
    void DoRun() override
    {
        const json cases = ReadCases();
        std::set<std::string> met;
        for (const json& base : cases.at("scenarios"))
        {
            const std::string name = base.at("scenario");
            const Statuses expected = base.at("expected");
            for (const auto& [id, result] : RunScenario(name))
            {
                const auto found = expected.find(id);
                const std::string status =
                    found == expected.end() ? "not-exercised" : found->second;
                NS_TEST_EXPECT_MSG_EQ(std::string(RequirementStatusName(result.status)),
                                      status,
                                      name << ", " << id << ": " << result.reason);
                if (result.status == REQUIREMENT_SATISFIED || result.status == REQUIREMENT_USED)
                {
                    met.insert(id);
                }
            }
        }
        for (const RequirementResult& requirement : GetRequirementCatalogue())
        {
            NS_TEST_EXPECT_MSG_EQ(met.count(requirement.id), 1, requirement.id << " is met");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What R-C2, G-M0b and G-C2 are about happens in these scenarios: toleration times run, and
 * one is over.
 */
class TolerationClocksTest : public TestCase
{
  public:
    TolerationClocksTest()
        : TestCase("Requirements of interruptions are met with interruptions, and a credit")
    {
    }

  private:
    void DoRun() override
    {
        const ExperimentResults recovery = RunWhole("requirements-recovery");
        NS_TEST_ASSERT_MSG_EQ(recovery.sessions.size(), 2, "sessions");
        for (const SessionResult& session : recovery.sessions)
        {
            NS_TEST_EXPECT_MSG_EQ(session.interruptions.size(), 1, session.id << ": interrupted");
            NS_TEST_EXPECT_MSG_GT(session.longestOutage, Seconds(2), session.id << ": it lasts");
            NS_TEST_EXPECT_MSG_LT(session.longestOutage,
                                  session.toleration,
                                  session.id << ": no longer than tolerated");
        }
        const ExperimentResults protection = RunWhole("requirements-protection");
        NS_TEST_ASSERT_MSG_EQ(protection.charges.size(), 2, "charges");
        for (const ChargeResult& charge : protection.charges)
        {
            const bool gaveWay = charge.session == "B";
            NS_TEST_EXPECT_MSG_EQ((charge.amounts.credit > 0), gaveWay, charge.session);
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief These scenarios with something changed, so that requirements are not met.
 */
class CounterScenariosTest : public TestCase
{
  public:
    CounterScenariosTest()
        : TestCase("Counter-scenarios break what they are made for")
    {
    }

  private:
    /**
     * @brief Run one.
     * @param counter the counter-scenario
     */
    void Check(const json& counter)
    {
        std::vector<ScenarioOverride> overrides;
        for (const json& change : counter.at("set"))
        {
            overrides.push_back({change.at("pointer"), change.at("value")});
        }
        const std::string what = counter.at("what");
        const auto results = RunScenario(counter.at("scenario"), overrides);
        for (const json& expected : counter.at("expected"))
        {
            const std::string id = expected.at("id");
            NS_TEST_ASSERT_MSG_EQ(results.count(id), 1, id << " is a requirement");
            const RequirementResult& result = results.at(id);
            NS_TEST_EXPECT_MSG_EQ(std::string(RequirementStatusName(result.status)),
                                  expected.at("status").get<std::string>(),
                                  what << ", " << id << ": " << result.reason);
            const std::string reason = expected.at("reason");
            NS_TEST_EXPECT_MSG_NE(result.reason.find(reason),
                                  std::string::npos,
                                  what << ", " << id << ": " << result.reason
                                       << ", not: " << reason);
        }
    }

    void DoRun() override
    {
        const json cases = ReadCases();
        for (const json& counter : cases.at("counter_scenarios"))
        {
            Check(counter);
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Each requirement has counter-scenarios.
 */
class CounterScenariosCoverTest : public TestCase
{
  public:
    CounterScenariosCoverTest()
        : TestCase("Each requirement is broken by a counter-scenario")
    {
    }

  private:
    void DoRun() override
    {
        const json cases = ReadCases();
        std::map<std::string, std::set<std::string>> statuses;
        for (const json& counter : cases.at("counter_scenarios"))
        {
            for (const json& expected : counter.at("expected"))
            {
                statuses[expected.at("id")].insert(expected.at("status").get<std::string>());
                NS_TEST_EXPECT_MSG_EQ(expected.at("reason").get<std::string>().empty(),
                                      false,
                                      "a reason");
            }
        }
        for (const RequirementResult& requirement : GetRequirementCatalogue())
        {
            const std::string bad = requirement.level == LEVEL_REQUIRED      ? "violated"
                                    : requirement.level == LEVEL_RECOMMENDED ? "not-followed"
                                                                             : "not-used";
            NS_TEST_EXPECT_MSG_EQ(statuses[requirement.id].count(bad), 1, requirement.id);
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The table of conformance in the documentation.
 */
class ConformanceTableTest : public TestCase
{
  public:
    ConformanceTableTest()
        : TestCase("The documentation's table has each requirement, and what it names exists")
    {
    }

  private:
    /**
     * @brief The rows of the table.
     * @return text of each row by id
     */
    static std::map<std::string, std::string> ReadRows()
    {
        const std::string text = ReadText("doc/conformance.rst");
        const std::size_t from = std::min(text.find(".. list-table:: Conformance"), text.size());
        std::map<std::string, std::string> rows;
        const std::regex start("\n   \\* - ([GPR]-[A-Z][0-9][ab]?)\n");
        for (auto row = std::sregex_iterator(text.begin() + static_cast<std::ptrdiff_t>(from),
                                             text.end(),
                                             start);
             row != std::sregex_iterator();
             ++row)
        {
            const std::size_t begin = from + static_cast<std::size_t>(row->position()) + 1;
            const std::size_t end =
                std::min(text.find("\n   * - ", begin), text.find("\n\n", begin));
            rows[(*row)[1]] = text.substr(begin, end - begin);
        }
        return rows;
    }

    /**
     * @brief Check that what a row names exists.
     * @param id the requirement
     * @param row text of the row
     * @param pattern what to look for; its group is the name
     * @param before what comes before the name in the path
     * @param after what comes after
     */
    void CheckNames(const std::string& id,
                    const std::string& row,
                    const std::string& pattern,
                    const std::string& before,
                    const std::string& after)
    {
        const std::regex names(pattern);
        std::size_t count = 0;
        for (auto name = std::sregex_iterator(row.begin(), row.end(), names);
             name != std::sregex_iterator();
             ++name, ++count)
        {
            const std::string path = before + (*name)[1].str() + after;
            NS_TEST_EXPECT_MSG_EQ(std::filesystem::exists(TOP + "/" + path),
                                  true,
                                  id << ": there is no " << path);
        }
        NS_TEST_EXPECT_MSG_GT(count, 0, id << " names none: " << pattern);
    }

    /**
     * @brief Check that each suite of a row names its requirement, in a test or in the text of one.
     * @param id the requirement
     * @param row text of the row
     */
    void CheckSuites(const std::string& id, const std::string& row)
    {
        const std::regex names("suite ``(qkdn-[a-z0-9-]+)``");
        const std::regex word(id + "([^0-9ab]|$)");
        for (auto name = std::sregex_iterator(row.begin(), row.end(), names);
             name != std::sregex_iterator();
             ++name)
        {
            const std::string path = "test/" + (*name)[1].str() + "-test-suite.cc";
            NS_TEST_EXPECT_MSG_EQ(std::regex_search(ReadText(path), word),
                                  true,
                                  path << " does not name " << id);
        }
    }

    /**
     * @brief Check that a test says what the scenarios of a row give for its requirement, besides
     * those that this suite runs itself.
     * @param id the requirement
     * @param row text of the row
     * @param own names of those that this suite runs
     */
    void CheckAsserted(const std::string& id,
                       const std::string& row,
                       const std::set<std::string>& own)
    {
        const std::regex names("``([a-z0-9-]+)[.]json``");
        for (auto name = std::sregex_iterator(row.begin(), row.end(), names);
             name != std::sregex_iterator();
             ++name)
        {
            const std::string scenario = (*name)[1];
            bool asserted = own.count(scenario) > 0;
            for (const auto& file : std::filesystem::directory_iterator(TOP + "/test"))
            {
                const std::string text = asserted || file.path().extension() != ".cc"
                                             ? ""
                                             : ReadText("test/" + file.path().filename().string());
                const bool runs = text.find("\"" + scenario + "\"") != std::string::npos ||
                                  text.find(scenario + ".json") != std::string::npos;
                asserted = asserted || (runs && text.find("\"" + id + "\"") != std::string::npos);
            }
            NS_TEST_EXPECT_MSG_EQ(asserted, true, id << ": no test names it and " << scenario);
        }
    }

    void DoRun() override
    {
        std::set<std::string> own;
        const json cases = ReadCases();
        for (const json& base : cases.at("scenarios"))
        {
            own.insert(base.at("scenario").get<std::string>());
        }
        const auto rows = ReadRows();
        const std::vector<RequirementResult> catalogue = GetRequirementCatalogue();
        NS_TEST_EXPECT_MSG_EQ(rows.size(), catalogue.size(), "rows");
        for (const RequirementResult& requirement : catalogue)
        {
            const std::string& id = requirement.id;
            NS_TEST_EXPECT_MSG_EQ(rows.count(id), 1, id << " is in the table");
            if (rows.count(id) == 0)
            {
                continue;
            }
            const std::string& row = rows.at(id);
            NS_TEST_EXPECT_MSG_NE(row.find(RequirementLevelName(requirement.level)),
                                  std::string::npos,
                                  id << ": its level");
            CheckNames(id, row, "suite ``(qkdn-[a-z0-9-]+)``", "test/", "-test-suite.cc");
            CheckNames(id, row, "``([a-z0-9-]+[.]json)``", "examples/scenarios/", "");
            CheckSuites(id, row);
            CheckAsserted(id, row, own);
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of conformance.
 */
class QkdnConformanceTestSuite : public TestSuite
{
  public:
    QkdnConformanceTestSuite()
        : TestSuite("qkdn-conformance", Type::SYSTEM)
    {
        AddTestCase(new ConformanceTest);
        AddTestCase(new TolerationClocksTest);
        AddTestCase(new CounterScenariosTest);
        AddTestCase(new CounterScenariosCoverTest);
        AddTestCase(new ConformanceTableTest);
    }
};

static QkdnConformanceTestSuite g_qkdnConformanceTestSuite; //!< registers the suite
