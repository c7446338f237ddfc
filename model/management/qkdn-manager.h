/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_MANAGER_H
#define QKDN_MANAGER_H

#include "qkdn-charging-records.h"
#include "qkdn-fault-correlation.h"
#include "qkdn-inventory.h"
#include "qkdn-mk-receiver.h"
#include "qkdn-mq-receiver.h"
#include "qkdn-operations-log.h"
#include "qkdn-policy-push.h"
#include "qkdn-protection-records.h"
#include "qkdn-repair-dispatch.h"

#include "ns3/application.h"
#include "ns3/qkdn-ck-role-messages.h"
#include "ns3/qkdn-mc-messages.h"
#include "ns3/qkdn-supervised-endpoint.h"
#include "ns3/traced-callback.h"

#include <map>
#include <optional>
#include <set>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A QKDN manager: keeps records of the network's resilience and says what controllers may
 * do.
 *
 * It knows what controllers report over Mc and nothing else. It keeps an inventory of QKD links,
 * the match-up of working, protection, recovery and extra routes of each session, the status of
 * each key relay route, the state of key supply of each session, and a log of all protection and
 * recovery actions. It pushes the resilience policy to each controller until that accepts it, and
 * again after each reconnection; key managers have one of their own (MkReceiver). Of the alarms
 * that controllers report it finds out what is behind them (FaultCorrelation), and orders repairs
 * (RepairDispatch).
 *
 * Records are on stable storage: they survive a crash. What happens meanwhile is not recorded
 * unless controllers report it afterwards.
 */
class QkdnManager : public Application
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    QkdnManager();
    ~QkdnManager() override;

    /**
     * @brief Set who this is.
     * @param local address and port for Mc and hellos
     */
    void SetIdentity(const Address& local);

    /**
     * @brief Add a controller, before the start.
     * @param number its number, not 0; aborts if it is used already
     * @param remote its address and port for Mc
     */
    void AddController(uint32_t number, const Address& remote);

    /**
     * @brief Set the resilience policy of all controllers. May be called before the start and
     * during the run.
     * @param policy the policy; its number is higher than that of any before, and it allows at
     * least one hop
     */
    void SetPolicy(const McPolicy& policy);

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
     * @brief Links, routes and sessions as controllers reported them.
     * @return the inventory
     */
    const Inventory& GetInventory() const;

    /**
     * @brief All protection and recovery actions that were reported.
     * @return the log
     */
    const OperationsLog& GetOperationsLog() const;

    /**
     * @brief Protection groups in the quantum layer, and their match-ups, as agents reported them.
     * @return the records
     */
    const ProtectionRecords& GetProtectionRecords() const;

    /**
     * @brief What sessions cost, as controllers reported it.
     * @return the records
     */
    const ChargingRecords& GetChargingRecords() const;

    /**
     * @brief What finds the causes of alarms.
     * @return the correlation
     */
    Ptr<FaultCorrelation> GetFaultCorrelation() const;

    /**
     * @brief What decides which repairs to order.
     * @return the dispatch
     */
    Ptr<RepairDispatch> GetRepairDispatch() const;

    /**
     * @brief The manager's end of Mq, to which agents are added before the start.
     * @return the receiver
     */
    Ptr<MqReceiver> GetMqReceiver() const;

    /**
     * @brief The manager's end of Mk, to which key managers are added before the start, and which
     * has their policy.
     * @return the receiver
     */
    Ptr<MkReceiver> GetMkReceiver() const;

    /**
     * @brief Whether a controller has accepted the present policy over its present connection.
     * @param controller number of the controller
     * @return true if so; false also if there is no policy or no such controller
     */
    bool HasAccepted(uint32_t controller) const;

    /**
     * @brief The endpoint of Mc.
     * @return the endpoint
     */
    Ptr<MessageEndpoint> GetEndpoint() const;

    /**
     * @brief What finds out whether controllers live.
     * @return the agent
     */
    Ptr<HelloAgent> GetHelloAgent() const;

    /**
     * @brief TracedCallback signature of an action that is entered in the log.
     * @param operation the action
     * @param incident the failure behind it, or none
     */
    using OperationCallback = void (*)(const McOperation& operation, IncidentId incident);

    /**
     * @brief TracedCallback signature of an alarm that is entered in the log.
     * @param alarm what is wrong with which end of which QKD link, or right again
     * @param incident the failure behind it, or none
     */
    using AlarmCallback = void (*)(const McAlarm& alarm, IncidentId incident);

    /**
     * @brief TracedCallback signature of a route whose status changes in the records.
     * @param status the route and its new status
     */
    using RouteStatusCallback = void (*)(const McRouteStatus& status);

    /**
     * @brief TracedCallback signature of a session that changes in the records.
     * @param status the session, its routes and the state of its key supply
     */
    using SessionStatusCallback = void (*)(const McSessionStatus& status);

    /**
     * @brief TracedCallback signature of a QKD link that changes in the records.
     * @param status the link and its new status
     */
    using LinkStatusCallback = void (*)(const McLinkStatus& status);

    /**
     * @brief TracedCallback signature of a protection group that changes in the records.
     * @param status the group as one end of it sees it
     * @param incident the failure behind it, or none
     */
    using ProtectionCallback = void (*)(const GroupStatus& status, IncidentId incident);

    /**
     * @brief TracedCallback signature of a warning that a pool is low.
     * @param status the QKD link and what is in its pool
     * @param name its name
     * @param low false if the warning is over
     */
    using SupplyWarningCallback = void (*)(const McLinkStatus& status,
                                           const std::string& name,
                                           bool low);

    /**
     * @brief TracedCallback signature of an action of a protection group that is entered in the
     * log.
     * @param action the action
     */
    using GroupActionCallback = void (*)(const LoggedGroupAction& action);

    /**
     * @brief TracedCallback signature of a charging record that is entered in the records.
     * @param record the record
     */
    using ChargingCallback = void (*)(const ChargingRecord& record);

    /**
     * @brief TracedCallback signature of a policy.
     * @param policy the policy
     * @param accepted true if a controller has accepted it, false if it was sent to one
     */
    using PolicyCallback = void (*)(const McPolicy& policy, bool accepted);

    /**
     * @brief TracedCallback signature of a change of what is known of a controller.
     * @param controller its number
     * @param state "alive", "dead" (hellos), "up", "down" (connection)
     */
    using ControllerCallback = void (*)(uint32_t controller, const std::string& state);

    /**
     * @brief TracedCallback signature of a crash or restart.
     * @param running true after a restart
     */
    using ProcessCallback = void (*)(bool running);

    /**
     * @brief TracedCallback signature of a message that changed nothing.
     * @param controller the sender
     * @param type message type
     */
    using BadMessageCallback = void (*)(uint32_t controller, uint16_t type);

  protected:
    void DoDispose() override;

  private:
    /// A controller.
    struct Controller
    {
        Address remote;      //!< its address and port for Mc
        PeerId peer;         //!< at the endpoint
        ControllerTerm term; //!< as it last told, 0 if it never did
    };

    void StartApplication() override;
    void StopApplication() override;

    /// Bring up endpoint and hellos.
    void Open();

    /// Close endpoint and hellos.
    void Close();

    /**
     * @brief A connection is up or down.
     * @param peer the controller
     * @param up true for up
     */
    void PeerConnected(PeerId peer, bool up);

    /**
     * @brief A controller answers hellos or does not.
     * @param peer the controller
     * @param alive true if it does
     */
    void PeerAlive(PeerId peer, bool alive);

    /**
     * @brief Send the policy to a controller.
     * @param peer the controller
     * @return whether it is under way
     */
    bool SendPolicy(PeerId peer);

    /**
     * @brief A message.
     * @param peer the controller
     * @param type its type
     * @param body its body
     * @param incident the failure behind it
     */
    void ReceiveMessage(PeerId peer, uint16_t type, Ptr<Packet> body, IncidentId incident);

    /**
     * @brief Carry out what a message says.
     * @param number number of the controller
     * @param type its type
     * @param body its body
     * @param incident the failure behind it
     * @return false if it is malformed or out of place, and changed nothing
     */
    bool Dispatch(uint32_t number, uint16_t type, Ptr<Packet> body, IncidentId incident);

    /**
     * @brief Whether a message says how the network is, rather than what happened.
     * @param type its type
     * @return true if so
     */
    static bool IsState(uint16_t type);

    /**
     * @brief Whether another controller, which is connected, has told a term that outranks a
     * controller's own. One that was cut off reports, until its partner reaches it, what it
     * believed then.
     * @param number number of the controller
     * @return true if so
     */
    bool IsSuperseded(uint32_t number) const;

    /**
     * @brief An agent reports a protection group.
     * @param status the group
     * @param incident the failure behind it, or none
     */
    void GroupReported(const GroupStatus& status, IncidentId incident);

    /**
     * @brief A cause of alarms is found or over.
     * @param cause the cause
     */
    void CauseChanged(const FaultCause& cause);

    /**
     * @brief A repair is ordered.
     * @param order the order
     */
    void RepairOrdered(const RepairOrder& order);

    /**
     * @brief The order of a repair is withdrawn.
     * @param order the order
     */
    void RepairWithdrawn(const RepairOrder& order);

    /**
     * @brief Begin or end the warning that a pool is low.
     * @param status newest report of the QKD link
     */
    void WatchPool(const McLinkStatus& status);

    /**
     * @brief The status of a route has changed.
     * @param status the new status
     * @param incident the failure behind it, or none
     */
    void RouteChanged(const McRouteStatus& status, IncidentId incident);

    /// @cond
    bool HandleLinkStatus(Ptr<Packet> body, IncidentId incident);
    bool HandleLinkDescription(Ptr<Packet> body);
    bool HandleKmStatus(Ptr<Packet> body);
    bool HandleSessionStatus(Ptr<Packet> body);
    bool HandleRouteStatus(Ptr<Packet> body, IncidentId incident);
    bool HandleRouteList(Ptr<Packet> body);
    bool HandleRole(uint32_t number, Ptr<Packet> body);
    bool HandleAlarm(uint32_t number, Ptr<Packet> body, IncidentId incident);
    bool HandleOperation(uint32_t number, Ptr<Packet> body, IncidentId incident);
    bool HandlePolicyAccepted(uint32_t number, Ptr<Packet> body);
    bool HandleChargingRecord(Ptr<Packet> body);
    /// @endcond

    Time m_policyRetry;                           //!< attribute PolicyRetry
    Address m_local;                              //!< Mc and hellos
    Ptr<SupervisedEndpoint> m_endpoint;           //!< Mc and hellos
    std::map<uint32_t, Controller> m_controllers; //!< controllers by number
    std::map<PeerId, uint32_t> m_byPeer;          //!< controllers by endpoint peer
    Inventory m_inventory;                        //!< what is known of the network
    Ptr<MqReceiver> m_mq;                         //!< Mq
    ProtectionRecords m_protection;               //!< protection groups
    GroupActions m_groupActions;                  //!< finds actions of protection groups
    OperationsLog m_log;                          //!< protection and recovery actions
    std::optional<McPolicy> m_policy;             //!< the present policy
    PolicyPush m_push;                            //!< sends it to controllers
    Ptr<MkReceiver> m_mk;                         //!< Mk
    bool m_running{false};                        //!< process runs
    bool m_started{false};                        //!< between start and stop of the application
    uint32_t m_crashes{0};                        //!< causes of a crash that last

    TracedCallback<const McOperation&, IncidentId> m_operationTrace;  //!< Operation
    TracedCallback<const McAlarm&, IncidentId> m_alarmTrace;          //!< Alarm
    TracedCallback<const McRouteStatus&> m_routeStatusTrace;          //!< RouteStatus
    TracedCallback<const McSessionStatus&> m_sessionStatusTrace;      //!< SessionStatus
    TracedCallback<const McLinkStatus&> m_linkStatusTrace;            //!< LinkStatus
    TracedCallback<const GroupStatus&, IncidentId> m_protectionTrace; //!< ProtectionGroup
    TracedCallback<const McPolicy&, bool> m_policyTrace;              //!< Policy
    TracedCallback<uint32_t, const std::string&> m_controllerTrace;   //!< Controller
    TracedCallback<bool> m_processTrace;                              //!< Process
    TracedCallback<uint32_t, uint16_t> m_badMessageTrace;             //!< BadMessage
    TracedCallback<const ChargingRecord&> m_chargingTrace;            //!< ChargingRecord
    TracedCallback<const FaultCause&> m_causeTrace;                   //!< Cause
    TracedCallback<const RepairOrder&> m_repairTrace;                 //!< RepairOrdered
    TracedCallback<const RepairOrder&> m_withdrawalTrace;             //!< RepairWithdrawn
    TracedCallback<const LoggedGroupAction&> m_groupActionTrace;      //!< GroupAction
    TracedCallback<const McLinkStatus&, const std::string&, bool>
        m_supplyWarningTrace;            //!< SupplyWarning
    uint64_t m_poolWarning{0};           //!< attribute PoolWarning
    double m_poolWarningMargin{0.1};     //!< attribute PoolWarningMargin
    std::set<LinkId> m_lowPools;         //!< links of which there is a warning
    ChargingRecords m_charging;          //!< what sessions cost
    Ptr<FaultCorrelation> m_correlation; //!< finds causes of alarms
    Ptr<RepairDispatch> m_repairs;       //!< orders repairs
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_MANAGER_H */
