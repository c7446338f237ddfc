/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-link-state-planner.h"

namespace ns3
{
namespace qkdn
{

LinkStatePlanner::LinkStatePlanner(const LinkStateDatabase& database,
                                   RouteCost cost,
                                   uint32_t maxHops)
    : m_database(database),
      m_maxHops(maxHops)
{
    for (const KmHop& hop : database.GetHops())
    {
        if (database.IsUsable(hop))
        {
            m_graph.SetHop(hop, HopCost(cost, {database.GetKeyRateBps(hop), 0, 0.0}));
        }
    }
}

RouteFilter
LinkStatePlanner::MakeFilter(const LinkStateNeeds& needs, bool roomy) const
{
    RouteFilter filter;
    filter.excludedHops = needs.avoidedHops;
    filter.excludedKms = needs.avoidedKms;
    filter.maxHops = m_maxHops;
    if (roomy)
    {
        filter.accepts = [this, &needs](const KmHop& hop) {
            const uint64_t own = needs.ownHops.count(hop) * needs.demandBps;
            return m_database.GetResidualBps(hop) + own >= needs.demandBps;
        };
    }
    return filter;
}

std::vector<KmId>
LinkStatePlanner::Find(const LinkStateNeeds& needs) const
{
    for (const bool roomy : {true, false})
    {
        const auto found = m_graph.FindRoute(needs.from, needs.to, MakeFilter(needs, roomy));
        if (found)
        {
            return found->kms;
        }
    }
    return {};
}

std::optional<std::pair<std::vector<KmId>, std::vector<KmId>>>
LinkStatePlanner::FindPair(const LinkStateNeeds& needs) const
{
    auto pair = m_graph.FindDisjointRoutes(needs.from, needs.to, MakeFilter(needs, true));
    if (!pair || !pair->nodeDisjoint)
    {
        const auto any = m_graph.FindDisjointRoutes(needs.from, needs.to, MakeFilter(needs, false));
        if (any && (!pair || any->nodeDisjoint))
        {
            pair = any;
        }
    }
    if (!pair)
    {
        return std::nullopt;
    }
    return std::make_pair(pair->first.kms, pair->second.kms);
}

std::vector<KmId>
LinkStatePlanner::FindProtection(const LinkStateNeeds& needs,
                                 const std::vector<KmId>& working) const
{
    LinkStateNeeds disjoint = needs;
    for (const KmHop& hop : HopsOf(working))
    {
        disjoint.avoidedHops.insert(hop);
    }
    LinkStateNeeds nodeDisjoint = disjoint;
    nodeDisjoint.avoidedKms.insert(working.begin() + 1, working.end() - 1);
    const std::vector<KmId> kms = Find(nodeDisjoint);
    return kms.empty() ? Find(disjoint) : kms;
}

} // namespace qkdn
} // namespace ns3
