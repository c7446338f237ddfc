/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-ksa-master-agent.h"

#include "ns3/log.h"
#include "ns3/qkdn-compat.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <set>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnKsaMasterAgent");
NS_OBJECT_ENSURE_REGISTERED(KsaMasterAgent);

namespace
{

/// Length of a tag that costs no key (128 bit).
constexpr std::size_t COMPUTATIONAL_TAG_BYTES = 16;

} // namespace

TypeId
KsaMasterAgent::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::KsaMasterAgent")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<KsaMasterAgent>()
            .AddAttribute(
                "KxAuthentication",
                "How key supply notifications and their responses are authenticated, at both KMs "
                "alike.",
                EnumValue(KX_ITS_PER_BATCH),
                qkdn::MakeEnumAccessor<KxAuthentication>(&KsaMasterAgent::m_authentication),
                MakeEnumChecker(KX_ITS_PER_BATCH,
                                "its-per-batch",
                                KX_ITS_PER_MESSAGE,
                                "its-per-message",
                                KX_COMPUTATIONAL,
                                "computational",
                                KX_NONE,
                                "none"))
            .AddAttribute("TagBits",
                          "Length of a one-time authentication tag, bit.",
                          UintegerValue(96),
                          MakeUintegerAccessor(&KsaMasterAgent::m_tagBits),
                          MakeUintegerChecker<uint32_t>(8, 1024))
            .AddAttribute("MaxBatch",
                          "Keys in a key supply notification at most.",
                          UintegerValue(64),
                          MakeUintegerAccessor(&KsaMasterAgent::m_maxBatch),
                          MakeUintegerChecker<uint32_t>(1, 4096))
            .AddAttribute("RequestTimeout",
                          "Time after which keys without a response of the other KM are void.",
                          TimeValue(Seconds(3)),
                          MakeTimeAccessor(&KsaMasterAgent::m_requestTimeout),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("KeyTtl",
                          "Time for which it is remembered that a key was supplied; at least the "
                          "time that the slave's KM keeps it.",
                          TimeValue(Seconds(60)),
                          MakeTimeAccessor(&KsaMasterAgent::m_keyTtl),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("MaxKeysPerRequest",
                          "max_key_per_request of ETSI GS QKD 014.",
                          UintegerValue(128),
                          MakeUintegerAccessor(&KsaMasterAgent::m_maxKeysPerRequest),
                          MakeUintegerChecker<uint32_t>(1, 4096))
            .AddAttribute("MaxKeySize",
                          "max_key_size of ETSI GS QKD 014, bit.",
                          UintegerValue(1000000),
                          MakeUintegerAccessor(&KsaMasterAgent::m_maxKeySizeBit),
                          MakeUintegerChecker<uint32_t>(8))
            .AddAttribute("MinKeySize",
                          "min_key_size of ETSI GS QKD 014, bit.",
                          UintegerValue(8),
                          MakeUintegerAccessor(&KsaMasterAgent::m_minKeySizeBit),
                          MakeUintegerChecker<uint32_t>(8))
            .AddTraceSource("KeyEvent",
                            "Something happens to a KSA-key.",
                            MakeTraceSourceAccessor(&KsaMasterAgent::m_keyTrace),
                            "ns3::qkdn::KsaMasterAgent::KeyEventCallback");
    return tid;
}

void
KsaMasterAgent::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_serveEvent.Cancel();
    for (auto& batch : m_batches)
    {
        batch.second.timeout.Cancel();
    }
    m_batches.clear();
    m_requests.clear();
    m_announced.clear();
    m_neighbours.clear();
    m_channel = nullptr;
    Object::DoDispose();
}

void
KsaMasterAgent::Configure(KmId self, KxChannel* channel)
{
    m_self = self;
    m_channel = channel;
}

void
KsaMasterAgent::AddNeighbour(KmId peer, Ptr<KmaPool> pool, Ptr<KmaSynchroniser> synchroniser)
{
    m_neighbours[peer] = Neighbour{pool, synchroniser};
}

void
KsaMasterAgent::AddSession(const KeySession& session)
{
    NS_ABORT_MSG_IF(m_neighbours.find(session.slaveKm) == m_neighbours.end(),
                    "session " << session.name << ": KM " << session.slaveKm
                               << " is no neighbour of KM " << m_self);
    NS_ABORT_MSG_IF(session.keySizeBit == 0 || session.keySizeBit % 8 != 0,
                    "session " << session.name << ": key size of " << session.keySizeBit
                               << " bit is no multiple of 8");
    m_sessions[session.id] = session;
}

uint32_t
KsaMasterAgent::GetOneTimeTagBits() const
{
    const bool its = m_authentication == KX_ITS_PER_BATCH || m_authentication == KX_ITS_PER_MESSAGE;
    return its ? m_tagBits : 0;
}

uint32_t
KsaMasterAgent::GetTagBits() const
{
    return 2 * GetOneTimeTagBits();
}

uint32_t
KsaMasterAgent::GetMaxBatch() const
{
    return m_authentication == KX_ITS_PER_MESSAGE ? 1 : m_maxBatch;
}

void
KsaMasterAgent::SendBatch(KmId peer, KxSupplyNotification& notification)
{
    NS_LOG_FUNCTION(this << peer << notification.keys.size());
    Batch batch;
    batch.peer = peer;
    for (const KxNotifiedKey& notified : notification.keys)
    {
        batch.keys.push_back(notified.key);
    }
    bool paid = true;
    const Ptr<KmaPool> pool = m_neighbours.at(peer).pool;
    if (GetTagBits() > 0)
    {
        const auto tag = pool->Take(m_tagBits, KEY_AUTHENTICATION);
        const auto responseTag = tag ? pool->Take(m_tagBits, KEY_AUTHENTICATION) : std::nullopt;
        paid = responseTag.has_value();
        if (paid)
        {
            // a tag is the hash of the message under a one-time pad; the pad stands for it here
            notification.tag = KxTag{tag->ranges, tag->material.ToBytes()};
            notification.responseTagRanges = responseTag->ranges;
            batch.responseTag = responseTag->material;
            pool->Settle(tag->ranges);
            pool->Settle(responseTag->ranges);
        }
    }
    else if (m_authentication == KX_COMPUTATIONAL)
    {
        notification.tag.tag.assign(COMPUTATIONAL_TAG_BYTES, 0);
    }
    const std::vector<KsaKeyId> keys = batch.keys;
    if (!paid ||
        !m_channel->SendKx(peer, KX_SUPPLY_NOTIFICATION, notification.ToPacket(), IncidentId()))
    {
        for (const KsaKeyId& key : keys)
        {
            Void(key, IncidentId());
        }
        return;
    }
    ++m_lastBatch;
    for (const KsaKeyId& key : keys)
    {
        m_announced.at(key).batch = m_lastBatch;
    }
    batch.timeout =
        Simulator::Schedule(m_requestTimeout, &KsaMasterAgent::BatchTimeout, this, m_lastBatch);
    m_batches[m_lastBatch] = std::move(batch);
}

void
KsaMasterAgent::BatchTimeout(uint64_t number)
{
    NS_LOG_FUNCTION(this << number);
    const auto found = m_batches.find(number);
    const Batch batch = found->second;
    m_batches.erase(found);
    KxKeyVoid message;
    for (const KsaKeyId& key : batch.keys)
    {
        if (m_announced.find(key) != m_announced.end())
        {
            message.keys.push_back(key);
            Void(key, IncidentId());
        }
    }
    m_channel->SendKx(batch.peer, KX_KEY_VOID, message.ToPacket(), IncidentId());
}

bool
KsaMasterAgent::HandleResponse(KmId peer, Ptr<Packet> body)
{
    const auto response = KxSupplyResponse::FromPacket(body);
    if (!response || response->results.empty())
    {
        return false;
    }
    const auto first = m_announced.find(response->results.front().key);
    if (first == m_announced.end())
    {
        // late: these keys are void and the slave's KM has been told
        return true;
    }
    const auto found = m_batches.find(first->second.batch);
    if (found == m_batches.end() || found->second.peer != peer)
    {
        return false;
    }
    const Batch batch = found->second;
    if (!response->tag.tag.empty() && GetTagBits() > 0 &&
        response->tag.tag != batch.responseTag.ToBytes())
    {
        return false;
    }
    found->second.timeout.Cancel();
    m_batches.erase(found);
    const bool authentic = m_authentication == KX_NONE || !response->tag.tag.empty();
    std::set<KsaKeyId> accepted;
    for (const KxNotifiedResult& result : response->results)
    {
        if (result.accepted && authentic)
        {
            accepted.insert(result.key);
        }
    }
    std::vector<KsaKeyId> unknown;
    for (const KsaKeyId& key : batch.keys)
    {
        if (accepted.count(key) > 0)
        {
            Confirm(key);
            continue;
        }
        unknown.push_back(key);
        Void(key, IncidentId());
    }
    if (!unknown.empty())
    {
        // it may hold what its response left out
        m_channel->SendKx(peer, KX_KEY_VOID, KxKeyVoid{unknown}.ToPacket(), IncidentId());
    }
    return true;
}

void
KsaMasterAgent::Confirm(const KsaKeyId& id)
{
    const AnnouncedKey announced = m_announced.at(id);
    m_announced.erase(id);
    Trace(id, announced.key, KSA_EVENT_CONFIRMED, IncidentId());
    const auto request = m_requests.find(announced.request);
    if (request == m_requests.end())
    {
        // another key of the request was voided: this one is not supplied either
        VoidConfirmed({ConfirmedKey{id, announced.key}}, IncidentId());
        return;
    }
    request->second.ready.push_back(ConfirmedKey{id, announced.key});
    if (request->second.ready.size() == request->second.number)
    {
        Supply(announced.request);
    }
}

void
KsaMasterAgent::VoidConfirmed(const std::vector<ConfirmedKey>& keys, IncidentId incident)
{
    if (keys.empty())
    {
        return;
    }
    KxKeyVoid message;
    const KmId peer = m_sessions.at(keys.front().id.session).slaveKm;
    for (const ConfirmedKey& confirmed : keys)
    {
        message.keys.push_back(confirmed.id);
        BookVoid(confirmed.id, confirmed.key, incident);
    }
    // a peer that is not reachable learns it from the agreement after reconnection
    m_channel->SendKx(peer, KX_KEY_VOID, message.ToPacket(), incident);
}

void
KsaMasterAgent::BookVoid(const KsaKeyId& id, const KmaKey& key, IncidentId incident)
{
    const Ptr<KmaPool> pool = m_neighbours.at(m_sessions.at(id.session).slaveKm).pool;
    pool->Rebook(key.ranges, KEY_DIRECT_SUPPLY, KEY_WASTED, incident);
    pool->Settle(key.ranges);
    Trace(id, key, KSA_EVENT_VOIDED, incident);
}

void
KsaMasterAgent::Void(const KsaKeyId& id, IncidentId incident)
{
    NS_LOG_FUNCTION(this << id.session << id.sequence);
    const AnnouncedKey announced = m_announced.at(id);
    m_announced.erase(id);
    BookVoid(id, announced.key, incident);
    Refuse(announced.request,
           KEY_SUPPLY_UNAVAILABLE,
           "the key manager of the slave application did not confirm",
           incident);
}

void
KsaMasterAgent::PeerDown(KmId peer, IncidentId incident)
{
    NS_LOG_FUNCTION(this << peer);
    std::vector<KsaKeyId> keys;
    for (const auto& [key, announced] : m_announced)
    {
        if (m_sessions.at(key.session).slaveKm == peer)
        {
            keys.push_back(key);
        }
    }
    for (auto batch = m_batches.begin(); batch != m_batches.end();)
    {
        if (batch->second.peer == peer)
        {
            batch->second.timeout.Cancel();
            batch = m_batches.erase(batch);
        }
        else
        {
            ++batch;
        }
    }
    for (const KsaKeyId& key : keys)
    {
        Void(key, incident);
    }
}

void
KsaMasterAgent::Crash(IncidentId incident, bool forget)
{
    NS_LOG_FUNCTION(this << forget);
    m_serveEvent.Cancel();
    m_queue.clear();
    for (const auto& neighbour : m_neighbours)
    {
        PeerDown(neighbour.first, incident);
    }
    while (!m_requests.empty())
    {
        Refuse(m_requests.begin()->first,
               KEY_SUPPLY_UNAVAILABLE,
               "the key manager stopped",
               incident);
    }
    if (forget)
    {
        m_supplied.clear();
        m_suppliedByAge.clear();
    }
}

void
KsaMasterAgent::VoidUnknown(KmId peer, const std::vector<KsaKeyId>& held)
{
    Advance(Simulator::Now());
    KxKeyVoid message;
    for (const KsaKeyId& key : held)
    {
        const auto session = m_sessions.find(key.session);
        if (session != m_sessions.end() && session->second.slaveKm == peer &&
            m_supplied.find(key) == m_supplied.end())
        {
            message.keys.push_back(key);
        }
    }
    if (!message.keys.empty())
    {
        m_channel->SendKx(peer, KX_KEY_VOID, message.ToPacket(), IncidentId());
    }
}

void
KsaMasterAgent::Advance(Time now)
{
    while (!m_suppliedByAge.empty() && m_supplied.at(m_suppliedByAge.front()) < now)
    {
        m_supplied.erase(m_suppliedByAge.front());
        m_suppliedByAge.pop_front();
    }
}

void
KsaMasterAgent::Trace(const KsaKeyId& key,
                      const KmaKey& made,
                      KsaKeyEventKind kind,
                      IncidentId incident)
{
    m_keyTrace(
        KsaKeyEvent{key, m_self, true, kind, made.material, made.ranges, incident, RouteId(), 1});
}

} // namespace qkdn
} // namespace ns3
