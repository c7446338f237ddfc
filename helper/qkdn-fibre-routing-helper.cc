/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-fibre-routing-helper.h"

#include "ns3/pointer.h"
#include "ns3/qkdn-fibre-routing.h"

namespace ns3
{
namespace qkdn
{

FibreRoutingHelper::FibreRoutingHelper(Ptr<ClassicalTopology> topology)
    : m_topology(topology)
{
}

FibreRoutingHelper*
FibreRoutingHelper::Copy() const
{
    return new FibreRoutingHelper(*this);
}

Ptr<Ipv4RoutingProtocol>
FibreRoutingHelper::Create(Ptr<Node> /* node */) const
{
    return CreateObjectWithAttributes<FibreRouting>("Topology", PointerValue(m_topology));
}

} // namespace qkdn
} // namespace ns3
