/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-kma-book.h"
#include "ns3/qkdn-kma-pool.h"
#include "ns3/random-variable-stream.h"
#include "ns3/simulator.h"
#include "ns3/test.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/**
 * @brief A QKD-key of link 7 with material of the generator.
 * @param number number of the block
 * @param bits number of bits
 * @param generated when it was generated
 * @return the key
 */
QkdKey
MakeKey(uint64_t number, uint32_t bits, Time generated = Seconds(0))
{
    QkdKey key;
    key.id = KeyId{LinkId(7), number};
    key.generated = generated;
    key.material = KeyMaterial::FromGenerator(99, number, 0, bits);
    return key;
}

/**
 * @brief One end of a pool between the key managers 1 and 2.
 * @param self the end
 * @return the pool
 */
Ptr<KmaPool>
MakePool(uint32_t self)
{
    Ptr<KmaPool> pool = CreateObject<KmaPool>();
    pool->Configure(KmId(self), KmId(3 - self));
    return pool;
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Random histories of two ends with messages that get lost, crashes and agreements.
 */
class KmaAgreementTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param stream random stream
     */
    KmaAgreementTest(int64_t stream)
        : TestCase("After an agreement both ends are mirror images, history " +
                   std::to_string(stream)),
          m_stream(stream)
    {
    }

  private:
    /// A key that one end took.
    struct OpenKey
    {
        int end;                      //!< who took it
        KeyUse use;                   //!< what for
        std::vector<KeyRange> ranges; //!< its bits
        std::vector<uint8_t> bytes;   //!< its bits
        bool arrived;                 //!< the other end took it too
    };

    /**
     * @brief A random number.
     * @param most the largest
     * @return 0 to most
     */
    uint32_t Draw(uint32_t most)
    {
        return m_random->GetInteger(0, most);
    }

    /**
     * @brief Send a message that may get lost.
     * @param to the end it goes to
     * @param message what it does there
     */
    void Send(int to, std::function<void()> message)
    {
        if (Draw(9) > 0)
        {
            m_queue[to].push_back(std::move(message));
        }
    }

    /// A QKD link makes a block; it comes to each end later or not at all.
    void Generate()
    {
        const auto key = MakeKey(++m_number, 1 + Draw(200), Simulator::Now());
        m_generated[key.id] = Simulator::Now();
        for (int end : {0, 1})
        {
            if (Draw(9) > 0)
            {
                m_keysToCome[end].push_back(key);
            }
        }
    }

    /// The low end, which decides how a block is divided, asks the other to confirm it.
    void Confirm()
    {
        constexpr int end = 0;
        const KeyId id{LinkId(7), m_number - std::min<uint64_t>(m_number - 1, Draw(4))};
        const uint32_t lowBits = Draw(200);
        if (m_added[end].count(id) == 0)
        {
            return;
        }
        Send(1 - end, [this, id, lowBits] {
            if (m_pools[1 - end]->Confirm(id, lowBits))
            {
                Send(end, [this, id, lowBits] { m_pools[end]->Confirm(id, lowBits); });
            }
            else if (Draw(3) == 0)
            {
                // as a peer that refuses; destroying what the other end holds is always safe
                Send(end, [this, id] { m_pools[end]->Destroy(id); });
            }
        });
    }

    /// One end takes a key and names it to the other.
    void Take()
    {
        const KeyUse uses[] = {KEY_RELAY_WORKING, KEY_DIRECT_SUPPLY, KEY_AUTHENTICATION};
        const int end = static_cast<int>(Draw(1));
        const KeyUse use = uses[Draw(2)];
        const auto available = static_cast<uint32_t>(m_pools[end]->GetAvailableBits(use));
        const uint32_t bits = 1 + Draw(80);
        const auto key = m_pools[end]->Take(bits, use);
        NS_TEST_ASSERT_MSG_EQ(key.has_value(), (bits <= available), "as many as it said");
        if (key)
        {
            const std::size_t index = m_keys.size();
            m_keys.push_back({end, use, key->ranges, key->material.ToBytes(), false});
            Send(1 - end, [this, index] { TakeNamed(m_keys[index]); });
        }
    }

    /**
     * @brief The other end takes a key.
     * @param key the key
     */
    void TakeNamed(OpenKey& key)
    {
        const auto material = m_pools[1 - key.end]->TakeNamed(key.ranges, key.use);
        key.arrived = material.has_value();
        if (material)
        {
            NS_TEST_ASSERT_MSG_EQ((material->ToBytes() == key.bytes), true, "equal keys");
        }
    }

    /// A key is handed over or voided.
    void Finish()
    {
        if (m_keys.empty())
        {
            return;
        }
        const OpenKey& key = m_keys[Draw(static_cast<uint32_t>(m_keys.size()) - 1)];
        if (!key.arrived || Draw(1) == 0)
        {
            m_pools[key.end]->Rebook(key.ranges, key.use, KEY_WASTED);
            if (key.arrived)
            {
                m_pools[1 - key.end]->Rebook(key.ranges, key.use, KEY_WASTED);
            }
            return;
        }
        m_pools[0]->Settle(key.ranges);
        m_pools[1]->Settle(key.ranges);
    }

    /// One end grants bits to the other.
    void Grant()
    {
        const int end = static_cast<int>(Draw(1));
        const auto ranges = m_pools[end]->Grant(Draw(150));
        Send(1 - end, [this, end, ranges] { m_pools[1 - end]->AcceptGrant(ranges); });
    }

    /// Deliver some messages.
    void Deliver()
    {
        for (uint32_t count = Draw(4); count > 0; --count)
        {
            const uint32_t end = Draw(1);
            auto& keys = m_keysToCome[end];
            if (!keys.empty() && Draw(1) == 0)
            {
                if (m_pools[end]->Add(keys.front()))
                {
                    m_added[end].insert(keys.front().id);
                }
                keys.pop_front();
            }
            auto& queue = m_queue[end];
            if (!queue.empty())
            {
                const auto message = queue.front();
                queue.pop_front();
                message();
            }
        }
    }

    /**
     * @brief An agreement.
     * @param undisturbed nothing else happens meanwhile
     */
    void Agree(bool undisturbed)
    {
        std::vector<HoldingEntry> holdings[2];
        const int first = static_cast<int>(Draw(1));
        holdings[first] = m_pools[first]->Snapshot();
        if (!undisturbed)
        {
            Deliver();
            Take();
        }
        holdings[1 - first] = m_pools[1 - first]->Snapshot();
        for (int end : {1 - first, first})
        {
            if (!undisturbed)
            {
                Deliver();
                Take();
                Generate();
            }
            if (end != first)
            {
                // messages of before the agreement are void
                m_queue[0].clear();
                m_queue[1].clear();
            }
            NS_TEST_ASSERT_MSG_EQ(m_pools[end]->Reconcile(holdings[1 - end]).has_value(),
                                  true,
                                  "an honest list");
        }
        if (undisturbed)
        {
            ExpectMirror();
        }
    }

    /**
     * @brief Leave out what may still be named to this end although it has expired.
     * @param entries what an end holds
     * @return what of it is not of age
     */
    std::vector<HoldingEntry> Young(std::vector<HoldingEntry> entries) const
    {
        entries.erase(std::remove_if(entries.begin(),
                                     entries.end(),
                                     [this](const HoldingEntry& entry) {
                                         return m_lifetime.IsStrictlyPositive() &&
                                                m_generated.at(entry.key) + m_lifetime <=
                                                    Simulator::Now();
                                     }),
                      entries.end());
        return entries;
    }

    /// Both ends hold mirror images, and the book of both says the same.
    void ExpectMirror()
    {
        const auto low = m_pools[0]->Snapshot();
        const auto high = m_pools[1]->Snapshot();
        const auto youngLow = Young(low);
        const auto youngHigh = Young(high);
        NS_TEST_ASSERT_MSG_EQ(youngLow.size(), youngHigh.size(), "equally many keys");
        for (std::size_t i = 0; i < std::min(youngLow.size(), youngHigh.size()); ++i)
        {
            const HoldingEntry& a = youngLow[i];
            const HoldingEntry& b = youngHigh[i];
            NS_TEST_ASSERT_MSG_EQ((a.key == b.key), true, "the same keys");
            NS_TEST_ASSERT_MSG_EQ((a.unconfirmed || b.unconfirmed), false, "confirmed");
            NS_TEST_ASSERT_MSG_EQ((a.own == b.peer && a.peer == b.own), true, "mirror image");
        }
        const KeyLedger both = m_book.GetTotal();
        NS_TEST_ASSERT_MSG_EQ(both.Get(KEY_ONE_SIDED), 0, "nothing is at one end only");
        NS_TEST_ASSERT_MSG_EQ(both.Get(KEY_IN_FLIGHT), 0, "nothing is on its way");
        if (m_lifetime.IsZero())
        {
            NS_TEST_ASSERT_MSG_EQ(both.Get(KEY_STORED), m_pools[0]->GetStoredBits(), "low end");
            NS_TEST_ASSERT_MSG_EQ(both.Get(KEY_STORED), m_pools[1]->GetStoredBits(), "high end");
            const uint64_t before = both.Get(KEY_STORED);
            NS_TEST_ASSERT_MSG_EQ(m_pools[0]->Reconcile(high)->keptBits, before, "no loss");
            NS_TEST_ASSERT_MSG_EQ(m_pools[1]->Reconcile(low)->keptBits, before, "no loss");
            return;
        }
        m_pools[0]->Reconcile(high);
        m_pools[1]->Reconcile(low);
    }

    /// One thing happens.
    void Step()
    {
        const uint32_t what = Draw(99);
        if (what < 15)
        {
            Generate();
        }
        else if (what < 40)
        {
            Confirm();
        }
        else if (what < 70)
        {
            Take();
        }
        else if (what < 80)
        {
            Finish();
        }
        else if (what < 90)
        {
            Grant();
        }
        else if (what < 92)
        {
            m_pools[Draw(1)]->DestroyAll(IncidentId{1, 1});
        }
        else
        {
            Agree(what < 97);
        }
        Deliver();
        for (const auto& pool : m_pools)
        {
            NS_TEST_ASSERT_MSG_EQ(pool->CheckConsistency(), "", "consistent");
            NS_TEST_ASSERT_MSG_EQ(pool->GetLedger().Balances(), true, "balances");
        }
        NS_TEST_ASSERT_MSG_EQ(m_book.Balances(), true, "the book of both balances");
        NS_TEST_ASSERT_MSG_EQ(m_book.GetViolations().empty(), true, m_book.GetViolations().front());
    }

    void DoRun() override
    {
        m_random = CreateObject<UniformRandomVariable>();
        m_random->SetStream(m_stream);
        m_lifetime = m_stream % 2 == 0 ? Seconds(0) : MilliSeconds(1500);
        for (uint32_t end : {0, 1})
        {
            m_pools[end] = MakePool(end + 1);
            m_pools[end]->SetAttribute("Capacity", UintegerValue(m_stream % 3 == 0 ? 1500 : 1e9));
            m_pools[end]->SetAttribute("Reserve", UintegerValue(50));
            m_pools[end]->SetAttribute("KeyLifetime", TimeValue(m_lifetime));
            m_pools[end]->SetAttribute("ExpiryGrace", TimeValue(MilliSeconds(200)));
            m_pools[end]->TraceConnectWithoutContext(
                "KeyAdded",
                MakeCallback(&KmaBook::NotifyKeyAdded, &m_book));
            m_pools[end]->TraceConnectWithoutContext(
                "KeyMoved",
                MakeCallback(&KmaBook::NotifyKeyMoved, &m_book));
            m_pools[end]->TraceConnectWithoutContext(
                "KeySettled",
                MakeCallback(&KmaBook::NotifyKeySettled, &m_book));
            m_pools[end]->TraceConnectWithoutContext(
                "KeyRefused",
                MakeCallback(&KmaBook::NotifyKeyRefused, &m_book));
            m_pools[end]->AddInitial(MakeKey(1, 500), 200);
        }
        m_number = 1;
        m_generated[KeyId{LinkId(7), 1}] = Seconds(0);
        for (int step = 0; step < 600; ++step)
        {
            Simulator::Schedule(MilliSeconds(10 * step), &KmaAgreementTest::Step, this);
        }
        Simulator::Run();
        m_queue[0].clear();
        m_queue[1].clear();
        Agree(true);
        uint64_t used = 0;
        for (KeyUse use : {KEY_RELAY_WORKING, KEY_DIRECT_SUPPLY, KEY_AUTHENTICATION})
        {
            const uint64_t both = m_book.GetTotal().Get(use);
            used += both;
            NS_TEST_ASSERT_MSG_LT_OR_EQ(both, m_pools[0]->GetLedger().Get(use), "at both ends");
            NS_TEST_ASSERT_MSG_LT_OR_EQ(both, m_pools[1]->GetLedger().Get(use), "at both ends");
        }
        NS_TEST_ASSERT_MSG_GT(used, 0, "keys were used");
        Simulator::Destroy();
    }

    int64_t m_stream;                             //!< random stream
    Ptr<UniformRandomVariable> m_random;          //!< all draws
    Time m_lifetime;                              //!< lifetime of keys, 0 for ever
    Ptr<KmaPool> m_pools[2];                      //!< the ends
    std::deque<std::function<void()>> m_queue[2]; //!< messages by receiver
    std::deque<QkdKey> m_keysToCome[2];           //!< what the QKD link still delivers
    std::set<KeyId> m_added[2];                   //!< what the ends have accepted
    std::vector<OpenKey> m_keys;                  //!< keys that were taken
    std::map<KeyId, Time> m_generated;            //!< when keys were generated
    uint64_t m_number{0};                         //!< number of the last block
    KmaBook m_book;                               //!< both ends
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of agreements between two ends of a pool.
 */
class QkdnKmaAgreementTestSuite : public TestSuite
{
  public:
    QkdnKmaAgreementTestSuite()
        : TestSuite("qkdn-kma-agreement", Type::UNIT)
    {
        for (int64_t stream = 0; stream < 60; ++stream)
        {
            AddTestCase(new KmaAgreementTest(2000 + stream));
        }
    }
};

static QkdnKmaAgreementTestSuite g_qkdnKmaAgreementTestSuite; //!< registers the suite
