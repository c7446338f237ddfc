/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-k-shortest-routes.h"

#include <algorithm>
#include <tuple>

namespace ns3
{
namespace qkdn
{

bool
KShortestRoutes::Candidate::operator<(const Candidate& o) const
{
    return std::tie(route.cost, route.kms) < std::tie(o.route.cost, o.route.kms);
}

KShortestRoutes::KShortestRoutes(const RouteGraph& graph,
                                 KmId from,
                                 KmId to,
                                 const RouteFilter& filter)
    : m_graph(graph),
      m_from(from),
      m_to(to),
      m_filter(filter)
{
    if (const auto first = m_graph.FindRoute(from, to, filter))
    {
        m_candidates.insert({*first, 0});
    }
}

std::optional<FoundRoute>
KShortestRoutes::Next()
{
    if (m_candidates.empty())
    {
        return std::nullopt;
    }
    const Candidate next = *m_candidates.begin();
    m_candidates.erase(m_candidates.begin());
    m_found.push_back(next.route);
    BranchOff(next);
    return next.route;
}

void
KShortestRoutes::BranchOff(const Candidate& found)
{
    const std::vector<KmId>& kms = found.route.kms;
    for (std::size_t at = found.branch; at + 1 < kms.size() && at < m_filter.maxHops; ++at)
    {
        const auto rootEnd = kms.begin() + static_cast<std::ptrdiff_t>(at) + 1;
        RouteFilter filter = m_filter;
        filter.excludedKms.insert(kms.begin(), rootEnd - 1);
        filter.maxHops = m_filter.maxHops - at;
        for (const FoundRoute& other : m_found)
        {
            if (other.kms.size() > at + 1 && std::equal(kms.begin(), rootEnd, other.kms.begin()))
            {
                filter.excludedHops.insert(KmHop(other.kms[at], other.kms[at + 1]));
            }
        }
        const auto spur = m_graph.FindRoute(kms[at], m_to, filter);
        if (!spur)
        {
            continue;
        }
        Candidate candidate{{{kms.begin(), rootEnd - 1}, 0}, at};
        candidate.route.kms.insert(candidate.route.kms.end(), spur->kms.begin(), spur->kms.end());
        candidate.route.cost = m_graph.GetCost(candidate.route.kms);
        m_candidates.insert(candidate);
    }
}

std::vector<FoundRoute>
KShortestRoutes::Find(const RouteGraph& graph,
                      KmId from,
                      KmId to,
                      const RouteFilter& filter,
                      std::size_t most)
{
    KShortestRoutes search(graph, from, to, filter);
    std::vector<FoundRoute> routes;
    while (routes.size() < most)
    {
        const auto next = search.Next();
        if (!next)
        {
            break;
        }
        routes.push_back(*next);
    }
    return routes;
}

} // namespace qkdn
} // namespace ns3
