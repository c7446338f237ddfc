/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The part of KeyStreamMaster that talks to the slave's KM.

#include "qkdn-key-stream-master.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnKeyStreamMasterMessages");

void
KeyStreamMaster::Tell(SessionId id)
{
    const auto session = m_sessions.find(id);
    if (session == m_sessions.end() || !m_running)
    {
        return;
    }
    session->second.dirty = true;
    if (!session->second.asking && session->second.event.IsExpired())
    {
        // what changes in one instant is told in one message
        session->second.event = Simulator::ScheduleNow(&KeyStreamMaster::Send, this, id);
    }
}

void
KeyStreamMaster::TellAll()
{
    std::set<SessionId> sessions;
    for (const auto& [id, stream] : m_streams)
    {
        sessions.insert(stream.session);
    }
    for (const SessionId id : sessions)
    {
        Tell(id);
    }
}

void
KeyStreamMaster::Send(SessionId id)
{
    Session& session = m_sessions.at(id);
    if (session.asking || !session.dirty)
    {
        return;
    }
    const KeyRoute route = m_agent->GetRoute(id);
    if (route.kms.empty())
    {
        Repeat(session);
        return;
    }
    KxStreamSync message;
    message.streams = session.refusals;
    for (const auto& [streamId, stream] : m_streams)
    {
        if (stream.session == id && (stream.end || stream.slave != 0 || !stream.told))
        {
            message.streams.push_back(Describe(streamId, stream));
        }
    }
    const uint64_t number = m_exchange->NextNumber(route.id);
    if (m_exchange->Start(KX_STREAM_SYNC, route, number, message.ToBytes(), IncidentId()) !=
        KX_FAILURE_NONE)
    {
        Repeat(session);
        return;
    }
    m_sent[{route.id, number}] = id;
    session.asking = true;
    session.dirty = false;
    session.refusals.clear();
    for (auto& [streamId, stream] : m_streams)
    {
        stream.told = stream.told || stream.session == id;
    }
}

KxStream
KeyStreamMaster::Describe(const std::string& id, const Stream& stream)
{
    KxStream described;
    described.id = id;
    described.masterConnected = static_cast<bool>(stream.end);
    described.connection = stream.slave;
    described.qos = stream.qos;
    described.oldest =
        stream.unconfirmed.empty() ? stream.nextIndex : stream.unconfirmed.begin()->first;
    for (const auto& [index, waiting] : stream.unconfirmed)
    {
        described.chunks.push_back(
            KxStreamChunk{index, waiting.sequence, static_cast<uint8_t>(waiting.chunk.hops)});
    }
    return described;
}

void
KeyStreamMaster::Repeat(Session& session)
{
    session.dirty = true;
    if (session.event.IsExpired() && m_running)
    {
        session.event = Simulator::Schedule(m_retryInterval,
                                            &KeyStreamMaster::Send,
                                            this,
                                            session.description.id);
    }
}

void
KeyStreamMaster::TakeReturn(const KeyRoute& route, uint64_t number, const KxReturn& answer)
{
    const auto sent = m_sent.find({route.id, number});
    if (sent == m_sent.end())
    {
        // a KM on the way
        return;
    }
    Session& session = m_sessions.at(sent->second);
    m_sent.erase(sent);
    session.asking = false;
    const auto states = KxStreamStates::FromBytes(answer.body);
    if (answer.failure != KX_FAILURE_NONE || !states)
    {
        for (auto& [id, stream] : m_streams)
        {
            stream.told = stream.told && stream.session != session.description.id;
        }
        Repeat(session);
        return;
    }
    std::set<std::string> mentioned;
    for (const KxStreamState& state : states->streams)
    {
        mentioned.insert(state.id);
        TakeState(session, state);
    }
    for (auto& [id, stream] : m_streams)
    {
        const bool isOther = stream.session != session.description.id;
        if (!isOther && stream.slave != 0 && mentioned.find(id) == mentioned.end())
        {
            SlaveChanged(stream, 0);
        }
    }
    if (session.dirty)
    {
        Tell(session.description.id);
    }
    MakeAfter(Time(0));
}

void
KeyStreamMaster::TakeState(Session& session, const KxStreamState& state)
{
    const auto found = m_streams.find(state.id);
    const bool isKnown = found != m_streams.end();
    if (isKnown && found->second.session != session.description.id)
    {
        KxStream refusal;
        refusal.id = state.id;
        refusal.status = KEY_STREAM_ID_IN_USE;
        refusal.connection = state.connection;
        refusal.qos = state.qos;
        session.refusals.push_back(refusal);
        session.dirty = true;
        return;
    }
    if (!isKnown || (!found->second.end && found->second.slave == 0))
    {
        TakeConnection(session, state);
        return;
    }
    Stream& stream = found->second;
    TakeResults(stream, state.results);
    if (state.connection != stream.slave)
    {
        SlaveChanged(stream, state.connection);
    }
    stream.slaveWanted = std::min(state.wanted, stream.nextIndex + KeyStreamEnd::MAX_AHEAD);
}

void
KeyStreamMaster::TakeConnection(Session& session, const KxStreamState& state)
{
    if (state.connection == 0)
    {
        return;
    }
    session.dirty = true;
    if (const auto counter = Admit(session.description, state.id, state.qos))
    {
        KxStream refusal;
        refusal.id = state.id;
        refusal.status = KEY_STREAM_QOS_NOT_MET;
        refusal.connection = state.connection;
        refusal.qos = *counter;
        session.refusals.push_back(refusal);
        return;
    }
    Stream& stream = m_streams[state.id];
    stream.session = session.description.id;
    stream.qos = state.qos;
    stream.slave = state.connection;
    stream.slaveWanted = 0;
    stream.told = false;
}

void
KeyStreamMaster::SlaveChanged(Stream& stream, uint64_t connection)
{
    const bool isNew = connection != 0;
    stream.slave = connection;
    stream.slaveWanted = 0;
    stream.told = false;
    m_sessions.at(stream.session).dirty = true;
    if (!stream.end)
    {
        return;
    }
    if (isNew)
    {
        // what the slave's earlier connection held is not there any more
        stream.end->Drop(KSA_EVENT_VOIDED);
    }
    else
    {
        stream.end->Refuse(KEY_STREAM_PEER_NOT_YET);
    }
}

void
KeyStreamMaster::TakeResults(Stream& stream, const std::vector<KxStreamResult>& results)
{
    std::map<uint32_t, bool> accepted;
    for (const KxStreamResult& result : results)
    {
        accepted[result.index] = result.accepted;
    }
    while (!stream.unconfirmed.empty())
    {
        const auto [index, waiting] = *stream.unconfirmed.begin();
        const auto result = accepted.find(index);
        if (result == accepted.end())
        {
            return;
        }
        stream.unconfirmed.erase(stream.unconfirmed.begin());
        if (result->second)
        {
            stream.end->Add(index, waiting.chunk);
            continue;
        }
        m_agent->LeaveStream({waiting.chunk.uuid}, KSA_EVENT_VOIDED);
        stream.end->Skip(index);
    }
}

} // namespace qkdn
} // namespace ns3
