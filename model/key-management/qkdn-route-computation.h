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
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
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
    ROUTE_COST_HOPS,   //!< number of hops
    ROUTE_COST_RATE,   //!< time to make a bit of key, summed over the hops
    ROUTE_COST_LENGTH, //!< length of the QKD links
    ROUTE_COST_POOL    //!< share of the pool that a bit of key takes, summed over the hops
};

/**
 * @ingroup qkdn-resilience
 * @brief What the cost of a hop can come from.
 */
struct HopFigures
{
    uint64_t keyRateBps{0}; //!< key rate, bit/s
    uint64_t poolBits{0};   //!< key in the pool, bits
    double lengthKm{0.0};   //!< length of the QKD link, km
};

/**
 * @ingroup qkdn-resilience
 * @brief The cost of a hop.
 * @param cost what routes are compared by
 * @param figures the hop; only what the cost needs is read
 * @return at least 1: 1, or picoseconds per bit (rates below 1 bit/s count as 1 bit/s), or
 * millimetres, or the share of the pool that one bit takes in parts of 1e-12 (pools below 1 bit
 * count as 1 bit)
 */
uint64_t HopCost(RouteCost cost, const HopFigures& figures);

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

class HopGraph;

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
     * @brief Set the risk groups of a hop: what could break it together with others.
     * @param hop a hop of the graph; aborts otherwise
     * @param groups names of its risk groups, such as ducts and bridges
     */
    void SetRiskGroups(const KmHop& hop, const std::set<std::string>& groups);

    /**
     * @brief The risk groups of a hop.
     * @param hop the hop
     * @return their names
     */
    const std::set<std::string>& GetRiskGroups(const KmHop& hop) const;

    /**
     * @brief The hops that a filter allows.
     * @param filter the filter
     * @return the hops in order with their costs
     */
    std::vector<std::pair<KmHop, uint64_t>> GetHops(const RouteFilter& filter) const;

    /**
     * @brief The cheapest route; of several that with the smaller sequence of KM numbers.
     *
     * A limit of hops is kept exactly: it is the cheapest route among those within it (method of
     * Bellman and Ford, stopped after so many rounds).
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
     * @brief As many routes as there are, up to a number, without a common hop, or also without a
     * common KM between the ends, whose costs add up to least. They may have any number of hops.
     * @param from first KM
     * @param to last KM
     * @param filter what they may use, but for its limit of hops
     * @param most how many routes at most
     * @param nodeDisjoint whether they may have no KM in common but their ends
     * @return the routes, the cheapest first, of equal ones that with smaller numbers
     */
    std::vector<FoundRoute> FindCheapestTuple(KmId from,
                                              KmId to,
                                              const RouteFilter& filter,
                                              std::size_t most,
                                              bool nodeDisjoint) const;

    /**
     * @brief As many routes without a common hop and a common KM between the ends as there are, up
     * to a number, whose costs add up to least; if they are too few, routes without a common hop.
     *
     * They are found as FindDisjointRoutes() finds two. If a route has more hops than the filter
     * allows, the routes with the fewest hops together are tried, then fewer routes.
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
    std::map<KmHop, uint64_t> m_costs;                   //!< the hops
    std::map<KmHop, std::set<std::string>> m_riskGroups; //!< of hops that have some
    mutable std::shared_ptr<const HopGraph> m_graph; //!< the hops for searches, made when needed
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_ROUTE_COMPUTATION_H */
