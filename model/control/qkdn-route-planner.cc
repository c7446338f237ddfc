/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-route-planner.h"

#include "ns3/abort.h"
#include "ns3/log.h"

#include <algorithm>
#include <sstream>
#include <utility>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnRoutePlanner");

namespace
{

/// A hop of which no KM knows the length comes after all others, km.
constexpr double UNKNOWN_LENGTH_KM = 1.0e6;

/// Pools never add more than this to a key rate, bit/s; sums of rates stay far from overflow.
constexpr double MAX_POOL_BPS = 1.0e15;

} // namespace

RoutePlanner::RoutePlanner(const NetworkView& view, const DemandTable& demand)
    : m_view(view),
      m_demand(demand)
{
}

void
RoutePlanner::SetCost(RouteCost cost)
{
    m_cost = cost;
    m_graphValid = false;
}

void
RoutePlanner::SetDisjointness(RouteDisjointness disjointness)
{
    m_disjointness = disjointness;
}

void
RoutePlanner::SetAdmission(AdmissionMode mode, Time bridging)
{
    NS_ABORT_MSG_UNLESS(bridging.IsStrictlyPositive(), "a pool needs a time to be used up");
    m_admission = mode;
    m_bridging = bridging;
}

bool
RoutePlanner::IsStrict() const
{
    return m_admission != ADMISSION_BEST_EFFORT;
}

void
RoutePlanner::SetMaxHops(uint32_t maxHops)
{
    m_maxHops = maxHops;
}

uint32_t
RoutePlanner::GetMaxHops() const
{
    return m_maxHops;
}

const NetworkView&
RoutePlanner::GetView() const
{
    return m_view;
}

std::string
RoutePlanner::FindRouteFault(const RouteNeeds& needs, const std::vector<KmId>& kms) const
{
    std::ostringstream fault;
    if (kms.size() < 2 || kms.front() != needs.from || kms.back() != needs.to)
    {
        fault << "it does not lead from one to the other";
        return fault.str();
    }
    std::set<KmId> passed;
    for (const KmId km : kms)
    {
        if (!passed.insert(km).second)
        {
            fault << "it passes KM " << km << " twice";
            return fault.str();
        }
        if (m_ready.count(km.value) == 0 || needs.avoidedKms.count(km) > 0)
        {
            fault << "KM " << km << " cannot take it";
            return fault.str();
        }
    }
    for (const KmHop& hop : HopsOf(kms))
    {
        if (!m_view.IsUsable(hop))
        {
            fault << "KMs " << hop.low << " and " << hop.high << " have no usable QKD link";
            return fault.str();
        }
    }
    return "";
}

void
RoutePlanner::SetReady(KmId km, bool ready)
{
    if (ready)
    {
        m_ready.insert(km.value);
    }
    else
    {
        m_ready.erase(km.value);
    }
}

std::optional<RoutePlan>
RoutePlanner::PlanWorking(const RouteNeeds& needs)
{
    RoutePlan plan;
    plan.working = FindBest(needs, ROUTE_WORKING, MakeFilter(needs));
    return plan.working.empty() ? std::nullopt : std::optional<RoutePlan>(plan);
}

std::optional<RoutePlan>
RoutePlanner::PlanExtra(const RouteNeeds& needs, const std::map<KmHop, uint64_t>& reserves)
{
    RouteFilter filter = MakeFilter(needs);
    const auto accepts = filter.accepts;
    filter.accepts = [&reserves, accepts](const KmHop& hop) {
        return reserves.find(hop) != reserves.end() && accepts(hop);
    };
    RoutePlan plan;
    plan.working = FindBest(needs, ROUTE_EXTRA, filter);
    if (plan.working.empty())
    {
        plan.working = FindBest(needs, ROUTE_EXTRA, MakeFilter(needs));
    }
    for (const KmHop& hop : HopsOf(plan.working))
    {
        const auto reserve = reserves.find(hop);
        plan.floorBits = std::max(plan.floorBits, reserve == reserves.end() ? 0 : reserve->second);
    }
    return plan.working.empty() ? std::nullopt : std::optional<RoutePlan>(plan);
}

const RouteGraph&
RoutePlanner::GetGraph()
{
    // levels of pools change with every report
    if (!m_graphValid || m_graphVersion != m_view.GetVersion() || m_cost == ROUTE_COST_POOL)
    {
        m_graph = RouteGraph();
        for (const KmHop& hop : m_view.GetHops())
        {
            if (m_view.IsUsable(hop) && !m_view.IsStale(hop))
            {
                const uint32_t lengthM = m_view.GetLengthM(hop);
                const HopFigures figures{m_view.GetKeyRateBps(hop),
                                         m_view.GetPoolBits(hop),
                                         lengthM > 0 ? lengthM / 1000.0 : UNKNOWN_LENGTH_KM};
                m_graph.SetHop(hop, HopCost(m_cost, figures));
                m_graph.SetRiskGroups(hop, m_view.GetRiskGroups(hop));
            }
        }
        m_graphVersion = m_view.GetVersion();
        m_graphValid = true;
    }
    return m_graph;
}

RouteFilter
RoutePlanner::MakeFilter(const RouteNeeds& needs) const
{
    RouteFilter filter;
    filter.excludedHops = needs.avoidedHops;
    filter.excludedKms = needs.avoidedKms;
    filter.maxHops = m_maxHops;
    filter.accepts = [this](const KmHop& hop) {
        return m_ready.count(hop.low.value) > 0 && m_ready.count(hop.high.value) > 0;
    };
    return filter;
}

uint64_t
RoutePlanner::GetCapacity(const KmHop& hop) const
{
    const uint64_t rate = m_view.GetKeyRateBps(hop);
    if (m_admission != ADMISSION_RATE_AND_POOL || rate == 0)
    {
        return rate;
    }
    const double pool = static_cast<double>(m_view.GetPoolBits(hop)) / m_bridging.GetSeconds();
    return rate + static_cast<uint64_t>(std::min(pool, MAX_POOL_BPS));
}

bool
RoutePlanner::HasRoom(const KmHop& hop,
                      uint64_t bps,
                      RouteRole role,
                      const DemandTable& demand) const
{
    return GetCapacity(hop) >= demand.GetUsed(hop, role) + bps;
}

bool
RoutePlanner::HasRoomFor(const KeyRoute& route,
                         uint64_t bps,
                         const std::set<NetworkRisk>* shared,
                         const DemandTable& demand) const
{
    const std::vector<KmHop> hops = HopsOf(route.kms);
    return std::all_of(hops.begin(), hops.end(), [&](const KmHop& hop) {
        return shared ? GetCapacity(hop) >= demand.GetUsedWithShared(hop, *shared, bps)
                      : HasRoom(hop, bps, route.role, demand);
    });
}

RouteFilter
RoutePlanner::MakeRoomFilter(const RouteNeeds& needs,
                             RouteRole role,
                             const DemandTable& demand) const
{
    RouteFilter filter = MakeFilter(needs);
    const auto accepts = filter.accepts;
    const uint64_t bps = needs.demandBps;
    filter.accepts = [this, accepts, bps, role, &demand](const KmHop& hop) {
        return accepts(hop) && HasRoom(hop, bps, role, demand);
    };
    return filter;
}

std::vector<KmId>
RoutePlanner::FindBest(const RouteNeeds& needs, RouteRole role, RouteFilter filter)
{
    const RoomFunction room = [&](const KmHop& hop) {
        return HasRoom(hop, needs.demandBps, role, m_demand);
    };
    return FindBest(needs, room, filter);
}

std::vector<KmId>
RoutePlanner::FindBest(const RouteNeeds& needs, const RoomFunction& room, const RouteFilter& filter)
{
    const RouteGraph& graph = GetGraph();
    const auto accepts = filter.accepts;
    RouteFilter roomy = filter;
    roomy.accepts = [&](const KmHop& hop) { return accepts(hop) && room(hop); };
    auto found = graph.FindRoute(needs.from, needs.to, roomy);
    if (!found && !IsStrict())
    {
        found = graph.FindRoute(needs.from, needs.to, filter);
    }
    return found ? found->kms : std::vector<KmId>();
}

} // namespace qkdn
} // namespace ns3
