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
 * @brief Says whether extra traffic may take key of a pool: not below the floor of its route or
 * that of the manager's policy, not, or only the surplus, while a protection route over the same
 * hop is in use, and not at all if the policy does not allow it.
 */
class ExtraTrafficGate
{
  public:
    /**
     * @brief Set what a policy allows.
     * @param allowed whether there may be extra traffic
     * @param floorBits what it has to leave in each pool at least, bits
     */
    void SetPolicy(bool allowed, uint64_t floorBits);

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
     * @brief What extra traffic over a route leaves in each pool at least.
     * @param route the route
     * @return bit; 0 for other routes
     */
    uint64_t GetFloorBits(const KeyRoute& route) const;

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
    bool m_allowed{true};               //!< there may be extra traffic
    uint64_t m_floorBits{0};            //!< what it has to leave in each pool at least, bits
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_EXTRA_TRAFFIC_GATE_H */
