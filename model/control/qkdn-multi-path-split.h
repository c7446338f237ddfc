/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_MULTI_PATH_SPLIT_H
#define QKDN_MULTI_PATH_SPLIT_H

#include "qkdn-widest-route.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A route and its part of a demand.
 */
struct RouteShare
{
    FoundRoute route;  //!< the route
    uint64_t units{0}; //!< what it carries, in the unit of the capacities
};

/**
 * @ingroup qkdn-resilience
 * @brief A demand that is split over routes.
 */
struct MultiPathSplit
{
    std::vector<RouteShare> shares; //!< the largest first, of equal ones the cheapest
    uint64_t units{0};              //!< their sum; less than the demand if there is no room

    /// whether it is sure that no split carries more, or as much at less cost
    bool exact{true};

    /**
     * @brief What it costs.
     * @return sum over the routes of cost times units
     */
    double GetCost() const;
};

/**
 * @ingroup qkdn-resilience
 * @brief Split a demand over routes, for example a key rate over the free key rates of hops.
 *
 * As much as there is room for is carried at the least cost: a flow of least cost, taken apart into
 * routes. The routes may cross; a hop carries the sum of theirs. If that needs more routes than
 * allowed, or too long ones, what is best is NP-hard to find (Baier, Koehler, Skutella,
 * Algorithmica 42, 2005): then the better of the largest routes of the flow and of the widest
 * routes one after the other is taken, and MultiPathSplit::exact is false.
 *
 * @param graph the hops
 * @param from first KM
 * @param to last KM
 * @param filter what the routes may use
 * @param capacity what each hop has to give, at most 2^53
 * @param units the demand, in the same unit, at most 2^53
 * @param mostRoutes routes at most
 * @return the split, without routes if nothing can be carried or both KMs are the same
 */
MultiPathSplit SplitOverRoutes(const RouteGraph& graph,
                               KmId from,
                               KmId to,
                               const RouteFilter& filter,
                               const HopCapacity& capacity,
                               uint64_t units,
                               std::size_t mostRoutes);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_MULTI_PATH_SPLIT_H */
