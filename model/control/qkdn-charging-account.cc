/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-charging-account.h"

#include "ns3/abort.h"
#include "ns3/qkdn-byte-codec.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

void
ChargingAccount::Merge(const ChargingAccount& other)
{
    NS_ABORT_MSG_UNLESS(session == other.session,
                        "the account of session " << other.session << " is not that of "
                                                  << session);
    opened = Min(opened, other.opened);
    for (const auto& [epoch, counter] : other.counters)
    {
        Counter& own = counters[epoch];
        if (counter.number > own.number)
        {
            own = counter;
        }
    }
    if (other.changed > changed)
    {
        violations = other.violations;
        excess = other.excess;
        interrupted = other.interrupted;
        changed = other.changed;
    }
}

Ptr<Packet>
ChargingAccount::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(session.value, 4);
    writer.WriteUint(resilienceClass, 1);
    writer.WriteTime(toleration);
    writer.WriteTime(opened);
    writer.WriteUint(violations, 8);
    writer.WriteTime(excess);
    writer.WriteUint(interrupted ? 1 : 0, 1);
    writer.WriteTime(interrupted.value_or(Time(0)));
    writer.WriteTime(changed);
    writer.WriteUint(counters.size(), 4);
    for (const auto& [epoch, counter] : counters)
    {
        writer.WriteUint(epoch.first.value, 4);
        writer.WriteUint(epoch.second, 8);
        writer.WriteUint(counter.number, 8);
        for (const uint64_t bits : counter.bits)
        {
            writer.WriteUint(bits, 8);
        }
    }
    return writer.ToPacket();
}

std::optional<ChargingAccount>
ChargingAccount::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    ChargingAccount message;
    message.session = SessionId(reader.ReadUint32());
    const uint64_t resilienceClass = reader.ReadUint(1);
    message.toleration = reader.ReadTime();
    message.opened = reader.ReadTime();
    message.violations = reader.ReadUint(8);
    message.excess = reader.ReadTime();
    const uint64_t flags = reader.ReadUint(1);
    const Time interrupted = reader.ReadTime();
    message.changed = reader.ReadTime();
    const uint64_t count = reader.ReadUint(4);
    bool good = message.session.IsValid() && resilienceClass <= CLASS_ROUTE_SHARED && flags <= 1;
    for (uint64_t i = 0; i < count && good && reader.IsGood(); ++i)
    {
        const KmId km(reader.ReadUint32());
        const Epoch epoch(km, reader.ReadUint(8));
        Counter counter;
        counter.number = reader.ReadUint(8);
        for (uint64_t& bits : counter.bits)
        {
            bits = reader.ReadUint(8);
        }
        good =
            km.IsValid() && counter.number > 0 && message.counters.emplace(epoch, counter).second;
    }
    for (const Time& time :
         {message.toleration, message.opened, message.excess, interrupted, message.changed})
    {
        good = good && !time.IsStrictlyNegative();
    }
    if (good && flags == 1)
    {
        message.interrupted = interrupted;
    }
    if (good)
    {
        message.resilienceClass = static_cast<ResilienceClass>(resilienceClass);
    }
    return reader.Complete(std::move(message), good);
}

} // namespace qkdn
} // namespace ns3
