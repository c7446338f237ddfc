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

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnClassicalTopology");

NS_OBJECT_ENSURE_REGISTERED(ClassicalTopology);

namespace
{

/**
 * @brief A number for two nodes.
 * @param a one of them
 * @param b the other one
 * @return the number, the same for b and a
 */
uint64_t
KeyOf(uint32_t a, uint32_t b)
{
    constexpr uint32_t bits = 32;
    return static_cast<uint64_t>(std::min(a, b)) << bits | std::max(a, b);
}

} // namespace

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

ClassicalTopology::ClassicalTopology() = default;

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
    m_direct.clear();
    m_service.clear();
    m_owners.clear();
    Object::DoDispose();
}

void
ClassicalTopology::AddNode(uint32_t node, Ipv4Address service)
{
    NS_ABORT_MSG_UNLESS(m_service.emplace(node, service).second,
                        "node " << node << " is in the classical topology already");
    AddAddress(service, node);
    m_trees.AddNode(node);
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
    const bool direct = !link->HasTransit();
    NS_ABORT_MSG_UNLESS(!direct || m_direct.emplace(KeyOf(nodeA, nodeB), index).second,
                        "classical link " << link->GetName() << ": nodes " << nodeA << " and "
                                          << nodeB << " have a link without transit already");
    m_edges.push_back(Edge{link,
                           {nodeA, nodeB},
                           {a, b},
                           link->GetDelay().GetNanoSeconds(),
                           direct,
                           direct && link->IsUp(),
                           EventId()});
    // the trees number edges as they are numbered here
    m_trees.AddEdge(nodeA, nodeB, m_edges.back().delayNs + m_hopCostNs, !direct && link->IsUp());
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
ClassicalTopology::GetNextHop(uint32_t from, uint32_t to, bool forwards) const
{
    uint32_t index = forwards ? NextHopTrees::NO_EDGE : FindDirect(from, to);
    if (index == NextHopTrees::NO_EDGE)
    {
        index = m_trees.GetNextEdge(from, to);
    }
    if (index == NextHopTrees::NO_EDGE)
    {
        return std::nullopt;
    }
    const Edge& edge = m_edges[index];
    const bool fromEndB = edge.node[1] == from;
    const std::size_t peer = fromEndB ? 0 : 1;
    return NextHop{edge.node[peer], edge.link->GetDevice(fromEndB), edge.address[peer]};
}

bool
ClassicalTopology::IsUsed(uint32_t index) const
{
    return m_edges[index].direct ? m_edges[index].usedDirect : m_trees.IsUsed(index);
}

uint32_t
ClassicalTopology::FindDirect(uint32_t from, uint32_t to) const
{
    if (m_direct.empty())
    {
        return NextHopTrees::NO_EDGE;
    }
    const auto found = m_direct.find(KeyOf(from, to));
    return found != m_direct.end() && IsUsed(found->second) ? found->second : NextHopTrees::NO_EDGE;
}

void
ClassicalTopology::SetHopCost(Time cost)
{
    m_hopCostNs = cost.GetNanoSeconds();
    for (uint32_t index = 0; index < m_edges.size(); ++index)
    {
        m_trees.SetCost(index, m_edges[index].delayNs + m_hopCostNs);
    }
}

Time
ClassicalTopology::GetHopCost() const
{
    return NanoSeconds(m_hopCostNs);
}

void
ClassicalTopology::HandleLink(Ptr<const ClassicalLink> link, bool up)
{
    const uint32_t index = m_edgeOf.at(link);
    Edge& edge = m_edges[index];
    edge.reconvergence.Cancel();
    if (IsUsed(index) != up)
    {
        edge.reconvergence =
            Simulator::Schedule(m_reconvergence, &ClassicalTopology::Reconverge, this, index);
    }
}

void
ClassicalTopology::Reconverge(uint32_t index)
{
    Edge& edge = m_edges[index];
    const bool used = !IsUsed(index);
    NS_LOG_INFO("routing " << (used ? "uses" : "drops") << " link " << edge.link->GetName());
    if (edge.direct)
    {
        edge.usedDirect = used;
    }
    else
    {
        m_trees.SetUsed(index, used);
    }
    m_linkUse(edge.link, used);
}

} // namespace qkdn
} // namespace ns3
