/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_ROUTE_SIGNALLER_H
#define QKDN_ROUTE_SIGNALLER_H

#include "qkdn-kx-routing-messages.h"
#include "qkdn-route-provider.h"

#include "ns3/callback.h"
#include "ns3/event-id.h"
#include "ns3/nstime.h"

#include <map>
#include <set>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Sets key relay routes up and tears them down by messages that travel along them from KM
 * to KM, at one KM.
 *
 * The source names all KMs of the route. Each KM installs it and passes the message on; the end
 * answers, and the answer travels back. A KM that cannot pass a new route on answers instead, and
 * all KMs on the way back release it. A route is soft state (as in RSVP, RFC 2205): its source
 * repeats the message three times in its lifetime, and a KM that hears nothing for a lifetime
 * releases the route. A KM repeats it by itself to the next KM when they have agreed their pools
 * anew, because that one may have lost its routes in a crash.
 *
 * A repetition never ends a route: that a hop fails is told by RouteSupervisor.
 */
class RouteSignaller
{
  public:
    /// A route whose source is here is installed at all its KMs for the first time, or cannot be.
    using ResultCallback = Callback<void, const KxRouteSetUpAnswer&, IncidentId>;
    /// The demand on hops has changed.
    using DemandCallback = Callback<void>;

    RouteSignaller() = default;
    ~RouteSignaller();
    RouteSignaller(const RouteSignaller&) = delete;
    RouteSignaller& operator=(const RouteSignaller&) = delete;

    /**
     * @brief Set where it works.
     * @param place the KM
     */
    void Configure(const RouteProviderPlace& place);

    /**
     * @brief Set who is told.
     * @param result told of routes whose source is here
     * @param demand told that GetDemandBps() may have changed
     */
    void SetCallbacks(ResultCallback result, DemandCallback demand);

    /**
     * @brief Set its times.
     * @param lifetime lifetime of routes whose source is here
     * @param timeout longest time from the first message to its answer
     */
    void SetTiming(Time lifetime, Time timeout);

    /**
     * @brief Set up a route whose source is here. The result comes later, in an event of its own.
     * @param route the route, with a number from NextRoute()
     * @param demandBps key that its session asks for, bit/s
     * @param incident the failure behind it, or none
     */
    void SetUp(const KeyRoute& route, uint64_t demandBps, IncidentId incident);

    /**
     * @brief End a route whose source is here; one that is not known is over.
     * @param route the route
     * @param incident the failure behind it, or none
     */
    void TearDown(RouteId route, IncidentId incident);

    /**
     * @brief A number for a new route. It holds the number of the KM and a counter, which a crash
     * does not set back.
     * @return a number that no route has
     */
    RouteId NextRoute();

    /**
     * @brief A hop from here can or cannot be used.
     * @param neighbour its other end
     * @param usable whether it can
     * @param incident the failure behind it, or none
     */
    void HopChanged(KmId neighbour, bool usable, IncidentId incident);

    /**
     * @brief A neighbour can be reached: tell it its routes again.
     * @param neighbour the neighbour
     */
    void PeerUp(KmId neighbour);

    /**
     * @brief A message about a route.
     * @param peer the neighbour
     * @param type KX_ROUTE_SET_UP, KX_ROUTE_SET_UP_ANSWER or KX_ROUTE_TEAR_DOWN
     * @param packet message
     * @param incident the failure behind it, or none
     * @return false if it is malformed or out of place
     */
    bool HandleMessage(KmId peer, uint16_t type, Ptr<const Packet> packet, IncidentId incident);

    /**
     * @brief The demand of all routes over a hop, those of protection included.
     * @param neighbour its other end
     * @return bit/s
     */
    uint64_t GetDemandBps(KmId neighbour) const;

    /// The process ends: all routes are forgotten.
    void Stop();

  private:
    /// A route through this KM.
    struct Entry
    {
        KxRouteSetUp message;  //!< as it came, or was made here
        bool confirmed{false}; //!< the end has answered
        EventId timer;         //!< source: next repetition, or time-out; others: end of life
    };

    /// @cond
    bool HandleSetUp(KmId peer, Ptr<const Packet> packet, IncidentId incident);
    bool HandleAnswer(KmId peer, Ptr<const Packet> packet, IncidentId incident);
    bool HandleTearDown(KmId peer, Ptr<const Packet> packet, IncidentId incident);
    /// @endcond

    /**
     * @brief A route is told again that this KM has forgotten, with what it said of its hop: take
     * that back. What still fails is said anew when the route is installed or the hop is known.
     * @param route the route
     * @param previous the KM before
     */
    void TakeBackStatus(const KeyRoute& route, KmId previous);

    /**
     * @brief Install a route here and pass it on, or answer at its end.
     * @param message the message
     * @param incident the failure behind it, or none
     * @return none, or why it cannot be; then it is not installed
     */
    KxFailure Enter(const KxRouteSetUp& message, IncidentId incident);

    /**
     * @brief Pass a message on to the next KM.
     * @param entry the route
     * @param incident the failure behind it, or none
     * @return false if it cannot be reached
     */
    bool SendOn(const Entry& entry, IncidentId incident);

    /**
     * @brief Answer the KM before, or tell the result at the source; after a failure the route is
     * released here.
     * @param answer the answer
     * @param incident the failure behind it, or none
     */
    void Answer(const KxRouteSetUpAnswer& answer, IncidentId incident);

    /**
     * @brief A new route cannot be set up: answer so.
     * @param route the route; one that is not known is over
     * @param failure why
     * @param incident the failure behind it, or none
     */
    void Refuse(RouteId route, KxFailure failure, IncidentId incident);

    /**
     * @brief Forget a route here.
     * @param route the route
     */
    void Release(RouteId route);

    /**
     * @brief The source repeats its message.
     * @param route the route
     */
    void Refresh(RouteId route);

    /**
     * @brief No answer came, or no repetition.
     * @param route the route
     */
    void Timeout(RouteId route);

    /**
     * @brief Whether the source of a route is here.
     * @param route the route
     * @return true if so
     */
    bool IsSource(const KeyRoute& route) const;

    RouteProviderPlace m_place;          //!< the KM
    ResultCallback m_result;             //!< told of routes whose source is here
    DemandCallback m_demand;             //!< told of demand
    Time m_lifetime;                     //!< of routes whose source is here
    Time m_timeout;                      //!< longest time to an answer
    std::set<KmId> m_usable;             //!< neighbours to which the hop can be used
    std::map<RouteId, Entry> m_routes;   //!< routes through here
    std::map<RouteId, EventId> m_failed; //!< results that are told in the next event
    uint32_t m_number{0};                //!< number of the last message
    uint32_t m_lastRoute{0};             //!< counter of route numbers
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_ROUTE_SIGNALLER_H */
