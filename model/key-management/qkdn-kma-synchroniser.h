/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KMA_SYNCHRONISER_H
#define QKDN_KMA_SYNCHRONISER_H

#include "qkdn-demand-meter.h"
#include "qkdn-kma-pool.h"
#include "qkdn-kx-channel.h"
#include "qkdn-kx-messages.h"

#include "ns3/callback.h"
#include "ns3/event-id.h"
#include "ns3/object.h"

#include <deque>
#include <map>
#include <optional>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Keeps the two ends of a KMA pool alike, by messages on Kx.
 *
 * - Each end tells the other which QKD-keys it stored; a key is usable when both have it. Where
 *   keys come faster than one in AnnounceDelay and nobody waits for them, they are told together:
 *   by the end with the lower KmId once in that time, by the other one with its answer. Keys are
 *   told at once if the pool is not ready, holds less than what both ends want in twice that time,
 *   or less than what is kept back, and if their link had a pause: they may end an outage.
 * - The end with the lower KmId divides each new key into the shares that the two ends may
 *   allocate, in proportion to their demand; an end whose share is used up asks for bits of the
 *   other's.
 * - After a restart or a partition both ends tell all that they hold, before any of it is used,
 *   and keep what both hold.
 *
 * These messages carry no secret and are not authenticated with key: a forged one can make the
 * ends throw key away, but not use a key that the other does not have.
 */
class KmaSynchroniser : public Object
{
  public:
    /// Told when both ends have agreed, with the KSA-keys that the peer holds as slave.
    using AgreedCallback = Callback<void, KmId, const std::vector<KsaKeyId>&>;

    /// Told when this end may use more of the pool than before, with the neighbour.
    using GainedCallback = Callback<void, KmId>;

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @brief Set what it works on.
     * @param self this KM
     * @param peer the neighbour
     * @param pool this end of the pool
     * @param channel sends messages
     */
    void Configure(KmId self, KmId peer, Ptr<KmaPool> pool, KxChannel* channel);

    /**
     * @brief Say who is told when the ends have agreed.
     * @param callback called after each connection
     */
    void SetAgreedCallback(AgreedCallback callback);

    /**
     * @brief Say who is told when this end may use more of the pool, but for agreement.
     * @param callback called after each key that both ends have, and after a grant of share
     */
    void SetGainedCallback(GainedCallback callback);

    /**
     * @brief The neighbour can be reached: begin to agree.
     * @param heldKsaKeys KSA-keys of the neighbour's sessions held here for slave applications
     */
    void PeerUp(const std::vector<KsaKeyId>& heldKsaKeys);

    /// The neighbour cannot be reached: nothing of the pool may be used.
    void PeerDown();

    /**
     * @brief Set the memory of the demand.
     * @param timeConstant time after which a demand counts 1/e
     */
    void SetDemandTimeConstant(Time timeConstant);

    /**
     * @brief Whether the ends have agreed and the pool may be used.
     * @return true if so
     */
    bool IsAgreed() const;

    /**
     * @brief Take a QKD-key of a module into the pool.
     * @param key the key
     */
    void AcceptQkdKey(const QkdKey& key);

    /**
     * @brief A message of the neighbour.
     * @param type message type, KX_KEY_STORED to KX_AGREEMENT
     * @param body message
     * @return false if it is malformed or out of place; nothing has changed then
     */
    bool Receive(uint16_t type, Ptr<Packet> body);

    /**
     * @brief Note demand for key of the pool at this end.
     * @param bits number of bits
     */
    void NoteDemand(uint64_t bits);

    /**
     * @brief Demand for key of the pool at both ends, the other one's as it told last.
     * @return bit/s
     */
    double GetTotalDemandBps() const;

    /**
     * @brief Ask for bits of the neighbour's share, unless an answer is still awaited.
     * @param bits number of bits
     */
    void RequestShare(uint64_t bits);

  protected:
    void DoDispose() override;

  private:
    /**
     * @brief Whether keys are to be told at once.
     * @return true if somebody may wait for them
     */
    bool IsScarce() const;

    /**
     * @brief Note that a key has come.
     * @param link its QKD link
     * @return whether it comes after a pause, by the keys before it
     */
    bool NoteArrival(LinkId link);

    /// Tell the neighbour of keys that are to be told, now or later.
    void Gather();

    /// Tell the neighbour of all keys that are to be told.
    void Announce();

    /// A time for which the neighbour should have told of keys is over.
    void CheckTimeouts();

    /// Have CheckTimeouts() called when the next time is over.
    void ScheduleTimeout();

    /**
     * @brief Confirm a key that both ends have told of.
     * @param key the key
     */
    void TryConfirm(const KeyId& key);

    /// This end may use more of the pool.
    void Gained();

    /**
     * @brief Neither tell of a key nor wait for it any more.
     * @param key the key
     */
    void Forget(const KeyId& key);

    /**
     * @brief Destroy a key and tell the neighbour.
     * @param key the key
     */
    void Refuse(const KeyId& key);

    /// @cond
    bool HandleStored(const KxKeyStored& message);
    bool HandleRefused(const KxKeyRefused& message);
    bool HandleShareRequest(const KxShareRequest& message);
    bool HandleShareGrant(const KxShareGrant& message);
    bool HandleAgreement(const KxAgreement& message);
    /// @endcond

    /**
     * @brief Demand at this end, as messages carry it.
     * @return bit/s
     */
    uint32_t GetDemandBps() const;

    /**
     * @brief Share of the lower end in new keys, by demand.
     * @param bits bits of a key
     * @return bits that the lower end may allocate
     */
    uint32_t DivideByDemand(uint32_t bits) const;

    /// What was told of a key.
    struct Told
    {
        uint32_t bits{0};    //!< its bits
        uint32_t lowBits{0}; //!< share of the lower end, if the lower end told
    };

    /// When keys of a QKD link come.
    struct Arrivals
    {
        Time last;     //!< when the last one came
        Time interval; //!< time from the one before it, 0 if there was none or after a pause
    };

    /// A key that the neighbour should tell of.
    struct Awaited
    {
        Time until; //!< when it is late
        KeyId key;  //!< the key
    };

    Time m_confirmTimeout;           //!< attribute ConfirmTimeout
    Time m_announceDelay;            //!< attribute AnnounceDelay
    KmId m_self;                     //!< this KM
    KmId m_peer;                     //!< the neighbour
    Ptr<KmaPool> m_pool;             //!< this end of the pool
    KxChannel* m_channel{nullptr};   //!< sends messages
    AgreedCallback m_agreedCallback; //!< told of agreement
    GainedCallback m_gainedCallback; //!< told of more key to use
    bool m_up{false};                //!< the neighbour can be reached
    bool m_agreed{false};            //!< the pool may be used
    DemandMeter m_demand;            //!< demand at this end
    uint32_t m_peerDemandBps{0};     //!< demand at the other end, as it told
    std::map<KeyId, Told> m_told;    //!< told to the neighbour, not confirmed
    std::map<KeyId, Told> m_heard;   //!< told by the neighbour, not confirmed
    std::deque<Awaited> m_awaited;   //!< in order of time, also keys that were told of since
    EventId m_timeout;               //!< of the first of them
    std::map<KeyId, uint32_t> m_unannounced; //!< stored, and not told to the neighbour yet
    uint64_t m_unannouncedBits{0};           //!< their bits
    EventId m_announcement;                  //!< when they are told at the latest
    std::optional<Time> m_announced;         //!< when keys were told last, in this connection
    std::map<LinkId, Arrivals> m_arrivals;   //!< of the keys of QKD links
    uint32_t m_lastRequest{0};               //!< last share request
    bool m_requestOpen{false};               //!< its answer is awaited
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KMA_SYNCHRONISER_H */
