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
 * After a failure the route rests, for twice as long after each that follows. Then one relay goes
 * as a probe; after its success the route is used as before.
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
     */
    void NoteFailure(RouteId route, KxFailure why);

    /**
     * @brief A relay has succeeded.
     * @param route its route
     * @param enough keys in a relay for which a route is used as if it had never failed
     */
    void NoteSuccess(RouteId route, std::size_t enough);

    /**
     * @brief Whether a route may be tried.
     * @param route the route
     * @return none, or why it rests
     */
    KxFailure Check(RouteId route) const;

    /**
     * @brief How a route that has failed is used.
     * @param route the route
     * @return keys in a relay at most, of which there is one at a time; none if it has not failed
     */
    std::optional<std::size_t> GetAllowance(RouteId route) const;

    /**
     * @brief What made relays fail may be over: try at once, with a single key.
     * @param route the route
     */
    void Resume(RouteId route);

    /**
     * @brief Use a route as if it had not failed.
     * @param route the route
     */
    void Forget(RouteId route);

  private:
    /// A route over which a relay has failed.
    struct Rest
    {
        Time until;                     //!< when it may be tried again
        Time length;                    //!< how long it rests, or has rested
        KxFailure why{KX_FAILURE_NONE}; //!< reason of the last failure
        std::size_t allowance{1};       //!< keys in a relay at most
    };

    Time m_first{MilliSeconds(100)}; //!< time after the first failure
    Time m_limit{Seconds(1)};        //!< time at most
    std::map<RouteId, Rest> m_rests; //!< by route
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_RELAY_BACK_OFF_H */
