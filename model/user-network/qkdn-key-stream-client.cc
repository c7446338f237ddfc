/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-stream-client.h"

#include "qkdn-key-id-header.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnKeyStreamClient");
NS_OBJECT_ENSURE_REGISTERED(KeyStreamClient);

namespace
{

constexpr std::size_t INDEX_BYTE = 12; //!< first byte of the index in the name of a chunk

} // namespace

std::string
KeyStreamChunkId(const std::string& streamId, uint32_t index)
{
    KeyUuid uuid{};
    ParseKeyUuid(streamId, uuid);
    for (std::size_t i = 0; i < 4; ++i)
    {
        uuid[INDEX_BYTE + i] ^= static_cast<uint8_t>(index >> (24 - 8 * i));
    }
    return KeyUuidText(uuid);
}

std::optional<uint32_t>
KeyStreamChunkIndex(const std::string& streamId, const std::string& chunkId)
{
    KeyUuid stream{};
    KeyUuid chunk{};
    if (!ParseKeyUuid(streamId, stream) || !ParseKeyUuid(chunkId, chunk) ||
        !std::equal(stream.begin(), stream.begin() + INDEX_BYTE, chunk.begin()))
    {
        return std::nullopt;
    }
    uint32_t index = 0;
    for (std::size_t i = INDEX_BYTE; i < chunk.size(); ++i)
    {
        index = (index << 8) | (stream[i] ^ chunk[i]);
    }
    return index;
}

TypeId
KeyStreamClient::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::KeyStreamClient")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<KeyStreamClient>()
            .AddAttribute("CheckInterval",
                          "Time after which it is found out whether the key stream is open, and "
                          "opened if it is not.",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&KeyStreamClient::m_checkInterval),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddTraceSource("Opened",
                            "The key stream is open, or cannot be opened.",
                            MakeTraceSourceAccessor(&KeyStreamClient::m_openedTrace),
                            "ns3::qkdn::KeyStreamClient::OpenedTracedCallback");
    return tid;
}

void
KeyStreamClient::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_started = false;
    m_watch.Cancel();
    m_waiting.clear();
    m_calls.clear();
    m_service = nullptr;
    Object::DoDispose();
}

void
KeyStreamClient::Configure(KeyStreamService* service,
                           const std::string& sae,
                           const std::string& peerSae,
                           const std::string& streamId,
                           const KeyStreamQos& qos)
{
    NS_ABORT_MSG_IF(!IsKeyStreamId(streamId), "'" << streamId << "' is no Key_stream_ID");
    m_service = service;
    m_sae = sae;
    m_peerSae = peerSae;
    m_streamId = streamId;
    m_qos = qos;
}

void
KeyStreamClient::Start()
{
    NS_LOG_FUNCTION(this << m_sae);
    NS_ABORT_MSG_IF(!m_service, "a key stream client was started before Configure()");
    m_started = true;
    Watch();
}

void
KeyStreamClient::Stop()
{
    NS_LOG_FUNCTION(this << m_sae);
    m_started = false;
    m_open = false;
    m_watch.Cancel();
    m_service->Close(m_streamId, MakeCallback(&KeyStreamClient::TakeClosed));
}

void
KeyStreamClient::TakeClosed(KeyStreamStatus status)
{
    NS_LOG_INFO("closed: " << KeyStreamStatusName(status));
}

void
KeyStreamClient::Watch()
{
    Open();
    m_watch = Simulator::Schedule(m_checkInterval, &KeyStreamClient::Watch, this);
}

void
KeyStreamClient::Open()
{
    if (m_opening || !m_started)
    {
        return;
    }
    m_opening = true;
    m_service->OpenConnect(
        m_sae,
        m_peerSae,
        m_qos,
        m_streamId,
        MakeBoundCallback(&KeyStreamClient::TakeOpened, Ptr<KeyStreamClient>(this)));
}

void
KeyStreamClient::TakeOpened(Ptr<KeyStreamClient> self, const KeyStreamConnection& connection)
{
    self->m_opening = false;
    if (!self->m_started)
    {
        return;
    }
    const bool wasOpen = connection.status == KEY_STREAM_ID_IN_USE;
    self->m_open = wasOpen || connection.status <= KEY_STREAM_PEER_MISSING;
    if (!wasOpen)
    {
        NS_LOG_INFO(self->m_sae << ": " << KeyStreamStatusName(connection.status));
        self->m_openedTrace(self->m_sae, connection);
    }
    std::vector<Call> waiting;
    waiting.swap(self->m_waiting);
    for (const Call& call : waiting)
    {
        if (self->m_open)
        {
            self->Fetch(call);
            continue;
        }
        AnswerLater(
            call.second,
            KeyContainer::Refusal(KEY_SUPPLY_UNAVAILABLE, KeyStreamStatusName(connection.status)));
    }
}

void
KeyStreamClient::Fetch(const Call& call)
{
    if (!m_open)
    {
        m_waiting.push_back(call);
        Open();
        return;
    }
    m_calls[++m_lastCall] = call;
    m_service->GetKey(
        m_streamId,
        call.first,
        0,
        MakeBoundCallback(&KeyStreamClient::TakeChunk, Ptr<KeyStreamClient>(this), m_lastCall));
}

void
KeyStreamClient::TakeChunk(Ptr<KeyStreamClient> self, uint64_t number, const KeyStreamChunk& chunk)
{
    const auto found = self->m_calls.find(number);
    if (found == self->m_calls.end())
    {
        // disposed
        return;
    }
    const Call call = found->second;
    self->m_calls.erase(found);
    KeyContainer container;
    if (chunk.status == KEY_STREAM_OK)
    {
        container.keys.push_back(
            SuppliedKey{KeyStreamChunkId(self->m_streamId, chunk.index), chunk.key});
    }
    else
    {
        if (chunk.status == KEY_STREAM_NO_CONNECTION)
        {
            self->m_open = false;
        }
        // with a Timeout the chunk would have been waited for
        const bool isGone = chunk.status == KEY_STREAM_INSUFFICIENT_KEY &&
                            call.first != KeyStreamService::NEXT_INDEX && self->m_qos.timeoutMs > 0;
        container = KeyContainer::Refusal(isGone ? KEY_SUPPLY_BAD_REQUEST : KEY_SUPPLY_UNAVAILABLE,
                                          KeyStreamStatusName(chunk.status));
    }
    // this is an event of the key manager, not the call of the application
    call.second(container);
}

void
KeyStreamClient::GetStatus(const std::string& /* callerSae */,
                           const std::string& /* slaveSae */,
                           StatusCallback answer)
{
    KeySupplyState state;
    state.status = KEY_SUPPLY_BAD_REQUEST;
    state.error.message = "a key stream has no status";
    AnswerLater(answer, state);
}

void
KeyStreamClient::GetKey(const std::string& callerSae,
                        const std::string& slaveSae,
                        const KeySupplyRequest& request,
                        KeyCallback answer)
{
    const bool isOther =
        request.sizeBit != 0 && request.sizeBit != uint64_t{8} * m_qos.keyChunkSize;
    std::string error;
    if (callerSae != m_sae || slaveSae != m_peerSae)
    {
        error = "the key stream is one of other applications";
    }
    else if (request.number != 1 || isOther)
    {
        error = "a key stream gives one key of " +
                std::to_string(uint64_t{8} * m_qos.keyChunkSize) + " bit in a call";
    }
    else if (!request.additionalSlaveSaes.empty() || !request.mandatoryExtensions.empty())
    {
        error = "a key stream knows no further slaves and no extensions";
    }
    if (!error.empty())
    {
        AnswerLater(answer, KeyContainer::Refusal(KEY_SUPPLY_BAD_REQUEST, error));
        return;
    }
    Fetch(Call{KeyStreamService::NEXT_INDEX, answer});
}

void
KeyStreamClient::GetKeyWithKeyIds(const std::string& callerSae,
                                  const std::string& masterSae,
                                  const std::vector<std::string>& keyIds,
                                  KeyCallback answer)
{
    std::optional<uint32_t> index;
    if (keyIds.size() == 1 && callerSae == m_sae && masterSae == m_peerSae)
    {
        index = KeyStreamChunkIndex(m_streamId, keyIds.front());
    }
    if (!index || *index == KeyStreamService::NEXT_INDEX)
    {
        AnswerLater(answer,
                    KeyContainer::Refusal(KEY_SUPPLY_BAD_REQUEST,
                                          "not the name of one chunk of the key stream"));
        return;
    }
    Fetch(Call{*index, answer});
}

} // namespace qkdn
} // namespace ns3
