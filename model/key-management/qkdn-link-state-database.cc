/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-link-state-database.h"

#include <algorithm>
#include <set>

namespace ns3
{
namespace qkdn
{

void
LinkStateDatabase::SetMaxAge(Time maxAge)
{
    m_maxAge = maxAge;
}

bool
LinkStateDatabase::IsTooOld(Time age) const
{
    return age >= m_maxAge;
}

LinkStateDatabase::Comparison
LinkStateDatabase::Compare(const LinkStateHeader& header) const
{
    const auto held = m_entries.find(header.origin);
    if (held == m_entries.end())
    {
        return NEWER;
    }
    const uint64_t sequence = held->second.advertisement.header.sequence;
    return header.sequence == sequence ? SAME : header.sequence > sequence ? NEWER : OLDER;
}

void
LinkStateDatabase::Install(const LinkStateAdvertisement& advertisement, Time now)
{
    m_entries[advertisement.header.origin] = Entry{advertisement, now};
}

bool
LinkStateDatabase::Remove(KmId origin)
{
    return m_entries.erase(origin) > 0;
}

void
LinkStateDatabase::Clear()
{
    m_entries.clear();
}

std::optional<LinkStateAdvertisement>
LinkStateDatabase::Find(KmId origin, Time now) const
{
    const auto held = m_entries.find(origin);
    if (held == m_entries.end())
    {
        return std::nullopt;
    }
    LinkStateAdvertisement advertisement = held->second.advertisement;
    advertisement.age = advertisement.age + (now - held->second.at);
    return advertisement;
}

std::vector<LinkStateHeader>
LinkStateDatabase::GetHeaders() const
{
    std::vector<LinkStateHeader> headers;
    headers.reserve(m_entries.size());
    for (const auto& [origin, entry] : m_entries)
    {
        headers.push_back(entry.advertisement.header);
    }
    return headers;
}

std::vector<LinkStateHeader>
LinkStateDatabase::GetTooOld(Time now) const
{
    std::vector<LinkStateHeader> headers;
    for (const auto& [origin, entry] : m_entries)
    {
        if (IsTooOld(entry.advertisement.age + (now - entry.at)))
        {
            headers.push_back(entry.advertisement.header);
        }
    }
    return headers;
}

std::optional<Time>
LinkStateDatabase::GetNextExpiry() const
{
    std::optional<Time> next;
    for (const auto& [origin, entry] : m_entries)
    {
        const Time expiry = entry.at + m_maxAge - entry.advertisement.age;
        next = next ? std::min(*next, expiry) : expiry;
    }
    return next;
}

const LinkStateHop*
LinkStateDatabase::FindEnd(KmId from, KmId to) const
{
    const auto held = m_entries.find(from);
    if (held == m_entries.end())
    {
        return nullptr;
    }
    const std::vector<LinkStateHop>& hops = held->second.advertisement.hops;
    const auto hop = std::find_if(hops.begin(), hops.end(), [to](const LinkStateHop& candidate) {
        return candidate.neighbour == to;
    });
    return hop == hops.end() ? nullptr : &*hop;
}

std::vector<KmHop>
LinkStateDatabase::GetHops() const
{
    std::set<KmHop> hops;
    for (const auto& [origin, entry] : m_entries)
    {
        for (const LinkStateHop& hop : entry.advertisement.hops)
        {
            hops.insert(KmHop(origin, hop.neighbour));
        }
    }
    return {hops.begin(), hops.end()};
}

bool
LinkStateDatabase::IsUsable(const KmHop& hop) const
{
    const LinkStateHop* low = FindEnd(hop.low, hop.high);
    const LinkStateHop* high = FindEnd(hop.high, hop.low);
    return low && high && low->usable && high->usable;
}

uint64_t
LinkStateDatabase::GetKeyRateBps(const KmHop& hop) const
{
    const LinkStateHop* low = FindEnd(hop.low, hop.high);
    const LinkStateHop* high = FindEnd(hop.high, hop.low);
    return low && high ? std::min(low->keyRateBps, high->keyRateBps) : 0;
}

uint64_t
LinkStateDatabase::GetResidualBps(const KmHop& hop) const
{
    const LinkStateHop* low = FindEnd(hop.low, hop.high);
    const LinkStateHop* high = FindEnd(hop.high, hop.low);
    return low && high ? std::min(low->residualBps, high->residualBps) : 0;
}

bool
LinkStateDatabase::IsLow(const KmHop& hop) const
{
    const LinkStateHop* low = FindEnd(hop.low, hop.high);
    const LinkStateHop* high = FindEnd(hop.high, hop.low);
    return (low && low->low) || (high && high->low);
}

} // namespace qkdn
} // namespace ns3
