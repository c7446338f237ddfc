/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-ck-usage-report.h"

#include "ns3/qkdn-byte-codec.h"

#include <set>
#include <utility>

namespace ns3
{
namespace qkdn
{

Ptr<Packet>
CkUsageReport::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(epoch, 8);
    writer.WriteUint(number, 8);
    writer.WriteUint(sessions.size(), 2);
    for (const CkSessionUsage& usage : sessions)
    {
        writer.WriteUint(usage.session.value, 4);
        for (const uint64_t bits : usage.bits)
        {
            writer.WriteUint(bits, 8);
        }
    }
    return writer.ToPacket();
}

std::optional<CkUsageReport>
CkUsageReport::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    CkUsageReport message;
    message.epoch = reader.ReadUint(8);
    message.number = reader.ReadUint(8);
    const uint64_t count = reader.ReadUint(2);
    bool good = count <= MAX_SESSIONS;
    std::set<SessionId> seen;
    for (uint64_t i = 0; i < count && good && reader.IsGood(); ++i)
    {
        CkSessionUsage usage;
        usage.session = SessionId(reader.ReadUint32());
        for (uint64_t& bits : usage.bits)
        {
            bits = reader.ReadUint(8);
        }
        good = usage.session.IsValid() && seen.insert(usage.session).second;
        message.sessions.push_back(usage);
    }
    return reader.Complete(std::move(message), good);
}

} // namespace qkdn
} // namespace ns3
