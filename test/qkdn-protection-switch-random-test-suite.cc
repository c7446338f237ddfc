/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-protection-switch-pair.h"

#include "ns3/boolean.h"
#include "ns3/test.h"

#include <algorithm>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;
using namespace ns3::qkdn::switch_test;

namespace
{

constexpr int64_t STREAM = 7271; //!< of the random numbers

/// How a run of random inputs is made.
struct Kind
{
    const char* name;  //!< name
    uint32_t runs;     //!< number of runs
    double loss;       //!< highest probability of loss; from 1 on all are lost
    int64_t gridMs;    //!< instants of inputs are multiples of this, ms
    int64_t holdOffMs; //!< hold-off, ms
};

/// A failure at either end, by entity.
bool
HasFailed(const SwitchPair& pair, Entity entity)
{
    return pair.At(0)->HasDefect(entity, DEFECT_FAIL) || pair.At(1)->HasDefect(entity, DEFECT_FAIL);
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Whatever happens to two ends: when messages have settled they agree, and select no failed
 * entity without need.
 */
class SwitchRandomInputsTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param kind how the runs are made
     */
    explicit SwitchRandomInputsTest(const Kind& kind)
        : TestCase(std::string("Random inputs: ") + kind.name),
          m_kind(kind)
    {
    }

  private:
    void DoRun() override
    {
        m_random = CreateObject<UniformRandomVariable>();
        m_random->SetStream(STREAM);
        for (uint32_t run = 0; run < m_kind.runs && !IsStatusFailure(); ++run)
        {
            Run(run);
        }
        NS_TEST_EXPECT_MSG_GT(m_protecting, m_kind.runs / 10, "runs that end on protection");
        NS_TEST_EXPECT_MSG_GT(m_commanded, m_kind.runs / 20, "runs that end with a command");
        NS_TEST_EXPECT_MSG_GT(m_idle, 0, "runs that end without requests");
    }

    /**
     * @brief A random number.
     * @param below one more than the highest
     * @return 0 or more
     */
    uint32_t Draw(uint32_t below)
    {
        return m_random->GetInteger(0, below - 1);
    }

    /**
     * @brief One run.
     * @param run its number
     */
    void Run(uint32_t run)
    {
        SwitchPair pair;
        const bool revertive = Draw(2) == 0;
        pair.Set("Revertive", BooleanValue(revertive));
        pair.Set("WaitToRestore", TimeValue(MilliSeconds(500)));
        pair.Set("HoldOff", TimeValue(MilliSeconds(m_kind.holdOffMs)));
        pair.SetDelay(0, MicroSeconds(100 + Draw(20000)));
        pair.SetDelay(1, MicroSeconds(100 + Draw(20000)));
        pair.SetLoss(m_kind.loss * m_random->GetValue(), m_random);
        pair.Start();

        const uint32_t inputs = 1 + Draw(30);
        const int64_t span = 200 + Draw(3000);
        for (uint32_t i = 0; i < inputs; ++i)
        {
            const Time when = MilliSeconds(Draw(span) / m_kind.gridMs * m_kind.gridMs);
            const auto request = static_cast<SwitchRequest>(Draw(REQUEST_SIGNAL_DEGRADE_CLEAR + 1));
            const Entity entity = Draw(2) == 0 ? ENTITY_WORKING : ENTITY_PROTECTION;
            pair.Schedule(when, Draw(2), request, entity, IncidentId{1, i + 1});
        }
        SwitchPair::RunUntil(MilliSeconds(span));
        pair.SetLoss(0.0);
        SwitchPair::RunUntil(MilliSeconds(span) + Seconds(20));
        const std::size_t settled = pair.LogOf(0).states.size() + pair.LogOf(1).states.size();
        const std::size_t sent = pair.LogOf(0).sent.size() + pair.LogOf(1).sent.size();
        SwitchPair::RunUntil(MilliSeconds(span) + Seconds(40));

        const std::string what = Describe(run, revertive, pair);
        NS_TEST_EXPECT_MSG_EQ(pair.LogOf(0).states.size() + pair.LogOf(1).states.size(),
                              settled,
                              what << ": state changes go on");
        NS_TEST_EXPECT_MSG_LT_OR_EQ(pair.LogOf(0).sent.size() + pair.LogOf(1).sent.size() - sent,
                                    8,
                                    what << ": more than the messages of 20 s");
        Check(pair, revertive, what);
        Simulator::Destroy();
    }

    /**
     * @brief What to say of a run that has failed.
     * @param run its number
     * @param revertive whether it was revertive
     * @param pair the two ends
     * @return the text
     */
    static std::string Describe(uint32_t run, bool revertive, const SwitchPair& pair)
    {
        std::string text = "run " + std::to_string(run) + (revertive ? " revertive" : "");
        for (std::size_t end = 0; end < 2; ++end)
        {
            text += std::string(", ") + SwitchStateName(pair.At(end)->GetState()) + " says " +
                    pair.At(end)->GetMessage().ToString();
        }
        return text;
    }

    /**
     * @brief Check how the ends stand in the end.
     * @param pair the two ends
     * @param revertive whether they are revertive
     * @param what the run
     */
    void Check(const SwitchPair& pair, bool revertive, const std::string& what)
    {
        const Entity selected = pair.At(0)->GetSelected();
        NS_TEST_EXPECT_MSG_EQ(+selected, +pair.At(1)->GetSelected(), what << ": ends differ");
        NS_TEST_EXPECT_MSG_EQ((pair.At(0)->HasProtocolFailure(PROTOCOL_MISMATCH) ||
                               pair.At(1)->HasProtocolFailure(PROTOCOL_MISMATCH)),
                              false,
                              what << ": mismatch");
        const bool command = pair.At(0)->HasCommand() || pair.At(1)->HasCommand();
        const bool forced =
            pair.At(0)->GetState() == SWITCH_UA_LO_L || pair.At(1)->GetState() == SWITCH_UA_LO_L ||
            pair.At(0)->GetState() == SWITCH_SA_F_L || pair.At(1)->GetState() == SWITCH_SA_F_L;
        NS_TEST_EXPECT_MSG_EQ(
            (HasFailed(pair, selected) && !HasFailed(pair, OtherEntity(selected)) && !forced),
            false,
            what << ": selects what has failed");
        bool defects = false;
        for (std::size_t end = 0; end < 2; ++end)
        {
            NS_TEST_EXPECT_MSG_EQ(pair.At(end)->IsWaitingToRestore(), false, what << ": waits");
            for (const Entity entity : {ENTITY_WORKING, ENTITY_PROTECTION})
            {
                defects = defects || pair.At(end)->HasDefect(entity, DEFECT_FAIL) ||
                          pair.At(end)->HasDefect(entity, DEFECT_DEGRADE);
            }
            if (pair.At(end)->HasCommand())
            {
                CheckCommand(pair, end, what);
            }
        }
        if (!defects && !command)
        {
            ++m_idle;
            const SwitchState state = pair.At(0)->GetState();
            NS_TEST_EXPECT_MSG_EQ(+state, +pair.At(1)->GetState(), what << ": idle");
            NS_TEST_EXPECT_MSG_EQ((state == SWITCH_N || (state == SWITCH_DNR && !revertive)),
                                  true,
                                  what << ": idle");
        }
        m_protecting += selected == ENTITY_PROTECTION ? 1 : 0;
        m_commanded += command ? 1 : 0;
    }

    /**
     * @brief A command that is in effect shows in the state of both ends.
     * @param pair the two ends
     * @param end the end with the command
     * @param what the run
     */
    void CheckCommand(const SwitchPair& pair, std::size_t end, const std::string& what)
    {
        const std::vector<SwitchState> own = {SWITCH_UA_LO_L,
                                              SWITCH_SA_F_L,
                                              SWITCH_SA_MW_L,
                                              SWITCH_SA_MP_L,
                                              SWITCH_E_L};
        const std::vector<SwitchState> followed = {SWITCH_UA_LO_R,
                                                   SWITCH_SA_F_R,
                                                   SWITCH_SA_MW_R,
                                                   SWITCH_SA_MP_R,
                                                   SWITCH_E_R};
        const auto place = std::find(own.begin(), own.end(), pair.At(end)->GetState());
        NS_TEST_ASSERT_MSG_EQ((place != own.end()), true, what << ": command without its state");
        const SwitchState other = pair.At(1 - end)->GetState();
        NS_TEST_EXPECT_MSG_EQ((other == *place || other == followed[place - own.begin()]),
                              true,
                              what << ": the other end does not follow the command");
    }

    Kind m_kind;                         //!< how the runs are made
    Ptr<UniformRandomVariable> m_random; //!< where chance comes from
    uint32_t m_protecting{0};            //!< runs that end on protection
    uint32_t m_commanded{0};             //!< runs that end with a command in effect
    uint32_t m_idle{0};                  //!< runs that end without any request
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of random inputs to protection switches.
 */
class QkdnProtectionSwitchRandomTestSuite : public TestSuite
{
  public:
    QkdnProtectionSwitchRandomTestSuite()
        : TestSuite("qkdn-protection-switch-random", Type::UNIT)
    {
        AddTestCase(new SwitchRandomInputsTest({"no message is lost", 2000, 0.0, 1, 0}));
        AddTestCase(new SwitchRandomInputsTest({"many at the same instant", 2000, 0.0, 100, 0}));
        AddTestCase(new SwitchRandomInputsTest({"messages are lost", 2000, 1.5, 10, 0}));
        AddTestCase(new SwitchRandomInputsTest({"with hold-off", 1000, 0.5, 1, 100}));
    }
};

static QkdnProtectionSwitchRandomTestSuite
    g_qkdnProtectionSwitchRandomTestSuite; //!< registers the suite
