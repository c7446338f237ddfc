/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_ROUTING_MONITOR_H
#define QKDN_ROUTING_MONITOR_H

#include "qkdn-event-log.h"
#include "qkdn-route-recovery-tracker.h"

#include "ns3/qkdn-key-manager.h"
#include "ns3/qkdn-link-state.h"

#include <map>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The part of ResilienceMonitor that watches routing without a controller: what the KM of a
 * session's master decides, and advertisements that are made, outdone or dropped.
 */
class RoutingMonitor
{
  public:
    /**
     * @brief Constructor
     * @param log the event log
     * @param tracker follows recoveries
     */
    RoutingMonitor(EventLog& log, RouteRecoveryTracker& tracker);

    RoutingMonitor(const RoutingMonitor&) = delete;
    RoutingMonitor& operator=(const RoutingMonitor&) = delete;

    /**
     * @brief Watch a key manager, if it has a LinkStateRouteProvider.
     * @param km the key manager
     * @param name its name in results
     */
    void AddKeyManager(Ptr<KeyManager> km, const std::string& name);

    /**
     * @brief Add a session.
     * @param session its number
     * @param name its name in results
     */
    void AddSession(SessionId session, const std::string& name);

  private:
    /// @cond
    void Informed(std::string entity, SessionId session, IncidentId incident);
    void Decided(std::string entity,
                 SessionId session,
                 RouteId from,
                 RouteId to,
                 IncidentId incident);
    void Completed(std::string entity, SessionId session, RouteId route, IncidentId incident);
    void Advertised(KmId km, KmId origin, uint64_t sequence, LinkStateFate fate);
    /// @endcond

    EventLog& m_log;                             //!< event log
    RouteRecoveryTracker& m_tracker;             //!< follows recoveries
    std::map<KmId, std::string> m_kms;           //!< names of key managers
    std::map<SessionId, std::string> m_sessions; //!< names of sessions
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_ROUTING_MONITOR_H */
