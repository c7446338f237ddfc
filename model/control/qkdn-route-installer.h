/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_ROUTE_INSTALLER_H
#define QKDN_ROUTE_INSTALLER_H

#include "qkdn-command-sender.h"

#include "ns3/qkdn-key-route.h"

#include <functional>
#include <map>
#include <set>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Installs routes at all their KMs and releases them.
 */
class RouteInstaller
{
  public:
    /// Told once of the end: KM that refused (none: all have installed), and why.
    using DoneFunction = std::function<void(KmId, const std::string&)>;

    /**
     * @brief Constructor
     * @param sender gives the commands; must live longer
     */
    explicit RouteInstaller(CommandSender& sender);

    /**
     * @brief Install a route.
     * @param route the route
     * @param incident the failure behind it, or none
     * @param done told of the end
     */
    void Install(const KeyRoute& route, IncidentId incident, DoneFunction done);

    /**
     * @brief Release a route, also one that is not installed everywhere yet.
     * @param id the route
     * @param incident the failure behind it, or none
     */
    void Release(RouteId id, IncidentId incident);

    /**
     * @brief Repeat to a KM the routes that go through it: it may have forgotten them.
     * @param km the KM
     * @param has those that it has
     */
    void Reinstall(KmId km, const std::set<RouteId>& has);

    /**
     * @brief Take over a route that another controller has installed, or was about to.
     * @param route the route
     * @param installed whether all its KMs have acknowledged it
     */
    void Adopt(const KeyRoute& route, bool installed);

    /**
     * @brief Release a route that is not known here.
     * @param km the KM that has it
     * @param id the route
     */
    void ReleaseAt(KmId km, RouteId id);

    /// Forget all routes, without a word to KMs.
    void Clear();

    /**
     * @brief Whether all KMs of a route have installed it.
     * @param id the route
     * @return true if so
     */
    bool IsInstalled(RouteId id) const;

    /// The commands under way are lost; nobody is told of their end.
    void ForgetCommands();

  private:
    /// A route that is installed, or will be.
    struct Installation
    {
        KeyRoute route;                   //!< the route
        std::map<KmId, uint32_t> pending; //!< commands not acknowledged yet
        DoneFunction done;                //!< told of the end
        bool installed{false};            //!< whether all KMs have it
    };

    /**
     * @brief Have a KM forget a route.
     * @param km the KM
     * @param id the route
     * @param incident the failure behind it, or none
     */
    void SendRelease(KmId km, RouteId id, IncidentId incident);

    /**
     * @brief Send a route to a KM on it.
     * @param id the route
     * @param km the KM
     * @param incident the failure behind it, or none
     */
    void Command(RouteId id, KmId km, IncidentId incident);

    /**
     * @brief A KM has answered.
     * @param id the route
     * @param km the KM
     * @param done whether it has installed the route
     * @param reason why not
     */
    void Answered(RouteId id, KmId km, bool done, const std::string& reason);

    CommandSender& m_sender;                     //!< gives the commands
    std::map<RouteId, Installation> m_installed; //!< routes
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_ROUTE_INSTALLER_H */
