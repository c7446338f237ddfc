/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_GRAPH_LAYOUT_H
#define QKDN_GRAPH_LAYOUT_H

#include <cstddef>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief An edge of a graph to be drawn.
 */
struct LayoutEdge
{
    std::size_t a{0};   //!< number of a node
    std::size_t b{0};   //!< number of another node
    double length{1.0}; //!< how far apart they are, in any unit, above 0
};

/**
 * @ingroup qkdn-resilience
 * @brief Places for the nodes of a graph in a plane, such that their distances are about the
 * shortest paths between them (classical scaling, W. S. Torgerson, Psychometrika 17, 1952).
 *
 * Where node coordinates are unknown, lengths of fibre make a drawing similar to a map, turned or
 * mirrored. Very short edges are drawn longer, so that their ends can be told apart. The
 * nodes of graphs that have several parts or more than 200 nodes are put on a circle.
 *
 * @param nodes how many nodes there are
 * @param edges the edges
 * @return x and y of each node; always the same for the same graph
 */
std::vector<std::pair<double, double>> LayOutGraph(std::size_t nodes,
                                                   const std::vector<LayoutEdge>& edges);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_GRAPH_LAYOUT_H */
