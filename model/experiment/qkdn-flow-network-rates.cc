/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Which rates the flows of FlowNetwork get.

#include "qkdn-flow-arithmetic.h"
#include "qkdn-flow-network.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>
#include <utility>

namespace ns3
{
namespace qkdn
{

namespace
{

/// A pool that was too low limits flows until it holds what is missing in this time. With none,
/// pools that take turns in limiting the sessions that they share would make an event of each bit.
constexpr int64_t FLOW_RELEASE_S = 60;

/**
 * @brief A product divided, rounded up.
 * @param a factor, 0 or more
 * @param b factor, 0 or more
 * @param divisor above 0
 * @return a b / divisor
 */
int64_t
ScaleUp(int64_t a, uint64_t b, uint64_t divisor)
{
    const Int128 product = Int128{a} * b;
    return static_cast<int64_t>((product + divisor - 1) / divisor);
}

} // namespace

FlowRate
FlowNetwork::CostOf(const FlowPath& route, FlowRate rate)
{
    return rate + ScaleUp(rate, route.tagBits, route.tagKeyBits);
}

uint64_t
FlowNetwork::GetFloor(const Pool& pool, const FlowPath& route) const
{
    return std::max(pool.reserve, route.floorBits);
}

uint64_t
FlowNetwork::GetSlack(const Pool& pool)
{
    // each flow can be a bit ahead, and one for its tags
    return 2 * uint64_t{pool.flows} + 2;
}

bool
FlowNetwork::IsTight(const Pool& pool, const FlowPath& route) const
{
    return pool.level <= GetFloor(pool, route) + GetSlack(pool) + pool.release;
}

uint64_t
FlowNetwork::FindRelease(const Pool& pool, const std::vector<uint64_t>& floors)
{
    const FlowRate missing = pool.wanted - pool.in;
    const auto isLow = [&pool](uint64_t floor) {
        return pool.level <= floor + GetSlack(pool) + pool.release;
    };
    if (missing <= FLOW_ROUNDING || std::none_of(floors.begin(), floors.end(), isLow))
    {
        return 0;
    }
    const uint64_t highest = *std::max_element(floors.begin(), floors.end());
    const uint64_t most = (pool.capacity - std::min(pool.capacity, highest)) / 2;
    return std::min(most, static_cast<uint64_t>(missing / FLOW_BIT_PER_SECOND) * FLOW_RELEASE_S);
}

FlowRate
FlowNetwork::GetRoom(const Pool& pool, const FlowPath& route) const
{
    const bool below = pool.level + GetSlack(pool) < GetFloor(pool, route);
    return below ? 0 : std::max<FlowRate>(pool.in - pool.out, 0);
}

void
FlowNetwork::Fill(std::vector<Flow*>& flows)
{
    // all rates rise together; a flow stops when it has what it wants or a pool has no more
    while (!flows.empty())
    {
        std::map<uint32_t, double> load;
        std::map<uint32_t, FlowRate> room;
        auto step = static_cast<double>(std::numeric_limits<FlowRate>::max());
        for (const Flow* flow : flows)
        {
            step = std::min(step, static_cast<double>(flow->wanted - flow->rate));
            for (const uint32_t number : flow->route.pools)
            {
                const Pool& pool = m_pools[number];
                if (IsTight(pool, flow->route))
                {
                    load[number] += 1.0 + static_cast<double>(flow->route.tagBits) /
                                              static_cast<double>(flow->route.tagKeyBits);
                    const FlowRate here = GetRoom(pool, flow->route);
                    const auto known = room.emplace(number, here).first;
                    known->second = std::min(known->second, here);
                }
            }
        }
        for (const auto& [number, left] : room)
        {
            step = std::min(step, static_cast<double>(left) / load.at(number));
        }
        const auto more = static_cast<FlowRate>(std::floor(step));
        for (Flow* flow : flows)
        {
            const FlowRate cost =
                CostOf(flow->route, flow->rate + more) - CostOf(flow->route, flow->rate);
            flow->rate += more;
            for (const uint32_t number : flow->route.pools)
            {
                m_pools[number].out += cost;
            }
        }
        const auto isDone = [&](const Flow* flow) {
            return flow->rate >= flow->wanted ||
                   std::any_of(
                       flow->route.pools.begin(),
                       flow->route.pools.end(),
                       [&](uint32_t number) {
                           const auto tight = load.find(number);
                           return tight != load.end() && IsTight(m_pools[number], flow->route) &&
                                  static_cast<double>(GetRoom(m_pools[number], flow->route)) <
                                      std::max(tight->second, 2.0) + 2.0 * flows.size();
                       });
        };
        const std::size_t before = flows.size();
        flows.erase(std::remove_if(flows.begin(), flows.end(), isDone), flows.end());
        if (flows.size() == before && more == 0)
        {
            return;
        }
    }
}

FlowRate
FlowNetwork::GetShareRate(const Session& session)
{
    std::vector<FlowRate> rates;
    for (const Flow& flow : session.flows)
    {
        rates.push_back(flow.rate);
    }
    return std::min(ReachedBy(rates, session.demand.threshold), session.demand.rate);
}

bool
FlowNetwork::TrimShares(Session& session)
{
    const FlowRate keys = GetShareRate(session);
    bool trimmed = false;
    for (Flow& flow : session.flows)
    {
        trimmed = trimmed || flow.rate > keys + FLOW_ROUNDING;
        flow.wanted = std::min(flow.wanted, keys);
    }
    return trimmed;
}

bool
FlowNetwork::ShiftDemand(Session& session)
{
    if (session.demand.shares)
    {
        return TrimShares(session);
    }
    FlowRate missing = session.demand.rate;
    uint64_t weights = 0;
    for (const Flow& flow : session.flows)
    {
        missing -= flow.rate;
        weights += flow.rate >= flow.wanted && flow.wanted > 0 ? flow.route.weight : 0;
    }
    if (missing <= FLOW_ROUNDING || weights == 0)
    {
        return false;
    }
    for (Flow& flow : session.flows)
    {
        const bool isFree = flow.rate >= flow.wanted && flow.wanted > 0;
        flow.wanted =
            isFree ? flow.wanted + ScaleUp(missing, flow.route.weight, weights) : flow.rate;
    }
    return true;
}

void
FlowNetwork::AllocateGroup(const std::vector<Session*>& sessions)
{
    std::size_t passes = 1;
    for (Session* session : sessions)
    {
        uint64_t weights = 0;
        for (const Flow& flow : session->flows)
        {
            weights += flow.route.weight;
        }
        passes = std::max(passes, session->flows.size());
        const bool enough = session->flows.size() >= session->demand.threshold;
        for (Flow& flow : session->flows)
        {
            const FlowRate whole = session->demand.rate;
            flow.wanted = !session->demand.shares ? ScaleUp(whole, flow.route.weight, weights)
                          : enough                ? whole
                                                  : 0;
        }
    }
    for (std::size_t pass = 0; pass < passes; ++pass)
    {
        std::vector<Flow*> flows;
        for (Session* session : sessions)
        {
            for (Flow& flow : session->flows)
            {
                for (const uint32_t number : flow.route.pools)
                {
                    m_pools[number].out -= CostOf(flow.route, flow.rate);
                }
                flow.rate = 0;
                if (flow.wanted > 0)
                {
                    flows.push_back(&flow);
                }
            }
        }
        Fill(flows);
        bool again = false;
        for (Session* session : sessions)
        {
            again = ShiftDemand(*session) || again;
        }
        if (!again)
        {
            break;
        }
    }
}

void
FlowNetwork::Allocate()
{
    for (Pool& pool : m_pools)
    {
        pool.in = 0;
        pool.out = 0;
        pool.flows = 0;
    }
    for (const Link& link : m_links)
    {
        m_pools[link.pool].in += link.hold ? 0 : link.source.GetRate();
    }
    // extra traffic last, what leaves more after what leaves less, then by priority
    std::map<std::tuple<bool, uint64_t, int64_t>, std::vector<Session*>> groups;
    for (Session& session : m_sessions)
    {
        uint64_t floor = 0;
        for (Flow& flow : session.flows)
        {
            flow.rate = 0;
            floor = std::max(floor, flow.route.floorBits);
            for (const uint32_t number : flow.route.pools)
            {
                ++m_pools[number].flows;
            }
        }
        groups[{session.demand.extra, floor, -int64_t{session.demand.priority}}].push_back(
            &session);
    }
    for (const auto& group : groups)
    {
        AllocateGroup(group.second);
    }
    CountRates();
}

void
FlowNetwork::CountRates()
{
    for (std::size_t i = 0; i < m_pools.size(); ++i)
    {
        m_pools[i].out = 0;
        m_pools[i].wanted = 0;
        m_floors[i].clear();
    }
    for (Session& session : m_sessions)
    {
        FlowRate together = 0;
        uint64_t weights = 0;
        for (const Flow& flow : session.flows)
        {
            together += flow.rate;
            weights += flow.route.weight;
        }
        together = session.demand.shares ? GetShareRate(session) : together;
        session.rate = std::min(together, session.demand.rate);
        for (Flow& flow : session.flows)
        {
            // a share more than there are keys is worth nothing
            flow.rate = session.demand.shares ? std::min(flow.rate, session.rate) : flow.rate;
            const FlowRate wanted = session.demand.shares
                                        ? session.demand.rate
                                        : ScaleUp(session.demand.rate, flow.route.weight, weights);
            for (const uint32_t number : flow.route.pools)
            {
                m_pools[number].out += CostOf(flow.route, flow.rate);
                m_pools[number].wanted += CostOf(flow.route, wanted);
                m_floors[number].push_back(GetFloor(m_pools[number], flow.route));
            }
        }
    }
    for (std::size_t i = 0; i < m_pools.size(); ++i)
    {
        m_pools[i].release = FindRelease(m_pools[i], m_floors[i]);
    }
}

} // namespace qkdn
} // namespace ns3
