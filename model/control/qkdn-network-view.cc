/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-network-view.h"

#include "ns3/abort.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace ns3
{
namespace qkdn
{

namespace
{

/// No QKD link comes near this key rate, bit/s; sums of rates stay far from overflow.
constexpr uint64_t MAX_KEY_RATE_BPS = 1000000000000000;

/// What a controller can see to be the same.
bool
IsSame(const CkLinkState& a, const CkLinkState& b)
{
    const auto visible = [](const CkLinkState& s) {
        return std::tie(s.link,
                        s.neighbour,
                        s.neighbourAlive,
                        s.status,
                        s.keyRateBps,
                        s.poolBits,
                        s.poolLow);
    };
    return visible(a) == visible(b);
}

} // namespace

std::optional<NetworkView::Change>
NetworkView::Register(const CkRegistration& message, Time now)
{
    std::set<LinkId> named;
    if (!IsPossible(message, named))
    {
        return std::nullopt;
    }
    Change change;
    const std::set<LinkId> before = std::exchange(m_linksOf[message.km], named);
    for (const LinkId link : before)
    {
        if (named.find(link) == named.end())
        {
            Drop(message.km, link, change);
        }
    }
    for (const CkLinkState& state : message.links)
    {
        Enter(message.km, state, now, change);
    }
    EnterDescriptions(message, change);
    return change;
}

std::optional<NetworkView::Change>
NetworkView::Report(KmId km, const CkLinkState& state, Time now)
{
    const auto links = m_linksOf.find(km);
    if (links == m_linksOf.end() || !IsPossible(km, state))
    {
        return std::nullopt;
    }
    links->second.insert(state.link);
    Change change;
    Enter(km, state, now, change);
    return change;
}

void
NetworkView::SetMaxAge(Time age)
{
    m_maxAge = age;
    m_ages.clear();
    for (const auto& [id, link] : m_links)
    {
        for (const auto& [km, end] : link.ends)
        {
            Age(id, km, end, !end.stale);
        }
    }
}

void
NetworkView::Age(LinkId id, KmId km, const End& end, bool counts)
{
    const auto age = std::make_tuple(end.at, id, km);
    if (!counts)
    {
        m_ages.erase(age);
    }
    else if (!m_maxAge.IsZero())
    {
        m_ages.insert(age);
    }
}

NetworkView::Change
NetworkView::Expire(Time now)
{
    Change change;
    while (!m_ages.empty() && std::get<Time>(*m_ages.begin()) + m_maxAge <= now)
    {
        const auto [at, id, km] = *m_ages.begin();
        m_ages.erase(m_ages.begin());
        Link& link = m_links.at(id);
        const Quality before = GetQuality(link.hop);
        link.ends.at(km).stale = true;
        Compare(link.hop, before, change);
    }
    return change;
}

std::optional<Time>
NetworkView::GetNextExpiry() const
{
    return m_ages.empty() ? std::nullopt
                          : std::optional<Time>(std::get<Time>(*m_ages.begin()) + m_maxAge);
}

bool
NetworkView::IsStale(const KmHop& hop) const
{
    return GetQuality(hop).stale;
}

uint32_t
NetworkView::GetLengthM(const KmHop& hop) const
{
    uint32_t length = 0;
    const auto links = m_hops.find(hop);
    if (links == m_hops.end())
    {
        return length;
    }
    for (const LinkId id : links->second.links)
    {
        for (const auto& [km, description] : m_links.at(id).descriptions)
        {
            const bool isShorter = length == 0 || description.lengthM < length;
            length = description.lengthM > 0 && isShorter ? description.lengthM : length;
        }
    }
    return length;
}

std::set<std::string>
NetworkView::GetRiskGroups(const KmHop& hop) const
{
    std::set<std::string> groups;
    const auto links = m_hops.find(hop);
    if (links == m_hops.end())
    {
        return groups;
    }
    for (const LinkId id : links->second.links)
    {
        for (const auto& [km, description] : m_links.at(id).descriptions)
        {
            groups.insert(description.riskGroups.begin(), description.riskGroups.end());
        }
    }
    return groups;
}

void
NetworkView::Clear()
{
    m_links.clear();
    m_hops.clear();
    m_low.clear();
    m_linksOf.clear();
    m_ages.clear();
    ++m_version;
}

bool
NetworkView::IsRegistered(KmId km) const
{
    return m_linksOf.find(km) != m_linksOf.end();
}

bool
NetworkView::IsUsable(const KmHop& hop) const
{
    return GetQuality(hop).usable;
}

uint64_t
NetworkView::GetKeyRateBps(const KmHop& hop) const
{
    return GetQuality(hop).keyRateBps;
}

uint64_t
NetworkView::GetPoolBits(const KmHop& hop) const
{
    const auto links = m_hops.find(hop);
    if (links == m_hops.end())
    {
        return 0;
    }
    // All links of a hop fill one pool, of which each end reports the level with each link: the
    // newest report of each end counts.
    std::map<KmId, const End*> newest;
    for (const LinkId link : links->second.links)
    {
        for (const auto& [km, end] : m_links.at(link).ends)
        {
            const End*& best = newest[km];
            best = best && best->at > end.at ? best : &end;
        }
    }
    uint64_t bits = std::numeric_limits<uint64_t>::max();
    for (const auto& end : newest)
    {
        bits = std::min(bits, end.second->state.poolBits);
    }
    return bits;
}

const std::set<KmHop>&
NetworkView::GetLowHops() const
{
    return m_low;
}

std::vector<KmHop>
NetworkView::GetHops() const
{
    std::vector<KmHop> hops;
    for (const auto& hop : m_hops)
    {
        hops.push_back(hop.first);
    }
    return hops;
}

std::vector<LinkId>
NetworkView::GetLinks() const
{
    std::vector<LinkId> links;
    for (const auto& link : m_links)
    {
        links.push_back(link.first);
    }
    return links;
}

McLinkStatus
NetworkView::GetLinkStatus(LinkId link) const
{
    const auto found = m_links.find(link);
    NS_ABORT_MSG_IF(found == m_links.end(), "QKD link " << link << " is not known");
    McLinkStatus status;
    status.link = link;
    status.a = found->second.hop.low;
    status.b = found->second.hop.high;
    status.status = LINK_ACTIVE;
    status.keyRateBps = std::numeric_limits<uint64_t>::max();
    status.poolBits = std::numeric_limits<uint64_t>::max();
    for (const auto& end : found->second.ends)
    {
        const CkLinkState& state = end.second.state;
        status.status = std::max(status.status, state.status);
        status.keyRateBps = std::min(status.keyRateBps, state.keyRateBps);
        status.poolBits = std::min(status.poolBits, state.poolBits);
        const bool isA = end.first == status.a;
        (isA ? status.aReports : status.bReports) = true;
        (isA ? status.aSeesB : status.bSeesA) = state.neighbourAlive;
    }
    return status;
}

McLinkDescription
NetworkView::GetDescription(LinkId link) const
{
    const auto found = m_links.find(link);
    NS_ABORT_MSG_IF(found == m_links.end(), "QKD link " << link << " is not known");
    McLinkDescription all;
    all.a = found->second.hop.low;
    all.b = found->second.hop.high;
    CkLinkDescription& both = all.description;
    both.link = link;
    for (const auto& [km, description] : found->second.descriptions)
    {
        both.name = both.name.empty() ? description.name : both.name;
        both.fibres = both.fibres.empty() ? description.fibres : both.fibres;
        both.lengthM = both.lengthM == 0 ? description.lengthM : both.lengthM;
        for (const std::string& group : description.riskGroups)
        {
            // a message has room for so many
            if (both.riskGroups.size() < UINT8_MAX)
            {
                both.riskGroups.insert(group);
            }
        }
    }
    return all;
}

KmHop
NetworkView::GetHop(LinkId link) const
{
    const auto found = m_links.find(link);
    NS_ABORT_MSG_IF(found == m_links.end(), "QKD link " << link << " is not known");
    return found->second.hop;
}

std::optional<Time>
NetworkView::GetReportTime(LinkId link, KmId km) const
{
    const auto found = m_links.find(link);
    if (found == m_links.end())
    {
        return std::nullopt;
    }
    const auto end = found->second.ends.find(km);
    return end == found->second.ends.end() ? std::nullopt : std::optional<Time>(end->second.at);
}

uint64_t
NetworkView::GetVersion() const
{
    return m_version;
}

bool
NetworkView::IsPossible(KmId km, const CkLinkState& state) const
{
    if (!km.IsValid() || !state.link.IsValid() || !state.neighbour.IsValid() ||
        state.neighbour == km)
    {
        return false;
    }
    const auto link = m_links.find(state.link);
    return link == m_links.end() || link->second.hop == KmHop(km, state.neighbour);
}

bool
NetworkView::IsPossible(const CkRegistration& message, std::set<LinkId>& named) const
{
    for (const CkLinkState& state : message.links)
    {
        if (!IsPossible(message.km, state) || !named.insert(state.link).second)
        {
            return false;
        }
    }
    std::set<LinkId> described;
    return std::all_of(message.descriptions.begin(),
                       message.descriptions.end(),
                       [&](const CkLinkDescription& description) {
                           return named.find(description.link) != named.end() &&
                                  described.insert(description.link).second;
                       });
}

bool
NetworkView::IsLinkStale(const Link& link)
{
    return std::any_of(link.ends.begin(), link.ends.end(), [](const auto& end) {
        return end.second.stale;
    });
}

void
NetworkView::EnterDescriptions(const CkRegistration& message, Change& change)
{
    std::map<LinkId, CkLinkDescription> told;
    for (const CkLinkDescription& description : message.descriptions)
    {
        told[description.link] = description;
    }
    for (const CkLinkState& state : message.links)
    {
        Link& link = m_links.at(state.link);
        const auto now = told.find(state.link);
        const auto before = link.descriptions.find(message.km);
        const bool isKnown = before != link.descriptions.end();
        if (now == told.end() ? !isKnown : isKnown && before->second == now->second)
        {
            continue;
        }
        link.descriptions.erase(message.km);
        if (now != told.end())
        {
            link.descriptions[message.km] = now->second;
        }
        change.hops.insert(link.hop);
        change.hasGain = true;
        change.described.insert(state.link);
        ++m_version;
    }
}

bool
NetworkView::IsLinkUsable(const Link& link)
{
    return link.ends.size() == 2 &&
           std::all_of(link.ends.begin(), link.ends.end(), [](const auto& end) {
               return end.second.state.status == LINK_ACTIVE && end.second.state.neighbourAlive;
           });
}

void
NetworkView::Enter(KmId km, const CkLinkState& state, Time now, Change& change)
{
    const KmHop hop(km, state.neighbour);
    const Quality before = GetQuality(hop);
    Link& link = m_links.emplace(state.link, Link{hop, {}, {}}).first->second;
    m_hops[hop].links.insert(state.link);
    const auto end = link.ends.find(km);
    if (end == link.ends.end() || !IsSame(end->second.state, state))
    {
        change.links.insert(state.link);
    }
    const LinkCause cause = end == link.ends.end() ? CAUSE_NONE : end->second.state.alarm.cause;
    if (cause != state.alarm.cause)
    {
        change.alarms.push_back(McAlarm{state.link, km, state.status, state.alarm, now});
    }
    if (end != link.ends.end())
    {
        Age(state.link, km, end->second, false);
    }
    Age(state.link, km, link.ends[km] = End{state, now, false}, true);
    Compare(hop, before, change);
}

void
NetworkView::Drop(KmId km, LinkId link, Change& change)
{
    const auto found = m_links.find(link);
    const KmHop hop = found->second.hop;
    const Quality before = GetQuality(hop);
    const auto end = found->second.ends.find(km);
    if (end != found->second.ends.end())
    {
        Age(link, km, end->second, false);
        found->second.ends.erase(end);
    }
    found->second.descriptions.erase(km);
    if (found->second.ends.empty())
    {
        change.links.erase(link);
        m_links.erase(found);
        std::set<LinkId>& links = m_hops.at(hop).links;
        links.erase(link);
        if (links.empty())
        {
            m_hops.erase(hop);
        }
    }
    else
    {
        change.links.insert(link);
    }
    Compare(hop, before, change);
}

NetworkView::Quality
NetworkView::GetQuality(const KmHop& hop) const
{
    const auto found = m_hops.find(hop);
    return found == m_hops.end() ? Quality() : found->second.quality;
}

NetworkView::Quality
NetworkView::ComputeQuality(const std::set<LinkId>& links) const
{
    Quality quality;
    bool fresh = false;
    for (const LinkId id : links)
    {
        const Link& link = m_links.at(id);
        if (IsLinkUsable(link))
        {
            quality.usable = true;
            const bool isFresh = !IsLinkStale(link);
            fresh = fresh || isFresh;
            quality.keyRateBps +=
                isFresh ? std::min(MAX_KEY_RATE_BPS, GetLinkStatus(id).keyRateBps) : 0;
        }
        quality.low =
            quality.low || std::any_of(link.ends.begin(), link.ends.end(), [](const auto& end) {
                return end.second.state.poolLow;
            });
    }
    quality.stale = quality.usable && !fresh;
    return quality;
}

void
NetworkView::Compare(const KmHop& hop, const Quality& before, Change& change)
{
    Quality after;
    const auto found = m_hops.find(hop);
    if (found != m_hops.end())
    {
        after = ComputeQuality(found->second.links);
        found->second.quality = after;
    }
    if (after.low)
    {
        m_low.insert(hop);
    }
    else
    {
        m_low.erase(hop);
    }
    if (after != before)
    {
        if (after.usable && after.stale != before.stale)
        {
            (after.stale ? change.stale : change.fresh).push_back(hop);
        }
        change.hops.insert(hop);
        change.hasGain = change.hasGain || after.HasGained(before);
        ++m_version;
    }
}

} // namespace qkdn
} // namespace ns3
