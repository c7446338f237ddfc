/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_ROUTE_SET_H
#define QKDN_ROUTE_SET_H

#include "qkdn-route-conditions.h"
#include "qkdn-session-policy.h"

#include "ns3/qkdn-ids.h"

#include <cstdint>
#include <map>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The routes of a session whose KSA-keys go over several at once, and which of them can be
 * used by their conditions.
 *
 * A route has failed from the first condition of the kind that the session's policy names as
 * trigger until no condition of that kind and no link-down condition is left, as in
 * RouteSelector. There is neither hold-off nor wait-to-restore: a share is cheap to leave out.
 */
class RouteSet
{
  public:
    /**
     * @brief Constructor
     * @param trigger kind of condition that makes a route fail
     * @param needed routes that a key needs
     */
    RouteSet(ResilienceTrigger trigger, uint32_t needed);

    /**
     * @brief Set the routes. Those that are in the set no more are forgotten.
     * @param routes the routes, in the order of their shares
     */
    void SetRoutes(const std::vector<RouteId>& routes);

    /**
     * @brief The routes.
     * @return the routes, in the order of their shares
     */
    const std::vector<RouteId>& GetRoutes() const;

    /**
     * @brief A condition is there; also of a route that is not in the set yet. Safe to repeat.
     * @param route the route
     * @param cause kind, hop and incident
     * @return whether the route has failed just now
     */
    bool Fail(RouteId route, const RouteFailureCause& cause);

    /**
     * @brief A condition is gone.
     * @param route the route
     * @param condition its kind
     * @param failedHop its hop
     * @return whether the route has become good just now
     */
    bool Clear(RouteId route, ResilienceTrigger condition, KmId failedHop);

    /**
     * @brief A route is over: forget its conditions, of which no more will be told. In the set it
     * is not used until RouteInstalled() or SetRoutes().
     * @param route the route
     */
    void Forget(RouteId route);

    /**
     * @brief A route is there.
     * @param route the route
     * @return whether it is in the set and was over
     */
    bool RouteInstalled(RouteId route);

    /// Forget routes and conditions.
    void Reset();

    /**
     * @brief Whether a route has failed.
     * @param route the route
     * @return false also if nothing is known of it
     */
    bool HasFailed(RouteId route) const;

    /**
     * @brief Whether a route is in the set.
     * @param route the route
     * @return true if so
     */
    bool Has(RouteId route) const;

    /**
     * @brief The routes that have not failed and are not over.
     * @return the routes, in the order of their shares
     */
    std::vector<RouteId> GetGood() const;

    /**
     * @brief Whether the good routes are enough for a key.
     * @return true if so
     */
    bool Suffices() const;

    /**
     * @brief The routes to use: the good ones, or, if these are too few, all of them that are not
     * over: the pools of a route that has failed may still hold key.
     * @return the routes, in the order of their shares
     */
    std::vector<RouteId> GetUsed() const;

  private:
    /// What is known of a route.
    struct Entry
    {
        RouteConditions conditions; //!< conditions
        bool failed{false};         //!< it has failed
        bool over{false};           //!< it was released
    };

    /**
     * @brief Whether a route is over.
     * @param route the route
     * @return false also if nothing is known of it
     */
    bool IsOver(RouteId route) const;

    ResilienceTrigger m_trigger;        //!< kind of condition that makes a route fail
    uint32_t m_needed;                  //!< routes that a key needs
    std::vector<RouteId> m_routes;      //!< the routes
    std::map<RouteId, Entry> m_entries; //!< conditions of these and other routes
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_ROUTE_SET_H */
