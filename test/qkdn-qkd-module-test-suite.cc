/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-qkd-link-fixture.h"

#include "ns3/point-to-point-net-device.h"
#include "ns3/qkdn-classical-channel-messages.h"
#include "ns3/qkdn-distillation-traffic.h"
#include "ns3/qkdn-frame-header.h"
#include "ns3/random-variable-stream.h"
#include "ns3/test.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <limits>
#include <set>
#include <sys/wait.h>
#include <unistd.h>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

const Time LOSS = MilliSeconds(5);    //!< LossOfLightTime by default
const Time RESYNC = Seconds(10);      //!< ResyncTime by default
const Time START_UP = Seconds(60);    //!< StartUpTime by default
const Time RECOVERY = Seconds(3);     //!< patience with the classical channel after an outage
const Time BLOCK = MilliSeconds(100); //!< duration of a block of the fixture

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
        const bool ideal = m_distillation == "ns3::qkdn::IdealDistillation";
        NS_TEST_ASSERT_MSG_EQ(txOnly, (ideal ? 1 : 0), "nobody tells an ideal transmitter");
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
 * @brief Blocks, their keys, and when each end has them.
 */
class QkdModuleBlockTest : public TestCase
{
  public:
    QkdModuleBlockTest()
        : TestCase("Both ends have equal keys when the messages allow it")
    {
    }

  private:
    /**
     * @brief How long a message takes over an idle link: all its segments behind each other, and
     * the propagation delay.
     * @param bodyBytes bytes of the body
     * @return the time
     */
    static Time Transfer(uint64_t bodyBytes)
    {
        const uint64_t stream = bodyBytes + FrameHeader::SIZE;
        const uint64_t segments = (stream + 1447) / 1448;
        const uint64_t bytes = stream + segments * (20 + 20 + 2); // TCP, IP, PPP
        return Seconds(static_cast<double>(bytes) * 8.0 / 100e6) + MicroSeconds(500);
    }

    void TestPerBlock()
    {
        QkdLinkFixture f;
        f.Install();
        QkdLinkFixture::RunUntil(Seconds(20.05));
        const QkdBlockPlan plan = f.m_protocol->PlanBlock(f.m_link.channel->GetBudget());
        NS_TEST_ASSERT_MSG_EQ(plan.duration, BLOCK, "1,024 bit at 10,240 bit/s");
        const auto traffic = DistillationTraffic::FromBlock(plan);
        const auto& tx = f.m_txKeys.m_keys;
        const auto& rx = f.m_rxKeys.m_keys;
        NS_TEST_ASSERT_MSG_EQ(tx.size(), 200, "blocks in 20 s");
        NS_TEST_ASSERT_MSG_EQ(rx.size(), 200, "blocks in 20 s");
        for (uint32_t i = 0; i < 200; ++i)
        {
            const Time filled = NanoSeconds(245000) + BLOCK * int64_t{i + 1};
            NS_TEST_ASSERT_MSG_EQ((tx[i].key.id == KeyId{LinkId(7), MakeBlock(1, i + 1)}), true, i);
            NS_TEST_ASSERT_MSG_EQ((rx[i].key.id == tx[i].key.id), true, "id");
            NS_TEST_ASSERT_MSG_EQ((rx[i].key.material.ToBytes() == tx[i].key.material.ToBytes()),
                                  true,
                                  "bits");
            NS_TEST_ASSERT_MSG_EQ(rx[i].key.generated, filled, "generated");
            NS_TEST_ASSERT_MSG_EQ(tx[i].key.generated, filled, "generated");
            NS_TEST_ASSERT_MSG_EQ_TOL(tx[i].key.qber, plan.qber, 1e-9, "error ratio");
            if (i == 0)
            {
                continue; // the connection was made only just before
            }
            // a hello may be under way on the link: 4 us at 100 Mbit/s
            const Time atTx = filled + Transfer(traffic.GetReceiverBytes());
            const Time atRx = atTx + Transfer(traffic.GetTransmitterBytes());
            NS_TEST_ASSERT_MSG_EQ_TOL(tx[i].at, atTx, MicroSeconds(5), "at the transmitter " << i);
            NS_TEST_ASSERT_MSG_EQ_TOL(rx[i].at, atRx, MicroSeconds(10), "at the receiver " << i);
        }
    }

    /// Count a packet.
    void Count(Ptr<const Packet>)
    {
        ++m_packets;
    }

    void TestIdeal()
    {
        m_packets = 0;
        QkdLinkFixture f;
        f.m_helper.SetDistillation("ns3::qkdn::IdealDistillation");
        f.Install();
        for (bool end : {false, true})
        {
            f.m_classical->GetDevice(end)->TraceConnectWithoutContext(
                "MacTx",
                MakeCallback(&QkdModuleBlockTest::Count, this));
        }
        QkdLinkFixture::RunUntil(Seconds(20.05));
        NS_TEST_ASSERT_MSG_EQ(m_packets, 0, "no packets");
        const auto& tx = f.m_txKeys.m_keys;
        const auto& rx = f.m_rxKeys.m_keys;
        NS_TEST_ASSERT_MSG_EQ(tx.size(), 200, "blocks in 20 s");
        NS_TEST_ASSERT_MSG_EQ(rx.size(), 200, "blocks in 20 s");
        for (uint32_t i = 0; i < 200; ++i)
        {
            NS_TEST_ASSERT_MSG_EQ(tx[i].at, NanoSeconds(245000) + BLOCK * int64_t{i + 1}, "when");
            NS_TEST_ASSERT_MSG_EQ(rx[i].at, tx[i].at, "at the same instant");
            NS_TEST_ASSERT_MSG_EQ(rx[i].key.material.GetBits(), 1024, "nothing is withheld");
        }
        uint32_t txOnly = 0;
        uint32_t rxOnly = 0;
        NS_TEST_ASSERT_MSG_EQ(f.CompareKeys(txOnly, rxOnly), "", "keys");
        NS_TEST_ASSERT_MSG_EQ(txOnly + rxOnly, 0, "keys");
    }

    uint32_t m_packets{0}; //!< packets seen

    void DoRun() override
    {
        TestPerBlock();
        TestIdeal();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The classical channel is cut alone.
 */
class QkdModuleClassicalOutageTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param outageS how long, s
     */
    explicit QkdModuleClassicalOutageTest(int64_t outageS)
        : TestCase("The classical channel is cut for " + std::to_string(outageS) + " s"),
          m_outageS(outageS)
    {
    }

  private:
    int64_t m_outageS; //!< how long, s

    void DoRun() override
    {
        QkdLinkFixture f;
        f.Install();
        const Time cut = Seconds(10.03);
        const Time mended = cut + Seconds(m_outageS);
        Simulator::Schedule(cut, [&f] { f.m_classical->Fail(); });
        Simulator::Schedule(mended, [&f] { f.m_classical->Recover(); });
        QkdLinkFixture::RunUntil(mended + Seconds(10.06));
        for (const KeyRecorder* end : {&f.m_txKeys, &f.m_rxKeys})
        {
            NS_TEST_ASSERT_MSG_GT(end->FirstAfter(cut + MilliSeconds(10)), mended, "stalled");
            NS_TEST_ASSERT_MSG_LT(end->FirstAfter(mended), mended + RECOVERY, "goes on");
            NS_TEST_ASSERT_MSG_EQ(end->m_statuses.at(1).status, LINK_PASSIVE, "told");
            NS_TEST_ASSERT_MSG_EQ(end->m_statuses.back().status, LINK_ACTIVE, "told");
        }
        NS_TEST_ASSERT_MSG_EQ(f.m_rx.m_states.size(), 1, "the quantum channel is well");
        uint32_t txOnly = 0;
        uint32_t rxOnly = 0;
        NS_TEST_ASSERT_MSG_EQ(f.CompareKeys(txOnly, rxOnly), "", "keys");
        NS_TEST_ASSERT_MSG_EQ(txOnly + rxOnly, 0, "no key at one end only");
        NS_TEST_ASSERT_MSG_EQ(f.m_rx.m_dropCount.size(), 1, "one reason");
        const uint32_t dropped = f.m_rx.m_dropCount["classical channel stalled"];
        NS_TEST_ASSERT_MSG_EQ(f.m_rxKeys.m_keys.size() + dropped,
                              f.m_rx.m_filled.size(),
                              "each block is delivered or dropped");
        // 16 blocks of the outage wait
        NS_TEST_ASSERT_MSG_EQ((dropped >= m_outageS * 10 - 17), true, "16 blocks wait");
        NS_TEST_ASSERT_MSG_EQ((dropped <= (m_outageS + 3) * 10 - 15), true, "16 blocks wait");
        for (const QkdModule::Role role : {QkdModule::TRANSMITTER, QkdModule::RECEIVER})
        {
            const auto& reserve = f.GetModule(role)->GetDistillation()->GetReserve();
            NS_TEST_ASSERT_MSG_EQ(reserve.GetStored(), 1920, "filled up, not beyond");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A module breaks and is repaired.
 */
class QkdModuleFailureTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param role which end breaks
     * @param outageS for how long, s
     * @param sync with synchronisation light
     */
    QkdModuleFailureTest(QkdModule::Role role, int64_t outageS, bool sync)
        : TestCase(std::string(role == QkdModule::TRANSMITTER ? "Transmitter" : "Receiver") +
                   " fails for " + std::to_string(outageS) + " s" +
                   (sync ? "" : ", no synchronisation light")),
          m_role(role),
          m_outageS(outageS),
          m_sync(sync)
    {
    }

  private:
    QkdModule::Role m_role; //!< which end breaks
    int64_t m_outageS;      //!< for how long, s
    bool m_sync;            //!< with synchronisation light

    void DoRun() override
    {
        QkdLinkFixture f;
        f.m_helper.SetModuleAttribute("SyncLight", BooleanValue(m_sync));
        f.Install();
        const Time failed = Seconds(10.03);
        const Time repaired = failed + Seconds(m_outageS);
        const Ptr<QkdModule> module = f.GetModule(m_role);
        Simulator::Schedule(failed, [module] { module->Fail(); });
        Simulator::Schedule(repaired, [module] { module->Repair(); });
        const Time end = repaired + START_UP + RECOVERY + BLOCK;
        QkdLinkFixture::RunUntil(end + Seconds(5));
        for (const KeyRecorder* keys : {&f.m_txKeys, &f.m_rxKeys})
        {
            const Time first = keys->FirstAfter(failed + MilliSeconds(10));
            NS_TEST_ASSERT_MSG_GT(first, repaired + START_UP, "start-up first");
            NS_TEST_ASSERT_MSG_LT(first, end, "keys resume");
            NS_TEST_ASSERT_MSG_EQ(keys->m_statuses.back().status, LINK_ACTIVE, "told");
        }
        NS_TEST_ASSERT_MSG_EQ(f.m_link.transmitter->GetState(), QkdModule::RUNNING, "running");
        NS_TEST_ASSERT_MSG_EQ(f.m_link.receiver->GetState(), QkdModule::RUNNING, "running");
        uint32_t txOnly = 0;
        uint32_t rxOnly = 0;
        NS_TEST_ASSERT_MSG_EQ(f.CompareKeys(txOnly, rxOnly), "", "keys");
        NS_TEST_ASSERT_MSG_EQ(txOnly + rxOnly, 0, "no block was under way");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A failure between the two deliveries of a block leaves its key at one end: no protocol
 * can exclude it, and the key managers find out when they compare.
 */
class QkdModuleOneSidedTest : public TestCase
{
  public:
    QkdModuleOneSidedTest()
        : TestCase("A failure between the deliveries of a block leaves its key at one end")
    {
    }

  private:
    void DoRun() override
    {
        for (const auto role : {QkdModule::TRANSMITTER, QkdModule::RECEIVER})
        {
            QkdLinkFixture f;
            f.Install();
            // the transmitter has the block of 5.0 s after 0.6 ms, the receiver after 1.2 ms
            const Ptr<QkdModule> module = f.GetModule(role);
            const Time failed = Seconds(5) + MicroSeconds(245 + 800);
            Simulator::Schedule(failed, [module] { module->Fail(); });
            Simulator::Schedule(failed + Seconds(5), [module] { module->Repair(); });
            QkdLinkFixture::RunUntil(Seconds(80));
            uint32_t txOnly = 0;
            uint32_t rxOnly = 0;
            NS_TEST_ASSERT_MSG_EQ(f.CompareKeys(txOnly, rxOnly), "", "keys");
            // what the transmitter has sent arrives although it fails then
            NS_TEST_ASSERT_MSG_EQ(txOnly, (role == QkdModule::RECEIVER ? 1 : 0), "transmitter");
            NS_TEST_ASSERT_MSG_EQ(rxOnly, 0, "the receiver never has a key of its own");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The reserve for authentication.
 */
class QkdModuleReserveTest : public TestCase
{
  public:
    QkdModuleReserveTest()
        : TestCase("Authentication uses 192 bit a block of what the link makes")
    {
    }

  private:
    /**
     * @brief A reserve balances.
     * @param reserve the reserve
     */
    void CheckBook(const AuthenticationReserve& reserve)
    {
        NS_TEST_ASSERT_MSG_EQ(reserve.GetInitial() + reserve.GetWithheld(),
                              reserve.GetSpent() + reserve.GetStored(),
                              "the book");
    }

    void TestUse()
    {
        QkdLinkFixture f;
        f.Install();
        QkdLinkFixture::RunUntil(Seconds(10.05));
        for (const auto role : {QkdModule::TRANSMITTER, QkdModule::RECEIVER})
        {
            const auto& reserve = f.GetModule(role)->GetDistillation()->GetReserve();
            CheckBook(reserve);
            NS_TEST_ASSERT_MSG_EQ(reserve.GetSpent(), 100 * 192, "spent");
            NS_TEST_ASSERT_MSG_EQ(reserve.GetWithheld(), 100 * 192, "withheld");
        }
        for (const KeyRecorder* end : {&f.m_txKeys, &f.m_rxKeys})
        {
            uint64_t seed = 0;
            uint64_t block = 0;
            uint32_t firstBit = 0;
            const auto& key = end->m_keys.at(50).key;
            NS_TEST_ASSERT_MSG_EQ(key.material.GetGenerator(seed, block, firstBit), true, "lazy");
            NS_TEST_ASSERT_MSG_EQ(firstBit, 192, "the first bits are withheld");
            NS_TEST_ASSERT_MSG_EQ(key.material.GetBits(), 1024 - 192, "the others are not");
        }
    }

    void TestStarvation()
    {
        QkdLinkFixture f;
        f.m_helper.SetDistillationAttribute("AuthenticationReserve", UintegerValue(100));
        f.Install();
        QkdLinkFixture::RunUntil(Seconds(10.05));
        NS_TEST_ASSERT_MSG_EQ(f.m_txKeys.m_keys.size() + f.m_rxKeys.m_keys.size(), 0, "no key");
        NS_TEST_ASSERT_MSG_EQ(f.m_rx.m_dropCount["authentication key exhausted"], 100, "why");
        CheckBook(f.m_link.receiver->GetDistillation()->GetReserve());
    }

    void TestSmallest()
    {
        QkdLinkFixture f;
        f.m_helper.SetDistillationAttribute("AuthenticationReserve", UintegerValue(192));
        f.Install();
        Simulator::Schedule(Seconds(10.03), [&f] { f.m_classical->Fail(); });
        Simulator::Schedule(Seconds(30.03), [&f] { f.m_classical->Recover(); });
        QkdLinkFixture::RunUntil(Seconds(40.05));
        NS_TEST_ASSERT_MSG_EQ(f.m_rx.m_dropCount["authentication key exhausted"],
                              0,
                              "the answer brings new bits");
        NS_TEST_ASSERT_MSG_GT(f.m_rxKeys.m_keys.size(), 190, "goes on");
    }

    /// Blocks wait for the classical channel, and the transmitter loses its data meanwhile.
    void TestRefusal()
    {
        QkdLinkFixture f;
        f.Install();
        Simulator::Schedule(Seconds(10.03), [&f] { f.m_classical->Fail(); });
        Simulator::Schedule(Seconds(20), [&f] { f.m_link.transmitter->Fail(); });
        Simulator::Schedule(Seconds(25), [&f] { f.m_link.transmitter->Repair(); });
        Simulator::Schedule(Seconds(30), [&f] { f.m_classical->Recover(); });
        QkdLinkFixture::RunUntil(Seconds(100));
        NS_TEST_ASSERT_MSG_GT(f.m_rx.m_dropCount["refused by the transmitter"], 0, "data is gone");
        NS_TEST_ASSERT_MSG_EQ(f.m_rx.m_dropCount["authentication key exhausted"], 0, "enough left");
        NS_TEST_ASSERT_MSG_LT(f.m_rxKeys.FirstAfter(Seconds(30)), Seconds(90), "keys resume");
        NS_TEST_ASSERT_MSG_EQ(f.m_link.receiver->GetDistillation()->GetReserve().GetStored(),
                              1920,
                              "filled up again");
        uint32_t txOnly = 0;
        uint32_t rxOnly = 0;
        NS_TEST_ASSERT_MSG_EQ(f.CompareKeys(txOnly, rxOnly), "", "keys");
    }

    void DoRun() override
    {
        TestUse();
        TestStarvation();
        TestSmallest();
        TestRefusal();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Messages that a sound peer never sends.
 */
class QkdModuleHostileTest : public TestCase
{
  public:
    QkdModuleHostileTest()
        : TestCase("Malformed and repeated messages change nothing")
    {
    }

  private:
    /**
     * @brief A request that would be the next one.
     * @param f the link
     * @param number number of the block in the first emission
     * @return the request
     */
    static DistillationRequest MakeRequest(const QkdLinkFixture& f, uint32_t number)
    {
        const QkdBlockPlan plan = f.m_protocol->PlanBlock(f.m_link.channel->GetBudget());
        DistillationRequest request;
        request.key = KeyId{LinkId(7), MakeBlock(1, number)};
        request.generated = Simulator::Now();
        request.finalKeyBits = plan.finalKeyBits;
        request.reserveMissingBits = 192;
        request.detections = plan.detections;
        request.siftedBits = plan.siftedBits;
        request.leakedBits = plan.leakedBits;
        request.estimationBits = plan.estimationBits;
        request.pulses = plan.pulses;
        request.qber = plan.qber;
        return request;
    }

    /**
     * @brief Give the transmitter a request of its true size.
     * @param f the link
     * @param request the request
     * @param cut bytes that are missing at the end
     * @return whether it is understood
     */
    static bool Give(const QkdLinkFixture& f, const DistillationRequest& request, uint32_t cut = 0)
    {
        const QkdBlockPlan plan = f.m_protocol->PlanBlock(f.m_link.channel->GetBudget());
        Ptr<Packet> body =
            request.ToPacket(DistillationTraffic::FromBlock(plan).GetReceiverBytes());
        body->RemoveAtEnd(cut);
        return f.m_link.transmitter->GetDistillation()->Receive(DISTILLATION_REQUEST, body);
    }

    void TestRequests(QkdLinkFixture& f)
    {
        const auto change = [&f](const std::function<void(DistillationRequest&)>& spoil) {
            DistillationRequest request = MakeRequest(f, 1000);
            spoil(request);
            return Give(f, request);
        };
        const Ptr<Distillation> tx = f.m_link.transmitter->GetDistillation();
        const uint64_t spent = tx->GetReserve().GetSpent();
        const uint64_t withheld = tx->GetReserve().GetWithheld();
        const std::size_t keys = f.m_txKeys.m_keys.size();
        for (uint32_t cut : {1U, 300U})
        {
            NS_TEST_ASSERT_MSG_EQ(Give(f, MakeRequest(f, 1000), cut), false, "truncated");
        }
        NS_TEST_ASSERT_MSG_EQ(change([](auto& r) { r.key.link = LinkId(8); }), false, "link");
        NS_TEST_ASSERT_MSG_EQ(change([](auto& r) { r.estimationBits = r.siftedBits + 1; }),
                              false,
                              "estimation");
        NS_TEST_ASSERT_MSG_EQ(change([](auto& r) { r.pulses = r.detections - 1; }),
                              false,
                              "pulses");
        NS_TEST_ASSERT_MSG_EQ(change([](auto& r) { r.finalKeyBits = 0xffffffff; }), false, "key");
        NS_TEST_ASSERT_MSG_EQ(change([](auto& r) { r.finalKeyBits = 0; }), false, "key");
        NS_TEST_ASSERT_MSG_EQ(change([](auto& r) { r.qber = 0.9; }), false, "error ratio");
        NS_TEST_ASSERT_MSG_EQ(
            change([](auto& r) { r.detections = std::numeric_limits<uint64_t>::max(); }),
            false,
            "detections");
        NS_TEST_ASSERT_MSG_EQ(
            change([](auto& r) { r.leakedBits = std::numeric_limits<uint64_t>::max(); }),
            false,
            "leakage");
        // understood, but refused
        change([](auto& r) { r.key.block = MakeBlock(99, 1); });
        change([](auto& r) { r.key.block = std::numeric_limits<uint64_t>::max(); });
        for (uint32_t i = 0; i < 200; ++i)
        {
            change([i](auto& r) { r.key.block = MakeBlock(1000 + i, 1); });
        }
        Give(f, MakeRequest(f, 3));
        Give(f, MakeRequest(f, 40));
        NS_TEST_ASSERT_MSG_EQ(tx->GetReserve().GetSpent(), spent, "nothing is spent");
        NS_TEST_ASSERT_MSG_EQ(tx->GetReserve().GetWithheld(), withheld, "nor withheld");
        NS_TEST_ASSERT_MSG_EQ(f.m_txKeys.m_keys.size(), keys, "nor delivered");
    }

    void TestOthers(QkdLinkFixture& f)
    {
        const Ptr<Distillation> tx = f.m_link.transmitter->GetDistillation();
        const Ptr<Distillation> rx = f.m_link.receiver->GetDistillation();
        const std::size_t keys = f.m_rxKeys.m_keys.size();
        NS_TEST_ASSERT_MSG_EQ(tx->Receive(DISTILLATION_REQUEST, Create<Packet>()), false, "empty");
        NS_TEST_ASSERT_MSG_EQ(rx->Receive(DISTILLATION_RESPONSE, Create<Packet>(3)), false, "3");
        NS_TEST_ASSERT_MSG_EQ(rx->Receive(0x7777, Create<Packet>(3)), false, "unknown type");
        DistillationResponse response;
        response.key = KeyId{LinkId(7), MakeBlock(1, 20)};
        response.accepted = true;
        rx->Receive(DISTILLATION_RESPONSE, response.ToPacket(0));
        response.key.link = LinkId(8);
        NS_TEST_ASSERT_MSG_EQ(rx->Receive(DISTILLATION_RESPONSE, response.ToPacket(0)),
                              false,
                              "link");
        NS_TEST_ASSERT_MSG_EQ(f.m_rxKeys.m_keys.size(), keys, "nothing is delivered");
        f.m_link.receiver->GetEndpoint()->Send(PeerId(1), MODULE_SIGNAL, Create<Packet>(2));
        f.m_link.receiver->GetEndpoint()->Send(PeerId(1), 0x7777, Create<Packet>(2));
        NS_TEST_ASSERT_MSG_EQ(ModuleSignal::FromPacket(Create<Packet>()).has_value(), false, "0");
        NS_TEST_ASSERT_MSG_EQ(ModuleSignal::FromPacket(Create<Packet>(2)).has_value(), false, "2");
    }

    /// An answer that lacks bytes is none.
    void TestTruncatedAnswer()
    {
        QkdLinkFixture f;
        f.Install();
        bool understood = true;
        const Time filled = NanoSeconds(245000) + BLOCK * int64_t{20};
        Simulator::Schedule(filled + MicroSeconds(1), [&] {
            DistillationResponse response;
            response.key = KeyId{LinkId(7), MakeBlock(1, 20)};
            response.accepted = true;
            understood = f.m_link.receiver->GetDistillation()->Receive(DISTILLATION_RESPONSE,
                                                                       response.ToPacket(0));
        });
        QkdLinkFixture::RunUntil(Seconds(3.05));
        NS_TEST_ASSERT_MSG_EQ(understood, false, "the payload is missing");
        uint32_t txOnly = 0;
        uint32_t rxOnly = 0;
        NS_TEST_ASSERT_MSG_EQ(f.CompareKeys(txOnly, rxOnly), "", "keys");
        NS_TEST_ASSERT_MSG_EQ(f.m_rxKeys.m_keys.size(), 30, "the true answer counts");
    }

    void DoRun() override
    {
        {
            QkdLinkFixture f;
            f.Install();
            QkdLinkFixture::RunUntil(Seconds(5.05));
            TestRequests(f);
            TestOthers(f);
            QkdLinkFixture::RunUntil(Seconds(10.05));
            uint32_t txOnly = 0;
            uint32_t rxOnly = 0;
            NS_TEST_ASSERT_MSG_EQ(f.CompareKeys(txOnly, rxOnly), "", "keys");
            NS_TEST_ASSERT_MSG_EQ(txOnly + rxOnly, 0, "keys");
            NS_TEST_ASSERT_MSG_EQ(f.m_rxKeys.m_keys.size(), 100, "the link goes on");
            NS_TEST_ASSERT_MSG_EQ(f.m_tx.m_rejected, 2, "what came over the channel is told of");
            NS_TEST_ASSERT_MSG_EQ(f.m_tx.m_states.size(), 1, "no change of state");
        }
        TestTruncatedAnswer();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Seeds of keys depend on the name of the link alone.
 */
class QkdModuleSeedTest : public TestCase
{
  public:
    QkdModuleSeedTest()
        : TestCase("Same seed, same key; a further link changes no draw")
    {
    }

  private:
    /**
     * @brief The keys of a run.
     * @param second whether there is another link, made first
     * @param stream stream to use, negative for the one of the name
     * @return bytes by id
     */
    static std::map<KeyId, std::vector<uint8_t>> Run(bool second, int64_t stream)
    {
        QkdLinkFixture f;
        KeyRecorder other;
        QkdLink link;
        if (second)
        {
            FibrePath path;
            path.AddSpan(MakeSpan(10.0));
            link = f.m_helper.Install(LinkId(3),
                                      "other",
                                      path,
                                      f.m_protocol,
                                      f.End(1, &other),
                                      f.End(0, &other),
                                      6000);
        }
        f.Install();
        if (stream >= 0)
        {
            f.m_link.transmitter->AssignStreams(stream);
        }
        QkdLinkFixture::RunUntil(Seconds(2));
        bool repeated = false;
        return f.m_rxKeys.GetBytes(repeated);
    }

    void DoRun() override
    {
        const auto keys = Run(false, -1);
        NS_TEST_ASSERT_MSG_EQ(keys.size(), 19, "blocks in 2 s");
        NS_TEST_ASSERT_MSG_EQ((keys == Run(false, -1)), true, "same seed");
        NS_TEST_ASSERT_MSG_EQ((keys == Run(true, -1)), true, "another link");
        NS_TEST_ASSERT_MSG_EQ((keys == Run(false, 4242)), false, "another stream");
        std::set<std::vector<uint8_t>> different;
        for (const auto& entry : keys)
        {
            different.insert(entry.second);
        }
        NS_TEST_ASSERT_MSG_EQ(different.size(), keys.size(), "blocks differ");
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
 * @brief Whatever fails and when, equal ids mean equal keys, and the link comes back.
 */
class QkdModuleRandomTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param distillation type of distillation
     * @param sync with synchronisation light
     */
    QkdModuleRandomTest(const std::string& distillation, bool sync)
        : TestCase("Random cuts and failures: " + distillation +
                   (sync ? "" : ", no synchronisation light")),
          m_distillation(distillation),
          m_sync(sync)
    {
    }

  private:
    std::string m_distillation; //!< type of distillation
    bool m_sync;                //!< with synchronisation light

    /**
     * @brief One random outage of one thing after the other.
     * @param random the draws
     * @param begin start of an outage
     * @param end end of an outage
     */
    static void Draw(Ptr<UniformRandomVariable> random,
                     const std::function<void()>& begin,
                     const std::function<void()>& end)
    {
        double atS = 0.0;
        for (int i = 0; i < 3; ++i)
        {
            // from milliseconds to a minute
            atS += random->GetValue(0.1, 60.0);
            Simulator::Schedule(Seconds(atS), begin);
            atS += std::pow(10.0, random->GetValue(-3.0, 1.7));
            Simulator::Schedule(Seconds(atS), end);
        }
    }

    /**
     * @brief One run.
     * @param random the draws
     * @param round its number
     */
    void Round(Ptr<UniformRandomVariable> random, int round)
    {
        QkdLinkFixture f;
        f.m_helper.SetDistillation(m_distillation);
        f.m_helper.SetModuleAttribute("SyncLight", BooleanValue(m_sync));
        f.m_helper.SetModuleAttribute("StartUpTime", TimeValue(Seconds(20)));
        // blocks of 0.8 s
        f.m_protocol->SetAttribute("Rate", DoubleValue(1280.0));
        f.Install();
        const double position = random->GetValue(0.0, 1.0);
        Draw(
            random,
            [&f, position] { f.m_span->Cut(position); },
            [&f] { f.m_span->Repair(); });
        Draw(
            random,
            [&f] { f.m_classical->Fail(); },
            [&f] { f.m_classical->Recover(); });
        for (const auto role : {QkdModule::TRANSMITTER, QkdModule::RECEIVER})
        {
            const Ptr<QkdModule> module = f.GetModule(role);
            Draw(
                random,
                [module] { module->Fail(); },
                [module] { module->Repair(); });
        }
        // 3 x (60 s + 50 s) at most, then start-up
        QkdLinkFixture::RunUntil(Seconds(370));
        uint32_t txOnly = 0;
        uint32_t rxOnly = 0;
        NS_TEST_ASSERT_MSG_EQ(f.CompareKeys(txOnly, rxOnly), "", "round " << round);
        if (m_distillation == "ns3::qkdn::PerBlockDistillation")
        {
            NS_TEST_ASSERT_MSG_EQ(rxOnly, 0, "round " << round << ": a key of its own");
            // each of the 6 failures of a module can leave what is in flight at one end
            NS_TEST_ASSERT_MSG_EQ((txOnly <= 6 * 16), true, "round " << round);
        }
        NS_TEST_ASSERT_MSG_LT(f.m_txKeys.FirstAfter(Seconds(368)), Seconds(370), round);
        NS_TEST_ASSERT_MSG_LT(f.m_rxKeys.FirstAfter(Seconds(368)), Seconds(370), round);
    }

    void DoRun() override
    {
        Ptr<UniformRandomVariable> random = CreateObject<UniformRandomVariable>();
        for (int round = 0; round < 30; ++round)
        {
            random->SetStream(3000 + round);
            Round(random, round);
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of the QKD module.
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
        AddTestCase(new QkdModuleBlockTest);
        for (const int64_t outageS : {5, 20, 60, 200})
        {
            AddTestCase(new QkdModuleClassicalOutageTest(outageS));
            for (const bool sync : {true, false})
            {
                AddTestCase(new QkdModuleFailureTest(QkdModule::TRANSMITTER, outageS, sync));
                AddTestCase(new QkdModuleFailureTest(QkdModule::RECEIVER, outageS, sync));
            }
        }
        AddTestCase(new QkdModuleOneSidedTest);
        AddTestCase(new QkdModuleReserveTest);
        AddTestCase(new QkdModuleHostileTest);
        AddTestCase(new QkdModuleSeedTest);
        AddTestCase(new QkdModuleRequirementTest);
        for (const bool sync : {true, false})
        {
            AddTestCase(new QkdModuleRandomTest(perBlock, sync));
            AddTestCase(new QkdModuleRandomTest(ideal, sync));
        }
    }
};

static QkdnQkdModuleTestSuite g_qkdnQkdModuleTestSuite; //!< registers the suite
