/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_LINK_STATE_PLANNER_H
#define QKDN_LINK_STATE_PLANNER_H

#include "qkdn-link-state-database.h"
#include "qkdn-route-computation.h"

#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

/// What a session needs of a route.
struct LinkStateNeeds
{
    KmId from;                    //!< master's KM
    KmId to;                      //!< slave's KM
    uint64_t demandBps{0};        //!< key that it asks for, bit/s
    std::set<KmHop> avoidedHops;  //!< hops that must not be used
    std::set<KmId> avoidedKms;    //!< KMs that must not be used
    std::multiset<KmHop> ownHops; //!< hops of its own routes: their residual rate lacks its demand
};

/**
 * @ingroup qkdn-resilience
 * @brief Finds routes over a link-state database, with hops that both ends advertise as usable.
 *
 * Routes over hops whose residual rate suffices for the demand come first; if there are none, any
 * route is taken. Nobody admits: two KMs that choose at the same time may count on the same rate.
 */
class LinkStatePlanner
{
  public:
    /**
     * @brief Constructor
     * @param database the database
     * @param cost what routes are compared by
     * @param maxHops longest route, hops
     */
    LinkStatePlanner(const LinkStateDatabase& database, RouteCost cost, uint32_t maxHops);

    /**
     * @brief The best route.
     * @param needs what it is for
     * @return its KMs, none if there is none
     */
    std::vector<KmId> Find(const LinkStateNeeds& needs) const;

    /**
     * @brief The best two routes without a common hop, and without a common KM between the ends
     * if there are such.
     * @param needs what they are for
     * @return their KMs, none if there are no two
     */
    std::optional<std::pair<std::vector<KmId>, std::vector<KmId>>> FindPair(
        const LinkStateNeeds& needs) const;

    /**
     * @brief The best route that protects another one.
     * @param needs what it is for
     * @param working the other one
     * @return its KMs, none if there is none
     */
    std::vector<KmId> FindProtection(const LinkStateNeeds& needs,
                                     const std::vector<KmId>& working) const;

  private:
    /**
     * @brief What a route may use.
     * @param needs what it is for
     * @param roomy whether the residual rate must suffice
     * @return the filter; it must not outlive @p needs and this object
     */
    RouteFilter MakeFilter(const LinkStateNeeds& needs, bool roomy) const;

    const LinkStateDatabase& m_database; //!< the database
    RouteGraph m_graph;                  //!< usable hops
    uint32_t m_maxHops;                  //!< longest route, hops
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_LINK_STATE_PLANNER_H */
