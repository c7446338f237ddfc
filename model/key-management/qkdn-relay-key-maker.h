/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_RELAY_KEY_MAKER_H
#define QKDN_RELAY_KEY_MAKER_H

#include "qkdn-key-relay-agent.h"
#include "qkdn-ksa-key-maker.h"
#include "qkdn-kx-authenticator.h"
#include "qkdn-relay-back-off.h"

#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/random-variable-stream.h"

#include <deque>
#include <map>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Makes KSA-keys over two hops or more: random keys of this KM are relayed to the slave's
 * KM (ITU-T Y.3803), in batches, with several relays of a route in flight.
 *
 * A route over which a relay has failed further on rests, and then is used little by little
 * (RelayBackOff); what waits for it fails with that relay.
 */
class RelayKeyMaker : public Object, public KsaKeyMaker
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    RelayKeyMaker();

    /**
     * @brief Set where it works.
     * @param agent relays
     * @param authenticator tags
     * @param user who orders keys
     */
    void Configure(Ptr<KeyRelayAgent> agent,
                   Ptr<KxAuthenticator> authenticator,
                   KsaKeyMakerUser* user);

    /**
     * @brief Assign a fixed random stream to the generator of KSA-keys.
     * @param stream first stream index to use
     * @return the number of stream indices assigned
     */
    int64_t AssignStreams(int64_t stream);

    /**
     * @brief Tell somebody else of the keys of a session.
     * @param session the session
     * @param user told of them
     */
    void SetUser(SessionId session, KsaKeyMakerUser* user);

    /**
     * @brief Random bits of this KM, no others for the same key.
     * @param key the key that they are for
     * @param bits how many
     * @return the bits
     */
    KeyMaterial Generate(KsaKeyId key, uint32_t bits);

    /**
     * @brief Whether keys could be relayed after those that wait.
     * @param route the route
     * @param bits bits of the keys
     * @return none, or why not
     */
    KxFailure Check(const KeyRoute& route, uint64_t bits) const;

    /**
     * @brief As Check(); also notes the demand, and asks the next KM for key if there is too
     * little.
     * @param route the route
     * @param bits bits of the keys
     * @return none, or why not
     */
    KxFailure Prepare(const KeyRoute& route, uint64_t bits);

    /**
     * @brief Relay keys or shares that were made elsewhere, after those that wait.
     * @param route the route; Prepare() has agreed
     * @param keys the keys
     */
    void Enqueue(const KeyRoute& route, const std::vector<KeyToRelay>& keys);

    // from KsaKeyMaker
    KxFailure Make(const KeyRoute& route, const std::vector<KsaKeyOrder>& orders) override;
    void Flush() override;
    uint64_t CountPossible(const KeyRoute& route, uint32_t sizeBit) const override;
    void Settle(const MadeKsaKey& key) override;
    void Void(const KeyRoute& route,
              const std::vector<MadeKsaKey>& keys,
              IncidentId incident) override;

    /**
     * @brief A relay has ended.
     * @param route its route
     * @param keys its keys
     * @param answer how it ended
     * @param incident the failure behind it, or none
     */
    void RelayEnded(const KeyRoute& route,
                    const std::vector<KeyToRelay>& keys,
                    const KxReturn& answer,
                    IncidentId incident);

    /**
     * @brief What made relays over a route fail may be over: do not let it rest any longer.
     * @param route the route
     */
    void Resume(RouteId route);

    /// The process ends: let no route rest.
    void ForgetFailures();

    /**
     * @brief Give up the keys that wait for their turn on a route.
     * @param route the route
     * @param incident the failure behind it
     */
    void Abandon(RouteId route, IncidentId incident);

  protected:
    void DoDispose() override;

  private:
    /// Keys of a route that are made and not yet relayed.
    struct Waiting
    {
        KeyRoute route;              //!< the route
        std::deque<KeyToRelay> keys; //!< in order
    };

    /**
     * @brief Relay what waits, as far as the window allows.
     * @param route the route
     */
    void Proceed(RouteId route);

    /**
     * @brief Give up the keys that wait for their turn on a route.
     * @param route the route
     * @param failure why
     * @param incident the failure behind it, or none
     */
    void FailWaiting(RouteId route, KxFailure failure, IncidentId incident);

    /// @cond
    void SetBackOffFirst(Time first);
    Time GetBackOffFirst() const;
    void SetBackOffLimit(Time limit);
    Time GetBackOffLimit() const;
    /// @endcond

    /**
     * @brief Report keys that could not be relayed, from an event.
     * @param route their route
     * @param keys the keys
     * @param failure why
     * @param incident the failure behind it, or none
     */
    void Report(KeyRoute route,
                std::vector<KeyToRelay> keys,
                KxFailure failure,
                IncidentId incident);

    /**
     * @brief A key as it is told to who ordered it.
     * @param route its route
     * @param key the key
     * @return the key
     */
    static MadeKsaKey Describe(const KeyRoute& route, const KeyToRelay& key);

    /**
     * @brief Who is told of the keys of a session.
     * @param session the session
     * @return who
     */
    KsaKeyMakerUser& UserOf(SessionId session) const;

    /**
     * @brief Whether a route over which relays fail takes more keys now.
     * @param route the route
     * @return none, or why not
     */
    KxFailure CheckBackOff(RouteId route) const;

    /**
     * @brief Keys of a route that wait or are on their way.
     * @param route the route
     * @return their number
     */
    std::size_t CountUnderWay(RouteId route) const;

    /**
     * @brief Bits of the keys that wait for their turn on a route.
     * @param route the route
     * @return their number
     */
    uint64_t CountWaitingBits(RouteId route) const;

    uint32_t m_batch{0};                  //!< attribute RelayBatch
    uint32_t m_window{0};                 //!< attribute RelayWindow
    Ptr<KeyRelayAgent> m_agent;           //!< relays
    Ptr<KxAuthenticator> m_authenticator; //!< tags
    KsaKeyMakerUser* m_user{nullptr};     //!< who orders keys
    /// who orders keys of sessions that somebody else does
    std::map<SessionId, KsaKeyMakerUser*> m_users;
    Ptr<UniformRandomVariable> m_random;  //!< seeds of KSA-keys
    uint64_t m_seed{0};                   //!< seed of KSA-keys
    bool m_seeded{false};                 //!< whether it was drawn
    std::map<RouteId, Waiting> m_waiting; //!< by route
    RelayBackOff m_backOff;               //!< of routes over which relays fail
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_RELAY_KEY_MAKER_H */
