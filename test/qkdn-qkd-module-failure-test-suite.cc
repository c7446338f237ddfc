/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-qkd-link-fixture.h"

#include "ns3/random-variable-stream.h"
#include "ns3/test.h"

#include <cmath>
#include <functional>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

const Time RECOVERY = Seconds(3); //!< patience with the classical channel after an outage

} // namespace

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
 * @brief The suite of QKD modules through outages and failures.
 */
class QkdnQkdModuleFailureTestSuite : public TestSuite
{
  public:
    QkdnQkdModuleFailureTestSuite()
        : TestSuite("qkdn-qkd-module-failure", Type::UNIT)
    {
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
        for (const bool sync : {true, false})
        {
            AddTestCase(new QkdModuleRandomTest("ns3::qkdn::PerBlockDistillation", sync));
            AddTestCase(new QkdModuleRandomTest("ns3::qkdn::IdealDistillation", sync));
        }
    }
};

static QkdnQkdModuleFailureTestSuite g_qkdnQkdModuleFailureTestSuite; //!< registers the suite
