/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-link-protection-fixture.h"

#include "ns3/test.h"

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

const Time CUT = Seconds(10);                   //!< time of the first failure
const Time EDGE = NanoSeconds(122500);          //!< light over half of 50 km
const Time PERSISTENCE = MilliSeconds(5);       //!< LossOfLightTime
const Time MESSAGE = MilliSeconds(1);           //!< longest time of a message over 100 km
const Time DETECTED = CUT + EDGE + PERSISTENCE; //!< both ends know

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief 1+1: one failure costs nothing but rate.
 */
class GroupOnePlusOneTest : public TestCase
{
  public:
    GroupOnePlusOneTest()
        : TestCase("1+1 goes on generating when one fibre is cut")
    {
    }

  private:
    void DoRun() override
    {
        GroupFixture f(GROUP_LINK_1_PLUS_1, 1, 1);
        f.BuildPairs();
        f.CutAt(CUT, 0);
        f.RepairAt(Seconds(20), 0);
        GroupFixture::RunUntil(Seconds(40));
        for (uint32_t end = 0; end < 2; ++end)
        {
            NS_TEST_EXPECT_MSG_LT(f.LongestGap(end, Seconds(1), Seconds(40)),
                                  BLOCK + MESSAGE * 4,
                                  "a block of the other pair comes every 0.1 s");
            NS_TEST_EXPECT_MSG_EQ(f.m_told.When(end, "W0 on P0"), DETECTED, "selected at once");
            NS_TEST_EXPECT_MSG_EQ(f.m_told.When(end, "switched"), DETECTED, "said");
            const Time back = f.m_told.When(end, "W0 on W0", CUT);
            NS_TEST_EXPECT_MSG_GT(back, Seconds(25), "after wait-to-restore");
            NS_TEST_EXPECT_MSG_EQ(f.State(end), "protected", "in the end");
        }
        NS_TEST_EXPECT_MSG_EQ(f.m_told.m_sent, 0, "unidirectional: nothing to say");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief One failure with one, or several, working and protection entities, spare links and
 * modules that were set up in advance (G-Q1, P-Q1, P-Q2): the same times.
 */
class GroupOneFailureTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param groupClass class of the group
     * @param working working entities
     * @param protection protection entities
     */
    GroupOneFailureTest(GroupClass groupClass, uint32_t working, uint32_t protection)
        : TestCase("One failure: " + std::to_string(protection) + ":" + std::to_string(working)),
          m_class(groupClass),
          m_n(working),
          m_m(protection)
    {
    }

  private:
    void DoRun() override
    {
        GroupFixture f(m_class, m_n, m_m);
        f.BuildPairs();
        const uint32_t failed = m_n - 1;
        const std::string w = "W" + std::to_string(failed);
        f.CutAt(CUT, failed);
        f.RepairAt(Seconds(20), failed);
        GroupFixture::RunUntil(Seconds(40));
        for (uint32_t end = 0; end < 2; ++end)
        {
            NS_TEST_EXPECT_MSG_EQ(f.m_told.When(end, w + " signal-fail"), DETECTED, "t1");
            NS_TEST_EXPECT_MSG_EQ(f.m_told.When(end, "hold-off " + w), DETECTED, "t2");
            NS_TEST_EXPECT_MSG_EQ(f.m_told.When(end, "informed " + w), DETECTED, "t3");
            NS_TEST_EXPECT_MSG_EQ(f.m_told.When(end, w + " on P0"), DETECTED, "t4");
            NS_TEST_EXPECT_MSG_EQ(f.m_told.When(end, w + " at P0"), DETECTED, "t5: no switch");
            // each module begins to resynchronise when it hears that the other is active too
            const Time first = f.FirstKey(end, m_n, CUT);
            const Time planned = DETECTED + GroupFixture::RESYNC + BLOCK;
            NS_TEST_EXPECT_MSG_GT(first, planned, "resynchronisation and a block");
            NS_TEST_EXPECT_MSG_LT(first, planned + MESSAGE * 5, "and messages");
            // back: the working pair resynchronises after the repair, then wait-to-restore
            const Time up = Seconds(20) + EDGE + PERSISTENCE + GroupFixture::RESYNC;
            const Time back = f.m_told.When(end, w + " on " + w, CUT);
            NS_TEST_EXPECT_MSG_GT(back, up + Seconds(5), "wait-to-restore");
            NS_TEST_EXPECT_MSG_LT(back, up + Seconds(5) + MESSAGE * 5, "and messages");
            NS_TEST_EXPECT_MSG_LT(f.LongestGap(end, first, Seconds(40)),
                                  BLOCK + MESSAGE * 5,
                                  "no gap on the way back");
            NS_TEST_EXPECT_MSG_EQ(f.State(end), "protected", "in the end");
            NS_TEST_EXPECT_MSG_EQ(f.m_links[m_n].transmitter->GetState(),
                                  QkdModule::STANDBY,
                                  "the spare stands by again");
        }
    }

    GroupClass m_class; //!< class of the group
    uint32_t m_n;       //!< working entities
    uint32_t m_m;       //!< protection entities
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Two working entities fail.
 */
class GroupTwoFailuresTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param groupClass class of the group
     * @param working working entities
     * @param protection protection entities
     * @param distance from the first failure to the second
     */
    GroupTwoFailuresTest(GroupClass groupClass,
                         uint32_t working,
                         uint32_t protection,
                         Time distance)
        : TestCase("Two failures: " + std::to_string(protection) + ":" + std::to_string(working) +
                   " after " + std::to_string(distance.GetMilliSeconds()) + " ms"),
          m_class(groupClass),
          m_n(working),
          m_m(protection),
          m_distance(distance)
    {
    }

  private:
    void DoRun() override
    {
        GroupFixture f(m_class, m_n, m_m);
        f.BuildPairs();
        // the higher one first: whoever holds protection keeps it
        f.CutAt(CUT, 1);
        f.CutAt(CUT + m_distance, 0);
        GroupFixture::RunUntil(Seconds(30));
        const bool simultaneous = m_distance.IsZero();
        for (uint32_t end = 0; end < 2; ++end)
        {
            const std::string first = f.Selected(end, 1);
            const std::string second = f.Selected(end, 0);
            if (m_m > 1)
            {
                NS_TEST_EXPECT_MSG_EQ(first.substr(0, 1), "P", "both are recovered");
                NS_TEST_EXPECT_MSG_EQ(second.substr(0, 1), "P", "both are recovered");
                NS_TEST_EXPECT_MSG_NE(first, second, "by different entities");
                NS_TEST_EXPECT_MSG_EQ(f.State(end), "unprotected", "the third has none left");
                NS_TEST_EXPECT_MSG_LT(f.FirstKey(end, m_n + 1, CUT),
                                      DETECTED + m_distance + GroupFixture::RESYNC + BLOCK +
                                          MESSAGE * 5,
                                      "the second spare gives keys");
            }
            else
            {
                const uint32_t held = (first == "P0" ? 1 : 0) + (second == "P0" ? 1 : 0);
                NS_TEST_EXPECT_MSG_EQ(held, 1, "one is recovered");
                if (!simultaneous)
                {
                    NS_TEST_EXPECT_MSG_EQ(first, "P0", "the first keeps it");
                }
                NS_TEST_EXPECT_MSG_EQ(f.State(end), "failed", "the other is not");
            }
            NS_TEST_EXPECT_MSG_EQ(f.Selected(1 - end, 0), second, "both ends select the same");
            NS_TEST_EXPECT_MSG_EQ(f.Selected(1 - end, 1), first, "both ends select the same");
        }
    }

    GroupClass m_class; //!< class of the group
    uint32_t m_n;       //!< working entities
    uint32_t m_m;       //!< protection entities
    Time m_distance;    //!< from the first failure to the second
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A protection entity fails.
 */
class GroupProtectionFailureTest : public TestCase
{
  public:
    GroupProtectionFailureTest()
        : TestCase("A group whose protection has failed says so, and takes another if it has one")
    {
    }

  private:
    void DoRun() override
    {
        GroupFixture one(GROUP_LINK_1_1, 1, 1);
        one.BuildPairs();
        one.CutAt(CUT, 1);
        one.CutAt(Seconds(12), 0);
        one.RepairAt(Seconds(14), 1);
        GroupFixture::RunUntil(Seconds(20));
        for (uint32_t end = 0; end < 2; ++end)
        {
            NS_TEST_EXPECT_MSG_EQ(one.m_told.When(end, "unprotected"), DETECTED, "at once");
            NS_TEST_EXPECT_MSG_EQ(one.m_told.When(end, "P0 has failed"), DETECTED, "and why");
            NS_TEST_EXPECT_MSG_EQ(one.m_told.When(end, "failed"),
                                  DETECTED + Seconds(2),
                                  "both have failed");
            const Time switched = one.m_told.When(end, "W0 on P0");
            NS_TEST_EXPECT_MSG_GT(switched, Seconds(14), "when protection is back");
            NS_TEST_EXPECT_MSG_LT(switched, Seconds(14) + EDGE + PERSISTENCE + MESSAGE * 4, "soon");
            NS_TEST_EXPECT_MSG_LT(one.FirstKey(end, 1, CUT), Time::Max(), "keys come");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The protection entity in use fails and another one is free.
 */
class GroupMoveTest : public TestCase
{
  public:
    GroupMoveTest()
        : TestCase("A working entity moves on when the protection in use fails")
    {
    }

  private:
    void DoRun() override
    {
        GroupFixture f(GROUP_LINK_M_N, 3, 2);
        f.BuildPairs();
        f.CutAt(CUT, 0);
        f.CutAt(Seconds(12), 3);
        GroupFixture::RunUntil(Seconds(20));
        for (uint32_t end = 0; end < 2; ++end)
        {
            NS_TEST_EXPECT_MSG_EQ(f.m_told.When(end, "W0 on P0"), DETECTED, "lowest first");
            NS_TEST_EXPECT_MSG_EQ(f.m_told.When(end, "W0 on P1"), DETECTED + Seconds(2), "next");
            NS_TEST_EXPECT_MSG_EQ(f.Selected(end), "P1", "in the end");
            NS_TEST_EXPECT_MSG_LT(f.FirstKey(end, 4, CUT),
                                  DETECTED + Seconds(2) + GroupFixture::RESYNC + BLOCK +
                                      MESSAGE * 5,
                                  "keys come");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief APS is lost, then the working fibre is cut.
 */
class GroupApsLossTest : public TestCase
{
  public:
    GroupApsLossTest()
        : TestCase("Without APS each end switches by what it sees, and says that APS fails")
    {
    }

  private:
    void DoRun() override
    {
        GroupFixture f(GROUP_LINK_1_1, 1, 1);
        f.m_helper.SetDistillation("ns3::qkdn::IdealDistillation");
        f.m_helper.SetModuleAttribute("SignalMessages", BooleanValue(false));
        f.BuildSwitches();
        Simulator::Schedule(Seconds(2), &FibreSpan::Cut, f.m_cable.GetSpan(0), 0.5);
        f.CutAt(Seconds(25), 0);
        Simulator::Schedule(Seconds(31), &FibreSpan::Repair, f.m_cable.GetSpan(0));
        GroupFixture::RunUntil(Seconds(30));
        const Time seen = Seconds(25) + EDGE + PERSISTENCE;
        for (uint32_t end = 0; end < 2; ++end)
        {
            const Time silent = f.m_told.When(end, "no-message begins");
            NS_TEST_EXPECT_MSG_GT(silent, Seconds(17), "3.5 intervals of 5 s");
            NS_TEST_EXPECT_MSG_LT(silent, Seconds(20), "after the last message");
            NS_TEST_EXPECT_MSG_EQ(f.m_told.When(end, "W0 on P0"), seen, "by what it sees");
        }
        GroupFixture::RunUntil(Seconds(50));
        for (uint32_t end = 0; end < 2; ++end)
        {
            NS_TEST_EXPECT_MSG_GT(f.m_told.When(end, "no-message ends"), Seconds(31), "repaired");
            NS_TEST_EXPECT_MSG_LT(f.m_told.When(end, "no-message ends"), Seconds(37), "5 s");
            NS_TEST_EXPECT_MSG_EQ(f.Selected(end), "P0", "nothing else happened");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of protection groups.
 */
class QkdnLinkProtectionTestSuite : public TestSuite
{
  public:
    QkdnLinkProtectionTestSuite()
        : TestSuite("qkdn-link-protection", Type::UNIT)
    {
        AddTestCase(new GroupOnePlusOneTest);
        AddTestCase(new GroupOneFailureTest(GROUP_LINK_1_1, 1, 1));
        AddTestCase(new GroupOneFailureTest(GROUP_LINK_1_N, 2, 1));
        AddTestCase(new GroupOneFailureTest(GROUP_LINK_M_N, 3, 2));
        for (const int ms : {0, 1, 3000})
        {
            const Time distance = MilliSeconds(ms);
            AddTestCase(new GroupTwoFailuresTest(GROUP_LINK_1_N, 2, 1, distance));
            AddTestCase(new GroupTwoFailuresTest(GROUP_LINK_M_N, 3, 2, distance));
        }
        AddTestCase(new GroupProtectionFailureTest);
        AddTestCase(new GroupMoveTest);
        AddTestCase(new GroupApsLossTest);
    }
};

static QkdnLinkProtectionTestSuite g_qkdnLinkProtectionTestSuite; //!< registers the suite
