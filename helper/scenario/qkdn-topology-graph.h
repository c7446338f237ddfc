/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_TOPOLOGY_GRAPH_H
#define QKDN_TOPOLOGY_GRAPH_H

#include "qkdn-topology-reader.h"

#include "ns3/qkdn-route-computation.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A topology as a controller sees it: a KM at each node, numbered from 1 in the order in
 * which the file names them.
 *
 * Links between the same two nodes are one hop: the length is that of the shortest, the key rate
 * their sum, the risk groups those of all of them.
 */
class TopologyGraph
{
  public:
    /**
     * @brief Constructor; throws ScenarioError if a link does not have what the costs need.
     * @param topology the topology
     * @param cost what routes are compared by: hops, length or rate; aborts for others
     */
    TopologyGraph(const Topology& topology, RouteCost cost);

    /**
     * @brief The hops.
     * @return the graph
     */
    const RouteGraph& GetGraph() const;

    /**
     * @brief The KM of a node.
     * @param node a node of the topology; throws ScenarioError if it is none
     * @param option what named the node, for the message
     * @return the KM
     */
    KmId GetKm(const std::string& node, const std::string& option) const;

    /**
     * @brief The nodes of a route.
     * @param kms its KMs
     * @return their names
     */
    std::vector<std::string> GetNames(const std::vector<KmId>& kms) const;

    /**
     * @brief The key rate of a hop.
     * @param hop the hop
     * @return bit/s, rounded down; 0 if the file does not say
     */
    uint64_t GetKeyRateBps(const KmHop& hop) const;

    /**
     * @brief Throw a ScenarioError unless the file has a key rate for every link.
     * @param option what needs it, for the message
     */
    void RequireKeyRates(const std::string& option) const;

  private:
    /// Links between two nodes.
    struct Hop
    {
        double lengthKm{0.0};         //!< of the shortest, km
        double keyRateBps{0.0};       //!< of all together, bit/s
        std::set<std::string> groups; //!< of all
    };

    Topology m_topology;               //!< the file
    std::map<std::string, KmId> m_kms; //!< by node
    std::map<KmHop, Hop> m_hops;       //!< by KMs
    RouteGraph m_graph;                //!< the hops with their costs
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_TOPOLOGY_GRAPH_H */
