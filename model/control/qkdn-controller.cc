/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-controller.h"

#include "ns3/log.h"
#include "ns3/node.h"
#include "ns3/pointer.h"
#include "ns3/qkdn-compat.h"
#include "ns3/simulator.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnController");
NS_OBJECT_ENSURE_REGISTERED(QkdnController);

namespace
{

/// The upper bits of a route's number are its controller's.
constexpr uint32_t ROUTE_NUMBER_BITS = 20;

/// Largest number of a controller.
constexpr uint32_t MAX_NUMBER = (1U << (32 - ROUTE_NUMBER_BITS)) - 1;

} // namespace

TypeId
QkdnController::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::QkdnController")
            .SetParent<Application>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<QkdnController>()
            .AddAttribute(
                "SettleTime",
                "Time from the registration of the newest KM until sessions are admitted. "
                "It should exceed the retry interval of connections.",
                TimeValue(MilliSeconds(1500)),
                MakeTimeAccessor(&QkdnController::m_settleTime),
                MakeTimeChecker(Time(0)))
            .AddAttribute("DecisionTime",
                          "Time that the search for a route after a failure takes.",
                          TimeValue(MilliSeconds(10)),
                          MakeTimeAccessor(&QkdnController::m_decisionTime),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("CommandTimeout",
                          "Time after which a command that was not acknowledged is repeated.",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&QkdnController::m_commandTimeout),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute(
                "RouteCost",
                "What routes are compared by: hops, the time to make a bit of key, the share of "
                "its pool that a bit takes, or the length of QKD links.",
                EnumValue(ROUTE_COST_HOPS),
                qkdn::MakeEnumAccessor<RouteCost>(&QkdnController::m_cost),
                MakeEnumChecker(ROUTE_COST_HOPS,
                                "hops",
                                ROUTE_COST_RATE,
                                "rate",
                                ROUTE_COST_POOL,
                                "pool",
                                ROUTE_COST_LENGTH,
                                "length"))
            .AddAttribute("Disjoint",
                          "What routes that are to fail separately may not have in common: hops, "
                          "also KMs between the ends, or also risk groups. What has less in "
                          "common is taken if there is nothing better.",
                          EnumValue(ROUTE_DISJOINT_NODE),
                          qkdn::MakeEnumAccessor<RouteDisjointness>(&QkdnController::m_disjoint),
                          MakeEnumChecker(ROUTE_DISJOINT_LINK,
                                          "link",
                                          ROUTE_DISJOINT_NODE,
                                          "node",
                                          ROUTE_DISJOINT_SRLG,
                                          "srlg"))
            .AddAttribute("Admission",
                          "What the first routes of a session must find on each hop: nothing, "
                          "enough free key rate, or enough of it and of the pool together.",
                          EnumValue(ADMISSION_BEST_EFFORT),
                          qkdn::MakeEnumAccessor<AdmissionMode>(&QkdnController::m_admission),
                          MakeEnumChecker(ADMISSION_BEST_EFFORT,
                                          "best-effort",
                                          ADMISSION_RATE,
                                          "rate",
                                          ADMISSION_RATE_AND_POOL,
                                          "rate-and-pool"))
            .AddAttribute("BridgingTime",
                          "Time over which sessions may use up a pool, for Admission with pools.",
                          TimeValue(Seconds(3600)),
                          MakeTimeAccessor(&QkdnController::m_bridging),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("ReportMaxAge",
                          "Age from which a report of a QKD link is too old for new routes; zero "
                          "for never. It should exceed RefreshInterval of KMs.",
                          TimeValue(Time(0)),
                          MakeTimeAccessor(&QkdnController::m_reportMaxAge),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("ChargingInterval",
                          "Time between charging records of a session; zero for none.",
                          TimeValue(Time(0)),
                          MakeTimeAccessor(&QkdnController::m_chargingInterval),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("ChargingDelay",
                          "Time that charging records are later than the reports of KMs, which "
                          "are as often.",
                          TimeValue(MilliSeconds(500)),
                          MakeTimeAccessor(&QkdnController::m_chargingDelay),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("Endpoint",
                          "The endpoint of Ck.",
                          TypeId::ATTR_GET,
                          PointerValue(),
                          MakePointerAccessor(&QkdnController::GetEndpoint),
                          MakePointerChecker<MessageEndpoint>())
            .AddAttribute("HelloAgent",
                          "What finds out whether key managers live.",
                          TypeId::ATTR_GET,
                          PointerValue(),
                          MakePointerAccessor(&QkdnController::GetHelloAgent),
                          MakePointerChecker<HelloAgent>())
            .AddAttribute("Redundancy",
                          "What takes turns with another controller.",
                          TypeId::ATTR_GET,
                          PointerValue(),
                          MakePointerAccessor(&QkdnController::GetRedundancy),
                          MakePointerChecker<ControllerRedundancy>())
            .AddTraceSource("ChargingRecord",
                            "A charging record of a session is made.",
                            MakeTraceSourceAccessor(&QkdnController::m_chargingTrace),
                            "ns3::qkdn::QkdnController::ChargingCallback")
            .AddTraceSource("Informed",
                            "The controller learns that a route of a session has failed.",
                            MakeTraceSourceAccessor(&QkdnController::m_informedTrace),
                            "ns3::qkdn::QkdnController::InformedCallback")
            .AddTraceSource("Decision",
                            "The controller decides which route a session shall use.",
                            MakeTraceSourceAccessor(&QkdnController::m_decisionTrace),
                            "ns3::qkdn::QkdnController::DecisionCallback")
            .AddTraceSource("Recovery",
                            "The controller decides to restore a session: over which routes, and "
                            "how much of its demand; Decision follows.",
                            MakeTraceSourceAccessor(&QkdnController::m_recoveryTrace),
                            "ns3::qkdn::QkdnController::RecoveryCallback")
            .AddTraceSource("Completed",
                            "The last acknowledgement of what was decided has come.",
                            MakeTraceSourceAccessor(&QkdnController::m_completedTrace),
                            "ns3::qkdn::QkdnController::CompletedCallback")
            .AddTraceSource("Operation",
                            "A protection or recovery action is over.",
                            MakeTraceSourceAccessor(&QkdnController::m_operationTrace),
                            "ns3::qkdn::QkdnController::OperationCallback")
            .AddTraceSource("Alarm",
                            "An alarm of an end of a QKD link is raised or cleared.",
                            MakeTraceSourceAccessor(&QkdnController::m_alarmTrace),
                            "ns3::qkdn::QkdnController::AlarmCallback")
            .AddTraceSource("Stale",
                            "What is known of a usable hop is too old for new routes, or not "
                            "any more.",
                            MakeTraceSourceAccessor(&QkdnController::m_staleTrace),
                            "ns3::qkdn::QkdnController::StaleCallback")
            .AddTraceSource("KeyFlow",
                            "The key rate of a hop that is promised to routes changes.",
                            MakeTraceSourceAccessor(&QkdnController::m_keyFlowTrace),
                            "ns3::qkdn::QkdnController::KeyFlowCallback")
            .AddTraceSource("SessionRate",
                            "A session is granted less key rate than it asks for, or another "
                            "key rate than before.",
                            MakeTraceSourceAccessor(&QkdnController::m_sessionRateTrace),
                            "ns3::qkdn::QkdnController::SessionRateCallback")
            .AddTraceSource("Process",
                            "The process crashes or starts again.",
                            MakeTraceSourceAccessor(&QkdnController::m_processTrace),
                            "ns3::qkdn::QkdnController::ProcessCallback")
            .AddTraceSource("BadMessage",
                            "A message was malformed or out of place.",
                            MakeTraceSourceAccessor(&QkdnController::m_badMessageTrace),
                            "ns3::qkdn::QkdnController::BadMessageCallback");
    return tid;
}

QkdnController::QkdnController()
    : m_endpoint(CreateObject<SupervisedEndpoint>()),
      m_manager(CreateObject<ManagerClient>()),
      m_redundancy(CreateObject<ControllerRedundancy>()),
      m_restoration(CreateObject<LinkRestoration>()),
      m_sessions(m_view, m_sender, *this)
{
    NS_LOG_FUNCTION(this);
}

QkdnController::~QkdnController()
{
    NS_LOG_FUNCTION(this);
}

void
QkdnController::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_settleEvent.Cancel();
    m_expiry.Cancel();
    m_sender.Clear();
    m_sessions.Crash();
    m_sender.Clear();
    m_charging.Stop();
    m_endpoint->Dispose();
    m_manager->Dispose();
    m_replicate.Cancel();
    m_tellFlows.Cancel();
    m_changedFlows.clear();
    m_redundancy->Dispose();
    m_restoration->Dispose();
    Application::DoDispose();
}

void
QkdnController::SetIdentity(uint32_t number, const Address& local)
{
    NS_ABORT_MSG_IF(number == 0 || number > MAX_NUMBER,
                    "controller number " << number << " is not in 1 to " << MAX_NUMBER);
    m_number = number;
    m_local = local;
    m_sessions.SetFirstRoute(number << ROUTE_NUMBER_BITS);
}

void
QkdnController::AddKeyManager(KmId id, const Address& remote)
{
    m_keyManagers[id].address = remote;
}

void
QkdnController::SetManager(const Address& local, const Address& manager)
{
    m_manager->SetAddresses(local, manager);
}

void
QkdnController::SetTariff(const ChargingTariff& tariff)
{
    NS_ABORT_MSG_IF(m_started, "a tariff comes after the start of controller " << m_number);
    m_charging.SetTariff(tariff);
}

const ChargingLedger&
QkdnController::GetChargingLedger() const
{
    return m_charging.GetLedger();
}

void
QkdnController::StartApplication()
{
    NS_LOG_FUNCTION(this);
    NS_ABORT_MSG_IF(m_number == 0, "a controller was started without an identity");
    m_endpoint->SetNode(GetNode());
    GetEndpoint()->SetReceiveCallback(MakeCallback(&QkdnController::ReceiveMessage, this));
    GetEndpoint()->SetPeerCallback(MakeCallback(&QkdnController::PeerConnected, this));
    for (auto& [id, km] : m_keyManagers)
    {
        km.peer = m_endpoint->AddPeer(km.address);
        m_byPeer[km.peer] = id;
    }
    m_manager->SetFunctions(
        [this]() { ManagerUp(); },
        [this](uint16_t type, Ptr<Packet> body) { ReceiveManagerMessage(type, body); });
    m_sender.SetSendFunction([this](KmId km, uint16_t type, Ptr<Packet> body, IncidentId incident) {
        return SendCommand(km, type, body, incident);
    });
    m_charging.SetRecordFunction(
        [this](const ChargingRecord& record) { ChargingRecordMade(record); });
    m_charging.SetChangeFunction([this](SessionId session) { AccountChanged(session); });
    m_restoration->SetTermFunction([this]() {
        return m_redundancy->IsActive() ? std::optional<uint32_t>(m_redundancy->GetTerm().term)
                                        : std::nullopt;
    });
    m_sender.SetTimeout(m_commandTimeout);
    m_sessions.SetDecisionTime(m_decisionTime);
    m_sessions.SetCost(m_cost);
    m_sessions.SetDisjointness(m_disjoint);
    m_sessions.SetAdmission(m_admission, m_bridging);
    m_view.SetMaxAge(m_reportMaxAge);
    m_started = true;
    if (m_crashes == 0)
    {
        Open();
    }
}

void
QkdnController::StopApplication()
{
    NS_LOG_FUNCTION(this);
    m_started = false;
    if (m_running)
    {
        Close();
    }
}

void
QkdnController::Open()
{
    m_running = true;
    m_endpoint->Listen(m_local);
    m_redundancy->SetUser(this);
    m_redundancy->Start(GetNode());
    m_restoration->Start(GetNode(), m_decisionTime, m_commandTimeout);
    m_manager->Start(GetNode());
    m_charging.Start(m_chargingInterval, m_chargingDelay);
}

void
QkdnController::Close()
{
    m_running = false;
    m_endpoint->Stop();
    m_redundancy->Stop();
    m_restoration->Stop();
    m_replicate.Cancel();
    m_tellFlows.Cancel();
    m_changedFlows.clear();
    m_changed.clear();
    m_changedAccounts.clear();
    m_manager->Stop();
    m_charging.Stop();
    m_settleEvent.Cancel();
    m_expiry.Cancel();
    m_view.Clear();
    m_alarms.clear();
    m_sender.Clear();
    for (auto& [id, km] : m_keyManagers)
    {
        m_sessions.KmLost(id);
        km.reachable.reset();
    }
    m_sessions.Crash();
}

void
QkdnController::Crash()
{
    NS_LOG_FUNCTION(this << m_number);
    ++m_crashes;
    if (m_crashes > 1)
    {
        return;
    }
    if (m_running)
    {
        Close();
    }
    m_processTrace(m_number, false);
}

void
QkdnController::Restart()
{
    NS_LOG_FUNCTION(this << m_number);
    NS_ABORT_MSG_IF(m_crashes == 0, "controller " << m_number << " runs and is restarted");
    --m_crashes;
    if (m_crashes > 0)
    {
        return;
    }
    m_processTrace(m_number, true);
    if (m_started)
    {
        Open();
    }
}

bool
QkdnController::IsRunning() const
{
    return m_running;
}

uint32_t
QkdnController::GetNumber() const
{
    return m_number;
}

const NetworkView&
QkdnController::GetView() const
{
    return m_view;
}

const DemandTable&
QkdnController::GetDemand() const
{
    return m_sessions.GetDemand();
}

Ptr<MessageEndpoint>
QkdnController::GetEndpoint() const
{
    return m_endpoint->GetEndpoint();
}

Ptr<HelloAgent>
QkdnController::GetHelloAgent() const
{
    return m_endpoint->GetHelloAgent();
}

Ptr<MessageEndpoint>
QkdnController::GetManagerEndpoint() const
{
    return m_manager->GetEndpoint();
}

bool
QkdnController::HasManager() const
{
    return m_manager->IsUp();
}

Ptr<HelloAgent>
QkdnController::GetManagerHelloAgent() const
{
    return m_manager->GetHelloAgent();
}

bool
QkdnController::SendCommand(KmId km, uint16_t type, Ptr<Packet> body, IncidentId incident)
{
    return m_running && m_redundancy->IsActive() &&
           GetEndpoint()->Send(m_keyManagers.at(km).peer, type, body, incident);
}

void
QkdnController::PeerConnected(PeerId peer, bool up)
{
    const KmId km = m_byPeer.at(peer);
    NS_LOG_FUNCTION(this << m_number << km << up);
    if (up)
    {
        TellRole(km);
    }
    else
    {
        m_sender.SetReady(km, false);
        m_sessions.KmLost(km);
        SetReachable(km, false);
    }
}

void
QkdnController::ReceiveMessage(PeerId peer, uint16_t type, Ptr<Packet> body, IncidentId incident)
{
    const KmId km = m_byPeer.at(peer);
    NS_LOG_FUNCTION(this << m_number << km << type << body->GetSize());
    if (!Dispatch(km, type, body, incident))
    {
        NS_LOG_WARN("controller " << m_number << ": message of type " << type << " from KM " << km
                                  << " changed nothing");
        m_badMessageTrace(m_number, km, type);
    }
}

bool
QkdnController::Dispatch(KmId km, uint16_t type, Ptr<Packet> body, IncidentId incident)
{
    switch (type)
    {
    case CK_REGISTRATION: {
        const auto message = CkRegistration::FromPacket(body);
        return message && Register(km, *message, incident);
    }
    case CK_LINK_REPORT: {
        const auto message = CkLinkReport::FromPacket(body);
        const auto change =
            message ? m_view.Report(km, message->state, Simulator::Now()) : std::nullopt;
        if (change)
        {
            Apply(*change, incident);
        }
        return change.has_value();
    }
    case CK_SESSION_REQUEST: {
        const auto message = CkSessionRequest::FromPacket(body);
        const bool good = message && m_sessions.HandleRequest(km, *message);
        if (good)
        {
            m_charging.SessionRequested(*message);
        }
        return good;
    }
    case CK_ROUTE_EVENT: {
        const auto message = CkRouteEvent::FromPacket(body);
        const bool good = message && m_sessions.HandleRouteEvent(km, *message, incident);
        if (good)
        {
            m_charging.RouteEvent(*message);
        }
        return good;
    }
    case CK_USAGE_REPORT:
        return m_charging.HandleReport(km, body);
    case CK_ACKNOWLEDGEMENT: {
        const auto message = CkAcknowledgement::FromPacket(body);
        return message && m_sender.Acknowledge(km, *message);
    }
    default:
        return DispatchRole(km, type, body);
    }
}

bool
QkdnController::Register(KmId km, const CkRegistration& message, IncidentId incident)
{
    const bool isNew = !m_view.IsRegistered(km);
    const auto change =
        message.km == km ? m_view.Register(message, Simulator::Now()) : std::nullopt;
    if (!change)
    {
        return false;
    }
    m_sessions.KmReady(km);
    m_sender.SetReady(km, true);
    if (isNew)
    {
        m_sessions.Close();
        m_settleEvent.Cancel();
        m_settleEvent = Simulator::Schedule(m_settleTime, &QkdnController::Settled, this);
    }
    m_keyManagers.at(km).name = message.name;
    SetReachable(km, true);
    Apply(*change, incident);
    m_sessions.Retry();
    return true;
}

void
QkdnController::Apply(const NetworkView::Change& change, IncidentId incident)
{
    if (m_redundancy->IsActive())
    {
        for (const LinkId link : change.described)
        {
            m_manager->Send(MC_LINK_DESCRIPTION,
                            m_view.GetDescription(link).ToPacket(),
                            IncidentId());
        }
        for (const LinkId link : change.links)
        {
            m_manager->Send(MC_LINK_STATUS, m_view.GetLinkStatus(link).ToPacket(), incident);
        }
    }
    for (const McAlarm& alarm : change.alarms)
    {
        NoteAlarm(alarm, incident);
    }
    for (const KmHop& hop : change.hops)
    {
        m_sessions.HopChanged(hop, incident);
    }
    for (const KmHop& hop : change.stale)
    {
        m_staleTrace(hop.low, hop.high, true);
    }
    for (const KmHop& hop : change.fresh)
    {
        m_staleTrace(hop.low, hop.high, false);
    }
    if (change.hasGain)
    {
        m_sessions.Retry();
    }
    else if (!change.links.empty())
    {
        m_sessions.ImproveLater();
    }
    m_sessions.RoomAppeared();
    ScheduleExpiry();
}

void
QkdnController::Settled()
{
    NS_LOG_FUNCTION(this << m_number);
    if (m_redundancy->IsActive())
    {
        ReportMissingKms();
        m_sessions.Open();
    }
}

} // namespace qkdn
} // namespace ns3
