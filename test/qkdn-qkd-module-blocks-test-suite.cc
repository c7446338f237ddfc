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
#include "ns3/test.h"

#include <functional>
#include <limits>
#include <set>

using namespace ns3;
using namespace ns3::qkdn;

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
 * @brief The suite of the blocks of QKD modules: keys, reserve for authentication and messages.
 */
class QkdnQkdModuleBlocksTestSuite : public TestSuite
{
  public:
    QkdnQkdModuleBlocksTestSuite()
        : TestSuite("qkdn-qkd-module-blocks", Type::UNIT)
    {
        AddTestCase(new QkdModuleBlockTest);
        AddTestCase(new QkdModuleReserveTest);
        AddTestCase(new QkdModuleHostileTest);
        AddTestCase(new QkdModuleSeedTest);
    }
};

static QkdnQkdModuleBlocksTestSuite g_qkdnQkdModuleBlocksTestSuite; //!< registers the suite
