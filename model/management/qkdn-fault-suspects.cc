/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-fault-suspects.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

namespace
{

/// Alarms of ends of links that errors raise, not a loss of light.
bool
IsOfErrors(LinkCause cause)
{
    return cause == CAUSE_QBER_ABORT;
}

} // namespace

const char*
ComponentKindName(ComponentKind kind)
{
    static const char* const names[] = {"module-pair",
                                        "fibre",
                                        "risk-group",
                                        "node",
                                        "key-manager"};
    return names[kind];
}

FaultSuspects::FaultSuspects(const Inventory& inventory, const StandingAlarms& alarms)
    : m_inventory(inventory),
      m_alarms(alarms)
{
}

void
FaultSuspects::Refresh()
{
    m_footprints.clear();
    for (const auto& link : m_inventory.GetLinks())
    {
        const LinkId id = link.first;
        m_footprints[{COMPONENT_LINK, m_inventory.GetLinkName(id)}].links.insert(id);
    }
    for (const auto& [id, known] : m_inventory.GetDescriptions())
    {
        if (m_inventory.GetLinks().count(id) == 0)
        {
            continue;
        }
        for (const std::string& fibre : known.description.fibres)
        {
            m_footprints[{COMPONENT_FIBRE, fibre}].links.insert(id);
        }
        for (const std::string& group : known.description.riskGroups)
        {
            m_footprints[{COMPONENT_RISK_GROUP, group}].links.insert(id);
        }
    }
    for (const auto& [id, km] : m_inventory.GetKms())
    {
        const Footprint footprint{km.links, id};
        const std::string name = m_inventory.GetNodeName(id);
        m_footprints[{COMPONENT_NODE, name}] = footprint;
        m_footprints[{COMPONENT_KM, name}] = footprint;
    }
}

KmHop
FaultSuspects::GetHop(LinkId link) const
{
    const McLinkStatus& status = m_inventory.GetLinks().at(link).status;
    return {status.a, status.b};
}

bool
FaultSuspects::Explains(const Component& component, const AlarmKey& alarm) const
{
    const auto found = m_footprints.find(component);
    if (found == m_footprints.end())
    {
        return false;
    }
    switch (component.kind)
    {
    case COMPONENT_LINK:
        return ModulesExplain(found->second, alarm);
    case COMPONENT_FIBRE:
    case COMPONENT_RISK_GROUP:
        return LineExplains(found->second, alarm);
    case COMPONENT_NODE:
        return NodeExplains(found->second, true, alarm);
    case COMPONENT_KM:
        return NodeExplains(found->second, false, alarm);
    }
    return false;
}

bool
FaultSuspects::LineExplains(const Footprint& footprint, const AlarmKey& alarm) const
{
    if (alarm.kind == ALARM_LINK_END)
    {
        return footprint.links.count(LinkId(alarm.about)) > 0;
    }
    if (alarm.kind == ALARM_KM)
    {
        const auto km = m_inventory.GetKms().find(KmId(alarm.about));
        return km != m_inventory.GetKms().end() && !km->second.links.empty() &&
               std::includes(footprint.links.begin(),
                             footprint.links.end(),
                             km->second.links.begin(),
                             km->second.links.end());
    }
    std::set<KmHop> hops;
    for (const LinkId link : footprint.links)
    {
        hops.insert(GetHop(link));
    }
    if (alarm.kind == ALARM_NEIGHBOUR)
    {
        return hops.count(KmHop(KmId(alarm.about), alarm.by)) > 0;
    }
    const auto route = m_inventory.GetRoutes().find(RouteId(alarm.about));
    return route != m_inventory.GetRoutes().end() && Uses(route->second.status.route, hops);
}

bool
FaultSuspects::NodeExplains(const Footprint& footprint, bool wholeNode, const AlarmKey& alarm) const
{
    if (m_alarms.count(AlarmKey{ALARM_KM, footprint.km.value, KmId()}) == 0)
    {
        return false;
    }
    switch (alarm.kind)
    {
    case ALARM_LINK_END:
        return wholeNode && footprint.links.count(LinkId(alarm.about)) > 0;
    case ALARM_NEIGHBOUR:
        return alarm.about == footprint.km.value || alarm.by == footprint.km;
    case ALARM_KM:
        return alarm.about == footprint.km.value;
    case ALARM_ROUTE: {
        const auto route = m_inventory.GetRoutes().find(RouteId(alarm.about));
        if (route == m_inventory.GetRoutes().end())
        {
            return false;
        }
        const std::vector<KmId>& kms = route->second.status.route.kms;
        return std::find(kms.begin(), kms.end(), footprint.km) != kms.end();
    }
    }
    return false;
}

bool
FaultSuspects::ModulesExplain(const Footprint& footprint, const AlarmKey& alarm) const
{
    const LinkId link = *footprint.links.begin();
    const KmHop hop = GetHop(link);
    if (alarm.kind == ALARM_ROUTE)
    {
        const auto route = m_inventory.GetRoutes().find(RouteId(alarm.about));
        return route != m_inventory.GetRoutes().end() && Uses(route->second.status.route, {hop});
    }
    if (alarm.kind != ALARM_LINK_END || LinkId(alarm.about) != link)
    {
        return false;
    }
    const auto known = m_inventory.GetDescriptions().find(link);
    if (known == m_inventory.GetDescriptions().end() || known->second.description.fibres.empty())
    {
        // nothing else is known that its alarms could be due to
        return true;
    }
    const auto standing = m_alarms.find(alarm);
    const KmId far = alarm.by == hop.low ? hop.high : hop.low;
    return (standing != m_alarms.end() && IsOfErrors(standing->second.cause)) ||
           m_alarms.count(AlarmKey{ALARM_LINK_END, link.value, far}) == 0;
}

void
FaultSuspects::AddCandidatesOf(LinkId link, std::set<Component>& candidates) const
{
    candidates.insert(Component{COMPONENT_LINK, m_inventory.GetLinkName(link)});
    const auto known = m_inventory.GetDescriptions().find(link);
    if (known == m_inventory.GetDescriptions().end())
    {
        return;
    }
    for (const std::string& fibre : known->second.description.fibres)
    {
        candidates.insert(Component{COMPONENT_FIBRE, fibre});
    }
    for (const std::string& group : known->second.description.riskGroups)
    {
        candidates.insert(Component{COMPONENT_RISK_GROUP, group});
    }
}

void
FaultSuspects::AddCandidates(const AlarmKey& alarm, std::set<Component>& candidates) const
{
    std::vector<KmId> kms;
    if (alarm.kind == ALARM_LINK_END)
    {
        const auto link = m_inventory.GetLinks().find(LinkId(alarm.about));
        if (link == m_inventory.GetLinks().end())
        {
            return;
        }
        AddCandidatesOf(link->first, candidates);
        kms = {link->second.status.a, link->second.status.b};
    }
    else if (alarm.kind == ALARM_NEIGHBOUR)
    {
        kms = {KmId(alarm.about), alarm.by};
        const auto km = m_inventory.GetKms().find(alarm.by);
        for (const LinkId link : km->second.links)
        {
            if (GetHop(link) == KmHop(kms[0], kms[1]))
            {
                AddCandidatesOf(link, candidates);
            }
        }
    }
    for (const KmId km : kms)
    {
        candidates.insert(Component{COMPONENT_NODE, m_inventory.GetNodeName(km)});
        candidates.insert(Component{COMPONENT_KM, m_inventory.GetNodeName(km)});
    }
}

bool
FaultSuspects::IsGood(ComponentKind kind, const Footprint& footprint, LinkId link) const
{
    const McLinkStatus& status = m_inventory.GetLinks().at(link).status;
    const KmHop hop = GetHop(link);
    const auto inAlarm = [this, link](KmId km) {
        return m_alarms.count(AlarmKey{ALARM_LINK_END, link.value, km}) > 0;
    };
    if (kind == COMPONENT_KM)
    {
        const KmId far = footprint.km == hop.low ? hop.high : hop.low;
        return m_alarms.count(AlarmKey{ALARM_NEIGHBOUR, footprint.km.value, far}) == 0;
    }
    return status.status == LINK_ACTIVE && !inAlarm(hop.low) && !inAlarm(hop.high);
}

uint32_t
FaultSuspects::CountGood(const Component& component) const
{
    const Footprint& footprint = m_footprints.at(component);
    return static_cast<uint32_t>(
        std::count_if(footprint.links.begin(), footprint.links.end(), [&](LinkId link) {
            return IsGood(component.kind, footprint, link);
        }));
}

std::vector<Component>
FaultSuspects::Rank(const std::set<AlarmKey>& alarms) const
{
    std::set<Component> candidates;
    for (const AlarmKey& alarm : alarms)
    {
        AddCandidates(alarm, candidates);
    }
    // unlikely, unexplained alarms, good links, component: the least first
    std::set<std::tuple<bool, std::size_t, uint32_t, Component>> ranked;
    for (const Component& candidate : candidates)
    {
        std::size_t unexplained = 0;
        bool isSuspect = false;
        for (const AlarmKey& alarm : alarms)
        {
            if (alarm.kind != ALARM_ROUTE)
            {
                const bool explains = Explains(candidate, alarm);
                isSuspect = isSuspect || (explains && alarm.IsPrimary());
                unexplained += explains ? 0 : 1;
            }
        }
        if (isSuspect)
        {
            const uint32_t good = CountGood(candidate);
            const std::size_t links = m_footprints.at(candidate).links.size();
            ranked.emplace(2 * good > links, unexplained, good, candidate);
        }
    }
    std::vector<Component> components;
    components.reserve(ranked.size());
    for (const auto& entry : ranked)
    {
        components.push_back(std::get<Component>(entry));
    }
    return components;
}

std::set<KmHop>
FaultSuspects::GetHops(const std::set<AlarmKey>& alarms) const
{
    std::set<KmHop> hops;
    for (const AlarmKey& alarm : alarms)
    {
        if (alarm.kind == ALARM_LINK_END)
        {
            hops.insert(GetHop(LinkId(alarm.about)));
        }
        else if (alarm.kind == ALARM_NEIGHBOUR)
        {
            hops.insert(KmHop(KmId(alarm.about), alarm.by));
        }
        else if (alarm.kind == ALARM_KM)
        {
            const auto km = m_inventory.GetKms().find(KmId(alarm.about));
            for (const LinkId link : km->second.links)
            {
                hops.insert(GetHop(link));
            }
        }
    }
    return hops;
}

bool
FaultSuspects::Uses(const KeyRoute& route, const std::set<KmHop>& hops)
{
    for (std::size_t i = 1; i < route.kms.size(); ++i)
    {
        if (hops.count(KmHop(route.kms[i - 1], route.kms[i])) > 0)
        {
            return true;
        }
    }
    return false;
}

} // namespace qkdn
} // namespace ns3
