/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_WIDEST_ROUTE_H
#define QKDN_WIDEST_ROUTE_H

#include "ns3/qkdn-route-computation.h"

#include <cstdint>
#include <functional>
#include <optional>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What a hop has to give, for example its free key rate in bit/s or its pool in bits.
 */
using HopCapacity = std::function<uint64_t(const KmHop&)>;

/**
 * @ingroup qkdn-resilience
 * @brief A route of largest bottleneck.
 */
struct WideRoute
{
    FoundRoute route;       //!< the route
    uint64_t bottleneck{0}; //!< what its narrowest hop has to give
};

/**
 * @ingroup qkdn-resilience
 * @brief The route whose narrowest hop has most to give; of several the cheapest, and of those the
 * one with the smallest sequence of KM numbers.
 *
 * The bottleneck is found by halving: the largest capacity such that the hops of at least that
 * capacity still hold a route within the limit of hops. Hops of capacity 0 are not used.
 *
 * @param graph the hops
 * @param from first KM
 * @param to last KM
 * @param filter what it may use
 * @param capacity what each hop has to give
 * @return the route, none if there is none or both KMs are the same
 */
std::optional<WideRoute> FindWidestRoute(const RouteGraph& graph,
                                         KmId from,
                                         KmId to,
                                         const RouteFilter& filter,
                                         const HopCapacity& capacity);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_WIDEST_ROUTE_H */
