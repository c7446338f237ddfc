/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-hop-graph.h"

#include "ns3/assert.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <queue>
#include <utility>

namespace ns3
{
namespace qkdn
{

namespace
{

/// The hops in order.
std::vector<KmHop>
HopsIn(const std::map<KmHop, uint64_t>& costs)
{
    std::vector<KmHop> hops;
    hops.reserve(costs.size());
    for (const auto& hop : costs)
    {
        hops.push_back(hop.first);
    }
    return hops;
}

/// The KMs of some hops.
KmIndex
IndexOf(const std::vector<KmHop>& hops)
{
    std::vector<KmId> kms;
    kms.reserve(2 * hops.size());
    for (const KmHop& hop : hops)
    {
        kms.push_back(hop.low);
        kms.push_back(hop.high);
    }
    return KmIndex(std::move(kms));
}

} // namespace

class HopGraph::Search
{
  public:
    /// Constructor; both must live longer.
    Search(const HopGraph& graph, const RouteFilter& filter)
        : m_graph(graph),
          m_filter(filter),
          m_answers(graph.m_hops.size(), UNKNOWN)
    {
    }

    /// Whether the route may use an edge.
    bool Allows(const Edge& edge)
    {
        const Number hop = m_graph.m_graph[edge].hop;
        uint8_t& answer = m_answers[hop];
        if (answer == UNKNOWN)
        {
            answer = m_filter.Allows(m_graph.m_hops[hop]) ? YES : NO;
        }
        return answer == YES;
    }

  private:
    static constexpr uint8_t UNKNOWN = 0; //!< the filter was not asked
    static constexpr uint8_t YES = 1;     //!< it allows the hop
    static constexpr uint8_t NO = 2;      //!< it does not

    const HopGraph& m_graph;        //!< the hops
    const RouteFilter& m_filter;    //!< the filter
    std::vector<uint8_t> m_answers; //!< by hop
};

class HopGraph::Side
{
  public:
    /// Constructor; the number of the KM at this end.
    Side(const HopGraph& graph, Number end)
        : m_graph(graph.m_graph),
          m_costs(graph.m_index.GetSize(), NONE),
          m_isSettled(graph.m_index.GetSize(), false)
    {
        m_costs[end] = 0;
        m_reached.emplace(0, end);
    }

    /// No KM that is not settled costs less; NONE if all are that can be reached.
    uint64_t GetLeast()
    {
        while (!m_reached.empty() && m_isSettled[m_reached.top().second])
        {
            m_reached.pop();
        }
        return m_reached.empty() ? NONE : m_reached.top().first;
    }

    /// KMs that were reached and have to be looked at.
    std::size_t GetWidth() const
    {
        return m_reached.size();
    }

    /// Settle the next KM, after GetLeast(); the costs of routes that it completes go to a
    /// function.
    template <typename Complete>
    void Settle(Search& search, const Complete& complete)
    {
        const Number km = m_reached.top().second;
        m_reached.pop();
        m_isSettled[km] = true;
        m_order.push_back(km);
        for (auto [edge, end] = boost::out_edges(km, m_graph); edge != end; ++edge)
        {
            const auto next = boost::target(*edge, m_graph);
            const uint64_t cost = m_costs[km] + m_graph[*edge].cost;
            if (cost < m_costs[next] && search.Allows(*edge))
            {
                m_costs[next] = cost;
                m_reached.emplace(cost, next);
                complete(next, cost);
            }
        }
    }

    /// Cost from this end to a KM as far as it is known, final once it is settled.
    uint64_t GetCost(Number km) const
    {
        return m_costs[km];
    }

    /// The KMs in the order in which they were settled.
    const std::vector<Number>& GetOrder() const
    {
        return m_order;
    }

  private:
    /// A KM at a cost, the cheapest first.
    using Reached = std::pair<uint64_t, Number>;

    const Graph& m_graph;          //!< the hops
    std::vector<uint64_t> m_costs; //!< by number of KM
    std::vector<bool> m_isSettled; //!< by number of KM
    std::vector<Number> m_order;   //!< settled KMs
    std::priority_queue<Reached, std::vector<Reached>, std::greater<>> m_reached; //!< the others
};

HopGraph::HopGraph(const std::map<KmHop, uint64_t>& costs)
    : m_hops(HopsIn(costs)),
      m_index(IndexOf(m_hops))
{
    std::vector<std::pair<Number, Number>> ends(2 * m_hops.size());
    std::vector<Arc> arcs(2 * m_hops.size());
    std::vector<std::pair<Number, Number>> numbers(m_hops.size());
    std::vector<Number> next(m_index.GetSize() + 1, 0);
    for (std::size_t i = 0; i < m_hops.size(); ++i)
    {
        numbers[i] = {static_cast<Number>(m_index.ToNumber(m_hops[i].low)),
                      static_cast<Number>(m_index.ToNumber(m_hops[i].high))};
        ++next[numbers[i].first + 1];
        ++next[numbers[i].second + 1];
    }
    std::partial_sum(next.begin(), next.end(), next.begin());
    // hops are in order: the edges of each KM lead to ever higher KMs
    Number hop = 0;
    for (const auto& cost : costs)
    {
        const auto [low, high] = numbers[hop];
        for (const auto& [a, b] : {std::pair(low, high), std::pair(high, low)})
        {
            ends[next[a]] = {a, b};
            arcs[next[a]++] = {hop, cost.second};
        }
        ++hop;
    }
    m_graph =
        Graph(boost::edges_are_sorted, ends.begin(), ends.end(), arcs.begin(), m_index.GetSize());
}

std::vector<KmId>
HopGraph::Find(KmId from, KmId to, const RouteFilter& filter) const
{
    if (!m_index.Has(from) || !m_index.Has(to) || from == to)
    {
        return {};
    }
    const auto start = static_cast<Number>(m_index.ToNumber(from));
    const auto end = static_cast<Number>(m_index.ToNumber(to));
    Search search(*this, filter);
    std::vector<KmId> kms = FindCheapest(start, end, search);
    const bool isTooLong = !kms.empty() && kms.size() - 1 > filter.maxHops;
    return isTooLong ? FindCheapestWithin(start, end, filter.maxHops, search) : kms;
}

std::vector<KmId>
HopGraph::FindCheapest(Number start, Number end, Search& search) const
{
    Side near(*this, start);
    Side far(*this, end);
    uint64_t best = NONE;
    // all KMs of all cheapest routes are settled from one end at least: the first among equal
    // routes is chosen later
    while (true)
    {
        const uint64_t least = near.GetLeast();
        const uint64_t other = far.GetLeast();
        if (least == NONE || other == NONE || (best != NONE && least + other > best))
        {
            break;
        }
        const bool isNear =
            std::make_pair(near.GetWidth(), least) <= std::make_pair(far.GetWidth(), other);
        Side& side = isNear ? near : far;
        const Side& opposite = isNear ? far : near;
        side.Settle(search, [&best, &opposite](Number km, uint64_t cost) {
            const uint64_t rest = opposite.GetCost(km);
            best = rest == NONE ? best : std::min(best, cost + rest);
        });
    }
    if (best == NONE)
    {
        return {};
    }
    const std::vector<uint64_t> left = GetCostsLeft(end, near, far, best, search);
    return Walk(start, end, search, [&left](std::size_t, Number km) { return left[km]; });
}

std::vector<uint64_t>
HopGraph::GetCostsLeft(Number to, const Side& start, const Side& end, uint64_t cost, Search& search)
    const
{
    std::vector<uint64_t> left(m_index.GetSize(), NONE);
    left[to] = 0;
    for (const Number km : end.GetOrder())
    {
        left[km] = end.GetCost(km);
    }
    // from the middle to the start: who leads to a KM of a cheapest route is on one, too
    const std::vector<Number>& order = start.GetOrder();
    for (auto km = order.rbegin(); km != order.rend(); ++km)
    {
        const uint64_t rest = cost - std::min(cost, start.GetCost(*km));
        for (auto [edge, last] = boost::out_edges(*km, m_graph); edge != last && left[*km] == NONE;
             ++edge)
        {
            const uint64_t beyond = left[boost::target(*edge, m_graph)];
            if (beyond != NONE && beyond + m_graph[*edge].cost == rest && search.Allows(*edge))
            {
                left[*km] = rest;
            }
        }
    }
    return left;
}

std::vector<KmId>
HopGraph::FindCheapestWithin(Number start, Number end, std::size_t maxHops, Search& search) const
{
    // costs to the end with 0, 1, ... hops at most; a longer route would meet a KM twice
    const std::size_t rows = std::min(maxHops, m_index.GetSize() - 1) + 1;
    std::vector<std::vector<uint64_t>> left(rows, std::vector<uint64_t>(m_index.GetSize(), NONE));
    left[0][end] = 0;
    for (std::size_t row = 1; row < rows; ++row)
    {
        left[row] = left[row - 1];
        for (auto [edge, last] = boost::edges(m_graph); edge != last; ++edge)
        {
            const uint64_t beyond = left[row - 1][boost::target(*edge, m_graph)];
            if (beyond != NONE && search.Allows(*edge))
            {
                uint64_t& here = left[row][boost::source(*edge, m_graph)];
                here = std::min(here, beyond + m_graph[*edge].cost);
            }
        }
    }
    return Walk(start, end, search, [&left, rows](std::size_t done, Number km) {
        return left[rows - 1 - done][km];
    });
}

template <typename CostLeft>
std::vector<KmId>
HopGraph::Walk(Number from, Number to, Search& search, CostLeft left) const
{
    if (left(0, from) == NONE)
    {
        return {};
    }
    std::vector<KmId> kms{m_index.ToKm(from)};
    Number here = from;
    for (std::size_t done = 0; here != to; ++done)
    {
        auto [edge, end] = boost::out_edges(here, m_graph);
        const auto isOnWay = [&](const Edge& next) {
            const uint64_t beyond = left(done + 1, boost::target(next, m_graph));
            return beyond != NONE && beyond + m_graph[next].cost == left(done, here) &&
                   search.Allows(next);
        };
        while (!isOnWay(*edge))
        {
            ++edge;
            NS_ASSERT_MSG(edge != end, "costs do not add up");
        }
        here = boost::target(*edge, m_graph);
        kms.push_back(m_index.ToKm(here));
    }
    return kms;
}

} // namespace qkdn
} // namespace ns3
