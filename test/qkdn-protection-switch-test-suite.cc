/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-protection-switch-pair.h"

#include "ns3/boolean.h"
#include "ns3/enum.h"
#include "ns3/test.h"

#include <string>
#include <utility>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;
using namespace ns3::qkdn::switch_test;

/**
 * @ingroup qkdn-resilience-tests
 * @brief A failure that one end sees, and one that both see; revertive.
 */
class SwitchRevertiveTest : public SwitchPairTest
{
  public:
    SwitchRevertiveTest()
        : SwitchPairTest("1:1 revertive: switch, wait to restore, revert")
    {
    }

  private:
    void DoRun() override
    {
        OneEnd();
        Simulator::Destroy();
        BothEnds();
    }

    /// Only end 0 sees it.
    void OneEnd()
    {
        SwitchPair pair;
        pair.Set("WaitToRestore", TimeValue(Seconds(5)));
        pair.Start();
        pair.Schedule(Ms(1000), 0, REQUEST_SIGNAL_FAIL, W, FIRST);
        pair.Schedule(Ms(9000), 0, REQUEST_SIGNAL_FAIL_CLEAR, W, FIRST);
        SwitchPair::RunUntil(Ms(2000));
        ExpectStates(pair, SWITCH_PF_W_L, SWITCH_PF_W_R, P);
        NS_TEST_EXPECT_MSG_EQ(pair.At(1)->IsBridged(W), false, "a selector bridge feeds one");
        NS_TEST_EXPECT_MSG_EQ(pair.At(1)->GetMessage().ToString(), "NR(0,1)", "of the other end");
        NS_TEST_EXPECT_MSG_EQ((pair.LogOf(1).incidents.back() == FIRST), true, "incident");
        SwitchPair::RunUntil(Ms(10000));
        ExpectStates(pair, SWITCH_WTR, SWITCH_WTR, P);
        NS_TEST_EXPECT_MSG_EQ(pair.At(0)->IsWaitingToRestore(), true, "where the failure was");
        NS_TEST_EXPECT_MSG_EQ(pair.At(1)->IsWaitingToRestore(), false, "at the other end");
        NS_TEST_EXPECT_MSG_EQ(pair.At(0)->GetMessage().ToString(), "WTR(0,1)", "while it runs");
        NS_TEST_EXPECT_MSG_EQ(pair.At(1)->GetMessage().ToString(), "NR(0,1)", "the other end");
        SwitchPair::RunUntil(Ms(20000));
        ExpectStates(pair, SWITCH_N, SWITCH_N, W);
        // expiry at 14 s: NR(0,1) to the other end, NR(0,0) back
        ExpectSelections(pair, 0, {{Ms(1000), P}, {Ms(14004), W}});
        ExpectSelections(pair, 1, {{Ms(1002), P}, {Ms(14002), W}});
        NS_TEST_EXPECT_MSG_EQ(
            (pair.LogOf(0).wtr ==
             std::vector<std::pair<Time, bool>>{{Ms(9000), true}, {Ms(14000), false}}),
            true,
            "WTR timer of the end of the failure");
        NS_TEST_EXPECT_MSG_EQ(pair.LogOf(1).wtr.empty(), true, "WTR timer of the other end");
    }

    /// Both ends see it, end 1 a little later; its end, too.
    void BothEnds()
    {
        SwitchPair pair;
        pair.Set("WaitToRestore", TimeValue(Seconds(5)));
        pair.Start();
        pair.Schedule(Ms(1000), 0, REQUEST_SIGNAL_FAIL, W, FIRST);
        pair.Schedule(Ms(1001), 1, REQUEST_SIGNAL_FAIL, W, SECOND);
        pair.Schedule(Ms(9000), 0, REQUEST_SIGNAL_FAIL_CLEAR, W, FIRST);
        pair.Schedule(Ms(9001), 1, REQUEST_SIGNAL_FAIL_CLEAR, W, SECOND);
        SwitchPair::RunUntil(Ms(2000));
        ExpectStates(pair, SWITCH_PF_W_L, SWITCH_PF_W_L, P);
        SwitchPair::RunUntil(Ms(9500));
        ExpectStates(pair, SWITCH_WTR, SWITCH_WTR, P);
        // both have recovered, and learn from NR(0,1) that the other one has, too
        NS_TEST_EXPECT_MSG_EQ(pair.LogOf(1).wtr.at(0).first, Ms(9002), "WTR of end 1");
        NS_TEST_EXPECT_MSG_EQ(pair.LogOf(0).wtr.at(0).first, Ms(9003), "WTR of end 0");
        SwitchPair::RunUntil(Ms(20000));
        ExpectStates(pair, SWITCH_N, SWITCH_N, W);
        // NR(0,1) of end 1 of 14.002 s reaches end 0 after its own expiry
        ExpectSelections(pair, 0, {{Ms(1000), P}, {Ms(14004), W}});
        ExpectSelections(pair, 1, {{Ms(1001), P}, {Ms(14005), W}});
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Non-revertive operation, and the way back by a manual switch to working.
 */
class SwitchNonRevertiveTest : public SwitchPairTest
{
  public:
    SwitchNonRevertiveTest()
        : SwitchPairTest("1:1 non-revertive: stay, return by command")
    {
    }

  private:
    void DoRun() override
    {
        SwitchPair pair;
        pair.Set("Revertive", BooleanValue(false));
        pair.Start();
        Tell(pair, 0, REQUEST_SIGNAL_FAIL);
        ExpectStates(pair, SWITCH_PF_W_L, SWITCH_PF_W_R, P);
        Tell(pair, 0, REQUEST_SIGNAL_FAIL_CLEAR);
        ExpectStates(pair, SWITCH_DNR, SWITCH_DNR, P);
        NS_TEST_EXPECT_MSG_EQ(pair.At(1)->GetMessage().ToString(),
                              "DNR(0,1)",
                              "RFC 8234: the other end is in DNR in its own right");
        Tell(pair, 1, REQUEST_CLEAR);
        ExpectResult(pair, 1, REQUEST_CLEAR, COMMAND_REJECTED_NOTHING);
        SwitchPair::RunUntil(Seconds(1000));
        ExpectStates(pair, SWITCH_DNR, SWITCH_DNR, P);
        Tell(pair, 1, REQUEST_MANUAL_SWITCH, W);
        ExpectStates(pair, SWITCH_SA_MW_R, SWITCH_SA_MW_L, W);
        Tell(pair, 1, REQUEST_CLEAR);
        ExpectStates(pair, SWITCH_N, SWITCH_N, W);

        Tell(pair, 0, REQUEST_MANUAL_SWITCH, P);
        ExpectStates(pair, SWITCH_SA_MP_L, SWITCH_SA_MP_R, P);
        Tell(pair, 0, REQUEST_CLEAR);
        ExpectStates(pair, SWITCH_DNR, SWITCH_DNR, P);
        Tell(pair, 0, REQUEST_EXERCISE);
        ExpectStates(pair, SWITCH_E_L, SWITCH_E_R, P);
        NS_TEST_EXPECT_MSG_EQ(pair.At(0)->GetMessage().ToString(), "EXER(0,1)", "exercise");
        NS_TEST_EXPECT_MSG_EQ(pair.At(1)->GetMessage().ToString(), "RR(0,1)", "its answer");
        Tell(pair, 0, REQUEST_CLEAR);
        ExpectStates(pair, SWITCH_DNR, SWITCH_DNR, P);

        // the same with the tables as first published: note (10)
        SwitchPair old;
        old.Set("Revertive", BooleanValue(false));
        old.Set("TableVersion", EnumValue(TABLE_RFC7271));
        old.Start();
        Tell(old, 0, REQUEST_SIGNAL_FAIL);
        Tell(old, 0, REQUEST_SIGNAL_FAIL_CLEAR);
        ExpectStates(old, SWITCH_DNR, SWITCH_DNR, P);
        NS_TEST_EXPECT_MSG_EQ(old.At(1)->GetMessage().ToString(), "NR(0,1)", "RFC 7271");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Failures of both entities, in turn and at once, at one end and at different ends.
 */
class SwitchDoubleFailureTest : public SwitchPairTest
{
  public:
    SwitchDoubleFailureTest()
        : SwitchPairTest("Failures of both entities")
    {
    }

  private:
    void DoRun() override
    {
        SwitchPair pair;
        pair.Set("WaitToRestore", TimeValue(Seconds(5)));
        pair.Start();
        Tell(pair, 0, REQUEST_SIGNAL_FAIL, W);
        Tell(pair, 1, REQUEST_SIGNAL_FAIL, P);
        ExpectStates(pair, SWITCH_UA_P_R, SWITCH_UA_P_L, W);
        NS_TEST_EXPECT_MSG_EQ(pair.At(0)->GetMessage().ToString(),
                              "SF(1,0)",
                              "a remote state reports the local defect");
        Tell(pair, 1, REQUEST_SIGNAL_FAIL_CLEAR, P);
        ExpectStates(pair, SWITCH_PF_W_L, SWITCH_PF_W_R, P);
        Tell(pair, 0, REQUEST_SIGNAL_FAIL, P);
        ExpectStates(pair, SWITCH_UA_P_L, SWITCH_UA_P_R, W);
        Tell(pair, 0, REQUEST_SIGNAL_FAIL_CLEAR, W);
        Tell(pair, 0, REQUEST_SIGNAL_FAIL_CLEAR, P);
        ExpectStates(pair, SWITCH_N, SWITCH_N, W);

        // each end sees another failure at the same instant: SF-P goes before SF-W
        pair.At(0)->Local(REQUEST_SIGNAL_FAIL, W, FIRST);
        Tell(pair, 1, REQUEST_SIGNAL_FAIL, P);
        ExpectStates(pair, SWITCH_UA_P_R, SWITCH_UA_P_L, W);
        pair.At(0)->Local(REQUEST_SIGNAL_FAIL_CLEAR, W, FIRST);
        Tell(pair, 1, REQUEST_SIGNAL_FAIL_CLEAR, P);
        ExpectStates(pair, SWITCH_N, SWITCH_N, W);

        // wait-to-restore ends with a failure of protection, and with one of working
        Tell(pair, 0, REQUEST_SIGNAL_FAIL, W);
        Tell(pair, 0, REQUEST_SIGNAL_FAIL_CLEAR, W);
        ExpectStates(pair, SWITCH_WTR, SWITCH_WTR, P);
        Tell(pair, 1, REQUEST_SIGNAL_FAIL, P);
        ExpectStates(pair, SWITCH_UA_P_R, SWITCH_UA_P_L, W);
        NS_TEST_EXPECT_MSG_EQ(pair.At(0)->IsWaitingToRestore(), false, "stopped");
        Tell(pair, 1, REQUEST_SIGNAL_FAIL_CLEAR, P);
        Tell(pair, 0, REQUEST_SIGNAL_FAIL, W);
        Tell(pair, 0, REQUEST_SIGNAL_FAIL_CLEAR, W);
        Tell(pair, 0, REQUEST_SIGNAL_FAIL, W);
        ExpectStates(pair, SWITCH_PF_W_L, SWITCH_PF_W_R, P);
        NS_TEST_EXPECT_MSG_EQ(pair.At(0)->IsWaitingToRestore(), false, "stopped");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Signal degrade: below signal fail, and the standby entity first.
 */
class SwitchDegradeTest : public SwitchPairTest
{
  public:
    SwitchDegradeTest()
        : SwitchPairTest("Signal degrade")
    {
    }

  private:
    void DoRun() override
    {
        SwitchPair pair;
        pair.Set("Revertive", BooleanValue(false));
        pair.Start();
        SwitchPair::RunUntil(Ms(20));
        Tell(pair, 0, REQUEST_SIGNAL_DEGRADE, W);
        ExpectStates(pair, SWITCH_PF_DW_L, SWITCH_PF_DW_R, P);
        Tell(pair, 1, REQUEST_SIGNAL_DEGRADE, P);
        ExpectStates(pair, SWITCH_PF_DW_L, SWITCH_PF_DW_R, P);
        NS_TEST_EXPECT_MSG_EQ(pair.At(1)->GetMessage().ToString(), "SD(0,1)", "reported");
        Tell(pair, 0, REQUEST_SIGNAL_DEGRADE_CLEAR, W);
        ExpectStates(pair, SWITCH_UA_DP_R, SWITCH_UA_DP_L, W);
        Tell(pair, 0, REQUEST_SIGNAL_FAIL, W);
        ExpectStates(pair, SWITCH_PF_W_L, SWITCH_PF_W_R, P);
        Tell(pair, 0, REQUEST_SIGNAL_FAIL_CLEAR, W);
        ExpectStates(pair, SWITCH_UA_DP_R, SWITCH_UA_DP_L, W);
        Tell(pair, 1, REQUEST_SIGNAL_DEGRADE_CLEAR, P);
        ExpectStates(pair, SWITCH_N, SWITCH_N, W);

        // both at one end: the first counts, also after a lockout that hid them
        Tell(pair, 0, REQUEST_LOCKOUT);
        Tell(pair, 0, REQUEST_SIGNAL_DEGRADE, P);
        Tell(pair, 0, REQUEST_SIGNAL_DEGRADE, W);
        Tell(pair, 0, REQUEST_CLEAR);
        ExpectStates(pair, SWITCH_UA_DP_L, SWITCH_UA_DP_R, W);
        Tell(pair, 0, REQUEST_SIGNAL_DEGRADE_CLEAR, W);
        Tell(pair, 0, REQUEST_SIGNAL_DEGRADE_CLEAR, P);
        Tell(pair, 0, REQUEST_SIGNAL_DEGRADE, P);
        Tell(pair, 0, REQUEST_SIGNAL_DEGRADE, W);
        ExpectStates(pair, SWITCH_UA_DP_L, SWITCH_UA_DP_R, W);
        Tell(pair, 0, REQUEST_SIGNAL_DEGRADE_CLEAR, P);
        ExpectStates(pair, SWITCH_PF_DW_L, SWITCH_PF_DW_R, P);
        Tell(pair, 0, REQUEST_SIGNAL_DEGRADE, P);
        ExpectStates(pair, SWITCH_PF_DW_L, SWITCH_PF_DW_R, P);
        Tell(pair, 0, REQUEST_SIGNAL_DEGRADE_CLEAR, W);
        Tell(pair, 0, REQUEST_SIGNAL_DEGRADE_CLEAR, P);
        ExpectStates(pair, SWITCH_N, SWITCH_N, W);

        // at the same instant while working is selected: SD-P is on the standby entity and wins
        pair.At(0)->Local(REQUEST_SIGNAL_DEGRADE, W, FIRST);
        Tell(pair, 1, REQUEST_SIGNAL_DEGRADE, P);
        ExpectStates(pair, SWITCH_UA_DP_R, SWITCH_UA_DP_L, W);
        NS_TEST_EXPECT_MSG_EQ(pair.At(0)->GetMessage().ToString(), "SD(1,0)", "footnote (8)");
        Tell(pair, 1, REQUEST_SIGNAL_DEGRADE_CLEAR, P);
        ExpectStates(pair, SWITCH_PF_DW_L, SWITCH_PF_DW_R, P);
        Tell(pair, 0, REQUEST_SIGNAL_DEGRADE_CLEAR, W);
        ExpectStates(pair, SWITCH_DNR, SWITCH_DNR, P);

        // and while protection is selected: SD-W wins
        pair.At(0)->Local(REQUEST_SIGNAL_DEGRADE, W, FIRST);
        Tell(pair, 1, REQUEST_SIGNAL_DEGRADE, P);
        ExpectStates(pair, SWITCH_PF_DW_L, SWITCH_PF_DW_R, P);
        NS_TEST_EXPECT_MSG_EQ(pair.At(1)->GetMessage().ToString(), "SD(0,1)", "footnote (7)");
        Tell(pair, 1, REQUEST_SIGNAL_FAIL, P);
        ExpectStates(pair, SWITCH_UA_P_R, SWITCH_UA_P_L, W);
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of two protection switches that talk.
 */
class QkdnProtectionSwitchTestSuite : public TestSuite
{
  public:
    QkdnProtectionSwitchTestSuite()
        : TestSuite("qkdn-protection-switch", Type::UNIT)
    {
        AddTestCase(new SwitchRevertiveTest);
        AddTestCase(new SwitchNonRevertiveTest);
        AddTestCase(new SwitchDoubleFailureTest);
        AddTestCase(new SwitchDegradeTest);
    }
};

static QkdnProtectionSwitchTestSuite g_qkdnProtectionSwitchTestSuite; //!< registers the suite
