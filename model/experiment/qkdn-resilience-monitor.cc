/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-resilience-monitor.h"

#include "qkdn-flow-supply.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <iterator>

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
                          MakeTimeChecker(Time(0)))
            .AddAttribute("RouteUseGap",
                          "Longest pause between keys of a session over a route that does not "
                          "end this use of the route.",
                          TimeValue(Seconds(2)),
                          MakeTimeAccessor(&ResilienceMonitor::m_routeUseGap),
                          MakeTimeChecker(Time(0)));
    return tid;
}

ResilienceMonitor::ResilienceMonitor()
    : m_groups(m_log, m_checker.GetProtection(), m_tracker, m_routeTracker, m_traffic),
      m_routing(m_log, m_routeTracker),
      m_charging(m_log, m_checker.GetCharging()),
      m_repairs(m_log),
      m_management(m_log, m_checker)
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
    m_flow = nullptr;
    m_classicalFaults.clear();
    m_pathFaults.clear();
    m_sessions.clear();
    m_pools.clear();
    m_links.clear();
    m_linksOfHop.clear();
    m_kms.clear();
    m_struck.clear();
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
    km->GetRelayAgent()->TraceConnectWithoutContext(
        "KeySighting",
        MakeCallback(&KeyExposure::NotifySighting, &m_exposure));
    km->GetRelayAgent()->TraceConnectWithoutContext(
        "KeySighting",
        MakeCallback(&ResilienceMonitor::KeysSeen, this));
    WatchRoutes(km);
    m_routing.AddKeyManager(km, name);
    m_charging.AddKeyManager(km);
    m_management.AddKeyManager(km, name);
    AddControlEndpoint(km->GetManagementAgent()->GetEndpoint());
    AddControlEndpoint(km->GetEndpoint());
    AddControlEndpoint(km->GetDirectChannel()->GetEndpoint());
    AddControlEndpoint(km->GetKqReceiver()->GetEndpoint());
    const Ptr<KmControlAgent> agent = km->GetControlAgent();
    const Ptr<ControllerGroup> group = agent->GetControllerGroup();
    const std::vector<Ptr<ControllerClient>> clients =
        group ? group->GetClients() : std::vector{agent->GetControllerClient()};
    for (const auto& client : clients)
    {
        AddControlEndpoint(client->GetEndpoint());
    }
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
    const auto known = m_links.find(link);
    NS_ABORT_MSG_IF(known != m_links.end(),
                    "QKD links " << known->second.name << " and " << name
                                 << " have the same number, " << link
                                 << "; install all links with one helper");
    for (const auto& other : m_links)
    {
        NS_ABORT_MSG_IF(other.second.name == name,
                        "two QKD links are called " << name << "; give each its own name");
    }
    WatchedLink& watched = m_links[link];
    watched.name = name;
    watched.modules = {transmitter, receiver};
    watched.kms = {transmitterKm->GetKmId(), receiverKm->GetKmId()};
    watched.reserveBits = reserveBits;
    m_linksOfHop[KmHop(watched.kms[0], watched.kms[1])].insert(link);
    m_routeTracker.AddLink(link, watched.kms[0], watched.kms[1]);
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
    if (m_flow)
    {
        receiver->GetDistillation()->TraceConnectWithoutContext(
            "Flow",
            MakeCallback(&ResilienceMonitor::KeyFlowed, this));
    }
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
    NS_ABORT_MSG_IF(!m_flow && pool->GetStoredBits() > 0,
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
    pool->TraceConnectWithoutContext("State",
                                     MakeCallback(&ResilienceMonitor::PoolStateChanged, this));
}

void
ResilienceMonitor::AddSession(const MonitoredSession& session)
{
    const SessionId id = session.session.id;
    const auto known = m_sessions.find(id);
    NS_ABORT_MSG_IF(known != m_sessions.end(),
                    "sessions " << known->second.session.name << " and " << session.session.name
                                << " have the same number, " << id
                                << "; install all sessions with one helper");
    m_sessions[id] = session;
    m_routing.AddSession(id, session.session.name);
    m_charging.AddSession(session.session);
    if (!m_flow)
    {
        m_requests[id] = std::make_unique<RequestLog>(session.master, session.slave);
    }
    for (const auto& application : {session.master, session.slave})
    {
        if (m_flow)
        {
            continue;
        }
        for (const std::string name : {"KeyHandedOver", "KeyUnclaimed"})
        {
            application->TraceConnectWithoutContext(
                name,
                MakeCallback(&ResilienceMonitor::KeyReceived, this));
        }
    }
    TrackedSession tracked;
    tracked.id = id;
    tracked.name = session.session.name;
    tracked.masterKm = session.session.masterKm;
    tracked.slaveKm = session.session.slaveKm;
    const auto links = m_linksOfHop.find(KmHop(tracked.masterKm, tracked.slaveKm));
    if (links != m_linksOfHop.end())
    {
        tracked.links.assign(links->second.begin(), links->second.end());
        m_tracker.AddSession(tracked);
    }
    m_routeTracker.AddSession(RoutedSession{id,
                                            session.session.name,
                                            session.session.masterKm,
                                            session.session.policy,
                                            session.start,
                                            session.stop});
    m_checker.AddSession(session.session);
    m_exposure.AddSession(id, session.session.policy.shareThreshold);
}

GroupMonitor&
ResilienceMonitor::GetGroupMonitor()
{
    return m_groups;
}

ChargingMonitor&
ResilienceMonitor::GetChargingMonitor()
{
    return m_charging;
}

ControlTraffic&
ResilienceMonitor::GetControlTraffic()
{
    return m_traffic;
}

RepairMonitor&
ResilienceMonitor::GetRepairMonitor()
{
    return m_repairs;
}

std::vector<SessionId>
ResilienceMonitor::GetConcernedSessions(const std::string& fault) const
{
    std::vector<SessionId> concerned;
    const std::vector<SessionId>& without = m_concerned.at(fault);
    for (const auto& entry : m_sessions)
    {
        if (std::find(without.begin(), without.end(), entry.first) != without.end() ||
            m_routeTracker.GetFaults(entry.first).count(fault) > 0)
        {
            concerned.push_back(entry.first);
        }
    }
    return concerned;
}

ManagementMonitor&
ResilienceMonitor::GetManagementMonitor()
{
    return m_management;
}

void
ResilienceMonitor::AddProtectionReport(const ProtectionGroupReport& constraint)
{
    m_checker.GetProtection().AddConstraint(constraint);
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
ResilienceMonitor::SetFaultTarget(const std::string& fault,
                                  const std::vector<LinkId>& links,
                                  const std::vector<KmId>& kms)
{
    m_targets[fault] = FaultTarget{links, kms};
}

void
ResilienceMonitor::AddFaultPath(const std::string& fault, const PathFault& path)
{
    m_pathFaults[fault].push_back(path);
}

void
ResilienceMonitor::SetFaultLink(const std::string& fault,
                                Ptr<ClassicalLink> link,
                                Ptr<ClassicalTopology> topology)
{
    m_classicalFaults[fault].push_back(ClassicalFault{link, topology});
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

bool
ResilienceMonitor::IsOnWay(KmId a, KmId b, const std::vector<ClassicalFault>& faults) const
{
    const uint32_t first = m_kms.at(a)->GetNode()->GetId();
    const uint32_t second = m_kms.at(b)->GetNode()->GetId();
    return std::any_of(faults.begin(), faults.end(), [first, second](const auto& fault) {
        return IsOnWay(first, second, fault) || IsOnWay(second, first, fault);
    });
}

std::vector<SessionId>
ResilienceMonitor::WithoutRoute(const std::vector<SessionId>& sessions) const
{
    std::vector<SessionId> without;
    std::copy_if(sessions.begin(),
                 sessions.end(),
                 std::back_inserter(without),
                 [this](SessionId id) { return IsWithoutRoute(id); });
    return without;
}

std::vector<SessionId>
ResilienceMonitor::WhoAsk(Time now, const std::vector<SessionId>& sessions) const
{
    std::vector<SessionId> asking;
    std::copy_if(sessions.begin(),
                 sessions.end(),
                 std::back_inserter(asking),
                 [this, now](SessionId id) {
                     const MonitoredSession& session = m_sessions.at(id);
                     return now >= session.start && now < session.stop;
                 });
    return asking;
}

bool
ResilienceMonitor::IsWithoutRoute(SessionId session) const
{
    return m_tracker.HasSession(session) && !m_routeTracker.HasRoute(session);
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
    EventLog::Detail detail{{"type", fault->GetKind()}, {"target", fault->GetTarget()}};
    const FaultParameters parameters = fault->GetParameters();
    detail.insert(detail.end(), parameters.others.begin(), parameters.others.end());
    const uint64_t event =
        m_log.Add(active ? "fault" : "repair", "fault/" + fault->GetId(), IncidentId(), detail);
    if (active)
    {
        const auto known = m_struck.emplace(fault->GetId(), fault).first;
        NS_ABORT_MSG_IF(known->second != fault,
                        "two faults are called " << fault->GetId()
                                                 << "; give each its own name with SetNames()");
        NS_ABORT_MSG_IF(std::any_of(m_faults.begin(),
                                    m_faults.end(),
                                    [&fault](const FaultResult& other) {
                                        return other.id == fault->GetId() && !other.end;
                                    }),
                        "fault " << fault->GetId() << " strikes at " << now.As(Time::S)
                                 << " and has not been repaired since it struck before; use a "
                                    "fault of its own for each that may overlap");
        FaultResult result;
        result.id = fault->GetId();
        result.type = fault->GetKind();
        result.target = fault->GetTarget();
        result.start = now;
        result.parameters = parameters;
        m_faults.push_back(result);
        m_management.FaultChanged(result, true);
        const auto compromise = DynamicCast<const NodeCompromise>(fault);
        if (compromise)
        {
            CompromiseChanged(compromise, true);
        }
        NS_ABORT_MSG_UNLESS(compromise || IsDescribed(fault->GetId()),
                            "fault " << fault->GetId()
                                     << " strikes, and the monitor cannot know whom it concerns; "
                                        "call SetFaultScope(), SetFaultTarget(), AddFaultPath() "
                                        "or SetFaultLink() before");
        FaultStruck(now, fault->GetId());
        m_spare.FaultStruck();
        std::vector<SessionId> all;
        for (const auto& session : m_sessions)
        {
            all.push_back(session.first);
        }
        // which of them it concerns is known when somebody has detected the failure
        m_checker.FaultStruck(SeenNow(event), fault->GetId(), all);
        return;
    }
    for (FaultResult& result : m_faults)
    {
        if (result.id == fault->GetId() && !result.end)
        {
            result.end = now;
            m_management.FaultChanged(result, false);
        }
    }
    if (const auto compromise = DynamicCast<const NodeCompromise>(fault))
    {
        CompromiseChanged(compromise, false);
    }
    m_tracker.FaultRepaired(now, fault->GetId());
    m_groups.FaultRepaired(now, fault->GetId());
    m_routeTracker.FaultRepaired(now, fault->GetId());
}

void
ResilienceMonitor::CompromiseChanged(Ptr<const NodeCompromise> compromise, bool active)
{
    const KmId km = compromise->GetKmId();
    std::vector<KeyRange> free;
    for (const auto& [ends, watched] : m_pools)
    {
        if (ends.first == km)
        {
            const std::vector<KeyRange> ranges = watched.pool->GetFreeRanges();
            free.insert(free.end(), ranges.begin(), ranges.end());
        }
    }
    if (active)
    {
        m_exposure.BeginCompromise(km, compromise->HasWiretap(), free);
    }
    else
    {
        m_exposure.EndCompromise(km, compromise->HasWiretap(), free);
    }
}

bool
ResilienceMonitor::IsDescribed(const std::string& fault) const
{
    return m_scopes.count(fault) + m_targets.count(fault) + m_pathFaults.count(fault) +
               m_classicalFaults.count(fault) >
           0;
}

void
ResilienceMonitor::FaultStruck(Time now, const std::string& fault)
{
    std::vector<SessionId>& concerned = m_concerned[fault];
    FaultTarget target = m_targets[fault];
    std::set<SessionId> scope(m_scopes[fault].begin(), m_scopes[fault].end());
    for (const PathFault& path : m_pathFaults[fault])
    {
        if (path.IsInUse())
        {
            target.links.push_back(path.link);
            scope.insert(path.sessions.begin(), path.sessions.end());
        }
    }
    concerned = WithoutRoute({scope.begin(), scope.end()});
    m_tracker.FaultStruck(now, fault, WhoAsk(now, concerned));
    std::vector<KmPair> hops;
    const auto classical = m_classicalFaults.find(fault);
    if (classical != m_classicalFaults.end())
    {
        std::vector<SessionId> possible;
        for (const auto& [id, session] : m_sessions)
        {
            if (IsWithoutRoute(id) &&
                IsOnWay(session.session.masterKm, session.session.slaveKm, classical->second))
            {
                possible.push_back(id);
            }
        }
        m_tracker.PossibleFaultStruck(now, fault, WhoAsk(now, possible));
        concerned.insert(concerned.end(), possible.begin(), possible.end());
        for (const auto& [ends, pool] : m_pools)
        {
            if (ends.first < ends.second && IsOnWay(ends.first, ends.second, classical->second))
            {
                hops.emplace_back(ends);
            }
        }
    }
    m_routeTracker.FaultStruck(now, fault, target, hops);
    if (target.links.empty() && target.kms.empty())
    {
        m_possible[fault] = m_routeTracker.GetUsersOf(hops);
    }
    m_groups.FaultStruck(now, fault);
}

Sighting
ResilienceMonitor::SeenNow(uint64_t event)
{
    return Sighting{Simulator::Now(), event};
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

const KeyExposure&
ResilienceMonitor::GetKeyExposure() const
{
    return m_exposure;
}

const RequestLog&
ResilienceMonitor::GetRequestLog(SessionId session) const
{
    return *m_requests.at(session);
}

} // namespace qkdn
} // namespace ns3
