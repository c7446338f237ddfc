/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-kma-book.h"
#include "ns3/qkdn-ksa-book.h"
#include "ns3/random-variable-stream.h"
#include "ns3/test.h"

#include <array>
#include <map>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

const KmId LOW(1);  //!< low end of the link
const KmId HIGH(2); //!< high end of the link

/**
 * @brief A QKD-key of link 7.
 * @param number number of the block
 * @param bits number of bits
 * @param seed seed of the material
 * @return the key
 */
QkdKey
MakeKey(uint64_t number, uint32_t bits, uint64_t seed = 1)
{
    QkdKey key;
    key.id = KeyId{LinkId(7), number};
    key.material = KeyMaterial::FromGenerator(seed, number, 0, bits);
    return key;
}

/**
 * @brief What one end has booked of a bit: the lines of the table in the description of KmaBook.
 *
 * N not yet, R refused, S stored, u relay, v direct supply, a authentication, W wasted,
 * X expired, D destroyed.
 */
const std::string STATES = "NRSuvaWXD";

/// The use that a state stands for, by index in STATES; N and R are none.
const std::array<KeyUse, 9> USES = {KEY_USE_COUNT,
                                    KEY_USE_COUNT,
                                    KEY_STORED,
                                    KEY_RELAY_WORKING,
                                    KEY_DIRECT_SUPPLY,
                                    KEY_AUTHENTICATION,
                                    KEY_WASTED,
                                    KEY_EXPIRED,
                                    KEY_DESTROYED};

/// What a bit counts as: line one end, column the other; F in flight, O one-sided, - never.
const std::array<std::string, 9> TABLE = {"--FuvaWXD",
                                          "--OWWWWXD",
                                          "FOSuvaOXO",
                                          "uWuuWWWWW",
                                          "vWvWvWWWW",
                                          "aWaWWaWWW",
                                          "WWOWWWWWW",
                                          "XXXWWWWXD",
                                          "DDOWWWWDD"};

/**
 * @brief The use that a letter of TABLE stands for.
 * @param letter the letter
 * @return the use
 */
KeyUse
UseOf(char letter)
{
    if (letter == 'F' || letter == 'O')
    {
        return letter == 'F' ? KEY_IN_FLIGHT : KEY_ONE_SIDED;
    }
    return USES.at(STATES.find(letter));
}

/**
 * @brief Bring a key to a state at one end.
 * @param book the book
 * @param holder the end
 * @param peer the other end
 * @param key the key
 * @param state index in STATES
 */
void
Bring(KmaBook& book, KmId holder, KmId peer, const QkdKey& key, std::size_t state)
{
    if (STATES[state] == 'R')
    {
        book.NotifyKeyRefused(holder, peer, key);
    }
    else if (STATES[state] != 'N')
    {
        book.NotifyKeyAdded(holder, peer, key, false);
        if (STATES[state] != 'S')
        {
            const KeyRange all{key.id, 0, key.material.GetBits()};
            book.NotifyKeyMoved(holder, peer, all, KEY_STORED, USES[state], IncidentId());
        }
    }
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Every pair of states.
 */
class KmaBookTableTest : public TestCase
{
  public:
    KmaBookTableTest()
        : TestCase("Each pair of states at the two ends counts as the table says")
    {
    }

  private:
    void DoRun() override
    {
        for (std::size_t a = 0; a < STATES.size(); ++a)
        {
            for (std::size_t b = 0; b < STATES.size(); ++b)
            {
                for (bool lowFirst : {true, false})
                {
                    Check(a, b, lowFirst);
                }
            }
        }
    }

    /**
     * @brief Check one pair.
     * @param low state at the low end
     * @param high state at the high end
     * @param lowFirst the low end comes first
     */
    void Check(std::size_t low, std::size_t high, bool lowFirst)
    {
        KmaBook book;
        const QkdKey key = MakeKey(1, 100);
        if (lowFirst)
        {
            Bring(book, LOW, HIGH, key, low);
        }
        Bring(book, HIGH, LOW, key, high);
        if (!lowFirst)
        {
            Bring(book, LOW, HIGH, key, low);
        }
        const char expected = TABLE[low][high];
        const std::string pair{STATES[low], STATES[high]};
        NS_TEST_ASSERT_MSG_EQ(book.Balances(), true, pair);
        const bool uses = std::string("uva").find(STATES[low]) != std::string::npos &&
                          std::string("uva").find(STATES[high]) != std::string::npos;
        NS_TEST_ASSERT_MSG_EQ(book.GetViolations().size(), (uses && low != high ? 1 : 0), pair);
        NS_TEST_ASSERT_MSG_EQ(book.GetTotal().GetGenerated(), (expected == '-' ? 0 : 100), pair);
        if (expected != '-')
        {
            NS_TEST_ASSERT_MSG_EQ(book.GetLink(LinkId(7)).Get(UseOf(expected)), 100, pair);
        }
        if (pair == "RR")
        {
            NS_TEST_ASSERT_MSG_EQ(book.GetOpenKeys(), 0, "forgotten");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Random moves of single bits against a plain array.
 */
class KmaBookRandomTest : public TestCase
{
  public:
    KmaBookRandomTest()
        : TestCase("Random moves count as in a book of single bits")
    {
    }

  private:
    void DoRun() override
    {
        Ptr<UniformRandomVariable> random = CreateObject<UniformRandomVariable>();
        random->SetStream(3001);
        for (int round = 0; round < 40; ++round)
        {
            const uint32_t bits = random->GetInteger(1, 60);
            const QkdKey key = MakeKey(1, bits);
            KmaBook book;
            book.NotifyKeyAdded(LOW, HIGH, key, true);
            book.NotifyKeyAdded(HIGH, LOW, key, true);
            std::vector<std::array<char, 2>> reference(bits, {'S', 'S'});
            std::size_t violations = 0;
            for (int step = 0; step < 60; ++step)
            {
                const uint32_t end = random->GetInteger(0, 1);
                const uint32_t first = random->GetInteger(0, bits - 1);
                const uint32_t count = random->GetInteger(1, bits - first);
                const char to = STATES[random->GetInteger(3, 8)];
                violations += Move(book, reference, end, BitSpan{first, count}, to) ? 1 : 0;
                Compare(book, reference);
            }
            NS_TEST_ASSERT_MSG_EQ((book.GetViolations().size() >= violations), true, "reported");
        }
    }

    /**
     * @brief Move bits, allowed or not, as if they were stored.
     * @param book the book
     * @param reference the single bits
     * @param end 0 low, 1 high
     * @param span the bits
     * @param to letter of the new state
     * @return whether that was not allowed
     */
    static bool Move(KmaBook& book,
                     std::vector<std::array<char, 2>>& reference,
                     uint32_t end,
                     BitSpan span,
                     char to)
    {
        const KmId ends[] = {LOW, HIGH};
        bool wrong = false;
        for (uint32_t i = span.firstBit; i < span.firstBit + span.bits; ++i)
        {
            wrong = wrong || reference[i][end] != 'S';
        }
        if (book.GetOpenKeys() == 0)
        {
            wrong = true; // it was final, nothing may change
        }
        else
        {
            for (uint32_t i = span.firstBit; i < span.firstBit + span.bits; ++i)
            {
                reference[i][end] = to;
            }
        }
        const std::size_t before = book.GetViolations().size();
        book.NotifyKeyMoved(ends[end],
                            ends[1 - end],
                            KeyRange{KeyId{LinkId(7), 1}, span.firstBit, span.bits},
                            KEY_STORED,
                            UseOf(to),
                            IncidentId());
        return wrong && book.GetViolations().size() > before;
    }

    /**
     * @brief Compare the books.
     * @param book the book
     * @param reference the single bits
     */
    void Compare(const KmaBook& book, const std::vector<std::array<char, 2>>& reference)
    {
        std::array<uint64_t, KEY_USE_COUNT> expected{};
        for (const auto& bit : reference)
        {
            ++expected[UseOf(TABLE[STATES.find(bit[0])][STATES.find(bit[1])])];
        }
        const KeyLedger ledger = book.GetTotal();
        for (std::size_t use = 0; use < KEY_USE_COUNT; ++use)
        {
            NS_TEST_ASSERT_MSG_EQ(ledger.Get(static_cast<KeyUse>(use)),
                                  expected[use],
                                  KeyUseName(static_cast<KeyUse>(use)));
        }
        NS_TEST_ASSERT_MSG_EQ(ledger.GetInitial(), reference.size(), "initial");
        NS_TEST_ASSERT_MSG_EQ(book.Balances(), true, "balances");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What must not happen.
 */
class KmaBookViolationTest : public TestCase
{
  public:
    KmaBookViolationTest()
        : TestCase("What must not happen to KMA-key is reported")
    {
    }

  private:
    /**
     * @brief Expect one more violation.
     * @param text what it says
     */
    void Expect(const std::string& text)
    {
        ++m_expected;
        NS_TEST_ASSERT_MSG_EQ(m_book.GetViolations().size(), m_expected, text);
        NS_TEST_ASSERT_MSG_NE(m_book.GetViolations().back().find(text),
                              std::string::npos,
                              m_book.GetViolations().back());
        NS_TEST_ASSERT_MSG_EQ(m_book.Balances(), true, text);
    }

    /**
     * @brief Move bits of block 1.
     * @param holder the end
     * @param firstBit first bit
     * @param bits number of bits
     * @param from old use
     * @param to new use
     */
    void Move(KmId holder, uint32_t firstBit, uint32_t bits, KeyUse from, KeyUse to)
    {
        m_book.NotifyKeyMoved(holder,
                              holder == LOW ? HIGH : LOW,
                              KeyRange{KeyId{LinkId(7), 1}, firstBit, bits},
                              from,
                              to,
                              IncidentId());
    }

    void DoRun() override
    {
        m_book.NotifyKeyAdded(LOW, HIGH, MakeKey(1, 1000), false);
        m_book.NotifyKeyAdded(LOW, HIGH, MakeKey(1, 1000), false);
        Expect("stored twice at KM 1");
        QkdKey bytes = MakeKey(1, 1000);
        bytes.material = KeyMaterial::FromBytes(bytes.material.ToBytes());
        m_book.NotifyKeyAdded(HIGH, LOW, bytes, false);
        NS_TEST_ASSERT_MSG_EQ(m_book.GetViolations().size(), m_expected, "the same bits");
        m_book.NotifyKeyAdded(LOW, HIGH, MakeKey(2, 8), false);
        m_book.NotifyKeyAdded(HIGH, LOW, MakeKey(2, 8, 5), false);
        Expect("other material");
        Move(LOW, 0, 256, KEY_STORED, KEY_DIRECT_SUPPLY);
        Move(HIGH, 0, 256, KEY_STORED, KEY_DIRECT_SUPPLY);
        Move(LOW, 255, 2, KEY_STORED, KEY_DIRECT_SUPPLY);
        Expect("bits 255+1: spent twice at one end");
        Move(LOW, 300, 10, KEY_RELAY_WORKING, KEY_WASTED);
        Expect("moved from relay_working to wasted while booked as stored");
        Move(LOW, 400, 10, KEY_STORED, KEY_AUTHENTICATION);
        Move(HIGH, 400, 10, KEY_STORED, KEY_DIRECT_SUPPLY);
        Expect("used for direct_supply at one end and for authentication at the other");
        Move(LOW, 995, 10, KEY_STORED, KEY_DIRECT_SUPPLY);
        Expect("never stored");
        Move(LOW, 500, 10, KEY_STORED, KEY_ONE_SIDED);
        Expect("nothing to spend on");
        m_book.NotifyKeySettled(LOW, HIGH, KeyRange{KeyId{LinkId(7), 1}, 600, 1});
        Expect("settled while booked as stored");
        m_book.NotifyKeySettled(LOW, HIGH, KeyRange{KeyId{LinkId(7), 1}, 0, 100});
        Move(LOW, 0, 1, KEY_DIRECT_SUPPLY, KEY_WASTED);
        Expect("while booked as direct_supply (settled)");
        Move(HIGH, 100, 100, KEY_DIRECT_SUPPLY, KEY_WASTED);
        NS_TEST_ASSERT_MSG_EQ(m_book.GetTotal().Get(KEY_WASTED),
                              1 + 10 + 10 + 100 - 10,
                              "bit 0, bits 400 to 409, bits 100 to 199");
        NS_TEST_ASSERT_MSG_EQ(m_book.GetTotal().Get(KEY_ONE_SIDED), 10, "bits 300 to 309");

        for (KmId end : {LOW, HIGH})
        {
            const KmId other = end == LOW ? HIGH : LOW;
            m_book.NotifyKeyAdded(end, other, MakeKey(3, 100), false);
        }
        const KeyRange all{KeyId{LinkId(7), 3}, 0, 100};
        const std::size_t open = m_book.GetOpenKeys();
        for (KmId end : {LOW, HIGH})
        {
            const KmId other = end == LOW ? HIGH : LOW;
            m_book.NotifyKeyMoved(end, other, all, KEY_STORED, KEY_RELAY_EXTRA, IncidentId());
            m_book.NotifyKeySettled(end, other, all);
        }
        NS_TEST_ASSERT_MSG_EQ(m_book.GetOpenKeys(), open - 1, "forgotten when final");
        NS_TEST_ASSERT_MSG_EQ(m_book.GetViolations().size(), m_expected, "as it should be");
        m_book.NotifyKeyMoved(LOW, HIGH, all, KEY_RELAY_EXTRA, KEY_WASTED, IncidentId());
        Expect("after it was final");
        m_book.NotifyKeyAdded(HIGH, LOW, MakeKey(3, 100), false);
        Expect("stored again after it was used up");
        NS_TEST_ASSERT_MSG_EQ(m_book.GetTotal().Get(KEY_RELAY_EXTRA), 100, "still counted");
    }

    KmaBook m_book;            //!< the book
    std::size_t m_expected{0}; //!< violations so far
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief KSA-keys, good and bad.
 */
class KsaBookTest : public TestCase
{
  public:
    KsaBookTest()
        : TestCase("KSA-keys are counted and what must not happen to them is reported")
    {
    }

  private:
    /**
     * @brief A key of session 4.
     * @param sequence its number
     * @return the id
     */
    static KsaKeyId Id(uint64_t sequence)
    {
        return KsaKeyId{SessionId(4), sequence};
    }

    /**
     * @brief Material of 256 bits.
     * @param seed its seed
     * @return the material
     */
    static KeyMaterial Bits(uint64_t seed)
    {
        return KeyMaterial::FromGenerator(seed, 0, 0, 256);
    }

    /**
     * @brief Make a key that both ends have confirmed.
     * @param sequence its number
     */
    void MakeConfirmed(uint64_t sequence)
    {
        m_book.NotifyCreated(Id(sequence), 256, m_now);
        m_book.NotifyConfirmed(Id(sequence), SESSION_MASTER, m_now);
        m_book.NotifyConfirmed(Id(sequence), SESSION_SLAVE, m_now);
    }

    /**
     * @brief Expect figures.
     * @param state the state
     * @param keys number of keys of 256 bits in it
     */
    void ExpectKeys(KsaState state, uint64_t keys)
    {
        const KsaLedger ledger = m_book.GetSession(SessionId(4));
        NS_TEST_ASSERT_MSG_EQ(ledger.keys[state], keys, KsaStateName(state));
        NS_TEST_ASSERT_MSG_EQ(ledger.bits[state], 256 * keys, KsaStateName(state));
        NS_TEST_ASSERT_MSG_EQ(m_book.Balances(), true, "balances");
    }

    /**
     * @brief Expect one more violation.
     * @param text what it says
     */
    void Expect(const std::string& text)
    {
        ++m_expected;
        NS_TEST_ASSERT_MSG_EQ(m_book.GetViolations().size(), m_expected, text);
        NS_TEST_ASSERT_MSG_NE(m_book.GetViolations().back().find(text),
                              std::string::npos,
                              m_book.GetViolations().back());
        NS_TEST_ASSERT_MSG_EQ(m_book.Balances(), true, text);
    }

    void DoRun() override
    {
        m_book.NotifyCreated(Id(1), 256, m_now);
        ExpectKeys(KSA_IN_FLIGHT, 1);
        m_book.NotifyConfirmed(Id(1), SESSION_SLAVE, m_now);
        ExpectKeys(KSA_IN_FLIGHT, 1);
        m_book.NotifyConfirmed(Id(1), SESSION_MASTER, m_now);
        ExpectKeys(KSA_STORED, 1);
        m_book.NotifyHandedOver(Id(1), SESSION_MASTER, Bits(1), m_now);
        ExpectKeys(KSA_STORED, 1);
        m_book.NotifyHandedOver(Id(1), SESSION_SLAVE, Bits(1), m_now);
        ExpectKeys(KSA_SUPPLIED, 1);
        NS_TEST_ASSERT_MSG_EQ(m_book.GetOpenKeys(), 0, "done with");
        MakeConfirmed(2);
        m_book.NotifyExpired(Id(2), SESSION_SLAVE, m_now);
        ExpectKeys(KSA_EXPIRED, 1);
        m_book.NotifyDestroyed(Id(2), SESSION_MASTER, m_now);
        ExpectKeys(KSA_DESTROYED, 1);
        MakeConfirmed(3);
        m_book.NotifyHandedOver(Id(3), SESSION_MASTER, Bits(3), m_now);
        m_book.NotifyVoided(Id(3), SESSION_SLAVE, m_now);
        ExpectKeys(KSA_VOIDED, 1);
        NS_TEST_ASSERT_MSG_EQ(m_book.GetViolations().empty(), true, "nothing wrong so far");
        BadEvents();
        const KsaLedger total = m_book.GetTotal();
        NS_TEST_ASSERT_MSG_EQ(total.createdKeys, 6, "keys");
        NS_TEST_ASSERT_MSG_EQ(total.createdBits, 6 * 256, "bits");
    }

    /// Everything that must not happen.
    void BadEvents()
    {
        m_book.NotifyHandedOver(Id(3), SESSION_SLAVE, Bits(3), m_now);
        Expect("handed over after it was done with");
        m_book.NotifyCreated(Id(3), 256, m_now);
        Expect("created twice");
        m_book.NotifyCreated(Id(99), 0, m_now);
        Expect("created without bits");
        m_book.NotifyVoided(Id(99), SESSION_MASTER, m_now);
        Expect("never created");
        MakeConfirmed(4);
        m_book.NotifyConfirmed(Id(4), SESSION_MASTER, m_now);
        Expect("confirmed twice");
        m_book.NotifyVoided(Id(4), SESSION_MASTER, m_now);
        m_book.NotifyHandedOver(Id(4), SESSION_MASTER, Bits(4), m_now);
        Expect("handed over at an end where it was voided before");
        MakeConfirmed(5);
        m_book.NotifyHandedOver(Id(5), SESSION_SLAVE, Bits(5), m_now);
        m_book.NotifyHandedOver(Id(5), SESSION_SLAVE, Bits(5), m_now);
        Expect("handed over at an end where it was handed over before");
        m_book.NotifyVoided(Id(5), SESSION_SLAVE, m_now);
        Expect("voided at an end where it was handed over before");
        m_book.NotifyHandedOver(Id(5), SESSION_MASTER, Bits(6), m_now);
        Expect("unequal keys");
        m_book.NotifyCreated(Id(6), 256, m_now);
        m_book.NotifyHandedOver(Id(6), SESSION_MASTER, Bits(6), m_now);
        Expect("before it was confirmed");
        ExpectKeys(KSA_IN_FLIGHT, 1);
        m_book.NotifyConfirmed(Id(6), SESSION_SLAVE, m_now);
        m_book.NotifyHandedOver(Id(6), SESSION_SLAVE, Bits(6).Slice(0, 255), m_now);
        m_expected += 1;
        Expect("unequal keys");
    }

    KsaBook m_book;                    //!< the book
    const Time m_now{MilliSeconds(5)}; //!< when everything happens
    std::size_t m_expected{0};         //!< violations so far
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of the books of both ends.
 */
class QkdnKeyBooksTestSuite : public TestSuite
{
  public:
    QkdnKeyBooksTestSuite()
        : TestSuite("qkdn-key-books", Type::UNIT)
    {
        AddTestCase(new KmaBookTableTest);
        AddTestCase(new KmaBookRandomTest);
        AddTestCase(new KmaBookViolationTest);
        AddTestCase(new KsaBookTest);
    }
};

static QkdnKeyBooksTestSuite g_qkdnKeyBooksTestSuite; //!< registers the suite
