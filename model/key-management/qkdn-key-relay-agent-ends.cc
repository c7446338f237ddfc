/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The part of KeyRelayAgent that ends relays: final, void, wasted or refused.

#include "qkdn-key-relay-agent.h"

#include "ns3/simulator.h"

#include <algorithm>
#include <iterator>
#include <limits>

namespace ns3
{
namespace qkdn
{

void
KeyRelayAgent::Waste(const Part& part, IncidentId incident)
{
    for (const Pad& pad : part.pads)
    {
        const Ptr<KmaPool> pool = m_neighbours->at(pad.neighbour).pool;
        pool->Rebook(pad.ranges, part.use, KEY_WASTED, incident);
        pool->Settle(pad.ranges);
    }
    if (part.countedBits > 0)
    {
        m_meter->Remove(part.session, ChargedUseOf(part.role), part.countedBits);
    }
}

void
KeyRelayAgent::Count(const KeyRoute& route, Part& part)
{
    const KmId next = m_routes->GetNext(route);
    if (!m_meter || part.countedBits > 0 || !next.IsValid() || part.pads.back().neighbour != next)
    {
        return;
    }
    part.session = route.session;
    part.role = route.role;
    part.countedBits = CountBits(part.pads.back().ranges);
    m_meter->Add(part.session, ChargedUseOf(part.role), part.countedBits);
}

void
KeyRelayAgent::Settle(const Part& part)
{
    for (const Pad& pad : part.pads)
    {
        m_neighbours->at(pad.neighbour).pool->Settle(pad.ranges);
    }
}

void
KeyRelayAgent::SettleBefore(RouteId route, uint64_t oldestOpen)
{
    auto part = m_parts.lower_bound(PartKey{route, 0});
    while (part != m_parts.end() && part->first < PartKey{route, oldestOpen})
    {
        if (!part->second.complete)
        {
            // its answer is still on its way back from the end
            ++part;
            continue;
        }
        Settle(part->second);
        part = m_parts.erase(part);
    }
}

std::vector<KsaKeyId>
KeyRelayAgent::ReleaseRoute(RouteId route)
{
    LeaveRoute(route);
    return m_voids.Take(route);
}

std::vector<KsaKeyId>
KeyRelayAgent::TakeUninstalledVoids(SessionId session)
{
    return m_voids.TakeUninstalled(session);
}

void
KeyRelayAgent::LeaveRoute(RouteId route)
{
    m_waiting.erase(m_waiting.lower_bound(PartKey{route, 0}),
                    m_waiting.upper_bound(PartKey{route, std::numeric_limits<uint64_t>::max()}));
    m_destination.ForgetRoute(route);
    m_refused.erase(route);
    auto part = m_parts.lower_bound(PartKey{route, 0});
    while (part != m_parts.end() && part->first.first == route)
    {
        if (part->second.complete)
        {
            Settle(part->second);
        }
        else
        {
            Waste(part->second, IncidentId());
        }
        part = m_parts.erase(part);
    }
}

void
KeyRelayAgent::VoidKeys(const KeyRoute& route, const std::vector<KsaKeyId>& keys)
{
    m_voids.AddKeys(route, keys);
}

void
KeyRelayAgent::RepeatVoids()
{
    m_voids.Repeat();
}

std::vector<KsaKeyId>
KeyRelayAgent::KeysOf(const Part& part)
{
    std::vector<KsaKeyId> keys;
    keys.reserve(part.keys.size());
    for (const KeyToRelay& key : part.keys)
    {
        // a key outlives a relay of one of its shares
        if (key.share == 0)
        {
            keys.push_back(key.id);
        }
    }
    return keys;
}

void
KeyRelayAgent::VoidParts(const KxRelayVoid& message, IncidentId incident)
{
    std::vector<KsaKeyId> keys = message.keys;
    for (const uint64_t number : message.numbers)
    {
        StopWaiting(PartKey{message.route, number});
        const auto found = m_parts.find(PartKey{message.route, number});
        if (found == m_parts.end())
        {
            continue;
        }
        Waste(found->second, incident);
        const std::vector<KsaKeyId> relayed = KeysOf(found->second);
        keys.insert(keys.end(), relayed.begin(), relayed.end());
        m_parts.erase(found);
    }
    if (!keys.empty())
    {
        m_user->VoidRelayed(keys, incident);
    }
}

bool
KeyRelayAgent::HandleVoid(KmId peer, uint16_t type, Ptr<Packet> packet, IncidentId incident)
{
    const auto message = KxRelayVoid::FromPacket(packet);
    const KeyRoute* route = message ? m_routes->Find(message->route) : nullptr;
    if (!route)
    {
        return false;
    }
    const KmId previous = m_routes->GetPrevious(*route);
    const KmId next = m_routes->GetNext(*route);
    if (peer != (type == KX_RELAY_VOID ? previous : next))
    {
        return false;
    }
    if (type == KX_RELAY_VOID)
    {
        VoidParts(*message, incident);
        const bool isEnd = !next.IsValid();
        m_channel->SendKx(isEnd ? previous : next,
                          isEnd ? KX_RELAY_VOIDED : KX_RELAY_VOID,
                          message->ToPacket(),
                          incident);
        return true;
    }
    if (previous.IsValid())
    {
        m_channel->SendKx(previous, KX_RELAY_VOIDED, message->ToPacket(), incident);
        return true;
    }
    m_voids.Acknowledge(*message);
    return true;
}

void
KeyRelayAgent::ReviewRefused(KmId neighbour)
{
    const bool isRefused =
        std::any_of(m_refused.begin(), m_refused.end(), [this, neighbour](const auto& refused) {
            const KeyRoute* route = m_routes->Find(refused.first);
            return route && m_routes->GetNext(*route) == neighbour;
        });
    if (isRefused && m_review.IsExpired())
    {
        // keys come several at a time
        m_review = Simulator::ScheduleNow(&KeyRelayAgent::TellPossible, this);
    }
}

void
KeyRelayAgent::TellPossible()
{
    using Refused = std::pair<RouteId, uint64_t>;
    std::map<KmId, std::vector<Refused>> byNext;
    for (auto refused = m_refused.begin(); refused != m_refused.end();)
    {
        const KeyRoute* route = m_routes->Find(refused->first);
        if (route)
        {
            byNext[m_routes->GetNext(*route)].push_back(*refused);
        }
        refused = route ? std::next(refused) : m_refused.erase(refused);
    }
    for (auto& [next, inTurn] : byNext)
    {
        RouteId& last = m_lastPossible[next];
        const auto isLater = [last](const Refused& one) { return last < one.first; };
        const auto begin = std::find_if(inTurn.begin(), inTurn.end(), isLater);
        std::rotate(inTurn.begin(), begin, inTurn.end());
        uint64_t promised = 0;
        for (const Refused& one : inTurn)
        {
            const KeyRoute* route = m_routes->Find(one.first);
            if (route && CheckPad(*route, promised + one.second) == KX_FAILURE_NONE)
            {
                promised += one.second + m_exchange->GetTagBits();
                last = one.first;
                m_refused.erase(one.first);
                m_user->RelayPossible(KeyRoute(*route));
            }
        }
    }
}

} // namespace qkdn
} // namespace ns3
