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

namespace
{

/// Messages that a single end is given by hand.
const ApsMessage NR_0{APS_NO_REQUEST, 0, 0, {}};
const ApsMessage SF_W_0{APS_SIGNAL_FAIL, 1, 0, {}};
const ApsMessage SD_P_0{APS_SIGNAL_DEGRADE, 0, 0, {}};
const ApsMessage SD_P_1{APS_SIGNAL_DEGRADE, 0, 1, {}};

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Start and restart: RFC 8234, 4.1.
 */
class SwitchStartTest : public SwitchPairTest
{
  public:
    SwitchStartTest()
        : SwitchPairTest("Start and restart")
    {
    }

  private:
    void DoRun() override
    {
        Defects();
        Remembered();
        Degraded();
        Restart();
        Exercise();
    }

    /// Failures that are there before the start.
    void Defects()
    {
        SwitchPair pair;
        pair.Set("HoldOff", TimeValue(Seconds(1)));
        pair.At(0)->Local(REQUEST_SIGNAL_FAIL, W, FIRST);
        NS_TEST_EXPECT_MSG_EQ(pair.LogOf(0).sent.empty(), true, "silent before the start");
        pair.Start();
        NS_TEST_EXPECT_MSG_EQ(pair.LogOf(0).sent.at(0).second, "SF(1,1)", "first message");
        SwitchPair::RunUntil(Ms(20));
        ExpectStates(pair, SWITCH_PF_W_L, SWITCH_PF_W_R, P);

        SwitchPair other;
        other.At(1)->Local(REQUEST_SIGNAL_FAIL, W, FIRST);
        other.At(1)->Local(REQUEST_SIGNAL_FAIL, P, FIRST);
        other.Start();
        SwitchPair::RunUntil(Simulator::Now() + Ms(20));
        ExpectStates(other, SWITCH_UA_P_R, SWITCH_UA_P_L, W);
        NS_TEST_EXPECT_MSG_EQ(other.LogOf(1).selections.empty(), true, "nothing to select");
    }

    /// What was selected before.
    void Remembered()
    {
        SwitchPair pair;
        pair.At(0)->Start(P);
        NS_TEST_EXPECT_MSG_EQ(SwitchStateName(pair.At(0)->GetState()), std::string("WTR"), "state");
        NS_TEST_EXPECT_MSG_EQ(pair.At(0)->GetMessage().ToString(), "NR(0,1)", "message");
        NS_TEST_EXPECT_MSG_EQ(pair.At(0)->IsWaitingToRestore(), false, "no timer");
        SwitchPair::RunUntil(Simulator::Now() + Seconds(1000));
        NS_TEST_EXPECT_MSG_EQ(+pair.At(0)->GetSelected(), +P, "nobody has said otherwise");
        pair.At(1)->Start(W);
        SwitchPair::RunUntil(Simulator::Now() + Ms(20));
        ExpectStates(pair, SWITCH_N, SWITCH_N, W);

        SwitchPair both;
        both.At(0)->Start(P);
        both.At(1)->Start(P);
        SwitchPair::RunUntil(Simulator::Now() + Ms(20));
        ExpectStates(both, SWITCH_N, SWITCH_N, W);

        SwitchPair stay;
        stay.Set("Revertive", BooleanValue(false));
        stay.At(0)->Start(P);
        stay.At(1)->Start(W);
        SwitchPair::RunUntil(Simulator::Now() + Ms(20));
        ExpectStates(stay, SWITCH_DNR, SWITCH_DNR, P);

        SwitchPair alone;
        alone.Set("Bidirectional", BooleanValue(false));
        alone.Set("WaitToRestore", TimeValue(Ms(10)));
        alone.At(0)->Start(P);
        SwitchPair::RunUntil(Simulator::Now() + Ms(20));
        NS_TEST_EXPECT_MSG_EQ(+alone.At(0)->GetSelected(), +W, "unidirectional: by its timer");
    }

    /// A signal degrade counts when the other end has been heard.
    void Degraded()
    {
        SwitchPair pair;
        pair.At(0)->Local(REQUEST_SIGNAL_DEGRADE, W, FIRST);
        pair.At(0)->Start();
        SwitchPair::RunUntil(Simulator::Now() + Ms(20));
        NS_TEST_EXPECT_MSG_EQ(SwitchStateName(pair.At(0)->GetState()), std::string("N"), "not yet");
        Tell(pair, 0, REQUEST_SIGNAL_DEGRADE_CLEAR, W);
        Tell(pair, 0, REQUEST_SIGNAL_DEGRADE, W);
        NS_TEST_EXPECT_MSG_EQ(SwitchStateName(pair.At(0)->GetState()), std::string("N"), "nor now");
        pair.At(1)->Start();
        SwitchPair::RunUntil(Simulator::Now() + Ms(20));
        ExpectStates(pair, SWITCH_PF_DW_L, SWITCH_PF_DW_R, P);
    }

    /// An end forgets its command, and learns what the other one does.
    void Restart()
    {
        SwitchPair pair;
        pair.Start();
        Tell(pair, 0, REQUEST_FORCED_SWITCH, P);
        pair.At(0)->Stop();
        SwitchPair::RunUntil(Simulator::Now() + Seconds(1));
        NS_TEST_EXPECT_MSG_EQ(pair.At(0)->IsStarted(), false, "stopped");
        NS_TEST_EXPECT_MSG_EQ(+pair.At(1)->GetSelected(), +P, "the other end goes on");
        pair.At(0)->Start(pair.At(0)->GetSelected());
        SwitchPair::RunUntil(Simulator::Now() + Ms(20));
        ExpectStates(pair, SWITCH_N, SWITCH_N, W);

        Tell(pair, 0, REQUEST_LOCKOUT);
        pair.At(1)->Stop();
        pair.At(1)->Start();
        SwitchPair::RunUntil(Simulator::Now() + Seconds(6)); // the next message in due course
        ExpectStates(pair, SWITCH_UA_LO_L, SWITCH_UA_LO_R, W);
    }

    /// The first message is EXER: bridge and selector as the other end has them.
    void Exercise()
    {
        SwitchPair pair;
        pair.Set("Revertive", BooleanValue(false));
        pair.At(0)->Start(P);
        Tell(pair, 0, REQUEST_EXERCISE);
        pair.At(1)->Start(W);
        SwitchPair::RunUntil(Simulator::Now() + Seconds(6));
        ExpectStates(pair, SWITCH_E_L, SWITCH_E_R, P);
        NS_TEST_EXPECT_MSG_EQ(pair.At(1)->GetMessage().ToString(), "RR(0,1)", "answer");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief When messages leave, and what is made of bad ones.
 */
class SwitchMessagesTest : public SwitchPairTest
{
  public:
    SwitchMessagesTest()
        : SwitchPairTest("Times of messages, and bad messages")
    {
    }

  private:
    void DoRun() override
    {
        SwitchPair pair;
        pair.Start();
        pair.Schedule(Ms(12000), 0, REQUEST_SIGNAL_FAIL, W, FIRST);
        SwitchPair::RunUntil(Ms(18000));
        const std::vector<std::pair<Time, std::string>> expected = {
            {MicroSeconds(0), "NR(0,0)"},
            {MicroSeconds(3300), "NR(0,0)"},
            {MicroSeconds(6600), "NR(0,0)"},
            {MicroSeconds(5006600), "NR(0,0)"},
            {MicroSeconds(10006600), "NR(0,0)"},
            {MicroSeconds(12000000), "SF(1,1)"},
            {MicroSeconds(12003300), "SF(1,1)"},
            {MicroSeconds(12006600), "SF(1,1)"},
            {MicroSeconds(17006600), "SF(1,1)"},
        };
        NS_TEST_EXPECT_MSG_EQ(pair.LogOf(0).sent.size(), expected.size(), "messages");
        NS_TEST_EXPECT_MSG_EQ((pair.LogOf(0).sent == expected), true, "times and messages");
        NS_TEST_EXPECT_MSG_EQ((pair.At(1)->GetLastReceived().incident == FIRST), true, "incident");

        pair.At(0)->Remote({static_cast<ApsRequest>(13), 0, 0, {}});
        pair.At(0)->Remote({APS_LOCKOUT, 0, 7, {}});
        NS_TEST_EXPECT_MSG_EQ(pair.LogOf(0).invalid, 2, "bad messages");
        ExpectStates(pair, SWITCH_PF_W_L, SWITCH_PF_W_R, P);
        NS_TEST_EXPECT_MSG_EQ(pair.At(0)->GetLastReceived().ToString(), "NR(0,1)", "unchanged");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Failures of protocol (RFC 7347, 8.1), and how ends that do not agree come together.
 */
class SwitchProtocolFailureTest : public SwitchPairTest
{
  public:
    SwitchProtocolFailureTest()
        : SwitchPairTest("Failures of protocol")
    {
    }

  private:
    void DoRun() override
    {
        Silence();
        Mismatch();
        for (const bool resolve : {true, false})
        {
            Stale(resolve);
        }
        Crossed();
        ByHand();
        LastMessage(TABLE_RFC8234, SWITCH_N);
        LastMessage(TABLE_RFC7271, SWITCH_PF_W_R);
    }

    /// Nothing is heard for 3.5 long intervals.
    void Silence()
    {
        SwitchPair pair;
        pair.Start();
        SwitchPair::RunUntil(Simulator::Now() + Ms(6008) + MicroSeconds(600));
        pair.SetLoss(1.0); // the last message has arrived 1 s ago
        SwitchPair::RunUntil(Simulator::Now() + Ms(16499));
        NS_TEST_EXPECT_MSG_EQ(pair.LogOf(0).failures.empty(), true, "not yet");
        SwitchPair::RunUntil(Simulator::Now() + Ms(2));
        NS_TEST_EXPECT_MSG_EQ(pair.At(0)->HasProtocolFailure(PROTOCOL_NO_MESSAGE), true, "now");
        ExpectStates(pair, SWITCH_N, SWITCH_N, W);
        pair.SetLoss(0.0);
        SwitchPair::RunUntil(Simulator::Now() + Seconds(5));
        NS_TEST_EXPECT_MSG_EQ(pair.At(0)->HasProtocolFailure(PROTOCOL_NO_MESSAGE), false, "over");

        // no alarm while protection, which carries the messages, has failed here
        Tell(pair, 1, REQUEST_SIGNAL_FAIL, P);
        pair.SetLoss(1.0);
        SwitchPair::RunUntil(Simulator::Now() + Seconds(60));
        NS_TEST_EXPECT_MSG_EQ(pair.At(0)->HasProtocolFailure(PROTOCOL_NO_MESSAGE), true, "end 0");
        NS_TEST_EXPECT_MSG_EQ(pair.At(1)->HasProtocolFailure(PROTOCOL_NO_MESSAGE), false, "end 1");
    }

    /// The other end does not follow, because it does not hear.
    void Mismatch()
    {
        SwitchPair pair;
        pair.Start();
        SwitchPair::RunUntil(Simulator::Now() + Ms(20));
        pair.SetLoss(1.0);
        pair.At(0)->Local(REQUEST_FORCED_SWITCH, P, FIRST);
        SwitchPair::RunUntil(Simulator::Now() + Ms(49));
        NS_TEST_EXPECT_MSG_EQ(pair.At(0)->HasProtocolFailure(PROTOCOL_MISMATCH), false, "not yet");
        SwitchPair::RunUntil(Simulator::Now() + Ms(2));
        NS_TEST_EXPECT_MSG_EQ(pair.At(0)->HasProtocolFailure(PROTOCOL_MISMATCH), true, "now");
        pair.SetLoss(0.0);
        SwitchPair::RunUntil(Simulator::Now() + Seconds(6));
        ExpectStates(pair, SWITCH_SA_F_L, SWITCH_SA_F_R, P);
        NS_TEST_EXPECT_MSG_EQ(pair.At(0)->HasProtocolFailure(PROTOCOL_MISMATCH), false, "over");
        NS_TEST_EXPECT_MSG_EQ(pair.LogOf(0).failures.size(), 2, "raised and cleared");
    }

    /**
     * @brief While messages are lost the other end goes through several states: UA:P:R ignores DNR.
     * @param resolve whether the switches leave states without a reason
     */
    void Stale(bool resolve)
    {
        SwitchPair pair;
        pair.Set("Revertive", BooleanValue(false));
        pair.Set("ResolveMismatch", BooleanValue(resolve));
        pair.Start();
        Tell(pair, 1, REQUEST_SIGNAL_FAIL, P);
        ExpectStates(pair, SWITCH_UA_P_R, SWITCH_UA_P_L, W);
        pair.SetLoss(1.0);
        Tell(pair, 1, REQUEST_SIGNAL_FAIL_CLEAR, P);
        Tell(pair, 1, REQUEST_SIGNAL_FAIL, W);
        Tell(pair, 1, REQUEST_SIGNAL_FAIL_CLEAR, W);
        pair.SetLoss(0.0);
        SwitchPair::RunUntil(Simulator::Now() + Seconds(11));
        if (resolve)
        {
            ExpectStates(pair, SWITCH_DNR, SWITCH_DNR, P);
        }
        else
        {
            NS_TEST_EXPECT_MSG_EQ(+pair.At(0)->GetSelected(), +W, "as the tables have it");
            NS_TEST_EXPECT_MSG_EQ(+pair.At(1)->GetSelected(), +P, "as the tables have it");
        }
        NS_TEST_EXPECT_MSG_EQ(pair.At(0)->HasProtocolFailure(PROTOCOL_MISMATCH),
                              !resolve,
                              "failure of protocol");
    }

    /// Each end gives way to the signal degrade of the other one: working counts in the end.
    void Crossed()
    {
        SwitchPair pair;
        pair.SetLoss(1.0);
        const Ptr<ProtectionSwitch> end = pair.At(0);
        end->Start();
        end->Remote(NR_0);
        end->Local(REQUEST_SIGNAL_DEGRADE, W, FIRST);
        end->Remote(SD_P_0);
        NS_TEST_EXPECT_MSG_EQ(end->GetMessage().ToString(), "SD(1,0)", "gives way");
        end->Remote(SD_P_1); // and so did the other end
        SwitchPair::RunUntil(Simulator::Now() + Ms(49));
        NS_TEST_EXPECT_MSG_EQ(end->GetMessage().ToString(), "SD(1,0)", "so far");
        SwitchPair::RunUntil(Simulator::Now() + Ms(2));
        NS_TEST_EXPECT_MSG_EQ(end->GetMessage().ToString(), "SD(1,1)", "working wins");
        NS_TEST_EXPECT_MSG_EQ(end->HasProtocolFailure(PROTOCOL_MISMATCH), false, "they agree");
    }

    /// An end that hears what two ends would hardly say.
    void ByHand()
    {
        SwitchPair pair;
        pair.SetLoss(1.0);
        const Ptr<ProtectionSwitch> end = pair.At(0);
        end->Start();
        end->Remote(NR_0);
        end->Remote({APS_EXERCISE, 0, 1, {}}); // not the first message
        NS_TEST_EXPECT_MSG_EQ(end->GetMessage().ToString(), "RR(0,0)", "as the table has it");
        SwitchPair::RunUntil(Simulator::Now() + Ms(51));
        NS_TEST_EXPECT_MSG_EQ(end->GetMessage().ToString(), "RR(0,1)", "as the other end");
        NS_TEST_EXPECT_MSG_EQ(+end->GetSelected(), +P, "as the other end");

        // footnote (11) without a failure at this end
        end->Remote({APS_SIGNAL_FAIL, 1, 1, {}});
        end->Remote({APS_NO_REQUEST, 0, 1, {}});
        NS_TEST_EXPECT_MSG_EQ(SwitchStateName(end->GetState()), std::string("WTR"), "state");
        NS_TEST_EXPECT_MSG_EQ(end->IsWaitingToRestore(), false, "no timer");
        NS_TEST_EXPECT_MSG_EQ(end->GetMessage().ToString(), "NR(0,1)", "nor does it say so");
        end->Remote({APS_NO_REQUEST, 0, 1, {}}); // footnote (12)
        NS_TEST_EXPECT_MSG_EQ(SwitchStateName(end->GetState()), std::string("N"), "state");
    }

    /**
     * @brief After a failure of protection the last message does not count: RFC 8234, 4.3.
     * @param version the tables
     * @param state what the end of the failure leads to
     */
    void LastMessage(SwitchTableVersion version, SwitchState state)
    {
        SwitchPair pair;
        pair.SetLoss(1.0);
        const Ptr<ProtectionSwitch> end = pair.At(0);
        end->SetAttribute("TableVersion", EnumValue(version));
        end->Start();
        end->Local(REQUEST_SIGNAL_FAIL, P, FIRST);
        end->Remote(SF_W_0);
        NS_TEST_EXPECT_MSG_EQ(SwitchStateName(end->GetState()), std::string("UA:P:L"), "state");
        end->Local(REQUEST_SIGNAL_FAIL_CLEAR, P, FIRST);
        NS_TEST_EXPECT_MSG_EQ(SwitchStateName(end->GetState()),
                              std::string(SwitchStateName(state)),
                              "state after the failure");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Whoever is told of a selection may answer at once; timers do not outlive the object.
 */
class SwitchCallbacksTest : public SwitchPairTest
{
  public:
    SwitchCallbacksTest()
        : SwitchPairTest("Requests out of callbacks; disposal")
    {
    }

  private:
    void DoRun() override
    {
        {
            SwitchPair pair;
            pair.Start();
            pair.Set("WaitToRestore", TimeValue(Seconds(1)));
            m_switch = pair.At(0);
            m_switch->SetSelectCallback(MakeCallback(&SwitchCallbacksTest::Select, this));
            Tell(pair, 0, REQUEST_SIGNAL_FAIL, W);
            ExpectStates(pair, SWITCH_UA_P_L, SWITCH_UA_P_R, W);
            NS_TEST_EXPECT_MSG_EQ(m_selections, 2, "there and back");
            NS_TEST_EXPECT_MSG_EQ(pair.At(1)->GetLastReceived().ToString(),
                                  "SF(0,0)",
                                  "what is true in the end");
            m_switch->SetSelectCallback(ProtectionSwitch::SelectCallback());
            Tell(pair, 0, REQUEST_SIGNAL_FAIL_CLEAR, P);
            Tell(pair, 0, REQUEST_SIGNAL_FAIL_CLEAR, W);
            NS_TEST_EXPECT_MSG_EQ(m_switch->IsWaitingToRestore(), true, "a timer runs");
            m_switch = nullptr;
        }
        Simulator::Stop(Seconds(30));
        Simulator::Run();
    }

    /**
     * @brief The spare fails when it is asked for.
     * @param entity what is selected
     * @param incident the failure behind it
     */
    void Select(Entity entity, IncidentId incident)
    {
        ++m_selections;
        if (entity == P)
        {
            m_switch->Local(REQUEST_SIGNAL_FAIL, P, incident);
        }
    }

    Ptr<ProtectionSwitch> m_switch; //!< an end
    uint32_t m_selections{0};       //!< selections so far
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of the protocol between protection switches.
 */
class QkdnProtectionSwitchProtocolTestSuite : public TestSuite
{
  public:
    QkdnProtectionSwitchProtocolTestSuite()
        : TestSuite("qkdn-protection-switch-protocol", Type::UNIT)
    {
        AddTestCase(new SwitchStartTest);
        AddTestCase(new SwitchMessagesTest);
        AddTestCase(new SwitchProtocolFailureTest);
        AddTestCase(new SwitchCallbacksTest);
    }
};

static QkdnProtectionSwitchProtocolTestSuite
    g_qkdnProtectionSwitchProtocolTestSuite; //!< registers the suite
