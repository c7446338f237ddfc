/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-qkd-link-fixture.h"

#include "ns3/test.h"

#include <cmath>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// The kinds of distillation, with their default statistics.
const std::vector<std::string> KINDS{"ns3::qkdn::IdealDistillation",
                                     "ns3::qkdn::PerBlockDistillation",
                                     "ns3::qkdn::PacketsDistillation"};

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Writes down the estimates that one end tells, and may begin or end probing.
 */
class EstimateRecorder
{
  public:
    /// An estimate that came.
    struct Entry
    {
        Time at;     //!< when
        KeyId id;    //!< the block
        double qber; //!< its error ratio
    };

    /**
     * @brief Listen to one end.
     * @param distillation this end's distillation
     */
    void Connect(Ptr<Distillation> distillation)
    {
        m_distillation = distillation;
        distillation->SetEstimateCallback(MakeCallback(&EstimateRecorder::Estimate, this));
    }

    std::vector<Entry> m_entries; //!< all estimates
    uint64_t m_probeFrom{0};      //!< number of the block whose estimate begins probing; 0: none
    uint64_t m_probeTo{0};        //!< number of the block whose estimate ends it; 0: none

  private:
    /// @cond
    void Estimate(const KeyId& id, double qber)
    {
        m_entries.push_back(Entry{Simulator::Now(), id, qber});
        if (id.block == MakeBlock(1, static_cast<uint32_t>(m_probeFrom)))
        {
            m_distillation->SetProbing(true);
        }
        if (id.block == MakeBlock(1, static_cast<uint32_t>(m_probeTo)))
        {
            m_distillation->SetProbing(false);
        }
    }

    /// @endcond

    Ptr<Distillation> m_distillation; //!< this end's distillation
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A link whose two ends tell their estimates.
 */
class EstimateFixture : public QkdLinkFixture
{
  public:
    /**
     * @brief Make the link.
     * @param kind TypeId of the distillation
     * @param statistics value of attribute Statistics
     */
    EstimateFixture(const std::string& kind, const std::string& statistics)
    {
        m_helper.SetDistillation(kind);
        m_helper.SetDistillationAttribute("Statistics", StringValue(statistics));
        Install();
        // after the start of the modules
        Simulator::Schedule(MilliSeconds(1), &EstimateFixture::Listen, this);
    }

    EstimateRecorder m_txEstimates; //!< estimates at the transmitter
    EstimateRecorder m_rxEstimates; //!< estimates at the receiver

  private:
    /// Take the estimates of both ends.
    void Listen()
    {
        m_txEstimates.Connect(m_link.transmitter->GetDistillation());
        m_rxEstimates.Connect(m_link.receiver->GetDistillation());
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Each end learns the estimate of each block, once, before it has the key.
 */
class DistillationEstimateTest : public TestCase
{
  public:
    DistillationEstimateTest()
        : TestCase("Both ends learn the error ratio of a block before they deliver it")
    {
    }

  private:
    /**
     * @brief Check the estimates of one end.
     * @param estimates the estimates
     * @param keys the keys
     */
    void Check(const EstimateRecorder& estimates, const KeyRecorder& keys)
    {
        NS_TEST_ASSERT_MSG_EQ(estimates.m_entries.size(), 99, "one a block");
        NS_TEST_ASSERT_MSG_EQ(keys.m_keys.size(), 99, "all blocks give keys");
        for (std::size_t i = 0; i < 99; ++i)
        {
            NS_TEST_ASSERT_MSG_EQ((estimates.m_entries[i].id == keys.m_keys[i].key.id), true, i);
            NS_TEST_ASSERT_MSG_EQ_TOL(estimates.m_entries[i].qber,
                                      keys.m_keys[i].key.qber,
                                      1e-9,
                                      i);
            NS_TEST_ASSERT_MSG_EQ((estimates.m_entries[i].at <= keys.m_keys[i].at), true, i);
        }
    }

    void DoRun() override
    {
        for (const std::string& kind : KINDS)
        {
            for (bool drawn : {false, true})
            {
                EstimateFixture f(kind, drawn ? "drawn" : "expected");
                QkdLinkFixture::RunUntil(Seconds(9.95));
                Check(f.m_txEstimates, f.m_txKeys);
                Check(f.m_rxEstimates, f.m_rxKeys);
                uint32_t txOnly = 0;
                uint32_t rxOnly = 0;
                NS_TEST_ASSERT_MSG_EQ(f.CompareKeys(txOnly, rxOnly), "", "keys");
                NS_TEST_ASSERT_MSG_EQ(txOnly + rxOnly, 0, "both ends have all keys");
                uint32_t different = 0;
                for (std::size_t i = 1; i < 99; ++i)
                {
                    const QkdKey& key = f.m_rxKeys.m_keys[i].key;
                    const QkdKey& last = f.m_rxKeys.m_keys[i - 1].key;
                    different += key.qber != last.qber ? 1 : 0;
                }
                NS_TEST_ASSERT_MSG_EQ((different > 80), drawn, "fluctuation");
                NS_TEST_ASSERT_MSG_EQ((different == 0), !drawn, "or none");
            }
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Blocks of which no key is made.
 */
class DistillationProbingTest : public TestCase
{
  public:
    DistillationProbingTest()
        : TestCase("While probing the error ratio is known, no key is made and none is spent")
    {
    }

  private:
    void DoRun() override
    {
        for (const std::string& kind : KINDS)
        {
            EstimateFixture f(kind, "auto");
            for (EstimateRecorder* end : {&f.m_txEstimates, &f.m_rxEstimates})
            {
                end->m_probeFrom = 20;
                end->m_probeTo = 50;
            }
            QkdLinkFixture::RunUntil(Seconds(9.95));
            const Ptr<Distillation> rx = f.m_link.receiver->GetDistillation();
            const Ptr<Distillation> tx = f.m_link.transmitter->GetDistillation();
            NS_TEST_ASSERT_MSG_EQ(f.m_txEstimates.m_entries.size(), 99, "every block is measured");
            NS_TEST_ASSERT_MSG_EQ(f.m_rxEstimates.m_entries.size(), 99, "every block is measured");
            NS_TEST_ASSERT_MSG_EQ(f.m_txKeys.m_keys.size(), 99 - 31, "from block 20 to block 50");
            NS_TEST_ASSERT_MSG_EQ(f.m_rxKeys.m_keys.size(), 99 - 31, "from block 20 to block 50");
            for (const auto& entry : f.m_rxKeys.m_keys)
            {
                const uint64_t number = entry.key.id.block - MakeBlock(1, 0);
                NS_TEST_ASSERT_MSG_EQ((number < 20 || number > 50), true, "tainted " << number);
            }
            uint32_t txOnly = 0;
            uint32_t rxOnly = 0;
            NS_TEST_ASSERT_MSG_EQ(f.CompareKeys(txOnly, rxOnly), "", "keys");
            NS_TEST_ASSERT_MSG_EQ(txOnly + rxOnly, 0, "keys");
            NS_TEST_ASSERT_MSG_EQ(f.m_rx.m_dropCount["measured only"], 31, "and it is told");
            NS_TEST_ASSERT_MSG_EQ(f.m_tx.m_dropCount["measured only"], 31, "and it is told");
            // probes are not authenticated; block 20 was, where that comes before the estimate
            const uint64_t tags = kind == KINDS[0] ? 0 : 192;
            const uint64_t blocks = kind == KINDS[1] ? 99 - 30 : 99 - 31;
            NS_TEST_ASSERT_MSG_EQ(rx->GetReserve().GetSpent(), tags * blocks, "tags");
            NS_TEST_ASSERT_MSG_EQ(tx->GetReserve().GetSpent(), tags * blocks, "tags");
            NS_TEST_ASSERT_MSG_EQ(f.m_rx.m_rejected + f.m_tx.m_rejected, 0, "understood");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of what all kinds of distillation have in common.
 */
class QkdnDistillationTestSuite : public TestSuite
{
  public:
    QkdnDistillationTestSuite()
        : TestSuite("qkdn-distillation", Type::UNIT)
    {
        AddTestCase(new DistillationEstimateTest);
        AddTestCase(new DistillationProbingTest);
    }
};

static QkdnDistillationTestSuite g_qkdnDistillationTestSuite; //!< registers the suite
