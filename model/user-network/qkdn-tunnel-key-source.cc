/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-tunnel-key-source.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnTunnelKeySource");

TunnelKeySource::TunnelKeySource(Settings settings, Listener listener)
    : m_settings(std::move(settings)),
      m_listener(std::move(listener))
{
}

void
TunnelKeySource::SetTarget(uint64_t bits)
{
    m_target = bits;
    Ask();
}

void
TunnelKeySource::Stop()
{
    m_stopped = true;
    m_retry.Cancel();
    m_keys.clear();
    m_available = 0;
}

uint64_t
TunnelKeySource::GetAvailableBits() const
{
    return m_available;
}

std::optional<TunnelKeyBits>
TunnelKeySource::Take(uint32_t bits)
{
    DiscardOld();
    if (bits > m_available)
    {
        Ask();
        return std::nullopt;
    }
    TunnelKeyBits taken;
    taken.firstBit = m_keys.front().used;
    for (uint32_t left = bits; left > 0;)
    {
        Key& key = m_keys.front();
        const uint32_t part = std::min(left, key.material.GetBits() - key.used);
        taken.keyIds.push_back(key.uuid);
        taken.material.Append(key.material.Slice(key.used, part));
        m_listener.used(KeyUuidText(key.uuid), key.used, part);
        key.used += part;
        left -= part;
        if (key.used == key.material.GetBits())
        {
            m_keys.pop_front();
        }
    }
    m_available -= bits;
    Ask();
    return taken;
}

std::optional<TunnelKeyBits>
TunnelKeySource::TakeWhole(uint32_t bits)
{
    DiscardOld();
    while (!m_keys.empty())
    {
        const Key key = m_keys.front();
        m_keys.pop_front();
        m_available -= key.material.GetBits() - key.used;
        if (key.used == 0 && key.material.GetBits() >= bits)
        {
            m_listener.used(KeyUuidText(key.uuid), 0, bits);
            return TunnelKeyBits{{key.uuid}, 0, key.material.Slice(0, bits)};
        }
    }
    Ask();
    return std::nullopt;
}

void
TunnelKeySource::DiscardOld()
{
    while (!m_keys.empty() && Simulator::Now() - m_keys.front().since >= m_settings.storeTime)
    {
        const Key key = m_keys.front();
        const uint32_t left = key.material.GetBits() - key.used;
        m_keys.pop_front();
        m_available -= left;
        m_listener.discarded(KeyUuidText(key.uuid), left);
    }
}

void
TunnelKeySource::Ask()
{
    if (m_stopped || m_outstanding || !m_retry.IsExpired() || m_available >= m_target)
    {
        return;
    }
    m_outstanding = true;
    KeySupplyRequest request;
    request.number = m_settings.batch;
    request.sizeBit = m_settings.keySizeBit;
    m_settings.service->GetKey(
        m_settings.sae,
        m_settings.slaveSae,
        request,
        MakeBoundCallback(&TunnelKeySource::TakeAnswer, Ptr<TunnelKeySource>(this)));
}

void
TunnelKeySource::TakeAnswer(Ptr<TunnelKeySource> source, const KeyContainer& answer)
{
    source->HandleAnswer(answer);
}

void
TunnelKeySource::HandleAnswer(const KeyContainer& answer)
{
    NS_LOG_FUNCTION(this << answer.status << answer.keys.size());
    m_outstanding = false;
    if (m_stopped)
    {
        for (const SuppliedKey& key : answer.keys)
        {
            m_listener.unclaimed(key);
        }
        return;
    }
    if (answer.status == KEY_SUPPLY_OK && Keep(answer))
    {
        m_listener.arrived();
        Ask();
        return;
    }
    if (answer.status != KEY_SUPPLY_UNAVAILABLE)
    {
        m_listener.refused(answer.status,
                           answer.status == KEY_SUPPLY_OK
                               ? "the answer does not hold the keys that were asked for"
                               : answer.error.message);
    }
    m_retry = Simulator::Schedule(m_settings.retryInterval, &TunnelKeySource::Ask, this);
}

bool
TunnelKeySource::Keep(const KeyContainer& answer)
{
    std::vector<Key> keys;
    for (const SuppliedKey& supplied : answer.keys)
    {
        Key key;
        const uint32_t bits = supplied.material.GetBits();
        if (!ParseKeyUuid(supplied.keyId, key.uuid) || bits == 0 ||
            (m_settings.keySizeBit != 0 && bits != m_settings.keySizeBit))
        {
            return false;
        }
        key.material = supplied.material;
        key.since = Simulator::Now();
        keys.push_back(std::move(key));
    }
    if (keys.size() != m_settings.batch)
    {
        return false;
    }
    for (Key& key : keys)
    {
        m_available += key.material.GetBits();
        m_keys.push_back(std::move(key));
    }
    return true;
}

} // namespace qkdn
} // namespace ns3
