/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_ROUTE_FLOW_H
#define QKDN_ROUTE_FLOW_H

#include "qkdn-km-hop.h"
#include "qkdn-km-index.h"

#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <cstdint>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A hop that a flow may use.
 */
struct FlowHop
{
    KmHop hop;           //!< the hop
    uint64_t cost{1};    //!< cost of a unit, at least 1 and at most 2^40
    int64_t capacity{1}; //!< units that it can carry, both directions together
};

/**
 * @ingroup qkdn-resilience
 * @brief A route of a flow.
 */
struct FlowRoute
{
    std::vector<KmId> kms; //!< its KMs in order, none if there is no flow left
    int64_t units{0};      //!< what it carries
};

/**
 * @ingroup qkdn-resilience
 * @brief A flow of least cost from a KM to another: as many units as there is room for, up to a
 * number.
 *
 * It is found by successive shortest paths, where KMs carry one unit in the graph with each KM
 * split into an entrance and an exit. With a capacity of 1 for all hops this is the method of
 * Suurballe (Networks 4, 1974) and Bhandari (Survivable Networks, 1999).
 */
class RouteFlow
{
  public:
    /**
     * @brief Constructor: find the flow
     * @param hops the hops in order, each once
     * @param from first KM, one of theirs
     * @param to last KM, one of theirs, another one
     * @param splitKms whether no KM between the ends may carry more than one unit
     * @param units units at most
     */
    RouteFlow(const std::vector<FlowHop>& hops, KmId from, KmId to, bool splitKms, int64_t units);

    /**
     * @brief Take a route out of the flow, which has no circles: they would cost.
     *
     * From the first KM on it follows the hop that carries most, of several that to the KM with
     * the smallest id.
     *
     * @return the route with all the units that it carries
     */
    FlowRoute Take();

  private:
    using Number = uint32_t; //!< of vertices and edges: half the memory of the default
    using Graph = boost::compressed_sparse_row_graph<boost::directedS,
                                                     boost::no_property,
                                                     boost::no_property,
                                                     boost::no_property,
                                                     Number,
                                                     Number>;
    using Edge = boost::graph_traits<Graph>::edge_descriptor;

    /// A directed edge before the graph is built.
    struct Draft
    {
        Number from;      //!< vertex
        Number to;        //!< vertex
        int64_t capacity; //!< units
        double cost;      //!< of a unit
    };

    /**
     * @brief The edges of the graph, each followed by its reverse.
     * @param hops the hops
     * @param units units at most
     * @return the edges
     */
    std::vector<Draft> DraftArcs(const std::vector<FlowHop>& hops, int64_t units) const;

    /**
     * @brief Build the graph.
     * @param drafts its edges, each followed by its reverse
     */
    void Build(const std::vector<Draft>& drafts);

    /// Find the flow.
    void Fill();

    /// The vertex at which hops come in to a KM.
    Number EntranceOf(std::size_t km) const
    {
        return static_cast<Number>(m_split ? 2 * km + 1 : km + 1);
    }

    /// The vertex at which hops go out from a KM.
    Number ExitOf(std::size_t km) const
    {
        return static_cast<Number>(m_split ? 2 * km + 2 : km + 1);
    }

    /// The vertex from which all units come. It is the first one: Boost takes the first edge of the
    /// first vertex for none, and its only edge is not the last one of any route.
    static constexpr Number SOURCE = 0;

    KmIndex m_index;                 //!< numbers of the KMs
    bool m_split;                    //!< whether KMs have an entrance and an exit
    std::size_t m_from;              //!< first KM
    std::size_t m_to;                //!< last KM
    Graph m_graph;                   //!< KMs, or their entrances and exits, and a source
    std::vector<int64_t> m_capacity; //!< of each edge, units
    std::vector<int64_t> m_residual; //!< what is left of that
    std::vector<double> m_cost;      //!< of a unit on each edge
    std::vector<Edge> m_reverse;     //!< edge in the other direction of each
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_ROUTE_FLOW_H */
