/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_ROUTE_PROVIDER_H
#define QKDN_ROUTE_PROVIDER_H

#include "qkdn-ck-messages.h"
#include "qkdn-key-session.h"
#include "qkdn-km-neighbour.h"
#include "qkdn-kx-channel.h"
#include "qkdn-route-table.h"

#include "ns3/node.h"
#include "ns3/object.h"

#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What carries out what a route provider says: the KM.
 *
 * Every command may come again. A method that refuses one says why in @p reason.
 */
class RouteProviderUser
{
  public:
    virtual ~RouteProviderUser() = default;

    /**
     * @brief All QKD links as they are now.
     * @return the registration
     */
    virtual CkRegistration MakeRegistration() const = 0;

    /**
     * @brief Install a route that goes through this KM.
     * @param route the route: numbered, of a numbered session, with this KM on it once
     * @param [out] reason why it is refused
     * @return false if it is refused
     */
    virtual bool InstallRoute(const KeyRoute& route, std::string& reason) = 0;

    /**
     * @brief Forget a route. One that is not known is done already.
     * @param route its number
     * @param [out] reason why it is refused
     * @return false if it is refused
     */
    virtual bool ReleaseRoute(RouteId route, std::string& reason) = 0;

    /**
     * @brief Use these routes for a session.
     * @param routes the routes, of a session that was added to the provider
     * @param incident the failure behind it, or none
     * @param [out] reason why it is refused
     * @return false if it is refused
     */
    virtual bool UseRoutes(const CkSessionRoutes& routes,
                           IncidentId incident,
                           std::string& reason) = 0;
};

/// Where a route provider works.
struct RouteProviderPlace
{
    KmId self;                               //!< the KM
    KxChannel* channel{nullptr};             //!< sends messages on Kx
    const RouteTable* routes{nullptr};       //!< routes installed at the KM
    const KmNeighbours* neighbours{nullptr}; //!< neighbouring KMs
    RouteProviderUser* user{nullptr};        //!< carries out what it says
};

/**
 * @ingroup qkdn-resilience
 * @brief Gives a KM the key relay routes of the sessions whose master application is there, and
 * says which routes of others go through it: a controller (ControllerClient), or the KMs among
 * themselves (LinkStateRouteProvider).
 *
 * It is told what happens to QKD links, neighbours and routes, and says through RouteProviderUser
 * what is to be done. Which of the routes of a session is used is decided by the KM.
 */
class RouteProvider : public Object
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @brief Set where it works. Called once, before all else.
     * @param place the KM; its parts must outlive this object or dispose of it
     */
    virtual void Attach(const RouteProviderPlace& place) = 0;

    /**
     * @brief The process starts, also again after Stop().
     * @param node its node
     */
    virtual void Start(Ptr<Node> node) = 0;

    /// The process ends: what was learnt is lost, sessions are not, as they are configured.
    virtual void Stop() = 0;

    /**
     * @brief Find routes for a session.
     * @param session the session; aborts if this is not the KM of its master application
     */
    virtual void AddSession(const KeySession& session) = 0;

    /**
     * @brief A QKD link or its pool has changed.
     * @param state how it is now
     * @param incident the failure behind it, or none
     */
    virtual void ReportLink(const CkLinkState& state, IncidentId incident) = 0;

    /**
     * @brief Something has happened to a route of a session that was added.
     * @param event the event
     * @param incident the failure behind it
     */
    virtual void ReportRouteEvent(const CkRouteEvent& event, IncidentId incident) = 0;

    /**
     * @brief Whether it finds routes for sessions that use several at once.
     * @return false unless overridden
     */
    virtual bool GivesSeveralRoutes() const;

    /**
     * @brief A hop can or cannot be used. Ignored unless overridden.
     * @param neighbour its other end
     * @param usable whether it can
     * @param incident the failure behind it, or none
     */
    virtual void HopChanged(KmId neighbour, bool usable, IncidentId incident);

    /**
     * @brief Pools with a neighbour have been agreed: messages reach it. Ignored unless overridden.
     * @param neighbour the neighbour
     */
    virtual void PeerUp(KmId neighbour);

    /**
     * @brief A message of KxRoutingMessageType. Out of place unless overridden.
     * @param peer the neighbour
     * @param type its type
     * @param packet message
     * @param incident the failure behind it, or none
     * @return false if it is malformed or out of place
     */
    virtual bool HandleMessage(KmId peer,
                               uint16_t type,
                               Ptr<const Packet> packet,
                               IncidentId incident);
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_ROUTE_PROVIDER_H */
