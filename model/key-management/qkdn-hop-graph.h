/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_HOP_GRAPH_H
#define QKDN_HOP_GRAPH_H

#include "qkdn-km-index.h"
#include "qkdn-route-computation.h"

#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <cstdint>
#include <limits>
#include <map>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Hops with their costs as a graph, for many searches of routes, each with a filter of its
 * own.
 *
 * A filter is asked only of hops that a search reaches, and once of each. The cheapest route is
 * searched from both ends at once, which reaches few hops of a large network, and ends at once
 * where one of the ends has no way out; Boost has no such search.
 */
class HopGraph
{
  public:
    /**
     * @brief Constructor
     * @param costs cost of each hop, at least 1
     */
    explicit HopGraph(const std::map<KmHop, uint64_t>& costs);

    /**
     * @brief The cheapest route within the limit of hops; of several that with the smallest KM
     * numbers.
     * @param from first KM
     * @param to last KM
     * @param filter what it may use
     * @return its KMs, empty if there is none or both KMs are the same
     */
    std::vector<KmId> Find(KmId from, KmId to, const RouteFilter& filter) const;

  private:
    using Number = uint32_t; //!< of vertices and edges: half the memory of the default

    /// One direction of a hop.
    struct Arc
    {
        Number hop;    //!< position of the hop in m_hops
        uint64_t cost; //!< its cost
    };

    using Graph = boost::compressed_sparse_row_graph<boost::directedS,
                                                     boost::no_property,
                                                     Arc,
                                                     boost::no_property,
                                                     Number,
                                                     Number>;
    using Edge = boost::graph_traits<Graph>::edge_descriptor;

    /// What a search may use.
    class Search;
    /// What a search has found out from one end.
    class Side;

    /// Cost to the end where there is no way to it.
    static constexpr uint64_t NONE = std::numeric_limits<uint64_t>::max();

    /**
     * @brief The cheapest route, however long.
     * @param start number of the first KM
     * @param end number of the last KM, another one
     * @param search what it may use
     * @return its KMs, empty if there is none
     */
    std::vector<KmId> FindCheapest(Number start, Number end, Search& search) const;

    /**
     * @brief The same among the routes within a limit.
     * @param start number of the first KM
     * @param end number of the last KM, another one
     * @param maxHops longest route, hops
     * @param search what it may use
     * @return its KMs, empty if there is none
     */
    std::vector<KmId> FindCheapestWithin(Number start,
                                         Number end,
                                         std::size_t maxHops,
                                         Search& search) const;

    /**
     * @brief What remains of the cost at each KM that is on a cheapest route.
     * @param to number of the last KM
     * @param start what was found out from the start
     * @param end what was found out from the end
     * @param cost cost of the cheapest routes
     * @param search what they may use
     * @return the cost; at other KMs NONE, or what remains from there
     */
    std::vector<uint64_t> GetCostsLeft(Number to,
                                       const Side& start,
                                       const Side& end,
                                       uint64_t cost,
                                       Search& search) const;

    /**
     * @brief From the start on take the smallest KM that lies on a cheapest route.
     * @param from number of the first KM
     * @param to number of the last KM
     * @param search what it may use
     * @param left gives what remains of the cost after n hops at a KM, NONE without a way
     * @return the KMs, empty if there is no route
     */
    template <typename CostLeft>
    std::vector<KmId> Walk(Number from, Number to, Search& search, CostLeft left) const;

    std::vector<KmHop> m_hops; //!< in order
    KmIndex m_index;           //!< numbers of the KMs
    Graph m_graph;             //!< both directions of the hops
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_HOP_GRAPH_H */
