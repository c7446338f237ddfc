/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_NEXT_HOP_GRAPH_H
#define QKDN_NEXT_HOP_GRAPH_H

#include "qkdn-next-hop-trees.h"

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <cstdint>
#include <limits>
#include <tuple>

// What the parts of NextHopTrees have in common.

namespace ns3
{
namespace qkdn
{

/// Distance without a path.
constexpr int64_t DISTANCE_WITHOUT_PATH = std::numeric_limits<int64_t>::max();

using BoostTreeGraph = boost::adjacency_list<boost::vecS,
                                             boost::vecS,
                                             boost::undirectedS,
                                             boost::no_property,
                                             uint32_t>; //!< edges carry their number

/**
 * @brief The next edge of a node: of the lowest peer, then the one that was added first.
 * @param graph the graph
 * @param edges its edges
 * @param node the node, not the root
 * @param distanceOf gives the distance of a node, DISTANCE_WITHOUT_PATH if there is none
 * @return the number of the edge
 */
template <typename Edges, typename DistanceOf>
uint32_t
ChooseEdge(const BoostTreeGraph& graph,
           const Edges& edges,
           uint32_t node,
           const DistanceOf& distanceOf)
{
    auto best = std::make_tuple(NextHopTrees::NO_EDGE, NextHopTrees::NO_EDGE);
    const int64_t distance = distanceOf(node);
    const auto out = boost::out_edges(node, graph);
    for (auto edge = out.first; distance != DISTANCE_WITHOUT_PATH && edge != out.second; ++edge)
    {
        const uint32_t index = graph[*edge];
        const auto peer = static_cast<uint32_t>(boost::target(*edge, graph));
        const int64_t rest = edges[index].used ? distanceOf(peer) : DISTANCE_WITHOUT_PATH;
        if (rest != DISTANCE_WITHOUT_PATH && rest + edges[index].cost == distance)
        {
            best = std::min(best, std::make_tuple(peer, index));
        }
    }
    return std::get<1>(best);
}

/// The graph of NextHopTrees.
struct NextHopTrees::Graph
{
    BoostTreeGraph graph; //!< vertices are nodes
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_NEXT_HOP_GRAPH_H */
