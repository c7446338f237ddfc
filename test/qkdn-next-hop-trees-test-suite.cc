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
        AddTestCase(new NextHopTreesChoiceTest);
    }
};

static QkdnNextHopTreesTestSuite g_qkdnNextHopTreesTestSuite; //!< registers it
