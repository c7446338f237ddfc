/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-secure-tunnel-header.h"

#include "ns3/abort.h"

#include <limits>

namespace ns3
{
namespace qkdn
{

NS_OBJECT_ENSURE_REGISTERED(SecureTunnelHeader);

namespace
{
constexpr uint32_t TUNNEL_FIXED_SIZE = 16; //!< octets before the key IDs
constexpr uint32_t TUNNEL_VECTOR_SIZE = 8; //!< octets of the explicit initialisation vector
} // namespace

std::string
TunnelDropReasonName(TunnelDropReason reason)
{
    switch (reason)
    {
    case TUNNEL_NOT_RUNNING:
        return "not-running";
    case TUNNEL_NOT_IP:
        return "not-ip";
    case TUNNEL_QUEUE_FULL:
        return "queue-full";
    case TUNNEL_QUEUE_TIME:
        return "queue-time";
    case TUNNEL_STOPPED:
        return "stopped";
    case TUNNEL_NOT_SENT:
        return "not-sent";
    case TUNNEL_WRONG_PEER:
        return "wrong-peer";
    case TUNNEL_MALFORMED:
        return "malformed";
    case TUNNEL_NO_KEY:
        return "no-key";
    case TUNNEL_REPLAYED:
        return "replayed";
    case TUNNEL_NOT_AUTHENTIC:
        return "not-authentic";
    }
    NS_ABORT_MSG("unknown reason " << reason);
}

TypeId
SecureTunnelHeader::GetTypeId()
{
    static TypeId tid = TypeId("ns3::qkdn::SecureTunnelHeader")
                            .SetParent<Header>()
                            .SetGroupName("QkdnResilience")
                            .AddConstructor<SecureTunnelHeader>();
    return tid;
}

TypeId
SecureTunnelHeader::GetInstanceTypeId() const
{
    return GetTypeId();
}

void
SecureTunnelHeader::SetMode(TunnelMode mode)
{
    m_mode = mode;
}

TunnelMode
SecureTunnelHeader::GetMode() const
{
    return m_mode;
}

void
SecureTunnelHeader::SetTagBytes(uint8_t bytes)
{
    m_tagBytes = bytes;
}

uint8_t
SecureTunnelHeader::GetTagBytes() const
{
    return m_tagBytes;
}

void
SecureTunnelHeader::SetFirstBit(uint32_t bit)
{
    m_firstBit = bit;
}

uint32_t
SecureTunnelHeader::GetFirstBit() const
{
    return m_firstBit;
}

void
SecureTunnelHeader::SetSequence(uint64_t sequence)
{
    m_sequence = sequence;
}

uint64_t
SecureTunnelHeader::GetSequence() const
{
    return m_sequence;
}

void
SecureTunnelHeader::SetKeyIds(std::vector<KeyUuid> keyIds)
{
    NS_ABORT_MSG_IF(keyIds.empty() || keyIds.size() > std::numeric_limits<uint16_t>::max(),
                    "a packet cannot name " << keyIds.size() << " keys");
    m_keyIds = std::move(keyIds);
}

const std::vector<KeyUuid>&
SecureTunnelHeader::GetKeyIds() const
{
    return m_keyIds;
}

void
SecureTunnelHeader::Print(std::ostream& os) const
{
    os << "mode=" << (m_mode == TUNNEL_OTP ? "otp" : "aes") << " tag=" << unsigned(m_tagBytes)
       << " sequence=" << m_sequence << " firstBit=" << m_firstBit << " keyIds=" << m_keyIds.size();
}

uint32_t
SecureTunnelHeader::GetSerializedSize() const
{
    return TUNNEL_FIXED_SIZE + m_keyIds.size() * KeyUuid().size() +
           (m_mode == TUNNEL_AES ? TUNNEL_VECTOR_SIZE : 0);
}

void
SecureTunnelHeader::Serialize(Buffer::Iterator start) const
{
    start.WriteU8(m_mode);
    start.WriteU8(m_tagBytes);
    start.WriteHtonU16(m_keyIds.size());
    start.WriteHtonU32(m_firstBit);
    start.WriteHtonU64(m_sequence);
    for (const KeyUuid& uuid : m_keyIds)
    {
        start.Write(uuid.data(), uuid.size());
    }
    if (m_mode == TUNNEL_AES)
    {
        start.WriteHtonU64(m_sequence);
    }
}

uint32_t
SecureTunnelHeader::Deserialize(Buffer::Iterator start)
{
    if (start.GetRemainingSize() < TUNNEL_FIXED_SIZE)
    {
        return 0;
    }
    const uint8_t mode = start.ReadU8();
    m_tagBytes = start.ReadU8();
    const uint16_t count = start.ReadNtohU16();
    m_firstBit = start.ReadNtohU32();
    m_sequence = start.ReadNtohU64();
    if ((mode != TUNNEL_OTP && mode != TUNNEL_AES) || count == 0 || m_sequence == 0)
    {
        return 0;
    }
    m_mode = static_cast<TunnelMode>(mode);
    const uint32_t vectorBytes = m_mode == TUNNEL_AES ? TUNNEL_VECTOR_SIZE : 0;
    if (start.GetRemainingSize() < count * KeyUuid().size() + vectorBytes)
    {
        return 0;
    }
    m_keyIds.resize(count);
    for (KeyUuid& uuid : m_keyIds)
    {
        start.Read(uuid.data(), uuid.size());
    }
    start.Next(vectorBytes);
    return GetSerializedSize();
}

} // namespace qkdn
} // namespace ns3
