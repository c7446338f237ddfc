/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-ksa-share-store.h"

#include "qkdn-secret-sharing.h"

#include "ns3/abort.h"
#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

KsaShareStore::~KsaShareStore()
{
    m_expireEvent.Cancel();
}

void
KsaShareStore::AddSession(const KeySession& session)
{
    const SessionPolicy& policy = session.policy;
    // keys of class multi-path come whole
    if (UsesSeveralRoutes(policy.resilienceClass) && policy.resilienceClass != CLASS_MULTI_PATH)
    {
        m_sessions[session.id].count = policy.shareCount;
        m_sessions[session.id].threshold = policy.shareThreshold;
    }
}

bool
KsaShareStore::Accepts(const KeyToRelay& key) const
{
    const auto session = m_sessions.find(key.id.session);
    if (session == m_sessions.end())
    {
        return key.share == 0;
    }
    if (key.share == 0 || key.share > session->second.count ||
        session->second.lost.count(key.id.sequence) > 0)
    {
        return false;
    }
    const auto partial = m_partial.find(key.id);
    return partial == m_partial.end() ||
           std::all_of(partial->second.shares.begin(),
                       partial->second.shares.end(),
                       [&key](const KeyToRelay& other) {
                           return other.share != key.share &&
                                  other.material.GetBits() == key.material.GetBits();
                       });
}

bool
KsaShareStore::IsOver(KsaKeyId key) const
{
    const auto session = m_sessions.find(key.session);
    return session != m_sessions.end() && session->second.over.Contains(key.sequence);
}

std::optional<KeyMaterial>
KsaShareStore::Take(const KeyToRelay& share, Time expiry)
{
    const Session& session = m_sessions.at(share.id.session);
    if (session.over.Contains(share.id.sequence))
    {
        return std::nullopt;
    }
    const auto [found, isNew] = m_partial.try_emplace(share.id);
    found->second.shares.push_back(share);
    if (isNew)
    {
        found->second.expiry = expiry;
    }
    if (found->second.shares.size() < session.threshold)
    {
        ScheduleExpiry(found->second.expiry);
        return std::nullopt;
    }
    std::vector<SecretShare> shares;
    for (const KeyToRelay& one : found->second.shares)
    {
        shares.push_back(SecretShare{one.share, one.material.ToBytes()});
    }
    const auto secret = SecretSharing(session.threshold, session.count).Combine(shares);
    NS_ABORT_MSG_IF(!secret, "shares that were accepted make no key");
    Close(share.id);
    return KeyMaterial::FromBytes(*secret);
}

void
KsaShareStore::Close(KsaKeyId key)
{
    const auto session = m_sessions.find(key.session);
    if (session != m_sessions.end())
    {
        m_partial.erase(key);
        session->second.over.Insert(key.sequence);
        session->second.lost.erase(key.sequence);
    }
}

void
KsaShareStore::Lose(KsaKeyId key)
{
    const auto session = m_sessions.find(key.session);
    if (session != m_sessions.end())
    {
        m_partial.erase(key);
        session->second.over.Insert(key.sequence);
        session->second.lost.insert(key.sequence);
    }
}

void
KsaShareStore::LoseAll()
{
    while (!m_partial.empty())
    {
        Lose(m_partial.begin()->first);
    }
}

std::size_t
KsaShareStore::CountPartial() const
{
    return m_partial.size();
}

void
KsaShareStore::ScheduleExpiry(Time expiry)
{
    if (!m_expireEvent.IsExpired() && m_nextExpiry <= expiry)
    {
        return;
    }
    m_expireEvent.Cancel();
    m_nextExpiry = expiry;
    m_expireEvent = Simulator::Schedule(expiry - Simulator::Now(), &KsaShareStore::Expire, this);
}

void
KsaShareStore::Expire()
{
    std::vector<KsaKeyId> old;
    Time next = Time::Max();
    for (const auto& [key, partial] : m_partial)
    {
        if (partial.expiry <= Simulator::Now())
        {
            old.push_back(key);
        }
        else
        {
            next = Min(next, partial.expiry);
        }
    }
    for (const KsaKeyId& key : old)
    {
        Lose(key);
    }
    if (!m_partial.empty())
    {
        ScheduleExpiry(next);
    }
}

} // namespace qkdn
} // namespace ns3
