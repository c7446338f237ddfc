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
#include <optional>
#include <set>
#include <utility>
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
 * step the cheapest way on and the cheapest other routes that keep off its risks give a bound
 * below; where these routes happen to be disjoint they are the best of that branch. Where they
 * share a risk that one side cannot keep off, the other has to; a branch in which neither can, or
 * which cannot beat the best routes so far, is left out. So the result is exact.
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
    /// Risks by number: whether each is meant.
    using Risks = std::vector<bool>;

    /// Routes to be found beside those that are chosen.
    struct Task
    {
        Risks taken;                    //!< what they may not cross
        std::vector<FoundRoute> chosen; //!< the routes beside them
        uint64_t cost{0};               //!< cost of those
        std::size_t count{0};           //!< how many are to be found
    };

    /// A route that has got to a KM, and the routes beside it.
    struct Branch
    {
        std::vector<KmId> kms; //!< its KMs so far
        Risks own;             //!< what it may not cross from here on
        Task rest;             //!< the others
    };

    /**
     * @brief Number the risks of all hops.
     * @param hops the hops that may be used
     */
    void NumberRisks(const std::vector<std::pair<KmHop, uint64_t>>& hops);

    /**
     * @brief Add the risks that a route crosses.
     * @param kms its KMs
     * @param [in,out] risks the risks
     */
    void AddRisks(const std::vector<KmId>& kms, Risks& risks) const;

    /**
     * @brief Whether no risk is on two of some routes.
     * @param routes the routes
     * @return true if so
     */
    bool ShareNoRisk(const std::vector<FoundRoute>& routes) const;

    /**
     * @brief What may be used without some risks.
     * @param taken the risks; they have to outlive the filter
     * @return the filter
     */
    RouteFilter Without(const Risks& taken) const;

    /**
     * @brief The cheapest routes when they may share risks with each other, but for hops and KMs.
     * @param task which routes
     * @return the routes, fewer if there are too few
     */
    std::vector<FoundRoute> Relax(const Task& task) const;

    /**
     * @brief The cheapest way on of a route.
     * @param kms its KMs so far
     * @param own what it may not cross from here on
     * @return the whole route, none if it cannot get to the end
     */
    std::optional<FoundRoute> Complete(const std::vector<KmId>& kms, const Risks& own) const;

    /**
     * @brief Find the best routes of a task.
     * @param task the task
     */
    void Solve(const Task& task);

    /**
     * @brief Go on with a route.
     * @param branch the route
     */
    void Extend(Branch branch);

    /**
     * @brief Decide for risks that a route and others share who has to keep off them.
     * @param route the cheapest way on
     * @param others the cheapest others
     * @param [in,out] branch what each side may not cross
     * @param [out] decided whether there was anything to decide
     * @return whether better routes can still be found
     */
    bool Propagate(const FoundRoute& route,
                   const std::vector<FoundRoute>& others,
                   Branch& branch,
                   bool& decided) const;

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
     * @param count how many routes
     */
    void TryFirstRoutes(std::size_t count);

    const RouteGraph& m_graph;                         //!< the hops
    bool m_nodeDisjoint;                               //!< whether KMs count
    std::size_t m_maxSteps;                            //!< steps at most
    KmId m_from;                                       //!< first KM
    KmId m_to;                                         //!< last KM
    RouteFilter m_filter;                              //!< what routes may use
    std::size_t m_steps{0};                            //!< steps so far
    std::vector<FoundRoute> m_best;                    //!< the best routes so far
    uint64_t m_bestCost{0};                            //!< their cost, or the largest number
    std::size_t m_riskCount{0};                        //!< numbers of risks
    std::map<KmHop, std::vector<std::size_t>> m_risks; //!< numbers of the risks of each hop
    std::map<KmId, std::set<KmId>> m_neighbours;       //!< KMs at the other ends of hops
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_RISK_DISJOINT_ROUTES_H */
