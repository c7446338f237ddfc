/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CK_ROLE_MESSAGES_H
#define QKDN_CK_ROLE_MESSAGES_H

#include "ns3/packet.h"
#include "ns3/qkdn-ids.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Message types of reference point Ck with which two controllers take turns. The draft
 * leaves this open; the messages are our own.
 */
enum CkRoleMessageType : uint16_t
{
    CK_ROUTE_LIST = 0x0407, //!< KM: the routes that go through it, after CK_ROLE
    CK_SUPERSEDED = 0x0408, //!< KM: it obeys another controller
    CK_ROLE = 0x0421        //!< controller: it is the active one
};

/**
 * @ingroup qkdn-resilience
 * @brief What makes a controller the one to obey: the higher term, else the lower number.
 *
 * A controller that takes over gives itself a term above all that it has heard of.
 */
struct ControllerTerm
{
    uint32_t term{0};   //!< 0 for none
    uint32_t number{0}; //!< number of the controller

    /**
     * @brief Whether it goes before another one.
     * @param o the other one
     * @return true if so
     */
    bool Outranks(const ControllerTerm& o) const
    {
        return term != o.term ? term > o.term : number < o.number;
    }

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<ControllerTerm> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// The routes that controllers have installed at the sender.
struct CkRouteList
{
    std::vector<RouteId> routes; //!< their numbers

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<CkRouteList> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CK_ROLE_MESSAGES_H */
