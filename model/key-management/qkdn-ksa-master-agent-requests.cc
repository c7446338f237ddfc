/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The part of KsaMasterAgent that deals with the requests of applications.

#include "qkdn-ksa-master-agent.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnKsaMasterAgentRequests");

namespace
{

/// Share requests ask for this many times what is missing now, so that they are rare.
constexpr uint64_t SHARE_REQUEST_FACTOR = 16;

} // namespace

const KeySession*
KsaMasterAgent::FindSession(const std::string& callerSae, const std::string& slaveSae) const
{
    for (const auto& [id, session] : m_sessions)
    {
        if (session.masterSae == callerSae && session.slaveSae == slaveSae)
        {
            return &session;
        }
    }
    return nullptr;
}

KeySupplyState
KsaMasterAgent::GetStatus(const std::string& callerSae, const std::string& slaveSae) const
{
    KeySupplyState state;
    const KeySession* session = FindSession(callerSae, slaveSae);
    if (!session)
    {
        state.status = KEY_SUPPLY_UNAUTHORIZED;
        return state;
    }
    const Neighbour& neighbour = m_neighbours.at(session->slaveKm);
    state.keySizeBit = session->keySizeBit;
    state.storedKeyCount =
        neighbour.pool->GetAvailableBits(KEY_DIRECT_SUPPLY) / session->keySizeBit;
    state.maxKeyPerRequest = m_maxKeysPerRequest;
    state.maxKeySizeBit = m_maxKeySizeBit;
    state.minKeySizeBit = m_minKeySizeBit;
    return state;
}

KeyContainer
KsaMasterAgent::CheckRequest(const KeySession* session, uint32_t number, uint32_t sizeBit) const
{
    KeyContainer wrong;
    wrong.status = KEY_SUPPLY_BAD_REQUEST;
    if (!session)
    {
        wrong.status = KEY_SUPPLY_UNAUTHORIZED;
        wrong.message = "no session of these applications";
    }
    else if (number == 0 || number > m_maxKeysPerRequest)
    {
        wrong.message = "number must be 1 to " + std::to_string(m_maxKeysPerRequest);
    }
    else if (sizeBit % 8 != 0 || sizeBit < m_minKeySizeBit || sizeBit > m_maxKeySizeBit)
    {
        wrong.message = "size must be a multiple of 8 from " + std::to_string(m_minKeySizeBit) +
                        " to " + std::to_string(m_maxKeySizeBit);
    }
    else if (!m_neighbours.at(session->slaveKm).synchroniser->IsAgreed())
    {
        wrong.status = KEY_SUPPLY_UNAVAILABLE;
        wrong.message = "the key manager of the slave application is not reachable";
    }
    else
    {
        wrong.status = KEY_SUPPLY_OK;
    }
    return wrong;
}

void
KsaMasterAgent::GetKey(const std::string& callerSae,
                       const std::string& slaveSae,
                       uint32_t number,
                       uint32_t sizeBit,
                       KeySupplyService::KeyCallback answer)
{
    NS_LOG_FUNCTION(this << callerSae << slaveSae << number << sizeBit);
    const KeySession* session = FindSession(callerSae, slaveSae);
    const uint32_t size = sizeBit == 0 && session ? session->keySizeBit : sizeBit;
    const KeyContainer check = CheckRequest(session, number, size);
    if (check.status != KEY_SUPPLY_OK)
    {
        KeySupplyService::AnswerLater(answer, check);
        return;
    }
    m_requests[++m_lastRequest] = Request{answer, session->id, number, size, {}};
    m_queue.push_back(m_lastRequest);
    if (m_serveEvent.IsExpired())
    {
        m_serveEvent = Simulator::ScheduleNow(&KsaMasterAgent::ServeQueue, this);
    }
}

void
KsaMasterAgent::ServeQueue()
{
    std::map<KmId, KxSupplyNotification> notifications;
    const std::deque<uint64_t> queue = std::move(m_queue);
    m_queue.clear();
    const std::size_t maxKeys = GetMaxBatch();
    for (const uint64_t id : queue)
    {
        const KmId peer = m_sessions.at(m_requests.at(id).session).slaveKm;
        if (!m_neighbours.at(peer).synchroniser->IsAgreed())
        {
            // lost since the request was taken, in this very instant
            Refuse(id,
                   KEY_SUPPLY_UNAVAILABLE,
                   "the key manager of the slave application is not reachable",
                   IncidentId());
            continue;
        }
        KxSupplyNotification& notification = notifications[peer];
        if (!MakeKeys(id, notification))
        {
            Refuse(id, KEY_SUPPLY_UNAVAILABLE, "not enough key", IncidentId());
        }
        while (notification.keys.size() >= maxKeys)
        {
            KxSupplyNotification full;
            full.keys.assign(notification.keys.begin(),
                             notification.keys.begin() + static_cast<std::ptrdiff_t>(maxKeys));
            notification.keys.erase(notification.keys.begin(),
                                    notification.keys.begin() +
                                        static_cast<std::ptrdiff_t>(maxKeys));
            SendBatch(peer, full);
        }
    }
    for (auto& [peer, notification] : notifications)
    {
        if (!notification.keys.empty())
        {
            SendBatch(peer, notification);
        }
    }
}

bool
KsaMasterAgent::MakeKeys(uint64_t id, KxSupplyNotification& notification)
{
    const Request& request = m_requests.at(id);
    const KeySession& session = m_sessions.at(request.session);
    const Neighbour& neighbour = m_neighbours.at(session.slaveKm);
    const uint64_t keyBits = uint64_t{request.number} * request.sizeBit;
    const uint64_t messages = (request.number + GetMaxBatch() - 1) / GetMaxBatch();
    const uint64_t tagBits = GetTagBits() * messages;
    neighbour.synchroniser->NoteDemand(keyBits + tagBits);
    // tags of a batch that is already begun are still to be paid as well
    neighbour.pool->Advance(Simulator::Now());
    const uint64_t allTagBits = tagBits + (notification.keys.empty() ? 0 : GetTagBits());
    if (neighbour.pool->GetAvailableBits(KEY_DIRECT_SUPPLY) < keyBits ||
        neighbour.pool->GetAvailableBits(KEY_AUTHENTICATION) < keyBits + allTagBits)
    {
        neighbour.synchroniser->RequestShare((keyBits + allTagBits) * SHARE_REQUEST_FACTOR);
        return false;
    }
    for (uint32_t i = 0; i < request.number; ++i)
    {
        const auto made = neighbour.pool->Take(request.sizeBit, KEY_DIRECT_SUPPLY);
        NS_ABORT_MSG_IF(!made, "KM " << m_self << ": a pool gave less than it had");
        const KsaKeyId key{session.id, ++m_lastSequence[session.id]};
        m_announced[key] = AnnouncedKey{id, 0, *made};
        notification.keys.push_back(KxNotifiedKey{key, made->ranges});
        Trace(key, *made, KSA_EVENT_CREATED, IncidentId());
    }
    return true;
}

void
KsaMasterAgent::Supply(uint64_t id)
{
    const Time now = Simulator::Now();
    Advance(now);
    const Request& request = m_requests.at(id);
    const KeySession& session = m_sessions.at(request.session);
    KeyContainer container;
    for (const ConfirmedKey& confirmed : request.ready)
    {
        m_neighbours.at(session.slaveKm).pool->Settle(confirmed.key.ranges);
        m_supplied[confirmed.id] = now + m_keyTtl;
        m_suppliedByAge.push_back(confirmed.id);
        container.keys.push_back(
            SuppliedKey{KsaKeyUuid(session.name, confirmed.id.sequence), confirmed.key.material});
        Trace(confirmed.id, confirmed.key, KSA_EVENT_HANDED_OVER, IncidentId());
    }
    KeySupplyService::AnswerLater(request.answer, container);
    m_requests.erase(id);
}

void
KsaMasterAgent::Refuse(uint64_t id,
                       KeySupplyStatus status,
                       const std::string& message,
                       IncidentId incident)
{
    const auto found = m_requests.find(id);
    if (found == m_requests.end())
    {
        return;
    }
    const Request request = found->second;
    m_requests.erase(found);
    VoidConfirmed(request.ready, incident);
    KeyContainer container;
    container.status = status;
    container.message = message;
    KeySupplyService::AnswerLater(request.answer, container);
}

} // namespace qkdn
} // namespace ns3
