/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-qkd-module.h"

#include "qkdn-classical-channel-messages.h"
#include "qkdn-quantum-channel.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/node.h"
#include "ns3/pointer.h"
#include "ns3/qkdn-compat.h"
#include "ns3/qkdn-random-stream.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <iterator>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnQkdModule");
NS_OBJECT_ENSURE_REGISTERED(QkdModule);

namespace
{

/// Times that have a name.
struct TimingPreset
{
    const char* name; //!< the name
    double startUpS;  //!< StartUpTime, s
    double resyncS;   //!< ResyncTime, s
};

constexpr TimingPreset TIMING_PRESETS[] = {{"hhi-resync", 60.0, 0.3},
                                           {"warm", 60.0, 60.0},
                                           {"cold", 300.0, 300.0}};

} // namespace

TypeId
QkdModule::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::QkdModule")
            .SetParent<Application>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<QkdModule>()
            .AddAttribute("Role",
                          "Which end of the quantum channel this is.",
                          EnumValue(TRANSMITTER),
                          qkdn::MakeEnumAccessor<Role>(&QkdModule::m_role),
                          MakeEnumChecker(TRANSMITTER, "transmitter", RECEIVER, "receiver"))
            .AddAttribute("InitialState",
                          "Whether the module starts up first, is running from the beginning, "
                          "or stands by.",
                          EnumValue(START_OFF),
                          qkdn::MakeEnumAccessor<InitialState>(&QkdModule::m_initialState),
                          MakeEnumChecker(START_OFF,
                                          "off",
                                          START_RUNNING,
                                          "running",
                                          START_STANDBY,
                                          "standby"))
            .AddAttribute("StartUpTime",
                          "Time to start up after switching on or a hardware repair, with light.",
                          TimeValue(Seconds(60)),
                          MakeTimeAccessor(&QkdModule::m_startUp),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("ResyncTime",
                          "Time to resynchronise after the signal came back.",
                          TimeValue(Seconds(10)),
                          MakeTimeAccessor(&QkdModule::m_resync),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("LossOfLightTime",
                          "Time without synchronisation light before the signal counts as lost, "
                          "and with light before it counts as good.",
                          TimeValue(MilliSeconds(5)),
                          MakeTimeAccessor(&QkdModule::m_lossOfLight),
                          MakeTimeChecker(MicroSeconds(1)))
            .AddAttribute("SyncLight",
                          "Whether bright synchronisation light shares the fibre in both "
                          "directions. Without it the receiver judges by its count rate, and the "
                          "transmitter by what the receiver tells it.",
                          BooleanValue(true),
                          MakeBooleanAccessor(&QkdModule::m_syncLight),
                          MakeBooleanChecker())
            .AddAttribute("SignalMessages",
                          "Whether the modules tell each other of signal fail and standby also "
                          "where distillation needs no messages. They do in any case without "
                          "synchronisation light and once a module stands by. To be equal at both "
                          "ends.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&QkdModule::m_signalMessages),
                          MakeBooleanChecker())
            .AddAttribute("FalseAlarmProbability",
                          "Probability that a count-rate test without a single detection comes "
                          "from an intact link; with the expected rate it gives the window.",
                          DoubleValue(1e-9),
                          MakeDoubleAccessor(&QkdModule::m_falseAlarm),
                          MakeDoubleChecker<double>(1e-300, 0.5))
            .AddAttribute("QberWarning",
                          "Estimated quantum bit error ratio at or above which the module is "
                          "degraded.",
                          DoubleValue(0.08),
                          MakeDoubleAccessor(&QkdModule::m_qberWarning),
                          MakeDoubleChecker<double>(0.0, 0.5))
            .AddAttribute("QberWarningClear",
                          "Estimated error ratio at or below which the module is degraded no "
                          "more; 1 stands for QberWarning.",
                          DoubleValue(1.0),
                          MakeDoubleAccessor(&QkdModule::m_qberWarningClear),
                          MakeDoubleChecker<double>(0.0, 1.0))
            .AddAttribute("QberAbort",
                          "Estimated error ratio at or above which no key is made, and none of "
                          "the block that shows it. A link whose expected ratio reaches it is a "
                          "configuration error.",
                          DoubleValue(0.11),
                          MakeDoubleAccessor(&QkdModule::m_qberAbort),
                          MakeDoubleChecker<double>(0.0, 0.5))
            .AddAttribute("QberClear",
                          "Estimated error ratio at or below which a module that aborted for "
                          "errors resynchronises; 1 stands for QberWarning.",
                          DoubleValue(1.0),
                          MakeDoubleAccessor(&QkdModule::m_qberClear),
                          MakeDoubleChecker<double>(0.0, 1.0))
            .AddAttribute("Distillation",
                          "How blocks become key.",
                          TypeId::ATTR_GET,
                          PointerValue(),
                          MakePointerAccessor(&QkdModule::GetDistillation),
                          MakePointerChecker<Distillation>())
            .AddAttribute("Endpoint",
                          "The endpoint of the classical channel.",
                          TypeId::ATTR_GET,
                          PointerValue(),
                          MakePointerAccessor(&QkdModule::GetEndpoint),
                          MakePointerChecker<MessageEndpoint>())
            .AddTraceSource("StateChange",
                            "The state of the module changes.",
                            MakeTraceSourceAccessor(&QkdModule::m_stateTrace),
                            "ns3::qkdn::QkdModule::StateCallback")
            .AddTraceSource("Incident",
                            "The module detects a failure.",
                            MakeTraceSourceAccessor(&QkdModule::m_incidentTrace),
                            "ns3::qkdn::QkdModule::IncidentCallback")
            .AddTraceSource("KeyDelivered",
                            "A QKD-key goes to the key manager.",
                            MakeTraceSourceAccessor(&QkdModule::m_keyTrace),
                            "ns3::qkdn::QkdModule::KeyCallback")
            .AddTraceSource("MessageRejected",
                            "A message of the other module is not understood; it changes nothing.",
                            MakeTraceSourceAccessor(&QkdModule::m_rejectedTrace),
                            "ns3::qkdn::QkdModule::RejectedCallback");
    return tid;
}

QkdModule::QkdModule()
    : m_endpoint(CreateObject<MessageEndpoint>()),
      m_hello(CreateObject<HelloAgent>()),
      m_seedDraw(CreateObject<UniformRandomVariable>())
{
    NS_LOG_FUNCTION(this);
    // hellos decide when a connection is given up
    m_endpoint->SetAttribute("DataRetries", UintegerValue(WATCHED_DATA_RETRIES));
}

QkdModule::~QkdModule()
{
    NS_LOG_FUNCTION(this);
}

void
QkdModule::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_initialised.Cancel();
    m_errorsChanged.Cancel();
    m_detector.Stop();
    m_endpoint->Dispose();
    m_hello->Dispose();
    if (m_distillation)
    {
        m_distillation->Dispose();
    }
    m_device = nullptr;
    m_distillation = nullptr;
    m_protocol = nullptr;
    m_consumer = nullptr;
    m_listeners.clear();
    Application::DoDispose();
}

void
QkdModule::SetLink(LinkId link, const std::string& name)
{
    m_link = link;
    m_linkName = name;
    m_seedDraw->SetStream(RandomStreamNumber("link/" + name, "key-seed"));
    NameStatistics();
}

void
QkdModule::SetDevice(Ptr<QuantumNetDevice> device)
{
    m_device = device;
    if (m_device)
    {
        // before the start too, to know since when an emission has been arriving
        m_device->SetLightCallback(MakeCallback(&QkdModule::LightChanged, this));
    }
}

void
QkdModule::SetProtocol(Ptr<QkdProtocol> protocol, Ptr<Distillation> distillation)
{
    m_protocol = protocol;
    m_distillation = distillation;
    NameStatistics();
}

void
QkdModule::NameStatistics()
{
    if (m_distillation)
    {
        m_distillation->AssignStreams(RandomStreamNumber("link/" + m_linkName, "block-statistics"));
    }
}

std::string
QkdModule::SetTimingPreset(const std::string& name)
{
    const bool found = FindTimingPreset(name, m_startUp, m_resync);
    return found ? "" : "there are no times called \"" + name + "\"";
}

bool
QkdModule::FindTimingPreset(const std::string& name, Time& startUp, Time& resync)
{
    const auto preset =
        std::find_if(std::begin(TIMING_PRESETS),
                     std::end(TIMING_PRESETS),
                     [&name](const TimingPreset& candidate) { return candidate.name == name; });
    if (preset == std::end(TIMING_PRESETS))
    {
        return false;
    }
    startUp = Seconds(preset->startUpS);
    resync = Seconds(preset->resyncS);
    return true;
}

void
QkdModule::SetClassicalChannel(const Address& local, const Address& remote)
{
    m_local = local;
    m_remote = remote;
}

void
QkdModule::SetKeyConsumer(QkdKeyConsumer* consumer)
{
    m_consumer = consumer;
}

QkdModule::State
QkdModule::GetState() const
{
    return m_state;
}

QkdModule::Role
QkdModule::GetRole() const
{
    return m_role;
}

LinkId
QkdModule::GetLinkId() const
{
    return m_link;
}

Ptr<Distillation>
QkdModule::GetDistillation() const
{
    return m_distillation;
}

Ptr<MessageEndpoint>
QkdModule::GetEndpoint() const
{
    return m_endpoint;
}

int64_t
QkdModule::AssignStreams(int64_t stream)
{
    m_seedDraw->SetStream(stream);
    return 1 + (m_distillation ? m_distillation->AssignStreams(stream + 1) : 0);
}

const char*
QkdModule::StateName(State state)
{
    static const char* const names[] =
        {"Off", "Initialising", "Running", "Degraded", "Aborted", "Failed", "Standby"};
    return names[state];
}

void
QkdModule::StartApplication()
{
    NS_LOG_FUNCTION(this);
    NS_ABORT_MSG_IF(!m_device || !m_device->GetChannel() || !m_protocol || !m_distillation ||
                        !m_consumer || !m_link.IsValid(),
                    "QKD module on node " << GetNode()->GetId()
                                          << ": link, device, channel, protocol, distillation and "
                                             "key consumer must be set before it starts");
    const auto channel = DynamicCast<QuantumChannel>(m_device->GetChannel());
    for (uint32_t path = 0; path < channel->GetNPaths(); ++path)
    {
        const QuantumLinkBudget budget = channel->GetPathBudget(path);
        const QkdRatePoint point = m_protocol->GetRate(budget);
        // a recorded rate may be 0 at first
        const QkdBlockPlan block = m_protocol->PlanBlock(budget);
        NS_ABORT_MSG_IF((!point.hasKey || point.qber >= m_qberAbort) &&
                            (!block.hasKey || block.qber >= m_qberAbort),
                        "QKD link " << m_linkName << ": no secret key over " << budget.lossDb
                                    << " dB, error ratio " << point.qber
                                    << "; shorten the link or change the protocol");
    }
    QberMonitor::Thresholds thresholds;
    thresholds.warning = m_qberWarning;
    thresholds.warningClear = m_qberWarningClear > 0.5 ? m_qberWarning : m_qberWarningClear;
    thresholds.abort = m_qberAbort;
    thresholds.clear = m_qberClear > 0.5 ? m_qberWarning : m_qberClear;
    const std::string problem = QberMonitor::Validate(thresholds);
    NS_ABORT_MSG_UNLESS(problem.empty(), "QKD link " << m_linkName << ": " << problem);
    m_qber.SetThresholds(thresholds);
    m_incidents.SetDetector(GetNode()->GetId(), static_cast<uint16_t>(m_device->GetIfIndex()));
    m_distillation->SetLink(m_link, m_protocol);
    m_distillation->SetKeyCallback(MakeCallback(&QkdModule::KeyReady, this));
    m_distillation->SetEstimateCallback(MakeCallback(&QkdModule::EstimateKnown, this));
    m_distillation->SetSendCallback(MakeCallback(&QkdModule::SendMessage, this));
    m_detector.SetCallback(MakeCallback(&QkdModule::SignalDeclared, this));
    m_detector.SetPersistence(GetLossPersistence(), m_lossOfLight);
    if (m_failures > 0)
    {
        SetState(FAILED, IncidentId());
        return;
    }
    if (m_standby || m_initialState == START_STANDBY)
    {
        StartInStandby();
        return;
    }
    const bool running = m_initialState == START_RUNNING;
    m_detector.Start(running || (!m_syncLight && m_role == TRANSMITTER),
                     IsSignalPresent(),
                     channel->GetDelay());
    if (UsesClassicalChannel())
    {
        StartClassicalChannel();
    }
    m_cold = !running;
    SetState(running ? GeneratingState() : INITIALISING, IncidentId());
    UpdateState();
}

void
QkdModule::StopApplication()
{
    NS_LOG_FUNCTION(this);
    m_detector.Stop();
    if (m_state != OFF)
    {
        SetState(OFF, IncidentId());
    }
    m_endpoint->Stop();
    m_hello->Stop();
}

void
QkdModule::StartClassicalChannel()
{
    if (!m_peer.IsValid())
    {
        m_endpoint->SetNode(GetNode());
        m_endpoint->SetReceiveCallback(MakeCallback(&QkdModule::ReceiveMessage, this));
        m_endpoint->SetPeerCallback(MakeCallback(&QkdModule::PeerConnected, this));
        m_hello->SetNode(GetNode());
        m_hello->SetPeerCallback(MakeCallback(&QkdModule::PeerAlive, this));
        m_hello->AddPeer(m_remote);
    }
    m_endpoint->Listen(m_local);
    if (!m_peer.IsValid())
    {
        m_peer = m_endpoint->AddPeer(m_remote);
    }
    m_hello->Listen(m_local);
    m_hello->Start();
}

void
QkdModule::PeerAlive(HelloPeerId, bool alive)
{
    NS_LOG_FUNCTION(this << alive);
    if (alive)
    {
        m_endpoint->Reconnect(m_peer);
    }
    else
    {
        if (IsSignalGood() && m_remoteGood)
        {
            Detect("classical channel dead");
        }
        m_endpoint->Abandon(m_peer);
    }
    m_classicalAlive = alive;
    UpdateState();
    if (alive && (IsGenerating() || m_state == STANDBY))
    {
        ForgetIncident();
    }
}

void
QkdModule::PeerConnected(PeerId, bool up)
{
    NS_LOG_FUNCTION(this << up);
    if (up)
    {
        SendSignalState();
        m_distillation->PeerUp();
    }
}

void
QkdModule::ReceiveMessage(PeerId, uint16_t type, Ptr<Packet> body, IncidentId incident)
{
    NS_LOG_FUNCTION(this << type << body->GetSize());
    if (type != MODULE_SIGNAL)
    {
        if (!m_distillation->Receive(type, body))
        {
            NS_LOG_WARN("QKD link " << m_linkName << ": message of type " << type
                                    << " not understood");
            m_rejectedTrace(m_link, m_role, type, body->GetSize());
        }
        return;
    }
    const auto signal = ModuleSignal::FromPacket(body);
    if (!signal)
    {
        NS_LOG_WARN("QKD link " << m_linkName << ": malformed signal message");
        m_rejectedTrace(m_link, m_role, type, body->GetSize());
        return;
    }
    m_remoteGood = signal->good;
    m_remoteStandby = signal->standby;
    m_remoteClean = !signal->erroneous;
    if ((!m_remoteGood || !m_remoteClean) && !m_incident.IsValid())
    {
        m_incident = incident;
    }
    UpdateState();
}

bool
QkdModule::SendMessage(uint16_t type, Ptr<Packet> body)
{
    return m_endpoint->IsUp(m_peer) && m_endpoint->Send(m_peer, type, body, m_incident);
}

void
QkdModule::SendSignalState()
{
    if (m_peer.IsValid())
    {
        ModuleSignal signal;
        // while a module waits for its first light it has no failure to tell
        signal.good = IsSignalGood() || m_state == INITIALISING;
        signal.standby = m_standby;
        signal.erroneous = m_qber.GetLevel() == QberMonitor::ABORT;
        SendMessage(MODULE_SIGNAL, signal.ToPacket());
    }
}

void
QkdModule::KeyReady(const QkdKey& key)
{
    QkdKey delivered = key;
    delivered.module = m_role == TRANSMITTER ? MODULE_TRANSMITTER : MODULE_RECEIVER;
    m_keyTrace(m_link, m_role, delivered);
    m_consumer->AcceptQkdKey(delivered);
}

} // namespace qkdn
} // namespace ns3
