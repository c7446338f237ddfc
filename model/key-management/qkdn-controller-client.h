/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CONTROLLER_CLIENT_H
#define QKDN_CONTROLLER_CLIENT_H

#include "qkdn-ck-messages.h"
#include "qkdn-ck-role-messages.h"
#include "qkdn-ck-usage-report.h"
#include "qkdn-key-session.h"
#include "qkdn-route-event-store.h"
#include "qkdn-route-provider.h"

#include "ns3/event-id.h"
#include "ns3/node.h"
#include "ns3/object.h"
#include "ns3/qkdn-supervised-endpoint.h"
#include "ns3/traced-callback.h"

#include <functional>
#include <map>
#include <string>

namespace ns3
{
namespace qkdn
{

/// What carries out the commands of the controller: the KM.
using ControllerClientUser = RouteProviderUser;

/**
 * @ingroup qkdn-resilience
 * @brief The KM's end of reference point Ck: talks to the controller, decides nothing.
 *
 * After each connection it registers, repeats what may have been lost (reports with incidents,
 * events of routes, and what of them lasts; see RouteEventStore) and requests all sessions; a
 * request is repeated until CK_SESSION_ROUTES for it has come over this connection and was
 * accepted. So the controller may hear of an event or a session more than once. Hellos find out
 * when the controller is not reachable.
 */
class ControllerClient : public RouteProvider
{
  public:
    /// Told that the controller says it is the active one.
    using RoleFunction = std::function<void(const ControllerTerm&)>;

    /// Says whether commands are carried out, and why not if not.
    using ObeyFunction = std::function<bool(std::string&)>;

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    ControllerClient();
    ~ControllerClient() override;

    /**
     * @brief Set who this is. Call it first.
     * @param self the KM
     */
    void Configure(KmId self);

    /**
     * @brief Set who carries out commands. Call it before Start().
     * @param user the KM; it must outlive this client or dispose of it
     */
    void SetCallbacks(ControllerClientUser* user);

    /**
     * @brief Set the addresses for Start(). Call it before.
     * @param local own address and port
     * @param controller address and port of the controller's end
     */
    void SetAddresses(const Address& local, const Address& controller);

    /**
     * @brief Begin, also again after Stop().
     * @param node the ns-3 node
     * @param local own address and port, TCP and UDP; aborts if they differ from those before
     * @param controller address and port of the controller's end; the same holds
     */
    void Start(Ptr<Node> node, const Address& local, const Address& controller);

    /**
     * @brief Set who decides which of several controllers is obeyed; without it CK_ROLE is not
     * understood.
     * @param role told of CK_ROLE
     */
    void SetRoleFunction(RoleFunction role);

    /**
     * @brief Set who decides whether commands of this controller are carried out; without this
     * call they are.
     * @param obey asked before each command
     */
    void SetObeyFunction(ObeyFunction obey);

    /**
     * @brief Say whether the controller is obeyed; it is unless this says otherwise. One that is
     * not is told of links, but of no session and no event: these are kept until it is.
     * @param active whether it is
     */
    void SetActive(bool active);

    /**
     * @brief Send a message.
     * @param type its type
     * @param body its body
     * @param incident the failure behind it, or none
     * @return false if the controller is not reachable or the queue is full
     */
    bool Send(uint16_t type, Ptr<Packet> body, IncidentId incident = IncidentId());

    // from RouteProvider
    bool GivesSeveralRoutes() const override;
    void Attach(const RouteProviderPlace& place) override;
    void Start(Ptr<Node> node) override;

    /// Stop as a process that crashes: what was kept for the controller is lost, sessions are
    /// not, as they are configured.
    void Stop() override;

    /**
     * @brief Request routes for a session.
     * @param session the session; aborts if this is not the KM of its master application
     */
    void AddSession(const KeySession& session) override;

    /**
     * @brief Tell a change of a link, if the controller is reachable.
     *
     * A change of status or of the neighbour's state is told at once, pool level and key rate
     * as attributes ReportInterval and ReportChange allow.
     *
     * @param state how it is now
     * @param incident the failure behind it, or none
     */
    void ReportLink(const CkLinkState& state, IncidentId incident) override;

    /**
     * @brief Tell an event of a route, or keep it until the controller is reachable.
     * @param event the event
     * @param incident the failure behind it
     */
    void ReportRouteEvent(const CkRouteEvent& event, IncidentId incident) override;

    /**
     * @brief Tell what sessions have used.
     * @param report the report
     * @return false if the controller is not reachable or the queue is full
     */
    bool ReportUsage(const CkUsageReport& report);

    /**
     * @brief The key rate that the controller has granted a session.
     * @param session a session that was added; aborts otherwise
     * @return what the session asks for, or what the controller said instead, bit/s
     */
    uint64_t GetGrantedBps(SessionId session) const;

    /**
     * @brief Number of connections so far, so that others can tell a new one.
     * @return 0 before the first
     */
    uint64_t GetConnections() const;

    /**
     * @brief Whether the controller is reachable, as far as is known.
     * @return true if there is a connection
     */
    bool IsUp() const;

    /**
     * @brief The endpoint of Ck.
     * @return the endpoint
     */
    Ptr<MessageEndpoint> GetEndpoint() const;

    /**
     * @brief What finds out whether the controller is reachable.
     * @return the agent
     */
    Ptr<HelloAgent> GetHelloAgent() const;

    /**
     * @brief TracedCallback signature of a message that is not understood.
     * @param type its type
     */
    using BadMessageCallback = void (*)(uint16_t type);

    /**
     * @brief TracedCallback signature of a key rate that a session is granted.
     * @param session the session
     * @param bps the key rate, bit/s
     */
    using SessionRateCallback = void (*)(SessionId session, uint64_t bps);

  protected:
    void DoDispose() override;

  private:
    /// A session.
    struct Session
    {
        KeySession description; //!< the session
        bool answered{false};   //!< its routes have come over this connection
        uint64_t grantedBps{0}; //!< key rate that it is granted, bit/s
    };

    /// A link.
    struct Link
    {
        CkLinkState told;    //!< as the controller was told
        CkLinkState newest;  //!< as it is
        IncidentId incident; //!< failure behind its newest change of status, or none
        Time changed;        //!< when that was
        Time reported;       //!< when the controller was told
        EventId report;      //!< tells it again
    };

    /**
     * @brief The controller is connected or not.
     * @param peer the controller
     * @param up true if it is
     */
    void PeerConnected(PeerId peer, bool up);

    /**
     * @brief A message.
     * @param peer the controller
     * @param type its type
     * @param body its body
     * @param incident the failure behind it
     */
    void Receive(PeerId peer, uint16_t type, Ptr<Packet> body, IncidentId incident);

    /**
     * @brief Carry out a command.
     * @param type its type
     * @param body its body
     * @param incident the failure behind it
     * @return false if it is not understood
     */
    bool Dispatch(uint16_t type, Ptr<const Packet> body, IncidentId incident);

    /**
     * @brief Install a route.
     * @param route the route
     * @param [out] reason why not
     * @return false if it is refused
     */
    bool Install(const KeyRoute& route, std::string& reason);

    /**
     * @brief Use the routes of a session.
     * @param routes the routes
     * @param incident the failure behind it
     * @param [out] reason why not
     * @return false if it is refused
     */
    bool Use(const CkSessionRoutes& routes, IncidentId incident, std::string& reason);

    /**
     * @brief Answer a command.
     * @param command its number
     * @param done whether it was carried out
     * @param reason why not
     * @param incident the failure behind it
     */
    void Acknowledge(uint32_t command, bool done, const std::string& reason, IncidentId incident);

    /// Forget what belongs to a connection, after its end.
    void ConnectionOver();

    /// Register, and tell again what may have been lost with its incident.
    void Register();

    /**
     * @brief Tell the newest state of a link, later if the queue is full.
     * @param id the link
     * @param incident the failure behind it, or none
     */
    void SendLinkReport(LinkId id, IncidentId incident);

    /**
     * @brief Tell the state of a link if it has changed enough, now or when the interval is
     * over.
     * @param id the link
     */
    void ReviewLink(LinkId id);

    /// Tell again each link that was not told for long.
    void Refresh();

    /**
     * @brief The key rate of a session is granted.
     * @param rate what the controller says
     * @param [out] reason why it is refused
     * @return false if it is refused
     */
    bool Grant(const CkSessionRate& rate, std::string& reason);

    /**
     * @brief Request routes for a session.
     * @param session the session
     */
    void SendRequest(const KeySession& session);

    /// Request sessions without answer, send what could not be sent.
    void Repeat();

    /// Do so after the interval.
    void RepeatLater();

    /// Send events that were not sent.
    void SendEvents();

    /**
     * @brief Forget events that the controller has heard of and that are over.
     * @param time those sent before
     */
    void ConfirmEvents(Time time);

    Time m_requestInterval;                     //!< attribute RequestInterval
    Time m_reportInterval;                      //!< attribute ReportInterval
    double m_reportChange{0};                   //!< attribute ReportChange
    Time m_lossWindow;                          //!< attribute LossWindow
    KmId m_self;                                //!< the KM
    ControllerClientUser* m_user{nullptr};      //!< carries out commands
    const RouteTable* m_routes{nullptr};        //!< routes at the KM, null if not known
    Ptr<SupervisedEndpoint> m_endpoint;         //!< Ck and hellos
    Address m_ownAddress;                       //!< for Start(), invalid unless set
    Address m_controllerAddress;                //!< for Start(), invalid unless set
    Address m_local;                            //!< own address, invalid before Start()
    PeerId m_controller;                        //!< the controller
    std::map<SessionId, Session> m_sessions;    //!< sessions
    std::map<LinkId, Link> m_links;             //!< links
    RouteEventStore m_events;                   //!< events of routes
    Time m_lost;                                //!< when the last connection was lost
    EventId m_repeat;                           //!< next Repeat()
    uint64_t m_connections{0};                  //!< connections so far
    RoleFunction m_role;                        //!< told of CK_ROLE
    ObeyFunction m_obey;                        //!< asked before each command
    bool m_active{true};                        //!< the controller is obeyed
    TracedCallback<uint16_t> m_badMessageTrace; //!< BadMessage
    Time m_refreshInterval;                     //!< attribute RefreshInterval
    EventId m_refresh;                          //!< next Refresh()

    TracedCallback<SessionId, uint64_t> m_sessionRateTrace; //!< SessionRate
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CONTROLLER_CLIENT_H */
