/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-delivery-server.h"

#include "qkdn-key-delivery-json.h"

#include "ns3/abort.h"
#include "ns3/inet-socket-address.h"
#include "ns3/log.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnKeyDeliveryServer");
NS_OBJECT_ENSURE_REGISTERED(KeyDeliveryServer);

namespace
{

/// Size of the send and of the receive buffer of a connection, bytes.
constexpr uint32_t SOCKET_BUFFER_BYTES = 131072;

/// Time between attempts to listen while old connections keep the address in use.
constexpr int64_t OPEN_RETRY_MS = 1000;

} // namespace

TypeId
KeyDeliveryServer::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::KeyDeliveryServer")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<KeyDeliveryServer>()
            .AddAttribute("MaxHeaderBytes",
                          "Longest header of a request, bytes.",
                          UintegerValue(8192),
                          MakeUintegerAccessor(&KeyDeliveryServer::m_maxHeaderBytes),
                          MakeUintegerChecker<uint32_t>(256, 1048576))
            .AddAttribute("MaxBodyBytes",
                          "Longest content of a request, bytes.",
                          UintegerValue(65536),
                          MakeUintegerAccessor(&KeyDeliveryServer::m_maxBodyBytes),
                          MakeUintegerChecker<uint32_t>(64, 16777216))
            .AddAttribute("MaxPipelined",
                          "Requests of a connection that are taken before one is answered.",
                          UintegerValue(64),
                          MakeUintegerAccessor(&KeyDeliveryServer::m_maxPipelined),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("MaxConnections",
                          "Connections at a time; further ones are reset.",
                          UintegerValue(10000),
                          MakeUintegerAccessor(&KeyDeliveryServer::m_maxConnections),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("IdleTimeout",
                          "Time without a request and a response after which a connection is "
                          "closed.",
                          TimeValue(Seconds(60)),
                          MakeTimeAccessor(&KeyDeliveryServer::m_idleTimeout),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("AnswerTtl",
                          "Time for which an answer with keys that may not have arrived is kept "
                          "after its connection is gone, for a repetition of the call.",
                          TimeValue(Seconds(60)),
                          MakeTimeAccessor(&KeyDeliveryServer::m_answerTtl),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddTraceSource("Answered",
                            "A request was answered.",
                            MakeTraceSourceAccessor(&KeyDeliveryServer::m_answeredTrace),
                            "ns3::qkdn::KeyDeliveryServer::AnsweredCallback");
    return tid;
}

KeyDeliveryServer::KeyDeliveryServer()
    : m_answers(Create<KeyAnswerStore>(MakeCallback(&KeyDeliveryServer::GiveUp, this)))
{
    NS_LOG_FUNCTION(this);
}

KeyDeliveryServer::~KeyDeliveryServer()
{
    NS_LOG_FUNCTION(this);
}

void
KeyDeliveryServer::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_answers->Clear();
    Stop(false);
    m_master = nullptr;
    m_slave = nullptr;
    Object::DoDispose();
}

void
KeyDeliveryServer::Configure(Ptr<KsaMasterAgent> master, Ptr<KsaSlaveAgent> slave)
{
    m_master = master;
    m_slave = slave;
}

void
KeyDeliveryServer::AddSae(const std::string& sae, Ipv4Address address)
{
    m_saes[sae] = address;
}

void
KeyDeliveryServer::Start(Ptr<Node> node, const Address& local)
{
    NS_LOG_FUNCTION(this << local);
    m_node = node;
    m_local = local;
    m_answers->SetTtl(m_answerTtl);
    Open();
}

void
KeyDeliveryServer::Open()
{
    const Ptr<TcpAcceptor> acceptor = Create<TcpAcceptor>();
    if (acceptor->Listen(m_local,
                         MakeCallback(&KeyDeliveryServer::MakeSocket, this),
                         MakeCallback(&KeyDeliveryServer::HandleAccept, this)))
    {
        m_acceptor = acceptor;
        return;
    }
    NS_LOG_LOGIC("old connections keep " << m_local << " in use");
    m_openEvent = Simulator::Schedule(MilliSeconds(OPEN_RETRY_MS), &KeyDeliveryServer::Open, this);
}

void
KeyDeliveryServer::Stop(bool forget)
{
    NS_LOG_FUNCTION(this << forget);
    m_openEvent.Cancel();
    m_node = nullptr;
    if (m_acceptor)
    {
        m_acceptor->Close();
        m_acceptor = nullptr;
    }
    while (!m_connections.empty())
    {
        const auto connection = m_connections.begin();
        connection->second.stream->Close();
        HandleClosed(connection->first);
    }
    if (forget)
    {
        m_answers->Forget();
    }
}

std::size_t
KeyDeliveryServer::GetConnections() const
{
    return m_connections.size();
}

std::size_t
KeyDeliveryServer::GetKeptCalls() const
{
    return m_answers->GetKept();
}

Ptr<Socket>
KeyDeliveryServer::MakeSocket() const
{
    return CreateTcpSocket(m_node, SOCKET_BUFFER_BYTES, SOCKET_BUFFER_BYTES);
}

void
KeyDeliveryServer::HandleAccept(Ptr<Socket> socket)
{
    Address from;
    socket->GetPeerName(from);
    NS_LOG_FUNCTION(this << from);
    if (m_connections.size() >= m_maxConnections || !InetSocketAddress::IsMatchingType(from))
    {
        ResetTcpSocket(socket);
        return;
    }
    const uint32_t number = ++m_lastConnection;
    StreamConnection::Callbacks callbacks;
    callbacks.closed = MakeCallback(&KeyDeliveryServer::HandleClosed, this);
    callbacks.data = MakeCallback(&KeyDeliveryServer::HandleData, this);
    callbacks.acknowledged = MakeCallback(&KeyDeliveryServer::HandleAcknowledged, this);
    Connection& connection = m_connections[number];
    connection.stream = Create<StreamConnection>(number, socket, callbacks);
    connection.reader = std::make_unique<HttpReader<HttpRequest>>(m_maxHeaderBytes, m_maxBodyBytes);
    connection.remote = InetSocketAddress::ConvertFrom(from).GetIpv4();
    connection.active = Simulator::Now();
    connection.idle =
        Simulator::Schedule(m_idleTimeout, &KeyDeliveryServer::HandleIdle, this, number);
}

void
KeyDeliveryServer::HandleIdle(uint32_t number)
{
    Connection& connection = m_connections.at(number);
    const Time idle = Simulator::Now() - connection.active;
    if (idle < m_idleTimeout || !connection.exchanges.empty())
    {
        const Time rest = idle < m_idleTimeout ? m_idleTimeout - idle : m_idleTimeout;
        connection.idle = Simulator::Schedule(rest, &KeyDeliveryServer::HandleIdle, this, number);
        return;
    }
    if (connection.closing || !connection.unacknowledged.empty())
    {
        connection.stream->Close();
        HandleClosed(number);
        return;
    }
    connection.closing = true;
    connection.idle =
        Simulator::Schedule(m_idleTimeout, &KeyDeliveryServer::HandleIdle, this, number);
    const Ptr<StreamConnection> stream = connection.stream;
    stream->Finish();
}

void
KeyDeliveryServer::HandleClosed(uint32_t number)
{
    const auto found = m_connections.find(number);
    if (found == m_connections.end())
    {
        return;
    }
    const Connection connection = std::move(found->second);
    m_connections.erase(found);
    Simulator::Cancel(connection.idle);
    for (const Unacknowledged& response : connection.unacknowledged)
    {
        m_answers->Abandon(response.callId, {number, response.exchange});
    }
    for (const Exchange& exchange : connection.exchanges)
    {
        m_answers->Abandon(exchange.callId, {number, exchange.number});
    }
}

void
KeyDeliveryServer::HandleData(uint32_t number, const std::string& bytes)
{
    const auto found = m_connections.find(number);
    if (found != m_connections.end() && !found->second.closing)
    {
        found->second.reader->Append(bytes);
        ReadRequests(number);
    }
}

void
KeyDeliveryServer::HandleAcknowledged(uint32_t number, uint64_t bytes)
{
    const auto found = m_connections.find(number);
    while (found != m_connections.end() && !found->second.unacknowledged.empty() &&
           found->second.unacknowledged.front().end <= bytes)
    {
        const uint64_t call = found->second.unacknowledged.front().callId;
        found->second.unacknowledged.pop_front();
        m_answers->Delivered(call);
    }
}

void
KeyDeliveryServer::ReadRequests(uint32_t number)
{
    for (auto found = m_connections.find(number);
         found != m_connections.end() && !found->second.closing;
         found = m_connections.find(number))
    {
        Connection& connection = found->second;
        const bool mayWait = connection.exchanges.size() < m_maxPipelined;
        connection.stream->SetReading(mayWait);
        if (!mayWait)
        {
            return;
        }
        HttpRequest request;
        switch (connection.reader->Next(request))
        {
        case HTTP_INCOMPLETE:
            return;
        case HTTP_MESSAGE:
            HandleRequest(number, request);
            break;
        case HTTP_REFUSED:
            connection.closing = true;
            connection.exchanges.emplace_back();
            connection.exchanges.back().number = ++connection.lastExchange;
            connection.exchanges.back().close = true;
            Respond({number, connection.lastExchange},
                    KeyDeliveryCall::MakeError(connection.reader->GetErrorStatus(),
                                               connection.reader->GetError()));
            return;
        }
    }
}

HttpResponse
KeyDeliveryServer::Check(Connection& connection, const HttpRequest& request) const
{
    if (request.http11 && request.GetField("host").empty())
    {
        return KeyDeliveryCall::MakeError(400, "field Host is missing");
    }
    if (!request.GetField("expect").empty())
    {
        return KeyDeliveryCall::MakeError(417, "expectations are not supported");
    }
    const std::string sae = request.GetField(KeyDeliveryCall::IDENTITY_FIELD);
    const auto known = m_saes.find(sae);
    if (known == m_saes.end() || known->second != connection.remote)
    {
        return KeyDeliveryCall::MakeError(401, "the caller is not known here");
    }
    if (!connection.identity.empty() && connection.identity != sae)
    {
        return KeyDeliveryCall::MakeError(401, "the connection belongs to another application");
    }
    connection.identity = sae;
    return HttpResponse();
}

void
KeyDeliveryServer::HandleRequest(uint32_t number, const HttpRequest& request)
{
    Connection& connection = m_connections.at(number);
    NS_LOG_FUNCTION(this << number << request.method << request.target);
    Exchange exchange;
    exchange.number = ++connection.lastExchange;
    exchange.method = request.method;
    exchange.target = request.target;
    const HttpResponse wrong = Check(connection, request);
    exchange.close = !request.keepAlive || wrong.status == 417;
    connection.closing = exchange.close;
    connection.active = Simulator::Now();
    connection.exchanges.push_back(exchange);
    if (wrong.status != 200)
    {
        Respond({number, exchange.number}, wrong);
        return;
    }
    KeyDeliveryCall call;
    const HttpResponse noCall = KeyDeliveryCall::FromHttp(request, call);
    if (noCall.status != 200)
    {
        Respond({number, exchange.number}, noCall);
        return;
    }
    CarryOut(number, exchange.number, call, request);
}

void
KeyDeliveryServer::CarryOut(uint32_t number,
                            uint64_t exchange,
                            const KeyDeliveryCall& call,
                            const HttpRequest& request)
{
    Connection& connection = m_connections.at(number);
    const KeyAnswerWaiter waiter{number, exchange};
    const std::string sae = connection.identity;
    if (call.method == KEY_DELIVERY_STATUS)
    {
        const KeySupplyState state = m_master->GetStatus(sae, call.peerSae);
        Respond(waiter, KeyDeliveryCall::MakeResponse(state.status, KeyDeliveryJson::Write(state)));
        return;
    }
    const bool master = call.method == KEY_DELIVERY_GET_KEY;
    uint64_t id = 0;
    const KeyAnswerState state = m_answers->Open(sae,
                                                 request.GetField(KeyDeliveryCall::CALL_FIELD),
                                                 request.method + request.target + request.body,
                                                 master,
                                                 waiter,
                                                 id);
    if (state == KEY_ANSWER_CONFLICT)
    {
        Respond(waiter, KeyDeliveryCall::MakeError(400, "Idempotency-Key of another call"));
        return;
    }
    connection.exchanges.back().callId = id;
    if (state == KEY_ANSWER_READY)
    {
        Respond(waiter,
                KeyDeliveryCall::MakeResponse(200, KeyDeliveryJson::Write(m_answers->Get(id))));
    }
    else if (state == KEY_ANSWER_NEW && master)
    {
        m_master->GetKey(
            sae,
            call.peerSae,
            call.request,
            HAND_OVER_MESSAGE,
            MakeBoundCallback(&KeyDeliveryServer::TakeAnswer, Ptr<KeyDeliveryServer>(this), id));
    }
    else if (state == KEY_ANSWER_NEW)
    {
        TakeAnswer(this,
                   id,
                   m_slave->GetKeyWithKeyIds(sae, call.peerSae, call.keyIds, HAND_OVER_MESSAGE));
    }
}

void
KeyDeliveryServer::TakeAnswer(Ptr<KeyDeliveryServer> server,
                              uint64_t id,
                              const KeyContainer& container)
{
    const std::string json = KeyDeliveryJson::Write(container);
    for (const KeyAnswerWaiter& waiter : server->m_answers->Answer(id, container))
    {
        server->Respond(waiter, KeyDeliveryCall::MakeResponse(container.status, json));
    }
}

void
KeyDeliveryServer::Respond(KeyAnswerWaiter waiter, HttpResponse response)
{
    const auto found = m_connections.find(waiter.first);
    if (found == m_connections.end())
    {
        return;
    }
    Connection& connection = found->second;
    const auto exchange =
        std::find_if(connection.exchanges.begin(),
                     connection.exchanges.end(),
                     [waiter](const Exchange& known) { return known.number == waiter.second; });
    if (exchange == connection.exchanges.end())
    {
        return;
    }
    m_answeredTrace(connection.identity, exchange->method, exchange->target, response.status);
    if (exchange->method == "HEAD")
    {
        response.body.clear();
    }
    if (response.status != 200)
    {
        exchange->callId = 0;
    }
    response.keepAlive = !exchange->close;
    exchange->bytes = response.ToBytes();
    exchange->ready = true;
    SendResponses(waiter.first);
}

void
KeyDeliveryServer::SendResponses(uint32_t number)
{
    Connection& connection = m_connections.at(number);
    const Ptr<StreamConnection> stream = connection.stream;
    const bool full = connection.exchanges.size() >= m_maxPipelined;
    bool last = false;
    while (!connection.exchanges.empty() && connection.exchanges.front().ready)
    {
        const Exchange exchange = std::move(connection.exchanges.front());
        connection.exchanges.pop_front();
        stream->Send(exchange.bytes);
        if (exchange.callId != 0)
        {
            connection.unacknowledged.push_back(
                {stream->GetSentBytes(), exchange.number, exchange.callId});
        }
        last = last || exchange.close;
    }
    connection.active = Simulator::Now();
    if (last)
    {
        stream->Finish();
        return;
    }
    if (full)
    {
        // requests that had to wait are read by an event: this may be inside of reading them
        Simulator::ScheduleNow(&KeyDeliveryServer::ReadRequests,
                               Ptr<KeyDeliveryServer>(this),
                               number);
    }
}

void
KeyDeliveryServer::GiveUp(bool master, const std::vector<std::string>& keyIds)
{
    if (master)
    {
        m_master->GiveUp(keyIds);
    }
    else
    {
        m_slave->GiveUp(keyIds);
    }
}

} // namespace qkdn
} // namespace ns3
