/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-delivery-client.h"

#include "ns3/inet-socket-address.h"
#include "ns3/log.h"
#include "ns3/qkdn-key-delivery-json.h"
#include "ns3/qkdn-tcp-socket.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <sstream>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnKeyDeliveryClient");
NS_OBJECT_ENSURE_REGISTERED(KeyDeliveryClient);

namespace
{

/// Size of the send and of the receive buffer of the connection, bytes.
constexpr uint32_t SOCKET_BUFFER_BYTES = 131072;

/// Longest header of an answer, bytes.
constexpr uint32_t MAX_HEADER_BYTES = 8192;

/// First status code of final answers.
constexpr uint32_t FIRST_FINAL_STATUS = 200;

/// First status code of errors of the server.
constexpr uint32_t FIRST_SERVER_ERROR = 500;

/**
 * @brief An error of this end.
 * @param message what is wrong
 * @return the error
 */
KeySupplyError
MakeError(const std::string& message)
{
    KeySupplyError error;
    error.message = message;
    return error;
}

/**
 * @brief The status on Ak of an answer that is an error.
 * @param status status code of HTTP
 * @return the status
 */
KeySupplyStatus
StatusOf(uint32_t status)
{
    if (status >= FIRST_SERVER_ERROR)
    {
        return KEY_SUPPLY_UNAVAILABLE;
    }
    return status == KEY_SUPPLY_UNAUTHORIZED ? KEY_SUPPLY_UNAUTHORIZED : KEY_SUPPLY_BAD_REQUEST;
}

} // namespace

TypeId
KeyDeliveryClient::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::KeyDeliveryClient")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<KeyDeliveryClient>()
            .AddAttribute("RetryInterval",
                          "Time between the starts of two attempts to connect.",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&KeyDeliveryClient::m_retryInterval),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("AnswerTimeout",
                          "Time without the answer that is due, or to connect, after which the "
                          "connection is given up; more than a key manager takes to answer.",
                          TimeValue(Seconds(3)),
                          MakeTimeAccessor(&KeyDeliveryClient::m_answerTimeout),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("CallTimeout",
                          "Time after which a call ends with 503; a cryptographic application "
                          "sets it to its RequestLifetime.",
                          TimeValue(Seconds(10)),
                          MakeTimeAccessor(&KeyDeliveryClient::m_callTimeout),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("MaxPipelined",
                          "Calls that are sent before the first of them is answered.",
                          UintegerValue(16),
                          MakeUintegerAccessor(&KeyDeliveryClient::m_maxPipelined),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("MaxAnswerBytes",
                          "Longest content of an answer, bytes.",
                          UintegerValue(67108864),
                          MakeUintegerAccessor(&KeyDeliveryClient::m_maxAnswer),
                          MakeUintegerChecker<uint32_t>(1024))
            .AddTraceSource("Connection",
                            "The connection to the key manager is up or gone.",
                            MakeTraceSourceAccessor(&KeyDeliveryClient::m_connectionTrace),
                            "ns3::qkdn::KeyDeliveryClient::ConnectionCallback");
    return tid;
}

KeyDeliveryClient::KeyDeliveryClient()
{
    NS_LOG_FUNCTION(this);
}

KeyDeliveryClient::~KeyDeliveryClient()
{
    NS_LOG_FUNCTION(this);
}

void
KeyDeliveryClient::DoDispose()
{
    NS_LOG_FUNCTION(this);
    for (auto& call : m_calls)
    {
        call.second.timeout.Cancel();
    }
    m_calls.clear();
    m_waiting.clear();
    m_sent.clear();
    m_progressEvent.Cancel();
    m_connectEvent.Cancel();
    if (m_stream)
    {
        m_stream->Close();
        m_stream = nullptr;
    }
    m_node = nullptr;
    Object::DoDispose();
}

void
KeyDeliveryClient::Configure(Ptr<Node> node,
                             Ipv4Address local,
                             const Address& server,
                             const std::string& sae)
{
    m_node = node;
    m_local = local;
    m_server = server;
    m_sae = sae;
    const InetSocketAddress address = InetSocketAddress::ConvertFrom(server);
    std::ostringstream host;
    host << address.GetIpv4() << ':' << address.GetPort();
    m_host = host.str();
}

std::size_t
KeyDeliveryClient::GetOpenCalls() const
{
    return m_calls.size();
}

void
KeyDeliveryClient::GetStatus(const std::string& callerSae,
                             const std::string& slaveSae,
                             StatusCallback answer)
{
    if (callerSae != m_sae)
    {
        KeySupplyState state;
        state.status = KEY_SUPPLY_UNAUTHORIZED;
        state.error = MakeError("the connection belongs to " + m_sae);
        AnswerLater(answer, state);
        return;
    }
    KeyDeliveryCall call;
    call.peerSae = slaveSae;
    Begin(call, answer, KeyCallback());
}

void
KeyDeliveryClient::GetKey(const std::string& callerSae,
                          const std::string& slaveSae,
                          const KeySupplyRequest& request,
                          KeyCallback answer)
{
    KeyDeliveryCall call;
    call.method = KEY_DELIVERY_GET_KEY;
    call.peerSae = slaveSae;
    call.request = request;
    BeginForKeys(callerSae, call, answer);
}

void
KeyDeliveryClient::GetKeyWithKeyIds(const std::string& callerSae,
                                    const std::string& masterSae,
                                    const std::vector<std::string>& keyIds,
                                    KeyCallback answer)
{
    KeyDeliveryCall call;
    call.method = KEY_DELIVERY_GET_KEY_WITH_IDS;
    call.peerSae = masterSae;
    call.keyIds = keyIds;
    BeginForKeys(callerSae, call, answer);
}

void
KeyDeliveryClient::BeginForKeys(const std::string& callerSae,
                                const KeyDeliveryCall& description,
                                KeyCallback answer)
{
    if (callerSae != m_sae)
    {
        AnswerLater(
            answer,
            KeyContainer::Refusal(KEY_SUPPLY_UNAUTHORIZED, "the connection belongs to " + m_sae));
        return;
    }
    Begin(description, StatusCallback(), answer);
}

void
KeyDeliveryClient::Begin(const KeyDeliveryCall& description,
                         StatusCallback statusAnswer,
                         KeyCallback keyAnswer)
{
    const uint64_t id = ++m_lastCall;
    HttpRequest request = description.ToHttp();
    request.fields["host"] = m_host;
    request.fields[KeyDeliveryCall::IDENTITY_FIELD] = m_sae;
    if (description.method != KEY_DELIVERY_STATUS)
    {
        request.fields[KeyDeliveryCall::CALL_FIELD] = '"' + std::to_string(id) + '"';
    }
    Call& call = m_calls[id];
    call.bytes = request.ToBytes();
    call.method = description.method;
    call.statusAnswer = statusAnswer;
    call.keyAnswer = keyAnswer;
    call.timeout = Simulator::Schedule(m_callTimeout, &KeyDeliveryClient::HandleTimeout, this, id);
    m_waiting.push_back(id);
    if (m_stream)
    {
        SendWaiting();
    }
    else
    {
        ScheduleConnect();
    }
}

void
KeyDeliveryClient::SendWaiting()
{
    while (m_up && !m_waiting.empty() && m_sent.size() < m_maxPipelined)
    {
        const uint64_t id = m_waiting.front();
        m_waiting.pop_front();
        if (m_sent.empty())
        {
            m_progress = Simulator::Now();
        }
        m_sent.push_back(id);
        m_stream->Send(m_calls.at(id).bytes);
    }
    if (!m_sent.empty() && m_progressEvent.IsExpired())
    {
        m_progressEvent =
            Simulator::Schedule(m_answerTimeout, &KeyDeliveryClient::CheckProgress, this);
    }
}

void
KeyDeliveryClient::CheckProgress()
{
    const bool waits = m_stream && (!m_up || !m_sent.empty());
    const Time waited = Simulator::Now() - m_progress;
    if (waits && waited >= m_answerTimeout)
    {
        NS_LOG_INFO(m_sae << " gives up a connection without answers");
        Disconnect();
    }
    else if (waits)
    {
        m_progressEvent =
            Simulator::Schedule(m_answerTimeout - waited, &KeyDeliveryClient::CheckProgress, this);
    }
}

void
KeyDeliveryClient::ScheduleConnect()
{
    if (m_connectEvent.IsExpired())
    {
        m_connectEvent = Simulator::Schedule(Max(m_nextAttempt - Simulator::Now(), Time(0)),
                                             &KeyDeliveryClient::Connect,
                                             this);
    }
}

void
KeyDeliveryClient::Connect()
{
    if (m_stream || m_calls.empty())
    {
        return;
    }
    NS_LOG_FUNCTION(this << m_sae << m_host);
    m_nextAttempt = Simulator::Now() + m_retryInterval;
    m_progress = Simulator::Now();
    StreamConnection::Callbacks callbacks;
    callbacks.connected = MakeCallback(&KeyDeliveryClient::HandleConnected, this);
    callbacks.closed = MakeCallback(&KeyDeliveryClient::HandleClosed, this);
    callbacks.data = MakeCallback(&KeyDeliveryClient::HandleData, this);
    const Ptr<Socket> socket = CreateTcpSocket(m_node, SOCKET_BUFFER_BYTES, SOCKET_BUFFER_BYTES);
    m_stream = Create<StreamConnection>(++m_lastConnection, socket, callbacks);
    m_reader = std::make_unique<HttpReader<HttpResponse>>(MAX_HEADER_BYTES, m_maxAnswer);
    if (socket->Bind(InetSocketAddress(m_local, 0)) != 0 || socket->Connect(m_server) != 0)
    {
        NS_LOG_LOGIC("no port or no route, error " << socket->GetErrno());
        Disconnect();
        return;
    }
    m_progressEvent.Cancel();
    m_progressEvent = Simulator::Schedule(m_answerTimeout, &KeyDeliveryClient::CheckProgress, this);
}

void
KeyDeliveryClient::Disconnect()
{
    if (m_stream)
    {
        m_stream->Close();
        HandleClosed(m_lastConnection);
    }
}

void
KeyDeliveryClient::HandleConnected(uint32_t number)
{
    if (number == m_lastConnection && m_stream)
    {
        m_up = true;
        m_connectionTrace(m_sae, true);
        SendWaiting();
    }
}

void
KeyDeliveryClient::HandleClosed(uint32_t number)
{
    if (number != m_lastConnection || !m_stream)
    {
        return;
    }
    m_stream = nullptr;
    m_progressEvent.Cancel();
    if (m_up)
    {
        m_up = false;
        m_connectionTrace(m_sae, false);
    }
    // what was on its way may have arrived or not: all of it is sent again
    m_waiting.insert(m_waiting.begin(), m_sent.begin(), m_sent.end());
    m_sent.clear();
    if (!m_waiting.empty())
    {
        ScheduleConnect();
    }
}

void
KeyDeliveryClient::HandleData(uint32_t number, const std::string& bytes)
{
    if (number != m_lastConnection || !m_stream)
    {
        return;
    }
    m_reader->Append(bytes);
    while (m_stream && number == m_lastConnection)
    {
        HttpResponse response;
        const HttpReading reading = m_reader->Next(response);
        if (reading == HTTP_INCOMPLETE)
        {
            return;
        }
        if (reading == HTTP_REFUSED || !response.lengthKnown || m_sent.empty())
        {
            NS_LOG_INFO(m_sae << " gives up a connection that brings no answers");
            Disconnect();
            return;
        }
        if (response.status >= FIRST_FINAL_STATUS)
        {
            HandleResponse(response);
        }
        if (!response.keepAlive)
        {
            Disconnect();
        }
    }
}

void
KeyDeliveryClient::HandleResponse(const HttpResponse& response)
{
    const Call call = Take(m_sent.front());
    m_progress = Simulator::Now();
    SendWaiting();
    if (response.status != KEY_SUPPLY_OK)
    {
        KeySupplyError error;
        const std::string problem = KeyDeliveryJson::ReadError(response.body, error);
        error.message = problem.empty() ? error.message : "an error without a message: " + problem;
        Refuse(call, StatusOf(response.status), error);
        return;
    }
    std::string problem;
    if (call.method == KEY_DELIVERY_STATUS)
    {
        KeySupplyState state;
        problem = KeyDeliveryJson::ReadState(response.body, state);
        if (problem.empty())
        {
            call.statusAnswer(state);
            return;
        }
    }
    else
    {
        KeyContainer container;
        problem = KeyDeliveryJson::ReadKeys(response.body, container.keys);
        if (problem.empty())
        {
            call.keyAnswer(container);
            return;
        }
    }
    Refuse(call, KEY_SUPPLY_UNAVAILABLE, MakeError("an answer that is not understood: " + problem));
}

void
KeyDeliveryClient::HandleTimeout(uint64_t id)
{
    NS_LOG_INFO(m_sae << " gives up call " << id);
    const bool sent = std::find(m_sent.begin(), m_sent.end(), id) != m_sent.end();
    const Call call = Take(id);
    if (sent)
    {
        // its answer would be taken for that of the next call
        Disconnect();
    }
    Refuse(call, KEY_SUPPLY_UNAVAILABLE, MakeError("the key manager does not answer"));
}

KeyDeliveryClient::Call
KeyDeliveryClient::Take(uint64_t id)
{
    auto node = m_calls.extract(id);
    Call call = std::move(node.mapped());
    call.timeout.Cancel();
    for (std::deque<uint64_t>* queue : {&m_sent, &m_waiting})
    {
        queue->erase(std::remove(queue->begin(), queue->end(), id), queue->end());
    }
    return call;
}

void
KeyDeliveryClient::Refuse(const Call& call, KeySupplyStatus status, const KeySupplyError& error)
{
    if (call.method == KEY_DELIVERY_STATUS)
    {
        KeySupplyState state;
        state.status = status;
        state.error = error;
        call.statusAnswer(state);
        return;
    }
    KeyContainer container;
    container.status = status;
    container.error = error;
    call.keyAnswer(container);
}

} // namespace qkdn
} // namespace ns3
