/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-charging-record.h"

#include "ns3/abort.h"
#include "ns3/qkdn-byte-codec.h"

#include <limits>

namespace ns3
{
namespace qkdn
{

namespace
{

constexpr uint64_t NS_PER_S = 1000000000; //!< nanoseconds in a second

/// Largest amount, micro-units: a sum of a few of them is checked where it is made.
constexpr auto MAX_AMOUNT = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());

uint64_t
AddAmounts(uint64_t a, uint64_t b)
{
    NS_ABORT_MSG_IF(a > MAX_AMOUNT || b > MAX_AMOUNT - a, "a charge is too high to be counted");
    return a + b;
}

uint64_t
MultiplyAmount(uint64_t price, uint64_t number)
{
    NS_ABORT_MSG_IF(price != 0 && number > MAX_AMOUNT / price,
                    "a charge is too high to be counted");
    return price * number;
}

/// Price of a time at so much a second; parts of a micro-unit are dropped.
uint64_t
PriceOf(Time time, uint64_t perS)
{
    const auto ns = static_cast<uint64_t>(time.GetNanoSeconds());
    return AddAmounts(MultiplyAmount(perS, ns / NS_PER_S),
                      MultiplyAmount(perS, ns % NS_PER_S) / NS_PER_S);
}

/// Reads an amount; one that is too high makes the message bad.
uint64_t
ReadAmount(ByteReader& reader, bool& good)
{
    const uint64_t amount = reader.ReadUint(8);
    good = good && amount <= MAX_AMOUNT;
    return amount;
}

} // namespace

int64_t
ChargedAmounts::GetTotal() const
{
    uint64_t charged = base;
    for (const uint64_t amount : uses)
    {
        charged = AddAmounts(charged, amount);
    }
    NS_ABORT_MSG_IF(credit > MAX_AMOUNT, "a credit is too high to be counted");
    return static_cast<int64_t>(charged) - static_cast<int64_t>(credit);
}

ChargedAmounts
RateService(const ClassTariff& tariff, const ChargedService& service)
{
    ChargedAmounts amounts;
    amounts.base = PriceOf(service.until - service.opened, tariff.basePerS);
    for (std::size_t use = 0; use < CHARGED_USE_COUNT; ++use)
    {
        amounts.uses[use] = MultiplyAmount(tariff.perBit[use], service.bits[use]);
    }
    amounts.credit = AddAmounts(MultiplyAmount(tariff.creditPerViolation, service.violations),
                                PriceOf(service.excess, tariff.creditPerS));
    return amounts;
}

Ptr<Packet>
ChargingRecord::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(session.value, 4);
    writer.WriteUint(resilienceClass, 1);
    writer.WriteTime(service.opened);
    writer.WriteTime(service.until);
    writer.WriteUint(service.violations, 8);
    writer.WriteTime(service.excess);
    writer.WriteUint(amounts.base, 8);
    writer.WriteUint(amounts.credit, 8);
    for (std::size_t use = 0; use < CHARGED_USE_COUNT; ++use)
    {
        writer.WriteUint(service.bits[use], 8);
        writer.WriteUint(amounts.uses[use], 8);
    }
    return writer.ToPacket();
}

std::optional<ChargingRecord>
ChargingRecord::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    ChargingRecord message;
    bool good = true;
    message.session = SessionId(reader.ReadUint32());
    const uint64_t resilienceClass = reader.ReadUint(1);
    message.service.opened = reader.ReadTime();
    message.service.until = reader.ReadTime();
    message.service.violations = reader.ReadUint(8);
    message.service.excess = reader.ReadTime();
    message.amounts.base = ReadAmount(reader, good);
    message.amounts.credit = ReadAmount(reader, good);
    uint64_t left = MAX_AMOUNT - (good ? message.amounts.base : 0);
    for (std::size_t use = 0; use < CHARGED_USE_COUNT; ++use)
    {
        message.service.bits[use] = reader.ReadUint(8);
        const uint64_t amount = ReadAmount(reader, good);
        good = good && amount <= left;
        message.amounts.uses[use] = amount;
        left -= good ? amount : 0;
    }
    good = good && message.session.IsValid() && resilienceClass <= CLASS_ROUTE_SHARED &&
           !message.service.opened.IsStrictlyNegative() &&
           message.service.opened <= message.service.until &&
           !message.service.excess.IsStrictlyNegative();
    if (good)
    {
        message.resilienceClass = static_cast<ResilienceClass>(resilienceClass);
    }
    return reader.Complete(message, good);
}

} // namespace qkdn
} // namespace ns3
