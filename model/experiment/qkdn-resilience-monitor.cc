/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-resilience-monitor.h"

#include "ns3/log.h"
#include "ns3/qkdn-classical-channel-messages.h"
#include "ns3/qkdn-kq-messages.h"
#include "ns3/simulator.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnResilienceMonitor");
NS_OBJECT_ENSURE_REGISTERED(ResilienceMonitor);

TypeId
ResilienceMonitor::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::ResilienceMonitor")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<ResilienceMonitor>()
            .AddAttribute("PoolSampleInterval",
                          "Shortest time between two samples of the level of a pool end.",
                          TimeValue(MilliSeconds(100)),
                          MakeTimeAccessor(&ResilienceMonitor::m_sampleInterval),
                          MakeTimeChecker(Time(0)));
    return tid;
}

ResilienceMonitor::ResilienceMonitor()
{
    NS_LOG_FUNCTION(this);
}

ResilienceMonitor::~ResilienceMonitor()
{
    NS_LOG_FUNCTION(this);
}

void
ResilienceMonitor::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_requests.clear();
    m_classicalFaults.clear();
    m_sessions.clear();
    m_pools.clear();
    m_links.clear();
    m_kms.clear();
    Object::DoDispose();
}

void
ResilienceMonitor::AddKeyManager(Ptr<KeyManager> km, const std::string& name)
{
    m_kms[km->GetKmId()] = km;
    m_kmNames[km->GetKmId()] = name;
    km->TraceConnectWithoutContext("LinkStatus",
                                   MakeCallback(&ResilienceMonitor::LinkStatusChanged, this));
    km->TraceConnectWithoutContext("Neighbour",
                                   MakeCallback(&ResilienceMonitor::NeighbourChanged, this));
    km->TraceConnectWithoutContext("Process",
                                   MakeCallback(&ResilienceMonitor::ProcessChanged, this));
    km->GetMasterAgent()->TraceConnectWithoutContext(
        "KeyEvent",
        MakeCallback(&ResilienceMonitor::KsaKeyChanged, this));
    km->GetSlaveAgent()->TraceConnectWithoutContext(
        "KeyEvent",
        MakeCallback(&ResilienceMonitor::KsaKeyChanged, this));
    AddControlEndpoint(km->GetEndpoint());
}

void
ResilienceMonitor::AddQkdLink(const std::string& name,
                              Ptr<QkdModule> transmitter,
                              Ptr<QkdModule> receiver,
                              Ptr<KeyManager> transmitterKm,
                              Ptr<KeyManager> receiverKm,
                              uint64_t reserveBits)
{
    const LinkId link = transmitter->GetLinkId();
    WatchedLink& watched = m_links[link];
    watched.name = name;
    watched.modules = {transmitter, receiver};
    watched.kms = {transmitterKm->GetKmId(), receiverKm->GetKmId()};
    watched.reserveBits = reserveBits;
    for (const auto& module : watched.modules)
    {
        module->TraceConnectWithoutContext(
            "StateChange",
            MakeCallback(&ResilienceMonitor::ModuleStateChanged, this));
        module->TraceConnectWithoutContext("Incident",
                                           MakeCallback(&ResilienceMonitor::ModuleIncident, this));
        module->TraceConnectWithoutContext(
            "KeyDelivered",
            MakeCallback(&ResilienceMonitor::ModuleKeyDelivered, this));
        AddControlEndpoint(module->GetEndpoint());
        const Ptr<Distillation> distillation = module->GetDistillation();
        distillation->TraceConnectWithoutContext(
            "BlockDropped",
            MakeCallback(&ResilienceMonitor::BlockDropped, this));
    }
    receiver->GetDistillation()->TraceConnectWithoutContext(
        "BlockFilled",
        MakeCallback(&ResilienceMonitor::BlockFilled, this));
    WatchPool(transmitterKm, receiverKm->GetKmId(), name);
    WatchPool(receiverKm, transmitterKm->GetKmId(), name);
}

void
ResilienceMonitor::WatchPool(Ptr<KeyManager> km, KmId neighbour, const std::string& name)
{
    const auto id = std::make_pair(km->GetKmId(), neighbour);
    if (m_pools.find(id) != m_pools.end())
    {
        return;
    }
    const Ptr<KmaPool> pool = km->GetPool(neighbour);
    NS_ABORT_MSG_IF(!pool, "KM " << id.first << " has no pool with KM " << neighbour);
    NS_ABORT_MSG_IF(pool->GetStoredBits() > 0,
                    "QKD link " << name << ": add it to the monitor before its pools get keys");
    WatchedPool& watched = m_pools[id];
    watched.pool = pool;
    watched.name = name;
    pool->TraceConnectWithoutContext("KeyAdded", MakeCallback(&ResilienceMonitor::KeyAdded, this));
    pool->TraceConnectWithoutContext("KeyMoved", MakeCallback(&ResilienceMonitor::KeyMoved, this));
    pool->TraceConnectWithoutContext("KeySettled",
                                     MakeCallback(&ResilienceMonitor::KeySettled, this));
    pool->TraceConnectWithoutContext("KeyRefused",
                                     MakeCallback(&ResilienceMonitor::KeyRefused, this));
    pool->TraceConnectWithoutContext("KeyConfirmed",
                                     MakeCallback(&ResilienceMonitor::KeyConfirmed, this));
    pool->TraceConnectWithoutContext("Level", MakeCallback(&ResilienceMonitor::LevelChanged, this));
}

void
ResilienceMonitor::AddSession(const MonitoredSession& session)
{
    const SessionId id = session.session.id;
    m_sessions[id] = session;
    m_requests[id] = std::make_unique<RequestLog>(session.master, session.slave);
    TrackedSession tracked;
    tracked.id = id;
    tracked.name = session.session.name;
    tracked.masterKm = session.session.masterKm;
    tracked.slaveKm = session.session.slaveKm;
    for (const auto& [link, watched] : m_links)
    {
        const std::array<KmId, 2> there = {tracked.masterKm, tracked.slaveKm};
        const std::array<KmId, 2> back = {tracked.slaveKm, tracked.masterKm};
        if (watched.kms == there || watched.kms == back)
        {
            tracked.links.push_back(link);
        }
    }
    m_tracker.AddSession(tracked);
}

void
ResilienceMonitor::AddFaultInjector(Ptr<FaultInjector> injector)
{
    injector->TraceConnectWithoutContext("Fault",
                                         MakeCallback(&ResilienceMonitor::FaultChanged, this));
}

void
ResilienceMonitor::SetFaultScope(const std::string& fault, const std::vector<SessionId>& sessions)
{
    m_scopes[fault] = sessions;
}

void
ResilienceMonitor::SetFaultLink(const std::string& fault,
                                Ptr<ClassicalLink> link,
                                Ptr<ClassicalTopology> topology)
{
    m_classicalFaults[fault] = ClassicalFault{link, topology};
}

bool
ResilienceMonitor::IsOnWay(uint32_t from, uint32_t to, const ClassicalFault& fault)
{
    uint32_t at = from;
    while (at != to)
    {
        const auto hop = fault.topology->GetNextHop(at, to);
        if (!hop)
        {
            return false;
        }
        if (hop->device == fault.link->GetDevice(false) ||
            hop->device == fault.link->GetDevice(true))
        {
            return true;
        }
        at = hop->node;
    }
    return false;
}

std::vector<SessionId>
ResilienceMonitor::FindSessionsOver(const ClassicalFault& fault) const
{
    std::vector<SessionId> sessions;
    for (const auto& [id, session] : m_sessions)
    {
        const uint32_t master = m_kms.at(session.session.masterKm)->GetNode()->GetId();
        const uint32_t slave = m_kms.at(session.session.slaveKm)->GetNode()->GetId();
        if (IsOnWay(master, slave, fault) || IsOnWay(slave, master, fault))
        {
            sessions.push_back(id);
        }
    }
    return sessions;
}

void
ResilienceMonitor::AddControlEndpoint(Ptr<MessageEndpoint> endpoint)
{
    endpoint->TraceConnectWithoutContext("Sent",
                                         MakeCallback(&ResilienceMonitor::MessageSent, this));
}

void
ResilienceMonitor::AddDevice(Ptr<NetDevice> device)
{
    NS_ABORT_MSG_IF(
        !device->TraceConnectWithoutContext("PhyTxBegin",
                                            MakeCallback(&ResilienceMonitor::PacketSent, this)),
        "the device has no trace source PhyTxBegin");
}

const std::string&
ResilienceMonitor::KmName(KmId km) const
{
    return m_kmNames.at(km);
}

std::string
ResilienceMonitor::ModuleEntity(LinkId link, QkdModule::Role role) const
{
    return "module/" + m_links.at(link).name + (role == QkdModule::TRANSMITTER ? "/tx" : "/rx");
}

void
ResilienceMonitor::FaultChanged(Ptr<const Fault> fault, bool active)
{
    const Time now = Simulator::Now();
    m_log.Add(active ? "fault" : "repair",
              "fault/" + fault->GetId(),
              IncidentId(),
              {{"type", fault->GetKind()}, {"target", fault->GetTarget()}});
    if (active)
    {
        FaultResult result;
        result.id = fault->GetId();
        result.type = fault->GetKind();
        result.target = fault->GetTarget();
        result.start = now;
        m_faults.push_back(result);
        const auto scope = m_scopes.find(fault->GetId());
        if (scope != m_scopes.end())
        {
            m_tracker.FaultStruck(now, fault->GetId(), scope->second);
        }
        const auto classical = m_classicalFaults.find(fault->GetId());
        if (classical != m_classicalFaults.end())
        {
            const auto sessions = FindSessionsOver(classical->second);
            m_possibleScopes[fault->GetId()] = sessions;
            m_tracker.PossibleFaultStruck(now, fault->GetId(), sessions);
        }
        return;
    }
    for (FaultResult& result : m_faults)
    {
        if (result.id == fault->GetId())
        {
            result.end = now;
        }
    }
    m_tracker.FaultRepaired(now, fault->GetId());
}

void
ResilienceMonitor::ModuleStateChanged(LinkId link,
                                      QkdModule::Role role,
                                      QkdModule::State from,
                                      QkdModule::State to,
                                      IncidentId incident)
{
    m_log.Add("module-state",
              ModuleEntity(link, role),
              incident,
              {{"from", QkdModule::StateName(from)}, {"to", QkdModule::StateName(to)}});
    const bool generating = to == QkdModule::RUNNING || to == QkdModule::DEGRADED;
    m_tracker.ModuleChanged(Simulator::Now(),
                            link,
                            role == QkdModule::TRANSMITTER ? 0 : 1,
                            generating);
}

void
ResilienceMonitor::ModuleIncident(LinkId link,
                                  QkdModule::Role role,
                                  const std::string& cause,
                                  IncidentId incident)
{
    m_log.Add("incident", ModuleEntity(link, role), incident, {{"cause", cause}});
    m_tracker.LinkIncident(Simulator::Now(), link, incident);
}

void
ResilienceMonitor::ModuleKeyDelivered(LinkId, QkdModule::Role, const QkdKey& key)
{
    m_tracker.KeyDelivered(Simulator::Now(), key.id);
}

void
ResilienceMonitor::BlockFilled(LinkId, const KeyId& key, double)
{
    m_tracker.BlockFilled(Simulator::Now(), key);
}

void
ResilienceMonitor::BlockDropped(LinkId link, const KeyId& key, const std::string& reason)
{
    m_log.Add("block-dropped",
              "link/" + m_links.at(link).name,
              IncidentId(),
              {{"block", key.ToString()}, {"reason", reason}});
}

void
ResilienceMonitor::LinkStatusChanged(KmId km,
                                     LinkId link,
                                     LinkStatus status,
                                     bool local,
                                     IncidentId incident)
{
    m_log.Add("link-status",
              "link/" + m_links.at(link).name,
              incident,
              {{"km", KmName(km)},
               {"end", local ? "local" : "remote"},
               {"status", LinkStatusName(status)}});
    if (status == LINK_PASSIVE)
    {
        m_tracker.LinkReported(Simulator::Now(), km, link);
    }
}

void
ResilienceMonitor::NeighbourChanged(KmId km,
                                    KmId neighbour,
                                    const std::string& state,
                                    IncidentId incident)
{
    const Time now = Simulator::Now();
    m_log.Add("km-neighbour",
              "km/" + KmName(km),
              incident,
              {{"neighbour", KmName(neighbour)}, {"state", state}});
    if (state == "dead")
    {
        m_tracker.NeighbourIncident(now, km, neighbour, incident);
    }
    else if (state == "agreed" || state == "down")
    {
        m_tracker.NeighbourChanged(now, km, neighbour, state == "agreed");
    }
}

void
ResilienceMonitor::ProcessChanged(KmId km, bool running)
{
    m_log.Add("km-process",
              "km/" + KmName(km),
              IncidentId(),
              {{"state", running ? "running" : "crashed"}});
    m_tracker.ProcessChanged(km, running);
}

void
ResilienceMonitor::KsaKeyChanged(const KsaKeyEvent& event)
{
    const Time now = Simulator::Now();
    const SessionEnd end = event.master ? SESSION_MASTER : SESSION_SLAVE;
    switch (event.kind)
    {
    case KSA_EVENT_CREATED:
        m_ksaBook.NotifyCreated(event.key, event.material.GetBits(), now);
        break;
    case KSA_EVENT_HELD:
    case KSA_EVENT_CONFIRMED:
        m_ksaBook.NotifyConfirmed(event.key, end, now);
        break;
    case KSA_EVENT_HANDED_OVER:
        m_ksaBook.NotifyHandedOver(event.key, end, event.material, now);
        if (event.master)
        {
            m_tracker.KeySupplied(now, event.key.session);
        }
        break;
    case KSA_EVENT_VOIDED:
        m_ksaBook.NotifyVoided(event.key, end, now);
        break;
    case KSA_EVENT_EXPIRED:
        m_ksaBook.NotifyExpired(event.key, end, now);
        break;
    case KSA_EVENT_DESTROYED:
        m_ksaBook.NotifyDestroyed(event.key, end, now);
        break;
    }
}

void
ResilienceMonitor::KeyAdded(KmId holder, KmId peer, const QkdKey& key, bool initial)
{
    m_kmaBook.NotifyKeyAdded(holder, peer, key, initial);
}

void
ResilienceMonitor::KeyMoved(KmId holder,
                            KmId peer,
                            KeyRange range,
                            KeyUse from,
                            KeyUse to,
                            IncidentId incident)
{
    m_kmaBook.NotifyKeyMoved(holder, peer, range, from, to, incident);
    if (incident.IsValid() && to == KEY_WASTED)
    {
        m_wastedByIncident[incident] += range.bits;
    }
}

void
ResilienceMonitor::KeySettled(KmId holder, KmId peer, KeyRange range)
{
    m_kmaBook.NotifyKeySettled(holder, peer, range);
}

void
ResilienceMonitor::KeyRefused(KmId holder, KmId peer, const QkdKey& key)
{
    m_kmaBook.NotifyKeyRefused(holder, peer, key);
}

void
ResilienceMonitor::KeyConfirmed(KmId, KmId, KeyId key, uint32_t)
{
    m_tracker.KeyConfirmed(Simulator::Now(), key);
}

void
ResilienceMonitor::LevelChanged(KmId holder, KmId peer, uint64_t)
{
    const Time now = Simulator::Now();
    WatchedPool& watched = m_pools.at({holder, peer});
    watched.dirty = true;
    watched.changed = now;
    if (!watched.any || now - watched.sampled >= m_sampleInterval)
    {
        Sample(now, holder, watched);
    }
}

void
ResilienceMonitor::Sample(Time at, KmId holder, WatchedPool& watched)
{
    PoolSample sample;
    sample.time = at;
    sample.link = watched.name;
    sample.km = KmName(holder);
    sample.storedBit = watched.pool->GetStoredBits();
    sample.ownBit = watched.pool->GetOwnBits();
    sample.peerBit = watched.pool->GetPeerBits();
    sample.unconfirmedBit = watched.pool->GetUnconfirmedBits();
    m_samples.push_back(sample);
    watched.any = true;
    watched.dirty = false;
    watched.sampled = at;
}

void
ResilienceMonitor::MessageSent(const Address&,
                               const Address&,
                               uint16_t type,
                               uint32_t bytes,
                               IncidentId incident)
{
    if (type == DISTILLATION_REQUEST || type == DISTILLATION_RESPONSE || type == KQ_KEY)
    {
        return;
    }
    ++m_traffic.messages;
    m_traffic.bytes += bytes;
    if (incident.IsValid())
    {
        Traffic& traffic = m_trafficByIncident[incident];
        ++traffic.messages;
        traffic.bytes += bytes;
    }
}

void
ResilienceMonitor::PacketSent(Ptr<const Packet>)
{
    ++m_packets;
}

std::vector<std::string>
ResilienceMonitor::GetViolations() const
{
    std::vector<std::string> all = m_kmaBook.GetViolations();
    const std::vector<std::string>& ksa = m_ksaBook.GetViolations();
    all.insert(all.end(), ksa.begin(), ksa.end());
    for (const auto& [id, log] : m_requests)
    {
        for (const KeyViolation& violation : log->GetViolations())
        {
            all.push_back("session " + log->GetSession() + ", request " +
                          std::to_string(violation.sequence) + ", key " + violation.keyId + ": " +
                          KeyViolationName(violation.kind));
        }
    }
    return all;
}

const KmaBook&
ResilienceMonitor::GetKmaBook() const
{
    return m_kmaBook;
}

const KsaBook&
ResilienceMonitor::GetKsaBook() const
{
    return m_ksaBook;
}

const RequestLog&
ResilienceMonitor::GetRequestLog(SessionId session) const
{
    return *m_requests.at(session);
}

} // namespace qkdn
} // namespace ns3
