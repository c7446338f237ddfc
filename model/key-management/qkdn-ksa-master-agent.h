/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KSA_MASTER_AGENT_H
#define QKDN_KSA_MASTER_AGENT_H

#include "qkdn-key-session.h"
#include "qkdn-key-supply-service.h"
#include "qkdn-kma-synchroniser.h"

#include "ns3/event-id.h"
#include "ns3/object.h"
#include "ns3/traced-callback.h"

#include <deque>
#include <map>
#include <vector>

namespace ns3
{
namespace qkdn
{

/// How messages that spend key on Kx are authenticated.
enum KxAuthentication
{
    KX_ITS_PER_BATCH,   //!< one one-time tag per direction and batch of keys
    KX_ITS_PER_MESSAGE, //!< one one-time tag per direction and key
    KX_COMPUTATIONAL,   //!< a tag that costs no key
    KX_NONE             //!< no tag
};

/**
 * @ingroup qkdn-resilience
 * @brief The KSA of a key manager towards master applications: makes KSA-keys out of KMA-key and
 * supplies them once the other key manager holds them too.
 *
 * A key is announced to the slave's KM by a key supply notification (ITU-T Q.4163 8.3) and
 * supplied when its response (8.4) has come. If that fails the key is void: its bits are booked
 * as wasted and no application ever gets it. Over one hop the KMA-key itself is supplied.
 */
class KsaMasterAgent : public Object
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @brief Set where it works.
     * @param self this KM
     * @param channel sends messages
     */
    void Configure(KmId self, KxChannel* channel);

    /**
     * @brief Add a neighbouring KM.
     * @param peer the neighbour
     * @param pool this end of the pool shared with it
     * @param synchroniser keeps the pool's ends alike
     */
    void AddNeighbour(KmId peer, Ptr<KmaPool> pool, Ptr<KmaSynchroniser> synchroniser);

    /**
     * @brief Add a session whose master application is here.
     * @param session the session
     */
    void AddSession(const KeySession& session);

    /**
     * @brief Get status of ETSI GS QKD 014.
     * @param callerSae the master application
     * @param slaveSae the slave application
     * @return the state
     */
    KeySupplyState GetStatus(const std::string& callerSae, const std::string& slaveSae) const;

    /**
     * @brief Get key of ETSI GS QKD 014.
     * @param callerSae the master application
     * @param slaveSae the slave application
     * @param number number of keys
     * @param sizeBit key size, 0 for the default
     * @param answer called once, from an event
     */
    void GetKey(const std::string& callerSae,
                const std::string& slaveSae,
                uint32_t number,
                uint32_t sizeBit,
                KeySupplyService::KeyCallback answer);

    /**
     * @brief A neighbour cannot be reached: void what it has not confirmed.
     * @param peer the neighbour
     * @param incident the failure behind it
     */
    void PeerDown(KmId peer, IncidentId incident);

    /**
     * @brief The KM process ends: nothing is confirmed any more and all callers get 503.
     * @param incident the failure behind it
     * @param forget whether the record of supplied keys is lost
     */
    void Crash(IncidentId incident, bool forget);

    /**
     * @brief A response to a key supply notification.
     * @param peer the neighbour
     * @param body message
     * @return false if it is malformed or not authentic
     */
    bool HandleResponse(KmId peer, Ptr<Packet> body);

    /**
     * @brief Which of the keys that a slave's KM holds were not supplied here.
     * @param peer the slave's KM
     * @param held the keys it holds
     */
    void VoidUnknown(KmId peer, const std::vector<KsaKeyId>& held);

    /**
     * @brief Key bits that a one-time tag costs on Kx. Both KMs must be configured alike.
     * @return number of bits, 0 if tags cost no key
     */
    uint32_t GetOneTimeTagBits() const;

    /**
     * @brief Bring what changes with time alone up to a time.
     * @param now the time
     */
    void Advance(Time now);

    /**
     * @brief TracedCallback signature of events in the life of KSA-keys.
     * @param event the event
     */
    using KeyEventCallback = void (*)(const KsaKeyEvent& event);

  protected:
    void DoDispose() override;

  private:
    /// A neighbouring KM.
    struct Neighbour
    {
        Ptr<KmaPool> pool;                 //!< this end of the pool
        Ptr<KmaSynchroniser> synchroniser; //!< keeps it alike
    };

    /// A key that both KMs hold.
    struct ConfirmedKey
    {
        KsaKeyId id; //!< the key
        KmaKey key;  //!< ranges and bits
    };

    /// A request of an application.
    struct Request
    {
        KeySupplyService::KeyCallback answer; //!< whom to answer
        SessionId session;                    //!< its session
        uint32_t number{0};                   //!< keys asked for
        uint32_t sizeBit{0};                  //!< size of each
        std::vector<ConfirmedKey> ready;      //!< keys confirmed
    };

    /// A key that is announced and not confirmed.
    struct AnnouncedKey
    {
        uint64_t request{0}; //!< the request it is for
        uint64_t batch{0};   //!< the notification it went with
        KmaKey key;          //!< ranges and bits
    };

    /// A notification without response.
    struct Batch
    {
        KmId peer;                  //!< to whom
        std::vector<KsaKeyId> keys; //!< its keys
        KeyMaterial responseTag;    //!< tag that the response must carry
        EventId timeout;            //!< end of patience
    };

    /**
     * @brief The session of two applications.
     * @param callerSae the master
     * @param slaveSae the slave
     * @return the session, null if there is none
     */
    const KeySession* FindSession(const std::string& callerSae, const std::string& slaveSae) const;

    /**
     * @brief What is wrong with a request.
     * @param session its session
     * @param number number of keys
     * @param sizeBit size of each
     * @return status 200 if nothing is wrong
     */
    KeyContainer CheckRequest(const KeySession* session, uint32_t number, uint32_t sizeBit) const;

    /// Make keys for the requests that came in this instant and announce them.
    void ServeQueue();

    /**
     * @brief Make the keys of a request.
     * @param id number of the request
     * @param notification where they are announced
     * @return false if there are too few bits
     */
    bool MakeKeys(uint64_t id, KxSupplyNotification& notification);

    /**
     * @brief Bits that a notification spends on its tag and that of its response.
     * @return number of bits
     */
    uint32_t GetTagBits() const;

    /**
     * @brief Keys in one notification at most.
     * @return the number
     */
    uint32_t GetMaxBatch() const;

    /**
     * @brief Send a notification.
     * @param peer the slave's KM
     * @param notification its keys
     */
    void SendBatch(KmId peer, KxSupplyNotification& notification);

    /**
     * @brief A response did not come in time.
     * @param batch the notification
     */
    void BatchTimeout(uint64_t batch);

    /**
     * @brief Void a key that was announced.
     * @param key the key
     * @param incident the failure behind it
     */
    void Void(const KsaKeyId& key, IncidentId incident);

    /**
     * @brief A key is confirmed.
     * @param key the key
     */
    void Confirm(const KsaKeyId& key);

    /**
     * @brief Supply the keys of a request, all of which are confirmed.
     * @param id number of the request
     */
    void Supply(uint64_t id);

    /**
     * @brief Answer a request without keys; what was confirmed for it is void.
     * @param id number of the request; nothing happens if it was answered before
     * @param status outcome
     * @param message what is wrong
     * @param incident the failure behind it
     */
    void Refuse(uint64_t id,
                KeySupplyStatus status,
                const std::string& message,
                IncidentId incident);

    /**
     * @brief Void keys of one session that the slave's KM has confirmed, and tell it.
     * @param keys the keys
     * @param incident the failure behind it
     */
    void VoidConfirmed(const std::vector<ConfirmedKey>& keys, IncidentId incident);

    /**
     * @brief Book the bits of a void key as wasted.
     * @param id the key
     * @param key ranges and bits
     * @param incident the failure behind it
     */
    void BookVoid(const KsaKeyId& id, const KmaKey& key, IncidentId incident);

    /**
     * @brief Trace an event in the life of a key.
     * @param key the key
     * @param made ranges and bits
     * @param kind what happens
     * @param incident the failure behind it
     */
    void Trace(const KsaKeyId& key, const KmaKey& made, KsaKeyEventKind kind, IncidentId incident);

    KxAuthentication m_authentication{KX_ITS_PER_BATCH}; //!< attribute KxAuthentication
    uint32_t m_tagBits{0};                               //!< attribute TagBits
    uint32_t m_maxBatch{0};                              //!< attribute MaxBatch
    Time m_requestTimeout;                               //!< attribute RequestTimeout
    Time m_keyTtl;                                       //!< attribute KeyTtl
    uint32_t m_maxKeysPerRequest{0};                     //!< attribute MaxKeysPerRequest
    uint32_t m_maxKeySizeBit{0};                         //!< attribute MaxKeySize
    uint32_t m_minKeySizeBit{0};                         //!< attribute MinKeySize
    KmId m_self;                                         //!< this KM
    KxChannel* m_channel{nullptr};                       //!< sends messages
    std::map<KmId, Neighbour> m_neighbours;              //!< neighbouring KMs
    std::map<SessionId, KeySession> m_sessions;          //!< sessions
    std::map<SessionId, uint64_t> m_lastSequence;        //!< keys made so far
    std::map<uint64_t, Request> m_requests;              //!< requests without answer
    std::deque<uint64_t> m_queue;                        //!< requests of this instant
    EventId m_serveEvent;                                //!< serves them
    uint64_t m_lastRequest{0};                           //!< requests so far
    uint64_t m_lastBatch{0};                             //!< notifications so far
    std::map<KsaKeyId, AnnouncedKey> m_announced;        //!< keys without confirmation
    std::map<uint64_t, Batch> m_batches;                 //!< notifications without response
    std::map<KsaKeyId, Time> m_supplied;           //!< keys supplied, and when that is forgotten
    std::deque<KsaKeyId> m_suppliedByAge;          //!< the same, oldest first
    TracedCallback<const KsaKeyEvent&> m_keyTrace; //!< KeyEvent
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KSA_MASTER_AGENT_H */
