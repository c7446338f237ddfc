/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-group-recovery-tracker.h"
#include "ns3/test.h"

#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

const LinkId WORKING_LINK(1); //!< of the working entity
const LinkId SPARE_LINK(2);   //!< of the protection entity
const ProtectionEntity HOME{false, 0};
const ProtectionEntity SPARE{true, 0};

/// A group of one working and one protection entity.
TrackedGroup
MakeGroup(bool permanentBridge)
{
    TrackedGroup group;
    group.name = "g";
    group.mechanism = permanentBridge ? "link-1+1" : "link-1:1";
    group.trigger = "link-down";
    group.permanentBridge = permanentBridge;
    group.working = {WORKING_LINK};
    group.workingIds = {"12"};
    group.protection = {SPARE_LINK};
    return group;
}

/// Both modules of a link begin or end to generate.
void
SetGenerating(GroupRecoveryTracker& tracker, Time now, LinkId link, bool generating)
{
    tracker.ModuleChanged(now, link, 0, generating);
    tracker.ModuleChanged(now, link, 1, generating);
}

/// A block comes all the way, one second after another: full, distilled, confirmed.
void
MakeBlock(GroupRecoveryTracker& tracker, Time filled, LinkId link)
{
    const KeyId key{link, static_cast<uint64_t>(filled.GetTimeStep())};
    tracker.BlockFilled(filled, key);
    tracker.KeyDelivered(filled + MilliSeconds(500), key);
    tracker.KeyDelivered(filled + Seconds(1), key);
    tracker.KeyConfirmed(filled + MilliSeconds(1500), key);
    tracker.KeyConfirmed(filled + Seconds(2), key);
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief An episode with a switch to the protection entity, and back.
 */
class GroupSwitchTest : public TestCase
{
  public:
    GroupSwitchTest()
        : TestCase("The stages of a switch in the quantum layer, and the way back")
    {
    }

  private:
    void DoRun() override
    {
        GroupRecoveryTracker tracker;
        tracker.AddGroup(MakeGroup(false));
        SetGenerating(tracker, Time(0), WORKING_LINK, true);
        tracker.FaultStruck(Seconds(10), "spare", {{"g", {SPARE}}});
        tracker.FaultRepaired(Seconds(11), "spare");
        NS_TEST_ASSERT_MSG_EQ(tracker.GetResults().size(), 0, "nobody takes keys from the spare");

        const Time cut = Seconds(20);
        tracker.FaultStruck(cut, "cut", {{"g", {HOME}}});
        SetGenerating(tracker, cut + Seconds(1), WORKING_LINK, false);
        tracker.LinkIncident(cut + Seconds(1), WORKING_LINK, IncidentId{1, 1});
        tracker.Informed(cut + Seconds(1), "g", 0, 0);
        tracker.Informed(cut + Seconds(2), "g", 0, 1);
        tracker.HoldOffOver(cut + Seconds(4), "g", 0);
        tracker.Decided(cut + Seconds(4), "g", 0, 0, SPARE);
        tracker.Decided(cut + Seconds(5), "g", 0, 1, SPARE);
        tracker.Operated(cut + Seconds(6), "g", 0, 0, true);
        tracker.Operated(cut + Seconds(7), "g", 0, 1, true);
        SetGenerating(tracker, cut + Seconds(12), SPARE_LINK, true);
        MakeBlock(tracker, cut + Seconds(15), SPARE_LINK);

        tracker.FaultRepaired(Seconds(100), "cut");
        tracker.Decided(Seconds(105), "g", 0, 0, HOME);
        tracker.Operated(Seconds(106), "g", 0, 0, true);
        tracker.Decided(Seconds(106), "g", 0, 1, HOME);
        tracker.Operated(Seconds(107), "g", 0, 1, true);

        const auto results = tracker.GetResults();
        NS_TEST_ASSERT_MSG_EQ(results.size(), 1, "one episode");
        const RecoveryResult& result = results[0].result;
        NS_TEST_ASSERT_MSG_EQ(results[0].incidents.size(), 1, "of the detector");
        NS_TEST_ASSERT_MSG_EQ(result.fault, "cut", "fault");
        NS_TEST_ASSERT_MSG_EQ(result.sessionOrGroup, "g", "group");
        NS_TEST_ASSERT_MSG_EQ(result.mechanism, "link-1:1", "class");
        NS_TEST_ASSERT_MSG_EQ(result.outcome, RECOVERY_RECOVERED, "by the switch");
        NS_TEST_ASSERT_MSG_EQ(result.markers.FindDisorder(), "", "order");
        const RecoveryStages stages = result.markers.ComputeStages();
        const std::vector<std::pair<RecoveryStage, int>> expected = {{STAGE_DETECTION, 1},
                                                                     {STAGE_NOTIFICATION, 1},
                                                                     {STAGE_HOLD_OFF, 2},
                                                                     {STAGE_DECISION, 1},
                                                                     {STAGE_REPAIR_WAIT, 0},
                                                                     {STAGE_OPERATION, 2},
                                                                     {STAGE_RESYNC, 5},
                                                                     {STAGE_KEY_RESUMPTION, 5}};
        for (const auto& [stage, seconds] : expected)
        {
            NS_TEST_ASSERT_MSG_EQ(stages.stage[stage],
                                  Seconds(seconds),
                                  "stage " << RecoveryStageName(stage));
        }
        NS_TEST_ASSERT_MSG_EQ(*stages.total, Seconds(17), "sum");
        NS_TEST_ASSERT_MSG_EQ(*result.revertedAt, Seconds(107), "both ends are back");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A switch that fails: the group waits for the repair.
 */
class GroupRepairTest : public TestCase
{
  public:
    GroupRepairTest()
        : TestCase("A group whose switch fails waits for the repair")
    {
    }

  private:
    void DoRun() override
    {
        GroupRecoveryTracker tracker;
        tracker.AddGroup(MakeGroup(false));
        SetGenerating(tracker, Time(0), WORKING_LINK, true);
        tracker.FaultStruck(Seconds(20), "cut", {{"g", {HOME}}});
        SetGenerating(tracker, Seconds(21), WORKING_LINK, false);
        tracker.LinkIncident(Seconds(21), WORKING_LINK, IncidentId{1, 1});
        tracker.Informed(Seconds(21), "g", 0, 0);
        tracker.Informed(Seconds(22), "g", 0, 1);
        tracker.Operated(Seconds(23), "g", 0, 0, false);
        tracker.Operated(Seconds(23), "g", 0, 1, true);
        NS_TEST_ASSERT_MSG_EQ(tracker.GetResults()[0].result.outcome,
                              RECOVERY_NOT_RECOVERED,
                              "not so far");
        tracker.FaultRepaired(Seconds(50), "cut");
        SetGenerating(tracker, Seconds(60), WORKING_LINK, true);
        MakeBlock(tracker, Seconds(70), WORKING_LINK);
        const RecoveryResult result = tracker.GetResults().at(0).result;
        NS_TEST_ASSERT_MSG_EQ(result.outcome, RECOVERY_REPAIRED, "by the repair");
        NS_TEST_ASSERT_MSG_EQ(result.revertedAt.has_value(), false, "it never left");
        const RecoveryStages stages = result.markers.ComputeStages();
        NS_TEST_ASSERT_MSG_EQ(stages.stage[STAGE_REPAIR_WAIT], Seconds(28), "waited");
        NS_TEST_ASSERT_MSG_EQ(stages.stage[STAGE_RESYNC], Seconds(10), "resynchronised");
        NS_TEST_ASSERT_MSG_EQ(*stages.total, Seconds(52), "sum");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief 1+1: the other entity has never stopped; a second fault extends the episode.
 */
class GroupPermanentBridgeTest : public TestCase
{
  public:
    GroupPermanentBridgeTest()
        : TestCase("1+1 goes on with the other entity; with both gone it waits for a repair")
    {
    }

  private:
    void DoRun() override
    {
        GroupRecoveryTracker tracker;
        tracker.AddGroup(MakeGroup(true));
        SetGenerating(tracker, Time(0), WORKING_LINK, true);
        SetGenerating(tracker, Time(0), SPARE_LINK, true);
        tracker.FaultStruck(Seconds(20), "cut", {{"g", {HOME}}});
        SetGenerating(tracker, Seconds(21), WORKING_LINK, false);
        tracker.LinkIncident(Seconds(21), WORKING_LINK, IncidentId{1, 1});
        MakeBlock(tracker, Seconds(22), SPARE_LINK);
        tracker.FaultStruck(Seconds(30), "second", {{"g", {SPARE}}});
        SetGenerating(tracker, Seconds(31), SPARE_LINK, false);
        tracker.LinkIncident(Seconds(31), SPARE_LINK, IncidentId{1, 2});
        tracker.FaultStruck(Seconds(32), "third", {{"g", {HOME}}});
        tracker.FaultRepaired(Seconds(40), "second");
        tracker.FaultRepaired(Seconds(41), "third");
        SetGenerating(tracker, Seconds(45), SPARE_LINK, true);
        MakeBlock(tracker, Seconds(46), SPARE_LINK);

        const auto results = tracker.GetResults();
        NS_TEST_ASSERT_MSG_EQ(results.size(), 2, "two episodes");
        NS_TEST_ASSERT_MSG_EQ(results[0].result.outcome, RECOVERY_RECOVERED, "goes on");
        NS_TEST_ASSERT_MSG_EQ(*results[0].result.markers.firstKeyUsable, Seconds(24), "soon");
        const RecoveryResult& second = results[1].result;
        NS_TEST_ASSERT_MSG_EQ(second.fault, "second", "of the second fault");
        NS_TEST_ASSERT_MSG_EQ(second.alsoFaults.size(), 1, "and the third");
        NS_TEST_ASSERT_MSG_EQ(second.outcome, RECOVERY_REPAIRED, "nothing was left");
        NS_TEST_ASSERT_MSG_EQ(*second.markers.firstKeyUsable, Seconds(48), "after the repair");
        NS_TEST_ASSERT_MSG_EQ(second.markers.FindDisorder(), "", "order");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Both entities fail: the return to the one that is broken still is no recovery.
 */
class GroupBothBrokenTest : public TestCase
{
  public:
    GroupBothBrokenTest()
        : TestCase("A return to a broken entity waits for its repair")
    {
    }

  private:
    /// Both ends select an entity, the second one a second later.
    void Switch(GroupRecoveryTracker& tracker, Time now, ProtectionEntity entity, bool completes)
    {
        tracker.Decided(now, "g", 0, 0, entity);
        NS_TEST_EXPECT_MSG_EQ(tracker.Operated(now, "g", 0, 0, true), false, "one end");
        tracker.Decided(now + Seconds(1), "g", 0, 1, entity);
        NS_TEST_EXPECT_MSG_EQ(tracker.Operated(now + Seconds(1), "g", 0, 1, true),
                              completes,
                              "both ends at " << now.GetSeconds());
    }

    /// The working entity fails, then the protection entity to which the group has gone.
    void BreakBoth(GroupRecoveryTracker& tracker)
    {
        tracker.AddGroup(MakeGroup(false));
        SetGenerating(tracker, Time(0), WORKING_LINK, true);
        tracker.FaultStruck(Seconds(20), "cut", {{"g", {HOME}}});
        SetGenerating(tracker, Seconds(21), WORKING_LINK, false);
        tracker.LinkIncident(Seconds(21), WORKING_LINK, IncidentId{1, 1});
        Switch(tracker, Seconds(22), SPARE, true);
        tracker.FaultStruck(Seconds(25), "spare", {{"g", {SPARE}}});
        tracker.LinkIncident(Seconds(26), SPARE_LINK, IncidentId{1, 2});
        Switch(tracker, Seconds(27), HOME, false);
    }

    void DoRun() override
    {
        for (const std::string first : {"cut", "spare", "neither"})
        {
            GroupRecoveryTracker tracker;
            BreakBoth(tracker);
            if (first == "cut")
            {
                tracker.FaultRepaired(Seconds(50), "cut");
            }
            else if (first == "spare")
            {
                tracker.FaultRepaired(Seconds(50), "spare");
                Switch(tracker, Seconds(51), SPARE, true);
            }
            const LinkId link = first == "cut" ? WORKING_LINK : SPARE_LINK;
            SetGenerating(tracker, Seconds(60), link, true);
            MakeBlock(tracker, Seconds(70), link);
            const auto results = tracker.GetResults();
            NS_TEST_ASSERT_MSG_EQ(results.size(), 1, "one episode");
            const RecoveryResult& result = results[0].result;
            NS_TEST_EXPECT_MSG_EQ(result.alsoFaults.size(), 1, "of two faults");
            NS_TEST_EXPECT_MSG_EQ(result.markers.FindDisorder(), "", first);
            const RecoveryOutcome outcome = first == "cut"     ? RECOVERY_REPAIRED
                                            : first == "spare" ? RECOVERY_RECOVERED
                                                               : RECOVERY_NOT_RECOVERED;
            NS_TEST_EXPECT_MSG_EQ(result.outcome, outcome, "repaired first: " << first);
            const RecoveryStages stages = result.markers.ComputeStages();
            NS_TEST_EXPECT_MSG_EQ(stages.stage[STAGE_REPAIR_WAIT],
                                  Seconds(first == "cut" ? 22 : 0),
                                  "from the return to the repair");
            NS_TEST_EXPECT_MSG_EQ(stages.total.value_or(Time(0)),
                                  Seconds(first == "neither" ? 0 : 52),
                                  "sum");
        }
        ReturnToWhole();
    }

    /// The working entity is repaired before the other one fails: the return recovers.
    void ReturnToWhole()
    {
        GroupRecoveryTracker tracker;
        tracker.AddGroup(MakeGroup(false));
        SetGenerating(tracker, Time(0), WORKING_LINK, true);
        tracker.FaultStruck(Seconds(20), "cut", {{"g", {HOME}}});
        Switch(tracker, Seconds(22), SPARE, true);
        SetGenerating(tracker, Seconds(23), SPARE_LINK, true);
        MakeBlock(tracker, Seconds(24), SPARE_LINK);
        tracker.FaultRepaired(Seconds(40), "cut");
        tracker.FaultStruck(Seconds(45), "spare", {{"g", {SPARE}}});
        SetGenerating(tracker, Seconds(46), SPARE_LINK, false);
        Switch(tracker, Seconds(47), HOME, true);
        MakeBlock(tracker, Seconds(50), WORKING_LINK);
        const auto results = tracker.GetResults();
        NS_TEST_ASSERT_MSG_EQ(results.size(), 2, "two episodes");
        NS_TEST_EXPECT_MSG_EQ(results[1].result.outcome, RECOVERY_RECOVERED, "by the return");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of the tracker of recoveries in the quantum layer.
 */
class QkdnGroupRecoveryTrackerTestSuite : public TestSuite
{
  public:
    QkdnGroupRecoveryTrackerTestSuite()
        : TestSuite("qkdn-group-recovery-tracker", Type::UNIT)
    {
        AddTestCase(new GroupSwitchTest);
        AddTestCase(new GroupRepairTest);
        AddTestCase(new GroupPermanentBridgeTest);
        AddTestCase(new GroupBothBrokenTest);
    }
};

static QkdnGroupRecoveryTrackerTestSuite
    g_qkdnGroupRecoveryTrackerTestSuite; //!< registers the suite
