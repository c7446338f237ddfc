/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-kma-book.h"

#include "ns3/simulator.h"

#include <algorithm>
#include <sstream>

namespace ns3
{
namespace qkdn
{

namespace
{

// The state of a bit at one end is a KeyUse or one of these, with SETTLED as a flag. A label
// holds the low end's state in its lower byte and the high end's in its upper byte.
constexpr uint8_t NOT_YET = KEY_USE_COUNT;     //!< never stored at this end so far
constexpr uint8_t REFUSED = KEY_USE_COUNT + 1; //!< this end did not want it
constexpr uint8_t SETTLED = 0x80;              //!< will not be booked otherwise any more

uint8_t
StateOf(uint16_t label, bool low)
{
    return static_cast<uint8_t>(low ? label & 0xff : label >> 8);
}

uint16_t
WithState(uint16_t label, bool low, uint8_t state)
{
    return static_cast<uint16_t>(low ? (label & 0xff00) | state : (label & 0xff) | (state << 8));
}

uint16_t
LabelOf(uint8_t low, uint8_t high)
{
    return WithState(WithState(0, true, low), false, high);
}

bool
IsUse(uint8_t state)
{
    return state == KEY_RELAY_WORKING || state == KEY_RELAY_PROTECTION ||
           state == KEY_RELAY_EXTRA || state == KEY_DIRECT_SUPPLY || state == KEY_AUTHENTICATION;
}

bool
IsSpent(uint8_t state)
{
    return IsUse(state) || state == KEY_WASTED || state == KEY_EXPIRED || state == KEY_DESTROYED;
}

bool
IsFinal(uint8_t state)
{
    return (state & SETTLED) != 0 || state == REFUSED || state == KEY_AUTHENTICATION ||
           (IsSpent(state) && !IsUse(state));
}

/// What a bit counts as that one end has stored and the other not, or not any more.
KeyUse
CombineStored(uint8_t other)
{
    if (other == NOT_YET)
    {
        return KEY_IN_FLIGHT;
    }
    if (other == KEY_STORED || other == KEY_EXPIRED || IsUse(other))
    {
        return static_cast<KeyUse>(other);
    }
    return KEY_ONE_SIDED;
}

/// The table in the description of the class; some end must have stored the bit.
KeyUse
Combine(uint16_t label)
{
    const uint8_t a = StateOf(label, true) & ~SETTLED;
    const uint8_t b = StateOf(label, false) & ~SETTLED;
    if (a == KEY_STORED || b == KEY_STORED)
    {
        return CombineStored(a == KEY_STORED ? b : a);
    }
    if (a == b || b == NOT_YET)
    {
        return static_cast<KeyUse>(a);
    }
    if (a == NOT_YET)
    {
        return static_cast<KeyUse>(b);
    }
    if (IsUse(a) || IsUse(b) || a == KEY_WASTED || b == KEY_WASTED)
    {
        return KEY_WASTED;
    }
    return a == KEY_DESTROYED || b == KEY_DESTROYED ? KEY_DESTROYED : KEY_EXPIRED;
}

bool
IsLabelFinal(uint16_t label)
{
    return IsFinal(StateOf(label, true)) && IsFinal(StateOf(label, false));
}

std::string
StateName(uint8_t state)
{
    if (state == NOT_YET || state == REFUSED)
    {
        return state == NOT_YET ? "not yet there" : "refused";
    }
    const std::string name = KeyUseName(static_cast<KeyUse>(state & ~SETTLED));
    return (state & SETTLED) != 0 ? name + " (settled)" : name;
}

/// Compares without computing bits where both are the same range of the generator.
bool
IsSameMaterial(const KeyMaterial& a, const KeyMaterial& b)
{
    uint64_t seeds[2];
    uint64_t blocks[2];
    uint32_t firstBits[2];
    if (a.GetBits() != b.GetBits())
    {
        return false;
    }
    const bool same = a.GetGenerator(seeds[0], blocks[0], firstBits[0]) &&
                      b.GetGenerator(seeds[1], blocks[1], firstBits[1]) && seeds[0] == seeds[1] &&
                      blocks[0] == blocks[1] && firstBits[0] == firstBits[1];
    return same || a.ToBytes() == b.ToBytes();
}

} // namespace

KmaBook::Block::Block(uint32_t bits, uint16_t label)
    : labels(bits, label),
      open(bits)
{
}

void
KmaBook::NotifyKeyAdded(KmId holder, KmId peer, const QkdKey& key, bool initial)
{
    const bool low = holder < peer;
    const uint32_t bits = key.material.GetBits();
    const KeyRange all{key.id, 0, bits};
    const auto closed = m_closed.find(key.id.link);
    if (bits == 0 || (closed != m_closed.end() && closed->second.Contains(key.id.block)))
    {
        Violation(all, bits == 0 ? "stored without bits" : "stored again after it was used up");
        return;
    }
    const auto it = m_blocks.emplace(key.id, Block(bits, LabelOf(NOT_YET, NOT_YET))).first;
    Block& block = it->second;
    const BitSpan whole{0, block.labels.GetBits()};
    const uint16_t before = block.labels.GetRuns(whole).front().label;
    if (StateOf(before, low) != NOT_YET && StateOf(before, low) != REFUSED)
    {
        Violation(all, "stored twice at KM " + std::to_string(holder.value));
        return;
    }
    if (block.counted)
    {
        if (!IsSameMaterial(block.material, key.material))
        {
            Violation(all, "stored with other material than at the other end");
        }
        block.material = KeyMaterial();
        SetState(key.id, block, low, whole, KEY_STORED);
        return;
    }
    // the first end: there is no old category to move the bits from
    KeyLedger& ledger = m_ledgers[key.id.link];
    const uint16_t label = WithState(before, low, KEY_STORED);
    block.counted = true;
    block.material = key.material;
    block.labels.Assign(whole, label);
    if (initial)
    {
        ledger.AddInitial(whole.bits);
        ledger.Move(KEY_STORED, Combine(label), whole.bits);
    }
    else
    {
        ledger.AddGenerated(whole.bits, Combine(label));
    }
}

void
KmaBook::NotifyKeyRefused(KmId holder, KmId peer, const QkdKey& key)
{
    const uint32_t bits = key.material.GetBits();
    const auto closed = m_closed.find(key.id.link);
    if (bits == 0 || (closed != m_closed.end() && closed->second.Contains(key.id.block)))
    {
        return;
    }
    const bool low = holder < peer;
    const auto it = m_blocks.emplace(key.id, Block(bits, LabelOf(NOT_YET, NOT_YET))).first;
    Block& block = it->second;
    const BitSpan whole{0, block.labels.GetBits()};
    const uint16_t before = block.labels.GetRuns(whole).front().label;
    if (StateOf(before, low) != NOT_YET)
    {
        return; // a copy of a key that this end has, had or refused
    }
    if (block.counted)
    {
        SetState(key.id, block, low, whole, REFUSED);
        CloseIfFinal(it);
    }
    else if (StateOf(before, !low) == REFUSED)
    {
        m_blocks.erase(it); // refused at both ends: it never entered the books
    }
    else
    {
        block.labels.Assign(whole, WithState(before, low, REFUSED));
    }
}

void
KmaBook::NotifyKeyMoved(KmId holder,
                        KmId peer,
                        KeyRange range,
                        KeyUse from,
                        KeyUse to,
                        IncidentId /* incident */)
{
    const std::string what = "moved from " + KeyUseName(from) + " to " + KeyUseName(to);
    const auto it = FindOpen(range, what);
    if (it == m_blocks.end())
    {
        return;
    }
    if (!IsSpent(to))
    {
        Violation(range, what + ", which is nothing to spend on");
        return;
    }
    const bool low = holder < peer;
    Block& block = it->second;
    for (const auto& run : block.labels.GetRuns(BitSpan{range.firstBit, range.bits}))
    {
        CheckMove(KeyRange{range.key, run.span.firstBit, run.span.bits},
                  StateOf(run.label, low),
                  StateOf(run.label, !low),
                  from,
                  to);
    }
    SetState(range.key, block, low, BitSpan{range.firstBit, range.bits}, to);
    CloseIfFinal(it);
}

void
KmaBook::CheckMove(const KeyRange& range, uint8_t mine, uint8_t theirs, KeyUse from, KeyUse to)
{
    if (mine != from)
    {
        const bool twice = from == KEY_STORED && IsSpent(mine & ~SETTLED);
        Violation(
            range,
            (twice ? "spent twice at one end: for " : "moved from " + KeyUseName(from) + " to ") +
                KeyUseName(to) + " while booked as " + StateName(mine));
    }
    const uint8_t other = theirs & ~SETTLED;
    if (IsUse(to) && IsUse(other) && other != to)
    {
        Violation(range,
                  "used for " + KeyUseName(to) + " at one end and for " + StateName(theirs) +
                      " at the other");
    }
}

void
KmaBook::NotifyKeySettled(KmId holder, KmId peer, KeyRange range)
{
    const auto it = FindOpen(range, "settled");
    if (it == m_blocks.end())
    {
        return;
    }
    const bool low = holder < peer;
    for (const auto& run : it->second.labels.GetRuns(BitSpan{range.firstBit, range.bits}))
    {
        const uint8_t state = StateOf(run.label, low);
        if (!IsUse(state))
        {
            Violation(KeyRange{range.key, run.span.firstBit, run.span.bits},
                      "settled while booked as " + StateName(state));
            continue;
        }
        SetState(range.key, it->second, low, run.span, state | SETTLED);
    }
    CloseIfFinal(it);
}

void
KmaBook::SetState(const KeyId& id, Block& block, bool low, BitSpan span, uint8_t state)
{
    KeyLedger& ledger = m_ledgers[id.link];
    for (const auto& run : block.labels.GetRuns(span))
    {
        const uint16_t label = WithState(run.label, low, state);
        ledger.Move(Combine(run.label), Combine(label), run.span.bits);
        block.open -= IsLabelFinal(run.label) ? 0 : run.span.bits;
        block.open += IsLabelFinal(label) ? 0 : run.span.bits;
        block.labels.Assign(run.span, label);
    }
}

KmaBook::Blocks::iterator
KmaBook::FindOpen(const KeyRange& range, const std::string& what)
{
    const auto it = m_blocks.find(range.key);
    const auto closed = m_closed.find(range.key.link);
    if (it != m_blocks.end() && it->second.counted &&
        it->second.labels.IsInside(BitSpan{range.firstBit, range.bits}))
    {
        return it;
    }
    const bool wasThere = closed != m_closed.end() && closed->second.Contains(range.key.block);
    Violation(range, what + (wasThere ? " after it was final" : " but never stored"));
    return m_blocks.end();
}

void
KmaBook::CloseIfFinal(Blocks::iterator it)
{
    if (it->second.open == 0)
    {
        m_closed[it->first.link].Insert(it->first.block);
        m_blocks.erase(it);
    }
}

void
KmaBook::Violation(const KeyRange& range, const std::string& what)
{
    std::ostringstream text;
    text << Simulator::Now().As(Time::S) << " link " << range.key.link << " key "
         << range.key.ToString() << " bits " << range.firstBit << "+" << range.bits << ": " << what;
    m_violations.push_back(text.str());
}

KeyLedger
KmaBook::GetLink(LinkId link) const
{
    const auto it = m_ledgers.find(link);
    return it == m_ledgers.end() ? KeyLedger() : it->second;
}

KeyLedger
KmaBook::GetTotal() const
{
    KeyLedger total;
    for (const auto& [link, ledger] : m_ledgers)
    {
        total.Add(ledger);
    }
    return total;
}

bool
KmaBook::Balances() const
{
    return std::all_of(m_ledgers.begin(), m_ledgers.end(), [](const auto& entry) {
        return entry.second.Balances();
    });
}

const std::vector<std::string>&
KmaBook::GetViolations() const
{
    return m_violations;
}

std::size_t
KmaBook::GetOpenKeys() const
{
    return m_blocks.size();
}

} // namespace qkdn
} // namespace ns3
