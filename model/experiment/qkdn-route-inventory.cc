/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-route-inventory.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief Whether a list has an element.
 * @param list the list
 * @param element the element
 * @return true if so
 */
template <typename T>
bool
Contains(const std::vector<T>& list, const T& element)
{
    return std::find(list.begin(), list.end(), element) != list.end();
}

} // namespace

KmPair
RouteInventory::MakePair(KmId a, KmId b)
{
    return a < b ? KmPair(a, b) : KmPair(b, a);
}

void
RouteInventory::AddLink(LinkId link, KmId a, KmId b)
{
    m_links[MakePair(a, b)].push_back(link);
}

void
RouteInventory::AddRoute(const KeyRoute& route)
{
    m_routes[route.id] = route;
}

void
RouteInventory::ModuleChanged(LinkId link, uint32_t end, bool generating)
{
    m_generating[link].at(end) = generating;
}

std::vector<KmId>
RouteInventory::GetKms(RouteId route) const
{
    const auto found = m_routes.find(route);
    return found == m_routes.end() ? std::vector<KmId>() : found->second.kms;
}

std::vector<KmPair>
RouteInventory::GetHops(RouteId route) const
{
    const std::vector<KmId> kms = GetKms(route);
    std::vector<KmPair> hops;
    for (std::size_t i = 1; i < kms.size(); ++i)
    {
        hops.push_back(MakePair(kms[i - 1], kms[i]));
    }
    return hops;
}

bool
RouteInventory::UsesLink(RouteId route, LinkId link) const
{
    const std::vector<KmPair> hops = GetHops(route);
    return std::any_of(hops.begin(), hops.end(), [this, link](const KmPair& hop) {
        const auto links = m_links.find(hop);
        return links != m_links.end() && Contains(links->second, link);
    });
}

bool
RouteInventory::UsesHop(RouteId route, const std::vector<KmPair>& hops) const
{
    const std::vector<KmPair> own = GetHops(route);
    return std::any_of(own.begin(), own.end(), [&hops](const KmPair& hop) {
        return Contains(hops, hop);
    });
}

bool
RouteInventory::IsHit(RouteId route, const FaultTarget& target) const
{
    const std::vector<KmId> kms = GetKms(route);
    return std::any_of(kms.begin(),
                       kms.end(),
                       [&target](KmId km) { return Contains(target.kms, km); }) ||
           std::any_of(target.links.begin(), target.links.end(), [this, route](LinkId link) {
               return UsesLink(route, link);
           });
}

bool
RouteInventory::IsGenerating(RouteId route) const
{
    const auto generates = [this](LinkId link) {
        const auto modules = m_generating.find(link);
        return modules != m_generating.end() && modules->second[0] && modules->second[1];
    };
    const std::vector<KmPair> hops = GetHops(route);
    return !hops.empty() &&
           std::all_of(hops.begin(), hops.end(), [this, &generates](const KmPair& hop) {
               const auto links = m_links.find(hop);
               return links != m_links.end() &&
                      std::any_of(links->second.begin(), links->second.end(), generates);
           });
}

} // namespace qkdn
} // namespace ns3
