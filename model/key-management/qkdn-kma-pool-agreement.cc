/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The part of KmaPool that compares: with the peer's holdings, and with its own books.

#include "qkdn-kma-pool.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <sstream>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnKmaPoolAgreement");

std::vector<HoldingEntry>
KmaPool::Snapshot()
{
    NS_LOG_FUNCTION(this);
    Advance(Simulator::Now());
    std::vector<HoldingEntry> entries;
    for (auto& [id, block] : m_blocks)
    {
        if (block.counts[OWN] + block.counts[PEER] + block.counts[UNCONFIRMED] == 0)
        {
            continue;
        }
        if (!block.frozen)
        {
            block.frozen = true;
            m_frozenOwn += block.counts[OWN];
            Refresh(block);
        }
        entries.push_back(HoldingEntry{id,
                                       block.counts[UNCONFIRMED] > 0,
                                       block.labels.Find(OWN),
                                       block.labels.Find(PEER),
                                       block.counts[UNCONFIRMED]});
    }
    return entries;
}

std::optional<KeyBitMap>
KmaPool::ReadClaim(const Block& block, const HoldingEntry& entry)
{
    const uint32_t bits = block.labels.GetBits();
    if (entry.unconfirmed)
    {
        // a key of another length is another key: nothing of this one is held
        const uint16_t label = entry.bits == bits ? UNCONFIRMED : FINAL;
        return entry.own.empty() && entry.peer.empty() ? std::make_optional<KeyBitMap>(bits, label)
                                                       : std::nullopt;
    }
    KeyBitMap claim(bits, FINAL);
    const auto paint = [&claim](const std::vector<BitSpan>& spans, uint16_t label) {
        for (const BitSpan& span : spans)
        {
            if (!claim.IsAll(span, FINAL))
            {
                return false;
            }
            claim.Assign(span, label);
        }
        return true;
    };
    return paint(entry.own, OWN) && paint(entry.peer, PEER) ? std::make_optional(claim)
                                                            : std::nullopt;
}

std::optional<AgreementResult>
KmaPool::Reconcile(const std::vector<HoldingEntry>& theirs, IncidentId incident)
{
    NS_LOG_FUNCTION(this << theirs.size());
    Advance(Simulator::Now());
    std::map<KeyId, KeyBitMap> claims;
    for (const HoldingEntry& entry : theirs)
    {
        const auto it = m_blocks.find(entry.key);
        if (it == m_blocks.end() || !it->second.frozen)
        {
            continue;
        }
        const auto claim = ReadClaim(it->second, entry);
        if (!claim || !claims.emplace(entry.key, *claim).second)
        {
            NS_LOG_WARN("KM " << m_self << " cannot make sense of what KM " << m_peer
                              << " says it holds of key " << entry.key.ToString());
            return std::nullopt;
        }
    }
    AgreementResult result;
    for (auto it = m_blocks.begin(); it != m_blocks.end();)
    {
        const KeyId id = it->first;
        Block& block = it->second;
        ++it; // the block may go
        if (!block.frozen)
        {
            continue;
        }
        m_frozenOwn -= block.counts[OWN];
        block.frozen = false;
        const auto claim = claims.find(id);
        if (claim == claims.end())
        {
            result.destroyedBits += DestroyFree(block, incident);
        }
        else
        {
            Agree(block, claim->second, incident, result);
        }
    }
    ScheduleExpiry();
    ReportLevel();
    return result;
}

void
KmaPool::Agree(Block& block, const KeyBitMap& claim, IncidentId incident, AgreementResult& result)
{
    const uint32_t bits = block.labels.GetBits();
    const bool unconfirmed = block.counts[UNCONFIRMED] > 0;
    if (unconfirmed && claim.IsAll(BitSpan{0, bits}, UNCONFIRMED))
    {
        Divide(block, bits / 2);
        Refresh(block);
        result.keptBits += bits;
        result.confirmedKeys.push_back(block.key.id);
        return;
    }
    const uint16_t unclaimed = IsLowEnd() ? OWN : PEER;
    for (const KeyBitMap::Run& mine : block.labels.GetRuns(BitSpan{0, bits}))
    {
        if (mine.label < OWN || mine.label == FINAL)
        {
            continue;
        }
        for (const KeyBitMap::Run& theirs : claim.GetRuns(mine.span))
        {
            if (theirs.label == FINAL)
            {
                Book(block, theirs.span, mine.label, KEY_DESTROYED, incident);
                result.destroyedBits += theirs.span.bits;
                continue;
            }
            uint16_t agreed = mine.label; // they had it unconfirmed, or as the mirror image
            if (mine.label == UNCONFIRMED)
            {
                agreed = theirs.label == OWN ? PEER : OWN;
            }
            else if (mine.label == theirs.label)
            {
                agreed = unclaimed;
            }
            Relabel(block, theirs.span, mine.label, agreed);
            result.keptBits += theirs.span.bits;
        }
    }
    if (unconfirmed && block.counts[OWN] + block.counts[PEER] > 0)
    {
        result.confirmedKeys.push_back(block.key.id);
        m_keyConfirmed(m_self, m_peer, block.key.id, block.counts[IsLowEnd() ? OWN : PEER]);
    }
    Refresh(block);
}

std::string
KmaPool::CheckConsistency() const
{
    std::ostringstream wrong;
    std::array<uint64_t, LABEL_COUNT> counts{};
    std::map<LinkId, uint64_t> stored;
    uint64_t frozenOwn = 0;
    std::size_t allocatable = 0;
    for (const auto& [id, block] : m_blocks)
    {
        std::array<uint32_t, LABEL_COUNT> blockCounts{};
        for (const auto& run : block.labels.GetRuns(BitSpan{0, block.labels.GetBits()}))
        {
            blockCounts[run.label] += run.span.bits;
            counts[run.label] += run.span.bits;
        }
        if (blockCounts != block.counts)
        {
            wrong << "block " << id.ToString() << " miscounts its bits; ";
        }
        stored[id.link] +=
            uint64_t{block.counts[OWN]} + block.counts[PEER] + block.counts[UNCONFIRMED];
        frozenOwn += block.frozen ? block.counts[OWN] : 0;
        allocatable += !block.frozen && block.counts[OWN] > 0 ? 1 : 0;
        const auto first = block.labels.FindFirst(OWN, 0);
        if (first && first->firstBit < block.ownFrom)
        {
            wrong << "block " << id.ToString() << " has own bits below its mark; ";
        }
    }
    if (counts != m_counts || frozenOwn != m_frozenOwn || allocatable != m_allocatable.size())
    {
        wrong << "the pool's levels or index differ from its blocks; ";
    }
    KeyLedger sum;
    for (const auto& [link, ledger] : m_ledgers)
    {
        sum.Add(ledger);
        if (!ledger.Balances() || ledger.Get(KEY_STORED) != stored[link])
        {
            wrong << "the book of link " << link << " is wrong; ";
        }
    }
    if (!(sum == m_ledger))
    {
        wrong << "the book is not the sum of the links' books; ";
    }
    return wrong.str();
}

} // namespace qkdn
} // namespace ns3
