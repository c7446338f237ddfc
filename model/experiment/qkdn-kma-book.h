/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KMA_BOOK_H
#define QKDN_KMA_BOOK_H

#include "ns3/qkdn-ids.h"
#include "ns3/qkdn-key-bit-map.h"
#include "ns3/qkdn-key-ledger.h"
#include "ns3/qkdn-key-material.h"
#include "ns3/qkdn-number-set.h"
#include "ns3/qkdn-qkd-key.h"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The book of KMA-key of both ends together: a bit that both hold is counted once.
 *
 * It sees what no node sees: the Notify functions are sinks for the traces of KmaPool at both
 * ends. What the two ends have booked of a bit decides what it counts as:
 *
 * | one end | other end | counts as |
 * |---|---|---|
 * | stored | stored | stored |
 * | stored | not yet there | in_flight |
 * | stored | refused, wasted or destroyed | one_sided |
 * | stored | expired | expired (the other end keeps it only for what was named in time) |
 * | use u | use u | u |
 * | use u | stored, or not yet there | u (the other end is about to follow) |
 * | use u | another use, refused, wasted, expired or destroyed | wasted |
 * | wasted | anything but stored | wasted |
 * | destroyed | destroyed, expired, refused or not yet there | destroyed |
 * | expired | expired, refused or not yet there | expired |
 *
 * Uses are the relay uses, direct supply and authentication. `generated` (or `initial`) counts
 * a key when the first end stores it.
 *
 * What must not happen becomes a violation: a bit spent twice at one end, or moved from what it
 * is not booked as; a key stored twice at one end, or with unequal material at the two; a bit
 * in use for one thing here and another there; a settled bit moved.
 *
 * A key is kept bit by bit until all its bits are final at both ends: booked as authentication,
 * wasted, expired or destroyed, or settled (KmaPool::Settle()).
 */
class KmaBook
{
  public:
    /**
     * @brief Sink for KmaPool's KeyAdded.
     * @param holder the key manager that stores the key
     * @param peer the key manager it shares it with
     * @param key the key
     * @param initial whether it was there from the beginning
     */
    void NotifyKeyAdded(KmId holder, KmId peer, const QkdKey& key, bool initial);

    /**
     * @brief Sink for KmaPool's KeyMoved.
     * @param holder the key manager that books
     * @param peer the key manager it shares the key with
     * @param range consecutive bits
     * @param from what they were
     * @param to what they are now
     * @param incident the failure behind it, or none
     */
    void NotifyKeyMoved(KmId holder,
                        KmId peer,
                        KeyRange range,
                        KeyUse from,
                        KeyUse to,
                        IncidentId incident);

    /**
     * @brief Sink for KmaPool's KeySettled.
     * @param holder the key manager that books
     * @param peer the key manager it shares the key with
     * @param range consecutive bits
     */
    void NotifyKeySettled(KmId holder, KmId peer, KeyRange range);

    /**
     * @brief Sink for KmaPool's KeyRefused.
     * @param holder the key manager
     * @param peer the key manager it would share the key with
     * @param key the key that was not stored
     */
    void NotifyKeyRefused(KmId holder, KmId peer, const QkdKey& key);

    /**
     * @brief The book of one QKD link.
     * @param link the link
     * @return the book, empty for a link without keys
     */
    KeyLedger GetLink(LinkId link) const;

    /**
     * @brief The book of all links.
     * @return the book
     */
    KeyLedger GetTotal() const;

    /**
     * @brief Whether the book of each link balances.
     * @return true if so
     */
    bool Balances() const;

    /**
     * @brief What happened that must not happen.
     * @return one text each, with time, link, key and bits
     */
    const std::vector<std::string>& GetViolations() const;

    /**
     * @brief Number of keys that are remembered bit by bit.
     * @return the number
     */
    std::size_t GetOpenKeys() const;

  private:
    /// A QKD-key; the label of a bit says what each end has booked (see the .cc file).
    struct Block
    {
        /**
         * @brief Constructor
         * @param bits number of bits
         * @param label what both ends have booked at first
         */
        Block(uint32_t bits, uint16_t label);

        KeyBitMap labels;     //!< both ends' state of each bit
        uint32_t open;        //!< bits that are not final at both ends
        bool counted{false};  //!< some end has stored it
        KeyMaterial material; //!< as the first end stored it, until the second does
    };

    using Blocks = std::map<KeyId, Block>; //!< by id

    /**
     * @brief Change the state of bits at one end, whatever they were.
     * @param id the key
     * @param block the key
     * @param low whether at the low end
     * @param span the bits
     * @param state the new state
     */
    void SetState(const KeyId& id, Block& block, bool low, BitSpan span, uint8_t state);

    /**
     * @brief Check a move of bits of one state at one end.
     * @param range the bits
     * @param mine their state at this end
     * @param theirs their state at the other end
     * @param from what they were to be
     * @param to what they become
     */
    void CheckMove(const KeyRange& range, uint8_t mine, uint8_t theirs, KeyUse from, KeyUse to);

    /**
     * @brief The key that bits belong to, or a violation.
     * @param range the bits
     * @param what what is done to them
     * @return the key, or the end of the map if it is not open or does not have the bits
     */
    Blocks::iterator FindOpen(const KeyRange& range, const std::string& what);

    /**
     * @brief Forget a key that is final.
     * @param it the key
     */
    void CloseIfFinal(Blocks::iterator it);

    /**
     * @brief Write down a violation.
     * @param range where
     * @param what what is wrong
     */
    void Violation(const KeyRange& range, const std::string& what);

    Blocks m_blocks;                       //!< keys with bits that are not final
    std::map<LinkId, NumberSet> m_closed;  //!< keys that are final
    std::map<LinkId, KeyLedger> m_ledgers; //!< the books
    std::vector<std::string> m_violations; //!< the violations
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KMA_BOOK_H */
