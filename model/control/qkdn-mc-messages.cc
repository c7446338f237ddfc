/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-mc-messages.h"

#include "ns3/qkdn-byte-codec.h"
#include "ns3/qkdn-kq-messages.h"

namespace ns3
{
namespace qkdn
{

namespace
{

/// States of a session; its flags are multiples of it in the same byte.
constexpr uint64_t SUPPLY_STATES = MC_SUPPLY_INTERRUPTED + 1;

/// All flags of a session: shares a risk (1), spare taken (2), rate reduced (4).
constexpr uint64_t SESSION_FLAGS = 7;

bool
ReadBool(ByteReader& reader, bool& good)
{
    const uint64_t value = reader.ReadUint(1);
    good = good && value <= 1;
    return value == 1;
}

/// Reads a point in time; a negative one makes the message bad.
Time
ReadInstant(ByteReader& reader, bool& good)
{
    const Time time = reader.ReadTime();
    good = good && !time.IsStrictlyNegative();
    return time;
}

} // namespace

const char*
McSupplyStateName(McSupplyState state)
{
    switch (state)
    {
    case MC_SUPPLY_WAITING:
        return "waiting";
    case MC_SUPPLY_NORMAL:
        return "normal";
    case MC_SUPPLY_PROTECTED:
        return "protected";
    case MC_SUPPLY_RECOVERED:
        return "recovered";
    case MC_SUPPLY_PREEMPTED:
        return "pre-empted";
    case MC_SUPPLY_FAILED:
        return "failed";
    case MC_SUPPLY_INTERRUPTED:
        return "interrupted";
    }
    return "unknown";
}

const char*
McRouteStateName(McRouteState state)
{
    switch (state)
    {
    case MC_ROUTE_ACTIVE:
        return "active";
    case MC_ROUTE_STANDBY:
        return "standby";
    case MC_ROUTE_FAILED:
        return "failed";
    case MC_ROUTE_RELEASED:
        return "released";
    }
    return "unknown";
}

const char*
McOperationName(McOperationKind kind)
{
    switch (kind)
    {
    case MC_OPERATION_PROTECTION_SWITCH:
        return "protection-switch";
    case MC_OPERATION_REVERSION:
        return "reversion";
    case MC_OPERATION_RESTORATION:
        return "restoration";
    case MC_OPERATION_RESTORATION_FAILED:
        return "restoration-failed";
    case MC_OPERATION_PREEMPTION:
        return "pre-emption";
    case MC_OPERATION_RESUMPTION:
        return "resumption";
    }
    return "unknown";
}

Ptr<Packet>
McLinkStatus::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(link.value, 4);
    writer.WriteUint(a.value, 4);
    writer.WriteUint(b.value, 4);
    writer.WriteUint(static_cast<uint8_t>(status), 1);
    writer.WriteUint(keyRateBps, 8);
    writer.WriteUint(poolBits, 8);
    writer.WriteUint((aReports ? 1 : 0) + (bReports ? 2 : 0) + (aSeesB ? 4 : 0) + (bSeesA ? 8 : 0),
                     1);
    return writer.ToPacket();
}

std::optional<McLinkStatus>
McLinkStatus::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    McLinkStatus message;
    bool good = true;
    message.link = LinkId(reader.ReadUint32());
    message.a = KmId(reader.ReadUint32());
    message.b = KmId(reader.ReadUint32());
    message.status = reader.ReadEnum(LINK_OFF, good);
    message.keyRateBps = reader.ReadUint(8);
    message.poolBits = reader.ReadUint(8);
    const uint64_t flags = reader.ReadUint(1);
    message.aReports = (flags & 1) != 0;
    message.bReports = (flags & 2) != 0;
    message.aSeesB = (flags & 4) != 0;
    message.bSeesA = (flags & 8) != 0;
    good = good && message.a < message.b && flags < 16;
    return reader.Complete(message, good);
}

Ptr<Packet>
McLinkDescription::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(a.value, 4);
    writer.WriteUint(b.value, 4);
    description.Write(writer);
    return writer.ToPacket();
}

std::optional<McLinkDescription>
McLinkDescription::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    McLinkDescription message;
    bool good = true;
    message.a = KmId(reader.ReadUint32());
    message.b = KmId(reader.ReadUint32());
    message.description = CkLinkDescription::Read(reader, good);
    good = good && message.a < message.b;
    return reader.Complete(std::move(message), good);
}

Ptr<Packet>
McKmStatus::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(km.value, 4);
    writer.WriteUint(reachable ? 1 : 0, 1);
    writer.WriteText(name);
    return writer.ToPacket();
}

std::optional<McKmStatus>
McKmStatus::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    McKmStatus message;
    bool good = true;
    message.km = KmId(reader.ReadUint32());
    message.reachable = ReadBool(reader, good);
    message.name = reader.ReadText();
    return reader.Complete(std::move(message), good);
}

Ptr<Packet>
McSessionStatus::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(session.value, 4);
    writer.WriteUint(resilienceClass, 1);
    writer.WriteUint(working.value, 4);
    writer.WriteUint(protection.value, 4);
    writer.WriteUint(recovery.value, 4);
    const uint64_t flags = (sharesRisk ? 1 : 0) + (spareTaken ? 2 : 0) + (rateReduced ? 4 : 0);
    writer.WriteUint(state + SUPPLY_STATES * flags, 1);
    writer.WriteUint(furtherRecovery.size(), 1);
    for (const RouteId route : furtherRecovery)
    {
        writer.WriteUint(route.value, 4);
    }
    writer.WriteUint(promisedBps, 8);
    return writer.ToPacket();
}

std::optional<McSessionStatus>
McSessionStatus::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    McSessionStatus message;
    bool good = true;
    message.session = SessionId(reader.ReadUint32());
    message.resilienceClass = reader.ReadEnum(CLASS_ROUTE_SHARED, good);
    message.working = RouteId(reader.ReadUint32());
    message.protection = RouteId(reader.ReadUint32());
    message.recovery = RouteId(reader.ReadUint32());
    const uint64_t state = reader.ReadUint(1);
    const uint64_t flags = state / SUPPLY_STATES;
    good = good && flags <= SESSION_FLAGS;
    message.sharesRisk = (flags & 1) != 0;
    message.spareTaken = (flags & 2) != 0;
    message.rateReduced = (flags & 4) != 0;
    message.state = static_cast<McSupplyState>(state % SUPPLY_STATES);
    const uint64_t further = reader.ReadUint(1);
    for (uint64_t i = 0; i < further && reader.IsGood(); ++i)
    {
        message.furtherRecovery.emplace_back(reader.ReadUint32());
    }
    message.promisedBps = reader.ReadUint(8);
    return reader.Complete(std::move(message), good);
}

Ptr<Packet>
McRouteStatus::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(route.id.value, 4);
    writer.WriteUint(route.session.value, 4);
    writer.WriteUint(route.role, 1);
    writer.WriteUint(route.floorBits, 8);
    writer.WriteUint(route.kms.size(), 2);
    for (const KmId km : route.kms)
    {
        writer.WriteUint(km.value, 4);
    }
    writer.WriteUint(state, 1);
    return writer.ToPacket();
}

std::optional<McRouteStatus>
McRouteStatus::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    McRouteStatus message;
    bool good = true;
    message.route.id = RouteId(reader.ReadUint32());
    message.route.session = SessionId(reader.ReadUint32());
    message.route.role = reader.ReadEnum(ROUTE_RECOVERY, good);
    message.route.floorBits = reader.ReadUint(8);
    const uint64_t count = reader.ReadUint(2);
    for (uint64_t i = 0; i < count && reader.IsGood(); ++i)
    {
        message.route.kms.emplace_back(reader.ReadUint32());
    }
    message.state = reader.ReadEnum(MC_ROUTE_RELEASED, good);
    good = good && count >= 2;
    return reader.Complete(std::move(message), good);
}

Ptr<Packet>
McOperation::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(kind, 1);
    writer.WriteUint(session.value, 4);
    writer.WriteUint(from.value, 4);
    writer.WriteUint(to.value, 4);
    writer.WriteTime(informed);
    writer.WriteTime(decided);
    writer.WriteTime(completed);
    writer.WriteUint(withinToleration ? 1 : 0, 1);
    writer.WriteUint(demandBps, 8);
    writer.WriteUint(recoveredBps, 8);
    writer.WriteUint(routes, 1);
    return writer.ToPacket();
}

std::optional<McOperation>
McOperation::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    McOperation message;
    bool good = true;
    message.kind = reader.ReadEnum(MC_OPERATION_RESUMPTION, good);
    message.session = SessionId(reader.ReadUint32());
    message.from = RouteId(reader.ReadUint32());
    message.to = RouteId(reader.ReadUint32());
    message.informed = ReadInstant(reader, good);
    message.decided = ReadInstant(reader, good);
    message.completed = ReadInstant(reader, good);
    message.withinToleration = ReadBool(reader, good);
    message.demandBps = reader.ReadUint(8);
    message.recoveredBps = reader.ReadUint(8);
    message.routes = static_cast<uint32_t>(reader.ReadUint(1));
    good = good && message.recoveredBps <= message.demandBps;
    return reader.Complete(message, good);
}

Ptr<Packet>
McAlarm::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(link.value, 4);
    writer.WriteUint(km.value, 4);
    writer.WriteUint(static_cast<uint8_t>(status), 1);
    WriteLinkAlarm(writer, alarm);
    writer.WriteTime(informed);
    return writer.ToPacket();
}

std::optional<McAlarm>
McAlarm::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    McAlarm message;
    bool good = true;
    message.link = LinkId(reader.ReadUint32());
    message.km = KmId(reader.ReadUint32());
    message.status = reader.ReadEnum(LINK_OFF, good);
    message.alarm = ReadLinkAlarm(reader, good);
    message.informed = ReadInstant(reader, good);
    return reader.Complete(message, good);
}

Ptr<Packet>
McPolicy::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(number, 4);
    writer.WriteUint(mayRestore ? 1 : 0, 1);
    writer.WriteUint(mayPreempt ? 1 : 0, 1);
    writer.WriteUint(abandonOnToleration ? 1 : 0, 1);
    writer.WriteUint(maxHops, 4);
    return writer.ToPacket();
}

std::optional<McPolicy>
McPolicy::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    McPolicy message;
    bool good = true;
    message.number = reader.ReadUint32();
    message.mayRestore = ReadBool(reader, good);
    message.mayPreempt = ReadBool(reader, good);
    message.abandonOnToleration = ReadBool(reader, good);
    message.maxHops = reader.ReadUint32();
    good = good && message.maxHops > 0;
    return reader.Complete(message, good);
}

Ptr<Packet>
McPolicyAccepted::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(number, 4);
    return writer.ToPacket();
}

std::optional<McPolicyAccepted>
McPolicyAccepted::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    McPolicyAccepted message;
    message.number = reader.ReadUint32();
    return reader.Complete(message);
}

} // namespace qkdn
} // namespace ns3
