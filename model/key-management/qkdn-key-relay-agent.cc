/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-relay-agent.h"

#include "ns3/enum.h"
#include "ns3/log.h"
#include "ns3/qkdn-compat.h"
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
            .AddAttribute(
                "RelayScheme",
                "How keys are relayed over routes that begin here (ITU-T Y.3803): hop by "
                "hop, or to the destination, which needs a direct connection to the KM at "
                "the end.",
                EnumValue(KX_SCHEME_HOP_BY_HOP),
                qkdn::MakeEnumAccessor<KxRelayScheme>(&KeyRelayAgent::m_scheme),
                MakeEnumChecker(KX_SCHEME_HOP_BY_HOP,
                                "hop-by-hop",
                                KX_SCHEME_DESTINATION,
                                "destination"))
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
    m_review.Cancel();
    m_refused.clear();
    m_parts.clear();
    m_waiting.clear();
    m_destination.Clear();
    m_channel = nullptr;
    m_routes = nullptr;
    m_neighbours = nullptr;
    m_exchange = nullptr;
    m_gate = nullptr;
    m_user = nullptr;
    m_meter = nullptr;
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
KeyRelayAgent::ConfigureDestination(Ptr<KxDirectChannel> direct, Ptr<KxAuthenticator> authenticator)
{
    m_destination.Configure(direct, authenticator);
}

void
KeyRelayAgent::SetMeter(Ptr<KeyUsageMeter> meter)
{
    m_meter = meter;
}

RelayScheme&
KeyRelayAgent::SchemeOf(KxRelayScheme scheme)
{
    if (scheme == KX_SCHEME_DESTINATION)
    {
        return m_destination;
    }
    return m_hopByHop;
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
KeyRelayAgent::Check(const KeyRoute& route, uint64_t bits)
{
    const RelayScheme& scheme = SchemeOf(m_scheme);
    const KxFailure failure = scheme.Check(route);
    return failure != KX_FAILURE_NONE ? failure : CheckPad(route, bits + scheme.GetExtraBits());
}

KxFailure
KeyRelayAgent::CheckPad(const KeyRoute& route, uint64_t bits) const
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
    const RelayScheme& scheme = SchemeOf(m_scheme);
    const KxFailure failure = scheme.Check(route);
    return failure != KX_FAILURE_NONE ? failure
                                      : PreparePad(route, bits + scheme.GetExtraBits(), promised);
}

KxFailure
KeyRelayAgent::PreparePad(const KeyRoute& route, uint64_t bits, uint64_t promised)
{
    const KxFailure failure = CheckPad(route, bits + promised);
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
    RelayScheme& scheme = SchemeOf(m_scheme);
    KxKeyRelay relay;
    relay.scheme = m_scheme;
    std::vector<uint8_t> clear;
    uint32_t bits = 0;
    for (const KeyToRelay& key : keys)
    {
        relay.keys.push_back(KxRelayedKey{key.id, key.share, key.material.GetBits()});
        const std::vector<uint8_t> bytes = key.material.ToBytes();
        clear.insert(clear.end(), bytes.begin(), bytes.end());
        bits += key.material.GetBits();
    }
    KxFailure failure = Check(route, bits);
    if (failure != KX_FAILURE_NONE)
    {
        return failure;
    }
    const KmaKey pad = TakePad(route, bits + scheme.GetExtraBits(), IncidentId());
    relay.cipher = scheme.Wrap(clear, pad.material);
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
    TraceSighting(route, number, relay, true);
    scheme.Began(route, number, clear, pad.material);
    return KX_FAILURE_NONE;
}

void
KeyRelayAgent::TraceSighting(const KeyRoute& route,
                             uint64_t number,
                             const KxKeyRelay& relay,
                             bool clear) const
{
    KeySighting sighting;
    sighting.clear = clear;
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

KeyRelayAgent::Open
KeyRelayAgent::CountOpen(RouteId route) const
{
    Open open;
    for (auto part = m_parts.lower_bound(PartKey{route, 0});
         part != m_parts.end() && part->first.first == route;
         ++part)
    {
        if (!part->second.complete)
        {
            ++open.relays;
            open.keys += part->second.keys.size();
        }
    }
    return open;
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
    pad->XorInto(relay->cipher);
    const KxFailure failure = m_routes->GetNext(route).IsValid()
                                  ? HandOn(route, number, *relay, part, body, incident)
                                  : Arrive(route, number, *relay, part, body);
    if (failure == KX_FAILURE_NONE)
    {
        m_parts[PartKey{route.id, number}] = part;
    }
    else
    {
        Waste(part, incident);
    }
    return failure;
}

KxFailure
KeyRelayAgent::HandOn(const KeyRoute& route,
                      uint64_t number,
                      KxKeyRelay& relay,
                      Part& part,
                      std::vector<uint8_t>& body,
                      IncidentId incident)
{
    const auto bits = static_cast<uint32_t>(8 * relay.cipher.size());
    const KxFailure failure = PreparePad(route, bits, 0);
    if (failure != KX_FAILURE_NONE)
    {
        m_refused[route.id] = bits;
        return failure;
    }
    m_refused.erase(route.id);
    const KmaKey out = TakePad(route, bits, incident);
    out.material.XorInto(relay.cipher);
    part.pads.push_back(Pad{m_routes->GetNext(route), out.ranges});
    relay.pad = out.ranges;
    body = relay.ToBytes();
    TraceSighting(route, number, relay, SchemeOf(relay.scheme).ShowsKeys());
    return KX_FAILURE_NONE;
}

KxFailure
KeyRelayAgent::Arrive(const KeyRoute& route,
                      uint64_t number,
                      const KxKeyRelay& relay,
                      Part& part,
                      std::vector<uint8_t>& body)
{
    RelayScheme& scheme = SchemeOf(relay.scheme);
    scheme.ForgetBefore(route.id, relay.oldestOpen);
    const auto clear = scheme.Unwrap(route.id, number, relay.cipher);
    if (!clear)
    {
        m_waiting[PartKey{route.id, number}] = relay;
        body.clear();
        return KX_FAILURE_NONE;
    }
    return Hold(route, number, relay, *clear, part, body);
}

bool
KeyRelayAgent::HandleMasked(KmId peer, Ptr<Packet> packet)
{
    const auto message = KxMaskedKeys::FromPacket(packet);
    const KeyRoute* route = message ? m_routes->Find(message->route) : nullptr;
    if (!route || route->kms.front() != peer || route->kms.back() != m_self)
    {
        return false;
    }
    const auto clear = m_destination.TakeMasked(*message);
    const PartKey key{route->id, message->number};
    const auto waiting = m_waiting.find(key);
    if (!clear || waiting == m_waiting.end())
    {
        return true;
    }
    const KxKeyRelay relay = waiting->second;
    m_waiting.erase(waiting);
    Part& part = m_parts.at(key);
    std::vector<uint8_t> body;
    const KxFailure failure = Hold(*route, message->number, relay, *clear, part, body);
    if (failure != KX_FAILURE_NONE)
    {
        Waste(part, IncidentId());
        m_parts.erase(key);
    }
    m_exchange->Answer(KX_KEY_RELAY, route->id, message->number, failure, body, IncidentId());
    return true;
}

void
KeyRelayAgent::StopWaiting(const PartKey& key)
{
    m_waiting.erase(key);
    m_destination.Forget(key.first, key.second);
}

KxFailure
KeyRelayAgent::Hold(const KeyRoute& route,
                    uint64_t number,
                    const KxKeyRelay& relay,
                    const std::vector<uint8_t>& clear,
                    Part& part,
                    std::vector<uint8_t>& body)
{
    uint64_t bits = 0;
    for (const KxRelayedKey& key : relay.keys)
    {
        bits += key.bits;
    }
    if (bits != 8 * clear.size())
    {
        return KX_FAILURE_NOT_AUTHENTIC;
    }
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
    TraceSighting(route, number, relay, true);
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
        Count(route, found->second);
        if (isSource)
        {
            Settle(part);
            m_parts.erase(found);
            m_user->RelayEnded(route, part.keys, answer, incident);
        }
        return;
    }
    m_parts.erase(found);
    StopWaiting(PartKey{route.id, number});
    Waste(part, incident);
    if (answer.failedAt == m_self && m_routes->GetNext(route).IsValid())
    {
        const bool isDue =
            answer.failure == KX_FAILURE_NEIGHBOUR || answer.failure == KX_FAILURE_NO_KEY;
        if (!isSource && isDue)
        {
            m_refused[route.id] = CountBits(part.pads.back().ranges);
        }
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

} // namespace qkdn
} // namespace ns3
