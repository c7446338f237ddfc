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

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnKsaMasterAgent");
NS_OBJECT_ENSURE_REGISTERED(KsaMasterAgent);

namespace
{

/// Share requests ask for this many times what is missing now, so that they are rare.
constexpr uint64_t SHARE_REQUEST_FACTOR = 16;

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
                "How key supply notifications and their responses are authenticated.",
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
    m_sessions[session.id] = session;
}

const KeySession*
KsaMasterAgent::FindSession(const std::string& callerSae, const std::string& slaveSae) const
{
    for (const auto& [id, session] : m_sessions)
    {
        if (session.masterSae == callerSae && session.slaveSae == slaveSae)
        {
            return &session;
        }
    }
    return nullptr;
}

KeySupplyState
KsaMasterAgent::GetStatus(const std::string& callerSae, const std::string& slaveSae) const
{
    KeySupplyState state;
    const KeySession* session = FindSession(callerSae, slaveSae);
    if (!session)
    {
        state.status = KEY_SUPPLY_UNAUTHORIZED;
        return state;
    }
    const Neighbour& neighbour = m_neighbours.at(session->slaveKm);
    state.keySizeBit = session->keySizeBit;
    state.storedKeyCount =
        neighbour.pool->GetAvailableBits(KEY_DIRECT_SUPPLY) / session->keySizeBit;
    state.maxKeyPerRequest = m_maxKeysPerRequest;
    state.maxKeySizeBit = m_maxKeySizeBit;
    state.minKeySizeBit = m_minKeySizeBit;
    return state;
}

KeyContainer
KsaMasterAgent::CheckRequest(const KeySession* session, uint32_t number, uint32_t sizeBit) const
{
    KeyContainer wrong;
    wrong.status = KEY_SUPPLY_BAD_REQUEST;
    if (!session)
    {
        wrong.status = KEY_SUPPLY_UNAUTHORIZED;
        wrong.message = "no session of these applications";
    }
    else if (number == 0 || number > m_maxKeysPerRequest)
    {
        wrong.message = "number must be 1 to " + std::to_string(m_maxKeysPerRequest);
    }
    else if (sizeBit % 8 != 0 || sizeBit < m_minKeySizeBit || sizeBit > m_maxKeySizeBit)
    {
        wrong.message = "size must be a multiple of 8 from " + std::to_string(m_minKeySizeBit) +
                        " to " + std::to_string(m_maxKeySizeBit);
    }
    else if (!m_neighbours.at(session->slaveKm).synchroniser->IsAgreed())
    {
        wrong.status = KEY_SUPPLY_UNAVAILABLE;
        wrong.message = "the key manager of the slave application is not reachable";
    }
    else
    {
        wrong.status = KEY_SUPPLY_OK;
    }
    return wrong;
}

void
KsaMasterAgent::GetKey(const std::string& callerSae,
                       const std::string& slaveSae,
                       uint32_t number,
                       uint32_t sizeBit,
                       KeySupplyService::KeyCallback answer)
{
    NS_LOG_FUNCTION(this << callerSae << slaveSae << number << sizeBit);
    const KeySession* session = FindSession(callerSae, slaveSae);
    const uint32_t size = sizeBit == 0 && session ? session->keySizeBit : sizeBit;
    const KeyContainer check = CheckRequest(session, number, size);
    if (check.status != KEY_SUPPLY_OK)
    {
        KeySupplyService::AnswerLater(answer, check);
        return;
    }
    m_requests[++m_lastRequest] = Request{answer, session->id, number, size, {}};
    m_queue.push_back(m_lastRequest);
    if (m_serveEvent.IsExpired())
    {
        m_serveEvent = Simulator::ScheduleNow(&KsaMasterAgent::ServeQueue, this);
    }
}

uint32_t
KsaMasterAgent::GetTagBits() const
{
    const bool its = m_authentication == KX_ITS_PER_BATCH || m_authentication == KX_ITS_PER_MESSAGE;
    return its ? 2 * m_tagBits : 0;
}

uint32_t
KsaMasterAgent::GetMaxBatch() const
{
    return m_authentication == KX_ITS_PER_MESSAGE ? 1 : m_maxBatch;
}

void
KsaMasterAgent::ServeQueue()
{
    std::map<KmId, KxSupplyNotification> notifications;
    const std::deque<uint64_t> queue = std::move(m_queue);
    m_queue.clear();
    const std::size_t maxKeys = GetMaxBatch();
    for (const uint64_t id : queue)
    {
        const KmId peer = m_sessions.at(m_requests.at(id).session).slaveKm;
        KxSupplyNotification& notification = notifications[peer];
        if (!MakeKeys(id, notification))
        {
            Refuse(id, KEY_SUPPLY_UNAVAILABLE, "not enough key", IncidentId());
        }
        while (notification.keys.size() >= maxKeys)
        {
            KxSupplyNotification full;
            full.keys.assign(notification.keys.begin(),
                             notification.keys.begin() + static_cast<std::ptrdiff_t>(maxKeys));
            notification.keys.erase(notification.keys.begin(),
                                    notification.keys.begin() +
                                        static_cast<std::ptrdiff_t>(maxKeys));
            SendBatch(peer, full);
        }
    }
    for (auto& [peer, notification] : notifications)
    {
        if (!notification.keys.empty())
        {
            SendBatch(peer, notification);
        }
    }
}

bool
KsaMasterAgent::MakeKeys(uint64_t id, KxSupplyNotification& notification)
{
    const Request& request = m_requests.at(id);
    const KeySession& session = m_sessions.at(request.session);
    const Neighbour& neighbour = m_neighbours.at(session.slaveKm);
    const uint64_t keyBits = uint64_t{request.number} * request.sizeBit;
    const uint64_t messages = (request.number + GetMaxBatch() - 1) / GetMaxBatch();
    const uint64_t tagBits = GetTagBits() * messages;
    neighbour.synchroniser->NoteDemand(keyBits + tagBits);
    // tags of a batch that is already begun are still to be paid as well
    const uint64_t allTagBits = tagBits + (notification.keys.empty() ? 0 : GetTagBits());
    if (neighbour.pool->GetAvailableBits(KEY_DIRECT_SUPPLY) < keyBits ||
        neighbour.pool->GetAvailableBits(KEY_AUTHENTICATION) < keyBits + allTagBits)
    {
        neighbour.synchroniser->RequestShare((keyBits + allTagBits) * SHARE_REQUEST_FACTOR);
        return false;
    }
    for (uint32_t i = 0; i < request.number; ++i)
    {
        const auto made = neighbour.pool->Take(request.sizeBit, KEY_DIRECT_SUPPLY);
        NS_ABORT_MSG_IF(!made, "KM " << m_self << ": a pool gave less than it had");
        const KsaKeyId key{session.id, ++m_lastSequence[session.id]};
        m_announced[key] = AnnouncedKey{id, 0, *made};
        notification.keys.push_back(KxNotifiedKey{key, made->ranges});
        Trace(key, *made, KSA_EVENT_CREATED, IncidentId());
    }
    return true;
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
    for (const KxNotifiedResult& result : response->results)
    {
        const auto key = m_announced.find(result.key);
        if (key == m_announced.end() ||
            std::find(batch.keys.begin(), batch.keys.end(), result.key) == batch.keys.end())
        {
            continue;
        }
        if (result.accepted && authentic)
        {
            Confirm(result.key);
        }
        else
        {
            Void(result.key, IncidentId());
        }
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
KsaMasterAgent::Supply(uint64_t id)
{
    const Time now = Simulator::Now();
    Advance(now);
    const Request& request = m_requests.at(id);
    const KeySession& session = m_sessions.at(request.session);
    KeyContainer container;
    for (const ConfirmedKey& confirmed : request.ready)
    {
        m_neighbours.at(session.slaveKm).pool->Settle(confirmed.key.ranges);
        m_supplied[confirmed.id] = now + m_keyTtl;
        m_suppliedByAge.push_back(confirmed.id);
        container.keys.push_back(
            SuppliedKey{KsaKeyUuid(session.name, confirmed.id.sequence), confirmed.key.material});
        Trace(confirmed.id, confirmed.key, KSA_EVENT_HANDED_OVER, IncidentId());
    }
    KeySupplyService::AnswerLater(request.answer, container);
    m_requests.erase(id);
}

void
KsaMasterAgent::Refuse(uint64_t id,
                       KeySupplyStatus status,
                       const std::string& message,
                       IncidentId incident)
{
    const auto found = m_requests.find(id);
    if (found == m_requests.end())
    {
        return;
    }
    const Request request = found->second;
    m_requests.erase(found);
    VoidConfirmed(request.ready, incident);
    KeyContainer container;
    container.status = status;
    container.message = message;
    KeySupplyService::AnswerLater(request.answer, container);
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
    m_keyTrace(KsaKeyEvent{key, m_self, true, kind, made.material, made.ranges, incident});
}

} // namespace qkdn
} // namespace ns3
