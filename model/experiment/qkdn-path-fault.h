/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_PATH_FAULT_H
#define QKDN_PATH_FAULT_H

#include "ns3/qkdn-ids.h"
#include "ns3/qkdn-quantum-channel.h"

#include <cstdint>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A fault on one of the ways between which optical switches choose for a QKD link.
 */
struct PathFault
{
    Ptr<QuantumChannel> channel;     //!< quantum channel of the link
    uint32_t path{0};                //!< number of the path that the fault breaks
    LinkId link;                     //!< the link
    std::vector<SessionId> sessions; //!< sessions between the two nodes of the link

    /**
     * @brief Whether the link depends on the path now.
     * @return true if optical switches have selected it last
     */
    bool IsInUse() const
    {
        return channel->GetSelectedPath() == path;
    }
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_PATH_FAULT_H */
