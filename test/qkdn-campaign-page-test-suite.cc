/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-campaign-page-data.h"
#include "ns3/qkdn-campaign-page.h"
#include "ns3/qkdn-html-table.h"
#include "ns3/qkdn-page-files.h"
#include "ns3/test.h"

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// A name that leaves the script element, or the text of a string, where nothing is escaped.
const std::string HOSTILE = "</script><script>alert('1')</script><!--\"\\ {{title}} &lt;";

/**
 * @brief A run of two sessions, of which the first is interrupted.
 * @param run its number
 * @param outageS length of the interruption, s; 0 for none
 * @return the figures
 */
RunFigures
MakePageRun(uint64_t run, double outageS)
{
    RunFigures figures;
    figures.scenario = "net";
    figures.run = run;
    figures.measuredS = 100;
    RunSession first;
    first.id = "A";
    first.availability = 1 - outageS / 100;
    if (outageS > 0)
    {
        first.interruptions.push_back({20, 20 + outageS});
        figures.episodes.push_back({"A", "repaired", outageS + 1});
    }
    RunSession second;
    second.id = "B";
    second.availability = 1;
    figures.sessions = {first, second};
    figures.values[METRIC_AVAILABILITY] = 1 - outageS / 200;
    figures.values[METRIC_OUTAGE] = outageS;
    return figures;
}

/**
 * @brief A campaign of two variants: the second has a tenth of the outage.
 * @param runs number of runs
 * @return the campaign
 */
CampaignResults
MakePageCampaign(uint64_t runs)
{
    CampaignResults results;
    results.scenarios = {"net"};
    results.plannedRuns = static_cast<uint32_t>(runs);
    results.series = {{{"first", "unprotected", {}}, {}},
                      {{"second", "", {"/nodes/0/x_km=1"}}, {}}};
    for (uint64_t run = 1; run <= runs; ++run)
    {
        const auto outage = static_cast<double>(run % 10);
        results.series[0].runs.push_back(MakePageRun(run, outage));
        results.series[1].runs.push_back(MakePageRun(run, outage / 10));
    }
    results.series[1].runs.front().values[METRIC_OUTAGE].reset();
    return results;
}

/**
 * @brief A matrix of one variant: each failure interrupts for as long as its number, s.
 * @param failures number of failures
 * @return the matrix
 */
RestorabilityMatrix
MakePageMatrix(std::size_t failures)
{
    RestorabilityMatrix matrix;
    matrix.scenario = "net";
    matrix.kind = "single-link";
    matrix.faultAtS = 20;
    matrix.horizonS = 30;
    matrix.series = {{{"first", "", {}}, {}}};
    for (std::size_t i = 0; i < failures; ++i)
    {
        const std::string name = "f" + std::to_string(i);
        matrix.failures.push_back({name, "fibre-cut", {name}, {}});
        matrix.series[0].runs.push_back(MakePageRun(1, static_cast<double>(i)));
    }
    return matrix;
}

/**
 * @brief The data of a page.
 * @tparam Results what it is about
 * @param results what it is about
 * @return as JSON
 */
template <typename Results>
nlohmann::json
CampaignDataOf(const Results& results)
{
    std::ostringstream os;
    CampaignPageData().Write(results, os);
    return nlohmann::json::parse(os.str());
}

/**
 * @brief A page.
 * @tparam Results what it is about
 * @param results what it is about
 * @return its text
 */
template <typename Results>
std::string
CampaignPageOf(const Results& results)
{
    std::ostringstream os;
    CampaignPageWriter().Write(results, os);
    return os.str();
}

/**
 * @brief How often a text occurs in another.
 * @param part the text
 * @param text the other one
 * @return times
 */
std::size_t
CountIn(const std::string& part, const std::string& text)
{
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    {
        ++count;
    }
    return count;
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief The data that the page of replications draws from.
 */
class CampaignPageDataTest : public TestCase
{
  public:
    CampaignPageDataTest()
        : TestCase("The page has what campaign.json has, with runs by metric")
    {
    }

  private:
    void DoRun() override
    {
        const nlohmann::json data = CampaignDataOf(MakePageCampaign(5));
        NS_TEST_ASSERT_MSG_EQ(data["metrics"].size(), RUN_METRIC_COUNT, "metrics");
        NS_TEST_ASSERT_MSG_EQ(data["confidence"], 0.95, "confidence");
        NS_TEST_ASSERT_MSG_EQ(data["shown"]["run"], nlohmann::json({1, 2, 3, 4, 5}), "runs");
        NS_TEST_ASSERT_MSG_EQ(data["shown"]["scenario"][4], "net", "scenario of a run");
        const nlohmann::json& first = data["classes"][0];
        NS_TEST_ASSERT_MSG_EQ(first.contains("runs"), false, "no objects of runs");
        NS_TEST_ASSERT_MSG_EQ(first["values"]["outage_s"],
                              nlohmann::json({1.0, 2.0, 3.0, 4.0, 5.0}),
                              "values");
        NS_TEST_ASSERT_MSG_EQ(first["statistics"]["outage_s"]["mean"], 3.0, "mean");
        NS_TEST_ASSERT_MSG_EQ(first["proportions"]["runs_with_outage"]["count"], 5, "runs");
        NS_TEST_ASSERT_MSG_EQ(first["quantiles"]["interruption_s"]["p50"], 3.0, "median");
        NS_TEST_ASSERT_MSG_EQ(first["sessions"][1]["id"], "B", "sessions");
        NS_TEST_ASSERT_MSG_EQ(first["values"]["lost"][0].is_null(), true, "a run without it");
        NS_TEST_ASSERT_MSG_EQ(data["classes"][1]["values"]["outage_s"][0].is_null(), true, "one");
        NS_TEST_ASSERT_MSG_EQ(data["classes"][1]["values"]["outage_s"].size(), 5, "in its place");
        NS_TEST_ASSERT_MSG_EQ(data["differences"][0]["statistics"]["outage_s"]["count"],
                              4,
                              "pairs");
        NS_TEST_ASSERT_MSG_EQ(data["notes"].empty(), true, "nothing is left out");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What a page leaves out.
 */
class CampaignPageThinningTest : public TestCase
{
  public:
    CampaignPageThinningTest()
        : TestCase("Of too much the page shows some, says so, and counts all")
    {
    }

  private:
    void DoRun() override
    {
        const std::size_t most = CampaignPageData::MAX_POINTS / 2;
        const uint64_t all = 2 * most + 10;
        CampaignResults results = MakePageCampaign(all);
        nlohmann::json data = CampaignDataOf(results);
        const nlohmann::json runs = data["shown"]["run"];
        NS_TEST_ASSERT_MSG_EQ(runs.size(), most, "points of a class");
        NS_TEST_ASSERT_MSG_EQ(runs[0], 1, "from the first run");
        NS_TEST_ASSERT_MSG_EQ((runs[most - 1] >= all - 2), true, "to one of the last");
        for (std::size_t i = 1; i < most; ++i)
        {
            const auto step = runs[i].get<uint64_t>() - runs[i - 1].get<uint64_t>();
            NS_TEST_ASSERT_MSG_EQ((step == 2 || step == 3), true, "evenly, step " << step);
            // the tenth of an outage belongs to the run with that outage
            NS_TEST_ASSERT_MSG_EQ_TOL(data["classes"][1]["values"]["outage_s"][i].get<double>(),
                                      static_cast<double>(runs[i].get<uint64_t>() % 10) / 10,
                                      1e-12,
                                      "the same runs of all classes");
        }
        NS_TEST_ASSERT_MSG_EQ(data["classes"][0]["statistics"]["outage_s"]["count"], all, "of all");
        NS_TEST_ASSERT_MSG_EQ(data["notes"].size(), 1, "it says so");
        CheckSessions();
        const std::string page = CampaignPageOf(results);
        NS_TEST_ASSERT_MSG_EQ(
            CountIn("<p>The first 200 of 8 020 rows; campaign.csv has all.</p>", page),
            1,
            "table of runs");
    }

    /// Of sessions, those that are available least stay.
    void CheckSessions()
    {
        CampaignResults results = MakePageCampaign(2);
        const std::size_t count = CampaignPageData::MAX_SESSIONS + 20;
        for (CampaignSeries& series : results.series)
        {
            const bool isSecond = &series == &results.series[1];
            for (RunFigures& run : series.runs)
            {
                run.sessions.clear();
                for (std::size_t i = 0; i < count; ++i)
                {
                    RunSession session;
                    session.id = "s" + std::to_string(i);
                    // the last one is served badly by the second class only
                    session.availability =
                        isSecond && i == count - 1 ? 0.1 : 0.5 + static_cast<double>(i) / 1000;
                    run.sessions.push_back(session);
                }
            }
        }
        const nlohmann::json data = CampaignDataOf(results);
        for (const auto& entry : data["classes"])
        {
            const auto& sessions = entry["sessions"];
            NS_TEST_ASSERT_MSG_EQ(sessions.size(), CampaignPageData::MAX_SESSIONS, "sessions");
            NS_TEST_ASSERT_MSG_EQ(sessions[0]["id"], "s0", "the least available");
            NS_TEST_ASSERT_MSG_EQ(sessions[98]["id"], "s98", "in order");
            NS_TEST_ASSERT_MSG_EQ(sessions[99]["id"], "s" + std::to_string(count - 1), "by any");
        }
        NS_TEST_ASSERT_MSG_EQ(data["notes"].size(), 1, "it says so");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The page of replications as a whole.
 */
class CampaignPageTest : public TestCase
{
  public:
    CampaignPageTest()
        : TestCase("The page of a campaign has no script but its own, whatever things are called")
    {
    }

  private:
    void DoRun() override
    {
        CampaignResults results = MakePageCampaign(3);
        const std::string plain = CampaignPageOf(results);
        CheckPage(plain, "campaign.html");
        NS_TEST_ASSERT_MSG_EQ(CountIn("same faults under all classes", plain), 1, "same faults");
        NS_TEST_ASSERT_MSG_EQ(CountIn("Stop rule", plain), 0, "no stop rule");
        NS_TEST_ASSERT_MSG_EQ(CountIn("Differences from first, run by run", plain),
                              1,
                              "differences");
        results.haveSameFaults = false;
        results.stopRule = CampaignStopRule{METRIC_OUTAGE, 0.1, 5, 2};
        results.scenarios = {HOSTILE};
        for (CampaignSeries& series : results.series)
        {
            series.variant.name += HOSTILE;
            series.variant.sets = {HOSTILE};
            for (RunFigures& run : series.runs)
            {
                run.scenario = HOSTILE;
                run.description = HOSTILE;
                run.sessions[0].id = HOSTILE;
            }
        }
        const std::string hostile = CampaignPageOf(results);
        for (const char* part : {"<script", "</script", "<!--", "<svg"})
        {
            NS_TEST_ASSERT_MSG_EQ(CountIn(part, hostile), CountIn(part, plain), part);
        }
        NS_TEST_ASSERT_MSG_EQ(CountIn("have not the same faults", hostile), 1, "other faults");
        NS_TEST_ASSERT_MSG_EQ(CountIn("is at most 10 % of the mean", hostile), 1, "stop rule");
        NS_TEST_ASSERT_MSG_EQ(CountIn("It was not met.", hostile), 1, "not yet");
        results.series.resize(1);
        const std::string one = CampaignPageOf(results);
        NS_TEST_ASSERT_MSG_EQ(CountIn("Differences from", one), 0, "nothing to compare with");
        NS_TEST_ASSERT_MSG_EQ(CountIn("same faults", one), 0, "with no other class");
        const std::string matrix = CampaignPageOf(MakePageMatrix(3));
        CheckPage(matrix, "restorability.html");
        NS_TEST_ASSERT_MSG_EQ(CountIn("at 20 s, is watched for 30 s and is not repaired", matrix),
                              1,
                              "what was done");
    }

    /**
     * @brief Check what holds for all pages.
     * @param page text of the page
     * @param name name of its template
     */
    void CheckPage(const std::string& page, const std::string& name)
    {
        NS_TEST_ASSERT_MSG_EQ(CountIn("{{", page), 0, "all fields are filled in");
        for (const char* element : {"section", "table", "tbody", "tr", "td", "p", "div", "figure"})
        {
            const std::string tag = element;
            const std::size_t opened =
                CountIn("<" + tag + ">", page) + CountIn("<" + tag + " ", page);
            NS_TEST_ASSERT_MSG_EQ(CountIn("</" + tag + ">", page), opened, tag << " is closed");
            NS_TEST_ASSERT_MSG_EQ((opened > 0), true, tag << " is there");
        }
        for (const char* unwanted : {"https://", "src=", "<link", "@import"})
        {
            NS_TEST_ASSERT_MSG_EQ(CountIn(unwanted, page), 0, unwanted << " is from elsewhere");
        }
        const std::string text = GetPageFile(name).text;
        for (const PageFile& file : GetPageFiles())
        {
            const std::string script = file.name;
            const bool isUsed = text.find("{{file:" + script + "}}") != std::string::npos;
            if (script.find(".js") != std::string::npos)
            {
                NS_TEST_ASSERT_MSG_EQ(CountIn("sha256-" + std::string(file.sha256), page),
                                      (isUsed ? 1 : 0),
                                      script << " may run where it is");
                NS_TEST_ASSERT_MSG_EQ(
                    CountIn("<script>" + std::string(file.text) + "</script>", page),
                    (isUsed ? 1 : 0),
                    script << " is there as it is");
            }
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The data that the page of an enumeration draws from.
 */
class RestorabilityPageDataTest : public TestCase
{
  public:
    RestorabilityPageDataTest()
        : TestCase("The page of an enumeration has the failures that interrupt most")
    {
    }

  private:
    void DoRun() override
    {
        const std::size_t most = CampaignPageData::MAX_FAILURES;
        const nlohmann::json small = CampaignDataOf(MakePageMatrix(3));
        NS_TEST_ASSERT_MSG_EQ(small["failures"].size(), 3, "failures");
        NS_TEST_ASSERT_MSG_EQ(small["classes"][0]["cells"][2]["interrupted_s"], 2.0, "a cell");
        NS_TEST_ASSERT_MSG_EQ(small["notes"].empty(), true, "nothing is left out");
        const nlohmann::json large = CampaignDataOf(MakePageMatrix(most + 7));
        NS_TEST_ASSERT_MSG_EQ(large["failures"].size(), most, "failures");
        NS_TEST_ASSERT_MSG_EQ(large["failures"][0]["name"], "f7", "the others interrupt less");
        NS_TEST_ASSERT_MSG_EQ(large["classes"][0]["cells"].size(), most, "cells");
        NS_TEST_ASSERT_MSG_EQ(large["classes"][0]["cells"][0]["interrupted_s"], 7.0, "its cell");
        NS_TEST_ASSERT_MSG_EQ(large["classes"][0]["total"]["sessions_hit"],
                              most + 6,
                              "sums are those of all");
        NS_TEST_ASSERT_MSG_EQ(large["notes"].size(), 1, "it says so");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Pages of campaigns.
 */
class CampaignPageTestSuite : public TestSuite
{
  public:
    CampaignPageTestSuite()
        : TestSuite("qkdn-campaign-page", Type::UNIT)
    {
        AddTestCase(new CampaignPageDataTest);
        AddTestCase(new CampaignPageThinningTest);
        AddTestCase(new CampaignPageTest);
        AddTestCase(new RestorabilityPageDataTest);
    }
};

static CampaignPageTestSuite g_campaignPageTestSuite; //!< the suite
