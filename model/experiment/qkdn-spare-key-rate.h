/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SPARE_KEY_RATE_H
#define QKDN_SPARE_KEY_RATE_H

#include "ns3/qkdn-ids.h"
#include "ns3/qkdn-key-route.h"

#include <cstddef>
#include <map>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What a session asks of its routes.
 */
struct RouteDemand
{
    SessionId session;     //!< the session
    double rateBps{0.0};   //!< key rate of the session, bit/s
    std::size_t needed{1}; //!< routes that a key needs
    bool isShared{false};  //!< its protection route shares key rate with others
};

/**
 * @ingroup qkdn-resilience
 * @brief The key rate that routes have beyond those that keys need, as they were before the first
 * fault.
 *
 * A session's spare routes are those with the most hops, each at the key rate of the session on
 * every hop. Of protection routes that share key rate, each hop counts with the most that one
 * failure, of a hop or of a key manager on working routes, asks of it.
 */
class SpareKeyRate
{
  public:
    /**
     * @brief A key manager has installed or released a route.
     * @param route the route
     * @param installed true if it has installed it
     */
    void RouteChanged(const KeyRoute& route, bool installed);

    /**
     * @brief A fault strikes: what changes from now on does not count.
     */
    void FaultStruck();

    /**
     * @brief The spare key rate.
     * @param demands what sessions ask
     * @return sum over all hops, bit/s
     */
    double Compute(const std::vector<RouteDemand>& demands) const;

  private:
    /**
     * @brief Key rate of the spare routes of a session that shares none.
     * @param demand what the session asks
     * @return sum over the hops, bit/s
     */
    double ComputeDedicated(const RouteDemand& demand) const;

    /**
     * @brief Key rate that protection routes have in common.
     * @param demands what sessions ask that share it
     * @return sum over the hops, bit/s
     */
    double ComputeShared(const std::vector<RouteDemand>& demands) const;

    std::map<SessionId, std::map<RouteId, KeyRoute>> m_routes; //!< installed routes
    bool m_frozen{false};                                      //!< a fault has struck
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SPARE_KEY_RATE_H */
