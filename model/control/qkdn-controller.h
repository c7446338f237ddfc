/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CONTROLLER_H
#define QKDN_CONTROLLER_H

#include "qkdn-charging-control.h"
#include "qkdn-command-sender.h"
#include "qkdn-controller-redundancy.h"
#include "qkdn-link-restoration.h"
#include "qkdn-manager-client.h"
#include "qkdn-network-view.h"
#include "qkdn-session-control.h"

#include "ns3/application.h"
#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/qkdn-supervised-endpoint.h"
#include "ns3/traced-callback.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A QKDN controller: chooses the key relay routes of sessions, installs them in the KMs,
 * and restores sessions after failures (ITU-T Y.3804, control of key relay routes).
 *
 * It knows what KMs told it over TCP (Ck) and finds out by UDP hellos whether they can be
 * reached. It reports to a manager, and takes policies from it, in the same way (Mc).
 *
 * For QKD nodes with groups of class link-restoration it re-pairs modules and fibres in the quantum
 * layer (LinkRestoration).
 *
 * With a tariff it keeps a charging record of each session, by what KMs say that it has used.
 *
 * With SetPeer() it is one of two: the active one, or the standby that knows its sessions and
 * takes over when it is lost (ControllerRedundancy). A standby gives no command and reports
 * nothing.
 *
 * A crash loses the view of the network and all that is under way. Sessions and their charging
 * records, the routes that were announced to KMs, and the counters of routes and commands are kept
 * in stable storage.
 */
class QkdnController : public Application, private SessionObserver, private ControllerRoleUser
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    QkdnController();
    ~QkdnController() override;

    /**
     * @brief Set who this is.
     * @param number number of the controller, 1 to 4095; its routes are numbered from
     * number * 2^20 + 1 on
     * @param local address and port for Ck and hellos
     */
    void SetIdentity(uint32_t number, const Address& local);

    /**
     * @brief Add a KM that the controller is for.
     * @param id its number
     * @param remote address and port of its end of Ck
     */
    void AddKeyManager(KmId id, const Address& remote);

    /**
     * @brief Set the manager; without this call there is none.
     * @param local address and port of this end of Mc
     * @param manager address and port of the manager's end of Mc
     */
    void SetManager(const Address& local, const Address& manager);

    /**
     * @brief Set another controller for the same KMs, after SetIdentity(); without this call there
     * is none. Each KM needs to know both (KmControlAgent::AddStandbyController()).
     * @param local address and port of this end of Cx
     * @param peer those of the other end
     * @param first whether this one is active at first
     */
    void SetPeer(const Address& local, const Address& peer, bool first);

    /**
     * @brief Which of two controllers this is.
     * @return the part that finds out
     */
    Ptr<ControllerRedundancy> GetRedundancy() const;

    /**
     * @brief The part that restores QKD links in the quantum layer.
     * @return this end of Cq
     */
    Ptr<LinkRestoration> GetLinkRestoration() const;

    /**
     * @brief Set the charging policy, before the start; without this call nothing is charged.
     * @param tariff the tariff
     */
    void SetTariff(const ChargingTariff& tariff);

    /**
     * @brief The accounts of sessions.
     * @return the ledger
     */
    const ChargingLedger& GetChargingLedger() const;

    /// The process crashes, also before the start: connections close, hellos end.
    void Crash();

    /// One cause of a crash is gone; if it was the last one, the process starts again.
    void Restart();

    /**
     * @brief Whether the process runs.
     * @return false after Crash()
     */
    bool IsRunning() const;

    /**
     * @brief Number of the controller.
     * @return the number
     */
    uint32_t GetNumber() const;

    /**
     * @brief What the controller knows of the network.
     * @return the view
     */
    const NetworkView& GetView() const;

    /**
     * @brief What was promised to routes.
     * @return the table
     */
    const DemandTable& GetDemand() const;

    /**
     * @brief The endpoint of Ck.
     * @return the endpoint
     */
    Ptr<MessageEndpoint> GetEndpoint() const;

    /**
     * @brief What finds out whether KMs live.
     * @return the agent
     */
    Ptr<HelloAgent> GetHelloAgent() const;

    /**
     * @brief The endpoint of Mc.
     * @return the endpoint
     */
    Ptr<MessageEndpoint> GetManagerEndpoint() const;

    /**
     * @brief Whether the manager is connected.
     * @return true if so
     */
    bool HasManager() const;

    /**
     * @brief What finds out whether the manager lives.
     * @return the agent
     */
    Ptr<HelloAgent> GetManagerHelloAgent() const;

    /**
     * @brief TracedCallback signature of a failure that the controller has to act on.
     * @param session the session
     * @param incident the failure
     */
    using InformedCallback = void (*)(SessionId session, IncidentId incident);

    /**
     * @brief TracedCallback signature of a decision.
     * @param session the session
     * @param from route before
     * @param to route after, none if no route was found
     * @param incident the failure
     */
    using DecisionCallback = void (*)(SessionId session,
                                      RouteId from,
                                      RouteId to,
                                      IncidentId incident);

    /**
     * @brief TracedCallback signature of a decision to restore a session.
     * @param recovery over which routes, and how much of its demand
     * @param incident the failure
     */
    using RecoveryCallback = void (*)(const SessionRecovery& recovery, IncidentId incident);

    /**
     * @brief TracedCallback signature of a decision that is carried out.
     * @param session the session
     * @param route route in use
     * @param incident the failure
     */
    using CompletedCallback = void (*)(SessionId session, RouteId route, IncidentId incident);

    /**
     * @brief TracedCallback signature of a protection or recovery action.
     * @param operation the action
     * @param incident the failure, or none
     */
    using OperationCallback = void (*)(const McOperation& operation, IncidentId incident);

    /**
     * @brief TracedCallback signature of an alarm.
     * @param alarm what is wrong with which end of which QKD link, or right again
     * @param incident the failure, or none
     */
    using AlarmCallback = void (*)(const McAlarm& alarm, IncidentId incident);

    /**
     * @brief TracedCallback signature of a charging record that is made.
     * @param record the record
     */
    using ChargingCallback = void (*)(const ChargingRecord& record);

    /**
     * @brief TracedCallback signature of a hop whose reports are too old, or not any more.
     * @param low a KM of the hop
     * @param high its other KM
     * @param stale true if they are too old
     */
    using StaleCallback = void (*)(KmId low, KmId high, bool stale);

    /**
     * @brief TracedCallback signature of a key rate that a session is granted.
     * @param session the session
     * @param askedBps what it asks for, bit/s
     * @param grantedBps what its routes are promised, bit/s
     */
    using SessionRateCallback = void (*)(SessionId session, uint64_t askedBps, uint64_t grantedBps);

    /**
     * @brief TracedCallback signature of key rate of a hop that is promised.
     * @param hop the hop
     * @param flow key rate by use, all 0 if none is promised any more
     */
    using KeyFlowCallback = void (*)(const KmHop& hop, const HopFlow& flow);

    /**
     * @brief TracedCallback signature of a crash or restart.
     * @param controller number of the controller
     * @param running true after a restart
     */
    using ProcessCallback = void (*)(uint32_t controller, bool running);

    /**
     * @brief TracedCallback signature of a message that changed nothing.
     * @param controller number of the controller
     * @param km the sender, none for the manager
     * @param type message type
     */
    using BadMessageCallback = void (*)(uint32_t controller, KmId km, uint16_t type);

  protected:
    void DoDispose() override;

  private:
    /// A KM that the controller is for.
    struct KeyManagerPeer
    {
        Address address;               //!< its end of Ck
        PeerId peer;                   //!< at the endpoint
        std::string name;              //!< name of its QKD node, as it has told
        std::optional<bool> reachable; //!< whether it can be reached, none before it is known
    };

    void StartApplication() override;
    void StopApplication() override;

    // from SessionObserver
    void SessionInformed(SessionId session, IncidentId incident) override;
    void SessionDecision(SessionId session, RouteId from, RouteId to, IncidentId incident) override;
    void SessionRecoveryChosen(const SessionRecovery& recovery, IncidentId incident) override;
    void SessionCompleted(SessionId session, RouteId route, IncidentId incident) override;
    void SessionOperation(const McOperation& operation, IncidentId incident) override;
    void SessionStatusChanged(const McSessionStatus& status, IncidentId incident) override;
    void RouteStatusChanged(const McRouteStatus& status, IncidentId incident) override;
    void SessionRateGranted(SessionId session, uint64_t askedBps, uint64_t grantedBps) override;
    void KeyFlowChanged(const KeyRoute& route) override;
    void SessionChanged(SessionId session) override;

    // from ControllerRoleUser
    void BecomeActive(const std::vector<SessionReplica>& replica, bool isTold) override;
    void BecomeStandby() override;
    std::vector<SessionReplica> GetReplica() const override;
    std::vector<ChargingAccount> GetAccounts() const override;
    void AccountTold(const ChargingAccount& account) override;

    /**
     * @brief An account has changed: tell the other controller.
     * @param session its session
     */
    void AccountChanged(SessionId session);

    /// Call Replicate() at the end of this instant.
    void ReplicateLater();

    /// Tell the other controller which sessions and accounts have changed.
    void Replicate();

    /// Tell what is promised of the hops of which it has changed.
    void TellFlows();

    /**
     * @brief Tell a KM that this controller is active, if there are two.
     * @param km the KM
     */
    void TellRole(KmId km);

    /**
     * @brief A message with which controllers take turns.
     * @param km the KM
     * @param type its type
     * @param body its body
     * @return false if it changed nothing
     */
    bool DispatchRole(KmId km, uint16_t type, Ptr<Packet> body);

    /// Bring up both reference points.
    void Open();

    /// Close both, and forget what is not in stable storage.
    void Close();

    /**
     * @brief Send a command.
     * @param km the KM
     * @param type message type
     * @param body the body
     * @param incident the failure behind it, or none
     * @return false if the KM is not connected
     */
    bool SendCommand(KmId km, uint16_t type, Ptr<Packet> body, IncidentId incident);

    /**
     * @brief A connection to a KM is up or down.
     * @param peer the KM
     * @param up true for up
     */
    void PeerConnected(PeerId peer, bool up);

    /**
     * @brief A message of a KM.
     * @param peer the KM
     * @param type its type
     * @param body its body
     * @param incident the failure behind it
     */
    void ReceiveMessage(PeerId peer, uint16_t type, Ptr<Packet> body, IncidentId incident);

    /**
     * @brief Pass a message to the part it is for.
     * @param km the KM
     * @param type its type
     * @param body its body
     * @param incident the failure behind it
     * @return false if it changed nothing
     */
    bool Dispatch(KmId km, uint16_t type, Ptr<Packet> body, IncidentId incident);

    /**
     * @brief A KM registers.
     * @param km the KM
     * @param message what it says
     * @param incident the failure behind it, or none
     * @return false if it contradicts what is known
     */
    bool Register(KmId km, const CkRegistration& message, IncidentId incident);

    /**
     * @brief The view has changed.
     * @param change what is new
     * @param incident the failure behind it, or none
     */
    void Apply(const NetworkView::Change& change, IncidentId incident);

    /**
     * @brief A KM can be reached, or not any more.
     * @param km the KM
     * @param reachable whether it can
     */
    void SetReachable(KmId km, bool reachable);

    /// Tell the manager, who may have known them before, of KMs that have not come since the start.
    void ReportMissingKms();

    /**
     * @brief Tell the manager of a KM.
     * @param km the KM; one of which nothing is known yet is not told
     */
    void ReportKm(KmId km);

    /**
     * @brief Note an alarm and pass it on to the manager.
     * @param alarm the alarm
     * @param incident the failure behind it, or none
     */
    void NoteAlarm(const McAlarm& alarm, IncidentId incident);

    /**
     * @brief Note a charging record and pass it on to the manager.
     * @param record the record
     */
    void ChargingRecordMade(const ChargingRecord& record);

    /// Wait for the next report that will be too old.
    void ScheduleExpiry();

    /// A report may be too old.
    void ExpireReports();

    /// No new KM has registered for a while.
    void Settled();

    /// The manager is there.
    void ManagerUp();

    /**
     * @brief A message of the manager.
     * @param type its type
     * @param body its body
     */
    void ReceiveManagerMessage(uint16_t type, Ptr<Packet> body);

    /**
     * @brief Put a policy into force.
     * @param policy the policy
     * @return false if it is not possible, or older than the one in force
     */
    bool AcceptPolicy(const McPolicy& policy);

    Time m_settleTime;                            //!< attribute SettleTime
    Time m_decisionTime;                          //!< attribute DecisionTime
    Time m_commandTimeout;                        //!< attribute CommandTimeout
    RouteCost m_cost{ROUTE_COST_HOPS};            //!< attribute RouteCost
    uint32_t m_number{0};                         //!< this controller
    Address m_local;                              //!< Ck and hellos
    Ptr<SupervisedEndpoint> m_endpoint;           //!< Ck and hellos
    Ptr<ManagerClient> m_manager;                 //!< Mc
    Ptr<ControllerRedundancy> m_redundancy;       //!< Cx
    Ptr<LinkRestoration> m_restoration;           //!< Cq
    std::set<SessionId> m_changed;                //!< sessions to tell the other controller
    std::set<SessionId> m_changedAccounts;        //!< accounts to tell it
    EventId m_replicate;                          //!< tells both
    std::map<KmId, KeyManagerPeer> m_keyManagers; //!< KMs
    std::map<PeerId, KmId> m_byPeer;              //!< KMs by endpoint peer
    NetworkView m_view;                           //!< what KMs said
    CommandSender m_sender;                       //!< commands
    SessionControl m_sessions;                    //!< sessions
    uint32_t m_policy{0};                         //!< number of the policy in force
    /// newest alarm of each end of a link that had one, with its incident
    std::map<std::pair<LinkId, KmId>, std::pair<McAlarm, IncidentId>> m_alarms;
    EventId m_settleEvent;     //!< end of the wait for further KMs
    bool m_running{false};     //!< process runs
    bool m_started{false};     //!< between start and stop of the application
    uint32_t m_crashes{0};     //!< causes of a crash that last
    bool m_hasReported{false}; //!< whether the manager was ever told all

    TracedCallback<SessionId, IncidentId> m_informedTrace;                   //!< Informed
    TracedCallback<SessionId, RouteId, RouteId, IncidentId> m_decisionTrace; //!< Decision
    TracedCallback<const SessionRecovery&, IncidentId> m_recoveryTrace;      //!< Recovery
    TracedCallback<SessionId, RouteId, IncidentId> m_completedTrace;         //!< Completed
    TracedCallback<const McOperation&, IncidentId> m_operationTrace;         //!< Operation
    TracedCallback<const McAlarm&, IncidentId> m_alarmTrace;                 //!< Alarm
    TracedCallback<uint32_t, bool> m_processTrace;                           //!< Process
    TracedCallback<uint32_t, KmId, uint16_t> m_badMessageTrace;              //!< BadMessage
    TracedCallback<const ChargingRecord&> m_chargingTrace;                   //!< ChargingRecord

    std::set<KmHop> m_changedFlows;                                   //!< hops to tell of
    EventId m_tellFlows;                                              //!< tells of them
    TracedCallback<const KmHop&, const HopFlow&> m_keyFlowTrace;      //!< KeyFlow
    TracedCallback<KmId, KmId, bool> m_staleTrace;                    //!< Stale
    TracedCallback<SessionId, uint64_t, uint64_t> m_sessionRateTrace; //!< SessionRate
    RouteDisjointness m_disjoint{ROUTE_DISJOINT_NODE};                //!< attribute Disjoint
    AdmissionMode m_admission{ADMISSION_BEST_EFFORT};                 //!< attribute Admission
    Time m_bridging;                                                  //!< attribute BridgingTime
    Time m_reportMaxAge;                                              //!< attribute ReportMaxAge
    EventId m_expiry;                                                 //!< next ExpireReports()

    Time m_chargingInterval;    //!< attribute ChargingInterval
    Time m_chargingDelay;       //!< attribute ChargingDelay
    ChargingControl m_charging; //!< accounts of sessions
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CONTROLLER_H */
