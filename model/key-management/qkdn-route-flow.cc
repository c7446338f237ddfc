/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-route-flow.h"

#include "qkdn-km-index.h"

#include <algorithm>
#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/successive_shortest_path_nonnegative_weights.hpp>
#include <limits>
#include <utility>

namespace ns3
{
namespace qkdn
{

namespace
{

/// The KMs of some hops.
std::vector<KmId>
KmsOf(const std::vector<FlowHop>& hops)
{
    std::vector<KmId> kms;
    kms.reserve(2 * hops.size());
    for (const FlowHop& hop : hops)
    {
        kms.push_back(hop.hop.low);
        kms.push_back(hop.hop.high);
    }
    return kms;
}

/// A flow of least cost, and its graph.
class RouteFlow
{
  public:
    /// Constructor: find the flow.
    RouteFlow(const std::vector<FlowHop>& hops, KmId from, KmId to, bool splitKms, int64_t units);

    /// Take a route out of the flow; without KMs if there is none left.
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

    /// The edges of the graph, each followed by its reverse.
    std::vector<Draft> DraftArcs(const std::vector<FlowHop>& hops, int64_t units) const;

    /// Build the graph of edges that are each followed by their reverse.
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

RouteFlow::RouteFlow(const std::vector<FlowHop>& hops,
                     KmId from,
                     KmId to,
                     bool splitKms,
                     int64_t units)
    : m_index(KmsOf(hops)),
      m_split(splitKms),
      m_from(m_index.ToNumber(from)),
      m_to(m_index.ToNumber(to))
{
    Build(DraftArcs(hops, units));
    Fill();
}

std::vector<RouteFlow::Draft>
RouteFlow::DraftArcs(const std::vector<FlowHop>& hops, int64_t units) const
{
    std::vector<Draft> drafts;
    drafts.reserve(4 * hops.size() + 2 * m_index.GetSize() + 2);
    // an edge and its reverse
    const auto add = [&drafts](Number from, Number to, int64_t capacity, double cost) {
        drafts.push_back({from, to, capacity, cost});
        drafts.push_back({to, from, 0, -cost});
    };
    for (std::size_t i = 0; m_split && i < m_index.GetSize(); ++i)
    {
        const bool isEnd = i == m_from || i == m_to;
        add(EntranceOf(i), ExitOf(i), isEnd ? units : 1, 0.0);
    }
    for (const FlowHop& hop : hops)
    {
        const std::size_t low = m_index.ToNumber(hop.hop.low);
        const std::size_t high = m_index.ToNumber(hop.hop.high);
        // Boost adds up the distances of unreachable vertices: whole numbers would overflow.
        const auto cost = static_cast<double>(hop.cost);
        add(ExitOf(low), EntranceOf(high), hop.capacity, cost);
        add(ExitOf(high), EntranceOf(low), hop.capacity, cost);
    }
    add(SOURCE, EntranceOf(m_from), units, 0.0);
    return drafts;
}

void
RouteFlow::Build(const std::vector<Draft>& drafts)
{
    // places of the edges when they stand by vertex
    const std::size_t vertices = EntranceOf(m_index.GetSize());
    std::vector<Number> next(vertices + 1, 0);
    for (const Draft& draft : drafts)
    {
        ++next[draft.from + 1];
    }
    for (std::size_t i = 1; i <= vertices; ++i)
    {
        next[i] += next[i - 1];
    }
    std::vector<Number> places;
    places.reserve(drafts.size());
    for (const Draft& draft : drafts)
    {
        places.push_back(next[draft.from]++);
    }
    std::vector<std::pair<Number, Number>> ends(drafts.size());
    m_capacity.resize(drafts.size());
    m_residual.resize(drafts.size());
    m_cost.resize(drafts.size());
    m_reverse.resize(drafts.size());
    for (std::size_t i = 0; i < drafts.size(); ++i)
    {
        const Draft& draft = drafts[i];
        ends[places[i]] = {draft.from, draft.to};
        m_capacity[places[i]] = draft.capacity;
        m_cost[places[i]] = draft.cost;
        m_reverse[places[i]] = Edge(draft.to, places[i ^ 1]);
    }
    m_graph = Graph(boost::edges_are_sorted, ends.begin(), ends.end(), vertices);
}

void
RouteFlow::Fill()
{
    const auto index = boost::get(boost::edge_index, m_graph);
    boost::successive_shortest_path_nonnegative_weights(
        m_graph,
        SOURCE,
        ExitOf(m_to),
        boost::capacity_map(boost::make_iterator_property_map(m_capacity.begin(), index))
            .residual_capacity_map(boost::make_iterator_property_map(m_residual.begin(), index))
            .weight_map(boost::make_iterator_property_map(m_cost.begin(), index))
            .reverse_edge_map(boost::make_iterator_property_map(m_reverse.begin(), index)));
}

FlowRoute
RouteFlow::Take()
{
    FlowRoute route{{m_index.ToKm(m_from)}, std::numeric_limits<int64_t>::max()};
    const auto index = boost::get(boost::edge_index, m_graph);
    std::vector<std::size_t> used;
    std::size_t here = m_from;
    while (here != m_to)
    {
        int64_t most = 0;
        Edge best;
        for (auto [edge, end] = boost::out_edges(ExitOf(here), m_graph); edge != end; ++edge)
        {
            const std::size_t place = get(index, *edge);
            const int64_t flow = m_capacity[place] - m_residual[place];
            if (flow > most)
            {
                most = flow;
                best = *edge;
            }
        }
        if (most == 0)
        {
            return {};
        }
        used.push_back(get(index, best));
        here = (boost::target(best, m_graph) - 1) / (m_split ? 2 : 1);
        route.kms.push_back(m_index.ToKm(here));
        route.units = std::min(route.units, most);
    }
    for (const std::size_t place : used)
    {
        m_residual[place] += route.units;
    }
    return route;
}

} // namespace

std::vector<FlowRoute>
FindCheapestFlow(const std::vector<FlowHop>& hops, KmId from, KmId to, bool splitKms, int64_t units)
{
    RouteFlow flow(hops, from, to, splitKms, units);
    std::vector<FlowRoute> routes;
    for (FlowRoute route = flow.Take(); !route.kms.empty(); route = flow.Take())
    {
        routes.push_back(route);
    }
    return routes;
}

} // namespace qkdn
} // namespace ns3
