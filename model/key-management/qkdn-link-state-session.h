/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_LINK_STATE_SESSION_H
#define QKDN_LINK_STATE_SESSION_H

#include "qkdn-key-route.h"
#include "qkdn-key-session.h"
#include "qkdn-km-hop.h"

#include "ns3/event-id.h"
#include "ns3/nstime.h"

#include <map>
#include <optional>
#include <set>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A route of a session as LinkStateRouteProvider keeps it at the KM of the master.
 */
struct LinkStateRoute
{
    KeyRoute route;             //!< the route
    bool installed{false};      //!< all its KMs have it
    bool failed{false};         //!< it is in signal fail
    bool heldOff{false};        //!< and hold-off is over
    std::set<KmHop> failedHops; //!< hops of it that were named as failed
};

/**
 * @ingroup qkdn-resilience
 * @brief A session as LinkStateRouteProvider keeps it at the KM of the master.
 */
struct LinkStateSession
{
    KeySession description;          //!< the session
    RouteId working;                 //!< working route, maybe not installed yet; or none
    RouteId protection;              //!< protection route, maybe not installed yet; or none
    RouteId recovery;                //!< recovery route that is announced, or none
    RouteId candidate;               //!< recovery route that is being set up, or none
    RouteId replaced;                //!< route to tear down when the next one is in use, or none
    bool announced{false};           //!< the KM uses a route
    bool searchFailed{false};        //!< a search after this failure was in vain
    IncidentId incident;             //!< the failure that it suffers from, or none
    std::optional<Time> interrupted; //!< since when keys that were asked for cannot be had
    std::map<KmHop, Time> avoided;   //!< hops at which a set-up failed, and until when
    EventId decision;                //!< end of a search for a recovery route
    EventId restore;                 //!< end of wait to restore
    EventId retry;                   //!< looks at the session again
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_LINK_STATE_SESSION_H */
