/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_ROUTES_FIXTURE_H
#define QKDN_ROUTES_FIXTURE_H

#include "ns3/qkdn-route-computation.h"
#include "ns3/random-variable-stream.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{
namespace routes_test
{

/// What a random graph is like.
struct GraphShape
{
    uint32_t kms{7};       //!< KMs 1, 2, ...
    double density{0.5};   //!< probability of each hop
    uint32_t maxCost{9};   //!< costs are 1 to this
    uint32_t groups{0};    //!< risk groups
    double perGroup{0.15}; //!< probability that a hop is in a group
};

/**
 * @brief A random graph.
 * @param shape what it is like
 * @param random random numbers
 * @return the graph
 */
inline RouteGraph
MakeRandomGraph(const GraphShape& shape, const Ptr<UniformRandomVariable>& random)
{
    RouteGraph graph;
    for (uint32_t a = 1; a <= shape.kms; ++a)
    {
        for (uint32_t b = a + 1; b <= shape.kms; ++b)
        {
            if (random->GetValue(0.0, 1.0) >= shape.density)
            {
                continue;
            }
            const KmHop hop{KmId(a), KmId(b)};
            graph.SetHop(hop, random->GetInteger(1, shape.maxCost));
            std::set<std::string> groups;
            for (uint32_t i = 0; i < shape.groups; ++i)
            {
                if (random->GetValue(0.0, 1.0) < shape.perGroup)
                {
                    groups.insert("g" + std::to_string(i));
                }
            }
            graph.SetRiskGroups(hop, groups);
        }
    }
    return graph;
}

/// KMs as text.
inline std::string
Text(const std::vector<KmId>& kms)
{
    std::string text;
    for (const KmId km : kms)
    {
        text += (text.empty() ? "" : "-") + std::to_string(km.value);
    }
    return text;
}

/// Routes as text.
inline std::string
Text(const std::vector<FoundRoute>& routes)
{
    std::string text;
    for (const FoundRoute& route : routes)
    {
        text += (text.empty() ? "" : " ") + Text(route.kms) + "=" + std::to_string(route.cost);
    }
    return text;
}

/// The sum of the costs of some routes.
inline uint64_t
SumOf(const std::vector<FoundRoute>& routes)
{
    uint64_t sum = 0;
    for (const FoundRoute& route : routes)
    {
        sum += route.cost;
    }
    return sum;
}

/**
 * @brief All routes without circles between two KMs, by trying everything.
 */
class AllRoutes
{
  public:
    /**
     * @brief Constructor
     * @param graph a small graph
     * @param from first KM
     * @param to last KM
     */
    AllRoutes(const RouteGraph& graph, KmId from, KmId to)
        : m_graph(graph),
          m_to(to)
    {
        for (const auto& [hop, cost] : graph.GetHops({}))
        {
            m_neighbours[hop.low].push_back({hop.high, cost});
            m_neighbours[hop.high].push_back({hop.low, cost});
        }
        FoundRoute route{{from}, 0};
        Extend(route);
        std::sort(m_routes.begin(), m_routes.end(), [](const auto& a, const auto& b) {
            return std::tie(a.cost, a.kms) < std::tie(b.cost, b.kms);
        });
    }

    /// The routes by cost, then by KM numbers.
    const std::vector<FoundRoute>& Get() const
    {
        return m_routes;
    }

    /**
     * @brief The least cost of some routes that are disjoint.
     * @param count how many
     * @param kms whether they may share no KM
     * @param groups whether they may share no risk group
     * @return the sum of their costs, none if there are not as many
     */
    std::optional<uint64_t> FindLeast(std::size_t count, bool kms, bool groups) const
    {
        std::vector<std::set<std::string>> marks;
        for (const FoundRoute& route : m_routes)
        {
            marks.push_back(MarksOf(route, kms, groups));
        }
        std::optional<uint64_t> least;
        Choose(marks, {}, 0, count, 0, least);
        return least;
    }

  private:
    /// Everything that another route may not have.
    std::set<std::string> MarksOf(const FoundRoute& route, bool kms, bool groups) const
    {
        std::set<std::string> marks;
        for (const KmHop& hop : HopsOf(route.kms))
        {
            marks.insert("hop " + Text({hop.low, hop.high}));
            if (groups)
            {
                marks.insert(m_graph.GetRiskGroups(hop).begin(), m_graph.GetRiskGroups(hop).end());
            }
        }
        for (std::size_t i = 1; kms && i + 1 < route.kms.size(); ++i)
        {
            marks.insert("km " + Text({route.kms[i]}));
        }
        return marks;
    }

    /// Go through all sets of routes in the order of the routes.
    void Choose(const std::vector<std::set<std::string>>& marks,
                const std::set<std::string>& taken,
                std::size_t first,
                std::size_t count,
                uint64_t cost,
                std::optional<uint64_t>& least) const
    {
        if (count == 0)
        {
            least = least ? std::min(*least, cost) : cost;
            return;
        }
        for (std::size_t i = first; i < m_routes.size(); ++i)
        {
            // later routes cost at least as much
            if (least && cost + count * m_routes[i].cost >= *least)
            {
                return;
            }
            const bool clash = std::any_of(marks[i].begin(), marks[i].end(), [&](const auto& mark) {
                return taken.find(mark) != taken.end();
            });
            if (!clash)
            {
                std::set<std::string> more = taken;
                more.insert(marks[i].begin(), marks[i].end());
                Choose(marks, more, i + 1, count - 1, cost + m_routes[i].cost, least);
            }
        }
    }

    /// Go on from the last KM of a route.
    void Extend(FoundRoute& route)
    {
        const KmId here = route.kms.back();
        if (here == m_to)
        {
            m_routes.push_back(route);
            return;
        }
        for (const auto& [next, cost] : m_neighbours[here])
        {
            if (std::find(route.kms.begin(), route.kms.end(), next) == route.kms.end())
            {
                route.kms.push_back(next);
                route.cost += cost;
                Extend(route);
                route.kms.pop_back();
                route.cost -= cost;
            }
        }
    }

    const RouteGraph& m_graph;                                           //!< the graph
    KmId m_to;                                                           //!< last KM
    std::map<KmId, std::vector<std::pair<KmId, uint64_t>>> m_neighbours; //!< hops of each KM
    std::vector<FoundRoute> m_routes;                                    //!< what was found
};

} // namespace routes_test
} // namespace qkdn
} // namespace ns3

#endif /* QKDN_ROUTES_FIXTURE_H */
