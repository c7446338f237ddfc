/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-route-set.h"

#include "ns3/nstime.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace ns3
{
namespace qkdn
{

RouteSet::RouteSet(ResilienceTrigger trigger, uint32_t needed)
    : m_trigger(trigger),
      m_needed(needed)
{
}

void
RouteSet::SetRoutes(const std::vector<RouteId>& routes)
{
    const std::vector<RouteId> before = m_routes;
    m_routes = routes;
    for (const RouteId route : before)
    {
        // a session without routes is suspended, and has to know of them when it goes on
        if (!routes.empty() && !Has(route))
        {
            Forget(route);
        }
    }
    for (const RouteId route : routes)
    {
        RouteInstalled(route);
    }
}

const std::vector<RouteId>&
RouteSet::GetRoutes() const
{
    return m_routes;
}

bool
RouteSet::Fail(RouteId route, const RouteFailureCause& cause)
{
    Entry& entry = m_entries[route];
    entry.conditions.Add(cause, Time::Max());
    const bool news = !entry.failed && cause.trigger == m_trigger;
    entry.failed = entry.failed || news;
    return news;
}

bool
RouteSet::Clear(RouteId route, ResilienceTrigger condition, KmId failedHop)
{
    const auto found = m_entries.find(route);
    if (found == m_entries.end())
    {
        return false;
    }
    Entry& entry = found->second;
    entry.conditions.Clear(condition, failedHop);
    const bool stays = entry.conditions.Has(m_trigger) || entry.conditions.Has(TRIGGER_LINK_DOWN);
    const bool news = entry.failed && !stays;
    entry.failed = entry.failed && stays;
    return news;
}

void
RouteSet::Forget(RouteId route)
{
    m_entries.erase(route);
    if (Has(route))
    {
        m_entries[route].over = true;
    }
}

bool
RouteSet::RouteInstalled(RouteId route)
{
    const auto found = m_entries.find(route);
    return found != m_entries.end() && std::exchange(found->second.over, false) && Has(route);
}

void
RouteSet::Reset()
{
    m_routes.clear();
    m_entries.clear();
}

bool
RouteSet::HasFailed(RouteId route) const
{
    const auto found = m_entries.find(route);
    return found != m_entries.end() && found->second.failed;
}

bool
RouteSet::IsOver(RouteId route) const
{
    const auto found = m_entries.find(route);
    return found != m_entries.end() && found->second.over;
}

bool
RouteSet::Has(RouteId route) const
{
    return std::find(m_routes.begin(), m_routes.end(), route) != m_routes.end();
}

std::vector<RouteId>
RouteSet::GetGood() const
{
    std::vector<RouteId> good;
    std::copy_if(m_routes.begin(), m_routes.end(), std::back_inserter(good), [this](RouteId route) {
        return !HasFailed(route) && !IsOver(route);
    });
    return good;
}

bool
RouteSet::Suffices() const
{
    return GetGood().size() >= m_needed;
}

std::vector<RouteId>
RouteSet::GetUsed() const
{
    std::vector<RouteId> good = GetGood();
    if (good.size() >= m_needed)
    {
        return good;
    }
    std::vector<RouteId> there;
    std::copy_if(m_routes.begin(),
                 m_routes.end(),
                 std::back_inserter(there),
                 [this](RouteId route) { return !IsOver(route); });
    return there;
}

} // namespace qkdn
} // namespace ns3
