/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KEY_USAGE_H
#define QKDN_KEY_USAGE_H

#include "qkdn-key-route.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What the key bits of a session are charged as.
 *
 * Supply counts KSA-key. The others count the KMA-key that this KSA-key, each share and each copy
 * of it has cost on the hops of its route, by the role of the route; over one hop that is the
 * KMA-key that became the KSA-key.
 */
enum ChargedUse : uint8_t
{
    CHARGED_SUPPLY,     //!< KSA-key supplied, counted at the KM of the slave application
    CHARGED_WORKING,    //!< KMA-key spent on working routes
    CHARGED_PROTECTION, //!< KMA-key spent on protection and recovery routes
    CHARGED_EXTRA,      //!< KMA-key spent on routes of extra traffic
    CHARGED_USE_COUNT   //!< number of the values above
};

/// Key bits by ChargedUse.
using KeyUsage = std::array<uint64_t, CHARGED_USE_COUNT>;

/**
 * @ingroup qkdn-resilience
 * @brief The name of a use as it appears in scenario files and results.
 * @param use the use
 * @return for example "protection"
 */
inline const char*
ChargedUseName(ChargedUse use)
{
    switch (use)
    {
    case CHARGED_SUPPLY:
        return "supply";
    case CHARGED_WORKING:
        return "working";
    case CHARGED_PROTECTION:
        return "protection";
    case CHARGED_EXTRA:
        return "extra";
    case CHARGED_USE_COUNT:
        break;
    }
    return "unknown";
}

/**
 * @ingroup qkdn-resilience
 * @brief What KMA-key that is spent on a route is charged as.
 * @param role the role of the route
 * @return the use
 */
inline ChargedUse
ChargedUseOf(RouteRole role)
{
    switch (role)
    {
    case ROUTE_WORKING:
        return CHARGED_WORKING;
    case ROUTE_EXTRA:
        return CHARGED_EXTRA;
    default:
        return CHARGED_PROTECTION;
    }
}

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KEY_USAGE_H */
