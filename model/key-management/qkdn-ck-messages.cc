/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-ck-messages.h"

#include "ns3/qkdn-byte-codec.h"
#include "ns3/qkdn-kq-messages.h"

namespace ns3
{
namespace qkdn
{

namespace
{

void
WriteLinkState(ByteWriter& writer, const CkLinkState& state)
{
    writer.WriteUint(state.link.value, 4);
    writer.WriteUint(state.neighbour.value, 4);
    writer.WriteUint((state.neighbourAlive ? 1 : 0) + (state.poolLow ? 2 : 0), 1);
    writer.WriteUint(static_cast<uint8_t>(state.status), 1);
    writer.WriteUint(state.keyRateBps, 8);
    writer.WriteUint(state.poolBits, 8);
    WriteLinkAlarm(writer, state.alarm);
}

CkLinkState
ReadLinkState(ByteReader& reader, bool& good)
{
    CkLinkState state;
    state.link = LinkId(reader.ReadUint32());
    state.neighbour = KmId(reader.ReadUint32());
    const uint64_t flags = reader.ReadUint(1);
    state.neighbourAlive = (flags & 1) != 0;
    state.poolLow = (flags & 2) != 0;
    const uint64_t status = reader.ReadUint(1);
    good = good && flags < 4 && status <= LINK_OFF;
    state.status = status <= LINK_OFF ? static_cast<LinkStatus>(status) : LINK_OFF;
    state.keyRateBps = reader.ReadUint(8);
    state.poolBits = reader.ReadUint(8);
    state.alarm = ReadLinkAlarm(reader, good);
    return state;
}

void
WritePolicy(ByteWriter& writer, const SessionPolicy& policy)
{
    writer.WriteUint(policy.resilienceClass, 1);
    writer.WriteUint(policy.trigger, 1);
    writer.WriteUint(policy.preemption, 1);
    writer.WriteUint((policy.extraTraffic ? 1 : 0) + (policy.holdOffAuto ? 2 : 0) +
                         (policy.revertive ? 4 : 0) + (policy.scheme.empty() ? 0 : 8),
                     1);
    writer.WriteUint(policy.priority, 4);
    writer.WriteUint(policy.demandBps, 8);
    writer.WriteUint(policy.minDemandBps, 8);
    writer.WriteTime(policy.toleration);
    writer.WriteTime(policy.holdOff);
    writer.WriteTime(policy.wtr);
    writer.WriteUint(policy.protectionReserveBits, 8);
    writer.WriteUint(policy.shareCount, 1);
    writer.WriteUint(policy.shareThreshold, 1);
    writer.WriteUint(policy.poolLowKeys, 4);
    writer.WriteUint(policy.poolHighKeys, 4);
    writer.WriteUint(policy.restoration, 1);
    writer.WriteUint(policy.escalation, 1);
    writer.WriteTime(policy.window);
    if (!policy.scheme.empty())
    {
        writer.WriteText(policy.scheme);
    }
}

SessionPolicy
ReadPolicy(ByteReader& reader, bool& good)
{
    SessionPolicy policy;
    const uint64_t resilienceClass = reader.ReadUint(1);
    const uint64_t trigger = reader.ReadUint(1);
    const uint64_t preemption = reader.ReadUint(1);
    const uint64_t flags = reader.ReadUint(1);
    good = good && resilienceClass <= CLASS_ROUTE_SHARED && trigger <= TRIGGER_SUPPLY_INTERRUPTED &&
           preemption <= PREEMPTION_RESIDUAL && flags < 16;
    if (good)
    {
        policy.resilienceClass = static_cast<ResilienceClass>(resilienceClass);
        policy.trigger = static_cast<ResilienceTrigger>(trigger);
        policy.preemption = static_cast<PreemptionMode>(preemption);
    }
    policy.extraTraffic = (flags & 1) != 0;
    policy.holdOffAuto = (flags & 2) != 0;
    policy.revertive = (flags & 4) != 0;
    policy.priority = reader.ReadUint32();
    policy.demandBps = reader.ReadUint(8);
    policy.minDemandBps = reader.ReadUint(8);
    policy.toleration = reader.ReadTime();
    policy.holdOff = reader.ReadTime();
    policy.wtr = reader.ReadTime();
    policy.protectionReserveBits = reader.ReadUint(8);
    policy.shareCount = static_cast<uint32_t>(reader.ReadUint(1));
    policy.shareThreshold = static_cast<uint32_t>(reader.ReadUint(1));
    policy.poolLowKeys = reader.ReadUint32();
    policy.poolHighKeys = reader.ReadUint32();
    const uint64_t restoration = reader.ReadUint(1);
    const uint64_t escalation = reader.ReadUint(1);
    policy.window = reader.ReadTime();
    const bool hasScheme = (flags & 8) != 0;
    policy.scheme = hasScheme ? reader.ReadText() : "";
    good = good && hasScheme == !policy.scheme.empty();
    good = good && restoration <= RESTORATION_TIME_WINDOW && escalation <= ESCALATION_RESTORATION &&
           !policy.window.IsStrictlyNegative() &&
           (restoration != RESTORATION_TIME_WINDOW || policy.window.IsStrictlyPositive());
    if (good)
    {
        policy.restoration = static_cast<RestorationMode>(restoration);
        policy.escalation = static_cast<RouteEscalation>(escalation);
    }
    good = good && !policy.holdOff.IsStrictlyNegative() && !policy.wtr.IsStrictlyNegative() &&
           !policy.toleration.IsStrictlyNegative() && policy.minDemandBps <= policy.demandBps &&
           policy.shareThreshold >= 1 && policy.shareThreshold <= policy.shareCount;
    return policy;
}

} // namespace

const char*
RouteEventName(RouteEventKind kind)
{
    switch (kind)
    {
    case ROUTE_EVENT_SIGNAL_FAIL:
        return "signal-fail";
    case ROUTE_EVENT_CLEAR:
        return "clear";
    case ROUTE_EVENT_HOLD_OFF_OVER:
        return "hold-off-over";
    case ROUTE_EVENT_SWITCH:
        return "switch";
    case ROUTE_EVENT_SWITCHED:
        return "switched";
    case ROUTE_EVENT_WTR:
        return "wait-to-restore";
    case ROUTE_EVENT_REVERT:
        return "revert";
    case ROUTE_EVENT_PREEMPTED:
        return "pre-empted";
    case ROUTE_EVENT_RESUMED:
        return "resumed";
    case ROUTE_EVENT_SUPPLY_INTERRUPTED:
        return "supply-interrupted";
    case ROUTE_EVENT_SUPPLY_RESUMED:
        return "supply-resumed";
    }
    return "unknown";
}

void
CkLinkDescription::Write(ByteWriter& writer) const
{
    writer.WriteUint(link.value, 4);
    writer.WriteUint(lengthM, 4);
    writer.WriteUint(riskGroups.size(), 1);
    for (const std::string& group : riskGroups)
    {
        writer.WriteText(group);
    }
    writer.WriteText(name);
    writer.WriteUint(fibres.size(), 1);
    for (const std::string& fibre : fibres)
    {
        writer.WriteText(fibre);
    }
}

CkLinkDescription
CkLinkDescription::Read(ByteReader& reader, bool& good)
{
    CkLinkDescription description;
    description.link = LinkId(reader.ReadUint32());
    description.lengthM = reader.ReadUint32();
    const uint64_t count = reader.ReadUint(1);
    for (uint64_t i = 0; i < count && reader.IsGood(); ++i)
    {
        const std::string group = reader.ReadText();
        good = good && !group.empty() && description.riskGroups.insert(group).second;
    }
    description.name = reader.ReadText();
    const uint64_t fibres = reader.ReadUint(1);
    for (uint64_t i = 0; i < fibres && reader.IsGood(); ++i)
    {
        description.fibres.push_back(reader.ReadText());
        good = good && !description.fibres.back().empty();
    }
    return description;
}

Ptr<Packet>
CkRegistration::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(km.value, 4);
    writer.WriteUint(links.size(), 4);
    for (const CkLinkState& link : links)
    {
        WriteLinkState(writer, link);
    }
    writer.WriteUint(descriptions.size(), 4);
    for (const CkLinkDescription& description : descriptions)
    {
        description.Write(writer);
    }
    writer.WriteText(name);
    return writer.ToPacket();
}

std::optional<CkRegistration>
CkRegistration::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    CkRegistration message;
    bool good = true;
    message.km = KmId(reader.ReadUint32());
    const uint64_t count = reader.ReadUint(4);
    for (uint64_t i = 0; i < count && reader.IsGood(); ++i)
    {
        message.links.push_back(ReadLinkState(reader, good));
    }
    const uint64_t described = reader.ReadUint(4);
    for (uint64_t i = 0; i < described && reader.IsGood(); ++i)
    {
        message.descriptions.push_back(CkLinkDescription::Read(reader, good));
    }
    message.name = reader.ReadText();
    return reader.Complete(std::move(message), good);
}

Ptr<Packet>
CkLinkReport::ToPacket() const
{
    ByteWriter writer;
    WriteLinkState(writer, state);
    return writer.ToPacket();
}

std::optional<CkLinkReport>
CkLinkReport::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    CkLinkReport message;
    bool good = true;
    message.state = ReadLinkState(reader, good);
    return reader.Complete(message, good);
}

Ptr<Packet>
CkSessionRequest::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(session.value, 4);
    writer.WriteUint(masterKm.value, 4);
    writer.WriteUint(slaveKm.value, 4);
    writer.WriteUint(keySizeBit, 4);
    WritePolicy(writer, policy);
    return writer.ToPacket();
}

std::optional<CkSessionRequest>
CkSessionRequest::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    CkSessionRequest message;
    bool good = true;
    message.session = SessionId(reader.ReadUint32());
    message.masterKm = KmId(reader.ReadUint32());
    message.slaveKm = KmId(reader.ReadUint32());
    message.keySizeBit = reader.ReadUint32();
    message.policy = ReadPolicy(reader, good);
    return reader.Complete(message, good);
}

Ptr<Packet>
CkRouteEvent::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(session.value, 4);
    writer.WriteUint(route.value, 4);
    writer.WriteUint(kind, 1);
    writer.WriteUint(trigger, 1);
    writer.WriteUint(failedHop.value, 4);
    return writer.ToPacket();
}

std::optional<CkRouteEvent>
CkRouteEvent::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    CkRouteEvent message;
    message.session = SessionId(reader.ReadUint32());
    message.route = RouteId(reader.ReadUint32());
    const uint64_t kind = reader.ReadUint(1);
    const uint64_t trigger = reader.ReadUint(1);
    message.failedHop = KmId(reader.ReadUint32());
    if (kind > ROUTE_EVENT_SUPPLY_RESUMED || trigger > TRIGGER_SUPPLY_INTERRUPTED)
    {
        return std::nullopt;
    }
    message.kind = static_cast<RouteEventKind>(kind);
    message.trigger = static_cast<ResilienceTrigger>(trigger);
    return reader.Complete(message);
}

Ptr<Packet>
CkAcknowledgement::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(command, 4);
    writer.WriteUint(done ? 1 : 0, 1);
    writer.WriteText(reason);
    return writer.ToPacket();
}

std::optional<CkAcknowledgement>
CkAcknowledgement::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    CkAcknowledgement message;
    message.command = reader.ReadUint32();
    message.done = reader.ReadUint(1) != 0;
    message.reason = reader.ReadText();
    return reader.Complete(message);
}

Ptr<Packet>
CkRouteInstall::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(command, 4);
    writer.WriteUint(route.id.value, 4);
    writer.WriteUint(route.session.value, 4);
    writer.WriteUint(route.role, 1);
    writer.WriteUint(route.floorBits, 8);
    writer.WriteUint(route.kms.size(), 2);
    for (const KmId km : route.kms)
    {
        writer.WriteUint(km.value, 4);
    }
    return writer.ToPacket();
}

std::optional<CkRouteInstall>
CkRouteInstall::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    CkRouteInstall message;
    message.command = reader.ReadUint32();
    message.route.id = RouteId(reader.ReadUint32());
    message.route.session = SessionId(reader.ReadUint32());
    const uint64_t role = reader.ReadUint(1);
    message.route.floorBits = reader.ReadUint(8);
    const uint64_t count = reader.ReadUint(2);
    for (uint64_t i = 0; i < count && reader.IsGood(); ++i)
    {
        message.route.kms.emplace_back(reader.ReadUint32());
    }
    if (role > ROUTE_RECOVERY || count < 2)
    {
        return std::nullopt;
    }
    message.route.role = static_cast<RouteRole>(role);
    return reader.Complete(std::move(message));
}

Ptr<Packet>
CkRouteRelease::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(command, 4);
    writer.WriteUint(route.value, 4);
    return writer.ToPacket();
}

std::optional<CkRouteRelease>
CkRouteRelease::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    CkRouteRelease message;
    message.command = reader.ReadUint32();
    message.route = RouteId(reader.ReadUint32());
    return reader.Complete(message);
}

Ptr<Packet>
CkSessionRoutes::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(command, 4);
    writer.WriteUint(session.value, 4);
    writer.WriteUint(working.value, 4);
    writer.WriteUint(protection.value, 4);
    writer.WriteUint(recovery.value, 4);
    writer.WriteUint(further.size(), 1);
    for (const RouteId route : further)
    {
        writer.WriteUint(route.value, 4);
    }
    writer.WriteText(refusal);
    writer.WriteUint(ratesBps.size(), 1);
    for (const uint64_t rate : ratesBps)
    {
        writer.WriteUint(rate, 8);
    }
    return writer.ToPacket();
}

std::optional<CkSessionRoutes>
CkSessionRoutes::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    CkSessionRoutes message;
    message.command = reader.ReadUint32();
    message.session = SessionId(reader.ReadUint32());
    message.working = RouteId(reader.ReadUint32());
    message.protection = RouteId(reader.ReadUint32());
    message.recovery = RouteId(reader.ReadUint32());
    const uint64_t count = reader.ReadUint(1);
    for (uint64_t i = 0; i < count && reader.IsGood(); ++i)
    {
        message.further.emplace_back(reader.ReadUint32());
    }
    message.refusal = reader.ReadText();
    const uint64_t rates = reader.ReadUint(1);
    for (uint64_t i = 0; i < rates && reader.IsGood(); ++i)
    {
        message.ratesBps.push_back(reader.ReadUint(8));
    }
    return reader.Complete(std::move(message), rates == 0 || rates == count + 1);
}

Ptr<Packet>
CkSessionRate::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(command, 4);
    writer.WriteUint(session.value, 4);
    writer.WriteUint(grantedBps, 8);
    return writer.ToPacket();
}

std::optional<CkSessionRate>
CkSessionRate::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    CkSessionRate message;
    message.command = reader.ReadUint32();
    message.session = SessionId(reader.ReadUint32());
    message.grantedBps = reader.ReadUint(8);
    return reader.Complete(message);
}

} // namespace qkdn
} // namespace ns3
