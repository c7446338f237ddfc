/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-relay-agent.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnKeyRelayAgent");
NS_OBJECT_ENSURE_REGISTERED(KeyRelayAgent);

namespace
{

/// Share requests ask for this many times what is missing now, so that they are rare.
constexpr uint64_t SHARE_REQUEST_FACTOR = 16;

} // namespace

TypeId
KeyRelayAgent::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::KeyRelayAgent")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<KeyRelayAgent>()
            .AddAttribute(
                "VoidInterval",
                "Time after which the source of a route repeats what is void, as long "
                "as the end has not answered.",
                TimeValue(Seconds(1)),
                MakeTimeAccessor(&KeyRelayAgent::SetVoidInterval, &KeyRelayAgent::GetVoidInterval),
                MakeTimeChecker(MilliSeconds(1)))
            .AddTraceSource(
                "KeySighting",
                "Keys, or shares of keys, are in clear at this KM while it relays them.",
                MakeTraceSourceAccessor(&KeyRelayAgent::m_sightingTrace),
                "ns3::qkdn::KeyRelayAgent::SightingCallback");
    return tid;
}

void
KeyRelayAgent::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_voids.Clear();
    m_parts.clear();
    m_channel = nullptr;
    m_routes = nullptr;
    m_neighbours = nullptr;
    m_exchange = nullptr;
    m_gate = nullptr;
    m_user = nullptr;
    Object::DoDispose();
}

void
KeyRelayAgent::Configure(KmId self,
                         KxChannel* channel,
                         const RouteTable* routes,
                         const KmNeighbours* neighbours,
                         Ptr<KxExchange> exchange,
                         const ExtraTrafficGate* gate,
                         KeyRelayUser* user)
{
    m_self = self;
    m_channel = channel;
    m_routes = routes;
    m_neighbours = neighbours;
    m_exchange = exchange;
    m_gate = gate;
    m_user = user;
    m_voids.Configure(channel, routes);
}

void
KeyRelayAgent::SetVoidInterval(Time interval)
{
    m_voids.SetInterval(interval);
}

Time
KeyRelayAgent::GetVoidInterval() const
{
    return m_voids.GetInterval();
}

KxFailure
KeyRelayAgent::Check(const KeyRoute& route, uint64_t bits) const
{
    const KmId next = m_routes->GetNext(route);
    const auto neighbour = m_neighbours->find(next);
    if (neighbour == m_neighbours->end() || !neighbour->second.synchroniser->IsAgreed())
    {
        return KX_FAILURE_NEIGHBOUR;
    }
    const KmNeighbour& to = neighbour->second;
    to.pool->Advance(Simulator::Now());
    if (to.pool->GetAvailableBits(RelayUseOf(route.role)) < bits ||
        to.pool->GetAvailableBits(KEY_AUTHENTICATION) < bits + m_exchange->GetTagBits())
    {
        return KX_FAILURE_NO_KEY;
    }
    return m_gate->Check(route, m_self, next, to.pool, bits);
}

KxFailure
KeyRelayAgent::Prepare(const KeyRoute& route, uint64_t bits, uint64_t promised)
{
    const KxFailure failure = Check(route, bits + promised);
    const auto neighbour = m_neighbours->find(m_routes->GetNext(route));
    if (neighbour == m_neighbours->end())
    {
        return failure;
    }
    neighbour->second.synchroniser->NoteDemand(bits);
    if (failure == KX_FAILURE_NO_KEY)
    {
        neighbour->second.synchroniser->RequestShare(bits * SHARE_REQUEST_FACTOR);
    }
    return failure;
}

KmaKey
KeyRelayAgent::TakePad(const KeyRoute& route, uint32_t bits, IncidentId incident)
{
    const Ptr<KmaPool> pool = m_neighbours->at(m_routes->GetNext(route)).pool;
    const auto taken = pool->Take(bits, RelayUseOf(route.role), incident);
    NS_ABORT_MSG_IF(!taken, "KM " << m_self << ": a pool gave less than it had");
    return *taken;
}

KxFailure
KeyRelayAgent::Relay(const KeyRoute& route, const std::vector<KeyToRelay>& keys)
{
    NS_LOG_FUNCTION(this << route.id << keys.size());
    KxKeyRelay relay;
    uint32_t bits = 0;
    for (const KeyToRelay& key : keys)
    {
        relay.keys.push_back(KxRelayedKey{key.id, key.share, key.material.GetBits()});
        const std::vector<uint8_t> bytes = key.material.ToBytes();
        relay.cipher.insert(relay.cipher.end(), bytes.begin(), bytes.end());
        bits += key.material.GetBits();
    }
    KxFailure failure = Check(route, bits);
    if (failure != KX_FAILURE_NONE)
    {
        return failure;
    }
    const KmaKey pad = TakePad(route, bits, IncidentId());
    pad.material.XorInto(relay.cipher);
    relay.pad = pad.ranges;
    relay.oldestOpen = GetOldestOpen(route.id);
    const uint64_t number = m_exchange->NextNumber(route.id);
    Part part;
    part.use = RelayUseOf(route.role);
    part.pads.push_back(Pad{m_routes->GetNext(route), pad.ranges});
    part.keys = keys;
    if (relay.oldestOpen == 0)
    {
        relay.oldestOpen = number;
    }
    failure = m_exchange->Start(KX_KEY_RELAY, route, number, relay.ToBytes(), IncidentId());
    if (failure != KX_FAILURE_NONE)
    {
        Waste(part, IncidentId());
        return failure;
    }
    m_parts[PartKey{route.id, number}] = part;
    TraceSighting(route, number, relay);
    return KX_FAILURE_NONE;
}

void
KeyRelayAgent::TraceSighting(const KeyRoute& route, uint64_t number, const KxKeyRelay& relay) const
{
    KeySighting sighting;
    sighting.km = m_self;
    sighting.route = route.id;
    sighting.number = number;
    sighting.next = m_routes->GetNext(route);
    sighting.keys = relay.keys;
    if (sighting.next.IsValid())
    {
        sighting.pad = relay.pad;
    }
    m_sightingTrace(sighting);
}

std::size_t
KeyRelayAgent::CountOpen(RouteId route) const
{
    std::size_t count = 0;
    for (auto part = m_parts.lower_bound(PartKey{route, 0});
         part != m_parts.end() && part->first.first == route;
         ++part)
    {
        count += part->second.complete ? 0 : 1;
    }
    return count;
}

uint64_t
KeyRelayAgent::GetOldestOpen(RouteId route) const
{
    const uint64_t oldestVoid = m_voids.GetOldest(route);
    const auto part = m_parts.lower_bound(PartKey{route, 0});
    if (part == m_parts.end() || part->first.first != route)
    {
        return oldestVoid;
    }
    const uint64_t oldestPart = part->first.second;
    return oldestVoid == 0 ? oldestPart : std::min(oldestPart, oldestVoid);
}

KxFailure
KeyRelayAgent::TakeForward(const KeyRoute& route,
                           uint64_t number,
                           std::vector<uint8_t>& body,
                           IncidentId incident)
{
    auto relay = KxKeyRelay::FromBytes(body);
    if (!relay)
    {
        return KX_FAILURE_NOT_AUTHENTIC;
    }
    SettleBefore(route.id, relay->oldestOpen);
    const KmId previous = m_routes->GetPrevious(route);
    const Ptr<KmaPool> pool = m_neighbours->at(previous).pool;
    Part part;
    part.use = RelayUseOf(route.role);
    const auto pad = pool->TakeNamed(relay->pad, part.use, incident);
    if (!pad)
    {
        DestroyNamed(previous, relay->pad, incident);
        return KX_FAILURE_NO_KEY;
    }
    part.pads.push_back(Pad{previous, relay->pad});
    std::vector<uint8_t> text = relay->cipher;
    pad->XorInto(text);
    KxFailure failure = KX_FAILURE_NONE;
    if (!m_routes->GetNext(route).IsValid())
    {
        failure = Hold(route, *relay, text, part, body);
    }
    else
    {
        failure = Prepare(route, pad->GetBits(), 0);
        if (failure == KX_FAILURE_NONE)
        {
            const KmaKey out = TakePad(route, pad->GetBits(), incident);
            out.material.XorInto(text);
            part.pads.push_back(Pad{m_routes->GetNext(route), out.ranges});
            relay->pad = out.ranges;
            relay->cipher = text;
            body = relay->ToBytes();
        }
    }
    if (failure == KX_FAILURE_NONE)
    {
        m_parts[PartKey{route.id, number}] = part;
        TraceSighting(route, number, *relay);
    }
    else
    {
        Waste(part, incident);
    }
    return failure;
}

KxFailure
KeyRelayAgent::Hold(const KeyRoute& route,
                    const KxKeyRelay& relay,
                    const std::vector<uint8_t>& clear,
                    Part& part,
                    std::vector<uint8_t>& body)
{
    KxKeyResults results;
    auto at = clear.begin();
    for (const KxRelayedKey& key : relay.keys)
    {
        const auto end = at + static_cast<std::ptrdiff_t>(key.bits / 8);
        part.keys.push_back(
            KeyToRelay{key.key, key.share, KeyMaterial::FromBytes(std::vector<uint8_t>(at, end))});
        results.results.push_back(KxNotifiedResult{key.key, true});
        at = end;
    }
    if (!m_user->HoldRelayed(route, part.keys))
    {
        return KX_FAILURE_REFUSED;
    }
    part.complete = true;
    body = results.ToBytes();
    return KX_FAILURE_NONE;
}

void
KeyRelayAgent::RefuseForward(KmId peer, const std::vector<uint8_t>& body, IncidentId incident)
{
    const auto relay = KxKeyRelay::FromBytes(body);
    if (relay)
    {
        DestroyNamed(peer, relay->pad, incident);
    }
}

void
KeyRelayAgent::DestroyNamed(KmId peer, const std::vector<KeyRange>& ranges, IncidentId incident)
{
    const Ptr<KmaPool> pool = m_neighbours->at(peer).pool;
    for (const KeyRange& range : ranges)
    {
        pool->DestroyNamed(range, incident);
    }
}

void
KeyRelayAgent::TakeReturn(const KeyRoute& route,
                          uint64_t number,
                          const KxReturn& answer,
                          IncidentId incident)
{
    const auto found = m_parts.find(PartKey{route.id, number});
    if (found == m_parts.end())
    {
        return;
    }
    const Part part = found->second;
    const bool isSource = !m_routes->GetPrevious(route).IsValid();
    if (answer.failure == KX_FAILURE_NONE)
    {
        found->second.complete = true;
        if (isSource)
        {
            Settle(part);
            m_parts.erase(found);
            m_user->RelayEnded(route, part.keys, answer, incident);
        }
        return;
    }
    m_parts.erase(found);
    Waste(part, incident);
    if (answer.failedAt == m_self)
    {
        // those further on do not know yet
        m_channel->SendKx(m_routes->GetNext(route),
                          KX_RELAY_VOID,
                          KxRelayVoid{route.id, {number}, {}}.ToPacket(),
                          incident);
    }
    if (isSource)
    {
        m_voids.AddRelay(route, number, KeysOf(part), incident);
        m_user->RelayEnded(route, part.keys, answer, incident);
    }
}

void
KeyRelayAgent::Waste(const Part& part, IncidentId incident)
{
    for (const Pad& pad : part.pads)
    {
        const Ptr<KmaPool> pool = m_neighbours->at(pad.neighbour).pool;
        pool->Rebook(pad.ranges, part.use, KEY_WASTED, incident);
        pool->Settle(pad.ranges);
    }
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

void
KeyRelayAgent::LeaveRoute(RouteId route)
{
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

} // namespace qkdn
} // namespace ns3
