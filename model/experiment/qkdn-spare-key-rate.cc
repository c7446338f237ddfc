/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-spare-key-rate.h"

#include "qkdn-route-inventory.h"

#include <algorithm>
#include <set>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief The hops of a route.
 * @param route the route
 * @return pairs of neighbours
 */
std::vector<KmPair>
HopsOfRoute(const KeyRoute& route)
{
    std::vector<KmPair> hops;
    for (std::size_t i = 0; i + 1 < route.kms.size(); ++i)
    {
        hops.push_back(RouteInventory::MakePair(route.kms[i], route.kms[i + 1]));
    }
    return hops;
}

/**
 * @brief What can fail on a route: its hops, and the key managers between its ends, each as a pair
 * with itself.
 * @param route the route
 * @return the failures
 */
std::vector<KmPair>
FailuresOfRoute(const KeyRoute& route)
{
    std::vector<KmPair> failures = HopsOfRoute(route);
    for (std::size_t i = 1; i + 1 < route.kms.size(); ++i)
    {
        failures.emplace_back(route.kms[i], route.kms[i]);
    }
    return failures;
}

} // namespace

void
SpareKeyRate::RouteChanged(const KeyRoute& route, bool installed)
{
    if (m_frozen)
    {
        return;
    }
    if (installed)
    {
        m_routes[route.session][route.id] = route;
    }
    else
    {
        m_routes[route.session].erase(route.id);
    }
}

void
SpareKeyRate::FaultStruck()
{
    m_frozen = true;
}

double
SpareKeyRate::Compute(const std::vector<RouteDemand>& demands) const
{
    std::vector<RouteDemand> shared;
    double sum = 0.0;
    for (const RouteDemand& demand : demands)
    {
        if (m_routes.count(demand.session) == 0)
        {
            continue;
        }
        if (demand.isShared)
        {
            shared.push_back(demand);
        }
        else
        {
            sum += ComputeDedicated(demand);
        }
    }
    return sum + ComputeShared(shared);
}

double
SpareKeyRate::ComputeDedicated(const RouteDemand& demand) const
{
    std::vector<std::size_t> hops;
    for (const auto& [id, route] : m_routes.at(demand.session))
    {
        hops.push_back(route.GetHops());
    }
    std::sort(hops.begin(), hops.end());
    std::size_t spare = 0;
    for (std::size_t i = demand.needed; i < hops.size(); ++i)
    {
        spare += hops[i];
    }
    return static_cast<double>(spare) * demand.rateBps;
}

double
SpareKeyRate::ComputeShared(const std::vector<RouteDemand>& demands) const
{
    std::map<KmPair, std::map<KmPair, double>> asked; // of a hop, by failure
    for (const RouteDemand& demand : demands)
    {
        std::set<KmPair> failures;
        std::set<KmPair> hops;
        for (const auto& [id, route] : m_routes.at(demand.session))
        {
            if (route.role == ROUTE_WORKING)
            {
                const auto of = FailuresOfRoute(route);
                failures.insert(of.begin(), of.end());
            }
            else if (route.role == ROUTE_PROTECTION)
            {
                const auto of = HopsOfRoute(route);
                hops.insert(of.begin(), of.end());
            }
        }
        for (const KmPair& hop : hops)
        {
            for (const KmPair& failure : failures)
            {
                asked[hop][failure] += demand.rateBps;
            }
        }
    }
    double sum = 0.0;
    for (const auto& [hop, failures] : asked)
    {
        double most = 0.0;
        for (const auto& [failure, rate] : failures)
        {
            most = std::max(most, rate);
        }
        sum += most;
    }
    return sum;
}

} // namespace qkdn
} // namespace ns3
