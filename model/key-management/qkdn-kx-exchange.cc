/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-kx-exchange.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnKxExchange");
NS_OBJECT_ENSURE_REGISTERED(KxExchange);

TypeId
KxExchange::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::KxExchange")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<KxExchange>()
            .AddAttribute("Timeout",
                          "Time after which the source of a request gives it up; KMs on its way "
                          "wait twice as long.",
                          TimeValue(Seconds(3)),
                          MakeTimeAccessor(&KxExchange::m_timeout),
                          MakeTimeChecker(MilliSeconds(1)));
    return tid;
}

void
KxExchange::DoDispose()
{
    NS_LOG_FUNCTION(this);
    for (auto& pending : m_pending)
    {
        pending.second.timeout.Cancel();
    }
    m_pending.clear();
    m_kinds.clear();
    m_channel = nullptr;
    m_routes = nullptr;
    m_neighbours = nullptr;
    Object::DoDispose();
}

void
KxExchange::Configure(KmId self,
                      KxChannel* channel,
                      const RouteTable* routes,
                      const KmNeighbours* neighbours,
                      Ptr<KxAuthenticator> authenticator)
{
    m_self = self;
    m_channel = channel;
    m_routes = routes;
    m_neighbours = neighbours;
    m_authenticator = authenticator;
}

void
KxExchange::AddKind(uint16_t request, uint16_t response, KxExchangeUser* user)
{
    m_kinds[request] = Kind{response, user};
}

bool
KxExchange::IsRequest(uint16_t type) const
{
    return m_kinds.find(type) != m_kinds.end();
}

uint32_t
KxExchange::GetTagBits() const
{
    return m_authenticator->GetExchangeBits();
}

bool
KxExchange::IsEnd(const KeyRoute& route) const
{
    return !m_routes->GetNext(route).IsValid();
}

uint64_t
KxExchange::NextNumber(RouteId route)
{
    return ++m_lastNumber[route];
}

KxFailure
KxExchange::Start(uint16_t type,
                  const KeyRoute& route,
                  uint64_t number,
                  const std::vector<uint8_t>& body,
                  IncidentId incident)
{
    NS_LOG_FUNCTION(this << type << route.id << number);
    Pending pending;
    pending.route = route;
    return SendOn(RequestKey{type, route.id, number}, body, pending, incident);
}

KxFailure
KxExchange::SendOn(const RequestKey& key,
                   const std::vector<uint8_t>& body,
                   Pending pending,
                   IncidentId incident)
{
    const auto& [type, routeId, number] = key;
    pending.next = m_routes->GetNext(pending.route);
    const auto neighbour = m_neighbours->find(pending.next);
    if (neighbour == m_neighbours->end() || !neighbour->second.synchroniser->IsAgreed())
    {
        return KX_FAILURE_NEIGHBOUR;
    }
    // also if it fails: the neighbour grants nothing to an end without demand
    neighbour->second.synchroniser->NoteDemand(m_authenticator->GetExchangeBits());
    const auto seal = m_authenticator->MakeSeal(neighbour->second.pool, incident);
    if (!seal)
    {
        neighbour->second.synchroniser->RequestShare(m_authenticator->GetExchangeBits());
        return KX_FAILURE_NO_KEY;
    }
    const KxForward message{routeId, number, seal->tag, seal->responseTagRanges, body};
    if (!m_channel->SendKx(pending.next, type, message.ToPacket(), incident))
    {
        return KX_FAILURE_NEIGHBOUR;
    }
    pending.expectedTag = seal->responseTag;
    pending.timeout = Simulator::Schedule(pending.previous.IsValid() ? 2 * m_timeout : m_timeout,
                                          &KxExchange::Timeout,
                                          this,
                                          key);
    m_pending[key] = std::move(pending);
    return KX_FAILURE_NONE;
}

bool
KxExchange::HandleForward(KmId peer, uint16_t type, Ptr<Packet> packet, IncidentId incident)
{
    const auto message = KxForward::FromPacket(packet);
    const Kind& kind = m_kinds.at(type);
    if (!message || !m_authenticator->IsWellFormed(message->tag, message->responseTagRanges))
    {
        return false;
    }
    std::vector<uint8_t> responseTag;
    const bool authentic = m_authenticator->OpenSeal(m_neighbours->at(peer).pool,
                                                     message->tag,
                                                     message->responseTagRanges,
                                                     responseTag);
    const RequestKey key{type, message->route, message->number};
    const KeyRoute* route = m_routes->Find(message->route);
    KxReturn answer;
    answer.route = message->route;
    answer.number = message->number;
    answer.failedAt = m_self;
    if (!authentic || (route && m_routes->GetPrevious(*route) != peer) ||
        m_pending.find(key) != m_pending.end())
    {
        answer.failure = KX_FAILURE_NOT_AUTHENTIC;
        kind.user->RefuseForward(peer, message->body, incident);
        SendBack(peer, type, answer, {}, incident);
        return false;
    }
    if (!route)
    {
        answer.failure = KX_FAILURE_ROUTE_UNKNOWN;
        kind.user->RefuseForward(peer, message->body, incident);
        SendBack(peer, type, answer, responseTag, incident);
        return true;
    }
    std::vector<uint8_t> body = message->body;
    answer.failure = kind.user->TakeForward(*route, message->number, body, incident);
    if (answer.failure == KX_FAILURE_NONE && m_routes->GetNext(*route).IsValid())
    {
        Pending pending;
        pending.previous = peer;
        pending.previousTag = responseTag;
        pending.route = *route;
        answer.failure = SendOn(key, body, pending, incident);
        if (answer.failure == KX_FAILURE_NONE)
        {
            return true;
        }
        kind.user->TakeReturn(*route, message->number, answer, incident);
    }
    if (answer.failure == KX_FAILURE_NONE && body.empty())
    {
        Pending pending;
        pending.previous = peer;
        pending.previousTag = responseTag;
        pending.route = *route;
        // the source is to hear of it before it gives up by itself
        pending.timeout = Simulator::Schedule(m_timeout / 2, &KxExchange::Timeout, this, key);
        m_pending[key] = std::move(pending);
        return true;
    }
    if (answer.failure == KX_FAILURE_NONE)
    {
        answer.failedAt = KmId();
        answer.body = body;
    }
    SendBack(peer, type, answer, responseTag, incident);
    return answer.failure != KX_FAILURE_NOT_AUTHENTIC;
}

void
KxExchange::Answer(uint16_t type,
                   RouteId route,
                   uint64_t number,
                   KxFailure failure,
                   const std::vector<uint8_t>& body,
                   IncidentId incident)
{
    const auto found = m_pending.find(RequestKey{type, route, number});
    if (found == m_pending.end())
    {
        return;
    }
    Pending pending = found->second;
    pending.timeout.Cancel();
    m_pending.erase(found);
    KxReturn answer;
    answer.route = route;
    answer.number = number;
    answer.failure = failure;
    answer.failedAt = failure == KX_FAILURE_NONE ? KmId() : m_self;
    answer.body = body;
    SendBack(pending.previous, type, answer, pending.previousTag, incident);
}

void
KxExchange::SendBack(KmId peer,
                     uint16_t type,
                     KxReturn answer,
                     const std::vector<uint8_t>& tag,
                     IncidentId incident)
{
    answer.tag = KxTag{{}, tag};
    uint16_t response = KX_RELAY_FAILURE;
    if (answer.failure == KX_FAILURE_NONE)
    {
        response = m_kinds.at(type).response;
    }
    // if it cannot be sent, the KM before has noticed the same and ends the request itself
    m_channel->SendKx(peer, response, answer.ToPacket(), incident);
}

bool
KxExchange::HandleReturn(KmId peer, uint16_t type, Ptr<Packet> packet, IncidentId incident)
{
    const auto message = KxReturn::FromPacket(packet);
    if (!message || (type == KX_RELAY_FAILURE) != (message->failure != KX_FAILURE_NONE))
    {
        return false;
    }
    for (const auto& [request, kind] : m_kinds)
    {
        const RequestKey key{request, message->route, message->number};
        const auto found = m_pending.find(key);
        const bool fits = type == KX_RELAY_FAILURE || type == kind.response;
        if (!fits || found == m_pending.end() || found->second.next != peer)
        {
            continue;
        }
        const bool authentic =
            m_authenticator->CheckResponse(found->second.expectedTag, message->tag.tag);
        // a KM that could not read the request has no tag to answer with
        const bool unread = message->failure == KX_FAILURE_NOT_AUTHENTIC;
        if (!authentic && !unread)
        {
            return false;
        }
        Finish(key, *message, incident);
        return true;
    }
    // late: the request was given up, and the next KM is told by a void or has noticed the same
    return true;
}

void
KxExchange::Finish(const RequestKey& key, const KxReturn& answer, IncidentId incident)
{
    const auto found = m_pending.find(key);
    Pending pending = found->second;
    pending.timeout.Cancel();
    m_pending.erase(found);
    const uint16_t type = std::get<0>(key);
    if (pending.previous.IsValid())
    {
        SendBack(pending.previous, type, answer, pending.previousTag, incident);
    }
    m_kinds.at(type).user->TakeReturn(pending.route, answer.number, answer, incident);
}

void
KxExchange::Fail(const RequestKey& key, KxFailure failure, IncidentId incident)
{
    KxReturn answer;
    answer.route = std::get<1>(key);
    answer.number = std::get<2>(key);
    answer.failure = failure;
    answer.failedAt = m_self;
    Finish(key, answer, incident);
}

void
KxExchange::Timeout(RequestKey key)
{
    NS_LOG_LOGIC("KM " << m_self << ": no answer to request " << std::get<2>(key) << " of route "
                       << std::get<1>(key));
    Fail(key, KX_FAILURE_TIMEOUT, IncidentId());
}

void
KxExchange::PeerDown(KmId peer, IncidentId incident)
{
    std::vector<RequestKey> broken;
    for (const auto& [key, pending] : m_pending)
    {
        if (pending.next == peer || pending.previous == peer)
        {
            broken.push_back(key);
        }
    }
    for (const RequestKey& key : broken)
    {
        // an answer to one may have ended others
        if (m_pending.find(key) != m_pending.end())
        {
            Fail(key, KX_FAILURE_NEIGHBOUR, incident);
        }
    }
}

void
KxExchange::Abandon(RouteId route, IncidentId incident)
{
    std::vector<RequestKey> given;
    for (const auto& [key, pending] : m_pending)
    {
        if (std::get<1>(key) == route && !pending.previous.IsValid())
        {
            given.push_back(key);
        }
    }
    for (const RequestKey& key : given)
    {
        if (m_pending.find(key) != m_pending.end())
        {
            Fail(key, KX_FAILURE_ABANDONED, incident);
        }
    }
}

void
KxExchange::Crash(IncidentId incident)
{
    while (!m_pending.empty())
    {
        Fail(RequestKey(m_pending.begin()->first), KX_FAILURE_NEIGHBOUR, incident);
    }
}

} // namespace qkdn
} // namespace ns3
