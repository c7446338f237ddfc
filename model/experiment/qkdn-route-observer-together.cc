/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The part of RouteObserver that knows which recovery routes are used together.

#include "qkdn-route-observer.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

void
RouteObserver::RecoveryChosen(SessionId id, const std::vector<RouteId>& routes)
{
    const auto found = m_sessions.find(id);
    if (found != m_sessions.end() && !routes.empty())
    {
        found->second.together[routes.front()] = routes;
    }
}

std::vector<RouteId>
RouteObserver::GetTogether(const Session& session, RouteId first)
{
    const auto together = session.together.find(first);
    return together == session.together.end() ? std::vector<RouteId>{first} : together->second;
}

std::vector<RouteId>
RouteObserver::GetRoutesInUse(const Session& session) const
{
    return GetTogether(session, GetRouteInUse(session));
}

bool
RouteObserver::IsInUse(const Session& session, RouteId route) const
{
    const std::vector<RouteId> used = GetRoutesInUse(session);
    return std::find(used.begin(), used.end(), route) != used.end();
}

void
RouteObserver::CountRecoveriesInUse()
{
    std::vector<Sighting> inUse;
    for (const auto& entry : m_sessions)
    {
        const Session& session = entry.second;
        if (!HasRole(session.chosen, ROUTE_RECOVERY))
        {
            continue;
        }
        inUse.push_back(session.chosenAt);
        for (const RouteId route : GetTogether(session, session.chosen))
        {
            const auto observed = m_routes.find(route);
            if (route != session.chosen && observed != m_routes.end() && observed->second.complete)
            {
                inUse.push_back(*observed->second.complete);
            }
        }
    }
    if (inUse.size() > m_mostRecoveries.size())
    {
        m_mostRecoveries = inUse;
    }
}

} // namespace qkdn
} // namespace ns3
