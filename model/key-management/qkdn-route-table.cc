/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-route-table.h"

#include <algorithm>
#include <set>

namespace ns3
{
namespace qkdn
{

void
RouteTable::Configure(KmId self)
{
    m_self = self;
}

std::string
RouteTable::Install(const KeyRoute& route)
{
    if (!route.id.IsValid() || route.kms.size() < 2)
    {
        return "a route needs a number and two key managers";
    }
    if (std::set<KmId>(route.kms.begin(), route.kms.end()).size() != route.kms.size())
    {
        return "a key manager is on the route twice";
    }
    if (std::find(route.kms.begin(), route.kms.end(), m_self) == route.kms.end())
    {
        return "the route does not go through the key manager";
    }
    m_routes[route.id] = route;
    return "";
}

bool
RouteTable::Release(RouteId route)
{
    return m_routes.erase(route) > 0;
}

const KeyRoute*
RouteTable::Find(RouteId route) const
{
    const auto found = m_routes.find(route);
    return found == m_routes.end() ? nullptr : &found->second;
}

const std::map<RouteId, KeyRoute>&
RouteTable::GetAll() const
{
    return m_routes;
}

KmId
RouteTable::GetBeside(const KeyRoute& route, int step) const
{
    const auto self = std::find(route.kms.begin(), route.kms.end(), m_self);
    const auto place = static_cast<std::ptrdiff_t>(self - route.kms.begin()) + step;
    const bool inside = place >= 0 && place < static_cast<std::ptrdiff_t>(route.kms.size());
    return inside ? route.kms[static_cast<std::size_t>(place)] : KmId();
}

KmId
RouteTable::GetNext(const KeyRoute& route) const
{
    return GetBeside(route, 1);
}

KmId
RouteTable::GetPrevious(const KeyRoute& route) const
{
    return GetBeside(route, -1);
}

} // namespace qkdn
} // namespace ns3
