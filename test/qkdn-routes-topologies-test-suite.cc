/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-routes-fixture.h"

#include "ns3/qkdn-k-shortest-routes.h"
#include "ns3/qkdn-risk-disjoint-routes.h"
#include "ns3/qkdn-topology-graph.h"
#include "ns3/qkdn-topology-reader.h"
#include "ns3/test.h"

using namespace ns3;
using namespace ns3::qkdn;
using namespace ns3::qkdn::routes_test;

namespace
{

/// Where the topologies are.
const std::string TOPOLOGIES = std::string(QKDN_SOURCE_DIR) + "/examples/topologies/";

/// A distance that nothing has.
constexpr int64_t FAR = 1LL << 60;

/**
 * @brief Shows by Bellman's and Ford's method that a set of disjoint routes is the best.
 *
 * A flow costs least if and only if no circle of its residual graph has a negative cost, and no
 * further unit fits if and only if the last KM is out of reach there (R. K. Ahuja, T. L. Magnanti,
 * J. B. Orlin, Network Flows, 1993, theorems 9.1 and 6.9). That needs none of the methods by which
 * the routes were found.
 */
class Certificate
{
  public:
    /// Constructor: the residual graph of some routes.
    Certificate(const RouteGraph& graph, const std::vector<FoundRoute>& routes, bool kms)
    {
        std::map<std::pair<KmId, KmId>, bool> used;
        std::set<KmId> inner;
        for (const FoundRoute& route : routes)
        {
            for (std::size_t i = 1; i < route.kms.size(); ++i)
            {
                used[{route.kms[i - 1], route.kms[i]}] = true;
            }
            inner.insert(route.kms.begin() + 1, route.kms.end() - 1);
        }
        for (const auto& [hop, cost] : graph.GetHops({}))
        {
            for (const auto& [a, b] : {std::pair(hop.low, hop.high), {hop.high, hop.low}})
            {
                const auto step = static_cast<int64_t>(cost);
                if (used.count({a, b}) > 0)
                {
                    m_arcs.push_back({In(b), Out(a), -step});
                }
                else if (used.count({b, a}) == 0)
                {
                    m_arcs.push_back({Out(a), In(b), step});
                }
                m_kms.insert(a);
            }
        }
        for (const KmId km : m_kms)
        {
            const bool taken = inner.count(km) > 0;
            if (!kms || !taken)
            {
                m_arcs.push_back({In(km), Out(km), 0});
            }
            if (taken || !kms)
            {
                m_arcs.push_back({Out(km), In(km), 0});
            }
        }
    }

    /// Whether no other routes, as many, cost less.
    bool IsCheapest() const
    {
        std::vector<int64_t> distance(2 * (m_kms.rbegin()->value + 1), 0);
        return Relax(distance);
    }

    /// Whether there is another route beside them.
    bool HasRoom(KmId from, KmId to) const
    {
        std::vector<int64_t> distance(2 * (m_kms.rbegin()->value + 1), FAR);
        distance[Out(from)] = 0;
        Relax(distance);
        return distance[In(to)] < FAR;
    }

  private:
    /// An edge of the residual graph.
    struct Arc
    {
        std::size_t from; //!< vertex
        std::size_t to;   //!< vertex
        int64_t cost;     //!< its cost
    };

    static std::size_t In(KmId km)
    {
        return 2 * km.value;
    }

    static std::size_t Out(KmId km)
    {
        return 2 * km.value + 1;
    }

    /// Lower distances until they stay; returns whether they do.
    bool Relax(std::vector<int64_t>& distance) const
    {
        for (std::size_t round = 0; round <= distance.size(); ++round)
        {
            bool changed = false;
            for (const Arc& arc : m_arcs)
            {
                if (distance[arc.from] < FAR && distance[arc.from] + arc.cost < distance[arc.to])
                {
                    distance[arc.to] = distance[arc.from] + arc.cost;
                    changed = true;
                }
            }
            if (!changed)
            {
                return true;
            }
        }
        return false;
    }

    std::vector<Arc> m_arcs; //!< its edges
    std::set<KmId> m_kms;    //!< the KMs
};

/// The KMs of a graph.
std::vector<KmId>
KmsOf(const RouteGraph& graph)
{
    std::set<KmId> kms;
    for (const auto& hop : graph.GetHops({}))
    {
        kms.insert(hop.first.low);
        kms.insert(hop.first.high);
    }
    return {kms.begin(), kms.end()};
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Disjoint pairs between all nodes of a topology.
 *
 * The topologies have no bridges and no articulation nodes, so that there is a pair for all.
 */
class AllPairsTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param name name of the topology
     * @param pairs pairs of nodes
     */
    AllPairsTest(const std::string& name, uint32_t pairs)
        : TestCase("all pairs of " + name),
          m_name(name),
          m_pairs(pairs)
    {
    }

  private:
    void DoRun() override
    {
        const TopologyGraph topology(ReadTopologyFile(TOPOLOGIES + m_name + ".csv"),
                                     ROUTE_COST_LENGTH);
        const RouteGraph& graph = topology.GetGraph();
        const std::vector<KmId> kms = KmsOf(graph);
        uint32_t pairs = 0;
        for (const KmId from : kms)
        {
            for (const KmId to : kms)
            {
                if (!(from < to))
                {
                    continue;
                }
                ++pairs;
                for (const bool nodeDisjoint : {false, true})
                {
                    Check(graph, from, to, 2, nodeDisjoint, true);
                    Check(graph, to, from, 2, nodeDisjoint, true);
                    // a few of them have three
                    if (pairs % 20 == 0)
                    {
                        Check(graph, from, to, 3, nodeDisjoint, false);
                    }
                }
            }
        }
        NS_TEST_EXPECT_MSG_EQ(pairs, m_pairs, "all pairs");
    }

    /// Find some routes and show that they are the best.
    void Check(const RouteGraph& graph,
               KmId from,
               KmId to,
               std::size_t count,
               bool nodeDisjoint,
               bool exist)
    {
        const auto routes = graph.FindCheapestTuple(from, to, {}, count, nodeDisjoint);
        const std::string text = Text(routes);
        NS_TEST_ASSERT_MSG_EQ((routes.size() == count || !exist), true, "there are some: " << text);
        NS_TEST_ASSERT_MSG_EQ(RiskDisjointRoutes(graph, nodeDisjoint).AreDisjoint(routes),
                              true,
                              text);
        const Certificate certificate(graph, routes, nodeDisjoint);
        NS_TEST_ASSERT_MSG_EQ(certificate.IsCheapest(), true, "none cost less than " << text);
        if (routes.size() < count)
        {
            NS_TEST_ASSERT_MSG_EQ(certificate.HasRoom(from, to), false, "no more than " << text);
        }
    }

    std::string m_name; //!< name of the topology
    uint32_t m_pairs;   //!< pairs of nodes
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Risk-group-disjoint pairs where links that leave a node in twos share a duct.
 *
 * They are held to another exact method: one route after the other by cost with the cheapest that
 * keeps off it, until the first alone costs half of the best pair.
 */
class RiskPairsTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param name name of the topology
     * @param every one of so many pairs is compared
     */
    RiskPairsTest(const std::string& name, uint32_t every)
        : TestCase("risk-group-disjoint pairs of " + name),
          m_name(name),
          m_every(every)
    {
    }

  private:
    /// Routes of the other method at most.
    static constexpr std::size_t MAX_ROUTES = 300;

    void DoRun() override
    {
        const TopologyGraph topology(ReadTopologyFile(TOPOLOGIES + m_name + ".csv"),
                                     ROUTE_COST_LENGTH);
        RouteGraph graph = topology.GetGraph();
        AddDucts(graph);
        const std::vector<KmId> kms = KmsOf(graph);
        uint32_t found = 0;
        uint32_t missing = 0;
        uint32_t searched = 0;
        uint32_t compared = 0;
        for (const KmId from : kms)
        {
            for (const KmId to : kms)
            {
                if (!(from < to))
                {
                    continue;
                }
                RiskDisjointRoutes search(graph);
                const auto tuple = search.Find(from, to, {}, 2);
                NS_TEST_ASSERT_MSG_EQ(tuple.exact, true, "small enough");
                NS_TEST_ASSERT_MSG_EQ(search.AreDisjoint(tuple.routes), true, Text(tuple.routes));
                searched += tuple.steps > 0 ? 1 : 0;
                ++(tuple.routes.empty() ? missing : found);
                if ((found + missing) % m_every == 0)
                {
                    const auto other = FindOtherwise(graph, from, to);
                    if (other)
                    {
                        ++compared;
                        NS_TEST_ASSERT_MSG_EQ(SumOf(tuple.routes), *other, "the same cost");
                    }
                }
            }
        }
        NS_TEST_EXPECT_MSG_EQ(found + missing, kms.size() * (kms.size() - 1) / 2, "all pairs");
        NS_TEST_EXPECT_MSG_GT(found, missing, "most exist");
        NS_TEST_EXPECT_MSG_GT(searched,
                              found / 20,
                              "often not those without regard to risk groups");
        NS_TEST_EXPECT_MSG_GT(compared, 30, "enough were compared");
    }

    /// The first two links of each third node share a duct.
    static void AddDucts(RouteGraph& graph)
    {
        std::map<KmId, std::vector<KmHop>> hops;
        for (const auto& hop : graph.GetHops({}))
        {
            hops[hop.first.low].push_back(hop.first);
            hops[hop.first.high].push_back(hop.first);
        }
        for (const auto& [km, links] : hops)
        {
            for (std::size_t i = 0; km.value % 3 == 0 && i < 2; ++i)
            {
                std::set<std::string> groups = graph.GetRiskGroups(links[i]);
                groups.insert("duct at " + std::to_string(km.value));
                graph.SetRiskGroups(links[i], groups);
            }
        }
    }

    /// The least cost of a pair, 0 if there is none; nothing if it would take too long.
    static std::optional<uint64_t> FindOtherwise(const RouteGraph& graph, KmId from, KmId to)
    {
        KShortestRoutes search(graph, from, to, {});
        uint64_t best = 0;
        for (std::size_t i = 0; i < MAX_ROUTES; ++i)
        {
            const auto first = search.Next();
            if (!first || (best > 0 && 2 * first->cost >= best))
            {
                return best;
            }
            RouteFilter filter;
            std::set<std::string> groups;
            for (const KmHop& hop : HopsOf(first->kms))
            {
                filter.excludedHops.insert(hop);
                groups.insert(graph.GetRiskGroups(hop).begin(), graph.GetRiskGroups(hop).end());
            }
            filter.accepts = [&graph, &groups](const KmHop& hop) {
                const std::set<std::string>& own = graph.GetRiskGroups(hop);
                return std::none_of(own.begin(), own.end(), [&groups](const std::string& group) {
                    return groups.count(group) > 0;
                });
            };
            const auto second = graph.FindRoute(from, to, filter);
            if (second && (best == 0 || first->cost + second->cost < best))
            {
                best = first->cost + second->cost;
            }
        }
        return std::nullopt;
    }

    std::string m_name; //!< name of the topology
    uint32_t m_every;   //!< one of so many pairs is compared
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Routes in national and continental networks.
 */
class QkdnRoutesTopologiesTestSuite : public TestSuite
{
  public:
    QkdnRoutesTopologiesTestSuite()
        : TestSuite("qkdn-routes-topologies", Type::UNIT)
    {
        AddTestCase(new AllPairsTest("sndlib-germany50", 1225));
        AddTestCase(new AllPairsTest("sndlib-cost266", 666));
        AddTestCase(new AllPairsTest("sndlib-nobel-us", 91));
        AddTestCase(new RiskPairsTest("sndlib-germany50", 25));
        AddTestCase(new RiskPairsTest("sndlib-cost266", 12));
        AddTestCase(new RiskPairsTest("sndlib-nobel-us", 1));
    }
};

static QkdnRoutesTopologiesTestSuite g_qkdnRoutesTopologiesTestSuite;
