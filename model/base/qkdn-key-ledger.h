/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KEY_LEDGER_H
#define QKDN_KEY_LEDGER_H

#include <array>
#include <cstdint>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What a bit of KMA-key is, or what it was spent on.
 *
 * IN_FLIGHT and ONE_SIDED exist only where both ends of a link are seen together.
 */
enum KeyUse
{
    KEY_STORED,           //!< held, not yet spent
    KEY_IN_FLIGHT,        //!< stored at the first end, not yet at the second
    KEY_RELAY_WORKING,    //!< spent on a key relay over a working route
    KEY_RELAY_PROTECTION, //!< spent on a key relay over a protection route
    KEY_RELAY_EXTRA,      //!< spent on a key relay of extra traffic
    KEY_DIRECT_SUPPLY,    //!< became a KSA-key between neighbours
    KEY_AUTHENTICATION,   //!< spent on authentication tags
    KEY_WASTED,           //!< spent on something that failed or was voided
    KEY_EXPIRED,          //!< older than the key age allows
    KEY_DESTROYED,        //!< deleted unused: crash, agreement after a partition, full pool
    KEY_ONE_SIDED,        //!< held at one end only, until the peers have agreed
    KEY_USE_COUNT         //!< number of the values above
};

/**
 * @ingroup qkdn-resilience
 * @brief The name of a use as it appears in results.
 * @param use the use
 * @return for example "direct_supply"
 */
std::string KeyUseName(KeyUse use);

/**
 * @ingroup qkdn-resilience
 * @brief A book of key bits: what came in equals the sum of what it became.
 */
class KeyLedger
{
  public:
    /**
     * @brief Bits that were there from the beginning.
     * @param bits number of bits
     */
    void AddInitial(uint64_t bits);

    /**
     * @brief Bits that were generated.
     * @param bits number of bits
     * @param as what they are at first
     */
    void AddGenerated(uint64_t bits, KeyUse as);

    /**
     * @brief Move bits from one use to another. Aborts if there are not so many.
     * @param from the old use
     * @param to the new use
     * @param bits number of bits
     */
    void Move(KeyUse from, KeyUse to, uint64_t bits);

    /**
     * @brief Bits in one use.
     * @param use the use
     * @return number of bits
     */
    uint64_t Get(KeyUse use) const;

    /**
     * @brief Bits that were there from the beginning.
     * @return number of bits
     */
    uint64_t GetInitial() const;

    /**
     * @brief Bits that were generated.
     * @return number of bits
     */
    uint64_t GetGenerated() const;

    /**
     * @brief Whether initial + generated equals the sum over all uses.
     * @return true if the book balances
     */
    bool Balances() const;

    /**
     * @brief Add the figures of another book.
     * @param other the other book
     */
    void Add(const KeyLedger& other);

    /// @cond
    bool operator==(const KeyLedger& other) const
    {
        return m_initial == other.m_initial && m_generated == other.m_generated &&
               m_bits == other.m_bits;
    }

    /// @endcond

  private:
    uint64_t m_initial{0};                        //!< initial bits
    uint64_t m_generated{0};                      //!< generated bits
    std::array<uint64_t, KEY_USE_COUNT> m_bits{}; //!< bits by use
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KEY_LEDGER_H */
