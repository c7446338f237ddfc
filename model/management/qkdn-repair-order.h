/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_REPAIR_ORDER_H
#define QKDN_REPAIR_ORDER_H

#include "ns3/nstime.h"
#include "ns3/qkdn-ids.h"

#include <cstdint>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What a manager asks repair crews to go and see, and how much depends on it.
 */
struct RepairOrder
{
    uint32_t number{0};     //!< consecutive at one manager, from 1
    std::string component;  //!< name of what is suspected, as the inventory has it
    IncidentId incident;    //!< the first failure that is put down to it, or none
    Time ordered;           //!< when the manager decided
    uint32_t sessions{0};   //!< sessions whose key supply is interrupted or at risk because of it
    double keyRateBps{0.0}; //!< key rate that those sessions were promised, in bit/s
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_REPAIR_ORDER_H */
