/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KEY_MANAGER_H
#define QKDN_KEY_MANAGER_H

#include "qkdn-direct-key-maker.h"
#include "qkdn-extra-traffic-gate.h"
#include "qkdn-key-delivery-server.h"
#include "qkdn-key-relay-agent.h"
#include "qkdn-key-session.h"
#include "qkdn-key-supply-notifier.h"
#include "qkdn-key-supply-service.h"
#include "qkdn-key-usage-meter.h"
#include "qkdn-key-usage-reporter.h"
#include "qkdn-km-control-agent.h"
#include "qkdn-km-link-table.h"
#include "qkdn-km-management-agent.h"
#include "qkdn-km-neighbour.h"
#include "qkdn-ksa-master-agent.h"
#include "qkdn-ksa-slave-agent.h"
#include "qkdn-kx-authenticator.h"
#include "qkdn-kx-channel.h"
#include "qkdn-kx-direct-channel.h"
#include "qkdn-kx-exchange.h"
#include "qkdn-relay-key-maker.h"
#include "qkdn-route-table.h"
#include "qkdn-share-key-maker.h"

#include "ns3/application.h"
#include "ns3/qkdn-hello-agent.h"
#include "ns3/qkdn-kq-receiver.h"
#include "ns3/qkdn-message-endpoint.h"
#include "ns3/qkdn-qkd-key.h"
#include "ns3/traced-callback.h"

#include <map>
#include <string>

namespace ns3
{
namespace qkdn
{

class KeyStreamAgent;

/**
 * @ingroup qkdn-resilience
 * @brief A key manager (KM): stores the keys of the QKD links of its node in one pool for each
 * neighbouring KM (KMA), relays keys of others, and supplies KSA-keys to cryptographic
 * applications (KSA).
 *
 * It talks to neighbouring KMs over TCP (Kx) and finds out by UDP hellos whether they live. It
 * takes QKD-keys and link status over Kq, as a call on its ns-3 node or as messages. A controller,
 * if there is one, gives it the key relay routes over Ck.
 */
class KeyManager : public Application,
                   public KeySupplyService,
                   public QkdKeyConsumer,
                   private KxChannel,
                   private KeyRelayUser
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    KeyManager();
    ~KeyManager() override;

    /**
     * @brief Set who this is.
     * @param id number of the KM
     * @param local address and port for Kx and hellos
     */
    void SetIdentity(KmId id, const Address& local);

    /**
     * @brief Also take QKD-keys and link status as messages.
     * @param local address and port for Kq
     */
    void ListenForModules(const Address& local);

    /**
     * @brief Also serve applications on other nodes, over HTTP.
     * @param local address and port for Ak
     */
    void ListenForApplications(const Address& local);

    /**
     * @brief Add a neighbouring KM.
     * @param id its number
     * @param remote its address and port for Kx
     * @param pool this end of the pool shared with it
     */
    void AddNeighbour(KmId id, const Address& remote, Ptr<KmaPool> pool);

    /**
     * @brief Add a KM at the other end of sessions, no neighbour: relays to it may use a direct
     * connection (KeyRelayAgent::RelayScheme).
     * @param id its number
     * @param local this KM's address and port for such connections
     * @param remote the other KM's
     */
    void AddDirectPeer(KmId id, const Address& local, const Address& remote);

    /**
     * @brief Say to whose pool the keys of a QKD link go.
     * @param link the QKD link
     * @param neighbour the neighbour at its other end
     */
    void AddLink(LinkId link, KmId neighbour);

    /**
     * @brief Say what is constant of a QKD link, for the controller.
     * @param link a link of this KM
     * @param lengthKm length of its fibres, km; 0 if it is not known
     * @param riskGroups names of what breaks it together with others: at most 255, each of 1 to 255
     * bytes
     */
    void DescribeLink(LinkId link, double lengthKm, const std::set<std::string>& riskGroups);

    /**
     * @brief Say by which names of a QKD link and its fibres the management knows them. Call it
     * after DescribeLink().
     * @param link a link of this KM
     * @param name name of the link
     * @param fibres names of the fibres that it runs through, at most 255; names are of 1 to 255
     * bytes
     */
    void NameLink(LinkId link, const std::string& name, const std::vector<std::string>& fibres);

    /**
     * @brief Say by which name the management knows the QKD node of this KM.
     * @param name the name, of at most 255 bytes
     */
    void SetNodeName(const std::string& name);

    /**
     * @brief Say what a QKD link can generate, for the controller.
     * @param link a link of this KM
     * @param bps secret key rate, bit/s, as its QKD module states it
     */
    void SetLinkRate(LinkId link, uint64_t bps);

    /**
     * @brief Set the controller. Call it before AddSession().
     * @param local this KM's address and port for Ck
     * @param controller the controller's
     */
    void SetController(const Address& local, const Address& controller);

    /**
     * @brief Set the manager. Call it before the start.
     * @param local this KM's address and port for Mk
     * @param manager the manager's
     */
    void SetManager(const Address& local, const Address& manager);

    /**
     * @brief The end of Mk: policies of the manager.
     * @return the agent
     */
    Ptr<KmManagementAgent> GetManagementAgent() const;

    /**
     * @brief Assign fixed random streams: seeds of relayed KSA-keys. SetIdentity() has assigned one
     * that follows from the number of the KM.
     * @param stream first stream index to use
     * @return the number of stream indices assigned
     */
    int64_t AssignStreams(int64_t stream);

    /**
     * @brief Add a session of which this is the master's or the slave's KM.
     * @param session the session
     */
    void AddSession(const KeySession& session);

    /// The process crashes, also before the start: connections close, hellos end, requests get
    /// no keys.
    void Crash();

    /// One cause of a crash is gone; if it was the last one, the process starts again.
    void Restart();

    /**
     * @brief Whether the process runs.
     * @return false after Crash()
     */
    bool IsRunning() const;

    /**
     * @brief Number of the KM.
     * @return the number
     */
    KmId GetKmId() const;

    /**
     * @brief This end of a pool.
     * @param neighbour the neighbour that it is shared with
     * @return the pool, null if there is none
     */
    Ptr<KmaPool> GetPool(KmId neighbour) const;

    /**
     * @brief Whether a neighbour is reachable and has agreed on what both hold.
     * @param neighbour the neighbour
     * @return true if key of its pool may be used
     */
    bool IsAgreed(KmId neighbour) const;

    /**
     * @brief What supplies master applications.
     * @return the agent
     */
    Ptr<KsaMasterAgent> GetMasterAgent() const;

    /**
     * @brief What supplies slave applications.
     * @return the agent
     */
    Ptr<KsaSlaveAgent> GetSlaveAgent() const;

    /**
     * @brief What serves applications over HTTP.
     * @return the server
     */
    Ptr<KeyDeliveryServer> GetKeyDeliveryServer() const;

    /**
     * @brief Key streams (ETSI GS QKD 004), for applications on this ns-3 node.
     * @return the agent
     */
    Ptr<KeyStreamAgent> GetKeyStreamAgent() const;

    /**
     * @brief Tags of messages on Kx.
     * @return the authenticator
     */
    Ptr<KxAuthenticator> GetAuthenticator() const;

    /**
     * @brief What makes KSA-keys over one hop.
     * @return the maker
     */
    Ptr<DirectKeyMaker> GetDirectKeyMaker() const;

    /**
     * @brief What makes KSA-keys over more hops.
     * @return the maker
     */
    Ptr<RelayKeyMaker> GetRelayKeyMaker() const;

    /**
     * @brief What makes KSA-keys over several routes.
     * @return the maker
     */
    Ptr<ShareKeyMaker> GetShareKeyMaker() const;

    /**
     * @brief What tells slaves' KMs of relayed keys that were supplied.
     * @return the notifier
     */
    Ptr<KeySupplyNotifier> GetNotifier() const;

    /**
     * @brief What extra traffic may take.
     * @return the gate
     */
    const ExtraTrafficGate& GetExtraTrafficGate() const;

    /**
     * @brief What relays keys.
     * @return the agent
     */
    Ptr<KeyRelayAgent> GetRelayAgent() const;

    /**
     * @brief Direct connections to KMs at the other ends of sessions.
     * @return the channel
     */
    Ptr<KxDirectChannel> GetDirectChannel() const;

    /**
     * @brief Requests along routes.
     * @return the exchange
     */
    Ptr<KxExchange> GetExchange() const;

    /**
     * @brief Routes and their selection.
     * @return the agent
     */
    Ptr<KmControlAgent> GetControlAgent() const;

    /**
     * @brief What counts the key bits that sessions use here.
     * @return the meter
     */
    Ptr<KeyUsageMeter> GetUsageMeter() const;

    /**
     * @brief What tells the controller of them.
     * @return the reporter
     */
    Ptr<KeyUsageReporter> GetUsageReporter() const;

    /**
     * @brief The endpoint of Kx.
     * @return the endpoint
     */
    Ptr<MessageEndpoint> GetEndpoint() const;

    /**
     * @brief What finds out whether neighbours live.
     * @return the agent
     */
    Ptr<HelloAgent> GetHelloAgent() const;

    /**
     * @brief What takes messages on Kq.
     * @return the receiver
     */
    Ptr<KqReceiver> GetKqReceiver() const;

    // from KeySupplyService
    void GetStatus(const std::string& callerSae,
                   const std::string& slaveSae,
                   StatusCallback answer) override;
    void GetKey(const std::string& callerSae,
                const std::string& slaveSae,
                const KeySupplyRequest& request,
                KeyCallback answer) override;
    void GetKeyWithKeyIds(const std::string& callerSae,
                          const std::string& masterSae,
                          const std::vector<std::string>& keyIds,
                          KeyCallback answer) override;

    // from QkdKeyConsumer
    void AcceptQkdKey(const QkdKey& key) override;
    void NotifyLinkStatus(LinkId link,
                          LinkStatus status,
                          IncidentId incident,
                          const LinkAlarm& alarm) override;

    /**
     * @brief TracedCallback signature of a link status that the KM learns.
     * @param km the KM
     * @param link the QKD link
     * @param status its status
     * @param local whether it is that of the link's end at this node
     * @param incident the failure behind it, or none
     */
    using LinkStatusCallback =
        void (*)(KmId km, LinkId link, LinkStatus status, bool local, IncidentId incident);

    /**
     * @brief TracedCallback signature of a change of what is known of a neighbour.
     * @param km the KM
     * @param neighbour the neighbour
     * @param state "alive", "dead" (hellos), "up", "down" (connection), "agreed"
     * @param incident the failure behind it, or none
     */
    using NeighbourCallback = void (*)(KmId km,
                                       KmId neighbour,
                                       const std::string& state,
                                       IncidentId incident);

    /**
     * @brief TracedCallback signature of a crash or restart.
     * @param km the KM
     * @param running true after a restart
     */
    using ProcessCallback = void (*)(KmId km, bool running);

    /**
     * @brief TracedCallback signature of a message that changed nothing.
     * @param km the KM
     * @param neighbour the sender
     * @param type message type
     */
    using BadMessageCallback = void (*)(KmId km, KmId neighbour, uint16_t type);

  protected:
    void DoDispose() override;

  private:
    /// A neighbouring KM.
    struct Neighbour
    {
        PeerId peer;           //!< at the endpoint
        HelloPeerId helloPeer; //!< at the hello agent
        IncidentId incident;   //!< failure of the neighbour, or none
    };

    void StartApplication() override;
    void StopApplication() override;

    // from KxChannel
    bool SendKx(KmId peer, uint16_t type, Ptr<Packet> body, IncidentId incident) override;

    // from KeyRelayUser
    void RelayEnded(const KeyRoute& route,
                    const std::vector<KeyToRelay>& keys,
                    const KxReturn& answer,
                    IncidentId incident) override;
    bool HoldRelayed(const KeyRoute& route, const std::vector<KeyToRelay>& keys) override;
    void VoidRelayed(const std::vector<KsaKeyId>& keys, IncidentId incident) override;
    void RelayPossible(const KeyRoute& route) override;

    /**
     * @brief Pass a message to the part it is for, if it comes from a KM with agreed pools.
     * @param id the neighbour
     * @param type its type
     * @param body its body
     * @param incident the failure behind it
     * @return false if it changed nothing
     */
    bool DispatchAgreed(KmId id, uint16_t type, Ptr<Packet> body, IncidentId incident);

    /**
     * @brief The status of a link at its other end.
     * @param id the neighbour
     * @param body message
     * @param incident the failure behind it
     * @return false if it is malformed
     */
    bool HandleLinkStatus(KmId id, Ptr<Packet> body, IncidentId incident);

    /**
     * @brief Sink for the Level trace of pools.
     * @param holder this KM
     * @param neighbour the other end
     * @param storedBits free bits
     */
    void PoolLevelChanged(KmId holder, KmId neighbour, uint64_t storedBits);

    /**
     * @brief More of a pool may be used at this end.
     * @param neighbour the other end
     */
    void PoolGained(KmId neighbour);

    /**
     * @brief A QKD link as the controller is told of it.
     * @param link the link
     * @return its state
     */
    CkLinkState GetLinkState(LinkId link) const;

    /**
     * @brief All QKD links.
     * @return their states
     */
    std::vector<CkLinkState> GetLinkStates() const;

    /**
     * @brief Tell the controller of all links to a neighbour.
     * @param neighbour the neighbour
     * @param incident what changed them, or none
     */
    void ReportLinks(KmId neighbour, IncidentId incident);

    /**
     * @brief Find out anew whether the hop to a neighbour can be used.
     * @param neighbour the neighbour
     * @param incident what made that necessary, or none
     */
    void ReviewHop(KmId neighbour, IncidentId incident);

    /// Bring up endpoint, hellos and Kq.
    void Open();

    /**
     * @brief Close endpoint, hellos and Kq.
     * @param incident the failure behind it, or none
     */
    void Close(IncidentId incident);

    /**
     * @brief A connection is up or down.
     * @param peer the neighbour
     * @param up true for up
     */
    void PeerConnected(PeerId peer, bool up);

    /**
     * @brief A neighbour answers hellos or does not.
     * @param peer the neighbour
     * @param alive true if it does
     */
    void PeerAlive(HelloPeerId peer, bool alive);

    /**
     * @brief A message.
     * @param peer the neighbour
     * @param type its type
     * @param body its body
     * @param incident the failure behind it
     */
    void ReceiveMessage(PeerId peer, uint16_t type, Ptr<Packet> body, IncidentId incident);

    /**
     * @brief A message over a direct connection.
     * @param id the KM at the other end of sessions
     * @param type its type
     * @param body its body
     * @param incident the failure behind it
     */
    void ReceiveDirect(KmId id, uint16_t type, Ptr<Packet> body, IncidentId incident);

    /**
     * @brief Pass a message to the part it is for.
     * @param id the neighbour
     * @param type its type
     * @param body its body
     * @param incident the failure behind it
     * @return false if it changed nothing
     */
    bool Dispatch(KmId id, uint16_t type, Ptr<Packet> body, IncidentId incident);

    /**
     * @brief The ends of a pool have agreed.
     * @param neighbour the neighbour
     * @param heldKsaKeys what it holds for slave applications
     */
    void Agreed(KmId neighbour, const std::vector<KsaKeyId>& heldKsaKeys);

    /**
     * @brief Tell a neighbour the status of a link at this node, if it is known.
     * @param link the link
     * @param neighbour the neighbour
     */
    void SendLinkStatus(LinkId link, KmId neighbour);

    bool m_poolsSurvive{true};              //!< attribute PoolsSurviveCrash
    KmId m_id;                              //!< this KM
    Address m_local;                        //!< Kx and hellos
    Address m_moduleAddress;                //!< Kq, invalid if not used
    Address m_applicationAddress;           //!< Ak, invalid if not used
    Ptr<MessageEndpoint> m_endpoint;        //!< Kx
    Ptr<HelloAgent> m_hello;                //!< liveness
    Ptr<KqReceiver> m_kqReceiver;           //!< Kq
    RouteTable m_routes;                    //!< routes through this KM
    ExtraTrafficGate m_gate;                //!< stops extra traffic
    KmNeighbours m_pools;                   //!< pools shared with neighbours
    Ptr<KxAuthenticator> m_authenticator;   //!< tags
    Ptr<KxDirectChannel> m_direct;          //!< other ends of sessions
    Ptr<KxExchange> m_exchange;             //!< requests along routes
    Ptr<KeyRelayAgent> m_relayAgent;        //!< relays
    Ptr<DirectKeyMaker> m_directMaker;      //!< makes keys over one hop
    Ptr<RelayKeyMaker> m_relayMaker;        //!< makes keys over more hops
    Ptr<ShareKeyMaker> m_shareMaker;        //!< makes keys over several routes
    Ptr<KeySupplyNotifier> m_notifier;      //!< notifications of supply
    Ptr<KmControlAgent> m_control;          //!< routes and their selection
    Ptr<KmManagementAgent> m_management;    //!< Mk
    Ptr<KsaMasterAgent> m_masterAgent;      //!< KSA towards masters
    Ptr<KsaSlaveAgent> m_slaveAgent;        //!< KSA towards slaves
    Ptr<KeyDeliveryServer> m_server;        //!< Ak over HTTP
    Ptr<KeyStreamAgent> m_streams;          //!< Ak as key streams
    std::map<KmId, Address> m_addresses;    //!< of neighbours
    std::map<KmId, Neighbour> m_neighbours; //!< neighbours
    std::map<PeerId, KmId> m_byPeer;        //!< neighbours by endpoint peer
    std::map<HelloPeerId, KmId> m_byHello;  //!< neighbours by hello peer
    KmLinkTable m_links;                    //!< QKD links
    IncidentSource m_incidents;             //!< ids of failures seen here
    bool m_running{false};                  //!< process runs
    bool m_started{false};                  //!< between start and stop of the application
    uint32_t m_crashes{0};                  //!< causes of a crash that last

    TracedCallback<KmId, LinkId, LinkStatus, bool, IncidentId> m_linkStatusTrace; //!< LinkStatus
    TracedCallback<KmId, KmId, const std::string&, IncidentId> m_neighbourTrace;  //!< Neighbour
    TracedCallback<KmId, bool> m_processTrace;                                    //!< Process
    TracedCallback<KmId, KmId, uint16_t> m_badMessageTrace;                       //!< BadMessage
    Ptr<KeyUsageMeter> m_meter;       //!< counts used key bits
    Ptr<KeyUsageReporter> m_reporter; //!< tells the controller of them
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KEY_MANAGER_H */
