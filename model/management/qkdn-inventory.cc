/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-inventory.h"

#include <tuple>
#include <utility>

namespace ns3
{
namespace qkdn
{

namespace
{

bool
IsSame(const McLinkStatus& a, const McLinkStatus& b)
{
    const auto visible = [](const McLinkStatus& s) {
        return std::tie(s.link,
                        s.a,
                        s.b,
                        s.status,
                        s.keyRateBps,
                        s.poolBits,
                        s.aReports,
                        s.bReports,
                        s.aSeesB,
                        s.bSeesA);
    };
    return visible(a) == visible(b);
}

bool
IsSame(const McSessionStatus& a, const McSessionStatus& b)
{
    const auto visible = [](const McSessionStatus& s) {
        return std::tie(s.session,
                        s.resilienceClass,
                        s.working,
                        s.protection,
                        s.recovery,
                        s.furtherRecovery,
                        s.state);
    };
    return visible(a) == visible(b) && a.promisedBps == b.promisedBps;
}

bool
IsSame(const McRouteStatus& a, const McRouteStatus& b)
{
    return std::tie(a.route.id,
                    a.route.session,
                    a.route.role,
                    a.route.kms,
                    a.route.floorBits,
                    a.state) == std::tie(b.route.id,
                                         b.route.session,
                                         b.route.role,
                                         b.route.kms,
                                         b.route.floorBits,
                                         b.state);
}

} // namespace

bool
IsSupplyInterrupted(McSupplyState state)
{
    return state == MC_SUPPLY_PREEMPTED || state == MC_SUPPLY_FAILED ||
           state == MC_SUPPLY_INTERRUPTED;
}

bool
Inventory::Update(Time now, const McLinkStatus& status)
{
    const auto [entry, isNew] = m_links.try_emplace(status.link);
    const bool news = isNew || !IsSame(entry->second.status, status);
    entry->second = InventoryLink{status, now};
    for (const KmId km : {status.a, status.b})
    {
        InventoryKm& end = m_kms[km];
        end.status.km = km;
        end.links.insert(status.link);
    }
    return news;
}

bool
Inventory::Update(const McLinkDescription& description)
{
    McLinkDescription& known = m_descriptions[description.description.link];
    const bool news = known.a != description.a || known.b != description.b ||
                      !(known.description == description.description);
    known = description;
    return news;
}

bool
Inventory::Update(Time now, const McKmStatus& status)
{
    InventoryKm& known = m_kms[status.km];
    std::string name = status.name.empty() ? known.status.name : status.name;
    const bool news = known.status.reachable != status.reachable || known.status.name != name ||
                      known.status.km != status.km;
    known.status = status;
    // a controller that has started again does not know the names of KMs that it has not met
    known.status.name = std::move(name);
    known.updated = now;
    return news;
}

bool
Inventory::Update(Time now, const McSessionStatus& status)
{
    const auto [entry, isNew] = m_sessions.try_emplace(status.session);
    InventorySession& session = entry->second;
    const bool news = isNew || !IsSame(session.status, status);
    const bool was = !isNew && IsSupplyInterrupted(session.status.state);
    if (isNew || session.status.state != status.state)
    {
        session.interrupted += was ? now - session.since : Time(0);
        session.since = now;
    }
    session.interruptions += IsSupplyInterrupted(status.state) && !was ? 1 : 0;
    session.status = status;
    session.updated = now;
    return news;
}

bool
Inventory::Update(Time now, const McRouteStatus& status)
{
    const auto [entry, isNew] = m_routes.try_emplace(status.route.id);
    const bool news = isNew || !IsSame(entry->second.status, status);
    if (news)
    {
        entry->second = InventoryRoute{status, now};
    }
    return news;
}

void
Inventory::Move(Time now,
                Time completed,
                RouteId route,
                McRouteState from,
                McRouteState to,
                std::vector<McRouteStatus>& changed)
{
    const auto found = m_routes.find(route);
    if (found != m_routes.end() && found->second.status.state == from &&
        found->second.updated <= completed)
    {
        found->second.status.state = to;
        found->second.updated = now;
        changed.push_back(found->second.status);
    }
}

std::vector<McRouteStatus>
Inventory::Apply(Time now, const McOperation& operation)
{
    std::vector<McRouteStatus> changed;
    switch (operation.kind)
    {
    case MC_OPERATION_PROTECTION_SWITCH:
    case MC_OPERATION_RESTORATION:
    case MC_OPERATION_RESTORATION_FAILED:
        Move(now, operation.completed, operation.from, MC_ROUTE_ACTIVE, MC_ROUTE_FAILED, changed);
        break;
    case MC_OPERATION_REVERSION:
    case MC_OPERATION_PREEMPTION:
    case MC_OPERATION_RESUMPTION:
        Move(now, operation.completed, operation.from, MC_ROUTE_ACTIVE, MC_ROUTE_STANDBY, changed);
        break;
    }
    Move(now, operation.completed, operation.to, MC_ROUTE_STANDBY, MC_ROUTE_ACTIVE, changed);
    return changed;
}

std::vector<McRouteStatus>
Inventory::Retain(Time now, const std::set<RouteId>& routes)
{
    std::vector<McRouteStatus> changed;
    for (auto& [id, known] : m_routes)
    {
        if (known.status.state != MC_ROUTE_RELEASED && routes.count(id) == 0)
        {
            known.status.state = MC_ROUTE_RELEASED;
            known.updated = now;
            changed.push_back(known.status);
        }
    }
    return changed;
}

const std::map<LinkId, InventoryLink>&
Inventory::GetLinks() const
{
    return m_links;
}

const std::map<LinkId, McLinkDescription>&
Inventory::GetDescriptions() const
{
    return m_descriptions;
}

const std::map<KmId, InventoryKm>&
Inventory::GetKms() const
{
    return m_kms;
}

std::string
Inventory::GetLinkName(LinkId link) const
{
    const auto found = m_descriptions.find(link);
    const bool isNamed = found != m_descriptions.end() && !found->second.description.name.empty();
    return isNamed ? found->second.description.name : std::to_string(link.value);
}

std::string
Inventory::GetNodeName(KmId km) const
{
    const auto found = m_kms.find(km);
    const bool isNamed = found != m_kms.end() && !found->second.status.name.empty();
    return isNamed ? found->second.status.name : std::to_string(km.value);
}

const std::map<RouteId, InventoryRoute>&
Inventory::GetRoutes() const
{
    return m_routes;
}

const std::map<SessionId, InventorySession>&
Inventory::GetSessions() const
{
    return m_sessions;
}

Time
Inventory::GetInterruptedTime(SessionId session, Time now) const
{
    const auto found = m_sessions.find(session);
    if (found == m_sessions.end())
    {
        return Time(0);
    }
    const InventorySession& known = found->second;
    return known.interrupted +
           (IsSupplyInterrupted(known.status.state) ? now - known.since : Time(0));
}

std::vector<RouteMatchUp>
Inventory::GetMatchUps() const
{
    std::vector<RouteMatchUp> rows;
    for (const auto& [id, session] : m_sessions)
    {
        const McSessionStatus& status = session.status;
        RouteMatchUp row;
        row.session = id;
        row.resilienceClass = status.resilienceClass;
        row.protection = status.protection;
        row.recovery = status.recovery;
        row.furtherRecovery = status.furtherRecovery;
        const auto route = m_routes.find(status.working);
        const bool extra =
            route != m_routes.end() && route->second.status.route.role == ROUTE_EXTRA;
        (extra ? row.extra : row.working) = status.working;
        rows.push_back(row);
    }
    return rows;
}

} // namespace qkdn
} // namespace ns3
