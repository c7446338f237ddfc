/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-qkd-link-fixture.h"

#include "ns3/test.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <sys/wait.h>
#include <unistd.h>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

const Time LOSS = MilliSeconds(5); //!< LossOfLightTime by default
const Time RESYNC = Seconds(10);   //!< ResyncTime by default

/**
 * @brief Whether a program would abort.
 * @param body the program
 * @return true if it ends by a signal
 */
bool
Aborts(const std::function<void()>& body)
{
    const pid_t child = fork();
    if (child == 0)
    {
        // the message is expected
        if (std::freopen("/dev/null", "w", stderr))
        {
            body();
        }
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFSIGNALED(status);
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief A cut is detected at both ends to the nanosecond and a repair ends in Running.
 */
class QkdModuleCutTest : public TestCase
{
  public:
    QkdModuleCutTest()
        : TestCase("A cut with synchronisation light is detected to the nanosecond")
    {
    }

  private:
    void DoRun() override
    {
        QkdLinkFixture f;
        f.Install();
        Simulator::Schedule(Seconds(5), [&f] { f.m_span->Cut(0.3); });
        Simulator::Schedule(Seconds(20), [&f] { f.m_span->Repair(); });
        QkdLinkFixture::RunUntil(Seconds(40));
        const Time txRest = NanoSeconds(73500);
        const Time rxRest = NanoSeconds(171500);
        NS_TEST_ASSERT_MSG_EQ(f.m_tx.When(QkdModule::RUNNING, Seconds(0)), Seconds(0), "start");
        NS_TEST_ASSERT_MSG_EQ(f.m_tx.When(QkdModule::ABORTED, Seconds(0)),
                              Seconds(5) + txRest + LOSS,
                              "transmitter");
        NS_TEST_ASSERT_MSG_EQ(f.m_rx.When(QkdModule::ABORTED, Seconds(0)),
                              Seconds(5) + rxRest + LOSS,
                              "receiver");
        // each end also waits for the other one's word, which takes 0.5 ms
        const Time back = Seconds(20) + rxRest + LOSS;
        for (const ModuleRecorder* end : {&f.m_tx, &f.m_rx})
        {
            const Time initialising = end->When(QkdModule::INITIALISING, Seconds(5));
            NS_TEST_ASSERT_MSG_EQ((initialising >= back), true, "light has to be back");
            NS_TEST_ASSERT_MSG_LT(initialising, back + MicroSeconds(520), "as soon as it is");
            NS_TEST_ASSERT_MSG_EQ(end->When(QkdModule::RUNNING, Seconds(5)),
                                  initialising + RESYNC,
                                  "resynchronisation");
            NS_TEST_ASSERT_MSG_EQ(end->m_causes.size(), 1, "one incident");
            NS_TEST_ASSERT_MSG_EQ(end->m_causes.at(0), "loss of light", "its cause");
            NS_TEST_ASSERT_MSG_EQ(end->m_states.size(), 4, "running, aborted and back");
        }
        for (const KeyRecorder* end : {&f.m_txKeys, &f.m_rxKeys})
        {
            std::string statuses;
            for (const auto& entry : end->m_statuses)
            {
                statuses += std::string(LinkStatusName(entry.status)) +
                            (entry.incident.IsValid() ? "! " : " ");
            }
            NS_TEST_ASSERT_MSG_EQ(statuses, "ACTIVE PASSIVE! PENDING! ACTIVE! ", "Kq-2");
        }
        uint32_t txOnly = 0;
        uint32_t rxOnly = 0;
        NS_TEST_ASSERT_MSG_EQ(f.CompareKeys(txOnly, rxOnly), "", "keys");
        NS_TEST_ASSERT_MSG_EQ(txOnly + rxOnly, 0, "both ends have all keys");
        for (const auto& entry : f.m_rxKeys.m_keys)
        {
            const uint64_t epoch = entry.key.id.block >> 32;
            NS_TEST_ASSERT_MSG_EQ(epoch, (entry.at < Seconds(20) ? 1 : 2), "emission");
        }
        NS_TEST_ASSERT_MSG_LT(f.m_rxKeys.FirstAfter(Seconds(20)),
                              back + RESYNC + BLOCK + MilliSeconds(3),
                              "keys come back");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A flash cut spoils a block and changes no state.
 */
class QkdModuleFlashTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param distillation type of distillation
     */
    explicit QkdModuleFlashTest(const std::string& distillation)
        : TestCase("A flash cut spoils the block in work and changes no state: " + distillation),
          m_distillation(distillation)
    {
    }

  private:
    std::string m_distillation; //!< type of distillation

    void DoRun() override
    {
        QkdLinkFixture f;
        f.m_helper.SetDistillation(m_distillation);
        f.Install();
        // the block from 5.0 s to 5.1 s
        Simulator::Schedule(Seconds(5.05), [&f] { f.m_span->Cut(0.5); });
        Simulator::Schedule(Seconds(5.05) + LOSS - NanoSeconds(1), [&f] { f.m_span->Repair(); });
        QkdLinkFixture::RunUntil(Seconds(8));
        NS_TEST_ASSERT_MSG_EQ(f.m_tx.m_states.size(), 1, "no change of state");
        NS_TEST_ASSERT_MSG_EQ(f.m_rx.m_states.size(), 1, "no change of state");
        const auto& filled = f.m_rx.m_filled;
        Time longest;
        for (std::size_t i = 1; i < filled.size(); ++i)
        {
            longest = std::max(longest, filled[i] - filled[i - 1]);
        }
        NS_TEST_ASSERT_MSG_GT(longest, BLOCK + MilliSeconds(50), "a block is spoiled");
        NS_TEST_ASSERT_MSG_LT(longest, BLOCK * int64_t{2} + MicroSeconds(1), "only one");
        uint32_t txOnly = 0;
        uint32_t rxOnly = 0;
        NS_TEST_ASSERT_MSG_EQ(f.CompareKeys(txOnly, rxOnly), "", "keys");
        NS_TEST_ASSERT_MSG_EQ(rxOnly, 0, "the receiver has none of its own");
        NS_TEST_ASSERT_MSG_EQ(txOnly, 0, "the transmitter learns it by a message, or by the light");
        NS_TEST_ASSERT_MSG_GT(f.m_rxKeys.m_keys.size(), 77, "all others are delivered");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Without synchronisation light the receiver counts and the transmitter is told.
 */
class QkdModuleCountRateTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param distillation type of distillation
     */
    explicit QkdModuleCountRateTest(const std::string& distillation)
        : TestCase("Without synchronisation light the count rate tells: " + distillation),
          m_distillation(distillation)
    {
    }

  private:
    std::string m_distillation; //!< type of distillation

    /// The light comes back and goes again while the modules resynchronise.
    void TestCutInResync()
    {
        QkdLinkFixture f;
        f.m_helper.SetDistillation(m_distillation);
        f.m_helper.SetModuleAttribute("SyncLight", BooleanValue(false));
        f.Install();
        Simulator::Schedule(Seconds(5), [&f] { f.m_span->Cut(0.3); });
        Simulator::Schedule(Seconds(10), [&f] { f.m_span->Repair(); });
        Simulator::Schedule(Seconds(15), [&f] { f.m_span->Cut(0.3); });
        QkdLinkFixture::RunUntil(Seconds(40));
        NS_TEST_ASSERT_MSG_EQ(f.m_link.receiver->GetState(), QkdModule::ABORTED, "receiver");
        NS_TEST_ASSERT_MSG_EQ(f.m_link.transmitter->GetState(), QkdModule::ABORTED, "transmitter");
    }

    void TestCut()
    {
        QkdLinkFixture f;
        f.m_helper.SetDistillation(m_distillation);
        f.m_helper.SetModuleAttribute("SyncLight", BooleanValue(false));
        f.Install();
        Simulator::Schedule(Seconds(5), [&f] { f.m_span->Cut(0.3); });
        Simulator::Schedule(Seconds(20), [&f] { f.m_span->Repair(); });
        QkdLinkFixture::RunUntil(Seconds(40));
        const double rateHz = f.m_protocol->GetRate(f.m_link.channel->GetBudget()).detectionRateHz;
        const Time lost = Seconds(5) + NanoSeconds(171500) + Seconds(-std::log(1e-9) / rateHz);
        NS_TEST_ASSERT_MSG_EQ(f.m_rx.When(QkdModule::ABORTED, Seconds(0)), lost, "receiver");
        const Time told = f.m_tx.When(QkdModule::ABORTED, Seconds(0));
        NS_TEST_ASSERT_MSG_GT(told, lost + MicroSeconds(500), "by message");
        NS_TEST_ASSERT_MSG_LT(told, lost + MicroSeconds(510), "by message");
        NS_TEST_ASSERT_MSG_EQ(f.m_tx.m_causes.size(), 0, "the transmitter detects nothing");
        NS_TEST_ASSERT_MSG_EQ((f.m_tx.m_states.at(1).incident == f.m_rx.m_states.at(1).incident),
                              true,
                              "the receiver's incident");
        const Time back = Seconds(20) + NanoSeconds(171500) + LOSS;
        NS_TEST_ASSERT_MSG_EQ(f.m_rx.When(QkdModule::RUNNING, Seconds(5)), back + RESYNC, "back");
        NS_TEST_ASSERT_MSG_LT(f.m_tx.When(QkdModule::RUNNING, Seconds(5)),
                              back + RESYNC + MicroSeconds(510),
                              "back");
        for (const auto& entry : f.m_txKeys.m_keys)
        {
            const bool aborted = entry.at > told && entry.at < back + RESYNC;
            NS_TEST_ASSERT_MSG_EQ(aborted, false, "no key while the module is aborted");
        }
        uint32_t txOnly = 0;
        uint32_t rxOnly = 0;
        NS_TEST_ASSERT_MSG_EQ(f.CompareKeys(txOnly, rxOnly), "", "keys");
        NS_TEST_ASSERT_MSG_EQ(rxOnly, 0, "the receiver has none of its own");
        NS_TEST_ASSERT_MSG_GT(f.m_rxKeys.m_keys.size(), 140, "keys before and after");
    }

    void DoRun() override
    {
        TestCut();
        TestCutInResync();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Start-up, initial states and starts at different times.
 */
class QkdModuleStartTest : public TestCase
{
  public:
    QkdModuleStartTest()
        : TestCase("Modules start up, or are running from the beginning")
    {
    }

  private:
    /**
     * @brief Start up from the beginning.
     * @param sync with synchronisation light
     */
    void TestStartUp(bool sync)
    {
        QkdLinkFixture f;
        f.m_helper.SetModuleAttribute("InitialState", EnumValue(QkdModule::START_OFF));
        f.m_helper.SetModuleAttribute("SyncLight", BooleanValue(sync));
        f.Install();
        QkdLinkFixture::RunUntil(Seconds(70));
        const Time seen = NanoSeconds(245000) + LOSS;
        NS_TEST_ASSERT_MSG_EQ(f.m_rx.When(QkdModule::RUNNING, Seconds(0)), seen + START_UP, "rx");
        NS_TEST_ASSERT_MSG_EQ(f.m_tx.When(QkdModule::RUNNING, Seconds(0)),
                              (sync ? seen : Seconds(0)) + START_UP,
                              "tx");
        NS_TEST_ASSERT_MSG_EQ(f.m_rxKeys.m_statuses.at(0).status, LINK_PENDING, "Kq-2");
        NS_TEST_ASSERT_MSG_EQ(f.m_rxKeys.m_statuses.at(1).status, LINK_ACTIVE, "Kq-2");
        NS_TEST_ASSERT_MSG_EQ(f.m_rxKeys.m_statuses.size(), 2, "Kq-2");
        NS_TEST_ASSERT_MSG_GT(f.m_rxKeys.m_keys.size(), 90, "keys");
    }

    /// The receiver starts when the light has been there for long.
    void TestLateReceiver()
    {
        for (const auto state : {QkdModule::START_OFF, QkdModule::START_RUNNING})
        {
            QkdLinkFixture f;
            f.m_helper.SetModuleAttribute("InitialState", EnumValue(state));
            f.m_helper.SetModuleAttribute("SyncLight", BooleanValue(true));
            f.Install();
            f.m_link.receiver->SetStartTime(Seconds(2));
            QkdLinkFixture::RunUntil(Seconds(70));
            const Time expected =
                Seconds(2) + (state == QkdModule::START_OFF ? LOSS + START_UP : Seconds(0));
            NS_TEST_ASSERT_MSG_EQ(f.m_rx.When(QkdModule::RUNNING, Seconds(0)), expected, "late");
            // the transmitter, without light for 2 s, may say so at first
            const auto& causes = f.m_rx.m_causes;
            NS_TEST_ASSERT_MSG_EQ(std::count(causes.begin(), causes.end(), "loss of light"),
                                  0,
                                  "there is light");
            NS_TEST_ASSERT_MSG_EQ(f.m_link.receiver->GetState(), QkdModule::RUNNING, "running");
            NS_TEST_ASSERT_MSG_GT(f.m_rxKeys.m_keys.size(), 40, "keys");
        }
    }

    /// A module that is stopped is off and says so.
    void TestStop()
    {
        QkdLinkFixture f;
        f.Install();
        f.m_link.transmitter->SetStopTime(Seconds(5));
        QkdLinkFixture::RunUntil(Seconds(10));
        NS_TEST_ASSERT_MSG_EQ(f.m_txKeys.m_statuses.back().status, LINK_OFF, "off");
        NS_TEST_ASSERT_MSG_EQ(f.m_rx.When(QkdModule::ABORTED, Seconds(0)),
                              Seconds(5) + NanoSeconds(245000) + LOSS,
                              "no light");
        NS_TEST_ASSERT_MSG_EQ(f.m_link.channel->IsComplete(), true, "the fibre is whole");
    }

    void DoRun() override
    {
        TestStartUp(true);
        TestStartUp(false);
        TestLateReceiver();
        TestStop();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What a module cannot run with stops the program before anything happens.
 */
class QkdModuleRequirementTest : public TestCase
{
  public:
    QkdModuleRequirementTest()
        : TestCase("A link that cannot work is refused")
    {
    }

  private:
    /**
     * @brief Whether a link is refused.
     * @param prepare changes the fixture before the link is made
     * @param spoil changes it afterwards
     * @return true if so
     */
    static bool Refused(const std::function<void(QkdLinkFixture&)>& prepare,
                        const std::function<void(QkdLinkFixture&)>& spoil)
    {
        return Aborts([&] {
            QkdLinkFixture f;
            prepare(f);
            f.Install();
            spoil(f);
            QkdLinkFixture::RunUntil(Seconds(1));
        });
    }

    void DoRun() override
    {
        const auto nothing = [](QkdLinkFixture&) {};
        NS_TEST_ASSERT_MSG_EQ(Refused(nothing, nothing), false, "a sound link");
        NS_TEST_ASSERT_MSG_EQ(
            Refused(nothing, [](auto& f) { f.m_link.receiver->SetKeyConsumer(nullptr); }),
            true,
            "no consumer");
        NS_TEST_ASSERT_MSG_EQ(
            Refused(nothing, [](auto& f) { f.m_link.receiver->SetDevice(nullptr); }),
            true,
            "no device");
        NS_TEST_ASSERT_MSG_EQ(
            Refused(nothing, [](auto& f) { f.m_link.transmitter->SetLink(LinkId(), "ab"); }),
            true,
            "no link");
        NS_TEST_ASSERT_MSG_EQ(
            Refused(nothing,
                    [](auto& f) { f.m_link.transmitter->SetProtocol(f.m_protocol, nullptr); }),
            true,
            "no distillation");
        NS_TEST_ASSERT_MSG_EQ(
            Refused([](auto& f) { f.m_helper.SetModuleAttribute("QberAbort", DoubleValue(0.01)); },
                    nothing),
            true,
            "too many errors");
        NS_TEST_ASSERT_MSG_EQ(Refused(nothing,
                                      [](auto& f) {
                                          Ptr<QuantumNetDevice> third =
                                              CreateObject<QuantumNetDevice>();
                                          f.m_link.channel->Attach(third);
                                      }),
                              true,
                              "a third end");
        QkdLinkFixture f;
        f.m_helper.SetModuleAttribute("QberWarning", DoubleValue(0.02));
        f.Install();
        QkdLinkFixture::RunUntil(Seconds(1));
        NS_TEST_ASSERT_MSG_EQ(f.m_link.receiver->GetState(), QkdModule::DEGRADED, "warning");
        NS_TEST_ASSERT_MSG_EQ(f.m_rxKeys.m_statuses.back().status, LINK_ACTIVE, "generates");
        NS_TEST_ASSERT_MSG_EQ(f.m_rxKeys.m_keys.size(), 9, "generates");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of the life cycle of QKD modules and of what they detect.
 */
class QkdnQkdModuleTestSuite : public TestSuite
{
  public:
    QkdnQkdModuleTestSuite()
        : TestSuite("qkdn-qkd-module", Type::UNIT)
    {
        const std::string perBlock = "ns3::qkdn::PerBlockDistillation";
        const std::string ideal = "ns3::qkdn::IdealDistillation";
        AddTestCase(new QkdModuleCutTest);
        AddTestCase(new QkdModuleFlashTest(perBlock));
        AddTestCase(new QkdModuleFlashTest(ideal));
        AddTestCase(new QkdModuleCountRateTest(perBlock));
        AddTestCase(new QkdModuleCountRateTest(ideal));
        AddTestCase(new QkdModuleStartTest);
        AddTestCase(new QkdModuleRequirementTest);
    }
};

static QkdnQkdModuleTestSuite g_qkdnQkdModuleTestSuite; //!< registers the suite
