/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_RELAY_VOID_STORE_H
#define QKDN_RELAY_VOID_STORE_H

#include "qkdn-kx-channel.h"
#include "qkdn-kx-relay-messages.h"
#include "qkdn-route-table.h"

#include "ns3/event-id.h"
#include "ns3/nstime.h"

#include <cstddef>
#include <map>
#include <set>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What the ends of key relay routes may not know to be void. The source of a route keeps it
 * and tells it by KX_RELAY_VOID, again and again until KX_RELAY_VOIDED comes back.
 *
 * What belongs to a route that is not installed is kept, and told when it is installed again or
 * given to whoever uses another route of the session.
 */
class RelayVoidStore
{
  public:
    RelayVoidStore() = default;
    ~RelayVoidStore();
    RelayVoidStore(const RelayVoidStore&) = delete;
    RelayVoidStore& operator=(const RelayVoidStore&) = delete;

    /**
     * @brief Set where it works.
     * @param channel sends messages
     * @param routes installed routes
     */
    void Configure(KxChannel* channel, const RouteTable* routes);

    /**
     * @brief Set how long to wait for an answer.
     * @param interval time until what is void is told again
     */
    void SetInterval(Time interval);

    /**
     * @brief How long to wait for an answer.
     * @return time until what is void is told again
     */
    Time GetInterval() const;

    /**
     * @brief A relay is void: keep it and tell it.
     * @param route its route, whose source is here
     * @param number its number
     * @param keys its keys
     * @param incident the failure behind it, or none
     */
    void AddRelay(const KeyRoute& route,
                  uint64_t number,
                  const std::vector<KsaKeyId>& keys,
                  IncidentId incident);

    /**
     * @brief Keys of complete relays are void: keep them and tell it.
     * @param route a route to their end, whose source is here
     * @param keys the keys
     */
    void AddKeys(const KeyRoute& route, const std::vector<KsaKeyId>& keys);

    /// Tell all routes' ends again now, as much as a message may have.
    void Repeat();

    /**
     * @brief The end of a route knows.
     * @param message what it knows
     */
    void Acknowledge(const KxRelayVoid& message);

    /**
     * @brief A route is over: forget what was kept for it.
     * @param route the route
     * @return the keys of which its end may not know
     */
    std::vector<KsaKeyId> Take(RouteId route);

    /**
     * @brief Forget what was kept for routes of a session that are not installed. A process that
     * starts again may get other routes than it had, and nobody ever releases those.
     * @param session the session
     * @return the keys of which the ends may not know
     */
    std::vector<KsaKeyId> TakeUninstalled(SessionId session);

    /**
     * @brief The lowest number of a relay that is kept.
     * @param route its route
     * @return the number, 0 if there is none
     */
    uint64_t GetOldest(RouteId route) const;

    /// Forget everything.
    void Clear();

  private:
    /// What the end of a route may not know to be void.
    struct Unvoided
    {
        SessionId session;          //!< whose route it is
        std::set<uint64_t> numbers; //!< relays
        std::set<KsaKeyId> keys;    //!< keys
        KmId next;                  //!< the first KM on the way there
        IncidentId incident;        //!< the failure behind it
    };

    /// Relays, and keys, in a message that repeats at most: a list that grows while there is no
    /// answer is not sent as a whole each time, and what is left follows the answer.
    static constexpr std::size_t MAX_REPEATED = 512;

    /**
     * @brief Tell the end of a route the oldest of what it may not know.
     * @param route the route
     * @param unvoided what is void
     */
    void SendAgain(RouteId route, const Unvoided& unvoided);

    /**
     * @brief Tell the end of a route what is void, and again after the interval.
     * @param unvoided the way there
     * @param message what is to be told now
     */
    void Send(const Unvoided& unvoided, const KxRelayVoid& message);

    KxChannel* m_channel{nullptr};          //!< sends messages
    const RouteTable* m_routes{nullptr};    //!< installed routes
    Time m_interval;                        //!< time until a repetition
    std::map<RouteId, Unvoided> m_unvoided; //!< by route
    EventId m_repeat;                       //!< next repetition
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_RELAY_VOID_STORE_H */
