/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-copy-store.h"

#include <iterator>

namespace ns3
{
namespace qkdn
{

void
KeyCopyStore::Keep(const std::string& keyId,
                   SessionId session,
                   const KeyMaterial& key,
                   const std::set<std::string>& saes,
                   Time expiry)
{
    if (!saes.empty())
    {
        m_copies[keyId] = Copy{session, key, saes, expiry};
    }
}

std::optional<SessionId>
KeyCopyStore::FindSession(const std::string& keyId) const
{
    const auto found = m_copies.find(keyId);
    return found == m_copies.end() ? std::nullopt : std::optional<SessionId>(found->second.session);
}

bool
KeyCopyStore::Awaits(const std::string& keyId, const std::string& sae) const
{
    const auto found = m_copies.find(keyId);
    return found != m_copies.end() && found->second.saes.count(sae) > 0;
}

KeyMaterial
KeyCopyStore::Take(const std::string& keyId, const std::string& sae)
{
    const auto found = m_copies.find(keyId);
    const KeyMaterial key = found->second.key;
    found->second.saes.erase(sae);
    if (found->second.saes.empty())
    {
        m_copies.erase(found);
    }
    return key;
}

void
KeyCopyStore::Advance(Time now)
{
    for (auto copy = m_copies.begin(); copy != m_copies.end();)
    {
        copy = copy->second.expiry <= now ? m_copies.erase(copy) : std::next(copy);
    }
}

void
KeyCopyStore::Clear()
{
    m_copies.clear();
}

} // namespace qkdn
} // namespace ns3
