/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SHARED_SPARE_TABLE_H
#define QKDN_SHARED_SPARE_TABLE_H

#include "ns3/qkdn-ids.h"
#include "ns3/qkdn-km-hop.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A single failure: of a hop, of a KM between the ends of routes, or of a risk group.
 */
struct NetworkRisk
{
    /// What fails.
    enum Kind : uint8_t
    {
        HOP,  //!< all QKD links of a hop
        KM,   //!< a KM
        GROUP //!< all that is in a risk group
    };

    Kind kind{HOP};    //!< what fails
    KmId low;          //!< the KM, or the hop's with the lower number
    KmId high;         //!< the hop's other KM
    std::string group; //!< name of the risk group

    /// @cond
    bool operator<(const NetworkRisk& o) const
    {
        return std::tie(kind, low, high, group) < std::tie(o.kind, o.low, o.high, o.group);
    }

    /// @endcond
};

/**
 * @ingroup qkdn-resilience
 * @brief Key rate that protection routes share (shared mesh protection).
 *
 * A hop has to spare what the worst single failure moves to it: the largest sum, over failures, of
 * the demands of the sessions whose working route fails by it and whose protection route uses the
 * hop. It is never more than the sum of all these demands, which dedicated routes would need.
 */
class SharedSpareTable
{
  public:
    /**
     * @brief Add a protection route.
     * @param route its number; aborts if it is there already
     * @param hops its hops
     * @param risks the failures of its working route
     * @param bps what its session demands, bit/s
     */
    void Add(RouteId route,
             const std::vector<KmHop>& hops,
             const std::set<NetworkRisk>& risks,
             uint64_t bps);

    /**
     * @brief Take a protection route out.
     * @param route its number; aborts if it is not there
     */
    void Remove(RouteId route);

    /**
     * @brief Whether a protection route is there.
     * @param route its number
     * @return true if so
     */
    bool Has(RouteId route) const;

    /**
     * @brief What a hop has to spare.
     * @param hop the hop
     * @return key rate, bit/s
     */
    uint64_t Get(const KmHop& hop) const;

    /**
     * @brief What a hop would have to spare with a further protection route.
     * @param hop the hop
     * @param risks the failures of its working route
     * @param bps what its session demands, bit/s
     * @return key rate, bit/s
     */
    uint64_t GetWith(const KmHop& hop, const std::set<NetworkRisk>& risks, uint64_t bps) const;

    /**
     * @brief What the failures that concern one of the routes move to a hop.
     * @param route a route that is there
     * @param hop one of its hops
     * @return key rate for the worst of them, with the route's own, bit/s
     */
    uint64_t GetFor(RouteId route, const KmHop& hop) const;

  private:
    /// A protection route.
    struct Claim
    {
        std::vector<KmHop> hops;     //!< its hops
        std::set<NetworkRisk> risks; //!< failures of its working route
        uint64_t bps;                //!< what its session demands, bit/s
    };

    /**
     * @brief What a failure moves to a hop.
     * @param hop the hop
     * @param risk the failure
     * @return key rate, bit/s
     */
    uint64_t GetSum(const KmHop& hop, const NetworkRisk& risk) const;

    std::map<RouteId, Claim> m_claims;                       //!< protection routes
    std::map<KmHop, std::map<NetworkRisk, uint64_t>> m_sums; //!< what failures move to hops, bit/s
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SHARED_SPARE_TABLE_H */
