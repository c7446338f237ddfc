/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/double.h"
#include "ns3/qkdn-drift-trace.h"
#include "ns3/qkdn-qber-monitor.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/test.h"

#include <cmath>
#include <cstdio>
#include <fstream>
#include <gsl/gsl_cdf.h>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// Thresholds of the field trial over 248 km: realign at 9 %, until 7 %.
QberMonitor::Thresholds
FieldThresholds()
{
    QberMonitor::Thresholds thresholds;
    thresholds.warning = 0.09;
    thresholds.warningClear = 0.07;
    thresholds.abort = 0.09;
    thresholds.clear = 0.07;
    return thresholds;
}

/**
 * @brief The levels that estimates lead to.
 * @param monitor the monitor
 * @param estimates the estimates
 * @return a letter for each: g(ood), w(arning), a(bort)
 */
std::string
LevelsOf(QberMonitor& monitor, const std::vector<double>& estimates)
{
    std::string levels;
    for (const double estimate : estimates)
    {
        levels += "gwa"[monitor.Update(estimate)];
    }
    return levels;
}

/**
 * @brief The share of a time in which the monitor lets key be made, with an estimate every five
 * minutes.
 * @param curve the error ratio
 * @param from begin of the time
 * @param to end of the time
 * @return the share
 */
double
DutyCycle(const QberCurve& curve, Time from, Time to)
{
    QberMonitor monitor;
    monitor.SetThresholds(FieldThresholds());
    const Time block = Minutes(5);
    uint64_t blocks = 0;
    uint64_t good = 0;
    for (Time at = block; at <= to; at += block)
    {
        const bool key = monitor.Update(curve.GetLinear(at)) != QberMonitor::ABORT;
        if (at > from)
        {
            ++blocks;
            good += key ? 1 : 0;
        }
    }
    return static_cast<double>(good) / static_cast<double>(blocks);
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Each threshold at its exact value, and a hair beside it.
 */
class QberMonitorThresholdTest : public TestCase
{
  public:
    QberMonitorThresholdTest()
        : TestCase("Warning and abort begin at and end at their thresholds")
    {
    }

  private:
    void DoRun() override
    {
        QberMonitor monitor;
        NS_TEST_ASSERT_MSG_EQ(monitor.GetEstimate().has_value(), false, "nothing is known");
        NS_TEST_ASSERT_MSG_EQ(monitor.GetLevel(), QberMonitor::GOOD, "nothing is wrong");
        monitor.SetThresholds({0.08, 0.06, 0.11, 0.05});
        const double hair = 1e-8;
        NS_TEST_ASSERT_MSG_EQ(LevelsOf(monitor, {0.0, 0.08 - hair, 0.08, 0.06 + hair, 0.06}),
                              "ggwwg",
                              "warning");
        NS_TEST_ASSERT_MSG_EQ(LevelsOf(monitor, {0.08 - hair, 0.08, 0.11 - hair, 0.11}),
                              "gwwa",
                              "warning, then abort");
        NS_TEST_ASSERT_MSG_EQ(LevelsOf(monitor, {0.08, 0.05 + hair, 0.05, 0.0}),
                              "aagg",
                              "an abort ends at its own threshold");
        NS_TEST_ASSERT_MSG_EQ(LevelsOf(monitor, {0.25, 0.11, 0.05}), "aag", "abort at once");
        monitor.SetThresholds({0.08, 0.06, 0.11, 0.10});
        NS_TEST_ASSERT_MSG_EQ(LevelsOf(monitor, {0.11, 0.10 + hair, 0.10, 0.07, 0.06}),
                              "aawwg",
                              "after an abort a high ratio is a warning");
        NS_TEST_ASSERT_MSG_EQ(*monitor.GetEstimate(), 0.06, "the newest estimate");
        monitor.SetThresholds({0.08, 0.08, 0.11, 0.11});
        NS_TEST_ASSERT_MSG_EQ(LevelsOf(monitor, {0.08, 0.08, 0.11, 0.11, 0.08, 0.08 - hair}),
                              "wwaawg",
                              "without hysteresis at a threshold is above it");
        monitor.Update(0.2);
        monitor.Reset();
        NS_TEST_ASSERT_MSG_EQ(monitor.GetLevel(), QberMonitor::GOOD, "forgotten");
        NS_TEST_ASSERT_MSG_EQ(monitor.GetEstimate().has_value(), false, "forgotten");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Thresholds that contradict each other.
 */
class QberMonitorValidationTest : public TestCase
{
  public:
    QberMonitorValidationTest()
        : TestCase("Thresholds that contradict each other are named with their values")
    {
    }

  private:
    void DoRun() override
    {
        NS_TEST_ASSERT_MSG_EQ(QberMonitor::Validate(QberMonitor::Thresholds()), "", "defaults");
        NS_TEST_ASSERT_MSG_EQ(QberMonitor::Validate(FieldThresholds()), "", "field trial");
        NS_TEST_ASSERT_MSG_EQ(QberMonitor::Validate({0.12, 0.05, 0.11, 0.05}),
                              "QberWarning is 0.12, it has to be QberAbort (0.11) or less",
                              "warning above abort");
        NS_TEST_ASSERT_MSG_EQ(QberMonitor::Validate({0.08, 0.09, 0.11, 0.05}),
                              "QberWarningClear is 0.09, it has to be QberWarning (0.08) or less",
                              "no hysteresis upside down");
        NS_TEST_ASSERT_MSG_EQ(QberMonitor::Validate({0.08, 0.08, 0.11, 0.12}),
                              "QberClear is 0.12, it has to be QberAbort (0.11) or less",
                              "no hysteresis upside down");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A hand-made drift curve, with an estimate a second.
 */
class QberMonitorDriftTest : public TestCase
{
  public:
    QberMonitorDriftTest()
        : TestCase("On a hand-made drift curve key stops at 9 % and comes back at 7 %")
    {
    }

  private:
    void DoRun() override
    {
        // 0.01 % a second: 9 % at 600 s, 8.99 % never stops it; back at 7 % at 1,100 s
        QberCurve curve;
        curve.Add(Seconds(0), 0.03);
        curve.Add(Seconds(600), 0.09);
        curve.Add(Seconds(700), 0.10);
        curve.Add(Seconds(1100), 0.07);
        curve.Add(Seconds(1300), 0.0899);
        curve.Add(Seconds(1400), 0.0899);
        QberMonitor monitor;
        monitor.SetThresholds(FieldThresholds());
        std::vector<std::string> changes;
        bool stopped = false;
        for (int64_t s = 0; s <= 1500; ++s)
        {
            const double qber = curve.GetLinear(Seconds(s));
            const bool stop = monitor.Update(qber) == QberMonitor::ABORT;
            if (stop != stopped)
            {
                char text[32];
                std::snprintf(text, sizeof(text), "%d s %.6f", static_cast<int>(s), qber);
                changes.emplace_back(text);
                stopped = stop;
            }
        }
        NS_TEST_ASSERT_MSG_EQ(changes.size(), 2, "one realignment");
        NS_TEST_ASSERT_MSG_EQ(changes.at(0), "600 s 0.090000", "begins at exactly 9 %");
        NS_TEST_ASSERT_MSG_EQ(changes.at(1), "1100 s 0.070000", "ends at exactly 7 %");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief 1,000 synthetic traces have the published duty cycle.
 *
 * Field trial over 248 km (doi 10.1038/s41467-022-33919-0): key for 82 h of 110 h, realignments of
 * 8 min 10 s to 1 h 22 min, on average 57 min. The traces are synthetic; what is checked is that
 * the thresholds turn a curve with these times into this share of time with key.
 */
class DriftDutyCycleTest : public TestCase
{
  public:
    DriftDutyCycleTest()
        : TestCase("1,000 synthetic drift traces have the duty cycle of the field trial")
    {
    }

  private:
    void DoRun() override
    {
        const uint32_t traces = 1000;
        // the first 110 h let the process forget how it began
        const Time settled = Hours(110);
        const Time end = Hours(220);
        double sum = 0.0;
        double squares = 0.0;
        for (uint32_t i = 0; i < traces; ++i)
        {
            Ptr<DriftTrace> maker = CreateObject<DriftTrace>();
            maker->SetName("trace/" + std::to_string(i));
            const double duty = DutyCycle(maker->Make(end), settled, end);
            sum += duty;
            squares += duty * duty;
        }
        const double mean = sum / traces;
        const double variance = (squares - sum * mean) / (traces - 1);
        const double half = gsl_cdf_tdist_Pinv(0.975, traces - 1) * std::sqrt(variance / traces);
        NS_TEST_ASSERT_MSG_EQ_TOL(mean, 0.745, half, "95 % interval of the mean");
        NS_TEST_ASSERT_MSG_LT(half, 0.004, "an interval that means something");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The times of a synthetic trace.
 */
class DriftTraceTest : public TestCase
{
  public:
    DriftTraceTest()
        : TestCase("Realignments of synthetic traces last as published; streams are their own")
    {
    }

  private:
    void DoRun() override
    {
        Ptr<DriftTrace> maker = CreateObject<DriftTrace>();
        maker->SetName("link/12");
        const QberCurve curve = maker->Make(Hours(24 * 365));
        Time shortest = Hours(100);
        Time longest;
        Time realigning;
        uint32_t count = 0;
        const auto& points = curve.GetPoints();
        for (std::size_t i = 2; i + 2 < points.size(); i += 4)
        {
            const Time length = points[i + 2].at - points[i].at;
            shortest = std::min(shortest, length);
            longest = std::max(longest, length);
            realigning += length;
            ++count;
            NS_TEST_ASSERT_MSG_EQ(points[i].qber, 0.09, "begins at 9 %");
            NS_TEST_ASSERT_MSG_EQ(points[i + 2].qber, 0.07, "ends at 7 %");
        }
        NS_TEST_ASSERT_MSG_GT(count, 2000, "about 6 a day");
        NS_TEST_ASSERT_MSG_EQ((shortest >= Seconds(490)), true, "8 min 10 s or more");
        NS_TEST_ASSERT_MSG_EQ((longest <= Seconds(4920)), true, "1 h 22 min or less");
        // standard deviation of the triangular distribution: 17.3 min
        NS_TEST_ASSERT_MSG_EQ_TOL(realigning.GetMinutes() / count,
                                  57.0,
                                  4.0 * 17.4 / std::sqrt(count),
                                  "57 min on average");
        Ptr<DriftTrace> same = CreateObject<DriftTrace>();
        same->SetName("link/12");
        Ptr<DriftTrace> other = CreateObject<DriftTrace>();
        NS_TEST_ASSERT_MSG_EQ(other->AssignStreams(17), 2, "streams");
        NS_TEST_ASSERT_MSG_EQ(same->Make(Hours(10)).GetPoints()[2].at,
                              points[2].at,
                              "the name decides");
        NS_TEST_ASSERT_MSG_NE(other->Make(Hours(10)).GetPoints()[2].at,
                              points[2].at,
                              "another stream, another trace");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Values of a curve, and bad points.
 */
class QberCurveTest : public TestCase
{
  public:
    QberCurveTest()
        : TestCase("A curve has steps or straight lines between its points; bad points are refused")
    {
    }

  private:
    void DoRun() override
    {
        QberCurve curve;
        NS_TEST_ASSERT_MSG_EQ(curve.GetLinear(Seconds(1)), 0.0, "no points");
        NS_TEST_ASSERT_MSG_EQ(curve.Add(Seconds(10), 0.02), "", "good");
        NS_TEST_ASSERT_MSG_EQ(curve.Add(Seconds(20), 0.06), "", "good");
        NS_TEST_ASSERT_MSG_EQ(curve.GetStep(Seconds(9)), 0.0, "before the first");
        NS_TEST_ASSERT_MSG_EQ(curve.GetStep(Seconds(10)), 0.02, "from the first on");
        NS_TEST_ASSERT_MSG_EQ(curve.GetStep(Seconds(19)), 0.02, "step");
        NS_TEST_ASSERT_MSG_EQ(curve.GetLinear(Seconds(9)), 0.0, "before the first");
        NS_TEST_ASSERT_MSG_EQ_TOL(curve.GetLinear(Seconds(15)), 0.04, 1e-15, "line");
        NS_TEST_ASSERT_MSG_EQ(curve.GetLinear(Seconds(1000)), 0.06, "after the last");
        NS_TEST_ASSERT_MSG_EQ(curve.Add(Seconds(20), 0.06),
                              "the time is 20 s, it has to be after that before, 20 s",
                              "order");
        NS_TEST_ASSERT_MSG_EQ(curve.Add(Seconds(30), 0.51),
                              "the error ratio is 0.51, it has to be from 0 to 0.5",
                              "range");
        NS_TEST_ASSERT_MSG_NE(curve.Add(Seconds(30), std::nan("")), "", "not a number");
        NS_TEST_ASSERT_MSG_EQ(QberCurve().Add(Seconds(-1), 0.1),
                              "the time is -1 s, it has to be 0 or more",
                              "negative time");
        NS_TEST_ASSERT_MSG_EQ(curve.GetPoints().size(), 2, "bad points are not there");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Curves from files.
 */
class QberCurveFileTest : public TestCase
{
  public:
    QberCurveFileTest()
        : TestCase("A curve is read from a CSV file; errors name the line")
    {
    }

  private:
    /// Reads a text as a file.
    QberCurve Read(const std::string& text, std::string& problem)
    {
        const std::string name = CreateTempDirFilename("curve.csv");
        std::ofstream(name) << text;
        return QberCurve::FromCsv(name, problem);
    }

    void DoRun() override
    {
        std::string problem;
        const QberCurve curve =
            Read("time_s,added_qber\n# a comment\n0,0.01\n\n1.5, 0.25\n", problem);
        NS_TEST_ASSERT_MSG_EQ(problem, "", "good");
        NS_TEST_ASSERT_MSG_EQ(curve.GetPoints().size(), 2, "points");
        NS_TEST_ASSERT_MSG_EQ(curve.GetPoints().at(1).at, MilliSeconds(1500), "time");
        NS_TEST_ASSERT_MSG_EQ(curve.GetPoints().at(1).qber, 0.25, "error ratio");
        NS_TEST_ASSERT_MSG_EQ(Read("0,0.1", problem).GetPoints().size(), 1, "no names");
        const std::vector<std::pair<std::string, std::string>> bad = {
            {"", "there is no point in it"},
            {"time_s,added_qber\n", "there is no point in it"},
            {"time_s,added_qber\n1,0.1\n1,0.2\n", "line 3: the time is 1 s"},
            {"0,0.6\n", "line 1: the error ratio is 0.6"},
            {"0,-0.1\n", "line 1: the error ratio is -0.1"},
            {"0,0.1\n2,high\n", "line 2: there have to be two numbers"},
            {"0\n", "line 1: there have to be two numbers"},
            {"0,0.1,3\n", "line 1: there have to be two numbers"},
            {"1e99,0.1\n", "line 1: there have to be two numbers"}};
        for (const auto& [text, begin] : bad)
        {
            const QberCurve none = Read(text, problem);
            NS_TEST_ASSERT_MSG_EQ(problem.substr(0, begin.size()), begin, "of: " << text);
            NS_TEST_ASSERT_MSG_EQ(none.GetPoints().size(), 0, "no half curve");
        }
        QberCurve::FromCsv(CreateTempDirFilename("none.csv"), problem);
        NS_TEST_ASSERT_MSG_EQ(problem, "cannot be read", "no file");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The thresholds of the error ratio and drift curves.
 */
class QkdnQberMonitorTestSuite : public TestSuite
{
  public:
    QkdnQberMonitorTestSuite()
        : TestSuite("qkdn-qber-monitor", Type::UNIT)
    {
        AddTestCase(new QberMonitorThresholdTest);
        AddTestCase(new QberMonitorValidationTest);
        AddTestCase(new QberMonitorDriftTest);
        AddTestCase(new QberCurveTest);
        AddTestCase(new QberCurveFileTest);
        AddTestCase(new DriftTraceTest);
        AddTestCase(new DriftDutyCycleTest);
    }
};

/// The suite, registered with the ns-3 test framework.
static QkdnQberMonitorTestSuite g_qkdnQberMonitorTestSuite;
