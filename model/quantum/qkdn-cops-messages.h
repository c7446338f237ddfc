/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_COPS_MESSAGES_H
#define QKDN_COPS_MESSAGES_H

#include "ns3/packet.h"

#include <cstdint>
#include <optional>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Message types of reference point Cops (control of optical switches).
 */
enum CopsMessageType : uint16_t
{
    COPS_SELECT = 0x0801,  //!< to the switch: stand at a port
    COPS_OUTCOME = 0x0802, //!< from the switch: whether it does
    COPS_ALARM = 0x0803    //!< from the switch: it is broken, or well again
};

/// Cops: a switch is told to stand at a port.
struct CopsSelect
{
    uint32_t request{0}; //!< number of the request at the sender
    uint32_t sw{0};      //!< number of the switch on its node
    uint32_t port{0};    //!< the port, from 1

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<CopsSelect> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// Cops: the outcome of a request.
struct CopsOutcome
{
    uint32_t request{0}; //!< number of the request
    bool success{false}; //!< whether the switch stands at the port

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<CopsOutcome> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// Cops: a switch reports itself broken or well again.
struct CopsAlarm
{
    uint32_t sw{0};     //!< number of the switch on its node
    bool failed{false}; //!< true if it is broken

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<CopsAlarm> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_COPS_MESSAGES_H */
