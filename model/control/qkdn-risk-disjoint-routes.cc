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
#include <sstream>
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
    m_filter = filter;
    m_steps = 0;
    m_best.clear();
    m_bestCost = std::numeric_limits<uint64_t>::max();
    const auto hops = m_graph.GetHops(filter);
    NumberRisks(hops);
    Task task;
    task.taken.resize(m_riskCount);
    task.count = count;
    const std::vector<FoundRoute> relaxed = Relax(task);
    RiskDisjointTuple tuple;
    if (relaxed.size() < count)
    {
        tuple.exact = true;
        return tuple;
    }
    if (ShareNoRisk(relaxed) && AreWithinLimit(relaxed))
    {
        tuple.exact = true;
        tuple.routes = relaxed;
        return tuple;
    }
    TryFirstRoutes(count);
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

void
RiskDisjointRoutes::NumberRisks(const std::vector<std::pair<KmHop, uint64_t>>& hops)
{
    m_neighbours.clear();
    m_risks.clear();
    m_riskCount = 0;
    std::map<std::string, std::size_t> groups;
    std::map<KmId, std::size_t> kms;
    for (const auto& costed : hops)
    {
        const KmHop& hop = costed.first;
        m_neighbours[hop.low].insert(hop.high);
        m_neighbours[hop.high].insert(hop.low);
        std::vector<std::size_t>& risks = m_risks[hop];
        risks.push_back(m_riskCount++);
        for (const std::string& group : m_graph.GetRiskGroups(hop))
        {
            const auto [place, isNew] = groups.emplace(group, m_riskCount);
            m_riskCount += isNew ? 1 : 0;
            risks.push_back(place->second);
        }
        for (const KmId km : {hop.low, hop.high})
        {
            if (m_nodeDisjoint && km != m_from && km != m_to)
            {
                const auto [place, isNew] = kms.emplace(km, m_riskCount);
                m_riskCount += isNew ? 1 : 0;
                risks.push_back(place->second);
            }
        }
    }
}

bool
RiskDisjointRoutes::AreDisjoint(const std::vector<FoundRoute>& routes) const
{
    std::set<std::string> crossed;
    for (const FoundRoute& route : routes)
    {
        std::set<std::string> own;
        for (const KmHop& hop : HopsOf(route.kms))
        {
            std::ostringstream name;
            name << "hop " << hop.low << " " << hop.high;
            own.insert(name.str());
            for (const std::string& group : m_graph.GetRiskGroups(hop))
            {
                own.insert("group " + group);
            }
        }
        for (std::size_t i = 1; m_nodeDisjoint && i + 1 < route.kms.size(); ++i)
        {
            std::ostringstream name;
            name << "km " << route.kms[i];
            own.insert(name.str());
        }
        const std::size_t before = crossed.size();
        crossed.insert(own.begin(), own.end());
        if (crossed.size() != before + own.size())
        {
            return false;
        }
    }
    return true;
}

void
RiskDisjointRoutes::AddRisks(const std::vector<KmId>& kms, Risks& risks) const
{
    for (const KmHop& hop : HopsOf(kms))
    {
        for (const std::size_t risk : m_risks.at(hop))
        {
            risks[risk] = true;
        }
    }
}

bool
RiskDisjointRoutes::ShareNoRisk(const std::vector<FoundRoute>& routes) const
{
    Risks crossed(m_riskCount);
    for (const FoundRoute& route : routes)
    {
        Risks own(m_riskCount);
        AddRisks(route.kms, own);
        for (std::size_t i = 0; i < m_riskCount; ++i)
        {
            if (own[i] && crossed[i])
            {
                return false;
            }
            crossed[i] = crossed[i] || own[i];
        }
    }
    return true;
}

RouteFilter
RiskDisjointRoutes::Without(const Risks& taken) const
{
    RouteFilter filter = m_filter;
    filter.accepts = [this, &taken](const KmHop& hop) {
        const auto found = m_risks.find(hop);
        return found != m_risks.end() &&
               std::none_of(found->second.begin(), found->second.end(), [&taken](std::size_t risk) {
                   return taken[risk];
               });
    };
    return filter;
}

std::vector<FoundRoute>
RiskDisjointRoutes::Relax(const Task& task) const
{
    if (task.count == 1)
    {
        const auto route = m_graph.FindRoute(m_from, m_to, Without(task.taken));
        return route ? std::vector<FoundRoute>{*route} : std::vector<FoundRoute>();
    }
    return m_graph.FindCheapestTuple(m_from, m_to, Without(task.taken), task.count, m_nodeDisjoint);
}

std::optional<FoundRoute>
RiskDisjointRoutes::Complete(const std::vector<KmId>& kms, const Risks& own) const
{
    FoundRoute route{kms, m_graph.GetCost(kms)};
    if (kms.back() == m_to)
    {
        return route;
    }
    RouteFilter filter = Without(own);
    filter.excludedKms.insert(kms.begin(), kms.end() - 1);
    filter.maxHops = m_filter.maxHops - (kms.size() - 1);
    const auto onward = m_graph.FindRoute(kms.back(), m_to, filter);
    if (!onward)
    {
        return std::nullopt;
    }
    route.kms.insert(route.kms.end(), onward->kms.begin() + 1, onward->kms.end());
    route.cost += onward->cost;
    return route;
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
        return route.kms.size() - 1 <= m_filter.maxHops;
    });
}

void
RiskDisjointRoutes::TryFirstRoutes(std::size_t count)
{
    KShortestRoutes search(m_graph, m_from, m_to, m_filter);
    for (std::size_t i = 0; i < FIRST_ROUTES; ++i)
    {
        std::optional<FoundRoute> route = search.Next();
        if (!route)
        {
            return;
        }
        Risks taken(m_riskCount);
        std::vector<FoundRoute> routes;
        while (route && routes.size() < count)
        {
            routes.push_back(*route);
            AddRisks(route->kms, taken);
            route = m_graph.FindRoute(m_from, m_to, Without(taken));
        }
        if (routes.size() == count)
        {
            Offer(routes);
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
    if (ShareNoRisk(relaxed) && AreWithinLimit(relaxed))
    {
        Offer(Join(task.chosen, relaxed));
        return;
    }
    Branch branch{{m_from}, task.taken, task};
    --branch.rest.count;
    Extend(std::move(branch));
}

bool
RiskDisjointRoutes::Propagate(const FoundRoute& route,
                              const std::vector<FoundRoute>& others,
                              Branch& branch,
                              bool& decided) const
{
    decided = false;
    Risks ours(m_riskCount);
    Risks theirs(m_riskCount);
    AddRisks(route.kms, ours);
    for (const FoundRoute& other : others)
    {
        AddRisks(other.kms, theirs);
    }
    for (std::size_t risk = 0; risk < m_riskCount; ++risk)
    {
        if (!ours[risk] || !theirs[risk])
        {
            continue;
        }
        Risks own = branch.own;
        own[risk] = true;
        const auto around = Complete(branch.kms, own);
        const bool canAvoid =
            around && branch.rest.cost + around->cost + SumOf(others) < m_bestCost;
        Task rest = branch.rest;
        rest.taken[risk] = true;
        const auto beside = Relax(rest);
        // of several others one might cross it
        const bool canBeAvoided =
            rest.count > 1 ||
            (beside.size() == rest.count && rest.cost + route.cost + SumOf(beside) < m_bestCost);
        if (!canAvoid && (!canBeAvoided || beside.size() < rest.count))
        {
            return false;
        }
        if (!canAvoid)
        {
            branch.rest.taken[risk] = true;
            decided = true;
        }
        else if (!canBeAvoided)
        {
            branch.own[risk] = true;
            decided = true;
        }
        if (decided)
        {
            return true;
        }
    }
    return true;
}

void
RiskDisjointRoutes::Extend(Branch branch)
{
    AddRisks(branch.kms, branch.rest.taken);
    if (branch.kms.size() > 1)
    {
        // the routes can be swapped: the one that is gone through is that with the lowest first KM
        for (const KmId km : m_neighbours[m_from])
        {
            if (!(branch.kms[1] < km))
            {
                branch.rest.taken[m_risks.at(KmHop(m_from, km)).front()] = true;
            }
        }
    }
    std::optional<FoundRoute> own;
    bool decided = true;
    while (decided)
    {
        if (m_steps >= m_maxSteps)
        {
            return;
        }
        ++m_steps;
        own = Complete(branch.kms, branch.own);
        if (!own)
        {
            return;
        }
        const std::vector<FoundRoute> others = Relax(branch.rest);
        if (others.size() < branch.rest.count ||
            branch.rest.cost + own->cost + SumOf(others) >= m_bestCost)
        {
            return;
        }
        const std::vector<FoundRoute> all = Join({*own}, others);
        if (ShareNoRisk(all) && AreWithinLimit(all))
        {
            Offer(Join(branch.rest.chosen, all));
            return;
        }
        if (!Propagate(*own, others, branch, decided))
        {
            return;
        }
    }
    const KmId here = branch.kms.back();
    if (here == m_to)
    {
        branch.rest.chosen.push_back(*own);
        branch.rest.cost += own->cost;
        Solve(branch.rest);
        return;
    }
    std::vector<KmId> next{own->kms[branch.kms.size()]};
    const RouteFilter filter = Without(branch.own);
    for (const KmId km : m_neighbours[here])
    {
        const bool isNew = std::find(branch.kms.begin(), branch.kms.end(), km) == branch.kms.end();
        if (isNew && km != next.front() && filter.Allows(KmHop(here, km)))
        {
            next.push_back(km);
        }
    }
    for (const KmId km : next)
    {
        Branch longer = branch;
        longer.kms.push_back(km);
        Extend(std::move(longer));
    }
}

} // namespace qkdn
} // namespace ns3
