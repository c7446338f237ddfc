/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-stream-master.h"

#include "ns3/log.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnKeyStreamMaster");
NS_OBJECT_ENSURE_REGISTERED(KeyStreamMaster);

TypeId
KeyStreamMaster::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::KeyStreamMaster")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<KeyStreamMaster>()
            .AddAttribute("ChunksAhead",
                          "Chunks of a key stream that are made beyond those that were asked for.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&KeyStreamMaster::m_chunksAhead),
                          MakeUintegerChecker<uint32_t>(0, 1024))
            .AddAttribute("RetryInterval",
                          "Time after which a message that failed is sent again, and a chunk that "
                          "could not be made is tried again.",
                          TimeValue(MilliSeconds(200)),
                          MakeTimeAccessor(&KeyStreamMaster::m_retryInterval),
                          MakeTimeChecker(MilliSeconds(1)));
    return tid;
}

void
KeyStreamMaster::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_makeEvent.Cancel();
    for (auto& session : m_sessions)
    {
        session.second.event.Cancel();
    }
    m_sessions.clear();
    m_streams.clear();
    m_sent.clear();
    m_links = LinkSource();
    m_exchange = nullptr;
    m_agent = nullptr;
    Object::DoDispose();
}

void
KeyStreamMaster::Configure(KmId self,
                           Ptr<KxExchange> exchange,
                           Ptr<KsaMasterAgent> agent,
                           LinkSource links)
{
    m_self = self;
    m_exchange = exchange;
    m_agent = agent;
    m_links = links;
}

void
KeyStreamMaster::AddSession(const KeySession& session)
{
    m_sessions[session.id].description = session;
}

void
KeyStreamMaster::Open(SessionId sessionId,
                      const KeyStreamQos& asked,
                      const std::string& id,
                      KeyStreamService::OpenCallback answer)
{
    NS_LOG_FUNCTION(this << sessionId << id);
    const KeySession& session = m_sessions.at(sessionId).description;
    KeyStreamConnection connection;
    connection.qos = asked;
    connection.streamId = id.empty() ? ChooseId(session) : id;
    const auto found = m_streams.find(connection.streamId);
    const bool isKnown = found != m_streams.end();
    const bool hasSlave = isKnown && found->second.slave != 0;
    const uint32_t size = hasSlave ? found->second.qos.keyChunkSize : 0;
    if (isKnown && (found->second.session != sessionId || found->second.end))
    {
        connection.status = KEY_STREAM_ID_IN_USE;
    }
    else if (m_agent->GetRoute(sessionId).kms.empty())
    {
        connection.status = KEY_STREAM_NO_CONNECTION;
    }
    else if (hasSlave)
    {
        // the QoS is that of the end that was first
        connection.qos = found->second.qos;
        const bool fits = asked.keyChunkSize == 0 || asked.keyChunkSize == size;
        connection.status = fits ? KEY_STREAM_OK : KEY_STREAM_QOS_NOT_MET;
    }
    else if (const auto counter = Admit(session, connection.streamId, asked))
    {
        connection.qos = *counter;
        connection.status = KEY_STREAM_QOS_NOT_MET;
    }
    else
    {
        connection.status = KEY_STREAM_PEER_MISSING;
    }
    if (connection.status <= KEY_STREAM_PEER_MISSING)
    {
        Connect(connection.streamId, sessionId, connection.qos);
    }
    KeyStreamService::AnswerLater(answer, connection);
}

void
KeyStreamMaster::Connect(const std::string& id, SessionId session, const KeyStreamQos& qos)
{
    Stream& stream = m_streams[id];
    stream.session = session;
    stream.qos = qos;
    stream.told = false;
    stream.end = Create<KeyStreamEnd>(qos,
                                      m_agent->GetKeyTtl(),
                                      MakeCallback(&KsaMasterAgent::LeaveStream, m_agent));
    // indices that were given before name nothing that this connection can have
    if (stream.nextIndex > 0)
    {
        stream.end->Skip(stream.nextIndex - 1);
    }
    Tell(session);
}

std::string
KeyStreamMaster::ChooseId(const KeySession& session)
{
    return MakeKeyStreamId(session.name + "/" + std::to_string(m_self.value) + "/" +
                           std::to_string(++m_lastId));
}

std::optional<KeyStreamQos>
KeyStreamMaster::Admit(const KeySession& session,
                       const std::string& id,
                       const KeyStreamQos& asked) const
{
    const KeySupplyState state = m_agent->GetStatus(session.masterSae, session.slaveSae);
    KeyStreamQos offer = asked;
    offer.keyChunkSize =
        std::clamp(asked.keyChunkSize, (state.minKeySizeBit + 7) / 8, state.maxKeySizeBit / 8);
    offer.minBps = std::min(asked.minBps, GetFreeBps(session, id));
    if (offer.maxBps > 0)
    {
        offer.maxBps = std::max(offer.maxBps, offer.minBps);
    }
    if (!asked.metadataMimetype.empty())
    {
        offer.metadataMimetype = KeyStreamQos().metadataMimetype;
    }
    return offer == asked ? std::nullopt : std::optional<KeyStreamQos>(offer);
}

uint32_t
KeyStreamMaster::GetFreeBps(const KeySession& session, const std::string& id) const
{
    uint64_t bps = UINT32_MAX;
    if (session.policy.demandBps > 0)
    {
        bps = std::min(bps, session.policy.demandBps);
    }
    const KeyRoute& route = m_agent->GetRoute(session.id);
    uint64_t rate = 0;
    for (const CkLinkState& link : m_links())
    {
        rate += !route.kms.empty() && link.neighbour == route.kms.at(1) ? link.keyRateBps : 0;
    }
    if (rate > 0)
    {
        bps = std::min(bps, rate);
    }
    if (bps == UINT32_MAX)
    {
        return UINT32_MAX;
    }
    for (const auto& [other, stream] : m_streams)
    {
        const bool isOpen = stream.end || stream.slave != 0;
        if (isOpen && stream.session == session.id && other != id)
        {
            bps -= std::min<uint64_t>(bps, stream.qos.minBps);
        }
    }
    return static_cast<uint32_t>(bps);
}

bool
KeyStreamMaster::IsOpen(const std::string& id) const
{
    const auto found = m_streams.find(id);
    return found != m_streams.end() && found->second.end;
}

bool
KeyStreamMaster::IsKnown(const std::string& id) const
{
    return m_streams.find(id) != m_streams.end();
}

void
KeyStreamMaster::Get(const std::string& id,
                     uint32_t index,
                     uint32_t metadataSize,
                     KeyStreamService::ChunkCallback answer)
{
    Stream& stream = m_streams.at(id);
    if (stream.slave == 0 && !stream.end->Has(index))
    {
        KeyStreamChunk chunk;
        chunk.status = KEY_STREAM_PEER_NOT_YET;
        chunk.index = index;
        KeyStreamService::AnswerLater(answer, chunk);
        return;
    }
    stream.end->Get(index, metadataSize, answer);
    // calls of one instant share a batch of keys
    MakeAfter(Time(0));
}

void
KeyStreamMaster::Close(const std::string& id)
{
    NS_LOG_FUNCTION(this << id);
    Stream& stream = m_streams.at(id);
    Disconnect(stream, KSA_EVENT_VOIDED);
    Tell(stream.session);
}

void
KeyStreamMaster::Disconnect(Stream& stream, KsaKeyEventKind kind)
{
    if (!stream.end)
    {
        return;
    }
    std::vector<std::string> uuids;
    for (const auto& [index, waiting] : stream.unconfirmed)
    {
        uuids.push_back(waiting.chunk.uuid);
    }
    stream.unconfirmed.clear();
    m_agent->LeaveStream(uuids, kind);
    stream.end->Refuse(KEY_STREAM_NO_CONNECTION);
    stream.end->Drop(kind);
    stream.end = nullptr;
    stream.making = 0;
    ++stream.epoch;
    stream.told = false;
}

void
KeyStreamMaster::Crash(KsaKeyEventKind kind)
{
    NS_LOG_FUNCTION(this);
    m_running = false;
    m_makeEvent.Cancel();
    m_sent.clear();
    for (auto& [id, stream] : m_streams)
    {
        Disconnect(stream, kind);
        stream.slave = 0;
        stream.slaveWanted = 0;
    }
    for (auto& [id, session] : m_sessions)
    {
        session.event.Cancel();
        session.asking = false;
        session.dirty = false;
        session.refusals.clear();
    }
}

void
KeyStreamMaster::Restart()
{
    m_running = true;
    TellAll();
}

void
KeyStreamMaster::Make()
{
    m_makeEvent.Cancel();
    std::vector<Streams::iterator> order;
    for (auto stream = m_streams.begin(); stream != m_streams.end(); ++stream)
    {
        if (stream->second.end && stream->second.slave != 0)
        {
            order.push_back(stream);
        }
    }
    std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
        return a->second.qos.priority > b->second.qos.priority;
    });
    for (const auto& stream : order)
    {
        Make(stream->first, stream->second);
    }
}

void
KeyStreamMaster::Make(const std::string& id, Stream& stream)
{
    const Time now = Simulator::Now();
    const KeySession& session = m_sessions.at(stream.session).description;
    const uint64_t wanted =
        uint64_t{std::max(stream.end->GetWanted(), stream.slaveWanted)} + m_chunksAhead;
    KeySupplyRequest request;
    request.sizeBit = 8 * stream.qos.keyChunkSize;
    const Time pace = stream.qos.maxBps == 0
                          ? Time(0)
                          : Seconds(static_cast<double>(request.sizeBit) / stream.qos.maxBps);
    while (uint64_t{stream.nextIndex} + stream.making < wanted &&
           stream.unconfirmed.size() + stream.making < MAX_OPEN)
    {
        if (stream.notBefore > now)
        {
            MakeAfter(stream.notBefore - now);
            return;
        }
        ++stream.making;
        stream.notBefore = std::max(now, stream.notBefore) + pace;
        m_agent->GetKey(session.masterSae,
                        session.slaveSae,
                        request,
                        HAND_OVER_STREAM,
                        MakeBoundCallback(&KeyStreamMaster::TakeKey,
                                          Ptr<KeyStreamMaster>(this),
                                          Order{id, stream.epoch}));
    }
}

void
KeyStreamMaster::MakeAfter(Time delay)
{
    if (!m_running || (!m_makeEvent.IsExpired() && Simulator::GetDelayLeft(m_makeEvent) <= delay))
    {
        return;
    }
    m_makeEvent.Cancel();
    void (KeyStreamMaster::*make)() = &KeyStreamMaster::Make;
    m_makeEvent = Simulator::Schedule(delay, make, this);
}

void
KeyStreamMaster::TakeKey(Ptr<KeyStreamMaster> self, Order order, const KeyContainer& container)
{
    if (!self->m_agent)
    {
        // disposed
        return;
    }
    const auto stream = self->m_streams.find(order.first);
    if (stream != self->m_streams.end() && stream->second.epoch == order.second)
    {
        --stream->second.making;
    }
    if (container.status != KEY_SUPPLY_OK)
    {
        self->MakeAfter(self->m_retryInterval);
        return;
    }
    for (const SuppliedKey& key : container.keys)
    {
        self->AddKey(order, key);
    }
}

void
KeyStreamMaster::AddKey(const Order& order, const SuppliedKey& key)
{
    const auto found = m_streams.find(order.first);
    const KsaKeyEvent* known = m_agent->FindInStream(key.keyId);
    NS_ABORT_MSG_IF(!known, "key " << key.keyId << " was not made for a key stream");
    if (found == m_streams.end() || found->second.epoch != order.second || !found->second.end)
    {
        m_agent->LeaveStream({key.keyId}, KSA_EVENT_VOIDED);
        return;
    }
    Stream& stream = found->second;
    stream.unconfirmed[stream.nextIndex++] =
        Unconfirmed{HeldChunk{key.keyId, key.material, known->hops}, known->key.sequence};
    Tell(stream.session);
}

} // namespace qkdn
} // namespace ns3
