/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-key-material.h"
#include "ns3/qkdn-ksa-share-store.h"
#include "ns3/qkdn-secret-sharing.h"
#include "ns3/simulator.h"
#include "ns3/test.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

using Bytes = std::vector<uint8_t>;

/// Random bytes of the generator, no byte twice.
class TestRandom
{
  public:
    /**
     * @brief Constructor
     * @param seed seed of the generator
     */
    explicit TestRandom(uint64_t seed)
        : m_seed(seed)
    {
    }

    /**
     * @brief Some bytes.
     * @param bytes how many
     * @return the bytes
     */
    Bytes operator()(std::size_t bytes)
    {
        m_given += bytes;
        return KeyMaterial::FromGenerator(m_seed, ++m_block, 0, static_cast<uint32_t>(8 * bytes))
            .ToBytes();
    }

    /**
     * @brief Bytes so far.
     * @return their number
     */
    std::size_t GetGiven() const
    {
        return m_given;
    }

  private:
    uint64_t m_seed;        //!< seed of the generator
    uint64_t m_block{0};    //!< last block
    std::size_t m_given{0}; //!< bytes so far
};

/// Shares whose bits are set in a mask.
std::vector<SecretShare>
Subset(const std::vector<SecretShare>& shares, uint32_t mask)
{
    std::vector<SecretShare> chosen;
    for (std::size_t i = 0; i < shares.size(); ++i)
    {
        if ((mask >> i & 1U) != 0)
        {
            chosen.push_back(shares[i]);
        }
    }
    return chosen;
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Products and inverses in GF(256).
 */
class Gf256Test : public TestCase
{
  public:
    Gf256Test()
        : TestCase("Products of FIPS 197, and every inverse")
    {
    }

  private:
    void DoRun() override
    {
        // FIPS 197, 4.2 and 4.2.1
        NS_TEST_EXPECT_MSG_EQ(+Gf256Multiply(0x57, 0x83), 0xc1, "57 * 83");
        NS_TEST_EXPECT_MSG_EQ(+Gf256Multiply(0x57, 0x02), 0xae, "57 * 02");
        NS_TEST_EXPECT_MSG_EQ(+Gf256Multiply(0x57, 0x04), 0x47, "57 * 04");
        NS_TEST_EXPECT_MSG_EQ(+Gf256Multiply(0x57, 0x08), 0x8e, "57 * 08");
        NS_TEST_EXPECT_MSG_EQ(+Gf256Multiply(0x57, 0x10), 0x07, "57 * 10");
        NS_TEST_EXPECT_MSG_EQ(+Gf256Multiply(0x57, 0x13), 0xfe, "57 * 13");
        // FIPS 197, 5.1.1: the S-box takes 53 by its inverse ca to ed
        NS_TEST_EXPECT_MSG_EQ(+Gf256Invert(0x53), 0xca, "inverse of 53");
        bool inverse = true;
        bool commutes = true;
        for (uint32_t a = 1; a < 256; ++a)
        {
            const auto x = static_cast<uint8_t>(a);
            inverse = inverse && Gf256Multiply(x, Gf256Invert(x)) == 1;
            commutes = commutes && Gf256Multiply(x, 0x57) == Gf256Multiply(0x57, x);
        }
        NS_TEST_EXPECT_MSG_EQ(inverse, true, "inverses");
        NS_TEST_EXPECT_MSG_EQ(commutes, true, "order of factors");
        NS_TEST_EXPECT_MSG_EQ(+Gf256Multiply(0x57, 0), 0, "zero");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Every k shares make the secret, and fewer do not.
 */
class SecretSubsetsTest : public TestCase
{
  public:
    SecretSubsetsTest()
        : TestCase("Each subset of shares: k and more make the secret, fewer make none")
    {
    }

  private:
    void DoRun() override
    {
        TestRandom random(11);
        for (uint32_t n = 1; n <= 6; ++n)
        {
            for (uint32_t k = 1; k <= n; ++k)
            {
                Check(k, n, random);
            }
        }
        // the widest polynomial: all numbers of shares occur
        const SecretSharing wide(2, 255);
        const auto shares = wide.Split({0xa5}, [](std::size_t) { return Bytes{0x5a}; });
        NS_TEST_EXPECT_MSG_EQ(shares.size(), 255, "all shares");
        NS_TEST_EXPECT_MSG_EQ((wide.Combine({shares[254], shares[0]}) == Bytes{0xa5}),
                              true,
                              "the first and the last");
    }

    /// One k of n.
    void Check(uint32_t k, uint32_t n, TestRandom& random)
    {
        const SecretSharing sharing(k, n);
        const Bytes secret = random(32);
        const std::size_t before = random.GetGiven();
        const auto shares =
            sharing.Split(secret, [&random](std::size_t bytes) { return random(bytes); });
        const std::string which = std::to_string(k) + " of " + std::to_string(n);
        NS_TEST_EXPECT_MSG_EQ(random.GetGiven() - before, 32 * (k - 1), which << ": random bytes");
        NS_TEST_EXPECT_MSG_EQ(sharing.CountRandomBytes(32), 32 * (k - 1), which << ": foretold");
        NS_TEST_ASSERT_MSG_EQ(shares.size(), n, which << ": shares");
        for (uint32_t mask = 0; mask < (1U << n); ++mask)
        {
            const auto chosen = Subset(shares, mask);
            const auto made = sharing.Combine(chosen);
            NS_TEST_EXPECT_MSG_EQ(made.has_value(),
                                  (chosen.size() >= k),
                                  which << ": shares " << mask);
            if (made)
            {
                NS_TEST_EXPECT_MSG_EQ((*made == secret), true, which << ": shares " << mask);
            }
        }
        if (k == 1)
        {
            NS_TEST_EXPECT_MSG_EQ((shares.back().bytes == secret), true, which << ": a copy");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Fewer shares than k are consistent with every secret, all equally often.
 */
class SecretSecrecyTest : public TestCase
{
  public:
    SecretSecrecyTest()
        : TestCase("With k - 1 shares every secret is equally likely")
    {
    }

  private:
    void DoRun() override
    {
        Check(2, 3);
        Check(2, 2);
        CheckTwo();
    }

    /// One share of 2 of n: each value of it follows from each secret for one coefficient.
    void Check(uint32_t k, uint32_t n)
    {
        const SecretSharing sharing(k, n);
        for (uint32_t number = 0; number < n; ++number)
        {
            std::vector<uint32_t> counts(256 * 256, 0);
            for (uint32_t secret = 0; secret < 256; ++secret)
            {
                for (uint32_t coefficient = 0; coefficient < 256; ++coefficient)
                {
                    const auto shares =
                        sharing.Split({static_cast<uint8_t>(secret)}, [=](std::size_t) {
                            return Bytes{static_cast<uint8_t>(coefficient)};
                        });
                    ++counts[256 * secret + shares[number].bytes[0]];
                }
            }
            const bool even =
                std::all_of(counts.begin(), counts.end(), [](uint32_t c) { return c == 1; });
            NS_TEST_EXPECT_MSG_EQ(even, true, "share " << number + 1 << " of " << n);
        }
    }

    /// Two given shares of 3 of 4: for every secret there is one polynomial that has both.
    void CheckTwo()
    {
        const uint8_t first = 0x3c;
        const uint8_t second = 0xd1;
        const SecretSharing sharing(3, 4);
        std::vector<uint32_t> counts(256, 0);
        for (uint32_t secret = 0; secret < 256; ++secret)
        {
            for (uint32_t a = 0; a < 256; ++a)
            {
                // the second coefficient that share 1 asks for: secret + a + b = first
                const auto b = static_cast<uint8_t>(first ^ secret ^ a);
                Bytes coefficients{b, static_cast<uint8_t>(a)};
                const auto shares =
                    sharing.Split({static_cast<uint8_t>(secret)}, [&coefficients](std::size_t) {
                        const uint8_t next = coefficients.back();
                        coefficients.pop_back();
                        return Bytes{next};
                    });
                counts[secret] += shares[0].bytes[0] == first && shares[2].bytes[0] == second;
            }
        }
        const bool even =
            std::all_of(counts.begin(), counts.end(), [](uint32_t c) { return c == 1; });
        NS_TEST_EXPECT_MSG_EQ(even, true, "shares 1 and 3 of 4");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Shares that do not belong together.
 */
class SecretBadSharesTest : public TestCase
{
  public:
    SecretBadSharesTest()
        : TestCase("Shares that are wrong make no secret")
    {
    }

  private:
    void DoRun() override
    {
        for (const uint32_t k : {2, 3})
        {
            const SecretSharing sharing(k, 3);
            TestRandom random(k);
            const auto good =
                sharing.Split(random(16), [&random](std::size_t bytes) { return random(bytes); });
            auto twice = good;
            twice[1].number = 1;
            auto shorter = good;
            shorter[2].bytes.pop_back();
            auto none = good;
            none[0].number = 0;
            auto beyond = good;
            beyond[0].number = 4;
            NS_TEST_EXPECT_MSG_EQ(sharing.Combine(good).has_value(), true, "good");
            for (const auto& bad : {twice, shorter, none, beyond, std::vector<SecretShare>()})
            {
                NS_TEST_EXPECT_MSG_EQ(sharing.Combine(bad).has_value(), false, "bad");
            }
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Shares at the slave's KM.
 */
class ShareStoreTest : public TestCase
{
  public:
    ShareStoreTest()
        : TestCase("Shares wait for each other, make a key once, and are lost or over after that")
    {
    }

  private:
    /// A session with a class.
    static KeySession MakeSession(uint32_t id, ResilienceClass resilienceClass)
    {
        KeySession session;
        session.id = SessionId(id);
        session.policy.resilienceClass = resilienceClass;
        session.policy.shareCount = 3;
        session.policy.shareThreshold = 2;
        return session;
    }

    /// A share of a key of session 1.
    static KeyToRelay Share(uint64_t key, const SecretShare& share)
    {
        return KeyToRelay{KsaKeyId{SessionId(1), key},
                          share.number,
                          KeyMaterial::FromBytes(share.bytes)};
    }

    void DoRun() override
    {
        KsaShareStore store;
        store.AddSession(MakeSession(1, CLASS_SECRET_SHARING));
        store.AddSession(MakeSession(2, CLASS_MULTI_PATH));
        TestRandom random(3);
        const Bytes secret = random(32);
        const auto shares =
            SecretSharing(2, 3).Split(secret, [&random](std::size_t n) { return random(n); });
        CheckAccepted(store, shares);
        const Time later = Seconds(10);
        NS_TEST_EXPECT_MSG_EQ(store.Take(Share(1, shares[2]), later).has_value(), false, "first");
        NS_TEST_EXPECT_MSG_EQ(store.CountPartial(), 1, "it waits");
        NS_TEST_EXPECT_MSG_EQ(store.Accepts(Share(1, shares[2])), false, "a duplicate");
        NS_TEST_EXPECT_MSG_EQ(store.Accepts(Share(1, {1, {7}})), false, "another size");
        const auto key = store.Take(Share(1, shares[0]), later);
        NS_TEST_ASSERT_MSG_EQ(key.has_value(), true, "complete");
        NS_TEST_EXPECT_MSG_EQ((key->ToBytes() == secret), true, "the key");
        NS_TEST_EXPECT_MSG_EQ(store.Accepts(Share(1, shares[1])), true, "a late share");
        NS_TEST_EXPECT_MSG_EQ(store.Take(Share(1, shares[1]), later).has_value(), false, "no use");
        NS_TEST_EXPECT_MSG_EQ(store.CountPartial(), 0, "nothing waits");

        // void before any share came
        store.Close(KsaKeyId{SessionId(1), 2});
        NS_TEST_EXPECT_MSG_EQ(store.IsOver(KsaKeyId{SessionId(1), 2}), true, "void");
        NS_TEST_EXPECT_MSG_EQ(store.Accepts(Share(2, shares[0])), true, "taken");
        store.Take(Share(2, shares[0]), later);
        NS_TEST_EXPECT_MSG_EQ(store.CountPartial(), 0, "and thrown away");

        // lost in a crash, then voided by the master's KM
        store.Take(Share(3, shares[0]), later);
        store.LoseAll();
        NS_TEST_EXPECT_MSG_EQ(store.Accepts(Share(3, shares[1])), false, "its key is lost");
        store.Close(KsaKeyId{SessionId(1), 3});
        NS_TEST_EXPECT_MSG_EQ(store.Accepts(Share(3, shares[1])), true, "its key is void");

        // others do not come
        store.Take(Share(4, shares[0]), Seconds(2));
        store.Take(Share(5, shares[0]), Seconds(1));
        Simulator::Stop(Seconds(3));
        Simulator::Run();
        NS_TEST_EXPECT_MSG_EQ(store.CountPartial(), 0, "they are too old");
        NS_TEST_EXPECT_MSG_EQ(store.Accepts(Share(4, shares[1])), false, "and lost");
        NS_TEST_EXPECT_MSG_EQ(store.Accepts(Share(5, shares[1])), false, "both");
        Simulator::Destroy();
    }

    /// What may come in which session.
    void CheckAccepted(const KsaShareStore& store, const std::vector<SecretShare>& shares)
    {
        NS_TEST_EXPECT_MSG_EQ(store.Accepts(Share(1, shares[0])), true, "a share");
        NS_TEST_EXPECT_MSG_EQ(store.Accepts(Share(1, {0, shares[0].bytes})), false, "a whole key");
        NS_TEST_EXPECT_MSG_EQ(store.Accepts(Share(1, {4, shares[0].bytes})), false, "no such one");
        for (const uint32_t session : {2, 3})
        {
            KeyToRelay key = Share(1, shares[0]);
            key.id.session = SessionId(session);
            NS_TEST_EXPECT_MSG_EQ(store.Accepts(key), false, "no share in session " << session);
            key.share = 0;
            NS_TEST_EXPECT_MSG_EQ(store.Accepts(key), true, "a whole key in " << session);
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of secret sharing.
 */
class QkdnSecretSharingTestSuite : public TestSuite
{
  public:
    QkdnSecretSharingTestSuite()
        : TestSuite("qkdn-secret-sharing", Type::UNIT)
    {
        AddTestCase(new Gf256Test);
        AddTestCase(new SecretSubsetsTest);
        AddTestCase(new SecretSecrecyTest);
        AddTestCase(new SecretBadSharesTest);
        AddTestCase(new ShareStoreTest);
    }
};

static QkdnSecretSharingTestSuite g_qkdnSecretSharingTestSuite; //!< registers the suite
