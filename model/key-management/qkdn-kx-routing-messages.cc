/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-kx-routing-messages.h"

#include "ns3/qkdn-byte-codec.h"

#include <set>
#include <utility>

namespace ns3
{
namespace qkdn
{

namespace
{

constexpr uint64_t USABLE = 1; //!< flag of a hop
constexpr uint64_t LOW = 2;    //!< flag of a hop

void
WriteHeader(ByteWriter& writer, const LinkStateHeader& header)
{
    writer.WriteUint(header.origin.value, 4);
    writer.WriteUint(header.sequence, 8);
}

LinkStateHeader
ReadHeader(ByteReader& reader)
{
    LinkStateHeader header;
    header.origin = KmId(reader.ReadUint32());
    header.sequence = reader.ReadUint(8);
    return header;
}

bool
IsGood(const LinkStateHeader& header)
{
    return header.origin.IsValid() && header.sequence > 0;
}

LinkStateHop
ReadHop(ByteReader& reader, bool& good)
{
    LinkStateHop hop;
    hop.neighbour = KmId(reader.ReadUint32());
    const uint64_t flags = reader.ReadUint(1);
    hop.usable = (flags & USABLE) != 0;
    hop.low = (flags & LOW) != 0;
    hop.keyRateBps = reader.ReadUint(8);
    hop.residualBps = reader.ReadUint(8);
    good = good && hop.neighbour.IsValid() && flags <= (USABLE | LOW) &&
           hop.residualBps <= hop.keyRateBps;
    return hop;
}

/// Each KM once, and at least two.
bool
IsRoute(const std::vector<KmId>& kms)
{
    const std::set<KmId> different(kms.begin(), kms.end());
    return kms.size() >= 2 && different.size() == kms.size() && different.count(KmId()) == 0;
}

} // namespace

const char*
LinkStateFateName(LinkStateFate fate)
{
    switch (fate)
    {
    case LINK_STATE_ORIGINATED:
        return "originated";
    case LINK_STATE_INSTALLED:
        return "installed";
    case LINK_STATE_DUPLICATE:
        return "duplicate";
    case LINK_STATE_STALE:
        return "stale";
    case LINK_STATE_OUTDONE:
        return "outdone";
    case LINK_STATE_EXPIRED:
        return "expired";
    case LINK_STATE_PURGED:
        return "purged";
    }
    return "unknown";
}

Ptr<Packet>
KxLinkState::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(advertisements.size(), 4);
    for (const LinkStateAdvertisement& advertisement : advertisements)
    {
        WriteHeader(writer, advertisement.header);
        writer.WriteTime(advertisement.age);
        writer.WriteUint(advertisement.hops.size(), 4);
        for (const LinkStateHop& hop : advertisement.hops)
        {
            writer.WriteUint(hop.neighbour.value, 4);
            writer.WriteUint((hop.usable ? USABLE : 0) | (hop.low ? LOW : 0), 1);
            writer.WriteUint(hop.keyRateBps, 8);
            writer.WriteUint(hop.residualBps, 8);
        }
    }
    return writer.ToPacket();
}

std::optional<KxLinkState>
KxLinkState::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    KxLinkState message;
    const uint64_t count = reader.ReadUint(4);
    bool good = count > 0;
    for (uint64_t i = 0; i < count && good && reader.IsGood(); ++i)
    {
        LinkStateAdvertisement advertisement;
        advertisement.header = ReadHeader(reader);
        advertisement.age = reader.ReadTime();
        good = IsGood(advertisement.header) && !advertisement.age.IsStrictlyNegative();
        const uint64_t hops = reader.ReadUint(4);
        KmId last;
        for (uint64_t h = 0; h < hops && good && reader.IsGood(); ++h)
        {
            const LinkStateHop hop = ReadHop(reader, good);
            good = good && last < hop.neighbour && hop.neighbour != advertisement.header.origin;
            last = hop.neighbour;
            advertisement.hops.push_back(hop);
        }
        message.advertisements.push_back(std::move(advertisement));
    }
    return reader.Complete(std::move(message), good);
}

Ptr<Packet>
KxLinkStateSummary::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(headers.size(), 4);
    for (const LinkStateHeader& header : headers)
    {
        WriteHeader(writer, header);
    }
    return writer.ToPacket();
}

std::optional<KxLinkStateSummary>
KxLinkStateSummary::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    KxLinkStateSummary message;
    const uint64_t count = reader.ReadUint(4);
    bool good = true;
    KmId last;
    for (uint64_t i = 0; i < count && good && reader.IsGood(); ++i)
    {
        const LinkStateHeader header = ReadHeader(reader);
        good = IsGood(header) && last < header.origin;
        last = header.origin;
        message.headers.push_back(header);
    }
    return reader.Complete(std::move(message), good);
}

Ptr<Packet>
KxRouteSetUp::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(route.id.value, 4);
    writer.WriteUint(number, 4);
    writer.WriteUint(goesOn ? 1 : 0, 1);
    writer.WriteUint(route.session.value, 4);
    writer.WriteUint(route.role, 1);
    writer.WriteUint(route.floorBits, 8);
    writer.WriteUint(demandBps, 8);
    writer.WriteTime(lifetime);
    writer.WriteUint(route.kms.size(), 2);
    for (const KmId km : route.kms)
    {
        writer.WriteUint(km.value, 4);
    }
    return writer.ToPacket();
}

std::optional<KxRouteSetUp>
KxRouteSetUp::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    KxRouteSetUp message;
    KeyRoute& route = message.route;
    route.id = RouteId(reader.ReadUint32());
    message.number = reader.ReadUint32();
    message.goesOn = reader.ReadUint(1) != 0;
    route.session = SessionId(reader.ReadUint32());
    const uint64_t role = reader.ReadUint(1);
    route.floorBits = reader.ReadUint(8);
    message.demandBps = reader.ReadUint(8);
    message.lifetime = reader.ReadTime();
    const uint64_t count = reader.ReadUint(2);
    for (uint64_t i = 0; i < count && reader.IsGood(); ++i)
    {
        route.kms.emplace_back(reader.ReadUint32());
    }
    const bool good = route.id.IsValid() && !KeyRoute::IsLocal(route.id) &&
                      route.session.IsValid() && role <= ROUTE_RECOVERY &&
                      message.lifetime.IsStrictlyPositive() && IsRoute(route.kms);
    if (good)
    {
        route.role = static_cast<RouteRole>(role);
    }
    return reader.Complete(std::move(message), good);
}

Ptr<Packet>
KxRouteSetUpAnswer::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(route.value, 4);
    writer.WriteUint(number, 4);
    writer.WriteUint(failure, 1);
    writer.WriteUint(failedAt.value, 4);
    return writer.ToPacket();
}

std::optional<KxRouteSetUpAnswer>
KxRouteSetUpAnswer::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    KxRouteSetUpAnswer message;
    message.route = RouteId(reader.ReadUint32());
    message.number = reader.ReadUint32();
    const uint64_t failure = reader.ReadUint(1);
    message.failedAt = KmId(reader.ReadUint32());
    const bool good = failure <= KX_FAILURE_ABANDONED;
    if (good)
    {
        message.failure = static_cast<KxFailure>(failure);
    }
    return reader.Complete(message, good);
}

Ptr<Packet>
KxRouteTearDown::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(route.value, 4);
    writer.WriteUint(number, 4);
    return writer.ToPacket();
}

std::optional<KxRouteTearDown>
KxRouteTearDown::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    KxRouteTearDown message;
    message.route = RouteId(reader.ReadUint32());
    message.number = reader.ReadUint32();
    return reader.Complete(message);
}

} // namespace qkdn
} // namespace ns3
