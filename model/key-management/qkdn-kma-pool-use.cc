/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The part of KmaPool that spends bits and moves them between the shares.

#include "qkdn-kma-pool.h"

#include "ns3/abort.h"
#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <tuple>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnKmaPoolUse");

std::optional<KmaKey>
KmaPool::Take(uint32_t bits, KeyUse use, IncidentId incident)
{
    NS_LOG_FUNCTION(this << bits << use);
    NS_ABORT_MSG_IF(!IsSpendingUse(use), "KMA-key cannot be taken for use " << KeyUseName(use));
    Advance(Simulator::Now());
    if (bits == 0 || bits > GetAvailableBits(use))
    {
        return std::nullopt;
    }
    KmaKey taken;
    for (uint32_t left = bits; left > 0;)
    {
        Block& block = m_blocks.at(m_allocatable.begin()->second);
        BitSpan span = *block.labels.FindFirst(OWN, block.ownFrom);
        span.bits = std::min(span.bits, left);
        left -= span.bits;
        taken.ranges.push_back(KeyRange{block.key.id, span.firstBit, span.bits});
        taken.material.Append(block.key.material.Slice(span.firstBit, span.bits));
        Book(block, span, OWN, use, incident);
        block.ownFrom = span.firstBit + span.bits;
        Refresh(block);
    }
    ReportLevel();
    return taken;
}

std::optional<KeyMaterial>
KmaPool::TakeNamed(const std::vector<KeyRange>& ranges, KeyUse use, IncidentId incident)
{
    NS_LOG_FUNCTION(this << ranges.size() << use);
    Advance(Simulator::Now());
    if (!IsSpendingUse(use) || !AreAll(ranges, PEER))
    {
        return std::nullopt;
    }
    KeyMaterial material;
    for (const KeyRange& range : ranges)
    {
        Block& block = m_blocks.at(range.key);
        material.Append(block.key.material.Slice(range.firstBit, range.bits));
        Book(block, BitSpan{range.firstBit, range.bits}, PEER, use, incident);
        Refresh(block);
    }
    ReportLevel();
    return material;
}

bool
KmaPool::Rebook(const std::vector<KeyRange>& ranges, KeyUse from, KeyUse to, IncidentId incident)
{
    NS_LOG_FUNCTION(this << ranges.size() << from << to);
    Advance(Simulator::Now());
    if (!IsOpenUse(from) || !IsSpendingUse(to) || from == to || !AreAll(ranges, from))
    {
        return false;
    }
    for (const KeyRange& range : ranges)
    {
        Block& block = m_blocks.at(range.key);
        Book(block, BitSpan{range.firstBit, range.bits}, from, to, incident);
        Refresh(block);
    }
    return true;
}

bool
KmaPool::Settle(const std::vector<KeyRange>& ranges)
{
    NS_LOG_FUNCTION(this << ranges.size());
    Advance(Simulator::Now());
    const auto isOpen = [this](const KeyRange& range) {
        const auto it = m_blocks.find(range.key);
        const BitSpan span{range.firstBit, range.bits};
        if (it == m_blocks.end() || !it->second.labels.IsInside(span))
        {
            return false;
        }
        const auto runs = it->second.labels.GetRuns(span);
        return std::all_of(runs.begin(), runs.end(), [](const KeyBitMap::Run& run) {
            return run.label < KEY_USE_COUNT;
        });
    };
    if (!AreDisjoint(ranges) || !std::all_of(ranges.begin(), ranges.end(), isOpen))
    {
        return false;
    }
    for (const KeyRange& range : ranges)
    {
        Block& block = m_blocks.at(range.key);
        for (const auto& run : block.labels.GetRuns(BitSpan{range.firstBit, range.bits}))
        {
            Relabel(block, run.span, run.label, FINAL);
        }
        m_keySettled(m_self, m_peer, range);
        Refresh(block);
    }
    return true;
}

std::vector<KeyRange>
KmaPool::Grant(uint32_t bits)
{
    NS_LOG_FUNCTION(this << bits);
    Advance(Simulator::Now());
    std::vector<KeyRange> ranges;
    for (uint32_t left = bits; left > 0 && !m_allocatable.empty();)
    {
        Block& block = m_blocks.at(m_allocatable.rbegin()->second);
        BitSpan span = *block.labels.FindLast(OWN);
        const uint32_t given = std::min(span.bits, left);
        span.firstBit += span.bits - given;
        span.bits = given;
        left -= given;
        ranges.push_back(KeyRange{block.key.id, span.firstBit, span.bits});
        Relabel(block, span, OWN, PEER);
        Refresh(block);
    }
    return ranges;
}

bool
KmaPool::AcceptGrant(const std::vector<KeyRange>& ranges)
{
    NS_LOG_FUNCTION(this << ranges.size());
    Advance(Simulator::Now());
    if (!AreAll(ranges, PEER))
    {
        return false;
    }
    for (const KeyRange& range : ranges)
    {
        Block& block = m_blocks.at(range.key);
        Relabel(block, BitSpan{range.firstBit, range.bits}, PEER, OWN);
        Refresh(block);
    }
    ScheduleExpiry();
    return true;
}

std::vector<KeyRange>
KmaPool::GetFreeRanges() const
{
    std::vector<KeyRange> ranges;
    for (const auto& [id, block] : m_blocks)
    {
        const BitSpan whole{0, block.labels.GetBits()};
        for (const KeyBitMap::Run& run : block.labels.GetRuns(whole))
        {
            if (run.label == OWN || run.label == PEER || run.label == UNCONFIRMED)
            {
                ranges.push_back(KeyRange{id, run.span.firstBit, run.span.bits});
            }
        }
    }
    return ranges;
}

bool
KmaPool::AreDisjoint(std::vector<KeyRange> ranges)
{
    std::sort(ranges.begin(), ranges.end(), [](const KeyRange& a, const KeyRange& b) {
        return std::tie(a.key, a.firstBit) < std::tie(b.key, b.firstBit);
    });
    const auto overlap =
        std::adjacent_find(ranges.begin(), ranges.end(), [](const KeyRange& a, const KeyRange& b) {
            return a.key == b.key && b.firstBit - a.firstBit < a.bits;
        });
    return !ranges.empty() && overlap == ranges.end();
}

bool
KmaPool::AreAll(const std::vector<KeyRange>& ranges, uint16_t label) const
{
    const bool free = label >= KEY_USE_COUNT;
    const auto hasLabel = [this, label, free](const KeyRange& range) {
        const auto it = m_blocks.find(range.key);
        return it != m_blocks.end() && !(free && it->second.frozen) &&
               it->second.labels.IsAll(BitSpan{range.firstBit, range.bits}, label);
    };
    return AreDisjoint(ranges) && std::all_of(ranges.begin(), ranges.end(), hasLabel);
}

void
KmaPool::SetFlow(KmaFlow* flow)
{
    NS_ABORT_MSG_UNLESS(m_known.empty(),
                        "the pool of KM " << m_self << " has held keys and cannot be an amount");
    m_flow = flow;
    ReportLevel();
}

void
KmaPool::FlowChanged()
{
    ReportLevel();
}

const KmaFlow*
KmaPool::GetFlow() const
{
    return m_flow;
}

const KeyLedger&
KmaPool::GetLedger() const
{
    return m_ledger;
}

KeyLedger
KmaPool::GetLedger(LinkId link) const
{
    const auto it = m_ledgers.find(link);
    return it == m_ledgers.end() ? KeyLedger() : it->second;
}

std::size_t
KmaPool::GetBlocks() const
{
    return m_blocks.size();
}

std::optional<KmaKeyMetadata>
KmaPool::Describe(const KeyRange& range) const
{
    const auto found = m_blocks.find(range.key);
    const BitSpan span{range.firstBit, range.bits};
    if (found == m_blocks.end() || range.bits == 0 || !found->second.labels.IsInside(span))
    {
        return std::nullopt;
    }
    const Block& block = found->second;
    const std::vector<KeyBitMap::Run> runs = block.labels.GetRuns(span);
    if (runs.size() != 1)
    {
        return std::nullopt;
    }
    const uint16_t label = runs.front().label;
    KmaKeyMetadata metadata;
    metadata.range = range;
    metadata.km = m_self;
    metadata.matchingKm = m_peer;
    metadata.module = block.key.module;
    metadata.generated = block.key.generated;
    metadata.received = block.received;
    metadata.qber = block.key.qber;
    switch (label)
    {
    case OWN:
        metadata.type = KMA_KEY_OWN;
        break;
    case PEER:
        metadata.type = KMA_KEY_PEER;
        break;
    case UNCONFIRMED:
        metadata.type = KMA_KEY_UNCONFIRMED;
        break;
    default:
        metadata.type = KMA_KEY_SPENT;
        break;
    }
    if (label < KEY_USE_COUNT)
    {
        metadata.use = static_cast<KeyUse>(label);
    }
    return metadata;
}

} // namespace qkdn
} // namespace ns3
