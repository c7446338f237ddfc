/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_PROTECTION_SWITCHER_H
#define QKDN_PROTECTION_SWITCHER_H

#include "qkdn-extra-traffic-gate.h"
#include "qkdn-kx-channel.h"
#include "qkdn-kx-relay-messages.h"
#include "qkdn-route-table.h"

#include "ns3/callback.h"
#include "ns3/event-id.h"
#include "ns3/nstime.h"

#include <map>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Takes protection routes into use and out of it: stops or resumes the extra traffic on
 * their hops at this KM, and tells the other KMs of the route by KX_ROUTE_SWITCH, again and again
 * until its end has answered.
 */
class ProtectionSwitcher
{
  public:
    /// Extra traffic may have been stopped or resumed: the failure behind it, or none.
    using AppliedCallback = Callback<void, IncidentId>;
    /// All KMs of a route know: session, the route that it uses from then on.
    using AcknowledgedCallback = Callback<void, SessionId, RouteId>;

    /// A switch of a protection route.
    struct Switch
    {
        SessionId session;                            //!< the session that it is for
        RouteId selected;                             //!< route of the session from now on
        bool active{false};                           //!< whether the protection route is used
        PreemptionMode preemption{PREEMPTION_STRICT}; //!< what it does to extra traffic
        IncidentId incident;                          //!< the failure behind it, or none
    };

    ProtectionSwitcher() = default;
    ~ProtectionSwitcher();
    ProtectionSwitcher(const ProtectionSwitcher&) = delete;
    ProtectionSwitcher& operator=(const ProtectionSwitcher&) = delete;

    /**
     * @brief Set where it works.
     * @param channel sends messages
     * @param routes installed routes
     * @param gate stops extra traffic
     */
    void Configure(KxChannel* channel, const RouteTable* routes, ExtraTrafficGate* gate);

    /**
     * @brief Set who is told.
     * @param applied told of each switch of a route through this KM
     * @param acknowledged told of switches that began here and are known to all KMs
     */
    void SetCallbacks(AppliedCallback applied, AcknowledgedCallback acknowledged);

    /**
     * @brief Set how long to wait for an answer.
     * @param interval time until a switch is told again
     */
    void SetInterval(Time interval);

    /**
     * @brief How long to wait for an answer.
     * @return time until a switch is told again
     */
    Time GetInterval() const;

    /**
     * @brief Switch a route here, and tell its other KMs.
     * @param route the route, whose source is here
     * @param change what to do
     */
    void Start(const KeyRoute& route, const Switch& change);

    /**
     * @brief A switch, or the answer to one.
     * @param peer the neighbour
     * @param type message type
     * @param packet message
     * @param incident the failure behind it
     * @return false if it is malformed or out of place
     */
    bool Handle(KmId peer, uint16_t type, Ptr<Packet> packet, IncidentId incident);

    /// Tell again what was not acknowledged.
    void Repeat();

    /**
     * @brief A route is over: it is not used any more.
     * @param route a copy of it
     */
    void Release(const KeyRoute& route);

    /// Forget what was not acknowledged.
    void Reset();

  private:
    /// A switch that was not acknowledged.
    struct Pending
    {
        Switch change;         //!< the switch
        KxRouteSwitch message; //!< what was told
    };

    /**
     * @brief Stop or resume extra traffic from here.
     * @param route the route
     * @param message how
     * @param incident the failure behind it, or none
     */
    void Apply(const KeyRoute& route, const KxRouteSwitch& message, IncidentId incident);

    KxChannel* m_channel{nullptr};        //!< sends messages
    const RouteTable* m_routes{nullptr};  //!< installed routes
    ExtraTrafficGate* m_gate{nullptr};    //!< stops extra traffic
    AppliedCallback m_applied;            //!< told of switches here
    AcknowledgedCallback m_acknowledged;  //!< told of switches that all know
    Time m_interval;                      //!< time until a repetition
    std::map<RouteId, Pending> m_pending; //!< by protection route
    uint32_t m_last{0};                   //!< number of the newest switch
    EventId m_repeat;                     //!< next repetition
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_PROTECTION_SWITCHER_H */
