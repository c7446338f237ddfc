/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_MQ_MESSAGES_H
#define QKDN_MQ_MESSAGES_H

#include "qkdn-protection-group.h"

#include "ns3/packet.h"

#include <optional>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Message types of reference point Mq (quantum layer to manager). Layouts are our own.
 */
enum MqMessageType : uint16_t
{
    MQ_GROUP_STATUS = 0x0601 //!< agent: a protection group, its match-ups and its state
};

/**
 * @ingroup qkdn-resilience
 * @brief A protection group as one end of it sees it; replaces what that end said before.
 *
 * What happened while the manager was out of reach is told afterwards, step by step, and what may
 * have been lost is told again.
 */
struct MqGroupStatus
{
    GroupStatus status; //!< the group
    /// Counts what this end says of the group: the newest status has the highest.
    uint32_t number{0};

    /**
     * @brief The message as a packet.
     * @return the packet
     */
    Ptr<Packet> ToPacket() const;

    /**
     * @brief Read a packet that came from outside.
     * @param packet the packet
     * @return the message, nothing if it is malformed
     */
    static std::optional<MqGroupStatus> FromPacket(Ptr<const Packet> packet);
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_MQ_MESSAGES_H */
