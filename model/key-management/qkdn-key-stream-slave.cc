/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-stream-slave.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnKeyStreamSlave");
NS_OBJECT_ENSURE_REGISTERED(KeyStreamSlave);

TypeId
KeyStreamSlave::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::KeyStreamSlave")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<KeyStreamSlave>()
            .AddAttribute("AskInterval",
                          "Time after which the key manager of the master is asked again to ask "
                          "for the state of key streams.",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&KeyStreamSlave::m_askInterval),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("OpenTimeout",
                          "Time that OPEN_CONNECT waits for the key manager of the master, if the "
                          "QoS says no Timeout.",
                          TimeValue(Seconds(3)),
                          MakeTimeAccessor(&KeyStreamSlave::m_openTimeout),
                          MakeTimeChecker(MilliSeconds(1)));
    return tid;
}

void
KeyStreamSlave::DoDispose()
{
    NS_LOG_FUNCTION(this);
    for (auto& session : m_sessions)
    {
        session.second.ask.Cancel();
    }
    for (auto& stream : m_streams)
    {
        stream.second.timeout.Cancel();
    }
    m_sessions.clear();
    m_streams.clear();
    m_channel = nullptr;
    m_routes = nullptr;
    m_agent = nullptr;
    Object::DoDispose();
}

void
KeyStreamSlave::Configure(KxChannel* channel, const RouteTable* routes, Ptr<KsaSlaveAgent> agent)
{
    m_channel = channel;
    m_routes = routes;
    m_agent = agent;
}

void
KeyStreamSlave::AddSession(const KeySession& session)
{
    m_sessions[session.id].description = session;
}

void
KeyStreamSlave::Open(SessionId session,
                     const KeyStreamQos& asked,
                     const std::string& id,
                     KeyStreamService::OpenCallback answer)
{
    NS_LOG_FUNCTION(this << session << id);
    const uint64_t number = m_lastConnection + 1;
    KeyStreamConnection connection;
    connection.qos = asked;
    connection.streamId = id;
    if (id.empty())
    {
        const KeySession& description = m_sessions.at(session).description;
        connection.streamId =
            MakeKeyStreamId(description.name + "/" + std::to_string(description.slaveKm.value) +
                            "/" + std::to_string(number));
    }
    if (IsKnown(connection.streamId))
    {
        connection.status = KEY_STREAM_ID_IN_USE;
    }
    else if (!HasRoute(session))
    {
        connection.status = KEY_STREAM_NO_CONNECTION;
    }
    if (connection.status != KEY_STREAM_OK)
    {
        KeyStreamService::AnswerLater(answer, connection);
        return;
    }
    m_lastConnection = number;
    Stream& stream = m_streams[connection.streamId];
    stream.session = session;
    stream.connection = number;
    stream.asked = asked;
    stream.end = Create<KeyStreamEnd>(asked,
                                      m_agent->GetKeyTtl(),
                                      MakeCallback(&KsaSlaveAgent::LeaveStream, m_agent));
    stream.pending = answer;
    stream.timeout =
        Simulator::Schedule(asked.timeoutMs == 0 ? m_openTimeout : MilliSeconds(asked.timeoutMs),
                            &KeyStreamSlave::Timeout,
                            this,
                            connection.streamId);
    Ask(session);
}

bool
KeyStreamSlave::IsKnown(const std::string& id) const
{
    return m_streams.find(id) != m_streams.end();
}

bool
KeyStreamSlave::HasRoute(SessionId session) const
{
    for (const auto& [id, route] : m_routes->GetAll())
    {
        if (route.session == session && !m_routes->GetNext(route).IsValid())
        {
            return true;
        }
    }
    return false;
}

void
KeyStreamSlave::Get(const std::string& id,
                    uint32_t index,
                    uint32_t metadataSize,
                    KeyStreamService::ChunkCallback answer)
{
    Stream& stream = m_streams.at(id);
    KeyStreamChunk chunk;
    chunk.index = index;
    if (!stream.opened)
    {
        chunk.status = KEY_STREAM_NO_CONNECTION;
        KeyStreamService::AnswerLater(answer, chunk);
        return;
    }
    if (!stream.masterConnected && !stream.end->Has(index))
    {
        chunk.status = KEY_STREAM_PEER_NOT_YET;
        KeyStreamService::AnswerLater(answer, chunk);
        return;
    }
    if (stream.end->Get(index, metadataSize, answer))
    {
        Ask(stream.session);
    }
}

void
KeyStreamSlave::Close(const std::string& id)
{
    NS_LOG_FUNCTION(this << id);
    const auto stream = m_streams.find(id);
    const SessionId session = stream->second.session;
    KeyStreamConnection connection;
    connection.status = KEY_STREAM_NO_CONNECTION;
    End(stream, connection, KSA_EVENT_VOIDED);
    Ask(session);
}

void
KeyStreamSlave::End(Streams::iterator stream,
                    const KeyStreamConnection& connection,
                    KsaKeyEventKind kind)
{
    Stream ended = stream->second;
    KeyStreamConnection answer = connection;
    answer.streamId = stream->first;
    m_streams.erase(stream);
    ended.timeout.Cancel();
    ended.end->Refuse(KEY_STREAM_NO_CONNECTION);
    ended.end->Drop(kind);
    if (!ended.opened)
    {
        KeyStreamService::AnswerLater(ended.pending, answer);
    }
}

void
KeyStreamSlave::Timeout(std::string id)
{
    const auto stream = m_streams.find(id);
    const SessionId session = stream->second.session;
    KeyStreamConnection connection;
    connection.status = KEY_STREAM_TIMEOUT;
    connection.qos = stream->second.asked;
    End(stream, connection, KSA_EVENT_VOIDED);
    Ask(session);
}

void
KeyStreamSlave::Crash(KsaKeyEventKind kind)
{
    NS_LOG_FUNCTION(this);
    KeyStreamConnection connection;
    connection.status = KEY_STREAM_NO_CONNECTION;
    while (!m_streams.empty())
    {
        End(m_streams.begin(), connection, kind);
    }
    for (auto& session : m_sessions)
    {
        session.second.ask.Cancel();
        session.second.told = true;
    }
}

KxStreamStates
KeyStreamSlave::Take(const KeyRoute& route, const KxStreamSync& sync)
{
    KxStreamStates states;
    const auto found = m_sessions.find(route.session);
    if (found == m_sessions.end())
    {
        return states;
    }
    Session& session = found->second;
    session.route = route.id;
    std::map<std::string, std::vector<KxStreamResult>> results;
    for (const KxStream& said : sync.streams)
    {
        results[said.id] = TakeStream(session, said);
    }
    for (auto& [id, stream] : m_streams)
    {
        if (stream.session == route.session &&
            results.emplace(id, std::vector<KxStreamResult>()).second)
        {
            // the master's KM does not know it, or not any more
            stream.masterConnected = false;
            stream.end->Refuse(KEY_STREAM_PEER_NOT_YET);
        }
    }
    for (const auto& [id, taken] : results)
    {
        KxStreamState state;
        state.id = id;
        state.results = taken;
        const auto stream = m_streams.find(id);
        if (stream != m_streams.end() && stream->second.session == route.session)
        {
            const Stream& here = stream->second;
            state.connection = here.connection;
            state.qos = here.opened ? here.end->GetQos() : here.asked;
            state.wanted = here.end->GetWanted();
        }
        states.streams.push_back(state);
    }
    session.told = true;
    session.ask.Cancel();
    return states;
}

std::vector<KxStreamResult>
KeyStreamSlave::TakeStream(Session& session, const KxStream& said)
{
    std::vector<KxStreamResult> results;
    const auto stream = m_streams.find(said.id);
    const bool isHere = stream != m_streams.end() &&
                        stream->second.session == session.description.id &&
                        stream->second.connection == said.connection && TakeDecision(stream, said);
    if (isHere && said.oldest > stream->second.end->GetNext())
    {
        // what is final there and not known here names no chunk of this connection
        stream->second.end->Skip(said.oldest - 1);
    }
    for (const KxStreamChunk& chunk : said.chunks)
    {
        const bool taken = isHere && TakeChunk(session.description, stream->second, chunk);
        results.push_back(KxStreamResult{chunk.index, taken});
    }
    if (isHere)
    {
        auto& known = stream->second.known;
        known.erase(known.begin(), known.lower_bound(said.oldest));
    }
    return results;
}

bool
KeyStreamSlave::TakeDecision(Streams::iterator found, const KxStream& said)
{
    Stream& stream = found->second;
    KeyStreamConnection connection;
    connection.status = said.status;
    connection.qos = said.qos;
    connection.streamId = found->first;
    const bool fits =
        stream.asked.keyChunkSize == 0 || stream.asked.keyChunkSize == said.qos.keyChunkSize;
    if (said.status == KEY_STREAM_OK && !stream.opened && !fits)
    {
        connection.status = KEY_STREAM_QOS_NOT_MET;
    }
    if (connection.status != KEY_STREAM_OK)
    {
        End(found, connection, KSA_EVENT_VOIDED);
        return false;
    }
    stream.masterConnected = said.masterConnected;
    if (!stream.opened)
    {
        stream.opened = true;
        stream.timeout.Cancel();
        stream.end->SetQos(said.qos);
        connection.status = said.masterConnected ? KEY_STREAM_OK : KEY_STREAM_PEER_MISSING;
        KeyStreamService::AnswerLater(stream.pending, connection);
    }
    else if (!said.masterConnected)
    {
        stream.end->Refuse(KEY_STREAM_PEER_NOT_YET);
    }
    return true;
}

bool
KeyStreamSlave::TakeChunk(const KeySession& session, Stream& stream, const KxStreamChunk& chunk)
{
    const auto known = stream.known.find(chunk.index);
    if (known != stream.known.end())
    {
        return known->second;
    }
    if (chunk.index < stream.end->GetNext())
    {
        return false;
    }
    const std::string uuid = KsaKeyUuid(session.name, chunk.sequence);
    const KeyContainer container =
        m_agent->GetKeyWithKeyIds(session.slaveSae, session.masterSae, {uuid}, HAND_OVER_STREAM);
    const bool taken = container.status == KEY_SUPPLY_OK;
    stream.known[chunk.index] = taken;
    if (taken)
    {
        stream.end->Add(chunk.index, HeldChunk{uuid, container.keys.front().material, chunk.hops});
    }
    else
    {
        stream.end->Skip(chunk.index);
    }
    return taken;
}

void
KeyStreamSlave::Ask(SessionId id)
{
    Session& session = m_sessions.at(id);
    if (!session.told)
    {
        // the answer to what is on its way will say this, too
        return;
    }
    session.told = false;
    session.ask = Simulator::ScheduleNow(&KeyStreamSlave::SendAsk, this, id, false);
}

void
KeyStreamSlave::SendAsk(SessionId id, bool again)
{
    Session& session = m_sessions.at(id);
    const KeyRoute* last = m_routes->Find(session.route);
    const bool useLast = !again && last && last->session == id;
    for (const auto& [routeId, route] : m_routes->GetAll())
    {
        const bool leadsHere = route.session == id && !m_routes->GetNext(route).IsValid();
        if (leadsHere && (!useLast || routeId == session.route))
        {
            // what does not get there is repeated
            m_channel->SendKx(m_routes->GetPrevious(route),
                              KX_STREAM_ASK,
                              KxStreamAsk{routeId}.ToPacket(),
                              IncidentId());
        }
    }
    session.ask = Simulator::Schedule(m_askInterval, &KeyStreamSlave::SendAsk, this, id, true);
}

} // namespace qkdn
} // namespace ns3
