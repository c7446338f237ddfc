/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-requester.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnKeyRequester");

KeyRequester::KeyRequester(Settings settings, ArrivalProcess arrivals, Listener listener)
    : m_settings(std::move(settings)),
      m_listener(std::move(listener)),
      m_arrivals(std::move(arrivals))
{
}

void
KeyRequester::Start()
{
    ScheduleArrival();
}

void
KeyRequester::Stop()
{
    while (!m_requests.empty())
    {
        End(m_requests.begin(), REQUEST_OPEN);
    }
    Cancel();
}

void
KeyRequester::Cancel()
{
    m_arrivalEvent.Cancel();
    m_expiryEvent.Cancel();
    for (auto& request : m_requests)
    {
        request.second.retry.Cancel();
    }
    m_requests.clear();
}

uint64_t
KeyRequester::GetOldestOpen() const
{
    return m_requests.empty() ? m_nextSequence : m_requests.begin()->first;
}

void
KeyRequester::ScheduleArrival()
{
    m_arrivalEvent =
        Simulator::Schedule(m_arrivals.Next() - Simulator::Now(), &KeyRequester::Issue, this);
}

void
KeyRequester::Issue()
{
    NS_LOG_FUNCTION(this << m_nextSequence);
    const uint64_t sequence = m_nextSequence++;
    Request request;
    request.issued = Simulator::Now();
    m_requests.emplace_hint(m_requests.end(), sequence, request);
    if (m_expiryEvent.IsExpired())
    {
        m_expiryEvent = Simulator::Schedule(m_settings.lifetime, &KeyRequester::Expire, this);
    }
    ScheduleArrival();
    m_listener.issued(sequence);
    Ask(sequence);
}

void
KeyRequester::Ask(uint64_t sequence)
{
    ++m_requests.at(sequence).attempts;
    KeySupplyRequest request;
    request.number = m_settings.batch;
    request.sizeBit = m_settings.keySizeBit;
    m_settings.service->GetKey(
        m_settings.sae,
        m_settings.slaveSae,
        request,
        MakeBoundCallback(&KeyRequester::TakeAnswer, Ptr<KeyRequester>(this), sequence));
}

void
KeyRequester::TakeAnswer(Ptr<KeyRequester> requester, uint64_t sequence, const KeyContainer& answer)
{
    requester->HandleAnswer(sequence, answer);
}

void
KeyRequester::HandleAnswer(uint64_t sequence, const KeyContainer& answer)
{
    NS_LOG_FUNCTION(this << sequence << answer.status);
    const auto request = m_requests.find(sequence);
    if (request != m_requests.end() && answer.status == KEY_SUPPLY_OK)
    {
        HandOver(request, answer);
        return;
    }
    ReportUnclaimed(sequence, answer);
    if (request == m_requests.end())
    {
        return;
    }
    if (answer.status == KEY_SUPPLY_UNAVAILABLE)
    {
        request->second.retry =
            Simulator::Schedule(m_settings.retryInterval, &KeyRequester::Ask, this, sequence);
        return;
    }
    m_listener.refused(sequence, answer.status, answer.error.message);
    End(request, REQUEST_LOST);
}

void
KeyRequester::ReportUnclaimed(uint64_t sequence, const KeyContainer& answer)
{
    for (const SuppliedKey& key : answer.keys)
    {
        m_listener.unclaimed(sequence, key);
    }
}

void
KeyRequester::HandOver(Requests::iterator request, const KeyContainer& answer)
{
    const uint64_t sequence = request->first;
    std::vector<KeyUuid> keyIds;
    for (const SuppliedKey& key : answer.keys)
    {
        KeyUuid uuid{};
        if (ParseKeyUuid(key.keyId, uuid))
        {
            keyIds.push_back(uuid);
        }
    }
    if (keyIds.size() != m_settings.batch || answer.keys.size() != m_settings.batch)
    {
        ReportUnclaimed(sequence, answer);
        m_listener.refused(sequence,
                           answer.status,
                           "the answer holds " + std::to_string(keyIds.size()) +
                               " keys with a UUID instead of " + std::to_string(m_settings.batch));
        End(request, REQUEST_LOST);
        return;
    }
    for (const SuppliedKey& key : answer.keys)
    {
        m_listener.handedOver(sequence, key);
    }
    const Time delay = Simulator::Now() - request->second.issued;
    End(request, delay <= m_settings.deadline ? REQUEST_ON_TIME : REQUEST_LATE);
    m_listener.served(sequence, std::move(keyIds));
}

void
KeyRequester::End(Requests::iterator request, RequestOutcome outcome)
{
    RequestEnd end;
    end.sequence = request->first;
    end.outcome = outcome;
    end.issued = request->second.issued;
    end.delay = Simulator::Now() - end.issued;
    end.attempts = request->second.attempts;
    request->second.retry.Cancel();
    m_requests.erase(request);
    m_listener.ended(end);
}

void
KeyRequester::Expire()
{
    const Time now = Simulator::Now();
    while (!m_requests.empty() && m_requests.begin()->second.issued + m_settings.lifetime <= now)
    {
        End(m_requests.begin(), REQUEST_LOST);
    }
    if (!m_requests.empty())
    {
        m_expiryEvent =
            Simulator::Schedule(m_requests.begin()->second.issued + m_settings.lifetime - now,
                                &KeyRequester::Expire,
                                this);
    }
}

} // namespace qkdn
} // namespace ns3
