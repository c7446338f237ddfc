/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-compat.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/qkdn-scenario-runner.h"
#include "ns3/test.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// Where the scenarios are.
const std::string SCENARIOS = std::string(QKDN_SOURCE_DIR) + "/examples/scenarios/";

/**
 * @brief A fact of an event.
 * @param event the event
 * @param key its name
 * @return its value, empty if there is none
 */
std::string
FactOf(const EventResult& event, const std::string& key)
{
    const auto found = std::find_if(event.detail.begin(),
                                    event.detail.end(),
                                    [&key](const auto& fact) { return fact.first == key; });
    return found == event.detail.end() ? "" : found->second;
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Key exhaustion in the SECOQC network.
 */
class SecoqcExhaustionTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param divisor all stores, and so all times, are divided by it
     */
    explicit SecoqcExhaustionTest(uint32_t divisor)
        : TestCase("SECOQC: a session moves on as stores run out, stores divided by " +
                   std::to_string(divisor)),
          m_divisor(divisor)
    {
    }

  private:
    /**
     * @brief The scenario with smaller stores.
     * @return the scenario
     */
    Scenario Read() const
    {
        Scenario scenario = ScenarioReader::ReadFile(SCENARIOS + "secoqc-exhaustion.json");
        scenario.simulation.duration =
            Seconds(scenario.simulation.duration.GetSeconds() / m_divisor);
        scenario.keyManagement.reserveBit /= m_divisor;
        scenario.keyManagement.poolRecoverBit /= m_divisor;
        for (ScenarioQkdLink& link : scenario.qkdLinks)
        {
            link.initialPoolBit /= m_divisor;
            // bits of a block that is not full count for nothing
            link.protocol.blockKeyBit /= m_divisor > 1 ? 2 : 1;
        }
        for (ScenarioSession& session : scenario.sessions)
        {
            session.stop = scenario.simulation.duration;
        }
        return scenario;
    }

    void DoRun() override
    {
        const ExperimentResults results =
            ScenarioRunner().Run(Read(), SCENARIOS + "secoqc-exhaustion.json");
        NS_TEST_ASSERT_MSG_EQ(results.conservation.IsSound(), true, "keys");
        std::map<std::string, std::string> ways;
        std::vector<std::pair<double, std::string>> phases;
        for (const EventResult& event : results.eventLog)
        {
            if (event.kind == "route" && FactOf(event, "state") == "installed")
            {
                ways[event.entity] = FactOf(event, "kms");
            }
            if (event.kind == "controller-decision")
            {
                const double minute = event.time.GetSeconds() / 60 * m_divisor;
                phases.emplace_back(minute, "route/" + FactOf(event, "to"));
            }
        }
        // (store - 2 MiB) / (demand - generation), one phase after the other
        const std::vector<std::pair<double, std::string>> expected = {{59.73, "FOR-ERD-SIE-BRT"},
                                                                      {143.7, "FOR-ERD-GUD-BRT"},
                                                                      {174.4, ""}};
        NS_TEST_ASSERT_MSG_EQ(phases.size(), expected.size(), "three times a store is used up");
        for (std::size_t i = 0; i < expected.size(); ++i)
        {
            NS_TEST_EXPECT_MSG_EQ_TOL(phases[i].first, expected[i].first, 1.0, "minute");
            const std::string way = i + 1 < expected.size() ? ways[phases[i].second] : "";
            NS_TEST_EXPECT_MSG_EQ(way, expected[i].second, "route of the next phase");
        }
        const SessionResult& session = results.sessions.at(0);
        const double end = expected.back().first * 60 / m_divisor;
        NS_TEST_EXPECT_MSG_EQ_TOL(session.interruptions.back().start.GetSeconds(),
                                  end,
                                  60.0 / m_divisor,
                                  "no route is left");
        NS_TEST_EXPECT_MSG_LT(session.lost,
                              results.simulated.GetSeconds() - end + 60.0 / m_divisor,
                              "no key is lost before");
    }

    uint32_t m_divisor; //!< of stores and times
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The Cambridge ring with one link down.
 */
class CambridgeRingTest : public TestCase
{
  public:
    CambridgeRingTest()
        : TestCase("Cambridge: refills take the detour while a link is down, and no request fails")
    {
    }

  private:
    void DoRun() override
    {
        const Scenario scenario = ScenarioReader::ReadFile(SCENARIOS + "cambridge-ring.json",
                                                           {{"/simulation/duration_s", "1800"},
                                                            {"/faults/0/at_s", "500"},
                                                            {"/faults/0/repair_after_s", "600"}});
        const ExperimentResults results = ScenarioRunner().Run(scenario, "cambridge");
        NS_TEST_ASSERT_MSG_EQ(results.conservation.IsSound(), true, "keys");
        const SessionResult& session = results.sessions.at(0);
        NS_TEST_EXPECT_MSG_EQ(session.supplied, session.requested, "no request fails");
        NS_TEST_EXPECT_MSG_EQ(session.late, 0, "or waits");
        NS_TEST_EXPECT_MSG_EQ(session.interruptions.size(), 0, "or is interrupted");
        NS_TEST_ASSERT_MSG_EQ(results.recoveries.size(), 1, "one episode");
        const RecoveryResult& recovery = results.recoveries.front();
        NS_TEST_EXPECT_MSG_EQ(recovery.routeAfter.size(), 3, "over ENGI");
        NS_TEST_ASSERT_MSG_EQ(recovery.revertedAt.has_value(), true, "and back");
        // start-up, resynchronisation and wait-to-restore, 60 s each at most
        NS_TEST_EXPECT_MSG_GT(*recovery.revertedAt, Seconds(1100), "after the repair");
        NS_TEST_EXPECT_MSG_LT(*recovery.revertedAt, Seconds(1100 + 181), "after the repair");
        std::map<std::string, uint64_t> relayed;
        for (const KmaLinkBooks& link : results.conservation.kma)
        {
            relayed[link.link] =
                link.common.bits[KEY_RELAY_WORKING] + link.common.bits[KEY_RELAY_PROTECTION];
        }
        NS_TEST_EXPECT_MSG_EQ(relayed.at("CAPE-TREL"), 0, "nothing is relayed over one hop");
        NS_TEST_EXPECT_MSG_EQ(relayed.at("ENGI-CAPE"), relayed.at("TREL-ENGI"), "two hops");
        // a refill has 200 keys, one of which is taken each second
        const double keys = static_cast<double>(relayed.at("ENGI-CAPE")) / 256;
        NS_TEST_EXPECT_MSG_EQ_TOL(keys, 720.0, 300.0, "taken meanwhile");
        const double refills = std::round(keys / 200);
        NS_TEST_EXPECT_MSG_EQ_TOL(keys, 200 * refills, 4 * refills, "from 800 to 1000");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The eavesdropper on the 90 km link of the Tokyo QKD Network.
 */
class TokyoAttackTest : public TestCase
{
  public:
    TokyoAttackTest()
        : TestCase("Tokyo: an attack is seen in seconds, and the route changed before key runs out")
    {
    }

  private:
    /**
     * @brief Run the scenario, but not so long.
     * @param overrides what is changed
     * @return the results
     */
    static ExperimentResults Run(std::vector<ScenarioOverride> overrides = {})
    {
        const std::string path = SCENARIOS + "tokyo-attack.json";
        overrides.push_back({"/simulation/duration_s", "70"});
        return ScenarioRunner().Run(ScenarioReader::ReadFile(path, overrides), path);
    }

    /**
     * @brief The first alarm of a kind that the manager gets.
     * @param results the results
     * @param cause its cause
     * @return when
     */
    static Time FindAlarm(const ExperimentResults& results, const std::string& cause)
    {
        const auto found = std::find_if(results.eventLog.begin(),
                                        results.eventLog.end(),
                                        [&cause](const EventResult& event) {
                                            return event.kind == "alarm" &&
                                                   event.entity == "manager" &&
                                                   FactOf(event, "cause") == cause &&
                                                   FactOf(event, "link") == "Koganei1-Koganei2-qkd";
                                        });
        return found == results.eventLog.end() ? Time::Max() : found->time;
    }

    /**
     * @brief How long the stored key of the attacked link would have lasted.
     * @param results the results
     * @param since from then on
     * @return time until it is used up
     */
    static Time GetMargin(const ExperimentResults& results, Time since)
    {
        constexpr double DEMAND_BPS = 128000;
        uint64_t stored = 0;
        for (const PoolSample& sample : results.poolSamples)
        {
            if (sample.link == "Koganei1-Koganei2-qkd" && sample.time <= since)
            {
                stored = sample.storedBit;
            }
        }
        return Seconds(static_cast<double>(stored) / DEMAND_BPS);
    }

    void DoRun() override
    {
        const Time attack = Seconds(20.5);
        const ExperimentResults results = Run();
        NS_TEST_ASSERT_MSG_EQ(results.conservation.IsSound(), true, "keys");
        for (const RequirementResult& requirement : results.requirements)
        {
            if (requirement.id == "P-K1" || requirement.id == "P-C1")
            {
                NS_TEST_EXPECT_MSG_EQ(requirement.status,
                                      REQUIREMENT_SATISFIED,
                                      requirement.id << ": " << requirement.reason);
            }
        }
        const SessionResult& video = results.sessions.at(0);
        NS_TEST_EXPECT_MSG_EQ(video.supplied, video.requested, "no request is lost");
        NS_TEST_EXPECT_MSG_EQ(video.late, 0, "or late");
        NS_TEST_EXPECT_MSG_EQ(video.requested, 128000 / 16000 * (70 - 5), "128 kbit/s from 5 s on");

        // a block takes 2 s: the one that the attack begins in warns, the next one stops the link
        const Time warning = FindAlarm(results, "qber-warning");
        const Time abort = FindAlarm(results, "qber-abort");
        NS_TEST_EXPECT_MSG_GT(warning, attack, "not before the attack");
        NS_TEST_EXPECT_MSG_LT(warning, attack + Seconds(2.1), "within a block");
        NS_TEST_EXPECT_MSG_EQ_TOL((abort - warning).GetSeconds(), 2.0, 0.01, "one block later");

        NS_TEST_ASSERT_MSG_EQ(results.recoveries.size(), 1, "one episode");
        const RecoveryResult& recovery = results.recoveries.front();
        const std::vector<std::string> before{"Koganei1", "Koganei2", "Otemachi2"};
        const std::vector<std::string> after{"Koganei1", "Otemachi1", "Otemachi2"};
        NS_TEST_EXPECT_MSG_EQ((recovery.routeBefore == before), true, "the published route");
        NS_TEST_EXPECT_MSG_EQ((recovery.routeAfter == after), true, "the published detour");
        NS_TEST_EXPECT_MSG_EQ(recovery.revertedAt.has_value(), true, "and back");
        NS_TEST_ASSERT_MSG_EQ(recovery.markers.operated.has_value(), true, "the route is changed");
        const Time changed = *recovery.markers.operated;
        NS_TEST_EXPECT_MSG_LT(changed, attack + Seconds(4.1), "in seconds");

        const Time margin = GetMargin(results, changed);
        NS_TEST_EXPECT_MSG_GT(margin, Seconds(30), "key was left");
        const ExperimentResults stays =
            Run({{"/sessions/0/resilience", R"({"class": "unprotected"})"}});
        NS_TEST_ASSERT_MSG_GT(stays.sessions.at(0).interruptions.size(), 0, "otherwise it ends");
        const Time end = stays.sessions.at(0).interruptions.front().start;
        NS_TEST_EXPECT_MSG_EQ_TOL(end.GetSeconds(),
                                  (changed + margin).GetSeconds(),
                                  2.0,
                                  "when the stored key is used up");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of experiments of others.
 */
class QkdnPublishedNetworksTestSuite : public TestSuite
{
  public:
    QkdnPublishedNetworksTestSuite()
        : TestSuite("qkdn-published-networks", Type::SYSTEM)
    {
        AddTestCase(new SecoqcExhaustionTest(8));
        AddTestCase(new SecoqcExhaustionTest(1), TEST_EXTENSIVE);
        AddTestCase(new CambridgeRingTest);
        AddTestCase(new TokyoAttackTest);
    }
};

static QkdnPublishedNetworksTestSuite g_qkdnPublishedNetworksTestSuite; //!< registers the suite
