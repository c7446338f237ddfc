/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-classical-topology.h"

#include "ns3/abort.h"
#include "ns3/log.h"
#include "ns3/node.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/dijkstra_shortest_paths.hpp>
#include <boost/property_map/function_property_map.hpp>
#include <limits>
#include <tuple>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnClassicalTopology");

NS_OBJECT_ENSURE_REGISTERED(ClassicalTopology);

namespace
{

constexpr uint32_t NO_EDGE = std::numeric_limits<uint32_t>::max();   //!< no way to go
constexpr int64_t UNREACHABLE = std::numeric_limits<int64_t>::max(); //!< distance without path

using BoostGraph = boost::adjacency_list<boost::vecS,
                                         boost::vecS,
                                         boost::undirectedS,
                                         boost::no_property,
                                         uint32_t>; //!< edges carry their number

} // namespace

struct ClassicalTopology::Graph
{
    BoostGraph graph; //!< vertices are ns-3 node ids
};

TypeId
ClassicalTopology::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::ClassicalTopology")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<ClassicalTopology>()
            .AddAttribute("Reconvergence",
                          "Time from a change of a link to its effect on routing.",
                          TimeValue(MilliSeconds(200)),
                          MakeTimeAccessor(&ClassicalTopology::m_reconvergence),
                          MakeTimeChecker(Time(0)))
            .AddAttribute(
                "HopCost",
                "Cost of a link in route computation beside its propagation delay; "
                "positive, so that links without delay make no loops.",
                TimeValue(MicroSeconds(1)),
                MakeTimeAccessor(&ClassicalTopology::SetHopCost, &ClassicalTopology::GetHopCost),
                MakeTimeChecker(NanoSeconds(1)))
            .AddTraceSource("LinkUse",
                            "Routing begins or ceases to use a link.",
                            MakeTraceSourceAccessor(&ClassicalTopology::m_linkUse),
                            "ns3::qkdn::ClassicalTopology::LinkUseCallback");
    return tid;
}

ClassicalTopology::ClassicalTopology()
    : m_graph(std::make_unique<Graph>())
{
}

ClassicalTopology::~ClassicalTopology() = default;

void
ClassicalTopology::DoDispose()
{
    for (Edge& edge : m_edges)
    {
        edge.reconvergence.Cancel();
        edge.link->TraceDisconnectWithoutContext(
            "StateChange",
            MakeCallback(&ClassicalTopology::HandleLink, this));
    }
    m_edges.clear();
    m_edgeOf.clear();
    m_service.clear();
    m_owners.clear();
    m_trees.clear();
    m_graph = std::make_unique<Graph>();
    Object::DoDispose();
}

void
ClassicalTopology::AddNode(uint32_t node, Ipv4Address service)
{
    NS_ABORT_MSG_UNLESS(m_service.emplace(node, service).second,
                        "node " << node << " is in the classical topology already");
    AddAddress(service, node);
    BoostGraph& graph = m_graph->graph;
    while (boost::num_vertices(graph) <= node)
    {
        boost::add_vertex(graph);
    }
    m_trees.clear();
}

void
ClassicalTopology::AddLink(Ptr<ClassicalLink> link, Ipv4Address a, Ipv4Address b)
{
    const uint32_t nodeA = link->GetDevice(false)->GetNode()->GetId();
    const uint32_t nodeB = link->GetDevice(true)->GetNode()->GetId();
    for (uint32_t node : {nodeA, nodeB})
    {
        NS_ABORT_MSG_UNLESS(m_service.count(node),
                            "classical link " << link->GetName() << ": node " << node
                                              << " is not in the classical topology");
    }
    NS_ABORT_MSG_IF(nodeA == nodeB,
                    "classical link " << link->GetName() << " begins and ends at node " << nodeA);
    AddAddress(a, nodeA);
    AddAddress(b, nodeB);
    const auto index = static_cast<uint32_t>(m_edges.size());
    NS_ABORT_MSG_UNLESS(m_edgeOf.emplace(link, index).second,
                        "classical link " << link->GetName() << " is added twice");
    m_edges.push_back(Edge{link,
                           {nodeA, nodeB},
                           {a, b},
                           link->GetDelay().GetNanoSeconds(),
                           link->IsUp(),
                           EventId()});
    boost::add_edge(nodeA, nodeB, index, m_graph->graph);
    m_trees.clear();
    link->TraceConnectWithoutContext("StateChange",
                                     MakeCallback(&ClassicalTopology::HandleLink, this));
}

void
ClassicalTopology::AddAddress(Ipv4Address address, uint32_t node)
{
    NS_ABORT_MSG_UNLESS(m_owners.emplace(address.Get(), node).second,
                        "address " << address << " of node " << node << " is taken by node "
                                   << m_owners.at(address.Get()));
}

std::vector<Ptr<ClassicalLink>>
ClassicalTopology::GetLinks() const
{
    std::vector<Ptr<ClassicalLink>> links;
    links.reserve(m_edges.size());
    for (const Edge& edge : m_edges)
    {
        links.push_back(edge.link);
    }
    return links;
}

const std::map<uint32_t, Ipv4Address>&
ClassicalTopology::GetServiceAddresses() const
{
    return m_service;
}

std::optional<Ipv4Address>
ClassicalTopology::GetServiceAddress(uint32_t node) const
{
    const auto found = m_service.find(node);
    return found == m_service.end() ? std::nullopt : std::make_optional(found->second);
}

std::optional<uint32_t>
ClassicalTopology::GetOwner(Ipv4Address address) const
{
    const auto found = m_owners.find(address.Get());
    return found == m_owners.end() ? std::nullopt : std::make_optional(found->second);
}

std::optional<ClassicalTopology::NextHop>
ClassicalTopology::GetNextHop(uint32_t from, uint32_t to) const
{
    const uint32_t index = GetTree(to).at(from);
    if (index == NO_EDGE)
    {
        return std::nullopt;
    }
    const Edge& edge = m_edges[index];
    const bool fromEndB = edge.node[1] == from;
    const std::size_t peer = fromEndB ? 0 : 1;
    return NextHop{edge.node[peer], edge.link->GetDevice(fromEndB), edge.address[peer]};
}

int64_t
ClassicalTopology::GetCost(const Edge& edge) const
{
    return edge.used ? edge.delayNs + m_hopCostNs : UNREACHABLE;
}

void
ClassicalTopology::SetHopCost(Time cost)
{
    m_hopCostNs = cost.GetNanoSeconds();
    m_trees.clear();
}

Time
ClassicalTopology::GetHopCost() const
{
    return NanoSeconds(m_hopCostNs);
}

const ClassicalTopology::Tree&
ClassicalTopology::GetTree(uint32_t destination) const
{
    m_trees.resize(boost::num_vertices(m_graph->graph));
    Tree& tree = m_trees.at(destination);
    if (tree.empty())
    {
        NS_LOG_LOGIC("compute the tree to node " << destination);
        tree = ComputeTree(destination);
    }
    return tree;
}

ClassicalTopology::Tree
ClassicalTopology::ComputeTree(uint32_t destination) const
{
    const BoostGraph& graph = m_graph->graph;
    const std::size_t n = boost::num_vertices(graph);
    std::vector<int64_t> distance(n, UNREACHABLE);
    const auto cost = boost::make_function_property_map<BoostGraph::edge_descriptor, int64_t>(
        [this, &graph](const BoostGraph::edge_descriptor& edge) {
            return GetCost(m_edges[graph[edge]]);
        });
    boost::dijkstra_shortest_paths(
        graph,
        destination,
        boost::weight_map(cost)
            .distance_map(boost::make_iterator_property_map(distance.begin(),
                                                            boost::get(boost::vertex_index, graph)))
            .distance_inf(UNREACHABLE)
            .distance_combine(boost::closed_plus<int64_t>(UNREACHABLE)));

    // The choice among equal next hops is made here and not by Dijkstra's order of visits, so
    // that a tree computed before the loss of an edge it does not use stays the right one.
    Tree tree(n, NO_EDGE);
    for (uint32_t node = 0; node < n; ++node)
    {
        if (node == destination || distance[node] == UNREACHABLE)
        {
            continue;
        }
        auto best = std::make_tuple(NO_EDGE, NO_EDGE);
        const auto edges = boost::out_edges(node, graph);
        for (auto edge = edges.first; edge != edges.second; ++edge)
        {
            const uint32_t index = graph[*edge];
            const auto peer = static_cast<uint32_t>(boost::target(*edge, graph));
            if (m_edges[index].used && distance[peer] != UNREACHABLE &&
                distance[peer] + GetCost(m_edges[index]) == distance[node])
            {
                best = std::min(best, std::make_tuple(peer, index));
            }
        }
        tree[node] = std::get<1>(best);
    }
    return tree;
}

void
ClassicalTopology::HandleLink(Ptr<const ClassicalLink> link, bool up)
{
    const uint32_t index = m_edgeOf.at(link);
    Edge& edge = m_edges[index];
    edge.reconvergence.Cancel();
    if (edge.used != up)
    {
        edge.reconvergence =
            Simulator::Schedule(m_reconvergence, &ClassicalTopology::Reconverge, this, index);
    }
}

void
ClassicalTopology::Reconverge(uint32_t index)
{
    Edge& edge = m_edges[index];
    edge.used = !edge.used;
    NS_LOG_INFO("routing " << (edge.used ? "uses" : "drops") << " link " << edge.link->GetName());
    if (edge.used)
    {
        m_trees.clear();
    }
    for (Tree& tree : m_trees)
    {
        // the loss of an edge alters only the trees that it is in
        if (!tree.empty() && (tree[edge.node[0]] == index || tree[edge.node[1]] == index))
        {
            tree.clear();
        }
    }
    m_linkUse(edge.link, edge.used);
}

} // namespace qkdn
} // namespace ns3
