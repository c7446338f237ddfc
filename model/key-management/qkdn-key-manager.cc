/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-manager.h"

#include "qkdn-key-stream-agent.h"
#include "qkdn-kx-messages.h"

#include "ns3/boolean.h"
#include "ns3/log.h"
#include "ns3/node.h"
#include "ns3/object-ptr-container.h"
#include "ns3/pointer.h"
#include "ns3/qkdn-random-stream.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <iterator>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnKeyManager");
NS_OBJECT_ENSURE_REGISTERED(KeyManager);

namespace
{

/// Number of the key manager among the detecting components of its node.
constexpr uint16_t INCIDENT_COMPONENT = 0;

/// Refusal of calls on Ak after a crash.
constexpr const char* NOT_RUNNING = "the key manager does not run";

/// Lists the pools of a key manager as an attribute, so that Config paths lead to them.
class PoolListAccessor : public ObjectPtrContainerAccessor
{
  public:
    /**
     * @brief Constructor
     * @param pools where the key manager holds them
     */
    explicit PoolListAccessor(KmNeighbours KeyManager::*pools)
        : m_pools(pools)
    {
    }

  private:
    bool DoGetN(const ObjectBase* object, std::size_t* n) const override
    {
        const auto km = dynamic_cast<const KeyManager*>(object);
        *n = km ? (km->*m_pools).size() : 0;
        return km != nullptr;
    }

    Ptr<Object> DoGet(const ObjectBase* object, std::size_t i, std::size_t* index) const override
    {
        const auto& pools = static_cast<const KeyManager*>(object)->*m_pools;
        const auto found = std::next(pools.begin(), static_cast<std::ptrdiff_t>(i));
        *index = found->first.value;
        return found->second.pool;
    }

    KmNeighbours KeyManager::*m_pools; //!< where they are
};

} // namespace

TypeId
KeyManager::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::KeyManager")
            .SetParent<Application>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<KeyManager>()
            .AddAttribute("PoolsSurviveCrash",
                          "Whether keys are still there after a crash of the process.",
                          BooleanValue(true),
                          MakeBooleanAccessor(&KeyManager::m_poolsSurvive),
                          MakeBooleanChecker())
            .AddAttribute("PoolList",
                          "This end's KMA-key pools, by the number of the neighbouring KM.",
                          TypeId::ATTR_GET,
                          ObjectPtrContainerValue(),
                          Create<PoolListAccessor>(&KeyManager::m_pools),
                          MakeObjectPtrContainerChecker<KmaPool>())
            .AddAttribute("MasterAgent",
                          "What supplies master applications.",
                          TypeId::ATTR_GET,
                          PointerValue(),
                          MakePointerAccessor(&KeyManager::GetMasterAgent),
                          MakePointerChecker<KsaMasterAgent>())
            .AddAttribute("SlaveAgent",
                          "What supplies slave applications.",
                          TypeId::ATTR_GET,
                          PointerValue(),
                          MakePointerAccessor(&KeyManager::GetSlaveAgent),
                          MakePointerChecker<KsaSlaveAgent>())
            .AddAttribute("RelayAgent",
                          "What relays keys.",
                          TypeId::ATTR_GET,
                          PointerValue(),
                          MakePointerAccessor(&KeyManager::GetRelayAgent),
                          MakePointerChecker<KeyRelayAgent>())
            .AddAttribute("RelayKeyMaker",
                          "What makes KSA-keys over more than one hop.",
                          TypeId::ATTR_GET,
                          PointerValue(),
                          MakePointerAccessor(&KeyManager::GetRelayKeyMaker),
                          MakePointerChecker<RelayKeyMaker>())
            .AddAttribute("ControlAgent",
                          "Routes and their selection.",
                          TypeId::ATTR_GET,
                          PointerValue(),
                          MakePointerAccessor(&KeyManager::GetControlAgent),
                          MakePointerChecker<KmControlAgent>())
            .AddAttribute("Authenticator",
                          "Tags of messages on Kx.",
                          TypeId::ATTR_GET,
                          PointerValue(),
                          MakePointerAccessor(&KeyManager::GetAuthenticator),
                          MakePointerChecker<KxAuthenticator>())
            .AddAttribute("Endpoint",
                          "The endpoint of Kx.",
                          TypeId::ATTR_GET,
                          PointerValue(),
                          MakePointerAccessor(&KeyManager::GetEndpoint),
                          MakePointerChecker<MessageEndpoint>())
            .AddAttribute("HelloAgent",
                          "What finds out whether neighbours live.",
                          TypeId::ATTR_GET,
                          PointerValue(),
                          MakePointerAccessor(&KeyManager::GetHelloAgent),
                          MakePointerChecker<HelloAgent>())
            .AddTraceSource("LinkStatus",
                            "The KM learns the status of a QKD link.",
                            MakeTraceSourceAccessor(&KeyManager::m_linkStatusTrace),
                            "ns3::qkdn::KeyManager::LinkStatusCallback")
            .AddTraceSource("Neighbour",
                            "What is known of a neighbouring KM changes.",
                            MakeTraceSourceAccessor(&KeyManager::m_neighbourTrace),
                            "ns3::qkdn::KeyManager::NeighbourCallback")
            .AddTraceSource("Process",
                            "The process crashes or starts again.",
                            MakeTraceSourceAccessor(&KeyManager::m_processTrace),
                            "ns3::qkdn::KeyManager::ProcessCallback")
            .AddTraceSource("BadMessage",
                            "A message was malformed, not authentic or out of place.",
                            MakeTraceSourceAccessor(&KeyManager::m_badMessageTrace),
                            "ns3::qkdn::KeyManager::BadMessageCallback");
    return tid;
}

KeyManager::KeyManager()
    : m_endpoint(CreateObject<MessageEndpoint>()),
      m_hello(CreateObject<HelloAgent>()),
      m_kqReceiver(CreateObject<KqReceiver>()),
      m_authenticator(CreateObject<KxAuthenticator>()),
      m_direct(CreateObject<KxDirectChannel>()),
      m_exchange(CreateObject<KxExchange>()),
      m_relayAgent(CreateObject<KeyRelayAgent>()),
      m_directMaker(CreateObject<DirectKeyMaker>()),
      m_relayMaker(CreateObject<RelayKeyMaker>()),
      m_shareMaker(CreateObject<ShareKeyMaker>()),
      m_notifier(CreateObject<KeySupplyNotifier>()),
      m_control(CreateObject<KmControlAgent>()),
      m_management(CreateObject<KmManagementAgent>()),
      m_masterAgent(CreateObject<KsaMasterAgent>()),
      m_slaveAgent(CreateObject<KsaSlaveAgent>()),
      m_server(CreateObject<KeyDeliveryServer>()),
      m_streams(CreateObject<KeyStreamAgent>()),
      m_meter(CreateObject<KeyUsageMeter>()),
      m_reporter(CreateObject<KeyUsageReporter>())
{
    NS_LOG_FUNCTION(this);
    // hellos decide when a connection is given up
    m_endpoint->SetAttribute("DataRetries", UintegerValue(WATCHED_DATA_RETRIES));
}

KeyManager::~KeyManager()
{
    NS_LOG_FUNCTION(this);
}

void
KeyManager::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_endpoint->Dispose();
    m_hello->Dispose();
    m_kqReceiver->Dispose();
    m_reporter->Dispose();
    m_management->Dispose();
    m_control->Dispose();
    m_notifier->Dispose();
    m_exchange->Dispose();
    m_direct->Dispose();
    m_relayAgent->Dispose();
    m_directMaker->Dispose();
    m_shareMaker->Dispose();
    m_relayMaker->Dispose();
    m_server->Dispose();
    m_streams->Dispose();
    m_masterAgent->Dispose();
    m_slaveAgent->Dispose();
    m_meter->Dispose();
    for (auto& neighbour : m_pools)
    {
        neighbour.second.synchroniser->Dispose();
        neighbour.second.pool->Dispose();
    }
    m_pools.clear();
    m_neighbours.clear();
    Application::DoDispose();
}

void
KeyManager::SetIdentity(KmId id, const Address& local)
{
    m_id = id;
    m_local = local;
    AssignStreams(RandomStreamNumber("km/" + std::to_string(id.value), "ksa-key-seed"));
    m_routes.Configure(id);
    m_exchange->Configure(id, this, &m_routes, &m_pools, m_authenticator);
    m_exchange->AddKind(KX_KEY_RELAY, KX_RELAY_COMPLETION, PeekPointer(m_relayAgent));
    m_exchange->AddKind(KX_RELAYED_NOTIFICATION, KX_RELAYED_RESPONSE, PeekPointer(m_notifier));
    m_exchange->AddKind(KX_STREAM_SYNC, KX_STREAM_STATE, PeekPointer(m_streams));
    m_relayAgent->Configure(id, this, &m_routes, &m_pools, m_exchange, &m_gate, this);
    m_relayAgent->ConfigureDestination(m_direct, m_authenticator);
    m_directMaker->Configure(id, this, &m_pools, m_authenticator, PeekPointer(m_masterAgent));
    m_relayMaker->Configure(m_relayAgent, m_authenticator, PeekPointer(m_masterAgent));
    m_shareMaker->Configure(
        m_relayMaker,
        PeekPointer(m_masterAgent),
        MakeCallback(&KsaMasterAgent::VoidOverNextRoute, PeekPointer(m_masterAgent)));
    m_notifier->Configure(m_exchange, m_masterAgent, m_slaveAgent);
    m_masterAgent->Configure(id,
                             &m_pools,
                             PeekPointer(m_directMaker),
                             PeekPointer(m_relayMaker),
                             PeekPointer(m_shareMaker));
    m_server->Configure(m_masterAgent, m_slaveAgent);
    m_masterAgent->SetPoolSupplyCallback(
        MakeCallback(&KeySupplyNotifier::Notify, PeekPointer(m_notifier)));
    m_masterAgent->SetSupplyCallback(
        MakeCallback(&KmControlAgent::SupplyChanged, PeekPointer(m_control)));
    m_slaveAgent->Configure(id, this, &m_pools, m_authenticator);
    m_streams->Configure({id,
                          this,
                          &m_routes,
                          m_exchange,
                          m_masterAgent,
                          m_slaveAgent,
                          MakeCallback(&KeyManager::GetLinkStates, this)});
    KmParts parts;
    parts.self = id;
    parts.channel = this;
    parts.routes = &m_routes;
    parts.gate = &m_gate;
    parts.neighbours = &m_pools;
    parts.exchange = m_exchange;
    parts.relayAgent = m_relayAgent;
    parts.relayMaker = m_relayMaker;
    parts.shareMaker = m_shareMaker;
    parts.masterAgent = m_masterAgent;
    parts.notifier = m_notifier;
    m_control->Configure(parts, MakeCallback(&KeyManager::GetLinkStates, this));
    m_management->Configure(id, MakeCallback(&KmControlAgent::ApplyPolicy, PeekPointer(m_control)));
    m_meter->Configure(id);
    m_relayAgent->SetMeter(m_meter);
    m_directMaker->SetMeter(m_meter);
    m_slaveAgent->TraceConnectWithoutContext(
        "KeyEvent",
        MakeCallback(&KeyUsageMeter::SlaveKeyChanged, PeekPointer(m_meter)));
    m_reporter->Configure(m_meter, [control = PeekPointer(m_control)] {
        return control->GetObeyedClient();
    });
}

void
KeyManager::SetController(const Address& local, const Address& controller)
{
    m_control->SetController(local, controller);
}

void
KeyManager::SetManager(const Address& local, const Address& manager)
{
    m_management->SetAddresses(local, manager);
}

Ptr<KmManagementAgent>
KeyManager::GetManagementAgent() const
{
    return m_management;
}

int64_t
KeyManager::AssignStreams(int64_t stream)
{
    return m_relayMaker->AssignStreams(stream);
}

void
KeyManager::ListenForModules(const Address& local)
{
    m_moduleAddress = local;
}

void
KeyManager::ListenForApplications(const Address& local)
{
    m_applicationAddress = local;
}

void
KeyManager::AddNeighbour(KmId id, const Address& remote, Ptr<KmaPool> pool)
{
    NS_LOG_FUNCTION(this << id << remote);
    NS_ABORT_MSG_IF(!m_id.IsValid(), "a key manager needs an identity before neighbours");
    KmNeighbour shared;
    shared.pool = pool;
    shared.synchroniser = CreateObject<KmaSynchroniser>();
    shared.synchroniser->Configure(m_id, id, pool, this);
    shared.synchroniser->SetAgreedCallback(MakeCallback(&KeyManager::Agreed, this));
    shared.synchroniser->SetGainedCallback(MakeCallback(&KeyManager::PoolGained, this));
    pool->TraceConnectWithoutContext("Level", MakeCallback(&KeyManager::PoolLevelChanged, this));
    m_pools[id] = shared;
    m_addresses[id] = remote;
    m_neighbours[id] = Neighbour();
}

void
KeyManager::AddDirectPeer(KmId id, const Address& local, const Address& remote)
{
    m_direct->AddPeer(id, local, remote);
}

void
KeyManager::AddSession(const KeySession& session)
{
    if (session.masterKm == m_id)
    {
        m_masterAgent->AddSession(session);
    }
    if (session.slaveKm == m_id)
    {
        m_slaveAgent->AddSession(session);
    }
    if (session.masterKm == m_id || session.slaveKm == m_id)
    {
        m_control->AddSession(session);
        if (session.additionalSlaveSaes.empty())
        {
            // a stream has two ends
            m_streams->AddSession(session);
        }
    }
}

void
KeyManager::StartApplication()
{
    NS_LOG_FUNCTION(this);
    NS_ABORT_MSG_IF(!m_id.IsValid(), "a key manager was started without an identity");
    m_incidents.SetDetector(GetNode()->GetId(), INCIDENT_COMPONENT);
    m_endpoint->SetNode(GetNode());
    m_endpoint->SetReceiveCallback(MakeCallback(&KeyManager::ReceiveMessage, this));
    m_endpoint->SetPeerCallback(MakeCallback(&KeyManager::PeerConnected, this));
    m_hello->SetNode(GetNode());
    m_hello->SetPeerCallback(MakeCallback(&KeyManager::PeerAlive, this));
    m_direct->Configure(GetNode(), MakeCallback(&KeyManager::ReceiveDirect, this));
    for (auto& [id, neighbour] : m_neighbours)
    {
        neighbour.helloPeer = m_hello->AddPeer(m_addresses.at(id));
        m_byHello[neighbour.helloPeer] = id;
    }
    m_started = true;
    if (m_crashes == 0)
    {
        Open();
    }
}

void
KeyManager::StopApplication()
{
    NS_LOG_FUNCTION(this);
    m_started = false;
    if (m_running)
    {
        Close(IncidentId());
    }
}

void
KeyManager::Open()
{
    m_running = true;
    m_endpoint->Listen(m_local);
    for (auto& [id, neighbour] : m_neighbours)
    {
        if (!neighbour.peer.IsValid())
        {
            neighbour.peer = m_endpoint->AddPeer(m_addresses.at(id));
            m_byPeer[neighbour.peer] = id;
        }
    }
    m_hello->Listen(m_local);
    m_hello->Start();
    m_direct->Start();
    if (!m_moduleAddress.IsInvalid())
    {
        m_kqReceiver->Start(GetNode(), m_moduleAddress, this);
    }
    m_control->Start(GetNode());
    m_management->Start(GetNode());
    m_reporter->Start();
    m_masterAgent->Restart();
    m_streams->Start();
    if (!m_applicationAddress.IsInvalid())
    {
        m_server->Start(GetNode(), m_applicationAddress);
    }
}

void
KeyManager::Close(IncidentId incident)
{
    m_running = false;
    m_masterAgent->Halt();
    m_endpoint->Stop();
    m_hello->Stop();
    m_direct->Stop();
    m_kqReceiver->Stop();
    m_server->Stop(!m_poolsSurvive);
    for (auto& neighbour : m_neighbours)
    {
        neighbour.second.incident = IncidentId();
    }
    for (const auto& pool : m_pools)
    {
        // first, or whatever fails now is tried again with keys out of pools that stay
        pool.second.synchroniser->PeerDown();
    }
    m_exchange->Crash(incident);
    m_streams->Crash(!m_poolsSurvive);
    for (const auto& pool : m_pools)
    {
        m_directMaker->PeerDown(pool.first, incident);
    }
    m_masterAgent->Crash(incident, !m_poolsSurvive);
    m_control->Stop();
    m_management->Stop();
    m_reporter->Stop();
}

void
KeyManager::Crash()
{
    NS_LOG_FUNCTION(this << m_id);
    ++m_crashes;
    if (m_crashes > 1)
    {
        return;
    }
    if (m_running)
    {
        Close(IncidentId());
    }
    m_links.ForgetRemoteStatus();
    m_processTrace(m_id, false);
    if (!m_poolsSurvive)
    {
        m_slaveAgent->DestroyAll(IncidentId());
        m_meter->Restart();
        for (auto& neighbour : m_pools)
        {
            neighbour.second.pool->DestroyAll(IncidentId());
        }
    }
}

void
KeyManager::Restart()
{
    NS_LOG_FUNCTION(this << m_id);
    NS_ABORT_MSG_IF(m_crashes == 0, "KM " << m_id << " runs and is restarted");
    --m_crashes;
    if (m_crashes > 0)
    {
        return;
    }
    m_processTrace(m_id, true);
    if (m_started)
    {
        Open();
    }
}

bool
KeyManager::IsRunning() const
{
    return m_running;
}

KmId
KeyManager::GetKmId() const
{
    return m_id;
}

Ptr<KmaPool>
KeyManager::GetPool(KmId neighbour) const
{
    const auto found = m_pools.find(neighbour);
    return found == m_pools.end() ? nullptr : found->second.pool;
}

bool
KeyManager::IsAgreed(KmId neighbour) const
{
    const auto found = m_pools.find(neighbour);
    return found != m_pools.end() && found->second.synchroniser->IsAgreed();
}

Ptr<KsaMasterAgent>
KeyManager::GetMasterAgent() const
{
    return m_masterAgent;
}

Ptr<KsaSlaveAgent>
KeyManager::GetSlaveAgent() const
{
    return m_slaveAgent;
}

Ptr<KeyDeliveryServer>
KeyManager::GetKeyDeliveryServer() const
{
    return m_server;
}

Ptr<KeyStreamAgent>
KeyManager::GetKeyStreamAgent() const
{
    return m_streams;
}

Ptr<KxAuthenticator>
KeyManager::GetAuthenticator() const
{
    return m_authenticator;
}

Ptr<DirectKeyMaker>
KeyManager::GetDirectKeyMaker() const
{
    return m_directMaker;
}

Ptr<RelayKeyMaker>
KeyManager::GetRelayKeyMaker() const
{
    return m_relayMaker;
}

Ptr<ShareKeyMaker>
KeyManager::GetShareKeyMaker() const
{
    return m_shareMaker;
}

Ptr<KeySupplyNotifier>
KeyManager::GetNotifier() const
{
    return m_notifier;
}

const ExtraTrafficGate&
KeyManager::GetExtraTrafficGate() const
{
    return m_gate;
}

Ptr<KeyRelayAgent>
KeyManager::GetRelayAgent() const
{
    return m_relayAgent;
}

Ptr<KxDirectChannel>
KeyManager::GetDirectChannel() const
{
    return m_direct;
}

Ptr<KxExchange>
KeyManager::GetExchange() const
{
    return m_exchange;
}

Ptr<KmControlAgent>
KeyManager::GetControlAgent() const
{
    return m_control;
}

Ptr<KeyUsageMeter>
KeyManager::GetUsageMeter() const
{
    return m_meter;
}

Ptr<KeyUsageReporter>
KeyManager::GetUsageReporter() const
{
    return m_reporter;
}

Ptr<MessageEndpoint>
KeyManager::GetEndpoint() const
{
    return m_endpoint;
}

Ptr<HelloAgent>
KeyManager::GetHelloAgent() const
{
    return m_hello;
}

Ptr<KqReceiver>
KeyManager::GetKqReceiver() const
{
    return m_kqReceiver;
}

void
KeyManager::GetStatus(const std::string& callerSae,
                      const std::string& slaveSae,
                      StatusCallback answer)
{
    KeySupplyState state;
    if (m_running)
    {
        state = m_masterAgent->GetStatus(callerSae, slaveSae);
    }
    else
    {
        state.status = KEY_SUPPLY_UNAVAILABLE;
        state.error.message = NOT_RUNNING;
    }
    AnswerLater(answer, state);
}

void
KeyManager::GetKey(const std::string& callerSae,
                   const std::string& slaveSae,
                   const KeySupplyRequest& request,
                   KeyCallback answer)
{
    if (m_running)
    {
        m_masterAgent->GetKey(callerSae, slaveSae, request, HAND_OVER_CALL, answer);
        return;
    }
    AnswerLater(answer, KeyContainer::Refusal(KEY_SUPPLY_UNAVAILABLE, NOT_RUNNING));
}

void
KeyManager::GetKeyWithKeyIds(const std::string& callerSae,
                             const std::string& masterSae,
                             const std::vector<std::string>& keyIds,
                             KeyCallback answer)
{
    AnswerLater(answer,
                m_running
                    ? m_slaveAgent->GetKeyWithKeyIds(callerSae, masterSae, keyIds, HAND_OVER_CALL)
                    : KeyContainer::Refusal(KEY_SUPPLY_UNAVAILABLE, NOT_RUNNING));
}

} // namespace qkdn
} // namespace ns3
