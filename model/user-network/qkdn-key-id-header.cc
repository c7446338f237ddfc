/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-id-header.h"

#include "ns3/abort.h"

#include <algorithm>
#include <boost/uuid/string_generator.hpp>
#include <boost/uuid/uuid.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <limits>
#include <stdexcept>

namespace ns3
{
namespace qkdn
{

NS_OBJECT_ENSURE_REGISTERED(KeyIdHeader);

namespace
{
constexpr uint32_t FIXED_SIZE = 20; //!< octets before the key IDs
} // namespace

bool
ParseKeyUuid(const std::string& text, KeyUuid& uuid)
{
    boost::uuids::uuid parsed;
    try
    {
        parsed = boost::uuids::string_generator()(text);
    }
    catch (const std::runtime_error&)
    {
        return false;
    }
    // Boost reads further forms (braces, no dashes) that would not come back the same
    if (boost::uuids::to_string(parsed) != text)
    {
        return false;
    }
    std::copy(parsed.begin(), parsed.end(), uuid.begin());
    return true;
}

std::string
KeyUuidText(const KeyUuid& uuid)
{
    boost::uuids::uuid value;
    std::copy(uuid.begin(), uuid.end(), value.begin());
    return boost::uuids::to_string(value);
}

TypeId
KeyIdHeader::GetTypeId()
{
    static TypeId tid = TypeId("ns3::qkdn::KeyIdHeader")
                            .SetParent<Header>()
                            .SetGroupName("QkdnResilience")
                            .AddConstructor<KeyIdHeader>();
    return tid;
}

TypeId
KeyIdHeader::GetInstanceTypeId() const
{
    return GetTypeId();
}

void
KeyIdHeader::SetSequence(uint64_t sequence)
{
    m_sequence = sequence;
}

uint64_t
KeyIdHeader::GetSequence() const
{
    return m_sequence;
}

void
KeyIdHeader::SetOldest(uint64_t oldest)
{
    m_oldest = oldest;
}

uint64_t
KeyIdHeader::GetOldest() const
{
    return m_oldest;
}

void
KeyIdHeader::SetStatus(uint16_t status)
{
    m_status = status;
}

uint16_t
KeyIdHeader::GetStatus() const
{
    return m_status;
}

void
KeyIdHeader::SetKeyIds(std::vector<KeyUuid> keyIds)
{
    NS_ABORT_MSG_IF(keyIds.size() > std::numeric_limits<uint16_t>::max(),
                    "a message cannot carry " << keyIds.size() << " key IDs");
    m_keyIds = std::move(keyIds);
}

const std::vector<KeyUuid>&
KeyIdHeader::GetKeyIds() const
{
    return m_keyIds;
}

void
KeyIdHeader::Print(std::ostream& os) const
{
    os << "sequence=" << m_sequence << " oldest=" << m_oldest << " status=" << m_status
       << " keyIds=" << m_keyIds.size();
}

uint32_t
KeyIdHeader::GetSerializedSize() const
{
    return FIXED_SIZE + m_keyIds.size() * KeyUuid().size();
}

void
KeyIdHeader::Serialize(Buffer::Iterator start) const
{
    start.WriteHtonU64(m_sequence);
    start.WriteHtonU64(m_oldest);
    start.WriteHtonU16(m_status);
    start.WriteHtonU16(m_keyIds.size());
    for (const KeyUuid& uuid : m_keyIds)
    {
        start.Write(uuid.data(), uuid.size());
    }
}

uint32_t
KeyIdHeader::Deserialize(Buffer::Iterator start)
{
    if (start.GetRemainingSize() < FIXED_SIZE)
    {
        return 0;
    }
    m_sequence = start.ReadNtohU64();
    m_oldest = start.ReadNtohU64();
    m_status = start.ReadNtohU16();
    const uint16_t count = start.ReadNtohU16();
    if (start.GetRemainingSize() < count * KeyUuid().size())
    {
        return 0;
    }
    m_keyIds.resize(count);
    for (KeyUuid& uuid : m_keyIds)
    {
        start.Read(uuid.data(), uuid.size());
    }
    return GetSerializedSize();
}

} // namespace qkdn
} // namespace ns3
