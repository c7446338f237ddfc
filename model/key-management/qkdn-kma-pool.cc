/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-kma-pool.h"

#include "ns3/abort.h"
#include "ns3/log.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnKmaPool");

NS_OBJECT_ENSURE_REGISTERED(KmaPool);

TypeId
KmaPool::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::KmaPool")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<KmaPool>()
            .AddAttribute("Capacity",
                          "Largest number of free bits (own, peer's and unconfirmed); a key that "
                          "would exceed it is refused (bit).",
                          UintegerValue(uint64_t{1} << 30),
                          MakeUintegerAccessor(&KmaPool::m_capacity),
                          MakeUintegerChecker<uint64_t>())
            .AddAttribute("Reserve",
                          "Confirmed bits of both shares that only authentication may take (bit).",
                          UintegerValue(0),
                          MakeUintegerAccessor(&KmaPool::m_reserve),
                          MakeUintegerChecker<uint64_t>())
            .AddAttribute("LowThreshold",
                          "Confirmed bits of both shares above the reserve, below which the pool "
                          "is in state warning; 0 for no states (bit).",
                          UintegerValue(0),
                          MakeUintegerAccessor(&KmaPool::m_low),
                          MakeUintegerChecker<uint64_t>())
            .AddAttribute("HighThreshold",
                          "Such bits from which on the pool is ready again, no less than "
                          "LowThreshold (bit).",
                          UintegerValue(0),
                          MakeUintegerAccessor(&KmaPool::m_high),
                          MakeUintegerChecker<uint64_t>())
            .AddAttribute("KeyLifetime",
                          "Age at which free bits of a key expire, from the detection of its last "
                          "pulse (s); 0 for never.",
                          TimeValue(Seconds(0)),
                          MakeTimeAccessor(&KmaPool::m_keyLifetime),
                          MakeTimeChecker(Seconds(0)))
            .AddAttribute("ExpiryGrace",
                          "How much longer the peer's share and unconfirmed keys live, so that "
                          "what the peer allocated in time is found when its message comes (s).",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&KmaPool::m_expiryGrace),
                          MakeTimeChecker(Seconds(0)))
            .AddTraceSource("KeyAdded",
                            "A key was stored.",
                            MakeTraceSourceAccessor(&KmaPool::m_keyAdded),
                            "ns3::qkdn::KmaPool::KeyAddedCallback")
            .AddTraceSource("KeyMoved",
                            "Consecutive bits were booked from one use to another.",
                            MakeTraceSourceAccessor(&KmaPool::m_keyMoved),
                            "ns3::qkdn::KmaPool::KeyMovedCallback")
            .AddTraceSource("KeySettled",
                            "Consecutive spent bits will not be booked otherwise any more.",
                            MakeTraceSourceAccessor(&KmaPool::m_keySettled),
                            "ns3::qkdn::KmaPool::KeySettledCallback")
            .AddTraceSource("KeyConfirmed",
                            "A key is known to be at both ends and can be used.",
                            MakeTraceSourceAccessor(&KmaPool::m_keyConfirmed),
                            "ns3::qkdn::KmaPool::KeyConfirmedCallback")
            .AddTraceSource("KeyRefused",
                            "A key was not stored.",
                            MakeTraceSourceAccessor(&KmaPool::m_keyRefused),
                            "ns3::qkdn::KmaPool::KeyRefusedCallback")
            .AddTraceSource("Level",
                            "The number of free bits has changed.",
                            MakeTraceSourceAccessor(&KmaPool::m_level),
                            "ns3::qkdn::KmaPool::LevelCallback")
            .AddTraceSource("State",
                            "The pool serves better or worse than before, by its thresholds.",
                            MakeTraceSourceAccessor(&KmaPool::m_stateTrace),
                            "ns3::qkdn::KmaPool::StateCallback");
    return tid;
}

KmaPool::Block::Block(const QkdKey& qkdKey)
    : key(qkdKey),
      received(Simulator::Now()),
      labels(qkdKey.material.GetBits(), UNCONFIRMED)
{
    counts[UNCONFIRMED] = qkdKey.material.GetBits();
}

KmaPool::KmaPool()
{
    NS_LOG_FUNCTION(this);
}

KmaPool::~KmaPool()
{
    NS_LOG_FUNCTION(this);
}

void
KmaPool::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_expiryEvent.Cancel();
    Object::DoDispose();
}

void
KmaPool::Configure(KmId self, KmId peer)
{
    NS_LOG_FUNCTION(this << self << peer);
    NS_ABORT_MSG_IF(!self.IsValid() || !peer.IsValid() || self == peer,
                    "a pool of KMA-key is between two key managers, not " << self << " and "
                                                                          << peer);
    NS_ABORT_MSG_IF(!m_known.empty(), "the pool of KM " << m_self << " has held keys already");
    m_self = self;
    m_peer = peer;
    m_state = KmaPoolStateMachine(m_low, m_high);
}

KmId
KmaPool::GetSelf() const
{
    return m_self;
}

KmId
KmaPool::GetPeer() const
{
    return m_peer;
}

bool
KmaPool::IsLowEnd() const
{
    return m_self < m_peer;
}

void
KmaPool::Advance(Time now)
{
    while (!m_due.empty() && m_due.begin()->first <= now)
    {
        Block& block = m_blocks.at(m_due.begin()->second);
        BookAll(block, OWN, KEY_EXPIRED, IncidentId());
        if (now >= block.key.generated + m_keyLifetime + m_expiryGrace)
        {
            BookAll(block, PEER, KEY_EXPIRED, IncidentId());
            BookAll(block, UNCONFIRMED, KEY_EXPIRED, IncidentId());
        }
        Refresh(block);
    }
    ScheduleExpiry();
    ReportLevel();
}

void
KmaPool::ScheduleExpiry()
{
    if (m_due.empty())
    {
        m_expiryEvent.Cancel();
        return;
    }
    const Time due = std::max(m_due.begin()->first, Simulator::Now());
    if (!m_expiryEvent.IsExpired())
    {
        if (TimeStep(m_expiryEvent.GetTs()) == due)
        {
            return;
        }
        m_expiryEvent.Cancel();
    }
    m_expiryEvent =
        Simulator::Schedule(due - Simulator::Now(), [this] { Advance(Simulator::Now()); });
}

void
KmaPool::ReportLevel()
{
    const uint64_t level = GetStoredBits();
    if (level != m_tracedLevel)
    {
        m_tracedLevel = level;
        m_level(m_self, m_peer, level);
    }
    const KmaPoolState before = m_state.GetState();
    if (m_state.Update(GetSpendableBits()))
    {
        NS_LOG_INFO("KM " << m_self << ", pool with KM " << m_peer << ": "
                          << KmaPoolStateName(m_state.GetState()));
        m_stateTrace(m_self, m_peer, before, m_state.GetState());
    }
}

KmaPoolState
KmaPool::GetState() const
{
    return m_state.GetState();
}

KmaPool::Block*
KmaPool::Store(const QkdKey& key, bool initial)
{
    NS_ABORT_MSG_IF(!m_self.IsValid(), "a pool of KMA-key was used before Configure()");
    const uint32_t bits = key.material.GetBits();
    const uint64_t level = GetStoredBits();
    // what is refused once is never taken later: the other end has been told
    const bool isNew = m_known[key.id.link].Insert(key.id.block);
    if (!isNew || bits == 0 || level > m_capacity || bits > m_capacity - level)
    {
        NS_LOG_INFO("KM " << m_self << " refuses key " << key.id.ToString() << " of " << bits
                          << " bits");
        m_keyRefused(m_self, m_peer, key);
        return nullptr;
    }
    Block& block = m_blocks.emplace(key.id, Block(key)).first->second;
    m_counts[UNCONFIRMED] += bits;
    for (KeyLedger* book : {&m_ledger, &m_ledgers[key.id.link]})
    {
        if (initial)
        {
            book->AddInitial(bits);
        }
        else
        {
            book->AddGenerated(bits, KEY_STORED);
        }
    }
    m_keyAdded(m_self, m_peer, block.key, initial);
    return &block;
}

void
KmaPool::Divide(Block& block, uint32_t lowBits)
{
    const uint32_t bits = block.labels.GetBits();
    if (lowBits > 0)
    {
        Relabel(block, BitSpan{0, lowBits}, UNCONFIRMED, IsLowEnd() ? OWN : PEER);
    }
    if (lowBits < bits)
    {
        Relabel(block, BitSpan{lowBits, bits - lowBits}, UNCONFIRMED, IsLowEnd() ? PEER : OWN);
    }
    m_keyConfirmed(m_self, m_peer, block.key.id, lowBits);
}

bool
KmaPool::AddInitial(const QkdKey& key, uint32_t lowBits)
{
    NS_LOG_FUNCTION(this << key.id.ToString() << lowBits);
    Advance(Simulator::Now());
    if (lowBits > key.material.GetBits())
    {
        return false;
    }
    Block* block = Store(key, true);
    if (block)
    {
        Divide(*block, lowBits);
        Refresh(*block);
        ScheduleExpiry();
        ReportLevel();
    }
    return block != nullptr;
}

bool
KmaPool::Add(const QkdKey& key)
{
    NS_LOG_FUNCTION(this << key.id.ToString());
    Advance(Simulator::Now());
    Block* block = Store(key, false);
    if (block)
    {
        Refresh(*block);
        ScheduleExpiry();
        ReportLevel();
    }
    return block != nullptr;
}

bool
KmaPool::Confirm(KeyId key, uint32_t lowBits)
{
    NS_LOG_FUNCTION(this << key.ToString() << lowBits);
    Advance(Simulator::Now());
    const auto it = m_blocks.find(key);
    if (it == m_blocks.end() || it->second.frozen || it->second.counts[UNCONFIRMED] == 0 ||
        lowBits > it->second.labels.GetBits())
    {
        return false;
    }
    Divide(it->second, lowBits);
    Refresh(it->second);
    ScheduleExpiry();
    ReportLevel();
    return true;
}

bool
KmaPool::Destroy(KeyId key, IncidentId incident)
{
    NS_LOG_FUNCTION(this << key.ToString());
    Advance(Simulator::Now());
    const auto it = m_blocks.find(key);
    const uint64_t bits = it == m_blocks.end() ? 0 : DestroyFree(it->second, incident);
    ReportLevel();
    return bits > 0;
}

void
KmaPool::DestroyAll(IncidentId incident)
{
    NS_LOG_FUNCTION(this);
    if (m_flow)
    {
        m_flow->DestroyAll();
        ReportLevel();
        return;
    }
    Advance(Simulator::Now());
    for (auto it = m_blocks.begin(); it != m_blocks.end();)
    {
        Block& block = it->second;
        ++it; // the block may go
        DestroyFree(block, incident);
    }
    ReportLevel();
}

uint64_t
KmaPool::DestroyFree(Block& block, IncidentId incident)
{
    const uint64_t bits =
        uint64_t{block.counts[OWN]} + block.counts[PEER] + block.counts[UNCONFIRMED];
    for (const uint16_t label : {OWN, PEER, UNCONFIRMED})
    {
        BookAll(block, label, KEY_DESTROYED, incident);
    }
    Refresh(block);
    return bits;
}

bool
KmaPool::IsClosed(KeyId key) const
{
    const auto known = m_known.find(key.link);
    if (known == m_known.end() || !known->second.Contains(key.block))
    {
        return false;
    }
    const auto found = m_blocks.find(key);
    return found == m_blocks.end() || found->second.counts[OWN] + found->second.counts[PEER] +
                                              found->second.counts[UNCONFIRMED] ==
                                          0;
}

void
KmaPool::DestroyNamed(const KeyRange& range, IncidentId incident)
{
    NS_LOG_FUNCTION(this << range.key.ToString() << range.firstBit << range.bits);
    Advance(Simulator::Now());
    const auto found = m_blocks.find(range.key);
    const BitSpan span{range.firstBit, range.bits};
    if (found == m_blocks.end() || !found->second.labels.IsInside(span))
    {
        return;
    }
    Block& block = found->second;
    for (const KeyBitMap::Run& run : block.labels.GetRuns(span))
    {
        if (run.label == PEER)
        {
            Book(block, run.span, PEER, KEY_DESTROYED, incident);
        }
    }
    Refresh(block);
    ReportLevel();
}

void
KmaPool::Relabel(Block& block, BitSpan span, uint16_t from, uint16_t to)
{
    block.labels.Assign(span, to);
    block.counts[from] -= span.bits;
    block.counts[to] += span.bits;
    m_counts[from] -= span.bits;
    m_counts[to] += span.bits;
    if (from == OWN && block.frozen)
    {
        m_frozenOwn -= span.bits;
    }
    if (to == OWN)
    {
        block.ownFrom = std::min(block.ownFrom, span.firstBit);
        m_frozenOwn += block.frozen ? span.bits : 0;
    }
}

void
KmaPool::Book(Block& block, BitSpan span, uint16_t from, KeyUse to, IncidentId incident)
{
    const KeyUse fromUse = from < KEY_USE_COUNT ? static_cast<KeyUse>(from) : KEY_STORED;
    const uint16_t label = static_cast<uint16_t>(IsOpenUse(to) ? int{to} : int{FINAL});
    Relabel(block, span, from, label);
    m_ledger.Move(fromUse, to, span.bits);
    m_ledgers.at(block.key.id.link).Move(fromUse, to, span.bits);
    m_keyMoved(m_self,
               m_peer,
               KeyRange{block.key.id, span.firstBit, span.bits},
               fromUse,
               to,
               incident);
}

void
KmaPool::BookAll(Block& block, uint16_t from, KeyUse to, IncidentId incident)
{
    if (block.counts[from] == 0)
    {
        return;
    }
    for (const BitSpan& span : block.labels.Find(from))
    {
        Book(block, span, from, to, incident);
    }
}

void
KmaPool::Refresh(Block& block)
{
    const KeyId id = block.key.id;
    const bool allocatable = block.counts[OWN] > 0 && !block.frozen;
    if (allocatable != block.allocatable)
    {
        block.allocatable = allocatable;
        const AgeIndex entry(block.key.generated, id);
        if (allocatable)
        {
            m_allocatable.insert(entry);
        }
        else
        {
            m_allocatable.erase(entry);
        }
    }
    const bool free = block.counts[OWN] + block.counts[PEER] + block.counts[UNCONFIRMED] > 0;
    std::optional<Time> due;
    if (free && m_keyLifetime.IsStrictlyPositive())
    {
        due = block.key.generated + m_keyLifetime;
        if (block.counts[OWN] == 0)
        {
            due = *due + m_expiryGrace;
        }
    }
    if (due != block.due)
    {
        if (block.due)
        {
            m_due.erase(AgeIndex(*block.due, id));
        }
        if (due)
        {
            m_due.emplace(*due, id);
        }
        block.due = due;
    }
    if (!free)
    {
        block.key.material = KeyMaterial();
    }
    if (block.counts[FINAL] == block.labels.GetBits())
    {
        m_counts[FINAL] -= block.counts[FINAL];
        m_blocks.erase(id);
    }
}

uint64_t
KmaPool::GetCapacityBits() const
{
    return m_capacity;
}

uint64_t
KmaPool::GetStoredBits() const
{
    return m_flow ? m_flow->GetLevelBits() : m_counts[OWN] + m_counts[PEER] + m_counts[UNCONFIRMED];
}

uint64_t
KmaPool::GetOwnBits() const
{
    if (m_flow)
    {
        const uint64_t level = m_flow->GetLevelBits();
        return IsLowEnd() ? level / 2 : level - level / 2;
    }
    return m_counts[OWN];
}

uint64_t
KmaPool::GetPeerBits() const
{
    return m_flow ? m_flow->GetLevelBits() - GetOwnBits() : m_counts[PEER];
}

uint64_t
KmaPool::GetUnconfirmedBits() const
{
    return m_counts[UNCONFIRMED];
}

uint64_t
KmaPool::GetSpendableBits() const
{
    const uint64_t confirmed = m_flow ? m_flow->GetLevelBits() : m_counts[OWN] + m_counts[PEER];
    return confirmed > m_reserve ? confirmed - m_reserve : 0;
}

uint64_t
KmaPool::GetAvailableBits(KeyUse use) const
{
    const uint64_t own = GetOwnBits() - m_frozenOwn;
    if (use == KEY_AUTHENTICATION)
    {
        return own;
    }
    return std::min(own, GetSpendableBits());
}

} // namespace qkdn
} // namespace ns3
