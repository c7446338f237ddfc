/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_DEMAND_TABLE_H
#define QKDN_DEMAND_TABLE_H

#include "ns3/qkdn-key-route.h"
#include "ns3/qkdn-km-hop.h"

#include <array>
#include <cstdint>
#include <map>

namespace ns3
{
namespace qkdn
{

/// Number of roles of a route.
constexpr std::size_t ROUTE_ROLES = ROUTE_RECOVERY + 1;

/**
 * @ingroup qkdn-resilience
 * @brief Key rate that sessions were promised, per hop and role of their routes.
 *
 * A relay costs the session's demand on each hop of its route. Extra traffic uses what
 * protection routes reserve, so the two share: a hop is used by working and recovery routes
 * and by the larger of protection and extra traffic.
 */
class DemandTable
{
  public:
    /**
     * @brief Promise a route its key rate.
     * @param route the route
     * @param bps key rate on each hop, bit/s
     */
    void Add(const KeyRoute& route, uint64_t bps);

    /**
     * @brief Take back what Add() promised; aborts if that was less.
     * @param route the route
     * @param bps key rate on each hop, bit/s
     */
    void Remove(const KeyRoute& route, uint64_t bps);

    /**
     * @brief What was promised.
     * @param hop the hop
     * @param role to routes of this role
     * @return key rate, bit/s
     */
    uint64_t Get(const KmHop& hop, RouteRole role) const;

    /**
     * @brief What a new route cannot have.
     * @param hop the hop
     * @param role role of the new route
     * @return key rate, bit/s
     */
    uint64_t GetUsed(const KmHop& hop, RouteRole role) const;

  private:
    std::map<KmHop, std::array<uint64_t, ROUTE_ROLES>> m_demand; //!< bit/s by hop and role
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_DEMAND_TABLE_H */
