/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-km-link-table.h"

namespace ns3
{
namespace qkdn
{

void
KmLinkTable::Add(LinkId link, KmId neighbour)
{
    m_links[link].neighbour = neighbour;
}

void
KmLinkTable::SetRate(LinkId link, uint64_t bps)
{
    m_rates[link] = bps;
}

void
KmLinkTable::SetStatus(LinkId link, const Status& status)
{
    m_links.at(link).status = status;
}

void
KmLinkTable::SetRemoteStatus(LinkId link, const Status& status)
{
    m_links.at(link).remote = status;
}

void
KmLinkTable::ForgetRemoteStatus()
{
    for (auto& entry : m_links)
    {
        entry.second.remote.reset();
    }
}

void
KmLinkTable::ForgetRemoteStatus(KmId neighbour)
{
    for (auto& entry : m_links)
    {
        if (entry.second.neighbour == neighbour)
        {
            entry.second.remote.reset();
        }
    }
}

KmId
KmLinkTable::GetNeighbour(LinkId link) const
{
    const auto found = m_links.find(link);
    return found == m_links.end() ? KmId() : found->second.neighbour;
}

std::vector<LinkId>
KmLinkTable::GetLinks() const
{
    std::vector<LinkId> links;
    links.reserve(m_links.size());
    for (const auto& entry : m_links)
    {
        links.push_back(entry.first);
    }
    return links;
}

std::vector<LinkId>
KmLinkTable::GetLinksTo(KmId neighbour) const
{
    std::vector<LinkId> links;
    for (const auto& [id, link] : m_links)
    {
        if (link.neighbour == neighbour)
        {
            links.push_back(id);
        }
    }
    return links;
}

uint64_t
KmLinkTable::GetRate(LinkId link) const
{
    const auto rate = m_rates.find(link);
    return rate == m_rates.end() ? 0 : rate->second;
}

std::optional<KmLinkTable::Status>
KmLinkTable::GetStatus(LinkId link) const
{
    const auto found = m_links.find(link);
    return found == m_links.end() ? std::nullopt : found->second.status;
}

bool
KmLinkTable::Generates(KmId neighbour) const
{
    for (const auto& entry : m_links)
    {
        const Link& link = entry.second;
        const bool isActive = link.status && link.status->status == LINK_ACTIVE &&
                              (!link.remote || link.remote->status == LINK_ACTIVE);
        if (link.neighbour == neighbour && isActive)
        {
            return true;
        }
    }
    return false;
}

} // namespace qkdn
} // namespace ns3
