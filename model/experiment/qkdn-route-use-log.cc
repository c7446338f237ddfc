/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-route-use-log.h"

#include <algorithm>
#include <tuple>

namespace ns3
{
namespace qkdn
{

namespace
{

/// When a session had keys, over all its routes.
struct SessionSpan
{
    Time first{Time::Max()}; //!< first key
    Time last;               //!< last key
    uint64_t keys{0};        //!< all keys
};

} // namespace

void
RouteUseLog::AddRoute(const KeyRoute& route)
{
    m_routes[route.id] = route;
}

void
RouteUseLog::AddKey(Time now, RouteId route, Time gap)
{
    AddFlow(now, now, route, 1, gap);
}

void
RouteUseLog::AddFlow(Time from, Time to, RouteId route, uint64_t keys, Time gap)
{
    const auto known = m_routes.find(route);
    if (known == m_routes.end())
    {
        return;
    }
    std::vector<RouteUse>& uses = m_uses[route];
    if (uses.empty() || from - uses.back().to > gap)
    {
        uses.push_back(RouteUse{known->second.session, known->second, from, to, 0});
    }
    uses.back().to = to;
    uses.back().keys += keys;
}

std::vector<RouteUse>
RouteUseLog::GetUses() const
{
    std::map<SessionId, SessionSpan> spans;
    for (const auto& entry : m_uses)
    {
        for (const RouteUse& use : entry.second)
        {
            SessionSpan& span = spans[use.session];
            span.first = std::min(span.first, use.from);
            span.last = std::max(span.last, use.to);
            span.keys += use.keys;
        }
    }
    std::vector<RouteUse> all;
    for (const auto& entry : m_uses)
    {
        const std::size_t begin = all.size();
        for (const RouteUse& use : entry.second)
        {
            const SessionSpan& span = spans.at(use.session);
            const int64_t pause = (span.last - span.first).GetNanoSeconds() /
                                  static_cast<int64_t>(std::max<uint64_t>(span.keys, 1)) * SLOW;
            if (all.size() > begin && use.from - all.back().to <= NanoSeconds(pause))
            {
                all.back().to = use.to;
                all.back().keys += use.keys;
            }
            else
            {
                all.push_back(use);
            }
        }
    }
    std::sort(all.begin(), all.end(), [](const RouteUse& a, const RouteUse& b) {
        return std::tie(a.session, a.from, a.route.id) < std::tie(b.session, b.from, b.route.id);
    });
    return all;
}

} // namespace qkdn
} // namespace ns3
