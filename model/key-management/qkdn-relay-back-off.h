/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_RELAY_BACK_OFF_H
#define QKDN_RELAY_BACK_OFF_H

#include "qkdn-key-route.h"
#include "qkdn-kx-relay-messages.h"

#include "ns3/nstime.h"

#include <cstddef>
#include <map>
#include <optional>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief When the source of key relays tries a route again that has failed further on: a relay that
 * fails there has wasted key of the hops before, which other sessions need.
 *
 * After a failure the route rests, for twice as long after each that follows. Then half as many
 * keys go as failed together, or, if that has failed too, a single one; and with each success as
 * many more as have arrived: what a hop gains while the route rests may be less than what is asked
 * for. Whoever knows that the failure is over ends the rest sooner, and the
 * route is tried with a relay as large as the one that failed.
 */
class RelayBackOff
{
  public:
    /**
     * @brief Set how long a route rests.
     * @param first time after the first failure
     */
    void SetFirst(Time first);

    /**
     * @brief How long a route rests.
     * @return time after the first failure
     */
    Time GetFirst() const;

    /**
     * @brief Set how long a route rests at most.
     * @param limit the time
     */
    void SetLimit(Time limit);

    /**
     * @brief How long a route rests at most.
     * @return the time
     */
    Time GetLimit() const;

    /**
     * @brief A relay has failed further on. Those that were on their way together count once.
     * @param route its route
     * @param why the reason
     * @param keys its keys
     */
    void NoteFailure(RouteId route, KxFailure why, std::size_t keys);

    /**
     * @brief A relay has succeeded.
     * @param route its route
     * @param keys its keys
     * @param enough keys on their way with which a route is used as if it had never failed
     */
    void NoteSuccess(RouteId route, std::size_t keys, std::size_t enough);

    /**
     * @brief Whether a route may be tried.
     * @param route the route
     * @return none, or why it rests
     */
    KxFailure Check(RouteId route) const;

    /**
     * @brief How a route that has failed is used.
     * @param route the route
     * @return keys on their way at most; none if it has not failed
     */
    std::optional<std::size_t> GetAllowance(RouteId route) const;

    /**
     * @brief Why relays over a route failed.
     * @param route the route
     * @return reason of the last failure, or none
     */
    KxFailure GetReason(RouteId route) const;

    /**
     * @brief What made relays fail is over: try at once, with as many keys as failed in a relay.
     * @param route the route
     */
    void Resume(RouteId route);

    /**
     * @brief Use a route as if it had not failed.
     * @param route the route
     */
    void Forget(RouteId route);

    /// Use all routes as if they had not failed.
    void Clear();

  private:
    /// A route over which a relay has failed.
    struct Rest
    {
        Time until;                     //!< when it may be tried again
        Time length;                    //!< how long it rests, or has rested
        KxFailure why{KX_FAILURE_NONE}; //!< reason of the last failure
        std::size_t failed{1};          //!< keys of the largest relay that failed with the last one
        std::size_t allowance{1};       //!< keys on their way at most
        bool halving{false};            //!< it grows with the keys that fail: the first rest
    };

    Time m_first{MilliSeconds(100)}; //!< time after the first failure
    Time m_limit{Seconds(1)};        //!< time at most
    std::map<RouteId, Rest> m_rests; //!< by route
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_RELAY_BACK_OFF_H */
