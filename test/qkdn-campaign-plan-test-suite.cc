/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-error-test.h"

#include "ns3/qkdn-campaign-arguments.h"
#include "ns3/qkdn-campaign-folder.h"
#include "ns3/qkdn-campaign-plan.h"
#include "ns3/qkdn-fault-enumeration.h"
#include "ns3/qkdn-job-runner.h"
#include "ns3/qkdn-scenario-fingerprint.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// A triangle; two fibres are in one duct.
const char* const TRIANGLE = R"({
  "name": "triangle", "simulation": {"duration_s": 50, "warm_up_s": 3},
  "nodes": [{"id": "1"}, {"id": "2"}, {"id": "3"}],
  "fibres": [
    {"id": "f12", "a": "1", "b": "2", "length_km": 10, "risk_groups": ["duct"]},
    {"id": "f23", "a": "2", "b": "3", "length_km": 10, "risk_groups": ["duct", "bridge"]},
    {"id": "f31", "a": "3", "b": "1", "length_km": 10},
    {"id": "dark", "a": "3", "b": "1", "length_km": 10}],
  "qkd_links": [
    {"id": "12", "tx": "1", "rx": "2", "fibres": ["f12"],
     "protocol": {"type": "measured", "rate_bps": 5000}},
    {"id": "23", "tx": "2", "rx": "3", "fibres": ["f23"],
     "protocol": {"type": "measured", "rate_bps": 5000}},
    {"id": "31", "tx": "3", "rx": "1", "fibres": ["f31"],
     "protocol": {"type": "measured", "rate_bps": 5000}}],
  "controllers": [{"id": "C", "node": "1"}],
  "sessions": [{"id": "S", "master": "1", "slave": "2", "rate_keys_per_s": 1, "start_s": 5}],
  "faults": [{"at_s": 1, "type": "fibre-cut", "target": "f12"}]})";

/**
 * @brief Write a file.
 * @param path the file
 * @param text its content
 * @return the path
 */
std::string
WriteText(const std::string& path, const std::string& text)
{
    std::ofstream(path) << text;
    return path;
}

/**
 * @brief Whether a list has a text.
 * @param texts the list
 * @param text the text
 * @return true if so
 */
bool
Has(const std::vector<std::string>& texts, const std::string& text)
{
    return std::find(texts.begin(), texts.end(), text) != texts.end();
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Base of tests that expect errors.
 */
class CampaignErrorTest : public ScenarioErrorTest
{
  protected:
    using ScenarioErrorTest::ScenarioErrorTest;

    /**
     * @brief Expect an error.
     * @param act what is wrong
     * @param words a part of the message
     */
    void ExpectError(const std::function<void()>& act, const std::string& words)
    {
        try
        {
            act();
        }
        catch (const ScenarioError& error)
        {
            const std::string what = error.what();
            NS_TEST_EXPECT_MSG_EQ(Contains(what, words), true, what << " has not " << words);
            NS_TEST_EXPECT_MSG_EQ(Contains(what, "; "), true, "no mend: " << what);
            return;
        }
        NS_TEST_EXPECT_MSG_EQ(true, false, "accepted: " << words);
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The command line.
 */
class CampaignArgumentsTest : public CampaignErrorTest
{
  public:
    CampaignArgumentsTest()
        : CampaignErrorTest("Options are read, and what is wrong is refused")
    {
    }

  private:
    void DoRun() override
    {
        CampaignArguments arguments;
        arguments.scenarios = "a.json,b.json";
        arguments.classes = "unprotected,restoration/multi-path";
        arguments.variants = {"own;class=route-1:1;/nodes/0/x_km=1;/faults=[]"};
        arguments.stopWidth = "0.1";
        arguments.runs = "7";
        const CampaignOptions options = ReadCampaignArguments(arguments);
        NS_TEST_ASSERT_MSG_EQ(options.scenarios.size(), 2, "scenarios");
        NS_TEST_ASSERT_MSG_EQ(options.variants.size(), 3, "variants");
        NS_TEST_ASSERT_MSG_EQ(options.variants[1].resilienceClass, "restoration/multi-path", "");
        NS_TEST_ASSERT_MSG_EQ(options.variants[2].name, "own", "name");
        NS_TEST_ASSERT_MSG_EQ(options.variants[2].resilienceClass, "route-1:1", "class");
        NS_TEST_ASSERT_MSG_EQ(options.variants[2].sets[1], "/faults=[]", "change");
        NS_TEST_ASSERT_MSG_EQ(options.stop->minimumRuns, 7, "no more than there are");
        NS_TEST_ASSERT_MSG_EQ(options.stop->metric, METRIC_OUTAGE, "default metric");
        CampaignArguments plain;
        plain.scenarios = "a.json";
        NS_TEST_ASSERT_MSG_EQ(ReadCampaignArguments(plain).variants[0].resilienceClass, "", "file");
        CheckErrors(plain);
    }

    /**
     * @brief Check what is refused.
     * @param plain arguments without an error
     */
    void CheckErrors(const CampaignArguments& plain)
    {
        const std::vector<std::pair<std::string CampaignArguments::*, std::string>> bad = {
            {&CampaignArguments::scenarios, ""},
            {&CampaignArguments::runs, "0"},
            {&CampaignArguments::runs, "2.5"},
            {&CampaignArguments::jobs, "many"},
            {&CampaignArguments::seed, "-1"},
            {&CampaignArguments::confidence, "1"},
            {&CampaignArguments::stopMetric, "lost"},
            {&CampaignArguments::batchRuns, "3"},
            {&CampaignArguments::stopWidth, "none"},
            {&CampaignArguments::onlyRuns, "3"},
            {&CampaignArguments::onlyRuns, "3:1"},
            {&CampaignArguments::keep, "report.html"},
            {&CampaignArguments::enumerate, "triple-link"},
            {&CampaignArguments::horizon, "5"},
            {&CampaignArguments::format, "xml"}};
        for (const auto& [member, text] : bad)
        {
            CampaignArguments wrong = plain;
            wrong.*member = text;
            ExpectError([&wrong] { ReadCampaignArguments(wrong); }, "--");
        }
        for (const std::string text : {"name", "", ";/faults=[]", "name;faults=[]"})
        {
            CampaignArguments wrong = plain;
            wrong.variants = {text};
            ExpectError([&wrong] { ReadCampaignArguments(wrong); }, "--");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The runs of a campaign.
 */
class CampaignPlanTest : public CampaignErrorTest
{
  public:
    CampaignPlanTest()
        : CampaignErrorTest("A plan has the same runs for each class, and knows what they are of")
    {
    }

  private:
    void DoRun() override
    {
        CampaignOptions options;
        options.scenarios = {WriteText(CreateTempDirFilename("triangle.json"), TRIANGLE)};
        options.variants = {{"unprotected", "unprotected", {}},
                            {"fast", "", {"/sessions/0/deadline_s=0.1"}}};
        options.sets = {"/simulation/duration_s=20"};
        options.runs = 3;
        const CampaignPlan plan(options);
        NS_TEST_ASSERT_MSG_EQ(plan.GetReplications(), 3, "replications");
        const auto jobs = plan.GetJobs(1, 3);
        NS_TEST_ASSERT_MSG_EQ(jobs.size(), 4, "of both classes");
        NS_TEST_ASSERT_MSG_EQ(jobs[0].id, "1-unprotected/run-0002", "folder");
        NS_TEST_ASSERT_MSG_EQ(jobs[3].id, "2-fast/run-0003", "folder");
        NS_TEST_ASSERT_MSG_EQ(Has(jobs[0].arguments, "--class=unprotected"), true, "class");
        NS_TEST_ASSERT_MSG_EQ(Has(jobs[3].arguments, "--run=3"), true, "run");
        NS_TEST_ASSERT_MSG_EQ(Has(jobs[3].arguments, "--set=/sessions/0/deadline_s=0.1"),
                              true,
                              "change of the variant");
        NS_TEST_ASSERT_MSG_EQ(Has(jobs[3].arguments, "--set=/simulation/duration_s=20"),
                              true,
                              "change of all");
        CheckIdentity(options, plan.GetIdentity());
        CheckFingerprint();
        CheckEnumeration(options);
    }

    /**
     * @brief Check which faults of a scenario an enumeration replaces.
     * @param options options of a campaign
     */
    void CheckEnumeration(CampaignOptions options)
    {
        options.enumerate = FAILURES_SINGLE_LINK;
        options.sets = {"/faults/0/repeat=3", "/faults/0/period_s=2", "/faults/0/repair_after_s=1"};
        NS_TEST_ASSERT_MSG_EQ(CampaignPlan(options).GetReplications(), 3, "also repeated ones");
        const std::string trace = CreateTempDirFilename("faults.csv");
        WriteText(trace, "at_s,type,target\n1,fibre-cut,f12\n");
        options.sets = {"/fault_trace=" + trace};
        ExpectError([&options] { const CampaignPlan wrong(options); }, "remove fault_trace");
    }

    /**
     * @brief Check what makes another campaign, and what cannot be one.
     * @param options options of a campaign
     * @param identity its identity
     */
    void CheckIdentity(CampaignOptions options, const std::string& identity)
    {
        options.runs = 9;
        options.jobs = 2;
        NS_TEST_ASSERT_MSG_EQ(CampaignPlan(options).GetIdentity(),
                              identity,
                              "more runs belong to the same campaign");
        options.seed = 5;
        NS_TEST_ASSERT_MSG_NE(CampaignPlan(options).GetIdentity(), identity, "seed");
        options.variants[1].name = "unprotected";
        ExpectError([&options] { const CampaignPlan same(options); }, "is there twice");
        options.variants[1] = {"heroic", "heroic", {}};
        ExpectError([&options] { const CampaignPlan wrong(options); },
                    "heroic is no resilience class");
        options.variants[1] = {"long", "", {"/fibres/0/length_km=-1"}};
        ExpectError([&options] { const CampaignPlan wrong(options); }, "/fibres/0/length_km");
        options.variants.pop_back();
        options.scenarios.push_back(options.scenarios.front());
        ExpectError([&options] { const CampaignPlan twins(options); }, "name of another scenario");
    }

    /**
     * @brief Check that the files that a scenario names count.
     */
    void CheckFingerprint()
    {
        const std::string trace = CreateTempDirFilename("rates.csv");
        const std::string path = WriteText(CreateTempDirFilename("named.json"),
                                           R"({"a": [{"trace_file": "rates.csv"}]})");
        WriteText(trace, "1");
        const std::string before = FingerprintScenario(path, {});
        NS_TEST_ASSERT_MSG_EQ(FingerprintScenario(path, {}), before, "the same");
        WriteText(trace, "2");
        const std::string after = FingerprintScenario(path, {});
        NS_TEST_ASSERT_MSG_NE(after, before, "another content of the file");
        NS_TEST_ASSERT_MSG_NE(FingerprintScenario(path, {"/fault_trace=named.json"}),
                              after,
                              "a file of a change");
        WriteText(path, R"({"a":  [{"trace_file": "rates.csv"}]})");
        NS_TEST_ASSERT_MSG_NE(FingerprintScenario(path, {}), after, "another scenario");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief All failures of a kind.
 */
class FaultEnumerationTest : public CampaignErrorTest
{
  public:
    FaultEnumerationTest()
        : CampaignErrorTest("Enumerations have each failure once")
    {
    }

  private:
    /**
     * @brief The names of all failures of a kind.
     * @param scenario the scenario
     * @param kind the kind
     * @return separated by commas
     */
    static std::string Names(const Scenario& scenario, FailureKind kind)
    {
        std::string names;
        for (const auto& failure : EnumerateFailures(scenario, kind, "triangle.json"))
        {
            names += (names.empty() ? "" : ", ") + failure.name;
        }
        return names;
    }

    void DoRun() override
    {
        const Scenario scenario = ScenarioReader::ReadString(TRIANGLE, "triangle.json");
        NS_TEST_ASSERT_MSG_EQ(Names(scenario, FAILURES_SINGLE_LINK),
                              "f12, f23, f31",
                              "fibres of QKD links");
        NS_TEST_ASSERT_MSG_EQ(Names(scenario, FAILURES_DOUBLE_LINK),
                              "f12 + f23, f12 + f31, f23 + f31",
                              "pairs");
        NS_TEST_ASSERT_MSG_EQ(Names(scenario, FAILURES_SINGLE_NODE), "1, 2, 3", "nodes");
        NS_TEST_ASSERT_MSG_EQ(Names(scenario, FAILURES_RISK_GROUP), "bridge, duct", "groups");
        const auto nodes = EnumerateFailures(scenario, FAILURES_SINGLE_NODE, "triangle.json");
        NS_TEST_ASSERT_MSG_EQ(nodes[1].endsThere.size(), 1, "the slave of S");
        NS_TEST_ASSERT_MSG_EQ(nodes[2].endsThere.size(), 0, "S does not end there");
        FailureTimes times;
        NS_TEST_ASSERT_MSG_EQ(times.GetFaultAt(scenario), Seconds(15), "10 s after the start of S");
        times.repairAfter = Seconds(4);
        const auto groups = EnumerateFailures(scenario, FAILURES_RISK_GROUP, "triangle.json");
        const auto sets = FailureSets(groups[1], scenario, times);
        NS_TEST_ASSERT_MSG_EQ(sets[0], "/simulation/duration_s=75.000000000", "horizon");
        NS_TEST_ASSERT_MSG_EQ(
            sets[1],
            R"(/faults=[{"at_s":15.0,"type":"fibre-cut","target":"f12","repair_after_s":4.0},)"
            R"({"at_s":15.0,"type":"fibre-cut","target":"f23","repair_after_s":4.0}])",
            "both fibres of the duct at once, and no other fault");
        NS_TEST_ASSERT_MSG_EQ(sets.size(), 2, "there are no random failures to leave out");
        const Scenario bare = ScenarioReader::ReadString(
            TRIANGLE,
            "triangle.json",
            {{"/fibres/0/risk_groups", "[]"}, {"/fibres/1/risk_groups", "[]"}});
        ExpectError([&bare] { EnumerateFailures(bare, FAILURES_RISK_GROUP, "triangle.json"); },
                    "no fibre has a risk group");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Runs and their folder.
 */
class CampaignFolderTest : public CampaignErrorTest
{
  public:
    CampaignFolderTest()
        : CampaignErrorTest("Results are there as a whole or not at all")
    {
    }

  private:
    /**
     * @brief A program in place of qkdn-scenario.
     * @param name its name
     * @param body what it does with the folder $out
     * @return its path
     */
    std::string MakeProgram(const std::string& name, const std::string& body)
    {
        const std::string path = WriteText(
            CreateTempDirFilename(name),
            "#!/bin/sh\nfor a; do case \"$a\" in --output=*) out=${a#--output=};; esac; done\n" +
                body + "\n");
        std::filesystem::permissions(path, std::filesystem::perms::owner_all);
        return path;
    }

    void DoRun() override
    {
        NS_TEST_ASSERT_MSG_EQ(CampaignFolder::QuoteForShell("a b$(c)'d'"),
                              "'a b$(c)'\\''d'\\'''",
                              "quotes");
        const CampaignFolder folder(CreateTempDirFilename("it's \"here\" $(x)"));
        folder.Open("{\"set\": [1]}");
        folder.Open("{\"set\": [1]}");
        ExpectError([&folder] { folder.Open("{\"set\": [2]}"); },
                    "plan.json: /set: is not as it was");
        CampaignJob job;
        job.id = "1-a/run-0001";
        job.arguments = {"--set=it's; exit 3"};
        CheckFailure(folder, job);
        CheckSuccess(folder, job);
        CheckRemains(folder, folder.GetRunFolder(job).parent_path());
    }

    /**
     * @brief Check a run that fails.
     * @param folder the folder
     * @param job the run
     */
    void CheckFailure(const CampaignFolder& folder, const CampaignJob& job)
    {
        const std::string bad = MakeProgram("bad", "echo first >&2; echo 'last words' >&2; exit 1");
        NS_TEST_ASSERT_MSG_NE(
            JobRunner(1, "").Run({folder.MakeCommand(job, bad, {"a", "b"})}, [] {}),
            "",
            "it failed");
        NS_TEST_ASSERT_MSG_EQ(folder.IsComplete(job), false, "failed");
        NS_TEST_ASSERT_MSG_EQ(folder.HasFailed(job), true, "it is known");
        NS_TEST_ASSERT_MSG_EQ(folder.GetLastWords(job), "last words", "messages");
    }

    /**
     * @brief Check a run that goes well.
     * @param folder the folder
     * @param job the run
     */
    void CheckSuccess(const CampaignFolder& folder, const CampaignJob& job)
    {
        const std::string good =
            MakeProgram("good", "echo warning >&2; echo \"$@\" > \"$out/summary.json\"");
        const std::string command = folder.MakeCommand(job, good, {"a", "b"});
        NS_TEST_ASSERT_MSG_EQ(JobRunner(1, "").Run({command, command}, [] {}),
                              "",
                              "twice, as two campaigns would");
        NS_TEST_ASSERT_MSG_EQ(folder.IsComplete(job), true, "done");
        NS_TEST_ASSERT_MSG_EQ(folder.HasFailed(job), false, "the failure is forgotten");
        std::ifstream is(folder.GetRunFolder(job) / "summary.json");
        std::string line;
        std::getline(is, line);
        NS_TEST_ASSERT_MSG_EQ(line.rfind("--set=it's; exit 3 --quiet --files=a,b --output=", 0),
                              0,
                              line);
    }

    /**
     * @brief Check what becomes of the folders of runs that are not complete.
     * @param folder the folder
     * @param runs folder of the runs
     */
    void CheckRemains(const CampaignFolder& folder, const std::filesystem::path& runs)
    {
        std::filesystem::create_directory(runs / "run-0002.part-elsewhere-1");
        const std::string killed = "mkdir " + CampaignFolder::QuoteForShell(runs.string()) +
                                   "/run-0003.part-$(uname -n)-$$";
        NS_TEST_ASSERT_MSG_EQ(JobRunner(1, "").Run({killed}, [] {}), "", "a process that ended");
        folder.Open("{\"set\": [1]}");
        const auto left = std::distance(std::filesystem::directory_iterator(runs),
                                        std::filesystem::directory_iterator());
        NS_TEST_ASSERT_MSG_EQ(left, 2, "the run, and one on another machine");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Plans of campaigns and how they are carried out.
 */
class CampaignPlanTestSuite : public TestSuite
{
  public:
    CampaignPlanTestSuite()
        : TestSuite("qkdn-campaign-plan", Type::UNIT)
    {
        AddTestCase(new CampaignArgumentsTest);
        AddTestCase(new CampaignPlanTest);
        AddTestCase(new FaultEnumerationTest);
        AddTestCase(new CampaignFolderTest);
    }
};

static CampaignPlanTestSuite g_campaignPlanTestSuite; //!< the suite
