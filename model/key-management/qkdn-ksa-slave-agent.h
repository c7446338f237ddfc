/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KSA_SLAVE_AGENT_H
#define QKDN_KSA_SLAVE_AGENT_H

#include "qkdn-given-out-keys.h"
#include "qkdn-key-copy-store.h"
#include "qkdn-key-relay-agent.h"
#include "qkdn-key-session.h"
#include "qkdn-key-supply-service.h"
#include "qkdn-km-neighbour.h"
#include "qkdn-ksa-share-store.h"
#include "qkdn-kx-authenticator.h"
#include "qkdn-kx-channel.h"
#include "qkdn-kx-messages.h"

#include "ns3/event-id.h"
#include "ns3/object.h"
#include "ns3/traced-callback.h"

#include <deque>
#include <map>
#include <set>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The KSA of a key manager towards slave applications: keeps the KSA-keys that other KMs
 * announced or relayed until the slave application asks for them by their IDs.
 *
 * A key that its master's KM supplies at once expires after KeyTtl. A key that waits in the
 * master's pool does so only after the key supply notification that names it.
 */
class KsaSlaveAgent : public Object
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
     * @param neighbours neighbouring KMs
     * @param authenticator tags
     */
    void Configure(KmId self,
                   KxChannel* channel,
                   const KmNeighbours* neighbours,
                   Ptr<KxAuthenticator> authenticator);

    /**
     * @brief Add a session whose slave application is here.
     * @param session the session
     */
    void AddSession(const KeySession& session);

    /**
     * @brief Get key with key IDs of ETSI GS QKD 014.
     * @param callerSae the slave application
     * @param masterSae the master application
     * @param keyIds UUIDs
     * @param handOver how the answer gets to the application
     * @return the keys, or what is wrong
     */
    KeyContainer GetKeyWithKeyIds(const std::string& callerSae,
                                  const std::string& masterSae,
                                  const std::vector<std::string>& keyIds,
                                  KeyHandOver handOver);

    /**
     * @brief An answer with keys is not sent any more.
     * @param keyIds UUIDs of keys that were given out by message
     */
    void GiveUp(const std::vector<std::string>& keyIds);

    /**
     * @brief Keys that were given to a key stream leave it.
     * @param keyIds their UUIDs
     * @param kind handed over, voided, expired or destroyed
     */
    void LeaveStream(const std::vector<std::string>& keyIds, KsaKeyEventKind kind);

    /**
     * @brief A key supply notification: take the named bits and answer.
     * @param peer the master's KM
     * @param body message
     * @return false if it is malformed or not authentic
     */
    bool HandleNotification(KmId peer, Ptr<Packet> body);

    /**
     * @brief Keys, or shares of keys, have come over a key relay route. A key that came in shares
     * is held from the share on that completes it; further shares of it are taken and thrown away.
     * @param route the route
     * @param keys the keys
     * @return whether they are held now, all or none
     */
    bool HoldRelayed(const KeyRoute& route, const std::vector<KeyToRelay>& keys);

    /**
     * @brief Keys were supplied to the master application.
     * @param keys the keys
     * @return for each whether the slave application has it or can have it
     */
    std::vector<KxNotifiedResult> NotifySupplied(const std::vector<KsaKeyId>& keys);

    /**
     * @brief Keys must not be supplied.
     * @param keys the keys, also such as are not held
     * @param incident the failure behind it, or none
     */
    void Void(const std::vector<KsaKeyId>& keys, IncidentId incident);

    /**
     * @brief Keys that must not be supplied.
     * @param peer the master's KM
     * @param body message
     * @return false if it is malformed
     */
    bool HandleVoid(KmId peer, Ptr<Packet> body);

    /**
     * @brief Age at which a key that nobody asks for expires.
     * @return attribute KeyTtl
     */
    Time GetKeyTtl() const;

    /**
     * @brief Keys of which there are shares, but too few.
     * @return their number
     */
    std::size_t CountPartialKeys() const;

    /**
     * @brief The keys held of sessions with a KM.
     * @param peer the master's KM
     * @return their ids in order
     */
    std::vector<KsaKeyId> GetHeld(KmId peer) const;

    /**
     * @brief All keys are lost.
     * @param incident the failure behind it
     */
    void DestroyAll(IncidentId incident);

    /**
     * @brief Bring what changes with time alone up to a time: keys that nobody asks for expire.
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
    /// A key that is held.
    struct HeldKey
    {
        std::string uuid;         //!< its id on Ak
        KmaKey key;               //!< bits; over one hop also where they come from
        Time expiry{Time::Max()}; //!< when it expires
        RouteId route;            //!< route that it was relayed over, or none
    };

    /**
     * @brief Whether an application may have a key.
     * @param callerSae the application
     * @param masterSae the master application that it names
     * @param keyId UUID of the key
     * @return status 200, or what is wrong
     */
    KeyContainer CheckKey(const std::string& callerSae,
                          const std::string& masterSae,
                          const std::string& keyId) const;

    /**
     * @brief Hand a key that is held to an application, and keep it for further ones.
     * @param id the key
     * @param callerSae the application
     * @param handOver how the answer gets there
     * @return its bits
     */
    KeyMaterial HandOver(KsaKeyId id, const std::string& callerSae, KeyHandOver handOver);

    /**
     * @brief Take the bits of one announced key.
     * @param peer the master's KM
     * @param notified the key
     * @return whether it is held now
     */
    bool Hold(KmId peer, const KxNotifiedKey& notified);

    /**
     * @brief Whether a key or share that was relayed may come.
     * @param route its route
     * @param key the key
     * @return true if so
     */
    bool MayHold(const KeyRoute& route, const KeyToRelay& key) const;

    /**
     * @brief Begin to hold a key that was relayed.
     * @param route its route
     * @param id the key
     * @param material its bits
     */
    void StoreRelayed(const KeyRoute& route, KsaKeyId id, const KeyMaterial& material);

    /**
     * @brief Begin to hold a key.
     * @param id the key
     * @param held the key
     */
    void Store(KsaKeyId id, HeldKey held);

    /**
     * @brief An event in the life of a key.
     * @param id the key
     * @param held the key
     * @param kind what happens
     * @param incident the failure behind it
     * @return the event
     */
    KsaKeyEvent Describe(KsaKeyId id,
                         const HeldKey& held,
                         KsaKeyEventKind kind,
                         IncidentId incident) const;

    /**
     * @brief Trace an event in the life of a key.
     * @param id the key
     * @param held the key
     * @param kind what happens
     * @param incident the failure behind it
     */
    void Trace(KsaKeyId id, const HeldKey& held, KsaKeyEventKind kind, IncidentId incident);

    /**
     * @brief Throw away bits that the other end has spent and that cannot be used here.
     * @param pool the pool
     * @param ranges the bits
     */
    static void Discard(Ptr<KmaPool> pool, const std::vector<KeyRange>& ranges);

    /**
     * @brief A held key leaves; its bits are spent.
     * @param id the key
     * @return the key
     */
    HeldKey Remove(KsaKeyId id);

    /**
     * @brief Forget a held key.
     * @param id the key
     * @param kind why
     * @param incident the failure behind it
     */
    void Release(KsaKeyId id, KsaKeyEventKind kind, IncidentId incident);

    /// Have Advance() called when the next key expires.
    void ScheduleExpiry();

    /// Keys expire.
    void Expire();

    Time m_keyTtl;                                 //!< attribute KeyTtl
    KmId m_self;                                   //!< this KM
    KxChannel* m_channel{nullptr};                 //!< sends messages
    const KmNeighbours* m_neighbours{nullptr};     //!< neighbouring KMs
    Ptr<KxAuthenticator> m_authenticator;          //!< tags
    std::map<SessionId, KeySession> m_sessions;    //!< sessions
    std::map<KsaKeyId, HeldKey> m_held;            //!< keys
    KsaShareStore m_shares;                        //!< shares of further keys
    KeyCopyStore m_copies;                         //!< keys for further applications
    std::map<std::string, KsaKeyId> m_byUuid;      //!< the same by UUID
    std::deque<KsaKeyId> m_byAge;                  //!< those that expire, oldest first, or gone
    GivenOutKeys m_givenOut;                       //!< keys in answers that are kept
    std::set<KsaKeyId> m_early;                    //!< handed over before their notification
    EventId m_expireEvent;                         //!< next expiry
    TracedCallback<const KsaKeyEvent&> m_keyTrace; //!< KeyEvent
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KSA_SLAVE_AGENT_H */
