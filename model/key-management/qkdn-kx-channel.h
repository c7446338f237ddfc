/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KX_CHANNEL_H
#define QKDN_KX_CHANNEL_H

#include "ns3/packet.h"
#include "ns3/qkdn-ids.h"

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What the parts of a key manager see of reference point Kx: a way to send a message.
 */
class KxChannel
{
  public:
    virtual ~KxChannel() = default;

    /**
     * @brief Send a message to a neighbouring key manager.
     * @param peer the neighbour
     * @param type message type
     * @param body message
     * @param incident the failure behind it, or none
     * @return false if the neighbour is not reachable; nothing is kept then
     */
    virtual bool SendKx(KmId peer, uint16_t type, Ptr<Packet> body, IncidentId incident) = 0;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KX_CHANNEL_H */
