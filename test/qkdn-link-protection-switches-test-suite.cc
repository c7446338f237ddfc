/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-link-protection-fixture.h"

#include "ns3/qkdn-mq-messages.h"
#include "ns3/test.h"

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

const Time CUT = Seconds(10);                   //!< time of the first failure
const Time EDGE = NanoSeconds(122500);          //!< light over half of 50 km
const Time ONE_WAY = MicroSeconds(245);         //!< light over 50 km
const Time PERSISTENCE = MilliSeconds(5);       //!< LossOfLightTime
const Time MESSAGE = MilliSeconds(1);           //!< longest time of a message over 100 km
const Time DETECTED = CUT + EDGE + PERSISTENCE; //!< both ends know

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief The same modules on a spare fibre.
 */
class GroupSpareFibreTest : public TestCase
{
  public:
    GroupSpareFibreTest()
        : TestCase("The same modules go over to a spare fibre through optical switches, and back")
    {
    }

  private:
    void DoRun() override
    {
        GroupFixture f(GROUP_LINK_1_1, 1, 1);
        f.BuildSwitches();
        f.CutAt(CUT, 0);
        f.RepairAt(Seconds(20), 0);
        GroupFixture::RunUntil(Seconds(40));
        const Time switched = DETECTED + GroupFixture::SWITCHING;
        for (uint32_t end = 0; end < 2; ++end)
        {
            NS_TEST_EXPECT_MSG_EQ(f.m_told.When(end, "W0 signal-fail"), DETECTED, "t1");
            NS_TEST_EXPECT_MSG_EQ(f.m_told.When(end, "W0 on P0"), DETECTED, "t4");
            NS_TEST_EXPECT_MSG_EQ(f.m_told.When(end, "W0 at P0"), switched, "t5");
            // light passes again: its way, its persistence, resynchronisation, a block
            const Time planned = switched + ONE_WAY + PERSISTENCE + GroupFixture::RESYNC + BLOCK;
            const Time first = f.FirstKey(end, 0, DETECTED);
            NS_TEST_EXPECT_MSG_GT(first, planned - MESSAGE, "each stage takes its time");
            NS_TEST_EXPECT_MSG_LT(first, planned + MESSAGE * 5, "and messages");
            const Time good = Seconds(20) + EDGE + PERSISTENCE;
            const Time back = f.m_told.When(end, "W0 on W0", CUT);
            NS_TEST_EXPECT_MSG_GT(back, good + Seconds(5) - MESSAGE, "wait-to-restore");
            NS_TEST_EXPECT_MSG_LT(back, good + Seconds(5) + MESSAGE * 3, "and messages");
            NS_TEST_EXPECT_MSG_EQ(f.m_switches[end]->GetPort(), 1, "in the end");
            NS_TEST_EXPECT_MSG_EQ(f.State(end), "protected", "in the end");
            NS_TEST_EXPECT_MSG_LT(f.FirstKey(end, 0, Seconds(39)), Time::Max(), "keys again");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief An optical switch that does not work when it is needed.
 */
class GroupSwitchFailureTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param repairFibre repair the fibre first, otherwise the switch
     */
    explicit GroupSwitchFailureTest(bool repairFibre)
        : TestCase(std::string("Optical switch failed: outage until the ") +
                   (repairFibre ? "fibre" : "switch") + " is repaired, and the group says so"),
          m_repairFibre(repairFibre)
    {
    }

  private:
    void DoRun() override
    {
        GroupFixture f(GROUP_LINK_1_1, 1, 1);
        f.BuildSwitches();
        Simulator::Schedule(Seconds(5), &OpticalSwitch::Fail, f.m_switches[1]);
        f.CutAt(CUT, 0);
        if (m_repairFibre)
        {
            f.RepairAt(Seconds(20), 0);
        }
        else
        {
            Simulator::Schedule(Seconds(20), &OpticalSwitch::Repair, f.m_switches[1]);
        }
        GroupFixture::RunUntil(Seconds(30));
        NS_TEST_EXPECT_MSG_EQ(f.m_told.When(1, "unprotected"), Seconds(5), "its own alarm");
        NS_TEST_EXPECT_MSG_EQ(f.m_told.When(1, "optical switch s1 has failed"),
                              Seconds(5),
                              "the reason");
        NS_TEST_EXPECT_MSG_GT(f.m_told.When(0, "unprotected"), Seconds(5), "told by a message");
        NS_TEST_EXPECT_MSG_LT(f.m_told.When(0, "unprotected"), Seconds(5) + MESSAGE, "soon");
        for (uint32_t end = 0; end < 2; ++end)
        {
            NS_TEST_EXPECT_MSG_EQ(f.m_told.When(end, "failed"), DETECTED, "and the working fibre");
            const Time first = f.FirstKey(end, 0, DETECTED);
            NS_TEST_EXPECT_MSG_GT(first, Seconds(20) + GroupFixture::RESYNC + BLOCK, "outage");
            NS_TEST_EXPECT_MSG_LT(first,
                                  Seconds(20) + GroupFixture::RESYNC + BLOCK +
                                      GroupFixture::SWITCHING + PERSISTENCE + MESSAGE * 6,
                                  "until the repair");
            const std::string selected = m_repairFibre ? "W0" : "P0";
            const std::string state = m_repairFibre ? "unprotected" : "switched";
            NS_TEST_EXPECT_MSG_EQ(f.Selected(end), selected, "in the end");
            NS_TEST_EXPECT_MSG_EQ(f.State(end), state, "in the end");
        }
    }

    bool m_repairFibre; //!< repair the fibre first
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A switch that fails without an alarm, when it has to move.
 */
class GroupSilentSwitchTest : public TestCase
{
  public:
    GroupSilentSwitchTest()
        : TestCase("A switch that does not reach its port leaves the group unprotected")
    {
    }

  private:
    void DoRun() override
    {
        GroupFixture f(GROUP_LINK_1_1, 1, 1);
        f.BuildSwitches();
        f.m_switches[0]->SetAttribute("Coverage", DoubleValue(0.0));
        f.CutAt(CUT, 0);
        GroupFixture::RunUntil(Seconds(15));
        NS_TEST_EXPECT_MSG_EQ(f.m_told.When(0, "W0 not at P0"),
                              DETECTED + GroupFixture::SWITCHING,
                              "found when it is tried");
        for (uint32_t end = 0; end < 2; ++end)
        {
            NS_TEST_EXPECT_MSG_EQ(f.State(end), "failed", "neither works");
            NS_TEST_EXPECT_MSG_EQ(f.Selected(end), "W0", "both ends select the same");
            NS_TEST_EXPECT_MSG_EQ(f.m_switches[end]->GetPort(), 1, "both switches stand there");
        }
        f.m_switches[0]->SetAttribute("Coverage", DoubleValue(1.0));
        GroupFixture::RunUntil(Seconds(25));
        NS_TEST_EXPECT_MSG_EQ(f.Selected(0), "P0", "it is tried again");
        NS_TEST_EXPECT_MSG_EQ(f.Selected(1), "P0", "at both ends");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Hold-off, and no reversion.
 */
class GroupTimersTest : public TestCase
{
  public:
    GroupTimersTest()
        : TestCase("Hold-off delays the switch; a short failure causes none; non-revertive stays")
    {
    }

  private:
    void DoRun() override
    {
        GroupFixture f(GROUP_LINK_1_1, 1, 1);
        f.m_group.holdOff = MilliSeconds(500);
        f.m_group.revertive = false;
        f.BuildPairs();
        f.CutAt(Seconds(5), 0);
        f.RepairAt(Seconds(5) + MilliSeconds(300), 0);
        GroupFixture::RunUntil(Seconds(8));
        NS_TEST_EXPECT_MSG_EQ(f.Selected(0), "P0", "resynchronisation outlasts the hold-off");
        Simulator::Destroy();

        GroupFixture g(GROUP_LINK_1_1, 1, 1);
        g.m_group.holdOff = Seconds(2);
        g.m_group.revertive = false;
        g.BuildPairs();
        g.CutAt(Seconds(5), 0);
        g.RepairAt(Seconds(5) + MilliSeconds(300), 0);
        g.CutAt(CUT, 0);
        g.RepairAt(Seconds(20), 0);
        GroupFixture::RunUntil(Seconds(40));
        for (uint32_t end = 0; end < 2; ++end)
        {
            NS_TEST_EXPECT_MSG_EQ(g.m_told.When(end, "W0 on P0"), DETECTED + Seconds(2), "later");
            NS_TEST_EXPECT_MSG_EQ(g.m_told.Count(end, "W0 on P0"), 1, "not after the short one");
            NS_TEST_EXPECT_MSG_EQ(g.Selected(end), "P0", "does not revert");
            NS_TEST_EXPECT_MSG_EQ(g.m_places[end].agent->GetGroup("g")->GetSwitch(0)->GetState(),
                                  SWITCH_DNR,
                                  "do not revert");
        }
        NS_TEST_EXPECT_MSG_EQ(g.m_links[0].transmitter->GetState(),
                              QkdModule::STANDBY,
                              "the working pair waits now");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Commands of an operator.
 */
class GroupCommandTest : public TestCase
{
  public:
    GroupCommandTest()
        : TestCase("Operator commands act at both ends, are rejected or overridden by rule")
    {
    }

  private:
    void DoRun() override
    {
        GroupFixture f(GROUP_LINK_1_1, 1, 1);
        f.BuildPairs();
        f.CommandAt(Seconds(5), 0, GROUP_COMMAND_MANUAL_SWITCH);
        f.CommandAt(Seconds(8), 0, GROUP_COMMAND_CLEAR);
        f.CommandAt(Seconds(12), 1, GROUP_COMMAND_LOCKOUT);
        f.CommandAt(Seconds(13), 1, GROUP_COMMAND_FORCED_SWITCH);
        f.CutAt(Seconds(14), 0);
        f.CommandAt(Seconds(16), 1, GROUP_COMMAND_CLEAR);
        f.RepairAt(Seconds(20), 0);
        GroupFixture::RunUntil(Seconds(7));
        NS_TEST_EXPECT_MSG_EQ(f.m_told.Count(0, "manual-switch accepted"), 1, "accepted");
        NS_TEST_EXPECT_MSG_EQ(f.Selected(0) + f.Selected(1), "P0P0", "both ends");
        NS_TEST_EXPECT_MSG_EQ(f.m_links[0].transmitter->GetState(),
                              QkdModule::STANDBY,
                              "no keys of the working pair");
        for (uint32_t end = 0; end < 2; ++end)
        {
            NS_TEST_EXPECT_MSG_LT(f.LongestGap(end, Seconds(1), Seconds(7)),
                                  BLOCK * 2 + MESSAGE * 5,
                                  "the working pair goes on until the spare runs");
        }
        GroupFixture::RunUntil(Seconds(11));
        NS_TEST_EXPECT_MSG_EQ(f.Selected(0) + f.Selected(1), "W0W0", "cleared");
        GroupFixture::RunUntil(Seconds(15));
        NS_TEST_EXPECT_MSG_EQ(f.m_told.Count(1, "lockout accepted"), 1, "accepted");
        NS_TEST_EXPECT_MSG_EQ(f.m_told.Count(1, "forced-switch rejected-local"), 1, "lower");
        NS_TEST_EXPECT_MSG_EQ(f.Selected(0) + f.Selected(1), "W0W0", "locked out");
        NS_TEST_EXPECT_MSG_EQ(f.State(0) + f.State(1), "failedfailed", "and failed");
        NS_TEST_EXPECT_MSG_EQ(f.m_told.Count(0, "lockout of protection"), 2, "the reason");
        GroupFixture::RunUntil(Seconds(19));
        NS_TEST_EXPECT_MSG_EQ(f.Selected(0) + f.Selected(1), "P0P0", "after the lockout");
        GroupFixture::RunUntil(Seconds(40));
        NS_TEST_EXPECT_MSG_EQ(f.Selected(0) + f.Selected(1), "W0W0", "reverted");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A failure takes protection from a command; freeze and crash.
 */
class GroupPriorityTest : public TestCase
{
  public:
    GroupPriorityTest()
        : TestCase(
              "Signal fail takes protection from a manual switch; freeze ignores; a crash forgets")
    {
    }

  private:
    void DoRun() override
    {
        GroupFixture f(GROUP_LINK_1_N, 2, 1);
        f.BuildPairs();
        f.CommandAt(Seconds(5), 0, GROUP_COMMAND_MANUAL_SWITCH, 1);
        f.CutAt(CUT, 0);
        f.CommandAt(Seconds(14), 0, GROUP_COMMAND_FORCED_SWITCH, 1);
        GroupFixture::RunUntil(Seconds(9));
        NS_TEST_EXPECT_MSG_EQ(f.Selected(0, 1) + f.Selected(1, 1), "P0P0", "by command");
        GroupFixture::RunUntil(Seconds(16));
        NS_TEST_EXPECT_MSG_EQ(f.m_told.Count(0, "manual-switch overridden-local"), 1, "lower");
        NS_TEST_EXPECT_MSG_EQ(f.m_told.Count(0, "forced-switch rejected-local"), 1, "in use");
        for (uint32_t end = 0; end < 2; ++end)
        {
            NS_TEST_EXPECT_MSG_EQ(f.Selected(end, 0), "P0", "the failed one has it");
            NS_TEST_EXPECT_MSG_EQ(f.Selected(end, 1), "W1", "lost it");
            NS_TEST_EXPECT_MSG_EQ(f.State(end), "unprotected", "W1 has no protection now");
            NS_TEST_EXPECT_MSG_EQ(f.m_told.Count(end, "P0 is in use by W0"), 1, "the reason");
        }
        Simulator::Destroy();

        GroupFixture g(GROUP_LINK_1_1, 1, 1);
        g.BuildPairs();
        g.CommandAt(Seconds(5), 0, GROUP_COMMAND_FREEZE);
        g.CommandAt(Seconds(6), 0, GROUP_COMMAND_LOCKOUT);
        g.CutAt(CUT, 0);
        g.CommandAt(Seconds(15), 0, GROUP_COMMAND_CLEAR_FREEZE);
        Simulator::Schedule(Seconds(20), &LinkProtectionAgent::Crash, g.m_places[1].agent);
        Simulator::Schedule(Seconds(22), &LinkProtectionAgent::Restart, g.m_places[1].agent);
        GroupFixture::RunUntil(Seconds(14));
        NS_TEST_EXPECT_MSG_EQ(g.m_told.Count(0, "lockout rejected-frozen"), 1, "frozen");
        NS_TEST_EXPECT_MSG_EQ(g.Selected(0), "W0", "frozen");
        GroupFixture::RunUntil(Seconds(16));
        NS_TEST_EXPECT_MSG_EQ(g.Selected(0) + g.Selected(1), "P0P0", "what was ignored counts");
        GroupFixture::RunUntil(Seconds(30));
        NS_TEST_EXPECT_MSG_EQ(g.Selected(0) + g.Selected(1), "P0P0", "remembered");
        NS_TEST_EXPECT_MSG_LT(g.FirstKey(1, 1, Seconds(29)), Time::Max(), "and keys go on");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Datagrams and messages that come from outside.
 */
class GroupMessagesTest : public TestCase
{
  public:
    GroupMessagesTest()
        : TestCase("APS datagrams and Mq messages survive the wire; malformed ones are refused")
    {
    }

  private:
    void DoRun() override
    {
        ApsDatagram datagram;
        datagram.group = GroupId(7);
        datagram.working = 2;
        datagram.message = {APS_SIGNAL_FAIL, 1, 1, IncidentId{3, 4}};
        datagram.protection = 1;
        datagram.failedProtection = 5;
        const Ptr<Packet> packet = datagram.ToPacket();
        NS_TEST_ASSERT_MSG_EQ(packet->GetSize(), ApsDatagram::BYTES, "size");
        const auto read = ApsDatagram::FromPacket(packet);
        NS_TEST_ASSERT_MSG_EQ(read.has_value(), true, "read");
        NS_TEST_EXPECT_MSG_EQ(read->group, datagram.group, "group");
        NS_TEST_EXPECT_MSG_EQ(+read->working, 2, "working");
        NS_TEST_EXPECT_MSG_EQ(read->message.ToString(), "SF(1,1)", "message");
        NS_TEST_EXPECT_MSG_EQ(read->message.incident.counter, 4, "incident");
        NS_TEST_EXPECT_MSG_EQ(+*read->protection, 1, "protection");
        NS_TEST_EXPECT_MSG_EQ(read->failedProtection, 5, "failed");
        NS_TEST_EXPECT_MSG_EQ(ApsDatagram::FromPacket(packet->CreateFragment(0, 21)).has_value(),
                              false,
                              "too short");
        Ptr<Packet> longer = packet->Copy();
        longer->AddPaddingAtEnd(1);
        NS_TEST_EXPECT_MSG_EQ(ApsDatagram::FromPacket(longer).has_value(), false, "too long");
        datagram.message.request = static_cast<ApsRequest>(6);
        NS_TEST_EXPECT_MSG_EQ(ApsDatagram::FromPacket(datagram.ToPacket()).has_value(),
                              false,
                              "no such request");
        CheckStatus();
    }

    /// Mq.
    void CheckStatus()
    {
        GroupStatus status;
        status.group = GroupId(7);
        status.name = "g";
        status.groupClass = GROUP_LINK_M_N;
        status.end = 1;
        status.state = GROUP_UNPROTECTED;
        status.reason = "P0 is in use by W0";
        status.working = {{LinkId(1), GROUP_SWITCHED, {true, 0}, ""},
                          {LinkId(2), GROUP_UNPROTECTED, {false, 1}, "P0 is in use by W0"}};
        status.protection = {{LinkId(3), false, ENTITY_GOOD, 0}};
        const Ptr<Packet> packet = MqGroupStatus{status, 9}.ToPacket();
        const auto read = MqGroupStatus::FromPacket(packet);
        NS_TEST_ASSERT_MSG_EQ(read.has_value(), true, "read");
        NS_TEST_EXPECT_MSG_EQ((read->status == status), true, "the same");
        NS_TEST_EXPECT_MSG_EQ(read->number, 9, "its number");
        for (uint32_t size = 0; size < packet->GetSize(); ++size)
        {
            NS_TEST_EXPECT_MSG_EQ(
                MqGroupStatus::FromPacket(packet->CreateFragment(0, size)).has_value(),
                false,
                size << " bytes");
        }
        status.protection[0].usedBy = 2;
        NS_TEST_EXPECT_MSG_EQ(
            MqGroupStatus::FromPacket(MqGroupStatus{status}.ToPacket()).has_value(),
            false,
            "used by nobody that is there");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of optical switches, timers, commands and messages of protection groups.
 */
class QkdnLinkProtectionSwitchesTestSuite : public TestSuite
{
  public:
    QkdnLinkProtectionSwitchesTestSuite()
        : TestSuite("qkdn-link-protection-switches", Type::UNIT)
    {
        AddTestCase(new GroupSpareFibreTest);
        AddTestCase(new GroupSwitchFailureTest(true));
        AddTestCase(new GroupSwitchFailureTest(false));
        AddTestCase(new GroupSilentSwitchTest);
        AddTestCase(new GroupTimersTest);
        AddTestCase(new GroupCommandTest);
        AddTestCase(new GroupPriorityTest);
        AddTestCase(new GroupMessagesTest);
    }
};

static QkdnLinkProtectionSwitchesTestSuite
    g_qkdnLinkProtectionSwitchesTestSuite; //!< registers the suite
