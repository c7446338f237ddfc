/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-tunnel-sealer.h"

#include "qkdn-tunnel-byte-tags.h"

#include "ns3/hash.h"
#include "ns3/simulator.h"

namespace ns3
{
namespace qkdn
{

namespace
{

constexpr uint32_t ESP_TRAILER_BYTES = 2; //!< pad length and next header (RFC 4303)
constexpr uint8_t NEXT_HEADER_IPV4 = 4;   //!< IPv4 in ESP, tunnel mode
constexpr uint8_t NEXT_HEADER_IPV6 = 41;  //!< IPv6 in ESP, tunnel mode

/**
 * @brief The next header of the ESP trailer.
 * @param packet an IP packet
 * @return its number
 */
uint8_t
FindNextHeader(Ptr<const Packet> packet)
{
    uint8_t first = 0;
    packet->CopyData(&first, 1);
    return first >> 4 == 6 ? NEXT_HEADER_IPV6 : NEXT_HEADER_IPV4;
}

/**
 * @brief Put bytes behind a packet.
 * @param packet the packet
 * @param bytes the bytes
 */
void
AppendBytes(Ptr<Packet> packet, const std::vector<uint8_t>& bytes)
{
    if (!bytes.empty())
    {
        packet->AddAtEnd(Create<Packet>(bytes.data(), bytes.size()));
    }
}

} // namespace

uint32_t
GetTunnelPadding(uint32_t bytes)
{
    return (4 - (bytes + ESP_TRAILER_BYTES) % 4) % 4;
}

std::vector<uint8_t>
MakeTunnelCheckValue(const KeyMaterial& key, uint64_t sequence)
{
    std::vector<uint8_t> input = key.ToBytes();
    for (int shift = 56; shift >= 0; shift -= 8)
    {
        input.push_back(sequence >> shift);
    }
    std::vector<uint8_t> value;
    while (value.size() < TUNNEL_AES_TAG_BYTES)
    {
        input.push_back(value.size());
        uint64_t half = Hash64(std::string(input.begin(), input.end()));
        for (int octet = 0; octet < 8; ++octet, half >>= 8)
        {
            value.push_back(half);
        }
    }
    return value;
}

TunnelSealer::TunnelSealer(Settings settings, Ptr<TunnelKeySource> source, RekeyCallback rekeyed)
    : m_settings(settings),
      m_source(source),
      m_rekeyed(rekeyed)
{
}

void
TunnelSealer::Start()
{
    m_source->SetTarget(m_settings.mode == TUNNEL_OTP ? m_settings.keyBufferBits
                                                      : TUNNEL_AES_KEY_BITS);
}

Ptr<Packet>
TunnelSealer::Seal(Ptr<const Packet> inner)
{
    return m_settings.mode == TUNNEL_OTP ? SealOneTime(inner) : SealSession(inner);
}

Ptr<Packet>
TunnelSealer::SealOneTime(Ptr<const Packet> inner)
{
    const uint32_t padBits = 8 * inner->GetSize();
    const auto key = m_source->Take(padBits + m_settings.tagBits);
    if (!key)
    {
        return nullptr;
    }
    std::vector<uint8_t> bytes(inner->GetSize());
    inner->CopyData(bytes.data(), bytes.size());
    key->material.Slice(0, padBits).XorInto(bytes);
    const Ptr<Packet> outer = Create<Packet>(bytes.data(), bytes.size());
    AppendBytes(outer, key->material.Slice(padBits, m_settings.tagBits).ToBytes());
    Frame(outer, inner, *key, m_settings.tagBits / 8);
    return outer;
}

bool
TunnelSealer::HaveSessionKey(uint32_t bytes)
{
    const Time now = Simulator::Now();
    if (m_session && (now - m_session->since >= m_settings.keyLifetime ||
                      m_session->sealed + bytes > m_settings.keyVolume))
    {
        m_session.reset();
    }
    if (m_session && now - m_session->since < m_settings.rekeyInterval &&
        m_session->sealed < m_settings.rekeyVolume)
    {
        return true;
    }
    m_source->SetTarget(TUNNEL_AES_KEY_BITS);
    const auto key = m_source->TakeWhole(TUNNEL_AES_KEY_BITS);
    if (key)
    {
        m_source->SetTarget(0);
        m_session = SessionKey{*key, now, 0};
        m_rekeyed(KeyUuidText(key->keyIds.front()), ++m_sessionKeys);
    }
    return m_session && bytes <= m_settings.keyVolume;
}

Ptr<Packet>
TunnelSealer::SealSession(Ptr<const Packet> inner)
{
    const uint32_t bytes = inner->GetSize();
    if (!HaveSessionKey(bytes))
    {
        return nullptr;
    }
    m_session->sealed += bytes;
    const Ptr<Packet> outer = inner->Copy();
    outer->RemoveAllByteTags();
    outer->RemoveAllPacketTags();
    const uint32_t padding = GetTunnelPadding(bytes);
    std::vector<uint8_t> trailer;
    for (uint32_t i = 1; i <= padding; ++i)
    {
        trailer.push_back(i);
    }
    trailer.push_back(padding);
    trailer.push_back(FindNextHeader(inner));
    const std::vector<uint8_t> check =
        MakeTunnelCheckValue(m_session->key.material, m_sequence + 1);
    trailer.insert(trailer.end(), check.begin(), check.end());
    AppendBytes(outer, trailer);
    Frame(outer, inner, m_session->key, TUNNEL_AES_TAG_BYTES);
    return outer;
}

void
TunnelSealer::Frame(Ptr<Packet> outer,
                    Ptr<const Packet> inner,
                    const TunnelKeyBits& key,
                    uint32_t tagBytes)
{
    SecureTunnelHeader header;
    header.SetMode(m_settings.mode);
    header.SetTagBytes(tagBytes);
    header.SetFirstBit(key.firstBit);
    header.SetSequence(++m_sequence);
    header.SetKeyIds(key.keyIds);
    outer->AddHeader(header);
    TunnelByteTags tags;
    tags.Read(inner);
    outer->AddPacketTag(tags);
}

} // namespace qkdn
} // namespace ns3
