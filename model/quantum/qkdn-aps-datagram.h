/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_APS_DATAGRAM_H
#define QKDN_APS_DATAGRAM_H

#include "qkdn-protection-group.h"

#include "ns3/packet.h"
#include "ns3/qkdn-aps-message.h"

#include <optional>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What the two ends of a protection group send each other over UDP: the message of
 * RFC 7271 for one working entity, and which protection entity is meant.
 *
 * Payload of 22 bytes in network byte order: version (1; 1 byte), group (4), working entity (1),
 * Request (1), FPath (1), Path (1), protection entity (1; 255 for none), protection entities in
 * signal fail at the sender (4; bit 0 for P0), incident (4 + 4).
 */
struct ApsDatagram
{
    static constexpr uint32_t BYTES = 22; //!< size
    static constexpr uint8_t VERSION = 1; //!< version of the layout

    GroupId group;                     //!< the group
    uint8_t working{0};                //!< working entity
    ApsMessage message;                //!< message of RFC 7271, with the incident
    std::optional<uint8_t> protection; //!< protection entity that it has at the sender, if any
    uint32_t failedProtection{0};      //!< protection entities in signal fail at the sender

    /**
     * @brief The datagram as a packet.
     * @return the packet
     */
    Ptr<Packet> ToPacket() const;

    /**
     * @brief Read a packet that came from outside.
     * @param packet the packet
     * @return the datagram, nothing if it is malformed
     */
    static std::optional<ApsDatagram> FromPacket(Ptr<const Packet> packet);
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_APS_DATAGRAM_H */
