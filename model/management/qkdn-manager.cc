/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-manager.h"

#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/node.h"
#include "ns3/pointer.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnManager");
NS_OBJECT_ENSURE_REGISTERED(QkdnManager);

TypeId
QkdnManager::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::QkdnManager")
            .SetParent<Application>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<QkdnManager>()
            .AddAttribute("PolicyRetry",
                          "Time after which a policy is sent again to a controller that has not "
                          "accepted it.",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&QkdnManager::m_policyRetry),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("PoolWarning",
                          "Key in the KMA pool of a QKD link, in bits, below which the manager "
                          "warns; zero for never.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&QkdnManager::m_poolWarning),
                          MakeUintegerChecker<uint64_t>())
            .AddAttribute("PoolWarningMargin",
                          "By which part of PoolWarning a pool has to be above it for a warning "
                          "to end.",
                          DoubleValue(0.1),
                          MakeDoubleAccessor(&QkdnManager::m_poolWarningMargin),
                          MakeDoubleChecker<double>(0.0, 1000.0))
            .AddAttribute("FaultCorrelation",
                          "What finds the causes of alarms.",
                          TypeId::ATTR_GET,
                          PointerValue(),
                          MakePointerAccessor(&QkdnManager::GetFaultCorrelation),
                          MakePointerChecker<FaultCorrelation>())
            .AddAttribute("RepairDispatch",
                          "What orders repairs.",
                          TypeId::ATTR_GET,
                          PointerValue(),
                          MakePointerAccessor(&QkdnManager::GetRepairDispatch),
                          MakePointerChecker<RepairDispatch>())
            .AddAttribute("HelloAgent",
                          "What finds out whether controllers live.",
                          TypeId::ATTR_GET,
                          PointerValue(),
                          MakePointerAccessor(&QkdnManager::GetHelloAgent),
                          MakePointerChecker<HelloAgent>())
            .AddTraceSource("SupplyWarning",
                            "The KMA pool of a QKD link is low, or is not any more.",
                            MakeTraceSourceAccessor(&QkdnManager::m_supplyWarningTrace),
                            "ns3::qkdn::QkdnManager::SupplyWarningCallback")
            .AddTraceSource("Operation",
                            "A protection or recovery action is entered in the operations log.",
                            MakeTraceSourceAccessor(&QkdnManager::m_operationTrace),
                            "ns3::qkdn::QkdnManager::OperationCallback")
            .AddTraceSource("Alarm",
                            "An alarm of a QKD link is entered in the operations log.",
                            MakeTraceSourceAccessor(&QkdnManager::m_alarmTrace),
                            "ns3::qkdn::QkdnManager::AlarmCallback")
            .AddTraceSource("RouteStatus",
                            "The status of a key relay route changes in the records.",
                            MakeTraceSourceAccessor(&QkdnManager::m_routeStatusTrace),
                            "ns3::qkdn::QkdnManager::RouteStatusCallback")
            .AddTraceSource("SessionStatus",
                            "Routes or key supply of a session change in the records.",
                            MakeTraceSourceAccessor(&QkdnManager::m_sessionStatusTrace),
                            "ns3::qkdn::QkdnManager::SessionStatusCallback")
            .AddTraceSource("LinkStatus",
                            "A QKD link changes in the records.",
                            MakeTraceSourceAccessor(&QkdnManager::m_linkStatusTrace),
                            "ns3::qkdn::QkdnManager::LinkStatusCallback")
            .AddTraceSource("ProtectionGroup",
                            "A protection group in the quantum layer changes in the records.",
                            MakeTraceSourceAccessor(&QkdnManager::m_protectionTrace),
                            "ns3::qkdn::QkdnManager::ProtectionCallback")
            .AddTraceSource("GroupAction",
                            "An action of a protection group in the quantum layer is entered in "
                            "the operations log.",
                            MakeTraceSourceAccessor(&QkdnManager::m_groupActionTrace),
                            "ns3::qkdn::QkdnManager::GroupActionCallback")
            .AddTraceSource("ChargingRecord",
                            "A charging record of a session is entered in the records.",
                            MakeTraceSourceAccessor(&QkdnManager::m_chargingTrace),
                            "ns3::qkdn::QkdnManager::ChargingCallback")
            .AddTraceSource("Policy",
                            "The policy is sent to a controller, or accepted by one.",
                            MakeTraceSourceAccessor(&QkdnManager::m_policyTrace),
                            "ns3::qkdn::QkdnManager::PolicyCallback")
            .AddTraceSource("Cause",
                            "A component is taken for the cause of alarms, or they are over.",
                            MakeTraceSourceAccessor(&QkdnManager::m_causeTrace),
                            "ns3::qkdn::FaultCorrelation::CauseCallback")
            .AddTraceSource("RepairOrdered",
                            "The repair of a component is ordered.",
                            MakeTraceSourceAccessor(&QkdnManager::m_repairTrace),
                            "ns3::qkdn::RepairDispatch::OrderCallback")
            .AddTraceSource("RepairWithdrawn",
                            "The repair of a component is not needed any more, as far as is known.",
                            MakeTraceSourceAccessor(&QkdnManager::m_withdrawalTrace),
                            "ns3::qkdn::RepairDispatch::OrderCallback")
            .AddTraceSource("Controller",
                            "What is known of a controller changes.",
                            MakeTraceSourceAccessor(&QkdnManager::m_controllerTrace),
                            "ns3::qkdn::QkdnManager::ControllerCallback")
            .AddTraceSource("Process",
                            "The process crashes or starts again.",
                            MakeTraceSourceAccessor(&QkdnManager::m_processTrace),
                            "ns3::qkdn::QkdnManager::ProcessCallback")
            .AddTraceSource("BadMessage",
                            "A message was malformed or out of place.",
                            MakeTraceSourceAccessor(&QkdnManager::m_badMessageTrace),
                            "ns3::qkdn::QkdnManager::BadMessageCallback");
    return tid;
}

QkdnManager::QkdnManager()
    : m_endpoint(CreateObject<SupervisedEndpoint>()),
      m_mq(CreateObject<MqReceiver>()),
      m_mk(CreateObject<MkReceiver>()),
      m_correlation(CreateObject<FaultCorrelation>()),
      m_repairs(CreateObject<RepairDispatch>())
{
    NS_LOG_FUNCTION(this);
    m_push.SetSendFunction([this](PeerId peer) { return SendPolicy(peer); });
    m_correlation->SetInventory(m_inventory);
    m_correlation->TraceConnectWithoutContext("Cause",
                                              MakeCallback(&QkdnManager::CauseChanged, this));
    m_repairs->Configure(m_inventory, m_correlation);
    m_repairs->TraceConnectWithoutContext("RepairOrdered",
                                          MakeCallback(&QkdnManager::RepairOrdered, this));
    m_repairs->SetProtectionRecords(m_protection);
    m_repairs->TraceConnectWithoutContext("RepairWithdrawn",
                                          MakeCallback(&QkdnManager::RepairWithdrawn, this));
}

QkdnManager::~QkdnManager()
{
    NS_LOG_FUNCTION(this);
}

void
QkdnManager::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_push.Stop();
    m_endpoint->Dispose();
    m_mq->Dispose();
    m_mk->Dispose();
    m_repairs->Dispose();
    m_correlation->Dispose();
    Application::DoDispose();
}

void
QkdnManager::SetIdentity(const Address& local)
{
    m_local = local;
}

void
QkdnManager::AddController(uint32_t number, const Address& remote)
{
    NS_LOG_FUNCTION(this << number << remote);
    NS_ABORT_MSG_IF(number == 0, "a controller needs a number");
    NS_ABORT_MSG_IF(m_started, "controller " << number << " comes after the start of the manager");
    NS_ABORT_MSG_IF(m_controllers.count(number) > 0, "there is a controller " << number);
    m_controllers[number].remote = remote;
}

void
QkdnManager::SetPolicy(const McPolicy& policy)
{
    NS_LOG_FUNCTION(this << policy.number);
    NS_ABORT_MSG_IF(policy.maxHops == 0, "policy " << policy.number << " allows no hop");
    m_policy = policy;
    m_push.SetNewest(policy.number);
}

void
QkdnManager::StartApplication()
{
    NS_LOG_FUNCTION(this);
    NS_ABORT_MSG_IF(m_local.IsInvalid(), "a manager was started without an identity");
    m_endpoint->SetNode(GetNode());
    m_endpoint->SetAliveCallback(MakeCallback(&QkdnManager::PeerAlive, this));
    GetEndpoint()->SetReceiveCallback(MakeCallback(&QkdnManager::ReceiveMessage, this));
    GetEndpoint()->SetPeerCallback(MakeCallback(&QkdnManager::PeerConnected, this));
    for (auto& [number, controller] : m_controllers)
    {
        controller.peer = m_endpoint->AddPeer(controller.remote);
        m_byPeer[controller.peer] = number;
    }
    m_mq->SetStatusCallback(MakeCallback(&QkdnManager::GroupReported, this));
    m_started = true;
    if (m_crashes == 0)
    {
        Open();
    }
}

void
QkdnManager::StopApplication()
{
    NS_LOG_FUNCTION(this);
    m_started = false;
    if (m_running)
    {
        Close();
    }
}

void
QkdnManager::Open()
{
    m_running = true;
    m_push.SetRetry(m_policyRetry);
    m_endpoint->Listen(m_local);
    m_mq->Start(GetNode());
    m_mk->Start(GetNode());
    m_correlation->Start();
    m_repairs->Start();
}

void
QkdnManager::Close()
{
    m_running = false;
    m_endpoint->Stop();
    m_mq->Stop();
    m_mk->Stop();
    m_push.Stop();
    m_correlation->Stop();
    m_repairs->Stop();
}

void
QkdnManager::Crash()
{
    NS_LOG_FUNCTION(this);
    ++m_crashes;
    if (m_crashes > 1)
    {
        return;
    }
    if (m_running)
    {
        Close();
    }
    m_processTrace(false);
}

void
QkdnManager::Restart()
{
    NS_LOG_FUNCTION(this);
    NS_ABORT_MSG_IF(m_crashes == 0, "the manager runs and is restarted");
    --m_crashes;
    if (m_crashes > 0)
    {
        return;
    }
    m_processTrace(true);
    if (m_started)
    {
        Open();
    }
}

bool
QkdnManager::IsRunning() const
{
    return m_running;
}

const Inventory&
QkdnManager::GetInventory() const
{
    return m_inventory;
}

const OperationsLog&
QkdnManager::GetOperationsLog() const
{
    return m_log;
}

const ProtectionRecords&
QkdnManager::GetProtectionRecords() const
{
    return m_protection;
}

const ChargingRecords&
QkdnManager::GetChargingRecords() const
{
    return m_charging;
}

Ptr<MkReceiver>
QkdnManager::GetMkReceiver() const
{
    return m_mk;
}

Ptr<FaultCorrelation>
QkdnManager::GetFaultCorrelation() const
{
    return m_correlation;
}

Ptr<RepairDispatch>
QkdnManager::GetRepairDispatch() const
{
    return m_repairs;
}

Ptr<MqReceiver>
QkdnManager::GetMqReceiver() const
{
    return m_mq;
}

void
QkdnManager::CauseChanged(const FaultCause& cause)
{
    m_causeTrace(cause);
    m_repairs->CauseChanged(cause);
}

void
QkdnManager::RepairOrdered(const RepairOrder& order)
{
    m_log.Add(order);
    m_repairTrace(order);
}

void
QkdnManager::RepairWithdrawn(const RepairOrder& order)
{
    m_withdrawalTrace(order);
}

void
QkdnManager::RouteChanged(const McRouteStatus& status, IncidentId incident)
{
    m_routeStatusTrace(status);
    m_correlation->RouteReported(status, incident);
}

void
QkdnManager::GroupReported(const GroupStatus& status, IncidentId incident)
{
    if (m_protection.Update(Simulator::Now(), status))
    {
        m_protectionTrace(status, incident);
    }
    for (const LoggedGroupAction& action :
         m_groupActions.Report(Simulator::Now(), status, incident))
    {
        m_log.Add(action);
        m_groupActionTrace(action);
    }
}

bool
QkdnManager::HasAccepted(uint32_t controller) const
{
    const auto found = m_controllers.find(controller);
    return found != m_controllers.end() && m_push.HasAccepted(found->second.peer);
}

Ptr<MessageEndpoint>
QkdnManager::GetEndpoint() const
{
    return m_endpoint->GetEndpoint();
}

Ptr<HelloAgent>
QkdnManager::GetHelloAgent() const
{
    return m_endpoint->GetHelloAgent();
}

void
QkdnManager::PeerConnected(PeerId peer, bool up)
{
    const uint32_t number = m_byPeer.at(peer);
    NS_LOG_FUNCTION(this << number << up);
    m_controllerTrace(number, up ? "up" : "down");
    // a controller that crashed has forgotten the policy
    if (up)
    {
        m_push.SetReady(peer);
    }
    else
    {
        m_push.SetGone(peer);
    }
}

void
QkdnManager::PeerAlive(PeerId peer, bool alive)
{
    const uint32_t number = m_byPeer.at(peer);
    NS_LOG_FUNCTION(this << number << alive);
    m_controllerTrace(number, alive ? "alive" : "dead");
}

bool
QkdnManager::SendPolicy(PeerId peer)
{
    const bool sent = GetEndpoint()->IsUp(peer) &&
                      GetEndpoint()->Send(peer, MC_POLICY, m_policy->ToPacket(), IncidentId());
    if (sent)
    {
        m_policyTrace(*m_policy, false);
    }
    return sent;
}

void
QkdnManager::ReceiveMessage(PeerId peer, uint16_t type, Ptr<Packet> body, IncidentId incident)
{
    const uint32_t number = m_byPeer.at(peer);
    NS_LOG_FUNCTION(this << number << type << body->GetSize());
    if (!Dispatch(number, type, body, incident))
    {
        NS_LOG_WARN("message of type " << type << " from controller " << number
                                       << " changed nothing");
        m_badMessageTrace(number, type);
    }
}

} // namespace qkdn
} // namespace ns3
