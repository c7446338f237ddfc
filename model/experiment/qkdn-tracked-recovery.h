/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_TRACKED_RECOVERY_H
#define QKDN_TRACKED_RECOVERY_H

#include "qkdn-recovery-result.h"

#include "ns3/qkdn-ids.h"

#include <set>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A failure episode as a tracker has followed it: the result without what others know
 * (names of KMs, traffic, interruptions, toleration time).
 */
struct TrackedRecovery
{
    SessionId session;              //!< whose episode it is
    RecoveryResult result;          //!< what the tracker knows
    std::set<IncidentId> incidents; //!< of the detectors
    std::vector<KmId> before;       //!< KMs of the route that failed
    std::vector<KmId> after;        //!< KMs of the route of the first key, empty if none came
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_TRACKED_RECOVERY_H */
