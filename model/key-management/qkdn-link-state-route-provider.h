/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_LINK_STATE_ROUTE_PROVIDER_H
#define QKDN_LINK_STATE_ROUTE_PROVIDER_H

#include "qkdn-link-state-flooding.h"
#include "qkdn-link-state-session-control.h"
#include "qkdn-route-provider.h"
#include "qkdn-route-signaller.h"

#include "ns3/traced-callback.h"

#include <map>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Routing without a controller: the KMs tell each other the states of their hops by
 * advertisements that are flooded over Kx (LinkStateFlooding); the KM of the master finds routes
 * for its sessions (LinkStateSessionControl) and sets them up along themselves (RouteSignaller).
 *
 * Ways that nobody oversees are left out: sessions of extra traffic, and sessions that have to
 * stop for others. Instead of admission each KM advertises what the demand of the routes over a
 * hop leaves of its key rate.
 */
class LinkStateRouteProvider : public RouteProvider, public LinkStateObserver
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    LinkStateRouteProvider();
    ~LinkStateRouteProvider() override;

    /**
     * @brief Whether a class of resilience needs no controller.
     * @param resilienceClass the class
     * @return true for unprotected, route-1:1 and restoration
     */
    static bool Serves(ResilienceClass resilienceClass);

    /**
     * @brief What the KM knows of the network.
     * @return the database
     */
    const LinkStateDatabase& GetDatabase() const;

    // from RouteProvider
    void Attach(const RouteProviderPlace& place) override;
    void Start(Ptr<Node> node) override;
    void Stop() override;
    void AddSession(const KeySession& session) override;
    void ReportLink(const CkLinkState& state, IncidentId incident) override;
    void ReportRouteEvent(const CkRouteEvent& event, IncidentId incident) override;
    void HopChanged(KmId neighbour, bool usable, IncidentId incident) override;
    void PeerUp(KmId neighbour) override;
    bool HandleMessage(KmId peer,
                       uint16_t type,
                       Ptr<const Packet> packet,
                       IncidentId incident) override;

    // from LinkStateObserver
    void SessionInformed(SessionId session, IncidentId incident) override;
    void SessionDecision(SessionId session, RouteId from, RouteId to, IncidentId incident) override;
    void SessionCompleted(SessionId session, RouteId route, IncidentId incident) override;

    /**
     * @brief TracedCallback signature of a failure of a session's route.
     * @param session the session
     * @param incident the failure
     */
    using InformedCallback = void (*)(SessionId session, IncidentId incident);

    /**
     * @brief TracedCallback signature of a decision.
     * @param session the session
     * @param from route before
     * @param to route after, or none if none was found
     * @param incident the failure
     */
    using DecisionCallback = void (*)(SessionId session,
                                      RouteId from,
                                      RouteId to,
                                      IncidentId incident);

    /**
     * @brief TracedCallback signature of the end of a recovery action.
     * @param session the session
     * @param route route in use
     * @param incident the failure
     */
    using CompletedCallback = void (*)(SessionId session, RouteId route, IncidentId incident);

    /**
     * @brief TracedCallback signature of what becomes of an advertisement.
     * @param km the KM where that is
     * @param origin whose it is
     * @param sequence number of its issue
     * @param fate what becomes of it
     */
    using AdvertisementCallback = void (*)(KmId km,
                                           KmId origin,
                                           uint64_t sequence,
                                           LinkStateFate fate);

  protected:
    void DoDispose() override;

  private:
    /// Advertise the own hops if that is due.
    void Advertise(IncidentId incident);

    /// @cond
    void DemandChanged();
    void DatabaseChanged(IncidentId incident);
    void AdvertisementSeen(const LinkStateHeader& header, LinkStateFate fate);
    /// @endcond

    /**
     * @brief The own hops as they are.
     * @return in order of neighbour
     */
    std::vector<LinkStateHop> MakeHops() const;

    /**
     * @brief Whether an amount has changed enough to be told.
     * @param before what was told
     * @param after what it is
     * @return true if so
     */
    bool HasChanged(uint64_t before, uint64_t after) const;

    double m_reportChange{0};              //!< attribute ReportChange
    Time m_routeLifetime;                  //!< attribute RouteLifetime
    Time m_setUpTimeout;                   //!< attribute SetUpTimeout
    RouteCost m_cost{ROUTE_COST_HOPS};     //!< attribute RouteCost
    Time m_refresh;                        //!< attribute RefreshInterval
    Time m_maxAge;                         //!< attribute MaxAge
    Time m_minInterval;                    //!< attribute MinInterval
    Time m_amountInterval;                 //!< attribute AmountInterval
    Time m_settle;                         //!< attribute SettleTime
    Time m_decision;                       //!< attribute DecisionTime
    Time m_retry;                          //!< attribute RetryTime
    uint32_t m_maxHops{0};                 //!< attribute MaxHops
    bool m_abandon{false};                 //!< attribute AbandonOnToleration
    RouteProviderPlace m_place;            //!< the KM
    bool m_running{false};                 //!< the process runs
    LinkStateFlooding m_flooding;          //!< advertisements
    RouteSignaller m_signaller;            //!< routes through here
    LinkStateSessionControl m_sessions;    //!< sessions whose master is here
    std::map<LinkId, CkLinkState> m_links; //!< QKD links of the KM
    std::vector<LinkStateHop> m_told;      //!< own hops as they were advertised last

    TracedCallback<SessionId, IncidentId> m_informedTrace;                    //!< Informed
    TracedCallback<SessionId, RouteId, RouteId, IncidentId> m_decisionTrace;  //!< Decision
    TracedCallback<SessionId, RouteId, IncidentId> m_completedTrace;          //!< Completed
    TracedCallback<KmId, KmId, uint64_t, LinkStateFate> m_advertisementTrace; //!< Advertisement
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_LINK_STATE_ROUTE_PROVIDER_H */
