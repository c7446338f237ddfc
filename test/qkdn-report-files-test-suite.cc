/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-report-fixture.h"

#include "ns3/qkdn-plots.h"
#include "ns3/qkdn-results-writer.h"
#include "ns3/qkdn-step-curve.h"
#include "ns3/qkdn-text-report.h"
#include "ns3/test.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// A name that hurts a writer that does not escape.
const std::string NASTY = "<script>alert(\"1\")</script> & 'f,12' `touch x` \\042 #";

/**
 * @brief Read a file.
 * @param file the file
 * @return its content
 */
std::string
ReadFile(const std::filesystem::path& file)
{
    std::ifstream is(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(is), std::istreambuf_iterator<char>()};
}

/**
 * @brief Read all files of a directory.
 * @param directory the directory
 * @return contents by name
 */
std::map<std::string, std::string>
ReadDirectory(const std::string& directory)
{
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(directory))
    {
        files[entry.path().filename().string()] = ReadFile(entry.path());
    }
    return files;
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Thinning of step curves.
 */
class StepCurveTest : public TestCase
{
  public:
    StepCurveTest()
        : TestCase("A thinned curve is small and keeps its extremes")
    {
    }

  private:
    void DoRun() override
    {
        const StepCurve flat = {{0, 5}, {1, 5}, {2, 5}, {3, 7}, {4, 7}};
        NS_TEST_ASSERT_MSG_EQ((ThinSteps(flat, 100) == StepCurve{{0, 5}, {3, 7}, {4, 7}}),
                              true,
                              "points that change nothing");
        NS_TEST_ASSERT_MSG_EQ(ThinSteps({}, 4).empty(), true, "no curve");
        StepCurve noisy;
        for (int i = 0; i < 100000; ++i)
        {
            noisy.push_back({i * 0.01, 100.0 + (i * 7919) % 101});
        }
        noisy[43210].y = -50.0;
        noisy[77777].y = 5000.0;
        const StepCurve thin = ThinSteps(noisy, 2000);
        NS_TEST_ASSERT_MSG_EQ((thin.size() <= 2000 && thin.size() > 1000), true, "size");
        NS_TEST_ASSERT_MSG_EQ((thin.front() == noisy.front()), true, "first point");
        NS_TEST_ASSERT_MSG_EQ((thin.back() == noisy.back()), true, "last point");
        NS_TEST_ASSERT_MSG_EQ(
            std::is_sorted(thin.begin(),
                           thin.end(),
                           [](const auto& a, const auto& b) { return a.x < b.x; }),
            true,
            "in order");
        for (const int index : {43210, 77777})
        {
            NS_TEST_ASSERT_MSG_EQ((std::find(thin.begin(), thin.end(), noisy[index]) != thin.end()),
                                  true,
                                  "extreme " << index);
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Names of switches in a plot.
 */
class SwitchNamesTest : public TestCase
{
  public:
    SwitchNamesTest()
        : TestCase("Switches have names in a plot if they are few")
    {
    }

  private:
    void DoRun() override
    {
        NS_TEST_EXPECT_MSG_EQ(CountNames(3), 3, "few");
        NS_TEST_EXPECT_MSG_EQ(CountNames(12), 0, "many would lie on one another");
    }

    /// Names in the plot of a run with some switches, which are all marked.
    int CountNames(int switches)
    {
        ExperimentResults results = MakeResults();
        RecoveryResult recovery = results.recoveries.at(0);
        recovery.routeBefore = {"1", "2", "4"};
        recovery.routeAfter = {"1", "3", "4"};
        results.recoveries.clear();
        for (int i = 0; i < switches; ++i)
        {
            recovery.markers.operated = Seconds(20 + i);
            results.recoveries.push_back(recovery);
        }
        std::ostringstream source;
        MakeKeySupplyPlot(results)->GenerateOutput(source);
        NS_TEST_EXPECT_MSG_EQ(CountText(source.str(), "backhead"), switches, "marks");
        return CountText(source.str(), "switched to");
    }

    /// How often a text is in another.
    static int CountText(const std::string& text, const std::string& part)
    {
        int count = 0;
        for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
        {
            ++count;
        }
        return count;
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The plot files.
 */
class PlotTest : public TestCase
{
  public:
    PlotTest()
        : TestCase("Plots are drawn from harmless text, stay small and need no gnuplot")
    {
    }

  private:
    void DoRun() override
    {
        ExperimentResults results = MakeResults();
        results.scenario = NASTY;
        results.faults[0].target = NASTY;
        std::ostringstream source;
        MakeKeySupplyPlot(results)->GenerateOutput(source);
        NS_TEST_ASSERT_MSG_EQ(source.str().find('`'), std::string::npos, "no command");
        NS_TEST_ASSERT_MSG_EQ((source.str().find("title \"requested\"") != std::string::npos),
                              true,
                              "demand of the only session");
        for (int i = 0; i < 200000; ++i)
        {
            results.poolSamples.push_back(
                {Seconds(60), "12", "1", static_cast<uint64_t>(i % 977), 0, 0, 0});
            results.poolSamples.back().time = NanoSeconds(60000000000 + i);
        }
        std::ostringstream pools;
        MakePoolPlot(results)->GenerateOutput(pools);
        NS_TEST_ASSERT_MSG_LT(pools.str().size(), 100000, "thinned out");
        NS_TEST_ASSERT_MSG_EQ(MakeKeySupplyPlot(ExperimentResults()).has_value(), false, "empty");
        NS_TEST_ASSERT_MSG_EQ(MakePoolPlot(ExperimentResults()).has_value(), false, "empty");
        NS_TEST_ASSERT_MSG_EQ(MakeRecoveryPlot(ExperimentResults()).has_value(), false, "empty");

        const std::string directory = CreateTempDirFilename("no-gnuplot");
        std::filesystem::create_directories(directory);
        std::ofstream(std::filesystem::path(directory) / "pools.svg") << "<svg>old</svg>";
        std::ostringstream warnings;
        const auto files =
            ResultsWriter("no-such-gnuplot").WriteAll(MakeResults(), directory, warnings);
        NS_TEST_ASSERT_MSG_EQ((warnings.str().find("no-such-gnuplot") != std::string::npos),
                              true,
                              "the warning names the program");
        NS_TEST_ASSERT_MSG_EQ(std::count(files.begin(), files.end(), "pools.plt"), 1, "source");
        NS_TEST_ASSERT_MSG_EQ(std::count(files.begin(), files.end(), "pools.svg"), 0, "figure");
        NS_TEST_ASSERT_MSG_EQ(std::filesystem::exists(directory + "/pools.svg"),
                              false,
                              "the figure of an earlier run is gone");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief All files of a run.
 */
class ResultsWriterTest : public TestCase
{
  public:
    ResultsWriterTest()
        : TestCase("All files of a run: same bytes twice, errors named, empty results")
    {
    }

  private:
    /**
     * @brief Write into a directory that cannot take all files.
     * @param directory the directory
     * @return what the error names, empty if there was none
     */
    static std::string WriteAndCatch(const std::string& directory)
    {
        std::ostringstream warnings;
        try
        {
            ResultsWriter().WriteAll(MakeResults(), directory, warnings);
        }
        catch (const ReportError& error)
        {
            return error.what();
        }
        return {};
    }

    void DoRun() override
    {
        const std::string first = CreateTempDirFilename("first/deep");
        const std::string second = CreateTempDirFilename("second");
        ExperimentResults results = MakeResults();
        results.scenario = NASTY;
        results.sessions[0].id = NASTY;
        results.charges[0].session = NASTY;
        results.recoveries[0].sessionOrGroup = NASTY;
        results.faults[0].target = NASTY;
        std::ostringstream warnings;
        const auto files = ResultsWriter().WriteAll(results, first, warnings);
        ResultsWriter().WriteAll(results, second, warnings);
        ResultsWriter().WriteAll(results, second, warnings); // over an earlier run
        const auto contents = ReadDirectory(first);
        NS_TEST_ASSERT_MSG_EQ((contents == ReadDirectory(second)), true, "same bytes");
        NS_TEST_ASSERT_MSG_EQ(contents.size(), files.size(), "all files are named");
        for (const auto& [name, content] : contents)
        {
            NS_TEST_ASSERT_MSG_EQ(content.empty(), false, name);
        }
        const std::string& page = contents.at("report.html");
        NS_TEST_ASSERT_MSG_EQ(page.find("<script>alert"), std::string::npos, "texts are escaped");
        for (const char* unwanted : {"src=", "<link", "id='gpDot'", "id=\"gnuplot_canvas\""})
        {
            NS_TEST_ASSERT_MSG_EQ(page.find(unwanted), std::string::npos, unwanted);
        }
        for (const auto& [name, content] : contents)
        {
            if (std::filesystem::path(name).extension() == ".svg")
            {
                NS_TEST_ASSERT_MSG_EQ(content.find("<script"), std::string::npos, name);
                NS_TEST_ASSERT_MSG_EQ((content.find("alert(\"1\")") != std::string::npos),
                                      true,
                                      name << " shows the text as it is");
            }
        }

        std::ostringstream none;
        const std::string empty = CreateTempDirFilename("empty");
        std::filesystem::create_directories(empty);
        std::ofstream(empty + "/pools.svg") << "<svg>old</svg>";
        ResultsWriter().WriteAll(ExperimentResults(), empty, none);
        NS_TEST_ASSERT_MSG_EQ(std::filesystem::exists(empty + "/pools.svg"), false, "stale figure");
        NS_TEST_ASSERT_MSG_EQ(none.str(), "", "nothing to warn of");
        NS_TEST_ASSERT_MSG_EQ(
            (ReadFile(empty + "/summary.json").find("\"sessions\": []") != std::string::npos),
            true,
            "no session");
        std::ostringstream text;
        TextReport().Write(ExperimentResults(), "", text);
        NS_TEST_ASSERT_MSG_EQ((text.str().find("no session") != std::string::npos), true, "text");

        // a file where the directory should be; and a disk that is full
        const std::string inTheWay = CreateTempDirFilename("in-the-way");
        std::ofstream(inTheWay) << "x";
        NS_TEST_ASSERT_MSG_EQ((WriteAndCatch(inTheWay).find(inTheWay) == 0), true, "named");
        if (std::filesystem::exists("/dev/full"))
        {
            const std::string full = CreateTempDirFilename("full");
            std::filesystem::create_directories(full);
            std::filesystem::remove(full + "/pools.csv");
            std::filesystem::create_symlink("/dev/full", full + "/pools.csv");
            NS_TEST_ASSERT_MSG_EQ(WriteAndCatch(full),
                                  full + "/pools.csv: No space left on device",
                                  "file and reason");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of the plots and of the files of a run.
 */
class QkdnReportFilesTestSuite : public TestSuite
{
  public:
    QkdnReportFilesTestSuite()
        : TestSuite("qkdn-report-files", Type::UNIT)
    {
        AddTestCase(new StepCurveTest);
        AddTestCase(new SwitchNamesTest);
        AddTestCase(new PlotTest);
        AddTestCase(new ResultsWriterTest);
    }
};

static QkdnReportFilesTestSuite g_qkdnReportFilesTestSuite; //!< registers the suite
