/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Restoration of QKD links by the controller: messages, choice, single failures, stages.

#include "qkdn-link-restoration-network.h"

#include "ns3/qkdn-restoration-pool.h"

namespace ns3
{
namespace qkdn
{
namespace
{

/**
 * @brief An entity as it is registered.
 * @param link number of its QKD link
 * @param name its name
 * @param lengthM its length, m
 * @param fibre name of its fibre
 * @param risk its risk group
 * @return the entity
 */
CqEntity
MakeEntity(uint32_t link,
           const std::string& name,
           uint32_t lengthM,
           const std::string& fibre,
           const std::string& risk)
{
    CqEntity entity;
    entity.link = LinkId(link);
    entity.description = {name, lengthM, {fibre}, {risk}};
    return entity;
}

/// A group of two working entities and four spare ones.
CqRegistration
MakeRegistration(uint8_t end)
{
    CqRegistration message;
    message.group = GroupId(7);
    message.name = "g";
    message.end = end;
    message.waitToRestore = Seconds(3);
    message.startTimeout = Seconds(60);
    message.lastCommand = (uint64_t(2) << 32) + 5;
    message.working = {MakeEntity(1, "w0", 20000, "fw0", "duct"),
                       MakeEntity(2, "w1", 20000, "fw1", "street")};
    message.protection = {MakeEntity(3, "far", 30000, "fp0", "a"),
                          MakeEntity(4, "duct-mate", 10000, "fp1", "duct"),
                          MakeEntity(5, "b", 20000, "fp2", "c"),
                          MakeEntity(6, "a", 20000, "fp3", "d")};
    return message;
}

/// All entities are good, nothing is switched.
GroupReport
MakeReport()
{
    GroupReport report;
    report.working.assign(2, ENTITY_GOOD);
    report.protection.assign(4, ENTITY_GOOD);
    report.selected = {{false, 0}, {false, 1}};
    report.generating = {true, true};
    return report;
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Messages survive the way; cut ones and senseless ones are refused.
 */
class CqMessagesTest : public TestCase
{
  public:
    CqMessagesTest()
        : TestCase("Messages of Cq")
    {
    }

  private:
    /// Refused if cut anywhere, or with a byte too many.
    template <typename Message>
    void CheckCut(const Message& message)
    {
        const Ptr<Packet> packet = message.ToPacket();
        NS_TEST_EXPECT_MSG_EQ(Message::FromPacket(packet).has_value(), true, "whole");
        for (uint32_t size = 0; size < packet->GetSize(); ++size)
        {
            NS_TEST_EXPECT_MSG_EQ(Message::FromPacket(packet->CreateFragment(0, size)).has_value(),
                                  false,
                                  "cut to " << size);
        }
        packet->AddAtEnd(Create<Packet>(1));
        NS_TEST_EXPECT_MSG_EQ(Message::FromPacket(packet).has_value(), false, "too long");
    }

    void DoRun() override
    {
        const CqRegistration registration = MakeRegistration(1);
        CheckCut(registration);
        const auto read = CqRegistration::FromPacket(registration.ToPacket());
        NS_TEST_EXPECT_MSG_EQ(read->name, "g", "name");
        NS_TEST_EXPECT_MSG_EQ(read->lastCommand, registration.lastCommand, "last command");
        NS_TEST_EXPECT_MSG_EQ(read->waitToRestore, Seconds(3), "wait to restore");
        NS_TEST_EXPECT_MSG_EQ(read->protection.at(1).description.riskGroups.at(0), "duct", "risk");
        NS_TEST_EXPECT_MSG_EQ(read->protection.at(0).description.lengthM, 30000, "length");
        CqRegistration noEnd = registration;
        noEnd.end = 2;
        NS_TEST_EXPECT_MSG_EQ(CqRegistration::FromPacket(noEnd.ToPacket()).has_value(),
                              false,
                              "a third end");
        CqStatus status{GroupId(7), MakeReport()};
        status.report.selected[1] = {true, 3};
        CheckCut(status);
        NS_TEST_EXPECT_MSG_EQ((CqStatus::FromPacket(status.ToPacket())->report == status.report),
                              true,
                              "the same report");
        status.report.selected[1] = {true, 4};
        NS_TEST_EXPECT_MSG_EQ(CqStatus::FromPacket(status.ToPacket()).has_value(),
                              false,
                              "a spare entity that is not there");
        status.report.selected[1] = {false, 0};
        NS_TEST_EXPECT_MSG_EQ(CqStatus::FromPacket(status.ToPacket()).has_value(),
                              false,
                              "another working entity");
        const CqSelect command{GroupId(7), 9, 1, {true, 2}};
        CheckCut(command);
        NS_TEST_EXPECT_MSG_EQ(
            (CqSelect::FromPacket(command.ToPacket())->selected == command.selected),
            true,
            "the same entity");
        CheckCut(CqAcknowledgement{GroupId(7), 9, false, "P2 has failed"});
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Which spare entity a controller chooses.
 */
class RestorationPoolTest : public TestCase
{
  public:
    RestorationPoolTest()
        : TestCase("The choice among spare entities")
    {
    }

  private:
    /// Name of the choice for W0 if these are barred.
    static std::string Choose(const RestorationPool& pool, const std::set<uint32_t>& barred = {})
    {
        const auto chosen = pool.Choose(0, barred);
        return chosen ? pool.GetDescription().protection.at(*chosen).description.name : "none";
    }

    void DoRun() override
    {
        RestorationPool pool;
        NS_TEST_EXPECT_MSG_EQ(pool.Report(0, MakeReport()), false, "not registered");
        pool.Register(MakeRegistration(0));
        CqRegistration other = MakeRegistration(1);
        other.working.pop_back();
        NS_TEST_EXPECT_MSG_EQ(pool.Register(other), false, "the ends disagree");
        NS_TEST_EXPECT_MSG_EQ(pool.Register(MakeRegistration(1)), true, "they agree");
        GroupReport report = MakeReport();
        pool.Report(0, report);
        NS_TEST_EXPECT_MSG_EQ(pool.IsKnown(), false, "one end");
        pool.Report(1, report);
        NS_TEST_EXPECT_MSG_EQ(pool.IsKnown(), true, "both ends");
        NS_TEST_EXPECT_MSG_EQ(Choose(pool), "duct-mate", "the shortest");
        report.working[0] = ENTITY_SIGNAL_FAIL;
        pool.Report(1, report);
        NS_TEST_EXPECT_MSG_EQ(pool.HasFailed({false, 0}), true, "one end says so");
        NS_TEST_EXPECT_MSG_EQ(Choose(pool), "a", "no risk in common, length, then name");
        NS_TEST_EXPECT_MSG_EQ(Choose(pool, {3}), "b", "the next");
        NS_TEST_EXPECT_MSG_EQ(Choose(pool, {2, 3}), "far", "the longer one");
        NS_TEST_EXPECT_MSG_EQ(Choose(pool, {0, 2, 3}), "duct-mate", "at last the risky one");
        NS_TEST_EXPECT_MSG_EQ(Choose(pool, {0, 1, 2, 3}), "none", "no more");
        report.protection[3] = ENTITY_SIGNAL_FAIL;
        report.selected[1] = {true, 2};
        pool.Report(0, report);
        NS_TEST_EXPECT_MSG_EQ(Choose(pool), "far", "one has failed, one is in use at one end");
        NS_TEST_EXPECT_MSG_EQ(pool.GetSelected(1).has_value(), false, "the ends disagree");
        pool.SetSelected(1, 1, {true, 2});
        NS_TEST_EXPECT_MSG_EQ((pool.GetSelected(1) == ProtectionEntity{true, 2}), true, "agree");
        NS_TEST_EXPECT_MSG_EQ(pool.IsUp(1, {true, 2}), false, "it does not generate yet");
        pool.Forget(1);
        NS_TEST_EXPECT_MSG_EQ(pool.IsKnown(), false, "an end is lost");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief One link fails and is restored, on a spare fibre or a spare module pair.
 */
class LinkRestoredTest : public LinkRestorationTest
{
  public:
    LinkRestoredTest()
        : LinkRestorationTest("A link is restored and reverts")
    {
    }

  private:
    /// Restored at once, back WTR_S after the repair.
    void Check(const std::string& spares, const std::string& entity, Time switching)
    {
        const ExperimentResults results = RunNetwork({UsePool(spares)}, entity);
        NS_TEST_EXPECT_MSG_EQ(GetStory(),
                              "W0>" + entity + ":acknowledged W0>" + entity +
                                  ":started W0>W0:acknowledged",
                              "what happens");
        const RecoveryResult record = Find(results, "g/w0", "cut");
        NS_TEST_EXPECT_MSG_EQ(record.mechanism, "link-restoration", "mechanism");
        NS_TEST_EXPECT_MSG_EQ(record.outcome, RECOVERY_RECOVERED, "outcome");
        const RecoveryStages stages = record.markers.ComputeStages();
        NS_TEST_EXPECT_MSG_EQ(stages.stage[STAGE_DECISION], MilliSeconds(10), "decision");
        NS_TEST_EXPECT_MSG_GT(stages.stage[STAGE_NOTIFICATION], MicroSeconds(49), "10 km");
        NS_TEST_EXPECT_MSG_GT(stages.stage[STAGE_OPERATION],
                              switching + MicroSeconds(98),
                              "the switches, and 10 km there and back");
        NS_TEST_EXPECT_MSG_LT(stages.stage[STAGE_OPERATION],
                              switching + MilliSeconds(1),
                              "no more");
        NS_TEST_EXPECT_MSG_LT(stages.total.value_or(Time::Max()), Seconds(RESYNC_S + 0.5), "soon");
        NS_TEST_ASSERT_MSG_EQ(record.revertedAt.has_value(), true, "it reverts");
        NS_TEST_EXPECT_MSG_GT(*record.revertedAt, Seconds(REPAIR_S + WTR_S), "after the wait");
        NS_TEST_EXPECT_MSG_LT(*record.revertedAt, Seconds(REPAIR_S + WTR_S + 1.5), "only");
        uint32_t told = 0;
        for (const EventResult& event : results.eventLog)
        {
            told += event.kind == "group-record" && event.time > Seconds(CUT_S) ? 1 : 0;
        }
        NS_TEST_EXPECT_MSG_GT(told, 3, "the manager is told of match-ups");
        for (const uint32_t end : {0, 1})
        {
            NS_TEST_EXPECT_MSG_EQ(m_status[end].state, GROUP_PROTECTED, "ready again");
        }
    }

    void DoRun() override
    {
        Check("[" + GetSpareFibre() + "]", "P0", MilliSeconds(20));
        Check(R"(["p0", "p1"])", "P1", Time(0));
        CheckPolicies();
    }

    /// Hold-off, no reversion.
    void CheckPolicies()
    {
        const ExperimentResults results = RunNetwork({{"/protection_groups/0/hold_off_s", "0.5"},
                                                      {"/protection_groups/0/revertive", "false"}},
                                                     "not revertive");
        const RecoveryResult record = Find(results, "g/w0", "cut");
        const RecoveryStages stages = record.markers.ComputeStages();
        NS_TEST_EXPECT_MSG_EQ(stages.stage[STAGE_HOLD_OFF], MilliSeconds(500), "hold-off");
        NS_TEST_EXPECT_MSG_EQ(record.revertedAt.has_value(), false, "it stays");
        NS_TEST_EXPECT_MSG_EQ(m_status[0].state, GROUP_SWITCHED, "as the manager is told");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief 500 km more to the controller are seen in notification and operation alone.
 */
class RestorationStagesTest : public LinkRestorationTest
{
  public:
    RestorationStagesTest()
        : LinkRestorationTest("Stages and the way to the controller")
    {
    }

  private:
    /// Stages with so much fibre between the controller and both nodes.
    RecoveryStages Measure(double km)
    {
        const std::string length = std::to_string(km);
        const ExperimentResults results =
            RunNetwork({{"/fibres/0/length_km", length}, {"/fibres/1/length_km", length}},
                       length + " km");
        return Find(results, "g/w0", "cut").markers.ComputeStages();
    }

    void DoRun() override
    {
        const RecoveryStages near = Measure(10);
        const RecoveryStages far = Measure(510);
        for (const RecoveryStage stage : {STAGE_DETECTION, STAGE_HOLD_OFF, STAGE_DECISION})
        {
            NS_TEST_EXPECT_MSG_EQ(near.stage[stage], far.stage[stage], RecoveryStageName(stage));
        }
        const Time way = MicroSeconds(2450); // 500 km, 4.9 us/km
        NS_TEST_EXPECT_MSG_EQ(far.stage[STAGE_NOTIFICATION] - near.stage[STAGE_NOTIFICATION],
                              way,
                              "one way");
        NS_TEST_EXPECT_MSG_EQ(far.stage[STAGE_OPERATION] - near.stage[STAGE_OPERATION],
                              way + way,
                              "there and back");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief More failures than spare entities; spare entities and switches that do not work.
 */
class ScarceSparesTest : public LinkRestorationTest
{
  public:
    ScarceSparesTest()
        : LinkRestorationTest("Scarce, broken and stuck spare entities")
    {
    }

  private:
    void DoRun() override
    {
        CheckTwoFailures();
        CheckBrokenPair();
        CheckBrokenFibre();
        CheckStuck();
    }

    /// The second waits until the first has reverted.
    void CheckTwoFailures()
    {
        const ExperimentResults results =
            RunNetwork({UsePool(R"(["p1"])"), AddFault("second", 10, "fibre-cut", "f-w1", 13)},
                       "two failures");
        NS_TEST_EXPECT_MSG_EQ(GetStory(),
                              "W0>P0:acknowledged W0>P0:started W0>W0:acknowledged "
                              "W1>P0:acknowledged W1>P0:started",
                              "one after the other");
        const RecoveryResult first = Find(results, "g/w0", "cut");
        const RecoveryResult second = Find(results, "g/w1", "second");
        NS_TEST_EXPECT_MSG_EQ(second.outcome, RECOVERY_RECOVERED, "at last");
        NS_TEST_EXPECT_MSG_GT(second.markers.decided.value_or(Time()),
                              first.revertedAt.value_or(Time::Max()),
                              "when the spare entity is free");
        NS_TEST_EXPECT_MSG_EQ(m_informed.size(), 2, "known from the start");
    }

    /// The shorter spare pair is broken, which its modules see, or takes too long.
    void CheckBrokenPair()
    {
        const ExperimentResults broken =
            RunNetwork({AddFault("spare", 6, "fibre-cut", "f-p1", 100)}, "broken pair");
        NS_TEST_EXPECT_MSG_EQ(GetStory(),
                              "W0>P0:acknowledged W0>P0:started W0>W0:acknowledged",
                              "the other pair");
        NS_TEST_EXPECT_MSG_EQ(Find(broken, "g/w0", "cut").outcome, RECOVERY_RECOVERED, "outcome");
        const ExperimentResults slow = RunNetwork({{"/qkd_links/3/resync_s", "6"}}, "slow pair");
        CheckBegin("W0>P1:acknowledged W0>P1:not-started W0>P0:acknowledged W0>P0:started");
        const RecoveryResult record = Find(slow, "g/w0", "cut");
        NS_TEST_EXPECT_MSG_EQ(record.outcome, RECOVERY_RECOVERED, "outcome");
        NS_TEST_EXPECT_MSG_GT(record.markers.decided.value_or(Time()),
                              Seconds(CUT_S + 4),
                              "after start_timeout_s");
    }

    /// What happens first.
    void CheckBegin(const std::string& begin)
    {
        const std::string story = GetStory();
        NS_TEST_EXPECT_MSG_EQ(story.substr(0, begin.size()), begin, "the next one: " << story);
    }

    /// The spare fibre is watched: it is not even tried.
    void CheckBrokenFibre()
    {
        RunNetwork({UsePool("[" + GetSpareFibre() + R"(, "p0"])"),
                    AddFault("spare", 6, "fibre-cut", "f-s", 100)},
                   "broken fibre");
        NS_TEST_EXPECT_MSG_EQ(GetStory(),
                              "W0>P1:acknowledged W0>P1:started W0>W0:acknowledged",
                              "the spare pair");
    }

    /// An optical switch that does not move.
    void CheckStuck()
    {
        const ExperimentResults results = RunNetwork(
            {UsePool("[" + GetSpareFibre() + R"(, "p0"])"), {"/optical_switches/1/coverage", "0"}},
            "stuck switch");
        CheckBegin("W0>P0:refused W0>P1:acknowledged W0>P1:started");
        NS_TEST_EXPECT_MSG_EQ(Find(results, "g/w0", "cut").outcome, RECOVERY_RECOVERED, "outcome");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite.
 */
class LinkRestorationTestSuite : public TestSuite
{
  public:
    LinkRestorationTestSuite()
        : TestSuite("qkdn-link-restoration", Type::SYSTEM)
    {
        AddTestCase(new CqMessagesTest);
        AddTestCase(new RestorationPoolTest);
        AddTestCase(new LinkRestoredTest);
        AddTestCase(new RestorationStagesTest);
        AddTestCase(new ScarceSparesTest);
    }
};

static LinkRestorationTestSuite g_linkRestorationTestSuite; //!< registers the suite

} // namespace qkdn
} // namespace ns3
