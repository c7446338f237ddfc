/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-ksa-slave-agent.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <set>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnKsaSlaveAgent");
NS_OBJECT_ENSURE_REGISTERED(KsaSlaveAgent);

namespace
{

uint64_t
CountBits(const std::vector<KeyRange>& ranges)
{
    uint64_t bits = 0;
    for (const KeyRange& range : ranges)
    {
        bits += range.bits;
    }
    return bits;
}

} // namespace

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

void
KsaSlaveAgent::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_expireEvent.Cancel();
    m_pools.clear();
    m_held.clear();
    m_channel = nullptr;
    Object::DoDispose();
}

void
KsaSlaveAgent::Configure(KmId self, KxChannel* channel)
{
    m_self = self;
    m_channel = channel;
}

void
KsaSlaveAgent::AddNeighbour(KmId peer, Ptr<KmaPool> pool)
{
    m_pools[peer] = pool;
}

void
KsaSlaveAgent::AddSession(const KeySession& session)
{
    NS_ABORT_MSG_IF(m_pools.find(session.masterKm) == m_pools.end(),
                    "session " << session.name << ": KM " << session.masterKm
                               << " is no neighbour of KM " << m_self);
    m_sessions[session.id] = session;
}

KeyContainer
KsaSlaveAgent::GetKeyWithKeyIds(const std::string& callerSae,
                                const std::string& masterSae,
                                const std::vector<std::string>& keyIds)
{
    NS_LOG_FUNCTION(this << callerSae << masterSae << keyIds.size());
    Advance(Simulator::Now());
    KeyContainer container;
    std::set<KsaKeyId> known;
    std::vector<KsaKeyId> ids;
    if (keyIds.empty())
    {
        container.status = KEY_SUPPLY_BAD_REQUEST;
        container.message = "no key ID";
        return container;
    }
    for (const std::string& uuid : keyIds)
    {
        const auto found = m_byUuid.find(uuid);
        if (found == m_byUuid.end())
        {
            container.status = KEY_SUPPLY_BAD_REQUEST;
            container.message = "One or more keys specified are not found on KME";
            return container;
        }
        const KeySession& session = m_sessions.at(found->second.session);
        if (session.slaveSae != callerSae || session.masterSae != masterSae)
        {
            container.status = KEY_SUPPLY_UNAUTHORIZED;
            container.message = "the key was not made for these applications";
            return container;
        }
        if (!known.insert(found->second).second)
        {
            container.status = KEY_SUPPLY_BAD_REQUEST;
            container.message = "a key ID is named twice, and a key is handed over once";
            return container;
        }
        ids.push_back(found->second);
    }
    for (const KsaKeyId& id : ids)
    {
        const HeldKey& held = m_held.at(id);
        container.keys.push_back(SuppliedKey{held.uuid, held.key.material});
        Release(id, KSA_EVENT_HANDED_OVER, IncidentId());
    }
    return container;
}

bool
KsaSlaveAgent::HandleNotification(KmId peer, Ptr<Packet> body, uint32_t tagBits)
{
    const auto message = KxSupplyNotification::FromPacket(body);
    const auto pool = m_pools.find(peer);
    if (!message || pool == m_pools.end())
    {
        return false;
    }
    if (tagBits > 0 && (CountBits(message->tag.ranges) != tagBits ||
                        CountBits(message->responseTagRanges) != tagBits))
    {
        return false;
    }
    Advance(Simulator::Now());
    KxSupplyResponse response;
    bool authentic = true;
    if (!message->tag.ranges.empty())
    {
        const auto tag = pool->second->TakeNamed(message->tag.ranges, KEY_AUTHENTICATION);
        const auto responseTag =
            pool->second->TakeNamed(message->responseTagRanges, KEY_AUTHENTICATION);
        authentic = tag && responseTag && tag->ToBytes() == message->tag.tag;
        if (authentic)
        {
            response.tag.tag = responseTag->ToBytes();
        }
        pool->second->Settle(message->tag.ranges);
        pool->second->Settle(message->responseTagRanges);
        Discard(pool->second, message->tag.ranges);
        Discard(pool->second, message->responseTagRanges);
    }
    else
    {
        response.tag.tag.assign(message->tag.tag.size(), 0);
    }
    for (const KxNotifiedKey& notified : message->keys)
    {
        const bool held = authentic && Hold(peer, notified);
        if (!held)
        {
            Discard(pool->second, notified.ranges);
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
    const auto material = m_pools.at(peer)->TakeNamed(notified.ranges, KEY_DIRECT_SUPPLY);
    if (!material)
    {
        m_keyTrace(KsaKeyEvent{notified.key,
                               m_self,
                               false,
                               KSA_EVENT_VOIDED,
                               KeyMaterial(),
                               notified.ranges,
                               IncidentId(),
                               RouteId(),
                               1});
        return false;
    }
    HeldKey held;
    held.uuid = KsaKeyUuid(session->second.name, notified.key.sequence);
    held.key = KmaKey{notified.ranges, *material};
    held.expiry = Simulator::Now() + m_keyTtl;
    m_byUuid[held.uuid] = notified.key;
    m_byAge.push_back(notified.key);
    m_keyTrace(KsaKeyEvent{notified.key,
                           m_self,
                           false,
                           KSA_EVENT_HELD,
                           *material,
                           notified.ranges,
                           IncidentId(),
                           RouteId(),
                           1});
    m_held[notified.key] = std::move(held);
    ScheduleExpiry();
    return true;
}

bool
KsaSlaveAgent::HandleVoid(KmId peer, Ptr<Packet> body)
{
    const auto message = KxKeyVoid::FromPacket(body);
    if (!message)
    {
        return false;
    }
    for (const KsaKeyId& id : message->keys)
    {
        const auto held = m_held.find(id);
        if (held != m_held.end() && m_sessions.at(id.session).masterKm == peer)
        {
            m_pools.at(peer)->Rebook(held->second.key.ranges,
                                     KEY_DIRECT_SUPPLY,
                                     KEY_WASTED,
                                     IncidentId());
            Release(id, KSA_EVENT_VOIDED, IncidentId());
        }
    }
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
    while (!m_held.empty())
    {
        Release(m_held.begin()->first, KSA_EVENT_DESTROYED, incident);
    }
}

void
KsaSlaveAgent::Release(KsaKeyId id, KsaKeyEventKind kind, IncidentId incident)
{
    const auto found = m_held.find(id);
    const HeldKey held = found->second;
    m_byUuid.erase(held.uuid);
    m_held.erase(found);
    m_pools.at(m_sessions.at(id.session).masterKm)->Settle(held.key.ranges);
    m_keyTrace(KsaKeyEvent{id,
                           m_self,
                           false,
                           kind,
                           held.key.material,
                           held.key.ranges,
                           incident,
                           RouteId(),
                           1});
}

void
KsaSlaveAgent::Advance(Time now)
{
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
