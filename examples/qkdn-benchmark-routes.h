/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_BENCHMARK_ROUTES_H
#define QKDN_BENCHMARK_ROUTES_H

#include <cstdint>
#include <string>

namespace benchmark
{

/// What route computation is measured for.
struct RoutesOptions
{
    uint32_t nodes{10000};      //!< nodes of the random graph
    uint32_t links{40000};      //!< its links
    uint32_t pairs{20};         //!< pairs of nodes between which routes are searched for
    std::string format{"text"}; //!< of the figures on stdout
};

/**
 * Measure searches for routes on a random graph, and Boost's Dijkstra on the same graph, and print
 * the CPU time of each; returns whether all pairs that were found are disjoint, cost no less than
 * the shortest route and Boost's distance, and are there between all nodes that have two links.
 */
bool MeasureRoutes(const RoutesOptions& options);

} // namespace benchmark

#endif /* QKDN_BENCHMARK_ROUTES_H */
