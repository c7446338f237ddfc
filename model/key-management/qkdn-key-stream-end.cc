/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-stream-end.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnKeyStreamEnd");

KeyStreamEnd::KeyStreamEnd(const KeyStreamQos& qos, Time ttl, LeftCallback left)
    : m_qos(qos),
      m_ttl(ttl),
      m_left(left)
{
}

KeyStreamEnd::~KeyStreamEnd()
{
    m_expiry.Cancel();
    for (Call& call : m_calls)
    {
        call.timeout.Cancel();
    }
}

void
KeyStreamEnd::SetQos(const KeyStreamQos& qos)
{
    m_qos = qos;
}

const KeyStreamQos&
KeyStreamEnd::GetQos() const
{
    return m_qos;
}

void
KeyStreamEnd::Add(uint32_t index, const HeldChunk& chunk)
{
    const Time now = Simulator::Now();
    const Time ttl = m_qos.ttlS == 0 ? m_ttl : Seconds(m_qos.ttlS);
    m_chunks[index] = Stored{chunk, now, now + ttl};
    m_next = index + 1;
    Serve();
    if (m_expiry.IsExpired() && !m_chunks.empty())
    {
        m_expiry =
            Simulator::Schedule(m_chunks.begin()->second.expiry - now, &KeyStreamEnd::Expire, this);
    }
}

void
KeyStreamEnd::Skip(uint32_t index)
{
    m_next = index + 1;
    Serve();
}

bool
KeyStreamEnd::Get(uint32_t index, uint32_t metadataSize, KeyStreamService::ChunkCallback answer)
{
    const auto found = Find(index);
    if (found != m_chunks.end())
    {
        HandOver(found, metadataSize, answer);
        return false;
    }
    const bool isNext = index == KeyStreamService::NEXT_INDEX;
    if (!isNext && (IsGone(index) || index - m_next >= MAX_AHEAD))
    {
        AnswerWithout(answer, index, KEY_STREAM_INSUFFICIENT_KEY);
        return false;
    }
    if (m_qos.timeoutMs == 0)
    {
        // it does not wait, but the chunk may be there when it is asked for again
        m_asked = std::max(m_asked, (isNext ? m_next : index) + 1);
        AnswerWithout(answer, index, KEY_STREAM_INSUFFICIENT_KEY);
        return true;
    }
    m_calls.push_back(Call{index, metadataSize, answer, EventId()});
    const auto call = std::prev(m_calls.end());
    call->timeout =
        Simulator::Schedule(MilliSeconds(m_qos.timeoutMs), &KeyStreamEnd::Timeout, this, call);
    return true;
}

bool
KeyStreamEnd::Has(uint32_t index) const
{
    return index == KeyStreamService::NEXT_INDEX ? !m_chunks.empty()
                                                 : m_chunks.find(index) != m_chunks.end();
}

uint32_t
KeyStreamEnd::GetNext() const
{
    return m_next;
}

uint32_t
KeyStreamEnd::GetWanted() const
{
    uint32_t wanted = m_asked;
    uint32_t next = m_next;
    for (const Call& call : m_calls)
    {
        if (call.index == KeyStreamService::NEXT_INDEX)
        {
            ++next;
            wanted = std::max(wanted, next);
        }
        else
        {
            wanted = std::max(wanted, call.index + 1);
        }
    }
    return wanted;
}

void
KeyStreamEnd::Refuse(KeyStreamStatus status)
{
    std::list<Call> calls;
    calls.swap(m_calls);
    for (Call& call : calls)
    {
        call.timeout.Cancel();
        AnswerWithout(call.answer, call.index, status);
    }
}

void
KeyStreamEnd::Drop(KsaKeyEventKind kind)
{
    std::vector<std::string> uuids;
    for (const auto& [index, stored] : m_chunks)
    {
        uuids.push_back(stored.chunk.uuid);
    }
    m_chunks.clear();
    m_expiry.Cancel();
    if (!uuids.empty())
    {
        m_left(uuids, kind);
    }
    Serve();
}

std::size_t
KeyStreamEnd::GetHeld() const
{
    return m_chunks.size();
}

KeyStreamEnd::Chunks::iterator
KeyStreamEnd::Find(uint32_t index)
{
    return index == KeyStreamService::NEXT_INDEX ? m_chunks.begin() : m_chunks.find(index);
}

bool
KeyStreamEnd::IsGone(uint32_t index) const
{
    return index < m_next && m_chunks.find(index) == m_chunks.end();
}

void
KeyStreamEnd::HandOver(Chunks::iterator found,
                       uint32_t metadataSize,
                       KeyStreamService::ChunkCallback answer)
{
    const Stored& stored = found->second;
    KeyStreamChunk chunk;
    chunk.index = found->first;
    if (metadataSize > 0 && !m_qos.metadataMimetype.empty())
    {
        const int64_t age = (Simulator::Now() - stored.since).GetMilliSeconds();
        const std::string metadata = "{\"age\":" + std::to_string(age) +
                                     ",\"hops\":" + std::to_string(stored.chunk.hops) + "}";
        chunk.metadataSize = static_cast<uint32_t>(metadata.size());
        if (chunk.metadataSize > metadataSize)
        {
            chunk.status = KEY_STREAM_METADATA_TOO_SMALL;
            KeyStreamService::AnswerLater(answer, chunk);
            return;
        }
        chunk.metadata = metadata;
    }
    chunk.key = stored.chunk.key;
    m_asked = std::max(m_asked, chunk.index + 1);
    const std::vector<std::string> uuids{stored.chunk.uuid};
    m_chunks.erase(found);
    m_left(uuids, KSA_EVENT_HANDED_OVER);
    KeyStreamService::AnswerLater(answer, chunk);
}

void
KeyStreamEnd::Serve()
{
    for (auto call = m_calls.begin(); call != m_calls.end();)
    {
        const auto found = Find(call->index);
        const bool isHere = found != m_chunks.end();
        const bool isNext = call->index == KeyStreamService::NEXT_INDEX;
        if (!isHere && (isNext || !IsGone(call->index)))
        {
            ++call;
            continue;
        }
        Call done = *call;
        call = m_calls.erase(call);
        done.timeout.Cancel();
        if (isHere)
        {
            HandOver(found, done.metadataSize, done.answer);
        }
        else
        {
            AnswerWithout(done.answer, done.index, KEY_STREAM_INSUFFICIENT_KEY);
        }
    }
}

void
KeyStreamEnd::Timeout(std::list<Call>::iterator call)
{
    AnswerWithout(call->answer, call->index, KEY_STREAM_TIMEOUT);
    m_calls.erase(call);
}

void
KeyStreamEnd::Expire()
{
    const Time now = Simulator::Now();
    std::vector<std::string> uuids;
    // all have the same TTL: they come of age in the order of their indices
    while (!m_chunks.empty() && m_chunks.begin()->second.expiry <= now)
    {
        uuids.push_back(m_chunks.begin()->second.chunk.uuid);
        m_chunks.erase(m_chunks.begin());
    }
    if (!m_chunks.empty())
    {
        m_expiry =
            Simulator::Schedule(m_chunks.begin()->second.expiry - now, &KeyStreamEnd::Expire, this);
    }
    if (!uuids.empty())
    {
        m_left(uuids, KSA_EVENT_EXPIRED);
    }
}

void
KeyStreamEnd::AnswerWithout(KeyStreamService::ChunkCallback answer,
                            uint32_t index,
                            KeyStreamStatus status)
{
    KeyStreamChunk chunk;
    chunk.status = status;
    chunk.index = index;
    KeyStreamService::AnswerLater(answer, chunk);
}

} // namespace qkdn
} // namespace ns3
