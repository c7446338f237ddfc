/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-demand-table.h"

#include "ns3/abort.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

void
DemandTable::Add(const KeyRoute& route, uint64_t bps)
{
    for (const KmHop& hop : HopsOf(route.kms))
    {
        m_demand[hop][route.role] += bps;
    }
}

void
DemandTable::Remove(const KeyRoute& route, uint64_t bps)
{
    for (const KmHop& hop : HopsOf(route.kms))
    {
        const auto found = m_demand.find(hop);
        NS_ABORT_MSG_IF(found == m_demand.end() || found->second[route.role] < bps,
                        "route " << route.id << " gives back more key rate than it was promised");
        found->second[route.role] -= bps;
    }
}

uint64_t
DemandTable::Get(const KmHop& hop, RouteRole role) const
{
    const auto found = m_demand.find(hop);
    return found == m_demand.end() ? 0 : found->second[role];
}

uint64_t
DemandTable::GetUsed(const KmHop& hop, RouteRole role) const
{
    const uint64_t served = Get(hop, ROUTE_WORKING) + Get(hop, ROUTE_RECOVERY);
    const uint64_t extra = Get(hop, ROUTE_EXTRA);
    return served + (role == ROUTE_EXTRA ? extra : std::max(extra, Get(hop, ROUTE_PROTECTION)));
}

} // namespace qkdn
} // namespace ns3
