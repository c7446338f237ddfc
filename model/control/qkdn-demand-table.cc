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

DemandTable
DemandTable::Branch() const
{
    DemandTable branch;
    branch.m_spare = m_spare;
    branch.m_base = this;
    return branch;
}

const DemandTable::Rates*
DemandTable::Find(const KmHop& hop) const
{
    const auto found = m_demand.find(hop);
    if (found != m_demand.end())
    {
        return &found->second;
    }
    return m_base ? m_base->Find(hop) : nullptr;
}

DemandTable::Rates&
DemandTable::Touch(const KmHop& hop)
{
    const auto [entry, isNew] = m_demand.emplace(hop, Rates{});
    if (isNew && m_base)
    {
        const Rates* rates = m_base->Find(hop);
        entry->second = rates ? *rates : Rates{};
    }
    return entry->second;
}

void
DemandTable::Add(const KeyRoute& route, uint64_t bps)
{
    for (const KmHop& hop : HopsOf(route.kms))
    {
        Touch(hop)[route.role] += bps;
    }
}

void
DemandTable::AddShared(const KeyRoute& route, const std::set<NetworkRisk>& risks, uint64_t bps)
{
    m_spare.Add(route.id, HopsOf(route.kms), risks, bps);
    for (const KmHop& hop : HopsOf(route.kms))
    {
        Touch(hop);
    }
}

void
DemandTable::Remove(const KeyRoute& route, uint64_t bps)
{
    const bool isShared = m_spare.Has(route.id);
    if (isShared)
    {
        m_spare.Remove(route.id);
    }
    const uint64_t own = isShared ? 0 : bps;
    for (const KmHop& hop : HopsOf(route.kms))
    {
        uint64_t& promised = Touch(hop)[route.role];
        NS_ABORT_MSG_IF(promised < own,
                        "route " << route.id << " gives back more key rate than it was promised");
        promised -= own;
    }
}

uint64_t
DemandTable::Get(const KmHop& hop, RouteRole role) const
{
    const Rates* rates = Find(hop);
    return rates ? (*rates)[role] : 0;
}

uint64_t
DemandTable::GetUsed(const KmHop& hop, RouteRole role) const
{
    // searches of routes ask this of every hop
    const Rates* found = Find(hop);
    if (!found)
    {
        return 0;
    }
    const Rates& rates = *found;
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
    if (m_base)
    {
        flows = m_base->GetFlows();
    }
    for (const auto& entry : m_demand)
    {
        const HopFlow flow = GetFlow(entry.first);
        flows.erase(entry.first);
        if (flow.working + flow.protection + flow.shared + flow.extra + flow.recovery > 0)
        {
            flows.emplace(entry.first, flow);
        }
    }
    return flows;
}

} // namespace qkdn
} // namespace ns3
