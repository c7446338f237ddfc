/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KM_CONTROL_AGENT_H
#define QKDN_KM_CONTROL_AGENT_H

#include "qkdn-ck-messages.h"
#include "qkdn-controller-client.h"
#include "qkdn-controller-group.h"
#include "qkdn-key-session.h"
#include "qkdn-km-parts.h"
#include "qkdn-mk-messages.h"
#include "qkdn-protection-switcher.h"
#include "qkdn-route-provider.h"
#include "qkdn-route-selector.h"
#include "qkdn-route-set-control.h"
#include "qkdn-route-supervisor.h"

#include "ns3/callback.h"
#include "ns3/object.h"
#include "ns3/traced-callback.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief KM control and management (ITU-T Y.3802): which routes go through the key manager, and
 * which of them supplies each session whose master application is here.
 *
 * Routes come from a RouteProvider: the controller over Ck, or the KMs among themselves. Which of
 * the routes of a session is used is decided here, whether or not the provider answers. Without
 * one there are sessions of neighbours only.
 */
class KmControlAgent : public Object, public RouteProviderUser
{
  public:
    /// All QKD links of the KM.
    using LinkSource = Callback<std::vector<CkLinkState>>;

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    KmControlAgent();
    ~KmControlAgent() override;

    /**
     * @brief Set where it works.
     * @param parts the parts of the key manager
     * @param links tells all QKD links
     */
    void Configure(const KmParts& parts, LinkSource links);

    /**
     * @brief Set what is constant of a QKD link of the KM. Call it before the start.
     * @param description the link, its length and risk groups
     */
    void Describe(const CkLinkDescription& description);

    /**
     * @brief What is constant of a QKD link.
     * @param link the link
     * @return what Describe() was told, null if nothing
     */
    const CkLinkDescription* GetDescription(LinkId link) const;

    /**
     * @brief Set the name of the QKD node. Call it before the start.
     * @param name the name
     */
    void SetNodeName(const std::string& name);

    /**
     * @brief Set the controller.
     * @param local this end's address and port for Ck
     * @param controller its address and port
     */
    void SetController(const Address& local, const Address& controller);

    /**
     * @brief Add a controller that takes the place of the others if they fail. Call it after
     * SetController() and before sessions are added.
     * @param local own address and port for it, TCP and UDP
     * @param controller address and port of its end of Ck
     */
    void AddStandbyController(const Address& local, const Address& controller);

    /**
     * @brief Which of several controllers is obeyed.
     * @return the group, null with one controller or none
     */
    Ptr<ControllerGroup> GetControllerGroup() const;

    /**
     * @brief Set who gives routes, instead of a controller. Call it before sessions are added.
     * @param provider the provider; this object disposes of it
     */
    void SetRouteProvider(Ptr<RouteProvider> provider);

    /**
     * @brief Add a session that has an end here.
     * @param session the session
     */
    void AddSession(const KeySession& session);

    /**
     * @brief The process starts.
     * @param node its node
     */
    void Start(Ptr<Node> node);

    /// The process ends.
    void Stop();

    /**
     * @brief A QKD link has changed.
     * @param state how it is now
     * @param incident the failure behind it, or none
     */
    void LinkChanged(const CkLinkState& state, IncidentId incident);

    /**
     * @brief A hop can or cannot be used.
     * @param neighbour its other end
     * @param usable whether it can
     * @param incident the failure behind it, or none
     */
    void HopChanged(KmId neighbour, bool usable, IncidentId incident);

    /**
     * @brief Pools with a neighbour have been agreed.
     * @param neighbour the neighbour
     */
    void PeerUp(KmId neighbour);

    /**
     * @brief A message about routes.
     * @param peer the neighbour
     * @param type KX_ROUTE_SWITCH, KX_ROUTE_SWITCHED, KX_ROUTE_STATUS or a KxRoutingMessageType
     * @param packet message
     * @param incident the failure behind it, or none
     * @return false if it is malformed or out of place
     */
    bool HandleMessage(KmId peer, uint16_t type, Ptr<Packet> packet, IncidentId incident);

    /**
     * @brief Whether keys that were asked for can be had.
     * @param session their session
     * @param route the route in use
     * @param possible whether they can
     * @param incident the failure behind it, or none
     */
    void SupplyChanged(SessionId session, RouteId route, bool possible, IncidentId incident);

    /**
     * @brief The manager has a new policy.
     * @param policy the policy
     */
    void ApplyPolicy(const MkPolicy& policy);

    /**
     * @brief What supervises hops.
     * @return the supervisor
     */
    Ptr<RouteSupervisor> GetSupervisor() const;

    /**
     * @brief The KM's end of Ck.
     * @return the client
     */
    Ptr<ControllerClient> GetControllerClient() const;

    /**
     * @brief The connection to the controller that the KM obeys, of several.
     * @return the connection
     */
    Ptr<ControllerClient> GetObeyedClient() const;

    /**
     * @brief Who gives routes.
     * @return the provider, null without one
     */
    Ptr<RouteProvider> GetRouteProvider() const;

    /**
     * @brief What selects the route of a session.
     * @param session a session whose master application is here
     * @return the selector, null if there is none, as for sessions that use several routes at once
     */
    Ptr<RouteSelector> GetSelector(SessionId session) const;

    /**
     * @brief An operator at this KM gives a command for the routes of a session.
     * @param session the session
     * @param command the command
     * @param entity the route that a manual switch is to; no matter otherwise
     * @return what becomes of it; COMMAND_REJECTED_STATE also if its routes are not chosen here
     */
    CommandResult Command(SessionId session, SwitchRequest command, Entity entity);

    /**
     * @brief What chooses the routes of sessions that use several at once.
     * @return the control
     */
    const RouteSetControl& GetRouteSets() const;

    // from RouteProviderUser
    CkRegistration MakeRegistration() const override;
    bool InstallRoute(const KeyRoute& route, std::string& reason) override;
    bool ReleaseRoute(RouteId route, std::string& reason) override;
    bool UseRoutes(const CkSessionRoutes& routes,
                   IncidentId incident,
                   std::string& reason) override;

    /**
     * @brief TracedCallback signature of a route that is installed or over.
     * @param km the KM
     * @param route the route
     * @param installed true if it was installed
     */
    using RouteCallback = void (*)(KmId km, const KeyRoute& route, bool installed);

    /**
     * @brief TracedCallback signature of an event of a session's route.
     * @param km KM of the session's master application
     * @param session the session
     * @param route the route
     * @param kind what happens
     * @param trigger what made it fail; signal fail only
     * @param incident the failure behind it, or none
     */
    using RouteEventCallback = void (*)(KmId km,
                                        SessionId session,
                                        RouteId route,
                                        RouteEventKind kind,
                                        ResilienceTrigger trigger,
                                        IncidentId incident);

  protected:
    void DoDispose() override;

  private:
    /// A session whose master application is here and that uses one route at a time.
    struct Session
    {
        KeySession description;      //!< the session
        Ptr<RouteSelector> selector; //!< chooses its route
        bool stopped{false};         //!< extra traffic that a protection route stops
        std::vector<RouteId> beside; //!< routes that it uses together with its recovery route
        /// parts of its keys that go over the recovery route and those beside it
        std::map<RouteId, uint64_t> weights;
        std::vector<RouteId> used; //!< the routes that it uses together
    };

    /// @cond
    void Select(SessionId session, RouteId selected, RouteId previous, IncidentId incident);
    void Event(SessionId session,
               RouteId route,
               RouteEventKind kind,
               ResilienceTrigger trigger,
               KmId failedHop,
               IncidentId incident);
    void CommandChanged(SessionId session,
                        SwitchRequest command,
                        Entity entity,
                        CommandResult result);
    void StatusChanged(const KeyRoute& route, const KxRouteStatus& status, IncidentId incident);
    /// @endcond

    /**
     * @brief Whether routes are installed here.
     * @param routes the routes, those that are none aside
     * @param [out] reason why not
     * @return false if one is not
     */
    bool AreInstalled(const std::vector<RouteId>& routes, std::string& reason) const;

    /**
     * @brief The routes of a session that uses one at a time, or several recovery routes.
     * @param session the session
     * @param routes its routes
     * @param incident the failure behind it, or none
     * @param [out] reason why not
     * @return false if that is not possible
     */
    bool UseOneRoute(Session& session,
                     const CkSessionRoutes& routes,
                     IncidentId incident,
                     std::string& reason);

    /**
     * @brief Void keys that the slave's KM may not know to be void.
     * @param keys the keys, of sessions whose master is here
     */
    void VoidOverNextRoute(const std::vector<KsaKeyId>& keys);

    /**
     * @brief A route does not go through here any more.
     * @param route a copy of it
     */
    void RemoveRoute(const KeyRoute& route);

    /**
     * @brief Make a session use its selected route, or none if it is stopped.
     * @param session the session
     */
    void Apply(Session& session);

    /**
     * @brief The routes that a session is to use together: those beside its recovery route that
     * have not failed, or all of them if all have.
     * @param session the session
     * @return the routes, the recovery route first if it is good; empty if it uses one alone
     */
    std::vector<RouteId> GetTogether(const Session& session) const;

    /**
     * @brief A route of a session has failed or is good again: leave it out, or use it again.
     * @param session the session
     * @param incident the failure behind it, or none
     */
    void ReviewTogether(Session& session, IncidentId incident);

    /**
     * @brief What is on its way over a route is void, and made anew.
     * @param route the route
     * @param incident the failure behind it
     */
    void Abandon(RouteId route, IncidentId incident);

    /**
     * @brief Whether a protection route stops the traffic on a route.
     * @param route the route, may be null
     * @return true if it is a route of extra traffic and pre-empted
     */
    bool IsStopped(const KeyRoute* route) const;

    /**
     * @brief After a crash, when a session has its routes again: tell which one it uses and which
     * are good. Controllers still know what was so before the crash.
     * @param id the session
     */
    void TellAfterCrash(SessionId id);

    /**
     * @brief Tell controllers, which are processes of their own, of something that is no event.
     * @param session the session
     * @param route the route
     * @param kind what is so
     */
    void Tell(const KeySession& session, RouteId route, RouteEventKind kind);

    /**
     * @brief A protection route is used or no longer: stop or resume extra traffic from here.
     * @param incident the failure behind it, or none
     */
    void ReviewExtraTraffic(IncidentId incident);

    /**
     * @brief All KMs of a protection route know that it is used or no longer.
     * @param session the session
     * @param selected the route that the session uses from then on
     */
    void SwitchAcknowledged(SessionId session, RouteId selected);

    /**
     * @brief Set attribute RepeatInterval.
     * @param interval time until the switch of a route is told again
     */
    void SetRepeatInterval(Time interval);

    /**
     * @brief Get attribute RepeatInterval.
     * @return time until the switch of a route is told again
     */
    Time GetRepeatInterval() const;

    KmParts m_parts;                                    //!< parts of the KM
    LinkSource m_links;                                 //!< tells all QKD links
    std::map<LinkId, CkLinkDescription> m_descriptions; //!< what is constant of them
    std::string m_nodeName;                             //!< name of the QKD node
    Ptr<RouteSupervisor> m_supervisor;                  //!< supervises hops
    Ptr<ControllerClient> m_client;                     //!< Ck
    Ptr<RouteProvider> m_provider;                      //!< gives routes, null without
    IncidentSource m_incidents;                         //!< ids of failures seen here
    std::map<SessionId, Session> m_sessions; //!< sessions whose master is here, one route each
    RouteSetControl m_routeSets;             //!< those that use several routes at once
    MkPolicy m_policy;                       //!< policy of the manager
    ProtectionSwitcher m_switcher;           //!< switches protection routes
    bool m_running{false};                   //!< process runs
    std::set<SessionId> m_toTell;            //!< sessions that TellAfterCrash() is due for

    TracedCallback<KmId, const KeyRoute&, bool> m_routeTrace; //!< Route
    TracedCallback<KmId, SessionId, RouteId, RouteEventKind, ResilienceTrigger, IncidentId>
        m_routeEventTrace;                                                          //!< RouteEvent
    TracedCallback<SessionId, SwitchRequest, Entity, CommandResult> m_commandTrace; //!< Command
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KM_CONTROL_AGENT_H */
