/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-results.h"

#include <algorithm>
#include <numeric>

namespace ns3
{
namespace qkdn
{

std::optional<Time>
RequestResult::GetDelay() const
{
    return handedOver ? std::optional<Time>(*handedOver - issued) : std::nullopt;
}

Time
Interruption::GetDuration() const
{
    return end - start;
}

KeyBook
KeyBook::FromLedger(const KeyLedger& ledger)
{
    KeyBook book;
    book.initial = ledger.GetInitial();
    book.generated = ledger.GetGenerated();
    for (std::size_t use = 0; use < book.bits.size(); ++use)
    {
        book.bits[use] = ledger.Get(static_cast<KeyUse>(use));
    }
    return book;
}

void
KeyBook::Add(const KeyBook& other)
{
    initial += other.initial;
    generated += other.generated;
    for (std::size_t use = 0; use < bits.size(); ++use)
    {
        bits[use] += other.bits[use];
    }
}

bool
KeyBook::Balances() const
{
    return initial + generated == std::accumulate(bits.begin(), bits.end(), uint64_t{0});
}

bool
ReserveBook::Balances() const
{
    return initial + withheld == spent + stored;
}

bool
KmaLinkBooks::Balances() const
{
    return common.Balances() &&
           std::all_of(ends.begin(),
                       ends.end(),
                       [](const EndBook& end) { return end.book.Balances(); }) &&
           std::all_of(reserves.begin(), reserves.end(), [](const ReserveBook& reserve) {
               return reserve.Balances();
           });
}

void
KsaFigures::Add(const KsaFigures& other)
{
    created += other.created;
    supplied += other.supplied;
    stored += other.stored;
    inFlight += other.inFlight;
    voided += other.voided;
    expired += other.expired;
    destroyed += other.destroyed;
}

bool
KsaFigures::Balances() const
{
    return created == supplied + stored + inFlight + voided + expired + destroyed;
}

KeyBook
ConservationResult::GetKmaTotal() const
{
    KeyBook total;
    for (const auto& link : kma)
    {
        total.Add(link.common);
    }
    return total;
}

KsaFigures
ConservationResult::GetKsaTotal() const
{
    KsaFigures total;
    for (const auto& session : ksa)
    {
        total.Add(session);
    }
    return total;
}

bool
ConservationResult::IsSound() const
{
    return Balances() && violations.empty();
}

bool
ConservationResult::Balances() const
{
    return std::all_of(kma.begin(),
                       kma.end(),
                       [](const KmaLinkBooks& link) { return link.Balances(); }) &&
           std::all_of(ksa.begin(), ksa.end(), [](const KsaFigures& book) {
               return book.Balances();
           });
}

std::string
FaultResult::Describe() const
{
    return target.empty() ? type : type + " " + target;
}

} // namespace qkdn
} // namespace ns3
