/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-collector.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <iterator>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnKeyCollector");

namespace
{

/**
 * @brief Whether an answer holds the keys that were asked for, in any order.
 * @param keyIds their UUIDs
 * @param answer the answer
 * @return false if it is a refusal, or one is missing, or there are others
 */
bool
Holds(const std::vector<std::string>& keyIds, const KeyContainer& answer)
{
    std::vector<std::string> asked = keyIds;
    std::vector<std::string> got;
    for (const SuppliedKey& key : answer.keys)
    {
        got.push_back(key.keyId);
    }
    std::sort(asked.begin(), asked.end());
    std::sort(got.begin(), got.end());
    return answer.status == KEY_SUPPLY_OK && asked == got;
}

} // namespace

KeyCollector::KeyCollector(Settings settings, Listener listener)
    : m_settings(std::move(settings)),
      m_listener(std::move(listener))
{
}

void
KeyCollector::Collect(uint64_t sequence, uint64_t oldest, std::vector<std::string> keyIds)
{
    NS_LOG_FUNCTION(this << sequence << oldest);
    Forget(oldest);
    const auto known = m_deliveries.find(sequence);
    if (known != m_deliveries.end())
    {
        if (known->second.ended)
        {
            m_listener.ended(sequence, known->second.status);
        }
        return;
    }
    if (sequence < m_oldest)
    {
        NS_LOG_INFO("request " << sequence << " was named again after it had been closed");
        return;
    }
    Delivery delivery;
    delivery.keyIds = std::move(keyIds);
    delivery.deadline = Simulator::Now() + m_settings.lifetime;
    delivery.retriesLeft = m_settings.retries;
    m_deadlines.emplace(delivery.deadline, sequence);
    m_deliveries.emplace(sequence, std::move(delivery));
    if (m_expiry.IsExpired())
    {
        m_expiry = Simulator::Schedule(m_settings.lifetime, &KeyCollector::Expire, this);
    }
    Fetch(sequence);
}

void
KeyCollector::Stop()
{
    for (auto& delivery : m_deliveries)
    {
        delivery.second.retry.Cancel();
    }
    m_expiry.Cancel();
    m_deliveries.clear();
    m_deadlines.clear();
}

std::size_t
KeyCollector::GetRemembered() const
{
    return m_deliveries.size();
}

void
KeyCollector::Fetch(uint64_t sequence)
{
    // a copy: the service may be asked again before it has read the list
    const std::vector<std::string> keyIds = m_deliveries.at(sequence).keyIds;
    m_settings.service->GetKeyWithKeyIds(
        m_settings.sae,
        m_settings.masterSae,
        keyIds,
        MakeBoundCallback(&KeyCollector::TakeAnswer, Ptr<KeyCollector>(this), sequence));
}

void
KeyCollector::TakeAnswer(Ptr<KeyCollector> collector, uint64_t sequence, const KeyContainer& answer)
{
    collector->HandleAnswer(sequence, answer);
}

void
KeyCollector::HandleAnswer(uint64_t sequence, const KeyContainer& answer)
{
    NS_LOG_FUNCTION(this << sequence << answer.status);
    const auto delivery = m_deliveries.find(sequence);
    const bool underWay = delivery != m_deliveries.end() && !delivery->second.ended;
    const bool complete = underWay && Holds(delivery->second.keyIds, answer);
    for (const SuppliedKey& key : answer.keys)
    {
        (complete ? m_listener.handedOver : m_listener.unclaimed)(sequence, key);
    }
    if (!underWay)
    {
        return;
    }
    if (answer.status == KEY_SUPPLY_UNAVAILABLE && delivery->second.retriesLeft > 0)
    {
        --delivery->second.retriesLeft;
        delivery->second.retry =
            Simulator::Schedule(m_settings.retryInterval, &KeyCollector::Fetch, this, sequence);
        return;
    }
    const bool wrong = answer.status == KEY_SUPPLY_OK && !complete;
    End(delivery, wrong ? KEY_SUPPLY_BAD_REQUEST : answer.status);
}

void
KeyCollector::End(Deliveries::iterator delivery, KeySupplyStatus status)
{
    const uint64_t sequence = delivery->first;
    Delivery& state = delivery->second;
    state.retry.Cancel();
    state.ended = true;
    state.status = status;
    m_deadlines.erase({state.deadline, sequence});
    std::vector<std::string> keyIds;
    keyIds.swap(state.keyIds);
    if (sequence < m_oldest)
    {
        m_deliveries.erase(delivery);
    }
    if (status != KEY_SUPPLY_OK)
    {
        for (const std::string& keyId : keyIds)
        {
            m_listener.error(sequence, keyId, status);
        }
    }
    m_listener.ended(sequence, status);
}

void
KeyCollector::Expire()
{
    while (!m_deadlines.empty() && m_deadlines.begin()->first <= Simulator::Now())
    {
        End(m_deliveries.find(m_deadlines.begin()->second), KEY_SUPPLY_UNAVAILABLE);
    }
    if (!m_deadlines.empty())
    {
        m_expiry = Simulator::Schedule(m_deadlines.begin()->first - Simulator::Now(),
                                       &KeyCollector::Expire,
                                       this);
    }
}

void
KeyCollector::Forget(uint64_t oldest)
{
    if (oldest <= m_oldest)
    {
        return;
    }
    m_oldest = oldest;
    const auto end = m_deliveries.lower_bound(oldest);
    for (auto it = m_deliveries.begin(); it != end;)
    {
        it = it->second.ended ? m_deliveries.erase(it) : std::next(it);
    }
}

} // namespace qkdn
} // namespace ns3
