/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-results.h"
#include "ns3/qkdn-session-metrics.h"
#include "ns3/test.h"

#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/**
 * @brief A request for a 256-bit key.
 * @param issuedMs issue time in ms
 * @param handedOverMs hand-over in ms, negative for never
 * @return the request
 */
RequestResult
Request(int64_t issuedMs, int64_t handedOverMs)
{
    RequestResult request;
    request.session = "A";
    request.issued = MilliSeconds(issuedMs);
    if (handedOverMs >= 0)
    {
        request.handedOver = MilliSeconds(handedOverMs);
    }
    request.attempts = 1;
    request.keyBits = 256;
    return request;
}

/**
 * @brief A measurement with a deadline of 500 ms and a toleration time of 1 s.
 * @param warmUpMs start of the measured time, ms
 * @param endMs end of the run, ms
 * @return the measurement
 */
SessionMeasurement
Measure(int64_t warmUpMs, int64_t endMs)
{
    return {"A",
            "unprotected",
            MilliSeconds(warmUpMs),
            MilliSeconds(endMs),
            MilliSeconds(500),
            Seconds(1)};
}

/**
 * @brief Interruptions as text.
 * @param result the result
 * @return for example "[1000,2000][3000,3500]", ms
 */
std::string
Show(const SessionResult& result)
{
    std::string text;
    for (const auto& interruption : result.interruptions)
    {
        text += "[" + std::to_string(interruption.start.GetMilliSeconds()) + "," +
                std::to_string(interruption.end.GetMilliSeconds()) + "]";
    }
    return text;
}

/**
 * @brief A cause that is never asked about.
 * @return the text
 */
std::string
AnyCause(Time, Time)
{
    return "any";
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief On time, late, lost and open at their borders.
 */
class RequestOutcomeTest : public TestCase
{
  public:
    RequestOutcomeTest()
        : TestCase("Requests are on time, late, lost or open")
    {
    }

  private:
    void DoRun() override
    {
        const Time deadline = MilliSeconds(500);
        const Time end = Seconds(10);
        const auto outcome = [&](int64_t issuedMs, int64_t handedOverMs) {
            return RequestOutcomeName(
                ClassifyRequest(Request(issuedMs, handedOverMs), deadline, end));
        };
        NS_TEST_ASSERT_MSG_EQ(outcome(1000, 1500), std::string("on-time"), "at the deadline");
        NS_TEST_ASSERT_MSG_EQ(outcome(1000, 1501), std::string("late"), "after the deadline");
        NS_TEST_ASSERT_MSG_EQ(outcome(9499, -1), std::string("lost"), "deadline passed at the end");
        NS_TEST_ASSERT_MSG_EQ(outcome(9500, -1), std::string("open"), "deadline at the end");
        NS_TEST_ASSERT_MSG_EQ(outcome(9000, 10001), std::string("lost"), "beyond the end");
        NS_TEST_ASSERT_MSG_EQ(
            RequestOutcomeName(ClassifyRequest(Request(9000, -1), Time::Max(), end)),
            std::string("open"),
            "no deadline");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Interruptions and availability of timelines worked out by hand.
 */
class InterruptionTest : public TestCase
{
  public:
    InterruptionTest()
        : TestCase("Interruptions and availability follow timelines worked out by hand")
    {
    }

  private:
    /**
     * @brief Check one timeline.
     * @param measurement what it is measured against
     * @param requests the requests
     * @param interruptions expected, as Show() gives them
     * @param availability expected
     * @param violations expected violations of the toleration time
     * @param what the case
     */
    void Check(const SessionMeasurement& measurement,
               std::vector<RequestResult> requests,
               const std::string& interruptions,
               double availability,
               uint64_t violations,
               const std::string& what)
    {
        const SessionResult result = ComputeSessionMetrics(measurement, requests, AnyCause);
        NS_TEST_ASSERT_MSG_EQ(Show(result), interruptions, what);
        NS_TEST_ASSERT_MSG_EQ(result.availability.has_value(), true, what);
        NS_TEST_ASSERT_MSG_EQ_TOL(*result.availability, availability, 1e-12, what);
        NS_TEST_ASSERT_MSG_EQ(result.tolerationViolations, violations, what);
    }

    void DoRun() override
    {
        const SessionMeasurement whole = Measure(0, 10000);
        Check(whole, {Request(0, 10), Request(1000, 1500)}, "", 1.0, 0, "all on time");
        Check(whole,
              {Request(0, 10), Request(1000, -1), Request(2000, 2010)},
              "[1000,2010]",
              1.0 - 0.101,
              1,
              "a lost key: to the next key, 1.01 s is longer than 1 s");
        Check(whole,
              {Request(1000, 2000), Request(3000, 3010)},
              "[1000,2000]",
              0.9,
              0,
              "a late key ends its own interruption; exactly 1 s is tolerated");
        Check(whole,
              {Request(1000, 3000), Request(1500, 3001), Request(2900, 3002)},
              "[1000,3000]",
              0.8,
              1,
              "late keys one after the other are one interruption");
        Check(whole,
              {Request(1000, 5000), Request(1400, 1600)},
              "[1000,1600]",
              0.94,
              0,
              "a key for another request ends it, though the first key is still due");
        Check(whole,
              {Request(1000, 2000), Request(2000, 3000)},
              "[1000,2000][2000,3000]",
              0.8,
              0,
              "two that touch: a key was handed over between them");
        Check(whole,
              {Request(9000, -1), Request(9800, -1)},
              "[9000,10000]",
              0.9,
              0,
              "to the end of the run; the open request adds nothing");
        Check(whole, {Request(9800, -1)}, "", 1.0, 0, "an open request alone is no interruption");
        Check(whole,
              {Request(2900, 3002), Request(1000, 3000), Request(1500, 3001)},
              "[1000,3000]",
              0.8,
              1,
              "the order of the requests does not matter");
        const SessionMeasurement warm = Measure(2000, 10000);
        Check(warm,
              {Request(1000, -1), Request(1500, 4000)},
              "[2000,4000]",
              0.75,
              1,
              "clipped to the measured time");
        Check(warm, {Request(100, -1), Request(1500, 1510)}, "", 1.0, 0, "over before it begins");
        SessionMeasurement patient = whole;
        patient.toleration = Time::Max();
        Check(patient, {Request(1000, -1)}, "[1000,10000]", 0.1, 0, "any interruption is borne");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Counts, delays and ratios.
 */
class SessionFiguresTest : public TestCase
{
  public:
    SessionFiguresTest()
        : TestCase("Counts, response delays, ratios and throughput")
    {
    }

  private:
    void DoRun() override
    {
        // delays 10, 20, 30, 40 ms on time and 900 ms late; one lost, one open; one in the warm-up
        std::vector<RequestResult> requests = {Request(500, 1400),
                                               Request(1000, 1010),
                                               Request(2000, 2020),
                                               Request(3000, 3030),
                                               Request(4000, 4040),
                                               Request(5000, 5900),
                                               Request(6000, -1),
                                               Request(10900, -1)};
        requests[2].erroneous = true;
        const SessionResult r = ComputeSessionMetrics(Measure(1000, 11000), requests, AnyCause);
        NS_TEST_ASSERT_MSG_EQ(r.id + "/" + r.resilienceClass, "A/unprotected", "names");
        NS_TEST_ASSERT_MSG_EQ(r.requested, 7, "the request in the warm-up does not count");
        NS_TEST_ASSERT_MSG_EQ(r.supplied, 5, "on time and late");
        NS_TEST_ASSERT_MSG_EQ(r.late, 1, "late");
        NS_TEST_ASSERT_MSG_EQ(r.lost, 1, "lost");
        NS_TEST_ASSERT_MSG_EQ(r.open, 1, "open");
        NS_TEST_ASSERT_MSG_EQ(r.requested, r.supplied + r.lost + r.open, "they add up");
        NS_TEST_ASSERT_MSG_EQ(requests[6].outcome, REQUEST_LOST, "outcome is set");
        // [500,1010] clipped to [1000,1010], [5000,5900], [6000,11000]
        NS_TEST_ASSERT_MSG_EQ(Show(r), "[1000,1010][5000,5900][6000,11000]", "interruptions");
        NS_TEST_ASSERT_MSG_EQ(r.longestOutage, Seconds(5), "longest outage");
        NS_TEST_ASSERT_MSG_EQ(r.tolerationViolations, 1, "one is longer than 1 s");
        NS_TEST_ASSERT_MSG_EQ_TOL(*r.availability, 1.0 - 0.591, 1e-12, "availability");
        NS_TEST_ASSERT_MSG_EQ_TOL(r.kkrd->meanS, 0.2, 1e-12, "mean");
        NS_TEST_ASSERT_MSG_EQ_TOL(r.kkrd->p50S, 0.030, 1e-12, "median");
        // position 0.99 x 4 = 3.96: 0.04 + 0.96 (0.9 - 0.04)
        NS_TEST_ASSERT_MSG_EQ_TOL(r.kkrd->p99S, 0.8656, 1e-12, "99 % quantile");
        NS_TEST_ASSERT_MSG_EQ_TOL(r.kkrd->maxS, 0.9, 1e-12, "maximum");
        // position 0.999 x 4 = 3.996: 0.04 + 0.996 (0.9 - 0.04) - 0.01
        NS_TEST_ASSERT_MSG_EQ_TOL(*r.kkrdvS, 0.88656, 1e-12, "variation");
        NS_TEST_ASSERT_MSG_EQ_TOL(*r.kkder, 0.2, 1e-12, "error ratio");
        NS_TEST_ASSERT_MSG_EQ_TOL(*r.kkdlr, 1.0 / 7.0, 1e-12, "loss ratio");
        NS_TEST_ASSERT_MSG_EQ_TOL(*r.throughputBps, 128.0, 1e-9, "5 x 256 bits in 10 s");

        std::vector<RequestResult> none;
        const SessionResult empty = ComputeSessionMetrics(Measure(0, 1000), none, AnyCause);
        NS_TEST_ASSERT_MSG_EQ_TOL(*empty.availability, 1.0, 0.0, "nothing was interrupted");
        NS_TEST_ASSERT_MSG_EQ(empty.kkrd.has_value() || empty.kkder || empty.kkdlr,
                              false,
                              "figures without a base are not set");
        const SessionResult instant = ComputeSessionMetrics(Measure(0, 0), none, AnyCause);
        NS_TEST_ASSERT_MSG_EQ(instant.availability.has_value() || instant.throughputBps,
                              false,
                              "no measured time");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Causes of interruptions.
 */
class InterruptionCauseTest : public TestCase
{
  public:
    InterruptionCauseTest()
        : TestCase("An interruption is put down to the latest fault that can be felt")
    {
    }

  private:
    void DoRun() override
    {
        std::vector<FaultResult> faults = {
            {"F2", "module-failure", "12/tx", Seconds(25), std::nullopt},
            {"F1", "fibre-cut", "f12", Seconds(20), Seconds(24)}};
        const std::map<std::string, Time> felt{{"F1", Seconds(3)}, {"F2", Seconds(3)}};
        const InterruptionCause cause = CauseFromFaults({faults[1]}, felt);
        const std::string demand = "key supply below demand";
        NS_TEST_ASSERT_MSG_EQ(cause(Seconds(10), Seconds(11)), demand, "before any fault");
        NS_TEST_ASSERT_MSG_EQ(cause(Seconds(20), Seconds(20)), "fibre-cut f12 (F1)", "at once");
        NS_TEST_ASSERT_MSG_EQ(cause(Seconds(23), Seconds(23)), "fibre-cut f12 (F1)", "meanwhile");
        NS_TEST_ASSERT_MSG_EQ(cause(Seconds(27), Seconds(27)), "fibre-cut f12 (F1)", "aftermath");
        NS_TEST_ASSERT_MSG_EQ(cause(Seconds(28), Seconds(28)), demand, "long after the repair");
        NS_TEST_ASSERT_MSG_EQ(cause(MilliSeconds(19990), MilliSeconds(20100)),
                              "fibre-cut f12 (F1)",
                              "asked before the fault, which hit before the deadline");
        const InterruptionCause two = CauseFromFaults(faults, felt);
        NS_TEST_ASSERT_MSG_EQ(two(Seconds(26), Seconds(26)), "module-failure 12/tx (F2)", "latest");
        faults[0].end = Seconds(26);
        faults[1].end = Seconds(60);
        NS_TEST_ASSERT_MSG_EQ(CauseFromFaults(faults, felt)(Seconds(27), Seconds(27)),
                              "fibre-cut f12 (F1)",
                              "one that lasts comes before one that was repaired");
        NS_TEST_ASSERT_MSG_EQ(two(Seconds(99), Seconds(99)),
                              "module-failure 12/tx (F2)",
                              "never repaired");
        NS_TEST_ASSERT_MSG_EQ(two(Seconds(22), Seconds(30)),
                              "fibre-cut f12 (F1)",
                              "one that was there comes before one that came");
        NS_TEST_ASSERT_MSG_EQ(two(Seconds(19), Seconds(30)),
                              "fibre-cut f12 (F1)",
                              "the first of those that came");
        std::vector<RequestResult> requests = {Request(19900, 26000)};
        const SessionResult r = ComputeSessionMetrics(Measure(0, 30000), requests, two);
        NS_TEST_ASSERT_MSG_EQ(r.interruptions.at(0).cause, "fibre-cut f12 (F1)", "as it is used");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Stages of recoveries.
 */
class RecoveryStagesTest : public TestCase
{
  public:
    RecoveryStagesTest()
        : TestCase("Stages of a recovery add up to its total exactly")
    {
    }

  private:
    /**
     * @brief Check the sums and show the stages.
     * @param markers the markers
     * @return lengths in ns, joined by blanks
     */
    std::string Stages(const RecoveryMarkers& markers)
    {
        const RecoveryStages stages = markers.ComputeStages();
        std::string text;
        Time sum;
        for (const auto& length : stages.stage)
        {
            sum += length;
            text += (text.empty() ? "" : " ") + std::to_string(length.GetNanoSeconds());
        }
        Time parts;
        for (const auto& length : stages.part)
        {
            parts += length;
        }
        if (stages.total)
        {
            NS_TEST_EXPECT_MSG_EQ(sum, *stages.total, "stages add up");
            NS_TEST_EXPECT_MSG_EQ(parts, stages.stage[STAGE_KEY_RESUMPTION], "parts add up");
        }
        return text;
    }

    void DoRun() override
    {
        RecoveryMarkers m;
        m.fault = NanoSeconds(1000);
        NS_TEST_ASSERT_MSG_EQ(Stages(m), "0 0 0 0 0 0 0 0", "nothing happened");
        m.detected = NanoSeconds(1003);
        m.holdOffOver = NanoSeconds(1010);
        m.notified = NanoSeconds(1011);
        m.decided = NanoSeconds(1011);
        m.repaired = NanoSeconds(2000);
        m.operated = NanoSeconds(2005);
        m.running = NanoSeconds(2100);
        NS_TEST_ASSERT_MSG_EQ(Stages(m), "3 7 1 0 989 5 95 0", "not yet recovered");
        NS_TEST_ASSERT_MSG_EQ(m.ComputeStages().total.has_value(), false, "no total");
        m.blockFilled = NanoSeconds(2150);
        m.distilled = NanoSeconds(2153);
        m.confirmed = NanoSeconds(2154);
        m.firstKeyUsable = NanoSeconds(2160);
        NS_TEST_ASSERT_MSG_EQ(Stages(m), "3 7 1 0 989 5 95 60", "all of them");
        const RecoveryStages all = m.ComputeStages();
        NS_TEST_ASSERT_MSG_EQ(*all.total, NanoSeconds(1160), "total");
        NS_TEST_ASSERT_MSG_EQ(all.part[RESUMPTION_BLOCK_FILL], NanoSeconds(50), "block fill");
        NS_TEST_ASSERT_MSG_EQ(all.part[RESUMPTION_DISTILLATION], NanoSeconds(3), "distillation");
        NS_TEST_ASSERT_MSG_EQ(all.part[RESUMPTION_CONFIRMATION], NanoSeconds(1), "confirmation");
        NS_TEST_ASSERT_MSG_EQ(all.part[RESUMPTION_DELIVERY], NanoSeconds(6), "delivery");
        m.distilled.reset();
        NS_TEST_ASSERT_MSG_EQ(m.ComputeStages().part[RESUMPTION_CONFIRMATION],
                              NanoSeconds(4),
                              "a missing marker gives its time to the next");
        m.holdOffOver = NanoSeconds(1011);
        m.notified = NanoSeconds(1006);
        NS_TEST_ASSERT_MSG_EQ(Stages(m), "3 5 3 0 989 5 95 60", "hold-off after notification");
        m.detected.reset();
        m.running.reset();
        NS_TEST_ASSERT_MSG_EQ(Stages(m), "0 5 6 0 989 5 0 155", "missing markers");
        NS_TEST_ASSERT_MSG_EQ(m.FindDisorder(), "", "in order");
        m.decided = NanoSeconds(1001);
        NS_TEST_ASSERT_MSG_EQ(m.FindDisorder(),
                              "the end of decision is before the end of hold_off",
                              "disorder");
        m.decided.reset();
        m.confirmed = NanoSeconds(2149);
        NS_TEST_ASSERT_MSG_EQ(m.FindDisorder(),
                              "the end of confirmation is before the end of block_fill",
                              "disorder of the parts");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Key books of the results.
 */
class ResultBooksTest : public TestCase
{
  public:
    ResultBooksTest()
        : TestCase("Key books of the results add up and show what is missing")
    {
    }

  private:
    void DoRun() override
    {
        KeyLedger ledger;
        ledger.AddInitial(1000);
        ledger.AddGenerated(500, KEY_STORED);
        ledger.Move(KEY_STORED, KEY_DIRECT_SUPPLY, 256);
        KmaLinkBooks link{"12",
                          KeyBook::FromLedger(ledger),
                          {{"1", KeyBook()}},
                          {{"tx", 9, 1, 4, 6}}};
        NS_TEST_ASSERT_MSG_EQ(link.common.bits[KEY_STORED], 1244, "copied");
        NS_TEST_ASSERT_MSG_EQ(link.Balances(), true, "all balance");
        ConservationResult all{{link, link}, {{"A", 21, 1, 2, 3, 4, 5, 6}}, {}};
        NS_TEST_ASSERT_MSG_EQ(all.GetKmaTotal().generated, 1000, "total");
        NS_TEST_ASSERT_MSG_EQ(all.GetKmaTotal().Balances(), true, "total balances");
        NS_TEST_ASSERT_MSG_EQ(all.GetKsaTotal().destroyed, 6, "total");
        NS_TEST_ASSERT_MSG_EQ(all.Balances(), true, "all balance");
        ConservationResult broken = all;
        broken.kma[1].common.bits[KEY_WASTED] = 1;
        NS_TEST_ASSERT_MSG_EQ(broken.Balances(), false, "common book");
        broken = all;
        broken.kma[1].ends[0].book.generated = 1;
        NS_TEST_ASSERT_MSG_EQ(broken.Balances(), false, "book of an end");
        broken = all;
        broken.kma[1].reserves[0].spent = 5;
        NS_TEST_ASSERT_MSG_EQ(broken.Balances(), false, "reserve");
        broken = all;
        broken.ksa[0].voided = 0;
        NS_TEST_ASSERT_MSG_EQ(broken.Balances(), false, "session");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of the measures of key supply.
 */
class QkdnSessionMetricsTestSuite : public TestSuite
{
  public:
    QkdnSessionMetricsTestSuite()
        : TestSuite("qkdn-session-metrics", Type::UNIT)
    {
        AddTestCase(new RequestOutcomeTest);
        AddTestCase(new InterruptionTest);
        AddTestCase(new SessionFiguresTest);
        AddTestCase(new InterruptionCauseTest);
        AddTestCase(new RecoveryStagesTest);
        AddTestCase(new ResultBooksTest);
    }
};

static QkdnSessionMetricsTestSuite g_qkdnSessionMetricsTestSuite; //!< registers the suite
