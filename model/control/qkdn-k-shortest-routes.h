/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_K_SHORTEST_ROUTES_H
#define QKDN_K_SHORTEST_ROUTES_H

#include "ns3/qkdn-route-computation.h"

#include <cstddef>
#include <optional>
#include <set>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The cheapest routes between two KMs one after the other, without circles.
 *
 * The method of Yen (Management Science 17, 1971) with the saving of Lawler (Management Science
 * 18, 1972): each further route leaves one of those before it at some KM, and only KMs at or after
 * the one where that route itself branched off are tried. Routes come by cost, of equal ones that
 * with the smaller sequence of KM numbers first; a limit of hops is kept exactly.
 */
class KShortestRoutes
{
  public:
    /**
     * @brief Constructor
     * @param graph the hops; it has to outlive this object
     * @param from first KM
     * @param to last KM
     * @param filter what the routes may use
     */
    KShortestRoutes(const RouteGraph& graph, KmId from, KmId to, const RouteFilter& filter);

    /**
     * @brief The next route.
     * @return the route, none if there is no other
     */
    std::optional<FoundRoute> Next();

    /**
     * @brief The first routes.
     * @param graph the hops
     * @param from first KM
     * @param to last KM
     * @param filter what they may use
     * @param most how many at most
     * @return the routes in order
     */
    static std::vector<FoundRoute> Find(const RouteGraph& graph,
                                        KmId from,
                                        KmId to,
                                        const RouteFilter& filter,
                                        std::size_t most);

  private:
    /// A route that may come next.
    struct Candidate
    {
        FoundRoute route;     //!< the route
        std::size_t branch{}; //!< KMs that it shares with the route that it left, less one

        /// @cond
        bool operator<(const Candidate& o) const;
        /// @endcond
    };

    /**
     * @brief Find the routes that leave a route at its branch or later.
     * @param found the route
     */
    void BranchOff(const Candidate& found);

    const RouteGraph& m_graph;        //!< the hops
    KmId m_from;                      //!< first KM
    KmId m_to;                        //!< last KM
    RouteFilter m_filter;             //!< what they may use
    std::vector<FoundRoute> m_found;  //!< routes so far
    std::set<Candidate> m_candidates; //!< the next is among them
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_K_SHORTEST_ROUTES_H */
