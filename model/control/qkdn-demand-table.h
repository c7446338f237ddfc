/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_DEMAND_TABLE_H
#define QKDN_DEMAND_TABLE_H

#include "qkdn-shared-spare-table.h"

#include "ns3/qkdn-key-route.h"
#include "ns3/qkdn-km-hop.h"

#include <array>
#include <cstdint>
#include <map>
#include <set>

namespace ns3
{
namespace qkdn
{

/// Number of roles of a route.
constexpr std::size_t ROUTE_ROLES = ROUTE_RECOVERY + 1;

/**
 * @ingroup qkdn-resilience
 * @brief Key rate of a hop that is promised, by use, bit/s.
 */
struct HopFlow
{
    uint64_t working{0};    //!< working routes
    uint64_t protection{0}; //!< protection routes, each its own key rate
    uint64_t shared{0};     //!< spare that protection routes share
    uint64_t extra{0};      //!< extra traffic, in what protection routes reserve
    uint64_t recovery{0};   //!< recovery routes
};

/**
 * @ingroup qkdn-resilience
 * @brief Key rate that sessions were promised, per hop and role of their routes.
 *
 * A relay costs the session's demand on each hop of its route. Extra traffic uses what
 * protection routes reserve, so the two share: a hop is used by working and recovery routes
 * and by the larger of protection and extra traffic. Protection routes that share key rate count
 * for what the worst single failure moves to the hop (SharedSpareTable).
 */
class DemandTable
{
  public:
    /**
     * @brief A table that is like this one at first, for plans: it costs what is changed in it.
     * @return the table; this one must live longer, and not change meanwhile
     */
    DemandTable Branch() const;

    /**
     * @brief Promise a route its key rate.
     * @param route the route
     * @param bps key rate on each hop, bit/s
     */
    void Add(const KeyRoute& route, uint64_t bps);

    /**
     * @brief Promise a protection route key rate that it shares.
     * @param route the route, once only
     * @param risks the failures of the working route of its session
     * @param bps key rate on each hop, bit/s
     */
    void AddShared(const KeyRoute& route, const std::set<NetworkRisk>& risks, uint64_t bps);

    /**
     * @brief Take back what Add() or AddShared() promised; aborts if that was less.
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

    /**
     * @brief What is used with a further protection route that shares key rate.
     * @param hop the hop
     * @param risks the failures of the working route of its session
     * @param bps its key rate, bit/s
     * @return key rate, bit/s
     */
    uint64_t GetUsedWithShared(const KmHop& hop,
                               const std::set<NetworkRisk>& risks,
                               uint64_t bps) const;

    /**
     * @brief What is used when the worst failure that concerns a route has happened, without extra
     * traffic.
     * @param hop one of its hops
     * @param route a protection route that shares key rate
     * @return key rate, bit/s
     */
    uint64_t GetUsedAfterFailure(const KmHop& hop, RouteId route) const;

    /**
     * @brief What is promised of a hop, by use.
     * @param hop the hop
     * @return key rates, all 0 if nothing is
     */
    HopFlow GetFlow(const KmHop& hop) const;

    /**
     * @brief What is promised, by use.
     * @return the hops of which any key rate is
     */
    std::map<KmHop, HopFlow> GetFlows() const;

  private:
    /// Key rate by role, bit/s.
    using Rates = std::array<uint64_t, ROUTE_ROLES>;

    /**
     * @brief What was promised of a hop.
     * @param hop the hop
     * @return its key rates, null if there was never any
     */
    const Rates* Find(const KmHop& hop) const;

    /**
     * @brief What was promised of a hop, to be changed.
     * @param hop the hop
     * @return its key rates
     */
    Rates& Touch(const KmHop& hop);

    std::map<KmHop, Rates> m_demand;    //!< bit/s by hop and role; of a branch, where it differs
    SharedSpareTable m_spare;           //!< what protection routes share
    const DemandTable* m_base{nullptr}; //!< what this is a branch of, null if of nothing
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_DEMAND_TABLE_H */
