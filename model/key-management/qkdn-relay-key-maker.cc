/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-relay-key-maker.h"

#include "ns3/log.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnRelayKeyMaker");
NS_OBJECT_ENSURE_REGISTERED(RelayKeyMaker);

TypeId
RelayKeyMaker::GetTypeId()
{
    static TypeId tid = TypeId("ns3::qkdn::RelayKeyMaker")
                            .SetParent<Object>()
                            .SetGroupName("QkdnResilience")
                            .AddConstructor<RelayKeyMaker>()
                            .AddAttribute("RelayBatch",
                                          "Keys in a key relay at most.",
                                          UintegerValue(64),
                                          MakeUintegerAccessor(&RelayKeyMaker::m_batch),
                                          MakeUintegerChecker<uint32_t>(1, 4096))
                            .AddAttribute("RelayWindow",
                                          "Relays of a route in flight at most.",
                                          UintegerValue(8),
                                          MakeUintegerAccessor(&RelayKeyMaker::m_window),
                                          MakeUintegerChecker<uint32_t>(1, 4096))
                            .AddAttribute("BackOffFirst",
                                          "Time for which a route rests after a relay over it has "
                                          "failed further on; doubled with each that fails then.",
                                          TimeValue(MilliSeconds(100)),
                                          MakeTimeAccessor(&RelayKeyMaker::SetBackOffFirst,
                                                           &RelayKeyMaker::GetBackOffFirst),
                                          MakeTimeChecker(MilliSeconds(1)))
                            .AddAttribute("BackOffLimit",
                                          "Time for which a route rests at most.",
                                          TimeValue(Seconds(1)),
                                          MakeTimeAccessor(&RelayKeyMaker::SetBackOffLimit,
                                                           &RelayKeyMaker::GetBackOffLimit),
                                          MakeTimeChecker(MilliSeconds(1)));
    return tid;
}

RelayKeyMaker::RelayKeyMaker()
    : m_random(CreateObject<UniformRandomVariable>())
{
    NS_LOG_FUNCTION(this);
}

void
RelayKeyMaker::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_waiting.clear();
    m_agent = nullptr;
    m_user = nullptr;
    m_users.clear();
    m_random = nullptr;
    Object::DoDispose();
}

void
RelayKeyMaker::SetBackOffFirst(Time first)
{
    m_backOff.SetFirst(first);
}

Time
RelayKeyMaker::GetBackOffFirst() const
{
    return m_backOff.GetFirst();
}

void
RelayKeyMaker::SetBackOffLimit(Time limit)
{
    m_backOff.SetLimit(limit);
}

Time
RelayKeyMaker::GetBackOffLimit() const
{
    return m_backOff.GetLimit();
}

void
RelayKeyMaker::Configure(Ptr<KeyRelayAgent> agent,
                         Ptr<KxAuthenticator> authenticator,
                         KsaKeyMakerUser* user)
{
    m_agent = agent;
    m_authenticator = authenticator;
    m_user = user;
}

int64_t
RelayKeyMaker::AssignStreams(int64_t stream)
{
    m_random->SetStream(stream);
    return 1;
}

void
RelayKeyMaker::SetUser(SessionId session, KsaKeyMakerUser* user)
{
    m_users[session] = user;
}

KsaKeyMakerUser&
RelayKeyMaker::UserOf(SessionId session) const
{
    const auto other = m_users.find(session);
    return other == m_users.end() ? *m_user : *other->second;
}

MadeKsaKey
RelayKeyMaker::Describe(const KeyRoute& route, const KeyToRelay& key)
{
    MadeKsaKey made;
    made.id = key.id;
    made.key.material = key.material;
    made.share = key.share;
    made.route = route.id;
    made.hops = static_cast<uint32_t>(route.GetHops());
    return made;
}

uint64_t
RelayKeyMaker::CountPossible(const KeyRoute& route, uint32_t sizeBit) const
{
    if (CheckBackOff(route.id) != KX_FAILURE_NONE)
    {
        return 0;
    }
    uint64_t below = 0;
    uint64_t above = 1;
    while (m_agent->Check(route, above * sizeBit) == KX_FAILURE_NONE)
    {
        below = above;
        above *= 2;
    }
    while (above - below > 1)
    {
        const uint64_t middle = below + (above - below) / 2;
        const bool possible = m_agent->Check(route, middle * sizeBit) == KX_FAILURE_NONE;
        (possible ? below : above) = middle;
    }
    const auto allowance = m_backOff.GetAllowance(route.id);
    return allowance ? std::min<uint64_t>(below, *allowance - CountUnderWay(route.id)) : below;
}

KxFailure
RelayKeyMaker::CheckBackOff(RouteId route) const
{
    const KxFailure rests = m_backOff.Check(route);
    if (rests != KX_FAILURE_NONE)
    {
        return rests;
    }
    const auto allowance = m_backOff.GetAllowance(route);
    const bool isFull = allowance && CountUnderWay(route) >= *allowance;
    return isFull ? m_backOff.GetReason(route) : KX_FAILURE_NONE;
}

std::size_t
RelayKeyMaker::CountUnderWay(RouteId route) const
{
    const auto waiting = m_waiting.find(route);
    return m_agent->CountOpen(route).keys +
           (waiting == m_waiting.end() ? 0 : waiting->second.keys.size());
}

uint64_t
RelayKeyMaker::CountWaitingBits(RouteId route) const
{
    uint64_t bits = 0;
    const auto waiting = m_waiting.find(route);
    if (waiting != m_waiting.end())
    {
        for (const KeyToRelay& key : waiting->second.keys)
        {
            bits += key.material.GetBits();
        }
    }
    return bits;
}

KxFailure
RelayKeyMaker::Check(const KeyRoute& route, uint64_t bits) const
{
    const KxFailure backOff = CheckBackOff(route.id);
    return backOff != KX_FAILURE_NONE ? backOff
                                      : m_agent->Check(route, bits + CountWaitingBits(route.id));
}

KxFailure
RelayKeyMaker::Prepare(const KeyRoute& route, uint64_t bits)
{
    const KxFailure failure = m_agent->Prepare(route, bits, CountWaitingBits(route.id));
    const KxFailure backOff = CheckBackOff(route.id);
    return backOff != KX_FAILURE_NONE ? backOff : failure;
}

KeyMaterial
RelayKeyMaker::Generate(KsaKeyId key, uint32_t bits)
{
    if (!m_seeded)
    {
        const auto high = static_cast<uint64_t>(m_random->GetInteger(0, 0x7fffffff));
        const auto low = static_cast<uint64_t>(m_random->GetInteger(0, 0x7fffffff));
        m_seed = (high << 32) | low;
        m_seeded = true;
    }
    // the session's number and the key's number make a counter that is never used twice
    const uint64_t block = (uint64_t{key.session.value} << 40) | key.sequence;
    return KeyMaterial::FromGenerator(m_seed, block, 0, bits);
}

void
RelayKeyMaker::Enqueue(const KeyRoute& route, const std::vector<KeyToRelay>& keys)
{
    Waiting& waiting = m_waiting[route.id];
    waiting.route = route;
    waiting.keys.insert(waiting.keys.end(), keys.begin(), keys.end());
}

KxFailure
RelayKeyMaker::Make(const KeyRoute& route, const std::vector<KsaKeyOrder>& orders)
{
    NS_LOG_FUNCTION(this << route.id << orders.size());
    uint64_t bits = 0;
    for (const KsaKeyOrder& order : orders)
    {
        bits += order.sizeBit;
    }
    const KxFailure failure = Prepare(route, bits);
    if (failure != KX_FAILURE_NONE)
    {
        return failure;
    }
    std::vector<KeyToRelay> keys;
    keys.reserve(orders.size());
    for (const KsaKeyOrder& order : orders)
    {
        keys.push_back(KeyToRelay{order.id, 0, Generate(order.id, order.sizeBit)});
        UserOf(order.id.session).KeyCreated(Describe(route, keys.back()));
    }
    Enqueue(route, keys);
    return KX_FAILURE_NONE;
}

void
RelayKeyMaker::Flush()
{
    std::vector<RouteId> routes;
    for (const auto& waiting : m_waiting)
    {
        routes.push_back(waiting.first);
    }
    for (const RouteId route : routes)
    {
        Proceed(route);
    }
}

void
RelayKeyMaker::Proceed(RouteId id)
{
    const auto found = m_waiting.find(id);
    if (found == m_waiting.end())
    {
        return;
    }
    Waiting& waiting = found->second;
    const auto allowance = m_backOff.GetAllowance(id);
    const std::size_t batch = m_authenticator->LimitBatch(m_batch);
    while (!waiting.keys.empty())
    {
        const KeyRelayAgent::Open open = m_agent->CountOpen(id);
        if (open.relays >= m_window || (allowance && open.keys >= *allowance))
        {
            break;
        }
        std::size_t count = std::min(batch, waiting.keys.size());
        if (allowance)
        {
            count = std::min(count, *allowance - open.keys);
        }
        const auto end = waiting.keys.begin() + static_cast<std::ptrdiff_t>(count);
        const std::vector<KeyToRelay> keys(waiting.keys.begin(), end);
        waiting.keys.erase(waiting.keys.begin(), end);
        const KxFailure failure = m_agent->Relay(waiting.route, keys);
        if (failure != KX_FAILURE_NONE)
        {
            Simulator::ScheduleNow(&RelayKeyMaker::Report,
                                   this,
                                   waiting.route,
                                   keys,
                                   failure,
                                   IncidentId());
        }
    }
    if (waiting.keys.empty())
    {
        m_waiting.erase(found);
    }
}

void
RelayKeyMaker::Report(KeyRoute route,
                      std::vector<KeyToRelay> keys,
                      KxFailure failure,
                      IncidentId incident)
{
    for (const KeyToRelay& key : keys)
    {
        if (m_user)
        {
            UserOf(key.id.session).KeyFailed(Describe(route, key), failure, incident);
        }
    }
}

void
RelayKeyMaker::RelayEnded(const KeyRoute& route,
                          const std::vector<KeyToRelay>& keys,
                          const KxReturn& answer,
                          IncidentId incident)
{
    const bool succeeded = answer.failure == KX_FAILURE_NONE;
    const bool failedFurtherOn =
        !succeeded && answer.failedAt.IsValid() && answer.failedAt != route.kms.front();
    if (succeeded)
    {
        m_backOff.NoteSuccess(route.id, keys.size(), m_batch);
    }
    else if (failedFurtherOn)
    {
        m_backOff.NoteFailure(route.id, answer.failure, keys.size());
    }
    for (const KeyToRelay& key : keys)
    {
        const MadeKsaKey made = Describe(route, key);
        if (succeeded)
        {
            UserOf(key.id.session).KeyConfirmed(made);
        }
        else
        {
            UserOf(key.id.session).KeyFailed(made, answer.failure, incident);
        }
    }
    if (failedFurtherOn)
    {
        FailWaiting(route.id, answer.failure, incident);
    }
    else
    {
        Proceed(route.id);
    }
}

void
RelayKeyMaker::Resume(RouteId route)
{
    m_backOff.Resume(route);
}

void
RelayKeyMaker::ForgetFailures()
{
    m_backOff.Clear();
}

void
RelayKeyMaker::Abandon(RouteId route, IncidentId incident)
{
    m_backOff.Forget(route);
    FailWaiting(route, KX_FAILURE_ABANDONED, incident);
}

void
RelayKeyMaker::FailWaiting(RouteId route, KxFailure failure, IncidentId incident)
{
    const auto found = m_waiting.find(route);
    if (found == m_waiting.end())
    {
        return;
    }
    const Waiting waiting = found->second;
    m_waiting.erase(found);
    Report(waiting.route, {waiting.keys.begin(), waiting.keys.end()}, failure, incident);
}

void
RelayKeyMaker::Settle(const MadeKsaKey& /* key */)
{
    // the pads of a relay are final when it is complete
}

void
RelayKeyMaker::Void(const KeyRoute& route,
                    const std::vector<MadeKsaKey>& keys,
                    IncidentId /* incident */)
{
    std::vector<KsaKeyId> ids;
    ids.reserve(keys.size());
    for (const MadeKsaKey& made : keys)
    {
        ids.push_back(made.id);
    }
    m_agent->VoidKeys(route, ids);
}

} // namespace qkdn
} // namespace ns3
