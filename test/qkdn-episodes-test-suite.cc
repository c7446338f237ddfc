/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Which faults make an episode, when it ends, what is said to be the cause of an interruption, and
// how pools are shown.

#include "qkdn-scenario-ways.h"

#include "ns3/qkdn-key-ledger.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/qkdn-scenario-runner.h"
#include "ns3/test.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// What all links have in common.
const std::string LINK = R"("initial_state": "running", "resync_s": 2, "start_up_s": 3,
    "initial_pool_bit": 20000, "protocol": {"type": "measured", "rate_bps": 4000})";

/**
 * @brief Run the ring 1-2-4-3-1 with a session.
 * @param session the session, without its id
 * @param faults elements of "faults"
 * @param others further parts, with a comma at the end
 * @param fibres further fibres, with a comma before
 * @param links further links, with a comma before
 * @return the results after 120 s
 */
ExperimentResults
RunRing(const std::string& session,
        const std::string& faults,
        const std::string& others,
        const std::string& fibres = "",
        const std::string& links = "")
{
    const ScenarioWays ways = MakeScenarioWays({"12", "24", "13", "34"}, 20, LINK);
    const std::string text =
        R"({"name": "ring", "simulation": {"duration_s": 120}, )" + others +
        R"("nodes": [{"id": "1"}, {"id": "2"}, {"id": "3"}, {"id": "4"}], "fibres": [)" +
        ways.fibres + fibres + R"(], "qkd_links": [)" + ways.links + links +
        R"(], "sessions": [{"id": "S", )" + session + R"(}], "faults": [)" + faults + "]}";
    return ScenarioRunner().Run(ScenarioReader::ReadString(text, "ring"), "ring");
}

/**
 * @ingroup qkdn-resilience-tests
 * @brief A session asks for more than its link gives; another one far away is idle and had a fault.
 */
class IdleNeighbourTest : public TestCase
{
  public:
    IdleNeighbourTest()
        : TestCase("What another session does changes no cause")
    {
    }

  private:
    /// Run with or without the other session, and return the causes of the first one.
    static std::vector<std::string> Run(bool both)
    {
        ScenarioWays ways = MakeScenarioWays(
            {"12", "34"},
            20,
            R"("initial_state": "running", "initial_pool_bit": 60000, "resync_s": 2,
               "protocol": {"type": "measured", "rate_bps": 1000})");
        const std::string other =
            R"(, {"id": "idle", "master": "3", "slave": "4", "rate_keys_per_s": 0.004,
                  "resilience": {"class": "unprotected"}})";
        const std::string text =
            R"({"name": "two", "simulation": {"duration_s": 300}, "nodes": [{"id": "1"},
                {"id": "2"}, {"id": "3"}, {"id": "4"}], "fibres": [)" +
            ways.fibres + R"(, {"id": "x", "a": "1", "b": "3", "length_km": 20}], "qkd_links": [)" +
            ways.links +
            R"(], "sessions": [{"id": "S", "master": "1", "slave": "2", "rate_keys_per_s": 4,
                 "resilience": {"class": "unprotected"}})" +
            (both ? other : "") + R"(], "faults": [)" +
            MakeScenarioFault(20, "fibre-cut", "f12", 1) + ", " +
            MakeScenarioFault(20, "fibre-cut", "f34", 1) + "]}";
        const auto results = ScenarioRunner().Run(ScenarioReader::ReadString(text, "two"), "two");
        std::vector<std::string> causes;
        for (const Interruption& interruption : results.sessions.front().interruptions)
        {
            causes.push_back(interruption.cause);
        }
        return causes;
    }

    void DoRun() override
    {
        const std::vector<std::string> alone = Run(false);
        NS_TEST_ASSERT_MSG_GT(alone.size(), 10, "interrupted");
        NS_TEST_EXPECT_MSG_EQ(alone.back(), "key supply below demand", "long after the fault");
        NS_TEST_EXPECT_MSG_EQ((Run(true) == alone), true, "the same");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The cut of a fibre with the classical link of a hop, too, whose link a group replaces.
 */
class ReplacedLinkTest : public TestCase
{
  public:
    ReplacedLinkTest()
        : TestCase("An episode ends with the link that is replaced, whatever is in its fibre")
    {
    }

  private:
    void DoRun() override
    {
        const auto results = RunRing(
            R"("master": "1", "slave": "4", "rate_keys_per_s": 4, "toleration_s": 1,
               "resilience": {"class": "route-1:1", "wtr_s": 5, "hold_off_s": 6})",
            MakeScenarioFault(30, "fibre-cut", "f12", 30),
            R"("controllers": [{"id": "C", "node": "3"}], "manager": {"node": "3"},
               "protection_groups": [{"id": "g", "class": "link-1:1", "working": ["12"],
                                      "protection": ["spare"], "wtr_s": 4}],)",
            R"(, {"id": "s", "a": "1", "b": "2", "length_km": 25})",
            R"(, {"id": "spare", "tx": "1", "rx": "2", "fibres": ["s"], "resync_s": 2,
                  "protocol": {"type": "measured", "rate_bps": 4000}})");
        NS_TEST_ASSERT_MSG_EQ(results.recoveries.size(), 2, "the session and the group");
        const RecoveryResult& recovery = results.recoveries.front();
        NS_TEST_EXPECT_MSG_EQ(recovery.mechanism, "link-1:1", "by the group");
        NS_TEST_ASSERT_MSG_EQ(recovery.markers.firstKeyUsable.has_value(), true, "it ends");
        NS_TEST_EXPECT_MSG_LT(*recovery.markers.firstKeyUsable,
                              Seconds(40),
                              "before its route switches, and long before the repair");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The crash of the master's KM where KMs compute routes.
 */
class RoutelessMasterTest : public TestCase
{
  public:
    RoutelessMasterTest()
        : TestCase("With link-state routing, the crash of the master's KM is an episode that ends")
    {
    }

  private:
    void DoRun() override
    {
        for (const std::string fault : {"km-crash", "node-power"})
        {
            const auto results = RunRing(R"("master": "2", "slave": "3", "rate_keys_per_s": 2,
                           "resilience": {"class": "unprotected"}, "start_s": 5)",
                                         MakeScenarioFault(30, fault, "2", 5) + ", " +
                                             MakeScenarioFault(90, "km-crash", "2", 5),
                                         R"("routing": {"provider": "link-state"}, )");
            NS_TEST_ASSERT_MSG_EQ(results.recoveries.size(), 2, "each by itself");
            const auto& interruptions = results.sessions.front().interruptions;
            for (const RecoveryResult& recovery : results.recoveries)
            {
                const Time at = recovery.markers.fault;
                NS_TEST_EXPECT_MSG_EQ(recovery.outcome, RECOVERY_REPAIRED, fault << at.As(Time::S));
                NS_TEST_ASSERT_MSG_EQ(recovery.markers.firstKeyUsable.has_value(), true, "ends");
                NS_TEST_EXPECT_MSG_EQ(std::any_of(interruptions.begin(),
                                                  interruptions.end(),
                                                  [&recovery](const Interruption& interruption) {
                                                      return interruption.end ==
                                                             *recovery.markers.firstKeyUsable;
                                                  }),
                                      true,
                                      "with the interruption");
            }
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief An eavesdropper who stays below the thresholds.
 */
class QuietEavesdropperTest : public TestCase
{
  public:
    QuietEavesdropperTest()
        : TestCase("Errors that nobody is alarmed by are no failure and kill no link")
    {
    }

  private:
    void DoRun() override
    {
        std::size_t alarms = 0;
        for (const double qber : {0.02, 0.05, 0.06, 0.065, 0.07, 0.075, 0.08})
        {
            const ScenarioWays ways = MakeScenarioWays(
                {"12"},
                20,
                R"("initial_state": "running", "initial_pool_bit": 20000, "resync_s": 2,
                   "protocol": {"type": "measured", "rate_bps": 4000, "block_key_bit": 1024})");
            const std::string text =
                R"({"name": "eve", "simulation": {"duration_s": 150}, "nodes": [{"id": "1"},
                    {"id": "2"}], "fibres": [)" +
                ways.fibres + R"(], "qkd_links": [)" + ways.links +
                R"(], "sessions": [{"id": "S", "master": "1", "slave": "2", "rate_keys_per_s": 4,
                     "resilience": {"class": "unprotected"}, "start_s": 5}], "faults": [
                     {"type": "eavesdropping", "target": "12", "at_s": 20, "repair_after_s": 10,
                      "added_qber": )" +
                std::to_string(qber) + "}]}";
            const auto results =
                ScenarioRunner().Run(ScenarioReader::ReadString(text, "eve"), "eve");
            NS_TEST_EXPECT_MSG_EQ(results.sessions.front().lost, 0, "QBER and " << qber);
            for (const RecoveryResult& recovery : results.recoveries)
            {
                NS_TEST_EXPECT_MSG_EQ(recovery.markers.detected.has_value(),
                                      true,
                                      "a module was alarmed, QBER and " << qber);
            }
            alarms += results.recoveries.size();
            const KeyBook& book = results.conservation.kma.front().common;
            // from 30 s on all is as before: 120 s of 4 kbit/s less 192 bits a block
            NS_TEST_EXPECT_MSG_GT(book.generated, 350000, "key again, QBER and " << qber);
        }
        NS_TEST_EXPECT_MSG_GT(alarms, 0, "the higher ones alarm a module");
        NS_TEST_EXPECT_MSG_LT(alarms, 7, "the lower ones do not");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A session over two routes loses one of them.
 */
class LostRouteTest : public TestCase
{
  public:
    LostRouteTest()
        : TestCase("Outcome and stages do not depend on which of several routes fails")
    {
    }

  private:
    void DoRun() override
    {
        for (const bool all : {true, false})
        {
            const std::string name = all ? "secret-sharing" : "multi-path";
            const std::string given = R"("master": "1", "slave": "4", "rate_keys_per_s": 2,
                "start_s": 3, "resilience": {"class": ")" +
                                      name + R"(", "shares": 2})";
            for (const std::string fibre : {"f12", "f13"})
            {
                const auto results = RunRing(given,
                                             MakeScenarioFault(20, "fibre-cut", fibre, 15) + ", " +
                                                 MakeScenarioFault(80, "km-crash", "2", 5),
                                             R"("controllers": [{"id": "C", "node": "4"}], )");
                NS_TEST_ASSERT_MSG_EQ(results.recoveries.size(), 2, name << ", " << fibre);
                const RecoveryResult& cut = results.recoveries.front();
                NS_TEST_EXPECT_MSG_EQ(cut.outcome,
                                      (all ? RECOVERY_REPAIRED : RECOVERY_RECOVERED),
                                      name << ", " << fibre);
                NS_TEST_EXPECT_MSG_EQ(cut.markers.repaired.has_value(), all, "stages, " << name);
                if (all)
                {
                    const Time running = cut.markers.running.value_or(Time(0));
                    NS_TEST_EXPECT_MSG_EQ((cut.markers.operated == cut.markers.repaired),
                                          true,
                                          "nothing was operated, " << fibre);
                    NS_TEST_EXPECT_MSG_GT(running, Seconds(37), "resynchronised, " << fibre);
                }
                else
                {
                    const Time back = cut.revertedAt.value_or(Time(0));
                    NS_TEST_EXPECT_MSG_GT(back, Seconds(37), "used again, " << fibre);
                    NS_TEST_EXPECT_MSG_LT(back, Seconds(79), "before the crash, " << fibre);
                }
            }
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A classical link of a hop is congested, and nothing breaks.
 */
class CongestedHopTest : public TestCase
{
  public:
    CongestedHopTest()
        : TestCase("Congestion on the way of a route is named as the cause")
    {
    }

  private:
    void DoRun() override
    {
        const auto results =
            RunRing(R"("master": "1", "slave": "4", "rate_keys_per_s": 4, "deadline_s": 0.5,
                       "resilience": {"class": "unprotected"}, "start_s": 5)",
                    R"({"id": "load", "type": "classical-congestion", "target": "f12", "at_s": 40,
                        "repair_after_s": 10, "load_bps": 2000000})",
                    R"("classical": {"rate_bps": 1000000},
                       "controllers": [{"id": "C", "node": "3"}], )");
        const auto& interruptions = results.sessions.front().interruptions;
        const auto during = std::find_if(
            interruptions.begin(),
            interruptions.end(),
            [](const Interruption& interruption) { return interruption.start > Seconds(35); });
        NS_TEST_ASSERT_MSG_EQ((during != interruptions.end()), true, "interrupted");
        NS_TEST_EXPECT_MSG_EQ(during->cause, "classical-congestion f12 (load)", "cause");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Levels of pools over time.
 */
class PoolSamplesTest : public TestCase
{
  public:
    PoolSamplesTest()
        : TestCase("Pools are shown with what they hold at first, meanwhile and at the end")
    {
    }

  private:
    /// Check the rows of a run.
    void Check(const std::string& supply)
    {
        const ScenarioWays ways =
            MakeScenarioWays({"12"},
                             20,
                             R"("initial_state": "running", "initial_pool_bit": 2000,
               "protocol": {"type": "measured", "rate_bps": 4000})");
        const std::string text =
            R"({"name": "pools", "simulation": {"duration_s": 60, "supply": ")" + supply +
            R"("}, "nodes": [{"id": "1"}, {"id": "2"}], "fibres": [)" + ways.fibres +
            R"(, {"id": "y", "a": "1", "b": "2", "length_km": 20}], "qkd_links": [)" + ways.links +
            R"(, {"id": "second", "tx": "1", "rx": "2", "fibres": ["y"],
                  "initial_pool_bit": 60000,
                  "protocol": {"type": "measured", "rate_bps": 4000}}],
                 "sessions": [{"id": "S", "master": "1", "slave": "2", "rate_keys_per_s": 20,
                  "start_s": 5, "stop_s": 6, "resilience": {"class": "unprotected"}}],
                 "faults": [{"id": "f", "type": "fibre-cut", "target": "f12", "at_s": 2}]})";
        const auto results = ScenarioRunner().Run(ScenarioReader::ReadString(text, "p"), "p");
        std::map<std::string, std::vector<PoolSample>> byEnd;
        Time before;
        for (const PoolSample& sample : results.poolSamples)
        {
            byEnd[sample.km].push_back(sample);
            NS_TEST_EXPECT_MSG_EQ((sample.time >= before), true, "in order");
            before = sample.time;
        }
        NS_TEST_ASSERT_MSG_EQ(byEnd.size(), 2, "two ends");
        for (const auto& [km, samples] : byEnd)
        {
            NS_TEST_EXPECT_MSG_EQ(samples.front().time, Time(0), "from the start, " << supply);
            NS_TEST_EXPECT_MSG_EQ(samples.front().storedBit, 62000, "of both links, " << supply);
            NS_TEST_EXPECT_MSG_EQ(samples.back().time, Seconds(60), "to the end, " << supply);
        }
        uint64_t stored = 0;
        for (const KmaLinkBooks& books : results.conservation.kma)
        {
            stored += books.common.bits[KEY_STORED];
        }
        NS_TEST_EXPECT_MSG_EQ(byEnd.begin()->second.back().storedBit, stored, "book, " << supply);
        if (supply == "keys")
        {
            // the last keys of the session go within an interval of samples
            const auto& samples = byEnd.begin()->second;
            const auto calm =
                std::find_if(samples.rbegin(), samples.rend(), [](const PoolSample& sample) {
                    return sample.time < Seconds(20);
                });
            NS_TEST_ASSERT_MSG_EQ((calm != samples.rend()), true, "a sample before");
            NS_TEST_EXPECT_MSG_EQ(calm->storedBit, samples.back().storedBit, "calm since");
        }
    }

    void DoRun() override
    {
        Check("keys");
        Check("flow");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Episodes, causes and pools in the results.
 */
class QkdnEpisodesTestSuite : public TestSuite
{
  public:
    QkdnEpisodesTestSuite()
        : TestSuite("qkdn-episodes", Type::SYSTEM)
    {
        AddTestCase(new IdleNeighbourTest);
        AddTestCase(new ReplacedLinkTest);
        AddTestCase(new RoutelessMasterTest);
        AddTestCase(new QuietEavesdropperTest);
        AddTestCase(new LostRouteTest);
        AddTestCase(new CongestedHopTest);
        AddTestCase(new PoolSamplesTest);
    }
};

QkdnEpisodesTestSuite g_qkdnEpisodesTestSuite; //!< registers the suite

} // namespace
