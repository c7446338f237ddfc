/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-charging-run-test.h"

#include "ns3/qkdn-charging-ledger.h"

#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;
using namespace ns3::qkdn::charging_test;

namespace
{

const SessionId SESSION(3); //!< a session
const KmId KM1(1);          //!< a key manager
const KmId KM2(2);          //!< another key manager

/// A ledger with an account.
ChargingLedger
OpenAt(Time opened)
{
    ChargingLedger ledger;
    ledger.SetTariff({{CLASS_ROUTE_1_1, ClassTariff()}});
    ledger.Open(SESSION, CLASS_ROUTE_1_1, Seconds(2), opened);
    return ledger;
}

/// A KM tells its totals.
void
Report(ChargingLedger& ledger, KmId km, uint64_t epoch, uint64_t number, uint64_t bits)
{
    CkUsageReport report;
    report.epoch = epoch;
    report.number = number;
    report.sessions.push_back(CkSessionUsage{SESSION, {0, bits, 0, 0}});
    ledger.Report(km, report);
}

/// The bits of the account.
uint64_t
BitsOf(const ChargingLedger& ledger)
{
    return ledger.GetRecord(SESSION, Seconds(100)).service.bits[CHARGED_WORKING];
}

/// The account.
const ChargingAccount&
AccountOf(const ChargingLedger& ledger)
{
    return ledger.GetAccounts().at(SESSION);
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Two accounts of one session become one.
 */
class ChargingMergeTest : public TestCase
{
  public:
    ChargingMergeTest()
        : TestCase("Accounts are merged in any order and number, and are read as written")
    {
    }

  private:
    void CheckUse()
    {
        ChargingLedger first = OpenAt(Seconds(1));
        ChargingLedger second = OpenAt(Seconds(4));
        Report(first, KM1, 0, 4, 400);
        Report(first, KM2, 0, 1, 10);
        // the second one has missed the last word of the first epoch of KM 1, but knows a later one
        Report(second, KM1, 0, 2, 200);
        Report(second, KM1, 9, 1, 30);
        Report(second, KM2, 0, 2, 15);
        const ChargingAccount before = AccountOf(first);
        first.Merge(AccountOf(second));
        second.Merge(before);
        NS_TEST_EXPECT_MSG_EQ(BitsOf(first), 445, "400 and 30, and 15");
        NS_TEST_EXPECT_MSG_EQ(BitsOf(second), 445, "in the other order");
        first.Merge(AccountOf(second));
        first.Merge(before);
        NS_TEST_EXPECT_MSG_EQ(BitsOf(first), 445, "again, and an old one");
        NS_TEST_EXPECT_MSG_EQ(AccountOf(second).opened, Seconds(1), "since the first request");
        ChargingLedger third;
        third.SetTariff({{CLASS_ROUTE_1_1, ClassTariff()}});
        third.Merge(AccountOf(first));
        NS_TEST_EXPECT_MSG_EQ(BitsOf(third), 445, "of a session that was not known");
        Report(third, KM1, 9, 2, 31);
        NS_TEST_EXPECT_MSG_EQ(BitsOf(third), 446, "it goes on");
    }

    void CheckInterruptions()
    {
        ChargingLedger first = OpenAt(Seconds(1));
        first.SetInterrupted(SESSION, true, Seconds(10));
        first.SetInterrupted(SESSION, false, Seconds(13));
        first.SetInterrupted(SESSION, true, Seconds(20));
        ChargingLedger second = OpenAt(Seconds(1));
        second.Merge(AccountOf(first));
        second.SetInterrupted(SESSION, false, Seconds(27));
        const auto record = second.GetRecord(SESSION, Seconds(30));
        NS_TEST_EXPECT_MSG_EQ(record.service.violations, 2, "one before, one over the takeover");
        NS_TEST_EXPECT_MSG_EQ(record.service.excess, Seconds(6), "1 s and 5 s");
        second.Merge(AccountOf(first));
        NS_TEST_EXPECT_MSG_EQ(second.GetRecord(SESSION, Seconds(90)).service.excess,
                              Seconds(6),
                              "what is older changes nothing");
        first.Merge(AccountOf(second));
        NS_TEST_EXPECT_MSG_EQ(first.GetRecord(SESSION, Seconds(90)).service.excess,
                              Seconds(6),
                              "and is replaced");
    }

    void CheckMessage()
    {
        ChargingLedger ledger = OpenAt(Seconds(1));
        Report(ledger, KM1, 0, 4, 400);
        Report(ledger, KM1, 7, 1, 1);
        ledger.SetInterrupted(SESSION, true, Seconds(10));
        const Ptr<Packet> packet = AccountOf(ledger).ToPacket();
        const auto read = ChargingAccount::FromPacket(packet);
        NS_TEST_ASSERT_MSG_EQ(read.has_value(), true, "understood");
        NS_TEST_EXPECT_MSG_EQ(read->session, SESSION, "session");
        NS_TEST_EXPECT_MSG_EQ(read->resilienceClass, CLASS_ROUTE_1_1, "class");
        NS_TEST_EXPECT_MSG_EQ(read->toleration, Seconds(2), "toleration");
        NS_TEST_EXPECT_MSG_EQ(read->interrupted.value_or(Time(0)), Seconds(10), "interruption");
        NS_TEST_EXPECT_MSG_EQ(read->changed, Seconds(10), "its time");
        ChargingLedger other;
        other.SetTariff(ledger.GetTariff());
        other.Merge(*read);
        NS_TEST_EXPECT_MSG_EQ(BitsOf(other), 401, "bits");
        for (uint32_t size = 0; size < packet->GetSize(); ++size)
        {
            NS_TEST_EXPECT_MSG_EQ(
                ChargingAccount::FromPacket(packet->CreateFragment(0, size)).has_value(),
                false,
                "cut to " << size << " bytes");
        }
        ChargingAccount bad = *read;
        bad.session = SessionId();
        NS_TEST_EXPECT_MSG_EQ(ChargingAccount::FromPacket(bad.ToPacket()).has_value(),
                              false,
                              "no session");
        bad = *read;
        bad.excess = Seconds(-1);
        NS_TEST_EXPECT_MSG_EQ(ChargingAccount::FromPacket(bad.ToPacket()).has_value(),
                              false,
                              "a negative time");
        bad = *read;
        bad.counters[{KmId(), 0}].number = 1;
        NS_TEST_EXPECT_MSG_EQ(ChargingAccount::FromPacket(bad.ToPacket()).has_value(),
                              false,
                              "no KM");
    }

    void DoRun() override
    {
        CheckUse();
        CheckInterruptions();
        CheckMessage();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Base of runs with two controllers: C at node 3, and C2 at node 4.
 */
class ChargingStandbyTest : public ChargingRunTest
{
  protected:
    using ChargingRunTest::ChargingRunTest;

    /// Run with both controllers.
    static ExperimentResults RunTwo(const Overrides& more)
    {
        Overrides overrides{{"/controllers/-", R"({"id": "C2", "node": "4"})"}};
        overrides.insert(overrides.end(), more.begin(), more.end());
        return Run(overrides);
    }

    /// Records that a controller has made.
    static uint32_t CountRecords(const ExperimentResults& results, const std::string& controller)
    {
        uint32_t records = 0;
        for (const EventResult& event : results.eventLog)
        {
            records += event.kind == "charging-record" && event.entity == controller ? 1 : 0;
        }
        return records;
    }

    /// Expect that a run charges what another one charges.
    void ExpectSame(const ExperimentResults& results,
                    const ExperimentResults& expected,
                    const std::string& what)
    {
        NS_TEST_EXPECT_MSG_EQ(results.charges.size(), expected.charges.size(), what);
        for (const ChargeResult& charge : expected.charges)
        {
            const ChargeResult& other = Find(results, charge.session);
            for (std::size_t use = 0; use < CHARGED_USE_COUNT; ++use)
            {
                NS_TEST_EXPECT_MSG_EQ(other.service.bits[use],
                                      charge.service.bits[use],
                                      what << ": " << charge.session << ", use " << use);
            }
            // messages between controllers come before the first request
            NS_TEST_EXPECT_MSG_LT(Abs(other.service.opened - charge.service.opened),
                                  MilliSeconds(1),
                                  what << ": opened");
            NS_TEST_EXPECT_MSG_EQ(other.service.violations,
                                  charge.service.violations,
                                  what << ": violations");
            NS_TEST_EXPECT_MSG_EQ((other.amounts.uses == charge.amounts.uses),
                                  true,
                                  what << ": price of the key of " << charge.session);
        }
        ExpectBooks(results, what);
        ExpectVerdict(results, REQUIREMENT_SATISFIED, "2 of 2");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Controllers crash, and the accounts go on.
 */
class ChargingTakeoverTest : public ChargingStandbyTest
{
  public:
    ChargingTakeoverTest()
        : ChargingStandbyTest("A controller that takes over continues the accounts")
    {
    }

  private:
    void DoRun() override
    {
        const ExperimentResults quiet = Run({});
        const ExperimentResults both = RunTwo({});
        ExpectSame(both, quiet, "no crash");
        NS_TEST_EXPECT_MSG_GT(CountRecords(both, "controller/C"), 0, "the active one");
        NS_TEST_EXPECT_MSG_EQ(CountRecords(both, "controller/C2"), 0, "not the standby");
        // around the reports of 15 s: before, while they arrive, when they are passed on, after
        for (const char* crash : {"12", "15.0002", "15.0004"})
        {
            const ExperimentResults once = RunTwo({Fault("controller-crash", "C", crash, "100")});
            ExpectSame(once, quiet, std::string("crash at ") + crash);
            NS_TEST_EXPECT_MSG_GT(CountRecords(once, "controller/C2"), 0, "the new one");
        }
        const ExperimentResults twice = RunTwo({Fault("controller-crash", "C", "12", "5"),
                                                Fault("controller-crash", "C2", "26", "100")});
        ExpectSame(twice, quiet, "there and back");
        NS_TEST_EXPECT_MSG_GT(CountRecords(twice, "controller/C2"), 0, "for a while");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Interruptions, counts that are lost, and two controllers that are both active.
 */
class ChargingStandbyFailureTest : public ChargingStandbyTest
{
  public:
    ChargingStandbyFailureTest()
        : ChargingStandbyTest("Interruptions, restarts of KMs and a partition over a takeover")
    {
    }

  private:
    void DoRun() override
    {
        const Overrides cut = {CUT, {"/sessions/1/toleration_s", "2"}};
        Overrides crash = cut;
        crash.push_back(Fault("controller-crash", "C", "25", "100"));
        const ExperimentResults calm = Run(cut);
        NS_TEST_ASSERT_MSG_EQ(Find(calm, "B").service.violations, 1, "B has to stop");
        ExpectSame(RunTwo(crash), calm, "within an interruption");

        // KM 2 forgets its counts: their last word is known to the first controller only, which
        // cannot reach the other one, but crashes and comes back
        const Overrides restart = {Fault("km-crash", "2", "18", "3"),
                                   {"/key_management/pools_survive_crash", "false"}};
        Overrides takeover = restart;
        takeover.push_back(Fault("controller-crash", "C", "26", "5"));
        const ExperimentResults lost = Run(restart);
        const ExperimentResults kept = RunTwo(takeover);
        NS_TEST_EXPECT_MSG_EQ(Find(kept, "A").service.bits[CHARGED_WORKING],
                              Find(lost, "A").service.bits[CHARGED_WORKING],
                              "earlier counts of a KM outlive the takeover");

        // C2 is alone with KM 4, which counts what the slave applications get
        const ExperimentResults apart =
            RunTwo({Fault("classical-link-failure", "f24", "12", "12"),
                    Fault("classical-link-failure", "f34", "12", "12")});
        NS_TEST_EXPECT_MSG_GT(CountRecords(apart, "controller/C2"), 0, "it took over");
        ExpectBooks(apart, "after a partition");
        ExpectVerdict(apart, REQUIREMENT_SATISFIED, "2 of 2");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of charging with two controllers.
 */
class QkdnChargingFailoverTestSuite : public TestSuite
{
  public:
    QkdnChargingFailoverTestSuite()
        : TestSuite("qkdn-charging-failover", Type::SYSTEM)
    {
        AddTestCase(new ChargingMergeTest);
        AddTestCase(new ChargingTakeoverTest);
        AddTestCase(new ChargingStandbyFailureTest);
    }
};

static QkdnChargingFailoverTestSuite g_qkdnChargingFailoverTestSuite; //!< registers the suite
