/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-flow-network.h"

#include "ns3/abort.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <tuple>
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

/// A rate that is short by no more than this has been rounded.
constexpr FlowRate FLOW_ROUNDING = 1000;

/// A pool that was too low limits flows until it holds what is missing in this time. With none,
/// pools that take turns in limiting the sessions that they share would make an event of each bit.
constexpr int64_t FLOW_RELEASE_S = 60;

/// Crossings later than this are none: 200 years, in ns.
constexpr Int128 FLOW_HORIZON_NS = Int128{200} * 31536000 * 1000000000;

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

/**
 * @brief What all of the largest amounts reach.
 * @param amounts the amounts
 * @param count how many of them; 0 is taken for 1
 * @return the smallest of the largest ones, 0 if there are not so many
 */
template <typename T>
T
ReachedBy(std::vector<T> amounts, uint32_t count)
{
    const std::size_t needed = std::max<uint32_t>(count, 1);
    std::sort(amounts.begin(), amounts.end(), std::greater<>());
    return amounts.size() < needed ? 0 : amounts[needed - 1];
}

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

// ---- rates

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

// ---- bits

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
