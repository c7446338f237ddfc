/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-ksa-slave-agent.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <optional>
#include <set>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnKsaSlaveAgent");
NS_OBJECT_ENSURE_REGISTERED(KsaSlaveAgent);

TypeId
KsaSlaveAgent::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::KsaSlaveAgent")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<KsaSlaveAgent>()
            .AddAttribute("KeyTtl",
                          "Time after which a key that the slave application did not ask for "
                          "expires.",
                          TimeValue(Seconds(60)),
                          MakeTimeAccessor(&KsaSlaveAgent::m_keyTtl),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddTraceSource("KeyEvent",
                            "Something happens to a KSA-key.",
                            MakeTraceSourceAccessor(&KsaSlaveAgent::m_keyTrace),
                            "ns3::qkdn::KsaSlaveAgent::KeyEventCallback");
    return tid;
}

Time
KsaSlaveAgent::GetKeyTtl() const
{
    return m_keyTtl;
}

void
KsaSlaveAgent::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_expireEvent.Cancel();
    m_held.clear();
    m_neighbours = nullptr;
    m_channel = nullptr;
    Object::DoDispose();
}

void
KsaSlaveAgent::Configure(KmId self,
                         KxChannel* channel,
                         const KmNeighbours* neighbours,
                         Ptr<KxAuthenticator> authenticator)
{
    m_self = self;
    m_channel = channel;
    m_neighbours = neighbours;
    m_authenticator = authenticator;
}

void
KsaSlaveAgent::AddSession(const KeySession& session)
{
    m_sessions[session.id] = session;
    m_shares.AddSession(session);
}

KeyContainer
KsaSlaveAgent::GetKeyWithKeyIds(const std::string& callerSae,
                                const std::string& masterSae,
                                const std::vector<std::string>& keyIds,
                                KeyHandOver handOver)
{
    NS_LOG_FUNCTION(this << callerSae << masterSae << keyIds.size());
    Advance(Simulator::Now());
    if (keyIds.empty())
    {
        return KeyContainer::Refusal(KEY_SUPPLY_BAD_REQUEST, "no key ID");
    }
    std::set<std::string> named;
    for (const std::string& keyId : keyIds)
    {
        const KeyContainer check = CheckKey(callerSae, masterSae, keyId);
        if (check.status != KEY_SUPPLY_OK)
        {
            return check;
        }
        if (!named.insert(keyId).second)
        {
            return KeyContainer::Refusal(KEY_SUPPLY_BAD_REQUEST,
                                         "a key ID is named twice, and a key is handed over once");
        }
    }
    KeyContainer container;
    for (const std::string& keyId : keyIds)
    {
        const auto found = m_byUuid.find(keyId);
        const KeyMaterial key = found == m_byUuid.end()
                                    ? m_copies.Take(keyId, callerSae)
                                    : HandOver(found->second, callerSae, handOver);
        container.keys.push_back(SuppliedKey{keyId, key});
    }
    return container;
}

KeyContainer
KsaSlaveAgent::CheckKey(const std::string& callerSae,
                        const std::string& masterSae,
                        const std::string& keyId) const
{
    const KeyContainer unknown =
        KeyContainer::Refusal(KEY_SUPPLY_BAD_REQUEST,
                              "One or more keys specified are not found on KME");
    const auto held = m_byUuid.find(keyId);
    const auto copied = m_copies.FindSession(keyId);
    if (held == m_byUuid.end() && !copied)
    {
        return unknown;
    }
    const KeySession& session = m_sessions.at(copied ? *copied : held->second.session);
    if (session.masterSae != masterSae || !session.IsSlave(callerSae))
    {
        return KeyContainer::Refusal(KEY_SUPPLY_UNAUTHORIZED,
                                     "the key was not made for these applications");
    }
    return copied && !m_copies.Awaits(keyId, callerSae) ? unknown : KeyContainer();
}

KeyMaterial
KsaSlaveAgent::HandOver(KsaKeyId id, const std::string& callerSae, KeyHandOver handOver)
{
    const HeldKey held = m_held.at(id);
    const KeySession& session = m_sessions.at(id.session);
    std::set<std::string> others(session.additionalSlaveSaes.begin(),
                                 session.additionalSlaveSaes.end());
    others.insert(session.slaveSae);
    others.erase(callerSae);
    const bool noticed = held.expiry != Time::Max();
    m_copies.Keep(held.uuid,
                  id.session,
                  held.key.material,
                  others,
                  noticed ? held.expiry : Simulator::Now() + m_keyTtl);
    if (!noticed)
    {
        m_early.insert(id);
    }
    if (handOver == HAND_OVER_STREAM)
    {
        m_givenOut.Add(held.uuid, Describe(id, Remove(id), KSA_EVENT_GIVEN_OUT, IncidentId()));
        return held.key.material;
    }
    Release(id,
            handOver == HAND_OVER_CALL ? KSA_EVENT_HANDED_OVER : KSA_EVENT_GIVEN_OUT,
            IncidentId());
    return held.key.material;
}

void
KsaSlaveAgent::GiveUp(const std::vector<std::string>& keyIds)
{
    LeaveStream(keyIds, KSA_EVENT_GIVEN_UP);
}

void
KsaSlaveAgent::LeaveStream(const std::vector<std::string>& keyIds, KsaKeyEventKind kind)
{
    for (const KsaKeyEvent& event : m_givenOut.Take(keyIds, kind))
    {
        m_keyTrace(event);
    }
}

bool
KsaSlaveAgent::HandleNotification(KmId peer, Ptr<Packet> body)
{
    const auto message = KxSupplyNotification::FromPacket(body);
    if (!message || !m_authenticator->IsWellFormed(message->tag, message->responseTagRanges))
    {
        return false;
    }
    Advance(Simulator::Now());
    const Ptr<KmaPool> pool = m_neighbours->at(peer).pool;
    KxSupplyResponse response;
    const bool authentic =
        m_authenticator->OpenSeal(pool, message->tag, message->responseTagRanges, response.tag.tag);
    for (const KxNotifiedKey& notified : message->keys)
    {
        const bool held = authentic && Hold(peer, notified);
        if (!held)
        {
            Discard(pool, notified.ranges);
        }
        response.results.push_back(KxNotifiedResult{notified.key, held});
    }
    m_channel->SendKx(peer, KX_SUPPLY_RESPONSE, response.ToPacket(), IncidentId());
    return authentic;
}

void
KsaSlaveAgent::Discard(Ptr<KmaPool> pool, const std::vector<KeyRange>& ranges)
{
    for (const KeyRange& range : ranges)
    {
        pool->DestroyNamed(range);
    }
}

bool
KsaSlaveAgent::Hold(KmId peer, const KxNotifiedKey& notified)
{
    const auto session = m_sessions.find(notified.key.session);
    if (session == m_sessions.end() || session->second.masterKm != peer ||
        m_held.find(notified.key) != m_held.end())
    {
        return false;
    }
    HeldKey held;
    held.uuid = KsaKeyUuid(session->second.name, notified.key.sequence);
    held.key.ranges = notified.ranges;
    const auto material =
        m_neighbours->at(peer).pool->TakeNamed(notified.ranges, KEY_DIRECT_SUPPLY);
    if (!material)
    {
        Trace(notified.key, held, KSA_EVENT_VOIDED, IncidentId());
        return false;
    }
    held.key.material = *material;
    if (!notified.pooled)
    {
        held.expiry = Simulator::Now() + m_keyTtl;
    }
    Store(notified.key, std::move(held));
    return true;
}

bool
KsaSlaveAgent::MayHold(const KeyRoute& route, const KeyToRelay& key) const
{
    const auto session = m_sessions.find(key.id.session);
    return session != m_sessions.end() && session->second.masterKm == route.kms.front() &&
           m_shares.Accepts(key) && (key.share > 0 || m_held.find(key.id) == m_held.end());
}

bool
KsaSlaveAgent::HoldRelayed(const KeyRoute& route, const std::vector<KeyToRelay>& keys)
{
    std::set<KsaKeyId> fresh;
    for (const KeyToRelay& key : keys)
    {
        if (!MayHold(route, key) || !fresh.insert(key.id).second)
        {
            return false;
        }
    }
    for (const KeyToRelay& key : keys)
    {
        const std::optional<KeyMaterial> complete =
            key.share > 0 ? m_shares.Take(key, Simulator::Now() + m_keyTtl) : key.material;
        if (complete)
        {
            StoreRelayed(route, key.id, *complete);
        }
    }
    return true;
}

void
KsaSlaveAgent::StoreRelayed(const KeyRoute& route, KsaKeyId id, const KeyMaterial& material)
{
    HeldKey held;
    held.uuid = KsaKeyUuid(m_sessions.at(id.session).name, id.sequence);
    held.key.material = material;
    held.route = route.id;
    Store(id, std::move(held));
}

std::size_t
KsaSlaveAgent::CountPartialKeys() const
{
    return m_shares.CountPartial();
}

void
KsaSlaveAgent::Store(KsaKeyId id, HeldKey held)
{
    m_byUuid[held.uuid] = id;
    Trace(id, held, KSA_EVENT_HELD, IncidentId());
    const bool expires = held.expiry != Time::Max();
    m_held[id] = std::move(held);
    if (expires)
    {
        m_byAge.push_back(id);
        ScheduleExpiry();
    }
}

std::vector<KxNotifiedResult>
KsaSlaveAgent::NotifySupplied(const std::vector<KsaKeyId>& keys)
{
    Advance(Simulator::Now());
    std::vector<KxNotifiedResult> results;
    for (const KsaKeyId& id : keys)
    {
        const auto held = m_held.find(id);
        const bool here = held != m_held.end();
        if (here && held->second.expiry == Time::Max())
        {
            held->second.expiry = Simulator::Now() + m_keyTtl;
            m_byAge.push_back(id);
            ScheduleExpiry();
        }
        results.push_back(KxNotifiedResult{id, here || m_early.erase(id) > 0});
    }
    return results;
}

void
KsaSlaveAgent::Void(const std::vector<KsaKeyId>& keys, IncidentId incident)
{
    for (const KsaKeyId& id : keys)
    {
        m_shares.Close(id);
        const auto held = m_held.find(id);
        if (held == m_held.end())
        {
            continue;
        }
        const auto neighbour = m_neighbours->find(m_sessions.at(id.session).masterKm);
        if (!held->second.route.IsValid() && neighbour != m_neighbours->end())
        {
            neighbour->second.pool->Rebook(held->second.key.ranges,
                                           KEY_DIRECT_SUPPLY,
                                           KEY_WASTED,
                                           incident);
        }
        Release(id, KSA_EVENT_VOIDED, incident);
    }
}

bool
KsaSlaveAgent::HandleVoid(KmId peer, Ptr<Packet> body)
{
    const auto message = KxKeyVoid::FromPacket(body);
    if (!message)
    {
        return false;
    }
    std::vector<KsaKeyId> keys;
    for (const KsaKeyId& id : message->keys)
    {
        const auto session = m_sessions.find(id.session);
        if (session != m_sessions.end() && session->second.masterKm == peer)
        {
            keys.push_back(id);
        }
    }
    Void(keys, IncidentId());
    return true;
}

std::vector<KsaKeyId>
KsaSlaveAgent::GetHeld(KmId peer) const
{
    std::vector<KsaKeyId> ids;
    for (const auto& [id, held] : m_held)
    {
        if (m_sessions.at(id.session).masterKm == peer)
        {
            ids.push_back(id);
        }
    }
    return ids;
}

void
KsaSlaveAgent::DestroyAll(IncidentId incident)
{
    NS_LOG_FUNCTION(this);
    m_early.clear();
    m_copies.Clear();
    m_shares.LoseAll();
    while (!m_held.empty())
    {
        m_shares.Lose(m_held.begin()->first);
        Release(m_held.begin()->first, KSA_EVENT_DESTROYED, incident);
    }
}

KsaSlaveAgent::HeldKey
KsaSlaveAgent::Remove(KsaKeyId id)
{
    const auto found = m_held.find(id);
    HeldKey held = std::move(found->second);
    m_byUuid.erase(held.uuid);
    m_held.erase(found);
    if (!held.route.IsValid())
    {
        m_neighbours->at(m_sessions.at(id.session).masterKm).pool->Settle(held.key.ranges);
    }
    return held;
}

void
KsaSlaveAgent::Release(KsaKeyId id, KsaKeyEventKind kind, IncidentId incident)
{
    const HeldKey held = Remove(id);
    if (kind == KSA_EVENT_GIVEN_OUT)
    {
        m_keyTrace(m_givenOut.Add(held.uuid, Describe(id, held, kind, incident)));
        return;
    }
    Trace(id, held, kind, incident);
}

KsaKeyEvent
KsaSlaveAgent::Describe(KsaKeyId id,
                        const HeldKey& held,
                        KsaKeyEventKind kind,
                        IncidentId incident) const
{
    KsaKeyEvent event;
    event.key = id;
    event.holder = m_self;
    event.kind = kind;
    event.material = held.key.material;
    event.ranges = held.key.ranges;
    event.incident = incident;
    event.route = held.route;
    return event;
}

void
KsaSlaveAgent::Trace(KsaKeyId id, const HeldKey& held, KsaKeyEventKind kind, IncidentId incident)
{
    m_keyTrace(Describe(id, held, kind, incident));
}

void
KsaSlaveAgent::Advance(Time now)
{
    m_copies.Advance(now);
    while (!m_byAge.empty())
    {
        const auto held = m_held.find(m_byAge.front());
        if (held != m_held.end())
        {
            if (held->second.expiry > now)
            {
                return;
            }
            Release(m_byAge.front(), KSA_EVENT_EXPIRED, IncidentId());
        }
        m_byAge.pop_front();
    }
}

void
KsaSlaveAgent::ScheduleExpiry()
{
    if (m_expireEvent.IsExpired() && !m_byAge.empty())
    {
        const auto held = m_held.find(m_byAge.front());
        const Time expiry = held != m_held.end() ? held->second.expiry : Simulator::Now();
        m_expireEvent =
            Simulator::Schedule(expiry - Simulator::Now(), &KsaSlaveAgent::Expire, this);
    }
}

void
KsaSlaveAgent::Expire()
{
    Advance(Simulator::Now());
    ScheduleExpiry();
}

} // namespace qkdn
} // namespace ns3
