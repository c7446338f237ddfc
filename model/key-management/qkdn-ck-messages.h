/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CK_MESSAGES_H
#define QKDN_CK_MESSAGES_H

#include "qkdn-key-route.h"
#include "qkdn-session-policy.h"

#include "ns3/packet.h"
#include "ns3/qkdn-ids.h"
#include "ns3/qkdn-qkd-key.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Message types of reference point Ck (controller to KM). Layouts are our own: the
 * text of ITU-T Q.4164 is not public.
 */
enum CkMessageType : uint16_t
{
    CK_REGISTRATION = 0x0401,    //!< KM: who it is and all its links, after each connection
    CK_LINK_REPORT = 0x0402,     //!< KM: a link or its pool has changed
    CK_SESSION_REQUEST = 0x0403, //!< KM: a session that its master application needs
    CK_ROUTE_EVENT = 0x0404,     //!< KM: what it noticed of, or did with, a route of a session
    CK_ACKNOWLEDGEMENT = 0x0405, //!< KM: answer to a command
    CK_USAGE_REPORT = 0x0406,    //!< KM: key that sessions have used (CkUsageReport)
    CK_ROUTE_INSTALL = 0x0411,   //!< controller: a route that goes through the KM
    CK_ROUTE_RELEASE = 0x0412,   //!< controller: a route that is over
    CK_SESSION_ROUTES = 0x0413,  //!< controller: which routes a session has and uses
    CK_SESSION_RATE = 0x0414     //!< controller: the key rate that a session is granted
};

/// A QKD link as a KM at one end of it knows it.
struct CkLinkState
{
    LinkId link;                     //!< the link
    KmId neighbour;                  //!< KM at the other end
    bool neighbourAlive{false};      //!< it is reachable and pools are agreed
    LinkStatus status{LINK_PENDING}; //!< status at this end
    uint64_t keyRateBps{0};          //!< secret key rate when it generates, bit/s
    uint64_t poolBits{0};            //!< key in the pool shared with the neighbour, bits
    bool poolLow{false};             //!< this pool runs out soon, or has not recovered from that
    LinkAlarm alarm{};               //!< what is wrong at this end
};

class ByteReader;
class ByteWriter;

/// What is constant of a QKD link, as it is configured at the KMs at its ends.
struct CkLinkDescription
{
    LinkId link;                       //!< the link
    uint32_t lengthM{0};               //!< length of its fibres, m; 0: not configured
    std::set<std::string> riskGroups;  //!< names of what breaks it together with others
    std::string name{};                //!< its name, or none
    std::vector<std::string> fibres{}; //!< names of the fibres that it runs through, in order

    /// @cond
    bool operator==(const CkLinkDescription& o) const
    {
        return link == o.link && lengthM == o.lengthM && riskGroups == o.riskGroups &&
               name == o.name && fibres == o.fibres;
    }

    void Write(ByteWriter& writer) const;
    static CkLinkDescription Read(ByteReader& reader, bool& good);

    /// @endcond
};

/// The sender and all that it knows; replaces what it said before.
struct CkRegistration
{
    KmId km;                        //!< the sender
    std::vector<CkLinkState> links; //!< its QKD links

    /// what is constant of those of them that are described; at most 255 groups and 255 fibres of
    /// a link
    std::vector<CkLinkDescription> descriptions{};

    std::string name{}; //!< name of the sender's QKD node, or none

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<CkRegistration> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// A change of one link.
struct CkLinkReport
{
    CkLinkState state; //!< how it is now

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<CkLinkReport> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// A session whose master application is at the sender; safe to repeat.
struct CkSessionRequest
{
    SessionId session;    //!< the session
    KmId masterKm;        //!< the sender
    KmId slaveKm;         //!< KM of the slave application
    uint32_t keySizeBit;  //!< size of its keys
    SessionPolicy policy; //!< what it needs

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<CkSessionRequest> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// What happens to the routes of a session, as its master's KM sees it.
enum RouteEventKind : uint8_t
{
    ROUTE_EVENT_SIGNAL_FAIL,        //!< signal fail of the route
    ROUTE_EVENT_CLEAR,              //!< the failure of the route is gone
    ROUTE_EVENT_HOLD_OFF_OVER,      //!< hold-off is over and the failure is still there
    ROUTE_EVENT_SWITCH,             //!< decided to use the route
    ROUTE_EVENT_SWITCHED,           //!< the route is in use: all KMs on it have acknowledged
    ROUTE_EVENT_WTR,                //!< wait to restore the route begins
    ROUTE_EVENT_REVERT,             //!< decided to return to the route
    ROUTE_EVENT_PREEMPTED,          //!< extra traffic over the route has to stop
    ROUTE_EVENT_RESUMED,            //!< extra traffic over the route may go on
    ROUTE_EVENT_SUPPLY_INTERRUPTED, //!< keys that were asked for cannot be had
    ROUTE_EVENT_SUPPLY_RESUMED      //!< keys are supplied again
};

/**
 * @ingroup qkdn-resilience
 * @brief The name of an event as it appears in results.
 * @param kind the event
 * @return for example "signal-fail"
 */
const char* RouteEventName(RouteEventKind kind);

/// An event of a route; the incident is in the frame.
struct CkRouteEvent
{
    SessionId session;                            //!< the session
    RouteId route;                                //!< the route
    RouteEventKind kind{ROUTE_EVENT_SIGNAL_FAIL}; //!< what happens
    ResilienceTrigger trigger{TRIGGER_LINK_DOWN}; //!< what made it fail; signal fail only
    KmId failedHop;                               //!< KM before the hop that failed, or none

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<CkRouteEvent> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// Answer to a command of the controller.
struct CkAcknowledgement
{
    uint32_t command{0}; //!< number of the command
    bool done{false};    //!< whether it was carried out
    std::string reason;  //!< why not, empty if it was

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<CkAcknowledgement> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// A route that goes through the receiver; safe to repeat.
struct CkRouteInstall
{
    uint32_t command{0}; //!< number of the command
    KeyRoute route;      //!< the route

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<CkRouteInstall> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// A route that is over; safe to repeat.
struct CkRouteRelease
{
    uint32_t command{0}; //!< number of the command
    RouteId route;       //!< the route

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<CkRouteRelease> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// The routes of a session, to its master's KM; all of them are installed. Safe to repeat.
struct CkSessionRoutes
{
    uint32_t command{0}; //!< number of the command
    SessionId session;   //!< the session
    RouteId working;     //!< its working (or extra) route, or none: no route, or suspended
    RouteId protection;  //!< its protection route, or none
    RouteId recovery;    //!< route to use instead of the working one after a failure, or none
    /// further working routes, of a session that uses several at once; further recovery routes, of
    /// one that is restored over several
    std::vector<RouteId> further;
    std::string refusal; //!< why it has no working route, empty if it has one
    /// key rates of the recovery route and the further ones, bit/s: keys go over them in this
    /// proportion; empty for other sessions
    std::vector<uint64_t> ratesBps{};

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<CkSessionRoutes> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// The key rate that a session is granted, to its master's KM: if it is not what the session asks
/// for, and when it is again. Safe to repeat.
struct CkSessionRate
{
    uint32_t command{0};    //!< number of the command
    SessionId session;      //!< the session
    uint64_t grantedBps{0}; //!< key rate that its routes are promised, bit/s

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<CkSessionRate> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CK_MESSAGES_H */
