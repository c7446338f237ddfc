/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-restoration-network.h"

#include <string>

using namespace ns3;
using namespace ns3::qkdn;

/**
 * @ingroup qkdn-resilience-tests
 * @brief Key managers do as policies say while they run.
 */
class PolicyRunTest : public RestorationTest
{
  public:
    PolicyRunTest()
        : RestorationTest("Policies change what key managers do, in the middle of a run")
    {
    }

  private:
    /// A command of the manager.
    static ScenarioOverride Command(double at, const std::string& policy)
    {
        return {"/commands/-",
                R"({"at_s": )" + std::to_string(at) + R"(, "km_policy": )" + policy + "}"};
    }

    /// A protected session over AD with protection over B, and extra traffic over that.
    static Overrides GetSessions()
    {
        Overrides changes = GetRates(4000, 20000);
        changes.push_back({"/sessions/0/resilience", R"({"class": "route-1:1", "wtr_s": 3})"});
        changes.push_back({"/commands", "[]"});
        return changes;
    }

    /// When a kind of event with a detail first came after a time, 0 if it did not.
    static double Find(const ExperimentResults& results,
                       const std::string& kind,
                       const std::string& value,
                       double after = 0)
    {
        for (const EventResult& event : results.eventLog)
        {
            for (const auto& detail : event.detail)
            {
                if (event.kind == kind && detail.second == value && event.time > Seconds(after))
                {
                    return event.time.GetSeconds();
                }
            }
        }
        return 0;
    }

    /// Requests of a session between two times that were served on time.
    static uint32_t CountServed(const ExperimentResults& results,
                                const std::string& session,
                                double from,
                                double to)
    {
        uint32_t served = 0;
        for (const RequestResult& request : results.requests)
        {
            served += request.session == session && request.issued >= Seconds(from) &&
                              request.issued < Seconds(to) && request.outcome == REQUEST_ON_TIME
                          ? 1
                          : 0;
        }
        return served;
    }

    void DoRun() override
    {
        RunSwitching();
        RunExtraTraffic();
    }

    /// The cut at 12 s does not make A's KM switch before it may.
    void RunSwitching()
    {
        Overrides changes = GetSessions();
        changes.push_back({"/manager/km_policy", R"({"may_switch": false})"});
        changes.push_back(Command(22, R"({"may_switch": true})"));
        // B's KM is down when the policy changes, and is told when it is back
        changes.push_back({"/faults/-",
                           R"({"at_s": 36, "type": "km-crash", "target": "B",
                               "repair_after_s": 4})"});
        const ExperimentResults results = RunNetwork(changes);
        CheckHonest(results, "may_switch");
        const double failed = Find(results, "route-event", "signal-fail");
        NS_TEST_EXPECT_MSG_EQ_TOL(failed, CUT_S, 0.1, "the failure is seen");
        const double switched = Find(results, "route-event", "switch");
        NS_TEST_EXPECT_MSG_EQ_TOL(switched, 22, 0.1, "switched when it may be");
        NS_TEST_EXPECT_MSG_LT(Find(results, "km-policy", "in-force"), 5, "at the start");
        NS_TEST_EXPECT_MSG_GT(Find(results, "km-policy", "in-force", 40), 40, "after the crash");
        NS_TEST_EXPECT_MSG_EQ(GetStatus(results, "G-M1"), "satisfied", "G-M1");
        // it stayed for 10 s on a route that had failed
        NS_TEST_EXPECT_MSG_EQ(GetStatus(results, "G-K1"), "not-followed", "G-K1");
        NS_TEST_EXPECT_MSG_EQ(GetStatus(results, "P-K1"), "not-followed", "P-K1");
    }

    /// Extra traffic over the protection route stops while policy does not allow it.
    void RunExtraTraffic()
    {
        Overrides changes = GetSessions();
        changes.push_back({"/faults", "[]"});
        changes.push_back({"/sessions/-",
                           R"({"id": "E", "master": "B", "slave": "C", "key_size_bit": 256,
                               "rate_keys_per_s": 4, "stop_s": 46, "deadline_s": 0.5,
                               "request_lifetime_s": 1,
                               "resilience": {"class": "unprotected", "extra_traffic": true}})"});
        changes.push_back({"/manager/km_policy", "{}"});
        changes.push_back(Command(15, R"({"extra_traffic": false})"));
        changes.push_back(Command(25, R"({"extra_traffic": true})"));
        // more than pools hold
        changes.push_back(Command(35, R"({"extra_reserve_bit": 1000000})"));
        const ExperimentResults results = RunNetwork(changes);
        CheckHonest(results, "extra_traffic");
        NS_TEST_EXPECT_MSG_GT(CountServed(results, "E", 8, 14), 20, "served");
        NS_TEST_EXPECT_MSG_EQ(CountServed(results, "E", 16, 24), 0, "not while it may not");
        NS_TEST_EXPECT_MSG_GT(CountServed(results, "E", 27, 34), 20, "and again");
        NS_TEST_EXPECT_MSG_LT(CountServed(results, "E", 40, 45), 2, "reserved");
        NS_TEST_EXPECT_MSG_GT(CountServed(results, "S", 8, 44), 250, "others go on");
        NS_TEST_EXPECT_MSG_EQ_TOL(Find(results, "route-event", "pre-empted"), 15, 0.1, "stopped");
        NS_TEST_EXPECT_MSG_EQ_TOL(Find(results, "route-event", "resumed"), 25, 0.1, "resumed");
    }

    std::size_t GetRoutesExpected() const override
    {
        return 2;
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Suite of policies that the manager gives key managers, in whole networks.
 */
class KmPoliciesRunTestSuite : public TestSuite
{
  public:
    KmPoliciesRunTestSuite()
        : TestSuite("qkdn-km-policies-run", Type::SYSTEM)
    {
        AddTestCase(new PolicyRunTest);
    }
};

/// Registers the suite.
static KmPoliciesRunTestSuite g_kmPoliciesRunTestSuite;
