/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-supply-notifier.h"

#include "ns3/log.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnKeySupplyNotifier");
NS_OBJECT_ENSURE_REGISTERED(KeySupplyNotifier);

TypeId
KeySupplyNotifier::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::KeySupplyNotifier")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<KeySupplyNotifier>()
            .AddAttribute("MaxKeys",
                          "Keys in a notification at most.",
                          UintegerValue(64),
                          MakeUintegerAccessor(&KeySupplyNotifier::m_maxKeys),
                          MakeUintegerChecker<uint32_t>(1, 4096))
            .AddAttribute("Delay",
                          "Time for which a notification waits for more keys.",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&KeySupplyNotifier::m_delay),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("RetryInterval",
                          "Time after which a notification that failed is sent again.",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&KeySupplyNotifier::m_retryInterval),
                          MakeTimeChecker(MilliSeconds(1)));
    return tid;
}

void
KeySupplyNotifier::DoDispose()
{
    NS_LOG_FUNCTION(this);
    for (auto& session : m_sessions)
    {
        session.second.sendEvent.Cancel();
    }
    m_sessions.clear();
    m_sent.clear();
    m_exchange = nullptr;
    m_master = nullptr;
    m_slave = nullptr;
    Object::DoDispose();
}

void
KeySupplyNotifier::Configure(Ptr<KxExchange> exchange,
                             Ptr<KsaMasterAgent> master,
                             Ptr<KsaSlaveAgent> slave)
{
    m_exchange = exchange;
    m_master = master;
    m_slave = slave;
}

void
KeySupplyNotifier::UseRoute(SessionId session, const KeyRoute& route)
{
    m_sessions[session].route = route;
}

void
KeySupplyNotifier::Notify(const std::vector<KsaKeyId>& keys)
{
    const SessionId id = keys.front().session;
    Session& session = m_sessions[id];
    session.waiting.insert(keys.begin(), keys.end());
    if (session.waiting.size() >= m_maxKeys)
    {
        Send(id);
    }
    else if (session.sendEvent.IsExpired())
    {
        session.sendEvent = Simulator::Schedule(m_delay, &KeySupplyNotifier::Send, this, id);
    }
}

void
KeySupplyNotifier::Send(SessionId id)
{
    Session& session = m_sessions.at(id);
    session.sendEvent.Cancel();
    while (!session.waiting.empty() && !session.route.kms.empty())
    {
        const auto count = std::min<std::size_t>(session.waiting.size(), m_maxKeys);
        const auto end = std::next(session.waiting.begin(), static_cast<std::ptrdiff_t>(count));
        const KxSuppliedKeys message{{session.waiting.begin(), end}};
        const uint64_t number = m_exchange->NextNumber(session.route.id);
        if (m_exchange->Start(KX_RELAYED_NOTIFICATION,
                              session.route,
                              number,
                              message.ToBytes(),
                              IncidentId()) != KX_FAILURE_NONE)
        {
            break;
        }
        m_sent[SentKey{session.route.id, number}] = message.keys;
        session.waiting.erase(session.waiting.begin(), end);
    }
    if (!session.waiting.empty())
    {
        session.sendEvent =
            Simulator::Schedule(m_retryInterval, &KeySupplyNotifier::Send, this, id);
    }
}

KxFailure
KeySupplyNotifier::TakeForward(const KeyRoute& route,
                               uint64_t /* number */,
                               std::vector<uint8_t>& body,
                               IncidentId /* incident */)
{
    const auto message = KxSuppliedKeys::FromBytes(body);
    if (!message)
    {
        return KX_FAILURE_NOT_AUTHENTIC;
    }
    const auto isForeign = [&route](const KsaKeyId& key) { return key.session != route.session; };
    if (std::any_of(message->keys.begin(), message->keys.end(), isForeign))
    {
        return KX_FAILURE_REFUSED;
    }
    if (m_exchange->IsEnd(route))
    {
        body = KxKeyResults{m_slave->NotifySupplied(message->keys)}.ToBytes();
    }
    return KX_FAILURE_NONE;
}

void
KeySupplyNotifier::RefuseForward(KmId /* peer */,
                                 const std::vector<uint8_t>& /* body */,
                                 IncidentId /* incident */)
{
    // a notification names no key bits
}

void
KeySupplyNotifier::TakeReturn(const KeyRoute& route,
                              uint64_t number,
                              const KxReturn& answer,
                              IncidentId /* incident */)
{
    const auto found = m_sent.find(SentKey{route.id, number});
    if (found == m_sent.end())
    {
        // a KM on the way
        return;
    }
    const std::vector<KsaKeyId> keys = found->second;
    m_sent.erase(found);
    Session& session = m_sessions.at(route.session);
    const auto results = KxKeyResults::FromBytes(answer.body);
    if (answer.failure != KX_FAILURE_NONE || !results)
    {
        session.waiting.insert(keys.begin(), keys.end());
        session.retold.insert(keys.begin(), keys.end());
        if (session.sendEvent.IsExpired())
        {
            session.sendEvent =
                Simulator::Schedule(m_retryInterval, &KeySupplyNotifier::Send, this, route.session);
        }
        return;
    }
    bool isMissing = false;
    for (const KxNotifiedResult& result : results->results)
    {
        // if only the answer was lost, the application may have fetched the key since
        const bool wasTold = session.retold.erase(result.key) > 0;
        isMissing = isMissing || (!result.accepted && !wasTold);
    }
    if (isMissing)
    {
        m_master->VoidPool(route.session);
    }
}

} // namespace qkdn
} // namespace ns3
