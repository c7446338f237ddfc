/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-manager.h"

#include "qkdn-kx-messages.h"

#include "ns3/boolean.h"
#include "ns3/log.h"
#include "ns3/node.h"
#include "ns3/simulator.h"

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
      m_exchange(CreateObject<KxExchange>()),
      m_relayAgent(CreateObject<KeyRelayAgent>()),
      m_directMaker(CreateObject<DirectKeyMaker>()),
      m_relayMaker(CreateObject<RelayKeyMaker>()),
      m_notifier(CreateObject<KeySupplyNotifier>()),
      m_control(CreateObject<KmControlAgent>()),
      m_masterAgent(CreateObject<KsaMasterAgent>()),
      m_slaveAgent(CreateObject<KsaSlaveAgent>())
{
    NS_LOG_FUNCTION(this);
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
    m_control->Dispose();
    m_notifier->Dispose();
    m_exchange->Dispose();
    m_relayAgent->Dispose();
    m_directMaker->Dispose();
    m_relayMaker->Dispose();
    m_masterAgent->Dispose();
    m_slaveAgent->Dispose();
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
    m_routes.Configure(id);
    m_exchange->Configure(id, this, &m_routes, &m_pools, m_authenticator);
    m_exchange->AddKind(KX_KEY_RELAY, KX_RELAY_COMPLETION, PeekPointer(m_relayAgent));
    m_exchange->AddKind(KX_RELAYED_NOTIFICATION, KX_RELAYED_RESPONSE, PeekPointer(m_notifier));
    m_relayAgent->Configure(id, this, &m_routes, &m_pools, m_exchange, &m_gate, this);
    m_directMaker->Configure(id, this, &m_pools, m_authenticator, PeekPointer(m_masterAgent));
    m_relayMaker->Configure(m_relayAgent, m_authenticator, PeekPointer(m_masterAgent));
    m_notifier->Configure(m_exchange, m_masterAgent, m_slaveAgent);
    m_masterAgent->Configure(id, PeekPointer(m_directMaker), PeekPointer(m_relayMaker));
    m_masterAgent->SetPoolSupplyCallback(
        MakeCallback(&KeySupplyNotifier::Notify, PeekPointer(m_notifier)));
    m_masterAgent->SetSupplyCallback(
        MakeCallback(&KmControlAgent::SupplyChanged, PeekPointer(m_control)));
    m_slaveAgent->Configure(id, this, &m_pools, m_authenticator);
    KmParts parts;
    parts.self = id;
    parts.channel = this;
    parts.routes = &m_routes;
    parts.gate = &m_gate;
    parts.neighbours = &m_pools;
    parts.exchange = m_exchange;
    parts.relayAgent = m_relayAgent;
    parts.relayMaker = m_relayMaker;
    parts.masterAgent = m_masterAgent;
    parts.notifier = m_notifier;
    m_control->Configure(parts, MakeCallback(&KeyManager::GetLinkStates, this));
}

void
KeyManager::SetController(const Address& local, const Address& controller)
{
    m_control->SetController(local, controller);
}

void
KeyManager::SetLinkRate(LinkId link, uint64_t bps)
{
    m_linkRates[link] = bps;
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
KeyManager::AddNeighbour(KmId id, const Address& remote, Ptr<KmaPool> pool)
{
    NS_LOG_FUNCTION(this << id << remote);
    NS_ABORT_MSG_IF(!m_id.IsValid(), "a key manager needs an identity before neighbours");
    KmNeighbour shared;
    shared.pool = pool;
    shared.synchroniser = CreateObject<KmaSynchroniser>();
    shared.synchroniser->Configure(m_id, id, pool, this);
    shared.synchroniser->SetAgreedCallback(MakeCallback(&KeyManager::Agreed, this));
    pool->TraceConnectWithoutContext("Level", MakeCallback(&KeyManager::PoolLevelChanged, this));
    m_pools[id] = shared;
    m_addresses[id] = remote;
    m_neighbours[id] = Neighbour();
}

void
KeyManager::AddLink(LinkId link, KmId neighbour)
{
    NS_ABORT_MSG_IF(m_neighbours.find(neighbour) == m_neighbours.end(),
                    "QKD link " << link << ": KM " << neighbour << " is no neighbour of KM "
                                << m_id);
    m_links[link] = neighbour;
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
    if (!m_moduleAddress.IsInvalid())
    {
        m_kqReceiver->Start(GetNode(), m_moduleAddress, this);
    }
    m_control->Start(GetNode());
    m_masterAgent->Restart();
}

void
KeyManager::Close(IncidentId incident)
{
    m_running = false;
    m_endpoint->Stop();
    m_hello->Stop();
    m_kqReceiver->Stop();
    for (auto& neighbour : m_neighbours)
    {
        neighbour.second.incident = IncidentId();
    }
    m_exchange->Crash(incident);
    for (const auto& [id, shared] : m_pools)
    {
        shared.synchroniser->PeerDown();
        m_directMaker->PeerDown(id, incident);
    }
    m_masterAgent->Crash(incident, !m_poolsSurvive);
    m_control->Stop();
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
    m_remoteStatus.clear();
    m_processTrace(m_id, false);
    if (!m_poolsSurvive)
    {
        m_slaveAgent->DestroyAll(IncidentId());
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

Ptr<KeyRelayAgent>
KeyManager::GetRelayAgent() const
{
    return m_relayAgent;
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

bool
KeyManager::SendKx(KmId peer, uint16_t type, Ptr<Packet> body, IncidentId incident)
{
    return m_running && m_endpoint->Send(m_neighbours.at(peer).peer, type, body, incident);
}

void
KeyManager::RelayEnded(const KeyRoute& route,
                       const std::vector<KeyToRelay>& keys,
                       const KxReturn& answer,
                       IncidentId incident)
{
    m_relayMaker->RelayEnded(route, keys, answer, incident);
}

bool
KeyManager::HoldRelayed(const KeyRoute& route, const std::vector<KeyToRelay>& keys)
{
    return m_slaveAgent->HoldRelayed(route, keys);
}

void
KeyManager::VoidRelayed(const std::vector<KsaKeyId>& keys, IncidentId incident)
{
    m_slaveAgent->Void(keys, incident);
}

void
KeyManager::PoolLevelChanged(KmId, KmId neighbour, uint64_t)
{
    m_control->GetSupervisor()->PoolChanged(neighbour);
    for (const auto& [link, other] : m_links)
    {
        if (other == neighbour)
        {
            m_control->LinkChanged(GetLinkState(link), IncidentId());
        }
    }
}

CkLinkState
KeyManager::GetLinkState(LinkId link) const
{
    CkLinkState state;
    state.link = link;
    state.neighbour = m_links.at(link);
    state.neighbourAlive = IsAgreed(state.neighbour);
    const auto status = m_status.find(link);
    state.status = status == m_status.end() ? LINK_PENDING : status->second.status;
    const auto rate = m_linkRates.find(link);
    state.keyRateBps = rate == m_linkRates.end() ? 0 : rate->second;
    const Ptr<KmaPool> pool = m_pools.at(state.neighbour).pool;
    state.poolBits = pool->GetOwnBits() + pool->GetPeerBits();
    return state;
}

std::vector<CkLinkState>
KeyManager::GetLinkStates() const
{
    std::vector<CkLinkState> states;
    for (const auto& link : m_links)
    {
        states.push_back(GetLinkState(link.first));
    }
    return states;
}

void
KeyManager::ReviewHop(KmId neighbour, IncidentId incident)
{
    bool generates = false;
    for (const auto& [link, other] : m_links)
    {
        const auto here = m_status.find(link);
        const auto there = m_remoteStatus.find(link);
        generates =
            generates ||
            (other == neighbour && here != m_status.end() && here->second.status == LINK_ACTIVE &&
             (there == m_remoteStatus.end() || there->second.status == LINK_ACTIVE));
    }
    m_control->HopChanged(neighbour, generates && IsAgreed(neighbour), incident);
}

void
KeyManager::PeerConnected(PeerId peer, bool up)
{
    const KmId id = m_byPeer.at(peer);
    NS_LOG_FUNCTION(this << m_id << id << up);
    Neighbour& neighbour = m_neighbours.at(id);
    m_neighbourTrace(m_id, id, up ? "up" : "down", neighbour.incident);
    if (up)
    {
        m_pools.at(id).synchroniser->PeerUp(m_slaveAgent->GetHeld(id));
        return;
    }
    const bool wasAgreed = IsAgreed(id);
    for (const auto& [link, other] : m_links)
    {
        if (other == id)
        {
            m_remoteStatus.erase(link);
        }
    }
    m_pools.at(id).synchroniser->PeerDown();
    m_exchange->PeerDown(id, neighbour.incident);
    m_directMaker->PeerDown(id, neighbour.incident);
    if (m_running && wasAgreed)
    {
        ReviewHop(id, neighbour.incident.IsValid() ? neighbour.incident : m_incidents.Next());
        ReportLinks(id, neighbour.incident);
    }
}

void
KeyManager::PeerAlive(HelloPeerId peer, bool alive)
{
    const KmId id = m_byHello.at(peer);
    NS_LOG_FUNCTION(this << m_id << id << alive);
    Neighbour& neighbour = m_neighbours.at(id);
    if (alive)
    {
        m_neighbourTrace(m_id, id, "alive", neighbour.incident);
        neighbour.incident = IncidentId();
        m_endpoint->Reconnect(neighbour.peer);
        return;
    }
    neighbour.incident = m_incidents.Next();
    m_neighbourTrace(m_id, id, "dead", neighbour.incident);
    m_endpoint->Abandon(neighbour.peer);
}

void
KeyManager::ReceiveMessage(PeerId peer, uint16_t type, Ptr<Packet> body, IncidentId incident)
{
    const KmId id = m_byPeer.at(peer);
    NS_LOG_FUNCTION(this << m_id << id << type << body->GetSize());
    if (!Dispatch(id, type, body, incident))
    {
        NS_LOG_WARN("KM " << m_id << ": message of type " << type << " from KM " << id
                          << " changed nothing");
        m_badMessageTrace(m_id, id, type);
    }
}

bool
KeyManager::Dispatch(KmId id, uint16_t type, Ptr<Packet> body, IncidentId incident)
{
    if (type >= KX_KEY_STORED && type <= KX_AGREEMENT)
    {
        return m_pools.at(id).synchroniser->Receive(type, body);
    }
    return m_pools.at(id).synchroniser->IsAgreed() && DispatchAgreed(id, type, body, incident);
}

bool
KeyManager::DispatchAgreed(KmId id, uint16_t type, Ptr<Packet> body, IncidentId incident)
{
    switch (type)
    {
    case KX_SUPPLY_NOTIFICATION:
        return m_slaveAgent->HandleNotification(id, body);
    case KX_SUPPLY_RESPONSE:
        return m_directMaker->HandleResponse(id, body);
    case KX_KEY_VOID:
        return m_slaveAgent->HandleVoid(id, body);
    case KX_LINK_STATUS:
        return HandleLinkStatus(id, body, incident);
    case KX_KEY_RELAY:
    case KX_RELAYED_NOTIFICATION:
        return m_exchange->HandleForward(id, type, body, incident);
    case KX_RELAY_COMPLETION:
    case KX_RELAY_FAILURE:
    case KX_RELAYED_RESPONSE:
        return m_exchange->HandleReturn(id, type, body, incident);
    case KX_RELAY_VOID:
    case KX_RELAY_VOIDED:
        return m_relayAgent->HandleVoid(id, type, body, incident);
    case KX_ROUTE_SWITCH:
    case KX_ROUTE_SWITCHED:
    case KX_ROUTE_STATUS:
        return m_control->HandleMessage(id, type, body, incident);
    default:
        return false;
    }
}

bool
KeyManager::HandleLinkStatus(KmId id, Ptr<Packet> body, IncidentId incident)
{
    const auto message = KxLinkStatus::FromPacket(body);
    const auto link = message ? m_links.find(message->link) : m_links.end();
    if (link == m_links.end() || link->second != id)
    {
        return false;
    }
    m_remoteStatus[message->link] = Status{message->status, incident};
    m_linkStatusTrace(m_id, message->link, message->status, false, incident);
    ReviewHop(id, incident);
    return true;
}

void
KeyManager::ReportLinks(KmId neighbour, IncidentId incident)
{
    for (const auto& [link, other] : m_links)
    {
        if (other == neighbour)
        {
            m_control->LinkChanged(GetLinkState(link), incident);
        }
    }
}

void
KeyManager::Agreed(KmId neighbour, const std::vector<KsaKeyId>& heldKsaKeys)
{
    m_neighbourTrace(m_id, neighbour, "agreed", m_neighbours.at(neighbour).incident);
    const std::vector<KsaKeyId> unknown = m_masterAgent->Compare(neighbour, heldKsaKeys);
    if (!unknown.empty())
    {
        SendKx(neighbour, KX_KEY_VOID, KxKeyVoid{unknown}.ToPacket(), IncidentId());
    }
    for (const auto& [link, status] : m_status)
    {
        if (m_links.at(link) == neighbour)
        {
            SendLinkStatus(link, neighbour);
        }
    }
    ReviewHop(neighbour, IncidentId());
    m_control->PeerUp(neighbour);
    ReportLinks(neighbour, IncidentId());
}

void
KeyManager::SendLinkStatus(LinkId link, KmId neighbour)
{
    const Status& status = m_status.at(link);
    if (IsAgreed(neighbour))
    {
        SendKx(neighbour,
               KX_LINK_STATUS,
               KxLinkStatus{link, status.status}.ToPacket(),
               status.incident);
    }
}

KeySupplyState
KeyManager::GetStatus(const std::string& callerSae, const std::string& slaveSae) const
{
    if (!m_running)
    {
        KeySupplyState state;
        state.status = KEY_SUPPLY_UNAVAILABLE;
        return state;
    }
    return m_masterAgent->GetStatus(callerSae, slaveSae);
}

void
KeyManager::GetKey(const std::string& callerSae,
                   const std::string& slaveSae,
                   uint32_t number,
                   uint32_t sizeBit,
                   KeyCallback answer)
{
    if (m_running)
    {
        m_masterAgent->GetKey(callerSae, slaveSae, number, sizeBit, answer);
        return;
    }
    KeyContainer container;
    container.status = KEY_SUPPLY_UNAVAILABLE;
    container.message = "the key manager does not run";
    AnswerLater(answer, container);
}

void
KeyManager::GetKeyWithKeyIds(const std::string& callerSae,
                             const std::string& masterSae,
                             const std::vector<std::string>& keyIds,
                             KeyCallback answer)
{
    KeyContainer container;
    if (m_running)
    {
        container = m_slaveAgent->GetKeyWithKeyIds(callerSae, masterSae, keyIds);
    }
    else
    {
        container.status = KEY_SUPPLY_UNAVAILABLE;
        container.message = "the key manager does not run";
    }
    AnswerLater(answer, container);
}

void
KeyManager::AcceptQkdKey(const QkdKey& key)
{
    const auto link = m_links.find(key.id.link);
    if (link == m_links.end())
    {
        NS_LOG_WARN("KM " << m_id << ": key of QKD link " << key.id.link << ", which is not its");
        return;
    }
    if (m_running)
    {
        m_control->GetSupervisor()->NoteGenerated(link->second, key.material.GetBits());
        m_pools.at(link->second).synchroniser->AcceptQkdKey(key);
    }
}

void
KeyManager::NotifyLinkStatus(LinkId link, LinkStatus status, IncidentId incident)
{
    const auto found = m_links.find(link);
    if (found == m_links.end())
    {
        return;
    }
    // a process that starts reads the status of the modules beside it
    m_status[link] = Status{status, incident};
    if (!m_running)
    {
        return;
    }
    m_linkStatusTrace(m_id, link, status, true, incident);
    SendLinkStatus(link, found->second);
    ReviewHop(found->second, incident);
    m_control->LinkChanged(GetLinkState(link), incident);
}

} // namespace qkdn
} // namespace ns3
