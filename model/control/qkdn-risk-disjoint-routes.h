/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_RISK_DISJOINT_ROUTES_H
#define QKDN_RISK_DISJOINT_ROUTES_H

#include "ns3/qkdn-route-computation.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Routes that no single risk breaks together.
 */
struct RiskDisjointTuple
{
    std::vector<FoundRoute> routes; //!< the cheapest first; none if not as many were found

    /// whether it is sure that no others cost less together, or, without routes, that there are
    /// none
    bool exact{false};

    std::size_t steps{0}; //!< steps that the search took
};

/**
 * @ingroup qkdn-resilience
 * @brief Finds routes of least cost together that have no hop and no risk group in common (RFC
 * 4428, clause 7.4.1; each hop is a risk of its own), and on request no KM between the ends.
 *
 * That is NP-complete already for two routes. The search goes through one route KM by KM. At each
 * step the cheapest way on and the cheapest other routes that keep off its hops and risk groups
 * give a bound below; where these routes happen to be disjoint they are the best of that branch.
 * Branches that cannot beat the best routes so far are left out, so that the result is exact.
 *
 * Up to EXACT_HOPS hops it searches for up to a number of steps. With more hops, or when the steps
 * are used up, the result is that of a heuristic, which says so in RiskDisjointTuple::exact: each
 * of the first routes by cost with the cheapest routes that keep off it, one after the other, or
 * what the search had found if that is better.
 */
class RiskDisjointRoutes
{
  public:
    static constexpr std::size_t EXACT_HOPS = 1000; //!< hops up to which it searches
    static constexpr std::size_t MAX_STEPS = 20000; //!< steps of a search
    static constexpr std::size_t FIRST_ROUTES = 16; //!< first routes of the heuristic

    /**
     * @brief Constructor
     * @param graph the hops with their risk groups; it has to outlive this object
     * @param nodeDisjoint whether the routes may have no KM in common but their ends
     * @param maxSteps steps after which a search is given up; 0: the heuristic alone
     */
    explicit RiskDisjointRoutes(const RouteGraph& graph,
                                bool nodeDisjoint = false,
                                std::size_t maxSteps = MAX_STEPS);

    /**
     * @brief Find routes.
     * @param from first KM
     * @param to last KM
     * @param filter what they may use
     * @param count how many, at least 1
     * @return the routes, none if they were not found
     */
    RiskDisjointTuple Find(KmId from, KmId to, const RouteFilter& filter, std::size_t count);

    /**
     * @brief Whether no hop and no risk group, and no KM between the ends if the routes have to be
     * node-disjoint, is on two of some routes.
     * @param routes the routes
     * @return true if so
     */
    bool AreDisjoint(const std::vector<FoundRoute>& routes) const;

  private:
    /// Routes to be found beside those that are chosen.
    struct Task
    {
        RouteFilter filter;             //!< what they may use, with all that is excluded
        std::set<std::string> taken;    //!< risk groups that they may not use
        std::vector<FoundRoute> chosen; //!< the routes beside them
        uint64_t cost{0};               //!< cost of those
        std::size_t count{0};           //!< how many are to be found
    };

    /**
     * @brief Take what a route crosses away from others.
     * @param kms its KMs so far
     * @param [in,out] task the search for the others
     */
    void Exclude(const std::vector<KmId>& kms, Task& task) const;

    /**
     * @brief The filter of a task.
     * @param task the task; it has to outlive the filter
     * @return its filter that also keeps off its risk groups
     */
    RouteFilter FilterOf(const Task& task) const;

    /**
     * @brief The cheapest routes when they may share risk groups with each other.
     * @param task which routes
     * @return the routes, fewer if there are too few
     */
    std::vector<FoundRoute> Relax(const Task& task) const;

    /**
     * @brief Find the best routes of a task.
     * @param task the task
     */
    void Solve(const Task& task);

    /**
     * @brief Go on with a route that has got to a KM.
     * @param kms its KMs so far
     * @param task the task that it belongs to
     */
    void Extend(const std::vector<KmId>& kms, const Task& task);

    /**
     * @brief Note routes if they are better than the best so far.
     * @param routes the routes
     */
    void Offer(std::vector<FoundRoute> routes);

    /**
     * @brief Whether all of some routes are within the limit of hops.
     * @param routes the routes
     * @return true if so
     */
    bool AreWithinLimit(const std::vector<FoundRoute>& routes) const;

    /**
     * @brief First routes by cost, each with the cheapest ones that keep off it.
     * @param task all routes
     */
    void TryFirstRoutes(const Task& task);

    const RouteGraph& m_graph;                   //!< the hops
    bool m_nodeDisjoint;                         //!< whether KMs count
    std::size_t m_maxSteps;                      //!< steps at most
    KmId m_from;                                 //!< first KM
    KmId m_to;                                   //!< last KM
    std::size_t m_maxHops{0};                    //!< longest route, hops
    std::size_t m_steps{0};                      //!< steps so far
    std::vector<FoundRoute> m_best;              //!< the best routes so far
    uint64_t m_bestCost{0};                      //!< their cost, or the largest number
    std::map<KmId, std::set<KmId>> m_neighbours; //!< KMs at the other ends of hops
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_RISK_DISJOINT_ROUTES_H */
