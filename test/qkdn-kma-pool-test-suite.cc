/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-key-bit-map.h"
#include "ns3/qkdn-kma-pool.h"
#include "ns3/qkdn-number-set.h"
#include "ns3/random-variable-stream.h"
#include "ns3/simulator.h"
#include "ns3/test.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <limits>
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

/**
 * @brief A range of a block of link 7.
 * @param number number of the block
 * @param firstBit first bit
 * @param bits number of bits
 * @return the range
 */
KeyRange
RangeOf(uint64_t number, uint32_t firstBit, uint32_t bits)
{
    return KeyRange{KeyId{LinkId(7), number}, firstBit, bits};
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Bit maps and number sets against plain arrays.
 */
class KeyBitMapTest : public TestCase
{
  public:
    KeyBitMapTest()
        : TestCase("Bit maps and number sets do what plain arrays do")
    {
    }

  private:
    /**
     * @brief Compare a map with an array.
     * @param map the map
     * @param array the array
     */
    void Compare(const KeyBitMap& map, const std::vector<uint16_t>& array)
    {
        const auto bits = static_cast<uint32_t>(array.size());
        std::size_t runs = 1;
        for (uint32_t i = 1; i < bits; ++i)
        {
            runs += (array[i] != array[i - 1]) ? 1 : 0;
        }
        NS_TEST_ASSERT_MSG_EQ(map.GetRuns(), runs, "equal neighbours are merged");
        for (const auto& run : map.GetRuns(BitSpan{0, bits}))
        {
            for (uint32_t i = 0; i < run.span.bits; ++i)
            {
                NS_TEST_ASSERT_MSG_EQ(array[run.span.firstBit + i], run.label, "label of a bit");
            }
        }
        for (uint16_t label = 0; label < 4; ++label)
        {
            const auto spans = map.Find(label);
            uint32_t found = 0;
            for (const BitSpan& span : spans)
            {
                NS_TEST_ASSERT_MSG_EQ(map.IsAll(span, label), true, "a stretch of the label");
                found += span.bits;
            }
            NS_TEST_ASSERT_MSG_EQ(found,
                                  std::count(array.begin(), array.end(), label),
                                  "all bits of the label");
            const auto first = map.FindFirst(label, 0);
            const auto last = map.FindLast(label);
            NS_TEST_ASSERT_MSG_EQ(first.has_value(), !spans.empty(), "the first");
            NS_TEST_ASSERT_MSG_EQ(last.has_value(), !spans.empty(), "the last");
            NS_TEST_ASSERT_MSG_EQ((!first || *first == spans.front()), true, "the first");
            NS_TEST_ASSERT_MSG_EQ((!last || *last == spans.back()), true, "the last");
        }
    }

    void DoRun() override
    {
        Ptr<UniformRandomVariable> random = CreateObject<UniformRandomVariable>();
        random->SetStream(1001);
        for (int round = 0; round < 100; ++round)
        {
            const uint32_t bits = random->GetInteger(1, 40);
            KeyBitMap map(bits, 0);
            std::vector<uint16_t> array(bits, 0);
            for (int step = 0; step < 60; ++step)
            {
                const uint32_t first = random->GetInteger(0, bits - 1);
                const uint32_t count = random->GetInteger(1, bits - first);
                const uint16_t label = static_cast<uint16_t>(random->GetInteger(0, 3));
                map.Assign(BitSpan{first, count}, label);
                std::fill_n(array.begin() + first, count, label);
                Compare(map, array);
            }
        }
        KeyBitMap map(100, 1);
        const uint32_t most = std::numeric_limits<uint32_t>::max();
        NS_TEST_ASSERT_MSG_EQ(map.IsAll(BitSpan{99, 1}, 1), true, "the last bit");
        NS_TEST_ASSERT_MSG_EQ(map.IsAll(BitSpan{100, 1}, 1), false, "behind the end");
        NS_TEST_ASSERT_MSG_EQ(map.IsAll(BitSpan{1, most}, 1), false, "sum overflows");
        NS_TEST_ASSERT_MSG_EQ(map.IsAll(BitSpan{most, 2}, 1), false, "sum overflows");
        NS_TEST_ASSERT_MSG_EQ(map.IsAll(BitSpan{5, 0}, 1), false, "no bits");

        NumberSet numbers;
        std::set<uint64_t> reference;
        for (int i = 0; i < 2000; ++i)
        {
            const uint64_t number = random->GetInteger(0, 999);
            NS_TEST_ASSERT_MSG_EQ(numbers.Insert(number),
                                  reference.insert(number).second,
                                  "new or not");
            const uint64_t other = random->GetInteger(0, 1000);
            NS_TEST_ASSERT_MSG_EQ(numbers.Contains(other), (reference.count(other) > 0), "inside");
        }
        for (uint64_t number = 0; number < 1000; ++number)
        {
            numbers.Insert(number);
        }
        NS_TEST_ASSERT_MSG_EQ(numbers.GetEntries(), 1, "numbers in a row cost one entry");
        const uint64_t end = std::numeric_limits<uint64_t>::max();
        NS_TEST_ASSERT_MSG_EQ(numbers.Insert(end), true, "the largest number");
        NS_TEST_ASSERT_MSG_EQ(numbers.Insert(end), false, "the largest number again");
        NS_TEST_ASSERT_MSG_EQ(numbers.GetEntries(), 2, "0 does not follow the largest number");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Shares, order, reserve and capacity.
 */
class KmaPoolShareTest : public TestCase
{
  public:
    KmaPoolShareTest()
        : TestCase("A pool gives its own share, oldest first, and keeps its reserve")
    {
    }

  private:
    void DoRun() override
    {
        Ptr<KmaPool> low = MakePool(1);
        Ptr<KmaPool> high = MakePool(2);
        low->SetAttribute("Reserve", UintegerValue(600));
        low->SetAttribute("Capacity", UintegerValue(2500));
        for (const auto& pool : {low, high})
        {
            NS_TEST_ASSERT_MSG_EQ(pool->AddInitial(MakeKey(5, 1000, Seconds(2)), 300), true, "5");
            NS_TEST_ASSERT_MSG_EQ(pool->Add(MakeKey(6, 1000, Seconds(1))), true, "6");
        }
        NS_TEST_ASSERT_MSG_EQ(low->Add(MakeKey(6, 10)), false, "known");
        NS_TEST_ASSERT_MSG_EQ(low->Add(MakeKey(7, 501)), false, "exceeds the capacity");
        NS_TEST_ASSERT_MSG_EQ(low->IsClosed(KeyId{LinkId(7), 7}), true, "refused for ever");
        NS_TEST_ASSERT_MSG_EQ(low->Add(MakeKey(7, 10)), false, "refused once, never taken");
        NS_TEST_ASSERT_MSG_EQ(low->IsClosed(KeyId{LinkId(7), 9}), false, "not heard of");
        NS_TEST_ASSERT_MSG_EQ(low->Add(MakeKey(9, 500)), true, "just fits");
        NS_TEST_ASSERT_MSG_EQ(low->IsClosed(KeyId{LinkId(7), 9}), false, "here");
        NS_TEST_ASSERT_MSG_EQ(low->Add(MakeKey(8, 0)), false, "no bits");
        NS_TEST_ASSERT_MSG_EQ(low->Destroy(KeyId{LinkId(7), 9}), true, "destroyed");
        NS_TEST_ASSERT_MSG_EQ(low->Destroy(KeyId{LinkId(7), 9}), false, "nothing left");
        NS_TEST_ASSERT_MSG_EQ(low->IsClosed(KeyId{LinkId(7), 9}), true, "no free bit");
        NS_TEST_ASSERT_MSG_EQ(low->Add(MakeKey(9, 10)), false, "never again");
        NS_TEST_ASSERT_MSG_EQ(low->GetOwnBits(), 300, "own share");
        NS_TEST_ASSERT_MSG_EQ(high->GetOwnBits(), 700, "the other share");
        NS_TEST_ASSERT_MSG_EQ(low->GetUnconfirmedBits(), 1000, "key 6");
        NS_TEST_ASSERT_MSG_EQ(low->Confirm(KeyId{LinkId(7), 6}, 1001), false, "too many");
        NS_TEST_ASSERT_MSG_EQ(low->Confirm(KeyId{LinkId(7), 10}, 1), false, "unknown");
        for (const auto& pool : {low, high})
        {
            NS_TEST_ASSERT_MSG_EQ(pool->Confirm(KeyId{LinkId(7), 6}, 400), true, "confirmed");
            NS_TEST_ASSERT_MSG_EQ(pool->Confirm(KeyId{LinkId(7), 6}, 400), false, "only once");
        }
        NS_TEST_ASSERT_MSG_EQ(low->GetAvailableBits(KEY_DIRECT_SUPPLY), 700, "own share limits");

        const auto key = low->Take(450, KEY_DIRECT_SUPPLY);
        NS_TEST_ASSERT_MSG_EQ(key.has_value(), true, "enough");
        const std::vector<KeyRange> expected{RangeOf(6, 0, 400), RangeOf(5, 0, 50)};
        NS_TEST_ASSERT_MSG_EQ((key->ranges == expected), true, "key 6 was generated first");
        const auto named = high->TakeNamed(key->ranges, KEY_DIRECT_SUPPLY);
        NS_TEST_ASSERT_MSG_EQ((named->ToBytes() == key->material.ToBytes()), true, "equal keys");
        NS_TEST_ASSERT_MSG_EQ(named->GetBits(), 450, "450 bits");

        // 250 own and 1300 of the peer's share are left
        NS_TEST_ASSERT_MSG_EQ(low->Take(251, KEY_DIRECT_SUPPLY).has_value(), false, "too many");
        NS_TEST_ASSERT_MSG_EQ(low->Take(0, KEY_DIRECT_SUPPLY).has_value(), false, "none");
        NS_TEST_ASSERT_MSG_EQ(
            low->TakeNamed(high->Take(900, KEY_RELAY_WORKING)->ranges, KEY_RELAY_WORKING)
                .has_value(),
            true,
            "of the peer's share");
        NS_TEST_ASSERT_MSG_EQ(low->GetAvailableBits(KEY_DIRECT_SUPPLY), 50, "reserve of 600");
        NS_TEST_ASSERT_MSG_EQ(low->GetAvailableBits(KEY_AUTHENTICATION), 250, "not for tags");
        NS_TEST_ASSERT_MSG_EQ(low->Take(51, KEY_RELAY_EXTRA).has_value(), false, "reserve");
        NS_TEST_ASSERT_MSG_EQ(low->Take(192, KEY_AUTHENTICATION).has_value(), true, "tags");
        NS_TEST_ASSERT_MSG_EQ(low->GetAvailableBits(KEY_DIRECT_SUPPLY), 0, "below the reserve");

        const auto granted = high->Grant(500);
        NS_TEST_ASSERT_MSG_EQ((granted == std::vector<KeyRange>{RangeOf(5, 600, 400)}),
                              true,
                              "all that is left of the newest key (600 went to the relay)");
        NS_TEST_ASSERT_MSG_EQ(low->AcceptGrant(granted), true, "taken over");
        NS_TEST_ASSERT_MSG_EQ(low->AcceptGrant(granted), false, "only once");
        NS_TEST_ASSERT_MSG_EQ(low->GetOwnBits(), 458, "own share after the grant");
        NS_TEST_ASSERT_MSG_EQ(high->GetOwnBits(), 0, "nothing left");
        NS_TEST_ASSERT_MSG_EQ(low->GetLedger().Get(KEY_AUTHENTICATION), 192, "book");
        NS_TEST_ASSERT_MSG_EQ(low->GetLedger().GetInitial(), 1000, "book");
        NS_TEST_ASSERT_MSG_EQ(low->GetLedger().GetGenerated(), 1500, "book");
        NS_TEST_ASSERT_MSG_EQ(low->GetLedger(LinkId(8)).GetGenerated(), 0, "another link");
        NS_TEST_ASSERT_MSG_EQ(low->CheckConsistency(), "", "low end");
        NS_TEST_ASSERT_MSG_EQ(high->CheckConsistency(), "", "high end");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What a hostile or broken peer may send.
 */
class KmaPoolHostileTest : public TestCase
{
  public:
    KmaPoolHostileTest()
        : TestCase("A hostile peer's ranges and holdings change nothing")
    {
    }

  private:
    void DoRun() override
    {
        Ptr<KmaPool> pool = MakePool(1); // bits 500 to 999 are the peer's
        pool->AddInitial(MakeKey(1, 1000), 500);
        pool->Add(MakeKey(2, 1000));
        const KeyLedger before = pool->GetLedger();
        const uint32_t most = std::numeric_limits<uint32_t>::max();
        const std::vector<std::vector<KeyRange>> hostile{
            {},
            {RangeOf(1, 499, 2)},
            {RangeOf(1, 0, 10)},
            {RangeOf(1, 600, 0)},
            {RangeOf(1, 999, 2)},
            {RangeOf(1, 1000, 1)},
            {RangeOf(1, 600, most)},
            {RangeOf(1, most, most)},
            {RangeOf(1, 600, 100), RangeOf(1, 699, 10)},
            {RangeOf(1, 700, 10), RangeOf(1, 600, 101)},
            {RangeOf(1, 600, 10), RangeOf(1, 600, 10)},
            {RangeOf(1, 600, 10), RangeOf(1, 600, 0)},
            {RangeOf(1, 600, 10), RangeOf(2, 0, 10)},
            {RangeOf(1, 600, 10), RangeOf(3, 0, 10)},
            {KeyRange{KeyId{LinkId(8), 1}, 600, 10}}};
        for (std::size_t i = 0; i < hostile.size(); ++i)
        {
            NS_TEST_ASSERT_MSG_EQ(pool->TakeNamed(hostile[i], KEY_RELAY_WORKING).has_value(),
                                  false,
                                  "ranges " << i);
            NS_TEST_ASSERT_MSG_EQ(pool->AcceptGrant(hostile[i]), false, "ranges " << i);
        }
        const std::vector<KeyRange> good{RangeOf(1, 700, 10), RangeOf(1, 600, 100)};
        for (KeyUse use : {KEY_STORED, KEY_EXPIRED, KEY_DESTROYED, KEY_ONE_SIDED, KEY_USE_COUNT})
        {
            NS_TEST_ASSERT_MSG_EQ(pool->TakeNamed(good, use).has_value(), false, "no such use");
        }
        NS_TEST_ASSERT_MSG_EQ((pool->GetLedger() == before), true, "nothing changed");

        pool->Snapshot();
        NS_TEST_ASSERT_MSG_EQ(pool->TakeNamed(good, KEY_WASTED).has_value(), false, "frozen");
        NS_TEST_ASSERT_MSG_EQ(pool->Take(1, KEY_AUTHENTICATION).has_value(), false, "frozen");
        NS_TEST_ASSERT_MSG_EQ(pool->Grant(1).empty(), true, "frozen");
        NS_TEST_ASSERT_MSG_EQ(pool->Confirm(KeyId{LinkId(7), 2}, 1), false, "frozen");
        const KeyId one{LinkId(7), 1};
        const std::vector<std::vector<HoldingEntry>> claims{
            {{one, false, {{0, 1001}}, {}}},
            {{one, false, {{0, 10}}, {{9, 10}}}},
            {{one, false, {{0, 0}}, {}}},
            {{one, false, {{most, 2}}, {}}},
            {{one, true, {{0, 1000}}, {}}},
            {{one, false, {{500, 500}}, {{0, 500}}}, {one, false, {}, {}}}};
        for (std::size_t i = 0; i < claims.size(); ++i)
        {
            NS_TEST_ASSERT_MSG_EQ(pool->Reconcile(claims[i]).has_value(), false, "claims " << i);
        }
        NS_TEST_ASSERT_MSG_EQ((pool->GetLedger() == before), true, "nothing changed");
        const auto result = pool->Reconcile({{one, false, {{500, 500}}, {{0, 400}}},
                                             {KeyId{LinkId(7), 2}, true, {}, {}, 1000},
                                             {KeyId{LinkId(7), 3}, true, {}, {}, 1000}});
        NS_TEST_ASSERT_MSG_EQ(result->destroyedBits, 100, "what the peer does not hold");
        NS_TEST_ASSERT_MSG_EQ(result->keptBits, 1900, "what it holds");
        NS_TEST_ASSERT_MSG_EQ(result->confirmedKeys.size(), 1, "key 2");
        NS_TEST_ASSERT_MSG_EQ(pool->GetOwnBits(), 900, "400 of key 1 and half of key 2");
        NS_TEST_ASSERT_MSG_EQ(pool->TakeNamed(good, KEY_WASTED).has_value(), true, "usable");
        NS_TEST_ASSERT_MSG_EQ(pool->CheckConsistency(), "", "consistent");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Booking otherwise, settling, forgetting.
 */
class KmaPoolRebookTest : public TestCase
{
  public:
    KmaPoolRebookTest()
        : TestCase("Spent bits are booked otherwise until settled, then forgotten")
    {
    }

  private:
    void DoRun() override
    {
        Ptr<KmaPool> pool = MakePool(1);
        pool->AddInitial(MakeKey(1, 1000), 1000);
        const auto first = pool->Take(300, KEY_DIRECT_SUPPLY)->ranges;
        const auto second = pool->Take(300, KEY_RELAY_WORKING)->ranges;
        pool->Take(300, KEY_AUTHENTICATION);
        auto both = first;
        both.insert(both.end(), second.begin(), second.end());
        const std::vector<KeyRange> inside{RangeOf(1, 100, 100)};
        const std::vector<KeyRange> twice{RangeOf(1, 100, 100), RangeOf(1, 150, 100)};
        const std::vector<KeyRange> tag{RangeOf(1, 600, 300)};
        NS_TEST_ASSERT_MSG_EQ(pool->Rebook(both, KEY_DIRECT_SUPPLY, KEY_WASTED), false, "mixed");
        NS_TEST_ASSERT_MSG_EQ(pool->Rebook(twice, KEY_DIRECT_SUPPLY, KEY_WASTED), false, "twice");
        NS_TEST_ASSERT_MSG_EQ(pool->Rebook(first, KEY_DIRECT_SUPPLY, KEY_STORED), false, "stored");
        NS_TEST_ASSERT_MSG_EQ(pool->Rebook(tag, KEY_AUTHENTICATION, KEY_WASTED), false, "final");
        NS_TEST_ASSERT_MSG_EQ(pool->Rebook(inside, KEY_DIRECT_SUPPLY, KEY_WASTED), true, "part");
        NS_TEST_ASSERT_MSG_EQ(pool->Rebook(inside, KEY_DIRECT_SUPPLY, KEY_WASTED), false, "once");
        NS_TEST_ASSERT_MSG_EQ(pool->GetLedger().Get(KEY_WASTED), 100, "book");
        NS_TEST_ASSERT_MSG_EQ(pool->GetLedger().Get(KEY_DIRECT_SUPPLY), 200, "book");
        NS_TEST_ASSERT_MSG_EQ(pool->Settle(both), false, "a part is wasted");
        NS_TEST_ASSERT_MSG_EQ(pool->Settle({RangeOf(1, 200, 400)}), true, "the rest of both");
        NS_TEST_ASSERT_MSG_EQ(pool->Rebook(second, KEY_RELAY_WORKING, KEY_WASTED),
                              false,
                              "settled");
        NS_TEST_ASSERT_MSG_EQ(pool->GetBlocks(), 1, "still there");
        pool->DestroyAll(IncidentId{1, 1});
        NS_TEST_ASSERT_MSG_EQ(pool->GetLedger().Get(KEY_DESTROYED), 100, "book");
        NS_TEST_ASSERT_MSG_EQ(pool->GetBlocks(), 1, "100 bits of direct supply are open");
        NS_TEST_ASSERT_MSG_EQ(pool->Settle({RangeOf(1, 0, 100)}), true, "the last open bits");
        NS_TEST_ASSERT_MSG_EQ(pool->GetBlocks(), 0, "forgotten");
        NS_TEST_ASSERT_MSG_EQ(pool->Add(MakeKey(1, 1000)), false, "but its number");
        NS_TEST_ASSERT_MSG_EQ(pool->CheckConsistency(), "", "consistent");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Expiry at both ends.
 */
class KmaPoolExpiryTest : public TestCase
{
  public:
    KmaPoolExpiryTest()
        : TestCase("Keys expire at the stamp they carry, the peer's share later")
    {
    }

  private:
    /**
     * @brief Check the book of an end.
     * @param pool the end
     * @param expired bits expired
     */
    void Expect(Ptr<KmaPool> pool, uint64_t expired)
    {
        NS_TEST_ASSERT_MSG_EQ(pool->GetLedger().Get(KEY_EXPIRED),
                              expired,
                              "at KM " << pool->GetSelf() << " after "
                                       << Simulator::Now().As(Time::S));
        NS_TEST_ASSERT_MSG_EQ(pool->CheckConsistency(), "", "consistent");
    }

    void DoRun() override
    {
        Ptr<KmaPool> low = MakePool(1);
        Ptr<KmaPool> high = MakePool(2);
        for (const auto& pool : {low, high})
        {
            pool->SetAttribute("KeyLifetime", TimeValue(Seconds(10)));
            pool->SetAttribute("ExpiryGrace", TimeValue(Seconds(2)));
            pool->AddInitial(MakeKey(1, 1000, Seconds(0)), 600);
            pool->AddInitial(MakeKey(2, 100, Seconds(5)), 50);
        }
        std::vector<KeyRange> ranges;
        std::vector<KeyRange> granted;
        Simulator::Schedule(Seconds(9.9), [&] {
            ranges = low->Take(100, KEY_DIRECT_SUPPLY)->ranges;
            granted = high->Grant(70); // of key 2: 50, of key 1: 20
            Expect(low, 0);
        });
        Simulator::Schedule(Seconds(10.1), [&] {
            Expect(low, 500);  // own share of key 1
            Expect(high, 380); // less the 20 that it granted
            NS_TEST_ASSERT_MSG_EQ(high->TakeNamed(ranges, KEY_DIRECT_SUPPLY).has_value(),
                                  true,
                                  "allocated in time");
            NS_TEST_ASSERT_MSG_EQ(low->AcceptGrant(granted), true, "granted in time");
            NS_TEST_ASSERT_MSG_EQ(low->Take(101, KEY_AUTHENTICATION).has_value(),
                                  false,
                                  "100 of key 2 are left, those of key 1 are too old");
            Expect(low, 520);
        });
        Simulator::Schedule(Seconds(12.1), [&] {
            Expect(low, 900);
            Expect(high, 900);
        });
        Simulator::Schedule(Seconds(17.1), [&] {
            Expect(low, 1000);
            Expect(high, 1000);
            NS_TEST_ASSERT_MSG_EQ(low->GetBlocks(), 1, "direct supply of key 1 is open");
        });
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(Simulator::Now(), Seconds(17.1), "no event is left behind");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of the pool of KMA-key.
 */
class QkdnKmaPoolTestSuite : public TestSuite
{
  public:
    QkdnKmaPoolTestSuite()
        : TestSuite("qkdn-kma-pool", Type::UNIT)
    {
        AddTestCase(new KeyBitMapTest);
        AddTestCase(new KmaPoolShareTest);
        AddTestCase(new KmaPoolHostileTest);
        AddTestCase(new KmaPoolRebookTest);
        AddTestCase(new KmaPoolExpiryTest);
    }
};

static QkdnKmaPoolTestSuite g_qkdnKmaPoolTestSuite; //!< registers the suite
