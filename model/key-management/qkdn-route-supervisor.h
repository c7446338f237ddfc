/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_ROUTE_SUPERVISOR_H
#define QKDN_ROUTE_SUPERVISOR_H

#include "qkdn-demand-meter.h"
#include "qkdn-km-neighbour.h"
#include "qkdn-kx-channel.h"
#include "qkdn-kx-relay-messages.h"
#include "qkdn-route-table.h"

#include "ns3/callback.h"
#include "ns3/object.h"

#include <map>
#include <tuple>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Supervises the hop from this KM to the next one of each installed route, and tells the
 * source of the route by KX_ROUTE_STATUS when the hop fails and when it is well again.
 *
 * Messages go from KM to KM towards the source. What a KM on the way knows is told again when the
 * KM before it can be reached again.
 */
class RouteSupervisor : public Object
{
  public:
    /// Told at the source: route, status, the failure behind it.
    using StatusCallback = Callback<void, const KeyRoute&, const KxRouteStatus&, IncidentId>;

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @brief Set where it works.
     * @param self this KM
     * @param channel sends messages
     * @param routes installed routes
     * @param neighbours neighbouring KMs
     * @param callback told of the routes whose source is here
     */
    void Configure(KmId self,
                   KxChannel* channel,
                   const RouteTable* routes,
                   const KmNeighbours* neighbours,
                   StatusCallback callback);

    /**
     * @brief Whether a hop can be used: a QKD link generates and the neighbour answers.
     * @param neighbour the other end of the hop
     * @param usable whether it can
     * @param incident the failure behind it, or none
     */
    void SetUsable(KmId neighbour, bool usable, IncidentId incident);

    /**
     * @brief Key was generated for a pool.
     * @param neighbour the other end of the hop
     * @param bits number of bits
     */
    void NoteGenerated(KmId neighbour, uint64_t bits);

    /**
     * @brief The level of a pool has changed.
     * @param neighbour the other end of the hop
     */
    void PoolChanged(KmId neighbour);

    /**
     * @brief How long the pool of a hop will serve the demand.
     * @param neighbour the other end of the hop
     * @return the time, Time::Max() if supply suffices
     */
    Time PredictHoldOver(KmId neighbour) const;

    /**
     * @brief Whether the pool of a hop runs out soon, or has not recovered from that.
     * @param neighbour the other end of the hop
     * @return true if its pool is low
     */
    bool IsLow(KmId neighbour) const;

    /**
     * @brief A route was installed: tell its source what fails already.
     * @param route the route
     */
    void RouteInstalled(const KeyRoute& route);

    /**
     * @brief A route is over.
     * @param route its number
     */
    void RouteReleased(RouteId route);

    /**
     * @brief A neighbour can be reached: tell it again what sources have to know.
     * @param neighbour the neighbour
     */
    void PeerUp(KmId neighbour);

    /**
     * @brief A status of a hop further on.
     * @param peer the next KM
     * @param packet message
     * @param incident the failure behind it, or none
     * @return false if it is malformed or out of place
     */
    bool HandleStatus(KmId peer, Ptr<Packet> packet, IncidentId incident);

    /**
     * @brief A relay that was refused here for its next hop could go on now: tell the source.
     * @param route its route
     */
    void SupplyPossible(const KeyRoute& route);

    /// The process ends: forget what others have told.
    void Reset();

  protected:
    void DoDispose() override;

  private:
    /// The hop to a neighbour.
    struct Hop
    {
        bool known{false};     //!< it could be used before
        bool usable{false};    //!< it can be used
        bool low{false};       //!< its pool runs out soon
        IncidentId incident;   //!< failure behind it, or none
        DemandMeter generated; //!< key generated for its pool
    };

    /// A condition of a hop of a route.
    using StatusKey = std::tuple<RouteId, KmId, ResilienceTrigger>;

    /// What the source has to know of it.
    struct Status
    {
        KxRouteStatus message; //!< the status
        IncidentId incident;   //!< the failure behind it
    };

    /**
     * @brief Tell the sources of all routes over a hop.
     * @param neighbour the other end of the hop
     * @param condition the condition
     * @param failed whether it holds
     */
    void TellAll(KmId neighbour, ResilienceTrigger condition, bool failed);

    /**
     * @brief Pass a status on to the source.
     * @param route the route
     * @param status the status
     * @param incident the failure behind it
     */
    void Tell(const KeyRoute& route, const KxRouteStatus& status, IncidentId incident);

    /**
     * @brief The hop of a route from this KM.
     * @param neighbour the other end
     * @return its entry
     */
    Hop& GetHop(KmId neighbour);

    Time m_lowMargin;                          //!< attribute PoolLowMargin
    uint64_t m_recoverBits;                    //!< attribute PoolRecoverBits
    KmId m_self;                               //!< this KM
    KxChannel* m_channel{nullptr};             //!< sends messages
    const RouteTable* m_routes{nullptr};       //!< installed routes
    const KmNeighbours* m_neighbours{nullptr}; //!< neighbouring KMs
    StatusCallback m_callback;                 //!< told of routes whose source is here
    std::map<KmId, Hop> m_hops;                //!< by neighbour
    std::map<StatusKey, Status> m_statuses;    //!< what the sources have to know
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_ROUTE_SUPERVISOR_H */
