/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-topology-graph.h"

#include "qkdn-scenario-error.h"

#include "ns3/abort.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

TopologyGraph::TopologyGraph(const Topology& topology, RouteCost cost)
    : m_topology(topology)
{
    NS_ABORT_MSG_IF(cost == ROUTE_COST_POOL, "a topology file has no pools");
    if (cost == ROUTE_COST_RATE)
    {
        RequireKeyRates("--cost=rate");
    }
    for (const std::string& node : topology.nodes)
    {
        m_kms.emplace(node, KmId(static_cast<uint32_t>(m_kms.size() + 1)));
    }
    for (const TopologyLink& link : topology.links)
    {
        const auto [place, isNew] = m_hops.try_emplace(KmHop(m_kms.at(link.a), m_kms.at(link.b)));
        Hop& hop = place->second;
        hop.lengthKm = isNew ? link.lengthKm : std::min(hop.lengthKm, link.lengthKm);
        hop.keyRateBps += link.keyRateBps.value_or(0.0);
        hop.groups.insert(link.riskGroups.begin(), link.riskGroups.end());
    }
    for (const auto& [hop, figures] : m_hops)
    {
        m_graph.SetHop(hop, HopCost(cost, {GetKeyRateBps(hop), 0, figures.lengthKm}));
        if (!figures.groups.empty())
        {
            m_graph.SetRiskGroups(hop, figures.groups);
        }
    }
}

const RouteGraph&
TopologyGraph::GetGraph() const
{
    return m_graph;
}

KmId
TopologyGraph::GetKm(const std::string& node, const std::string& option) const
{
    const auto found = m_kms.find(node);
    if (found == m_kms.end())
    {
        throw ScenarioError(option,
                            "",
                            QuoteId(node) + " is no node of " + m_topology.source +
                                DidYouMean(node, m_topology.nodes),
                            "give a name of its columns a and b");
    }
    return found->second;
}

std::vector<std::string>
TopologyGraph::GetNames(const std::vector<KmId>& kms) const
{
    std::vector<std::string> names;
    names.reserve(kms.size());
    for (const KmId km : kms)
    {
        names.push_back(m_topology.nodes.at(km.value - 1));
    }
    return names;
}

uint64_t
TopologyGraph::GetKeyRateBps(const KmHop& hop) const
{
    return static_cast<uint64_t>(m_hops.at(hop).keyRateBps);
}

void
TopologyGraph::RequireKeyRates(const std::string& option) const
{
    for (const TopologyLink& link : m_topology.links)
    {
        if (!link.keyRateBps)
        {
            throw ScenarioError(m_topology.source,
                                "line " + std::to_string(link.line),
                                "there is no skr_bps, which " + option + " needs",
                                "give the key rate of each link in bit/s");
        }
    }
}

} // namespace qkdn
} // namespace ns3
