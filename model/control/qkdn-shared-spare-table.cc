/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-shared-spare-table.h"

#include "ns3/abort.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

void
SharedSpareTable::Add(RouteId route,
                      const std::vector<KmHop>& hops,
                      const std::set<NetworkRisk>& risks,
                      uint64_t bps)
{
    const bool isNew = m_claims.emplace(route, Claim{hops, risks, bps}).second;
    NS_ABORT_MSG_UNLESS(isNew, "route " << route << " shares key rate already");
    for (const KmHop& hop : bps > 0 ? hops : std::vector<KmHop>())
    {
        for (const NetworkRisk& risk : risks)
        {
            m_sums[hop][risk] += bps;
        }
    }
}

void
SharedSpareTable::Remove(RouteId route)
{
    const auto found = m_claims.find(route);
    NS_ABORT_MSG_IF(found == m_claims.end(), "route " << route << " does not share key rate");
    const Claim& claim = found->second;
    for (const KmHop& hop : claim.bps > 0 ? claim.hops : std::vector<KmHop>())
    {
        std::map<NetworkRisk, uint64_t>& sums = m_sums.at(hop);
        for (const NetworkRisk& risk : claim.risks)
        {
            const auto sum = sums.find(risk);
            sum->second -= claim.bps;
            if (sum->second == 0)
            {
                sums.erase(sum);
            }
        }
        if (sums.empty())
        {
            m_sums.erase(hop);
        }
    }
    m_claims.erase(found);
}

bool
SharedSpareTable::Has(RouteId route) const
{
    return m_claims.find(route) != m_claims.end();
}

uint64_t
SharedSpareTable::Get(const KmHop& hop) const
{
    return GetWith(hop, {}, 0);
}

uint64_t
SharedSpareTable::GetWith(const KmHop& hop, const std::set<NetworkRisk>& risks, uint64_t bps) const
{
    uint64_t spare = 0;
    const auto sums = m_sums.find(hop);
    if (sums != m_sums.end())
    {
        for (const auto& sum : sums->second)
        {
            spare = std::max(spare, sum.second);
        }
    }
    for (const NetworkRisk& risk : risks)
    {
        spare = std::max(spare, GetSum(hop, risk) + bps);
    }
    return spare;
}

uint64_t
SharedSpareTable::GetFor(RouteId route, const KmHop& hop) const
{
    const auto found = m_claims.find(route);
    NS_ABORT_MSG_IF(found == m_claims.end(), "route " << route << " does not share key rate");
    uint64_t worst = 0;
    for (const NetworkRisk& risk : found->second.risks)
    {
        worst = std::max(worst, GetSum(hop, risk));
    }
    return worst;
}

uint64_t
SharedSpareTable::GetSum(const KmHop& hop, const NetworkRisk& risk) const
{
    const auto sums = m_sums.find(hop);
    if (sums == m_sums.end())
    {
        return 0;
    }
    const auto sum = sums->second.find(risk);
    return sum == sums->second.end() ? 0 : sum->second;
}

} // namespace qkdn
} // namespace ns3
