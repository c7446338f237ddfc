/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-recovery-tracker.h"
#include "ns3/test.h"

#include <string>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

const SessionId SERVED(1);            //!< the session
const LinkId WORKING_LINK(1);         //!< QKD link that fails
const LinkId SPARE_LINK(2);           //!< QKD link that takes its place
const KeyId NEW_BLOCK{SPARE_LINK, 7}; //!< first block of the spare link

/**
 * @brief An instant.
 * @param ms milliseconds
 * @return the instant
 */
Time
AtMs(uint64_t ms)
{
    return MilliSeconds(ms);
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief What happens after key has come back, and before anybody asks for one.
 */
class KeyBackUnaskedTest : public TestCase
{
  public:
    KeyBackUnaskedTest()
        : TestCase(
              "A recovery stays in order if nobody asks for a key until something else happens")
    {
    }

  private:
    /**
     * @brief Both modules of a link begin or end to generate.
     * @param tracker the tracker
     * @param now the time
     * @param link the link
     * @param generating true if they generate
     */
    static void Generate(RecoveryTracker& tracker, Time now, LinkId link, bool generating)
    {
        tracker.ModuleChanged(now, link, 0, generating);
        tracker.ModuleChanged(now, link, 1, generating);
    }

    /**
     * @brief A link fails at 1 s, and a spare link has its first block confirmed at 1.21 s.
     * @param tracker the tracker
     */
    static void Recover(RecoveryTracker& tracker)
    {
        tracker.AddSession({SERVED, "A", {WORKING_LINK, SPARE_LINK}, KmId(1), KmId(2)});
        Generate(tracker, Time(), WORKING_LINK, true);
        tracker.FaultStruck(AtMs(1000), "f", {SERVED});
        tracker.LinkIncident(AtMs(1005), WORKING_LINK, IncidentId{2, 1});
        Generate(tracker, AtMs(1005), WORKING_LINK, false);
        tracker.LinkReported(AtMs(1006), KmId(1), WORKING_LINK);
        tracker.LinkProtected(AtMs(1020), AtMs(1010), WORKING_LINK, "link-1:1");
        Generate(tracker, AtMs(1100), SPARE_LINK, true);
        tracker.BlockFilled(AtMs(1200), NEW_BLOCK);
        tracker.KeyDelivered(AtMs(1204), NEW_BLOCK);
        tracker.KeyDelivered(AtMs(1205), NEW_BLOCK);
        tracker.KeyConfirmed(AtMs(1210), NEW_BLOCK);
        tracker.KeyConfirmed(AtMs(1210), NEW_BLOCK);
    }

    /**
     * @brief The markers of the only recovery.
     * @param tracker the tracker
     * @return its markers
     */
    RecoveryMarkers MarkersOf(const RecoveryTracker& tracker)
    {
        const std::vector<TrackedRecovery> all = tracker.GetResults();
        NS_TEST_EXPECT_MSG_EQ(all.size(), 1, "recoveries");
        const RecoveryMarkers markers = all.empty() ? RecoveryMarkers() : all[0].result.markers;
        NS_TEST_EXPECT_MSG_EQ(markers.FindDisorder(), "", "order");
        return markers;
    }

    /// The group goes back to its working link.
    void CheckReversion()
    {
        RecoveryTracker tracker;
        Recover(tracker);
        tracker.LinkProtected(AtMs(5000), AtMs(4990), WORKING_LINK, "link-1:1");
        MarkersOf(tracker);
        tracker.KeySupplied(AtMs(6000), SERVED);
        const RecoveryMarkers markers = MarkersOf(tracker);
        NS_TEST_EXPECT_MSG_EQ(markers.decided.value_or(Time()), AtMs(1010), "decided");
        NS_TEST_EXPECT_MSG_EQ(markers.running.value_or(Time()), AtMs(1100), "running");
        NS_TEST_EXPECT_MSG_EQ(markers.confirmed.value_or(Time()), AtMs(1210), "confirmed");
        NS_TEST_EXPECT_MSG_EQ(markers.firstKeyUsable.value_or(Time()), AtMs(6000), "first key");
    }

    /// The spare link stops, too, and comes back without a block.
    void CheckSecondStop()
    {
        RecoveryTracker tracker;
        Recover(tracker);
        Generate(tracker, AtMs(2005), SPARE_LINK, false);
        Generate(tracker, AtMs(3000), SPARE_LINK, true);
        const RecoveryMarkers markers = MarkersOf(tracker);
        NS_TEST_EXPECT_MSG_EQ(markers.running.value_or(Time()), AtMs(3000), "running");
        NS_TEST_EXPECT_MSG_EQ(markers.blockFilled.has_value(), false, "no block since");
    }

    void DoRun() override
    {
        CheckReversion();
        CheckSecondStop();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of the tracker of recoveries of sessions without routes.
 */
class QkdnLinkRecoveryTrackerTestSuite : public TestSuite
{
  public:
    QkdnLinkRecoveryTrackerTestSuite()
        : TestSuite("qkdn-link-recovery-tracker", Type::UNIT)
    {
        AddTestCase(new KeyBackUnaskedTest);
    }
};

static QkdnLinkRecoveryTrackerTestSuite g_qkdnLinkRecoveryTrackerTestSuite; //!< registers the suite
