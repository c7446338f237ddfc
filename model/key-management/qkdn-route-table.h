/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_ROUTE_TABLE_H
#define QKDN_ROUTE_TABLE_H

#include "qkdn-key-route.h"

#include <map>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The key relay routes that are installed at a KM.
 */
class RouteTable
{
  public:
    /**
     * @brief Set whose table this is.
     * @param self the KM
     */
    void Configure(KmId self);

    /**
     * @brief Install a route, or replace one of the same number.
     * @param route the route
     * @return empty, or what is wrong with it; then nothing has changed
     */
    std::string Install(const KeyRoute& route);

    /**
     * @brief Remove a route.
     * @param route its number
     * @return false if it is not installed
     */
    bool Release(RouteId route);

    /**
     * @brief A route.
     * @param route its number
     * @return the route, null if it is not installed
     */
    const KeyRoute* Find(RouteId route) const;

    /**
     * @brief All routes.
     * @return by number
     */
    const std::map<RouteId, KeyRoute>& GetAll() const;

    /**
     * @brief The KM after this one.
     * @param route an installed route
     * @return the KM, none if this is the last one
     */
    KmId GetNext(const KeyRoute& route) const;

    /**
     * @brief The KM before this one.
     * @param route an installed route
     * @return the KM, none if this is the first one
     */
    KmId GetPrevious(const KeyRoute& route) const;

  private:
    /**
     * @brief A KM beside this one.
     * @param route an installed route
     * @param step 1 for the next, -1 for the previous
     * @return the KM, or none
     */
    KmId GetBeside(const KeyRoute& route, int step) const;

    KmId m_self;                          //!< this KM
    std::map<RouteId, KeyRoute> m_routes; //!< the routes
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_ROUTE_TABLE_H */
