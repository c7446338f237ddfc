/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CX_MESSAGES_H
#define QKDN_CX_MESSAGES_H

#include "qkdn-controlled-session.h"

#include "ns3/packet.h"
#include "ns3/qkdn-ck-role-messages.h"
#include "ns3/qkdn-key-route.h"

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Message types of reference point Cx (controller to controller), for two controllers of
 * which one stands by. Layouts are our own.
 */
enum CxMessageType : uint16_t
{
    CX_ROLE = 0x0701,    //!< who is active; the active one sends its sessions after it
    CX_SESSION = 0x0702, //!< a session and its routes, as the active controller keeps them
    CX_ACCOUNT = 0x0703  //!< what a session is charged for (ChargingAccount)
};

/// What a controller is.
struct CxRole
{
    ControllerTerm term; //!< the sender, and the highest term that it knows
    bool active{false};  //!< whether it is active, in that term

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<CxRole> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// A route of a session as its controller keeps it.
struct CxRoute
{
    KeyRoute route;        //!< the route
    uint64_t demandBps{0}; //!< key rate of its session, bit/s
    bool promised{false};  //!< whether it is promised that key rate
    bool installed{false}; //!< whether all its KMs have acknowledged it
};

/// A session; replaces what was said of it before.
struct CxSession
{
    CkSessionRequest request{};             //!< what its master's KM asked for
    RouteId working;                        //!< as in ControlledSession, as all that follows
    RouteId protection;                     //!< protection route
    RouteId recovery;                       //!< recovery route
    RouteId active;                         //!< route in use
    RouteId candidate;                      //!< route that is being installed
    RouteId replaced;                       //!< route to release
    std::vector<RouteId> further;           //!< further working routes
    std::vector<RouteId> furtherRecovery;   //!< recovery routes used together with recovery
    std::vector<RouteId> furtherCandidates; //!< routes that are installed with candidate
    std::vector<RouteId> furtherReplaced;   //!< routes to release with replaced
    uint64_t candidateBps{0};               //!< what the candidates are free to give, bit/s
    uint64_t recoveredBps{0};               //!< what the recovery routes were free to give, bit/s
    uint64_t grantedBps{0};                 //!< key rate that its routes are promised
    bool spareTaken{false};                 //!< others use what its protection route shares
    bool toldSpareTaken{false};             //!< its master's KM was told
    Time windowEnd;                         //!< until then more is searched
    bool announced{false};                  //!< its master's KM knows a route
    SessionId suspendedBy;                  //!< session for which it had to stop
    std::set<SessionId> suspends;           //!< sessions that had to stop for it
    SessionStep step{STEP_NONE};            //!< what is being done
    Time informed;                          //!< when the controller knew of its failure
    Time decided;                           //!< when it was decided what to do
    std::vector<CxRoute> routes;            //!< its routes

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<CxSession> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CX_MESSAGES_H */
