/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-tunnel-opener.h"

#include "qkdn-tunnel-byte-tags.h"
#include "qkdn-tunnel-sealer.h"

#include "ns3/log.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnTunnelOpener");

namespace
{

constexpr uint64_t REPLAY_WINDOW = 64; //!< packets, as RFC 4303 (clause 3.4.3) prefers

/**
 * @brief The last octets of a packet.
 * @param packet the packet
 * @param bytes how many, at most its size
 * @return the octets
 */
std::vector<uint8_t>
CopyEnd(Ptr<const Packet> packet, uint32_t bytes)
{
    std::vector<uint8_t> end(bytes);
    packet->CreateFragment(packet->GetSize() - bytes, bytes)->CopyData(end.data(), bytes);
    return end;
}

} // namespace

TunnelOpener::TunnelOpener(Settings settings, Listener listener)
    : m_settings(std::move(settings)),
      m_listener(std::move(listener))
{
    // it holds this until Stop()
    const Ptr<TunnelOpener> self(this);
    m_collector = Create<KeyCollector>(
        m_settings.collector,
        KeyCollector::Listener{MakeCallback(&TunnelOpener::TakeKey, self),
                               MakeCallback(&TunnelOpener::TakeUnclaimed, self),
                               MakeCallback(&TunnelOpener::TakeError, self),
                               MakeCallback(&TunnelOpener::TakeEnd, self)});
}

void
TunnelOpener::Stop()
{
    m_collector->Stop();
    // its last answers still hold it, and it holds this
    m_collector = nullptr;
    m_fetching.clear();
    m_keys.clear();
    m_keyOrder.clear();
    std::list<Waiting> waiting;
    waiting.swap(m_waiting);
    for (const Waiting& packet : waiting)
    {
        m_listener.dropped(packet.outer, TUNNEL_STOPPED);
    }
}

void
TunnelOpener::Accept(Ptr<Packet> outer)
{
    Waiting packet{outer, SecureTunnelHeader()};
    const uint32_t headerBytes = outer->PeekHeader(packet.header);
    if (headerBytes == 0 || !IsWellFormed(packet.header, outer->GetSize() - headerBytes))
    {
        m_listener.dropped(outer, TUNNEL_MALFORMED);
        return;
    }
    if (IsReplayed(packet.header.GetSequence()))
    {
        m_listener.dropped(outer, TUNNEL_REPLAYED);
        return;
    }
    if (m_waiting.size() >= m_settings.waitLimit)
    {
        m_listener.dropped(outer, TUNNEL_QUEUE_FULL);
        return;
    }
    m_waiting.push_back(packet);
    if (HaveKeys(packet.header))
    {
        OpenWaiting();
    }
}

bool
TunnelOpener::IsWellFormed(const SecureTunnelHeader& header, uint32_t bytes) const
{
    const bool otp = m_settings.mode == TUNNEL_OTP;
    const uint32_t tagBytes = otp ? m_settings.tagBits / 8 : TUNNEL_AES_TAG_BYTES;
    const uint32_t trailerBytes = otp ? 0 : 2; // pad length and next header
    return header.GetMode() == m_settings.mode && header.GetTagBytes() == tagBytes &&
           bytes > tagBytes + trailerBytes &&
           (otp || (header.GetKeyIds().size() == 1 && header.GetFirstBit() == 0)) &&
           header.GetKeyIds().size() <= std::min(8 * bytes, m_settings.keyLimit);
}

bool
TunnelOpener::HaveKeys(const SecureTunnelHeader& header)
{
    bool complete = true;
    for (const KeyUuid& uuid : header.GetKeyIds())
    {
        if (m_keys.find(uuid) != m_keys.end())
        {
            continue;
        }
        complete = false;
        if (m_fetching.emplace(uuid, m_lastFetch + 1).second)
        {
            ++m_lastFetch;
            uint64_t oldest = m_lastFetch;
            for (const auto& fetch : m_fetching)
            {
                oldest = std::min(oldest, fetch.second);
            }
            m_collector->Collect(m_lastFetch, oldest, {KeyUuidText(uuid)});
        }
    }
    return complete;
}

void
TunnelOpener::OpenWaiting()
{
    std::list<Waiting> ready;
    std::list<Waiting> lost;
    for (auto packet = m_waiting.begin(); packet != m_waiting.end();)
    {
        const auto next = std::next(packet);
        bool complete = true;
        bool hopeless = false;
        for (const KeyUuid& uuid : packet->header.GetKeyIds())
        {
            const bool here = m_keys.find(uuid) != m_keys.end();
            complete = complete && here;
            // KeyLimit was reached while another key was on its way
            hopeless = hopeless || (!here && m_fetching.find(uuid) == m_fetching.end());
        }
        if (complete || hopeless)
        {
            std::list<Waiting>& target = complete ? ready : lost;
            target.splice(target.end(), m_waiting, packet);
        }
        packet = next;
    }
    for (const Waiting& packet : lost)
    {
        m_listener.dropped(packet.outer, TUNNEL_NO_KEY);
    }
    for (const Waiting& packet : ready)
    {
        Open(packet);
    }
}

void
TunnelOpener::Open(const Waiting& waiting)
{
    const Ptr<Packet> body = waiting.outer->Copy();
    SecureTunnelHeader header;
    body->RemoveHeader(header);
    Ptr<Packet> inner;
    std::optional<TunnelDropReason> problem;
    if (IsReplayed(header.GetSequence()))
    {
        problem = TUNNEL_REPLAYED;
    }
    else
    {
        problem = header.GetMode() == TUNNEL_OTP ? OpenOneTime(header, body, inner)
                                                 : OpenSession(header, body, inner);
    }
    if (problem)
    {
        m_listener.dropped(waiting.outer, *problem);
        return;
    }
    Remember(header.GetSequence());
    TunnelByteTags tags;
    if (waiting.outer->PeekPacketTag(tags))
    {
        tags.Apply(inner);
    }
    m_listener.opened(inner, waiting.outer->GetSize());
}

bool
TunnelOpener::FindBits(const SecureTunnelHeader& header, uint32_t bits, KeyMaterial& material) const
{
    uint32_t first = header.GetFirstBit();
    uint32_t left = bits;
    for (const KeyUuid& uuid : header.GetKeyIds())
    {
        const auto key = m_keys.find(uuid);
        if (key == m_keys.end() || left == 0 || first >= key->second.GetBits())
        {
            return false;
        }
        const uint32_t part = std::min(left, key->second.GetBits() - first);
        material.Append(key->second.Slice(first, part));
        left -= part;
        first = 0;
    }
    return left == 0;
}

std::optional<TunnelDropReason>
TunnelOpener::OpenOneTime(const SecureTunnelHeader& header,
                          Ptr<const Packet> body,
                          Ptr<Packet>& inner) const
{
    const uint32_t bytes = body->GetSize() - header.GetTagBytes();
    KeyMaterial material;
    if (!FindBits(header, 8 * body->GetSize(), material))
    {
        return TUNNEL_MALFORMED;
    }
    const KeyMaterial tag = material.Slice(8 * bytes, 8 * header.GetTagBytes());
    if (header.GetTagBytes() > 0 && CopyEnd(body, header.GetTagBytes()) != tag.ToBytes())
    {
        return TUNNEL_NOT_AUTHENTIC;
    }
    std::vector<uint8_t> plain(bytes);
    body->CopyData(plain.data(), bytes);
    material.Slice(0, 8 * bytes).XorInto(plain);
    inner = Create<Packet>(plain.data(), bytes);
    return std::nullopt;
}

std::optional<TunnelDropReason>
TunnelOpener::OpenSession(const SecureTunnelHeader& header,
                          Ptr<const Packet> body,
                          Ptr<Packet>& inner) const
{
    const KeyMaterial& key = m_keys.at(header.GetKeyIds().front());
    if (key.GetBits() < TUNNEL_AES_KEY_BITS)
    {
        return TUNNEL_MALFORMED;
    }
    if (CopyEnd(body, TUNNEL_AES_TAG_BYTES) !=
        MakeTunnelCheckValue(key.Slice(0, TUNNEL_AES_KEY_BITS), header.GetSequence()))
    {
        return TUNNEL_NOT_AUTHENTIC;
    }
    const uint8_t padding = CopyEnd(body, TUNNEL_AES_TAG_BYTES + 2).front();
    const uint32_t trailerBytes = TUNNEL_AES_TAG_BYTES + 2 + padding;
    if (trailerBytes >= body->GetSize())
    {
        return TUNNEL_MALFORMED;
    }
    inner = body->CreateFragment(0, body->GetSize() - trailerBytes);
    inner->RemoveAllByteTags();
    inner->RemoveAllPacketTags();
    return std::nullopt;
}

bool
TunnelOpener::IsReplayed(uint64_t sequence) const
{
    if (sequence > m_highest)
    {
        return false;
    }
    const uint64_t age = m_highest - sequence;
    return age >= REPLAY_WINDOW || ((m_window >> age) & 1) != 0;
}

void
TunnelOpener::Remember(uint64_t sequence)
{
    if (sequence > m_highest)
    {
        const uint64_t step = sequence - m_highest;
        m_window = step < REPLAY_WINDOW ? m_window << step : 0;
        m_highest = sequence;
    }
    m_window |= uint64_t{1} << (m_highest - sequence);
}

void
TunnelOpener::TakeKey(uint64_t /* fetch */, const SuppliedKey& key)
{
    KeyUuid uuid{};
    if (!ParseKeyUuid(key.keyId, uuid) || m_fetching.erase(uuid) == 0)
    {
        m_listener.unclaimed(key);
        return;
    }
    m_keys[uuid] = key.material;
    m_keyOrder.push_back(uuid);
    while (m_keyOrder.size() > m_settings.keyLimit)
    {
        m_keys.erase(m_keyOrder.front());
        m_keyOrder.pop_front();
    }
    OpenWaiting();
}

void
TunnelOpener::TakeUnclaimed(uint64_t /* fetch */, const SuppliedKey& key)
{
    m_listener.unclaimed(key);
}

void
TunnelOpener::TakeError(uint64_t fetch, const std::string& keyId, KeySupplyStatus status)
{
    NS_LOG_FUNCTION(this << fetch << keyId << status);
    KeyUuid uuid{};
    ParseKeyUuid(keyId, uuid);
    m_fetching.erase(uuid);
    m_listener.refused(keyId, status);
    std::list<Waiting> lost;
    for (auto packet = m_waiting.begin(); packet != m_waiting.end();)
    {
        const auto next = std::next(packet);
        const std::vector<KeyUuid>& keyIds = packet->header.GetKeyIds();
        if (std::find(keyIds.begin(), keyIds.end(), uuid) != keyIds.end())
        {
            lost.splice(lost.end(), m_waiting, packet);
        }
        packet = next;
    }
    for (const Waiting& packet : lost)
    {
        m_listener.dropped(packet.outer, TUNNEL_NO_KEY);
    }
}

void
TunnelOpener::TakeEnd(uint64_t /* fetch */, KeySupplyStatus /* status */)
{
    // each fetch is for one key, which TakeKey() or TakeError() has told of
}

} // namespace qkdn
} // namespace ns3
