/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_INVENTORY_H
#define QKDN_INVENTORY_H

#include "ns3/nstime.h"
#include "ns3/qkdn-ids.h"
#include "ns3/qkdn-mc-messages.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Whether keys are not supplied to a session in a state.
 * @param state the state
 * @return true for pre-empted, failed and interrupted; a session that waits for its first route is
 * not yet supplied, which is no interruption
 */
bool IsSupplyInterrupted(McSupplyState state);

/**
 * @ingroup qkdn-resilience
 * @brief A QKD link as a manager knows it.
 */
struct InventoryLink
{
    McLinkStatus status; //!< the newest report
    Time updated;        //!< when it came
};

/**
 * @ingroup qkdn-resilience
 * @brief A KM as a manager knows it.
 */
struct InventoryKm
{
    McKmStatus status;        //!< the newest report
    Time updated;             //!< when it came
    std::set<LinkId> links{}; //!< its QKD links
};

/**
 * @ingroup qkdn-resilience
 * @brief A key relay route as a manager knows it.
 */
struct InventoryRoute
{
    McRouteStatus status; //!< the newest status
    Time updated;         //!< since when it is this one
};

/**
 * @ingroup qkdn-resilience
 * @brief Key supply of a session as a manager monitors it.
 */
struct InventorySession
{
    McSessionStatus status;    //!< the newest report
    Time updated;              //!< when it came
    Time since;                //!< since when key supply is in this state
    uint32_t interruptions{0}; //!< times that key supply went from good to interrupted
    Time interrupted;          //!< how long it was interrupted, without the present state
};

/**
 * @ingroup qkdn-resilience
 * @brief Which routes belong together: a row of the match-up table.
 */
struct RouteMatchUp
{
    SessionId session;                                  //!< the session that they serve
    ResilienceClass resilienceClass{CLASS_UNPROTECTED}; //!< its class
    RouteId working;                                    //!< working route, or none
    RouteId extra;                                      //!< route as extra traffic, or none
    RouteId protection;                                 //!< protection route, or none
    RouteId recovery;                                   //!< recovery route in use, or none
    std::vector<RouteId> furtherRecovery;               //!< recovery routes used together with it
};

/**
 * @ingroup qkdn-resilience
 * @brief What a manager knows of the network: QKD links, key relay routes with their status, and
 * sessions with the match-up of their routes and the state of their key supply.
 *
 * It holds what messages said and nothing else.
 */
class Inventory
{
  public:
    /**
     * @brief Enter a report of a QKD link.
     * @param now the time
     * @param status the report
     * @return false if it says nothing new
     */
    bool Update(Time now, const McLinkStatus& status);

    /**
     * @brief Enter what is constant of a QKD link.
     * @param description what a controller says
     * @return false if it says nothing new
     */
    bool Update(const McLinkDescription& description);

    /**
     * @brief Enter a report of a KM.
     * @param now the time
     * @param status the report
     * @return false if it says nothing new
     */
    bool Update(Time now, const McKmStatus& status);

    /**
     * @brief Enter a report of a session.
     * @param now the time
     * @param status the report
     * @return false if it says nothing new
     */
    bool Update(Time now, const McSessionStatus& status);

    /**
     * @brief Enter a report of a route.
     * @param now the time
     * @param status the report
     * @return false if it says nothing new
     */
    bool Update(Time now, const McRouteStatus& status);

    /**
     * @brief Enter which routes there are: all others are released. Releases are not reported by
     * a controller that has crashed, nor without a connection.
     * @param now when it was told
     * @param routes the routes that the controller knows
     * @return the routes whose status changed
     */
    std::vector<McRouteStatus> Retain(Time now, const std::set<RouteId>& routes);

    /**
     * @brief Update the status of routes from an action: the route after it is active, the one
     * before it failed or is on standby.
     *
     * Reports of routes tell more than actions do, so an action never brings a released route back
     * nor a failed one into use, and one that was over before the last report of a route changes
     * nothing of it.
     *
     * @param now the time
     * @param operation the action
     * @return the routes whose status changed
     */
    std::vector<McRouteStatus> Apply(Time now, const McOperation& operation);

    /**
     * @brief All QKD links.
     * @return links by number
     */
    const std::map<LinkId, InventoryLink>& GetLinks() const;

    /**
     * @brief What is constant of QKD links.
     * @return descriptions by link, of those that are described
     */
    const std::map<LinkId, McLinkDescription>& GetDescriptions() const;

    /**
     * @brief All KMs: those of which a report came, and those at the ends of QKD links.
     * @return KMs by number
     */
    const std::map<KmId, InventoryKm>& GetKms() const;

    /**
     * @brief The name of a QKD link.
     * @param link the link
     * @return as its KMs told it, or its number
     */
    std::string GetLinkName(LinkId link) const;

    /**
     * @brief The name of the QKD node of a KM.
     * @param km the KM
     * @return as it told it, or its number
     */
    std::string GetNodeName(KmId km) const;

    /**
     * @brief All key relay routes, released ones too.
     * @return routes by number
     */
    const std::map<RouteId, InventoryRoute>& GetRoutes() const;

    /**
     * @brief All sessions and their key supply.
     * @return sessions by number
     */
    const std::map<SessionId, InventorySession>& GetSessions() const;

    /**
     * @brief How long key supply of a session was interrupted so far.
     * @param session the session
     * @param now the time
     * @return the sum, 0 for a session that is not known
     */
    Time GetInterruptedTime(SessionId session, Time now) const;

    /**
     * @brief The match-up of working and protection routes.
     * @return a row for each session, by number
     */
    std::vector<RouteMatchUp> GetMatchUps() const;

  private:
    /**
     * @brief Change the status of a route.
     * @param now the time
     * @param completed when the action was over; only if nothing was heard of the route since
     * @param route the route
     * @param from only if its status is this
     * @param to the new status
     * @param [in,out] changed the route is appended if it changed
     */
    void Move(Time now,
              Time completed,
              RouteId route,
              McRouteState from,
              McRouteState to,
              std::vector<McRouteStatus>& changed);

    std::map<LinkId, InventoryLink> m_links;            //!< QKD links
    std::map<LinkId, McLinkDescription> m_descriptions; //!< what is constant of them
    std::map<KmId, InventoryKm> m_kms;                  //!< KMs
    std::map<RouteId, InventoryRoute> m_routes;         //!< key relay routes
    std::map<SessionId, InventorySession> m_sessions;   //!< sessions
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_INVENTORY_H */
