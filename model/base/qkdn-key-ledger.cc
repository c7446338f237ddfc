/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-ledger.h"

#include "ns3/abort.h"

#include <numeric>

namespace ns3
{
namespace qkdn
{

std::string
KeyUseName(KeyUse use)
{
    static const std::array<const char*, KEY_USE_COUNT> names = {"stored",
                                                                 "in_flight",
                                                                 "relay_working",
                                                                 "relay_protection",
                                                                 "relay_extra",
                                                                 "direct_supply",
                                                                 "authentication",
                                                                 "wasted",
                                                                 "expired",
                                                                 "destroyed",
                                                                 "one_sided"};
    NS_ABORT_MSG_IF(use >= KEY_USE_COUNT, "no key use has the number " << use);
    return names[use];
}

void
KeyLedger::AddInitial(uint64_t bits)
{
    m_initial += bits;
    m_bits[KEY_STORED] += bits;
}

void
KeyLedger::AddGenerated(uint64_t bits, KeyUse as)
{
    m_generated += bits;
    m_bits.at(as) += bits;
}

void
KeyLedger::Move(KeyUse from, KeyUse to, uint64_t bits)
{
    NS_ABORT_MSG_IF(m_bits.at(from) < bits,
                    "a key book holds " << m_bits.at(from) << " bits as " << KeyUseName(from)
                                        << " and was to move " << bits << " to " << KeyUseName(to));
    m_bits.at(from) -= bits;
    m_bits.at(to) += bits;
}

uint64_t
KeyLedger::Get(KeyUse use) const
{
    return m_bits.at(use);
}

uint64_t
KeyLedger::GetInitial() const
{
    return m_initial;
}

uint64_t
KeyLedger::GetGenerated() const
{
    return m_generated;
}

bool
KeyLedger::Balances() const
{
    return m_initial + m_generated == std::accumulate(m_bits.begin(), m_bits.end(), uint64_t{0});
}

void
KeyLedger::Add(const KeyLedger& other)
{
    m_initial += other.m_initial;
    m_generated += other.m_generated;
    for (std::size_t i = 0; i < m_bits.size(); ++i)
    {
        m_bits[i] += other.m_bits[i];
    }
}

} // namespace qkdn
} // namespace ns3
