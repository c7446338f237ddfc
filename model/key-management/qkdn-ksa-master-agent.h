/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KSA_MASTER_AGENT_H
#define QKDN_KSA_MASTER_AGENT_H

#include "qkdn-given-out-keys.h"
#include "qkdn-key-session.h"
#include "qkdn-key-supply-service.h"
#include "qkdn-km-neighbour.h"
#include "qkdn-ksa-key-maker.h"

#include "ns3/callback.h"
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
 * @brief The KSA of a key manager towards master applications: keeps a pool of KSA-keys for each
 * session, has keys made over the session's route, and supplies them once the slave's KM has
 * them too.
 *
 * With SessionPolicy::poolHighKeys above 0 keys are made in advance: up to that number when fewer
 * than poolLowKeys are left. Without, and when the pool is empty or its keys have another size,
 * they are made on demand. A key that one of the two KMs does not have is void and is never
 * supplied. Requests that wait when the route fails are served over the next one.
 */
class KsaMasterAgent : public Object, public KsaKeyMakerUser
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /// Told whether keys that were asked for can be had: session, route in use, whether, incident.
    using SupplyCallback = Callback<void, SessionId, RouteId, bool, IncidentId>;

    /// Told of keys that were supplied out of the session's pool.
    using PoolSupplyCallback = Callback<void, const std::vector<KsaKeyId>&>;

    /**
     * @brief Set where it works.
     * @param self this KM
     * @param neighbours neighbouring KMs
     * @param direct makes keys over one hop
     * @param relay makes keys over more hops
     * @param several makes keys over several routes
     */
    void Configure(KmId self,
                   const KmNeighbours* neighbours,
                   KsaKeyMaker* direct,
                   KsaKeyMaker* relay,
                   KsaKeyMaker* several);

    /**
     * @brief Say who is told whether keys can be had.
     * @param callback called when it changes
     */
    void SetSupplyCallback(SupplyCallback callback);

    /**
     * @brief Say who is told of keys supplied out of pools.
     * @param callback called each time
     */
    void SetPoolSupplyCallback(PoolSupplyCallback callback);

    /**
     * @brief Add a session whose master application is here.
     * @param session the session; it has no route yet
     */
    void AddSession(const KeySession& session);

    /**
     * @brief Set the route over which keys of a session are made from now on.
     * @param session the session
     * @param route the route, without KMs for none
     */
    void UseRoute(SessionId session, const KeyRoute& route);

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
     * @param asked what is asked for
     * @param handOver how the answer gets to the application
     * @param answer called once, from an event
     */
    void GetKey(const std::string& callerSae,
                const std::string& slaveSae,
                const KeySupplyRequest& asked,
                KeyHandOver handOver,
                KeySupplyService::KeyCallback answer);

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
     * @brief A key that was given to a key stream.
     * @param keyId its UUID
     * @return the key, its route and hops; null if it has left
     */
    const KsaKeyEvent* FindInStream(const std::string& keyId) const;

    /**
     * @brief The route over which keys of a session are made.
     * @param session the session
     * @return the route, without KMs for none
     */
    const KeyRoute& GetRoute(SessionId session) const;

    /// The KM process ends: nothing is served any more, and nothing is told of what fails now.
    void Halt();

    /**
     * @brief After Halt(): all callers get 503. Keys not confirmed were voided before.
     * @param incident the failure behind it
     * @param forget whether pools and the record of supplied keys are lost
     */
    void Crash(IncidentId incident, bool forget);

    /// The KM process runs again: pools fill.
    void Restart();

    /**
     * @brief Compare with what the KM of a slave holds after a partition.
     * @param peer the slave's KM
     * @param held the keys it holds of sessions with this KM
     * @return keys that it must not supply
     */
    std::vector<KsaKeyId> Compare(KmId peer, const std::vector<KsaKeyId>& held);

    /**
     * @brief The slave's KM does not have keys of a session that were supplied: what is in the
     * pool may be lost there too and is void.
     * @param session the session
     */
    void VoidPool(SessionId session);

    /**
     * @brief Keys are void, which the slave's KM may not know: it is told over the route that the
     * session uses next.
     * @param session their session
     * @param keys the keys
     */
    void VoidOverNextRoute(SessionId session, const std::vector<KsaKeyId>& keys);

    /**
     * @brief Age at which a key that nobody asks for expires.
     * @return attribute KeyTtl
     */
    Time GetKeyTtl() const;

    /**
     * @brief Keys in the pool of a session.
     * @param session the session
     * @return their number
     */
    std::size_t GetPooledKeys(SessionId session) const;

    /**
     * @brief Time for which the pool of a session serves its demand.
     * @param session the session
     * @return the time, zero without demand or pool
     */
    Time GetPoolHoldOver(SessionId session) const;

    /**
     * @brief Bring what changes with time alone up to a time.
     * @param now the time
     */
    void Advance(Time now);

    // from KsaKeyMakerUser
    void KeyCreated(const MadeKsaKey& key) override;
    void KeyConfirmed(const MadeKsaKey& key) override;
    void KeyFailed(const MadeKsaKey& key, KxFailure failure, IncidentId incident) override;

    /**
     * @brief TracedCallback signature of a route, or of several, over which keys of a session are
     * made from now on.
     * @param session the session
     * @param route the route, or the first one; none for none
     */
    using RouteUseCallback = void (*)(SessionId session, RouteId route);

    /**
     * @brief TracedCallback signature of events in the life of KSA-keys.
     * @param event the event
     */
    using KeyEventCallback = void (*)(const KsaKeyEvent& event);

  protected:
    void DoDispose() override;

  private:
    /// A session and the keys made for it in advance.
    struct Session
    {
        KeySession description;         //!< the session
        KeyRoute route;                 //!< route in use, without KMs for none
        uint64_t lastSequence{0};       //!< keys made so far
        std::deque<MadeKsaKey> ready;   //!< keys that both KMs have, oldest first
        uint32_t making{0};             //!< keys for the pool that are being made
        bool filling{false};            //!< the pool is being filled
        bool probing{false};            //!< the last key for the pool failed: one at a time
        bool interrupted{false};        //!< keys that were asked for cannot be had
        std::vector<KsaKeyId> unvoided; //!< void keys that the slave's KM may hold
    };

    /// A request of an application.
    struct Request
    {
        KeySupplyService::KeyCallback answer; //!< whom to answer
        SessionId session;                    //!< its session
        uint32_t number{0};                   //!< keys asked for
        uint32_t sizeBit{0};                  //!< size of each
        KeyHandOver handOver{HAND_OVER_CALL}; //!< how the answer gets there
        std::vector<MadeKsaKey> ready;        //!< keys that it will get
        std::vector<KsaKeyId> pooled;         //!< those of them that were in the pool
        uint32_t making{0};                   //!< keys that are being made for it
    };

    /// @cond
    std::vector<const Session*> FindSessions(const std::string& callerSae,
                                             const std::string& slaveSae) const;
    static const Session* ChooseSession(const std::vector<const Session*>& sessions,
                                        const std::vector<std::string>& additionalSlaveSaes);
    KeyContainer CheckRequest(const Session* session, const KeySupplyRequest& request) const;
    /// @endcond

    /**
     * @brief What makes the keys of a session.
     * @param session the session, which has a route
     * @return the maker
     */
    KsaKeyMaker& MakerFor(const Session& session) const;

    /// Serve the requests of this instant and fill pools.
    void ServeQueue();

    /// Have ServeQueue() called in this instant.
    void ScheduleServe();

    /**
     * @brief Serve a request out of the pool, or have keys made for it.
     * @param id number of the request
     */
    void Serve(uint64_t id);

    /**
     * @brief Have keys made.
     * @param session their session
     * @param count how many
     * @param sizeBit their size
     * @param request the request they are for, 0 for the pool
     * @return none, or why not
     */
    KxFailure Order(Session& session, uint32_t count, uint32_t sizeBit, uint64_t request);

    /**
     * @brief Fill the pool of a session if it has to be.
     * @param session the session
     */
    void Fill(Session& session);

    /// Look at all pools that are being filled.
    void FillAgain();

    /**
     * @brief Supply the keys of a request, all of which are there.
     * @param id number of the request
     */
    void Supply(uint64_t id);

    /**
     * @brief Answer a request without keys.
     * @param id number of the request
     * @param message what is wrong
     * @param incident the failure behind it
     */
    void Refuse(uint64_t id, const std::string& message, IncidentId incident);

    /**
     * @brief Note whether keys that were asked for can be had.
     * @param session the session
     * @param possible whether they can
     * @param incident the failure behind it, or none
     */
    void NoteSupply(Session& session, bool possible, IncidentId incident);

    /**
     * @brief Confirmed keys that will not be supplied: back into the pool, or void.
     * @param session their session
     * @param keys the keys
     * @param incident the failure behind it
     */
    void PutBack(Session& session, const std::vector<MadeKsaKey>& keys, IncidentId incident);

    /**
     * @brief Void confirmed keys here and at the slave's KM.
     * @param session their session
     * @param keys the keys
     * @param kind voided, or destroyed
     * @param incident the failure behind it
     */
    void Discard(Session& session,
                 const std::vector<MadeKsaKey>& keys,
                 KsaKeyEventKind kind,
                 IncidentId incident);

    /**
     * @brief Tell the slave's KM which keys are void, if there is a route to it.
     * @param session the session
     */
    void TellVoid(Session& session);

    /**
     * @brief An event in the life of a key.
     * @param key the key
     * @param kind what happens
     * @param incident the failure behind it
     * @return the event
     */
    KsaKeyEvent Describe(const MadeKsaKey& key, KsaKeyEventKind kind, IncidentId incident) const;

    /**
     * @brief Trace an event in the life of a key.
     * @param key the key
     * @param kind what happens
     * @param incident the failure behind it
     */
    void Trace(const MadeKsaKey& key, KsaKeyEventKind kind, IncidentId incident);

    /**
     * @brief Trace that a key of an answer is the application's.
     * @param key the key
     * @param uuid its UUID
     * @param handOver how the answer gets there
     */
    void TraceSupply(const MadeKsaKey& key, const std::string& uuid, KeyHandOver handOver);

    Time m_keyTtl;                                 //!< attribute KeyTtl
    Time m_fillInterval;                           //!< attribute FillInterval
    uint32_t m_maxKeysPerRequest{0};               //!< attribute MaxKeysPerRequest
    uint32_t m_maxKeySizeBit{0};                   //!< attribute MaxKeySize
    uint32_t m_minKeySizeBit{0};                   //!< attribute MinKeySize
    KmId m_self;                                   //!< this KM
    const KmNeighbours* m_neighbours{nullptr};     //!< neighbouring KMs
    GivenOutKeys m_givenOut;                       //!< keys in answers that are kept
    KsaKeyMaker* m_direct{nullptr};                //!< makes keys over one hop
    KsaKeyMaker* m_relay{nullptr};                 //!< makes keys over more hops
    KsaKeyMaker* m_several{nullptr};               //!< makes keys over several routes
    SupplyCallback m_supplyCallback;               //!< told whether keys can be had
    PoolSupplyCallback m_poolSupplyCallback;       //!< told of keys supplied out of pools
    std::map<SessionId, Session> m_sessions;       //!< sessions
    std::map<uint64_t, Request> m_requests;        //!< requests without answer
    std::deque<uint64_t> m_queue;                  //!< requests to be looked at
    std::set<SessionId> m_toFill;                  //!< sessions whose pools are to be looked at
    EventId m_serveEvent;                          //!< looks at them
    EventId m_fillEvent;                           //!< tries again to fill pools
    bool m_running{true};                          //!< false after a crash
    uint64_t m_lastRequest{0};                     //!< requests so far
    std::map<KsaKeyId, uint64_t> m_making;         //!< keys that are being made: request or 0
    std::map<KsaKeyId, Time> m_supplied;           //!< keys supplied, and when that is forgotten
    std::deque<KsaKeyId> m_suppliedByAge;          //!< the same, oldest first
    TracedCallback<const KsaKeyEvent&> m_keyTrace; //!< KeyEvent
    TracedCallback<SessionId, RouteId> m_useTrace; //!< RouteUse
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KSA_MASTER_AGENT_H */
