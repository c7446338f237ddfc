/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-protection-switch-pair.h"

#include "ns3/boolean.h"
#include "ns3/test.h"

#include <string>
#include <utility>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;
using namespace ns3::qkdn::switch_test;

/**
 * @ingroup qkdn-resilience-tests
 * @brief Each command, alone.
 */
class SwitchCommandsTest : public SwitchPairTest
{
  public:
    SwitchCommandsTest()
        : SwitchPairTest("Operator commands, one at a time")
    {
    }

  private:
    void DoRun() override
    {
        SwitchPair pair;
        pair.At(0)->Local(REQUEST_LOCKOUT, W, FIRST);
        ExpectResult(pair, 0, REQUEST_LOCKOUT, COMMAND_REJECTED_STATE); // not started
        pair.Start();
        Tell(pair, 0, REQUEST_CLEAR);
        ExpectResult(pair, 0, REQUEST_CLEAR, COMMAND_REJECTED_NOTHING);

        Tell(pair, 0, REQUEST_LOCKOUT);
        ExpectResult(pair, 0, REQUEST_LOCKOUT, COMMAND_ACCEPTED);
        ExpectStates(pair, SWITCH_UA_LO_L, SWITCH_UA_LO_R, W);
        Tell(pair, 0, REQUEST_SIGNAL_FAIL, W); // nothing can help it
        ExpectStates(pair, SWITCH_UA_LO_L, SWITCH_UA_LO_R, W);
        Tell(pair, 1, REQUEST_CLEAR); // a command is cleared where it was given
        ExpectResult(pair, 1, REQUEST_CLEAR, COMMAND_REJECTED_NOTHING);
        Tell(pair, 0, REQUEST_CLEAR);
        ExpectResult(pair, 0, REQUEST_LOCKOUT, COMMAND_CLEARED);
        ExpectStates(pair, SWITCH_PF_W_L, SWITCH_PF_W_R, P); // the failure is still there
        pair.Set("WaitToRestore", TimeValue(Ms(10)));
        Tell(pair, 0, REQUEST_SIGNAL_FAIL_CLEAR, W);
        ExpectStates(pair, SWITCH_N, SWITCH_N, W);

        Tell(pair, 1, REQUEST_FORCED_SWITCH, P);
        ExpectStates(pair, SWITCH_SA_F_R, SWITCH_SA_F_L, P);
        Tell(pair, 1, REQUEST_FORCED_SWITCH, P); // once more, to no effect
        ExpectResult(pair, 1, REQUEST_FORCED_SWITCH, COMMAND_ACCEPTED);
        Tell(pair, 1, REQUEST_CLEAR);
        ExpectStates(pair, SWITCH_N, SWITCH_N, W);

        for (const Entity entity : {P, W})
        {
            Tell(pair, 0, REQUEST_MANUAL_SWITCH, entity);
            ExpectStates(pair,
                         entity == P ? SWITCH_SA_MP_L : SWITCH_SA_MW_L,
                         entity == P ? SWITCH_SA_MP_R : SWITCH_SA_MW_R,
                         entity);
            Tell(pair, 0, REQUEST_CLEAR);
            ExpectStates(pair, SWITCH_N, SWITCH_N, W);
        }

        Tell(pair, 0, REQUEST_EXERCISE);
        ExpectStates(pair, SWITCH_E_L, SWITCH_E_R, W);
        NS_TEST_EXPECT_MSG_EQ(pair.At(0)->GetLastReceived().ToString(), "RR(0,0)", "answer");
        Tell(pair, 1, REQUEST_EXERCISE); // both may
        ExpectStates(pair, SWITCH_E_L, SWITCH_E_L, W);
        Tell(pair, 0, REQUEST_CLEAR);
        ExpectStates(pair, SWITCH_E_R, SWITCH_E_L, W);
        Tell(pair, 1, REQUEST_CLEAR);
        ExpectStates(pair, SWITCH_N, SWITCH_N, W);
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Commands and what is higher than they are.
 */
class SwitchCommandPrioritiesTest : public SwitchPairTest
{
  public:
    SwitchCommandPrioritiesTest()
        : SwitchPairTest("Commands that are rejected or overridden")
    {
    }

  private:
    void DoRun() override
    {
        SwitchPair pair;
        pair.Set("WaitToRestore", TimeValue(Seconds(5)));
        pair.Start();
        SwitchPair::RunUntil(Ms(20));
        Local(pair);
        Remote(pair);
        Manual(pair);
        Waiting(pair);
    }

    /**
     * @brief Local requests that are higher.
     * @param pair the ends
     */
    void Local(SwitchPair& pair)
    {
        // a forced switch does not go before a failure of protection
        Tell(pair, 0, REQUEST_SIGNAL_FAIL, P);
        Tell(pair, 0, REQUEST_FORCED_SWITCH, P);
        ExpectResult(pair, 0, REQUEST_FORCED_SWITCH, COMMAND_REJECTED_LOCAL);
        ExpectStates(pair, SWITCH_UA_P_L, SWITCH_UA_P_R, W);
        Tell(pair, 0, REQUEST_SIGNAL_FAIL_CLEAR, P);
        ExpectStates(pair, SWITCH_N, SWITCH_N, W);

        // but before one of working; a failure of protection ends it for good
        Tell(pair, 0, REQUEST_MANUAL_SWITCH, P);
        Tell(pair, 0, REQUEST_SIGNAL_FAIL, W);
        ExpectResult(pair, 0, REQUEST_MANUAL_SWITCH, COMMAND_OVERRIDDEN_LOCAL);
        Tell(pair, 0, REQUEST_FORCED_SWITCH, P);
        ExpectResult(pair, 0, REQUEST_FORCED_SWITCH, COMMAND_ACCEPTED);
        ExpectStates(pair, SWITCH_SA_F_L, SWITCH_SA_F_R, P);
        Tell(pair, 0, REQUEST_SIGNAL_FAIL, P);
        ExpectResult(pair, 0, REQUEST_FORCED_SWITCH, COMMAND_OVERRIDDEN_LOCAL);
        ExpectStates(pair, SWITCH_UA_P_L, SWITCH_UA_P_R, W);
        Tell(pair, 0, REQUEST_SIGNAL_FAIL_CLEAR, W);
        Tell(pair, 0, REQUEST_SIGNAL_FAIL_CLEAR, P);
        ExpectStates(pair, SWITCH_N, SWITCH_N, W);

        // a lockout goes before everything, and the command that it replaces is not restored
        Tell(pair, 0, REQUEST_FORCED_SWITCH, P);
        Tell(pair, 0, REQUEST_LOCKOUT);
        ExpectStates(pair, SWITCH_UA_LO_L, SWITCH_UA_LO_R, W);
        NS_TEST_EXPECT_MSG_EQ(CommandResultName(pair.LogOf(0).results.rbegin()[1].second),
                              std::string("overridden-local"),
                              "the forced switch");
        Tell(pair, 0, REQUEST_FORCED_SWITCH, P);
        ExpectResult(pair, 0, REQUEST_FORCED_SWITCH, COMMAND_REJECTED_LOCAL);
        Tell(pair, 0, REQUEST_CLEAR);
        ExpectStates(pair, SWITCH_N, SWITCH_N, W);
    }

    /**
     * @brief Requests of the other end that are higher.
     * @param pair the ends
     */
    void Remote(SwitchPair& pair)
    {
        Tell(pair, 0, REQUEST_FORCED_SWITCH, P);
        Tell(pair, 1, REQUEST_MANUAL_SWITCH, W);
        ExpectResult(pair, 1, REQUEST_MANUAL_SWITCH, COMMAND_REJECTED_REMOTE);
        Tell(pair, 1, REQUEST_SIGNAL_FAIL, P);
        ExpectResult(pair, 0, REQUEST_FORCED_SWITCH, COMMAND_OVERRIDDEN_REMOTE);
        ExpectStates(pair, SWITCH_UA_P_R, SWITCH_UA_P_L, W);
        Tell(pair, 0, REQUEST_FORCED_SWITCH, P);
        ExpectResult(pair, 0, REQUEST_FORCED_SWITCH, COMMAND_REJECTED_REMOTE);
        Tell(pair, 0, REQUEST_LOCKOUT); // the other end's failure is lower than this
        ExpectStates(pair, SWITCH_UA_LO_L, SWITCH_UA_LO_R, W);
        Tell(pair, 1, REQUEST_SIGNAL_FAIL_CLEAR, P);
        Tell(pair, 0, REQUEST_CLEAR);
        ExpectStates(pair, SWITCH_N, SWITCH_N, W);
    }

    /**
     * @brief Manual switches against each other: RFC 7271, 10.2.1.
     * @param pair the ends
     */
    void Manual(SwitchPair& pair)
    {
        Tell(pair, 0, REQUEST_MANUAL_SWITCH, P);
        Tell(pair, 0, REQUEST_MANUAL_SWITCH, W);
        ExpectResult(pair, 0, REQUEST_MANUAL_SWITCH, COMMAND_REJECTED_LOCAL);
        Tell(pair, 1, REQUEST_MANUAL_SWITCH, W);
        ExpectResult(pair, 1, REQUEST_MANUAL_SWITCH, COMMAND_REJECTED_REMOTE);
        ExpectStates(pair, SWITCH_SA_MP_L, SWITCH_SA_MP_R, P);
        Tell(pair, 0, REQUEST_CLEAR);

        // at the same instant: the switch to working wins
        pair.At(0)->Local(REQUEST_MANUAL_SWITCH, P, FIRST);
        Tell(pair, 1, REQUEST_MANUAL_SWITCH, W);
        ExpectStates(pair, SWITCH_SA_MW_R, SWITCH_SA_MW_L, W);
        ExpectResult(pair, 0, REQUEST_MANUAL_SWITCH, COMMAND_OVERRIDDEN_REMOTE);
        NS_TEST_EXPECT_MSG_EQ(pair.At(0)->HasCommand(), false, "cancelled");
        NS_TEST_EXPECT_MSG_EQ((pair.LogOf(0).incidents.back() == SECOND), true, "incident");
        Tell(pair, 1, REQUEST_CLEAR);
        ExpectStates(pair, SWITCH_N, SWITCH_N, W);
    }

    /**
     * @brief Commands during wait-to-restore.
     * @param pair the ends
     */
    void Waiting(SwitchPair& pair)
    {
        Tell(pair, 0, REQUEST_SIGNAL_FAIL, W);
        Tell(pair, 0, REQUEST_SIGNAL_FAIL_CLEAR, W);
        ExpectStates(pair, SWITCH_WTR, SWITCH_WTR, P);
        Tell(pair, 0, REQUEST_EXERCISE);
        ExpectResult(pair, 0, REQUEST_EXERCISE, COMMAND_REJECTED_LOCAL);
        Tell(pair, 1, REQUEST_EXERCISE);
        ExpectResult(pair, 1, REQUEST_EXERCISE, COMMAND_REJECTED_REMOTE);
        Tell(pair, 1, REQUEST_CLEAR);
        ExpectResult(pair, 1, REQUEST_CLEAR, COMMAND_REJECTED_NOTHING); // no timer at this end
        ExpectStates(pair, SWITCH_WTR, SWITCH_WTR, P);
        const Time cleared = Simulator::Now();
        Tell(pair, 0, REQUEST_CLEAR); // footnote (4)
        ExpectResult(pair, 0, REQUEST_CLEAR, COMMAND_ACCEPTED);
        ExpectStates(pair, SWITCH_N, SWITCH_N, W);
        NS_TEST_EXPECT_MSG_EQ(pair.LogOf(1).selections.back().first, cleared + Ms(2), "end 1");
        NS_TEST_EXPECT_MSG_EQ(pair.LogOf(0).selections.back().first, cleared + Ms(4), "end 0");

        Tell(pair, 0, REQUEST_SIGNAL_FAIL, W);
        Tell(pair, 0, REQUEST_SIGNAL_FAIL_CLEAR, W);
        Tell(pair, 1, REQUEST_MANUAL_SWITCH, P); // commands go before wait-to-restore
        ExpectStates(pair, SWITCH_SA_MP_R, SWITCH_SA_MP_L, P);
        NS_TEST_EXPECT_MSG_EQ(pair.At(0)->IsWaitingToRestore(), false, "stopped");
        Tell(pair, 1, REQUEST_CLEAR);
        ExpectStates(pair, SWITCH_N, SWITCH_N, W);
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Hold-off of each entity (RFC 7347, 7.3).
 */
class SwitchHoldOffTest : public SwitchPairTest
{
  public:
    SwitchHoldOffTest()
        : SwitchPairTest("Hold-off")
    {
    }

  private:
    void DoRun() override
    {
        SwitchPair pair;
        pair.Set("HoldOff", TimeValue(Ms(300)));
        pair.Start();
        SwitchPair::RunUntil(Ms(100));

        // over before hold-off is: nothing happens
        pair.Schedule(Ms(1000), 0, REQUEST_SIGNAL_FAIL, W, FIRST);
        pair.Schedule(Ms(1299), 0, REQUEST_SIGNAL_FAIL_CLEAR, W, FIRST);
        SwitchPair::RunUntil(Ms(1200));
        NS_TEST_EXPECT_MSG_EQ(pair.At(0)->IsHeldOff(W), true, "hold-off runs");
        NS_TEST_EXPECT_MSG_EQ(pair.At(0)->HasDefect(W, DEFECT_FAIL), false, "it does not count");
        SwitchPair::RunUntil(Ms(1999));
        NS_TEST_EXPECT_MSG_EQ(pair.LogOf(0).states.empty(), true, "no reaction");
        NS_TEST_EXPECT_MSG_EQ(
            (pair.LogOf(0).holdOffs == std::vector<std::pair<Time, bool>>{{Ms(1300), false}}),
            true,
            "hold-off is over, the failure too");

        // the defect at the end need not be that of the beginning
        pair.Schedule(Ms(2000), 0, REQUEST_SIGNAL_FAIL, W, FIRST);
        pair.Schedule(Ms(2100), 0, REQUEST_SIGNAL_FAIL_CLEAR, W, FIRST);
        pair.Schedule(Ms(2200), 0, REQUEST_SIGNAL_DEGRADE, W, FIRST);
        SwitchPair::RunUntil(Ms(2600));
        ExpectStates(pair, SWITCH_PF_DW_L, SWITCH_PF_DW_R, P);
        ExpectSelections(pair, 0, {{Ms(2300), P}});
        ExpectSelections(pair, 1, {{Ms(2302), P}});

        // protection has a timer of its own; the end of a failure counts at once
        pair.Schedule(Ms(3000), 0, REQUEST_SIGNAL_FAIL, W, FIRST);
        pair.Schedule(Ms(3200), 0, REQUEST_SIGNAL_FAIL, P, FIRST);
        pair.Schedule(Ms(4000), 0, REQUEST_SIGNAL_FAIL_CLEAR, P, FIRST);
        SwitchPair::RunUntil(Ms(4100));
        ExpectStates(pair, SWITCH_PF_W_L, SWITCH_PF_W_R, P);
        ExpectSelections(pair, 0, {{Ms(2300), P}, {Ms(3500), W}, {Ms(4000), P}});

        // wait-to-restore ends when hold-off of a new failure does
        pair.Schedule(Ms(5000), 0, REQUEST_SIGNAL_FAIL_CLEAR, W, FIRST);
        pair.Schedule(Ms(5001), 0, REQUEST_SIGNAL_DEGRADE_CLEAR, W, FIRST);
        pair.Schedule(Ms(6000), 0, REQUEST_SIGNAL_FAIL, W, FIRST);
        SwitchPair::RunUntil(Ms(6299));
        ExpectStates(pair, SWITCH_WTR, SWITCH_WTR, P);
        SwitchPair::RunUntil(Ms(6310));
        ExpectStates(pair, SWITCH_PF_W_L, SWITCH_PF_W_R, P);
        NS_TEST_EXPECT_MSG_EQ(pair.LogOf(0).holdOffs.size(),
                              5,
                              "a timer that runs is not restarted");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief 1+1 unidirectional: RFC 7271, 11.3.
 */
class SwitchUnidirectionalTest : public SwitchPairTest
{
  public:
    SwitchUnidirectionalTest()
        : SwitchPairTest("1+1 unidirectional")
    {
    }

  private:
    void DoRun() override
    {
        SwitchPair pair;
        pair.Set("Bidirectional", BooleanValue(false));
        pair.Set("WaitToRestore", TimeValue(Seconds(5)));
        pair.Start();
        pair.Schedule(Ms(1000), 0, REQUEST_SIGNAL_FAIL, W, FIRST);
        pair.Schedule(Ms(2000), 0, REQUEST_SIGNAL_FAIL_CLEAR, W, FIRST);
        SwitchPair::RunUntil(Ms(1500));
        NS_TEST_EXPECT_MSG_EQ(+pair.At(0)->GetSelected(), +P, "the end of the failure");
        NS_TEST_EXPECT_MSG_EQ(+pair.At(1)->GetSelected(), +W, "the other end acts on its own");
        NS_TEST_EXPECT_MSG_EQ(pair.At(1)->IsBridged(P), true, "permanent bridge");
        Tell(pair, 1, REQUEST_EXERCISE);
        ExpectResult(pair, 1, REQUEST_EXERCISE, COMMAND_REJECTED_STATE);
        SwitchPair::RunUntil(Ms(8000));
        ExpectSelections(pair, 0, {{Ms(1000), P}, {Ms(7000), W}}); // footnote (6)
        ExpectStates(pair, SWITCH_N, SWITCH_N, W);

        Tell(pair, 0, REQUEST_SIGNAL_FAIL, W);
        Tell(pair, 0, REQUEST_SIGNAL_FAIL_CLEAR, W);
        NS_TEST_EXPECT_MSG_EQ(pair.At(0)->IsWaitingToRestore(), true, "waits");
        pair.At(0)->Local(REQUEST_CLEAR, W, FIRST); // footnote (4)
        ExpectStates(pair, SWITCH_N, SWITCH_N, W);
        NS_TEST_EXPECT_MSG_EQ(pair.At(0)->IsWaitingToRestore(), false, "timer stopped");

        Tell(pair, 0, REQUEST_FORCED_SWITCH, P);
        Tell(pair, 1, REQUEST_LOCKOUT); // commands of different ends do not meet
        NS_TEST_EXPECT_MSG_EQ(SwitchStateName(pair.At(0)->GetState()),
                              std::string("SA:F:L"),
                              "end 0");
        NS_TEST_EXPECT_MSG_EQ(SwitchStateName(pair.At(1)->GetState()),
                              std::string("UA:LO:L"),
                              "end 1");
        pair.SetLoss(1.0);
        SwitchPair::RunUntil(Seconds(100));
        NS_TEST_EXPECT_MSG_EQ(pair.LogOf(0).failures.empty(), true, "no failure of protocol");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of operator commands, hold-off, and unidirectional switching.
 */
class QkdnProtectionSwitchCommandsTestSuite : public TestSuite
{
  public:
    QkdnProtectionSwitchCommandsTestSuite()
        : TestSuite("qkdn-protection-switch-commands", Type::UNIT)
    {
        AddTestCase(new SwitchCommandsTest);
        AddTestCase(new SwitchCommandPrioritiesTest);
        AddTestCase(new SwitchHoldOffTest);
        AddTestCase(new SwitchUnidirectionalTest);
    }
};

static QkdnProtectionSwitchCommandsTestSuite
    g_qkdnProtectionSwitchCommandsTestSuite; //!< registers the suite
