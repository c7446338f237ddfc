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
DemandTable::AddShared(const KeyRoute& route, const std::set<NetworkRisk>& risks, uint64_t bps)
{
    m_spare.Add(route.id, HopsOf(route.kms), risks, bps);
    for (const KmHop& hop : HopsOf(route.kms))
    {
        m_demand.emplace(hop, Rates{});
    }
}

void
DemandTable::Remove(const KeyRoute& route, uint64_t bps)
{
    if (m_spare.Has(route.id))
    {
        m_spare.Remove(route.id);
        return;
    }
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
    // searches of routes ask this of every hop
    const auto found = m_demand.find(hop);
    if (found == m_demand.end())
    {
        return 0;
    }
    const Rates& rates = found->second;
    const uint64_t served = rates[ROUTE_WORKING] + rates[ROUTE_RECOVERY];
    const uint64_t extra = rates[ROUTE_EXTRA];
    const uint64_t reserved = rates[ROUTE_PROTECTION] + m_spare.Get(hop);
    return served + (role == ROUTE_EXTRA ? extra : std::max(extra, reserved));
}

uint64_t
DemandTable::GetUsedWithShared(const KmHop& hop,
                               const std::set<NetworkRisk>& risks,
                               uint64_t bps) const
{
    const uint64_t served = Get(hop, ROUTE_WORKING) + Get(hop, ROUTE_RECOVERY);
    const uint64_t reserved = Get(hop, ROUTE_PROTECTION) + m_spare.GetWith(hop, risks, bps);
    return served + std::max(Get(hop, ROUTE_EXTRA), reserved);
}

uint64_t
DemandTable::GetUsedAfterFailure(const KmHop& hop, RouteId route) const
{
    return Get(hop, ROUTE_WORKING) + Get(hop, ROUTE_RECOVERY) + Get(hop, ROUTE_PROTECTION) +
           m_spare.GetFor(route, hop);
}

HopFlow
DemandTable::GetFlow(const KmHop& hop) const
{
    return {Get(hop, ROUTE_WORKING),
            Get(hop, ROUTE_PROTECTION),
            m_spare.Get(hop),
            Get(hop, ROUTE_EXTRA),
            Get(hop, ROUTE_RECOVERY)};
}

std::map<KmHop, HopFlow>
DemandTable::GetFlows() const
{
    std::map<KmHop, HopFlow> flows;
    for (const auto& entry : m_demand)
    {
        const HopFlow flow = GetFlow(entry.first);
        if (flow.working + flow.protection + flow.shared + flow.extra + flow.recovery > 0)
        {
            flows.emplace(entry.first, flow);
        }
    }
    return flows;
}

} // namespace qkdn
} // namespace ns3
