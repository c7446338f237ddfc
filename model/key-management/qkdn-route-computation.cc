/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-route-computation.h"

#include "ns3/abort.h"

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/dijkstra_shortest_paths.hpp>
#include <boost/graph/successive_shortest_path_nonnegative_weights.hpp>
#include <tuple>

namespace ns3
{
namespace qkdn
{

namespace
{

using Kms = std::vector<KmId>;
using Costs = std::map<KmHop, uint64_t>;

/// Costs above this could make sums overflow, or inexact where they are floating-point numbers.
constexpr uint64_t MAX_COST = 1ULL << 40;

/// Picoseconds in a second.
constexpr uint64_t PICOSECONDS = 1000000000000;

/// The KMs of some hops as numbers 0, 1, ... in the order of their ids.
class KmIndex
{
  public:
    explicit KmIndex(const Costs& costs)
    {
        for (const auto& hop : costs)
        {
            m_kms.push_back(hop.first.low);
            m_kms.push_back(hop.first.high);
        }
        std::sort(m_kms.begin(), m_kms.end());
        m_kms.erase(std::unique(m_kms.begin(), m_kms.end()), m_kms.end());
    }

    std::size_t GetSize() const
    {
        return m_kms.size();
    }

    bool Has(KmId km) const
    {
        return std::binary_search(m_kms.begin(), m_kms.end(), km);
    }

    std::size_t ToNumber(KmId km) const
    {
        return std::lower_bound(m_kms.begin(), m_kms.end(), km) - m_kms.begin();
    }

    KmId ToKm(std::size_t number) const
    {
        return m_kms[number];
    }

  private:
    Kms m_kms; //!< the KMs in order
};

uint64_t
SumOf(const Costs& costs, const Kms& kms)
{
    uint64_t sum = 0;
    for (const KmHop& hop : HopsOf(kms))
    {
        const auto found = costs.find(hop);
        NS_ABORT_MSG_IF(found == costs.end(),
                        "KMs " << hop.low << " and " << hop.high << " are no hop");
        sum += found->second;
    }
    return sum;
}

/// The cheapest route over hops with costs; empty if there is none.
Kms
FindCheapest(const Costs& costs, KmId from, KmId to)
{
    using Graph = boost::adjacency_list<boost::vecS,
                                        boost::vecS,
                                        boost::undirectedS,
                                        boost::no_property,
                                        boost::property<boost::edge_weight_t, uint64_t>>;
    const KmIndex index(costs);
    if (!index.Has(from) || !index.Has(to) || from == to)
    {
        return {};
    }
    Graph graph(index.GetSize());
    for (const auto& [hop, cost] : costs)
    {
        boost::add_edge(index.ToNumber(hop.low), index.ToNumber(hop.high), cost, graph);
    }
    std::vector<uint64_t> distance(index.GetSize());
    boost::dijkstra_shortest_paths(graph, index.ToNumber(to), boost::distance_map(distance.data()));
    if (distance[index.ToNumber(from)] == std::numeric_limits<uint64_t>::max())
    {
        return {};
    }
    // From the start on take the smallest KM that lies on a cheapest route.
    Kms kms{from};
    std::size_t here = index.ToNumber(from);
    while (kms.back() != to)
    {
        std::size_t next = index.GetSize();
        for (auto [edge, end] = boost::out_edges(here, graph); edge != end; ++edge)
        {
            const std::size_t there = boost::target(*edge, graph);
            if (distance[there] + boost::get(boost::edge_weight, graph, *edge) == distance[here])
            {
                next = std::min(next, there);
            }
        }
        here = next;
        kms.push_back(index.ToKm(here));
    }
    return kms;
}

/// A flow of some units of least cost from a KM to another.
class RouteFlow
{
  public:
    /**
     * @brief Constructor
     * @param costs the hops
     * @param from first KM, one of theirs
     * @param to last KM, one of theirs
     * @param splitKms whether no KM between the ends may be used twice
     * @param units units at most
     */
    RouteFlow(const Costs& costs, KmId from, KmId to, bool splitKms, std::size_t units)
        : m_index(costs),
          m_split(splitKms),
          m_graph(2 * m_index.GetSize() + 1),
          m_from(m_index.ToNumber(from)),
          m_to(m_index.ToNumber(to))
    {
        for (std::size_t i = 0; i < m_index.GetSize(); ++i)
        {
            const bool many = !m_split || i == m_from || i == m_to;
            AddArc(2 * i, 2 * i + 1, many ? static_cast<long>(m_index.GetSize()) : 1, 0);
        }
        for (const auto& [hop, cost] : costs)
        {
            const std::size_t low = m_index.ToNumber(hop.low);
            const std::size_t high = m_index.ToNumber(hop.high);
            AddArc(2 * low + 1, 2 * high, 1, static_cast<double>(cost));
            AddArc(2 * high + 1, 2 * low, 1, static_cast<double>(cost));
        }
        const std::size_t source = 2 * m_index.GetSize();
        AddArc(source, 2 * m_from, static_cast<long>(units), 0);
        boost::successive_shortest_path_nonnegative_weights(
            m_graph,
            source,
            2 * m_to + 1,
            boost::capacity_map(boost::get(&Arc::capacity, m_graph))
                .residual_capacity_map(boost::get(&Arc::residual, m_graph))
                .weight_map(boost::get(&Arc::cost, m_graph))
                .reverse_edge_map(boost::get(&Arc::reverse, m_graph)));
    }

    /**
     * @brief Take one of the routes out of the flow, which has no circles: they would cost.
     * @return its KMs, none if there is no flow left
     */
    Kms Take()
    {
        Kms kms{m_index.ToKm(m_from)};
        std::size_t here = m_from;
        while (here != m_to)
        {
            const std::size_t next = FollowFlow(here);
            if (next == m_index.GetSize())
            {
                return {};
            }
            kms.push_back(m_index.ToKm(next));
            here = next;
        }
        return kms;
    }

  private:
    using Traits = boost::adjacency_list_traits<boost::vecS, boost::vecS, boost::directedS>;

    /// A directed edge.
    struct Arc
    {
        long capacity{0};                //!< units that it can carry
        long residual{0};                //!< what is left of that
        double cost{0.0};                //!< cost of a unit, see MAX_COST
        Traits::edge_descriptor reverse; //!< edge in the other direction
    };

    using Graph =
        boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS, boost::no_property, Arc>;

    // Boost adds up the distances of unreachable vertices, which overflows with whole numbers.
    void AddArc(std::size_t from, std::size_t to, long capacity, double cost)
    {
        const auto there = boost::add_edge(from, to, m_graph).first;
        const auto back = boost::add_edge(to, from, m_graph).first;
        m_graph[there].capacity = capacity;
        m_graph[there].cost = cost;
        m_graph[there].reverse = back;
        m_graph[back].cost = -cost;
        m_graph[back].reverse = there;
    }

    /// Take one unit of flow from a KM to the next; the number of KMs if there is none.
    std::size_t FollowFlow(std::size_t km)
    {
        for (auto [edge, end] = boost::out_edges(2 * km + 1, m_graph); edge != end; ++edge)
        {
            Arc& arc = m_graph[*edge];
            const std::size_t target = boost::target(*edge, m_graph);
            if (target != 2 * km && arc.capacity > arc.residual)
            {
                ++arc.residual;
                return target / 2;
            }
        }
        return m_index.GetSize();
    }

    KmIndex m_index;    //!< numbers of the KMs
    bool m_split;       //!< whether KMs count
    Graph m_graph;      //!< entrance 2i and exit 2i + 1 of KM i, and a source
    std::size_t m_from; //!< first KM
    std::size_t m_to;   //!< last KM
};

/// Up to some disjoint routes of least cost together, those with the smallest cost first.
std::vector<FoundRoute>
FindTuple(const Costs& costs, KmId from, KmId to, bool nodeDisjoint, std::size_t most)
{
    const KmIndex index(costs);
    if (!index.Has(from) || !index.Has(to) || from == to)
    {
        return {};
    }
    RouteFlow flow(costs, from, to, nodeDisjoint, most);
    std::vector<FoundRoute> routes;
    for (Kms kms = flow.Take(); !kms.empty(); kms = flow.Take())
    {
        routes.push_back(FoundRoute{kms, SumOf(costs, kms)});
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
Costs
CountHops(Costs costs)
{
    for (auto& hop : costs)
    {
        hop.second = 1;
    }
    return costs;
}

} // namespace

uint64_t
HopCost(RouteCost cost, uint64_t keyRateBps)
{
    return cost == ROUTE_COST_HOPS
               ? 1
               : std::max<uint64_t>(1, PICOSECONDS / std::max<uint64_t>(1, keyRateBps));
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

std::optional<FoundRoute>
RouteGraph::FindRoute(KmId from, KmId to, const RouteFilter& filter) const
{
    const Costs costs = Select(filter);
    Kms kms = FindCheapest(costs, from, to);
    if (!kms.empty() && !IsWithin(kms, filter.maxHops))
    {
        kms = FindCheapest(CountHops(costs), from, to);
    }
    if (kms.empty() || !IsWithin(kms, filter.maxHops))
    {
        return std::nullopt;
    }
    return FoundRoute{kms, SumOf(costs, kms)};
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
    const Costs costs = Select(filter);
    const auto isTooLong = [&filter](const FoundRoute& route) {
        return !IsWithin(route.kms, filter.maxHops);
    };
    for (const bool nodeDisjoint : {true, false})
    {
        for (const Costs& measure : {costs, CountHops(costs)})
        {
            DisjointTuple tuple{FindTuple(measure, from, to, nodeDisjoint, most), nodeDisjoint};
            std::vector<FoundRoute>& routes = tuple.routes;
            if (routes.size() < least || std::any_of(routes.begin(), routes.end(), isTooLong))
            {
                continue;
            }
            for (FoundRoute& route : routes)
            {
                route.cost = SumOf(costs, route.kms);
            }
            return tuple;
        }
    }
    return std::nullopt;
}

uint64_t
RouteGraph::GetCost(const std::vector<KmId>& kms) const
{
    return SumOf(m_costs, kms);
}

RouteGraph::Costs
RouteGraph::Select(const RouteFilter& filter) const
{
    Costs costs;
    for (const auto& [hop, cost] : m_costs)
    {
        if (filter.Allows(hop))
        {
            costs.emplace_hint(costs.end(), hop, cost);
        }
    }
    return costs;
}

} // namespace qkdn
} // namespace ns3
