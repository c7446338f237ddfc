/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-ids.h"
#include "ns3/qkdn-key-ledger.h"
#include "ns3/qkdn-key-material.h"
#include "ns3/qkdn-philox.h"
#include "ns3/qkdn-random-stream.h"
#include "ns3/test.h"

#include <array>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

/**
 * @ingroup qkdn-resilience-tests
 * @brief Philox4x32-10 against the known answers published with Random123 (file kat_vectors).
 */
class PhiloxKnownAnswerTest : public TestCase
{
  public:
    PhiloxKnownAnswerTest()
        : TestCase("Philox4x32-10 gives its published known answers")
    {
    }

  private:
    void DoRun() override
    {
        using Counter = std::array<uint32_t, 4>;
        using Key = std::array<uint32_t, 2>;
        NS_TEST_ASSERT_MSG_EQ((Philox4x32(Counter{0, 0, 0, 0}, Key{0, 0}) ==
                               Counter{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}),
                              true,
                              "all zeros");
        const uint32_t f = 0xffffffff;
        NS_TEST_ASSERT_MSG_EQ((Philox4x32(Counter{f, f, f, f}, Key{f, f}) ==
                               Counter{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}),
                              true,
                              "all ones");
        NS_TEST_ASSERT_MSG_EQ((Philox4x32(Counter{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                                          Key{0xa4093822, 0x299f31d0}) ==
                               Counter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}),
                              true,
                              "digits of pi");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Slices, joins and one-time pads of key material, bit by bit.
 */
class KeyMaterialTest : public TestCase
{
  public:
    KeyMaterialTest()
        : TestCase("Key material slices, joins and XORs to the bit")
    {
    }

  private:
    /**
     * @brief One bit of some bytes.
     * @param bytes the bytes
     * @param bit number of the bit
     * @return 0 or 1
     */
    static int BitOf(const std::vector<uint8_t>& bytes, uint32_t bit)
    {
        return (bytes[bit / 8] >> (7 - bit % 8)) & 1;
    }

    void DoRun() override
    {
        const KeyMaterial whole = KeyMaterial::FromGenerator(0x1234, 77, 0, 1000);
        const std::vector<uint8_t> all = whole.ToBytes();
        NS_TEST_ASSERT_MSG_EQ(all.size(), 125, "1000 bits are 125 bytes");
        NS_TEST_ASSERT_MSG_EQ((all == KeyMaterial::FromGenerator(0x1234, 77, 0, 1000).ToBytes()),
                              true,
                              "the generator repeats");
        NS_TEST_ASSERT_MSG_EQ((all == KeyMaterial::FromGenerator(0x1234, 78, 0, 1000).ToBytes()),
                              false,
                              "another block has other bits");
        const KeyMaterial stored = KeyMaterial::FromBytes(all);
        for (uint32_t first : {0U, 1U, 7U, 8U, 129U, 983U})
        {
            for (uint32_t bits : {1U, 5U, 8U, 9U, 17U})
            {
                const auto lazy = whole.Slice(first, bits).ToBytes();
                NS_TEST_ASSERT_MSG_EQ((lazy == stored.Slice(first, bits).ToBytes()),
                                      true,
                                      "bytes and generator agree at " << first);
                for (uint32_t i = 0; i < bits; ++i)
                {
                    NS_TEST_ASSERT_MSG_EQ(BitOf(lazy, i),
                                          BitOf(all, first + i),
                                          "bit " << i << " of the slice from " << first);
                }
            }
        }
        KeyMaterial joined = whole.Slice(3, 50);
        joined.Append(stored.Slice(500, 77));
        joined = joined.Slice(10, 100);
        const auto bytes = joined.ToBytes();
        for (uint32_t i = 0; i < 100; ++i)
        {
            const uint32_t source = (i + 10 < 50) ? 3 + i + 10 : 500 + (i + 10 - 50);
            NS_TEST_ASSERT_MSG_EQ(BitOf(bytes, i), BitOf(all, source), "joined bit " << i);
        }
        std::vector<uint8_t> message(125, 0xa5);
        whole.XorInto(message);
        stored.XorInto(message);
        NS_TEST_ASSERT_MSG_EQ((message == std::vector<uint8_t>(125, 0xa5)),
                              true,
                              "a pad applied twice gives the message back");
        NS_TEST_ASSERT_MSG_EQ(KeyMaterial().GetBits(), 0, "empty material");
        NS_TEST_ASSERT_MSG_EQ(KeyMaterial().ToBytes().empty(), true, "empty material");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The key book.
 */
class KeyLedgerTest : public TestCase
{
  public:
    KeyLedgerTest()
        : TestCase("A key book balances after every move")
    {
    }

  private:
    void DoRun() override
    {
        KeyLedger book;
        book.AddInitial(1000);
        book.AddGenerated(512, KEY_IN_FLIGHT);
        NS_TEST_ASSERT_MSG_EQ(book.Balances(), true, "after the entries");
        book.Move(KEY_IN_FLIGHT, KEY_STORED, 512);
        book.Move(KEY_STORED, KEY_DIRECT_SUPPLY, 256);
        book.Move(KEY_STORED, KEY_AUTHENTICATION, 192);
        NS_TEST_ASSERT_MSG_EQ(book.Get(KEY_STORED), 1064, "what is left");
        NS_TEST_ASSERT_MSG_EQ(book.Balances(), true, "after the moves");
        KeyLedger total;
        total.Add(book);
        total.Add(book);
        NS_TEST_ASSERT_MSG_EQ(total.Get(KEY_AUTHENTICATION), 384, "sum of two books");
        NS_TEST_ASSERT_MSG_EQ(total.GetInitial() + total.GetGenerated(), 3024, "sum of entries");
        NS_TEST_ASSERT_MSG_EQ(KeyUseName(KEY_ONE_SIDED), "one_sided", "last name");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Ids and stream numbers.
 */
class IdsTest : public TestCase
{
  public:
    IdsTest()
        : TestCase("Ids, UUIDs and stream numbers depend on names alone")
    {
    }

  private:
    void DoRun() override
    {
        // computed with Python: uuid.uuid5(uuid.NAMESPACE_OID, "qkdn-resilience/ksa-key/A/1")
        NS_TEST_ASSERT_MSG_EQ(KsaKeyUuid("A", 1),
                              "0b164e90-6f08-5519-a7ae-76b7d152967e",
                              "version 5 UUID of RFC 4122");
        IncidentSource source;
        source.SetDetector(0, 2);
        const IncidentId first = source.Next();
        const IncidentId second = source.Next();
        NS_TEST_ASSERT_MSG_EQ(first.IsValid(), true, "an incident");
        NS_TEST_ASSERT_MSG_EQ((first == second), false, "ids differ");
        NS_TEST_ASSERT_MSG_EQ(IncidentId().ToString(), "", "no incident");
        NS_TEST_ASSERT_MSG_EQ(RandomStreamNumber("link/12", "key-seed"),
                              RandomStreamNumber("link/12", "key-seed"),
                              "a function of the names");
        NS_TEST_ASSERT_MSG_NE(RandomStreamNumber("link/12", "key-seed"),
                              RandomStreamNumber("link/13", "key-seed"),
                              "another object");
        NS_TEST_ASSERT_MSG_GT(RandomStreamNumber("link/12", "key-seed"), -1, "not automatic");
        NS_TEST_ASSERT_MSG_EQ((KeyId{LinkId(3), (uint64_t{2} << 32) | 9}.ToString()),
                              "3:2:9",
                              "text form of a key id");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of the base folder.
 */
class QkdnBaseTestSuite : public TestSuite
{
  public:
    QkdnBaseTestSuite()
        : TestSuite("qkdn-base", Type::UNIT)
    {
        AddTestCase(new PhiloxKnownAnswerTest);
        AddTestCase(new KeyMaterialTest);
        AddTestCase(new KeyLedgerTest);
        AddTestCase(new IdsTest);
    }
};

static QkdnBaseTestSuite g_qkdnBaseTestSuite; //!< registers the suite
