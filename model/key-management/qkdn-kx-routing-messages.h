/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KX_ROUTING_MESSAGES_H
#define QKDN_KX_ROUTING_MESSAGES_H

#include "qkdn-key-route.h"
#include "qkdn-kx-relay-messages.h"
#include "qkdn-link-state.h"

#include "ns3/nstime.h"
#include "ns3/packet.h"

#include <optional>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Message types of reference point Kx by which KMs find and set up key relay routes without
 * a controller. They are our own: ITU-T Y.3803 leaves routing to the control layer.
 *
 * They move no key, so that they carry no tag, as all messages about links and routes on Kx.
 */
enum KxRoutingMessageType : uint16_t
{
    KX_LINK_STATE = 0x0341,          //!< advertisements
    KX_LINK_STATE_SUMMARY = 0x0342,  //!< which advertisements the sender has, once pools are agreed
    KX_ROUTE_SET_UP = 0x0343,        //!< a route, or that it goes on; to its end
    KX_ROUTE_SET_UP_ANSWER = 0x0344, //!< it is installed up to the end, or cannot be; back
    KX_ROUTE_TEAR_DOWN = 0x0345      //!< a route is over; to its end
};

/**
 * @ingroup qkdn-resilience
 * @brief Whether a message is one of KxRoutingMessageType.
 * @param type its type
 * @return true if so
 */
inline bool
IsRoutingMessage(uint16_t type)
{
    return type >= KX_LINK_STATE && type <= KX_ROUTE_TEAR_DOWN;
}

/// KX_LINK_STATE.
struct KxLinkState
{
    std::vector<LinkStateAdvertisement> advertisements; //!< one at least

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<KxLinkState> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// KX_LINK_STATE_SUMMARY.
struct KxLinkStateSummary
{
    std::vector<LinkStateHeader> headers; //!< of all advertisements, in order of origin

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<KxLinkStateSummary> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// KX_ROUTE_SET_UP; safe to repeat.
struct KxRouteSetUp
{
    KeyRoute route;        //!< the route
    uint32_t number{0};    //!< number of the message at the source of the route
    bool goesOn{false};    //!< the route was installed at all its KMs before
    uint64_t demandBps{0}; //!< key that its session asks for, bit/s
    Time lifetime;         //!< a KM that is not told again for so long releases the route

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<KxRouteSetUp> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// KX_ROUTE_SET_UP_ANSWER.
struct KxRouteSetUpAnswer
{
    RouteId route;                      //!< the route
    uint32_t number{0};                 //!< number of the message that is answered
    KxFailure failure{KX_FAILURE_NONE}; //!< none, or why the route cannot be set up
    KmId failedAt;                      //!< the KM that says so, or none

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<KxRouteSetUpAnswer> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// KX_ROUTE_TEAR_DOWN; safe to repeat.
struct KxRouteTearDown
{
    RouteId route;      //!< the route
    uint32_t number{0}; //!< number of the message at the source of the route

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<KxRouteTearDown> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KX_ROUTING_MESSAGES_H */
