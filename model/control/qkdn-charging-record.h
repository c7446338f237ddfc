/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CHARGING_RECORD_H
#define QKDN_CHARGING_RECORD_H

#include "qkdn-charging-tariff.h"

#include "ns3/nstime.h"
#include "ns3/packet.h"
#include "ns3/qkdn-ids.h"

#include <array>
#include <cstdint>
#include <optional>

namespace ns3
{
namespace qkdn
{

/// What a session is charged for, as far as the controller has heard.
struct ChargedService
{
    Time opened;            //!< when the controller took the session on
    Time until;             //!< up to when it is charged
    KeyUsage bits{};        //!< key bits by ChargedUse
    uint64_t violations{0}; //!< interruptions of key supply longer than tolerated
    Time excess;            //!< sum of what they lasted beyond the toleration time
};

/// What that comes to, in micro-units.
struct ChargedAmounts
{
    uint64_t base{0};                               //!< base fee
    std::array<uint64_t, CHARGED_USE_COUNT> uses{}; //!< for key bits by ChargedUse
    uint64_t credit{0};                             //!< credits for violated toleration

    /**
     * @brief What there is to pay.
     * @return base fee and uses less credits, micro-units; below 0 if credits are more
     */
    int64_t GetTotal() const;

    /// @cond
    bool operator==(const ChargedAmounts& other) const
    {
        return base == other.base && uses == other.uses && credit == other.credit;
    }

    /// @endcond
};

/**
 * @ingroup qkdn-resilience
 * @brief Apply a tariff. Parts of a micro-unit are dropped, once for the whole time charged.
 * @param tariff the tariff of the session's class
 * @param service what it is charged for; aborts if an amount exceeds 2^63 micro-units
 * @return the amounts
 */
ChargedAmounts RateService(const ClassTariff& tariff, const ChargedService& service);

/**
 * @ingroup qkdn-resilience
 * @brief The charging record of a session; message MC_CHARGING_RECORD of a controller. A record
 * holds all since the session was opened: a newer one replaces it.
 */
struct ChargingRecord
{
    SessionId session;                                  //!< the session
    ResilienceClass resilienceClass{CLASS_UNPROTECTED}; //!< its class
    ChargedService service;                             //!< what it is charged for
    ChargedAmounts amounts;                             //!< what that comes to

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<ChargingRecord> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CHARGING_RECORD_H */
