/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-hello-header.h"

namespace ns3
{
namespace qkdn
{

NS_OBJECT_ENSURE_REGISTERED(HelloHeader);

HelloHeader::HelloHeader(uint8_t multiplier,
                         uint32_t intervalUs,
                         uint64_t sequence,
                         uint64_t heard,
                         uint8_t starts,
                         uint8_t losses)
    : m_multiplier(multiplier),
      m_starts(starts),
      m_losses(losses),
      m_intervalUs(intervalUs),
      m_sequence(sequence),
      m_heard(heard)
{
}

TypeId
HelloHeader::GetTypeId()
{
    static TypeId tid = TypeId("ns3::qkdn::HelloHeader")
                            .SetParent<Header>()
                            .SetGroupName("QkdnResilience")
                            .AddConstructor<HelloHeader>();
    return tid;
}

TypeId
HelloHeader::GetInstanceTypeId() const
{
    return GetTypeId();
}

uint32_t
HelloHeader::GetSerializedSize() const
{
    return SIZE;
}

void
HelloHeader::Serialize(Buffer::Iterator start) const
{
    start.WriteU8(m_version);
    start.WriteU8(m_multiplier);
    start.WriteU8(m_starts);
    start.WriteU8(m_losses);
    start.WriteHtonU32(m_intervalUs);
    start.WriteHtonU64(m_sequence);
    start.WriteHtonU64(m_heard);
}

uint32_t
HelloHeader::Deserialize(Buffer::Iterator start)
{
    m_version = start.ReadU8();
    m_multiplier = start.ReadU8();
    m_starts = start.ReadU8();
    m_losses = start.ReadU8();
    m_intervalUs = start.ReadNtohU32();
    m_sequence = start.ReadNtohU64();
    m_heard = start.ReadNtohU64();
    return SIZE;
}

void
HelloHeader::Print(std::ostream& os) const
{
    os << "sequence=" << m_sequence << " heard=" << m_heard << " interval=" << m_intervalUs
       << "us multiplier=" << +m_multiplier;
}

bool
HelloHeader::IsValid() const
{
    return m_version == VERSION && m_multiplier > 0 && m_starts > 0 && m_intervalUs > 0 &&
           m_sequence > 0;
}

uint8_t
HelloHeader::GetMultiplier() const
{
    return m_multiplier;
}

uint32_t
HelloHeader::GetIntervalUs() const
{
    return m_intervalUs;
}

uint64_t
HelloHeader::GetSequence() const
{
    return m_sequence;
}

uint64_t
HelloHeader::GetHeard() const
{
    return m_heard;
}

uint8_t
HelloHeader::GetStarts() const
{
    return m_starts;
}

uint8_t
HelloHeader::GetLosses() const
{
    return m_losses;
}

} // namespace qkdn
} // namespace ns3
