/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_MK_MESSAGES_H
#define QKDN_MK_MESSAGES_H

#include "ns3/packet.h"
#include "ns3/qkdn-ids.h"

#include <cstdint>
#include <optional>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Message types of reference point Mk (manager to key manager). The KM is the serving end;
 * layouts are our own.
 */
enum MkMessageType : uint16_t
{
    MK_REGISTER = 0x0a01,    //!< KM: who it is, after each connection
    MK_ACKNOWLEDGE = 0x0a02, //!< KM: answer to a policy
    MK_POLICY = 0x0a11       //!< manager: resilience policy
};

/// The sender, and what it follows.
struct MkRegister
{
    KmId km;            //!< the KM
    uint32_t policy{0}; //!< number of the policy in force, 0 for none

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<MkRegister> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// Resilience policy of key managers: what they may do with key and routes by themselves.
struct MkPolicy
{
    uint32_t number{0};       //!< number of the policy, rising
    bool maySwitch{true};     //!< whether a failure makes them go to a protection route
    bool mayCarryExtra{true}; //!< whether extra traffic may use key of protection routes
    uint64_t reserveBits{0};  //!< what extra traffic has to leave in each KMA pool at least, bits

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<MkPolicy> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// Answer to a policy.
struct MkAcknowledge
{
    uint32_t number{0}; //!< number of the policy
    bool done{false};   //!< it is in force; otherwise a newer one is

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<MkAcknowledge> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_MK_MESSAGES_H */
