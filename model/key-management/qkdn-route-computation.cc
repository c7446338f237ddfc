/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-route-computation.h"

#include "qkdn-km-index.h"
#include "qkdn-route-flow.h"

#include "ns3/abort.h"
#include "ns3/assert.h"

#include <algorithm>
#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/dijkstra_shortest_paths.hpp>
#include <cmath>
#include <numeric>
#include <tuple>

namespace ns3
{
namespace qkdn
{

namespace
{

using Kms = std::vector<KmId>;
/// Hops in order with their costs.
using CostedHops = std::vector<std::pair<KmHop, uint64_t>>;

/// Costs above this could make sums overflow, or inexact where they are floating-point numbers.
constexpr uint64_t MAX_COST = 1ULL << 40;

/// Picoseconds in a second, and the parts of a pool that costs count.
constexpr uint64_t PARTS = 1000000000000;

/// The sum over the hops of a route.
uint64_t
SumOf(const CostedHops& hops, const Kms& kms)
{
    uint64_t sum = 0;
    for (const KmHop& hop : HopsOf(kms))
    {
        sum += std::lower_bound(hops.begin(), hops.end(), hop, [](const auto& a, const KmHop& b) {
                   return a.first < b;
               })->second;
    }
    return sum;
}

/// The KMs of some hops.
KmIndex
IndexOf(const CostedHops& hops)
{
    Kms kms;
    kms.reserve(2 * hops.size());
    for (const auto& hop : hops)
    {
        kms.push_back(hop.first.low);
        kms.push_back(hop.first.high);
    }
    return KmIndex(std::move(kms));
}

/// Hops as a graph, with both directions of each.
class HopGraph
{
    using Number = uint32_t; //!< of vertices and edges: half the memory of the default

  public:
    explicit HopGraph(const CostedHops& hops)
        : m_index(IndexOf(hops))
    {
        std::vector<std::pair<Number, Number>> ends(2 * hops.size());
        std::vector<uint64_t> costs(2 * hops.size());
        std::vector<Number> lows(hops.size());
        std::vector<Number> highs(hops.size());
        std::vector<Number> next(m_index.GetSize() + 1, 0);
        for (std::size_t i = 0; i < hops.size(); ++i)
        {
            lows[i] = static_cast<Number>(m_index.ToNumber(hops[i].first.low));
            highs[i] = static_cast<Number>(m_index.ToNumber(hops[i].first.high));
            ++next[lows[i] + 1];
            ++next[highs[i] + 1];
        }
        std::partial_sum(next.begin(), next.end(), next.begin());
        // hops are in order: the edges of each KM lead to ever higher KMs
        for (std::size_t i = 0; i < hops.size(); ++i)
        {
            for (const auto& [a, b] : {std::pair(lows[i], highs[i]), std::pair(highs[i], lows[i])})
            {
                ends[next[a]] = {a, b};
                costs[next[a]++] = hops[i].second;
            }
        }
        m_graph = Graph(boost::edges_are_sorted,
                        ends.begin(),
                        ends.end(),
                        costs.begin(),
                        m_index.GetSize());
    }

    /// The cheapest route, of several that with the smallest KM numbers; empty if there is none.
    Kms FindCheapest(KmId from, KmId to) const
    {
        if (!m_index.Has(from) || !m_index.Has(to) || from == to)
        {
            return {};
        }
        std::vector<uint64_t> left(m_index.GetSize());
        boost::dijkstra_shortest_paths(m_graph,
                                       m_index.ToNumber(to),
                                       boost::weight_map(boost::get(boost::edge_bundle, m_graph))
                                           .distance_map(boost::make_iterator_property_map(
                                               left.begin(),
                                               boost::get(boost::vertex_index, m_graph))));
        return Walk(m_index.ToNumber(from), m_index.ToNumber(to), [&left](std::size_t, auto km) {
            return left[km];
        });
    }

    /// The same among the routes with some hops at most.
    Kms FindCheapestWithin(KmId from, KmId to, std::size_t maxHops) const
    {
        if (!m_index.Has(from) || !m_index.Has(to) || from == to)
        {
            return {};
        }
        // costs to the end with 0, 1, ... hops at most; a longer route would meet a KM twice
        const std::size_t rows = std::min(maxHops, m_index.GetSize() - 1) + 1;
        std::vector<std::vector<uint64_t>> left(rows,
                                                std::vector<uint64_t>(m_index.GetSize(), NONE));
        left[0][m_index.ToNumber(to)] = 0;
        for (std::size_t row = 1; row < rows; ++row)
        {
            left[row] = left[row - 1];
            for (auto [edge, end] = boost::edges(m_graph); edge != end; ++edge)
            {
                const uint64_t beyond = left[row - 1][boost::target(*edge, m_graph)];
                uint64_t& here = left[row][boost::source(*edge, m_graph)];
                here = beyond == NONE ? here : std::min(here, beyond + m_graph[*edge]);
            }
        }
        return Walk(m_index.ToNumber(from),
                    m_index.ToNumber(to),
                    [&left, rows](std::size_t done, auto km) { return left[rows - 1 - done][km]; });
    }

  private:
    using Graph = boost::compressed_sparse_row_graph<boost::directedS,
                                                     boost::no_property,
                                                     uint64_t,
                                                     boost::no_property,
                                                     Number,
                                                     Number>;

    /// Cost to the end where there is no way to it, as Boost has it.
    static constexpr uint64_t NONE = std::numeric_limits<uint64_t>::max();

    /// From the start on take the smallest KM that lies on a cheapest route; left(n, km) is what
    /// remains of the cost after n hops at a KM.
    template <typename CostLeft>
    Kms Walk(std::size_t from, std::size_t to, CostLeft left) const
    {
        if (left(0, from) == NONE)
        {
            return {};
        }
        Kms kms{m_index.ToKm(from)};
        std::size_t here = from;
        for (std::size_t done = 0; here != to; ++done)
        {
            auto [edge, end] = boost::out_edges(static_cast<Number>(here), m_graph);
            while (left(done + 1, boost::target(*edge, m_graph)) == NONE ||
                   left(done + 1, boost::target(*edge, m_graph)) + m_graph[*edge] !=
                       left(done, here))
            {
                ++edge;
                NS_ASSERT_MSG(edge != end, "costs do not add up");
            }
            here = boost::target(*edge, m_graph);
            kms.push_back(m_index.ToKm(here));
        }
        return kms;
    }

    KmIndex m_index; //!< numbers of the KMs
    Graph m_graph;   //!< the hops with their costs
};

/// Up to some disjoint routes of least cost together, those with the smallest cost first.
std::vector<FoundRoute>
FindTuple(const CostedHops& hops, KmId from, KmId to, bool nodeDisjoint, std::size_t most)
{
    const auto isMet = [&hops](KmId km) {
        return std::any_of(hops.begin(), hops.end(), [km](const auto& hop) {
            return hop.first.low == km || hop.first.high == km;
        });
    };
    if (from == to || !isMet(from) || !isMet(to))
    {
        return {};
    }
    std::vector<FlowHop> flowHops;
    flowHops.reserve(hops.size());
    for (const auto& [hop, cost] : hops)
    {
        flowHops.push_back({hop, cost, 1});
    }
    std::vector<FoundRoute> routes;
    for (const FlowRoute& route :
         FindCheapestFlow(flowHops, from, to, nodeDisjoint, static_cast<int64_t>(most)))
    {
        routes.push_back(FoundRoute{route.kms, SumOf(hops, route.kms)});
    }
    std::sort(routes.begin(), routes.end(), [](const FoundRoute& a, const FoundRoute& b) {
        return std::tie(a.cost, a.kms) < std::tie(b.cost, b.kms);
    });
    return routes;
}

bool
IsWithin(const Kms& kms, std::size_t maxHops)
{
    return kms.size() - 1 <= maxHops;
}

/// The same hops, all at the cost of 1.
CostedHops
CountHops(CostedHops hops)
{
    for (auto& hop : hops)
    {
        hop.second = 1;
    }
    return hops;
}

} // namespace

uint64_t
HopCost(RouteCost cost, const HopFigures& figures)
{
    switch (cost)
    {
    case ROUTE_COST_RATE:
        return std::max<uint64_t>(1, PARTS / std::max<uint64_t>(1, figures.keyRateBps));
    case ROUTE_COST_POOL:
        return std::max<uint64_t>(1, PARTS / std::max<uint64_t>(1, figures.poolBits));
    case ROUTE_COST_LENGTH:
        return static_cast<uint64_t>(
            std::clamp(std::round(figures.lengthKm * 1e6), 1.0, static_cast<double>(MAX_COST)));
    case ROUTE_COST_HOPS:
        break;
    }
    return 1;
}

bool
RouteFilter::Allows(const KmHop& hop) const
{
    return excludedHops.find(hop) == excludedHops.end() &&
           excludedKms.find(hop.low) == excludedKms.end() &&
           excludedKms.find(hop.high) == excludedKms.end() && (!accepts || accepts(hop));
}

void
RouteGraph::SetHop(const KmHop& hop, uint64_t cost)
{
    NS_ABORT_MSG_IF(hop.low == hop.high, "a hop needs two KMs, not KM " << hop.low << " twice");
    NS_ABORT_MSG_IF(cost == 0 || cost > MAX_COST, "the cost of a hop cannot be " << cost);
    m_costs[hop] = cost;
}

void
RouteGraph::SetRiskGroups(const KmHop& hop, const std::set<std::string>& groups)
{
    NS_ABORT_MSG_IF(m_costs.find(hop) == m_costs.end(),
                    "KMs " << hop.low << " and " << hop.high << " are no hop");
    m_riskGroups[hop] = groups;
}

const std::set<std::string>&
RouteGraph::GetRiskGroups(const KmHop& hop) const
{
    static const std::set<std::string> none;
    const auto found = m_riskGroups.find(hop);
    return found == m_riskGroups.end() ? none : found->second;
}

std::vector<std::pair<KmHop, uint64_t>>
RouteGraph::GetHops(const RouteFilter& filter) const
{
    CostedHops hops;
    hops.reserve(m_costs.size());
    for (const auto& [hop, cost] : m_costs)
    {
        if (filter.Allows(hop))
        {
            hops.emplace_back(hop, cost);
        }
    }
    return hops;
}

std::optional<FoundRoute>
RouteGraph::FindRoute(KmId from, KmId to, const RouteFilter& filter) const
{
    const CostedHops hops = GetHops(filter);
    const HopGraph graph(hops);
    Kms kms = graph.FindCheapest(from, to);
    if (!kms.empty() && !IsWithin(kms, filter.maxHops))
    {
        kms = graph.FindCheapestWithin(from, to, filter.maxHops);
    }
    if (kms.empty())
    {
        return std::nullopt;
    }
    return FoundRoute{kms, SumOf(hops, kms)};
}

std::vector<FoundRoute>
RouteGraph::FindCheapestTuple(KmId from,
                              KmId to,
                              const RouteFilter& filter,
                              std::size_t most,
                              bool nodeDisjoint) const
{
    return FindTuple(GetHops(filter), from, to, nodeDisjoint, most);
}

std::optional<DisjointRoutes>
RouteGraph::FindDisjointRoutes(KmId from, KmId to, const RouteFilter& filter) const
{
    const auto tuple = FindDisjointTuple(from, to, filter, 2, 2);
    if (!tuple)
    {
        return std::nullopt;
    }
    return DisjointRoutes{tuple->routes[0], tuple->routes[1], tuple->nodeDisjoint};
}

std::optional<DisjointTuple>
RouteGraph::FindDisjointTuple(KmId from,
                              KmId to,
                              const RouteFilter& filter,
                              std::size_t most,
                              std::size_t least) const
{
    const CostedHops hops = GetHops(filter);
    const auto isTooLong = [&filter](const FoundRoute& route) {
        return !IsWithin(route.kms, filter.maxHops);
    };
    for (const bool nodeDisjoint : {true, false})
    {
        for (const bool byCost : {true, false})
        {
            DisjointTuple tuple{
                FindTuple(byCost ? hops : CountHops(hops), from, to, nodeDisjoint, most),
                nodeDisjoint};
            std::vector<FoundRoute>& routes = tuple.routes;
            if (routes.size() < least)
            {
                break;
            }
            if (std::any_of(routes.begin(), routes.end(), isTooLong))
            {
                continue;
            }
            for (FoundRoute& route : routes)
            {
                route.cost = SumOf(hops, route.kms);
            }
            return tuple;
        }
    }
    return std::nullopt;
}

uint64_t
RouteGraph::GetCost(const std::vector<KmId>& kms) const
{
    uint64_t sum = 0;
    for (const KmHop& hop : HopsOf(kms))
    {
        const auto found = m_costs.find(hop);
        NS_ABORT_MSG_IF(found == m_costs.end(),
                        "KMs " << hop.low << " and " << hop.high << " are no hop");
        sum += found->second;
    }
    return sum;
}

} // namespace qkdn
} // namespace ns3
