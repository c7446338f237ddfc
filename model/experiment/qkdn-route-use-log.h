/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_ROUTE_USE_LOG_H
#define QKDN_ROUTE_USE_LOG_H

#include "ns3/nstime.h"
#include "ns3/qkdn-ids.h"
#include "ns3/qkdn-key-route.h"

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A time in which keys of a session came over one route again and again.
 */
struct RouteUse
{
    SessionId session; //!< the session
    KeyRoute route;    //!< the route
    Time from;         //!< when the first key came to the slave's KM
    Time to;           //!< when the last one came
    uint64_t keys{0};  //!< keys, or shares of keys, that came
};

/**
 * @ingroup qkdn-resilience
 * @brief Over which routes the keys of sessions have come, and when.
 *
 * Keys tell it, not commands: a route that was chosen and carries nothing is not in use. A use
 * ends with the last key before a pause that is longer than the gap given, and also longer
 * than SLOW intervals between keys of this session on average (so that a session with few
 * keys is not in pieces). Memory grows with the uses, not with the keys, unless keys are rare.
 */
class RouteUseLog
{
  public:
    /// Average intervals between the keys of a session that are no pause yet.
    static constexpr int64_t SLOW = 4;

    /**
     * @brief Note a route, before keys come over it.
     * @param route the route
     */
    void AddRoute(const KeyRoute& route);

    /**
     * @brief A key, or a share of one, has come to the slave's KM. Ignored if the route is not
     * known.
     * @param now the time, not before that of the call before
     * @param route the route
     * @param gap longest pause within a use
     */
    void AddKey(Time now, RouteId route, Time gap);

    /**
     * @brief Key has flowed steadily. Ignored if the route is not known.
     * @param from since when, not before that of the call before
     * @param to until when
     * @param route the route
     * @param keys whole keys that have become complete
     * @param gap longest pause within a use
     */
    void AddFlow(Time from, Time to, RouteId route, uint64_t keys, Time gap);

    /**
     * @brief The uses so far.
     * @return in order of session, then of their beginning
     */
    std::vector<RouteUse> GetUses() const;

  private:
    std::map<RouteId, KeyRoute> m_routes;            //!< routes seen
    std::map<RouteId, std::vector<RouteUse>> m_uses; //!< uses by route, in order of time
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_ROUTE_USE_LOG_H */
