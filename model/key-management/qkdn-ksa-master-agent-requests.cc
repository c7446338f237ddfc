/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The part of KsaMasterAgent that deals with the requests of applications and fills pools.

#include "qkdn-ksa-master-agent.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnKsaMasterAgentRequests");

namespace
{

/// Refusal of applications that have no session.
constexpr const char* NO_SESSION = "no session of these applications";

} // namespace

std::vector<const KsaMasterAgent::Session*>
KsaMasterAgent::FindSessions(const std::string& callerSae, const std::string& slaveSae) const
{
    std::vector<const Session*> sessions;
    for (const auto& [id, session] : m_sessions)
    {
        if (session.description.masterSae == callerSae && session.description.slaveSae == slaveSae)
        {
            sessions.push_back(&session);
        }
    }
    std::stable_sort(sessions.begin(), sessions.end(), [](const Session* a, const Session* b) {
        return a->description.additionalSlaveSaes.size() <
               b->description.additionalSlaveSaes.size();
    });
    return sessions;
}

KeySupplyState
KsaMasterAgent::GetStatus(const std::string& callerSae, const std::string& slaveSae) const
{
    KeySupplyState state;
    const std::vector<const Session*> sessions = FindSessions(callerSae, slaveSae);
    if (sessions.empty())
    {
        state.status = KEY_SUPPLY_UNAUTHORIZED;
        state.error.message = NO_SESSION;
        return state;
    }
    const Session* session = sessions.front();
    state.sourceKme = KmeId(m_self);
    state.targetKme = KmeId(session->description.slaveKm);
    state.masterSae = callerSae;
    state.slaveSae = slaveSae;
    state.keySizeBit = session->description.keySizeBit;
    state.storedKeyCount = session->ready.size();
    state.maxKeyCount = session->description.policy.poolHighKeys;
    if (!session->route.kms.empty())
    {
        const auto hop = m_neighbours->find(session->route.kms.at(1));
        if (hop != m_neighbours->end())
        {
            state.maxKeyCount += hop->second.pool->GetCapacityBits() / state.keySizeBit;
        }
        state.storedKeyCount += MakerFor(*session).CountPossible(session->route, state.keySizeBit);
    }
    state.maxKeyPerRequest = m_maxKeysPerRequest;
    state.maxKeySizeBit = m_maxKeySizeBit;
    state.minKeySizeBit = m_minKeySizeBit;
    state.maxSaeIdCount =
        static_cast<uint32_t>(sessions.back()->description.additionalSlaveSaes.size());
    return state;
}

const KsaMasterAgent::Session*
KsaMasterAgent::ChooseSession(const std::vector<const Session*>& sessions,
                              const std::vector<std::string>& additionalSlaveSaes)
{
    const std::set<std::string> wanted(additionalSlaveSaes.begin(), additionalSlaveSaes.end());
    for (const Session* session : sessions)
    {
        const std::vector<std::string>& others = session->description.additionalSlaveSaes;
        if (std::set<std::string>(others.begin(), others.end()) == wanted)
        {
            return session;
        }
    }
    return nullptr;
}

KeyContainer
KsaMasterAgent::CheckRequest(const Session* session, const KeySupplyRequest& request) const
{
    if (!request.mandatoryExtensions.empty())
    {
        KeyContainer wrong =
            KeyContainer::Refusal(KEY_SUPPLY_BAD_REQUEST, "mandatory extensions are not supported");
        for (const std::string& extension : request.mandatoryExtensions)
        {
            wrong.error.details.emplace_back("extension_mandatory", extension);
        }
        return wrong;
    }
    if (!session)
    {
        return KeyContainer::Refusal(KEY_SUPPLY_BAD_REQUEST,
                                     "no session gives keys to just these slave applications: "
                                     "see additional_slave_SAE_IDs");
    }
    if (request.number == 0 || request.number > m_maxKeysPerRequest)
    {
        return KeyContainer::Refusal(KEY_SUPPLY_BAD_REQUEST,
                                     "number must be 1 to " + std::to_string(m_maxKeysPerRequest));
    }
    const uint32_t size = request.sizeBit == 0 ? session->description.keySizeBit : request.sizeBit;
    if (size % 8 != 0 || size < m_minKeySizeBit || size > m_maxKeySizeBit)
    {
        return KeyContainer::Refusal(KEY_SUPPLY_BAD_REQUEST,
                                     "size must be a multiple of 8 from " +
                                         std::to_string(m_minKeySizeBit) + " to " +
                                         std::to_string(m_maxKeySizeBit));
    }
    return KeyContainer();
}

void
KsaMasterAgent::GetKey(const std::string& callerSae,
                       const std::string& slaveSae,
                       const KeySupplyRequest& asked,
                       KeyHandOver handOver,
                       KeySupplyService::KeyCallback answer)
{
    NS_LOG_FUNCTION(this << callerSae << slaveSae << asked.number << asked.sizeBit);
    const std::vector<const Session*> sessions = FindSessions(callerSae, slaveSae);
    const Session* session = ChooseSession(sessions, asked.additionalSlaveSaes);
    const KeyContainer check = sessions.empty()
                                   ? KeyContainer::Refusal(KEY_SUPPLY_UNAUTHORIZED, NO_SESSION)
                                   : CheckRequest(session, asked);
    if (check.status != KEY_SUPPLY_OK)
    {
        KeySupplyService::AnswerLater(answer, check);
        return;
    }
    Request request;
    request.answer = answer;
    request.session = session->description.id;
    request.number = asked.number;
    request.sizeBit = asked.sizeBit == 0 ? session->description.keySizeBit : asked.sizeBit;
    request.handOver = handOver;
    m_requests[++m_lastRequest] = request;
    m_queue.push_back(m_lastRequest);
    ScheduleServe();
}

void
KsaMasterAgent::ScheduleServe()
{
    if (m_running && m_serveEvent.IsExpired())
    {
        m_serveEvent = Simulator::ScheduleNow(&KsaMasterAgent::ServeQueue, this);
    }
}

void
KsaMasterAgent::ServeQueue()
{
    const std::deque<uint64_t> queue = std::move(m_queue);
    m_queue.clear();
    for (const uint64_t id : queue)
    {
        if (m_requests.find(id) != m_requests.end())
        {
            Serve(id);
        }
    }
    std::set<SessionId> toFill;
    toFill.swap(m_toFill);
    for (const SessionId id : toFill)
    {
        Fill(m_sessions.at(id));
    }
    m_direct->Flush();
    m_relay->Flush();
}

void
KsaMasterAgent::Serve(uint64_t id)
{
    Request& request = m_requests.at(id);
    Session& session = m_sessions.at(request.session);
    for (auto key = session.ready.begin();
         key != session.ready.end() && request.ready.size() + request.making < request.number;)
    {
        if (key->key.material.GetBits() != request.sizeBit)
        {
            ++key;
            continue;
        }
        request.pooled.push_back(key->id);
        request.ready.push_back(*key);
        key = session.ready.erase(key);
    }
    m_toFill.insert(request.session);
    if (request.ready.size() == request.number)
    {
        Supply(id);
        return;
    }
    const auto missing =
        static_cast<uint32_t>(request.number - request.ready.size() - request.making);
    if (missing == 0)
    {
        return;
    }
    if (session.route.kms.empty())
    {
        Refuse(id, "no key relay route to the key manager of the slave application", IncidentId());
        return;
    }
    const KxFailure failure = Order(session, missing, request.sizeBit, id);
    if (failure == KX_FAILURE_NEIGHBOUR)
    {
        Refuse(id, "the key manager of the slave application is not reachable", IncidentId());
    }
    else if (failure == KX_FAILURE_NO_KEY)
    {
        Refuse(id, "not enough key", IncidentId());
    }
    else if (failure != KX_FAILURE_NONE)
    {
        Refuse(id, KxFailureName(failure), IncidentId());
    }
}

KxFailure
KsaMasterAgent::Order(Session& session, uint32_t count, uint32_t sizeBit, uint64_t request)
{
    const SessionId id = session.description.id;
    std::vector<KsaKeyOrder> orders;
    for (uint32_t i = 0; i < count; ++i)
    {
        const KsaKeyId key{id, session.lastSequence + 1 + i};
        orders.push_back(KsaKeyOrder{key, sizeBit, request == 0});
        m_making[key] = request;
    }
    uint32_t& making = request == 0 ? session.making : m_requests.at(request).making;
    making += count;
    const KxFailure failure = MakerFor(session).Make(session.route, orders);
    if (failure == KX_FAILURE_NONE)
    {
        session.lastSequence += count;
        return failure;
    }
    making -= count;
    for (const KsaKeyOrder& order : orders)
    {
        m_making.erase(order.id);
    }
    return failure;
}

void
KsaMasterAgent::Fill(Session& session)
{
    const SessionPolicy& policy = session.description.policy;
    const std::size_t keys = session.ready.size() + session.making;
    if (keys >= policy.poolHighKeys)
    {
        session.filling = false;
        return;
    }
    session.filling = session.filling || keys < policy.poolLowKeys;
    if (!session.filling || session.route.kms.empty() || (session.probing && session.making > 0))
    {
        return;
    }
    const uint32_t size = session.description.keySizeBit;
    const uint64_t possible = MakerFor(session).CountPossible(session.route, size);
    // a relay that fails further on wastes key
    const uint64_t wanted = session.probing ? 1 : policy.poolHighKeys - keys;
    const auto count = static_cast<uint32_t>(std::clamp<uint64_t>(possible, 1, wanted));
    if (Order(session, count, size, 0) != KX_FAILURE_NONE && m_fillEvent.IsExpired())
    {
        m_fillEvent = Simulator::Schedule(m_fillInterval, &KsaMasterAgent::FillAgain, this);
    }
}

void
KsaMasterAgent::FillAgain()
{
    for (const auto& [id, session] : m_sessions)
    {
        if (session.filling)
        {
            m_toFill.insert(id);
        }
    }
    ScheduleServe();
}

void
KsaMasterAgent::Supply(uint64_t id)
{
    const Time now = Simulator::Now();
    Advance(now);
    const Request request = m_requests.at(id);
    m_requests.erase(id);
    Session& session = m_sessions.at(request.session);
    KeyContainer container;
    std::vector<KsaKeyId> kept = request.pooled;
    for (const MadeKsaKey& key : request.ready)
    {
        (key.IsDirect() ? m_direct : m_relay)->Settle(key);
        m_supplied[key.id] = now + m_keyTtl;
        m_suppliedByAge.push_back(key.id);
        const std::string uuid = KsaKeyUuid(session.description.name, key.id.sequence);
        container.keys.push_back(SuppliedKey{uuid, key.key.material});
        TraceSupply(key, uuid, request.handOver);
        const bool pooled =
            std::find(request.pooled.begin(), request.pooled.end(), key.id) != request.pooled.end();
        if (!key.IsDirect() && !pooled)
        {
            kept.push_back(key.id);
        }
    }
    KeySupplyService::AnswerLater(request.answer, container);
    NoteSupply(session, true, IncidentId());
    if (!kept.empty() && !m_poolSupplyCallback.IsNull())
    {
        m_poolSupplyCallback(kept);
    }
}

void
KsaMasterAgent::Refuse(uint64_t id, const std::string& message, IncidentId incident)
{
    const auto found = m_requests.find(id);
    if (found == m_requests.end())
    {
        return;
    }
    const Request request = found->second;
    m_requests.erase(found);
    Session& session = m_sessions.at(request.session);
    PutBack(session, request.ready, incident);
    KeySupplyService::AnswerLater(request.answer,
                                  KeyContainer::Refusal(KEY_SUPPLY_UNAVAILABLE, message));
    if (m_running)
    {
        NoteSupply(session, false, incident);
    }
}

void
KsaMasterAgent::NoteSupply(Session& session, bool possible, IncidentId incident)
{
    if (session.interrupted != possible)
    {
        return;
    }
    session.interrupted = !possible;
    if (!m_supplyCallback.IsNull())
    {
        m_supplyCallback(session.description.id, session.route.id, possible, incident);
    }
}

} // namespace qkdn
} // namespace ns3
