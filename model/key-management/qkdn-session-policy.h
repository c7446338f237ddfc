/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SESSION_POLICY_H
#define QKDN_SESSION_POLICY_H

#include "ns3/nstime.h"

#include <cstdint>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What is done for a session when its key relay route fails.
 */
enum ResilienceClass : uint8_t
{
    CLASS_UNPROTECTED,    //!< nothing: it waits for the repair
    CLASS_ROUTE_1_1,      //!< a disjoint route is pre-set; others may use its keys meanwhile
    CLASS_RESTORATION,    //!< a route is searched after the failure
    CLASS_MULTI_PATH,     //!< each KSA-key goes over one of several disjoint routes
    CLASS_ROUTE_1_PLUS_1, //!< each KSA-key goes over two disjoint routes, the first one counts
    CLASS_SECRET_SHARING, //!< each KSA-key goes in shares, each over its own disjoint route
    CLASS_ROUTE_SHARED    //!< as route-1:1, but sessions that no failure moves together share key
                          //!< rate of their protection routes
};

/**
 * @ingroup qkdn-resilience
 * @brief Whether the KSA-keys of a session go over several key relay routes at once.
 * @param resilienceClass the class of the session
 * @return true if so
 */
inline bool
UsesSeveralRoutes(ResilienceClass resilienceClass)
{
    return resilienceClass == CLASS_MULTI_PATH || resilienceClass == CLASS_ROUTE_1_PLUS_1 ||
           resilienceClass == CLASS_SECRET_SHARING;
}

/**
 * @ingroup qkdn-resilience
 * @brief Whether a disjoint protection route is pre-set, to which the master's KM switches.
 * @param resilienceClass the class of the session
 * @return true if so
 */
inline bool
HasProtectionRoute(ResilienceClass resilienceClass)
{
    return resilienceClass == CLASS_ROUTE_1_1 || resilienceClass == CLASS_ROUTE_SHARED;
}

/**
 * @ingroup qkdn-resilience
 * @brief The name of a class as in scenario files and results.
 * @param resilienceClass the class
 * @return for example "route-1:1"
 */
inline const char*
ResilienceClassName(ResilienceClass resilienceClass)
{
    switch (resilienceClass)
    {
    case CLASS_UNPROTECTED:
        return "unprotected";
    case CLASS_ROUTE_1_1:
        return "route-1:1";
    case CLASS_RESTORATION:
        return "restoration";
    case CLASS_MULTI_PATH:
        return "multi-path";
    case CLASS_ROUTE_1_PLUS_1:
        return "route-1+1";
    case CLASS_SECRET_SHARING:
        return "secret-sharing";
    case CLASS_ROUTE_SHARED:
        return "route-shared";
    }
    return "unknown";
}

/**
 * @ingroup qkdn-resilience
 * @brief What counts as signal fail of a route.
 */
enum ResilienceTrigger : uint8_t
{
    TRIGGER_LINK_DOWN,         //!< no QKD link of a hop generates, or a KM of the route is dead
    TRIGGER_POOL_LOW,          //!< a pool of the route is predicted to run out within a margin
    TRIGGER_SUPPLY_INTERRUPTED //!< keys that were asked for could not be had over the route
};

/**
 * @ingroup qkdn-resilience
 * @brief The name of a trigger as in scenario files and results.
 * @param trigger the trigger
 * @return for example "link-down"
 */
inline const char*
ResilienceTriggerName(ResilienceTrigger trigger)
{
    switch (trigger)
    {
    case TRIGGER_LINK_DOWN:
        return "link-down";
    case TRIGGER_POOL_LOW:
        return "pool-low";
    case TRIGGER_SUPPLY_INTERRUPTED:
        return "supply-interrupted";
    }
    return "unknown";
}

/**
 * @ingroup qkdn-resilience
 * @brief What extra traffic may do on a protection route that is in use.
 */
enum PreemptionMode : uint8_t
{
    PREEMPTION_STRICT,  //!< nothing
    PREEMPTION_RESIDUAL //!< use what pools hold above the route's reserve
};

/**
 * @ingroup qkdn-resilience
 * @brief Over what a controller restores a session. The names are those of the literature (OPRM,
 * MPRM, TWRM), the rules are our own: see RoutePlanner::PlanRecovery().
 */
enum RestorationMode : uint8_t
{
    RESTORATION_ONE_PATH,   //!< one recovery route
    RESTORATION_MULTI_PATH, //!< several at once if no single one has enough free key rate
    RESTORATION_TIME_WINDOW //!< so, with what pools can give within a time window besides
};

/**
 * @ingroup qkdn-resilience
 * @brief The name of a mode of restoration as in scenario files and results.
 * @param mode the mode
 * @return for example "multi-path"
 */
inline const char*
RestorationModeName(RestorationMode mode)
{
    switch (mode)
    {
    case RESTORATION_ONE_PATH:
        return "one-path";
    case RESTORATION_MULTI_PATH:
        return "multi-path";
    case RESTORATION_TIME_WINDOW:
        return "time-window";
    }
    return "unknown";
}

/**
 * @ingroup qkdn-resilience
 * @brief What is done if all routes that were set up before a failure have failed.
 */
enum RouteEscalation : uint8_t
{
    ESCALATION_NONE,       //!< nothing: the session waits for the repair
    ESCALATION_RESTORATION //!< the controller searches a recovery route
};

/**
 * @ingroup qkdn-resilience
 * @brief How a session is to survive failures, and what it asks of the network.
 */
struct SessionPolicy
{
    ResilienceClass resilienceClass{CLASS_UNPROTECTED}; //!< its class
    /// text of the ResilienceScheme that plans its routes, of which its class is the mechanism;
    /// empty if they are planned as the class says
    std::string scheme;
    bool extraTraffic{false}; //!< it is extra traffic: can be pre-empted
    uint32_t priority{0};     //!< a higher number goes first
    uint64_t demandBps{0};    //!< key that it asks for, bit/s
    uint64_t minDemandBps{0}; //!< lowest key rate that it accepts instead, bit/s; 0: no lower one
    Time toleration{Time::Max()};                 //!< longest interruption it bears
    ResilienceTrigger trigger{TRIGGER_LINK_DOWN}; //!< what makes it switch
    Time holdOff;            //!< from signal fail to switching, at its master's KM
    bool holdOffAuto{false}; //!< hold off as long as buffered key lasts instead
    Time wtr{Seconds(300)};  //!< wait to restore: from the clear of the failure to reversion
    bool revertive{true};    //!< whether it returns to the working route
    uint64_t protectionReserveBits{0};            //!< bits that extra traffic leaves in each pool
    PreemptionMode preemption{PREEMPTION_STRICT}; //!< what extra traffic may do meanwhile
    RestorationMode restoration{RESTORATION_ONE_PATH}; //!< what it is restored over
    Time window;                                       //!< of time-window restoration
    RouteEscalation escalation{ESCALATION_NONE};       //!< class route-1:1: its last resort
    uint32_t shareCount{1};     //!< routes at once; shares of a KSA-key, one over each
    uint32_t shareThreshold{1}; //!< shares that make the key: routes that it needs
    uint32_t poolLowKeys{0};    //!< KSA-keys in the session's pool below which more are made
    uint32_t poolHighKeys{0};   //!< KSA-keys up to which they are made; 0: keys on demand only

    /**
     * @brief The name of its class, or of its scheme if it has one, as in results.
     * @return for example "route-1:1"
     */
    std::string GetName() const
    {
        return scheme.empty() ? ResilienceClassName(resilienceClass) : scheme;
    }

    /**
     * @brief Whether a controller restores the session after failures.
     * @return true if so
     */
    bool IsRestored() const
    {
        return resilienceClass == CLASS_RESTORATION ||
               (resilienceClass == CLASS_ROUTE_1_1 && escalation == ESCALATION_RESTORATION &&
                !extraTraffic);
    }

    /**
     * @brief Whether the session may have several recovery routes at once.
     * @return true if so
     */
    bool MaySplitRecovery() const
    {
        return IsRestored() && restoration != RESTORATION_ONE_PATH;
    }
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SESSION_POLICY_H */
