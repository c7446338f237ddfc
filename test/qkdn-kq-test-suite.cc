/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-qkd-link-fixture.h"

#include "ns3/qkdn-byte-codec.h"
#include "ns3/qkdn-frame-header.h"
#include "ns3/qkdn-kq-messages.h"
#include "ns3/qkdn-kq-receiver.h"
#include "ns3/qkdn-kq-sender.h"
#include "ns3/test.h"

#include <set>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// Bytes of the metadata of a key: link, block, time, error ratio, bits and the kind of material.
constexpr uint32_t METADATA_BYTES = 4 + 8 + 8 + 4 + 4 + 1;

/**
 * @brief A key of link 7 from the generator.
 * @param block its block
 * @param bits number of bits
 * @return the key
 */
QkdKey
MakeKey(uint64_t block, uint32_t bits = 1000)
{
    QkdKey key;
    key.id = KeyId{LinkId(7), block};
    key.generated = Seconds(3);
    key.qber = 0.03;
    key.material = KeyMaterial::FromGenerator(55, block, 192, bits);
    return key;
}

/// A module's node and a key manager's node of one site.
class KqFixture
{
  public:
    KqFixture()
        : m_sender(CreateObject<KqSender>()),
          m_receiver(CreateObject<KqReceiver>())
    {
        m_nodes.Create(2);
        m_plant.InstallStack(m_nodes);
        m_site = m_plant.ConnectLocal("site",
                                      m_nodes.Get(0),
                                      m_nodes.Get(1),
                                      MicroSeconds(500),
                                      DataRate("1Gbps"));
        m_receiver->Start(m_nodes.Get(1), At(1), &m_keys);
        m_sender->Start(m_nodes.Get(0), At(0), At(1));
        m_sender->TraceConnectWithoutContext("Rejected", MakeCallback(&KqFixture::Rejected, this));
        m_receiver->TraceConnectWithoutContext("Rejected",
                                               MakeCallback(&KqFixture::Rejected, this));
        m_sender->TraceConnectWithoutContext("Dropped", MakeCallback(&KqFixture::Dropped, this));
        m_sender->GetEndpoint()->TraceConnectWithoutContext("Sent",
                                                            MakeCallback(&KqFixture::Sent, this));
    }

    ~KqFixture()
    {
        m_sender->Dispose();
        m_receiver->Dispose();
        Simulator::Destroy();
    }

    /**
     * @brief The address of Kq on a node.
     * @param node 0 or 1
     * @return the address
     */
    Address At(uint32_t node) const
    {
        return InetSocketAddress(PlantHelper::GetServiceAddress(m_nodes.Get(node)), 6000);
    }

    /**
     * @brief The module makes a key every 0.1 s.
     * @param count how many, from 0.1 s on
     */
    void MakeKeys(uint64_t count)
    {
        for (uint64_t block = 1; block <= count; ++block)
        {
            Simulator::Schedule(MilliSeconds(100) * static_cast<int64_t>(block),
                                [this, block] { m_sender->AcceptQkdKey(MakeKey(block)); });
        }
    }

    NodeContainer m_nodes;                //!< module's, key manager's
    PlantHelper m_plant;                  //!< network of the site
    Ptr<ClassicalLink> m_site;            //!< its link
    Ptr<KqSender> m_sender;               //!< at the module
    Ptr<KqReceiver> m_receiver;           //!< at the key manager
    KeyRecorder m_keys;                   //!< the key manager
    std::vector<uint16_t> m_rejected;     //!< types of messages not understood
    std::vector<uint64_t> m_dropped;      //!< blocks given up
    std::map<uint16_t, uint32_t> m_bytes; //!< size of the last message by type

  private:
    /// @cond
    void Rejected(uint16_t type, uint32_t)
    {
        m_rejected.push_back(type);
    }

    void Dropped(const QkdKey& key)
    {
        m_dropped.push_back(key.id.block);
    }

    void Sent(const Address&, const Address&, uint16_t type, uint32_t bytes, IncidentId)
    {
        m_bytes[type] = bytes;
    }

    /// @endcond
};

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Messages as bytes.
 */
class KqMessagesTest : public TestCase
{
  public:
    KqMessagesTest()
        : TestCase("Kq messages are as long as what they carry and survive bad input")
    {
    }

  private:
    /**
     * @brief A key comes back as it went.
     * @param key the key
     */
    void RoundTrip(const QkdKey& key)
    {
        const Ptr<Packet> packet = KqKey{key}.ToPacket();
        const auto back = KqKey::FromPacket(packet);
        NS_TEST_ASSERT_MSG_EQ(back.has_value(), true, "understood");
        NS_TEST_ASSERT_MSG_EQ((back->key.id == key.id), true, "id");
        NS_TEST_ASSERT_MSG_EQ(back->key.generated, key.generated, "time");
        NS_TEST_ASSERT_MSG_EQ_TOL(back->key.qber, key.qber, 1e-9, "error ratio");
        NS_TEST_ASSERT_MSG_EQ(back->key.material.GetBits(), key.material.GetBits(), "bits");
        NS_TEST_ASSERT_MSG_EQ((back->key.material.ToBytes() == key.material.ToBytes()),
                              true,
                              "key bits");
        for (uint32_t bytes = 0; bytes < packet->GetSize(); ++bytes)
        {
            NS_TEST_ASSERT_MSG_EQ(KqKey::FromPacket(packet->CreateFragment(0, bytes)).has_value(),
                                  false,
                                  "truncated to " << bytes);
        }
        packet->AddAtEnd(Create<Packet>(1));
        NS_TEST_ASSERT_MSG_EQ(KqKey::FromPacket(packet).has_value(), false, "too long");
    }

    void DoRun() override
    {
        const QkdKey lazy = MakeKey(9, 1001);
        NS_TEST_ASSERT_MSG_EQ(KqKey{lazy}.ToPacket()->GetSize(), METADATA_BYTES + 126, "size");
        RoundTrip(lazy);
        QkdKey bytes = MakeKey(10);
        bytes.material = KeyMaterial::FromBytes(lazy.material.ToBytes()).Slice(0, 1001);
        NS_TEST_ASSERT_MSG_EQ(KqKey{bytes}.ToPacket()->GetSize(), METADATA_BYTES + 126, "size");
        RoundTrip(bytes);
        // the place in the generator needs 20 bytes
        RoundTrip(MakeKey(11, 8));
        for (const uint32_t bits : {0xffffffffU, 0xfffffff9U, 0xfffffff8U, 1U, 0U})
        {
            for (const uint32_t kind : {0U, 1U})
            {
                ByteWriter writer;
                writer.WriteUint(7, 4);
                writer.WriteUint(1, 8);
                writer.WriteTime(Seconds(1));
                writer.WriteRatio(0.1);
                writer.WriteUint(bits, 4);
                writer.WriteUint(kind, 1);
                NS_TEST_ASSERT_MSG_EQ(KqKey::FromPacket(writer.ToPacket()).has_value(),
                                      false,
                                      bits << " bits and none there");
            }
        }
        const KqLinkStatus told{LinkId(7), LINK_OFF, LinkAlarm(CAUSE_QBER_ABORT, 0.25)};
        const auto status = KqLinkStatus::FromPacket(told.ToPacket());
        NS_TEST_ASSERT_MSG_EQ(status.has_value() && status->status == LINK_OFF, true, "status");
        NS_TEST_ASSERT_MSG_EQ(status->alarm.cause, CAUSE_QBER_ABORT, "cause");
        NS_TEST_ASSERT_MSG_EQ_TOL(status->alarm.qber.value_or(0.0), 0.25, 1e-9, "estimate");
        const auto quiet =
            KqLinkStatus::FromPacket(KqLinkStatus{LinkId(7), LINK_ACTIVE}.ToPacket());
        NS_TEST_ASSERT_MSG_EQ(quiet.has_value() && !quiet->alarm.qber, true, "no estimate");
        // status, cause, whether there is an estimate, estimate: each out of its range
        const uint8_t bad[][11] = {{0, 0, 0, 7, 4, 0, 0, 0, 0, 0, 0},
                                   {0, 0, 0, 7, 0, 7, 0, 0, 0, 0, 0},
                                   {0, 0, 0, 7, 0, 0, 2, 0, 0, 0, 0},
                                   {0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 1}};
        for (const auto& bytes : bad)
        {
            NS_TEST_ASSERT_MSG_EQ(KqLinkStatus::FromPacket(Create<Packet>(bytes, 11)).has_value(),
                                  false,
                                  "impossible status");
        }
        NS_TEST_ASSERT_MSG_EQ(KqKeyAck::FromPacket(Create<Packet>(11)).has_value(), false, "ack");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Keys and status over the network of a site.
 */
class KqDeliveryTest : public TestCase
{
  public:
    KqDeliveryTest()
        : TestCase("Keys and status reach the key manager over the network of the site")
    {
    }

  private:
    void DoRun() override
    {
        KqFixture f;
        f.MakeKeys(100);
        IncidentId incident{5, 6};
        Simulator::Schedule(Seconds(5), [&f, incident] {
            f.m_sender->NotifyLinkStatus(LinkId(7), LINK_PASSIVE, incident, LinkAlarm());
        });
        Simulator::Schedule(Seconds(12), [&f] {
            // what the key manager never sends, and what no module sends
            f.m_receiver->GetEndpoint()->Send(PeerId(1), KQ_KEY_ACK, Create<Packet>(3));
            f.m_sender->GetEndpoint()->Send(PeerId(1), KQ_KEY, Create<Packet>(3));
            f.m_sender->GetEndpoint()->Send(PeerId(1), 0x7777, Create<Packet>(3));
        });
        QkdLinkFixture::RunUntil(Seconds(14));
        NS_TEST_ASSERT_MSG_EQ(f.m_keys.m_keys.size(), 100, "all keys");
        NS_TEST_ASSERT_MSG_EQ(f.m_rejected.size(), 3, "bad messages are told of");
        for (uint64_t block = 1; block <= 100; ++block)
        {
            const auto& entry = f.m_keys.m_keys[block - 1];
            NS_TEST_ASSERT_MSG_EQ(entry.key.id.block, block, "in order");
            NS_TEST_ASSERT_MSG_EQ(
                (entry.key.material.ToBytes() == MakeKey(block).material.ToBytes()),
                true,
                "bytes");
        }
        const Time at = Seconds(10) + MicroSeconds(500);
        NS_TEST_ASSERT_MSG_EQ_TOL(f.m_keys.m_keys.back().at, at, MicroSeconds(5), "delay");
        NS_TEST_ASSERT_MSG_EQ(f.m_bytes[KQ_LINK_STATUS], FrameHeader::SIZE + 11, "status");
        NS_TEST_ASSERT_MSG_EQ(f.m_keys.m_statuses.size(), 1, "status");
        NS_TEST_ASSERT_MSG_EQ(f.m_keys.m_statuses[0].status, LINK_PASSIVE, "status");
        NS_TEST_ASSERT_MSG_EQ((f.m_keys.m_statuses[0].incident == incident), true, "incident");
        f.m_sender->AcceptQkdKey(MakeKey(101));
        NS_TEST_ASSERT_MSG_EQ(f.m_bytes[KQ_KEY],
                              FrameHeader::SIZE + METADATA_BYTES + 125,
                              "1,000 bit on the wire");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The key manager, or the way to it, is gone for a while.
 */
class KqOutageTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param outageS for how long, s
     * @param process true if the key manager ends, false if the site's link is cut
     */
    KqOutageTest(int64_t outageS, bool process)
        : TestCase(std::string(process ? "The key manager is" : "The site's link is") +
                   " away for " + std::to_string(outageS) + " s"),
          m_outageS(outageS),
          m_process(process)
    {
    }

  private:
    int64_t m_outageS; //!< for how long, s
    bool m_process;    //!< the key manager ends

    void DoRun() override
    {
        KqFixture f;
        f.MakeKeys(700);
        f.m_sender->NotifyLinkStatus(LinkId(8), LINK_OFF, IncidentId(), LinkAlarm());
        // the key of 5.0 s has arrived and its acknowledgement has not
        const Time begin = Seconds(5) + MicroSeconds(700);
        const Time end = begin + Seconds(m_outageS);
        Simulator::Schedule(begin,
                            [this, &f] { m_process ? f.m_receiver->Stop() : f.m_site->Fail(); });
        Simulator::Schedule(begin + Seconds(1), [&f] {
            f.m_sender->NotifyLinkStatus(LinkId(7), LINK_PENDING, IncidentId(), LinkAlarm());
            f.m_sender->NotifyLinkStatus(LinkId(7), LINK_ACTIVE, IncidentId(), LinkAlarm());
        });
        Simulator::Schedule(end, [this, &f] {
            m_process ? f.m_receiver->Start(f.m_nodes.Get(1), f.At(1), &f.m_keys)
                      : f.m_site->Recover();
        });
        QkdLinkFixture::RunUntil(Seconds(80));
        NS_TEST_ASSERT_MSG_EQ(f.m_keys.m_keys.size(), 700, "each key once");
        std::set<uint64_t> blocks;
        for (const auto& entry : f.m_keys.m_keys)
        {
            blocks.insert(entry.key.id.block);
        }
        NS_TEST_ASSERT_MSG_EQ(blocks.size(), 700, "each key once");
        NS_TEST_ASSERT_MSG_EQ(f.m_dropped.size(), 0, "none is given up");
        const Time first = f.m_keys.FirstAfter(begin);
        NS_TEST_ASSERT_MSG_GT(first, end, "away");
        NS_TEST_ASSERT_MSG_LT(first, end + Seconds(3), "back");
        std::map<LinkId, LinkStatus> newest;
        for (const auto& entry : f.m_keys.m_statuses)
        {
            if (entry.at > end)
            {
                newest[entry.link] = entry.status;
            }
        }
        NS_TEST_ASSERT_MSG_EQ(newest[LinkId(7)], LINK_ACTIVE, "the newest");
        // TCP itself may mend a short cut
        const bool reconnected = m_process || m_outageS > 3;
        if (reconnected)
        {
            NS_TEST_ASSERT_MSG_EQ(newest.count(LinkId(8)), 1, "told again");
            NS_TEST_ASSERT_MSG_EQ(newest[LinkId(8)], LINK_OFF, "the newest");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Not more keys wait than are allowed.
 */
class KqBoundTest : public TestCase
{
  public:
    KqBoundTest()
        : TestCase("Of too many waiting keys the oldest are given up")
    {
    }

  private:
    void DoRun() override
    {
        KqFixture f;
        f.m_sender->SetAttribute("MaxWaitingKeys", UintegerValue(5));
        f.m_receiver->Stop();
        f.MakeKeys(12);
        Simulator::Schedule(Seconds(2),
                            [&f] { f.m_receiver->Start(f.m_nodes.Get(1), f.At(1), &f.m_keys); });
        QkdLinkFixture::RunUntil(Seconds(10));
        NS_TEST_ASSERT_MSG_EQ((f.m_dropped == std::vector<uint64_t>{1, 2, 3, 4, 5, 6, 7}),
                              true,
                              "the oldest");
        NS_TEST_ASSERT_MSG_EQ(f.m_keys.m_keys.size(), 5, "the others");
        NS_TEST_ASSERT_MSG_EQ(f.m_keys.m_keys.front().key.id.block, 8, "in order");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of reference point Kq.
 */
class QkdnKqTestSuite : public TestSuite
{
  public:
    QkdnKqTestSuite()
        : TestSuite("qkdn-kq", Type::UNIT)
    {
        AddTestCase(new KqMessagesTest);
        AddTestCase(new KqDeliveryTest);
        AddTestCase(new KqBoundTest);
        for (const bool process : {true, false})
        {
            for (const int64_t outageS : {1, 5, 20, 60})
            {
                AddTestCase(new KqOutageTest(outageS, process));
            }
        }
    }
};

static QkdnKqTestSuite g_qkdnKqTestSuite; //!< registers the suite
