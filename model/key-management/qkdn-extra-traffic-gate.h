/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_EXTRA_TRAFFIC_GATE_H
#define QKDN_EXTRA_TRAFFIC_GATE_H

#include "qkdn-kma-pool.h"
#include "qkdn-kx-relay-messages.h"
#include "qkdn-route-table.h"

#include <map>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Says whether extra traffic may take key of a pool: not below the floor of its route,
 * and not, or only the surplus, while a protection route over the same hop is in use.
 */
class ExtraTrafficGate
{
  public:
    /**
     * @brief A protection route is in use, or is no longer.
     * @param route the route
     * @param active whether its session uses it
     * @param preemption what extra traffic may still do
     */
    void Switch(const KeyRoute& route, bool active, PreemptionMode preemption);

    /**
     * @brief A route is over.
     * @param route its number
     */
    void Release(RouteId route);

    /**
     * @brief Whether a protection route in use stops extra traffic over a hop.
     * @param a KM at one end
     * @param b KM at the other end
     * @return true if so
     */
    bool IsPreempted(KmId a, KmId b) const;

    /**
     * @brief Whether a protection route in use stops extra traffic over some hop of a route.
     * @param route the route of the extra traffic
     * @return true if so
     */
    bool IsPreempted(const KeyRoute& route) const;

    /**
     * @brief Whether a relay may take key.
     * @param route its route
     * @param self this KM
     * @param next the next KM
     * @param pool pool shared with it
     * @param bits bits that it takes
     * @return none, or why not
     */
    KxFailure Check(const KeyRoute& route,
                    KmId self,
                    KmId next,
                    Ptr<const KmaPool> pool,
                    uint64_t bits) const;

  private:
    /// A protection route in use.
    struct Active
    {
        std::vector<KmId> kms;                        //!< its KMs
        PreemptionMode preemption{PREEMPTION_STRICT}; //!< what extra traffic may do
    };

    std::map<RouteId, Active> m_active; //!< by number
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_EXTRA_TRAFFIC_GATE_H */
