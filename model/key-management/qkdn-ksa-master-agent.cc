/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-ksa-master-agent.h"

#include "ns3/log.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnKsaMasterAgent");
NS_OBJECT_ENSURE_REGISTERED(KsaMasterAgent);

TypeId
KsaMasterAgent::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::KsaMasterAgent")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<KsaMasterAgent>()
            .AddAttribute("KeyTtl",
                          "Time for which it is remembered that a key was supplied; at least the "
                          "time that the slave's KM keeps it.",
                          TimeValue(Seconds(60)),
                          MakeTimeAccessor(&KsaMasterAgent::m_keyTtl),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("FillInterval",
                          "Time after which a pool that could not be filled is tried again.",
                          TimeValue(MilliSeconds(100)),
                          MakeTimeAccessor(&KsaMasterAgent::m_fillInterval),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("MaxKeysPerRequest",
                          "max_key_per_request of ETSI GS QKD 014.",
                          UintegerValue(128),
                          MakeUintegerAccessor(&KsaMasterAgent::m_maxKeysPerRequest),
                          MakeUintegerChecker<uint32_t>(1, 4096))
            .AddAttribute("MaxKeySize",
                          "max_key_size of ETSI GS QKD 014, bit.",
                          UintegerValue(1000000),
                          MakeUintegerAccessor(&KsaMasterAgent::m_maxKeySizeBit),
                          MakeUintegerChecker<uint32_t>(8))
            .AddAttribute("MinKeySize",
                          "min_key_size of ETSI GS QKD 014, bit.",
                          UintegerValue(8),
                          MakeUintegerAccessor(&KsaMasterAgent::m_minKeySizeBit),
                          MakeUintegerChecker<uint32_t>(8))
            .AddTraceSource("KeyEvent",
                            "Something happens to a KSA-key.",
                            MakeTraceSourceAccessor(&KsaMasterAgent::m_keyTrace),
                            "ns3::qkdn::KsaMasterAgent::KeyEventCallback")
            .AddTraceSource("RouteUse",
                            "Keys of a session are made over other routes, or the same anew.",
                            MakeTraceSourceAccessor(&KsaMasterAgent::m_useTrace),
                            "ns3::qkdn::KsaMasterAgent::RouteUseCallback");
    return tid;
}

Time
KsaMasterAgent::GetKeyTtl() const
{
    return m_keyTtl;
}

void
KsaMasterAgent::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_serveEvent.Cancel();
    m_fillEvent.Cancel();
    m_requests.clear();
    m_sessions.clear();
    m_supplyCallback = SupplyCallback();
    m_poolSupplyCallback = PoolSupplyCallback();
    m_neighbours = nullptr;
    m_direct = nullptr;
    m_relay = nullptr;
    m_several = nullptr;
    Object::DoDispose();
}

void
KsaMasterAgent::Configure(KmId self,
                          const KmNeighbours* neighbours,
                          KsaKeyMaker* direct,
                          KsaKeyMaker* relay,
                          KsaKeyMaker* several)
{
    m_self = self;
    m_neighbours = neighbours;
    m_direct = direct;
    m_relay = relay;
    m_several = several;
}

void
KsaMasterAgent::SetSupplyCallback(SupplyCallback callback)
{
    m_supplyCallback = callback;
}

void
KsaMasterAgent::SetPoolSupplyCallback(PoolSupplyCallback callback)
{
    m_poolSupplyCallback = callback;
}

void
KsaMasterAgent::AddSession(const KeySession& session)
{
    NS_ABORT_MSG_IF(session.keySizeBit == 0 || session.keySizeBit % 8 != 0,
                    "session " << session.name << ": key size of " << session.keySizeBit
                               << " bit is no multiple of 8");
    NS_ABORT_MSG_IF(session.policy.poolLowKeys > session.policy.poolHighKeys,
                    "session " << session.name << ": its pool is to be filled below "
                               << session.policy.poolLowKeys << " keys up to "
                               << session.policy.poolHighKeys << ", which is less");
    m_sessions[session.id].description = session;
}

void
KsaMasterAgent::UseRoute(SessionId id, const KeyRoute& route)
{
    NS_LOG_FUNCTION(this << id << route.id);
    Session& session = m_sessions.at(id);
    session.route = route;
    m_useTrace(id, route.id);
    if (route.kms.empty())
    {
        return;
    }
    TellVoid(session);
    m_toFill.insert(id);
    ScheduleServe();
}

KsaKeyMaker&
KsaMasterAgent::MakerFor(const Session& session) const
{
    const SessionPolicy& policy = session.description.policy;
    if (UsesSeveralRoutes(policy.resilienceClass) ||
        (policy.MaySplitRecovery() && session.route.role == ROUTE_RECOVERY))
    {
        return *m_several;
    }
    return session.route.GetHops() > 1 ? *m_relay : *m_direct;
}

void
KsaMasterAgent::KeyCreated(const MadeKsaKey& key)
{
    Trace(key, KSA_EVENT_CREATED, IncidentId());
}

void
KsaMasterAgent::KeyConfirmed(const MadeKsaKey& key)
{
    const uint64_t id = m_making.at(key.id);
    m_making.erase(key.id);
    Session& session = m_sessions.at(key.id.session);
    Trace(key, KSA_EVENT_CONFIRMED, IncidentId());
    if (id == 0)
    {
        --session.making;
        session.probing = false;
        session.ready.push_back(key);
        m_toFill.insert(key.id.session);
        ScheduleServe();
        return;
    }
    const auto request = m_requests.find(id);
    if (request == m_requests.end())
    {
        PutBack(session, {key}, IncidentId());
        return;
    }
    --request->second.making;
    request->second.ready.push_back(key);
    if (request->second.ready.size() == request->second.number)
    {
        Supply(id);
    }
}

void
KsaMasterAgent::KeyFailed(const MadeKsaKey& key, KxFailure failure, IncidentId incident)
{
    NS_LOG_FUNCTION(this << key.id.session << key.id.sequence << KxFailureName(failure));
    const uint64_t id = m_making.at(key.id);
    m_making.erase(key.id);
    Session& session = m_sessions.at(key.id.session);
    Trace(key, KSA_EVENT_VOIDED, incident);
    if (id == 0)
    {
        --session.making;
        session.probing = true;
        if (m_fillEvent.IsExpired())
        {
            m_fillEvent = Simulator::Schedule(m_fillInterval, &KsaMasterAgent::FillAgain, this);
        }
        return;
    }
    const auto request = m_requests.find(id);
    if (request == m_requests.end())
    {
        return;
    }
    --request->second.making;
    if (!session.route.kms.empty() && session.route.id != key.route)
    {
        // served over the route that is used now instead
        m_queue.push_back(id);
        ScheduleServe();
        return;
    }
    Refuse(id, KxFailureName(failure), incident);
}

void
KsaMasterAgent::PutBack(Session& session, const std::vector<MadeKsaKey>& keys, IncidentId incident)
{
    std::vector<MadeKsaKey> useless;
    for (const MadeKsaKey& key : keys)
    {
        // the slave's KM keeps relayed keys until it hears of their supply, others not for long
        if (!key.IsDirect())
        {
            session.ready.push_back(key);
        }
        else
        {
            useless.push_back(key);
        }
    }
    Discard(session, useless, KSA_EVENT_VOIDED, incident);
}

void
KsaMasterAgent::Discard(Session& session,
                        const std::vector<MadeKsaKey>& keys,
                        KsaKeyEventKind kind,
                        IncidentId incident)
{
    std::vector<MadeKsaKey> direct;
    std::vector<MadeKsaKey> relayed;
    for (const MadeKsaKey& key : keys)
    {
        (key.IsDirect() ? direct : relayed).push_back(key);
        Trace(key, kind, incident);
    }
    if (!direct.empty())
    {
        KeyRoute hop;
        hop.kms = {m_self, direct.front().neighbour};
        m_direct->Void(hop, direct, incident);
    }
    if (relayed.empty())
    {
        return;
    }
    for (const MadeKsaKey& key : relayed)
    {
        session.unvoided.push_back(key.id);
    }
    TellVoid(session);
}

void
KsaMasterAgent::VoidPool(SessionId id)
{
    Session& session = m_sessions.at(id);
    const std::vector<MadeKsaKey> keys(session.ready.begin(), session.ready.end());
    session.ready.clear();
    Discard(session, keys, KSA_EVENT_VOIDED, IncidentId());
    m_toFill.insert(id);
    ScheduleServe();
}

void
KsaMasterAgent::Halt()
{
    NS_LOG_FUNCTION(this);
    m_running = false;
}

void
KsaMasterAgent::Crash(IncidentId incident, bool forget)
{
    NS_LOG_FUNCTION(this << forget);
    m_serveEvent.Cancel();
    m_fillEvent.Cancel();
    m_queue.clear();
    while (!m_requests.empty())
    {
        Refuse(m_requests.begin()->first, "the key manager stopped", incident);
    }
    if (!forget)
    {
        return;
    }
    m_supplied.clear();
    m_suppliedByAge.clear();
    for (auto& [id, session] : m_sessions)
    {
        const std::vector<MadeKsaKey> keys(session.ready.begin(), session.ready.end());
        session.ready.clear();
        Discard(session, keys, KSA_EVENT_DESTROYED, incident);
    }
}

void
KsaMasterAgent::Restart()
{
    NS_LOG_FUNCTION(this);
    m_running = true;
    for (auto& [id, session] : m_sessions)
    {
        TellVoid(session);
        m_toFill.insert(id);
    }
    ScheduleServe();
}

std::vector<KsaKeyId>
KsaMasterAgent::Compare(KmId peer, const std::vector<KsaKeyId>& held)
{
    Advance(Simulator::Now());
    const std::set<KsaKeyId> there(held.begin(), held.end());
    // those of pools, and those of requests that wait for more keys
    std::set<KsaKeyId> ready;
    for (auto& [id, session] : m_sessions)
    {
        if (session.description.slaveKm != peer)
        {
            continue;
        }
        std::vector<MadeKsaKey> lost;
        std::deque<MadeKsaKey> both;
        for (const MadeKsaKey& key : session.ready)
        {
            if (there.find(key.id) == there.end())
            {
                lost.push_back(key);
                continue;
            }
            both.push_back(key);
            ready.insert(key.id);
        }
        session.ready.swap(both);
        Discard(session, lost, KSA_EVENT_VOIDED, IncidentId());
    }
    for (const auto& request : m_requests)
    {
        for (const MadeKsaKey& key : request.second.ready)
        {
            ready.insert(key.id);
        }
    }
    std::vector<KsaKeyId> unknown;
    for (const KsaKeyId& key : held)
    {
        const auto session = m_sessions.find(key.session);
        if (session != m_sessions.end() && session->second.description.slaveKm == peer &&
            m_supplied.find(key) == m_supplied.end() && ready.find(key) == ready.end() &&
            m_making.find(key) == m_making.end())
        {
            unknown.push_back(key);
        }
    }
    return unknown;
}

void
KsaMasterAgent::VoidOverNextRoute(SessionId id, const std::vector<KsaKeyId>& keys)
{
    Session& session = m_sessions.at(id);
    session.unvoided.insert(session.unvoided.end(), keys.begin(), keys.end());
    TellVoid(session);
}

void
KsaMasterAgent::TellVoid(Session& session)
{
    if (session.unvoided.empty() || session.route.kms.empty() || !m_running)
    {
        return;
    }
    std::vector<MadeKsaKey> keys(session.unvoided.size());
    for (std::size_t i = 0; i < keys.size(); ++i)
    {
        keys[i].id = session.unvoided[i];
    }
    session.unvoided.clear();
    m_relay->Void(session.route, keys, IncidentId());
}

std::size_t
KsaMasterAgent::GetPooledKeys(SessionId session) const
{
    return m_sessions.at(session).ready.size();
}

Time
KsaMasterAgent::GetPoolHoldOver(SessionId id) const
{
    const Session& session = m_sessions.at(id);
    const uint64_t demand = session.description.policy.demandBps;
    if (demand == 0)
    {
        return Time(0);
    }
    uint64_t bits = 0;
    for (const MadeKsaKey& key : session.ready)
    {
        bits += key.key.material.GetBits();
    }
    return Seconds(static_cast<double>(bits) / static_cast<double>(demand));
}

void
KsaMasterAgent::Advance(Time now)
{
    while (!m_suppliedByAge.empty() && m_supplied.at(m_suppliedByAge.front()) < now)
    {
        m_supplied.erase(m_suppliedByAge.front());
        m_suppliedByAge.pop_front();
    }
}

KsaKeyEvent
KsaMasterAgent::Describe(const MadeKsaKey& key, KsaKeyEventKind kind, IncidentId incident) const
{
    KsaKeyEvent event;
    event.key = key.id;
    event.holder = m_self;
    event.master = true;
    event.kind = kind;
    event.material = key.key.material;
    event.ranges = key.key.ranges;
    event.incident = incident;
    event.route = KeyRoute::IsLocal(key.route) ? RouteId() : key.route;
    event.hops = key.hops;
    return event;
}

void
KsaMasterAgent::Trace(const MadeKsaKey& key, KsaKeyEventKind kind, IncidentId incident)
{
    m_keyTrace(Describe(key, kind, incident));
}

void
KsaMasterAgent::TraceSupply(const MadeKsaKey& key, const std::string& uuid, KeyHandOver handOver)
{
    if (handOver == HAND_OVER_CALL)
    {
        Trace(key, KSA_EVENT_HANDED_OVER, IncidentId());
        return;
    }
    const KsaKeyEvent& event =
        m_givenOut.Add(uuid, Describe(key, KSA_EVENT_GIVEN_OUT, IncidentId()));
    if (handOver == HAND_OVER_MESSAGE)
    {
        m_keyTrace(event);
    }
}

void
KsaMasterAgent::GiveUp(const std::vector<std::string>& keyIds)
{
    LeaveStream(keyIds, KSA_EVENT_GIVEN_UP);
}

void
KsaMasterAgent::LeaveStream(const std::vector<std::string>& keyIds, KsaKeyEventKind kind)
{
    for (const KsaKeyEvent& event : m_givenOut.Take(keyIds, kind))
    {
        m_keyTrace(event);
    }
}

const KsaKeyEvent*
KsaMasterAgent::FindInStream(const std::string& keyId) const
{
    return m_givenOut.Find(keyId);
}

const KeyRoute&
KsaMasterAgent::GetRoute(SessionId session) const
{
    return m_sessions.at(session).route;
}

} // namespace qkdn
} // namespace ns3
