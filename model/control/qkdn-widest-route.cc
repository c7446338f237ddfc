/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-widest-route.h"

#include <algorithm>
#include <vector>

namespace ns3
{
namespace qkdn
{

std::optional<WideRoute>
FindWidestRoute(const RouteGraph& graph,
                KmId from,
                KmId to,
                const RouteFilter& filter,
                const HopCapacity& capacity)
{
    std::vector<uint64_t> capacities;
    for (const auto& hop : graph.GetHops(filter))
    {
        const uint64_t value = capacity(hop.first);
        if (value > 0)
        {
            capacities.push_back(value);
        }
    }
    std::sort(capacities.begin(), capacities.end());
    capacities.erase(std::unique(capacities.begin(), capacities.end()), capacities.end());
    std::optional<WideRoute> widest;
    // all of [0, low) hold a route, none of [high, end) does
    std::size_t low = 0;
    std::size_t high = capacities.size();
    while (low < high)
    {
        const std::size_t middle = low + (high - low) / 2;
        RouteFilter wide = filter;
        wide.accepts = [&filter, &capacity, least = capacities[middle]](const KmHop& hop) {
            return capacity(hop) >= least && (!filter.accepts || filter.accepts(hop));
        };
        if (const auto route = graph.FindRoute(from, to, wide))
        {
            widest = WideRoute{*route, capacities[middle]};
            low = middle + 1;
        }
        else
        {
            high = middle;
        }
    }
    return widest;
}

} // namespace qkdn
} // namespace ns3
