/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-report-fixture.h"

#include "ns3/qkdn-campaign-plots.h"
#include "ns3/qkdn-campaign-results.h"
#include "ns3/qkdn-campaign-table.h"
#include "ns3/qkdn-campaign-writer.h"
#include "ns3/qkdn-report-error.h"
#include "ns3/qkdn-restorability.h"
#include "ns3/qkdn-run-figures.h"
#include "ns3/qkdn-spare-key-rate.h"
#include "ns3/qkdn-summary-writer.h"
#include "ns3/test.h"

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/**
 * @brief A run of two sessions.
 * @param run its number
 * @param outages length of the interruption of each session; 0 for none
 * @return the figures
 */
RunFigures
MakeRun(uint64_t run, const std::vector<double>& outages)
{
    RunFigures figures;
    figures.scenario = "net";
    figures.run = run;
    figures.measuredS = 100;
    double sum = 0;
    for (std::size_t i = 0; i < outages.size(); ++i)
    {
        RunSession session;
        session.id = std::string(1, static_cast<char>('A' + i));
        session.availability = 1 - outages[i] / 100;
        if (outages[i] > 0)
        {
            session.interruptions.push_back({20, 20 + outages[i]});
            figures.episodes.push_back({session.id, "repaired", outages[i] + 1});
        }
        sum += outages[i];
        figures.sessions.push_back(session);
    }
    figures.values[METRIC_AVAILABILITY] = 1 - sum / 100 / static_cast<double>(outages.size());
    figures.values[METRIC_OUTAGE] = sum;
    return figures;
}

/**
 * @brief A campaign of two variants and three runs: the second has a tenth of the outage.
 * @return the campaign
 */
CampaignResults
MakeCampaign()
{
    CampaignResults results;
    results.scenarios = {"net"};
    results.plannedRuns = 3;
    results.series = {{{"first", "unprotected", {}}, {}},
                      {{"second, \"b\"", "", {"/nodes/0/x_km=1"}}, {}}};
    for (uint64_t run = 1; run <= 3; ++run)
    {
        const auto outage = static_cast<double>(10 * run);
        results.series[0].runs.push_back(MakeRun(run, {outage, 0}));
        results.series[1].runs.push_back(MakeRun(run, {outage / 10, 0}));
    }
    return results;
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief What is read of a run.
 */
class RunFiguresTest : public TestCase
{
  public:
    RunFiguresTest()
        : TestCase("The figures of a run are those of its summary")
    {
    }

  private:
    /// The figures of results by way of a file.
    static RunFigures WriteAndRead(const ExperimentResults& results, const std::string& file)
    {
        {
            std::ofstream os(file);
            SummaryWriter().Write(results, os);
        }
        return RunFigures::ReadFile(file);
    }

    /// What flow mode leaves out is no zero.
    void TestFlowMode(ExperimentResults results, const std::string& file)
    {
        const RunFigures keys = WriteAndRead(results, file);
        results.supply = "flow";
        results.sessions.front().kkrd.reset();
        const RunFigures flow = WriteAndRead(results, file);
        for (const RunMetric metric : {METRIC_KEY_DELAY, METRIC_WASTED, METRIC_EXPOSED})
        {
            const std::string name = DescribeRunMetric(metric).name;
            NS_TEST_EXPECT_MSG_EQ(keys.values[metric].has_value(), true, name << " of key mode");
            NS_TEST_EXPECT_MSG_EQ(flow.values[metric].has_value(), false, name << " of flow mode");
        }
    }

    void DoRun() override
    {
        const ExperimentResults results = MakeResults();
        const std::string file = CreateTempDirFilename("summary.json");
        TestFlowMode(results, file);
        const RunFigures run = WriteAndRead(results, file);
        NS_TEST_ASSERT_MSG_EQ(run.scenario, "cut-and-repair", "scenario");
        NS_TEST_ASSERT_MSG_EQ(run.run, 2, "run");
        NS_TEST_ASSERT_MSG_EQ(run.seed, 7, "seed");
        NS_TEST_ASSERT_MSG_EQ(run.measuredS, 60, "measured time");
        const SessionResult& session = results.sessions.front();
        NS_TEST_ASSERT_MSG_EQ(*run.values[METRIC_AVAILABILITY], *session.availability, "one");
        NS_TEST_ASSERT_MSG_EQ_TOL(*run.values[METRIC_OUTAGE],
                                  session.longestOutage.GetSeconds(),
                                  1e-9,
                                  "one interruption");
        NS_TEST_ASSERT_MSG_EQ(*run.values[METRIC_REQUESTED], session.requested, "requests");
        NS_TEST_ASSERT_MSG_EQ(*run.values[METRIC_LOST], session.lost, "lost");
        NS_TEST_ASSERT_MSG_EQ(*run.values[METRIC_EPISODES], 1, "episodes");
        NS_TEST_ASSERT_MSG_EQ(*run.values[METRIC_RECOVERED], 0, "it waited for the repair");
        NS_TEST_ASSERT_MSG_EQ_TOL(*run.values[METRIC_RECOVERY_TIME], 24.000000007, 1e-9, "total");
        NS_TEST_ASSERT_MSG_EQ_TOL(*run.values[METRIC_SPENT], 300000.0 / 299744, 1e-12, "books");
        NS_TEST_ASSERT_MSG_EQ(*run.values[METRIC_CONTROL_MESSAGES], 40, "messages");
        NS_TEST_ASSERT_MSG_EQ(run.values[METRIC_KEY_RATE_RECOVERED].has_value(), false, "null");
        NS_TEST_ASSERT_MSG_EQ(run.HasOutage(), true, "outage");
        for (const std::string text : {"{", "{}", "[1]"})
        {
            std::ofstream(file) << text;
            bool thrown = false;
            try
            {
                RunFigures::ReadFile(file);
            }
            catch (const ReportError& error)
            {
                thrown = true;
            }
            NS_TEST_ASSERT_MSG_EQ(thrown, true, "accepted: " << text);
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What runs come to.
 */
class CampaignStatisticsTest : public TestCase
{
  public:
    CampaignStatisticsTest()
        : TestCase("Means, differences run by run, availability, bounds and the stop rule")
    {
    }

  private:
    void DoRun() override
    {
        CampaignResults results = MakeCampaign();
        const CampaignSeries& first = results.series[0];
        const CampaignSeries& second = results.series[1];
        // 10, 20, 30: deviation 10, t(2) = 4.303 (NIST table 1.3.6.7.2)
        const auto mean = DescribeMetric(first, METRIC_OUTAGE, 0.95);
        NS_TEST_ASSERT_MSG_EQ(mean->mean, 20, "mean");
        NS_TEST_ASSERT_MSG_EQ_TOL(*mean->GetHalfWidth(), 4.303 * 10 / std::sqrt(3), 5e-3, "width");
        // pairs: -9, -18, -27; unpaired values would give a deviation of about 10
        const auto difference = DescribeDifference(second, first, METRIC_OUTAGE, 0.95);
        NS_TEST_ASSERT_MSG_EQ_TOL(difference->mean, -18, 1e-12, "mean difference");
        NS_TEST_ASSERT_MSG_EQ_TOL(*difference->standardDeviation, 9, 1e-12, "of the pairs");
        NS_TEST_ASSERT_MSG_EQ(DescribeMetric(first, METRIC_LOST, 0.95).has_value(), false, "none");
        const auto availability = DescribeAvailability(first, 0.95);
        NS_TEST_ASSERT_MSG_EQ_TOL(availability->sample.mean, 0.9, 1e-12, "of both sessions");
        NS_TEST_ASSERT_MSG_EQ_TOL(*availability->nines, 1, 1e-9, "nines");
        NS_TEST_ASSERT_MSG_EQ(availability->interval->high, 1, "no more than 1");
        NS_TEST_ASSERT_MSG_EQ(availability->ninesHigh.has_value(), false, "which has no nines");
        NS_TEST_ASSERT_MSG_EQ(availability->bound.has_value(), false, "there were outages");
        const auto spared = DescribeSessionAvailability(first, "B", 0.95);
        NS_TEST_ASSERT_MSG_EQ(spared->nines.has_value(), false, "never interrupted");
        NS_TEST_ASSERT_MSG_EQ(spared->interval.has_value(), false, "no interval of no width");
        const double upper = 1 - std::pow(0.05, 1.0 / 3);
        NS_TEST_ASSERT_MSG_EQ_TOL(spared->bound->outageRunUpper, upper, 1e-12, "of 3 runs");
        NS_TEST_ASSERT_MSG_EQ_TOL(spared->bound->availabilityLower, 1 - upper, 1e-12, "bound");
        NS_TEST_ASSERT_MSG_EQ_TOL(spared->bound->interruptionRateUpperPerS,
                                  -std::log(0.05) / 300,
                                  1e-12,
                                  "in 300 s");
        NS_TEST_ASSERT_MSG_EQ(DescribeOutageRuns(first, 0.95).count, 3, "runs with an outage");
        NS_TEST_ASSERT_MSG_EQ(DescribeRecovered(first, 0.95).count, 0, "recovered");
        NS_TEST_ASSERT_MSG_EQ(DescribeRecovered(first, 0.95).trials, 3, "of episodes");
        NS_TEST_ASSERT_MSG_EQ(DescribeRecoveryTimes(first)->p50, 21, "median of 11, 21, 31");
        NS_TEST_ASSERT_MSG_EQ(DescribeInterruptions(first)->maximum, 30, "longest");
        CheckStopRule(results);
    }

    /**
     * @brief Check when a campaign may end.
     * @param results the campaign
     */
    void CheckStopRule(CampaignResults& results)
    {
        // 24.84 / 20 = 1.242 in both variants
        results.stopRule = CampaignStopRule{METRIC_OUTAGE, 1.25, 2, 1};
        NS_TEST_ASSERT_MSG_EQ(MeetsStopRule(results), true, "narrow enough");
        results.stopRule->relativeWidth = 1.24;
        NS_TEST_ASSERT_MSG_EQ(MeetsStopRule(results), false, "too wide");
        results.stopRule->relativeWidth = 1.25;
        for (RunFigures& run : results.series[1].runs)
        {
            run.values[METRIC_OUTAGE] = 0;
        }
        NS_TEST_ASSERT_MSG_EQ(MeetsStopRule(results), false, "nothing was seen in one variant");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The files of a campaign.
 */
class CampaignFilesTest : public TestCase
{
  public:
    CampaignFilesTest()
        : TestCase("The files of a campaign have what they promise")
    {
    }

  private:
    void DoRun() override
    {
        const CampaignResults results = MakeCampaign();
        std::ostringstream json;
        CampaignWriter().WriteJson(results, json);
        const auto read = nlohmann::json::parse(json.str());
        NS_TEST_ASSERT_MSG_EQ(read["kind"], "replications", "kind");
        NS_TEST_ASSERT_MSG_EQ(read["metrics"].size(), RUN_METRIC_COUNT, "metrics");
        NS_TEST_ASSERT_MSG_EQ(read["classes"].size(), 2, "classes");
        NS_TEST_ASSERT_MSG_EQ(read["classes"][1]["name"], "second, \"b\"", "name");
        NS_TEST_ASSERT_MSG_EQ(read["classes"][1]["class"].is_null(), true, "as in the file");
        NS_TEST_ASSERT_MSG_EQ(read["classes"][0]["runs"][2]["outage_s"], 30, "a run");
        NS_TEST_ASSERT_MSG_EQ(read["classes"][0]["statistics"]["lost"].is_null(), true, "none");
        NS_TEST_ASSERT_MSG_EQ(read["classes"][0]["sessions"][1]["availability"]["mean"], 1, "B");
        NS_TEST_ASSERT_MSG_EQ(read["differences"].size(), 1, "differences");
        NS_TEST_ASSERT_MSG_EQ(read["differences"][0]["minus"], "first", "from the first");
        for (const auto& metric : read["metrics"])
        {
            NS_TEST_ASSERT_MSG_EQ(
                read["classes"][0]["runs"][0].contains(metric["name"].get<std::string>()),
                true,
                metric["name"]);
        }
        std::ostringstream runs;
        CampaignWriter().WriteRuns(results, runs);
        std::istringstream lines(runs.str());
        std::string line;
        std::getline(lines, line);
        NS_TEST_ASSERT_MSG_EQ(line.substr(0, 49),
                              "scenario,class,run,seed,availability,interruption",
                              "heading");
        std::getline(lines, line);
        NS_TEST_ASSERT_MSG_EQ(line, "net,first,1,0,0.95,,10,,,,,,,,,,,,,,,,,,,,", "a row");
        std::ostringstream statistics;
        CampaignWriter().WriteStatistics(results, statistics);
        NS_TEST_ASSERT_MSG_NE(
            statistics.str().find("\n\"second, \"\"b\"\"\",first,outage_s,s,3,-18,9,"),
            std::string::npos,
            "a difference");
        std::ostringstream sessions;
        CampaignWriter().WriteSessions(results, sessions);
        NS_TEST_ASSERT_MSG_NE(sessions.str().find("\nnet,first,3,A,0.7,1,30,30\n"),
                              std::string::npos,
                              "a session");
        std::ostringstream table;
        CampaignTable().Write(results, "out", table);
        NS_TEST_ASSERT_MSG_NE(table.str().find("20.0 +- 24.8"), std::string::npos, "table");
        NS_TEST_ASSERT_MSG_EQ(MakeCampaignPlots(results).size(), 2, "availability and outage");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Restorability.
 */
class RestorabilityTest : public TestCase
{
  public:
    RestorabilityTest()
        : TestCase("A session counts by the worst of its episodes, from the failure on")
    {
    }

  private:
    void DoRun() override
    {
        RestorabilityMatrix matrix;
        matrix.scenario = "net";
        matrix.kind = "single-node";
        matrix.faultAtS = 20;
        matrix.failures = {{"n1", "node-power", {"n1"}, {"C"}}, {"n2", "node-power", {"n2"}, {}}};
        RunFigures hit = MakeRun(1, {5, 0, 7});
        hit.sessions[0].interruptions = {{10, 12}, {19, 25}};
        hit.episodes = {{"A", "recovered", 1.0},
                        {"A", "not-recovered", std::nullopt},
                        {"B", "toleration-exceeded", 3.0},
                        {"C", "not-recovered", std::nullopt}};
        RunFigures spared = MakeRun(1, {0, 0, 0});
        spared.episodes = {{"A", "recovered", 1.0}, {"A", "recovered", 2.0}};
        matrix.series = {{{"first", "", {}}, {hit, spared}}};
        const RestorabilityCell cell = matrix.GetCell(0, 0);
        NS_TEST_ASSERT_MSG_EQ(cell.hit, 2, "C has an end there");
        NS_TEST_ASSERT_MSG_EQ(cell.recovered, 0, "A was not recovered once");
        NS_TEST_ASSERT_MSG_EQ(cell.late, 1, "B");
        NS_TEST_ASSERT_MSG_EQ(cell.notRecovered, 1, "A");
        NS_TEST_ASSERT_MSG_EQ(cell.interruptedS, 5, "what was before does not count");
        NS_TEST_ASSERT_MSG_EQ(cell.longestS, 5, "longest");
        NS_TEST_ASSERT_MSG_EQ(matrix.GetCell(1, 0).recovered, 1, "a session counts once");
        NS_TEST_ASSERT_MSG_EQ(matrix.GetTotal(0).hit, 3, "sum");
        std::ostringstream csv;
        RestorabilityWriter().WriteCsv(matrix, csv);
        NS_TEST_ASSERT_MSG_NE(csv.str().find("\nnet,n1,node-power,n1,first,1,2,0,1,1,5,5\n"),
                              std::string::npos,
                              csv.str());
        std::ostringstream json;
        RestorabilityWriter().WriteJson(matrix, json);
        const auto read = nlohmann::json::parse(json.str());
        NS_TEST_ASSERT_MSG_EQ(read["classes"][0]["cells"][1]["restorability"], 1, "all");
        NS_TEST_ASSERT_MSG_EQ(read["failures"][0]["sessions_ended"][0], "C", "ended");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Key rate of spare routes.
 */
class SpareKeyRateTest : public TestCase
{
  public:
    SpareKeyRateTest()
        : TestCase("Spare routes count by hop, shared ones by the failure that asks most")
    {
    }

  private:
    /**
     * @brief A route.
     * @param id its number, that of its session in tens
     * @param role what it is for
     * @param kms numbers of its KMs
     * @return the route
     */
    static KeyRoute Route(uint32_t id, RouteRole role, const std::vector<uint32_t>& kms)
    {
        KeyRoute route;
        route.id = RouteId(id);
        route.session = SessionId(id / 10);
        route.role = role;
        for (const uint32_t km : kms)
        {
            route.kms.emplace_back(km);
        }
        return route;
    }

    void DoRun() override
    {
        // two sessions that share no failure, with protection over hop 5-6; a third one that
        // shares the working hop 1-2 with the first
        SpareKeyRate spare;
        spare.RouteChanged(Route(10, ROUTE_WORKING, {1, 2}), true);
        spare.RouteChanged(Route(11, ROUTE_PROTECTION, {1, 5, 6, 2}), true);
        spare.RouteChanged(Route(20, ROUTE_WORKING, {3, 4}), true);
        spare.RouteChanged(Route(21, ROUTE_PROTECTION, {3, 5, 6, 4}), true);
        spare.RouteChanged(Route(22, ROUTE_PROTECTION, {3, 9, 8, 7, 4}), true);
        spare.RouteChanged(Route(22, ROUTE_PROTECTION, {3, 9, 8, 7, 4}), false);
        spare.FaultStruck();
        spare.RouteChanged(Route(23, ROUTE_RECOVERY, {3, 8, 7, 4}), true);
        std::vector<RouteDemand> demands = {{SessionId(1), 100, 1, false},
                                            {SessionId(2), 100, 1, false}};
        NS_TEST_ASSERT_MSG_EQ(spare.Compute(demands), 600, "three hops each");
        demands[0].isShared = true;
        demands[1].isShared = true;
        NS_TEST_ASSERT_MSG_EQ(spare.Compute(demands), 500, "5-6 is needed once");
        demands[1].rateBps = 150;
        NS_TEST_ASSERT_MSG_EQ(spare.Compute(demands), 200 + 300 + 150, "by the larger one");
        demands[0] = {SessionId(1), 100, 2, false};
        NS_TEST_ASSERT_MSG_EQ(spare.Compute({demands[0]}), 0, "a key needs both");
        NS_TEST_ASSERT_MSG_EQ(spare.Compute({{SessionId(7), 100, 1, false}}), 0, "no route");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What campaigns come to.
 */
class CampaignTestSuite : public TestSuite
{
  public:
    CampaignTestSuite()
        : TestSuite("qkdn-campaign")
    {
        AddTestCase(new RunFiguresTest);
        AddTestCase(new CampaignStatisticsTest);
        AddTestCase(new CampaignFilesTest);
        AddTestCase(new RestorabilityTest);
        AddTestCase(new SpareKeyRateTest);
    }
};

static CampaignTestSuite g_campaignTestSuite; //!< the suite
