/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-protocol-fixture.h"

#include "ns3/double.h"
#include "ns3/qkdn-measured-rate-protocol.h"
#include "ns3/qkdn-rate-trace.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <cmath>
#include <fstream>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

/**
 * @ingroup qkdn-resilience-tests
 * @brief Base of the tests that read files of their own.
 */
class RateTraceTestCase : public ProtocolTestCase
{
  public:
    using ProtocolTestCase::ProtocolTestCase;

  protected:
    /**
     * @brief Write a file.
     * @param content what is in it
     * @return its path
     */
    std::string Write(const std::string& content)
    {
        const std::string path = CreateTempDirFilename(std::to_string(++m_files) + ".csv");
        std::ofstream(path) << content;
        return path;
    }

  private:
    int m_files{0}; //!< files written
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Traces and what is read of them.
 */
class RateTraceReadTest : public RateTraceTestCase
{
  public:
    RateTraceReadTest()
        : RateTraceTestCase("A trace is a step function of time")
    {
    }

  private:
    void DoRun() override
    {
        RateTrace trace;
        const std::string problem = trace.Read(Write("# a field trial\n"
                                                     "time_s,rate_bps,qber\n"
                                                     "0, 1000, 0.02\n"
                                                     "\n"
                                                     "10,0,0.3   # polarisation lost\n"
                                                     "15.5,2e3,0.04\r\n"));
        NS_TEST_ASSERT_MSG_EQ(problem, "", "a good file");
        NS_TEST_ASSERT_MSG_EQ(trace.GetRows().size(), 3, "rows");
        NS_TEST_EXPECT_MSG_EQ(trace.GetRow(Seconds(0)).rateBps, 1000.0, "first row");
        NS_TEST_EXPECT_MSG_EQ(trace.GetRow(NanoSeconds(9999999999)).qber, 0.02, "first row");
        NS_TEST_EXPECT_MSG_EQ(trace.GetRow(Seconds(10)).rateBps, 0.0, "from its time on");
        NS_TEST_EXPECT_MSG_EQ(trace.GetRow(MilliSeconds(15500)).rateBps, 2000.0, "third row");
        NS_TEST_EXPECT_MSG_EQ(trace.GetRow(Seconds(1000000)).qber, 0.04, "to the end");

        RateTrace::Yield yield = trace.Generate(Seconds(2), 500);
        NS_TEST_EXPECT_MSG_EQ_TOL(yield.durationS, 0.5, 1e-12, "500 bits at 1000 bit/s");
        NS_TEST_EXPECT_MSG_EQ_TOL(yield.qber, 0.02, 1e-15, "QBER of the row");
        // 1 s at 1000 bit/s, 5.5 s without key, 1 s at 2000 bit/s
        yield = trace.Generate(Seconds(9), 3000);
        NS_TEST_EXPECT_MSG_EQ_TOL(yield.durationS, 7.5, 1e-12, "over a gap");
        NS_TEST_EXPECT_MSG_EQ_TOL(yield.qber, (0.02 + 2 * 0.04) / 3, 1e-15, "weighted by key");
        yield = trace.Generate(Seconds(12), 1000);
        NS_TEST_EXPECT_MSG_EQ_TOL(yield.durationS, 4.0, 1e-12, "from the gap on");
        NS_TEST_ASSERT_MSG_EQ(trace.Read(Write("time_s,rate_bps,qber\n0,5,0\n3,0,0\n")),
                              "",
                              "good");
        yield = trace.Generate(Seconds(1), 11);
        NS_TEST_EXPECT_MSG_EQ(std::isinf(yield.durationS), true, "10 bits are left for ever");

        CheckBad("", "empty");
        CheckBad("0,1,0\n", "line 1: is no heading; give time_s,rate_bps,qber");
        CheckBad("time_s,rate_bps\n0,1\n", "line 1: is no heading");
        CheckBad("time_s,rate_bps,qber\n", "has no row");
        CheckBad("time_s,rate_bps,qber\n0,1\n", "line 2: has 2 fields; give the three");
        CheckBad("time_s,rate_bps,qber\n0,1,0\n# ok\n1,2x,0\n", "line 4: rate_bps is \"2x\"");
        CheckBad("time_s,rate_bps,qber\n0,1,nan\n", "line 2: qber is \"nan\"; give a number");
        CheckBad("time_s,rate_bps,qber\n1,1,0\n", "line 2: the first time_s is 1; start at 0");
        CheckBad("time_s,rate_bps,qber\n0,1,0\n0,2,0\n", "line 3: time_s is 0; give a time after");
        CheckBad("time_s,rate_bps,qber\n0,1,0\n5,2,0\n3,2,0\n", "line 4: time_s is 3");
        CheckBad("time_s,rate_bps,qber\n0,-1,0\n", "line 2: rate_bps is -1; give a rate from 0");
        CheckBad("time_s,rate_bps,qber\n0,1,0.6\n", "line 2: qber is 0.6; give a ratio");
        CheckBad("time_s,rate_bps,qber\n0,1,0\n1e12,1,0\n", "line 3: time_s is 1e12");
        NS_TEST_EXPECT_MSG_NE(trace.Read("/no/such/file.csv").find("/no/such/file.csv: cannot"),
                              std::string::npos,
                              "no file");
        NS_TEST_EXPECT_MSG_NE(trace.Read("/").find("cannot be read"),
                              std::string::npos,
                              "a folder");
        NS_TEST_EXPECT_MSG_EQ(trace.GetRows().size(), 2, "a bad file changes nothing");
    }

    /**
     * @brief A file has to be refused.
     * @param content what is in it
     * @param words part of the message
     */
    void CheckBad(const std::string& content, const std::string& words)
    {
        const std::string path = Write(content);
        RateTrace trace;
        const std::string problem = trace.Read(path);
        NS_TEST_EXPECT_MSG_EQ(problem.find(path), 0, "the file in: " << problem);
        NS_TEST_EXPECT_MSG_NE(problem.find(words), std::string::npos, words << " in: " << problem);
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Links known by a trace.
 */
class RateTraceProtocolTest : public RateTraceTestCase
{
  public:
    RateTraceProtocolTest()
        : RateTraceTestCase("A link follows its trace over simulated time")
    {
    }

  private:
    /// Look at the link now.
    void Look()
    {
        m_points.push_back(m_protocol->GetRate(Loss(17)));
        m_plans.push_back(m_protocol->PlanBlock(Loss(17)));
    }

    /// Bad parameters.
    void CheckRefused();

    void DoRun() override
    {
        m_protocol = CreateObject<MeasuredRateProtocol>();
        m_protocol->SetAttribute("Law", StringValue("trace"));
        m_protocol->SetAttribute("TraceFile",
                                 StringValue(Write("time_s,rate_bps,qber\n"
                                                   "0,1024,0.02\n10,0,0.3\n20,2048,0.03\n")));
        NS_TEST_ASSERT_MSG_EQ(m_protocol->Validate(), "", "a good trace");
        for (const double s : {0.0, 9.5, 12.0, 20.0})
        {
            Simulator::Schedule(Seconds(s), &RateTraceProtocolTest::Look, this);
        }
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(m_points.size(), 4, "all looks");
        NS_TEST_EXPECT_MSG_EQ(m_points[0].rateBps, 1024.0, "at 0 s");
        NS_TEST_EXPECT_MSG_EQ(m_points[0].qber, 0.02, "at 0 s");
        NS_TEST_EXPECT_MSG_EQ(m_points[2].hasKey, false, "at 12 s");
        NS_TEST_EXPECT_MSG_EQ(m_points[2].qber, 0.3, "at 12 s");
        NS_TEST_EXPECT_MSG_EQ(m_points[3].rateBps, 2048.0, "at 20 s");
        NS_TEST_EXPECT_MSG_EQ(m_plans[0].duration, Seconds(1), "1024 bits at 1024 bit/s");
        NS_TEST_EXPECT_MSG_EQ(m_plans[0].finalKeyBits, 1024, "a block");
        NS_TEST_EXPECT_MSG_EQ(m_plans[1].duration, MilliSeconds(10750), "half before, half after");
        NS_TEST_EXPECT_MSG_EQ_TOL(m_plans[1].qber, 0.025, 1e-12, "average of both");
        NS_TEST_EXPECT_MSG_EQ(m_plans[1].finalKeyBits, 1024, "a block");
        NS_TEST_EXPECT_MSG_EQ(m_plans[2].duration, MilliSeconds(8500), "8 s without key");
        NS_TEST_EXPECT_MSG_EQ(m_plans[3].duration, MilliSeconds(500), "the last row");
        CheckRefused();
        Simulator::Destroy();
    }

    Ptr<MeasuredRateProtocol> m_protocol; //!< the link
    std::vector<QkdRatePoint> m_points;   //!< operating points
    std::vector<QkdBlockPlan> m_plans;    //!< blocks
};

void
RateTraceProtocolTest::CheckRefused()
{
    const auto problem = [this](const std::string& file) {
        m_protocol->SetAttribute("TraceFile", StringValue(file));
        return m_protocol->Validate();
    };
    NS_TEST_EXPECT_MSG_NE(problem("").find("TraceFile is \"\""), std::string::npos, problem(""));
    const std::string missing = problem("/no/such/file.csv");
    NS_TEST_EXPECT_MSG_NE(missing.find("/no/such/file.csv"), std::string::npos, missing);
    const std::string high = problem(Write("time_s,rate_bps,qber\n0,1,0.02\n4,1,0.2\n"));
    NS_TEST_EXPECT_MSG_NE(high.find("line 3: qber is 0.2"), std::string::npos, high);
    NS_TEST_EXPECT_MSG_EQ(problem(Write("time_s,rate_bps,qber\n0,1,0.02\n4,0,0.2\n")),
                          "",
                          "without key any QBER is possible");
    const std::string silent = Write("time_s,rate_bps,qber\n0,0,0.5\n");
    NS_TEST_EXPECT_MSG_EQ(problem(silent), "", "never a key");
    NS_TEST_EXPECT_MSG_EQ(m_protocol->GetRate(Loss(1)).hasKey, false, "never a key");
    NS_TEST_EXPECT_MSG_EQ(m_protocol->PlanBlock(Loss(1)).hasKey, false, "never a key");
}

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of recorded key rates.
 */
class QkdnRateTraceTestSuite : public TestSuite
{
  public:
    QkdnRateTraceTestSuite()
        : TestSuite("qkdn-rate-trace", Type::UNIT)
    {
        AddTestCase(new RateTraceReadTest);
        AddTestCase(new RateTraceProtocolTest);
    }
};

static QkdnRateTraceTestSuite g_qkdnRateTraceTestSuite; //!< registers the suite
