/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CHARGING_ACCOUNT_H
#define QKDN_CHARGING_ACCOUNT_H

#include "ns3/nstime.h"
#include "ns3/packet.h"
#include "ns3/qkdn-ids.h"
#include "ns3/qkdn-key-usage.h"
#include "ns3/qkdn-session-policy.h"

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The account of a session; message CX_ACCOUNT of a controller to another one.
 *
 * Of key that is used it holds the newest totals that each KM told in each of its epochs, so that
 * two accounts of one session can be merged in any order and any number of times: no key counts
 * twice, and none that either of them knows is lost.
 */
struct ChargingAccount
{
    /// The newest totals of a KM in an epoch.
    struct Counter
    {
        uint64_t number{0}; //!< number of the report that told them
        KeyUsage bits{};    //!< the totals, by use
    };

    /// A KM, and when it began to count, ns.
    using Epoch = std::pair<KmId, uint64_t>;

    SessionId session;                                  //!< the session
    ResilienceClass resilienceClass{CLASS_UNPROTECTED}; //!< its class
    Time toleration;                                    //!< longest interruption it bears
    Time opened;                                        //!< since when it is charged
    std::map<Epoch, Counter> counters;                  //!< by KM and epoch
    uint64_t violations{0};                             //!< violations that are over
    Time excess;                                        //!< their time beyond the toleration
    std::optional<Time> interrupted;                    //!< begin of the interruption that lasts
    Time changed; //!< when the last interruption began or ended

    /**
     * @brief Add what another controller knows of the session: of each epoch the newer totals,
     * and the interruptions of the one that heard last of one.
     * @param other its account of the same session
     */
    void Merge(const ChargingAccount& other);

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<ChargingAccount> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CHARGING_ACCOUNT_H */
