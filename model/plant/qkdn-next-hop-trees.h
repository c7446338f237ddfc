/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_NEXT_HOP_TREES_H
#define QKDN_NEXT_HOP_TREES_H

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <queue>
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

    /**
     * @brief Compute a tree.
     * @param root its destination
     * @return the tree
     */
    Tree ComputeTree(uint32_t root) const;

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
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_NEXT_HOP_TREES_H */
