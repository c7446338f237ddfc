/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KX_RELAY_MESSAGES_H
#define QKDN_KX_RELAY_MESSAGES_H

#include "qkdn-key-route.h"
#include "qkdn-kx-messages.h"
#include "qkdn-session-policy.h"

#include "ns3/nstime.h"
#include "ns3/packet.h"
#include "ns3/qkdn-ids.h"

#include <optional>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Message types of reference point Kx that travel along key relay routes.
 *
 * Key relay, its completion notification, key supply notification and its response are the four
 * messages of ITU-T Q.4163 (8.1 to 8.4). Failure notification, the void of half-way relays (ETSI
 * GS QKD 020), and the messages about routes themselves are our own.
 */
enum KxRelayMessageType : uint16_t
{
    KX_KEY_RELAY = 0x0321,            //!< KSA-keys under one-time pad (Q.4163 8.1), to the end
    KX_RELAY_COMPLETION = 0x0322,     //!< they have arrived (Q.4163 8.2), back to the source
    KX_RELAY_FAILURE = 0x0323,        //!< a relay or notification failed, back to the source
    KX_RELAY_VOID = 0x0324,           //!< relays that must not be used, to the end
    KX_RELAY_VOIDED = 0x0325,         //!< answer to it, back to the source
    KX_RELAYED_NOTIFICATION = 0x0326, //!< relayed keys were supplied (Q.4163 8.3), to the end
    KX_RELAYED_RESPONSE = 0x0327,     //!< answer to it (Q.4163 8.4), back to the source
    KX_ROUTE_SWITCH = 0x0328,         //!< a protection route is or is no longer used, to the end
    KX_ROUTE_SWITCHED = 0x0329,       //!< answer to it, back to the source
    KX_ROUTE_STATUS = 0x032a,         //!< a hop of a route fails or is well, to the source
    KX_MASKED_KEYS = 0x032b           //!< keys under the pad of the first hop, directly to the end
};

/// How keys are hidden along a route (ITU-T Y.3803).
enum KxRelayScheme : uint8_t
{
    KX_SCHEME_HOP_BY_HOP, //!< figures 5 and 6: each KM on the way has the keys
    KX_SCHEME_DESTINATION //!< figure 7: KMs on the way have pads only
};

/// Why a relay or notification failed.
enum KxFailure : uint8_t
{
    KX_FAILURE_NONE,          //!< it did not
    KX_FAILURE_ROUTE_UNKNOWN, //!< the route is not installed
    KX_FAILURE_NEIGHBOUR,     //!< the next KM cannot be reached
    KX_FAILURE_NO_KEY,        //!< too few bits in the pool with the next KM
    KX_FAILURE_PREEMPTED,     //!< extra traffic over a protection route that is in use
    KX_FAILURE_NOT_AUTHENTIC, //!< a tag was wrong
    KX_FAILURE_REFUSED,       //!< the KM at the end does not take the keys
    KX_FAILURE_TIMEOUT,       //!< no answer in time
    KX_FAILURE_ABANDONED      //!< the source gave the route up
};

/**
 * @ingroup qkdn-resilience
 * @brief The name of a reason as it appears in answers and logs.
 * @param failure the reason
 * @return for example "too few key bits on the way"
 */
const char* KxFailureName(KxFailure failure);

/// A request that travels along a route; each hop is authenticated for itself.
struct KxForward
{
    RouteId route;                           //!< the route
    uint64_t number{0};                      //!< number of the request at its source
    KxTag tag;                               //!< tag of this hop
    std::vector<KeyRange> responseTagRanges; //!< key bits for the tag of this hop's answer
    std::vector<uint8_t> body;               //!< by message type

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<KxForward> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// The answer to it, which travels back.
struct KxReturn
{
    RouteId route;                      //!< the route
    uint64_t number{0};                 //!< number of the request at its source
    KxTag tag;                          //!< tag of this hop
    KxFailure failure{KX_FAILURE_NONE}; //!< whether and why it failed
    KmId failedAt;                      //!< KM where it failed
    std::vector<uint8_t> body;          //!< by message type, empty after a failure

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<KxReturn> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// A KSA-key, or a share of one, that is relayed.
struct KxRelayedKey
{
    KsaKeyId key;     //!< the key
    uint8_t share{0}; //!< number of the share, from 1; 0 for the key itself
    uint32_t bits{0}; //!< its size, a multiple of 8
};

/// Body of KX_KEY_RELAY.
struct KxKeyRelay
{
    uint64_t oldestOpen{0}; //!< relays of the route with lower numbers are final
    KxRelayScheme scheme{KX_SCHEME_HOP_BY_HOP}; //!< how the keys are hidden
    std::vector<KxRelayedKey> keys;             //!< the keys
    std::vector<KeyRange> pad;                  //!< key bits of the one-time pad of this hop
    /// hop-by-hop: the keys one after the other; destination: the pad of the first hop; XORed
    /// with the pad
    std::vector<uint8_t> cipher;

    /// @cond
    std::vector<uint8_t> ToBytes() const;
    static std::optional<KxKeyRelay> FromBytes(const std::vector<uint8_t>& bytes);
    /// @endcond
};

/// KX_MASKED_KEYS.
struct KxMaskedKeys
{
    RouteId route;               //!< route of the relay
    uint64_t number{0};          //!< number of the relay at its source
    std::vector<uint8_t> tag;    //!< tag of this message
    std::vector<uint8_t> cipher; //!< the keys one after the other, XORed with the first hop's pad

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<KxMaskedKeys> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// Body of KX_RELAY_COMPLETION and KX_RELAYED_RESPONSE.
struct KxKeyResults
{
    std::vector<KxNotifiedResult> results; //!< one for each key

    /// @cond
    std::vector<uint8_t> ToBytes() const;
    static std::optional<KxKeyResults> FromBytes(const std::vector<uint8_t>& bytes);
    /// @endcond
};

/// Body of KX_RELAYED_NOTIFICATION.
struct KxSuppliedKeys
{
    std::vector<KsaKeyId> keys; //!< keys that the master application was given

    /// @cond
    std::vector<uint8_t> ToBytes() const;
    static std::optional<KxSuppliedKeys> FromBytes(const std::vector<uint8_t>& bytes);
    /// @endcond
};

/// KX_RELAY_VOID and KX_RELAY_VOIDED.
struct KxRelayVoid
{
    RouteId route;                 //!< the route
    std::vector<uint64_t> numbers; //!< relays
    std::vector<KsaKeyId> keys;    //!< keys of finished relays

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<KxRelayVoid> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// KX_ROUTE_SWITCH and KX_ROUTE_SWITCHED.
struct KxRouteSwitch
{
    RouteId route;                                //!< the protection route
    uint32_t number{0};                           //!< number of the switch at its source
    bool active{false};                           //!< whether its session uses it now
    PreemptionMode preemption{PREEMPTION_STRICT}; //!< what extra traffic may still do

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<KxRouteSwitch> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// KX_ROUTE_STATUS.
struct KxRouteStatus
{
    RouteId route;                                  //!< the route
    KmId hop;                                       //!< KM before the hop
    ResilienceTrigger condition{TRIGGER_LINK_DOWN}; //!< supply-interrupted only when it is over
    bool failed{false};                             //!< whether the condition holds
    Time holdOver;                                  //!< how long the hop's pool will last

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<KxRouteStatus> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KX_RELAY_MESSAGES_H */
