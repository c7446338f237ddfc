/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-graph-layout.h"

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/floyd_warshall_shortest.hpp>
#include <cmath>
#include <gsl/gsl_eigen.h>
#include <limits>
#include <memory>

namespace ns3
{
namespace qkdn
{

namespace
{

/// Nodes above which the layout would take long.
constexpr std::size_t MAX_NODES = 200;

/// Shortest edge that is drawn as it is, share of the mean.
constexpr double SHORTEST = 0.3;

using Graph = boost::adjacency_list<boost::vecS,
                                    boost::vecS,
                                    boost::undirectedS,
                                    boost::no_property,
                                    boost::property<boost::edge_weight_t, double>>;
using Points = std::vector<std::pair<double, double>>;
using Distances = std::vector<std::vector<double>>;

/// The lengths of the shortest paths, the largest number where there is none.
Distances
FindDistances(std::size_t nodes, const std::vector<LayoutEdge>& edges)
{
    double mean = 0.0;
    for (const LayoutEdge& edge : edges)
    {
        mean += edge.length / static_cast<double>(edges.size());
    }
    Graph graph(nodes);
    for (const LayoutEdge& edge : edges)
    {
        boost::add_edge(edge.a, edge.b, std::max(edge.length / mean, SHORTEST), graph);
    }
    Distances distances(nodes, std::vector<double>(nodes));
    boost::floyd_warshall_all_pairs_shortest_paths(graph, distances);
    return distances;
}

/// Points on a circle.
Points
PlaceOnCircle(std::size_t nodes)
{
    Points points;
    for (std::size_t i = 0; i < nodes; ++i)
    {
        const double angle = 2.0 * M_PI * static_cast<double>(i) / static_cast<double>(nodes);
        points.emplace_back(std::cos(angle), std::sin(angle));
    }
    return points;
}

/// Points whose scalar products come closest to those that the distances stand for.
Points
ScaleDistances(const Distances& distances)
{
    const std::size_t nodes = distances.size();
    std::vector<double> means(nodes, 0.0);
    double all = 0.0;
    for (std::size_t i = 0; i < nodes; ++i)
    {
        for (std::size_t j = 0; j < nodes; ++j)
        {
            means[i] += distances[i][j] * distances[i][j] / static_cast<double>(nodes);
        }
        all += means[i] / static_cast<double>(nodes);
    }
    const std::unique_ptr<gsl_matrix, decltype(&gsl_matrix_free)> products(
        gsl_matrix_alloc(nodes, nodes),
        gsl_matrix_free);
    for (std::size_t i = 0; i < nodes; ++i)
    {
        for (std::size_t j = 0; j < nodes; ++j)
        {
            const double square = distances[i][j] * distances[i][j];
            gsl_matrix_set(products.get(), i, j, -0.5 * (square - means[i] - means[j] + all));
        }
    }
    const std::unique_ptr<gsl_vector, decltype(&gsl_vector_free)> values(gsl_vector_alloc(nodes),
                                                                         gsl_vector_free);
    const std::unique_ptr<gsl_matrix, decltype(&gsl_matrix_free)> vectors(
        gsl_matrix_alloc(nodes, nodes),
        gsl_matrix_free);
    const std::unique_ptr<gsl_eigen_symmv_workspace, decltype(&gsl_eigen_symmv_free)> workspace(
        gsl_eigen_symmv_alloc(nodes),
        gsl_eigen_symmv_free);
    gsl_eigen_symmv(products.get(), values.get(), vectors.get(), workspace.get());
    gsl_eigen_symmv_sort(values.get(), vectors.get(), GSL_EIGEN_SORT_VAL_DESC);
    const auto coordinate = [&](std::size_t node, std::size_t axis) {
        // the sign of an axis is free: the first node is at its lower end
        const double sign = gsl_matrix_get(vectors.get(), 0, axis) > 0.0 ? -1.0 : 1.0;
        return sign * std::sqrt(std::max(0.0, gsl_vector_get(values.get(), axis))) *
               gsl_matrix_get(vectors.get(), node, axis);
    };
    Points points;
    for (std::size_t i = 0; i < nodes; ++i)
    {
        points.emplace_back(coordinate(i, 0), coordinate(i, 1));
    }
    return points;
}

} // namespace

std::vector<std::pair<double, double>>
LayOutGraph(std::size_t nodes, const std::vector<LayoutEdge>& edges)
{
    if (nodes < 3 || nodes > MAX_NODES)
    {
        return PlaceOnCircle(nodes);
    }
    const Distances distances = FindDistances(nodes, edges);
    const bool isConnected =
        std::all_of(distances[0].begin(), distances[0].end(), [](double distance) {
            return distance < std::numeric_limits<double>::max();
        });
    return isConnected ? ScaleDistances(distances) : PlaceOnCircle(nodes);
}

} // namespace qkdn
} // namespace ns3
