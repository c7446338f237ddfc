/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-frame-header.h"

namespace ns3
{
namespace qkdn
{

NS_OBJECT_ENSURE_REGISTERED(FrameHeader);

FrameHeader::FrameHeader(uint16_t type, uint32_t bodyLength, IncidentId incident)
    : m_type(type),
      m_bodyLength(bodyLength),
      m_incident(incident)
{
}

TypeId
FrameHeader::GetTypeId()
{
    static TypeId tid = TypeId("ns3::qkdn::FrameHeader")
                            .SetParent<Header>()
                            .SetGroupName("QkdnResilience")
                            .AddConstructor<FrameHeader>();
    return tid;
}

TypeId
FrameHeader::GetInstanceTypeId() const
{
    return GetTypeId();
}

uint32_t
FrameHeader::GetSerializedSize() const
{
    return SIZE;
}

void
FrameHeader::Serialize(Buffer::Iterator start) const
{
    start.WriteU8(m_version);
    start.WriteU8(m_flags);
    start.WriteHtonU16(m_type);
    start.WriteHtonU32(m_bodyLength);
    start.WriteHtonU32(m_incident.node);
    start.WriteHtonU32(m_incident.counter);
}

uint32_t
FrameHeader::Deserialize(Buffer::Iterator start)
{
    m_version = start.ReadU8();
    m_flags = start.ReadU8();
    m_type = start.ReadNtohU16();
    m_bodyLength = start.ReadNtohU32();
    m_incident.node = start.ReadNtohU32();
    m_incident.counter = start.ReadNtohU32();
    return SIZE;
}

void
FrameHeader::Print(std::ostream& os) const
{
    os << "type=" << m_type << " body=" << m_bodyLength << " incident=" << m_incident.ToString();
}

bool
FrameHeader::IsValid() const
{
    return m_version == VERSION && m_flags == 0;
}

uint16_t
FrameHeader::GetType() const
{
    return m_type;
}

uint32_t
FrameHeader::GetBodyLength() const
{
    return m_bodyLength;
}

IncidentId
FrameHeader::GetIncident() const
{
    return m_incident;
}

} // namespace qkdn
} // namespace ns3
