/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-ksa-book.h"

#include "ns3/abort.h"

#include <algorithm>
#include <numeric>
#include <sstream>

namespace ns3
{
namespace qkdn
{

std::string
KsaStateName(KsaState state)
{
    static const std::array<const char*, KSA_STATE_COUNT> names =
        {"in_flight", "stored", "supplied", "voided", "expired", "destroyed"};
    NS_ABORT_MSG_IF(state >= KSA_STATE_COUNT, "no state of a KSA-key has the number " << state);
    return names[state];
}

bool
KsaLedger::Balances() const
{
    return std::accumulate(keys.begin(), keys.end(), uint64_t{0}) == createdKeys &&
           std::accumulate(bits.begin(), bits.end(), uint64_t{0}) == createdBits;
}

void
KsaLedger::Add(const KsaLedger& other)
{
    createdKeys += other.createdKeys;
    createdBits += other.createdBits;
    for (std::size_t i = 0; i < keys.size(); ++i)
    {
        keys[i] += other.keys[i];
        bits[i] += other.bits[i];
    }
}

void
KsaBook::NotifyCreated(KsaKeyId key, uint32_t bits, Time now)
{
    if (bits == 0 || !m_known[key.session].Insert(key.sequence))
    {
        Violation(key, bits == 0 ? "created without bits" : "created twice", now);
        return;
    }
    m_keys[key].bits = bits;
    KsaLedger& ledger = m_ledgers[key.session];
    ++ledger.createdKeys;
    ledger.createdBits += bits;
    ++ledger.keys[KSA_IN_FLIGHT];
    ledger.bits[KSA_IN_FLIGHT] += bits;
}

void
KsaBook::NotifyConfirmed(KsaKeyId key, SessionEnd end, Time now)
{
    Key* open = FindOpen(key, end, "confirmed", now);
    if (open && open->ends[end] == PENDING)
    {
        SetState(key, *open, end, CONFIRMED);
    }
    else if (open)
    {
        Violation(key, "confirmed twice at one end", now);
    }
}

void
KsaBook::NotifyHandedOver(KsaKeyId key, SessionEnd end, const KeyMaterial& material, Time now)
{
    Key* open = FindOpen(key, end, "handed over", now);
    if (!open)
    {
        return;
    }
    if (open->ends[end] == PENDING)
    {
        Violation(key, "handed over before it was confirmed there", now);
    }
    if (material.GetBits() != open->bits)
    {
        Violation(key, "handed over with another number of bits than it was created with", now);
    }
    const EndState other = open->ends[end == SESSION_MASTER ? SESSION_SLAVE : SESSION_MASTER];
    if (other != HANDED)
    {
        open->material = material;
    }
    else if (open->material.GetBits() != material.GetBits() ||
             open->material.ToBytes() != material.ToBytes())
    {
        Violation(key, "the two applications have unequal keys", now);
    }
    SetState(key, *open, end, HANDED);
}

void
KsaBook::NotifyVoided(KsaKeyId key, SessionEnd end, Time now)
{
    if (Key* open = FindOpen(key, end, "voided", now))
    {
        SetState(key, *open, end, VOIDED);
    }
}

void
KsaBook::NotifyGivenUp(KsaKeyId key, SessionEnd end, Time now)
{
    const auto open = m_keys.find(key);
    const auto known = m_known.find(key.session);
    if (known == m_known.end() || !known->second.Contains(key.sequence))
    {
        Violation(key, "given up but never created", now);
    }
    else if (open != m_keys.end() && open->second.ends[end] == CONFIRMED)
    {
        SetState(key, open->second, end, GIVEN_UP);
    }
}

void
KsaBook::NotifyExpired(KsaKeyId key, SessionEnd end, Time now)
{
    if (Key* open = FindOpen(key, end, "expired", now))
    {
        SetState(key, *open, end, EXPIRED);
    }
}

void
KsaBook::NotifyDestroyed(KsaKeyId key, SessionEnd end, Time now)
{
    if (Key* open = FindOpen(key, end, "destroyed", now))
    {
        SetState(key, *open, end, DESTROYED);
    }
}

KsaBook::Key*
KsaBook::FindOpen(KsaKeyId id, SessionEnd end, const std::string& what, Time now)
{
    static const std::array<const char*, 7> names =
        {"pending", "confirmed", "given up", "handed over", "voided", "expired", "destroyed"};
    const auto it = m_keys.find(id);
    if (it == m_keys.end())
    {
        const auto known = m_known.find(id.session);
        const bool wasThere = known != m_known.end() && known->second.Contains(id.sequence);
        Violation(id, what + (wasThere ? " after it was done with" : " but never created"), now);
        return nullptr;
    }
    const EndState state = it->second.ends[end];
    if (state >= HANDED)
    {
        Violation(id, what + " at an end where it was " + names[state] + " before", now);
        return nullptr;
    }
    return &it->second;
}

KsaState
KsaBook::Combine(const Key& key)
{
    const auto either = [&key](EndState state) {
        return key.ends[0] == state || key.ends[1] == state;
    };
    if (either(VOIDED) || either(GIVEN_UP))
    {
        return KSA_VOIDED;
    }
    if (either(DESTROYED))
    {
        return KSA_DESTROYED;
    }
    if (either(EXPIRED))
    {
        return KSA_EXPIRED;
    }
    if (either(PENDING))
    {
        return KSA_IN_FLIGHT;
    }
    return either(CONFIRMED) ? KSA_STORED : KSA_SUPPLIED;
}

void
KsaBook::SetState(KsaKeyId id, Key& key, SessionEnd end, EndState state)
{
    KsaLedger& ledger = m_ledgers.at(id.session);
    const KsaState before = Combine(key);
    key.ends[end] = state;
    const KsaState after = Combine(key);
    --ledger.keys[before];
    ++ledger.keys[after];
    ledger.bits[before] -= key.bits;
    ledger.bits[after] += key.bits;
    if (key.ends[SESSION_MASTER] >= HANDED && key.ends[SESSION_SLAVE] >= HANDED)
    {
        m_keys.erase(id);
    }
}

void
KsaBook::Violation(KsaKeyId id, const std::string& what, Time now)
{
    std::ostringstream text;
    text << now.As(Time::S) << " session " << id.session << " key " << id.sequence << ": " << what;
    m_violations.push_back(text.str());
}

KsaLedger
KsaBook::GetSession(SessionId session) const
{
    const auto it = m_ledgers.find(session);
    return it == m_ledgers.end() ? KsaLedger() : it->second;
}

KsaLedger
KsaBook::GetTotal() const
{
    KsaLedger total;
    for (const auto& [session, ledger] : m_ledgers)
    {
        total.Add(ledger);
    }
    return total;
}

bool
KsaBook::Balances() const
{
    return std::all_of(m_ledgers.begin(), m_ledgers.end(), [](const auto& entry) {
        return entry.second.Balances();
    });
}

const std::vector<std::string>&
KsaBook::GetViolations() const
{
    return m_violations;
}

std::size_t
KsaBook::GetOpenKeys() const
{
    return m_keys.size();
}

} // namespace qkdn
} // namespace ns3
