/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-charging-ledger.h"
#include "ns3/qkdn-charging-records.h"
#include "ns3/qkdn-charging-requirements.h"
#include "ns3/qkdn-key-usage-meter.h"
#include "ns3/test.h"

#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

const SessionId A(1); //!< a session
const SessionId B(2); //!< another session
const KmId KM1(1);    //!< a key manager
const KmId KM2(2);    //!< another key manager

/// Prices of class route-1:1, all different.
ClassTariff
Prices()
{
    ClassTariff prices;
    prices.basePerS = 7;
    prices.perBit = {11, 2, 3, 5};
    prices.creditPerViolation = 1000;
    prices.creditPerS = 13;
    return prices;
}

/// A ledger with the account of session A open since 1 s; it bears 2 s without key.
ChargingLedger
OpenLedger()
{
    ChargingLedger ledger;
    ledger.SetTariff({{CLASS_ROUTE_1_1, Prices()}});
    ledger.Open(A, CLASS_ROUTE_1_1, Seconds(2), Seconds(1));
    return ledger;
}

/// A report of one session.
CkUsageReport
ReportOf(uint64_t epoch, uint64_t number, const KeyUsage& bits, SessionId session = A)
{
    CkUsageReport report;
    report.epoch = epoch;
    report.number = number;
    report.sessions.push_back(CkSessionUsage{session, bits});
    return report;
}

/// Bits of all uses, for messages.
std::string
BitsOf(const KeyUsage& bits)
{
    std::string text;
    for (const uint64_t count : bits)
    {
        text += (text.empty() ? "" : " ") + std::to_string(count);
    }
    return text;
}

/// A packet without its last bytes, or with more.
Ptr<Packet>
Resize(Ptr<Packet> packet, int bytes)
{
    if (bytes < 0)
    {
        packet->RemoveAtEnd(static_cast<uint32_t>(-bytes));
    }
    else
    {
        packet->AddPaddingAtEnd(static_cast<uint32_t>(bytes));
    }
    return packet;
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Amounts against calculation by hand.
 */
class ChargingTariffTest : public TestCase
{
  public:
    ChargingTariffTest()
        : TestCase("A tariff gives the amounts calculated by hand, to the micro-unit")
    {
    }

  private:
    void DoRun() override
    {
        ChargedService service;
        service.opened = MilliSeconds(1250);
        service.until = Seconds(100);
        service.bits = {1024, 2048, 512, 10};
        service.violations = 2;
        service.excess = MilliSeconds(3500);
        const ChargedAmounts amounts = RateService(Prices(), service);
        NS_TEST_EXPECT_MSG_EQ(amounts.base, 691, "7 * 98.75 = 691.25");
        NS_TEST_EXPECT_MSG_EQ(amounts.uses[CHARGED_SUPPLY], 11264, "11 * 1024");
        NS_TEST_EXPECT_MSG_EQ(amounts.uses[CHARGED_WORKING], 4096, "2 * 2048");
        NS_TEST_EXPECT_MSG_EQ(amounts.uses[CHARGED_PROTECTION], 1536, "3 * 512");
        NS_TEST_EXPECT_MSG_EQ(amounts.uses[CHARGED_EXTRA], 50, "5 * 10");
        NS_TEST_EXPECT_MSG_EQ(amounts.credit, 2045, "2 * 1000 + 13 * 3.5 = 2045.5");
        NS_TEST_EXPECT_MSG_EQ(amounts.GetTotal(), 691 + 11264 + 4096 + 1536 + 50 - 2045, "total");
        service.bits = {};
        NS_TEST_EXPECT_MSG_EQ(RateService(Prices(), service).GetTotal(),
                              691 - 2045,
                              "credits can be more than fees");
        ClassTariff dear;
        dear.basePerS = MAX_PRICE_PER_S;
        dear.perBit.fill(MAX_PRICE_PER_BIT);
        service.opened = Time(0);
        service.until = Seconds(1e9) + NanoSeconds(999999999);
        service.bits = {1000000000000, 0, 0, 0};
        const ChargedAmounts high = RateService(dear, service);
        NS_TEST_EXPECT_MSG_EQ(high.base, 1000000000999999999, "31.7 years, to the nanosecond");
        NS_TEST_EXPECT_MSG_EQ(high.uses[CHARGED_SUPPLY], 1000000000000000000, "10^12 bits");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What reports that are lost, repeated, late or of a new epoch do to an account.
 */
class ChargingLedgerTest : public TestCase
{
  public:
    ChargingLedgerTest()
        : TestCase(
              "Lost, repeated and late reports do no harm, and neither does a KM that restarts")
    {
    }

  private:
    /// Expect the bits of the account.
    void Expect(const ChargingLedger& ledger, const KeyUsage& bits, const std::string& what)
    {
        NS_TEST_EXPECT_MSG_EQ(BitsOf(ledger.GetRecord(A, Seconds(9)).service.bits),
                              BitsOf(bits),
                              what);
    }

    void CheckReports()
    {
        ChargingLedger ledger = OpenLedger();
        Expect(ledger, {0, 0, 0, 0}, "nothing used");
        ledger.Report(KM1, ReportOf(0, 1, {0, 100, 0, 0}));
        ledger.Report(KM2, ReportOf(0, 1, {50, 100, 0, 0}));
        Expect(ledger, {50, 200, 0, 0}, "two KMs");
        ledger.Report(KM1, ReportOf(0, 1, {0, 100, 0, 0}));
        Expect(ledger, {50, 200, 0, 0}, "a report that comes again");
        ledger.Report(KM1, ReportOf(0, 4, {0, 400, 30, 0}));
        Expect(ledger, {50, 500, 30, 0}, "two reports were lost");
        ledger.Report(KM1, ReportOf(0, 3, {0, 300, 30, 0}));
        Expect(ledger, {50, 500, 30, 0}, "a late report");
        ledger.Report(KM1, ReportOf(0, 5, {0, 390, 30, 0}));
        Expect(ledger, {50, 490, 30, 0}, "key that was void after all");
        ledger.Report(KM1, ReportOf(7, 1, {0, 8, 0, 2}));
        Expect(ledger, {50, 498, 30, 2}, "a new epoch");
        ledger.Report(KM1, ReportOf(7, 1, {0, 8, 0, 2}));
        Expect(ledger, {50, 498, 30, 2}, "the same again");
        ledger.Report(KM1, ReportOf(0, 6, {0, 999, 99, 9}));
        Expect(ledger, {50, 498, 30, 2}, "a late report of the epoch before");
        ledger.Report(KM1, ReportOf(9, 1, {0, 1, 0, 0}));
        Expect(ledger, {50, 499, 30, 2}, "one more epoch");
    }

    void CheckStrangers()
    {
        ChargingLedger ledger = OpenLedger();
        CkUsageReport report = ReportOf(0, 1, {0, 100, 0, 0});
        report.sessions.push_back(CkSessionUsage{B, {0, 1, 0, 0}});
        NS_TEST_EXPECT_MSG_EQ(ledger.Report(KM1, report), false, "B is not open");
        Expect(ledger, {0, 0, 0, 0}, "nothing of a bad report counts");
        ledger.Open(B, CLASS_RESTORATION, Seconds(1), Seconds(1));
        NS_TEST_EXPECT_MSG_EQ(ledger.GetRecords(Seconds(9)).size(), 1, "its class is not charged");
        NS_TEST_EXPECT_MSG_EQ(ledger.Report(KM1, report), true, "but what it uses is known");
        Expect(ledger, {0, 100, 0, 0}, "and does not hinder that of others");
        ledger.SetInterrupted(B, true, Seconds(3));
        ledger.Report(KM1, ReportOf(0, 1, {0, 100, 0, 0}));
        ledger.Open(A, CLASS_ROUTE_1_1, Seconds(2), Seconds(5));
        const ChargingRecord record = ledger.GetRecord(A, Seconds(9));
        NS_TEST_EXPECT_MSG_EQ(record.service.opened, Seconds(1), "it was open already");
        NS_TEST_EXPECT_MSG_EQ(record.amounts.base, 56, "7 * 8");
        NS_TEST_EXPECT_MSG_EQ(record.amounts.uses[CHARGED_WORKING], 200, "2 * 100");
    }

    /// Credits and violations at a time.
    void ExpectCredit(const ChargingLedger& ledger,
                      double at,
                      uint64_t violations,
                      uint64_t credit,
                      const std::string& what)
    {
        const ChargingRecord record = ledger.GetRecord(A, Seconds(at));
        NS_TEST_EXPECT_MSG_EQ(record.service.violations, violations, what);
        NS_TEST_EXPECT_MSG_EQ(record.amounts.credit, credit, what);
    }

    void CheckCredits()
    {
        ChargingLedger ledger = OpenLedger();
        ledger.SetInterrupted(A, false, Seconds(5));
        ExpectCredit(ledger, 6, 0, 0, "no interruption");
        ledger.SetInterrupted(A, true, Seconds(10));
        ExpectCredit(ledger, 12, 0, 0, "as long as it bears");
        ledger.SetInterrupted(A, false, Seconds(12));
        ExpectCredit(ledger, 20, 0, 0, "tolerated");
        ledger.SetInterrupted(A, true, Seconds(20));
        ledger.SetInterrupted(A, true, Seconds(21));
        ExpectCredit(ledger, 25, 1, 1039, "1000 + 3 * 13, and it lasts");
        ledger.SetInterrupted(A, false, Seconds(26));
        ledger.SetInterrupted(A, false, Seconds(28));
        ExpectCredit(ledger, 30, 1, 1052, "1000 + 4 * 13, and it is over");
        ledger.SetInterrupted(A, true, Seconds(30));
        ledger.SetInterrupted(A, false, Seconds(33));
        ExpectCredit(ledger, 40, 2, 2065, "2 * 1000 + 5 * 13");
        ChargingLedger patient;
        patient.SetTariff({{CLASS_ROUTE_1_1, Prices()}});
        patient.Open(A, CLASS_ROUTE_1_1, Time::Max(), Seconds(0));
        patient.SetInterrupted(A, true, Seconds(1));
        ExpectCredit(patient, 1e9, 0, 0, "without a toleration time there is no credit");
    }

    void DoRun() override
    {
        CheckReports();
        CheckStrangers();
        CheckCredits();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The messages of charging.
 */
class ChargingMessagesTest : public TestCase
{
  public:
    ChargingMessagesTest()
        : TestCase("Reports and records survive the way, and bad ones are refused")
    {
    }

  private:
    void CheckReport()
    {
        CkUsageReport report = ReportOf(5000000000, 77, {1, 2, 3, UINT64_MAX});
        report.sessions.push_back(CkSessionUsage{B, {5, 6, 7, 8}});
        const auto read = CkUsageReport::FromPacket(report.ToPacket());
        NS_TEST_ASSERT_MSG_EQ(read.has_value(), true, "it can be read");
        NS_TEST_EXPECT_MSG_EQ(read->epoch, 5000000000, "epoch");
        NS_TEST_EXPECT_MSG_EQ(read->number, 77, "number");
        NS_TEST_ASSERT_MSG_EQ(read->sessions.size(), 2, "sessions");
        NS_TEST_EXPECT_MSG_EQ(read->sessions[0].session, A, "first session");
        NS_TEST_EXPECT_MSG_EQ(BitsOf(read->sessions[0].bits),
                              BitsOf(report.sessions[0].bits),
                              "its bits");
        NS_TEST_EXPECT_MSG_EQ(BitsOf(read->sessions[1].bits), "5 6 7 8", "bits of the second");
        for (const int bytes : {-1, 1})
        {
            NS_TEST_EXPECT_MSG_EQ(
                CkUsageReport::FromPacket(Resize(report.ToPacket(), bytes)).has_value(),
                false,
                "wrong length");
        }
        report.sessions.back().session = A;
        NS_TEST_EXPECT_MSG_EQ(CkUsageReport::FromPacket(report.ToPacket()).has_value(),
                              false,
                              "a session twice");
        NS_TEST_EXPECT_MSG_EQ(
            CkUsageReport::FromPacket(ReportOf(0, 1, {}, SessionId()).ToPacket()).has_value(),
            false,
            "no session");
        report.sessions.clear();
        for (uint32_t i = 1; i <= CkUsageReport::MAX_SESSIONS + 1; ++i)
        {
            report.sessions.push_back(CkSessionUsage{SessionId(i), {}});
        }
        NS_TEST_EXPECT_MSG_EQ(CkUsageReport::FromPacket(report.ToPacket()).has_value(),
                              false,
                              "too many sessions");
    }

    void CheckRecord()
    {
        ChargingLedger ledger = OpenLedger();
        ledger.Report(KM1, ReportOf(0, 1, {10, 20, 30, 40}));
        ledger.SetInterrupted(A, true, Seconds(2));
        const ChargingRecord record = ledger.GetRecord(A, Seconds(9));
        const auto read = ChargingRecord::FromPacket(record.ToPacket());
        NS_TEST_ASSERT_MSG_EQ(read.has_value(), true, "it can be read");
        NS_TEST_EXPECT_MSG_EQ(read->session, A, "session");
        NS_TEST_EXPECT_MSG_EQ(read->resilienceClass, CLASS_ROUTE_1_1, "class");
        NS_TEST_EXPECT_MSG_EQ(read->service.opened, Seconds(1), "opened");
        NS_TEST_EXPECT_MSG_EQ(read->service.until, Seconds(9), "until");
        NS_TEST_EXPECT_MSG_EQ(BitsOf(read->service.bits), "10 20 30 40", "bits");
        NS_TEST_EXPECT_MSG_EQ(read->service.violations, 1, "violations");
        NS_TEST_EXPECT_MSG_EQ(read->service.excess, Seconds(5), "excess");
        NS_TEST_EXPECT_MSG_EQ((read->amounts == record.amounts), true, "amounts");
        for (const int bytes : {-1, 1})
        {
            NS_TEST_EXPECT_MSG_EQ(
                ChargingRecord::FromPacket(Resize(record.ToPacket(), bytes)).has_value(),
                false,
                "wrong length");
        }
        ExpectRefused(record, "no session", [](ChargingRecord& r) { r.session = SessionId(); });
        ExpectRefused(record, "ends before it begins", [](ChargingRecord& r) {
            r.service.until = Seconds(0.5);
        });
        ExpectRefused(record, "no class", [](ChargingRecord& r) {
            r.resilienceClass = static_cast<ResilienceClass>(CLASS_ROUTE_SHARED + 1);
        });
        ExpectRefused(record, "an amount that cannot be", [](ChargingRecord& r) {
            r.amounts.credit = uint64_t{1} << 63;
        });
        ExpectRefused(record, "a sum that cannot be", [](ChargingRecord& r) {
            r.amounts.base = (uint64_t{1} << 63) - 1;
        });
    }

    /// Expect that a record is refused once it is changed.
    void ExpectRefused(ChargingRecord record,
                       const std::string& what,
                       void (*change)(ChargingRecord&))
    {
        change(record);
        NS_TEST_EXPECT_MSG_EQ(ChargingRecord::FromPacket(record.ToPacket()).has_value(),
                              false,
                              what);
    }

    void CheckManager()
    {
        const ChargingLedger ledger = OpenLedger();
        ChargingRecords records;
        NS_TEST_EXPECT_MSG_EQ(records.Update(ledger.GetRecord(A, Seconds(9))), true, "the first");
        NS_TEST_EXPECT_MSG_EQ(records.Update(ledger.GetRecord(A, Seconds(8))), false, "older");
        NS_TEST_EXPECT_MSG_EQ(records.Update(ledger.GetRecord(A, Seconds(9))), false, "the same");
        NS_TEST_EXPECT_MSG_EQ(records.Update(ledger.GetRecord(A, Seconds(10))), true, "newer");
        NS_TEST_EXPECT_MSG_EQ(records.GetAll().at(A).service.until, Seconds(10), "the newest");
    }

    void DoRun() override
    {
        CheckReport();
        CheckRecord();
        CheckManager();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What a KM counts.
 */
class KeyUsageMeterTest : public TestCase
{
  public:
    KeyUsageMeterTest()
        : TestCase("A meter counts, takes back, and reports what has changed")
    {
    }

  private:
    /// Sessions in the next reports.
    static std::string SessionsOf(const std::vector<CkUsageReport>& reports)
    {
        std::string text;
        for (const CkUsageReport& report : reports)
        {
            for (const CkSessionUsage& usage : report.sessions)
            {
                text += std::to_string(usage.session.value) + " ";
            }
        }
        return text;
    }

    void Used(KmId, SessionId, ChargedUse, int64_t bits)
    {
        m_traced += bits;
    }

    void DoRun() override
    {
        const auto meter = CreateObject<KeyUsageMeter>();
        meter->Configure(KM1);
        meter->TraceConnectWithoutContext("Use", MakeCallback(&KeyUsageMeterTest::Used, this));
        NS_TEST_EXPECT_MSG_EQ(meter->MakeReports(true).size(), 0, "nothing to say");
        meter->Add(A, CHARGED_WORKING, 100);
        meter->Add(B, CHARGED_EXTRA, 7);
        meter->Remove(A, CHARGED_WORKING, 30);
        NS_TEST_EXPECT_MSG_EQ(m_traced, 77, "traced");
        NS_TEST_EXPECT_MSG_EQ(BitsOf(meter->GetUsage(A)), "0 70 0 0", "counted");
        NS_TEST_EXPECT_MSG_EQ(SessionsOf(meter->MakeReports(false)), "1 2 ", "both have changed");
        NS_TEST_EXPECT_MSG_EQ(SessionsOf(meter->MakeReports(false)), "", "none has");
        meter->Add(B, CHARGED_EXTRA, 1);
        NS_TEST_EXPECT_MSG_EQ(SessionsOf(meter->MakeReports(false)), "2 ", "one has");
        const std::vector<CkUsageReport> all = meter->MakeReports(true);
        NS_TEST_EXPECT_MSG_EQ(SessionsOf(all), "1 2 ", "all");
        NS_TEST_EXPECT_MSG_EQ(all.back().number, 3, "numbered");
        CheckKeys(*meter);
        meter->Restart();
        NS_TEST_EXPECT_MSG_EQ(BitsOf(meter->GetUsage(A)), "0 0 0 0", "lost");
        NS_TEST_EXPECT_MSG_EQ(meter->MakeReports(true).size(), 0, "nothing to say again");
        for (uint32_t i = 1; i <= CkUsageReport::MAX_SESSIONS + 1; ++i)
        {
            meter->Add(SessionId(i), CHARGED_SUPPLY, 8);
        }
        const std::vector<CkUsageReport> many = meter->MakeReports(false);
        NS_TEST_ASSERT_MSG_EQ(many.size(), 2, "more than a message holds");
        NS_TEST_EXPECT_MSG_EQ(many[1].sessions.size(), 1, "the rest");
        NS_TEST_EXPECT_MSG_GT(many[1].number, many[0].number, "in order");
    }

    /// KSA-key is counted once it is handed over or on its way.
    void CheckKeys(KeyUsageMeter& meter)
    {
        KsaKeyEvent event;
        event.key.session = A;
        event.material = KeyMaterial::FromBytes(std::vector<uint8_t>(32, 1));
        const std::vector<std::pair<KsaKeyEventKind, uint64_t>> kinds{{KSA_EVENT_HELD, 0},
                                                                      {KSA_EVENT_HANDED_OVER, 256},
                                                                      {KSA_EVENT_GIVEN_OUT, 512},
                                                                      {KSA_EVENT_GIVEN_UP, 512},
                                                                      {KSA_EVENT_VOIDED, 512},
                                                                      {KSA_EVENT_EXPIRED, 512},
                                                                      {KSA_EVENT_DESTROYED, 512}};
        for (const auto& [kind, supplied] : kinds)
        {
            event.kind = kind;
            meter.SlaveKeyChanged(event);
            NS_TEST_EXPECT_MSG_EQ(meter.GetUsage(A)[CHARGED_SUPPLY], supplied, "event " << kind);
        }
    }

    int64_t m_traced{0}; //!< sum of what was traced
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The verdict on charging.
 */
class ChargingRequirementTest : public TestCase
{
  public:
    ChargingRequirementTest()
        : TestCase("G-C2 compares records with the tariff and with what was measured")
    {
    }

  private:
    /// A record of 10 bits of working key.
    static ChargingRecord Record(uint64_t bits)
    {
        ChargingLedger ledger = OpenLedger();
        ledger.Report(KM1, ReportOf(0, 1, {0, bits, 0, 0}));
        return ledger.GetRecord(A, Seconds(40));
    }

    /**
     * @brief Judge a run in which session A used 10 bits at 10 s and 10 at 20 s.
     * @param record its record, none if there is none
     * @param end end of the run, s
     * @return cases that are good, and that are bad
     */
    static std::string Judge(const std::optional<ChargingRecord>& record, double end)
    {
        ChargingRequirements requirements(Seconds(5));
        requirements.SetTariff({{CLASS_ROUTE_1_1, Prices()}}, Seconds(10));
        requirements.AddSession(A, CLASS_ROUTE_1_1);
        requirements.AddSession(B, CLASS_UNPROTECTED);
        requirements.UseMeasured(Seconds(10), A, CHARGED_WORKING, 10);
        requirements.UseMeasured(Seconds(15), A, CHARGED_WORKING, 3);
        requirements.UseMeasured(Seconds(16), A, CHARGED_WORKING, -3);
        requirements.UseMeasured(Seconds(20), A, CHARGED_WORKING, 10);
        requirements.UseMeasured(Seconds(20), B, CHARGED_WORKING, 10);
        if (record)
        {
            requirements.RecordMade(Sighting{Seconds(40), 4}, *record);
        }
        const auto finding =
            requirements.Check(Seconds(end), [](SessionId) { return std::string("it"); });
        std::string text = std::to_string(finding.good) + " good";
        for (const std::string& bad : finding.bad)
        {
            text += ", " + bad;
        }
        return text;
    }

    void DoRun() override
    {
        NS_TEST_EXPECT_MSG_EQ(Judge(Record(20), 40), "1 good", "all that was measured");
        NS_TEST_EXPECT_MSG_EQ(Judge(Record(10), 34), "1 good", "the rest is under way");
        NS_TEST_EXPECT_MSG_EQ(Judge(Record(13), 30), "1 good", "some was taken back meanwhile");
        NS_TEST_EXPECT_MSG_EQ(Judge(Record(10), 35),
                              "0 good, the record of it has 10 bits of working, measured were 20",
                              "the rest is missing");
        NS_TEST_EXPECT_MSG_EQ(Judge(Record(21), 40),
                              "0 good, the record of it has 21 bits of working, measured were 20",
                              "too much");
        NS_TEST_EXPECT_MSG_EQ(Judge(std::nullopt, 34),
                              "0 good, the record of it has 0 bits of working, measured were 10",
                              "no record");
        NS_TEST_EXPECT_MSG_EQ(Judge(std::nullopt, 20), "0 good", "no time for one");
        ChargingRecord wrong = Record(20);
        ++wrong.amounts.uses[CHARGED_WORKING];
        NS_TEST_EXPECT_MSG_EQ(Judge(wrong, 40),
                              "0 good, the record of it does not follow the tariff",
                              "too dear");
        const ChargingRequirements free(Seconds(5));
        const auto idle = free.Check(Seconds(40), [](SessionId) { return std::string(); });
        NS_TEST_EXPECT_MSG_EQ(idle.good + idle.bad.size(), 0, "no tariff, no case");
        NS_TEST_EXPECT_MSG_EQ(idle.idle, "nothing is charged: there is no tariff", "and why");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of the parts of charging.
 */
class QkdnChargingTestSuite : public TestSuite
{
  public:
    QkdnChargingTestSuite()
        : TestSuite("qkdn-charging", Type::UNIT)
    {
        AddTestCase(new ChargingTariffTest);
        AddTestCase(new ChargingLedgerTest);
        AddTestCase(new ChargingMessagesTest);
        AddTestCase(new KeyUsageMeterTest);
        AddTestCase(new ChargingRequirementTest);
    }
};

static QkdnChargingTestSuite g_qkdnChargingTestSuite; //!< registers the suite
