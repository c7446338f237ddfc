/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-cx-messages.h"

#include "ns3/qkdn-byte-codec.h"

#include <utility>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief Append a message of another reference point, its size (4 bytes) first.
 * @param writer where to
 * @param message the message
 */
void
WriteMessage(ByteWriter& writer, Ptr<const Packet> message)
{
    std::vector<uint8_t> bytes(message->GetSize());
    message->CopyData(bytes.data(), message->GetSize());
    writer.WriteUint(bytes.size(), 4);
    writer.WriteBytes(bytes);
}

/**
 * @brief Read a message of another reference point.
 * @param reader where from
 * @return the message
 */
Ptr<Packet>
ReadMessage(ByteReader& reader)
{
    const std::vector<uint8_t> bytes = reader.ReadBytes(reader.ReadUint32());
    return Create<Packet>(bytes.data(), static_cast<uint32_t>(bytes.size()));
}

} // namespace

Ptr<Packet>
CxRole::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(term.term, 4);
    writer.WriteUint(term.number, 4);
    writer.WriteUint(active ? 1 : 0, 1);
    return writer.ToPacket();
}

std::optional<CxRole>
CxRole::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    CxRole message;
    message.term.term = reader.ReadUint32();
    message.term.number = reader.ReadUint32();
    const uint64_t active = reader.ReadUint(1);
    message.active = active == 1;
    return reader.Complete(message,
                           active <= 1 && message.term.number > 0 &&
                               (message.term.term > 0 || !message.active));
}

Ptr<Packet>
CxSession::ToPacket() const
{
    ByteWriter writer;
    WriteMessage(writer, request.ToPacket());
    for (const RouteId route : {working, protection, recovery, active, candidate, replaced})
    {
        writer.WriteUint(route.value, 4);
    }
    for (const auto* list : {&further, &furtherRecovery, &furtherCandidates, &furtherReplaced})
    {
        writer.WriteUint(list->size(), 4);
        for (const RouteId route : *list)
        {
            writer.WriteUint(route.value, 4);
        }
    }
    writer.WriteUint(candidateBps, 8);
    writer.WriteUint(recoveredBps, 8);
    writer.WriteUint(grantedBps, 8);
    writer.WriteTime(windowEnd);
    writer.WriteUint((announced ? 1 : 0) + (spareTaken ? 2 : 0) + (toldSpareTaken ? 4 : 0), 1);
    writer.WriteUint(suspendedBy.value, 4);
    writer.WriteUint(suspends.size(), 4);
    for (const SessionId session : suspends)
    {
        writer.WriteUint(session.value, 4);
    }
    writer.WriteUint(step, 1);
    writer.WriteTime(informed);
    writer.WriteTime(decided);
    writer.WriteUint(routes.size(), 4);
    for (const CxRoute& route : routes)
    {
        WriteMessage(writer, CkRouteInstall{0, route.route}.ToPacket());
        writer.WriteUint(route.demandBps, 8);
        writer.WriteUint((route.promised ? 1 : 0) + (route.installed ? 2 : 0), 1);
    }
    return writer.ToPacket();
}

std::optional<CxSession>
CxSession::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    CxSession message;
    const auto request = CkSessionRequest::FromPacket(ReadMessage(reader));
    bool good = request.has_value();
    message.request = request.value_or(CkSessionRequest{});
    for (RouteId* route : {&message.working,
                           &message.protection,
                           &message.recovery,
                           &message.active,
                           &message.candidate,
                           &message.replaced})
    {
        *route = RouteId(reader.ReadUint32());
    }
    for (auto* list : {&message.further,
                       &message.furtherRecovery,
                       &message.furtherCandidates,
                       &message.furtherReplaced})
    {
        const uint64_t routes = reader.ReadUint(4);
        for (uint64_t i = 0; i < routes && reader.IsGood(); ++i)
        {
            list->emplace_back(reader.ReadUint32());
        }
    }
    message.candidateBps = reader.ReadUint(8);
    message.recoveredBps = reader.ReadUint(8);
    message.grantedBps = reader.ReadUint(8);
    message.windowEnd = reader.ReadTime();
    const uint64_t flags = reader.ReadUint(1);
    message.announced = (flags & 1) != 0;
    message.spareTaken = (flags & 2) != 0;
    message.toldSpareTaken = (flags & 4) != 0;
    message.suspendedBy = SessionId(reader.ReadUint32());
    uint64_t count = reader.ReadUint(4);
    for (uint64_t i = 0; i < count && reader.IsGood(); ++i)
    {
        message.suspends.insert(SessionId(reader.ReadUint32()));
    }
    const uint64_t step = reader.ReadUint(1);
    good = good && flags < 8 && step <= STEP_RESUMING;
    message.step = step <= STEP_RESUMING ? static_cast<SessionStep>(step) : STEP_NONE;
    message.informed = reader.ReadTime();
    message.decided = reader.ReadTime();
    count = reader.ReadUint(4);
    for (uint64_t i = 0; i < count && reader.IsGood(); ++i)
    {
        const auto install = CkRouteInstall::FromPacket(ReadMessage(reader));
        CxRoute route;
        route.demandBps = reader.ReadUint(8);
        const uint64_t routeFlags = reader.ReadUint(1);
        good = good && install && routeFlags < 4;
        if (install)
        {
            route.route = install->route;
        }
        route.promised = (routeFlags & 1) != 0;
        route.installed = (routeFlags & 2) != 0;
        message.routes.push_back(std::move(route));
    }
    return reader.Complete(std::move(message), good);
}

} // namespace qkdn
} // namespace ns3
