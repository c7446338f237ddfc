/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-exposure.h"

#include "qkdn-ksa-book.h"

#include "ns3/abort.h"

#include <algorithm>
#include <limits>
#include <set>

namespace ns3
{
namespace qkdn
{

namespace
{

using BitInterval = boost::icl::interval<uint32_t>;

BitInterval::type
IntervalOf(const KeyRange& range)
{
    return BitInterval::right_open(range.firstBit, range.EndBit());
}

} // namespace

void
KeyExposure::AddSession(SessionId session, uint32_t shareThreshold)
{
    NS_ABORT_MSG_IF(shareThreshold == 0, "no share makes the keys of session " << session);
    m_thresholds[session] = shareThreshold;
}

uint32_t
KeyExposure::GetThreshold(SessionId session) const
{
    const auto found = m_thresholds.find(session);
    return found == m_thresholds.end() ? 1 : found->second;
}

bool
KeyExposure::IsCompromised(KmId km) const
{
    const auto found = m_compromises.find(km);
    return found != m_compromises.end() && found->second.all > 0;
}

bool
KeyExposure::IsWiretapped(KmId km) const
{
    const auto found = m_compromises.find(km);
    return found != m_compromises.end() && found->second.wiretap > 0;
}

void
KeyExposure::AddTo(BitSet& set, const std::vector<KeyRange>& ranges)
{
    for (const KeyRange& range : ranges)
    {
        set[range.key].insert(IntervalOf(range));
    }
}

bool
KeyExposure::Intersects(const BitSet& set, const std::vector<KeyRange>& ranges)
{
    return std::any_of(ranges.begin(), ranges.end(), [&set](const KeyRange& range) {
        const auto found = set.find(range.key);
        return found != set.end() && boost::icl::intersects(found->second, IntervalOf(range));
    });
}

std::vector<KeyRange>
KeyExposure::CutPad(const std::vector<KeyRange>& pad,
                    std::pair<std::size_t, uint32_t>& at,
                    uint32_t bits)
{
    std::vector<KeyRange> cut;
    for (uint32_t left = bits; left > 0 && at.first < pad.size();)
    {
        const KeyRange& range = pad[at.first];
        const uint32_t taken = std::min(left, range.bits - at.second);
        cut.push_back(KeyRange{range.key, range.firstBit + at.second, taken});
        left -= taken;
        at.second += taken;
        if (at.second == range.bits)
        {
            at = {at.first + 1, 0};
        }
    }
    return cut;
}

void
KeyExposure::Learn(KsaKeyId id, Key& key, uint8_t share) const
{
    if (share > 0 && std::find(key.shares.begin(), key.shares.end(), share) == key.shares.end())
    {
        key.shares.push_back(share);
    }
    key.exposed = key.exposed || share == 0 || key.shares.size() >= GetThreshold(id.session);
}

void
KeyExposure::ReadHop(const Hop& hop, const BitSet& known)
{
    std::pair<std::size_t, uint32_t> at{0, 0};
    for (const KxRelayedKey& relayed : hop.keys)
    {
        const std::vector<KeyRange> pad = CutPad(hop.pad, at, relayed.bits);
        const auto key = m_keys.find(relayed.key);
        if (key != m_keys.end() && Intersects(known, pad))
        {
            Learn(key->first, key->second, relayed.share);
        }
    }
}

void
KeyExposure::NotifyKeyEvent(const KsaKeyEvent& event)
{
    if (event.kind == KSA_EVENT_CREATED)
    {
        m_keys[event.key].bits = event.material.GetBits();
    }
    const auto found = m_keys.find(event.key);
    if (found == m_keys.end())
    {
        return;
    }
    Key& key = found->second;
    End& end = key.ends[event.master ? SESSION_MASTER : SESSION_SLAVE];
    switch (event.kind)
    {
    case KSA_EVENT_CREATED:
    case KSA_EVENT_HELD:
        end.km = event.holder;
        end.holds = true;
        if (IsCompromised(event.holder) || Intersects(m_known, event.ranges))
        {
            Learn(event.key, key, 0);
        }
        break;
    case KSA_EVENT_CONFIRMED:
    case KSA_EVENT_GIVEN_OUT:
        break;
    case KSA_EVENT_GIVEN_UP:
        end.holds = false;
        break;
    case KSA_EVENT_HANDED_OVER:
        end.holds = false;
        end.hasApp = true;
        end.done = true;
        break;
    case KSA_EVENT_VOIDED:
    case KSA_EVENT_EXPIRED:
    case KSA_EVENT_DESTROYED:
        end.holds = false;
        end.dropped = true;
        end.done = true;
        break;
    }
    ForgetIfOver(found);
}

void
KeyExposure::NotifySighting(const KeySighting& sighting)
{
    const bool read = sighting.clear ? IsCompromised(sighting.km) : IsWiretapped(sighting.km);
    const bool atEnd = !sighting.next.IsValid();
    for (const KxRelayedKey& relayed : sighting.keys)
    {
        const auto found = m_keys.find(relayed.key);
        if (found == m_keys.end())
        {
            continue;
        }
        Key& key = found->second;
        key.underWay += atEnd ? 0 : 1;
        if (sighting.clear)
        {
            key.seen.push_back(Seen{sighting.km, relayed.share, atEnd});
        }
        if (read)
        {
            Learn(relayed.key, key, relayed.share);
        }
    }
    if (!atEnd)
    {
        const Hop hop{sighting.keys, sighting.pad};
        if (IsWiretapped(sighting.next))
        {
            // the pool there still has the pad
            BitSet pad;
            AddTo(pad, sighting.pad);
            ReadHop(hop, pad);
        }
        ReadHop(hop, m_knownPads);
        m_hops[{sighting.next, sighting.route}][sighting.number] = hop;
    }
    Arrive({sighting.km, sighting.route}, sighting.number);
}

void
KeyExposure::Arrive(const HopKey& at, uint64_t number)
{
    const auto hops = m_hops.find(at);
    if (hops == m_hops.end())
    {
        return;
    }
    // messages of a hop keep their order: what was sent before has come too, or never will
    auto& byNumber = hops->second;
    const auto end = byNumber.upper_bound(number);
    for (auto hop = byNumber.begin(); hop != end; hop = byNumber.erase(hop))
    {
        for (const KxRelayedKey& relayed : hop->second.keys)
        {
            const auto key = m_keys.find(relayed.key);
            if (key != m_keys.end() && key->second.underWay > 0)
            {
                --key->second.underWay;
                ForgetIfOver(key);
            }
        }
    }
    if (byNumber.empty())
    {
        m_hops.erase(hops);
    }
}

void
KeyExposure::NotifyRouteRemoved(KmId km, RouteId route)
{
    Arrive({km, route}, std::numeric_limits<uint64_t>::max());
}

void
KeyExposure::BeginCompromise(KmId km, bool wiretap, const std::vector<KeyRange>& pools)
{
    Compromises& now = m_compromises[km];
    ++now.all;
    now.wiretap += wiretap ? 1 : 0;
    for (auto& [id, key] : m_keys)
    {
        for (const End& end : key.ends)
        {
            if (end.holds && end.km == km)
            {
                Learn(id, key, 0);
            }
        }
        if (key.ends[SESSION_SLAVE].done)
        {
            continue;
        }
        for (const Seen& seen : key.seen)
        {
            if (seen.km == km && seen.atEnd)
            {
                Learn(id, key, seen.share);
            }
        }
    }
    if (!wiretap)
    {
        return;
    }
    BitSet here;
    AddTo(here, pools);
    for (const auto& [at, byNumber] : m_hops)
    {
        for (const auto& hop : byNumber)
        {
            ReadHop(hop.second, here);
        }
    }
}

void
KeyExposure::EndCompromise(KmId km, bool wiretap, const std::vector<KeyRange>& pools)
{
    Compromises& now = m_compromises[km];
    NS_ABORT_MSG_IF(now.all == 0, "KM " << km << " is not compromised");
    --now.all;
    now.wiretap -= wiretap ? 1 : 0;
    AddTo(m_known, pools);
    if (wiretap)
    {
        AddTo(m_knownPads, pools);
    }
}

std::vector<KmId>
KeyExposure::GetRelays(KsaKeyId id, const Key& key) const
{
    std::map<KmId, std::set<uint8_t>> shares;
    for (const Seen& seen : key.seen)
    {
        if (seen.km != key.ends[SESSION_MASTER].km && seen.km != key.ends[SESSION_SLAVE].km &&
            !seen.atEnd)
        {
            shares[seen.km].insert(seen.share);
        }
    }
    std::vector<KmId> relays;
    for (const auto& [km, its] : shares)
    {
        if (its.count(0) > 0 || its.size() >= GetThreshold(id.session))
        {
            relays.push_back(km);
        }
    }
    return relays;
}

void
KeyExposure::Count(KsaKeyId id, const Key& key, ExposureFigures& figures) const
{
    const auto& [master, slave] = key.ends;
    if (master.hasApp || slave.hasApp)
    {
        ++figures.suppliedKeys;
        figures.exposedKeys += key.exposed ? 1 : 0;
        figures.exposedBits += key.exposed ? key.bits : 0;
        ++figures.byRelays[GetRelays(id, key)];
    }
    else if (key.exposed && !master.dropped && !slave.dropped)
    {
        ++figures.exposedStoredKeys;
    }
}

void
KeyExposure::ForgetIfOver(Keys::iterator at)
{
    const auto& [master, slave] = at->second.ends;
    // what was dropped before the slave's KM had it does not come to an application any more
    const bool stillborn = master.dropped && !slave.km.IsValid();
    if (stillborn || (master.done && slave.done && at->second.underWay == 0))
    {
        Count(at->first, at->second, m_closed[at->first.session]);
        m_keys.erase(at);
    }
}

ExposureFigures
KeyExposure::GetSession(SessionId session) const
{
    const auto closed = m_closed.find(session);
    ExposureFigures figures = closed == m_closed.end() ? ExposureFigures() : closed->second;
    KsaKeyId first;
    first.session = session;
    for (auto key = m_keys.lower_bound(first); key != m_keys.end() && key->first.session == session;
         ++key)
    {
        Count(key->first, key->second, figures);
    }
    return figures;
}

std::size_t
KeyExposure::GetOpenKeys() const
{
    return m_keys.size();
}

std::size_t
KeyExposure::GetKeysUnderWay() const
{
    std::set<KsaKeyId> keys;
    for (const auto& [at, byNumber] : m_hops)
    {
        for (const auto& [number, hop] : byNumber)
        {
            for (const KxRelayedKey& relayed : hop.keys)
            {
                if (m_keys.count(relayed.key) > 0)
                {
                    keys.insert(relayed.key);
                }
            }
        }
    }
    return keys.size();
}

} // namespace qkdn
} // namespace ns3
