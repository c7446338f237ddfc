/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_MC_MESSAGES_H
#define QKDN_MC_MESSAGES_H

#include "ns3/nstime.h"
#include "ns3/packet.h"
#include "ns3/qkdn-ck-messages.h"
#include "ns3/qkdn-ids.h"

#include <optional>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Message types of reference point Mc (manager to controller). The controller is the
 * serving end.
 */
enum McMessageType : uint16_t
{
    MC_LINK_STATUS = 0x0501,      //!< controller: a QKD link and its status
    MC_SESSION_STATUS = 0x0502,   //!< controller: a session and its routes
    MC_ROUTE_STATUS = 0x0503,     //!< controller: a key relay route and its status
    MC_OPERATION = 0x0504,        //!< controller: a protection or recovery action
    MC_ALARM = 0x0505,            //!< controller: what is wrong with an end of a QKD link
    MC_CHARGING_RECORD = 0x0506,  //!< controller: what a session costs (ChargingRecord)
    MC_LINK_DESCRIPTION = 0x0507, //!< controller: what is constant of a QKD link
    MC_KM_STATUS = 0x0508,        //!< controller: a KM and whether it can be reached
    MC_ROUTE_LIST = 0x0509,       //!< controller: its key relay routes, all others are gone
    MC_ROLE = 0x050a,             //!< controller: it is the active one (ControllerTerm)
    MC_POLICY = 0x0511,           //!< manager: resilience policy
    MC_POLICY_ACCEPTED = 0x0512   //!< controller: the policy is in force
};

/// A QKD link as the controller knows it.
struct McLinkStatus
{
    LinkId link;                     //!< the link
    KmId a;                          //!< KM at one end
    KmId b;                          //!< KM at the other end, the higher number
    LinkStatus status{LINK_PENDING}; //!< worse status of the two ends
    uint64_t keyRateBps{0};          //!< secret key rate when it generates, bit/s
    uint64_t poolBits{0};            //!< key in the pool of its KMs, bits
    bool aReports{false};            //!< a has said how its end is
    bool bReports{false};            //!< b has
    bool aSeesB{false};              //!< a says that b is alive
    bool bSeesA{false};              //!< b says that a is

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<McLinkStatus> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// What is constant of a QKD link, as its KMs told the controller.
struct McLinkDescription
{
    KmId a;                        //!< KM at one end
    KmId b;                        //!< KM at the other end, the higher number
    CkLinkDescription description; //!< the link, its name, fibres and risk groups

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<McLinkDescription> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// A KM as the controller knows it.
struct McKmStatus
{
    KmId km;               //!< the KM
    bool reachable{false}; //!< whether the controller has a connection with it
    std::string name;      //!< name of its QKD node, or none

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<McKmStatus> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// State of key supply of a session as the controller knows it.
enum McSupplyState : uint8_t
{
    MC_SUPPLY_WAITING,     //!< no route yet
    MC_SUPPLY_NORMAL,      //!< served over its working route
    MC_SUPPLY_PROTECTED,   //!< served over its protection route
    MC_SUPPLY_RECOVERED,   //!< served over a recovery route
    MC_SUPPLY_PREEMPTED,   //!< extra traffic that had to stop
    MC_SUPPLY_FAILED,      //!< its route has failed and nothing replaces it
    MC_SUPPLY_INTERRUPTED, //!< keys that were asked for cannot be had
};

/**
 * @ingroup qkdn-resilience
 * @brief The name of a state of key supply as it appears in results.
 * @param state the state
 * @return for example "protected"
 */
const char* McSupplyStateName(McSupplyState state);

/// A session: the match-up of its working and protection routes, and how it is served.
struct McSessionStatus
{
    SessionId session;                                  //!< the session
    ResilienceClass resilienceClass{CLASS_UNPROTECTED}; //!< its class
    RouteId working;                                    //!< working (or extra) route, or none
    RouteId protection;                                 //!< protection route, or none
    RouteId recovery;                                   //!< recovery route in use, or none
    McSupplyState state{MC_SUPPLY_WAITING};             //!< how it is served
    bool sharesRisk{false};  //!< a risk group can break its working and protection route together
    bool spareTaken{false};  //!< others now use the key rate that its protection route shares
    bool rateReduced{false}; //!< it is granted less key rate than it asks for
    std::vector<RouteId> furtherRecovery{}; //!< used together with the recovery route
    uint64_t promisedBps{0};                //!< key rate that it is granted, bit/s

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<McSessionStatus> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// Status of a key relay route.
enum McRouteState : uint8_t
{
    MC_ROUTE_ACTIVE,  //!< installed, in use by its session
    MC_ROUTE_STANDBY, //!< installed, not in use by its session
    MC_ROUTE_FAILED,  //!< installed, in signal fail
    MC_ROUTE_RELEASED //!< not installed any more
};

/**
 * @ingroup qkdn-resilience
 * @brief The name of a route status as it appears in results.
 * @param state the status
 * @return for example "standby"
 */
const char* McRouteStateName(McRouteState state);

/// A key relay route and its status.
struct McRouteStatus
{
    KeyRoute route;                       //!< the route
    McRouteState state{MC_ROUTE_STANDBY}; //!< its status

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<McRouteStatus> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// What was done.
enum McOperationKind : uint8_t
{
    MC_OPERATION_PROTECTION_SWITCH,  //!< a session went over to its protection route, or by itself
                                     //!< to the recovery route that it has
    MC_OPERATION_REVERSION,          //!< a session went back to its working route
    MC_OPERATION_RESTORATION,        //!< a session was given a recovery route
    MC_OPERATION_RESTORATION_FAILED, //!< no recovery route was found
    MC_OPERATION_PREEMPTION,         //!< a session had to stop for another one
    MC_OPERATION_RESUMPTION          //!< a session that had to stop goes on
};

/**
 * @ingroup qkdn-resilience
 * @brief The name of an operation as it appears in results.
 * @param kind the operation
 * @return for example "protection-switch"
 */
const char* McOperationName(McOperationKind kind);

/// A protection or recovery action; the incident is in the frame.
struct McOperation
{
    McOperationKind kind{MC_OPERATION_PROTECTION_SWITCH}; //!< what was done
    SessionId session;                                    //!< to which session
    RouteId from;                                         //!< route before, or none
    RouteId to;                                           //!< route after, or none
    Time informed;  //!< when the entity that decided knew of the failure (its own clock)
    Time decided;   //!< when it decided
    Time completed; //!< when the last acknowledgement had come
    bool withinToleration{true}; //!< completed within the toleration time of the session
    uint64_t demandBps{0};       //!< restoration: key rate that the session asks for, bit/s
    uint64_t recoveredBps{0};    //!< restoration: what of it its routes were free to give, bit/s
    uint32_t routes{0};          //!< restoration: recovery routes that are used at once

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<McOperation> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/**
 * @ingroup qkdn-resilience
 * @brief A decision of a controller to restore a session.
 */
struct SessionRecovery
{
    SessionId session;           //!< the session
    std::vector<RouteId> routes; //!< its recovery routes from then on, used at once
    uint64_t demandBps{0};       //!< key rate that the session asks for, bit/s
    uint64_t recoveredBps{0};    //!< what of it the routes were free to give, bit/s
};

/// An alarm of one end of a QKD link, raised or cleared; the incident is in the frame.
struct McAlarm
{
    LinkId link;                     //!< the link
    KmId km;                         //!< KM at the end
    LinkStatus status{LINK_PENDING}; //!< status at the end
    LinkAlarm alarm{};               //!< what is wrong, nothing if the alarm is cleared
    Time informed;                   //!< when the controller learned of it (its own clock)

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<McAlarm> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// Resilience policy: what the controller may do.
struct McPolicy
{
    uint32_t number{0};              //!< number of the policy, rising
    bool mayRestore{true};           //!< whether routes and spares are searched for
    bool mayPreempt{true};           //!< whether restoration may stop sessions of lower priority
    bool abandonOnToleration{false}; //!< whether a search ends with the toleration time
    uint32_t maxHops{16};            //!< longest route, hops

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<McPolicy> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// A policy is in force.
struct McPolicyAccepted
{
    uint32_t number{0}; //!< number of the policy

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<McPolicyAccepted> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_MC_MESSAGES_H */
