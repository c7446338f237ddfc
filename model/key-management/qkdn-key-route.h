/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KEY_ROUTE_H
#define QKDN_KEY_ROUTE_H

#include "ns3/qkdn-ids.h"
#include "ns3/qkdn-key-ledger.h"

#include <cstdint>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What a key relay route is for.
 */
enum RouteRole : uint8_t
{
    ROUTE_WORKING,    //!< serves its session while nothing fails
    ROUTE_PROTECTION, //!< pre-set, serves its session when the working route fails
    ROUTE_EXTRA,      //!< extra traffic: uses protection routes of others until they need them
    ROUTE_RECOVERY    //!< searched after a failure
};

/**
 * @ingroup qkdn-resilience
 * @brief The name of a role as it appears in results.
 * @param role the role
 * @return for example "protection"
 */
inline const char*
RouteRoleName(RouteRole role)
{
    switch (role)
    {
    case ROUTE_WORKING:
        return "working";
    case ROUTE_PROTECTION:
        return "protection";
    case ROUTE_EXTRA:
        return "extra";
    case ROUTE_RECOVERY:
        return "recovery";
    }
    return "unknown";
}

/**
 * @ingroup qkdn-resilience
 * @brief What the key bits of a relay over a route are booked as.
 * @param role the role of the route
 * @return the use
 */
inline KeyUse
RelayUseOf(RouteRole role)
{
    switch (role)
    {
    case ROUTE_WORKING:
        return KEY_RELAY_WORKING;
    case ROUTE_EXTRA:
        return KEY_RELAY_EXTRA;
    default:
        return KEY_RELAY_PROTECTION;
    }
}

/// Number of the route of a session between neighbours that no controller has given one, less the
/// session's number.
constexpr uint32_t LOCAL_ROUTE_BASE = 0x80000000;

/**
 * @ingroup qkdn-resilience
 * @brief A key relay route: the KMs from the master's to the slave's, each a neighbour of the next.
 */
struct KeyRoute
{
    RouteId id;                    //!< its number
    SessionId session;             //!< the session that it serves
    RouteRole role{ROUTE_WORKING}; //!< what it is for
    std::vector<KmId> kms;         //!< master's KM first, slave's KM last; at least two

    /// bits that relays over it leave in each pool; extra traffic only, otherwise 0
    uint64_t floorBits{0};

    /**
     * @brief Number of hops.
     * @return one less than KMs
     */
    std::size_t GetHops() const
    {
        return kms.empty() ? 0 : kms.size() - 1;
    }

    /**
     * @brief Whether a number is that of the common link of two neighbours without controller.
     * @param route the number
     * @return true if so
     */
    static bool IsLocal(RouteId route)
    {
        return route.value >= LOCAL_ROUTE_BASE;
    }
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KEY_ROUTE_H */
