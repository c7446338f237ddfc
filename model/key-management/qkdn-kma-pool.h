/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KMA_POOL_H
#define QKDN_KMA_POOL_H

#include "qkdn-kma-flow.h"
#include "qkdn-kma-key.h"
#include "qkdn-kma-pool-state.h"

#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/qkdn-ids.h"
#include "ns3/qkdn-key-bit-map.h"
#include "ns3/qkdn-key-ledger.h"
#include "ns3/qkdn-key-material.h"
#include "ns3/qkdn-number-set.h"
#include "ns3/qkdn-qkd-key.h"
#include "ns3/traced-callback.h"

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief One end's pool of KMA-key that is shared with one neighbouring key manager.
 *
 * The pool holds QKD-keys of one or more QKD links between the two. It sends no message: who
 * keeps the two ends in step calls it. Each free bit of a confirmed key belongs to the share of
 * one end, which alone may allocate it (Take()) and then names it to the other (TakeNamed()),
 * so that both never pick the same bits. A bit leaves the pool once and never returns.
 *
 * **Expiry.** A key is KeyLifetime old at the same instant at both ends, because the stamp
 * QkdKey::generated came with it. At that instant the own share expires, and nothing of it is
 * named to the peer any more. The peer's share, and keys that are not confirmed, live
 * ExpiryGrace longer, so that bits which the peer allocated just before are still there when the
 * message that names them arrives; ExpiryGrace has to exceed the delay of such messages. Bits
 * that are spent, and a grant on its way (peer's share at both ends), do not expire early.
 *
 * **Memory.** A block costs some 500 bytes plus 8 for each run of bits of one fate. Bits that
 * were spent on relaying or direct supply stay rebookable until Settle(); a block all of whose
 * bits are final is forgotten but for its number, which is never accepted again.
 *
 * **Agreement** after a restart or a partition: each end sends Snapshot() to the other and
 * calls Reconcile() with what it received. From its snapshot on, an end uses no bit of the
 * blocks it listed, so that a message from before the agreement finds nothing to take. The
 * caller pairs the snapshots, and drops messages of before the agreement which arrive after it.
 *
 * Trace sinks must not change the pool. Attributes are set before the first key.
 */
class KmaPool : public Object
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    KmaPool();
    ~KmaPool() override;

    /**
     * @brief Say whose pool this is. The end with the lower number is the low end.
     * @param self the key manager that holds the pool
     * @param peer the neighbouring key manager
     */
    void Configure(KmId self, KmId peer);

    /**
     * @brief Use the pool in flow mode: levels are those of an amount that both ends share, half of
     * it is each end's share, and no key goes in or out.
     * @param flow the amount; outlives the pool
     */
    void SetFlow(KmaFlow* flow);

    /// The amount of flow mode has changed in another way than before: trace level and state.
    void FlowChanged();

    /**
     * @brief The amount of flow mode.
     * @return null in key mode
     */
    const KmaFlow* GetFlow() const;

    /**
     * @brief The key manager that holds the pool.
     * @return its number
     */
    KmId GetSelf() const;

    /**
     * @brief The neighbouring key manager.
     * @return its number
     */
    KmId GetPeer() const;

    /**
     * @brief Whether this is the end with the lower number.
     * @return true for the low end
     */
    bool IsLowEnd() const;

    /**
     * @brief Do everything that time alone does: expiry. Every call that changes the pool does
     * this first, and an event of its own does it when a key comes of age.
     * @param now the time up to which, not before that of the last call
     */
    void Advance(Time now);

    /**
     * @brief Put in a key that both ends have from the beginning.
     * @param key the key
     * @param lowBits the first bits, which are the low end's share; the others are the high end's
     * @return false if it was refused, see Add(), or is shorter than lowBits
     */
    bool AddInitial(const QkdKey& key, uint32_t lowBits);

    /**
     * @brief Put in a key that a QKD module delivered; it can be used after Confirm().
     * @param key the key
     * @return false if it was refused: it would exceed the capacity, is or was here before, was
     * refused before (the other end may have been told), or has no bits
     */
    bool Add(const QkdKey& key);

    /**
     * @brief Both ends hold a key: divide it and let it be used. One end (always the same, so
     * that two proposals never cross) says how it is divided.
     * @param key the key
     * @param lowBits the first bits, which are the low end's share; the others are the high end's
     * @return false if it is not here unconfirmed, is under agreement, or is shorter
     */
    bool Confirm(KeyId key, uint32_t lowBits);

    /**
     * @brief Delete the free bits of a key, for example one that the peer refused.
     * @param key the key
     * @param incident the failure behind it, or none
     * @return false if there was nothing to delete
     */
    bool Destroy(KeyId key, IncidentId incident = IncidentId());

    /**
     * @brief Destroy what is free of some bits of the peer's share: the peer has spent them on
     * something that this end cannot follow.
     * @param range the bits; others of them are left alone
     * @param incident the failure behind it, or none
     */
    void DestroyNamed(const KeyRange& range, IncidentId incident = IncidentId());

    /**
     * @brief Whether a QKD-key was here and has no free bit any more, or was refused.
     * @param key the QKD-key
     * @return true if so
     */
    bool IsClosed(KeyId key) const;

    /**
     * @brief Delete all free bits, as a crash with volatile pools does. The books stay.
     * @param incident the failure behind it, or none
     */
    void DestroyAll(IncidentId incident);

    /**
     * @brief Allocate bits of the own share, oldest key first.
     * @param bits how many
     * @param use what for: relay, direct supply, authentication, or wasted; aborts for others
     * @param incident the failure behind it, or none
     * @return exactly so many bits, or nothing, and then nothing was changed
     */
    std::optional<KmaKey> Take(uint32_t bits, KeyUse use, IncidentId incident = IncidentId());

    /**
     * @brief Take bits of the peer's share that the peer allocated and named in a message.
     * @param ranges the bits as named, also by a hostile peer
     * @param use what for, as the peer books it
     * @param incident the failure behind it, or none
     * @return the bits in the order named, or nothing, and then nothing was changed: some bit is
     * not here as the peer's share, is named twice, or is under agreement, or the use is none
     */
    std::optional<KeyMaterial> TakeNamed(const std::vector<KeyRange>& ranges,
                                         KeyUse use,
                                         IncidentId incident = IncidentId());

    /**
     * @brief Book spent bits otherwise, for example as wasted when their key is voided.
     * @param ranges the bits
     * @param from what all of them are booked as: relay or direct supply
     * @param to what they become: relay, direct supply, authentication or wasted
     * @param incident the failure behind it, or none
     * @return false, and nothing was changed, if they are not booked so or are settled
     */
    bool Rebook(const std::vector<KeyRange>& ranges,
                KeyUse from,
                KeyUse to,
                IncidentId incident = IncidentId());

    /**
     * @brief Spent bits will not be booked otherwise any more: their key was handed over, or
     * its relay is complete. What was never settled costs memory, nothing else.
     * @param ranges the bits
     * @return false, and nothing was changed, unless all are booked as relay or direct supply
     */
    bool Settle(const std::vector<KeyRange>& ranges);

    /**
     * @brief Give bits of the own share, newest key first, to the peer.
     * @param bits how many at most
     * @return the bits, to be named to the peer; fewer than asked if the share is smaller
     */
    std::vector<KeyRange> Grant(uint32_t bits);

    /**
     * @brief Take over bits that the peer granted.
     * @param ranges the bits as named, also by a hostile peer
     * @return false, and nothing was changed, if some bit is not here as the peer's share, is
     * named twice, or is under agreement
     */
    bool AcceptGrant(const std::vector<KeyRange>& ranges);

    /**
     * @brief Begin an agreement: list what is here and stop using it until Reconcile().
     * @return one entry for each key with free bits, in order of their ids
     */
    std::vector<HoldingEntry> Snapshot();

    /**
     * @brief End an agreement: keep of what the snapshot listed exactly what the peer's lists
     * too, and delete the rest.
     *
     * Both ends that do this with each other's snapshot hold mirror images. Bits that both take
     * for the other's share (a lost grant), or both for their own, go to the low end. A key that
     * one end had confirmed is divided as that end says; one that none had, in the middle. Keys
     * that arrived after the snapshot are not touched; if the peer had listed one of them it has
     * deleted it, and will refuse to confirm it.
     *
     * @param theirs the peer's snapshot, also a hostile one
     * @param incident the failure behind it, or none
     * @return what changed, or nothing if the list contradicts itself or names bits that do not
     * exist: then nothing was changed and the agreement is still open
     */
    std::optional<AgreementResult> Reconcile(const std::vector<HoldingEntry>& theirs,
                                             IncidentId incident = IncidentId());

    /**
     * @brief Most free bits.
     * @return attribute Capacity, bits
     */
    uint64_t GetCapacityBits() const;

    /**
     * @brief All free bits, also those that are not confirmed.
     * @return number of bits
     */
    uint64_t GetStoredBits() const;

    /**
     * @brief Which bits are free, confirmed or not: who reads the pool knows them.
     * @return the bits in order of their keys
     */
    std::vector<KeyRange> GetFreeRanges() const;

    /**
     * @brief Confirmed bits of the own share.
     * @return number of bits
     */
    uint64_t GetOwnBits() const;

    /**
     * @brief Confirmed bits of the peer's share.
     * @return number of bits
     */
    uint64_t GetPeerBits() const;

    /**
     * @brief Bits that the peer is not yet known to have.
     * @return number of bits
     */
    uint64_t GetUnconfirmedBits() const;

    /**
     * @brief Bits of both shares that may be spent on other things than authentication.
     * @return confirmed bits less the reserve
     */
    uint64_t GetSpendableBits() const;

    /**
     * @brief The largest number of bits that Take() would give now.
     * @param use what for
     * @return number of bits
     */
    uint64_t GetAvailableBits(KeyUse use) const;

    /**
     * @brief How well the pool can serve, by the thresholds of its attributes.
     * @return the state
     */
    KmaPoolState GetState() const;

    /**
     * @brief This end's book of all links.
     * @return the book
     */
    const KeyLedger& GetLedger() const;

    /**
     * @brief This end's book of one QKD link.
     * @param link the link
     * @return the book, empty for a link without keys here
     */
    KeyLedger GetLedger(LinkId link) const;

    /**
     * @brief Number of blocks that are remembered bit by bit.
     * @return the number
     */
    std::size_t GetBlocks() const;

    /**
     * @brief Metadata of KMA-key (ITU-T Y.3803).
     * @param range bits
     * @return the metadata, nothing if the block is not remembered (never here, or all its bits are
     * final), the bits do not exist or are not all of one type
     */
    std::optional<KmaKeyMetadata> Describe(const KeyRange& range) const;

    /**
     * @brief Recount everything the slow way.
     * @return empty if books, levels and blocks agree, otherwise what does not
     */
    std::string CheckConsistency() const;

    /**
     * @brief Signature of KeyAdded.
     * @param holder the key manager that stores the key
     * @param peer the key manager it shares it with
     * @param key the key
     * @param initial whether it was there from the beginning
     */
    typedef void (*KeyAddedCallback)(KmId holder, KmId peer, const QkdKey& key, bool initial);

    /**
     * @brief Signature of KeyMoved.
     * @param holder the key manager that books
     * @param peer the key manager it shares the key with
     * @param range consecutive bits
     * @param from what they were
     * @param to what they are now
     * @param incident the failure behind it, or none
     */
    typedef void (*KeyMovedCallback)(KmId holder,
                                     KmId peer,
                                     KeyRange range,
                                     KeyUse from,
                                     KeyUse to,
                                     IncidentId incident);

    /**
     * @brief Signature of KeySettled.
     * @param holder the key manager that books
     * @param peer the key manager it shares the key with
     * @param range consecutive bits
     */
    typedef void (*KeySettledCallback)(KmId holder, KmId peer, KeyRange range);

    /**
     * @brief Signature of KeyConfirmed.
     * @param holder the key manager
     * @param peer the key manager it shares the key with
     * @param key the key
     * @param lowBits number of bits that belong to the low end
     */
    typedef void (*KeyConfirmedCallback)(KmId holder, KmId peer, KeyId key, uint32_t lowBits);

    /**
     * @brief Signature of KeyRefused.
     * @param holder the key manager
     * @param peer the key manager it would share the key with
     * @param key the key that was not stored
     */
    typedef void (*KeyRefusedCallback)(KmId holder, KmId peer, const QkdKey& key);

    /**
     * @brief Signature of Level.
     * @param holder the key manager
     * @param peer the key manager it shares the pool with
     * @param storedBits all free bits
     */
    typedef void (*LevelCallback)(KmId holder, KmId peer, uint64_t storedBits);

    /**
     * @brief Signature of State.
     * @param holder the key manager
     * @param peer the key manager it shares the pool with
     * @param from state before
     * @param to state now
     */
    typedef void (*StateCallback)(KmId holder, KmId peer, KmaPoolState from, KmaPoolState to);

  protected:
    void DoDispose() override;

  private:
    /// What a bit is; values below KEY_USE_COUNT are uses that can still be booked otherwise.
    enum Label : uint16_t
    {
        OWN = KEY_USE_COUNT, //!< free, own share
        PEER,                //!< free, peer's share
        UNCONFIRMED,         //!< free, not yet at both ends
        FINAL,               //!< spent for good; only the books know on what
        LABEL_COUNT          //!< number of the values above
    };

    /// A QKD-key.
    struct Block
    {
        /**
         * @brief Constructor
         * @param qkdKey the key
         */
        explicit Block(const QkdKey& qkdKey);

        QkdKey key;                                 //!< the key
        Time received;                              //!< when it was stored
        KeyBitMap labels;                           //!< a Label for each bit
        std::array<uint32_t, LABEL_COUNT> counts{}; //!< bits by label
        uint32_t ownFrom{0};                        //!< no own bit lies below this
        bool frozen{false};                         //!< under agreement
        bool allocatable{false};                    //!< in m_allocatable
        std::optional<Time> due;                    //!< its entry in m_due
    };

    using Blocks = std::map<KeyId, Block>;   //!< by id
    using AgeIndex = std::pair<Time, KeyId>; //!< time, then id: a total order

    /**
     * @brief Store a key.
     * @param key the key
     * @param initial whether it was there from the beginning
     * @return the block, or null if it was refused
     */
    Block* Store(const QkdKey& key, bool initial);

    /**
     * @brief Give the first bits of an unconfirmed block to the low end, the rest to the high.
     * @param block the block
     * @param lowBits number of bits
     */
    void Divide(Block& block, uint32_t lowBits);

    /**
     * @brief Change the label of bits and count them; the books are not touched.
     * @param block the block
     * @param span bits that all have the old label
     * @param from old label
     * @param to new label
     */
    void Relabel(Block& block, BitSpan span, uint16_t from, uint16_t to);

    /**
     * @brief Change what bits are booked as.
     * @param block the block
     * @param span bits that all have the old label
     * @param from old label
     * @param to new use
     * @param incident the failure behind it, or none
     */
    void Book(Block& block, BitSpan span, uint16_t from, KeyUse to, IncidentId incident);

    /**
     * @brief Book all bits of one label.
     * @param block the block
     * @param from the label
     * @param to new use
     * @param incident the failure behind it, or none
     */
    void BookAll(Block& block, uint16_t from, KeyUse to, IncidentId incident);

    /**
     * @brief Delete all free bits of a block; it may be gone afterwards.
     * @param block the block
     * @param incident the failure behind it, or none
     * @return number of bits
     */
    uint64_t DestroyFree(Block& block, IncidentId incident);

    /**
     * @brief Bring the indexes in line with a block that changed, and forget it if all its
     * bits are final.
     * @param block the block; it may be gone afterwards
     */
    void Refresh(Block& block);

    /// Have Advance() called when the next block is due.
    void ScheduleExpiry();

    /// Trace level and state if they have changed.
    void ReportLevel();

    /**
     * @brief Whether there are ranges and no bit is in two of them.
     * @param ranges any ranges; whether they exist is not looked at
     * @return true if so
     */
    static bool AreDisjoint(std::vector<KeyRange> ranges);

    /**
     * @brief Whether all bits of some ranges have a label, none twice, in blocks whose free bits
     * are not under agreement.
     * @param ranges any ranges
     * @param label the label
     * @return false also for no ranges
     */
    bool AreAll(const std::vector<KeyRange>& ranges, uint16_t label) const;

    /**
     * @brief The peer's claim to the bits of a block, if it makes sense.
     * @param block the block
     * @param entry what the peer says
     * @return OWN or PEER as the peer sees it, UNCONFIRMED, or FINAL for what it does not hold
     */
    static std::optional<KeyBitMap> ReadClaim(const Block& block, const HoldingEntry& entry);

    /**
     * @brief Keep of a block what the peer claims too.
     * @param block the block; it may be gone afterwards
     * @param claim what the peer claims
     * @param incident the failure behind it, or none
     * @param [in,out] result what has changed
     */
    void Agree(Block& block, const KeyBitMap& claim, IncidentId incident, AgreementResult& result);

    KmId m_self;           //!< the holder
    KmId m_peer;           //!< the neighbour
    uint64_t m_capacity;   //!< bits
    uint64_t m_reserve;    //!< bits
    uint64_t m_low;        //!< bits, 0 for none
    uint64_t m_high;       //!< bits
    Time m_keyLifetime;    //!< 0 for ever
    Time m_expiryGrace;    //!< how much longer the peer's share lives
    EventId m_expiryEvent; //!< for the first of m_due

    Blocks m_blocks;                              //!< all that are remembered bit by bit
    std::map<LinkId, NumberSet> m_known;          //!< every block that ever was here
    std::set<AgeIndex> m_allocatable;             //!< blocks that Take() and Grant() may use
    std::set<AgeIndex> m_due;                     //!< when blocks expire next
    std::array<uint64_t, LABEL_COUNT> m_counts{}; //!< bits by label
    uint64_t m_frozenOwn{0};                      //!< own bits that are under agreement
    KeyLedger m_ledger;                           //!< the book
    std::map<LinkId, KeyLedger> m_ledgers;        //!< the books by link
    uint64_t m_tracedLevel{0};                    //!< what Level said last
    KmaPoolStateMachine m_state;                  //!< what State says
    KmaFlow* m_flow{nullptr};                     //!< amount of flow mode, null in key mode

    TracedCallback<KmId, KmId, const QkdKey&, bool> m_keyAdded;                  //!< stored
    TracedCallback<KmId, KmId, KeyRange, KeyUse, KeyUse, IncidentId> m_keyMoved; //!< booked
    TracedCallback<KmId, KmId, KeyRange> m_keySettled;                           //!< final
    TracedCallback<KmId, KmId, KeyId, uint32_t> m_keyConfirmed;                  //!< usable
    TracedCallback<KmId, KmId, const QkdKey&> m_keyRefused;                      //!< refused
    TracedCallback<KmId, KmId, uint64_t> m_level;                                //!< level
    TracedCallback<KmId, KmId, KmaPoolState, KmaPoolState> m_stateTrace;         //!< state
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KMA_POOL_H */
