/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-manager-test-network.h"
#include "qkdn-key-relay-test-network.h"
#include "qkdn-test-schedule.h"

#include "ns3/boolean.h"
#include "ns3/qkdn-key-ledger.h"
#include "ns3/qkdn-kq-messages.h"
#include "ns3/qkdn-ksa-key-metadata.h"
#include "ns3/random-variable-stream.h"
#include "ns3/test.h"

#include <algorithm>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/**
 * @brief Writes down by traces what happens to one range of bits of a QKD-key, and to the KSA-keys
 * made of it.
 */
class LifeWriter
{
  public:
    /**
     * @brief Constructor
     * @param bits the bits
     */
    explicit LifeWriter(const KeyRange& bits)
        : m_bits(bits)
    {
    }

    /**
     * @brief Attach to a key manager.
     * @param km the key manager
     * @param neighbour the pool's other end
     */
    void Watch(Ptr<KeyManager> km, KmId neighbour)
    {
        const Ptr<KmaPool> pool = km->GetPool(neighbour);
        pool->TraceConnectWithoutContext("KeyAdded", MakeCallback(&LifeWriter::Added, this));
        pool->TraceConnectWithoutContext("KeyConfirmed",
                                         MakeCallback(&LifeWriter::Confirmed, this));
        pool->TraceConnectWithoutContext("KeyMoved", MakeCallback(&LifeWriter::Moved, this));
        pool->TraceConnectWithoutContext("KeySettled", MakeCallback(&LifeWriter::Settled, this));
        const auto sink = MakeCallback(&LifeWriter::KsaEvent, this);
        km->GetMasterAgent()->TraceConnectWithoutContext("KeyEvent", sink);
        km->GetSlaveAgent()->TraceConnectWithoutContext("KeyEvent", sink);
    }

    /**
     * @brief What happened at one key manager.
     * @param km its number
     * @return the events in order, each followed by a space
     */
    std::string At(uint32_t km) const
    {
        std::string life;
        for (const auto& [holder, what] : m_events)
        {
            life += holder == km ? what + " " : "";
        }
        return life;
    }

    std::vector<KsaKeyMetadata> metadata; //!< of KSA-keys that were made
    KeySession session;                   //!< their session

  private:
    /// @cond
    bool IsWatched(const KeyRange& range) const
    {
        return range.key == m_bits.key && range.firstBit < m_bits.EndBit() &&
               m_bits.firstBit < range.EndBit();
    }

    void Note(KmId holder, const std::string& what)
    {
        m_events.emplace_back(holder.value, what);
    }

    void Added(KmId holder, KmId, const QkdKey& key, bool)
    {
        if (key.id == m_bits.key)
        {
            Note(holder, "stored");
        }
    }

    void Confirmed(KmId holder, KmId, KeyId key, uint32_t)
    {
        if (key == m_bits.key)
        {
            Note(holder, "usable");
        }
    }

    void Moved(KmId holder, KmId, KeyRange range, KeyUse from, KeyUse to, IncidentId)
    {
        if (IsWatched(range))
        {
            Note(holder, std::string(KeyUseName(from)) + ">" + KeyUseName(to));
        }
    }

    void Settled(KmId holder, KmId, KeyRange range)
    {
        if (IsWatched(range))
        {
            Note(holder, "final");
        }
    }

    void KsaEvent(const KsaKeyEvent& event)
    {
        static const char* const names[] =
            {"made", "held", "confirmed", "supplied", "out", "up", "void", "expired", "destroyed"};
        const bool isNew = event.kind == KSA_EVENT_CREATED;
        if (isNew && std::any_of(event.ranges.begin(), event.ranges.end(), [this](const auto& r) {
                return IsWatched(r);
            }))
        {
            m_key = event.key;
        }
        if (isNew && session.id == event.key.session)
        {
            metadata.push_back(MakeKsaKeyMetadata(session, event, Simulator::Now()));
        }
        if (event.key == m_key)
        {
            Note(event.holder, std::string("ksa-") + names[event.kind]);
        }
    }

    /// @endcond

    KeyRange m_bits;                                        //!< the bits
    KsaKeyId m_key;                                         //!< the KSA-key made of them
    std::vector<std::pair<uint32_t, std::string>> m_events; //!< key manager, what happened
};

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief The life of bits over one hop, by traces.
 */
class KeyLifeDirectTest : public TestCase
{
  public:
    KeyLifeDirectTest()
        : TestCase(
              "The life of key bits over one hop by traces: supplied, void, expired, destroyed")
    {
    }

  private:
    /// How the life ends.
    enum End
    {
        SUPPLIED,
        UNASKED,
        VOIDED,
        EXPIRED,
        DESTROYED
    };

    /**
     * @brief One life.
     * @param end how it ends
     * @param first what happens at key manager 1
     * @param second what happens at key manager 2
     */
    void Check(End end, const std::string& first, const std::string& second)
    {
        KeyManagerHelper helper;
        helper.SetAttribute("PoolsSurviveCrash", BooleanValue(false));
        helper.SetPoolAttribute("KeyLifetime", TimeValue(Seconds(end == EXPIRED ? 5 : 0)));
        KeyManagerTestNetwork net(helper, 0);
        // the first bits of a block are the share of the lower key manager
        const KeyRange bits{KeyId{LinkId(2), (uint64_t{1} << 32) + 1}, 0, 1};
        LifeWriter life(bits);
        life.Watch(net.Km(0), KmId(2));
        life.Watch(net.Km(1), KmId(1));
        At(1, [&] { net.DeliverBoth(2, 1, 10000); });
        if (end == SUPPLIED || end == UNASKED)
        {
            // as many bits as make sure that the first one is among them
            At(2, [&net, end] { net.Ask(0, 1, 1024, end == SUPPLIED); });
        }
        if (end == VOIDED)
        {
            // the notification of the key is lost on the fibre
            At(2, [&net] { net.Ask(0, 1, 1024); });
            At(2.00001, [&net] { net.Span()->Cut(); });
            At(12, [&net] { net.Span()->Repair(); });
        }
        if (end == DESTROYED)
        {
            At(2, [&net] { net.Km(0)->Crash(); });
            At(4, [&net] { net.Km(0)->Restart(); });
        }
        RunUntil(90);
        NS_TEST_EXPECT_MSG_EQ(life.At(1), first, "key manager 1, end " << end);
        NS_TEST_EXPECT_MSG_EQ(life.At(2), second, "key manager 2, end " << end);
        NS_TEST_EXPECT_MSG_EQ(net.GetProblem(), "", "the books, end " << end);
        Simulator::Destroy();
    }

    void DoRun() override
    {
        const std::string spent = "stored usable stored>direct_supply ";
        Check(SUPPLIED,
              spent + "ksa-made ksa-confirmed final ksa-supplied ",
              spent + "ksa-held final ksa-supplied ");
        Check(UNASKED,
              spent + "ksa-made ksa-confirmed final ksa-supplied ",
              spent + "ksa-held final ksa-expired ");
        Check(VOIDED,
              spent + "ksa-made direct_supply>wasted ksa-void ",
              "stored usable stored>destroyed ");
        Check(EXPIRED, "stored usable stored>expired ", "stored usable stored>expired ");
        Check(DESTROYED, "stored usable stored>destroyed ", "stored usable stored>destroyed ");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The life of bits that carry a relay, by traces, and metadata of what is relayed.
 */
class KeyLifeRelayTest : public TestCase
{
  public:
    KeyLifeRelayTest()
        : TestCase("The life of key bits of a relay by traces, and metadata of KSA-keys")
    {
    }

  private:
    void DoRun() override
    {
        KeyRelayTestNetwork net(3, {{1, 2}, {2, 3}}, 100000);
        const KeyRange bits{KeyId{LinkId(1), 1}, 0, 1};
        LifeWriter life(bits);
        life.session = net.AddSession(1, 1, 3);
        life.Watch(net.Km(1), KmId(2));
        life.Watch(net.Km(2), KmId(1));
        At(1, [&] {
            net.Install(1, 1, {1, 2, 3});
            net.UseRoutes(1, 1);
        });
        // two tags and the pad of one key are taken from the first bits: a large key has bit 0
        At(2, [&] { net.Ask(1, 1, 4096); });
        At(3, [&] { net.Ask(1, 1, 1024); });
        RunUntil(10);
        NS_TEST_EXPECT_MSG_EQ(life.At(1).rfind("stored>relay_working ", 0), 0, life.At(1));
        NS_TEST_EXPECT_MSG_EQ(life.At(2).rfind("stored>relay_working ", 0), 0, life.At(2));
        NS_TEST_EXPECT_MSG_NE(life.At(2).find("final"), std::string::npos, life.At(2));
        NS_TEST_ASSERT_MSG_EQ(life.metadata.size(), 2, "two KSA-keys");
        const KsaKeyMetadata& key = life.metadata[0];
        NS_TEST_EXPECT_MSG_EQ(key.key.sequence, 1, "id inside");
        NS_TEST_EXPECT_MSG_EQ(key.uuid, net.Records()[0].container.keys.at(0).keyId, "id on Ak");
        NS_TEST_EXPECT_MSG_EQ(key.source, KmId(1), "source");
        NS_TEST_EXPECT_MSG_EQ(key.destination, KmId(3), "destination");
        NS_TEST_EXPECT_MSG_EQ(key.masterSae, "session-1-master", "application");
        NS_TEST_EXPECT_MSG_EQ(key.slaveSae, "session-1-slave", "application");
        NS_TEST_EXPECT_MSG_EQ(key.bits, 4096, "length");
        NS_TEST_EXPECT_MSG_EQ(key.created, Seconds(2), "time stamp");
        NS_TEST_EXPECT_MSG_EQ(net.GetProblem(), "", "the books");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Metadata of QKD-keys on Kq-1 and of KMA-keys in pools.
 */
class KeyMetadataTest : public TestCase
{
  public:
    KeyMetadataTest()
        : TestCase("Metadata of QKD-keys on Kq-1 and of KMA-keys in pools")
    {
    }

  private:
    void DoRun() override
    {
        QkdKey key;
        key.id = KeyId{LinkId(7), 3};
        key.generated = Seconds(1);
        key.qber = 0.25;
        key.material = KeyMaterial::FromGenerator(5, 6, 7, 1000);
        for (const ModuleEnd end : {MODULE_NONE, MODULE_TRANSMITTER, MODULE_RECEIVER})
        {
            key.module = end;
            const auto read = KqKey::FromPacket(KqKey{key}.ToPacket());
            NS_TEST_ASSERT_MSG_EQ(read.has_value(), true, "read");
            NS_TEST_EXPECT_MSG_EQ(read->key.module, end, "the module comes with the key");
            NS_TEST_EXPECT_MSG_EQ(MatchingModule(MatchingModule(end)), end, "and back");
        }
        NS_TEST_EXPECT_MSG_EQ(QkdModuleName(LinkId(7), MODULE_RECEIVER), "7/rx", "name");
        NS_TEST_EXPECT_MSG_EQ(QkdModuleName(LinkId(7), MODULE_TRANSMITTER), "7/tx", "name");
        NS_TEST_EXPECT_MSG_EQ(QkdModuleName(LinkId(7), MODULE_NONE), "", "no module");
        key.module = MODULE_RECEIVER;
        Ptr<KmaPool> pool = CreateObject<KmaPool>();
        pool->Configure(KmId(1), KmId(2));
        At(4, [&] { pool->Add(key); });
        RunUntil(5);
        CheckPool(pool);
        Simulator::Destroy();
    }

    /**
     * @brief Look at a pool with a block of 1,000 bits, not confirmed.
     * @param pool the pool
     */
    void CheckPool(Ptr<KmaPool> pool)
    {
        const KeyId id{LinkId(7), 3};
        const auto describe = [&](uint32_t first, uint32_t bits) {
            return pool->Describe(KeyRange{id, first, bits});
        };
        const auto whole = describe(0, 1000);
        NS_TEST_ASSERT_MSG_EQ(whole.has_value(), true, "the block");
        NS_TEST_EXPECT_MSG_EQ(int{whole->type}, KMA_KEY_UNCONFIRMED, "not yet");
        NS_TEST_EXPECT_MSG_EQ(whole->km, KmId(1), "KM");
        NS_TEST_EXPECT_MSG_EQ(whole->matchingKm, KmId(2), "matching KM");
        NS_TEST_EXPECT_MSG_EQ(int{whole->module}, MODULE_RECEIVER, "module");
        NS_TEST_EXPECT_MSG_EQ(whole->generated, Seconds(1), "generation");
        NS_TEST_EXPECT_MSG_EQ(whole->received, Seconds(4), "reception");
        NS_TEST_EXPECT_MSG_EQ(whole->qber, 0.25, "QBER");
        pool->Confirm(id, 600);
        NS_TEST_EXPECT_MSG_EQ(describe(0, 1000).has_value(), false, "two types");
        NS_TEST_EXPECT_MSG_EQ(int{describe(0, 600)->type}, KMA_KEY_OWN, "own share");
        NS_TEST_EXPECT_MSG_EQ(int{describe(600, 400)->type}, KMA_KEY_PEER, "the peer's share");
        NS_TEST_EXPECT_MSG_EQ(describe(600, 401).has_value(), false, "past the end");
        NS_TEST_EXPECT_MSG_EQ(describe(0, 0).has_value(), false, "no bits");
        NS_TEST_EXPECT_MSG_EQ(describe(UINT32_MAX, 2).has_value(), false, "overflow");
        const auto taken = pool->Take(100, KEY_RELAY_EXTRA);
        NS_TEST_ASSERT_MSG_EQ(taken.has_value(), true, "taken");
        const auto spent = pool->Describe(taken->ranges.at(0));
        NS_TEST_ASSERT_MSG_EQ(spent.has_value(), true, "still known");
        NS_TEST_EXPECT_MSG_EQ(int{spent->type}, KMA_KEY_SPENT, "spent");
        NS_TEST_ASSERT_MSG_EQ(spent->use.has_value(), true, "on what");
        NS_TEST_EXPECT_MSG_EQ(*spent->use, KEY_RELAY_EXTRA, "on what");
        pool->Settle(taken->ranges);
        NS_TEST_EXPECT_MSG_EQ(pool->Describe(taken->ranges[0])->use.has_value(), false, "final");
        pool->DestroyAll(IncidentId());
        NS_TEST_EXPECT_MSG_EQ(describe(0, 1).has_value(), false, "forgotten");
        NS_TEST_EXPECT_MSG_EQ(pool->Describe(KeyRange{KeyId{LinkId(8), 3}, 0, 1}).has_value(),
                              false,
                              "never here");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Re-sizing: keys of any length out of blocks of any length.
 */
class KeyResizeTest : public TestCase
{
  public:
    KeyResizeTest()
        : TestCase("Re-sizing: keys of any length are split off and combined out of blocks")
    {
    }

  private:
    void DoRun() override
    {
        const Ptr<UniformRandomVariable> random = CreateObject<UniformRandomVariable>();
        random->SetStream(4711);
        for (int run = 0; run < 20; ++run)
        {
            Ptr<KmaPool> pools[2];
            for (const int end : {0, 1})
            {
                pools[end] = CreateObject<KmaPool>();
                pools[end]->Configure(KmId(end + 1), KmId(2 - end));
            }
            std::vector<uint8_t> stream;
            uint64_t in = 0;
            for (uint64_t block = 1; block <= 10; ++block)
            {
                QkdKey key;
                key.id = KeyId{LinkId(1), block};
                key.generated = Seconds(static_cast<double>(block));
                // whole bytes, so that the bits of all blocks can be laid one after the other
                const uint32_t bits = 8 * random->GetInteger(1, 300);
                key.material = KeyMaterial::FromGenerator(run, block, 0, bits);
                const std::vector<uint8_t> bytes = key.material.ToBytes();
                stream.insert(stream.end(), bytes.begin(), bytes.end());
                in += bits;
                pools[0]->AddInitial(key, bits);
                pools[1]->AddInitial(key, bits);
            }
            Take(pools[0], pools[1], KeyMaterial::FromBytes(stream), in, random);
        }
    }

    /**
     * @brief Take keys of random lengths until the rest is too short.
     * @param pool the end whose share all bits are
     * @param peer the other end
     * @param all all bits, oldest block first
     * @param in their number
     * @param random draws lengths
     */
    void Take(Ptr<KmaPool> pool,
              Ptr<KmaPool> peer,
              const KeyMaterial& all,
              uint64_t in,
              Ptr<UniformRandomVariable> random)
    {
        uint64_t out = 0;
        uint32_t length = random->GetInteger(1, 3000);
        while (length <= in - out)
        {
            const auto key = pool->Take(length, KEY_DIRECT_SUPPLY);
            NS_TEST_ASSERT_MSG_EQ(key.has_value(), true, "there are enough bits");
            NS_TEST_ASSERT_MSG_EQ(key->material.GetBits(), length, "exactly so many");
            NS_TEST_ASSERT_MSG_EQ(CountBits(key->ranges), length, "from so many");
            const auto expected = all.Slice(static_cast<uint32_t>(out), length).ToBytes();
            NS_TEST_EXPECT_MSG_EQ((key->material.ToBytes() == expected), true, "the oldest bits");
            const auto there = peer->TakeNamed(key->ranges, KEY_DIRECT_SUPPLY);
            NS_TEST_ASSERT_MSG_EQ(there.has_value(), true, "at the other end");
            NS_TEST_EXPECT_MSG_EQ((there->ToBytes() == expected), true, "the same bits");
            out += length;
            NS_TEST_EXPECT_MSG_EQ(pool->GetStoredBits(), in - out, "in = out + remainder");
            NS_TEST_EXPECT_MSG_EQ(peer->GetStoredBits(), in - out, "at both ends");
            length = random->GetInteger(1, 3000);
        }
        const bool tooMany =
            pool->Take(static_cast<uint32_t>(in - out + 1), KEY_DIRECT_SUPPLY).has_value();
        NS_TEST_EXPECT_MSG_EQ(tooMany, false, "no bit more than there are");
        NS_TEST_EXPECT_MSG_EQ(pool->GetLedger().Get(KEY_DIRECT_SUPPLY), out, "the book");
        NS_TEST_EXPECT_MSG_EQ(pool->CheckConsistency(), "", "the pool");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of the life of keys and of their metadata.
 */
class QkdnKeyLifeTestSuite : public TestSuite
{
  public:
    QkdnKeyLifeTestSuite()
        : TestSuite("qkdn-key-life", Type::UNIT)
    {
        AddTestCase(new KeyLifeDirectTest);
        AddTestCase(new KeyLifeRelayTest);
        AddTestCase(new KeyMetadataTest);
        AddTestCase(new KeyResizeTest);
    }
};

static QkdnKeyLifeTestSuite g_qkdnKeyLifeTestSuite; //!< registers the suite
