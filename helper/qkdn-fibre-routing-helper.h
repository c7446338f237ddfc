/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_FIBRE_ROUTING_HELPER_H
#define QKDN_FIBRE_ROUTING_HELPER_H

#include "ns3/ipv4-routing-helper.h"
#include "ns3/qkdn-classical-topology.h"

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Makes the FibreRouting of nodes, for InternetStackHelper::SetRoutingHelper().
 */
class FibreRoutingHelper : public Ipv4RoutingHelper
{
  public:
    /**
     * @brief Constructor
     * @param topology the graph of all nodes
     */
    explicit FibreRoutingHelper(Ptr<ClassicalTopology> topology);

    // from Ipv4RoutingHelper
    FibreRoutingHelper* Copy() const override;
    Ptr<Ipv4RoutingProtocol> Create(Ptr<Node> node) const override;

  private:
    Ptr<ClassicalTopology> m_topology; //!< the graph
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_FIBRE_ROUTING_HELPER_H */
