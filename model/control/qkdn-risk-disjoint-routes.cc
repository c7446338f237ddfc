/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-risk-disjoint-routes.h"

#include "qkdn-k-shortest-routes.h"

#include "ns3/abort.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

namespace ns3
{
namespace qkdn
{

namespace
{

/// The sum of the costs of some routes.
uint64_t
SumOf(const std::vector<FoundRoute>& routes)
{
    uint64_t sum = 0;
    for (const FoundRoute& route : routes)
    {
        sum += route.cost;
    }
    return sum;
}

/// Some routes and others.
std::vector<FoundRoute>
Join(std::vector<FoundRoute> a, const std::vector<FoundRoute>& b)
{
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

} // namespace

RiskDisjointRoutes::RiskDisjointRoutes(const RouteGraph& graph,
                                       bool nodeDisjoint,
                                       std::size_t maxSteps)
    : m_graph(graph),
      m_nodeDisjoint(nodeDisjoint),
      m_maxSteps(maxSteps)
{
}

RiskDisjointTuple
RiskDisjointRoutes::Find(KmId from, KmId to, const RouteFilter& filter, std::size_t count)
{
    NS_ABORT_MSG_IF(count == 0, "no routes cannot be searched for");
    m_from = from;
    m_to = to;
    m_maxHops = filter.maxHops;
    m_steps = 0;
    m_best.clear();
    m_bestCost = std::numeric_limits<uint64_t>::max();
    m_neighbours.clear();
    const auto hops = m_graph.GetHops(filter);
    for (const auto& hop : hops)
    {
        m_neighbours[hop.first.low].insert(hop.first.high);
        m_neighbours[hop.first.high].insert(hop.first.low);
    }
    Task task;
    task.filter = filter;
    task.count = count;
    const std::vector<FoundRoute> relaxed = Relax(task);
    RiskDisjointTuple tuple;
    if (relaxed.size() < count)
    {
        tuple.exact = true;
        return tuple;
    }
    if (AreDisjoint(relaxed) && AreWithinLimit(relaxed))
    {
        tuple.exact = true;
        tuple.routes = relaxed;
        return tuple;
    }
    TryFirstRoutes(task);
    if (hops.size() <= EXACT_HOPS && m_maxSteps > 0)
    {
        Solve(task);
        tuple.exact = m_steps < m_maxSteps;
    }
    tuple.steps = m_steps;
    tuple.routes = m_best;
    std::sort(tuple.routes.begin(), tuple.routes.end(), [](const auto& a, const auto& b) {
        return std::tie(a.cost, a.kms) < std::tie(b.cost, b.kms);
    });
    return tuple;
}

bool
RiskDisjointRoutes::AreDisjoint(const std::vector<FoundRoute>& routes) const
{
    std::set<KmHop> hops;
    std::set<KmId> kms;
    std::set<std::string> groups;
    for (const FoundRoute& route : routes)
    {
        std::set<std::string> own;
        for (const KmHop& hop : HopsOf(route.kms))
        {
            if (!hops.insert(hop).second)
            {
                return false;
            }
            const std::set<std::string>& more = m_graph.GetRiskGroups(hop);
            own.insert(more.begin(), more.end());
        }
        for (const std::string& group : own)
        {
            if (!groups.insert(group).second)
            {
                return false;
            }
        }
        for (std::size_t i = 1; m_nodeDisjoint && i + 1 < route.kms.size(); ++i)
        {
            if (!kms.insert(route.kms[i]).second)
            {
                return false;
            }
        }
    }
    return true;
}

void
RiskDisjointRoutes::Exclude(const std::vector<KmId>& kms, Task& task) const
{
    for (const KmHop& hop : HopsOf(kms))
    {
        task.filter.excludedHops.insert(hop);
        const std::set<std::string>& groups = m_graph.GetRiskGroups(hop);
        task.taken.insert(groups.begin(), groups.end());
    }
    for (std::size_t i = 1; m_nodeDisjoint && i < kms.size(); ++i)
    {
        if (kms[i] != m_to)
        {
            task.filter.excludedKms.insert(kms[i]);
        }
    }
}

RouteFilter
RiskDisjointRoutes::FilterOf(const Task& task) const
{
    RouteFilter filter = task.filter;
    if (task.taken.empty())
    {
        return filter;
    }
    filter.accepts = [this, &task](const KmHop& hop) {
        const std::set<std::string>& groups = m_graph.GetRiskGroups(hop);
        return (!task.filter.accepts || task.filter.accepts(hop)) &&
               std::none_of(groups.begin(), groups.end(), [&task](const std::string& group) {
                   return task.taken.find(group) != task.taken.end();
               });
    };
    return filter;
}

std::vector<FoundRoute>
RiskDisjointRoutes::Relax(const Task& task) const
{
    if (task.count == 1)
    {
        const auto route = m_graph.FindRoute(m_from, m_to, FilterOf(task));
        return route ? std::vector<FoundRoute>{*route} : std::vector<FoundRoute>();
    }
    return m_graph.FindCheapestTuple(m_from, m_to, FilterOf(task), task.count, m_nodeDisjoint);
}

void
RiskDisjointRoutes::Offer(std::vector<FoundRoute> routes)
{
    const uint64_t cost = SumOf(routes);
    if (cost < m_bestCost)
    {
        m_bestCost = cost;
        m_best = std::move(routes);
    }
}

bool
RiskDisjointRoutes::AreWithinLimit(const std::vector<FoundRoute>& routes) const
{
    return std::all_of(routes.begin(), routes.end(), [this](const FoundRoute& route) {
        return route.kms.size() - 1 <= m_maxHops;
    });
}

void
RiskDisjointRoutes::TryFirstRoutes(const Task& task)
{
    KShortestRoutes search(m_graph, m_from, m_to, task.filter);
    for (std::size_t i = 0; i < FIRST_ROUTES; ++i)
    {
        std::optional<FoundRoute> route = search.Next();
        if (!route)
        {
            return;
        }
        Task rest = task;
        rest.count = 1;
        std::vector<FoundRoute> routes;
        for (; route; route = m_graph.FindRoute(m_from, m_to, FilterOf(rest)))
        {
            routes.push_back(*route);
            if (routes.size() == task.count)
            {
                Offer(routes);
                break;
            }
            Exclude(route->kms, rest);
        }
    }
}

void
RiskDisjointRoutes::Solve(const Task& task)
{
    const std::vector<FoundRoute> relaxed = Relax(task);
    if (relaxed.size() < task.count || task.cost + SumOf(relaxed) >= m_bestCost)
    {
        return;
    }
    if (AreDisjoint(relaxed) && AreWithinLimit(relaxed))
    {
        Offer(Join(task.chosen, relaxed));
        return;
    }
    Extend({m_from}, task);
}

void
RiskDisjointRoutes::Extend(const std::vector<KmId>& kms, const Task& task)
{
    if (m_steps >= m_maxSteps)
    {
        return;
    }
    ++m_steps;
    const KmId here = kms.back();
    FoundRoute own{kms, m_graph.GetCost(kms)};
    Task rest = task;
    --rest.count;
    Exclude(kms, rest);
    if (kms.size() > 1)
    {
        // the routes can be swapped: the one that is gone through is that with the lowest first KM
        for (const KmId km : m_neighbours[m_from])
        {
            if (!(kms[1] < km))
            {
                rest.filter.excludedHops.insert(KmHop(m_from, km));
            }
        }
    }
    RouteFilter filter = FilterOf(task);
    if (here != m_to)
    {
        filter.excludedKms.insert(kms.begin(), kms.end() - 1);
        filter.maxHops = m_maxHops - (kms.size() - 1);
        const auto onward = m_graph.FindRoute(here, m_to, filter);
        if (!onward)
        {
            return;
        }
        own.kms.insert(own.kms.end(), onward->kms.begin() + 1, onward->kms.end());
        own.cost += onward->cost;
    }
    const std::vector<FoundRoute> others = Relax(rest);
    if (others.size() < rest.count || task.cost + own.cost + SumOf(others) >= m_bestCost)
    {
        return;
    }
    const std::vector<FoundRoute> all = Join({own}, others);
    if (AreDisjoint(all) && AreWithinLimit(all))
    {
        Offer(Join(task.chosen, all));
        return;
    }
    if (here == m_to)
    {
        rest.chosen.push_back(own);
        rest.cost += own.cost;
        Solve(rest);
        return;
    }
    std::vector<KmId> next{own.kms[kms.size()]};
    for (const KmId km : m_neighbours[here])
    {
        if (km != next.front() && filter.Allows(KmHop(here, km)))
        {
            next.push_back(km);
        }
    }
    for (const KmId km : next)
    {
        std::vector<KmId> longer = kms;
        longer.push_back(km);
        Extend(longer, task);
    }
}

} // namespace qkdn
} // namespace ns3
