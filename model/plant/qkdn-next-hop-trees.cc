/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-next-hop-trees.h"

#include "qkdn-next-hop-graph.h"

#include <algorithm>
#include <boost/graph/dijkstra_shortest_paths.hpp>
#include <boost/property_map/function_property_map.hpp>

namespace ns3
{
namespace qkdn
{

namespace
{

/// Distance that is not known yet.
constexpr int64_t UNKNOWN = -1;

} // namespace

NextHopTrees::NextHopTrees()
    : m_graph(std::make_unique<Graph>())
{
}

NextHopTrees::~NextHopTrees() = default;

void
NextHopTrees::AddNode(uint32_t node)
{
    while (boost::num_vertices(m_graph->graph) <= node)
    {
        boost::add_vertex(m_graph->graph);
    }
    Forget();
}

uint32_t
NextHopTrees::AddEdge(uint32_t a, uint32_t b, int64_t cost, bool used)
{
    const auto index = static_cast<uint32_t>(m_edges.size());
    m_edges.push_back(Edge{{a, b}, cost, used});
    boost::add_edge(a, b, index, m_graph->graph);
    Forget();
    return index;
}

void
NextHopTrees::SetCost(uint32_t edge, int64_t cost)
{
    m_edges.at(edge).cost = cost;
    Forget();
}

void
NextHopTrees::Forget()
{
    m_trees.clear();
    m_hubs.clear();
    m_asked.clear();
    m_near.clear();
    m_nearBy.clear();
    m_far.clear();
    m_onWay.clear();
}

void
NextHopTrees::SetLargeSize(std::size_t nodes)
{
    m_largeSize = nodes;
    Forget();
}

bool
NextHopTrees::IsUsed(uint32_t edge) const
{
    return m_edges.at(edge).used;
}

uint32_t
NextHopTrees::GetNextEdge(uint32_t from, uint32_t to) const
{
    m_trees.resize(boost::num_vertices(m_graph->graph));
    Tree& tree = m_trees.at(to);
    if (!tree.empty())
    {
        return tree.at(from);
    }
    if (m_trees.size() > m_largeSize)
    {
        if (const auto edge = FindWithoutTree(from, to))
        {
            return *edge;
        }
    }
    tree = ComputeTree(to);
    return tree.at(from);
}

std::size_t
NextHopTrees::GetTreeCount() const
{
    return static_cast<std::size_t>(std::count_if(m_trees.begin(),
                                                  m_trees.end(),
                                                  [](const Tree& tree) { return !tree.empty(); }));
}

std::vector<int64_t>
NextHopTrees::ComputeDistances(uint32_t root) const
{
    const BoostTreeGraph& graph = m_graph->graph;
    const std::size_t n = boost::num_vertices(graph);
    std::vector<int64_t> distance(n, DISTANCE_WITHOUT_PATH);
    const auto costOf = [this](uint32_t index) {
        return m_edges[index].used ? m_edges[index].cost : DISTANCE_WITHOUT_PATH;
    };
    const auto cost = boost::make_function_property_map<BoostTreeGraph::edge_descriptor, int64_t>(
        [&costOf, &graph](const BoostTreeGraph::edge_descriptor& edge) {
            return costOf(graph[edge]);
        });
    boost::dijkstra_shortest_paths(
        graph,
        root,
        boost::weight_map(cost)
            .distance_map(boost::make_iterator_property_map(distance.begin(),
                                                            boost::get(boost::vertex_index, graph)))
            .distance_inf(DISTANCE_WITHOUT_PATH)
            .distance_combine(boost::closed_plus<int64_t>(DISTANCE_WITHOUT_PATH)));
    return distance;
}

NextHopTrees::Tree
NextHopTrees::ComputeTree(uint32_t root) const
{
    const BoostTreeGraph& graph = m_graph->graph;
    const std::size_t n = boost::num_vertices(graph);
    const std::vector<int64_t> distance = ComputeDistances(root);
    // the choice among equal next hops is made here and not by Dijkstra's order of visits
    const auto distanceOf = [&distance](uint32_t node) { return distance[node]; };
    Tree tree(n, NO_EDGE);
    for (uint32_t node = 0; node < n; ++node)
    {
        if (node != root)
        {
            tree[node] = ChooseEdge(graph, m_edges, node, distanceOf);
        }
    }
    return tree;
}

void
NextHopTrees::SetUsed(uint32_t edge, bool used)
{
    Edge& changed = m_edges.at(edge);
    if (changed.used == used)
    {
        return;
    }
    changed.used = used;
    ForgetAnswers(changed);
    for (uint32_t root = 0; root < m_trees.size(); ++root)
    {
        Tree& tree = m_trees[root];
        if (tree.empty())
        {
            continue;
        }
        if (used)
        {
            Gain(tree, root, edge);
            continue;
        }
        for (const uint32_t node : changed.node)
        {
            if (tree[node] == edge)
            {
                Lose(tree, root, node);
                break;
            }
        }
    }
}

void
NextHopTrees::BeginRound()
{
    const std::size_t n = boost::num_vertices(m_graph->graph);
    m_scratch.round.resize(n);
    m_scratch.distance.resize(n);
    m_scratch.changed.resize(n);
    m_scratch.nodes.clear();
    ++m_scratch.now;
    if (m_scratch.now == 0)
    {
        // the number has gone round
        std::fill(m_scratch.round.begin(), m_scratch.round.end(), 0);
        m_scratch.now = 1;
    }
}

void
NextHopTrees::Enter(uint32_t node)
{
    if (m_scratch.round[node] != m_scratch.now)
    {
        m_scratch.round[node] = m_scratch.now;
        m_scratch.distance[node] = UNKNOWN;
        m_scratch.changed[node] = UNKNOWN;
    }
}

int64_t
NextHopTrees::GetOldDistance(const Tree& tree, uint32_t root, uint32_t node)
{
    // up to where the distance is known, and back
    std::vector<uint32_t> way;
    int64_t distance = UNKNOWN;
    while (distance == UNKNOWN)
    {
        Enter(node);
        distance = node == root ? 0 : m_scratch.distance[node];
        if (distance != UNKNOWN)
        {
            break;
        }
        if (tree[node] == NO_EDGE)
        {
            distance = DISTANCE_WITHOUT_PATH;
            break;
        }
        way.push_back(node);
        const Edge& edge = m_edges[tree[node]];
        node = edge.node[edge.node[0] == node ? 1 : 0];
    }
    m_scratch.distance[node] = distance;
    for (auto at = way.rbegin(); at != way.rend(); ++at)
    {
        distance += m_edges[tree[*at]].cost;
        m_scratch.distance[*at] = distance;
    }
    return distance;
}

void
NextHopTrees::CutOff(const Tree& tree, uint32_t node)
{
    const BoostTreeGraph& graph = m_graph->graph;
    Enter(node);
    m_scratch.changed[node] = DISTANCE_WITHOUT_PATH;
    m_scratch.nodes.push_back(node);
    for (std::size_t i = 0; i < m_scratch.nodes.size(); ++i)
    {
        const uint32_t at = m_scratch.nodes[i];
        const auto edges = boost::out_edges(at, graph);
        for (auto edge = edges.first; edge != edges.second; ++edge)
        {
            const auto peer = static_cast<uint32_t>(boost::target(*edge, graph));
            // on the way over this node
            if (tree[peer] == graph[*edge] && tree[at] != graph[*edge])
            {
                Enter(peer);
                m_scratch.changed[peer] = DISTANCE_WITHOUT_PATH;
                m_scratch.nodes.push_back(peer);
            }
        }
    }
}

void
NextHopTrees::Lose(Tree& tree, uint32_t root, uint32_t node)
{
    const BoostTreeGraph& graph = m_graph->graph;
    BeginRound();
    CutOff(tree, node);
    Queue queue;
    for (const uint32_t cut : m_scratch.nodes)
    {
        int64_t best = DISTANCE_WITHOUT_PATH;
        const auto edges = boost::out_edges(cut, graph);
        for (auto edge = edges.first; edge != edges.second; ++edge)
        {
            const auto peer = static_cast<uint32_t>(boost::target(*edge, graph));
            const Edge& over = m_edges[graph[*edge]];
            Enter(peer);
            if (over.used && m_scratch.changed[peer] == UNKNOWN)
            {
                const int64_t distance = GetOldDistance(tree, root, peer);
                best =
                    distance == DISTANCE_WITHOUT_PATH ? best : std::min(best, distance + over.cost);
            }
        }
        if (best != DISTANCE_WITHOUT_PATH)
        {
            m_scratch.changed[cut] = best;
            queue.emplace(best, cut);
        }
    }
    // from now on a distance of a node that was cut off is one that was found
    Spread(tree, root, queue, false);
    Choose(tree, root);
}

void
NextHopTrees::Gain(Tree& tree, uint32_t root, uint32_t index)
{
    BeginRound();
    const Edge& edge = m_edges[index];
    const std::array<int64_t, 2> distance = {GetOldDistance(tree, root, edge.node[0]),
                                             GetOldDistance(tree, root, edge.node[1])};
    Queue queue;
    for (std::size_t end = 0; end < distance.size(); ++end)
    {
        const int64_t other = distance[1 - end];
        if (other == DISTANCE_WITHOUT_PATH || other + edge.cost > distance[end])
        {
            continue;
        }
        const uint32_t node = edge.node[end];
        m_scratch.nodes.push_back(node);
        if (other + edge.cost < distance[end])
        {
            m_scratch.changed[node] = other + edge.cost;
            queue.emplace(other + edge.cost, node);
        }
    }
    if (m_scratch.nodes.empty())
    {
        return;
    }
    Spread(tree, root, queue, true);
    Choose(tree, root);
}

void
NextHopTrees::Spread(const Tree& tree, uint32_t root, Queue& queue, bool gained)
{
    const BoostTreeGraph& graph = m_graph->graph;
    while (!queue.empty())
    {
        const auto [distance, node] = queue.top();
        queue.pop();
        if (distance != m_scratch.changed[node])
        {
            continue; // a shorter way was found since
        }
        const auto edges = boost::out_edges(node, graph);
        for (auto edge = edges.first; edge != edges.second; ++edge)
        {
            const auto peer = static_cast<uint32_t>(boost::target(*edge, graph));
            const Edge& over = m_edges[graph[*edge]];
            Enter(peer);
            if (!over.used || peer == root || (!gained && m_scratch.changed[peer] == UNKNOWN))
            {
                continue; // after a loss, only what was cut off changes
            }
            const int64_t former = m_scratch.changed[peer] != UNKNOWN
                                       ? m_scratch.changed[peer]
                                       : GetOldDistance(tree, root, peer);
            if (distance + over.cost > former)
            {
                continue;
            }
            if (gained)
            {
                m_scratch.nodes.push_back(peer);
            }
            if (distance + over.cost < former)
            {
                m_scratch.changed[peer] = distance + over.cost;
                queue.emplace(distance + over.cost, peer);
            }
        }
    }
}

void
NextHopTrees::Choose(Tree& tree, uint32_t root)
{
    const auto distanceOf = [this, &tree, root](uint32_t node) {
        Enter(node);
        return m_scratch.changed[node] != UNKNOWN ? m_scratch.changed[node]
                                                  : GetOldDistance(tree, root, node);
    };
    std::vector<uint32_t> chosen;
    chosen.reserve(m_scratch.nodes.size());
    for (const uint32_t node : m_scratch.nodes)
    {
        chosen.push_back(ChooseEdge(m_graph->graph, m_edges, node, distanceOf));
    }
    // not before, since distances are those of the tree as it was
    for (std::size_t i = 0; i < chosen.size(); ++i)
    {
        tree[m_scratch.nodes[i]] = chosen[i];
    }
}

} // namespace qkdn
} // namespace ns3
