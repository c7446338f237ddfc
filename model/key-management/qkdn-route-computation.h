/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_ROUTE_COMPUTATION_H
#define QKDN_ROUTE_COMPUTATION_H

#include "qkdn-km-hop.h"

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What routes are compared by.
 */
enum RouteCost
{
    ROUTE_COST_HOPS, //!< number of hops
    ROUTE_COST_RATE  //!< time to make a bit of key, summed over the hops
};

/**
 * @ingroup qkdn-resilience
 * @brief The cost of a hop.
 * @param cost what routes are compared by
 * @param keyRateBps key rate of the hop, bit/s
 * @return 1, or picoseconds per bit; rates below 1 bit/s count as 1 bit/s
 */
uint64_t HopCost(RouteCost cost, uint64_t keyRateBps);

/**
 * @ingroup qkdn-resilience
 * @brief What a route may use.
 */
struct RouteFilter
{
    std::set<KmHop> excludedHops; //!< hops that it must avoid
    std::set<KmId> excludedKms;   //!< KMs that it must avoid, also as its ends

    /// hops that it may use, for example those with enough key rate left; empty: all
    std::function<bool(const KmHop&)> accepts;

    /// longest route, hops
    std::size_t maxHops{std::numeric_limits<std::size_t>::max()};

    /**
     * @brief Whether a route may use a hop.
     * @param hop the hop
     * @return true if so
     */
    bool Allows(const KmHop& hop) const;
};

/**
 * @ingroup qkdn-resilience
 * @brief A route that was found.
 */
struct FoundRoute
{
    std::vector<KmId> kms; //!< its KMs in order
    uint64_t cost{0};      //!< sum of the costs of its hops
};

/**
 * @ingroup qkdn-resilience
 * @brief Two routes between the same KMs without a hop in common.
 */
struct DisjointRoutes
{
    FoundRoute first;        //!< the cheaper one, or that with the smaller KM numbers
    FoundRoute second;       //!< the other
    bool nodeDisjoint{true}; //!< whether they have no KM in common but their ends
};

/**
 * @ingroup qkdn-resilience
 * @brief Several routes between the same KMs without a hop in common.
 */
struct DisjointTuple
{
    std::vector<FoundRoute> routes; //!< the cheapest first, of equal ones that with smaller numbers
    bool nodeDisjoint{true};        //!< whether they have no KM in common but their ends
};

/**
 * @ingroup qkdn-resilience
 * @brief Finds routes in a graph of KMs. It knows no messages and no time.
 */
class RouteGraph
{
  public:
    /**
     * @brief Add a hop, or change its cost.
     * @param hop two different KMs
     * @param cost its cost, at least 1 and at most 2^40
     */
    void SetHop(const KmHop& hop, uint64_t cost);

    /**
     * @brief The cheapest route; of several that with the smaller sequence of KM numbers.
     *
     * If it has more hops than the filter allows, the route with the fewest hops is taken
     * instead: so a route is found whenever one exists.
     *
     * @param from first KM
     * @param to last KM
     * @param filter what it may use
     * @return the route, none if there is none or both KMs are the same
     */
    std::optional<FoundRoute> FindRoute(KmId from, KmId to, const RouteFilter& filter) const;

    /**
     * @brief The two routes without a common hop and a common KM between the ends whose costs
     * add up to least (the problem of Suurballe and Bhandari); if there are no such routes, the
     * two without a common hop.
     *
     * They are found as a flow of two units of least cost through the graph with each KM split
     * into an entrance and an exit. Of several pairs with the same cost always the same is
     * found. If a route of the pair has more hops than the filter allows, the pair with the
     * fewest hops together is tried; a pair within the limit may be missed.
     *
     * @param from first KM
     * @param to last KM
     * @param filter what they may use
     * @return the routes, none if there are no two or both KMs are the same
     */
    std::optional<DisjointRoutes> FindDisjointRoutes(KmId from,
                                                     KmId to,
                                                     const RouteFilter& filter) const;

    /**
     * @brief As many routes without a common hop and a common KM between the ends as there are, up
     * to a number, whose costs add up to least; if they are too few, routes without a common hop.
     *
     * They are found as FindDisjointRoutes() finds two. If a route has more hops than the filter
     * allows, the routes with the fewest hops together are tried.
     *
     * @param from first KM
     * @param to last KM
     * @param filter what they may use
     * @param most how many routes at most
     * @param least how many routes at least
     * @return the routes, none if there are too few or both KMs are the same
     */
    std::optional<DisjointTuple> FindDisjointTuple(KmId from,
                                                   KmId to,
                                                   const RouteFilter& filter,
                                                   std::size_t most,
                                                   std::size_t least) const;

    /**
     * @brief The cost of a route.
     * @param kms its KMs; aborts if two successive ones are no hop
     * @return the sum over its hops
     */
    uint64_t GetCost(const std::vector<KmId>& kms) const;

  private:
    /// Hops that a search may use and their costs.
    using Costs = std::map<KmHop, uint64_t>;

    /**
     * @brief The hops that a filter allows.
     * @param filter the filter
     * @return the hops with their costs
     */
    Costs Select(const RouteFilter& filter) const;

    std::map<KmHop, uint64_t> m_costs; //!< the hops
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_ROUTE_COMPUTATION_H */
