/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_ROUTE_INVENTORY_H
#define QKDN_ROUTE_INVENTORY_H

#include "ns3/qkdn-ids.h"
#include "ns3/qkdn-key-route.h"

#include <array>
#include <map>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What a fault stops.
 */
struct FaultTarget
{
    std::vector<LinkId> links; //!< QKD links that stop to generate
    std::vector<KmId> kms;     //!< key managers that stop to work
};

/// Two KMs that are neighbours, the lower number first.
using KmPair = std::pair<KmId, KmId>;

/**
 * @ingroup qkdn-resilience
 * @brief All key relay routes that a run has had, and the QKD links that their hops depend on.
 *
 * It is for results only and remembers routes that have been released.
 */
class RouteInventory
{
  public:
    /**
     * @brief Two KMs in the order of their numbers.
     * @param a one
     * @param b the other
     * @return the pair
     */
    static KmPair MakePair(KmId a, KmId b);

    /**
     * @brief Add a QKD link.
     * @param link the link
     * @param a KM at one end
     * @param b KM at the other end
     */
    void AddLink(LinkId link, KmId a, KmId b);

    /**
     * @brief Add a route.
     * @param route the route
     */
    void AddRoute(const KeyRoute& route);

    /**
     * @brief A module begins or ends to generate.
     * @param link its link
     * @param end 0 for the transmitter, 1 for the receiver
     * @param generating true if it generates
     */
    void ModuleChanged(LinkId link, uint32_t end, bool generating);

    /**
     * @brief The KMs of a route.
     * @param route the route
     * @return master's KM first; empty if there is no such route
     */
    std::vector<KmId> GetKms(RouteId route) const;

    /**
     * @brief The hops of a route.
     * @param route the route
     * @return pairs of neighbours; empty if there is no such route
     */
    std::vector<KmPair> GetHops(RouteId route) const;

    /**
     * @brief Whether a QKD link joins the KMs of a hop.
     * @param route the route
     * @param link the link
     * @return true if so
     */
    bool UsesLink(RouteId route, LinkId link) const;

    /**
     * @brief Whether a route has one of some hops.
     * @param route the route
     * @param hops pairs of neighbours
     * @return true if so
     */
    bool UsesHop(RouteId route, const std::vector<KmPair>& hops) const;

    /**
     * @brief Whether a fault stops something on a route.
     * @param route the route
     * @param target what the fault stops
     * @return true if so
     */
    bool IsHit(RouteId route, const FaultTarget& target) const;

    /**
     * @brief Whether each hop has a QKD link that generates at both ends.
     * @param route the route
     * @return true if so
     */
    bool IsGenerating(RouteId route) const;

  private:
    std::map<RouteId, KeyRoute> m_routes;               //!< routes
    std::map<KmPair, std::vector<LinkId>> m_links;      //!< QKD links by hop
    std::map<LinkId, std::array<bool, 2>> m_generating; //!< modules by link and end
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_ROUTE_INVENTORY_H */
