/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_NEXT_HOP_TREES_H
#define QKDN_NEXT_HOP_TREES_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <queue>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The next hops of shortest paths in an undirected graph that loses edges and gets them
 * back.
 *
 * There is a tree of next hops for each destination that was asked for: computed on first use
 * (Dijkstra), and then mended where an edge changes it (after Ramalingam and Reps,
 * doi:10.1006/jagm.1996.0046), so that a change costs what it changes and not all trees. Among
 * equal next hops the node with the lower number is taken, then the edge that was added first, so
 * that a tree depends on the graph alone and not on what happened before.
 *
 * In a large graph most nodes are asked for by their neighbours, and by a few nodes that talk to
 * all others. A tree for each would take the square of its size, so next hops of near nodes come
 * from a search that ends soon there, and those on the way from such a node from the ways of all
 * its packets. The answers are the same.
 */
class NextHopTrees
{
  public:
    /// No way to go.
    static constexpr uint32_t NO_EDGE = std::numeric_limits<uint32_t>::max();

    NextHopTrees();
    ~NextHopTrees();

    // Delete copy constructor and assignment operator to avoid misuse
    NextHopTrees(const NextHopTrees&) = delete;
    NextHopTrees& operator=(const NextHopTrees&) = delete;

    /**
     * @brief Have nodes with all numbers up to one.
     * @param node the number
     */
    void AddNode(uint32_t node);

    /**
     * @brief Add an edge. All trees are forgotten.
     * @param a a node
     * @param b another node; both were added
     * @param cost its cost, above 0
     * @param used whether paths may use it
     * @return its number, from 0 in the order of addition
     */
    uint32_t AddEdge(uint32_t a, uint32_t b, int64_t cost, bool used);

    /**
     * @brief Set the cost of an edge. All trees are forgotten.
     * @param edge its number
     * @param cost its cost, above 0
     */
    void SetCost(uint32_t edge, int64_t cost);

    /**
     * @brief Say whether paths may use an edge.
     * @param edge its number
     * @param used whether they may
     */
    void SetUsed(uint32_t edge, bool used);

    /**
     * @brief Whether paths may use an edge.
     * @param edge its number
     * @return true if so
     */
    bool IsUsed(uint32_t edge) const;

    /**
     * @brief The next edge on the way to a node.
     * @param from where
     * @param to the destination, another node
     * @return its number, NO_EDGE without a path
     */
    uint32_t GetNextEdge(uint32_t from, uint32_t to) const;

    /**
     * @brief How many destinations have a tree.
     * @return their number
     */
    std::size_t GetTreeCount() const;

    /**
     * @brief Set which graphs are large.
     * @param nodes a graph with more nodes is
     */
    void SetLargeSize(std::size_t nodes);

  private:
    /// An edge.
    struct Edge
    {
        std::array<uint32_t, 2> node; //!< its ends
        int64_t cost;                 //!< its cost
        bool used;                    //!< whether paths may use it
    };

    /// A node at a distance, the nearest first.
    using Reached = std::pair<int64_t, uint32_t>;

    /// Nodes whose distance was found, and is not yet told to their neighbours.
    using Queue = std::priority_queue<Reached, std::vector<Reached>, std::greater<>>;

    /// Distances while a tree is mended; kept from tree to tree, so that none has to be cleared.
    struct Scratch
    {
        std::vector<uint32_t> round;   //!< in which the other values of a node were set
        std::vector<int64_t> distance; //!< before the change
        std::vector<int64_t> changed;  //!< after the change
        std::vector<uint32_t> nodes;   //!< whose next hop may change
        uint32_t now{0};               //!< current round
    };

    /// The graph in the form that Boost's algorithms take.
    struct Graph;

    /// Edge number by node, NO_EDGE without a path and at the root; empty if not computed.
    using Tree = std::vector<uint32_t>;

    /// A node that talks to many others.
    struct Hub
    {
        uint32_t root; //!< the node
        Tree ways;     //!< ways of packets from it, empty if not computed since the last change
    };

    /// Distances of some nodes to a destination.
    using Distances = std::unordered_map<uint32_t, int64_t>;

    /**
     * @brief Distances of all nodes.
     * @param root to which
     * @return the distances
     */
    std::vector<int64_t> ComputeDistances(uint32_t root) const;

    /**
     * @brief Compute a tree.
     * @param root its destination
     * @return the tree
     */
    Tree ComputeTree(uint32_t root) const;

    /// Forget all trees, and what was answered without one.
    void Forget();

    /**
     * @brief Forget what was answered without a tree and may have changed.
     * @param edge the edge that has
     */
    void ForgetAnswers(const Edge& edge);

    /**
     * @brief The next edge where there is no tree of the destination.
     * @param from where
     * @param to the destination
     * @return its number, NO_EDGE without a path; none if it takes a tree to know
     */
    std::optional<uint32_t> FindWithoutTree(uint32_t from, uint32_t to) const;

    /**
     * @brief The next edge on the way to a near node, which is kept.
     * @param from where
     * @param to the destination
     * @return its number, NO_EDGE without a path; none if the node is not near
     */
    std::optional<uint32_t> FindNear(uint32_t from, uint32_t to) const;

    /**
     * @brief Make a node a hub, in the place of one that was asked for less if there are enough.
     * @param node the node, which is none
     * @return false if all hubs were asked for as much
     */
    bool AddHub(uint32_t node) const;

    /**
     * @brief The next edge from the ways of packets from hubs.
     * @param from where
     * @param to the destination
     * @return its number, NO_EDGE without a path; none if none of them tells
     */
    std::optional<uint32_t> FindOnWays(uint32_t from, uint32_t to) const;

    /**
     * @brief The next edge if a node is on the way of packets from a third one.
     * @param hub the third node
     * @param from where
     * @param to the destination
     * @return its number, NO_EDGE without a path; none if it is not
     */
    std::optional<uint32_t> FindOnWay(Hub& hub, uint32_t from, uint32_t to) const;

    /**
     * @brief Compute the ways of packets from a node.
     * @param root the node
     * @return the edges over which they come to each node, NO_EDGE without a path and at the node
     */
    Tree ComputeWays(uint32_t root) const;

    /**
     * @brief Mend a tree after the loss of an edge that it had.
     * @param tree the tree
     * @param root its destination
     * @param node whose next edge was lost
     */
    void Lose(Tree& tree, uint32_t root, uint32_t node);

    /**
     * @brief Mend a tree after an edge came into use.
     * @param tree the tree
     * @param root its destination
     * @param index the edge
     */
    void Gain(Tree& tree, uint32_t root, uint32_t index);

    /// @cond
    static uint64_t KeyOf(uint32_t from, uint32_t to);
    void BeginRound();
    void Enter(uint32_t node);
    int64_t GetOldDistance(const Tree& tree, uint32_t root, uint32_t node);
    void CutOff(const Tree& tree, uint32_t node);
    void Spread(const Tree& tree, uint32_t root, Queue& queue, bool gained);
    void Choose(Tree& tree, uint32_t root);
    /// @endcond

    std::unique_ptr<Graph> m_graph;    //!< all nodes and edges, used or not
    std::vector<Edge> m_edges;         //!< edges in the order of their addition
    mutable std::vector<Tree> m_trees; //!< by destination
    Scratch m_scratch;                 //!< while a tree is mended
    std::size_t m_largeSize{2048};     //!< graphs with more nodes are large
    /// nodes that talk to many others, those whose ways were of use last first
    mutable std::vector<Hub> m_hubs;
    /// how often it would have taken a tree to know a way from or to a node
    mutable std::vector<uint32_t> m_asked;
    /// answers for near nodes by destination and node
    mutable std::unordered_map<uint64_t, uint32_t> m_near;
    /// those of them that a change at a node may change, by the node
    mutable std::unordered_map<uint32_t, std::unordered_set<uint64_t>> m_nearBy;
    /// destinations and nodes that were not near once, for which there is no further search
    mutable std::unordered_set<uint64_t> m_far;
    /// answers from the ways of hubs since the last change, by destination and node
    mutable std::unordered_map<uint64_t, uint32_t> m_onWay;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_NEXT_HOP_TREES_H */
