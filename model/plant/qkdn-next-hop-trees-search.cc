/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The part of NextHopTrees that answers without a tree of the destination.

#include "qkdn-next-hop-graph.h"
#include "qkdn-next-hop-trees.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

namespace
{

/// A node is near if so many nodes at most are as near.
constexpr std::size_t NEAR_NODES = 64;
/// Trees that are tried for answers to other destinations.
constexpr std::size_t MOST_HUBS = 4;

} // namespace

uint64_t
NextHopTrees::KeyOf(uint32_t from, uint32_t to)
{
    return uint64_t{to} << 32 | from;
}

void
NextHopTrees::ForgetAnswers(const Edge& edge)
{
    m_onWay.clear();
    for (Hub& hub : m_hubs)
    {
        hub.ways.clear();
    }
    for (const uint32_t node : edge.node)
    {
        const auto keys = m_nearBy.find(node);
        if (keys != m_nearBy.end())
        {
            for (const uint64_t key : keys->second)
            {
                m_near.erase(key);
            }
            m_nearBy.erase(keys);
        }
    }
}

std::optional<uint32_t>
NextHopTrees::FindWithoutTree(uint32_t from, uint32_t to) const
{
    const uint64_t key = KeyOf(from, to);
    for (const auto* answers : {&m_near, &m_onWay})
    {
        const auto known = answers->find(key);
        if (known != answers->end())
        {
            return known->second;
        }
    }
    if (m_far.count(key) == 0)
    {
        if (const auto near = FindNear(from, to))
        {
            return near;
        }
        m_far.insert(key);
    }
    auto edge = FindOnWays(from, to);
    if (!edge)
    {
        m_asked.resize(m_trees.size());
        if (++m_asked.at(from) > ++m_asked.at(to) && AddHub(from))
        {
            edge = FindOnWay(m_hubs.back(), from, to);
        }
    }
    if (edge)
    {
        m_onWay.emplace(key, *edge);
    }
    return edge;
}

bool
NextHopTrees::AddHub(uint32_t node) const
{
    const auto isLess = [this](const Hub& a, const Hub& b) {
        return m_asked.at(a.root) < m_asked.at(b.root);
    };
    if (m_hubs.size() == MOST_HUBS)
    {
        const auto least = std::min_element(m_hubs.begin(), m_hubs.end(), isLess);
        if (m_asked.at(least->root) >= m_asked.at(node))
        {
            return false;
        }
        m_hubs.erase(least);
    }
    m_hubs.push_back(Hub{node, {}});
    return true;
}

std::optional<uint32_t>
NextHopTrees::FindOnWays(uint32_t from, uint32_t to) const
{
    for (auto hub = m_hubs.begin(); hub != m_hubs.end(); ++hub)
    {
        if (const auto edge = FindOnWay(*hub, from, to))
        {
            std::rotate(m_hubs.begin(), hub, hub + 1);
            return edge;
        }
    }
    return std::nullopt;
}

std::optional<uint32_t>
NextHopTrees::FindNear(uint32_t from, uint32_t to) const
{
    const BoostTreeGraph& graph = m_graph->graph;
    Distances found{{to, 0}};
    std::vector<uint32_t> done;
    Queue queue;
    queue.emplace(0, to);
    std::optional<uint32_t> answer;
    while (!queue.empty() && done.size() < NEAR_NODES)
    {
        const auto [distance, node] = queue.top();
        queue.pop();
        if (distance != found.at(node))
        {
            continue;
        }
        if (node == from)
        {
            answer = ChooseEdge(graph, m_edges, from, [&found](uint32_t at) {
                const auto known = found.find(at);
                return known == found.end() ? DISTANCE_WITHOUT_PATH : known->second;
            });
            break;
        }
        done.push_back(node);
        const auto out = boost::out_edges(node, graph);
        for (auto edge = out.first; edge != out.second; ++edge)
        {
            const Edge& way = m_edges[graph[*edge]];
            const auto peer = static_cast<uint32_t>(boost::target(*edge, graph));
            const int64_t whole = distance + way.cost;
            if (way.used && found.emplace(peer, DISTANCE_WITHOUT_PATH).first->second > whole)
            {
                found[peer] = whole;
                queue.emplace(whole, peer);
            }
        }
    }
    if (!answer && !queue.empty())
    {
        return std::nullopt;
    }
    // without nodes left it is cut off
    const uint64_t key = KeyOf(from, to);
    for (const uint32_t node : done)
    {
        // a change elsewhere is no nearer to the destination than this node
        m_nearBy[node].insert(key);
    }
    return m_near[key] = answer.value_or(NO_EDGE);
}

std::optional<uint32_t>
NextHopTrees::FindOnWay(Hub& hub, uint32_t from, uint32_t to) const
{
    if (hub.ways.empty())
    {
        hub.ways = ComputeWays(hub.root);
    }
    const auto isJoined = [&hub](uint32_t node) {
        return node == hub.root || hub.ways[node] != NO_EDGE;
    };
    if (isJoined(from) != isJoined(to))
    {
        return NO_EDGE;
    }
    while (to != hub.root && hub.ways[to] != NO_EDGE)
    {
        const uint32_t index = hub.ways[to];
        const Edge& edge = m_edges[index];
        to = edge.node[edge.node[0] == to ? 1 : 0];
        if (to == from)
        {
            return index;
        }
    }
    return std::nullopt;
}

NextHopTrees::Tree
NextHopTrees::ComputeWays(uint32_t root) const
{
    const BoostTreeGraph& graph = m_graph->graph;
    const std::vector<int64_t> distance = ComputeDistances(root);
    Tree ways(distance.size(), NO_EDGE);
    std::vector<bool> isReached(distance.size(), false);
    // next hops are the lowest: who goes on to the lowest node first comes to each node on the way
    // that packets take to it
    std::vector<std::pair<uint32_t, uint32_t>> open{{root, NO_EDGE}};
    std::vector<std::pair<uint32_t, uint32_t>> next;
    while (!open.empty())
    {
        const auto [node, way] = open.back();
        open.pop_back();
        if (isReached[node])
        {
            continue;
        }
        isReached[node] = true;
        ways[node] = way;
        next.clear();
        const auto out = boost::out_edges(node, graph);
        for (auto edge = out.first; edge != out.second; ++edge)
        {
            const uint32_t index = graph[*edge];
            const auto peer = static_cast<uint32_t>(boost::target(*edge, graph));
            if (m_edges[index].used && !isReached[peer] &&
                distance[peer] == distance[node] + m_edges[index].cost)
            {
                next.emplace_back(peer, index);
            }
        }
        std::sort(next.rbegin(), next.rend());
        open.insert(open.end(), next.begin(), next.end());
    }
    return ways;
}

} // namespace qkdn
} // namespace ns3
