/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-stream-agent.h"

#include "ns3/log.h"
#include "ns3/pointer.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnKeyStreamAgent");
NS_OBJECT_ENSURE_REGISTERED(KeyStreamAgent);

TypeId
KeyStreamAgent::GetTypeId()
{
    static TypeId tid = TypeId("ns3::qkdn::KeyStreamAgent")
                            .SetParent<Object>()
                            .SetGroupName("QkdnResilience")
                            .AddConstructor<KeyStreamAgent>()
                            .AddAttribute("Master",
                                          "Key streams of sessions whose master is here.",
                                          TypeId::ATTR_GET,
                                          PointerValue(),
                                          MakePointerAccessor(&KeyStreamAgent::m_master),
                                          MakePointerChecker<KeyStreamMaster>())
                            .AddAttribute("Slave",
                                          "Key streams of sessions whose slave is here.",
                                          TypeId::ATTR_GET,
                                          PointerValue(),
                                          MakePointerAccessor(&KeyStreamAgent::m_slave),
                                          MakePointerChecker<KeyStreamSlave>());
    return tid;
}

KeyStreamAgent::KeyStreamAgent()
    : m_master(CreateObject<KeyStreamMaster>()),
      m_slave(CreateObject<KeyStreamSlave>())
{
    NS_LOG_FUNCTION(this);
}

KeyStreamAgent::~KeyStreamAgent()
{
    NS_LOG_FUNCTION(this);
}

void
KeyStreamAgent::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_master->Dispose();
    m_slave->Dispose();
    m_parts = KeyStreamParts();
    Object::DoDispose();
}

void
KeyStreamAgent::Configure(const KeyStreamParts& parts)
{
    m_parts = parts;
    m_master->Configure(parts.self, parts.exchange, parts.masterAgent, parts.links);
    m_slave->Configure(parts.channel, parts.routes, parts.slaveAgent);
}

void
KeyStreamAgent::AddSession(const KeySession& session)
{
    m_sessions[session.id] = session;
    if (session.masterKm == m_parts.self)
    {
        m_master->AddSession(session);
    }
    if (session.slaveKm == m_parts.self)
    {
        m_slave->AddSession(session);
    }
}

const KeySession*
KeyStreamAgent::FindSession(const std::string& a, const std::string& b) const
{
    for (const auto& [id, session] : m_sessions)
    {
        if ((session.masterSae == a && session.slaveSae == b) ||
            (session.masterSae == b && session.slaveSae == a))
        {
            return &session;
        }
    }
    return nullptr;
}

void
KeyStreamAgent::OpenConnect(const std::string& source,
                            const std::string& destination,
                            const KeyStreamQos& qos,
                            const std::string& streamId,
                            OpenCallback answer)
{
    const std::string id = streamId == NIL_ID ? "" : streamId;
    const KeySession* session = FindSession(source, destination);
    const bool valid = id.empty() || IsKeyStreamId(id);
    if (!m_running || !session || !valid)
    {
        KeyStreamConnection connection;
        connection.status = KEY_STREAM_NO_CONNECTION;
        connection.qos = qos;
        connection.streamId = streamId;
        AnswerLater(answer, connection);
    }
    else if (session->masterKm == m_parts.self)
    {
        m_master->Open(session->id, qos, id, answer);
    }
    else
    {
        m_slave->Open(session->id, qos, id, answer);
    }
}

void
KeyStreamAgent::GetKey(const std::string& streamId,
                       uint32_t index,
                       uint32_t metadataSize,
                       ChunkCallback answer)
{
    if (m_master->IsOpen(streamId))
    {
        m_master->Get(streamId, index, metadataSize, answer);
        return;
    }
    if (m_slave->IsKnown(streamId))
    {
        m_slave->Get(streamId, index, metadataSize, answer);
        return;
    }
    KeyStreamChunk chunk;
    chunk.status = KEY_STREAM_NO_CONNECTION;
    chunk.index = index;
    AnswerLater(answer, chunk);
}

void
KeyStreamAgent::Close(const std::string& streamId, CloseCallback answer)
{
    KeyStreamStatus status = KEY_STREAM_OK;
    if (m_master->IsOpen(streamId))
    {
        m_master->Close(streamId);
    }
    else if (m_slave->IsKnown(streamId))
    {
        m_slave->Close(streamId);
    }
    else
    {
        status = KEY_STREAM_NO_CONNECTION;
    }
    AnswerLater(answer, status);
}

bool
KeyStreamAgent::HandleAsk(KmId peer, Ptr<const Packet> packet, IncidentId incident)
{
    const auto message = KxStreamAsk::FromPacket(packet);
    const KeyRoute* route = message ? m_parts.routes->Find(message->route) : nullptr;
    if (!route || m_parts.routes->GetNext(*route) != peer)
    {
        return false;
    }
    const KmId previous = m_parts.routes->GetPrevious(*route);
    if (previous.IsValid())
    {
        // if it cannot be sent, the slave's KM asks again
        m_parts.channel->SendKx(previous, KX_STREAM_ASK, message->ToPacket(), incident);
    }
    else
    {
        m_master->Tell(route->session);
    }
    return true;
}

void
KeyStreamAgent::PeerUp()
{
    m_master->TellAll();
}

void
KeyStreamAgent::Crash(bool forget)
{
    m_running = false;
    const KsaKeyEventKind kind = forget ? KSA_EVENT_DESTROYED : KSA_EVENT_VOIDED;
    m_master->Crash(kind);
    m_slave->Crash(kind);
}

void
KeyStreamAgent::Start()
{
    m_running = true;
    m_master->Restart();
}

KxFailure
KeyStreamAgent::TakeForward(const KeyRoute& route,
                            uint64_t /* number */,
                            std::vector<uint8_t>& body,
                            IncidentId /* incident */)
{
    if (!m_parts.exchange->IsEnd(route))
    {
        return KX_FAILURE_NONE;
    }
    const auto message = KxStreamSync::FromBytes(body);
    if (!message)
    {
        return KX_FAILURE_NOT_AUTHENTIC;
    }
    body = m_slave->Take(route, *message).ToBytes();
    return KX_FAILURE_NONE;
}

void
KeyStreamAgent::RefuseForward(KmId /* peer */,
                              const std::vector<uint8_t>& /* body */,
                              IncidentId /* incident */)
{
    // it names no key bits
}

void
KeyStreamAgent::TakeReturn(const KeyRoute& route,
                           uint64_t number,
                           const KxReturn& answer,
                           IncidentId /* incident */)
{
    m_master->TakeReturn(route, number, answer);
}

} // namespace qkdn
} // namespace ns3
