/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-next-hop-trees.h"
#include "ns3/random-variable-stream.h"
#include "ns3/test.h"

#include <memory>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

/**
 * @ingroup qkdn-resilience-tests
 * @brief Trees that were mended after each change against trees that were computed anew.
 */
class NextHopTreesRandomTest : public TestCase
{
  public:
    NextHopTreesRandomTest()
        : TestCase("A mended tree is the one that the graph gives")
    {
    }

  private:
    static constexpr uint32_t GRAPHS = 60;  //!< random graphs
    static constexpr uint32_t CHANGES = 80; //!< of each graph

    /// An edge of the graph.
    struct Edge
    {
        uint32_t a;   //!< an end
        uint32_t b;   //!< the other end
        int64_t cost; //!< its cost
        bool used;    //!< whether paths may use it
    };

    /**
     * @brief The trees of a graph.
     * @param nodes its nodes
     * @param edges its edges
     * @return the trees
     */
    static std::unique_ptr<NextHopTrees> Make(uint32_t nodes, const std::vector<Edge>& edges)
    {
        auto trees = std::make_unique<NextHopTrees>();
        trees->AddNode(nodes - 1);
        for (const Edge& edge : edges)
        {
            trees->AddEdge(edge.a, edge.b, edge.cost, edge.used);
        }
        return trees;
    }

    /**
     * @brief Change a random graph again and again.
     * @param random random numbers
     */
    void RunGraph(const Ptr<UniformRandomVariable>& random)
    {
        const uint32_t nodes = random->GetInteger(2, 30);
        const uint32_t count = random->GetInteger(1, 3 * nodes);
        // small costs give many equal paths, and some edges are parallel
        const uint32_t most = random->GetInteger(1, 4);
        std::vector<Edge> edges;
        for (uint32_t i = 0; i < count; ++i)
        {
            const uint32_t a = random->GetInteger(0, nodes - 1);
            const uint32_t b = (a + random->GetInteger(1, nodes - 1)) % nodes;
            edges.push_back({a, b, random->GetInteger(1, most), random->GetInteger(0, 3) > 0});
        }
        const auto mended = Make(nodes, edges);
        for (uint32_t change = 0; change < CHANGES; ++change)
        {
            // some trees are asked for now, some after further changes only
            const auto fresh = Make(nodes, edges);
            const uint32_t to = random->GetInteger(0, nodes - 1);
            for (uint32_t root = 0; root < nodes; ++root)
            {
                for (uint32_t from = 0; from < nodes && (change > CHANGES / 2 || root == to);
                     ++from)
                {
                    NS_TEST_ASSERT_MSG_EQ((from == root || mended->GetNextEdge(from, root) ==
                                                               fresh->GetNextEdge(from, root)),
                                          true,
                                          "from " << from << " to " << root << " after " << change);
                }
            }
            const uint32_t index = random->GetInteger(0, count - 1);
            edges[index].used = !edges[index].used;
            mended->SetUsed(index, edges[index].used);
        }
    }

    void DoRun() override
    {
        const auto random = CreateObject<UniformRandomVariable>();
        random->SetStream(1);
        for (uint32_t graph = 0; graph < GRAPHS; ++graph)
        {
            RunGraph(random);
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief In a large graph one node talks to all, and neighbours with each other: next hops are
 * those that trees give, and there are few trees.
 */
class NextHopTreesLargeTest : public TestCase
{
  public:
    NextHopTreesLargeTest()
        : TestCase("A large graph answers as trees do and has few of them")
    {
    }

  private:
    static constexpr uint32_t NODES = 600;  //!< of the graph
    static constexpr uint32_t CHANGES = 12; //!< edges lost and regained

    /**
     * @brief Follow the next hops of both from one node to another.
     * @param from the one
     * @param to the other
     */
    void Follow(uint32_t from, uint32_t to)
    {
        for (uint32_t hops = 0; from != to; ++hops)
        {
            const uint32_t edge = m_trees.GetNextEdge(from, to);
            NS_TEST_ASSERT_MSG_EQ(m_large.GetNextEdge(from, to), edge, from << " to " << to);
            NS_TEST_ASSERT_MSG_EQ((hops < NODES), true, "a loop");
            if (edge == NextHopTrees::NO_EDGE)
            {
                return;
            }
            const auto& [a, b] = m_edges[edge];
            from = a == from ? b : a;
        }
    }

    void DoRun() override
    {
        const auto random = CreateObject<UniformRandomVariable>();
        random->SetStream(2);
        m_large.SetLargeSize(1);
        for (NextHopTrees* trees : {&m_trees, &m_large})
        {
            trees->AddNode(NODES - 1);
        }
        // the last ten are apart, few costs give many equal paths
        for (uint32_t a = 0; a < NODES; ++a)
        {
            for (uint32_t i = 0; a < NODES - 10 && i < 2; ++i)
            {
                const uint32_t b =
                    i == 0 && a + 11 < NODES ? a + 1 : random->GetInteger(0, NODES - 11);
                const auto cost = random->GetInteger(2, 4);
                if (a != b)
                {
                    m_edges.emplace_back(a, b);
                    m_trees.AddEdge(a, b, cost, true);
                    m_large.AddEdge(a, b, cost, true);
                }
            }
        }
        for (uint32_t change = 0; change <= CHANGES; ++change)
        {
            for (uint32_t node = 1; node < NODES; ++node)
            {
                Follow(0, node);
                Follow(node, 0);
            }
            for (const auto& [a, b] : m_edges)
            {
                Follow(b, a);
            }
            const uint32_t lost = random->GetInteger(0, static_cast<uint32_t>(m_edges.size()) - 1);
            for (NextHopTrees* trees : {&m_trees, &m_large})
            {
                trees->SetUsed(lost, !trees->IsUsed(lost));
            }
        }
        NS_TEST_EXPECT_MSG_EQ(m_trees.GetTreeCount(), NODES, "a tree for each");
        NS_TEST_EXPECT_MSG_LT(m_large.GetTreeCount(), NODES / 4, "few trees");
        NS_TEST_EXPECT_MSG_GT(m_large.GetTreeCount(), 0, "but some");
    }

    NextHopTrees m_trees;                               //!< with all trees
    NextHopTrees m_large;                               //!< with as few as it can
    std::vector<std::pair<uint32_t, uint32_t>> m_edges; //!< ends of edges
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What is chosen among equal paths, and what a change of cost does.
 */
class NextHopTreesChoiceTest : public TestCase
{
  public:
    NextHopTreesChoiceTest()
        : TestCase("Among equal next hops the lower node goes first, then the older edge")
    {
    }

  private:
    void DoRun() override
    {
        NextHopTrees trees;
        trees.AddNode(4); // the last one has no edge
        const uint32_t to2 = trees.AddEdge(0, 2, 1, true);
        const uint32_t from2 = trees.AddEdge(2, 3, 1, true);
        const uint32_t to1 = trees.AddEdge(0, 1, 1, true);
        const uint32_t again = trees.AddEdge(0, 1, 1, true);
        const uint32_t from1 = trees.AddEdge(1, 3, 1, true);
        NS_TEST_EXPECT_MSG_EQ(trees.GetNextEdge(0, 3), to1, "node 1 before node 2");
        NS_TEST_EXPECT_MSG_EQ(trees.GetNextEdge(0, 4), NextHopTrees::NO_EDGE, "no path");
        trees.SetUsed(to1, false);
        NS_TEST_EXPECT_MSG_EQ(trees.IsUsed(to1), false, "lost");
        NS_TEST_EXPECT_MSG_EQ(trees.GetNextEdge(0, 3), again, "the parallel edge");
        trees.SetUsed(from1, false);
        NS_TEST_EXPECT_MSG_EQ(trees.GetNextEdge(0, 3), to2, "the other node");
        NS_TEST_EXPECT_MSG_EQ(trees.GetNextEdge(1, 3), again, "and back over it");
        trees.SetUsed(from2, false);
        NS_TEST_EXPECT_MSG_EQ(trees.GetNextEdge(0, 3), NextHopTrees::NO_EDGE, "cut off");
        trees.SetUsed(from1, true);
        trees.SetUsed(to1, true);
        NS_TEST_EXPECT_MSG_EQ(trees.GetNextEdge(0, 3), to1, "as at first");
        trees.SetUsed(from2, true);
        trees.SetCost(to1, 5);
        trees.SetCost(again, 5);
        NS_TEST_EXPECT_MSG_EQ(trees.GetNextEdge(0, 3), to2, "the cheaper path");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Test suite of trees of next hops.
 */
class QkdnNextHopTreesTestSuite : public TestSuite
{
  public:
    QkdnNextHopTreesTestSuite()
        : TestSuite("qkdn-next-hop-trees", Type::UNIT)
    {
        AddTestCase(new NextHopTreesRandomTest);
        AddTestCase(new NextHopTreesLargeTest);
        AddTestCase(new NextHopTreesChoiceTest);
    }
};

static QkdnNextHopTreesTestSuite g_qkdnNextHopTreesTestSuite; //!< registers it
