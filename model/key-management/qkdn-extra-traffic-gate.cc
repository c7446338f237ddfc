/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-extra-traffic-gate.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

void
ExtraTrafficGate::SetPolicy(bool allowed, uint64_t floorBits)
{
    m_allowed = allowed;
    m_floorBits = floorBits;
}

void
ExtraTrafficGate::Switch(const KeyRoute& route, bool active, PreemptionMode preemption)
{
    if (active)
    {
        m_active[route.id] = Active{route.kms, preemption};
    }
    else
    {
        m_active.erase(route.id);
    }
}

void
ExtraTrafficGate::Release(RouteId route)
{
    m_active.erase(route);
}

bool
ExtraTrafficGate::IsPreempted(KmId a, KmId b) const
{
    if (!m_allowed)
    {
        return true;
    }
    for (const auto& [id, active] : m_active)
    {
        for (std::size_t i = 0; i + 1 < active.kms.size(); ++i)
        {
            const bool there = active.kms[i] == a && active.kms[i + 1] == b;
            const bool back = active.kms[i] == b && active.kms[i + 1] == a;
            if ((there || back) && active.preemption == PREEMPTION_STRICT)
            {
                return true;
            }
        }
    }
    return false;
}

bool
ExtraTrafficGate::IsPreempted(const KeyRoute& route) const
{
    for (std::size_t i = 0; i + 1 < route.kms.size(); ++i)
    {
        if (IsPreempted(route.kms[i], route.kms[i + 1]))
        {
            return true;
        }
    }
    return false;
}

uint64_t
ExtraTrafficGate::GetFloorBits(const KeyRoute& route) const
{
    return route.role == ROUTE_EXTRA ? std::max(route.floorBits, m_floorBits) : 0;
}

KxFailure
ExtraTrafficGate::Check(const KeyRoute& route,
                        KmId self,
                        KmId next,
                        Ptr<const KmaPool> pool,
                        uint64_t bits) const
{
    if (route.role != ROUTE_EXTRA)
    {
        return KX_FAILURE_NONE;
    }
    if (IsPreempted(self, next))
    {
        return KX_FAILURE_PREEMPTED;
    }
    const uint64_t confirmed = pool->GetOwnBits() + pool->GetPeerBits();
    const uint64_t floor = GetFloorBits(route);
    return confirmed < floor || confirmed - floor < bits ? KX_FAILURE_NO_KEY : KX_FAILURE_NONE;
}

} // namespace qkdn
} // namespace ns3
