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
    m_masterAgent->Dispose();
    m_slaveAgent->Dispose();
    for (auto& neighbour : m_neighbours)
    {
        neighbour.second.synchroniser->Dispose();
        neighbour.second.pool->Dispose();
    }
    m_neighbours.clear();
    Application::DoDispose();
}

void
KeyManager::SetIdentity(KmId id, const Address& local)
{
    m_id = id;
    m_local = local;
    m_masterAgent->Configure(id, this);
    m_slaveAgent->Configure(id, this);
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
    Neighbour neighbour;
    neighbour.pool = pool;
    neighbour.synchroniser = CreateObject<KmaSynchroniser>();
    neighbour.synchroniser->Configure(m_id, id, pool, this);
    neighbour.synchroniser->SetAgreedCallback(MakeCallback(&KeyManager::Agreed, this));
    m_masterAgent->AddNeighbour(id, pool, neighbour.synchroniser);
    m_slaveAgent->AddNeighbour(id, pool);
    m_addresses[id] = remote;
    m_neighbours[id] = neighbour;
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
        neighbour.second.synchroniser->PeerDown();
        neighbour.second.incident = IncidentId();
    }
    m_masterAgent->Crash(incident, !m_poolsSurvive);
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
    m_status.clear();
    m_processTrace(m_id, false);
    if (!m_poolsSurvive)
    {
        m_slaveAgent->DestroyAll(IncidentId());
        for (auto& neighbour : m_neighbours)
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
    const auto found = m_neighbours.find(neighbour);
    return found == m_neighbours.end() ? nullptr : found->second.pool;
}

bool
KeyManager::IsAgreed(KmId neighbour) const
{
    const auto found = m_neighbours.find(neighbour);
    return found != m_neighbours.end() && found->second.synchroniser->IsAgreed();
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
KeyManager::PeerConnected(PeerId peer, bool up)
{
    const KmId id = m_byPeer.at(peer);
    NS_LOG_FUNCTION(this << m_id << id << up);
    Neighbour& neighbour = m_neighbours.at(id);
    m_neighbourTrace(m_id, id, up ? "up" : "down", neighbour.incident);
    if (up)
    {
        neighbour.synchroniser->PeerUp(m_slaveAgent->GetHeld(id));
        return;
    }
    neighbour.synchroniser->PeerDown();
    m_masterAgent->PeerDown(id, neighbour.incident);
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
    Neighbour& neighbour = m_neighbours.at(id);
    if (type >= KX_KEY_STORED && type <= KX_AGREEMENT)
    {
        return neighbour.synchroniser->Receive(type, body);
    }
    if (!neighbour.synchroniser->IsAgreed())
    {
        return false;
    }
    switch (type)
    {
    case KX_SUPPLY_NOTIFICATION:
        return m_slaveAgent->HandleNotification(id, body, m_masterAgent->GetOneTimeTagBits());
    case KX_SUPPLY_RESPONSE:
        return m_masterAgent->HandleResponse(id, body);
    case KX_KEY_VOID:
        return m_slaveAgent->HandleVoid(id, body);
    case KX_LINK_STATUS: {
        const auto message = KxLinkStatus::FromPacket(body);
        const auto link = message ? m_links.find(message->link) : m_links.end();
        if (link == m_links.end() || link->second != id)
        {
            return false;
        }
        m_linkStatusTrace(m_id, message->link, message->status, false, incident);
        return true;
    }
    default:
        return false;
    }
}

void
KeyManager::Agreed(KmId neighbour, const std::vector<KsaKeyId>& heldKsaKeys)
{
    m_neighbourTrace(m_id, neighbour, "agreed", m_neighbours.at(neighbour).incident);
    m_masterAgent->VoidUnknown(neighbour, heldKsaKeys);
    for (const auto& [link, status] : m_status)
    {
        if (m_links.at(link) == neighbour)
        {
            SendLinkStatus(link, neighbour);
        }
    }
}

void
KeyManager::SendLinkStatus(LinkId link, KmId neighbour)
{
    const LocalStatus& status = m_status.at(link);
    if (m_neighbours.at(neighbour).synchroniser->IsAgreed())
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
        m_neighbours.at(link->second).synchroniser->AcceptQkdKey(key);
    }
}

void
KeyManager::NotifyLinkStatus(LinkId link, LinkStatus status, IncidentId incident)
{
    const auto found = m_links.find(link);
    if (!m_running || found == m_links.end())
    {
        return;
    }
    m_status[link] = LocalStatus{status, incident};
    m_linkStatusTrace(m_id, link, status, true, incident);
    SendLinkStatus(link, found->second);
}

} // namespace qkdn
} // namespace ns3
