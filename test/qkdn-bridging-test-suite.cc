/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-scenario-reader.h"
#include "ns3/qkdn-scenario-runner.h"
#include "ns3/test.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/**
 * @brief Run a scenario of the examples.
 * @param name name of its file
 * @param overrides what is changed
 * @return the results
 */
ExperimentResults
RunBridging(const std::string& name, const std::vector<ScenarioOverride>& overrides)
{
    const std::string path = std::string(QKDN_SOURCE_DIR) + "/examples/scenarios/" + name;
    return ScenarioRunner().Run(ScenarioReader::ReadFile(path, overrides), path);
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief The outage of key supply against the key that was stored.
 */
class OutageCurveTest : public TestCase
{
  public:
    OutageCurveTest()
        : TestCase("The outage is max(0, time without key - time that stored key lasts)")
    {
    }

  private:
    static constexpr double DEMAND_BPS = 768;   //!< what the session asks for
    static constexpr double RESERVE_BIT = 1920; //!< bits of a pool that are for authentication

    /// Stored key that the session may use when the fibre is cut, bit.
    static double FindStored(const ExperimentResults& results, Time fault)
    {
        uint64_t stored = 0;
        for (const PoolSample& sample : results.poolSamples)
        {
            if (sample.time <= fault && sample.km == "A")
            {
                stored = sample.storedBit;
            }
        }
        return static_cast<double>(stored) - RESERVE_BIT;
    }

    void DoRun() override
    {
        bool bridged = false;
        bool interrupted = false;
        for (const uint32_t initial : {0, 30000, 60000, 90000, 120000, 150000})
        {
            const ExperimentResults results =
                RunBridging("resync-or-restart.json",
                            {{"/qkd_links/0/initial_pool_bit", std::to_string(initial)},
                             {"/simulation/duration_s", "300"}});
            NS_TEST_ASSERT_MSG_EQ(results.conservation.IsSound(), true, "keys");
            NS_TEST_ASSERT_MSG_EQ(results.recoveries.size(), 1, "one episode");
            const RecoveryMarkers& markers = results.recoveries.front().markers;
            const Time total = *markers.confirmed - markers.fault;
            const double bridgeS = FindStored(results, markers.fault) / DEMAND_BPS;
            const double expectedS = std::max(0.0, total.GetSeconds() - bridgeS);
            const double measuredS = results.sessions.at(0).longestOutage.GetSeconds();
            // requests come every 1/3 s, and a key is not begun with less than its bits
            NS_TEST_EXPECT_MSG_EQ_TOL(measuredS, expectedS, 0.7, "stored at first: " << initial);
            bridged = bridged || measuredS == 0.0;
            interrupted = interrupted || measuredS > 100.0;
        }
        NS_TEST_EXPECT_MSG_EQ(bridged && interrupted, true, "both sides of the knee");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A spare fibre and a protection route that waits for it as long as stored key lasts.
 */
class LayeredKneeTest : public TestCase
{
  public:
    LayeredKneeTest()
        : TestCase("With little stored key the route is changed, with enough the spare fibre wins")
    {
    }

  private:
    /// What recovered the session, and key that the longer route took, bit.
    std::pair<std::string, uint64_t> Run(uint32_t initial, const std::string& holdOff = "\"auto\"")
    {
        const ExperimentResults results =
            RunBridging("layered-protection.json",
                        {{"/qkd_links/0/initial_pool_bit", std::to_string(initial)},
                         {"/sessions/0/resilience/hold_off_s", holdOff},
                         {"/simulation/duration_s", "40"}});
        NS_TEST_EXPECT_MSG_EQ(results.conservation.IsSound(), true, "keys");
        NS_TEST_EXPECT_MSG_EQ(results.sessions.at(0).interruptions.size(),
                              0,
                              "stored: " << initial);
        uint64_t relayed = 0;
        for (const KmaLinkBooks& link : results.conservation.kma)
        {
            relayed += link.common.bits[KEY_RELAY_PROTECTION];
        }
        const auto session = std::find_if(
            results.recoveries.begin(),
            results.recoveries.end(),
            [](const RecoveryResult& recovery) { return recovery.sessionOrGroup == "S"; });
        const bool found = session != results.recoveries.end();
        return {found ? session->mechanism : "", relayed};
    }

    void DoRun() override
    {
        // the spare fibre takes 6 s, in which the session asks for 18 kbit
        const auto [little, taken] = Run(2000);
        NS_TEST_EXPECT_MSG_EQ(little, "route-1:1", "the route is sooner");
        NS_TEST_EXPECT_MSG_GT(taken, 0, "it takes key of two links");
        const auto [enough, none] = Run(20000);
        NS_TEST_EXPECT_MSG_EQ(enough, "link-1:1", "the quantum layer is sooner");
        NS_TEST_EXPECT_MSG_EQ(none, 0, "the longer route takes none");
        NS_TEST_EXPECT_MSG_EQ(Run(20000, "0").first, "route-1:1", "it does not wait");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of stored key that bridges outages.
 */
class QkdnBridgingTestSuite : public TestSuite
{
  public:
    QkdnBridgingTestSuite()
        : TestSuite("qkdn-bridging", Type::SYSTEM)
    {
        AddTestCase(new OutageCurveTest);
        AddTestCase(new LayeredKneeTest);
    }
};

static QkdnBridgingTestSuite g_qkdnBridgingTestSuite; //!< registers the suite
