/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-charging-run-test.h"

#include "ns3/qkdn-manager.h"

#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;
using namespace ns3::qkdn::charging_test;

std::string
ns3::qkdn::charging_test::GetExamplePath()
{
    return std::string(QKDN_SOURCE_DIR) + "/examples/scenarios/itu-example-1-2.json";
}

/**
 * @ingroup qkdn-resilience-tests
 * @brief Example 1.2 by hand.
 */
class ChargingExampleTest : public ChargingRunTest
{
  public:
    ChargingExampleTest()
        : ChargingRunTest("Example 1.2 costs what the tariff says, calculated by hand")
    {
    }

  private:
    /// Without failure: 120 keys of 512 bits over two hops.
    void CheckQuiet()
    {
        const ExperimentResults results = Run({});
        const ChargeResult& a = Find(results, "A");
        NS_TEST_EXPECT_MSG_EQ(a.service.until, Seconds(45.5), "the last records");
        NS_TEST_EXPECT_MSG_EQ(a.service.bits[CHARGED_SUPPLY], 120 * 512, "4 keys/s from 5 s on");
        NS_TEST_EXPECT_MSG_EQ(a.service.bits[CHARGED_WORKING], 2 * 120 * 512, "over two hops");
        NS_TEST_EXPECT_MSG_EQ(a.service.bits[CHARGED_PROTECTION], 0, "nothing fails");
        NS_TEST_EXPECT_MSG_EQ(a.service.bits[CHARGED_EXTRA], 0, "it is no extra traffic");
        const auto ns =
            static_cast<uint64_t>((a.service.until - a.service.opened).GetNanoSeconds());
        NS_TEST_EXPECT_MSG_EQ(a.amounts.base, ns / 1000000, "1000 micro-units a second");
        NS_TEST_EXPECT_MSG_EQ(a.amounts.credit, 0, "nothing fails");
        NS_TEST_EXPECT_MSG_EQ(static_cast<uint64_t>(a.amounts.GetTotal()),
                              ns / 1000000 + 120 * 512 * 20 + 2 * 120 * 512 * 5,
                              "total of A");
        const ChargeResult& b = Find(results, "B");
        const uint64_t bits = b.service.bits[CHARGED_SUPPLY];
        NS_TEST_EXPECT_MSG_EQ(bits, 105 * 512, "3.5 keys/s from 5 s on");
        NS_TEST_EXPECT_MSG_EQ(b.service.bits[CHARGED_EXTRA], 2 * bits, "extra traffic");
        NS_TEST_EXPECT_MSG_EQ(b.service.bits[CHARGED_WORKING], 0, "extra traffic only");
        for (const SessionResult& session : results.sessions)
        {
            NS_TEST_ASSERT_MSG_EQ(session.charge.has_value(), true, session.id);
            NS_TEST_EXPECT_MSG_EQ(*session.charge,
                                  Find(results, session.id).amounts.GetTotal(),
                                  session.id);
        }
        ExpectBooks(results, "quiet");
        ExpectVerdict(results, REQUIREMENT_SATISFIED, "2 of 2");
    }

    /// Session A goes over to its protection route, and B has to stop.
    void CheckCut()
    {
        const ExperimentResults results = Run({CUT});
        const ChargeResult& a = Find(results, "A");
        NS_TEST_EXPECT_MSG_EQ(a.service.bits[CHARGED_SUPPLY], 120 * 512, "no key is missing");
        NS_TEST_EXPECT_MSG_GT(a.service.bits[CHARGED_WORKING], 2 * 35 * 512, "before the cut");
        NS_TEST_EXPECT_MSG_GT(a.service.bits[CHARGED_PROTECTION], 2 * 70 * 512, "after it");
        NS_TEST_EXPECT_MSG_EQ(a.service.bits[CHARGED_WORKING] + a.service.bits[CHARGED_PROTECTION],
                              2 * 120 * 512,
                              "two hops on both routes");
        NS_TEST_EXPECT_MSG_EQ(Find(results, "B").amounts.credit,
                              0,
                              "no toleration time, no credit");
        ExpectBooks(results, "cut");
        ExpectVerdict(results, REQUIREMENT_SATISFIED, "2 of 2");
    }

    void DoRun() override
    {
        CheckQuiet();
        CheckCut();
        const ExperimentResults free = ScenarioRunner().Run(
            [] {
                Scenario scenario = Example({});
                scenario.charging.reset();
                return scenario;
            }(),
            "free");
        NS_TEST_EXPECT_MSG_EQ(free.charges.size(), 0, "nothing is charged");
        NS_TEST_EXPECT_MSG_EQ(free.sessions[0].charge.has_value(), false, "no charge");
        ExpectVerdict(free, REQUIREMENT_NOT_EXERCISED, "there is no tariff");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Credits for interruptions that last too long (G-C2).
 */
class ChargingCreditTest : public ChargingRunTest
{
  public:
    ChargingCreditTest()
        : ChargingRunTest("An interruption longer than tolerated is credited")
    {
    }

  private:
    void DoRun() override
    {
        // extra traffic that has to stop runs out of key at once
        const ExperimentResults results = Run({CUT, {"/sessions/1/toleration_s", "2"}});
        const ChargeResult& b = Find(results, "B");
        NS_TEST_EXPECT_MSG_EQ(b.service.violations, 1, "once");
        // from the cut to the newest record, less detection, a refused request and 2 s
        NS_TEST_EXPECT_MSG_GT(b.service.excess, Seconds(17), "for long");
        NS_TEST_EXPECT_MSG_LT(b.service.excess, Seconds(28.5), "not longer than the records");
        const auto ns = static_cast<uint64_t>(b.service.excess.GetNanoSeconds());
        NS_TEST_EXPECT_MSG_EQ(b.amounts.credit,
                              3000000 + ns / 1000000000 * 40000 +
                                  ns % 1000000000 * 40000 / 1000000000,
                              "3000000 and 40000 a second");
        NS_TEST_EXPECT_MSG_EQ(Find(results, "A").service.violations, 0, "A is protected");
        const ExperimentResults patient = Run({CUT, {"/sessions/1/toleration_s", "60"}});
        NS_TEST_EXPECT_MSG_EQ(Find(patient, "B").amounts.credit, 0, "it bears that");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Charging when what counts and what charges fail.
 */
class ChargingFailureTest : public ChargingRunTest
{
  public:
    ChargingFailureTest()
        : ChargingRunTest("Crashes of key managers and the controller, and lost reports")
    {
    }

  private:
    void DoRun() override
    {
        const ExperimentResults controller = Run({Fault("controller-crash", "C", "12", "10")});
        ExpectBooks(controller, "the controller crashes");
        ExpectVerdict(controller, REQUIREMENT_SATISFIED, "2 of 2");
        NS_TEST_EXPECT_MSG_LT(Find(controller, "A").service.opened,
                              Seconds(5),
                              "accounts outlive the crash");

        const ExperimentResults kept = Run({Fault("km-crash", "2", "17", "3")});
        ExpectBooks(kept, "a KM crashes and keeps its counts");
        ExpectVerdict(kept, REQUIREMENT_SATISFIED, "2 of 2");

        const ExperimentResults lost = Run(
            {Fault("km-crash", "2", "18", "3"), {"/key_management/pools_survive_crash", "false"}});
        // KM 2 had counted since its report at 15 s: 12 keys on its hop of the working route
        const Books books = BooksOf(lost);
        const uint64_t charged = Find(lost, "A").service.bits[CHARGED_WORKING];
        NS_TEST_EXPECT_MSG_LT(charged, books.relayed[0], "what was not told is lost");
        NS_TEST_EXPECT_MSG_GT(charged + 14 * 512, books.relayed[0], "and no more than that");
        ExpectVerdict(lost, REQUIREMENT_NOT_FOLLOWED, "the record of session A has");

        // the controller's own links: reports of KMs 1, 2 and 4 cannot reach it for 12 s
        const ExperimentResults cutOff = Run({Fault("classical-link-failure", "f13", "12", "12"),
                                              Fault("classical-link-failure", "f34", "12", "12")});
        ExpectBooks(cutOff, "no report arrives for a while");
        ExpectVerdict(cutOff, REQUIREMENT_SATISFIED, "2 of 2");

        const ExperimentResults late = Run({Fault("controller-crash", "C", "26", "100")});
        ExpectVerdict(late, REQUIREMENT_NOT_FOLLOWED, "the record of session A has");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief KSA-key over one hop, in shares, in stock, and by HTTP.
 */
class ChargingKindsTest : public ChargingRunTest
{
  public:
    ChargingKindsTest()
        : ChargingRunTest("Direct keys, shares, copies, stocks and HTTP are charged as booked")
    {
    }

  private:
    void DoRun() override
    {
        const ExperimentResults direct = Run({{"/sessions/0/slave", "\"2\""}});
        const ChargeResult& a = Find(direct, "A");
        NS_TEST_EXPECT_MSG_EQ(a.service.bits[CHARGED_WORKING],
                              a.service.bits[CHARGED_SUPPLY],
                              "over one hop");
        ExpectBooks(direct, "one hop");

        const ExperimentResults http = Run({CUT,
                                            {"/sessions/0/ak", "\"http\""},
                                            {"/sessions/1/ak", "\"http\""},
                                            {"/key_management/relay_scheme", "\"destination\""}});
        ExpectBooks(http, "HTTP and the destination scheme");

        const ExperimentResults stock =
            Run({{"/sessions/0/ksa_pool", R"({"low_keys": 8, "high_keys": 16})"}});
        const ChargeResult& stocked = Find(stock, "A");
        NS_TEST_EXPECT_MSG_GT(stocked.service.bits[CHARGED_WORKING],
                              2 * stocked.service.bits[CHARGED_SUPPLY],
                              "keys in stock have cost key too");
        ExpectBooks(stock, "keys in stock");

        const ExperimentResults copies = Run({{"/sessions/1", "{}"},
                                              {"/sessions", R"([
            {"id": "P", "master": "1", "slave": "4", "key_size_bit": 512, "rate_keys_per_s": 2,
             "start_s": 5, "stop_s": 34.9, "deadline_s": 1,
             "resilience": {"class": "route-1+1"}}])"},
                                              {"/charging/tariffs/-",
                                               R"({"class": "route-1+1",
                                                   "working_micro_per_bit": 3})"}});
        const ChargeResult& p = Find(copies, "P");
        NS_TEST_EXPECT_MSG_EQ(p.service.bits[CHARGED_WORKING],
                              4 * p.service.bits[CHARGED_SUPPLY],
                              "two hops on each of two routes");
        ExpectBooks(copies, "route-1+1");
        ExpectVerdict(copies, REQUIREMENT_SATISFIED, "1 of 1");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The manager's records.
 */
class ChargingManagerTest : public ChargingRunTest
{
  public:
    ChargingManagerTest()
        : ChargingRunTest("The manager has the newest record of each session")
    {
    }

  private:
    void DoRun() override
    {
        const ScenarioBuilder builder(Example({}), "charging");
        Simulator::Stop(Seconds(47));
        Simulator::Run();
        const auto& records = builder.GetManager()->GetChargingRecords().GetAll();
        const ChargingLedger& ledger = builder.GetController("C")->GetChargingLedger();
        NS_TEST_EXPECT_MSG_EQ(records.size(), 2, "both sessions");
        for (const auto& [session, record] : records)
        {
            NS_TEST_EXPECT_MSG_EQ(record.service.until, Seconds(45.5), "the newest");
            const ChargingRecord own = ledger.GetRecord(session, record.service.until);
            NS_TEST_EXPECT_MSG_EQ((own.amounts == record.amounts), true, "as the controller's");
        }
    }

    void DoTeardown() override
    {
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Bad tariffs in scenario files.
 */
class ChargingScenarioErrorTest : public ScenarioErrorTest
{
  public:
    ChargingScenarioErrorTest()
        : ScenarioErrorTest("Each bad value of charging names its place and the mend")
    {
    }

  private:
    /// Expect an error of the example.
    void ExpectError(const Overrides& more, const std::string& place, const std::string& words)
    {
        try
        {
            Example(more);
        }
        catch (const ScenarioError& error)
        {
            NS_TEST_EXPECT_MSG_EQ(error.GetPlace(), place, error.what());
            NS_TEST_EXPECT_MSG_EQ(Contains(error.what(), words), true, error.what());
            NS_TEST_EXPECT_MSG_EQ(Contains(error.what(), "; "), true, "the mend");
            return;
        }
        NS_TEST_EXPECT_MSG_EQ(true, false, "accepted: " << place << ", " << words);
    }

    void DoRun() override
    {
        const std::string tariff = "/charging/tariffs/0";
        ExpectError({{"/charging", "{}"}}, "/charging/tariffs", "missing; give an array");
        ExpectError({{"/charging/tariff", "[]"}}, "/charging/tariff", "did you mean \"tariffs\"?");
        ExpectError({{"/charging/report_interval_s", "0.01"}},
                    "/charging/report_interval_s",
                    "is too small");
        ExpectError({{tariff, "{}"}}, tariff + "/class", "missing");
        ExpectError({{tariff + "/class", "gold"}}, tariff + "/class", "gold");
        ExpectError({{tariff + "/class", "unprotected"}},
                    "/charging/tariffs/1/class",
                    "the class has a tariff already; remove one of them");
        ExpectError({{tariff + "/class", "restoration"}},
                    "/charging/tariffs",
                    "session \"A\" has class \"route-1:1\", which has no tariff; add one");
        ExpectError({{tariff + "/working_micro_per_bit", "-1"}},
                    tariff + "/working_micro_per_bit",
                    "-1 is negative");
        ExpectError({{tariff + "/working_micro_per_bit", "0.5"}},
                    tariff + "/working_micro_per_bit",
                    "whole");
        ExpectError({{tariff + "/supply_micro_per_bit", "1000001"}},
                    tariff + "/supply_micro_per_bit",
                    "is too large");
        ExpectError({{tariff + "/working_per_bit", "1"}},
                    tariff + "/working_per_bit",
                    "unknown key");
        Expect(R"({"name": "x", "simulation": {"duration_s": 1}, "nodes": [{"id": "1"}],
                   "charging": {"tariffs": []}})",
               {},
               "/charging",
               "controllers charge, and there is none; add one");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of charging in whole runs.
 */
class QkdnChargingRunTestSuite : public TestSuite
{
  public:
    QkdnChargingRunTestSuite()
        : TestSuite("qkdn-charging-run", Type::SYSTEM)
    {
        AddTestCase(new ChargingExampleTest);
        AddTestCase(new ChargingCreditTest);
        AddTestCase(new ChargingFailureTest);
        AddTestCase(new ChargingKindsTest);
        AddTestCase(new ChargingManagerTest);
        AddTestCase(new ChargingScenarioErrorTest);
    }
};

static QkdnChargingRunTestSuite g_qkdnChargingRunTestSuite; //!< registers the suite
