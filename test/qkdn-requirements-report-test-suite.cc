/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-report-fixture.h"

#include "ns3/qkdn-report-writer.h"
#include "ns3/qkdn-requirement-catalogue.h"
#include "ns3/qkdn-requirements-writer.h"
#include "ns3/qkdn-text-report.h"
#include "ns3/test.h"

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/**
 * @brief Results in which some requirements have been exercised.
 * @return the results
 */
ExperimentResults
MakeCheckedResults()
{
    ExperimentResults results = MakeResults();
    results.requirements = GetRequirementCatalogue();
    for (RequirementResult& requirement : results.requirements)
    {
        requirement.reason = "not modelled";
        if (requirement.id == "R-M1")
        {
            requirement.status = REQUIREMENT_VIOLATED;
            requirement.reason = "<route> 7 \xff is lost";
            requirement.evidence = {1, 2};
        }
        else if (requirement.id == "G-M0b")
        {
            requirement.status = REQUIREMENT_VIOLATED;
            requirement.reason = "not seen";
        }
        else if (requirement.id == "G-C0")
        {
            requirement.status = REQUIREMENT_SATISFIED;
            requirement.reason = "set up: 1 of 1";
            for (uint64_t event = 1; event <= 50; ++event)
            {
                requirement.evidence.push_back(event);
            }
        }
    }
    return results;
}

/**
 * @brief The keys of an object.
 * @param json the object
 * @return keys joined by blanks
 */
std::string
Keys(const nlohmann::ordered_json& json)
{
    std::string keys;
    for (const auto& item : json.items())
    {
        keys += (keys.empty() ? "" : " ") + item.key();
    }
    return keys;
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief requirements.json.
 */
class RequirementsWriterTest : public TestCase
{
  public:
    RequirementsWriterTest()
        : TestCase("requirements.json has the keys and values it promises")
    {
    }

  private:
    /**
     * @brief The file as a program reads it.
     * @param results the results
     * @return the object
     */
    static nlohmann::ordered_json Read(const ExperimentResults& results)
    {
        std::ostringstream os;
        RequirementsWriter().Write(results, os);
        return nlohmann::ordered_json::parse(os.str());
    }

    void DoRun() override
    {
        const auto json = Read(MakeCheckedResults());
        NS_TEST_ASSERT_MSG_EQ(Keys(json), "draft verdict requirements", "keys");
        NS_TEST_ASSERT_MSG_EQ(Keys(json["verdict"]), "without_old_wording with_old_wording", "two");
        const auto& with = json["verdict"]["with_old_wording"];
        NS_TEST_ASSERT_MSG_EQ(Keys(with), "conformant required recommended optional", "a verdict");
        NS_TEST_ASSERT_MSG_EQ(with["conformant"], false, "violated");
        NS_TEST_ASSERT_MSG_EQ(with["required"].dump(),
                              R"({"satisfied":0,"violated":2,"not_exercised":4})",
                              "both");
        NS_TEST_ASSERT_MSG_EQ(with["recommended"].dump(),
                              R"({"satisfied":1,"not_followed":0,"not_exercised":15})",
                              "recommended");
        NS_TEST_ASSERT_MSG_EQ(with["optional"].dump(),
                              R"({"used":0,"not_used":0,"not_exercised":1})",
                              "optional");
        NS_TEST_ASSERT_MSG_EQ(json["verdict"]["without_old_wording"]["required"].dump(),
                              R"({"satisfied":0,"violated":1,"not_exercised":3})",
                              "without G-M0a and G-M0b");
        const auto& entries = json["requirements"];
        NS_TEST_ASSERT_MSG_EQ(entries.size(), 23, "all of them");
        for (const auto& entry : entries)
        {
            NS_TEST_ASSERT_MSG_EQ(Keys(entry),
                                  "id clause level old_wording text status reason evidence",
                                  "keys of a requirement");
        }
        const auto& last = entries[22];
        NS_TEST_ASSERT_MSG_EQ(last["id"], "R-M1", "in the order of the draft");
        NS_TEST_ASSERT_MSG_EQ(last["clause"], "9.4", "clause");
        NS_TEST_ASSERT_MSG_EQ(last["level"], "required", "level");
        NS_TEST_ASSERT_MSG_EQ(last["old_wording"], false, "wording");
        NS_TEST_ASSERT_MSG_EQ(last["status"], "violated", "status");
        NS_TEST_ASSERT_MSG_EQ(last["reason"], "<route> 7 \xef\xbf\xbd is lost", "bad UTF-8");
        NS_TEST_ASSERT_MSG_EQ(last["evidence"].dump(), "[1,2]", "evidence");
        const auto none = Read(MakeResults());
        NS_TEST_ASSERT_MSG_EQ(none["verdict"].is_null(), true, "nothing was checked");
        NS_TEST_ASSERT_MSG_EQ(none["requirements"].empty(), true, "nothing was checked");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Requirements in the reports for people.
 */
class RequirementsReportTest : public TestCase
{
  public:
    RequirementsReportTest()
        : TestCase("Reports begin with what was violated, and show all requirements")
    {
    }

  private:
    void DoRun() override
    {
        const ExperimentResults results = MakeCheckedResults();
        std::ostringstream os;
        TextReport().Write(results, "", os);
        std::istringstream lines(os.str());
        std::string line;
        std::getline(lines, line);
        std::getline(lines, line);
        std::getline(lines, line);
        NS_TEST_ASSERT_MSG_EQ(line,
                              "Requirement G-M0b (clause 7.4, old wording) violated: not seen",
                              "third line");
        std::getline(lines, line);
        NS_TEST_ASSERT_MSG_EQ(line.find("Requirement R-M1 (clause 9.4) violated: <route> 7"),
                              0,
                              "fourth line");
        for (const char* part : {"  G-C0 (recommended): satisfied, set up: 1 of 1\n",
                                 "not conformant; required: 0 satisfied, 1 violated, 3 not "
                                 "exercised; recommended: 1 satisfied"})
        {
            NS_TEST_ASSERT_MSG_NE(os.str().find(part), std::string::npos, part);
        }
        NS_TEST_ASSERT_MSG_EQ(os.str().find("P-M2"), std::string::npos, "not exercised");
        std::ostringstream unchecked;
        TextReport().Write(MakeResults(), "", unchecked);
        NS_TEST_ASSERT_MSG_EQ(unchecked.str().find("equirement"), std::string::npos, "unchecked");

        std::ostringstream page;
        ReportWriter().Write(results, {}, page);
        for (const char* part : {"<p class=\"bad\">Requirement R-M1 (clause 9.4) violated: "
                                 "&lt;route&gt; 7",
                                 "19, 20 ...",
                                 "required (old wording)",
                                 "P-M2"})
        {
            NS_TEST_ASSERT_MSG_NE(page.str().find(part), std::string::npos, part);
        }
        std::ostringstream bare;
        ReportWriter().Write(MakeResults(), {}, bare);
        NS_TEST_ASSERT_MSG_NE(bare.str().find("They were not checked."), std::string::npos, "bare");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of the writers of requirements.
 */
class QkdnRequirementsReportTestSuite : public TestSuite
{
  public:
    QkdnRequirementsReportTestSuite()
        : TestSuite("qkdn-requirements-report", Type::UNIT)
    {
        AddTestCase(new RequirementsWriterTest);
        AddTestCase(new RequirementsReportTest);
    }
};

static QkdnRequirementsReportTestSuite g_qkdnRequirementsReportTestSuite; //!< registers the suite
