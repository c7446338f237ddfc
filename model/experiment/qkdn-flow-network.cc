/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-flow-network.h"

#include "qkdn-flow-arithmetic.h"

#include "ns3/abort.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace ns3
{
namespace qkdn
{

namespace
{

/// What a FlowRate carries in a nanosecond is counted in this part of a bit.
constexpr Int128 FLOW_PARTS = Int128{1000000000} * 1000000000;

/// Parts of bits that a flow may fall behind by rounding, bit.
constexpr int64_t FLOW_ARREARS_BIT = 64;

/// Crossings later than this are none: 200 years, in ns.
constexpr Int128 FLOW_HORIZON_NS = Int128{200} * 31536000 * 1000000000;

} // namespace

bool
FlowPath::operator==(const FlowPath& other) const
{
    return pools == other.pools && use == other.use && floorBits == other.floorBits &&
           weight == other.weight && tagBits == other.tagBits && tagKeyBits == other.tagKeyBits;
}

bool
FlowDemand::operator==(const FlowDemand& other) const
{
    return rate == other.rate && priority == other.priority && extra == other.extra &&
           shares == other.shares && threshold == other.threshold;
}

FlowRate
FlowSource::GetRate() const
{
    if (!block.IsStrictlyPositive())
    {
        return 0;
    }
    return static_cast<FlowRate>(Int128{bits} * FLOW_BIT_PER_SECOND * 1000000000 /
                                 block.GetNanoSeconds());
}

uint32_t
FlowNetwork::AddPool(uint64_t capacityBits, uint64_t reserveBits)
{
    Pool pool;
    pool.capacity = capacityBits;
    pool.reserve = reserveBits;
    m_pools.push_back(pool);
    m_floors.emplace_back();
    return static_cast<uint32_t>(m_pools.size() - 1);
}

uint32_t
FlowNetwork::AddLink(uint32_t pool, uint64_t initialBits)
{
    const auto number = static_cast<uint32_t>(m_links.size());
    m_links.emplace_back();
    m_links.back().pool = pool;
    m_links.back().book.AddInitial(initialBits);
    m_pools.at(pool).links.push_back(number);
    m_pools.at(pool).level += initialBits;
    NS_ABORT_MSG_IF(m_pools.at(pool).level > m_pools.at(pool).capacity,
                    "the initial keys exceed the capacity of a pool");
    return number;
}

uint32_t
FlowNetwork::AddSession()
{
    m_sessions.emplace_back();
    return static_cast<uint32_t>(m_sessions.size() - 1);
}

void
FlowNetwork::SetSource(uint32_t link, const FlowSource& source)
{
    m_links.at(link).source = source;
    m_links.at(link).since = m_now;
    m_links.at(link).brought = 0;
}

void
FlowNetwork::SetDemand(uint32_t session,
                       const FlowDemand& demand,
                       const std::vector<FlowPath>& routes)
{
    Session& mine = m_sessions.at(session);
    mine.demand = demand;
    std::vector<Flow> flows(routes.size());
    for (std::size_t i = 0; i < routes.size(); ++i)
    {
        flows[i].route = routes[i];
        if (i < mine.flows.size() && mine.flows[i].route.pools == routes[i].pools)
        {
            flows[i].part = mine.flows[i].part;
            flows[i].tagPart =
                mine.flows[i].tagPart * routes[i].tagKeyBits / mine.flows[i].route.tagKeyBits;
        }
    }
    mine.flows = std::move(flows);
}

bool
FlowNetwork::HasDemand(uint32_t session,
                       const FlowDemand& demand,
                       const std::vector<FlowPath>& routes) const
{
    const Session& mine = m_sessions.at(session);
    const auto isSame = [](const Flow& flow, const FlowPath& route) { return flow.route == route; };
    return mine.demand == demand &&
           std::equal(mine.flows.begin(), mine.flows.end(), routes.begin(), routes.end(), isSame);
}

void
FlowNetwork::SetThresholds(uint32_t pool, const std::vector<uint64_t>& bits)
{
    m_pools.at(pool).thresholds = bits;
}

void
FlowNetwork::Advance(Time now)
{
    const Time passed = now - m_now;
    NS_ABORT_MSG_IF(passed.IsStrictlyNegative(), "key cannot flow back in time");
    if (passed.IsZero())
    {
        return;
    }
    for (std::size_t i = 0; i < m_links.size(); ++i)
    {
        Link& link = m_links[i];
        if (link.source.block.IsStrictlyPositive())
        {
            const Int128 product = Int128{link.source.bits} * (now - link.since).GetNanoSeconds();
            const auto total = static_cast<uint64_t>(product / link.source.block.GetNanoSeconds());
            const uint64_t bits = total - link.brought;
            link.brought = total;
            if (link.hold)
            {
                link.waiting = std::min(link.waiting + bits, *link.hold);
                continue;
            }
            // what the pool cannot hold may still pass through it
            link.passing = bits - Bring(static_cast<uint32_t>(i), bits);
            m_pools[link.pool].passing += link.passing;
        }
    }
    m_now = now;
    FlowOut(passed);
    for (std::size_t i = 0; i < m_links.size(); ++i)
    {
        // what sessions have taken from a full pool makes room
        Bring(static_cast<uint32_t>(i), m_links[i].passing);
        m_links[i].passing = 0;
        m_pools[m_links[i].pool].passing = 0;
    }
}

bool
FlowNetwork::Hold(uint32_t link, std::optional<uint64_t> mostBits)
{
    Link& mine = m_links.at(link);
    if (mine.hold == mostBits)
    {
        return false;
    }
    mine.hold = mostBits;
    if (!mostBits)
    {
        Bring(link, mine.waiting);
        mine.waiting = 0;
    }
    return true;
}

uint64_t
FlowNetwork::Bring(uint32_t link, uint64_t bits)
{
    Pool& pool = m_pools[m_links.at(link).pool];
    const uint64_t taken = std::min(bits, pool.capacity - pool.level);
    pool.level += taken;
    m_links[link].book.AddGenerated(taken, KEY_STORED);
    return taken;
}

void
FlowNetwork::FlowOut(Time passed)
{
    for (Session& session : m_sessions)
    {
        std::vector<uint64_t> carried;
        uint64_t together = 0;
        for (Flow& flow : session.flows)
        {
            flow.part += Int128{flow.rate} * passed.GetNanoSeconds();
            const auto whole = static_cast<uint64_t>(flow.part / FLOW_PARTS);
            const uint64_t bits = Carry(flow, whole);
            flow.part -= FLOW_PARTS * bits;
            flow.part = std::min(flow.part, FLOW_PARTS * FLOW_ARREARS_BIT);
            session.spent += bits * flow.route.pools.size();
            carried.push_back(bits);
            together += bits;
        }
        session.supplied +=
            session.demand.shares ? ReachedBy(carried, session.demand.threshold) : together;
    }
}

uint64_t
FlowNetwork::Carry(Flow& flow, uint64_t bits)
{
    const FlowPath& route = flow.route;
    uint64_t level = std::numeric_limits<uint64_t>::max();
    for (const uint32_t number : route.pools)
    {
        level = std::min(level, m_pools[number].level + m_pools[number].passing);
    }
    const auto tagsOf = [&](uint64_t key) {
        return static_cast<uint64_t>((Int128{key} * route.tagBits + flow.tagPart) /
                                     route.tagKeyBits);
    };
    uint64_t key = route.pools.empty() ? 0 : bits;
    if (key + tagsOf(key) > level)
    {
        key = std::min<uint64_t>(key,
                                 static_cast<uint64_t>(Int128{level} * route.tagKeyBits /
                                                       (route.tagKeyBits + route.tagBits)));
        while (key > 0 && key + tagsOf(key) > level)
        {
            --key;
        }
    }
    const uint64_t tags = key > 0 ? tagsOf(key) : 0;
    if (key > 0)
    {
        flow.tagPart =
            static_cast<uint64_t>((Int128{key} * route.tagBits + flow.tagPart) % route.tagKeyBits);
    }
    for (const uint32_t number : route.pools)
    {
        TakeFrom(m_pools[number], route.use, key);
        TakeFrom(m_pools[number], KEY_AUTHENTICATION, tags);
    }
    flow.carried += key;
    return key;
}

void
FlowNetwork::TakeFrom(Pool& pool, KeyUse use, uint64_t bits)
{
    for (const uint32_t number : pool.links)
    {
        Link& link = m_links[number];
        const uint64_t more = std::min(link.passing, bits - std::min(bits, pool.level));
        link.passing -= more;
        pool.passing -= more;
        pool.level += more;
        link.book.AddGenerated(more, KEY_STORED);
    }
    pool.level -= bits;
    while (bits > 0)
    {
        // of several links that fill the pool the one with most key gives first
        const auto stored = [this](uint32_t link) { return m_links[link].book.Get(KEY_STORED); };
        const uint32_t from =
            *std::max_element(pool.links.begin(),
                              pool.links.end(),
                              [&stored](uint32_t a, uint32_t b) { return stored(a) < stored(b); });
        const uint64_t part = std::min(bits, stored(from));
        m_links[from].book.Move(KEY_STORED, use, part);
        bits -= part;
    }
}

uint64_t
FlowNetwork::Catch(uint32_t session, uint64_t bits)
{
    Session& mine = m_sessions.at(session);
    std::vector<std::pair<uint64_t, Flow*>> able;
    for (Flow& flow : mine.flows)
    {
        uint64_t free = flow.route.pools.empty() ? 0 : std::numeric_limits<uint64_t>::max();
        for (const uint32_t number : flow.route.pools)
        {
            const Pool& pool = m_pools[number];
            const uint64_t floor = GetFloor(pool, flow.route);
            free = std::min(free, pool.level - std::min(pool.level, floor));
        }
        const auto key = static_cast<uint64_t>(Int128{free} * flow.route.tagKeyBits /
                                               (flow.route.tagKeyBits + flow.route.tagBits));
        able.emplace_back(std::min(key, bits), &flow);
    }
    std::stable_sort(able.begin(), able.end(), [](const auto& a, const auto& b) {
        return a.first > b.first;
    });
    const std::size_t needed =
        mine.demand.shares ? std::max<uint32_t>(mine.demand.threshold, 1) : 1;
    if (able.size() < needed)
    {
        return 0;
    }
    const uint64_t caught = able[needed - 1].first;
    able.resize(mine.demand.shares ? able.size() : 1);
    for (const auto& [key, flow] : able)
    {
        mine.spent += Carry(*flow, std::min(key, caught)) * flow->route.pools.size();
    }
    mine.supplied += caught;
    return caught;
}

void
FlowNetwork::Destroy(uint32_t pool)
{
    for (const uint32_t link : m_pools.at(pool).links)
    {
        KeyLedger& book = m_links[link].book;
        book.Move(KEY_STORED, KEY_DESTROYED, book.Get(KEY_STORED));
    }
    m_pools[pool].level = 0;
}

// ---- what happens next

std::optional<uint64_t>
FlowNetwork::FindNext(const Pool& pool, FlowRate net, const std::vector<uint64_t>& floors)
{
    std::optional<uint64_t> next;
    const auto consider = [&](uint64_t level) {
        const bool ahead = net > 0 ? level > pool.level : level < pool.level;
        if (ahead && (!next || (net > 0 ? level < *next : level > *next)))
        {
            next = level;
        }
    };
    consider(0);
    // A full pool that flows have taken a few bits from, and that its sources fill up at once,
    // would make an event of each bit: with many pools one always comes upon another.
    if (pool.level + GetSlack(pool) < pool.capacity)
    {
        consider(pool.capacity);
    }
    for (const uint64_t level : pool.thresholds)
    {
        consider(level);
    }
    for (const uint64_t floor : floors)
    {
        consider(floor);
        if (pool.release > 0)
        {
            consider(floor + GetSlack(pool) + pool.release + 1);
        }
    }
    return next;
}

std::optional<Time>
FlowNetwork::NextCrossing() const
{
    std::optional<Time> first;
    for (std::size_t i = 0; i < m_pools.size(); ++i)
    {
        const Pool& pool = m_pools[i];
        const FlowRate net = GetNetRate(static_cast<uint32_t>(i));
        const auto level = net == 0 ? std::nullopt : FindNext(pool, net, m_floors[i]);
        if (!level)
        {
            continue;
        }
        const Int128 bits = *level > pool.level ? *level - pool.level : pool.level - *level;
        const Int128 rate = net > 0 ? net : -net;
        const Int128 ns = (bits * FLOW_PARTS + rate - 1) / rate;
        if (ns <= FLOW_HORIZON_NS)
        {
            const Time at = m_now + NanoSeconds(static_cast<int64_t>(ns));
            first = first ? std::min(*first, at) : at;
        }
    }
    return first;
}

uint64_t
FlowNetwork::GetLevel(uint32_t pool) const
{
    return m_pools.at(pool).level;
}

FlowRate
FlowNetwork::GetNetRate(uint32_t pool) const
{
    const Pool& mine = m_pools.at(pool);
    const FlowRate net = mine.in - mine.out;
    return mine.level >= mine.capacity && net > 0 ? 0 : net;
}

FlowRate
FlowNetwork::GetMissingRate(uint32_t pool) const
{
    return m_pools.at(pool).wanted - m_pools.at(pool).in;
}

FlowRate
FlowNetwork::GetRate(uint32_t session) const
{
    return m_sessions.at(session).rate;
}

bool
FlowNetwork::IsMet(uint32_t session) const
{
    const Session& mine = m_sessions.at(session);
    return mine.rate + FLOW_ROUNDING >= mine.demand.rate;
}

uint64_t
FlowNetwork::GetSupplied(uint32_t session) const
{
    return m_sessions.at(session).supplied;
}

uint64_t
FlowNetwork::GetCarried(uint32_t session, std::size_t route) const
{
    return m_sessions.at(session).flows.at(route).carried;
}

FlowRate
FlowNetwork::GetRouteRate(uint32_t session, std::size_t route) const
{
    return m_sessions.at(session).flows.at(route).rate;
}

uint64_t
FlowNetwork::GetSpent(uint32_t session) const
{
    return m_sessions.at(session).spent;
}

const KeyLedger&
FlowNetwork::GetBook(uint32_t link) const
{
    return m_links.at(link).book;
}

} // namespace qkdn
} // namespace ns3
