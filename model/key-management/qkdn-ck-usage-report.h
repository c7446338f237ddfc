/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CK_USAGE_REPORT_H
#define QKDN_CK_USAGE_REPORT_H

#include "qkdn-key-usage.h"

#include "ns3/packet.h"
#include "ns3/qkdn-ids.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace ns3
{
namespace qkdn
{

/// What a session has used at a KM.
struct CkSessionUsage
{
    SessionId session; //!< the session
    KeyUsage bits{};   //!< bits by use, since the KM began to count
};

/**
 * @ingroup qkdn-resilience
 * @brief Message CK_USAGE_REPORT of a KM: the key-flow accounts of sessions (ITU-T Y.3804,
 * accounting).
 *
 * Counters are totals since the KM began to count, so that a report that is lost or comes twice
 * does no harm: of two reports the one of the later epoch, then the higher number, holds.
 */
struct CkUsageReport
{
    /// Most sessions in one message.
    static constexpr std::size_t MAX_SESSIONS = 1024;

    uint64_t epoch{0};                    //!< when the KM began to count, ns
    uint64_t number{0};                   //!< number of the report within the epoch
    std::vector<CkSessionUsage> sessions; //!< sessions, each once

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<CkUsageReport> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CK_USAGE_REPORT_H */
