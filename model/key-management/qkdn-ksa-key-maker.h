/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KSA_KEY_MAKER_H
#define QKDN_KSA_KEY_MAKER_H

#include "qkdn-key-route.h"
#include "qkdn-kma-key.h"
#include "qkdn-kx-relay-messages.h"

#include "ns3/qkdn-ids.h"

#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/// A KSA-key that is to be made.
struct KsaKeyOrder
{
    KsaKeyId id;         //!< the key
    uint32_t sizeBit{0}; //!< its size
    bool pooled{false};  //!< it is not for a request that waits, but for the session's pool
};

/// A KSA-key at its master's KM.
struct MadeKsaKey
{
    KsaKeyId id;      //!< the key
    KmaKey key;       //!< its bits; over one hop also where they come from
    RouteId route;    //!< route that it was made over; of several the first one
    uint32_t hops{1}; //!< hops of that route; of several all together
    KmId neighbour;   //!< KM that the bits are shared with; if they are KMA-key themselves
    uint8_t share{0}; //!< number of the share of the key that this is, from 1; 0: the key itself
    RouteRole role{ROUTE_WORKING}; //!< role of the route; over one hop only

    /**
     * @brief Whether its bits are KMA-key that this KM shares with the slave's.
     * @return false if it was relayed
     */
    bool IsDirect() const
    {
        return neighbour.IsValid();
    }
};

/**
 * @ingroup qkdn-resilience
 * @brief Who orders KSA-keys. Called from events, never from inside an order.
 */
class KsaKeyMakerUser
{
  public:
    virtual ~KsaKeyMakerUser() = default;

    /**
     * @brief A key was made out of key bits; the slave's KM does not have it yet. Called from
     * inside the order.
     * @param key the key
     */
    virtual void KeyCreated(const MadeKsaKey& key) = 0;

    /**
     * @brief The slave's KM has a key too.
     * @param key the key
     */
    virtual void KeyConfirmed(const MadeKsaKey& key) = 0;

    /**
     * @brief A key is void: the slave's KM does not have it, or cannot be asked.
     * @param key the key; its bits are booked as wasted
     * @param failure why
     * @param incident the failure behind it, or none
     */
    virtual void KeyFailed(const MadeKsaKey& key, KxFailure failure, IncidentId incident) = 0;
};

/**
 * @ingroup qkdn-resilience
 * @brief A way to make KSA-keys, so that the KMs at both ends of a route have them.
 */
class KsaKeyMaker
{
  public:
    virtual ~KsaKeyMaker() = default;

    /**
     * @brief Make keys, all or none.
     * @param route the route
     * @param orders the keys, of one session
     * @return none, or why not; nothing has happened then
     */
    virtual KxFailure Make(const KeyRoute& route, const std::vector<KsaKeyOrder>& orders) = 0;

    /// All orders of this instant have been given.
    virtual void Flush() = 0;

    /**
     * @brief Keys of some size that could be made now over a route.
     * @param route the route
     * @param sizeBit their size
     * @return their number
     */
    virtual uint64_t CountPossible(const KeyRoute& route, uint32_t sizeBit) const = 0;

    /**
     * @brief A confirmed key was supplied: its bits are spent for good.
     * @param key the key
     */
    virtual void Settle(const MadeKsaKey& key) = 0;

    /**
     * @brief Confirmed keys of one session that will not be supplied.
     * @param route a route to the slave's KM
     * @param keys the keys
     * @param incident the failure behind it, or none
     */
    virtual void Void(const KeyRoute& route,
                      const std::vector<MadeKsaKey>& keys,
                      IncidentId incident) = 0;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KSA_KEY_MAKER_H */
