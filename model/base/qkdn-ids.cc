/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-ids.h"

#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid.hpp>
#include <boost/uuid/uuid_io.hpp>

namespace ns3
{
namespace qkdn
{

std::string
IncidentId::ToString() const
{
    return IsValid() ? std::to_string(node - 1) + "-" + std::to_string(counter) : std::string();
}

void
IncidentSource::SetDetector(uint32_t nodeId, uint16_t component)
{
    m_node = nodeId + 1;
    m_component = component;
}

IncidentId
IncidentSource::Next()
{
    ++m_counter;
    return IncidentId{m_node, (m_counter << 12) | m_component};
}

std::string
KeyId::ToString() const
{
    return std::to_string(link.value) + ":" + std::to_string(block >> 32) + ":" +
           std::to_string(block & 0xffffffff);
}

uint64_t
CountBits(const std::vector<KeyRange>& ranges)
{
    uint64_t bits = 0;
    for (const KeyRange& range : ranges)
    {
        bits += range.bits;
    }
    return bits;
}

std::string
KsaKeyUuid(const std::string& sessionName, uint64_t sequence)
{
    const boost::uuids::name_generator_sha1 generator(boost::uuids::ns::oid());
    return boost::uuids::to_string(
        generator("qkdn-resilience/ksa-key/" + sessionName + "/" + std::to_string(sequence)));
}

} // namespace qkdn
} // namespace ns3
