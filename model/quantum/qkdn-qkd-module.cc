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
#include "ns3/qkdn-compat.h"
#include "ns3/qkdn-random-stream.h"
#include "ns3/simulator.h"

#include <cmath>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnQkdModule");
NS_OBJECT_ENSURE_REGISTERED(QkdModule);

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
                          "Whether the module starts up first or is running from the beginning.",
                          EnumValue(START_OFF),
                          qkdn::MakeEnumAccessor<InitialState>(&QkdModule::m_initialState),
                          MakeEnumChecker(START_OFF, "off", START_RUNNING, "running"))
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
            .AddAttribute("FalseAlarmProbability",
                          "Probability that a count-rate test without a single detection comes "
                          "from an intact link; with the expected rate it gives the window.",
                          DoubleValue(1e-9),
                          MakeDoubleAccessor(&QkdModule::m_falseAlarm),
                          MakeDoubleChecker<double>(1e-300, 0.5))
            .AddAttribute("QberWarning",
                          "Quantum bit error ratio from which on the module is degraded.",
                          DoubleValue(0.08),
                          MakeDoubleAccessor(&QkdModule::m_qberWarning),
                          MakeDoubleChecker<double>(0.0, 0.5))
            .AddAttribute("QberAbort",
                          "Quantum bit error ratio from which on no key is made: a link whose "
                          "expected ratio reaches it is a configuration error.",
                          DoubleValue(0.11),
                          MakeDoubleAccessor(&QkdModule::m_qberAbort),
                          MakeDoubleChecker<double>(0.0, 0.5))
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
                            "ns3::qkdn::QkdModule::KeyCallback");
    return tid;
}

QkdModule::QkdModule()
    : m_endpoint(CreateObject<MessageEndpoint>()),
      m_hello(CreateObject<HelloAgent>()),
      m_seedDraw(CreateObject<UniformRandomVariable>())
{
    NS_LOG_FUNCTION(this);
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
    Application::DoDispose();
}

void
QkdModule::SetLink(LinkId link, const std::string& name)
{
    m_link = link;
    m_linkName = name;
    m_seedDraw->SetStream(RandomStreamNumber("link/" + name, "key-seed"));
}

void
QkdModule::SetDevice(Ptr<QuantumNetDevice> device)
{
    m_device = device;
}

void
QkdModule::SetProtocol(Ptr<QkdProtocol> protocol, Ptr<Distillation> distillation)
{
    m_protocol = protocol;
    m_distillation = distillation;
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
    return 1;
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
    const QkdRatePoint point = m_protocol->GetRate(channel->GetBudget());
    NS_ABORT_MSG_IF(!point.hasKey || point.qber >= m_qberAbort,
                    "QKD link " << m_linkName << ": no secret key over "
                                << channel->GetBudget().lossDb << " dB, error ratio " << point.qber
                                << "; shorten the link or change the protocol");
    m_incidents.SetDetector(GetNode()->GetId(), static_cast<uint16_t>(m_device->GetIfIndex()));
    m_distillation->SetLink(m_link, m_protocol);
    m_distillation->SetKeyCallback(MakeCallback(&QkdModule::KeyReady, this));
    m_distillation->SetSendCallback(MakeCallback(&QkdModule::SendMessage, this));
    m_device->SetLightCallback(MakeCallback(&QkdModule::LightChanged, this));
    m_detector.SetCallback(MakeCallback(&QkdModule::SignalDeclared, this));
    m_detector.SetPersistence(GetLossPersistence(), m_lossOfLight);
    const bool running = m_initialState == START_RUNNING;
    m_detector.Start(running || (!m_syncLight && m_role == TRANSMITTER),
                     !m_syncLight && m_role == TRANSMITTER,
                     channel->GetDelay());
    if (m_distillation->NeedsClassicalChannel() || !m_syncLight)
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

Time
QkdModule::GetLossPersistence() const
{
    if (m_syncLight || m_role == TRANSMITTER)
    {
        return m_lossOfLight;
    }
    // an intact link shows no detection in a window w with probability exp(-rate w)
    const auto channel = DynamicCast<QuantumChannel>(m_device->GetChannel());
    const double rateHz = m_protocol->GetRate(channel->GetBudget()).detectionRateHz;
    NS_ABORT_MSG_IF(!(rateHz > 0.0),
                    "QKD link " << m_linkName
                                << ": without synchronisation light and without detections a cut "
                                   "cannot be noticed");
    return Seconds(-std::log(m_falseAlarm) / rateHz);
}

void
QkdModule::Fail()
{
    NS_LOG_FUNCTION(this);
    if (m_state == FAILED || m_state == OFF)
    {
        return;
    }
    m_detector.Stop();
    m_endpoint->Stop();
    m_hello->Stop();
    SetState(FAILED, IncidentId());
    m_distillation->Reset();
}

void
QkdModule::Repair()
{
    NS_LOG_FUNCTION(this);
    if (m_state != FAILED)
    {
        return;
    }
    m_incident = IncidentId();
    m_remoteGood = true;
    m_classicalAlive = true;
    m_cold = true;
    const bool present =
        m_syncLight ? m_device->GetReceivedLight().light.sync
                    : (m_role == TRANSMITTER || m_device->GetReceivedLight().light.quantum);
    m_detector.Start(!m_syncLight && m_role == TRANSMITTER, present, Time());
    if (m_distillation->NeedsClassicalChannel() || !m_syncLight)
    {
        StartClassicalChannel();
    }
    SetState(INITIALISING, IncidentId());
    UpdateState();
}

void
QkdModule::LightChanged(const ReceivedLight& light)
{
    NS_LOG_FUNCTION(this << light.light.sync << light.light.quantum);
    m_lightSince = Simulator::Now();
    if (m_state == FAILED || m_state == OFF)
    {
        return;
    }
    m_detector.SetPresent(m_syncLight ? light.light.sync
                                      : (m_role == TRANSMITTER || light.light.quantum));
    UpdateDetection();
}

void
QkdModule::SignalDeclared(bool good)
{
    NS_LOG_FUNCTION(this << good);
    if (!good)
    {
        Detect("loss of light");
    }
    SendSignalState();
    UpdateState();
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
        if (m_detector.IsGood() && m_remoteGood)
        {
            Detect("classical channel dead");
        }
        m_endpoint->Abandon(m_peer);
    }
    m_classicalAlive = alive;
    UpdateState();
    if (alive && IsGenerating())
    {
        m_incident = IncidentId();
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
        }
        return;
    }
    const auto signal = ModuleSignal::FromPacket(body);
    if (!signal)
    {
        NS_LOG_WARN("QKD link " << m_linkName << ": malformed signal message");
        return;
    }
    m_remoteGood = signal->good;
    if (!m_remoteGood && !m_incident.IsValid())
    {
        m_incident = incident;
    }
    UpdateState();
}

bool
QkdModule::SendMessage(uint16_t type, Ptr<Packet> body)
{
    return m_endpoint->Send(m_peer, type, body, m_incident);
}

void
QkdModule::SendSignalState()
{
    if (m_peer.IsValid() && m_endpoint->IsUp(m_peer))
    {
        ModuleSignal signal;
        // while a module waits for its first light it has no failure to tell
        signal.good = m_detector.IsGood() || m_state == INITIALISING;
        SendMessage(MODULE_SIGNAL, signal.ToPacket());
    }
}

void
QkdModule::KeyReady(const QkdKey& key)
{
    m_keyTrace(m_link, m_role, key);
    m_consumer->AcceptQkdKey(key);
}

void
QkdModule::Detect(const std::string& cause)
{
    m_incident = m_incidents.Next();
    NS_LOG_INFO("QKD link " << m_linkName << ": " << cause << ", incident "
                            << m_incident.ToString());
    m_incidentTrace(m_link, m_role, cause, m_incident);
}

bool
QkdModule::IsGenerating() const
{
    return m_state == RUNNING || m_state == DEGRADED;
}

void
QkdModule::UpdateState()
{
    if (m_state == FAILED || m_state == OFF)
    {
        return;
    }
    const bool good = m_detector.IsGood() && m_remoteGood;
    if (!good && (IsGenerating() || (m_state == INITIALISING && !m_initialised.IsExpired())))
    {
        SetState(ABORTED, m_incident);
    }
    else if (good && m_state == ABORTED)
    {
        SetState(INITIALISING, m_incident);
    }
    if (good && m_state == INITIALISING && m_initialised.IsExpired())
    {
        m_initialised =
            Simulator::Schedule(m_cold ? m_startUp : m_resync, &QkdModule::Initialised, this);
    }
    NotifyStatus();
}

void
QkdModule::Initialised()
{
    m_cold = false;
    SetState(GeneratingState(), m_incident);
    if (m_classicalAlive)
    {
        m_incident = IncidentId();
    }
}

QkdModule::State
QkdModule::GeneratingState() const
{
    const auto channel = DynamicCast<QuantumChannel>(m_device->GetChannel());
    return m_protocol->GetRate(channel->GetBudget()).qber >= m_qberWarning ? DEGRADED : RUNNING;
}

void
QkdModule::SetState(State state, IncidentId incident)
{
    NS_LOG_FUNCTION(this << StateName(m_state) << StateName(state));
    const State from = m_state;
    if (state != INITIALISING)
    {
        m_initialised.Cancel();
    }
    m_state = state;
    m_stateTrace(m_link, m_role, from, state, incident);
    UpdateEmission();
    UpdateDetection();
    NotifyStatus();
}

void
QkdModule::UpdateEmission()
{
    Light light;
    light.sync = m_syncLight && m_state != OFF && m_state != FAILED;
    if (m_role == TRANSMITTER)
    {
        // without synchronisation light the receiver can only see the pulses come back
        const bool emit =
            IsGenerating() || (!m_syncLight && (m_state == ABORTED || m_state == INITIALISING));
        if (emit && (!m_emitting || IsGenerating()))
        {
            ++m_epoch;
            m_seed = (uint64_t{m_seedDraw->GetInteger(0, 0xffffffff)} << 32) |
                     m_seedDraw->GetInteger(0, 0xffffffff);
            const auto channel = DynamicCast<QuantumChannel>(m_device->GetChannel());
            m_distillation->EmissionStarted(m_epoch,
                                            m_seed,
                                            channel->GetBudget(),
                                            channel->GetDelay());
        }
        else if (!emit && m_emitting)
        {
            m_distillation->EmissionStopped();
        }
        m_emitting = emit;
        if (emit)
        {
            light.quantum = true;
            light.epoch = m_epoch;
            light.seed = m_seed;
        }
    }
    m_device->Emit(light);
}

void
QkdModule::UpdateDetection()
{
    if (m_role != RECEIVER)
    {
        return;
    }
    const ReceivedLight& light = m_device->GetReceivedLight();
    const bool detect = IsGenerating() && light.light.quantum;
    if (m_detecting)
    {
        m_distillation->DetectionStopped();
    }
    m_detecting = detect;
    if (detect)
    {
        m_distillation->DetectionStarted(light, m_lightSince);
    }
}

void
QkdModule::NotifyStatus()
{
    LinkStatus status = LINK_PENDING;
    if (m_state == OFF)
    {
        status = LINK_OFF;
    }
    else if (m_state == FAILED)
    {
        // a broken module tells nobody
        m_status = LINK_PASSIVE;
        return;
    }
    else if (m_state == ABORTED || !m_classicalAlive)
    {
        status = LINK_PASSIVE;
    }
    else if (IsGenerating())
    {
        status = LINK_ACTIVE;
    }
    if (status != m_status)
    {
        m_status = status;
        m_consumer->NotifyLinkStatus(m_link, status, m_incident);
    }
}

} // namespace qkdn
} // namespace ns3
